//! What must be true, kept beside the supervisor and written without its code: what it was told is
//! durable, who holds what, and which figures count when.

use std::collections::{BTreeMap, BTreeSet};

use beadle::base::clock::Mono;
use beadle::base::name::CameraId;
use beadle::base::time::{Day, Span, Utc, Zone};
use beadle::disk::fake::FakeDisk;
use beadle::disk::{Disk, Room};
use beadle::footage::{Hold, naming};
use beadle::segment::Told;

use super::site::Site;

/// What a writer told of one file: it has to be there from then on.
#[derive(Clone, Debug)]
pub struct Durable {
    pub camera: CameraId,
    pub start: Utc,
    pub end: Utc,
    pub frames: u32,
    pub bytes: u64,
    pub closed: bool,
}

/// Figures of a version of the file, from when it was accepted.
#[derive(Clone, Copy, Debug)]
struct Figures {
    accepted: Utc,
    floor: u32,
    ceiling: u32,
}

pub struct Model {
    zone: Zone,
    pub files: Vec<BTreeMap<String, Durable>>,
    pub holds: Vec<Hold>,
    versions: BTreeMap<CameraId, Vec<Figures>>,
    keep_free: Vec<(Utc, u32)>,
    when_full: Vec<(Utc, bool)>,
    wrongs: Vec<String>,
    /// Footage of a camera up to here was deleted by retention.
    pub trimmed: BTreeMap<CameraId, Utc>,
    /// Segments younger than their floor that were ordered to be deleted and must show as
    /// shortfall.
    pub shortfall: u64,
    /// Files ordered to go that nobody told of: a kill left them whole before their first news, and
    /// repair took them in. They may count as shortfall.
    pub untold: u64,
    pub deleted: u64,
    /// Inside its floor, and ordered to go.
    young: BTreeSet<(usize, String)>,
    /// Inside its floor and told deleted: when, and on which local day. Each has to be counted.
    pub short_told: Vec<(Mono, Day)>,
    /// Ordered to be deleted and not told deleted yet, since when.
    pub leaving: BTreeMap<(usize, String), Utc>,
    pub held_kept: u64,
    pub journals_gone: u64,
    /// The index is being made again: what it does not know cannot be preferred.
    pub index_partial: bool,
}

impl Model {
    pub fn new() -> Model {
        Model {
            zone: Zone::named("Europe/London").unwrap(),
            files: Vec::new(),
            holds: Vec::new(),
            versions: BTreeMap::new(),
            keep_free: Vec::new(),
            when_full: Vec::new(),
            wrongs: Vec::new(),
            trimmed: BTreeMap::new(),
            shortfall: 0,
            untold: 0,
            deleted: 0,
            young: BTreeSet::new(),
            short_told: Vec::new(),
            leaving: BTreeMap::new(),
            held_kept: 0,
            journals_gone: 0,
            index_partial: true,
        }
    }

    /// Something is not as it must be.
    pub fn wrong(&mut self, text: String) {
        self.wrongs.push(text);
    }

    pub fn wrongs(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wrongs)
    }

    pub fn accepted(&mut self, site: &Site, at: Utc) {
        for c in &site.cameras {
            let all = self.versions.entry(c.id.clone()).or_default();
            let new = Figures { accepted: at, floor: site.floor, ceiling: site.ceiling };
            let same = all.last().is_some_and(|l| (l.floor, l.ceiling) == (new.floor, new.ceiling));
            if !same {
                all.push(new);
            }
        }
        if self.keep_free.last().is_none_or(|l| l.1 != site.keep_free) {
            self.keep_free.push((at, site.keep_free));
        }
        if self.when_full.last().is_none_or(|l| l.1 != site.stop_when_full) {
            self.when_full.push((at, site.stop_when_full));
        }
    }

    /// Longest floor and ceiling of the versions that still count: the newest, and those replaced
    /// less than 24 hours ago.
    fn figures(&self, camera: &CameraId, now: Utc) -> Option<(u32, u32)> {
        let all = self.versions.get(camera)?;
        let counts = |i: usize| i + 1 == all.len() || now < all[i + 1].accepted + Span::hours(24);
        let counting = (0..all.len()).filter(|i| counts(*i)).map(|i| all[i]);
        counting.fold(None, |most: Option<(u32, u32)>, f| {
            let (a, b) = most.unwrap_or_default();
            Some((a.max(f.floor), b.max(f.ceiling)))
        })
    }

    fn counting<T: Copy>(all: &[(Utc, T)], now: Utc) -> Vec<T> {
        let counts = |i: usize| i + 1 == all.len() || now < all[i + 1].0 + Span::hours(24);
        (0..all.len()).filter(|i| counts(*i)).map(|i| all[i].1).collect()
    }

    /// The midnight that ends the day so many days after that moment's.
    fn until(&self, at: Utc, days: u32) -> Utc {
        self.zone.end_of(self.zone.day_of(at).plus(i64::from(days)))
    }

    pub fn held(&self, d: &Durable) -> bool {
        self.holds.iter().any(|h| h.covers(&d.camera, d.start, d.end))
    }

    /// When footage has to be gone; `None` while held or nobody ever said.
    pub fn overdue_since(&self, d: &Durable, now: Utc) -> Option<Utc> {
        let (_, ceiling) = self.figures(&d.camera, now)?;
        let expires = self.until(d.start, ceiling);
        (!self.held(d) && now >= expires).then_some(expires)
    }

    pub fn hear(&mut self, shelf: usize, told: &Told, mono: Mono, now: Utc) {
        match told {
            Told::Opened { segment, .. } | Told::Closed { segment, .. } => {
                let durable = Durable {
                    camera: segment.camera.clone(),
                    start: segment.start,
                    end: segment.end,
                    frames: segment.frames,
                    bytes: segment.bytes,
                    closed: !segment.is_open(),
                };
                self.files[shelf].insert(segment.path.clone(), durable);
            }
            Told::Tick { progress, .. } => {
                for p in progress {
                    if let Some(d) = self.files[shelf].get_mut(&p.path) {
                        (d.end, d.frames, d.bytes) = (p.end, p.frames, p.bytes);
                    }
                }
            }
            Told::Deleted { paths } => {
                for path in paths {
                    self.leaving.remove(&(shelf, path.clone()));
                    if self.young.remove(&(shelf, path.clone())) {
                        self.short_told.push((mono, self.zone.day_of(now)));
                    }
                }
            }
            Told::Hole { camera, from, to, reason } if to < from => {
                self.wrong(format!("{camera}: a hole from {from} back to {to} ({reason:?})"));
            }
            _ => {}
        }
    }

    /// The machine died: what was told within the last minute may not be in a journal yet.
    pub fn forget_counts(&mut self, after: Mono) {
        self.short_told.retain(|(at, _)| *at < after);
    }

    pub fn day_of(&self, at: Utc) -> Day {
        self.zone.day_of(at)
    }

    /// How many have to be counted for each day, of those told until then.
    pub fn short_by_day(&self, until: Mono) -> BTreeMap<Day, u64> {
        let mut days = BTreeMap::new();
        for (_, day) in self.short_told.iter().filter(|(at, _)| *at < until) {
            *days.entry(*day).or_default() += 1;
        }
        days
    }

    /// The youngest closed file on this disk, held or not.
    pub fn any(&self, shelf: usize, held: bool) -> Option<String> {
        let fits = self.files[shelf].iter().filter(|(_, d)| d.closed && self.held(d) == held);
        fits.max_by_key(|(_, d)| d.start).map(|(path, _)| path.clone())
    }

    /// A journal goes only when no disk that is there has footage of its day or of the days beside
    /// it, and what it leaves behind is on its disk.
    pub fn judge_journals(&mut self, mounted: &[usize], disk: &FakeDisk, paths: &[String]) {
        let day_of = |p: &String| -> Option<Day> {
            p.strip_prefix(".beadle/journal/")?.strip_suffix(".log")?.parse().ok()
        };
        for day in paths.iter().filter_map(day_of) {
            self.journals_gone += 1;
            let beside = |d: &Durable| (d.start.utc_day().since(day)).abs() <= 1;
            if mounted.iter().any(|n| self.files[*n].values().any(beside)) {
                self.wrong(format!("the journal of {day} goes, and footage beside it stays"));
            }
            if disk.size(".beadle/journal/before.log").is_err() {
                self.wrong(format!("the journal of {day} goes, and nothing says what it said"));
            }
        }
    }

    /// What is known of a file that is ordered to go; one that nobody told of is counted.
    fn taken(&mut self, shelf: usize, disk: &FakeDisk, path: &str) -> Option<Durable> {
        let known = self.files[shelf].remove(path);
        let footage = naming::parse(path).is_some();
        self.untold += u64::from(known.is_none() && footage && disk.size(path).is_ok());
        known
    }

    /// An order to delete, before it is obeyed: is every file of it one that may go?
    pub fn judge_deletion(&mut self, shelf: usize, disk: &FakeDisk, paths: &[String], now: Utc) {
        let Ok(Room { total, free }) = disk.room() else { return };
        let keep_free = Model::counting(&self.keep_free, now).into_iter().min().unwrap_or(0);
        let keep_free = total * u64::from(keep_free) / 100;
        let stop = Model::counting(&self.when_full, now).contains(&true);
        let (mut for_space, mut young): (Vec<Durable>, Vec<Durable>) = (vec![], vec![]);
        let mut young_paths = Vec::new();
        let (mut back, ordered) = (0, paths.iter().collect::<BTreeSet<_>>());
        for path in paths {
            let Some(d) = self.taken(shelf, disk, path) else { continue };
            self.deleted += 1;
            self.leaving.insert((shelf, path.clone()), now);
            let until = self.trimmed.entry(d.camera.clone()).or_insert(d.end);
            *until = (*until).max(d.end);
            if self.held(&d) {
                self.wrong(format!("held footage is to be deleted: {path}"));
            }
            let Some((floor, ceiling)) = self.figures(&d.camera, now) else {
                self.wrong(format!(
                    "{path} is to be deleted, though no file ever named its camera"
                ));
                continue;
            };
            if now >= self.until(d.start, ceiling) {
                back += d.bytes;
            } else if now >= self.until(Utc(d.end.0 - 1), floor) {
                for_space.push(d);
            } else {
                young_paths.push((shelf, path.clone()));
                young.push(d);
            }
        }
        self.young.extend(young_paths);
        let mut room = free + back;
        for d in &for_space {
            if room >= keep_free {
                self.wrong(format!(
                    "{} {} is deleted for space, and {room} of {keep_free} bytes are free",
                    d.camera, d.start
                ));
                break;
            }
            room += d.bytes;
        }
        let reserve = keep_free / 2;
        for d in &young {
            let (id, start) = (&d.camera, d.start);
            if room >= reserve {
                let text = format!("{id} {start} is inside its floor and deleted with room left");
                self.wrong(format!("{text}: {room} of {reserve} bytes"));
                break;
            }
            if stop {
                self.wrong(format!("{id} {start} is inside its floor; when-full says stop"));
                break;
            }
            room += d.bytes;
        }
        if young.is_empty() {
            return;
        }
        self.shortfall += young.len() as u64;
        self.nothing_else_could_go(shelf, &ordered, now);
    }

    fn nothing_else_could_go(&mut self, shelf: usize, ordered: &BTreeSet<&String>, now: Utc) {
        let past = |(p, d): &(&String, &Durable)| {
            let floor = self.figures(&d.camera, now).map(|f| f.0);
            let old = floor.is_some_and(|f| now >= self.until(Utc(d.end.0 - 1), f));
            d.closed && old && !self.held(d) && !ordered.contains(p)
        };
        if let Some((path, _)) = self.files[shelf].iter().find(past).filter(|_| !self.index_partial)
        {
            let path = path.clone();
            self.wrong(format!("footage inside its floor goes while {path} could"));
        }
    }

    /// Everything told durable is on the disk, whatever happened to it.
    pub fn compare(&mut self, shelf: usize, disk: &FakeDisk) {
        let sizes = disk.sizes();
        let mut lost = Vec::new();
        for (path, d) in &self.files[shelf] {
            match sizes.get(path) {
                Some(bytes) if *bytes >= d.bytes => {}
                Some(bytes) if !d.closed => {
                    // Cut and closed anew by repair: it may only lose what was never promised.
                    lost.push(format!("{path} has {bytes} bytes of {} told durable", d.bytes));
                }
                Some(bytes) => lost.push(format!("{path} shrank from {} to {bytes}", d.bytes)),
                None => lost.push(format!("{path} is gone, and nobody ordered that")),
            }
            self.held_kept += u64::from(self.held(d));
        }
        let shown = lost.len().min(3);
        lost.drain(shown..);
        self.wrongs.extend(lost);
        for path in sizes
            .keys()
            .filter(|p| !self.files[shelf].contains_key(*p) && naming::parse(p).is_none())
        {
            let known = path.ends_with("INDEX") || path.starts_with(".beadle");
            if !known && path != beadle::disk::identity::IDENTITY_FILE {
                self.wrongs.push(format!("{path} is no file of ours"));
            }
        }
    }
}
