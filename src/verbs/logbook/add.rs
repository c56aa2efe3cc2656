//! `beadle logbook add`: the form of a register, field by field.

use std::io::{IsTerminal, Read};

use crate::logbook::form::{CORRECTION, Field, WITHDRAWN};
use crate::logbook::{Account, Act, Body, Kind, Number, Value, Who};
use crate::socket::dial::Client;
use crate::verbs::door::{Door, ask, second as second_person};
use crate::verbs::{Failure, print, prompt, say, unexpected};
use crate::wire::book::{FormField, FormSheet, FormSort, FormTitle};
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A register, like visits, or a kind of entry, like visit
    what: String,
    /// The entry that this one is about
    #[arg(long, value_name = "NUMBER")]
    about: Option<Number>,
    /// Adds to the entry --about
    #[arg(long, requires = "about")]
    note: bool,
    /// Ends the record that began with --about
    #[arg(long, requires = "about", conflicts_with = "note")]
    close: bool,
    /// Puts the entry --about right; that one stays as it was
    #[arg(long, requires = "about", conflicts_with_all = ["note", "close"])]
    correct: bool,
    /// The fields as JSON, from this file or `-` for the input: {"reason":"...","fields":{...}}
    #[arg(long, value_name = "PATH")]
    json: Option<String>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses; its sentence names each field that is wrong.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let act = match (args.note, args.close, args.correct) {
        (true, ..) => Act::Note,
        (_, true, _) => Act::Close,
        (.., true) => Act::Correct,
        _ => Act::Open,
    };
    let kind = kind(&mut client, &args.what, act)?;
    enter(&mut client, (kind, act), args.about, args.json.as_deref()).map(drop)
}

/// Asks the form, or reads it, enters it and says so; the entry's number.
///
/// # Errors
/// As [`run`].
pub fn enter(
    client: &mut Client,
    (kind, act): (Kind, Act),
    about: Option<Number>,
    json: Option<&str>,
) -> Result<Number, Failure> {
    let body = match json {
        Some(path) => from_json(path)?,
        None => {
            // What is put right is asked by the form that it was made with.
            let shape = match (act, about) {
                (Act::Correct, Some(number)) => act_of(client, number)?,
                _ => act,
            };
            let request = Request::Form { kind, act: shape };
            let Reply::Form(mut sheet) = ask(client, &request)? else {
                return Err(unexpected());
            };
            if act == Act::Correct {
                sheet.fields.extend([&CORRECTION, &WITHDRAWN].map(extra));
            }
            fill(client, about, act, &sheet)?
        }
    };
    let body = Box::new(body);
    let request = Request::Enter { kind, act, about, body, second: None };
    let Reply::Entered { number, notes } = ask(client, &request)? else {
        return Err(unexpected());
    };
    let notes: String = notes.iter().map(|note| format!("\n- {note}")).collect();
    print(&format!("This is entry {number} of the logbook.{notes}"))?;
    Ok(number)
}

/// The act of the entry that is put right.
fn act_of(client: &mut Client, number: Number) -> Result<Act, Failure> {
    match ask(client, &Request::Entry { number })? {
        Reply::Entry(entry) if entry.header.act == Act::Correct => Ok(Act::Open),
        Reply::Entry(entry) => Ok(entry.header.act),
        _ => Err(unexpected()),
    }
}

/// What a correction says beside the fields that it restates.
fn extra(field: &Field) -> FormField {
    let yes = field.name == WITHDRAWN.name;
    FormField {
        name: field.name.into(),
        title: field.title.into(),
        sort: if yes { FormSort::YesNo } else { FormSort::Line },
        choices: Vec::new(),
        required: !yes,
        hint: (!field.hint.is_empty()).then(|| field.hint.into()),
        row: field.row.into(),
    }
}

/// A kind by its own word, else the one of a register, asked for where there are several.
fn kind(client: &mut Client, what: &str, act: Act) -> Result<Kind, Failure> {
    if let Some(kind) = Kind::named(what) {
        return Ok(kind);
    }
    let made_by = if act == Act::Correct { Act::Open } else { act };
    let request = Request::Forms { register: Some(what.into()) };
    let Reply::Forms { forms } = ask(client, &request)? else { return Err(unexpected()) };
    let forms: Vec<FormTitle> = forms.into_iter().filter(|f| f.act == made_by).collect();
    match forms.as_slice() {
        [] => Err(Failure::usage(format!("Nothing like that is entered by hand in {what}."))),
        [only] => Ok(only.kind),
        several if std::io::stdin().is_terminal() => {
            for (n, form) in several.iter().enumerate() {
                say(&format!("{:>3}  {}", n + 1, form.title))?;
            }
            let answer = prompt::line("Which one?")?;
            let chosen =
                answer.trim().parse::<usize>().ok().and_then(|n| several.get(n.checked_sub(1)?));
            chosen.map(|f| f.kind).ok_or_else(|| Failure::usage("That is none of these."))
        }
        several => {
            let words: Vec<_> = several.iter().map(|f| f.kind.as_str()).collect();
            Err(Failure::usage(format!("Say which one: {}.", words.join(", "))))
        }
    }
}

fn from_json(path: &str) -> Result<Body, Failure> {
    let mut text = String::new();
    let read = match path {
        "-" => std::io::stdin().read_to_string(&mut text).map(drop),
        path => std::fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|e| Failure::usage(format!("{path}: {e}")))?;
    serde_json::from_str(&text)
        .map_err(|e| Failure::usage(format!("{path} is not a form's JSON: {e}")))
}

/// Asks what the form asks as things stand: the supervisor says after each answer which question
/// comes, and whether it may be left out.
fn fill(client: &mut Client, about: Option<Number>, act: Act, sheet: &FormSheet) -> Answered {
    say(&format!("{} (* is needed; an empty line leaves the others out)", sheet.title))?;
    let who = client.beside.as_ref().map(|second| second.person.clone());
    // Whose entry it is the supervisor knows; a second person has to stand beside somebody.
    let who = Who { second: who, ..Who::alone("", Account::Own) };
    let mut body = Body { who: Some(who), ..Body::default() };
    let mut judge = |body: &Body| {
        let so_far = Box::new(body.clone());
        match ask(client, &Request::Judge { kind: sheet.kind, act, about, body: so_far })? {
            Reply::Judged(judged) => Ok(judged),
            _ => Err(unexpected()),
        }
    };
    let mut judged = judge(&body)?;
    for field in &sheet.fields {
        if body.answer(&field.name).is_some() || !judged.asked.contains(&field.name) {
            continue;
        }
        let required = judged.needed.contains(&field.name);
        let field = FormField { required, ..field.clone() };
        // Said a second time it stays: the entry as a whole is judged at its end.
        let mut refused = None;
        loop {
            let answered = asked(&field, judged.offered.get(&field.name))?;
            let Some(value) = answered else { break };
            let mut tried = body.clone();
            tried.put(&field.name, value.clone()).map_err(Failure::refused)?;
            let then = judge(&tried)?;
            let flaws = then.flaws.iter().filter(|f| f.field == field.name && !f.missing);
            let flaws: Vec<_> = flaws.cloned().collect();
            let stays = refused.as_ref() == Some(&value);
            if !stays {
                flaws.iter().try_for_each(|f| say(&format!("{} ({})", f.sentence, f.remedy)))?;
            }
            if stays || flaws.iter().all(|f| !f.blocks) {
                (body, judged) = (tried, then);
                break;
            }
            refused = Some(value);
        }
    }
    let second = body.who.take().and_then(|who| who.second);
    if let Some(person) = second.filter(|_| client.beside.is_none()) {
        client.beside = Some(second_person(&person)?);
    }
    Ok(body)
}

type Answered = Result<Body, Failure>;

/// One question, until its answer can be read; an empty line takes what is offered.
fn asked(field: &FormField, offered: Option<&Value>) -> Result<Option<Value>, Failure> {
    loop {
        let text = prompt::line(&question(field, offered))?;
        match (offered, answer(field, text.trim())) {
            (Some(value), _) if text.trim().is_empty() => return Ok(Some(value.clone())),
            (_, Ok(answer)) => return Ok(answer),
            (_, Err(why)) => say(&why)?,
        }
    }
}

fn question(field: &FormField, offered: Option<&Value>) -> String {
    let mut text = String::new();
    for (n, choice) in field.choices.iter().enumerate() {
        text += &format!("{:>3}  {}\n", n + 1, choice.title);
    }
    if let Some(hint) = &field.hint {
        text += &format!("     {hint}\n");
    }
    let shape = match field.sort {
        FormSort::YesNo => " (y/n)",
        FormSort::Day => " (2026-11-22)",
        FormSort::Moment => " (2026-11-22T14:35:00Z)",
        FormSort::List => " (several: separated by commas)",
        _ => "",
    };
    // An empty line takes it.
    let offered = offered.map(|value| format!(" [{}]", value.in_words())).unwrap_or_default();
    let star = if field.required { " *" } else { "" };
    text + &format!("{}{shape}{star}{offered}", field.title)
}

/// `None`: left out.
fn answer(field: &FormField, text: &str) -> Result<Option<Value>, String> {
    if text.is_empty() {
        return match field.required {
            true => Err(format!("This is needed ({}).", field.row)),
            false => Ok(None),
        };
    }
    let chosen = |text: &str| -> Result<String, String> {
        let by_number =
            text.parse::<usize>().ok().and_then(|n| field.choices.get(n.checked_sub(1)?));
        let by_word = || field.choices.iter().find(|c| c.word == text);
        let free = field.choices.is_empty();
        match by_number.or_else(by_word) {
            Some(choice) => Ok(choice.word.clone()),
            None if free => Ok(text.into()),
            None => Err("That is none of these.".into()),
        }
    };
    let value = match field.sort {
        FormSort::YesNo => match text.chars().next() {
            Some('y' | 'Y') => Value::Yes(true),
            Some('n' | 'N') => Value::Yes(false),
            _ => return Err("Type y or n.".into()),
        },
        FormSort::Number => {
            Value::Number(text.parse().map_err(|_| "Type a whole number.".to_string())?)
        }
        FormSort::List => {
            let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
            Value::List(parts.map(chosen).collect::<Result<_, _>>()?)
        }
        _ => Value::Text(chosen(text)?),
    };
    Ok(Some(value))
}
