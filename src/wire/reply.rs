//! What the supervisor answers.

use serde::{Deserialize, Serialize};

use super::{PlanReport, ReferenceFile, Saved, Sent, Status, StillFile};
use crate::base::time::Utc;
use crate::footage::{Gap, Hold, Segment};
use crate::logbook::case::Case;
use crate::logbook::{Entry, Number};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    Status(Box<Status>),
    Footage {
        segments: Vec<Segment>,
        gaps: Vec<Gap>,
        more: Option<u64>,
    },
    Plan(PlanReport),
    Hold(Hold),
    Holds {
        holds: Vec<Hold>,
    },
    LoggedIn(Box<super::people::LoggedIn>),
    WhoIs(super::people::WhoIs),
    Room(Box<super::room::Room>),
    Judged(super::room::Judged),
    Record(Box<super::room::RecordSheet>),
    Case(Box<Case>),
    Cases {
        cases: Vec<Case>,
    },
    Machine(super::room::MachineSheet),
    Disks(Box<super::disk::DisksSheet>),
    Update(super::update::UpdateSheet),
    /// Numbers of groups, from 1.
    Groups {
        places: Vec<usize>,
    },
    /// Shown once.
    Codes {
        codes: Vec<Sent>,
        until: Option<Utc>,
    },
    Enrolled {
        person: String,
    },
    /// For an authenticator, shown once: as an address for a code, and to be typed.
    Factor {
        address: Sent,
        typed: Sent,
    },
    /// The first people are enrolled; the sealed codes are shown once.
    Founded {
        people: Vec<String>,
        codes: Vec<Sent>,
    },
    People {
        people: Vec<super::people::PersonLine>,
    },
    Forms {
        forms: Vec<super::book::FormTitle>,
    },
    Form(super::book::FormSheet),
    Entered {
        number: Number,
        /// What is unusual about it, and what happens now.
        notes: Vec<String>,
    },
    Entries(super::book::Found),
    Entry(Box<Entry>),
    Records {
        records: Vec<super::book::RecordLine>,
    },
    Text {
        text: String,
    },
    Still(StillFile),
    /// `None`: nobody took one yet.
    ReferenceStill {
        reference: Option<Box<ReferenceFile>>,
    },
    Glance(Box<super::glance::Glance>),
    Verified(super::room::Verified),
    Export(Box<super::export::Exporting>),
    Print(Box<super::print::Printing>),
    Duties {
        duties: Vec<super::duty::DutyLine>,
    },
    Secrets {
        names: Vec<String>,
        /// How they are kept, in words.
        kept: String,
    },
    /// The passphrase is right; ask again with the second factor.
    CodeWanted,
    /// The entry of the look, and when it ends by itself.
    Viewing {
        number: Number,
        until: Option<Utc>,
    },
    SiteFile(Box<super::site::SiteSheet>),
    Versions {
        versions: Vec<super::site::VersionLine>,
    },
    Way(super::look::Way),
    /// What came of saving the file.
    Saved(Saved),
    /// Log in first, and ask again.
    LogIn {
        why: String,
    },
    Done,
    /// A sentence for the reader: what, where, what to do.
    Refused {
        why: String,
    },
}
