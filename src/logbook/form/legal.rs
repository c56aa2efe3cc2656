//! Kinds of request and lawful gateways, by the names that are in force and those people remember
//! (R1.14, K3).

/// A legal reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Legal {
    /// The word in entries.
    pub word: &'static str,
    /// What is printed.
    pub now: &'static str,
    /// Older or everyday names: found by them, never printed as the law.
    pub once: &'static str,
}

/// How a request can come (R1.14, S4.89); a closed list.
pub const REQUEST_TYPES: &[(&str, &str)] = &[
    ("police-sch2-2", "Police: DPA 2018, Schedule 2, Part 1, paragraph 2"),
    ("other-sch2-2", "Other authority: DPA 2018, Schedule 2, Part 1, paragraph 2"),
    ("sch2-5", "Legal proceedings: DPA 2018, Schedule 2, Part 1, paragraph 5"),
    ("npcc-annex-6", "Police: NPCC form for third-party material (Annex 6)"),
    ("court-order", "Order of a court"),
    ("production-order", "Production order"),
    ("solicitor", "Solicitor or other outside body"),
    ("inspection", "Inspection agency"),
    ("supervising-authority", "Supervising authority"),
    ("foi", "Freedom of information"),
    ("media", "Media"),
    ("internal", "Inside the school"),
    ("subject-access", "Subject access: one's own pictures"),
];

const SECTION_29: &str = "section 29 s.29 s29 of the Data Protection Act 1998";

const TYPES: [Legal; 5] = [
    Legal { word: "police-sch2-2", now: CRIME, once: SECTION_29 },
    Legal { word: "other-sch2-2", now: CRIME, once: SECTION_29 },
    Legal { word: "sch2-5", now: PROCEEDINGS, once: "section 35 s.35 of the 1998 Act" },
    Legal { word: "subject-access", now: ACCESS, once: "section 7 of the 1998 Act SAR DSAR" },
    Legal { word: "foi", now: "Freedom of Information Act 2000", once: "FOIA" },
];

const CRIME: &str =
    "Data Protection Act 2018, Schedule 2, Part 1, paragraph 2 (crime and taxation)";
const PROCEEDINGS: &str =
    "Data Protection Act 2018, Schedule 2, Part 1, paragraph 5 (legal proceedings)";
const ACCESS: &str = "UK GDPR, Article 15 (right of access)";

/// Gateways of the law; the file adds its own, like the Safer Schools Partnership (S0.12).
pub const BASES: [Legal; 7] = [
    Legal { word: "sch2-para2", now: CRIME, once: SECTION_29 },
    Legal { word: "sch2-para5", now: PROCEEDINGS, once: "section 35 s.35 of the 1998 Act" },
    Legal { word: "order", now: "Order of a court", once: "" },
    Legal { word: "subject-access", now: ACCESS, once: "section 7 of the 1998 Act SAR DSAR" },
    Legal { word: "public-task", now: "UK GDPR, Article 6(1)(e) (public task)", once: "" },
    Legal {
        word: "legal-obligation",
        now: "UK GDPR, Article 6(1)(c) (legal obligation)",
        once: "",
    },
    Legal { word: "consent", now: "UK GDPR, Article 6(1)(a) (consent)", once: "" },
];

/// What a paper prints for a kind of request or a basis (S1.44).
pub fn legal_of(word: &str) -> Option<&'static Legal> {
    TYPES.iter().chain(&BASES).find(|l| l.word == word)
}

/// Older names under which an entry with this word is found (K3); empty where there are none.
pub fn once_called(word: &str) -> &'static str {
    legal_of(word).map_or("", |l| l.once)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_police_paragraph_is_printed_and_the_old_section_finds_it() {
        for word in ["police-sch2-2", "sch2-para2"] {
            let legal = legal_of(word).unwrap();
            assert!(legal.now.contains("Schedule 2, Part 1, paragraph 2"));
            assert!(!legal.now.contains("29"), "the old name is never printed as the law");
            assert!(once_called(word).contains("section 29"));
        }
        assert_eq!(once_called("media"), "");
    }

    #[test]
    fn the_list_of_kinds_holds_what_the_protocols_name() {
        for word in ["police-sch2-2", "sch2-5", "npcc-annex-6", "inspection", "media", "foi"] {
            assert!(REQUEST_TYPES.iter().any(|(w, _)| *w == word), "{word}");
        }
        for legal in TYPES {
            assert!(REQUEST_TYPES.iter().any(|(w, _)| *w == legal.word), "{}", legal.word);
        }
    }
}
