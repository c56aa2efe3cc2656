//! A state folder that is lost: what the footage disks give back, to whom, and what they never do.

use super::super::office::replicas::{BOX, PEOPLE, VERSION};
use super::*;
use crate::accounts::people::{self, People};
use crate::ledger::RecoveryKey;
use crate::ledger::kept::{Found, Shelf};
use crate::logbook::Kind;

/// The key of [`Desk::in_memory`].
fn key() -> RecoveryKey {
    RecoveryKey::of([9; 32])
}

/// A file of people as `accounts` writes it, told apart by when the notice was left.
fn somebody(mark: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"version":1,"people":{{"headteacher":{{"own":{{"verifier":{},
            "since":"2026-01-01T00:00:00Z"}},"notices":[{{"at":"2026-01-01T00:00:00Z",
            "text":"{mark}"}}]}}}}}}"#,
        verifier()
    );
    People::from_bytes(text.as_bytes()).unwrap().bytes().unwrap().to_vec()
}

/// Of no passphrase that anybody knows.
fn verifier() -> String {
    use crate::accounts::verifier::{Cost, Verifier};
    let cost = Cost { memory_kib: 64, passes: 1 };
    let phrase = crate::base::secret::Secret::new("walrus bicycle thunder");
    serde_json::to_string(&Verifier::make(&phrase, &[1; 16], cost).unwrap()).unwrap()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn item(all: &Box, item: &str) -> Option<String> {
    let site = all.supervisor.site_id.clone();
    match Shelf::new(&key(), &site).look(&all.world.disks["/footage"].0, item).unwrap() {
        Found::Whole(whole) => Some(text_of(&whole.content)),
        Found::Missing => None,
        other => panic!("{item}: {other:?}"),
    }
}

/// Starts again on another state folder, or the same, beside the same footage disk.
fn again(all: Box, state: FakeDisk, file: &str) -> Box {
    let Box { clock, mut world, supervisor, .. } = all;
    drop(supervisor);
    world.writers.clear();
    // A new box draws other numbers.
    world.ids += 1_000;
    let supervisor = begin(&clock, &state, &mut world, file);
    Box { clock, state, world, supervisor }
}

/// A box that had people, and stopped.
fn old_box() -> Box {
    let first = Box::new(FILE);
    first.state.replace_private(people::PEOPLE, &somebody("first")).unwrap();
    let state = first.state.clone();
    let mut all = again(first, state, FILE);
    all.pass(5);
    all
}

fn restored(all: &Box) -> Vec<String> {
    let found = all.state.files();
    let book = found.iter().filter(|(path, _)| path.starts_with("logbook/0"));
    let text: String = book.map(|(_, bytes)| text_of(bytes)).collect();
    let lines = text.lines().filter(|line| line.contains(&format!("\"{}\"", Kind::Restored)));
    lines.map(String::from).collect()
}

#[test]
fn everything_is_copied_and_nothing_is_copied_twice() {
    let mut all = old_box();
    assert!(item(&all, PEOPLE).unwrap().contains("first"));
    assert_eq!(item(&all, BOX).unwrap().len(), 64);
    let versions = |all: &Box| {
        let files = all.world.disks["/footage"].0.files();
        files.keys().filter(|path| path.contains(VERSION)).count()
    };
    assert_eq!(versions(&all), 1);
    // A new version is copied, the old one stays.
    let other = FILE.replace("Front gate\"", "Front gate, north\"");
    let before = all.supervisor.file.record.revision;
    all.supervisor.fold(Event::File(Look::Bytes(other.into_bytes())), &mut all.world);
    all.pass(3);
    assert_eq!((all.supervisor.file.record.revision, versions(&all)), (before + 1, 2));
    let disk = all.world.disks["/footage"].0.clone();
    let kept = || {
        let files = disk.files().into_iter();
        files.filter(|(path, _)| path.starts_with(".beadle/kept")).collect::<Vec<_>>()
    };
    let before = kept();
    all.pass(20);
    // A second sealing of the same would be other bytes.
    assert_eq!(kept(), before, "while nothing changes nothing is written");
}

#[test]
fn an_empty_state_folder_is_filled_from_the_disk() {
    let old = old_box();
    let (site, before) = (old.supervisor.site_id.clone(), old.state.files());
    let mut new = again(old, FakeDisk::new(7), FILE);
    assert_eq!(new.supervisor.site_id, site, "the footage is its own");
    let files = new.state.files();
    for name in [people::PEOPLE, "accepted/000001.kdl", "accepted/000001.json"] {
        assert_eq!(files.get(name), before.get(name), "{name}");
    }
    new.pass(3);
    assert!(restored(&new).iter().any(|line| line.contains("people came back")));
    assert!(new.says("people came back").is_some(), "it is on the screen too");
    assert!(new.says("holds another site's footage").is_none());
    // Done once: the next start says nothing more.
    let count = restored(&new).len();
    let state = new.state.clone();
    let mut next = again(new, state, FILE);
    next.pass(3);
    assert_eq!(restored(&next).len(), count);
}

#[test]
fn what_the_state_folder_has_is_the_truth() {
    let all = old_box();
    // As after a crash between the state disk and the copy: the copy follows, whichever is newer.
    all.state.replace_private(people::PEOPLE, &somebody("second")).unwrap();
    let state = all.state.clone();
    let mut all = again(all, state.clone(), FILE);
    assert!(text_of(&state.files()[people::PEOPLE]).contains("second"));
    all.pass(5);
    assert!(item(&all, PEOPLE).unwrap().contains("second"));
    // A damaged file is no truth: the copy counts, and the damaged one is kept.
    state.replace_private(people::PEOPLE, b"{\"version\":1,").unwrap();
    let mut all = again(all, state.clone(), FILE);
    all.pass(3);
    let files = state.files();
    assert!(text_of(&files[people::PEOPLE]).contains("second"));
    assert_eq!(files["people.damaged.json"], b"{\"version\":1,");
    assert!(all.says("people.damaged.json").is_some());
}

#[test]
fn a_copy_of_another_site_or_key_is_never_used() {
    for (key, site) in [(key(), "ab".repeat(16)), (RecoveryKey::of([8; 32]), "ba".repeat(16))] {
        let mut world = Noted::default();
        let disk = FakeDisk::new(1);
        let ours = site.starts_with("ba");
        let shelf = Shelf::new(&key, &site);
        let whole = crate::ledger::kept::Whole {
            generation: 1,
            content: zeroize::Zeroizing::new(somebody("stranger")),
        };
        shelf.put(&disk, PEOPLE, &whole, &mut crate::ledger::system_dice).unwrap();
        if ours {
            // The same site, another key: as a new box of it that was given none.
            let id = DiskId("cc".repeat(16));
            crate::disk::identity::claim(&disk, &site, id, "old", utc("2026-01-01T00:00:00Z"))
                .unwrap();
        }
        let before = disk.files();
        world.disks.insert("/footage".into(), (disk.clone(), true));
        let clock = Arc::new(SimClock::at(utc("2026-11-21T12:00:00Z")));
        let state = FakeDisk::new(2);
        let supervisor = begin(&clock, &state, &mut world, FILE);
        let mut all = Box { clock, state, world, supervisor };
        all.pass(5);
        assert!(!all.state.files().contains_key(people::PEOPLE), "{site}");
        let path = format!(".beadle/kept/{PEOPLE}.sealed");
        assert_eq!(disk.files()[&path], before[&path], "nor replaced");
        let locked = all.says("locked with another recovery key").is_some();
        assert!(locked, "it says so");
        assert_eq!(all.supervisor.site_id == site, ours);
    }
}

#[test]
fn two_boxes_versions_stand_side_by_side() {
    let mut all = old_box();
    all.supervisor.fold(
        Event::File(Look::Bytes(FILE.replace("Example", "Old").into_bytes())),
        &mut all.world,
    );
    all.pass(3);
    assert_eq!(all.supervisor.file.record.revision, 2);
    // The new box was set up with another file, and began to count at one.
    let (state, disk) = (FakeDisk::new(7), all.world.disks["/footage"].0.clone());
    let site = all.supervisor.site_id.clone();
    state.replace(state::SITE_ID, site.as_bytes()).unwrap();
    let own = FILE.replace("Example", "New");
    let bytes = own.clone().into_bytes();
    let record = state::Accepted {
        revision: 1,
        at: utc("2026-11-22T00:00:00Z"),
        digest: Digest::of(&bytes).to_string(),
        author: "unknown".into(),
        changes: Vec::new(),
        approved_by: Vec::new(),
    };
    let disks: [Arc<dyn Disk>; 1] = [Arc::new(disk)];
    for n in 0..24 {
        let crashed = FakeDisk::new(n);
        for (path, bytes) in state.files() {
            crashed.replace(&path, &bytes).unwrap();
        }
        state::accept(&crashed, &record, &bytes).unwrap();
        RecoveryKey::announce(&crashed).unwrap();
        crashed.crash_after(n);
        let _ = super::super::recover::take_in(&crashed, &disks, &key(), &site);
        crashed.power_cut(n);
        super::super::recover::take_in(&crashed, &disks, &key(), &site).unwrap();
        let (versions, faults) = state::accepted(&crashed).unwrap();
        assert_eq!(faults, [], "{n}");
        let names = versions.iter().map(|v| {
            let bytes = state::version_bytes(&crashed, v.revision).unwrap();
            assert_eq!(Digest::of(&bytes).to_string(), v.digest, "{n}");
            let text = text_of(&bytes);
            let name = ["Example", "Old", "New"].into_iter().find(|name| text.contains(name));
            (v.revision, name.unwrap())
        });
        let names: Vec<_> = names.collect();
        assert_eq!(names, [(1, "Example"), (2, "Old"), (3, "New")], "{n}");
        assert!(crashed.files().contains_key(people::PEOPLE), "{n}");
        assert!(!crashed.files().contains_key("recovering.key"), "{n}");
    }
}
