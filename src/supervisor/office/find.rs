//! Reading the logbook: entries, registers, one record. Each register has its readers (S0.16).

use super::super::Supervisor;
use super::call::Caller;
use super::entry::register_named;
use crate::access::{Asking, Wish};
use crate::base::limits::LOGBOOK_PAGE_MAX;
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::ledger::index::Query;
use crate::logbook::registers::State;
use crate::logbook::{Account, Entry, Kind, Number};
use crate::wire::Reply;
use crate::wire::book::{Find, Found, RecordLine};

impl Supervisor {
    /// A page of a register, or of all, newest first.
    pub(super) fn find(&mut self, caller: &Caller, find: Find) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let register = find.register.as_deref().map(register_named).transpose()?;
        self.may_read(caller, register)?;
        let query = Query {
            register,
            kind: find.kind,
            person: find.person,
            from: find.from,
            to: find.to,
            text: find.text,
            state: find.open.then_some(State::Open),
            beyond: find.before,
            limit: (find.limit as usize).clamp(1, LOGBOOK_PAGE_MAX),
            ..Query::default()
        };
        let page = self.office.index.page(&query).map_err(|fault| fault.text)?;
        let more = (page.numbers.len() == query.limit).then(|| page.numbers.last().copied());
        let entries = self.read(&page.numbers)?;
        Ok(Reply::Entries(Found { entries, total: page.total, more: more.flatten() }))
    }

    fn read(&self, numbers: &[Number]) -> Result<Vec<Entry>, String> {
        let ledger = self.office.ledger.as_ref().map_err(|why| why.clone())?;
        numbers.iter().map(|n| ledger.entry(*n).map_err(|fault| fault.text)).collect()
    }

    /// Whoever may read the register; the whole logbook is for those who audit.
    fn may_read(&mut self, caller: &Caller, register: Option<Register>) -> Result<(), String> {
        if caller.session.account == Account::Owner {
            return Ok(());
        }
        match register {
            Some(register) => {
                let asking = Asking::to(Wish::Read(register));
                self.allowed(caller, &asking).map(drop)
            }
            None => {
                self.allowed_as(caller, Deed::Audit, Kind::Audit, "the whole logbook").map(drop)
            }
        }
    }

    pub(super) fn entry(&mut self, caller: &Caller, number: Number) -> Result<Reply, String> {
        let entry = self.entry_for(caller, number)?;
        self.mark_read(caller, number);
        Ok(Reply::Entry(Box::new(entry)))
    }

    /// One entry, to whoever may read its register.
    pub(super) fn entry_for(&mut self, caller: &Caller, number: Number) -> Result<Entry, String> {
        let entry = self.read(&[number])?.pop().ok_or("There is no such entry.")?;
        self.may_read(caller, entry.header.kind.register())?;
        Ok(entry)
    }

    /// The records of a register, one line each, the newest first.
    pub(super) fn records(
        &mut self,
        caller: &Caller,
        register: &str,
        open: bool,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let register = register_named(register)?;
        self.may_read(caller, Some(register))?;
        let query = Query {
            register: Some(register),
            state: open.then_some(State::Open),
            records: true,
            limit: LOGBOOK_PAGE_MAX,
            ..Query::default()
        };
        let page = self.office.index.page(&query).map_err(|fault| fault.text)?;
        let person = caller.session.person.as_str();
        let mut records = Vec::new();
        for number in page.numbers {
            let record = self.record_of(number)?;
            let closed = record.closed_by_hand.then(|| record.parts.last().map(|p| p.at));
            records.push(RecordLine {
                number,
                kind: record.kind,
                opened: record.opened,
                closed: closed.flatten(),
                due: record.due.as_ref().map(|due| due.at),
                unread: self.is_unread(&record, person),
                title: record.title,
            });
        }
        Ok(Reply::Records { records })
    }
}

/// Kinds of which a person's use is made up.
pub(super) const USES: &[Kind] = &[
    Kind::LogIn,
    Kind::Live,
    Kind::Viewing,
    Kind::SpotCheck,
    Kind::Still,
    Kind::LiftMask,
    Kind::Export,
    Kind::Hold,
    Kind::Refused,
];
