//! Checks, and duties done and missed.

use super::*;
use crate::logbook::fields as f;
use crate::logbook::form::Says;

const DAILY: &[Field] = &[
    yes_no(f::ALL_GOOD, "Does every camera work, and record a good picture?", "S1.26"),
    some_of(f::BAD, "Cameras that do not", Source::Cameras, "S1.26").when(Cond::No(f::ALL_GOOD)),
    yes_no("room-locked", "Is the recorder's room locked?", "S1.33")
        .when(Cond::File(Says::RoomLocked)),
    line("remark", "What is done about it", "S1.26")
        .when(Cond::Any(&[Cond::No(f::ALL_GOOD), Cond::No("room-locked")])),
    count(f::RECORDING, "Cameras that recorded, by the recorder's own count", "S1.26").may(),
    day(f::DAY, "The closed day on which the recorder checked itself", Side::Any, "K14").may(),
];

const VERDICT: &[(&str, &str)] = &[
    ("good", "good"),
    ("poor", "poor, but of use"),
    ("useless", "of no use"),
    ("none", "there is none"),
];

const RANDOM: &[Field] = &[
    of("camera", "Camera", Source::Cameras, "S1.54"),
    moment("moment", "Moment that was picked", Side::Past, "S1.54"),
    pick("verdict", "The picture is", VERDICT, "S1.54"),
    line("remark", "What is wrong", "S1.54")
        .when(Cond::Is("verdict", &["poor", "useless", "none"])),
];

const AGAINST: &[(&str, &str)] = &[
    ("speaking-clock", "the speaking clock (123)"),
    ("radio", "a radio-controlled clock"),
    ("gps", "a GPS receiver"),
    ("network", "a time server"),
    ("other", "another clock"),
];

/// Two readings at one moment, the difference, against what (R7.1, R7.3).
const CLOCK: &[Field] = &[
    moment("recorder", "The recorder showed", Side::Any, "R7.1"),
    moment("reference", "The other clock said", Side::Any, "R7.1"),
    field(
        "offset-ms",
        "Recorder minus the other clock",
        Sort::Number { min: -86_400_000_000, max: 86_400_000_000, unit: "ms" },
        "R7.1",
    ),
    pick("against", "Against what", AGAINST, "R7.1"),
    line("which", "Which clock", "R7.1").when(Cond::Is("against", &["other", "network"])),
    yes_no("corrected", "Was it put right?", "R7.1"),
];

const SIGNS: &[Field] = &[
    some_of("signs", "Signs looked at", Source::Signs, "S0.5"),
    some_of("wrong", "Signs that are missing or wrong", Source::Signs, "S0.5").may(),
    line("remark", "What is done about it", "S0.5").when(Cond::Given("wrong")),
];

/// What the file plans, and what comes by itself.
const DUTIES: &[(&str, &str)] = &[
    ("print-checkpoint", "the logbook's seal on paper"),
    ("recovery-check", "the recovery key is where it should be"),
    ("fee-renewal", "the data protection fee"),
    ("contract-end", "a maintenance contract that ends"),
    ("calendar-end", "the next terms"),
    ("leaver", "somebody who leaves"),
    ("liaison", "a liaison meeting"),
    ("yearly-report", "the yearly report"),
    ("audit", "the audit"),
    ("training", "training"),
    (f::KEY_CHECK, "the seal on paper against a box that was replaced"),
];

const SHEET: &[(&str, &str)] = &[
    (f::SHEET_HERE, "is here: the next two answers are read from it"),
    ("none", "there is none of the box before"),
];

const COMPARED: Cond = Cond::Is("duty", &[f::KEY_CHECK]);

const DONE: &[Field] = &[
    pick("duty", "Duty", DUTIES, ""),
    line("of", "Whom or what it was about", "").may(),
    day("day", "It was due on", Side::Any, "").may(),
    line("reference", "Reference of the paper", "R5.3").may(),
    pick(f::SHEET, "The printed seal", SHEET, "R5.3").when(COMPARED),
    count(f::SHEET_ENTRIES, "Its second line: a number", "R5.3")
        .when(Cond::Is(f::SHEET, &[f::SHEET_HERE])),
    line(f::SHEET_ROOT, "Its third line: the first eight characters", "R5.3")
        .when(Cond::Is(f::SHEET, &[f::SHEET_HERE])),
    text("outcome", "Result", "").may(),
];

const MISSED: &[Field] = &[
    line(f::DUTY, "Duty", "S1.26"),
    day(f::DAY, "It was due on", Side::Any, "S1.26"),
    line(f::OF, "Whom or what it was about", "S1.26").may(),
];

pub(super) const FORMS: &[Form] = &[
    either(Kind::DailyCheck, Act::Open, "The daily check", &[DAILY]),
    open(Kind::RandomCheck, "A random check", &[RANDOM], &[]),
    open(Kind::ClockCheck, "The clock against another", &[CLOCK], &[Rule::Offset]),
    open(Kind::SignCheck, "The signs", &[SIGNS], &[]),
    open(Kind::DutyDone, "A duty was done", &[DONE], &[]),
    machine(Kind::DutyMissed, Act::Open, "A duty was missed", &[MISSED]),
    note(Kind::DutyMissed, "Why a duty was missed", &[&[line("reason", "Why", "S1.26")]], &[]),
];
