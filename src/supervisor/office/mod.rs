//! The office: who is there, what they may do, and what is written down about it. Invariants:
//!
//! 1. What a person wishes is done after its entry is durable, and never without: the only way to
//!    an effect is an [`crate::access::Entered`], made from a grant and the entry's number.
//! 2. Recording and retention never wait for the logbook: what the machine has to say is owed when
//!    it cannot be written, and paid when it can.
//! 3. Rights, duties and registers are folded from entries alone. After a start they are read
//!    behind the recording, a chunk a turn; until then people's wishes are refused, in a sentence.
//! 4. The supervisor decides: a client says which session it has, nothing else about itself.
//!
//! Cost: an entry is one write and one flush on the state disk, about 2 ms on an SSD.

mod account;
mod book;
mod call;
mod carrier;
mod case;
mod clock;
mod counter;
mod disks;
mod ended_hold;
mod ending;
mod entry;
mod export;
mod find;
mod glance;
mod hold;
mod look;
mod machine;
mod package;
mod people;
mod printing;
mod random;
mod ready;
mod recovery;
pub(super) mod replicas;
mod reports;
mod room;
mod save;
mod seals;
mod secret;
mod sight;
mod signs;
mod site;
mod still;
mod takeover;
mod trial;
mod unread;
mod update;
mod version;
mod watchful;
mod wishes;
mod writing;

pub use call::{Answer, Pending};
use random::Picked;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::Supervisor;
use crate::access::Standing;
use crate::access::sessions::Sessions;
use crate::accounts::vault::Vault;
use crate::accounts::verifier::Cost;
use crate::accounts::{Accounts, kernel_dice};
use crate::base::clock::{Mono, Now};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::config::value::Id;
use crate::disk::Disk;
use crate::duties::Facts;
use crate::ledger::counter::Rising;
use crate::ledger::index::Index;
use crate::ledger::{Dice, Identity, Ledger, Opened, Owed, RecoveryKey, Restored, restore};
use crate::logbook::registers::{self, Clocks};
use crate::logbook::{Draft, Entry, Header, Kind, Number};

/// Entries read a turn after a start: one chunk of the logbook, about 15 ms.
const READ_A_TURN: usize = 4_096;

/// What the office needs from outside: keys, dice and the cache of the registers.
pub struct Desk {
    pub identity: Arc<Identity>,
    pub recovery: RecoveryKey,
    pub dice: Box<Dice>,
    pub index: Index,
    /// The cameras' passwords; `None` in tests and the simulator.
    pub vault: Option<Arc<Mutex<Vault>>>,
    /// Of a passphrase's verifier: [`Cost::BOX`] but in tests.
    pub cost: Cost,
    /// The folder of the file, and its name there, for saving it over the socket.
    pub site_file: Option<(Arc<dyn Disk>, String)>,
    /// Finds what only goes up, outside of every disk; nothing where there is no TPM (R5.5).
    pub counter: FindCounter,
}

/// Given the site's id, what counts for it.
pub type FindCounter = Box<dyn FnOnce(&str) -> Option<Box<dyn Rising>>>;

impl Desk {
    /// For tests and the simulator: keys that everybody knows, nothing on a disk, passphrases that
    /// cost nothing.
    ///
    /// # Errors
    /// As [`Index::in_memory`].
    pub fn in_memory() -> Result<Desk, Fault> {
        Ok(Desk {
            identity: Arc::new(Identity::of(&[7; 32])),
            recovery: RecoveryKey::of([9; 32]),
            dice: Box::new(crate::ledger::system_dice),
            index: Index::in_memory()?,
            vault: None,
            cost: Cost { memory_kib: 64, passes: 1 },
            site_file: None,
            counter: Box::new(|_| None),
        })
    }
}

/// See the module.
pub struct Office {
    /// `Err`: the logbook cannot be opened. People's wishes are refused; recording goes on.
    ledger: Result<Ledger, String>,
    index: Index,
    owed: Owed,
    /// What was put back from copies, until the run has its first entry.
    restored: Vec<String>,
    standing: Standing,
    facts: Facts,
    /// The first entry that was not folded yet.
    next: Number,
    accounts: Accounts,
    /// Why the accounts cannot be read: then nobody is let in, and nothing is done for anybody.
    closed: Option<String>,
    sessions: Sessions,
    /// A version of the file that waits for approval, with its bytes.
    waiting: Option<version::Held>,
    /// Were waits looked through that a crash left open?
    settled: bool,
    /// The version on disk that somebody refused, and the sentence that says so.
    refused: Option<(Digest, String)>,
    /// Entries were asked whether the run before left a version refused.
    refusals_read: bool,
    /// Another network or storage that is tried.
    trial: Option<trial::Running>,
    /// The folder and name of the file, where it can be written.
    site_file: Option<(Arc<dyn Disk>, String)>,
    /// Looks that are going on, by session.
    looks: Vec<look::Look>,
    /// Packages that are being written, and how the last ones ended.
    exports: export::Exports,
    prints: printing::Prints,
    pub(super) signs: signs::Signs,
    ended: ended_hold::Ended,
    /// What the box picked for the random check, until it is done (S1.54).
    picked: Option<Picked>,
    /// What looking at the whole logbook found.
    proof: ending::Proof,
    /// When accounts are swept again (S4.54).
    sweep_due: Mono,
    /// The last local day whose ended contracts were looked at (S4.59).
    looked_at: Option<Day>,
    beat: machine::Beat,
    paging: find::Paging,
    counter: counter::Count,
    /// Entries of alarms that last, by the alarm's key.
    alarms: BTreeMap<String, Number>,
    /// The last local day whose deletions were entered.
    deletions: Option<Day>,
    /// The last entry that was made while another clock kept this one right (R7.3).
    synced: Option<Utc>,
    /// When duties are looked at again for missed ones.
    missed_due: Utc,
    recovery: RecoveryKey,
    replicas: replicas::Replicas,
    vault: Option<Arc<Mutex<Vault>>>,
    identity: Arc<Identity>,
    cost: Cost,
    dice: Box<Dice>,
    /// Why the registers' cache does not answer.
    blind: Option<String>,
}

impl Office {
    /// Opens the logbook and the accounts of the state folder. A logbook that is gone or damaged is
    /// made whole from its copies on the footage disks first. Nothing that is wrong keeps the box
    /// from recording; it is told.
    pub fn open(
        state: &Arc<dyn Disk>,
        site: &str,
        desk: Desk,
        copies: &[Arc<dyn Disk>],
        now: Now,
    ) -> (Office, Vec<String>) {
        let (mut told, mut restored) = (Vec::new(), Vec::new());
        let ledger = open_ledger(state, site, &desk, copies, &mut told, &mut restored);
        let seen_before = ledger.as_ref().is_ok_and(|l| has_enrolment(l, &desk.index));
        let cost = desk.cost;
        let opened = Accounts::open(state.clone(), kernel_dice(), cost, seen_before, now);
        let (accounts, closed) = match opened {
            Ok(accounts) => (accounts, None),
            Err(fault) => {
                told.push(format!("nobody can log in: {fault}"));
                (Accounts::none(state.clone(), kernel_dice(), cost), Some(fault.text))
            }
        };
        let mut office = Office {
            ledger,
            index: desk.index,
            owed: Owed::default(),
            restored,
            standing: Standing::default(),
            facts: Facts::default(),
            next: 0,
            accounts,
            closed,
            sessions: Sessions::default(),
            waiting: None,
            settled: false,
            refused: None,
            refusals_read: false,
            trial: None,
            site_file: desk.site_file,
            looks: Vec::new(),
            exports: export::Exports::default(),
            prints: printing::Prints::default(),
            signs: signs::Signs::default(),
            ended: ended_hold::Ended::default(),
            picked: None,
            proof: ending::Proof::default(),
            sweep_due: Mono::default(),
            looked_at: None,
            beat: machine::Beat::default(),
            paging: find::Paging::default(),
            alarms: BTreeMap::new(),
            deletions: None,
            synced: None,
            missed_due: Utc::default(),
            recovery: desk.recovery,
            replicas: replicas::Replicas::default(),
            vault: desk.vault,
            identity: desk.identity,
            cost,
            dice: desk.dice,
            counter: counter::Count::of((desk.counter)(site)),
            blind: None,
        };
        office.remember_trial(state.as_ref(), now);
        (office, told)
    }

    /// Entries in the logbook.
    fn size(&self) -> Number {
        self.ledger.as_ref().map_or(0, Ledger::size)
    }

    /// Is everything folded that the logbook holds?
    fn is_read(&self) -> bool {
        self.next >= self.size()
    }

    fn fold(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.standing.fold(entry);
            self.facts.fold(entry);
            self.remember(entry);
            self.next = self.next.max(entry.number + 1);
        }
    }

    /// Takes the next chunk in; `true`: there is more. Entries that the registers' cache could not
    /// take when they were made (a full disk) are given to it again.
    fn read_on(&mut self, clocks: &Clocks) -> Result<bool, Fault> {
        let Ok(ledger) = &self.ledger else { return Ok(false) };
        let known = self.index.next();
        let from = self.next.min(known);
        if from >= ledger.size() {
            return Ok(false);
        }
        let entries = ledger.entries(from, READ_A_TURN)?;
        let new: Vec<Entry> = entries.iter().filter(|e| e.number >= known).cloned().collect();
        let indexed = self.index_entries(&new, clocks);
        // Rights and duties hang on entries, and on no cache.
        let unread = entries.partition_point(|e| e.number < self.next);
        self.fold(&entries[unread..]);
        self.blind = indexed.err().map(|fault| fault.text);
        Ok(!self.is_read() || self.blind.is_none() && self.index.next() < self.size())
    }

    /// Into the registers' cache; records that come back to life are folded anew for it.
    fn index_entries(&mut self, entries: &[Entry], clocks: &Clocks) -> Result<(), Fault> {
        let again = self.index.add(entries, clocks)?;
        let Ok(ledger) = &self.ledger else { return Ok(()) };
        let mut records = Vec::new();
        for number in again {
            let numbers = self.index.numbers_in(number)?;
            let entries: Result<Vec<_>, _> = numbers.iter().map(|n| ledger.entry(*n)).collect();
            records.extend(registers::fold(&entries?, clocks));
        }
        self.index.settle(&records)
    }

    /// Persons who have a passphrase.
    fn enrolled(&self) -> BTreeSet<Id> {
        let persons = self.accounts.enrolled().into_iter();
        persons.filter_map(|(who, _)| Id::new(&who.person).ok()).collect()
    }
}

fn open_ledger(
    state: &Arc<dyn Disk>,
    site: &str,
    desk: &Desk,
    copies: &[Arc<dyn Disk>],
    told: &mut Vec<String>,
    entered: &mut Vec<String>,
) -> Result<Ledger, String> {
    let open = || {
        let dice = Box::new(crate::ledger::system_dice);
        Ledger::open(state.clone(), desk.identity.clone(), site, dice)
    };
    let (ledger, opened) = match open() {
        Ok(both) => both,
        Err(fault) => {
            told.push(format!("the logbook cannot be opened: {fault}"));
            return Err(fault.text);
        }
    };
    // A logbook that is sound by itself may be one of an earlier day: the copies know.
    if copies.is_empty() {
        told.extend(findings(&opened));
        return Ok(ledger);
    }
    drop(ledger);
    let disks: Vec<&dyn Disk> = copies.iter().map(|disk| disk.as_ref()).collect();
    match restore(state.as_ref(), &disks, &desk.recovery, site) {
        Ok(restored) => {
            let found = restoring(&restored, &opened);
            if restored != Restored::default() {
                entered.extend(found.iter().cloned());
            }
            told.extend(found);
            open().map(|(ledger, again)| {
                told.extend(findings(&again));
                ledger
            })
        }
        Err(fault) => {
            told.push(format!("the logbook's copies could not be used: {fault}"));
            open().map(|(ledger, _)| ledger)
        }
    }
    .map_err(|fault| fault.text)
}

/// What comparing with the copies did, for the reader and for an entry (R5.4).
fn restoring(restored: &Restored, before: &Opened) -> Vec<String> {
    let mut out = Vec::new();
    if let Some((first, last)) = restored.gained {
        out.push(format!("the logbook got entries {first} to {last} back from a footage disk"));
    }
    for fork in &restored.forks {
        let (number, folder) = (fork.number, &fork.folder);
        out.push(format!(
            "a copy of the logbook says something else from entry {number} on; it was put into \
             {folder}: find out who wrote it"
        ));
    }
    if before.size == 0 {
        // What is locked is a condition that lasts: `replicas` tells it.
        let unread = restored.unread.iter().filter(|(_, why)| why.kind != FaultKind::Foreign);
        out.extend(unread.map(|(_, why)| format!("a copy of the logbook cannot be read: {why}")));
    }
    out
}

/// Was anybody ever enrolled, as the logbook knows?
fn has_enrolment(ledger: &Ledger, index: &Index) -> bool {
    if index.next() >= ledger.size() {
        return index.numbers_of(&[Kind::Enrolment]).is_ok_and(|all| !all.is_empty());
    }
    let mut from = 0;
    while let Ok(entries) = ledger.entries(from, READ_A_TURN) {
        let Some(last) = entries.last() else { return false };
        if entries.iter().any(|e| e.header.kind == Kind::Enrolment) {
            return true;
        }
        from = last.number + 1;
    }
    false
}

/// What opening found that somebody should know.
fn findings(opened: &Opened) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(damage) = &opened.damage {
        out.push(format!(
            "the logbook is damaged from entry {} on; the rest was put into {}",
            damage.from, damage.folder
        ));
    }
    out.extend(opened.disputed.clone());
    out
}

/// Is it as its form says (`form::shape`)?
fn shape_of(entry: &Entry) -> Result<(), String> {
    let Some(body) = entry.body.clone() else { return Ok(()) };
    let Header { at, clock, kind, act, about, .. } = entry.header;
    crate::logbook::form::shape(&Draft { at, clock, kind, act, about, body })
}

impl Supervisor {
    /// The versions of the file that people are known from, once somebody is enrolled.
    pub(super) fn files_of_people(&self) -> Vec<&Config> {
        if self.office.accounts.is_empty() {
            return Vec::new();
        }
        let waiting = self.office.waiting.as_ref().map(|held| &held.config);
        waiting.into_iter().chain([&*self.file.config]).collect()
    }

    /// Durable when it returns: what waits for this entry may be done then.
    ///
    /// # Errors
    /// A sentence for whoever wished it: nothing was entered, so nothing is done.
    pub(super) fn enter(&mut self, draft: Draft) -> Result<Entry, String> {
        // That the clock was set stands before the first entry of the new time.
        self.look_at_clocks();
        let office = &mut self.office;
        let ledger = match &mut office.ledger {
            Ok(ledger) => ledger,
            Err(why) => return Err(format!("The logbook cannot be written ({why}).")),
        };
        let entries = ledger.append(vec![draft]).map_err(|fault| {
            format!("Nothing was done, because it could not be entered in the logbook: {fault}.")
        })?;
        self.entered(&entries);
        entries.into_iter().next().ok_or_else(|| "The logbook gave no number.".to_string())
    }

    /// The machine's own entry, and its number: nothing waits for it. What cannot be written now is
    /// owed, and has none.
    pub(super) fn note(&mut self, draft: Draft) -> Option<Number> {
        self.look_at_clocks();
        let office = &mut self.office;
        let Ok(ledger) = &mut office.ledger else {
            office.owed.owe(vec![draft]);
            return None;
        };
        match office.owed.enter(ledger, vec![draft]) {
            Ok(entries) => {
                self.entered(&entries);
                entries.first().map(|entry| entry.number)
            }
            Err(fault) => {
                tracing::error!("an entry of the machine was refused: {fault}");
                None
            }
        }
    }

    /// Writes what is owed, a part of it a turn.
    fn pay(&mut self) {
        let (clock, (_, utc)) = (self.clock_state, self.now());
        let office = &mut self.office;
        let Ok(ledger) = &mut office.ledger else { return };
        // A disk that still fails is told by an alarm, and tried again with the next turn.
        if let Ok(entries) = office.owed.pay(ledger, utc, clock) {
            self.entered(&entries);
        }
    }

    /// Whoever makes it.
    fn entered(&mut self, entries: &[Entry]) {
        for entry in entries {
            let shaped = shape_of(entry);
            debug_assert_eq!(shaped, Ok(()), "entry {}", entry.number);
            if let Err(why) = shaped {
                tracing::error!("entry {} is not as its form says: {why}", entry.number);
            }
        }
        let clocks = Clocks::of(&self.file.config);
        let office = &mut self.office;
        // Entries made while the logbook is still being read are met again on the way.
        if office.next == entries.first().map_or(0, |e| e.number) {
            office.fold(entries);
            let added = office.index_entries(entries, &clocks);
            office.blind = added.err().map(|fault| fault.text);
        }
        for entry in entries {
            self.suspend_by(entry);
        }
    }
}
