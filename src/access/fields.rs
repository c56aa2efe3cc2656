//! Names of the fields that this module writes into entries and reads back from them.
//!
//! `decide` and [`super::Standing`] use these and no other spelling.

/// The wish in a word (`playback`, `write visit`): what "last used" is read from (S4.46).
pub const DEED: &str = "deed";
/// The person whom an entry is about: who is enrolled, suspended, told, reported on.
pub const SUBJECT: &str = "subject";
/// A list of camera ids, or the text [`ALL`].
pub const CAMERAS: &str = "cameras";
/// In [`CAMERAS`]: every camera. A text, so that a camera of that name is something else.
pub const ALL: &str = "all";
/// First moment of a window.
pub const FROM: &str = "from";
/// Last moment of a window.
pub const UNTIL: &str = "until";
/// Permission: the person or role that may view.
pub const TO: &str = "to";
/// Permission: when it ends.
pub const EXPIRES: &str = "expires";
/// The answer to a purpose's own question (S0.10).
pub const ANSWER: &str = "answer";
/// Guests who watch: a list of `class: name`.
pub const GUESTS: &str = "guests";
/// Who stays with them (S1.30).
pub const SUPERVISOR: &str = "supervisor";
/// On whose word each guest watches.
pub const GUEST_AUTHORITY: &str = "guest-authority";
/// Digest of the declaration that was accepted (S4.14).
pub const DECLARATION: &str = "declaration";
/// Until when a spoken word must be confirmed (S4.12, K7).
pub const CONFIRM_BY: &str = "confirm-by";
/// Who gave the spoken words that wait for that: a list of persons.
pub const SPOKEN_BY: &str = "spoken-by";
/// Who receives a copy.
pub const RECIPIENT: &str = "recipient";
/// What the recipient showed.
pub const PROOFS: &str = "proofs";
/// Authorisation under which covert pictures are seen.
pub const COVERT: &str = "covert";
/// Acceptance: which paper, in which version.
pub const PAPER: &str = "paper";
pub const VERSION: &str = "version";
/// Acceptance and training: who signed or learned, when another person entered it.
pub const PERSON: &str = "person";
/// Access: one of [`GIVEN`], [`SUSPENDED`], [`REVIEWED`], [`RETURNED`].
pub const CHANGE: &str = "change";
pub const GIVEN: &str = "given";
pub const SUSPENDED: &str = "suspended";
pub const REVIEWED: &str = "reviewed";
pub const RETURNED: &str = "returned";
/// What suspended it (S4.59), as spelt in the file.
pub const TRIGGER: &str = "trigger";
/// Decision on a request: [`ALLOWED`] or another word.
pub const DECISION: &str = "decision";
pub const ALLOWED: &str = "allowed";
/// Change of the file: persons who must be told (S4.50).
pub const AFFECTS: &str = "affects";
/// Digest of a file.
pub const DIGEST: &str = "digest";
/// Break-glass: [`USED`] or `printed`.
pub const EVENT: &str = "event";
pub const USED: &str = "used";
