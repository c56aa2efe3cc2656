//! Edits of a small file, and what is said of each.

use super::*;
use crate::config::parse;

const BASE: &str = r#"
site "School" { controller "The school"; contact "Office" phone="01632 960000" }
code-of-practice { purpose "safety" "Safety" }
people { person "head" "Head"; person "site" "Site Manager" }
roles { role "look" { may "live" "playback"; held-by "head" } }
cameras {
camera "gate" "Gate" zone="yard" { stream "rtsp://10.0.0.1/a" kbps=2000; task "detect" }
camera "hall" "Hall" zone="hall" { stream "rtsp://10.0.0.2/a" }
}
zones { zone "yard" "Yard"; zone "hall" "Hall" }
signage { sign "gate" "Gate" covers="yard hall" }
retention min-days=30 max-days=90 because="The code"
"#;

fn config(text: &str) -> Config {
    let parsed = parse("test.kdl", text.as_bytes());
    parsed.config.unwrap_or_else(|| panic!("{:#?}\n{text}", parsed.notes))
}

fn told(text: &str) -> Vec<(char, String, String, Effect)> {
    let changes = diff(Some(&config(BASE)), &config(text));
    let changed = changes.into_iter().filter(|c| c.sign != '=');
    changed.map(|c| (c.sign, c.unit, c.what, c.effect)).collect()
}

/// What each edit of the file above says and does.
const EDITS: &[(&str, &str, char, &str, &str, Effect)] = &[
    (
        "\"Gate\" zone",
        "\"Front gate\" zone",
        '~',
        "camera gate",
        "title Gate -> Front gate",
        Effect::Paper,
    ),
    (
        "10.0.0.1/a",
        "10.0.0.1/b",
        '~',
        "camera gate",
        "stream rtsp://10.0.0.1/a -> rtsp://10.0.0.1/b",
        Effect::Records,
    ),
    ("kbps=2000", "kbps=1500", '~', "camera gate", "stream kbps 2000 -> 1500", Effect::Paper),
    (
        "; task \"detect\" }",
        "; task \"detect\"; disabled because=\"broken\" }",
        '~',
        "camera gate",
        "disabled added",
        Effect::Records,
    ),
    (
        "; task \"detect\" }",
        "; task \"detect\"; audio }",
        '~',
        "camera gate",
        "audio added",
        Effect::Records,
    ),
    (
        "; task \"detect\" }",
        "; task \"observe\" }",
        '~',
        "camera gate",
        "task detect -> observe",
        Effect::Paper,
    ),
    ("; task \"detect\" }", " }", '~', "camera gate", "task detect gone", Effect::Paper),
    (
        "stream \"rtsp://10.0.0.2/a\"",
        "pipeline \"v4l2src\"",
        '~',
        "camera hall",
        "pipeline v4l2src added; stream rtsp://10.0.0.2/a gone",
        Effect::Records,
    ),
    ("zone=\"yard\" {", "zone=\"hall\" {", '~', "camera gate", "zone yard -> hall", Effect::Policy),
    (
        "zone=\"yard\" {",
        "zone=\"yard\" transport=\"udp\" {",
        '~',
        "camera gate",
        "transport tcp -> udp",
        Effect::Records,
    ),
    ("max-days=90", "max-days=60", '~', "retention", "max-days 90 -> 60", Effect::Policy),
    ("max-days=90", "target-days=31 max-days=90", '=', "", "", Effect::Paper),
    (
        "\"head\" }",
        "\"head\" \"site\" }",
        '~',
        "role look",
        "held-by now also site",
        Effect::Policy,
    ),
    (
        "\"live\" \"playback\"",
        "\"playback\"",
        '~',
        "role look",
        "may no longer live",
        Effect::Policy,
    ),
    (
        "covers=\"yard hall\"",
        "covers=\"yard hall\" size=\"A3\"",
        '~',
        "sign gate",
        "size A4 -> A3",
        Effect::Paper,
    ),
    (
        "site \"School\" {",
        "site \"Academy\" {",
        '~',
        "site",
        "name School -> Academy",
        Effect::Paper,
    ),
    (
        "site \"School\" {",
        "site \"School\" timezone=\"Europe/Dublin\" {",
        '~',
        "site",
        "timezone Europe/London -> Europe/Dublin",
        Effect::Policy,
    ),
    (
        "; zone \"hall\" \"Hall\" }",
        "; zone \"hall\" \"Hall\"; zone \"loft\" \"Loft\" }",
        '+',
        "zone loft",
        "Loft",
        Effect::Policy,
    ),
    (
        "signage { sign \"gate\" \"Gate\" covers=\"yard hall\" }",
        "",
        '-',
        "sign gate",
        "Gate",
        Effect::Paper,
    ),
    (
        "camera \"hall\" \"Hall\" zone=\"hall\" { stream \"rtsp://10.0.0.2/a\" }",
        "",
        '-',
        "camera hall",
        "Hall, from rtsp://10.0.0.2/a",
        Effect::Records,
    ),
];

#[test]
fn an_edit_is_told_field_by_field() {
    for (from, to, sign, unit, what, effect) in EDITS {
        assert!(BASE.contains(from), "{from}");
        let got = told(&BASE.replacen(from, to, 1));
        let want = match sign {
            '=' => Vec::new(),
            _ => vec![(*sign, unit.to_string(), what.to_string(), *effect)],
        };
        assert_eq!(got, want, "{from} => {to}");
    }
}

#[test]
fn a_file_against_itself_is_untouched() {
    let files = [BASE].into_iter().chain(crate::config::explain::SITES.map(|(_, text)| text));
    for text in files {
        let config = config(text);
        let changes = diff(Some(&config), &config);
        assert!(changes.len() > 5);
        assert!(changes.iter().all(|c| c.sign == '=' && c.what.is_empty()), "{changes:#?}");
        let first = diff(None, &config);
        assert!(first.iter().all(|c| c.sign == '+'));
        let names = |list: &[Change]| list.iter().map(|c| c.unit.clone()).collect::<Vec<_>>();
        assert_eq!(names(&first), names(&changes));
    }
}

#[test]
fn there_and_back_names_the_same_units() {
    let turned = |sign| match sign {
        '+' => '-',
        '-' => '+',
        same => same,
    };
    let all: Vec<Config> = crate::config::explain::SITES.map(|(_, text)| config(text)).into();
    for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
        let sorted = |list: Vec<Change>, turn: bool| {
            let sign = |c: &Change| if turn { turned(c.sign) } else { c.sign };
            let mut list: Vec<_> =
                list.iter().map(|c| (c.unit.clone(), sign(c), c.effect)).collect();
            list.sort();
            list
        };
        assert_eq!(sorted(diff(Some(a), b), false), sorted(diff(Some(b), a), true));
        assert_eq!(diff(Some(a), b), diff(Some(a), b));
    }
}

#[test]
fn renaming_restarts_no_camera() {
    let edit = BASE.replace("\"Gate\"", "\"Tor\"").replace("max-days=90", "max-days=45");
    assert!(told(&edit).iter().all(|(.., effect)| *effect < Effect::Records));
    assert_eq!(told(&edit).len(), 3);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Any edits together: against itself nothing, against another file something exactly when the
    /// two are not the same configuration.
    #[test]
    fn silence_means_equality(ours in 0u32..1 << 20, theirs in 0u32..1 << 20) {
        let edited = |chosen: u32| {
            let all = EDITS.iter().enumerate().filter(|(i, _)| chosen & (1 << i) != 0);
            let text = all.fold(BASE.to_string(), |t, (_, (from, to, ..))| t.replacen(from, to, 1));
            parse("test.kdl", text.as_bytes()).config
        };
        // Some edits together leave a dangling name; such a file never gets as far as a diff.
        if let (Some(a), Some(b)) = (edited(ours), edited(theirs)) {
            let quiet = |a, b| diff(Some(a), b).iter().all(|c| c.sign == '=');
            proptest::prop_assert!(quiet(&a, &a));
            proptest::prop_assert_eq!(quiet(&a, &b), a == b);
        }
    }
}
