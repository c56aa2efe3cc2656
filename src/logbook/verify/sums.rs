//! The root, made as the entries come, and checkpoints read from their description (RFC 6962; C2SP
//! signed-note and tlog-checkpoint).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::base::digest::{Digest, Summing};

/// The full subtrees to the left of the next leaf, largest first: as many as the count of leaves
/// has ones in binary.
#[derive(Default)]
pub(super) struct Roots {
    size: u64,
    peaks: Vec<Digest>,
}

impl Roots {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn push(&mut self, leaf: &[u8]) {
        let mut sum = Summing::default();
        sum.add(&[0]);
        sum.add(leaf);
        let mut node = sum.finish();
        // Each trailing one of the count is a full subtree that this leaf doubles.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = above(left, node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Goes on at another number; the roots are worth nothing from here.
    pub(super) fn skip_to(&mut self, number: u64) {
        self.size = number;
        self.peaks.clear();
    }

    pub(super) fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Digest::of(b"") };
        peaks.fold(*last, |right, left| above(*left, right))
    }
}

fn above(left: Digest, right: Digest) -> Digest {
    let mut sum = Summing::default();
    sum.add(&[1]);
    sum.add(&left.0);
    sum.add(&right.0);
    sum.finish()
}

/// A checkpoint whose signature holds.
pub(super) struct Noted {
    pub(super) size: u64,
    pub(super) root: Digest,
}

/// # Errors
/// A sentence: it is no checkpoint, of another logbook, or signed by none of the keys.
pub(super) fn read_note(text: &str, origin: &str, keys: &[[u8; 32]]) -> Result<Noted, String> {
    let none = "a text that was given as a checkpoint is none";
    let (body, signatures) = text.rsplit_once("\n\n").ok_or(none)?;
    let body = format!("{body}\n");
    let [name, size, root] = body.lines().collect::<Vec<_>>()[..] else {
        return Err(none.into());
    };
    let number: u64 = size.parse().map_err(|_| none)?;
    let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
    let root = Digest(root.ok_or(none)?);
    if size != number.to_string() {
        return Err(none.into());
    }
    if name != origin {
        return Err(format!("a checkpoint of {number} entries is of {name}, not of {origin}"));
    }
    let mut wrong = "is signed by none of the keys given";
    for line in signatures.lines() {
        let Some((signer, signature)) = line.strip_prefix("— ").and_then(|l| l.split_once(' '))
        else {
            continue;
        };
        let bytes = STANDARD.decode(signature).unwrap_or_default();
        let Some((id, signature)) = bytes.split_at_checked(4).filter(|_| signer == origin) else {
            continue;
        };
        for key in keys.iter().filter(|key| key_id(origin, key) == id) {
            if is_signed(key, body.as_bytes(), signature) {
                return Ok(Noted { size: number, root });
            }
            wrong = "is not as it was signed";
        }
    }
    Err(format!("a checkpoint of {number} entries {wrong}"))
}

/// SHA-256 over the name, a line end, the type of key (1: Ed25519) and the key; four bytes of it.
fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let mut sum = Summing::default();
    sum.add(name.as_bytes());
    sum.add(b"\n\x01");
    sum.add(key);
    let [a, b, c, d, ..] = sum.finish().0;
    [a, b, c, d]
}

fn is_signed(key: &[u8; 32], text: &[u8], signature: &[u8]) -> bool {
    let signature = signature.try_into().map(|bytes| Signature::from_bytes(&bytes));
    match (VerifyingKey::from_bytes(key), signature) {
        (Ok(key), Ok(signature)) => key.verify_strict(text, &signature).is_ok(),
        _ => false,
    }
}
