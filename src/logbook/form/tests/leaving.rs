//! What may be in pictures that leave: masters of masked cameras, protected persons.

use super::rules::{ills, judged};
use super::*;

/// R1.9, S1.13: the file hides gardens in the picture of `car-park`.
#[test]
fn the_master_of_a_masked_camera_goes_to_police_and_courts_alone() {
    let config = school("clere");
    for (recipient, cameras, pictures, want) in [
        ("police", ["car-park", "playground"], "master", vec![]),
        ("court", ["car-park", "playground"], "master", vec![]),
        ("insurer", ["car-park", "playground"], "master", vec![Ill::Refused]),
        ("solicitor", ["playground", "car-park"], "master", vec![Ill::Refused]),
        ("data-subject", ["car-park", "playground"], "master", vec![Ill::Refused]),
        ("insurer", ["car-park", "playground"], "masked", vec![]),
        // Nothing is hidden there.
        ("insurer", ["playground", "ground-corridor"], "master", vec![]),
    ] {
        let cameras = Value::List(cameras.map(String::from).to_vec());
        let given =
            [("recipient", recipient.into()), ("cameras", cameras), ("pictures", pictures.into())];
        let told = judged(&config, None, (Kind::Release, Act::Open), "headteacher", &given);
        assert_eq!(ills(&told, "pictures"), want, "{recipient} {pictures}: {told:?}");
    }
}

/// S4.21: a warning before any release but to the police, and nothing more.
#[test]
fn a_protected_person_is_doubted_before_any_release_but_to_the_police() {
    let config = school("st-thomas-more");
    for (recipient, shown, want) in [
        ("police", true, vec![]),
        ("police", false, vec![]),
        ("insurer", true, vec![Ill::Doubt]),
        ("court", true, vec![Ill::Doubt]),
        ("data-subject", true, vec![Ill::Doubt]),
        ("insurer", false, vec![]),
    ] {
        let given = [("recipient", recipient.into()), ("protected-person", Value::Yes(shown))];
        let told = judged(&config, None, (Kind::Release, Act::Open), "headteacher", &given);
        assert_eq!(ills(&told, "protected-person"), want, "{recipient} {shown}: {told:?}");
    }
    // Left out, it is asked for.
    let form = form(Kind::Release, Act::Open).unwrap();
    let scene = Scene { config: &config, now: now(), record: None, corrects: false };
    let bare = draft(Kind::Release, Act::Open, "headteacher");
    assert_eq!(ills(&check(form, &bare, &scene), "protected-person"), [Ill::Missing]);
}
