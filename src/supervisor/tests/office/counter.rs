//! The counter of heartbeats (R5.5): stepped, silent, and against a folder that was put back.

use std::sync::Mutex;

use super::*;
use crate::ledger::counter::Rising;
use crate::logbook::heartbeat::COUNTER;

/// A counter that outlives the box's disks, as a TPM does: what it stands at, what was asked of it,
/// and whether it answers.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<(u64, usize, bool)>>);

impl Tally {
    fn set_silent(&self, silent: bool) {
        self.0.lock().unwrap().2 = silent;
    }

    fn stands(&self) -> u64 {
        self.0.lock().unwrap().0
    }
}

impl Rising for Tally {
    fn step(&mut self) -> Result<u64, Fault> {
        let mut inner = self.0.lock().unwrap();
        inner.1 += 1;
        if inner.2 {
            return Err(Fault::new(FaultKind::Timeout, "the TPM did not answer"));
        }
        inner.0 += 1;
        Ok(inner.0)
    }

    fn read(&mut self) -> Result<Option<u64>, Fault> {
        let inner = self.0.lock().unwrap();
        match inner.2 {
            true => Err(Fault::new(FaultKind::Timeout, "the TPM did not answer")),
            false => Ok(Some(inner.0).filter(|n| *n > 0)),
        }
    }
}

fn again(office: &mut Office, tally: &Tally) {
    let Box { clock, state, world, .. } = &mut office.all;
    world.writers.clear();
    let tally = Some(tally.clone());
    office.all.supervisor = open_counting(clock, state, &office.home, world, SCHOOL, tally);
    office.all.pass(5);
}

fn hour(office: &mut Office) {
    office.all.clock.advance(Span::mins(60));
    office.all.pass(3);
}

/// What the heartbeats say, oldest first.
fn told(office: &mut Office) -> Vec<Option<u64>> {
    let beats = office.entries(Kind::Heartbeat).into_iter();
    let said = |e: Entry| match e.body.unwrap().fields.get(COUNTER) {
        Some(Value::Number(n)) => Some(*n as u64),
        _ => None,
    };
    beats.map(said).collect()
}

fn alarms(office: &mut Office, key: &str) -> Vec<Act> {
    let all = office.entries(Kind::Alarm).into_iter();
    let of = |e: &Entry| e.body.as_ref().is_some_and(|b| b.fields["alarm"] == key.into());
    all.filter(of).map(|e| e.header.act).collect()
}

#[test]
fn heartbeats_count_and_a_silent_counter_is_told_once() {
    let mut office = Office::new(SCHOOL);
    assert_eq!(told(&mut office).last(), Some(&None), "a box without a TPM");
    let tally = Tally::default();
    again(&mut office, &tally);
    hour(&mut office);
    hour(&mut office);
    assert_eq!(told(&mut office).split_off(1), [Some(1), Some(2), Some(3)]);
    // A start within the hour makes a heartbeat and no step.
    again(&mut office, &tally);
    assert_eq!((told(&mut office).pop(), tally.stands()), (Some(None), 3));
    tally.set_silent(true);
    for _ in 0..3 {
        hour(&mut office);
    }
    assert_eq!(told(&mut office).split_off(5), [None, None, None]);
    assert_eq!(alarms(&mut office, "counter"), [Act::Open]);
    tally.set_silent(false);
    hour(&mut office);
    office.all.pass(3);
    assert_eq!(told(&mut office).pop(), Some(Some(4)));
    assert_eq!(alarms(&mut office, "counter"), [Act::Open, Act::Close]);
    assert!(alarms(&mut office, "counter-odd").is_empty());
    let report = office.verify();
    assert_eq!(report.findings, []);
}

/// The disk as it was.
fn put_back(disk: &FakeDisk, files: &BTreeMap<String, Vec<u8>>) {
    for path in disk.files().keys() {
        disk.remove(path).unwrap();
    }
    for (path, bytes) in files {
        disk.replace(path, bytes).unwrap();
    }
}

#[test]
fn a_state_folder_that_was_put_back_gets_its_entries_from_a_footage_disk() {
    let mut office = Office::new(SCHOOL);
    hour(&mut office);
    let yesterday = office.all.state.files();
    for _ in 0..24 {
        hour(&mut office);
    }
    let key = Arc::new(Identity::of(&[7; 32]));
    let disk: Arc<dyn Disk> = Arc::new(office.all.state.clone());
    let (site, dice) = (office.all.supervisor.site_id.clone(), crate::ledger::system_dice);
    let opened = crate::ledger::Ledger::open(disk, key, &site, std::boxed::Box::new(dice));
    let left = opened.unwrap().0.checkpoint().unwrap();
    let entries = office.entries(Kind::Heartbeat).len();
    put_back(&office.all.state, &yesterday);
    assert!(office.entries(Kind::Heartbeat).len() < entries);
    let Box { clock, state, world, .. } = &mut office.all;
    world.writers.clear();
    office.all.supervisor = open(clock, state, &office.home, world, SCHOOL);
    office.all.pass(5);
    assert_eq!(office.entries(Kind::Heartbeat).len(), entries + 1);
    let said = office.last(Kind::Restored).body.unwrap().outcome.unwrap();
    assert!(said.contains("got entries") && said.contains("from a footage disk"), "{said}");
    let origin = format!("beadle/{}", office.all.supervisor.site_id);
    let keys = [Identity::of(&[7; 32]).public()];
    let checkpoints = [left];
    let expect =
        Expect { origin: &origin, keys: &keys, checkpoints: &checkpoints, ..Expect::default() };
    let report = verify(&office.all.state, &expect).unwrap();
    assert_eq!((report.findings, report.held.len()), (vec![], 1));
}

#[test]
fn a_box_whose_disks_were_all_put_back_shows_by_the_counter() {
    let mut office = Office::new(SCHOOL);
    let tally = Tally::default();
    again(&mut office, &tally);
    hour(&mut office);
    let footage = office.all.world.disks["/footage"].0.clone();
    let (yesterday, copies) = (office.all.state.files(), footage.files());
    for _ in 0..24 {
        hour(&mut office);
    }
    assert_eq!(tally.stands(), 26);
    let state = office.all.state.clone();
    put_back(&state, &yesterday);
    put_back(&footage, &copies);
    // Before it goes on, by whoever looks at the folder;
    let origin = format!("beadle/{}", office.all.supervisor.site_id);
    let keys = [Identity::of(&[7; 32]).public()];
    let counter = Some(tally.stands());
    let expect = Expect { origin: &origin, keys: &keys, counter, ..Expect::default() };
    let report = verify(&state, &expect).unwrap();
    let text = "the TPM's counter stands at 26 and the newest heartbeat says 2";
    assert!(report.findings.iter().any(|f| f.text.starts_with(text)), "{:?}", report.findings);
    // at the next start, by the box itself;
    again(&mut office, &tally);
    assert_eq!(alarms(&mut office, "counter-odd"), [Act::Open]);
    let found = office.all.supervisor.office_conditions();
    let what = &found["counter-odd"].text;
    assert!(what.starts_with("the TPM counted 24 heartbeats after that of"), "{what}");
    // and for ever after, by the leap that stays.
    hour(&mut office);
    let leap = |f: &crate::logbook::verify::Finding| f.text.contains("went from 2 to 27");
    assert!(office.verify().findings.iter().any(leap), "{:?}", office.verify().findings);
}
