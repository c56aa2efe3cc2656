//! The privacy notice: what UK GDPR article 13 has people told, from the file (R1.30, R1.32).

use super::page::Document;
use super::phrase::{self, Reader, count, list};
use crate::config::Config;

/// For the website, the office and the code on the signs.
pub fn notice(config: &Config) -> Document {
    let site = &config.site;
    let mut paper =
        Document::new("privacy-notice", "CCTV privacy notice", &site.name.value, &site.owner.value);
    who(config, &mut paper);
    why(config, &mut paper);
    what(config, &mut paper);
    receives(config, &mut paper);
    rights(config, &mut paper);
    if let Some(page) = &config.signage.notice {
        let caption = format!("This notice on the web: {}", page.value);
        paper.parts.push(super::Part::Code { text: page.value.clone(), caption });
    }
    paper
}

fn who(config: &Config, paper: &mut Document) {
    let site = &config.site;
    paper.head("Who is responsible");
    let address = site.controller.address.as_ref().map(|a| format!(", {}", a.value));
    let text = format!(
        "{}{} operates the cameras and is the controller of the recordings.",
        site.controller.name.value,
        address.unwrap_or_default()
    );
    paper.clause(text, "site", "S1.7");
    paper.clause(format!("Contact: {}.", phrase::contact(&site.contact)), "site", "R1.30");
    if let Some(officer) = &site.data_protection_officer {
        let text = format!("Data protection officer: {}.", phrase::contact(officer));
        paper.clause(text, "site", "S1.63");
    }
}

fn why(config: &Config, paper: &mut Document) {
    paper.head("Why there are cameras");
    paper.points(config.practice.purposes.iter().map(|p| p.title.value.clone()));
    paper.clause("The recordings are used for nothing else.", "code-of-practice", "S0.3");
    let basis = config.practice.decided.as_ref().and_then(|d| d.lawful_basis.as_ref());
    if let Some(basis) = basis {
        let text = format!("The lawful basis is: {}.", phrase::plain(&basis.value.to_string()));
        paper.clause(text, "code-of-practice", "R1.5");
    }
}

fn what(config: &Config, paper: &mut Document) {
    paper.head("What is recorded, and how long");
    let zones = config.zones.list.iter();
    let zones = zones.filter(|z| super::sign::is_watched(config, &z.id.value));
    let zones: Vec<&str> = zones.map(|z| z.title.value.as_str()).collect();
    paper.clause(
        format!("Moving pictures of people in these areas, round the clock: {}.", list(&zones)),
        "zones",
        "S1.11",
    );
    let sound = config.cameras.list.iter().any(|c| c.audio.is_some() && c.is_enabled());
    let text = if sound { "In some areas sound is recorded too." } else { "No sound is recorded." };
    paper.clause(text, "cameras", "R1.20");
    let keep = &config.retention.keep;
    paper.clause(
        format!(
            "Recordings are kept for at least {} and deleted by themselves after at most {}, \
             unless they are held as evidence.",
            count(u64::from(keep.min_days.value), "day", "days"),
            count(u64::from(keep.max_days.value), "day", "days")
        ),
        "retention",
        "S1.25",
    );
    for (id, own) in &config.retention.zones {
        let zone = config.zone(&id.value).map_or("", |z| z.title.value.as_str());
        let days = count(u64::from(own.max_days.value), "day", "days");
        paper.clause(format!("{zone}: at most {days}."), "retention", "S1.25");
    }
    paper.clause("No face recognition is used, and no decision is made by a machine.", "", "R1.21");
}

fn receives(config: &Config, paper: &mut Document) {
    paper.head("Who receives recordings");
    let allowed = config.disclosure.recipients.iter().filter(|r| !r.refused);
    let allowed: Vec<String> = allowed
        .map(|r| match &r.title {
            Some(title) => title.value.clone(),
            None => phrase::plain(&r.kind.value.to_string()),
        })
        .collect();
    let text = match allowed.is_empty() {
        true => "Those whom the law lets have them, each time with an entry.".to_string(),
        false => format!("Where the law allows it, each time with an entry: {}.", list(&allowed)),
    };
    paper.clause(text, "disclosure", "S1.42");
    paper.clause("Nobody outside the school watches the cameras.", "", "R4.23");
}

fn rights(config: &Config, paper: &mut Document) {
    paper.head("Your rights");
    let rules = &config.disclosure.subject_access;
    let to = match rules.to.is_empty() {
        true => phrase::contact(&config.site.contact),
        false => list(&phrase::whos(config, &rules.to, Reader::Public)),
    };
    paper.clause(
        format!(
            "You may ask for the recordings of yourself, free of charge: ask {to}. You have an \
             answer within {}.",
            phrase::length(rules.answer_within.value)
        ),
        "disclosure",
        "R1.7",
    );
    paper.clause(
        "You may object, and ask for recordings of you to be restricted or erased.",
        "",
        "R1.8",
    );
    let within = phrase::length(config.complaints.answer_within.value);
    paper.clause(
        format!(
            "You may complain to the school, which answers within {within}, and to the Information \
             Commissioner."
        ),
        "complaints",
        "R1.11",
    );
    if !config.site.copies_at.is_empty() {
        let places: Vec<&str> = config.site.copies_at.iter().map(|c| c.value.as_str()).collect();
        let text = format!("The whole code of practice: {}.", list(&places));
        paper.clause(text, "site", "S1.57");
    }
}
