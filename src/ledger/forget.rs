//! Destroying bodies while the tree stands (R5.7).

use std::collections::{BTreeMap, BTreeSet};

use super::line::{self, FOLDER, Record};
use super::{Ledger, read_chunk};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_FORGETTING_BYTES_MAX;
use crate::disk::Disk;
use crate::logbook::tree::CHUNK;
use crate::logbook::{Kind, Number, Value};

const INTENT: &str = "logbook/forgetting.json";
/// What one `forgotten` entry may list, in numbers that do not follow each other: each range of two
/// numbers below 10^12 takes 28 bytes of the 64 KiB that an entry may have.
pub const RANGES_MAX: usize = 2_000;
/// The field of a `forgotten` entry that lists what it forgets.
pub use crate::logbook::fields::ENTRIES;

/// The list for a `forgotten` entry's field [`ENTRIES`]: `12`, `15-19`.
pub fn ranges(numbers: &[Number]) -> Value {
    let numbers: BTreeSet<Number> = numbers.iter().copied().collect();
    let mut ranges: Vec<(Number, Number)> = Vec::new();
    for n in numbers {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == n => *to = n,
            _ => ranges.push((n, n)),
        }
    }
    let word = |(from, to): (Number, Number)| {
        if from == to { from.to_string() } else { format!("{from}-{to}") }
    };
    Value::List(ranges.into_iter().map(word).collect())
}

impl Ledger {
    /// Destroys salt and body of these entries and returns how many had one. The caller has entered
    /// who wanted it and why first, with [`ranges`]. A crash in the middle is brought to its end by
    /// the next [`Ledger::open`].
    ///
    /// # Errors
    /// `Denied`: one of them is a `forgotten` entry, without which nobody could tell why a body is
    /// gone. `Missing`: no such entry. Else the disk's: call it again.
    pub fn forget(&mut self, numbers: &[Number]) -> Result<u64, Fault> {
        for number in numbers {
            if *number >= self.size() {
                let text = format!("entry {number} is not in the logbook of {}", self.size());
                return Err(Fault::new(FaultKind::Missing, text));
            }
        }
        let by_chunk = by_chunk(numbers);
        for (chunk, numbers) in &by_chunk {
            for record in read_chunk(&*self.disk, *chunk)?.records {
                if numbers.contains(&record.number) && keeps(&record) {
                    let text = format!(
                        "entry {} says which bodies were forgotten and why; it is kept",
                        record.number
                    );
                    return Err(Fault::new(FaultKind::Denied, text));
                }
            }
        }
        let intent = serde_json::to_vec(numbers).unwrap_or_default();
        // The growing chunk's file is another one afterwards.
        self.file = None;
        let mut gone = 0;
        loop {
            let outcome = self
                .disk
                .replace(INTENT, &intent)
                .and_then(|()| rewrite(&*self.disk, &by_chunk, &mut gone));
            match outcome {
                Ok(()) => break,
                Err(fault) if fault.kind == FaultKind::Full => {
                    if !self.reserve.give_up(&*self.disk)? {
                        return Err(fault);
                    }
                }
                Err(fault) => return Err(fault),
            }
        }
        self.stood_anew();
        self.look_again(&by_chunk)?;
        self.disk.remove(INTENT)?;
        self.disk.sync_folder(FOLDER)?;
        Ok(gone)
    }

    /// Where the records of rewritten chunks stand now.
    fn look_again(&mut self, by_chunk: &BTreeMap<u64, BTreeSet<Number>>) -> Result<(), Fault> {
        for chunk in by_chunk.keys() {
            let read = read_chunk(&*self.disk, *chunk)?;
            self.revisions.insert(*chunk, read.revision);
            if *chunk == self.size() / CHUNK {
                self.len = read.whole;
                self.offsets = read.offsets;
            }
        }
        Ok(())
    }
}

fn keeps(record: &Record) -> bool {
    record.entry().is_ok_and(|entry| entry.header.kind == Kind::Forgotten)
}

fn by_chunk(numbers: &[Number]) -> BTreeMap<u64, BTreeSet<Number>> {
    let mut by_chunk: BTreeMap<u64, BTreeSet<Number>> = BTreeMap::new();
    for number in numbers {
        by_chunk.entry(number / CHUNK).or_default().insert(*number);
    }
    by_chunk
}

/// Each chunk whole, under its name in one step.
fn rewrite(
    disk: &dyn Disk,
    by_chunk: &BTreeMap<u64, BTreeSet<Number>>,
    gone: &mut u64,
) -> Result<(), Fault> {
    for (chunk, numbers) in by_chunk {
        let mut read = read_chunk(disk, *chunk)?;
        if read.beyond {
            let text = format!("{} is damaged; restore it first", line::path(*chunk));
            return Err(Fault::new(FaultKind::Corrupt, text));
        }
        let mut here = 0;
        for record in read.records.iter_mut().filter(|r| numbers.contains(&r.number)) {
            here += u64::from(record.body.take().is_some());
        }
        if here > 0 {
            let mut bytes = line::title(*chunk, read.revision + 1).into_bytes();
            read.records.iter().for_each(|record| bytes.extend(record.line()));
            disk.replace(&line::path(*chunk), &bytes)?;
            *gone += here;
        }
    }
    Ok(())
}

/// Brings a forgetting to its end that a crash stopped.
pub(super) fn finish(disk: &dyn Disk) -> Result<u64, Fault> {
    let bytes = match disk.read_at(INTENT, 0, LOGBOOK_FORGETTING_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(fault) if fault.kind == FaultKind::Missing => return Ok(0),
        Err(fault) => return Err(fault),
    };
    let mut gone = 0;
    if let Ok(numbers) = serde_json::from_slice::<Vec<Number>>(&bytes) {
        let mut by_chunk = by_chunk(&numbers);
        by_chunk.retain(|chunk, _| disk.size(&line::path(*chunk)).is_ok());
        rewrite(disk, &by_chunk, &mut gone)?;
    }
    disk.remove(INTENT)?;
    disk.sync_folder(FOLDER)?;
    Ok(gone)
}
