//! Names of the fields that more than one module writes into entries or reads back from them.
//!
//! The forms declare each of them, with its sort; [`super::form::shape`] holds every entry that is
//! made against its form, so that a name in one place only is found by the first test that makes
//! such an entry.

// How something was asked for, and on whose word.

/// The wish in a word (`playback`, `write visit`): what "last used" is read from (S4.46).
pub const DEED: &str = "deed";
/// What was asked for and refused: never [`DEED`], so that no refusal passes for a use.
pub const WISH: &str = "wish";
/// The person whom an entry is about: who is enrolled, suspended, told, reported on.
pub const SUBJECT: &str = "subject";
/// A list of camera ids, or the text [`ALL`].
pub const CAMERAS: &str = "cameras";
/// In [`CAMERAS`]: every camera. A text, so that a camera of that name is something else.
pub const ALL: &str = "all";
/// First moment of a window.
pub const FROM: &str = "from";
/// Last moment of a window; also the last day of an exception or a training.
pub const UNTIL: &str = "until";
/// Seconds that a spot check shows (S1.28).
pub const SECONDS: &str = "seconds";
/// Permission: the person or role that may view.
pub const TO: &str = "to";
/// Permission: when it ends.
pub const EXPIRES: &str = "expires";
/// The entry of the permission under which somebody looks (S0.18).
pub const PERMISSION: &str = "permission";
/// The answer to a purpose's own question (S0.10).
pub const ANSWER: &str = "answer";
/// Until when a spoken word must be confirmed (S4.12, K7).
pub const CONFIRM_BY: &str = "confirm-by";
/// Who gave the spoken words that wait for that: a list of persons.
pub const SPOKEN_BY: &str = "spoken-by";

// Who looks on.

/// Class of the viewer; [`STAFF`] where nobody from outside looks on (S1.60).
pub const VIEWER: &str = "viewer";
pub const STAFF: &str = "staff";
pub const VIEWER_NAME: &str = "viewer-name";
/// Guests who watch: a list of `class: name`.
pub const GUESTS: &str = "guests";
/// Who stays with them (S1.30).
pub const SUPERVISOR: &str = "supervisor";
/// On whose word each guest watches.
pub const GUEST_AUTHORITY: &str = "guest-authority";
/// Digest of the declaration that was accepted, and that it was (S4.14).
pub const DECLARATION: &str = "declaration";
pub const DECLARED: &str = "declared";
/// A clip that is shown instead of recordings, and until when it may be (S1.41, S4.88).
pub const CLIP: &str = "clip";
pub const CLIP_UNTIL: &str = "clip-until";
/// The clip is a made-up scene, and shows nobody.
pub const SIMULATED: &str = "simulated";
/// Authorisation under which covert pictures are seen.
pub const COVERT: &str = "covert";
/// The incident, or the request, that a look belongs to (S4.67).
pub const INCIDENT: &str = "incident";
pub const REQUEST: &str = "request";

// Releases and holds.

/// [`STEP`] of a note: a picture is wanted as a picture.
pub const STILL: &str = "still";
/// Of which camera, and of which moment.
pub const STILL_CAMERA: &str = "still-camera";
pub const STILL_AT: &str = "still-at";

/// Who receives a copy.
pub const RECIPIENT: &str = "recipient";
/// What the recipient showed.
pub const PROOFS: &str = "proofs";
/// True where the ordinary witness was not to be had. In `release` and `export`.
pub const WITNESS_EXCEPTION: &str = "witness-exception";
/// Decision on a request: [`ALLOWED`] or another word.
pub const DECISION: &str = "decision";
pub const ALLOWED: &str = "allowed";
/// The hold's id, as `beadle hold list` shows it.
pub const HOLD: &str = "hold";
pub const CLASS: &str = "class";
/// What held footage shows, for the index (S1.59).
pub const INDEX: &str = "index";
/// The day on which a hold is looked at again (S1.49).
pub const REVIEW_BY: &str = "review-by";
/// Of a case, a paper or an authorisation. Covert: of the one that was looked at again.
pub const REFERENCE: &str = "reference";

// Matters that go on: their steps.

pub const STEP: &str = "step";
/// A step of a covert authorisation; a change of access after a look at it.
pub const REVIEWED: &str = "reviewed";
/// A note that says no more than that somebody read the record (S1.64).
pub const SEEN: &str = "seen";
/// A matter about the Headteacher, in which the Headteacher has no part (K13).
pub const ABOUT_HEAD: &str = "about-head";
/// Kind of incident.
pub const TYPE: &str = "type";
/// Persons of the file whom a misuse or breach may concern: their privileged rights rest (S4.59).
pub const SUSPECTS: &str = "suspects";

// People: papers, training, access.

/// Acceptance: which paper, in which version.
pub const PAPER: &str = "paper";
pub const VERSION: &str = "version";
/// Acceptance: who signed.
pub const PERSON: &str = "person";
/// Who was trained, or told.
pub const PERSONS: &str = "persons";
/// What somebody was told, what is the matter, what happened to a disk.
pub const WHAT: &str = "what";
/// Access: one of [`GIVEN`], [`SUSPENDED`], [`REVIEWED`], [`RETURNED`].
pub const CHANGE: &str = "change";
pub const GIVEN: &str = "given";
pub const SUSPENDED: &str = "suspended";
pub const RETURNED: &str = "returned";
/// What suspended it (S4.59), as spelt in the file.
pub const TRIGGER: &str = "trigger";
/// The day from which something counts.
pub const ON: &str = "on";
/// Break-glass: [`PRINTED`], [`USED`] or `refused`, and the number on the envelope (S4.42).
pub const EVENT: &str = "event";
pub const PRINTED: &str = "printed";
pub const USED: &str = "used";
pub const SEAL: &str = "seal";
/// Where one person is logged in twice (S4.34).
pub const PLACES: &str = "places";
/// The name that was given at a log-in that failed.
pub const TRIED: &str = "tried";
/// Name of a secret; never its value.
pub const SECRET: &str = "secret";
/// Public keys, 64 hex digits: a new box took over from one that signed with another.
pub const KEY_BEFORE: &str = "key-before";
/// The duty after a box was replaced, and what was read from the printed seal for it.
pub const KEY_CHECK: &str = "key-check";
pub const SHEET: &str = "sheet";
pub const SHEET_HERE: &str = "here";
pub const SHEET_ENTRIES: &str = "sheet-entries";
pub const SHEET_ROOT: &str = "sheet-root";
/// The last seal that the key before signed: how many entries it counts, and their root as paper
/// shows it.
pub const SEALED_ENTRIES: &str = "sealed-entries";
pub const SEALED_ROOT: &str = "sealed-root";
pub const KEY_NOW: &str = "key-now";

// Duties.

/// Which duty an entry does, or missed: a word of `duties::Duty`. In `duty-done`, `duty-missed`,
/// `review`, and in `maintenance` for the yearly visit (a repair has none).
pub const DUTY: &str = "duty";
/// Whom or what the duty was about. In `duty-done`, `duty-missed`, and `maintenance` (the firm).
pub const OF: &str = "of";
/// The day that passed, or that is summed up.
pub const DAY: &str = "day";
/// The rule that is departed from. In `exception`.
pub const RULE: &str = "rule";
/// Does every camera work? The ones that do not, and how many recorded (S1.26).
pub const ALL_GOOD: &str = "all-good";
pub const BAD: &str = "bad";
pub const RECORDING: &str = "recording";

/// True in a correction that takes an entry back: what it said counts as not said.
pub const WITHDRAWN: &str = "withdrawn";

// The file.

/// Digest of a version, and of the one that it was made from.
pub const DIGEST: &str = "digest";
pub const BASED_ON: &str = "based-on";
pub const REVISION: &str = "revision";
pub const AUTHOR: &str = "author";
pub const CHANGES: &str = "changes";
pub const APPROVED_BY: &str = "approved-by";
/// How a wait for approval ended: [`IN_FORCE`], [`WITHDRAWN`] or [`REFUSED`].
pub const ENDED: &str = "ended";
pub const IN_FORCE: &str = "in-force";
pub const REFUSED: &str = "refused";
/// Persons whose rights are others now: they must be told (S4.50).
pub const AFFECTS: &str = "affects";
// What the new version asks for that the old one did not: lists of ids, by `duties::changes`.
pub const CAMERAS_ADDED: &str = "cameras-added";
pub const CAMERAS_MOVED: &str = "cameras-moved";
pub const PEOPLE_ADDED: &str = "people-added";
pub const PAPERS_NEW: &str = "papers-new";
pub const DUTIES_NEW: &str = "duties-new";

// The machine.

/// How the run before ended, or what the clock showed before it was set.
pub const BEFORE: &str = "before";
pub const AFTER: &str = "after";
/// Fingerprint of the box's key.
pub const KEY: &str = "key";
/// Digest of the file in force at the start.
pub const FILE: &str = "file";
/// Names what an alarm is about across its life; its text may count on.
pub const ALARM: &str = "alarm";
pub const LEVEL: &str = "level";
pub const DISK: &str = "disk";
pub const SEGMENTS: &str = "segments";
pub const BYTES: &str = "bytes";
/// Segments deleted past the ceiling, for space, and below the floor for want of space.
pub const CEILING: &str = "ceiling";
pub const SPACE: &str = "space";
pub const SHORTFALL: &str = "shortfall";
/// What the file says of a full disk (S1.25).
pub const POLICY: &str = "policy";
/// Heartbeat: root over the segments closed, what the disks hold, the TPM's counter.
pub const ROOT: &str = "root";
pub const DISKS: &str = "disks";
pub const COUNTER: &str = "counter";
/// Owed entries: how many, since when, and what was lost of them.
pub const COUNT: &str = "count";
pub const SINCE: &str = "since";
pub const DROPPED: &str = "dropped";
/// Forgotten: numbers of the entries, as ranges.
pub const ENTRIES: &str = "entries";
