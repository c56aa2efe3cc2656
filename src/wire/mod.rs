//! The language of the supervisor's socket: one JSON object a line. The only serialised types.
//!
//! Not promised: that two requests in a row see the same state; each reply is true for its own
//! moment.

pub mod begin;
pub mod book;
pub mod call;
pub mod disk;
pub mod duty;
pub mod export;
pub mod frame;
pub mod frames;
pub mod glance;
pub mod look;
pub mod people;
pub mod pictures;
pub mod print;
mod reply;
pub mod room;
pub mod site;
pub mod status;
pub mod stick;
mod still;
pub mod update;
pub mod viewing;

use serde::{Deserialize, Serialize};

use crate::base::name::CameraId;
use crate::base::time::{Day, Utc};
use crate::logbook::{Account, Act, Body, Kind, Number};

pub use call::{Call, Sent};
pub use reply::Reply;
pub use room::Ending;
pub use status::*;
pub use still::{ReferenceFile, StillFile};

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
        /// `None`: as the file says of its class (R1.23).
        review_days: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<String>,
        /// The request that it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<Number>,
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
    /// Takes a lost authenticator from an account (R1.26).
    FactorDrop {
        person: String,
        account: Account,
        reason: String,
    },
    /// Is this passphrase let through for this person? Nothing is kept, nothing else is told.
    JudgePhrase {
        person: String,
        passphrase: Sent,
    },
    /// The key that opens the copies on the footage disks, for paper (R4.7).
    RecoveryKey,
    /// The key from paper, for a box that has nobody enrolled: it takes back what lies sealed.
    RecoveryPut {
        key: Sent,
        /// The school of the disk that the key opens, where it is another one than the file's:
        /// whoever means it names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        school: Option<String>,
    },
    /// Does this key open the copies? Replaces nothing (R4.7).
    RecoveryCheck {
        key: Sent,
    },
    /// Which groups of the key are to be typed back from paper.
    RecoveryGroups,
    RecoveryConfirm {
        groups: Vec<Sent>,
    },
    /// The key is written to a stick, as a text file.
    RecoveryStick {
        stick: String,
    },
    /// File, people, passwords and logbook, sealed, onto a stick.
    Backup {
        stick: String,
    },
    /// The box's own disks.
    Disks,
    /// Erases a disk and makes it a footage disk. `typed`: see `SpaceLine::typed`.
    FootageMake {
        name: String,
        typed: String,
    },
    /// Writes the system that runs from a stick to a disk.
    Install {
        name: String,
        typed: String,
    },
    /// Opens a footage disk of a box before this one.
    FootageUnlock {
        name: String,
        key: Sent,
    },
    /// Versions of the image.
    Update,
    /// Is there a newer one on this stick?
    UpdateLook {
        stick: String,
    },
    /// The version that was shown goes into the other slot.
    UpdateBegin {
        stick: String,
        version: String,
        reason: String,
    },
    /// The machine's clock is set by hand.
    SetClock {
        to: Utc,
        reason: String,
    },
    /// The machine is restarted.
    Reboot {
        reason: String,
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
    /// A request and everything that points to it.
    Case {
        number: Number,
    },
    /// All of them, the newest first.
    Cases {
        open: bool,
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
    /// The way to pictures of a look that goes on.
    Sight(look::Sight),

    /// The newest small pictures of at most `GLANCE_CAMERAS_MAX` cameras beside their reference
    /// stills, for whoever does the daily check: the first one makes the entry.
    Glance {
        cameras: Vec<CameraId>,
        /// Of each picture, in pixels, at most.
        width: u16,
        height: u16,
    },
    /// The picture that the box picked for the random check (S1.54).
    PickShown {
        width: u16,
        height: u16,
    },
    /// Keeps what the camera shows now as its reference still, with what a person says to it
    /// (R4.20).
    ReferenceTake {
        camera: CameraId,
        good: bool,
        verdict: String,
    },
    /// The reference still of a camera that counts, for the commissioning record (R4.20).
    ReferenceStill {
        camera: CameraId,
    },
    /// Is the logbook as it should be? Begins to look, behind the recording, or says how far it
    /// is.
    Verify {
        anew: bool,
    },
    /// Beadle ends, cleanly and with its entry, for this reason (S4.53).
    Stop {
        how: Ending,
        reason: String,
    },
    /// Footage is to leave as a package: right, witness, hold, entry, then the copy.
    Export(Box<export::Leaving>),
    ExportState {
        number: Number,
    },
    ExportStop {
        number: Number,
    },
    /// A paper goes to a stick or to the printer of the file.
    Print(Box<print::Print>),
    PrintState {
        number: Number,
    },
    /// Makes a stick new: one partition, exFAT, empty. `typed`: see `StickLine::typed`.
    StickFormat {
        stick: String,
        typed: String,
    },
    /// Overwrites every byte of a stick, then formats it.
    StickWipe {
        stick: String,
        typed: String,
    },

    /// One picture of one camera; `at` is now unless it says otherwise.
    Still {
        camera: CameraId,
        at: Option<Utc>,
        purpose: Option<String>,
        reason: Option<String>,
        /// JPEG, else PNG.
        jpeg: bool,
        /// Who keeps the copy; whoever asks, where nobody is named (S4.87).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keeper: Option<String>,
        /// By when it is destroyed or looked at again; in thirty days, where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        destroy_by: Option<Day>,
    },
    Duties,
    /// Viewings that want a question (S4.67).
    Curiosity {
        from: Option<Utc>,
        to: Option<Utc>,
    },
    /// Signs of misuse that the box saw, counted (S4.73).
    Misuse {
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
    /// The version of the file that waits is refused by somebody who was asked to approve it; it
    /// stays on disk, and not in force.
    RefuseFile {
        digest: String,
        why: String,
    },
    /// The version that is tried stays in force.
    KeepFile {
        digest: String,
    },
    /// What a candidate would do as the file of a box that has none.
    BeginPlan {
        name: String,
    },
    /// The candidate becomes the file, if it still is the one of this digest.
    BeginTake {
        name: String,
        digest: String,
        /// The footage disk of another school that is here becomes this box's too.
        #[serde(default)]
        adopt: bool,
    },
    /// The file as it lies on disk, and what became of it.
    SiteFile,
    /// The versions that were in force, the newest first.
    Versions,
    /// One of them, whole.
    Version {
        revision: u64,
    },
    /// Saves the file, if the one on disk is still that of the digest `based_on` (S4.17). A text
    /// that does not load is not written.
    SaveFile {
        text: String,
        based_on: String,
    },
}
