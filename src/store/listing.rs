//! Segments read back: by window and page, by folder, oldest first.

use rusqlite::params;

use super::segments::{COLUMNS, START_BITS, lost_name};
use super::{Store, fault};
use crate::base::fault::Fault;
use crate::base::limits::SEGMENT_LOOKBACK;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc, Zone};
use crate::footage::Segment;

pub(super) const PAGE: &str = "SELECT camera, start, disk, path, span, frames, bytes, codec, digest
    FROM segment WHERE camera = ?1 AND start >= ?2 AND start < ?3 ORDER BY start, disk, path";
pub(super) const OLDEST: &str =
    "SELECT camera, start, disk, path, span, frames, bytes, codec, digest
    FROM segment WHERE camera = ?1 AND start >= ?2 AND start < ?3 AND disk = ?4
    AND digest IS NOT NULL ORDER BY start";

impl Store {
    /// Segments that touch `from..to`, by camera name and start, at least `limit` where there are
    /// as many (two files with one start are not separated). The mark continues the list; `None`:
    /// that was all.
    #[allow(clippy::type_complexity)] // the pair says it better than a struct used once
    pub fn segments(
        &self,
        camera: Option<&CameraId>,
        from: Option<Utc>,
        to: Option<Utc>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Segment>, Option<u64>), Fault> {
        let from = from.unwrap_or(Utc(0));
        let to = to.unwrap_or(Utc(1 << START_BITS));
        let mut cameras = self.names.cameras();
        cameras.retain(|(c, _)| camera.is_none_or(|wanted| wanted == c));
        let mut begin = (from - SEGMENT_LOOKBACK).0;
        if let Some(mark) = after {
            let id = (mark >> START_BITS) as i64;
            begin = begin.max((mark & ((1 << START_BITS) - 1)) as i64 + 1);
            let at = cameras.iter().position(|(_, i)| *i == id).unwrap_or(cameras.len());
            cameras.drain(..at);
        }
        let mut out: Vec<Segment> = Vec::new();
        for (_, id) in cameras {
            self.page(id, begin, from, to, limit, &mut out)?;
            if let Some(last) = out.last().filter(|_| out.len() >= limit) {
                let mark = (id as u64) << START_BITS | last.start.0 as u64;
                return Ok((out, Some(mark)));
            }
            begin = (from - SEGMENT_LOOKBACK).0;
        }
        Ok((out, None))
    }

    /// Adds one camera's segments that start at or after `begin` and touch `from..to`.
    fn page(
        &self,
        camera: i64,
        begin: i64,
        from: Utc,
        to: Utc,
        limit: usize,
        out: &mut Vec<Segment>,
    ) -> Result<(), Fault> {
        let doing = "listing segments";
        let mut query = self.db.prepare_cached(PAGE).map_err(fault(doing))?;
        let mut rows = query.query(params![camera, begin, to.0]).map_err(fault(doing))?;
        while let Some(row) = rows.next().map_err(fault(doing))? {
            let s = self.segment(row)?;
            if s.end <= from && s.start < from {
                continue;
            }
            if out.len() >= limit && out.last().is_none_or(|l| l.start != s.start) {
                break;
            }
            out.push(s);
        }
        Ok(())
    }

    /// End of the newest footage of a camera, open segments with what is durable of them.
    pub fn last_end(&self, camera: &CameraId) -> Result<Option<Utc>, Fault> {
        let Some(id) = self.names.camera(camera) else {
            return Ok(None);
        };
        let sql =
            format!("SELECT {COLUMNS} FROM segment WHERE camera = ?1 ORDER BY start DESC LIMIT 2");
        Ok(self.rows(&sql, [id], 2)?.iter().map(|s| s.end).max())
    }

    /// Start of the oldest footage of a camera.
    pub fn first_start(&self, camera: &CameraId) -> Result<Option<Utc>, Fault> {
        let Some(id) = self.names.camera(camera) else {
            return Ok(None);
        };
        let sql = format!("SELECT {COLUMNS} FROM segment WHERE camera = ?1 ORDER BY start LIMIT 1");
        Ok(self.rows(&sql, [id], 1)?.first().map(|s| s.start))
    }

    /// Every camera with footage, also those that the file no longer names. Sorted.
    pub fn cameras(&self) -> Result<Vec<CameraId>, Fault> {
        let mut out = Vec::new();
        for (camera, _) in self.names.cameras() {
            if self.first_start(&camera)?.is_some() {
                out.push(camera);
            }
        }
        Ok(out)
    }

    /// Every disk that ever had footage in this index.
    pub fn disks(&self) -> Vec<DiskId> {
        self.names.disks()
    }

    /// Retention's lot: closed segments of this camera and disk that start before `before` and that
    /// no hold known here covers, oldest first. A hold is jumped over, not read through.
    pub fn oldest(
        &self,
        disk: &DiskId,
        camera: &CameraId,
        before: Utc,
        limit: usize,
    ) -> Result<Vec<Segment>, Fault> {
        let (Some(disk_id), Some(id)) = (self.names.disk(disk), self.names.camera(camera)) else {
            return Ok(vec![]);
        };
        let holds = self.holds()?;
        let doing = "looking for the oldest segments";
        let mut out = Vec::new();
        let mut begin = Some(i64::MIN);
        while let Some(from) = begin.take() {
            let mut query = self.db.prepare_cached(OLDEST).map_err(fault(doing))?;
            let mut rows =
                query.query(params![id, from, before.0, disk_id]).map_err(fault(doing))?;
            while let Some(row) = rows.next().map_err(fault(doing))? {
                let s = self.segment(row)?;
                if let Some(h) = holds.iter().find(|h| h.covers(&s.camera, s.start, s.end)) {
                    begin = Some(h.end.0.max(s.start.0 + 1));
                    break;
                }
                if out.len() >= limit {
                    break;
                }
                out.push(s);
            }
        }
        Ok(out)
    }

    /// Rows of one camera-day folder, to compare with its files: path, open, bytes. Sorted by path.
    ///
    /// Belongs what begins on that UTC day, odd names by their folder.
    pub fn folder_listed(
        &self,
        disk: &DiskId,
        camera: &CameraId,
        utc_day: Day,
    ) -> Result<Vec<(String, bool, u64)>, Fault> {
        let (Some(disk_id), Some(camera_id)) = (self.names.disk(disk), self.names.camera(camera))
        else {
            return Ok(vec![]);
        };
        let zone = Zone::utc();
        let (from, to) = (zone.start_of(utc_day).0, zone.end_of(utc_day).0);
        let folder = format!("{camera}/{utc_day}/");
        let sql = format!(
            "SELECT {COLUMNS} FROM segment
             WHERE camera = ?1 AND start >= ?2 AND start < ?3 AND disk = ?4 AND path = ''"
        );
        let mut all = self.rows(&sql, params![camera_id, from, to, disk_id], usize::MAX)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM segment
             WHERE disk = ?1 AND path <> '' AND path >= ?2 AND path < ?3"
        );
        // '0' is the character after '/': the range is everything that begins with the folder.
        let after = format!("{camera}/{utc_day}0");
        all.extend(self.rows(&sql, params![disk_id, folder, after], usize::MAX)?);
        let mut out: Vec<_> =
            all.into_iter().map(|s| (s.path.clone(), s.is_open(), s.bytes)).collect();
        out.sort();
        Ok(out)
    }

    /// Every camera-day folder that the index knows, for [`super::rebuild::Rebuild::begin`].
    pub fn folders(&self) -> Result<Vec<(DiskId, CameraId, Day)>, Fault> {
        let doing = "listing folders";
        let mut query = self
            .db
            .prepare("SELECT DISTINCT disk, camera, hour / 24 FROM hour WHERE segments > 0")
            .map_err(fault(doing))?;
        let mut rows = query.query([]).map_err(fault(doing))?;
        let mut out = Vec::new();
        while let Some(r) = rows.next().map_err(fault(doing))? {
            let column = |n: usize| r.get::<_, i64>(n).map_err(fault(doing));
            let disk = self.names.disk_of(column(0)?).ok_or_else(lost_name)?;
            let camera = self.names.camera_of(column(1)?).ok_or_else(lost_name)?;
            let day = Utc::from_secs(column(2)? * 86_400).utc_day();
            out.push((disk.clone(), camera.clone(), day));
        }
        let open = self.open.values().map(|o| &o.segment);
        out.extend(open.map(|s| (s.disk.clone(), s.camera.clone(), s.start.utc_day())));
        Ok(out)
    }
}
