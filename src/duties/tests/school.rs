//! A year of a school: with a perfect site manager, with a lazy one, and with the power off.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Every duty that a file can name; the paper asks for a signature each year.
const ALL: &str = r#"duties {
    daily-check by="site-manager" before="09:00"
    random-check by="site-manager" every="week"
    clock-check by="it"
    access-review by="head"
    sign-check by="site-manager"
    maintenance "Firm" by="site-manager" every="year" due="2027-07-01"
    policy-review by="head" due="2027-03-01"
    dpia-review by="head"
    liaison by="head" every="half-year"
    yearly-report by="head" due="2027-06-30"
    audit by="it" due="2027-05-31"
    training by="head" due="2027-04-30"
    print-checkpoint by="it"
    recovery-check by="it"
}"#;

fn whole_school() -> Config {
    let code = r#"acceptance "code" "Staff code" version="1" renew="year""#;
    school_with("", code, PEOPLE, &[YEAR, ALL])
}

/// The school's days by hand: Monday to Friday in a term, without the closed ones.
fn is_open(day: Day) -> bool {
    let within = |ranges: &[(&str, &str)]| {
        ranges.iter().any(|(a, b)| (*a..=*b).contains(&day.to_string().as_str()))
    };
    let terms = [
        ("2026-09-02", "2026-12-18"),
        ("2027-01-05", "2027-03-25"),
        ("2027-04-12", "2027-07-21"),
        ("2027-09-02", "2027-12-17"),
    ];
    let closed = [
        ("2026-10-26", "2026-10-30"),
        ("2027-02-15", "2027-02-19"),
        ("2027-05-31", "2027-06-04"),
        ("2027-05-03", "2027-05-03"),
    ];
    day.0.weekday().to_monday_zero_offset() < 5 && within(&terms) && !within(&closed)
}

fn open_days(first: &str, last: &str) -> Vec<String> {
    let (first, last) = (day(first), day(last));
    let days = (0..=last.since(first)).map(|n| first.plus(n));
    days.filter(|d| is_open(*d)).map(|d| d.to_string()).collect()
}

/// The box's own life: enters what was missed, lets somebody act, sleeps until something changes.
fn live(
    config: &Config,
    book: &mut Book,
    from: Utc,
    to: Utc,
    mut act: impl FnMut(&mut Book, Utc),
) -> usize {
    let (mut now, mut rounds) = (from, 0);
    while now <= to {
        settle(config, book, now);
        act(book, now);
        let next = wake_at(config, &book.facts, now);
        assert!(next > now, "{now}");
        now = next;
        rounds += 1;
    }
    rounds
}

fn settle(config: &Config, book: &mut Book, now: Utc) -> Vec<String> {
    let since = book.facts.in_force_since().unwrap();
    let all = missed(config, &book.facts, since, now);
    for one in &all {
        book.enter(one.draft(now, ClockState::Synced));
    }
    days_missed(&all)
}

/// The entry that does a duty.
fn does(item: &Item) -> (Kind, Vec<(&'static str, String)>) {
    let of = item.of.clone().unwrap_or_default();
    let named = |kind| {
        let mut all = vec![(fields::DUTY, item.duty.to_string())];
        all.extend(item.of.clone().map(|of| (fields::OF, of)));
        (kind, all)
    };
    match item.duty {
        Duty::DailyCheck => (Kind::DailyCheck, vec![]),
        Duty::RandomCheck => (Kind::RandomCheck, vec![]),
        Duty::ClockCheck => (Kind::ClockCheck, vec![]),
        Duty::SignCheck => (Kind::SignCheck, vec![]),
        Duty::AccessReview => (Kind::AccessReview, vec![]),
        Duty::Liaison => (Kind::Meeting, vec![]),
        Duty::Training => (Kind::Training, vec![(fields::PERSONS, of)]),
        Duty::Maintenance => named(Kind::Maintenance),
        Duty::PolicyReview | Duty::DpiaReview | Duty::SelfAssessment => named(Kind::Review),
        Duty::Acceptance => {
            let (person, paper) = of.split_once(' ').unwrap();
            let version = (fields::VERSION, "1".to_string());
            let person = (fields::PERSON, person.to_string());
            (Kind::Acceptance, vec![person, (fields::PAPER, paper.to_string()), version])
        }
        _ => named(Kind::DutyDone),
    }
}

/// Does everything as soon as it is asked for.
fn diligent(config: &Config, book: &mut Book, now: Utc) {
    for item in due(config, &book.facts, now) {
        if matches!(item.state, State::Due { .. } | State::Overdue { .. }) {
            let (kind, all) = does(&item);
            let all: Vec<_> = all.iter().map(|(field, text)| (*field, text.as_str())).collect();
            book.done(now, kind, &all);
        }
    }
}

fn count(book: &Book, kind: Kind) -> usize {
    book.entries.iter().filter(|e| e.header.kind == kind).count()
}

#[test]
fn a_perfect_caretaker_misses_nothing_in_a_year() {
    let config = whole_school();
    let (from, to) = (local("2026-09-02 00:00"), local("2027-09-02 00:00"));
    let mut book = Book::since(from);
    let woken = live(&config, &mut book, from, to, |book, now| diligent(&config, book, now));
    assert_eq!(count(&book, Kind::DutyMissed), 0);
    assert_eq!(count(&book, Kind::DailyCheck), open_days("2026-09-02", "2027-09-02").len());
    // September to August, and on 2 September 2027 nobody is asked yet.
    assert_eq!(count(&book, Kind::ClockCheck), 12);
    assert_eq!(count(&book, Kind::AccessReview), 3);
    assert_eq!(count(&book, Kind::Meeting), 2);
    assert_eq!(count(&book, Kind::Maintenance), 1);
    assert_eq!(count(&book, Kind::Training), 4);
    // Everybody signs at the start and once more before the year is over.
    assert_eq!(count(&book, Kind::Acceptance), 8);
    // Midnights, and nine o'clock where somebody still has to look.
    assert!((366..800).contains(&woken), "{woken}");
    let after = due(&config, &book.facts, to);
    assert!(!after.iter().any(|i| matches!(i.state, State::Overdue { .. })), "{after:#?}");
}

#[test]
fn a_lazy_caretaker_has_each_missed_day_entered_exactly_once() {
    let config = whole_school();
    let (from, to) = (local("2026-09-02 00:00"), local("2027-09-02 00:00"));
    let mut book = Book::since(from);
    live(&config, &mut book, from, to, |_, _| ());
    let mut seen = BTreeSet::new();
    let mut by_duty: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in book.entries.iter().filter(|e| e.header.kind == Kind::DutyMissed) {
        let all = &entry.body.as_ref().unwrap().fields;
        let word = |field: &str| match all.get(field) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let (duty, of, day) = (word(fields::DUTY), word(fields::OF), word(fields::DAY));
        assert!(seen.insert((duty.clone(), of, day.clone())), "{duty} {day} twice");
        by_duty.entry(duty).or_default().push(day);
    }
    assert_eq!(by_duty["daily-check"], open_days("2026-09-02", "2027-09-01"));
    // The month and the week that had begun when the logbook did are owed to nobody.
    assert_eq!(by_duty["clock-check"].len(), 11);
    assert_eq!(by_duty["clock-check"][0], "2026-10-31");
    assert_eq!(by_duty["random-check"].len(), 51);
    assert_eq!(by_duty["random-check"][0], "2026-09-13");
    assert_eq!(by_duty["access-review"], ["2026-12-18", "2027-03-25", "2027-07-21"]);
    assert_eq!(by_duty["liaison"], ["2027-06-30"]);
    assert_eq!(by_duty["maintenance"], ["2027-07-01"]);
    assert_eq!(by_duty["policy-review"], ["2027-03-01"]);
    assert_eq!(by_duty["fee-renewal"], ["2027-05-01"]);
    assert_eq!(by_duty["self-assessment"], ["2027-09-01"]);
    assert_eq!(by_duty["training"], ["2027-04-30"; 4]);
    assert_eq!(by_duty["acceptance"], ["2026-09-16"; 4]);
    assert_eq!(by_duty.len(), 17, "{:?}", by_duty.keys());
    // What was missed longest ago stands first, until somebody does it.
    let first = &due(&config, &book.facts, to)[0];
    assert_eq!(told(&config, first), "overdue 2026-09-14 00:00");
    assert_eq!(first.duty, Duty::RandomCheck);
}

#[test]
fn a_box_that_was_off_enters_each_missed_day_once() {
    let config = school(&[YEAR, DUTIES]);
    for (off, on, want) in [
        ("2026-11-06 12:00", "2026-11-13 12:00", open_days("2026-11-07", "2026-11-12")),
        ("2026-11-06 12:00", "2026-11-06 13:00", vec![]),
        // Over half term and the end of summer time; over Christmas; over a whole term.
        ("2026-10-23 12:00", "2026-11-03 12:00", vec!["2026-11-02".to_string()]),
        ("2026-12-10 12:00", "2027-01-20 00:00", open_days("2026-12-11", "2027-01-19")),
        ("2026-12-10 12:00", "2027-04-20 12:00", open_days("2026-12-11", "2027-04-19")),
    ] {
        let (from, off, on) = (local("2026-10-05 00:00"), local(off), local(on));
        let mut book = Book::since(from);
        live(&config, &mut book, from, off, |book, now| diligent(&config, book, now));
        book.add(on, Kind::Started, None, &[]);
        let all = settle(&config, &mut book, on);
        let daily: Vec<_> = all.iter().filter_map(|m| m.strip_suffix(" daily-check")).collect();
        assert_eq!(daily, want);
        assert_eq!(settle(&config, &mut book, on), Vec::<String>::new());
        assert_eq!(settle(&config, &mut book, on + SECOND), Vec::<String>::new());
    }
}

#[test]
fn a_month_that_was_missed_stays_overdue_until_somebody_does_it() {
    let config = school(&[YEAR, DUTIES]);
    let mut book = Book::since(local("2026-09-01 00:00"));
    settle(&config, &mut book, local("2026-11-05 12:00"));
    let state = |book: &Book, now| seen(&config, &book.facts, Duty::ClockCheck, local(now));
    assert_eq!(state(&book, "2026-11-05 12:00"), ["overdue 2026-10-01 00:00"]);
    book.done(local("2026-11-06 10:00"), Kind::ClockCheck, &[]);
    assert_eq!(state(&book, "2026-11-07 12:00"), ["done 2026-11-06 10:00 site-manager"]);
    assert_eq!(state(&book, "2026-12-01 12:00"), ["from 2026-12-18 00:00"]);
    assert_eq!(state(&book, "2026-12-18 12:00"), ["due 2027-01-01 00:00"]);
    assert_eq!(state(&book, "2027-01-01 12:00"), ["from 2027-01-18 00:00"]);
    settle(&config, &mut book, local("2027-01-01 12:00"));
    assert_eq!(state(&book, "2027-01-01 12:00"), ["overdue 2027-01-01 00:00"]);
}

#[test]
fn nobody_misses_what_the_file_did_not_ask_for_then() {
    let old = school(&[YEAR, DUTIES]);
    let new = school(&[YEAR, &DUTIES.replace("09:00\";", "09:00\"\nrandom-check every=\"week\"")]);
    let mut book = Book::since(local("2026-10-05 00:00"));
    let now = local("2026-11-12 12:00");
    settle(&old, &mut book, now);
    let mut change = draft(now, Kind::Change, Some("head"), &[]);
    change.body.fields = changes::fields(Some(&old), &new);
    let lists: Vec<_> = change.body.fields.iter().collect();
    let want = Value::List(vec!["random-check".into()]);
    assert_eq!(lists, [(&fields::DUTIES_NEW.to_string(), &want)]);
    book.enter(change);
    // The week that runs is asked for and owed to nobody; the next one is.
    assert_eq!(settle(&new, &mut book, now), Vec::<String>::new());
    let state = |book: &Book, now| seen(&new, &book.facts, Duty::RandomCheck, local(now));
    assert_eq!(state(&book, "2026-11-12 12:00"), ["due 2026-11-16 00:00"]);
    let all = settle(&new, &mut book, local("2026-11-23 12:00"));
    let weeks: Vec<_> = all.iter().filter(|m| m.ends_with("random-check")).collect();
    assert_eq!(weeks, ["2026-11-22 random-check"]);
    // The day of the change had its check to do by either file.
    assert!(all.contains(&"2026-11-12 daily-check".to_string()), "{all:?}");
}

#[test]
fn a_logbook_without_an_entry_owes_nothing() {
    let config = whole_school();
    let facts = Facts::default();
    let now = local("2026-11-20 12:00");
    assert_eq!(missed(&config, &facts, Utc(0), now), []);
    let overdue = due(&config, &facts, now);
    let overdue: Vec<_> =
        overdue.iter().filter(|i| matches!(i.state, State::Overdue { .. })).collect();
    assert!(overdue.is_empty(), "{overdue:?}");
}

/// Half past ten on the second day of the box.
#[test]
fn the_schools_know_what_they_have_to_do() {
    let term = "due 2026-12-19 00:00";
    let monthly = "due 2026-12-01 00:00";
    for (name, text, unsigned, want) in [
        (
            "john-colet",
            include_str!("../../../configs/john-colet.kdl"),
            0,
            vec![
                ("daily-check", "overdue 2026-11-20 09:00"),
                ("clock-check", monthly),
                ("print-checkpoint", monthly),
            ],
        ),
        (
            "clere",
            include_str!("../../../configs/clere.kdl"),
            1,
            vec![
                ("daily-check", "overdue 2026-11-20 09:00"),
                ("random-check", "due 2026-11-23 00:00"),
                ("clock-check", monthly),
                ("print-checkpoint", monthly),
                ("access-review", term),
                ("sign-check", term),
                ("calendar-end", term),
            ],
        ),
        (
            "st-thomas-more",
            include_str!("../../../configs/st-thomas-more.kdl"),
            // Fifteen people and the staff code; the IT Manager and the administrators' code.
            16,
            vec![
                // Its own text asks for a review by then, and no entry says that there was one.
                ("policy-review", "overdue 2024-09-08 00:00"),
                ("daily-check", "overdue 2026-11-20 09:00"),
                ("clock-check", monthly),
                ("print-checkpoint", monthly),
                ("access-review", term),
                ("sign-check", term),
                ("calendar-end", term),
            ],
        ),
    ] {
        let config = parse("site.kdl", text.as_bytes()).config.unwrap();
        let book = Book::since(local("2026-11-19 08:00"));
        let items = due(&config, &book.facts, local("2026-11-20 10:30"));
        let now = |i: &&Item| matches!(i.state, State::Due { .. } | State::Overdue { .. });
        let (papers, others): (Vec<_>, Vec<_>) =
            items.iter().filter(now).partition(|i| i.duty == Duty::Acceptance);
        let lines: Vec<_> = others.iter().map(|i| (i.duty.as_str(), told(&config, i))).collect();
        let lines: Vec<_> = lines.iter().map(|(duty, line)| (*duty, line.as_str())).collect();
        assert_eq!(lines, want, "{name}");
        assert_eq!(papers.len(), unsigned, "{name}");
        let mut keys: Vec<_> = items.iter().map(|i| (i.duty, i.of.clone())).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), items.len(), "{name}");
        // John Colet's paper names nobody who is responsible; duties without a name are nobody's.
        let nobody = config.site.responsible.is_none() && config.site.managed_by.is_empty();
        let named =
            |i: &Item| (nobody || !i.by.is_empty()) && !i.what.is_empty() && !i.what.ends_with('.');
        assert!(items.iter().all(named), "{name}: {items:#?}");
    }
}
