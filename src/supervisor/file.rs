//! The file in force, and the one on disk: reading, judging, accepting, keeping (S4.17, S4.35).
//!
//! ```text
//! bytes --parse--> does not load: findings shown, nothing else changes
//!            \---> loads, same digest as in force: findings refreshed
//!             \--> loads, new: kept in the state folder, then in force
//! ```

use std::sync::Arc;

use super::state::{self, Accepted};
use crate::base::clock::Mono;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::limits::DISK_RETRY_SPAN;
use crate::base::time::Utc;
use crate::config::lint::Known;
use crate::config::note::{Note, Severity, line_and_column};
use crate::config::{self, Config, diff};
use crate::disk::Disk;
use crate::watch::Look;
use crate::wire::{Finding, Level};

/// The file in force and what is known of the one on disk.
pub struct Filed {
    pub path: String,
    pub config: Arc<Config>,
    pub record: Accepted,
    pub source: Source,
    /// Findings of the file as it lies on disk now.
    pub findings: Vec<Finding>,
    /// The file on disk is not the one in force, and why.
    pub stale: Option<Stale>,
    /// A file that loads and could not be kept, and when that is tried again: nobody saves it anew
    /// because the state disk is well again.
    pub untaken: Option<(Mono, Vec<u8>)>,
}

/// Where the configuration in force came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    File,
    LastGood,
}

impl Source {
    pub fn words(self) -> &'static str {
        match self {
            Source::File => "the file",
            Source::LastGood => "the last good copy",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stale {
    pub text: String,
    pub since: Utc,
}

/// A file that was read, before anything follows from it.
#[derive(Clone)]
pub struct Judged {
    pub config: Option<Config>,
    pub findings: Vec<Finding>,
    pub digest: Digest,
    pub bytes: Vec<u8>,
}

/// Parses and lints; every finding rendered as `beadle check` prints it.
pub fn judge(name: &str, bytes: Vec<u8>, now: Utc) -> Judged {
    let parsed = config::parse(name, &bytes);
    let today = parsed.config.as_ref().map(|c| c.site.zone.day_of(now));
    let parsed = parsed.judged(Known { today, disk_bytes: None });
    let source = String::from_utf8_lossy(&bytes);
    let mut findings: Vec<_> = parsed.notes.iter().map(|n| finding(n, name, &source)).collect();
    findings.sort_by_key(|f| (std::cmp::Reverse(f.level), f.line, f.column));
    let digest = Digest::of(&bytes);
    Judged { config: parsed.config, findings, digest, bytes }
}

fn finding(note: &Note, name: &str, source: &str) -> Finding {
    let (line, column) = line_and_column(source, note.place.start);
    let level = match note.severity {
        Severity::Error => Level::Fault,
        Severity::Warning => Level::Warning,
        Severity::Advice => Level::Notice,
    };
    Finding {
        level,
        line: line as u32,
        column: column as u32,
        text: note.text.clone(),
        remedy: note.remedy.clone(),
        rendered: note.render(name, source),
    }
}

/// Keeps a judged file as the next version, with its author and time. On return it survives a power
/// cut.
pub fn keep_version(
    folder: &dyn Disk,
    before: Option<(&Config, u64)>,
    judged: &Judged,
    config: &Config,
    (author, approvers, at): (&str, &[String], Utc),
) -> Result<Accepted, Fault> {
    let changes = diff::diff(before.map(|(c, _)| c), config);
    let record = Accepted {
        revision: before.map_or(1, |(_, revision)| revision + 1),
        at,
        digest: judged.digest.to_string(),
        author: author.into(),
        changes: changes
            .iter()
            .filter(|c| c.sign != '=')
            .map(|c| format!("{} {}: {}", c.sign, c.unit, c.what))
            .collect(),
        approved_by: approvers.to_vec(),
    };
    state::accept(folder, &record, &judged.bytes)?;
    Ok(record)
}

/// Why a look is no file to work with, for the reader.
pub fn trouble(path: &str, look: &Look) -> Option<String> {
    match look {
        Look::Bytes(_) => None,
        Look::Missing => Some(format!("{path} is not there")),
        Look::Unreadable(why) => Some(why.clone()),
    }
}

impl super::Supervisor {
    /// The file on disk changed, or has to be looked at again.
    pub(super) fn read_file(&mut self, look: Look) {
        let (_, utc) = self.now();
        let stale = |text: String, old: &Option<Stale>| {
            let since = old.as_ref().map_or(utc, |s| s.since);
            Some(Stale { text, since })
        };
        self.file.untaken = None;
        if !self.may_judge() {
            // Whether it has to wait hangs on the logbook, which is still being read.
            self.unjudged = Some(look);
            return;
        }
        let Look::Bytes(bytes) = look else {
            let why = trouble(&self.file.path, &look).unwrap_or_default();
            self.file.stale = stale(why, &self.file.stale);
            self.file.findings.clear();
            return;
        };
        let mut judged = judge(&self.file.path.clone(), bytes, utc);
        self.file.findings = std::mem::take(&mut judged.findings);
        let Some(config) = judged.config.take() else {
            let faults = self.file.findings.iter().filter(|f| f.level == Level::Fault).count();
            let word = if faults == 1 { "1 mistake".into() } else { format!("{faults} mistakes") };
            let why = format!("{} has {word} and is not in force", self.file.path);
            self.file.stale = stale(why, &self.file.stale);
            return;
        };
        if judged.digest.to_string() == self.file.record.digest {
            self.withdraw("the file in force was put back");
            self.file.stale = None;
            self.file.source = Source::File;
            return;
        }
        if !self.holds_back(&judged, &config) {
            let kept = self.bring_into_force(&judged, config, Vec::new());
            if let Err(fault) = kept {
                let text = format!("the new file cannot be kept, so it is not in force: {fault}");
                self.file.stale = stale(text, &self.file.stale);
                let (now, _) = self.now();
                self.file.untaken = Some((now + DISK_RETRY_SPAN, judged.bytes));
            }
        }
    }

    /// Keeps a version and brings it into force; `approvers` turned the keys that it needed.
    ///
    /// # Errors
    /// The state folder did not take it: nothing has changed.
    pub(super) fn bring_into_force(
        &mut self,
        judged: &Judged,
        config: Config,
        approvers: Vec<String>,
    ) -> Result<(), Fault> {
        let (_, utc) = self.now();
        let old = self.file.config.clone();
        let before = Some((&*old, self.file.record.revision));
        let author = self.author_of(&judged.digest);
        let by = (author.as_str(), approvers.as_slice(), utc);
        self.begin_trial(&old, &config, judged)?;
        let record = keep_version(self.state.as_ref(), before, judged, &config, by)?;
        self.note_missed();
        self.take_effect(config, record);
        self.note_change(Some(&old), &approvers);
        self.suspend_after(&old, &approvers);
        Ok(())
    }

    /// What the state disk did not take is offered to it again: the file, and the marker of this
    /// run.
    pub(super) fn mend_state(&mut self) {
        let (now, _) = self.now();
        if let Some((_, bytes)) = self.file.untaken.take_if(|(at, _)| *at <= now) {
            self.read_file(Look::Bytes(bytes));
        }
        let Some((_, marker)) = self.unmarked.take_if(|(at, _)| *at <= now) else { return };
        if state::write(self.state.as_ref(), state::RUNNING, &marker).is_err() {
            self.unmarked = Some((now + DISK_RETRY_SPAN, marker)); // told at the start
        }
    }

    pub(super) fn take_effect(&mut self, config: Config, record: Accepted) {
        tracing::info!("revision {} of {} is in force", record.revision, self.file.path);
        let at = record.at;
        self.file.config = Arc::new(config);
        self.file.record = record;
        self.file.source = Source::File;
        self.file.stale = None;
        self.desired = super::desired::desired(&self.file.config, self.zone().day_of(at));
        self.keep.adopt_rules(self.state.as_ref(), &self.file.config, at);
        self.disks.wish(&self.file.config);
    }
}
