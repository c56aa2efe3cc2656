//! Duties as they stand, what was missed, and reports on how the system is used (S1.26, S4.46,
//! S4.51, S4.52, S4.67, S4.73).

use super::super::Supervisor;
use super::call::Caller;
use super::find::USES;
use super::machine::{fields, text};
use crate::access::{Asking, Wish};
use crate::base::time::{Span, Utc};
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::duties::{self, Clock};
use crate::ledger::index::Query;
use crate::logbook::fields as f;
use crate::logbook::registers::State as RecordState;
use crate::logbook::reports::{Odd, activity, curiosity, misuse};
use crate::logbook::{Act, Authority, AuthorityForm, Body, Entry, Kind, Value};
use crate::wire::duty::DutyState;
use crate::wire::{CameraState, Reply};

/// Open records that duties look at; a school has a handful.
const CLOCKS_MAX: usize = 500;
/// Numbers of entries that are listed for one sort of sign, the newest first.
const SIGNS_SHOWN: usize = 12;
/// A report on use looks back that far, where nobody says.
const REPORT_SPAN: Span = Span::days(31);

impl Supervisor {
    /// What is due, worst first. Whoever is logged in may see it: it names posts, and no footage.
    pub(super) fn duties(&mut self) -> Result<Reply, String> {
        self.logbook_is_read()?;
        self.office.facts.clocks = self.clocks()?;
        let (_, now) = self.now();
        let config = self.file.config.clone();
        let items = duties::due(&config, &self.office.facts, now);
        let mut duties = super::super::duties::lines(&config, &items);
        let random = duties::Duty::RandomCheck.to_string();
        let asked =
            |state: &DutyState| matches!(state, DutyState::Due { .. } | DutyState::Overdue { .. });
        if let Some(line) = duties.iter_mut().find(|l| l.duty == random && asked(&l.state))
            && let Some(pick) = self.random_pick()
        {
            let camera = config.camera(&pick.camera).map(|c| c.title.value.clone());
            let camera = camera.unwrap_or_else(|| pick.camera.to_string());
            line.what = format!("Random check: judge {camera} at {}", self.zone().show(pick.at));
            line.pick = Some(pick);
        }
        Ok(Reply::Duties { duties })
    }

    /// Dates of open records.
    fn clocks(&self) -> Result<Vec<Clock>, String> {
        let query = Query {
            state: Some(RecordState::Open),
            records: true,
            limit: CLOCKS_MAX,
            ..Query::default()
        };
        let page = self.office.index.page(&query).map_err(|fault| fault.text)?;
        let mut clocks = Vec::new();
        for number in page.numbers {
            let record = self.record_of(number)?;
            if let Some(due) = record.due.filter(|due| !due.lapses) {
                let (kind, what) = (record.kind, format!("{} {number}", record.kind));
                clocks.push(Clock { kind, number, due: due.at, what });
            }
        }
        Ok(clocks)
    }

    /// A day that passed without its duty is an entry by itself, once (S1.26); on a closed day the
    /// box checks itself (K14).
    pub(in crate::supervisor) fn note_missed(&mut self) {
        let (_, now) = self.now();
        if now < self.office.missed_due || !self.office.is_read() {
            return;
        }
        let config = self.file.config.clone();
        let clock = self.clock_state;
        if let Some(day) = duties::own_check(&config, &self.office.facts, now) {
            let all = self.cameras.iter();
            let failed = all.filter(|(_, camera)| camera.shown == CameraState::Failed);
            let failed: Vec<String> = failed.map(|(id, _)| id.to_string()).collect();
            let recording = self.cameras.len() - failed.len();
            let outcome = match failed.len() {
                0 => "every camera records".to_string(),
                n => format!("{n} cameras do not record"),
            };
            let mut fields = fields([
                (f::DAY, text(day)),
                (f::ALL_GOOD, Value::Yes(failed.is_empty())),
                (f::RECORDING, super::machine::number(recording as u64)),
            ]);
            if !failed.is_empty() {
                fields.insert(f::BAD.into(), Value::List(failed));
            }
            let body = Body { outcome: Some(outcome), fields, ..Body::default() };
            let draft = self.draft(Kind::DailyCheck, Act::Open, None, body);
            self.note(draft);
        }
        let since = self.office.facts.in_force_since().unwrap_or(now);
        for missed in duties::missed(&config, &self.office.facts, since, now) {
            self.note(missed.draft(now, clock));
        }
        self.office.missed_due = duties::wake_at(&config, &self.office.facts, now);
    }

    /// What a report on everybody is made from, and of which span: once it was allowed and entered.
    fn audited(
        &mut self,
        caller: &Caller,
        what: &str,
        kinds: &[Kind],
        (from, to): (Option<Utc>, Option<Utc>),
    ) -> Result<(Vec<Entry>, Utc, Utc), String> {
        let (_, now) = self.now();
        let (from, to) = (from.unwrap_or(now - REPORT_SPAN), to.unwrap_or(now));
        self.allowed_as(caller, Deed::Audit, Kind::Audit, what).map(drop)?;
        Ok((self.entries_of(kinds, from, to)?, from, to))
    }

    /// Viewings that somebody should be asked about (S4.67). For those who audit.
    pub(super) fn curiosity(
        &mut self,
        caller: &Caller,
        from: Option<Utc>,
        to: Option<Utc>,
    ) -> Result<Reply, String> {
        let (entries, from, to) = self.audited(caller, "the curiosity report", USES, (from, to))?;
        let report = curiosity(&self.file.config, &entries, from, to);
        let zone = self.zone();
        let mut out = format!("Viewings from {} to {}\n", zone.show(from), zone.show(to));
        for (person, (all, odd)) in &report.persons {
            out += &format!("  {person}: {all} viewings, {odd} to ask about\n");
        }
        for finding in &report.findings {
            let look = &finding.look;
            let why: Vec<String> = finding.why.iter().map(odd).collect();
            out += &format!(
                "entry {}, {}, {} of {} by {}: {}\n",
                look.number,
                zone.show(look.at),
                look.kind,
                look.cameras.join(", "),
                look.person,
                why.join("; ")
            );
        }
        if report.findings.is_empty() {
            out += "Nothing to ask about.\n";
        }
        if report.unreadable > 0 {
            out += &format!("{} entries are destroyed and say nothing.\n", report.unreadable);
        }
        Ok(Reply::Text { text: out })
    }

    /// Signs of misuse that the box saw (S4.73). For those who audit.
    pub(super) fn misuse(
        &mut self,
        caller: &Caller,
        from: Option<Utc>,
        to: Option<Utc>,
    ) -> Result<Reply, String> {
        let kinds = misuse::KINDS;
        let (entries, from, to) = self.audited(caller, "the signs of misuse", kinds, (from, to))?;
        let zone = self.zone();
        let mut out = format!("Signs of misuse from {} to {}\n", zone.show(from), zone.show(to));
        let signs = misuse::misuse(&self.file.config, &entries, from, to);
        for sign in &signs {
            out += &format!("{:>5}  {}\n", sign.entries.len(), sign.what.sentence());
            let times = |(person, n): (&String, &usize)| format!("{person} {n}");
            let persons: Vec<String> = sign.persons.iter().map(times).collect();
            if !persons.is_empty() {
                out += &format!("       of {}\n", persons.join(", "));
            }
            let newest = sign.entries.iter().rev().take(SIGNS_SHOWN).map(ToString::to_string);
            let newest: Vec<String> = newest.collect();
            let more = if sign.entries.len() > SIGNS_SHOWN { " and older ones" } else { "" };
            out += &format!("       entries {}{more}\n", newest.join(", "));
        }
        if signs.is_empty() {
            out += "None.\n";
        }
        Ok(Reply::Text { text: out })
    }

    /// What one person did: with a right, a reason, and on somebody's word (S4.51, S4.52).
    pub(super) fn person_report(
        &mut self,
        caller: &Caller,
        person: &str,
        reason: String,
        authority: String,
    ) -> Result<Reply, String> {
        let (_, now) = self.now();
        let id = Id::new(person)?;
        let mut asking = Asking::to(Wish::Deed(Deed::Audit));
        asking.subject = Some(id);
        asking.reason = Some(reason);
        let (by, reference) = match authority.split_once(':') {
            Some((by, paper)) => (by.trim().to_string(), Some(paper.trim().to_string())),
            None => (authority, None),
        };
        let form = match reference {
            Some(_) => AuthorityForm::Written,
            None => AuthorityForm::Verbal,
        };
        asking.authority = Some(Authority { by, form, reference });
        let from = now - Span::days(365);
        let zone = self.zone();
        asking.more = fields([
            (f::FROM, text(zone.day_of(from))),
            (f::UNTIL, text(zone.day_of(now))),
            // The decision refuses it otherwise (S4.51).
            ("users-told", Value::Yes(true)),
        ]);
        self.allowed(caller, &asking).map(drop)?;
        let entries = self.entries_of(USES, from, now)?;
        let report = activity(&entries, person, from, now);
        let zone = self.zone();
        let mut out = format!("{person}, from {} to {}\n", zone.show(from), zone.show(now));
        for (kind, count) in &report.kinds {
            out += &format!("  {kind}: {count}\n");
        }
        for deed in &report.deeds {
            out += &format!("entry {}, {}, {}", deed.number, zone.show(deed.at), deed.kind);
            for (name, value) in
                [("at", &deed.station), ("purpose", &deed.purpose), ("reason", &deed.reason)]
            {
                if let Some(value) = value {
                    out += &format!(", {name} {value}");
                }
            }
            out.push('\n');
        }
        Ok(Reply::Text { text: out })
    }

    fn entries_of(&self, kinds: &[Kind], from: Utc, to: Utc) -> Result<Vec<Entry>, String> {
        self.logbook_is_read()?;
        let office = &self.office;
        let ledger = office.ledger.as_ref().map_err(|why| why.clone())?;
        let mut entries = Vec::new();
        for number in office.index.numbers_of(kinds).map_err(|fault| fault.text)?.into_iter().rev()
        {
            let entry = ledger.entry(number).map_err(|fault| fault.text)?;
            if entry.header.at < from {
                break;
            }
            if entry.header.at < to {
                entries.push(entry);
            }
        }
        entries.reverse();
        Ok(entries)
    }

    /// What waits for this person, for their log-in: spoken words to confirm, a file to approve,
    /// changes that affect them (S4.12, S4.48, S4.50).
    pub(super) fn waiting_for(&mut self, person: &str) -> Vec<String> {
        let Ok(id) = Id::new(person) else { return Vec::new() };
        let mut out = Vec::new();
        for (number, spoken) in self.office.standing.words() {
            if spoken.by.contains(person) {
                out.push(format!(
                    "Entry {number} says that you allowed it by mouth: confirm it, or say that it \
                     is not so: beadle logbook add confirmation --note --about {number}"
                ));
            }
        }
        if let Some(stale) = self.file.stale.as_ref().filter(|_| self.office.waiting.is_some()) {
            out.push(stale.text.clone());
        }
        let untold = self.office.standing.untold(&id);
        for number in &untold {
            let ledger = self.office.ledger.as_ref().ok();
            let entry = ledger.and_then(|ledger| ledger.entry(*number).ok());
            let changes =
                entry.and_then(|e| e.body).and_then(|body| match body.fields.get(f::CHANGES) {
                    Some(Value::List(list)) => Some(list.join("; ")),
                    _ => None,
                });
            out.push(format!(
                "What you may do here, or what is kept, has changed (entry {number}): {}",
                changes.unwrap_or_default()
            ));
        }
        for number in untold {
            let said = fields([
                (f::PERSONS, Value::List(vec![person.to_string()])),
                (f::WHAT, text(format!("what changed by entry {number}"))),
            ]);
            let body = Body { fields: said, ..Body::default() };
            let draft = self.draft(Kind::Told, Act::Note, Some(number), body);
            self.note(draft);
        }
        match self.unread_by(person).as_deref() {
            Ok([]) | Err(_) => {}
            Ok(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(|n| n.to_string()).collect();
                out.push(format!(
                    "Breaches and complaints that you have not read (S1.64): entries {}",
                    numbers.join(", ")
                ));
            }
        }
        out
    }
}

fn odd(odd: &Odd) -> String {
    match odd {
        Odd::NoIncident => "names no incident".into(),
        Odd::OutOfHours => "out of hours".into(),
        Odd::Again { times } => format!("the same window {times} times"),
    }
}
