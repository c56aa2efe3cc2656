//! `beadle begin`: the first file of a box that has none, at a terminal.

use super::{Door, Failure, ask, print, unexpected};
use crate::wire::begin::Candidate;
use crate::wire::{Reply, Request};

/// Lists what was found; with a name, what that would do; with `--take`, begins with it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Of the list
    name: Option<String>,
    /// Begin with it, after its plan was printed
    #[arg(long, requires = "name")]
    take: bool,
    /// The footage of another school that is here becomes this box's too; without it that disk is
    /// left alone
    #[arg(long, requires = "take")]
    adopt: bool,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The box has a file; nothing is called like that; the file does not load.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let status = super::ask_status(&mut client)?;
    let Some(begin) = status.begin else {
        return Err(Failure::refused(
            "This box has its file. To change it: the screen Site, or an editor.",
        ));
    };
    let Some(name) = &args.name else {
        print(&format!("{}.\n", begin.why))?;
        let lines: Vec<String> = begin.candidates.iter().map(line).collect();
        return match lines.is_empty() {
            true => print("Nothing was found yet. Plug in a stick with a site.kdl on it."),
            false => print(&lines.join("\n")),
        };
    };
    let candidate = begin.candidates.iter().find(|c| c.name == *name);
    let candidate =
        candidate.ok_or_else(|| Failure::refused("Nothing here has that name: beadle begin"))?;
    let request = Request::BeginPlan { name: name.clone() };
    let Reply::Plan(report) = ask(&mut client, &request)? else { return Err(unexpected()) };
    let against = format!("nothing: {} is the first file", candidate.from);
    print(&super::plan::shown(&report, &against))?;
    if !report.loads {
        return Err(Failure::refused("The file does not load, so it cannot be taken."));
    }
    let digest = candidate.digest.clone().unwrap_or_default();
    match args.take {
        false => Ok(()),
        true => match ask(
            &mut client,
            &Request::BeginTake { name: name.clone(), digest, adopt: args.adopt },
        )? {
            Reply::Text { text } => print(&text),
            _ => Err(unexpected()),
        },
    }
}

fn line(candidate: &Candidate) -> String {
    let site = candidate.site.as_ref().map(|site| format!(", \"{site}\"")).unwrap_or_default();
    let why = candidate.why.as_ref().map(|why| format!("\n    {why}")).unwrap_or_default();
    format!("\"{}\": {}{site}{why}", candidate.name, candidate.from)
}
