//! Whose system it is, on what it stands, what it is for.

use super::Code;
use crate::config::Config;
use crate::config::practice::{Adopted, LawfulBasis};
use crate::signage::page::Document;
use crate::signage::phrase::{self, list, sentence};

/// Version, approver, date of the next review (S4.82).
pub(super) fn version_line(config: &Config) -> String {
    let code = &config.practice;
    let mut all = Vec::new();
    all.extend(code.version.as_ref().map(|v| format!("Version {}", v.value)));
    all.extend(code.approved.as_ref().map(|d| format!("approved {}", phrase::day(d.value))));
    all.extend(code.review_by.as_ref().map(|d| format!("next review by {}", phrase::day(d.value))));
    all.join(", ")
}

const fn basis(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::PublicTask => "a task in the public interest (UK GDPR article 6(1)(e))",
        LawfulBasis::LegitimateInterests => "legitimate interests (UK GDPR article 6(1)(f))",
        LawfulBasis::LegalObligation => "a legal obligation (UK GDPR article 6(1)(c))",
        LawfulBasis::Consent => "consent (UK GDPR article 6(1)(a))",
    }
}

const fn adopted(code: Adopted) -> &'static str {
    match code {
        Adopted::SurveillanceCamera => "the Surveillance Camera Code of Practice",
        Adopted::Commissioner => "the Information Commissioner's guidance on video surveillance",
    }
}

impl Code<'_> {
    pub(super) fn basis(&self, paper: &mut Document) {
        let site = &self.config.site;
        paper.head("Whose system this is");
        let controller = &site.controller;
        let owner = &site.owner.value;
        paper.clause(
            format!(
                "{} operates the CCTV system of {} and is the controller of what it records.",
                controller.name.value, site.name.value
            ),
            "site",
            "S1.7",
        );
        paper.clause(
            format!("The system, all recordings and their copyright belong to {owner}."),
            "site",
            "S4.2",
        );
        if let Some(number) = &controller.registration {
            let renewed = controller.renews.as_ref().map(|d| phrase::day(d.value));
            let renewed = renewed.map(|d| format!("; the fee is renewed by {d}"));
            paper.clause(
                format!(
                    "The controller is registered with the Information Commissioner as {}{}.",
                    number.value,
                    renewed.unwrap_or_default()
                ),
                "site",
                "S1.9",
            );
        }
        paper.clause(
            "What it records is personal data, and protected: it is dealt with lawfully, fairly \
             and openly, for stated purposes only, no more of it than is needed, accurate, kept no \
             longer than needed, and kept safe; the controller answers for that (UK GDPR article \
             5).",
            "",
            "S4.26",
        );
        self.managers(paper);
        self.decision(paper);
        self.papers(paper);
        self.review(paper);
    }

    /// Papers above it and beside it.
    fn papers(&self, paper: &mut Document) {
        let site = &self.config.site;
        for paper_above in &site.governed_by {
            let covers: Vec<String> =
                paper_above.covers.iter().map(|c| phrase::plain(&c.value.to_string())).collect();
            let about = if covers.is_empty() {
                String::new()
            } else {
                format!(" It settles {}.", list(&covers))
            };
            let text =
                format!("This code is read together with {}.{about}", paper_above.title.value);
            paper.clause(text, "site", "S4.18");
        }
        if !site.related.is_empty() {
            let related = site.related.iter().map(|r| match &r.available_at {
                Some(place) => format!("{} (available at: {})", r.title.value, place.value),
                None => r.title.value.clone(),
            });
            let related: Vec<String> = related.collect();
            paper.clause(
                format!("Other papers that bear on it: {}.", list(&related)),
                "site",
                "S0.8",
            );
        }
    }

    fn review(&self, paper: &mut Document) {
        let code = &self.config.practice;
        if let Some(by) = &code.approved_by {
            let by = phrase::who(self.config, &by.value, self.reader);
            paper.clause(format!("This code was approved by {by}."), "code-of-practice", "S4.85");
        }
        let review = code
            .review_by
            .as_ref()
            .map(|d| format!(" The next review is due by {}.", phrase::day(d.value)));
        let consult: Vec<&str> = code.consult.iter().map(|c| c.value.as_str()).collect();
        let consult = if consult.is_empty() {
            String::new()
        } else {
            format!(" Consulted: {}.", list(&consult))
        };
        let text = format!("It is reviewed every year.{}{consult}", review.unwrap_or_default());
        paper.clause(text, "code-of-practice", "S1.6");
        self.statements(paper, &["ownership", "scope", "review", "principles"]);
    }

    fn managers(&self, paper: &mut Document) {
        let (config, site) = (self.config, &self.config.site);
        if let Some(id) = &site.responsible {
            let who = phrase::who(config, &id.value, self.reader);
            paper.clause(format!("Responsible for the system: {who}."), "site", "S4.4");
        }
        let all = [
            ("Managed by", &site.managed_by, "S1.20"),
            ("Managed from day to day by", &site.day_to_day, "S1.21"),
            ("Managed technically by", &site.technical, "S1.22"),
        ];
        for (what, ids, row) in all {
            let whos = phrase::whos(config, ids, self.reader);
            if !whos.is_empty() {
                paper.clause(format!("{what}: {}.", list(&whos)), "site", row);
            }
        }
    }

    fn decision(&self, paper: &mut Document) {
        let Some(decided) = &self.config.practice.decided else {
            return;
        };
        let by = decided.by.as_ref().map(|by| phrase::who(self.config, &by.value, self.reader));
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        let because = decided.because.as_ref().map(|b| format!(": {}", b.value));
        let day = phrase::day(decided.date.value);
        let text = format!(
            "The need for it was weighed and decided on {day}{by}{}",
            because.unwrap_or_default()
        );
        paper.clause(sentence(&text), "code-of-practice", "S0.1");
        if let Some(dpia) = &decided.dpia {
            let review = decided.dpia_review_by.as_ref();
            let review = review.map(|d| format!(", to be reviewed by {}", phrase::day(d.value)));
            let text = format!(
                "The data protection impact assessment is {}{}.",
                dpia.value,
                review.unwrap_or_default()
            );
            paper.clause(text, "code-of-practice", "R1.6");
        }
        if let Some(lawful) = &decided.lawful_basis {
            let text = format!("The lawful basis is {}.", basis(lawful.value));
            paper.clause(text, "code-of-practice", "R1.5");
        }
        if !decided.adopts.is_empty() {
            let all: Vec<&str> = decided.adopts.iter().map(|a| adopted(a.value)).collect();
            let text = format!("Of its own will the school follows {}.", list(&all));
            paper.clause(text, "code-of-practice", "R1.16");
        }
        let code = Adopted::SurveillanceCamera;
        let follows = decided.adopts.iter().any(|a| a.value == code);
        let text = match follows {
            true => {
                "That code is in force, and binds councils and the police; the school answers for \
                 its twelve principles once a year."
            }
            false => {
                "The Surveillance Camera Code of Practice is in force for councils and the police. \
                 The school is free to adopt it and has not; it goes through its twelve principles \
                 once a year all the same."
            }
        };
        paper.clause(text, "code-of-practice", "R1.17");
    }

    pub(super) fn purposes(&self, paper: &mut Document) {
        paper.head("What it is for");
        for purpose in &self.config.practice.purposes {
            let main = if purpose.main { " This is its main aim." } else { "" };
            let because = purpose.because.as_ref();
            let because = because.map(|b| format!(" Why: {}", sentence(&b.value)));
            let text = sentence(&purpose.title.value) + main + &because.unwrap_or_default();
            let row = if purpose.because.is_some() { "S0.9" } else { "S0.2" };
            paper.clause(text, "code-of-practice", row);
        }
        paper.clause(
            "It is used for these purposes and no others. Whoever looks at pictures names one of \
             them and the reason.",
            "code-of-practice",
            "S0.3",
        );
        self.statements(paper, &["purposes", "necessity", "proceedings", "bullying", "media"]);
    }
}
