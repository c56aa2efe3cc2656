//! Calls under way, each with its ticket: an answer that nobody waits for any more is dropped.

use std::collections::BTreeMap;

use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::{Act, Kind, Number, Value};
use crate::wire::look::{Looking, View};

/// What an answer is for.
#[derive(Clone, PartialEq, Debug)]
pub enum For {
    Room,
    /// What a candidate would do as the first file: its name and its digest.
    BeginPlan {
        name: String,
        digest: String,
    },
    BeginTake,
    /// Nothing but to keep the session awake while somebody works.
    Awake,
    Lock,
    LogOut,
    Duties,
    /// Small pictures for the check or the view on top.
    Glance,
    /// How the logbook's own proof stands.
    Proven,
    Secrets,
    /// Versions of the image, and one on a stick.
    Update,
    UpdateLook,
    /// The box's own disks.
    Own,
    /// The recovery key, for paper.
    ShowKey,
    /// What came of something with the key, in a sentence.
    KeyDone,
    /// Which groups of it are to be typed.
    Groups,
    /// The form that lies on top was sent.
    Submit,
    /// How that form stands; then it is sent, where `send`.
    Judge {
        send: bool,
    },
    /// The fields of a form to be opened, some of them filled in.
    Sheet(Box<Wanted>),
    /// What can be entered, for a menu.
    Forms,
    Book {
        /// More of the same list, not a new one.
        more: bool,
    },
    /// Of one register.
    Records(&'static str),
    Incidents,
    Holds,
    Record,
    /// What belongs to the open case besides its own record.
    Releases,
    /// How a copy goes.
    Export,
    /// How a paper goes.
    Print,
    /// A picture is marked for a case.
    Still {
        case: Number,
        camera: CameraId,
        at: Utc,
    },
    People,
    Machine,
    Seal,
    Proof,
    Authenticator,
    /// About the file.
    Site(SiteAsk),
    /// A look, with what was said when asking.
    View(Box<View>),
    /// The way to its pictures.
    Sight,
    ViewEnd,
    /// Segments and gaps of this camera, for the timeline.
    Footage(CameraId),
}

/// What an answer about the file is for.
#[derive(Clone, PartialEq, Debug)]
pub enum SiteAsk {
    /// How the file stands.
    Show,
    /// To be edited.
    Open,
    /// For the edits that have a form.
    Guides,
    /// Saving was refused for this reason: was somebody else faster?
    Conflict {
        why: String,
    },
    /// Of the text in the editor.
    Plan,
    Save,
    Versions,
    /// Of the two versions that are compared.
    Text {
        newer: bool,
    },
    RollBack {
        revision: u64,
    },
    RollBackPlan {
        revision: u64,
        text: String,
    },
    Keep,
}

impl For {
    /// Some look, whichever.
    pub fn view() -> For {
        For::View(Box::new(View::of(Looking::Live)))
    }

    /// Some form, whichever.
    pub fn sheet() -> For {
        let (kind, act) = (Kind::Viewing, Act::Open);
        For::Sheet(Box::new(Wanted { kind, act, about: None, fill: Vec::new() }))
    }

    /// Would an answer to one replace what the other brings?
    fn same(&self, other: &For) -> bool {
        match (self, other) {
            (For::Records(one), For::Records(two)) => one == two,
            (For::Site(one), For::Site(two)) => {
                std::mem::discriminant(one) == std::mem::discriminant(two)
            }
            (For::Footage(one), For::Footage(two)) => one == two,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// A form that somebody wants to fill in.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    pub kind: Kind,
    pub act: Act,
    pub about: Option<Number>,
    pub fill: Vec<(String, Value)>,
}

/// The calls under way.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asks {
    last: u64,
    open: BTreeMap<u64, For>,
}

impl Asks {
    /// A ticket for a call. An earlier one for the same is no longer waited for.
    pub fn ticket(&mut self, what: For) -> u64 {
        self.open.retain(|_, other| !other.same(&what));
        self.last += 1;
        self.open.insert(self.last, what);
        self.last
    }

    /// What the answer with this ticket is for; `None`: it is stale.
    pub fn take(&mut self, ticket: u64) -> Option<For> {
        self.open.remove(&ticket)
    }

    /// Answers to the person who was here are not for the next one.
    pub fn forget(&mut self) {
        self.open
            .retain(|_, what| matches!(what, For::Room | For::Lock | For::LogOut | For::ViewEnd));
    }

    /// Does a form wait for its answer?
    pub fn waits(&self, what: &For) -> bool {
        self.open.values().any(|other| other.same(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_answers_are_dropped() {
        let mut asks = Asks::default();
        let first = asks.ticket(For::Book { more: false });
        let other = asks.ticket(For::Duties);
        let second = asks.ticket(For::Book { more: true });
        assert_eq!(asks.take(first), None);
        assert_eq!(asks.take(second), Some(For::Book { more: true }));
        assert_eq!(asks.take(second), None);
        asks.forget();
        assert_eq!(asks.take(other), None);
    }
}
