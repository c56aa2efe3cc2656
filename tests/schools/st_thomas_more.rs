//! St Thomas More High School: e-safety policy, appendices B, C, D, F and G.

use beadle::base::time::Span;
use beadle::config::Config;
use beadle::config::approvals::Change;
use beadle::config::disclosure::{Medium, RecipientKind};
use beadle::config::duties::DutyKind;
use beadle::config::lint::{Known, lint_knowing};
use beadle::config::registers::Register;
use beadle::config::roles::Deed;
use beadle::config::site::Subject;
use beadle::config::stations::SecondFactor;
use beadle::config::value::Every;
use beadle::config::viewing::Viewer;
use std::collections::BTreeSet;

use super::*;

#[test]
fn st_thomas_more() {
    let c = &school("st-thomas-more.kdl", include_str!("../../configs/st-thomas-more.kdl"));
    let mut facts = thomas_papers(c);
    facts.extend(thomas_people(c));
    facts.extend(thomas_rest(c));
    settle("st_thomas_more", facts);
}

/// The yearly review of a code of 2023 was due: the file says so once the day is known.
#[test]
fn st_thomas_more_is_due_for_review() {
    let c = &school("st-thomas-more.kdl", include_str!("../../configs/st-thomas-more.kdl"));
    let known = Known { today: Some("2026-11-21".parse().unwrap()), ..Known::default() };
    let codes: Vec<&str> = lint_knowing(c, known).iter().map(|n| n.code).collect();
    assert!(codes.contains(&"review-date"), "{codes:?}");
}

fn thomas_papers(c: &Config) -> Facts {
    let trust = &c.site.governed_by[0];
    let covers = |s: Subject| trust.covers.iter().any(|k| k.value == s);
    let code = &c.practice;
    vec![
        ("S4.1", trust.title.value.contains("Assisi Catholic Trust")),
        (
            "S4.18",
            covers(Subject::Retention)
                && covers(Subject::Disclosure)
                && covers(Subject::SubjectAccess),
        ),
        (
            "S4.2",
            c.site.owner.value.contains("St Thomas More")
                && c.disclosure.conditions[0].text.value.contains("copyright"),
        ),
        ("S4.4", text(&c.site.responsible) == "it-manager"),
        ("S4.9", c.site.location.as_ref().is_some_and(|l| l.title.value == "Data Centre")),
        ("S4.11", says(c, "lawful, proper and sufficient")),
        ("S4.16", text(&c.site.questions_to) == "headteacher"),
        ("S4.17", code.revisions.len() == 12),
        ("S4.19", purpose(c, "security").main),
        ("S4.20", says(c, "changing, toileting")),
        ("S4.24", names(&code.risk_assessments[0].zones) == ["changing-rooms"]),
        ("S4.25", code.acceptances[0].by.is_empty() && code.acceptances[0].renew.is_some()),
        ("S4.71", code.acceptances[1].privileged),
        ("S4.26", says(c, "adequate, accurate")),
        (
            "S4.82",
            text(&code.version) == "1.12"
                && text(&code.approved) == "2023-09-08"
                && code.changes.len() == 2,
        ),
        ("S4.85", text(&code.approved_by) == "chair-of-governors"),
    ]
}

fn thomas_people(c: &Config) -> Facts {
    let deputies = c.people.iter().filter(|p| p.deputises.is_some()).count();
    let operator = c.roles.iter().find(|r| r.id.value.as_str() == "operator").unwrap();
    let three: BTreeSet<&str> = ["deputy-headteacher", "director-of-finance", "headteacher"].into();
    let mut four = three.clone();
    four.insert("it-manager");
    let widen = c.approvals.iter().find(|a| a.change.value == Change::WidenRights).unwrap();
    let at: BTreeSet<&str> = grants(c, Deed::Live).flat_map(|(m, _)| names(&m.at)).collect();
    let engineer = c.people.iter().find(|p| p.contractor.is_some()).unwrap();
    let watchers = grants(c, Deed::Live).chain(grants(c, Deed::Playback));
    vec![
        ("S4.3", watchers.map(|(_, id)| id).all(|id| id.value != engineer.id.value)),
        ("S4.5", deputies == 3 && operator.deputies.value && operator.held_by.len() == 8),
        (
            "S4.6",
            grants(c, Deed::Live)
                .filter(|(_, id)| id.value.as_str().starts_with("site-team"))
                .all(|(m, _)| names(&m.at) == ["site-workshop"]),
        ),
        ("S4.10", at == ["headteachers-office", "pupil-support", "site-workshop"].into()),
        ("S4.12", holders(c, Deed::AuthoriseDisclosure) == three && c.viewing.verbal.value),
        ("K7", c.viewing.confirm_within.value.0 > Span::ZERO),
        ("S4.15", holders(c, Deed::AuthoriseAdmission) == four),
        ("S4.13", c.viewing.visits.book.is_some() && c.viewing.visits.procedure.is_some()),
        ("S4.42", *c.accounts.break_glass == 2),
        ("S4.47", c.people.iter().filter(|p| p.admin).count() == 6),
        (
            "S4.48",
            names(&widen.by) == ["headteacher", "director-of-finance"]
                && names(&widen.and) == ["it-manager"]
                && widen.deputies,
        ),
        ("S4.49", holders(c, Deed::EndHold).is_disjoint(&holders(c, Deed::Configure))),
        ("S4.31", c.accounts.banner.is_some()),
        ("S4.55", names(&c.accounts.in_doubt) == ["headteacher", "director-of-finance"]),
        ("S4.59", c.accounts.review_on.value.len() == 4),
        ("S4.56", names(&c.breaches.report_to) == ["headteacher", "director-of-finance"]),
        ("S4.80", engineer.until.is_some()),
        ("R1.26", c.accounts.second_factor.value == SecondFactor::Privileged),
    ]
}

fn thomas_rest(c: &Config) -> Facts {
    let room = &c.stations[0];
    let service = duty(c, DutyKind::Maintenance);
    let yearly = |kind| duty(c, kind).every.value == Every::Year;
    let d = &c.disclosure;
    vec![
        ("S4.7", service.due.is_some() && service.every.value == Every::Year),
        (
            "S4.8",
            service
                .contract
                .as_ref()
                .is_some_and(|k| k.firm.value == "School Watch" && k.until.is_some()),
        ),
        ("S4.14", room.declaration.value && c.viewing.declaration.is_some()),
        ("S4.21", d.protected_persons.value),
        ("S4.22", c.storage.encryption.place().is_some()),
        ("S4.23", c.disposal.methods.len() == 2),
        ("S4.27", d.medium.value != Medium::Plain),
        ("S4.77", d.medium.value == Medium::BitLocker),
        ("K8", d.medium.value != Medium::Plain),
        ("S4.33", c.stations.iter().all(|s| s.idle_lock.value.0 <= Span::mins(2))),
        ("S4.44", duty(c, DutyKind::AccessReview).every.value == Every::Term),
        (
            "S4.72",
            yearly(DutyKind::YearlyReport) && !duty(c, DutyKind::YearlyReport).with.is_empty(),
        ),
        ("S4.74", yearly(DutyKind::Audit)),
        ("S4.78", c.cameras.list.iter().all(|cam| !cam.wifi)),
        ("S4.79", c.escalation.dsl.is_some() && c.escalation.police.is_some()),
        ("R1.24", c.escalation.dsl.as_ref().is_some_and(|k| k.phone.is_some())),
        ("S4.81", shows(c, Register::Faults)),
        ("S4.86", incident(c, "filming-children")),
        (
            "S4.89",
            recipient(c, RecipientKind::Inspection).title.is_some()
                && viewer(c, Viewer::Inspection).title.is_some(),
        ),
        ("S4.90", yearly(DutyKind::Training)),
        ("R5.3", duty(c, DutyKind::PrintCheckpoint).every.value == Every::Month),
        ("R7.4", c.network.cameras.as_ref().is_some_and(|n| n.ntp.value)),
    ]
}
