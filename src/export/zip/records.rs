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
