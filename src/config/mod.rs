//! `site.kdl` in, [`Config`] or findings out. Pure: bytes are an argument, files are read
//! elsewhere.
//!
//! # How a file is read
//! 1. `parse` refuses what is no text: size, UTF-16, zeros, bytes that are not UTF-8.
//! 2. `scan` goes over the text once without recursion. Depth and counts are limited before the
//!    parser sees anything; slips of people who never saw KDL are named and mended (`mend`), so
//!    that reading can go on.
//! 3. `kdl` parses the mended text; `read` gives typed reads over its nodes, and each section's
//!    file decodes its own. Whatever nobody asked for is unknown (`unread`). Nothing stops at the
//!    first fault.
//! 4. `refer` resolves names between sections. Notes are sorted by place; places point into the
//!    file as it is, not as it was mended. Findings that touch a mended place are dropped: they
//!    would be about our mending.
//!
//! # Invariants
//! - `config` is `None` exactly when a note is an error. No legal finding is an error: those are
//!   made by the lint, over a [`Config`] that loads.
//! - Equality of [`Config`] ignores places and origins: comments and spacing change nothing.
//! - No secrets: `secret` names a password in the state folder; `password=` and `user:password@`
//!   are errors.
//!
//! # The schema
//! `NAME` is a short name (`a-z 0-9 -`, 1 to 64); `WHO` a person or a role; `WHOS`, `ZONES` ...
//! several in one
//! quoted text with spaces; `DATE` is `"2026-09-02"`; `LENGTH` is `"90s" "2m" "72h" "30d"`; `BOOL`
//! is
//! `#true` or `#false`. `!` marks what must be there; a default stands in brackets. Texts are at
//! most 2,000
//! characters.
//!
//! ```text
//! site! "name"! timezone=["Europe/London"] grade=1..4 [2]
//!   controller! "name"! registration= renews=DATE address=
//!   contact! "title"! phone= email= web= address=          one of the four is needed
//!   data-protection-officer "title"! phone= email= web= address=
//!   owner "name" [the controller]     responsible WHO     questions-to WHO
//!   managed-by WHO...   day-to-day WHO...   technical WHO...
//!   location "room" locked=BOOL [#true]
//!   governed-by "paper" covers="retention disclosure ..." available-at=   related "paper"
//!       available-at=
//!   copies-at "place"...   printer "ipp://192.0.2.9/ipp/print"
//! code-of-practice! version= approved=DATE by=WHO review-by=DATE
//!   purpose! NAME "title" because= needs="question" welsh= main=BOOL                one or more
//!   decided DATE by=WHO dpia= dpia-review-by=DATE lawful-basis= adopts= because=
//!   changes "text"...   consult "who"...   revision "version" "changes" date=DATE!
//!   statement "text" about=   exception "rule" because=! control=! by=WHO! until=DATE
//!   risk-assessment "reference" "title" date= review-by= zones=ZONES signed-by=WHOS
//!   acceptance NAME "paper" version= by=WHOS renew=day|week|month|term|half-year|year
//!       privileged=BOOL
//! people!
//!   person! NAME "title" post= department= deputises=PERSON admin=BOOL contractor="firm" from=
//!       until=
//!           phone= email=
//! roles
//!   role NAME ["title"] deputies=BOOL [#false]
//!     may DEED... at=STATIONS zones=ZONES permission=BOOL [#false] reason=BOOL [#false]
//!         limit=LENGTH
//!     register REGISTER "read" "write" "close"
//!     held-by! PERSON...
//!     granted PERSON on=DATE! by=WHOS because= paper=
//! approvals
//!   widen-rights | shorten-retention | drop-safeguard  by=WHOS! and=WHOS deputies=BOOL
//! cameras!                                                                   1 to 512 cameras
//!   defaults user= secret=NAME transport=tcp|udp kind= wifi=BOOL
//!   camera! NAME "title" zone=ZONE! kind=fixed|dome|ptz [fixed] transport=tcp|udp [tcp] user=
//!           secret=NAME door=BOOL wifi=BOOL make= model= serial= mac= installed=DATE
//!     stream "rtsp://..." codec=h264|h265 kbps=16..200000 fps=0.1..240 width=16..16384
//!         height=16..16384
//!     pipeline "gst-launch words" codec= kbps= fps= width= height=     instead of stream
//!     preview "rtsp://..."
//!     task WORD width-m=0.1..1000 distance-m=0.1..1000
//!     mask "what it hides" in-camera=BOOL { point X Y ... }     3 to 64 points, fractions 0 to 1
//!     overlooks "private property"...
//!     audio because= dpia=     disabled because=! until=DATE     covert authorisation="reference"
//! zones!
//!   zone NAME "title"
//!       kind=indoor|outdoor|entrance|corridor|car-park|classroom|office|public|changing
//!        |toilet|medical [indoor] purposes=PURPOSES [all] dpia=
//!   blind-spot "where"...
//! access-routes
//!   route NAME "title" sign=SIGN
//! retention! min-days=0..3650! target-days=[31, within] max-days=1..3650! because=
//!            when-full=oldest|stop [oldest]                              local calendar days
//!   zone ZONE | camera CAMERA  min-days= target-days= max-days= because=    the camera's counts
//!       first
//!   hold-class NAME "title" review-days=1..1825 [90]     six stand by themselves
//! signage notice="address of the full notice" welsh=BOOL
//!   sign NAME "where" size=A5..A1 [A4] read-from-m=0.5..50 [2] covers=ZONES! purposes=PURPOSES
//!        text= welsh= contact= variant=entrance|car-park|repeater|changing-corridor
//! calendar weekends-closed=BOOL
//!   term DATE [DATE] title=     closed DATE [DATE] title=
//! duties
//!   daily-check random-check clock-check access-review sign-check policy-review dpia-review
//!       liaison
//!   yearly-report audit training print-checkpoint recovery-check
//!     by=WHOS every=day|week|month|term|half-year|year before="09:00" due=DATE { with "body"... }
//!   maintenance "firm" contract= from= until= phone= email= accepted=DATE, and the above    may
//!       repeat
//! viewing spot-check=LENGTH ["60s"] verbal=BOOL [#true] confirm-within=LENGTH ["2d"]
//!   viewer KIND ["title"] by=WHOS supervised=BOOL [#true] approved-clips=BOOL needs=PROOFS
//!       refused=BOOL
//!   visits book= identity=BOOL [#true] supervised=BOOL [#true] procedure=
//!   declaration "text"
//! disclosure witness=BOOL [#true] out-of-hours-witness=BOOL [#false]
//!            medium=encrypted|bitlocker|zip|plain [encrypted]
//!            split=100MB..1TB ["4GB"] hold=HOLD-CLASS ["export"] protected-persons=BOOL [#true]
//!   recipient KIND ["title"] by=WHOS needs=PROOFS needs-one=PROOFS refused=BOOL because=
//!   basis NAME "title"   condition "text"...   original "procedure"
//!   subject-access to=WHOS answer-within=LENGTH ["30d"]
//! registers REGISTER...                    incident-types NAME... { type NAME "title" }
//! escalation
//!   dsl | deputy-dsl | lado | police | contact  "title" phone= email=     emergency "step"...
//! breaches by=WHOS head=WHO about-head="who acts" independent= report-to=WHOS notify-
//! within=["72h"]
//! complaints to=WHOS answer-within=["30d"]
//! covert procedure= available-at=
//!   copies-to "addressee" address=
//!   authorisation "reference" state=applied|authorised|cancelled! by="who" in-charge=WHO from=
//!       until=
//!                 reviewed= copy-sent= cameras=CAMERAS
//! logbook keep-years=1..30 [7]
//! disposal witness=BOOL [#true] methods="erase destroy certified-firm" procedure=
//! clock alarm=LENGTH ["5s"] { server "name"... }
//! stations
//!   station NAME "room" tty= declaration=BOOL [#false] idle-lock=LENGTH ["2m"] wall=BOOL [#false]
//!       admin=BOOL [#true]
//! accounts second-factor=none|privileged|everyone [none] passphrase-min=8..64 [12]
//!          admin-session=LENGTH ["30m"] break-glass=0..4 [2] review-on=TRIGGERS [all]
//!              in-doubt=WHOS
//!   banner "text"
//! storage encryption=disk [disk] because=
//!   footage "/folder"... ["/var/lib/beadle/footage"]     keep-free "5%"|"50GB" ["5%"]
//! network
//!   uplink "interface" dhcp=BOOL address="192.0.2.5/24" gateway= dns="..."
//!   cameras "interface" address="10.20.0.1/24"! ntp=BOOL [#true] dhcp=BOOL [#true]
//! ```
//!
//! Costs: the scan is linear; `kdl` takes about 30 ms for 200 cameras; `limits.rs` bounds the rest.

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
pub mod guide;
pub mod lint;
pub mod logbook;
mod mend;
pub mod near;
pub mod network;
pub mod note;
pub mod outline;
mod parse;
pub mod people;
pub mod practice;
mod read;
pub mod refer;
pub mod registers;
pub mod retention;
pub mod rewrite;
pub mod roles;
mod scalar;
mod scan;
mod scan_text;
mod scan_word;
pub mod schema;
pub mod signage;
pub mod site;
pub mod stations;
pub mod storage;
pub mod token;
mod unread;
pub mod value;
pub mod viewing;
pub mod zones;

pub use parse::{parse, uses};

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
        let own = self.retention.cameras.iter().find(|(id, _)| id.value == camera.id.value);
        let zone = || self.retention.zones.iter().find(|(id, _)| id.value == camera.zone.value);
        own.map(|(_, k)| k).or(zone().map(|(_, k)| k)).unwrap_or(&self.retention.keep)
    }

    /// The persons that a name of the file means: the person, or the holders of the role.
    pub fn persons_of<'a>(&'a self, name: &Id) -> Vec<&'a people::Person> {
        if let Some(person) = self.person(name) {
            return vec![person];
        }
        let holders = self.role(name).map(|r| r.held_by.as_slice()).unwrap_or_default();
        holders.iter().filter_map(|id: &At<Id>| self.person(&id.value)).collect()
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
