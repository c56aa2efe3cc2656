//! The rounds of weeks, months, terms, years and dates.

use super::*;
use crate::config::value::Every;
use crate::duties::rounds::{Round, Rounds, months_after};

fn round(config: &Config, every: Every, due: Option<&str>, at: &str) -> [String; 4] {
    let (zone, calendar) = (&config.site.zone, &config.calendar);
    let anchor = day("2026-11-22");
    let rounds = Rounds { zone, calendar, every, due: due.map(day), before: None, anchor };
    let Round { first, last, next, asks } = rounds.at(day(at));
    [first, last, next, asks].map(|day| day.to_string())
}

#[test]
fn rounds_lie_where_the_calendar_and_the_file_put_them() {
    let year = school(&[YEAR]);
    let none = school(&[]);
    let hole = school(&[r#"calendar {
        term "2026-09-02" "2026-12-18"
        term "2027-09-15" "2027-12-17"
    }"#]);
    use Every::*;
    for (config, every, due, at, want) in [
        (&none, Day, None, "2026-11-22", "2026-11-22 2026-11-22 2026-11-23 2026-11-22"),
        (&none, Week, None, "2026-11-22", "2026-11-16 2026-11-22 2026-11-23 2026-11-16"),
        (&none, Week, None, "2026-11-23", "2026-11-23 2026-11-29 2026-11-30 2026-11-23"),
        (&none, Month, None, "2028-02-10", "2028-02-01 2028-02-29 2028-03-01 2028-02-16"),
        (&none, HalfYear, None, "2026-11-22", "2026-07-01 2026-12-31 2027-01-01 2026-11-17"),
        (&none, Year, None, "2027-11-21", "2026-11-22 2027-11-21 2027-11-22 2027-08-24"),
        (&none, Year, None, "2027-11-22", "2027-11-22 2028-11-21 2028-11-22 2028-08-24"),
        // Terms: known ones with the holiday after them, thirds of the year where none is known.
        (&none, Term, None, "2026-11-22", "2026-09-01 2026-12-31 2027-01-01 2026-12-02"),
        (&year, Term, None, "2026-09-01", "2026-05-01 2026-08-31 2026-09-02 2026-08-02"),
        (&year, Term, None, "2026-09-02", "2026-09-02 2026-12-18 2027-01-05 2026-11-19"),
        (&year, Term, None, "2027-01-04", "2026-09-02 2026-12-18 2027-01-05 2026-11-19"),
        (&year, Term, None, "2027-08-20", "2027-04-12 2027-07-21 2027-09-02 2027-06-22"),
        (&year, Term, None, "2027-12-31", "2027-09-02 2027-12-17 2028-01-01 2027-11-18"),
        (&year, Term, None, "2028-01-01", "2028-01-01 2028-04-30 2028-05-01 2028-04-01"),
        // A hole of two terms: thirds in between, and no round of two weeks.
        (&hole, Term, None, "2026-12-25", "2026-09-02 2026-12-18 2027-01-01 2026-11-19"),
        (&hole, Term, None, "2027-01-01", "2027-01-01 2027-04-30 2027-05-01 2027-04-01"),
        (&hole, Term, None, "2027-08-31", "2027-05-01 2027-08-31 2027-09-15 2027-08-02"),
        (&hole, Term, None, "2027-09-10", "2027-05-01 2027-08-31 2027-09-15 2027-08-02"),
        (&hole, Term, None, "2027-09-15", "2027-09-15 2027-12-17 2028-01-01 2027-11-18"),
        // A date: from half-way after the one before to half-way before the next.
        (
            &none,
            Year,
            Some("2027-07-01"),
            "2020-01-01",
            "2026-12-30 2027-07-01 2027-12-31 2027-04-03",
        ),
        (
            &none,
            Year,
            Some("2027-07-01"),
            "2027-12-30",
            "2026-12-30 2027-07-01 2027-12-31 2027-04-03",
        ),
        (
            &none,
            Year,
            Some("2027-07-01"),
            "2027-12-31",
            "2027-12-31 2028-07-01 2028-12-30 2028-04-03",
        ),
        (
            &none,
            Month,
            Some("2027-01-31"),
            "2027-03-01",
            "2027-02-14 2027-02-28 2027-03-15 2027-02-15",
        ),
        (
            &none,
            Week,
            Some("2026-11-20"),
            "2026-11-23",
            "2026-11-23 2026-11-27 2026-11-30 2026-11-23",
        ),
    ] {
        assert_eq!(round(config, every, due, at).join(" "), want, "{every} {due:?} {at}");
    }
}

#[test]
fn months_do_not_drift() {
    let end = day("2027-01-31");
    let days: Vec<_> = (1..4).map(|n| months_after(end, n).to_string()).collect();
    assert_eq!(days, ["2027-02-28", "2027-03-31", "2027-04-30"]);
}

/// Every day lies in exactly one round, rounds follow each other without a hole.
#[test]
fn rounds_cover_every_day_once() {
    let schools = [
        school(&[YEAR]),
        school(&[]),
        school(&[r#"calendar {
        term "2026-09-02" "2026-12-18"
        term "2027-09-15" "2027-12-17"
        term "2028-06-20" "2028-08-20"
    }"#]),
    ];
    for config in &schools {
        let (zone, calendar) = (&config.site.zone, &config.calendar);
        for every in
            [Every::Day, Every::Week, Every::Month, Every::Term, Every::HalfYear, Every::Year]
        {
            for due in [None, Some(day("2026-08-31"))] {
                let anchor = day("2026-08-01");
                let rounds = Rounds { zone, calendar, every, due, before: None, anchor };
                let start = day("2026-09-10");
                let mut now = rounds.at(start);
                for n in 0..900 {
                    let date = start.plus(n);
                    let round = rounds.at(date);
                    let tag = format!("{every} {due:?} {date} {round:?}");
                    assert!(round.first <= date && date < round.next, "{tag}");
                    assert!(round.first <= round.asks && round.asks <= round.last, "{tag}");
                    assert!(round.last < round.next, "{tag}");
                    if round != now {
                        assert_eq!((now.next, date), (round.first, round.first), "{tag}");
                        now = round;
                    }
                }
            }
        }
    }
}
