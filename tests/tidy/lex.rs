//! Tells a comment from a string from code.
//!
//! A lexer of 100 lines instead of `syn`: the rules need no syntax tree, and a rule that has to
//! explain itself is easier to trust when the reader can follow how it reads.

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

/// Splits a text into (code, comments), each as long as the text, the other's bytes blank.
pub fn lex(text: &str) -> (String, String) {
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
    let (code, comments) = lex(text);
    assert_eq!(code.len(), text.len());
    assert!(!code.contains(['{', '}', 'é']), "{code}");
    for kept in ["let a =", "let d: &'static str;", "let e =", "let g =", "r#match"] {
        assert!(code.contains(kept), "{kept}: {code}");
    }
    assert_eq!(comments.trim_start().split("  ").next(), Some("// a comment with \"quotes\"\n"));
}
