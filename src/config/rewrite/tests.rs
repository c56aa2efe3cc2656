//! Each edit against a file with comments and odd spacing: what comes out, and what stays.

use super::*;
use crate::config::parse;

const FILE: &str = r#"// The school's own words.
site "S" { controller "S"; contact "Office" phone="1"; responsible "tech"; }
code-of-practice { purpose "safety" "Safety"; }
people {
    person "head"   "Headteacher" // since 2019
    person "tech" "Technician"

    person "clerk" "Clerk"
}
roles {
    role "lead" "Leads" { may "audit"; held-by "head" "clerk" }
    role "machine" {
        may "configure"   // the box itself
        held-by "tech"
        granted "clerk" on="2026-01-02" by="head"
    }
}
cameras {
    defaults secret="cameras"
    // the gate is old
    camera "gate" "Front gate" zone="hall" serial="A1" {
        stream "rtsp://10.0.0.1/main" kbps=2000 // main
    }
    camera "yard" "Yard" zone="hall" { stream "rtsp://10.0.0.2/main" } // flat
}
zones { zone "hall" "Hall"; }
retention min-days=30 max-days=90
duties { daily-check by="tech clerk"; access-review by="clerk" }
"#;

fn loads(text: &str) -> bool {
    let parsed = parse("x", text.as_bytes());
    parsed.config.is_some()
}

/// Lines that are new, then lines that are gone.
fn changed(new: &str) -> (Vec<&str>, Vec<&'static str>) {
    let gone = FILE.lines().filter(|l| !new.lines().any(|n| n == *l)).collect();
    let come = new.lines().filter(|l| !FILE.lines().any(|o| o == *l)).collect();
    (come, gone)
}

#[test]
fn a_camera_comes_behind_the_others() {
    let new = NewCamera {
        id: "bikes".into(),
        title: "Bicycle \"shed\"".into(),
        zone: "hall".into(),
        stream: "rtsp://10.0.0.3/main".into(),
        preview: Some("rtsp://10.0.0.3/sub".into()),
        secret: None,
    };
    let edited = add_camera(FILE, &new).unwrap();
    assert!(loads(&edited.text), "{}", edited.text);
    let want = vec![
        "    camera \"bikes\" \"Bicycle \\\"shed\\\"\" zone=\"hall\" {",
        "        stream \"rtsp://10.0.0.3/main\"",
        "        preview \"rtsp://10.0.0.3/sub\"",
    ];
    assert_eq!(changed(&edited.text), (want, vec![]));
    assert!(edited.text[edited.at..].starts_with("camera \"bikes\""));
    let place = edited.text.find("\"bikes\"").unwrap();
    assert!(place > edited.text.find("// flat").unwrap());
    let twice = add_camera(FILE, &NewCamera { id: "gate".into(), ..new });
    assert!(twice.unwrap_err().contains("already"));
}

#[test]
fn sections_of_every_style_take_a_line() {
    let new = |text: &str| {
        add_terms(text, &[("2026-09-02".parse().unwrap(), "2026-12-18".parse().unwrap())])
    };
    for (text, want) in [
        ("a 1\n", "a 1\n\ncalendar {\n    term \"2026-09-02\" \"2026-12-18\"\n}\n"),
        ("calendar\n", "calendar {\n    term \"2026-09-02\" \"2026-12-18\"\n}\n"),
        ("calendar {\n}\n", "calendar {\n    term \"2026-09-02\" \"2026-12-18\"\n}\n"),
        ("calendar { }\n", "calendar {\n    term \"2026-09-02\" \"2026-12-18\"\n}\n"),
        (
            "calendar { closed \"2026-10-26\" } // c\n",
            "calendar { closed \"2026-10-26\"; term \"2026-09-02\" \"2026-12-18\" } // c\n",
        ),
        (
            "calendar {\n\tterm \"a\" // } not here\n\tclosed \"b\"\n}",
            "calendar {\n\tterm \"a\" // } not here\n\tterm \"2026-09-02\" \"2026-12-18\"\n\t\
             closed \"b\"\n}",
        ),
    ] {
        assert_eq!(new(text).unwrap().text, want, "{text}");
    }
    assert!(new("calendar {").unwrap_err().contains("repaired first"));
    let day = |d: &str| d.parse::<Day>().unwrap();
    assert!(add_terms("a 1", &[(day("2026-02-02"), day("2026-02-01"))]).is_err());
}

#[test]
fn a_camera_is_replaced_under_its_name() {
    let with = Replacement {
        stream: Some("rtsp://10.0.0.9/main".into()),
        preview: Some("rtsp://10.0.0.9/sub".into()),
        serial: Some("B2".into()),
        installed: Some("2026-11-22".into()),
    };
    let edited = replace_camera(FILE, "gate", &with).unwrap();
    assert!(loads(&edited.text), "{}", edited.text);
    let (come, gone) = changed(&edited.text);
    assert_eq!(
        come,
        [
            "    camera \"gate\" \"Front gate\" zone=\"hall\" serial=\"B2\" \
             installed=\"2026-11-22\" {",
            "        stream \"rtsp://10.0.0.9/main\" kbps=2000",
            "        preview \"rtsp://10.0.0.9/sub\" // main",
        ]
    );
    assert_eq!(gone.len(), 2);
    let only = Replacement { stream: Some("rtsp://10.0.0.8/x".into()), ..Replacement::default() };
    let flat = replace_camera(FILE, "yard", &only).unwrap().text;
    assert!(flat.contains("{ stream \"rtsp://10.0.0.8/x\" } // flat"), "{flat}");
    assert!(replace_camera(FILE, "none", &only).is_err());
}

#[test]
fn a_person_comes_with_their_roles() {
    let edited = add_person(FILE, "dep", "Deputy", Some("Deputy"), &["lead".into()]).unwrap();
    assert!(loads(&edited.text), "{}", edited.text);
    let (come, gone) = changed(&edited.text);
    assert_eq!(
        come,
        [
            "    person \"dep\" \"Deputy\" post=\"Deputy\"",
            "    role \"lead\" \"Leads\" { may \"audit\"; held-by \"head\" \"clerk\" \"dep\" }",
        ]
    );
    assert_eq!(gone.len(), 1);
    assert!(add_person(FILE, "lead", "X", None, &[]).unwrap_err().contains("taken"));
    assert!(add_person(FILE, "x", "X", None, &["none".into()]).is_err());
}

#[test]
fn a_person_goes_and_what_falls_open_is_named() {
    let edited = remove_person(FILE, "clerk", None).unwrap();
    let (come, gone) = changed(&edited.text);
    assert_eq!(
        come,
        [
            "    role \"lead\" \"Leads\" { may \"audit\"; held-by \"head\" }",
            "duties { daily-check by=\"tech\"; access-review by=\"clerk\" }",
        ]
    );
    assert!(gone.contains(&"    person \"clerk\" \"Clerk\""), "{gone:?}");
    assert!(gone.iter().any(|l| l.contains("granted \"clerk\"")), "{gone:?}");
    assert_eq!(edited.open.len(), 1, "{:?}", edited.open);
    assert!(edited.open[0].contains("access-review by=\"clerk\""), "{:?}", edited.open);
    assert!(!loads(&edited.text), "what falls open is a finding at its place");
    let edited = remove_person(FILE, "clerk", Some("tech")).unwrap();
    assert!(loads(&edited.text), "{}", edited.text);
    assert!(edited.open.is_empty());
    assert!(edited.text.contains("held-by \"head\" \"tech\" }"), "{}", edited.text);
    assert!(edited.text.contains("daily-check by=\"tech\"; access-review by=\"tech\""));
    let alone = remove_person(FILE, "tech", None).unwrap();
    assert_eq!(alone.open.len(), 2, "responsible, held-by: {:?}", alone.open);
    assert!(alone.text.contains("daily-check by=\"clerk\""), "{}", alone.text);
}
