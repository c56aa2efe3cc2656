//! What signs say, in both languages.

use crate::config::signage::Variant;

/// The set phrases of one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wording {
    /// For whoever reads the page aloud.
    pub language: &'static str,
    pub headline: &'static str,
    pub operated_by: &'static str,
    pub owned_by: &'static str,
    pub purposes: &'static str,
    pub sound: &'static str,
    pub questions: &'static str,
    pub scan: &'static str,
}

pub const ENGLISH: Wording = Wording {
    language: "en",
    headline: "CCTV in operation",
    operated_by: "Operated by",
    owned_by: "System owned by",
    purposes: "For:",
    sound: "Sound is recorded too.",
    questions: "Questions:",
    scan: "Privacy notice",
};

/// Words as Welsh councils have them on their own pages about CCTV: "TCC" (teledu cylch cyfyng), "ar
/// waith", "gweithredir gan", "dibenion", "hysbysiad preifatrwydd".
pub const WELSH: Wording = Wording {
    language: "cy",
    headline: "TCC ar waith",
    operated_by: "Gweithredir gan",
    owned_by: "Perchennog y system:",
    purposes: "Dibenion:",
    sound: "Mae sain yn cael ei recordio hefyd.",
    questions: "Cwestiynau:",
    scan: "Hysbysiad preifatrwydd",
};

impl Wording {
    /// The line that tells one kind of sign from the others (R1.31).
    pub const fn place(&self, variant: Variant) -> &'static str {
        let welsh = self.language.as_bytes()[0] == b'c';
        match (variant, welsh) {
            (Variant::Entrance, false) => "Cameras record beyond this point.",
            (Variant::CarPark, false) => "Cameras record this car park.",
            (Variant::Repeater, false) => "You are in an area that cameras record.",
            (Variant::ChangingCorridor, false) => {
                "Cameras record this corridor only. There is no camera in the changing rooms."
            }
            (Variant::Entrance, true) => "Mae camerâu yn recordio y tu hwnt i'r man hwn.",
            (Variant::CarPark, true) => "Mae camerâu yn recordio'r maes parcio hwn.",
            (Variant::Repeater, true) => "Rydych mewn ardal lle mae camerâu yn recordio.",
            (Variant::ChangingCorridor, true) => {
                "Dim ond y coridor hwn a recordir. Nid oes camera yn yr ystafelloedd newid."
            }
        }
    }
}
