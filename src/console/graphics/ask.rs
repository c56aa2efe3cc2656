//! What the terminal says of itself: asked once, in one breath; whatever it answers, it answers the
//! last question, which every terminal since the VT100 knows.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Graphics, Way};

/// A line to another town takes a tenth of it. A terminal that has not answered by then shows
/// half blocks.
pub const PATIENCE: Duration = Duration::from_millis(250);
/// One that says by its name that it knows kitty's way answers, also while its window is still
/// being made on a slow machine: what came later would be taken for keys.
pub const KITTY_PATIENCE: Duration = Duration::from_secs(2);
/// More than all answers together.
const ANSWER_BYTES_MAX: usize = 512;

/// Colours that a terminal has at once where it does not say: those of all that are in use.
const COLOURS: u16 = 256;

/// What of the terminal is known without asking: its name and what stands in the environment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The Linux console, or one that knows nothing: not asked at all.
    Plain,
    /// It may know sixels.
    Other,
    /// It says that it knows kitty's way; a terminal that does not would show the question.
    Kitty,
}

impl Kind {
    /// `said` gives a variable of the environment, or nothing.
    pub fn of(said: impl Fn(&str) -> String) -> Kind {
        let (term, program) = (said("TERM"), said("TERM_PROGRAM"));
        let inside =
            !said("TMUX").is_empty() || term.starts_with("screen") || term.starts_with("tmux");
        match term.as_str() {
            "" | "linux" | "dumb" | "vt100" | "vt220" => Kind::Plain,
            // Kitty's words do not pass through these by themselves.
            _ if inside => Kind::Other,
            "xterm-kitty" | "xterm-ghostty" => Kind::Kitty,
            _ if program == "ghostty" || program == "WezTerm" => Kind::Kitty,
            _ => Kind::Other,
        }
    }
}

/// The questions.
fn questions(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain => "",
        // How many colours has a sixel? What are you?
        Kind::Other => "\x1b[?1;1;0S\x1b[c",
        // Would you take a dot?
        Kind::Kitty => "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c",
    }
}

/// What came back: the way of pictures, once the last answer is there; and what somebody typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    pub way: Option<Way>,
    pub typed: String,
}

/// Reads what came back so far.
pub fn read(bytes: &[u8]) -> Heard {
    let text = String::from_utf8_lossy(bytes);
    let (mut heard, mut rest) = (Heard::default(), &*text);
    let (mut kitty, mut colours) = (false, COLOURS);
    while let Some(c) = rest.chars().next() {
        if let Some(answer) = rest.strip_prefix("\x1b_G") {
            let Some((said, after)) = answer.split_once("\x1b\\") else { break };
            kitty |= said.ends_with(";OK");
            rest = after;
        } else if let Some(answer) = rest.strip_prefix("\x1b[?") {
            let Some(end) = answer.find(|c: char| c.is_ascii_alphabetic()) else { break };
            let parts: Vec<u32> = answer[..end].split(';').filter_map(|n| n.parse().ok()).collect();
            match (&answer[end..=end], &parts[..]) {
                ("S", [1, 0, many, ..]) => colours = (*many).min(1_024) as u16,
                ("c", parts) => {
                    heard.way = Some(match kitty {
                        true => Way::Kitty,
                        // The first number is the kind of terminal, the others are what it knows.
                        false if parts.iter().skip(1).any(|n| *n == 4) => Way::Sixel(colours),
                        false => Way::Cells,
                    });
                }
                _ => {}
            }
            rest = &answer[end + 1..];
        } else {
            if !c.is_control() {
                heard.typed.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    heard
}

/// Asks the terminal on standard input and output, which is in raw mode. Also what somebody typed
/// meanwhile.
pub fn ask(kind: Kind, cell: (u16, u16)) -> (Graphics, String) {
    let nothing = || (Graphics::default(), String::new());
    // Without the size of a cell no place has a size.
    if kind == Kind::Plain || cell.0 == 0 || cell.1 == 0 {
        return nothing();
    }
    let mut out = std::io::stdout();
    if out.write_all(questions(kind).as_bytes()).and_then(|()| out.flush()).is_err() {
        return nothing();
    }
    let patience = if kind == Kind::Kitty { KITTY_PATIENCE } else { PATIENCE };
    let (late, mut bytes) = (Instant::now() + patience, Vec::new());
    let stdin = std::io::stdin();
    let Ok(input) = stdin.as_fd().try_clone_to_owned() else { return nothing() };
    let mut input = std::fs::File::from(input);
    while read(&bytes).way.is_none() && bytes.len() < ANSWER_BYTES_MAX {
        let left = late.saturating_duration_since(Instant::now());
        let wait = PollTimeout::try_from(left.as_millis()).unwrap_or(PollTimeout::ZERO);
        let there = poll(&mut [PollFd::new(input.as_fd(), PollFlags::POLLIN)], wait);
        if left.is_zero() || !there.is_ok_and(|n| n > 0) {
            break;
        }
        let mut piece = [0; 128];
        match input.read(&mut piece) {
            Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
            Ok(0) | Err(_) => break,
        }
    }
    let heard = read(&bytes);
    (Graphics { way: heard.way.unwrap_or_default(), cell }, heard.typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_from_what_is_typed() {
        for (bytes, way, typed) in [
            // xterm as a VT340, foot, an xterm without sixels, tmux 3.3, kitty, nobody.
            ("\x1b[?1;0;16S\x1b[?63;1;2;4;6;9;15;22c", Some(Way::Sixel(16)), ""),
            ("\x1b[?1;0;1024S\x1b[?62;4;22c", Some(Way::Sixel(1_024)), ""),
            ("\x1b[?1;3;0S\x1b[?64;1;2;6;9;15;18;21;22c", Some(Way::Cells), ""),
            ("\x1b[?1;2c", Some(Way::Cells), ""),
            ("\x1b[?4c", Some(Way::Cells), ""),
            ("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Some(Way::Kitty), ""),
            ("\x1b_Gi=31;EINVAL\x1b\\\x1b[?62;c", Some(Way::Cells), ""),
            ("", None, ""),
            // Cut in the middle, and between the keys of somebody who types on.
            ("\x1b[?62;4", None, ""),
            ("2\x1b[?62;4;22cq", Some(Way::Sixel(256)), "2q"),
            ("\x1b_Gi=31;O", None, ""),
        ] {
            let heard = read(bytes.as_bytes());
            assert_eq!((heard.way, heard.typed.as_str()), (way, typed), "{bytes:?}");
        }
        assert_eq!(read(b"\xff\x00\x1b").way, None);
    }

    #[test]
    fn only_terminals_that_may_know_are_asked() {
        let kind = |set: &[(&str, &str)]| {
            Kind::of(|name| {
                set.iter().find(|(k, _)| *k == name).map_or(String::new(), |(_, v)| (*v).into())
            })
        };
        for (set, want) in [
            (&[("TERM", "linux")][..], Kind::Plain),
            (&[], Kind::Plain),
            (&[("TERM", "xterm-256color")], Kind::Other),
            (&[("TERM", "xterm-kitty")], Kind::Kitty),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Kind::Kitty),
            (
                &[("TERM", "tmux-256color"), ("TMUX", "/tmp/x"), ("TERM_PROGRAM", "ghostty")],
                Kind::Other,
            ),
        ] {
            assert_eq!(kind(set), want, "{set:?}");
        }
        assert_eq!(questions(Kind::Plain), "");
        assert!([Kind::Other, Kind::Kitty].iter().all(|k| questions(*k).ends_with("\x1b[c")));
    }
}
