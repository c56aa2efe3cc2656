//! `roles`: rights, and who holds them. What is not given here nobody may do (S0.16, S4.46).

use super::read::Node;
use super::refer::Kind;
use super::registers::Register;
use super::value::{At, Id, Length, Setting, words};
use crate::base::time::Day;

words! {
    /// What a person may ask for.
    Deed {
        Live = "live",
        Playback = "playback",
        SpotCheck = "spot-check",
        Still = "still",
        Export = "export",
        AuthoriseViewing = "authorise-viewing",
        AuthoriseDisclosure = "authorise-disclosure",
        AuthoriseAdmission = "authorise-admission",
        Witness = "witness",
        Hold = "hold",
        EndHold = "end-hold",
        LiftMask = "lift-mask",
        DailyCheck = "daily-check",
        Investigate = "investigate",
        Configure = "configure",
        ManageAccess = "manage-access",
        SetClock = "set-clock",
        Restart = "restart",
        Update = "update",
        Dispose = "dispose",
        Print = "print",
        Audit = "audit",
    }
}

impl Deed {
    /// Above a normal user (S4.40): such deeds belong on an admin account.
    pub const fn privileged(self) -> bool {
        matches!(
            self,
            Deed::Configure
                | Deed::ManageAccess
                | Deed::SetClock
                | Deed::Restart
                | Deed::Update
                | Deed::Dispose
                | Deed::EndHold
                | Deed::Audit
        )
    }

    /// Shows footage to a person: never on an admin account (S4.47).
    pub const fn watches(self) -> bool {
        matches!(
            self,
            Deed::Live
                | Deed::Playback
                | Deed::SpotCheck
                | Deed::Still
                | Deed::Export
                | Deed::LiftMask
        )
    }
}

words! {
    /// What may be done with a register.
    RegisterDeed {
        Read = "read",
        Write = "write",
        Close = "close",
    }
}

/// A set of rights and its holders.
#[derive(Clone, PartialEq, Debug)]
pub struct Role {
    pub id: At<Id>,
    pub title: Option<At<String>>,
    /// Deputies of the holders have these rights too, and act for their principal (S4.5).
    pub deputies: Setting<bool>,
    /// The holders need no mention by name in papers: "selected staff" means these persons (S1.4).
    pub may: Vec<May>,
    pub registers: Vec<MayRegister>,
    /// Persons only, never roles.
    pub held_by: Vec<At<Id>>,
    /// Paper behind the grant (S4.45).
    pub granted: Vec<Granted>,
    pub node: At<()>,
}

/// `may "live" "playback" at="station" zones="..." permission=#true`.
#[derive(Clone, PartialEq, Debug)]
pub struct May {
    pub deeds: Vec<At<Deed>>,
    /// Only at these stations (S4.6); empty means any.
    pub at: Vec<At<Id>>,
    /// Only cameras of these zones; empty means all.
    pub zones: Vec<At<Id>>,
    /// A live permission made by `authorise-viewing` is needed (S0.18).
    pub permission: Setting<bool>,
    /// A purpose and a reason are asked for. What shows recordings asks for them always (S4.11);
    /// this asks it of the other rights of the line too, such as `live` and `print`.
    pub reason: Setting<bool>,
    /// Longest stretch that may be shown at once: spot checks (S1.28).
    pub limit: Option<At<Length>>,
}

/// `register "visits" "read" "write"`.
#[derive(Clone, PartialEq, Debug)]
pub struct MayRegister {
    pub register: At<Register>,
    pub may: Vec<At<RegisterDeed>>,
}

/// `granted "person" on="date" by="..." because="..." paper="..."` (S4.45).
#[derive(Clone, PartialEq, Debug)]
pub struct Granted {
    pub to: At<Id>,
    pub on: At<Day>,
    pub by: Vec<At<Id>>,
    pub because: Option<At<String>>,
    pub paper: Option<At<String>>,
}

impl Role {
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Role> {
        let roles = n.many("role").into_iter().filter_map(Role::decode).collect();
        n.finish();
        roles
    }

    fn decode(mut n: Node<'_>) -> Option<Role> {
        let id = n.id(Kind::Role);
        let title = n.arg_opt("a title");
        let deputies =
            n.set("deputies", false, "a deputy has only the rights that the file gives (S4.46)");
        let may = n.many("may").into_iter().map(May::decode).collect();
        let registers = n.many("register").into_iter().filter_map(MayRegister::decode).collect();
        let mut held_by = Vec::new();
        for mut holders in n.many("held-by") {
            held_by.extend(holders.rest_refs("a person", Kind::Person));
            holders.finish();
        }
        if held_by.is_empty()
            && let Some(id) = &id
        {
            n.cx.error(
                "held-by-nobody",
                id.place,
                format!("the role \"{}\" is held by nobody", id.value),
                "add a line: held-by \"...\", or take the role out",
            );
        }
        let granted = n.many("granted").into_iter().filter_map(Granted::decode).collect();
        let node = n.at();
        n.finish();
        Some(Role { id: id?, title, deputies, may, registers, held_by, granted, node })
    }
}

impl May {
    fn decode(mut n: Node<'_>) -> May {
        let deeds: Vec<At<Deed>> = n.some("a right, like \"playback\"");
        let at = n.refs("at", Kind::Station);
        let zones = n.refs("zones", Kind::Zone);
        let permission = n.set("permission", false, "the right stands by itself");
        let because = "recorded footage is shown for a stated reason anyway (S4.11)";
        let reason = n.set("reason", false, because);
        let limit = n.prop("limit");
        n.finish();
        May { deeds, at, zones, permission, reason, limit }
    }
}

impl MayRegister {
    fn decode(mut n: Node<'_>) -> Option<MayRegister> {
        let register = n.arg("a register, like \"visits\"");
        let may = n.some("\"read\", \"write\" or \"close\"");
        n.finish();
        Some(MayRegister { register: register?, may })
    }
}

impl Granted {
    fn decode(mut n: Node<'_>) -> Option<Granted> {
        let to = n.arg::<Id>("the person who got the right");
        n.means(Kind::Person);
        if let Some(to) = &to {
            n.cx.refer(Kind::Person, to);
        }
        let on = n.need("on");
        let by = n.refs("by", Kind::Who);
        let because = n.prop("because");
        let paper = n.prop("paper");
        n.finish();
        Some(Granted { to: to?, on: on?, by, because, paper })
    }
}
