//! `people`: one human being each, by post; deputies, contractors, admin accounts.

use super::value::{At, Id};
use crate::base::time::Day;

/// One person. Rights come from roles alone.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: At<Id>,
    pub title: At<String>,
    pub post: Option<At<String>>,
    pub department: Option<At<String>>,
    /// Whose deputy: acts for them where a role has `deputies=#true` (S4.5).
    pub deputises: Option<At<Id>>,
    /// Has a second account for privileged deeds only (S4.47).
    pub admin: bool,
    /// The firm of somebody who is not employed by the school (S4.3, S4.80).
    pub contractor: Option<At<String>>,
    pub from: Option<At<Day>>,
    /// Last day (S4.54); a contractor's account ends with it.
    pub until: Option<At<Day>>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    /// The whole node, for findings about the person.
    pub node: At<()>,
}
