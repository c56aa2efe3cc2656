//! What the first screen says of the signs (S1.19, R1.34): found anew when the file, the day or the
//! entries of sign checks change.

use super::super::Supervisor;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::duties::DutyKind;
use crate::config::value::Every;
use crate::logbook::{Kind, Number};
use crate::signage::sign;

/// See the module.
#[derive(Default)]
pub(in super::super) struct Signs {
    pub told: Vec<String>,
    /// Revision of the file, last sign check, day: for these it was found.
    of: Option<(u64, Option<Number>, Day)>,
}

impl Supervisor {
    /// Costs one look into the index, unless something changed.
    pub(super) fn look_at_signs(&mut self) {
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        let Ok(numbers) = self.office.index.numbers_of(&[Kind::SignCheck]) else { return };
        let of = Some((self.file.record.revision, numbers.last().copied(), today));
        if self.office.signs.of == of {
            return;
        }
        let Ok(ledger) = &self.office.ledger else { return };
        let checks: Vec<_> = numbers.iter().filter_map(|n| ledger.entry(*n).ok()).collect();
        let config = &self.file.config;
        let told = sign::told(config, &checks, today, within_days(config));
        self.office.signs = Signs { told, of };
    }
}

/// How long a look at a sign counts: as the file's duty says, a term where it says nothing.
fn within_days(config: &Config) -> i64 {
    let line = config.duties.iter().find(|line| line.kind.value == DutyKind::SignCheck);
    match line.map_or(Every::Term, |line| line.every.value) {
        Every::Day => 1,
        Every::Week => 7,
        Every::Month => 31,
        // The longest term of an English school, and the holidays behind it.
        Every::Term => 140,
        Every::HalfYear => 184,
        Every::Year => 366,
    }
}
