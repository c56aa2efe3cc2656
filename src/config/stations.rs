//! `stations` and `accounts`: where people sit, and how they prove who they are.

use super::read::Node;
use super::refer::Kind;
use super::value::Word;
use super::value::{At, Id, Length, Setting, words};
use crate::base::time::Span;

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
    /// Live pictures stay on the screen when it locks by itself; never when it is locked by key
    /// (S4.33).
    pub wall: Setting<bool>,
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

impl Station {
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Station> {
        let stations = n.many("station").into_iter().filter_map(Station::decode).collect();
        n.finish();
        stations
    }

    fn decode(mut n: Node<'_>) -> Option<Station> {
        let id = n.id(Kind::Station);
        let title = n.arg("the room's name");
        let tty = n.prop("tty");
        let declaration = n.set("declaration", false, "the file does not ask for it");
        let idle_lock =
            n.set("idle-lock", Length(Span::mins(2)), "a screen left alone locks itself (S4.33)");
        let wall = n.set("wall", false, "what nobody watches is not shown (S4.33)");
        let admin = n.set("admin", true, "every screen of this box stands in the school (S4.70)");
        let node = n.at();
        n.finish();
        Some(Station { id: id?, title: title?, tty, declaration, idle_lock, wall, admin, node })
    }
}

impl Accounts {
    pub(super) fn decode(mut n: Node<'_>) -> Accounts {
        let second_factor =
            n.set("second-factor", SecondFactor::None, "the console stands in a locked room");
        let passphrase_min =
            n.int_or("passphrase-min", (8, 64), 12, "long enough with throttled attempts (S4.43)");
        let admin_session =
            n.set("admin-session", Length(Span::mins(30)), "privilege is lent, not worn (S4.53)");
        let break_glass = n.int_or("break-glass", (0, 4), 2, "one sealed code may be lost (S4.42)");
        let banner = n.one("banner").and_then(|mut b| {
            let text = b.arg("the text shown before log-in");
            b.finish();
            text
        });
        let listed: Vec<At<Trigger>> = n.words("review-on");
        let place = listed.first().map(|first| first.place);
        let words: Vec<Trigger> = listed.iter().map(|t| t.value).collect();
        let given = place.map(|place| At::new(words, place));
        let all = Trigger::WORDS.iter().map(|(_, t)| *t).collect();
        let review_on = Setting::or(given, all, "all four are triggers by policy (S4.59)");
        let in_doubt = n.refs("in-doubt", Kind::Who);
        n.finish();
        Accounts {
            second_factor,
            passphrase_min,
            admin_session,
            banner,
            break_glass,
            review_on,
            in_doubt,
        }
    }
}
