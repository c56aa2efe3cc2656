//! Which entry a wish makes. A deed makes one kind, or one of a few; an entry made by hand must
//! never pass for a permission, a release decision or a lifted suspension.

use super::ask::{Asking, Wish};
use crate::config::duties::DutyKind;
use crate::config::roles::Deed;
use crate::logbook::{Act, Kind};

/// The entry of a wish; `None`: it leaves none. `goes_on`: it belongs to an entry before it.
pub(super) fn entry(asking: &Asking, goes_on: bool) -> Option<(Kind, Act)> {
    asking.entry.or_else(|| usual(asking, goes_on))
}

/// May the wish make the entry that it names, whoever asks?
pub fn can_make(asking: &Asking) -> bool {
    let known = match (asking.wish, asking.entry) {
        (Wish::Write(kind, act), _) => by_hand(kind, act),
        _ => true,
    };
    known && asking.entry.is_none_or(|entry| may_make(asking, entry))
}

/// May this wish make that entry?
pub(super) fn may_make(asking: &Asking, entry: (Kind, Act)) -> bool {
    let usual = [false, true].map(|goes_on| usual(asking, goes_on));
    usual.contains(&Some(entry)) || others(asking.wish).contains(&entry)
}

fn usual(asking: &Asking, goes_on: bool) -> Option<(Kind, Act)> {
    // What goes on with a record is a note to it, what begins one opens it.
    let open = if goes_on { Act::Note } else { Act::Open };
    Some(match asking.wish {
        Wish::Read(_) => return None,
        Wish::Write(kind, act) => (kind, act),
        Wish::Duty(kind) => (duty(kind), Act::Open),
        Wish::OwnDuty => (Kind::DutyDone, Act::Open),
        Wish::Forget => (Kind::Forgotten, Act::Open),
        Wish::Sign => (Kind::Acceptance, Act::Open),
        Wish::Report => (Kind::Misuse, Act::Open),
        Wish::Confirm => (Kind::Confirmation, Act::Note),
        Wish::Approve => (Kind::Approval, Act::Note),
        Wish::Deed(Deed::EndHold) => (Kind::Hold, Act::Close),
        // A permission that is named is taken back.
        Wish::Deed(Deed::AuthoriseViewing) if asking.about.is_some() => {
            (Kind::Permission, Act::Close)
        }
        Wish::Deed(Deed::Audit) if asking.subject.is_some() => (Kind::PersonReport, Act::Open),
        // A look stands for itself; what it is about is said in its fields.
        Wish::Deed(deed) if deed.watches() => (of_deed(deed), Act::Open),
        Wish::Deed(deed) => (of_deed(deed), open),
    })
}

fn of_deed(deed: Deed) -> Kind {
    match deed {
        Deed::Live => Kind::Live,
        Deed::Playback => Kind::Viewing,
        Deed::SpotCheck => Kind::SpotCheck,
        Deed::Still => Kind::Still,
        Deed::Export => Kind::Export,
        Deed::AuthoriseViewing => Kind::Permission,
        Deed::AuthoriseDisclosure => Kind::Request,
        Deed::AuthoriseAdmission => Kind::Visit,
        Deed::Witness => Kind::Release,
        Deed::Hold | Deed::EndHold => Kind::Hold,
        Deed::LiftMask => Kind::LiftMask,
        Deed::DailyCheck => Kind::DailyCheck,
        Deed::Investigate => Kind::Breach,
        Deed::Configure => Kind::Edit,
        Deed::ManageAccess => Kind::AccessGrant,
        Deed::SetClock => Kind::ClockStep,
        Deed::Restart | Deed::Update => Kind::AdminSession,
        Deed::Dispose => Kind::Disposal,
        // Papers of the box: signs, the code, registers. No picture is among them.
        Deed::Print | Deed::Audit => Kind::Audit,
    }
}

/// Entries that a wish makes beside its usual one.
fn others(wish: Wish) -> &'static [(Kind, Act)] {
    match wish {
        // Who judges pictures sees them: small ones of all cameras, or the one that was picked.
        Wish::Duty(DutyKind::DailyCheck) => {
            &[(Kind::DutyDone, Act::Open), (Kind::Live, Act::Open), (Kind::SpotCheck, Act::Open)]
        }
        Wish::Duty(DutyKind::RandomCheck) => {
            &[(Kind::DutyDone, Act::Open), (Kind::SpotCheck, Act::Open)]
        }
        Wish::Duty(_) => &[(Kind::DutyDone, Act::Open)],
        Wish::Deed(Deed::ManageAccess) => {
            // The recovery key is tried by whoever keeps it, where nobody else is named (R4.7).
            &[
                (Kind::Enrolment, Act::Open),
                (Kind::Secret, Act::Open),
                (Kind::Audit, Act::Open),
                (Kind::DutyDone, Act::Open),
            ]
        }
        // What may be shown for training is approved by whoever permits looking (S1.41).
        Wish::Deed(Deed::AuthoriseViewing) => &[(Kind::Clip, Act::Open), (Kind::Clip, Act::Close)],
        Wish::Deed(Deed::Configure) => &[(Kind::Secret, Act::Open)],
        Wish::Deed(Deed::Dispose) => &[(Kind::Stick, Act::Open)],
        // The use of a sealed code is reviewed by whoever audits (S4.42).
        Wish::Deed(Deed::Audit) => &[(Kind::BreakGlass, Act::Close)],
        _ => &[],
    }
}

fn duty(kind: DutyKind) -> Kind {
    match kind {
        DutyKind::DailyCheck => Kind::DailyCheck,
        DutyKind::RandomCheck => Kind::RandomCheck,
        DutyKind::ClockCheck => Kind::ClockCheck,
        DutyKind::AccessReview => Kind::AccessReview,
        DutyKind::SignCheck => Kind::SignCheck,
        DutyKind::Maintenance => Kind::Maintenance,
        DutyKind::PolicyReview | DutyKind::DpiaReview | DutyKind::Audit => Kind::Review,
        DutyKind::YearlyReport => Kind::Review,
        DutyKind::Liaison => Kind::Meeting,
        DutyKind::Training => Kind::Training,
        DutyKind::PrintCheckpoint | DutyKind::RecoveryCheck => Kind::DutyDone,
    }
}

/// Kinds that people enter by hand, whatever the act. All others are made by deeds or by the
/// machine.
const BY_HAND: [Kind; 20] = [
    Kind::Exception,
    Kind::Told,
    Kind::Acceptance,
    Kind::Training,
    Kind::PtzDirection,
    Kind::Visit,
    Kind::Request,
    Kind::SubjectAccess,
    Kind::Release,
    Kind::OriginalDrive,
    Kind::Incident,
    Kind::Emergency,
    Kind::Occurrence,
    Kind::Fault,
    Kind::Maintenance,
    Kind::Complaint,
    Kind::Breach,
    Kind::Covert,
    Kind::Meeting,
    Kind::Review,
];

/// What follows an entry that a deed or the machine made, and only says more about it.
const AFTERWARDS: [(Kind, Act); 6] = [
    (Kind::Viewing, Act::Note),
    (Kind::Still, Act::Close),
    (Kind::Export, Act::Note),
    (Kind::Misuse, Act::Note),
    (Kind::Misuse, Act::Close),
    (Kind::DutyMissed, Act::Note),
];

/// Duties are put right like any other entry: by whoever may write their register.
const CHECKS: [Kind; 6] = [
    Kind::DailyCheck,
    Kind::RandomCheck,
    Kind::ClockCheck,
    Kind::SignCheck,
    Kind::AccessReview,
    Kind::DutyDone,
];

pub(super) fn by_hand(kind: Kind, act: Act) -> bool {
    BY_HAND.contains(&kind)
        || AFTERWARDS.contains(&(kind, act))
        || (act == Act::Correct && CHECKS.contains(&kind))
}
