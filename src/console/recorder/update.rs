//! The next version of the image, from a stick: looked for, begun, shown, and the restart after it.

use ratatui::text::Line;

use crate::console::ask::For;
use crate::console::door;
use crate::console::draw::paragraph;
use crate::console::event::Action;
use crate::console::form::{Field, Form, Sort, Task, sheets};
use crate::console::keymap::Cmd;
use crate::console::over::{Menu, Over, Pick};
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::words;
use crate::wire::Request;
use crate::wire::update::{Stage, UpdateSheet};

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    if cmd == Cmd::Reboot {
        state.over.push(Over::Form(Box::new(reboot())));
        return vec![];
    }
    let mut names = state.writable_sticks();
    match names.len() {
        0 => {
            let text =
                "Plug in the stick with the update first; it is shown as soon as it is read.";
            state.say(Tone::Plain, text);
            vec![]
        }
        1 => look(state, names.remove(0).name),
        _ => {
            let items = names
                .into_iter()
                .map(|stick| (format!("{} {}", stick.name, stick.title), Pick::Update(stick.name)));
            let (title, items) = ("On which stick is the update?".into(), items.collect());
            state.over.push(Over::Menu(Menu { title, items, at: 0 }));
            vec![]
        }
    }
}

pub fn look(state: &mut State, stick: String) -> Vec<Action> {
    vec![state.ask(For::UpdateLook, Request::UpdateLook { stick })]
}

/// A set that may be taken: shown with its versions, and asked for.
pub fn found(state: &mut State, sheet: UpdateSheet) {
    let found = sheet.found.clone();
    let running = sheet.running.clone().unwrap_or_default();
    state.recorder.update = Some(sheet);
    let Some(found) = found else { return };
    let reason =
        Field::new(sheets::REASON, "Why", Sort::Line).hint("what the supplier wrote, or who");
    let (stick, version) = (found.stick, found.version);
    let title = format!("Update from {running} to {version}");
    let task = Task::Update { stick, version };
    let mut form = Form::new(task, &title, vec![reason]);
    form.intro =
        vec![
        format!("The signature is ours; {} are copied and checked, then written to the place of \
                 the version that does not run.", words::bytes(found.bytes)),
        "Recording goes on meanwhile. The new version runs after a restart of the machine; if it \
         does not come up, the one that runs now comes back by itself."
            .into(),
    ];
    state.over.push(Over::Form(Box::new(form)));
}

pub fn reboot() -> Form {
    let reason = Field::new(sheets::REASON, "Why", Sort::Line);
    let mut form = Form::new(Task::Reboot, "Restart the machine", vec![reason]);
    form.intro = vec![
        "Every file is closed, the machine goes down and comes up again. Nothing is recorded for \
         about a minute."
            .into(),
    ];
    form
}

/// Is a version being written, so that its progress is asked for?
pub fn goes_on(state: &State) -> bool {
    let going = state.recorder.update.as_ref().and_then(|sheet| sheet.going.as_ref());
    going.is_some_and(|going| matches!(going.stage, Stage::Copying | Stage::Writing))
}

/// Which version runs, and how the next one goes; nothing where no image runs.
pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(sheet) = &state.recorder.update else { return vec![] };
    let Some(running) = &sheet.running else { return vec![] };
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    let mut rows = row("Version", Tone::Plain, &format!("{running} of the image runs"));
    if let Some(going) = &sheet.going {
        let version = &going.version;
        let (label, tone, text) = match &going.stage {
            Stage::Copying => {
                let percent = going.done * 100 / going.total.max(1);
                ("Update", Tone::Warn, format!("{version}: {percent} % copied and checked"))
            }
            Stage::Writing => ("Update", Tone::Warn, format!("{version} is being written")),
            Stage::Written => (
                "Update",
                Tone::Good,
                format!("{version} is written, and runs after a restart of the machine: z"),
            ),
            Stage::Failed { why } => {
                ("REFUSED", Tone::Bad, format!("{version} was not taken: {why}"))
            }
        };
        rows.extend(row(label, tone, &text));
    }
    rows
}
