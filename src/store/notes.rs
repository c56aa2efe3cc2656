//! Gaps, clock offsets, holds, days of deletion: rows that repeat what the files of
//! `footage/journal.rs` say.

use rusqlite::{Row, params};

use super::{Store, fault};
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::footage::journal::{Entry, StoredHold, to_millis};
use crate::footage::retention::DayCounts;
use crate::footage::{Gap, GapReason, Hold};

/// The end of an open gap: so late that one range over ends finds open and lasting ones.
const OPEN_END: i64 = i64::MAX;

fn reason_text(reason: GapReason) -> Result<String, Fault> {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Fault::new(FaultKind::Corrupt, "a gap's reason has no name")),
    }
}

impl Store {
    /// A camera stops giving footage. An open gap with the same reason goes on; with another it
    /// ends here. What is to be written into the journals, in order.
    pub fn gap_begin(
        &mut self,
        camera: &CameraId,
        start: Utc,
        reason: GapReason,
    ) -> Result<Vec<Gap>, Fault> {
        let start = to_millis(start);
        let mut out = Vec::new();
        if let Some(open) = self.open_gap(camera)? {
            if open.reason == reason || start < open.start {
                return Ok(out);
            }
            if start > open.start {
                out.extend(self.gap_end(camera, start)?);
            }
        }
        let gap = Gap { camera: camera.clone(), start, end: None, reason };
        self.gap_write(&gap)?;
        out.push(gap);
        Ok(out)
    }

    /// Footage again. The ended gap for the journals, or `None` when none was open. An end before
    /// the start (the clock stepped back) makes a gap without length.
    pub fn gap_end(&mut self, camera: &CameraId, end: Utc) -> Result<Option<Gap>, Fault> {
        let Some(mut gap) = self.open_gap(camera)? else {
            return Ok(None);
        };
        gap.end = Some(to_millis(end).max(gap.start));
        self.gap_write(&gap)?;
        Ok(Some(gap))
    }

    /// A gap told after the fact, or read from a journal. Of two records with one start, an end
    /// beats none and a reason beats `unknown`.
    pub fn gap_add(&mut self, gap: &Gap) -> Result<(), Fault> {
        let mut gap = gap.clone();
        gap.start = to_millis(gap.start);
        gap.end = gap.end.map(|end| to_millis(end).max(gap.start));
        if let Some(old) = self.gap_at(&gap.camera, gap.start)? {
            gap.end = gap.end.or(old.end);
            if gap.reason == GapReason::Unknown {
                gap.reason = old.reason;
            }
        }
        self.gap_write(&gap)
    }

    fn gap_write(&mut self, gap: &Gap) -> Result<(), Fault> {
        let camera = self.names.add_camera(&self.db, &gap.camera)?;
        let end = gap.end.map_or(OPEN_END, |e| e.0);
        let reason = reason_text(gap.reason)?;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO gap VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut q| q.execute(params![camera, gap.start.0, end, reason]))
            .map_err(fault("writing a gap"))?;
        Ok(())
    }

    fn gap_at(&self, camera: &CameraId, start: Utc) -> Result<Option<Gap>, Fault> {
        let sql = "SELECT start, end, reason FROM gap WHERE camera = ?1 AND start = ?2";
        let Some(id) = self.names.camera(camera) else {
            return Ok(None);
        };
        Ok(self.gap_rows(camera, sql, params![id, start.0], 1)?.pop())
    }

    fn open_gap(&self, camera: &CameraId) -> Result<Option<Gap>, Fault> {
        let sql = "SELECT start, end, reason FROM gap WHERE camera = ?1 AND end = ?2
                   ORDER BY start DESC";
        let Some(id) = self.names.camera(camera) else {
            return Ok(None);
        };
        Ok(self.gap_rows(camera, sql, params![id, OPEN_END], 1)?.pop())
    }

    /// Gaps that last.
    pub fn open_gaps(&self) -> Result<Vec<Gap>, Fault> {
        let mut out = Vec::new();
        for (camera, _) in self.names.cameras() {
            out.extend(self.open_gap(&camera)?);
        }
        Ok(out)
    }

    /// Gaps that touch `from..to`, by camera name and end, lasting ones last; at most `limit`.
    pub fn gaps(
        &self,
        camera: Option<&CameraId>,
        from: Utc,
        to: Utc,
        limit: usize,
    ) -> Result<Vec<Gap>, Fault> {
        let sql = "SELECT start, end, reason FROM gap WHERE camera = ?1 AND end > ?2
                   AND start < ?3 ORDER BY end, start";
        let mut out = Vec::new();
        for (name, id) in self.names.cameras() {
            if camera.is_none_or(|wanted| *wanted == name) {
                let left = limit - out.len();
                let found = self.gap_rows(&name, sql, params![id, from.0, to.0], left)?;
                out.extend(found);
            }
        }
        Ok(out)
    }

    /// Forgets ended gaps that ended before the footage they lie in was deleted.
    pub fn gaps_forget(&mut self, camera: &CameraId, before: Utc) -> Result<(), Fault> {
        let Some(id) = self.names.camera(camera) else {
            return Ok(());
        };
        self.db
            .execute("DELETE FROM gap WHERE camera = ?1 AND end < ?2", [id, before.0])
            .map_err(fault("forgetting gaps"))?;
        Ok(())
    }

    fn gap_rows(
        &self,
        camera: &CameraId,
        sql: &str,
        params: impl rusqlite::Params,
        limit: usize,
    ) -> Result<Vec<Gap>, Fault> {
        let doing = "reading gaps";
        let mut query = self.db.prepare_cached(sql).map_err(fault(doing))?;
        let read = |r: &Row| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?, r.get::<_, String>(2)?));
        let rows = query.query_map(params, read).map_err(fault(doing))?;
        let mut out = Vec::new();
        for row in rows.take(limit) {
            let (start, end, reason) = row.map_err(fault(doing))?;
            let reason = serde_json::from_value(serde_json::Value::String(reason))
                .map_err(|e| Fault::new(FaultKind::Corrupt, format!("footage index: {e}")))?;
            let end = (end != OPEN_END).then_some(Utc(end));
            out.push(Gap { camera: camera.clone(), start: Utc(start), end, reason });
        }
        Ok(out)
    }

    /// A camera's clock minus ours at a moment.
    pub fn offset_add(&mut self, camera: &CameraId, at: Utc, millis: i64) -> Result<(), Fault> {
        let id = self.names.add_camera(&self.db, camera)?;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO clock_offset VALUES (?1, ?2, ?3)")
            .and_then(|mut q| q.execute([id, to_millis(at).0, millis]))
            .map_err(fault("writing a clock offset"))?;
        Ok(())
    }

    /// Offsets that hold anywhere in `from..to`: the last one before it, and those in it.
    pub fn offsets(&self, camera: &CameraId, from: Utc, to: Utc) -> Result<Vec<(Utc, i64)>, Fault> {
        let Some(id) = self.names.camera(camera) else {
            return Ok(vec![]);
        };
        let doing = "reading clock offsets";
        let mut query = self
            .db
            .prepare_cached(
                "SELECT at, millis FROM clock_offset WHERE camera = ?1 AND at < ?3
                   AND at >= coalesce((SELECT max(at) FROM clock_offset
                                       WHERE camera = ?1 AND at <= ?2), ?2)
                 ORDER BY at",
            )
            .map_err(fault(doing))?;
        let rows = query
            .query_map([id, from.0, to.0], |r| Ok((Utc(r.get(0)?), r.get(1)?)))
            .map_err(fault(doing))?;
        rows.collect::<Result<_, _>>().map_err(fault(doing))
    }

    /// Places or changes a hold: the stored form with its new version, for the file of holds.
    ///
    /// The caller then writes [`Store::stored_holds`] to every disk and answers the person only
    /// when one has it. A crash between leaves a hold that the index alone knows: it keeps footage,
    /// and is written at the next start.
    pub fn hold_put(&mut self, hold: &Hold) -> Result<StoredHold, Fault> {
        let mut hold = hold.clone();
        hold.start = to_millis(hold.start);
        // Rounded up: a hold never keeps less than was asked.
        hold.end = to_millis(hold.end + Span::micros(999));
        hold.placed = to_millis(hold.placed);
        hold.review = to_millis(hold.review);
        hold.ended = hold.ended.map(to_millis);
        let before = self.stored_holds()?.into_iter().find(|h| h.hold.id == hold.id);
        let version = before.map_or(1, |h| h.version + 1);
        let stored = StoredHold { version, hold };
        self.holds_write(std::slice::from_ref(&stored))?;
        Ok(stored)
    }

    /// Takes what [`crate::footage::journal::merge_holds`] found; a higher version here stays. With
    /// `certain` the holds here count as all there are from now on (invariant 7).
    pub fn holds_merge(
        &mut self,
        found: &[StoredHold],
        certain: bool,
        now: Utc,
    ) -> Result<(), Fault> {
        self.holds_write(found)?;
        if certain {
            self.note_fact("holds", now)?;
        }
        Ok(())
    }

    fn holds_write(&mut self, holds: &[StoredHold]) -> Result<(), Fault> {
        let doing = "writing holds";
        let tx = self.db.unchecked_transaction().map_err(fault(doing))?;
        for h in holds {
            let body = serde_json::to_string(h)
                .map_err(|e| Fault::new(FaultKind::Corrupt, format!("hold {}: {e}", h.hold.id)))?;
            tx.execute(
                "INSERT INTO hold VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
                 SET version = excluded.version, body = excluded.body
                 WHERE excluded.version > version",
                params![h.hold.id, h.version, body],
            )
            .map_err(fault(doing))?;
        }
        tx.commit().map_err(fault(doing))
    }

    /// All holds with their versions, ended ones too, by id: the content of the file of holds.
    pub fn stored_holds(&self) -> Result<Vec<StoredHold>, Fault> {
        let doing = "reading holds";
        let mut query =
            self.db.prepare_cached("SELECT body FROM hold ORDER BY id").map_err(fault(doing))?;
        let rows = query.query_map([], |r| r.get::<_, String>(0)).map_err(fault(doing))?;
        let mut out = Vec::new();
        for row in rows {
            let body = row.map_err(fault(doing))?;
            out.push(serde_json::from_str(&body).map_err(|e| {
                Fault::new(FaultKind::Corrupt, format!("footage index, a hold: {e}"))
            })?);
        }
        Ok(out)
    }

    /// All holds, ended ones too.
    pub fn holds(&self) -> Result<Vec<Hold>, Fault> {
        Ok(self.stored_holds()?.into_iter().map(|h| h.hold).collect())
    }

    /// What the index remembers for `merge_holds`: `None` until it knew all once (invariant 7).
    pub fn holds_cache(&self) -> Result<Option<Vec<StoredHold>>, Fault> {
        Ok(match self.fact("holds")? {
            Some(_) => Some(self.stored_holds()?),
            None => None,
        })
    }

    /// `H-2026-0007`: one more than the highest of that year; ended holds stay, so no number comes
    /// twice.
    pub fn next_hold_id(&self, year: i16) -> Result<String, Fault> {
        let prefix = format!("H-{year}-");
        let holds = self.holds()?;
        let used = holds.iter().filter_map(|h| h.id.strip_prefix(&prefix)?.parse::<u32>().ok());
        Ok(format!("{prefix}{:04}", used.max().unwrap_or(0) + 1))
    }

    /// Adds to a day of deletion; the new sum, for the journals.
    pub fn deletion_day_add(&mut self, counts: &DayCounts) -> Result<DayCounts, Fault> {
        let found = self.deletion_days(counts.day)?.into_iter().find(|d| d.day == counts.day);
        let old = found.unwrap_or(DayCounts::new(counts.day));
        let sum = DayCounts {
            day: counts.day,
            segments: old.segments + counts.segments,
            bytes: old.bytes + counts.bytes,
            ceiling: old.ceiling + counts.ceiling,
            space: old.space + counts.space,
            shortfall: old.shortfall + counts.shortfall,
        };
        self.deletion_day_put(&sum)?;
        Ok(sum)
    }

    /// Takes a sum as a journal tells it; of several for one day the largest counts, for sums only
    /// grow.
    pub fn deletion_day_put(&mut self, d: &DayCounts) -> Result<(), Fault> {
        let (segments, bytes) = (d.segments as i64, d.bytes as i64);
        let (ceiling, space, short) = (d.ceiling as i64, d.space as i64, d.shortfall as i64);
        self.db
            .execute(
                "INSERT INTO deletion VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE
                 SET segments = excluded.segments, bytes = excluded.bytes,
                   ceiling = excluded.ceiling, space = excluded.space,
                   shortfall = excluded.shortfall
                 WHERE excluded.segments > segments",
                params![d.day.to_string(), segments, bytes, ceiling, space, short],
            )
            .map_err(fault("writing a day of deletion"))?;
        Ok(())
    }

    /// Days of deletion from `from` on, ascending.
    pub fn deletion_days(&self, from: Day) -> Result<Vec<DayCounts>, Fault> {
        let doing = "reading days of deletion";
        let mut query = self
            .db
            .prepare_cached("SELECT * FROM deletion WHERE day >= ?1 ORDER BY day")
            .map_err(fault(doing))?;
        let read = |r: &Row| -> rusqlite::Result<(String, [i64; 5])> {
            Ok((r.get(0)?, [r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?]))
        };
        let rows = query.query_map([from.to_string()], read).map_err(fault(doing))?;
        let mut out = Vec::new();
        for row in rows {
            let (day, [segments, bytes, ceiling, space, shortfall]) = row.map_err(fault(doing))?;
            let day = day.parse().map_err(|why: String| Fault::new(FaultKind::Corrupt, why))?;
            out.push(DayCounts {
                day,
                segments: segments as u64,
                bytes: bytes as u64,
                ceiling: ceiling as u64,
                space: space as u64,
                shortfall: shortfall as u64,
            });
        }
        Ok(out)
    }

    /// Retention deleted this camera's unheld footage up to `until`; never runs back.
    pub fn trimmed_put(&mut self, camera: &CameraId, until: Utc) -> Result<(), Fault> {
        let id = self.names.add_camera(&self.db, camera)?;
        self.db
            .execute(
                "INSERT INTO trimmed VALUES (?1, ?2) ON CONFLICT DO UPDATE
                 SET until = max(until, excluded.until)",
                [id, until.0],
            )
            .map_err(fault("noting what was deleted"))?;
        Ok(())
    }

    pub fn trimmed(&self, camera: &CameraId) -> Result<Option<Utc>, Fault> {
        let Some(id) = self.names.camera(camera) else {
            return Ok(None);
        };
        let doing = "reading what was deleted";
        let mut query = self
            .db
            .prepare_cached("SELECT until FROM trimmed WHERE camera = ?1")
            .map_err(fault(doing))?;
        let mut rows = query.query([id]).map_err(fault(doing))?;
        let row = rows.next().map_err(fault(doing))?;
        row.map(|r| r.get(0).map(Utc)).transpose().map_err(fault(doing))
    }

    /// One line of a journal. A segment's digest is what its folder's `INDEX` says too, and that is
    /// read by the comparison of folders; here it is passed over.
    pub fn recall(&mut self, entry: &Entry) -> Result<(), Fault> {
        match entry {
            Entry::Gap(gap) => self.gap_add(gap),
            Entry::Offset { camera, at, offset_ms } => self.offset_add(camera, *at, *offset_ms),
            Entry::Deleted(counts) => self.deletion_day_put(counts),
            Entry::Trimmed { camera, until } => self.trimmed_put(camera, *until),
            Entry::Segment(_) => Ok(()),
        }
    }
}
