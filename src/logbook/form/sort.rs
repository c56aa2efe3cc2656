//! One answer against its sort; and a typed text turned into an answer.

use super::check::{Ill, Scene};
use super::{Field, Side, Sort, Source, Words, choices};
use crate::base::digest::Digest;
use crate::base::limits::{FORM_LINE_CHARS_MAX, FORM_LIST_MAX, FORM_TEXT_CHARS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc, Zone};
use crate::config::near;
use crate::logbook::entry::Value;

/// What is wrong with an answer, in words.
pub(super) struct Fault {
    pub ill: Ill,
    pub sentence: String,
    pub remedy: String,
}

fn wrong(sentence: impl Into<String>, remedy: impl Into<String>) -> Option<Fault> {
    Some(Fault { ill: Ill::Wrong, sentence: sentence.into(), remedy: remedy.into() })
}

/// Clocks of two machines at one desk differ by less.
const SLACK: Span = Span::mins(5);

/// `None`: the answer is of the field's sort.
pub(super) fn fault(field: &Field, value: &Value, scene: &Scene<'_>) -> Option<Fault> {
    match (field.sort, value) {
        (Sort::Line, Value::Text(text)) => line(text, FORM_LINE_CHARS_MAX, false),
        (Sort::Text, Value::Text(text)) => line(text, FORM_TEXT_CHARS_MAX, true),
        (Sort::Choice(words), Value::Text(word)) => one_of(words, word, scene),
        (Sort::Several(words), Value::List(list)) => {
            list_fault(list).or_else(|| list.iter().find_map(|w| one_of(words, w, scene)))
        }
        // Every camera that there was: a permission, a report.
        (Sort::Several(Words::From(Source::Cameras)), Value::Text(all)) if all == "all" => None,
        (Sort::YesNo, Value::Yes(_)) | (Sort::Confirmed, Value::Yes(true)) => None,
        (Sort::Confirmed, Value::Yes(false)) => wrong(
            format!("\"{}\" was answered with no", field.title),
            "the entry can be made once it is so",
        ),
        (Sort::Day(side), Value::Text(text)) => day(text, side, scene),
        (Sort::Moment(side), Value::Text(text)) => moment(text, side, scene),
        (Sort::Clock, Value::Text(text)) => match clock(text) {
            Some(_) => None,
            None => wrong(format!("\"{text}\" is not a time of day"), "write it like 09:14"),
        },
        (Sort::Number { min, max, unit }, Value::Number(n)) => match (min..=max).contains(n) {
            true => None,
            false => wrong(
                format!("{n} {unit} is out of range"),
                format!("give {min} to {max} {unit}").trim_end().to_string(),
            ),
        },
        (Sort::List, Value::List(list)) => list_fault(list),
        (Sort::Dated, Value::List(list)) => {
            list_fault(list).or_else(|| list.iter().find_map(|line| dated(line)))
        }
        (Sort::Entry(_), Value::Number(n)) if *n >= 0 => None,
        (Sort::Digest, Value::Text(text)) => match text.parse::<Digest>() {
            Ok(_) => None,
            Err(why) => wrong(why, "the machine fills this in"),
        },
        (sort, _) => wrong(format!("this is not {}", sort_in_words(sort)), usual_remedy(sort)),
    }
}

fn line(text: &str, max: usize, lines: bool) -> Option<Fault> {
    let count = text.chars().count();
    if count > max {
        let sentence = format!("{count} characters are too many");
        return wrong(sentence, format!("say it in {max}; papers are named by their reference"));
    }
    let bad = |c: char| c.is_control() && !(lines && c == '\n');
    if text.chars().any(bad) {
        return wrong("it holds a character that cannot be shown", "type it again");
    }
    None
}

fn list_fault(list: &[String]) -> Option<Fault> {
    if list.len() > FORM_LIST_MAX {
        let sentence = format!("{} lines are too many", list.len());
        return wrong(sentence, format!("at most {FORM_LIST_MAX}; split the entry"));
    }
    if list.iter().any(|l| l.trim().is_empty()) {
        return wrong("a line of the list is empty", "take it out");
    }
    list.iter().find_map(|l| line(l, FORM_LINE_CHARS_MAX, false))
}

fn one_of(words: Words, word: &str, scene: &Scene<'_>) -> Option<Fault> {
    let all = choices(words, scene.config);
    if all.iter().any(|c| c.word == word) {
        return None;
    }
    let remedy = match near::nearest(word, all.iter().map(|c| c.word.as_str())) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if all.is_empty() => "the file has none to choose from".into(),
        None => {
            let listed: Vec<&str> = all.iter().take(8).map(|c| c.word.as_str()).collect();
            let more = if all.len() > listed.len() { " ..." } else { "" };
            format!("choose one of: {}{more}", listed.join(", "))
        }
    };
    let from_file = matches!(words, Words::From(_));
    let camera = words == Words::From(Source::Cameras) && CameraId::new(word).is_ok();
    // Footage outlives its camera, and an old entry the file that it was made under.
    let ill = if camera || (from_file && scene.corrects) { Ill::Doubt } else { Ill::Wrong };
    Some(Fault { ill, sentence: format!("\"{word}\" is not among the choices"), remedy })
}

fn day(text: &str, side: Side, scene: &Scene<'_>) -> Option<Fault> {
    let day: Day = match text.parse() {
        Ok(day) => day,
        Err(why) => return wrong(why, usual_remedy(Sort::Day(side))),
    };
    let today = scene.today();
    match side {
        Side::Past if day > today => {
            wrong(format!("{day} has not come yet"), "give the day on which it happened")
        }
        Side::Ahead if day < today && !scene.corrects => {
            wrong(format!("{day} is past"), "give a day to come")
        }
        _ => None,
    }
}

fn moment(text: &str, side: Side, scene: &Scene<'_>) -> Option<Fault> {
    let at: Utc = match text.parse() {
        Ok(at) => at,
        Err(why) => return wrong(why, usual_remedy(Sort::Moment(side))),
    };
    let shown = scene.config.site.zone.show(at);
    match side {
        Side::Past if at > scene.now + SLACK => {
            wrong(format!("{shown} has not come yet"), "give the time at which it happened")
        }
        Side::Ahead if at < scene.now && !scene.corrects => {
            wrong(format!("{shown} is past"), "give a time to come")
        }
        _ => None,
    }
}

fn clock(text: &str) -> Option<(i8, i8)> {
    let (h, m) = text.split_once(':')?;
    let good = h.len() == 2 && m.len() == 2;
    let (h, m): (i8, i8) = (h.parse().ok()?, m.parse().ok()?);
    (good && (0..24).contains(&h) && (0..60).contains(&m)).then_some((h, m))
}

/// `2026-12-01 Change the lock`.
fn dated(text: &str) -> Option<Fault> {
    let (day, what) = text.split_once(' ').unwrap_or((text, ""));
    if day.parse::<Day>().is_err() || what.trim().is_empty() {
        let sentence = format!("\"{text}\" has no date to be done by");
        return wrong(sentence, "begin the line with its date: 2026-12-01 Change the lock");
    }
    None
}

fn sort_in_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Line => "a line of text",
        Sort::Text => "a text",
        Sort::Choice(_) => "one of the choices",
        Sort::Several(_) => "a list of choices",
        Sort::YesNo | Sort::Confirmed => "yes or no",
        Sort::Day(_) => "a date",
        Sort::Moment(_) => "a date with its time",
        Sort::Clock => "a time of day",
        Sort::Number { .. } => "a number",
        Sort::List => "a list",
        Sort::Dated => "a list of dated lines",
        Sort::Entry(_) => "the number of an entry",
        Sort::Digest => "a digest",
    }
}

/// What to write where the form has no hint of its own.
pub(super) fn usual_remedy(sort: Sort) -> &'static str {
    match sort {
        Sort::Line | Sort::Text => "write it in a few words; name papers by their reference",
        Sort::Choice(_) => "choose one",
        Sort::Several(_) => "choose one or more",
        Sort::YesNo => "answer yes or no",
        Sort::Confirmed => "answer yes once it is so",
        Sort::Day(_) => "write it like 2026-11-22",
        Sort::Moment(_) => "write it like 2026-11-22 09:14",
        Sort::Clock => "write it like 09:14",
        Sort::Number { .. } => "give a number",
        Sort::List => "one a line",
        Sort::Dated => "one a line, each with its date first: 2026-12-01 Change the lock",
        Sort::Entry(_) => "give the number of the entry",
        Sort::Digest => "the machine fills this in",
    }
}

/// A typed text as an answer of this sort: moments in the school's time, lists with `;` or a line
/// each. Whether the answer is a good one is for [`super::check()`] to say.
///
/// # Errors
/// A sentence that says how to write it.
pub fn parse_answer(sort: Sort, text: &str, zone: &Zone) -> Result<Value, String> {
    let text = text.trim();
    let say = || format!("\"{text}\" is not {}; {}", sort_in_words(sort), usual_remedy(sort));
    match sort {
        Sort::Line | Sort::Text | Sort::Choice(_) | Sort::Day(_) | Sort::Clock | Sort::Digest => {
            Ok(text.into())
        }
        Sort::YesNo | Sort::Confirmed => match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "true" => Ok(true.into()),
            "no" | "n" | "false" => Ok(false.into()),
            _ => Err(say()),
        },
        Sort::Number { .. } | Sort::Entry(_) => {
            let digits = text.trim_start_matches('#');
            digits.parse().map(Value::Number).map_err(|_| say())
        }
        Sort::Several(Words::From(Source::Cameras)) if text == "all" => Ok(text.into()),
        Sort::Several(_) => Ok(Value::List(pieces(text, &[';', ',', '\n', ' ']))),
        Sort::List | Sort::Dated => Ok(Value::List(pieces(text, &[';', '\n']))),
        Sort::Moment(_) => match text.parse::<Utc>() {
            Ok(at) => Ok(Value::Text(at.to_string())),
            Err(_) => local(text, zone).map(|at| Value::Text(at.to_string())).ok_or_else(say),
        },
    }
}

fn pieces(text: &str, between: &[char]) -> Vec<String> {
    let pieces = text.split(|c| between.contains(&c)).map(str::trim);
    pieces.filter(|p| !p.is_empty()).map(String::from).collect()
}

/// `2026-11-22 09:14` or `2026-11-22 09:14:30`; the earlier of two in the hour that autumn repeats.
fn local(text: &str, zone: &Zone) -> Option<Utc> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let (minutes, seconds) = match time.len() {
        8 => (time.get(..5)?, time.get(5..)?.strip_prefix(':')?.parse().ok()?),
        _ => (time, 0),
    };
    let (h, m) = clock(minutes)?;
    Some(zone.moments_of(day.parse().ok()?, (h, m, seconds)).ok()?.0)
}
