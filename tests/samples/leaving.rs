//! Footage that leaves, as the desk of the test lets it.

use beadle::base::digest::Digest;
use beadle::base::name::CameraId;
use beadle::base::time::Utc;
use beadle::logbook::case::Case;
use beadle::logbook::registers::Clocks;
use beadle::logbook::{Act, Entry, Kind, Value};
use beadle::wire::book::Choice;
use beadle::wire::export::{End, Exporting, Readiness, Stage, StillWanted};
use beadle::wire::print::{Printed, Printing};
use beadle::wire::stick::Carrier;
use beadle::wire::{Reply, Request, Sent};

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

    /// Of the entries, and of the holds as they would be entered.
    pub fn case(&self, number: u64) -> Option<Box<Case>> {
        let holds = (900..).zip(&self.holds).map(|(n, hold)| {
            let cameras: Vec<String> = hold.cameras.iter().map(ToString::to_string).collect();
            let fields = [
                ("hold", Value::Text(hold.id.clone())),
                ("cameras", Value::List(cameras)),
                ("from", Value::Text(hold.start.to_string())),
                ("until", Value::Text(hold.end.to_string())),
                ("review-by", Value::Text(hold.review.utc_day().to_string())),
            ];
            let body = super::desk::body("headteacher", &fields);
            super::desk::entry(n, hold.placed, Kind::Hold, Act::Open, None, body)
        });
        let all: Vec<Entry> = self.entries.iter().cloned().chain(holds).collect();
        Case::of(number, &all, &Clocks::of(&self.config)).map(Box::new)
    }

    /// `None`: it is about no copy and no paper.
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
            Request::Print(wanted) => Reply::Print(Box::new(Printing {
                number: 62,
                title: format!("{}, to {:?}", wanted.paper, wanted.onto),
                passphrase: (wanted.paper == "register").then(|| Sent::new("dulak-bomin")),
                end: None,
            })),
            Request::PrintState { number } => Reply::Print(Box::new(Printing {
                number: *number,
                title: String::new(),
                passphrase: None,
                end: Some(Printed::Done { text: "The printer took it as its job 7.".into() }),
            })),
            _ => return None,
        })
    }

    fn copy(&mut self, folder: &str) -> Reply {
        let ends = |e: &Entry| e.header.about == Some(61) && e.header.act == Act::Close;
        if self.written > TOTAL && !self.entries.iter().any(ends) {
            let whole = [("ended", Value::Text("whole".into()))];
            let body = super::desk::body("headteacher", &whole);
            let (at, act) = (super::now(), Act::Close);
            self.entries.push(super::desk::entry(62, at, Kind::Export, act, Some(61), body));
        }
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
