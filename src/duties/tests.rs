//! A small school, its people, and entries as others would write them.

mod cases;
mod days;
mod laws;
mod rounds;
mod school;

use super::*;
use crate::base::digest::Digest;
use crate::base::time::{Span, Zone};
use crate::config::parse;
use crate::logbook::{Account, Authority, AuthorityForm, Entry, Header, Who};

/// Autumn 2026 to summer 2027 with half terms, and the weekends off.
pub const YEAR: &str = r#"calendar weekends-closed=#true {
    term "2026-09-02" "2026-12-18"
    term "2027-01-05" "2027-03-25"
    term "2027-04-12" "2027-07-21"
    term "2027-09-02" "2027-12-17"
    closed "2026-10-26" "2026-10-30"
    closed "2027-02-15" "2027-02-19"
    closed "2027-05-31" "2027-06-04"
    closed "2027-05-03"
}"#;

pub const DUTIES: &str = r#"duties { daily-check by="site-manager" before="09:00"; }"#;

/// Ends the controller's line.
const RENEWS: &str = " renews=\"2027-05-01\"";

pub const PEOPLE: &str = r#"people {
    person "head" "Headteacher"
    person "deputy" "Deputy Headteacher" deputises="head"
    person "site-manager" "Site Manager"
    person "it" "IT Manager" admin=#true
}
roles {
    role "users" deputies=#true { may "live"; held-by "head" "site-manager" }
    role "technical" { may "configure"; held-by "it" }
}"#;

/// A whole file around sections; `code` goes into the code of practice, `site` into the site.
pub fn school_with(site: &str, code: &str, people: &str, sections: &[&str]) -> Config {
    let text = format!(
        r#"site "School" timezone="Europe/London" {{
    controller "School" registration="ZA1"{RENEWS}
    contact "Office" phone="1"
    responsible "head"
    {site}
}}
code-of-practice {{ purpose "safety" "Safety"; {code}
}}
{people}
zones {{ zone "gate" "Gate"; zone "hall" "Hall"; }}
cameras {{
    camera "front" "Front gate" zone="gate" {{ stream "rtsp://192.0.2.1/a" }}
    camera "back" "Back gate" zone="gate" {{ stream "rtsp://192.0.2.2/a" }}
}}
retention min-days=30 max-days=90
{}
"#,
        sections.join("\n")
    );
    let parsed = parse("site.kdl", text.as_bytes());
    let errors: Vec<_> = parsed.notes.iter().map(|note| format!("{note:?}")).collect();
    parsed.config.unwrap_or_else(|| panic!("{errors:#?}\n{text}"))
}

pub fn school(sections: &[&str]) -> Config {
    school_with("", "", PEOPLE, sections)
}

pub fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A time of the school's clock: `2026-10-24 09:00`.
pub fn local(text: &str) -> Utc {
    let (date, clock) = text.split_once(' ').unwrap();
    let (h, m) = clock.split_once(':').unwrap();
    let clock = (h.parse().unwrap(), m.parse().unwrap(), 0);
    Zone::named("Europe/London").unwrap().moments_of(day(date), clock).unwrap().0
}

/// Entries with their numbers, as the ledger would give them.
#[derive(Clone, Default)]
pub struct Book {
    pub facts: Facts,
    pub entries: Vec<Entry>,
}

impl Book {
    pub fn since(at: Utc) -> Book {
        let mut book = Book::default();
        book.add(at, Kind::Started, None, &[]);
        book
    }

    pub fn enter(&mut self, draft: Draft) -> Number {
        let number = self.entries.len() as Number;
        let Draft { at, clock, kind, act, about, body } = draft;
        let header = Header { at, clock, kind, act, about, body: Digest([0; 32]) };
        let entry = Entry { number, header, body: Some(body) };
        self.facts.fold(&entry);
        self.entries.push(entry);
        number
    }

    pub fn add(&mut self, at: Utc, kind: Kind, who: Option<&str>, all: &[(&str, &str)]) -> Number {
        self.enter(draft(at, kind, who, all))
    }

    pub fn done(&mut self, at: Utc, kind: Kind, all: &[(&str, &str)]) -> Number {
        self.add(at, kind, Some("site-manager"), all)
    }
}

pub fn draft(at: Utc, kind: Kind, who: Option<&str>, all: &[(&str, &str)]) -> Draft {
    let who = who.map(|person| Who {
        person: person.into(),
        account: Account::Own,
        acting_for: None,
        second: None,
    });
    let value = |text: &str| match text {
        "true" => Value::Yes(true),
        text => Value::Text(text.into()),
    };
    let all = all.iter().map(|(field, text)| (field.to_string(), value(text))).collect();
    let body = Body { who, fields: all, ..Body::default() };
    Draft { at, clock: ClockState::Synced, kind, act: Act::Open, about: None, body }
}

pub fn spoken(mut draft: Draft, by: &str) -> Draft {
    let authority = Authority { by: by.into(), form: AuthorityForm::Verbal, reference: None };
    draft.body.authority = Some(authority);
    draft
}

/// The items of one duty: what they are about and how they stand, moments on the school's clock.
pub fn seen(config: &Config, facts: &Facts, duty: Duty, now: Utc) -> Vec<String> {
    let all = due(config, facts, now);
    all.iter().filter(|item| item.duty == duty).map(|item| told(config, item)).collect()
}

pub fn told(config: &Config, item: &Item) -> String {
    let zone = &config.site.zone;
    let at = |at: Utc| zone.show(at)[..16].to_string();
    let state = match &item.state {
        State::Overdue { since } => format!("overdue {}", at(*since)),
        State::Due { until } => format!("due {}", at(*until)),
        State::NotYet { opens } => format!("from {}", at(*opens)),
        State::ByMachine => "machine".into(),
        State::Done { when, by } => format!("done {} {}", at(*when), by.as_deref().unwrap_or("?")),
    };
    match &item.of {
        Some(of) => format!("{of}: {state}"),
        None => state,
    }
}

pub fn days_missed(all: &[Missed]) -> Vec<String> {
    all.iter()
        .map(|m| match &m.of {
            Some(of) => format!("{} {} {of}", m.day, m.duty),
            None => format!("{} {}", m.day, m.duty),
        })
        .collect()
}

pub const SECOND: Span = Span::secs(1);
