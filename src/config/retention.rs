//! `retention`: the floor and the ceiling, and what a hold is called.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Place, Setting, words};
use crate::base::name::CameraId;

words! {
    /// What happens when the disk is full and only footage younger than the floor is left (S1.25).
    WhenFull {
        /// Delete the oldest, with a shortfall entry and an alarm.
        Oldest = "oldest",
        /// Stop recording, with an alarm.
        Stop = "stop",
    }
}

/// Days are local calendar days, `0 <= min <= target <= max <= 3650`.
#[derive(Clone, PartialEq, Debug)]
pub struct Retention {
    pub keep: Keep,
    pub because: Option<At<String>>,
    pub when_full: Setting<WhenFull>,
    pub zones: Vec<(At<Id>, Keep)>,
    pub cameras: Vec<(At<CameraId>, Keep)>,
    /// Never empty: the defaults are `police`, `disciplinary`, `subject-access`, `safeguarding`,
    /// `insurance`, `export`.
    pub hold_classes: Vec<HoldClass>,
    pub node: At<()>,
}

/// The three figures of one camera, zone or the site; those not given come from the wider one.
#[derive(Clone, PartialEq, Debug)]
pub struct Keep {
    /// Floor: never deleted for space while anything else can go.
    pub min_days: Setting<u32>,
    /// What the forecast is judged by.
    pub target_days: Setting<u32>,
    /// Ceiling: deleted past it, always.
    pub max_days: Setting<u32>,
    /// Why this zone or camera differs.
    pub because: Option<At<String>>,
}

/// `hold-class "police" "Kept for the police" review-days=90` (S0.15, S1.49, K12).
#[derive(Clone, PartialEq, Debug)]
pub struct HoldClass {
    pub id: Setting<Id>,
    pub title: Setting<String>,
    pub review_days: Setting<u32>,
}

/// Ten years: longer is a typing slip, or an archive that this is not.
const DAYS_MAX: u32 = 3_650;
/// What the police expect to find (R2.8).
const TARGET_DAYS: u32 = 31;

impl Retention {
    pub(super) fn decode(mut n: Node<'_>) -> Option<Retention> {
        let min = n.need_int("min-days", 0, DAYS_MAX);
        let target = n.int("target-days", 0, DAYS_MAX);
        let max = n.need_int("max-days", 1, DAYS_MAX);
        let because = n.prop("because");
        let when_full = n.set(
            "when-full",
            WhenFull::Oldest,
            "an incident of today is asked for more often than one of last month",
        );
        let keep = min.zip(max).map(|(min, max)| {
            let clamped = TARGET_DAYS.clamp(min.value.min(max.value), max.value);
            let why = "the police expect 31 days (R2.8), between floor and ceiling";
            let target_days = Setting::or(target, clamped, why);
            let (min_days, max_days) = (Setting::from(min), Setting::from(max));
            Keep { min_days, target_days, max_days, because: None }
        });
        if let Some(keep) = &keep {
            keep.judge(&n, n.place());
        }
        let (mut zones, mut cameras) = (Vec::new(), Vec::new());
        for mut node in n.many("zone") {
            let id = node.arg::<Id>("a zone");
            node.means(Kind::Zone);
            if let Some(id) = &id {
                node.cx.refer(Kind::Zone, id);
            }
            let own = Keep::decode(node, keep.as_ref());
            refuse_twice(&n, &zones, &id);
            zones.extend(id.zip(own));
        }
        for mut node in n.many("camera") {
            let id = node.arg::<CameraId>("a camera");
            node.means(Kind::Camera);
            if let Some(id) = &id {
                node.cx.names.borrow_mut().refer(Kind::Camera, id.as_str(), id.place);
            }
            let own = Keep::decode(node, keep.as_ref());
            refuse_twice(&n, &cameras, &id);
            cameras.extend(id.zip(own));
        }
        let given = n.many("hold-class").into_iter().filter_map(HoldClass::decode).collect();
        let hold_classes = HoldClass::with_defaults(&n, given);
        let node = n.at();
        n.finish();
        Some(Retention { keep: keep?, because, when_full, zones, cameras, hold_classes, node })
    }
}

fn refuse_twice<I: PartialEq + std::fmt::Display>(
    n: &Node<'_>,
    seen: &[(At<I>, Keep)],
    id: &Option<At<I>>,
) {
    let Some(id) = id else { return };
    if seen.iter().any(|(other, _)| other.value == id.value) {
        let text = format!("\"{}\" has its own days already", id.value);
        n.cx.error("section-twice", id.place, text, "keep one line, and put all figures into it");
    }
}

impl Keep {
    /// The figures of one zone or camera; those left out come from the site, bent to fit.
    fn decode(mut n: Node<'_>, site: Option<&Keep>) -> Option<Keep> {
        let min = n.int("min-days", 0, DAYS_MAX);
        let target = n.int("target-days", 0, DAYS_MAX);
        let max = n.int("max-days", 1, DAYS_MAX);
        let because = n.prop("because");
        let place = n.place();
        let keep = site.map(|site| {
            let most = max.as_ref().map(|m| m.value);
            let least = min.as_ref().map(|m| m.value);
            let why = "the site's figure, within this zone's or camera's own";
            let max_days = Setting::or(max, site.max_days.value.max(least.unwrap_or(0)), why);
            let min_days = Setting::or(min, site.min_days.value.min(most.unwrap_or(u32::MAX)), why);
            let low = min_days.value.min(max_days.value);
            let clamped = site.target_days.value.clamp(low, max_days.value);
            let target_days = Setting::or(target, clamped, why);
            Keep { min_days, target_days, max_days, because }
        });
        if let Some(keep) = &keep {
            keep.judge(&n, place);
        }
        n.finish();
        keep
    }

    /// Floor, target and ceiling in this order.
    fn judge(&self, n: &Node<'_>, node: Place) {
        let (min, target, max) = (*self.min_days, *self.target_days, *self.max_days);
        let at = |setting: &Setting<u32>| setting.place().unwrap_or(node);
        if min > max {
            n.cx.error(
                "floor-above-ceiling",
                at(&self.min_days),
                format!("footage must be kept {min} days and be gone after {max}: that cannot be"),
                "make min-days at most max-days",
            );
        } else if !(min..=max).contains(&target) {
            n.cx.error(
                "target-outside",
                at(&self.target_days),
                format!("target-days={target} lies outside {min} to {max}"),
                "give a figure between min-days and max-days, or leave it out",
            );
        }
    }
}

/// Id, title and days to the review of the classes that every file has.
const HOLD_CLASSES: [(&str, &str, u32); 6] = [
    ("police", "Kept for the police", REVIEW_DAYS),
    ("disciplinary", "Internal proceedings", REVIEW_DAYS),
    ("subject-access", "Subject access request", REVIEW_DAYS),
    ("safeguarding", "Safeguarding", REVIEW_DAYS),
    ("insurance", "Insurance claim", REVIEW_DAYS),
    ("export", "A copy was released", REVIEW_DAYS),
];

/// Days until a hold is looked at again, where the file does not say otherwise (S1.49, R1.23).
pub const REVIEW_DAYS: u32 = 90;

impl Retention {
    /// Days until a hold of this class is looked at again; no class is looked at like any.
    pub fn review_days(&self, class: Option<&str>) -> u32 {
        let found = self.hold_classes.iter().find(|c| Some(c.id.as_str()) == class);
        found.map_or(REVIEW_DAYS, |c| c.review_days.value)
    }
}

impl HoldClass {
    fn decode(mut n: Node<'_>) -> Option<HoldClass> {
        let id = n.id(Kind::HoldClass);
        let title = n.arg::<String>("its name");
        let review = n.int_or(
            "review-days",
            (1, 1_825),
            REVIEW_DAYS,
            "a quarter is long for a forgotten case",
        );
        n.finish();
        let (id, title) = (Setting::from(id?), Setting::from(title?));
        Some(HoldClass { id, title, review_days: review })
    }

    fn with_defaults(n: &Node<'_>, mut given: Vec<HoldClass>) -> Vec<HoldClass> {
        let because = "every school meets these cases (S0.15, S1.49, K12)";
        for (id, title, days) in HOLD_CLASSES {
            if given.iter().any(|c| c.id.as_str() == id) {
                continue;
            }
            // They keep the rule of names: the test below reads them.
            let Ok(id) = Id::new(id) else { continue };
            n.cx.names.borrow_mut().declare(Kind::HoldClass, id.as_str(), n.place());
            given.push(HoldClass {
                id: Setting::default(id, because),
                title: Setting::default(title.to_string(), because),
                review_days: Setting::default(days, because),
            });
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_hold_classes_are_names() {
        for (id, ..) in HOLD_CLASSES {
            assert!(Id::new(id).is_ok(), "{id}");
        }
    }
}
