//! Times as people type them.

use crate::base::time::{Day, Utc, Zone};

/// Which end of a window: decides what a whole day means, and an hour that comes twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edge {
    From,
    To,
}

/// `2026-11-21T08:41:00Z`, `2026-11-21 08:41`, `2026-11-21`, `08:41`, `today 08:41`, `yesterday
/// 14:35`, `yesterday` (or `y`) or `now`; without a zone of its own it is the school's local time.
/// A day alone means its first moment, or as `Edge::To` the midnight that ends it.
///
/// # Errors
/// A sentence that says how to write it.
pub fn parse(text: &str, edge: Edge, zone: &Zone, now: Utc) -> Result<Utc, String> {
    let text = text.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Ok(moment) = text.parse::<Utc>() {
        return Ok(moment);
    }
    let fault = || {
        format!(
            "\"{text}\" is not a time. Write it like \"2026-11-21 08:41\", \"08:41\", \
             \"yesterday 14:35\", \"2026-11-21\" or 2026-11-21T08:41:00Z."
        )
    };
    let (first, rest) = match text.split_once([' ', 'T']) {
        Some((first, rest)) => (first, Some(rest.trim())),
        None => (text, None),
    };
    let today = zone.day_of(now);
    let day = match first {
        "today" => Some(today),
        "yesterday" | "y" => Some(today.plus(-1)),
        date => date.parse::<Day>().ok(),
    };
    let (day, clock) = match (day, rest) {
        (Some(day), Some(clock)) => (day, clock),
        (Some(day), None) if edge == Edge::From => return Ok(zone.start_of(day)),
        (Some(day), None) => return Ok(zone.end_of(day)),
        (None, None) => (today, first),
        (None, Some(_)) => return Err(fault()),
    };
    let (first, last) = zone.moments_of(day, self::clock(clock).ok_or_else(fault)?)?;
    Ok(if edge == Edge::From { first } else { last })
}

/// `8:41`, `08:41` or `08:41:07`.
fn clock(text: &str) -> Option<(i8, i8, i8)> {
    let parts: Option<Vec<i8>> = (text.split(':'))
        .map(|part| {
            let digits = part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    match parts?[..] {
        [h, m] => Some((h, m, 0)),
        [h, m, s] => Some((h, m, s)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_local_to_the_school_unless_they_say_otherwise() {
        let zone = Zone::named("Europe/London").unwrap();
        let now: Utc = "2026-07-02T10:00:00Z".parse().unwrap(); // 11:00 in summer time
        for (text, from, to) in [
            ("2026-11-21T08:41:00Z", "2026-11-21T08:41:00Z", "2026-11-21T08:41:00Z"),
            ("2026-11-21T08:41:00+01:00", "2026-11-21T07:41:00Z", "2026-11-21T07:41:00Z"),
            ("2026-11-21 08:41", "2026-11-21T08:41:00Z", "2026-11-21T08:41:00Z"),
            ("2026-07-01 08:41:30", "2026-07-01T07:41:30Z", "2026-07-01T07:41:30Z"),
            ("2026-07-01T08:41", "2026-07-01T07:41:00Z", "2026-07-01T07:41:00Z"),
            ("8:41", "2026-07-02T07:41:00Z", "2026-07-02T07:41:00Z"),
            ("yesterday 14:35", "2026-07-01T13:35:00Z", "2026-07-01T13:35:00Z"),
            ("y 14:35", "2026-07-01T13:35:00Z", "2026-07-01T13:35:00Z"),
            ("today", "2026-07-01T23:00:00Z", "2026-07-02T23:00:00Z"),
            ("2026-10-25 01:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("now", "2026-07-02T10:00:00Z", "2026-07-02T10:00:00Z"),
        ] {
            for (edge, want) in [(Edge::From, from), (Edge::To, to)] {
                let got = parse(text, edge, &zone, now).unwrap();
                assert_eq!(got.to_string(), want.parse::<Utc>().unwrap().to_string(), "{text}");
            }
        }
        for text in ["", "tomorrowish", "25:00", "8", "2026-13-01", "8:41:07:1", "x 08:41", "-1:30"]
        {
            assert!(parse(text, Edge::From, &zone, now).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_a_sentence(text in any::<String>()) {
            let _ = parse(&text, Edge::To, &Zone::utc(), Utc::from_secs(0));
        }
    }
}
