//! How far the journals of each disk are in the index, and what it can say in their place.
//!
//! The supervisor tells the index first and the journals after. Commits survive in their order (see
//! the head of this module), so a fact noted at one moment proves everything told before it: a
//! start needs to read a disk's journals only from the day of that fact on. A new index has no such
//! fact and reads all.

use std::collections::BTreeSet;

use super::{Store, fault};
use crate::base::fault::Fault;
use crate::base::limits::{DELETION_DAYS_KEPT, GAPS_CARRIED_MAX};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc, Zone};
use crate::footage::journal::Entry;

fn fact_of(disk: &DiskId) -> String {
    format!("journals {disk}")
}

impl Store {
    /// Every line that this disk's journals had at that moment is in this index. `None`: nobody
    /// knows, so all have to be read.
    ///
    /// # Errors
    /// The index's own, as with the calls below.
    pub fn journals_read(&self, disk: &DiskId) -> Result<Option<Utc>, Fault> {
        self.fact(&fact_of(disk))
    }

    /// All journals of this disk were read by then.
    pub(super) fn journals_were_read(&mut self, disk: &DiskId, at: Utc) -> Result<(), Fault> {
        self.note_fact(&fact_of(disk), at)
    }

    /// Nothing was written into any journal since that the index was not told first.
    pub fn journals_go_on(&mut self, at: Utc) -> Result<(), Fault> {
        self.db
            .execute("UPDATE fact SET at = ?1 WHERE name LIKE 'journals %'", [at.0])
            .map_err(fault("noting how far the journals are known"))?;
        Ok(())
    }

    /// A call failed, so something may be in the journals alone: all are read again.
    pub fn journals_unread(&mut self) -> Result<(), Fault> {
        self.db
            .execute("DELETE FROM fact WHERE name LIKE 'journals %'", [])
            .map_err(fault("noting that the journals have to be read"))?;
        Ok(())
    }

    /// What journals from before that day still have to say (`footage/outlived.rs`), newest things
    /// excluded.
    pub fn lasting(&self, before: Day) -> Result<Vec<Entry>, Fault> {
        let (utc, mut out) = (Zone::utc(), Vec::new());
        let until = utc.start_of(before);
        let folders: BTreeSet<(CameraId, Day)> =
            self.folders()?.into_iter().map(|(_, camera, day)| (camera, day)).collect();
        for (camera, _) in self.names.cameras() {
            let gaps = self.gaps(Some(&camera), Utc(i64::MIN / 2), until, GAPS_CARRIED_MAX)?;
            let lasts = |end: Option<Utc>, start: Utc| {
                end.is_none_or(|end| end.utc_day() != start.utc_day())
            };
            out.extend(gaps.into_iter().filter(|g| lasts(g.end, g.start)).map(Entry::Gap));
            if let Some(until) = self.trimmed(&camera)? {
                out.push(Entry::Trimmed { camera: camera.clone(), until });
            }
            let days = folders.iter().filter(|(of, day)| *of == camera && *day < before);
            let begins = days.filter(|(_, day)| !folders.contains(&(camera.clone(), day.plus(-1))));
            let moments = begins.map(|(_, day)| utc.start_of(*day)).chain([until]);
            for moment in moments.collect::<Vec<_>>() {
                for (at, offset_ms) in self.offsets(&camera, moment, moment)? {
                    out.push(Entry::Offset { camera: camera.clone(), at, offset_ms });
                }
            }
        }
        let days = self.deletion_days(before.plus(-DELETION_DAYS_KEPT))?;
        out.extend(days.into_iter().filter(|d| d.day <= before).map(Entry::Deleted));
        Ok(out)
    }
}
