//! The file at a real console: a mistake made, seen and repaired; planned, applied, gone back on;
//! confirmed by a second person, or refused; another storage kept, or gone back by itself.

use std::time::{Duration, Instant};

use crate::walk::{FIRST, PATIENCE, SECOND, Walk, have_tmux};

/// The walk's file, where the headteacher may save it.
fn file(more: &str) -> String {
    let file = include_str!("site.kdl")
        .replace("may \"daily-check\"", "may \"configure\" \"daily-check\"");
    format!("{file}{more}")
}

impl Walk {
    fn on_disk(&self) -> String {
        std::fs::read_to_string(self.path("site.kdl")).unwrap()
    }

    /// Waits until the file is this one.
    fn reads(&self, file: &str, patience: Duration) {
        let began = Instant::now();
        while self.on_disk() != file {
            assert!(began.elapsed() < patience, "the file is still:\n{}", self.on_disk());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Somebody is in, and looks at the file.
    fn looks(&self, person: &str, passphrase: &str) {
        self.log_in(person, passphrase);
        if self.shown().contains("What you have to know") {
            self.keys(&["Enter"]);
        }
        self.sees("In force");
    }

    /// The editor, with the cursor at these words.
    fn edits_at(&self, words: &str) {
        self.keys(&["6"]);
        self.sees("[6 Site]");
        self.keys(&["e"]);
        self.sees("line 1 of");
        self.keys(&["C-f"]);
        self.sees("Look for:");
        self.types(words);
        self.keys(&["Enter"]);
        self.sees("Ctrl-N next finding");
    }

    /// The plan is read, and applied.
    fn applies(&self, plan: &str) {
        self.keys(&["F10"]);
        self.sees("The plan");
        self.sees(plan);
        self.keys(&["F10"]);
    }
}

#[test]
fn a_mistake_is_repaired_planned_applied_and_gone_back_on() {
    if !have_tmux() {
        return;
    }
    let before = file("");
    let walk = Walk::over("file", (80, 24), &before, "");
    walk.found();
    walk.log_in("head", FIRST);
    walk.edits_at("max-days=40");
    walk.types("x");
    let shown = walk.sees("has no setting \"xmax-days\"");
    assert!(shown.contains("did you mean \"max-days\"?"), "{shown}");
    walk.keys(&["F10"]);
    walk.sees("to repair first");
    assert_eq!(walk.on_disk(), before);
    walk.keys(&["C-z"]);
    walk.keys(&["C-f"]);
    walk.sees("Look for:");
    walk.types("40 because");
    walk.keys(&["Enter", "DC"]);
    walk.types("5");
    walk.applies("max-days 40 -> 50");
    walk.sees("Revision 2 is in force.");
    let after = before.replace("max-days=40", "max-days=50");
    assert_eq!(walk.on_disk(), after);
    // The way back is a version of its own.
    walk.keys(&["h"]);
    let shown = walk.sees("Versions that were in force");
    assert!(shown.contains("head"), "{shown}");
    walk.keys(&["Enter"]);
    walk.sees("From revision 1 to revision 2");
    walk.sees("max-days 40 -> 50");
    walk.keys(&["Escape"]);
    walk.sees("Versions that were in force");
    walk.keys(&["Down", "r"]);
    walk.sees("Back to revision 1: the plan");
    walk.sees("max-days 50 -> 40");
    walk.keys(&["F10"]);
    walk.sees("Revision 3 is in force.");
    assert_eq!(walk.on_disk(), before);
}

#[test]
fn a_second_person_refuses_and_then_confirms() {
    if !have_tmux() {
        return;
    }
    let before = file("approvals { shorten-retention by=\"caretaker\"; }\n");
    let walk = Walk::over("two", (80, 24), &before, "");
    walk.found();
    walk.log_in("head", FIRST);
    walk.edits_at("40 because");
    walk.keys(&["DC", "DC"]);
    walk.types("35");
    walk.applies("It waits until Caretaker confirmed it:");
    walk.sees("waits for approval by Caretaker");
    let after = before.replace("max-days=40", "max-days=35");
    assert_eq!(walk.on_disk(), after);
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    walk.looks("caretaker", SECOND);
    let shown = walk.sees("It changes");
    for want in
        ["A version saved by head waits", "at most 35 days instead of 40", "max-days 40 -> 35"]
    {
        assert!(shown.contains(want), "{want:?}:\n{shown}");
    }
    walk.keys(&["r"]);
    walk.sees("Why not");
    walk.types("the police need 40");
    walk.keys(&["Enter"]);
    walk.sees("Refused. What is in force stays in force.");
    walk.sees("refused by Caretaker: the police need 40");
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    // The author mends it, and asks again.
    walk.looks("head", FIRST);
    walk.sees("refused by Caretaker");
    walk.edits_at("35 because");
    walk.keys(&["DC", "DC"]);
    walk.types("39");
    walk.applies("It waits until Caretaker confirmed it:");
    walk.sees("waits for approval by Caretaker");
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    walk.looks("caretaker", SECOND);
    walk.sees("It changes");
    walk.keys(&["a"]);
    let shown = walk.sees("to confirm");
    let digits = shown.split("Type ").nth(1).unwrap().split(' ').next().unwrap().to_string();
    walk.types(&digits);
    walk.keys(&["Enter"]);
    walk.sees("Approved. The file is in force.");
    walk.keys(&["h"]);
    walk.sees("Approved by: caretaker.");
}

const STORED: &str = "storage { keep-free \"5%\"; }\n";

/// Another storage, applied; the console asks whether it is kept.
fn tried(name: &str) -> (Walk, String, String) {
    let before = file(STORED);
    let walk = Walk::over(name, (80, 24), &before, "");
    walk.found();
    walk.log_in("head", FIRST);
    walk.edits_at("5%");
    walk.keys(&["DC"]);
    walk.types("6");
    walk.applies("It is tried first");
    walk.sees("Keep the new network and storage?");
    let after = before.replace("5%", "6%");
    assert_eq!(walk.on_disk(), after);
    (walk, before, after)
}

#[test]
fn another_storage_is_kept() {
    if !have_tmux() {
        return;
    }
    let (walk, _, after) = tried("keep");
    walk.sees("revision 1 comes back by itself");
    walk.keys(&["y"]);
    walk.sees("Revision 2 stays in force.");
    assert_eq!(walk.on_disk(), after);
}

/// A minute long: under SLOW=1. The supervisor's own tests hold the same on a clock that they move.
#[test]
fn another_storage_goes_back_by_itself_when_the_console_dies() {
    if std::env::var_os("SLOW").is_none() {
        println!("SKIPPED: takes a minute; set SLOW=1");
        return;
    }
    if !have_tmux() {
        return;
    }
    let (walk, before, _) = tried("back");
    walk.keys(&["C-c"]);
    walk.sees("CLOSED");
    walk.reads(&before, Duration::from_secs(60) + PATIENCE);
}
