//! What the supervisor answered, to whom, and what becomes of it.

use super::ask::{For, SiteAsk, Wanted};
use super::begin;
use super::cases::{leave, order};
use super::door;
use super::event::Action;
use super::filling;
use super::form::{Form, Task, sheets};
use super::logbook;
use super::over::{Over, Page};
use super::playback;
use super::recorder;
use super::sight;
use super::site;
use super::state::State;
use super::theme::Tone;
use super::today::glance;
use super::update::refresh;
use crate::logbook::Kind;
use crate::wire::book::FormSheet;
use crate::wire::look::Looking;
use crate::wire::{Reply, Request, Sent};

/// An answer that somebody waits for.
pub fn heard(state: &mut State, what: For, reply: Reply) -> Vec<Action> {
    match (what, reply) {
        (For::Submit, reply) => filling::answered(state, reply),
        // Locked at the other end, or over.
        (For::Lock | For::LogOut, _) => vec![],
        (_, Reply::LogIn { why }) => {
            door::closed(state, &why);
            vec![]
        }
        (For::Sight, Reply::Refused { why }) => {
            sight::no_way(state, &why);
            vec![]
        }
        (what, Reply::Refused { why }) => refused(state, &what, &why),
        (For::View(view), Reply::Viewing { number, until }) => {
            sight::begun(state, *view, number, until)
        }
        (For::Sight, Reply::Way(way)) => sight::way(state, way),
        (For::ViewEnd, _) => vec![],
        (For::Footage(camera), Reply::Footage { segments, gaps, more }) => {
            playback::footage(state, camera, (segments, gaps), more)
        }
        (For::Room, Reply::Room(room)) => door::room(state, *room),
        (For::BeginPlan { name, digest }, Reply::Plan(report)) => {
            begin::shown(state, name, digest, &report);
            vec![]
        }
        (For::BeginTake, Reply::Text { text }) => begin::taken(state, text),
        (For::Awake, Reply::WhoIs(who)) => {
            if let door::Door::In(inside) = &mut state.door {
                inside.who = who;
            }
            vec![]
        }
        (For::Duties, Reply::Duties { duties }) => {
            state.today.duties = Some(duties);
            vec![]
        }
        (For::Judge { send }, Reply::Judged(judged)) => filling::judged(state, judged, send),
        (For::Sheet(wanted), Reply::Form(sheet)) => open_sheet(state, &wanted, sheet),
        (For::Forms, Reply::Forms { forms }) => logbook::menu(state, forms),
        (For::Book { more }, Reply::Entries(found)) => {
            logbook::heard(state, found, more);
            vec![]
        }
        (For::Record, Reply::Record(sheet)) => logbook::record::heard(state, *sheet),
        (For::Seal, Reply::Text { text }) => {
            logbook::seal(state, &text);
            vec![]
        }
        (For::Proof, Reply::Text { text }) => {
            let lines = text.lines().map(String::from).collect();
            state.over.push(Over::Page(Page::new("The proof that the entry stands", lines)));
            vec![]
        }
        (For::Glance, Reply::Glance(glance)) => {
            glance::heard(state, *glance);
            vec![]
        }
        (For::Authenticator, Reply::Factor { address, typed }) => {
            authenticator(state, address, typed);
            vec![]
        }
        (For::Site(what), reply) => site::heard(state, what, reply).unwrap_or_else(|| {
            state.say(Tone::Warn, OTHER_VERSION);
            vec![]
        }),
        (what, reply) => lists(state, what, reply),
    }
}

/// Lists of the screens.
fn lists(state: &mut State, what: For, reply: Reply) -> Vec<Action> {
    match (what, reply) {
        (For::Records("releases"), Reply::Records { records }) => {
            state.cases.releases = Some(records);
            state.cases.why = None;
        }
        (For::Records(_), Reply::Records { records }) => state.cases.own = Some(records),
        (For::Incidents, Reply::Entries(found)) => state.cases.incidents = Some(found.entries),
        (For::Holds, Reply::Holds { holds }) => {
            if let Some(Over::Record(view)) = state.over.last_mut() {
                view.holds = holds.clone();
            }
            state.cases.holds = Some(holds);
        }
        (For::Releases, Reply::Entries(found)) => return leave::releases(state, found.entries),
        (For::Export, Reply::Export(copy)) => return leave::heard(state, *copy),
        (For::Print, Reply::Print(print)) => super::print::heard(state, *print),
        (For::Still { case, camera, at }, Reply::Entered { number, .. }) => {
            leave::marked(state, (case, number), &camera, at);
        }
        (For::People, Reply::People { people }) => {
            state.recorder.people = Some(people);
            state.recorder.why = None;
        }
        (For::Proven, Reply::Verified(known)) => recorder::proven(state, known),
        (For::Secrets, Reply::Secrets { names, kept }) => {
            state.recorder.secrets = Some((names, kept));
            state.recorder.why_secrets = None;
        }
        (For::Update, Reply::Update(sheet)) => state.recorder.update = Some(sheet),
        (For::UpdateLook, Reply::Update(sheet)) => recorder::update::found(state, sheet),
        (For::Own, Reply::Disks(own)) => state.recorder.own = Some(*own),
        (For::ShowKey, Reply::Text { text }) => recorder::own::show_key(state, &text),
        (For::KeyDone, Reply::Text { text }) => state.say(Tone::Good, text),
        (For::Groups, Reply::Groups { places }) => recorder::own::groups(state, &places),
        (For::Machine, Reply::Machine(machine)) => {
            state.site.machine = Some(machine.clone());
            state.recorder.machine = Some(machine);
        }
        _ => state.say(Tone::Warn, OTHER_VERSION),
    }
    vec![]
}

const OTHER_VERSION: &str =
    "The answer fits another question. Are console and recorder of the same version?";

/// A sentence where the list would stand, or below the screen.
fn refused(state: &mut State, what: &For, why: &str) -> Vec<Action> {
    let text = why.to_string();
    match what {
        For::Book { .. } => {
            state.logbook.entries = None;
            state.logbook.why = Some(text);
        }
        For::BeginTake => begin::refused(state, text),
        For::Glance => glance::refused(state, &text),
        For::Secrets => state.recorder.why_secrets = Some(text),
        For::People => state.recorder.why = Some(text),
        For::Records("releases") => state.cases.why = Some(text),
        // Nobody is enrolled: there is no session to keep awake; registers that one may not read
        // are simply not there.
        For::Awake
        | For::Records(_)
        | For::Incidents
        | For::Holds
        | For::Releases
        | For::Own
        | For::Update
        | For::Export => {}
        For::Print => {
            state.printing = None;
            state.say(Tone::Warn, text);
        }
        For::Site(what) => return site::refused(state, what, why),
        For::View(view) => {
            if view.wish == Looking::Live {
                state.live.why = Some(text.clone());
            }
            state.say(Tone::Warn, text);
        }
        For::Record => {
            state.over.pop();
            state.say(Tone::Warn, text);
        }
        _ => state.say(Tone::Warn, text),
    }
    vec![]
}

/// A call found nobody.
pub fn nobody(state: &mut State, what: &For, why: &str) -> Vec<Action> {
    if matches!(what, For::Site(what) if *what != SiteAsk::Show) {
        site::nobody(state, why);
    }
    if let (For::Submit | For::Judge { send: true }, Some(Over::Form(form))) =
        (what, state.over.last_mut())
    {
        form.sending = false;
        state.say(Tone::Bad, format!("Nothing was sent. {why}"));
    }
    match what {
        For::Sight => sight::unreached(state, why),
        For::View(_) => state.live.why = Some(why.to_string()),
        _ => {}
    }
    vec![]
}

fn open_sheet(state: &mut State, wanted: &Wanted, sheet: FormSheet) -> Vec<Action> {
    let form = sheets::entry(sheet, wanted, state);
    state.over.push(Over::Form(Box::new(form)));
    filling::judge(state, false)
}

/// The new authenticator: to photograph, or to type; then the digits that it shows.
fn authenticator(state: &mut State, address: Sent, typed: Sent) {
    let form = Form::new(Task::Factor, "Your authenticator", vec![sheets::digits()]);
    state.over.push(Over::Form(Box::new(form)));
    let lines = vec![
        "Photograph the code with the authenticator, or type the letters into it. It is shown \
         this once; Enter goes on to the digits."
            .to_string(),
    ];
    let mut page = Page::new("Your authenticator", lines);
    page.secrets.push(typed);
    page.code = Some(address);
    state.over.push(Over::Page(page));
}

/// The answer to a form, by what the form was for.
pub fn of_form(state: &mut State, task: &Task, reply: Reply) -> Vec<Action> {
    match (task, reply) {
        (_, Reply::Refused { why }) => {
            if let Some(Over::Form(form)) = state.over.last_mut() {
                form.refused(&why);
            }
            vec![]
        }
        (_, Reply::LogIn { why }) => {
            door::closed(state, &why);
            vec![]
        }
        (Task::LogIn, Reply::CodeWanted) => {
            if let Some(Over::Form(form)) = state.over.last_mut() {
                sheets::ask_digits(form);
            }
            vec![]
        }
        (Task::LogIn | Task::BreakGlass, Reply::LoggedIn(begun)) => door::logged_in(state, *begun),
        (Task::Unlock, Reply::Done) => door::unlocked(state),
        (Task::Enrol, Reply::Enrolled { person }) => {
            state.over.pop();
            state.say(Tone::Good, format!("{person} is enrolled. Log in next: l."));
            vec![]
        }
        (Task::Found, Reply::Founded { people, codes }) => founded(state, &people, codes),
        (Task::Code, Reply::Codes { codes, until }) => {
            code(state, codes, until);
            vec![]
        }
        (Task::Factor, Reply::Done) => {
            state.over.pop();
            state.say(Tone::Good, "The authenticator is yours. It is asked for from now on.");
            vec![]
        }
        (Task::DropFactor, Reply::Text { text }) => done(state, text),
        (Task::Enter { kind, .. }, Reply::Entered { number, notes }) => {
            let mut actions = entered(state, number, &notes);
            // A signed paper or a training opens what was closed to this session until now.
            if matches!(kind, Kind::Acceptance | Kind::Training) {
                actions.push(state.ask(For::Room, Request::Room));
            }
            actions
        }
        (Task::Hold, Reply::Hold(hold)) => {
            let review = state.zone().day_of(hold.review);
            let text = format!("{} holds it; it is looked at again by {review}.", hold.id);
            done(state, text)
        }
        (Task::EndHold { id }, Reply::Hold(_)) => done(state, format!("The hold {id} is ended.")),
        (Task::Export { .. }, Reply::Export(copy)) => order::begun(state, *copy),
        (Task::StopExport { .. }, Reply::Done) => done(state, "It is being broken off.".into()),
        (task, reply) => of_machine_form(state, task, reply),
    }
}

/// The same for forms about the machine, the file and pictures.
fn of_machine_form(state: &mut State, task: &Task, reply: Reply) -> Vec<Action> {
    match (task, reply) {
        (Task::Password | Task::RemovePassword { .. }, Reply::Text { text }) => {
            let mut actions = done(state, text);
            // There may be another one that the file names.
            actions.push(state.ask(For::Room, Request::Room));
            if state.recorder.secrets.is_some() {
                actions.push(state.ask(For::Secrets, Request::Secrets));
            }
            actions
        }
        (Task::End(_), Reply::Text { text }) => {
            state.over.pop();
            state.over.push(Over::Page(Page::new("Beadle ends", vec![text])));
            vec![]
        }
        (Task::Reference { .. }, Reply::Text { text }) => {
            state.over.pop();
            state.say(Tone::Good, text);
            glance::again(state)
        }
        (Task::Approve { .. } | Task::Refuse { .. }, Reply::Text { text }) => done(state, text),
        (Task::Install { .. }, Reply::Done) => {
            state.over.pop();
            state.say(Tone::Good, "It is being written.");
            vec![]
        }
        (Task::Update { .. }, Reply::Done) => done(state, "The update is being copied.".into()),
        (Task::Reboot | Task::SetClock, Reply::Text { text }) => done(state, text),
        (Task::MakeDisk { .. }, Reply::Done) => done(state, "The disk is being made.".into()),
        (Task::OpenDisk { .. } | Task::OnPaper { .. }, Reply::Text { text }) => done(state, text),
        (Task::PutKey | Task::TryKey, Reply::Text { text }) => {
            state.over.pop();
            let lines = text.lines().map(String::from).collect();
            state.over.push(Over::Page(Page::new("The recovery key", lines)));
            // Whoever came back may log in now.
            if state.begins() { vec![] } else { vec![state.ask(For::Room, Request::Room)] }
        }
        (Task::Print { .. }, Reply::Print(print)) => super::print::begun(state, *print),
        (Task::Look(_), Reply::Viewing { number, until }) => filling::looked(state, number, until),
        (Task::PutAway { number, .. }, Reply::Done) => {
            let text = format!("The pictures are put away; entry {number} has its end.");
            state.watch = None;
            done(state, text)
        }
        _ => {
            state.say(Tone::Warn, OTHER_VERSION);
            vec![]
        }
    }
}

/// The form is gone, and its answer came late.
pub fn nowhere(state: &mut State, reply: Reply) -> Vec<Action> {
    match reply {
        Reply::LoggedIn(begun) => door::logged_in(state, *begun),
        Reply::Entered { number, notes } => entered(state, number, &notes),
        Reply::Refused { why } | Reply::LogIn { why } => {
            state.say(Tone::Warn, why);
            vec![]
        }
        _ => vec![],
    }
}

fn done(state: &mut State, text: String) -> Vec<Action> {
    state.over.pop();
    state.say(Tone::Good, text);
    let mut actions = again(state);
    actions.extend(refresh(state));
    actions
}

fn entered(state: &mut State, number: u64, notes: &[String]) -> Vec<Action> {
    if matches!(state.over.last(), Some(Over::Form(_))) {
        state.over.pop();
    }
    let actions = done_with(state);
    if notes.is_empty() {
        state.say(Tone::Good, format!("This is entry {number} of the logbook."));
    } else {
        let lines = notes.iter().map(|note| format!("- {note}")).collect();
        let title = format!("Entry {number} is made; look at this once more");
        state.over.push(Over::Page(Page::new(&title, lines)));
    }
    actions
}

fn done_with(state: &mut State) -> Vec<Action> {
    let mut actions = again(state);
    actions.extend(refresh(state));
    actions
}

/// A record that is open below the form shows what was added.
fn again(state: &mut State) -> Vec<Action> {
    let number = match state.over.last() {
        Some(Over::Record(view)) => view.sheet.as_ref().map(|s| s.line.number),
        _ => None,
    };
    number.map_or(vec![], |number| vec![state.ask(For::Record, Request::Record { number })])
}

fn founded(state: &mut State, people: &[String], codes: Vec<Sent>) -> Vec<Action> {
    state.over.pop();
    let mut lines = vec![format!("Enrolled: {}.", people.join(", "))];
    if !codes.is_empty() {
        lines.push(String::new());
        lines.push(
            "Write each of these codes on paper, put it into an envelope of its own, seal it and \
             sign across the seal. They open the box on the day on which nobody can log in. They \
             are shown this once."
                .into(),
        );
    }
    let mut page = Page::new("The box has its people", lines);
    page.secrets = codes;
    state.over.push(Over::Page(page));
    vec![state.ask(For::Room, Request::Room)]
}

fn code(state: &mut State, codes: Vec<Sent>, until: Option<crate::base::time::Utc>) {
    state.over.pop();
    let until = until.map(|at| format!("It is good until {}. ", state.zone().show(at)));
    let text = format!(
        "{}It is shown this once. Give it by hand or voice; they log in with l, then Ctrl-N, and \
         choose their own passphrase.",
        until.unwrap_or_default()
    );
    let mut page = Page::new("The code to enrol with", vec![text]);
    page.secrets = codes;
    state.over.push(Over::Page(page));
}
