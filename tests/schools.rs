//! The three schools' files: each loads, has exactly the findings that its head announces, and carries
//! every statement of its policy that a configuration can carry, row by row of the ledger.

use std::collections::BTreeSet;

use beadle::base::time::Span;
use beadle::config::Config;
use beadle::config::approvals::Change;
use beadle::config::cameras::CameraKind;
use beadle::config::disclosure::{Medium, Proof, Recipient, RecipientKind};
use beadle::config::duties::{Duty, DutyKind};
use beadle::config::lint::{Known, lint, lint_knowing};
use beadle::config::parse;
use beadle::config::practice::Purpose;
use beadle::config::registers::Register;
use beadle::config::roles::{Deed, May};
use beadle::config::site::Subject;
use beadle::config::stations::SecondFactor;
use beadle::config::value::{At, Every, Id};
use beadle::config::viewing::{Viewer, ViewerRule};
use beadle::config::zones::ZoneKind;

const LEDGER: &str = include_str!("rows.kdl");

type Facts = Vec<(&'static str, bool)>;

/// Loads a file and checks its findings against its own head.
fn school(name: &str, text: &str) -> Config {
    let parsed = parse(name, text.as_bytes());
    let config = parsed.config.unwrap_or_else(|| panic!("{:#?}", parsed.notes));
    let head = text.lines().take_while(|l| l.starts_with("//"));
    let listed = head.skip_while(|l| !l.contains("Findings to expect")).skip(1);
    let listed = listed.filter_map(|l| l.strip_prefix("//   "));
    // `no-dpia, no-lawful-basis   why`: the codes stand before the first word without a hyphen.
    let mut announced = BTreeSet::new();
    for line in listed {
        for word in line.split_whitespace() {
            let code = word.trim_end_matches(',');
            if !beadle::config::lint::RULES.iter().any(|r| r.code == code) {
                break;
            }
            announced.insert(code.to_string());
        }
    }
    let found: BTreeSet<String> = lint(&config).iter().map(|n| n.code.to_string()).collect();
    assert_eq!(found, announced, "{name}: what it finds, what its head announces");
    config
}

/// All facts hold, and there is one for every row of the ledger that names this test. Facts beyond
/// those stand for rows that wait: the file carries the words, and nothing acts on them yet.
fn settle(test: &str, facts: Facts) {
    let wrong: Vec<&str> = facts.iter().filter(|(_, ok)| !ok).map(|(row, _)| *row).collect();
    assert!(wrong.is_empty(), "{test} does not carry {wrong:?}");
    let mark = format!("tests/schools.rs::{test}");
    let rows = LEDGER.lines().filter(|l| l.contains(&mark));
    let rows: BTreeSet<&str> = rows.filter_map(|l| l.split('"').nth(1)).collect();
    let proved: BTreeSet<&str> = facts.iter().map(|(row, _)| *row).collect();
    let unproved: Vec<_> = rows.difference(&proved).collect();
    assert!(unproved.is_empty() && !rows.is_empty(), "no fact here proves {unproved:?}");
}

fn text<T: ToString>(given: &Option<At<T>>) -> String {
    given.as_ref().map(|at| at.value.to_string()).unwrap_or_default()
}

fn names(list: &[At<Id>]) -> Vec<&str> {
    list.iter().map(|at| at.value.as_str()).collect()
}

fn purpose<'a>(c: &'a Config, id: &str) -> &'a Purpose {
    c.practice.purposes.iter().find(|p| p.id.value.as_str() == id).unwrap()
}

fn grants(c: &Config, deed: Deed) -> impl Iterator<Item = (&May, &At<Id>)> {
    let roles = c.roles.iter().flat_map(move |r| r.may.iter().map(move |m| (r, m)));
    let giving = roles.filter(move |(_, m)| m.deeds.iter().any(|d| d.value == deed));
    giving.flat_map(|(r, m)| r.held_by.iter().map(move |id| (m, id)))
}

fn holders(c: &Config, deed: Deed) -> BTreeSet<&str> {
    grants(c, deed).map(|(_, id)| id.value.as_str()).collect()
}

fn duty(c: &Config, kind: DutyKind) -> &Duty {
    c.duties.iter().find(|d| d.kind.value == kind).unwrap()
}

fn recipient(c: &Config, kind: RecipientKind) -> &Recipient {
    c.disclosure.recipients.iter().find(|r| r.kind.value == kind).unwrap()
}

fn viewer(c: &Config, kind: Viewer) -> &ViewerRule {
    c.viewing.viewers.iter().find(|v| v.kind.value == kind).unwrap()
}

fn needs(r: &Recipient, proof: Proof) -> bool {
    r.needs.iter().any(|p| p.value == proof)
}

fn says(c: &Config, words: &str) -> bool {
    c.practice.statements.iter().any(|s| s.text.value.contains(words))
}

fn shows(c: &Config, register: Register) -> bool {
    c.registers.value.contains(&register)
}

fn incident(c: &Config, id: &str) -> bool {
    c.incident_types.iter().any(|t| t.id.value.as_str() == id)
}

fn related(c: &Config, words: &str) -> bool {
    c.site.related.iter().any(|r| r.title.value.contains(words))
}

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
    let c = &school("john-colet.kdl", include_str!("../configs/john-colet.kdl"));
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

#[test]
fn clere() {
    let c = &school("clere.kdl", include_str!("../configs/clere.kdl"));
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

#[test]
fn st_thomas_more() {
    let c = &school("st-thomas-more.kdl", include_str!("../configs/st-thomas-more.kdl"));
    let mut facts = thomas_papers(c);
    facts.extend(thomas_people(c));
    facts.extend(thomas_rest(c));
    settle("st_thomas_more", facts);
}

/// The yearly review of a code of 2023 was due: the file says so once the day is known.
#[test]
fn st_thomas_more_is_due_for_review() {
    let c = &school("st-thomas-more.kdl", include_str!("../configs/st-thomas-more.kdl"));
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
        ("S4.22", c.storage.encryption.value.as_str() == "disk"),
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
