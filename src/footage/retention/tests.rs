//! Tables of what goes and what stays.

use super::*;
use crate::base::time::Span;
use crate::footage::Codec;

pub(super) fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

pub(super) fn camera(n: usize) -> CameraId {
    CameraId::new(&format!("camera-{n}")).unwrap()
}

pub(super) fn disk(n: usize) -> DiskId {
    DiskId(format!("disk-{n}"))
}

pub(super) fn segment(n: usize, start: Utc, bytes: u64) -> Segment {
    let (day, stem) = start.folder_and_stem();
    Segment {
        camera: camera(n),
        disk: disk(0),
        path: format!("camera-{n}/{day}/{stem}.mp4"),
        start,
        end: start + Span::mins(1),
        frames: 900,
        bytes,
        codec: Codec::H264,
        digest: Some(Digest::of(b"")),
    }
}

use crate::base::digest::Digest;

pub(super) fn lots(segments: &[Segment]) -> Vec<Lot> {
    let mut out: BTreeMap<(CameraId, DiskId), Vec<Segment>> = BTreeMap::new();
    for s in segments {
        out.entry((s.camera.clone(), s.disk.clone())).or_default().push(s.clone());
    }
    out.into_iter()
        .map(|((camera, disk), mut segments)| {
            segments.sort_by_key(|s| s.start);
            Lot { camera, disk, segments, complete: true }
        })
        .collect()
}

pub(super) fn policy(floor_days: u32, ceiling_days: u32, when_full: WhenFull) -> Policy {
    let rules = Rules { floor_days, ceiling_days };
    let version = Version { accepted: utc("2020-01-01T00:00:00Z"), rules };
    Policy { otherwise: vec![version], when_full, ..Policy::default() }
}

pub(super) fn roomy() -> BTreeMap<DiskId, Space> {
    BTreeMap::from([(disk(0), Space::new(1_000_000, 1_000))])
}

pub(super) fn full(free: u64, keep_free: u64) -> BTreeMap<DiskId, Space> {
    BTreeMap::from([(disk(0), Space::new(free, keep_free))])
}

pub(super) fn hold(start: Utc, end: Utc) -> Hold {
    Hold {
        id: "H-2026-0001".into(),
        cameras: vec![],
        start,
        end,
        reference: "CR/1".into(),
        reason: "police".into(),
        placed: start,
        review: end,
        ended: None,
    }
}

#[test]
fn a_day_is_inside_until_the_midnight_that_ends_day_d_plus_n() {
    let zone = Zone::named("Europe/London").unwrap();
    // (footage begins, ceiling, the midnight in UTC)
    let table = [
        ("2026-11-21T00:00:00Z", 30, "2026-12-22T00:00:00Z"),
        ("2026-11-21T23:58:00Z", 30, "2026-12-22T00:00:00Z"),
        ("2026-11-21T00:00:00Z", 1, "2026-11-23T00:00:00Z"),
        // Into summer time: 29 March has 23 hours; the midnights after it are 23:00Z.
        ("2026-03-28T12:00:00Z", 1, "2026-03-29T23:00:00Z"),
        ("2026-03-01T12:00:00Z", 30, "2026-03-31T23:00:00Z"),
        // Out of it: 25 October has 25 hours; the midnight that ends it is 00:00Z again.
        ("2026-10-24T12:00:00Z", 1, "2026-10-26T00:00:00Z"),
        ("2026-10-24T23:30:00Z", 1, "2026-10-27T00:00:00Z"),
        ("2026-09-26T22:59:00Z", 30, "2026-10-27T00:00:00Z"),
        ("2026-09-26T23:01:00Z", 30, "2026-10-28T00:00:00Z"),
    ];
    for (start, days, midnight) in table {
        let all = lots(&[segment(0, utc(start), 10)]);
        let p = policy(1, days, WhenFull::Oldest);
        let ask = |now| plan(&all, Some(&[]), &p, &roomy(), now, &zone);
        let before = ask(utc(midnight) - Span::micros(1));
        assert_eq!((before.delete.len(), before.wake_at), (0, Some(utc(midnight))), "{start}");
        let after = ask(utc(midnight));
        assert_eq!(after.delete[0].1, Why::Ceiling, "{start}");
        // The box was off for a month: it goes at the first look.
        assert_eq!(ask(utc(midnight) + Span::days(30)).delete.len(), 1, "{start}");
    }
}

#[test]
fn across_midnight_it_is_old_by_its_start_and_young_by_its_end() {
    let s = segment(0, utc("2026-11-20T23:59:30Z"), 10);
    let rules = Rules { floor_days: 30, ceiling_days: 30 };
    assert_eq!(expires(&s, rules, &Zone::utc()), utc("2026-12-21T00:00:00Z"));
    assert_eq!(protected_until(&s, rules, &Zone::utc()), utc("2026-12-22T00:00:00Z"));
    let to_midnight = Segment { end: utc("2026-11-21T00:00:00Z"), ..s };
    assert_eq!(protected_until(&to_midnight, rules, &Zone::utc()), utc("2026-12-21T00:00:00Z"));
}

#[test]
fn the_ladder_of_a_full_disk() {
    let now = utc("2026-11-21T12:00:00Z");
    let back = |days: i64| now - Span::days(days);
    // Floor 10, ceiling 30; ten bytes each.
    let all = vec![
        segment(0, back(40), 10),
        segment(0, back(20), 10),
        segment(1, back(25), 10),
        segment(1, back(9), 10),
        segment(0, back(5), 10),
    ];
    use Why::*;
    // (free, keep-free, when-full, what goes by start and reason, missing, stops)
    type Row<'a> = (u64, u64, WhenFull, &'a [(i64, Why)], Option<u64>, bool);
    let table: [Row; 9] = [
        (100, 40, WhenFull::Oldest, &[(40, Ceiling)], None, false),
        (30, 40, WhenFull::Oldest, &[(40, Ceiling)], None, false),
        (29, 40, WhenFull::Oldest, &[(40, Ceiling), (25, Space)], None, false),
        (20, 50, WhenFull::Oldest, &[(40, Ceiling), (25, Space), (20, Space)], None, false),
        // Below keep-free, above the reserve of half of it: the floor stands.
        (0, 60, WhenFull::Oldest, &[(40, Ceiling), (25, Space), (20, Space)], None, false),
        (
            0,
            62,
            WhenFull::Oldest,
            &[(40, Ceiling), (25, Space), (20, Space), (9, Shortfall)],
            Some(0),
            false,
        ),
        (0, 62, WhenFull::Stop, &[(40, Ceiling), (25, Space), (20, Space)], Some(1), true),
        (
            0,
            100,
            WhenFull::Oldest,
            &[(40, Ceiling), (25, Space), (20, Space), (9, Shortfall), (5, Shortfall)],
            Some(0),
            false,
        ),
        (
            0,
            120,
            WhenFull::Oldest,
            &[(40, Ceiling), (25, Space), (20, Space), (9, Shortfall), (5, Shortfall)],
            Some(10),
            true,
        ),
    ];
    for (i, (free, keep, when_full, goes, missing, stops)) in table.into_iter().enumerate() {
        let p = policy(10, 30, when_full);
        let got = plan(&lots(&all), Some(&[]), &p, &full(free, keep), now, &Zone::utc());
        let went: Vec<_> =
            got.delete.iter().map(|(s, why)| ((now - s.start).0 / Span::days(1).0, *why)).collect();
        assert_eq!(went, goes, "row {i}");
        assert_eq!(got.shortfall.first().map(|s| s.missing), missing, "row {i}");
        assert_eq!(!got.stop.is_empty(), stops, "row {i}");
    }
}

#[test]
fn while_the_holds_cannot_be_read_nothing_goes_and_a_full_disk_stops() {
    let now = utc("2026-11-21T12:00:00Z");
    let all = lots(&[segment(0, now - Span::days(400), 10)]);
    let p = policy(10, 30, WhenFull::Oldest);
    let got = plan(&all, None, &p, &full(0, 100), now, &Zone::utc());
    assert!(got.delete.is_empty());
    assert!(got.stop.contains(&disk(0)));
    assert!(plan(&all, None, &p, &roomy(), now, &Zone::utc()).stop.is_empty());
}

#[test]
fn a_hold_keeps_to_the_microsecond_and_open_segments_stay() {
    let now = utc("2026-11-21T12:00:00Z");
    let s = segment(0, now - Span::days(400), 10);
    let p = policy(10, 30, WhenFull::Oldest);
    let goes = |s: &Segment, h: Hold| {
        !plan(&lots(std::slice::from_ref(s)), Some(&[h]), &p, &roomy(), now, &Zone::utc())
            .delete
            .is_empty()
    };
    assert!(!goes(&s, hold(s.start - Span::hours(1), s.start + Span::micros(1))));
    assert!(goes(&s, hold(s.start - Span::hours(1), s.start)));
    assert!(!goes(&s, hold(s.end - Span::micros(1), s.end + Span::hours(1))));
    assert!(goes(&s, hold(s.end, s.end + Span::hours(1))));
    let ended = Hold { ended: Some(now), ..hold(s.start, s.end) };
    assert!(goes(&s, ended));
    assert!(!goes(&Segment { digest: None, ..s.clone() }, hold(s.end, s.end)));
}

#[test]
fn an_edit_waits_24_hours_and_putting_it_back_cancels() {
    let t = utc("2026-11-21T12:00:00Z");
    let at = |hours: i64, ceiling_days| Version {
        accepted: t + Span::hours(hours),
        rules: Rules { floor_days: 10.min(ceiling_days), ceiling_days },
    };
    let old = at(-1000, 90);
    // (versions, hours after the first edit, ceiling in force)
    let table: [(Vec<Version>, i64, u32); 11] = [
        (vec![old, at(0, 30)], 0, 90),
        (vec![old, at(0, 30)], 23, 90),
        (vec![old, at(0, 30)], 24, 30),
        (vec![old, at(0, 120)], 0, 120),
        (vec![old, at(0, 30), at(1, 90)], 30, 90),
        (vec![old, at(0, 60), at(23, 30)], 24, 60),
        (vec![old, at(0, 60), at(23, 30)], 46, 60),
        (vec![old, at(0, 60), at(23, 30)], 47, 30),
        (vec![old, at(0, 30), at(20, 90), at(21, 30)], 25, 90),
        (vec![old, at(0, 30), at(20, 90), at(21, 30)], 45, 30),
        (vec![], 0, 0),
    ];
    for (i, (versions, hours, ceiling)) in table.into_iter().enumerate() {
        let now = t + Span::hours(hours);
        let got = in_force(&versions, now).map_or(0, |r| r.ceiling_days);
        assert_eq!(got, ceiling, "row {i}");
        let mut pruned = versions.clone();
        prune(&mut pruned, now);
        for later in 0..60 {
            let then = now + Span::hours(later);
            assert_eq!(in_force(&pruned, then), in_force(&versions, then), "row {i} pruned");
        }
    }
    let s = segment(0, t - Span::days(50), 10);
    let p = Policy { otherwise: vec![old, at(0, 30)], ..Policy::default() };
    let ask =
        |now| plan(&lots(std::slice::from_ref(&s)), Some(&[]), &p, &roomy(), now, &Zone::utc());
    assert_eq!(ask(t).wake_at, Some(t + EDIT_GRACE));
    assert!(ask(t + EDIT_GRACE - Span::micros(1)).delete.is_empty());
    assert_eq!(ask(t + EDIT_GRACE).delete.len(), 1);
}

#[test]
fn a_camera_that_nobody_gave_rules_keeps_everything() {
    let now = utc("2026-11-21T12:00:00Z");
    let all = lots(&[segment(0, now - Span::days(4000), 10)]);
    let got = plan(&all, Some(&[]), &Policy::default(), &full(0, 100), now, &Zone::utc());
    assert!(got.delete.is_empty() && got.stop.contains(&disk(0)));
}
