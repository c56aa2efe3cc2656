//! The picture service under the supervisor: thumbnails for whoever looks, and what a still or a
//! viewing needs. The supervisor's thread only hands out; it never waits for a picture.

use std::path::PathBuf;
use std::sync::Arc;

use super::Supervisor;
use crate::base::clock::Clock;
use crate::base::name::CameraId;
use crate::config::cameras::Camera;
use crate::pictures::player::{Setup, Shown};
use crate::pictures::tap::Taps;
use crate::pictures::thumbs::{Thumbs, Wanted};
use crate::wire::pictures::Look;

/// What runs beside the supervisor.
pub struct Pictures {
    program: PathBuf,
    pub thumbs: Thumbs,
}

impl Pictures {
    /// # Errors
    /// No thread can be started.
    pub fn start(
        program: PathBuf,
        clock: Arc<dyn Clock>,
        taps: Arc<Taps>,
    ) -> std::io::Result<Pictures> {
        let thumbs = Thumbs::start(program.clone(), clock, taps)?;
        Ok(Pictures { program, thumbs })
    }
}

/// How the pictures of a viewing are to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wishes<'a> {
    /// The largest picture, in pixels.
    pub within: (u16, u16),
    /// Burn camera and times in.
    pub overlay: bool,
    /// Who watches; empty for none.
    pub watermark: &'a str,
    /// A right lifts the masks, and its entry is made.
    pub masks_lifted: bool,
}

impl Supervisor {
    /// The picture service, where its program is installed.
    pub fn show_with(&mut self, pictures: Pictures) {
        self.pictures = Some(pictures);
    }

    pub fn pictures(&self) -> Option<&Pictures> {
        self.pictures.as_ref()
    }

    /// Thumbnails of every enabled camera from now on, at most this large; none where `within` is
    /// `None`.
    pub fn want_thumbnails(&self, within: Option<(u16, u16)>) {
        let Some(pictures) = &self.pictures else { return };
        let wanted = |camera: &Camera| {
            let (width, height) = within?;
            let look = Look { masks: masks(camera), ..Look::within(width, height) };
            camera.is_enabled().then(|| Wanted { camera: camera.id.value.clone(), look })
        };
        let cameras = &self.file.config.cameras.list;
        pictures.thumbs.want(cameras.iter().filter_map(wanted).collect());
    }

    /// What a player of these cameras needs. Asks nobody: the right and the entry come first.
    ///
    /// # Errors
    /// A sentence: no picture service, or no disk.
    pub(super) fn viewing(&self, cameras: &[CameraId], how: Wishes) -> Result<Setup, String> {
        let pictures = self.pictures.as_ref().ok_or(
            "The program beadle-pictures is not installed beside this one, so there are no \
             pictures. Recording does not need it.",
        )?;
        let disks: Vec<_> =
            self.disks.started().iter().filter_map(|id| self.disks.handle(id)).collect();
        if disks.is_empty() {
            return Err("No footage disk is there to read from.".into());
        }
        let shown = |id: &CameraId| {
            let camera = self.file.config.camera(id);
            let title = camera.map_or_else(|| id.to_string(), |c| c.title.value.clone());
            let masks = camera.filter(|_| !how.masks_lifted).map(masks).unwrap_or_default();
            Shown { camera: id.clone(), title, masks }
        };
        Ok(Setup {
            program: pictures.program.clone(),
            clock: self.clock.clone(),
            disks,
            cameras: cameras.iter().map(shown).collect(),
            zone: self.zone().clone(),
            within: how.within,
            overlay: how.overlay,
            watermark: how.watermark.to_string(),
        })
    }
}

/// The polygons of the file that are drawn here; those set in the camera are in the picture.
fn masks(camera: &Camera) -> Vec<Vec<(u16, u16)>> {
    let fraction = |n: f64| (n.clamp(0.0, 1.0) * 65_535.0).round() as u16;
    let drawn = camera.masks.iter().filter(|mask| !mask.in_camera);
    drawn.map(|m| m.points.iter().map(|(x, y)| (fraction(*x), fraction(*y))).collect()).collect()
}
