//! A Rust file as tidy's rules ask for it: code, comments, test regions, and places for breaches.

use std::path::Path;

use crate::lex::{after_brace, is_word, lex};

/// One file of the tree.
pub struct Source {
    /// From the top of the tree: `src/disk/mod.rs`.
    pub path: String,
    pub text: String,
    /// The text with comments and the insides of strings replaced by spaces; newlines stay, so
    /// offsets and lines agree.
    pub code: String,
    /// The text with all but comments replaced by spaces.
    pub comments: String,
    /// Byte ranges of `code` that are compiled for tests only.
    tests: Vec<(usize, usize)>,
    all_test: bool,
}

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    pub path: String,
    /// From 1; 0 stands for the file as a whole.
    pub line: usize,
    pub text: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let (code, comments) = lex(text);
        let tests = test_regions(&code);
        let all_test = path.starts_with("tests/") || path.ends_with("/tests.rs");
        Source { path: path.into(), text: text.into(), code, comments, tests, all_test }
    }

    /// The file is a test module of another file (`#[cfg(test)] mod name;`).
    pub fn mark_as_test(&mut self) {
        self.all_test = true;
    }

    pub fn is_test_at(&self, at: usize) -> bool {
        self.all_test || self.tests.iter().any(|&(from, to)| from <= at && at < to)
    }

    pub fn line_at(&self, at: usize) -> usize {
        1 + self.text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count()
    }

    pub fn breach(&self, at: usize, text: impl Into<String>) -> Breach {
        Breach { path: self.path.clone(), line: self.line_at(at), text: text.into() }
    }

    /// The top module: `disk` for a file below `src/disk/`; `None` for `src/main.rs`, `src/lib.rs`,
    /// `src/bin/` and `tests/`.
    pub fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        match below.split_once('/') {
            Some(("bin", _)) => None,
            Some((module, _)) => Some(module),
            None => match below.strip_suffix(".rs") {
                Some("main" | "lib") | None => None,
                Some(module) => Some(module),
            },
        }
    }

    /// Offsets in `code` where `word` stands with no letter, digit or underscore beside it.
    pub fn find_word<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let bytes = self.code.as_bytes();
        self.code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
            let before = at == 0 || !is_word(bytes[at - 1]) || !is_word(word.as_bytes()[0]);
            let end = at + word.len();
            let after = end == bytes.len() || !is_word(bytes[end]) || !is_word(bytes[end - 1]);
            before && after
        })
    }

    /// The comments on the line of `at` and on the unbroken run of comment lines above it, as one
    /// string.
    pub fn comment_near(&self, at: usize) -> String {
        let code: Vec<&str> = self.code.lines().collect();
        let comments: Vec<&str> = self.comments.lines().collect();
        let here = self.line_at(at) - 1;
        let mut text = comments[here].trim().to_string();
        for line in (0..here).rev() {
            let is_attribute = code[line].trim_start().starts_with("#[");
            if !(code[line].trim().is_empty() || is_attribute) || comments[line].trim().is_empty() {
                break;
            }
            text.push(' ');
            text.push_str(comments[line].trim());
        }
        text
    }
}

fn test_regions(code: &str) -> Vec<(usize, usize)> {
    let mut regions = Vec::new();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let rest = &code[at..];
        let end = match rest.find(['{', ';']) {
            Some(stop) if rest.as_bytes()[stop] == b'{' => after_brace(code, at + stop),
            Some(stop) => at + stop + 1,
            None => code.len(),
        };
        regions.push((at, end));
    }
    regions
}

/// Names of files that `source` declares as `#[cfg(test)] mod name;`, beside it or in its folder.
pub fn test_files_of(source: &Source) -> Vec<String> {
    let folder = Path::new(&source.path).parent().and_then(Path::to_str).unwrap_or("");
    let mut files = Vec::new();
    for &(from, to) in &source.tests {
        let Some((_, name)) = source.code[from..to].trim_end_matches(';').rsplit_once("mod ")
        else {
            continue;
        };
        if name.bytes().all(is_word) {
            files.push(format!("{folder}/{name}.rs"));
            let own = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
            files.push(format!("{own}/{name}.rs"));
        }
    }
    files
}

#[test]
fn what_is_for_tests_only_is_known() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { \"}\" }\n}\nfn c() {}\n";
    let source = Source::new("src/disk/mod.rs", text);
    let at = |what| source.code.find(what).unwrap();
    assert!(!source.is_test_at(at("fn a")) && source.is_test_at(at("fn b")));
    assert!(!source.is_test_at(at("fn c")));
    let outer = Source::new("src/disk/mod.rs", "#[cfg(test)]\nmod torn;\n");
    assert!(test_files_of(&outer).contains(&"src/disk/torn.rs".to_string()));
}
