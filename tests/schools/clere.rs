//! The Clere School: CCTV code of practice.

use beadle::base::time::Span;
use beadle::config::Config;
use beadle::config::cameras::CameraKind;
use beadle::config::disclosure::{Proof, RecipientKind};
use beadle::config::duties::DutyKind;
use beadle::config::registers::Register;
use beadle::config::roles::Deed;
use beadle::config::value::Every;
use beadle::config::viewing::Viewer;
use beadle::config::zones::ZoneKind;
use std::collections::BTreeSet;

use super::*;

#[test]
fn clere() {
    let c = &school("clere.kdl", include_str!("../../configs/clere.kdl"));
    let mut facts = clere_papers(c);
    facts.extend(clere_people(c));
    facts.extend(clere_days(c));
    facts.extend(clere_releases(c));
    settle("clere", facts);
}

fn clere_papers(c: &Config) -> Facts {
    let ids: Vec<&str> = c.practice.purposes.iter().map(|p| p.id.value.as_str()).collect();
    let site = &c.site;
    vec![
        ("S1.1", ids.contains(&"buildings") && ids.contains(&"safety")),
        ("S1.2", says(c, "management, operation and use")),
        ("S1.5", related(c, "Data Protection Act")),
        ("S1.6", c.practice.review_by.is_some() && !c.practice.consult.is_empty()),
        (
            "S1.7",
            site.owner.value == "The Clere School"
                && site.controller.name.value == site.owner.value,
        ),
        ("S1.8", ids.len() == 6),
        ("S1.9", site.controller.registration.is_some() && site.controller.renews.is_some()),
        ("K6", site.controller.renews.is_some()),
        ("S1.10", says(c, "protected as personal data")),
        ("S1.15", says(c, "commercially")),
        ("S1.17", says(c, "entertainment")),
        ("S1.14", says(c, "without authorisation under RIPA")),
        ("S1.29", says(c, "not directed at people")),
        ("S1.18", says(c, "cannot be guaranteed") && !c.zones.blind_spots.is_empty()),
        ("S1.24", says(c, "every day of the year")),
        ("S1.37", says(c, "at all times") && !holders(c, Deed::Live).is_empty()),
        ("S1.57", site.copies_at.len() == 3),
        ("S1.59", says(c, "indexed")),
        ("S1.62", c.disposal.witness.value && c.disposal.methods.len() == 2),
        ("S1.63", site.data_protection_officer.is_some()),
        ("R1.4", text(&c.retention.because).contains("4.4")),
        ("R5.7", *c.logbook.keep_years == 7),
        ("R7.2", site.timezone.value == "Europe/London"),
    ]
}

fn clere_people(c: &Config) -> Facts {
    let looking = holders(c, Deed::Playback);
    let engineer = c.people.iter().find(|p| p.contractor.is_some()).unwrap();
    let held = |role: &str| {
        let role = c.roles.iter().find(|r| r.id.value.as_str() == role).unwrap();
        names(&role.held_by)
    };
    let head: BTreeSet<&str> = ["headteacher"].into();
    vec![
        ("S1.4", held("pastoral") == ["pastoral-1", "pastoral-2"]),
        ("S1.20", names(&c.site.managed_by) == ["headteacher"]),
        ("S1.21", names(&c.site.day_to_day) == ["leadership", "pastoral", "site-staff"]),
        (
            "S1.22",
            names(&c.site.technical) == ["technical"]
                && !holders(c, Deed::AuthoriseDisclosure).contains("it-support"),
        ),
        (
            "S1.23",
            engineer.until.is_some()
                && names(&c.practice.acceptances[0].by) == ["maintenance-engineer"],
        ),
        ("S1.27", looking.len() == 7 && !looking.contains("site-staff-1")),
        ("K5", names(&c.site.day_to_day).contains(&"site-staff")),
        (
            "S1.28",
            c.viewing.spot_check.value.0 == Span::secs(60)
                && holders(c, Deed::SpotCheck).len() == 1,
        ),
        ("S1.32", c.site.location.is_some() && held("technical").contains(&"it-support")),
        ("S1.33", c.site.location.as_ref().is_some_and(|l| l.locked.value)),
        (
            "S1.30",
            names(&viewer(c, Viewer::ThirdParty).by) == ["headteacher"]
                && viewer(c, Viewer::ThirdParty).supervised.value,
        ),
        ("K11", viewer(c, Viewer::SupervisingAuthority).supervised.value),
        ("S1.31", c.viewing.visits.identity.value && c.viewing.visits.procedure.is_some()),
        ("S1.40", viewer(c, Viewer::Police).title.is_some()),
        (
            "S1.41",
            viewer(c, Viewer::Training).approved_clips.value
                && viewer(c, Viewer::Demonstration).approved_clips.value,
        ),
        ("S1.58", !viewer(c, Viewer::ThirdParty).needs.is_empty()),
        ("S1.60", holders(c, Deed::Playback).iter().all(|id| !id.contains("engineer"))),
        (
            "S1.52",
            names(&c.breaches.by) == ["headteacher"] && holders(c, Deed::Investigate) == head,
        ),
        ("S1.53", c.breaches.independent.is_some()),
        ("S1.64", names(&c.breaches.report_to) == ["headteacher"]),
        ("S1.55", names(&c.complaints.to) == ["headteacher"]),
        ("R2.10", holders(c, Deed::Export).len() == 2),
    ]
}

fn clere_days(c: &Config) -> Facts {
    let days = &c.retention.keep;
    let kinds: BTreeSet<CameraKind> = c.cameras.list.iter().map(|cam| cam.kind.value).collect();
    let zone_kinds: BTreeSet<ZoneKind> = c.zones.list.iter().map(|z| z.kind.value).collect();
    let daily = duty(c, DutyKind::DailyCheck);
    let service = duty(c, DutyKind::Maintenance);
    vec![
        ("S1.3", kinds == [CameraKind::Fixed, CameraKind::Dome].into()),
        (
            "S1.11",
            zone_kinds.contains(&ZoneKind::CarPark) && zone_kinds.contains(&ZoneKind::Public),
        ),
        ("S1.12", incident(c, "bullying") && incident(c, "vandalism")),
        (
            "S1.13",
            c.cameras.list.iter().any(|cam| !cam.overlooks.is_empty() && !cam.masks.is_empty()),
        ),
        ("S1.19", c.routes.iter().all(|r| r.sign.is_some())),
        ("R1.32", c.signage.signs.iter().any(|s| s.size.value.as_str() == "A3")),
        ("R2.1", c.cameras.list.iter().all(|cam| cam.task.is_some())),
        (
            "R2.38",
            c.cameras
                .list
                .iter()
                .any(|cam| cam.task.as_ref().is_some_and(|t| t.kind.value.as_str() == "perceive")),
        ),
        (
            "S1.25",
            (*days.min_days, *days.max_days) == (30, 90)
                && c.retention.when_full.value.as_str() == "oldest",
        ),
        ("K2", *days.target_days == 60),
        ("S1.26", names(&daily.by) == ["site-manager"] && daily.every.value == Every::Day),
        ("K14", !c.calendar.closed.is_empty()),
        ("S1.34", shows(c, Register::Occurrences) && shows(c, Register::Maintenance)),
        ("S1.35", c.escalation.emergency.len() == 3),
        ("S1.36", !duty(c, DutyKind::Liaison).with.is_empty()),
        ("S1.54", names(&duty(c, DutyKind::RandomCheck).by) == ["site-manager"]),
        (
            "R2.5",
            service.due.is_some()
                && service.contract.as_ref().is_some_and(|k| k.accepted.is_some()),
        ),
        ("R7.1", duty(c, DutyKind::ClockCheck).every.value == Every::Month),
        ("S1.49", c.retention.hold_classes.iter().any(|h| h.title.value.contains("8.5"))),
    ]
}

fn clere_releases(c: &Config) -> Facts {
    let media = recipient(c, RecipientKind::Media);
    let solicitor = recipient(c, RecipientKind::Solicitor);
    let condition =
        |words: &str| c.disclosure.conditions.iter().any(|t| t.text.value.contains(words));
    let basis = |words: &str| c.disclosure.bases.iter().any(|b| b.title.value.contains(words));
    vec![
        (
            "S1.16",
            needs(media, Proof::CrimeReference) && needs(media, Proof::WrittenPoliceAuthority),
        ),
        ("S1.42", shows(c, Register::Releases)),
        ("S1.43", shows(c, Register::Viewings)),
        ("S1.44", basis("Schedule 2 Part 1 paragraph 2") && basis("section 29")),
        ("K3", basis("section 29")),
        ("S1.46", condition("property of The Clere School") && condition("code of practice")),
        ("S1.47", condition("passed to nobody else")),
        ("S1.48", text(&c.disclosure.original).contains("seal")),
        ("K9", needs(recipient(c, RecipientKind::Court), Proof::CourtOrder)),
        ("S1.50", names(&solicitor.by) == ["headteacher"]),
        ("S1.51", solicitor.needs_one.len() == 2),
        ("S1.61", c.disclosure.witness.value && holders(c, Deed::Witness).len() >= 2),
        ("R2.26", c.disclosure.split.value.0 == 4_000_000_000),
        ("S1.38", text(&c.covert.addressee).contains("Corporate Monitoring Officer")),
        ("S1.39", c.covert.procedure.is_some() && c.covert.authorisations.is_empty()),
    ]
}
