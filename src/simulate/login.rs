//! Basic and digest login (RFC 2617), as cameras ask for it. The password is the simulator's own; nothing
//! here guards anything.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

/// What a camera asks for before it shows its pictures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimLogin {
    pub scheme: Scheme,
    pub user: String,
    pub password: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Basic,
    Digest,
}

pub(super) const REALM: &str = "Simulated camera";

impl SimLogin {
    /// The `WWW-Authenticate` value of a 401.
    pub fn challenge(&self, nonce: &str) -> String {
        match self.scheme {
            Scheme::Basic => format!("Basic realm=\"{REALM}\""),
            Scheme::Digest => {
                format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\", algorithm=MD5")
            }
        }
    }

    /// Is this `Authorization` value right for the request?
    pub fn admits(&self, authorization: &str, method: &str, nonce: &str) -> bool {
        let Some((scheme, rest)) = authorization.trim().split_once(' ') else { return false };
        match self.scheme {
            Scheme::Basic => {
                let right = STANDARD.encode(format!("{}:{}", self.user, self.password));
                scheme.eq_ignore_ascii_case("basic") && rest.trim() == right
            }
            Scheme::Digest => {
                scheme.eq_ignore_ascii_case("digest") && self.digest_fits(rest, method, nonce)
            }
        }
    }

    fn digest_fits(&self, words: &str, method: &str, nonce: &str) -> bool {
        let of = |name: &str| parameter(words, name).unwrap_or_default();
        if of("username") != self.user || of("nonce") != nonce || of("realm") != REALM {
            return false;
        }
        let ha1 = md5_hex(&format!("{}:{REALM}:{}", self.user, self.password));
        let ha2 = md5_hex(&format!("{method}:{}", of("uri")));
        let right = match parameter(words, "qop") {
            None => md5_hex(&format!("{ha1}:{nonce}:{ha2}")),
            Some(qop) => {
                let (nc, cnonce) = (of("nc"), of("cnonce"));
                md5_hex(&format!("{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{ha2}"))
            }
        };
        of("response") == right
    }
}

/// The value of `name="value"` or `name=value` in a comma-separated list.
fn parameter(words: &str, name: &str) -> Option<String> {
    let mut rest = words.trim();
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_matches([',', ' ']);
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim().to_string());
        }
        rest = tail;
    }
    None
}

fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(scheme: Scheme) -> SimLogin {
        SimLogin { scheme, user: "recorder".into(), password: "pass, with comma".into() }
    }

    #[test]
    fn md5_agrees_with_rfc_1321() {
        assert_eq!(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    }

    #[test]
    fn basic_admits_only_the_right_pair() {
        let login = login(Scheme::Basic);
        let word = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert!(login.admits(&word("recorder:pass, with comma"), "DESCRIBE", "n"));
        assert!(!login.admits(&word("recorder:wrong"), "DESCRIBE", "n"));
        assert!(!login.admits("Basic", "DESCRIBE", "n"));
    }

    #[test]
    fn digest_depends_on_method_nonce_and_password() {
        let login = login(Scheme::Digest);
        let ha1 = md5_hex(&format!("recorder:{REALM}:pass, with comma"));
        let ha2 = md5_hex("DESCRIBE:rtsp://127.0.0.1/a");
        let response = md5_hex(&format!("{ha1}:abc:{ha2}"));
        let word = format!(
            "Digest username=\"recorder\", realm=\"{REALM}\", nonce=\"abc\", \
             uri=\"rtsp://127.0.0.1/a\", response=\"{response}\""
        );
        assert!(login.admits(&word, "DESCRIBE", "abc"));
        assert!(!login.admits(&word, "SETUP", "abc"));
        assert!(!login.admits(&word, "DESCRIBE", "other"));
        assert!(!login.admits(&word.replace("recorder", "somebody"), "DESCRIBE", "abc"));
    }
}
