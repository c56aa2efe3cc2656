//! Requests, access to one's own pictures, releases, exports, holds.

use super::*;
use crate::config::disclosure::Proof;
use crate::logbook::fields as f;
use crate::logbook::form::Says;
use crate::logbook::form::legal::REQUEST_TYPES;

const TYPE: Field = pick("type", "Kind of request", REQUEST_TYPES, "R1.14");
const FROM_POLICE: Cond = Cond::Is("type", &["police-sch2-2", "npcc-annex-6", "production-order"]);
const RECIPIENT: Field = of("recipient", "Who is to receive it", Source::Recipients, "S1.42");
const TO_MEDIA: Cond = Cond::Is("recipient", &["media"]);
const MEDIA_USES: &[(&str, &str)] = &[
    ("specific-crime", "to investigate one specific crime"),
    ("entertainment", "entertainment, or anything else"),
];
const MEDIA_USE: Field =
    pick("media-use", "What the media want it for", MEDIA_USES, "S1.16").when(TO_MEDIA);

/// What a request form holds (R1.13).
const REQUEST: &[Field] = &[
    TYPE,
    RECIPIENT,
    day("received", "Received on", Side::Past, "R1.13"),
    line("requester", "Requester's name", "R1.13"),
    line("requester-post", "Rank or job", "R1.13"),
    line("requester-number", "Officer's number", "S1.40").when(FROM_POLICE),
    line("organisation", "Organisation", "R1.13"),
    line("address", "Address", "R1.13").may(),
    line("email", "Secure e-mail", "R1.13").may(),
    line("phone", "Telephone", "R1.13").may(),
    text("wanted", "What footage is asked for", "R1.13").hint(NO_NAMES),
    line("identifiers", "What to look for", "R1.13").may().hint("clothing, a vehicle; no names"),
    some_of("cameras", "Cameras", Source::Cameras, "R1.2").may(),
    yes_no("offence-withheld", "Would naming the offence prejudice the matter?", "R1.13")
        .may_when(FROM_POLICE),
    line("offence", "Offence", "R1.13")
        .when(Cond::All(&[FROM_POLICE, Cond::Not(&Cond::Yes("offence-withheld"))])),
    line("power", "Power relied on", "R1.13").hint("DPA 2018, Schedule 2, Part 1, paragraph 2"),
    line("reason", "Why they need it", "R1.13"),
    yes_no("limited", "It asks for no more than that matter needs", "R1.13"),
    line("countersigned-by", "Countersigned by", "R1.13").may_when(Cond::Any(&[
        FROM_POLICE,
        Cond::Is("type", &["other-sch2-2"]),
        Cond::Proof(Proof::Countersignature),
    ])),
    line("countersigned-rank", "Their rank", "R1.13").when(Cond::Given("countersigned-by")),
    pick("transfer", "How to deliver", TRANSFERS, "R1.13").may(),
    list("papers", "Supporting papers", "R1.13").may().hint("a reference a line"),
    MEDIA_USE,
];

/// What recipients have to bring; the rule `Proofs` says when.
const PROOFS: &[Field] = &[
    line("crime-reference", "Crime reference", "S1.16").may_when(Cond::Any(&[
        Cond::Proof(Proof::CrimeReference),
        Cond::Is("recipient", &["police"]),
    ])),
    line("police-authority", "Reference of the police's written authority", "S1.16")
        .may_when(Cond::Proof(Proof::WrittenPoliceAuthority)),
    line("proceedings", "Reference of the proof of proceedings", "S1.51")
        .may_when(Cond::Proof(Proof::Proceedings)),
    line("court-order", "Reference of the court order", "S1.51")
        .may_when(Cond::Proof(Proof::CourtOrder)),
    line("identity", "What identity was seen", "R1.7").may_when(Cond::Proof(Proof::Identity)),
    line("consent", "Reference of the consent", "").may_when(Cond::Proof(Proof::Consent)),
];

const DECISIONS: &[(&str, &str)] = &[("allowed", "allowed"), ("refused", "refused")];

const REQUEST_STEPS: &[(&str, &str)] = &[
    ("decision", "the decision"),
    ("question", "more was asked of them"),
    ("paper", "a paper came in"),
    STILL_STEP,
    ("note", "anything else"),
];

/// A picture is wanted in the package as a picture too.
pub(super) const STILL_STEP: (&str, &str) = (f::STILL, "a still picture is wanted");
pub(super) const STILL_CAMERA: Field =
    of(f::STILL_CAMERA, "Still picture of", Source::Cameras, "").at(&[f::STILL]);
pub(super) const STILL_AT: Field = moment(f::STILL_AT, "Taken at", Side::Past, "").at(&[f::STILL]);

const REQUEST_NOTE: &[Field] = &[
    SEEN,
    step(REQUEST_STEPS, "R1.12"),
    pick("decision", "Decision", DECISIONS, "R1.12").at(&["decision"]),
    line("in-part", "What of it is left out", "R1.12").may_when(Cond::Is("decision", &["allowed"])),
    line("reason", "Reason of the decision", "R1.12").at(&["decision"]),
    of("authority-by", "Decided by", Source::Persons, "S1.50").at(&["decision"]),
    WORD.at(&["decision"]),
    PAPER,
    line("countersigned-by", "Countersigned by", "R1.13").may_at(&["paper"]),
    line("countersigned-rank", "Their rank", "R1.13").may_at(&["paper"]),
    STILL_CAMERA,
    STILL_AT,
    REMARK,
];

const TRANSFERS: &[(&str, &str)] = &[
    ("by-hand", "handed to the recipient in person"),
    ("signed-for", "signed-for delivery"),
    ("portal", "uploaded to the recipient's own portal"),
    ("collected", "collected against a receipt"),
    ("viewed-only", "nothing left the school"),
];

const CARRIERS: &[(&str, &str)] = &[
    ("bitlocker", "BitLocker stick"),
    ("zip", "AES-256 archive"),
    ("portal", "upload"),
    ("plain", "unencrypted carrier"),
    ("paper", "print"),
];

const PICTURES: &[(&str, &str)] = &[
    ("masked", "masked copies: what the file hides is painted over"),
    ("master", "the masters, UNMASKED: for police and courts alone"),
];

/// The register of releases (S1.42, R1.1).
const RELEASE: &[Field] = &[
    RECIPIENT,
    line("recipient-name", "Recipient's name", "R1.1"),
    line("organisation", "Organisation", "R1.1"),
    line("recipient-number", "Officer's number", "S1.42").when(Cond::Is("recipient", &["police"])),
    moment("handed-over", "Handed over at", Side::Past, "R1.1"),
    text("necessity", "Why the pictures are needed to settle the matter", "S0.14"),
    yes_no("possible-crime", "Do they show a possible crime?", "S0.13"),
    yes_no("persons-shown", "Do they show persons who can be recognised?", "S0.13"),
    of("basis", "Lawful basis", Source::Bases, "S0.12"),
    MEDIA_USE,
    pick("pictures", "Which pictures (the master is unmasked)", PICTURES, "R1.9").may(),
    yes_no("protected-person", "Do they show a protected person?", "S4.21")
        .when(Cond::File(Says::ProtectedPersons)),
    entry("request", "The request", &[Kind::Request, Kind::SubjectAccess], "R1.1").may(),
    entry("export", "The export", &[Kind::Export], "S1.45").may(),
    line("exhibit", "Exhibit reference", "R2.24").may(),
    pick("carrier", "Carrier", CARRIERS, "S4.27"),
    line("serial", "Carrier's serial number or label", "S4.23")
        .when(Cond::Is("carrier", &["bitlocker", "plain"])),
    entry("exception", "The exception that lets it leave unencrypted", &[Kind::Exception], "S4.27")
        .when(Cond::All(&[Cond::Is("carrier", &["plain"]), Cond::File(Says::EncryptedOnly)])),
    pick("transfer", "How it was delivered", TRANSFERS, "R1.1"),
    line("portal", "Portal's reference and time", "R2.25").when(Cond::Is("transfer", &["portal"])),
    field("conditions", "The conditions were accepted", Sort::Confirmed, "S1.46")
        .when(Cond::File(Says::Conditions)),
    line("receipt", "Reference of the signed receipt", "S1.46").may(),
    of("witness", "Witness", Source::Witnesses, "S1.61").when(Cond::File(Says::Witness)),
    of("keeper", "Who keeps the copy", Source::Persons, "S4.87").when(INSIDE),
    day("destroy-by", "To be destroyed or looked at again by", Side::Ahead, "S4.87").when(INSIDE),
];

const INSIDE: Cond = Cond::Is("recipient", &["internal-proceedings"]);

const RELEASE_STEPS: &[(&str, &str)] = &[
    ("onward", "they ask to pass it on"),
    ("receipt", "the receipt came"),
    ("note", "anything else"),
];

const RELEASE_NOTE: &[Field] = &[
    SEEN,
    step(RELEASE_STEPS, "S1.47"),
    line("onward-to", "To whom they want to pass it", "S1.47").at(&["onward"]),
    yes_no("onward-consent", "Does the school consent?", "S1.47").at(&["onward"]),
    line("reason", "Reason", "S1.47").at(&["onward"]),
    line("receipt", "Reference of the signed receipt", "S1.46").at(&["receipt"]),
    REMARK,
];

const EXPORT: &[Field] = &[
    of(f::RECIPIENT, "Who is to receive it", Source::Recipients, "S1.42").may(),
    entry("request", "The request", &[Kind::Request, Kind::SubjectAccess], "R1.2").may(),
    pick("carrier", "Carrier", CARRIERS, "S4.27"),
    line("serial", "Carrier's serial number or label", "S4.23").may(),
    entry("exception", "The exception that lets it leave unencrypted", &[Kind::Exception], "S4.27")
        .when(Cond::All(&[Cond::Is("carrier", &["plain"]), Cond::File(Says::EncryptedOnly)])),
    line("exhibit", "Exhibit reference", "R2.24").may(),
    of("witness", "Witness", Source::Witnesses, "S1.61").may(),
    entry("hold", "The hold that it starts", &[Kind::Hold], "K12").may(),
    entry("unreadable", "The export it replaces, which nobody can read", &[Kind::Export], "R3.4")
        .may(),
];

const EXPORT_END: &[Field] = &[
    pick("ended", "Ended", &[("whole", "whole and read back"), ("broken-off", "broken off")], ""),
    count("clips", "Clips", "R2.22").may(),
    count("bytes", "Bytes", "R2.22").may(),
    field("manifest", "Digest of the list of digests", Sort::Digest, "R2.22").may(),
];

const HOLD: &[Field] = &[
    of(f::CLASS, "Class", Source::HoldClasses, "S1.49").may(),
    line(f::REFERENCE, "Reference", "S1.49").hint("case, crime or request number"),
    line("reason", "Reason", "S1.49"),
    line(f::INDEX, "What it shows, for the index", "S1.59").may().hint(NO_NAMES),
    day(f::REVIEW_BY, "To be looked at again by", Side::Ahead, "S1.49"),
    entry(f::REQUEST, "The case that it is for", &[Kind::Request, Kind::SubjectAccess], "S1.49")
        .may(),
    NUMBERED,
];

/// Footage that is still to be taken can be held too.
const HELD: &[Field] =
    &[moment(f::FROM, "From", Side::Any, "S1.49"), moment(f::UNTIL, "Until", Side::Any, "S1.49")];

/// The recorder fills it in: nobody is asked.
const COUNTED: Cond = Cond::Given(f::SEGMENTS);

/// A hold is looked at again; or, after its end, what it alone kept is destroyed, and this is the
/// certificate (S1.59).
const HOLD_NOTE: &[Field] = &[
    line("reason", "Why it is still needed", "S1.49").when(Cond::Not(&COUNTED)),
    day(f::REVIEW_BY, "To be looked at again by", Side::Ahead, "S1.49").when(Cond::Not(&COUNTED)),
    NUMBERED,
    count(f::SEGMENTS, "Files that were destroyed after its end", "S1.59").may_when(COUNTED),
    count(f::BYTES, "Bytes that were destroyed", "S1.59").may_when(COUNTED),
];

/// The recorder numbers its holds.
const NUMBERED: Field = line(f::HOLD, "Number of the hold", "S1.49").may();

pub(super) const FORMS: &[Form] = &[
    open(
        Kind::Request,
        "A request for footage",
        &[REQUEST, WINDOW, PROOFS],
        &[
            IN_WINDOW,
            Rule::OneOf(&["address", "email", "phone"], "a way to reach the requester"),
            Rule::OwnRegister,
            Rule::Countersigned,
            Rule::Recipient,
        ],
    ),
    note(
        Kind::Request,
        "About a request",
        &[REQUEST_NOTE, PROOFS],
        &[Rule::Recipient, Rule::Proofs, Rule::Decider, Rule::Authority],
    ),
    close(
        Kind::Request,
        "End of a request",
        &[&[OUTCOME, entry("release", "The release", &[Kind::Release], "S1.42").may()]],
        &[],
    ),
    open(
        Kind::Release,
        "A release",
        &[RELEASE, PURPOSE, CAMERAS, WINDOW, PROOFS, DISCLOSED_BY],
        &[
            IN_WINDOW,
            Rule::Recipient,
            Rule::Proofs,
            Rule::Decider,
            Rule::Authority,
            Rule::NotSelf("witness"),
            Rule::Witness,
            Rule::Protected,
            Rule::Unmasked,
        ],
    ),
    note(Kind::Release, "About a release", &[RELEASE_NOTE], &[]),
    close(Kind::Release, "End of a copy inside the school", &[&[OUTCOME]], &[]),
    either(Kind::Export, Act::Open, "An export", &[EXPORT, PURPOSE, CAMERAS, WINDOW]),
    either(Kind::Export, Act::Note, "About an export", &[NOTE]),
    either(Kind::Export, Act::Close, "End of an export", &[EXPORT_END]),
    open(Kind::Hold, "Footage is held", &[HOLD, CAMERAS, HELD], &[IN_WINDOW]),
    either(Kind::Hold, Act::Note, "A hold was looked at again", &[HOLD_NOTE]),
    close(
        Kind::Hold,
        "A hold ends",
        &[&[
            line("reason", "Why it is no longer needed", "S1.59"),
            line("certificate", "Number of the certificate", "S1.59").may(),
            NUMBERED,
            count(f::SEGMENTS, "Files that it alone kept: they go now", "S1.59").may_when(COUNTED),
            count(f::BYTES, "Their bytes", "S1.59").may_when(COUNTED),
        ]],
        &[],
    ),
];
