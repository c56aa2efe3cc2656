//! The rules of this tree, as tests. Each failure says the rule, its reason, and every place that
//! breaks it.
//!
//! `BEADLE_TIDY_ROOT=/some/other/checkout cargo test --test tidy` looks at another tree with these
//! rules. What is not checked: whether every public item has a doc comment (`essays` in
//! `tests/tidy/words.rs` says why), and anything a compiler or clippy already sees.

#[path = "tidy/crates.rs"]
mod crates;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/lex.rs"]
mod lex;
#[path = "tidy/prose.rs"]
mod prose;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/words.rs"]
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use prose::Text;
use source::{Breach, Source};

fn root() -> PathBuf {
    std::env::var_os("BEADLE_TIDY_ROOT").unwrap_or(env!("CARGO_MANIFEST_DIR").into()).into()
}

/// Every file that git tracks or would: a file that is only forgotten in `git add` is judged before
/// it is committed.
fn tree() -> BTreeSet<String> {
    let root = root();
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .expect("git runs");
    assert!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr));
    let names = String::from_utf8(listing.stdout).expect("names are UTF-8");
    let there = |name: &&str| !name.is_empty() && root.join(name).is_file();
    names.split('\0').filter(there).map(String::from).collect()
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

fn sources() -> Vec<Source> {
    let rust = |path: &String| path.ends_with(".rs");
    let load = |path: String| Some(Source::new(&path, &read(&path)?));
    let mut sources: Vec<Source> = tree().into_iter().filter(rust).filter_map(load).collect();
    let tests: BTreeSet<String> = sources.iter().flat_map(source::test_files_of).collect();
    // What a test module declares in its own folder is a test too.
    let is_test = |s: &&mut Source| tests.contains(&s.path) || s.path.contains("/tests/");
    for source in sources.iter_mut().filter(is_test) {
        source.mark_as_test();
    }
    assert!(sources.len() > 5, "no Rust files found below {}", root().display());
    sources
}

/// Everything readable: of Rust files the comments (`whole` false) or the whole text.
fn texts(whole: bool) -> Vec<Text> {
    let load = |path: &String| {
        let text = read(path)?;
        let rust = path.ends_with(".rs") && !whole;
        Some(if rust {
            Text::of(&Source::new(path, &text))
        } else {
            Text { path: path.clone(), prose: text }
        })
    };
    tree().iter().filter_map(load).collect()
}

/// Ours, whichever tree is looked at.
fn map() -> layers::Map {
    let essay = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    layers::Map::read(&std::fs::read_to_string(essay).expect("src/lib.rs is there"))
}

/// The lines of whatever tells apt, pip, npm and cargo where to fetch on this machine.
fn settings() -> Vec<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    let mut files: Vec<PathBuf> = vec!["/etc/apt/sources.list".into(), "/etc/pip.conf".into()];
    for below in
        [".cargo/config.toml", ".cargo/config", ".pip/pip.conf", ".config/pip/pip.conf", ".npmrc"]
    {
        files.push(Path::new(&home).join(below));
    }
    for folder in ["/etc/apt/sources.list.d", "/etc/apt/apt.conf.d"] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files.extend(entries.map(|entry| entry.path()));
    }
    let text = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    let mut lines: Vec<String> =
        text.flat_map(|t| t.lines().map(String::from).collect::<Vec<_>>()).collect();
    let fetches =
        |name: &str| name.contains("INDEX") || name.contains("REGISTRY") || name.contains("_proxy");
    lines.extend(std::env::vars().filter(|(name, _)| fetches(name)).map(|(_, value)| value));
    lines
}

/// Fails with the rule, its reason and every breach.
fn hold(rule: &str, breaches: Vec<Breach>) {
    let list: Vec<String> =
        breaches.iter().map(|b| format!("  {}:{}: {}", b.path, b.line, b.text)).collect();
    assert!(list.is_empty(), "\n{rule}\n{} breaches:\n{}\n", list.len(), list.join("\n"));
}

#[test]
fn modules_import_only_lower_layers() {
    let map = map();
    let mut breaches = map.faults();
    breaches.extend(layers::imports(&map, &sources()));
    hold(
        "A module imports only lower layers and the edges listed in src/lib.rs, so that what decides \
         never depends on what acts.",
        breaches,
    );
}

#[test]
fn the_library_names_no_gstreamer() {
    hold(
        "`beadle` links no GStreamer, so that `verify` runs on any Linux PC and a broken \
         plugin never stops a recorder.",
        layers::pictures_apart(&sources()),
    );
}

#[test]
fn fakes_are_for_tests() {
    hold("No program that records names a fake.", layers::fakes_apart(&sources()));
}

#[test]
fn crates_are_named_in_their_module() {
    hold(
        "A crate is named in one module, so that it can be replaced there.",
        crates::homes(&map(), &sources()),
    );
}

#[test]
fn layer_one_is_pure() {
    hold(
        "Layer 1 touches no file, socket, clock, environment or dice, so that it cannot fail for \
         outside reasons and weeks of operation run in seconds.",
        crates::purity(&map(), &sources()),
    );
}

#[test]
fn dependencies_give_their_reason() {
    hold(
        "A dependency is code we answer for: its line says what it saves us.",
        crates::reasons(&read("Cargo.toml").expect("Cargo.toml is there")),
    );
}

#[test]
fn lines_fit_the_screen() {
    hold(
        "A line has 100 columns at most, so that two files fit side by side.",
        shape::widths(&sources()),
    );
}

#[test]
fn files_and_functions_are_short() {
    let sources = sources();
    let mut breaches = shape::files(&sources);
    breaches.extend(shape::functions(&sources));
    hold("A file has 500 lines and a function 70, so that each can be read at once.", breaches);
}

#[test]
fn banned_calls_are_absent() {
    let sources = sources();
    let mut breaches = words::calls(&sources);
    breaches.extend(words::blocking(&sources));
    breaches.extend(words::unsafe_reasons(&sources));
    hold(
        "These calls lose footage, hide a fault or grow without limit; each names what to write \
         instead.",
        breaches,
    );
}

#[test]
fn names_say_something() {
    hold("A name says what the thing is for, in the words of the field.", words::names(&sources()));
}

#[test]
fn files_open_with_their_purpose() {
    let sources = sources();
    let mut breaches = words::essays(&sources);
    breaches.extend(words::reminders(&sources));
    hold(
        "A file opens with a sentence on what it is for, and carries no notes to ourselves.",
        breaches,
    );
}

#[test]
fn paths_in_comments_exist() {
    let (texts, tree) = (texts(false), tree());
    let mut breaches = prose::paths(&texts, &tree);
    breaches.extend(prose::documents(&texts, &tree));
    hold("A path or document that is named is in the tree; the reader has nothing else.", breaches);
}

#[test]
fn nothing_points_outside() {
    hold(
        "The tree stands alone: it names no folder beside it and no host that packages come from.",
        prose::outside(&texts(true), &prose::hosts(&settings())),
    );
}

#[test]
fn the_tree_has_its_shape() {
    let tree = tree();
    let size = |path: &String| root().join(path).metadata().map_or(0, |m| m.len());
    let files: Vec<(String, u64)> = tree.iter().map(|path| (path.clone(), size(path))).collect();
    let mut breaches = prose::top(&tree);
    breaches.extend(prose::sizes(&files));
    hold("The top level is what a stranger needs first, and no file is over 1 MiB.", breaches);
}
