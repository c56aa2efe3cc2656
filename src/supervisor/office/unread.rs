//! What somebody has still to read: breaches, complaints and reports of misuse wait for the
//! Headteacher, those about the Headteacher for whom the file names (S1.52 to S1.56, S1.64, K13).

use super::super::Supervisor;
use super::call::Caller;
use crate::base::limits::LOGBOOK_PAGE_MAX;
use crate::config::registers::Register;
use crate::ledger::index::Query;
use crate::logbook::registers::{self, Reader, Record};
use crate::logbook::{Account, Number, holders};

/// Where such records stand.
const MATTERS: [Register; 2] = [Register::Breaches, Register::Complaints];

impl Supervisor {
    /// For whom such matters wait, if they wait for this person.
    pub(super) fn reader(&self, person: &str) -> Option<Reader> {
        let config = &self.file.config;
        let alternate = config.breaches.about_head.as_ref().is_some_and(|named| {
            let is = |p: &crate::config::people::Person| {
                p.id.as_str() == person
                    && (named.value == person || named.value.eq_ignore_ascii_case(&p.title))
            };
            config.people.iter().any(is)
        });
        match holders::has(&holders::heads(config), person) {
            true => Some(Reader::Head),
            false if alternate => Some(Reader::Alternate),
            false => None,
        }
    }

    pub(super) fn is_unread(&self, record: &Record, person: &str) -> bool {
        self.reader(person).is_some_and(|r| registers::is_unread(record, person, r))
    }

    /// The records that are new to this person, the newest first.
    pub(super) fn unread_by(&self, person: &str) -> Result<Vec<Number>, String> {
        let mut numbers = Vec::new();
        if self.reader(person).is_none() {
            return Ok(numbers);
        }
        for register in MATTERS {
            let query = Query {
                register: Some(register),
                records: true,
                limit: LOGBOOK_PAGE_MAX,
                ..Query::default()
            };
            let page = self.office.index.page(&query).map_err(|fault| fault.text)?;
            for number in page.numbers {
                if self.is_unread(&self.record_of(number)?, person) {
                    numbers.push(number);
                }
            }
        }
        Ok(numbers)
    }

    /// An entry was shown: what it belongs to is read by whoever it waited for.
    pub(super) fn mark_read(&mut self, caller: &Caller, number: Number) {
        if caller.session.account != Account::Own {
            return;
        }
        let person = caller.session.person.to_string();
        let record = self.record_of(number).ok();
        if let Some(record) = record.filter(|record| self.is_unread(record, &person)) {
            let (_, now) = self.now();
            let draft = registers::read_by(&record, &person, now, self.clock_state);
            self.note(draft);
        }
    }
}
