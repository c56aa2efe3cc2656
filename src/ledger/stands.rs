//! Where records stand in their chunk: whoever reads many entries one by one reads each chunk whole
//! once, and each entry's own line after that.
//!
//! Only places are kept, never bodies: what is read is what the disk has now, and what was
//! forgotten is not in memory either. A place that is wrong (somebody else wrote to the file) shows
//! by the number in its line; then the chunk is read whole again.

use std::collections::VecDeque;

use super::line::{self, Record};
use super::{Ledger, read_chunk};
use crate::base::fault::Fault;
use crate::logbook::Number;
use crate::logbook::tree::CHUNK;

/// A year of a busy school has 49 chunks; the places of 64 take 2 MB.
const CHUNKS_MAX: usize = 64;

/// Where the records of one full chunk begin, and where the last one ends.
struct Places {
    chunk: u64,
    starts: Vec<u64>,
    end: u64,
}

/// Those of the chunks that were read last, the newest at the back.
#[derive(Default)]
pub(super) struct Stands(VecDeque<Places>);

impl Ledger {
    /// Records in order from `from`, at most `limit`, to the end of the chunk or the first that is
    /// damaged.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn records(&self, from: Number, limit: usize) -> Result<Vec<Record>, Fault> {
        let (chunk, skip) = (from / CHUNK, (from % CHUNK) as usize);
        if chunk == self.size() / CHUNK {
            return self.read_from(from, extent(&self.offsets, self.len, skip, limit));
        }
        let known = {
            // Whatever a panic left there: a wrong place is found out when it is read.
            let stands = self.stands.lock().unwrap_or_else(|broken| broken.into_inner());
            let places = stands.0.iter().find(|places| places.chunk == chunk);
            places.and_then(|places| extent(&places.starts, places.end, skip, limit))
        };
        let all = limit.min(CHUNK as usize - skip);
        match known.map(|piece| self.read_from(from, Some(piece))).transpose()? {
            Some(records) if records.len() == all => return Ok(records),
            _ => {}
        }
        let read = read_chunk(&*self.disk, chunk)?;
        let mut stands = self.stands.lock().unwrap_or_else(|broken| broken.into_inner());
        stands.0.retain(|places| places.chunk != chunk);
        stands.0.push_back(Places { chunk, starts: read.offsets, end: read.whole });
        if stands.0.len() > CHUNKS_MAX {
            stands.0.pop_front();
        }
        Ok(read.records.into_iter().skip(skip).take(limit).collect())
    }

    /// Chunks were rewritten: nothing stands where it stood.
    pub(super) fn stood_anew(&mut self) {
        self.stands = Default::default();
    }

    /// The whole records of a piece of a chunk, the first of which is `from`.
    fn read_from(&self, from: Number, piece: Option<(u64, u64)>) -> Result<Vec<Record>, Fault> {
        let Some((start, end)) = piece else { return Ok(Vec::new()) };
        let path = line::path(from / CHUNK);
        let bytes = self.disk.read_at(&path, start, (end - start) as usize)?;
        let lines = bytes.split_inclusive(|b| *b == b'\n');
        let records = lines.zip(from..).map_while(|(line, number)| {
            let record = line.strip_suffix(b"\n").and_then(Record::read)?;
            (record.number == number).then_some(record)
        });
        Ok(records.collect())
    }
}

/// From where to where the wanted records stand; `None`: there are none that far on.
fn extent(starts: &[u64], end: u64, skip: usize, limit: usize) -> Option<(u64, u64)> {
    let starts = starts.get(skip..)?;
    let start = *starts.first()?;
    Some((start, starts.get(limit).copied().unwrap_or(end)))
}
