//! `beadle logbook`: entries, newest last, by register, person, time and words.

use crate::base::time::Zone;
use crate::logbook::{Act, Body, Entry, Value};
use crate::verbs::door::{Door, ask};
use crate::verbs::moment::{Edge, parse};
use crate::verbs::{Failure, ask_status, footage, print, print_json, unexpected};
use crate::wire::book::Find;
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
#[group(skip)]
pub struct Args {
    /// One register, like visits or releases
    #[arg(long, value_name = "NAME")]
    register: Option<String>,
    /// Entries that this person made
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// From when: "2026-11-21 08:41", "yesterday" or RFC 3339
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Up to when; a day alone means its end
    #[arg(long, value_name = "T")]
    to: Option<String>,
    /// Words that stand in the entry
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Only records that are still open
    #[arg(long)]
    open: bool,
    /// At most so many, the newest ones
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let status = ask_status(&mut client)?;
    let zone = footage::zone(&status);
    let at = |text: &Option<String>, edge| {
        let moment = |text: &String| parse(text, edge, &zone, status.now).map_err(Failure::usage);
        text.as_ref().map(moment).transpose()
    };
    let mut find = Find {
        register: args.register.clone(),
        person: args.person.clone(),
        from: at(&args.from, Edge::From)?,
        to: at(&args.to, Edge::To)?,
        text: args.text.clone(),
        open: args.open,
        ..Find::default()
    };
    let (mut entries, mut total) = (Vec::new(), 0);
    while entries.len() < args.limit as usize {
        find.limit = (args.limit - entries.len() as u32).min(200);
        let Reply::Entries(page) = ask(&mut client, &Request::Logbook(find.clone()))? else {
            return Err(unexpected());
        };
        total = page.total;
        entries.extend(page.entries);
        match page.more {
            Some(before) => find.before = Some(before),
            None => break,
        }
    }
    entries.reverse();
    if args.json {
        return print_json(&entries);
    }
    let mut text = String::new();
    for entry in &entries {
        text += &paragraph(entry, &zone);
    }
    let shown = entries.len() as u64;
    text += &match total {
        0 => "No entry fits.\n".to_string(),
        _ if shown < total => {
            format!("The newest {shown} of {total} entries; --limit shows more.\n")
        }
        1 => "1 entry.\n".into(),
        _ => format!("{total} entries.\n"),
    };
    print(&text)
}

/// An entry as people read it: one head line, then what was written.
pub fn paragraph(entry: &Entry, zone: &Zone) -> String {
    let head = &entry.header;
    let act = match (head.act, head.about) {
        (Act::Open, _) => String::new(),
        (Act::Note, about) => format!(", on {}", number(about)),
        (Act::Close, about) => format!(", ends {}", number(about)),
        (Act::Correct, about) => format!(", puts {} right", number(about)),
    };
    let mut out = format!("{:>6}  {}  {}{act}\n", entry.number, zone.show(head.at), head.kind);
    match &entry.body {
        Some(body) => lines(body).iter().for_each(|line| out += &format!("        {line}\n")),
        None => out += "        (destroyed; its place in the logbook stands)\n",
    }
    out
}

fn number(about: Option<u64>) -> String {
    about.map_or("an entry".into(), |n| format!("entry {n}"))
}

fn lines(body: &Body) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |name: &str, text: &str| out.push(format!("{name}: {text}"));
    if let Some(who) = &body.who {
        let mut text = who.person.clone();
        if who.account != crate::logbook::Account::Own {
            text += &format!(" ({:?} account)", who.account).to_lowercase();
        }
        if let Some(principal) = &who.acting_for {
            text += &format!(" for {principal}");
        }
        if let Some(second) = &who.second {
            text += &format!(", with {second}");
        }
        add("who", &text);
    }
    for (name, text) in
        [("at", &body.station), ("purpose", &body.purpose), ("reason", &body.reason)]
    {
        if let Some(text) = text {
            add(name, text);
        }
    }
    if let Some(authority) = &body.authority {
        let form = format!("{:?}", authority.form).to_lowercase();
        let paper = authority.reference.as_ref().map(|r| format!(", {r}")).unwrap_or_default();
        add("on the word of", &format!("{} ({form}{paper})", authority.by));
    }
    for (name, value) in &body.fields {
        add(name, &shown(value));
    }
    if let Some(outcome) = &body.outcome {
        add("outcome", outcome);
    }
    out
}

fn shown(value: &Value) -> String {
    match value {
        Value::Yes(true) => "yes".into(),
        Value::Yes(false) => "no".into(),
        Value::Number(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list.join(", "),
    }
}
