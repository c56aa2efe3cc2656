//! Which module may name which crate, and what layer 1 may not touch at all.

use crate::layers::Map;
use crate::source::{Breach, Source};

/// A crate and the modules that may name it; `bin` stands for `src/main.rs` and `src/bin/`. A crate
/// that is not here may be named anywhere: `serde`, `thiserror`, `bytes`, `tracing`, `futures`.
const HOMES: [(&str, &[&str]); 31] = [
    ("argon2", &["accounts"]),
    ("clap", &["bin", "verbs", "pipeline"]),
    ("constant_time_eq", &["base"]),
    ("crossterm", &["console"]),
    ("gstreamer", &["pipeline"]),
    ("gstreamer_app", &["pipeline"]),
    ("http", &["paper"]),
    ("ipp", &["paper"]),
    ("jiff", &["base", "config", "duties", "logbook"]),
    ("kdl", &["config"]),
    ("libc", &["L2", "L3"]),
    ("mp4_atom", &["segment"]),
    ("nix", &["L2", "L3", "bin"]),
    ("notify", &["watch"]),
    ("ratatui", &["console"]),
    ("retina", &["ingest"]),
    ("rusqlite", &["store", "ledger"]),
    ("sd_notify", &["supervisor", "verbs"]),
    ("sha2", &["base"]),
    ("tempfile", &[]),
    ("proptest", &[]),
    ("tokio", &["L2", "L3", "bin"]),
    ("totp_rs", &["accounts"]),
    ("tracing_subscriber", &["bin", "verbs"]),
    ("typst", &["paper"]),
    ("typst_layout", &["paper"]),
    ("typst_pdf", &["paper"]),
    ("typst_render", &["paper"]),
    ("typst_svg", &["paper"]),
    ("url", &["L1", "L2", "L3"]),
    ("zeroize", &["base", "accounts", "ledger", "export", "machine", "supervisor", "verbs"]),
];

/// What would make a layer-1 answer depend on anything but its arguments.
const IMPURE: [&str; 20] = [
    "std::fs",
    "TcpListener",
    "TcpStream",
    "ToSocketAddrs",
    "UdpSocket",
    "UnixStream",
    "std::env",
    "std::thread",
    "std::process",
    "std::os",
    "tokio",
    "nix",
    "libc",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "rand::",
    "getrandom",
    "RandomState",
];

/// Crates named away from home. Test code may name what it likes.
pub fn homes(map: &Map, sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("src/")) {
        for (name, homes) in HOMES {
            let at_home = homes.iter().any(|home| is_home(map, source, home));
            for at in named(source, name).filter(|_| !at_home) {
                let homes = if homes.is_empty() { "tests".into() } else { homes.join(", ") };
                breaches.push(source.breach(at, format!("{name} is named only in {homes}")));
            }
        }
    }
    breaches
}

/// Layer 1 reads no clock, file, socket, environment and no dice.
pub fn purity(map: &Map, sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let pure = map.layer(1);
    for source in sources.iter().filter(|s| s.module().is_some_and(|m| pure.contains(&m))) {
        for word in IMPURE {
            for at in source.find_word(word).filter(|&at| !source.is_test_at(at)) {
                breaches.push(source.breach(at, format!("{word}: make it an argument instead")));
            }
        }
        for at in source.find_word("std::{").filter(|&at| !source.is_test_at(at)) {
            let rest = &source.code[at..];
            let group = &rest[..crate::lex::after_brace(rest, 5)];
            for word in IMPURE.iter().filter_map(|word| word.strip_prefix("std::")) {
                if group.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == word) {
                    breaches.push(source.breach(at, format!("std::{word}: make it an argument")));
                }
            }
        }
    }
    breaches
}

/// Every dependency says in one comment what it saves us.
pub fn reasons(manifest: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut inside = false;
    for (n, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && line.contains('=') && !line.contains('#') {
            let text = "a dependency gives its reason in a comment on its line";
            breaches.push(Breach { path: "Cargo.toml".into(), line: n + 1, text: text.into() });
        }
    }
    breaches
}

fn is_home(map: &Map, source: &Source, home: &str) -> bool {
    match (home, source.module()) {
        ("bin", None) => source.path != "src/lib.rs",
        ("L1", Some(module)) => map.layer(1).contains(&module),
        ("L2", Some(module)) => map.layer(2).contains(&module),
        ("L3", Some(module)) => map.layer(3).contains(&module),
        (home, module) => module == Some(home),
    }
}

/// `name::`, `use name;` and `use name as`, where it is the crate and not a part of a longer path.
fn named<'a>(source: &'a Source, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    source.find_word(name).filter(move |&at| {
        let before = source.code[..at].trim_end();
        let after = &source.code[at + name.len()..];
        let used = before.ends_with("use") && after.trim_start().starts_with([';', 'a']);
        !source.is_test_at(at) && !before.ends_with("::") && (after.starts_with("::") || used)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Map {
        Map::read("//! L0 base\n//! L1 config wire\n//! L2 store disk\n//! L3 supervisor\n")
    }

    #[test]
    fn crates_stay_at_home() {
        for (path, code, breaches) in [
            ("src/store/mod.rs", "use rusqlite::Connection;", 0),
            ("src/store/mod.rs", "use kdl::KdlDocument;", 1),
            ("src/supervisor/run.rs", "fn f() { rusqlite::Connection::open(p) }", 1),
            ("src/supervisor/run.rs", "use rusqlite as sql;", 1),
            ("src/supervisor/run.rs", "self.notify(); crate::notify::x(); // rusqlite::x", 0),
            ("src/supervisor/run.rs", "use nix::unistd;", 0),
            ("src/config/mod.rs", "use nix::unistd;", 1),
            ("src/config/mod.rs", "#[cfg(test)] mod tests { use proptest::prelude; }", 0),
            ("src/main.rs", "use clap::Parser;", 0),
            ("src/lib.rs", "use clap::Parser;", 1),
        ] {
            assert_eq!(homes(&map(), &[Source::new(path, code)]).len(), breaches, "{path}: {code}");
        }
    }

    #[test]
    fn layer_one_touches_nothing() {
        for (path, code, breaches) in [
            ("src/wire/mod.rs", "let t = std::time::Instant::now();", 1),
            ("src/wire/mod.rs", "use std::{collections::BTreeMap, fs, io};", 1),
            ("src/wire/mod.rs", "use std::fs::File;", 1),
            ("src/wire/mod.rs", "use std::net::{IpAddr, UdpSocket};", 1),
            ("src/wire/mod.rs", "use std::fmt; fn fs() {}", 0),
            ("src/wire/mod.rs", "#[cfg(test)] mod tests { use std::fs::File; }", 0),
            ("src/disk/mod.rs", "use std::fs::File;", 0),
        ] {
            assert_eq!(
                purity(&map(), &[Source::new(path, code)]).len(),
                breaches,
                "{path}: {code}"
            );
        }
    }

    #[test]
    fn a_dependency_without_a_reason_is_named() {
        let manifest = "[package]\nname = \"x\"\n[dev-dependencies]\na = \"1\" # why\nb = \"1\"\n";
        assert_eq!(reasons(manifest).iter().map(|b| b.line).collect::<Vec<_>>(), [5]);
    }
}
