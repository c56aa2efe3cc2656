//! How papers word what the file says in words of its own: people, days, lists, rights.

use crate::base::time::Day;
use crate::config::Config;
use crate::config::people::Person;
use crate::config::roles::Deed;
use crate::config::site::Contact;
use crate::config::value::{At, Every, Id, Length};

/// Who reads a paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// Anybody: offices, never names.
    Public,
    /// Those who work with the system.
    Staff,
}

/// "a, b and c".
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// "a, b or c".
pub fn either<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [rest @ .., last] if !rest.is_empty() => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", rest.join(", "), last.as_ref())
        }
        _ => list(items),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "8 September 2026".
pub fn day(day: Day) -> String {
    let month = MONTHS.get(day.0.month() as usize - 1).copied().unwrap_or_default();
    format!("{} {month} {}", day.0.day(), day.0.year())
}

/// "1 day", "2 days".
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A word of the file, for the reader: `car-park` is "car park".
pub fn plain(word: &str) -> String {
    word.replace('-', " ")
}

/// "30 days", "72 hours".
pub fn length(length: Length) -> String {
    let seconds = length.0.as_secs().unsigned_abs();
    match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => count(s / 86_400, "day", "days"),
        s if s >= 3_600 && s % 3_600 == 0 => count(s / 3_600, "hour", "hours"),
        s if s >= 60 && s % 60 == 0 => count(s / 60, "minute", "minutes"),
        s => count(s, "second", "seconds"),
    }
}

/// "each month", for duties.
pub const fn every(every: Every) -> &'static str {
    match every {
        Every::Day => "every day",
        Every::Week => "every week",
        Every::Month => "every month",
        Every::Term => "every term",
        Every::HalfYear => "every half year",
        Every::Year => "every year",
    }
}

/// One person, for this reader.
pub fn person(person: &Person, reader: Reader) -> String {
    match (reader, &person.post) {
        (Reader::Public, Some(post)) => post.value.clone(),
        (Reader::Public, None) => "a member of staff".into(),
        (Reader::Staff, Some(post)) if post.value != person.title.value => {
            format!("{} ({})", person.title.value, post.value)
        }
        (Reader::Staff, _) => person.title.value.clone(),
    }
}

/// A person or a role of the file; a role with its holders where names are said.
pub fn who(config: &Config, id: &Id, reader: Reader) -> String {
    if let Some(found) = config.person(id) {
        return person(found, reader);
    }
    let Some(role) = config.role(id) else {
        return plain(id.as_str());
    };
    let title = role.title.as_ref().map_or_else(|| plain(id.as_str()), |t| t.value.clone());
    if reader == Reader::Public {
        return format!("holders of the role \"{title}\"");
    }
    let holders: Vec<String> =
        config.persons_of(id).into_iter().map(|p| person(p, reader)).collect();
    let holders = holders.join(", ");
    if holders == title { title } else { format!("{title} ({holders})") }
}

/// Several of them; each once.
pub fn whos(config: &Config, ids: &[At<Id>], reader: Reader) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for id in ids {
        let said = who(config, &id.value, reader);
        if !all.contains(&said) {
            all.push(said);
        }
    }
    all
}

/// Whoever holds a right, by role.
pub fn holders(config: &Config, deed: Deed, reader: Reader) -> Vec<String> {
    let holds = |role: &&crate::config::roles::Role| {
        role.may.iter().any(|may| may.deeds.iter().any(|d| d.value == deed))
    };
    let roles = config.roles.iter().filter(holds);
    roles.map(|role| who(config, &role.id.value, reader)).collect()
}

/// Every way to reach somebody, on one line.
pub fn contact(contact: &Contact) -> String {
    let ways = [&contact.phone, &contact.email, &contact.web, &contact.address];
    let ways = ways.into_iter().flatten().map(|w| w.value.clone());
    let all: Vec<String> = [contact.title.value.clone()].into_iter().chain(ways).collect();
    all.join(", ")
}

/// A sentence ends with a stop, once.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let ended = text.ends_with(['.', '!', '?', ':']);
    format!("{text}{}", if ended { "" } else { "." })
}

/// What a right lets somebody do, for a table.
pub const fn deed(deed: Deed) -> &'static str {
    match deed {
        Deed::Live => "watch live pictures",
        Deed::Playback => "watch recordings",
        Deed::SpotCheck => "spot checks",
        Deed::Still => "make stills",
        Deed::Export => "make copies for release",
        Deed::AuthoriseViewing => "allow a viewing",
        Deed::AuthoriseDisclosure => "decide on a release",
        Deed::AuthoriseAdmission => "let people in to the recorder",
        Deed::Witness => "witness a release",
        Deed::Hold => "keep footage from deletion",
        Deed::EndHold => "end that",
        Deed::LiftMask => "lift a mask",
        Deed::DailyCheck => "daily check",
        Deed::Investigate => "investigate",
        Deed::Configure => "change the configuration",
        Deed::ManageAccess => "manage access",
        Deed::SetClock => "set the clock",
        Deed::Restart => "restart",
        Deed::Update => "update",
        Deed::Dispose => "dispose of carriers",
        Deed::Print => "print",
        Deed::Audit => "audit the use of the system",
    }
}
