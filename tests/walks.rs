//! The console as a person meets it: a real recorder, a real terminal (tmux), keys in and a screen
//! back. Without tmux the walks say so and pass over.

#[path = "walk/site.rs"]
mod site;
mod walk;

use walk::{FIRST, SECOND, Walk, has_secret, have_tmux};

/// Founding, a wrong passphrase, the daily check, an incident, its hold, locking, somebody else.
#[test]
fn two_people_do_their_day() {
    if !have_tmux() {
        return;
    }
    let walk = Walk::new("day", (80, 24));
    walk.found();
    walk.keys(&["l"]);
    walk.sees("Passphrase");
    walk.types("caretaker");
    walk.keys(&["Enter"]);
    walk.types("nonsense");
    walk.keys(&["Enter"]);
    walk.sees("is wrong");
    walk.types(SECOND);
    walk.keys(&["Enter"]);
    walk.sees("WRONG PASSPHRASES since: 1.");
    // The cameras are not there: the check has marked them, and asks what is done about it.
    walk.keys(&["c"]);
    walk.sees("marked as not good");
    walk.keys(&["Enter"]);
    walk.sees("What is done about it");
    walk.types("y");
    walk.keys(&["Enter"]);
    walk.types("the firm comes tomorrow");
    walk.keys(&["F10"]);
    walk.sees("of the logbook");
    // The emergency page, and the call.
    walk.keys(&["!"]);
    walk.sees("Meet them at the gate.");
    walk.keys(&["Enter"]);
    walk.sees("Which service");
    walk.types("p ");
    walk.keys(&["Tab", "Tab"]);
    walk.types("a fight");
    walk.keys(&["F10"]);
    walk.sees("of the logbook");
    // Escape and a letter at once would be Alt with the letter.
    walk.keys(&["Escape"]);
    walk.sees("daily check");
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    assert!(!walk.shown().contains("Caretaker"), "{}", walk.shown());
    walk.log_in("head", FIRST);
    walk.keys(&["5"]);
    walk.sees("[5 Logbook]");
    walk.keys(&["l"]);
    walk.sees("Locked by Headteacher");
    walk.types(FIRST);
    walk.keys(&["Enter"]);
    walk.sees("n new entry");
    // Misuse is reported, and a second person signs without the first one leaving.
    walk.keys(&["m"]);
    walk.sees("What was seen");
    walk.types("somebody filmed the screen");
    walk.keys(&["Enter", "Enter", "Enter"]);
    walk.types("n");
    walk.keys(&["C-w"]);
    walk.sees("The second person");
    walk.types("caretaker");
    walk.keys(&["Enter"]);
    walk.types("no ladder at all");
    walk.keys(&["F10"]);
    walk.sees("is wrong");
    walk.keys(&["PageDown"]);
    walk.types(SECOND);
    walk.keys(&["F10"]);
    walk.sees("of the logbook");
    walk.sees("[5 Logbook]");
    walk.keys(&["q"]);
    walk.sees("CLOSED");
    assert!(!has_secret(&walk.path("tape")));
}

/// The recorder goes away and comes back; the window changes its size; the terminal is sane after.
#[test]
fn the_recorder_goes_and_the_window_changes() {
    if !have_tmux() {
        return;
    }
    let mut walk = Walk::new("gone", (120, 40));
    walk.sees("nobody is enrolled");
    walk.keys(&["5"]);
    walk.sees("[5 Logbook]");
    walk.recorder.kill().unwrap();
    walk.recorder.wait().unwrap();
    walk.sees("not answering since");
    walk.tmux(&["resize-window", "-t", "walk", "-x", "90", "-y", "26"]);
    let shown = walk.sees("not answering since");
    assert!(shown.lines().all(|line| line.chars().count() <= 90), "{shown}");
    walk.keys(&["!"]);
    walk.sees("Meet them at the gate.");
    walk.keys(&["C-c"]);
    walk.sees("CLOSED");
}
