//! The effective file: what the file says and what it leaves to the program, as one KDL document.
//!
//! Every default stands in it as if it had been written, with the reason for it in a comment at the
//! end of its line. The text is itself a good `site.kdl`: read back, it gives an equal [`Config`]; that is how a test
//! knows that nothing was left out, here and in `diff`, which compares the same lines.

mod day;
mod leaf;
mod people;
mod pictures;
mod site;

pub(super) use leaf::{Leaf, Value};

use super::Config;

/// The effective file as text, ready to be saved as `site.kdl`.
pub fn explain(config: &Config) -> String {
    let mut out = String::from(
        "// The effective file: each setting as it counts, and behind // the reason for each default.\n",
    );
    for section in sections(config) {
        out.push('\n');
        section.print(0, &mut out);
    }
    out
}

/// The sections in the order in which a reader meets them; those that would be empty are left out.
pub(super) fn sections(config: &Config) -> Vec<Leaf> {
    let mut all = vec![
        site::site(&config.site),
        site::practice(&config.practice),
        people::people(&config.people),
        people::roles(&config.roles),
        people::approvals(&config.approvals),
        pictures::cameras(&config.cameras),
        pictures::zones(&config.zones),
        pictures::routes(&config.routes),
        pictures::retention(&config.retention),
        pictures::signage(&config.signage),
        day::calendar(&config.calendar),
        day::duties(&config.duties),
        day::viewing(&config.viewing),
        day::disclosure(&config.disclosure),
        day::registers(&config.registers),
        day::incident_types(&config.incident_types),
        day::escalation(&config.escalation),
        day::breaches(&config.breaches),
        day::complaints(&config.complaints),
        pictures::covert(&config.covert),
        people::logbook(&config.logbook),
        people::disposal(&config.disposal),
        people::clock(&config.clock),
        people::stations(&config.stations),
        people::accounts(&config.accounts),
        pictures::storage(&config.storage),
        pictures::network(&config.network),
    ];
    all.retain(|leaf| !leaf.is_bare());
    all
}
