//! `viewing`: who else may look, on whose word, and how visits are written down.

use super::disclosure::Proof;
use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Length, Setting, words};
use crate::base::time::Span;

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
    pub needs: Vec<At<Proof>>,
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

impl Viewing {
    pub(super) fn decode(mut n: Node<'_>) -> Viewing {
        let spot_check = n.set(
            "spot-check",
            Length(Span::secs(60)),
            "a minute shows that a camera works (S1.28)",
        );
        let verbal = n.set("verbal", true, "a word given by mouth counts until confirmed (S4.12)");
        let confirm_within =
            n.set("confirm-within", Length(Span::days(2)), "while memory is fresh (K7)");
        let declaration = n.one("declaration").and_then(|mut d| {
            let text = d.arg("the text that visitors sign");
            d.finish();
            text
        });
        let viewers = n.many("viewer").into_iter().filter_map(ViewerRule::decode).collect();
        let visits = Visits::decode(n.section("visits"));
        n.finish();
        Viewing { viewers, spot_check, verbal, confirm_within, visits, declaration }
    }
}

impl ViewerRule {
    fn decode(mut n: Node<'_>) -> Option<ViewerRule> {
        let kind = n.arg::<Viewer>("who, like \"police\"");
        let title = n.arg_opt("a title");
        let by = n.refs("by", Kind::Who);
        let supervised = n.set("supervised", true, "guests are never left alone (S1.30)");
        let shown = kind.as_ref().map(|k| k.value);
        let show = matches!(shown, Some(Viewer::Demonstration | Viewer::Training));
        let because = match show {
            true => "a demonstration needs no real event (S1.41)",
            false => "they come for what was recorded",
        };
        let approved_clips = n.set("approved-clips", show, because);
        let needs = n.words("needs");
        let refused = n.flag("refused");
        n.finish();
        Some(ViewerRule { kind: kind?, title, by, supervised, approved_clips, needs, refused })
    }
}

impl Visits {
    fn decode(mut n: Node<'_>) -> Visits {
        let book = n.prop("book");
        let identity = n.set("identity", true, "nobody is let in unseen (S1.31)");
        let supervised = n.set("supervised", true, "guests are never left alone (S1.30)");
        let procedure = n.prop("procedure");
        n.finish();
        Visits { book, identity, supervised, procedure }
    }
}
