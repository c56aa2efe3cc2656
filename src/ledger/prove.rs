//! Checkpoints and proofs from the logbook on disk.

use std::collections::BTreeMap;

use super::{Ledger, audit, line};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::logbook::Number;
use crate::logbook::checkpoint;
use crate::logbook::leaf::Salt;
use crate::logbook::proof::Proof;
use crate::logbook::tree::{Head, Nodes};

impl Ledger {
    /// Signs the present head. The text is on disk before it is returned; asked again without a new
    /// entry, it is the same text.
    ///
    /// # Errors
    /// The logbook contradicts an older checkpoint of this key (`Corrupt`); the disk's.
    pub fn checkpoint(&mut self) -> Result<String, Fault> {
        if let Some(why) = &self.disputed {
            let text = format!("no checkpoint is signed: {why}");
            return Err(Fault::new(FaultKind::Corrupt, text));
        }
        let head = self.head();
        if let Some((_, text)) = self.signed.as_ref().filter(|(signed, _)| *signed == head) {
            return Ok(text.clone());
        }
        let text = checkpoint::sign(&self.origin, head, &*self.key)
            .map_err(|wrong| Fault::new(FaultKind::Denied, wrong))?;
        while let Err(fault) = self.disk.replace(audit::CHECKPOINT, text.as_bytes()) {
            if fault.kind != FaultKind::Full || !self.reserve.give_up(&*self.disk)? {
                return Err(fault);
            }
        }
        self.signed = Some((head, text.clone()));
        Ok(text)
    }

    /// The proof that an entry is in the logbook of now, with a checkpoint of now (R5.2).
    ///
    /// # Errors
    /// There is no such entry; as [`Ledger::checkpoint`]; the disk's.
    pub fn prove(&mut self, number: Number) -> Result<Proof, Fault> {
        let leaf = self.record(number)?.leaf;
        let checkpoint = self.checkpoint()?;
        let size = self.size();
        let lent = self.lend(&[number], &[size])?;
        let path = self.tree.inclusion(number, size, &lent).map_err(no_proof)?;
        Ok(Proof { number, leaf, path, checkpoint })
    }

    /// Salt and canonical bytes of a body, to hand over beside its proof; `None`: forgotten.
    ///
    /// # Errors
    /// There is no such entry; the disk's.
    pub fn salted_body(&self, number: Number) -> Result<Option<(Salt, Vec<u8>)>, Fault> {
        Ok(self.record(number)?.body)
    }

    /// That the logbook of `old` entries is the beginning of the present one: the old head as it
    /// follows from what is here, and the path.
    ///
    /// # Errors
    /// There were never as many; the disk's.
    pub fn consistency(&self, old: u64) -> Result<(Head, Vec<Digest>), Fault> {
        let size = self.size();
        let lent = self.lend(&[], &[old, size])?;
        let root = self.tree.root_at(old, &lent).map_err(no_proof)?;
        let path = self.tree.consistency(old, size, &lent).map_err(no_proof)?;
        Ok((Head { size: old, root }, path))
    }

    /// The root over the first `size` entries.
    ///
    /// # Errors
    /// There were never as many; the disk's.
    pub fn root_at(&self, size: u64) -> Result<Digest, Fault> {
        let lent = self.lend(&[], &[size])?;
        self.tree.root_at(size, &lent).map_err(no_proof)
    }

    pub(super) fn record(&self, number: Number) -> Result<line::Record, Fault> {
        let found = if number < self.size() { self.records(number, 1)?.pop() } else { None };
        found.ok_or_else(|| {
            let text = format!("entry {number} is not in the logbook of {}", self.size());
            Fault::new(FaultKind::Missing, text)
        })
    }

    fn lend(&self, numbers: &[Number], sizes: &[u64]) -> Result<BTreeMap<u64, Nodes>, Fault> {
        let mut lent = BTreeMap::new();
        for chunk in self.tree.needs(numbers, sizes) {
            let records = self.chunk(chunk)?.records;
            let leaves: Vec<Digest> = records.iter().map(line::Record::hash).collect();
            lent.insert(chunk, Nodes::of(&leaves));
        }
        Ok(lent)
    }
}

fn no_proof(why: crate::logbook::tree::NoProof) -> Fault {
    Fault::new(FaultKind::Missing, format!("no proof can be made: {why}"))
}
