//! Updates over the socket: who may, for what reason, and the entries.

use super::super::Supervisor;
use super::call::{Answer, Caller};
use super::machine::text;
use crate::access::Wish;
use crate::config::roles::Deed;
use crate::logbook::Kind;
use crate::logbook::fields as f;
use crate::machine::client::Machine;
use crate::machine::order::Which;
use crate::wire::Reply;

const NO_SERVICE: &str = "There is no root service on this machine (beadle machine); it is updated \
                          as its own system is.";

impl Supervisor {
    pub(super) fn update_sheet(&self) -> Reply {
        Reply::Update(self.updates.sheet())
    }

    fn machine(&self) -> Result<Machine, String> {
        let sticks = self.sticks.as_ref().ok_or(NO_SERVICE)?;
        Ok(Machine::at(sticks.socket()))
    }

    fn may_update(&self, caller: &Caller) -> Result<(), String> {
        match self.owns_or_holds(caller, Deed::Update) {
            true => Ok(()),
            false => Err("Your roles do not hold the right \"update\".".into()),
        }
    }

    /// Signature and version, nothing else of the stick; takes a moment. Who looked is an entry,
    /// and so is what they found.
    pub(super) fn look_for_update(&mut self, caller: &Caller, name: &str) -> Answer {
        let mut ready = || -> Result<(Machine, Which), String> {
            self.may_update(caller)?;
            let sticks = self.sticks.as_ref().ok_or(NO_SERVICE)?;
            let (stick, _) = sticks.named(name).ok_or("The stick is no longer there.")?;
            let machine = self.machine()?;
            let reason = format!("to look for an update on the stick {name}");
            let _entered = self.allowed_wish(caller, Wish::Deed(Deed::Update), Some(reason))?;
            Ok((machine, stick.which))
        };
        let (machine, stick) = match ready() {
            Ok(ready) => ready,
            Err(why) => return Reply::Refused { why }.into(),
        };
        let updates = self.updates.clone();
        Answer::Later(Box::new(move || match updates.look(&machine, &stick) {
            Ok(sheet) => Reply::Update(sheet),
            Err(why) => Reply::Refused { why: format!("Not taken: {why}.") },
        }))
    }

    /// The set that was shown goes into the slot that does not run; its entry stands first.
    pub(super) fn begin_update(
        &mut self,
        caller: &Caller,
        stick: &str,
        version: &str,
        reason: &str,
    ) -> Result<Reply, String> {
        let which = self.updates.shown(stick, version)?;
        let machine = self.machine()?;
        if reason.trim().is_empty() {
            return Err("Say why the box is updated (S4.53).".into());
        }
        let reason = format!("update to version {version}: {}", reason.trim());
        let _entered = self.allowed_wish(caller, Wish::Deed(Deed::Update), Some(reason))?;
        self.updates.begin(machine, which, version.into(), self.state.clone())?;
        Ok(Reply::Done)
    }

    /// The machine itself is restarted.
    pub(super) fn reboot(&mut self, caller: &Caller, reason: &str) -> Result<Reply, String> {
        let machine = self.machine()?;
        if reason.trim().is_empty() {
            return Err("Say why the machine is restarted (S4.53).".into());
        }
        let reason = format!("restart of the machine: {}", reason.trim());
        let _entered = self.allowed_wish(caller, Wish::Deed(Deed::Restart), Some(reason))?;
        machine.reboot().map_err(|fault| format!("It cannot be restarted: {fault}."))?;
        let text = "The machine goes down and comes up again; recording stops for that minute.";
        Ok(Reply::Text { text: text.into() })
    }

    /// An entry about the system disk: versions written, refused, come up, taken back.
    pub(in crate::supervisor) fn note_system(&mut self, what: &str) {
        let fields = [(f::DISK, text("system")), (f::WHAT, text(what))];
        self.note_fields(Kind::Disk, fields);
    }
}
