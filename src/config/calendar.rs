//! `calendar`: terms and closed days. On a closed day the machine's own check stands alone (K14).

use super::value::At;
use crate::base::time::Day;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Calendar {
    pub terms: Vec<Period>,
    pub closed: Vec<Period>,
    /// Closed on Saturday and Sunday too.
    pub weekends_closed: bool,
}

/// Both days included; `first <= last`.
#[derive(Clone, PartialEq, Debug)]
pub struct Period {
    pub first: At<Day>,
    pub last: At<Day>,
    pub title: Option<At<String>>,
}
