//! A Rust file cut into what tidy's rules ask of it: code without comments and strings, comments,
//! test regions.
//!
//! A lexer of 100 lines instead of `syn`: the rules need to know a comment from a string from code,
//! not a syntax tree, and a rule that has to explain itself is easier to trust when the reader can
//! follow how it reads.

use std::path::Path;

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

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The offset after the brace that closes the one at `open`; the end of the text where none does.
pub fn after_brace(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
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

/// Splits a text into (code, comments), each as long as the text, the other's bytes blank.
fn lex(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut comments: Vec<u8> = bytes.iter().map(|&b| if b == b'\n' { b } else { b' ' }).collect();
    let mut at = 0;
    while at < bytes.len() {
        let (end, what) = token(bytes, at);
        match what {
            Token::Code => {}
            Token::Comment => {
                comments[at..end].copy_from_slice(&bytes[at..end]);
                blank(&mut code[at..end]);
            }
            // The quotes stay, so that a rule can still see that there was a string.
            Token::Quoted => blank(&mut code[at + 1..(end - 1).max(at + 1)]),
        }
        at = end;
    }
    let string = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (string(&code), string(&comments))
}

enum Token {
    Code,
    Comment,
    Quoted,
}

/// Newlines stay; so does every other byte's width, which keeps offsets and valid UTF-8.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
}

/// The token that starts at `at`: where it ends, and what it is.
fn token(bytes: &[u8], at: usize) -> (usize, Token) {
    let rest = &bytes[at..];
    let upto = |needle: &[u8], from: usize| {
        rest[from.min(rest.len())..]
            .windows(needle.len())
            .position(|w| w == needle)
            .map_or(bytes.len(), |p| at + from + p + needle.len())
    };
    let word_before = at > 0 && is_word(bytes[at - 1]);
    match rest {
        [b'/', b'/', ..] => {
            let end = rest.iter().position(|&b| b == b'\n').map_or(bytes.len(), |p| at + p);
            (end, Token::Comment)
        }
        [b'/', b'*', ..] => (after_block_comment(bytes, at), Token::Comment),
        [b'r', b'"' | b'#', ..] | [b'b', b'r', b'"' | b'#', ..] if !word_before => {
            let hashes_at = rest.iter().position(|&b| b == b'#' || b == b'"').unwrap_or(0);
            let hashes = rest[hashes_at..].iter().take_while(|&&b| b == b'#').count();
            if rest.get(hashes_at + hashes) != Some(&b'"') {
                return (at + 1, Token::Code);
            }
            let close = [vec![b'"'], vec![b'#'; hashes]].concat();
            (upto(&close, hashes_at + hashes + 1), Token::Quoted)
        }
        [b'"', ..] => (after_string(bytes, at), Token::Quoted),
        // A character, not a lifetime: escaped, or closed one character later.
        [b'\'', b'\\', ..] => (upto(b"'", 3), Token::Quoted),
        [b'\'', first, ..] => {
            let width = match first {
                0..0x80 => 1,
                0xc0..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            match rest.get(1 + width) {
                Some(b'\'') => (at + width + 2, Token::Quoted),
                _ => (at + 1, Token::Code),
            }
        }
        _ => (at + 1, Token::Code),
    }
}

fn after_string(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn after_block_comment(bytes: &[u8], open: usize) -> usize {
    let (mut at, mut depth) = (open, 0);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

#[test]
fn comments_strings_and_code_are_told_apart() {
    let text = concat!(
        "let a = \"// no comment { \\\" x\"; // a comment with \"quotes\"\n",
        "let b = r#\"raw \" } \"#; let c = '\"'; let d: &'static str; /* { /* in */ } */ \
         let e = '\\'';\n",
        "let f = 'é'; let g = b\"bytes\"; r#match\n",
    );
    let source = Source::new("src/disk/x.rs", text);
    assert_eq!(source.code.len(), text.len());
    assert!(!source.code.contains(['{', '}', 'é']), "{}", source.code);
    for kept in ["let a =", "let d: &'static str;", "let e =", "let g =", "r#match"] {
        assert!(source.code.contains(kept), "{kept}: {}", source.code);
    }
    assert_eq!(
        source.comments.trim_start().split("  ").next(),
        Some("// a comment with \"quotes\"\n")
    );
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
