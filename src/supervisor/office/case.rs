//! Cases for screens and verbs, and what keeps one from being closed (S4.23).

use super::super::Supervisor;
use super::call::Caller;
use crate::access::Wish;
use crate::base::limits::LOGBOOK_PAGE_MAX;
use crate::config::registers::Register;
use crate::logbook::case::{self, Case};
use crate::logbook::registers::Clocks;
use crate::logbook::{Account, Act, Draft, Entry, Kind, Number};
use crate::wire::Reply;

impl Supervisor {
    /// To whoever may read the register of its request.
    pub(super) fn case(&mut self, caller: &Caller, number: Number) -> Result<Reply, String> {
        self.logbook_is_read()?;
        self.entry_for(caller, number)?;
        Ok(Reply::Case(Box::new(self.case_of(number)?)))
    }

    /// Those whose register whoever asks may read, the newest first.
    pub(super) fn cases(&mut self, caller: &Caller, open: bool) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let owner = caller.session.account == Account::Owner;
        let may = [Register::Releases, Register::SubjectAccess]
            .map(|r| (r, owner || self.would_be(caller, Wish::Read(r))));
        if may.iter().all(|(_, may)| !may) {
            return Err("The file does not let you read requests for footage.".into());
        }
        let entries = self.case_entries()?;
        let records = case::records(&entries, &Clocks::of(&self.file.config));
        let wanted = records.values().rev().filter(|r| {
            let register = r.kind.register();
            case::begins(r.kind) && may.iter().any(|(of, may)| *may && register == Some(*of))
        });
        let cases = wanted
            .filter_map(|r| Case::gather(r.number, &records))
            .filter(|case| !open || case.closed.is_none());
        Ok(Reply::Cases { cases: cases.take(LOGBOOK_PAGE_MAX).collect() })
    }

    /// # Errors
    /// The logbook cannot be read; that entry begins no case.
    pub(super) fn case_of(&self, number: Number) -> Result<Case, String> {
        let entries = self.case_entries()?;
        let case = Case::of(number, &entries, &Clocks::of(&self.file.config));
        case.ok_or_else(|| format!("Entry {number} is no request for footage."))
    }

    fn case_entries(&self) -> Result<Vec<Entry>, String> {
        let office = &self.office;
        let ledger = office.ledger.as_ref().map_err(|why| why.clone())?;
        let numbers = office.index.numbers_of(&case::KINDS).map_err(|fault| fault.text)?;
        numbers.into_iter().map(|n| ledger.entry(n).map_err(|fault| fault.text)).collect()
    }

    /// Recording goes on when a court takes a drive (S1.48, K9).
    ///
    /// # Errors
    /// There is no other to record on.
    pub(super) fn drive_may_leave(&self, draft: &Draft) -> Result<(), String> {
        if (draft.kind, draft.act) != (Kind::OriginalDrive, Act::Open) {
            return Ok(());
        }
        let goes_on = self.disks.started().len() > 1 || draft.body.text("replacement").is_some();
        match goes_on {
            true => Ok(()),
            false => Err("Nothing was entered: there is no other disk to record on. Put one in \
                          first, or give the serial number of the drive that takes its place \
                          (S1.48)."
                .into()),
        }
    }

    /// A case ends when every copy of it has an end on record (S4.23).
    ///
    /// # Errors
    /// Which copies have none, a line each.
    pub(super) fn case_may_end(&self, draft: &Draft) -> Result<(), String> {
        if !case::begins(draft.kind) || draft.act != Act::Close {
            return Ok(());
        }
        let record = self.record_of(draft.about.unwrap_or_default())?;
        let why = self.case_of(record.number)?.keeps_open();
        if why.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = why.iter().map(|line| format!("- {line}")).collect();
        Err(format!(
            "Nothing was entered, case {} stays open:\n{}",
            record.number,
            lines.join("\n")
        ))
    }
}
