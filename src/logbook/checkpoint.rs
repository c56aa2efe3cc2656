//! The head of the logbook as a short signed text (R5.1): C2SP tlog-checkpoint in a signed note.
//!
//! ```text
//! beadle/<site id>
//! 1507                                           entries
//! b2Vd8m...=                                     the root over them, base64
//!
//! — beadle/<site id> Az3grl...==                 the box's Ed25519 signature
//! ```
//! It has no extension lines. Whoever keeps one can later tell whether the logbook still begins
//! with these entries: it is printed, and goes out with every package (R5.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use signed_note::{Note, NoteError, Signer, StandardVerifier, VerificationError, VerifierList};

use super::tree::Head;
use crate::base::digest::Digest;

/// Whoever holds the box's key; the key itself stays there.
pub trait Signs {
    /// The 32 bytes of the public key.
    fn public(&self) -> [u8; 32];
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// A checkpoint as it was read, whoever signed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub origin: String,
    pub head: Head,
}

/// The name of a site's logbook: in its checkpoints, and of its key.
pub fn origin(site: &str) -> String {
    format!("beadle/{site}")
}

/// The key's type in a C2SP key id: Ed25519.
const ED25519: u8 = 1;

struct Hand<'a> {
    name: &'a str,
    key: &'a dyn Signs,
}

impl Signer for Hand<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn key_id(&self) -> u32 {
        let mut key = vec![ED25519];
        key.extend(self.key.public());
        signed_note::key_id(self.name, &key)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(self.key.sign(message).to_vec())
    }
}

/// The signed text.
///
/// # Errors
/// The origin has a space or a plus in it.
pub fn sign(origin: &str, head: Head, key: &dyn Signs) -> Result<String, String> {
    let wrong = || format!("\"{origin}\" cannot name a logbook: no spaces, no plus");
    if !signed_note::is_key_name_valid(origin) {
        return Err(wrong());
    }
    let root = tlog_tiles::Hash(head.root.0);
    let text = tlog_tiles::Checkpoint::new(origin, head.size, root, "").map_err(|_| wrong())?;
    let mut note = Note::new(&text.to_bytes(), &[]).map_err(|_| wrong())?;
    note.add_sigs(&[&Hand { name: origin, key }]).map_err(|_| wrong())?;
    String::from_utf8(note.to_bytes()).map_err(|_| wrong())
}

/// What a checkpoint says, unchecked.
///
/// # Errors
/// It is no checkpoint, or one with lines that this Beadle does not write.
pub fn read(text: &str) -> Result<Checkpoint, String> {
    parse(text).map(|(_, checkpoint)| checkpoint)
}

fn parse(text: &str) -> Result<(Note, Checkpoint), String> {
    let wrong = || {
        "this is no checkpoint: it needs a name, a number of entries, a root and a \
                    signature, each on its line"
            .to_string()
    };
    let note = Note::from_bytes(text.as_bytes()).map_err(|_| wrong())?;
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| wrong())?;
    if !read.extension().is_empty() {
        return Err("this checkpoint has lines that Beadle does not write".into());
    }
    let head = Head { size: read.size(), root: Digest(read.hash().0) };
    Ok((note, Checkpoint { origin: read.origin().to_string(), head }))
}

/// The head that `public` signed under `origin`.
///
/// # Errors
/// It is no checkpoint, of another logbook, or not signed with that key.
pub fn check(text: &str, origin: &str, public: &[u8; 32]) -> Result<Head, String> {
    let (note, checkpoint) = parse(text)?;
    if checkpoint.origin != origin {
        return Err(format!("a checkpoint of {}, not of {origin}", checkpoint.origin));
    }
    let key = VerifyingKey::from_bytes(public).map_err(|_| "this is no Ed25519 key")?;
    let vkey = signed_note::new_ed25519_verifier_key(origin, &key);
    let verifier = StandardVerifier::new(&vkey).map_err(|e| format!("{origin}: {e}"))?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|e| match e {
        NoteError::UnverifiedNote
        | NoteError::VerificationError(VerificationError::UnknownKey { .. }) => {
            format!("the checkpoint of {} entries is signed with another key", checkpoint.head.size)
        }
        _ => format!("the checkpoint of {} entries has a wrong signature", checkpoint.head.size),
    })?;
    Ok(checkpoint.head)
}

/// The key as other tools want it (C2SP vkey): `beadle/<site id>+1a2b3c4d+AQ...=`.
pub fn verifier_key(origin: &str, public: &[u8; 32]) -> String {
    let mut key = vec![ED25519];
    key.extend(public);
    format!("{origin}+{:08x}+{}", signed_note::key_id(origin, &key), STANDARD.encode(&key))
}

#[cfg(test)]
pub mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    /// A key for tests, made of one byte.
    pub struct TestKey(pub SigningKey);

    impl TestKey {
        pub fn new(n: u8) -> TestKey {
            TestKey(SigningKey::from_bytes(&[n; 32]))
        }
    }

    impl Signs for TestKey {
        fn public(&self) -> [u8; 32] {
            self.0.verifying_key().to_bytes()
        }

        fn sign(&self, message: &[u8]) -> [u8; 64] {
            self.0.sign(message).to_bytes()
        }
    }

    fn head(size: u64) -> Head {
        Head { size, root: Digest([9; 32]) }
    }

    #[test]
    fn a_checkpoint_says_what_was_signed() {
        let key = TestKey::new(1);
        let text = sign("beadle/abc", head(1507), &key).unwrap();
        assert_eq!(check(&text, "beadle/abc", &key.public()), Ok(head(1507)));
        let root = STANDARD.encode([9; 32]);
        assert!(text.starts_with(&format!("beadle/abc\n1507\n{root}\n\n— beadle/abc ")), "{text}");
        assert_eq!(read(&text).unwrap().head, head(1507));
        let vkey = verifier_key("beadle/abc", &key.public());
        let list = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
        assert!(Note::from_bytes(text.as_bytes()).unwrap().verify(&list).is_ok());
        assert!(sign("beadle/a b", head(1), &key).is_err());
    }

    #[test]
    fn a_checkpoint_that_is_not_as_signed_is_told() {
        let key = TestKey::new(1);
        let text = sign("beadle/abc", head(1507), &key).unwrap();
        for (wrong, says) in [
            (text.replace("1507", "1508"), "wrong signature"),
            (text.replace("beadle/abc\n1507", "beadle/abd\n1507"), "a checkpoint of beadle/abd"),
            (text.replace("— beadle/abc", "— beadle/abd"), "another key"),
            (text.replace("\n\n", "\nmore\n\n"), "does not write"),
            (text.replace("1507", "01507"), "no checkpoint"),
            (text.trim_end().to_string(), "no checkpoint"),
            (String::new(), "no checkpoint"),
        ] {
            let told = check(&wrong, "beadle/abc", &key.public()).unwrap_err();
            assert!(told.contains(says), "{told}: {wrong}");
        }
        let told = check(&text, "beadle/abc", &TestKey::new(2).public()).unwrap_err();
        assert!(told.contains("another key"), "{told}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_checkpoint_or_an_error(
            text in ".{0,300}",
            lines in "[a-z0-9=— \n]{0,200}",
        ) {
            let _ = read(&text);
            let _ = check(&lines, "a", &[0; 32]);
        }
    }
}
