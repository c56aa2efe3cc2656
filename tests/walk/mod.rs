//! A recorder that really runs and a terminal (tmux) over its console: keys in, a screen back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const FIRST: &str = "wooden ladder seven";
pub const SECOND: &str = "green bicycle lamp";
/// A passphrase is looked at for half a second; machines that build meanwhile are slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A recorder and a terminal, both gone when this is.
pub struct Walk {
    folder: tempfile::TempDir,
    pub recorder: Child,
    server: String,
}

pub fn have_tmux() -> bool {
    let found = Command::new("tmux").arg("-V").stdout(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    if !there {
        println!("  no tmux on this machine: the walk is passed over");
    }
    there
}

impl Walk {
    pub fn new(name: &str, size: (u16, u16)) -> Walk {
        Walk::over(name, size, include_str!("site.kdl"), "")
    }

    /// Over this file; `env`: what is set for the console, as in a shell.
    pub fn over(name: &str, size: (u16, u16), site: &str, env: &str) -> Walk {
        let folder = tempfile::Builder::new().prefix("walk-").tempdir_in("/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("site.kdl"), site).unwrap();
        let log = std::fs::File::create(at("log")).unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_beadle"));
        run.arg("run").arg("--config").arg(at("site.kdl")).arg("--state").arg(at("state"));
        run.arg("--footage").arg(at("footage")).arg("--socket").arg(at("socket"));
        let recorder = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = format!("walk-{name}-{}", std::process::id());
        let walk = Walk { folder, recorder, server };
        let console = format!(
            "{env} {} console --socket {} --record {}; echo CLOSED; sleep 60",
            env!("CARGO_BIN_EXE_beadle"),
            walk.path("socket").display(),
            walk.path("tape").display()
        );
        let (columns, rows) = (size.0.to_string(), size.1.to_string());
        walk.tmux(&["new-session", "-d", "-x", &columns, "-y", &rows, "-s", "walk", &console]);
        walk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn tmux(&self, words: &[&str]) -> String {
        let done = Command::new("tmux").arg("-L").arg(&self.server).args(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    pub fn keys(&self, keys: &[&str]) {
        let mut words = vec!["send-keys", "-t", "walk"];
        words.extend(keys);
        self.tmux(&words);
    }

    pub fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "walk", "-l", text]);
    }

    pub fn shown(&self) -> String {
        self.tmux(&["capture-pane", "-t", "walk", "-p"])
    }

    /// Waits until the screen shows this.
    pub fn sees(&self, words: &str) -> String {
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

    pub fn log_in(&self, person: &str, passphrase: &str) {
        self.keys(&["l"]);
        self.sees("Passphrase");
        self.types(person);
        self.keys(&["Enter"]);
        self.types(passphrase);
        self.keys(&["Enter"]);
        self.sees("You are ");
    }

    /// The first two people of the new box.
    pub fn found(&self) {
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

pub fn has_secret(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    [FIRST, SECOND].iter().any(|secret| text.contains(secret))
}
