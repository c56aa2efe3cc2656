//! The end of a hold: what it alone kept goes with the next look of retention, within minutes, and
//! when the last file is gone the record says so: that is the certificate (S1.59, S1.62). Copies on
//! a second disk go with it (`copies`).

use std::collections::{BTreeMap, BTreeSet};

use super::super::Supervisor;
use super::machine::{fields, number, text};
use crate::base::clock::Mono;
use crate::base::limits::FOOTAGE_LISTED_MAX;
use crate::base::time::Span;
use crate::footage::retention::expires;
use crate::footage::{Hold, Segment};
use crate::logbook::fields as f;
use crate::logbook::{Act, Body, Entry, Kind, Number, Value};

/// Ended holds whose footage is not known to be gone yet: their record, and what was to go.
#[derive(Default)]
pub(super) struct Ended {
    going: BTreeMap<Number, Going>,
    look_at: Mono,
}

/// Between two looks at what is still there.
const LOOK_SPAN: Span = Span::secs(10);

struct Going {
    hold: String,
    segments: u64,
    bytes: u64,
}

impl Ended {
    /// What the logbook says; entries in their order.
    pub(super) fn remember(&mut self, entry: &Entry) {
        let (head, body) = (&entry.header, entry.body.as_ref());
        let (Kind::Hold, Some(about), Some(body)) = (head.kind, head.about, body) else { return };
        let count = |name: &str| match body.fields.get(name) {
            Some(Value::Number(n)) => u64::try_from(*n).ok(),
            _ => None,
        };
        let (Some(segments), Some(bytes)) = (count(f::SEGMENTS), count(f::BYTES)) else { return };
        let hold = body.text(f::HOLD).unwrap_or_default().to_string();
        match head.act {
            Act::Close if segments > 0 => {
                self.going.insert(about, Going { hold, segments, bytes });
            }
            Act::Note => drop(self.going.remove(&about)),
            _ => {}
        }
    }
}

impl Supervisor {
    /// Into the entry that ends a hold: what goes now.
    pub(super) fn count_what_goes(
        &self,
        about: Option<Number>,
        body: &mut Body,
    ) -> Result<(), String> {
        let record = self.record_of(about.unwrap_or_default())?;
        let id = record.text(f::HOLD).unwrap_or_default().to_string();
        let held = self.keep.holds().into_iter().find(|h| h.id == id && h.ended.is_none());
        let Some(hold) = held else { return Ok(()) };
        body.fields.insert(f::HOLD.into(), text(&id));
        body.fields.extend(self.goes_with(&hold)?);
        Ok(())
    }

    /// The same as fields.
    pub(super) fn goes_with(&self, hold: &Hold) -> Result<BTreeMap<String, Value>, String> {
        let going = self.kept_alone_by(hold)?;
        let bytes = going.iter().map(|s| s.bytes).sum();
        Ok(fields([(f::SEGMENTS, number(going.len() as u64)), (f::BYTES, number(bytes))]))
    }

    /// Files past their ceiling that nothing keeps but this hold.
    fn kept_alone_by(&self, hold: &Hold) -> Result<Vec<Segment>, String> {
        let (_, now) = self.now();
        let others: Vec<Hold> =
            self.keep.holds().into_iter().filter(|other| other.id != hold.id).collect();
        let cameras: BTreeSet<_> = match hold.cameras.as_slice() {
            [] => self.store.cameras().map_err(|e| e.text)?.into_iter().collect(),
            named => named.iter().cloned().collect(),
        };
        let mut out = Vec::new();
        for camera in cameras {
            let Some(rules) = self.keep.policy.rules(&camera, now) else { continue };
            let mut after = None;
            loop {
                let (from, to, limit) = (Some(hold.start), Some(hold.end), FOOTAGE_LISTED_MAX);
                let page = self.store.segments(Some(&camera), from, to, after, limit);
                let (segments, more) = page.map_err(|e| e.text)?;
                out.extend(segments.into_iter().filter(|s| {
                    let kept = others.iter().any(|other| other.covers(&s.camera, s.start, s.end));
                    !kept && !s.is_open() && expires(s, rules, self.zone()) <= now
                }));
                if more.is_none() || more == after {
                    break;
                }
                after = more;
            }
        }
        Ok(out)
    }

    /// Enters that what an ended hold kept is gone.
    pub(super) fn certify_ended_holds(&mut self) {
        let (now, _) = self.now();
        let ended = &self.office.ended;
        let unsure = self.keep.doubt.is_some() || self.keep.rebuilding().is_some();
        if ended.going.is_empty() || now < ended.look_at || unsure {
            return;
        }
        self.office.ended.look_at = now + LOOK_SPAN;
        let holds = self.keep.holds();
        let gone = |going: &Going| {
            let hold = holds.iter().find(|hold| hold.id == going.hold);
            hold.is_none_or(|hold| self.kept_alone_by(hold).is_ok_and(|left| left.is_empty()))
        };
        let done: Vec<Number> =
            self.office.ended.going.iter().filter(|(_, g)| gone(g)).map(|(n, _)| *n).collect();
        for about in done {
            let Some(going) = self.office.ended.going.remove(&about) else { continue };
            let said = fields([
                (f::HOLD, text(&going.hold)),
                (f::SEGMENTS, number(going.segments)),
                (f::BYTES, number(going.bytes)),
            ]);
            let outcome = "what it alone kept is destroyed; the rest goes on its ordinary day";
            let body = Body { outcome: Some(outcome.into()), fields: said, ..Body::default() };
            let draft = self.draft(Kind::Hold, Act::Note, Some(about), body);
            self.note(draft);
        }
    }
}
