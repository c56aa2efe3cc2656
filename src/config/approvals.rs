//! `approvals`: what a change of this file needs before it counts (S4.48).

use super::read::Node;
use super::refer::Kind;
use super::value::Word;
use super::value::{At, Id, words};

words! {
    /// Changes that wait for confirmation.
    Change {
        WidenRights = "widen-rights",
        ShortenRetention = "shorten-retention",
        DropSafeguard = "drop-safeguard",
    }
}

/// `widen-rights by="..." and="..."`: one of each list, two different persons, not the one it
/// favours.
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

impl Approval {
    /// One node for each kind of change; a change that is not named counts at once.
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Approval> {
        let mut out = Vec::new();
        for (word, change) in Change::WORDS {
            let Some(mut node) = n.one(word) else {
                continue;
            };
            let by = node.refs("by", Kind::Who);
            let and = node.refs("and", Kind::Who);
            let deputies = node.flag("deputies");
            if by.is_empty() {
                let text = format!("\"{word}\" names nobody who approves");
                node.cx
                    .error("missing", node.place(), text, "add by=\"...\"");
            }
            let change = At::new(*change, node.place());
            node.finish();
            out.push(Approval {
                change,
                by,
                and,
                deputies,
            });
        }
        n.finish();
        out
    }
}
