//! That one entry is in the logbook, on its own: what goes out with an export (R5.2).
//!
//! The C2SP tlog-proof text: the entry's number, the path of hashes from its leaf to the root, and
//! the checkpoint with that root. Its `extra` line carries the leaf, so that the text alone shows
//! when the entry was made and what kind it is. What the body said is shown by handing over its
//! salt
//! and its canonical bytes beside the proof ([`body_belongs`]); without these the proof says
//! nothing
//! about it.
//!
//! A proof shows that the box signed a tree with this entry. It does not show that the logbook of
//! today still has it: that is asked of the logbook itself, with the checkpoint in the proof.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint;
use super::entry::{Header, Number};
use super::leaf::{self, Salt};
use super::tree::{self, Head};
use crate::base::digest::Digest;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// No tree of numbers of 64 bits is deeper.
const PATH_MAX: usize = 63;

/// A proof as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    pub number: Number,
    /// The canonical bytes of the entry's header.
    pub leaf: Vec<u8>,
    pub path: Vec<Digest>,
    /// The signed text.
    pub checkpoint: String,
}

/// What a proof that holds shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proven {
    pub number: Number,
    pub header: Header,
    pub head: Head,
}

impl Proof {
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nextra {}\n", STANDARD.encode(&self.leaf));
        // Writing to a String does not fail.
        let _ = writeln!(text, "index {}", self.number);
        for hash in &self.path {
            text.push_str(&STANDARD.encode(hash.0));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// # Errors
    /// The text is no proof, or carries no leaf.
    pub fn read(text: &str) -> Result<Proof, String> {
        let wrong = |what: &str| format!("this is no proof of an entry: {what}");
        let (front, checkpoint) = text.split_once("\n\n").ok_or(wrong("no checkpoint in it"))?;
        let mut lines = front.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong(&format!("its first line is not {FIRST_LINE}")));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
        let leaf = extra.and_then(|extra| STANDARD.decode(extra).ok());
        let leaf = leaf.ok_or(wrong("its second line has no entry"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let number = index.and_then(|n| n.parse().ok().filter(|m: &u64| m.to_string() == n));
        let number = number.ok_or(wrong("its third line has no number"))?;
        let mut path = Vec::new();
        for line in lines {
            let hash = STANDARD.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
            path.push(Digest(hash.ok_or(wrong("a line is no hash"))?));
            if path.len() > PATH_MAX {
                return Err(wrong("too many hashes"));
            }
        }
        Ok(Proof { number, leaf, path, checkpoint: checkpoint.to_string() })
    }

    /// # Errors
    /// A sentence that says what does not hold.
    pub fn check(&self, origin: &str, public: &[u8; 32]) -> Result<Proven, String> {
        let head = checkpoint::check(&self.checkpoint, origin, public)?;
        let hash = leaf::leaf_hash(&self.leaf);
        if !tree::check_inclusion(&self.path, head, self.number, hash) {
            let (n, size) = (self.number, head.size);
            return Err(format!("entry {n} is not in the logbook of {size} entries as signed"));
        }
        let header = leaf::read_leaf(&self.leaf)?;
        Ok(Proven { number: self.number, header, head })
    }
}

/// Whether salt and canonical bytes are those of the entry's body.
pub fn body_belongs(header: &Header, salt: &Salt, body_bytes: &[u8]) -> bool {
    leaf::body_digest(salt, body_bytes) == header.body
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::checkpoint::Signs;
    use super::super::checkpoint::tests::TestKey;
    use super::super::entry::{Act, Body, ClockState};
    use super::super::kind::Kind;
    use super::super::tree::Tree;
    use super::*;
    use crate::base::time::Utc;

    fn header(n: i64) -> Header {
        let body = leaf::body_digest(&[n as u8; 32], &leaf::body_bytes(&Body::default()).unwrap());
        let (kind, act) = (Kind::Export, Act::Open);
        Header { at: Utc::from_secs(n), clock: ClockState::Synced, kind, act, about: None, body }
    }

    fn proof(number: u64) -> Proof {
        let mut tree = Tree::default();
        let leaves: Vec<_> = (0..11).map(|n| leaf::leaf_bytes(&header(n)).unwrap()).collect();
        for leaf in &leaves {
            tree.push(leaf::leaf_hash(leaf));
        }
        let checkpoint = checkpoint::sign("beadle/x", tree.head(), &TestKey::new(1)).unwrap();
        let path = tree.inclusion(number, 11, &BTreeMap::new()).unwrap();
        Proof { number, leaf: leaves[number as usize].clone(), path, checkpoint }
    }

    #[test]
    fn a_proof_shows_its_entry_by_itself() {
        let public = TestKey::new(1).public();
        for number in 0..11 {
            let text = proof(number).to_text();
            let proof = Proof::read(&text).unwrap();
            assert_eq!(proof.to_text(), text);
            let proven = proof.check("beadle/x", &public).unwrap();
            assert_eq!((proven.number, proven.head.size), (number, 11));
            assert_eq!(proven.header, header(number as i64));
            let body = leaf::body_bytes(&Body::default()).unwrap();
            assert!(body_belongs(&proven.header, &[number as u8; 32], &body));
            assert!(!body_belongs(&proven.header, &[99; 32], &body));
        }
    }

    #[test]
    fn a_proof_of_something_else_does_not_hold() {
        let public = TestKey::new(1).public();
        let good = proof(4);
        let other = leaf::leaf_bytes(&header(5)).unwrap();
        let signed_by_other = checkpoint::sign(
            "beadle/x",
            Head { size: 11, root: Digest([0; 32]) },
            &TestKey::new(2),
        );
        let shorter = good.path[1..].to_vec();
        for (wrong, says) in [
            (Proof { leaf: other, ..good.clone() }, "not in the logbook"),
            (Proof { number: 5, ..good.clone() }, "not in the logbook"),
            (Proof { number: 11, ..good.clone() }, "not in the logbook"),
            (Proof { path: shorter, ..good.clone() }, "not in the logbook"),
            (Proof { checkpoint: signed_by_other.unwrap(), ..good.clone() }, "another key"),
        ] {
            let told = wrong.check("beadle/x", &public).unwrap_err();
            assert!(told.contains(says), "{told}");
        }
        let text = good.to_text();
        for wrong in [
            text.replace("@v1", "@v2"),
            text.replace("extra ", ""),
            text.replace("index 4", "index 04"),
            text.replace("\n\n", "\nAAAA\n\n"),
            text[..40].to_string(),
        ] {
            assert!(Proof::read(&wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_proof_or_an_error(text in "[a-zA-Z0-9=@./ \n]{0,300}") {
            let _ = Proof::read(&text);
            let text = format!("{FIRST_LINE}\nextra AAAA\nindex 1\n{text}");
            if let Ok(proof) = Proof::read(&text) {
                proptest::prop_assert!(proof.check("beadle/x", &[1; 32]).is_err());
            }
        }
    }
}
