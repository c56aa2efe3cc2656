//! Long names, forty cameras, twelve purposes, letters with accents.

use super::{DEMO, loaded, papers};
use crate::config::Config;
use crate::signage::sign;

/// The demonstration school with everything that makes papers long.
pub(in crate::signage) fn large() -> Config {
    let mut cameras = String::new();
    for n in 1..=40 {
        cameras += &format!(
            "camera \"cam-{n}\" \"Ysgol Gyfun Gŵyr, éclairage extérieur du bâtiment numéro {n}\" \
             zone=\"entrance\" {{ stream \"rtsp://127.0.0.1:8554/cam{n}x\"; }}\n"
        );
    }
    let mut purposes = String::new();
    for n in 3..=12 {
        purposes += &format!(
            "purpose \"p{n}\" \"Zweck Nummer {n}: Öffentlichkeitsarbeitsverwaltungsvorschrift\" \
             because=\"Weil\"\n"
        );
    }
    let long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch";
    let text = DEMO
        .replace("\"Demonstration School\"", &format!("\"Ysgol {long}\""))
        .replace("    camera \"front-gate\"", &format!("{cameras}    camera \"front-gate\""))
        .replace("    statement ", &format!("{purposes}    statement "))
        .replace("purposes=\"crime safety\"", "")
        .replace("size=\"A3\" read-from-m=8", "size=\"A3\" read-from-m=2")
        .replace("size=\"A4\" read-from-m=2", "size=\"A2\" read-from-m=2");
    loaded(&text)
}

#[test]
fn nothing_is_left_out_however_long_it_is() {
    let config = large();
    for paper in papers(&config) {
        let said = paper.words();
        if ["code-of-practice-staff", "commissioning", "dpia-appendix"]
            .contains(&paper.name.as_str())
        {
            for n in 1..=40 {
                assert!(said.contains(&format!("numéro {n}")), "{}: {n}", paper.name);
            }
        }
    }
}

#[test]
fn a_long_sign_stays_on_its_sheet_or_is_refused() {
    let config = large();
    let mut made = 0;
    for sign in &config.signage.signs {
        let Ok(sheet) = sign::sheet(&config, sign, "x") else {
            continue;
        };
        made += 1;
        let said: Vec<&str> = sheet.lines().map(|l| l.text.as_str()).collect();
        let said = said.join(" ");
        if sign.id.value.as_str() == "reception" {
            for n in 3..=12 {
                assert!(said.contains(&format!("Nummer {n}:")), "{n}: {said}");
            }
        }
        crate::signage::sign::tests::stays_on(&sheet);
    }
    assert!(made >= 1, "no sign could be made");
}
