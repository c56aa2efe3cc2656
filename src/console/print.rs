//! Papers from a screen: what belongs to it, where it goes, and how that went.
//!
//! The recorder makes the paper and brings it there; this asks, and asks again until it has come.

use super::ask::For;
use super::door;
use super::event::Action;
use super::form::send::flaw;
use super::form::{Field, Form, Input, Task, sheets};
use super::logbook;
use super::over::{Menu, Over, Page, Pick};
use super::state::{Screen, State};
use super::theme::Tone;
use super::words;
use crate::logbook::Kind;
use crate::signage::list;
use crate::wire::Request;
use crate::wire::print::{Onto, Print, Printed, Printing};
use crate::wire::room::Flaw;
use crate::wire::stick::{Filed, StickLine};

const TARGET: &str = "target";
const KEY: &str = "key";
/// The target that is no stick; sticks go by their own names, which hold no capital letter.
const PRINTER: &str = "PRINTER";

/// What belongs to the screen: the paper's word, and which one of it.
type Wanted = (&'static str, Option<String>);

/// The papers of what is shown, to choose from.
pub fn begin(state: &mut State) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    if !state.room.as_ref().is_some_and(|room| room.prints.may) {
        state.say(Tone::Plain, "Your roles do not hold the right \"print\".");
        return vec![];
    }
    let item = |(word, of): Wanted| {
        let line = list::named(word)?;
        let which = of.as_ref().map(|of| format!(": {of}")).unwrap_or_default();
        Some((format!("{}{which}", line.title), Pick::Paper { word, of }))
    };
    let items: Vec<_> =
        papers(state).into_iter().filter(|w| may(state, w)).filter_map(item).collect();
    if items.is_empty() {
        state.say(
            Tone::Plain,
            "No paper belongs to this screen; Site, Cases and Logbook have some.",
        );
        return vec![];
    }
    state.over.push(Over::Menu(Menu { title: "Print".into(), items, at: 0 }));
    vec![]
}

/// May whoever is there read what it is made from? A paper that would be refused is not offered.
fn may(state: &State, (word, of): &Wanted) -> bool {
    match *word {
        "month" | "year" => state.room.as_ref().is_some_and(|room| room.everything),
        "case" => state.reads("releases"),
        "register" => of.as_ref().is_some_and(|name| state.reads(name)),
        _ => true,
    }
}

fn papers(state: &State) -> Vec<Wanted> {
    let plain = |words: &[&'static str]| -> Vec<Wanted> {
        words.iter().map(|word| (*word, None)).collect()
    };
    if let Some(Over::Record(view)) = state.over.last() {
        let line = view.sheet.as_ref().map(|sheet| &sheet.line);
        let case = line.filter(|line| line.kind == Kind::Request);
        return case.map(|line| ("case", Some(line.number.to_string()))).into_iter().collect();
    }
    match state.screen {
        Screen::Today => plain(&["month", "sign-walk", "self-assessment"]),
        Screen::Cases => {
            let requests = state.cases.requests();
            let chosen = requests.get(state.cases.at[0]).filter(|r| r.kind == Kind::Request);
            let chosen = chosen.filter(|_| state.cases.pane == super::cases::Pane::Requests);
            let case = chosen.map(|r| ("case", Some(r.number.to_string())));
            case.into_iter().chain([("register", Some("releases".to_string()))]).collect()
        }
        Screen::Logbook => {
            let registers = logbook::registers(state);
            let shown = registers.get(state.logbook.register).cloned().flatten();
            let register = shown.map(|name| ("register", Some(name)));
            register.into_iter().chain(plain(&["seal", "month", "year"])).collect()
        }
        Screen::Site => plain(&[
            "signs",
            "sign-walk",
            "code",
            "code-staff",
            "notice",
            "dpia",
            "manual",
            "declaration",
            "acceptance",
        ]),
        Screen::Box => plain(&["commissioning", "maintenance"]),
        Screen::Live | Screen::Playback => Vec::new(),
    }
}

/// Where it goes is asked.
pub fn chosen(state: &mut State, word: &'static str, of: Option<String>) {
    let sticks = state.writable_sticks();
    let printer = state.room.as_ref().and_then(|room| room.prints.printer.clone());
    let printer = printer.map(|host| sheets::choice(PRINTER, &format!("the printer {host}")));
    let stick = |stick: &StickLine| {
        let (size, filed) = (words::bytes(stick.bytes), stick.filed.word());
        sheets::choice(&stick.name, &format!("the stick {}, {size}, {filed}", stick.title))
    };
    let choices: Vec<_> = printer.into_iter().chain(sticks.iter().map(stick)).collect();
    if choices.is_empty() {
        return state.say(
            Tone::Warn,
            "There is nowhere to print: plug in a stick, or have a printer written into the file.",
        );
    }
    let mut target = Field::pick(TARGET, "Where to", choices);
    target.input = Input::Pick(Some(0));
    let mut fields = vec![target];
    if sticks.iter().any(|stick| stick.filed == Filed::BitLocker) {
        let field = Field::secret(KEY, "Passphrase or key of the stick").may();
        fields.push(field.hint("of a BitLocker stick; it is kept nowhere"));
    }
    let line = list::named(word);
    let title = line.map_or(word, |line| line.title).to_string();
    let personal = line.is_some_and(|line| line.personal);
    let mut form = Form::new(Task::Print { word, of }, &format!("Print: {title}"), fields);
    form.intro = vec![match personal {
        true => "It holds personal data: it goes on paper, or sealed with a passphrase that is \
                 shown once. Who printed what is entered."
            .into(),
        false => "Who printed what is entered in the logbook.".into(),
    }];
    state.over.push(Over::Form(Box::new(form)));
}

impl Form {
    /// The order that this form stands for.
    pub(in crate::console) fn print(&self, word: &str, of: Option<&str>) -> Result<Request, Flaw> {
        let target = self.field(TARGET).and_then(Field::word);
        let target = target.ok_or_else(|| flaw(TARGET, "Choose where it goes."))?;
        let key = self.field(KEY).map(Field::sent).filter(|key| !key.0.is_empty());
        let onto = match target {
            PRINTER => Onto::Printer,
            stick => Onto::Stick { stick: stick.to_string(), key },
        };
        let of = of.map(ToString::to_string);
        Ok(Request::Print(Box::new(Print { paper: word.to_string(), of, onto })))
    }
}

/// It is entered, and has begun.
pub fn begun(state: &mut State, mut print: Printing) -> Vec<Action> {
    state.over.pop();
    let phrase = print.passphrase.take();
    state.say(Tone::Plain, format!("On its way, entry {}: {}.", print.number, print.title));
    state.printing = Some(print.number);
    if let Some(phrase) = phrase {
        let text = "It is shown this once and kept nowhere: without it nobody can open the archive \
                    on the stick.";
        let mut page = Page::new("The passphrase of the paper", vec![text.into()]);
        page.secrets = vec![phrase];
        state.over.push(Over::Page(page));
    }
    vec![]
}

/// How it goes.
pub fn heard(state: &mut State, print: Printing) {
    match print.end {
        None => {}
        Some(Printed::Done { text }) => {
            state.printing = None;
            state.say(Tone::Good, text);
        }
        Some(Printed::Failed { why }) => {
            state.printing = None;
            state.say(Tone::Bad, format!("It was not printed: {why}"));
        }
    }
}

/// A second has passed: one that has not come is asked after.
pub fn tick(state: &mut State) -> Vec<Action> {
    match state.printing.filter(|_| state.is_open() && !state.asks.waits(&For::Print)) {
        Some(number) => vec![state.ask(For::Print, Request::PrintState { number })],
        None => vec![],
    }
}
