//! What the recorder writes by itself, or for somebody who is logged in.

use super::*;
use crate::logbook::fields as f;

const STARTED: &[Field] = &[
    line(f::BEFORE, "How the run before ended", "R4.6"),
    line(f::VERSION, "Version", ""),
    line(f::KEY, "Fingerprint of the box's key", "R5.1"),
    field(f::FILE, "Digest of the file in force", Sort::Digest, "S4.17"),
    count(f::REVISION, "Which version of the file", "S4.17"),
];

const HEARTBEAT: &[Field] = &[
    field(f::ROOT, "Root over the digests of the segments closed", Sort::Digest, "R5.6"),
    count(f::SEGMENTS, "Segments closed", "R5.6"),
    list(f::DISKS, "What the disks hold", "R4.6"),
    count(f::COUNTER, "The TPM's counter", "R5.5").may(),
];

/// A person asks first; that it was done is an entry of the recorder.
const ASKED: Cond = Cond::Given(f::DEED);

const STEP: &[Field] = &[
    moment(f::BEFORE, "The clock showed", Side::Any, "R7.8").when(Cond::Not(&ASKED)),
    moment(f::AFTER, "Then it showed", Side::Any, "R7.8").when(Cond::Not(&ASKED)),
    moment(f::TO, "It is to show", Side::Any, "R7.8").may_when(ASKED),
];

/// Whose reference still went into a commissioning record.
const PRINTED: &[Field] = &[some_of("cameras", "Cameras", Source::Cameras, "R4.20").may()];

const LEVELS: &[(&str, &str)] =
    &[("ok", "well"), ("notice", "notice"), ("warning", "warning"), ("fault", "fault")];

const ALARM: &[Field] = &[
    line(f::ALARM, "What it is about", "R4.6"),
    pick(f::LEVEL, "How bad", LEVELS, "R4.6"),
    text(f::WHAT, "What", "R4.8"),
];

const DAY_OF_DELETION: &[Field] = &[
    day(f::DAY, "Day", Side::Any, "S0.19"),
    count(f::SEGMENTS, "Files deleted", "S0.19"),
    count(f::BYTES, "Bytes deleted", "S0.19"),
    count(f::CEILING, "Files past their ceiling", "S0.19"),
    count(f::SPACE, "Files that made room", "S0.19"),
    count(f::SHORTFALL, "Files younger than the floor", "S1.25"),
];

const SHORTFALL: &[Field] = &[
    day(f::DAY, "Day", Side::Any, "S1.25"),
    count(f::SEGMENTS, "Files younger than the floor that went", "S1.25"),
    line(f::POLICY, "What the file says of a full disk", "S1.25"),
];

const DISK: &[Field] = &[line(f::DISK, "Disk", ""), line(f::WHAT, "What happened", "")];

const OWED: &[Field] = &[
    count(f::COUNT, "How many follow", "R4.6"),
    moment(f::SINCE, "Since when they waited", Side::Any, "R4.6").may(),
    list(f::DROPPED, "Lost for want of room, by kind", "R4.6").may(),
];

const FORGOTTEN: &[Field] = &[
    list(f::ENTRIES, "Numbers of the entries", "R5.7"),
    line("reason", "Why", "R5.7"),
    of("witness", "The second person", Source::Persons, "R5.7"),
];

const CHANGE: &[Field] = &[
    count(f::REVISION, "Which version of the file", "S4.17"),
    field(f::DIGEST, "Digest of the file", Sort::Digest, "S4.17"),
    line(f::AUTHOR, "Author", "S4.17"),
    list(f::CHANGES, "What changed", "S4.17").may(),
    list(f::APPROVED_BY, "Approved by", "S4.48").may(),
    list(f::AFFECTS, "Whose rights are others now", "S4.50").may(),
    list(f::CAMERAS_ADDED, "Cameras that came", "R1.6").may(),
    list(f::CAMERAS_MOVED, "Cameras that moved", "R1.6").may(),
    list(f::PEOPLE_ADDED, "People who came", "S4.25").may(),
    list(f::PAPERS_NEW, "Papers to sign that are new", "S4.25").may(),
    list(f::DUTIES_NEW, "Duties that are new", "").may(),
];

const EDIT: &[Field] = &[
    field(f::DIGEST, "Digest of the file that is saved", Sort::Digest, "S4.17").may(),
    field(f::BASED_ON, "Digest of the file that it replaces", Sort::Digest, "S4.17").may(),
    list(f::CHANGES, "What changes", "S4.17").may(),
];

const APPROVAL: &[Field] = &[
    field(f::DIGEST, "Digest of the file", Sort::Digest, "S4.48"),
    list(f::CHANGES, "What waits for approval", "S4.48"),
    line(f::AUTHOR, "Author", "S4.17"),
];

const APPROVED: &[Field] = &[field(f::DIGEST, "Digest of the file", Sort::Digest, "S4.48")];

const APPROVAL_END: &[Field] = &[
    pick(
        f::ENDED,
        "Ended",
        &[
            (f::IN_FORCE, "it is in force"),
            (f::WITHDRAWN, "it was withdrawn"),
            (f::REFUSED, "it was refused"),
        ],
        "S4.48",
    ),
    field(f::DIGEST, "Digest of the file", Sort::Digest, "S4.48").may(),
    text("outcome", "Outcome", "S4.48"),
];

const SAID: Field = text("outcome", "What happened", "S4.75");
const WHOM: Field = line(f::SUBJECT, "Person", "S4.75");
const WHY: Field = line("reason", "Reason", "S4.53");

const TWICE: &[Field] = &[WHOM, line(f::PLACES, "Where", "S4.34")];

const REFUSED: &[Field] = &[
    line(f::WISH, "What was asked for", "S0.3"),
    text("outcome", "Why it was refused", "S0.3"),
    some_of(f::CAMERAS, "Cameras", Source::Cameras, "S0.3").may(),
    moment(f::FROM, "From", Side::Any, "S0.3").may(),
    moment(f::UNTIL, "Until", Side::Any, "S0.3").may(),
];

/// What came back; where a new box took over, the keys that sign before and from now on.
const RESTORED: &[Field] = &[
    SAID,
    line(f::KEY_BEFORE, "Key before", "R5.2").may(),
    line(f::KEY_NOW, "Key from now on", "R5.2").may(),
    count(f::SEALED_ENTRIES, "Entries that the key before sealed last", "R5.1").may(),
    line(f::SEALED_ROOT, "The seal over them", "R5.1").may(),
];

const STICK: &[Field] = &[
    line("carrier", "Make", "R6.1"),
    line("serial", "Serial number", "R6.1").may(),
    count(f::BYTES, "Size in bytes", "R6.1"),
    pick(
        "method",
        "What is done to it",
        &[("format", "formatted"), ("wipe", "every byte overwritten, then formatted")],
        "R6.2",
    ),
    list("copies", "Copies that lie on it", "S4.23").may(),
    WHY.may(),
];

const STICK_END: &[Field] = &[
    pick(f::ENDED, "Ended", &[("done", "it is empty and new"), ("failed", "it failed")], "R6.1"),
    text("outcome", "What happened", "R6.1").may(),
];

const PICK: &[Field] =
    &[line("camera", "Camera", "S1.54"), moment("moment", "The picture of", Side::Any, "S1.54")];

pub(super) const FORMS: &[Form] = &[
    machine(Kind::Started, Act::Open, "The recorder came up", &[STARTED]),
    either(Kind::Stopped, Act::Open, "The recorder was stopped", &[&[]]),
    machine(Kind::Heartbeat, Act::Open, "The hour's heartbeat", &[HEARTBEAT]),
    either(Kind::ClockStep, Act::Open, "The clock was set", &[STEP]),
    machine(Kind::Alarm, Act::Open, "An alarm", &[ALARM]),
    machine(
        Kind::Alarm,
        Act::Close,
        "An alarm ended",
        &[&[line(f::ALARM, "What it was about", "R4.6")]],
    ),
    machine(Kind::DeletionDay, Act::Open, "A day's deletions", &[DAY_OF_DELETION]),
    machine(Kind::Shortfall, Act::Open, "Footage younger than the floor was lost", &[SHORTFALL]),
    machine(Kind::Disk, Act::Open, "A disk", &[DISK]),
    machine(Kind::Restored, Act::Open, "The box was restored", &[RESTORED]),
    machine(Kind::Owed, Act::Open, "Entries that had to wait", &[OWED]),
    open(Kind::Forgotten, "Bodies of entries were destroyed", &[FORGOTTEN], &[]),
    machine(Kind::Change, Act::Open, "A version of the file is in force", &[CHANGE]),
    either(Kind::Edit, Act::Open, "The file is saved", &[EDIT]),
    machine(Kind::Approval, Act::Open, "A version of the file waits", &[APPROVAL]),
    either(Kind::Approval, Act::Note, "A version of the file was approved by one", &[APPROVED]),
    either(Kind::Approval, Act::Close, "A version no longer waits", &[APPROVAL_END]),
    either(Kind::LogIn, Act::Open, "Somebody logged in", &[&[SAID]]),
    either(
        Kind::LogInFailed,
        Act::Open,
        "A log-in failed",
        &[&[SAID, line(f::TRIED, "The name that was given", "S4.75").may()]],
    ),
    either(Kind::LogOut, Act::Open, "Somebody logged out", &[&[SAID]]),
    machine(Kind::TwoSessions, Act::Open, "One person at two places", &[TWICE]),
    either(Kind::Enrolment, Act::Open, "Enrolment", &[&[SAID.may(), WHOM.may(), WHY.may()]]),
    either(Kind::AdminSession, Act::Open, "A privileged session", &[&[WHY]]),
    either(Kind::AdminSession, Act::Note, "Done in a privileged session", &[&[WHY.may()]]),
    either(Kind::AdminSession, Act::Close, "A privileged session ended", &[&[SAID]]),
    either(Kind::Audit, Act::Open, "Somebody looked into the logbook", &[&[WHY], PRINTED]),
    either(
        Kind::Secret,
        Act::Open,
        "A secret was set or shown",
        &[&[line(f::SECRET, "Name of the secret", "S4.62"), WHY.may()]],
    ),
    either(Kind::Stick, Act::Open, "A stick is made new", &[STICK]),
    either(Kind::Stick, Act::Close, "A stick was made new, or not", &[STICK_END]),
    machine(Kind::RandomPick, Act::Open, "The box picked what is judged at random", &[PICK]),
    either(Kind::Refused, Act::Open, "Something was refused", &[REFUSED]),
];
