//! The operator's manual: two pages that lie beside the screen, with this site's own names (R2.11).

use super::page::Document;
use super::phrase::{self, Reader, either, list};
use crate::config::Config;
use crate::config::roles::Deed;

/// `keys` are those of the console: the key, and what it does.
pub fn manual(config: &Config, keys: &[(&str, &str)]) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("operators-manual", "Operator's manual", site, owner);
    let who = |deed| able(config, deed);
    paper.head("Begin");
    paper.points([
        format!("Stations: {}.", stations(config)),
        "Log in under your own name; lock the screen when you leave it. It locks by itself too."
            .to_string(),
    ]);
    paper.facts(keys.iter().map(|(key, what)| (*key, what.to_string())));
    paper.head("Every day");
    paper.points([
        format!(
            "Daily check: {}. The first screen says what is due and what is wrong.",
            who(Deed::DailyCheck)
        ),
        "Red is a fault, and says what to do. Enter a fault that you cannot put right.".to_string(),
    ]);
    paper.head("Looking at pictures");
    let purposes: Vec<&str> =
        config.practice.purposes.iter().map(|p| p.title.value.as_str()).collect();
    paper.points([
        format!("Live pictures: {}.", who(Deed::Live)),
        format!("Recordings: {}. The form asks for purpose and reason first.", who(Deed::Playback)),
        format!("Purposes: {}.", purposes.join("; ")),
        format!(
            "Somebody from outside looks on: {} allows it; enter who it is.",
            who(Deed::AuthoriseViewing)
        ),
    ]);
    copies(config, &mut paper);
    paper.head("Somebody asks for their own pictures");
    let within = phrase::length(config.disclosure.subject_access.answer_within.value);
    paper.points([
        format!("Enter it on the same day: the answer is due within {within}."),
        "Hold the footage at once.".to_string(),
    ]);
    emergencies(config, &mut paper);
    paper.head("When something is wrong");
    let technical = phrase::whos(config, &config.site.technical, Reader::Staff);
    let firm = config.duties.iter().filter_map(|d| d.contract.as_ref());
    let firm: Vec<String> = firm
        .map(|c| {
            let ways = [&c.phone, &c.email, &c.number].into_iter().flatten();
            let ways: Vec<&str> = ways.map(|w| w.value.as_str()).collect();
            format!("{} {}", c.firm.value, ways.join(", ")).trim().to_string()
        })
        .collect();
    paper.facts([
        ("The system", list(&technical)),
        ("Maintenance", list(&firm)),
        ("Breach or misuse", either(&phrase::whos(config, &config.breaches.by, Reader::Staff))),
        ("In doubt", either(&phrase::whos(config, &config.accounts.in_doubt, Reader::Staff))),
    ]);
    paper
}

fn copies(config: &Config, paper: &mut Document) {
    let who = |deed| able(config, deed);
    paper.head("The police ask for a copy");
    paper.points([
        "Enter the request with its reference. Holding the footage comes first: what is held is \
         not deleted."
            .to_string(),
        format!("It is decided by {}.", who(Deed::AuthoriseDisclosure)),
        format!("The copy is made by {}.", who(Deed::Export)),
        match config.disclosure.witness.value {
            true => format!("A second person witnesses it: {}.", who(Deed::Witness)),
            false => "No second person is needed.".to_string(),
        },
        format!("It leaves {}.", phrase::plain(&config.disclosure.medium.value.to_string())),
        "Print conditions and receipt, have them signed, and enter what became of the copy."
            .to_string(),
    ]);
}

/// Whoever holds a right, in words.
fn able(config: &Config, deed: Deed) -> String {
    let all = phrase::holders(config, deed, Reader::Staff);
    if all.is_empty() { "nobody".to_string() } else { either(&all) }
}

fn stations(config: &Config) -> String {
    let all: Vec<&str> = config.stations.iter().map(|s| s.title.value.as_str()).collect();
    if all.is_empty() { "any terminal of this machine".into() } else { list(&all) }
}

fn emergencies(config: &Config, paper: &mut Document) {
    let escalation = &config.escalation;
    let calls = [&escalation.dsl, &escalation.deputy_dsl, &escalation.lado, &escalation.police];
    let calls = calls.into_iter().flatten().chain(&escalation.contacts);
    let calls = calls.map(|c| {
        let ways: Vec<&str> =
            [&c.phone, &c.email].into_iter().flatten().map(|w| w.value.as_str()).collect();
        (c.title.value.as_str(), ways.join(", "))
    });
    let calls: Vec<_> = calls.collect();
    if calls.is_empty() && escalation.emergency.is_empty() {
        return;
    }
    paper.head("Emergencies");
    paper.points(escalation.emergency.iter().map(|step| step.value.clone()));
    paper.facts(calls);
}
