//! A state folder that was lost, made whole from what lies on the footage disks.
//!
//! # When
//! At each start, for what the state folder lacks: a box with an empty state folder, or one whose
//! file of people is gone or damaged. And when somebody puts the recovery key into a box that
//! started without it. What the state folder has is never replaced by a copy (`replicas`).
//!
//! # What, in order
//! 1. The site's id: an empty state folder takes that of the footage disks, where all that say one
//!    say the same, and none names another school than the file. With it the footage is this box's
//!    own. Another site's disk is foreign, and left alone, until somebody says whose it shall be.
//! 2. Accepted versions, so that the file is judged against the last one that people approved.
//! 3. People: they log in as before; what they may do says the file.
//! 4. Camera passwords, but those that were set here already.
//! 5. The logbook (`Office::open`), after a logbook that this box began without the key went aside.
//!
//! Each step is one atomic replacement or can be repeated; a crash between two is made good by the
//! next start. `recovering.key` stands until all of it is done.
//!
//! # Without the recovery key
//! The box makes a key of its own and records; footage, holds and gaps come back, since they are
//! not sealed. People, passwords, versions and logbook stay locked and are not touched; status says
//! so, and how to open them. New copies go to disks that have none.
//!
//! # The box's own key
//! It is not copied (`ledger/keys.rs`): the new box signs with a new one, and an entry names both.

use std::sync::Arc;

use super::office::replicas::{BOX, PEOPLE, SECRETS, VERSION};
use super::state::{self, Accepted};
use crate::accounts::people::People;
use crate::accounts::{self, Accounts};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::PEOPLE_BYTES_MAX;
use crate::base::secret::Wiped;
use crate::disk::{Disk, identity};
use crate::ledger::kept::{Newest, Shelf, newest};
use crate::ledger::{self, RecoveryKey};

/// What came back, for the logbook and whoever looks at the screen.
#[derive(Default)]
pub struct TakenIn {
    /// A sentence each.
    pub lines: Vec<String>,
    pub secrets: Option<Wiped>,
    /// The public key that the box before this one signed with, 64 digits.
    pub key_before: Option<String>,
    pub people: bool,
}

/// The one site of those disks that may be this school's; `None`: none says one, or they do not
/// agree.
pub fn site_of(disks: &[Arc<dyn Disk>], school: Option<&str>) -> Option<String> {
    let owners = disks.iter().filter_map(|disk| identity::owner(disk.as_ref()).ok().flatten());
    let ours = owners.filter(|owner| school.is_none_or(|school| owner.may_be(school)));
    let mut sites: Vec<String> = ours.map(|owner| owner.site).collect();
    sites.dedup();
    match sites.len() {
        1 => sites.pop(),
        _ => None,
    }
}

/// As [`take_in`], for a start: a state disk that takes nothing keeps nobody from recording.
pub fn at_start(
    state: &dyn Disk,
    disks: &[Arc<dyn Disk>],
    key: &RecoveryKey,
    site: &str,
) -> (TakenIn, Option<Fault>) {
    match take_in(state, disks, key, site) {
        Ok(taken) => (taken, None),
        Err(fault) => (TakenIn::default(), Some(fault)),
    }
}

/// Steps 2 to 4 of the module. Costs three looks at the state folder where nothing is missing.
///
/// # Errors
/// The state disk's. A copy that does not open is passed over, and told.
pub fn take_in(
    state: &dyn Disk,
    disks: &[Arc<dyn Disk>],
    key: &RecoveryKey,
    site: &str,
) -> Result<TakenIn, Fault> {
    let mut announced = RecoveryKey::announced(state)?;
    let lost = Lost {
        people: people_are_lost(state)?,
        versions: announced.is_some() || state::accepted(state)?.0.is_empty(),
        secrets: is_missing(state, accounts::vault::PLAIN)?
            && is_missing(state, accounts::vault::SEALED)?,
    };
    let mut taken = TakenIn::default();
    if announced.is_none() && !lost.people && !lost.versions && !lost.secrets {
        return Ok(taken);
    }
    let disks: Vec<&dyn Disk> = disks.iter().map(|disk| disk.as_ref()).collect();
    let shelf = Shelf::new(key, site);
    let theirs = if lost.versions { copied_versions(&shelf, &disks) } else { Vec::new() };
    if !theirs.is_empty() && announced.is_none() {
        RecoveryKey::announce(state)?; // half of the versions are no reason to leave the rest
        announced = Some(Vec::new());
    }
    if !theirs.is_empty() {
        let count = versions(state, &theirs)?;
        if count > 0 {
            taken.lines.push(match count {
                1 => "the accepted version of the file came back".to_string(),
                n => format!("{n} accepted versions of the file came back"),
            });
        }
    }
    if lost.people {
        people(state, &shelf, &disks, &mut taken)?;
    }
    if lost.secrets || announced.is_some() {
        taken.secrets = newest(&shelf, &disks, SECRETS).whole.map(|whole| whole.content);
    }
    let before = newest(&shelf, &disks, BOX).whole.map(|whole| whole.content);
    taken.key_before = before.and_then(|text| String::from_utf8(text.to_vec()).ok());
    let opened = taken.key_before.is_some() || taken.people || !theirs.is_empty();
    if let Some(olds) = announced.as_ref().filter(|_| opened && has_entries(state)) {
        give_up(olds, key, site, &disks);
    }
    if announced.is_some()
        && let Some(folder) = ledger::step_aside(state, &disks, key, site)?
    {
        taken.lines.push(format!(
            "what this box had entered before it had the recovery key was put into {folder}"
        ));
    }
    // A key that opened nothing may be the wrong sheet of paper: the right one is waited for.
    if announced.is_some() && opened {
        RecoveryKey::settled(state)?;
    }
    // A disk that was away may remember a box of long ago; that is no news.
    if announced.is_none() && !taken.people {
        taken.key_before = None;
    }
    Ok(taken)
}

/// Copies that this box made under keys of its own go, since the state folder has all of it; a key
/// under which this box never entered anything may be the only one to some other copy.
fn give_up(olds: &[RecoveryKey], key: &RecoveryKey, site: &str, disks: &[&dyn Disk]) {
    for old in olds.iter().filter(|old| !old.is(key)) {
        for disk in disks {
            let cleared = Shelf::new(old, site).clear(*disk);
            let cleared = cleared.and_then(|()| ledger::discard_copy(old, site, *disk));
            if let Err(fault) = cleared {
                tracing::warn!("copies of before the recovery key: {fault}"); // status: locked
            }
        }
    }
}

fn has_entries(state: &dyn Disk) -> bool {
    let listed = state.list(ledger::FOLDER).unwrap_or_default();
    listed.iter().any(|file| file.name.ends_with(".log") && file.bytes > 0)
}

struct Lost {
    people: bool,
    versions: bool,
    secrets: bool,
}

fn is_missing(state: &dyn Disk, path: &str) -> Result<bool, Fault> {
    match state.size(path) {
        Ok(_) => Ok(false),
        Err(fault) if fault.kind == FaultKind::Missing => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Gone or damaged; one of a newer Beadle is neither.
fn people_are_lost(state: &dyn Disk) -> Result<bool, Fault> {
    match People::load(state) {
        Ok(found) => Ok(found.is_none()),
        Err(fault) if fault.kind == FaultKind::Corrupt => Ok(true),
        Err(fault) if fault.kind == FaultKind::Foreign => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn people(
    state: &dyn Disk,
    shelf: &Shelf,
    disks: &[&dyn Disk],
    taken: &mut TakenIn,
) -> Result<(), Fault> {
    let Newest { whole, unread, .. } = newest(shelf, disks, PEOPLE);
    for (_, fault) in unread {
        taken.lines.push(format!("a copy of the people could not be used: {fault}"));
    }
    let Some(whole) = whole else { return Ok(()) };
    let damaged = match state.read_at(accounts::people::PEOPLE, 0, PEOPLE_BYTES_MAX) {
        Ok(bytes) => {
            state.replace_private("people.damaged.json", &Wiped::new(bytes))?;
            "; the damaged file is kept as people.damaged.json"
        }
        Err(fault) if fault.kind == FaultKind::Missing => "",
        Err(fault) => return Err(fault),
    };
    Accounts::restore(state, &whole.content)?;
    taken.people = true;
    taken.lines.push(format!(
        "people came back as they were at {}{damaged}; whoever chose a passphrase since then needs \
         a new code",
        whole.at()
    ));
    Ok(())
}

/// Puts the copies' versions under their numbers. One of our own that is none of them goes behind
/// them. How many came.
fn versions(state: &dyn Disk, theirs: &[(Accepted, Vec<u8>)]) -> Result<usize, Fault> {
    let Some((last, _)) = theirs.last() else { return Ok(0) };
    let last = last.revision;
    let ours = state::accepted(state)?.0;
    let known = |digest: &str| theirs.iter().any(|(record, _)| record.digest == digest);
    let mut free = ours.iter().map(|record| record.revision).max().unwrap_or(0).max(last) + 1;
    for record in ours.iter().filter(|r| r.revision <= last && !known(&r.digest)) {
        let behind = |r: &&Accepted| r.revision > last && r.digest == record.digest;
        if ours.iter().any(|r| behind(&r)) {
            continue; // moved before a crash
        }
        let bytes = state::version_bytes(state, record.revision)?;
        state::accept(state, &Accepted { revision: free, ..record.clone() }, &bytes)?;
        free += 1;
    }
    let mut came = 0;
    for (record, bytes) in theirs {
        let has = ours.iter().any(|r| r.revision == record.revision && r.digest == record.digest);
        if !has {
            state::accept(state, record, bytes)?;
            came += 1;
        }
    }
    Ok(came)
}

/// By number; of two with one number the later one.
pub fn copied_versions(shelf: &Shelf, disks: &[&dyn Disk]) -> Vec<(Accepted, Vec<u8>)> {
    let mut names: Vec<String> = Vec::new();
    for disk in disks {
        // A disk that cannot be read is told by everything else about it.
        names.extend(shelf.items(*disk).unwrap_or_default());
    }
    names.retain(|name| name.starts_with(VERSION));
    names.sort();
    names.dedup();
    let mut found: Vec<(Accepted, Vec<u8>)> = Vec::new();
    for name in names {
        let whole = newest(shelf, disks, &name).whole;
        let Some((record, bytes)) = whole.and_then(|w| state::unpacked(&w.content)) else {
            continue;
        };
        match found.last_mut().filter(|(last, _)| last.revision == record.revision) {
            Some(last) if last.0.at < record.at => *last = (record, bytes),
            Some(_) => {}
            None => found.push((record, bytes)),
        }
    }
    found
}
