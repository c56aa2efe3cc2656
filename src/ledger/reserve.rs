//! Room that is kept for entries when the disk is full.
//!
//! The reserve is a file of zeros that is made shorter, a slice at a time, when an entry finds no
//! room: a slice at once, so that others who fill the disk do not take it all. It is filled again
//! when there is plenty.

use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::LOGBOOK_RESERVE_SLICE_BYTES;
use crate::disk::Disk;

const RESERVE: &str = "logbook/reserve";
/// Filled again only where the disk has this many times the reserve free: not to fill it up itself.
const PLENTY: u64 = 4;

pub(super) struct Reserve {
    left: u64,
    total: u64,
}

impl Reserve {
    /// What is there; filled up where the disk allows, and smaller where it does not.
    pub(super) fn open(disk: &dyn Disk, total: u64) -> Reserve {
        let mut reserve = Reserve { left: disk.size(RESERVE).unwrap_or(0), total };
        if let Err(fault) = reserve.refill(disk) {
            tracing::warn!("the logbook's reserve is not full: {fault}");
        }
        reserve
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Gives a slice back to the disk; `false`: it is spent.
    pub(super) fn give_up(&mut self, disk: &dyn Disk) -> Result<bool, Fault> {
        if self.left == 0 {
            return Ok(false);
        }
        let keep = self.left.saturating_sub(LOGBOOK_RESERVE_SLICE_BYTES);
        let mut file = disk.open_append(RESERVE)?;
        file.truncate(keep)?;
        // Only what is flushed is free for others.
        file.flush()?;
        self.left = keep;
        Ok(true)
    }

    pub(super) fn refill(&mut self, disk: &dyn Disk) -> Result<(), Fault> {
        if self.left >= self.total || disk.room()?.free < self.total.saturating_mul(PLENTY) {
            return Ok(());
        }
        let mut file = match disk.open_append(RESERVE) {
            Ok(file) => file,
            Err(fault) if fault.kind == FaultKind::Missing => disk.create_new(RESERVE)?,
            Err(fault) => return Err(fault),
        };
        let zeros = vec![0; LOGBOOK_RESERVE_SLICE_BYTES as usize];
        while file.len() < self.total {
            let part = (self.total - file.len()).min(LOGBOOK_RESERVE_SLICE_BYTES) as usize;
            file.append(&[&zeros[..part]])?;
            self.left = file.len();
        }
        file.flush()?;
        disk.sync_folder(super::FOLDER)
    }
}
