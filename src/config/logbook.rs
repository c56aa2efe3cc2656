//! `logbook`, `disposal`, `clock`: how long entries stay, how carriers end, how time is judged.

use super::read::Node;
use super::value::{At, Length, Setting, words};
use crate::base::time::Span;

/// `logbook keep-years=7`.
#[derive(Clone, PartialEq, Debug)]
pub struct Logbook {
    /// Bodies of entries may be destroyed after this; the tree stays. 1 to 30.
    pub keep_years: Setting<u32>,
}

words! {
    DisposalMethod {
        Erase = "erase",
        /// For what cannot be erased (S4.23).
        Destroy = "destroy",
        Firm = "certified-firm",
    }
}

/// `disposal witness=#true methods="erase destroy"` (S1.62, S4.23).
#[derive(Clone, PartialEq, Debug)]
pub struct Disposal {
    pub witness: Setting<bool>,
    pub methods: Vec<At<DisposalMethod>>,
    pub procedure: Option<At<String>>,
}

/// `clock alarm="5s"`; servers belong to `network` (R4.13).
#[derive(Clone, PartialEq, Debug)]
pub struct ClockRules {
    pub alarm: Setting<Length>,
    pub servers: Vec<At<String>>,
}

impl Logbook {
    pub(super) fn decode(mut n: Node<'_>) -> Logbook {
        let because = "claims for damages may come for six years, and a year to settle them";
        let keep_years = n.int_or("keep-years", (1, 30), 7, because);
        n.finish();
        Logbook { keep_years }
    }
}

impl Disposal {
    pub(super) fn decode(mut n: Node<'_>) -> Disposal {
        let witness = n.set("witness", true, "two people see a carrier end (S4.23)");
        let methods = n.words("methods");
        let procedure = n.prop("procedure");
        n.finish();
        Disposal { witness, methods, procedure }
    }
}

impl ClockRules {
    pub(super) fn decode(mut n: Node<'_>) -> ClockRules {
        let alarm =
            n.set("alarm", Length(Span::secs(5)), "what EN 62676 asks at its highest grade");
        let servers = n.texts("server");
        n.finish();
        ClockRules { alarm, servers }
    }
}
