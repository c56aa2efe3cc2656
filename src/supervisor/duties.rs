//! Duties as clients see them: ids become titles.

use crate::config::Config;
use crate::config::value::Id;
use crate::duties::{Item, State};
use crate::wire::duty::{DutyLine, DutyState};

/// In the order of the items. A person whom the file no longer names keeps their id.
pub fn lines(config: &Config, items: &[Item]) -> Vec<DutyLine> {
    items.iter().map(|item| line(config, item)).collect()
}

fn line(config: &Config, item: &Item) -> DutyLine {
    let title = |id: &Id| config.person(id).map(|person| person.title.value.clone());
    let named = |id: &str| Id::new(id).ok().and_then(|id| title(&id)).unwrap_or(id.to_string());
    let state = match &item.state {
        State::Overdue { since } => DutyState::Overdue { since: *since },
        State::Due { until } => DutyState::Due { until: *until },
        State::NotYet { opens } => DutyState::NotYet { opens: *opens },
        State::ByMachine => DutyState::ByMachine,
        State::Done { when, by } => DutyState::Done { when: *when, by: by.as_deref().map(named) },
    };
    DutyLine {
        duty: item.duty.to_string(),
        of: item.of.clone(),
        what: item.what.clone(),
        by: item.by.iter().map(|id| named(id.as_str())).collect(),
        state,
        pick: None,
        about: item.about,
        row: item.row.to_string(),
    }
}
