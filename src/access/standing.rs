//! Facts about people that the logbook holds: permissions, words that wait, suspensions, papers
//! signed, training, access, the last use of rights. Folded entry by entry; the file says nothing
//! here.
//!
//! Only entries made by the right deed count: a permission is made by `authorise-viewing`, a
//! decision by `authorise-disclosure`, access by `manage-access` or the machine. Entries made by
//! hand never pass for one of those. What was corrected counts no more.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Asking, Situation, Wish};
use super::fields;
use super::{right, table};
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::config::Config;
use crate::config::roles::Deed;
use crate::config::stations::Trigger;
use crate::config::value::Id;
use crate::logbook::{Act, Body, Entry, Kind, Number, Value};

/// See the module. Starts empty; [`Standing::fold`] takes entries in their order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Standing {
    permissions: BTreeMap<Number, Permission>,
    decisions: BTreeMap<Number, Decision>,
    clips: BTreeMap<Number, Clip>,
    words: BTreeMap<Number, Spoken>,
    suspended: BTreeMap<String, BTreeSet<String>>,
    signed: BTreeMap<(String, String), Signed>,
    trained: BTreeMap<String, Utc>,
    told: BTreeSet<String>,
    untold: BTreeMap<Number, BTreeSet<String>>,
    emergencies: BTreeMap<Number, Utc>,
    access: BTreeMap<String, Utc>,
    used: BTreeMap<(String, String), Utc>,
}

/// An allowance to view (S0.18).
#[derive(Clone, PartialEq, Debug)]
pub struct Permission {
    /// Who gave it.
    pub by: String,
    /// A person or a role.
    pub to: String,
    /// `None`: all cameras.
    pub cameras: Option<BTreeSet<String>>,
    pub from: Utc,
    pub until: Utc,
    pub expires: Utc,
}

/// What may be shown for demonstration and training (S1.41, S4.88).
#[derive(Clone, PartialEq, Debug)]
pub struct Clip {
    pub name: String,
    /// Empty: a made-up scene.
    pub cameras: Vec<CameraId>,
    pub window: Option<(Utc, Utc)>,
    /// The last day.
    pub until: Day,
}

/// A request was allowed.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    pub by: String,
    /// The entry that began the request.
    pub request: Option<Number>,
}

/// Words given by mouth that wait for their givers (S4.12, K7).
#[derive(Clone, PartialEq, Debug)]
pub struct Spoken {
    /// Who has not confirmed yet.
    pub by: BTreeSet<String>,
    /// Until when they should.
    pub confirm_by: Option<Utc>,
}

/// A paper as it was last signed (S4.25).
#[derive(Clone, PartialEq, Debug)]
pub struct Signed {
    pub version: Option<String>,
    pub at: Utc,
}

/// A right that its holder did not use lately (S4.46).
#[derive(Clone, PartialEq, Debug)]
pub struct Unused {
    pub person: Id,
    pub deed: Deed,
    /// `None`: never.
    pub last: Option<Utc>,
}

impl Permission {
    /// For whoever asks, every camera, the whole window (now, where no window is asked), and not
    /// over.
    pub(super) fn covers(&self, config: &Config, asking: &Asking, at: &Situation<'_>) -> bool {
        let to = Id::new(&self.to);
        let for_them =
            to.is_ok_and(|to| config.persons_of(&to).iter().any(|p| p.id.value == at.who.person));
        let seen = |camera: &CameraId| {
            self.cameras.as_ref().is_none_or(|list| list.contains(camera.as_str()))
        };
        let (from, until) = asking.window.unwrap_or((at.now, at.now));
        for_them
            && asking.cameras.iter().all(seen)
            && self.from <= from
            && until <= self.until
            && at.now <= self.expires
    }
}

impl Standing {
    /// The kinds that [`Standing::fold`] reads; all others leave it as it is.
    pub const KINDS: &'static [Kind] = &[
        Kind::Permission,
        Kind::Clip,
        Kind::Confirmation,
        Kind::Request,
        Kind::AccessGrant,
        Kind::AccessReview,
        Kind::AdminSession,
        Kind::Acceptance,
        Kind::Training,
        Kind::BreakGlass,
        Kind::Change,
        Kind::Told,
        Kind::ClockStep,
        Kind::Live,
        Kind::Viewing,
        Kind::SpotCheck,
        Kind::Still,
        Kind::LiftMask,
        Kind::Visit,
        Kind::Export,
        Kind::Release,
        Kind::Hold,
        Kind::Disposal,
        Kind::DailyCheck,
        Kind::Breach,
        Kind::PersonReport,
    ];

    /// One more entry, in the order of the logbook. A body that was destroyed says nothing more.
    pub fn fold(&mut self, entry: &Entry) {
        let Some(body) = &entry.body else { return };
        let (at, number) = (entry.header.at, entry.number);
        if entry.header.act == Act::Correct
            && let Some(about) = entry.header.about
        {
            self.permissions.remove(&about);
            self.decisions.remove(&about);
        }
        self.permissions.retain(|_, permission| at <= permission.expires);
        let deed = body.text(fields::DEED).map(String::from);
        if let (Some(who), Some(deed)) = (&body.who, &deed) {
            self.used.insert((who.person.clone(), deed.clone()), at);
        }
        let spoken = list(body, fields::SPOKEN_BY);
        if !spoken.is_empty() {
            let confirm_by = moment(body, fields::CONFIRM_BY);
            self.words.insert(number, Spoken { by: spoken, confirm_by });
        }
        let made_by = |wanted: Deed| deed.as_deref() == Some(wanted.as_str());
        match entry.header.kind {
            Kind::Permission if made_by(Deed::AuthoriseViewing) => self.permission(entry, body),
            Kind::Clip if made_by(Deed::AuthoriseViewing) => self.clip(entry, body),
            Kind::Request if made_by(Deed::AuthoriseDisclosure) => self.decision(entry, body),
            Kind::AccessGrant if made_by(Deed::ManageAccess) || body.who.is_none() => {
                self.access(at, body);
            }
            Kind::Confirmation => self.confirmation(entry, body),
            Kind::Acceptance => self.acceptance(at, body),
            Kind::Training => self.trained.extend(all_of(body).into_iter().map(|who| (who, at))),
            Kind::BreakGlass => self.break_glass(entry, body),
            Kind::Change => {
                let affects = list(body, fields::AFFECTS);
                if !affects.is_empty() {
                    self.untold.insert(number, affects);
                }
            }
            Kind::Told => self.told(entry, body),
            _ => {}
        }
    }

    fn permission(&mut self, entry: &Entry, body: &Body) {
        if entry.header.act == Act::Close {
            if let Some(about) = entry.header.about {
                self.permissions.remove(&about);
            }
            return;
        }
        let times = [fields::FROM, fields::UNTIL, fields::EXPIRES].map(|f| moment(body, f));
        let by = body.who.as_ref().map(|who| who.person.clone());
        let cameras = match body.fields.get(fields::CAMERAS) {
            Some(Value::Text(word)) if word == fields::ALL => Some(None),
            Some(Value::List(list)) => Some(Some(list.iter().cloned().collect())),
            _ => None,
        };
        // What lacks a field allows nothing.
        if let ([Some(from), Some(until), Some(expires)], Some(by), Some(cameras), Some(to)) =
            (times, by, cameras, body.text(fields::TO).map(String::from))
        {
            let permission = Permission { by, to, cameras, from, until, expires };
            self.permissions.insert(entry.number, permission);
        }
    }

    fn clip(&mut self, entry: &Entry, body: &Body) {
        if entry.header.act == Act::Close {
            if let Some(about) = entry.header.about {
                self.clips.remove(&about);
            }
            return;
        }
        let name = body.text(fields::CLIP).map(String::from);
        let until = body.text(fields::CLIP_UNTIL).and_then(|day| day.parse().ok());
        let cameras = list(body, fields::CAMERAS).iter().map(|id| CameraId::new(id)).collect();
        let window = moment(body, fields::FROM).zip(moment(body, fields::UNTIL));
        let made_up = body.fields.get(fields::SIMULATED) == Some(&Value::Yes(true));
        // What lacks a field lets nothing be shown.
        if let (Some(name), Some(until), Ok::<Vec<_>, String>(cameras)) = (name, until, cameras)
            && made_up == (cameras.is_empty() && window.is_none())
        {
            self.clips.insert(entry.number, Clip { name, cameras, window, until });
        }
    }

    fn decision(&mut self, entry: &Entry, body: &Body) {
        let allowed = body.text(fields::DECISION) == Some(fields::ALLOWED);
        let request = entry.header.about;
        // The last decision on a request counts: a later refusal takes an earlier leave back.
        self.decisions.retain(|_, decision| decision.request != request);
        if let Some(who) = body.who.as_ref().filter(|_| allowed) {
            let decision = Decision { by: who.person.clone(), request };
            self.decisions.insert(entry.number, decision);
        }
    }

    fn access(&mut self, at: Utc, body: &Body) {
        let Some(subject) = body.text(fields::SUBJECT).map(String::from) else { return };
        match body.text(fields::CHANGE) {
            Some(fields::GIVEN) => {
                self.access.insert(subject, at);
            }
            Some(fields::RETURNED) => {
                self.access.remove(&subject);
            }
            Some(fields::SUSPENDED) => {
                let trigger = body.text(fields::TRIGGER).map(String::from).unwrap_or_default();
                self.suspended.entry(subject).or_default().insert(trigger);
            }
            Some(fields::REVIEWED) => {
                self.suspended.remove(&subject);
            }
            _ => {}
        }
    }

    fn confirmation(&mut self, entry: &Entry, body: &Body) {
        let Some((about, who)) = entry.header.about.zip(body.who.as_ref()) else { return };
        if let Some(spoken) = self.words.get_mut(&about) {
            spoken.by.remove(&who.person);
            if spoken.by.is_empty() {
                self.words.remove(&about);
            }
        }
    }

    fn acceptance(&mut self, at: Utc, body: &Body) {
        let Some((person, paper)) = whom(body).zip(body.text(fields::PAPER).map(String::from))
        else {
            return;
        };
        let version = body.text(fields::VERSION).map(String::from);
        self.signed.insert((person, paper), Signed { version, at });
    }

    fn break_glass(&mut self, entry: &Entry, body: &Body) {
        match (entry.header.act, entry.header.about) {
            (Act::Close, Some(about)) => {
                self.emergencies.remove(&about);
            }
            _ if body.text(fields::EVENT) == Some(fields::USED) => {
                self.emergencies.insert(entry.number, entry.header.at);
            }
            _ => {}
        }
    }

    fn told(&mut self, entry: &Entry, body: &Body) {
        let persons = all_of(body);
        if let Some(about) = entry.header.about
            && let Some(waiting) = self.untold.get_mut(&about)
        {
            waiting.retain(|person| !persons.contains(person));
            if waiting.is_empty() {
                self.untold.remove(&about);
            }
        }
        self.told.extend(persons);
    }

    /// Permissions that are not over, by entry.
    pub fn permissions(&self) -> impl Iterator<Item = (Number, &Permission)> {
        self.permissions.iter().map(|(number, permission)| (*number, permission))
    }

    pub fn permission_of(&self, number: Number) -> Option<&Permission> {
        self.permissions.get(&number)
    }

    /// A clip that was approved and not taken back, by its name or its entry (`#12`); the latest
    /// of that name.
    pub fn clip_named(&self, name: &str) -> Option<&Clip> {
        let number = name.strip_prefix('#').and_then(|number| number.parse().ok());
        if let Some(number) = number {
            return self.clips.get(&number);
        }
        self.clips.values().rfind(|clip| clip.name.eq_ignore_ascii_case(name.trim()))
    }

    /// A request that was allowed, by the entry of its decision.
    pub fn decision_of(&self, number: Number) -> Option<&Decision> {
        self.decisions.get(&number)
    }

    /// Words given by mouth that nobody confirmed yet, by entry: a duty, and past
    /// [`Spoken::confirm_by`] an alarm (S4.12, K7).
    pub fn words(&self) -> impl Iterator<Item = (Number, &Spoken)> {
        self.words.iter().map(|(number, spoken)| (*number, spoken))
    }

    pub(super) fn waits_for(&self, number: Number, person: &Id) -> bool {
        self.words.get(&number).is_some_and(|spoken| spoken.by.contains(person.as_str()))
    }

    /// What suspends this person's privileged rights, among the triggers of the file (S4.59). A
    /// trigger that this release does not know suspends too.
    pub fn suspended(&self, person: &Id, triggers: &[Trigger]) -> Option<&str> {
        let known = |word: &str| all_triggers().any(|t| t.as_str() == word);
        let counts = |word: &&str| !known(word) || triggers.iter().any(|t| t.as_str() == *word);
        let all = self.suspended.get(person.as_str())?;
        all.iter().map(String::as_str).find(counts)
    }

    /// Is it this trigger that suspends them, since it was last looked at?
    pub fn is_suspended_by(&self, person: &str, trigger: Trigger) -> bool {
        self.suspended.get(person).is_some_and(|all| all.contains(trigger.as_str()))
    }

    pub fn signed(&self, person: &Id, paper: &Id) -> Option<&Signed> {
        self.signed.get(&(person.to_string(), paper.to_string()))
    }

    pub fn trained(&self, person: &Id) -> Option<Utc> {
        self.trained.get(person.as_str()).copied()
    }

    /// Was this person ever told of anything that the box examines (S4.51)?
    pub fn was_told(&self, person: &Id) -> bool {
        self.told.contains(person.as_str())
    }

    /// Changes that this person has yet to hear of, at their next log-in (S4.50).
    pub fn untold(&self, person: &Id) -> Vec<Number> {
        let waiting = self.untold.iter();
        waiting.filter(|(_, who)| who.contains(person.as_str())).map(|(n, _)| *n).collect()
    }

    /// Uses of a sealed code that nobody reviewed (S4.42).
    pub fn emergencies(&self) -> impl Iterator<Item = (Number, Utc)> {
        self.emergencies.iter().map(|(number, at)| (*number, *at))
    }

    /// When access was last given to this person, if it was and was not given back (S4.45).
    pub fn access_since(&self, person: &Id) -> Option<Utc> {
        self.access.get(person.as_str()).copied()
    }

    /// When this person last used that right.
    pub fn last_use(&self, person: &Id, deed: Deed) -> Option<Utc> {
        let word = Wish::Deed(deed).to_string();
        self.used.get(&(person.to_string(), word)).copied()
    }

    /// Rights that their holders did not use for that long: candidates for the review (S4.46).
    pub fn unused(&self, config: &Config, now: Utc, longer_than: Span) -> Vec<Unused> {
        let today = config.site.zone.day_of(now);
        let mut out = Vec::new();
        for person in config.people.iter().filter(|p| right::in_force(p, today).is_ok()) {
            let id = &person.id.value;
            for deed in table::deeds(config, id, today) {
                let last = self.last_use(id, deed);
                if last.is_none_or(|last| now - last > longer_than) {
                    out.push(Unused { person: id.clone(), deed, last });
                }
            }
        }
        out
    }
}

fn all_triggers() -> impl Iterator<Item = Trigger> {
    use crate::config::value::Word;
    Trigger::WORDS.iter().map(|(_, trigger)| *trigger)
}

/// Whom a training or a telling is about: those named, else whoever made the entry.
fn all_of(body: &Body) -> BTreeSet<String> {
    let named = list(body, fields::PERSONS);
    match named.is_empty() {
        true => body.who.iter().map(|who| who.person.clone()).collect(),
        false => named,
    }
}

/// The person whom a paper is about: the one named, else whoever made the entry.
fn whom(body: &Body) -> Option<String> {
    body.text(fields::PERSON)
        .map(String::from)
        .or_else(|| body.who.as_ref().map(|who| who.person.clone()))
}

fn list(body: &Body, field: &str) -> BTreeSet<String> {
    match body.fields.get(field) {
        Some(Value::List(list)) => list.iter().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

fn moment(body: &Body, field: &str) -> Option<Utc> {
    body.text(field)?.parse().ok()
}
