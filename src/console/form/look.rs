//! Forms before and after a look: what is said becomes a wish to see pictures, or its end.

use super::send::Desk;
use super::{Field, Form, Input, Sort, Task};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::console::state::State;
use crate::logbook::fields as f;
use crate::logbook::{Act, Body, Kind, Number, Value};
use crate::wire::look::{End, Guest, Looking, View};

/// Where nothing else is said, so much is looked at.
const LENGTH: Span = Span::hours(1);

/// What the recorder fills in itself.
const OURS: [&str; 2] = [f::DECLARATION, f::SECONDS];

/// What somebody who looks on showed, by the names of the form.
const SHOWN: [&str; 6] =
    ["viewer-organisation", "viewer-number", "crime-reference", "identity", "necessity", "consent"];

/// What becomes of a form of this kind, where it is about pictures.
pub fn task(kind: Kind, act: Act, about: Option<Number>) -> Option<Task> {
    let wish = wish(kind)?;
    match (act, about) {
        (Act::Open, None) => Some(Task::Look(wish)),
        (Act::Close, Some(number)) if kind != Kind::Still && kind != Kind::LiftMask => {
            Some(Task::PutAway { kind, number })
        }
        _ => None,
    }
}

fn wish(kind: Kind) -> Option<Looking> {
    Looking::of(kind).filter(|look| *look != Looking::Still)
}

/// The one possible answer is given, and what the recorder knows itself is not asked.
pub fn prepare(form: &mut Form, state: &State) {
    let Task::Look(wish) = form.task else { return };
    form.fields.retain(|field| !OURS.contains(&field.name.as_str()));
    for field in &mut form.fields {
        let only = field.choices.len() == 1;
        match (&mut field.input, field.name.as_str()) {
            (Input::Pick(pick @ None), "purpose") if only => *pick = Some(0),
            (Input::Pick(pick @ None), f::VIEWER) if wish == Looking::Playback => {
                *pick = field.choices.iter().position(|c| c.word == f::STAFF);
            }
            (Input::Several { on, .. }, f::CAMERAS) if only => drop(on.insert(0)),
            _ => {}
        }
    }
    let sights = state.room.as_ref().map(|room| &room.sights);
    if let Some(text) = sights.and_then(|sights| sights.declaration.clone())
        && wish != Looking::Live
    {
        form.intro.push(text);
    }
    let may: Option<&[CameraId]> = sights.map(|sights| match wish {
        Looking::Live => &sights.live[..],
        Looking::SpotCheck => &sights.spot[..],
        _ => &sights.recorded[..],
    });
    // Cameras that the file does not let this person see are not offered.
    if let Some(may) = may
        && let Some(field) = form.field_mut(f::CAMERAS)
    {
        let chosen: Vec<String> = match &field.input {
            Input::Several { on, .. } => {
                on.iter().filter_map(|n| field.choices.get(*n)).map(|c| c.word.clone()).collect()
            }
            _ => Vec::new(),
        };
        field.choices.retain(|c| may.iter().any(|id| id.as_str() == c.word));
        field.fill(&Value::List(chosen), &state.zone());
    }
}

/// An end that was left open follows from the beginning: an hour, or as long as a spot check is.
pub fn complete(form: &mut Form, state_zone: &crate::base::time::Zone, now: Utc, spot: u32) {
    let length = match form.task {
        Task::Look(Looking::SpotCheck) => Span::secs(i64::from(spot)),
        Task::Look(Looking::Playback) => LENGTH,
        _ => return,
    };
    let moment = |name: &str| {
        let value = form.field(name)?.value(state_zone, now).ok()??;
        value.text()?.parse::<Utc>().ok()
    };
    let Some(from) = moment(f::FROM) else { return };
    if let Some(until) = form.field_mut(f::UNTIL).filter(|field| field.input.is_empty()) {
        let end = (from + length).min(now);
        until.fill(&Value::Text(end.to_string()), state_zone);
    }
}

impl Form {
    /// The wish that this form stands for.
    pub fn view(&self, desk: Desk<'_>, wish: Looking) -> View {
        let mut body = self.body(desk);
        let mut view = View::of(wish);
        let mut take = |name: &str| {
            let found = body.answer(name);
            body.fields.remove(name);
            found
        };
        let text = |value: Option<Value>| value.and_then(|v| v.text().map(String::from));
        if let Some(Value::List(list)) = take(f::CAMERAS) {
            view.cameras = list.iter().filter_map(|id| CameraId::new(id).ok()).collect();
        }
        let mut moment = |name: &str| text(take(name))?.parse::<Utc>().ok();
        view.window = moment(f::FROM).zip(moment(f::UNTIL));
        view.answer = text(take(f::ANSWER));
        view.declared = take(f::DECLARED) == Some(Value::Yes(true));
        let mut number = |name: &str| match take(name) {
            Some(Value::Number(n)) => u64::try_from(n).ok(),
            _ => None,
        };
        view.permission = number(f::PERMISSION);
        view.about = number(f::INCIDENT).or(number(f::REQUEST));
        let class = text(take(f::VIEWER)).filter(|class| class != f::STAFF);
        let (name, supervisor) = (text(take(f::VIEWER_NAME)), text(take(f::SUPERVISOR)));
        // Without a guest these are the form's own questions: why a mask is lifted.
        let asked_of_guests = SHOWN.iter().filter(|_| class.is_some());
        let shown = asked_of_guests.filter_map(|name| Some((name.to_string(), text(take(name))?)));
        let shown = shown.collect();
        (view.purpose, view.reason) = (body.purpose.take(), body.reason.take());
        let authority = body.authority.take().filter(|a| !a.by.is_empty());
        match class {
            Some(class) => view.guests.push(Guest {
                class,
                name: name.unwrap_or_default(),
                shown,
                authority,
                supervisor,
            }),
            None => view.authority = authority,
        }
        view.more = body.fields;
        view
    }

    /// What was seen, at the end of a look.
    pub(super) fn end(&self, desk: Desk<'_>, number: Number) -> End {
        let Body { outcome, fields, .. } = self.body(desk);
        End { number, outcome, more: fields }
    }
}

/// The time to go to.
pub fn time() -> Form {
    let field = Field::new("at", "Go to", Sort::Moment);
    Form::new(Task::Time, "Which time", vec![field])
}
