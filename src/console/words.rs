//! Figures and states in the reader's words; shared by the console and the verbs.

use crate::base::time::{Span, Utc, Zone};
use crate::footage::GapReason;
use crate::logbook::Kind;
use crate::wire::{CameraState, DaysHeld, DiskState, Ill, Level};

/// `OK`, `NOTICE`, `WARNING`, `FAULT`.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Ok => "OK",
        Level::Notice => "NOTICE",
        Level::Warning => "WARNING",
        Level::Fault => "FAULT",
    }
}

/// At most ten characters.
pub fn camera(state: CameraState) -> &'static str {
    match state {
        CameraState::Connecting => "connecting",
        CameraState::Recording => "recording",
        CameraState::Failed => "FAULT",
        CameraState::Disabled => "disabled",
    }
}

/// What is wrong with a picture, in at most ten characters.
pub fn ill(what: Ill) -> &'static str {
    match what {
        Ill::Frozen => "FROZEN",
        Ill::Black => "BLACK",
        Ill::Covered => "COVERED",
        Ill::Moved => "MOVED",
    }
}

/// At most nine characters.
pub fn disk(state: DiskState) -> &'static str {
    match state {
        DiskState::Writing => "writing",
        DiskState::Full => "FULL",
        DiskState::ReadOnly => "READ-ONLY",
        DiskState::Slow => "SLOW",
        DiskState::Missing => "MISSING",
        DiskState::Foreign => "FOREIGN",
        DiskState::Failed => "FAULT",
    }
}

/// Why there is no footage, in at most 19 characters: a column of the camera table.
pub fn reason(reason: GapReason) -> &'static str {
    match reason {
        GapReason::Stopped => "Beadle was stopped",
        GapReason::Crash => "Beadle crashed",
        GapReason::PowerLoss => "power was lost",
        GapReason::Disabled => "switched off",
        GapReason::Reconfigured => "the file changed it",
        GapReason::NoRoute => "no answer",
        GapReason::Refused => "refuses connection",
        GapReason::WrongPassword => "wrong password",
        GapReason::NoStream => "no such stream",
        GapReason::NoKeyFrame => "no key frame",
        GapReason::Codec => "codec not supported",
        GapReason::Stalled => "stopped sending",
        GapReason::Closed => "hung up",
        GapReason::Garbage => "sends nonsense",
        GapReason::Loss => "frames lost",
        GapReason::TimeJump => "its time jumped",
        GapReason::ClockStep => "clock was put right",
        GapReason::NoDisk => "no disk to write to",
        GapReason::DiskFull => "disk full",
        GapReason::DiskSlow => "disk too slow",
        GapReason::Pipeline => "pipeline failed",
        GapReason::Unknown => "unknown",
    }
}

/// `512 B`, `34.2 GB`: decimal units, as on the disk's label.
pub fn bytes(n: u64) -> String {
    let mut size = n as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 999.5 {
            let places = usize::from(size < 9.95 && unit != "B");
            return format!("{size:.places$} {unit}");
        }
        size /= 1000.0;
    }
    let places = usize::from(size < 9.95);
    format!("{size:.places$} TB")
}

/// `2,048`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// How long ago: `now` below two seconds, so that a healthy screen stands still; then `3 s`.
pub fn age(span: Span) -> String {
    let s = span.as_secs();
    match s {
        ..2 => "now".into(),
        2..120 => format!("{s} s"),
        120..7_200 => format!("{} min", s / 60),
        7_200..172_800 => format!("{} h", s / 3_600),
        _ => format!("{} d", s / 86_400),
    }
}

/// Frames a second: `15`, or `0.5` where that matters.
pub fn rate(fps: f64) -> String {
    match fps {
        f if f >= 9.95 => format!("{f:.0}"),
        f => format!("{f:.1}"),
    }
}

/// `12.4 of 30-90`: days on disk, and the floor and ceiling they are judged by.
pub fn held(held: &DaysHeld) -> String {
    format!("{:.1} of {}-{}", held.days, held.floor_days, held.ceiling_days)
}

/// `14:10` today, else the day: ten characters.
pub fn since(zone: &Zone, at: Utc, now: Utc) -> String {
    if zone.day_of(at) == zone.day_of(now) {
        return zone.show_near(at, at);
    }
    zone.day_of(at).to_string()
}

/// `1 camera`, `64 cameras`.
pub fn several(n: u64, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(n))
}

/// `1 entry`, `12 entries`.
pub fn several_of(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A kind of entry in the reader's words: what is called a grant in entries is access here.
pub fn kind(kind: Kind) -> String {
    match kind {
        Kind::AccessGrant => "change of access".into(),
        _ => kind.as_str().replace('-', " "),
    }
}

/// With its first letter large.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        for (n, want) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (9_960, "10 kB"),
            (999_600, "1.0 MB"),
            (34_200_000_000, "34 GB"),
            (4_000_000_000_000, "4.0 TB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(bytes(n), want);
        }
        for (n, want) in [(7, "7"), (999, "999"), (2_048, "2,048"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), want);
        }
        for (s, want) in [(-5, "now"), (1, "now"), (3, "3 s"), (150, "2 min"), (200_000, "2 d")] {
            assert_eq!(age(Span::secs(s)), want);
        }
        assert_eq!([rate(15.02), rate(0.5), rate(9.97), rate(0.0)], ["15", "0.5", "10", "0.0"]);
    }
}
