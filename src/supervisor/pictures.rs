//! The picture service under the supervisor: thumbnails for whoever looks, and what a still or a
//! viewing needs. The supervisor's thread only hands out; it never waits for a picture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Supervisor;
use crate::base::clock::Clock;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::cameras::Camera;
use crate::disk::identity;
use crate::pictures::gate::{Admitted, Gate};
use crate::pictures::player::{Reach, Setup, Shown};
use crate::pictures::tap::Taps;
use crate::pictures::thumbs::{Thumbs, Wanted};
use crate::wire::pictures::Look;

/// What runs beside the supervisor.
pub struct Pictures {
    program: PathBuf,
    pub thumbs: Thumbs,
    /// Where viewers come; why there is none, in words.
    gate: Result<Gate, String>,
}

impl Pictures {
    /// The gate's socket stands beside the supervisor's own, with `.view` behind its name.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        program: PathBuf,
        clock: Arc<dyn Clock>,
        taps: Arc<Taps>,
        socket: &Path,
    ) -> std::io::Result<Pictures> {
        let thumbs = Thumbs::start(program.clone(), clock, taps)?;
        let mut view = socket.as_os_str().to_owned();
        view.push(".view");
        let gate = Gate::open(Path::new(&view), socket).map_err(|fault| fault.text);
        Ok(Pictures { program, thumbs, gate })
    }
}

impl Pictures {
    /// What decodes.
    pub fn program(&self) -> &Path {
        &self.program
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
    /// Cameras whose masks a right lifts, and its entry is made.
    pub unmasked: &'a [CameraId],
    /// Which moments may be seen: those of the entry.
    pub reach: Reach,
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

    /// Lets somebody watch these cameras, standing at `at` to begin with: gives the ticket and the
    /// socket to bring it to. Asks nobody: the right and the entry come first, and the office
    /// alone, which keeps both, may call this.
    ///
    /// # Errors
    /// As `Supervisor::viewing`; or there are too many viewings.
    pub(super) fn admit(
        &self,
        cameras: &[CameraId],
        how: Wishes,
        at: Utc,
    ) -> Result<(Admitted, PathBuf), String> {
        let setup = self.viewing(cameras, how)?;
        let gate = self.pictures.as_ref().map(|pictures| pictures.gate.as_ref());
        let gate = gate.ok_or("There is no picture service.")?.map_err(String::clone)?;
        let ticket = identity::fresh_id().map_err(|fault| fault.text)?;
        Ok((gate.admit(ticket.0, setup, at)?, gate.path.clone()))
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
            let masks =
                camera.filter(|_| !how.unmasked.contains(id)).map(masks).unwrap_or_default();
            Shown { camera: id.clone(), title, masks }
        };
        Ok(Setup {
            program: pictures.program.clone(),
            reach: how.reach,
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
pub(super) fn masks(camera: &Camera) -> Vec<Vec<(u16, u16)>> {
    let fraction = |n: f64| (n.clamp(0.0, 1.0) * 65_535.0).round() as u16;
    let drawn = camera.masks.iter().filter(|mask| !mask.in_camera);
    drawn.map(|m| m.points.iter().map(|(x, y)| (fraction(*x), fraction(*y))).collect()).collect()
}
