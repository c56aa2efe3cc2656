//! Papers that people sign with ink: the declaration of confidentiality (S4.14) and the forms of
//! acceptance (S4.25, S4.71).

use super::page::{Document, Part};
use super::phrase::{self, Reader};
use crate::base::digest::Digest;
use crate::config::Config;
use crate::config::practice::Acceptance;
use crate::config::value::Id;

/// What people declare where the file has no words of its own.
const DECLARATION: &str = "I keep confidential what I see and hear here. I speak of it only where \
     my duty asks for it. I take no copy, no picture and no note of it without leave.";

/// The slip that goes with an entry of the visitors' register.
pub fn declaration(config: &Config) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("declaration", "Declaration of confidentiality", site, owner);
    let own = config.viewing.declaration.as_ref();
    let text = own.map_or(DECLARATION, |d| d.value.as_str());
    paper.clause(text, "viewing", "S4.14");
    // The entry of a visit keeps the same digest: paper and entry say which words were signed.
    paper.foot.push(format!("Text {}", Digest::of(text.as_bytes())));
    let rules: Vec<String> =
        config.viewing.visits.procedure.iter().map(|p| p.value.clone()).collect();
    paper.points(rules);
    paper.blanks(&[
        "Name",
        "Organisation",
        "Role",
        "Reason of the visit",
        "Admitted by",
        "Number of the entry in the logbook",
        "In (date and time)",
        "Out (date and time)",
    ]);
    paper.signatures(&["Visitor", "Member of staff"]);
    paper
}

/// One form for each paper that the file has people sign, and each person who is to sign it.
pub fn acceptances(config: &Config) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("acceptance-forms", "Forms of acceptance", site, owner);
    let all = &config.practice.acceptances;
    if all.is_empty() {
        paper
            .say("The file has nobody sign a paper: `acceptance` in `code-of-practice` names one.");
    }
    let mut first = true;
    for acceptance in all {
        for person in signers(config, acceptance) {
            if !first {
                paper.parts.push(Part::NewPage);
            }
            first = false;
            form(config, acceptance, person, &mut paper);
        }
    }
    paper
}

fn signers<'a>(
    config: &'a Config,
    acceptance: &Acceptance,
) -> Vec<&'a crate::config::people::Person> {
    if acceptance.by.is_empty() {
        return config.people.iter().collect();
    }
    let mut all: Vec<&crate::config::people::Person> = Vec::new();
    for person in acceptance.by.iter().flat_map(|by| config.persons_of(&by.value)) {
        if !all.iter().any(|known| known.id.value == person.id.value) {
            all.push(person);
        }
    }
    all
}

/// The eight fields of S4.71: name, role, signature and date, twice.
fn form(
    config: &Config,
    acceptance: &Acceptance,
    person: &crate::config::people::Person,
    paper: &mut Document,
) {
    paper.head(acceptance.title.value.clone());
    let version = acceptance.version.as_ref().map(|v| v.value.clone());
    paper.facts([("Version", version.unwrap_or_default())]);
    paper.clause(
        format!(
            "I have read \"{}\", I have understood it, and I keep to it. I know that my use of the \
             CCTV system is recorded.",
            acceptance.title.value
        ),
        "code-of-practice",
        if acceptance.privileged { "S4.71" } else { "S4.25" },
    );
    let roles: Vec<String> = roles_of(config, &person.id.value);
    paper.facts([("1 Name", phrase::person(person, Reader::Staff)), ("2 Role", roles.join(", "))]);
    paper.blanks(&["3 Signature", "4 Date"]);
    paper.say("Authorised by:");
    paper.blanks(&["5 Name", "6 Role", "7 Signature", "8 Date"]);
}

/// The roles that somebody holds, by title; their post where they hold none.
fn roles_of(config: &Config, id: &Id) -> Vec<String> {
    let held = config.roles.iter().filter(|r| r.held_by.iter().any(|h| h.value == *id));
    let mut all: Vec<String> = held
        .map(|r| {
            r.title.as_ref().map_or_else(|| phrase::plain(r.id.value.as_str()), |t| t.value.clone())
        })
        .collect();
    if all.is_empty() {
        all.extend(config.person(id).and_then(|p| p.post.as_ref()).map(|p| p.value.clone()));
    }
    all
}
