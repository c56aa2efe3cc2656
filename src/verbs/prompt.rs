//! Asks a person, or reads the next line of a pipe: passphrases without echo, lines, yes or no.
//!
//! Questions go to the error output, so that an answer on the standard output stays clean. Where
//! the standard input is no terminal, each question takes one line of it, so a script can answer.

use std::io::{BufRead, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices, Termios};
use zeroize::Zeroizing;

use super::Failure;
use crate::base::limits::SECRET_BYTES_MAX;
use crate::base::secret::Secret;

/// An answer in words: two lines of a form, in any script.
const LINE_BYTES_MAX: usize = 1024;
/// Ctrl-C, as a character.
const INTERRUPT: u8 = 3;

/// A passphrase, code or password; not shown, and of at most 256 bytes. Core dumps of this process
/// are off from here on.
///
/// # Errors
/// Nothing or too much was typed, the input ended, or Ctrl-C.
pub fn passphrase(question: &str) -> Result<Secret, Failure> {
    super::keep_no_core();
    let (mut input, mut out) = (std::io::stdin().lock(), std::io::stderr());
    let stdin = std::io::stdin();
    let terminal = stdin.is_terminal().then(|| stdin.as_fd());
    hidden(question, &mut input, terminal, &mut out)
}

/// One line, without spaces around it; may be empty.
///
/// # Errors
/// The input ended, or the line is too long.
pub fn line(question: &str) -> Result<String, Failure> {
    shown(question, &mut std::io::stdin().lock(), &mut std::io::stderr())
}

/// `yes` or `y`; everything else is no.
///
/// # Errors
/// The input ended.
pub fn yes(question: &str) -> Result<bool, Failure> {
    let answer = line(&format!("{question} (yes or no)"))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

fn hidden(
    question: &str,
    input: &mut dyn BufRead,
    terminal: Option<BorrowedFd<'_>>,
    out: &mut dyn Write,
) -> Result<Secret, Failure> {
    let quiet = terminal.map(Quiet::make);
    let hint =
        if quiet.as_ref().is_some_and(|q| q.is_none()) { " (it shows while you type)" } else { "" };
    ask(question, hint, out)?;
    let typed = read(input, SECRET_BYTES_MAX);
    if quiet.is_some() {
        writeln!(out)?;
    }
    drop(quiet);
    let typed = typed?;
    if typed.is_empty() {
        return Err(Failure::refused("Nothing was typed; nothing was changed."));
    }
    Ok(Secret::new(typed.as_str()))
}

fn shown(question: &str, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<String, Failure> {
    ask(question, "", out)?;
    Ok(read(input, LINE_BYTES_MAX)?.trim().to_string())
}

fn ask(question: &str, hint: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let end = if question.ends_with('?') && hint.is_empty() { "" } else { ":" };
    write!(out, "{question}{hint}{end} ")?;
    out.flush()?;
    Ok(())
}

/// One line without its end. What was too long is not left for the next question.
fn read(input: &mut dyn BufRead, most: usize) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 2));
    let ends = |b: u8| b == b'\n' || b == INTERRUPT;
    loop {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(0) if bytes.is_empty() => {
                return Err(Failure::refused("The input ended before the answer."));
            }
            Ok(0) => break,
            Ok(_) if byte[0] == INTERRUPT => {
                return Err(Failure::refused("Interrupted; nothing was changed."));
            }
            Ok(_) if ends(byte[0]) => break,
            Ok(_) if bytes.len() < most + 2 => bytes.push(byte[0]),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Failure::refused(format!("The answer cannot be read: {e}."))),
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    if bytes.len() > most {
        return Err(Failure::refused(format!("That is longer than {most} bytes.")));
    }
    let text =
        std::str::from_utf8(&bytes).map_err(|_| Failure::refused("That is no text (UTF-8)."))?;
    Ok(Zeroizing::new(text.to_string()))
}

/// A terminal that does not show what is typed, until this is dropped. Ctrl-C ends the line instead
/// of the process: otherwise the shell would come back with a terminal that shows nothing.
struct Quiet<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl Quiet<'_> {
    /// `None`: this terminal cannot.
    fn make(terminal: BorrowedFd<'_>) -> Option<Quiet<'_>> {
        let before = termios::tcgetattr(terminal).ok()?;
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO | LocalFlags::ISIG);
        quiet.control_chars[SpecialCharacterIndices::VEOL as usize] = INTERRUPT;
        termios::tcsetattr(terminal, SetArg::TCSAFLUSH, &quiet).ok()?;
        Some(Quiet { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // An error means that the terminal has gone.
        let _ = termios::tcsetattr(self.terminal, SetArg::TCSANOW, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{BufReader, Read};

    fn from_pipe(text: &[u8]) -> Result<String, String> {
        let mut input = text;
        let got = hidden("Passphrase", &mut input, None, &mut Vec::new());
        got.map(|s| s.expose().to_string()).map_err(|f| f.text)
    }

    #[test]
    fn a_pipe_gives_a_line_for_each_question() {
        let mut input: &[u8] = b"head\notter cabinet violin\r\n Yes \nlast";
        let mut out = Vec::new();
        assert_eq!(shown("Name", &mut input, &mut out).unwrap(), "head");
        let phrase = hidden("Passphrase", &mut input, None, &mut out).unwrap();
        assert_eq!(phrase.expose(), "otter cabinet violin");
        assert_eq!(shown("Sure?", &mut input, &mut out).unwrap(), "Yes");
        assert_eq!(shown("And?", &mut input, &mut out).unwrap(), "last");
        assert!(shown("More?", &mut input, &mut out).unwrap_err().text.contains("ended"));
        let asked = String::from_utf8(out).unwrap();
        assert_eq!(asked, "Name: Passphrase: Sure? And? More? ");
    }

    #[test]
    fn what_is_no_passphrase_is_refused() {
        for (typed, want) in [
            (&b"x\n"[..], Ok("x")),
            (b" spaces stay \n", Ok(" spaces stay ")),
            (b"\n", Err("Nothing")),
            (b"", Err("ended")),
            (b"\xff\xfe\n", Err("UTF-8")),
            (b"half\x03", Err("Interrupted")),
        ] {
            let got = from_pipe(typed);
            match want {
                Ok(want) => assert_eq!(got.as_deref(), Ok(want)),
                Err(part) => assert!(got.as_ref().is_err_and(|e| e.contains(part)), "{got:?}"),
            }
        }
        assert!(from_pipe(&[b'x'; SECRET_BYTES_MAX]).is_ok());
        let mut input: &[u8] = &[&[b'x'; SECRET_BYTES_MAX + 9][..], b"\nnext\n"].concat();
        let long = hidden("?", &mut input, None, &mut Vec::new()).unwrap_err().text;
        assert!(long.contains("longer"), "{long}");
        assert_eq!(shown("?", &mut input, &mut Vec::new()).unwrap(), "next");
    }

    /// What somebody at a terminal sees when they type `keys` at the question, and the answer.
    fn at_terminal(keys: &[u8]) -> (String, Result<Secret, Failure>, bool) {
        let pty = nix::pty::openpty(None, None).unwrap();
        let keys = keys.to_vec();
        let mut screen = File::from(pty.master);
        let typist = std::thread::spawn(move || {
            let (mut seen, mut bytes) = (Vec::new(), [0; 256]);
            while !seen.ends_with(b": ") {
                let n = screen.read(&mut bytes).unwrap();
                seen.extend_from_slice(&bytes[..n]);
            }
            screen.write_all(&keys).unwrap();
            while !seen.ends_with(b"\n") {
                let n = screen.read(&mut bytes).unwrap();
                seen.extend_from_slice(&bytes[..n]);
            }
            (String::from_utf8(seen).unwrap(), screen)
        });
        let slave = File::from(pty.slave);
        let mut input = BufReader::new(slave.try_clone().unwrap());
        let mut out = slave.try_clone().unwrap();
        let got = hidden("Passphrase", &mut input, Some(slave.as_fd()), &mut out);
        let (seen, _screen) = typist.join().unwrap();
        let flags = termios::tcgetattr(&slave).unwrap().local_flags;
        (seen, got, flags.contains(LocalFlags::ECHO | LocalFlags::ISIG))
    }

    #[test]
    fn a_terminal_shows_the_question_and_not_the_answer() {
        let (seen, got, restored) = at_terminal(b"hunter2\n");
        assert_eq!(got.unwrap().expose(), "hunter2");
        assert!(seen.contains("Passphrase: ") && !seen.contains("hunter"), "{seen:?}");
        assert!(restored, "the terminal shows again");
        let (seen, got, restored) = at_terminal(b"hunt\x03");
        assert!(got.unwrap_err().text.contains("Interrupted"));
        assert!(!seen.contains("hunt") && restored, "{seen:?}");
    }
}
