//! `stations` and `accounts`: where people sit, and how they prove who they are.

use super::value::{At, Id, Length, Setting, words};

/// One screen and keyboard where people may watch (S4.10).
#[derive(Clone, PartialEq, Debug)]
pub struct Station {
    pub id: At<Id>,
    pub title: At<String>,
    /// Terminal of this box; `None`: another screen, which this release does not serve.
    pub tty: Option<At<String>>,
    /// Declaration and logbook entry before recorded footage is shown (S4.14).
    pub declaration: Setting<bool>,
    /// Locks after this time without a key (S4.33).
    pub idle_lock: Setting<Length>,
    /// Privileged deeds may be done here (S4.70).
    pub admin: Setting<bool>,
    pub node: At<()>,
}

words! {
    SecondFactor {
        None = "none",
        Privileged = "privileged",
        Everyone = "everyone",
    }
}

words! {
    /// What suspends privileged rights until they are reviewed (S4.59).
    Trigger {
        Notice = "notice-to-leave",
        RoleChange = "role-change",
        ContractExpiry = "contract-expiry",
        Breach = "breach",
    }
}

/// `accounts`.
#[derive(Clone, PartialEq, Debug)]
pub struct Accounts {
    pub second_factor: Setting<SecondFactor>,
    /// Characters, 8 to 64 (S4.43).
    pub passphrase_min: Setting<u32>,
    /// Privileged sessions end after this (S4.53).
    pub admin_session: Setting<Length>,
    /// Shown before log-in (S4.31, S4.51).
    pub banner: Option<At<String>>,
    /// Sealed one-time codes (S4.42), 0 to 4.
    pub break_glass: Setting<u32>,
    pub review_on: Setting<Vec<Trigger>>,
    /// Whom to ask when in doubt (S4.55).
    pub in_doubt: Vec<At<Id>>,
}
