//! Rows of files: opened, closed, adopted, removed; a row as a segment.

use rusqlite::{Connection, Row, params};

use super::names::{derived_path, parse_path};
use super::{Open, Store, fault};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::name::DiskId;
use crate::base::time::{Span, Utc};
use crate::footage::{Codec, Segment};

/// Everything closed that the index knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    pub segments: u64,
    pub bytes: u64,
}

/// A change of [`Totals`], applied after the commit.
#[derive(Default)]
pub(super) struct Delta {
    pub segments: i64,
    pub bytes: i64,
}

pub(super) const COLUMNS: &str = "camera, start, disk, path, span, frames, bytes, codec, digest";
pub(super) const START_BITS: u32 = 52;

/// A row's whole key.
pub(super) struct Key {
    pub camera: i64,
    pub start: i64,
    pub disk: i64,
    pub path: String,
}

impl Store {
    pub(super) fn load_open(&mut self) -> Result<(), Fault> {
        let sql = format!("SELECT {COLUMNS} FROM segment WHERE digest IS NULL");
        for segment in self.rows(&sql, [], usize::MAX)? {
            let key = (segment.disk.clone(), segment.path.clone());
            self.open.insert(key, Open { segment, ours: false });
        }
        Ok(())
    }

    /// A segment began and its first fragment is durable. The same segment twice is one row.
    pub fn opened(&mut self, s: &Segment) -> Result<(), Fault> {
        self.put_all(std::slice::from_ref(s))?;
        if s.is_open() {
            let open = Open { segment: s.clone(), ours: true };
            self.open.insert((s.disk.clone(), s.path.clone()), open);
        }
        Ok(())
    }

    /// What became durable of open segments: disk, path, end, frames, bytes. Touches memory only
    /// (invariant 4); a segment that is not open is left alone.
    pub fn progress(&mut self, told: &[(DiskId, String, Utc, u32, u64)]) -> Result<(), Fault> {
        for (disk, path, end, frames, bytes) in told {
            if let Some(open) = self.open.get_mut(&(disk.clone(), path.clone())) {
                let s = &mut open.segment;
                (s.end, s.frames, s.bytes) = (*end, *frames, *bytes);
            }
        }
        Ok(())
    }

    /// A segment has its trailer and `INDEX` line. Works without an `opened` before (repair).
    pub fn closed(&mut self, s: &Segment) -> Result<(), Fault> {
        self.put_all(std::slice::from_ref(s))
    }

    /// Rows found by a rebuild: inserted, or corrected. How many were not there before. A file
    /// whose start is before 1970 or after 2112 says nothing true about itself and is passed over.
    pub fn adopt(&mut self, segments: &[Segment]) -> Result<u64, Fault> {
        let before = self.totals.segments + self.open.len() as u64;
        let sane = |s: &&Segment| (0..1 << START_BITS).contains(&s.start.0);
        let sane: Vec<Segment> = segments.iter().filter(sane).cloned().collect();
        self.put_all(&sane)?;
        Ok((self.totals.segments + self.open.len() as u64).saturating_sub(before))
    }

    fn put_all(&mut self, segments: &[Segment]) -> Result<(), Fault> {
        let mut keys = Vec::with_capacity(segments.len());
        for s in segments {
            let camera = self.names.add_camera(&self.db, &s.camera)?;
            let disk = self.names.add_disk(&self.db, &s.disk)?;
            let derived = derived_path(&s.camera, s.start) == s.path;
            let path = if derived { String::new() } else { s.path.clone() };
            keys.push(Key { camera, start: s.start.0, disk, path });
        }
        let doing = "writing segments";
        let tx = self.db.unchecked_transaction().map_err(fault(doing))?;
        let mut delta = Delta::default();
        for (s, key) in segments.iter().zip(&keys) {
            self.put(s, key, &mut delta)?;
        }
        tx.commit().map_err(fault(doing))?;
        self.apply(&delta);
        for s in segments {
            let key = (s.disk.clone(), s.path.clone());
            if !s.is_open() {
                self.open.remove(&key);
            } else {
                let ours = self.open.get(&key).is_some_and(|o| o.ours);
                self.open.insert(key, Open { segment: s.clone(), ours });
            }
        }
        Ok(())
    }

    /// One row of a transaction: what stood there for the same file goes, its hours too.
    fn put(&self, s: &Segment, key: &Key, delta: &mut Delta) -> Result<(), Fault> {
        self.take(&s.disk, &s.path, delta)?;
        let codec = match s.codec {
            Codec::H264 => 4,
            Codec::H265 => 5,
        };
        let span = (s.end - s.start).0.max(0);
        let digest = s.digest.map(|d| d.0);
        self.db
            .prepare_cached("INSERT INTO segment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
            .and_then(|mut q| {
                let bytes = s.bytes as i64;
                q.execute(params![
                    key.camera, key.start, key.disk, key.path, span, s.frames, bytes, codec, digest
                ])
            })
            .map_err(fault(&format!("writing the row of {}", s.path)))?;
        if !s.is_open() {
            self.count(key, s, 1, delta)?;
        }
        Ok(())
    }

    /// Removes the row of a file where there is one.
    fn take(&self, disk: &DiskId, path: &str, delta: &mut Delta) -> Result<(), Fault> {
        let Some((key, old)) = self.find(disk, path)? else {
            return Ok(());
        };
        self.db
            .prepare_cached(
                "DELETE FROM segment WHERE camera = ?1 AND start = ?2 AND disk = ?3 AND path = ?4",
            )
            .and_then(|mut q| q.execute(params![key.camera, key.start, key.disk, key.path]))
            .map_err(fault(&format!("removing the row of {path}")))?;
        if !old.is_open() {
            self.count(&key, &old, -1, delta)?;
        }
        Ok(())
    }

    /// The row of a file: by what its name says first, then among the odd ones.
    fn find(&self, disk: &DiskId, path: &str) -> Result<Option<(Key, Segment)>, Fault> {
        let Some(disk_id) = self.names.disk(disk) else {
            return Ok(None);
        };
        let mut found = None;
        if let Some((camera, second)) = parse_path(path)
            && let Some(camera_id) = self.names.camera(&camera)
        {
            let sql = format!(
                "SELECT {COLUMNS} FROM segment
                 WHERE camera = ?1 AND start >= ?2 AND start < ?3 AND disk = ?4 AND path = ''"
            );
            let until = second.0 + Span::secs(1).0;
            found = self.rows(&sql, params![camera_id, second.0, until, disk_id], 1)?.pop();
        }
        let odd = found.is_none();
        if odd {
            let sql = format!(
                "SELECT {COLUMNS} FROM segment WHERE disk = ?1 AND path = ?2 AND path <> ''"
            );
            found = self.rows(&sql, params![disk_id, path], 1)?.pop();
        }
        let Some(s) = found else { return Ok(None) };
        let camera = self.names.camera(&s.camera).ok_or_else(lost_name)?;
        let stored = if odd { path.to_string() } else { String::new() };
        Ok(Some((Key { camera, start: s.start.0, disk: disk_id, path: stored }, s)))
    }

    fn apply(&mut self, delta: &Delta) {
        self.totals.segments = self.totals.segments.saturating_add_signed(delta.segments);
        self.totals.bytes = self.totals.bytes.saturating_add_signed(delta.bytes);
    }

    /// These files are gone from the disk. Paths that are not in the index are fine.
    pub fn removed(&mut self, disk: &DiskId, paths: &[String]) -> Result<(), Fault> {
        let doing = "removing segments";
        let tx = self.db.unchecked_transaction().map_err(fault(doing))?;
        let mut delta = Delta::default();
        for path in paths {
            self.take(disk, path, &mut delta)?;
        }
        tx.commit().map_err(fault(doing))?;
        self.apply(&delta);
        for path in paths {
            self.open.remove(&(disk.clone(), path.clone()));
        }
        Ok(())
    }

    /// Is this file being written by this process?
    pub fn is_being_written(&self, disk: &DiskId, path: &str) -> bool {
        self.open.get(&(disk.clone(), path.to_string())).is_some_and(|o| o.ours)
    }

    /// Segments that a crash left open: to be repaired from their files and closed before recording
    /// starts.
    pub fn left_open(&self) -> Vec<Segment> {
        let mut out: Vec<Segment> =
            self.open.values().filter(|o| !o.ours).map(|o| o.segment.clone()).collect();
        out.sort_by(|a, b| (&a.camera, a.start, &a.path).cmp(&(&b.camera, b.start, &b.path)));
        out
    }

    pub fn totals(&self) -> Totals {
        let open = self.open.values();
        Totals {
            segments: self.totals.segments + self.open.len() as u64,
            bytes: self.totals.bytes + open.map(|o| o.segment.bytes).sum::<u64>(),
        }
    }

    /// Rows of a query over [`COLUMNS`].
    pub(super) fn rows(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        limit: usize,
    ) -> Result<Vec<Segment>, Fault> {
        let doing = "reading segments";
        let mut query = self.db.prepare_cached(sql).map_err(fault(doing))?;
        let mut rows = query.query(params).map_err(fault(doing))?;
        let mut out = Vec::new();
        while out.len() < limit {
            let Some(row) = rows.next().map_err(fault(doing))? else {
                break;
            };
            out.push(self.segment(row)?);
        }
        Ok(out)
    }

    /// A row as a segment, with what memory knows of an open one.
    pub(super) fn segment(&self, row: &Row) -> Result<Segment, Fault> {
        let read = |row: &Row| -> rusqlite::Result<(i64, i64, i64, String, Segment)> {
            let (camera, start, disk, path) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            let span: i64 = row.get(4)?;
            let codec: i64 = row.get(7)?;
            let digest: Option<[u8; 32]> = row.get(8)?;
            let s = Segment {
                camera: self.names.camera_of(camera).ok_or(rusqlite::Error::InvalidQuery)?.clone(),
                disk: self.names.disk_of(disk).ok_or(rusqlite::Error::InvalidQuery)?.clone(),
                path: String::new(),
                start: Utc(start),
                end: Utc(start + span),
                frames: row.get(5)?,
                bytes: row.get::<_, i64>(6)? as u64,
                codec: if codec == 5 { Codec::H265 } else { Codec::H264 },
                digest: digest.map(Digest),
            };
            Ok((camera, start, disk, path, s))
        };
        let (_, _, _, path, mut s) = read(row).map_err(fault("reading a segment"))?;
        s.path = if path.is_empty() { derived_path(&s.camera, s.start) } else { path };
        if s.is_open()
            && let Some(open) = self.open.get(&(s.disk.clone(), s.path.clone()))
        {
            return Ok(open.segment.clone());
        }
        Ok(s)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.db
    }
}

pub(super) fn lost_name() -> Fault {
    Fault::new(FaultKind::Corrupt, "footage index: a row names a camera that it does not know")
}
