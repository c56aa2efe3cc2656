//! What can be printed: one line each, as `beadle print --list` shows it and the console will.

use crate::config::registers::Register;
use crate::config::value::Word;

/// What a paper is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// The file alone: on any machine.
    File,
    /// The logbook too, where it is at hand.
    FileOrBox,
    /// A recorder that answers, and somebody who is logged in there.
    Box,
}

/// One kind of paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paper {
    Sign,
    Signs,
    SignWalk,
    Code,
    CodeStaff,
    Notice,
    Dpia,
    SelfAssessment,
    Commissioning,
    Maintenance,
    Manual,
    Declaration,
    Acceptance,
    Register,
    Case,
    Seal,
    Month,
    Year,
}

/// A line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    pub paper: Paper,
    /// As it is typed.
    pub word: &'static str,
    /// What stands behind the word; empty: nothing.
    pub of: &'static str,
    pub needs: Needs,
    pub title: &'static str,
    /// Of `tests/rows.kdl`.
    pub row: &'static str,
    /// It holds personal data: it goes on paper, or encrypted (S4.83).
    pub personal: bool,
}

const fn line(
    paper: Paper,
    (word, of): (&'static str, &'static str),
    needs: Needs,
    title: &'static str,
    row: &'static str,
) -> Line {
    let personal = matches!(paper, Paper::Register | Paper::Case | Paper::Month | Paper::Year);
    Line { paper, word, of, needs, title, row, personal }
}

pub const ALL: &[Line] = &[
    line(Paper::Signs, ("signs", ""), Needs::File, "Every sign of the file", "R1.30"),
    line(Paper::Sign, ("sign", "NAME"), Needs::File, "One sign", "R1.30"),
    line(
        Paper::SignWalk,
        ("sign-walk", ""),
        Needs::FileOrBox,
        "Checklist for a walk past every sign",
        "S0.5",
    ),
    line(Paper::Code, ("code", ""), Needs::File, "Code of practice, for the public", "S1.57"),
    line(Paper::CodeStaff, ("code-staff", ""), Needs::File, "Code of practice, for staff", "S1.57"),
    line(Paper::Notice, ("notice", ""), Needs::File, "Privacy notice", "R1.30"),
    line(Paper::Dpia, ("dpia", ""), Needs::File, "Appendix to the impact assessment", "R1.6"),
    line(
        Paper::SelfAssessment,
        ("self-assessment", ""),
        Needs::FileOrBox,
        "Checklist and twelve principles",
        "R1.3",
    ),
    line(
        Paper::Commissioning,
        ("commissioning", ""),
        Needs::FileOrBox,
        "Commissioning record, a page a camera",
        "R4.20",
    ),
    line(
        Paper::Maintenance,
        ("maintenance", ""),
        Needs::FileOrBox,
        "Sheet of a maintenance visit",
        "R4.21",
    ),
    line(Paper::Manual, ("manual", ""), Needs::File, "Operator's manual, two pages", "R2.11"),
    line(
        Paper::Declaration,
        ("declaration", ""),
        Needs::File,
        "Declaration of confidentiality",
        "S4.14",
    ),
    line(
        Paper::Acceptance,
        ("acceptance", ""),
        Needs::File,
        "Forms of acceptance, one a person",
        "S4.71",
    ),
    line(Paper::Register, ("register", "NAME"), Needs::Box, "A register as it stands", "S1.34"),
    line(Paper::Case, ("case", "NUMBER"), Needs::Box, "The papers of a request", "R2.24"),
    line(Paper::Seal, ("seal", ""), Needs::Box, "The month's seal, to be signed", "R5.3"),
    line(Paper::Month, ("month", "[YYYY-MM]"), Needs::Box, "The month on one page", "S4.85"),
    line(Paper::Year, ("year", "[YYYY]"), Needs::Box, "The year for the governors", "S4.72"),
];

/// The paper of a word.
pub fn named(word: &str) -> Option<&'static Line> {
    ALL.iter().find(|line| line.word == word)
}

/// The list as text.
pub fn shown() -> String {
    let mut out = String::new();
    for line in ALL {
        let word = format!("{} {}", line.word, line.of);
        let needs = match line.needs {
            Needs::File => "the file",
            Needs::FileOrBox => "the file; says more with a recorder",
            Needs::Box => "a recorder",
        };
        out += &format!("{word:<19} {:<40} {needs}\n", line.title);
    }
    out
}

/// The register of a word.
pub fn register(word: &str) -> Option<Register> {
    Register::WORDS.iter().find(|(name, _)| *name == word).map(|(_, register)| *register)
}
