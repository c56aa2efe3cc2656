//! Small numbers for cameras and disks, and paths that follow from camera and start.

use std::collections::HashMap;

use rusqlite::Connection;

use super::fault;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::INDEX_CAMERAS_MAX;
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Utc;
use crate::footage::naming;

/// Every name that the index knows, in memory. Names are never removed, so this cannot be stale.
#[derive(Default)]
pub struct Names {
    cameras: HashMap<CameraId, i64>,
    camera_of: HashMap<i64, CameraId>,
    disks: HashMap<DiskId, i64>,
    disk_of: HashMap<i64, DiskId>,
}

impl Names {
    pub fn load(db: &Connection) -> Result<Names, Fault> {
        let doing = "reading the names in the index";
        let mut names = Names::default();
        let mut rows = db.prepare("SELECT id, name FROM camera").map_err(fault(doing))?;
        let found = rows.query_map([], |r| Ok((r.get(0)?, r.get::<_, String>(1)?)));
        for row in found.map_err(fault(doing))? {
            let (id, name) = row.map_err(fault(doing))?;
            let camera = CameraId::new(&name).map_err(|why| {
                Fault::new(FaultKind::Corrupt, format!("camera \"{name}\" in the index: {why}"))
            })?;
            names.know_camera(id, camera);
        }
        let mut rows = db.prepare("SELECT id, name FROM disk").map_err(fault(doing))?;
        let found = rows.query_map([], |r| Ok((r.get(0)?, DiskId(r.get(1)?))));
        for row in found.map_err(fault(doing))? {
            let (id, disk) = row.map_err(fault(doing))?;
            names.know_disk(id, disk);
        }
        Ok(names)
    }

    fn know_camera(&mut self, id: i64, camera: CameraId) {
        self.cameras.insert(camera.clone(), id);
        self.camera_of.insert(id, camera);
    }

    fn know_disk(&mut self, id: i64, disk: DiskId) {
        self.disks.insert(disk.clone(), id);
        self.disk_of.insert(id, disk);
    }

    pub fn camera(&self, camera: &CameraId) -> Option<i64> {
        self.cameras.get(camera).copied()
    }

    pub fn disk(&self, disk: &DiskId) -> Option<i64> {
        self.disks.get(disk).copied()
    }

    pub fn camera_of(&self, id: i64) -> Option<&CameraId> {
        self.camera_of.get(&id)
    }

    pub fn disk_of(&self, id: i64) -> Option<&DiskId> {
        self.disk_of.get(&id)
    }

    /// Sorted by id.
    pub fn disks(&self) -> Vec<DiskId> {
        let mut out: Vec<_> = self.disks.keys().cloned().collect();
        out.sort();
        out
    }

    /// Sorted by name.
    pub fn cameras(&self) -> Vec<(CameraId, i64)> {
        let mut out: Vec<_> = self.cameras.iter().map(|(c, id)| (c.clone(), *id)).collect();
        out.sort();
        out
    }

    /// The number of a camera, a new one if need be; in a statement of its own, so that a
    /// transaction rolled back later takes no name with it that this map still holds.
    pub fn add_camera(&mut self, db: &Connection, camera: &CameraId) -> Result<i64, Fault> {
        if let Some(id) = self.camera(camera) {
            return Ok(id);
        }
        if self.cameras.len() as i64 >= INDEX_CAMERAS_MAX {
            let text = format!(
                "the index knows {INDEX_CAMERAS_MAX} camera names, more than fit; \
                 `beadle reindex` forgets those without footage"
            );
            return Err(Fault::new(FaultKind::Full, text));
        }
        let doing = "adding a camera to the index";
        db.execute("INSERT INTO camera (name) VALUES (?1)", [camera.as_str()])
            .map_err(fault(doing))?;
        let id = db.last_insert_rowid();
        self.know_camera(id, camera.clone());
        Ok(id)
    }

    pub fn add_disk(&mut self, db: &Connection, disk: &DiskId) -> Result<i64, Fault> {
        if let Some(id) = self.disk(disk) {
            return Ok(id);
        }
        db.execute("INSERT INTO disk (name) VALUES (?1)", [&disk.0])
            .map_err(fault("adding a disk to the index"))?;
        let id = db.last_insert_rowid();
        self.know_disk(id, disk.clone());
        Ok(id)
    }
}

/// The path that follows from camera and start alone; rows that have it store none.
pub fn derived_path(camera: &CameraId, start: Utc) -> String {
    naming::path(camera, start, 1)
}

/// Camera and whole second of a path that [`derived_path`] could have made.
pub fn parse_path(path: &str) -> Option<(CameraId, Utc)> {
    naming::parse(path).filter(|named| named.copy == 1).map(|named| (named.camera, named.start))
}
