//! `beadle report`: how the system is used (S4.51, S4.52, S4.67, S4.73). Each look is an entry.

use super::door::{Door, ask};
use super::moment::{Edge, parse};
use super::{Failure, ask_status, footage, print, unexpected};
use crate::base::time::Utc;
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// Viewings that somebody should be asked about
    Curiosity(Span),
    /// Signs of misuse that the box saw: refusals, failed log-ins, sealed codes and the like
    Misuse(Span),
    /// What one person did in the last year; somebody has to allow it
    Person(OfPerson),
}

#[derive(clap::Args, Debug)]
struct Span {
    /// From when [default: a month ago]
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// Up to when [default: now]
    #[arg(long, value_name = "T")]
    to: Option<String>,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
struct OfPerson {
    /// Whose use: the short name in the file
    person: String,
    /// Why it has to be looked at
    #[arg(long)]
    reason: String,
    /// On whose word: a person of the file, and after a colon the paper that says so
    #[arg(long, value_name = "WHO[:PAPER]")]
    authority: String,
    #[command(flatten)]
    door: Door,
}

impl Span {
    fn times(&self) -> Result<(Option<Utc>, Option<Utc>), Failure> {
        let status = ask_status(&mut self.door.dial()?)?;
        let zone = footage::zone(&status);
        let at = |text: &Option<String>, edge| {
            let moment =
                |text: &String| parse(text, edge, &zone, status.now).map_err(Failure::usage);
            text.as_ref().map(moment).transpose()
        };
        Ok((at(&self.from, Edge::From)?, at(&self.to, Edge::To)?))
    }
}

/// # Errors
/// The supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    let (door, request) = match &args.what {
        What::Curiosity(span) => {
            let (from, to) = span.times()?;
            (&span.door, Request::Curiosity { from, to })
        }
        What::Misuse(span) => {
            let (from, to) = span.times()?;
            (&span.door, Request::Misuse { from, to })
        }
        What::Person(of) => {
            let (person, reason) = (of.person.clone(), of.reason.clone());
            let authority = of.authority.clone();
            (&of.door, Request::PersonReport { person, reason, authority })
        }
    };
    match ask(&mut door.dial()?, &request)? {
        Reply::Text { text } => print(&text),
        _ => Err(unexpected()),
    }
}
