//! The second factor: six digits of an authenticator (RFC 6238), which needs no network (R1.26).
//!
//! SHA-1, six digits, 30 s: what every authenticator understands; SHA-1 is sound inside HMAC. One
//! step early or late is let through, since a telephone's clock is a few seconds off: three of a
//! million numbers fit at a time, behind a passphrase and its throttle. A step that was used once
//! is used up, also across restarts. The secret has to be kept as it is: it lies in the state
//! folder, mode 0600, like the verifiers.

use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Builder, Totp};

use super::who::Who;
use crate::base::secret::Secret;
use crate::base::time::Utc;

/// An authenticator that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Base32, as in the address that was shown.
    #[serde(serialize_with = "Secret::write_out")]
    secret: Secret,
    pub since: Utc,
}

/// What is shown once, for the authenticator.
#[derive(Clone, Debug)]
pub struct Offer {
    /// `otpauth://totp/...`, for a QR code.
    pub address: Secret,
    /// The same to be typed: base32 in groups of four.
    pub typed: Secret,
    pub(super) factor: Factor,
}

impl Offer {
    /// `site` is shown in the authenticator's list, beside the account.
    pub(super) fn make(random: [u8; 20], who: &Who, site: &str, now: Utc) -> Option<Offer> {
        let totp = builder(totp_rs::Secret::new_stack(random))
            // A colon parts the issuer from the account in these addresses.
            .with_issuer(Some(site.replace(':', " ")))
            .with_account_name(who.to_string())
            .build()
            .ok()?;
        let secret = totp.secret().to_base32();
        let groups: Vec<&str> = (0..secret.len())
            .step_by(4)
            .map(|at| &secret[at..(at + 4).min(secret.len())])
            .collect();
        let typed = Secret::new(groups.join(" "));
        let address = Secret::new(totp.to_url().ok()?);
        let factor = Factor { secret: Secret::new(secret), since: now };
        Some(Offer { address, typed, factor })
    }
}

impl Factor {
    /// The step that the digits belong to, where it is new: after `used`.
    pub fn step(&self, digits: &Secret, used: Option<u64>, now: Utc) -> Option<u64> {
        let digits: String = digits.expose().chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.as_secs()).ok()?;
        let step = self.totp()?.check(&digits, seconds)?;
        (used.is_none_or(|used| step > used)).then_some(step)
    }

    fn totp(&self) -> Option<Totp> {
        let secret = totp_rs::Secret::try_from_base32(self.secret.expose()).ok()?;
        builder(secret).build().ok()
    }
}

fn builder(secret: totp_rs::Secret) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
}

#[cfg(test)]
pub(super) fn digits(factor: &Factor, at: Utc) -> Secret {
    Secret::new(factor.totp().unwrap().generate(at.as_secs() as u64).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    fn offer() -> Offer {
        let random = *b"12345678901234567890";
        Offer::make(random, &Who::admin("head"), "St: Anne", Utc::from_secs(0)).unwrap()
    }

    #[test]
    fn the_numbers_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of the eight digits printed there.
        for (seconds, digits) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            let at = Utc::from_secs(seconds);
            let factor = offer().factor;
            assert_eq!(super::digits(&factor, at).expose(), digits);
            assert_eq!(factor.step(&Secret::new(digits), None, at), Some(seconds as u64 / 30));
        }
    }

    #[test]
    fn a_step_fits_a_little_early_and_late_and_once() {
        let factor = offer().factor;
        let at = Utc::from_secs(1_800_000_000);
        let digits = super::digits(&factor, at);
        let step = 60_000_000;
        for (late, used, want) in [
            (0, None, Some(step)),
            (-30, None, Some(step)),
            (59, None, Some(step)),
            (60, None, None),
            (-31, None, None),
            (0, Some(step), None),
            (0, Some(step + 1), None),
            (0, Some(step - 1), Some(step)),
        ] {
            let got = factor.step(&digits, used, at + Span::secs(late));
            assert_eq!(got, want, "{late} s late, used {used:?}");
        }
        for wrong in ["", "12345", "1234567", "abcdef", "+12345"] {
            assert_eq!(factor.step(&Secret::new(wrong), None, at), None, "{wrong}");
        }
        let spaced = format!("{} {}", &digits.expose()[..3], &digits.expose()[3..]);
        assert_eq!(factor.step(&Secret::new(spaced), None, at), Some(step));
    }

    #[test]
    fn the_address_names_site_and_account_and_nothing_shows_the_secret() {
        let offer = offer();
        let address = offer.address.expose();
        assert!(
            address.starts_with("otpauth://totp/St%20%20Anne:head%2Fadmin?secret="),
            "{address}"
        );
        assert!(offer.typed.expose().starts_with("GEZD GNBV"), "{}", offer.typed.expose());
        let shown = format!("{offer:?}");
        assert!(!shown.contains("GEZD") && !shown.contains("otpauth"), "{shown}");
    }
}
