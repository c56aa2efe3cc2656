//! What is asked before footage leaves for a case, and the order that comes of it.

use super::leave::{Copy, copy, heard, open_view};
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::console::ask::For;
use crate::console::event::Action;
use crate::console::form::send::{Desk, flaw};
use crate::console::form::{Field, Form, Input, Sort, Task, sheets};
use crate::console::over::{Over, Page};
use crate::console::state::State;
use crate::console::theme::Tone;
use crate::console::words;
use crate::logbook::fields as f;
use crate::logbook::{Number, Value};
use crate::wire::Request;
use crate::wire::book::Choice;
use crate::wire::export::{Exporting, Leaving, StillWanted};
use crate::wire::room::Flaw;
use crate::wire::stick::{Carrier, Filed, StickLine, StickState};

/// The target that is no stick; a stick goes by its own name.
const IN_FOLDER: &str = "";
/// How it may leave; the recorder says which of them the file allows.
const CARRIERS: [(Carrier, &str); 3] = [
    (Carrier::Zip, "an encrypted archive; its passphrase is shown once"),
    (Carrier::BitLocker, "as it is, on a BitLocker stick"),
    (Carrier::Plain, "as it is, not encrypted"),
];

const TARGET: &str = "target";
const FOLDER: &str = "folder";
const EXHIBIT: &str = "exhibit";
const EXCEPTION: &str = "exception";
const CARRIER: &str = "carrier";
const KEY: &str = "key";

/// What has to be said before footage leaves for this case.
pub fn begin(state: &mut State) {
    let Some(Over::Record(view)) = state.over.last() else { return };
    let Some(sheet) = &view.sheet else { return };
    let Some(leaving) = sheet.leaving.clone() else {
        return state.say(Tone::Plain, "Footage leaves for an open request, and this is none.");
    };
    if let Some(why) = leaving.why_not {
        return state.say(Tone::Warn, why);
    }
    if let Some(Copy::Going { .. }) = copy(view) {
        return state.say(Tone::Plain, "A copy is being written. s stops it.");
    }
    let zone = state.zone();
    let (cameras, window) = view.footage();
    let all = state.cameras().iter().map(|c| sheets::choice(c.id.as_str(), &c.title)).collect();
    let mut which = Field { choices: all, ..Field::new(f::CAMERAS, "Cameras", Sort::Several) };
    which.fill(&Value::List(cameras), &zone);
    let mut from = Field::new(f::FROM, "From", Sort::Moment);
    let mut until = Field::new(f::UNTIL, "Until", Sort::Moment);
    if let Some((start, end)) = window {
        from.fill(&Value::Text(start.to_string()), &zone);
        until.fill(&Value::Text(end.to_string()), &zone);
    }
    let mut purpose = Field::pick("purpose", "Purpose", leaving.purposes.clone());
    if leaving.purposes.len() == 1 {
        purpose.input = Input::Pick(Some(0));
    }
    let mut reason = Field::new(sheets::REASON, "Reason", Sort::Line).hint("references, not names");
    let asked = sheet.entries.first().and_then(|entry| entry.body.as_ref()?.reason.clone());
    reason.input = Input::line(&asked.unwrap_or_default());
    let sticks = usable(state);
    let mut fields = vec![which, from, until, purpose, reason];
    fields.extend(target(&sticks, leaving.encrypted));
    let mut folder = Field::new(FOLDER, "Folder", Sort::Line)
        .hint("one that is there; the package makes its own in it: /media/stick");
    folder.input = Input::line(state.cases.folder.as_deref().unwrap_or_default());
    folder.needed = sticks.is_empty();
    fields.push(folder);
    fields.push(Field::new(EXHIBIT, "Exhibit reference", Sort::Line).may().hint("JS/1"));
    if leaving.encrypted {
        let title = "The exception that lets it leave unencrypted";
        let hint = "the number of its entry; for what is not encrypted";
        fields.push(Field::new(EXCEPTION, title, Sort::Number).may().hint(hint));
    }
    let task = Task::Export { case: sheet.line.number, stills: leaving.stills.clone() };
    let mut form =
        Form::new(task, &format!("Footage leaves for case {}", sheet.line.number), fields);
    form.intro = intro(leaving.stills.len());
    if leaving.witness {
        sheets::add_second(&mut form);
    }
    form.focus = 0;
    form.to_first_empty();
    state.over.push(Over::Form(Box::new(form)));
}

fn intro(stills: usize) -> Vec<String> {
    let with = match stills {
        0 => String::new(),
        n => {
            format!(" {} that you marked goes with it.", words::several(n as u64, "still picture"))
        }
    };
    vec![format!(
        "The footage is held first, the copy is entered, then it is written and read back.{with}"
    )]
}

/// Sticks that can be written now.
fn usable(state: &State) -> Vec<StickLine> {
    let all = state.status.iter().flat_map(|status| &status.sticks);
    all.filter(|stick| stick.state == StickState::Ready).cloned().collect()
}

/// Where to and how, as far as there is something to choose: the first stick, and an archive where
/// what leaves has to be encrypted.
fn target(sticks: &[StickLine], encrypted: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    let bitlocker = |stick: &StickLine| stick.filed == Filed::BitLocker;
    if !sticks.is_empty() {
        let stick = |stick: &StickLine| {
            let (size, filed) = (words::bytes(stick.bytes), stick.filed.word());
            sheets::choice(&stick.name, &format!("the stick {}, {size}, {filed}", stick.title))
        };
        let mut choices: Vec<Choice> = sticks.iter().map(stick).collect();
        choices.push(sheets::choice(IN_FOLDER, "a folder of this machine"));
        let mut field = Field::pick(TARGET, "Where to", choices);
        field.input = Input::Pick(Some(0));
        fields.push(field);
    }
    if !sticks.is_empty() || encrypted {
        let choices = CARRIERS.iter().map(|(carrier, title)| sheets::choice(carrier.word(), title));
        let mut field = Field::pick(CARRIER, "How it leaves", choices.collect());
        let first = match sticks.first() {
            Some(stick) if bitlocker(stick) => Carrier::BitLocker,
            _ => Carrier::Zip,
        };
        field.input = Input::Pick(CARRIERS.iter().position(|(carrier, _)| *carrier == first));
        fields.push(field);
    }
    if sticks.iter().any(bitlocker) {
        let field = Field::secret(KEY, "Passphrase or key of the stick").may();
        fields.push(field.hint("of a BitLocker stick; it is kept nowhere"));
    }
    fields
}

impl Form {
    /// The order that this form stands for.
    pub(in crate::console) fn leaving(
        &self,
        desk: Desk<'_>,
        case: Number,
        stills: &[StillWanted],
    ) -> Result<Leaving, Flaw> {
        let value = |name: &str| {
            let field = self.field(name);
            field.and_then(|f| f.value(desk.zone, desk.now).ok().flatten())
        };
        let text = |name: &str| {
            let text = self.field(name).map(Field::text).unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_string())
        };
        let moment = |name: &str| -> Result<Utc, Flaw> {
            let text = value(name).map(|v| v.in_words()).unwrap_or_default();
            text.parse().map_err(|_| flaw(name, "This is no time."))
        };
        let cameras: Vec<CameraId> = match value(f::CAMERAS) {
            Some(Value::List(list)) => {
                list.iter().filter_map(|id| CameraId::new(id).ok()).collect()
            }
            _ => return Err(flaw(f::CAMERAS, "Choose at least one camera.")),
        };
        let (from, to) = (moment(f::FROM)?, moment(f::UNTIL)?);
        if to <= from {
            return Err(flaw(f::UNTIL, "That is before it begins."));
        }
        let word = |name: &str| self.field(name).and_then(Field::word).map(String::from);
        let stick = word(TARGET).filter(|name| name != IN_FOLDER);
        let folder = text(FOLDER).filter(|_| stick.is_none()).unwrap_or_default();
        let carrier = word(CARRIER).and_then(|word| {
            CARRIERS.iter().map(|(carrier, _)| *carrier).find(|carrier| carrier.word() == word)
        });
        let carrier = carrier.unwrap_or_default();
        let key = self.field(KEY).map(Field::sent);
        if carrier == Carrier::BitLocker && key.as_ref().is_none_or(|key| key.0.is_empty()) {
            return Err(flaw(KEY, "A BitLocker stick is opened with its passphrase or key."));
        }
        if stick.is_none() && !folder.starts_with('/') {
            return Err(flaw(FOLDER, "Give the whole path; it begins with /."));
        }
        let exception = match value(EXCEPTION) {
            Some(Value::Number(n)) => u64::try_from(n).ok(),
            _ => None,
        };
        Ok(Leaving {
            case,
            cameras,
            from,
            to,
            folder,
            purpose: self.field("purpose").and_then(Field::word).map(String::from),
            reason: text(sheets::REASON),
            exhibit: text(EXHIBIT),
            exception,
            instead_of: None,
            stick,
            carrier,
            key: key.filter(|_| carrier == Carrier::BitLocker),
            stills: stills.to_vec(),
        })
    }
}

/// It is entered, and writing has begun.
pub fn begun(state: &mut State, exporting: Exporting) -> Vec<Action> {
    let (number, hold) = (exporting.number, exporting.hold.clone());
    let mut exporting = exporting;
    let phrase = exporting.passphrase.take();
    if let Some(Over::Form(form)) = state.over.last() {
        state.cases.folder = form.field(FOLDER).map(|folder| folder.text().to_string());
        state.over.pop();
    }
    let mut actions = heard(state, exporting);
    state.say(Tone::Good, format!("It is entry {number}; {hold} holds the original."));
    let case = open_view(state).and_then(|view| view.sheet.as_ref()).map(|s| s.line.number);
    if let Some(number) = case {
        actions.push(state.ask(For::Record, Request::Record { number }));
    }
    if let Some(phrase) = phrase {
        let text = "It is shown this once and kept nowhere. Write it down, and hand it over apart \
                    from the carrier: without it nobody can read the archive.";
        let mut page = Page::new("The passphrase of the archive", vec![text.into()]);
        page.secrets = vec![phrase];
        state.over.push(Over::Page(page));
    }
    actions
}
