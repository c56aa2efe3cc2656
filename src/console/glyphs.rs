//! Text that every screen can show: the characters of code page 437, one cell each.
//!
//! The Linux console has a font of 256 or 512 glyphs and shows a lozenge for the rest. One set for
//! every terminal means one thing to test, and that a width is a count of characters.

/// What code page 437 has beyond ASCII.
const BEYOND_ASCII: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗\
    ╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■";

/// The letter under the accent, for U+00C0 to U+017F: Welsh, Polish and Turkish names stay legible.
const LATIN: &[u8; 192] = b"AAAAAA?CEEEEIIIIDNOOOOOxOUUUUYT?aaaaaa?ceeeeiiiidnooooo?ouuuuyty\
    AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL\
    lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Can the console's font show it?
pub fn is_safe(c: char) -> bool {
    matches!(c, ' '..='~') || (!c.is_ascii() && BEYOND_ASCII.contains(c))
}

/// The same text in safe characters: accents that the font lacks are dropped, typographers' quotes
/// and dashes made plain, control characters and terminal escapes taken out, the rest shown as `?`.
/// What a camera or a file says goes through here before it meets a terminal.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if is_safe(c) => out.push(c),
            '\u{1b}' if chars.peek() == Some(&'[') => {
                chars.next();
                chars.by_ref().find(|c| ('@'..='~').contains(c));
            }
            '\t' => out.push_str("    "),
            '\n' | '\u{a0}' | '\u{202f}' => out.push(' '),
            c if c.is_control() => {}
            '\u{2018}' | '\u{2019}' | '\u{201a}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2026}' => out.push_str("..."),
            '\u{2022}' => out.push('·'),
            '\u{c0}'..='\u{17f}' => out.push(LATIN[c as usize - 0xc0] as char),
            _ => out.push('?'),
        }
    }
    out
}

/// Cut or padded to exactly `width` cells; what was cut shows as `..`.
pub fn fit(text: &str, width: usize) -> String {
    let text = plain(text);
    let cells = text.chars().count();
    if cells <= width {
        return format!("{text:<width$}");
    }
    let keep = width.saturating_sub(2);
    text.chars().take(keep).chain("..".chars()).take(width).collect()
}

/// Broken at spaces into lines of at most `width` cells; a longer word is broken where it must be.
/// Leading spaces of the text are kept on its first line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let text = plain(text);
    let mut lines = vec![String::new()];
    let mut cells = 0;
    for word in text.split_inclusive(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let length = word.iter().filter(|c| **c != ' ').count();
        if cells > 0 && cells + length > width {
            lines.push(String::new());
            cells = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.last_mut().into_iter().for_each(|line| line.extend(word.iter()));
            word = rest;
            lines.push(String::new());
            cells = 0;
        }
        cells += word.len();
        lines.last_mut().into_iter().for_each(|line| line.extend(word.iter()));
    }
    lines.iter().map(|line| line.trim_end().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_font_lacks_is_made_plain() {
        for (text, want) in [
            ("Corridor 2", "Corridor 2"),
            ("Ysgol Gŵyr", "Ysgol Gwyr"),
            ("Café Łódź", "Café Lódz"),
            ("“quoted” – it’s…", "\"quoted\" - it's..."),
            ("\u{1b}[31mred\u{1b}[0m\u{7}", "red"),
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("a\tb\nc", "a    b c"),
            ("学校 ✓", "?? ?"),
        ] {
            assert_eq!(plain(text), want);
        }
    }

    #[test]
    fn lines_break_at_spaces() {
        for (text, width, want) in [
            ("one two three", 8, vec!["one two", "three"]),
            ("  one two", 5, vec!["  one", "two"]),
            ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
            ("", 4, vec![""]),
            ("one", 3, vec!["one"]),
        ] {
            assert_eq!(wrap(text, width), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_fits_and_is_safe(text in any::<String>(), width in 1usize..40) {
            prop_assert!(plain(&text).chars().all(is_safe));
            prop_assert_eq!(fit(&text, width).chars().count(), width);
            for line in wrap(&text, width) {
                prop_assert!(line.chars().count() <= width, "{:?}", line);
            }
        }
    }
}
