//! Journals that have outlived their footage.

use super::*;
use crate::footage::journal::{self, Entry, encode};
use crate::footage::outlived::BEFORE;
use crate::footage::{Gap, Hold};
use crate::store::rebuild::read_notes;

const DAYS: [i64; 8] = [60, 40, 31, 30, 29, 20, 9, 1];

/// A box with a ceiling of ten days, footage of 30 days ago, and a journal of each of [`DAYS`].
fn with_journals() -> (Box, FakeDisk) {
    let file = FILE.replace("max-days=90", "max-days=10").replace("min-days=30", "min-days=1");
    assert_ne!(file, FILE);
    let mut all = Box::new(&file);
    let disk = all.world.disks["/footage"].0.clone();
    let now = all.clock.utc();
    disk.make_folder(journal::JOURNALS).unwrap();
    for ago in DAYS {
        let start = now - Span::days(ago);
        let gap = |end| Entry::Gap(Gap { camera: gate(), start, end, reason: GapReason::NoRoute });
        let end = if ago == 40 { None } else { Some(start + Span::secs(9)) };
        let offset = Entry::Offset { camera: gate(), at: start, offset_ms: ago };
        let text = [encode(&gap(end)), encode(&offset)].concat();
        disk.replace(&journal::path_of(start.utc_day()), &text).unwrap();
    }
    let placed = now - Span::days(29);
    let hold = Hold {
        id: "H-2026-0001".into(),
        cameras: vec![],
        start: now - Span::days(31),
        end: placed,
        reference: "CR/1".into(),
        reason: "police".into(),
        placed,
        review: placed + Span::days(90),
        ended: None,
    };
    all.supervisor.keep.prune_at = all.clock.mono() + Span::hours(1);
    all.pass(3);
    all.supervisor.keep_hold(&hold).unwrap();
    all.footage(Span::days(30), 0);
    (all, disk)
}

fn ago(all: &Box, days: &[i64]) -> Vec<String> {
    let today = all.clock.utc().utc_day();
    days.iter().map(|n| journal::path_of(today.plus(-n))).collect()
}

#[test]
fn journals_go_when_nothing_beside_them_is_left() {
    let (mut all, disk) = with_journals();
    assert!(all.supervisor.keep.rebuild.is_none(), "every journal was read");
    all.supervisor.keep.prune_at = all.clock.mono();
    all.pass(3);
    assert_eq!(all.world.deleted, ago(&all, &[60, 40, 20]), "beside held footage they stay");
    let mut left = Vec::new();
    read_notes(&disk, BEFORE, |entry| left.push(entry)).unwrap();
    let now = utc("2026-11-21T12:00:00Z");
    let lasting = left.iter().filter_map(|e| match e {
        Entry::Gap(gap) => Some((gap.start, gap.end)),
        _ => None,
    });
    assert_eq!(lasting.collect::<Vec<_>>(), [(now - Span::days(40), None)]);
    let offsets = left.iter().filter_map(|e| match e {
        Entry::Offset { offset_ms, .. } => Some(*offset_ms),
        _ => None,
    });
    // The last one before the held day, and the last one before all that stays.
    assert_eq!(offsets.collect::<Vec<_>>(), [31, 20]);
}

#[test]
fn nothing_goes_while_the_index_may_not_know_all() {
    type Break = fn(&mut Box);
    let breaks: [(&str, Break); 4] = [
        ("journals that were not read", |all| all.supervisor.store.journals_unread().unwrap()),
        ("a comparison that is due", |all| all.supervisor.keep.compare = true),
        ("holds in doubt", |all| all.supervisor.keep.doubt = Some("torn".into())),
        ("a clock in doubt", |all| {
            let now = all.clock.utc();
            all.supervisor.rest_from_age(now, "a step".into());
        }),
    ];
    for (what, spoil) in breaks {
        let (mut all, _) = with_journals();
        spoil(&mut all);
        all.supervisor.keep.prune_at = all.clock.mono();
        all.supervisor.prune_journals(&mut all.world);
        assert!(all.world.deleted.is_empty(), "{what}: {:?}", all.world.deleted);
    }
}

#[test]
fn a_journal_goes_only_when_what_it_leaves_is_durable() {
    let (mut all, disk) = with_journals();
    disk.set_failing(true);
    all.supervisor.keep.prune_at = all.clock.mono();
    all.supervisor.prune_journals(&mut all.world);
    assert!(all.world.deleted.is_empty(), "{:?}", all.world.deleted);
    disk.set_failing(false);
    all.supervisor.keep.prune_at = all.clock.mono();
    all.supervisor.prune_journals(&mut all.world);
    assert!(disk.size(BEFORE).is_ok() && all.world.deleted.len() == 3);
}
