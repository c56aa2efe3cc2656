//! John Colet School: "CCTV Procedure", January 2022.

use beadle::config::disclosure::{Proof, RecipientKind};
use beadle::config::roles::Deed;
use std::collections::BTreeSet;

use super::*;

const SEVEN: [&str; 9] = [
    "assistant-head-1",
    "assistant-head-2",
    "deputy-headteacher",
    "head-of-finance",
    "headteacher",
    "inclusion-manager",
    "site-manager",
    "support-officer-1",
    "support-officer-2",
];

#[test]
fn john_colet() {
    let c = &school("john-colet.kdl", include_str!("../../configs/john-colet.kdl"));
    let seven: BTreeSet<&str> = SEVEN.into();
    let days = &c.retention.keep;
    let by_leave = |deed| grants(c, deed).all(|(m, _)| m.permission.value);
    let police = recipient(c, RecipientKind::Police);
    let watched = c.zones.list.iter().all(|z| !z.purposes.is_empty());
    settle(
        "john_colet",
        vec![
            ("S0.1", c.practice.decided.is_some()),
            ("S0.2", c.practice.purposes.len() == 5 && watched),
            ("S0.5", c.routes.len() == 2 && c.routes.iter().all(|r| r.sign.is_some())),
            ("S0.6", purpose(c, "deterrence").main),
            (
                "S0.7",
                ["vandalism", "unauthorised-access", "assault"].iter().all(|t| incident(c, t)),
            ),
            ("S0.8", incident(c, "bullying") && related(c, "Anti-bullying")),
            ("S0.9", purpose(c, "punctuality").because.is_some()),
            ("S0.10", text(&purpose(c, "punctuality").needs).contains("disagree")),
            ("S0.12", c.disclosure.bases.iter().any(|b| b.title.value.contains("Safer Schools"))),
            ("S0.13", needs(police, Proof::PossibleCrime) && needs(police, Proof::PersonsShown)),
            ("S0.14", needs(police, Proof::Necessity)),
            ("S0.15", needs(recipient(c, RecipientKind::Internal), Proof::Necessity)),
            ("S0.16", c.people.iter().all(|p| seven.contains(p.id.value.as_str()))),
            ("S0.17", holders(c, Deed::Export) == seven),
            (
                "S0.18",
                by_leave(Deed::Live)
                    && by_leave(Deed::Playback)
                    && holders(c, Deed::AuthoriseViewing) == seven,
            ),
            ("S0.19", (*days.min_days, *days.target_days, *days.max_days) == (30, 30, 30)),
            ("S0.20", text(&c.retention.because).contains("storage is limited")),
            ("K1", purpose(c, "bullying").because.is_some()),
            ("K10", holders(c, Deed::Configure).len() == 2 && holders(c, Deed::Export).len() == 9),
        ],
    );
}
