//! Holds at a person's wish: right, entry, then the hold (S1.49, S4.49).

use super::super::Supervisor;
use super::call::{Around, Caller};
use super::machine::{fields, number, text};
use crate::access::{Asking, Entered, Wish};
use crate::base::limits::{HOLD_SPAN_MAX, HOLD_WORDS_CHARS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::config::roles::Deed;
use crate::footage::Hold;
use crate::logbook::fields as f;
use crate::logbook::{Act, Body, Draft, Kind, Number, Value};
use crate::wire::{Reply, Request};

/// What somebody wants held.
pub(super) struct Wanted {
    pub cameras: Vec<CameraId>,
    pub start: Utc,
    pub end: Utc,
    pub reference: String,
    pub reason: String,
    pub class: Option<String>,
    /// The request that it is for.
    pub case: Option<Number>,
}

impl Supervisor {
    pub(super) fn add_hold(&mut self, caller: &Caller, request: Request) -> Result<Reply, String> {
        let Request::HoldAdd { cameras, start, end, reference, reason, review_days, class, case } =
            request
        else {
            return Err("That is asked for in another way.".into());
        };
        let wanted = Wanted { cameras, start, end, reference, reason, class, case };
        self.place_hold(caller, wanted, review_days)
    }

    fn place_hold(
        &mut self,
        caller: &Caller,
        wanted: Wanted,
        review_days: Option<u32>,
    ) -> Result<Reply, String> {
        self.fits(&wanted)?;
        let (_, now) = self.now();
        let review = self.review_of(wanted.class.as_deref(), review_days);
        let id = self.store.next_hold_id(self.zone().day_of(now).year()).map_err(|e| e.text)?;
        let mut asking = Asking::to(Wish::Deed(Deed::Hold));
        asking.cameras = wanted.cameras.clone();
        asking.window = Some((wanted.start, wanted.end));
        asking.reason = Some(wanted.reason.clone());
        asking.more = fields([
            (f::HOLD, text(&id)),
            (f::REFERENCE, text(&wanted.reference)),
            (f::REVIEW_BY, text(self.zone().day_of(review))),
        ]);
        if wanted.cameras.is_empty() {
            asking.more.insert(f::CAMERAS.into(), text(f::ALL));
        }
        asking.more.extend(wanted.class.as_ref().map(|class| (f::CLASS.into(), text(class))));
        asking.more.extend(wanted.case.map(|case| (f::REQUEST.into(), number(case))));
        let entered = self.allowed(caller, &asking)?;
        self.hold(entered, id, wanted.reference, wanted.reason, review).map(Reply::Hold)
    }

    /// When somebody has to look at it again: as asked for, else as the file says of its class
    /// (R1.23, S1.49).
    fn review_of(&self, class: Option<&str>, days: Option<u32>) -> Utc {
        let (_, now) = self.now();
        let days = days.unwrap_or_else(|| self.file.config.retention.review_days(class));
        now + Span::days(i64::from(days))
    }

    /// A hold that somebody's other deed brings with it: an export (K12), an access request
    /// (R1.10). Its right is that deed's. The id and the entry.
    pub(super) fn hold_along(
        &mut self,
        caller: &Caller,
        wanted: Wanted,
    ) -> Result<(String, Number), String> {
        self.fits(&wanted)?;
        let (_, placed) = self.now();
        let zone = self.zone().clone();
        let id = self.store.next_hold_id(zone.day_of(placed).year()).map_err(|e| e.text)?;
        let review = self.review_of(wanted.class.as_deref(), None);
        let mut said = fields([
            (f::HOLD, text(&id)),
            (f::REFERENCE, text(&wanted.reference)),
            (f::REVIEW_BY, text(zone.day_of(review))),
            (f::CAMERAS, text(f::ALL)),
            (f::FROM, text(wanted.start)),
            (f::UNTIL, text(wanted.end)),
        ]);
        if !wanted.cameras.is_empty() {
            let cameras = wanted.cameras.iter().map(ToString::to_string).collect();
            said.insert(f::CAMERAS.into(), Value::List(cameras));
        }
        said.extend(wanted.class.as_ref().map(|class| (f::CLASS.into(), text(class))));
        said.extend(wanted.case.map(|case| (f::REQUEST.into(), number(case))));
        let reason = Some(wanted.reason.clone());
        let body = Body { who: Some(caller.who()), reason, fields: said, ..Body::default() };
        let entry = self.enter(self.draft(Kind::Hold, Act::Open, None, body))?.number;
        self.keep_hold(&Hold {
            id: id.clone(),
            cameras: wanted.cameras,
            start: wanted.start,
            end: wanted.end,
            reference: wanted.reference,
            reason: wanted.reason,
            placed,
            review,
            ended: None,
        })?;
        Ok((id, entry))
    }

    /// What somebody asks to see of themselves is kept from the moment that they ask: to let it go
    /// would be a crime (R1.10). Says so; nothing where nothing is to be held.
    pub(super) fn hold_at_intake(
        &mut self,
        caller: &Caller,
        draft: &mut Draft,
    ) -> Result<Option<String>, String> {
        let there = draft.body.text("footage").is_some_and(|word| word != "gone");
        let named = draft.body.fields.contains_key(f::HOLD);
        if (draft.kind, draft.act) != (Kind::SubjectAccess, Act::Open) || !there || named {
            return Ok(None);
        }
        let (_, now) = self.now();
        let asking = super::wishes::asking(draft, now)?;
        if self.decided(caller, &asking, &Around::default()).is_err() {
            return Ok(None); // asked in earnest later, so that the refusal is entered
        }
        let moment = |name: &str| draft.body.text(name).and_then(|at| at.parse::<Utc>().ok());
        let window = moment(f::FROM).zip(moment(f::UNTIL));
        let (start, end) = window.ok_or("Say from when and until when.")?;
        let cameras = match draft.body.fields.get(f::CAMERAS) {
            Some(Value::List(list)) => {
                list.iter().map(|id| CameraId::new(id)).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        };
        let reference = draft.body.text(f::REFERENCE).unwrap_or("access request").to_string();
        let reason = "somebody asked for their own pictures".to_string();
        let class = Some("subject-access".to_string());
        let wanted = Wanted { cameras, start, end, reference, reason, class, case: None };
        let (id, entry) = self.hold_along(caller, wanted)?;
        draft.body.fields.insert(f::HOLD.into(), number(entry));
        Ok(Some(format!("{id} holds the footage now (R1.10).")))
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
        let reason = "the hold is no longer needed".to_string();
        let about = self.entry_of_hold(id);
        let mut said = fields([(f::HOLD, text(id))]);
        said.extend(self.goes_with(&hold)?);
        if caller.number.is_some() {
            let mut asking = Asking::to(Wish::Deed(Deed::EndHold));
            asking.reason = Some(reason);
            asking.about = about;
            asking.more = said;
            let entered = self.allowed(caller, &asking)?;
            debug_assert!(entered.number().is_some());
        } else {
            // The owner of a box without people keeps footage, and lets go of it again.
            let who = caller.who();
            let body =
                Body { who: Some(who), reason: Some(reason), fields: said, ..Body::default() };
            let draft = self.draft(Kind::Hold, Act::Close, about, body);
            self.enter(draft)?;
        }
        self.let_go(&mut hold)?;
        Ok(Reply::Hold(hold))
    }

    fn let_go(&mut self, hold: &mut Hold) -> Result<(), String> {
        let (_, now) = self.now();
        hold.ended = Some(now);
        self.keep_hold(hold)
    }

    /// The effect of an entry that was made by hand: placed, looked at again, or ended.
    pub(super) fn hold_by_hand(
        &mut self,
        act: Act,
        draft: &Draft,
        entered: Entered,
    ) -> Result<(), String> {
        let said = |name: &str| draft.body.text(name);
        let review = said(f::REVIEW_BY).and_then(|day| day.parse().ok());
        let review = review.map(|day| self.zone().end_of(day));
        if act == Act::Open {
            let id = said(f::HOLD).unwrap_or_default().to_string();
            let reference = said(f::REFERENCE).unwrap_or_default().to_string();
            let reason = draft.body.reason.clone().unwrap_or_default();
            let review = review.unwrap_or_else(|| self.review_of(said(f::CLASS), None));
            return self.hold(entered, id, reference, reason, review).map(drop);
        }
        let record = self.record_of(draft.about.unwrap_or_default())?;
        let id = record.text(f::HOLD).unwrap_or_default().to_string();
        let held = self.keep.holds().into_iter().find(|h| h.id == id);
        let mut hold = held.ok_or_else(|| format!("There is no hold {id}."))?;
        match (act, review) {
            (Act::Close, _) => self.let_go(&mut hold),
            (_, Some(review)) => {
                hold.review = review;
                self.keep_hold(&hold)
            }
            _ => Ok(()),
        }
    }

    /// A hold that is placed by filling in its form gets its number here, and is looked at as any
    /// other.
    pub(super) fn number_hold(&self, body: &mut Body) -> Result<(), String> {
        let (_, now) = self.now();
        let id = self.store.next_hold_id(self.zone().day_of(now).year()).map_err(|e| e.text)?;
        body.fields.insert(f::HOLD.into(), text(&id));
        let asking =
            super::wishes::asking(&self.draft(Kind::Hold, Act::Open, None, body.clone()), now)?;
        let (start, end) = asking.window.ok_or("Say from when and until when.")?;
        let reference = body.text(f::REFERENCE).unwrap_or_default();
        let reason = body.reason.clone().unwrap_or_default();
        let reference = reference.to_string();
        let cameras = asking.cameras;
        let wanted = Wanted { cameras, start, end, reference, reason, class: None, case: None };
        self.fits(&wanted)
    }

    /// The entry that placed it, so that its end belongs to the same record.
    pub(super) fn entry_of_hold(&self, id: &str) -> Option<Number> {
        let office = &self.office;
        let ledger = office.ledger.as_ref().ok()?;
        let numbers = office.index.numbers_of(&[Kind::Hold]).ok()?;
        numbers.into_iter().rev().find(|number| {
            let Ok(entry) = ledger.entry(*number) else { return false };
            let body = entry.body;
            let opens = entry.header.act == Act::Open;
            opens && body.is_some_and(|b| b.fields.get(f::HOLD) == Some(&text(id)))
        })
    }
}
