//! `signage`: signs, where they hang and what they cover (S0.5, S1.19).

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Setting, words};

words! {
    SheetSize {
        A5 = "A5",
        A4 = "A4",
        A3 = "A3",
        A2 = "A2",
        A1 = "A1",
    }
}

words! {
    /// What a sign is for, where its zones do not tell (R1.31).
    Variant {
        /// Before or at the way in.
        Entrance = "entrance",
        /// Read by drivers too (R1.32).
        CarPark = "car-park",
        /// Says it again inside.
        Repeater = "repeater",
        /// In the corridor before rooms that no camera sees (S4.20).
        ChangingCorridor = "changing-corridor",
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Signage {
    pub signs: Vec<Sign>,
    /// Address of the full notice, for the QR code (R1.30).
    pub notice: Option<At<String>>,
    /// Signs speak Welsh first, then English.
    pub welsh: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Sign {
    pub id: At<Id>,
    /// Where it hangs.
    pub title: At<String>,
    pub size: Setting<SheetSize>,
    /// Reading distance: 4 mm of letter height per metre (R1.33).
    pub read_from_m: Setting<f64>,
    /// Zones; never empty.
    pub covers: Vec<At<Id>>,
    /// Purposes printed on it; empty means those of the zones it covers.
    pub purposes: Vec<At<Id>>,
    /// An extra line.
    pub text: Option<At<String>>,
    /// Contact other than the site's.
    pub contact: Option<At<String>>,
    /// The extra line in Welsh.
    pub welsh: Option<At<String>>,
    /// `None`: told by the zones that it covers and the ways in where it hangs.
    pub variant: Option<At<Variant>>,
    pub node: At<()>,
}

impl Signage {
    pub(super) fn decode(mut n: Node<'_>) -> Signage {
        let notice = n.prop("notice");
        let welsh = n.flag("welsh");
        let signs = n.many("sign").into_iter().filter_map(Sign::decode).collect();
        n.finish();
        Signage { signs, notice, welsh }
    }
}

impl Sign {
    fn decode(mut n: Node<'_>) -> Option<Sign> {
        let id = n.id(Kind::Sign);
        let title = n.arg("where it hangs");
        let size = n.set("size", SheetSize::A4, "the sheet that every office prints");
        let read_from_m = n.num("read-from-m", 0.5, 50.0);
        let read_from_m = Setting::or(read_from_m, 2.0, "a sign beside a door is read from there");
        let covers = n.refs("covers", Kind::Zone);
        if covers.is_empty()
            && let Some(id) = &id
        {
            n.cx.error(
                "covers-nothing",
                id.place,
                format!("the sign \"{}\" covers no zone", id.value),
                "add covers=\"...\" with the zones that one sees it before entering",
            );
        }
        let purposes = n.refs("purposes", Kind::Purpose);
        let text = n.prop("text");
        let contact = n.prop("contact");
        let welsh = n.prop("welsh");
        let variant = n.prop("variant");
        let node = n.at();
        n.finish();
        let (id, title) = (id?, title?);
        Some(Sign {
            id,
            title,
            size,
            read_from_m,
            covers,
            purposes,
            text,
            contact,
            welsh,
            variant,
            node,
        })
    }
}
