//! When to try a camera again: 1 s doubling to a minute, spread so that 64 cameras behind one
//! switch do not knock at the same instant.

use crate::base::limits::{BACKOFF_MAX, BACKOFF_MIN};
use crate::base::name::CameraId;
use crate::base::time::Span;
use crate::footage::GapReason;

/// The wait after `failures` failed attempts in a row (1 or more): the doubled span, less up to a
/// quarter that depends on the camera and the count, so that plans repeat and tests need no luck.
pub fn wait(camera: &CameraId, failures: u32, reason: GapReason) -> Span {
    let floor = match reason {
        // Many cameras lock an account after a few wrong log-ins: asking each second makes it
        // worse.
        GapReason::WrongPassword => Span::secs(15),
        _ => BACKOFF_MIN,
    };
    let doubled = floor.0.saturating_mul(1 << failures.saturating_sub(1).min(20));
    let span = doubled.min(BACKOFF_MAX.0);
    let jitter = scatter(camera, failures) % (span / 4 + 1);
    Span(span - jitter)
}

/// A number that looks random and is not: FNV-1a over the name and the count.
fn scatter(camera: &CameraId, failures: u32) -> i64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let bytes = camera.as_str().bytes().chain(failures.to_le_bytes());
    let hash = bytes.fold(start, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_a_minute_and_never_below_three_quarters() {
        let camera = CameraId::new("front-gate").unwrap();
        for (failures, full) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60)] {
            let got = wait(&camera, failures, GapReason::NoRoute);
            assert!(got <= Span::secs(full), "{failures}: {got:?}");
            assert!(got.0 >= Span::secs(full).0 * 3 / 4, "{failures}: {got:?}");
        }
    }

    #[test]
    fn a_wrong_password_is_not_asked_every_second() {
        let camera = CameraId::new("hall").unwrap();
        assert!(wait(&camera, 1, GapReason::WrongPassword) > Span::secs(10));
    }

    #[test]
    fn cameras_do_not_knock_together() {
        let waits: std::collections::BTreeSet<_> = (0..64)
            .map(|n| wait(&CameraId::new(&format!("cam-{n}")).unwrap(), 4, GapReason::NoRoute))
            .collect();
        assert!(waits.len() > 50, "only {} different waits", waits.len());
    }
}
