//! The office through its only door: calls of clients, answered by the supervisor.

mod cases;
mod counter;
mod files;
mod looks;
mod matters;
mod refusals;
mod restarts;
mod takeover;
mod versions;

use std::collections::BTreeMap;

use super::*;
use crate::ledger::{Identity, verify};
use crate::logbook::checkpoint::Signs as _;
use crate::logbook::verify::{Expect, Report};
use crate::logbook::{Account, Act, Body, Entry, Kind, Number, Value};
use crate::socket::{Peer, Terminal};
use crate::supervisor::office::Answer;
use crate::wire::book::Find;
use crate::wire::people::{Founder, LogIn, LoggedIn, Second};
use crate::wire::{Call, Reply, Request, Sent};

/// A head who may do all, a clerk who witnesses, a guard who needs a permission, a technician.
const SCHOOL: &str = r#"
site "Little School" {
    controller "Little School"
    contact "Office" phone="01632 960000"
    responsible "tech"
}
code-of-practice { purpose "safety" "Safety"; }
people {
    person "head" "Headteacher" post="Headteacher"
    person "clerk" "Clerk"
    person "guard" "Guard"
    person "tech" "Technician" post="Technician"
}
roles {
    role "lead" {
        may "live" "playback" "still" "spot-check" "lift-mask" "hold" "investigate" "audit"
        may "authorise-viewing" "authorise-disclosure" "authorise-admission" "manage-access"
        may "end-hold"
        register "breaches" "read" "write" "close"
        register "incidents" "read" "write" "close"
        held-by "head"
    }
    role "desk" { may "witness"; held-by "clerk"; }
    role "watch" { may "live" "playback" permission=#true; held-by "guard"; }
    role "machine" {
        may "configure" "restart" "daily-check"
        register "breaches" "write"
        held-by "tech"
    }
}
zones { zone "entrance" "Main entrance"; }
cameras {
    camera "front-gate" "Front gate" zone="entrance" { stream "rtsp://192.0.2.11/main"; }
}
retention min-days=30 max-days=90
viewing { viewer "police" "Police officers"; }
duties { random-check by="clerk" every="week"; }
"#;

const PHRASE: &str = "quiet otters read maps";

/// A box in the hands of people, and its folder of the file.
struct Office {
    all: Box,
    home: FakeDisk,
}

fn phrase(person: &str) -> Sent {
    Sent::new(format!("{PHRASE} {}", person.chars().rev().collect::<String>()))
}

fn peer() -> Peer {
    Peer { uid: 1_000, pid: None, terminal: Some(Terminal::Console(1)) }
}

fn text(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } | Reply::LogIn { why } => why,
        other => panic!("{other:?}"),
    }
}

impl Office {
    fn new(file: &str) -> Office {
        let clock = Arc::new(SimClock::at(utc("2026-11-23T09:00:00Z")));
        let mut world = Noted::default();
        world.disks.insert("/footage".into(), (FakeDisk::new(1), true));
        let (state, home) = (FakeDisk::new(2), FakeDisk::new(3));
        home.replace("site.kdl", file.as_bytes()).unwrap();
        let supervisor = open(&clock, &state, &home, &mut world, file);
        let mut office = Office { all: Box { clock, state, world, supervisor }, home };
        office.all.pass(3);
        office
    }

    /// The first two are enrolled; the others one by one.
    fn with_people(file: &str) -> Office {
        let mut office = Office::new(file);
        let founder = |person: &str| Founder {
            person: person.into(),
            passphrase: phrase(person),
            admin_passphrase: None,
        };
        let people = vec![founder("head"), founder("tech")];
        let reply = office.ask(None, Request::Found { people });
        assert!(matches!(reply, Reply::Founded { .. }), "{reply:?}");
        let head = office.log_in("head");
        for person in ["clerk", "guard"] {
            let request = Request::EnrolCode { person: person.into(), account: Account::Own };
            let Reply::Codes { codes, .. } = office.ask(Some(&head), request) else {
                panic!("no code for {person}")
            };
            let reply = office.ask(
                None,
                Request::Enrol {
                    person: person.into(),
                    account: Account::Own,
                    code: codes[0].clone(),
                    passphrase: phrase(person),
                },
            );
            assert!(matches!(reply, Reply::Enrolled { .. }), "{reply:?}");
        }
        office
    }

    fn ask(&mut self, session: Option<&Sent>, request: Request) -> Reply {
        self.ask_beside(session, None, request)
    }

    fn ask_beside(&mut self, session: Option<&Sent>, beside: Option<&str>, r: Request) -> Reply {
        let beside = beside.map(|person| Second {
            person: person.into(),
            passphrase: phrase(person),
            code: None,
        });
        let call = Call { session: session.cloned(), beside, request: r };
        let mut answer = self.all.supervisor.answer(call, peer());
        loop {
            match answer {
                Answer::Now(reply) => return *reply,
                Answer::Later(work) => return work(),
                Answer::After(trial, pending) => {
                    answer = self.all.supervisor.tried(trial.run(), *pending);
                }
            }
        }
    }

    fn welcome(&mut self, person: &str) -> LoggedIn {
        let wish = LogIn {
            person: person.into(),
            account: Account::Own,
            passphrase: phrase(person),
            code: None,
            reason: None,
            script: false,
        };
        match self.ask(None, Request::LogIn(wish)) {
            Reply::LoggedIn(session) => *session,
            other => panic!("{other:?}"),
        }
    }

    fn log_in(&mut self, person: &str) -> Sent {
        self.welcome(person).session
    }

    /// Entries of a kind, oldest first.
    fn entries(&mut self, kind: Kind) -> Vec<Entry> {
        let state = self.all.state.clone();
        let mut out = Vec::new();
        let dice = std::boxed::Box::new(crate::ledger::system_dice);
        let key = Arc::new(Identity::of(&[7; 32]));
        let disk: Arc<dyn Disk> = Arc::new(state);
        let site = self.all.supervisor.site_id.clone();
        let (ledger, _) = crate::ledger::Ledger::open(disk, key, &site, dice).unwrap();
        for number in 0..ledger.size() {
            out.push(ledger.entry(number).unwrap());
        }
        out.retain(|entry| entry.header.kind == kind);
        out
    }

    fn last(&mut self, kind: Kind) -> Entry {
        self.entries(kind).pop().unwrap_or_else(|| panic!("no entry of kind {kind}"))
    }

    fn enter(
        &mut self,
        session: &Sent,
        (kind, act, about): (Kind, Act, Option<Number>),
        body: Body,
    ) -> Reply {
        let body = std::boxed::Box::new(body);
        self.ask(Some(session), Request::Enter { kind, act, about, body, second: None })
    }

    fn verify(&self) -> Report {
        let origin = format!("beadle/{}", self.all.supervisor.site_id);
        let keys = [Identity::of(&[7; 32]).public()];
        let now = Some(self.all.clock.utc());
        let expect = Expect { origin: &origin, keys: &keys, checkpoints: &[], now, counter: None };
        verify(&self.all.state, &expect).unwrap()
    }
}

fn open(
    clock: &Arc<SimClock>,
    state: &FakeDisk,
    home: &FakeDisk,
    world: &mut Noted,
    file: &str,
) -> Supervisor {
    open_counting(clock, state, home, world, file, None)
}

fn open_counting(
    clock: &Arc<SimClock>,
    state: &FakeDisk,
    home: &FakeDisk,
    world: &mut Noted,
    file: &str,
    counter: Option<counter::Tally>,
) -> Supervisor {
    let index =
        Opened { store: Store::in_memory().unwrap(), fresh: true, whole: false, damaged: None };
    let look = Look::Bytes(file.as_bytes().to_vec());
    let state: Arc<dyn Disk> = Arc::new(state.clone());
    let home: Arc<dyn Disk> = Arc::new(home.clone());
    let desk = Desk {
        site_file: Some((home, "site.kdl".into())),
        counter: std::boxed::Box::new(|_| Some(std::boxed::Box::new(counter?))),
        ..Desk::in_memory().unwrap()
    };
    start(place(), clock.clone() as Arc<dyn Clock>, state, index, desk, &look, world).unwrap()
}

fn fields(said: &[(&str, Value)]) -> BTreeMap<String, Value> {
    said.iter().map(|(name, value)| (name.to_string(), value.clone())).collect()
}

#[test]
fn the_first_entry_of_a_run_says_that_it_began_and_a_clean_stop_leaves_no_remark() {
    let mut office = Office::new(SCHOOL);
    for _ in 0..2 {
        office.all.clock.advance(Span::mins(50));
        office.all.pass(5);
        office.all.supervisor.begin_stop(&mut office.all.world);
        let disk = office.all.supervisor.disks.units[0].id.clone().unwrap();
        let stopped = Event::Told { disk, told: Told::Stopped };
        office.all.supervisor.fold(stopped, &mut office.all.world);
        office.all.supervisor.end_stop();
        office.all.clock.advance(Span::hours(30));
        let Box { clock, state, world, .. } = &mut office.all;
        world.writers.clear();
        office.all.supervisor = open(clock, state, &office.home, world, SCHOOL);
        office.all.pass(5);
    }
    let report = office.verify();
    assert_eq!((report.findings, report.remarks), (vec![], vec![]));
    let started = office.entries(Kind::Started);
    let stopped = office.entries(Kind::Stopped);
    assert_eq!((started.len(), stopped.len()), (3, 2));
    assert_eq!(started[0].number, 0);
    assert_eq!(started[1].number, stopped[0].number + 1);
    assert_eq!(started[2].number, stopped[1].number + 1);
    // Without a stop there is one remark, and nothing wrong.
    let Box { clock, state, world, .. } = &mut office.all;
    world.writers.clear();
    office.all.supervisor = open(clock, state, &office.home, world, SCHOOL);
    office.all.pass(5);
    let report = office.verify();
    assert_eq!((report.findings, report.remarks.len()), (vec![], 1));
}

#[test]
fn everybody_is_let_in_by_entries_that_fit_their_forms() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    // Founded; then two codes that were asked for, issued and used.
    assert_eq!(office.entries(Kind::Enrolment).len(), 7);
    assert!(matches!(office.ask(Some(&head), Request::People), Reply::People { .. }));
    // To look who may do what is no review of it (S4.44).
    assert_eq!(office.entries(Kind::AccessReview), []);
    assert_eq!(office.last(Kind::Audit).body.unwrap().who.unwrap().person, "head");
    let find = Find { limit: 10, ..Find::default() };
    assert!(matches!(office.ask(Some(&head), Request::Logbook(find)), Reply::Entries(_)));
}
