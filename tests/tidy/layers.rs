//! Who may import whom. The table is the one that people read: the `text` block in `src/lib.rs`.

use std::collections::BTreeMap;

use crate::lex::is_word;
use crate::source::{Breach, Source};

/// The map as `src/lib.rs` draws it.
pub struct Map {
    layer_of: BTreeMap<String, usize>,
    edges: Vec<(String, String)>,
}

impl Map {
    /// Reads lines like `L1  config footage` and `edge  store -> disk` out of the essay.
    pub fn read(essay: &str) -> Map {
        let mut map = Map { layer_of: BTreeMap::new(), edges: Vec::new() };
        for line in essay.lines().filter_map(|line| line.strip_prefix("//! ")) {
            let mut words = line.split_whitespace();
            match words.next() {
                Some(l) if l.len() == 2 && l.starts_with('L') => {
                    let Ok(layer) = l[1..].parse() else { continue };
                    map.layer_of.extend(words.map(|module| (module.to_string(), layer)));
                }
                Some("edge") => {
                    if let [from, "->", to] = words.collect::<Vec<_>>()[..] {
                        map.edges.push((from.into(), to.into()));
                    }
                }
                _ => {}
            }
        }
        map
    }

    /// The modules of one layer.
    pub fn layer(&self, layer: usize) -> Vec<&str> {
        let of = self.layer_of.iter().filter(|(_, l)| **l == layer);
        of.map(|(module, _)| module.as_str()).collect()
    }

    fn allows(&self, from: &str, to: &str) -> Result<(), String> {
        let (Some(a), Some(b)) = (self.layer_of.get(from), self.layer_of.get(to)) else {
            return Err(format!("{from} or {to} has no layer in src/lib.rs"));
        };
        let edge = self.edges.iter().any(|(f, t)| f == from && t == to);
        match b.cmp(a) {
            _ if from == to => Ok(()),
            std::cmp::Ordering::Less => Ok(()),
            std::cmp::Ordering::Equal if edge => Ok(()),
            std::cmp::Ordering::Equal => {
                Err(format!("{from} -> {to}: same layer, and no such edge in src/lib.rs"))
            }
            std::cmp::Ordering::Greater => {
                Err(format!("{from} (layer {a}) -> {to} (layer {b}): upwards"))
            }
        }
    }

    /// Edges of unknown modules, edges between layers, and circles.
    pub fn faults(&self) -> Vec<Breach> {
        let breach = |text| Breach { path: "src/lib.rs".into(), line: 0, text };
        let mut faults = Vec::new();
        if self.layer_of.len() < 4 {
            faults.push(breach("the block with the layers (`L0 ...`) is gone".into()));
        }
        for (from, to) in &self.edges {
            if self.layer_of.get(from) != self.layer_of.get(to) || !self.layer_of.contains_key(to) {
                faults.push(breach(format!("edge {from} -> {to} is not within one layer")));
            }
            if self.reaches(to, from) {
                faults.push(breach(format!("edge {from} -> {to} closes a circle")));
            }
        }
        faults
    }

    fn reaches(&self, from: &str, goal: &str) -> bool {
        // At most as many rounds as edges: past that the same modules come again.
        let mut seen = vec![from];
        for _ in 0..self.edges.len() {
            let next = |(f, t): &(String, String)| {
                seen.contains(&f.as_str()) && !seen.contains(&t.as_str())
            };
            match self.edges.iter().find(|edge| next(edge)) {
                Some((_, to)) => seen.push(to),
                None => break,
            }
        }
        seen.contains(&goal)
    }
}

/// Imports that the map does not allow.
pub fn imports(map: &Map, sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        let Some(from) = source.module() else {
            continue;
        };
        if !map.layer_of.contains_key(from) {
            let text = format!("module {from} has no layer in src/lib.rs");
            breaches.push(Breach { path: source.path.clone(), line: 0, text });
            continue;
        }
        for (at, to) in imported(source, map) {
            if let Err(text) = map.allows(from, &to) {
                breaches.push(source.breach(at, text));
            }
        }
    }
    breaches
}

/// `pipeline` belongs to `beadle-pictures`: the library and `beadle` name neither it nor its
/// folder.
pub fn pictures_apart(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("src/")) {
        if source.path == "src/bin/beadle-pictures.rs" || source.module() == Some("pipeline") {
            continue;
        }
        for word in ["crate::pipeline", "beadle::pipeline", "mod pipeline"] {
            let text = "GStreamer is linked by beadle-pictures alone; start it through `pictures`";
            breaches.extend(source.find_word(word).map(|at| source.breach(at, text)));
        }
    }
    breaches
}

/// Fakes are for tests, the simulator and the demo; what records a school never reaches for one.
pub fn fakes_apart(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("src/")) {
        let may = source.path.ends_with("/fake.rs") || source.module() == Some("simulate");
        for at in source.find_word("fake::").filter(|&at| !may && !source.is_test_at(at)) {
            let text = "a fake is named only in tests and `simulate`";
            breaches.push(source.breach(at, text));
        }
    }
    breaches
}

/// Every top module named after `crate::`, `beadle::` or, in a folder's own mod.rs, `super::`.
fn imported(source: &Source, map: &Map) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let front_door = source.path.split('/').count() == 3 && source.path.ends_with("/mod.rs");
    for root in ["crate::", "beadle::", "super::super::", "super::"] {
        for at in source.find_word(root) {
            let names = heads(&source.code[at + root.len()..]);
            // `super::` leads to the top only from a front door; two of them only from a file
            // beside it.
            let to_top = match root {
                "super::" => front_door && !source.is_test_at(at),
                "super::super::" => !source.code[..at].ends_with("super::"),
                _ => true,
            };
            let names = names.into_iter().filter(|name| to_top && map.layer_of.contains_key(name));
            found.extend(names.map(|name| (at, name)));
        }
    }
    found
}

/// The first name of each path in `a::b` or `{a::b, c::{d, e}}`.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.bytes().take_while(|&b| is_word(b)).map(char::from).collect();
    if !rest.starts_with('{') {
        return vec![name(rest)];
    }
    let group = &rest[1..crate::lex::after_brace(rest, 0).saturating_sub(1)];
    let (mut heads, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in group.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                heads.push(name(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads.push(name(group[start..].trim_start()));
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESSAY: &str = "//! L0 base\n//! L1 config footage wire\n//! L2 disk store\n//! L3 \
                         console supervisor\n//! edge store -> disk\n//! edge wire -> footage\n";

    fn check(path: &str, code: &str) -> usize {
        imports(&Map::read(ESSAY), &[Source::new(path, code)]).len()
    }

    #[test]
    fn only_lower_layers_and_named_edges_pass() {
        for (path, code, breaches) in [
            ("src/config/mod.rs", "use crate::base::time::Utc;", 0),
            ("src/config/mod.rs", "use crate::config::lint;", 0),
            ("src/config/mod.rs", "use crate::disk::Disk;", 1),
            ("src/config/mod.rs", "use super::disk::Disk;", 1),
            ("src/config/lint.rs", "use super::super::disk::Disk;", 1),
            ("src/config/lint.rs", "use super::disk;", 0),
            ("src/config/mod.rs", "fn f() { crate::store::open() }", 1),
            ("src/config/mod.rs", "// crate::store::open() \n\"crate::store\"", 0),
            ("src/config/mod.rs", "use crate::{base::time, disk::{Disk, Room}, store};", 2),
            ("src/wire/mod.rs", "use crate::footage::Gap;", 0),
            ("src/footage/mod.rs", "use crate::wire::Reply;", 1),
            ("src/store/mod.rs", "use crate::disk::Disk;", 0),
            ("src/disk/mod.rs", "use crate::store::Store;", 1),
            ("src/console/mod.rs", "use crate::supervisor::run;", 1),
            ("src/supervisor/mod.rs", "use crate::console::draw;", 1),
            ("src/main.rs", "use beadle::supervisor::run;", 0),
            ("src/unlisted/mod.rs", "", 1),
        ] {
            assert_eq!(check(path, code), breaches, "{path}: {code}");
        }
    }

    #[test]
    fn a_map_with_a_circle_or_a_crooked_edge_is_refused() {
        assert_eq!(Map::read(ESSAY).faults(), []);
        for more in
            ["//! edge disk -> store\n", "//! edge store -> wire\n", "//! edge disk -> moon\n"]
        {
            assert_ne!(Map::read(&format!("{ESSAY}{more}")).faults(), [], "{more}");
        }
        assert_ne!(Map::read("//! no table").faults(), []);
    }

    #[test]
    fn fakes_stay_among_fakes() {
        let names = |path: &str| fakes_apart(&[Source::new(path, "use crate::disk::fake::Fake;")]);
        assert_eq!(names("src/supervisor/mod.rs").len(), 1);
        assert_eq!(names("src/simulate/mod.rs").len() + names("tests/simulate.rs").len(), 0);
    }

    #[test]
    fn the_library_does_not_reach_the_pictures() {
        let names =
            |path: &str| pictures_apart(&[Source::new(path, "use crate::pipeline::player;")]).len();
        assert_eq!(names("src/supervisor/mod.rs"), 1);
        assert_eq!(names("src/bin/beadle-pictures.rs"), 0);
    }
}
