//! What a restart must neither lose nor leave open: the pick of the random check, versions whose
//! end was not entered, passwords that were set while the box was off.

use super::*;
use crate::accounts::changed::{self, Changed};
use crate::logbook::Draft;

impl Office {
    /// The plug is pulled, and the box starts with this file.
    fn crash(&mut self, file: &str) {
        let Box { clock, state, world, .. } = &mut self.all;
        world.writers.clear();
        self.all.supervisor = open(clock, state, &self.home, world, file);
        self.all.pass(5);
    }

    fn pick(&mut self, session: &Sent) -> crate::wire::duty::Pick {
        match self.ask(Some(session), Request::Duties) {
            Reply::Duties { duties } => {
                let line = duties.into_iter().find(|line| line.duty == "random-check");
                line.and_then(|line| line.pick).expect("the box picks")
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_was_picked_for_the_random_check_outlives_a_restart() {
    let mut office = Office::with_people(SCHOOL);
    let clerk = office.log_in("clerk");
    let begin = office.all.clock.utc() - Span::hours(30);
    let films: Vec<_> = (0..3).map(|n| office.all.segment(begin + Span::mins(n))).collect();
    let footage = |office: &mut Office| {
        films.iter().for_each(|film| office.all.supervisor.store.closed(film).unwrap());
    };
    footage(&mut office);
    let first = office.pick(&clerk);
    let entry = office.last(Kind::RandomPick).body.unwrap();
    assert_eq!(entry.who, None, "the box itself");
    assert_eq!(entry.fields["moment"], Value::Text(first.at.to_string()));
    for _ in 0..4 {
        office.crash(SCHOOL);
        footage(&mut office);
        let clerk = office.log_in("clerk");
        assert_eq!(office.pick(&clerk), first, "nobody restarts until a better one comes");
    }
    assert_eq!(office.entries(Kind::RandomPick).len(), 1);
    let clerk = office.log_in("clerk");
    let said = [
        ("camera", Value::Text(first.camera.to_string())),
        ("moment", Value::Text(first.at.to_string())),
        ("verdict", "good".into()),
    ];
    let body = Body { fields: fields(&said), ..Body::default() };
    let reply = office.enter(&clerk, (Kind::RandomCheck, Act::Open, None), body);
    assert!(matches!(reply, Reply::Entered { .. }), "{reply:?}");
    // It is done: a restart does not bring the old pick back.
    office.crash(SCHOOL);
    footage(&mut office);
    let clerk = office.log_in("clerk");
    let body = Body { fields: fields(&said), ..Body::default() };
    let again = office.enter(&clerk, (Kind::RandomCheck, Act::Open, None), body);
    assert!(text(again).contains("The box picks"));
}

#[test]
fn a_version_whose_end_was_not_entered_is_settled_by_the_next_start() {
    let file = SCHOOL.to_string() + "approvals { shorten-retention by=\"head\"; }";
    let mut office = Office::with_people(&file);
    let waits = |office: &mut Office, digest: String| {
        let changes = Value::List(vec!["the entrance is kept for 60 days".into()]);
        let said =
            [("digest", Value::Text(digest)), ("changes", changes), ("author", "tech".into())];
        let body = Body { fields: fields(&said), ..Body::default() };
        let (at, clock) = (office.all.clock.utc(), office.all.supervisor.clock_state);
        let (kind, act, about) = (Kind::Approval, Act::Open, None);
        let draft = Draft { at, clock, kind, act, about, body };
        office.all.supervisor.enter(draft).unwrap().number
    };
    let in_force = waits(&mut office, Digest::of(file.as_bytes()).to_string());
    let gone = waits(&mut office, Digest::of(b"an older one").to_string());
    // And one that really waits: it is the file on disk.
    let new = file.replace("max-days=90", "max-days=60");
    let look = Event::File(Look::Bytes(new.as_bytes().to_vec()));
    office.all.supervisor.fold(look, &mut office.all.world);
    let waiting = office.last(Kind::Approval).number;
    assert!(waiting > gone);
    for _ in 0..2 {
        office.crash(&new);
    }
    let ends = office.entries(Kind::Approval).into_iter().filter(|e| e.header.act == Act::Close);
    let ends: Vec<_> =
        ends.map(|e| (e.header.about.unwrap(), e.body.unwrap().fields["ended"].clone())).collect();
    assert_eq!(ends, [(in_force, "in-force".into()), (gone, "withdrawn".into())], "once each");
    let head = office.log_in("head");
    let digest = Digest::of(new.as_bytes()).to_string();
    let reply = office.ask(Some(&head), Request::Approve { digest });
    assert!(matches!(reply, Reply::Text { .. }), "{reply:?}");
    assert_eq!(office.last(Kind::Approval).header.about, Some(waiting));
}

#[test]
fn passwords_that_were_set_while_the_box_was_off_are_entered_by_its_start() {
    let mut office = Office::new(SCHOOL);
    let at = office.all.clock.utc();
    for (name, what) in [("gates", "set"), ("hall", "removed")] {
        let (name, what) = (name.to_string(), what.to_string());
        changed::note(&office.all.state, Changed { name, what, at, user: 1_000 }).unwrap();
    }
    for _ in 0..2 {
        office.crash(SCHOOL);
    }
    let said: Vec<_> = office.entries(Kind::Secret).into_iter().map(|e| e.body.unwrap()).collect();
    let names: Vec<_> = said.iter().map(|body| body.fields["secret"].clone()).collect();
    assert_eq!(names, ["gates".into(), "hall".into()], "once each");
    let outcome = said[0].outcome.as_deref().unwrap_or_default();
    assert!(outcome.starts_with("set by user 1000 of the machine"), "{outcome}");
    assert!(outcome.contains(&at.to_string()), "{outcome}");
    // A note that nobody can read is told, and hides no start.
    office.all.state.replace(changed::CHANGED, b"{").unwrap();
    office.crash(SCHOOL);
    assert!(office.all.says("camera passwords cannot be read").is_some());
}
