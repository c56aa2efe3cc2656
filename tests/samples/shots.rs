//! Small pictures as a supervisor sends them.

use beadle::base::name::CameraId;
use beadle::base::time::Span;
use beadle::wire::glance::{Shot, SmallPicture};

use super::now;

/// A picture of two walls and a door; every third camera has no reference still, every fifth none
/// now.
pub fn shot(camera: &CameraId, n: usize, (width, height): (u16, u16)) -> Shot {
    let paint = |door: u16| {
        let mut rgb = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let tone = match (x > width / 2, x.abs_diff(door) < width / 10 && y > height / 3) {
                    (_, true) => 20,
                    (true, _) => 230,
                    (false, _) => 120,
                };
                rgb.extend([tone, tone, tone / 2]);
            }
        }
        SmallPicture::new(now() - Span::secs(1), (width, height), &rgb)
    };
    let dark = n % 5 == 4;
    Shot {
        camera: camera.clone(),
        now: (!dark).then(|| paint(width / 4)),
        why: dark.then(|| "There is no picture yet.".into()),
        reference: (n % 3 != 1).then(|| paint(width / 3)),
        damaged: None,
    }
}
