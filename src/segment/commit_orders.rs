//! Orders that change files beside the open segments: deleting, replacing, keeping a line.

use std::collections::BTreeSet;

use super::Told;
use super::commit::{Line, Writer};
use super::open::OpenSegment;
use super::take::Take;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::JOURNAL_LINES_MAX;
use crate::footage::naming::INDEX;

impl Writer {
    pub(super) fn delete(&mut self, paths: Vec<String>, told: &mut Vec<Told>) {
        let open: BTreeSet<&str> = (self.takes.values().filter_map(Take::peek))
            .chain(&self.closing)
            .chain(&self.written)
            .map(OpenSegment::path)
            .collect();
        let (mut folders, mut gone, mut faults) = (BTreeSet::new(), Vec::new(), Vec::new());
        for path in paths {
            let Some((folder, _)) = path.rsplit_once('/') else {
                continue;
            };
            if open.contains(path.as_str()) {
                continue;
            }
            match self.disk.remove(&path) {
                Ok(()) => {
                    folders.insert(folder.to_string());
                    gone.push(path);
                }
                Err(fault) => faults.push(fault),
            }
        }
        self.abandoned.retain(|a| !gone.contains(&a.path));
        for folder in folders {
            if let Err(fault) = self.remove_if_empty(&folder) {
                faults.push(fault);
            }
        }
        if !gone.is_empty() && self.trouble == Some(FaultKind::Full) {
            self.takes.values_mut().for_each(Take::resume);
            self.retry_at = self.now().mono;
        }
        self.deleted.extend(gone);
        self.tell_trouble(faults, told);
    }

    /// A camera-day folder that has nothing but its `INDEX` goes, and the camera's folder when that
    /// is empty.
    pub(super) fn remove_if_empty(&mut self, folder: &str) -> Result<(), Fault> {
        let full = folder.to_string();
        self.renamed.insert(full.clone());
        let listed = match self.disk.list(&full) {
            Ok(listed) => listed,
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let index = format!("{full}/{INDEX}");
        let awaited = self.lines.iter().any(|line| line.path == index);
        if awaited || listed.iter().any(|entry| entry.name != INDEX) {
            return Ok(());
        }
        self.disk.remove(&index)?;
        self.disk.remove_folder(&full)?;
        self.renamed.remove(&full);
        let camera = full.rsplit_once('/').map_or("", |(camera, _)| camera);
        self.renamed.insert(camera.to_string());
        if !camera.is_empty() && self.disk.list(camera)?.is_empty() {
            self.disk.remove_folder(camera)?;
            self.renamed.remove(camera);
            self.renamed.insert(String::new());
        }
        Ok(())
    }

    pub(super) fn keep(&mut self, line: Line, told: &mut Vec<Told>) {
        if self.lines.len() < JOURNAL_LINES_MAX {
            self.lines.push(line);
            return;
        }
        let text = format!("{}: {JOURNAL_LINES_MAX} lines wait already; one is lost", line.path);
        self.tell_trouble(vec![Fault::new(FaultKind::Full, text)], told);
    }
}
