//! `approvals`: what a change of this file needs before it counts (S4.48).

use super::value::{At, Id, words};

words! {
    /// Changes that wait for confirmation.
    Change {
        WidenRights = "widen-rights",
        ShortenRetention = "shorten-retention",
        DropSafeguard = "drop-safeguard",
    }
}

/// `widen-rights by="..." and="..."`: one of each list, two different persons, not the one it favours.
#[derive(Clone, PartialEq, Debug)]
pub struct Approval {
    pub change: At<Change>,
    /// Any one of these persons or roles.
    pub by: Vec<At<Id>>,
    /// And any one of these; empty means one key is enough.
    pub and: Vec<At<Id>>,
    /// Their deputies may confirm for them.
    pub deputies: bool,
}
