//! `beadle duties`: what is overdue, due, to come and done, within 80 columns.

use super::door::{Door, ask};
use super::{Failure, ask_status, footage, print, print_json, unexpected};
use crate::base::time::{Utc, Zone};
use crate::wire::duty::{DutyLine, DutyState};
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct Args {
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
    let Reply::Duties { duties } = ask(&mut client, &Request::Duties)? else {
        return Err(unexpected());
    };
    match args.json {
        true => print_json(&duties),
        false => print(&text(&duties, &footage::zone(&status), status.now)),
    }
}

const WIDTH: usize = 80;
/// Two spaces, "overdue", two spaces, "yesterday 14:10", two spaces.
const INDENT: usize = 2 + 7 + 2 + 16 + 2;

/// The lines in their order, each with its moment and who is asked. Signatures and trainings that
/// are in place are many and say nothing one by one: they are counted.
pub fn text(lines: &[DutyLine], zone: &Zone, now: Utc) -> String {
    let counted = |line: &&DutyLine| {
        let many = matches!(line.duty.as_str(), "acceptance" | "training");
        many && matches!(line.state, DutyState::Done { .. })
    };
    let mut out = String::new();
    for line in lines.iter().filter(|line| !counted(line)) {
        out += &paragraph(line, zone, now);
    }
    match lines.iter().filter(counted).count() {
        0 => {}
        1 => out += "1 signature or training is in place.\n",
        n => out += &format!("{n} signatures and trainings are in place.\n"),
    }
    if out.is_empty() {
        out += "There are no duties.\n";
    }
    out
}

fn paragraph(line: &DutyLine, zone: &Zone, now: Utc) -> String {
    let (state, when) = match &line.state {
        DutyState::Overdue { since } => ("OVERDUE", last_of(*since, zone, now)),
        DutyState::Due { until } => ("due", last_of(*until, zone, now)),
        DutyState::NotYet { opens } => ("from", day_of(*opens, zone, now)),
        DutyState::ByMachine => ("by box", "closed today".to_string()),
        DutyState::Done { when, .. } => ("done", zone.show_near(*when, now)),
    };
    let who = match &line.state {
        DutyState::ByMachine => None,
        DutyState::Done { by, .. } => by.clone(),
        _ => Some(line.by.join(", ")).filter(|names| !names.is_empty()),
    };
    let text = who.map_or(line.what.clone(), |who| format!("{} ({who})", line.what));
    let mut out = format!("  {state:<7}  {when:<16}  ");
    for (n, part) in wrapped(&text, WIDTH - INDENT).into_iter().enumerate() {
        if n > 0 {
            out += &" ".repeat(INDENT);
        }
        out += &part;
        out.push('\n');
    }
    out
}

/// The end of a day is named by the day that it ends.
fn last_of(at: Utc, zone: &Zone, now: Utc) -> String {
    match zone.start_of(zone.day_of(at)) == at {
        true => day_of(Utc(at.0 - 1), zone, now),
        false => zone.show_near(at, now),
    }
}

fn day_of(at: Utc, zone: &Zone, now: Utc) -> String {
    let day = zone.day_of(at);
    match day.since(zone.day_of(now)) {
        0 => "today".to_string(),
        -1 => "yesterday".to_string(),
        1 => "tomorrow".to_string(),
        _ => day.to_string(),
    }
}

/// Words on lines of at most so many characters; a longer word is cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(String::new());
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(String::new());
            let at = lines.len() - 2;
            lines[at].extend(&word);
            word = rest;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            used += word.len();
            line.extend(&word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(duty: &str, what: &str, by: &[&str], state: DutyState) -> DutyLine {
        DutyLine {
            duty: duty.into(),
            of: None,
            what: what.into(),
            by: by.iter().map(|b| b.to_string()).collect(),
            state,
            pick: None,
            about: None,
            row: "S1.26".into(),
        }
    }

    fn utc(text: &str) -> Utc {
        text.parse().unwrap()
    }

    #[test]
    fn duties_fit_eighty_columns() {
        let london = Zone::named("Europe/London").unwrap();
        let done =
            |by: &str| DutyState::Done { when: utc("2026-11-20T08:12:00Z"), by: Some(by.into()) };
        let all = [
            line(
                "clock-check",
                "Compare the recorder's clock with one you trust, and enter both readings",
                &["IT Manager", "Deputy IT Manager"],
                DutyState::Overdue { since: utc("2026-11-01T00:00:00Z") },
            ),
            line(
                "daily-check",
                "Daily check: every camera recording, every picture good",
                &["Site Manager"],
                DutyState::Due { until: utc("2026-11-21T09:00:00Z") },
            ),
            line("sign-check", "Walk", &[], DutyState::Due { until: utc("2026-11-22T00:00:00Z") }),
            line("audit", "Audit", &[], DutyState::NotYet { opens: utc("2027-04-01T23:00:00Z") }),
            line("daily-check", "Daily check", &["Site Manager"], DutyState::ByMachine),
            line("random-check", "Random check", &["Nobody"], done("Site Manager")),
            line("training", "Training of somebody", &[], done("Somebody")),
            line("acceptance", "Somebody signs", &[], done("Somebody")),
        ];
        let text = text(&all, &london, utc("2026-11-21T08:00:00Z"));
        let want = "\
\x20 OVERDUE  2026-10-31        Compare the recorder's clock with one you trust,
                             and enter both readings (IT Manager, Deputy IT
                             Manager)
  due      09:00             Daily check: every camera recording, every picture
                             good (Site Manager)
  due      today             Walk
  from     2027-04-02        Audit
  by box   closed today      Daily check
  done     yesterday 08:12   Random check (Site Manager)
2 signatures and trainings are in place.
";
        assert_eq!(text, want);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn long_words_are_cut_and_nothing_says_so() {
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("a bc d", 4), ["a bc", "d"]);
        assert_eq!(text(&[], &Zone::utc(), Utc(0)), "There are no duties.\n");
    }

    #[test]
    fn json_comes_back_as_it_was() {
        let state = DutyState::Done { when: utc("2026-11-20T08:12:00Z"), by: None };
        let line = line("audit", "Audit", &["IT Manager"], state);
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(
            json,
            r#"{"duty":"audit","what":"Audit","by":["IT Manager"],"#.to_string()
                + r#""state":{"is":"done","when":"2026-11-20T08:12:00.000Z","by":null},"#
                + r#""row":"S1.26"}"#
        );
        assert_eq!(serde_json::from_str::<DutyLine>(&json).unwrap(), line);
    }
}
