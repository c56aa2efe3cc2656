//! Any history at all against what is promised.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static SCHOOLS: LazyLock<[Config; 3]> = LazyLock::new(|| {
    let code = r#"
        acceptance "code" "Staff code" renew="year"
        exception "r" because="b" control="c" by="it" until="2027-01-15"
        decided "2026-01-01" dpia="D" dpia-review-by="2027-02-01""#;
    let duties = r#"duties {
        daily-check by="site-manager" before="09:00"
        random-check every="day"
        clock-check every="week" before="16:30"
        sign-check every="half-year"
        maintenance "Firm" every="month" due="2026-10-31" until="2027-03-01"
        dpia-review every="year"
        liaison every="term" due="2026-12-01"
        training every="year" due="2026-12-15"
        audit every="year"
    }"#;
    let covert = r#"covert { authorisation "C" state="authorised" from="2026-11-01"; }"#;
    let people = PEOPLE.replace("\"Site Manager\"", "\"Site Manager\" until=\"2027-02-28\"");
    [
        school_with("", code, &people, &[YEAR, duties, covert]),
        school_with("", code, PEOPLE, &[duties]),
        school(&[YEAR, DUTIES]),
    ]
});

const START: &str = "2026-10-01 12:00";

/// An entry that does some duty.
fn doing(at: Utc, n: usize) -> Draft {
    let named = |kind, duty| draft(at, kind, Some("it"), &[(fields::DUTY, duty)]);
    let of = |kind, field, what| draft(at, kind, Some("it"), &[(field, what)]);
    match n % 12 {
        0 | 1 => draft(at, Kind::DailyCheck, Some("it"), &[]),
        2 => draft(at, Kind::RandomCheck, Some("it"), &[]),
        3 => draft(at, Kind::ClockCheck, Some("it"), &[]),
        4 => draft(at, Kind::SignCheck, Some("it"), &[]),
        5 => draft(at, Kind::Meeting, Some("it"), &[]),
        6 => named(Kind::Maintenance, "maintenance"),
        7 => named(Kind::Review, "dpia-review"),
        8 => named(Kind::DutyDone, "audit"),
        9 => of(Kind::Training, fields::PERSONS, "head"),
        10 => of(Kind::Acceptance, fields::PAPER, "code"),
        _ => draft(at, Kind::AccessReview, Some("head"), &[]),
    }
}

/// An entry that asks for something.
fn asking(at: Utc, n: usize) -> Draft {
    match n % 4 {
        0 => spoken(draft(at, Kind::Permission, Some("it"), &[]), "head"),
        1 => draft(at, Kind::BreakGlass, Some("it"), &[(fields::EVENT, fields::USED)]),
        2 => draft(at, Kind::Change, Some("it"), &[(fields::CAMERAS_ADDED, "front")]),
        _ => draft(at, Kind::Change, Some("it"), &[(fields::DUTIES_NEW, "clock-check")]),
    }
}

/// A history in which the box entered what was missed now and then.
fn history() -> impl Strategy<Value = (usize, Book, Utc)> {
    let entry = (1i64..250_000, 0usize..18);
    (0usize..3, prop::collection::vec(entry, 0..40), 1i64..300_000).prop_map(|(n, mut all, end)| {
        let start = local(START);
        let mut book = Book::since(start);
        all.sort();
        for (minute, what) in all.into_iter().filter(|(minute, _)| *minute < end) {
            let at = start + Span::mins(minute);
            book.enter(match what {
                0..12 => doing(at, what),
                12..16 => asking(at, what),
                _ => {
                    settle(&SCHOOLS[n], &mut book, at);
                    continue;
                }
            });
        }
        (n, book, start + Span::mins(end))
    })
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entries = self.entries.iter().map(|e| (e.header.at, e.header.kind, &e.body));
        f.debug_list().entries(entries).finish()
    }
}

fn settle(config: &Config, book: &mut Book, now: Utc) -> Vec<Missed> {
    let began = book.facts.began().unwrap();
    let all = missed(config, &book.facts, began, now);
    for one in &all {
        book.enter(one.draft(now, ClockState::Synced));
    }
    all
}

fn rank(state: &State) -> u8 {
    match state {
        State::Overdue { .. } => 2,
        State::Due { .. } => 1,
        _ => 0,
    }
}

proptest! {
    #[test]
    fn entries_may_come_twice_and_in_any_order((_, book, _) in history(), turn in any::<u64>()) {
        let mut again = Facts::default();
        let mut turned: Vec<_> = book.entries.iter().chain(&book.entries).collect();
        turned.sort_by_key(|e| (e.number.wrapping_mul(0x9e37_79b9) ^ turn) % 1_009);
        for entry in turned {
            again.fold(entry);
        }
        prop_assert_eq!(&again, &book.facts);
    }

    #[test]
    fn what_was_missed_is_given_once((n, mut book, now) in history()) {
        let config = &SCHOOLS[n];
        let all = settle(config, &mut book, now);
        let mut keys: Vec<_> = all.iter().collect();
        keys.dedup();
        prop_assert_eq!(keys.len(), all.len());
        prop_assert_eq!(settle(config, &mut book, now), []);
    }

    #[test]
    fn doing_something_never_makes_more_due(
        (n, mut book, now) in history(),
        minute in 1i64..300_000,
        what in 0usize..12,
    ) {
        let config = &SCHOOLS[n];
        let before = due(config, &book.facts, now);
        let began = book.facts.began().unwrap();
        let owed = missed(config, &book.facts, began, now);
        book.enter(doing(local(START) + Span::mins(minute), what));
        for item in due(config, &book.facts, now) {
            let was = before.iter().find(|b| (b.duty, &b.of) == (item.duty, &item.of));
            prop_assert!(
                was.is_some_and(|was| rank(&item.state) <= rank(&was.state)),
                "{item:?} was {was:?}"
            );
        }
        // The same or fewer of each. The look at new cameras is no example: its date follows from
        // the look before it, and an earlier look brings the next one.
        let after = missed(config, &book.facts, began, now);
        for one in after.iter().filter(|one| one.of.as_deref() != Some("cameras")) {
            let key = |m: &&Missed| (m.duty, &m.of) == (one.duty, &one.of);
            let (was, is) = (owed.iter().filter(key).count(), after.iter().filter(key).count());
            prop_assert!(is <= was, "{one:?}: {was}, then {is}");
        }
    }

    #[test]
    fn nothing_changes_before_the_box_wakes(
        (n, book, now) in history(),
        part in prop::collection::vec(0i64..1_000, 3),
    ) {
        let config = &SCHOOLS[n];
        let wake = wake_at(config, &book.facts, now);
        prop_assert!(wake > now && wake - now <= Span::hours(25));
        let began = book.facts.began().unwrap();
        let look = |at| {
            let facts = &book.facts;
            (due(config, facts, at), missed(config, facts, began, at), own_check(config, facts, at))
        };
        let want = look(now);
        let between = part.iter().map(|p| now + Span((wake - now).0 / 1_000 * p));
        for at in between.chain([wake - Span(1)]) {
            prop_assert_eq!(&look(at), &want, "{} of {} to {}", at, now, wake);
        }
    }
}
