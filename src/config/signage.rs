//! `signage`: signs, where they hang and what they cover (S0.5, S1.19).

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

#[derive(Clone, PartialEq, Debug)]
pub struct Signage {
    pub signs: Vec<Sign>,
    /// Address of the full notice, for the QR code (R1.30).
    pub notice: Option<At<String>>,
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
    pub node: At<()>,
}
