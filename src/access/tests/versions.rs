//! Versions of the file: what loosens, who confirms, and that nobody is locked out.

use std::collections::BTreeSet;

use super::world::{Case, SCHOOL, edited, id, now, school, session};
use crate::access::{Change, Waiting, Why, Wish, rights, stuck, triggers, widening};
use crate::base::digest::Digest;
use crate::config::Config;
use crate::config::approvals::Change as Kind;
use crate::config::stations::Trigger;
use crate::config::value::Id;
use crate::logbook::Account;

pub fn told(changes: &[Change]) -> Vec<String> {
    let favours = |c: &Change| c.favours.iter().map(Id::as_str).collect::<Vec<_>>().join(" ");
    changes.iter().map(|c| format!("{}: {} [{}]", c.kind, c.what, favours(c))).collect()
}

/// Masks and signs (S1.13, S1.19): what is hidden stays hidden, what is announced stays announced.
#[test]
fn masks_and_signs_only_grow_at_once() {
    let mask = |right: &str| {
        format!(
            "stream \"rtsp://192.0.2.1/a\"; mask \"garden\" {{ point 0.0 0.0; point {right} 0.0; \
             point {right} 0.5; point 0.0 0.5 }} }}"
        )
    };
    let plain = "stream \"rtsp://192.0.2.1/a\" }";
    let file = |right: &str| edited(&[(plain, mask(right).as_str())]);
    let half = file("0.5");
    let shows = ["drop-safeguard: Hall shows what a mask hid []"];
    assert_eq!(told(&widening(&half, &school())), shows);
    assert_eq!(told(&widening(&half, &file("0.4"))), shows);
    assert_eq!(told(&widening(&half, &file("0.6"))), [] as [&str; 0]);
    let renamed = edited(&[("camera \"hall-1\"", "camera \"great-hall\"")]);
    assert_eq!(told(&widening(&half, &renamed)), ["drop-safeguard: Hall shows what a mask hid []"]);
    let signs = |line: &str| {
        let more = format!("signage {{ {line} }}\naccounts in-doubt");
        edited(&[("accounts in-doubt", more.as_str())])
    };
    let two = signs("sign \"a\" \"A\" covers=\"hall yard\"");
    let one = signs("sign \"b\" \"B\" covers=\"hall\"");
    assert_eq!(told(&widening(&two, &one)), ["drop-safeguard: Yard has fewer signs []"]);
    assert_eq!(told(&widening(&one, &two)), [] as [&str; 0]);
}

/// A role that lends itself, and a deputy for a holder: each by itself gives nobody anything, both
/// together give a role.
#[test]
fn a_deputy_who_comes_to_rights_is_told() {
    let deputy = ("person \"clerk\" \"Clerk\"", "person \"clerk\" \"Clerk\" deputises=\"tech\"");
    let lent = ("role \"machine\" {", "role \"machine\" deputies=#true {");
    let want = ["widen-rights: Clerk gets the role machine, as deputy of tech [clerk]"];
    assert_eq!(told(&widening(&edited(&[deputy]), &edited(&[deputy, lent]))), want);
    assert_eq!(told(&widening(&edited(&[lent]), &edited(&[deputy, lent]))), want);
}

fn change(kind: Kind, favours: &[&str]) -> Change {
    Change { kind, what: "x".into(), favours: favours.iter().map(|f| id(f)).collect() }
}

fn waiting(config: &Config, changes: Vec<Change>) -> Option<Waiting> {
    Waiting::new(Digest::of(b"file"), config, changes)
}

fn everybody() -> BTreeSet<Id> {
    school().people.iter().map(|person| person.id.value.clone()).collect()
}

/// `head`, `tech*` (an admin account), `clerk!` (a sealed code), `owner?`: one after another; each
/// `Ok` or why not. Then whether the version counts.
fn confirmed(
    config: &Config,
    changes: Vec<Change>,
    enrolled: &BTreeSet<Id>,
    by: &str,
) -> (Vec<bool>, bool) {
    let mut waiting = waiting(config, changes).unwrap();
    let mut answers = Vec::new();
    for word in by.split_whitespace() {
        let (person, account) = match word.char_indices().next_back() {
            Some((at, '!')) => (&word[..at], Account::BreakGlass),
            Some((at, '?')) => (&word[..at], Account::Owner),
            Some((at, '*')) => (&word[..at], Account::Admin),
            _ => (word, Account::Own),
        };
        let mut case = Case::of("head", Wish::Approve).with(|c| {
            c.who = session(person, account);
            c.enrolled = enrolled.clone();
            c.waiting = Some(waiting.clone());
        });
        answers.push(case.ask(config).is_ok());
        if answers.ends_with(&[true]) {
            waiting.confirm(case.entered(config)).unwrap();
        }
    }
    (answers, waiting.is_settled(config, enrolled, now()))
}

/// S4.48: two keys, two persons, not the one whom it favours, deputies where the line says so.
#[test]
fn keys_are_turned_by_two_who_gain_nothing() {
    let config = school();
    let widen = |favours: &[&str]| vec![change(Kind::WidenRights, favours)];
    let all = everybody();
    for (favours, by, answers, settled) in [
        (&["guard"][..], "head tech", &[true, true][..], true),
        (&["guard"], "tech head", &[true, true], true),
        (&["guard"], "tech* head", &[true, true], true),
        (&["guard"], "head", &[true], false),
        (&["guard"], "head head", &[true, false], false),
        (&["guard"], "head deputy", &[true, false], false),
        (&["guard"], "deputy tech", &[true, true], true),
        (&["guard"], "tech tech-2", &[true, false], false),
        (&["guard"], "guard clerk", &[false, false], false),
        (&["tech"], "head tech tech-2", &[true, false, true], true),
        (&["head"], "head deputy tech", &[false, true, true], true),
        // A wider role favours several: it is no one's own, and takes two of them.
        (&["head", "tech"], "head tech", &[true, true], true),
        // A sealed code turns nothing that a person can.
        (&["guard"], "clerk! head", &[false, true], false),
    ] {
        let got = confirmed(&config, widen(favours), &all, by);
        assert_eq!(got, (answers.to_vec(), settled), "{favours:?} by {by}");
    }
}

/// Nobody is locked out: stuck keys open to a sealed code, on a new box to its owner.
#[test]
fn a_stuck_key_opens_to_a_sealed_code() {
    let config = school();
    let widen = |favours: &[&str]| vec![change(Kind::WidenRights, favours)];
    let set = |people: &[&str]| people.iter().map(|p| id(p)).collect::<BTreeSet<Id>>();
    for (enrolled, favours, by, answers, settled) in [
        // The technical side was never enrolled: one key is stuck, the other is not.
        (&["head", "clerk"][..], &["guard"][..], "head clerk!", &[true, true][..], true),
        (&["head", "clerk"], &["guard"], "clerk!", &[true], false),
        (&["head", "clerk"], &["guard"], "head! head", &[true, false], false),
        (&["head", "tech"], &["tech"], "head clerk!", &[true, true], true),
        (&["head", "tech"], &["tech"], "head tech!", &[true, false], false),
        // All who approve are gone.
        (&["clerk"], &["guard"], "clerk!", &[true], true),
        (&[], &["guard"], "owner?", &[true], true),
        (&["clerk"], &["guard"], "owner?", &[false], false),
    ] {
        let got = confirmed(&config, widen(favours), &set(enrolled), by);
        assert_eq!(got, (answers.to_vec(), settled), "{enrolled:?}, {favours:?} by {by}");
    }
    let named: Vec<Kind> =
        stuck(&config, &set(&["head"]), now()).iter().map(|m| m.change).collect();
    assert_eq!(named, [Kind::WidenRights], "told beforehand");
    assert_eq!(stuck(&config, &everybody(), now()), []);
}

/// A kind of change without a line counts at once; one waits with all the others.
#[test]
fn lines_of_the_file_in_force_decide_what_waits() {
    let config = school();
    let changes = |kinds: &[Kind]| kinds.iter().map(|kind| change(*kind, &[])).collect::<Vec<_>>();
    assert_eq!(waiting(&config, changes(&[])), None);
    assert_eq!(waiting(&config, changes(&[Kind::ShortenRetention])), None);
    let both = changes(&[Kind::ShortenRetention, Kind::DropSafeguard]);
    let all = everybody();
    assert_eq!(confirmed(&config, both, &all, "head"), (vec![true], true));
    let two = changes(&[Kind::WidenRights, Kind::DropSafeguard]);
    assert_eq!(confirmed(&config, two.clone(), &all, "head tech"), (vec![true, true], true));
    let open = waiting(&config, two).unwrap();
    let missing: Vec<String> = open
        .missing(&config, &all, now())
        .iter()
        .map(|m| format!("{} {}", m.change, m.who))
        .collect();
    assert_eq!(
        missing,
        [
            "widen-rights Headteacher or a deputy",
            "widen-rights Technician or Second Technician or a deputy",
            "drop-safeguard Headteacher"
        ]
    );
    let guard = Case::of("guard", Wish::Approve).with(|c| c.waiting = Some(open));
    assert!(matches!(guard.why(&config), Some(Why::NotAsked(_))));
}

/// Confirmations survive a restart: they are put back from the logbook.
#[test]
fn confirmations_are_put_back() {
    let config = school();
    let mut open = waiting(&config, vec![change(Kind::WidenRights, &["guard"])]).unwrap();
    let all = everybody();
    for person in ["head", "tech"] {
        assert!(!open.is_settled(&config, &all, now()));
        open.restore(crate::access::Confirmed { person: id(person), emergency: false });
    }
    assert!(open.is_settled(&config, &all, now()));
}

/// S4.59: a new post and an ended contract are seen in the file.
#[test]
fn a_new_post_suspends_who_has_privileges() {
    let today = "2026-11-22".parse().unwrap();
    let suspended = |edits: &[(&str, &str)], reviewed: &[&str]| {
        let reviewed = reviewed.iter().map(|p| id(p)).collect();
        triggers(&school(), &edited(edits), today, &reviewed)
    };
    let post = ("\"Second Technician\"", "\"Second Technician\" post=\"Teacher\"");
    let moved = [(id("tech-2"), Trigger::RoleChange)];
    assert_eq!(suspended(&[], &[]), []);
    assert_eq!(suspended(&[post], &[]), moved);
    assert_eq!(suspended(&[post], &["tech-2"]), [], "somebody just looked at it");
    assert_eq!(suspended(&[("\"Guard\"", "\"Guard\" post=\"Porter\"")], &[]), []);
    let role = ("held-by \"tech\" \"tech-2\"", "held-by \"tech\"");
    assert_eq!(suspended(&[role], &[]), moved);
    let ended = ("\"Second Technician\"", "\"Second Technician\" until=\"2026-11-21\"");
    assert_eq!(suspended(&[ended], &[]), [(id("tech-2"), Trigger::ContractExpiry)]);
}

/// The day decides who is in the table, and why not (S4.17).
#[test]
fn the_table_knows_the_day() {
    let config = school();
    let state = |person: &str, day: &str| {
        let table = rights(&config, day.parse().unwrap());
        let row = table.into_iter().find(|row| row.person == person).unwrap();
        (row.rights.len(), row.not_in_force)
    };
    assert_eq!(state("gone", "2026-10-31"), (4, None));
    assert_eq!(state("gone", "2026-11-01").0, 0);
    assert_eq!(state("new", "2026-12-31").1.as_deref(), Some("This account begins on 2027-01-01."));
    assert_eq!(state("deputy", "2026-11-22").0, 5);
    assert!(SCHOOL.contains("role \"lead\" deputies=#true"));
}
