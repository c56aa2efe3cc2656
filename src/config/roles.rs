//! `roles`: rights, and who holds them. What is not given here nobody may do (S0.16, S4.46).

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
    /// A purpose and a reason are asked for; always so for playback (S4.11).
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
