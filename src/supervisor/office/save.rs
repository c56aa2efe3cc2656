//! The file, saved from a screen (S4.17, S4.38): judged, decided, entered, then written. From there
//! on it is an edit like any other: in force at once, or waiting for approval.

use super::super::Supervisor;
use super::super::file::judge;
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Asking, Wish};
use crate::base::digest::Digest;
use crate::base::fault::FaultKind;
use crate::base::limits::FILE_BYTES_MAX;
use crate::config::diff;
use crate::config::roles::Deed;
use crate::logbook::Value;
use crate::logbook::fields as f;
use crate::watch::Look;
use crate::wire::{Reply, Saved};

impl Supervisor {
    /// `based_on`: the digest of the file that the text was made from. The author of the version
    /// that comes of it is whoever asks.
    pub(super) fn save_file(
        &mut self,
        caller: &Caller,
        new: String,
        based_on: &str,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        if let Some(trying) = self.trying() {
            return Err(format!(
                "Revision {} has another network or storage and is being tried. Keep it first, or \
                 wait until revision {} is back.",
                trying.revision, trying.before
            ));
        }
        let Some((folder, name)) = self.office.site_file.clone() else {
            return Err(format!("{} cannot be written from here.", self.file.path));
        };
        let bytes = new.into_bytes();
        if bytes.len() > FILE_BYTES_MAX {
            return Err(format!("The file is longer than {FILE_BYTES_MAX} bytes."));
        }
        let (_, now) = self.now();
        let mut judged = judge(&self.file.path.clone(), bytes.clone(), now);
        let findings = std::mem::take(&mut judged.findings);
        let Some(config) = judged.config.take() else {
            let text = "It does not load, so nothing was written.".into();
            return Ok(Reply::Saved(Saved { written: false, number: None, findings, text }));
        };
        let on_disk = |path: &str| match folder.read_at(&name, 0, FILE_BYTES_MAX + 1) {
            Ok(bytes) if Digest::of(&bytes).to_string() == based_on => Ok(()),
            Ok(_) => Err(format!(
                "{path} was changed meanwhile by somebody else. Read it again, and make your change \
                 in that one."
            )),
            Err(fault) if fault.kind == FaultKind::Missing && based_on.is_empty() => Ok(()),
            Err(fault) => Err(format!("{path} cannot be read: {fault}")),
        };
        on_disk(&self.file.path)?;
        let mut asking = Asking::to(Wish::Deed(Deed::Configure));
        asking.reason = Some("the file is saved".into());
        let changes = diff::diff(Some(&self.file.config), &config).into_iter();
        let changes = changes.filter(|c| c.sign != '=').map(|c| format!("{} {}", c.sign, c.unit));
        asking.more = fields([
            (f::DIGEST, text(judged.digest)),
            (f::CHANGES, Value::List(changes.collect())),
        ]);
        if !based_on.is_empty() {
            asking.more.insert(f::BASED_ON.into(), text(based_on));
        }
        let entered = self.allowed(caller, &asking)?;
        // Once more: the entry took a moment.
        on_disk(&self.file.path)?;
        folder.replace(&name, &bytes).map_err(|fault| {
            format!("{} could not be written, and is what it was: {fault}", self.file.path)
        })?;
        self.read_file(Look::Bytes(bytes));
        let text = match &self.file.stale {
            None => format!("Revision {} is in force.", self.file.record.revision),
            Some(stale) => stale.text.clone(),
        };
        Ok(Reply::Saved(Saved { written: true, number: entered.number(), findings, text }))
    }
}
