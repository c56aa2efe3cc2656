//! Logging in and out, locking, waking; what time and the file do to sessions (S4.33, S4.34,
//! S4.53, S4.54, S4.75).

use super::super::Supervisor;
use super::call::{Answer, Pending};
use super::machine::text;
use crate::access::sessions::{Arrival, End, Told, banner, token};
use crate::accounts::{Done, Tried, Which, Who};
use crate::base::clock::Now;
use crate::config::value::Id;
use crate::logbook::fields as f;
use crate::logbook::{self, Account, Act, Body, Kind, Number};
use crate::socket::Peer;
use crate::wire::people::{LogIn, LoggedIn, WhoIs};
use crate::wire::{Alarm, Level, Reply, Sent};

use super::call::Caller;

/// Where a log-in happens, for throttle and entries.
pub(super) fn place(station: Option<&Id>, peer: Peer) -> String {
    match (station, peer.terminal) {
        (Some(station), _) => station.to_string(),
        (None, Some(terminal)) => terminal.to_string(),
        (None, None) => "this box".into(),
    }
}

fn which(account: Account) -> Result<Which, String> {
    match account {
        Account::Own => Ok(Which::Own),
        Account::Admin => Ok(Which::Admin),
        Account::BreakGlass | Account::Owner => {
            Err("Log in with your own or your admin account.".into())
        }
    }
}

pub(super) fn who(person: &str, account: Account) -> Result<Who, String> {
    Ok(Who { person: person.to_string(), account: which(account)? })
}

fn refused(why: impl ToString) -> Answer {
    Reply::Refused { why: why.to_string() }.into()
}

impl Supervisor {
    pub(super) fn clock_now(&self) -> Now {
        Now::of(self.clock.as_ref())
    }

    pub(super) fn log_in(&mut self, wish: LogIn, peer: Peer) -> Answer {
        let station = self.station_of(peer);
        let now = self.clock_now();
        let place = place(station.as_ref(), peer);
        let account = match who(&wish.person, wish.account) {
            Ok(who) => who,
            Err(why) => return refused(why),
        };
        if self.office.accounts.is_empty() {
            return refused(
                "Nobody is enrolled on this box yet. The first two people begin together: \
                 beadle enrol --first PERSON PERSON",
            );
        }
        let factor = wish.code.as_ref().map(|code| code.0.clone());
        if factor.is_none() && self.office.accounts.has_factor(&account) {
            return Reply::CodeWanted.into();
        }
        let phrase = wish.passphrase.0.clone();
        match self.office.accounts.begin_log_in(&account, phrase, factor, &place, now) {
            Ok(trial) => {
                let pending = Pending::LogIn { wish, station };
                Answer::After(Box::new(trial), Box::new(pending))
            }
            Err(refusal) => refused(refusal),
        }
    }

    pub(super) fn logged_in(&mut self, tried: Tried, wish: LogIn, station: Option<Id>) -> Reply {
        let now = self.clock_now();
        let done = self.office.accounts.finish(tried, now);
        let reply = match done {
            Ok(Done::LoggedIn(welcome)) => {
                let seen = welcome.notices.clone();
                let arrival = Arrival {
                    person: wish.person.clone(),
                    account: wish.account,
                    station: station.map(|s| s.to_string()),
                    reason: wish.reason,
                    second_factor: welcome.factor,
                    script: wish.script,
                };
                match self.open_session(arrival, now) {
                    Ok((session, who)) => {
                        let mut notices: Vec<String> =
                            welcome.notices.iter().map(|n| n.text.clone()).collect();
                        notices.extend(self.waiting_for(&wish.person));
                        notices.extend(self.lacking(&welcome.who));
                        if self.office.accounts.word_was_read(&wish.person, &seen).is_err() {
                            tracing::warn!("what people were told could not be kept");
                        }
                        Reply::LoggedIn(Box::new(LoggedIn {
                            session,
                            who,
                            banner: Some(banner(&self.file.config)),
                            last_log_in: welcome.last.map(|seen| seen.at),
                            failures_since: welcome.wrong_since,
                            notices,
                        }))
                    }
                    Err(why) => Reply::Refused { why },
                }
            }
            Ok(_) => Reply::Refused { why: "That was no log-in.".into() },
            Err(refusal) => Reply::Refused { why: refusal.to_string() },
        };
        self.note_facts();
        reply
    }

    /// A session begins; admin sessions and sealed codes have an entry of their own (S4.53).
    pub(super) fn open_session(
        &mut self,
        arrival: Arrival,
        now: Now,
    ) -> Result<(Sent, WhoIs), String> {
        let mut random = [0; 32];
        (self.office.dice)(&mut random).map_err(|fault| fault.text)?;
        let token = token(&random);
        let config = self.file.config.clone();
        let (number, told) = self
            .office
            .sessions
            .open(&token, arrival.clone(), &config, now)
            .map_err(|closed| closed.to_string())?;
        if matches!(arrival.account, Account::Admin | Account::BreakGlass)
            && let Some(entry) = self.note_admin_session(&arrival)
        {
            self.office.sessions.set_entry(number, entry);
        }
        self.note_told(told);
        let who = self.who_is(number).ok_or("The session ended at once.")?;
        Ok((Sent(token), who))
    }

    fn note_admin_session(&mut self, arrival: &Arrival) -> Option<Number> {
        let body = Body {
            who: Some(logbook::Who::alone(&arrival.person, arrival.account)),
            station: arrival.station.clone(),
            reason: arrival.reason.clone(),
            ..Body::default()
        };
        let draft = self.draft(Kind::AdminSession, Act::Open, None, body);
        self.note(draft)
    }

    fn who_is(&self, number: u64) -> Option<WhoIs> {
        let session = self.office.sessions.list().iter().find(|s| s.number == number)?;
        let title = Id::new(&session.person).ok();
        let title = title.and_then(|id| self.file.config.person(&id));
        let (mono, utc) = self.now();
        Some(WhoIs {
            person: session.person.clone(),
            title: title.map_or(session.person.clone(), |p| p.title.value.clone()),
            account: session.account,
            station: session.station.clone(),
            since: session.started,
            until: session.until.map(|until| utc + (until - mono)),
            locked: session.locked,
        })
    }

    pub(super) fn who_am_i(&self, caller: &Caller) -> Result<Reply, String> {
        match caller.number.and_then(|n| self.who_is(n)) {
            Some(who) => Ok(Reply::WhoIs(who)),
            None => Err("Nobody is enrolled on this box: you are its owner.".into()),
        }
    }

    pub(super) fn log_out(&mut self, token: Option<&Sent>) -> Reply {
        let told = token.and_then(|token| self.office.sessions.log_out(&token.0));
        self.note_told(told.into_iter().collect());
        Reply::Done
    }

    pub(super) fn lock(&mut self, token: Option<&Sent>) -> Reply {
        let now = self.clock_now();
        let Some(token) = token else { return Reply::Done };
        match self.office.sessions.lock(&token.0, now) {
            Ok(_) => Reply::Done,
            Err(closed) => Reply::LogIn { why: closed.to_string() },
        }
    }

    pub(super) fn unlock(&mut self, token: Option<&Sent>, passphrase: Sent, peer: Peer) -> Answer {
        let now = self.clock_now();
        let found = token.and_then(|token| self.office.sessions.find(&token.0).ok());
        let Some(session) = found else {
            return Reply::LogIn { why: "Your session has ended. Log in again.".into() }.into();
        };
        let (number, account) = (session.number, session.account);
        let place = place(self.station_of(peer).as_ref(), peer);
        if account == Account::BreakGlass {
            let person = session.person.clone();
            return self.unlock_sealed(number, &person, &passphrase, &place).into();
        }
        let account = match who(&session.person, account) {
            Ok(who) => who,
            Err(why) => return refused(why),
        };
        match self.office.accounts.begin_unlock(&account, passphrase.0.clone(), &place, now) {
            Ok(trial) => {
                let pending = Pending::Unlock { session: number };
                Answer::After(Box::new(trial), Box::new(pending))
            }
            Err(refusal) => refused(refusal),
        }
    }

    pub(super) fn unlocked(&mut self, tried: Tried, session: u64) -> Reply {
        let now = self.clock_now();
        let done = self.office.accounts.finish(tried, now);
        self.note_facts();
        match done {
            Ok(Done::Unlocked(_)) => match self.office.sessions.unlock(session, now) {
                Ok(()) => Reply::Done,
                Err(closed) => Reply::LogIn { why: closed.to_string() },
            },
            Ok(_) => Reply::Refused { why: "That woke nothing.".into() },
            Err(refusal) => Reply::Refused { why: refusal.to_string() },
        }
    }

    /// Ends what is over, locks what is idle, and enters it.
    pub(super) fn turn_sessions(&mut self) {
        let now = self.clock_now();
        let config = self.file.config.clone();
        let told = self.office.sessions.turn(&config, now);
        self.note_told(told);
        self.turn_looks();
    }

    pub(super) fn note_told(&mut self, told: Vec<Told>) {
        for told in told {
            match told {
                Told::Opened { .. } | Told::Locked { .. } => {}
                Told::Ended { person, account, why, entry, .. } => {
                    let who = logbook::Who::alone(person, account);
                    let outcome = match why {
                        End::LoggedOut => "logged out",
                        End::Time => "its time was over",
                        End::File => "the file no longer lets it in",
                        End::Displaced => "the same person opened more sessions",
                        End::Suspended => "privileged rights rest until they are looked at",
                    };
                    let body =
                        Body { who: Some(who), outcome: Some(outcome.into()), ..Body::default() };
                    // A session that lent privilege is a record of its own, which ends with it.
                    let (kind, act) = match entry {
                        Some(_) => (Kind::AdminSession, Act::Close),
                        None => (Kind::LogOut, Act::Open),
                    };
                    let draft = self.draft(kind, act, entry, body);
                    self.note(draft);
                }
                Told::Twice { person, .. } => {
                    let at = self.office.sessions.list().iter().filter(|s| s.person == person);
                    let at: Vec<String> = at
                        .map(|s| s.station.clone().unwrap_or_else(|| "this box".into()))
                        .collect();
                    let places = at.join(" and ");
                    let subject = text(&person);
                    self.note_fields(
                        Kind::TwoSessions,
                        [(f::SUBJECT, subject), (f::PLACES, text(&places))],
                    );
                    // Everybody at the box sees alarms: whom it is about, the entry says.
                    self.alert(
                        format!("one person is logged in twice, at {places} (S4.34)"),
                        "The logbook says who: ask them whether both are theirs; passphrases are \
                         never lent.",
                    );
                }
            }
        }
    }

    pub(super) fn alert(&mut self, what: String, remedy: &str) {
        let (_, since) = self.now();
        let remedy = remedy.to_string();
        self.notice(Alarm { level: Level::Warning, text: what, remedy, since });
    }
}
