//! The papers of a package, and papers from a screen onto a stick. PDF where the program has its
//! typesetter (`--features paper`), text where it has none: then the manifest says so.

use std::path::Path;
use std::time::{Duration, Instant};

use beadle::evidence::manifest::Manifest;
use beadle::wire::print::{Onto, Print, Printed, Printing};
use beadle::wire::stick::{StickLine, StickState};
use beadle::wire::{Reply, Request};

use crate::live::PATIENCE;
use crate::school::{School, foreign};

pub const PAGED: bool = cfg!(feature = "paper");
pub const ENDING: &str = if PAGED { "pdf" } else { "txt" };

/// What each paper has to say in this school's case.
const SAY: [(&str, &[&str]); 6] = [
    ("request", &["Essex Police", "CR-77-2026", "A. Constable", "Decision"]),
    ("conditions", &["stays the property of the school", "Recipient", "is not masked"]),
    ("receipt", &["TO/1", "Camera", "plain", "Received by"]),
    ("statement", &["I am ", "It is the master", "TO/1", "The clock:"]),
    ("register-page", &["TO/1", "Entered by"]),
    ("retrieval-checklist", &["The footage is held", "Conditions and receipt signed"]),
];

/// Six papers, each named in the manifest, each with owner and key on every page.
pub fn lie_beside(package: &Path, manifest: &Manifest) {
    let files: Vec<&str> = manifest.papers.iter().map(|p| p.file.as_str()).collect();
    let wanted = SAY.map(|(name, _)| format!("{name}.{ENDING}"));
    assert_eq!(files, wanted);
    let excused = manifest.remarks.iter().any(|r| r.contains("The papers are text and not PDF"));
    assert_eq!(excused, !PAGED, "{:?}", manifest.remarks);
    let sums = std::fs::read_to_string(package.join("SHA256SUMS")).unwrap();
    for (file, (_, says)) in files.into_iter().zip(SAY) {
        assert!(sums.contains(&format!(" *{file}\n")), "{file}: {sums}");
        let Some(pages) = pages(&package.join(file)) else { continue };
        println!("{file}: {} pages", pages.len());
        let squeezed = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
        };
        for page in &pages {
            let page = squeezed(page);
            for foot in ["Owner and copyright:", &manifest.recorder.key, &manifest.package] {
                assert!(page.contains(&squeezed(foot)), "{file} lacks {foot}: {page}");
            }
        }
        let all = squeezed(&pages.concat());
        for said in says {
            assert!(all.contains(&squeezed(said)), "{file} lacks {said}: {all}");
        }
    }
    if let Some(kept) = std::env::var_os("BEADLE_PAGES") {
        for paper in &manifest.papers {
            let to = Path::new(&kept).join(format!("package-{}", paper.file));
            std::fs::copy(package.join(&paper.file), to).unwrap();
        }
    }
}

/// The text of each page; `None`: no program here reads it.
fn pages(file: &Path) -> Option<Vec<String>> {
    if !PAGED {
        return Some(vec![std::fs::read_to_string(file).unwrap()]);
    }
    let mut command = std::process::Command::new("pdftotext");
    let output = foreign(command.arg("-layout").arg(file).arg("-"))?;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split_terminator('\u{c}').map(str::to_string).collect())
}

/// Whoever exports may print too: to the stick `sdb`.
fn print(school: &School, paper: &str, of: Option<&str>) -> Result<Printing, String> {
    let onto = Onto::Stick { stick: "sdb".into(), key: None };
    let of = of.map(str::to_string);
    let wanted = Print { paper: paper.into(), of, onto };
    let mut state = match school.desk.ask(Some(&school.exporter), &Request::Print(wanted.into())) {
        Reply::Print(state) => *state,
        Reply::Refused { why } => return Err(why),
        other => panic!("{other:?}"),
    };
    let (number, phrase) = (state.number, state.passphrase.take());
    let late = Instant::now() + PATIENCE * 5;
    while state.end.is_none() {
        assert!(Instant::now() < late, "the print does not end");
        std::thread::sleep(Duration::from_millis(100));
        match school.desk.ask(Some(&school.exporter), &Request::PrintState { number }) {
            Reply::Print(now) => state = *now,
            other => panic!("{other:?}"),
        }
        assert_eq!(state.passphrase, None, "it is told twice");
    }
    Ok(Printing { passphrase: phrase, ..state })
}

/// The code goes onto the stick as it is, a register sealed, and neither beside evidence.
pub fn onto_a_stick(school: &School, wait: impl Fn(&dyn Fn(&[StickLine]) -> bool)) {
    let code = print(school, "code", None).unwrap();
    println!("{code:?}");
    let Some(Printed::Done { text }) = &code.end else { panic!("{code:?}") };
    assert!(text.contains("papers/code-of-practice.") && code.passphrase.is_none(), "{text}");
    wait(&|lines| lines.iter().any(|l| l.state == StickState::SafeToRemove));
    let register = print(school, "register", Some("releases")).unwrap();
    println!("{register:?}");
    let Some(Printed::Done { text }) = &register.end else { panic!("{register:?}") };
    assert!(text.contains("papers/register-releases.zip"), "{text}");
    assert!(register.passphrase.is_some());
    let unread = print(school, "register", Some("complaints")).unwrap();
    assert!(matches!(unread.end, Some(Printed::Failed { .. })), "{unread:?}");
    let wanted = Print { paper: "seal".into(), of: None, onto: Onto::Printer };
    match school.desk.ask(Some(&school.exporter), &Request::Print(wanted.into())) {
        Reply::Refused { why } => assert!(why.contains("names no printer"), "{why}"),
        other => panic!("{other:?}"),
    }
}

pub fn not_beside_evidence(school: &School) {
    let why = print(school, "register", Some("releases")).unwrap_err();
    assert!(why.contains("holds a copy of evidence"), "{why}");
}
