//! What the law, the guidance and the schools' own rules would say about a file that loads.
//!
//! One function a rule, all of them in [`RULES`]; each knows the rows it speaks for. None is ever
//! an error: the file loads whatever they say, and the deed that the law forbids is refused when
//! somebody asks for it. A *warning* is something that a complaint, an inspection or a court would
//! turn on; an *advice* is what guidance asks for and good practice knows.
//!
//! Invariants: a finding points at the words it is about, or, where something is missing, at the
//! nearest thing that is there; it says what is so and what to write instead; the same file gives
//! the same findings in the same order, by place. A rule that needs a fact from outside the file
//! (the day, the size of the disks) takes it from [`Known`] and keeps silent without it.

mod cameras;
mod papers;
mod people;
mod release;
mod signs;

use super::note::{Note, Severity};
use super::value::{At, Id, Place, Setting};
use super::{Config, Parsed};
use crate::base::limits::NOTES_MAX;
use crate::base::time::Day;

/// What the file cannot tell.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Known {
    /// The local day; without it nothing is past.
    pub today: Option<Day>,
    /// Size of all footage disks together, bytes; without it nothing is too small.
    pub disk_bytes: Option<u64>,
}

/// One rule: its code in the findings, and the rows it speaks for; the finding names the first.
pub struct Rule {
    pub code: &'static str,
    pub rows: &'static [&'static str],
    check: fn(&Config, Known, &mut Out),
}

const fn rule(
    code: &'static str,
    rows: &'static [&'static str],
    check: fn(&Config, Known, &mut Out),
) -> Rule {
    Rule { code, rows, check }
}

/// Every rule, by chapter.
pub const RULES: &[Rule] = &[
    rule("no-decision", &["S0.1"], papers::decision),
    rule("code-without-version", &["S4.82"], papers::version),
    rule("review-date", &["S1.6"], papers::review),
    rule("no-dpia", &["R1.6"], papers::dpia),
    rule("no-lawful-basis", &["R1.5"], papers::lawful_basis),
    rule("extra-purpose", &["S0.9", "K1"], papers::extra_purpose),
    rule("registration", &["S1.9", "R1.19", "K6"], papers::registration),
    rule("no-dpo", &["S1.63"], papers::data_protection_officer),
    rule("responsible-officer", &["S4.4"], papers::responsible),
    rule("governed-by-nothing", &["S4.18", "S4.1"], papers::governed),
    rule("no-because", &["R1.4"], papers::because),
    rule("target-days", &["R2.8", "K2"], papers::target),
    rule("clock-check", &["R7.1"], papers::clock_check),
    rule("matters-about-the-head", &["K13"], papers::alternate),
    rule("export-holders", &["R2.10"], people::exporters),
    rule("administrators", &["S4.42"], people::admins),
    rule("admin-account", &["S4.47"], people::separate_account),
    rule("second-factor", &["R1.26"], people::second_factor),
    rule("contractor-watches", &["S4.3"], people::contractor),
    rule("ended", &["S4.54", "S4.8", "S4.58"], people::until),
    rule("witness", &["S1.61"], people::witness),
    rule("one-key", &["S4.48"], people::approvals),
    rule("two-lists", &["K5"], people::day_to_day),
    rule("daily-check", &["S1.26"], people::daily_check),
    rule("private-area", &["S4.20", "S4.24", "R1.25"], cameras::private_area),
    rule("sound", &["R1.20"], cameras::sound),
    rule("codec", &["R3.11"], cameras::codec),
    rule("frame-rate", &["R2.34", "R2.35"], cameras::frame_rate),
    rule("wireless", &["S4.78"], cameras::wireless),
    rule("mask", &["S1.13"], cameras::mask),
    rule("covert", &["S1.39", "R1.18", "S1.38"], cameras::covert),
    rule("pixels", &["R2.37", "R2.38"], cameras::pixels),
    rule("disk-too-small", &["S0.20"], cameras::disk),
    rule("route-without-sign", &["S1.19", "S0.5"], signs::access_route),
    rule("zone-without-sign", &["S1.19", "S0.5", "R1.31"], signs::zone_sign),
    rule("purpose-not-on-sign", &["R1.35", "K1"], signs::purpose_sign),
    rule("sign-without-camera", &["R1.34"], signs::idle_sign),
    rule("letters-do-not-fit", &["R1.33"], signs::letters),
    rule("plain-medium", &["S4.27", "K8", "R3.5"], release::medium),
    rule("large-files", &["R2.26"], release::split),
    rule("maintenance", &["S4.7", "R2.5"], release::maintenance),
];

/// All findings of the law about a file, by place; what needs the day or the disks is left out.
pub fn lint(config: &Config) -> Vec<Note> {
    lint_knowing(config, Known::default())
}

/// The same, with what is known from outside.
pub fn lint_knowing(config: &Config, known: Known) -> Vec<Note> {
    let mut notes = Vec::new();
    for rule in RULES {
        let mut out = Out { rule, notes: &mut notes };
        (rule.check)(config, known, &mut out);
    }
    notes.sort_by_key(|n: &Note| (n.place, n.severity, n.code));
    shorten(&mut notes);
    notes
}

/// A file of 512 cameras may be told the same 512 times; the first of them say it.
fn shorten(notes: &mut Vec<Note>) {
    let Some(last) = notes.get(NOTES_MAX).map(|n| n.place) else {
        return;
    };
    let left = notes.len() - NOTES_MAX;
    notes.truncate(NOTES_MAX);
    notes.push(Note {
        severity: Severity::Advice,
        code: "more-findings",
        place: last,
        text: format!("{left} further findings from here on are not shown"),
        remedy: "mend those above first".into(),
        row: None,
    });
}

impl Parsed {
    /// Adds what the law says about a file that loads; one that does not keeps its errors alone.
    pub fn judged(mut self, known: Known) -> Parsed {
        if let Some(config) = &self.config {
            self.notes.extend(lint_knowing(config, known));
            self.notes.sort_by_key(|n| (n.place, n.severity, n.code));
        }
        self
    }
}

/// Takes the findings of one rule.
struct Out<'a> {
    rule: &'static Rule,
    notes: &'a mut Vec<Note>,
}

impl Out<'_> {
    fn warn(&mut self, place: Place, text: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Warning, place, text.into(), remedy.into());
    }

    fn advise(&mut self, place: Place, text: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Advice, place, text.into(), remedy.into());
    }

    fn add(&mut self, severity: Severity, place: Place, text: String, remedy: String) {
        let (code, row) = (self.rule.code, self.rule.rows.first().copied());
        self.notes.push(Note { severity, code, place, text, remedy, row });
    }
}

/// Where a setting stands, or `near` when it is a default.
fn place_or<T>(setting: &Setting<T>, near: Place) -> Place {
    setting.place().unwrap_or(near)
}

/// `a`, `a and b`, `a, b and c`.
fn listed<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => "nobody".into(),
        [one] => one.as_ref().into(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

fn ids(list: &[At<Id>]) -> impl Iterator<Item = &Id> {
    list.iter().map(|at| &at.value)
}

#[cfg(test)]
#[path = "lint/tests.rs"]
mod tests;
