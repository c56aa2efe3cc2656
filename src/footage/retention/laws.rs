//! Any footage at all against the rules' own words.

use proptest::prelude::*;

use super::tests::{disk, hold, lots, policy, segment, utc};
use super::*;
use crate::base::time::Span;

/// Asks until nothing more goes, giving back the room; what went, by reason.
fn settle(
    mut all: Vec<Segment>,
    holds: Option<&[Hold]>,
    policy: &Policy,
    mut space: BTreeMap<DiskId, Space>,
    now: Utc,
    zone: &Zone,
) -> (Vec<Segment>, Vec<(Segment, Why)>, Decision) {
    let mut gone = vec![];
    loop {
        let decision = plan(&lots(&all), holds, policy, &space, now, zone);
        if decision.delete.is_empty() {
            return (all, gone, decision);
        }
        for (s, why) in decision.delete {
            all.retain(|x| x != &s);
            space.get_mut(&s.disk).unwrap().free += s.bytes;
            gone.push((s, why));
        }
    }
}

fn footage() -> impl Strategy<Value = Vec<Segment>> {
    prop::collection::vec((0usize..4, 0i64..60_000, 1u64..50, 0usize..2, 0u8..20), 0..60).prop_map(
        |list| {
            let now = utc("2026-11-21T12:00:00Z");
            let mut out: Vec<Segment> = list
                .into_iter()
                .map(|(n, minutes, bytes, d, open)| {
                    let mut s = segment(n, now - Span::mins(minutes + 1), bytes);
                    s.disk = disk(d);
                    s.digest = s.digest.filter(|_| open > 0);
                    s
                })
                .collect();
            out.sort_by(|a, b| order(a).cmp(&order(b)));
            out.dedup_by(|a, b| a.path == b.path);
            out
        },
    )
}

proptest! {
    #[test]
    fn what_goes_obeys_the_rules(
        all in footage(),
        free in 0u64..400,
        keep in 0u64..600,
        floor in 0u32..20,
        more in 0u32..20,
        held in prop::option::of((0i64..60_000, 1i64..5_000)),
        stop in any::<bool>(),
        size in 1usize..8,
    ) {
        let now = utc("2026-11-21T12:00:00Z");
        let zone = Zone::named("Europe/London").unwrap();
        let when_full = if stop { WhenFull::Stop } else { WhenFull::Oldest };
        let p = policy(floor, floor + more, when_full);
        let rules = Rules { floor_days: floor, ceiling_days: floor + more };
        let holds: Vec<Hold> = held
            .map(|(from, len)| hold(now - Span::mins(from), now - Span::mins(from - len)))
            .into_iter()
            .collect();
        let space: BTreeMap<_, _> =
            (0..2).map(|d| (disk(d), Space::new(free, keep))).collect();
        let (left, gone, last) =
            settle(all.clone(), Some(&holds), &p, space.clone(), now, &zone);

        for (s, _) in &gone {
            prop_assert!(!s.is_open());
            prop_assert!(!holds.iter().any(|h| h.covers(&s.camera, s.start, s.end)));
        }
        let may = |s: &&Segment| {
            !s.is_open() && !holds.iter().any(|h| h.covers(&s.camera, s.start, s.end))
        };
        prop_assert!(!left.iter().filter(may).any(|s| now >= expires(s, rules, &zone)));
        for d in 0..2 {
            let on = |s: &&Segment| s.disk == disk(d);
            let young = |s: &Segment| now < protected_until(s, rules, &zone);
            let short = gone.iter().any(|(s, why)| on(&s) && *why == Why::Shortfall);
            if short {
                prop_assert!(!stop);
                prop_assert!(!left.iter().filter(on).filter(may).any(|s| !young(s)));
            }
            for (s, why) in gone.iter().filter(|(s, _)| on(&s)) {
                match why {
                    Why::Ceiling => prop_assert!(now >= expires(s, rules, &zone)),
                    Why::Space => prop_assert!(!young(s)),
                    Why::Shortfall => prop_assert!(young(s)),
                }
                // Oldest first: nothing that could have gone for the same reason is older.
                if *why != Why::Ceiling {
                    let mut stayed = left.iter().filter(on).filter(may);
                    prop_assert!(!stayed.any(|x| order(x) < order(s) && young(x) == young(s)));
                }
            }
        }

        // Another order of lots, and lots of `size`, come to the same end.
        let mut turned = lots(&all);
        turned.reverse();
        let once = plan(&lots(&all), Some(&holds), &p, &space, now, &zone);
        prop_assert_eq!(&plan(&turned, Some(&holds), &p, &space, now, &zone), &once);
        // Where a short look sees all that matters, it answers as a long one does.
        let looked = plan(&cut_lots(&all, &holds, size), Some(&holds), &p, &space, now, &zone);
        if !looked.unseen {
            prop_assert_eq!(&looked.delete, &once.delete);
            prop_assert_eq!((&looked.shortfall, &looked.stop), (&once.shortfall, &once.stop));
        }
        let in_lots = settle_in_lots(all, &holds, &p, space, now, &zone, size);
        prop_assert_eq!(in_lots.0, left);
        prop_assert_eq!(in_lots.1, last.stop);
    }
}

/// The oldest `size` of each camera and disk, closed and not held.
fn cut_lots(all: &[Segment], holds: &[Hold], size: usize) -> Vec<Lot> {
    let able: Vec<Segment> = all
        .iter()
        .filter(|s| !s.is_open() && !holds.iter().any(|h| h.covers(&s.camera, s.start, s.end)))
        .cloned()
        .collect();
    let mut cut = lots(&able);
    for lot in &mut cut {
        lot.complete = lot.segments.len() <= size;
        lot.segments.truncate(size);
    }
    cut
}

/// The supervisor's loop: lots of at most `size`, again while there is more.
fn settle_in_lots(
    mut all: Vec<Segment>,
    holds: &[Hold],
    policy: &Policy,
    mut space: BTreeMap<DiskId, Space>,
    now: Utc,
    zone: &Zone,
    size: usize,
) -> (Vec<Segment>, BTreeSet<DiskId>) {
    loop {
        let cut = cut_lots(&all, holds, size);
        let decision = plan(&cut, Some(holds), policy, &space, now, zone);
        for (s, _) in &decision.delete {
            all.retain(|x| x != s);
            space.get_mut(&s.disk).unwrap().free += s.bytes;
        }
        if !decision.more {
            return (all, decision.stop);
        }
    }
}
