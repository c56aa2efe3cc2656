//! What the machine enters by itself (R4.6): starts, stops, clock steps, versions of the file,
//! disks, alarms and their end, days of deletion, and the hourly heartbeat.

use std::collections::BTreeMap;

use super::super::Supervisor;
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::limits::{HEARTBEAT_SEGMENTS_MAX, HEARTBEAT_SPAN};
use crate::base::name::DiskId;
use crate::base::time::Utc;
use crate::footage::Segment;
use crate::logbook::fields as f;
use crate::logbook::heartbeat::{self, DiskState};
use crate::logbook::registers::Clocks;
use crate::logbook::{Act, Body, ClockState, Draft, Entry, Kind, Number, Value};
use crate::wire::Level;

/// Fields of an entry, from pairs.
pub(super) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> BTreeMap<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

pub(super) fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

pub(super) fn number(value: u64) -> Value {
    Value::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Days of deletion that are looked for in the index when the logbook knows of none.
const DELETION_DAYS_BACK: i64 = 40;

/// Of an alarm whose entry is owed: its number is not known yet.
const OWED: Number = Number::MAX;

/// What the next heartbeat will say (R5.6).
#[derive(Default)]
pub(super) struct Beat {
    pub due: Mono,
    closed: Vec<(String, Digest)>,
}

impl super::Office {
    /// What the machine has to know again after a restart: alarms that last, the last day of
    /// deletion that was entered, what was picked for the random check, when the clock was kept
    /// right.
    pub(super) fn remember(&mut self, entry: &Entry) {
        if entry.header.clock == ClockState::Synced {
            self.synced = self.synced.max(Some(entry.header.at));
        }
        if entry.header.kind == Kind::DeletionDay {
            let day = entry.body.as_ref().and_then(|b| b.fields.get(f::DAY));
            let day = day.and_then(Value::text).and_then(|day| day.parse().ok());
            self.deletions = self.deletions.max(day);
        }
        self.remember_pick(entry);
        self.counter.remember(entry);
        self.ended.remember(entry);
        if entry.header.kind != Kind::Alarm {
            return;
        }
        let key = entry.body.as_ref().and_then(|b| match b.fields.get(f::ALARM)? {
            Value::Text(key) => Some(key.clone()),
            _ => None,
        });
        match (entry.header.act, key) {
            (Act::Open, Some(key)) => drop(self.alarms.insert(key, entry.number)),
            (Act::Close, Some(key)) => drop(self.alarms.remove(&key)),
            _ => {}
        }
    }
}

impl Supervisor {
    /// A draft of the machine's own, of this moment.
    pub(super) fn draft(&self, kind: Kind, act: Act, about: Option<Number>, body: Body) -> Draft {
        let (_, at) = self.now();
        Draft { at, clock: self.clock_state, kind, act, about, body }
    }

    /// One entry of the machine with these fields, and its number unless it is owed.
    pub(in crate::supervisor) fn note_fields<const N: usize>(
        &mut self,
        kind: Kind,
        pairs: [(&str, Value); N],
    ) -> Option<Number> {
        let body = Body { fields: fields(pairs), ..Body::default() };
        let draft = self.draft(kind, Act::Open, None, body);
        self.note(draft)
    }

    /// All that the office does by itself. Returns when it has to be called again at the latest.
    pub(in crate::supervisor) fn keep_office(&mut self) -> Mono {
        let (now, _) = self.now();
        let mut wake = self.office.beat.due;
        match self.office.read_on(&Clocks::of(&self.file.config)) {
            Ok(true) => wake = now,
            Ok(false) => {}
            Err(fault) => self.office.blind = Some(fault.text),
        }
        self.pay();
        self.turn_sessions();
        self.note_alarms();
        self.turn_updates();
        if now >= self.office.beat.due {
            self.beat();
        }
        if self.office.is_read() {
            self.compare_counter();
            self.judge_the_file();
            self.note_missed();
            self.note_deletion_days();
            self.look_at_waiting();
            self.settle_waits();
            if let Some(due) = self.look_at_trial() {
                wake = wake.min(due);
            }
            self.look_at_contracts();
            self.turn_exports();
            self.look_at_signs();
            self.certify_ended_holds();
            wake = wake.min(self.sweep_when_due());
        }
        wake = self.turn_looks().map_or(wake, |next| wake.min(next));
        if self.replicate() {
            wake = now;
        }
        wake.min(self.office.beat.due)
    }

    /// A closed segment will stand in the next heartbeat.
    pub(in crate::supervisor) fn closed_segment(&mut self, segment: &Segment) {
        let closed = &mut self.office.beat.closed;
        if let Some(digest) = segment.digest
            && closed.len() < HEARTBEAT_SEGMENTS_MAX
        {
            closed.push((segment.path.clone(), digest));
        }
    }

    fn beat(&mut self) {
        let (now, _) = self.now();
        let disks = self.disks.units.iter().filter(|u| u.writer).filter_map(|u| {
            let name = u.id.as_ref()?.to_string();
            Some(DiskState { name, free: u.room.free, total: u.room.total })
        });
        let disks: Vec<_> = disks.collect();
        let closed = std::mem::take(&mut self.office.beat.closed);
        let counter = self.step_counter();
        let fields = heartbeat::fields(&closed, &disks, counter);
        let body = Body { fields, ..Body::default() };
        let draft = self.draft(Kind::Heartbeat, Act::Open, None, body);
        self.note(draft);
        self.office.beat.due = now + HEARTBEAT_SPAN;
        if let Ok(ledger) = &mut self.office.ledger {
            // A reserve that cannot be filled now is filled within the next hours.
            let _ = ledger.refill_reserve();
        }
    }

    /// The last entry of a run that was meant to end.
    pub(in crate::supervisor) fn note_stop(&mut self) {
        self.beat();
        self.note_fields(Kind::Stopped, []);
    }

    /// How the run before ended, and what runs now: the first entry of a run, before anything that
    /// it has to say. What cannot be written is owed, in this order; nothing waits for it.
    pub(in crate::supervisor) fn note_start(&mut self, before: &str) {
        let first = self.office.size() == 0;
        let key = self.office.ledger.as_ref().map(|l| l.identity().fingerprint());
        self.note_fields(
            Kind::Started,
            [
                (f::BEFORE, text(before)),
                (f::VERSION, text(env!("CARGO_PKG_VERSION"))),
                (f::KEY, text(key.unwrap_or_default())),
                (f::FILE, text(&self.file.record.digest)),
                (f::REVISION, number(self.file.record.revision)),
            ],
        );
        for what in std::mem::take(&mut self.office.restored) {
            let body = Body { outcome: Some(what), ..Body::default() };
            let draft = self.draft(Kind::Restored, Act::Open, None, body);
            self.note(draft);
        }
        if first {
            self.note_change(None, &[]);
        }
        self.note_changed_secrets();
    }

    /// A file that was saved while the logbook could not be asked.
    fn judge_the_file(&mut self) {
        if let Some(look) = self.unjudged.take() {
            self.read_file(look);
        }
    }

    /// May a new version be judged: is it known who is enrolled, and what was approved?
    pub(in crate::supervisor) fn may_judge(&self) -> bool {
        self.office.accounts.is_empty() || self.office.is_read()
    }

    pub(in crate::supervisor) fn note_clock_step(&mut self, was: Utc, is: Utc) {
        self.note_fields(Kind::ClockStep, [(f::BEFORE, text(was)), (f::AFTER, text(is))]);
    }

    pub(in crate::supervisor) fn note_disk(&mut self, disk: &DiskId, what: &str) {
        self.note_fields(Kind::Disk, [(f::DISK, text(disk)), (f::WHAT, text(what))]);
    }

    /// One entry a day of deletion, when the day is over (S0.19), and one more where the floor was
    /// broken on it (S1.25).
    fn note_deletion_days(&mut self) {
        let (_, utc) = self.now();
        let today = self.zone().day_of(utc);
        let from = self.office.deletions.map_or(today.plus(-DELETION_DAYS_BACK), |d| d.plus(1));
        if from >= today {
            return;
        }
        // The index is a cache: where it fails, it is made again and asked with the next turn.
        let Some(days) = self.index(|store| store.deletion_days(from)) else { return };
        let policy = self.file.config.retention.when_full.value;
        for day in days.into_iter().filter(|d| d.day >= from && d.day < today) {
            self.note_fields(
                Kind::DeletionDay,
                [
                    (f::DAY, text(day.day)),
                    (f::SEGMENTS, number(day.segments)),
                    (f::BYTES, number(day.bytes)),
                    (f::CEILING, number(day.ceiling)),
                    (f::SPACE, number(day.space)),
                    (f::SHORTFALL, number(day.shortfall)),
                ],
            );
            if day.shortfall > 0 {
                self.note_fields(
                    Kind::Shortfall,
                    [
                        (f::DAY, text(day.day)),
                        (f::SEGMENTS, number(day.shortfall)),
                        (f::POLICY, text(policy)),
                    ],
                );
            }
        }
        self.office.deletions = Some(today.plus(-1));
    }

    /// An alarm that began is opened, one that is over is closed; its text of the first moment
    /// stands.
    fn note_alarms(&mut self) {
        if !self.office.is_read() {
            return;
        }
        let lasting = self.lasting();
        let over: Vec<(String, Number)> = self
            .office
            .alarms
            .iter()
            .filter(|(key, _)| !lasting.contains_key(*key))
            .map(|(key, number)| (key.clone(), *number))
            .collect();
        for (key, about) in over {
            let body = Body { fields: fields([(f::ALARM, text(&key))]), ..Body::default() };
            let about = Some(about).filter(|about| *about != OWED);
            let draft = self.draft(Kind::Alarm, Act::Close, about, body);
            self.office.alarms.remove(&key);
            self.note(draft);
        }
        for (key, (level, what)) in lasting {
            if self.office.alarms.contains_key(&key) {
                continue;
            }
            let pairs =
                [(f::ALARM, text(&key)), (f::LEVEL, text(word(level))), (f::WHAT, text(&what))];
            // Its number comes with the entry itself.
            self.office.alarms.insert(key, OWED);
            self.note_fields(Kind::Alarm, pairs);
        }
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Ok => "ok",
        Level::Notice => "notice",
        Level::Warning => "warning",
        Level::Fault => "fault",
    }
}
