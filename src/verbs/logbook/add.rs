//! `beadle logbook add`: the form of a register, field by field.

use std::io::{IsTerminal, Read};

use crate::logbook::{Act, Authority, AuthorityForm, Body, Kind, Number, Value};
use crate::socket::dial::Client;
use crate::verbs::door::{Door, ask};
use crate::verbs::{Failure, print, prompt, unexpected};
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
    let body = match &args.json {
        Some(path) => from_json(path)?,
        None => {
            let Reply::Form(sheet) = ask(&mut client, &Request::Form { kind, act })? else {
                return Err(unexpected());
            };
            fill(&sheet)?
        }
    };
    let body = Box::new(body);
    let request = Request::Enter { kind, act, about: args.about, body, second: None };
    let Reply::Entered { number, notes } = ask(&mut client, &request)? else {
        return Err(unexpected());
    };
    let notes: String = notes.iter().map(|note| format!("\n- {note}")).collect();
    print(&format!("This is entry {number} of the logbook.{notes}"))
}

/// A kind by its own word, else the one of a register, asked for where there are several.
fn kind(client: &mut Client, what: &str, act: Act) -> Result<Kind, Failure> {
    if let Some(kind) = Kind::named(what) {
        return Ok(kind);
    }
    let request = Request::Forms { register: Some(what.into()) };
    let Reply::Forms { forms } = ask(client, &request)? else { return Err(unexpected()) };
    let forms: Vec<FormTitle> = forms.into_iter().filter(|f| f.act == act).collect();
    match forms.as_slice() {
        [] => Err(Failure::usage(format!("Nothing like that is entered by hand in {what}."))),
        [only] => Ok(only.kind),
        several if std::io::stdin().is_terminal() => {
            for (n, form) in several.iter().enumerate() {
                crate::verbs::say(&format!("{:>3}  {}", n + 1, form.title))?;
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

fn fill(sheet: &FormSheet) -> Result<Body, Failure> {
    crate::verbs::say(&format!(
        "{} (* is needed; an empty line leaves the others out)",
        sheet.title
    ))?;
    let mut body = Body::default();
    for field in &sheet.fields {
        let answer = loop {
            let text = prompt::line(&question(field))?;
            match answer(field, text.trim()) {
                Ok(answer) => break answer,
                Err(why) => crate::verbs::say(&why)?,
            }
        };
        if let Some(value) = answer {
            put(&mut body, &field.name, value);
        }
    }
    Ok(body)
}

fn question(field: &FormField) -> String {
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
    text + &format!("{}{shape}{}", field.title, if field.required { " *" } else { "" })
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

/// Into its part of the body, or among the fields of the kind.
fn put(body: &mut Body, name: &str, value: Value) {
    let text = match &value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    match name {
        "purpose" => body.purpose = Some(text),
        "reason" => body.reason = Some(text),
        "outcome" => body.outcome = Some(text),
        "authority" => {
            let (by, form) = (text, AuthorityForm::Own);
            body.authority = Some(Authority { by, form, reference: None });
        }
        "authority-form" | "authority-reference" => {
            if let Some(authority) = &mut body.authority {
                match (name, text.as_str()) {
                    ("authority-reference", _) => authority.reference = Some(text),
                    (_, "verbal") => authority.form = AuthorityForm::Verbal,
                    (_, "written") => authority.form = AuthorityForm::Written,
                    (_, "permission") => authority.form = AuthorityForm::Permission,
                    _ => authority.form = AuthorityForm::Own,
                }
            }
        }
        _ => drop(body.fields.insert(name.into(), value)),
    }
}
