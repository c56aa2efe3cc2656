//! `logbook`, `disposal`, `clock`: how long entries stay, how carriers end, how time is judged.

use super::value::{At, Length, Setting, words};

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
