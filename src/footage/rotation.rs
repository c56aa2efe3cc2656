//! When a camera's next segment begins: about once a minute, spread over the cameras.
//!
//! Sixty-four cameras that all turned at the full minute would close, open and list 64 files in one
//! tick. A hash of the camera's id gives each its own second, the same after every restart.

use crate::base::limits::SEGMENT_SPAN;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};

/// The camera's place within the minute: 0 up to, not including, [`SEGMENT_SPAN`]. FNV-1a, because
/// it must give the same answer in every release and needs no crate.
pub fn phase(camera: &CameraId) -> Span {
    let hash = camera.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The low bits of FNV over short, similar names are poor; fold the high half in.
    Span(((hash ^ (hash >> 32)) % SEGMENT_SPAN.0 as u64) as i64)
}

/// The first boundary of this camera after `start`: the segment goes on to the first key frame at
/// or after it.
pub fn boundary(camera: &CameraId, start: Utc) -> Utc {
    let phase = phase(camera).0;
    let turns = (start.0 - phase).div_euclid(SEGMENT_SPAN.0) + 1;
    Utc(turns * SEGMENT_SPAN.0 + phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_ahead_and_at_most_a_segment_away() {
        let camera = CameraId::new("front-gate").unwrap();
        for start in [0, 1, 59_999_999, 60_000_000, 1_795_250_460_123_456, -5] {
            let ahead = boundary(&camera, Utc(start)) - Utc(start);
            assert!(ahead > Span::ZERO && ahead <= SEGMENT_SPAN, "{start}: {ahead:?}");
            let next = boundary(&camera, boundary(&camera, Utc(start)));
            assert_eq!(next - boundary(&camera, Utc(start)), SEGMENT_SPAN);
        }
    }

    #[test]
    fn sixty_four_numbered_cameras_do_not_turn_together() {
        let mut seconds = [0; 60];
        for n in 0..64 {
            let camera = CameraId::new(&format!("camera-{n:02}")).unwrap();
            seconds[phase(&camera).as_secs() as usize] += 1;
        }
        let most = seconds.iter().max().unwrap();
        assert!(*most <= 6, "{most} cameras in one second: {seconds:?}");
    }
}
