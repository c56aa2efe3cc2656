//! The list of digests, as `sha256sum -c` reads it (R3.6), and nothing that it would skip.

use std::collections::BTreeMap;

use super::names;
use crate::base::digest::Digest;

/// By path; what is opened first by a person stands first by nature.
pub type Sums = BTreeMap<String, Digest>;

/// `<64 digits> *<path>`, a line each.
pub fn to_text(sums: &Sums) -> String {
    sums.iter().map(|(path, digest)| format!("{digest} *{path}\n")).collect()
}

/// # Errors
/// A line that Beadle does not write, with its number.
pub fn read(text: &str) -> Result<Sums, String> {
    let mut sums = Sums::new();
    for (n, line) in (1..).zip(text.lines()) {
        let wrong = |why: &str| format!("line {n} {why}");
        let (digest, path) = line.split_once(" *").ok_or_else(|| wrong("is no digest and path"))?;
        let digest = digest.parse().map_err(|_| wrong("has no digest"))?;
        if !names::is_plain(path) {
            return Err(wrong("names a path that no package has"));
        }
        if sums.insert(path.to_string(), digest).is_some() {
            return Err(wrong("names a file a second time"));
        }
    }
    match to_text(&sums) == text {
        true => Ok(sums),
        false => Err("its lines are not as Beadle writes them".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_both_ways_and_says_nothing_else() {
        let sums: Sums = [("a.txt", "x"), ("video/b.mp4", "y")]
            .map(|(p, t)| (p.into(), Digest::of(t.as_bytes())))
            .into();
        let text = to_text(&sums);
        assert_eq!(read(&text), Ok(sums));
        for wrong in [
            text.replace(" *", "  "),
            text.replace("a.txt", "../a.txt"),
            text.replace("video/b.mp4", "a.txt"),
            text.replace('\n', "\r\n"),
            format!("# remark\n{text}"),
            text.lines().rev().map(|l| format!("{l}\n")).collect(),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
