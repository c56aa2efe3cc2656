//! The clock of a box that no time server reaches, set by hand (R7.8): right and reason, the entry
//! of what was asked for, then the machine; that it was done is an entry of its own, with both
//! readings, as of every step of the clock.

use super::super::Supervisor;
use super::call::{Answer, Caller};
use super::machine::{fields, text};
use crate::access::{Asking, Wish};
use crate::base::time::Utc;
use crate::config::roles::Deed;
use crate::logbook::ClockState;
use crate::logbook::fields as f;
use crate::machine::client::Machine;
use crate::wire::Reply;

const NO_SERVICE: &str = "There is no root service on this machine (beadle machine); its clock is \
                          set as its own system says.";

impl Supervisor {
    pub(super) fn set_clock(&mut self, caller: &Caller, to: Utc, reason: &str) -> Answer {
        match self.may_set_clock(caller, to, reason) {
            Ok(machine) => {
                // The entry and a passphrase take their time; the moment that was typed is now.
                let asked = std::time::Instant::now();
                Answer::Later(Box::new(move || {
                    let late = i64::try_from(asked.elapsed().as_micros()).unwrap_or_default();
                    match machine.set_clock(Utc(to.0 + late)) {
                        Ok(()) => {
                            let text = "The clock is set; an entry with both readings follows.";
                            Reply::Text { text: text.into() }
                        }
                        Err(fault) => Reply::Refused { why: format!("It was not set: {fault}.") },
                    }
                }))
            }
            Err(why) => Reply::Refused { why }.into(),
        }
    }

    fn may_set_clock(&mut self, caller: &Caller, to: Utc, reason: &str) -> Result<Machine, String> {
        if self.clock_state == ClockState::Synced {
            return Err("The clock follows a time server, which would put back what is set by \
                        hand. If it is wrong, look at the server."
                .into());
        }
        if reason.trim().is_empty() {
            return Err("Say why the clock is set, and by which other clock (S4.53).".into());
        }
        let socket = self.sticks.as_ref().ok_or(NO_SERVICE)?.socket().to_path_buf();
        let mut asking = Asking::to(Wish::Deed(Deed::SetClock));
        asking.reason = Some(reason.trim().into());
        asking.more = fields([(f::TO, text(to))]);
        let _entered = self.allowed(caller, &asking)?;
        Ok(Machine::at(&socket))
    }
}
