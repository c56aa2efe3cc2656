//! The fields of entries that duties read, and the two kinds of entries that duties write.

/// Which duty an entry does, or missed: a word of [`super::Duty`]. In `duty-done`, `duty-missed`,
/// `review`, and in `maintenance` for the yearly visit (a repair has none).
pub const DUTY: &str = "duty";
/// What the duty was about: [`super::Key::of`]. In `duty-done`, `duty-missed`, and `maintenance`
/// (the firm).
pub const OF: &str = "of";
/// The day that passed. In `duty-missed`.
pub const DAY: &str = "day";

/// Ids of the persons who were trained, or the person who signed. In `training`, `acceptance`.
pub const PERSONS: &str = "persons";
pub const PERSON: &str = "person";
/// Id of the paper that was signed, and its version. In `acceptance`.
pub const PAPER: &str = "paper";
pub const VERSION: &str = "version";

/// What happened to a sealed code: [`USED`] asks for a review. In `break-glass`.
pub const STEP: &str = "step";
pub const USED: &str = "used";
/// True where the ordinary witness was not to be had. In `release` and `export`.
pub const WITNESS_EXCEPTION: &str = "witness-exception";

/// The rule that is departed from, and the last day. In `exception`.
pub const RULE: &str = "rule";
pub const UNTIL: &str = "until";
/// Reference of the authorisation that was looked at again. In `covert`.
pub const REFERENCE: &str = "reference";
pub const REVIEWED: &str = "reviewed";

/// True in a correction that takes an entry back: what it did counts as not done.
pub const WITHDRAWN: &str = "withdrawn";

// Of `change`: what the new version of the file asks for that the old one did not. Lists of ids;
// `changes.rs` writes them.
pub const CAMERAS_ADDED: &str = "cameras-added";
pub const CAMERAS_MOVED: &str = "cameras-moved";
pub const PEOPLE_ADDED: &str = "people-added";
pub const PAPERS_NEW: &str = "papers-new";
pub const DUTIES_NEW: &str = "duties-new";
