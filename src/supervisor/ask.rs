//! Answers what clients of the socket ask.

use super::Supervisor;
use crate::base::limits::{FOOTAGE_LISTED_MAX, HOLD_SPAN_MAX, HOLD_WORDS_CHARS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::footage::Hold;
use crate::wire::{Reply, Request};

impl Supervisor {
    /// One question, one answer. A refusal says what, where and what to do.
    pub fn answer(&mut self, request: Request) -> Reply {
        let answer = match request {
            Request::Status | Request::Watch => Ok(Reply::Status(Box::new(self.status()))),
            Request::Footage { camera, from, to, after } => self.footage(camera, from, to, after),
            Request::Plan { name, text } => Ok(Reply::Plan(self.plan_report(&name, &text))),
            Request::HoldAdd { cameras, start, end, reference, reason, review_days } => {
                let (_, now) = self.now();
                let hold = Hold {
                    id: String::new(),
                    cameras,
                    start,
                    end,
                    reference,
                    reason,
                    placed: now,
                    review: now + Span::days(i64::from(review_days.unwrap_or(90))),
                    ended: None,
                };
                self.hold_add(hold).map(Reply::Hold)
            }
            Request::HoldList => Ok(Reply::Holds { holds: self.keep.holds() }),
            Request::HoldEnd { id } => self.hold_end(&id).map(Reply::Hold),
            Request::Reindex => self.reindex().map(|()| Reply::Done),
        };
        answer.unwrap_or_else(|why| Reply::Refused { why })
    }

    fn footage(
        &mut self,
        camera: Option<CameraId>,
        from: Option<Utc>,
        to: Option<Utc>,
        after: Option<u64>,
    ) -> Result<Reply, String> {
        let known = |id: &CameraId| {
            self.file.config.camera(id).is_some()
                || self.store.cameras().is_ok_and(|all| all.contains(id))
        };
        if let Some(id) = camera.as_ref().filter(|id| !known(id)) {
            return Err(format!(
                "There is no camera {id} in the file and no footage of one. \
                 `beadle status` lists them."
            ));
        }
        let limit = FOOTAGE_LISTED_MAX;
        let listed = self.store.segments(camera.as_ref(), from, to, after, limit);
        let (mut segments, more) = listed.map_err(|e| e.text)?;
        for segment in &mut segments {
            // Clients open files; they do not know which disk is mounted where.
            if let Some(root) = self.disks.path_of(&segment.disk) {
                segment.path = format!("{root}/{}", segment.path);
            }
        }
        let gaps = match after {
            None => {
                let from = from.unwrap_or(Utc(i64::MIN / 2));
                let to = to.unwrap_or(Utc(i64::MAX / 2));
                self.store.gaps(camera.as_ref(), from, to, limit)
            }
            .map_err(|e| e.text)?,
            Some(_) => Vec::new(), // they came with the first part
        };
        Ok(Reply::Footage { segments, gaps, more })
    }

    /// Durable on every footage disk before it is answered (S1.49).
    fn hold_add(&mut self, mut hold: Hold) -> Result<Hold, String> {
        if hold.end <= hold.start {
            return Err("The hold ends before it begins; check --from and --to.".into());
        }
        if hold.end - hold.start > HOLD_SPAN_MAX {
            let days = HOLD_SPAN_MAX.as_secs() / 86_400;
            return Err(format!("One hold covers at most {days} days; place several."));
        }
        for (name, words) in [("reference", &hold.reference), ("reason", &hold.reason)] {
            if words.trim().is_empty() || words.chars().count() > HOLD_WORDS_CHARS_MAX {
                return Err(format!(
                    "A hold needs a {name} of 1 to {HOLD_WORDS_CHARS_MAX} characters; write a \
                     reference number, no pupil's name."
                ));
            }
        }
        let unknown = hold.cameras.iter().find(|id| {
            self.file.config.camera(id).is_none()
                && !self.store.cameras().is_ok_and(|all| all.contains(id))
        });
        if let Some(id) = unknown {
            return Err(format!("There is no camera {id}. `beadle status` lists them."));
        }
        let (_, now) = self.now();
        hold.id = self.store.next_hold_id(self.zone().day_of(now).year()).map_err(|e| e.text)?;
        self.keep_hold(&hold)?;
        Ok(hold)
    }

    fn hold_end(&mut self, id: &str) -> Result<Hold, String> {
        let (_, now) = self.now();
        let held = self.keep.holds().into_iter().find(|h| h.id == id);
        let Some(mut hold) = held else {
            return Err(format!("There is no hold {id}. `beadle hold list` shows them."));
        };
        if let Some(ended) = hold.ended {
            let when = self.zone().show(ended);
            return Err(format!("The hold {id} was already ended on {when}."));
        }
        hold.ended = Some(now);
        self.keep_hold(&hold)?;
        Ok(hold)
    }
}
