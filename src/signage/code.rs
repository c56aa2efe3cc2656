//! The code of practice, from the file: a public version and one for staff (S1.57).
//!
//! Both hold the same clauses in the same words. The public one leaves out blind spots, the list of
//! cameras, names, stations, accounts and the network: they would help an intruder and nobody else.

mod basis;
mod handling;
mod running;
mod system;

use super::page::Document;
use super::phrase::Reader;
use crate::config::Config;

/// The whole code.
pub fn code(config: &Config, reader: Reader) -> Document {
    let (name, kind) = match reader {
        Reader::Public => ("code-of-practice", "CCTV code of practice"),
        Reader::Staff => ("code-of-practice-staff", "CCTV code of practice, staff version"),
    };
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new(name, kind, site, owner);
    paper.subtitle = basis::version_line(config);
    let code = Code { config, reader };
    code.basis(&mut paper);
    code.purposes(&mut paper);
    code.system(&mut paper);
    code.retention(&mut paper);
    code.access(&mut paper);
    code.viewing(&mut paper);
    code.disclosure(&mut paper);
    code.records(&mut paper);
    code.security(&mut paper);
    code.complaints(&mut paper);
    code.covert(&mut paper);
    code.emergencies(&mut paper);
    code.questions(&mut paper);
    code.history(&mut paper);
    paper.say(
        "Behind each clause stands where it comes from: the part of the site's file, and the rule \
         of policy, law or standard by its number in the recorder's list of requirements.",
    );
    paper
}

/// What statements of the file are about, where a head has them; others stand with the system.
const SUBJECTS: [&str; 16] = [
    "ownership",
    "scope",
    "review",
    "principles",
    "purposes",
    "necessity",
    "proceedings",
    "bullying",
    "media",
    "coverage",
    "privacy",
    "directing",
    "operation",
    "retention",
    "disposal",
    "access",
];

/// One code in the making.
struct Code<'a> {
    config: &'a Config,
    reader: Reader,
}

impl Code<'_> {
    fn staff(&self) -> bool {
        self.reader == Reader::Staff
    }

    /// The file's own sentences about something, each as a clause.
    fn statements(&self, paper: &mut Document, about: &[&str]) {
        for statement in &self.config.practice.statements {
            let said = statement.about.as_ref().map_or("", |a| a.value.as_str());
            let elsewhere = about.contains(&"") && !SUBJECTS.contains(&said);
            if about.contains(&said) || elsewhere {
                paper.clause(super::phrase::sentence(&statement.text), "code-of-practice", "S1.18");
            }
        }
    }
}
