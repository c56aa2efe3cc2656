//! What leaves the box as its verbs print it: a seal that was sent to a file, one that was typed
//! from paper, a proof.

use beadle::wire::Sent;

use crate::desk::*;

/// A session file for the verbs.
fn session_file(desk: &Desk, session: &Sent) -> String {
    let path = desk.places.state.parent().unwrap().join("session-of-seals");
    std::fs::write(&path, session.0.expose()).unwrap();
    path.display().to_string()
}

#[test]
fn a_seal_as_the_verb_prints_it_verifies_with_its_picture_and_typed_from_paper() {
    let mut desk = Desk::open(&file(NO_CAMERA));
    let (head, _) = desk.of_two();
    let session = session_file(&desk, &head);
    let folder = std::path::Path::new(&session).parent().unwrap().to_path_buf();
    let (ok, printed, why) = desk.verb(&["logbook", "checkpoint", "--session", &session], "");
    assert!(ok, "{why}");
    assert!(printed.lines().count() > 20, "the code to photograph stands below it: {printed}");
    let typed = printed.replace('\u{2014}', "-").replace('\n', "\r\n");
    let bare: String = printed.lines().take(5).map(|line| format!("{line}\n")).collect();
    for (name, text) in [("as-printed", printed.clone()), ("typed", typed), ("bare", bare)] {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let said = desk.verify(&[path]);
        assert!(said.contains("seals that hold: over"), "{name}: {said}");
    }
    // One that says something else is none, however it is spelt.
    let wrong = folder.join("wrong");
    let mut lines: Vec<String> = printed.lines().map(String::from).collect();
    lines[1] = (lines[1].parse::<u64>().unwrap() - 1).to_string();
    std::fs::write(&wrong, lines.join("\n")).unwrap();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| desk.verify(&[wrong])));
    assert!(outcome.is_err(), "a seal of another number of entries was believed");
    let (ok, proof, why) = desk.verb(&["logbook", "prove", "0", "--session", &session], "");
    assert!(ok || why.contains("right"), "{why}");
    assert!(!ok || proof.contains("\n\u{2014} beadle/"), "{proof}");
    desk.is_sound();
}
