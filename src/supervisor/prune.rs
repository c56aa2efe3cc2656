//! Journals that have outlived their footage are let go; `footage/outlived.rs` says which and in
//! what order.

use std::collections::BTreeSet;

use super::Supervisor;
use super::world::World;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{JOURNAL_DAYS_MIN, JOURNAL_PRUNE_SPAN, JOURNALS_PRUNED_MAX};
use crate::base::name::DiskId;
use crate::base::time::{Day, Utc};
use crate::footage::journal::{self, encode};
use crate::footage::outlived::{BEFORE, outlived};
use crate::segment::Order;

impl Supervisor {
    /// Once an hour: the index is as far as the journals, and those that nothing needs any more may
    /// go. Not while the index may lack something, nor while clock or holds are in doubt.
    pub(super) fn prune_journals(&mut self, world: &mut dyn World) {
        let (now, utc) = self.now();
        let behind = self.keep.compare || self.keep.rebuild.is_some();
        if now < self.keep.prune_at || behind || self.keep.index.fault().is_some() {
            return;
        }
        self.keep.prune_at = now + JOURNAL_PRUNE_SPAN;
        self.index(|store| store.journals_go_on(utc));
        if self.keep.rests(utc) || self.keep.doubt.is_some() || self.stopping.is_some() {
            return;
        }
        for disk in self.disks.started() {
            if let Err(fault) = self.prune_disk(&disk, utc, world) {
                tracing::warn!("journals of disk {disk}: {fault}");
            }
        }
    }

    /// The longest ceiling in force, and two days for zones and for deletions that are shown.
    fn journals_from(&self, utc: Utc) -> Day {
        let policy = &self.keep.policy;
        let all = policy.cameras.values().chain([&policy.otherwise]).flatten();
        let longest = all.map(|v| i64::from(v.rules.ceiling_days)).max().unwrap_or(0);
        utc.utc_day().plus(-(longest + 2).max(JOURNAL_DAYS_MIN))
    }

    fn prune_disk(&mut self, id: &DiskId, utc: Utc, world: &mut dyn World) -> Result<(), Fault> {
        let Some(disk) = self.disks.handle(id) else { return Ok(()) };
        if self.store.journals_read(id)?.is_none() {
            return Ok(()); // the index has not read all that is there
        }
        let listed = match disk.list(journal::JOURNALS) {
            Ok(listed) => listed,
            Err(e) if e.kind == FaultKind::Missing => return Ok(()),
            Err(e) => return Err(e),
        };
        let days: Vec<Day> = listed.iter().filter_map(|l| journal::day_of(&l.name)).collect();
        let keep_from = self.journals_from(utc);
        if days.iter().all(|day| *day >= keep_from) {
            return Ok(());
        }
        let footage: BTreeSet<Day> =
            self.store.folders()?.into_iter().map(|(_, _, day)| day).collect();
        let mut gone = outlived(&days, &footage, keep_from);
        gone.truncate(JOURNALS_PRUNED_MAX);
        if gone.is_empty() {
            return Ok(());
        }
        let content: Vec<u8> = self.store.lasting(keep_from)?.iter().flat_map(encode).collect();
        let paths = gone.iter().map(|day| journal::path_of(*day)).collect();
        disk.replace(BEFORE, &content)?;
        world.order(id, Order::Delete { paths });
        Ok(())
    }
}
