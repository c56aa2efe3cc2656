//! Which journals have outlived the footage that they explain.
//!
//! Invariant: a journal stays while anything that it says can still be shown or is still needed.
//! A journal of UTC day D goes only when all of this holds:
//!
//! 1. D is past the longest ceiling in force, and older than every day whose deletions are shown.
//! 2. No disk has footage of the days D-1, D, D+1, held or not: so no reason of a gap beside
//!    footage, no clock offset during it and no digest of it is lost.
//! 3. What lasts beyond its day stands in [`BEFORE`] on the same disk, durably, first: gaps that
//!    last, or that reach from one day into another; the last clock offset before each stretch of
//!    older footage; up to where each camera was trimmed; sums of days of deletion.
//!
//! Order: (1) [`BEFORE`] is replaced whole, durable before anything follows; (2) the journals are
//! unlinked. A crash between leaves both, and the same thing said twice means the same
//! once. [`BEFORE`] is made from an index that has read every journal of that disk, so it says at
//! least what it said before.

use std::collections::BTreeSet;

use crate::base::time::Day;

/// What the journals that went still have to say; lines like theirs.
pub const BEFORE: &str = ".beadle/journal/before.log";

/// The journals that may go, by rules 1 and 2. `footage`: UTC days of everything on any disk;
/// `keep_from`: the first day that stays in any case.
pub fn outlived(journals: &[Day], footage: &BTreeSet<Day>, keep_from: Day) -> Vec<Day> {
    let beside = |day: Day| footage.range(day.plus(-1)..=day.plus(1)).next().is_some();
    journals.iter().copied().filter(|day| *day < keep_from && !beside(*day)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_goes_when_nothing_beside_it_is_left() {
        let day = |n: i64| "2026-03-01".parse::<Day>().unwrap().plus(n);
        let days = |all: &[i64]| all.iter().map(|n| day(*n)).collect::<Vec<_>>();
        // (journals, footage, kept from, gone)
        type Row<'a> = (&'a [i64], &'a [i64], i64, &'a [i64]);
        let table: [Row; 6] = [
            (&[0, 1, 2, 3], &[], 3, &[0, 1, 2]),
            (&[0, 1, 2, 3], &[3], 9, &[0, 1]),
            (&[0, 1, 2, 3, 4, 5, 6], &[3], 9, &[0, 1, 5, 6]),
            (&[0, 1, 2], &[1], 9, &[]),
            (&[0, 1, 2], &[], 0, &[]),
            (&[], &[], 9, &[]),
        ];
        for (journals, footage, keep_from, gone) in table {
            let footage = days(footage).into_iter().collect();
            let got = outlived(&days(journals), &footage, day(keep_from));
            assert_eq!(got, days(gone), "{journals:?} beside {footage:?}");
        }
    }
}
