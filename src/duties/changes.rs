//! What a new version of the file asks for that the old one did not: fields of its `change` entry.

use std::collections::BTreeMap;

use super::duty::Duty;
use super::fields;
use crate::config::Config;
use crate::config::duties::Duty as Line;
use crate::logbook::Value;

/// The fields that [`super::Facts`] reads back. Empty lists are left out. Without an old version
/// nothing is new: the logbook begins with it.
pub fn fields(old: Option<&Config>, new: &Config) -> BTreeMap<String, Value> {
    let Some(old) = old else { return BTreeMap::new() };
    let was = |camera: &crate::config::cameras::Camera| old.camera(&camera.id.value);
    let cameras = &new.cameras.list;
    let added = cameras.iter().filter(|c| was(c).is_none()).map(|c| c.id.to_string());
    // Another zone is the only move that the file shows; one within a zone is entered by hand.
    let moved = cameras.iter().filter(|c| was(c).is_some_and(|w| w.zone != c.zone));
    let moved = moved.map(|c| c.id.to_string());
    let people = new.people.iter().filter(|p| old.person(&p.id.value).is_none());
    let people = people.map(|p| p.id.to_string());
    let papers = new.practice.acceptances.iter().filter(|paper| {
        let before = old.practice.acceptances.iter().find(|was| was.id == paper.id);
        before.is_none_or(|was| was.version != paper.version || was.by != paper.by)
    });
    let papers = papers.map(|paper| paper.id.to_string());
    let duties = new.duties.iter().filter(|line| {
        let before = old.duties.iter().find(|was| name(was) == name(line));
        before.is_none_or(|was| was.every != line.every || was.due != line.due)
    });
    let duties = duties.map(name);
    let lists: [(&str, Vec<String>); 5] = [
        (fields::CAMERAS_ADDED, added.collect()),
        (fields::CAMERAS_MOVED, moved.collect()),
        (fields::PEOPLE_ADDED, people.collect()),
        (fields::PAPERS_NEW, papers.collect()),
        (fields::DUTIES_NEW, duties.collect()),
    ];
    let full = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
    full.map(|(field, ids)| (field.to_string(), Value::List(ids))).collect()
}

/// A line of the section `duties`, as the entry names it: `clock-check`, `maintenance Firm`.
pub(super) fn name(line: &Line) -> String {
    let duty = Duty::from(line.kind.value);
    match &line.contract {
        Some(contract) => format!("{duty} {}", contract.firm.value),
        None => duty.to_string(),
    }
}
