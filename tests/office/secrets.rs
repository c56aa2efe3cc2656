//! Where secrets turn up: a whole session with known passphrases, codes, tokens and a camera's
//! password, then a search for each of them in everything that others may see. Logging is at its
//! loudest.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use beadle::logbook::Account;
use beadle::simulate::{SimCamera, SimLogin, SimOptions, Simulator};
use beadle::wire::{Call, Reply, Request, Sent, frame};

use crate::desk::*;
use crate::live::{Places, Recorder};

/// Two of them are typed wrongly on purpose.
const WRONG: &str = "zz-wrong-marker-4471";
const WRONG_CODE: &str = "WRNG-MARK-4471-CDEF";
const CAMERA: &str = "zz-camera-marker-4471";

/// Everything that was said, by where it was said.
#[derive(Default)]
struct Heard {
    said: Vec<(String, String)>,
    /// Secrets with the place that shows them, once, because that is what it is for.
    secrets: Vec<(String, String)>,
}

impl Heard {
    fn secret(&mut self, text: &str, shown_by: &str) {
        self.secrets.push((text.to_string(), shown_by.to_string()));
    }

    fn said(&mut self, place: impl Into<String>, text: &[u8]) {
        self.said.push((place.into(), String::from_utf8_lossy(text).into_owned()));
    }

    /// What runs now: its words and its surroundings, as every user of the machine, or root, sees
    /// them.
    fn process(&mut self, pid: u32) {
        for part in ["cmdline", "environ"] {
            let path = format!("/proc/{pid}/{part}");
            let bytes = std::fs::read(&path).unwrap_or_default();
            self.said(path, &bytes);
        }
    }

    fn folder(&mut self, root: &Path) {
        for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.folder(&path);
            } else if path.extension().is_none_or(|film| film != "mp4") {
                let bytes = std::fs::read(&path).unwrap_or_default();
                self.said(path.display().to_string(), &bytes);
            }
        }
    }
}

struct Stage {
    heard: Heard,
    places: Places,
}

impl Stage {
    /// One request, its answer as it crossed the socket.
    fn ask(&mut self, what: &str, session: Option<&Sent>, request: Request) -> Reply {
        let call = Call { session: session.cloned(), ..request.into() };
        let mut stream = UnixStream::connect(&self.places.socket).unwrap();
        stream.write_all(&frame::line(&call).unwrap()).unwrap();
        let mut line = Vec::new();
        BufReader::new(stream).read_until(b'\n', &mut line).unwrap();
        self.heard.said(format!("the answer to {what}"), &line);
        frame::reply(line.strip_suffix(b"\n").unwrap()).unwrap()
    }

    /// A verb, looked at while it waits for what is typed.
    fn verb(&mut self, words: &[&str], typed: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.args(words).env("RUST_LOG", "trace").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        self.heard.process(child.id());
        for line in typed {
            // One that refused early has closed its end.
            let _ = writeln!(stdin, "{line}");
        }
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        self.heard.said(format!("standard output of {words:?}"), &output.stdout);
        self.heard.said(format!("error output of {words:?}"), &output.stderr);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn children(of: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children"));
    text.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// Begins a recorder that is allowed every core dump that it wants to make.
fn begin(places: &Places, folder: &Path) -> Child {
    let mut command = Recorder::command(places);
    command.current_dir(folder).env("RUST_LOG", "trace");
    // SAFETY: between fork and exec one system call is made, which is safe there.
    unsafe {
        command.pre_exec(|| {
            let all = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
            match libc::setrlimit(libc::RLIMIT_CORE, &all) {
                0 => Ok(()),
                // Not ours to raise: then nothing is dumped anyway.
                _ => Ok(()),
            }
        });
    }
    command.spawn().unwrap()
}

/// People are founded, enrolled, let in and refused, with every sort of secret there is.
fn a_busy_day(stage: &mut Stage, pid: u32) {
    let founded = stage.ask("found", None, founding());
    let Reply::Founded { codes, .. } = founded else { panic!("{founded:?}") };
    for code in &codes {
        stage.heard.secret(code.0.expose(), "the answer to found");
    }
    for person in &PEOPLE {
        stage.heard.secret(person.phrase, "nothing");
    }
    for marker in [ADMIN_PHRASE, WRONG, WRONG_CODE, CAMERA] {
        stage.heard.secret(marker, "nothing");
    }
    let tokened = |stage: &mut Stage, what: &str, request: Request| {
        let Reply::LoggedIn(welcome) = stage.ask(what, None, request) else { panic!("{what}") };
        stage.heard.secret(welcome.session.0.expose(), &format!("the answer to {what}"));
        welcome.session
    };
    let head = wish(HEAD.id, Account::Own, HEAD.phrase);
    let head = tokened(stage, "log-in", Request::LogIn(head));
    let admin = wish(IT.id, Account::Admin, ADMIN_PHRASE);
    let admin = tokened(stage, "admin log-in", Request::LogIn(admin));
    let wrong = wish(SITE.id, Account::Own, WRONG);
    stage.ask("a wrong log-in", None, Request::LogIn(wrong));
    let enrol = |person: &Person, code: &str| Request::Enrol {
        person: person.id.into(),
        account: Account::Own,
        code: Sent::new(code),
        passphrase: Sent::new(person.phrase),
    };
    stage.ask("a wrong code", None, enrol(&SITE, WRONG_CODE));
    for person in [SITE, DSL] {
        let ask = Request::EnrolCode { person: person.id.into(), account: Account::Own };
        let what = format!("a code for {}", person.id);
        let Reply::Codes { codes, .. } = stage.ask(&what, Some(&admin), ask) else { panic!() };
        let code = codes[0].0.expose().to_string();
        stage.heard.secret(&code, &format!("the answer to {what}"));
        if person.id == SITE.id {
            stage.ask("enrol", None, enrol(&person, &code));
        }
    }
    let factor = stage.ask("factor", Some(&admin), Request::Factor { digits: None });
    let Reply::Factor { address, typed } = factor else { panic!("{factor:?}") };
    for secret in [address, typed] {
        stage.heard.secret(secret.0.expose(), "the answer to factor");
    }
    let Reply::Text { text } = stage.ask("recovery key", Some(&admin), Request::RecoveryKey) else {
        panic!("no recovery key")
    };
    stage.heard.secret(text.trim(), "the answer to recovery key");
    let sealed = Request::BreakGlass { code: codes[0].clone(), reason: "A drill".into() };
    tokened(stage, "break-glass", sealed);
    let wrong = Request::BreakGlass { code: Sent::new(WRONG_CODE), reason: "A drill".into() };
    stage.ask("a wrong sealed code", None, wrong);
    stage.ask("a wrong session", Some(&Sent::new(WRONG)), Request::Duties);
    stage.ask("unlock", Some(&head), Request::Unlock { passphrase: Sent::new(WRONG) });
    let mut all = beadle::wire::book::Find { limit: 200, ..Default::default() };
    stage.ask("the whole logbook", Some(&admin), Request::Logbook(all.clone()));
    all.text = Some("code".into());
    stage.ask("a search", Some(&admin), Request::Logbook(all));
    for request in [Request::Status, Request::People, Request::WhoAmI, Request::Duties] {
        let what = format!("{request:?}");
        stage.ask(&what, Some(&admin), request);
    }
    stage.heard.process(pid);
    children(pid).into_iter().for_each(|pid| stage.heard.process(pid));
    verbs(stage);
}

/// The same from the command line.
fn verbs(stage: &mut Stage) {
    let at = |name: &str| stage.places.config.with_file_name(name).display().to_string();
    let (session, socket) = (at("session"), stage.places.socket.display().to_string());
    let here = ["--socket", &socket, "--session", &session];
    let with = |words: &[&'static str]| -> Vec<String> {
        words.iter().copied().chain(here.iter().copied()).map(String::from).collect()
    };
    for (words, typed) in [
        (with(&["log-in", HEAD.id]), vec![WRONG]),
        (with(&["log-in", HEAD.id]), vec![HEAD.phrase]),
        (with(&["status", "--json"]), vec![]),
        (with(&["duties", "--json"]), vec![]),
        (with(&["logbook", "--register", "occurrences", "--json"]), vec![]),
        (with(&["hold", "list", "--json"]), vec![]),
        (with(&["enrol", DSL.id]), vec![WRONG_CODE, DSL.phrase, DSL.phrase]),
        (with(&["break-glass", "use"]), vec![WRONG_CODE, "a drill"]),
    ] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        stage.verb(&words, &typed);
    }
    let token = std::fs::read_to_string(&session).expect("the verb logged in");
    // The file of the session holds it, for its user's eyes.
    stage.heard.secret(token.trim(), &session);
    stage.heard.said(session.clone(), token.as_bytes());
}

#[test]
fn no_secret_turns_up_where_others_can_read() {
    let folder = tempfile::Builder::new().prefix("secrets-").tempdir().unwrap();
    let places = Places::below(folder.path());
    let login =
        |scheme| Some(SimLogin { scheme, user: "recorder".into(), password: CAMERA.into() });
    let one = |name: &str, scheme| SimCamera { login: login(scheme), ..SimCamera::named(name) };
    let sim = Simulator::start(SimOptions::new(vec![
        one("cam-1", beadle::simulate::Scheme::Digest),
        one("cam-2", beadle::simulate::Scheme::Basic),
    ]));
    let sim = sim.expect("the cameras start");
    let cameras = format!("    defaults user=\"recorder\" secret=\"cameras\"\n{}", cameras(&sim));
    places.write(&file(&cameras));
    std::fs::create_dir_all(&places.state).unwrap();
    let mut stage = Stage { heard: Heard::default(), places: places.clone() };
    let state = places.state.display().to_string();
    stage.verb(&["secret", "set", "cameras", "--state", &state], &[CAMERA]);
    let listed = stage.verb(&["secret", "list", "--state", &state], &[]);
    assert_eq!(listed.trim(), "cameras");

    let mut recorder = begin(&places, folder.path());
    until("both cameras let us in", || {
        let status = beadle::socket::dial::Client::connect(&places.socket)
            .and_then(|mut client| client.ask(&Request::Status));
        matches!(status, Ok(Reply::Status(s))
            if s.cameras.iter().all(|c| c.state == beadle::wire::CameraState::Recording))
    });
    a_busy_day(&mut stage, recorder.id());
    no_core(&mut recorder, folder.path());

    stage.heard.folder(&places.state);
    stage.heard.folder(&places.footage);
    let log = std::fs::read(&places.log).unwrap();
    let text = String::from_utf8_lossy(&log);
    assert!(text.contains("sealed code 1 was used"), "the log tells nothing: {text}");
    stage.heard.said("the log", &log);
    judge(&stage.heard, &places.state);
}

/// Ends in a way of which every other program would leave a dump.
fn no_core(recorder: &mut Child, folder: &Path) {
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", recorder.id())).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    let figures: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(figures, ["0", "0"], "{core}");
    let pid = nix::unistd::Pid::from_raw(recorder.id() as i32);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGABRT).unwrap();
    let how = recorder.wait().unwrap();
    assert_eq!((how.signal(), how.core_dumped()), (Some(libc::SIGABRT), false));
    let left: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(!left.iter().any(|p| p.file_name().is_some_and(|n| n == "core")), "{left:?}");
}

/// Forms in which a secret could be written.
fn spellings(secret: &str) -> Vec<String> {
    use base64::Engine;
    let plain = secret.to_string();
    let bare: String = plain.chars().filter(|c| *c != '-' && *c != ' ').collect();
    let hex = secret.bytes().map(|b| format!("{b:02x}")).collect();
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
    let login =
        base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("recorder:{secret}"));
    let json = serde_json::to_string(secret).unwrap();
    let json = json[1..json.len() - 1].to_string();
    vec![plain, bare, hex, base64, login, json]
}

fn judge(heard: &Heard, state: &Path) {
    // Where they are kept because they have to be: the camera's password without a TPM, the
    // authenticator's secret, the recovery key. Each in one file, for one user's eyes.
    let kept = |secret: &str, place: &str| {
        let own = |name: &str| Path::new(place) == state.join(name);
        let factor =
            heard.secrets.iter().any(|(s, by)| s == secret && by == "the answer to factor");
        (secret == CAMERA && own("secrets.json"))
            || (factor && own("people.json"))
            || own("recovery.key")
    };
    let mut found = Vec::new();
    let mut looked = 0;
    for (secret, shown_by) in &heard.secrets {
        for spelling in spellings(secret) {
            for (place, text) in &heard.said {
                looked += 1;
                if place != shown_by && text.contains(&spelling) && !kept(secret, place) {
                    let at = text.find(&spelling).unwrap();
                    let around: String = text[..at].chars().rev().take(80).collect();
                    let around: String = around.chars().rev().collect();
                    found.push(format!("{secret:?} in {place}, after {around:?}"));
                }
            }
        }
    }
    let shown = |(secret, by): &&(String, String)| {
        by == "nothing"
            || heard.said.iter().any(|(place, text)| place == by && text.contains(secret))
    };
    assert!(heard.secrets.iter().all(|s| shown(&s)), "a secret was never shown: nothing was tried");
    println!("{} secrets, {} places, {looked} looks", heard.secrets.len(), heard.said.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
