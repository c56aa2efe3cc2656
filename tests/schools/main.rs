//! The three schools' files: each loads, has exactly the findings that its head announces, and
//! carries every statement of its policy that a configuration can carry, row by row of the ledger.

use beadle::config::Config;
use beadle::config::disclosure::{Proof, Recipient, RecipientKind};
use beadle::config::duties::{Duty, DutyKind};
use beadle::config::lint::lint;
use beadle::config::parse;
use beadle::config::practice::Purpose;
use beadle::config::registers::Register;
use beadle::config::roles::{Deed, May};
use beadle::config::value::{At, Id};
use beadle::config::viewing::{Viewer, ViewerRule};
use std::collections::BTreeSet;

mod clere;
mod john_colet;
mod rights;
mod st_thomas_more;

const LEDGER: &str = include_str!("../rows.kdl");

type Facts = Vec<(&'static str, bool)>;

/// Loads a file and checks its findings against its own head.
fn school(name: &str, text: &str) -> Config {
    let parsed = parse(name, text.as_bytes());
    let config = parsed.config.unwrap_or_else(|| panic!("{:#?}", parsed.notes));
    let head = text.lines().take_while(|l| l.starts_with("//"));
    let listed = head.skip_while(|l| !l.contains("Findings to expect")).skip(1);
    let listed = listed.filter_map(|l| l.strip_prefix("//   "));
    // `no-dpia, no-lawful-basis   why`: the codes stand before the first word without a hyphen.
    let mut announced = BTreeSet::new();
    for line in listed {
        for word in line.split_whitespace() {
            let code = word.trim_end_matches(',');
            if !beadle::config::lint::RULES.iter().any(|r| r.code == code) {
                break;
            }
            announced.insert(code.to_string());
        }
    }
    let found: BTreeSet<String> = lint(&config).iter().map(|n| n.code.to_string()).collect();
    assert_eq!(found, announced, "{name}: what it finds, what its head announces");
    config
}

/// All facts hold, and there is one for every row of the ledger that names this test. Facts beyond
/// those stand for rows that wait: the file carries the words, and nothing acts on them yet.
fn settle(test: &str, facts: Facts) {
    let wrong: Vec<&str> = facts.iter().filter(|(_, ok)| !ok).map(|(row, _)| *row).collect();
    assert!(wrong.is_empty(), "{test} does not carry {wrong:?}");
    let mark = format!("schools::{test}::{test}");
    let rows = LEDGER.lines().filter(|l| l.contains(&mark));
    let rows: BTreeSet<&str> = rows.filter_map(|l| l.split('"').nth(1)).collect();
    let proved: BTreeSet<&str> = facts.iter().map(|(row, _)| *row).collect();
    let unproved: Vec<_> = rows.difference(&proved).collect();
    assert!(unproved.is_empty() && !rows.is_empty(), "no fact here proves {unproved:?}");
}

fn text<T: ToString>(given: &Option<At<T>>) -> String {
    given.as_ref().map(|at| at.value.to_string()).unwrap_or_default()
}

fn names(list: &[At<Id>]) -> Vec<&str> {
    list.iter().map(|at| at.value.as_str()).collect()
}

fn purpose<'a>(c: &'a Config, id: &str) -> &'a Purpose {
    c.practice.purposes.iter().find(|p| p.id.value.as_str() == id).unwrap()
}

fn grants(c: &Config, deed: Deed) -> impl Iterator<Item = (&May, &At<Id>)> {
    let roles = c.roles.iter().flat_map(move |r| r.may.iter().map(move |m| (r, m)));
    let giving = roles.filter(move |(_, m)| m.deeds.iter().any(|d| d.value == deed));
    giving.flat_map(|(r, m)| r.held_by.iter().map(move |id| (m, id)))
}

fn holders(c: &Config, deed: Deed) -> BTreeSet<&str> {
    grants(c, deed).map(|(_, id)| id.value.as_str()).collect()
}

fn duty(c: &Config, kind: DutyKind) -> &Duty {
    c.duties.iter().find(|d| d.kind.value == kind).unwrap()
}

fn recipient(c: &Config, kind: RecipientKind) -> &Recipient {
    c.disclosure.recipients.iter().find(|r| r.kind.value == kind).unwrap()
}

fn viewer(c: &Config, kind: Viewer) -> &ViewerRule {
    c.viewing.viewers.iter().find(|v| v.kind.value == kind).unwrap()
}

fn needs(r: &Recipient, proof: Proof) -> bool {
    r.needs.iter().any(|p| p.value == proof)
}

fn says(c: &Config, words: &str) -> bool {
    c.practice.statements.iter().any(|s| s.text.value.contains(words))
}

fn shows(c: &Config, register: Register) -> bool {
    c.registers.value.contains(&register)
}

fn incident(c: &Config, id: &str) -> bool {
    c.incident_types.iter().any(|t| t.id.value.as_str() == id)
}

fn related(c: &Config, words: &str) -> bool {
    c.site.related.iter().any(|r| r.title.value.contains(words))
}
