//! The daily check, day by day: closed days, terms, weekends, both clock changes.

use super::*;

#[test]
fn a_day_is_open_unless_the_file_says_otherwise() {
    let school = school(&[YEAR]);
    let week = super::school(&[&YEAR.replace(" weekends-closed=#true", "")]);
    let hole = super::school(&[r#"calendar {
        term "2026-09-02" "2026-12-18"
        term "2027-04-12" "2027-07-21"
    }"#]);
    for (config, date, open) in [
        (&school, "2026-11-20", true),
        // Saturday and Sunday, in a school that rests then and in one that does not.
        (&school, "2026-11-21", false),
        (&school, "2026-11-22", false),
        (&week, "2026-11-21", true),
        // Half term, and the Friday before it; one closed day alone.
        (&school, "2026-10-23", true),
        (&school, "2026-10-26", false),
        (&school, "2026-10-30", false),
        (&school, "2026-11-02", true),
        (&school, "2027-05-03", false),
        // Holidays lie between two known terms, the summer too.
        (&school, "2026-12-18", true),
        (&school, "2026-12-21", false),
        (&week, "2026-12-25", false),
        (&school, "2027-01-04", false),
        (&school, "2027-01-05", true),
        (&school, "2027-08-10", false),
        // Before the first and after the last term nobody said.
        (&school, "2026-09-01", true),
        (&school, "2027-12-20", true),
        (&school, "2027-12-25", false),
        (&week, "2027-12-25", true),
        // A term that was forgotten is no holiday of four months.
        (&hole, "2027-02-03", true),
        (&hole, "2026-12-21", true),
    ] {
        assert_eq!(config.calendar.is_open(day(date)), open, "{date}");
    }
}

#[test]
fn the_daily_check_is_due_in_the_morning_of_every_open_day() {
    let config = school(&[YEAR, DUTIES]);
    for (now, checked, want) in [
        ("2026-11-20 00:00", None, "due 2026-11-20 09:00"),
        ("2026-11-20 08:59", None, "due 2026-11-20 09:00"),
        ("2026-11-20 09:00", None, "overdue 2026-11-20 09:00"),
        ("2026-11-20 23:59", None, "overdue 2026-11-20 09:00"),
        ("2026-11-20 23:59", Some("2026-11-20 00:00"), "done 2026-11-20 00:00 site-manager"),
        ("2026-11-20 12:00", Some("2026-11-20 11:00"), "done 2026-11-20 11:00 site-manager"),
        ("2026-11-20 12:00", Some("2026-11-19 23:59"), "overdue 2026-11-20 09:00"),
        // Weekend, half term, holiday: the box looks after itself, and a person may.
        ("2026-11-21 12:00", None, "machine"),
        ("2026-10-28 12:00", None, "machine"),
        ("2026-12-25 12:00", None, "machine"),
        ("2026-12-25 12:00", Some("2026-12-25 11:00"), "done 2026-12-25 11:00 site-manager"),
        // The clock goes back on 25 October and forward on 28 March, both closed; the days beside.
        ("2026-10-23 08:59", None, "due 2026-10-23 09:00"),
        ("2026-10-25 08:59", None, "machine"),
        ("2026-11-02 09:00", None, "overdue 2026-11-02 09:00"),
    ] {
        let mut book = Book::since(local("2026-09-02 12:00"));
        if let Some(at) = checked {
            book.done(local(at), Kind::DailyCheck, &[]);
        }
        assert_eq!(seen(&config, &book.facts, Duty::DailyCheck, local(now)), [want], "{now}");
    }
}

#[test]
fn nine_o_clock_is_nine_o_clock_on_both_days_of_the_clock_change() {
    let config = school(&[DUTIES]);
    let book = Book::since(local("2026-01-01 00:00"));
    for (date, nine) in [
        ("2026-03-28", "2026-03-28T09:00:00Z"),
        ("2026-03-29", "2026-03-29T08:00:00Z"),
        ("2026-10-24", "2026-10-24T08:00:00Z"),
        ("2026-10-25", "2026-10-25T09:00:00Z"),
    ] {
        let state = |at| {
            due(&config, &book.facts, at)
                .into_iter()
                .find_map(|item| (item.duty == Duty::DailyCheck).then_some(item.state))
        };
        let nine = utc(nine);
        assert_eq!(state(nine - SECOND), Some(State::Due { until: nine }), "{date}");
        assert_eq!(state(nine), Some(State::Overdue { since: nine }), "{date}");
    }
    // A time that comes twice is over the second time; one that is skipped, an hour later.
    for (before, date, end) in [
        ("01:30", "2026-10-25", "2026-10-25T01:30:00Z"),
        ("01:30", "2026-03-29", "2026-03-29T01:30:00Z"),
        ("00:30", "2026-03-29", "2026-03-29T00:30:00Z"),
    ] {
        let config = school(&[&DUTIES.replace("09:00", before)]);
        let item = due(&config, &book.facts, local(&format!("{date} 00:00")));
        let daily = item.into_iter().find(|i| i.duty == Duty::DailyCheck).unwrap();
        assert_eq!(daily.state, State::Due { until: utc(end) }, "{before} {date}");
    }
}

#[test]
fn a_day_of_the_clock_change_is_missed_once_and_at_its_own_midnight() {
    let config = school(&[DUTIES]);
    let book = Book::since(local("2026-10-23 12:00"));
    let began = book.facts.began().unwrap();
    for (now, want) in [
        ("2026-10-24T22:59:59Z", vec![]),
        ("2026-10-24T23:00:00Z", vec!["2026-10-24 daily-check"]),
        ("2026-10-25T23:59:59Z", vec!["2026-10-24 daily-check"]),
        ("2026-10-26T00:00:00Z", vec!["2026-10-24 daily-check", "2026-10-25 daily-check"]),
    ] {
        let all = missed(&config, &book.facts, began, utc(now));
        assert_eq!(days_missed(&all), want, "{now}");
    }
}

#[test]
fn the_box_never_does_a_persons_check() {
    let config = school(&[YEAR, DUTIES]);
    let mut book = Book::since(local("2026-11-01 00:00"));
    book.add(local("2026-11-20 08:00"), Kind::DailyCheck, None, &[]);
    let now = local("2026-11-20 10:00");
    let want = ["overdue 2026-11-20 09:00"];
    assert_eq!(seen(&config, &book.facts, Duty::DailyCheck, now), want);
    // On a closed day it is asked to, once, at the hour of the check.
    for (at, own) in [
        ("2026-11-20 10:00", None),
        ("2026-11-21 08:59", None),
        ("2026-11-21 09:00", Some("2026-11-21")),
        ("2026-11-21 23:59", Some("2026-11-21")),
        ("2026-11-22 00:00", None),
        ("2026-11-22 09:00", Some("2026-11-22")),
    ] {
        assert_eq!(own_check(&config, &book.facts, local(at)), own.map(day), "{at}");
    }
    book.add(local("2026-11-21 09:00"), Kind::DailyCheck, None, &[]);
    assert_eq!(own_check(&config, &book.facts, local("2026-11-21 09:00")), None);
    assert_eq!(own_check(&config, &book.facts, local("2026-11-22 09:00")), Some(day("2026-11-22")));
}

#[test]
fn a_check_that_was_taken_back_is_no_check() {
    let config = school(&[YEAR, DUTIES]);
    let mut book = Book::since(local("2026-11-01 00:00"));
    let number = book.done(local("2026-11-20 08:00"), Kind::DailyCheck, &[]);
    let now = local("2026-11-20 10:00");
    let mut back = draft(now, Kind::DailyCheck, Some("head"), &[(fields::WITHDRAWN, "true")]);
    (back.act, back.about) = (Act::Correct, Some(number));
    book.enter(back);
    let want = ["overdue 2026-11-20 09:00"];
    assert_eq!(seen(&config, &book.facts, Duty::DailyCheck, now), want);
}

#[test]
fn a_calendar_that_ends_is_a_duty_and_then_every_weekday_is_open() {
    let config = school(&[YEAR, DUTIES]);
    let book = Book::since(local("2026-09-02 00:00"));
    for (now, want) in [
        ("2027-11-16 12:00", "from 2027-11-17 00:00"),
        ("2027-11-17 12:00", "due 2027-12-18 00:00"),
        ("2027-12-17 12:00", "due 2027-12-18 00:00"),
        ("2027-12-18 12:00", "overdue 2027-12-18 00:00"),
    ] {
        assert_eq!(seen(&config, &book.facts, Duty::CalendarEnd, local(now)), [want], "{now}");
    }
    let open = seen(&config, &book.facts, Duty::DailyCheck, local("2027-12-20 12:00"));
    assert_eq!(open, ["overdue 2027-12-20 09:00"]);
    // A file without terms has no end.
    let config = school(&[DUTIES]);
    assert!(seen(&config, &book.facts, Duty::CalendarEnd, local("2027-12-20 12:00")).is_empty());
}
