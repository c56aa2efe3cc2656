//! How far a case is: what is done, what is missing, and why it cannot go on.

use super::copies::{How, spelt};
use super::{Case, Copy, Held, Released};
use crate::base::time::{Utc, Zone};
use crate::logbook::entry::Number;
use crate::logbook::kind::Kind;

/// What the steps are judged by.
pub struct Scene<'a> {
    pub now: Utc,
    pub zone: &'a Zone,
    /// Floor and ceiling of the footage, in days; the shortest where cameras differ.
    pub days: (u32, u32),
    /// The file asks for conditions to be accepted (S1.46).
    pub conditions: bool,
    /// A person as the reader knows them, by the id of the file.
    pub name: &'a dyn Fn(&str) -> String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Done,
    /// To be done now.
    Missing,
    /// Something before it is missing.
    Waits,
    /// It ends here.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    Request,
    Decision,
    Footage,
    Copy,
    Release,
    Receipt,
    /// How each copy ended.
    Fate,
    End,
}

impl What {
    pub fn title(self) -> &'static str {
        match self {
            What::Request => "Request",
            What::Decision => "Decision",
            What::Footage => "Footage",
            What::Copy => "Copy",
            What::Release => "Release",
            What::Receipt => "Receipt",
            What::Fate => "Copies",
            What::End => "End",
        }
    }
}

/// One step and how it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub what: What,
    pub stage: Stage,
    /// A sentence without its full stop; names no key and no verb.
    pub text: String,
    /// The entry that it speaks of.
    pub entry: Option<Number>,
}

fn step(what: What, stage: Stage, text: impl Into<String>, entry: Option<Number>) -> Step {
    Step { what, stage, text: text.into(), entry }
}

impl Case {
    /// In the order in which they are taken. A refused request has no more steps than its end.
    pub fn steps(&self, scene: &Scene<'_>) -> Vec<Step> {
        let when = |at| scene.zone.show(at);
        let by = self.by.as_deref().map_or("nobody who is known".into(), scene.name);
        let text = format!("entered by {by}, {}", when(self.opened));
        let mut out = vec![step(What::Request, Stage::Done, text, Some(self.number))];
        out.extend(self.decided(scene));
        let decided = out.iter().all(|s| s.stage == Stage::Done);
        out.push(self.footage(scene));
        let refused = self.decision.as_ref().is_some_and(|d| !d.allowed);
        if !refused {
            out.extend(self.delivery(scene, decided));
        }
        out.extend(self.fates(scene));
        let blocked = out.iter().any(|s| s.what == What::Fate && s.stage != Stage::Done);
        let (stage, text) = match self.closed {
            Some(at) => (Stage::Done, format!("closed {}", when(at))),
            None if blocked => (Stage::Waits, "a copy is still somewhere".into()),
            None if refused => (Stage::Missing, "refused: the case can be closed".into()),
            None if out.iter().all(|s| s.stage == Stage::Done) => {
                (Stage::Missing, "all is done: the case can be closed".into())
            }
            None => (Stage::Waits, "when all is done".into()),
        };
        out.push(step(What::End, stage, text, None));
        out
    }

    /// A person's own pictures need no decision to be theirs (R1.7); what the school decides about
    /// such a request, its end says.
    fn decided(&self, scene: &Scene<'_>) -> Option<Step> {
        let Some(d) = &self.decision else {
            let text = "whoever the file names has to decide; nothing leaves before";
            return (self.kind != Kind::SubjectAccess)
                .then(|| step(What::Decision, Stage::Missing, text, None));
        };
        let by = d.by.as_deref().map_or("nobody who is known".into(), scene.name);
        let when = scene.zone.show(d.at);
        let why = d.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        Some(match (d.allowed, &d.in_part) {
            (true, None) => {
                let text = format!("allowed by {by}, {when}");
                step(What::Decision, Stage::Done, text, Some(d.entry))
            }
            (true, Some(part)) => {
                let text = format!("allowed in part by {by}, {when}; left out: {part}");
                step(What::Decision, Stage::Done, text, Some(d.entry))
            }
            (false, _) => {
                let text = format!("refused by {by}, {when}{why}");
                step(What::Decision, Stage::Refused, text, Some(d.entry))
            }
        })
    }

    /// Is it kept, and if not, when does it go?
    fn footage(&self, scene: &Scene<'_>) -> Step {
        let of = |stage, text: String, entry| step(What::Footage, stage, text, entry);
        if let Some(hold) = self.held() {
            let review = hold.review_by.map(|day| format!(", looked at again {day}"));
            let text = format!("held by {}{}", hold.id, review.unwrap_or_default());
            return of(Stage::Done, text, Some(hold.entry));
        }
        let Some((start, _)) = self.window else {
            if let Some(hold) = self.holds.iter().find(|h| h.own && !h.ended) {
                return of(Stage::Done, format!("held by {}", hold.id), Some(hold.entry));
            }
            return of(Stage::Missing, "it names no time, and nothing is held for it".into(), None);
        };
        if self.closed.is_some() {
            return of(Stage::Done, "not held; the case is closed".into(), None);
        }
        let day = scene.zone.day_of(start);
        let last = |days: u32| day.plus(i64::from(days));
        let (may, must) = (last(scene.days.0), last(scene.days.1));
        if scene.zone.end_of(must) <= scene.now {
            return of(Stage::Refused, format!("gone since {must}"), None);
        }
        // A request that names no camera is about those that somebody chose to hold.
        let chosen = |h: &&Held| h.own && self.cameras.is_empty() && h.covers_time(self.window);
        if let Some(hold) = self.holds.iter().find(chosen) {
            let text = format!("held by {}: {} alone", hold.id, hold.cameras.join(", "));
            return of(Stage::Done, text, Some(hold.entry));
        }
        let goes = match may == must {
            true => format!("deleted after {must}"),
            false => format!("deleted after {must}, for space after {may}"),
        };
        let part = self.holds.iter().find(|h| h.own && !h.ended);
        let text = match part {
            Some(hold) => format!("NOT ALL HELD: {} keeps a part, the rest is {goes}", hold.id),
            None => format!("NOT HELD: {goes}"),
        };
        of(Stage::Missing, text, None)
    }

    /// Copy, release and receipt.
    fn delivery(&self, scene: &Scene<'_>, decided: bool) -> Vec<Step> {
        let mut out = Vec::new();
        let waits = |what, text: &str| step(what, Stage::Waits, text, None);
        let whole = |c: &&Copy| c.kind == Kind::Export && !c.unfinished;
        match self.copies.iter().rev().find(whole) {
            Some(copy) if copy.going => {
                out.push(step(What::Copy, Stage::Waits, "it is being written", Some(copy.entry)));
            }
            Some(copy) => {
                let text = format!("{}, {}", spelt(&copy.carrier), scene.zone.show(copy.at));
                out.push(step(What::Copy, Stage::Done, text, Some(copy.entry)));
            }
            None if !self.releases.is_empty() => {}
            None if decided => out.push(step(What::Copy, Stage::Missing, "none is made", None)),
            None => out.push(waits(What::Copy, "not before the decision")),
        }
        let Some(release) = self.releases.last() else {
            out.push(match decided {
                true if self.copies.iter().all(|c| c.going || c.is_never()) => {
                    waits(What::Release, "when there is a copy")
                }
                true => {
                    let text = "enter to whom it is handed, and on what";
                    step(What::Release, Stage::Missing, text, None)
                }
                false => waits(What::Release, "not before the decision"),
            });
            return out;
        };
        out.push(self.released(scene, release));
        out.push(match &release.receipt {
            Some(paper) => step(What::Receipt, Stage::Done, paper.clone(), Some(release.entry)),
            None if release.transfer == "viewed-only" => {
                step(What::Receipt, Stage::Done, "nothing left the school", Some(release.entry))
            }
            None if release.transfer == "portal" => {
                let text = release.portal.clone().unwrap_or_default();
                step(What::Receipt, Stage::Done, format!("uploaded: {text}"), Some(release.entry))
            }
            None => {
                let text = "the signed receipt has no reference on record";
                step(What::Receipt, Stage::Missing, text, Some(release.entry))
            }
        });
        out
    }

    fn released(&self, scene: &Scene<'_>, release: &Released) -> Step {
        let to = release.organisation.as_ref().or(release.to.as_ref());
        let to = to.map_or(release.recipient.as_str(), String::as_str);
        let mut text = format!("to {to}, {}", scene.zone.show(release.at));
        if self.releases.len() > 1 {
            text = format!("{} of them; the last {text}", self.releases.len());
        }
        if scene.conditions && !release.conditions {
            let text = format!("{text}; the conditions were NOT accepted");
            return step(What::Release, Stage::Missing, text, Some(release.entry));
        }
        if let Some(onward) = release.onward.last() {
            let word = if onward.consent { "may" } else { "may NOT" };
            text += &format!("; {word} be passed on to {}", onward.to);
        }
        step(What::Release, Stage::Done, text, Some(release.entry))
    }

    /// A line for each copy (S4.23).
    fn fates(&self, scene: &Scene<'_>) -> Vec<Step> {
        let line = |copy: &Copy| {
            let name = copy.in_words();
            let portal = copy.portal.as_ref().map(|p| format!(", uploaded ({p})"));
            let portal = portal.unwrap_or_default();
            let Some(fate) = &copy.fate else {
                if copy.going {
                    let text = format!("{name}: being written");
                    return step(What::Fate, Stage::Waits, text, Some(copy.entry));
                }
                let text = format!("{name}{portal}: in the school, no end on record");
                return step(What::Fate, Stage::Missing, text, Some(copy.entry));
            };
            let to = match (fate.how, &fate.to) {
                (How::HandedOver, Some(to)) => format!(" to {to}"),
                _ => String::new(),
            };
            let how = fate.how.in_words();
            let text = format!("{name}{portal}: {how}{to}, {}", scene.zone.show(fate.at));
            step(What::Fate, Stage::Done, text, Some(fate.entry))
        };
        self.copies.iter().map(line).collect()
    }
}
