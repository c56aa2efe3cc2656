//! Answers which recordings and gaps there are.

use super::Supervisor;
use crate::base::limits::FOOTAGE_LISTED_MAX;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::wire::Reply;

impl Supervisor {
    pub(super) fn footage(
        &mut self,
        camera: Option<CameraId>,
        from: Option<Utc>,
        to: Option<Utc>,
        after: Option<u64>,
    ) -> Result<Reply, String> {
        let known = |id: &CameraId| {
            self.file.config.camera(id).is_some()
                || self.store.cameras().is_ok_and(|all| all.contains(id))
        };
        if let Some(id) = camera.as_ref().filter(|id| !known(id)) {
            return Err(format!(
                "There is no camera {id} in the file and no footage of one. \
                 `beadle status` lists them."
            ));
        }
        let limit = FOOTAGE_LISTED_MAX;
        let listed = self.store.segments(camera.as_ref(), from, to, after, limit);
        let (mut segments, more) = listed.map_err(|e| e.text)?;
        for segment in &mut segments {
            // Clients open files; they do not know which disk is mounted where.
            if let Some(root) = self.disks.path_of(&segment.disk) {
                segment.path = format!("{root}/{}", segment.path);
            }
        }
        let gaps = match after {
            None => {
                let from = from.unwrap_or(Utc(i64::MIN / 2));
                let to = to.unwrap_or(Utc(i64::MAX / 2));
                self.store.gaps(camera.as_ref(), from, to, limit)
            }
            .map_err(|e| e.text)?,
            Some(_) => Vec::new(), // they came with the first part
        };
        Ok(Reply::Footage { segments, gaps, more })
    }
}
