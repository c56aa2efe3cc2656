//! One question of a form, and what has been typed into it.

use std::collections::BTreeSet;

use crate::base::limits::{FORM_LINE_CHARS_MAX, FORM_TEXT_CHARS_MAX, SECRET_BYTES_MAX};
use crate::base::secret::Secret;
use crate::base::time::{Day, Utc, Zone};
use crate::console::moment::{self, Edge};
use crate::logbook::Value;
use crate::wire::Sent;
use crate::wire::book::{Choice, FormField, FormSort};

/// What a typed text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Line,
    Text,
    Number,
    Day,
    Moment,
    /// One a line, or with `;` between.
    List,
    Choice,
    Several,
    YesNo,
    Secret,
}

/// What somebody has answered so far.
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    Line(Line),
    /// Shows nothing, not even its length.
    Hidden(Secret),
    Pick(Option<usize>),
    Several {
        on: BTreeSet<usize>,
        at: usize,
    },
    Yes(Option<bool>),
}

/// A text with a cursor, counted in characters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    pub text: String,
    pub cursor: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: String,
    pub title: String,
    pub sort: Sort,
    pub choices: Vec<Choice>,
    pub hint: Option<String>,
    /// The requirement that asks for it.
    pub row: String,
    pub needed: bool,
    pub asked: bool,
    /// Somebody has been here.
    pub touched: bool,
    /// The console's own: no part of the entry.
    pub own: bool,
    /// What the file itself answered, as it was filled in here.
    pub offered: Option<Input>,
    pub input: Input,
}

impl Field {
    pub fn new(name: &str, title: &str, sort: Sort) -> Field {
        Field {
            name: name.into(),
            title: title.into(),
            sort,
            choices: Vec::new(),
            hint: None,
            row: String::new(),
            needed: true,
            asked: true,
            touched: false,
            own: false,
            offered: None,
            input: Input::of(sort),
        }
    }

    pub fn secret(name: &str, title: &str) -> Field {
        Field::new(name, title, Sort::Secret)
    }

    pub fn pick(name: &str, title: &str, choices: Vec<Choice>) -> Field {
        Field { choices, ..Field::new(name, title, Sort::Choice) }
    }

    #[must_use]
    pub fn own(mut self) -> Field {
        self.own = true;
        self
    }

    #[must_use]
    pub fn may(mut self) -> Field {
        self.needed = false;
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: &str) -> Field {
        self.hint = Some(hint.into());
        self
    }

    /// As the supervisor's table has it.
    pub fn of(field: FormField) -> Field {
        let sort = match (field.sort, field.choices.is_empty()) {
            (FormSort::Line, _) => Sort::Line,
            (FormSort::Text, _) => Sort::Text,
            (FormSort::Choice, true) => Sort::Line,
            (FormSort::Choice, false) => Sort::Choice,
            (FormSort::YesNo, _) => Sort::YesNo,
            (FormSort::Number, _) => Sort::Number,
            (FormSort::Day, _) => Sort::Day,
            (FormSort::Moment, _) => Sort::Moment,
            (FormSort::List, true) => Sort::List,
            (FormSort::List, false) => Sort::Several,
        };
        Field {
            name: field.name,
            title: field.title,
            sort,
            choices: field.choices,
            hint: field.hint,
            row: field.row,
            needed: field.required,
            // Until it is judged only what is always asked for.
            asked: field.required,
            touched: false,
            own: false,
            offered: None,
            input: Input::of(sort),
        }
    }

    pub fn text(&self) -> &str {
        match &self.input {
            Input::Line(line) => line.text.trim(),
            _ => "",
        }
    }

    /// The word of the choice that is made.
    pub fn word(&self) -> Option<&str> {
        match self.input {
            Input::Pick(Some(n)) => self.choices.get(n).map(|c| c.word.as_str()),
            _ => None,
        }
    }

    pub fn sent(&self) -> Sent {
        match &self.input {
            Input::Hidden(secret) => Sent(secret.clone()),
            _ => Sent::default(),
        }
    }

    /// The answer as it stands in an entry; `None`: nothing was answered.
    ///
    /// # Errors
    /// A sentence that says how to write it.
    pub fn value(&self, zone: &Zone, now: Utc) -> Result<Option<Value>, String> {
        if self.input.is_empty() {
            return Ok(None);
        }
        let word = |n: &usize| self.choices.get(*n).map(|c| c.word.clone());
        Ok(Some(match (&self.input, self.sort) {
            (Input::Yes(Some(yes)), _) => Value::Yes(*yes),
            (Input::Pick(Some(n)), _) => Value::Text(word(n).unwrap_or_default()),
            (Input::Several { on, .. }, _) => Value::List(on.iter().filter_map(word).collect()),
            (Input::Line(line), sort) => typed(sort, line.text.trim(), zone, now)?,
            (Input::Hidden(_) | Input::Pick(None) | Input::Yes(None), _) => return Ok(None),
        }))
    }

    /// Puts an answer in, as if it had been given here.
    pub fn fill(&mut self, value: &Value, zone: &Zone) {
        let place = |word: &str| self.choices.iter().position(|c| c.word == word);
        self.input = match (self.sort, value) {
            (Sort::YesNo, Value::Yes(yes)) => Input::Yes(Some(*yes)),
            (Sort::Choice, value) => Input::Pick(place(&value.in_words())),
            (Sort::Several, Value::List(list)) => {
                Input::Several { on: list.iter().filter_map(|w| place(w)).collect(), at: 0 }
            }
            (Sort::Several, value) => {
                Input::Several { on: place(&value.in_words()).into_iter().collect(), at: 0 }
            }
            (Sort::Moment, Value::Text(text)) => Input::line(&match text.parse::<Utc>() {
                Ok(at) => local(zone, at),
                Err(_) => text.clone(),
            }),
            (Sort::List, Value::List(list)) => Input::line(&list.join("; ")),
            (Sort::Secret, _) => Input::hidden(),
            (_, value) => Input::line(&value.in_words()),
        };
    }

    /// Fills in what the file answers, where nothing stands or what it answered before; `typing`:
    /// somebody is in this field. Did anything change?
    pub fn take_offer(&mut self, value: &Value, typing: bool) -> bool {
        let old = self.input.is_empty() || self.offered.as_ref() == Some(&self.input);
        if !old || (typing && self.touched) {
            return false;
        }
        let before = self.input.clone();
        // Words and numbers of the file: none of them is a moment of a zone.
        self.fill(value, &Zone::utc());
        self.offered = Some(self.input.clone());
        before != self.input
    }

    /// The most that may be typed.
    pub fn chars_max(&self) -> usize {
        match self.sort {
            Sort::Text | Sort::List => FORM_TEXT_CHARS_MAX,
            Sort::Secret => SECRET_BYTES_MAX / 4,
            _ => FORM_LINE_CHARS_MAX,
        }
    }

    /// How to write it, where the sort says more than the title.
    pub fn shape(&self) -> &'static str {
        match self.sort {
            Sort::Day => "today, yesterday or 2026-11-22",
            Sort::Moment => "now, 14:35, yesterday 14:35 or 2026-11-22 14:35",
            Sort::List => "with ; between",
            Sort::Number => "a whole number",
            _ => "",
        }
    }
}

/// `2026-11-22 14:35:07`, as [`moment::parse`] reads it.
pub fn local(zone: &Zone, at: Utc) -> String {
    zone.show(at).split(' ').take(2).collect::<Vec<_>>().join(" ")
}

fn typed(sort: Sort, text: &str, zone: &Zone, now: Utc) -> Result<Value, String> {
    Ok(match sort {
        Sort::Number => {
            let number = text.trim_start_matches('#').parse();
            Value::Number(number.map_err(|_| format!("\"{text}\" is not a whole number."))?)
        }
        Sort::Moment => Value::Text(moment::parse(text, Edge::From, zone, now)?.to_string()),
        Sort::Day => Value::Text(day(text, zone, now)?.to_string()),
        Sort::List => {
            let parts = text.split([';', '\n']).map(str::trim).filter(|p| !p.is_empty());
            Value::List(parts.map(String::from).collect())
        }
        _ => Value::Text(text.into()),
    })
}

/// `today`, `yesterday`, `tomorrow` or a date.
///
/// # Errors
/// A sentence that says how to write it.
pub fn day(text: &str, zone: &Zone, now: Utc) -> Result<Day, String> {
    let today = zone.day_of(now);
    match text {
        "today" => Ok(today),
        "yesterday" => Ok(today.plus(-1)),
        "tomorrow" => Ok(today.plus(1)),
        _ => text.parse().map_err(|_| {
            format!("\"{text}\" is not a day. Write it like today, yesterday or 2026-11-22.")
        }),
    }
}

impl Input {
    fn of(sort: Sort) -> Input {
        match sort {
            Sort::Choice => Input::Pick(None),
            Sort::Several => Input::Several { on: BTreeSet::new(), at: 0 },
            Sort::YesNo => Input::Yes(None),
            Sort::Secret => Input::hidden(),
            _ => Input::Line(Line::default()),
        }
    }

    pub fn hidden() -> Input {
        Input::Hidden(Secret::default())
    }

    pub fn line(text: &str) -> Input {
        Input::Line(Line { text: text.into(), cursor: text.chars().count() })
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Input::Line(line) => line.text.trim().is_empty(),
            Input::Hidden(secret) => secret.is_empty(),
            Input::Pick(pick) => pick.is_none(),
            Input::Several { on, .. } => on.is_empty(),
            Input::Yes(yes) => yes.is_none(),
        }
    }
}
