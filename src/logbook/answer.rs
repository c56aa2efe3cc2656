//! What an entry says, by the names that its form uses: the fields of the kind and the slots of
//! [`Body`] (purpose, reason, authority ...) are read and written alike.

use std::collections::BTreeMap;

use super::entry::{Authority, AuthorityForm, Body, Value};

/// Names of the slots of [`Body`] that a form may ask for. `witness` is the second person.
pub const SLOTS: [&str; 7] = [
    "purpose",
    "reason",
    "outcome",
    "authority-by",
    "authority-form",
    "authority-reference",
    "witness",
];

/// Spelling, and what the reader sees.
pub const AUTHORITY_FORMS: [(&str, &str); 4] = [
    ("own", "their own right"),
    ("written", "in writing"),
    ("verbal", "by mouth, to be confirmed under their own log-in"),
    ("permission", "a permission in this logbook"),
];

impl AuthorityForm {
    pub const fn as_str(self) -> &'static str {
        match self {
            AuthorityForm::Own => "own",
            AuthorityForm::Written => "written",
            AuthorityForm::Verbal => "verbal",
            AuthorityForm::Permission => "permission",
        }
    }

    pub fn named(word: &str) -> Option<AuthorityForm> {
        use AuthorityForm::{Own, Permission, Verbal, Written};
        [Own, Written, Verbal, Permission].into_iter().find(|f| f.as_str() == word)
    }
}

impl Value {
    /// Nothing in it: an empty text or list counts as no answer.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(text) => text.trim().is_empty(),
            Value::List(list) => list.is_empty(),
            Value::Yes(_) | Value::Number(_) => false,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// For people: `yes`, `42`, the text, a list with commas.
    pub fn in_words(&self) -> String {
        match self {
            Value::Yes(true) => "yes".into(),
            Value::Yes(false) => "no".into(),
            Value::Number(n) => n.to_string(),
            Value::Text(text) => text.clone(),
            Value::List(list) => list.join(", "),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Yes(yes)
    }
}

impl Body {
    /// The text of a field of the kind; not of the slots that every body has.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.text()
    }

    /// The texts of a field of the kind; a single one counts as a list of one.
    pub fn list(&self, field: &str) -> Vec<&str> {
        match self.fields.get(field) {
            Some(Value::List(all)) => all.iter().map(String::as_str).collect(),
            Some(Value::Text(one)) => vec![one],
            _ => Vec::new(),
        }
    }

    /// The answer to the field `name`, wherever it stands; `None` also where it is empty.
    pub fn answer(&self, name: &str) -> Option<Value> {
        let text = |t: &Option<String>| t.clone().map(Value::Text);
        let authority = self.authority.as_ref();
        let found = match name {
            "purpose" => text(&self.purpose),
            "reason" => text(&self.reason),
            "outcome" => text(&self.outcome),
            "authority-by" => authority.map(|a| Value::Text(a.by.clone())),
            "authority-form" => authority.map(|a| a.form.as_str().into()),
            "authority-reference" => authority.and_then(|a| text(&a.reference)),
            "witness" => self.who.as_ref().and_then(|w| text(&w.second)),
            _ => self.fields.get(name).cloned(),
        };
        found.filter(|v| !v.is_empty())
    }

    /// Every answer that is not empty.
    pub fn answers(&self) -> BTreeMap<String, Value> {
        let slots = SLOTS.iter().filter_map(|n| Some((n.to_string(), self.answer(n)?)));
        let fields = self.fields.iter().filter(|(_, v)| !v.is_empty());
        slots.chain(fields.map(|(n, v)| (n.clone(), v.clone()))).collect()
    }

    /// Writes an answer where it belongs.
    ///
    /// # Errors
    /// A slot takes a text, a form of authority one of its words, and a second person needs a
    /// first.
    pub fn put(&mut self, name: &str, value: Value) -> Result<(), String> {
        if !SLOTS.contains(&name) {
            self.fields.insert(name.into(), value);
            return Ok(());
        }
        let Value::Text(text) = value else {
            return Err(format!("{name} is a text"));
        };
        match name {
            "purpose" => self.purpose = Some(text),
            "reason" => self.reason = Some(text),
            "outcome" => self.outcome = Some(text),
            "witness" => match &mut self.who {
                Some(who) => who.second = Some(text),
                None => return Err("a second person needs a first".into()),
            },
            _ => {
                let empty =
                    Authority { by: String::new(), form: AuthorityForm::Own, reference: None };
                let authority = self.authority.get_or_insert(empty);
                match name {
                    "authority-by" => authority.by = text,
                    "authority-reference" => authority.reference = Some(text),
                    _ => {
                        authority.form = AuthorityForm::named(&text)
                            .ok_or_else(|| format!("\"{text}\" is no form of authority"))?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::{Account, Who};

    #[test]
    fn what_is_put_is_answered() {
        let who = Who {
            person: "headteacher".into(),
            account: Account::Own,
            acting_for: None,
            second: None,
        };
        let mut body = Body { who: Some(who), ..Body::default() };
        for name in SLOTS.iter().chain(&["place"]) {
            // A form of authority comes with whoever gave it.
            let said = (*name == "authority-form").then_some(Value::from("own"));
            assert_eq!(body.answer(name), said, "{name}");
            let word = if *name == "authority-form" { "verbal" } else { "x" };
            body.put(name, word.into()).unwrap();
            assert_eq!(body.answer(name), Some(word.into()), "{name}");
        }
        assert_eq!(body.answers().len(), SLOTS.len() + 1);
        assert!(body.put("authority-form", "shouted".into()).is_err());
        assert!(body.put("purpose", true.into()).is_err());
        assert!(Body::default().put("witness", "x".into()).is_err());
        body.put("place", " ".into()).unwrap();
        assert_eq!(body.answer("place"), None);
    }
}
