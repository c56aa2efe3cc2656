//! Access to one's own pictures; the end of carriers, and drives that leave whole.

use super::*;
use crate::logbook::fields as f;
use crate::logbook::form::Says;

const HOW: &[(&str, &str)] = &[
    ("letter", "by letter"),
    ("e-mail", "by e-mail"),
    ("spoken", "spoken"),
    ("form", "on the school's form"),
];

const FOR_WHOM: &[(&str, &str)] =
    &[("self", "the person shown"), ("parent", "a parent"), ("representative", "a representative")];

const FOOTAGE: &[(&str, &str)] = &[
    ("held", "it is there, and held now"),
    ("gone", "it was deleted before the request came"),
    ("unknown", "not looked yet: it is held all the same"),
];

/// Destroying what was asked for is a crime (R1.10): the recorder holds it at the intake.
const THERE: Cond = Cond::Is("footage", &["held", "unknown"]);

/// Intake (R1.7, R1.10).
const ACCESS: &[Field] = &[
    line("reference", "Reference of the request", "R1.7").hint("a number; the name stays on paper"),
    day("received", "Received on", Side::Past, "R1.7"),
    pick("how", "How it came", HOW, "R1.7"),
    pick("asker", "Who asks", FOR_WHOM, "R1.7"),
    line("identity", "What identity was seen", "R1.7").may(),
    text("wanted", "What is asked for", "R1.7").hint(NO_NAMES),
    some_of("cameras", "Cameras", Source::Cameras, "R1.2").may(),
    pick("footage", "The footage", FOOTAGE, "R1.10"),
    moment("from", "From", Side::Past, "R1.2").when(THERE),
    moment("until", "Until", Side::Past, "R1.2").when(THERE),
    entry(f::HOLD, "The hold", &[Kind::Hold], "R1.10")
        .may_when(THERE)
        .hint("the recorder places it"),
];

const ACCESS_STEPS: &[(&str, &str)] = &[
    ("pause", "the clock pauses: something was asked of them"),
    ("resume", "they answered: the clock runs on"),
    ("extension", "more time is needed"),
    ("search", "what was looked for, and found"),
    super::cases::STILL_STEP,
    ("note", "anything else"),
];

const ASKED: &[(&str, &str)] = &[("identity", "who they are"), ("clarification", "what they mean")];

const ACCESS_NOTE: &[Field] = &[
    SEEN,
    step(ACCESS_STEPS, "R1.7"),
    day("on", "On", Side::Past, "R1.7").at(&["pause", "resume", "extension"]),
    pick("asked", "What was asked", ASKED, "R1.7").at(&["pause"]),
    field("months", "Further months", Sort::Number { min: 1, max: 2, unit: "months" }, "R1.7")
        .at(&["extension"]),
    line("reason", "Why it is complex", "R1.7").at(&["extension"]),
    day("told-on", "They were told of it on", Side::Past, "R1.7").at(&["extension"]),
    text("searched", "What was looked for, and how far it went", "R1.7").at(&["search"]),
    entry("hold", "The hold", &[Kind::Hold], "R1.10").may_at(&["search"]),
    super::cases::STILL_CAMERA,
    super::cases::STILL_AT,
    REMARK,
];

/// How an access request ends (R1.8).
const ENDS: &[(&str, &str)] = &[
    ("copy", "a copy"),
    ("viewing", "a viewing, as agreed"),
    ("stills", "still pictures"),
    ("refused", "refused"),
    ("nothing", "nothing was found"),
    ("withdrawn", "withdrawn"),
];

const ACCESS_END: &[Field] = &[
    pick("result", "How it ends", ENDS, "R1.8"),
    day("answered-on", "Answered on", Side::Past, "R1.7"),
    field("agreed", "The person agreed to a viewing instead of a copy", Sort::Confirmed, "R1.8")
        .when(Cond::Is("result", &["viewing"])),
    line("stills-because", "Why still pictures are enough", "R1.8")
        .when(Cond::Is("result", &["stills"])),
    line("refused-because", "Why it is refused", "R1.7").when(Cond::Is("result", &["refused"])),
    field("told-rights", "They were told why, and where to complain", Sort::Confirmed, "R1.7")
        .when(Cond::Is("result", &["refused", "nothing"]))
        .hint("to the school, and to the Information Commissioner"),
    yes_no("others-covered", "Are other persons covered?", "R1.9")
        .when(Cond::Is("result", &["copy", "stills", "viewing"])),
    entry("release", "The release", &[Kind::Release], "S1.42").may(),
    OUTCOME,
];

const CARRIERS: &[(&str, &str)] = &[
    ("disk", "hard disk"),
    ("ssd", "solid-state disk"),
    ("stick", "memory stick"),
    ("disc", "DVD or other disc that is written once"),
    ("paper", "print"),
];

const FIRM: Cond = Cond::Is("method", &["certified-firm"]);

/// The certificate of disposal (R6.1, S4.23).
const DISPOSAL: &[Field] = &[
    pick("carrier", "Carrier", CARRIERS, "R6.1"),
    line("serial", "Serial number or label", "R6.1"),
    entry("copy", "The copy that was on it", &[Kind::Export, Kind::Release, Kind::Still], "S4.23")
        .may(),
    of("method", "Method", Source::Methods, "S4.23"),
    line("technique", "How it was done", "R6.2").hint("NVMe sanitize, one pass of zeros, shredded"),
    line("firm", "Firm", "S4.23").when(FIRM),
    line("certificate", "Number of the firm's certificate", "S4.23").when(FIRM),
    line("operator", "Who did it", "R6.1"),
    of("witness", "Witness", Source::Persons, "S4.23").when(Cond::File(Says::DisposalWitness)),
    line("verification", "How it was verified", "R6.1"),
    moment("done-at", "Done at", Side::Past, "R6.1"),
    line("seal", "Seal number", "R6.8").when(Cond::Is("method", &["handed-over"])),
    line("receipt", "Reference of the receipt", "R6.8")
        .when(Cond::Is("method", &["handed-over", "returned"])),
];

/// A court wants the drive itself (S1.48).
const ORIGINAL: &[Field] = &[
    line("court", "Court", "S1.48"),
    line("court-order", "Reference of the order", "S1.48"),
    line("serial", "Serial number of the drive", "S1.48"),
    line("bag", "Number of the evidence bag", "S1.48"),
    line("seal", "Number of the seal", "S1.48"),
    of("signed-by", "First signature", Source::Persons, "S1.48"),
    of("witness", "Second signature", Source::Persons, "S1.48"),
    line("received-by", "Received by", "S1.48"),
    moment("handed-over", "Handed over at", Side::Past, "S1.48"),
    line("key", "How the key travels", "K9").hint("sealed, apart from the drive, to whom"),
    line("replacement", "Serial number of the drive that records on", "S1.48").may(),
    entry(f::REQUEST, "The request", &[Kind::Request], "S1.48").may(),
];

pub(super) const FORMS: &[Form] = &[
    open(Kind::SubjectAccess, "A request for one's own pictures", &[ACCESS], &[IN_WINDOW]),
    note(Kind::SubjectAccess, "About an access request", &[ACCESS_NOTE], &[Rule::AccessSteps]),
    close(
        Kind::SubjectAccess,
        "End of an access request",
        &[ACCESS_END],
        &[Rule::InOrder("received", "answered-on")],
    ),
    open(
        Kind::Disposal,
        "End of a carrier",
        &[DISPOSAL],
        &[Rule::NotSelf("witness"), Rule::Apart("operator", "witness"), Rule::Erasable],
    ),
    open(
        Kind::OriginalDrive,
        "A court takes the original drive",
        &[ORIGINAL],
        &[Rule::Apart("signed-by", "witness"), Rule::NotSelf("witness")],
    ),
    note(Kind::OriginalDrive, "About the original drive", &[NOTE], &[]),
    close(Kind::OriginalDrive, "The original drive came back", &[&[OUTCOME]], &[]),
];
