//! Names that one part of the file declares and another uses. Checked when the whole file is read.

use std::collections::BTreeMap;

use super::near::nearest;
use super::value::Place;

/// What a name of the file names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Camera,
    Zone,
    Purpose,
    Person,
    Role,
    /// A person or a role: one namespace. Used, never declared.
    Who,
    Sign,
    Route,
    Station,
    HoldClass,
    Authorisation,
    Acceptance,
    IncidentType,
    Basis,
}

impl Kind {
    /// As the reader calls it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Camera => "camera",
            Kind::Zone => "zone",
            Kind::Purpose => "purpose",
            Kind::Person => "person",
            Kind::Role => "role",
            Kind::Who => "person or role",
            Kind::Sign => "sign",
            Kind::Route => "route",
            Kind::Station => "station",
            Kind::HoldClass => "hold class",
            Kind::Authorisation => "authorisation",
            Kind::Acceptance => "acceptance",
            Kind::IncidentType => "incident type",
            Kind::Basis => "basis",
        }
    }

    fn declared_in(self) -> &'static str {
        match self {
            Kind::Camera => "\"cameras\"",
            Kind::Zone => "\"zones\"",
            Kind::Purpose | Kind::Acceptance => "\"code-of-practice\"",
            Kind::Person => "\"people\"",
            Kind::Role => "\"roles\"",
            Kind::Who => "\"people\" or \"roles\"",
            Kind::Sign => "\"signage\"",
            Kind::Route => "\"access-routes\"",
            Kind::Station => "\"stations\"",
            Kind::HoldClass => "\"retention\", as a hold-class",
            Kind::Authorisation => "\"covert\"",
            Kind::IncidentType => "\"incident-types\"",
            Kind::Basis => "\"disclosure\"",
        }
    }

    /// The kinds whose names will do where this one is wanted.
    pub fn served_by(self) -> &'static [Kind] {
        match self {
            Kind::Who => &[Kind::Person, Kind::Role],
            Kind::Person => &[Kind::Person],
            Kind::Camera => &[Kind::Camera],
            Kind::Zone => &[Kind::Zone],
            Kind::Purpose => &[Kind::Purpose],
            Kind::Role => &[Kind::Role],
            Kind::Sign => &[Kind::Sign],
            Kind::Route => &[Kind::Route],
            Kind::Station => &[Kind::Station],
            Kind::HoldClass => &[Kind::HoldClass],
            Kind::Authorisation => &[Kind::Authorisation],
            Kind::Acceptance => &[Kind::Acceptance],
            Kind::IncidentType => &[Kind::IncidentType],
            Kind::Basis => &[Kind::Basis],
        }
    }
}

/// Text and remedy.
pub(super) type Fault = (String, String);

#[derive(Default)]
pub(super) struct Names {
    declared: BTreeMap<(Kind, String), Place>,
    wanted: Vec<(Kind, String, Place)>,
}

impl Names {
    pub fn refer(&mut self, kind: Kind, name: &str, place: Place) {
        self.wanted.push((kind, name.to_string(), place));
    }

    /// A fault when the name is taken; persons and roles share theirs.
    pub fn declare(&mut self, kind: Kind, name: &str, place: Place) -> Option<Fault> {
        let rivals: &[Kind] = match kind {
            Kind::Person | Kind::Role => Kind::Who.served_by(),
            other => other.served_by(),
        };
        let taken = rivals.iter().find(|k| self.declared.contains_key(&(**k, name.to_string())));
        let taken = taken.copied();
        self.declared.entry((kind, name.to_string())).or_insert(place);
        taken.map(|other| {
            let word = kind.word();
            let text = format!("a second {word} with the short name \"{name}\"");
            let remedy = if other == kind {
                format!("give each {word} a short name of its own")
            } else {
                format!("there is a {} of that name: persons and roles share theirs", other.word())
            };
            (text, remedy)
        })
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let kinds = kind.served_by();
        self.declared.keys().filter(move |(k, _)| kinds.contains(k)).map(|(_, n)| n.as_str())
    }

    /// Where a name is used, as the decoder came upon it.
    pub fn uses(&self, of: Kind, named: &str) -> Vec<Place> {
        let ours = self
            .wanted
            .iter()
            .filter(|(kind, name, _)| name == named && kind.served_by().contains(&of));
        ours.map(|(_, _, place)| *place).collect()
    }

    /// Uses of what is declared nowhere.
    pub fn dangling(&self) -> Vec<(Place, Fault)> {
        let missing = self.wanted.iter().filter(|(kind, name, _)| {
            !kind.served_by().iter().any(|k| self.declared.contains_key(&(*k, name.clone())))
        });
        missing.map(|(kind, name, place)| (*place, self.fault(*kind, name))).collect()
    }

    fn fault(&self, kind: Kind, name: &str) -> Fault {
        let text = format!("there is no {} \"{name}\" in this file", kind.word());
        let role = (Kind::Role, name.to_string());
        let remedy = if kind == Kind::Person && self.declared.contains_key(&role) {
            format!("\"{name}\" is a role; name the persons themselves")
        } else if let Some(near) = nearest(name, self.of(kind)) {
            format!("did you mean \"{near}\"?")
        } else {
            format!("declare it in {}, or correct the name", kind.declared_in())
        };
        (text, remedy)
    }
}
