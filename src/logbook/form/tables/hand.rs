//! What people write down: incidents, calls for help, occurrences, faults, maintenance, covert
//! authorisations, meetings, reviews.

use super::*;

const INCIDENT: &[Field] = &[
    of("type", "Kind of incident", Source::IncidentTypes, "S0.7"),
    moment("happened", "When", Side::Past, "S0.7"),
    line("place", "Where", "S0.7"),
    of("zone", "Zone", Source::Zones, "").may(),
    text("what", "What happened", "S4.84").hint(NO_NAMES),
    some_of("cameras", "Cameras that may show it", Source::Cameras, "").may(),
    line("monitored", "What is watched because of it, and why", "S4.84").may(),
    yes_no("staff-involved", "Is a member of staff involved?", "S4.79"),
    moment("police-called", "The police were called at", Side::Past, "S4.86")
        .when(Cond::Is("type", &["filming-children"])),
    list("references", "References", "").may().hint("case numbers of other records"),
    entry("hold", "The hold", &[Kind::Hold], "S1.59").may(),
];

const INCIDENT_STEPS: &[(&str, &str)] = &[
    ("told", "somebody was told"),
    ("action", "something was done"),
    ("held", "footage is held"),
    ("note", "anything else"),
];

const INCIDENT_NOTE: &[Field] = &[
    SEEN,
    step(INCIDENT_STEPS, "S4.79"),
    line("told", "Who was told", "S4.79").at(&["told"]).hint("the post, like safeguarding lead"),
    moment("told-at", "When", Side::Past, "S4.79").at(&["told"]),
    text("action", "What was done", "S4.84").at(&["action"]),
    entry("hold", "The hold", &[Kind::Hold], "S1.59").at(&["held"]),
    REMARK,
];

const SERVICES: &[(&str, &str)] =
    &[("police", "police"), ("fire", "fire service"), ("ambulance", "ambulance")];

const EMERGENCY: &[Field] = &[
    moment("called", "Called at", Side::Past, "S1.35"),
    field("service", "Which service", Sort::Several(Words::These(SERVICES)), "S1.35"),
    of("called-by", "Who called", Source::Persons, "S1.35"),
    line("reason", "Why", "S1.35").hint(NO_NAMES),
    line("reference", "Number that they gave", "S1.35").may(),
    line("met-by", "Who met them, and where", "S1.35").may(),
];

const FAULT: &[Field] = &[
    line("part", "What is faulty", "R4.26").hint("a camera, the clock, the room"),
    some_of("cameras", "Cameras", Source::Cameras, "").may(),
    text("what", "What was seen", "R4.26"),
    moment("since", "Since", Side::Past, "R4.26").may(),
    line("passed-to", "Passed to", "S4.81").may(),
];

const FAULT_STEPS: &[(&str, &str)] =
    &[("passed-on", "it was passed on"), ("looked-at", "it was looked at"), ("note", "else")];

const FAULT_NOTE: &[Field] = &[
    SEEN,
    step(FAULT_STEPS, "R4.26"),
    line("passed-to", "Passed to", "S4.81").at(&["passed-on"]),
    text("found", "What was found", "R4.26").at(&["looked-at"]),
    REMARK,
];

const REPAIRS: &[(&str, &str)] = &[
    ("repaired", "repaired"),
    ("replaced", "replaced"),
    ("by-itself", "it went by itself"),
    ("no-fault", "there was no fault"),
    ("left", "left as it is"),
];

const FAULT_END: &[Field] = &[
    pick("repair", "How it ended", REPAIRS, "R4.26"),
    moment("repaired", "When", Side::Past, "R4.26"),
    entry("maintenance", "The maintenance", &[Kind::Maintenance], "S1.34").may(),
    OUTCOME,
];

const BY: &[(&str, &str)] = &[("school", "the school's own staff"), ("contractor", "a contractor")];
const HIRED: Cond = Cond::Is("by", &["contractor"]);

/// What a visit goes through (R4.21).
const VISIT_LIST: &[(&str, &str)] = &[
    ("pictures", "every picture against its reference"),
    ("housings", "housings and mounts"),
    ("cables", "cables and connectors"),
    ("power", "power supplies and battery"),
    ("disks", "disks and what they hold"),
    ("clock", "the clock"),
    ("replay", "a replay and an export"),
    ("signs", "signs"),
    ("planting", "planting and lamps in the way"),
];

const PLANNED: &[(&str, &str)] = &[("maintenance", "yes")];

const MAINTENANCE: &[Field] = &[
    pick("by", "Done by", BY, "S1.23"),
    line("firm", "Firm", "S4.8").when(HIRED),
    line("engineer", "Engineer", "S1.31").when(HIRED),
    field("policy-accepted", "The firm has accepted this policy", Sort::Confirmed, "S1.23")
        .when(HIRED)
        .hint("have the acceptance signed first, and enter it"),
    entry("visit", "Their visit", &[Kind::Visit], "S1.31").may_when(HIRED),
    pick("duty", "Is it the visit that the file plans?", PLANNED, "S4.7").may(),
    line("of", "Under which contract", "S4.8").may_when(Cond::Given("duty")),
    day("done-on", "Done on", Side::Past, "S4.7"),
    text("work", "What was done", "S1.34"),
    field("list", "Gone through", Sort::Several(Words::These(VISIT_LIST)), "R4.21").may(),
    list("parts", "Parts changed, with serial numbers", "S1.34").may(),
    yes_no("serves", "Does the system serve its purpose?", "S4.7"),
    line("remark", "What does it lack", "S4.7").when(Cond::No("serves")),
    day("next", "Next visit", Side::Ahead, "S4.7").may(),
];

/// The written application (R1.18).
const COVERT: &[Field] = &[
    line("reference", "Reference", "R1.18").hint("as in the file: covert { authorisation ... }"),
    day("applied-on", "Applied on", Side::Past, "R1.18"),
    pick("sort", "Kind of surveillance", COVERT_SORTS, "R1.18"),
    text("aim", "Aim", "R1.18"),
    text("necessity", "Why it is necessary", "R1.18"),
    text("proportionality", "Why it is in proportion", "R1.18"),
    text("subjects", "Who is to be watched", "R1.18").hint("by reference, no names"),
    text("sought", "What is to be found out", "R1.18"),
    text("collateral", "Who else would be seen, and how that is kept small", "R1.18"),
    text("confidential", "Confidential material that may be seen", "R1.18"),
    line("offence", "Offence", "R1.18"),
    field("threshold", "It carries six months' imprisonment or more", Sort::Confirmed, "R1.18"),
    some_of("cameras", "Cameras", Source::Cameras, "R1.18").may(),
    line("in-charge", "Who is in charge of it", "R1.18"),
];

const COVERT_SORTS: &[(&str, &str)] =
    &[("directed", "directed surveillance"), ("source", "human intelligence source")];

const COVERT_STEPS: &[(&str, &str)] = &[
    ("authorised", "it was authorised and approved"),
    ("reviewed", "it was reviewed"),
    ("renewed", "it was renewed"),
    ("copy-sent", "copies were sent on"),
    ("note", "anything else"),
];

const COVERT_NOTE: &[Field] = &[
    SEEN,
    step(COVERT_STEPS, "R1.18"),
    day("on", "On", Side::Past, "R1.18").at(&["authorised", "reviewed", "renewed", "copy-sent"]),
    line("granted-by", "By whom", "R1.18")
        .at(&["authorised", "renewed"])
        .hint("the authorising officer, and the magistrate who approved it"),
    line("reference", "Reference of the authorisation", "R1.18").at(&["reviewed"]),
    text("result", "Result of the review", "R1.18").at(&["reviewed"]),
    line("reason", "Why it still has to go on", "R1.18").at(&["renewed"]),
    line("sent-to", "To whom", "S1.38").at(&["copy-sent"]),
    list("sent", "Copies of what", "S1.38")
        .at(&["copy-sent"])
        .hint("authorisation, review, renewal, cancellation"),
    REMARK,
];

const COVERT_END: &[Field] = &[
    pick("cancelled", "How it ends", CANCELLED, "R1.18"),
    day("on", "On", Side::Past, "R1.18"),
    line("reason", "Why", "R1.18"),
    OUTCOME,
];

const CANCELLED: &[(&str, &str)] =
    &[("cancelled", "cancelled"), ("refused", "refused"), ("withdrawn", "withdrawn")];

const MEETING: &[Field] = &[
    day("held", "Held on", Side::Past, "S1.36"),
    list("bodies", "Bodies that took part", "S1.36"),
    line("minutes", "Reference of the minutes", "S1.36"),
    text("outcome", "What was agreed", "S1.36").may(),
];

const REVIEWS: &[(&str, &str)] = &[
    ("policy-review", "the code of practice"),
    ("dpia-review", "the impact assessment"),
    ("self-assessment", "self-assessment against checklist and twelve principles"),
    ("yearly-report", "the yearly report"),
    ("audit", "audit and risk assessment"),
    ("risk-assessment-review", "a risk assessment"),
    ("fee-renewal", "the data protection fee"),
    ("witness-review", "a release without its ordinary witness"),
];

/// The principles of the Surveillance Camera Code, in our words (R1.15).
const PRINCIPLES: &[(&str, &str)] = &[
    ("purpose", "one stated purpose, lawful and needed"),
    ("privacy", "effect on privacy, looked at regularly"),
    ("transparency", "openness, and somebody to ask"),
    ("accountability", "somebody answers for all of it"),
    ("rules", "rules before use, known to all who use it"),
    ("no-more", "no more pictures than needed, then deleted"),
    ("access", "few may see, and rules say when to disclose"),
    ("competency", "operators know the standards"),
    ("security", "pictures are kept safe"),
    ("audit", "reviews and audits, and their results are told"),
    ("useful", "good enough to serve the law"),
    ("databases", "reference databases are right"),
];

const REVIEW: &[Field] = &[
    pick("duty", "What was reviewed", REVIEWS, "S1.6"),
    line("of", "Which one", "").may(),
    day("held", "On", Side::Past, "S1.6"),
    list("consulted", "Who was consulted", "S1.6")
        .when(Cond::Is("duty", &["policy-review", "dpia-review", "self-assessment", "audit"])),
    field("met", "Principles that are met", Sort::Several(Words::These(PRINCIPLES)), "R1.15")
        .when(Cond::Is("duty", &["self-assessment"])),
    text("not-met", "What is not met, and what is done about it", "R1.15")
        .may_when(Cond::Is("duty", &["self-assessment"])),
    list("presented-to", "Presented to", "S4.72").when(Cond::Is("duty", &["yearly-report"])),
    text("outcome", "Result", "S1.6"),
    field("recommendations", "Recommendations, each with its date", Sort::Dated, "S4.72").may(),
    line("paper", "Reference of the paper", "R1.6").may(),
    day("next", "Next review by", Side::Ahead, "S1.6").may(),
];

pub(super) const FORMS: &[Form] = &[
    open(Kind::Incident, "An incident", &[INCIDENT], &[]),
    note(Kind::Incident, "About an incident", &[INCIDENT_NOTE], &[]),
    close(Kind::Incident, "End of an incident", &[&[OUTCOME]], &[]),
    open(Kind::Emergency, "The emergency services were called", &[EMERGENCY], &[]),
    open(
        Kind::Occurrence,
        "An occurrence",
        &[&[
            text("what", "What occurred", "S1.34").hint(NO_NAMES),
            line("place", "Where", "").may(),
        ]],
        &[],
    ),
    open(Kind::Fault, "A fault", &[FAULT], &[]),
    note(Kind::Fault, "About a fault", &[FAULT_NOTE], &[]),
    close(Kind::Fault, "A fault is put right", &[FAULT_END], &[Rule::InOrder("since", "repaired")]),
    open(Kind::Maintenance, "Maintenance", &[MAINTENANCE], &[]),
    open(Kind::Covert, "Application for covert surveillance", &[COVERT], &[]),
    note(Kind::Covert, "About a covert authorisation", &[COVERT_NOTE], &[Rule::CovertSteps]),
    close(Kind::Covert, "A covert authorisation is cancelled", &[COVERT_END], &[]),
    open(Kind::Meeting, "A liaison meeting", &[MEETING], &[]),
    open(Kind::Review, "A review", &[REVIEW], &[]),
    note(
        Kind::Review,
        "A review of one entry",
        &[&[pick("duty", "What was reviewed", REVIEWS, "S1.6"), OUTCOME]],
        &[],
    ),
];
