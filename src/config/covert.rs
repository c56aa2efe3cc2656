//! `covert`: the procedure, the addressee, the authorisations (S1.38, S1.39, S1.14).

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, words};
use crate::base::name::CameraId;
use crate::base::time::Day;

words! {
    AuthorisationState {
        Applied = "applied",
        Authorised = "authorised",
        Cancelled = "cancelled",
    }
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Covert {
    pub procedure: Option<At<String>>,
    /// Where the procedure can be had.
    pub available_at: Option<At<String>>,
    /// To whom copies of forms, reviews and cancellations go.
    pub addressee: Option<At<String>>,
    pub address: Option<At<String>>,
    pub authorisations: Vec<Authorisation>,
}

/// `authorisation "REF" by="..." from= until= state="authorised" cameras="..."`.
#[derive(Clone, PartialEq, Debug)]
pub struct Authorisation {
    pub reference: At<String>,
    pub state: At<AuthorisationState>,
    /// Whoever authorised it, in words: often outside the school.
    pub by: Option<At<String>>,
    /// The school's own person in charge of it.
    pub in_charge: Option<At<Id>>,
    pub from: Option<At<Day>>,
    /// Three months after `from` where not given.
    pub until: Option<At<Day>>,
    pub reviewed: Option<At<Day>>,
    pub copy_sent: Option<At<Day>>,
    pub cameras: Vec<At<CameraId>>,
}

impl Authorisation {
    /// In force on that day? What is only applied for, cancelled or past is not (S1.39).
    pub fn in_force(&self, today: Day) -> bool {
        self.state.value == AuthorisationState::Authorised
            && self.from.as_ref().is_none_or(|d| d.value <= today)
            && self.last_day().is_none_or(|d| today <= d)
    }

    /// Three months after it began, where the file names no other day (R1.18).
    pub fn last_day(&self) -> Option<Day> {
        let from = self.from.as_ref().map(|d| d.value);
        self.until.as_ref().map(|d| d.value).or(from.map(|d| d.plus(91)))
    }
}

impl Covert {
    pub(super) fn decode(mut n: Node<'_>) -> Covert {
        let procedure = n.prop("procedure");
        let available_at = n.prop("available-at");
        let (mut addressee, mut address) = (None, None);
        if let Some(mut copies) = n.one("copies-to") {
            addressee = copies.arg("the addressee's post");
            address = copies.prop("address");
            copies.finish();
        }
        let authorisations = n.many("authorisation").into_iter();
        let authorisations = authorisations.filter_map(Authorisation::decode).collect();
        n.finish();
        Covert { procedure, available_at, addressee, address, authorisations }
    }
}

impl Authorisation {
    fn decode(mut n: Node<'_>) -> Option<Authorisation> {
        let reference = n.arg::<String>("its reference");
        if let Some(reference) = &reference {
            n.cx.declare(Kind::Authorisation, &reference.value, reference.place);
        }
        let state = n.need("state");
        let by = n.prop("by");
        let in_charge = n.reference("in-charge", Kind::Who);
        let from = n.prop::<Day>("from");
        let until = n.prop::<Day>("until");
        n.in_order("from", &from, "until", &until);
        let reviewed = n.prop("reviewed");
        let copy_sent = n.prop("copy-sent");
        let cameras = n.words::<CameraId>("cameras");
        n.means(Kind::Camera);
        for camera in &cameras {
            let kind = Kind::Camera;
            n.cx.names.borrow_mut().refer(kind, camera.as_str(), camera.place);
        }
        n.finish();
        Some(Authorisation {
            reference: reference?,
            state: state?,
            by,
            in_charge,
            from,
            until,
            reviewed,
            copy_sent,
            cameras,
        })
    }
}
