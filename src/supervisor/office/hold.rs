//! Holds at a person's wish: right, entry, then the hold (S1.49, S4.49).

use super::super::Supervisor;
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Asking, Entered, Wish};
use crate::base::limits::{HOLD_SPAN_MAX, HOLD_WORDS_CHARS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::config::roles::Deed;
use crate::footage::Hold;
use crate::logbook::{Number, Value};
use crate::wire::Reply;

/// What somebody wants held.
pub(super) struct Wanted {
    pub cameras: Vec<CameraId>,
    pub start: Utc,
    pub end: Utc,
    pub reference: String,
    pub reason: String,
}

/// Days until a hold is looked at again, where nobody says otherwise (S1.49).
const REVIEW_DAYS: u32 = 90;

impl Supervisor {
    pub(super) fn place_hold(
        &mut self,
        caller: &Caller,
        wanted: Wanted,
        review_days: Option<u32>,
    ) -> Result<Reply, String> {
        self.fits(&wanted)?;
        let (_, now) = self.now();
        let review = now + Span::days(i64::from(review_days.unwrap_or(REVIEW_DAYS)));
        let id = self.store.next_hold_id(self.zone().day_of(now).year()).map_err(|e| e.text)?;
        let mut asking = Asking::to(Wish::Deed(Deed::Hold));
        asking.cameras = wanted.cameras.clone();
        asking.window = Some((wanted.start, wanted.end));
        asking.reason = Some(wanted.reason.clone());
        asking.more = fields([
            ("hold", text(&id)),
            ("reference", text(&wanted.reference)),
            ("review", text(self.zone().day_of(review))),
        ]);
        let entered = self.allowed(caller, &asking)?;
        self.hold(entered, id, wanted.reference, wanted.reason, review).map(Reply::Hold)
    }

    /// The effect: durable on every footage disk before it is answered.
    fn hold(
        &mut self,
        entered: Entered,
        id: String,
        reference: String,
        reason: String,
        review: Utc,
    ) -> Result<Hold, String> {
        let (_, placed) = self.now();
        let (start, end) = entered.window().ok_or("The hold has no window.")?;
        let cameras = entered.cameras().to_vec();
        let hold = Hold { id, cameras, start, end, reference, reason, placed, review, ended: None };
        self.keep_hold(&hold)?;
        Ok(hold)
    }

    fn fits(&self, wanted: &Wanted) -> Result<(), String> {
        if wanted.end <= wanted.start {
            return Err("The hold ends before it begins; check --from and --to.".into());
        }
        if wanted.end - wanted.start > HOLD_SPAN_MAX {
            let days = HOLD_SPAN_MAX.as_secs() / 86_400;
            return Err(format!("One hold covers at most {days} days; place several."));
        }
        for (name, words) in [("reference", &wanted.reference), ("reason", &wanted.reason)] {
            if words.trim().is_empty() || words.chars().count() > HOLD_WORDS_CHARS_MAX {
                return Err(format!(
                    "A hold needs a {name} of 1 to {HOLD_WORDS_CHARS_MAX} characters; write a \
                     reference number, no pupil's name."
                ));
            }
        }
        let unknown = wanted.cameras.iter().find(|id| {
            self.file.config.camera(id).is_none()
                && !self.store.cameras().is_ok_and(|all| all.contains(id))
        });
        match unknown {
            Some(id) => Err(format!("There is no camera {id}. `beadle status` lists them.")),
            None => Ok(()),
        }
    }

    pub(super) fn end_hold(&mut self, caller: &Caller, id: &str) -> Result<Reply, String> {
        let held = self.keep.holds().into_iter().find(|h| h.id == id);
        let Some(mut hold) = held else {
            return Err(format!("There is no hold {id}. `beadle hold list` shows them."));
        };
        if let Some(ended) = hold.ended {
            let when = self.zone().show(ended);
            return Err(format!("The hold {id} was already ended on {when}."));
        }
        let mut asking = Asking::to(Wish::Deed(Deed::EndHold));
        asking.reason = Some("the hold is no longer needed".into());
        asking.cameras = hold.cameras.clone();
        asking.about = self.entry_of_hold(id);
        asking.more = fields([("hold", text(id)), ("reference", text(&hold.reference))]);
        // The owner of a box without people keeps footage, and lets go of it again.
        if caller.number.is_some() {
            let entered = self.allowed(caller, &asking)?;
            debug_assert!(entered.number().is_some());
        } else {
            self.note_fields(
                super::Kind::Hold,
                [("hold", text(id)), ("ended-by", text(&caller.session.person))],
            );
        }
        let (_, now) = self.now();
        hold.ended = Some(now);
        self.keep_hold(&hold)?;
        Ok(Reply::Hold(hold))
    }

    /// The entry that placed it, so that its end belongs to the same record.
    fn entry_of_hold(&self, id: &str) -> Option<Number> {
        let office = &self.office;
        let ledger = office.ledger.as_ref().ok()?;
        let numbers = office.index.numbers_of(&[super::Kind::Hold]).ok()?;
        numbers.into_iter().rev().find(|number| {
            let entry = ledger.entry(*number).ok();
            let body = entry.and_then(|e| e.body);
            body.is_some_and(|b| b.fields.get("hold") == Some(&Value::Text(id.into())))
        })
    }
}
