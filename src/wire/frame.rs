//! Lines on a stream of bytes, bounded: one JSON object a line. No I/O here.
//!
//! Not a length prefix: a line can be read and written by hand
//! (`socat - UNIX-CONNECT:/run/beadle/beadle.sock`).

use serde::Serialize;

use super::{Call, Reply};

/// Cuts what arrives into lines; holds at most one unfinished line of `limit` bytes and one chunk.
#[derive(Debug)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Start of the first line that was not given out.
    head: usize,
    /// No line end between `head` and here.
    searched: usize,
    limit: usize,
}

/// A line longer than the limit; the stream cannot be read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a line is longer than {limit} bytes")]
pub struct TooLong {
    pub limit: usize,
}

impl Lines {
    /// `limit`: bytes of one line, without its end.
    pub fn new(limit: usize) -> Lines {
        Lines { buffer: Vec::new(), head: 0, searched: 0, limit }
    }

    /// Takes what was read. Call [`Lines::next_line`] until it has no more before the next `push`.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.head);
        self.searched -= self.head;
        self.head = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    ///
    /// # Errors
    /// The line, whole or not, is over the limit.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, TooLong> {
        let found = self.buffer[self.searched..].iter().position(|b| *b == b'\n');
        let end = found.map_or(self.buffer.len(), |at| self.searched + at);
        if end - self.head > self.limit {
            return Err(TooLong { limit: self.limit });
        }
        if found.is_none() {
            self.searched = end;
            return Ok(None);
        }
        let start = self.head;
        self.head = end + 1;
        self.searched = self.head;
        Ok(Some(&self.buffer[start..end]))
    }

    /// Has a line begun that has not ended?
    pub fn is_half(&self) -> bool {
        self.head < self.buffer.len()
    }
}

/// One message as a line, its end included.
///
/// # Errors
/// A value that JSON cannot say; our types have none, foreign ones might.
pub fn line(message: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut bytes = serde_json::to_vec(message).map_err(|e| format!("cannot be written: {e}"))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// # Errors
/// A sentence for whoever wrote the line.
pub fn call(line: &[u8]) -> Result<Call, String> {
    serde_json::from_slice(line).map_err(|e| {
        format!(
            "This line is not a request that Beadle knows ({e}). \
             Send one JSON object a line, like {{\"ask\":\"status\"}}."
        )
    })
}

/// # Errors
/// The other side speaks another language, or another version of this one.
pub fn reply(line: &[u8]) -> Result<Reply, String> {
    serde_json::from_slice(line).map_err(|e| {
        format!("The answer cannot be understood ({e}). Are both programs of the same version?")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{Request, Sent, book};

    fn cut(limit: usize, chunks: &[&[u8]]) -> (Vec<String>, bool, bool) {
        let mut lines = Lines::new(limit);
        let mut out = Vec::new();
        for chunk in chunks {
            lines.push(chunk);
            loop {
                match lines.next_line() {
                    Ok(Some(line)) => out.push(String::from_utf8_lossy(line).into_owned()),
                    Ok(None) => break,
                    Err(_) => return (out, lines.is_half(), true),
                }
            }
        }
        (out, lines.is_half(), false)
    }

    #[test]
    fn lines_come_whole_however_they_arrive() {
        type Row = (&'static [&'static [u8]], &'static [&'static str], bool, bool);
        let table: [Row; 7] = [
            (&[b"one\ntwo\n"], &["one", "two"], false, false),
            (&[b"o", b"ne", b"\ntw", b"o\n"], &["one", "two"], false, false),
            (&[b"one\ntw"], &["one"], true, false),
            (&[b"\n\n"], &["", ""], false, false),
            (&[b"12345678\n"], &["12345678"], false, false),
            (&[b"123456789\n"], &[], true, true),
            (&[b"1234", b"56789"], &[], true, true),
        ];
        for (chunks, want, half, too_long) in table {
            let got = cut(8, chunks);
            let want: Vec<String> = want.iter().map(|line| line.to_string()).collect();
            assert_eq!(got, (want, half, too_long));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_chunks_give_what_split_gives(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            size in 1usize..20,
        ) {
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            let (got, half, too_long) = cut(1000, &chunks);
            let mut want: Vec<String> =
                bytes.split(|b| *b == b'\n').map(|l| String::from_utf8_lossy(l).into()).collect();
            let rest = want.pop().unwrap_or_default();
            prop_assert_eq!(got, want);
            prop_assert_eq!(half, !rest.is_empty());
            prop_assert!(!too_long);
        }

        #[test]
        fn any_line_is_a_request_or_a_sentence(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Err(why) = call(&bytes) {
                let taught = why.contains("{\"ask\":\"status\"}");
                prop_assert!(taught);
            }
        }
    }

    #[test]
    fn calls_survive_the_journey() {
        let plan = Request::Plan { name: "site.kdl".into(), text: "a \"b\"\n\u{0}".into() };
        let find = book::Find { text: Some("gate".into()), limit: 20, ..book::Find::default() };
        let asks =
            [Request::Status, Request::Watch, Request::HoldList, plan, Request::Logbook(find)];
        for request in asks {
            for session in [None, Some(Sent::new("token"))] {
                let call_in = Call { session, beside: None, request: request.clone() };
                let bytes = line(&call_in).unwrap();
                assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 1);
                assert_eq!(call(&bytes[..bytes.len() - 1]).unwrap(), call_in);
            }
        }
    }
}
