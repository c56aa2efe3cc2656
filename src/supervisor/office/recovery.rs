//! The recovery key: shown for paper, put into a box that started without it, proved against the
//! copies on the disks (R4.7).
//!
//! ```text
//! put    only while nobody is enrolled and the key opens a copy here:
//!        recovering.key (durable) -> recovery.key (durable) -> recover::take_in -> office opened
//!        anew, as at a start -> an entry of each thing that came back
//! ```
//! The file in force stays in force, and cameras are recorded all the while, by threads of their
//! own; only questions wait until the entries are back.

use std::sync::Arc;

use super::super::recover::{TakenIn, take_in};
use super::super::{Supervisor, state};
use super::call::Caller;
use super::machine::{fields, text};
use super::replicas::{self, PEOPLE, SECRETS, VERSION};
use super::{Desk, Office};
use crate::access::{Asking, Wish};
use crate::accounts::people::People;
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::KEPT_RETRY_SPAN;
use crate::base::name::DiskId;
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::disk::{Disk, identity};
use crate::ledger::index::Index;
use crate::ledger::kept::{Found, Shelf};
use crate::ledger::{self, RecoveryKey};
use crate::logbook::checkpoint::Signs;
use crate::logbook::fields as f;
use crate::logbook::{Account, Act, Body, Kind, Number, Value};
use crate::wire::{Ending, Reply, Sent};

const NOTHING_OPENS: &str = "This key opens none of the copies on the footage disks here. Look at \
                             the paper again: the site and the date on it, and whether every disk \
                             of the old box is connected.";

impl Desk {
    /// Camera passwords that came back with the copies; why they could not be taken.
    pub(in crate::supervisor) fn take_secrets(
        &self,
        taken: &TakenIn,
        now: Mono,
    ) -> Option<Result<usize, Fault>> {
        let (vault, bytes) = (self.vault.as_ref()?, taken.secrets.as_ref()?);
        let mut vault = vault.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Some(vault.import(bytes, now))
    }
}

impl Supervisor {
    /// The recovery key in words, for paper: to whoever manages access, and entered.
    pub(super) fn recovery_words(&mut self, caller: &Caller) -> Result<Reply, String> {
        self.enter_secret(caller, Deed::ManageAccess, "recovery key", "shown, for paper")?;
        Ok(Reply::Text { text: self.office.recovery.to_text().to_string() })
    }

    /// Takes the key from paper and everything that it opens.
    pub(super) fn put_recovery_key(
        &mut self,
        caller: &Caller,
        typed: &Sent,
        school: Option<&str>,
    ) -> Result<Reply, String> {
        if caller.session.account != Account::Owner {
            return Err("This box has people of its own, so it has no need of a key from paper. \
                        To see whether a key still opens the copies: beadle recovery check"
                .into());
        }
        let key: RecoveryKey = typed.0.expose().parse()?;
        let disks = self.copies_here();
        let site = self.site_id.clone();
        if !disks.iter().any(|(_, disk)| opens_any(&key, &site, disk.as_ref())) {
            return self.take_over(&key, school);
        }
        let failed = |fault: Fault| format!("The key could not be kept: {fault}. Try again.");
        RecoveryKey::announce(self.state.as_ref()).map_err(failed)?;
        key.keep(self.state.as_ref()).map_err(failed)?;
        let disks: Vec<Arc<dyn Disk>> = disks.into_iter().map(|(_, disk)| disk).collect();
        let taken = take_in(self.state.as_ref(), &disks, &key, &site).map_err(|fault| {
            format!("The key is kept, but not everything came back: {fault}. Restart Beadle.")
        })?;
        let told = self.open_office_anew(key, &disks)?;
        for line in &told {
            self.alert(line.clone(), "Run `beadle logbook verify`.");
        }
        let now = self.clock.mono();
        let desk_vault = self.office.vault.clone();
        let secrets = desk_vault.zip(taken.secrets.as_ref()).map(|(vault, bytes)| {
            let mut vault = vault.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            vault.import(bytes, now)
        });
        let mut lines = taken.lines.clone();
        lines.extend(told);
        lines.extend(words_of(&secrets));
        let public = self.office.identity.public();
        self.note_start("the recovery key was put");
        self.note_taken_in(taken, public, secrets);
        self.find_file_in_force();
        let text = format!("The key fits. What came back:\n- {}", lines.join("\n- "));
        Ok(Reply::Text { text })
    }

    /// The disk of the box before this one, which began with a file of its own before anybody
    /// opened that disk: its site becomes this box's, and the next start takes back what is on it.
    fn take_over(&mut self, key: &RecoveryKey, school: Option<&str>) -> Result<Reply, String> {
        let theirs = self.disks.strangers().find_map(|disk| {
            let owner = identity::owner(disk.as_ref()).ok().flatten()?;
            opens_any(key, &owner.site, disk.as_ref()).then_some(owner)
        });
        let owner = theirs.ok_or(NOTHING_OPENS)?;
        if !self.disks.started().is_empty() {
            return Err(format!(
                "The key opens the disk of {owner}, but this box records on a disk of its own \
                 already. Take that one out first, or put the old disk into an empty box."
            ));
        }
        let ours = &self.file.config.site.name.value;
        let called = owner.school.as_ref().unwrap_or(&owner.last_box);
        let meant = school.is_some_and(|typed| typed.trim().eq_ignore_ascii_case(called.trim()));
        if !meant && (owner.school.is_none() || !owner.may_be(ours)) {
            return Err(format!(
                "The key opens the disk of {owner}, and this box is of \"{ours}\". Is its footage to \
                 be this box's, with its people and logbook? Then name it: beadle recovery put \
                 --school \"{called}\""
            ));
        }
        let failed = |fault: Fault| format!("The key could not be kept: {fault}. Try again.");
        RecoveryKey::announce(self.state.as_ref()).map_err(failed)?;
        key.keep(self.state.as_ref()).map_err(failed)?;
        self.state.replace(state::SITE_ID, owner.site.as_bytes()).map_err(failed)?;
        self.ending = Some(Ending::Restart);
        let text = format!(
            "The key fits the disk of {owner}. Beadle ends and starts anew, and takes back what lies \
             on it: footage, people, passwords and logbook."
        );
        Ok(Reply::Text { text })
    }

    /// As at a start, with another key. Nobody was logged in.
    fn open_office_anew(
        &mut self,
        recovery: RecoveryKey,
        disks: &[Arc<dyn Disk>],
    ) -> Result<Vec<String>, String> {
        let mut index = Index::in_memory().map_err(|fault| fault.text)?;
        std::mem::swap(&mut index, &mut self.office.index);
        // What it knows is of the logbook that went aside.
        index.clear().map_err(|fault| fault.text)?;
        let rising = self.office.counter.take();
        let old = &self.office;
        let desk = Desk {
            identity: old.identity.clone(),
            recovery,
            dice: Box::new(ledger::system_dice),
            index,
            vault: old.vault.clone(),
            cost: old.cost,
            site_file: old.site_file.clone(),
            counter: Box::new(move |_| rising),
        };
        let now = self.clock_now();
        let (office, told) = Office::open(&self.state, &self.site_id, desk, disks, now);
        let owed = std::mem::take(&mut self.office.owed);
        self.office = office;
        self.office.owed.take(owed);
        Ok(told)
    }

    /// The file that is in force has another number now: versions of before came in front of it.
    fn find_file_in_force(&mut self) {
        let Ok((versions, _)) = state::accepted(self.state.as_ref()) else { return };
        let digest = self.file.record.digest.clone();
        let Some(newest) = versions.last().cloned() else { return };
        if let Some(record) = versions.into_iter().rev().find(|v| v.digest == digest) {
            self.file.record = record;
        }
        if newest.digest == self.file.record.digest && newest.revision > 1 {
            let before = newest.revision - 1;
            let text = format!(
                "the file in force (revision {}) was saved before the recovery key came, so nobody \
                 approved it; revision {before} was in force on the box before, or one earlier",
                newest.revision
            );
            self.note_restored(text, Vec::new());
        }
    }

    /// What came back becomes entries, and a notice.
    pub(in crate::supervisor) fn note_taken_in(
        &mut self,
        taken: TakenIn,
        public: [u8; 32],
        secrets: Option<Result<usize, Fault>>,
    ) {
        let mut lines = taken.lines;
        lines.extend(words_of(&secrets));
        for line in lines {
            self.alert(line.clone(), "Look whether it is as it was; the logbook has an entry.");
            self.note_restored(line, Vec::new());
        }
        let now = Digest(public).to_string();
        if let Some(before) = taken.key_before.filter(|before| *before != now) {
            let (seal, sealed) = self.seal_before(&before);
            let line = format!(
                "this box signs with a key of its own from here on; of the key before, {seal}; for \
                 seals of before: beadle logbook verify --key {before}"
            );
            let mut keys = vec![(f::KEY_BEFORE, text(before)), (f::KEY_NOW, text(now))];
            keys.extend(sealed);
            // The new key signs all that came back, with the entry that names both keys.
            if self.note_restored(line, keys).is_some()
                && let Ok(book) = &mut self.office.ledger
                && let Err(fault) = book.checkpoint()
            {
                tracing::warn!("the logbook that came back is not sealed yet: {fault}");
            }
        }
    }

    fn note_restored(&mut self, outcome: String, pairs: Vec<(&str, Value)>) -> Option<Number> {
        let fields = pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        let body = Body { outcome: Some(outcome), fields, ..Body::default() };
        let draft = self.draft(Kind::Restored, Act::Open, None, body);
        self.note(draft)
    }

    /// A footage disk with people of a box before this one, which this box's key does not open.
    pub(super) fn locked_people(&self) -> Option<DiskId> {
        let shelf = Shelf::new(&self.office.recovery, &self.site_id);
        let locked =
            |disk: &dyn Disk| matches!(shelf.peek(disk, PEOPLE), Ok(Found::Locked | Found::Newer));
        let mut disks = self.copies_here().into_iter();
        disks.find(|(_, disk)| locked(disk.as_ref())).map(|(id, _)| id)
    }

    /// Footage disks that answer.
    fn copies_here(&self) -> Vec<(DiskId, Arc<dyn Disk>)> {
        let ids = self.disks.started().into_iter().filter(|id| self.disks.answers(id));
        ids.filter_map(|id| Some((id.clone(), self.disks.handle(&id)?))).collect()
    }

    /// Opens every copy with a typed key and changes nothing; the duty is done where all open.
    pub(super) fn check_recovery_key(
        &mut self,
        caller: &Caller,
        typed: &Sent,
    ) -> Result<Reply, String> {
        let key: RecoveryKey = typed.0.expose().parse()?;
        let disks = self.copies_here();
        if disks.is_empty() {
            return Err("No footage disk answers, so there is no copy to try the key on.".into());
        }
        let (mut lines, mut whole) = (Vec::new(), true);
        for (id, disk) in &disks {
            let site = self.site_id.clone();
            let opened = look_through(&key, &site, disk.as_ref());
            for item in &opened.damaged {
                self.office.replicas.again(id, item);
            }
            whole &= opened.is_whole();
            lines.push(format!("disk {id}: {}", opened.words()));
        }
        let text = lines.join("\n");
        if !key.is(&self.office.recovery) {
            return Err(format!(
                "This is not the key of this box. Throw that paper away and write down the right \
                 one: beadle recovery show\n{text}"
            ));
        }
        if !whole {
            return Err(format!(
                "The key is right, but not every copy opens. What is damaged is copied again; check \
                 once more in {} seconds.\n{text}",
                KEPT_RETRY_SPAN.as_secs()
            ));
        }
        // Whoever the file names for the duty; else whoever is responsible, or manages access.
        let duty = Wish::Duty(DutyKind::RecoveryCheck);
        let named = self.file.config.duties.iter();
        let mut named = named.filter(|d| d.kind.value == DutyKind::RecoveryCheck);
        let by_duty = named.any(|d| !d.by.is_empty()) || self.would_be(caller, duty);
        let mut asking = Asking::to(if by_duty { duty } else { Wish::Deed(Deed::ManageAccess) });
        asking.entry = Some((Kind::DutyDone, Act::Open));
        asking.outcome = Some(format!("the key opens every copy: {}", lines.join("; ")));
        asking.reason = (!by_duty).then(|| "to see that the recovery key is right".into());
        asking.more = fields([(f::DUTY, super::machine::text(DutyKind::RecoveryCheck))]);
        let number = self.allowed(caller, &asking)?.number();
        let entered = number.map(|n| format!(" Entry {n} says so.")).unwrap_or_default();
        Ok(Reply::Text { text: format!("The key opens every copy.{entered}\n{text}") })
    }
}

fn words_of(secrets: &Option<Result<usize, Fault>>) -> Option<String> {
    match secrets.as_ref()? {
        Ok(0) => None,
        Ok(1) => Some("the password of a camera came back".into()),
        Ok(n) => Some(format!("{n} camera passwords came back")),
        Err(fault) => Some(format!("camera passwords could not be taken back: {fault}")),
    }
}

fn opens_any(key: &RecoveryKey, site: &str, disk: &dyn Disk) -> bool {
    let shelf = Shelf::new(key, site);
    let items = shelf.items(disk).unwrap_or_default();
    let mut items = items.iter().filter_map(|item| shelf.look(disk, item).ok());
    items.any(|found| matches!(found, Found::Whole(_)))
        || matches!(ledger::check_copy(key, site, disk), Ok(Some(_)))
}

/// What a key opens on one disk.
#[derive(Default)]
struct Opened {
    entries: u64,
    people: Option<usize>,
    secrets: Option<usize>,
    versions: usize,
    damaged: Vec<String>,
    locked: bool,
    fault: Option<Fault>,
}

impl Opened {
    fn is_whole(&self) -> bool {
        self.damaged.is_empty() && !self.locked && self.fault.is_none() && self.entries > 0
    }

    fn words(&self) -> String {
        if let Some(fault) = &self.fault {
            return format!("cannot be read: {fault}");
        }
        if self.locked {
            return "locked with another key".into();
        }
        let mut parts = vec![format!("{} entries of the logbook", self.entries)];
        parts.extend(self.people.map(|n| format!("{n} people")));
        parts.extend(self.secrets.map(|n| format!("{n} passwords")));
        parts.push(format!("{} versions of the file", self.versions));
        if !self.damaged.is_empty() {
            parts.push(format!("damaged: {}", self.damaged.join(" ")));
        }
        parts.join(", ")
    }
}

fn look_through(key: &RecoveryKey, site: &str, disk: &dyn Disk) -> Opened {
    let mut opened = Opened::default();
    match ledger::check_copy(key, site, disk) {
        Ok(found) => opened.entries = found.map_or(0, |checked| checked.entries),
        Err(fault) if fault.kind == FaultKind::Foreign => opened.locked = true,
        Err(fault) => opened.fault = Some(fault),
    }
    let shelf = Shelf::new(key, site);
    let items = match shelf.items(disk) {
        Ok(items) => items,
        Err(fault) => return Opened { fault: Some(fault), ..opened },
    };
    for item in items {
        match shelf.look(disk, &item) {
            Ok(Found::Whole(whole)) => match item.as_str() {
                PEOPLE => {
                    let people = People::from_bytes(&whole.content).ok();
                    opened.people = people.map(|p| p.people.len());
                }
                SECRETS => {
                    let names: Result<
                        std::collections::BTreeMap<String, serde::de::IgnoredAny>,
                        _,
                    > = serde_json::from_slice(&whole.content);
                    opened.secrets = names.ok().map(|names| names.len());
                }
                replicas::BOX => {}
                name if name.starts_with(VERSION) => match state::unpacked(&whole.content) {
                    Some(_) => opened.versions += 1,
                    None => opened.damaged.push(item),
                },
                _ => {}
            },
            Ok(Found::Locked | Found::Foreign | Found::Newer) => opened.locked = true,
            Ok(Found::Damaged) => opened.damaged.push(item),
            Ok(Found::Missing) => {}
            Err(fault) => opened.fault = Some(fault),
        }
    }
    opened
}
