//! Looking at recordings, giving copies, complaints, emergencies, whom to ask.

use super::Code;
use crate::config::disclosure::{Medium, Recipient};
use crate::config::escalation::Call;
use crate::config::roles::Deed;
use crate::config::value::{At, Id};
use crate::config::viewing::ViewerRule;
use crate::signage::page::Document;
use crate::signage::phrase::{self, either, list, sentence};
use crate::signage::records;

/// What a copy leaves on (S4.27, S4.77).
const fn medium(medium: Medium) -> &'static str {
    match medium {
        Medium::Encrypted => "encrypted",
        Medium::BitLocker => "on an encrypted (BitLocker) stick",
        Medium::Zip => "as an encrypted archive (AES-256)",
        Medium::Plain => "as plain files",
    }
}

impl Code<'_> {
    fn deciders(&self, by: &[At<Id>], deed: Deed) -> String {
        let named = phrase::whos(self.config, by, self.reader);
        let all =
            if named.is_empty() { phrase::holders(self.config, deed, self.reader) } else { named };
        either(&all)
    }

    fn viewer(&self, rule: &ViewerRule) -> Vec<String> {
        let title = match &rule.title {
            Some(title) => title.value.clone(),
            None => records::capital(&phrase::plain(&rule.kind.value.to_string())),
        };
        if rule.refused {
            return vec![title, "nobody: not allowed".into(), String::new()];
        }
        let needs: Vec<String> =
            rule.needs.iter().map(|n| phrase::plain(&n.value.to_string())).collect();
        let conditions = [
            rule.supervised.value.then(|| "supervised".to_string()),
            rule.approved_clips.value.then(|| "approved clips only".to_string()),
            (!needs.is_empty()).then(|| format!("shows: {}", list(&needs))),
        ];
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        vec![title, self.deciders(&rule.by, Deed::AuthoriseViewing), conditions.join("; ")]
    }

    pub(super) fn viewing(&self, paper: &mut Document) {
        let viewing = &self.config.viewing;
        paper.head("Looking at recordings");
        paper.clause(
            "Recordings are looked at for a purpose of this code and a stated reason only; each \
             look is entered before the first picture. They are not looked through as a routine.",
            "viewing",
            "S4.11",
        );
        let spot = phrase::length(viewing.spot_check.value);
        let text =
            format!("To see that the system works, spot checks show at most {spot} at once.");
        paper.clause(text, "viewing", "S1.28");
        let rows = viewing.viewers.iter().map(|rule| self.viewer(rule)).collect();
        if !viewing.viewers.is_empty() {
            let columns = [("Who else may look", 4), ("On whose word", 4), ("How", 4)];
            paper.table(&columns, rows);
        }
        let within = phrase::length(viewing.confirm_within.value);
        let verbal = match viewing.verbal.value {
            true => format!("A word given by mouth is confirmed by its giver within {within}."),
            false => "A word given by mouth does not count.".to_string(),
        };
        paper.clause(verbal, "viewing", "S4.12");
        let visits = &viewing.visits;
        let rules = [
            visits.identity.value.then_some("their identity and errand are seen first"),
            visits.supervised.value.then_some("they are not left alone"),
        ];
        let rules: Vec<&str> = rules.into_iter().flatten().collect();
        let mut text = "Whoever is let in to the recorder is entered".to_string();
        if !rules.is_empty() {
            text += &format!("; {}", list(&rules));
        }
        if let Some(procedure) = &visits.procedure {
            text += &format!(". {}", procedure.value);
        }
        paper.clause(sentence(&text), "viewing", "S4.13");
        if let Some(declaration) = &viewing.declaration {
            let text = format!("Whoever looks on from outside declares: \"{}\"", declaration.value);
            paper.clause(sentence(&text), "viewing", "S4.14");
        }
    }

    fn recipient(&self, rule: &Recipient) -> Vec<String> {
        let title = match &rule.title {
            Some(title) => title.value.clone(),
            None => records::capital(&phrase::plain(&rule.kind.value.to_string())),
        };
        if rule.refused {
            let because = rule.because.as_ref().map(|b| b.value.clone()).unwrap_or_default();
            return vec![title, "never".into(), because];
        }
        let words = |all: &[At<crate::config::disclosure::Proof>]| -> Vec<String> {
            all.iter().map(|n| phrase::plain(&n.value.to_string())).collect()
        };
        let (all, one) = (words(&rule.needs), words(&rule.needs_one));
        let needs = [
            (!all.is_empty()).then(|| list(&all)),
            (!one.is_empty()).then(|| format!("one of: {}", either(&one))),
        ];
        let needs: Vec<String> = needs.into_iter().flatten().collect();
        vec![title, self.deciders(&rule.by, Deed::AuthoriseDisclosure), needs.join("; ")]
    }

    pub(super) fn disclosure(&self, paper: &mut Document) {
        let (config, rules) = (self.config, &self.config.disclosure);
        paper.head("Giving copies");
        paper.clause(
            "A copy leaves only on a request with its reference and lawful basis, on the word of \
             somebody who may decide it, and with an entry in the register of releases.",
            "disclosure",
            "S1.42",
        );
        let rows: Vec<_> = rules.recipients.iter().map(|r| self.recipient(r)).collect();
        if !rows.is_empty() {
            paper.table(&[("Recipient", 4), ("Who decides", 4), ("What is asked for", 4)], rows);
        }
        if !rules.bases.is_empty() {
            let bases: Vec<&str> = rules.bases.iter().map(|b| b.title.value.as_str()).collect();
            paper.clause(format!("Bases named here: {}.", list(&bases)), "disclosure", "S1.44");
        }
        let witness = match rules.witness.value {
            true => "A second person witnesses and signs each release.",
            false => "A release is made without a second person.",
        };
        paper.clause(witness, "disclosure", "S1.61");
        let text = format!(
            "Copies leave {}, with proof that nobody changed them.",
            medium(rules.medium.value)
        );
        paper.clause(text, "disclosure", "S4.27");
        if !rules.conditions.is_empty() {
            paper.clause(
                "Copies leave on these conditions, which the recipient signs:",
                "disclosure",
                "S1.46",
            );
            paper.points(rules.conditions.iter().map(|c| c.text.value.clone()));
        }
        if rules.protected_persons.value {
            let text =
                "Before a release it is asked whether it shows a person who needs protection.";
            paper.clause(text, "disclosure", "S4.21");
        }
        if let Some(original) = rules.original.as_ref().filter(|_| self.staff()) {
            let text = format!("Where a court asks for the original: {}", original.value);
            paper.clause(sentence(&text), "disclosure", "S1.48");
        }
        let to = &rules.subject_access.to;
        let to = if to.is_empty() {
            phrase::contact(&config.site.contact)
        } else {
            list(&phrase::whos(config, to, self.reader))
        };
        let text = format!(
            "Everybody may ask for recordings of themselves. Requests go to {to} and are answered \
             within {}, free of charge.",
            phrase::length(rules.subject_access.answer_within.value)
        );
        paper.clause(text, "disclosure", "R1.7");
    }

    pub(super) fn complaints(&self, paper: &mut Document) {
        let (config, breaches) = (self.config, &self.config.breaches);
        paper.head("Complaints and breaches");
        let whos = |ids: &[At<Id>]| either(&phrase::whos(config, ids, self.reader));
        let complaints = &config.complaints;
        let to = match complaints.to.is_empty() {
            true => phrase::contact(&config.site.contact),
            false => whos(&complaints.to),
        };
        let text = format!(
            "Complaints go to {to} and are answered within {}. Anybody may also complain to the \
             Information Commissioner.",
            phrase::length(complaints.answer_within.value)
        );
        paper.clause(text, "complaints", "S1.55");
        if !breaches.by.is_empty() {
            let text = format!("A breach of this code is looked into by {}.", whos(&breaches.by));
            paper.clause(text, "breaches", "S1.52");
        }
        if let Some(about) = &breaches.about_head {
            let text = format!("A matter about the head of the school goes to: {}.", about.value);
            paper.clause(text, "breaches", "S1.53");
        }
        if let Some(independent) = &breaches.independent {
            let text =
                format!("A serious breach is looked into independently: {}.", independent.value);
            paper.clause(text, "breaches", "S1.53");
        }
        if !breaches.report_to.is_empty() {
            let text =
                format!("What was done about it is reported to {}.", whos(&breaches.report_to));
            paper.clause(text, "breaches", "S1.64");
        }
        let text = format!(
            "A breach of personal data that puts people at risk is reported to the Information \
             Commissioner within {}.",
            phrase::length(breaches.notify_within.value)
        );
        paper.clause(text, "breaches", "R1.22");
    }

    pub(super) fn covert(&self, paper: &mut Document) {
        let covert = &self.config.covert;
        paper.head("Covert recording");
        paper.clause(
            "Nothing is recorded covertly without a written authorisation in force, with its end.",
            "covert",
            "S1.39",
        );
        if let Some(procedure) = &covert.procedure {
            let at = covert.available_at.as_ref().map(|a| format!(" (available at: {})", a.value));
            let text = format!("Procedure: {}{}.", procedure.value, at.unwrap_or_default());
            paper.clause(text, "covert", "S1.38");
        }
        if let Some(to) = &covert.addressee {
            paper.clause(format!("Copies of its forms go to {}.", to.value), "covert", "S1.38");
        }
    }

    pub(super) fn emergencies(&self, paper: &mut Document) {
        let escalation = &self.config.escalation;
        if !self.staff() {
            return;
        }
        paper.head("Emergencies and whom to ring");
        let call = |what: &'static str, call: &Option<Call>| {
            let call = call.as_ref()?;
            let ways = [&call.phone, &call.email].into_iter().flatten().map(|w| w.value.clone());
            let ways: Vec<String> = [call.title.value.clone()].into_iter().chain(ways).collect();
            Some((what, ways.join(", ")))
        };
        let calls = [
            call("Safeguarding lead", &escalation.dsl),
            call("Deputy safeguarding lead", &escalation.deputy_dsl),
            call("Where staff are involved", &escalation.lado),
            call("Police", &escalation.police),
        ];
        let others: Vec<_> =
            escalation.contacts.iter().filter_map(|c| call("Also", &Some(c.clone()))).collect();
        paper.facts(calls.into_iter().flatten().chain(others));
        paper.points(escalation.emergency.iter().map(|step| step.value.clone()));
    }

    pub(super) fn questions(&self, paper: &mut Document) {
        let (config, site) = (self.config, &self.config.site);
        paper.head("Questions");
        let text = format!("Whom to ask: {}.", phrase::contact(&site.contact));
        paper.clause(text, "site", "R1.30");
        if let Some(officer) = &site.data_protection_officer {
            let text = format!("Data protection: {}.", phrase::contact(officer));
            paper.clause(text, "site", "S1.63");
        }
        if let Some(id) = &site.questions_to {
            let who = phrase::who(config, &id.value, self.reader);
            paper.clause(format!("What this code means is decided by {who}."), "site", "S4.16");
        }
        if !site.copies_at.is_empty() {
            let places: Vec<&str> = site.copies_at.iter().map(|c| c.value.as_str()).collect();
            let text = format!("Copies of this code for the public: {}.", list(&places));
            paper.clause(text, "site", "S1.57");
        }
    }

    pub(super) fn history(&self, paper: &mut Document) {
        let code = &self.config.practice;
        if code.changes.is_empty() && code.revisions.is_empty() {
            return;
        }
        paper.head("What changed");
        let version = code.version.as_ref().map(|v| v.value.clone()).unwrap_or_default();
        let date = code.approved.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
        let changes: Vec<&str> = code.changes.iter().map(|c| c.value.as_str()).collect();
        let now = (!changes.is_empty()).then(|| vec![version, date, changes.join(". ")]);
        let older = code.revisions.iter().map(|r| {
            vec![r.version.value.clone(), phrase::day(r.date.value), r.changes.value.clone()]
        });
        let rows = now.into_iter().chain(older).collect();
        paper.table(&[("Version", 2), ("Date", 3), ("What changed", 8)], rows);
    }
}
