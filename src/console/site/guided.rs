//! What is done most, as a short form each: the form makes an edit of the text, which opens in the
//! editor with its plan over it. Nothing is saved on the way.

use super::editor::Editor;
use crate::base::time::{Day, Utc, Zone};
use crate::config::outline::{Named, names};
use crate::config::refer::Kind;
use crate::config::rewrite::{self, Edited, NewCamera, Replacement};
use crate::config::{self, rewrite::add_terms};
use crate::console::form::send::flaw;
use crate::console::form::sheets::choice;
use crate::console::form::{Field, Form, Input, Sort, Task, field};
use crate::console::theme::Tone;
use crate::wire::book::Choice;
use crate::wire::room::Flaw;
use crate::wire::site::SiteSheet;

/// The edits that have a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guide {
    AddCamera,
    ReplaceCamera,
    AddPerson,
    RemovePerson,
    Terms,
}

impl Guide {
    pub const ALL: [Guide; 5] = [
        Guide::AddCamera,
        Guide::ReplaceCamera,
        Guide::AddPerson,
        Guide::RemovePerson,
        Guide::Terms,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Guide::AddCamera => "Add a camera",
            Guide::ReplaceCamera => "Replace a camera under its name",
            Guide::AddPerson => "Add a person",
            Guide::RemovePerson => "Remove a person",
            Guide::Terms => "Next year's terms",
        }
    }
}

const TERMS_MAX: usize = 6;

fn of_kind(all: &[Named], kind: Kind) -> Vec<Choice> {
    let ours = all.iter().filter(|n| n.kind == kind);
    ours.map(|n| match n.title.is_empty() {
        true => choice(&n.name, &n.name),
        false => choice(&n.name, &format!("{} ({})", n.title, n.name)),
    })
    .collect()
}

/// The form, with what the file knows to choose from.
pub fn form(guide: Guide, text: &str) -> Form {
    let lines: Vec<&str> = text.lines().collect();
    let all = names(&lines);
    let line = |name: &str, title: &str| Field::new(name, title, Sort::Line);
    let short = "a-z, 0-9 and -, as it will stand in lists";
    let (fields, intro) = match guide {
        Guide::AddCamera => (
            vec![
                line("id", "Short name").hint(short),
                line("title", "Name on the screens"),
                Field::pick("zone", "Zone that it covers", of_kind(&all, Kind::Zone)),
                line("stream", "Address").hint("rtsp://10.20.0.11/main"),
                line("preview", "Address of its small stream").may(),
                line("secret", "Name of its password")
                    .may()
                    .hint("where the defaults of the cameras do not give it"),
            ],
            "The camera is recorded from the moment the edit is in force.",
        ),
        Guide::ReplaceCamera => (
            vec![
                Field::pick("id", "Which camera", of_kind(&all, Kind::Camera)),
                line("stream", "New address").hint("rtsp://10.20.0.11/main"),
                line("preview", "New address of its small stream").may(),
                line("serial", "Serial number of the new one").may(),
                Field::new("installed", "Put up on", Sort::Day).may(),
            ],
            "It keeps its short name, so the footage of both stays one timeline.",
        ),
        Guide::AddPerson => (
            vec![
                line("id", "Short name").hint(short),
                line("title", "Name or post on the screens"),
                line("post", "Post").may(),
                Field {
                    choices: of_kind(&all, Kind::Role),
                    ..Field::new("roles", "Roles that they get", Sort::Several).may()
                },
            ],
            "They enrol with a one-time code afterwards: screen Box.",
        ),
        Guide::RemovePerson => (
            vec![
                Field::pick("id", "Who goes", of_kind(&all, Kind::Person)),
                Field::pick(
                    "instead",
                    "Who takes over what they hold",
                    of_kind(&all, Kind::Person),
                )
                .may()
                .hint("nobody: what they hold alone falls open and is shown"),
            ],
            "Their entries stay. Roles and duties that others hold too go on without them.",
        ),
        Guide::Terms => (terms(text), "The terms of last year, 52 weeks on: put them right."),
    };
    let mut form = Form::new(Task::Guided(guide), guide.title(), fields);
    form.intro = vec![intro.into(), "It is shown as a plan before anything is saved.".into()];
    form
}

fn terms(text: &str) -> Vec<Field> {
    let known = config::parse("site.kdl", text.as_bytes()).config;
    let known = known.map(|c| c.calendar.terms_in_order()).unwrap_or_default();
    let last = known.last().map(|(_, last)| *last);
    let year: Vec<(Day, Day)> =
        known.into_iter().filter(|(first, _)| last.is_none_or(|l| l.since(*first) < 364)).collect();
    let rows = year.len().clamp(3, TERMS_MAX);
    let mut fields = Vec::new();
    for n in 0..rows {
        let before = year.get(n).map(|(a, b)| (a.plus(364), b.plus(364)));
        let mut add = |name: &str, title: &str, day: Option<Day>| {
            let mut field = Field::new(&format!("{name}-{n}"), title, Sort::Day);
            field.needed = n == 0;
            field.input = Input::line(&day.map(|d| d.to_string()).unwrap_or_default());
            fields.push(field);
        };
        add("first", &format!("Term {}: first day", n + 1), before.map(|(a, _)| a));
        add("last", &format!("Term {}: last day", n + 1), before.map(|(_, b)| b));
    }
    fields
}

/// The edit that a filled form stands for, and what the plan should say first.
///
/// # Errors
/// What is missing or cannot be, each at its field.
pub fn edit(
    guide: Guide,
    form: &Form,
    text: &str,
    (zone, now): (&Zone, Utc),
) -> Result<(Edited, Vec<String>), Vec<Flaw>> {
    let empty = form.fields.iter().filter(|f| f.needed && f.input.is_empty());
    let missing: Vec<Flaw> = empty.map(|f| flaw(&f.name, "This is needed.")).collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let line = |name: &str| form.field(name).map(|f| f.text().to_string()).unwrap_or_default();
    let maybe = |name: &str| Some(line(name)).filter(|t| !t.is_empty());
    let word = |name: &str| form.field(name).and_then(Field::word).map(String::from);
    let day = |name: &str| match maybe(name) {
        None => Ok(None),
        Some(text) => field::day(&text, zone, now).map(Some).map_err(|why| vec![flaw(name, why)]),
    };
    let whole = |why: String| vec![flaw("", why)];
    Ok(match guide {
        Guide::AddCamera => {
            let new = NewCamera {
                id: line("id"),
                title: line("title"),
                zone: word("zone").unwrap_or_default(),
                stream: line("stream"),
                preview: maybe("preview"),
                secret: maybe("secret"),
            };
            (rewrite::add_camera(text, &new).map_err(|w| vec![flaw("id", w)])?, Vec::new())
        }
        Guide::ReplaceCamera => {
            let with = Replacement {
                stream: maybe("stream"),
                preview: maybe("preview"),
                serial: maybe("serial"),
                installed: day("installed")?.map(|d| d.to_string()),
            };
            let id = word("id").unwrap_or_default();
            let said = "Same name, another camera: its footage stays one timeline.".to_string();
            (rewrite::replace_camera(text, &id, &with).map_err(whole)?, vec![said])
        }
        Guide::AddPerson => {
            let roles = marked(form.field("roles"));
            let post = maybe("post");
            let edited =
                rewrite::add_person(text, &line("id"), &line("title"), post.as_deref(), &roles);
            (edited.map_err(|w| vec![flaw("id", w)])?, Vec::new())
        }
        Guide::RemovePerson => {
            let id = word("id").unwrap_or_default();
            let instead = word("instead").filter(|other| *other != id);
            let edited = rewrite::remove_person(text, &id, instead.as_deref()).map_err(whole)?;
            let notes = goes(text, &id, &edited, instead.as_deref());
            (edited, notes)
        }
        Guide::Terms => {
            let terms = terms_of(day)?;
            (add_terms(text, &terms).map_err(whole)?, Vec::new())
        }
    })
}

/// The words that are marked in a list.
fn marked(field: Option<&Field>) -> Vec<String> {
    let Some(field) = field else { return Vec::new() };
    let Input::Several { on, .. } = &field.input else { return Vec::new() };
    on.iter().filter_map(|n| field.choices.get(*n)).map(|c| c.word.clone()).collect()
}

/// First and last day of each term that is filled in.
fn terms_of(
    day: impl Fn(&str) -> Result<Option<Day>, Vec<Flaw>>,
) -> Result<Vec<(Day, Day)>, Vec<Flaw>> {
    let mut terms = Vec::new();
    for n in 0..TERMS_MAX {
        let names = (format!("first-{n}"), format!("last-{n}"));
        match (day(&names.0)?, day(&names.1)?) {
            (Some(first), Some(last)) => terms.push((first, last)),
            (None, None) => {}
            (Some(_), None) => return Err(vec![flaw(&names.1, "This is needed.")]),
            (None, Some(_)) => return Err(vec![flaw(&names.0, "This is needed.")]),
        }
    }
    Ok(terms)
}

/// What somebody held who goes, and what falls open.
fn goes(text: &str, id: &str, edited: &Edited, instead: Option<&str>) -> Vec<String> {
    let rows: Vec<&str> = text.lines().collect();
    let mut held: Vec<usize> = config::uses(text, Kind::Person, id)
        .iter()
        .map(|place| text[..place.start].matches('\n').count())
        .collect();
    held.dedup();
    let mut notes = vec![match held.is_empty() {
        true => format!("{id} holds nothing in this file."),
        false => format!("{id} holds, in the file as it is:"),
    }];
    let line =
        |row: &usize| format!("  line {}: {}", row + 1, rows.get(*row).map_or("", |l| l.trim()));
    notes.extend(held.iter().map(line));
    match (edited.open.is_empty(), instead) {
        (true, Some(other)) => notes.push(format!("{other} takes over what {id} held alone.")),
        (true, None) => {}
        (false, _) => {
            notes.push("This falls open; name somebody there before it can be applied:".into());
            notes.extend(edited.open.iter().map(|open| format!("  {open}")));
        }
    }
    notes
}

/// The edited text in the editor, with the cursor at the edit.
pub fn editor(
    sheet: &SiteSheet,
    path: &str,
    edited: &Edited,
    notes: Vec<String>,
    now: Utc,
) -> Editor {
    let text = sheet.text.clone().unwrap_or_default();
    let mut editor = Editor::new(path, &text, &sheet.digest, sheet.may_edit);
    editor.replace_all(&edited.text, now);
    let spot = editor.text.spot_of(edited.at);
    editor.text.go(spot);
    editor.notes = notes;
    editor
}

/// How the notes of an edit are shown when there can be no plan yet.
pub fn as_lines(notes: &[String]) -> Vec<(Tone, String)> {
    notes.iter().map(|note| (Tone::Plain, note.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../../configs/john-colet.kdl");

    fn fill(form: &mut Form, answers: &[(&str, &str)]) {
        for (name, value) in answers {
            let zone = Zone::utc();
            let field = form.field_mut(name).unwrap_or_else(|| panic!("no field {name}"));
            field.fill(&crate::logbook::Value::Text((*value).into()), &zone);
            assert!(!field.input.is_empty(), "{name}: {value} is not offered");
        }
    }

    fn done(guide: Guide, answers: &[(&str, &str)]) -> Result<(Edited, Vec<String>), Vec<Flaw>> {
        let mut form = form(guide, FILE);
        fill(&mut form, answers);
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        edit(guide, &form, FILE, (&Zone::utc(), now))
    }

    /// Every line of the file but those that the edit is about is there, in its order.
    fn gone(edited: &Edited) -> Vec<&'static str> {
        let new: Vec<&str> = edited.text.lines().collect();
        FILE.lines().filter(|l| !new.contains(l)).collect()
    }

    #[test]
    fn each_form_makes_an_edit_that_loads() {
        let lines: Vec<&str> = FILE.lines().collect();
        let all = names(&lines);
        let first = |kind| all.iter().find(|n| n.kind == kind).unwrap().name.as_str();
        let (zone, camera, role) = (first(Kind::Zone), first(Kind::Camera), first(Kind::Role));
        let table: [(Guide, Vec<(&str, &str)>); 4] = [
            (
                Guide::AddCamera,
                vec![
                    ("id", "bike-shed"),
                    ("title", "Bicycle shed"),
                    ("zone", zone),
                    ("stream", "rtsp://10.99.0.99/main"),
                ],
            ),
            (
                Guide::ReplaceCamera,
                vec![("id", camera), ("stream", "rtsp://10.99.0.98/main"), ("installed", "today")],
            ),
            (Guide::AddPerson, vec![("id", "new-one"), ("title", "New One"), ("roles", role)]),
            (Guide::Terms, vec![("first-0", "2027-09-02"), ("last-0", "2027-12-17")]),
        ];
        for (guide, answers) in table {
            let (edited, _) = done(guide, &answers).unwrap_or_else(|f| panic!("{guide:?}: {f:?}"));
            let parsed = config::parse("x", edited.text.as_bytes());
            assert!(parsed.config.is_some(), "{guide:?}: {:?}", parsed.notes);
            assert!(gone(&edited).len() <= 2, "{guide:?}: {:?}", gone(&edited));
        }
    }

    #[test]
    fn what_is_missing_stands_at_its_field() {
        let flaws = done(Guide::AddCamera, &[("id", "x")]).unwrap_err();
        let names: Vec<&str> = flaws.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(names, ["title", "zone", "stream"]);
        let lines: Vec<&str> = FILE.lines().collect();
        let taken = names_of(&lines, Kind::Camera);
        let flaws = done(
            Guide::AddCamera,
            &[
                ("id", &taken),
                ("title", "T"),
                ("zone", &names_of(&lines, Kind::Zone)),
                ("stream", "rtsp://1.2.3.4/a"),
            ],
        );
        assert!(flaws.unwrap_err()[0].sentence.contains("already"));
    }

    fn names_of(lines: &[&str], kind: Kind) -> String {
        names(lines).into_iter().find(|n| n.kind == kind).unwrap().name
    }

    #[test]
    fn who_goes_is_told_with_what_they_hold() {
        let lines: Vec<&str> = FILE.lines().collect();
        let all: Vec<String> =
            names(&lines).into_iter().filter(|n| n.kind == Kind::Person).map(|n| n.name).collect();
        let mut fell_open = 0;
        for id in &all {
            let (edited, notes) = done(Guide::RemovePerson, &[("id", id)]).unwrap();
            let loads = config::parse("x", edited.text.as_bytes()).config.is_some();
            assert_eq!(loads, edited.open.is_empty(), "{id}: {notes:#?}");
            fell_open += usize::from(!loads);
            let other = all.iter().find(|o| *o != id).unwrap();
            let (edited, _) = done(Guide::RemovePerson, &[("id", id), ("instead", other)]).unwrap();
            assert!(edited.open.is_empty(), "{id} -> {other}: {:?}", edited.open);
        }
        assert!(fell_open > 0, "somebody holds something alone");
    }
}
