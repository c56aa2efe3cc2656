//! How things are: the snapshot that the first screen and `beadle status` show, and what a change
//! of the file would mean.

use serde::{Deserialize, Serialize};

use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc};
use crate::footage::GapReason;
use crate::logbook::Number;

/// Everything that the first screen and `beadle status` show. A pure snapshot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Status {
    pub site: String,
    pub timezone: String,
    pub now: Utc,
    /// One line: all is well, or the worst thing that is not.
    pub verdict: Verdict,
    pub file: FileStatus,
    pub cameras: Vec<CameraStatus>,
    pub disks: Vec<DiskStatus>,
    /// What is plugged in; empty where the root service is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sticks: Vec<super::stick::StickLine>,
    pub retention: RetentionStatus,
    pub index: IndexStatus,
    /// Conditions that somebody has to do something about, worst first.
    pub alarms: Vec<Alarm>,
    /// There is no file yet: what could be it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin: Option<Box<super::begin::Beginning>>,
    /// Signs that are missing, speak of no camera, or were not looked at: a sentence each, until it
    /// is put right (S1.19, R1.34). No part of the verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    pub level: Level,
    pub text: String,
}

/// `Ok` < `Notice` < `Warning` < `Fault`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    Notice,
    Warning,
    Fault,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    pub level: Level,
    /// What is the matter.
    pub text: String,
    /// What to do.
    pub remedy: String,
    pub since: Utc,
}

/// The file that is in force, and the one on disk when that one does not load.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FileStatus {
    pub path: String,
    /// Counts accepted versions, from 1.
    pub revision: u64,
    pub digest: String,
    /// When this revision was accepted.
    pub since: Utc,
    /// `the file`, `the last good copy` or `the built-in demo`.
    pub source: String,
    /// Findings of the file as it lies on disk now, rendered for a terminal; errors first.
    pub findings: Vec<Finding>,
    /// True when the file on disk is not the one in force.
    pub stale: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Finding {
    pub level: Level,
    pub line: u32,
    pub column: u32,
    pub text: String,
    pub remedy: String,
    /// The whole finding as `beadle check` prints it.
    pub rendered: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CameraState {
    Connecting,
    Recording,
    Failed,
    Disabled,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CameraStatus {
    pub id: CameraId,
    pub title: String,
    pub state: CameraState,
    /// Why it is not recording, as a gap would record it.
    pub reason: Option<GapReason>,
    /// The same for the reader, with what to do.
    pub reason_text: Option<String>,
    /// When `state` last changed.
    pub since: Utc,
    pub last_frame: Option<Utc>,
    pub fps: f64,
    pub kbps: f64,
    pub codec: Option<String>,
    pub picture: Option<(u16, u16)>,
    /// Frames made durable since the supervisor started.
    pub frames: u64,
    /// Gaps that began or lasted today, local calendar.
    pub gaps_today: u32,
    pub gap_seconds_today: u64,
    /// The camera's clock minus ours, milliseconds, where it tells.
    pub clock_offset_ms: Option<i64>,
    /// RTSPS: which certificate the camera proves itself with, in words; `None` where an authority
    /// vouches for it, and for RTSP.
    pub certificate: Option<String>,
    pub disk: Option<DiskId>,
    pub held: DaysHeld,
    /// What is wrong with its picture, as far as the recorder can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ill: Option<PictureIll>,
}

/// A picture that does not show what it should.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PictureIll {
    pub what: Ill,
    pub since: Utc,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ill {
    Frozen,
    Black,
    Covered,
    Moved,
}

/// Days on disk for one camera, against what was promised.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Default)]
pub struct DaysHeld {
    /// Whole local days before today, counted back from yesterday, each with footage; the count
    /// ends at the first day without any. The oldest day counts only if its footage begins within
    /// its first hour. The floor is kept when this is at least `floor_days`, or when the camera is
    /// younger than that.
    pub days: f64,
    pub oldest: Option<Utc>,
    pub hours: f64,
    pub bytes: u64,
    pub floor_days: u32,
    pub target_days: u32,
    pub ceiling_days: u32,
    /// Days that fit at the present bit rate; `None` until there is one.
    pub forecast_days: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskState {
    Writing,
    Full,
    ReadOnly,
    Slow,
    Missing,
    Foreign,
    Failed,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DiskStatus {
    pub path: String,
    pub id: Option<DiskId>,
    pub state: DiskState,
    pub why: Option<String>,
    pub since: Utc,
    pub total: u64,
    pub free: u64,
    pub cameras: u32,
    /// What is older than this survives a power cut, seconds.
    pub safe_up_to: f64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Default)]
pub struct RetentionStatus {
    pub floor_days: u32,
    pub target_days: u32,
    pub ceiling_days: u32,
    /// Days that fit all cameras at the present rate.
    pub forecast_days: Option<f64>,
    pub holds: u32,
    /// An edit that waits out its 24 hours: what will go, and when.
    pub pending: Option<PendingEdit>,
    /// Yesterday's and today's deletions, one line a day.
    pub deleted: Vec<DeletionDay>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PendingEdit {
    pub takes_effect: Utc,
    pub text: String,
    pub hours: f64,
    pub cameras: u32,
}

/// One summary record per local day of deletion.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeletionDay {
    pub day: Day,
    pub segments: u64,
    pub bytes: u64,
    /// Segments by reason: past the ceiling, for space, below the floor for want of space.
    pub ceiling: u64,
    pub space: u64,
    pub shortfall: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Default)]
pub struct IndexStatus {
    pub segments: u64,
    /// Percent done while the index is being made again from the files.
    pub rebuilding: Option<u8>,
}

/// The answer to `plan`: one line per unit, then what it means.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Default)]
pub struct PlanReport {
    pub loads: bool,
    pub findings: Vec<Finding>,
    pub lines: Vec<PlanLine>,
    /// In words: "corridor-2: stops recording; 41 h of footage stays up to 90 days".
    pub consequences: Vec<String>,
    /// Who has to confirm it before it counts, and why, a line each (S4.48).
    #[serde(default)]
    pub approvals: Vec<String>,
    /// It changes network or storage: seconds for which it is tried unless somebody keeps it.
    #[serde(default)]
    pub tried: Option<u32>,
}

/// What came of saving the file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// `false`: it does not load, and nothing was changed.
    pub written: bool,
    /// Its entry.
    pub number: Option<Number>,
    /// Of the text, errors first.
    pub findings: Vec<Finding>,
    /// In force, or waiting for whom; else what to do.
    pub text: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlanLine {
    /// `+` new, `-` gone, `~` changed, `=` untouched.
    pub sign: char,
    /// `camera front-gate`, `retention`, `signage` ...
    pub unit: String,
    /// What changes, field by field; empty for `=`.
    pub what: String,
}
