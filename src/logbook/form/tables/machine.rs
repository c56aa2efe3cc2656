//! What the recorder writes by itself. It may add figures; these stand in every such entry.

use super::*;

const ENDED: &[(&str, &str)] =
    &[("stopped", "it was stopped"), ("crash", "it crashed"), ("power", "the power went")];

const STARTED: &[Field] = &[
    line("version", "Version", "").may(),
    pick("last", "How the last run ended", ENDED, "R4.6").may(),
];

const HEARTBEAT: &[Field] = &[
    field("root", "Root over the digests of the segments closed", Sort::Digest, "R5.6").may(),
    count("segments", "Segments closed", "R5.6").may(),
    count("counter", "The TPM's counter", "R5.5").may(),
];

const STEP: &[Field] = &[
    moment("before", "The clock showed", Side::Any, "R7.8"),
    moment("after", "Then it showed", Side::Any, "R7.8"),
];

const ALARM: &[Field] = &[
    line("what", "What", "R4.8"),
    of("camera", "Camera", Source::Cameras, "").may(),
    line("disk", "Disk", "").may(),
];

const DAY_OF_DELETION: &[Field] = &[
    day("day", "Day", Side::Any, "S0.19"),
    count("segments", "Files deleted", "S0.19"),
    count("bytes", "Bytes deleted", "S0.19").may(),
    line("because", "Why", "S0.19").may(),
];

const SHORTFALL: &[Field] = &[
    some_of("cameras", "Cameras", Source::Cameras, "S1.25"),
    count("segments", "Files younger than the floor that went", "S1.25"),
    line("policy", "What the file says of a full disk", "S1.25").may(),
];

const DISK: &[Field] = &[line("disk", "Disk", ""), line("event", "What happened", "")];

const FORGOTTEN: &[Field] = &[
    list("entries", "Numbers of the entries", "R5.7"),
    line("reason", "Why", "R5.7"),
    of("witness", "The second person", Source::Persons, "R5.7"),
];

const CHANGE: &[Field] = &[
    field("digest", "Digest of the file", Sort::Digest, "S4.17"),
    text("diff", "What changed", "S4.17").may(),
    line("author", "Author", "S4.17").may(),
];

const APPROVAL_END: &[Field] = &[pick(
    "ended",
    "Ended",
    &[("in-force", "it is in force"), ("withdrawn", "it was withdrawn")],
    "S4.48",
)];

const LOG_IN: &[Field] = &[line("person", "Person", "S4.75").may()];
const ABOUT: &[Field] =
    &[of("person", "Person", Source::Persons, "S4.75"), line("event", "What happened", "").may()];
const SECRET: &[Field] = &[line("secret", "Name of the secret", "S4.62")];
const REFUSED: &[Field] = &[
    line("deed", "What was asked for", "S0.3"),
    line("refused-because", "Why it was refused", "S0.3"),
];

pub(super) const FORMS: &[Form] = &[
    machine(Kind::Started, Act::Open, "The recorder came up", &[STARTED]),
    either(Kind::Stopped, Act::Open, "The recorder was stopped", &[&[]]),
    machine(Kind::Heartbeat, Act::Open, "The hour's heartbeat", &[HEARTBEAT]),
    either(Kind::ClockStep, Act::Open, "The clock was set", &[STEP]),
    machine(Kind::Alarm, Act::Open, "An alarm", &[ALARM]),
    machine(Kind::Alarm, Act::Close, "An alarm ended", &[&[]]),
    machine(Kind::DeletionDay, Act::Open, "A day's deletions", &[DAY_OF_DELETION]),
    machine(Kind::Shortfall, Act::Open, "Footage younger than the floor was lost", &[SHORTFALL]),
    either(Kind::Disk, Act::Open, "A disk", &[DISK]),
    either(Kind::Restored, Act::Open, "The logbook was restored", &[&[]]),
    machine(Kind::Owed, Act::Open, "Entries that had to wait", &[&[]]),
    either(Kind::Forgotten, Act::Open, "Bodies of entries were destroyed", &[FORGOTTEN]),
    either(Kind::Change, Act::Open, "A version of the file is in force", &[CHANGE]),
    either(Kind::Approval, Act::Open, "A version of the file waits", &[CHANGE]),
    either(Kind::Approval, Act::Note, "A version of the file was approved by one", &[&[]]),
    either(Kind::Approval, Act::Close, "A version no longer waits", &[APPROVAL_END]),
    either(Kind::LogIn, Act::Open, "Somebody logged in", &[LOG_IN]),
    either(Kind::LogInFailed, Act::Open, "A log-in failed", &[LOG_IN]),
    either(Kind::LogOut, Act::Open, "Somebody logged out", &[LOG_IN]),
    either(Kind::TwoSessions, Act::Open, "One person at two places", &[ABOUT]),
    either(Kind::Enrolment, Act::Open, "Enrolment", &[ABOUT]),
    either(
        Kind::AdminSession,
        Act::Open,
        "A privileged session",
        &[&[line("reason", "Reason", "S4.53")]],
    ),
    either(Kind::AdminSession, Act::Close, "A privileged session ended", &[&[]]),
    either(Kind::Secret, Act::Open, "A secret was set", &[SECRET]),
    either(Kind::Refused, Act::Open, "Something was refused", &[REFUSED]),
];
