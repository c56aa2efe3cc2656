//! `site.kdl` in, [`Config`] or findings out. Pure: bytes are an argument, files are read elsewhere.

pub mod approvals;
pub mod calendar;
mod camera_decode;
pub mod cameras;
pub mod covert;
pub mod diff;
pub mod disclosure;
pub mod duties;
pub mod escalation;
pub mod explain;
pub mod lint;
pub mod logbook;
pub mod near;
pub mod network;
pub mod note;
mod parse;
pub mod people;
pub mod practice;
mod read;
mod refer;
pub mod registers;
pub mod retention;
pub mod roles;
mod scalar;
mod scan;
mod scan_word;
pub mod signage;
pub mod site;
pub mod stations;
pub mod storage;
pub mod value;
pub mod viewing;
pub mod zones;

pub use parse::parse;

use note::Note;
use value::{At, Id};

use crate::base::name::CameraId;

/// Everything the file says, with every default filled in. Equality ignores places and origins.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    pub site: site::Site,
    pub practice: practice::CodeOfPractice,
    pub people: Vec<people::Person>,
    pub roles: Vec<roles::Role>,
    pub approvals: Vec<approvals::Approval>,
    pub cameras: cameras::Cameras,
    pub zones: zones::Zones,
    pub routes: Vec<zones::Route>,
    pub retention: retention::Retention,
    pub signage: signage::Signage,
    pub calendar: calendar::Calendar,
    pub duties: Vec<duties::Duty>,
    pub viewing: viewing::Viewing,
    pub disclosure: disclosure::Disclosure,
    pub registers: registers::Shown,
    pub incident_types: Vec<registers::IncidentType>,
    pub escalation: escalation::Escalation,
    pub breaches: escalation::Breaches,
    pub complaints: escalation::Complaints,
    pub covert: covert::Covert,
    pub logbook: logbook::Logbook,
    pub disposal: logbook::Disposal,
    pub clock: logbook::ClockRules,
    pub stations: Vec<stations::Station>,
    pub accounts: stations::Accounts,
    pub storage: storage::Storage,
    pub network: network::Network,
}

/// What came of reading a file. `config` is `None` exactly when a note is an error.
#[derive(Clone, PartialEq, Debug)]
pub struct Parsed {
    pub config: Option<Config>,
    /// Sorted by place.
    pub notes: Vec<Note>,
}

impl Config {
    pub fn camera(&self, id: &CameraId) -> Option<&cameras::Camera> {
        self.cameras.list.iter().find(|c| c.id.value == *id)
    }

    pub fn zone(&self, id: &Id) -> Option<&zones::Zone> {
        self.zones.list.iter().find(|z| z.id.value == *id)
    }

    pub fn person(&self, id: &Id) -> Option<&people::Person> {
        self.people.iter().find(|p| p.id.value == *id)
    }

    pub fn role(&self, id: &Id) -> Option<&roles::Role> {
        self.roles.iter().find(|r| r.id.value == *id)
    }

    /// The figures that hold for one camera: its own, else its zone's, else the site's.
    pub fn keep(&self, camera: &cameras::Camera) -> &retention::Keep {
        let own = self
            .retention
            .cameras
            .iter()
            .find(|(id, _)| id.value == camera.id.value);
        let zone = || {
            self.retention
                .zones
                .iter()
                .find(|(id, _)| id.value == camera.zone.value)
        };
        own.map(|(_, k)| k)
            .or(zone().map(|(_, k)| k))
            .unwrap_or(&self.retention.keep)
    }

    /// The persons that a name of the file means: the person, or the holders of the role.
    pub fn persons_of<'a>(&'a self, name: &Id) -> Vec<&'a people::Person> {
        if let Some(person) = self.person(name) {
            return vec![person];
        }
        let holders = self
            .role(name)
            .map(|r| r.held_by.as_slice())
            .unwrap_or_default();
        holders
            .iter()
            .filter_map(|id: &At<Id>| self.person(&id.value))
            .collect()
    }

    /// Why a camera of the file is not recorded on that day, where that is so.
    pub fn not_recorded(
        &self,
        c: &cameras::Camera,
        today: crate::base::time::Day,
    ) -> Option<String> {
        if let Some(disabled) = &c.disabled {
            return Some(format!("disabled in the file: {}", disabled.because.value));
        }
        let covert = c.covert.as_ref()?;
        let named = covert.authorisation.as_ref();
        let held = named.and_then(|named| {
            let all = &self.covert.authorisations;
            all.iter().find(|a| a.reference.value == named.value)
        });
        match held {
            Some(a) if a.in_force(today) => None,
            _ => Some("a covert camera is recorded under an authorisation in force only".into()),
        }
    }
}
