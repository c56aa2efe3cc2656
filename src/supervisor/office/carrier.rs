//! What a copy leaves on: does this carrier fit the file's rule, is the stick there and free, does
//! another case lie on it; and sticks made new.

use super::super::Supervisor;
use super::super::sticks::{Same, same};
use super::call::Caller;
use super::machine::{fields, number, text};
use crate::access::{Asking, Wish, has_right};
use crate::base::secret::Secret;
use crate::config::disclosure::Medium;
use crate::config::roles::Deed;
use crate::evidence::names;
use crate::export::job::{OnStick, Target};
use crate::export::phrase;
use crate::ledger::index::Query;
use crate::logbook::fields as f;
use crate::logbook::registers::State;
use crate::logbook::{Account, Act, Body, Kind, Number, Value};
use crate::wire::Reply;
use crate::wire::export::Leaving;
use crate::wire::stick::{Carrier, Filed, StickLine, StickState};

/// FAT32 takes no file of 4 GiB.
const FAT_FILE_BYTES_MAX: u64 = u32::MAX as u64;
/// Sticks that a run can have left half new: there are not as many sockets.
const LEFT_MAX: usize = 16;

impl Supervisor {
    pub(in super::super) fn stick_lines(&self) -> Vec<StickLine> {
        let Some(sticks) = &self.sticks else { return Vec::new() };
        sticks.lines(&|number| self.case_of_export(number))
    }

    /// The case that an export of this box belongs to.
    fn case_of_export(&self, number: Number) -> Option<Number> {
        let entry = self.office.ledger.as_ref().ok()?.entry(number).ok()?;
        let is_export = entry.header.kind == Kind::Export && entry.header.act == Act::Open;
        let body = entry.body.filter(|_| is_export)?;
        match body.fields.get("request") {
            Some(Value::Number(case)) => Number::try_from(*case).ok(),
            _ => entry.header.about,
        }
    }

    /// # Errors
    /// The sentence that says why this copy cannot leave in this way.
    pub(super) fn carrier_fits(&self, wanted: &Leaving) -> Result<(), String> {
        let medium = self.file.config.disclosure.medium.value;
        match (medium, wanted.carrier) {
            (Medium::BitLocker, Carrier::Zip) => {
                return Err("The file asks for a BitLocker stick (medium=\"bitlocker\").".into());
            }
            (Medium::Zip, Carrier::BitLocker) => {
                return Err("The file asks for an encrypted archive (medium=\"zip\").".into());
            }
            _ => {}
        }
        let Some(name) = &wanted.stick else {
            return match wanted.carrier {
                Carrier::BitLocker => Err("A BitLocker carrier is a stick: name one.".into()),
                _ if wanted.folder.starts_with('/') => Ok(()),
                _ => Err(format!("{} is no full path; it begins with /.", wanted.folder)),
            };
        };
        let line = self.stick_line(name)?;
        is_ready(&line)?;
        match (wanted.carrier, line.filed == Filed::BitLocker) {
            (Carrier::BitLocker, false) => {
                let text = format!(
                    "The stick {name} is {}, not BitLocker. Format it with BitLocker To Go on a \
                     Windows PC, or take the encrypted archive.",
                    line.filed.word()
                );
                return Err(text);
            }
            (Carrier::BitLocker, true) if wanted.key.is_none() => {
                return Err("Give the passphrase of the BitLocker stick.".into());
            }
            (Carrier::Zip | Carrier::Plain, true) => {
                return Err(format!(
                    "The stick {name} is a BitLocker stick; export to it as such."
                ));
            }
            _ => {}
        }
        match line.packages.iter().find(|held| held.case != Some(wanted.case)) {
            Some(held) => {
                let of = held.case.map_or("another box or case".into(), |n| format!("case {n}"));
                Err(format!(
                    "The stick {name} holds {} of {of}: one stick carries one case (S4.23). Take \
                     another, or wipe it: beadle stick wipe {name}.",
                    names::package(held.number)
                ))
            }
            None => Ok(()),
        }
    }

    pub(super) fn stick_line(&self, name: &str) -> Result<StickLine, String> {
        let lines = self.stick_lines();
        let found = lines.iter().find(|line| line.name == name).cloned();
        found.ok_or_else(|| match &lines[..] {
            [] => "No stick is plugged in, or this machine has no service for sticks (beadle \
                   machine). Write into a folder with --to DIR instead."
                .into(),
            _ => {
                let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
                format!("There is no stick {name}; plugged in: {}.", names.join(", "))
            }
        })
    }

    /// Where the copy goes, and the largest file that can be there.
    pub(super) fn export_target(&self, wanted: &Leaving) -> Result<(Target, Option<u64>), String> {
        let Some(name) = &wanted.stick else {
            return Ok((Target::Folder { path: wanted.folder.clone() }, None));
        };
        let gone = || format!("The stick {name} is no longer there.");
        let sticks = self.sticks.as_ref().ok_or_else(gone)?;
        let (stick, line) = sticks.named(name).ok_or_else(gone)?;
        let unfinished = line.packages.iter().filter(|held| !held.finished);
        let on = OnStick {
            machine: sticks.socket().to_path_buf(),
            which: stick.which,
            serial: stick.serial,
            bytes: stick.bytes,
            key: wanted.key.as_ref().map(|key| key.0.clone()),
            // All of this case, as was looked at before.
            stale: unfinished.map(|held| names::package(held.number)).collect(),
        };
        let limited = matches!(line.filed, Filed::Fat | Filed::BitLocker);
        Ok((Target::Stick(on), limited.then_some(FAT_FILE_BYTES_MAX)))
    }

    /// The passphrase of an archive: seven words of the kernel's dice, kept nowhere.
    pub(super) fn export_phrase(&mut self, carrier: Carrier) -> Result<Option<Secret>, String> {
        if carrier != Carrier::Zip {
            return Ok(None);
        }
        let mut random = zeroize::Zeroizing::new([0; 2 * phrase::WORDS]);
        (self.office.dice)(&mut random[..]).map_err(|fault| fault.text)?;
        Ok(Some(phrase::words(&random)))
    }

    /// From now on an export is on it; gives what it is known by.
    pub(super) fn take_stick(&self, wanted: &Leaving) -> Option<Same> {
        let (stick, _) = self.sticks.as_ref()?.named(wanted.stick.as_ref()?)?;
        let known = same(&stick);
        self.sticks.as_ref()?.take(known.clone());
        Some(known)
    }

    pub(super) fn give_stick_back(&self, stick: &Same, whole: bool) {
        if let Some(sticks) = &self.sticks {
            sticks.give_back(stick, whole);
        }
    }

    /// Whoever may export makes sticks ready; one with a package is wiped, by whoever may end
    /// carriers (S4.23, R6.1).
    pub(super) fn erase_stick(
        &mut self,
        caller: &Caller,
        name: &str,
        typed: &str,
        wipe: bool,
    ) -> Result<Reply, String> {
        let line = self.stick_line(name)?;
        let written = line.packages.iter().any(|held| held.finished);
        if written && !wipe {
            return Err(format!(
                "The stick {name} holds a copy of evidence: formatting would leave it readable. \
                 Wipe it: beadle stick wipe {name}."
            ));
        }
        if typed != line.typed {
            return Err(format!(
                "Everything on the stick {name} ({}) would be gone. To say that you mean it, type \
                 {}.",
                line.title, line.typed
            ));
        }
        match line.state {
            StickState::Writing | StickState::Formatting | StickState::Wiping => {
                return Err(format!("The stick {name} is being worked on; wait until it is over."));
            }
            _ => {}
        }
        let sticks = self.sticks.clone().ok_or("There is no service for sticks.")?;
        let (stick, _) = sticks.named(name).ok_or("The stick is no longer there.")?;
        let entry = self.enter_erasing(caller, &line, wipe, written)?;
        if let Err(why) = sticks.erase(&stick.which, wipe, entry) {
            self.note_erased(entry, Err(why.clone()));
            return Err(why);
        }
        Ok(Reply::Done)
    }

    /// Before the first byte goes. A copy of evidence ends by the right `dispose`, and by two where
    /// the file says so; an empty stick is made ready by whoever exports.
    fn enter_erasing(
        &mut self,
        caller: &Caller,
        line: &StickLine,
        wipe: bool,
        written: bool,
    ) -> Result<Number, String> {
        let mut said = fields([
            ("carrier", text(&line.title)),
            (f::BYTES, number(line.bytes)),
            ("method", text(if wipe { "wipe" } else { "format" })),
        ]);
        if !line.serial.is_empty() {
            said.insert("serial".into(), text(&line.serial));
        }
        if !line.packages.is_empty() {
            let named = line.packages.iter().map(|held| names::package(held.number));
            said.insert("copies".into(), Value::List(named.collect()));
        }
        if written {
            let mut asking = Asking::to(Wish::Deed(Deed::Dispose));
            asking.entry = Some((Kind::Stick, Act::Open));
            asking.reason = Some("the stick is wiped for another case".into());
            asking.more = said;
            return self.allowed(caller, &asking)?.number().ok_or("It was not entered.".into());
        }
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        let may = |deed| has_right(&self.file.config, &caller.session.person, deed, today);
        if caller.session.account != Account::Owner && !may(Deed::Export) && !may(Deed::Dispose) {
            let why = format!("Your roles do not hold the right \"{}\" for that.", Deed::Export);
            let asked = fields([(f::WISH, text("to format a stick"))]);
            let who = Some(caller.who());
            let body = Body { who, outcome: Some(why.clone()), fields: asked, ..Body::default() };
            let draft = self.draft(Kind::Refused, Act::Open, None, body);
            self.note(draft);
            return Err(why);
        }
        let body = Body { who: Some(caller.who()), fields: said, ..Body::default() };
        let draft = self.draft(Kind::Stick, Act::Open, None, body);
        self.enter(draft).map(|entry| entry.number)
    }

    /// Sticks that were made new since, and after a start those whose end nobody saw.
    pub(super) fn turn_sticks(&mut self) {
        let Some(sticks) = self.sticks.clone() else { return };
        for (entry, ended) in sticks.made() {
            self.note_erased(entry, ended);
        }
    }

    /// What the run before left open: the stick is half new at most.
    pub(super) fn tidy_sticks(&mut self) {
        let query = Query {
            kind: Some(Kind::Stick),
            state: Some(State::Open),
            records: true,
            limit: LEFT_MAX,
            ..Query::default()
        };
        let left = self.office.index.page(&query).map(|page| page.numbers).unwrap_or_default();
        for entry in left {
            self.note_erased(entry, Err("the recorder ended while it was being made new".into()));
        }
    }

    fn note_erased(&mut self, about: Number, ended: Result<(), String>) {
        let word = if ended.is_ok() { "done" } else { "failed" };
        let fields = fields([(f::ENDED, text(word))]);
        let body = Body { outcome: ended.err(), fields, ..Body::default() };
        let draft = self.draft(Kind::Stick, Act::Close, Some(about), body);
        self.note(draft);
    }
}

fn is_ready(line: &StickLine) -> Result<(), String> {
    let name = &line.name;
    match line.state {
        StickState::Ready | StickState::SafeToRemove => Ok(()),
        StickState::Looking => {
            Err(format!("The stick {name} is still being looked at; try again."))
        }
        StickState::Writing => Err(format!("An export is writing to the stick {name} already.")),
        StickState::Formatting | StickState::Wiping => {
            Err(format!("The stick {name} is being made new; wait until it is over."))
        }
        StickState::Unusable => {
            let why = line.why.clone().unwrap_or_default();
            Err(format!("The stick {name} cannot be used: {why}."))
        }
    }
}
