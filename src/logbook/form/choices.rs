//! The words of a choice, with their titles: from the form, or from the file in force.

use super::legal::BASES;
use super::{Source, Words};
use crate::config::Config;
use crate::config::disclosure::RecipientKind;
use crate::config::logbook::DisposalMethod;
use crate::config::people::Person;
use crate::config::roles::Deed;
use crate::config::stations::Trigger;
use crate::config::value::Word;
use crate::config::viewing::Viewer;
use crate::logbook::holders;

/// One word that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// As it stands in the entry.
    pub word: String,
    /// As people read it.
    pub title: String,
}

fn choice(word: &str, title: &str) -> Choice {
    Choice { word: word.into(), title: title.into() }
}

/// What can be chosen, in the order of the file or of the list.
pub fn choices(words: Words, config: &Config) -> Vec<Choice> {
    match words {
        Words::These(words) => words.iter().map(|(w, t)| choice(w, t)).collect(),
        Words::From(source) => of_file(source, config),
    }
}

fn of_file(source: Source, config: &Config) -> Vec<Choice> {
    match source {
        Source::Purposes => {
            config.practice.purposes.iter().map(|p| choice(p.id.as_str(), &p.title)).collect()
        }
        Source::IncidentTypes => {
            let titled = |t: &crate::config::registers::IncidentType| {
                let word = t.id.as_str().to_string();
                let title = t.title.as_ref().map_or_else(|| spaced(&word), |t| t.value.clone());
                Choice { word, title }
            };
            config.incident_types.iter().map(titled).collect()
        }
        Source::Bases => {
            let own = config.disclosure.bases.iter();
            let mut all: Vec<Choice> = own.map(|b| choice(b.id.as_str(), &b.title)).collect();
            let rest = BASES
                .iter()
                .filter(|l| config.disclosure.bases.iter().all(|b| b.id.as_str() != l.word));
            all.extend(rest.map(|l| choice(l.word, l.now)));
            all
        }
        Source::Cameras => {
            config.cameras.list.iter().map(|c| choice(c.id.as_str(), &c.title)).collect()
        }
        Source::Zones => {
            config.zones.list.iter().map(|z| choice(z.id.as_str(), &z.title)).collect()
        }
        Source::Signs => {
            config.signage.signs.iter().map(|s| choice(s.id.as_str(), &s.title)).collect()
        }
        Source::Papers => {
            config.practice.acceptances.iter().map(|a| choice(a.id.as_str(), &a.title)).collect()
        }
        Source::Persons => persons(&config.people.iter().collect::<Vec<_>>()),
        Source::Whos => {
            let mut all = of_file(Source::Persons, config);
            let title = |r: &crate::config::roles::Role| {
                r.title.as_ref().map_or_else(|| spaced(r.id.as_str()), |t| t.value.clone())
            };
            all.extend(config.roles.iter().map(|r| choice(r.id.as_str(), &title(r))));
            all
        }
        Source::Holders(deed) => match &holders::with_right(config, deed)[..] {
            [] => of_file(Source::Persons, config),
            some => persons(some),
        },
        Source::Witnesses if config.disclosure.out_of_hours_witness.value => {
            of_file(Source::Persons, config)
        }
        Source::Witnesses => of_file(Source::Holders(Deed::Witness), config),
        Source::Viewers => viewers(config),
        Source::Recipients => recipients(config),
        Source::HoldClasses => hold_classes(config),
        Source::Methods => methods(config),
        Source::Triggers => words_of::<Trigger>(),
        Source::Rights => words_of::<Deed>(),
    }
}

fn persons(list: &[&Person]) -> Vec<Choice> {
    list.iter().map(|p| choice(p.id.as_str(), &p.title)).collect()
}

/// `notice-to-leave` as people read it.
fn spaced(word: &str) -> String {
    word.replace('-', " ")
}

fn words_of<W: Word>() -> Vec<Choice> {
    W::WORDS.iter().map(|(w, _)| choice(w, &spaced(w))).collect()
}

fn viewers(config: &Config) -> Vec<Choice> {
    let titled = |(word, kind): &(&str, Viewer)| {
        let rule = config.viewing.viewers.iter().find(|r| r.kind.value == *kind);
        let title = rule.and_then(|r| r.title.as_ref());
        Choice { word: word.to_string(), title: title.map_or(spaced(word), |t| t.value.clone()) }
    };
    let staff = choice("staff", "the school's own staff");
    std::iter::once(staff).chain(Viewer::WORDS.iter().map(titled)).collect()
}

fn recipients(config: &Config) -> Vec<Choice> {
    let titled = |(word, kind): &(&str, RecipientKind)| {
        let rule = config.disclosure.recipients.iter().find(|r| r.kind.value == *kind);
        let title = rule.and_then(|r| r.title.as_ref());
        Choice { word: word.to_string(), title: title.map_or(spaced(word), |t| t.value.clone()) }
    };
    RecipientKind::WORDS.iter().map(titled).collect()
}

fn hold_classes(config: &Config) -> Vec<Choice> {
    let classes = &config.retention.hold_classes;
    classes.iter().map(|c| choice(c.id.as_str(), &c.title)).collect()
}

/// A carrier that is given back, or handed over under seal (R6.8), does not end; it leaves.
fn methods(config: &Config) -> Vec<Choice> {
    let listed: Vec<DisposalMethod> = config.disposal.methods.iter().map(|m| m.value).collect();
    let lets = |m: &DisposalMethod| listed.is_empty() || listed.contains(m);
    let ends = DisposalMethod::WORDS.iter().filter(|(_, m)| lets(m));
    let ends = ends.map(|(w, _)| choice(w, &spaced(w)));
    let leaves = [("returned", "given back"), ("handed-over", "handed over under seal")];
    ends.chain(leaves.iter().map(|(w, t)| choice(w, t))).collect()
}
