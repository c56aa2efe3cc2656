//! How far a case is: request, authority, hold, export, receipt; what is done, what is missing, on
//! which key, and why it cannot go on.

use ratatui::text::Line;

use super::leave::{self, Copy};
use crate::base::time::{Day, Span, Utc, Zone};
use crate::console::draw::paragraph;
use crate::console::logbook::record::RecordView;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::footage::Hold;
use crate::logbook::{Entry, Kind};
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

/// The steps of a request, in their order; of an incident the footage alone.
pub fn steps(view: &RecordView, zone: &Zone, now: Utc, days: (u32, u32)) -> Vec<Step> {
    let Some(sheet) = &view.sheet else { return vec![] };
    let mut out = Vec::new();
    if sheet.line.kind == Kind::Incident {
        out.push(footage(view, zone, now, days));
        return out;
    }
    let entries = &sheet.entries;
    if let Some(first) = entries.first() {
        let text = format!("entered by {} on {}", maker(first), zone.show(first.header.at));
        out.push(step("Request", Stage::Done, text));
    }
    let authority = authority(view, entries, zone);
    let refused = authority.stage == Stage::Refused;
    out.push(authority);
    out.push(footage(view, zone, now, days));
    if !refused {
        let copy = export(view, zone);
        let left = copy.stage == Stage::Done;
        out.push(copy);
        out.push(receipt(view, zone, left));
    }
    out.push(match sheet.line.closed {
        Some(at) => step("End", Stage::Done, format!("closed {}", zone.show(at))),
        None if refused => to_do("End", Next::Close, "c ends the record"),
        None if out.iter().all(|s| s.stage == Stage::Done) => {
            to_do("End", Next::Close, "all is done: c ends the record")
        }
        None => step("End", Stage::Waits, "c ends the record when all is done"),
    });
    out
}

fn leaving(view: &RecordView) -> Option<&Readiness> {
    view.sheet.as_ref()?.leaving.as_ref()
}

fn maker(entry: &Entry) -> String {
    crate::console::logbook::read::maker(entry)
}

fn authority(view: &RecordView, entries: &[Entry], zone: &Zone) -> Step {
    const NAME: &str = "Authority";
    match decision(entries) {
        Some((entry, word)) if word == "allowed" => {
            let by = entry.body.as_ref().and_then(|b| b.answer("authority-by"));
            let by = by.map_or_else(|| maker(entry), |v| v.in_words());
            let when = zone.show(entry.header.at);
            step(NAME, Stage::Done, format!("allowed by {by}, {when}"))
        }
        Some((entry, _)) => {
            step(NAME, Stage::Refused, format!("refused, {}", zone.show(entry.header.at)))
        }
        None if view.sheet.as_ref().is_some_and(|s| s.line.kind == Kind::SubjectAccess) => {
            step(NAME, Stage::Done, "whoever is shown has a right to ask")
        }
        None if leaving(view).is_some_and(|leaving| leaving.why_not.is_none()) => {
            let text = "nobody has decided: n enters it. You may, and exporting says so";
            to_do(NAME, Next::Decide, text)
        }
        None => {
            let text = "nobody has decided: n enters who did. Nothing leaves before";
            to_do(NAME, Next::Decide, text)
        }
    }
}

fn decision(entries: &[Entry]) -> Option<(&Entry, String)> {
    entries.iter().rev().find_map(|entry| {
        let word = entry.body.as_ref()?.answer("decision")?.in_words();
        Some((entry, word))
    })
}

fn footage(view: &RecordView, zone: &Zone, now: Utc, days: (u32, u32)) -> Step {
    const NAME: &str = "Hold";
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

/// The copy, or why there can be none: the recorder's own sentence.
fn export(view: &RecordView, zone: &Zone) -> Step {
    const NAME: &str = "Export";
    let again = |text: String| to_do(NAME, Next::Export, format!("{text} e begins another"));
    match leave::copy(view) {
        Some(Copy::Whole { number, text }) => {
            step(NAME, Stage::Done, format!("entry {number}: {text}"))
        }
        Some(Copy::Going { number, text }) => {
            step(NAME, Stage::Going, format!("entry {number}: {text}. s stops it"))
        }
        Some(Copy::Begun { number, at }) => {
            step(NAME, Stage::Going, format!("entry {number}: begun {}", zone.show(at)))
        }
        Some(Copy::Broken { number, why }) => {
            again(format!("entry {number} was broken off: {why}."))
        }
        None => match leaving(view) {
            Some(leaving) => match &leaving.why_not {
                Some(why) => step(NAME, Stage::Waits, format!("cannot go on: {why}")),
                None => {
                    let two =
                        if leaving.witness { ", a second person signs beside you" } else { "" };
                    to_do(
                        NAME,
                        Next::Export,
                        format!("e begins it{two}{}", stills(leaving.stills.len())),
                    )
                }
            },
            None => step(NAME, Stage::Waits, "no copy was made"),
        },
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

/// To whom it went, and the paper that says so.
fn receipt(view: &RecordView, zone: &Zone, left: bool) -> Step {
    const NAME: &str = "Receipt";
    let Some(release) = leave::release(view) else {
        return match left {
            true => to_do(NAME, Next::Release, "x enters to whom it went, and how"),
            false => {
                step(NAME, Stage::Waits, "comes after the copy; x enters what left without one")
            }
        };
    };
    let paper = view.releases.iter().find_map(|e| {
        let here = e.number == release.number || e.header.about == Some(release.number);
        e.body.as_ref().filter(|_| here)?.answer("receipt")
    });
    let handed = format!("handed over: entry {}, {}", release.number, zone.show(release.header.at));
    match paper {
        Some(paper) => step(NAME, Stage::Done, format!("{}; {handed}", paper.in_words())),
        None => to_do(NAME, Next::Receipt, format!("{handed}. t enters the signed receipt")),
    }
}

/// What Enter does: the first step that something can be done about.
pub fn next(state: &State, view: &RecordView) -> Option<Next> {
    let (cameras, _) = view.footage();
    let steps = steps(view, &state.zone(), state.now, days(state, &cameras));
    steps.into_iter().find_map(|step| step.next)
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
    let (cameras, _) = view.footage();
    let steps = steps(view, &state.zone(), state.now, days(state, &cameras));
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
