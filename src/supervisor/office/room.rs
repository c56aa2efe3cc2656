//! What a screen asks of its place: the words before log-in, whom to ring, a form judged while it
//! is filled in, a record whole, and the recorder itself.

use super::super::Supervisor;
use super::call::Caller;
use super::entry::{form_of, machines_own};
use crate::access::Wish;
use crate::access::sessions::{banner, idle_lock, keeps_wall};
use crate::config::escalation::Call;
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::config::value::{At, Id, Word};
use crate::logbook::case;
use crate::logbook::form::{self, CORRECTION, Ill, Objection, Scene, WITHDRAWN};
use crate::logbook::{self, Act, Body, Draft, Kind, Number};
use crate::socket::Peer;
use crate::wire::book::RecordLine;
use crate::wire::room::{CopyLine, Dial, Flaw, Judged, MachineSheet, Prints, RecordSheet, Room};
use crate::wire::{Reply, Sent};

impl Supervisor {
    /// For anybody at the screen. Whom to ask by name only to somebody who is logged in.
    pub(super) fn room(&mut self, token: Option<&Sent>, peer: Peer) -> Reply {
        let station = self.station_of(peer);
        let caller = self.caller(token, peer).ok();
        let inside = caller.is_some();
        let sets = caller.as_ref().is_some_and(|c| {
            self.owns_or_holds(c, Deed::Configure) || self.owns_or_holds(c, Deed::ManageAccess)
        });
        let passwords = if sets { self.wanted_secrets() } else { Vec::new() };
        let config = &self.file.config;
        let titled = config.stations.iter().find(|s| Some(&s.id.value) == station.as_ref());
        let named = |ids: &[At<Id>]| -> Vec<String> {
            let title = |id: &At<Id>| match config.person(&id.value) {
                Some(person) => person.title.value.clone(),
                None => id.value.to_string(),
            };
            if inside { ids.iter().map(title).collect() } else { Vec::new() }
        };
        let may = |wish: Wish| caller.as_ref().is_some_and(|c| self.would_be(c, wish));
        let readable = |register: &&Register| may(Wish::Read(**register));
        let words = |all: &mut dyn Iterator<Item = &Register>| -> Vec<String> {
            all.filter(readable).map(|r| r.as_str().to_string()).collect()
        };
        let every = Register::WORDS.iter().map(|(_, register)| register);
        let ways = &config.escalation;
        let fixed = [&ways.police, &ways.dsl, &ways.deputy_dsl, &ways.lado];
        let numbers = fixed.into_iter().flatten().chain(&ways.contacts).map(dial).collect();
        Reply::Room(Box::new(Room {
            station: titled.map(|s| s.title.value.clone()),
            idle_lock: idle_lock(station.as_ref().map(Id::as_str), config).as_secs() as u32,
            wall: keeps_wall(station.as_ref().map(Id::as_str), config),
            banner: banner(config),
            enrolled: !self.office.accounts.is_empty(),
            steps: ways.emergency.iter().map(|s| s.value.clone()).collect(),
            numbers,
            in_doubt: named(&config.accounts.in_doubt),
            told: named(&config.breaches.by),
            registers: words(&mut config.registers.value.iter()),
            readable: words(&mut every.into_iter()),
            everything: may(Wish::Deed(Deed::Audit)),
            people: may(Wish::Deed(Deed::Audit)) || may(Wish::Deed(Deed::ManageAccess)),
            sights: caller.as_ref().map(|c| self.sights(c)).unwrap_or_default(),
            prints: Prints {
                may: may(Wish::Deed(Deed::Print)),
                printer: config.site.printer.as_ref().map(|p| p.value.host.clone()),
            },
            passwords,
        }))
    }

    /// How a form stands that somebody fills in. Nothing is entered, and nothing is told that the
    /// form itself would not tell.
    pub(super) fn judge(
        &mut self,
        caller: &Caller,
        (kind, act): (Kind, Act),
        about: Option<Number>,
        mut body: Body,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let second = body.who.and_then(|w| w.second);
        body.who = Some(logbook::Who { second, ..caller.who() });
        body.station = caller.station.as_ref().map(ToString::to_string);
        let record = about.map(|about| self.record_of(about)).transpose()?;
        let part = record.as_ref().and_then(|r| r.parts.iter().find(|p| Some(p.number) == about));
        let shape = if act == Act::Correct { part.map_or(Act::Open, |p| p.act) } else { act };
        let form = form_of(kind, shape)?;
        let draft: Draft = self.draft(kind, act, about, body);
        let (_, now) = self.now();
        let config = self.file.config.clone();
        let corrects = act == Act::Correct;
        let scene = Scene { config: &config, now, record: record.as_ref(), corrects };
        let mut judged = Judged::default();
        for field in form.fields().filter(|field| !machines_own(kind, field.name)) {
            if form::asked(field, &draft, &scene) {
                judged.asked.push(field.name.into());
            }
            if form::needed(field, &draft, &scene) {
                judged.needed.push(field.name.into());
            }
        }
        if corrects {
            judged.asked.extend([CORRECTION.name.into(), WITHDRAWN.name.into()]);
            judged.needed.push(CORRECTION.name.into());
        } else {
            let offered = form::offered(form, &draft, &scene).into_iter();
            judged.offered = offered.map(|(name, value)| (name.into(), value)).collect();
        }
        judged.flaws = form::check(form, &draft, &scene).into_iter().map(flaw).collect();
        Ok(Reply::Judged(judged))
    }

    /// A record with its entries, to whoever may read its register.
    pub(super) fn record(&mut self, caller: &Caller, number: Number) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let record = self.record_of(number)?;
        let mut entries = Vec::with_capacity(record.parts.len());
        let corrections = record.parts.iter().flat_map(|p| p.corrected_by.iter().copied());
        let mut numbers: Vec<Number> =
            record.parts.iter().map(|p| p.number).chain(corrections).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            entries.push(self.entry_for(caller, number)?);
        }
        let closed = record.closed_by_hand.then(|| record.parts.last().map(|p| p.at));
        let line = RecordLine {
            number: record.number,
            kind: record.kind,
            opened: record.opened,
            closed: closed.flatten(),
            due: record.due.as_ref().map(|due| due.at),
            title: record.title.clone(),
            unread: self.is_unread(&record, caller.session.person.as_str()),
        };
        let leaving = self.readiness(caller, &record);
        let due_what = record.due.map(|due| due.what);
        let begins = case::begins(line.kind);
        let case = if begins { self.case_of(number).ok().map(Box::new) } else { None };
        Ok(Reply::Record(Box::new(RecordSheet { line, due_what, entries, leaving, case })))
    }

    /// Clock, logbook and its copies. Whoever is logged in may see it: it names nobody. The network
    /// is for those who set the box up, or look over its use (S4.63).
    pub(super) fn machine_sheet(&self, caller: &Caller) -> Reply {
        let rights = [Deed::Configure, Deed::Restart, Deed::Audit];
        let network = match rights.into_iter().any(|right| self.owns_or_holds(caller, right)) {
            true => super::super::network::lines(),
            false => Vec::new(),
        };
        let office = &self.office;
        let (_, now) = self.now();
        let copies = office.replicas.forks();
        let copies = copies.map(|(disk, forked)| CopyLine { disk: disk.0.clone(), forked });
        Reply::Machine(MachineSheet {
            version: env!("CARGO_PKG_VERSION").into(),
            now,
            clock: self.clock_state,
            entries: office.size(),
            owed: office.owed.len() as u64,
            copies: copies.collect(),
            network,
            key: office.identity.fingerprint(),
            waiting: office.waiting.as_ref().map(|held| held.judged.digest.to_string()),
            blind: office.ledger.as_ref().err().cloned().or_else(|| office.blind.clone()),
        })
    }
}

fn dial(call: &Call) -> Dial {
    let text = |t: &Option<At<String>>| t.as_ref().map(|t| t.value.clone());
    Dial { title: call.title.value.clone(), phone: text(&call.phone), email: text(&call.email) }
}

fn flaw(objection: Objection) -> Flaw {
    Flaw {
        missing: objection.ill == Ill::Missing,
        blocks: objection.blocks(),
        field: objection.field,
        sentence: objection.sentence,
        remedy: objection.remedy,
    }
}
