//! Figures that cost a query: days held, gaps of today, forecast, what an edit will delete.
//! Refreshed a few cameras a turn, so that a status is read from memory and is at most half a
//! minute old.

use std::collections::{BTreeMap, BTreeSet};

use super::Supervisor;
use super::keep::Keep;
use super::report::with_version;
use crate::base::clock::Mono;
use crate::base::limits::FIGURES_TURNS;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc, Zone};
use crate::config::Config;
use crate::footage::days::{Forecast, Held, Load, forecast, under_hold};
use crate::footage::pending::{Pending, pending};
use crate::store::Store;
use crate::wire::{DeletionDay, PendingEdit};

#[derive(Clone, Default)]
pub struct Figures {
    pub cameras: BTreeMap<CameraId, CameraFigures>,
    pub segments: u64,
    pub forecast: Option<Forecast>,
    pub pending: Option<PendingEdit>,
    pub deleted: Vec<DeletionDay>,
    next: usize,
    /// The next share is due.
    pub(super) due: Mono,
}

#[derive(Clone, Default)]
pub struct CameraFigures {
    pub held: Held,
    /// Bytes that a hold keeps, and those of them that are past their floor.
    pub under_hold: (u64, u64),
    /// Ended gaps of today: how many, and how long together.
    pub gaps: (u32, Span),
}

impl Keep {
    /// What would go if this file were accepted now.
    pub fn pending_under(
        &self,
        store: &Store,
        config: &Config,
        zone: &Zone,
        now: Utc,
    ) -> Option<Pending> {
        let mut policy = self.policy.clone();
        for (camera, rules) in super::desired::rules(config) {
            let versions = policy.cameras.entry(camera).or_default();
            *versions = with_version(versions, rules, now);
        }
        pending(&hours(store), &policy, &self.holds(), now, zone)
    }
}

fn hours(store: &Store) -> BTreeMap<CameraId, Vec<crate::footage::days::Hour>> {
    let cameras = store.cameras().unwrap_or_default();
    cameras.into_iter().filter_map(|c| Some((c.clone(), store.hours(&c).ok()?))).collect()
}

impl Supervisor {
    /// The next share of the cameras; a full round every [`FIGURES_TURNS`] turns.
    pub(super) fn refresh_figures(&mut self) {
        let (_, utc) = self.now();
        let named = self.desired.cameras.keys().cloned();
        let all: BTreeSet<CameraId> =
            named.chain(self.store.cameras().unwrap_or_default()).collect();
        let share = all.len().div_ceil(FIGURES_TURNS).max(1);
        let first = self.keep.figures.next;
        for camera in all.iter().skip(first).take(share) {
            if let Some(found) = self.camera_figures(camera, utc) {
                self.keep.figures.cameras.insert(camera.clone(), found);
            }
        }
        self.keep.figures.next = first + share;
        if self.keep.figures.next >= all.len() {
            self.keep.figures.next = 0;
            self.keep.figures.cameras.retain(|c, _| all.contains(c));
            self.box_figures(utc);
        }
    }

    fn camera_figures(&self, camera: &CameraId, utc: Utc) -> Option<CameraFigures> {
        let zone = self.zone();
        let held = self.store.held(camera, zone, utc).ok()?;
        let midnight = zone.start_of(zone.day_of(utc));
        let gaps = self.store.gaps(Some(camera), midnight, utc, 10_000).ok()?;
        let ended = gaps.iter().filter_map(|g| Some(g.end? - g.start.max(midnight)));
        let gaps = ended.fold((0, Span::ZERO), |(n, sum), span| (n + 1, sum + span));
        let floor_days = self.keep.policy.rules(camera, utc).map_or(0, |r| r.floor_days);
        let floor = zone.start_of(zone.day_of(utc).plus(-i64::from(floor_days)));
        let hours = self.store.hours(camera).ok()?;
        let under_hold = under_hold(&hours, camera, &self.keep.holds(), floor);
        Some(CameraFigures { held, under_hold, gaps })
    }

    fn box_figures(&mut self, utc: Utc) {
        self.keep.figures.segments = self.store.totals().segments;
        self.keep.figures.forecast = self.forecast(utc);
        let holds = self.keep.holds();
        let zone = self.zone().clone();
        let found = pending(&hours(&self.store), &self.keep.policy, &holds, utc, &zone);
        self.keep.figures.pending = found.map(|p| PendingEdit {
            takes_effect: p.takes_effect,
            text: format!(
                "{} h on {} will be deleted from {}, unless the figure is put back",
                super::report::thousands(p.hours.ceil() as u64),
                super::report::count(u64::from(p.cameras), "camera"),
                zone.show_near(p.takes_effect, utc)
            ),
            hours: p.hours,
            cameras: p.cameras,
        });
        let since = zone.day_of(utc).plus(-1);
        let days = self.store.deletion_days(since).unwrap_or_default();
        self.keep.figures.deleted = days
            .into_iter()
            .map(|d| DeletionDay {
                day: d.day,
                segments: d.segments,
                bytes: d.bytes,
                ceiling: d.ceiling,
                space: d.space,
                shortfall: d.shortfall,
            })
            .collect();
    }

    /// All writable disks together: cameras can be put on any of them (S0.20).
    fn forecast(&self, utc: Utc) -> Option<Forecast> {
        let space = self.disks.space(|total| self.keep.box_wide.keep_free(total, utc));
        let free = space.values().map(|s| s.free.saturating_sub(s.keep_free)).sum();
        let cameras = &self.keep.figures.cameras;
        // What a hold keeps makes no room, however old it is (S0.15, R1.23).
        let free_to_go = |c: &CameraFigures| c.held.bytes.saturating_sub(c.under_hold.0);
        let deletable: u64 = cameras.values().map(free_to_go).sum();
        let rate = |id: &CameraId, c: &CameraFigures| {
            let recorded = self.cameras.get(id).is_some_and(|c| c.recording());
            recorded.then_some(c.held.bytes_per_day.unwrap_or(0))
        };
        let bytes_per_day = cameras.iter().filter_map(|(id, c)| rate(id, c)).sum();
        let rules = cameras.keys().filter_map(|id| self.keep.policy.rules(id, utc));
        let floor_days = rules.map(|r| r.floor_days).max().unwrap_or(0);
        let past_floor = cameras
            .iter()
            .map(|(id, c)| {
                let floor = self.keep.policy.rules(id, utc).map_or(0, |r| r.floor_days);
                let inside = c.held.bytes_per_day.unwrap_or(0) * (u64::from(floor) + 1);
                c.held.bytes.saturating_sub(inside).saturating_sub(c.under_hold.1)
            })
            .sum();
        forecast(Load { free, deletable, past_floor, bytes_per_day, floor_days }, utc)
    }
}
