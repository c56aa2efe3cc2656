//! Footage leaves: right, purpose, authority and witness; the hold first, so that nothing of it can
//! expire meanwhile; then the entry; then the first byte (S1.61, K12, R2.22).
//!
//! The copy is written by a process of its own, `beadle export-work`, which is nicer than the
//! recorder and whose crash is its own. The key stays here: the list of digests comes, and goes
//! back signed. How it ended is an entry too, also when it was the recorder that ended.

use std::sync::Arc;

use super::super::Supervisor;
use super::super::sticks::Same;
use super::call::{Around, Caller};
use super::look::Asked;
use super::machine::{fields, number, text};
use super::writing::{Shared, listen, start};
use crate::access::{Asking, Entered, Release, Wish};
use crate::base::time::{Span, Utc};
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::roles::Deed;
use crate::config::value::{Id, Word};
use crate::evidence::names;
use crate::footage::Hold;
use crate::ledger::index::Query;
use crate::logbook::fields as f;
use crate::logbook::form;
use crate::logbook::registers::{Record, State};
use crate::logbook::{Act, Authority, AuthorityForm, Body, Kind, Number, Who};
use crate::wire::export::{End, Exporting, Leaving, Stage};
use crate::wire::{Reply, Sent};

/// Packages written at once; more wait for nothing and are refused.
const EXPORTS_MAX: usize = 2;
/// Ended ones that can still be asked for.
const ENDED_MAX: usize = 16;
/// A window longer than this is several exports.
const WINDOW_MAX: Span = Span::days(31);

/// See [`super::Office`].
#[derive(Default)]
pub(super) struct Exports {
    running: Vec<Running>,
    /// What an earlier run left open was entered as broken off.
    tidied: bool,
}

struct Running {
    who: Who,
    /// What was asked, to be judged by each new file (S4.59).
    asked: Asked,
    /// What it is written to, where that is a stick.
    stick: Option<Same>,
    /// Its end is in the logbook.
    ended: bool,
    shared: Arc<Shared>,
}

impl Supervisor {
    /// Answers as soon as the release is entered and the copy has begun.
    pub(super) fn export(&mut self, caller: &Caller, wanted: Leaving) -> Result<Reply, String> {
        self.logbook_is_read()?;
        self.leaves_well(&wanted)?;
        let case = self.record_of(wanted.case)?;
        let mut asking = self.export_asking(&wanted, &case)?;
        self.export_would_be(caller, &asking)?;
        let (hold, placed) = self.export_hold(caller, &wanted, &case)?;
        asking.more.extend(fields([(f::HOLD, number(placed))]));
        let entered = self.allowed(caller, &asking)?;
        let at = entered.number().ok_or("It was not entered.")?;
        let (around, revision) = (Around::default(), self.file.record.revision);
        let asked = Asked { asking, around, caller: caller.clone(), revision };
        let begun = self.begin_export(entered, &wanted, &case, (hold, placed), asked);
        if let Err(why) = &begun {
            let end = End::BrokenOff { why: why.clone(), nothing: true };
            self.note_export_end(at, caller.who(), &end);
        }
        begun.map(|state| Reply::Export(Box::new(state)))
    }

    fn leaves_well(&self, wanted: &Leaving) -> Result<(), String> {
        if wanted.cameras.is_empty() {
            return Err("Say which cameras: --camera gate,hall.".into());
        }
        let known = |id| {
            self.file.config.camera(id).is_some()
                || self.store.cameras().is_ok_and(|all| all.contains(id))
        };
        if let Some(id) = wanted.cameras.iter().find(|id| !known(id)) {
            return Err(format!("There is no camera {id}. `beadle status` lists them."));
        }
        if wanted.to <= wanted.from {
            return Err("The window ends before it begins; check --from and --to.".into());
        }
        if wanted.to - wanted.from > WINDOW_MAX {
            let days = WINDOW_MAX.as_secs() / 86_400;
            return Err(format!("One export covers at most {days} days; make several."));
        }
        self.carrier_fits(wanted)?;
        let going = self.office.exports.running.iter().filter(|r| !r.ended).count();
        match going < EXPORTS_MAX {
            true => Ok(()),
            false => Err(format!("{going} exports are being written; wait until one has ended.")),
        }
    }

    /// The question to `access`, as the case answers it.
    pub(super) fn export_asking(&self, wanted: &Leaving, case: &Record) -> Result<Asking, String> {
        let mut asking = Asking::to(Wish::Deed(Deed::Export));
        asking.cameras = wanted.cameras.clone();
        asking.window = Some((wanted.from, wanted.to));
        asking.purpose = wanted.purpose.as_deref().map(Id::new).transpose()?;
        asking.reason = wanted.reason.clone();
        asking.about = Some(case.number);
        asking.release = Some(release(case)?);
        asking.authority = self.decision_on(case);
        asking.more = fields([("carrier", text(wanted.carrier.word()))]);
        if let Some(stick) = &wanted.stick {
            let serial = self.stick_lines().into_iter().find(|line| line.name == *stick);
            let serial = serial.map(|line| line.serial).filter(|serial| !serial.is_empty());
            asking.more.extend(serial.map(|serial| ("serial".to_string(), text(serial))));
        }
        if let Some(instead) = wanted.instead_of {
            asking.more.insert("unreadable".into(), number(instead));
        }
        if let Some(exhibit) = &wanted.exhibit {
            asking.more.insert("exhibit".into(), text(exhibit));
        }
        if let Some(exception) = wanted.exception {
            self.exception_lasts(exception)?;
            asking.more.insert("exception".into(), number(exception));
        }
        Ok(asking)
    }

    /// An exception that was ended, or whose day has passed, lets nothing leave (S4.58).
    fn exception_lasts(&self, exception: Number) -> Result<(), String> {
        let record = self.record_of(exception)?;
        let (_, now) = self.now();
        let until = record.text(f::UNTIL).and_then(|day| day.parse().ok());
        let over = until.is_none_or(|day| self.zone().end_of(day) <= now);
        match record.kind == Kind::Exception && record.state == State::Open && !over {
            true => Ok(()),
            false => Err(format!("Entry {exception} is no exception that is in force (S4.58).")),
        }
    }

    /// Whoever decided the request; `None`: nobody has, and it is the word of whoever asks.
    fn decision_on(&self, case: &Record) -> Option<Authority> {
        let standing = &self.office.standing;
        let mut parts = case.parts.iter().rev();
        parts.find_map(|part| {
            let decision = standing.decision_of(part.number)?;
            let reference = Some(format!("#{}", part.number));
            let by = decision.by.clone();
            Some(Authority { by, form: AuthorityForm::Permission, reference })
        })
    }

    /// A refusal is entered, and no hold is placed for it.
    fn export_would_be(&mut self, caller: &Caller, asking: &Asking) -> Result<(), String> {
        let Ok(grant) = self.decided(caller, asking, &Around::default()) else {
            // Asked in earnest, so that the refusal is entered.
            return self.allowed(caller, asking).map(drop);
        };
        let draft = grant.draft().cloned().ok_or("It would not be entered.")?;
        let form = super::entry::form_of(draft.kind, draft.act)?;
        debug_assert_eq!(form::form(Kind::Export, Act::Open), Some(form));
        self.fits_form(form, &draft).map(drop)
    }

    /// A hold that covers it all: one that is there, else a new one. Its id and its entry.
    fn export_hold(
        &mut self,
        caller: &Caller,
        wanted: &Leaving,
        case: &Record,
    ) -> Result<(String, Number), String> {
        let covers = |hold: &Hold| {
            let all = |id| hold.cameras.is_empty() || hold.cameras.contains(id);
            let long = hold.start <= wanted.from && hold.end >= wanted.to;
            hold.ended.is_none() && long && wanted.cameras.iter().all(all)
        };
        if let Some(hold) = self.keep.holds().into_iter().find(covers)
            && let Some(entry) = self.entry_of_hold(&hold.id)
        {
            return Ok((hold.id, entry));
        }
        let class = self.file.config.disclosure.hold.as_ref();
        let class = class.map_or("export".to_string(), |class| class.value.to_string());
        let wanted = super::hold::Wanted {
            cameras: wanted.cameras.clone(),
            start: wanted.from,
            end: wanted.to,
            reference: case_reference(case),
            reason: format!("exported for case {}", case.number),
            class: Some(class),
            case: Some(case.number),
        };
        self.hold_along(caller, wanted)
    }

    /// The effect: the order is made and given to a process.
    fn begin_export(
        &mut self,
        entered: Entered,
        wanted: &Leaving,
        case: &Record,
        hold: (String, Number),
        asked: Asked,
    ) -> Result<Exporting, String> {
        let phrase = self.export_phrase(wanted.carrier)?;
        let job = self.export_job(&entered, wanted, case, &hold, phrase.clone())?;
        let at = entered.number().unwrap_or_default();
        let who = Who {
            acting_for: entered.acting_for().map(ToString::to_string),
            second: entered.second().map(ToString::to_string),
            ..Who::alone(entered.person().as_str(), entered.account())
        };
        let folder = wanted.folder.trim_end_matches('/');
        let package = match &wanted.stick {
            Some(_) => names::package(at),
            None => format!("{folder}/{}", names::package(at)),
        };
        let state = Exporting {
            number: at,
            package,
            carrier: wanted.carrier,
            stick: wanted.stick.clone(),
            passphrase: None,
            hold: hold.0,
            stage: Stage::Planning,
            done: 0,
            total: 0,
            rate: None,
            left: None,
            waits: None,
            end: None,
        };
        let mut child = start().map_err(|e| format!("The export cannot be started: {e}."))?;
        let shared = Arc::new(Shared::new(state.clone(), child.stdin.take()));
        let (listener, identity) = (shared.clone(), self.office.identity.clone());
        std::thread::Builder::new()
            .name("export".into())
            .spawn(move || listen(child, &job, &identity, &listener))
            .map_err(|e| format!("The export cannot be started: {e}."))?;
        let stick = self.take_stick(wanted);
        self.office.exports.running.push(Running { who, asked, ended: false, shared, stick });
        // Told once, here; kept nowhere.
        Ok(Exporting { passphrase: phrase.map(Sent), ..state })
    }

    pub(super) fn export_state(&self, number: Number) -> Result<Reply, String> {
        let mut running = self.office.exports.running.iter();
        let found = running.find(|r| r.shared.state().number == number);
        let found = found.ok_or_else(|| format!("No export {number} is going on."))?;
        Ok(Reply::Export(Box::new(found.shared.state().clone())))
    }

    /// By whoever began it.
    pub(super) fn stop_export(&self, caller: &Caller, number: Number) -> Result<Reply, String> {
        let mut running = self.office.exports.running.iter();
        let found = running.find(|r| !r.ended && r.shared.state().number == number);
        let found = found.ok_or_else(|| format!("No export {number} is going on."))?;
        if found.who.person != caller.session.person.as_str() {
            return Err(format!("{} began it, and stops it.", found.who.person));
        }
        found.shared.stop()?;
        Ok(Reply::Done)
    }

    /// What has ended is entered; once after a start, what the run before left.
    pub(super) fn turn_exports(&mut self) {
        if !self.office.exports.tidied {
            self.office.exports.tidied = true;
            self.tidy_exports();
            self.tidy_sticks();
        }
        self.turn_sticks();
        self.stop_lost_exports();
        let running = self.office.exports.running.iter_mut().filter(|r| !r.ended);
        let ended: Vec<_> = running
            .filter_map(|r| {
                let state = r.shared.state();
                let end = state.end.clone()?;
                r.ended = true;
                Some((state.number, r.who.clone(), end, r.stick.clone()))
            })
            .collect();
        for (number, who, end, stick) in ended {
            if let Some(stick) = stick {
                self.give_stick_back(&stick, matches!(end, End::Whole { .. }));
            }
            self.note_export_end(number, who, &end);
        }
        let all = &mut self.office.exports.running;
        while all.len() > ENDED_MAX
            && let Some(oldest) = all.iter().position(|r| r.ended)
        {
            all.remove(oldest);
        }
    }

    /// Copies under way that the file in force would refuse; one that cannot be stopped now is
    /// tried again at the next turn.
    fn stop_lost_exports(&mut self) {
        let revision = self.file.record.revision;
        let mut settled = Vec::new();
        for (at, running) in self.office.exports.running.iter().enumerate() {
            if running.ended || running.asked.revision == revision {
                continue;
            }
            let stopped = || running.shared.stop_because("the file no longer allows it").is_ok();
            if self.stands(&running.asked) || stopped() {
                settled.push(at);
            }
        }
        for at in settled {
            self.office.exports.running[at].asked.revision = revision;
        }
    }

    /// Copies that the end of the recorder ended.
    fn tidy_exports(&mut self) {
        let query = Query {
            kind: Some(Kind::Export),
            state: Some(State::Open),
            records: true,
            limit: ENDED_MAX,
            ..Query::default()
        };
        let left = self.office.index.page(&query).map(|page| page.numbers).unwrap_or_default();
        for number in left {
            let why = "the recorder ended while the copy was being written".to_string();
            let body = self.office.ledger.as_ref().ok().and_then(|l| l.entry(number).ok()?.body);
            let who = body.and_then(|body| body.who);
            let Some(who) = who else { continue };
            // Nobody heard whether it had begun: as if it had.
            self.note_export_end(number, who, &End::BrokenOff { why, nothing: false });
        }
    }

    fn note_export_end(&mut self, about: Number, who: Who, end: &End) {
        let (said, outcome) = match end {
            End::Whole { list, clips, bytes, .. } => {
                let said = fields([
                    (f::ENDED, text("whole")),
                    ("clips", number(*clips)),
                    (f::BYTES, number(*bytes)),
                    ("manifest", text(list)),
                ]);
                (said, None)
            }
            End::BrokenOff { why, nothing } => {
                let mut said = fields([(f::ENDED, text("broken-off"))]);
                // With this the case knows of no copy that would have to come to an end (S4.23).
                said.extend(nothing.then(|| (f::BYTES.to_string(), number(0))));
                (said, Some(why.clone()))
            }
        };
        let body = Body { who: Some(who), outcome, fields: said, ..Body::default() };
        let draft = self.draft(Kind::Export, Act::Close, Some(about), body);
        self.note(draft);
    }
}

/// To whom, and what they showed: as the request says.
fn release(case: &Record) -> Result<Release, String> {
    let recipient = match case.kind {
        Kind::SubjectAccess => Some(RecipientKind::DataSubject),
        Kind::Request => case.text(f::RECIPIENT).and_then(|said| {
            RecipientKind::WORDS.iter().find(|(word, _)| *word == said).map(|(_, kind)| *kind)
        }),
        _ => None,
    };
    let recipient = recipient.ok_or_else(|| {
        let case = case.number;
        format!("Entry {case} is no request for footage; enter the request first.")
    })?;
    if case.state == State::Closed {
        return Err(format!("The case {} is closed.", case.number));
    }
    let mut proofs: Vec<Proof> = case.answers.keys().filter_map(|f| form::proof_in(f)).collect();
    // The reason of the request is why it is needed.
    if case.answers.contains_key("reason") && !proofs.contains(&Proof::Necessity) {
        proofs.push(Proof::Necessity);
    }
    Ok(Release { recipient, proofs })
}

/// What the hold is filed under: the requester's reference, else the case.
fn case_reference(case: &Record) -> String {
    let given = ["crime-reference", "court-order", "proceedings", f::REFERENCE];
    let given = given.into_iter().find_map(|name| case.text(name));
    given.map_or_else(|| format!("case {}", case.number), ToString::to_string)
}

/// The window as far as it lies in the past: what is still to be filmed cannot leave.
pub(super) fn past((from, to): (Utc, Utc), now: Utc) -> (Utc, Utc) {
    (from, to.min(now))
}
