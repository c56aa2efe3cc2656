//! Looking at pictures: which cameras, which time, for what purpose, and who else looks on.

use super::ask::{Asking, Guest, Situation, Wish};
use super::denied::Why;
use super::right;
use super::session::said;
use super::word::{self, Givers};
use crate::base::name::CameraId;
use crate::config::Config;
use crate::config::covert::{Authorisation, AuthorisationState};
use crate::config::roles::{Deed, May};
use crate::config::value::{Id, Length};
use crate::logbook::Authority;

/// What the entry about a look must say beside the question.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Seen {
    /// References of the authorisations of covert cameras.
    pub covert: Vec<String>,
    /// On whose word each guest looks on, in their order.
    pub guests: Vec<Authority>,
}

/// What one line of the file asks; how far it went says which refusal is told (`u8`, larger is
/// further).
pub(super) fn line(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    deed: Deed,
    may: &May,
) -> Result<Option<Authority>, (u8, Why)> {
    let here = at.station;
    if !may.at.is_empty() && !may.at.iter().any(|s| Some(&s.value) == here) {
        return Err((0, Why::OtherStation(rooms(config, may))));
    }
    if let Some(outside) = asking.cameras.iter().find(|camera| !covers_zone(config, may, camera)) {
        return Err((1, Why::OtherZone(title(config, outside))));
    }
    if let Some(limit) = limit(config, deed, may)
        && asking.window.is_some_and(|(from, until)| until - from > limit.0)
    {
        return Err((2, Why::TooLong(limit.to_string())));
    }
    let authority = match may.permission.value {
        true => Some(word::permission(config, asking, at).map_err(|why| (3, why))?),
        false => None,
    };
    // Playback and what comes of it never goes without (S4.11), whatever the line says.
    let always = asking.wish.recorded() && deed != Deed::SpotCheck;
    if always || may.reason.value {
        purpose(config, asking).map_err(|why| (4, why))?;
    }
    Ok(authority)
}

fn rooms(config: &Config, may: &May) -> String {
    let rooms = config.stations.iter().filter(|s| may.at.iter().any(|at| at.value == s.id.value));
    rooms.map(|s| s.title.value.as_str()).collect::<Vec<_>>().join(", ")
}

/// A camera that left the file has no zone: only a right without zones covers what it recorded.
fn covers_zone(config: &Config, may: &May, camera: &CameraId) -> bool {
    let zone = config.camera(camera).map(|camera| &camera.zone.value);
    may.zones.is_empty() || zone.is_some_and(|zone| may.zones.iter().any(|z| z.value == *zone))
}

pub(super) fn in_zones(config: &Config, may: &May, cameras: &[CameraId]) -> bool {
    cameras.iter().all(|camera| covers_zone(config, may, camera))
}

/// A duty shows no covert camera: its pictures are for whoever is in charge of it (S1.38).
pub(super) fn no_covert(config: &Config, cameras: &[CameraId]) -> Result<(), Why> {
    let covert = |id: &&CameraId| config.camera(id).is_some_and(|camera| camera.covert.is_some());
    match cameras.iter().find(covert) {
        Some(camera) => Err(Why::Covert(title(config, camera))),
        None => Ok(()),
    }
}

/// The longest stretch at once; a spot check always has one (S1.28).
fn limit(config: &Config, deed: Deed, may: &May) -> Option<Length> {
    let own = may.limit.as_ref().map(|limit| limit.value);
    own.or((deed == Deed::SpotCheck).then_some(config.viewing.spot_check.value))
}

pub(super) fn title(config: &Config, camera: &CameraId) -> String {
    config.camera(camera).map_or(camera.to_string(), |camera| camera.title.value.clone())
}

/// One of the file's purposes, served by the zone of every camera, its own question answered, and a
/// reason (S0.3, S0.10, S4.11).
fn purpose(config: &Config, asking: &Asking) -> Result<(), Why> {
    let named = asking.purpose.as_ref().ok_or(Why::NoPurpose)?;
    let purposes = &config.practice.purposes;
    let purpose = purposes.iter().find(|p| p.id.value == *named);
    let purpose = purpose.ok_or_else(|| Why::UnknownPurpose(named.to_string()))?;
    for camera in &asking.cameras {
        let zone = config.camera(camera).and_then(|camera| config.zone(&camera.zone.value));
        let serves = |zone: &&crate::config::zones::Zone| {
            zone.purposes.is_empty() || zone.purposes.iter().any(|p| p.value == *named)
        };
        if let Some(zone) = zone.filter(|zone| !serves(zone)) {
            return Err(Why::PurposeElsewhere(zone.title.value.clone()));
        }
    }
    match &purpose.needs {
        Some(question) if !said(&asking.answer) => Err(Why::NoAnswer(question.value.clone())),
        _ if !said(&asking.reason) => Err(Why::NoReason),
        _ => Ok(()),
    }
}

/// What holds for every look, whichever line gives the right.
pub(super) fn judge(config: &Config, asking: &Asking, at: &Situation<'_>) -> Result<Seen, Why> {
    let clip = at.clip.is_some_and(|last| config.site.zone.day_of(at.now) <= last);
    if asking.cameras.is_empty() && !clip {
        return Err(Why::NoCamera);
    }
    if asking.wish.recorded() {
        let window = asking.window.filter(|(from, until)| from <= until && *until <= at.now);
        if window.is_none() && !clip {
            return Err(Why::NoWindow);
        }
        let here = config.stations.iter().find(|s| Some(&s.id.value) == at.station);
        if here.is_some_and(|s| s.declaration.value) && !at.declared {
            return Err(Why::Undeclared);
        }
    }
    let covert = asking.cameras.iter().map(|camera| covert(config, asking, at, camera));
    let covert = covert.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let guests = at.guests.iter().map(|guest| look_on(config, asking, at, guest, clip));
    Ok(Seen { covert, guests: guests.collect::<Result<_, _>>()? })
}

/// Pictures of a covert camera are for whoever is in charge of its authorisation (S1.38, S1.39):
/// live while it is in force, recordings also once it is cancelled.
fn covert(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    camera: &CameraId,
) -> Result<Option<String>, Why> {
    let Some(used) = config.camera(camera).and_then(|camera| camera.covert.as_ref()) else {
        return Ok(None);
    };
    let refused = || Why::Covert(title(config, camera));
    let named = used.authorisation.as_ref().ok_or_else(refused)?;
    let all = &config.covert.authorisations;
    let found = all.iter().find(|a| a.reference.value == named.value).ok_or_else(refused)?;
    let today = config.site.zone.day_of(at.now);
    let stands = match asking.wish {
        Wish::Deed(Deed::Live) => found.in_force(today),
        _ => found.state.value != AuthorisationState::Applied,
    };
    if !stands || !in_charge(config, found, &at.who.person, today) {
        return Err(refused());
    }
    Ok(Some(found.reference.value.clone()))
}

fn in_charge(config: &Config, of: &Authorisation, id: &Id, today: crate::base::time::Day) -> bool {
    let named: Vec<_> = of.in_charge.iter().cloned().collect();
    right::speaks(config, &named, Deed::AuthoriseViewing, id, today).is_some()
}

/// A guest of a listed class, with what the file asks of it (S1.30, S1.40, S1.41, S1.60).
fn look_on(
    config: &Config,
    asking: &Asking,
    at: &Situation<'_>,
    guest: &Guest,
    clip: bool,
) -> Result<Authority, Why> {
    let rule = config.viewing.viewers.iter().find(|rule| rule.kind.value == guest.class);
    let rule = rule.ok_or_else(|| Why::GuestUnlisted(guest.class.to_string()))?;
    let title = rule.title.as_ref().map_or(guest.class.to_string(), |t| t.value.clone());
    if rule.refused {
        return Err(Why::GuestRefused(title));
    }
    if rule.approved_clips.value && !clip {
        return Err(Why::ClipsOnly);
    }
    if let Some(missing) = rule.needs.iter().find(|proof| !guest.proofs.contains(&proof.value)) {
        return Err(Why::MissingProof(missing.value.to_string()));
    }
    let today = config.site.zone.day_of(at.now);
    let beside = guest.supervisor.as_ref().unwrap_or(&at.who.person);
    if rule.supervised.value && right::person(config, beside, today).is_err() {
        return Err(Why::GuestAlone);
    }
    let givers = Givers { names: &rule.by, right: Deed::AuthoriseViewing };
    word::judge(config, asking, at, guest.authority.as_ref(), givers)
}
