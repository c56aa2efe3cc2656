//! Tables of what is refused, doubted and let through: disclosure, viewing, corrections.

use super::*;

/// A filled-in draft with some answers given; `who` writes it.
pub(super) fn judged(
    config: &Config,
    begun: Option<&Record>,
    of: (Kind, Act),
    who: &str,
    given: &[(&str, Value)],
) -> Vec<Objection> {
    let form = form(of.0, of.1).unwrap();
    let scene = Scene { config, now: now(), record: begun, corrects: false };
    let mut draft = draft(of.0, of.1, who);
    draft.about = begun.map(|r| r.number);
    for (name, value) in given {
        draft.body.put(name, value.clone()).unwrap();
    }
    fill(form, &mut draft, &scene);
    check(form, &draft, &scene)
}

pub(super) fn ills(objections: &[Objection], field: &str) -> Vec<Ill> {
    objections.iter().filter(|o| o.field == field).map(|o| o.ill).collect()
}

#[test]
fn nothing_goes_to_the_media_for_entertainment_whoever_says_so() {
    let open = "recipient \"media\" \"Media, to investigate a specific crime\" by=\"headteacher\" \
                needs=\"crime-reference written-police-authority\"";
    for config in [
        school("clere"),
        school("st-thomas-more"),
        school("john-colet"),
        // However wide the file makes it.
        edited("clere", open, "recipient \"media\" \"Media\""),
    ] {
        let media = [
            ("recipient", Value::from("media")),
            ("media-use", "entertainment".into()),
            ("crime-reference", "42/1234/26".into()),
            ("police-authority", "EP-7".into()),
        ];
        let people: Vec<String> = config.people.iter().map(|p| p.id.as_str().into()).collect();
        for who in people.iter().map(String::as_str) {
            let release = judged(&config, None, (Kind::Release, Act::Open), who, &media);
            assert_eq!(ills(&release, "media-use"), [Ill::Refused], "{who}");
        }
        // The request itself is entered, and so is its refusal.
        let asks = [media[0].clone(), media[1].clone(), ("type", "media".into())];
        let intake = judged(&config, None, (Kind::Request, Act::Open), "leader-2", &asks);
        assert_eq!(ills(&intake, "media-use"), [Ill::Doubt]);
        let begun = record(&config, Kind::Request, &asks);
        let decided = |word: &str| {
            let says = [("step", "decision".into()), ("decision", word.into())];
            judged(&config, Some(&begun), (Kind::Request, Act::Note), "headteacher", &says)
        };
        assert_eq!(ills(&decided("allowed"), "media-use"), [Ill::Refused]);
        assert!(!decided("refused").iter().any(|o| o.field == "media-use" && o.blocks()));
    }
}

#[test]
fn no_recipient_is_commercial() {
    let words = choices(Words::From(Source::Recipients), &school("clere"));
    assert_eq!(words.len(), 10);
    for choice in words {
        for bad in ["commerc", "market", "advert", "sale"] {
            let listed = choice.word.contains(bad);
            assert!(!listed, "{}", choice.word);
        }
    }
    // Where the file names commerce, it is to refuse it.
    let other = [("recipient", Value::from("other"))];
    let release = judged(&school("clere"), None, (Kind::Release, Act::Open), "leader-2", &other);
    assert_eq!(ills(&release, "recipient"), [Ill::Refused]);
}

#[test]
fn recipients_bring_their_papers() {
    let config = school("clere");
    for (recipient, given, missing) in [
        ("media", vec![], vec!["crime-reference", "police-authority"]),
        ("media", vec!["crime-reference"], vec!["police-authority"]),
        ("media", vec!["crime-reference", "police-authority"], vec![]),
        ("solicitor", vec![], vec!["proceedings"]),
        ("solicitor", vec!["court-order"], vec![]),
        ("solicitor", vec!["proceedings"], vec![]),
        ("court", vec![], vec!["court-order"]),
        ("police", vec![], vec!["crime-reference"]),
        ("police", vec!["crime-reference"], vec![]),
    ] {
        let form = form(Kind::Release, Act::Open).unwrap();
        let scene = Scene { config: &config, now: now(), record: None, corrects: false };
        let mut draft = draft(Kind::Release, Act::Open, "leader-2");
        draft.body.put("recipient", recipient.into()).unwrap();
        for name in &given {
            draft.body.put(name, "REF-1".into()).unwrap();
        }
        let objections = check(form, &draft, &scene);
        let proofs = ["crime-reference", "police-authority", "proceedings", "court-order"];
        let told: Vec<&str> = objections.iter().map(|o| o.field.as_str()).collect();
        let told: Vec<&str> = told.into_iter().filter(|f| proofs.contains(f)).collect();
        assert_eq!(told, missing, "{recipient} {given:?}");
    }
    // A solicitor's and a court's papers are asked for where the file says nothing of them.
    let bare = school("john-colet");
    let given = [("recipient", Value::from("solicitor"))];
    let form = form(Kind::Release, Act::Open).unwrap();
    let scene = Scene { config: &bare, now: now(), record: None, corrects: false };
    let mut release = draft(Kind::Release, Act::Open, "site-manager");
    release.body.put(given[0].0, given[0].1.clone()).unwrap();
    assert_eq!(ills(&check(form, &release, &scene), "proceedings"), [Ill::Missing]);
    // At the decision as well, from what the request brought or the decision adds.
    let asks = [("recipient", "solicitor".into()), ("type", "solicitor".into())];
    let begun = record(&config, Kind::Request, &asks);
    let says = [("step", "decision".into()), ("decision", "allowed".into())];
    let mut note = says.to_vec();
    note.push(("court-order", "HC-7".into()));
    let at = (Kind::Request, Act::Note);
    assert_eq!(blocking(&judged(&config, Some(&begun), at, "headteacher", &note)), [""; 0]);
    let form = super::super::form(Kind::Request, Act::Note).unwrap();
    let scene = Scene { config: &config, now: now(), record: Some(&begun), corrects: false };
    let mut bare = draft(Kind::Request, Act::Note, "headteacher");
    says.iter().for_each(|(n, v)| bare.body.put(n, v.clone()).unwrap());
    assert_eq!(ills(&check(form, &bare, &scene), "proceedings"), [Ill::Missing]);
}

#[test]
fn only_those_whom_the_file_names_decide() {
    for (school_name, recipient, by, let_through) in [
        ("clere", "solicitor", "headteacher", true),
        ("clere", "solicitor", "leader-1", false),
        ("clere", "solicitor", "site-manager", false),
        ("clere", "police", "headteacher", true),
        ("clere", "police", "leader-1", false),
        ("john-colet", "police", "support-officer-2", true),
        ("st-thomas-more", "police", "deputy-headteacher", true),
        ("st-thomas-more", "police", "director-of-finance", true),
        // Named by nobody: the deputy of the third, the IT Manager (who admits only).
        ("st-thomas-more", "police", "deputy-director-of-finance", false),
        ("st-thomas-more", "police", "it-manager", false),
    ] {
        let config = school(school_name);
        let given = [
            ("recipient", Value::from(recipient)),
            ("authority-by", by.into()),
            ("authority-form", "written".into()),
        ];
        let release = judged(&config, None, (Kind::Release, Act::Open), "site-manager", &given);
        let refused = ills(&release, "authority-by").contains(&Ill::Refused)
            || ills(&release, "authority-by").contains(&Ill::Wrong);
        assert_eq!(!refused, let_through, "{school_name} {recipient} {by}");
    }
}

#[test]
fn a_request_of_the_police_carries_what_their_form_has() {
    let config = school("clere");
    let form = form(Kind::Request, Act::Open).unwrap();
    for name in [
        "requester",
        "requester-post",
        "organisation",
        "address",
        "email",
        "phone",
        "wanted",
        "identifiers",
        "from",
        "until",
        "papers",
        "offence",
        "offence-withheld",
        "power",
        "reason",
        "limited",
        "countersigned-by",
        "countersigned-rank",
        "transfer",
    ] {
        assert_eq!(form.field(name).map(|f| f.row), Some("R1.13"), "{name}");
    }
    let bare = judged(&config, None, (Kind::Request, Act::Open), "leader-2", &[]);
    assert_eq!(
        ills(&bare, "countersigned-by"),
        [Ill::Doubt],
        "it warns, and the Headteacher decides"
    );
    let given = [("offence-withheld", Value::Yes(true))];
    let withheld = judged(&config, None, (Kind::Request, Act::Open), "leader-2", &given);
    assert_eq!(ills(&withheld, "offence"), []);
    for (name, word) in [("type", "subject-access"), ("recipient", "data-subject")] {
        let given = [(name, Value::from(word))];
        let own = judged(&config, None, (Kind::Request, Act::Open), "leader-2", &given);
        assert_eq!(ills(&own, "type"), [Ill::Wrong], "{word}");
    }
}

#[test]
fn the_purpose_that_asks_is_answered() {
    let config = school("john-colet");
    let form = form(Kind::Viewing, Act::Open).unwrap();
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    for (purpose, asks) in [("punctuality", true), ("safety", false)] {
        let mut draft = draft(Kind::Viewing, Act::Open, "site-manager");
        draft.body.put("purpose", purpose.into()).unwrap();
        let objections = check(form, &draft, &scene);
        let told = objections.iter().find(|o| o.field == "answer");
        assert_eq!(told.is_some(), asks, "{purpose}");
        let named = told.is_none_or(|o| o.sentence.contains("Which attendance records disagree?"));
        assert!(named, "{told:?}");
    }
    let mut other = draft(Kind::Viewing, Act::Open, "site-manager");
    other.body.put("purpose", "curiosity".into()).unwrap();
    assert_eq!(ills(&check(form, &other, &scene), "purpose"), [Ill::Wrong], "no other purpose");
}

#[test]
fn viewers_from_outside_bring_name_permission_and_company() {
    let config = school("clere");
    for (viewer, needs) in [
        ("staff", vec![]),
        (
            "police",
            vec![
                "viewer-name",
                "viewer-organisation",
                "viewer-number",
                "crime-reference",
                "identity",
                "supervisor",
                "slip-signed",
                "authority-by",
            ],
        ),
        (
            "third-party",
            vec![
                "viewer-name",
                "viewer-organisation",
                "identity",
                "necessity",
                "supervisor",
                "authority-by",
            ],
        ),
        (
            "supervising-authority",
            vec!["viewer-name", "viewer-organisation", "supervisor", "authority-by"],
        ),
        ("inspection", vec!["viewer-name", "viewer-organisation", "supervisor", "authority-by"]),
        (
            "training",
            vec![
                "viewer-name",
                "viewer-organisation",
                "supervisor",
                "clip",
                "clip-until",
                "authority-by",
            ],
        ),
        (
            "data-subject",
            vec!["viewer-name", "viewer-organisation", "supervisor", "request", "authority-by"],
        ),
    ] {
        let form = form(Kind::Viewing, Act::Open).unwrap();
        let scene = Scene { config: &config, now: now(), record: None, corrects: false };
        let mut bare = draft(Kind::Viewing, Act::Open, "leader-2");
        bare.body.put("viewer", viewer.into()).unwrap();
        let always = ["purpose", "reason", "cameras", "from", "until", "viewer", "authority-form"];
        let objections = check(form, &bare, &scene);
        let told = objections.iter().filter(|o| o.ill == Ill::Missing).map(|o| o.field.as_str());
        let told: Vec<&str> = told.filter(|f| !always.contains(f)).collect();
        assert_eq!(told, needs, "{viewer}");
    }
    let given = [
        ("viewer", Value::from("third-party")),
        ("authority-by", "leader-1".into()),
        ("authority-form", "verbal".into()),
    ];
    let word = judged(&config, None, (Kind::Viewing, Act::Open), "leader-2", &given);
    assert_eq!(ills(&word, "authority-by"), [Ill::Refused], "the Headteacher's to permit");
    let silent = edited("clere", "viewing spot-check", "viewing verbal=#false spot-check");
    let given = [("authority-by", "headteacher".into()), ("authority-form", "verbal".into())];
    let word = judged(&silent, None, (Kind::Visit, Act::Open), "leader-2", &given);
    assert_eq!(ills(&word, "authority-form"), [Ill::Refused]);
}

#[test]
fn a_correction_restates_the_entry_and_says_why() {
    let config = school("clere");
    let begun = record(&config, Kind::Incident, &[]);
    let form = form(Kind::Incident, Act::Open).unwrap();
    let scene = Scene { config: &config, now: now(), record: Some(&begun), corrects: false };
    let mut draft = draft(Kind::Incident, Act::Correct, "leader-2");
    draft.about = Some(0);
    let bare = check(form, &draft, &scene);
    assert_eq!(ills(&bare, "correction"), [Ill::Missing]);
    assert_eq!(ills(&bare, "type"), [Ill::Missing], "a correction restates what it keeps");
    let _ = draft.body.put("correction", "the place was another one".into());
    fill(form, &mut draft, &scene);
    assert_eq!(blocking(&check(form, &draft, &scene)), [""; 0]);
    // Taken back whole: nothing to restate.
    let mut back = super::draft(Kind::Incident, Act::Correct, "leader-2");
    back.body.put("withdrawn", true.into()).unwrap();
    assert_eq!(ills(&check(form, &back, &scene), "correction"), [Ill::Missing]);
    back.body.put("correction", "entered twice".into()).unwrap();
    assert_eq!(check(form, &back, &scene), []);
    // The machine's own word is not put right by hand.
    let step = super::super::form(Kind::DeletionDay, Act::Open).unwrap();
    let mut by_hand = super::draft(Kind::DeletionDay, Act::Correct, "leader-2");
    by_hand.about = Some(0);
    let told = check(step, &by_hand, &scene);
    assert!(told.iter().any(|o| o.ill == Ill::Refused), "{told:?}");
}

#[test]
fn carriers_end_by_a_method_that_ends_them() {
    let config = school("clere");
    for (carrier, method, technique, ills_of) in [
        ("disk", "erase", "one pass of zeros", vec![]),
        ("ssd", "erase", "NVMe sanitize, block erase", vec![]),
        ("ssd", "erase", "one pass of zeros", vec![Ill::Doubt]),
        ("stick", "erase", "cryptsetup erase, keyslots gone", vec![Ill::Doubt]),
        ("ssd", "erase", "the key was destroyed", vec![Ill::Doubt]),
        ("disc", "erase", "scratched", vec![Ill::Wrong]),
        ("disc", "destroy", "shredded", vec![]),
        ("stick", "destroy", "shredded", vec![]),
    ] {
        let given = [
            ("carrier", Value::from(carrier)),
            ("method", method.into()),
            ("technique", technique.into()),
        ];
        let told = judged(&config, None, (Kind::Disposal, Act::Open), "leader-2", &given);
        let told: Vec<Ill> = told.iter().map(|o| o.ill).collect();
        assert_eq!(told, ills_of, "{carrier} {method} {technique}");
    }
    let two = [("operator", Value::from("Site Manager")), ("witness", "site-manager".into())];
    let told = judged(&config, None, (Kind::Disposal, Act::Open), "leader-2", &two);
    assert_eq!(ills(&told, "witness"), [Ill::Wrong], "one person by name and by id");
    let own = [("witness", Value::from("leader-2"))];
    let told = judged(&config, None, (Kind::Disposal, Act::Open), "leader-2", &own);
    assert_eq!(ills(&told, "witness"), [Ill::Wrong]);
}

#[test]
fn wider_access_is_approved_by_two_who_do_not_gain() {
    let config = school("st-thomas-more");
    for (subject, by, and, good) in [
        ("mentor-1", "headteacher", "it-manager", true),
        ("mentor-1", "deputy-headteacher", "deputy-it-manager", true),
        ("mentor-1", "it-manager", "it-manager", false),
        ("mentor-1", "mentor-2", "it-manager", false),
        ("mentor-1", "headteacher", "headteacher", false),
        ("it-manager", "headteacher", "it-manager", false),
    ] {
        let given = [
            ("subject", Value::from(subject)),
            ("change", "given".into()),
            ("approved-by", by.into()),
            ("approved-and", and.into()),
        ];
        let told = judged(&config, None, (Kind::AccessGrant, Act::Open), "headteacher", &given);
        assert_eq!(told.is_empty(), good, "{subject} {by} {and}: {told:?}");
    }
    let given = [("subject", Value::from("mentor-1")), ("change", "suspended".into())];
    let told = judged(&config, None, (Kind::AccessGrant, Act::Open), "headteacher", &given);
    assert_eq!(told, [], "a trigger suspends without asking anybody");
}

#[test]
fn a_paper_of_administrators_has_eight_fields_and_others_four() {
    let config = school("st-thomas-more");
    let form = form(Kind::Acceptance, Act::Open).unwrap();
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    for (paper, signed) in [("administrator-code", 8), ("staff-code", 4)] {
        let mut draft = draft(Kind::Acceptance, Act::Open, "headteacher");
        draft.body.put("paper", paper.into()).unwrap();
        let asked = form.fields().filter(|f| f.row == "S4.71" && needed(f, &draft, &scene));
        assert_eq!(asked.count(), signed, "{paper}");
    }
}

/// S4.25: a signature under another version would shut its signer out.
#[test]
fn a_paper_is_signed_in_the_version_that_is_in_force() {
    let two = "version=\"1.0\" by=\"maintenance-engineer\"";
    let config = edited("clere", two, "version=\"2\" by=\"maintenance-engineer\"");
    let bare = school("st-thomas-more");
    let form = form(Kind::Acceptance, Act::Open).unwrap();
    for (config, paper, version, want) in [
        (&config, "code", "2", vec![]),
        (&config, "code", "1.0", vec![Ill::Refused]),
        (&config, "code", "2.0", vec![Ill::Refused]),
        (&bare, "staff-code", "of 2024", vec![]),
    ] {
        let given = [("paper", paper.into()), ("version", version.into())];
        let sign = (Kind::Acceptance, Act::Open);
        let told = judged(config, None, sign, "headteacher", &given);
        assert_eq!(ills(&told, "version"), want, "{paper} {version}");
        for wrong in told.iter().filter(|o| o.field == "version") {
            assert!(
                wrong.sentence.starts_with("version 2 of \"CCTV code of practice\" is in force")
            );
        }
        // What the file knows is offered as soon as the paper is named.
        let scene = Scene { config, now: now(), record: None, corrects: false };
        let mut draft = draft(Kind::Acceptance, Act::Open, "headteacher");
        assert_eq!(offered(form, &draft, &scene), []);
        draft.body.put("paper", paper.into()).unwrap();
        let file = if paper == "code" { vec![("version", "2".into())] } else { vec![] };
        assert_eq!(offered(form, &draft, &scene), file);
    }
    // An old signature that is put right was given under its own file.
    let given = [("paper", "code".into()), ("version", "1.0".into())];
    let begun = record(&config, Kind::Acceptance, &[("paper", "code".into())]);
    let put_right =
        judged(&config, Some(&begun), (Kind::Acceptance, Act::Open), "leader-2", &given);
    assert_eq!(ills(&put_right, "version"), [Ill::Refused]);
    let scene = Scene { config: &config, now: now(), record: Some(&begun), corrects: true };
    let mut draft = draft(Kind::Acceptance, Act::Correct, "leader-2");
    given.iter().for_each(|(n, v)| draft.body.put(n, v.clone()).unwrap());
    fill(form, &mut draft, &scene);
    assert_eq!(ills(&check(form, &draft, &scene), "version"), [Ill::Doubt]);
}

/// S4.52.
#[test]
fn the_word_for_a_report_is_not_that_of_its_subject() {
    let config = school("st-thomas-more");
    let report = (Kind::PersonReport, Act::Open);
    for (subject, by, want) in
        [("headteacher", "headteacher", vec![Ill::Refused]), ("it-manager", "headteacher", vec![])]
    {
        let given = [("subject", subject.into()), ("authority-by", by.into())];
        let told = judged(&config, None, report, "deputy-headteacher", &given);
        assert_eq!(ills(&told, "authority-by"), want, "{subject} {by}: {told:?}");
    }
}
