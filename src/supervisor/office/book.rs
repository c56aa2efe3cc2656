//! What leaves the box and what is destroyed in it: seals, proofs, forgetting (R5.1, R5.2, R5.7).

use super::super::Supervisor;
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Asking, Wish};
use crate::config::roles::Deed;
use crate::ledger;
use crate::logbook::fields as f;
use crate::logbook::{Act, Number};
use crate::wire::Reply;

impl Supervisor {
    /// The seal of this moment. Whoever is logged in may carry it out: it names nobody.
    pub(super) fn checkpoint(&mut self, _caller: &Caller) -> Result<Reply, String> {
        let ledger = self.office.ledger.as_mut().map_err(|why| why.clone())?;
        let text = ledger.checkpoint().map_err(|fault| fault.text)?;
        Ok(Reply::Text { text })
    }

    pub(super) fn prove(&mut self, caller: &Caller, number: Number) -> Result<Reply, String> {
        self.entry_for(caller, number)?;
        let ledger = self.office.ledger.as_mut().map_err(|why| why.clone())?;
        let proof = ledger.prove(number).map_err(|fault| fault.text)?;
        Ok(Reply::Text { text: proof.to_text() })
    }

    /// Destroys bodies, by two people; their entry comes first, the tree stands.
    pub(super) fn forget(
        &mut self,
        caller: &Caller,
        numbers: &[Number],
        reason: String,
    ) -> Result<Reply, String> {
        if numbers.is_empty() {
            return Err("Name the entries whose bodies are to be destroyed.".into());
        }
        if let Some(none) = numbers.iter().find(|n| **n >= self.office.size()) {
            return Err(format!("There is no entry {none}."));
        }
        let mut asking = Asking::to(Wish::Forget);
        asking.reason = Some(reason);
        asking.more = fields([(ledger::forget::ENTRIES, ledger::forget::ranges(numbers))]);
        let entered = self.allowed(caller, &asking)?;
        let office = &mut self.office;
        let ledger = office.ledger.as_mut().map_err(|why| why.clone())?;
        let gone = ledger.forget(numbers).map_err(|fault| fault.text)?;
        if let Err(fault) = office.index.forget(numbers) {
            office.blind = Some(fault.text);
        }
        let number = entered.number().unwrap_or_default();
        Ok(Reply::Entered {
            number,
            notes: vec![format!("{gone} bodies are destroyed; their places in the logbook stand.")],
        })
    }
}

impl Supervisor {
    /// The recovery key in words, for paper: to whoever manages access, and entered.
    pub(super) fn recovery_words(&mut self, caller: &Caller) -> Result<Reply, String> {
        let mut asking = Asking::to(Wish::Deed(Deed::ManageAccess));
        asking.entry = Some((super::Kind::Secret, Act::Open));
        asking.reason = Some("the recovery key, for paper".into());
        asking.more = fields([(f::SECRET, text("recovery key, shown"))]);
        self.allowed(caller, &asking).map(drop)?;
        Ok(Reply::Text { text: self.office.recovery.to_text().to_string() })
    }
}
