//! A box dies; another one, with an empty state folder and the old footage disk, is the same box
//! again: footage without a key, and with the recovery key people, passwords, versions of the file
//! and the logbook. The real program, over its socket and at its command line.

#![cfg(feature = "simulate")]

mod live;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use beadle::simulate::{SimHandle, site_kdl};
use beadle::socket::dial::Client;
use beadle::wire::{Reply, Request, Status};
use live::{PATIENCE, Places, Recorder};

const PEOPLE: &str = "people {
    person \"head\" \"Head of the school\"
    person \"it\" \"IT Manager\" admin=#true
}
roles {
    role \"technical\" { may \"configure\" \"manage-access\" \"audit\" \"daily-check\"; held-by \"it\"; }
}
duties { recovery-check by=\"head\" every=\"year\"; }
";
const HEAD: &str = "marzipan lantern quarry eleven";
const IT: &str = "wombat velvet turbine nineteen";
const ADMIN: &str = "gravel saxophone mitten forty";
const SECRET: &str = "kV9-tulip-in-no-list";

fn write_site(places: &Places, sim: &SimHandle) {
    let text = site_kdl(&live::streams(sim), None);
    let from = text.find("people {").unwrap();
    let to = from + text[from..].find("}\n").unwrap() + 2;
    places.write(&format!("{}{PEOPLE}{}", &text[..from], &text[to..]));
}

/// A verb with what is typed at it; what it prints on both outputs, and whether it was done.
fn typed(words: &[&str], lines: &[&str]) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_beadle"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // A verb that refuses early does not read it.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    let out = child.wait_with_output().unwrap();
    let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (out.status.success(), said.concat())
}

fn verb(places: &Places, words: &[&str], lines: &[&str]) -> (bool, String) {
    let socket = places.socket.display().to_string();
    let session = places.socket.with_extension("session").display().to_string();
    let place = ["--socket", &socket, "--session", &session];
    typed(&[words, &place].concat(), lines)
}

fn done(places: &Places, words: &[&str], lines: &[&str]) -> String {
    let (done, said) = verb(places, words, lines);
    assert!(done, "{words:?}: {said}; the recorder said:\n{}", places.said());
    said
}

fn log_in(places: &Places) {
    done(places, &["log-in", "it", "--admin"], &[ADMIN, "to test"]);
}

fn says(status: &Status, words: &str) -> bool {
    status.alarms.iter().any(|alarm| alarm.text.contains(words))
}

/// Waits until the disk has every copy.
fn copied(places: &Places, key: &str) -> String {
    let late = Instant::now() + PATIENCE;
    loop {
        done(places, &["log-in", "head"], &[HEAD]);
        let (whole, said) = verb(places, &["recovery", "check"], &[key]);
        if whole && said.contains("1 passwords") && said.contains("2 people") {
            return said;
        }
        assert!(Instant::now() < late, "{said}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// A box with people, a password and a logbook; its recovery key, and its last printed seal.
fn live_a_while(places: &Places, sim: &SimHandle) -> (String, String) {
    write_site(places, sim);
    let mut recorder = Recorder::start(places);
    let both = [HEAD, HEAD, IT, IT, ADMIN, ADMIN];
    done(places, &["enrol", "--first", "head", "it"], &both);
    log_in(places);
    let said = done(places, &["secret", "set", "cameras"], &[SECRET]);
    assert!(!said.contains("tulip"), "{said}");
    let said = done(places, &["secret", "set", "spare"], &["12345"]);
    assert!(said.contains("cameras come with"), "{said}");
    done(places, &["secret", "remove", "spare"], &[]);
    let sealed = places.state.join("secrets.sealed").exists();
    recorder.wait("it says how passwords are kept", |status| {
        says(status, "passwords are not sealed") != sealed
    });
    let shown = done(places, &["recovery", "show", "--no-code"], &[]);
    let rows = shown.lines().filter(|line| line.starts_with("    "));
    let key = rows.map(|row| row.replace(' ', "")).collect::<Vec<_>>().join("-");
    assert_eq!(key.split('-').count(), 17, "{shown}");
    // A key with a slip, a key of another box.
    let slip = key.replacen(&key[..4], "ffff", 1);
    let (_, said) = verb(places, &["recovery", "check"], &[&slip]);
    assert!(said.contains("slip") && said.contains("Nothing was changed"), "{said}");
    let other = beadle::ledger::RecoveryKey::of([7; 32]).to_text();
    let (fits, said) = verb(places, &["recovery", "check"], &[&other]);
    assert!(!fits && said.contains("not the key of this box"), "{said}");
    let (put, said) = verb(places, &["recovery", "put"], &[&key]);
    assert!(!put && said.contains("people of its own"), "{said}");
    let said = copied(places, &key);
    assert!(said.contains("opens every copy"), "{said}");
    log_in(places);
    let found = done(places, &["logbook", "--json"], &[]);
    assert!(found.contains("recovery-check") && !found.contains("tulip"), "{found}");
    let seal = done(places, &["logbook", "checkpoint"], &[]);
    recorder.stop();
    (key, seal)
}

/// What lies on the footage disk has nothing in the clear.
fn sealed(footage: &Path) {
    for folder in ["kept", "logbook"] {
        for entry in std::fs::read_dir(footage.join(".beadle").join(folder)).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("tulip") && !text.contains("argon2"), "{folder}");
        }
    }
}

fn is_the_old_box(places: &Places) {
    log_in(places);
    let said = done(places, &["secret", "list"], &[]);
    assert!(said.contains("cameras"), "{said}");
    let kept = std::fs::read_to_string(places.state.join("secrets.json")).unwrap();
    assert!(kept.contains(SECRET));
    let said = done(places, &["logbook", "--json"], &[]);
    for words in ["people came back", "passwords? came back", "signs with a key of its own"] {
        let words = words.replace("passwords? came", "password of a camera came");
        assert!(said.contains(&words), "{words}: {said}");
    }
    let state = places.state.display().to_string();
    let (whole, said) = typed(&["logbook", "verify", "--state", &state], &[]);
    assert!(whole, "{said}");
}

#[test]
fn a_new_box_with_the_old_disk_is_the_old_box_again() {
    let folder = tempfile::tempdir().unwrap();
    let sim = live::cameras(1);
    let old = Places::below(folder.path());
    let (key, seal) = live_a_while(&old, &sim);
    sealed(&old.footage);
    let site = std::fs::read_to_string(old.state.join("site-id")).unwrap();
    let entries = |places: &Places| {
        let client = Client::connect(&places.socket);
        matches!(client.unwrap().ask(&Request::Status), Ok(Reply::Status(_)))
    };

    // The key is put before the first start.
    let early = Places { state: folder.path().join("second"), ..old.clone() };
    let state = early.state.display().to_string();
    let (put, said) = typed(&["recovery", "put", "--state", &state], &[&key]);
    assert!(put, "{said}");
    let before = live::files::paths(&old.footage).len();
    let recorder = Recorder::start(&early);
    assert!(entries(&early));
    assert_eq!(std::fs::read_to_string(early.state.join("site-id")).unwrap(), site);
    assert!(live::files::paths(&old.footage).len() > before, "it records beside the old footage");
    is_the_old_box(&early);
    let accepted = std::fs::read(early.state.join("accepted/000001.kdl")).unwrap();
    assert_eq!(accepted, std::fs::read(old.state.join("accepted/000001.kdl")).unwrap());
    assert!(!early.state.join("recovering.key").exists());
    recorder.stop();

    // It starts without: footage is its own, the rest is locked, and it says so.
    let late = Places { state: folder.path().join("third"), ..old.clone() };
    let mut recorder = Recorder::start(&late);
    recorder.wait("it says what is locked", |status| says(status, "another recovery key"));
    // Whose people the disk has, nobody else begins.
    let both = [HEAD, HEAD, IT, IT, ADMIN, ADMIN];
    let (founded, said) = verb(&late, &["enrol", "--first", "head", "it"], &both);
    assert!(!founded && said.contains("people of the box before"), "{said}");
    assert_eq!(std::fs::read_to_string(late.state.join("site-id")).unwrap(), site);
    let other = beadle::ledger::RecoveryKey::of([7; 32]).to_text();
    let (put, said) = verb(&late, &["recovery", "put"], &[&other]);
    assert!(!put && said.contains("opens none of the copies"), "{said}");
    let said = done(&late, &["recovery", "put"], &[&key]);
    assert!(said.contains("people came back"), "{said}");
    is_the_old_box(&late);
    recorder.wait("nothing is locked", |status| !says(status, "another recovery key"));
    copied(&late, &key);
    recorder.stop();
    // And so it stays.
    let recorder = Recorder::start(&late);
    log_in(&late);
    recorder.stop();
    nothing_but_the_disk_and_the_paper(folder.path(), &old, &key, &seal);
}

/// A new box without a file asks for one, shows that of the old disk once it has the key, and takes
/// it when somebody says so.
fn nothing_but_the_disk_and_the_paper(folder: &Path, old: &Places, key: &str, seal: &str) {
    let (state, config) = (folder.join("fourth"), folder.join("fourth.kdl"));
    let new = Places { state, config, ..old.clone() };
    let mut recorder = Recorder::exec_as(&new, Recorder::command(&new).arg("--ask"));
    let status = recorder.wait("it asks for its file", |status| status.begin.is_some());
    assert!(status.verdict.text.contains("no site file yet"), "{:?}", status.verdict);
    let said = done(&new, &["begin"], &[]);
    assert!(said.contains("the footage disk of") && said.contains("locked"), "{said}");
    let name = format!("disk {}", new.footage.display());
    let (shown, said) = verb(&new, &["begin", &name], &[]);
    assert!(!shown && said.contains("type the recovery key"), "{said}");
    let said = done(&new, &["recovery", "put"], &[key]);
    assert!(said.contains("The key fits"), "{said}");
    let said = done(&new, &["begin", &name], &[]);
    assert!(said.contains("its people log in as before"), "{said}");
    assert!(!new.config.exists(), "it was shown, and not taken");
    done(&new, &["begin", &name, "--take"], &[]);
    recorder.all_recording();
    assert_eq!(std::fs::read(&new.config).unwrap(), std::fs::read(&old.config).unwrap());
    is_the_old_box(&new);
    let (begun, said) = verb(&new, &["begin"], &[]);
    assert!(!begun && said.contains("has its file"), "{said}");
    two_people_and_the_paper(folder, &new, &mut recorder, seal);
    recorder.stop();
}

/// The old key is gone: two people hold the printed seal against what came back.
fn two_people_and_the_paper(folder: &Path, new: &Places, recorder: &mut Recorder, seal: &str) {
    recorder.wait("it asks", |status| says(status, "nobody has compared the printed seal"));
    done(new, &["log-in", "it"], &[IT]);
    let duties = done(new, &["duties", "--json"], &[]);
    // The disk has been in several boxes by now, and each takeover waits for its two people.
    let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let entries: BTreeSet<String> = duties.split("(entry ").skip(1).map(number).collect();
    assert!(entries.len() > 1, "{duties}");
    let lines: Vec<&str> = seal.lines().skip_while(|line| !line.starts_with("beadle/")).collect();
    let (count, root) = (lines[1], &lines[2][..8]);
    let form = folder.join("compared.json");
    let write = |entry: &str, count: &str| {
        let fields = format!(
            r#"{{"fields":{{"duty":"key-check","of":"{entry}","sheet":"here",
                "sheet-entries":{count},"sheet-root":"{root}"}}}}"#
        );
        std::fs::write(&form, fields).unwrap();
    };
    let add = ["logbook", "add", "duty-done", "--with", "head", "--json"];
    let add = [&add[..], &[form.to_str().unwrap()]].concat();
    for entry in &entries {
        write(entry, "1");
        let (entered, said) = verb(new, &add, &[HEAD, ""]);
        assert!(!entered && said.contains("The paper does not fit"), "{said}");
        write(entry, count);
        done(new, &add, &[HEAD, ""]);
    }
    recorder.wait("it is done", |status| !says(status, "the printed seal"));
}

#[test]
fn a_box_with_the_file_alone_asks_for_the_password_that_it_names() {
    use beadle::simulate::{Scheme, SimCamera, SimLogin, SimOptions, Simulator, SiteStream};
    let folder = tempfile::tempdir().unwrap();
    let places = Places::below(folder.path());
    let login =
        SimLogin { scheme: Scheme::Digest, user: "recorder".into(), password: SECRET.into() };
    let asks = SimCamera { login: Some(login), ..SimCamera::named("cam-1") };
    let sim = SimOptions::new(vec![asks, SimCamera::named("cam-2")]);
    let sim = Simulator::start(sim).expect("the cameras start");
    let baked = folder.path().join("baked.kdl");
    let streams: Vec<SiteStream> = live::streams(&sim);
    std::fs::write(&baked, site_kdl(&streams, Some("recorder"))).unwrap();
    let mut command = Recorder::command(&places);
    let mut recorder = Recorder::exec_as(&places, command.arg("--ask").arg("--baked").arg(&baked));
    recorder.wait("it asks for its file", |status| status.begin.is_some());
    let shown = done(&places, &["begin", "built in"], &[]);
    assert!(shown.contains("asks for this camera password"), "{shown}");
    assert!(shown.contains("\"cameras\" (2 cameras)"), "{shown}");
    done(&places, &["begin", "built in", "--take"], &[]);
    let recording = |status: &Status| {
        let all = status.cameras.iter();
        all.filter(|c| c.state == beadle::wire::CameraState::Recording).count()
    };
    // The other camera is recorded meanwhile.
    recorder.wait("it asks for the password", |status| {
        says(status, "the password \"cameras\"") && recording(status) == 1
    });
    let said = done(&places, &["secret", "set"], &[SECRET]);
    assert!(said.contains("1 camera waits") && !said.contains("tulip"), "{said}");
    recorder.wait("both are recorded", |status| {
        recording(status) == 2 && !says(status, "the password \"cameras\"")
    });
    let said = done(&places, &["secret", "set"], &[]);
    assert!(said.contains("has its password"), "{said}");
    recorder.stop();
}
