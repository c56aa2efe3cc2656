//! Copies on the footage disks of what the box must not lose, so that either can be lost: the state
//! disk or the footage disks.
//!
//! ```text
//! logbook            appended to, record by record                  ledger/copy.rs
//! people             verifiers, authenticators, codes, notices   ledger/kept.rs, replaced whole
//! secrets            the cameras' passwords                         the same
//! box                the public key that this box signs with        the same
//! version-000007-…   an accepted version of the file, its record    the same, written once
//! ```
//!
//! # Rules
//! 1. **The state disk is the truth** for all that it holds. After a crash, or when a disk comes
//!    back that was away, the copy is made to agree with it, never the other way round. Copies are
//!    read back at a start alone, for what the state folder has lost (`recover`): so a logbook that
//!    was put back to an earlier day gets its entries again, and an entry says so (R5.4).
//! 2. A copy of another site, under another recovery key or of a newer Beadle is neither used nor
//!    replaced. Status says what is locked and how to open it.
//! 3. Nothing here delays recording: a turn writes at most one item and one thousand entries a
//!    disk, and to no disk whose writer does not tick. What fails is tried again after 30 s.
//! 4. Durable means the state disk. Copies follow with the next turn; a lag of more than a minute
//!    is shown. Losing the state disk may cost that lag: the newest entries, a passphrase that was
//!    chosen a moment ago.
//!
//! # Cost
//! While nothing changes: comparing two numbers a turn, and reading the file of passwords once a
//! second. A change of one item costs each disk one write and two flushes (`ledger/kept.rs`).

use std::collections::BTreeMap;

use super::super::{Supervisor, state};
use super::Office;
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{KEPT_LAG_SPAN, KEPT_LOOK_SPAN, KEPT_RETRY_SPAN, KEPT_VERSIONS_MAX};
use crate::base::name::DiskId;
use crate::base::secret::Wiped;
use crate::base::time::Utc;
use crate::disk::Disk;
use crate::ledger::kept::{Found, Shelf, Whole, generation};
use crate::ledger::{self};
use crate::logbook::Number;
use crate::logbook::checkpoint::Signs;
use crate::wire::Level;

pub const PEOPLE: &str = "people";
pub const SECRETS: &str = "secrets";
pub const BOX: &str = "box";
/// Before the revision and the front of the digest.
pub const VERSION: &str = "version-";

/// The name of a version's copy: two versions of one number, of two boxes, stand side by side.
pub fn version_item(record: &state::Accepted) -> String {
    let digest = record.digest.get(..8).unwrap_or_default();
    format!("{VERSION}{:06}-{digest}", record.revision)
}

/// What is to be copied, and how far each disk is.
#[derive(Default)]
pub struct Replicas {
    sides: BTreeMap<DiskId, Side>,
    /// Items by name, with the digest of what they hold now.
    wanted: BTreeMap<String, Digest>,
    /// The highest generation of each item, seen or written.
    highest: BTreeMap<String, u64>,
    people: Option<u64>,
    revision: Option<u64>,
    secrets: Option<Wiped>,
    secrets_due: Mono,
}

/// Something that is wrong with the copies of one disk.
pub struct Trouble {
    /// Stays while the text counts on.
    pub key: String,
    pub level: Level,
    pub text: String,
    pub remedy: &'static str,
    pub since: Utc,
}

/// One disk's copies.
struct Side {
    book: ledger::Copy,
    /// Digests of the items that it has; `None`: not looked at yet.
    has: Option<BTreeMap<String, Digest>>,
    /// Entries and items that it lacks, and since when.
    lag: (u64, u64),
    behind: Option<Utc>,
    fork: Option<Number>,
    why: Option<Fault>,
    retry: Mono,
}

impl Replicas {
    /// The disks with copies, and from which entry on one says something else.
    pub fn forks(&self) -> impl Iterator<Item = (&DiskId, Option<Number>)> {
        self.sides.iter().map(|(disk, side)| (disk, side.fork))
    }

    /// Has this disk everything?
    pub fn is_level(&self, id: &DiskId) -> bool {
        let side = self.sides.get(id);
        side.is_some_and(|s| {
            s.lag == (0, 0) && s.fork.is_none() && s.why.is_none() && s.has.is_some()
        })
    }

    /// A password was set: copied with the next turn.
    pub fn hurry(&mut self) {
        self.secrets_due = Mono(0);
    }

    /// A copy that turned out to be damaged is made anew with the next turn.
    pub fn again(&mut self, id: &DiskId, item: &str) {
        let has = self.sides.get_mut(id).and_then(|side| side.has.as_mut());
        has.map(|has| has.remove(item));
    }

    /// What is wrong with the copies: for alarms and the logbook.
    pub fn troubles(&self, now: Utc) -> Vec<Trouble> {
        let mut out = Vec::new();
        for (id, side) in &self.sides {
            let since = side.behind.unwrap_or(now);
            let mut add = |key: &str, level, text, remedy: &'static str| {
                out.push(Trouble { key: format!("{key} {id}"), level, text, remedy, since });
            };
            if let Some(from) = side.fork {
                let text = format!(
                    "the copy of the logbook on disk {id} says something else from entry {from} on"
                );
                let remedy = "Restart Beadle: it puts that copy aside; then find out who wrote it.";
                add("fork", Level::Warning, text, remedy);
            }
            match &side.why {
                Some(why) if why.kind == FaultKind::Foreign => add(
                    "locked",
                    Level::Warning,
                    format!(
                        "people, passwords and logbook of before lie on disk {id}, locked with \
                         another recovery key"
                    ),
                    "Type the key from paper: `beadle recovery put`. Footage is kept and recorded \
                     either way.",
                ),
                Some(why) => add(
                    "copy",
                    Level::Warning,
                    format!("the copies on disk {id} cannot be written: {why}"),
                    "Check the disk. The state disk has everything meanwhile.",
                ),
                None => {
                    let late = side.behind.is_some_and(|since| now - since > KEPT_LAG_SPAN);
                    let (entries, items) = side.lag;
                    let text = format!(
                        "the copies on disk {id} lack {entries} entries and {items} other items"
                    );
                    let remedy = "They follow by themselves, unless the disk is dying.";
                    if late {
                        add("lag", Level::Notice, text, remedy);
                    }
                }
            }
        }
        out
    }
}

impl Office {
    pub(in crate::supervisor) fn copies_are_level(&self, id: &DiskId) -> bool {
        self.replicas.is_level(id)
    }

    /// Digests of all that is to be copied; cheap while nothing changes.
    fn look_at_wanted(&mut self, disk: &dyn Disk, revision: u64, now: Mono) -> Result<(), Fault> {
        let replicas = &mut self.replicas;
        let edition = self.accounts.edition();
        if replicas.people != Some(edition) && self.closed.is_none() && !self.accounts.is_empty() {
            let bytes = self.accounts.bytes()?;
            replicas.wanted.insert(PEOPLE.into(), Digest::of(&bytes));
            replicas.people = Some(edition);
        }
        if let Ok(ledger) = &self.ledger {
            let key = Digest(ledger.identity().public()).to_string();
            replicas.wanted.entry(BOX.into()).or_insert_with(|| Digest::of(key.as_bytes()));
        }
        if replicas.revision != Some(revision) {
            let (versions, _) = state::accepted(disk)?;
            for record in versions.iter().rev().take(KEPT_VERSIONS_MAX) {
                // Its name says what it holds.
                let name = version_item(record);
                replicas.wanted.insert(name.clone(), Digest::of(name.as_bytes()));
            }
            replicas.revision = Some(revision);
        }
        if now >= replicas.secrets_due {
            replicas.secrets_due = now + KEPT_LOOK_SPAN;
            // A TPM that does not answer is told where a camera needs its password.
            let read = self.vault.as_ref().and_then(|vault| vault.lock().ok()?.export(now).ok()?);
            if let Some(bytes) = read {
                replicas.wanted.insert(SECRETS.into(), Digest::of(&bytes));
                replicas.secrets = Some(bytes);
            }
        }
        Ok(())
    }

    /// What an item holds now.
    fn content(&self, disk: &dyn Disk, item: &str) -> Result<Option<Wiped>, Fault> {
        if let Some(rest) = item.strip_prefix(VERSION) {
            let revision: u64 = rest.split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let (versions, _) = state::accepted(disk)?;
            let Some(record) = versions.iter().find(|v| v.revision == revision) else {
                return Ok(None);
            };
            let bytes = state::version_bytes(disk, revision)?;
            return Ok(Some(Wiped::new(state::packed(record, &bytes)?)));
        }
        Ok(match item {
            PEOPLE => Some(self.accounts.bytes()?),
            SECRETS => self.replicas.secrets.clone(),
            BOX => self.ledger.as_ref().ok().map(|ledger| {
                let key = Digest(ledger.identity().public()).to_string();
                Wiped::new(key.into_bytes())
            }),
            _ => None,
        })
    }

    /// One turn on one disk: what is new of the logbook, and the next item. `true`: there is more.
    fn copy_to(
        &mut self,
        state: &dyn Disk,
        site: &str,
        id: &DiskId,
        disk: &dyn Disk,
        now: (Mono, Utc),
    ) -> Result<bool, Fault> {
        let shelf = Shelf::new(&self.recovery, site);
        let new = || Side {
            book: ledger::Copy::new(&self.recovery, site),
            has: None,
            lag: (0, 0),
            behind: None,
            fork: None,
            why: None,
            retry: Mono(0),
        };
        let side = self.replicas.sides.entry(id.clone()).or_insert_with(new);
        if now.0 < side.retry {
            return Ok(false);
        }
        if side.has.is_none() {
            side.has = Some(seen(&shelf, disk, &mut self.replicas.highest)?);
        }
        let mut more = false;
        if let Ok(book) = &mut self.ledger {
            let progress = side.book.replicate(book, disk)?;
            side.lag.0 = progress.lag;
            side.fork = progress.forked.or(side.fork);
            more = progress.lag > 0 && progress.forked.is_none();
        }
        let has = side.has.clone().unwrap_or_default();
        let lacks = lacking(&self.replicas.wanted, &has);
        let count = lacks.len() as u64;
        if let Some(item) = lacks.first()
            && let Some(content) = self.content(state, item)?
        {
            let highest = self.replicas.highest.get(item).copied().unwrap_or(0);
            let whole = Whole { generation: generation(now.1, highest), content };
            shelf.put(disk, item, &whole, &mut *self.dice)?;
            self.replicas.highest.insert(item.clone(), whole.generation);
            let digest = self.replicas.wanted.get(item).copied();
            let side = self.replicas.sides.get_mut(id);
            let has = side.and_then(|side| side.has.as_mut());
            has.zip(digest).map(|(has, digest)| has.insert(item.clone(), digest));
            more |= count > 1;
        }
        if let Some(side) = self.replicas.sides.get_mut(id) {
            side.lag.1 = count.saturating_sub(1);
            let level = side.lag == (0, 0);
            side.behind = (!level).then(|| side.behind.unwrap_or(now.1));
            side.why = None;
        }
        Ok(more)
    }
}

/// People and passwords first, then the newest versions.
fn lacking(wanted: &BTreeMap<String, Digest>, has: &BTreeMap<String, Digest>) -> Vec<String> {
    let lacks = wanted.iter().filter(|(name, digest)| has.get(*name) != Some(*digest));
    let mut names: Vec<String> = lacks.map(|(name, _)| name.clone()).collect();
    names.sort_by_key(|name| (name.starts_with(VERSION), std::cmp::Reverse(name.clone())));
    names
}

/// What a disk has already. Nothing of it is believed but that it is the same as ours or not.
///
/// # Errors
/// The disk's; `Foreign`: an item is locked, another site's or of a newer Beadle.
fn seen(
    shelf: &Shelf,
    disk: &dyn Disk,
    highest: &mut BTreeMap<String, u64>,
) -> Result<BTreeMap<String, Digest>, Fault> {
    let mut has = BTreeMap::new();
    for item in shelf.items(disk)? {
        // Versions are written once, and are many: their first line will do.
        let found = match item.starts_with(VERSION) {
            true => shelf.peek(disk, &item)?,
            false => shelf.look(disk, &item)?,
        };
        match found {
            Found::Whole(whole) => {
                let seen = highest.entry(item.clone()).or_default();
                *seen = (*seen).max(whole.generation);
                let digest = match item.starts_with(VERSION) {
                    true => Digest::of(item.as_bytes()),
                    false => Digest::of(&whole.content),
                };
                has.insert(item, digest);
            }
            Found::Locked | Found::Foreign | Found::Newer => {
                let text = "its copies are another box's, or locked with another recovery key";
                return Err(Fault::new(FaultKind::Foreign, text));
            }
            Found::Missing | Found::Damaged => {}
        }
    }
    Ok(has)
}

impl Supervisor {
    /// Each footage disk gets its copies, a bounded part a turn; `true`: there is more to copy.
    pub(super) fn replicate(&mut self) -> bool {
        let (now, utc) = self.now();
        let state = self.state.clone();
        let revision = self.file.record.revision;
        if let Err(fault) = self.office.look_at_wanted(state.as_ref(), revision, now) {
            tracing::debug!("what is to be copied: {fault}"); // told of the state disk elsewhere
        }
        let started = self.disks.started();
        self.office.replicas.sides.retain(|id, _| started.contains(id));
        let mut more = false;
        for id in started {
            let Some(disk) = self.disks.handle(&id) else { continue };
            if !self.disks.answers(&id) {
                continue;
            }
            let office = &mut self.office;
            let turn =
                office.copy_to(state.as_ref(), &self.site_id, &id, disk.as_ref(), (now, utc));
            let Some(side) = office.replicas.sides.get_mut(&id) else { continue };
            match turn {
                Ok(left) => more |= left,
                Err(fault) => {
                    if side.why.as_ref() != Some(&fault) {
                        tracing::warn!("the copies on disk {id}: {fault}");
                    }
                    side.behind.get_or_insert(utc);
                    side.retry = now + KEPT_RETRY_SPAN;
                    side.has = None;
                    side.why = Some(fault);
                }
            }
        }
        more
    }

    /// What is wrong with the copies, for status and logbook.
    pub(in crate::supervisor) fn copy_troubles(&self) -> Vec<Trouble> {
        let (_, utc) = self.now();
        self.office.replicas.troubles(utc)
    }
}
