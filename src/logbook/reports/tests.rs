//! Reports over made-up entries: what they find, and what they do not.

use std::collections::BTreeMap;

use super::*;
use crate::base::digest::Digest;
use crate::base::time::{Day, Utc, Zone};
use crate::config::{Config, parse};
use crate::logbook::{Account, Body, ClockState, Header, Kind, Who};

fn school() -> Config {
    let text = include_str!("../../../configs/smallest.kdl").to_string()
        + "calendar weekends-closed=#true { closed \"2026-10-26\" \"2026-10-30\"; }";
    parse("site.kdl", text.as_bytes()).config.unwrap()
}

fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

fn entry(number: Number, at: &str, kind: Kind, who: Option<&str>, all: &[(&str, &str)]) -> Entry {
    let who = who.map(|person| Who {
        person: person.into(),
        account: Account::Own,
        acting_for: None,
        second: None,
    });
    let value = |text: &str| match text {
        "true" => Value::Yes(true),
        text => Value::Text(text.into()),
    };
    let fields: BTreeMap<_, _> =
        all.iter().map(|(field, text)| (field.to_string(), value(text))).collect();
    let (at, clock, body) = (utc(at), ClockState::Synced, Digest([0; 32]));
    let header = Header { at, clock, kind, act: Act::Open, about: None, body };
    Entry { number, header, body: Some(Body { who, fields, ..Body::default() }) }
}

fn viewing(
    number: Number,
    at: &str,
    who: &str,
    window: (&str, &str),
    more: &[(&str, &str)],
) -> Entry {
    let mut all = vec![("cameras", "hall"), ("from", window.0), ("until", window.1)];
    all.extend(more);
    entry(number, at, Kind::Viewing, Some(who), &all)
}

#[test]
fn viewings_that_somebody_should_be_asked_about() {
    let ten = ("2026-11-16T10:00:00Z", "2026-11-16T10:05:00Z");
    let later = ("2026-11-16T10:04:00Z", "2026-11-16T10:30:00Z");
    let other = ("2026-11-16T11:00:00Z", "2026-11-16T11:05:00Z");
    let early = ("2026-10-26T11:00:00Z", "2026-10-26T11:05:00Z");
    let named = [("incident", "INC-1")];
    let mut all = vec![
        // Monday, in hours, for an incident: nothing odd.
        viewing(1, "2026-11-16T12:00:00Z", "head", ten, &named),
        viewing(2, "2026-11-16T12:00:00Z", "it", ten, &[]),
        viewing(3, "2026-11-16T06:59:59Z", "head", other, &[("request", "R-1")]),
        viewing(4, "2026-11-21T12:00:00Z", "head", later, &named),
        viewing(5, "2026-10-27T12:00:00Z", "head", early, &named),
        // In summer time six in the evening is 17:00 UTC.
        viewing(6, "2026-09-16T16:59:59Z", "dsl", ten, &named),
        viewing(7, "2026-09-16T17:00:00Z", "dsl", later, &named),
        viewing(8, "2026-09-17T12:00:00Z", "dsl", later, &named),
        viewing(9, "2026-11-16T12:00:00Z", "back", ten, &[]),
        entry(10, "2026-11-16T12:00:00Z", Kind::SpotCheck, Some("it"), &[]),
        entry(11, "2026-11-16T12:00:00Z", Kind::Viewing, None, &[]),
        viewing(12, "2027-01-16T12:00:00Z", "late", ten, &[]),
        viewing(13, "2026-11-16T12:00:00Z", "gone", ten, &[]),
    ];
    all[12].body = None;
    let mut back =
        entry(14, "2026-11-17T12:00:00Z", Kind::Viewing, Some("head"), &[("withdrawn", "true")]);
    (back.header.act, back.header.about) = (Act::Correct, Some(9));
    all.push(back);

    let report =
        curiosity(&school(), &all, utc("2026-09-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"));
    let found: Vec<_> = report.findings.iter().map(|f| (f.look.number, f.why.clone())).collect();
    assert_eq!(
        found,
        [
            (7, vec![Odd::OutOfHours, Odd::Again { times: 3 }]),
            (2, vec![Odd::NoIncident]),
            (3, vec![Odd::OutOfHours]),
            (4, vec![Odd::OutOfHours]),
            (5, vec![Odd::OutOfHours]),
            (6, vec![Odd::Again { times: 3 }]),
            (8, vec![Odd::Again { times: 3 }]),
        ]
    );
    let persons: Vec<_> = report.persons.iter().map(|(who, n)| (who.as_str(), *n)).collect();
    assert_eq!(persons, [("dsl", (3, 3)), ("head", (4, 3)), ("it", (1, 1))]);
    assert_eq!(report.unreadable, 1);
}

#[test]
fn what_one_person_did_as_themselves_as_deputy_and_as_second() {
    let mut all = vec![
        entry(1, "2026-11-16T12:00:00Z", Kind::Viewing, Some("it"), &[]),
        entry(2, "2026-11-16T13:00:00Z", Kind::Release, Some("head"), &[]),
        entry(3, "2026-11-16T14:00:00Z", Kind::Viewing, Some("it"), &[]),
        entry(4, "2026-11-16T15:00:00Z", Kind::Viewing, Some("head"), &[]),
        entry(5, "2026-11-17T12:00:00Z", Kind::Viewing, Some("it"), &[]),
        entry(6, "2026-11-16T12:00:00Z", Kind::Heartbeat, None, &[]),
        entry(7, "2026-11-16T12:00:00Z", Kind::Viewing, Some("it"), &[]),
    ];
    let mut who = |n: usize, second: Option<&str>, acting: Option<&str>| {
        let who = all[n].body.as_mut().unwrap().who.as_mut().unwrap();
        who.second = second.map(str::to_string);
        who.acting_for = acting.map(str::to_string);
    };
    who(1, Some("it"), None);
    who(2, None, Some("head"));
    all[6].body = None;
    let report = activity(&all, "it", utc("2026-11-16T00:00:00Z"), utc("2026-11-17T00:00:00Z"));
    let deeds: Vec<_> = report.deeds.iter().map(|d| (d.number, d.kind, d.part.clone())).collect();
    assert_eq!(
        deeds,
        [
            (1, Kind::Viewing, Part::Own),
            (2, Kind::Release, Part::Second),
            (3, Kind::Viewing, Part::For("head".into())),
        ]
    );
    assert_eq!(report.kinds[&Kind::Viewing], 2);
    assert_eq!(report.unreadable, 1);
}

#[test]
fn the_figures_of_a_month_and_a_year() {
    let mut all = vec![
        // The last second of October and the first of November, by the school's clock.
        entry(1, "2026-10-31T23:59:59Z", Kind::Viewing, Some("it"), &[]),
        entry(2, "2026-11-01T00:00:00Z", Kind::Viewing, Some("it"), &[]),
        entry(3, "2026-11-05T12:00:00Z", Kind::Release, Some("it"), &[("recipient", "police")]),
        entry(4, "2026-11-05T12:00:00Z", Kind::Release, Some("it"), &[]),
        entry(5, "2026-11-05T12:00:00Z", Kind::Incident, Some("it"), &[("type", "bullying")]),
        entry(6, "2026-11-06T12:00:00Z", Kind::Incident, Some("it"), &[("type", "bullying")]),
        entry(7, "2026-11-06T12:00:00Z", Kind::Incident, Some("it"), &[("type", "assault")]),
        entry(8, "2026-11-06T12:00:00Z", Kind::Complaint, Some("it"), &[]),
        entry(9, "2026-11-06T12:00:00Z", Kind::DutyMissed, None, &[("duty", "daily-check")]),
        entry(10, "2026-11-06T12:00:00Z", Kind::DailyCheck, Some("it"), &[]),
        entry(11, "2026-11-07T12:00:00Z", Kind::DailyCheck, None, &[]),
        entry(12, "2026-11-07T12:00:00Z", Kind::DeletionDay, None, &[]),
        entry(13, "2026-11-07T12:00:00Z", Kind::Misuse, Some("it"), &[]),
        entry(14, "2026-12-07T12:00:00Z", Kind::Shortfall, None, &[]),
        entry(15, "2026-11-08T12:00:00Z", Kind::Complaint, Some("it"), &[]),
        entry(16, "2026-11-08T12:00:00Z", Kind::Complaint, Some("it"), &[]),
    ];
    // A record counts where it began; what was taken back does not count.
    (all[14].header.act, all[14].header.about) = (Act::Close, Some(8));
    let mut back =
        entry(17, "2026-12-09T12:00:00Z", Kind::Complaint, Some("it"), &[("withdrawn", "true")]);
    (back.header.act, back.header.about) = (Act::Correct, Some(16));
    all.push(back);
    let london = Zone::named("Europe/London").unwrap();
    let november = statistics(&all, Period::month(2026, 11).unwrap(), &london);
    let map = |all: &[(&str, usize)]| -> BTreeMap<String, usize> {
        all.iter().map(|(word, n)| (word.to_string(), *n)).collect()
    };
    let want = Statistics {
        disclosures: map(&[("police", 1), ("unknown", 1)]),
        viewings: 1,
        complaints: 1,
        breaches: 1,
        incidents: map(&[("assault", 1), ("bullying", 2)]),
        daily_checks: (1, 1),
        missed: map(&[("daily-check", 1)]),
        deletion_days: 1,
        ..Statistics::default()
    };
    assert_eq!(november, want);
    assert!(november.retention_kept());
    let year = statistics(&all, Period::year(2026).unwrap(), &london);
    assert_eq!((year.viewings, year.shortfalls.as_slice()), (2, &[14][..]));
    assert!(!year.retention_kept());
    let days = |p: Period| (p.first.to_string(), p.last.to_string());
    assert_eq!(days(Period::month(2028, 2).unwrap()), ("2028-02-01".into(), "2028-02-29".into()));
    assert_eq!(days(Period::year(2026).unwrap()), ("2026-01-01".into(), "2026-12-31".into()));
    assert!(Period::month(2026, 13).is_err() && Period::year(32_000).is_err());
    let _: Day = Period::year(2026).unwrap().first;
}

#[test]
fn signs_of_misuse_are_counted_and_accuse_nobody_who_reported_one() {
    let at = "2026-11-16T12:00:00Z";
    let site = |who: &str| Some(who.to_string());
    let person = school().people.first().map(|p| p.id.to_string());
    let head = person.as_deref().unwrap_or("head");
    let all = vec![
        entry(1, at, Kind::Refused, Some("guard"), &[("wish", "playback")]),
        entry(2, at, Kind::Refused, Some("guard"), &[]),
        entry(3, at, Kind::Refused, None, &[]),
        // A name that is none may be a passphrase typed into the wrong field.
        entry(4, at, Kind::LogInFailed, None, &[("tried", "walnut bridge 31 fog")]),
        entry(5, at, Kind::LogInFailed, None, &[("tried", head)]),
        entry(6, at, Kind::TwoSessions, None, &[("subject", "guard")]),
        entry(7, at, Kind::BreakGlass, None, &[("event", "printed")]),
        entry(8, at, Kind::BreakGlass, None, &[("event", "refused")]),
        entry(9, at, Kind::Misuse, Some("clerk"), &[]),
        entry(10, at, Kind::Alarm, None, &[("alarm", "fork 00000001")]),
        entry(11, at, Kind::Alarm, None, &[("alarm", "disk /footage")]),
        entry(12, "2026-10-16T12:00:00Z", Kind::Refused, Some("guard"), &[]),
        viewing(13, at, "guard", (at, at), &[]),
    ];
    let (from, to) = (utc("2026-11-01T00:00:00Z"), utc("2026-12-01T00:00:00Z"));
    use misuse::What;
    let found = misuse::misuse(&school(), &all, from, to);
    let found: Vec<_> = found.into_iter().map(|s| (s.what, s.entries, s.persons)).collect();
    let times = |all: &[(Option<String>, usize)]| -> BTreeMap<String, usize> {
        all.iter().filter_map(|(who, n)| Some((who.clone()?, *n))).collect()
    };
    assert_eq!(
        found,
        [
            (What::Reported, vec![9], times(&[])),
            (What::Disks, vec![10], times(&[])),
            (What::SealedCode, vec![8], times(&[])),
            (What::TwoSessions, vec![6], times(&[(site("guard"), 1)])),
            (What::LogInFailed, vec![4, 5], times(&[(person, 1)])),
            (What::Refused, vec![1, 2, 3], times(&[(site("guard"), 2)])),
            (What::Looks, vec![13], times(&[(site("guard"), 1)])),
        ]
    );
    assert_eq!(misuse::misuse(&school(), &all, utc("2026-12-01T00:00:00Z"), to), []);
}
