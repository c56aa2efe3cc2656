//! WinZip's AES, version 2 ("AE-2"): AES-256 in counter mode, HMAC-SHA1 over what comes out, keys
//! by PBKDF2 from the passphrase and a salt of the entry's own. Its checksum field is zero, so that
//! a listing tells nothing about the content.

use aes::Aes256;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::base::secret::Secret;

pub const SALT_BYTES: usize = 16;
/// Lets a program tell a wrong passphrase at once.
pub const VERIFIER_BYTES: usize = 2;
/// Of the HMAC, the first ten.
pub const CODE_BYTES: usize = 10;
/// What encryption adds to an entry.
pub const EXTRA_BYTES: u64 = (SALT_BYTES + VERIFIER_BYTES + CODE_BYTES) as u64;
/// Fixed by the format (R3.4).
const ROUNDS: u32 = 1_000;

type Cipher = ctr::Ctr128LE<Aes256>;

/// The keys of one entry.
#[derive(Clone)]
pub struct Keys {
    bytes: Zeroizing<[u8; 66]>,
}

impl Keys {
    pub fn derive(phrase: &Secret, salt: &[u8; SALT_BYTES]) -> Keys {
        let mut bytes = Zeroizing::new([0; 66]);
        pbkdf2::pbkdf2_hmac::<Sha1>(phrase.expose().as_bytes(), salt, ROUNDS, &mut bytes[..]);
        Keys { bytes }
    }

    pub fn verifier(&self) -> [u8; VERIFIER_BYTES] {
        [self.bytes[64], self.bytes[65]]
    }

    /// The counter begins at one.
    fn cipher(&self) -> Cipher {
        let mut first = [0; 16];
        first[0] = 1;
        // cannot fail: of 66 bytes, 32 are in front.
        let key: &[u8; 32] = self.bytes[..32].try_into().expect("32 bytes");
        Cipher::new(key.into(), &first.into())
    }

    /// Opens bytes that lie at `at` within the entry's content.
    pub fn open(&self, at: u64, bytes: &mut [u8]) {
        let mut cipher = self.cipher();
        cipher.seek(at);
        cipher.apply_keystream(bytes);
    }
}

/// An entry being written.
pub struct Sealing {
    cipher: Cipher,
    code: Hmac<Sha1>,
}

impl Sealing {
    pub fn new(keys: &Keys) -> Sealing {
        let code = Hmac::<Sha1>::new_from_slice(&keys.bytes[32..64]);
        // cannot fail: HMAC takes a key of any length.
        Sealing { cipher: keys.cipher(), code: code.expect("any length") }
    }

    pub fn add(&mut self, bytes: &mut [u8]) {
        self.cipher.apply_keystream(bytes);
        self.code.update(bytes);
    }

    pub fn finish(self) -> [u8; CODE_BYTES] {
        let whole = self.code.finalize().into_bytes();
        // cannot fail: SHA-1 has 20 bytes, and the code 10 of them.
        whole[..CODE_BYTES].try_into().expect("10 bytes")
    }
}
