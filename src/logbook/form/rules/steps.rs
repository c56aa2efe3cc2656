//! Steps that come in order: the clock of an access request, the life of an authorisation.

use super::object;
use crate::base::time::Day;
use crate::logbook::form::check::{Ill, Objection};
use crate::logbook::form::condition::Talk;
use crate::logbook::registers::clocks;

/// A pause follows a running clock, a resumption a pause; one extension, told within the first
/// month (R1.7).
pub fn access(talk: &Talk<'_>) -> Option<Objection> {
    let record = talk.scene.record?;
    let clock = clocks::access(record);
    let on = talk.draft.body.answer("on").and_then(|v| v.text()?.parse::<Day>().ok());
    if let (Some(on), Some(received)) = (on, clock.received)
        && on < received
    {
        let sentence = format!("{on} lies before the request came ({received})");
        return object("on", Ill::Wrong, sentence, "give the day on which it happened");
    }
    let step = talk.draft.body.answer("step")?;
    match step.text()? {
        "pause" if clock.paused_since.is_some() => {
            object("step", Ill::Wrong, "the clock stands already", "say first that it runs on")
        }
        "resume" => match clock.paused_since {
            None => object("step", Ill::Wrong, "the clock is running", "nothing to resume"),
            Some(since) if on.is_some_and(|on| on < since) => {
                let sentence = format!("the clock stands since {since}");
                object("on", Ill::Wrong, sentence, "they cannot have answered before")
            }
            _ => None,
        },
        "extension" if clock.months > 0 => {
            let sentence = "the time was extended already";
            object("step", Ill::Refused, sentence, "the law lets it be extended once")
        }
        "extension" => {
            let told = talk.draft.body.answer("told-on");
            let told = told.and_then(|v| v.text()?.parse::<Day>().ok());
            let late = told.zip(clock.first_due()).is_some_and(|(told, due)| told > due);
            let sentence = "they were told of it after the first month had passed";
            late.then(|| object("told-on", Ill::Doubt, sentence, "say so in your answer")).flatten()
        }
        _ => None,
    }
}

/// A renewal or review belongs to an authorisation that has not run out (R1.18).
pub fn covert(talk: &Talk<'_>) -> Option<Objection> {
    let record = talk.scene.record?;
    let clock = clocks::covert(record);
    let step = talk.draft.body.answer("step")?;
    let on = talk.draft.body.answer("on").and_then(|v| v.text()?.parse::<Day>().ok());
    match (step.text()?, clock.until) {
        ("authorised", Some(_)) => object(
            "step",
            Ill::Wrong,
            "it was authorised already",
            "a renewal is a step of its own",
        ),
        ("reviewed" | "renewed", None) => {
            object("step", Ill::Wrong, "it was never authorised", "enter the authorisation first")
        }
        ("renewed", Some(until)) if on.is_some_and(|on| on > until) => {
            let sentence = format!("it ran out on {until}, and cannot be renewed after that");
            object("step", Ill::Refused, sentence, "cancel it, and apply anew")
        }
        _ => None,
    }
}
