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

/// The rules that hold until the recorder has read its file are those of a file that names nobody.
#[test]
fn the_first_rules_are_those_of_a_site_without_cameras() {
    let path = root().join("overlays/base/etc/nftables.conf");
    let text = std::fs::read_to_string(path).unwrap();
    let code = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        lines.map(String::from).collect()
    };
    let none = beadle::network::files(&beadle::network::Wanted::default());
    assert_eq!(code(&text), code(&none.rules));
}

/// Rules of whole sites, looked at by the program that takes them, where this machine has it.
#[test]
fn nft_takes_the_rules() {
    for site in ["demo.kdl", "clere.kdl", "john-colet.kdl", "st-thomas-more.kdl"] {
        let text = std::fs::read(root().join("configs").join(site)).unwrap();
        let config = beadle::config::parse(site, &text).config.expect(site);
        let wanted = beadle::network::wanted(&config);
        assert_eq!(wanted.check(), Ok(()), "{site}");
        let rules = beadle::network::files(&wanted).rules;
        assert_eq!(rules.matches("policy drop;").count(), 3, "{site}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &rules).unwrap();
        let checked = Command::new("nft").args(["--check", "--file"]).arg(file.path()).output();
        let Ok(checked) = checked else {
            println!("SKIPPED: nft is not installed");
            return;
        };
        let said = String::from_utf8_lossy(&checked.stderr);
        if said.contains("Operation not") || said.contains("cache initialization failed") {
            println!("SKIPPED: nft may not ask this kernel: {said}");
            return;
        }
        assert!(checked.status.success(), "{site}: {said}\n{rules}");
    }
}

/// Boxes are taken over by whoever has more power over the recorder than its file says: nobody
/// may log in, nothing is fetched, no console but ours (S4.66).
#[test]
fn nothing_leads_to_a_shell() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let root_partition = text("image/mkosi.repart/10-root.conf");
    for shell in ["bash", "dash", "rbash", "sh"] {
        assert!(root_partition.contains(&format!("ExcludeFiles=/usr/bin/{shell}\n")), "{shell}");
    }
    let finalize = text("image/mkosi.finalize");
    for gone in ["getty", "debug-shell", "systemd-{getty,ssh}-generator", "login", "perl*", "su,"] {
        assert!(finalize.contains(gone), "{gone} stays in the image");
    }
    let initrd = text("image/mkosi.images/initrd/mkosi.conf");
    for shell in ["/usr/bin/bash", "/usr/bin/dash", "/usr/bin/sh"] {
        assert!(initrd.contains(shell), "{shell} stays in the initrd");
    }
    let packages = text("image/mkosi.conf");
    for package in ["openssh", "dropbear", "telnet", "busybox", "\n    bash", "exim", "postfix"] {
        assert!(!packages.contains(package), "{package} is in the image");
    }
    let command_line = packages.lines().find(|l| l.starts_with("KernelCommandLine=")).unwrap();
    for word in ["console=tty2", "sysrq_always_enabled=0", "panic=10"] {
        assert!(command_line.contains(word), "{word}");
    }
    assert!(!command_line.contains("tty1"), "{command_line}");
}

/// The recorder by systemd, systemd by the machine's own watchdog; a boot that fails is counted
/// (R4.10).
#[test]
fn what_hangs_is_started_again() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let has = |path: &str, lines: &[&str]| {
        let text = text(path);
        for line in lines {
            assert!(text.lines().any(|l| l == *line), "{path} lacks {line}");
        }
    };
    let system = "overlays/base/usr/lib/systemd";
    has(&format!("{system}/system.conf.d/beadle.conf"), &["RuntimeWatchdogSec=60s"]);
    let recorder = ["WatchdogSec=30", "Restart=always", "StartLimitIntervalSec=0"];
    has(&format!("{system}/system/beadle.service"), &recorder);
    let health =
        ["FailureAction=reboot", "Before=boot-complete.target", "RequiredBy=boot-complete.target"];
    has(&format!("{system}/system/beadle-health.service"), &health);
    for folder in ["overlays/base", "image/mkosi.initrd"] {
        for unit in ["emergency", "rescue"] {
            let path = format!("{folder}/etc/systemd/system/{unit}.service");
            has(&path, &["ExecStart=/usr/bin/systemctl --force reboot"]);
        }
    }
}

/// What is on the screen runs as somebody who owns nothing, and yet may ask; the recorder sees on
/// which terminal it sits, since that is what makes it a station (S4.6).
#[test]
fn the_console_is_another_user_than_the_recorder() {
    let unit = |name: &str| {
        let path = root().join("overlays/base/usr/lib/systemd/system").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let value = |unit: &str, key: &str| {
        let line = unit.lines().find_map(|l| l.strip_prefix(&format!("{key}="))).expect(key);
        line.to_string()
    };
    let (recorder, console) = (unit("beadle.service"), unit("beadle-console.service"));
    let group = value(&console, "Group");
    assert_ne!(value(&recorder, "User"), value(&console, "User"));
    assert_ne!(value(&console, "User"), "root");
    assert!(value(&recorder, "ExecStart").contains(&format!("--socket-group {group}")));
    assert!(value(&recorder, "SupplementaryGroups").split(' ').any(|g| g == group));
    assert_eq!(value(&recorder, "RuntimeDirectoryMode"), "0711");
    assert!(!recorder.lines().any(|l| l.starts_with("ProtectProc=")));
    let users = root().join("overlays/base/usr/lib/sysusers.d/beadle.conf");
    let users = std::fs::read_to_string(users).unwrap();
    for line in [format!("u {group} "), format!("m beadle {group}")] {
        assert!(users.lines().any(|l| l.starts_with(&line)), "{line}");
    }
}
