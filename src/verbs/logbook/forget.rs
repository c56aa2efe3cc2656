//! `beadle logbook forget`: the bodies of entries are destroyed, by two people (R5.7).

use crate::logbook::Number;
use crate::verbs::door::{Door, ask, second};
use crate::verbs::{Failure, print, prompt, unexpected};
use crate::wire::{Reply, Request};

/// In one go; an entry names them all.
const MOST: u64 = 100_000;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Numbers of entries: 12, or 15-19 for a range
    #[arg(required = true, value_parser = range, value_name = "NUMBER")]
    entries: Vec<(Number, Number)>,
    /// Why they have to go: the period is over, or a paper that asks for it
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    door: Door,
}

/// `12` or `15-19`.
fn range(text: &str) -> Result<(Number, Number), String> {
    let wrong = || format!("\"{text}\" is no number of an entry, nor a range like 15-19");
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let number = |part: &str| part.trim().parse::<Number>().map_err(|_| wrong());
    let (from, to) = (number(from)?, number(to)?);
    if from > to {
        return Err(wrong());
    }
    if to - from >= MOST {
        return Err(format!("{text} are more than {MOST} entries; do it in parts"));
    }
    Ok((from, to))
}

/// # Errors
/// The supervisor refuses; nothing was destroyed then.
pub fn run(args: &Args) -> Result<(), Failure> {
    let Some(person) = &args.door.beside else {
        return Err(Failure::usage("It takes two people: name the second with --with PERSON."));
    };
    let numbers: Vec<Number> = args.entries.iter().flat_map(|(from, to)| *from..=*to).collect();
    let question = format!(
        "Who, why and what of {} entries is destroyed for good; their places stay. Go on?",
        numbers.len()
    );
    if !prompt::yes(&question)? {
        return Err(Failure::refused("Nothing was destroyed."));
    }
    // They type their passphrase after they read that.
    let mut client = Door { beside: None, ..args.door.clone() }.dial()?;
    let second = second(person)?;
    let request = Request::Forget { numbers, reason: args.reason.clone(), second };
    let Reply::Entered { number, notes } = ask(&mut client, &request)? else {
        return Err(unexpected());
    };
    print(&format!("{} Entry {number} says so.", notes.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges() {
        for (text, want) in [
            ("12", Some((12, 12))),
            ("15-19", Some((15, 19))),
            ("19-15", None),
            ("-3", None),
            ("a", None),
            ("0-100000", None),
        ] {
            assert_eq!(range(text).ok(), want, "{text}");
        }
    }
}
