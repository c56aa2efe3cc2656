//! Whether the entries tell a story that can be true: time, silence, references, counters, and what
//! was forgotten.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Report, What};
use crate::base::time::{Span, Utc};

/// Heartbeats come each hour; one may be late.
const SILENCE: Span = Span::hours(2);
/// Entries of one moment come from several hands and may overtake one another.
const DISORDER: Span = Span::secs(10);

/// The counter moves before its heartbeat is durable: a power cut between loses one, and so may the
/// start after it. What is put back by less than three hours does not show by the counter.
const STEPS_LOST: u64 = 2;

/// Heartbeats that follow one another sooner, at a start and a stop, move it once.
const ROUND: Span = Span::mins(55);

/// A header, read from its description in `logbook/leaf.rs`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen<'a> {
    #[serde(default)]
    about: Option<u64>,
    #[serde(borrow)]
    act: &'a str,
    pub(super) at: Utc,
    pub(super) body: &'a str,
    clock: &'a str,
    kind: &'a str,
    v: u8,
}

/// # Errors
/// The end of a sentence on what is wrong with it.
pub(super) fn read_header(header: &[u8]) -> Result<Seen<'_>, String> {
    let seen: Seen =
        serde_json::from_slice(header).map_err(|e| format!("its header cannot be read: {e}"))?;
    if seen.v != 1 {
        return Err(format!("its header is of version {}", seen.v));
    }
    let about = seen.about.map_or(String::new(), |n| format!("\"about\":{n},"));
    let Seen { act, at, body, clock, kind, v, .. } = &seen;
    let again = format!(
        "{{{about}\"act\":\"{act}\",\"at\":\"{at}\",\"body\":\"{body}\",\"clock\":\"{clock}\",\
         \"kind\":\"{kind}\",\"v\":{v}}}"
    );
    if again.as_bytes() != header {
        return Err("its header is not in the form that the logbook writes".into());
    }
    Ok(seen)
}

/// What is remembered from entry to entry.
#[derive(Default)]
pub(super) struct Tale {
    /// The newest moment, and whose it is.
    newest: Option<(u64, Utc)>,
    /// The last sign of life while it ran; `None`: it was stopped.
    beat: Option<Utc>,
    /// Entries still to come that are older than they stand.
    owed: u64,
    counter: Option<u64>,
    /// When it was told last, and heartbeats an hour or more after that which do not tell it: it
    /// may have moved for each.
    counted: Option<Utc>,
    uncounted: u64,
    /// Entries without a body, and whether a `forgotten` entry names them.
    gone: BTreeMap<u64, bool>,
}

impl Tale {
    pub(super) fn entry(
        &mut self,
        report: &mut Report,
        number: u64,
        seen: &Seen,
        body: Option<&[u8]>,
    ) {
        if let Some(about) = seen.about.filter(|about| *about >= number) {
            let text = format!("entry {number} is about entry {about}, which came no earlier");
            report.find(Some(number), What::About, text);
        }
        let fields = match body.map(serde_json::from_slice::<Value>) {
            None => {
                self.gone.insert(number, false);
                None
            }
            Some(Ok(json)) if serde_json::to_vec(&json).is_ok_and(|b| Some(&b[..]) == body) => {
                Some(json)
            }
            Some(_) => {
                let text = format!("entry {number}: its body is not in the logbook's form");
                report.find(Some(number), What::Body, text);
                None
            }
        };
        let field = |name: &str| fields.as_ref()?.get("fields")?.get(name);
        self.time(report, number, seen);
        match seen.kind {
            "owed" => self.owed = field("count").and_then(Value::as_u64).unwrap_or(0),
            "forgotten" => self.forgotten(report, number, field("entries")),
            "heartbeat" => {
                let counter = field("counter").and_then(Value::as_u64);
                self.heartbeat(report, (number, seen.at), counter);
            }
            _ => {}
        }
    }

    /// One step an hour, up. A leap is what stays of a logbook that was put back and went on
    /// (R5.5).
    fn heartbeat(&mut self, report: &mut Report, (number, at): (u64, Utc), counter: Option<u64>) {
        let Some(now) = counter else {
            let due = self.counted.is_none_or(|told| at - told >= ROUND);
            self.uncounted += u64::from(due);
            return;
        };
        self.counted = Some(at);
        let uncounted = std::mem::take(&mut self.uncounted);
        match self.counter.replace(now) {
            Some(before) if now <= before => {
                let text = format!(
                    "entry {number}: the TPM's counter went from {before} to {now}, and it can \
                     only go up"
                );
                report.find(Some(number), What::Counter, text);
            }
            Some(before) if now - before > 1 + uncounted + STEPS_LOST => {
                let text = format!(
                    "entry {number}: the TPM's counter went from {before} to {now}: heartbeats \
                     between are not in this logbook, which may have been put back"
                );
                report.find(Some(number), What::Counter, text);
            }
            _ => {}
        }
    }

    fn time(&mut self, report: &mut Report, number: u64, seen: &Seen) {
        let at = seen.at;
        let owed = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        if seen.kind == "clock-step" {
            self.newest = Some((number, at));
            self.beat = self.beat.map(|_| at);
            return;
        }
        if let Some((other, newest)) = self.newest.filter(|_| !owed)
            && at + DISORDER < newest
        {
            let text = format!(
                "entry {number} is of {at} and comes after entry {other} of {newest}; no entry says \
                 that the clock was set"
            );
            report.find(Some(number), What::Time, text);
            self.newest = Some((number, at));
            self.beat = self.beat.map(|_| at);
        }
        if self.newest.is_none_or(|(_, newest)| newest <= at) {
            self.newest = Some((number, at));
        }
        self.silence(report, number, seen);
    }

    fn silence(&mut self, report: &mut Report, number: u64, seen: &Seen) {
        let at = seen.at;
        match (seen.kind, self.beat) {
            ("started", Some(beat)) => report.remark(
                number,
                What::Unclean,
                format!(
                    "entry {number}: started at {at} without having been stopped; the last \
                     heartbeat or start before it is of {beat}"
                ),
            ),
            // What was owed follows, heartbeats too.
            ("owed", _) => return,
            (_, Some(beat)) if at - beat > SILENCE => {
                let text = format!(
                    "entry {number}: no heartbeat from {beat} to {at}, and nobody stopped the box"
                );
                report.find(Some(number), What::Silence, text);
                self.beat = Some(at);
            }
            _ => {}
        }
        match seen.kind {
            "stopped" => self.beat = None,
            "started" | "heartbeat" => self.beat = Some(self.beat.map_or(at, |b| b.max(at))),
            _ => {}
        }
    }

    fn forgotten(&mut self, report: &mut Report, number: u64, entries: Option<&Value>) {
        let listed = entries.and_then(Value::as_array).into_iter().flatten();
        for range in listed.filter_map(Value::as_str) {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let (Ok(from), Ok(to)) = (from.parse::<u64>(), to.parse::<u64>()) else {
                let text = format!("entry {number} forgets \"{range}\", which is no entry");
                report.find(Some(number), What::Forgotten, text);
                continue;
            };
            for named in from..=to.min(number.saturating_sub(1)) {
                match self.gone.get_mut(&named) {
                    Some(known) => *known = true,
                    None => report.find(
                        Some(named),
                        What::Forgotten,
                        format!("entry {named} was to be forgotten by entry {number} and was not"),
                    ),
                }
            }
        }
    }

    pub(super) fn end(
        self,
        report: &mut Report,
        size: u64,
        now: Option<Utc>,
        counter: Option<u64>,
    ) {
        for (number, _) in self.gone.iter().filter(|(_, named)| !**named) {
            let text = format!("entry {number}: its body is gone and no entry says why");
            report.find(Some(*number), What::Forgotten, text);
        }
        if let (Some(now), Some(beat)) = (now, self.beat)
            && now - beat > SILENCE
        {
            let text = format!(
                "the last of the {size} entries leave the box running, and no heartbeat follows {beat}: \
                 the end may have been cut off"
            );
            report.find(None, What::Silence, text);
        }
        if let (Some(now), Some((number, newest))) = (now, self.newest)
            && newest - now > SILENCE
        {
            let text = format!("entry {number} is of {newest}, which has not come yet");
            report.find(Some(number), What::Time, text);
        }
        match (counter, self.counter) {
            (Some(now), Some(last)) if now > last && now - last <= STEPS_LOST + self.uncounted => {
                let text = format!(
                    "the TPM's counter stands at {now} and the newest heartbeat says {last}: power \
                     was lost before one was entered, or the last hours are missing"
                );
                report.remark(size.saturating_sub(1), What::Counter, text);
            }
            (Some(now), Some(last)) if now > last => {
                let text = format!(
                    "the TPM's counter stands at {now} and the newest heartbeat says {last}: the \
                     heartbeats between are not in this logbook, which may have been put back"
                );
                report.find(None, What::Counter, text);
            }
            (Some(now), Some(last)) if now < last => {
                let text = format!(
                    "the newest heartbeat says {last} and the TPM's counter stands at {now}: this \
                     is another TPM"
                );
                report.find(None, What::Counter, text);
            }
            _ => {}
        }
    }
}
