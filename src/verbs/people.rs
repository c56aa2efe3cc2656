//! `beadle people --rights FILE`: who may do what on a day, by the file alone (S4.17, S4.44).

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::door::{Door, ask};
use super::table::table;
use super::{Failure, ask_status, footage, print, print_json, unexpected};
use crate::access::{Holders, PersonRights, Right, by_right, rights};
use crate::base::clock::{Clock, SystemClock};
use crate::base::limits::FILE_BYTES_MAX;
use crate::base::time::{Day, Utc};
use crate::config::roles::Deed;
use crate::config::{self, Config};
use crate::wire::{Reply, Request};

#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The file that gives the rights: the one in force, or an accepted version of before
    ///
    /// Without it, the people of the running box and how they stand
    #[arg(long, value_name = "FILE")]
    rights: Option<PathBuf>,
    /// The day to answer for, like 2026-03-03 [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The file cannot be read, or does not load.
pub fn run(args: &Args) -> Result<(), Failure> {
    let Some(file) = &args.rights else { return standing(args) };
    let config = load(file)?;
    let on = args.on.unwrap_or_else(|| config.site.zone.day_of(SystemClock::new().utc()));
    let people = rights(&config, on);
    if args.json {
        return print_json(&report(config.site.name.value, on, people));
    }
    print(&shown(&config.site.name.value, on, &people))
}

/// The people of the running box: enrolled, last seen, suspended, rights that they do not use.
fn standing(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let zone = footage::zone(&*ask_status(&mut client)?);
    let Reply::People { people } = ask(&mut client, &Request::People)? else {
        return Err(unexpected());
    };
    if args.json {
        return print_json(&people);
    }
    let day = |at: Option<Utc>| at.map_or("-".into(), |at| zone.day_of(at).to_string());
    let rows = people.iter().map(|p| {
        vec![
            p.person.clone(),
            format!("{:?}", p.account).to_lowercase(),
            day(p.enrolled),
            day(p.last_log_in),
            if p.second_factor { "yes".into() } else { "-".into() },
            p.suspended.clone().unwrap_or_default(),
            p.unused.join(" "),
        ]
    });
    let heads =
        ["person", "account", "enrolled", "last log-in", "factor", "suspended by", "unused rights"];
    print(&table(&heads, &[], &rows.collect::<Vec<_>>()))
}

fn load(path: &Path) -> Result<Config, Failure> {
    let name = path.display().to_string();
    let fault = |e: std::io::Error| Failure::refused(format!("Reading {name}: {e}."));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(fault)?;
    // One byte more than allowed is enough for the finding about its size.
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
    let parsed = config::parse(&name, &bytes);
    parsed.config.ok_or_else(|| {
        Failure::refused(format!("{name} does not load. beadle check {name} says why."))
    })
}

#[derive(Serialize)]
struct Report {
    site: String,
    on: Day,
    people: Vec<PersonRights>,
    /// Each right with its holders, by condition; the empty condition is none.
    by_right: BTreeMap<&'static str, BTreeMap<String, Vec<String>>>,
}

fn report(site: String, on: Day, people: Vec<PersonRights>) -> Report {
    let rows = by_right(&people).into_iter();
    let by_right = rows.map(|(deed, who)| (deed.as_str(), who.into_iter().collect())).collect();
    Report { site, on, people, by_right }
}

fn shown(site: &str, on: Day, people: &[PersonRights]) -> String {
    let mut out = format!("{site}: who may do what on {on}\n\n");
    let rows = by_right(people).into_iter().flat_map(|(deed, who)| by_condition(deed, who));
    out += &table(&["right", "who", "conditions"], &[], &rows.collect::<Vec<_>>());
    for person in people {
        out += &format!("\n{}\n", heading(person));
        let rows: Vec<Vec<String>> = person.rights.iter().map(row).collect();
        if let Some(why) = &person.not_in_force {
            out += &format!("  no rights: {why}\n");
        } else if rows.is_empty() {
            out += "  no rights\n";
        } else {
            out += &table(&["may", "conditions", "by role"], &[], &rows);
        }
    }
    out
}

fn by_condition(deed: Deed, who: Holders) -> Vec<Vec<String>> {
    let word = |n: usize| if n == 0 { deed.to_string() } else { String::new() };
    if who.is_empty() {
        return vec![vec![word(0), "nobody".into(), String::new()]];
    }
    let each = who.into_iter().enumerate();
    each.map(|(n, (how, names))| vec![word(n), names.join(", "), how]).collect()
}

/// `Deputy IT Manager (deputy-it-manager), deputy of it-manager, admin account`.
fn heading(person: &PersonRights) -> String {
    let mut out = format!("{} ({})", person.title, person.person);
    if let Some(of) = &person.deputises {
        out += &format!(", deputy of {of}");
    }
    if let Some(firm) = &person.contractor {
        out += &format!(", contractor of {firm}");
    }
    if person.admin {
        out += ", admin account";
    }
    out
}

fn row(right: &Right) -> Vec<String> {
    let may = match &right.register {
        Some(register) => format!("{} the register {register}", right.may.join(", ")),
        None => right.may.join(", "),
    };
    let role = match &right.acting_for {
        Some(of) => format!("{}, for {of}", right.role),
        None => right.role.clone(),
    };
    // Told as for live pictures: there a reason is what the line makes it.
    vec![may, right.conditions(Deed::Live), role]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_decides_and_a_bad_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.kdl");
        let text = include_str!("../../configs/st-thomas-more.kdl");
        std::fs::write(&path, text).unwrap();
        let config = load(&path).unwrap();
        let told = |day: &str| {
            let day: Day = day.parse().unwrap();
            shown("St Thomas More", day, &rights(&config, day))
        };
        let engineer = "School Watch engineer (watch-engineer), contractor of School Watch\n";
        for (day, want) in [("2027-07-31", "  may"), ("2027-08-01", "  no rights: ")] {
            let text = told(day);
            let (_, after) = text.split_once(engineer).unwrap();
            assert!(after.starts_with(want), "{day}: {after}");
        }
        std::fs::write(&path, "site true").unwrap();
        let said = load(&path).unwrap_err().text;
        assert!(said.contains("does not load"), "{said}");
        let said = load(&folder.path().join("none.kdl")).unwrap_err().text;
        assert!(said.contains("No such file"), "{said}");
    }
}
