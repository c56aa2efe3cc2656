//! A little school and one good situation for each wish; tests change one thing at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::access::{
    Asking, Denied, Entered, Grant, Guest, Permit, Release, Session, Situation, Standing, Waiting,
    Why, Wish, decide, fields,
};
use crate::base::digest::Digest;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::config::viewing::Viewer;
use crate::config::{Config, parse};
use crate::logbook::{
    Account, Act, Authority, AuthorityForm, Body, ClockState, Draft, Entry, Header, Kind, Number,
    Value, Who,
};

pub const SCHOOL: &str = r#"
site "Little School" {
    controller "Little School"
    contact "Office" phone="01632 960000"
    responsible "tech"
}
code-of-practice {
    purpose "safety" "Safety"
    purpose "crime" "Crime"
    purpose "clock" "Attendance" because="..." needs="Which records disagree?"
    acceptance "staff" "Staff code" version="2" renew="year"
    acceptance "admins" "Code for administrators" privileged=#true
}
people {
    person "head" "Headteacher" admin=#true
    person "deputy" "Deputy Headteacher" deputises="head" admin=#true
    person "guard" "Guard"
    person "clerk" "Clerk"
    person "tech" "Technician" admin=#true
    person "tech-2" "Second Technician"
    person "firm" "Engineer" contractor="Firm" until="2026-12-31"
    person "endless" "Other engineer" contractor="Firm"
    person "new" "New colleague" from="2027-01-01"
    person "gone" "Old colleague" until="2026-10-31"
}
roles {
    role "lead" deputies=#true {
        may "playback" "still" "export" "lift-mask" "print" "hold"
        may "live" reason=#true
        may "authorise-viewing" "authorise-disclosure" "investigate"
        may "audit" "end-hold"
        register "incidents" "read" "write" "close"
        held-by "head"
    }
    role "head-alone" { may "authorise-admission" "manage-access" "witness"; held-by "head"; }
    role "watch" {
        may "live" at="gate office"
        may "playback" zones="yard" permission=#true
        may "spot-check" limit="30s"
        register "visits" "read" "write"
        held-by "guard" "endless" "new" "gone"
    }
    role "desk" { may "witness" "export" at="office server"; held-by "clerk"; }
    role "machine" {
        may "configure" "set-clock" "restart" "update" "dispose" "manage-access"
        may "daily-check"
        register "maintenance" "read" "write"
        held-by "tech" "tech-2"
    }
    role "service" { register "maintenance" "read" "write"; held-by "firm"; }
}
approvals { widen-rights by="head" and="machine" deputies=#true; drop-safeguard by="head"; }
cameras {
    camera "hall-1" "Hall" zone="hall" { stream "rtsp://192.0.2.1/a" }
    camera "yard-1" "Yard" zone="yard" { stream "rtsp://192.0.2.2/a" }
    camera "store" "Store" zone="yard" {
        stream "rtsp://192.0.2.3/a"
        covert authorisation="C-1"
    }
}
zones { zone "hall" "Hall" purposes="safety clock"; zone "yard" "Yard"; }
retention min-days=30 max-days=90
duties { training by="head" every="year" due="2026-09-01"; clock-check by="tech"; }
viewing {
    viewer "police" "Police officers" by="lead" needs="crime-reference"
    viewer "third-party" "Third parties" by="head"
    viewer "training"
    viewer "inspection" refused=#true
    declaration "I keep to myself what I see."
}
disclosure {
    recipient "police" by="lead" needs="crime-reference"
    recipient "solicitor" by="head" needs-one="proof-of-proceedings court-order"
    recipient "media" by="head"
    recipient "other" refused=#true
}
covert {
    authorisation "C-1" state="authorised" in-charge="head" from="2026-11-01" until="2026-12-01"
}
stations {
    station "office" "Office"
    station "server" "Server room" declaration=#true
    station "gate" "Gate" admin=#false
}
accounts in-doubt="head"
"#;

static FILE: LazyLock<Config> = LazyLock::new(|| edited(&[]));

pub fn school() -> Config {
    FILE.clone()
}

/// The little school with some texts replaced; each must be there.
pub fn edited(edits: &[(&str, &str)]) -> Config {
    let mut text = SCHOOL.to_string();
    for (was, is) in edits {
        assert!(text.contains(was), "{was} is not in the file");
        text = text.replace(was, is);
    }
    let parsed = parse("site.kdl", text.as_bytes());
    parsed.config.unwrap_or_else(|| panic!("{:#?}", parsed.notes))
}

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub fn camera(text: &str) -> CameraId {
    CameraId::new(text).unwrap()
}

pub fn now() -> Utc {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

pub fn session(person: &str, account: Account) -> Session {
    let reason = (account != Account::Own).then(|| "quarterly work".to_string());
    let began = now() - Span::mins(5);
    Session { person: id(person), account, began, reason, second_factor: false, entry: Some(7) }
}

/// Entries one after another, folded as they come.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub standing: Standing,
    next: Number,
}

impl Book {
    pub fn add(&mut self, draft: Draft) -> Number {
        let header = Header {
            at: draft.at,
            clock: draft.clock,
            kind: draft.kind,
            act: draft.act,
            about: draft.about,
            body: Digest::of(b""),
        };
        let number = self.next;
        self.next += 1;
        self.standing.fold(&Entry { number, header, body: Some(draft.body) });
        number
    }

    pub fn enter(&mut self, kind: Kind, who: Option<&str>, said: &[(&str, &str)]) -> Number {
        self.enter_at(now() - Span::days(1), kind, who, said)
    }

    pub fn enter_at(
        &mut self,
        at: Utc,
        kind: Kind,
        who: Option<&str>,
        said: &[(&str, &str)],
    ) -> Number {
        let text = |(field, value): &(&str, &str)| {
            let value = match value.strip_prefix("list ") {
                Some(list) => Value::List(list.split(' ').map(String::from).collect()),
                None => Value::Text(value.to_string()),
            };
            (field.to_string(), value)
        };
        let who = who.map(|person| Who {
            person: person.into(),
            account: Account::Own,
            acting_for: None,
            second: None,
        });
        let body = Body { who, fields: said.iter().map(text).collect(), ..Body::default() };
        let (clock, act) = (ClockState::Synced, Act::Open);
        self.add(Draft { at, clock, kind, act, about: None, body })
    }

    /// Everybody signed and was trained three weeks ago.
    pub fn settled() -> Book {
        let mut book = Book::default();
        let at = now() - Span::days(21);
        for person in &FILE.people {
            let who = Some(person.id.value.as_str());
            for paper in ["staff", "admins"] {
                let said = [(fields::PAPER, paper), (fields::VERSION, "2")];
                book.enter_at(at, Kind::Acceptance, who, &said);
            }
            book.enter_at(at, Kind::Training, who, &[]);
        }
        book
    }

    /// The guard may see the yard this month.
    pub fn permit_guard(&mut self) -> Number {
        self.enter(
            Kind::Permission,
            Some("head"),
            &[
                (fields::DEED, "authorise-viewing"),
                (fields::TO, "guard"),
                (fields::CAMERAS, "list yard-1"),
                (fields::FROM, "2026-11-01T00:00:00Z"),
                (fields::UNTIL, "2026-11-30T00:00:00Z"),
                (fields::EXPIRES, "2026-11-25T00:00:00Z"),
            ],
        )
    }

    pub fn suspend(&mut self, person: &str, trigger: &str) {
        self.enter(
            Kind::AccessGrant,
            None,
            &[
                (fields::SUBJECT, person),
                (fields::CHANGE, fields::SUSPENDED),
                (fields::TRIGGER, trigger),
            ],
        );
    }
}

/// A question and all around it, owned.
#[derive(Clone, Debug)]
pub struct Case {
    pub asking: Asking,
    pub who: Session,
    pub second: Option<Session>,
    pub station: Option<Id>,
    pub guests: Vec<Guest>,
    pub declared: bool,
    pub clip: Option<Day>,
    pub enrolled: BTreeSet<Id>,
    pub book: Book,
    pub waiting: Option<Waiting>,
    pub now: Utc,
}

impl Case {
    /// A question that the file allows to `person` in the office, with all that it takes.
    pub fn of(person: &str, wish: Wish) -> Case {
        let config = &*FILE;
        let admin = config.person(&id(person)).is_some_and(|person| person.admin);
        let account = if admin && wish.privileged() { Account::Admin } else { Account::Own };
        let mut asking = Asking::to(wish);
        asking.reason = Some("a bicycle is gone".into());
        asking.purpose = Some(id("crime"));
        if wish.watches() {
            asking.cameras = vec![camera("yard-1")];
        }
        if wish.recorded() {
            let until = now() - Span::hours(2);
            asking.window = Some((until - Span::secs(20), until));
        }
        if wish == Wish::Deed(Deed::Export) {
            let proofs = vec![Proof::CrimeReference];
            asking.release = Some(Release { recipient: RecipientKind::Police, proofs });
        }
        if wish == Wish::Deed(Deed::AuthoriseViewing) {
            let window = (now() - Span::days(2), now() + Span::days(1));
            let expires = now() + Span::days(2);
            let cameras = vec![camera("yard-1")];
            asking.permit = Some(Permit { to: id("guard"), cameras, window, expires });
        }
        Case {
            asking,
            who: session(person, account),
            second: None,
            station: Some(id("office")),
            guests: Vec::new(),
            declared: false,
            clip: None,
            enrolled: config.people.iter().map(|person| person.id.value.clone()).collect(),
            book: Book::settled(),
            waiting: None,
            now: now(),
        }
    }

    pub fn deed(person: &str, deed: Deed) -> Case {
        Case::of(person, Wish::Deed(deed))
    }

    pub fn with(mut self, change: impl FnOnce(&mut Case)) -> Case {
        change(&mut self);
        self
    }

    pub fn beside(self, person: &str) -> Case {
        self.with(|case| case.second = Some(session(person, Account::Own)))
    }

    pub fn at(self, station: &str) -> Case {
        self.with(|case| case.station = Some(id(station)))
    }

    pub fn word(self, by: &str, form: AuthorityForm, reference: Option<&str>) -> Case {
        let reference = reference.map(String::from);
        self.with(|case| case.asking.authority = Some(Authority { by: by.into(), form, reference }))
    }

    pub fn guest(self, class: Viewer, proofs: &[Proof]) -> Case {
        let guest = Guest {
            class,
            name: "PC 118".into(),
            authority: None,
            supervisor: None,
            proofs: proofs.to_vec(),
            shown: BTreeMap::new(),
        };
        self.with(|case| case.guests.push(guest))
    }

    pub fn situation(&self) -> Situation<'_> {
        Situation {
            who: &self.who,
            second: self.second.as_ref(),
            station: self.station.as_ref(),
            guests: &self.guests,
            declared: self.declared,
            clip: self.clip,
            enrolled: &self.enrolled,
            standing: &self.book.standing,
            waiting: self.waiting.as_ref(),
            now: self.now,
            clock: ClockState::Synced,
        }
    }

    pub fn ask(&self, config: &Config) -> Result<Grant, Denied> {
        decide(config, &self.asking, &self.situation())
    }

    pub fn why(&self, config: &Config) -> Option<Why> {
        self.ask(config).err().map(|denied| denied.why().clone())
    }

    /// The grant, entered in the case's own book.
    pub fn entered(&mut self, config: &Config) -> Entered {
        let grant = self.ask(config).unwrap();
        let draft = grant.draft().unwrap().clone();
        let number = self.book.add(draft);
        grant.entered(number)
    }
}

/// The fields of a granted entry, as texts.
pub fn said(case: &Case, config: &Config) -> BTreeMap<String, String> {
    let grant = case.ask(config).unwrap();
    let draft = grant.draft().unwrap();
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::List(list) => list.join(" "),
        other => format!("{other:?}"),
    };
    draft.body.fields.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
