//! Widths and lengths: what fits a screen can be read at once.

use crate::lex::{after_brace, is_word};
use crate::source::{Breach, Source};

const WIDTH_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 70;
/// A test's table of behaviour is read row by row, not at once.
const TABLE_LINES_MAX: usize = 120;
/// Past this a file is split, or stands in [`LONG_FILES`] with its reason.
const FILE_LINES_FLAGGED: usize = 500;
const FILE_LINES_MAX: usize = 800;

/// Files over 500 lines, each with the reason why it is one thing.
const LONG_FILES: [(&str, &str); 0] = [];

/// Lines wider than 100 columns. A line with an address (`://`), or inside a string that spans lines, cannot be wrapped.
pub fn widths(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        let lines = source.text.lines().zip(source.code.lines().zip(source.comments.lines()));
        for (n, (line, (code, comment))) in lines.enumerate() {
            let width = line.chars().count();
            let in_string = code.trim().len() < 4 && comment.trim().is_empty();
            if width > WIDTH_MAX && !line.contains("://") && !in_string {
                let text = format!("{width} columns, {WIDTH_MAX} allowed");
                breaches.push(Breach { path: source.path.clone(), line: n + 1, text });
            }
        }
    }
    breaches
}

pub fn files(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if lines > FILE_LINES_MAX || (lines > FILE_LINES_FLAGGED && !excused) {
            let text =
                format!("{lines} lines, {FILE_LINES_FLAGGED} allowed: split it by what it decides");
            breaches.push(Breach { path: source.path.clone(), line: 0, text });
        }
    }
    for (path, _) in LONG_FILES {
        let is_long = |s: &Source| s.path == path && s.text.lines().count() > FILE_LINES_FLAGGED;
        if !sources.iter().any(is_long) {
            let text = format!("{path} is no longer long: take it off the list");
            breaches.push(Breach { path: "tests/tidy/shape.rs".into(), line: 0, text });
        }
    }
    breaches
}

/// Functions longer than 70 lines, from `fn` to the closing brace.
pub fn functions(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for (at, name, end) in bodies(&source.code) {
            let lines = source.line_at(end) - source.line_at(at) + 1;
            let most = if source.is_test_at(at) { TABLE_LINES_MAX } else { FUNCTION_LINES_MAX };
            if lines > most {
                let text = format!("fn {name} has {lines} lines, {most} allowed");
                breaches.push(source.breach(at, text));
            }
        }
    }
    breaches
}

/// Every function with a body: where it starts, its name, where its body ends.
pub fn bodies(code: &str) -> Vec<(usize, String, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].bytes().next_back();
        let name: String =
            code[at + 3..].bytes().take_while(|&b| is_word(b)).map(char::from).collect();
        if before.is_some_and(is_word) || name.is_empty() {
            continue;
        }
        // The body opens at the first brace outside brackets; a `;` there means a trait's bare
        // signature.
        let mut depth = 0i32;
        for (offset, byte) in code[at..].bytes().enumerate() {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                b';' if depth == 0 => break,
                b'{' if depth == 0 => {
                    found.push((at, name, after_brace(code, at + offset) - 1));
                    break;
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_line_is_seen_and_an_address_forgiven() {
        let wide = "x".repeat(101);
        let text =
            format!("// {wide}\n// see https://{wide}\nlet a = \"\n{wide}\n\";\nlet é = {wide};\n");
        let lines: Vec<_> =
            widths(&[Source::new("src/a/b.rs", &text)]).iter().map(|b| b.line).collect();
        assert_eq!(lines, [1, 6]);
        assert_eq!(widths(&[Source::new("src/a/b.rs", &"é".repeat(100))]), []);
    }

    #[test]
    fn a_long_file_is_refused() {
        let file = |lines: usize| files(&[Source::new("src/a/b.rs", &"\n".repeat(lines))]).len();
        assert_eq!((file(500), file(501), file(801)), (0, 1, 1));
    }

    #[test]
    fn a_long_function_is_named() {
        let source = |lines: usize| {
            let text = format!(
                "trait T {{ fn bare(a: [u8; 2]); }}\nfn long() {{\n{}}}\n",
                "f();\n".repeat(lines)
            );
            functions(&[Source::new("src/a/b.rs", &text)])
        };
        assert_eq!(source(68), []);
        assert_eq!(source(69)[0].text, "fn long has 71 lines, 70 allowed");
        assert_eq!(source(69)[0].line, 2);
    }
}
