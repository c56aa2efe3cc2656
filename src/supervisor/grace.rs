//! Figures of the whole box that an edit could delete footage by: `keep-free`, `when-full`, the
//! time zone.
//!
//! Floors and ceilings have their versions in [`crate::footage::retention::Policy`]. These three
//! get the same day of grace: for [`EDIT_GRACE`] after an edit the milder of the old and the new
//! figure counts, so that a slip of the finger in any line of the file can be put back before it
//! has cost anything.

use serde::{Deserialize, Serialize};

use crate::base::limits::EDIT_GRACE;
use crate::base::time::{Utc, Zone};
use crate::config::Config;
use crate::config::retention as named;
use crate::config::storage::KeepFree;
use crate::footage::retention::{WhenFull, mildest};

/// `keep-free` as it is kept in the state folder; the file's own type is made for the file alone.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Free {
    Percent(f64),
    Bytes(u64),
}

impl From<KeepFree> for Free {
    fn from(free: KeepFree) -> Free {
        match free {
            KeepFree::Percent(percent) => Free::Percent(percent),
            KeepFree::Bytes(size) => Free::Bytes(size.0),
        }
    }
}

impl Free {
    fn of(self, total: u64) -> u64 {
        match self {
            Free::Percent(percent) => KeepFree::Percent(percent).of(total),
            Free::Bytes(bytes) => bytes,
        }
    }
}

/// Each figure with the moments from which its values counted, in order of acceptance.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BoxWide {
    keep_free: Vec<(Utc, Free)>,
    when_full: Vec<(Utc, WhenFull)>,
    zones: Vec<(Utc, String)>,
}

impl BoxWide {
    /// An accepted file's figures become the newest.
    pub fn adopt(&mut self, config: &Config, at: Utc) {
        let when_full = match config.retention.when_full.value {
            named::WhenFull::Oldest => WhenFull::Oldest,
            named::WhenFull::Stop => WhenFull::Stop,
        };
        newest(&mut self.keep_free, config.storage.keep_free.value.into(), at);
        newest(&mut self.when_full, when_full, at);
        newest(&mut self.zones, config.site.timezone.value.clone(), at);
    }

    /// Bytes to leave free on a disk of `total` bytes: the least that counts.
    pub fn keep_free(&self, total: u64, now: Utc) -> u64 {
        let bytes: Vec<_> = self.keep_free.iter().map(|(at, free)| (*at, free.of(total))).collect();
        mildest(&bytes, now, u64::min).unwrap_or(0)
    }

    /// When a higher `keep-free` begins to count, if one waits.
    pub fn keep_free_rises(&self, total: u64, now: Utc) -> Option<(Utc, u64)> {
        let (at, newest) = self.keep_free.last()?;
        let waits = self.keep_free(total, now) < newest.of(total);
        waits.then(|| (*at + EDIT_GRACE, newest.of(total)))
    }

    /// `stop` counts: it deletes nothing.
    pub fn when_full(&self, now: Utc) -> WhenFull {
        let milder = |a, b| if a == WhenFull::Stop { a } else { b };
        mildest(&self.when_full, now, milder).unwrap_or_default()
    }

    /// The zones that counted within the last day beside the present one: footage goes only when it
    /// is past its ceiling by the midnights of all of them.
    pub fn older_zones(&self, now: Utc) -> Vec<Zone> {
        let pairs = self.zones.windows(2).filter(|pair| now < pair[1].0 + EDIT_GRACE);
        pairs.filter_map(|pair| Zone::named(&pair[0].1).ok()).collect()
    }
}

/// Adds a value, and forgets those that can never count again.
fn newest<T: PartialEq>(versions: &mut Vec<(Utc, T)>, value: T, at: Utc) {
    if versions.last().is_none_or(|(_, last)| *last != value) {
        versions.push((at, value));
    }
    while versions.len() > 1 && at >= versions[1].0 + EDIT_GRACE {
        versions.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    fn at(hours: i64) -> Utc {
        Utc::from_secs(1_000_000) + Span::hours(hours)
    }

    #[test]
    fn a_higher_keep_free_waits_a_day_and_a_lower_one_does_not() {
        let mut figures = BoxWide::default();
        newest(&mut figures.keep_free, Free::Percent(5.0), at(0));
        newest(&mut figures.keep_free, Free::Percent(20.0), at(100));
        for (hour, want) in [(99, 50), (101, 50), (123, 50), (124, 200)] {
            assert_eq!(figures.keep_free(1_000, at(hour)), want, "hour {hour}");
        }
        assert_eq!(figures.keep_free_rises(1_000, at(101)), Some((at(124), 200)));
        newest(&mut figures.keep_free, Free::Percent(2.0), at(110));
        assert_eq!(figures.keep_free(1_000, at(110)), 20, "less room wanted counts at once");
        assert_eq!(figures.keep_free(1_000, at(200)), 20);
    }

    #[test]
    fn stop_counts_for_a_day_after_it_was_edited_away() {
        let mut figures = BoxWide::default();
        assert_eq!(figures.when_full(at(0)), WhenFull::Oldest);
        newest(&mut figures.when_full, WhenFull::Stop, at(0));
        newest(&mut figures.when_full, WhenFull::Oldest, at(100));
        assert_eq!(figures.when_full(at(123)), WhenFull::Stop);
        assert_eq!(figures.when_full(at(124)), WhenFull::Oldest);
    }

    #[test]
    fn a_zone_counts_for_a_day_after_it_was_edited_away() {
        let mut figures = BoxWide::default();
        newest(&mut figures.zones, "Europe/London".into(), at(0));
        newest(&mut figures.zones, "Pacific/Kiritimati".into(), at(100));
        assert_eq!(figures.older_zones(at(123)).len(), 1);
        assert_eq!(figures.older_zones(at(124)).len(), 0);
    }

    #[test]
    fn what_was_kept_is_read_again_and_an_older_file_too() {
        let mut known = super::super::state::KnownRules::default();
        newest(&mut known.box_wide.keep_free, Free::Percent(5.0), at(0));
        let text = serde_json::to_string(&known).unwrap();
        let read: super::super::state::KnownRules = serde_json::from_str(&text).unwrap();
        assert_eq!(read, known);
        let older: Result<super::super::state::KnownRules, _> =
            serde_json::from_str("{\"cameras\":{},\"otherwise\":[]}");
        assert_eq!(older.unwrap(), super::super::state::KnownRules::default());
    }
}
