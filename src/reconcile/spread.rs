//! Which disk a camera records to: the one with the fewest cameras, its last one where that is as
//! good.
//!
//! A disk that comes back is filled by cameras that start anew; running ones are not moved for
//! balance, since every move costs that camera a second.

use std::collections::BTreeMap;

use super::Observed;
use crate::base::name::DiskId;

/// Cameras per writable disk.
pub struct Load(BTreeMap<DiskId, u32>);

impl Load {
    pub fn of(observed: &Observed) -> Load {
        let mut load: BTreeMap<_, _> = observed.disks.iter().map(|d| (d.clone(), 0)).collect();
        for seen in observed.cameras.values().filter(|s| s.runs()) {
            if let Some(n) = seen.disk.as_ref().and_then(|d| load.get_mut(d)) {
                *n += 1;
            }
        }
        Load(load)
    }

    /// A camera stops recording there.
    pub fn leave(&mut self, disk: Option<&DiskId>) {
        if let Some(n) = disk.and_then(|d| self.0.get_mut(d)) {
            *n = n.saturating_sub(1);
        }
    }

    /// The disk for one more camera, which is counted on it; `None` without a writable disk.
    pub fn lightest(&mut self, last: Option<&DiskId>) -> Option<DiskId> {
        let least = *self.0.values().min()?;
        let stays = last.filter(|d| self.0.get(d).is_some_and(|n| *n <= least));
        let disk = match stays {
            Some(disk) => disk.clone(),
            None => self.0.iter().find(|(_, n)| **n == least)?.0.clone(),
        };
        *self.0.entry(disk.clone()).or_default() += 1;
        Some(disk)
    }
}
