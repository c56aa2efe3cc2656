//! Footage leaves for a case: how far the copy is and how it ended; and pictures that are marked to
//! go with it. What is asked first stands in `order`.

use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::console::ask::For;
use crate::console::event::Action;
use crate::console::form::{Field, Form, Sort, Task};
use crate::console::logbook::record::RecordView;
use crate::console::over::{Menu, Over, Pick};
use crate::console::state::State;
use crate::console::theme::Tone;
use crate::console::words;
use crate::logbook::fields as f;
use crate::logbook::{Act, Body, Entry, Kind, Number, Value};
use crate::wire::Request;
use crate::wire::export::{End, Exporting, Stage};

/// How far a copy is, how fast it goes, and how long it still takes; as the recorder says.
pub fn progress(state: &Exporting) -> String {
    if let Some(waits) = &state.waits {
        return format!("it waits: {waits}");
    }
    let of = format!("{} of {}", words::bytes(state.done), words::bytes(state.total));
    let far = match state.stage {
        Stage::Planning => return "looking through the recordings".into(),
        Stage::Writing => format!("writing {of}"),
        Stage::Checking => format!("reading back {of}"),
        Stage::Leaving => return "letting the stick go".into(),
    };
    let Some((rate, left)) = state.rate.zip(state.left) else { return far };
    let left = i64::try_from(left).map_or(Span::days(365), Span::secs);
    let left = if left.as_secs() < 2 { "2 s".to_string() } else { words::age(left) };
    format!("{far}, {} a second, about {left} left", words::bytes(rate))
}

/// The newest copy of a case, as far as its entries and the recorder say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Copy {
    /// Begun; how far it is is not known.
    Begun {
        number: Number,
        at: Utc,
    },
    Going {
        number: Number,
        text: String,
    },
    Whole {
        number: Number,
        text: String,
    },
    Broken {
        number: Number,
        why: String,
    },
}

fn names_case(view: &RecordView, entry: &Entry) -> bool {
    let case = view.sheet.as_ref().map(|sheet| sheet.line.number as i64);
    let request = entry.body.as_ref().and_then(|body| body.answer(f::REQUEST));
    case.is_some_and(|case| request == Some(Value::Number(case)))
}

fn newest(view: &RecordView, kind: Kind) -> Option<&Entry> {
    let opens = view.releases.iter().filter(|e| e.header.kind == kind && e.header.act == Act::Open);
    opens.filter(|e| names_case(view, e)).max_by_key(|e| e.number)
}

pub fn copy(view: &RecordView) -> Option<Copy> {
    let entry = newest(view, Kind::Export);
    let known = view.exports.iter().max_by_key(|going| going.number);
    let number = entry.map(|e| e.number).max(known.map(|going| going.number))?;
    if let Some(going) = known.filter(|going| going.number == number) {
        let place = &going.package;
        return Some(match &going.end {
            None => Copy::Going { number, text: progress(going) },
            Some(End::Whole { clips, bytes, .. }) => {
                Copy::Whole { number, text: whole(Some(*clips), Some(*bytes), Some(place)) }
            }
            Some(End::BrokenOff { why, .. }) => Copy::Broken { number, why: why.clone() },
        });
    }
    let entry = entry?;
    let end = view.releases.iter().find(|e| {
        (e.header.kind, e.header.act, e.header.about) == (Kind::Export, Act::Close, Some(number))
    });
    let Some(body) = end.and_then(|e| e.body.as_ref()) else {
        return Some(Copy::Begun { number, at: entry.header.at });
    };
    let count = |name: &str| match body.answer(name) {
        Some(Value::Number(n)) => u64::try_from(n).ok(),
        _ => None,
    };
    Some(match body.text(f::ENDED) {
        Some("whole") => Copy::Whole { number, text: whole(count("clips"), count(f::BYTES), None) },
        _ => Copy::Broken { number, why: body.outcome.clone().unwrap_or_default() },
    })
}

fn whole(clips: Option<u64>, bytes: Option<u64>, place: Option<&String>) -> String {
    let mut parts = Vec::new();
    parts.extend(clips.map(|n| words::several(n, "clip")));
    parts.extend(bytes.map(words::bytes));
    parts.push("written and read back".into());
    let place = place.map(|place| format!(": {place}")).unwrap_or_default();
    format!("{}{place}", parts.join(", "))
}

/// Where the record is open, below a form too.
pub(super) fn open_view(state: &mut State) -> Option<&mut RecordView> {
    state.over.iter_mut().rev().find_map(|over| match over {
        Over::Record(view) => Some(&mut **view),
        _ => None,
    })
}

/// The entries of its copies came in: the recorder is asked how the newest one goes.
pub fn releases(state: &mut State, entries: Vec<Entry>) -> Vec<Action> {
    let Some(view) = open_view(state) else { return vec![] };
    view.releases = entries;
    let number = newest(view, Kind::Export).map(|entry| entry.number);
    let known = |n: &Number| view.exports.iter().any(|going| going.number == *n);
    match number.filter(|n| !known(n)) {
        Some(number) => vec![state.ask(For::Export, Request::ExportState { number })],
        None => vec![],
    }
}

/// How a copy goes.
pub fn heard(state: &mut State, exporting: Exporting) -> Vec<Action> {
    let Some(view) = open_view(state) else { return vec![] };
    let (end, package) = (exporting.end.clone(), exporting.package.clone());
    let stick = exporting.stick.clone();
    let old = view.exports.iter_mut().find(|going| going.number == exporting.number);
    let went_on = match old {
        Some(going) => std::mem::replace(going, exporting).end.is_none(),
        None => {
            view.exports.push(exporting);
            false
        }
    };
    if went_on && let Some(end) = end {
        match end {
            End::Whole { .. } => {
                let safe = stick.map(|stick| {
                    format!(". The stick {stick} is flushed and let go: it is safe to remove.")
                });
                let safe = safe.unwrap_or_default();
                state.say(Tone::Good, format!("Written and read back: {package}{safe}"));
            }
            End::BrokenOff { why, .. } => {
                state.say(Tone::Bad, format!("It was broken off: {why}."))
            }
        }
    }
    vec![]
}

/// A second has passed: one that goes on is asked after.
pub fn tick(state: &mut State) -> Vec<Action> {
    let waits = state.asks.waits(&For::Export);
    let waits_for_record = state.asks.waits(&For::Record);
    let open = state.is_open();
    let Some(view) = open_view(state) else { return vec![] };
    let going = view.exports.iter().find(|going| going.end.is_none());
    if let Some(number) = going.map(|going| going.number).filter(|_| open && !waits) {
        return vec![state.ask(For::Export, Request::ExportState { number })];
    }
    // It has ended, and the case as it was shown does not know of it yet.
    match unheard(view).filter(|_| open && !waits_for_record) {
        Some(number) => vec![state.ask(For::Record, Request::Record { number })],
        None => vec![],
    }
}

/// The case that has a copy on its way which the recorder says has ended.
fn unheard(view: &RecordView) -> Option<Number> {
    let case = view.sheet.as_ref()?.case.as_ref()?;
    let ended = |n| view.exports.iter().any(|copy| copy.number == n && copy.end.is_some());
    case.copies.iter().any(|copy| copy.going && ended(copy.entry)).then_some(case.number)
}

/// What is typed before a copy is broken off.
pub const STOP: &str = "stop";

/// A copy that is being written is broken off, once somebody said so in words.
pub fn stop(state: &mut State) {
    let Some(Over::Record(view)) = state.over.last() else { return };
    let Some(Copy::Going { number, .. }) = copy(view) else {
        return state.say(Tone::Plain, "No copy is being written.");
    };
    let field = Field::new("words", &format!("Type {STOP} to confirm"), Sort::Line);
    let title = format!("Break the copy of entry {number} off");
    let mut form = Form::new(Task::StopExport { number }, &title, vec![field]);
    form.intro =
        vec!["What was written so far stays where it is, and says that it is not finished.".into()];
    state.over.push(Over::Form(Box::new(form)));
}

/// The picture that is shown goes with the export of a case.
pub fn still(state: &mut State, camera: CameraId, at: Utc) -> Vec<Action> {
    let named = state.watch.as_ref().and_then(|watch| watch.view.about);
    let open = state.cases.requests().into_iter().filter(|case| case.closed.is_none());
    let cases: Vec<(Number, Kind, String)> =
        open.map(|case| (case.number, case.kind, case.title.clone())).collect();
    if let Some(case) = cases.iter().find(|case| Some(case.0) == named) {
        return mark(state, (case.0, case.1), camera, at);
    }
    match cases.as_slice() {
        [] => {
            let text = "No request is open that it could go with. Enter one first: Cases, n.";
            state.say(Tone::Warn, text);
            vec![]
        }
        [only] => mark(state, (only.0, only.1), camera, at),
        _ => {
            let pick = |(number, kind, title): (Number, Kind, String)| {
                let what = format!("{number}  {title}");
                (what, Pick::Still { case: (number, kind), camera: camera.clone(), at })
            };
            let items = cases.into_iter().map(pick).collect();
            let title = "With which case does this picture go?".to_string();
            state.over.push(Over::Menu(Menu { title, items, at: 0 }));
            vec![]
        }
    }
}

/// Entered as a part of the case, to the thousandth of a second.
pub fn mark(
    state: &mut State,
    (number, kind): (Number, Kind),
    camera: CameraId,
    at: Utc,
) -> Vec<Action> {
    let said = [
        (f::STEP, f::STILL.to_string()),
        (f::STILL_CAMERA, camera.to_string()),
        (f::STILL_AT, at.to_string()),
    ];
    let fields = said.map(|(name, text)| (name.to_string(), Value::Text(text))).into();
    let body = Box::new(Body { fields, ..Body::default() });
    let (act, about) = (Act::Note, Some(number));
    let request = Request::Enter { kind, act, about, body, second: None };
    vec![state.ask(For::Still { case: number, camera, at }, request)]
}

pub fn marked(state: &mut State, (case, entry): (Number, Number), camera: &CameraId, at: Utc) {
    let when = state.zone().show(at);
    let text = format!("The picture of {camera} at {when} goes with case {case} (entry {entry}).");
    state.say(Tone::Good, text);
}
