//! Complaints, breaches, misuse: who looks into them, how bad they are, what came of them.

use super::*;
use crate::logbook::fields;

const SEVERITY: Field =
    pick("severity", "How serious", &[("minor", "minor"), ("serious", "serious")], "S1.53");
const SERIOUS: Cond = Cond::Is("severity", &["serious"]);

const ABOUT_HEAD: Field = yes_no("about-head", "Is it about the Headteacher?", "K13");

const INVESTIGATOR: Field = line("investigator", "Who looks into it", "S1.52")
    .hint("a person of the file, or a post outside the school");

const COMPLAINT: &[Field] = &[
    line("reference", "Reference of the complaint", "R1.11").hint("a number; names stay on paper"),
    day("received", "Received on", Side::Past, "R1.11"),
    pick(
        "how",
        "How it came",
        &[
            ("letter", "by letter"),
            ("e-mail", "by e-mail"),
            ("form", "on the school's form"),
            ("spoken", "spoken"),
        ],
        "R1.11",
    ),
    text("what", "What it is about", "S1.55").hint(NO_NAMES),
    ABOUT_HEAD,
    SEVERITY,
    INVESTIGATOR,
];

/// Date, time, place and extent, as the policy asks (S4.57).
const BREACH: &[Field] = &[
    day("date", "Date", Side::Past, "S4.57"),
    field("time", "Time", Sort::Clock, "S4.57"),
    line("location", "Location", "S4.57"),
    text("extent", "Likely extent", "S4.57").hint("how many people, which cameras, which hours"),
    moment("noticed", "Noticed at", Side::Past, "R1.22").hint("the 72 hours run from here"),
    text("what", "What happened", "S4.57").hint(NO_NAMES),
    yes_no("personal-data", "Were personal data concerned?", "R1.22"),
    ABOUT_HEAD,
    SEVERITY,
    INVESTIGATOR,
    some_of(
        fields::SUSPECTS,
        "Persons whose privileged rights rest meanwhile",
        Source::Persons,
        "S4.59",
    )
    .may(),
];

const STEPS: &[(&str, &str)] = &[
    ("acknowledged", "it was acknowledged"),
    ("severity", "it is more or less serious than it seemed"),
    ("investigator", "somebody else looks into it"),
    ("finding", "what was found"),
    ("commissioner", "the Information Commissioner was told"),
    ("not-notifiable", "the Commissioner need not be told"),
    ("persons-told", "those concerned were told"),
    ("note", "anything else"),
];

const MATTER_NOTE: &[Field] = &[
    SEEN,
    step(STEPS, "S1.56"),
    day("acknowledged-on", "Acknowledged on", Side::Past, "R1.11").at(&["acknowledged"]),
    SEVERITY.at(&["severity"]),
    INVESTIGATOR.at(&["investigator"]),
    line("independent", "Who investigates independently", "S1.53").may_at(&["investigator"]),
    text("finding", "What was found", "S1.52").at(&["finding"]),
    moment("told-at", "Told at", Side::Past, "R1.22").at(&["commissioner", "persons-told"]),
    line("notice", "Reference of the notice", "R1.22").may_at(&["commissioner"]),
    line("reason", "Why not", "R1.22").at(&["not-notifiable"]),
    REMARK,
];

const MATTER_END: &[Field] = &[
    OUTCOME,
    line("remedy", "What was put right", "S1.64"),
    line("independent", "Who investigated independently", "S1.53").when(SERIOUS),
    field("recommendations", "Recommendations, each with its date", Sort::Dated, "S1.53")
        .when(SERIOUS),
    line("discipline", "Reference of disciplinary action", "S1.52").may(),
];

const COMPLAINT_END: &[Field] = &[day("told-on", "They were told on", Side::Past, "R1.11")];

const MISUSE: &[Field] = &[
    text("what", "What was seen", "S4.32").hint(NO_NAMES),
    moment("when", "When", Side::Past, "S4.56").may(),
    line("place", "Where", "S4.56").may(),
    ABOUT_HEAD,
];

const MISUSE_END: &[Field] =
    &[OUTCOME, entry("breach", "The breach that it became", &[Kind::Breach], "S4.56").may()];

pub(super) const FORMS: &[Form] = &[
    open(Kind::Complaint, "A complaint", &[COMPLAINT], &[Rule::AboutHead]),
    note(Kind::Complaint, "About a complaint", &[MATTER_NOTE], &[Rule::AboutHead]),
    close(
        Kind::Complaint,
        "End of a complaint",
        &[MATTER_END, COMPLAINT_END],
        &[Rule::Serious, Rule::AboutHead, Rule::InOrder("received", "told-on")],
    ),
    open(Kind::Breach, "A breach", &[BREACH], &[Rule::AboutHead]),
    note(Kind::Breach, "About a breach", &[MATTER_NOTE], &[Rule::AboutHead]),
    close(
        Kind::Breach,
        "End of a breach",
        &[MATTER_END],
        &[Rule::Serious, Rule::AboutHead, Rule::Notified],
    ),
    open(Kind::Misuse, "Report misuse", &[MISUSE], &[]),
    note(Kind::Misuse, "About a report of misuse", &[NOTE], &[Rule::AboutHead]),
    close(Kind::Misuse, "End of a report of misuse", &[MISUSE_END], &[Rule::AboutHead]),
];
