//! Looking over the socket: entries first, guests, permissions, and how looks end.

use super::*;
use crate::access::Wish;
use crate::config::roles::Deed;
use crate::logbook::{Authority, AuthorityForm};
use crate::wire::look::{End, Guest, Looking, View};

fn view(office: &Office, wish: Looking) -> View {
    let until = office.all.clock.utc() - Span::mins(5);
    let recorded = wish != Looking::Live;
    View {
        wish,
        cameras: vec![gate()],
        window: recorded.then_some((until - Span::secs(20), until)),
        purpose: Some("safety".into()),
        reason: Some("a bicycle is gone".into()),
        answer: None,
        authority: None,
        permission: None,
        guests: vec![],
        declared: false,
        about: None,
        more: BTreeMap::new(),
    }
}

fn number(reply: Reply) -> Number {
    match reply {
        Reply::Viewing { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

fn police() -> Guest {
    let shown = [
        ("viewer-organisation", "Essex Police"),
        ("viewer-number", "118"),
        ("crime-reference", "42/1/26"),
        ("identity", "warrant card"),
    ];
    Guest {
        class: "police".into(),
        name: "PC 118".into(),
        shown: shown.iter().map(|(n, t)| (n.to_string(), t.to_string())).collect(),
        authority: None,
        supervisor: None,
    }
}

fn ended(office: &mut Office, kind: Kind, number: Number) -> String {
    let entry = office.last(kind);
    assert_eq!((entry.header.act, entry.header.about), (Act::Close, Some(number)));
    entry.body.unwrap().outcome.unwrap_or_default()
}

#[test]
fn nothing_is_seen_without_a_right_a_reason_and_an_entry() {
    let mut office = Office::with_people(SCHOOL);
    let (head, guard) = (office.log_in("head"), office.log_in("guard"));
    let good = view(&office, Looking::Playback);
    for (who, change, want) in [
        (&head, (|v: &mut View| v.reason = None) as fn(&mut View), "the reason is empty"),
        (&head, |v| v.purpose = Some("fun".into()), "no purpose \"fun\""),
        (&head, |v| v.cameras.clear(), "at least one camera"),
        (&head, |v| v.window = None, "Name the time"),
        (&head, |v| v.guests = vec![Guest { class: "press".into(), ..police() }], "no viewers"),
        (&head, |v| v.guests = vec![Guest { shown: BTreeMap::new(), ..police() }], "number"),
        (&head, |v| v.about = Some(0), "of kind started"),
        (&head, |v| v.permission = Some(0), "no permission that is in force"),
        (&head, |v| (v.wish, v.guests) = (Looking::Still, vec![police()]), "Guests look on live"),
        (&guard, |_| (), "A permission is needed"),
    ] {
        let mut view = good.clone();
        change(&mut view);
        let why = text(office.ask(Some(who), Request::View(view)));
        assert!(why.contains(want), "{why}");
    }
    assert!(text(office.ask(None, Request::View(good.clone()))).contains("who you are"));
    assert_eq!((office.entries(Kind::Viewing), office.all.supervisor.looks().len()), (vec![], 0));
    let looked = number(office.ask(Some(&head), Request::View(good.clone())));
    let look = &office.all.supervisor.looks()[0];
    assert_eq!((look.number(), look.wish()), (looked, Wish::Deed(Deed::Playback)));
    assert_eq!((look.cameras(), look.window()), (&good.cameras[..], good.window));
    let body = office.last(Kind::Viewing).body.unwrap();
    assert_eq!(
        (body.reason.as_deref(), &body.fields["viewer"]),
        (good.reason.as_deref(), &"staff".into())
    );
    // Another session cannot put it away; its own can, and says what was seen.
    let end = End { number: looked, outcome: Some("nothing".into()), more: BTreeMap::new() };
    assert!(text(office.ask(Some(&guard), Request::ViewEnd(end.clone()))).contains("not yours"));
    assert_eq!(office.ask(Some(&head), Request::ViewEnd(end.clone())), Reply::Done);
    assert_eq!(ended(&mut office, Kind::Viewing, looked), "nothing");
    assert!(text(office.ask(Some(&head), Request::ViewEnd(end))).contains("put away already"));
}

#[test]
fn guests_are_entered_with_what_they_showed_and_on_whose_word() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    let mut wish = view(&office, Looking::Playback);
    wish.guests = vec![Guest { supervisor: Some("clerk".into()), ..police() }];
    number(office.ask(Some(&head), Request::View(wish)));
    let body = office.last(Kind::Viewing).body.unwrap();
    for (name, want) in [
        ("viewer", "police"),
        ("viewer-name", "PC 118"),
        ("crime-reference", "42/1/26"),
        ("supervisor", "clerk"),
    ] {
        assert_eq!(body.fields[name], want.into(), "{name}");
    }
    assert_eq!(body.fields["slip-signed"], Value::Yes(false), "a slip is to be signed (S1.43)");
    let authority = body.authority.unwrap();
    assert_eq!((authority.by.as_str(), authority.form), ("head", AuthorityForm::Own));
    // A word by mouth waits for its giver: told at log-in, and past its time to everybody.
    let mut wish = view(&office, Looking::Playback);
    let spoken = Authority { by: "head".into(), form: AuthorityForm::Verbal, reference: None };
    wish.guests = vec![Guest { authority: Some(spoken), ..police() }];
    let permission = permit(&mut office, &head);
    let guard = office.log_in("guard");
    wish.permission = Some(permission);
    let spoken = number(office.ask(Some(&guard), Request::View(wish)));
    assert!(office.all.says("given by mouth").is_none());
    office.all.clock.advance(Span::days(2));
    office.all.pass(2);
    let since = office.all.says("given by mouth").expect("it is told");
    assert_eq!(office.all.says("Headteacher"), None, "the status names nobody");
    let alarms = office.entries(Kind::Alarm);
    assert!(
        alarms
            .iter()
            .any(|a| a.body.as_ref().unwrap().fields["alarm"]
                == Value::Text(format!("word {spoken}"))),
        "{alarms:#?}"
    );
    assert!(since <= office.all.clock.utc());
    let welcome = office.welcome("head");
    assert!(
        welcome.notices.iter().any(|n| n.contains(&format!("Entry {spoken}"))),
        "{:?}",
        welcome.notices
    );
    let confirmed = Body { fields: fields(&[("confirmed", true.into())]), ..Body::default() };
    let about = (Kind::Confirmation, Act::Note, Some(spoken));
    let reply = office.enter(&welcome.session, about, confirmed);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    office.all.pass(2);
    assert!(office.all.says("given by mouth").is_none());
}

/// The guard may look for an hour.
fn permit(office: &mut Office, head: &Sent) -> Number {
    let expires = office.all.clock.utc() + Span::hours(1);
    let from = office.all.clock.utc() - Span::hours(2);
    let body = Body {
        purpose: Some("safety".into()),
        reason: Some("a bicycle is gone".into()),
        fields: fields(&[
            ("to", "guard".into()),
            ("cameras", Value::List(vec!["front-gate".into()])),
            ("from", Value::Text(from.to_string())),
            ("expires", Value::Text(expires.to_string())),
        ]),
        ..Body::default()
    };
    match office.enter(head, (Kind::Permission, Act::Open, None), body) {
        Reply::Entered { number, .. } => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn looks_end_by_themselves() {
    let mut office = Office::with_people(SCHOOL);
    let head = office.log_in("head");
    // A spot check after a minute (S1.28).
    let spot = number(office.ask(Some(&head), Request::View(view(&office, Looking::SpotCheck))));
    office.all.pass(58);
    assert_eq!(office.all.supervisor.looks().len(), 1);
    office.all.pass(4);
    assert_eq!(office.all.supervisor.looks().len(), 0);
    assert_eq!(ended(&mut office, Kind::SpotCheck, spot), "its time was over");
    // A locked screen.
    let live = number(office.ask(Some(&head), Request::View(view(&office, Looking::Live))));
    office.ask(Some(&head), Request::Lock);
    office.all.pass(1);
    assert_eq!(ended(&mut office, Kind::Live, live), "the screen was locked");
    // A session that is over.
    let head = office.log_in("head");
    let live = number(office.ask(Some(&head), Request::View(view(&office, Looking::Live))));
    office.ask(Some(&head), Request::LogOut);
    office.all.pass(1);
    assert_eq!(ended(&mut office, Kind::Live, live), "the session was over");
    // A permission that is taken back.
    let head = office.log_in("head");
    let permission = permit(&mut office, &head);
    let guard = office.log_in("guard");
    let played = number(office.ask(Some(&guard), Request::View(view(&office, Looking::Playback))));
    let body = Body { reason: Some("settled".into()), ..Body::default() };
    let reply = office.enter(&head, (Kind::Permission, Act::Close, Some(permission)), body);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    office.all.pass(1);
    assert_eq!(ended(&mut office, Kind::Viewing, played), "the permission was taken back");
}

#[test]
fn training_is_shown_what_somebody_approved_and_until_that_day() {
    let listed = r#"viewer "police" "Police officers"; viewer "training" approved-clips=#true"#;
    let file = SCHOOL.replace(r#"viewer "police" "Police officers""#, listed);
    let mut office = Office::with_people(&file);
    let (head, guard) = (office.log_in("head"), office.log_in("guard"));
    let pupils = Guest { class: "training".into(), name: "Class 9".into(), ..police() };
    let wish = |office: &Office, clip: Option<&str>, until: &str| {
        let mut wish = view(office, Looking::Playback);
        wish.guests = vec![Guest { shown: BTreeMap::new(), ..pupils.clone() }];
        wish.guests[0].shown.insert("viewer-organisation".into(), "Little School".into());
        if let Some(clip) = clip {
            wish.more = fields(&[("clip", clip.into()), ("clip-until", until.into())]);
        }
        wish
    };
    let ask = |office: &mut Office, who: &Sent, v: View| office.ask(Some(who), Request::View(v));
    // Recordings that nobody approved, and a clip that somebody only claims.
    let plain = wish(&office, None, "");
    assert!(text(ask(&mut office, &head, plain)).contains("approved clips"));
    let claimed = wish(&office, Some("fight"), "2026-12-31");
    assert!(text(ask(&mut office, &head, claimed)).contains("No clip \"fight\" is approved"));
    // It is approved by whoever may permit looking, until a day.
    let now = office.all.clock.utc();
    let (from, until) = (now - Span::hours(3), now - Span::hours(2));
    let said = fields(&[
        ("clip", "Fight".into()),
        ("simulated", false.into()),
        ("cameras", Value::List(vec!["front-gate".into()])),
        ("from", Value::Text(from.to_string())),
        ("until", Value::Text(until.to_string())),
        ("consent", "C-4".into()),
        ("clip-until", "2026-11-24".into()),
    ]);
    let body = Body { fields: said, ..Body::default() };
    let form = (Kind::Clip, Act::Open, None);
    assert!(text(office.enter(&guard, form, body.clone())).contains("authorise-viewing"));
    let reply = office.enter(&head, form, body);
    let Reply::Entered { number: clip, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(office.last(Kind::Clip).body.unwrap().who.unwrap().person, "head");
    // Shown is what was approved, whatever the wish says, and the day is that of the approval.
    let good = wish(&office, Some("fight"), "2027-12-31");
    let shown = number(ask(&mut office, &head, good));
    let look = &office.all.supervisor.looks()[0];
    assert_eq!((look.number(), look.window()), (shown, Some((from, until))));
    let entry = office.last(Kind::Viewing).body.unwrap();
    assert_eq!(entry.fields["clip-until"], "2026-11-24".into());
    let by_number = wish(&office, Some(&format!("#{clip}")), "");
    number(ask(&mut office, &head, by_number));
    // Past its day, and taken back.
    for taken_back in [false, true] {
        match taken_back {
            false => office.all.clock.advance(Span::days(2)),
            true => {
                let head = office.log_in("head");
                let body = Body { reason: Some("they left".into()), ..Body::default() };
                let reply = office.enter(&head, (Kind::Clip, Act::Close, Some(clip)), body);
                assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
            }
        }
        office.all.pass(2);
        let head = office.log_in("head");
        let late = wish(&office, Some("fight"), "2027-12-31");
        let why = text(ask(&mut office, &head, late));
        let want = if taken_back { "No clip" } else { "approved clips" };
        assert!(why.contains(want), "{why}");
    }
}

/// S4.33: where the file says so a live wall outlives the idle lock of its screen; never the lock
/// key, and nothing but live.
#[test]
fn a_wall_outlives_the_idle_lock_and_nothing_else_does() {
    for wall in [false, true] {
        let station =
            format!("stations {{ station \"office\" \"Office\" tty=\"tty1\" wall=#{wall}; }}");
        let mut office = Office::with_people(&(SCHOOL.to_string() + &station));
        let head = office.log_in("head");
        let live = number(office.ask(Some(&head), Request::View(view(&office, Looking::Live))));
        let played =
            number(office.ask(Some(&head), Request::View(view(&office, Looking::Playback))));
        office.all.pass(130);
        assert_eq!(ended(&mut office, Kind::Viewing, played), "the screen was locked");
        let left: Vec<Number> = office.all.supervisor.looks().iter().map(|l| l.number()).collect();
        assert_eq!(left, if wall { vec![live] } else { vec![] });
        office.ask(Some(&head), Request::Lock);
        office.all.pass(1);
        assert_eq!(ended(&mut office, Kind::Live, live), "the screen was locked");
    }
}

#[test]
fn one_look_at_the_whole_logbook_is_one_entry_however_many_pages_it_has() {
    let mut office = Office::with_people(SCHOOL);
    let (head, again) = (office.log_in("head"), office.log_in("head"));
    let page = |office: &mut Office, session: &Sent, before: Option<Number>| {
        let find = Find { limit: 3, before, ..Find::default() };
        match office.ask(Some(session), Request::Logbook(find)) {
            Reply::Entries(found) => found.more,
            other => panic!("{other:?}"),
        }
    };
    let mut looks = office.entries(Kind::Audit).len();
    let second = page(&mut office, &head, None);
    let (mut next, mut pages) = (second, 1);
    while next.is_some() {
        next = page(&mut office, &head, next);
        pages += 1;
    }
    assert!(pages > 4, "{pages}");
    looks += 1;
    assert_eq!(office.entries(Kind::Audit).len(), looks);
    // A page that was read already, one that nobody was led to, one of another session.
    for (session, before) in [(&head, second), (&head, Some(2)), (&again, second)] {
        page(&mut office, session, before);
        looks += 1;
        assert_eq!(office.entries(Kind::Audit).len(), looks);
    }
}

#[test]
fn the_reference_still_of_a_camera_goes_into_its_record_with_an_entry() {
    let mut office = Office::with_people(&SCHOOL.replace("\"end-hold\"", "\"end-hold\" \"print\""));
    let head = office.log_in("head");
    let reply = office.ask(Some(&head), Request::ReferenceStill { camera: gate() });
    assert!(matches!(reply, Reply::ReferenceStill { reference: None }), "{reply:?}");
    let body = office.last(Kind::Audit).body.unwrap();
    assert_eq!(body.reason.as_deref(), Some("the reference still of front-gate, for its record"));
    assert_eq!(body.list("cameras"), ["front-gate"]);
    let guard = office.log_in("guard");
    let why = text(office.ask(Some(&guard), Request::ReferenceStill { camera: gate() }));
    assert!(why.contains("print"), "{why}");
}
