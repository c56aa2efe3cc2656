//! What nobody may read in a log, a core dump or a screen: passphrases, codes, tokens.
//!
//! A [`Secret`] wipes its bytes when it is dropped, shows nothing in `{:?}`, and has no `Display`
//! and no `Serialize`: whoever writes one out has to say so with [`Secret::expose`], or name
//! [`Secret::write_out`] on the field. What is not covered: copies that a terminal, a socket or
//! JSON made on the way here. Core dumps are switched off for that (`verbs::run`).

use std::fmt;

use constant_time_eq::{constant_time_eq, constant_time_eq_32};
use serde::{Deserialize, Deserializer, Serializer};
use zeroize::Zeroizing;

use super::digest::Digest;

/// A text that is told to nobody.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

/// Bytes that are wiped when they go: a file of secrets between disk and seal.
pub type Wiped = Zeroizing<Vec<u8>>;

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The text itself. Each call is a place to look at.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For `#[serde(serialize_with = "Secret::write_out")]`: on the socket and in files of mode
    /// 0600, where the secret has to go.
    ///
    /// # Errors
    /// The serializer's.
    pub fn write_out<S: Serializer>(secret: &Secret, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(secret.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Secret, D::Error> {
        String::deserialize(d).map(Secret::new)
    }
}

/// In a time that tells the length and nothing else.
impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Whether two digests are the same, in a time that does not tell where they differ.
pub fn same_digest(a: &Digest, b: &Digest) -> bool {
    constant_time_eq_32(&a.0, &b.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_and_compares() {
        let secret = Secret::new("correct horse");
        let shown = format!("{secret:?} {:#?}", Some(&secret));
        assert!(shown.contains("Secret") && !shown.contains("horse"), "{shown}");
        assert!(!shown.contains("13"), "the length shows: {shown}");
        assert_eq!(secret, serde_json::from_str("\"correct horse\"").unwrap());
        assert_ne!(secret, Secret::new("correct horsf"));
        assert_ne!(secret, Secret::new("correct"));
        assert!(same_digest(&Digest::of(b"a"), &Digest::of(b"a")));
        assert!(!same_digest(&Digest::of(b"a"), &Digest::of(b"b")));
    }
}
