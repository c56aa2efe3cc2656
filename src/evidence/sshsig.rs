//! The SSH signature of a file (R3.7): what `ssh-keygen -Y sign` writes and `-Y verify` reads, with
//! Ed25519 and SHA-256, as OpenSSH's PROTOCOL.sshsig has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::base::digest::Digest;
use crate::logbook::checkpoint::Signs;

const MAGIC: &[u8] = b"SSHSIG";
const KIND: &[u8] = b"ssh-ed25519";
const HASH: &[u8] = b"sha256";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// A signature as it was read, unchecked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    pub public: [u8; 32],
    /// What it was made for; a signature for one purpose does not pass for another.
    pub namespace: String,
    hash: Vec<u8>,
    signature: [u8; 64],
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    out.extend((part.len() as u32).to_be_bytes());
    out.extend(part);
}

/// A public key as SSH has it on the wire.
pub fn key_blob(public: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, KIND);
    put(&mut out, public);
    out
}

/// A public key as a line of `authorized_keys`, without a comment.
pub fn key_line(public: &[u8; 32]) -> String {
    format!("ssh-ed25519 {}", STANDARD.encode(key_blob(public)))
}

/// The key of such a line, of an `allowed_signers` line, or of 64 hexadecimal digits.
///
/// # Errors
/// There is no Ed25519 key in it.
pub fn read_key(text: &str) -> Result<[u8; 32], String> {
    let wrong = || "there is no key in it: it needs a line with ssh-ed25519 AAAA...".to_string();
    if let Ok(digits) = text.trim().parse::<Digest>() {
        return Ok(digits.0);
    }
    let mut words = text.split_whitespace();
    words.by_ref().find(|word| *word == "ssh-ed25519").ok_or_else(wrong)?;
    let blob = words.next().and_then(|word| STANDARD.decode(word).ok()).ok_or_else(wrong)?;
    let mut rest = &blob[..];
    match (take(&mut rest), take(&mut rest)) {
        (Some(KIND), Some(key)) => key.try_into().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn signed(namespace: &str, hash: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    put(&mut out, namespace.as_bytes());
    put(&mut out, b"");
    put(&mut out, hash);
    put(&mut out, &Digest::of(content).0);
    out
}

/// The text of a signature over `content`.
pub fn sign(key: &dyn Signs, namespace: &str, content: &[u8]) -> String {
    let mut blob = MAGIC.to_vec();
    blob.extend(1u32.to_be_bytes());
    put(&mut blob, &key_blob(&key.public()));
    put(&mut blob, namespace.as_bytes());
    put(&mut blob, b"");
    put(&mut blob, HASH);
    let mut signature = Vec::new();
    put(&mut signature, KIND);
    put(&mut signature, &key.sign(&signed(namespace, HASH, content)));
    put(&mut blob, &signature);
    let text = STANDARD.encode(blob);
    let mut out = format!("{BEGIN}\n");
    // Base64 is ASCII: any 70 bytes of it are 70 letters.
    for line in text.as_bytes().chunks(70) {
        out += &String::from_utf8_lossy(line);
        out.push('\n');
    }
    out + END + "\n"
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let part = rest.get(4..len.checked_add(4)?)?;
    *rest = &rest[4 + len..];
    Some(part)
}

/// # Errors
/// It is no SSH signature, or of a kind that Beadle does not write.
pub fn read(text: &str) -> Result<Sealed, String> {
    parse(text).ok_or_else(|| "it is no SSH signature of the kind that Beadle writes".to_string())
}

fn parse(text: &str) -> Option<Sealed> {
    let inner = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let letters: String = inner.split_whitespace().collect();
    let blob = STANDARD.decode(letters).ok()?;
    let mut rest = blob.strip_prefix(MAGIC)?.strip_prefix(&1u32.to_be_bytes())?;
    let mut key = take(&mut rest)?;
    let namespace = String::from_utf8(take(&mut rest)?.to_vec()).ok()?;
    let (reserved, hash, mut signature) = (take(&mut rest)?, take(&mut rest)?, take(&mut rest)?);
    let kinds = (take(&mut key)?, take(&mut signature)?) == (KIND, KIND);
    let public = take(&mut key)?.try_into().ok()?;
    let signature = take(&mut signature)?.try_into().ok()?;
    let good = kinds && rest.is_empty() && reserved.is_empty() && hash == HASH;
    good.then(|| Sealed { public, namespace, hash: hash.to_vec(), signature })
}

impl Sealed {
    /// Is it over these bytes?
    pub fn fits(&self, content: &[u8]) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        let Ok(key) = VerifyingKey::from_bytes(&self.public) else { return false };
        key.verify_strict(&signed(&self.namespace, &self.hash, content), &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logbook::checkpoint::tests::TestKey;

    #[test]
    fn a_signature_fits_what_it_was_made_over() {
        let key = TestKey::new(3);
        let text = sign(&key, "a:b", b"content");
        let sealed = read(&text).unwrap();
        assert_eq!((sealed.public, sealed.namespace.as_str()), (key.public(), "a:b"));
        assert!(sealed.fits(b"content") && !sealed.fits(b"contenT"));
        assert!(!Sealed { namespace: "a:c".into(), ..sealed.clone() }.fits(b"content"));
        assert!(!Sealed { public: TestKey::new(4).public(), ..sealed }.fits(b"content"));
        assert_eq!(
            read_key(&format!("box namespaces=\"x\" {}", key_line(&key.public()))),
            Ok(key.public())
        );
        assert_eq!(read_key(&Digest(key.public()).to_string()), Ok(key.public()));
        assert!(read_key("ssh-rsa AAAA").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_signature_or_an_error(text in "[A-Za-z0-9+/=\n -]{0,300}") {
            let _ = read(&text);
            let _ = read(&format!("{BEGIN}\n{text}\n{END}\n"));
            let _ = read_key(&format!("ssh-ed25519 {text}"));
        }
    }
}
