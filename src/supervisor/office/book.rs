//! What leaves the box and what is destroyed in it: seals, proofs, forgetting (R5.1, R5.2, R5.7).

use super::super::Supervisor;
use super::call::Caller;
use super::machine::fields;
use crate::access::{Asking, Wish};
use crate::ledger;
use crate::logbook::{Number, Value};
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
        let ranges = ledger::forget::ranges(numbers);
        let most = ledger::forget::RANGES_MAX;
        if matches!(&ranges, Value::List(list) if list.len() > most) {
            return Err(format!(
                "These are more than {most} separate ranges of entries; destroy them in parts."
            ));
        }
        let mut asking = Asking::to(Wish::Forget);
        asking.reason = Some(reason);
        asking.more = fields([(ledger::forget::ENTRIES, ranges)]);
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
