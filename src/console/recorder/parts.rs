//! What the programs are built from, each part with its version and licence (S4.64).
//!
//! The list is written by `just licences` from what cargo knows; a test holds it against the lock
//! file, so that no part comes or changes unseen.

use crate::console::over::Page;

/// What the image was made from; `image/mkosi.postinst` writes it.
const SYSTEM: &str = "/usr/share/beadle/system-parts.txt";
/// An image has some 300.
const SYSTEM_MAX: usize = 5_000;
const PARTS: &str = include_str!("parts.txt");

/// Beadle's own licence, then a line for each part.
pub fn page() -> Page {
    let mut lines = vec![
        format!("Beadle {}: {}", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_LICENSE")),
        String::new(),
        "The program for pictures uses GStreamer and its plug-ins as this system has them (most \
         are LGPL-2.1-or-later); /usr/share/doc says each."
            .into(),
        String::new(),
        "Built in, and used to build and test it:".into(),
    ];
    lines.extend(PARTS.lines().map(line));
    // Elsewhere the system is not ours to list.
    if let Ok(system) = std::fs::read_to_string(SYSTEM) {
        lines.extend([String::new(), "The system of this box, from Debian:".into()]);
        lines.extend(system.lines().take(SYSTEM_MAX).map(line));
    }
    Page::new("Versions and licences", lines)
}

fn line(part: &str) -> String {
    let mut words = part.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    format!("{:<34} {:<14} {}", word(), word(), word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Beginnings of names of parts for other systems, or for what is not switched on: never built.
    const ELSEWHERE: [&str; 18] = [
        "anstyle-wincon",
        "crossterm_winapi",
        "encode_unicode",
        "fiat-crypto",
        "jiff-tzdb-platform",
        "crunchy",
        "kqueue",
        "objc2",
        "once_cell_polyfill",
        "portable-atomic-util",
        "r-efi",
        "redox",
        "rsqlite-vfs",
        "sqlite-wasm",
        "wasi",
        "winapi",
        "windows",
        "zerocopy-derive",
    ];

    #[test]
    fn the_list_is_that_of_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock");
        let value = |block: &str, name: &str| {
            let line = block.lines().find_map(|l| l.strip_prefix(&format!("{name} = \"")));
            line.map(|l| l.trim_end_matches('"').to_string())
        };
        let blocks = lock.split("[[package]]").filter(|block| block.contains("\nsource = "));
        let locked: BTreeSet<(String, String)> =
            blocks.filter_map(|b| Some((value(b, "name")?, value(b, "version")?))).collect();
        let listed: BTreeSet<(String, String)> = PARTS
            .lines()
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?.to_string(), words.next()?.to_string()))
            })
            .collect();
        assert!(listed.len() > 100, "{}", listed.len());
        let gone: Vec<_> = listed.difference(&locked).collect();
        assert!(gone.is_empty(), "no longer built in; run just licences: {gone:?}");
        let elsewhere = |name: &str| ELSEWHERE.iter().any(|begin| name.starts_with(begin));
        let new: Vec<_> = locked.difference(&listed).filter(|(n, _)| !elsewhere(n)).collect();
        assert!(new.is_empty(), "not on the page; run just licences: {new:?}");
        assert!(PARTS.lines().all(|line| line.split(' ').count() >= 3), "one without a licence");
    }
}
