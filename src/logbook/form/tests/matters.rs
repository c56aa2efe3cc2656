//! Serious matters, the Headteacher's own, access requests and covert authorisations.

use super::*;

fn said(pairs: &[(&str, Value)], kind: Kind, act: Act, who: &str) -> Draft {
    let mut draft = draft(kind, act, who);
    draft.about = Some(0);
    pairs.iter().for_each(|(name, value)| draft.body.put(name, value.clone()).unwrap());
    draft
}

fn close(pairs: &[(&str, Value)], who: &str) -> Draft {
    let mut all = vec![
        ("outcome", Value::from("Codes changed")),
        ("remedy", "Codes changed".into()),
        ("told-on", "2026-11-21".into()),
    ];
    all.extend(pairs.iter().cloned());
    said(&all, Kind::Complaint, Act::Close, who)
}

fn verdict(config: &Config, record: &Record, draft: &Draft) -> Vec<String> {
    let scene = Scene { config, now: now(), record: Some(record), corrects: false };
    blocking(&check(form(draft.kind, draft.act).unwrap(), draft, &scene))
}

#[test]
fn a_serious_matter_closes_with_an_independent_hand_and_dated_recommendations() {
    let config = school("clere");
    let dated = Value::List(vec!["2026-12-01 Change the lock".into()]);
    let bare = Value::List(vec!["Change the lock".into()]);
    let outside = Value::from("An investigator from outside the school");
    for (severity, independent, recommendations, closes) in [
        ("minor", None, None, true),
        ("serious", None, None, false),
        ("serious", Some(outside.clone()), None, false),
        ("serious", None, Some(dated.clone()), false),
        ("serious", Some(outside.clone()), Some(bare), false),
        ("serious", Some("leader-1".into()), Some(dated.clone()), false),
        ("serious", Some("Headteacher".into()), Some(dated.clone()), false),
        ("serious", Some(outside), Some(dated), true),
    ] {
        let begun = record(&config, Kind::Complaint, &[("severity", severity.into())]);
        let mut pairs = vec![];
        pairs.extend(independent.clone().map(|v| ("independent", v)));
        pairs.extend(recommendations.clone().map(|v| ("recommendations", v)));
        let told = verdict(&config, &begun, &close(&pairs, "headteacher"));
        let case = format!("{severity} {independent:?} {recommendations:?}: {told:?}");
        assert_eq!(told.is_empty(), closes, "{case}");
    }
}

#[test]
fn a_matter_that_grew_serious_closes_as_one() {
    let config = school("clere");
    let begun = record(&config, Kind::Complaint, &[("severity", "minor".into())]);
    let worse = [("step", "severity".into()), ("severity", "serious".into())];
    let mut grown = begun.clone();
    grown.add(
        &entry(1, &said(&worse, Kind::Complaint, Act::Note, "headteacher")),
        &Clocks::of(&config),
    );
    assert!(verdict(&config, &begun, &close(&[], "headteacher")).is_empty());
    assert!(!verdict(&config, &grown, &close(&[], "headteacher")).is_empty());
}

#[test]
fn the_headteacher_has_no_part_in_matters_about_the_headteacher() {
    let named = edited(
        "clere",
        "breaches by=\"headteacher\"",
        "breaches about-head=\"Chair of Governors\" by=\"headteacher\"",
    );
    let silent = school("clere");
    for (config, investigator, good) in [
        (&silent, "headteacher", false),
        (&silent, "Headteacher", false),
        (&silent, "Chair of Governors", true),
        (&named, "Chair of Governors", true),
        (&named, "leader-1", false),
        (&named, "headteacher", false),
    ] {
        for kind in [Kind::Complaint, Kind::Breach] {
            let scene = Scene { config, now: now(), record: None, corrects: false };
            let form = form(kind, Act::Open).unwrap();
            let mut opened = draft(kind, Act::Open, "leader-2");
            opened.body.put("about-head", true.into()).unwrap();
            opened.body.put("investigator", investigator.into()).unwrap();
            fill(form, &mut opened, &scene);
            let told = blocking(&check(form, &opened, &scene));
            assert_eq!(told.is_empty(), good, "{kind} {investigator}: {told:?}");
        }
    }
    // Anybody reports; ending it is not the Headteacher's.
    let given = [("about-head", Value::Yes(true)), ("investigator", "Chair of Governors".into())];
    let begun = record(&named, Kind::Complaint, &given);
    assert!(!verdict(&named, &begun, &close(&[], "headteacher")).is_empty());
    assert!(verdict(&named, &begun, &close(&[], "leader-1")).is_empty());
}

#[test]
fn a_breach_of_personal_data_closes_once_the_commissioner_was_settled() {
    let config = school("clere");
    let begun = record(&config, Kind::Breach, &[("personal-data", true.into())]);
    let ends = [("outcome", "ended".into()), ("remedy", "codes changed".into())];
    let end = said(&ends, Kind::Breach, Act::Close, "headteacher");
    assert_eq!(verdict(&config, &begun, &end).len(), 1);
    for step in ["commissioner", "not-notifiable"] {
        let mut told = begun.clone();
        let note = said(&[("step", step.into())], Kind::Breach, Act::Note, "headteacher");
        told.add(&entry(1, &note), &Clocks::of(&config));
        assert_eq!(verdict(&config, &told, &end), [""; 0], "{step}");
    }
    let four: Vec<&str> = form(Kind::Breach, Act::Open)
        .unwrap()
        .fields()
        .filter(|f| f.row == "S4.57" && f.need == Need::Always)
        .map(|f| f.name)
        .collect();
    assert_eq!(four, ["date", "time", "location", "extent", "what"]);
}

#[test]
fn an_incident_closes_with_its_outcome_alone() {
    let config = school("clere");
    let begun = record(&config, Kind::Incident, &[]);
    let bare = said(&[], Kind::Incident, Act::Close, "leader-1");
    assert_eq!(verdict(&config, &begun, &bare).len(), 1);
    let told = said(&[("outcome", "spoken with".into())], Kind::Incident, Act::Close, "leader-1");
    assert_eq!(verdict(&config, &begun, &told), [""; 0]);
    // Once closed it stays so, but for what puts it right or was read.
    let mut over = begun.clone();
    over.add(&entry(1, &told), &Clocks::of(&config));
    assert!(!verdict(&config, &over, &told).is_empty());
    let action = [("step", "action".into()), ("action", "more".into())];
    let late = said(&action, Kind::Incident, Act::Note, "leader-1");
    assert!(!verdict(&config, &over, &late).is_empty());
    let seen = said(&[("seen", true.into())], Kind::Incident, Act::Note, "leader-1");
    assert_eq!(verdict(&config, &over, &seen), [""; 0]);
    let nobody = Scene { config: &config, now: now(), record: None, corrects: false };
    let told = check(form(Kind::Incident, Act::Close).unwrap(), &told, &nobody);
    assert_eq!(blocking(&told).len(), 1, "a close without its record");
}

#[test]
fn filming_of_children_calls_the_police_at_once() {
    let config = school("st-thomas-more");
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    let form = form(Kind::Incident, Act::Open).unwrap();
    for (word, asks) in [("filming-children", true), ("vandalism", false)] {
        let mut incident = draft(Kind::Incident, Act::Open, "mentor-1");
        incident.body.put("type", word.into()).unwrap();
        let told = check(form, &incident, &scene);
        assert_eq!(told.iter().any(|o| o.field == "police-called"), asks, "{word}");
    }
}

#[test]
fn the_steps_of_an_access_request_come_in_order() {
    let config = school("clere");
    let begun = record(&config, Kind::SubjectAccess, &[("received", "2026-11-02".into())]);
    let step = |word: &str, on: &str, more: &[(&str, Value)]| {
        let mut all = vec![("step", Value::from(word)), ("on", on.into())];
        all.extend(more.iter().cloned());
        said(&all, Kind::SubjectAccess, Act::Note, "headteacher")
    };
    let asked = [("asked", Value::from("identity"))];
    let pause = step("pause", "2026-11-05", &asked);
    let resume = step("resume", "2026-11-10", &[]);
    let longer = [
        ("months", Value::Number(2)),
        ("reason", "many cameras".into()),
        ("told-on", "2026-11-20".into()),
    ];
    let extension = step("extension", "2026-11-20", &longer);
    let clocks = Clocks::of(&config);
    let mut paused = begun.clone();
    paused.add(&entry(1, &pause), &clocks);
    let mut extended = begun.clone();
    extended.add(&entry(1, &extension), &clocks);
    for (record, draft, good) in [
        (&begun, &pause, true),
        (&begun, &resume, false),
        (&paused, &pause, false),
        (&paused, &resume, true),
        (&paused, &step("resume", "2026-11-04", &[]), false),
        (&begun, &step("pause", "2026-11-01", &asked), false),
        (&begun, &extension, true),
        (&extended, &extension, false),
    ] {
        let told = verdict(&config, record, draft);
        assert_eq!(told.is_empty(), good, "{:?}: {told:?}", draft.body.fields);
    }
    for (result, needs) in [
        ("copy", vec!["others-covered"]),
        ("viewing", vec!["agreed", "others-covered"]),
        ("stills", vec!["stills-because", "others-covered"]),
        ("refused", vec!["refused-because", "told-rights"]),
        ("withdrawn", vec![]),
    ] {
        let bare = said(
            &[
                ("result", result.into()),
                ("answered-on", "2026-11-20".into()),
                ("outcome", "answered".into()),
            ],
            Kind::SubjectAccess,
            Act::Close,
            "headteacher",
        );
        let scene = Scene { config: &config, now: now(), record: Some(&begun), corrects: false };
        let told = check(form(bare.kind, bare.act).unwrap(), &bare, &scene);
        let told: Vec<&str> = told.iter().map(|o| o.field.as_str()).collect();
        assert_eq!(told, needs, "{result}");
    }
}

#[test]
fn a_covert_authorisation_is_renewed_in_time_or_never() {
    let config = school("clere");
    let clocks = Clocks::of(&config);
    let begun = record(&config, Kind::Covert, &[("applied-on", "2026-05-01".into())]);
    let step = |word: &str, on: &str| {
        let mut all = vec![
            ("step", Value::from(word)),
            ("on", on.into()),
            ("granted-by", "the magistrate".into()),
        ];
        match word {
            "reviewed" => {
                all.extend([("result", "goes on".into()), ("reference", "C-1".into())]);
            }
            "renewed" => all.push(("reason", "not over".into())),
            "copy-sent" => all.extend([
                ("sent-to", "Corporate Monitoring Officer".into()),
                ("sent", Value::List(vec!["authorisation".into()])),
            ]),
            _ => {}
        }
        said(&all, Kind::Covert, Act::Note, "headteacher")
    };
    let mut authorised = begun.clone();
    authorised.add(&entry(1, &step("authorised", "2026-08-10")), &clocks);
    let mut over = authorised.clone();
    let end = [
        ("cancelled", Value::from("cancelled")),
        ("on", "2026-10-01".into()),
        ("reason", "no longer needed".into()),
        ("outcome", "cancelled".into()),
    ];
    let end = said(&end, Kind::Covert, Act::Close, "headteacher");
    over.add(&entry(2, &end), &clocks);
    for (record, draft, good) in [
        (&begun, &step("authorised", "2026-08-10"), true),
        (&begun, &step("renewed", "2026-08-10"), false),
        (&begun, &step("reviewed", "2026-08-10"), false),
        (&authorised, &step("authorised", "2026-08-11"), false),
        (&authorised, &step("reviewed", "2026-09-10"), true),
        (&authorised, &step("renewed", "2026-11-09"), true),
        // It ran out on 9 November: three months less a day.
        (&authorised, &step("renewed", "2026-11-10"), false),
        // Past its end it can still be cancelled, and has to be.
        (&authorised, &end, true),
        // Copies of what is over may be sent on late.
        (&over, &step("copy-sent", "2026-11-20"), true),
        (&over, &step("reviewed", "2026-11-20"), false),
    ] {
        let told = verdict(&config, record, draft);
        assert_eq!(told.is_empty(), good, "{:?}: {told:?}", draft.body.fields);
    }
}
