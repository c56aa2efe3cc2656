//! The random check (S1.54): the box picks camera and moment, a person judges the picture.

use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::config::Config;

/// Footage of one camera without a gap, `start < end`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Covered {
    pub camera: CameraId,
    pub start: Utc,
    pub end: Utc,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    pub camera: CameraId,
    pub at: Utc,
}

/// Each camera that has footage is as likely as any other, and of its footage each moment. Covert
/// cameras are left out: who checks does not know of them (R1.18). `None`: there is no footage.
///
/// `seed` is a random number from outside; the same one picks the same moment, whatever the order
/// of `coverage`.
pub fn pick(config: &Config, coverage: &[Covered], seed: u64) -> Option<Pick> {
    let known = |id: &CameraId| config.camera(id).is_some_and(|c| c.covert.is_none());
    let mut all: Vec<&Covered> =
        coverage.iter().filter(|c| c.start < c.end && known(&c.camera)).collect();
    all.sort();
    let mut cameras: Vec<&CameraId> = all.iter().map(|c| &c.camera).collect();
    cameras.dedup();
    let camera = *cameras.get(below(mixed(seed), cameras.len() as u64) as usize)?;
    let of = || all.iter().filter(|c| c.camera == *camera);
    let total: u64 = of().map(|c| (c.end - c.start).0 as u64).sum();
    let mut left = below(mixed(seed ^ u64::MAX), total) as i64;
    for c in of() {
        let length = (c.end - c.start).0;
        if left < length {
            return Some(Pick { camera: camera.clone(), at: Utc(c.start.0 + left) });
        }
        left -= length;
    }
    None
}

/// A number below `limit`, or 0: the upper half of a product, so that no value is favoured by more
/// than limit / 2^64.
fn below(random: u64, limit: u64) -> u64 {
    ((u128::from(random) * u128::from(limit)) >> 64) as u64
}

/// Spreads a seed over all 64 bits, so that small seeds pick widely too: two rounds of multiplying
/// by odd constants (the golden ratio and its like) and folding the upper half onto the lower.
fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    for odd in [0xd6e8_feb8_6659_fd93_u64, 0xa5a5_e1c7_3d4b_9f6b] {
        x = (x ^ (x >> 32)).wrapping_mul(odd);
    }
    x ^ (x >> 32)
}
