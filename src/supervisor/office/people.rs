//! Enrolment, sealed codes, secrets, and who is who.

use super::super::Supervisor;
use super::super::spaces::called;
use super::account::{place, who};
use super::call::{Answer, Caller, Pending};
use super::machine::{fields, text};
use crate::access::{Asking, Wish, has_right};
use crate::accounts::phrase::{judge, words_near};
use crate::accounts::{Done, Tried, Which, Who};
use crate::base::limits::UNUSED_RIGHT_SPAN;
use crate::base::secret::Secret;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::logbook::fields as f;
use crate::logbook::{Account, Act, Kind};
use crate::socket::Peer;
use crate::wire::people::{Founder, PersonLine, Second};
use crate::wire::{Call, Reply, Sent};

/// One passphrase of one of the first two people.
pub struct Founding {
    pub who: Who,
    pub phrase: Secret,
    pub place: String,
    /// With this one the box is founded.
    pub last: bool,
}

fn refused(why: impl ToString) -> Answer {
    Reply::Refused { why: why.to_string() }.into()
}

impl Supervisor {
    /// The two that begin: both of them people of the file, one at least with `manage-access`, so
    /// that the others can be let in.
    pub(super) fn found(&mut self, people: Vec<Founder>, peer: Peer) -> Answer {
        if !self.office.accounts.is_empty() {
            return refused("This box has its people already. Ask one of them for a code.");
        }
        if let Some(disk) = self.locked_people() {
            return refused(format!(
                "Footage disk {disk} has the people of the box before this one, locked with its \
                 recovery key: they are the people of this box. Type the key from paper (screen \
                 Box, h; or beadle recovery put). A disk that is to be nobody's is made new."
            ));
        }
        if let Some(space) = self.spaces.as_ref().and_then(|all| all.locked().into_iter().next()) {
            return refused(format!(
                "The footage disk {} is locked, and may have the people of the box before this one. \
                 Open it with its recovery key first (screen Box, n; or beadle disk open), make it \
                 new, or take it out.",
                called(&space)
            ));
        }
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        let config = self.file.config.clone();
        if people.len() != 2 || people[0].person == people[1].person {
            return refused("Two different people begin together (S4.42).");
        }
        let place = place(self.station_of(peer).as_ref(), peer);
        let mut left = Vec::new();
        let mut manages = false;
        for founder in &people {
            let Some(person) = Id::new(&founder.person).ok().and_then(|id| config.person(&id))
            else {
                return refused(format!("\"{}\" is no person of the file.", founder.person));
            };
            let id = &person.id.value;
            manages |= has_right(&config, id, Deed::ManageAccess, today);
            if person.admin != founder.admin_passphrase.is_some() {
                let (has, must) = match person.admin {
                    true => ("an admin account", "a passphrase for it too"),
                    false => ("no admin account", "no passphrase for one"),
                };
                return refused(format!(
                    "The file gives {} {has}: they choose {must}.",
                    founder.person
                ));
            }
            let mut add = |account: Which, phrase: &Sent| {
                let who = Who { person: founder.person.clone(), account };
                let (phrase, place) = (phrase.0.clone(), place.clone());
                left.push(Founding { who, phrase, place, last: false });
            };
            add(Which::Own, &founder.passphrase);
            if let Some(admin) = &founder.admin_passphrase {
                add(Which::Admin, admin);
            }
        }
        if !manages {
            return refused(
                "One of the two must have the right manage-access in the file; nobody else could \
                 be enrolled after them.",
            );
        }
        left.reverse(); // taken from the end
        if let Some(last) = left.first_mut() {
            last.last = true;
        }
        self.found_one(left)
    }

    fn found_one(&mut self, mut left: Vec<Founding>) -> Answer {
        let Some(next) = left.pop() else { return refused("Nobody is left to enrol.") };
        let now = self.clock_now();
        let config = self.file.config.clone();
        let near = words_near(&config, &next.who.person);
        let rules = (config.accounts.passphrase_min.value, near.as_slice());
        let begun = self.office.accounts.begin_founding(
            &next.who,
            next.phrase,
            rules,
            &next.place,
            next.last,
            now,
        );
        match begun {
            Ok(trial) => Answer::After(Box::new(trial), Box::new(Pending::Found { left })),
            Err(refusal) => refused(format!("{}: {refusal}", next.who)),
        }
    }

    pub(super) fn found_next(&mut self, tried: Tried, left: Vec<Founding>) -> Answer {
        let now = self.clock_now();
        let done = self.office.accounts.finish(tried, now);
        match done {
            Ok(Done::Founding { complete: false, .. }) => self.found_one(left),
            Ok(Done::Founding { so_far, complete: true }) => {
                let codes = self.new_seals("the first two").unwrap_or_default();
                self.note_facts();
                let people = so_far.iter().map(Who::to_string).collect();
                Reply::Founded { people, codes }.into()
            }
            Ok(_) => refused("That enrolled nobody."),
            Err(refusal) => refused(refusal),
        }
    }

    fn new_seals(&mut self, by: &str) -> Result<Vec<Sent>, String> {
        let now = self.clock_now();
        let count = self.file.config.accounts.break_glass.value;
        let printed = self.office.accounts.print_sealed(count, by, now);
        let printed = printed.map_err(|refusal| refusal.to_string())?;
        Ok(printed.iter().map(|(_, code)| Sent::new(code.shown())).collect())
    }

    pub(super) fn seal_codes(&mut self, caller: &Caller) -> Result<Reply, String> {
        let mut asking = Asking::to(Wish::Deed(Deed::ManageAccess));
        asking.entry = Some((Kind::Secret, Act::Open));
        asking.reason = Some("new sealed codes".into());
        asking.more = fields([(f::SECRET, text("sealed codes"))]);
        let entered = self.allowed(caller, &asking)?;
        let codes = self.new_seals(entered.person().as_str())?;
        self.note_facts();
        Ok(Reply::Codes { codes, until: None })
    }

    pub(super) fn enrol_code(
        &mut self,
        caller: &Caller,
        person: &str,
        account: Account,
    ) -> Result<Reply, String> {
        let to = who(person, account)?;
        let id = Id::new(person)?;
        let known = self.file.config.person(&id);
        let known = known.ok_or_else(|| format!("\"{person}\" is no person of the file."))?;
        if account == Account::Admin && !known.admin {
            return Err(format!("The file gives {person} no admin account: admin=#true."));
        }
        let mut asking = Asking::to(Wish::Deed(Deed::ManageAccess));
        asking.entry = Some((Kind::Enrolment, Act::Open));
        asking.subject = Some(id);
        asking.reason = Some("a code to enrol with".into());
        let entered = self.allowed(caller, &asking)?;
        let now = self.clock_now();
        let code = self.office.accounts.issue(&to, entered.person().as_str(), now);
        self.note_facts();
        let code = code.map_err(|refusal| refusal.to_string())?;
        let until = self.office.accounts.waiting().into_iter().find(|(who, _)| *who == to);
        Ok(Reply::Codes {
            codes: vec![Sent::new(code.shown())],
            until: until.map(|(_, until)| until),
        })
    }

    pub(super) fn enrol(
        &mut self,
        person: &str,
        account: Account,
        code: &Sent,
        passphrase: Sent,
        peer: Peer,
    ) -> Answer {
        let (now, place) = (self.clock_now(), place(self.station_of(peer).as_ref(), peer));
        let wanted = match who(person, account) {
            Ok(who) => who,
            Err(why) => return refused(why),
        };
        match self.office.accounts.whose(&code.0, &place, now) {
            Ok(owner) if owner == wanted => {}
            Ok(_) => return refused("This code is for somebody else, or for their other account."),
            Err(refusal) => {
                self.note_facts();
                return refused(refusal);
            }
        }
        let config = self.file.config.clone();
        let near = words_near(&config, person);
        let rules = (config.accounts.passphrase_min.value, near.as_slice());
        let phrase = passphrase.0.clone();
        match self.office.accounts.begin_redeem(&code.0, phrase, rules, &place, now) {
            Ok(trial) => Answer::After(Box::new(trial), Box::new(Pending::Enrol)),
            Err(refusal) => refused(refusal),
        }
    }

    pub(super) fn enrolled(&mut self, tried: Tried) -> Reply {
        let now = self.clock_now();
        let done = self.office.accounts.finish(tried, now);
        self.note_facts();
        let who = match done {
            Ok(Done::Enrolled(who)) => who,
            Ok(_) => return Reply::Refused { why: "That enrolled nobody.".into() },
            Err(refusal) => return Reply::Refused { why: refusal.to_string() },
        };
        Reply::Enrolled { person: who.to_string() }
    }

    /// The person's own authenticator: a new secret, shown once; then its digits (R1.26).
    pub(super) fn factor(
        &mut self,
        caller: &Caller,
        digits: Option<&Sent>,
    ) -> Result<Reply, String> {
        let who = who(caller.session.person.as_str(), caller.session.account)?;
        let now = self.clock_now();
        let reply = match digits {
            None => {
                let site = self.file.config.site.name.value.clone();
                let offer = self.office.accounts.offer_factor(&who, &site, now);
                let offer = offer.map_err(|refusal| refusal.to_string())?;
                Reply::Factor { address: Sent(offer.address), typed: Sent(offer.typed) }
            }
            Some(digits) => {
                let kept = self.office.accounts.confirm_factor(&who, &digits.0, now);
                kept.map_err(|refusal| refusal.to_string())?;
                Reply::Done
            }
        };
        self.note_facts();
        Ok(reply)
    }

    /// A telephone was lost: the account has no authenticator until its person enrols a new one
    /// (R1.26). Like a code to enrol with it takes two where the account has privileged rights.
    pub(super) fn drop_factor(
        &mut self,
        caller: &Caller,
        person: &str,
        account: Account,
        reason: String,
    ) -> Result<Reply, String> {
        let of = who(person, account)?;
        let id = Id::new(person)?;
        if !self.office.accounts.has_factor(&of) {
            return Err(format!("{of} has no authenticator. `beadle people` shows who has one."));
        }
        let mut asking = Asking::to(Wish::Deed(Deed::ManageAccess));
        asking.entry = Some((Kind::Enrolment, Act::Open));
        asking.subject = Some(id);
        asking.reason = Some(format!("an authenticator is taken away: {}", reason.trim()));
        if reason.trim().is_empty() {
            return Err("Say why: the authenticator is lost, broken or in other hands.".into());
        }
        let entered = self.allowed(caller, &asking)?;
        let by = entered.person().to_string();
        let dropped = self.office.accounts.drop_factor(&of, &by);
        self.note_facts();
        dropped.map_err(|refusal| refusal.to_string())?;
        let now = self.clock_now();
        let word = format!(
            "{by} took the authenticator from your account {of}. If it is needed, enrol a new one."
        );
        if self.office.accounts.leave_word(person, &word, now).is_err() {
            tracing::warn!("{person} could not be left word of an authenticator");
        }
        let text = format!(
            "{of} has no authenticator any more. They log in without one, and enrol the new one: \
             beadle authenticator."
        );
        Ok(Reply::Text { text })
    }

    /// The rules of a new passphrase, for whoever is typing one; whether another account has it is
    /// told at the end alone, and to nobody which (S4.43).
    pub(super) fn judge_phrase(&self, person: &str, passphrase: &Sent) -> Reply {
        let config = &self.file.config;
        let near = words_near(config, person);
        match judge(&passphrase.0, config.accounts.passphrase_min.value, &near) {
            Ok(()) => Reply::Done,
            Err(weak) => Reply::Refused { why: weak.to_string() },
        }
    }

    /// The second of two shows who they are; their call is answered then (S1.61).
    pub(super) fn try_second(&mut self, second: Second, call: Call, peer: Peer) -> Answer {
        let now = self.clock_now();
        let (person, known) = match Id::new(&second.person) {
            Ok(person) => (person, Who::own(&second.person)),
            Err(why) => return refused(why),
        };
        if second.code.is_none() && self.office.accounts.has_factor(&known) {
            return refused(format!(
                "{person}: the six digits of their authenticator are asked for too."
            ));
        }
        let place = place(self.station_of(peer).as_ref(), peer);
        let phrase = second.passphrase.0.clone();
        let digits = second.code.map(|code| code.0);
        match self.office.accounts.begin_beside(&known, phrase, digits, &place, now) {
            Ok(trial) => {
                let pending = Pending::Second { call: Box::new(call), peer, person };
                Answer::After(Box::new(trial), Box::new(pending))
            }
            Err(refusal) => refused(refusal),
        }
    }

    pub(super) fn second_tried(
        &mut self,
        tried: Tried,
        call: Call,
        peer: Peer,
        person: Id,
    ) -> Answer {
        let now = self.clock_now();
        let done = self.office.accounts.finish(tried, now);
        self.note_facts();
        let second_factor = match done {
            Ok(Done::Beside { factor, .. }) => factor,
            Ok(_) => return refused("That was nobody's proof."),
            Err(refusal) => return refused(format!("{person}: {refusal}")),
        };
        // The first person's session may have ended meanwhile.
        let mut caller = match self.caller(call.session.as_ref(), peer) {
            Ok(caller) => caller,
            Err(why) => return Reply::LogIn { why }.into(),
        };
        caller.second = Some(crate::access::Session {
            person,
            account: Account::Own,
            began: now.utc,
            reason: None,
            second_factor,
            entry: None,
        });
        self.carry_call(call.request, caller).into()
    }

    /// Everybody of the file, and how they stand. Whoever reviews access may see it (S4.44, S4.46).
    pub(super) fn people(&mut self, caller: &Caller) -> Result<Reply, String> {
        if caller.number.is_some() {
            let (_, now) = self.now();
            let today = self.zone().day_of(now);
            let audits = has_right(&self.file.config, &caller.session.person, Deed::Audit, today);
            let deed = if audits { Deed::Audit } else { Deed::ManageAccess };
            self.allowed_as(caller, deed, Kind::Audit, "everybody's accounts and rights")
                .map(drop)?;
        }
        let (_, now) = self.now();
        let config = &self.file.config;
        let office = &self.office;
        let unused = office.standing.unused(config, now, UNUSED_RIGHT_SPAN);
        let enrolled = office.accounts.enrolled();
        let mut lines = Vec::new();
        for person in &config.people {
            let id = &person.id.value;
            let accounts = match person.admin {
                true => vec![Who::own(id.as_str()), Who::admin(id.as_str())],
                false => vec![Who::own(id.as_str())],
            };
            for who in accounts {
                let since = enrolled.iter().find(|(known, _)| *known == who).map(|(_, at)| *at);
                let triggers = &config.accounts.review_on.value;
                let rights = unused.iter().filter(|u| u.person == *id);
                let rights =
                    rights.filter(|u| u.deed.privileged() == (who.account == Which::Admin));
                lines.push(PersonLine {
                    person: id.to_string(),
                    title: person.title.value.clone(),
                    account: who.account.into(),
                    enrolled: since,
                    last_log_in: office.accounts.last_log_in(&who),
                    second_factor: office.accounts.has_factor(&who),
                    suspended: office.standing.suspended(id, triggers).map(String::from),
                    unused: rights.map(|u| u.deed.to_string()).collect(),
                });
            }
        }
        Ok(Reply::People { people: lines })
    }

    pub(super) fn approve(&mut self, caller: &Caller, digest: &str) -> Result<Reply, String> {
        let held = self.office.waiting.as_ref();
        let full = held.map(|held| held.judged.digest.to_string()).unwrap_or_default();
        if full.is_empty() || digest.len() < 6 || !full.starts_with(digest) {
            return Err("No version with that digest waits. `beadle status` names it.".into());
        }
        let mut asking = Asking::to(Wish::Approve);
        asking.about = self.office.waiting.as_ref().and_then(|held| held.number);
        let entered = self.allowed(caller, &asking)?;
        Ok(Reply::Text { text: self.turn_key(entered)? })
    }

    /// Deeds that change nothing but the machine's own work.
    pub(super) fn reindex_for(&mut self, caller: &Caller) -> Result<Reply, String> {
        if caller.number.is_some() {
            let reason = Some("the index is made again".to_string());
            self.allowed_wish(caller, Wish::Deed(Deed::Restart), reason).map(drop)?;
        }
        self.reindex().map(|()| Reply::Done)
    }
}
