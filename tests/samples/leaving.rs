//! Footage that leaves, as the desk of the test lets it.

use beadle::base::digest::Digest;
use beadle::base::name::CameraId;
use beadle::base::time::Utc;
use beadle::logbook::{Act, Entry, Kind, Value};
use beadle::wire::book::Choice;
use beadle::wire::export::{End, Exporting, Readiness, Stage, StillWanted};
use beadle::wire::stick::Carrier;
use beadle::wire::{Reply, Request};

use super::desk::Desk;

const TOTAL: u64 = 4_000_000_000;

impl Desk {
    pub fn leaving(&self, first: &Entry) -> Option<Readiness> {
        let purposes = self.config.practice.purposes.iter().map(|purpose| Choice {
            word: purpose.id.value.to_string(),
            title: purpose.title.value.clone(),
        });
        let still = |entry: &Entry| {
            let body = entry.body.as_ref().filter(|_| entry.header.about == Some(first.number))?;
            let text = |name: &str| body.answer(name)?.text().map(String::from);
            let at: Utc = text("still-at")?.parse().ok()?;
            Some(StillWanted { camera: CameraId::new(&text("still-camera")?).ok()?, at })
        };
        (first.header.kind == Kind::Request).then(|| Readiness {
            why_not: self.keeps.clone(),
            witness: true,
            encrypted: false,
            purposes: purposes.collect(),
            stills: self.entries.iter().filter_map(still).collect(),
        })
    }

    /// `None`: it is about no copy.
    pub fn leaves(&mut self, request: &Request) -> Option<Reply> {
        Some(match request {
            Request::Export(wanted) => {
                self.written = 0;
                let fields = [("request", Value::Number(wanted.case as i64))];
                let body = super::desk::body("headteacher", &fields);
                let entry =
                    super::desk::entry(61, super::now(), Kind::Export, Act::Open, None, body);
                self.entries.push(entry);
                self.copy(&wanted.folder)
            }
            Request::ExportState { .. } => {
                self.written += TOTAL / 4;
                self.copy("/media/stick")
            }
            Request::ExportStop { .. } => Reply::Done,
            _ => return None,
        })
    }

    fn copy(&self, folder: &str) -> Reply {
        let whole = End::Whole { list: Digest([7; 32]), clips: 3, frames: 54_000, bytes: TOTAL };
        Reply::Export(Box::new(Exporting {
            number: 61,
            package: format!("{folder}/export-61"),
            hold: "2026-1".into(),
            stage: Stage::Writing,
            done: self.written.min(TOTAL),
            total: TOTAL,
            end: (self.written > TOTAL).then_some(whole),
            carrier: Carrier::Plain,
            stick: None,
            passphrase: None,
            rate: (self.written > TOTAL / 4).then_some(TOTAL / 4),
            left: Some(TOTAL.saturating_sub(self.written) / (TOTAL / 4)),
            waits: None,
        }))
    }
}
