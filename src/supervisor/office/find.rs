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

/// Readers of the whole logbook whose next page belongs to a look that was entered.
const PAGING_MAX: usize = 8;

/// Where they are. A year has a thousand pages: one look at it is one entry, not a thousand.
#[derive(Default)]
pub(super) struct Paging(Vec<Next>);

/// The one page that may follow. Any other one is a look of its own.
#[derive(PartialEq)]
struct Next {
    /// Its number.
    session: u64,
    wanted: Find,
}

impl Next {
    fn of(caller: &Caller, find: &Find, before: Option<Number>) -> Option<Next> {
        let wanted = Find { before: Some(before?), limit: 0, ..find.clone() };
        Some(Next { session: caller.number?, wanted })
    }
}

impl Supervisor {
    /// A page of a register, or of all, newest first.
    pub(super) fn find(&mut self, caller: &Caller, find: Find) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let register = find.register.as_deref().map(register_named).transpose()?;
        if !self.goes_on(caller, &find) {
            self.may_read(caller, register)?;
        }
        let query = Query {
            register,
            kind: find.kind,
            person: find.person.clone(),
            from: find.from,
            to: find.to,
            text: find.text.clone(),
            state: find.open.then_some(State::Open),
            beyond: find.before,
            limit: (find.limit as usize).clamp(1, LOGBOOK_PAGE_MAX),
            ..Query::default()
        };
        let page = self.office.index.page(&query).map_err(|fault| fault.text)?;
        let more = (page.numbers.len() == query.limit).then(|| page.numbers.last().copied());
        let more = more.flatten();
        let entries = self.read(&page.numbers)?;
        if register.is_none()
            && let Some(next) = Next::of(caller, &find, more)
        {
            let paging = &mut self.office.paging.0;
            paging.push(next);
            if paging.len() > PAGING_MAX {
                paging.remove(0);
            }
        }
        Ok(Reply::Entries(Found { entries, total: page.total, more }))
    }

    /// Is it the next page of what this session looks at, with its right as good as before?
    fn goes_on(&mut self, caller: &Caller, find: &Find) -> bool {
        let next = Next::of(caller, find, find.before);
        let Some(at) = self.office.paging.0.iter().position(|known| Some(known) == next.as_ref())
        else {
            return false;
        };
        self.office.paging.0.remove(at);
        self.would_be(caller, Wish::Deed(Deed::Audit))
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
