//! Are they all there? Judged from the counters that the simulator puts into every frame.

use std::fmt;

use crate::base::time::{Span, Utc};
use crate::console::words;

/// What a simulated frame says about itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The camera's number in the simulator.
    pub camera: u16,
    /// Steps by one with each frame that the camera sends.
    pub counter: u32,
    /// When it was sent, milliseconds since 1970.
    pub wall_ms: u64,
}

/// The newest recorded frame may be this old: two seconds until it is durable, one for a slow box.
const FRESH: Span = Span::secs(3);

/// What one camera's files hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    frames: u64,
    lost: u64,
    /// Sent again, or out of order.
    out_of_order: u64,
    /// Frames of another camera among these files.
    strange: u64,
    /// How old the newest frame was when the files were listed; `None` without frames.
    age: Option<Span>,
}

/// `listed`: when the files were listed. What was recorded after that does no harm.
pub fn count(stamps: &[Stamp], listed: Utc) -> Count {
    let mut count = Count {
        frames: 0,
        lost: 0,
        out_of_order: 0,
        strange: 0,
        age: None,
    };
    let Some(first) = stamps.first() else {
        return count;
    };
    let mut last: Option<u32> = None;
    let mut newest = 0;
    for stamp in stamps {
        if stamp.camera != first.camera {
            count.strange += 1;
            continue;
        }
        count.frames += 1;
        newest = newest.max(stamp.wall_ms);
        match last {
            Some(last) if stamp.counter <= last => count.out_of_order += 1,
            Some(last) => count.lost += u64::from(stamp.counter - last - 1),
            None => {}
        }
        last = Some(stamp.counter);
    }
    count.age = Some(listed - Utc(newest as i64 * 1_000));
    count
}

impl Count {
    /// Every frame between the first and the end is there, once, in order.
    pub fn is_whole(&self) -> bool {
        let fresh = self.age.is_some_and(|age| age <= FRESH);
        fresh && self.lost == 0 && self.out_of_order == 0 && self.strange == 0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_whole() { "OK" } else { "FAULT" };
        write!(
            f,
            "{word:<6} {:>8} frames, {} missing",
            words::count(self.frames),
            self.lost
        )?;
        if self.out_of_order > 0 {
            write!(f, ", {} out of order", self.out_of_order)?;
        }
        if self.strange > 0 {
            write!(f, ", {} of another camera", self.strange)?;
        }
        match self.age {
            Some(age) if age > FRESH => write!(f, ", none for {}", age.in_words()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_means_every_frame_once_in_order_up_to_the_end() {
        let stamps = |counters: &[u32]| -> Vec<Stamp> {
            counters
                .iter()
                .map(|n| Stamp {
                    camera: 3,
                    counter: *n,
                    wall_ms: 1_000,
                })
                .collect()
        };
        let soon = Utc::from_secs(3);
        for (counters, listed, want) in [
            (&[7, 8, 9][..], soon, "OK            3 frames, 0 missing"),
            (&[7, 9, 12], soon, "FAULT         3 frames, 3 missing"),
            (
                &[7, 8, 8, 9],
                soon,
                "FAULT         4 frames, 0 missing, 1 out of order",
            ),
            (
                &[9, 8],
                soon,
                "FAULT         2 frames, 0 missing, 1 out of order",
            ),
            (&[], soon, "FAULT         0 frames, 0 missing"),
            (
                &[7, 8],
                Utc::from_secs(9),
                "FAULT         2 frames, 0 missing, none for 8.0 s",
            ),
        ] {
            let count = count(&stamps(counters), listed);
            assert_eq!(count.to_string(), want);
            assert_eq!(count.is_whole(), want.starts_with("OK"));
        }
        let mut mixed = stamps(&[7, 8]);
        mixed.push(Stamp {
            camera: 4,
            counter: 9,
            wall_ms: 1_000,
        });
        assert!(!count(&mixed, soon).is_whole());
    }
}
