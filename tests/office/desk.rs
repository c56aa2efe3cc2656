//! A box with people: the real program with a file, a socket and a state folder of its own, and
//! whoever is enrolled on it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use beadle::base::time::Span;
use beadle::logbook::{Account, Act, Body, Entry, Kind, Number, Value};
use beadle::simulate::{SimHandle, SiteStream};
use beadle::socket::dial::Client;
use beadle::wire::book::Find;
use beadle::wire::people::{Founder, LogIn};
use beadle::wire::{Reply, Request, Sent, Status};

use crate::live::{PATIENCE, Places, Recorder};
use crate::shift::Shift;

pub struct Person {
    pub id: &'static str,
    pub title: &'static str,
    pub phrase: &'static str,
}

/// May hold footage and write entries; turns the first key.
pub const HEAD: Person =
    Person { id: "quillan", title: "Quillan Ashdown", phrase: "otter cabinet violin" };
/// Manages access on an admin account; turns the second key.
pub const IT: Person =
    Person { id: "marlowe", title: "Marlowe Fenn", phrase: "granite lantern parsnip" };
pub const ADMIN_PHRASE: &str = "saddle umbrella quartz";
/// May hold footage and write entries.
pub const SITE: Person =
    Person { id: "tamsin", title: "Tamsin Oakes", phrase: "teapot meadow falcon" };
/// Has no right at all.
pub const DSL: Person =
    Person { id: "odessa", title: "Odessa Birch", phrase: "walnut bracket plough" };

pub const PEOPLE: [Person; 4] = [HEAD, IT, SITE, DSL];

pub const NO_CAMERA: &str = r#"    camera "gate" "Gate" zone="grounds" {
        disabled because="This test needs no pictures"
        stream "rtsp://192.0.2.11/main"
    }
"#;

/// Simulated cameras, as the file has them.
pub fn cameras(sim: &SimHandle) -> String {
    let line = |stream: SiteStream| {
        let SiteStream { id, title, main, .. } = stream;
        let head = format!("    camera \"{id}\" \"{title}\" zone=\"grounds\"");
        format!("{head} {{\n        stream \"{main}\"\n    }}\n")
    };
    crate::live::streams(sim).into_iter().map(line).collect()
}

/// A file with these cameras; tests edit its text.
pub fn file(cameras: &str) -> String {
    format!(
        r#"site "Office School" timezone="Europe/London" {{
    controller "The school"
    contact "School office" phone="01632 960000"
}}
code-of-practice {{
    purpose "safety" "Safety of pupils, staff and visitors"
}}
people {{
    person "quillan" "Quillan Ashdown" post="Headteacher"
    person "marlowe" "Marlowe Fenn" post="IT Manager" admin=#true
    person "tamsin" "Tamsin Oakes" post="Site Manager"
    person "odessa" "Odessa Birch" post="Safeguarding Lead"
}}
roles {{
    role "operator" {{
        may "hold"
        register "incidents" "read" "write" "close"
        register "occurrences" "read" "write" "close"
        held-by "quillan" "tamsin"
    }}
    role "technical" {{
        may "manage-access" "configure" "restart" "audit" "end-hold"
        held-by "marlowe"
    }}
}}
approvals {{
    widen-rights by="quillan" and="marlowe"
}}
zones {{
    zone "grounds" "Grounds" kind="outdoor" purposes="safety"
}}
cameras {{
{cameras}}}
retention min-days=30 max-days=90 because="A test"
"#
    )
}

/// One box. Killed when the test ends.
pub struct Desk {
    pub places: Places,
    pub recorder: Option<Recorder>,
    pub shift: Option<Shift>,
    _folder: Option<tempfile::TempDir>,
}

impl Desk {
    pub fn open(text: &str) -> Desk {
        Desk::begin(text, |_| Ok(None)).expect("nothing else can fail")
    }

    /// With clocks that the test can move; `None`, after a word, where that cannot be had.
    pub fn with_clocks(text: &str) -> Option<Desk> {
        let desk = Desk::begin(text, |folder| Shift::make(folder).map(Some));
        desk.inspect_err(|why| println!("SKIPPED: the clocks cannot be moved: {why}")).ok()
    }

    fn begin(
        text: &str,
        shift: impl Fn(&std::path::Path) -> Result<Option<Shift>, String>,
    ) -> Result<Desk, String> {
        let folder = tempfile::Builder::new().prefix("office-").tempdir().unwrap();
        let shift = shift(folder.path())?;
        let places = Places::below(folder.path());
        places.write(text);
        let mut desk = Desk { places, recorder: None, shift, _folder: Some(folder) };
        desk.start();
        Ok(desk)
    }

    /// On folders that the caller made, and keeps.
    pub fn at(places: Places) -> Desk {
        let mut desk = Desk { places, recorder: None, shift: None, _folder: None };
        desk.start();
        desk
    }

    pub fn start(&mut self) {
        let mut command = Recorder::command(&self.places);
        if let Some(shift) = &self.shift {
            shift.apply(&mut command);
        }
        let mut recorder = Recorder::exec_as(&self.places, &mut command);
        recorder.all_recording();
        self.recorder = Some(recorder);
    }

    /// `kill -9`, and started again.
    pub fn crash(&mut self) {
        drop(self.recorder.take());
        self.start();
    }

    /// Off, and on again so much later.
    pub fn sleep(&mut self, later: Span) {
        drop(self.recorder.take());
        self.by(later, later);
        self.start();
    }

    pub fn recorder(&mut self) -> &mut Recorder {
        self.recorder.as_mut().expect("it runs")
    }

    pub fn by(&self, wall: Span, steady: Span) {
        self.shift.as_ref().expect("a desk with clocks").by(wall, steady);
    }

    pub fn status(&self) -> Box<Status> {
        self.recorder.as_ref().expect("it runs").status()
    }

    pub fn client(&self, session: Option<&Sent>) -> Client {
        let mut client = Client::connect(&self.places.socket).expect("it listens");
        client.session = session.cloned();
        client
    }

    /// One question on a connection of its own; asked again while the logbook is being read.
    pub fn ask(&self, session: Option<&Sent>, request: &Request) -> Reply {
        let late = Instant::now() + PATIENCE;
        loop {
            let reply = self.client(session).ask(request).expect("it answers");
            match &reply {
                Reply::Refused { why } if why.contains("still being read") => {
                    assert!(Instant::now() < late, "the logbook is never read");
                    std::thread::sleep(Duration::from_millis(20));
                }
                _ => return reply,
            }
        }
    }

    /// The two begin. The sealed codes.
    pub fn found(&self) -> Vec<Sent> {
        match self.ask(None, &founding()) {
            Reply::Founded { codes, .. } => codes,
            other => panic!("{other:?}"),
        }
    }

    /// A box with its two people, the Headteacher's session and the IT Manager's admin session.
    pub fn of_two(&self) -> (Sent, Sent) {
        self.found();
        (self.log_in(&HEAD), self.admin())
    }

    pub fn try_log_in(&self, person: &str, phrase: &str) -> Reply {
        self.ask(None, &Request::LogIn(wish(person, Account::Own, phrase)))
    }

    pub fn log_in(&self, person: &Person) -> Sent {
        match self.try_log_in(person.id, person.phrase) {
            Reply::LoggedIn(in_now) => in_now.session,
            other => panic!("{}: {other:?}", person.id),
        }
    }

    pub fn admin(&self) -> Sent {
        match self.ask(None, &Request::LogIn(wish(IT.id, Account::Admin, ADMIN_PHRASE))) {
            Reply::LoggedIn(in_now) => in_now.session,
            other => panic!("{other:?}"),
        }
    }

    /// A one-time code for the everyday account.
    pub fn code(&self, admin: &Sent, person: &str) -> Sent {
        let request = Request::EnrolCode { person: person.into(), account: Account::Own };
        match self.ask(Some(admin), &request) {
            Reply::Codes { mut codes, .. } => codes.remove(0),
            other => panic!("{other:?}"),
        }
    }

    pub fn redeem(&self, person: &Person, code: &Sent) -> Reply {
        self.ask(
            None,
            &Request::Enrol {
                person: person.id.into(),
                account: Account::Own,
                code: code.clone(),
                passphrase: Sent::new(person.phrase),
            },
        )
    }

    pub fn enrol(&self, admin: &Sent, person: &Person) {
        let code = self.code(admin, person.id);
        let reply = self.redeem(person, &code);
        assert!(matches!(reply, Reply::Enrolled { .. }), "{reply:?}");
    }

    /// All entries of a kind, oldest first, as the auditor sees them.
    pub fn entries(&self, admin: &Sent, kind: Kind) -> Vec<Entry> {
        let find = Find { kind: Some(kind), limit: 200, ..Find::default() };
        match self.ask(Some(admin), &Request::Logbook(find)) {
            Reply::Entries(found) => found.entries.into_iter().rev().collect(),
            other => panic!("{other:?}"),
        }
    }

    /// What `beadle` prints: whether it ended well, the answer, the words beside it.
    pub fn verb(&self, words: &[&str], typed: &str) -> (bool, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.args(words).arg("--socket").arg(&self.places.socket);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("beadle runs");
        // A verb that asks nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    }

    /// `beadle logbook verify`, against these seals; it must hold.
    pub fn verify(&self, seals: &[std::path::PathBuf]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.args(["logbook", "verify", "--state"]).arg(&self.places.state);
        for seal in seals {
            command.arg("--checkpoint").arg(seal);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{wrong}");
        said
    }

    /// The seal of this moment, in a file.
    pub fn seal(&self, session: &Sent, name: &str) -> std::path::PathBuf {
        let Reply::Text { text } = self.ask(Some(session), &Request::Checkpoint) else {
            panic!("no seal");
        };
        let path = self.places.config.with_file_name(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Nothing went wrong that was not looked for.
    pub fn is_sound(&mut self) {
        let log = std::fs::read_to_string(&self.places.log).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        self.verify(&[]);
    }
}

pub fn founding() -> Request {
    Request::Found {
        people: vec![
            Founder {
                person: HEAD.id.into(),
                passphrase: Sent::new(HEAD.phrase),
                admin_passphrase: None,
            },
            Founder {
                person: IT.id.into(),
                passphrase: Sent::new(IT.phrase),
                admin_passphrase: Some(Sent::new(ADMIN_PHRASE)),
            },
        ],
    }
}

/// An everyday log-in at a screen; an admin session has its reason.
pub fn wish(person: &str, account: Account, phrase: &str) -> LogIn {
    LogIn {
        person: person.into(),
        account,
        passphrase: Sent::new(phrase),
        code: None,
        reason: (account == Account::Admin).then(|| "setting people up".to_string()),
        script: false,
    }
}

pub fn occurrence(what: &str) -> Request {
    let fields = [("what".to_string(), Value::Text(what.into()))];
    let body = Body { fields: fields.into(), ..Body::default() };
    let (kind, act) = (Kind::Occurrence, Act::Open);
    Request::Enter { kind, act, about: None, body: Box::new(body), second: None }
}

/// The number of an entry that was made.
pub fn entered(reply: Reply) -> Number {
    match reply {
        Reply::Entered { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

/// The sentence of a refusal, of whichever sort.
pub fn refusal(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } => why,
        other => panic!("not refused: {other:?}"),
    }
}

/// Wants to know who is there.
pub fn asks_who(reply: Reply) -> String {
    match reply {
        Reply::LogIn { why } => why,
        other => panic!("it did not ask who is there: {other:?}"),
    }
}

/// What entries say came of it, for tables.
pub fn outcomes(entries: &[Entry]) -> Vec<String> {
    let outcome = |e: &Entry| e.body.as_ref().and_then(|b| b.outcome.clone()).unwrap_or_default();
    entries.iter().map(outcome).collect()
}

/// Waits until it is so.
pub fn until(what: &str, so: impl Fn() -> bool) {
    let late = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < late, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
