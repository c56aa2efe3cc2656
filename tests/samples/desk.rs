//! A supervisor's desk in memory: it answers the console's calls from the real table of forms and a
//! few records, and keeps what was asked.

use beadle::base::name::CameraId;
use beadle::base::time::{Span, Utc};
use beadle::config::{self, Config};
use beadle::footage::Hold;
use beadle::logbook::form::{self, Scene, Sort};
use beadle::logbook::{Account, Act, Body, ClockState, Draft, Entry, Header, Kind, Value, Who};
use beadle::wire::book::{Choice, FormField, FormSheet, FormSort, FormTitle, Found, RecordLine};
use beadle::wire::duty::{DutyLine, DutyState, Pick};
use beadle::wire::look::Sights;
use beadle::wire::people::{LoggedIn, PersonLine, WhoIs};
use beadle::wire::room::{
    CopyLine, Dial, Flaw, Judged, MachineSheet, Prints, RecordSheet, Room, Verified,
};
use beadle::wire::{Reply, Request, Sent};

use super::now;

/// What everybody's passphrase is.
pub const PHRASE: &str = "hunter two three";

pub struct Desk {
    pub config: Config,
    pub enrolled: bool,
    pub factor: bool,
    /// There is no picture service.
    pub blind: bool,
    pub notices: Vec<String>,
    pub entries: Vec<Entry>,
    pub holds: Vec<Hold>,
    pub file: super::file::File,
    /// That may be watched.
    pub cameras: Vec<CameraId>,
    /// Live pictures want a reason here.
    pub live_asks: bool,
    /// Live pictures stay on a screen that locks by itself.
    pub wall: bool,
    /// Why no footage may leave.
    pub keeps: Option<String>,
    /// Of the copy that is being written.
    pub written: u64,
}

impl Default for Desk {
    fn default() -> Desk {
        let text = include_str!("../../configs/demo.kdl");
        let config = config::parse("demo.kdl", text.as_bytes()).config.unwrap();
        Desk {
            config,
            enrolled: true,
            factor: false,
            blind: false,
            notices: vec![],
            entries: entries(),
            holds: vec![hold()],
            file: super::file::File::default(),
            cameras: vec![],
            live_asks: false,
            wall: false,
            keeps: None,
            written: 0,
        }
    }
}

fn who(person: &str) -> Option<Who> {
    Some(Who { person: person.into(), account: Account::Own, acting_for: None, second: None })
}

pub fn entry(number: u64, at: Utc, kind: Kind, act: Act, about: Option<u64>, body: Body) -> Entry {
    let header = Header {
        at,
        clock: ClockState::Synced,
        kind,
        act,
        about,
        body: beadle::base::digest::Digest([0; 32]),
    };
    Entry { number, header, body: Some(body) }
}

pub fn body(person: &str, fields: &[(&str, Value)]) -> Body {
    let mut body = Body { who: who(person), station: Some("office".into()), ..Body::default() };
    for (name, value) in fields {
        body.put(name, value.clone()).unwrap();
    }
    body
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|w| w.to_string()).collect())
}

/// A request with its decision, an incident, a visit, a daily check.
pub fn entries() -> Vec<Entry> {
    let at = |hours| now() - Span::hours(hours);
    let text = |at: Utc| Value::Text(at.to_string());
    let request = [
        ("type", "police-sch2-2".into()),
        ("recipient", "police".into()),
        ("requester", "DC 4711".into()),
        ("organisation", "Essex Police".into()),
        ("wanted", "The gate between two and three o'clock".into()),
        ("reason", "A theft from a car".into()),
        ("cameras", list(&["front-gate"])),
        ("from", text(at(70))),
        ("until", text(at(69))),
    ];
    let incident = [
        ("type", "vandalism".into()),
        ("happened", text(at(50))),
        ("place", "Bicycle shed".into()),
        ("what", "A window was broken".into()),
        ("cameras", list(&["front-gate", "corridor-1"])),
        ("staff-involved", false.into()),
    ];
    let decision = [
        ("step", "decision".into()),
        ("decision", "allowed".into()),
        ("reason", "It is needed".into()),
        ("authority-by", "headteacher".into()),
        ("authority-form", "own".into()),
    ];
    let check = [("all-good", true.into()), ("recording", Value::Number(6))];
    vec![
        entry(41, at(48), Kind::Request, Act::Open, None, body("dsl", &request)),
        entry(44, at(47), Kind::Incident, Act::Open, None, body("site-manager", &incident)),
        entry(45, at(46), Kind::Request, Act::Note, Some(41), body("headteacher", &decision)),
        entry(57, at(24), Kind::DailyCheck, Act::Open, None, body("site-manager", &check)),
    ]
}

pub fn hold() -> Hold {
    Hold {
        id: "2026-1".into(),
        cameras: vec![beadle::base::name::CameraId::new("front-gate").unwrap()],
        start: now() - Span::hours(71),
        end: now() - Span::hours(68),
        reference: "request 41".into(),
        reason: "asked for by the police".into(),
        placed: now() - Span::hours(46),
        review: now() + Span::days(60),
        ended: None,
    }
}

pub fn duties() -> Vec<DutyLine> {
    let line = |duty: &str, what: &str, by: &str, state| DutyLine {
        duty: duty.into(),
        of: None,
        what: what.into(),
        by: vec![by.into()],
        state,
        about: None,
        row: "S1.26".into(),
        pick: None,
    };
    vec![
        line(
            "clock-check",
            "Compare the recorder's clock with one you trust",
            "IT Manager",
            DutyState::Overdue { since: now() - Span::days(20) },
        ),
        line(
            "daily-check",
            "Daily check: every camera recording, every picture good",
            "Site Manager",
            DutyState::Due { until: now() + Span::mins(19) },
        ),
        DutyLine {
            pick: Some(Pick {
                camera: CameraId::new("front-gate").unwrap(),
                at: now() - Span::hours(50),
            }),
            ..line(
                "random-check",
                "Random check: judge Front gate at 2026-11-19 06:41:07 GMT",
                "Site Manager",
                DutyState::Due { until: now() + Span::days(6) },
            )
        },
        line(
            "audit",
            "Audit and risk assessment",
            "Headteacher",
            DutyState::NotYet { opens: now() + Span::days(140) },
        ),
    ]
}

impl Desk {
    /// `None`: the call is lost.
    pub fn answer(&mut self, request: &Request, session: bool) -> Reply {
        let refused = |why: &str| Reply::Refused { why: why.into() };
        match request {
            Request::Room => Reply::Room(Box::new(self.room(session))),
            Request::LogIn(wish) if wish.passphrase.0.expose() != PHRASE => {
                refused("That is not the passphrase of this person. 4 more tries.")
            }
            Request::LogIn(wish) if self.factor && wish.code.is_none() => Reply::CodeWanted,
            Request::LogIn(wish) => {
                let who = self.whois(&wish.person, wish.account);
                Reply::LoggedIn(Box::new(LoggedIn {
                    session: Sent::new("token-of-the-session"),
                    who,
                    banner: None,
                    last_log_in: Some(now() - Span::hours(24)),
                    failures_since: 0,
                    notices: self.notices.clone(),
                }))
            }
            Request::Unlock { passphrase } if passphrase.0.expose() != PHRASE => {
                refused("That is not the passphrase of this person. 4 more tries.")
            }
            Request::Unlock { .. } | Request::Lock | Request::LogOut => Reply::Done,
            Request::Found { people } => Reply::Founded {
                people: people.iter().map(|p| p.person.clone()).collect(),
                codes: vec![Sent::new("SEALED-CODE-ONE"), Sent::new("SEALED-CODE-TWO")],
            },
            Request::Enrol { person, .. } => Reply::Enrolled { person: person.clone() },
            _ if !session && self.enrolled => Reply::LogIn { why: "It asks who you are.".into() },
            _ => self.inside(request),
        }
    }

    fn whois(&self, person: &str, account: Account) -> WhoIs {
        WhoIs {
            person: person.into(),
            title: person.replace('-', " "),
            account,
            station: Some("office".into()),
            since: now(),
            until: None,
            locked: false,
        }
    }

    fn room(&self, session: bool) -> Room {
        let named = |names: &[&str]| -> Vec<String> {
            let inside = session || !self.enrolled;
            names.iter().filter(|_| inside).map(|n| n.to_string()).collect()
        };
        Room {
            station: Some("School office".into()),
            idle_lock: 120,
            wall: self.wall,
            banner: "This recorder belongs to the school. Every log-in is entered.".into(),
            enrolled: self.enrolled,
            steps: vec!["Dial 999.".into(), "Meet them at the main gate.".into()],
            numbers: vec![Dial {
                title: "Designated Safeguarding Lead".into(),
                phone: Some("01632 960001".into()),
                email: None,
            }],
            in_doubt: named(&["IT Manager"]),
            told: named(&["Headteacher"]),
            registers: named(&["releases", "incidents", "checks"]),
            readable: named(&["releases", "incidents", "checks", "subject-access"]),
            everything: session,
            people: session,
            sights: if session { self.sights() } else { Sights::default() },
            prints: Prints { may: session, printer: Some("192.0.2.9".into()) },
            passwords: Vec::new(),
        }
    }

    fn inside(&mut self, request: &Request) -> Reply {
        let reply = self.file.answer(request).or_else(|| self.shows(request));
        if let Some(reply) = reply.or_else(|| self.leaves(request)) {
            return reply;
        }
        match request {
            Request::WhoAmI => Reply::WhoIs(self.whois("headteacher", Account::Own)),
            Request::Duties => Reply::Duties { duties: duties() },
            Request::Secrets => Reply::Secrets {
                names: vec!["cameras".into(), "hall".into()],
                kept: "sealed by this machine's TPM".into(),
            },
            Request::SecretSet { name, .. } => {
                Reply::Text { text: format!("The password {name} is set.") }
            }
            Request::Verify { .. } => Reply::Verified(Verified {
                since: None,
                at: Some(now() - Span::mins(1)),
                entries: 57,
                holds: Some(true),
                findings: vec![],
            }),
            Request::Stop { .. } => {
                Reply::Text { text: "Beadle closes every file and ends.".into() }
            }
            Request::Forms { register } => {
                let hand = form::all().filter(|f| f.maker != form::Maker::Machine);
                let here = |f: &&form::Form| {
                    register
                        .as_ref()
                        .is_none_or(|word| f.kind.register().is_some_and(|r| r.as_str() == word))
                };
                let title =
                    |f: &form::Form| FormTitle { kind: f.kind, act: f.act, title: f.title.into() };
                Reply::Forms { forms: hand.filter(here).map(title).collect() }
            }
            Request::Form { kind, act } => match form::form(*kind, *act) {
                Some(form) => Reply::Form(self.sheet(form)),
                None => Reply::Refused { why: "It is not made by hand in this way.".into() },
            },
            Request::Judge { kind, act, about: _, body } => {
                Reply::Judged(self.judge(*kind, *act, body))
            }
            Request::Enter { kind, act, body, .. } => {
                let judged = self.judge(*kind, *act, body);
                match judged.flaws.iter().find(|f| f.blocks) {
                    Some(flaw) => Reply::Refused { why: flaw.sentence.clone() },
                    None => Reply::Entered { number: 58, notes: vec![] },
                }
            }
            Request::Logbook(find) => self.found(find),
            Request::Records { register, .. } => Reply::Records { records: records(register) },
            Request::Record { number } => {
                let of = |e: &&Entry| e.number == *number || e.header.about == Some(*number);
                let entries: Vec<Entry> = self.entries.iter().filter(of).cloned().collect();
                let first = entries.first().unwrap().clone();
                Reply::Record(Box::new(RecordSheet {
                    line: line_of(&first),
                    due_what: Some("it is answered".into()),
                    leaving: self.leaving(&first),
                    case: self.case(*number),
                    entries,
                }))
            }
            Request::HoldList => Reply::Holds { holds: self.holds.clone() },
            Request::HoldAdd { cameras, start, end, reference, reason, .. } => {
                let hold = Hold {
                    id: "2026-2".into(),
                    cameras: cameras.clone(),
                    start: *start,
                    end: *end,
                    reference: reference.clone(),
                    reason: reason.clone(),
                    ..hold()
                };
                self.holds.push(hold.clone());
                Reply::Hold(hold)
            }
            Request::HoldEnd { .. } => Reply::Hold(hold()),
            Request::People => Reply::People { people: people() },
            Request::Machine => Reply::Machine(MachineSheet {
                version: "0.1.0".into(),
                now: now(),
                clock: ClockState::Synced,
                entries: 58,
                owed: 0,
                copies: vec![CopyLine { disk: "a1".into(), forked: None }],
                network: vec!["enp1s0: up, 192.168.1.20".into()],
                key: "SHA256:0123456789abcdef".into(),
                waiting: None,
                blind: None,
            }),
            Request::EnrolCode { .. } => Reply::Codes {
                codes: vec![Sent::new("ONE-TIME-CODE")],
                until: Some(now() + Span::days(7)),
            },
            Request::Checkpoint => Reply::Text { text: SEAL.into() },
            Request::Prove { .. } => Reply::Text { text: "proof\n58\n".into() },
            _ => Reply::Refused { why: "The desk of the test does not know this.".into() },
        }
    }

    fn found(&self, find: &beadle::wire::book::Find) -> Reply {
        let fits = |e: &&Entry| {
            let register = find
                .register
                .as_ref()
                .is_none_or(|word| e.header.kind.register().is_some_and(|r| r.as_str() == word));
            let text = find.text.as_ref().is_none_or(|t| format!("{e:?}").contains(t.as_str()));
            register && text && find.kind.is_none_or(|k| k == e.header.kind)
        };
        let entries: Vec<Entry> = self.entries.iter().rev().filter(fits).cloned().collect();
        Reply::Entries(Found { total: entries.len() as u64, entries, more: None })
    }

    fn sheet(&self, form: &form::Form) -> FormSheet {
        let field = |f: &form::Field| {
            let words = |w| {
                let all = form::choices(w, &self.config).into_iter();
                all.map(|c| Choice { word: c.word, title: c.title }).collect()
            };
            let (sort, choices) = match f.sort {
                Sort::Line | Sort::Clock | Sort::Digest => (FormSort::Line, vec![]),
                Sort::Text => (FormSort::Text, vec![]),
                Sort::Choice(w) => (FormSort::Choice, words(w)),
                Sort::Several(w) => (FormSort::List, words(w)),
                Sort::YesNo | Sort::Confirmed => (FormSort::YesNo, vec![]),
                Sort::Day(_) => (FormSort::Day, vec![]),
                Sort::Moment(_) => (FormSort::Moment, vec![]),
                Sort::Number { .. } | Sort::Entry(_) => (FormSort::Number, vec![]),
                Sort::List | Sort::Dated => (FormSort::List, vec![]),
            };
            FormField {
                name: f.name.into(),
                title: f.title.into(),
                sort,
                choices,
                required: matches!(f.need, form::Need::Always),
                hint: (!f.hint.is_empty()).then(|| f.hint.into()),
                row: f.row.into(),
            }
        };
        let fields = form.fields().map(field).collect();
        FormSheet { kind: form.kind, act: form.act, title: form.title.into(), fields }
    }

    fn judge(&self, kind: Kind, act: Act, body: &Body) -> Judged {
        let (clock, at) = (ClockState::Synced, now());
        let draft = Draft { at, clock, kind, act, about: None, body: body.clone() };
        let scene = Scene { config: &self.config, now: now(), record: None, corrects: false };
        let shape = if act == Act::Correct { Act::Open } else { act };
        let form = form::form(kind, shape).unwrap();
        let names = |keep: fn(&form::Field, &Draft, &Scene<'_>) -> bool| {
            let kept = form.fields().filter(|f| keep(f, &draft, &scene));
            kept.map(|f| f.name.to_string()).collect()
        };
        let flaws = form::check(form, &draft, &scene).into_iter().map(|o| Flaw {
            missing: o.ill == form::Ill::Missing,
            blocks: o.blocks(),
            field: o.field,
            sentence: o.sentence,
            remedy: o.remedy,
        });
        let (mut asked, mut needed): (Vec<String>, Vec<String>) =
            (names(form::asked), names(form::needed));
        if act == Act::Correct {
            asked.extend(["correction".to_string(), "withdrawn".to_string()]);
            needed.push("correction".into());
        }
        // The desk folds no records: whether there is one is the office's to say.
        let flaws = flaws.filter(|f| act == Act::Open || !f.field.is_empty()).collect();
        let mut offered = form::offered(form, &draft, &scene);
        offered.retain(|_| act != Act::Correct);
        let offered = offered.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Judged { asked, needed, offered, flaws }
    }
}

pub const SEAL: &str = "beadle.example/logbook/3f2a\n58\n\
                        qWmR0v2n1TzYk4mX8sC1d0f9bL5uQ7hE3aJ6gP2iNw4=\n\n\
                        \u{2014} beadle.example/logbook/3f2a Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDe\n";

fn line_of(first: &Entry) -> RecordLine {
    RecordLine {
        number: first.number,
        kind: first.header.kind,
        opened: first.header.at,
        closed: None,
        due: Some(now() + Span::days(27)),
        title: "Essex Police, police-sch2-2".into(),
        unread: false,
    }
}

fn records(register: &str) -> Vec<RecordLine> {
    match register {
        "releases" => entries().iter().take(1).map(line_of).collect(),
        _ => vec![],
    }
}

fn people() -> Vec<PersonLine> {
    let line = |person: &str, account, enrolled: bool| PersonLine {
        person: person.into(),
        title: person.replace('-', " "),
        account,
        enrolled: enrolled.then(|| now() - Span::days(40)),
        last_log_in: enrolled.then(|| now() - Span::days(1)),
        second_factor: account == Account::Admin,
        suspended: None,
        unused: vec![],
    };
    let mut rests = line("it-manager", Account::Admin, true);
    rests.suspended = Some("notice to leave".into());
    vec![
        line("headteacher", Account::Own, true),
        line("deputy-head", Account::Own, false),
        line("it-manager", Account::Own, true),
        rests,
    ]
}
