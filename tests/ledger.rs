//! Holds `tests/rows.kdl` to the truth: every row that claims to work names tests that exist, and
//! every row that a comment or a configuration cites is in the ledger.
//!
//! A row: `row "R7.4" "recorded" "The camera's own clock is kept beside ours."
//! test="ingest::clock::tests::offset"`. States: `enforced` (the program refuses or does it),
//! `recorded` (it writes it down), `printed` (it appears on a paper or screen), `waiting` (a later
//! issue). A test is named as `cargo test` names it, below the library (`store::tests::opens`) or
//! below a file of `tests/` (`configs::the_schools_load`); several are separated by spaces.
//! `BEADLE_TIDY_ROOT` looks at another tree, as in `tests/tidy.rs`.

#[path = "tidy/lex.rs"]
mod lex;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kdl::{KdlDocument, KdlNode};

const STATES: [&str; 4] = ["enforced", "recorded", "printed", "waiting"];

struct Row {
    id: String,
    state: String,
    sentence: String,
    tests: Vec<String>,
    line: usize,
}

fn root() -> PathBuf {
    std::env::var_os("BEADLE_TIDY_ROOT").unwrap_or(env!("CARGO_MANIFEST_DIR").into()).into()
}

/// The rows, and what is wrong with the text.
fn rows(text: &str) -> (Vec<Row>, Vec<String>) {
    let document: KdlDocument = match text.parse() {
        Ok(document) => document,
        Err(e) => {
            return (Vec::new(), vec![format!("tests/rows.kdl does not parse: {e:?}")]);
        }
    };
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for node in document.nodes() {
        let line = 1 + text[..node.span().offset()].matches('\n').count();
        let Some(row) = row(node, line) else {
            faults.push(format!(
                "line {line}: write `row \"ID\" \"STATE\" \"sentence\" test=\"...\"`, not {node}"
            ));
            continue;
        };
        if !is_id(&row.id) {
            faults.push(format!("line {line}: {} is no row number", row.id));
        }
        if !STATES.contains(&row.state.as_str()) {
            faults.push(format!("line {line}: {} is none of {}", row.state, STATES.join(", ")));
        }
        if row.sentence.trim().len() < 10 {
            faults.push(format!("line {line}: {} says nothing", row.id));
        }
        if (row.state == "waiting") != row.tests.is_empty() {
            let text = "a row that works names its tests, one that waits has none";
            faults.push(format!("line {line}: {}: {text}", row.id));
        }
        if !seen.insert(row.id.clone()) {
            faults.push(format!("line {line}: {} is given twice", row.id));
        }
        rows.push(row);
    }
    (rows, faults)
}

fn row(node: &KdlNode, line: usize) -> Option<Row> {
    let words: Vec<&str> = node
        .entries()
        .iter()
        .filter(|entry| entry.name().is_none())
        .map(|entry| entry.value().as_string())
        .collect::<Option<_>>()?;
    let mut named = node.entries().iter().filter_map(|entry| entry.name());
    let [id, state, sentence] = words[..] else {
        return None;
    };
    if node.name().value() != "row" || named.any(|name| name.value() != "test") {
        return None;
    }
    let tests = node.get("test").map_or(Some(""), |value| value.as_string())?;
    Some(Row {
        id: id.into(),
        state: state.into(),
        sentence: sentence.into(),
        tests: tests.split_whitespace().map(String::from).collect(),
        line,
    })
}

/// `S0.1`, `S1.64`, `S4.90`, `R3.10`, `K13`.
fn is_id(word: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.len() < 3 && t.bytes().all(|b| b.is_ascii_digit());
    match word.split_once('.') {
        Some((head, tail)) => {
            let family = head.strip_prefix(['S', 'R']).is_some_and(|n| n.len() == 1 && digits(n));
            family && digits(tail)
        }
        None => word.strip_prefix('K').is_some_and(digits),
    }
}

/// Row numbers in a text, with their lines. `bare` also takes those without a dot (`K13`), which in
/// code could be a name.
fn cited(text: &str, bare: bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_')) {
            let word = word.trim_matches('.');
            if is_id(word) && (bare || word.contains('.')) {
                found.push((n + 1, word.to_string()));
            }
        }
    }
    found
}

/// Is there a function `name` with a test attribute where `path` (`a::b::name`) says?
fn test_exists(root: &Path, path: &str) -> bool {
    let words: Vec<&str> = path.split("::").collect();
    let [modules @ .., name] = &words[..] else {
        return false;
    };
    let Some((first, rest)) = modules.split_first() else {
        return false;
    };
    let integration = root.join("tests").join(format!("{first}.rs"));
    let folder = root.join("tests").join(first);
    in_file(&root.join("src/lib.rs"), &root.join("src"), modules, name)
        || in_file(&integration, &root.join("tests"), rest, name)
        || in_file(&integration, &folder, rest, name)
        || in_file(&folder.join("main.rs"), &folder, rest, name)
}

/// Follows modules through files and inline blocks. `folder` is where `file` looks for its modules.
fn in_file(file: &Path, folder: &Path, modules: &[&str], name: &str) -> bool {
    let Ok(text) = std::fs::read_to_string(file) else {
        return false;
    };
    let (code, _) = lex::lex(&text);
    let mut block = &code[..];
    for (n, module) in modules.iter().enumerate() {
        let (flat, door) =
            (folder.join(format!("{module}.rs")), folder.join(module).join("mod.rs"));
        let below = folder.join(module);
        let rest = &modules[n + 1..];
        if n == 0 && (in_file(&flat, &below, rest, name) || in_file(&door, &below, rest, name)) {
            return true;
        }
        let Some(at) = block.find(&format!("mod {module} {{")) else {
            return false;
        };
        let open = at + block[at..].find('{').unwrap_or(0);
        block = &block[open..lex::after_brace(block, open)];
    }
    let is_test = |at: usize| {
        let above = block[..at].trim_end_matches("pub ").trim_end_matches("async ");
        let attributes = &above[above.rfind(['}', ';', '{']).unwrap_or(0)..];
        (attributes.contains("#[test]") || attributes.contains("#[tokio::test"))
            && is_outermost(block, at)
    };
    block.match_indices(&format!("fn {name}(")).map(|(at, _)| at).any(is_test)
}

/// Not inside another block, other than the one that `proptest!` opens.
fn is_outermost(block: &str, at: usize) -> bool {
    let mut open = Vec::new();
    for (n, byte) in block.bytes().enumerate().take(at) {
        match byte {
            // An inline module's own brace is where the block begins.
            b'{' if n > 0 => open.push(block[..n].trim_end().ends_with("proptest!")),
            b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open.iter().all(|is_proptest| *is_proptest)
}

/// Rust files of src/ and tests/ and the files of configs/.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = ["src", "tests", "configs"].map(|folder| root.join(folder)).to_vec();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.extension().and_then(|e| e.to_str()) {
                _ if path.is_dir() => open.push(path),
                Some("rs" | "kdl" | "sql") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_ledger_is_true() {
    let root = root();
    let text =
        std::fs::read_to_string(root.join("tests/rows.kdl")).expect("tests/rows.kdl is there");
    let (rows, mut faults) = rows(&text);
    for row in &rows {
        for test in row.tests.iter().filter(|test| !test_exists(&root, test)) {
            faults.push(format!("line {}: {}: there is no test {test}", row.line, row.id));
        }
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for file in files(&root) {
        let own = file.ends_with("tests/rows.kdl") || file.ends_with("tests/ledger.rs");
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let (_, comments) = lex::lex(&text);
        let prose = if file.extension().is_some_and(|e| e == "rs") { &comments } else { &text };
        let mut ids = if own { Vec::new() } else { cited(prose, true) };
        ids.extend(if own { Vec::new() } else { cited(&text, false) });
        ids.sort();
        ids.dedup();
        for (line, id) in ids.iter().filter(|(_, id)| !known.contains(id.as_str())) {
            let file = file.strip_prefix(&root).unwrap_or(&file).display();
            faults.push(format!("{file}:{line}: cites {id}, which tests/rows.kdl has not"));
        }
    }
    assert!(faults.is_empty(), "\n{} faults:\n  {}\n", faults.len(), faults.join("\n  "));
}

#[test]
fn a_crooked_ledger_is_refused() {
    let good = "row \"S1.25\" \"enforced\" \"Nobody watches alone.\" test=\"a::b c::d\"\n\
                row \"K13\" \"waiting\" \"The alternate is asked.\"\n";
    let (read, faults) = rows(good);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!((read[0].tests.len(), read[1].line), (2, 2));
    for crooked in [
        "row \"S1.25\" \"done\" \"Nobody watches alone.\" test=\"a::b\"",
        "row \"S1.25\" \"enforced\" \"Nobody watches alone.\"",
        "row \"S1.25\" \"waiting\" \"Nobody watches alone.\" test=\"a::b\"",
        "row \"S1.25\" \"enforced\" \"x\" test=\"a::b\"",
        "row \"S125\" \"waiting\" \"Nobody watches alone.\"",
        "row \"S1.25\" \"waiting\" \"Nobody watches alone.\" tests=\"a::b\"",
        "row \"S1.25\" \"waiting\"",
        "rows \"S1.25\" \"waiting\" \"Nobody watches alone.\"",
        "row \"S1.25\" \"waiting\" \"Nobody watches alone.\"
row \"S1.25\" \"waiting\" \"Twice the same.\"",
        "row \"S1.25",
    ] {
        assert_eq!(rows(crooked).1.len(), 1, "{crooked}");
    }
}

#[test]
fn row_numbers_are_found_in_prose() {
    let ids =
        |text: &str, bare| -> Vec<String> { cited(text, bare).into_iter().map(|c| c.1).collect() };
    assert_eq!(
        ids("(S1.25, R7.4). K13; not S2, R2, x.R1.2, S1.2.3", true),
        ["S1.25", "R7.4", "K13"]
    );
    assert_eq!(ids("const K13: f64 = 1.25; // R3.10", false), ["R3.10"]);
}

#[test]
fn a_test_is_found_only_where_its_path_leads() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let block = |name: &str| {
        format!(
            "fn f() {{}}\n#[cfg(test)]\nmod tests {{\n#[test]\nfn {name}() {{}}\nfn plain() {{}}\n\
             }}\n"
        )
    };
    write("src/lib.rs", "pub mod store;\n");
    write("src/store/mod.rs", &block("opens"));
    write("src/store/days.rs", &block("counts"));
    write(
        "src/store/torn.rs",
        "#[tokio::test]\nasync fn waits() {}\n// #[test]\n// fn never() {}\n",
    );
    write("tests/configs.rs", "#[test]\nfn the_schools_load() {}\n");
    write("tests/simulate.rs", "#[path = \"simulate/model.rs\"]\nmod model;\n");
    write("tests/simulate/model.rs", "proptest! {\n#[test]\nfn any(x in 0..9) {}\n}\n");
    for (path, there) in [
        ("store::tests::opens", true),
        ("store::days::tests::counts", true),
        ("store::torn::waits", true),
        ("configs::the_schools_load", true),
        ("simulate::model::any", true),
        ("store::tests::counts", false),
        ("store::tests::plain", false),
        ("store::opens", false),
        ("store::torn::never", false),
        ("elsewhere::tests::opens", false),
        ("opens", false),
    ] {
        assert_eq!(test_exists(dir.path(), path), there, "{path}");
    }
}
