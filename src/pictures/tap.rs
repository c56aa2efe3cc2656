//! Where units pass on their way from a camera to its disk: the newest key frame of each camera is
//! kept within reach.
//!
//! The ingest never waits here and nothing is queued: one slot a camera, where a newer key frame
//! replaces the older one. A unit costs the ingest one comparison, a key frame one `try_lock`; a
//! slot that is being read at that moment misses one key frame, and nobody else anything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::footage::unit::{AccessUnit, Params};

/// A key frame as it came.
#[derive(Clone, Debug)]
pub struct Fresh {
    pub at: Utc,
    /// Of video.
    pub params: Arc<Params>,
    pub data: Bytes,
}

/// One camera's slot.
#[derive(Default)]
pub struct Tap(Mutex<Option<Fresh>>);

impl Tap {
    /// A unit passes by. Never blocks.
    pub fn pass(&self, unit: &AccessUnit) {
        if !unit.key || !unit.is_video() {
            return;
        }
        if let Ok(mut slot) = self.0.try_lock() {
            let (params, data) = (unit.params.clone(), unit.data.clone());
            *slot = Some(Fresh { at: unit.arrived, params, data });
        }
    }

    /// The newest key frame, if it is newer than this.
    pub fn newer(&self, than: Option<Utc>) -> Option<Fresh> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.as_ref().filter(|fresh| Some(fresh.at) > than).cloned()
    }

    /// What was kept is not of now any more.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// All cameras' slots.
#[derive(Default)]
pub struct Taps(Mutex<HashMap<CameraId, Arc<Tap>>>);

impl Taps {
    /// This camera's; made when it is first asked for.
    pub fn of(&self, camera: &CameraId) -> Arc<Tap> {
        let mut taps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taps.entry(camera.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;
    use crate::segment::proof::params;

    fn unit(ms: i64, key: bool) -> AccessUnit {
        AccessUnit {
            data: Bytes::from_static(b"x"),
            time: 0,
            key,
            arrived: Utc(0) + Span::millis(ms),
            params: params(1),
            camera_offset: None,
            lost_packets: 0,
        }
    }

    #[test]
    fn the_newest_key_frame_is_within_reach() {
        let taps = Taps::default();
        let tap = taps.of(&CameraId::new("a").unwrap());
        let newest = || tap.newer(None).map(|f| f.at.0 / 1_000);
        for (ms, key, want) in [(1, false, None), (2, true, Some(2)), (3, false, Some(2))] {
            tap.pass(&unit(ms, key));
            assert_eq!(newest(), want, "{ms}");
        }
        taps.of(&CameraId::new("a").unwrap()).pass(&unit(9, true));
        assert_eq!(newest(), Some(9));
        assert!(tap.newer(Some(Utc(9_000))).is_none() && tap.newer(Some(Utc(8_999))).is_some());
        assert!(taps.of(&CameraId::new("b").unwrap()).newer(None).is_none());
        tap.clear();
        assert_eq!(newest(), None);
    }

    #[test]
    fn a_slot_that_is_being_read_holds_nobody_up() {
        let tap = Tap::default();
        let reading = tap.0.lock().unwrap();
        tap.pass(&unit(5, true));
        drop(reading);
        assert!(tap.newer(None).is_none());
    }
}
