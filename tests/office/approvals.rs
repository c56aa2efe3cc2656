//! A file that widens rights waits as a whole until two people turned their keys, restarts in
//! between or not (S4.38, S4.48).

use beadle::logbook::{Kind, Value};
use beadle::wire::{Reply, Request, Sent};

use crate::desk::*;

fn wider() -> String {
    let person = "    person \"ferris\" \"Ferris Yarrow\" post=\"Deputy\"\n}\nroles";
    let text = file(NO_CAMERA).replacen("}\nroles", person, 1);
    text.replace("max-days=90", "max-days=89")
}

/// The beginning of the digest of the version that waits, once one does.
fn digest(desk: &Desk) -> String {
    let waits = || {
        let alarms = desk.status().alarms;
        let text = alarms.iter().find(|a| a.text.contains("waits for approval"))?.text.clone();
        let (_, rest) = text.split_once("beadle approve ")?;
        Some(rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
    };
    until("the file waits", || waits().is_some());
    waits().unwrap()
}

fn approve(desk: &Desk, session: &Sent) -> Reply {
    desk.ask(Some(session), &Request::Approve { digest: digest(desk) })
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::List(list)) => list.clone(),
        Some(Value::Text(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[test]
fn a_wider_file_waits_for_both_keys_also_across_restarts() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    let (head, admin) = desk.of_two();
    desk.enrol(&admin, &SITE);
    let site = desk.log_in(&SITE);
    let limit = |desk: &Desk| desk.status().retention.ceiling_days;

    desk.places.write(&wider());
    let first = digest(&desk);
    assert_eq!((desk.status().file.revision, limit(&desk)), (1, 90), "all of it waits");
    let why = refusal(approve(&desk, &site));
    assert!(why.contains("Quillan Ashdown"), "whom it waits for: {why}");
    let other = Request::Approve { digest: "ffffffff".into() };
    assert!(refusal(desk.ask(Some(&head), &other)).contains("No version with that digest"));
    let Reply::Text { text } = approve(&desk, &head) else { panic!("the first key") };
    assert!(text.contains("Another person"), "{text}");
    refusal(approve(&desk, &head));

    desk.crash();
    assert_eq!(digest(&desk), first, "it waits after a crash too");
    assert_eq!((desk.status().file.revision, limit(&desk)), (1, 90));
    let (head, it) = (desk.log_in(&HEAD), desk.log_in(&IT));
    refusal(approve(&desk, &head));
    let Reply::Text { text } = approve(&desk, &it) else { panic!("the second key") };
    assert!(text.contains("in force"), "{text}");
    until("it is in force", || limit(&desk) == 89);
    assert_eq!(desk.status().file.revision, 2);

    let admin = desk.admin();
    let changes = desk.entries(&admin, Kind::Change);
    let fields = &changes.last().unwrap().body.as_ref().unwrap().fields;
    assert_eq!(texts(fields.get("approved-by")), [HEAD.id, IT.id]);
    assert_eq!(texts(fields.get("author")), ["unknown"]);
    desk.crash();
    assert_eq!((desk.status().file.revision, limit(&desk)), (2, 89), "and stays so");

    // Another one that waits, and is thought better of.
    let admin = desk.admin();
    desk.places.write(&wider().replace("\"read\" \"write\" \"close\"", "\"read\" \"write\""));
    until("less needs no key", || desk.status().file.revision == 3);
    desk.places.write(&wider());
    digest(&desk);
    desk.places.write(&wider().replace("\"read\" \"write\" \"close\"", "\"read\" \"write\""));
    until("it was put back", || !desk.status().file.stale);
    let said = outcomes(&desk.entries(&admin, Kind::Approval));
    assert_eq!(said.iter().filter(|o| *o == "in force").count(), 1, "{said:?}");
    assert!(said.iter().any(|o| o == "the file in force was put back"), "{said:?}");
    desk.is_sound();
}
