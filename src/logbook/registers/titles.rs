//! One line for each record, made of what identifies it.

use super::record::Record;
use crate::logbook::entry::Value;
use crate::logbook::kind::Kind;

/// Longer titles are cut: a line of a list.
const TITLE_CHARS_MAX: usize = 100;

/// The answers that tell one record from the next, most telling first.
const fn telling(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Request => &["organisation", "type", "crime-reference"],
        Kind::Release => &["organisation", "recipient", "exhibit"],
        Kind::SubjectAccess => &["reference", "wanted"],
        Kind::Export => &["exhibit", "carrier", "serial"],
        Kind::Hold => &["reference", "class", "index"],
        Kind::Disposal | Kind::Stick => &["carrier", "serial", "method"],
        Kind::OriginalDrive => &["court-order", "serial"],
        Kind::Incident => &["type", "place", "what"],
        Kind::Emergency => &["service", "reason"],
        Kind::Fault => &["part", "what"],
        Kind::Maintenance => &["firm", "work"],
        Kind::Complaint => &["reference", "what"],
        Kind::Breach => &["location", "what"],
        Kind::Covert => &["reference", "sort"],
        Kind::Meeting => &["bodies", "minutes"],
        Kind::Review => &["duty", "outcome"],
        Kind::Visit => &["organisation", "visitor", "reason"],
        Kind::Viewing => &["purpose", "reason"],
        Kind::Permission => &["to", "reason"],
        Kind::Clip => &["clip", "clip-until"],
        Kind::SpotCheck => &["cameras", "verdict"],
        Kind::RandomCheck => &["camera", "verdict"],
        Kind::Still | Kind::LiftMask | Kind::Live => &["cameras", "reason"],
        Kind::PtzDirection => &["camera", "cause", "authorisation"],
        Kind::AccessGrant => &["subject", "change", "rights"],
        Kind::Acceptance => &["person", "paper", "version"],
        Kind::Training => &["topic", "persons"],
        Kind::Exception => &["rule", "reason"],
        Kind::Told => &["persons", "what"],
        Kind::Occurrence | Kind::Misuse => &["what", "place"],
        Kind::ClockCheck => &["against", "offset-ms"],
        Kind::DutyDone | Kind::DutyMissed => &["duty", "of", "day"],
        Kind::DailyCheck => &["remark"],
        Kind::Forgotten => &["entries", "reason"],
        Kind::Alarm => &["what"],
        Kind::Disk => &["disk", "what"],
        Kind::BreakGlass => &["event", "seal", "reason"],
        Kind::Change | Kind::Approval | Kind::Edit => &["changes", "author", "digest"],
        Kind::Refused => &["wish", "outcome"],
        Kind::Secret => &["secret"],
        _ => &["subject", "reason", "outcome"],
    }
}

/// "assault, canteen: ..." or the kind alone.
pub(super) fn title(record: &Record) -> String {
    if record.parts.first().is_some_and(|p| p.gone) {
        return format!("{}: destroyed", record.kind.as_str().replace('-', " "));
    }
    let said: Vec<String> = telling(record.kind)
        .iter()
        .filter_map(|name| record.answers.get(*name))
        .map(Value::in_words)
        .collect();
    if said.is_empty() {
        return record.kind.as_str().replace('-', " ");
    }
    let whole = said.join(", ").replace('\n', " ");
    match whole.char_indices().nth(TITLE_CHARS_MAX) {
        Some((cut, _)) => format!("{}...", whole[..cut].trim_end()),
        None => whole,
    }
}
