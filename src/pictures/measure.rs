//! How fast a disk gives footage, as it was measured: what an export takes hangs on it (R2.12).

use std::sync::Arc;
use std::time::Instant;

use super::shelf::Shelf;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::disk::Disk;

/// Read in one go.
const PIECE: usize = 1024 * 1024;
/// Enough to tell, and a quarter of a second of a slow disk.
const MOST: u64 = 16 * 1024 * 1024;

/// Bytes a second of the segment of this moment; from the disk or from memory, as an export would
/// find it too. `None`: there is no segment, or too little of it to tell.
pub fn read_rate(disks: Vec<Arc<dyn Disk>>, camera: CameraId, at: Utc) -> Option<u64> {
    let place = Shelf::new(disks, camera).at(at).ok()??;
    let size = place.disk.size(&place.path).ok()?.min(MOST);
    let began = Instant::now();
    let mut read = 0;
    while read < size {
        let length = PIECE.min((size - read) as usize);
        read += place.disk.read_at(&place.path, read, length).ok()?.len() as u64;
    }
    let took = began.elapsed().as_secs_f64();
    (read > 0 && took > 0.0).then(|| (read as f64 / took) as u64)
}
