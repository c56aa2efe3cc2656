//! Looking at pictures, and being let in to do so.

use super::*;
use crate::config::disclosure::Proof;
use crate::logbook::fields as f;
use crate::logbook::form::Says;

const POLICE: Cond = Cond::Is("viewer", &["police"]);
const SHOWN: Cond = Cond::File(Says::ApprovedClips);

/// Who sits at the screen (S1.40, S1.41, S4.89).
const VIEWER: &[Field] = &[
    of(f::VIEWER, "Who looks", Source::Viewers, "S1.60"),
    line(f::VIEWER_NAME, "Their name", "S1.40").when(NOT_STAFF),
    line("viewer-organisation", "Force, agency or firm", "S1.40").when(NOT_STAFF),
    line("viewer-number", "Officer's number", "S1.40").when(POLICE),
    line("crime-reference", "Crime reference", "S1.40")
        .when(Cond::Any(&[POLICE, Cond::Proof(Proof::CrimeReference)])),
    line("identity", "What identity was seen", "S1.31")
        .when(Cond::Any(&[POLICE, Cond::Proof(Proof::Identity)]))
        .hint("warrant card, passport; not its number"),
    text("necessity", "Why it is necessary", "S1.58").when(Cond::Proof(Proof::Necessity)),
    line("consent", "Reference of the consent", "").when(Cond::Proof(Proof::Consent)),
    of(f::SUPERVISOR, "Who sits beside them", Source::Persons, "S1.30")
        .when(Cond::File(Says::ViewerSupervised)),
    line(f::CLIP, "Which approved or simulated clip", "S1.41").when(SHOWN),
    day(f::CLIP_UNTIL, "The clip may be shown until", Side::Ahead, "S4.88").when(SHOWN),
    entry(f::REQUEST, "Their request", &[Kind::SubjectAccess, Kind::Request], "R1.8")
        .when(Cond::Is(f::VIEWER, &["data-subject"])),
    entry(f::INCIDENT, "The incident it belongs to", &[Kind::Incident], "S4.67").may(),
    yes_no("slip-signed", "The slip is signed for the log book", "S1.43")
        .when(POLICE)
        .hint("print the slip first; answer no to have it on the list of slips to sign"),
];

/// On whose word somebody of outside looks (S1.30, S4.12).
const ALLOWED_BY: &[Field] = &[
    of("authority-by", "Permitted by", Source::Persons, "S1.30").when(NOT_STAFF),
    WORD.when(NOT_STAFF),
    PAPER,
    entry(f::PERMISSION, "The permission in this logbook", &[Kind::Permission], "S0.18")
        .when(Cond::Is("authority-form", &["permission"])),
];

/// Recordings, or a clip that was made to be shown (S1.41).
const RECORDED: &[Field] = &[
    some_of(f::CAMERAS, "Cameras", Source::Cameras, "").when(NO_CLIP),
    moment(f::FROM, "From", Side::Past, "R1.13").when(NO_CLIP),
    moment(f::UNTIL, "Until", Side::Past, "R1.13").when(NO_CLIP),
];
const NO_CLIP: Cond = Cond::Not(&Cond::Given(f::CLIP));

const DECLARED: &[Field] = &[
    field(f::DECLARATION, "Text of the declaration that was shown", Sort::Digest, "S4.14")
        .when(Cond::All(&[Cond::File(Says::DeclarationHere), Cond::File(Says::Declaration)])),
    field(f::DECLARED, "The declaration of confidentiality was accepted", Sort::Confirmed, "S4.14")
        .when(Cond::File(Says::DeclarationHere)),
];

const PERMISSION: &[Field] = &[
    of("to", "To whom", Source::Whos, "S0.18"),
    some_of("cameras", "Cameras", Source::Cameras, "S0.18"),
    moment("from", "Recordings from", Side::Past, "S0.18")
        .may()
        .hint("leave both empty for what happens now"),
    moment("until", "Recordings until", Side::Any, "S0.18").may(),
    moment("expires", "The permission ends", Side::Ahead, "S0.18"),
];

/// Who approves it stands behind the entry: it takes the right to permit looking (S1.41).
const CLIP: &[Field] = &[
    line(f::CLIP, "What it is called", "S1.41").hint("those who show it name it so"),
    yes_no(f::SIMULATED, "Is it a made-up scene that shows nobody?", "S1.41"),
    some_of(f::CAMERAS, "Cameras", Source::Cameras, "S1.41").when(REAL),
    moment(f::FROM, "Recordings from", Side::Past, "S1.41").when(REAL),
    moment(f::UNTIL, "Recordings until", Side::Past, "S1.41").when(REAL),
    line("consent", "On what ground those who are shown may be shown", "S4.88")
        .when(REAL)
        .hint("reference of the consent, or why nobody is recognised"),
    day(f::CLIP_UNTIL, "It may be shown until", Side::Ahead, "S4.88")
        .hint("a year after somebody left at the latest"),
];
const REAL: Cond = Cond::No(f::SIMULATED);

const VERDICT: &[(&str, &str)] = &[
    ("good", "good"),
    ("dark", "too dark"),
    ("blurred", "blurred or dirty"),
    ("moved", "it shows something else"),
    ("frozen", "it stands still"),
    ("gone", "no picture"),
];
const NOT_GOOD: Cond = Cond::Is("verdict", &["dark", "blurred", "moved", "frozen", "gone"]);

/// The entry comes before the look; the verdict ends it.
const SPOT_CHECK: &[Field] = &[
    field(f::SECONDS, "Length", Sort::Number { min: 1, max: 3_600, unit: "s" }, "S1.28"),
    line("reason", "Reason", "S1.28").may(),
];

const SPOT_CHECKED: &[Field] = &[
    pick("verdict", "The picture is", VERDICT, "S1.28").may(),
    line("remark", "What is wrong", "S1.28").when(NOT_GOOD),
    OUTCOME.may(),
];

const STILL: &[Field] =
    &[line("made", "What is made", "S4.87").may().hint("a print, a file on the school's drive")];

const LIFT: &[Field] = &[
    line("mask", "Mask", "S1.13").hint("its name in the file"),
    text("necessity", "Why what lies behind it is needed", "S1.13"),
];

const PTZ: &[Field] = &[
    of("camera", "Camera", Source::Cameras, "S1.14"),
    moment("directed-from", "From", Side::Past, "S1.14"),
    moment("directed-until", "Until", Side::Past, "S1.14"),
    yes_no("immediate", "Was it an immediate response to an event?", "S1.29"),
    line("cause", "What happened", "S1.14").when(Cond::Yes("immediate")).hint(NO_NAMES),
    line("authorisation", "Number of the authorisation", "S1.14").when(Cond::No("immediate")),
];

const VISIT: &[Field] = &[
    line("visitor", "Visitor's name", "S4.13"),
    line("organisation", "Force, agency or firm", "S4.13"),
    line("reason", "Purpose of the visit", "S1.31").hint("the work order's number, for work"),
    yes_no("out-of-hours", "Outside school hours?", "S1.31"),
    line("identity", "What identity was seen", "S1.31")
        .when(Cond::Any(&[Cond::File(Says::VisitIdentity), Cond::Yes("out-of-hours")]))
        .hint("company card, warrant card; not its number"),
    of("checked-by", "Who checked it", Source::Persons, "S1.31"),
    of("supervisor", "Who stays with them", Source::Persons, "S1.30")
        .when(Cond::File(Says::VisitSupervised)),
    moment("in", "Came in", Side::Past, "S1.31"),
    line("book", "Number in the visitors' book", "S4.13").when(Cond::File(Says::VisitBook)),
    field("declaration", "Text of the declaration that was shown", Sort::Digest, "S4.14")
        .when(Cond::File(Says::Declaration)),
    field("declared", "The declaration of confidentiality was signed", Sort::Confirmed, "S4.14")
        .when(Cond::File(Says::Declaration)),
];

const CONFIRMED: &[Field] = &[
    yes_no("confirmed", "I gave this word", "S4.12"),
    line("remark", "What was said instead", "S4.12").when(Cond::No("confirmed")),
];

pub(super) const FORMS: &[Form] = &[
    open(
        Kind::Permission,
        "Permission to look",
        &[PERMISSION, PURPOSE],
        &[IN_WINDOW, Rule::NotSelf("to")],
    ),
    close(Kind::Permission, "Take a permission back", &[&[line("reason", "Reason", "S0.18")]], &[]),
    open(Kind::Clip, "A clip that may be shown", &[CLIP], &[IN_WINDOW]),
    close(Kind::Clip, "A clip is shown no more", &[&[line("reason", "Reason", "S4.88")]], &[]),
    open(
        Kind::Live,
        "Watching live",
        &[
            CAMERAS,
            &[
                of("purpose", "Purpose", Source::Purposes, "S0.2").may(),
                line("answer", "Answer to the purpose's question", "S0.10").when(Cond::PurposeAsks),
                line("reason", "Reason", "S4.67").may(),
                entry(f::PERMISSION, "The permission", &[Kind::Permission], "S0.18").may(),
                of(f::VIEWER, "Who looks", Source::Viewers, "S1.60").may(),
                line(f::VIEWER_NAME, "Their name", "S1.40").may(),
                line("viewer-organisation", "Force, agency or firm", "S1.40").may(),
                line("viewer-number", "Officer's number", "S1.40").may(),
                line("crime-reference", "Crime reference", "S1.40").may(),
                line("identity", "What identity was seen", "S1.31").may(),
                text("necessity", "Why it is necessary", "S1.58").may(),
                line("consent", "Reference of the consent", "").may(),
                of(f::SUPERVISOR, "Who sits beside them", Source::Persons, "S1.30").may(),
                line(f::CLIP, "Which approved or simulated clip", "S1.41").may(),
                day(f::CLIP_UNTIL, "The clip may be shown until", Side::Ahead, "S4.88").may(),
            ],
        ],
        &[],
    ),
    either(Kind::Live, Act::Close, "Live pictures put away", &[&[OUTCOME.may()]]),
    open(
        Kind::Viewing,
        "Looking at recordings",
        &[PURPOSE, RECORDED, VIEWER, ALLOWED_BY, DECLARED],
        &[IN_WINDOW, Rule::Viewer, Rule::Authority],
    ),
    note(
        Kind::Viewing,
        "About a viewing",
        &[&[SEEN, yes_no("slip-signed", "The slip is signed", "S1.43").may(), REMARK]],
        &[],
    ),
    either(
        Kind::Viewing,
        Act::Close,
        "Recordings put away",
        &[&[
            line("outcome", "What was seen", "S4.11").may().hint(NO_NAMES),
            entry(f::INCIDENT, "The incident it belongs to", &[Kind::Incident], "S4.67").may(),
        ]],
    ),
    open(Kind::SpotCheck, "Spot check", &[SPOT_CHECK, CAMERAS, WINDOW], &[Rule::SpotLimit]),
    either(Kind::SpotCheck, Act::Close, "What a spot check showed", &[SPOT_CHECKED]),
    open(Kind::Still, "Still picture", &[STILL, CAMERAS, WINDOW, PURPOSE, KEEPER], &[IN_WINDOW]),
    close(Kind::Still, "End of a still picture", &[&[OUTCOME]], &[]),
    open(Kind::LiftMask, "Looking behind a mask", &[LIFT, CAMERAS, WINDOW, PURPOSE], &[IN_WINDOW]),
    open(
        Kind::PtzDirection,
        "A camera was turned or zoomed at people",
        &[PTZ],
        &[Rule::InOrder("directed-from", "directed-until")],
    ),
    open(Kind::Visit, "Somebody is let in", &[VISIT, ADMITTED_BY], &[Rule::Authority]),
    note(Kind::Visit, "About a visit", &[NOTE], &[]),
    close(
        Kind::Visit,
        "A visitor left",
        &[&[
            moment("out", "Left", Side::Past, "S1.31"),
            line("outcome", "What was done", "S1.31").may(),
        ]],
        &[Rule::InOrder("in", "out")],
    ),
    note(Kind::Confirmation, "Confirm a word given by mouth", &[CONFIRMED], &[]),
];
