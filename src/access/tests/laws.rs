//! Laws that hold in every situation: no right, no grant; facts that narrow never widen; deputies
//! have no more than the roles that lend themselves.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use super::world::{Book, Case, camera, id, now, school, session};
use crate::access::{Release, Session, Wish};
use crate::base::time::Span;
use crate::config::Config;
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::config::value::Word;
use crate::logbook::{Account, Act, Authority, AuthorityForm, Kind};

static SCHOOL: LazyLock<Config> = LazyLock::new(school);

const PEOPLE: [&str; 10] =
    ["head", "deputy", "guard", "clerk", "tech", "tech-2", "firm", "endless", "gone", "nobody"];

fn deeds() -> Vec<Wish> {
    Deed::WORDS.iter().map(|(_, deed)| Wish::Deed(*deed)).collect()
}

fn others() -> Vec<Wish> {
    let registers = Register::WORDS.iter().map(|(_, register)| Wish::Read(*register));
    let acts = [Act::Open, Act::Note, Act::Close, Act::Correct];
    let hand = Kind::ALL.iter().flat_map(|kind| acts.map(|act| Wish::Write(*kind, act)));
    registers.chain(hand).chain([Wish::Forget, Wish::Confirm, Wish::Approve]).collect()
}

fn any_session() -> impl Strategy<Value = Session> {
    let accounts = vec![Account::Own, Account::Admin, Account::BreakGlass, Account::Owner];
    (select(PEOPLE.to_vec()), select(accounts), 0..40i64, any::<bool>()).prop_map(
        |(person, account, minutes, reason)| Session {
            began: now() - Span::mins(minutes),
            reason: reason.then(|| "work".to_string()),
            ..session(person, account)
        },
    )
}

/// Facts of the logbook, as a row of switches.
#[derive(Clone, Copy, Debug)]
struct Facts {
    settled: bool,
    permitted: bool,
    suspended: bool,
}

fn book(facts: Facts) -> Book {
    let mut book = if facts.settled { Book::settled() } else { Book::default() };
    if facts.permitted {
        book.permit_guard();
    }
    for person in PEOPLE.iter().filter(|_| facts.suspended) {
        book.suspend(person, "breach");
    }
    book
}

/// One thing of a good situation, put another way.
#[derive(Clone, Debug)]
enum Twist {
    Who(Session),
    Second(Option<Session>),
    Station(Option<&'static str>),
    Cameras(Vec<&'static str>),
    Window(i64, i64),
    Word(&'static str, AuthorityForm),
    Subject(&'static str),
    Purpose(Option<&'static str>),
    Recipient(RecipientKind),
    Declared,
}

fn any_twist() -> impl Strategy<Value = Twist> {
    use AuthorityForm as F;
    let forms = vec![F::Own, F::Written, F::Verbal, F::Permission];
    let cameras = vec!["hall-1", "yard-1", "store", "old"];
    let stations = vec![Some("office"), Some("server"), Some("gate"), Some("attic"), None];
    let purposes = vec![None, Some("safety"), Some("clock"), Some("fun")];
    let recipients = RecipientKind::WORDS.iter().map(|(_, kind)| *kind).collect::<Vec<_>>();
    prop_oneof![
        any_session().prop_map(Twist::Who),
        proptest::option::of(any_session()).prop_map(Twist::Second),
        select(stations).prop_map(Twist::Station),
        proptest::sample::subsequence(cameras, 0..3).prop_map(Twist::Cameras),
        (0..90i64, -10..9000i64).prop_map(|(long, ago)| Twist::Window(long, ago)),
        (select(PEOPLE.to_vec()), select(forms)).prop_map(|(by, form)| Twist::Word(by, form)),
        select(PEOPLE.to_vec()).prop_map(Twist::Subject),
        select(purposes).prop_map(Twist::Purpose),
        select(recipients).prop_map(Twist::Recipient),
        Just(Twist::Declared),
    ]
}

fn twisted(case: Case, twist: Twist) -> Case {
    case.with(|case| match twist {
        Twist::Who(who) => case.who = who,
        Twist::Second(second) => case.second = second,
        Twist::Station(station) => case.station = station.map(id),
        Twist::Cameras(list) => case.asking.cameras = list.into_iter().map(camera).collect(),
        Twist::Window(long, ago) => {
            let until = now() - Span::secs(ago);
            case.asking.window = Some((until - Span::secs(long), until));
        }
        Twist::Word(by, form) => {
            let reference = Some("#30".to_string());
            let by = by.to_string();
            case.asking.authority = Some(Authority { by, form, reference });
        }
        Twist::Subject(person) => case.asking.subject = Some(id(person)),
        Twist::Purpose(purpose) => case.asking.purpose = purpose.map(id),
        Twist::Recipient(recipient) => {
            let proofs = vec![Proof::CrimeReference, Proof::CourtOrder];
            case.asking.release = Some(Release { recipient, proofs });
        }
        Twist::Declared => case.declared = true,
    })
}

prop_compose! {
    /// A situation that is good as far as the person goes, with up to three twists, and facts of
    /// the logbook that are mostly good.
    fn any_case()(
        person in select(PEOPLE.to_vec()),
        wish in prop_oneof![4 => select(deeds()), 1 => select(others())],
        twists in proptest::collection::vec(any_twist(), 0..4),
        settled in proptest::bool::weighted(0.9),
        permitted in any::<bool>(),
        suspended in proptest::bool::weighted(0.2),
    ) -> (Case, Facts) {
        let facts = Facts { settled, permitted, suspended };
        let mut case = Case::of(person, wish).beside("clerk");
        case.book = book(facts);
        (twists.into_iter().fold(case, twisted), facts)
    }
}

/// The laws below say something only where enough is allowed.
#[test]
fn situations_are_often_allowed() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let cases = (0..600).map(|_| any_case().new_tree(&mut runner).unwrap().current().0);
    let (mut allowed, mut as_deputy) = (0, 0);
    for case in cases {
        let granted = case.ask(&SCHOOL).is_ok();
        allowed += u32::from(granted);
        as_deputy += u32::from(granted && case.who.person.as_str() == "deputy");
    }
    assert!((60..540).contains(&allowed) && as_deputy >= 10, "{allowed}, {as_deputy} as deputy");
}

/// The file with one deed given to nobody.
fn without(deed: Deed) -> Config {
    let mut config = SCHOOL.clone();
    for may in config.roles.iter_mut().flat_map(|role| &mut role.may) {
        may.deeds.retain(|d| d.value != deed);
    }
    config
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn without_the_right_nobody_is_granted_anything((case, _) in any_case()) {
        let file = matches!(case.who.account, Account::Own | Account::Admin);
        let deed = match case.asking.wish {
            Wish::Deed(deed) => deed,
            _ => Deed::Dispose,
        };
        let asked = matches!(case.asking.wish, Wish::Deed(_) | Wish::Forget);
        let got = case.ask(&without(deed));
        prop_assert!(!(file && asked) || got.is_err(), "{:?}", case.asking.wish);
        // Whatever the file: these two never see a picture.
        let above = matches!(case.who.account, Account::Owner | Account::BreakGlass);
        prop_assert!(!(above && case.asking.wish.watches()) || case.ask(&SCHOOL).is_err());
    }

    #[test]
    fn a_suspension_a_lost_permission_or_paper_never_widens((case, facts) in any_case()) {
        prop_assume!(case.ask(&SCHOOL).is_err());
        let narrower = |facts: Facts| {
            let mut case = case.clone();
            case.book = book(facts);
            case.ask(&SCHOOL)
        };
        for facts in [
            Facts { suspended: true, ..facts },
            Facts { permitted: false, ..facts },
            Facts { settled: false, ..facts },
        ] {
            prop_assert!(narrower(facts).is_err(), "{facts:?}");
        }
    }

    #[test]
    fn a_deputy_has_only_what_roles_lend((case, _) in any_case()) {
        let mut case = case;
        case.who.person = id("deputy");
        let Wish::Deed(deed) = case.asking.wish else { return Ok(()) };
        let file = matches!(case.who.account, Account::Own | Account::Admin);
        if let Ok(grant) = case.ask(&SCHOOL) && file {
            let lent = SCHOOL.roles.iter().filter(|role| role.deputies.value);
            let mut deeds = lent.flat_map(|role| role.may.iter().flat_map(|may| &may.deeds));
            prop_assert!(deeds.any(|d| d.value == deed), "{deed}");
            let who = grant.draft().and_then(|draft| draft.body.who.clone());
            prop_assert_eq!(who.and_then(|who| who.acting_for), Some("head".to_string()));
        }
    }

    /// Every yes but a look into a register leaves an entry that names who, and every no one that
    /// passes for nothing.
    #[test]
    fn every_answer_has_its_entry((case, _) in any_case()) {
        match case.ask(&SCHOOL) {
            Ok(grant) => {
                let who = grant.draft().and_then(|draft| draft.body.who.clone());
                let silent = matches!(case.asking.wish, Wish::Read(_));
                prop_assert_eq!(silent, grant.draft().is_none());
                prop_assert!(silent || who.is_some_and(|w| w.person == case.who.person.as_str()));
            }
            Err(denied) => prop_assert_eq!(denied.draft().kind, Kind::Refused),
        }
    }
}
