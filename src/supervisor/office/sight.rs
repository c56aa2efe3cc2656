//! Pictures of a look that goes on: the only way to the gate (S0.18, S1.28, S1.43, S4.11).
//!
//! The entry stands before this is asked: a [`Look`](super::look::Look) is there only with one.
//! What is shown is some of its cameras and nothing outside its window, the watcher's name is on
//! it, and the file's masks are drawn but where the same session looks behind them.

use super::super::Supervisor;
use super::super::pictures::Wishes;
use super::call::Caller;
use super::look::Shown;
use crate::access::{Asking, Why, Wish};
use crate::base::limits::{LIVE_SEATS_MAX, PICTURE_SIDE_MAX, SEATS_MAX};
use crate::base::name::CameraId;
use crate::base::time::Span;
use crate::config::roles::Deed;
use crate::logbook::Number;
use crate::pictures::player::Reach;
use crate::wire::look::{Sight, Sights, Way};
use crate::wire::{Reply, Sent};

impl Supervisor {
    /// A ticket for whoever looks; what the look showed before is put away.
    pub(super) fn sight(&mut self, caller: &Caller, sight: Sight) -> Result<Reply, String> {
        let own = |look: &&super::look::Look| {
            look.number() == sight.number && Some(look.session()) == caller.number
        };
        let looks = &self.office.looks;
        let look = looks
            .iter()
            .find(own)
            .ok_or("Those pictures were put away already, or are not yours. Ask for them again.")?;
        let (reach, most) = match (look.wish(), look.window()) {
            (Wish::Deed(Deed::Live), _) => (Reach::Live, LIVE_SEATS_MAX),
            (Wish::Deed(Deed::Playback | Deed::SpotCheck), Some((from, until))) => {
                (Reach::Window(from, until), SEATS_MAX)
            }
            _ => return Err("That entry is about no pictures that move.".into()),
        };
        if sight.cameras.is_empty() || sight.cameras.len() > most {
            return Err(format!("Choose 1 to {most} cameras to be shown at once."));
        }
        if let Some(other) = sight.cameras.iter().find(|camera| !look.cameras().contains(camera)) {
            return Err(format!("The entry does not name {other}: ask for it with a reason."));
        }
        let (_, now) = self.now();
        let at = match reach {
            Reach::Window(from, _) => reach.nearest(sight.at.unwrap_or(from)),
            Reach::Live | Reach::All => now,
        };
        let (lifted, unmasked) = self.lifted(caller);
        let (width, height) = sight.within;
        let side = |n: u16| n.clamp(1, PICTURE_SIDE_MAX);
        let config = self.file.config.clone();
        let person = config.person(&caller.session.person);
        let title = person.map_or(caller.session.person.as_str(), |p| p.title.value.as_str());
        let how = Wishes {
            within: (side(width), side(height)),
            overlay: sight.burnt,
            watermark: title,
            unmasked: &unmasked,
            reach,
        };
        self.shut_shown(sight.number, "Other pictures of this look are shown.");
        let (admitted, socket) = self.admit(&sight.cameras, how, at)?;
        let ticket = Sent::new(admitted.ticket.clone());
        let looks = &mut self.office.looks;
        if let Some(look) = looks.iter_mut().find(|look| look.number() == sight.number) {
            look.shown = Some(Shown { admitted, lifted });
        }
        Ok(Reply::Way(Way { ticket, socket: socket.display().to_string() }))
    }

    fn shut_shown(&mut self, number: Number, why: &str) {
        let looks = &mut self.office.looks;
        for look in looks.iter_mut().filter(|look| look.number() == number) {
            look.shut(why);
        }
    }

    /// Looks behind masks of the same session, and whose masks they are (S1.13).
    fn lifted(&self, caller: &Caller) -> (Vec<Number>, Vec<CameraId>) {
        let behind = |look: &&super::look::Look| {
            look.wish() == Wish::Deed(Deed::LiftMask) && Some(look.session()) == caller.number
        };
        let behind: Vec<_> = self.office.looks.iter().filter(behind).collect();
        let cameras = behind.iter().flat_map(|look| look.cameras().iter().cloned()).collect();
        (behind.iter().map(|look| look.number()).collect(), cameras)
    }

    /// Which pictures somebody may ask for: a screen does not ask for what would be refused and
    /// entered.
    pub(super) fn sights(&self, caller: &Caller) -> Sights {
        if caller.number.is_none() || self.logbook_is_read().is_err() {
            return Sights::default();
        }
        let mut sights = Sights::default();
        let (_, now) = self.now();
        for camera in &self.file.config.cameras.list {
            let id = &camera.id.value;
            let asks = |deed| {
                let mut asking = Asking::to(Wish::Deed(deed));
                asking.cameras = vec![id.clone()];
                asking.window = Some((now - Span::secs(1), now)).filter(|_| deed != Deed::Live);
                match self.decided(caller, &asking, &Default::default()) {
                    Ok(_) => Some(false),
                    // Right and place are there; what is missing can be said when asking.
                    Err(no) => would_do(no.why()).then_some(true),
                }
            };
            if let Some(more) = asks(Deed::Live) {
                sights.live.push(id.clone());
                sights.live_asks |= more;
            }
            sights.recorded.extend(asks(Deed::Playback).map(|_| id.clone()));
            sights.spot.extend(asks(Deed::SpotCheck).map(|_| id.clone()));
        }
        let here =
            |s: &&crate::config::stations::Station| Some(&s.id.value) == caller.station.as_ref();
        let asked =
            self.file.config.stations.iter().find(here).is_some_and(|s| s.declaration.value);
        let text = self.file.config.viewing.declaration.as_ref();
        sights.declaration = text.filter(|_| asked).map(|text| text.value.clone());
        sights.spot_secs = self.file.config.viewing.spot_check.value.0.as_secs() as u32;
        sights
    }
}

/// Is it only a matter of saying more?
fn would_do(why: &Why) -> bool {
    matches!(
        why,
        Why::NoPurpose
            | Why::NoReason
            | Why::NoAnswer(_)
            | Why::NoPermission
            | Why::Undeclared
            | Why::PurposeElsewhere(_)
    )
}
