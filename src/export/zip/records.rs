//! The records of a ZIP file around its content, byte by byte (PKWARE's APPNOTE 6.3.10, WinZip's
//! AES notes). Only what we write: stored, encrypted, sizes known beforehand.

use super::seal::EXTRA_BYTES;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// Encrypted, and the name is UTF-8.
const FLAGS: u16 = 1 | 1 << 11;
/// "AES": how the bytes are really packed stands in the extra field.
const METHOD: u16 = 99;
/// 5.1, the first with AES.
const NEEDS: u16 = 51;
/// Unix, for the file's mode.
const MADE_BY: u16 = 3 << 8 | NEEDS;
/// A file that its owner may write and all may read.
const MODE: u32 = 0o100_644 << 16;
/// Sizes and places from here on stand in the field of 64 bits.
const LARGE: u64 = 0xffff_ffff;

/// One file of the archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    pub name: String,
    /// Of the content.
    pub bytes: u64,
    /// Where the record begins.
    pub at: u64,
    /// MS-DOS date and time.
    pub date: (u16, u16),
}

impl Record {
    /// As it lies in the archive.
    pub fn packed(&self) -> u64 {
        self.bytes + EXTRA_BYTES
    }

    fn is_large(&self) -> bool {
        self.packed() >= LARGE
    }

    /// Salt, verifier, content and code follow.
    pub fn local(&self) -> Vec<u8> {
        let mut out = Bytes::default();
        out.four(LOCAL);
        let mut extra = aes_extra();
        if self.is_large() {
            extra.two(1);
            extra.two(16);
            extra.eight(self.bytes);
            extra.eight(self.packed());
        }
        self.shared(&mut out, extra.0.len());
        out.0.extend_from_slice(self.name.as_bytes());
        out.0.extend_from_slice(&extra.0);
        out.0
    }

    /// What local and central record share.
    fn shared(&self, out: &mut Bytes, extra: usize) {
        out.two(NEEDS);
        out.two(FLAGS);
        out.two(METHOD);
        out.two(self.date.1);
        out.two(self.date.0);
        out.four(0); // AE-2 says nothing about the content
        out.four(if self.is_large() { u32::MAX } else { self.packed() as u32 });
        out.four(if self.is_large() { u32::MAX } else { self.bytes as u32 });
        out.two(self.name.len() as u16); // our names are short
        out.two(extra as u16);
    }

    fn central(&self, out: &mut Bytes) {
        let mut extra = aes_extra();
        let far = self.at >= LARGE;
        let mut wide = Bytes::default();
        if self.is_large() {
            wide.eight(self.bytes);
            wide.eight(self.packed());
        }
        if far {
            wide.eight(self.at);
        }
        if !wide.0.is_empty() {
            extra.two(1);
            extra.two(wide.0.len() as u16);
            extra.0.extend_from_slice(&wide.0);
        }
        out.four(CENTRAL);
        out.two(MADE_BY);
        self.shared(out, extra.0.len());
        out.two(0); // comment
        out.two(0); // disk
        out.two(0); // inner attributes
        out.four(MODE);
        out.four(if far { u32::MAX } else { self.at as u32 });
        out.0.extend_from_slice(self.name.as_bytes());
        out.0.extend_from_slice(&extra.0);
    }
}

/// The list of all files, which begins at `at`, and the end.
pub fn directory(records: &[Record], at: u64) -> Vec<u8> {
    let mut out = Bytes::default();
    records.iter().for_each(|record| record.central(&mut out));
    let (size, count) = (out.0.len() as u64, records.len() as u64);
    let wide = at >= LARGE || size >= LARGE || count >= 0xffff;
    if wide {
        out.four(END_64);
        out.eight(44); // of what follows
        out.two(MADE_BY);
        out.two(NEEDS);
        out.four(0);
        out.four(0);
        out.eight(count);
        out.eight(count);
        out.eight(size);
        out.eight(at);
        out.four(LOCATOR_64);
        out.four(0);
        out.eight(at + size);
        out.four(1);
    }
    let narrow = |n: u64| if wide { u32::MAX } else { n as u32 };
    let few = if wide { u16::MAX } else { count as u16 };
    out.four(END);
    out.two(0);
    out.two(0);
    out.two(few);
    out.two(few);
    out.four(narrow(size));
    out.four(narrow(at));
    out.two(0);
    out.0
}

/// One file of somebody's archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub name: String,
    /// Of the content.
    pub bytes: u64,
    /// Where its local record begins.
    pub at: u64,
}

/// Where the list of an archive begins, and its bytes, from the last bytes of the file; `None`: it
/// has no end as we write it.
pub fn end(tail: &[u8]) -> Option<(u64, u64)> {
    let mut last = Fields(tail.get(tail.len().checked_sub(22)?..)?);
    if last.four()? != END {
        return None;
    }
    last.skip(8)?;
    let (bytes, at) = (last.four()?, last.four()?);
    if at != u32::MAX {
        return Some((at.into(), bytes.into()));
    }
    let mut wide = Fields(tail.get(tail.len().checked_sub(22 + 20 + 56)?..)?);
    if wide.four()? != END_64 {
        return None;
    }
    wide.skip(36)?;
    let (bytes, at) = (wide.eight()?, wide.eight()?);
    Some((at, bytes))
}

/// The files of an archive.
///
/// # Errors
/// A record that is none of ours, in words.
pub fn listed(list: &[u8]) -> Result<Vec<Found>, &'static str> {
    let (mut rest, mut found) = (Fields(list), Vec::new());
    while !rest.0.is_empty() {
        found.push(rest.central()?);
    }
    Ok(found)
}

/// Bytes of a local record, of which the first 30 are given.
pub fn local_bytes(local: &[u8]) -> Option<u64> {
    let mut fields = Fields(local);
    if fields.four()? != LOCAL {
        return None;
    }
    fields.skip(22)?;
    let (name, extra) = (fields.two()?, fields.two()?);
    Some(30 + u64::from(name) + u64::from(extra))
}

/// Little-endian fields, read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn part(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(first)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.part(bytes).map(drop)
    }

    fn two(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn four(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn eight(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn central(&mut self) -> Result<Found, &'static str> {
        let cut = "its list of files is damaged";
        if self.four().ok_or(cut)? != CENTRAL {
            return Err(cut);
        }
        self.skip(6).ok_or(cut)?;
        let method = self.two().ok_or(cut)?;
        self.skip(8).ok_or(cut)?;
        let (packed, bytes) = self.four().zip(self.four()).ok_or(cut)?;
        let (name, extra) = self.two().zip(self.two()).ok_or(cut)?;
        let comment = self.two().ok_or(cut)?;
        self.skip(8).ok_or(cut)?;
        let at = self.four().ok_or(cut)?;
        let name = self.part(name.into()).ok_or(cut)?;
        let name = std::str::from_utf8(name).map_err(|_| cut)?.to_string();
        let mut more = Fields(self.part(extra.into()).ok_or(cut)?);
        self.skip(comment.into()).ok_or(cut)?;
        let (mut sealed, mut wide) = (false, Fields(&[]));
        while !more.0.is_empty() {
            let (id, bytes) = more.two().zip(more.two()).ok_or(cut)?;
            let field = more.part(bytes.into()).ok_or(cut)?;
            match id {
                0x9901 => sealed = field == &aes_extra().0[4..],
                1 => wide = Fields(field),
                _ => {}
            }
        }
        if method != METHOD || !sealed {
            return Err("its files are not sealed as ours are");
        }
        let large = bytes == u32::MAX;
        let bytes = if large { wide.eight().ok_or(cut)? } else { bytes.into() };
        if large || packed == u32::MAX {
            wide.eight().ok_or(cut)?;
        }
        let at = if at == u32::MAX { wide.eight().ok_or(cut)? } else { at.into() };
        Ok(Found { name, bytes, at })
    }
}

/// AE-2, 256 bits, stored.
fn aes_extra() -> Bytes {
    let mut out = Bytes::default();
    out.two(0x9901);
    out.two(7);
    out.two(2);
    out.0.extend_from_slice(b"AE\x03");
    out.two(0);
    out
}

/// Little-endian fields.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn two(&mut self, n: u16) {
        self.0.extend(n.to_le_bytes());
    }

    fn four(&mut self, n: u32) {
        self.0.extend(n.to_le_bytes());
    }

    fn eight(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }
}
