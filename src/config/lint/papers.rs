//! Rules about the papers: decision, review, assessment, registration, who answers, how long.

use super::{Known, Out, place_or};
use crate::base::time::Day;
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::site::Subject;
use crate::config::value::{At, Every, Place};

/// What the police ask a system to keep, days (R2.8).
const POLICE_DAYS: u32 = 31;

/// The line to point at when the code of practice lacks something.
fn near_code(config: &Config) -> Place {
    let first = config.practice.purposes.first().map(|p| p.id.place);
    let version = config.practice.version.as_ref().map(|v| v.place);
    version.or(first).unwrap_or(config.site.name.place)
}

fn past(date: Option<&At<Day>>, known: Known) -> Option<Place> {
    let (date, today) = (date?, known.today?);
    (date.value < today).then_some(date.place)
}

/// The need was weighed and the decision written down (S0.1).
pub(super) fn decision(config: &Config, _: Known, out: &mut Out) {
    if config.practice.decided.is_none() {
        out.advise(
            near_code(config),
            "the file does not say when the need for cameras was weighed and decided",
            "add `decided \"2026-01-31\" by=\"headteacher\" dpia=\"...\"` to code-of-practice",
        );
    }
}

/// A code of practice has version, date and approver (S4.82).
pub(super) fn version(config: &Config, _: Known, out: &mut Out) {
    let code = &config.practice;
    let missing: Vec<&str> = [
        ("version", code.version.is_none()),
        ("day of approval", code.approved.is_none()),
        ("approver", code.approved_by.is_none()),
    ]
    .into_iter()
    .filter_map(|(name, missing)| missing.then_some(name))
    .collect();
    if !missing.is_empty() {
        out.advise(
            near_code(config),
            format!("the code of practice has no {}", super::listed(&missing)),
            "write `code-of-practice version=\"1.0\" approved=\"2026-09-01\" by=\"headteacher\"`",
        );
    }
}

/// It is reviewed every year (S1.6).
pub(super) fn review(config: &Config, known: Known, out: &mut Out) {
    let code = &config.practice;
    let Some(by) = &code.review_by else {
        return out.advise(
            near_code(config),
            "the code of practice has no date for its next review",
            "add `review-by=\"2027-09-01\"` to code-of-practice: a year after it was approved",
        );
    };
    if past(Some(by), known).is_some() {
        return out.warn(
            by.place,
            format!("the review of the code of practice was due on {}", by.value),
            "review it, then write the new version, date and next review",
        );
    }
    let Some(approved) = &code.approved else {
        return;
    };
    // A leap year has 366 days; a review on the same day of the next year is in time.
    if by.value.since(approved.value) > 366 {
        out.advise(
            by.place,
            "the next review is more than a year after the approval",
            format!("set review-by to {} or sooner", approved.value.plus(365)),
        );
    }
}

/// Filming children calls for an impact assessment, and for another look at it (R1.6).
pub(super) fn dpia(config: &Config, known: Known, out: &mut Out) {
    let Some(decided) = &config.practice.decided else {
        return; // `decision` asks for both.
    };
    if decided.dpia.is_none() {
        out.advise(
            decided.date.place,
            "the decision names no data protection impact assessment",
            "add `dpia=\"DPIA-2026-01\"`: the reference under which the school keeps it",
        );
    }
    if let Some(place) = past(decided.dpia_review_by.as_ref(), known) {
        out.warn(
            place,
            "the impact assessment is past its review",
            "look at it again, also for cameras added since, then set the next date",
        );
    }
}

/// The lawful basis is written down (R1.5).
pub(super) fn lawful_basis(config: &Config, _: Known, out: &mut Out) {
    let Some(decided) = &config.practice.decided else {
        return;
    };
    if decided.lawful_basis.is_none() {
        out.advise(
            decided.date.place,
            "the decision does not say on what lawful basis the school films",
            "add `lawful-basis=\"public-task\"`, or the basis that your assessment names",
        );
    }
}

/// A purpose that asks a question of its own needs a reason of its own (S0.9, K1).
pub(super) fn extra_purpose(config: &Config, _: Known, out: &mut Out) {
    for purpose in &config.practice.purposes {
        if let (Some(needs), None) = (&purpose.needs, &purpose.because) {
            out.advise(
                needs.place,
                format!("\"{}\" is an extra purpose without a reason", purpose.title.value),
                "add `because=\"...\"`: why pictures are used for this too",
            );
        }
    }
}

/// Registered with the Commissioner, and the yearly fee paid (S1.9, R1.19).
pub(super) fn registration(config: &Config, known: Known, out: &mut Out) {
    let controller = &config.site.controller;
    if controller.registration.is_none() {
        return out.advise(
            controller.name.place,
            "the controller has no registration number",
            "add `registration=\"ZA...\" renews=\"...\"` from the register of fee payers",
        );
    }
    if controller.renews.is_none() {
        out.advise(
            controller.name.place,
            "the file does not say when the registration is to be renewed",
            "add `renews=\"2027-05-01\"`, so that the box can remind you",
        );
    }
    if let Some(place) = past(controller.renews.as_ref(), known) {
        out.warn(
            place,
            "the registration was to be renewed by this day",
            "pay the fee, then write the next date",
        );
    }
}

/// A school has a data protection officer whom people can reach (S1.63).
pub(super) fn data_protection_officer(config: &Config, _: Known, out: &mut Out) {
    if config.site.data_protection_officer.is_none() {
        out.advise(
            config.site.name.place,
            "no data protection officer is named",
            "add `data-protection-officer \"...\" email=\"...\"` to site",
        );
    }
}

/// Exactly one officer is responsible (S4.4).
pub(super) fn responsible(config: &Config, _: Known, out: &mut Out) {
    let Some(name) = &config.site.responsible else {
        return out.advise(
            config.site.name.place,
            "nobody is named as responsible for the system",
            "add `responsible \"it-manager\"` to site: one person",
        );
    };
    let many = config.persons_of(&name.value).len();
    if many > 1 {
        out.advise(
            name.place,
            format!("\"{}\" is {many} people, and one has to be responsible", name.value),
            "name a person instead of a role",
        );
    }
}

/// What this file leaves out, a paper above it covers (S4.18).
pub(super) fn governed(config: &Config, _: Known, out: &mut Out) {
    let empty = [
        (Subject::Disclosure, config.disclosure.recipients.is_empty()),
        (Subject::SubjectAccess, config.disclosure.subject_access.to.is_empty()),
        (Subject::ThirdParties, config.viewing.viewers.is_empty()),
        (Subject::Complaints, config.complaints.to.is_empty()),
        (Subject::Breaches, config.breaches.by.is_empty()),
    ];
    let papers = &config.site.governed_by;
    let covered = |s: Subject| papers.iter().any(|p| p.covers.iter().any(|c| c.value == s));
    let open: Vec<&str> = empty
        .into_iter()
        .filter_map(|(s, empty)| (empty && !covered(s)).then_some(s.as_str()))
        .collect();
    if open.is_empty() {
        return;
    }
    let place = papers.first().map_or(config.site.name.place, |p| p.title.place);
    out.advise(
        place,
        format!("neither this file nor a paper above it settles {}", super::listed(&open)),
        "write the section, or name the paper: `governed-by \"...\" covers=\"...\"`",
    );
}

/// No law gives a figure, so a reason has to (R1.4).
pub(super) fn because(config: &Config, _: Known, out: &mut Out) {
    if config.retention.because.is_none() {
        out.advise(
            config.retention.node.place,
            "retention has no reason, and the law gives no figure that could stand for one",
            "add `because=\"...\"`: why footage is kept this long and not longer",
        );
    }
}

/// The police expect thirty-one days (R2.8).
pub(super) fn target(config: &Config, _: Known, out: &mut Out) {
    let site = std::iter::once((None, &config.retention.keep));
    let zones = config.retention.zones.iter().map(|(id, k)| (Some(id.place), k));
    let cameras = config.retention.cameras.iter().map(|(id, k)| (Some(id.place), k));
    for (own, keep) in site.chain(zones).chain(cameras) {
        if keep.target_days.value >= POLICE_DAYS {
            continue;
        }
        let low = (keep.max_days.value < POLICE_DAYS).then(|| keep.max_days.place());
        let given = keep.target_days.place().or(low.flatten());
        // A zone that takes its target from the site is not told again.
        let Some(place) = given.or(own.is_none().then_some(config.retention.node.place)) else {
            continue;
        };
        out.advise(
            place,
            format!(
                "footage is meant to stay {} days, and the police expect {POLICE_DAYS}",
                keep.target_days.value
            ),
            if keep.max_days.value < POLICE_DAYS {
                "raise max-days and target-days to 31, or leave it where your policy says so"
            } else {
                "set target-days=31 or more"
            },
        );
    }
}

/// The clock is read against another at least monthly (R7.1).
pub(super) fn clock_check(config: &Config, _: Known, out: &mut Out) {
    let check = config.duties.iter().find(|d| d.kind.value == DutyKind::ClockCheck);
    let Some(check) = check else {
        return out.advise(
            config.site.name.place,
            "nobody checks the recorder's clock",
            "add `clock-check every=\"month\"` to duties",
        );
    };
    if !matches!(check.every.value, Every::Day | Every::Week | Every::Month) {
        out.advise(
            place_or(&check.every, config.site.name.place),
            format!("the clock is checked only every {}", check.every.value),
            "write every=\"month\": evidence turns on the minute",
        );
    }
}

/// Somebody else looks into matters about the Headteacher (K13).
pub(super) fn alternate(config: &Config, _: Known, out: &mut Out) {
    let breaches = &config.breaches;
    let Some(first) = breaches.by.first() else {
        return; // `governed` asks who investigates at all.
    };
    if breaches.about_head.is_none() {
        out.advise(
            first.place,
            "nobody is named to investigate a matter about the Headteacher",
            "add `about-head=\"Chair of Governors\"` to breaches",
        );
    }
}
