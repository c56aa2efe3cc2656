//! How far a case is, for whoever stands at the console: the steps are those of `logbook::case`;
//! here each gets its key, how the copy goes, and why it cannot go on.

use ratatui::text::Line;

use super::leave::{self, Copy};
use crate::base::time::{Day, Span, Utc, Zone};
use crate::console::draw::paragraph;
use crate::console::logbook::record::RecordView;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::footage::Hold;
use crate::logbook::case::{self, Scene, What};
use crate::logbook::{Entry, Kind, Number};
use crate::wire::export::Readiness;

/// Footage held on both sides of the moment at which something happened.
pub const AROUND: Span = Span::mins(30);

/// Does footage leave the school through such a record, or is it about footage?
pub fn is_case(kind: Kind) -> bool {
    matches!(kind, Kind::Request | Kind::SubjectAccess | Kind::Incident)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Done,
    Missing,
    Going,
    /// Something before it is missing.
    Waits,
    /// It ends here.
    Refused,
}

/// What can be done about a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    Decide,
    Hold,
    Export,
    Release,
    Receipt,
    /// The copy of that entry has no end on record.
    Dispose(Number),
    Close,
}

/// One step of a case and how it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub name: &'static str,
    pub stage: Stage,
    pub text: String,
    pub next: Option<Next>,
}

fn step(name: &'static str, stage: Stage, text: impl Into<String>) -> Step {
    Step { name, stage, text: text.into(), next: None }
}

fn to_do(name: &'static str, next: Next, text: impl Into<String>) -> Step {
    Step { next: Some(next), ..step(name, Stage::Missing, text) }
}

/// The moment that an incident is about.
pub fn happened(entry: &Entry) -> Option<Utc> {
    entry.body.as_ref()?.answer("happened")?.text()?.parse().ok()
}

/// When footage of that moment goes at the latest, and from when on it may for want of space: the
/// midnights that end the ceiling and the floor.
pub fn expires(at: Utc, zone: &Zone, floor: u32, ceiling: u32) -> (Utc, Utc) {
    let day: Day = zone.day_of(at);
    let end = |days: u32| zone.end_of(day.plus(i64::from(days)));
    (end(floor), end(ceiling))
}

/// The hold that keeps this footage; all the cameras that are named, and the whole window.
pub fn held<'a>(
    holds: &'a [Hold],
    cameras: &[String],
    (start, end): (Utc, Utc),
) -> Option<&'a Hold> {
    holds.iter().find(|hold| {
        let spans = hold.ended.is_none() && hold.start <= start && hold.end >= end;
        let has = |id: &String| hold.cameras.iter().any(|c| c.as_str() == id);
        spans && (hold.cameras.is_empty() || (!cameras.is_empty() && cameras.iter().all(has)))
    })
}

/// The steps of a request, as the logbook has them, each with its key; of an incident its footage.
pub fn steps(state: &State, view: &RecordView) -> Vec<Step> {
    let Some(sheet) = &view.sheet else { return vec![] };
    let (cameras, _) = view.footage();
    let (zone, days) = (state.zone(), days(state, &cameras));
    if sheet.line.kind == Kind::Incident {
        return vec![footage(view, &zone, state.now, days)];
    }
    // One that was taken back is no case any more.
    let Some(case) = &sheet.case else { return vec![] };
    let name = |id: &str| id.to_string();
    let scene = Scene { now: state.now, zone: &zone, days, conditions: false, name: &name };
    case.steps(&scene).into_iter().map(|step| with_key(view, step, &zone)).collect()
}

fn leaving(view: &RecordView) -> Option<&Readiness> {
    view.sheet.as_ref()?.leaving.as_ref()
}

/// What the logbook says of a step, and the key that does it.
fn with_key(view: &RecordView, known: case::Step, zone: &Zone) -> Step {
    let what = known.what;
    let stage = match known.stage {
        case::Stage::Done => Stage::Done,
        case::Stage::Missing => Stage::Missing,
        case::Stage::Waits => Stage::Waits,
        case::Stage::Refused => Stage::Refused,
    };
    let step = step(what.title(), stage, known.text);
    if what == What::Copy {
        return copy(view, step, zone);
    }
    if stage != Stage::Missing {
        return step;
    }
    let free = leaving(view).is_some_and(|leaving| leaving.why_not.is_none());
    let (next, key) = match what {
        What::Decision if free => (Next::Decide, "n enters it; you may, and exporting says so"),
        What::Decision => (Next::Decide, "n enters who did"),
        What::Footage => (Next::Hold, "h holds it"),
        What::Release => (Next::Release, "x opens the form"),
        What::Receipt => (Next::Receipt, "t enters it"),
        What::Fate => (Next::Dispose(known.entry.unwrap_or_default()), "Enter says how it ended"),
        What::End => (Next::Close, "c ends the record"),
        What::Request | What::Copy => return step,
    };
    Step { next: Some(next), text: format!("{}. {key}", step.text), ..step }
}

/// How far the copy is, or why there can be none: the recorder's own sentence.
fn copy(view: &RecordView, known: Step, zone: &Zone) -> Step {
    let name = known.name;
    let going = |number, text: String| step(name, Stage::Going, format!("entry {number}: {text}"));
    match leave::copy(view) {
        Some(Copy::Whole { number, text }) => {
            return step(name, Stage::Done, format!("entry {number}: {text}"));
        }
        Some(Copy::Going { number, text }) => return going(number, format!("{text}. s stops it")),
        Some(Copy::Begun { number, at }) => {
            return going(number, format!("begun {}", zone.show(at)));
        }
        Some(Copy::Broken { number, why }) if known.stage == Stage::Missing => {
            let text = format!("entry {number} was broken off: {why}. e begins another");
            return to_do(name, Next::Export, text);
        }
        _ => {}
    }
    let Some(leaving) = leaving(view).filter(|_| known.stage != Stage::Done) else { return known };
    match &leaving.why_not {
        Some(why) => step(name, Stage::Waits, format!("cannot go on: {why}")),
        None => {
            let two = if leaving.witness { ", a second person signs beside you" } else { "" };
            let text = format!("e begins it{two}{}", stills(leaving.stills.len()));
            to_do(name, Next::Export, text)
        }
    }
}

/// `; 2 still pictures go with it`.
fn stills(all: usize) -> String {
    match all {
        0 => String::new(),
        1 => "; a still picture goes with it".into(),
        n => format!("; {n} still pictures go with it"),
    }
}

/// Is the footage of an incident kept, and if not, when does it go?
fn footage(view: &RecordView, zone: &Zone, now: Utc, days: (u32, u32)) -> Step {
    const NAME: &str = "Footage";
    let (cameras, window) = view.footage();
    let Some((start, end)) = window else {
        let text = "the record names no time: h holds footage, or r puts it right";
        return to_do(NAME, Next::Hold, text);
    };
    if let Some(hold) = held(&view.holds, &cameras, (start, end)) {
        let review = zone.day_of(hold.review);
        let text = format!("{} holds it, looked at again {review}", hold.id);
        return step(NAME, Stage::Done, text);
    }
    let (floor, ceiling) = expires(start, zone, days.0, days.1);
    if ceiling <= now {
        let text = format!("the footage is gone since {}", zone.day_of(Utc(ceiling.0 - 1)));
        return step(NAME, Stage::Refused, text);
    }
    let (may, must) = (zone.day_of(Utc(floor.0 - 1)), zone.day_of(Utc(ceiling.0 - 1)));
    let text = match may == must {
        true => format!("NOT HELD: it is deleted after {must}. h holds it"),
        false => format!("NOT HELD: deleted after {must}, for space after {may}. h holds it"),
    };
    to_do(NAME, Next::Hold, text)
}

/// What Enter does: the first step that something can be done about.
pub fn next(state: &State, view: &RecordView) -> Option<Next> {
    steps(state, view).into_iter().find_map(|step| step.next)
}

/// Floor and ceiling of the cameras that the record names, else of the site: the shortest.
pub fn days(state: &State, cameras: &[String]) -> (u32, u32) {
    let named = |c: &&crate::wire::CameraStatus| cameras.iter().any(|id| id == c.id.as_str());
    let of = state.cameras().iter().filter(named).map(|c| &c.held);
    let shortest = of.fold(None, |least: Option<(u32, u32)>, held| {
        let (floor, ceiling) = (held.floor_days, held.ceiling_days);
        Some(least.map_or((floor, ceiling), |(f, c)| (f.min(floor), c.min(ceiling))))
    });
    let site = || {
        let retention = state.status.as_ref().map(|s| &s.retention);
        retention.map_or((0, 0), |r| (r.floor_days, r.ceiling_days))
    };
    shortest.unwrap_or_else(site)
}

/// The steps as rows; the one that Enter does is marked.
pub fn rows(state: &State, view: &RecordView, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let steps = steps(state, view);
    let next = steps.iter().position(|step| step.next.is_some());
    let mut out = Vec::new();
    for (n, step) in steps.into_iter().enumerate() {
        let (tone, word) = match step.stage {
            Stage::Done => (Tone::Good, "done"),
            Stage::Missing => (Tone::Warn, "TO DO"),
            Stage::Going => (Tone::Strong, "GOES"),
            Stage::Waits => (Tone::Quiet, "waits"),
            Stage::Refused => (Tone::Bad, "NO"),
        };
        let mark = if next == Some(n) { '>' } else { ' ' };
        let text = format!("{mark}{word:<6}{}", step.text);
        out.extend(paragraph(theme, step.name, tone, &text, width));
    }
    out
}
