//! Calls and names that are not used here, each with what to write instead.

use crate::lex::{after_brace, is_word};
use crate::shape::bodies;
use crate::source::{Breach, Source};

/// Where a call is allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Nowhere,
    Tests,
    /// Programs that talk to a terminal: `src/main.rs`, `src/bin/`, `verbs`, and `pipeline`, which
    /// is the inside of `beadle-pictures`.
    Programs,
    /// With a comment that says `cannot fail` on the line or right above it, and says why.
    Proven,
}

const CALLS: [(&str, Where, &str); 20] = [
    (".unwrap()", Where::Proven, "handle it, or prove it: `// cannot fail: ...`"),
    (".unwrap_err()", Where::Proven, "handle it, or prove it: `// cannot fail: ...`"),
    (".expect(", Where::Proven, "handle it, or prove it: `// cannot fail: ...`"),
    ("unreachable!", Where::Proven, "make it unsayable, or prove it: `// cannot fail: ...`"),
    ("panic!", Where::Proven, "return a Fault, or prove it: `// cannot fail: ...`"),
    ("todo!", Where::Nowhere, "leave it out until it works"),
    ("unimplemented!", Where::Nowhere, "leave it out until it works"),
    ("dbg!", Where::Nowhere, "tracing::debug!"),
    ("println!", Where::Programs, "return the text; a verb prints it"),
    ("print!", Where::Programs, "return the text; a verb prints it"),
    ("eprintln!", Where::Programs, "tracing::warn!, or return the text"),
    ("eprint!", Where::Programs, "tracing::warn!, or return the text"),
    ("process::exit", Where::Programs, "return; the verb decides the exit code"),
    ("unbounded_channel", Where::Nowhere, "a queue with a limit from base/limits.rs"),
    ("mpsc::channel()", Where::Tests, "sync_channel with a limit from base/limits.rs"),
    ("#[ignore", Where::Nowhere, "return early unless SLOW=1 is set"),
    ("should_panic", Where::Nowhere, "test the value that is returned"),
    ("dead_code", Where::Tests, "delete what nobody calls"),
    ("allow(unused", Where::Nowhere, "delete what nobody uses"),
    ("mem::forget", Where::Nowhere, "ManuallyDrop, with the owner named"),
];

const BANNED: [&str; 10] =
    ["manager", "handler", "helper", "helpers", "util", "utils", "common", "misc", "info", "do"];

pub fn calls(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for (call, allowed, instead) in CALLS {
            let fine = |at| match allowed {
                Where::Nowhere => false,
                Where::Tests => source.is_test_at(at),
                Where::Programs => source.is_test_at(at) || is_program(source),
                Where::Proven => source.is_test_at(at) || is_proven(source, at),
            };
            for at in source.find_word(call).filter(|&at| !fine(at)) {
                breaches.push(source.breach(at, format!("{call}: {instead}")));
            }
        }
    }
    breaches
}

/// By a comment at the call that says `cannot fail`, or by the `# Panics` of its function.
fn is_proven(source: &Source, at: usize) -> bool {
    let around = |(from, _, to): &(usize, String, usize)| (*from..*to).contains(&at);
    let function = bodies(&source.code).into_iter().rfind(around);
    source.comment_near(at).contains("annot fail")
        || function.is_some_and(|(from, _, _)| source.comment_near(from).contains("# Panics"))
}

/// A call that stops the thread, inside a function or block that shares it with every camera.
pub fn blocking(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for (at, _) in source.code.match_indices("async ") {
            let rest = &source.code[at..];
            let Some(open) = rest.find(['{', ';']) else {
                continue;
            };
            if rest.as_bytes()[open] == b';' {
                continue;
            }
            let end = after_brace(&source.code, at + open);
            for call in ["thread::sleep(", ".block_on("] {
                let inside = source.find_word(call).filter(|c| (at..end).contains(c));
                let inside = inside.filter(|&c| !source.is_test_at(c));
                breaches.extend(
                    inside.map(|c| source.breach(c, format!("{call}..) stops the runtime"))),
                );
            }
        }
    }
    breaches.dedup();
    breaches
}

/// `unsafe` says why it is sound.
pub fn unsafe_reasons(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for at in
            source.find_word("unsafe").filter(|&at| !source.comment_near(at).contains("SAFETY:"))
        {
            breaches.push(source.breach(at, "unsafe without a `// SAFETY:` comment above it"));
        }
    }
    breaches
}

/// Names that say nothing: of files, modules, types, functions and constants.
pub fn names(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for part in source.path.trim_end_matches(".rs").split('/') {
            if let Some(word) = empty_word(part, true) {
                let text = format!("a file or folder named `{word}`: name it for its subject");
                breaches.push(Breach { path: source.path.clone(), line: 0, text });
            }
        }
        for (keyword, is_type) in [
            ("struct", true),
            ("enum", true),
            ("trait", true),
            ("type", true),
            ("mod", true),
            ("fn", false),
            ("const", false),
            ("static", false),
        ] {
            for at in source.find_word(keyword) {
                let rest = &source.code[at + keyword.len()..];
                let Some(rest) = rest.strip_prefix(' ') else {
                    continue;
                };
                let name: String =
                    rest.bytes().take_while(|&b| is_word(b)).map(char::from).collect();
                if let Some(word) = empty_word(&name, is_type) {
                    let text =
                        format!("{keyword} {name}: `{word}` says nothing; name it for its subject");
                    breaches.push(source.breach(at, text));
                }
            }
        }
    }
    breaches
}

/// Every file opens with a sentence on what it is for; the front door of a folder with its essay.
/// Items are left to their authors: `missing_docs` on `WireFrame { width, height }` would buy
/// sentences that restate names.
pub fn essays(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in
        sources.iter().filter(|s| s.path.starts_with("src/") || s.path.starts_with("tests/"))
    {
        let text = source.text.trim_start();
        if !text.starts_with("//!") && !text.is_empty() {
            let text = "opens without a `//!` sentence on what it is for";
            breaches.push(Breach { path: source.path.clone(), line: 1, text: text.into() });
        }
    }
    breaches
}

/// Notes to ourselves are settled before they are committed.
pub fn reminders(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
            let at_word = |at: &usize| {
                let near =
                    |i: usize| source.comments.as_bytes().get(i).copied().is_some_and(is_word);
                !near(at + word.len()) && !near(at.wrapping_sub(1))
            };
            let found = source.comments.match_indices(word).map(|(at, _)| at).filter(at_word);
            breaches.extend(
                found.map(|at| source.breach(at, format!("{word}: do it, or write an issue"))),
            );
        }
    }
    breaches
}

fn is_program(source: &Source) -> bool {
    matches!(source.module(), Some("verbs" | "pipeline"))
        || (source.module().is_none() && source.path != "src/lib.rs")
}

/// The banned word in a name, split at underscores, dashes and capitals.
fn empty_word(name: &str, is_type: bool) -> Option<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        let new =
            c.is_uppercase() && words.last().is_some_and(|w| !w.ends_with(char::is_uppercase));
        if c == '_' || c == '-' || new {
            words.push(String::new());
        }
        if c != '_' && c != '-' {
            words.last_mut().into_iter().for_each(|w| w.push(c));
        }
    }
    let words: Vec<String> =
        words.into_iter().map(|w| w.to_lowercase()).filter(|w| !w.is_empty()).collect();
    if is_type && words == ["data"] {
        return Some("data".into());
    }
    let banned =
        |w: &&String| BANNED.contains(&w.as_str()) && (*w != "do" || words.first() == Some(w));
    words.iter().find(banned).filter(|w| *w != "do" || words.len() > 1).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rule: fn(&[Source]) -> Vec<Breach>, path: &str, text: &str) -> Vec<usize> {
        rule(&[Source::new(path, text)]).iter().map(|b| b.line).collect()
    }

    #[test]
    fn every_banned_call_is_caught_and_its_exception_kept() {
        for (call, allowed, _) in CALLS {
            let text =
                format!("//! x\nfn f() {{ a{call}); }}\n").replace("a#", "#").replace("a.", "a().");
            let text =
                if call.starts_with(['.', '#']) { text } else { text.replacen("{ a", "{ ", 1) };
            assert_eq!(lines(calls, "src/disk/mod.rs", &text), [2], "{text}");
            let in_test = lines(calls, "tests/x.rs", &text).is_empty();
            assert_eq!(in_test, allowed != Where::Nowhere, "{text}");
            let in_verb = lines(calls, "src/verbs/x.rs", &text).is_empty();
            assert_eq!(in_verb, allowed == Where::Programs, "{text}");
            let proven = text.replace("\nfn", "\n// cannot fail: just made.\nfn");
            let passes = lines(calls, "src/disk/mod.rs", &proven).is_empty();
            assert_eq!(passes, allowed == Where::Proven, "{text}");
            let panics = text.replace("\nfn", "\n/// # Panics\n/// Never: just made.\nfn");
            let passes = lines(calls, "src/disk/mod.rs", &panics).is_empty();
            assert_eq!(passes, allowed == Where::Proven, "{text}");
        }
        assert_eq!(
            lines(calls, "src/disk/x.rs", "f().unwrap_or(1); \".unwrap()\"; // .unwrap()"),
            []
        );
    }

    #[test]
    fn a_sleep_in_async_code_is_caught() {
        let text = "async fn f() {\n thread::sleep(d);\n}\nfn g() { thread::sleep(d); }\n";
        assert_eq!(lines(blocking, "src/ingest/mod.rs", text), [2]);
    }

    #[test]
    fn unsafe_needs_its_reason() {
        let text = "// SAFETY: the pointer is ours.\nunsafe { f() }\n\nunsafe { g() }\n";
        assert_eq!(lines(unsafe_reasons, "src/disk/mod.rs", text), [4]);
    }

    #[test]
    fn names_that_say_nothing_are_caught() {
        for (code, breaches) in [
            ("struct DiskManager;", 1),
            ("fn do_flush() {}", 1),
            ("fn undo() {} fn redo_all() {} fn do() {}", 0),
            ("mod utils;", 1),
            ("struct Data;", 1),
            ("struct DataProtectionOfficer;", 0),
            ("fn disk_info() {}", 1),
            ("fn information() {} // struct Manager", 0),
            ("type EventHandler = ();", 1),
        ] {
            assert_eq!(lines(names, "src/disk/mod.rs", code).len(), breaches, "{code}");
        }
        assert_eq!(lines(names, "src/disk/helpers.rs", ""), [0]);
    }

    #[test]
    fn a_file_says_what_it_is_for_and_carries_no_reminders() {
        assert_eq!(lines(essays, "src/disk/x.rs", "use a::b;\n"), [1]);
        assert_eq!(lines(essays, "src/disk/x.rs", "//! The disk.\nuse a::b;\n"), []);
        let reminder = concat!("// TO", "DO: later\nlet a = 1;\n");
        assert_eq!(lines(reminders, "src/disk/x.rs", reminder), [1]);
    }
}
