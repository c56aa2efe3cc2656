//! What lies over a screen: help, a page of text, a menu, a form, a record, the daily check,
//! the file.

use super::begin;
use super::form::Form;
use super::keymap::Scope;
use super::logbook::record::RecordView;
use super::recorder::own;
use super::site;
use super::site::editor::Editor;
use super::site::history::History;
use super::site::plan::PlanView;
use super::today::check::Check;
use super::today::glance::View;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::logbook::{Act, Kind, Number, Value};
use crate::wire::Sent;
use crate::wire::site::Trying;

#[derive(Clone, PartialEq, Debug)]
pub enum Over {
    Help {
        scroll: usize,
    },
    Emergency,
    Page(Page),
    Menu(Menu),
    Form(Box<Form>),
    Record(Box<RecordView>),
    Check(Check),
    Glance(Box<View>),
    /// The file, being edited.
    Edit(Box<Editor>),
    /// What an edit of it would change.
    Plan(Box<PlanView>),
    History(Box<History>),
    /// "Keep the new network?"
    Keep(Trying),
}

/// Text to be read, scrolled.
#[derive(Clone, PartialEq, Debug)]
pub struct Page {
    pub title: String,
    pub lines: Vec<String>,
    /// Shown once and kept nowhere: codes to be written down.
    pub secrets: Vec<Sent>,
    /// To be photographed.
    pub code: Option<Sent>,
    pub scroll: usize,
}

impl Page {
    pub fn new(title: &str, lines: Vec<String>) -> Page {
        Page { title: title.into(), lines, secrets: Vec::new(), code: None, scroll: 0 }
    }
}

/// A list to choose one from.
#[derive(Clone, PartialEq, Debug)]
pub struct Menu {
    pub title: String,
    pub items: Vec<(String, Pick)>,
    pub at: usize,
}

/// What choosing it does.
#[derive(Clone, PartialEq, Debug)]
pub enum Pick {
    Form {
        kind: Kind,
        act: Act,
        about: Option<Number>,
        fill: Vec<(String, Value)>,
    },
    Hold,
    /// A picture goes with the export of a case.
    Still {
        case: (Number, Kind),
        camera: CameraId,
        at: Utc,
    },
    Site(site::Choice),
    /// The first file of a box.
    Begin(begin::Taking),
    /// About the box's own disks and its recovery key.
    Own(own::Choice),
    /// The stick with the next version.
    Update(String),
    /// A word of `signage::list`, and which one of it.
    Paper {
        word: &'static str,
        of: Option<String>,
    },
}

impl Over {
    pub fn scopes(&self) -> &'static [Scope] {
        use Scope as S;
        match self {
            Over::Help { .. } | Over::Page(_) => &[S::Page, S::Anywhere],
            Over::Emergency => &[S::Emergency, S::Anywhere],
            Over::Menu(_) => &[S::Menu, S::List, S::Anywhere],
            Over::Record(_) => &[S::Record, S::List, S::Anywhere],
            Over::Check(_) => &[S::Check, S::List, S::Anywhere],
            Over::Glance(_) => &[S::Glance, S::Anywhere],
            Over::Edit(_) => &[S::Edit, S::Anywhere],
            Over::Plan(_) => &[S::Plan, S::Page, S::Anywhere],
            Over::History(_) => &[S::History, S::List, S::Anywhere],
            Over::Keep(_) => &[S::Keep, S::Page, S::Anywhere],
            Over::Form(form) if form.opens_the_door() => &[S::LogIn, S::Form, S::Anywhere],
            Over::Form(_) => &[S::Form, S::Anywhere],
        }
    }

    /// Every answer of [`Over::scopes`].
    pub fn chains() -> Vec<&'static [Scope]> {
        use Scope as S;
        vec![
            &[S::Page, S::Anywhere],
            &[S::Emergency, S::Anywhere],
            &[S::Menu, S::List, S::Anywhere],
            &[S::Record, S::List, S::Anywhere],
            &[S::Check, S::List, S::Anywhere],
            &[S::Glance, S::Anywhere],
            &[S::LogIn, S::Form, S::Anywhere],
            &[S::Form, S::Anywhere],
            &[S::Edit, S::Anywhere],
            &[S::Plan, S::Page, S::Anywhere],
            &[S::History, S::List, S::Anywhere],
            &[S::Keep, S::Page, S::Anywhere],
        ]
    }
}
