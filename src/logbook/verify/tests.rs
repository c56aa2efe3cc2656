//! Tales that can be true and tales that cannot, entry by entry.

use proptest::prelude::*;

use super::*;
use crate::base::time::Span;
use crate::logbook::leaf::{body_bytes, body_digest, leaf_bytes};
use crate::logbook::{Act, Body, ClockState, Header, Kind, Value};

/// Minutes after noon, kind, fields.
type Told<'a> = (i64, Kind, &'a [(&'a str, Value)]);

fn noon() -> Utc {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn at(minutes: i64) -> Utc {
    noon() + Span::mins(minutes)
}

fn tell(tale: &[Told], expect: &Expect) -> Report {
    let mut verifier = Verifier::new(expect);
    for ((minutes, kind, fields), number) in tale.iter().zip(0..) {
        let fields = fields.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        let bytes = body_bytes(&Body { fields, ..Body::default() }).unwrap();
        let header = Header {
            at: at(*minutes),
            clock: ClockState::Synced,
            kind: *kind,
            act: Act::Open,
            about: None,
            body: body_digest(&[1; 32], &bytes),
        };
        let leaf = leaf_bytes(&header).unwrap();
        verifier.record(number, &leaf, Some((&[1; 32], &bytes)));
    }
    verifier.finish()
}

fn found(tale: &[Told], now: Option<i64>) -> Vec<(What, Option<u64>)> {
    let report = tell(tale, &Expect { now: now.map(at), ..Expect::default() });
    report.findings.into_iter().map(|f| (f.what, f.number)).collect()
}

#[test]
fn time_goes_forward_unless_an_entry_says_why_not() {
    use Kind::*;
    let owed: &[(&str, Value)] = &[("count", Value::Number(2))];
    for (tale, wrong) in [
        (&[(0, Started, &[][..]), (5, Live, &[]), (5, Live, &[])][..], &[][..]),
        (&[(0, Started, &[]), (30, Live, &[]), (5, Live, &[])], &[(What::Time, Some(2))]),
        (
            &[(0, Started, &[]), (30, Live, &[]), (5, Live, &[]), (6, Live, &[])],
            &[(What::Time, Some(2))],
        ),
        (&[(0, Started, &[]), (30, Live, &[]), (5, ClockStep, &[]), (6, Live, &[])], &[]),
        (&[(0, Started, &[]), (600, ClockStep, &[]), (601, Heartbeat, &[])], &[]),
        (&[(0, Started, &[]), (90, Owed, owed), (20, Live, &[]), (60, Heartbeat, &[])], &[]),
        (
            &[
                (0, Started, &[]),
                (90, Owed, owed),
                (20, Live, &[]),
                (60, Heartbeat, &[]),
                (30, Live, &[]),
            ],
            &[(What::Time, Some(4))],
        ),
        (&[(0, Started, &[]), (200, Owed, owed), (60, Heartbeat, &[]), (120, Heartbeat, &[])], &[]),
    ] {
        assert_eq!(found(tale, None), wrong, "{tale:?}");
    }
}

#[test]
fn silence_of_two_hours_wants_a_reason() {
    use Kind::*;
    let beats = &[(0, Started, &[][..]), (60, Heartbeat, &[]), (120, Heartbeat, &[])][..];
    let silent = What::Silence;
    for (tale, now, wrong) in [
        (beats, Some(230), &[][..]),
        (beats, Some(250), &[(silent, None)]),
        (beats, None, &[]),
        (&[(0, Started, &[]), (130, Heartbeat, &[])], None, &[(silent, Some(1))]),
        // Other entries are no heartbeat; told once.
        (
            &[(0, Started, &[]), (90, Live, &[]), (130, Live, &[]), (135, Live, &[])],
            None,
            &[(silent, Some(2))],
        ),
        (&[(0, Started, &[]), (30, Stopped, &[]), (900, Started, &[])], Some(901), &[]),
        (&[(0, Started, &[]), (30, Stopped, &[])], Some(90_000), &[]),
        (&[(0, Started, &[]), (900, Started, &[])], Some(901), &[]),
        (beats, Some(-1_000), &[(What::Time, Some(2))]),
    ] {
        assert_eq!(found(tale, now), wrong, "{tale:?} at {now:?}");
    }
    let report = tell(&[(0, Started, &[]), (900, Started, &[])], &Expect::default());
    assert_eq!((report.remarks[0].what, report.remarks[0].number), (What::Unclean, Some(1)));
}

#[test]
fn a_counter_only_goes_up() {
    let beat = |n: i64| [("counter", Value::Number(n))];
    let (one, two) = (beat(1), beat(2));
    let tale =
        |a, b| [(0, Kind::Started, &[][..]), (60, Kind::Heartbeat, a), (120, Kind::Heartbeat, b)];
    let what = |tale: &[Told], counter| {
        let report = tell(tale, &Expect { counter, ..Expect::default() });
        report.findings.into_iter().map(|f| f.number).collect::<Vec<_>>()
    };
    assert_eq!(what(&tale(&one, &two), Some(2)), []);
    assert_eq!(what(&tale(&two, &one), None), [Some(2)]);
    assert_eq!(what(&tale(&one, &one), None), [Some(2)]);
    assert_eq!(what(&tale(&one, &two), Some(1)), [None]);
    // A power cut or two between the step and its entry; more of them are none.
    assert_eq!(what(&tale(&one, &two), Some(4)), []);
    assert_eq!(what(&tale(&one, &two), Some(5)), [None]);
    let report = tell(&tale(&one, &two), &Expect { counter: Some(3), ..Expect::default() });
    assert_eq!(report.remarks.last().unwrap().what, What::Counter);
    // What was put back and went on keeps its leap; heartbeats that do not count explain one.
    let (four, five) = (beat(4), beat(5));
    assert_eq!(what(&tale(&one, &four), None), []);
    assert_eq!(what(&tale(&one, &five), None), [Some(2)]);
    let silent =
        [(0, Kind::Heartbeat, &one[..]), (60, Kind::Heartbeat, &[]), (120, Kind::Heartbeat, &five)];
    assert_eq!(what(&silent, Some(5)), []);
    // Heartbeats of a start or a stop within the hour explain none.
    let restarts = [
        (0, Kind::Heartbeat, &one[..]),
        (10, Kind::Heartbeat, &[]),
        (20, Kind::Heartbeat, &[]),
        (60, Kind::Heartbeat, &five),
    ];
    assert_eq!(what(&restarts, Some(5)), [Some(3)]);
}

#[test]
fn findings_are_bounded_and_the_rest_counted() {
    let mut verifier = Verifier::new(&Expect::default());
    for number in 0..500 {
        verifier.record(number, b"{}", None);
    }
    let report = verifier.finish();
    assert_eq!((report.findings.len(), report.more), (FINDINGS_MAX, 300));
}

#[test]
fn an_entry_about_a_later_one_or_itself_is_found() {
    for (about, wrong) in [(None, 0), (Some(0), 1), (Some(7), 1)] {
        let header = Header {
            at: noon(),
            clock: ClockState::Unknown,
            kind: Kind::Live,
            act: Act::Note,
            about,
            body: Digest([0; 32]),
        };
        let mut verifier = Verifier::new(&Expect::default());
        verifier.record(0, &leaf_bytes(&header).unwrap(), None);
        let report = verifier.finish();
        let found = report.findings.iter().filter(|f| f.what == What::About).count();
        assert_eq!(found, wrong, "{about:?}");
    }
}

#[test]
fn a_forgotten_list_that_is_none_is_told() {
    let list = |text: &str| [("entries", Value::List(vec![text.into()]))];
    for (text, wrong) in [("0", 1), ("0-99999999999999", 1), ("5-2", 0), ("x", 1), ("-", 1)] {
        let fields = list(text);
        let tale = [(0, Kind::Stopped, &[][..]), (1, Kind::Forgotten, &fields)];
        let findings = found(&tale, None);
        assert_eq!(findings.len(), wrong, "{text}: {findings:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_verified_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        text in "[0-9a-f\t\n{}\":,-]{0,300}",
        checkpoint in concat!(
            "(beadle/x\n[0-9]{1,20}\n[A-Za-z0-9+/=]{0,44}\n\n",
            "— beadle/x [A-Za-z0-9=]{0,99}\n|.{0,99})"
        ),
    ) {
        let checkpoints = [checkpoint];
        let keys = &[[1; 32]];
        let expect =
            Expect { origin: "beadle/x", keys, checkpoints: &checkpoints, ..Expect::default() };
        let mut verifier = Verifier::new(&expect);
        verifier.chunk("a", &bytes);
        let titled = format!("beadle-logbook 1 chunk 0 revision 0\n{text}");
        verifier.chunk("b", titled.as_bytes());
        let rest = format!("{text}\t\t\t");
        let sum = Digest::of(rest.as_bytes()).to_string();
        verifier.chunk("c", format!("x\n{}\t{rest}\n", &sum[..16]).as_bytes());
        verifier.record(u64::MAX, &bytes, None);
        verifier.record(u64::MAX - 1, &bytes, Some((&[0; 32], &bytes)));
        prop_assert!(!verifier.finish().holds());
    }
}
