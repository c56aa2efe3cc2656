//! A school's day, row by row: what is done to sessions, and what is told.

use super::*;
use crate::base::clock::SimClock;

const FILE: &str = r#"
site "School" {
    controller "The Trust"
    contact "Office" phone="1"
}
code-of-practice { purpose "safety" "keeping people safe" }
people {
    person "head" "Headteacher" admin=#true
    person "deputy" "Deputy" deputises="head"
    person "site" "Site Manager" until="2026-12-31"
    person "lunch" "Lunchtime supervisor"
}
roles {
    role "keepers" deputies=#true {
        may "manage-access"
        held-by "head"
    }
    role "watchers" {
        may "live"
        held-by "site" "deputy"
    }
}
cameras { camera "gate" "Gate" zone="yard" { stream "rtsp://10.0.0.1/a" } }
zones { zone "yard" "Yard" }
retention min-days=30 max-days=31
stations {
    station "office" "Office" tty="tty1" idle-lock="3m"
    station "shed" "Shed" admin=#false
}
"#;

fn file(text: &str) -> Config {
    let parsed = crate::config::parse("site.kdl", text.as_bytes());
    parsed.config.unwrap_or_else(|| panic!("{:?}", parsed.notes))
}

fn without(from: &str) -> Config {
    assert!(FILE.contains(from), "{from}");
    file(&FILE.replace(from, ""))
}

struct School {
    clock: SimClock,
    file: Config,
    sessions: Sessions,
    dice: u8,
}

fn school() -> School {
    let clock = SimClock::at("2026-11-21T09:00:00Z".parse().unwrap());
    School { clock, file: file(FILE), sessions: Sessions::default(), dice: 0 }
}

fn arrival(person: &str, account: Account, station: &str) -> Arrival {
    let lent = matches!(account, Account::Admin | Account::BreakGlass);
    Arrival {
        second_factor: false,
        person: person.into(),
        account,
        station: Some(station.into()),
        reason: lent.then(|| "a disk is to be replaced".into()),
        script: false,
    }
}

impl School {
    fn now(&self) -> Now {
        Now::of(&self.clock)
    }

    fn open(&mut self, arrival: Arrival) -> Result<(Secret, Vec<Told>), Closed> {
        self.dice += 1;
        let token = token(&[self.dice; 32]);
        let (_, told) = self.sessions.open(&token, arrival, &self.file, Now::of(&self.clock))?;
        Ok((token, told))
    }

    fn come(&mut self, person: &str) -> Secret {
        self.open(arrival(person, Account::Own, "office")).unwrap().0
    }

    fn pass(&mut self, span: Span) -> Vec<Told> {
        self.clock.advance(span);
        self.turn()
    }

    fn turn(&mut self) -> Vec<Told> {
        let now = self.now();
        self.sessions.turn(&self.file, now)
    }
}

fn ended(told: &[Told]) -> Vec<End> {
    let why = |t: &Told| match t {
        Told::Ended { why, .. } => Some(*why),
        _ => None,
    };
    told.iter().filter_map(why).collect()
}

#[test]
fn an_idle_screen_locks_and_wakes_with_its_passphrase() {
    let mut school = school();
    let token = school.come("head");
    school.pass(Span::mins(2));
    school.sessions.key(&token, school.now()).unwrap();
    assert_eq!(school.pass(Span::mins(2)), []);
    assert_eq!(school.pass(Span::mins(1)), [Told::Locked { session: 1 }]);
    assert_eq!(school.turn(), [], "told once");
    assert_eq!(school.sessions.awake(&token).unwrap_err(), Closed::Locked);
    school.sessions.key(&token, school.now()).unwrap();
    assert_eq!(school.sessions.awake(&token).unwrap_err(), Closed::Locked, "a key wakes nothing");
    school.sessions.unlock(1, school.now()).unwrap();
    assert_eq!(school.pass(Span::mins(2)), []);
    assert!(school.sessions.awake(&token).is_ok());
    let locked = school.sessions.lock(&token, school.now()).unwrap();
    assert_eq!(locked, Some(Told::Locked { session: 1 }));
    assert_eq!(school.sessions.lock(&token, school.now()).unwrap(), None);
    assert_eq!(ended(&school.pass(Span::hours(12))), [End::Time]);
    assert_eq!(school.sessions.unlock(1, school.now()), Err(Closed::Unknown));
    let rows = [(Some("office"), 3), (Some("shed"), 2), (Some("cellar"), 2), (None, 2)];
    for (station, minutes) in rows {
        assert_eq!(idle_lock(station, &school.file), Span::mins(minutes), "{station:?}");
    }
}

#[test]
fn privilege_needs_a_reason_a_place_and_ends_by_itself() {
    for (person, account, station, reason, want) in [
        ("head", Account::Admin, "office", "a disk", Ok(())),
        ("head", Account::Admin, "office", "  ", Err(Closed::Reason)),
        ("head", Account::Admin, "shed", "a disk", Err(Closed::Station)),
        ("head", Account::Admin, "cellar", "a disk", Err(Closed::Station)),
        ("site", Account::Admin, "office", "a disk", Err(Closed::Person)),
        ("site", Account::Own, "shed", "", Ok(())),
        ("nobody", Account::Own, "office", "", Err(Closed::Person)),
        ("sealed-1", Account::BreakGlass, "office", "", Err(Closed::Reason)),
        ("sealed-1", Account::BreakGlass, "shed", "fire", Err(Closed::Station)),
        ("sealed-1", Account::BreakGlass, "cellar", "fire", Ok(())),
    ] {
        let mut school = school();
        let mut arrival = arrival(person, account, station);
        arrival.reason = Some(reason.into());
        let got = school.open(arrival).map(|_| ());
        assert_eq!(got, want, "{person} {account:?} {station} {reason}");
    }
    let mut school = school();
    let (token, _) = school.open(arrival("head", Account::Admin, "office")).unwrap();
    for _ in 0..29 {
        assert_eq!(school.pass(Span::mins(1)), []);
        school.sessions.key(&token, school.now()).unwrap();
    }
    assert_eq!(ended(&school.pass(Span::mins(1))), [End::Time], "keys prolong nothing");
    assert_eq!(school.sessions.find(&token).unwrap_err(), Closed::Unknown);
}

#[test]
fn a_clock_set_by_hand_prolongs_and_cuts_nothing() {
    for step in [Span::days(-400), Span::hours(-2), Span::hours(2)] {
        let mut school = school();
        let own = school.come("head");
        let (admin, _) = school.open(arrival("head", Account::Admin, "office")).unwrap();
        school.clock.step(step);
        assert_eq!(school.pass(Span::mins(2)), [], "{step:?}");
        let told = school.pass(Span::mins(1));
        assert_eq!(told.len(), 2, "both screens lock: {told:?}");
        assert_eq!(ended(&school.pass(Span::mins(27))), [End::Time], "{step:?}");
        assert!(school.sessions.find(&admin).is_err() && school.sessions.find(&own).is_ok());
    }
}

#[test]
fn a_script_ends_by_itself_and_has_no_screen() {
    let mut school = school();
    let script = Arrival { script: true, station: None, ..arrival("site", Account::Own, "") };
    let (token, _) = school.open(script).unwrap();
    assert_eq!(school.pass(Span::mins(239)), []);
    assert!(school.sessions.awake(&token).is_ok());
    assert_eq!(ended(&school.pass(Span::mins(1))), [End::Time]);
}

#[test]
fn whoever_goes_out_of_the_file_goes_out_of_the_room() {
    let lunch = "    person \"lunch\" \"Lunchtime supervisor\"\n";
    for (person, account, change, ends) in [
        ("lunch", Account::Own, lunch, true),
        ("head", Account::Own, lunch, false),
        ("head", Account::Admin, " admin=#true", true),
        ("head", Account::Own, " admin=#true", false),
        ("head", Account::Admin, " tty=\"tty1\"", false),
        ("deputy", Account::Own, " \"deputy\"", true),
        ("site", Account::Own, " \"deputy\"", false),
        ("deputy", Account::Own, " deputises=\"head\"", true),
        ("deputy", Account::Own, " deputies=#true", true),
        (
            "head",
            Account::Admin,
            "    station \"office\" \"Office\" tty=\"tty1\" idle-lock=\"3m\"\n",
            true,
        ),
        ("sealed-1", Account::BreakGlass, lunch, false),
    ] {
        // The first place only: the person's own line stays where a role's is meant.
        let mut school = school();
        school.open(arrival(person, account, "office")).unwrap();
        let change = if change == " \"deputy\"" { "\"site\" \"deputy\"" } else { change };
        school.file = match change {
            "\"site\" \"deputy\"" => file(&FILE.replace(change, "\"site\"")),
            change => without(change),
        };
        let want: &[End] = if ends { &[End::File] } else { &[] };
        assert_eq!(ended(&school.turn()), want, "{person} {account:?} without {change}");
    }
    let mut school = school();
    school.come("site");
    school.clock.step(Span::days(40));
    assert_eq!(ended(&school.turn()), [], "the last day counts");
    school.clock.step(Span::days(1));
    assert_eq!(ended(&school.turn()), [End::File]);
}

#[test]
fn two_places_at_once_are_told_and_changing_the_account_is_not() {
    for (account, station, twice) in [
        (Account::Own, "office", true),
        (Account::Own, "shed", true),
        (Account::Admin, "office", false),
    ] {
        let mut school = school();
        school.come("head");
        let (_, told) = school.open(arrival("head", account, station)).unwrap();
        let person = "head".to_string();
        let want = Told::Twice { session: 2, other: 1, person };
        assert_eq!(told.contains(&want), twice, "{account:?} {station}: {told:?}");
        let (_, told) = school.open(arrival("deputy", Account::Own, "office")).unwrap();
        assert_eq!(told, [Told::Opened { session: 3 }]);
    }
}

#[test]
fn sessions_are_bounded_for_all_and_for_each() {
    let mut school = school();
    let first = school.come("head");
    for _ in 1..SESSIONS_A_PERSON_MAX {
        school.pass(Span::secs(1));
        school.come("head");
    }
    let (_, told) = school.open(arrival("head", Account::Own, "office")).unwrap();
    assert_eq!(ended(&told), [End::Displaced]);
    assert!(school.sessions.find(&first).is_err());
    assert_eq!(school.sessions.list().len(), SESSIONS_A_PERSON_MAX);
    for n in school.sessions.list().len()..SESSIONS_MAX {
        school.open(arrival(&format!("sealed-{n}"), Account::BreakGlass, "office")).unwrap();
    }
    let late = school.open(arrival("site", Account::Own, "office")).unwrap_err();
    assert_eq!(late, Closed::Full);
}

#[test]
fn only_the_token_opens_and_nothing_shows_it() {
    let mut school = school();
    let token = school.come("head");
    assert_eq!(token.expose().len(), 64);
    for wrong in ["", "01", &"02".repeat(32), &token.expose()[1..], &token.expose().to_uppercase()]
    {
        let same = wrong == token.expose();
        assert_eq!(school.sessions.find(&Secret::new(wrong)).is_ok(), same, "{wrong}");
    }
    assert!(school.sessions.find(&Secret::new("0a".repeat(32))).is_err());
    let shown = format!("{:?}", school.sessions);
    assert!(!shown.contains(token.expose()) && shown.contains("head"));
    assert_eq!(school.sessions.log_out(&token).map(|t| ended(&[t])), Some(vec![End::LoggedOut]));
    assert_eq!(school.sessions.log_out(&token), None);
}

#[test]
fn the_banner_is_the_files_or_ours() {
    let school = school();
    assert!(banner(&school.file).contains("The Trust") && banner(&school.file).contains("logbook"));
    let with = FILE.to_string() + "accounts { banner \"Authorised persons only.\" }\n";
    assert_eq!(banner(&file(&with)), "Authorised persons only.");
}
