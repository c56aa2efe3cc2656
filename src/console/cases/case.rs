//! How far a case is: what is done, what is missing, and why it cannot go on.

use ratatui::text::Line;

use crate::base::time::{Day, Span, Utc, Zone};
use crate::console::draw::paragraph;
use crate::console::logbook::record::RecordView;
use crate::console::state::State;
use crate::console::theme::{Theme, Tone};
use crate::footage::Hold;
use crate::logbook::{Act, Entry, Kind, Value};

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
    /// Something before it is missing.
    Waits,
    /// It ends here.
    Refused,
}

/// One step of a case and how it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub name: &'static str,
    pub stage: Stage,
    pub text: String,
}

fn step(name: &'static str, stage: Stage, text: impl Into<String>) -> Step {
    Step { name, stage, text: text.into() }
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
    let who = |entry: &Entry| crate::console::logbook::read::maker(entry);
    if let Some(first) = entries.first() {
        let text = format!("entered by {} on {}", who(first), zone.show(first.header.at));
        out.push(step("Request", Stage::Done, text));
    }
    let decision = decision(entries);
    let allowed = match &decision {
        Some((entry, word)) if word == "allowed" => {
            let by = entry.body.as_ref().and_then(|b| b.answer("authority-by"));
            let by = by.map_or_else(|| who(entry), |v| v.in_words());
            let when = zone.show(entry.header.at);
            out.push(step("Decision", Stage::Done, format!("allowed by {by}, {when}")));
            true
        }
        Some((entry, _)) => {
            let text = format!("refused, {}: c ends the record", zone.show(entry.header.at));
            out.push(step("Decision", Stage::Refused, text));
            false
        }
        None if sheet.line.kind == Kind::SubjectAccess => true,
        None => {
            let text = "missing: n adds it, with who decided. Nothing leaves before";
            out.push(step("Decision", Stage::Missing, text));
            false
        }
    };
    out.push(footage(view, zone, now, days));
    if out.iter().any(|s| s.stage == Stage::Refused) {
        return out;
    }
    out.extend(delivery(view, zone, allowed));
    let end = match sheet.line.closed {
        Some(at) => step("End", Stage::Done, format!("closed {}", zone.show(at))),
        None => step("End", Stage::Waits, "c ends the record when all is done"),
    };
    out.push(end);
    out
}

fn decision(entries: &[Entry]) -> Option<(&Entry, String)> {
    entries.iter().rev().find_map(|entry| {
        let word = entry.body.as_ref()?.answer("decision")?.in_words();
        Some((entry, word))
    })
}

fn footage(view: &RecordView, zone: &Zone, now: Utc, days: (u32, u32)) -> Step {
    let (cameras, window) = view.footage();
    let Some((start, end)) = window else {
        let text = "the record names no time: put it right, or hold footage with h";
        return step("Footage", Stage::Missing, text);
    };
    if let Some(hold) = held(&view.holds, &cameras, (start, end)) {
        let review = zone.day_of(hold.review);
        return step(
            "Footage",
            Stage::Done,
            format!("held by {}, looked at again {review}", hold.id),
        );
    }
    let (floor, ceiling) = expires(start, zone, days.0, days.1);
    if ceiling <= now {
        let text = format!("gone since {}", zone.day_of(Utc(ceiling.0 - 1)));
        return step("Footage", Stage::Refused, text);
    }
    let (may, must) = (zone.day_of(Utc(floor.0 - 1)), zone.day_of(Utc(ceiling.0 - 1)));
    let text = match may == must {
        true => format!("NOT HELD: it is deleted after {must}. h holds it"),
        false => format!("NOT HELD: deleted after {must}, for space after {may}. h holds it"),
    };
    step("Footage", Stage::Missing, text)
}

/// Copy, release and receipt, as far as their entries name this request.
fn delivery(view: &RecordView, zone: &Zone, allowed: bool) -> Vec<Step> {
    let number = view.sheet.as_ref().map_or(0, |s| s.line.number as i64);
    let names = |e: &&Entry| {
        let request = e.body.as_ref().and_then(|b| b.answer("request"));
        request == Some(Value::Number(number))
    };
    let of = |kind| {
        let open = |e: &&Entry| e.header.kind == kind && e.header.act == Act::Open;
        view.releases.iter().filter(open).find(names)
    };
    let mut out = Vec::new();
    if let Some(export) = of(Kind::Export) {
        out.push(step("Copy", Stage::Done, format!("made {}", zone.show(export.header.at))));
    }
    let Some(release) = of(Kind::Release) else {
        out.push(match allowed {
            true => step("Release", Stage::Missing, "x enters what left, to whom and on what"),
            false => step("Release", Stage::Waits, "cannot go on before the decision"),
        });
        return out;
    };
    let text = format!("entry {}, {}", release.number, zone.show(release.header.at));
    out.push(step("Release", Stage::Done, text));
    let receipt = view.releases.iter().find_map(|e| {
        let here = e.number == release.number || e.header.about == Some(release.number);
        e.body.as_ref().filter(|_| here)?.answer("receipt")
    });
    out.push(match receipt {
        Some(paper) => step("Receipt", Stage::Done, paper.in_words()),
        None => step("Receipt", Stage::Missing, "add it to the release when it is signed"),
    });
    out
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

/// The steps as rows.
pub fn rows(state: &State, view: &RecordView, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let (cameras, _) = view.footage();
    let steps = steps(view, &state.zone(), state.now, days(state, &cameras));
    let mut out = Vec::new();
    for step in steps {
        let (tone, mark) = match step.stage {
            Stage::Done => (Tone::Good, "done"),
            Stage::Missing => (Tone::Warn, "TO DO"),
            Stage::Waits => (Tone::Quiet, "waits"),
            Stage::Refused => (Tone::Bad, "NO"),
        };
        out.extend(paragraph(theme, step.name, tone, &format!("{mark:<6}{}", step.text), width));
    }
    out
}
