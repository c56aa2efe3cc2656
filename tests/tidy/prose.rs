//! What comments and documents may claim, and what may lie in the tree at all.

use std::collections::BTreeSet;

use crate::source::{Breach, Source};

/// What a stranger sees first. A new name here is a decision, not an accident.
const TOP: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "configs",
    "image",
    "justfile",
    "overlays",
    "src",
    "tests",
];

/// Folders whose paths are checked wherever they are named in backticks.
const FOLDERS: [&str; 7] =
    ["src/", "tests/", "configs/", "image/", "overlays/", ".ci/", ".config/"];

const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A tracked file that is text: what prose rules read.
pub struct Text {
    pub path: String,
    /// The whole file, or of a Rust file its comments, at their own offsets.
    pub prose: String,
}

impl Text {
    pub fn of(source: &Source) -> Text {
        Text { path: source.path.clone(), prose: source.comments.clone() }
    }

    fn breach(&self, at: usize, text: String) -> Breach {
        let line = 1 + self.prose.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count();
        Breach { path: self.path.clone(), line, text }
    }
}

/// Paths in backticks lead somewhere: below the top, below `src/`, or beside the file that names
/// them.
pub fn paths(texts: &[Text], tree: &BTreeSet<String>) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for text in texts {
        for (at, span) in backticks(&text.prose) {
            if is_path(span) && !exists(&text.path, span, tree) {
                breaches.push(text.breach(at, format!("`{span}` is not in the tree")));
            }
        }
    }
    breaches
}

/// A document that is named is a document of ours.
pub fn documents(texts: &[Text], tree: &BTreeSet<String>) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let ends_word = |c: char| !(c.is_alphanumeric() || "._-/".contains(c));
    for text in texts {
        for (at, _) in text.prose.match_indices(".md") {
            let after = &text.prose[at + 3..];
            if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let start = text.prose[..at].rfind(ends_word).map_or(0, |i| i + 1);
            let name = text.prose[start..at + 3].trim_start_matches("./");
            if !name.contains("://")
                && !tree.iter().any(|p| p == name || p.ends_with(&format!("/{name}")))
            {
                breaches
                    .push(text.breach(at, format!("{name} is not in the tree; say the fact here")));
            }
        }
    }
    breaches
}

/// Strings that may stand nowhere: folders outside the tree, and hosts that packages come from.
pub fn outside(texts: &[Text], hosts: &BTreeSet<String>) -> Vec<Breach> {
    let folders = [concat!("../", "shared"), concat!("/work", "/")];
    let mut breaches = Vec::new();
    for text in texts {
        for folder in folders {
            let found = text.prose.match_indices(folder);
            breaches.extend(found.map(|(at, _)| text.breach(at, format!("{folder} is outside"))));
        }
        // Cargo writes its registry's address into the lock file itself.
        for host in hosts.iter().filter(|_| text.path != "Cargo.lock") {
            for (at, _) in text.prose.match_indices(host.as_str()) {
                let text = text.breach(
                    at,
                    format!("{host}: where packages come from is the machine's business"),
                );
                breaches.push(text);
            }
        }
    }
    breaches
}

/// The hosts in this machine's own settings of apt, pip, npm and cargo, and the public ones.
pub fn hosts(settings: &[String]) -> BTreeSet<String> {
    let mut hosts: BTreeSet<String> = [
        concat!("deb.", "debian.org"),
        concat!("security.", "debian.org"),
        concat!("pypi", ".org"),
        concat!("files.python", "hosted.org"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("registry.", "npmjs.org"),
    ]
    .map(String::from)
    .into();
    for line in settings {
        for (at, _) in line.match_indices("://") {
            let host: String = line[at + 3..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || "-.@".contains(*c))
                .collect();
            let host = host.rsplit('@').next().unwrap_or_default().trim_end_matches('.');
            // A bare word or an address of this machine would match half the tree.
            if host.contains('.') && !host.starts_with("127.") {
                hosts.insert(host.into());
            }
        }
    }
    hosts
}

/// The top level is exactly the list; files that begin with a dot belong to tools.
pub fn top(tree: &BTreeSet<String>) -> Vec<Breach> {
    let breach = |path: &str, text: &str| Breach { path: path.into(), line: 0, text: text.into() };
    let tops: BTreeSet<&str> = tree.iter().filter_map(|p| p.split('/').next()).collect();
    let strange = tops.iter().filter(|t| !t.starts_with('.') && !TOP.contains(t));
    let strange = strange
        .map(|t| breach(t, "not on the list of the top level; it belongs in one of its folders"));
    let absent = TOP.iter().filter(|t| !tops.contains(*t)).map(|t| breach(t, "missing"));
    strange.chain(absent).collect()
}

/// Every clone carries every file for ever: (path, bytes).
pub fn sizes(files: &[(String, u64)]) -> Vec<Breach> {
    let big = files.iter().filter(|(_, bytes)| *bytes > FILE_BYTES_MAX);
    big.map(|(path, bytes)| Breach {
        path: path.clone(),
        line: 0,
        text: format!("{bytes} bytes, {FILE_BYTES_MAX} allowed: make it in the test that needs it"),
    })
    .collect()
}

/// What stands between single backticks on one line, outside fenced blocks.
fn backticks(prose: &str) -> Vec<(usize, &str)> {
    let (mut spans, mut start, mut fenced) = (Vec::new(), 0, false);
    for line in prose.split_inclusive('\n') {
        let bare = line.trim_start().trim_start_matches('/').trim_start_matches('!').trim_start();
        if bare.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let mut at = start;
            for (n, piece) in line.split('`').enumerate() {
                if n % 2 == 1 && line[at - start + piece.len()..].starts_with('`') {
                    spans.push((at, piece));
                }
                at += piece.len() + 1;
            }
        }
        start += line.len();
    }
    spans
}

fn is_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c);
    let ours = FOLDERS.iter().any(|f| span.starts_with(f))
        || (span.contains('/') && span.ends_with(".rs"));
    ours && span.chars().all(plain) && !span.contains("://")
}

fn exists(from: &str, span: &str, tree: &BTreeSet<String>) -> bool {
    let beside = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let places = [span.to_string(), format!("src/{span}"), format!("{beside}/{span}")];
    places.iter().any(|place| match place.split_once('*') {
        Some((head, tail)) => tree.iter().any(|p| p.starts_with(head) && p.ends_with(tail)),
        None => {
            let folder = format!("{}/", place.trim_end_matches('/'));
            tree.contains(place)
                || tree.range(folder.clone()..).next().is_some_and(|p| p.starts_with(&folder))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(prose: &str) -> [Text; 1] {
        [Text { path: "src/disk/mod.rs".into(), prose: prose.into() }]
    }

    fn tree(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|p| p.to_string()).collect()
    }

    #[test]
    fn a_path_that_leads_nowhere_is_caught() {
        let tree =
            tree(&["src/disk/mod.rs", "src/disk/real.rs", "configs/demo.kdl", "tests/tidy.rs"]);
        for (prose, breaches) in [
            ("// see `src/disk/real.rs`, `disk/real.rs`, `./x`, `configs/*.kdl`, `src/disk/`", 0),
            ("// see `src/disk/gone.rs`", 1),
            ("// see `store/mod.rs`", 1),
            ("// see `configs/*.toml` and `image/x`", 2),
            ("// `front-gate/2026-11-21/084100Z.mp4` is an example, `a / b` a sum", 0),
            ("// ```text\n// `src/gone.rs`\n// ```\n// `src/gone.rs`", 1),
        ] {
            assert_eq!(paths(&text(prose), &tree).len(), breaches, "{prose}");
        }
        assert_eq!(paths(&text("//\n// `src/gone.rs`"), &tree)[0].line, 2);
    }

    #[test]
    fn a_document_of_elsewhere_is_caught() {
        let tree = tree(&["README.md", "overlays/README.md"]);
        let name = concat!("elsewhere", ".md");
        assert_eq!(
            documents(&text(&format!("// see {name} section 5, README.md, x.mdx")), &tree).len(),
            1
        );
    }

    #[test]
    fn outside_folders_and_hosts_are_caught() {
        let hosts =
            hosts(&["URIs: http://mirror.example.net/debian".into(), "http://127.0.0.1:9/".into()]);
        assert!(hosts.contains("mirror.example.net") && !hosts.contains("127.0.0.1"));
        let prose = concat!("a ../", "shared/x b /work", "/y c http://mirror.example.net/z");
        assert_eq!(outside(&text(prose), &hosts).len(), 3);
        assert_eq!(outside(&text("127.0.0.1 shared"), &hosts), []);
    }

    #[test]
    fn the_top_level_is_the_list() {
        let mut paths: Vec<&str> = TOP.to_vec();
        paths.push(".gitignore");
        assert_eq!(top(&tree(&paths)), []);
        paths.push("docs/x");
        assert_eq!(top(&tree(&paths))[0].path, "docs");
        assert_eq!(top(&tree(&paths[1..]))[1].path, "Cargo.lock");
    }

    #[test]
    fn a_big_file_is_caught() {
        let files = [("a".to_string(), FILE_BYTES_MAX), ("b".to_string(), FILE_BYTES_MAX + 1)];
        assert_eq!(sizes(&files).iter().map(|b| b.path.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
