//! A form: fields that are filled in one after another, judged as they are, and sent whole.
//!
//! Log-in, filters, holds and every entry of the logbook are forms; what becomes of one is its
//! [`Task`]. Fields of an entry come from the supervisor's table with choices of the file; after
//! each answer it is asked how the form stands, so that a question appears the moment it is needed
//! and an objection stands at its field. Nothing typed is lost while that goes on.

pub mod draw;
pub mod edit;
pub mod field;
pub mod look;
pub mod send;
pub mod sheets;

use std::collections::BTreeSet;

pub use field::{Field, Input, Line, Sort};

use super::ask::For;
use super::site::guided::Guide;
use crate::base::name::CameraId;
use crate::logbook::{Act, Kind, Number};
use crate::wire::Ending;
use crate::wire::book::Find;
use crate::wire::export::StillWanted;
use crate::wire::look::Looking;
use crate::wire::room::{Flaw, Judged};

/// How the refusal of a lone person begins.
const TAKES_TWO: &str = "A second person must log in beside you";
/// How it ends where the second person showed their passphrase alone.
const DIGITS_TOO: &str = "the six digits of their authenticator are asked for too.";

/// What becomes of a form.
#[derive(Clone, PartialEq, Debug)]
pub enum Task {
    LogIn,
    Unlock,
    /// A sealed code instead of a log-in (S4.42).
    BreakGlass,
    /// A one-time code and a passphrase of one's own.
    Enrol,
    /// The first two people of the box.
    Found,
    /// A one-time code for somebody.
    Code,
    /// The digits that an authenticator shows.
    Factor,
    /// Somebody's authenticator was lost.
    DropFactor,
    Enter {
        kind: Kind,
        act: Act,
        about: Option<Number>,
    },
    Hold,
    EndHold {
        id: String,
    },
    /// Footage leaves for a case, with these pictures (S1.61).
    Export {
        case: Number,
        stills: Vec<StillWanted>,
    },
    StopExport {
        number: Number,
    },
    /// A paper goes to a stick or a printer.
    Print {
        word: &'static str,
        of: Option<String>,
    },
    /// What a camera shows now is kept as good, or not (R4.20).
    Reference {
        camera: CameraId,
    },
    /// The version of the file that waits.
    Approve {
        digest: String,
    },
    /// A camera's password, which nobody is shown (S4.62).
    Password,
    RemovePassword {
        name: String,
    },
    /// Beadle ends (S4.53).
    End(Ending),
    Refuse {
        digest: String,
    },
    /// An edit of the file that has a form.
    Guided(Guide),
    /// Which entries to show.
    Find(Box<Find>),
    /// What has to be said before pictures are seen.
    Look(Looking),
    /// What was seen, when they are put away.
    PutAway {
        kind: Kind,
        number: Number,
    },
    /// The recovery key from paper, for a box that has nobody.
    PutKey,
    /// Does the key on paper open the copies?
    TryKey,
    /// Some of its groups, typed from paper.
    OnPaper {
        places: Vec<usize>,
    },
    /// The version on this stick is written.
    Update {
        stick: String,
        version: String,
    },
    /// The system that runs from a stick goes to this disk.
    Install {
        name: String,
        typed: String,
    },
    /// The machine is restarted.
    Reboot,
    SetClock,
    /// A disk is erased and becomes a footage disk.
    MakeDisk {
        name: String,
        typed: String,
    },
    /// A footage disk of a box before this one.
    OpenDisk {
        name: String,
    },
    /// The time to go to, in recordings.
    Time,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Form {
    pub title: String,
    /// Read before the first field.
    pub intro: Vec<String>,
    pub task: Task,
    pub fields: Vec<Field>,
    pub focus: usize,
    pub flaws: Vec<Flaw>,
    /// Somebody wanted to send it: from then on missing answers are told too.
    pub tried: bool,
    /// On its way; keys wait.
    pub sending: bool,
    /// Esc was pressed once on a form with something in it.
    pub leaving: bool,
    /// Not judged yet: then the first question that is left open gets the focus.
    pub fresh: bool,
}

impl Form {
    pub fn new(task: Task, title: &str, fields: Vec<Field>) -> Form {
        let mut form = Form {
            title: title.into(),
            intro: Vec::new(),
            task,
            fields,
            focus: 0,
            flaws: Vec::new(),
            tried: false,
            sending: false,
            leaving: false,
            fresh: true,
        };
        form.settle();
        form
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    pub fn field_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|f| f.name == name)
    }

    pub fn focused(&self) -> Option<&Field> {
        self.fields.get(self.focus)
    }

    /// Does the next letter belong to a passphrase or code?
    pub fn types_secret(&self) -> bool {
        self.focused().is_some_and(|f| matches!(f.input, Input::Hidden(_)))
    }

    pub fn is_touched(&self) -> bool {
        self.fields.iter().any(|f| f.touched)
    }

    /// Is it no entry, and yet too much to be typed again?
    pub fn is_long(&self) -> bool {
        matches!(
            self.task,
            Task::Hold | Task::Guided(_) | Task::Refuse { .. } | Task::Export { .. }
        )
    }

    pub fn is_entry(&self) -> bool {
        matches!(self.task, Task::Enter { .. } | Task::Look(_) | Task::PutAway { .. })
    }

    /// The focus stands on a field that is asked for.
    pub fn settle(&mut self) {
        if self.focused().is_some_and(|f| f.asked) {
            return;
        }
        let after = (self.focus..self.fields.len()).find(|n| self.fields[*n].asked);
        let place = after.or_else(|| self.fields.iter().rposition(|f| f.asked));
        self.focus = place.unwrap_or(0);
    }

    /// To the next field, or the one before; `false`: there is none.
    pub fn step(&mut self, ahead: bool) -> bool {
        let found = if ahead {
            (self.focus + 1..self.fields.len()).find(|n| self.fields[*n].asked)
        } else {
            (0..self.focus.min(self.fields.len())).rev().find(|n| self.fields[*n].asked)
        };
        if let Some(place) = found {
            self.focus = place;
        }
        found.is_some()
    }

    /// To the first field that keeps the form from being sent.
    pub fn to_first_flaw(&mut self) {
        let blocked: BTreeSet<&str> =
            self.flaws.iter().filter(|f| f.blocks).map(|f| f.field.as_str()).collect();
        let place = self.fields.iter().position(|f| f.asked && blocked.contains(f.name.as_str()));
        if let Some(place) = place {
            self.focus = place;
        }
    }

    /// To the first field that has to be filled in and is not; `false`: there is none.
    pub fn to_first_empty(&mut self) -> bool {
        let empty = |f: &Field| f.asked && f.needed && f.input.is_empty();
        let place = self.fields.iter().position(empty);
        if let Some(place) = place {
            self.focus = place;
        }
        place.is_some()
    }

    /// The supervisor says how it stands.
    pub fn heard(&mut self, judged: Judged) {
        let here = self.focused().map(|f| f.name.clone());
        for field in &mut self.fields {
            if field.own {
                continue;
            }
            field.asked = judged.asked.contains(&field.name);
            field.needed = judged.needed.contains(&field.name);
        }
        self.flaws = judged.flaws;
        for (name, value) in &judged.offered {
            let typing = here.as_ref() == Some(name);
            let field = self.fields.iter_mut().find(|f| f.name == *name);
            if field.is_some_and(|f| f.take_offer(value, typing)) {
                self.flaws.retain(|flaw| flaw.field != *name);
            }
        }
        if matches!(self.task, Task::Look(_)) {
            // What the recorder fills in itself is not missing here.
            let fields = &self.fields;
            self.flaws.retain(|flaw| {
                flaw.field.is_empty() || fields.iter().any(|f| f.name == flaw.field)
            });
        }
        self.ask_witness();
        let place = here.and_then(|name| self.fields.iter().position(|f| f.name == name));
        self.focus = place.unwrap_or(self.focus);
        self.settle();
    }

    /// Whoever is named as witness signs beside the first person (S1.61).
    fn ask_witness(&mut self) {
        let named = self.field("witness").is_some_and(|f| f.asked && !f.input.is_empty());
        if self.field(sheets::SECOND_PERSON).is_some() {
            return;
        }
        match self.fields.iter().position(|f| f.name == sheets::SECOND_PHRASE) {
            Some(place) => {
                self.fields[place].asked = named;
                self.fields[place].needed = named;
            }
            None if named => {
                let phrase = "The witness types their passphrase";
                self.fields.push(Field::secret(sheets::SECOND_PHRASE, phrase).own());
            }
            None => {}
        }
    }

    /// Flaws to be shown at this field now.
    pub fn flaws_of<'a>(&'a self, field: &'a Field) -> impl Iterator<Item = &'a Flaw> {
        let seen = self.tried || field.touched;
        let tried = self.tried;
        self.flaws.iter().filter(move |f| f.field == field.name && seen && (tried || !f.missing))
    }

    /// Flaws of the form as a whole, and of fields that it does not show.
    pub fn flaws_of_all(&self) -> impl Iterator<Item = &Flaw> {
        let shown = |name: &str| self.fields.iter().any(|f| f.asked && f.name == name);
        self.flaws.iter().filter(move |f| {
            let whole = f.field.is_empty() || !shown(&f.field);
            whole && (self.tried || (!f.missing && !f.field.is_empty()))
        })
    }

    /// Refused: the supervisor's sentence, a line each. Where a second person is missing, they are
    /// asked for.
    pub fn refused(&mut self, why: &str) {
        self.sending = false;
        if why.starts_with(TAKES_TWO) {
            sheets::add_second(self);
        }
        if why.ends_with(DIGITS_TOO) {
            sheets::add_second_digits(self);
        }
        self.tried = true;
        self.flaws = sheets::flaws_of_text(self, why);
        self.to_first_flaw();
        let wrong = |f: &mut Field| matches!(f.input, Input::Hidden(_));
        // A passphrase that was refused is typed again, not mended.
        for field in self.fields.iter_mut().filter(|f| f.own || f.asked) {
            if wrong(field) && !self.task.keeps_secrets() {
                field.input = Input::hidden();
            }
        }
        self.refocus_secret();
    }

    fn refocus_secret(&mut self) {
        if matches!(self.task, Task::LogIn | Task::Unlock) {
            let hidden = |f: &Field| f.asked && matches!(f.input, Input::Hidden(_));
            self.focus = self.fields.iter().position(hidden).unwrap_or(self.focus);
        }
    }

    /// Log-in and unlocking have keys of their own.
    pub fn opens_the_door(&self) -> bool {
        matches!(self.task, Task::LogIn | Task::Unlock | Task::Found)
    }

    /// Whose answer this form waits for.
    pub fn waits_for(&self) -> For {
        For::Submit
    }
}

impl Task {
    /// May two persons do it together (S4.48, S4.49)? For entries the second stands in the form.
    fn may_take_two(&self) -> bool {
        matches!(
            self,
            Task::Code
                | Task::DropFactor
                | Task::EndHold { .. }
                | Task::Export { .. }
                | Task::Look(_)
        )
    }

    /// A refusal may be about anything but the passphrases, which are long and chosen.
    fn keeps_secrets(&self) -> bool {
        matches!(self, Task::Found | Task::Enrol)
    }
}
