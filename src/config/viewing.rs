//! `viewing`: who else may look, on whose word, and how visits are written down.

use super::value::{At, Id, Length, Setting, words};

words! {
    /// Classes of people who are not of the school (S1.40, S1.41, S1.60, K11).
    Viewer {
        Police = "police",
        SupervisingAuthority = "supervising-authority",
        Inspection = "inspection",
        Demonstration = "demonstration",
        Training = "training",
        ThirdParty = "third-party",
        DataSubject = "data-subject",
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Viewing {
    pub viewers: Vec<ViewerRule>,
    /// Spot checks show no more than this at once (S1.28).
    pub spot_check: Setting<Length>,
    /// A word given by mouth must be confirmed by its giver within this (S4.12, K7).
    pub verbal: Setting<bool>,
    pub confirm_within: Setting<Length>,
    pub visits: Visits,
    /// Text that visitors sign (S4.14).
    pub declaration: Option<At<String>>,
}

/// `viewer "police" "Police officers" by="headteacher" supervised=#true clips="approved"`.
#[derive(Clone, PartialEq, Debug)]
pub struct ViewerRule {
    pub kind: At<Viewer>,
    pub title: Option<At<String>>,
    /// Whose permission; empty means whoever may `authorise-viewing`.
    pub by: Vec<At<Id>>,
    pub supervised: Setting<bool>,
    /// Approved or synthetic clips only (S1.41).
    pub approved_clips: Setting<bool>,
    /// References that the form insists on.
    pub needs: Vec<At<String>>,
    pub refused: bool,
}

/// `visits book="..." identity=#true`: people let in to the recorder (S4.13, S4.15, S1.31).
#[derive(Clone, PartialEq, Debug)]
pub struct Visits {
    pub book: Option<At<String>>,
    /// Identity and purpose are seen before letting in.
    pub identity: Setting<bool>,
    /// Supervised all the time.
    pub supervised: Setting<bool>,
    /// The school's security procedure.
    pub procedure: Option<At<String>>,
}
