//! Papers that are made from entries: of a case, of a register, of a month and a year.

use std::collections::BTreeMap;

use super::{DEMO, loaded};
use crate::base::digest::Digest;
use crate::base::time::Utc;
use crate::config::Config;
use crate::config::registers::Register;
use crate::logbook::reports::Period;
use crate::logbook::{Account, Act, Body, ClockState, Entry, Header, Kind, Value, Who};
use crate::signage::case::{Case, ClockWords, behind, of_request};
use crate::signage::figures::Known;
use crate::signage::{Document, records, sign, survey, upkeep};

/// 10 November 2026, noon.
const NOON: Utc = Utc(1_794_312_000_000_000);

fn entry(number: u64, kind: Kind, act: Act, about: Option<u64>, said: &[(&str, Value)]) -> Entry {
    let mut body = Body { who: Some(Who::alone("headteacher", Account::Own)), ..Body::default() };
    for (name, value) in said {
        body.put(name, value.clone()).unwrap();
    }
    let (at, clock) = (Utc(NOON.0 + number as i64 * 60_000_000), ClockState::Synced);
    let header = Header { at, clock, kind, act, about, body: Digest([0; 32]) };
    Entry { number, header, body: Some(body) }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn releases() -> Vec<Entry> {
    vec![
        entry(
            3,
            Kind::Request,
            Act::Open,
            None,
            &[
                ("recipient", text("police")),
                ("organisation", text("Essex Police")),
                ("requester", text("A. Constable")),
                ("wanted", text("The main gate at noon")),
                ("crime-reference", text("42/1234/26")),
                ("power", text("Schedule 2")),
            ],
        ),
        entry(
            4,
            Kind::Request,
            Act::Note,
            Some(3),
            &[
                ("step", text("decision")),
                ("decision", text("allowed")),
                ("reason", text("Needed")),
            ],
        ),
        entry(
            5,
            Kind::Export,
            Act::Open,
            None,
            &[
                ("request", Value::Number(3)),
                ("cameras", Value::List(vec!["front-gate".into()])),
                ("from", text("2026-11-10T11:00:00Z")),
                ("until", text("2026-11-10T12:00:00Z")),
                ("exhibit", text("HT/1")),
            ],
        ),
        entry(
            6,
            Kind::Release,
            Act::Open,
            None,
            &[
                ("request", Value::Number(3)),
                ("recipient", text("police")),
                ("recipient-name", text("PC 77 Smith")),
                ("organisation", text("Essex Police")),
                ("serial", text("STICK-9")),
            ],
        ),
    ]
}

fn papers(config: &Config, entries: &[Entry]) -> BTreeMap<String, Document> {
    let request = of_request(entries, 3);
    let case = Case {
        config,
        request: &request,
        release: behind(entries, Kind::Release, 3),
        export: behind(entries, Kind::Export, 3),
        key: "SHA256:key",
    };
    let clock = ClockWords("it was right.".into());
    case.papers(&clock).into_iter().map(|p| (p.name.clone(), p)).collect()
}

#[test]
fn the_papers_of_a_case_say_what_was_entered() {
    let all = papers(&loaded(DEMO), &releases());
    let said: &[(&str, &[&str])] = &[
        (
            "request",
            &["Essex Police", "A. Constable", "42/1234/26", "The main gate at noon", "allowed"],
        ),
        (
            "conditions",
            &["remain the property of", "not passed on without", "PC 77 Smith", "is not masked"],
        ),
        ("receipt", &["HT/1", "STICK-9", "PC 77 Smith", "Witness", "2026-11-10 11:00"]),
        (
            "statement",
            &[
                "I am Headteacher, Headteacher at",
                "6 cameras",
                "it was right",
                "HT/1",
                "entry 5 of its logbook",
            ],
        ),
        ("register-page", &["entry 6", "entry 5", "STICK-9"]),
        ("retrieval-checklist", &["front-gate", "read back and checked", "nothing re-encoded"]),
    ];
    assert_eq!(all.len(), said.len());
    for (name, wanted) in said {
        let words = all[*name].words();
        for want in *wanted {
            assert!(words.contains(want), "{name}: {want}: {words}");
        }
        // On every page: whose it is, whose key signs (S4.2, S1.10).
        assert!(words.contains("Key of the recorder: SHA256:key"), "{name}");
        assert!(words.contains("Owner and copyright: Demonstration School"), "{name}");
        assert!(words.contains("Protected personal data"), "{name}");
    }
}

#[test]
fn a_case_follows_its_entries() {
    let before = papers(&loaded(DEMO), &releases());
    let mut entries = releases();
    let body = entries[3].body.as_mut().unwrap();
    body.put("recipient-name", text("DC 5 Jones")).unwrap();
    let after = papers(&loaded(DEMO), &entries);
    for name in ["conditions", "receipt", "statement"] {
        assert!(!before[name].words().contains("DC 5 Jones"));
        assert!(after[name].words().contains("DC 5 Jones"), "{name}");
    }
    // Before a release there is a blank for whoever receives it.
    let early = papers(&loaded(DEMO), &entries[..2]);
    assert!(early["statement"].words().contains("I handed it to ................"));
    assert!(early["register-page"].words().contains("Nothing has been released yet."));
}

#[test]
fn a_register_shows_its_records_and_no_others() {
    let config = loaded(DEMO);
    let mut entries = releases();
    entries.push(entry(7, Kind::Incident, Act::Open, None, &[("type", text("assault"))]));
    let words = records::register(&config, Register::Releases, &entries, NOON).words();
    assert!(words.contains("3 records in it") && words.contains("Essex Police"), "{words}");
    assert!(!words.contains("assault"), "{words}");
    let words = records::register(&config, Register::Incidents, &entries, NOON).words();
    assert!(words.contains("1 record in it") && words.contains("assault"), "{words}");
}

#[test]
fn month_and_year_count_what_happened() {
    let config = loaded(DEMO);
    let period = Period::month(2026, 11).unwrap();
    let said = |entries: &[Entry]| {
        let known = Known { config: &config, entries, status: None, duties: &[], now: NOON };
        (known.month(period).words(), known.year(period).words())
    };
    let mut entries = releases();
    let (month, year) = said(&entries);
    for words in [&month, &year] {
        assert!(words.contains("Requests for footage: 1"), "{words}");
        assert!(words.contains("Disclosures: 1"), "{words}");
        assert!(words.contains("Complaints: 0"), "{words}");
        assert!(words.contains("From 1 November 2026 to 30 November 2026"), "{words}");
    }
    assert!(year.contains("Kept: nothing was lost before its time."), "{year}");
    entries.push(entry(8, Kind::Complaint, Act::Open, None, &[("what", text("A camera"))]));
    entries.push(entry(9, Kind::Shortfall, Act::Open, None, &[]));
    entries.push(entry(10, Kind::DutyMissed, Act::Open, None, &[("duty", text("daily-check"))]));
    let (month, year) = said(&entries);
    assert!(month.contains("Complaints: 1") && month.contains("daily check"), "{month}");
    assert!(
        year.contains("lost before its time (entries 9)") && year.contains("A camera"),
        "{year}"
    );
    let older = Period::month(2026, 10).unwrap();
    let known = Known { config: &config, entries: &entries, status: None, duties: &[], now: NOON };
    assert!(known.month(older).words().contains("Requests for footage: 0"));
}

#[test]
fn the_self_assessment_and_the_sign_walk_know_the_last_check() {
    let config = loaded(DEMO);
    let check = entry(
        11,
        Kind::SignCheck,
        Act::Open,
        None,
        &[("signs", Value::List(vec!["gate".into(), "reception".into()]))],
    );
    let daily = entry(12, Kind::DailyCheck, Act::Open, None, &[]);
    let entries = [check, daily];
    let walk = sign::sign_walk(&config, Some(&entries)).words();
    assert_eq!(walk.matches("10 November 2026, Headteacher").count(), 2, "{walk}");
    assert_eq!(walk.matches("Last look: never").count(), 1, "{walk}");
    let zone = &config.site.zone;
    let words = survey::self_assessment(&config, Some(&entries), zone).words();
    assert!(words.contains("Daily checks: 1, last on 10 November 2026."), "{words}");
    assert!(words.contains("Papers signed: none in the logbook."), "{words}");
    let blank = survey::self_assessment(&config, None, zone).words();
    assert!(!blank.contains("in the logbook."), "{blank}");
}

#[test]
fn the_seal_is_printed_letter_by_letter_with_its_code() {
    let seal = "beadle/abc\n1507\nroot=\n\n\u{2014} beadle/abc sig==\n";
    let paper = upkeep::seal_sheet(&loaded(DEMO), seal, "today");
    let code = paper.parts.iter().find_map(|p| match p {
        crate::signage::Part::Code { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(code, Some(seal));
    assert!(crate::signage::text::write(&paper).contains(seal.trim_end()));
}

#[test]
fn the_sheet_of_a_visit_is_half_filled_in_by_the_recorder() {
    use crate::wire::*;
    let config = loaded(DEMO);
    let blank = upkeep::maintenance(&config, None, None).words();
    let held = DaysHeld { days: 29.0, floor_days: 30, ..DaysHeld::default() };
    let camera = CameraStatus {
        id: crate::base::name::CameraId::new("front-gate").unwrap(),
        title: "Front gate".into(),
        state: CameraState::Failed,
        reason: None,
        reason_text: None,
        since: NOON,
        last_frame: None,
        fps: 0.0,
        kbps: 0.0,
        codec: None,
        picture: None,
        frames: 0,
        gaps_today: 0,
        gap_seconds_today: 0,
        clock_offset_ms: Some(4_200),
        certificate: None,
        disk: None,
        held,
        ill: None,
    };
    let alarm = Alarm {
        level: Level::Fault,
        text: "The fan stands still.".into(),
        remedy: String::new(),
        since: NOON,
    };
    let status = Status {
        site: "Demo".into(),
        timezone: "Europe/London".into(),
        now: NOON,
        verdict: Verdict { level: Level::Fault, text: String::new() },
        file: FileStatus {
            path: String::new(),
            revision: 1,
            digest: String::new(),
            since: NOON,
            source: String::new(),
            findings: Vec::new(),
            stale: false,
        },
        cameras: vec![camera],
        disks: Vec::new(),
        retention: RetentionStatus { floor_days: 30, ..RetentionStatus::default() },
        index: IndexStatus::default(),
        alarms: vec![alarm],
        begin: None,
        signs: Vec::new(),
        sticks: Vec::new(),
    };
    let filled = upkeep::maintenance(&config, Some(&status), Some("9.8.7")).words();
    for known in [
        "At least 29 days of every camera; 30 are promised.",
        "failed, its clock is 4200 ms off",
        "The fan stands still.",
        "As the recorder saw itself on 2026-11-10",
        "The recorder says 2026-11-10",
        "Recorder: Beadle 9.8.7.",
    ] {
        assert!(filled.contains(known), "{known}: {filled}");
        assert!(!blank.contains(known), "{known}");
    }
    for asked in [
        "A test export that plays",
        "Signs there and right",
        "Power supply",
        "CM-118",
        "The file gives roles to 5 persons.",
    ] {
        assert!(filled.contains(asked) && blank.contains(asked), "{asked}");
    }
}

#[test]
fn whoever_is_no_officer_gets_no_master_and_whoever_asks_for_themselves_signs_no_conditions() {
    let mut entries = releases();
    let config = loaded(DEMO);
    assert!(papers(&config, &entries)["statement"].words().contains("It is the master."));
    entries.pop();
    let body = entries[0].body.as_mut().unwrap();
    body.fields.insert("recipient".into(), text("insurer"));
    let said = papers(&config, &entries)["statement"].words();
    assert!(said.contains("the master stays at the school") && !said.contains("It is the master"));
    entries[0].header.kind = Kind::SubjectAccess;
    let all = papers(&config, &entries);
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(names, ["receipt", "register-page", "request", "retrieval-checklist"]);
}

#[test]
fn each_paper_of_a_case_names_owner_and_key_at_the_foot_of_every_page() {
    let config = loaded(DEMO);
    for (name, paper) in papers(&config, &releases()) {
        let owner = format!("Owner and copyright: {}", config.site.owner.value);
        assert!(paper.ownership.starts_with(&owner) && paper.personal, "{name}");
        assert!(paper.foot.iter().any(|line| line.contains("SHA256:key")), "{name}");
    }
}

#[test]
fn the_clock_of_a_statement_is_as_it_was_told() {
    use ClockState::{Manual, Synced, Unknown};
    let compared = Some((NOON, "the speaking clock", -2_250));
    for (state, compared, says) in [
        (Synced, None, "kept right by another clock"),
        (Manual, None, "set by hand"),
        (Unknown, None, "................"),
        (Unknown, compared, "with the speaking clock, and was -2.250 s from it"),
    ] {
        let words = ClockWords::of(state, compared).0;
        assert!(words.contains(says), "{words}");
    }
}

#[test]
fn signs_that_are_missing_or_were_not_looked_at_are_told_until_they_are() {
    let today = |at: Utc| loaded(DEMO).site.zone.day_of(at);
    let config = loaded(DEMO);
    let told = |config: &Config, checks: &[Entry], after: i64| {
        sign::told(config, checks, today(NOON).plus(after), 140)
    };
    let never = told(&config, &[], 0);
    assert_eq!(never.len(), 1, "{never:?}");
    assert!(never[0].contains("Nobody has looked at the sign \"Main gate"), "{never:?}");
    let all = Value::Text(crate::logbook::fields::ALL.into());
    let check = entry(9, Kind::SignCheck, Act::Open, None, &[("signs", all)]);
    assert_eq!(told(&config, std::slice::from_ref(&check), 139), Vec::<String>::new());
    let late = told(&config, std::slice::from_ref(&check), 141);
    assert_eq!(late.len(), config.signage.signs.len(), "{late:?}");
    assert!(late[0].contains("was last looked at on 10 November 2026"), "{late:?}");
    let bare = loaded(&DEMO.replace(" sign=\"reception\"\n}", "\n}"));
    let missing = told(&bare, &[check], 1);
    assert!(missing[0].contains("\"Front door\" without passing a sign"), "{missing:?}");
}
