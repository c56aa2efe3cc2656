//! What the hourly entry says (R5.4, R5.6): the segments closed since the last one as one root,
//! what each disk holds, and the TPM's counter where there is one (R5.5).
//!
//! A segment's leaf is the line that `sha256sum` prints for it, without the line end: the digest in
//! hexadecimal, two spaces, the path. The lines are sorted by path, so that anybody with the files
//! can make the root again.

use std::collections::BTreeMap;

use super::entry::Value;
use super::leaf::leaf_hash;
use super::tree::Tree;
use crate::base::digest::Digest;

pub use super::fields::{COUNTER, DISKS, ROOT, SEGMENTS};

/// One footage disk as it stands, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiskState {
    pub name: String,
    pub free: u64,
    pub total: u64,
}

/// The root over the segments closed since the last heartbeat.
pub fn segments_root(segments: &[(String, Digest)]) -> Digest {
    let mut lines: Vec<(&String, String)> =
        segments.iter().map(|(path, digest)| (path, format!("{digest}  {path}"))).collect();
    lines.sort();
    let mut tree = Tree::default();
    for (_, line) in lines {
        tree.push(leaf_hash(line.as_bytes()));
    }
    tree.head().root
}

/// The fields of a heartbeat. `counter`: what the TPM's counter stood at, after it was moved on for
/// this heartbeat; a counter only ever goes up, so that a disk put back shows (R5.5).
pub fn fields(
    segments: &[(String, Digest)],
    disks: &[DiskState],
    counter: Option<u64>,
) -> BTreeMap<String, Value> {
    let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let disk = |d: &DiskState| format!("{}: {} of {} bytes free", d.name, d.free, d.total);
    let mut fields = BTreeMap::from([
        (SEGMENTS.to_string(), number(segments.len() as u64)),
        (ROOT.to_string(), Value::Text(segments_root(segments).to_string())),
        (DISKS.to_string(), Value::List(disks.iter().map(disk).collect())),
    ]);
    // A counter past 2^53 (one step a second for 285 million years) has no canonical form.
    fields.extend(counter.map(|n| (COUNTER.to_string(), number(n))));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_over_the_lines_of_sha256sum_in_order_of_path() {
        let a = ("gate/2026-11-21/084100Z.mp4".to_string(), Digest([1; 32]));
        let b = ("hall/2026-11-21/084100Z.mp4".to_string(), Digest([2; 32]));
        let lines =
            [&a, &b].map(|(path, digest)| leaf_hash(format!("{digest}  {path}").as_bytes()));
        let both = [&[1][..], &lines[0].0, &lines[1].0].concat();
        assert_eq!(segments_root(&[a.clone(), b.clone()]), Digest::of(&both));
        assert_eq!(segments_root(&[b, a.clone()]), Digest::of(&both));
        assert_eq!(segments_root(&[a]), lines[0]);
        assert_eq!(segments_root(&[]), Digest::of(b""));
    }

    #[test]
    fn a_heartbeat_says_what_the_disks_hold() {
        let disk = DiskState { name: "one".into(), free: 5, total: 9 };
        let said = fields(&[], std::slice::from_ref(&disk), Some(17));
        assert_eq!(said[SEGMENTS], Value::Number(0));
        assert_eq!(said[COUNTER], Value::Number(17));
        assert_eq!(said[DISKS], Value::List(vec!["one: 5 of 9 bytes free".into()]));
        assert!(!fields(&[], &[disk], None).contains_key(COUNTER));
    }
}
