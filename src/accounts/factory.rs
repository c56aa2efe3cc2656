//! Passwords that cameras come with: everybody finds them in lists, so a camera that kept one is
//! anybody's (S4.62).
//!
//! The list is modest: what the makers of cameras and recorders for schools ship or shipped, and
//! what installers put in its place to be done. It is no judge of passwords: one that is missing
//! here may be as bad.

use crate::base::secret::Secret;

/// Passwords that cameras come with, and those that installers put in their place (S4.62).
const FACTORY: [&str; 38] = [
    "0000",
    "00000000",
    "1111",
    "111111",
    "11111111",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "4321",
    "54321",
    "666666",
    "888888",
    "88888888",
    "9999",
    "admin",
    "Admin",
    "admin1",
    "admin12",
    "admin123",
    "admin1234",
    "admin12345",
    "admin@123",
    "administrator",
    "camera",
    "fliradmin",
    "hik12345",
    "ikwd",
    "jvc",
    "meinsm",
    "pass",
    "password",
    "root",
    "supervisor",
    "system",
    "user",
];

/// Whether a camera could have come with this password: worth a warning, no refusal, since the
/// camera may take no other (S4.62).
pub fn is_factory(password: &Secret) -> bool {
    let word = password.expose();
    word.is_empty() || FACTORY.iter().any(|factory| factory.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factory_passwords_are_known() {
        for (password, factory) in
            [("admin", true), ("ADMIN", true), ("12345", true), ("", true), ("kV9-tulip", false)]
        {
            assert_eq!(is_factory(&Secret::new(password)), factory, "{password}");
        }
    }
}
