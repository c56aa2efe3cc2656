//! A box was replaced: what its entry says of the last seal before, and how two people hold the
//! paper against the logbook that came back (R5.1, R5.3).
//!
//! ```text
//! restored (entry): both keys, the last seal of the key before, does it fit?
//!    -> duty and alarm -> first person, second person: number and letters typed from the paper,
//!       compared with the root that follows from the logbook -> duty-done (entries), done with two
//! ```
//! A seal that was made after the takeover is signed with the new key, and says nothing of before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::Supervisor;
use super::machine::{number, text};
use super::watchful::Condition;
use crate::base::digest::Digest;
use crate::ledger;
use crate::logbook::fields as f;
use crate::logbook::{Draft, Kind, Number, Value, checkpoint};

/// Characters that are typed from the seal.
const LETTERS: usize = 8;

const REMEDY: &str = "Two people, with the last printed seal: screen Today, the duty; or `beadle \
                      logbook add duty-done --with PERSON`.";

impl Supervisor {
    /// The last seal that the key before signed, as it came back: in words, and for the entry.
    pub(super) fn seal_before(&self, key: &str) -> (String, Vec<(&'static str, Value)>) {
        let none = "no seal of that key came back with the logbook".to_string();
        let Ok(book) = &self.office.ledger else { return (none, Vec::new()) };
        let stored = ledger::stored_checkpoint(self.state.as_ref()).ok().flatten();
        let public = key.parse::<Digest>().ok();
        let origin = checkpoint::origin(&self.site_id);
        let head = stored.zip(public).and_then(|(text, public)| {
            checkpoint::check(&text, &origin, &public.0).ok() // of another key: not the last one
        });
        let Some(head) = head else { return (none, Vec::new()) };
        let (sealed, here) = (head.size, book.size());
        let said = match book.root_at(sealed) {
            _ if sealed > here => format!(
                "its last seal counts {sealed} entries, and {here} came back: entries are LOST"
            ),
            Ok(root) if root == head.root => {
                format!("its last seal counts {sealed} entries, which came back as they were")
            }
            Ok(_) => format!(
                "its last seal counts {sealed} entries, and what came back is NOT what was sealed"
            ),
            Err(fault) => {
                format!("its last seal, of {sealed} entries, cannot be compared: {fault}")
            }
        };
        let root = STANDARD.encode(head.root.0);
        (said, vec![(f::SEALED_ENTRIES, number(sealed)), (f::SEALED_ROOT, text(root))])
    }

    /// Compares what two people typed from the paper with the logbook, before it is entered; what
    /// came of it stands in the entry.
    ///
    /// # Errors
    /// It is not the paper of before, or the logbook is not the one that was sealed.
    pub(super) fn compare_seal(&self, draft: &mut Draft) -> Result<(), String> {
        let body = &mut draft.body;
        if draft.kind != Kind::DutyDone || body.text(f::DUTY) != Some(f::KEY_CHECK) {
            return Ok(());
        }
        let of: Option<Number> = body.text(f::OF).and_then(|of| of.parse().ok());
        let waiting = self.office.facts.seals_to_compare();
        let Some((number, ..)) = waiting.iter().find(|(number, ..)| Some(*number) == of) else {
            let open: Vec<String> = waiting.iter().map(|(number, ..)| number.to_string()).collect();
            return Err(match open.as_slice() {
                [] => "Nothing waits to be compared: no box was replaced since.".to_string(),
                open => format!("Name the entry of the replaced box: {}.", open.join(", ")),
            });
        };
        if let Some(who) = body.who.as_ref()
            && who.second.as_ref() == Some(&who.person)
        {
            return Err("Two different people compare.".into());
        }
        if body.text(f::SHEET) != Some(f::SHEET_HERE) {
            return match body.outcome.as_deref().map(str::trim).unwrap_or_default() {
                "" => Err("Say in the result why there is no printed seal of before.".into()),
                _ => Ok(()),
            };
        }
        let count = match body.fields.get(f::SHEET_ENTRIES) {
            Some(Value::Number(count)) => u64::try_from(*count).unwrap_or_default(),
            _ => 0,
        };
        let typed = body.text(f::SHEET_ROOT).unwrap_or_default().trim().to_string();
        self.fits_paper(*number, count, &typed)?;
        let fits = format!("the first {count} entries of the logbook are those of the paper");
        body.outcome = Some(match body.outcome.take() {
            Some(said) => format!("{said} ({fits})"),
            None => fits,
        });
        Ok(())
    }

    fn fits_paper(&self, taken: Number, count: u64, typed: &str) -> Result<(), String> {
        if typed.chars().count() < LETTERS {
            return Err(format!("Type the first {LETTERS} characters of the seal's third line."));
        }
        if count > taken {
            return Err(format!(
                "A seal of {count} entries was made after this box took over (entry {taken}), so it \
                 says nothing of the box before. Look for the last one before that."
            ));
        }
        let book = self.office.ledger.as_ref().map_err(|why| why.clone())?;
        let root = book.root_at(count).map_err(|fault| fault.text)?;
        let root = STANDARD.encode(root.0);
        let same = alike(typed).zip(alike(&root)).all(|(a, b)| a == b) && typed.len() <= root.len();
        match same {
            true => Ok(()),
            false => Err(format!(
                "The paper does not fit. The first {count} entries of this logbook are sealed by \
                 {}..., not by {typed}. Read both lines of the paper again. If they are right, the \
                 logbook that came back is not the one that was sealed: enter it as a breach, and \
                 keep the paper and the old disks.",
                &root[..LETTERS]
            )),
        }
    }

    /// Boxes that were replaced, until two people have compared (nags on every screen).
    pub(super) fn unread_seals(&self) -> Vec<(String, Condition)> {
        let waiting = self.office.facts.seals_to_compare().into_iter();
        let condition = |(number, since, who): (Number, _, std::collections::BTreeSet<&str>)| {
            let who = match who.len() {
                0 => "nobody has",
                _ => "only one person has",
            };
            let text = format!(
                "the box was replaced (entry {number}), and {who} compared the printed seal with its \
                 logbook yet"
            );
            (format!("key-check {number}"), Condition { text, remedy: REMEDY, since })
        };
        waiting.map(condition).collect()
    }

    /// Keys that seals of this logbook may be signed with: this box's, and those of before.
    pub(super) fn known_keys(&self, own: [u8; 32]) -> Vec<[u8; 32]> {
        let before = self.office.facts.keys_before();
        let before = before.filter_map(|key| key.parse::<Digest>().ok()).map(|key| key.0);
        std::iter::once(own).chain(before).collect()
    }
}

/// What a reader cannot tell apart on paper counts as the same.
fn alike(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    })
}
