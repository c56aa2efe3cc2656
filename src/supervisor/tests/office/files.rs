//! The file saved over the socket: decided, entered, written; its author; approvals that last.

use super::*;
use crate::wire::Saved;

fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

fn save(office: &mut Office, session: &Sent, text: &str, based_on: &str) -> Reply {
    let (text, based_on) = (text.to_string(), based_on.to_string());
    office.ask(Some(session), Request::SaveFile { text, based_on })
}

fn saved(reply: Reply) -> Saved {
    match reply {
        Reply::Saved(saved) => saved,
        other => panic!("{other:?}"),
    }
}

fn on_disk(office: &Office) -> String {
    String::from_utf8(office.home.read_at("site.kdl", 0, 1 << 20).unwrap()).unwrap()
}

#[test]
fn a_file_is_saved_by_whoever_may_and_names_its_author() {
    let mut office = Office::with_people(SCHOOL);
    let (head, tech) = (office.log_in("head"), office.log_in("tech"));
    let new = SCHOOL.replace("Front gate", "Gate");
    // Who may not is refused, and nothing is written.
    assert!(text(save(&mut office, &head, &new, &digest(SCHOOL))).contains("configure"));
    // What does not load is told, and not written.
    let bad = saved(save(&mut office, &tech, "site {", &digest(SCHOOL)));
    assert!(!bad.written && bad.number.is_none() && !bad.findings.is_empty());
    // Somebody else was faster.
    assert!(text(save(&mut office, &tech, &new, &digest("older"))).contains("somebody else"));
    assert_eq!((on_disk(&office), office.entries(Kind::Edit).len()), (SCHOOL.to_string(), 0));
    let done = saved(save(&mut office, &tech, &new, &digest(SCHOOL)));
    assert!(done.written, "{}", done.text);
    assert_eq!(on_disk(&office), new);
    let edit = office.last(Kind::Edit);
    assert_eq!(Some(edit.number), done.number);
    let change = office.last(Kind::Change);
    assert!(edit.number < change.number, "entered before the effect");
    assert_eq!(change.body.unwrap().fields["author"], "tech".into());
    // The watch sees it too, and nothing more comes of it.
    office.all.save(&new);
    assert_eq!(office.entries(Kind::Change).len(), 2);
    // By another way: nobody knows.
    office.all.save(SCHOOL);
    assert_eq!(office.last(Kind::Change).body.unwrap().fields["author"], "unknown".into());
}

#[test]
fn a_disk_that_takes_nothing_leaves_the_file_as_it_was() {
    let mut office = Office::with_people(SCHOOL);
    let tech = office.log_in("tech");
    let new = SCHOOL.replace("Front gate", "Gate");
    office.home.set_failing(true);
    assert!(text(save(&mut office, &tech, &new, &digest(SCHOOL))).contains("could not be written"));
    office.home.set_failing(false);
    assert_eq!(on_disk(&office), SCHOOL);
    assert_eq!(office.entries(Kind::Change).len(), 1);
}

#[test]
fn an_approval_whose_version_cannot_be_kept_is_tried_again() {
    let file = SCHOOL.to_string() + "approvals { shorten-retention by=\"head\"; }";
    let mut office = Office::with_people(&file);
    let (head, tech) = (office.log_in("head"), office.log_in("tech"));
    let new = file.replace("max-days=90", "max-days=60");
    let waits = saved(save(&mut office, &tech, &new, &digest(&file)));
    assert!(waits.text.contains("waits for approval by Headteacher"), "{}", waits.text);
    // The state disk takes entries of the logbook, and no new version.
    let used: u64 = office.all.state.sizes().values().sum();
    office.all.state.set_capacity(used + new.len() as u64 / 2);
    let reply = office.ask(Some(&head), Request::Approve { digest: digest(&new) });
    assert!(matches!(&reply, Reply::Text { text } if text.contains("tried again")), "{reply:?}");
    assert!(office.all.says("is approved, and cannot be kept yet").is_some());
    office.all.state.set_capacity(1 << 40);
    office.all.pass(120);
    let change = office.last(Kind::Change).body.unwrap();
    assert_eq!(change.fields["author"], "tech".into());
    assert_eq!(change.fields["approved-by"], Value::List(vec!["head".into()]));
    let ended = office.last(Kind::Approval);
    assert_eq!(
        (ended.header.act, &ended.body.unwrap().fields["ended"]),
        (Act::Close, &"in-force".into())
    );
}

#[test]
fn whoever_looks_at_footage_hears_at_log_in_that_other_footage_is_kept() {
    for (what, new, told) in [
        ("another title", SCHOOL.replace("Front gate", "Gate"), [false, false]),
        ("kept longer", SCHOOL.replace("max-days=90", "max-days=80"), [true, false]),
        (
            "another camera",
            SCHOOL.replace("rtsp://192.0.2.11/main", "rtsp://192.0.2.12/main"),
            [true, false],
        ),
    ] {
        let mut office = Office::with_people(SCHOOL);
        office.all.save(&new);
        // The guard may play recordings; the clerk may look at nothing.
        for (person, told) in ["guard", "clerk"].into_iter().zip(told) {
            for once in [told, false] {
                let notices = office.welcome(person).notices;
                let hears = notices.iter().any(|n| n.contains("what is kept, has changed"));
                assert_eq!(hears, once, "{what}, {person}: {notices:?}");
            }
        }
        let entered = office.entries(Kind::Told);
        assert_eq!(entered.len(), told.iter().filter(|t| **t).count(), "{what}");
    }
}
