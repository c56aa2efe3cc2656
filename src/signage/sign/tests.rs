//! What signs say, how high their letters are, and when they are refused.

use super::*;
use crate::config::signage::Variant;
use crate::signage::letters::width;
use crate::signage::tests::{DEMO, loaded};

fn one(config: &Config, id: &str) -> Sign {
    config.signage.signs.iter().find(|s| s.id.value.as_str() == id).unwrap().clone()
}

fn said(sheet: &Sheet) -> String {
    let lines: Vec<&str> = sheet.lines().map(|l| l.text.as_str()).collect();
    lines.join(" ")
}

/// Every line and drawing lies within the sheet, and no line on another.
pub(in crate::signage) fn stays_on(sheet: &Sheet) {
    for line in sheet.lines() {
        let right = line.x + width(&line.text, line.bold) * line.size_mm;
        assert!(line.x >= 4.9 && right <= sheet.width_mm - 4.9, "{line:?}");
        assert!(line.baseline > 0.0 && line.baseline < sheet.height_mm - 4.9, "{line:?}");
    }
    let mut last = 0.0;
    for line in sheet.lines() {
        assert!(line.baseline - line.capital_mm() >= last - 0.01, "{line:?}");
        last = line.baseline;
    }
    for item in &sheet.items {
        if let Item::Drawing { x, y, width_mm, height_mm, .. } = item {
            assert!(*x >= 4.9 && x + width_mm <= sheet.width_mm - 4.9, "{item:?}");
            assert!(*y >= 4.9 && y + height_mm <= sheet.height_mm - 4.9, "{item:?}");
        }
    }
}

#[test]
fn each_schools_signs_say_what_they_must_in_letters_that_can_be_read() {
    for file in [
        DEMO,
        include_str!("../../../configs/clere.kdl"),
        include_str!("../../../configs/john-colet.kdl"),
        include_str!("../../../configs/st-thomas-more.kdl"),
    ] {
        let config = loaded(file);
        for sign in &config.signage.signs {
            let sheet = sheet(&config, sign, "x").unwrap_or_else(|e| panic!("{e}"));
            stays_on(&sheet);
            let (words, from) = (said(&sheet), sign.read_from_m.value);
            let contact = &config.site.contact;
            let operator = format!("Operated by {}", config.site.controller.name.value);
            assert!(words.contains("CCTV") && words.contains("in operation"), "{words}");
            assert!(words.contains(&operator), "{words}");
            assert!(words.contains(&contact.phone.as_ref().unwrap().value), "{words}");
            for purpose in &content(&config, sign).unwrap().tongues[0].purposes {
                assert!(
                    words.replace("\u{2022} ", "").contains(purpose.as_str()),
                    "{purpose}: {words}"
                );
            }
            let drawn = sheet.items.iter().filter(|i| matches!(i, Item::Drawing { .. })).count();
            assert_eq!(drawn, 2, "pictogram and code");
            for line in sheet.lines().filter(|l| l.part != Piece::Imprint) {
                let metres = match line.part {
                    Piece::Headline => from,
                    _ => step_up_m(from),
                };
                assert!(line.capital_mm() >= 5.0 * metres - 1e-9, "{line:?}");
                assert!(line.small_mm() >= 4.0 * metres - 1e-9, "{line:?}");
            }
            let Some(Item::Drawing { height_mm, .. }) =
                sheet.items.iter().find(|i| matches!(i, Item::Drawing { .. }))
            else {
                panic!("no pictogram");
            };
            assert!(*height_mm >= 15.0 * from - 1e-9);
        }
    }
}

#[test]
fn a_sign_that_cannot_be_read_is_refused_with_what_helps() {
    for (from, to, says, remedy) in [
        (
            "size=\"A4\" read-from-m=2",
            "size=\"A5\" read-from-m=6",
            "does not fit A5",
            "size=\"A3\"",
        ),
        ("size=\"A4\" read-from-m=2", "size=\"A4\" read-from-m=50", "does not fit A4", "No sheet"),
    ] {
        let config = loaded(&DEMO.replace(from, to));
        let refusal = sheet(&config, &one(&config, "reception"), "").unwrap_err();
        assert!(refusal.text.contains(says), "{refusal}");
        assert!(refusal.remedy.contains(remedy), "{refusal}");
    }
}

#[test]
fn a_sign_speaks_of_no_camera_that_is_not_there() {
    let off = DEMO.replace(
        "task \"detect\" width-m=30.0",
        "task \"detect\" width-m=30.0\n disabled because=\"broken\"",
    );
    let config = loaded(&off);
    let refusal = sheet(&config, &one(&config, "car-park"), "").unwrap_err();
    assert!(refusal.text.contains("where none works"), "{refusal}");
    let rows: Vec<&str> = findings(&config).iter().map(|f| f.row).collect();
    assert_eq!(rows, ["R1.34"]);
}

#[test]
fn what_has_no_sign_is_found() {
    for (from, to, says) in [
        (" sign=\"reception\"\n}", "\n}", "\"Front door\" without passing a sign"),
        ("covers=\"car-park\"", "covers=\"hall\"", "\"Staff car park\" has cameras and no sign"),
    ] {
        assert!(DEMO.contains(from), "{from}");
        let config = loaded(&DEMO.replace(from, to));
        let all = findings(&config);
        assert!(all.iter().any(|f| f.text.contains(says)), "{all:?}");
    }
    assert_eq!(findings(&loaded(DEMO)), []);
}

#[test]
fn variants_come_from_zones_and_ways_in_unless_said() {
    let config = loaded(DEMO);
    let of = |config: &Config, id| variant_of(config, &one(config, id));
    assert_eq!(of(&config, "gate"), Variant::Entrance);
    assert_eq!(of(&config, "car-park"), Variant::CarPark);
    let inside = DEMO.replace(
        "sign \"gate\"",
        "sign \"stairs\" \"Stairs\" covers=\"corridors\"\n    sign \"gate\"",
    );
    assert_eq!(of(&loaded(&inside), "stairs"), Variant::Repeater);
    let told = inside
        .replace("covers=\"corridors\"\n", "covers=\"corridors\" variant=\"changing-corridor\"\n");
    let config = loaded(&told);
    let words = said(&sheet(&config, &one(&config, "stairs"), "").unwrap());
    assert!(words.contains("There is no camera in the changing rooms."), "{words}");
}

#[test]
fn welsh_comes_first_and_is_whole_or_refused() {
    let welsh = DEMO.replace("signage {", "signage welsh=#true {");
    let config = loaded(&welsh);
    let refusal = sheet(&config, &one(&config, "reception"), "").unwrap_err();
    assert!(refusal.text.contains("\"Prevention and detection of crime\" has none"), "{refusal}");
    let (crime, safety) =
        ("\"Prevention and detection of crime\"", "\"Safety of pupils, staff and visitors\"");
    let whole = welsh
        .replace(crime, &format!("{crime} welsh=\"Atal a chanfod troseddau\""))
        .replace(safety, &format!("{safety} welsh=\"Diogelwch disgyblion, staff ac ymwelwyr\""));
    let config = loaded(&whole);
    let sheet = sheet(&config, &one(&config, "reception"), "").unwrap();
    stays_on(&sheet);
    let words = said(&sheet);
    let at = |text: &str| words.find(text).unwrap_or_else(|| panic!("{text}: {words}"));
    assert!(at("TCC ar waith") < at("CCTV"));
    assert!(at("Atal a chanfod troseddau") < at("Prevention and detection of crime"));
    assert!(at("Gweithredir gan") < at("Operated by"));
    assert_eq!(sheet.language, "cy");
}

#[test]
fn sound_and_another_owner_stand_on_the_sign() {
    let loud = DEMO
        .replace("task \"identify\" width-m=1.5", "audio because=\"Threats\" dpia=\"D1\"")
        .replace(
            "    contact \"School office\"",
            "    owner \"Trust\"\n    contact \"School office\"",
        );
    let config = loaded(&loud);
    let words = said(&sheet(&config, &one(&config, "reception"), "").unwrap());
    assert!(words.contains("Sound is recorded too."), "{words}");
    assert!(words.contains("System owned by Trust"), "{words}");
    let config = loaded(DEMO);
    assert!(!said(&sheet(&config, &one(&config, "reception"), "").unwrap()).contains("Sound"));
}

#[test]
fn the_code_leads_to_the_notice_else_to_somebody() {
    for (notice, web, leads) in [
        (true, true, "https://n.example/cctv"),
        (false, true, "https://w.example"),
        (false, false, "tel:01632960000"),
    ] {
        let mut text = DEMO.to_string();
        if notice {
            text = text.replace("signage {", "signage notice=\"https://n.example/cctv\" {");
        }
        if web {
            text = text.replace(
                "phone=\"01632 960000\"",
                "phone=\"01632 960000\" web=\"https://w.example\"",
            );
        }
        let config = loaded(&text);
        let content = content(&config, &one(&config, "gate")).unwrap();
        assert_eq!(content.code.as_deref(), Some(leads));
    }
}
