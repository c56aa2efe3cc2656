//! Who may read, write and close each register.
//!
//! The file's `register "visits" "read" "write"` lines in a role count. Where no role says who may
//! do a thing with a register, the rights below stand in: whoever holds one of the first group; if
//! nobody does, of the second. Reading: whoever may write or close may read, and `audit` reads
//! everything. Those whom the file names for complaints, breaches and access requests may do all
//! three there.
//!
//! ```text
//! register            write, else                        close, else
//! releases            export authorise-disclosure        authorise-disclosure
//! viewings visits     playback authorise-admission       authorise-viewing authorise-admission
//! incidents           playback investigate               investigate, else authorise-disclosure
//! occurrences         daily-check live playback          -
//! maintenance faults  daily-check configure              configure
//! complaints          investigate, else
//! breaches            authorise-disclosure               the same
//! covert              authorise-disclosure               the same
//! holds               hold                               end-hold
//! subject-access      authorise-disclosure               the same
//! disposals           dispose                            -
//! meetings reviews    authorise-disclosure configure     -
//! acceptances         manage-access                      -
//! privileged-access   manage-access                      audit, else authorise-disclosure
//! checks              daily-check                        -
//! changes             configure                          configure
//! ```
//!
//! Misuse is reported by everybody (S4.32): no right is asked for it, see [`may`].

use crate::config::Config;
use crate::config::people::Person;
use crate::config::registers::Register;
use crate::config::roles::{Deed, RegisterDeed, Role};
use crate::logbook::entry::Act;
use crate::logbook::holders;
use crate::logbook::kind::Kind;

/// Groups of rights; the first group that somebody holds counts.
type Groups = &'static [&'static [Deed]];

const fn writing(register: Register) -> Groups {
    use Deed::*;
    match register {
        Register::Releases => &[&[Export, AuthoriseDisclosure]],
        Register::Viewings | Register::Visits => {
            &[&[Playback, Live, AuthoriseViewing, AuthoriseAdmission]]
        }
        Register::Incidents => &[&[Playback, Investigate]],
        Register::Occurrences => &[&[DailyCheck, Live, Playback]],
        Register::Maintenance | Register::Faults => &[&[DailyCheck, Configure]],
        Register::Complaints | Register::Breaches => &[&[Investigate], &[AuthoriseDisclosure]],
        Register::Covert | Register::SubjectAccess => &[&[AuthoriseDisclosure]],
        Register::Holds => &[&[Hold]],
        Register::Disposals => &[&[Dispose]],
        Register::Meetings | Register::Reviews => &[&[AuthoriseDisclosure, Configure]],
        Register::Acceptances | Register::PrivilegedAccess => &[&[ManageAccess]],
        Register::Checks => &[&[DailyCheck]],
        Register::Changes => &[&[Configure]],
    }
}

const fn closing(register: Register) -> Groups {
    use Deed::*;
    match register {
        Register::Releases => &[&[AuthoriseDisclosure]],
        Register::Viewings | Register::Visits => &[&[AuthoriseViewing, AuthoriseAdmission]],
        Register::Incidents => &[&[Investigate], &[AuthoriseDisclosure]],
        Register::Maintenance | Register::Faults => &[&[Configure]],
        Register::Holds => &[&[EndHold]],
        Register::PrivilegedAccess => &[&[Audit], &[AuthoriseDisclosure]],
        // Nothing there is closed.
        Register::Occurrences
        | Register::Disposals
        | Register::Meetings
        | Register::Reviews
        | Register::Acceptances
        | Register::Checks => &[],
        Register::Complaints
        | Register::Breaches
        | Register::Covert
        | Register::SubjectAccess
        | Register::Changes => writing(register),
    }
}

/// Kinds of a register.
pub fn kinds_of(register: Register) -> Vec<Kind> {
    Kind::ALL.iter().copied().filter(|k| k.register() == Some(register)).collect()
}

/// The persons who may do this with the register, in the order of the file. Terms (`until=`) and
/// accounts are not looked at: that is for whoever logs people in.
pub fn rights(config: &Config, register: Register, deed: RegisterDeed) -> Vec<&Person> {
    let own = |role: &Role, wanted: RegisterDeed| {
        let lines = role.registers.iter().filter(|r| r.register.value == register);
        lines.flat_map(|r| &r.may).any(|d| d.value == wanted)
    };
    let listed = |wanted| {
        let listed = holders::holders(config, |r| own(r, wanted));
        if listed.is_empty() { stand_ins(config, register, wanted) } else { listed }
    };
    let mut may = listed(deed);
    if deed == RegisterDeed::Read {
        may.extend(listed(RegisterDeed::Write));
        may.extend(listed(RegisterDeed::Close));
        may.extend(holders::with_right(config, Deed::Audit));
    }
    may.extend(named(config, register));
    in_file_order(config, &may)
}

fn stand_ins(config: &Config, register: Register, deed: RegisterDeed) -> Vec<&Person> {
    let groups = match deed {
        RegisterDeed::Read | RegisterDeed::Write => writing(register),
        RegisterDeed::Close => closing(register),
    };
    let held = |group: &&[Deed]| {
        let mut all: Vec<&Person> = Vec::new();
        group.iter().for_each(|d| all.extend(holders::with_right(config, *d)));
        all
    };
    groups.iter().map(held).find(|all| !all.is_empty()).unwrap_or_default()
}

/// Those whom a section of the file names for it.
fn named(config: &Config, register: Register) -> Vec<&Person> {
    match register {
        Register::Complaints => holders::named(config, &config.complaints.to),
        Register::Breaches => holders::named(config, &config.breaches.by),
        Register::SubjectAccess => holders::named(config, &config.disclosure.subject_access.to),
        _ => Vec::new(),
    }
}

fn in_file_order<'a>(config: &'a Config, may: &[&Person]) -> Vec<&'a Person> {
    config.people.iter().filter(|p| holders::has(may, p.id.as_str())).collect()
}

/// May this person make such an entry? Everybody reports misuse (S4.32), and confirms a word of
/// their own; kinds without a register are the machine's.
pub fn may(config: &Config, person: &str, kind: Kind, act: Act) -> bool {
    let known = config.people.iter().any(|p| p.id.as_str() == person);
    let free = matches!((kind, act), (Kind::Misuse, Act::Open) | (Kind::Confirmation, _));
    if known && free {
        return true;
    }
    let deed = if act == Act::Close { RegisterDeed::Close } else { RegisterDeed::Write };
    let register = kind.register();
    register.is_some_and(|r| holders::has(&rights(config, r, deed), person))
}
