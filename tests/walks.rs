//! The console as a person meets it: a real recorder, a real terminal (tmux), keys in and a screen
//! back. Without tmux the walks say so and pass over.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const FIRST: &str = "wooden ladder seven";
const SECOND: &str = "green bicycle lamp";
/// A passphrase is looked at for half a second; machines that build meanwhile are slow.
const PATIENCE: Duration = Duration::from_secs(40);

/// A recorder and a terminal, both gone when this is.
struct Walk {
    folder: tempfile::TempDir,
    recorder: Child,
    server: String,
}

fn have_tmux() -> bool {
    let found = Command::new("tmux").arg("-V").stdout(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    if !there {
        println!("  no tmux on this machine: the walk is passed over");
    }
    there
}

impl Walk {
    fn new(name: &str, size: (u16, u16)) -> Walk {
        Walk::with_file(name, size, include_str!("walk/site.kdl"))
    }

    fn with_file(name: &str, size: (u16, u16), file: &str) -> Walk {
        let folder = tempfile::Builder::new().prefix("walk-").tempdir_in("/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("site.kdl"), file).unwrap();
        let log = std::fs::File::create(at("log")).unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_beadle"));
        run.arg("run").arg("--config").arg(at("site.kdl")).arg("--state").arg(at("state"));
        run.arg("--footage").arg(at("footage")).arg("--socket").arg(at("socket"));
        let recorder = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = format!("walk-{name}-{}", std::process::id());
        let walk = Walk { folder, recorder, server };
        let console = format!(
            "{} console --socket {} --record {}; echo CLOSED; sleep 60",
            env!("CARGO_BIN_EXE_beadle"),
            walk.path("socket").display(),
            walk.path("tape").display()
        );
        let (columns, rows) = (size.0.to_string(), size.1.to_string());
        walk.tmux(&["new-session", "-d", "-x", &columns, "-y", &rows, "-s", "walk", &console]);
        walk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tmux(&self, words: &[&str]) -> String {
        let done = Command::new("tmux").arg("-L").arg(&self.server).args(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn keys(&self, keys: &[&str]) {
        let mut words = vec!["send-keys", "-t", "walk"];
        words.extend(keys);
        self.tmux(&words);
    }

    fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "walk", "-l", text]);
    }

    fn shown(&self) -> String {
        self.tmux(&["capture-pane", "-t", "walk", "-p"])
    }

    /// Waits until the screen shows this.
    fn sees(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let shown = self.shown();
            if shown.contains(words) {
                return shown;
            }
            assert!(began.elapsed() < PATIENCE, "{words:?} does not come:\n{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log_in(&self, person: &str, passphrase: &str) {
        self.keys(&["l"]);
        self.sees("Passphrase");
        self.types(person);
        self.keys(&["Enter"]);
        self.types(passphrase);
        self.keys(&["Enter"]);
        self.sees("You are ");
    }

    /// The first two people of the new box.
    fn found(&self) {
        self.sees("nobody is enrolled");
        self.keys(&["l"]);
        self.sees("The first two people");
        for (person, phrase) in [("head", FIRST), ("caretaker", SECOND)] {
            self.types(person);
            self.keys(&["Enter"]);
            self.types(phrase);
            self.keys(&["Enter"]);
            self.types(phrase);
            self.keys(&["Enter", "Enter", "Enter"]);
        }
        let codes = self.sees("The box has its people");
        assert!(codes.contains("put it into an envelope"), "{codes}");
        self.keys(&["Enter"]);
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.server, "kill-server"]).output();
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
    }
}

fn has_secret(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    [FIRST, SECOND].iter().any(|secret| text.contains(secret))
}

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

#[path = "walk/site.rs"]
mod site;
