//! What can be known of the boot image without building it: how far its services are closed in,
//! that they are enabled and name verbs and options that there are, and that no file names a host
//! to fetch from.

use std::path::{Path, PathBuf};
use std::process::Command;

/// systemd's own measure, 0 (closed) to 10 (open).
const EXPOSURE_MAX: f32 = 2.0;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn units() -> Vec<PathBuf> {
    let folder = root().join("overlays/base/usr/lib/systemd/system");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut units: Vec<_> = all.filter(|p| p.extension().is_some_and(|e| e == "service")).collect();
    units.sort();
    assert!(units.len() >= 2, "{units:?}");
    units
}

fn files_below(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = path.symlink_metadata().unwrap();
        if meta.is_dir() {
            files_below(&path, all);
        } else if meta.is_file() {
            all.push(path);
        }
    }
}

#[test]
fn services_are_closed_in() {
    for unit in units() {
        let mut analyze = Command::new("systemd-analyze");
        let analyze = analyze.args(["security", "--offline=true", "--no-pager"]).arg(&unit);
        let Ok(output) = analyze.output() else {
            println!("SKIPPED: systemd-analyze is not installed");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).to_string();
        let Some(line) = text.lines().find(|line| line.contains("exposure level")) else {
            println!("SKIPPED: this systemd-analyze does not judge unit files: {text}");
            return;
        };
        let level = line.split(": ").last().and_then(|rest| rest.split(' ').next());
        let level: f32 = level.and_then(|word| word.parse().ok()).expect(line);
        println!("{}: {level}", unit.file_name().unwrap().to_string_lossy());
        assert!(level <= EXPOSURE_MAX, "{line}\n{text}");
    }
}

#[test]
fn every_service_is_enabled_and_starts_a_verb_that_there_is() {
    let preset = root().join("overlays/base/usr/lib/systemd/system-preset/00-beadle.preset");
    let preset = std::fs::read_to_string(preset).unwrap();
    for unit in units() {
        let name = unit.file_name().unwrap().to_string_lossy().to_string();
        // What answers at a socket is started by it.
        let enabled = name.replace("@.service", ".socket");
        assert!(preset.contains(&format!("enable {enabled}\n")), "{name} is in no preset");
        let text = std::fs::read_to_string(&unit).unwrap();
        let start = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect(&name);
        let mut words = start.split_whitespace();
        let program = match words.next() {
            Some("/usr/bin/beadle") => env!("CARGO_BIN_EXE_beadle"),
            Some("/usr/bin/beadle-pictures") => env!("CARGO_BIN_EXE_beadle-pictures"),
            other => panic!("{name} starts {other:?}"),
        };
        let verb = words.next().unwrap();
        let help = Command::new(program).args([verb, "--help"]).output().unwrap();
        assert!(help.status.success(), "{name}: there is no `{program} {verb}`");
        let help = String::from_utf8_lossy(&help.stdout).to_string();
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "{name}: `beadle {verb}` knows no {option}");
        }
    }
}

#[test]
fn no_file_names_a_host_to_fetch_from() {
    let mut all = Vec::new();
    for folder in ["image", "overlays", ".ci"] {
        files_below(&root().join(folder), &mut all);
    }
    assert!(all.len() > 20, "{all:?}");
    for path in all {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for mark in ["http://", "https://", "ftp://"] {
            assert!(!text.contains(mark), "{} names a host after {mark}", path.display());
        }
    }
}
