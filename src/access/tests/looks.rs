//! Looking, copying and matters of persons, one change at a time.

use super::rows::{text, told};
use super::world::{Case, camera, edited, id, now, said, school, session};
use crate::access::{Session, Why, Wish, fields};
use crate::base::time::Span;
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::duties::DutyKind;
use crate::config::registers::Register;
use crate::config::roles::Deed;
use crate::config::viewing::Viewer;
use crate::logbook::{Account, Act, AuthorityForm, Kind};

/// S0.3, S0.10, S1.28, S4.11, S4.67.
#[test]
fn what_exactly_and_what_for() {
    let play = || Case::deed("head", Deed::Playback);
    let spot = |secs: i64| {
        Case::deed("guard", Deed::SpotCheck).with(|c| {
            c.asking.window = Some((now() - Span::secs(60 + secs), now() - Span::secs(60)))
        })
    };
    let hall = |case: Case| case.with(|c| c.asking.cameras.push(camera("hall-1")));
    let purpose = |case: Case, word: &'static str| case.with(|c| c.asking.purpose = Some(id(word)));
    let question = || Some(Why::NoAnswer(text("Which records disagree?")));
    told(vec![
        ("no camera", play().with(|c| c.asking.cameras.clear()), Some(Why::NoCamera)),
        ("no time", play().with(|c| c.asking.window = None), Some(Why::NoWindow)),
        (
            "a time to come",
            play().with(|c| c.asking.window = Some((now(), now() + Span::secs(1)))),
            Some(Why::NoWindow),
        ),
        (
            "a time that runs back",
            play().with(|c| c.asking.window = Some((now(), now() - Span::secs(1)))),
            Some(Why::NoWindow),
        ),
        ("no purpose", play().with(|c| c.asking.purpose = None), Some(Why::NoPurpose)),
        ("no purpose of the file", purpose(play(), "fun"), Some(Why::UnknownPurpose(text("fun")))),
        ("which the zone does not serve", hall(play()), Some(Why::PurposeElsewhere(text("Hall")))),
        ("which it serves", purpose(hall(play()), "safety"), None),
        ("with its question", purpose(play(), "clock"), question()),
        (
            "answered",
            purpose(play(), "clock").with(|c| c.asking.answer = Some(text("card and book"))),
            None,
        ),
        ("no reason", play().with(|c| c.asking.reason = Some(text("  "))), Some(Why::NoReason)),
        (
            "live with a reason where the line says so",
            Case::deed("head", Deed::Live).with(|c| c.asking.reason = None),
            Some(Why::NoReason),
        ),
        (
            "and without where it does not",
            Case::deed("guard", Deed::Live)
                .with(|c| (c.asking.reason, c.asking.purpose) = (None, None)),
            None,
        ),
        ("a spot check", spot(30), None),
        (
            "is its own reason",
            spot(30).with(|c| (c.asking.reason, c.asking.purpose) = (None, None)),
            None,
        ),
        ("and short", spot(31), Some(Why::TooLong(text("30s")))),
        (
            "a camera that left the file",
            play().with(|c| c.asking.cameras = vec![camera("old-1")]),
            None,
        ),
    ]);
}

/// S0.16, S0.18, S4.5, S4.46.
#[test]
fn rights_permissions_and_deputies() {
    let guard = || Case::deed("guard", Deed::Playback);
    let leave = |case: Case| {
        case.with(|c| {
            c.book.permit_guard();
        })
    };
    let hour = |case: Case, at: &'static str| {
        case.with(|c| {
            let at = at.parse().unwrap();
            c.asking.window = Some((at, at));
        })
    };
    told(vec![
        (
            "no right, no deed",
            Case::deed("clerk", Deed::Playback),
            Some(Why::NoRight(text("playback"))),
        ),
        ("no permission yet", guard(), Some(Why::NoPermission)),
        ("with permission", leave(guard()), None),
        (
            "for its cameras",
            leave(guard()).with(|c| c.asking.cameras = vec![camera("store")]),
            Some(Why::NoPermission),
        ),
        ("for its time", hour(leave(guard()), "2026-10-31T00:00:00Z"), Some(Why::NoPermission)),
        (
            "until it ends",
            leave(guard()).with(|c| c.now = "2026-11-25T00:00:01Z".parse().unwrap()),
            Some(Why::NoPermission),
        ),
        (
            "inside the zone of the right",
            leave(guard()).with(|c| c.asking.cameras = vec![camera("hall-1")]),
            Some(Why::OtherZone(text("Hall"))),
        ),
        ("a deputy, in a role that lends itself", Case::deed("deputy", Deed::Playback), None),
        (
            "and in no other",
            Case::deed("deputy", Deed::ManageAccess),
            Some(Why::NoRight(text("manage-access"))),
        ),
        (
            "a permission says for whom",
            Case::deed("head", Deed::AuthoriseViewing).with(|c| c.asking.permit = None),
            Some(Why::BadPermit),
        ),
        (
            "registers too",
            Case::of("guard", Wish::Read(Register::Incidents)),
            Some(Why::NoRight(text("read the register incidents"))),
        ),
        ("who reads", Case::of("guard", Wish::Read(Register::Visits)), None),
        (
            "one that no role mentions is closed by whose right comes nearest",
            Case::of("head", Wish::Write(Kind::Release, Act::Close)),
            None,
        ),
        (
            "and by nobody else",
            Case::of("guard", Wish::Write(Kind::Release, Act::Close)),
            Some(Why::NoRight(text("close the register releases"))),
        ),
        (
            "and closes not",
            Case::of("guard", Wish::Write(Kind::Visit, Act::Close)),
            Some(Why::NoRight(text("close the register visits"))),
        ),
        (
            "a permission is no entry by hand",
            Case::of("head", Wish::Write(Kind::Permission, Act::Open)),
            Some(Why::NotByHand(text("permission"))),
        ),
        (
            "a duty is for whom the file names",
            Case::of("tech", Wish::Duty(DutyKind::ClockCheck)),
            None,
        ),
        (
            "and for nobody else",
            Case::of("guard", Wish::Duty(DutyKind::ClockCheck)),
            Some(Why::NoRight(text("duty clock-check"))),
        ),
        ("or for the one responsible", Case::of("tech", Wish::Duty(DutyKind::SignCheck)), None),
    ]);
    let config = school();
    let case = Case::deed("deputy", Deed::Playback);
    let grant = case.ask(&config).unwrap();
    let who = grant.draft().unwrap().body.who.clone().unwrap();
    assert_eq!((who.person.as_str(), who.acting_for.as_deref()), ("deputy", Some("head")));
    let gone = edited(&[("\"Headteacher\" admin=#true", "\"Headteacher\" until=\"2026-10-31\"")]);
    let want = Some(Why::NoRight(text("playback")));
    assert_eq!(case.why(&gone), want, "who has no rights lends none");
}

/// A permission by somebody who may permit no longer is none (S0.18).
#[test]
fn a_permission_lives_as_long_as_its_givers_right() {
    let case = Case::deed("guard", Deed::Playback).with(|c| {
        c.book.permit_guard();
    });
    assert_eq!(case.why(&school()), None);
    let config =
        edited(&[("may \"authorise-viewing\" \"authorise-disclosure\" \"investigate\"", "")]);
    assert_eq!(case.why(&config), Some(Why::NoPermission));
}

/// S1.30, S1.38 to S1.41, S1.60, S4.12, K7, K11.
#[test]
fn guests_and_covert_cameras() {
    let play = || Case::deed("head", Deed::Playback);
    let police = || play().guest(Viewer::Police, &[Proof::CrimeReference]);
    let by_guard = |form, reference| {
        let case =
            Case::deed("guard", Deed::Playback).guest(Viewer::Police, &[Proof::CrimeReference]);
        case.with(|c| {
            c.book.permit_guard();
            let by = text("deputy");
            let reference: Option<&str> = reference;
            let reference = reference.map(String::from);
            c.guests[0].authority = Some(crate::logbook::Authority { by, form, reference });
        })
    };
    let lead = || Some(Why::NoAuthority(text("Headteacher or Deputy Headteacher")));
    let store = |person: &str, deed| {
        Case::deed(person, deed).with(|c| c.asking.cameras = vec![camera("store")])
    };
    told(vec![
        ("the police, by the head's own word", police(), None),
        (
            "with their reference",
            play().guest(Viewer::Police, &[]),
            Some(Why::MissingProof(text("crime-reference"))),
        ),
        ("spoken word of the deputy", by_guard(AuthorityForm::Verbal, None), None),
        ("a paper needs its name", by_guard(AuthorityForm::Written, None), Some(Why::NoReference)),
        ("and has it", by_guard(AuthorityForm::Written, Some("letter 5")), None),
        (
            "nobody's word",
            by_guard(AuthorityForm::Written, Some("x")).with(|c| c.guests[0].authority = None),
            lead(),
        ),
        (
            "a class that is not listed",
            play().guest(Viewer::SupervisingAuthority, &[]),
            Some(Why::GuestUnlisted(text("supervising-authority"))),
        ),
        (
            "a class that is refused",
            play().guest(Viewer::Inspection, &[]),
            Some(Why::GuestRefused(text("inspection"))),
        ),
        ("third parties by the head", play().guest(Viewer::ThirdParty, &[]), None),
        (
            "with somebody beside them",
            play()
                .guest(Viewer::ThirdParty, &[])
                .with(|c| c.guests[0].supervisor = Some(id("gone"))),
            Some(Why::GuestAlone),
        ),
        (
            "not by the deputy",
            Case::deed("deputy", Deed::Playback).guest(Viewer::ThirdParty, &[]),
            Some(Why::NoAuthority(text("Headteacher"))),
        ),
        ("training shows clips", play().guest(Viewer::Training, &[]), Some(Why::ClipsOnly)),
        (
            "that are approved",
            play()
                .guest(Viewer::Training, &[])
                .with(|c| c.clip = Some("2026-11-22".parse().unwrap())),
            None,
        ),
        (
            "and still are",
            play()
                .guest(Viewer::Training, &[])
                .with(|c| c.clip = Some("2026-11-21".parse().unwrap())),
            Some(Why::ClipsOnly),
        ),
        ("covert: who is in charge", store("head", Deed::Playback), None),
        ("and nobody else", store("deputy", Deed::Playback), Some(Why::Covert(text("Store")))),
        (
            "live while it is in force",
            store("head", Deed::Live)
                .with(|c| c.now = "2026-12-02T10:00:00Z".parse().unwrap())
                .with(|c| c.who.began = c.now),
            Some(Why::Covert(text("Store"))),
        ),
    ]);
    let silent = edited(&[("viewing {", "viewing verbal=#false {")]);
    assert_eq!(by_guard(AuthorityForm::Verbal, None).why(&silent), Some(Why::SpokenWord));
    let said = said(&by_guard(AuthorityForm::Verbal, None), &school());
    assert_eq!(said[fields::SPOKEN_BY], "deputy");
    assert_eq!(said[fields::CONFIRM_BY], "2026-11-24T10:00:00.000Z");
    assert_eq!(said[fields::GUESTS], "police: PC 118");
    assert_eq!(said[fields::SUPERVISOR], "guard");
}

/// S1.16, S1.17, S1.50, S1.51, S1.61, S4.15, S4.49.
#[test]
fn copies_and_two_persons() {
    let export = || Case::deed("head", Deed::Export).beside("clerk");
    let to = |case: Case, recipient, proofs: &[Proof]| {
        let proofs = proofs.to_vec();
        case.with(|c| c.asking.release = Some(crate::access::Release { recipient, proofs }))
    };
    let clerk = || Case::deed("clerk", Deed::Export).beside("head");
    let end = || Case::deed("head", Deed::EndHold).beside("clerk");
    let missing = |words| Some(Why::MissingProof(text(words)));
    let alone = || Some(Why::Alone(text("witness")));
    use RecipientKind as R;
    told(vec![
        ("to the police, witnessed", export(), None),
        ("not alone", Case::deed("head", Deed::Export), alone()),
        (
            "not with oneself",
            Case::deed("head", Deed::Export).beside("head"),
            Some(Why::SamePerson),
        ),
        (
            "with a witness by right",
            Case::deed("head", Deed::Export).beside("guard"),
            Some(Why::Second(Box::new(Why::NoRight(text("witness"))))),
        ),
        (
            "at their station",
            export().at("gate"),
            Some(Why::Second(Box::new(Why::NoRight(text("witness"))))),
        ),
        (
            "on their own account",
            export().with(|c| {
                c.second =
                    Some(Session { account: Account::Admin, ..session("clerk", Account::Own) })
            }),
            Some(Why::Second(Box::new(Why::AdminRoutine))),
        ),
        (
            "neither is the one it is about",
            export().with(|c| c.asking.subject = Some(id("clerk"))),
            Some(Why::OwnMatter),
        ),
        (
            "whoever asks neither",
            export().with(|c| c.asking.subject = Some(id("head"))),
            Some(Why::OwnMatter),
        ),
        ("to somebody", export().with(|c| c.asking.release = None), Some(Why::NoRecipient)),
        ("with the reference", to(export(), R::Police, &[]), missing("crime-reference")),
        ("a solicitor with either paper", to(export(), R::Solicitor, &[Proof::CourtOrder]), None),
        (
            "and not with none",
            to(export(), R::Solicitor, &[]),
            missing("proof-of-proceedings or court-order"),
        ),
        (
            "the media for a crime",
            to(export(), R::Media, &[Proof::CrimeReference]),
            missing("written-police-authority"),
        ),
        (
            "with the police's word",
            to(export(), R::Media, &[Proof::CrimeReference, Proof::WrittenPoliceAuthority]),
            None,
        ),
        (
            "not to everybody",
            to(export(), R::Other, &[]),
            Some(Why::RecipientRefused(text("other"))),
        ),
        (
            "nor to whom nobody thought of",
            to(export(), R::Insurer, &[]),
            Some(Why::RecipientUnlisted(text("insurer"))),
        ),
        ("a court is heard", to(export(), R::Court, &[Proof::CourtOrder]), None),
        ("with its order", to(export(), R::Court, &[]), missing("court-order")),
        ("the person shown, once known", to(export(), R::DataSubject, &[]), missing("identity")),
        (
            "a technical hand decides nothing",
            clerk(),
            Some(Why::NoAuthority(text("Headteacher or Deputy Headteacher"))),
        ),
        ("and does it on a word", clerk().word("head", AuthorityForm::Verbal, None), None),
        (
            "of somebody who may",
            clerk().word("guard", AuthorityForm::Verbal, None),
            Some(Why::NoAuthority(text("Headteacher or Deputy Headteacher"))),
        ),
        ("a hold ends by two", end(), None),
        ("not by one", Case::deed("head", Deed::EndHold), alone()),
        ("a carrier ends by two", Case::deed("tech", Deed::Dispose), alone()),
        (
            "entries are forgotten by two",
            Case::of("tech", Wish::Forget).with(|c| c.who = session("tech", Account::Admin)),
            alone(),
        ),
        (
            "admission is another word",
            Case::of("guard", Wish::Write(Kind::Visit, Act::Open)).word(
                "deputy",
                AuthorityForm::Verbal,
                None,
            ),
            Some(Why::NoAuthority(text("Headteacher"))),
        ),
        (
            "that the head gives",
            Case::of("guard", Wish::Write(Kind::Visit, Act::Open)).word(
                "head",
                AuthorityForm::Verbal,
                None,
            ),
            None,
        ),
    ]);
}

/// S4.48, S4.51, S4.52.
#[test]
fn matters_about_persons() {
    let access = |about: &'static str| {
        Case::deed("tech", Deed::ManageAccess).with(|c| c.asking.subject = Some(id(about)))
    };
    let report = || Case::deed("head", Deed::Audit).with(|c| c.asking.subject = Some(id("guard")));
    told(vec![
        ("somebody without privilege, alone", access("guard"), None),
        ("nobody helps themselves", access("tech"), Some(Why::OwnMatter)),
        (
            "privilege takes the other key, here the deputy's",
            access("head"),
            Some(Why::Alone(text("to approve (Headteacher or a deputy)"))),
        ),
        (
            "which is the head's",
            access("tech-2"),
            Some(Why::Alone(text("to approve (Headteacher or a deputy)"))),
        ),
        ("turned", access("tech-2").beside("head"), None),
        ("by the deputy too", access("tech-2").beside("deputy"), None),
        (
            "not by anybody",
            access("tech-2").beside("guard"),
            Some(Why::Second(Box::new(Why::NoAuthority(text("Headteacher or a deputy"))))),
        ),
        (
            "a key that nobody enrolled holds shuts nobody out",
            access("tech-2").with(|c| {
                c.enrolled = [id("tech")].into();
            }),
            None,
        ),
        ("a report on somebody who was not told", report(), Some(Why::NotTold)),
        (
            "who was",
            report().with(|c| {
                c.book.enter(Kind::Told, None, &[(fields::PERSONS, "list guard")]);
            }),
            None,
        ),
        (
            "nothing to confirm",
            Case::of("head", Wish::Confirm).with(|c| c.asking.about = Some(3)),
            Some(Why::NoOpenWord),
        ),
        ("nothing to approve", Case::of("head", Wish::Approve), Some(Why::NothingWaits)),
    ]);
}

/// S1.26, S1.38, S1.54: who judges pictures in the course of a duty sees them, small, and no covert
/// camera among them; the entry is one of those that stand for a look.
#[test]
fn a_duty_shows_what_it_judges() {
    let check = |person: &str, cameras: &[&str]| {
        let cameras = cameras.iter().map(|c| camera(c)).collect();
        Case::of(person, Wish::Duty(DutyKind::DailyCheck)).with(|case| {
            case.asking.entry = Some((Kind::Live, Act::Open));
            case.asking.cameras = cameras;
        })
    };
    let spot = |kind| {
        Case::of("tech-2", Wish::Duty(kind)).with(|case| {
            case.asking.entry = Some((Kind::SpotCheck, Act::Open));
            case.asking.cameras = vec![camera("hall-1")];
        })
    };
    let no_right = || Some(Why::NoRight(text("duty daily-check")));
    told(vec![
        ("who checks sees them", check("tech-2", &["hall-1", "yard-1"]), None),
        (
            "but no covert one",
            check("tech-2", &["hall-1", "store"]),
            Some(Why::Covert(text("Store"))),
        ),
        ("nobody else", check("guard", &["hall-1"]), no_right()),
        ("nor who may watch recordings", check("head", &["hall-1"]), no_right()),
        ("a reference still", spot(DutyKind::DailyCheck), None),
        (
            "another duty shows nothing",
            spot(DutyKind::ClockCheck),
            Some(Why::NotByHand(text("spot-check"))),
        ),
    ]);
    let zoned = edited(&[("may \"daily-check\"", "may \"daily-check\" zones=\"hall\"")]);
    assert_eq!(check("tech-2", &["hall-1"]).why(&zoned), None);
    assert_eq!(check("tech-2", &["hall-1", "yard-1"]).why(&zoned), no_right());
    assert_eq!(check("tech-2", &[]).why(&zoned), None, "the check itself is about all");
}
