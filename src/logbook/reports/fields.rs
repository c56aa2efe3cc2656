//! The fields of entries that reports read.

/// The incident or request that a viewing belongs to. In `viewing`, `still`.
pub const INCIDENT: &str = "incident";
pub const REQUEST: &str = "request";
/// Ids of the cameras that were watched. In `viewing`, `still`.
pub const CAMERAS: &str = "cameras";
/// What was watched, as moments: `2026-11-22T09:14:00Z`. In `viewing`, `still`.
pub const FROM: &str = "from";
pub const TO: &str = "to";
/// Kind of incident. In `incident`.
pub const TYPE: &str = "type";
/// Class of recipient. In `release`.
pub const RECIPIENT: &str = "recipient";
/// Which duty was missed. In `duty-missed`.
pub const DUTY: &str = "duty";
/// True in a correction that takes an entry back: it is not counted.
pub const WITHDRAWN: &str = "withdrawn";
