//! A call from the socket: who it is, whether they may, and which answer it gets.

use super::super::Supervisor;
use crate::access::sessions::{Closed, Session as Open};
use crate::access::{self, Asking, Denied, Entered, Grant, Guest, Situation, Wish};
use crate::accounts::{Trial, Tried};
use crate::base::time::Day;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::logbook::{Account, Act, Kind, Who, form};
use crate::socket::{Peer, Terminal};
use crate::wire::{Call, Reply, Request, Sent};

/// What comes of a call.
pub enum Answer {
    Now(Box<Reply>),
    /// A passphrase has to be looked at first, off the supervisor's thread; then
    /// [`Supervisor::tried`].
    After(Box<Trial>, Box<Pending>),
    /// Allowed and entered; what is asked for takes a while, and is done off the supervisor's
    /// thread.
    Later(Box<dyn FnOnce() -> Reply + Send>),
}

/// What waits for a passphrase.
pub enum Pending {
    LogIn {
        wish: crate::wire::people::LogIn,
        station: Option<Id>,
    },
    Unlock {
        session: u64,
    },
    Enrol,
    /// The passphrases of the founders whose turn is still to come.
    Found {
        left: Vec<super::people::Founding>,
    },
    /// A second person beside the first; then the call is answered.
    Second {
        call: Box<Call>,
        peer: Peer,
        person: Id,
    },
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        Answer::Now(Box::new(reply))
    }
}

/// Who asks, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub session: access::Session,
    pub station: Option<Id>,
    /// Number of the open session; `None`: the box's owner.
    pub number: Option<u64>,
    /// The second person, whose passphrase was right a moment ago.
    pub second: Option<access::Session>,
}

impl Caller {
    /// As entries say it.
    pub fn who(&self) -> Who {
        Who::alone(self.session.person.as_str(), self.session.account)
    }
}

/// What is known of a wish beside who asks: who looks on, and what they accepted.
#[derive(Default, Debug)]
pub(super) struct Around {
    pub guests: Vec<Guest>,
    /// The declaration of confidentiality was accepted (S4.14).
    pub declared: bool,
    /// Until when the clip that is wished for may be shown (S1.41).
    pub clip: Option<Day>,
}

impl Supervisor {
    /// One question, one answer. A refusal says what, where and what to do.
    pub fn answer(&mut self, call: Call, peer: Peer) -> Answer {
        // However short a time the clock stood elsewhere: nobody is answered under it unseen.
        self.look_at_clocks();
        self.turn_sessions();
        let watches =
            matches!(call.request, Request::Status | Request::Watch | Request::RecoveryPut { .. });
        if let Some(why) = self.office.closed.as_ref().filter(|_| !watches) {
            let why = format!("Nobody can log in, so nothing is done for anybody: {why}.");
            return Reply::Refused { why }.into();
        }
        match call.request {
            Request::Status | Request::Watch => Reply::Status(Box::new(self.status())).into(),
            Request::LogIn(wish) => self.log_in(wish, peer),
            Request::BreakGlass { code, reason } => self.break_glass(&code, reason, peer).into(),
            Request::LogOut => self.log_out(call.session.as_ref()).into(),
            Request::Lock => self.lock(call.session.as_ref()).into(),
            Request::Unlock { passphrase } => self.unlock(call.session.as_ref(), passphrase, peer),
            Request::Enrol { person, account, code, passphrase } => {
                self.enrol(&person, account, &code, passphrase, peer)
            }
            Request::JudgePhrase { person, passphrase } => {
                self.judge_phrase(&person, &passphrase).into()
            }
            Request::Found { people } => self.found(people, peer),
            Request::Room => self.room(call.session.as_ref(), peer).into(),
            _ => self.for_somebody(call, peer),
        }
    }

    fn for_somebody(&mut self, call: Call, peer: Peer) -> Answer {
        let caller = match self.caller(call.session.as_ref(), peer) {
            Ok(caller) => caller,
            Err(why) => return Reply::LogIn { why }.into(),
        };
        // A second person shows their passphrase first, so that `decide` sees both.
        let second = call.beside.clone().or_else(|| match &call.request {
            Request::Enter { second, .. } => second.clone(),
            Request::Forget { second, .. } => Some(second.clone()),
            _ => None,
        });
        if let Some(second) = second {
            return self.try_second(second, call, peer);
        }
        match call.request {
            Request::Still { camera, at, purpose, reason, jpeg, keeper, destroy_by } => {
                let kept = (keeper, destroy_by);
                let wanted = super::still::Wanted { camera, at, purpose, reason, jpeg, kept };
                self.still(&caller, wanted)
            }
            Request::Glance { cameras, width, height } => {
                self.glance(&caller, cameras, (width, height))
            }
            Request::FootageUnlock { name, key } => self.unlock_footage(&caller, &name, &key),
            Request::UpdateLook { stick } => self.look_for_update(&caller, &stick),
            Request::SetClock { to, reason } => self.set_clock(&caller, to, &reason),
            Request::Backup { stick } => self.back_up(&caller, &stick),
            Request::RecoveryStick { stick } => self.recovery_to_stick(&caller, &stick),
            Request::PickShown { width, height } => self.pick_shown(&caller, (width, height)),
            Request::ReferenceStill { camera } => self.reference_still(&caller, &camera),
            Request::ReferenceTake { camera, good, verdict } => {
                self.take_reference(&caller, camera, good, verdict)
            }
            // Whoever makes the paper reads as this person, in this session.
            Request::Print(wanted) => {
                let begun = self.print(&caller, call.session, *wanted);
                begun.unwrap_or_else(|why| Reply::Refused { why }).into()
            }
            request => self.carry_call(request, caller).into(),
        }
    }

    /// Everything that a known caller may ask for.
    pub(super) fn carry_call(&mut self, request: Request, caller: Caller) -> Reply {
        let answer = match request {
            Request::Footage { camera, from, to, after } => self.footage(camera, from, to, after),
            Request::Plan { name, text } => Ok(Reply::Plan(self.plan_report(&name, &text))),
            request @ Request::HoldAdd { .. } => self.add_hold(&caller, request),
            Request::HoldList => Ok(Reply::Holds { holds: self.keep.holds() }),
            Request::HoldEnd { id } => self.end_hold(&caller, &id),
            Request::Reindex => self.reindex_for(&caller),
            Request::WhoAmI => self.who_am_i(&caller),
            Request::EnrolCode { person, account } => self.enrol_code(&caller, &person, account),
            Request::FactorDrop { person, account, reason } => {
                self.drop_factor(&caller, &person, account, reason)
            }
            Request::Factor { digits } => self.factor(&caller, digits.as_ref()),
            Request::People => self.people(&caller),
            Request::Forms { register } => self.forms(register.as_deref()),
            Request::Form { kind, act } => self.form(&caller, kind, act),
            Request::Enter { kind, act, about, body, .. } => {
                self.enter_by_hand(&caller, kind, act, about, *body)
            }
            Request::Judge { kind, act, about, body } => {
                self.judge(&caller, (kind, act), about, *body)
            }
            Request::Record { number } => self.record(&caller, number),
            Request::Case { number } => self.case(&caller, number),
            Request::Cases { open } => self.cases(&caller, open),
            Request::Machine => Ok(self.machine_sheet(&caller)),
            Request::Logbook(find) => self.find(&caller, find),
            Request::Entry { number } => self.entry(&caller, number),
            Request::Records { register, open } => self.records(&caller, &register, open),
            Request::Checkpoint => self.checkpoint(&caller),
            Request::Prove { number } => self.prove(&caller, number),
            Request::Forget { numbers, reason, .. } => self.forget(&caller, &numbers, reason),
            Request::Duties => self.duties(),
            Request::Curiosity { from, to } => self.curiosity(&caller, from, to),
            Request::Misuse { from, to } => self.misuse(&caller, from, to),
            Request::PersonReport { person, reason, authority } => {
                self.person_report(&caller, &person, reason, authority)
            }
            Request::Approve { digest } => self.approve(&caller, &digest),
            Request::RefuseFile { digest, why } => self.refuse_file(&caller, &digest, why),
            Request::KeepFile { digest } => self.keep_file(&caller, &digest),
            Request::SiteFile => self.site_file(&caller),
            Request::Versions => self.versions(&caller),
            Request::Version { revision } => self.version(&caller, revision),
            Request::SaveFile { text, based_on } => self.save_file(&caller, text, &based_on),
            Request::View(view) => self.view(&caller, view),
            Request::ViewEnd(end) => self.end_view(&caller, end),
            Request::Verify { anew } => self.verify(anew),
            Request::Stop { how, reason } => self.end_for(&caller, how, reason),
            Request::Sight(sight) => self.sight(&caller, sight),
            Request::Export(wanted) => self.export(&caller, *wanted),
            Request::ExportState { number } => self.export_state(number),
            Request::ExportStop { number } => self.stop_export(&caller, number),
            Request::PrintState { number } => self.print_state(number),
            Request::StickFormat { stick, typed } => {
                self.erase_stick(&caller, &stick, &typed, false)
            }
            Request::StickWipe { stick, typed } => self.erase_stick(&caller, &stick, &typed, true),
            request => self.of_box(&caller, request),
        };
        answer.unwrap_or_else(|why| Reply::Refused { why })
    }

    /// What is asked of keys, passwords, disks and versions.
    fn of_box(&mut self, caller: &Caller, request: Request) -> Result<Reply, String> {
        match request {
            Request::RecoveryKey => self.recovery_words(caller),
            Request::RecoveryPut { key, school } => {
                self.put_recovery_key(caller, &key, school.as_deref())
            }
            Request::RecoveryCheck { key } => self.check_recovery_key(caller, &key),
            Request::RecoveryGroups => self.recovery_groups(caller),
            Request::RecoveryConfirm { groups } => self.confirm_recovery(caller, &groups),
            Request::Update => Ok(self.update_sheet()),
            Request::UpdateBegin { stick, version, reason } => {
                self.begin_update(caller, &stick, &version, &reason)
            }
            Request::Reboot { reason } => self.reboot(caller, &reason),
            Request::Disks => Ok(self.disks_sheet()),
            Request::FootageMake { name, typed } => self.make_footage(caller, &name, &typed),
            Request::Secrets => self.secrets(caller),
            Request::SecretSet { name, password } => self.set_secret(caller, &name, &password),
            Request::SecretRemove { name } => self.remove_secret(caller, &name),
            Request::SealCodes => self.seal_codes(caller),
            _ => Err("That is asked for in another way.".into()),
        }
    }

    /// Whose call it is.
    ///
    /// # Errors
    /// The sentence that asks for a log-in.
    pub(super) fn caller(&mut self, token: Option<&Sent>, peer: Peer) -> Result<Caller, String> {
        if self.office.accounts.is_empty() {
            return self.owner(peer);
        }
        let now = self.clock_now();
        let Some(token) = token else {
            return Err("People are enrolled on this box, so it asks who you are.".into());
        };
        let open = self.office.sessions.awake(&token.0).map_err(|e: Closed| e.to_string())?;
        let caller = Caller {
            session: known(open)?,
            station: open.station.as_ref().and_then(|s| Id::new(s).ok()),
            number: Some(open.number),
            second: None,
        };
        // Found a moment ago.
        let _ = self.office.sessions.key(&token.0, now);
        Ok(caller)
    }

    /// Nobody is enrolled: whoever the socket lets in owns the box.
    fn owner(&self, peer: Peer) -> Result<Caller, String> {
        let (_, began) = self.now();
        let person = Id::new(&format!("uid-{}", peer.uid))?;
        let reason = Some("nobody is enrolled on this box".to_string());
        let session = access::Session {
            person,
            account: Account::Owner,
            began,
            reason,
            second_factor: false,
            entry: None,
        };
        Ok(Caller { session, station: None, number: None, second: None })
    }

    /// The station of a terminal: what the file says of this box's own screens (S4.6, S4.10). A
    /// window counts as the only station of a file that names no terminal.
    pub(super) fn station_of(&self, peer: Peer) -> Option<Id> {
        let stations = &self.file.config.stations;
        let name = peer.terminal.map(|t| t.to_string())?;
        let named = stations.iter().find(|s| s.tty.as_ref().is_some_and(|tty| tty.value == name));
        let window = matches!(peer.terminal, Some(Terminal::Window(_)));
        let alone = || stations.iter().find(|_| window && stations.iter().all(|s| s.tty.is_none()));
        named.or_else(alone).map(|s| s.id.value.clone())
    }

    /// Asks `access`, enters what came of it, and gives what an effect needs. The only way to one.
    ///
    /// # Errors
    /// The refusal in a sentence; it is entered too.
    pub(super) fn allowed(&mut self, caller: &Caller, asking: &Asking) -> Result<Entered, String> {
        self.allowed_with(caller, asking, &Around::default())
    }

    /// The same with guests and clips; what the form asks of them must be there too.
    ///
    /// # Errors
    /// As [`Supervisor::allowed`]; a form with gaps is told and not entered.
    pub(super) fn allowed_with(
        &mut self,
        caller: &Caller,
        asking: &Asking,
        around: &Around,
    ) -> Result<Entered, String> {
        self.logbook_is_read()?;
        match self.decided(caller, asking, around) {
            Ok(grant) => match grant.draft().cloned() {
                Some(draft) => {
                    if let Some(form) = form::form(draft.kind, draft.act) {
                        self.fits_form(form, &draft)?;
                    }
                    let entry = self.enter(draft)?;
                    Ok(grant.entered(entry.number))
                }
                None => grant.unentered().map_err(|_| "It was not entered.".to_string()),
            },
            Err(denied) => {
                let (draft, why) = (denied.draft().clone(), denied.to_string());
                self.note(draft);
                Err(why)
            }
        }
    }

    /// What `access` says, with nothing entered and nothing done.
    pub(super) fn decided(
        &self,
        caller: &Caller,
        asking: &Asking,
        around: &Around,
    ) -> Result<Grant, Denied> {
        let (_, now) = self.now();
        let enrolled = self.office.enrolled();
        let situation = Situation {
            who: &caller.session,
            second: caller.second.as_ref(),
            station: caller.station.as_ref(),
            guests: &around.guests,
            declared: around.declared,
            clip: around.clip,
            enrolled: &enrolled,
            standing: &self.office.standing,
            waiting: self.office.waiting.as_ref().map(|held| &held.waiting),
            now,
            clock: self.clock_state,
        };
        access::decide(&self.file.config, asking, &situation)
    }

    /// Would it be allowed? For screens, which do not ask for what would be refused and entered.
    pub(super) fn would_be(&self, caller: &Caller, wish: Wish) -> bool {
        let owner = caller.session.account == Account::Owner;
        // Privilege wants a reason (S4.53), which a person gives when they ask in earnest.
        let reason = Some("to know what a screen may offer".into());
        let asking = Asking { reason, ..Asking::to(wish) };
        owner
            || self.logbook_is_read().is_ok()
                && self.decided(caller, &asking, &Around::default()).is_ok()
    }

    /// A short form for a deed about nothing but itself.
    pub(super) fn allowed_wish(
        &mut self,
        caller: &Caller,
        wish: Wish,
        reason: Option<String>,
    ) -> Result<Entered, String> {
        let mut asking = Asking::to(wish);
        asking.reason = reason;
        self.allowed(caller, &asking)
    }

    /// A deed that makes another entry than its usual one.
    pub(super) fn allowed_as(
        &mut self,
        caller: &Caller,
        deed: Deed,
        kind: Kind,
        reason: &str,
    ) -> Result<Entered, String> {
        let mut asking = Asking::to(Wish::Deed(deed));
        asking.entry = Some((kind, Act::Open));
        asking.reason = Some(reason.into());
        self.allowed(caller, &asking)
    }

    /// Rights hang on entries: while those are being read nobody is judged.
    pub(super) fn logbook_is_read(&self) -> Result<(), String> {
        match &self.office.ledger {
            Err(why) => Err(format!(
                "The logbook cannot be read ({why}), so nothing can be allowed. Recording goes on."
            )),
            Ok(_) if !self.office.is_read() => {
                Err("The logbook is still being read after the start. Try again in a moment."
                    .into())
            }
            Ok(_) => Ok(()),
        }
    }

    /// A passphrase was looked at: what waited for it goes on.
    pub fn tried(&mut self, tried: Tried, pending: Pending) -> Answer {
        match pending {
            Pending::LogIn { wish, station } => self.logged_in(tried, wish, station).into(),
            Pending::Unlock { session } => self.unlocked(tried, session).into(),
            Pending::Enrol => self.enrolled(tried).into(),
            Pending::Found { left } => self.found_next(tried, left),
            Pending::Second { call, peer, person } => self.second_tried(tried, *call, peer, person),
        }
    }
}

/// A session as `access` wants to see it.
fn known(open: &Open) -> Result<access::Session, String> {
    Ok(access::Session {
        person: Id::new(&open.person)?,
        account: open.account,
        began: open.started,
        reason: open.reason.clone(),
        second_factor: open.second_factor,
        entry: open.entry,
    })
}
