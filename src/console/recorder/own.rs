//! The box's own disks and the recovery key: what is there, what is being made, what is missing.

use ratatui::text::Line;

use crate::console::ask::For;
use crate::console::begin;
use crate::console::door;
use crate::console::draw::{paragraph, piece};
use crate::console::event::Action;
use crate::console::form::{Field, Form, Sort, Task, sheets};
use crate::console::glyphs::fit;
use crate::console::keymap::Cmd;
use crate::console::over::{Menu, Over, Page, Pick};
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::console::words;
use crate::wire::disk::{DisksSheet, SpaceHolds, SpaceLine};
use crate::wire::{Request, Sent};

/// What can be done here, as a menu chooses it.
#[derive(Clone, PartialEq, Debug)]
pub enum Choice {
    /// A footage disk made of this one.
    Make(String),
    /// A footage disk of before, opened with its key.
    Unlock(String),
    ShowKey,
    KeyToStick(String),
    Backup(String),
    TryKey,
    /// The key of the box before this one, while nobody is enrolled.
    PutKey,
}

pub fn command(state: &mut State, cmd: Cmd) -> Vec<Action> {
    if !state.is_open() {
        return door::must_be_in(state);
    }
    match cmd {
        Cmd::NewDisk => disks(state),
        Cmd::ShowKey => key(state),
        _ => return vec![state.ask(For::Groups, Request::RecoveryGroups)],
    }
    vec![]
}

fn sheet(state: &State) -> Option<&DisksSheet> {
    state.recorder.own.as_ref()
}

fn space<'a>(state: &'a State, name: &str) -> Option<&'a SpaceLine> {
    sheet(state)?.spaces.iter().find(|space| space.name == name)
}

fn disks(state: &mut State) {
    let mut items = Vec::new();
    for space in sheet(state).map(|sheet| sheet.spaces.clone()).unwrap_or_default() {
        let words = describe(&space);
        if space.holds == SpaceHolds::FootageLocked {
            let pick = Pick::Own(Choice::Unlock(space.name.clone()));
            items.push((format!("open with its recovery key: {words}"), pick));
        }
        if space.why.is_none() {
            items.push((
                format!("ERASE and make new: {words}"),
                Pick::Own(Choice::Make(space.name)),
            ));
        }
    }
    if items.is_empty() {
        state.say(Tone::Plain, "There is no disk here that could become a footage disk.");
        return;
    }
    let title = "A footage disk".into();
    state.over.push(Over::Menu(Menu { title, items, at: 0 }));
}

fn key(state: &mut State) {
    let mut items = vec![("show it, to be written down".to_string(), Pick::Own(Choice::ShowKey))];
    for stick in state.writable_sticks() {
        let named = format!("the stick {} {}", stick.name, stick.title);
        let key = Pick::Own(Choice::KeyToStick(stick.name.clone()));
        items.push((format!("write the key to {named}"), key));
        let text = format!("write a backup to {named}: sealed, no footage");
        items.push((text, Pick::Own(Choice::Backup(stick.name))));
    }
    items.push(("test the key on paper".into(), Pick::Own(Choice::TryKey)));
    if state.door == door::Door::Owner {
        let text = "type the key of the box before this one: its people come back".to_string();
        items.insert(0, (text, Pick::Own(Choice::PutKey)));
    }
    let title = "The recovery key and the backup of this box".into();
    state.over.push(Over::Menu(Menu { title, items, at: 0 }));
}

pub fn chosen(state: &mut State, choice: Choice) -> Vec<Action> {
    let form = match choice {
        Choice::ShowKey => return vec![state.ask(For::ShowKey, Request::RecoveryKey)],
        Choice::KeyToStick(stick) => {
            return vec![state.ask(For::KeyDone, Request::RecoveryStick { stick })];
        }
        Choice::Backup(stick) => return vec![state.ask(For::KeyDone, Request::Backup { stick })],
        Choice::Make(name) => match space(state, &name) {
            Some(space) => make(space),
            None => return vec![],
        },
        Choice::Unlock(name) => {
            let key = Field::secret(sheets::CODE, "The 17 groups of four");
            Form::new(Task::OpenDisk { name }, "The recovery key of that disk", vec![key])
        }
        Choice::PutKey => begin::put_key(),
        Choice::TryKey => {
            let key = Field::secret(sheets::CODE, "The 17 groups of four");
            let mut form = Form::new(Task::TryKey, "Test the recovery key on paper", vec![key]);
            form.intro = vec!["It changes nothing. The logbook keeps that it was tested.".into()];
            form
        }
    };
    state.over.push(Over::Form(Box::new(form)));
    vec![]
}

fn make(space: &SpaceLine) -> Form {
    let task = Task::MakeDisk { name: space.name.clone(), typed: space.typed.clone() };
    let title = format!("Type {} to confirm", space.typed);
    let field = Field::new("words", &title, Sort::Line).hint("the end of the number on its label");
    let mut form = Form::new(task, &format!("Erase {} for footage", space.name), vec![field]);
    form.intro = vec![
        format!("EVERYTHING ON IT IS GONE THEN: {}.", describe(space)),
        "It is encrypted, whatever the file says. This box opens it by itself; on another one the \
         recovery key does."
            .into(),
    ];
    form
}

pub fn describe(space: &SpaceLine) -> String {
    let number = if space.serial.is_empty() { "no number" } else { &space.serial };
    let size = words::bytes(space.bytes);
    format!("{} {} ({number}), {size}: {}", space.name, space.title, space.holds.words())
}

/// The groups that are asked for.
pub fn groups(state: &mut State, places: &[usize]) {
    let fields = places.iter().map(|place| {
        let title = format!("Group {place} of the key on paper");
        Field::new(&format!("group-{place}"), &title, Sort::Line)
    });
    let fields: Vec<Field> = fields.collect();
    let task = Task::OnPaper { places: places.to_vec() };
    let mut form = Form::new(task, "The recovery key is on paper", fields);
    form.intro = vec![
        "Type these groups from the paper, not from the screen. Groups are counted from the first \
         one, row by row."
            .into(),
    ];
    state.over.push(Over::Form(Box::new(form)));
}

pub fn show_key(state: &mut State, text: &str) {
    let lines = vec![
        "Write it down, or photograph nothing and type nothing: paper cannot be stolen over a \
         network. Whoever has it and a footage disk reads everything on it. Seal it, and lock it \
         away where the box is not."
            .to_string(),
        "The last group is a check on the others. Then y proves that it is on paper.".into(),
    ];
    let mut page = Page::new("The recovery key of this box", lines);
    let groups: Vec<&str> = text.split('-').collect();
    for (n, row) in groups.chunks(4).enumerate() {
        page.secrets.push(Sent::new(format!("{:>2}   {}", n * 4 + 1, row.join("  "))));
    }
    state.over.push(Over::Page(page));
}

/// Below the disks in use, where the root service tells of any.
pub fn lines(state: &State, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(sheet) = sheet(state).filter(|sheet| sheet.tpm.is_some()) else { return vec![] };
    let mut rows = vec![Line::default()];
    rows.push(Line::from(piece(theme, Tone::Quiet, " The box's own disks")));
    for space in &sheet.spaces {
        let tone = match space.holds {
            SpaceHolds::FootageLocked => Tone::Bad,
            _ => Tone::Plain,
        };
        rows.push(Line::from(piece(theme, tone, &fit(&format!("   {}", describe(space)), width))));
    }
    let row = |label, tone, text: &str| paragraph(theme, label, tone, text, width);
    if let Some(doing) = &sheet.doing {
        let name = &doing.name;
        rows.extend(match &doing.failed {
            Some(why) => row("FAILED", Tone::Bad, &format!("{name} was not made: {why}")),
            None if doing.done < doing.total => {
                let text =
                    format!("{name} is being made: step {} of {}", doing.done + 1, doing.total);
                row("Working", Tone::Warn, &text)
            }
            None => row("Made", Tone::Good, &format!("{name} is a footage disk now")),
        });
    }
    rows.extend(match sheet.tpm {
        Some(true) => row("Guarded", Tone::Plain, "by the TPM of this box, and the recovery key"),
        _ => row(
            "NOT GUARDED",
            Tone::Bad,
            "There is no TPM: a disk that leaves this box is closed, but who steals the box whole \
             can read it. Lock it away.",
        ),
    });
    rows.extend(match sheet.on_paper {
        Some(at) => {
            let at = state.zone().show_near(at, state.now);
            row("Key", Tone::Plain, &format!("proved to be on paper: {at}"))
        }
        None => row(
            "KEY",
            Tone::Bad,
            "Nobody has proved that the recovery key is on paper. h shows it; y proves it.",
        ),
    });
    rows
}
