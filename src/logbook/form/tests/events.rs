//! The events that BS EN 62676-1-1 wants in a log (R4.6), and what is said of each (R4.5).

use super::*;
use crate::logbook::fields as f;
use crate::logbook::form::form;

/// Event of the standard, the entry that it becomes, and where in it kind and place stand.
const EVENTS: &[(&str, Kind, Act, &[&str])] = &[
    ("an alarm", Kind::Alarm, Act::Open, &[f::ALARM, f::LEVEL, f::WHAT]),
    (
        "the end of an alarm: video comes back, a disk is there again",
        Kind::Alarm,
        Act::Close,
        &[f::ALARM],
    ),
    ("power lost, restart", Kind::Started, Act::Open, &[f::BEFORE, f::VERSION]),
    ("stopped", Kind::Stopped, Act::Open, &[]),
    ("what the machine says of itself each hour", Kind::Heartbeat, Act::Open, &[f::DISKS]),
    (
        "a disk taken into use, lost, foreign; a version of the system",
        Kind::Disk,
        Act::Open,
        &[f::DISK, f::WHAT],
    ),
    ("footage lost before its time", Kind::Shortfall, Act::Open, &[f::DAY]),
    ("footage deleted", Kind::DeletionDay, Act::Open, &[f::DAY]),
    ("export", Kind::Export, Act::Open, &[]),
    ("a picture copied", Kind::Still, Act::Open, &[]),
    ("log-in", Kind::LogIn, Act::Open, &["outcome"]),
    ("log-in that failed", Kind::LogInFailed, Act::Open, &["outcome", f::TRIED]),
    ("log-out", Kind::LogOut, Act::Open, &["outcome"]),
    ("a passphrase or account changed", Kind::Enrolment, Act::Open, &[f::SUBJECT]),
    ("a camera's password changed", Kind::Secret, Act::Open, &[f::SECRET]),
    ("a camera was turned", Kind::PtzDirection, Act::Open, &[]),
    ("recordings were searched and played", Kind::Viewing, Act::Open, &[]),
    (
        "configuration and parameters of recording changed",
        Kind::Change,
        Act::Open,
        &[f::DIGEST, f::AUTHOR, f::CHANGES],
    ),
    ("date and time changed, old and new", Kind::ClockStep, Act::Open, &[f::BEFORE, f::AFTER]),
    ("bodies of entries destroyed", Kind::Forgotten, Act::Open, &["reason"]),
    ("the logbook restored", Kind::Restored, Act::Open, &["outcome"]),
];

/// The moment stands in every entry's header.
#[test]
fn every_event_of_the_standard_is_an_entry_that_says_what_and_where() {
    for (event, kind, act, says) in EVENTS {
        let form = form(*kind, *act).unwrap_or_else(|| panic!("{event}: no form of {kind}"));
        for name in *says {
            assert!(form.field(name).is_some(), "{event}: {kind} does not say {name}");
        }
    }
}
