//! The file for whoever looks at it: as it lies on disk, what waits, what is tried, what was in
//! force.

use super::super::{Supervisor, state};
use super::call::Caller;
use crate::access::{Wish, widening};
use crate::base::digest::Digest;
use crate::base::limits::{FILE_BYTES_MAX, TRIAL_SPAN};
use crate::config::Config;
use crate::config::diff::diff;
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::wire::site::{SiteSheet, VersionLine, WaitingSheet};
use crate::wire::{PlanLine, PlanReport, Reply};

/// Versions listed at once: a school edits its file some hundred times a year.
const VERSIONS_MAX: usize = 500;

impl Supervisor {
    /// The file names cameras' addresses and people: it is for those who keep it, who look after
    /// people or audit, and for whoever has to confirm a version.
    fn may_read_file(&self, caller: &Caller) -> bool {
        let deeds = [Deed::Configure, Deed::ManageAccess, Deed::Audit];
        deeds.into_iter().any(|deed| self.would_be(caller, Wish::Deed(deed)))
            || self.would_be(caller, Wish::Approve)
    }

    pub(super) fn site_file(&self, caller: &Caller) -> Result<Reply, String> {
        let mut sheet = SiteSheet { trying: self.trying(), ..SiteSheet::default() };
        if !self.may_read_file(caller) {
            return Ok(Reply::SiteFile(Box::new(sheet)));
        }
        if let Some((folder, name)) = &self.office.site_file {
            if let Ok(bytes) = folder.read_at(name, 0, FILE_BYTES_MAX) {
                sheet.digest = Digest::of(&bytes).to_string();
                sheet.text = String::from_utf8(bytes).ok();
            }
            sheet.may_edit = self.would_be(caller, Wish::Deed(Deed::Configure));
        }
        sheet.waiting = self.waiting_sheet(caller);
        sheet.refused = self.office.refused.as_ref().map(|(_, why)| why.clone());
        Ok(Reply::SiteFile(Box::new(sheet)))
    }

    fn waiting_sheet(&self, caller: &Caller) -> Option<WaitingSheet> {
        let held = self.office.waiting.as_ref()?;
        let (_, now) = self.now();
        let enrolled = self.office.enrolled();
        let config = &self.file.config;
        let missing = held.waiting.missing(config, &enrolled, now);
        let titled = |id: &Id| match config.person(id) {
            Some(person) => person.title.value.clone(),
            None => id.to_string(),
        };
        let lines = diff(Some(config), &held.config).into_iter().filter(|c| c.sign != '=');
        Some(WaitingSheet {
            digest: held.judged.digest.to_string(),
            author: self.author_of(&held.judged.digest),
            changes: held.waiting.changes().iter().map(|c| c.what.clone()).collect(),
            lines: lines.map(|c| PlanLine { sign: c.sign, unit: c.unit, what: c.what }).collect(),
            confirmed: held.waiting.confirmed().iter().map(|c| titled(&c.person)).collect(),
            missing: missing
                .iter()
                .map(|m| match m.stuck {
                    true => format!("{} (nobody enrolled can: use a sealed code)", m.who),
                    false => m.who.clone(),
                })
                .collect(),
            may_confirm: self.would_be(caller, Wish::Approve),
        })
    }

    /// What has to happen before a text would count, beside what it changes.
    pub(in crate::supervisor) fn what_it_asks(&self, new: &Config, report: &mut PlanReport) {
        let (_, now) = self.now();
        let old = &self.file.config;
        if super::trial::is_tried(old, new) {
            report.tried = Some(TRIAL_SPAN.as_secs() as u32);
        }
        let enrolled = self.office.enrolled();
        let changes = widening(old, new);
        // Of a text that is not saved yet: its digest does not matter.
        let waits = crate::access::Waiting::new(Digest([0; 32]), old, changes);
        let Some(waits) = waits.filter(|_| !enrolled.is_empty()) else { return };
        let mut who: Vec<String> = Vec::new();
        for missing in waits.missing(old, &enrolled, now) {
            if !who.contains(&missing.who) {
                who.push(missing.who);
            }
        }
        let what = waits.changes().iter().map(|c| c.what.clone());
        report.approvals =
            std::iter::once(format!("It waits until {} confirmed it:", who.join(" and ")))
                .chain(what)
                .collect();
    }

    pub(super) fn versions(&self, caller: &Caller) -> Result<Reply, String> {
        self.may_look(caller)?;
        let (all, _) = state::accepted(self.state.as_ref())
            .map_err(|fault| format!("The versions cannot be read: {fault}"))?;
        let versions = all.into_iter().rev().take(VERSIONS_MAX).map(|v| VersionLine {
            revision: v.revision,
            at: v.at,
            digest: v.digest,
            author: v.author,
            approved_by: v.approved_by,
            changes: v.changes,
        });
        Ok(Reply::Versions { versions: versions.collect() })
    }

    pub(super) fn version(&self, caller: &Caller, revision: u64) -> Result<Reply, String> {
        self.may_look(caller)?;
        let bytes = state::version_bytes(self.state.as_ref(), revision)
            .map_err(|fault| format!("Revision {revision} cannot be read: {fault}"))?;
        let text = String::from_utf8(bytes);
        Ok(Reply::Text { text: text.map_err(|_| format!("Revision {revision} is no text."))? })
    }

    fn may_look(&self, caller: &Caller) -> Result<(), String> {
        match self.may_read_file(caller) {
            true => Ok(()),
            false => Err("The file is for those who keep it, approve it, or audit.".into()),
        }
    }
}
