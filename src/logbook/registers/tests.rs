//! Clocks, states, rights and marks, as tables.

use super::*;
use crate::base::digest::Digest;
use crate::base::time::{Day, Utc};
use crate::config::registers::Register;
use crate::config::roles::RegisterDeed;
use crate::config::value::Word;
use crate::config::{Config, parse};
use crate::logbook::form::tests::{draft, edited, entry, record, school};
use crate::logbook::{Act, AuthorityForm, Draft, Entry, Kind, Number, Value};

fn said(kind: Kind, act: Act, pairs: &[(&str, Value)]) -> Draft {
    let mut draft = draft(kind, act, "leader-1");
    draft.about = (act != Act::Open).then_some(0);
    pairs.iter().for_each(|(name, value)| draft.body.put(name, value.clone()).unwrap());
    draft
}

fn folded(config: &Config, drafts: &[Draft]) -> Record {
    let entries: Vec<Entry> = (0..).zip(drafts).map(|(n, d)| entry(n, d)).collect();
    fold(&entries, &Clocks::of(config)).unwrap()
}

/// The last day on which it is in time, by the school's clock.
fn due_day(config: &Config, record: &Record) -> Option<String> {
    let zone = &config.site.zone;
    let due = record.due.as_ref()?;
    let day = zone.day_of(Utc(due.at.0 - 1));
    assert_eq!(zone.end_of(day), due.at, "due at the midnight that ends the day");
    assert!(!record.overdue(Utc(due.at.0 - 1)) && record.overdue(Utc(due.at.0 + 1)));
    Some(day.to_string())
}

#[test]
fn an_access_request_is_due_in_calendar_months_that_pause_and_extend() {
    let config = school("clere");
    let own = edited(
        "clere",
        "    // 8.4: the understanding",
        "    subject-access answer-within=\"20d\"\n    // 8.4: the understanding",
    );
    type Steps = &'static [(&'static str, &'static str)];
    let table: &[(&str, Steps, Option<&str>)] = &[
        ("2026-09-03", &[], Some("2026-10-03")),
        // The last day of a shorter month.
        ("2026-01-31", &[], Some("2026-02-28")),
        ("2028-01-31", &[], Some("2028-02-29")),
        ("2026-08-31", &[], Some("2026-09-30")),
        // Across both clock changes.
        ("2026-03-01", &[], Some("2026-04-01")),
        ("2026-10-01", &[], Some("2026-11-01")),
        // The clock stands, and runs on.
        ("2026-09-03", &[("pause", "2026-09-10")], None),
        ("2026-09-03", &[("pause", "2026-09-10"), ("resume", "2026-09-20")], Some("2026-10-13")),
        (
            "2026-09-03",
            &[
                ("pause", "2026-09-10"),
                ("resume", "2026-09-20"),
                ("pause", "2026-09-21"),
                ("resume", "2026-09-21"),
            ],
            Some("2026-10-13"),
        ),
        // One and two further months.
        ("2026-09-03", &[("1", "2026-09-20")], Some("2026-11-03")),
        ("2026-12-31", &[("2", "2027-01-10")], Some("2027-03-31")),
        ("2026-11-30", &[("2", "2026-12-10")], Some("2027-02-28")),
        (
            "2026-09-03",
            &[("pause", "2026-09-10"), ("resume", "2026-09-15"), ("2", "2026-09-20")],
            Some("2026-12-08"),
        ),
    ];
    for (received, steps, due) in table {
        let mut drafts =
            vec![said(Kind::SubjectAccess, Act::Open, &[("received", (*received).into())])];
        for (step, on) in *steps {
            let months = step.parse::<i64>().ok();
            let word = if months.is_some() { "extension" } else { step };
            let mut pairs = vec![("step", Value::from(word)), ("on", (*on).into())];
            pairs.extend(months.map(|n| ("months", Value::Number(n))));
            drafts.push(said(Kind::SubjectAccess, Act::Note, &pairs));
        }
        let record = folded(&config, &drafts);
        assert_eq!(due_day(&config, &record).as_deref(), *due, "{received} {steps:?}");
    }
    // The school's own promise is shorter; an extension goes beyond it.
    let opened = said(Kind::SubjectAccess, Act::Open, &[("received", "2026-09-03".into())]);
    let longer = [("step", Value::from("extension")), ("months", Value::Number(1))];
    let longer = said(Kind::SubjectAccess, Act::Note, &longer);
    assert_eq!(due_day(&own, &folded(&own, std::slice::from_ref(&opened))).unwrap(), "2026-09-23");
    assert_eq!(due_day(&own, &folded(&own, &[opened.clone(), longer])).unwrap(), "2026-11-03");
    let closed = folded(&config, &[opened, said(Kind::SubjectAccess, Act::Close, &[])]);
    assert_eq!((closed.state, closed.due), (State::Closed, None));
}

#[test]
fn clocks_of_the_other_registers() {
    let config = school("clere");
    let open = |kind, pairs: &[(&str, Value)]| folded(&config, &[said(kind, Act::Open, pairs)]);
    let day = |record: &Record| due_day(&config, record);
    // Thirty days, of which the day after receipt is the first; in summer as in winter time.
    for (received, due) in [("2026-07-01", "2026-07-31"), ("2026-10-10", "2026-11-09")] {
        let complaint = open(Kind::Complaint, &[("received", received.into())]);
        assert_eq!(day(&complaint).unwrap(), due);
    }
    let exception = open(Kind::Exception, &[("until", "2026-12-24".into())]);
    assert_eq!(day(&exception).unwrap(), "2026-12-24");
    let hold = open(Kind::Hold, &[("review-by", "2027-02-20".into())]);
    assert_eq!(day(&hold).unwrap(), "2027-02-20");
    let kept = [("keeper", "leader-1".into()), ("destroy-by", "2027-01-05".into())];
    assert_eq!(day(&open(Kind::Still, &kept)).unwrap(), "2027-01-05");
    assert_eq!(day(&open(Kind::Release, &kept)).unwrap(), "2027-01-05");
    let police = open(Kind::Release, &[("recipient", "police".into())]);
    assert_eq!((police.state, police.due), (State::Closed, None));
    // Acknowledged: nothing more is due by a clock.
    let mut complaint = open(Kind::Complaint, &[("received", "2026-07-01".into())]);
    let step = [("step", "acknowledged".into())];
    let note = said(Kind::Complaint, Act::Note, &step);
    complaint.add(&entry(1, &note), &Clocks::of(&config));
    assert_eq!((complaint.state, &complaint.due), (State::Open, &None));
    // 72 hours from noticing, to the minute.
    let noticed = [("noticed", "2026-11-20T22:30:00Z".into()), ("personal-data", true.into())];
    let mut breach = open(Kind::Breach, &noticed);
    let due = breach.due.clone().unwrap().at;
    assert_eq!(due, "2026-11-23T22:30:00Z".parse().unwrap());
    let step = said(Kind::Breach, Act::Note, &[("step", "commissioner".into())]);
    breach.add(&entry(1, &step), &Clocks::of(&config));
    assert_eq!(breach.due, None);
    // A permission ends by itself, and is never late.
    let lent = open(Kind::Permission, &[("expires", "2026-11-23T12:00:00Z".into())]);
    let late: Utc = "2026-12-01T00:00:00Z".parse().unwrap();
    assert_eq!((lent.state_at(lent.opened), lent.overdue(late)), (State::Open, false));
    assert_eq!(lent.state_at(late), State::Closed);
}

#[test]
fn a_covert_authorisation_lasts_three_months_less_a_day_and_never_lapses() {
    let config = school("clere");
    let step = |word: &str, on: &str| {
        said(Kind::Covert, Act::Note, &[("step", word.into()), ("on", on.into())])
    };
    let open = said(Kind::Covert, Act::Open, &[]);
    for (steps, until, owed) in [
        (vec![], None, 0),
        (vec![step("authorised", "2026-08-10")], Some("2026-11-09"), 1),
        (vec![step("authorised", "2026-11-30")], Some("2027-02-27"), 1),
        (
            vec![step("authorised", "2026-08-10"), step("reviewed", "2026-09-10")],
            Some("2026-11-09"),
            2,
        ),
        // A renewal counts from the day on which it would have ended.
        (
            vec![step("authorised", "2026-08-10"), step("renewed", "2026-11-02")],
            Some("2027-02-09"),
            2,
        ),
        (
            vec![step("authorised", "2026-08-10"), step("copy-sent", "2026-08-12")],
            Some("2026-11-09"),
            0,
        ),
    ] {
        let mut drafts = vec![open.clone()];
        drafts.extend(steps);
        let record = folded(&config, &drafts);
        assert_eq!(due_day(&config, &record).as_deref(), until);
        assert_eq!(clocks::covert(&record).copies_owed.len(), owed);
        // Past its end it stays open until somebody cancels it, and its cancellation is owed.
        let end = said(Kind::Covert, Act::Close, &[]);
        drafts.push(end);
        let over = folded(&config, &drafts);
        assert_eq!(
            (record.state, over.state, over.due.clone()),
            (State::Open, State::Closed, None)
        );
        assert_eq!(clocks::covert(&over).copies_owed.len(), owed + 1);
        drafts.push(step("copy-sent", "2026-12-01"));
        assert_eq!(clocks::covert(&folded(&config, &drafts)).copies_owed, [] as [Number; 0]);
    }
}

#[test]
fn a_spoken_word_is_due_until_its_giver_confirms_it() {
    let config = school("st-thomas-more");
    let word = [("authority-by", "headteacher".into()), ("authority-form", "verbal".into())];
    let mut visit = said(Kind::Visit, Act::Open, &word);
    assert_eq!(visit.body.authority.as_ref().unwrap().form, AuthorityForm::Verbal);
    visit.at = "2026-11-20T09:00:00Z".parse().unwrap();
    let left = said(Kind::Visit, Act::Close, &[]);
    let confirmed = said(Kind::Confirmation, Act::Note, &[("confirmed", true.into())]);
    let over = folded(&config, &[visit.clone(), left.clone()]);
    let due = over.due.clone().unwrap();
    assert_eq!(over.state, State::Closed, "the visitor left; the word still waits");
    assert_eq!(due.at, "2026-11-22T09:00:00Z".parse().unwrap());
    assert!(over.overdue(Utc(due.at.0 + 1)));
    assert_eq!(folded(&config, &[visit.clone(), left, confirmed]).due, None);
    visit.body.put("authority-form", "written".into()).unwrap();
    assert_eq!(folded(&config, &[visit]).due, None);
}

#[test]
fn a_record_says_what_its_corrections_say() {
    let config = school("clere");
    let opened = said(
        Kind::Incident,
        Act::Open,
        &[("type", "bullying".into()), ("place", "Canteen".into()), ("what", "Two pupils".into())],
    );
    let told = said(Kind::Incident, Act::Note, &[("step", "told".into()), ("told", "DSL".into())]);
    let ended = said(Kind::Incident, Act::Close, &[("outcome", "spoken with".into())]);
    let right = |about: Number, pairs: &[(&str, Value)]| {
        let mut draft = said(Kind::Incident, Act::Correct, pairs);
        draft.about = Some(about);
        draft
    };
    let moved = right(0, &[("type", "bullying".into()), ("place", "Gym".into())]);
    let again = right(3, &[("type", "bullying".into()), ("place", "Library".into())]);
    let back = right(2, &[("withdrawn", true.into())]);
    for (drafts, place, title, state) in [
        (vec![&opened], "Canteen", "bullying, Canteen, Two pupils", State::Open),
        (vec![&opened, &told, &ended], "Canteen", "bullying, Canteen, Two pupils", State::Closed),
        (vec![&opened, &told, &ended, &moved], "Gym", "bullying, Gym", State::Closed),
        // A correction of a correction.
        (
            vec![&opened, &told, &ended, &moved, &again],
            "Library",
            "bullying, Library",
            State::Closed,
        ),
        // An ending that was taken back is none.
        (
            vec![&opened, &told, &ended, &back],
            "Canteen",
            "bullying, Canteen, Two pupils",
            State::Open,
        ),
    ] {
        let drafts: Vec<Draft> = drafts.into_iter().cloned().collect();
        let record = folded(&config, &drafts);
        assert_eq!(record.text("place"), Some(place));
        assert_eq!((record.title.as_str(), record.state), (title, state));
        assert_eq!(record.newest(), drafts.len() as Number - 1);
        assert!(!record.answers.contains_key("step"));
        // One entry after the other comes to the same.
        let clocks = Clocks::of(&config);
        let mut grown = fold([&entry(0, &drafts[0])], &clocks).unwrap();
        (1..).zip(&drafts[1..]).for_each(|(n, d)| grown.add(&entry(n, d), &clocks));
        assert_eq!(grown, record);
    }
    let mut gone = entry(0, &opened);
    gone.body = None;
    let record = fold([&gone, &entry(1, &told)], &Clocks::of(&config)).unwrap();
    assert!(record.parts[0].gone);
    assert_eq!(record.title, "incident: destroyed");
    assert_eq!(fold([], &Clocks::of(&config)), None);
}

#[test]
fn registers_open_to_those_whom_the_file_names() {
    use Register as R;
    use RegisterDeed::{Close, Read, Write};
    for (name, register, deed, who) in [
        // The file says it.
        ("clere", R::Visits, Write, "site-manager"),
        ("clere", R::Occurrences, Write, "site-manager site-staff-1"),
        ("clere", R::Maintenance, Write, "site-manager it-support maintenance-engineer"),
        ("clere", R::Incidents, Close, "leader-1 leader-2"),
        ("clere", R::Breaches, Close, "headteacher"),
        // `audit` reads everything.
        ("clere", R::Occurrences, Read, "headteacher site-manager site-staff-1"),
        // The file says nothing: the rights stand in.
        ("clere", R::Visits, Close, "headteacher"),
        ("clere", R::Disposals, Write, "site-manager it-support"),
        ("clere", R::Holds, Close, "headteacher"),
        (
            "john-colet",
            R::Releases,
            Close,
            "headteacher head-of-finance deputy-headteacher \
          assistant-head-1 assistant-head-2 support-officer-1 support-officer-2 inclusion-manager \
          site-manager",
        ),
        ("john-colet", R::Checks, Write, "head-of-finance site-manager"),
        // Nobody investigates there: the second group, who may disclose.
        (
            "john-colet",
            R::Breaches,
            Close,
            "headteacher head-of-finance deputy-headteacher \
          assistant-head-1 assistant-head-2 support-officer-1 support-officer-2 inclusion-manager \
          site-manager",
        ),
        // Deputies where the role lets them.
        (
            "st-thomas-more",
            R::Breaches,
            Write,
            "headteacher deputy-headteacher \
          director-of-finance deputy-director-of-finance",
        ),
        (
            "st-thomas-more",
            R::Visits,
            Write,
            "headteacher deputy-headteacher director-of-finance \
          it-manager",
        ),
    ] {
        let config = school(name);
        let may: Vec<&str> =
            rights(&config, register, deed).iter().map(|p| p.id.as_str()).collect();
        let who: Vec<&str> = who.split_whitespace().collect();
        assert_eq!(may, who, "{name} {register} {deed}");
    }
    let config = school("clere");
    assert!(may(&config, "maintenance-engineer", Kind::Misuse, Act::Open), "everybody reports");
    assert!(!may(&config, "stranger", Kind::Misuse, Act::Open));
    assert!(!may(&config, "maintenance-engineer", Kind::Breach, Act::Open));
    assert!(!may(&config, "headteacher", Kind::Heartbeat, Act::Open));
    // Deny by default: a file that gives nothing gives no register away.
    let bare = include_str!("../../../configs/smallest.kdl");
    let bare = parse("smallest.kdl", bare.as_bytes()).config.unwrap();
    for (_, register) in Register::WORDS {
        for deed in [Read, Write, Close] {
            assert!(rights(&bare, *register, deed).is_empty(), "{register} {deed}");
        }
    }
}

#[test]
fn breaches_stay_unread_until_the_headteacher_has_seen_them() {
    let config = school("clere");
    let clocks = Clocks::of(&config);
    let opened = said(Kind::Breach, Act::Open, &[("about-head", false.into())]);
    let mut record = folded(&config, &[opened]);
    let waits = |r: &Record| unread([r], "headteacher") == [r.number];
    assert!(waits(&record));
    let at = record.opened;
    let look = |r: &Record, who: &str| read_by(r, who, at, crate::logbook::ClockState::Synced);
    let deputy = look(&record, "leader-1");
    record.add(&entry(1, &deputy), &clocks);
    assert!(waits(&record), "somebody else's look is not theirs");
    let own = look(&record, "headteacher");
    record.add(&entry(2, &own), &clocks);
    assert!(!waits(&record));
    let deputy = look(&record, "leader-1");
    record.add(&entry(3, &deputy), &clocks);
    assert!(!waits(&record), "a look is no news");
    let news = said(Kind::Breach, Act::Note, &[("step", "finding".into())]);
    record.add(&entry(4, &news), &clocks);
    assert!(waits(&record));
    let about = said(Kind::Breach, Act::Open, &[("about-head", true.into())]);
    assert!(!waits(&folded(&config, &[about])), "a matter about them is not on their list");
    let other = self::record(&config, Kind::Incident, &[]);
    assert!(!waits(&other));
}

#[test]
fn each_register_shows_its_records_in_columns() {
    let config = school("clere");
    let now: Utc = "2026-11-22T10:00:00Z".parse().unwrap();
    for (_, register) in Register::WORDS {
        let columns = columns(*register);
        let wide: usize = columns.iter().take(3).map(|c| c.chars + 1).sum();
        assert!(columns.len() >= 6 && wide <= 80, "{register}");
        assert!(!kinds_of(*register).is_empty(), "{register} shows nothing");
        for kind in kinds_of(*register) {
            if crate::logbook::form::form(kind, Act::Open).is_none() {
                continue;
            }
            let record = record(&config, kind, &[]);
            let line: Vec<String> =
                columns.iter().map(|c| cell(&record, c, &config.site.zone, now)).collect();
            assert_eq!(line[0], "0");
            assert_eq!(line[1], "2026-11-22");
            let told = line.iter().skip(2).filter(|text| !text.is_empty()).count();
            assert!(told >= 2, "{register} {kind}: {line:?}");
        }
    }
    let due: Day = "2026-11-21".parse().unwrap();
    let late = record(&config, Kind::Complaint, &[("received", "2026-10-22".into())]);
    let column = columns(Register::Complaints).iter().find(|c| c.cell == Cell::Due).unwrap();
    assert_eq!(cell(&late, column, &config.site.zone, now), format!("late {due}"));
}

#[test]
fn an_entry_is_found_by_its_words_and_by_the_laws_old_name() {
    let digest = Digest::of(b"x").to_string();
    let mut draft = said(
        Kind::Request,
        Act::Open,
        &[
            ("type", "police-sch2-2".into()),
            ("organisation", "Hampshire Constabulary".into()),
            ("limited", true.into()),
            ("offence-withheld", false.into()),
            ("cameras", Value::List(vec!["car-park".into()])),
            ("declaration", Value::Text(digest.clone())),
        ],
    );
    draft.body.purpose = Some("police".into());
    let text = search_text(&entry(0, &draft));
    for word in ["request", "Hampshire", "section 29", "car-park", "police", "leader-1", "limited"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    for word in [digest.as_str(), "offence-withheld"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let mut gone = entry(0, &draft);
    gone.body = None;
    assert_eq!(search_text(&gone), "");
}
