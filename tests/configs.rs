//! Files that must load, files that must not, and what is said about each; any bytes at all.
//!
//! `tests/bad` holds one rejected file a fault, with the text that `beadle check` prints about it.
//! After a change of wording: `BLESS=1 cargo test --test configs`, then read the difference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beadle::base::limits::{CAMERAS_MAX, FILE_BYTES_MAX, NOTES_MAX};
use beadle::config::note::{READING_CODES, Severity};
use beadle::config::{Parsed, parse};
use proptest::prelude::*;

fn kdl_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut out: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "kdl"))
        .collect();
    out.sort();
    out
}

/// What holds for every answer, whatever the bytes.
fn sound(bytes: &[u8]) -> Parsed {
    let parsed = parse("site.kdl", bytes);
    let errors = parsed.notes.iter().filter(|n| n.severity == Severity::Error).count();
    assert_eq!(parsed.config.is_none(), errors > 0, "{:?}", parsed.notes);
    assert!(parsed.notes.len() <= NOTES_MAX + 1);
    assert!(parsed.notes.is_sorted_by_key(|n| n.place));
    let shown = String::from_utf8_lossy(bytes);
    for note in &parsed.notes {
        assert!(note.place.start <= note.place.end && note.place.end <= bytes.len(), "{note:?}");
        assert!(READING_CODES.contains(&note.code), "{} is not in the table", note.code);
        assert!(!note.text.is_empty() && !note.text.contains('\n'));
        let text = note.render("site.kdl", &shown);
        assert!(!text.contains('\u{1b}'));
    }
    parsed
}

fn rendered(bytes: &[u8]) -> (Parsed, String) {
    let parsed = sound(bytes);
    let source = String::from_utf8_lossy(bytes).into_owned();
    let text = parsed.notes.iter().map(|n| n.render("site.kdl", &source)).collect();
    (parsed, text)
}

#[test]
fn all_files_of_configs_load_without_errors() {
    let files = kdl_files("configs");
    assert!(files.len() >= 2);
    for path in files {
        let (parsed, text) = rendered(&std::fs::read(&path).unwrap());
        assert!(parsed.config.is_some(), "{}:\n{text}", path.display());
    }
}

/// The README's examples are typed in by whoever reads it first.
#[test]
fn every_example_of_the_readme_loads() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let examples: Vec<&str> = readme.split("```kdl\n").skip(1).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let (example, _) = example.split_once("```").expect("a block ends");
        let (parsed, text) = rendered(example.as_bytes());
        assert!(parsed.config.is_some(), "{text}{example}");
    }
}

#[test]
fn bad_files_are_refused_with_the_text_beside_them() {
    let files = kdl_files("tests/bad");
    assert!(files.len() >= 40);
    let mut wrong = Vec::new();
    for path in files {
        let (parsed, text) = rendered(&std::fs::read(&path).unwrap());
        assert!(parsed.config.is_none(), "{} loads", path.display());
        let beside = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&beside, &text).unwrap();
        }
        let wanted = std::fs::read_to_string(&beside).unwrap_or_default();
        if wanted != text {
            wrong.push(format!("{}:\n{text}\ninstead of\n{wanted}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

fn with_cameras(n: usize) -> String {
    let head =
        include_str!("../configs/smallest.kdl").replace("cameras {", "// cameras\ncameras {");
    let mut cameras = String::from("cameras {\n");
    for i in 0..n {
        cameras.push_str(&format!(
            "    camera \"c{i}\" \"Camera\" zone=\"entrance\" {{ stream \"rtsp://h/{i}\" }}\n"
        ));
    }
    let (before, rest) = head.split_once("// cameras\n").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    format!("{before}{cameras}}}\n{after}")
}

#[test]
fn as_many_cameras_as_promised_and_not_one_more() {
    let full = parse("site.kdl", with_cameras(CAMERAS_MAX).as_bytes());
    assert_eq!(full.config.map(|c| c.cameras.list.len()), Some(CAMERAS_MAX));
    let over = sound(with_cameras(CAMERAS_MAX + 1).as_bytes());
    assert_eq!(over.notes.iter().map(|n| n.code).collect::<Vec<_>>(), ["too-many"]);
}

#[test]
fn every_code_of_the_table_was_given_by_a_bad_file() {
    let mut seen = BTreeSet::new();
    for path in kdl_files("tests/bad") {
        seen.extend(sound(&std::fs::read(&path).unwrap()).notes.iter().map(|n| n.code));
    }
    // Two that would be too large to keep beside the others.
    seen.extend(sound(&vec![b' '; FILE_BYTES_MAX + 1]).notes.iter().map(|n| n.code));
    seen.extend(sound(with_cameras(CAMERAS_MAX + 1).as_bytes()).notes.iter().map(|n| n.code));
    let missing: Vec<_> = READING_CODES.iter().filter(|c| !seen.contains(**c)).collect();
    assert!(missing.is_empty(), "no bad file gives {missing:?}");
}

#[test]
fn bytes_that_were_made_to_hurt_give_a_finding_in_good_time() {
    let long = FILE_BYTES_MAX;
    let mut cases: Vec<(String, Vec<u8>)> = vec![
        ("50 MB".into(), vec![b'a'; 50_000_000]),
        ("zeros".into(), vec![0; 100_000]),
        ("all bytes".into(), (0..=255).cycle().take(100_000).collect()),
    ];
    for unit in [
        "{", "}", "a {", "a {\n", "/*", "/-", "(", "(a)", "\"", "#", "\\", "\\\n", "=", ";", "a=",
        "a ", "a\n", "1", "\"\"", "'", "\u{201c}", "a:", "#\"", "\u{feff}", "{\n}\n",
    ] {
        for times in [100_000, long / unit.len()] {
            cases.push((format!("{times} x {unit:?}"), unit.repeat(times).into_bytes()));
        }
    }
    for (what, bytes) in cases {
        let began = std::time::Instant::now();
        let parsed = sound(&bytes);
        assert!(parsed.config.is_none(), "{what}");
        let took = began.elapsed().as_secs_f64();
        if std::env::var_os("TIMES").is_some() {
            eprintln!("{took:7.2} s {what}: {}", parsed.notes[0].text);
        }
        assert!(took < 20.0, "{what} took {took:.1} s");
    }
}

/// What somebody's fingers do to a file.
#[derive(Clone, Debug)]
enum Slip {
    Delete(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, String),
    SwapLines(prop::sample::Index, prop::sample::Index),
}

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let at = any::<prop::sample::Index>;
    let tokens = prop::sample::select(vec![
        "\"", "{", "}", "=", ";", "#", "\\", "//", "/*", "*/", "/-", "\n", " ", "\t", "true",
        "14d", "\u{201c}", ":", "(", ")", "\u{0}", "\u{e9}", "r#\"", "\"\"\"", "1,5",
    ]);
    let one = prop_oneof![
        (at(), 1..20usize).prop_map(|(i, n)| Slip::Delete(i, n)),
        (at(), 1..200usize).prop_map(|(i, n)| Slip::Double(i, n)),
        (at(), any::<u8>()).prop_map(|(i, b)| Slip::Replace(i, b)),
        (at(), tokens).prop_map(|(i, t)| Slip::Insert(i, t.to_string())),
        (at(), at()).prop_map(|(a, b)| Slip::SwapLines(a, b)),
    ];
    prop::collection::vec(one, 1..6)
}

fn apply(text: &str, slips: &[Slip]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for slip in slips {
        let len = bytes.len().max(1);
        match slip {
            Slip::Delete(i, n) => {
                let i = i.index(len).min(bytes.len());
                let end = (i + n).min(bytes.len());
                bytes.drain(i..end);
            }
            Slip::Double(i, n) => {
                let i = i.index(len).min(bytes.len());
                let end = (i + n).min(bytes.len());
                let part = bytes[i..end].to_vec();
                bytes.splice(i..i, part);
            }
            Slip::Replace(i, b) => {
                let i = i.index(len);
                if let Some(byte) = bytes.get_mut(i) {
                    *byte = *b;
                }
            }
            Slip::Insert(i, text) => {
                let i = i.index(len).min(bytes.len());
                bytes.splice(i..i, text.bytes());
            }
            Slip::SwapLines(a, b) => {
                let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
                let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                lines.swap(a, b);
                bytes = lines.join(&b'\n');
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn slips_in_the_smallest_file_give_findings_inside_it(slips in slips()) {
        sound(&apply(include_str!("../configs/smallest.kdl"), &slips));
    }

    #[test]
    fn slips_in_the_demonstration_file_give_findings_inside_it(slips in slips()) {
        sound(&apply(include_str!("../configs/demo.kdl"), &slips));
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        sound(&bytes);
    }

    #[test]
    fn any_text_gives_an_answer(text in "[\\PC\n\t\"{}=;#/ ]{0,300}") {
        sound(text.as_bytes());
    }

    /// Comments and blank lines move every place and change nothing.
    #[test]
    fn equality_ignores_places(line in 0..12usize) {
        let text = include_str!("../configs/smallest.kdl");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(line, "// a remark");
        let (a, b) = (parse("a", text.as_bytes()), parse("a", lines.join("\n").as_bytes()));
        prop_assert!(a.config.is_some());
        prop_assert_eq!(a.config, b.config);
    }
}
