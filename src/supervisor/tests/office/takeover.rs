//! A box dies and another one takes over: what its entry says of the key before, and two people
//! with the printed seal.

use super::*;
use crate::logbook::fields as f;

const OTHER: [u8; 32] = [8; 32];

/// The same footage disk in a box with an empty state folder and a key of its own.
fn replaced(office: Office) -> Office {
    with_state(office, FakeDisk::new(77), SCHOOL)
}

fn with_state(office: Office, state: FakeDisk, file: &str) -> Office {
    let Office { all, home } = office;
    let Box { clock, mut world, supervisor, .. } = all;
    drop(supervisor);
    world.writers.clear();
    world.ids += 1_000;
    let supervisor = start_as(&clock, &state, &home, &mut world, file);
    let mut office = Office { all: Box { clock, state, world, supervisor }, home };
    office.all.pass(5);
    office
}

fn start_as(
    clock: &Arc<SimClock>,
    state: &FakeDisk,
    home: &FakeDisk,
    world: &mut Noted,
    file: &str,
) -> Supervisor {
    let index =
        Opened { store: Store::in_memory().unwrap(), fresh: true, whole: false, damaged: None };
    let look = Look::Bytes(file.as_bytes().to_vec());
    let home: Arc<dyn Disk> = Arc::new(home.clone());
    let desk = Desk {
        identity: Arc::new(Identity::of(&OTHER)),
        site_file: Some((home, "site.kdl".into())),
        ..Desk::in_memory().unwrap()
    };
    let state: Arc<dyn Disk> = Arc::new(state.clone());
    start(place(), clock.clone() as Arc<dyn Clock>, state, index, desk, &look, world).unwrap()
}

fn says(office: &Office, words: &str) -> bool {
    office.all.supervisor.status().alarms.iter().any(|alarm| alarm.text.contains(words))
}

fn key_checks(office: &mut Office, session: &Sent) -> usize {
    let Reply::Duties { duties } = office.ask(Some(session), Request::Duties) else { panic!() };
    duties.iter().filter(|line| line.duty == f::KEY_CHECK).count()
}

#[test]
fn a_new_box_names_the_last_seal_and_two_people_compare_it_with_paper() {
    let mut office = Office::with_people(SCHOOL);
    let tech = office.log_in("tech");
    let Reply::Text { text: paper } = office.ask(Some(&tech), Request::Checkpoint) else {
        panic!()
    };
    let lines: Vec<&str> = paper.lines().collect();
    let (count, root) = (lines[1].parse::<i64>().unwrap(), lines[2]);
    office.all.pass(5);
    assert!(!says(&office, "the box was replaced"));
    let mut office = replaced(office);
    let taken = office.entries(Kind::Restored).into_iter();
    let taken = taken.filter(|e| e.body.as_ref().unwrap().text(f::KEY_BEFORE).is_some());
    let taken: Vec<Entry> = taken.collect();
    let [entry] = taken.as_slice() else { panic!("{taken:?}") };
    let body = entry.body.as_ref().unwrap();
    let key = |seed| crate::base::digest::Digest(Identity::of(seed).public()).to_string();
    assert_eq!(body.text(f::KEY_BEFORE), Some(key(&[7; 32]).as_str()));
    assert_eq!(body.text(f::KEY_NOW), Some(key(&OTHER).as_str()));
    assert_eq!(body.fields[f::SEALED_ENTRIES], Value::Number(count));
    assert_eq!(body.text(f::SEALED_ROOT), Some(root));
    let said = body.outcome.as_ref().unwrap();
    assert!(said.contains(&format!("counts {count} entries, which came back as they were")));
    // The new key has signed it all: nothing is held against the old one any more.
    let origin = format!("beadle/{}", office.all.supervisor.site_id);
    let keys = [Identity::of(&OTHER).public()];
    let expect =
        Expect { origin: &origin, keys: &keys, checkpoints: &[], now: None, counter: None };
    let report = verify(&office.all.state, &expect).unwrap();
    assert_eq!(report.findings, [], "{report:?}");
    assert!(report.held.contains(&(entry.number + 1)), "{report:?}");
    // With the old key the paper itself is held against it.
    let both = [Identity::of(&OTHER).public(), Identity::of(&[7; 32]).public()];
    let paper = [paper.clone()];
    let report =
        verify(&office.all.state, &Expect { keys: &both, checkpoints: &paper, ..expect }).unwrap();
    assert!(report.holds() && report.held.contains(&(count as u64)), "{report:?}");

    assert!(says(&office, "nobody has compared the printed seal"));
    let tech = office.log_in("tech");
    assert_eq!(key_checks(&mut office, &tech), 1);
    let of = entry.number.to_string();
    let form = |sheet: &str, count: i64, letters: &str| Body {
        fields: fields(&[
            (f::DUTY, Value::Text(f::KEY_CHECK.into())),
            (f::OF, Value::Text(of.clone())),
            (f::SHEET, Value::Text(sheet.into())),
            (f::SHEET_ENTRIES, Value::Number(count)),
            (f::SHEET_ROOT, Value::Text(letters.into())),
        ]),
        ..Body::default()
    };
    let place = (Kind::DutyDone, Act::Open, None);
    // Letters that the eye cannot tell apart count as the same; others do not.
    let front: String = root.chars().take(8).collect();
    let wrong: String = front.chars().map(|c| if c == 'x' { 'y' } else { 'x' }).collect();
    for (body, want) in [
        (form(f::SHEET_HERE, count, &wrong), "The paper does not fit"),
        (form(f::SHEET_HERE, count - 1, &front), "The paper does not fit"),
        (form(f::SHEET_HERE, count + 9_999, &front), "made after this box took over"),
        (form(f::SHEET_HERE, count, "abc"), "first 8 characters"),
    ] {
        let why = text(office.enter(&tech, place, body));
        assert!(why.contains(want), "{want}: {why}");
    }
    let mut none = form("none", count, &front);
    none.fields.retain(|name, _| [f::DUTY, f::OF, f::SHEET].contains(&name.as_str()));
    let why = text(office.enter(&tech, place, none));
    assert!(why.contains("why there is no printed seal"), "{why}");
    assert_eq!(office.entries(Kind::DutyDone), []);
    // One person alone is not enough; with a second one's passphrase it is done.
    let reply = office.enter(&tech, place, form(f::SHEET_HERE, count, &front));
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    assert!(says(&office, "only one person has compared"));
    let second = Second { person: "clerk".into(), passphrase: phrase("clerk"), code: None };
    let (kind, act, about) = place;
    let body = std::boxed::Box::new(form(f::SHEET_HERE, count, &front.to_lowercase()));
    let request = Request::Enter { kind, act, about, body, second: Some(second) };
    let reply = office.ask(Some(&tech), request);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    let who = office.last(Kind::DutyDone).body.unwrap().who.unwrap();
    assert_eq!((who.person.as_str(), who.second.as_deref()), ("tech", Some("clerk")));
    assert!(!says(&office, "the box was replaced"));
    assert_eq!(key_checks(&mut office, &tech), 0);
}

#[test]
fn the_recovery_key_is_tested_by_typing_it_and_by_nothing_else() {
    let mut office = Office::with_people(SCHOOL);
    let tech = office.log_in("tech");
    office.all.pass(5);
    let body = Body {
        fields: fields(&[(f::DUTY, Value::Text("recovery-check".into()))]),
        ..Body::default()
    };
    let why = text(office.enter(&tech, (Kind::DutyDone, Act::Open, None), body));
    assert!(why.contains("typing the key from its paper"), "{why}");
    let Reply::Duties { duties } = office.ask(Some(&tech), Request::Duties) else { panic!() };
    assert!(duties.iter().any(|line| line.duty == "recovery-check"), "asked of every school");
    let wrong = crate::ledger::RecoveryKey::of([3; 32]).to_text();
    let request = |key: &str| Request::RecoveryCheck { key: Sent::new(key) };
    let why = text(office.ask(Some(&tech), request(&wrong)));
    assert!(why.contains("not the key of this box"), "{why}");
    assert_eq!(office.entries(Kind::DutyDone), []);
    let right = crate::ledger::RecoveryKey::of([9; 32]).to_text();
    // Whoever is responsible, and whoever manages access.
    for person in ["tech", "head"] {
        let session = office.log_in(person);
        let reply = office.ask(Some(&session), request(&right));
        assert!(matches!(reply, Reply::Text { .. }), "{reply:?}");
        let body = office.last(Kind::DutyDone).body.unwrap();
        assert_eq!(body.text(f::DUTY), Some("recovery-check"));
        assert_eq!(body.who.unwrap().person, person);
    }
    let guard = office.log_in("guard");
    let why = text(office.ask(Some(&guard), request(&right)));
    assert!(why.contains("manage-access"), "{why}");
}

#[test]
fn the_clock_is_set_by_hand_where_no_time_server_keeps_it_and_for_a_reason() {
    let school = SCHOOL.replace("may \"configure\"", "may \"set-clock\" \"configure\"");
    let mut office = Office::with_people(&school);
    let tech = office.log_in("tech");
    let to = utc("2026-11-23T09:05:00Z");
    let request = |reason: &str| Request::SetClock { to, reason: reason.into() };
    office.all.supervisor.clock_state = crate::logbook::ClockState::Synced;
    let why = text(office.ask(Some(&tech), request("the speaking clock")));
    assert!(why.contains("follows a time server"), "{why}");
    office.all.supervisor.clock_state = crate::logbook::ClockState::Holdover;
    let why = text(office.ask(Some(&tech), request(" ")));
    assert!(why.contains("Say why"), "{why}");
    // There is no root service here: nothing was set, and nothing entered.
    let why = text(office.ask(Some(&tech), request("the speaking clock")));
    assert!(why.contains("no root service"), "{why}");
    assert_eq!(office.entries(Kind::ClockStep), []);
}

/// A box began with a file of its own before anybody opened the old disk: the disk is another
/// site's, and becomes this box's by its key, by name where the schools differ.
#[test]
fn a_disk_that_was_opened_too_late_is_taken_over_by_its_key_and_by_name() {
    for (ours, asks) in [("Little School", false), ("Great School", true)] {
        let mut office = Office::with_people(SCHOOL);
        office.all.pass(5);
        let old = office.all.supervisor.site_id.clone();
        let state = FakeDisk::new(78);
        state.replace(crate::supervisor::state::SITE_ID, "ff".repeat(16).as_bytes()).unwrap();
        let file = SCHOOL.replace("site \"Little School\"", &format!("site \"{ours}\""));
        let mut office = with_state(office, state.clone(), &file);
        assert_eq!(office.all.supervisor.disks.units[0].state, DiskState::Foreign);
        assert!(says(&office, "that of \"Little School\" (box "), "whose it is");
        assert!(says(&office, &format!("this box is of \"{ours}\"")), "and whose box");
        let put = |key: u8, school: Option<&str>| {
            let key = crate::ledger::RecoveryKey::of([key; 32]).to_text();
            let (key, school) = (Sent::new(key.as_str()), school.map(String::from));
            Request::RecoveryPut { key, school }
        };
        let why = text(office.ask(None, put(3, None)));
        assert!(why.contains("opens none of the copies"), "{why}");
        if asks {
            for school in [None, Some("Great School")] {
                let why = text(office.ask(None, put(9, school)));
                assert!(why.contains("--school \"Little School\""), "{why}");
            }
            assert_eq!(office.all.supervisor.ending(), None);
        }
        let named = asks.then_some("little school");
        let reply = office.ask(None, put(9, named));
        let Reply::Text { text } = reply else { panic!("{reply:?}") };
        assert!(text.contains("starts anew"), "{text}");
        assert_eq!(office.all.supervisor.ending(), Some(crate::wire::Ending::Restart));
        // As it is started again.
        let mut office = with_state(office, state, &file);
        assert_eq!(office.all.supervisor.site_id, old);
        assert_eq!(office.all.supervisor.disks.units[0].state, DiskState::Writing);
        office.log_in("tech");
        assert!(says(&office, "nobody has compared the printed seal"));
    }
}
