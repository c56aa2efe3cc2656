//! `retention`: the floor and the ceiling, and what a hold is called.

use super::value::{At, Id, Setting, words};
use crate::base::name::CameraId;

words! {
    /// What happens when the disk is full and only footage younger than the floor is left (S1.25).
    WhenFull {
        /// Delete the oldest, with a shortfall entry and an alarm.
        Oldest = "oldest",
        /// Stop recording, with an alarm.
        Stop = "stop",
    }
}

/// Days are local calendar days, `0 <= min <= target <= max <= 3650`.
#[derive(Clone, PartialEq, Debug)]
pub struct Retention {
    pub keep: Keep,
    pub because: Option<At<String>>,
    pub when_full: Setting<WhenFull>,
    pub zones: Vec<(At<Id>, Keep)>,
    pub cameras: Vec<(At<CameraId>, Keep)>,
    /// Never empty: the defaults are `police`, `disciplinary`, `subject-access`, `insurance`, `export`.
    pub hold_classes: Vec<HoldClass>,
    pub node: At<()>,
}

/// The three figures of one camera, zone or the site; those not given come from the wider one.
#[derive(Clone, PartialEq, Debug)]
pub struct Keep {
    /// Floor: never deleted for space while anything else can go.
    pub min_days: Setting<u32>,
    /// What the forecast is judged by.
    pub target_days: Setting<u32>,
    /// Ceiling: deleted past it, always.
    pub max_days: Setting<u32>,
    /// Why this zone or camera differs.
    pub because: Option<At<String>>,
}

/// `hold-class "police" "Kept for the police" review-days=90` (S0.15, S1.49, K12).
#[derive(Clone, PartialEq, Debug)]
pub struct HoldClass {
    pub id: Setting<Id>,
    pub title: Setting<String>,
    pub review_days: Setting<u32>,
}
