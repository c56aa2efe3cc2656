//! A draft against its form: every fault at once, each with its field, a sentence and a remedy.

use super::condition::Talk;
use super::sort::{self, usual_remedy};
use super::{CORRECTION, Cond, Field, Form, Maker, Need, WITHDRAWN, added, rules};
use crate::base::time::{Day, Utc};
use crate::config::Config;
use crate::logbook::answer::SLOTS;
use crate::logbook::entry::{Act, Draft};
use crate::logbook::kind::Kind;
use crate::logbook::registers::{Record, State};

/// What a draft is judged against.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The file in force.
    pub config: &'a Config,
    pub now: Utc,
    /// The record that the draft goes on with, ends or puts right.
    pub record: Option<&'a Record>,
    /// The draft is a correction: what the file has forgotten since, and days that were to come,
    /// are no faults.
    pub corrects: bool,
}

impl Scene<'_> {
    /// The school's day.
    pub fn today(&self) -> Day {
        self.config.site.zone.day_of(self.now)
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ill {
    /// Nothing stands there, and something has to.
    Missing,
    /// What stands there cannot be right.
    Wrong,
    /// The file or the law forbids it, whatever else is filled in.
    Refused,
    /// The entry can be made; somebody should look twice.
    Doubt,
}

/// One thing that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Objection {
    pub field: String,
    pub ill: Ill,
    pub sentence: String,
    pub remedy: String,
}

impl Objection {
    /// Does it keep the entry from being made?
    pub fn blocks(&self) -> bool {
        self.ill != Ill::Doubt
    }
}

/// All that is wrong with the draft, in the order of the form; empty: it can be entered.
///
/// `form` is that of the draft's kind and act; for a correction, of the act of the entry that it
/// puts right, while `draft.act` is `Correct`.
pub fn check(form: &Form, draft: &Draft, scene: &Scene<'_>) -> Vec<Objection> {
    let scene = Scene { corrects: scene.corrects || draft.act == Act::Correct, ..*scene };
    let talk = Talk { draft, scene: &scene };
    let mut out = Vec::new();
    place(form, &talk, &mut out);
    if draft.act == Act::Correct && talk.draft.body.answer(WITHDRAWN.name) == Some(true.into()) {
        judge(&CORRECTION, &talk, &mut out);
        return out;
    }
    for field in form.fields() {
        judge(field, &talk, &mut out);
    }
    if draft.act == Act::Correct {
        judge(&CORRECTION, &talk, &mut out);
    }
    strangers(form, &talk, &mut out);
    for rule in form.rules {
        rules::apply(*rule, &talk, &mut out);
    }
    out
}

/// The maker, and the record that the draft belongs to.
fn place(form: &Form, talk: &Talk<'_>, out: &mut Vec<Objection>) {
    let (draft, scene) = (talk.draft, talk.scene);
    let mut say = |ill, sentence: &str, remedy: &str| {
        let (sentence, remedy) = (sentence.to_string(), remedy.to_string());
        out.push(Objection { field: String::new(), ill, sentence, remedy });
    };
    match (form.maker, &draft.body.who, draft.act) {
        (Maker::Machine, Some(_), Act::Correct) => say(
            Ill::Refused,
            "what the recorder itself wrote is not put right by hand",
            "enter an occurrence that says what it was",
        ),
        (Maker::Machine, Some(_), _) => {
            say(Ill::Refused, "the recorder alone writes such entries", "enter an occurrence");
        }
        (Maker::Person, None, _) => {
            say(Ill::Missing, "nobody stands behind this entry", "log in first");
        }
        _ => {}
    }
    if draft.act == Act::Open {
        return;
    }
    let Some(record) = scene.record else {
        say(Ill::Missing, "it does not say which record it belongs to", "choose the record");
        return;
    };
    // A copy that was sent on late, a reading, a word that is confirmed belong to what is over too.
    let answers = matches!(draft.kind, Kind::Confirmation | Kind::Review | Kind::Told);
    let late = answers || talk.yes("seen") || talk.is("step", &LATE_STEPS);
    if record.state == State::Closed && record.closed_by_hand && draft.act == Act::Close {
        say(Ill::Wrong, "the record is closed already", "put the closing entry right instead");
    } else if record.closed_by_hand && draft.act == Act::Note && !late {
        say(Ill::Wrong, "the record is closed", "begin a new one, or put an entry of it right");
    }
}

/// Steps that may follow the end of a record (S1.38).
const LATE_STEPS: [&str; 2] = ["copy-sent", "note"];

fn judge(field: &Field, talk: &Talk<'_>, out: &mut Vec<Objection>) {
    let (why, needed) = match field.need {
        Need::Always => (None, true),
        Need::May | Need::MayIf(_) => (None, false),
        Need::If(cond) => (because(&cond, talk), talk.holds(&cond)),
    };
    let own = talk.draft.body.answer(field.name);
    // What the record knows already is not asked again, but for what every such entry says.
    let known = match field.need {
        Need::If(cond) if !of_step(&cond) => talk.said(field.name).is_some(),
        _ => own.is_some(),
    };
    if needed && !known {
        let why = why.map(|w| format!(": needed because {w}")).unwrap_or_default();
        let remedy = if field.hint.is_empty() { usual_remedy(field.sort) } else { field.hint };
        out.push(Objection {
            field: field.name.into(),
            ill: Ill::Missing,
            sentence: format!("\"{}\" is missing{why}", field.title),
            remedy: remedy.into(),
        });
    }
    if let Some(value) = own
        && let Some(fault) = sort::fault(field, &value, talk.scene)
    {
        out.push(Objection {
            field: field.name.into(),
            ill: fault.ill,
            sentence: format!("\"{}\": {}", field.title, fault.sentence),
            remedy: fault.remedy,
        });
    }
}

/// Each step brings its own answers, whatever an earlier one said.
fn of_step(cond: &Cond) -> bool {
    match cond {
        Cond::Is(name, _) => *name == "step",
        Cond::Not(cond) => of_step(cond),
        Cond::All(all) | Cond::Any(all) => all.iter().any(of_step),
        _ => false,
    }
}

/// Why a field is asked for, where a word can say it.
fn because(cond: &Cond, talk: &Talk<'_>) -> Option<String> {
    match cond {
        Cond::Is(name, _) => talk.text(name).map(|word| format!("{name} is {word}")),
        Cond::Yes(name) => Some(format!("{name} is yes")),
        Cond::No(name) => Some(format!("{name} is no")),
        Cond::File(_) => Some("the file asks for it".into()),
        Cond::Proof(_) => Some("the file asks it of those".into()),
        Cond::All(all) => all.iter().find_map(|c| because(c, talk)),
        Cond::Any(any) => any.iter().find(|c| talk.holds(c)).and_then(|c| because(c, talk)),
        Cond::PurposeAsks => talk.purpose_question().map(|q| format!("the purpose asks \"{q}\"")),
        Cond::Given(_) | Cond::PrivilegedPaper | Cond::Not(_) => None,
    }
}

/// Answers to questions that the form does not ask.
fn strangers(form: &Form, talk: &Talk<'_>, out: &mut Vec<Objection>) {
    let correction = |name: &str| {
        talk.draft.act == Act::Correct && [CORRECTION.name, WITHDRAWN.name].contains(&name)
    };
    for name in talk.draft.body.answers().keys() {
        let known = form.field(name).is_some() || correction(name);
        // Why and on whose word may stand in any entry.
        if known || SLOTS.contains(&name.as_str()) || added(name).is_some() {
            continue;
        }
        out.push(Objection {
            field: name.clone(),
            ill: Ill::Wrong,
            sentence: format!("\"{name}\" is no field of this form"),
            remedy: "leave it out".into(),
        });
    }
}
