//! Troubles that the recording must not feel: a sick state disk, events lost and doubled.

use beadle::base::time::Span;
use beadle::disk::Disk;

use super::super::dice::Dice;
use super::{Death, Sim};

/// What is wrong with the state folder's disk.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StateIs {
    Failing,
    Full,
    ReadOnly,
}

impl Sim {
    /// Recording goes on, holds are kept, an edit is refused and comes into force by itself later.
    pub fn state_sick(&mut self, is: StateIs, a_while: Span) {
        let (calm, recording) = (self.is_calm(), self.recording());
        let before = self.world.disturbed.clone();
        let room = self.state.room().map_or(0, |r| r.total);
        match is {
            StateIs::Failing => self.state.set_failing(true),
            StateIs::Full => {
                let used = room - self.state.room().map_or(0, |r| r.free);
                self.state.set_capacity(used);
            }
            StateIs::ReadOnly => self.state.set_read_only(true),
        }
        self.state_sick = true;
        self.go_on(Span::mins(2));
        let in_force = self.in_force.clone();
        let edited =
            self.site.edit(&mut self.dice).filter(|(new, _)| new.folders == self.site.folders);
        if let Some((site, what)) = edited {
            self.log(format!("refused: {what}"));
            self.site = site;
            self.give_file();
            if self.in_force != in_force {
                self.wrong("a version is in force that could not be kept");
            }
            if self.status().is_some_and(|s| !s.file.stale) {
                self.wrong("a file that cannot be kept is refused, and the status does not say so");
            }
            self.awaited = true;
        }
        if calm {
            self.undisturbed(&before, &recording, &recording, "a sick state disk");
        }
        self.go_on(a_while);
        if self.dice.one_in(3) {
            self.die(Death::Kill(Span::secs(9)));
        }
        self.state.set_failing(false);
        self.state.set_read_only(false);
        self.state.set_capacity(room);
        self.state_sick = false;
        self.disturb();
        self.go_on(Span::secs(40));
        if self.status().is_some_and(|s| s.file.stale) {
            self.wrong("the state disk is well again, and the file is not in force");
        }
        self.go_on(Span::mins(3));
    }

    /// Whatever is lost or comes twice, all is as it must be minutes later.
    pub fn garbled(&mut self, a_while: Span) {
        let seed = self.dice.next();
        self.world.garbled = Some(Dice::new(seed));
        self.disturb();
        let short = Span(a_while.0.min(Span::hours(1).0));
        self.go_on(short);
        self.world.garbled = None;
        self.disturb();
        self.go_on(Span::mins(15));
    }
}
