//! Statuses as a supervisor would send them: empty, busy, failing.
#![allow(dead_code)] // each test and example uses its own few

pub mod desk;
pub mod face;
pub mod file;
pub mod leaving;
pub mod looks;
pub mod shots;
pub mod shown;

use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::{Span, Utc};
use beadle::footage::GapReason;
use beadle::wire::*;

pub const GIB: u64 = 1 << 30;

/// 2026-11-21 08:41:07 GMT.
pub fn now() -> Utc {
    "2026-11-21T08:41:07Z".parse().unwrap()
}

pub fn held(days: f64) -> DaysHeld {
    DaysHeld {
        days,
        oldest: Some(now() - Span((days * 86_400e6) as i64)),
        hours: days * 24.0,
        bytes: (days * 2.7e9) as u64,
        floor_days: 30,
        target_days: 31,
        ceiling_days: 90,
        forecast_days: Some(41.2),
    }
}

pub fn camera(id: &str, title: &str) -> CameraStatus {
    CameraStatus {
        id: CameraId::new(id).unwrap(),
        title: title.into(),
        state: CameraState::Recording,
        reason: None,
        reason_text: None,
        since: now() - Span::days(12),
        last_frame: Some(now() - Span::millis(300)),
        fps: 15.02,
        kbps: 2048.4,
        codec: Some("H.264".into()),
        picture: Some((1920, 1080)),
        frames: 15_552_000,
        gaps_today: 0,
        gap_seconds_today: 0,
        clock_offset_ms: Some(40),
        certificate: None,
        disk: Some(DiskId("a1".into())),
        held: held(12.4),
        ill: None,
    }
}

pub fn disk() -> DiskStatus {
    DiskStatus {
        path: "/var/lib/beadle/footage".into(),
        id: Some(DiskId("a1".into())),
        state: DiskState::Writing,
        why: None,
        since: now() - Span::days(12),
        total: 4_000_000_000_000,
        free: 1_240_000_000_000,
        cameras: 64,
        safe_up_to: 0.8,
    }
}

pub fn empty() -> Status {
    Status {
        site: "St Thomas More High School".into(),
        timezone: "Europe/London".into(),
        now: now(),
        verdict: Verdict { level: Level::Warning, text: "No camera is in the file.".into() },
        file: FileStatus {
            path: "/etc/beadle/site.kdl".into(),
            revision: 1,
            digest: "0".repeat(64),
            since: now() - Span::mins(2),
            source: "the file".into(),
            findings: vec![],
            stale: false,
        },
        cameras: vec![],
        disks: vec![DiskStatus { cameras: 0, ..disk() }],
        sticks: vec![],
        retention: RetentionStatus {
            floor_days: 30,
            target_days: 31,
            ceiling_days: 90,
            ..RetentionStatus::default()
        },
        index: IndexStatus::default(),
        alarms: vec![],
        begin: None,
        signs: vec![],
    }
}

/// 64 cameras, all well, something to read everywhere.
pub fn busy() -> Status {
    let places = ["Corridor", "Classroom", "Stairs", "Bicycle shed", "Playground, north side"];
    let cameras = (1..=64).map(|n| {
        let place = places[n % places.len()];
        let id = place.to_lowercase().replace([',', ' '], "-").replace("--", "-");
        let mut one = camera(&format!("{id}-{n}"), &format!("{place} {n}"));
        one.kbps += (n * 17 % 400) as f64;
        one.gaps_today = (n % 9 == 0) as u32;
        one.gap_seconds_today = u64::from(one.gaps_today) * 14;
        one
    });
    Status {
        verdict: Verdict {
            level: Level::Ok,
            text: "All 64 cameras are recording; footage is kept as promised.".into(),
        },
        cameras: cameras.collect(),
        disks: vec![disk()],
        file: FileStatus { revision: 7, since: now() - Span::hours(18), ..empty().file },
        retention: RetentionStatus {
            forecast_days: Some(41.2),
            holds: 2,
            deleted: vec![deletion("2026-11-20", 1440, 0), deletion("2026-11-21", 522, 0)],
            ..empty().retention
        },
        index: IndexStatus { segments: 4_147_200, rebuilding: None },
        ..empty()
    }
}

fn deletion(day: &str, ceiling: u64, shortfall: u64) -> DeletionDay {
    let segments = ceiling + shortfall;
    let bytes = segments * 15_360_000;
    DeletionDay { day: day.parse().unwrap(), segments, bytes, ceiling, space: 0, shortfall }
}

fn broken(mut one: CameraStatus, reason: GapReason, text: &str) -> CameraStatus {
    one.state = CameraState::Failed;
    one.reason = Some(reason);
    one.reason_text = Some(text.into());
    one.since = now() - Span::mins(29);
    one.last_frame = Some(now() - Span::mins(29));
    one.gaps_today = 3;
    one.gap_seconds_today = 1_781;
    one.clock_offset_ms = Some(-61_500);
    one
}

fn finding(level: Level, line: u32, word: &str, text: &str, remedy: &str) -> Finding {
    let rendered = format!(
        "{word}: {text}\n  --> /etc/beadle/site.kdl:{line}:12\n   |\n{line:>3}|     camera \"hall\" fps:12\n   \
         |                   ^^^^^^\n   = {remedy}"
    );
    Finding { level, line, column: 12, text: text.into(), remedy: remedy.into(), rendered }
}

/// Much is wrong at once, and some of it is said in characters that the console's font lacks.
pub fn failing() -> Status {
    let password = "The camera does not accept the user \u{201c}recorder\u{201d} and its password. \
                    Enter the password that the camera\u{2019}s own page accepts: \
                    beadle secret set cameras.";
    let mut wait = camera("hall", "Main hall");
    wait.state = CameraState::Connecting;
    wait.reason = Some(GapReason::NoKeyFrame);
    wait.since = now() - Span::secs(20);
    let mut off = camera("pool", "Swimming pool \u{2014} Pŵll");
    off.state = CameraState::Disabled;
    off.reason = Some(GapReason::Disabled);
    off.last_frame = None;
    off.held = DaysHeld { forecast_days: None, oldest: None, days: 0.0, ..held(0.0) };
    let mut short = camera("gym", "Sports hall");
    short.held.forecast_days = Some(22.0);
    short.ill = Some(PictureIll { what: Ill::Frozen, since: now() - Span::mins(26) });
    Status {
        verdict: Verdict {
            level: Level::Fault,
            text: "corridor-2 has not recorded since 08:12: wrong password. \
                   The file on disk does not load; a disk is missing; 22 days will fit, \
                   30 are promised."
                .into(),
        },
        file: FileStatus {
            revision: 7,
            source: "the last good copy".into(),
            stale: true,
            since: now() - Span::hours(18),
            findings: findings(),
            ..empty().file
        },
        cameras: vec![
            camera("front-gate", "Front gate"),
            broken(camera("corridor-2", "Corridor 2"), GapReason::WrongPassword, password),
            wait,
            off,
            short,
            broken(
                camera("a-camera-with-quite-a-long-name-of-its-own", "Back gate"),
                GapReason::Codec,
                "It sends MPEG-4 Part 2. Beadle records H.264 and H.265: choose one of them on \
                 the camera's own page.",
            ),
        ],
        disks: vec![slow_disk(), missing_disk()],
        retention: RetentionStatus {
            forecast_days: Some(22.0),
            holds: 1,
            pending: Some(PendingEdit {
                takes_effect: now() + Span::hours(5),
                text: "Retention 90 -> 30 days: 1,204 h on 6 cameras will be deleted.".into(),
                hours: 1204.0,
                cameras: 6,
            }),
            deleted: vec![deletion("2026-11-21", 100, 12)],
            ..empty().retention
        },
        index: IndexStatus { segments: 41_204, rebuilding: Some(37) },
        alarms: alarms(password),
        signs: vec![],
        ..empty()
    }
}

fn slow_disk() -> DiskStatus {
    DiskStatus { state: DiskState::Slow, safe_up_to: 4.8, cameras: 5, ..disk() }
}

fn missing_disk() -> DiskStatus {
    let why = "Nothing is mounted there. Plug the disk with the label \u{2018}2\u{2019} in again.";
    DiskStatus {
        path: "/mnt/second".into(),
        id: None,
        state: DiskState::Missing,
        why: Some(why.into()),
        cameras: 0,
        free: 0,
        total: 0,
        ..disk()
    }
}

fn alarms(password: &str) -> Vec<Alarm> {
    vec![
        Alarm {
            level: Level::Fault,
            text: "corridor-2 has not recorded since 08:12: wrong password.".into(),
            remedy: password.into(),
            since: now() - Span::mins(29),
        },
        Alarm {
            level: Level::Fault,
            text: "The disk /mnt/second is missing.".into(),
            remedy: "Plug it in again. Its cameras record on /var/lib/beadle/footage.".into(),
            since: now() - Span::days(3),
        },
        Alarm {
            level: Level::Warning,
            text: "Only 22 days will fit; the file promises 30.".into(),
            remedy: "Add a disk, or lower the cameras' bit rate.".into(),
            since: now() - Span::hours(30),
        },
    ]
}

fn findings() -> Vec<Finding> {
    vec![
        finding(Level::Fault, 42, "error", "\"fps:12\" is not KDL", "write fps=12"),
        finding(Level::Warning, 7, "warning", "no sign covers \"hall\" (S1.31)", "add a sign"),
        finding(Level::Notice, 90, "advice", "31 days are usual (R2.8)", "target-days=31"),
    ]
}
