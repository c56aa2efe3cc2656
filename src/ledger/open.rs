//! Opening: what the disk holds becomes a tree again, a torn end is cut, damage is set aside and
//! told.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::line::{self, Chunk, FOLDER};
use super::reserve::Reserve;
use super::{Dice, Identity, Ledger, audit, forget, read_chunk};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{LOGBOOK_CHUNK_BYTES_MAX, LOGBOOK_RESERVE_BYTES};
use crate::disk::Disk;
use crate::logbook::Number;
use crate::logbook::checkpoint::{self, Signs};
use crate::logbook::tree::{CHUNK, Nodes, Tree};

const ROOTS: &str = "logbook/roots";
const ROOTS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What opening found and did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Opened {
    pub size: u64,
    /// Bytes of a write that a crash tore; nobody was told that they were entered.
    pub cut_bytes: u64,
    /// Records behind a damaged one; a copy may still have them (`restore`).
    pub damage: Option<Damage>,
    /// A forgetting that a crash had stopped was brought to its end: so many bodies.
    pub forgot: u64,
    /// The logbook contradicts a checkpoint that this box signed: entries were lost or changed. No
    /// checkpoint is signed until they are restored.
    pub disputed: Option<String>,
}

/// A logbook that could be read up to `from` only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    pub from: Number,
    /// Where the rest was put, below the state folder.
    pub folder: String,
}

impl Ledger {
    /// Opens the logbook of a state folder, or begins one. `site`: the site's id, which names it.
    ///
    /// # Errors
    /// The disk's. Damaged content is no error: it is set aside and told in [`Opened`].
    pub fn open(
        disk: Arc<dyn Disk>,
        key: Arc<Identity>,
        site: &str,
        dice: Box<Dice>,
    ) -> Result<(Ledger, Opened), Fault> {
        Ledger::open_with(disk, key, site, dice, LOGBOOK_RESERVE_BYTES)
    }

    pub(super) fn open_with(
        disk: Arc<dyn Disk>,
        key: Arc<Identity>,
        site: &str,
        dice: Box<Dice>,
        reserve_bytes: u64,
    ) -> Result<(Ledger, Opened), Fault> {
        disk.make_folder(FOLDER)?;
        let mut opened = Opened { forgot: forget::finish(&*disk)?, ..Opened::default() };
        let mut found = survey(&*disk, true)?;
        let signed = audit::stored_checkpoint(&*disk)?;
        if let Some(text) = &signed
            && disputes(&*disk, &found, text, &key, site).is_some()
        {
            // The cache may be what is wrong.
            found = survey(&*disk, false)?;
        }
        settle(&*disk, &mut found, &mut opened)?;
        let size = found.tree.size();
        opened.size = size;
        opened.disputed =
            signed.as_ref().and_then(|text| disputes(&*disk, &found, text, &key, site));
        let reserve = Reserve::open(&*disk, reserve_bytes);
        let origin = checkpoint::origin(site);
        let ours = |text: String| {
            let head = checkpoint::check(&text, &origin, &key.public()).ok()?;
            Some((head, text))
        };
        let ledger = Ledger {
            signed: signed.and_then(ours).filter(|_| opened.disputed.is_none()),
            disputed: opened.disputed.clone(),
            len: found.last.whole * u64::from(!size.is_multiple_of(CHUNK)),
            offsets: found.last.offsets,
            revisions: found.revisions,
            tree: found.tree,
            file: None,
            torn: false,
            disk,
            key,
            origin,
            dice,
            reserve,
            stands: Default::default(),
        };
        Ok((ledger, opened))
    }
}

/// A logbook as it lies on the disk.
pub(super) struct Survey {
    pub(super) tree: Tree,
    pub(super) revisions: BTreeMap<u64, u64>,
    /// The chunk that grows, as far as it is whole, and its number.
    pub(super) last: Chunk,
    /// Bytes of its file.
    bytes: u64,
    /// Chunks whose files are there, past the last that counts.
    beyond: Vec<u64>,
}

impl Survey {
    pub(super) fn is_damaged(&self) -> bool {
        self.last.beyond || !self.beyond.is_empty()
    }

    /// The chunk that the next record goes into.
    pub(super) fn chunk(&self) -> u64 {
        self.tree.size() / CHUNK
    }
}

/// Reads what is there and changes nothing. `cached`: full chunks are believed to have the roots
/// that the cache has.
pub(super) fn survey(disk: &dyn Disk, cached: bool) -> Result<Survey, Fault> {
    let listed = match disk.list(FOLDER) {
        Ok(listed) => listed,
        Err(fault) if fault.kind == FaultKind::Missing => Vec::new(),
        Err(fault) => return Err(fault),
    };
    let chunks: Vec<u64> =
        listed.iter().filter_map(|l| line::chunk_named(&l.name, ".log")).collect();
    let roots = if cached { read_roots(disk) } else { Vec::new() };
    let mut found = Survey {
        tree: Tree::default(),
        revisions: BTreeMap::new(),
        last: Chunk::default(),
        bytes: 0,
        beyond: Vec::new(),
    };
    let mut ended = false;
    for (i, chunk) in chunks.iter().copied().enumerate() {
        if ended || chunk != i as u64 {
            ended = true;
            found.beyond.push(chunk);
            continue;
        }
        let behind = chunks.get(i + 1) == Some(&(chunk + 1));
        let root = roots.get(i).filter(|_| behind);
        if let Some(root) = root {
            let title = disk.read_at(&line::path(chunk), 0, 80)?;
            let title = title.split(|b| *b == b'\n').next().unwrap_or_default();
            if let Some(revision) = line::read_title(title, chunk)
                && found.tree.push_chunk(*root).is_ok()
            {
                found.revisions.insert(chunk, revision);
                continue;
            }
        }
        let read = read_chunk(disk, chunk)?;
        let full = read.records.len() as u64 == CHUNK;
        read.records.iter().for_each(|record| {
            found.tree.push(record.hash());
        });
        if read.whole > 0 {
            found.revisions.insert(chunk, read.revision);
        }
        if !full {
            ended = true;
            found.bytes = disk.size(&line::path(chunk))?;
            found.last = read;
        }
    }
    Ok(found)
}

/// Cuts a torn end; puts aside what stands behind damage.
fn settle(disk: &dyn Disk, found: &mut Survey, opened: &mut Opened) -> Result<(), Fault> {
    let chunk = found.chunk();
    let size = found.tree.size();
    let path = line::path(chunk);
    // A chunk that was begun and never flushed is no damage.
    found.beyond.retain(|c| disk.read_at(&line::path(*c), 0, 1).is_ok_and(|b| !b.is_empty()));
    if found.is_damaged() {
        let mut files: Vec<u64> = found.beyond.clone();
        if found.bytes > 0 {
            files.push(chunk);
        }
        let mut contents = Vec::new();
        for chunk in files {
            let bytes = disk.read_at(&line::path(chunk), 0, LOGBOOK_CHUNK_BYTES_MAX)?;
            contents.push((line::file_name(chunk), bytes));
        }
        let folder = set_aside(disk, "damaged", size, contents)?;
        opened.damage = Some(Damage { from: size, folder });
    } else {
        opened.cut_bytes = found.bytes - found.last.whole.min(found.bytes);
    }
    for chunk in std::mem::take(&mut found.beyond) {
        disk.remove(&line::path(chunk))?;
    }
    disk.sync_folder(FOLDER)?;
    if found.last.records.is_empty() {
        // The file of a chunk without a record is made anew with its first one.
        disk.remove(&path)?;
        disk.sync_folder(FOLDER)?;
        found.last = Chunk::default();
        found.revisions.remove(&chunk);
    } else if found.bytes > found.last.whole {
        let mut file = disk.open_append(&path)?;
        file.truncate(found.last.whole)?;
        file.flush()?;
    }
    Ok(())
}

/// Writes files into a new folder `logbook/<word>-<number>`, and says which.
pub(super) fn set_aside(
    disk: &dyn Disk,
    word: &str,
    number: Number,
    files: Vec<(String, Vec<u8>)>,
) -> Result<String, Fault> {
    let mut folder = format!("{FOLDER}/{word}-{number}");
    let mut turn = 1;
    while disk.list(&folder).is_ok_and(|listed| !listed.is_empty()) {
        turn += 1;
        folder = format!("{FOLDER}/{word}-{number}-{turn}");
    }
    disk.make_folder(&folder)?;
    for (name, bytes) in files {
        disk.replace(&format!("{folder}/{name}"), &bytes)?;
    }
    Ok(folder)
}

/// Why the logbook is not what this checkpoint says it was; `None`: it is, or another key signed
/// it.
fn disputes(
    disk: &dyn Disk,
    found: &Survey,
    text: &str,
    key: &Identity,
    site: &str,
) -> Option<String> {
    let head = checkpoint::check(text, &checkpoint::origin(site), &key.public()).ok()?;
    let size = found.tree.size();
    if head.size > size {
        return Some(format!(
            "the logbook has {size} entries, and this box signed a checkpoint of {}",
            head.size
        ));
    }
    let mut lent = BTreeMap::new();
    for chunk in found.tree.needs(&[], &[head.size]) {
        let records = read_chunk(disk, chunk).ok()?.records;
        let leaves: Vec<Digest> = records.iter().map(line::Record::hash).collect();
        lent.insert(chunk, Nodes::of(&leaves));
    }
    match found.tree.root_at(head.size, &lent) {
        Ok(root) if root == head.root => None,
        _ => Some(format!(
            "the first {} entries of the logbook are not those over which this box signed a \
             checkpoint; `beadle audit verify` says more",
            head.size
        )),
    }
}

/// The cache: a root a line, of the full chunks in order.
pub(super) fn write_roots(disk: &dyn Disk, tree: &Tree) -> Result<(), Fault> {
    let text: String = tree.chunks().iter().map(|root| format!("{root}\n")).collect();
    disk.replace(ROOTS, text.as_bytes())
}

pub(super) fn drop_roots(disk: &dyn Disk) -> Result<(), Fault> {
    disk.remove(ROOTS)
}

fn read_roots(disk: &dyn Disk) -> Vec<Digest> {
    let bytes = disk.read_at(ROOTS, 0, ROOTS_BYTES_MAX).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines().map_while(|line| line.parse().ok()).collect()
}
