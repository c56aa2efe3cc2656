//! Keys inside a field: letters, cursor, choices.

use super::{Field, Input, Line};
use crate::base::limits::FORM_LINE_CHARS_MAX;
use crate::base::secret::Secret;
use crate::console::key::Key;

impl Field {
    /// Takes a key; `false`: this field has no use for it.
    pub fn key(&mut self, key: Key) -> bool {
        let most = self.chars_max();
        let titles = || self.choices.iter().map(|c| c.title.as_str());
        let used = match &mut self.input {
            Input::Line(line) => line.key(key, most),
            Input::Hidden(secret) => hidden(secret, key, most),
            Input::Yes(yes) => match key {
                Key::Char('y' | 'Y') => set(yes, Some(true)),
                Key::Char('n' | 'N') => set(yes, Some(false)),
                Key::Char(' ') | Key::Left | Key::Right => set(yes, Some(!yes.unwrap_or(false))),
                Key::Backspace | Key::Delete => set(yes, None),
                _ => false,
            },
            Input::Pick(pick) => match key {
                Key::Backspace | Key::Delete => set(pick, None),
                key => match turned(key, pick.as_ref().copied(), titles()) {
                    Some(place) => set(pick, Some(place)),
                    None => false,
                },
            },
            Input::Several { on, at } => match key {
                Key::Char(' ') => {
                    if !on.remove(at) && *at < self.choices.len() {
                        on.insert(*at);
                    }
                    true
                }
                Key::Char('*') => {
                    *on = (0..self.choices.len()).collect();
                    true
                }
                Key::Backspace | Key::Delete => {
                    on.clear();
                    true
                }
                key => match turned(key, Some(*at), titles()) {
                    Some(place) => {
                        *at = place;
                        true
                    }
                    None => false,
                },
            },
        };
        self.touched |= used;
        used
    }

    /// Is the answer whole after this key, without leaving the field?
    pub fn answers_at_once(&self) -> bool {
        !matches!(self.input, Input::Line(_) | Input::Hidden(_))
    }
}

fn set<T>(place: &mut T, value: T) -> bool {
    *place = value;
    true
}

/// The choice that a key leads to: the next, the one before, the one that begins with the letter.
fn turned<'a>(key: Key, at: Option<usize>, titles: impl Iterator<Item = &'a str>) -> Option<usize> {
    let titles: Vec<&str> = titles.collect();
    let all = titles.len();
    if all == 0 {
        return None;
    }
    match (key, at) {
        (Key::Right | Key::Char(' '), None) | (Key::Home, _) => Some(0),
        (Key::Left, None) | (Key::End, _) => Some(all - 1),
        (Key::Right | Key::Char(' '), Some(n)) => Some((n + 1) % all),
        (Key::Left, Some(n)) => Some((n + all - 1) % all),
        (Key::Char(c), at) => {
            let first = at.map_or(0, |n| n + 1);
            let begins = |n: &usize| {
                let start = titles[*n].chars().next();
                start.is_some_and(|s| s.to_lowercase().eq(c.to_lowercase()))
            };
            (first..first + all).map(|n| n % all).find(begins)
        }
        _ => None,
    }
}

fn hidden(secret: &mut Secret, key: Key, most: usize) -> bool {
    let text = secret.expose();
    match key {
        Key::Char(c) if text.chars().count() < most => *secret = Secret::new(format!("{text}{c}")),
        Key::Backspace => {
            let mut chars = text.chars();
            chars.next_back();
            *secret = Secret::new(chars.as_str());
        }
        Key::Delete => *secret = Secret::default(),
        Key::Char(_) => {}
        _ => return false,
    }
    true
}

impl Line {
    /// A key of a line that is no field of a form.
    pub fn type_key(&mut self, key: Key) -> bool {
        self.key(key, FORM_LINE_CHARS_MAX)
    }

    fn key(&mut self, key: Key, most: usize) -> bool {
        let all = self.text.chars().count();
        match key {
            Key::Char(c) if all < most => {
                self.text.insert(self.byte(self.cursor), c);
                self.cursor += 1;
            }
            Key::Char(_) => {}
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.text.remove(self.byte(self.cursor));
            }
            Key::Delete if self.cursor < all => {
                self.text.remove(self.byte(self.cursor));
            }
            Key::Backspace | Key::Delete => {}
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(all),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = all,
            _ => return false,
        }
        true
    }

    fn byte(&self, place: usize) -> usize {
        self.text.char_indices().nth(place).map_or(self.text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sort;
    use super::*;
    use crate::wire::book::Choice;

    fn typed(field: &mut Field, keys: &[Key]) {
        for key in keys {
            field.key(*key);
        }
    }

    #[test]
    fn a_line_is_edited_where_the_cursor_stands() {
        let mut field = Field::new("a", "A", Sort::Line);
        let keys = "Gwyr".chars().map(Key::Char).collect::<Vec<_>>();
        typed(&mut field, &keys);
        typed(&mut field, &[Key::Left, Key::Left, Key::Delete, Key::Char('ŵ'), Key::Home]);
        typed(&mut field, &[Key::Delete, Key::End, Key::Backspace, Key::Char('!')]);
        assert_eq!(field.text(), "wŵ!");
        assert!(!field.key(Key::Tab) && field.touched);
    }

    #[test]
    fn a_passphrase_leaves_no_trace() {
        let mut field = Field::secret("p", "P");
        typed(&mut field, &[Key::Char('h'), Key::Char('x'), Key::Backspace, Key::Char('u')]);
        assert_eq!(field.sent().0.expose(), "hu");
        assert!(!format!("{field:?}").contains("\"hu\""), "{field:?}");
        typed(&mut field, &[Key::Delete]);
        assert!(field.input.is_empty());
    }

    #[test]
    fn choices_turn_and_letters_lead_to_them() {
        let choice = |t: &str| Choice { word: t.to_lowercase(), title: t.into() };
        let all: Vec<Choice> = ["Police", "Court", "Press", "Parent"].map(choice).into();
        let mut field = Field::pick("to", "To", all.clone());
        let table = [
            (Key::Right, "police"),
            (Key::Left, "parent"),
            (Key::Char('p'), "police"),
            (Key::Char('P'), "press"),
            (Key::Char('p'), "parent"),
            (Key::Char('z'), "parent"),
            (Key::Home, "police"),
        ];
        for (key, want) in table {
            field.key(key);
            assert_eq!(field.word(), Some(want), "{key:?}");
        }
        let mut several = Field { choices: all, ..Field::new("s", "S", Sort::Several) };
        let space = Key::Char(' ');
        typed(&mut several, &[space, Key::Char('c'), space, Key::Right, space, space]);
        let value = several.value(&crate::base::time::Zone::utc(), Default::default());
        assert_eq!(value.unwrap().unwrap().in_words(), "police, court");
    }
}
