//! `calendar`: terms and closed days. On a closed day the machine's own check stands alone (K14).

use super::read::Node;
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

impl Calendar {
    pub(super) fn decode(mut n: Node<'_>) -> Calendar {
        let weekends_closed = n.flag("weekends-closed");
        let terms = n.many("term").into_iter().filter_map(Period::decode).collect();
        let closed = n.many("closed").into_iter().filter_map(Period::decode).collect();
        n.finish();
        Calendar { terms, closed, weekends_closed }
    }
}

impl Period {
    fn decode(mut n: Node<'_>) -> Option<Period> {
        let first = n.arg::<Day>("the first day");
        let last = n.arg_opt::<Day>("the last day");
        let title = n.prop("title");
        n.in_order("the first day", &first, "the last day", &last);
        n.finish();
        let first = first?;
        // One day alone, like a training day.
        let last = last.unwrap_or_else(|| first.clone());
        Some(Period { first, last, title })
    }
}
