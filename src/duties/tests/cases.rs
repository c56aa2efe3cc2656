//! Duties that come once: papers, persons, words given by mouth, reviews, open records.

use super::*;
use crate::duties::pick::{Covered, Pick, pick};

fn check(config: &Config, facts: &Facts, duty: Duty, table: &[(&str, &[&str])]) {
    for (now, want) in table {
        assert_eq!(&seen(config, facts, duty, local(now)), want, "{duty} {now}");
    }
}

#[test]
fn papers_are_asked_for_before_they_end() {
    let site = "";
    let code = r#"
        exception "plain stick" because="portal" control="officer present" by="it" until="2026-12-01"
        risk-assessment "RA-7" "Changing rooms" review-by="2026-12-01""#;
    let duties = r#"duties {
        maintenance "Firm" by="it" due="2027-07-01" contract="SW-118" until="2026-12-31"
    }"#;
    let config = school_with(site, code, PEOPLE, &[YEAR, duties]);
    let book = Book::since(local("2026-09-02 00:00"));
    check(
        &config,
        &book.facts,
        Duty::ContractEnd,
        &[
            ("2026-10-31 12:00", &["Firm: from 2026-11-01 00:00"]),
            ("2026-11-01 12:00", &["Firm: due 2027-01-01 00:00"]),
            ("2027-01-01 00:00", &["Firm: overdue 2027-01-01 00:00"]),
        ],
    );
    check(
        &config,
        &book.facts,
        Duty::ExceptionEnd,
        &[
            ("2026-10-31 12:00", &["plain stick: from 2026-11-01 00:00"]),
            ("2026-11-20 12:00", &["plain stick: due 2026-12-02 00:00"]),
            ("2026-12-02 12:00", &["plain stick: overdue 2026-12-02 00:00"]),
        ],
    );
    check(
        &config,
        &book.facts,
        Duty::RiskReview,
        &[("2026-12-02 12:00", &["RA-7: overdue 2026-12-02 00:00"])],
    );
    check(
        &config,
        &book.facts,
        Duty::FeeRenewal,
        &[
            ("2027-01-30 12:00", &["from 2027-02-01 00:00"]),
            ("2027-03-01 12:00", &["due 2027-05-02 00:00"]),
            ("2027-05-02 12:00", &["overdue 2027-05-02 00:00"]),
        ],
    );
    // A date that passed is entered as missed, once.
    let all = missed(&config, &book.facts, Utc(0), local("2026-12-02 12:00"));
    let once: Vec<_> = all.iter().filter(|m| m.duty == Duty::ExceptionEnd).cloned().collect();
    assert_eq!(days_missed(&once), ["2026-12-01 exception-end plain stick"]);
}

#[test]
fn an_exception_that_was_entered_ends_too() {
    let config = school(&[]);
    let mut book = Book::since(local("2026-09-02 00:00"));
    let all = [(fields::RULE, "witness"), (fields::UNTIL, "2026-11-30")];
    let number = book.add(local("2026-11-01 10:00"), Kind::Exception, Some("it"), &all);
    let want = format!("{number}: due 2026-12-01 00:00");
    check(&config, &book.facts, Duty::ExceptionEnd, &[("2026-11-20 12:00", &[want.as_str()])]);
    let mut close = draft(local("2026-11-20 10:00"), Kind::Exception, Some("it"), &[]);
    (close.act, close.about) = (Act::Close, Some(number));
    book.enter(close);
    check(&config, &book.facts, Duty::ExceptionEnd, &[("2026-11-20 12:00", &[])]);
}

/// R1.6: the date stands in the paper, whether the file has a line for the duty or not.
#[test]
fn the_date_of_the_assessment_is_a_duty_without_a_line_of_its_own() {
    let code = r#"decided "2026-01-01" dpia="DPIA-4" dpia-review-by="2027-02-01""#;
    for duties in ["", "duties { dpia-review every=\"year\"; }"] {
        let config = school_with("", code, PEOPLE, &[duties]);
        let book = Book::since(local("2026-09-02 00:00"));
        check(
            &config,
            &book.facts,
            Duty::DpiaReview,
            &[
                ("2027-01-20 12:00", &["due 2027-02-02 00:00"]),
                ("2027-02-02 12:00", &["overdue 2027-02-02 00:00"]),
            ],
        );
        let items = due(&config, &book.facts, local("2027-01-20 12:00"));
        let items: Vec<_> = items.iter().filter(|i| i.duty == Duty::DpiaReview).collect();
        assert!(items.len() == 1 && items[0].what.contains("DPIA-4"), "{items:?}");
    }
}

#[test]
fn a_camera_that_came_or_moved_wants_another_look_at_the_assessment() {
    let old = school(&[]);
    let mut new = old.clone();
    new.cameras.list[0].zone = new.zones.list[1].id.clone();
    let mut added = new.cameras.list[1].clone();
    added.id = At::new(crate::base::name::CameraId::new("third").unwrap(), Default::default());
    added.title = At::new("Third".to_string(), Default::default());
    new.cameras.list.push(added);
    let mut book = Book::since(local("2026-09-02 00:00"));
    let mut change = draft(local("2026-11-02 10:00"), Kind::Change, Some("it"), &[]);
    change.body.fields = changes::fields(Some(&old), &new);
    book.enter(change);
    check(
        &new,
        &book.facts,
        Duty::DpiaReview,
        &[
            ("2026-11-02 12:00", &["cameras: due 2026-12-03 00:00"]),
            ("2026-12-03 12:00", &["cameras: overdue 2026-12-03 00:00"]),
        ],
    );
    let items = due(&new, &book.facts, local("2026-11-02 12:00"));
    let item = items.iter().find(|i| i.duty == Duty::DpiaReview).unwrap();
    assert!(item.what.ends_with("new or moved since: Third, Front gate"), "{}", item.what);
    // Gone again: nothing to look at. Reviewed: done.
    check(&old, &Book::default().facts, Duty::DpiaReview, &[("2026-11-02 12:00", &[])]);
    book.done(local("2026-11-10 10:00"), Kind::Review, &[(fields::DUTY, "dpia-review")]);
    check(&new, &book.facts, Duty::DpiaReview, &[("2026-11-11 12:00", &[])]);
    assert!(changes::fields(Some(&new), &new).is_empty() && changes::fields(None, &new).is_empty());
}

#[test]
fn a_word_given_by_mouth_waits_for_its_giver() {
    let config = school(&[]);
    let mut book = Book::since(local("2026-09-02 00:00"));
    let at = local("2026-11-02 10:00");
    let number = book.enter(spoken(draft(at, Kind::Permission, Some("it"), &[]), "head"));
    // The same word named again in the record is no second one.
    let mut again = spoken(draft(at, Kind::Permission, Some("it"), &[]), "head");
    (again.act, again.about) = (Act::Note, Some(number));
    book.enter(again);
    let (open, late) =
        (format!("{number}: due 2026-11-04 10:00"), format!("{number}: overdue 2026-11-04 10:00"));
    check(
        &config,
        &book.facts,
        Duty::Confirmation,
        &[("2026-11-02 10:00", &[open.as_str()]), ("2026-11-04 10:00", &[late.as_str()])],
    );
    for (who, want) in [("it", vec![late.as_str()]), ("head", vec![])] {
        let mut word = draft(local("2026-11-03 10:00"), Kind::Confirmation, Some(who), &[]);
        word.about = Some(number);
        book.enter(word);
        check(&config, &book.facts, Duty::Confirmation, &[("2026-11-05 10:00", &want)]);
    }
    // Of an office outside the school any person confirms what its paper says.
    let number = book.enter(spoken(draft(at, Kind::Release, Some("it"), &[]), "Essex Police"));
    let mut word = draft(at, Kind::Confirmation, Some("it"), &[]);
    word.about = Some(number);
    assert_eq!(seen(&config, &book.facts, Duty::Confirmation, at).len(), 1);
    book.enter(word);
    assert_eq!(seen(&config, &book.facts, Duty::Confirmation, at).len(), 0);
}

#[test]
fn another_person_reviews_a_sealed_code_and_a_missing_witness_on_the_next_school_day() {
    let config = school(&[YEAR]);
    for (kind, flag, review, duty) in [
        (Kind::BreakGlass, (fields::EVENT, fields::USED), Kind::BreakGlass, Duty::BreakGlassReview),
        (Kind::Release, (fields::WITNESS_EXCEPTION, "true"), Kind::Review, Duty::WitnessReview),
    ] {
        let mut book = Book::since(local("2026-09-02 00:00"));
        // A Friday.
        let number = book.add(local("2026-11-20 17:00"), kind, Some("it"), &[flag]);
        let (open, late) = (
            format!("{number}: due 2026-11-24 00:00"),
            format!("{number}: overdue 2026-11-24 00:00"),
        );
        check(
            &config,
            &book.facts,
            duty,
            &[("2026-11-20 18:00", &[open.as_str()]), ("2026-11-24 00:00", &[late.as_str()])],
        );
        for (who, want) in [("it", vec![late.as_str()]), ("head", vec![])] {
            let name = duty.to_string();
            let mut note =
                draft(local("2026-11-23 10:00"), review, Some(who), &[(fields::DUTY, &name)]);
            (note.act, note.about) = (Act::Note, Some(number));
            book.enter(note);
            check(&config, &book.facts, duty, &[("2026-11-24 10:00", &want)]);
        }
    }
}

#[test]
fn a_covert_authorisation_is_reviewed_copied_and_never_lapses() {
    let covert = r#"covert {
        copies-to "Corporate Monitoring Officer"
        authorisation "COV-1" state="authorised" in-charge="head" from="2026-10-01"
        authorisation "COV-2" state="applied" from="2026-10-01"
    }"#;
    let config = school(&[covert]);
    let mut book = Book::since(local("2026-09-02 00:00"));
    check(
        &config,
        &book.facts,
        Duty::CovertReview,
        &[
            ("2026-10-24 12:00", &["COV-1: from 2026-10-25 00:00"]),
            ("2026-10-25 12:00", &["COV-1: due 2026-11-02 00:00"]),
            ("2026-11-02 12:00", &["COV-1: overdue 2026-11-02 00:00"]),
        ],
    );
    check(
        &config,
        &book.facts,
        Duty::CovertCopy,
        &[("2026-10-02 12:00", &["COV-1: due 2026-10-16 00:00"])],
    );
    check(
        &config,
        &book.facts,
        Duty::CovertEnd,
        &[
            ("2026-12-16 12:00", &["COV-1: from 2026-12-17 00:00"]),
            ("2026-12-20 12:00", &["COV-1: due 2027-01-01 00:00"]),
            ("2027-01-01 12:00", &["COV-1: overdue 2027-01-01 00:00"]),
        ],
    );
    let all = [(fields::STEP, fields::REVIEWED), (fields::REFERENCE, "COV-1")];
    book.done(local("2026-11-01 10:00"), Kind::Covert, &all);
    check(
        &config,
        &book.facts,
        Duty::CovertReview,
        &[("2026-11-02 12:00", &["COV-1: from 2026-11-24 00:00"])],
    );
    // Cancelled: nothing is left to do.
    let config = school(&[&covert.replace("\"authorised\"", "\"cancelled\"")]);
    for duty in [Duty::CovertReview, Duty::CovertEnd, Duty::CovertCopy] {
        check(&config, &book.facts, duty, &[("2027-01-01 12:00", &[])]);
    }
}

#[test]
fn people_leave_sign_and_are_trained() {
    let people = PEOPLE.replace("\"Site Manager\"", "\"Site Manager\" until=\"2026-12-18\"");
    let code = r#"
        acceptance "code" "Staff code" version="2" renew="year"
        acceptance "admin" "Administrators" privileged=#true"#;
    let duties = r#"duties { training by="head" every="year" due="2027-03-01"; }"#;
    let config = school_with("", code, &people, &[duties]);
    let mut book = Book::since(local("2026-11-02 10:00"));
    check(
        &config,
        &book.facts,
        Duty::Leaver,
        &[
            ("2026-11-17 12:00", &["site-manager: from 2026-11-18 00:00"]),
            ("2026-11-18 12:00", &["site-manager: due 2026-12-19 00:00"]),
            ("2026-12-19 12:00", &["site-manager: overdue 2026-12-19 00:00"]),
        ],
    );
    // Without rights nobody has anything to take back.
    let gone = people.replace("held-by \"head\" \"site-manager\"", "held-by \"head\"");
    let gone = school_with("", code, &gone, &[duties]);
    check(&gone, &book.facts, Duty::Leaver, &[("2026-12-19 12:00", &[])]);

    let unsigned = "due 2026-11-17 00:00";
    let all = ["deputy code", "head code", "it admin", "it code", "site-manager code"]
        .map(|who| format!("{who}: {unsigned}"));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check(&config, &book.facts, Duty::Acceptance, &[("2026-11-03 12:00", &all)]);
    let sign = |version| [(fields::PAPER, "code"), (fields::VERSION, version)];
    book.add(local("2026-11-04 10:00"), Kind::Acceptance, Some("head"), &sign("1"));
    book.add(local("2026-11-04 11:00"), Kind::Acceptance, Some("it"), &sign("2"));
    let of = |who: &str, now: &str| {
        let all = seen(&config, &book.facts, Duty::Acceptance, local(now));
        all.into_iter().find(|line| line.starts_with(who)).unwrap_or_default()
    };
    // An old version is no signature.
    assert_eq!(of("head code", "2026-11-05 12:00"), format!("head code: {unsigned}"));
    assert_eq!(of("it code", "2026-11-05 12:00"), "it code: done 2026-11-04 11:00 it");
    assert_eq!(of("it code", "2027-10-20 12:00"), "it code: due 2027-11-05 00:00");
    // After their last day nobody signs or is trained.
    assert_eq!(of("site-manager code", "2026-12-19 12:00"), "");
    check(
        &config,
        &book.facts,
        Duty::Training,
        &[(
            "2027-02-01 12:00",
            &[
                "deputy: due 2027-03-02 00:00",
                "head: due 2027-03-02 00:00",
                "it: due 2027-03-02 00:00",
            ],
        )],
    );
    book.add(local("2027-02-10 10:00"), Kind::Training, Some("it"), &[(fields::PERSONS, "head")]);
    check(
        &config,
        &book.facts,
        Duty::Training,
        &[(
            "2027-03-02 12:00",
            &[
                "deputy: overdue 2027-03-02 00:00",
                "it: overdue 2027-03-02 00:00",
                "head: done 2027-02-10 10:00 it",
            ],
        )],
    );
}

#[test]
fn open_records_carry_their_own_dates() {
    let config = school(&[r#"complaints to="deputy""#]);
    let mut facts = Book::since(local("2026-09-02 00:00")).facts;
    let clock = |kind, number, due: &str| Clock { kind, number, due: local(due), what: "x".into() };
    facts.clocks = vec![
        clock(Kind::Complaint, 3, "2026-12-01 10:00"),
        clock(Kind::Breach, 4, "2026-11-03 10:00"),
        clock(Kind::SubjectAccess, 5, "2026-12-05 00:00"),
        clock(Kind::Hold, 6, "2027-01-01 00:00"),
        clock(Kind::Request, 7, "2026-11-09 00:00"),
    ];
    check(&config, &facts, Duty::Complaint, &[("2026-11-02 10:00", &["3: due 2026-12-01 10:00"])]);
    check(
        &config,
        &facts,
        Duty::Breach,
        &[
            ("2026-11-03 09:59", &["4: due 2026-11-03 10:00"]),
            ("2026-11-03 10:00", &["4: overdue 2026-11-03 10:00"]),
        ],
    );
    check(
        &config,
        &facts,
        Duty::SubjectAccess,
        &[("2026-11-02 10:00", &["5: due 2026-12-05 00:00"])],
    );
    check(
        &config,
        &facts,
        Duty::HoldReview,
        &[
            ("2026-11-02 10:00", &["6: from 2026-12-17 00:00"]),
            ("2026-12-17 10:00", &["6: due 2027-01-01 00:00"]),
        ],
    );
    check(
        &config,
        &facts,
        Duty::OpenRecord,
        &[("2026-11-09 10:00", &["7: overdue 2026-11-09 00:00"])],
    );
    let items = due(&config, &facts, local("2026-11-02 10:00"));
    let complaint = items.iter().find(|i| i.duty == Duty::Complaint).unwrap();
    assert_eq!((complaint.about, complaint.by[0].as_str()), (Some(3), "deputy"));
    assert_eq!((complaint.what.as_str(), complaint.row), ("x", "R1.11"));
}

#[test]
fn worst_stands_first() {
    let config = school(&[YEAR, DUTIES]);
    let mut book = Book::since(local("2026-09-02 00:00"));
    book.done(local("2026-11-20 08:00"), Kind::DailyCheck, &[]);
    book.facts.clocks = vec![
        Clock { kind: Kind::Breach, number: 1, due: local("2026-11-19 10:00"), what: "b".into() },
        Clock {
            kind: Kind::Complaint,
            number: 2,
            due: local("2026-11-18 10:00"),
            what: "c".into(),
        },
        Clock { kind: Kind::Hold, number: 3, due: local("2027-11-18 10:00"), what: "h".into() },
    ];
    let items = due(&config, &book.facts, local("2026-11-20 10:00"));
    let rank = |item: &Item| match item.state {
        State::Overdue { .. } => 0,
        State::Due { .. } => 1,
        State::NotYet { .. } => 2,
        State::ByMachine => 3,
        State::Done { .. } => 4,
    };
    let ranks: Vec<u8> = items.iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!(
        items[..2].iter().map(|i| i.duty).collect::<Vec<_>>(),
        [Duty::Complaint, Duty::Breach]
    );
    assert_eq!(items.last().map(|i| i.duty), Some(Duty::DailyCheck));
}

#[test]
fn the_box_picks_any_camera_and_any_moment_of_its_footage() {
    let mut config = school(&[]);
    let camera = |n: usize, config: &Config| config.cameras.list[n].id.value.clone();
    let (front, back) = (camera(0, &config), camera(1, &config));
    let covered = |camera: &crate::base::name::CameraId, start: i64, end: i64| Covered {
        camera: camera.clone(),
        start: Utc::from_secs(start),
        end: Utc::from_secs(end),
    };
    let all = [covered(&front, 0, 10), covered(&front, 100, 200), covered(&back, 0, 1_000_000)];
    let picks: Vec<Pick> = (0..4_000).filter_map(|seed| pick(&config, &all, seed)).collect();
    assert_eq!(picks.len(), 4_000);
    let of = |camera| picks.iter().filter(|p| p.camera == camera).collect::<Vec<_>>();
    let (fronts, backs) = (of(front.clone()), of(back.clone()));
    assert!((1_800..2_200).contains(&fronts.len()), "{}", fronts.len());
    // A tenth of the first camera's footage lies in the short stretch.
    let short = fronts.iter().filter(|p| p.at < Utc::from_secs(10)).count();
    assert!((100..270).contains(&short), "{short}");
    assert!(fronts.iter().all(|p| all[..2].iter().any(|c| c.start <= p.at && p.at < c.end)));
    let half = backs.iter().filter(|p| p.at < Utc::from_secs(500_000)).count() * 2;
    assert!((1_800..2_200).contains(&half), "{half}");
    let turned: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(pick(&config, &turned, 7), pick(&config, &all, 7));
    assert_eq!(pick(&config, &[], 7), None);
    assert_eq!(pick(&config, &[covered(&front, 5, 5)], 7), None);
    // What is watched under an authorisation is not shown to whoever checks.
    config.cameras.list[1].covert = Some(crate::config::cameras::CovertUse {
        authorisation: None,
        place: At::new((), Default::default()),
    });
    assert!((0..99).all(|seed| pick(&config, &all, seed).unwrap().camera == front));
}

#[test]
fn two_people_compare_the_printed_seal_after_a_box_was_replaced() {
    let config = school(&[YEAR]);
    let mut book = Book::since(local("2026-09-02 00:00"));
    // Something came back, and no other key: nothing to compare.
    book.add(local("2026-11-20 16:00"), Kind::Restored, None, &[]);
    // A Friday.
    let keys = [(fields::KEY_BEFORE, "aa"), (fields::KEY_NOW, "bb")];
    let number = book.add(local("2026-11-20 17:00"), Kind::Restored, None, &keys);
    let (open, late) =
        (format!("{number}: due 2026-11-24 00:00"), format!("{number}: overdue 2026-11-24 00:00"));
    check(
        &config,
        &book.facts,
        Duty::KeyCheck,
        &[("2026-11-20 18:00", &[open.as_str()]), ("2026-11-24 00:00", &[late.as_str()])],
    );
    assert_eq!(book.facts.keys_before().collect::<Vec<_>>(), ["aa"]);
    let of = number.to_string();
    let said = [(fields::DUTY, fields::KEY_CHECK), (fields::OF, of.as_str())];
    let other = [(fields::DUTY, fields::KEY_CHECK), (fields::OF, "1")];
    let alone = book.clone();
    // Each for themselves; the same person twice is one person, and of another box it is none.
    for (who, said, want) in [
        ("it", &said, vec![late.as_str()]),
        ("it", &said, vec![late.as_str()]),
        ("head", &other, vec![late.as_str()]),
        ("head", &said, vec![]),
    ] {
        book.add(local("2026-11-23 10:00"), Kind::DutyDone, Some(who), said);
        check(&config, &book.facts, Duty::KeyCheck, &[("2026-11-24 10:00", &want)]);
    }
    // Both in one entry; what is withdrawn counts no longer.
    let mut book = alone;
    let mut both = draft(local("2026-11-23 10:00"), Kind::DutyDone, Some("it"), &said);
    both.body.who.as_mut().unwrap().second = Some("head".into());
    let done = book.enter(both);
    check(&config, &book.facts, Duty::KeyCheck, &[("2026-11-24 10:00", &[])]);
    let withdrawn = [(fields::WITHDRAWN, "true")];
    let mut back = draft(local("2026-11-23 11:00"), Kind::DutyDone, Some("it"), &withdrawn);
    (back.act, back.about) = (Act::Correct, Some(done));
    book.enter(back);
    check(&config, &book.facts, Duty::KeyCheck, &[("2026-11-24 10:00", &[late.as_str()])]);
}
