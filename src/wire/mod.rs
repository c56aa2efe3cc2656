//! The language of the supervisor's socket: one JSON object a line. The only serialised types.
//!
//! Not promised: that two requests in a row see the same state; each reply is true for its own
//! moment.

pub mod book;
pub mod call;
pub mod duty;
pub mod frame;
pub mod frames;
pub mod look;
pub mod people;
pub mod pictures;
pub mod plan;
pub mod room;
mod still;
pub mod viewing;

use serde::{Deserialize, Serialize};

use crate::base::name::{CameraId, DiskId};
use crate::base::time::{Day, Utc};
use crate::footage::{Gap, GapReason, Hold, Segment};
use crate::logbook::{Account, Act, Body, Entry, Kind, Number};

pub use call::{Call, Sent};
pub use plan::{PlanLine, PlanReport, Saved};
pub use still::StillFile;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    Status,
    /// Status now, and again whenever it changes, at most twice a second, until the client hangs
    /// up.
    Watch,
    /// Segments and gaps that touch the window; `after` continues a list that was cut at the limit.
    Footage {
        camera: Option<CameraId>,
        from: Option<Utc>,
        to: Option<Utc>,
        after: Option<u64>,
    },
    /// What would change if this text became the file.
    Plan {
        name: String,
        text: String,
    },
    HoldAdd {
        cameras: Vec<CameraId>,
        start: Utc,
        end: Utc,
        reference: String,
        reason: String,
        review_days: Option<u32>,
    },
    HoldList,
    HoldEnd {
        id: String,
    },
    /// Throw the index away and make it again from the files, behind the recording.
    Reindex,

    LogIn(people::LogIn),
    /// A sealed code instead of a log-in; loud (S4.42).
    BreakGlass {
        code: Sent,
        reason: String,
    },
    LogOut,
    Lock,
    Unlock {
        passphrase: Sent,
    },
    WhoAmI,
    /// What a screen shows of its place, before log-in too.
    Room,
    /// The first people of a box on which nobody is enrolled, two at once.
    Found {
        people: Vec<people::Founder>,
    },
    /// A one-time code for somebody to enrol with.
    EnrolCode {
        person: String,
        account: Account,
    },
    Enrol {
        person: String,
        account: Account,
        code: Sent,
        passphrase: Sent,
    },
    /// An authenticator for the account that is logged in: without digits a new secret, with them
    /// the proof that the authenticator has it (R1.26).
    Factor {
        digits: Option<Sent>,
    },
    /// The key that opens the copies on the footage disks, for paper (R4.7).
    RecoveryKey,
    /// The key from paper, for a box that has nobody enrolled: it takes back what lies sealed.
    RecoveryPut {
        key: Sent,
    },
    /// Does this key open the copies? Replaces nothing (R4.7).
    RecoveryCheck {
        key: Sent,
    },
    /// Names of the cameras' passwords, and how they are kept.
    Secrets,
    SecretSet {
        name: String,
        password: Sent,
    },
    SecretRemove {
        name: String,
    },
    /// New sealed codes; the old ones no longer count.
    SealCodes,
    People,

    /// What can be entered by hand, in one register or in all.
    Forms {
        register: Option<String>,
    },
    /// What has to be filled in.
    Form {
        kind: Kind,
        act: Act,
    },
    /// A new entry. Who makes it is known from the session, not from the body.
    Enter {
        kind: Kind,
        act: Act,
        about: Option<Number>,
        body: Box<Body>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<people::Second>,
    },
    /// How a half-filled form stands; nothing is entered.
    Judge {
        kind: Kind,
        act: Act,
        about: Option<Number>,
        body: Box<Body>,
    },
    Logbook(book::Find),
    /// The record that an entry belongs to, with all its entries.
    Record {
        number: Number,
    },
    /// Clock, logbook and copies of it.
    Machine,
    Entry {
        number: Number,
    },
    /// A register's records: one line each, with state and due date.
    Records {
        register: String,
        open: bool,
    },
    Checkpoint,
    Prove {
        number: Number,
    },
    /// Destroys the bodies of entries, by two people (R5.7).
    Forget {
        numbers: Vec<Number>,
        reason: String,
        second: people::Second,
    },

    /// Somebody wants to look at pictures: the entry comes first, then the number of the look.
    View(look::View),
    /// The pictures are put away; what was seen.
    ViewEnd(look::End),

    /// One picture of one camera; `at` is now unless it says otherwise.
    Still {
        camera: CameraId,
        at: Option<Utc>,
        purpose: Option<String>,
        reason: Option<String>,
        /// JPEG, else PNG.
        jpeg: bool,
    },
    Duties,
    /// Viewings that want a question (S4.67).
    Curiosity {
        from: Option<Utc>,
        to: Option<Utc>,
    },
    /// What one person did, on somebody's authority (S4.51, S4.52).
    PersonReport {
        person: String,
        reason: String,
        authority: String,
    },
    /// The version of the file that waits is approved by whoever asks (S4.48).
    Approve {
        digest: String,
    },
    /// Saves the file, if the one on disk is still that of the digest `based_on` (S4.17). A text
    /// that does not load is not written.
    SaveFile {
        text: String,
        based_on: String,
    },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    Status(Box<Status>),
    Footage {
        segments: Vec<Segment>,
        gaps: Vec<Gap>,
        more: Option<u64>,
    },
    Plan(PlanReport),
    Hold(Hold),
    Holds {
        holds: Vec<Hold>,
    },
    LoggedIn(Box<people::LoggedIn>),
    WhoIs(people::WhoIs),
    Room(Box<room::Room>),
    Judged(room::Judged),
    Record(Box<room::RecordSheet>),
    Machine(room::MachineSheet),
    /// Shown once.
    Codes {
        codes: Vec<Sent>,
        until: Option<Utc>,
    },
    Enrolled {
        person: String,
    },
    /// For an authenticator, shown once: as an address for a code, and to be typed.
    Factor {
        address: Sent,
        typed: Sent,
    },
    /// The first people are enrolled; the sealed codes are shown once.
    Founded {
        people: Vec<String>,
        codes: Vec<Sent>,
    },
    People {
        people: Vec<people::PersonLine>,
    },
    Forms {
        forms: Vec<book::FormTitle>,
    },
    Form(book::FormSheet),
    Entered {
        number: Number,
        /// What is unusual about it, and what happens now.
        notes: Vec<String>,
    },
    Entries(book::Found),
    Entry(Box<Entry>),
    Records {
        records: Vec<book::RecordLine>,
    },
    Text {
        text: String,
    },
    Still(StillFile),
    Duties {
        duties: Vec<duty::DutyLine>,
    },
    Secrets {
        names: Vec<String>,
        /// How they are kept, in words.
        kept: String,
    },
    /// The passphrase is right; ask again with the second factor.
    CodeWanted,
    /// The entry of the look, and when it ends by itself.
    Viewing {
        number: Number,
        until: Option<Utc>,
    },
    /// What came of saving the file.
    Saved(Saved),
    /// Log in first, and ask again.
    LogIn {
        why: String,
    },
    Done,
    /// A sentence for the reader: what, where, what to do.
    Refused {
        why: String,
    },
}

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
    pub retention: RetentionStatus,
    pub index: IndexStatus,
    /// Conditions that somebody has to do something about, worst first.
    pub alarms: Vec<Alarm>,
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
