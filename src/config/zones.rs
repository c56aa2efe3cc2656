//! `zones` and `access-routes`: what is covered, what is not, and how people come in.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Setting, words};

words! {
    ZoneKind {
        Indoor = "indoor",
        Outdoor = "outdoor",
        Entrance = "entrance",
        Corridor = "corridor",
        CarPark = "car-park",
        Classroom = "classroom",
        Office = "office",
        /// Open to the public too (S1.11).
        Public = "public",
        /// Needs a DPIA reference (S4.20), as do the two below.
        Changing = "changing",
        Toilet = "toilet",
        Medical = "medical",
    }
}

impl ZoneKind {
    /// Where people are in a state that nobody may film without a written assessment (S4.20).
    pub const fn private(self) -> bool {
        matches!(self, ZoneKind::Changing | ZoneKind::Toilet | ZoneKind::Medical)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Zones {
    pub list: Vec<Zone>,
    /// Known holes in the coverage (S1.18).
    pub blind_spots: Vec<At<String>>,
}

/// A covered area.
#[derive(Clone, PartialEq, Debug)]
pub struct Zone {
    pub id: At<Id>,
    pub title: At<String>,
    pub kind: Setting<ZoneKind>,
    /// Purposes of the code of practice; empty means all of them.
    pub purposes: Vec<At<Id>>,
    pub dpia: Option<At<String>>,
    pub node: At<()>,
}

/// A way into the covered area (S1.19).
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    pub id: At<Id>,
    pub title: At<String>,
    /// `None` is a finding, not an error.
    pub sign: Option<At<Id>>,
    pub node: At<()>,
}

impl Zones {
    pub(super) fn decode(mut n: Node<'_>) -> Zones {
        let list = n.many("zone").into_iter().filter_map(Zone::decode).collect();
        let blind_spots = n.texts("blind-spot");
        n.finish();
        Zones { list, blind_spots }
    }
}

impl Zone {
    fn decode(mut n: Node<'_>) -> Option<Zone> {
        let id = n.id(Kind::Zone);
        let title = n.arg("the zone's name");
        let kind = n.set("kind", ZoneKind::Indoor, "most zones of a school are indoors");
        let purposes = n.refs("purposes", Kind::Purpose);
        let dpia = n.prop("dpia");
        let node = n.at();
        n.finish();
        Some(Zone { id: id?, title: title?, kind, purposes, dpia, node })
    }
}

impl Route {
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Route> {
        let routes = n.many("route").into_iter().filter_map(Route::decode).collect();
        n.finish();
        routes
    }

    fn decode(mut n: Node<'_>) -> Option<Route> {
        let id = n.id(Kind::Route);
        let title = n.arg("the way's name");
        let sign = n.reference("sign", Kind::Sign);
        let node = n.at();
        n.finish();
        Some(Route { id: id?, title: title?, sign, node })
    }
}
