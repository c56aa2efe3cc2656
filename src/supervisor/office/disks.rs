//! The box's own disks over the socket: what is on them, one made a footage disk, one opened; and
//! the proof that the recovery key is on paper.
//!
//! The key that opens a footage disk is the key that opens the copies on it: one sheet of paper.
//! Whoever may set the box up may make one; the entry stands before the disk is touched.

use serde::{Deserialize, Serialize};

use super::super::Supervisor;
use super::super::backup;
use super::super::begin::KEY_FILE;
use super::super::state;
use super::call::{Answer, Caller};
use crate::access::has_right;
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::{Secret, Wiped};
use crate::base::time::Utc;
use crate::config::roles::Deed;
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::logbook::Account;
use crate::machine::client::Machine;
use crate::machine::order::Which;
use crate::wire::disk::DisksSheet;
use crate::wire::{Alarm, Level, Reply, Sent};

/// That somebody typed a part of the recovery key from paper.
const ON_PAPER: &str = "recovery-on-paper.json";
/// Groups that are asked for, of the sixteen before the check.
const ASKED: usize = 3;
const GROUPS: u64 = 16;

#[derive(Serialize, Deserialize)]
struct OnPaper {
    /// Of the key that was typed: another key has to be proved again.
    key: String,
    at: Utc,
}

impl Supervisor {
    /// To whoever is logged in: numbers and sizes, nothing of what lies on them.
    pub(super) fn disks_sheet(&self) -> Reply {
        let spaces = self.spaces.as_ref();
        Reply::Disks(Box::new(DisksSheet {
            spaces: spaces.map(|s| s.lines()).unwrap_or_default(),
            tpm: spaces.and_then(|s| s.tpm()),
            doing: spaces.and_then(|s| s.doing()),
            on_paper: self.on_paper(),
        }))
    }

    /// Who began the box before anybody was enrolled may, and whoever holds the right today.
    pub(super) fn owns_or_holds(&self, caller: &Caller, right: Deed) -> bool {
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        caller.session.account == Account::Owner
            || has_right(&self.file.config, &caller.session.person, right, today)
    }

    fn may_set_up(&self, caller: &Caller) -> Result<(), String> {
        match self.owns_or_holds(caller, Deed::Configure) {
            true => Ok(()),
            false => Err("Your roles do not hold the right \"configure\" for that.".into()),
        }
    }

    /// Erases a disk and makes it a footage disk; there is no way to make one that is not encrypted
    /// (S4.38).
    pub(super) fn make_footage(
        &mut self,
        caller: &Caller,
        name: &str,
        typed: &str,
    ) -> Result<Reply, String> {
        self.may_set_up(caller)?;
        let spaces = self.spaces.clone().ok_or(NO_SERVICE)?;
        let space = spaces.named(name).ok_or("This disk is no longer there.")?;
        // What would be refused is not entered.
        if space.why.is_none() && typed == space.typed {
            let what = format!("made anew as a footage disk, encrypted ({})", space.title);
            self.enter_secret(caller, Deed::Configure, &disk_words(&space.serial, name), &what)?;
        }
        let key = Secret::new(self.office.recovery.to_text().as_str());
        spaces.make(&space, typed, key)?;
        Ok(Reply::Done)
    }

    /// A footage disk that this box cannot open by itself: of a box before this one, or after its
    /// TPM was cleared.
    pub(super) fn unlock_footage(&mut self, caller: &Caller, name: &str, key: &Sent) -> Answer {
        let mut ready = || -> Result<_, String> {
            self.may_set_up(caller)?;
            let key: crate::ledger::RecoveryKey = key.0.expose().parse()?;
            let spaces = self.spaces.clone().ok_or(NO_SERVICE)?;
            let space = spaces.named(name).ok_or("This disk is no longer there.")?;
            let words = disk_words(&space.serial, name);
            self.enter_secret(caller, Deed::Configure, &words, "opened with a recovery key")?;
            Ok((spaces, space, Secret::new(key.to_text().as_str())))
        };
        let (spaces, space, key) = match ready() {
            Ok(ready) => ready,
            Err(why) => return Reply::Refused { why }.into(),
        };
        Answer::Later(Box::new(move || match spaces.unlock(&space, &key) {
            Ok(()) => Reply::Text {
                text: "The disk is open, and this box opens it by itself from now on. Whose \
                       footage it is, the list of disks says in a moment."
                    .into(),
            },
            Err(fault) => Reply::Refused { why: format!("It stays closed: {fault}.") },
        }))
    }

    fn on_paper(&self) -> Option<Utc> {
        let found: Option<OnPaper> = state::read(self.state.as_ref(), ON_PAPER).ok().flatten();
        found.filter(|paper| paper.key == self.office.recovery.mark()).map(|paper| paper.at)
    }

    /// Which groups of the key are to be typed, from 1; others each day.
    fn asked_groups(&self) -> Vec<usize> {
        let (_, now) = self.now();
        let day = self.zone().day_of(now);
        let dice = Digest::of(format!("{} {day}", self.office.recovery.mark()).as_bytes());
        let mut asked: Vec<usize> = Vec::new();
        for byte in dice.0 {
            let place = (u64::from(byte) % GROUPS) as usize + 1;
            if !asked.contains(&place) && asked.len() < ASKED {
                asked.push(place);
            }
        }
        asked.sort_unstable();
        asked
    }

    pub(super) fn recovery_groups(&self, caller: &Caller) -> Result<Reply, String> {
        self.may_manage(caller)?;
        Ok(Reply::Groups { places: self.asked_groups() })
    }

    fn may_manage(&self, caller: &Caller) -> Result<(), String> {
        let may = |right| self.owns_or_holds(caller, right);
        match may(Deed::ManageAccess) || may(Deed::Configure) {
            true => Ok(()),
            false => Err("Your roles do not hold the right \"manage-access\" for that.".into()),
        }
    }

    /// A part of the key was typed back from paper: it is there, and can be read.
    pub(super) fn confirm_recovery(
        &mut self,
        caller: &Caller,
        typed: &[Sent],
    ) -> Result<Reply, String> {
        self.may_manage(caller)?;
        let asked = self.asked_groups();
        let text = self.office.recovery.to_text();
        let groups: Vec<&str> = text.split('-').collect();
        let right = typed.len() == asked.len()
            && typed.iter().zip(&asked).all(|(typed, place)| {
                let typed = typed.0.expose().trim().to_ascii_lowercase();
                groups.get(place - 1).is_some_and(|group| *group == typed)
            });
        if !right {
            return Err(format!(
                "That is not what groups {} of the key are. Look at the paper again, or show the \
                 key and write it down once more.",
                asked.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ));
        }
        let (_, at) = self.now();
        let what = "a part of it was typed back from paper";
        let deed = self.deed_for_secrets(caller);
        self.enter_secret(caller, deed, "recovery key", what)?;
        let paper = OnPaper { key: self.office.recovery.mark(), at };
        let kept = state::write(self.state.as_ref(), ON_PAPER, &paper);
        kept.map_err(|fault| format!("It cannot be kept: {fault}."))?;
        Ok(Reply::Text {
            text: "The recovery key is on paper. Seal it, and lock it away where the box is not."
                .into(),
        })
    }

    /// The key leaves on a stick of the school's own, in words that say what it is; the stick is
    /// locked away like the paper.
    pub(super) fn recovery_to_stick(&mut self, caller: &Caller, name: &str) -> Answer {
        let stick = match self.stick_to_write(caller, name, Deed::ManageAccess, "recovery key") {
            Ok(stick) => stick,
            Err(why) => return Reply::Refused { why }.into(),
        };
        let text = format!(
            "The recovery key of a Beadle box: {}\r\nWhoever has it and a footage disk of that box \
             reads footage, logbook and camera passwords.\r\nLock this stick away where the box is \
             not. On a new box: plug it in when the box asks for its file.\r\n\r\n{}\r\n",
            self.file.config.site.name.value,
            self.office.recovery.to_text().as_str()
        );
        let text = Wiped::new(text.into_bytes());
        Answer::Later(Box::new(move || {
            let write = |disk: &dyn Disk| match disk.list(backup::FOLDER) {
                Ok(_) => Err(Fault::new(FaultKind::Exists, backup::APART)),
                Err(_) => disk.replace(KEY_FILE, &text),
            };
            told(stick.write(write).map(|()| {
                "The key is on the stick; it may be pulled out. Lock it away where the box is not."
                    .to_string()
            }))
        }))
    }

    /// A stick that may be written on for this person, with its entry.
    fn stick_to_write(
        &mut self,
        caller: &Caller,
        name: &str,
        deed: Deed,
        secret: &str,
    ) -> Result<OneStick, String> {
        let sticks = self.sticks.clone().ok_or("There is no service for sticks.")?;
        let (stick, line) = sticks.named(name).ok_or("The stick is no longer there.")?;
        if !line.state.is_writable() {
            let why = line.why.unwrap_or_else(|| "it is being worked on".into());
            return Err(format!("The stick {name} cannot be used: {why}."));
        }
        let what = format!("written to the stick {}", line.serial);
        self.enter_secret(caller, deed, secret, &what)?;
        Ok(OneStick { machine: Machine::at(sticks.socket()), which: stick.which })
    }

    /// File, people, passwords and logbook onto a stick, sealed (R1.26, R4.7).
    pub(super) fn back_up(&mut self, caller: &Caller, name: &str) -> Answer {
        let deed = self.deed_for_secrets(caller);
        let ready = self.disk_for_backup().and_then(|disk| {
            let stick = self.stick_to_write(caller, name, deed, "backup of the box")?;
            Ok((disk, stick))
        });
        let (disk, stick) = match ready {
            Ok(ready) => ready,
            Err(why) => return Reply::Refused { why }.into(),
        };
        Answer::Later(Box::new(move || {
            let written = stick.write(|top| backup::write(disk.as_ref(), top));
            told(written.map(|bytes| {
                format!(
                    "The backup is on the stick ({} kB, sealed); it may be pulled out. With the \
                     recovery key it brings file, people, passwords and logbook to a new box.",
                    bytes / 1_000
                )
            }))
        }))
    }

    /// What is wrong with how this box is guarded, by a key; only where it has footage disks of its
    /// own to guard, in the image.
    pub(in crate::supervisor) fn guard_conditions(
        &self,
    ) -> Vec<(&'static str, String, &'static str)> {
        let mut found = Vec::new();
        if !self.disks.only_mounted() {
            return found;
        }
        if self.on_paper().is_none() {
            found.push((
                "recovery key",
                "nobody has proved yet that the recovery key is on paper: without it a dead box \
                 takes the footage with it"
                    .to_string(),
                "Screen Box: h shows the key; write it down, then y.",
            ));
        }
        if self.spaces.as_ref().and_then(|spaces| spaces.tpm()) == Some(false) {
            found.push((
                "no tpm",
                "no TPM guards this box: who steals it whole can read the footage".to_string(),
                "Lock the box away, or use a machine with a TPM.",
            ));
        }
        found
    }

    pub(in crate::supervisor) fn guard_alarms(&self) -> Vec<Alarm> {
        let since = self.started;
        let alarm = |(_, text, remedy): (&str, String, &str)| Alarm {
            level: Level::Warning,
            text,
            remedy: remedy.into(),
            since,
        };
        self.guard_conditions().into_iter().map(alarm).collect()
    }
}

const NO_SERVICE: &str = "There is no root service on this machine (beadle machine), so its disks \
                          are somebody else's matter.";

/// One plugging-in of a stick, for one writing.
struct OneStick {
    machine: Machine,
    which: Which,
}

impl OneStick {
    fn write<T>(&self, write: impl FnOnce(&dyn Disk) -> Result<T, Fault>) -> Result<T, Fault> {
        let (folder, _) = self.machine.mount(&self.which, true)?;
        let disk = RealDisk::at(folder);
        let written = write(&disk);
        drop(disk);
        self.machine.release(&self.which)?;
        written
    }
}

fn told(written: Result<String, Fault>) -> Reply {
    match written {
        Ok(text) => Reply::Text { text },
        Err(fault) => Reply::Refused { why: format!("It was not written: {fault}.") },
    }
}

fn disk_words(serial: &str, name: &str) -> String {
    if serial.is_empty() { format!("disk {name}") } else { format!("disk {serial}") }
}
