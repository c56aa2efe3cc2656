//! Which file counts, without sticks: those need the root service, and have their test beside it.

use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::*;
use crate::base::name::DiskId;
use crate::base::time::Utc;
use crate::disk::identity;
use crate::ledger::kept::{Shelf, Whole};
use crate::ledger::system_dice;
use crate::supervisor::file::judge;
use crate::supervisor::office::replicas::version_item;
use crate::supervisor::recover;
use crate::supervisor::state::{self, Accepted};
use crate::wire::Sent;

const SITE: &str = "00112233445566778899aabbccddeeff";
const FILE: &str = include_str!("../../../configs/smallest.kdl");

struct Bench {
    folder: tempfile::TempDir,
    begin: Begin,
}

impl Bench {
    fn new(baked: Option<&str>) -> Bench {
        Bench::asking(baked, Path::new("/nonexistent/machine.sock"))
    }

    fn asking(baked: Option<&str>, machine: &Path) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["state", "footage"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        if let Some(text) = baked {
            std::fs::write(at("baked.kdl"), text).unwrap();
        }
        let state = Arc::new(RealDisk::open(&at("state"), None).unwrap());
        let places = Places {
            config: at("site.kdl"),
            baked: at("baked.kdl"),
            footage: vec![at("footage")],
            machine: machine.to_path_buf(),
            backup: at("state/beadle-backup"),
        };
        let begin = Begin::new(places, state, "site.kdl is not there".into()).unwrap();
        let mut bench = Bench { folder, begin };
        bench.begin.look();
        bench
    }

    fn footage(&self) -> RealDisk {
        RealDisk::open(&self.folder.path().join("footage"), None).unwrap()
    }

    /// A box before this one was here, with this file and key.
    fn lived(&mut self, key: &RecoveryKey, revisions: &[&str]) {
        let disk = self.footage();
        let id = DiskId("ab".repeat(16));
        identity::claim(&disk, SITE, id, "old-box", Utc(0)).unwrap();
        for (n, text) in revisions.iter().enumerate() {
            let judged = judge("site.kdl", text.as_bytes().to_vec(), Utc(0));
            let record = Accepted {
                revision: n as u64 + 1,
                at: Utc(0),
                digest: judged.digest.to_string(),
                author: "it".into(),
                changes: Vec::new(),
                approved_by: Vec::new(),
            };
            let content = Zeroizing::new(state::packed(&record, text.as_bytes()).unwrap());
            let whole = Whole { generation: 1, content };
            let shelf = Shelf::new(key, SITE);
            shelf.put(&disk, &version_item(&record), &whole, &mut system_dice).unwrap();
        }
        self.begin.look();
    }

    fn candidates(&self) -> Vec<Candidate> {
        self.begin.status(Utc(0)).begin.unwrap().candidates
    }

    fn ask(&mut self, request: Request) -> (Reply, bool) {
        let (reply, taken) = self.begin.answer(request, Utc(0));
        self.begin.look();
        (reply, taken)
    }

    fn refused(&mut self, request: Request) -> String {
        match self.ask(request) {
            (Reply::Refused { why }, false) => why,
            other => panic!("{other:?}"),
        }
    }

    fn take(&mut self, name: &str) -> Request {
        let found = self.candidates().into_iter().find(|c| c.name == name).unwrap();
        let digest = found.digest.unwrap_or_default();
        Request::BeginTake { name: name.into(), digest, adopt: false }
    }

    fn file(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join("site.kdl")).ok()
    }
}

/// The file that is built in is offered on an empty box, shown first, and taken when somebody says
/// so.
#[test]
fn the_file_that_is_built_in_counts_on_an_empty_box_alone() {
    let mut bench = Bench::new(Some(FILE));
    let found = bench.candidates();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, &*found[0].name), (CandidateKind::BakedIn, "built in"));
    assert!(found[0].site.is_some() && found[0].why.is_none());
    let (plan, taken) = bench.ask(Request::BeginPlan { name: "built in".into() });
    assert!(matches!(plan, Reply::Plan(plan) if plan.loads && !plan.lines.is_empty()) && !taken);
    assert_eq!(bench.file(), None, "nothing is taken silently");
    let other = Request::BeginTake { name: "built in".into(), digest: "ab".into(), adopt: false };
    assert!(bench.refused(other).contains("another file than the one that was shown"));
    let take = bench.take("built in");
    assert!(matches!(bench.ask(take), (Reply::Text { .. }, true)));
    assert_eq!(bench.file().as_deref(), Some(FILE));

    let mut bench = Bench::new(Some(FILE));
    bench.lived(&RecoveryKey::of([5; 32]), &[FILE]);
    let found = bench.candidates();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, CandidateKind::FootageDisk);
}

#[test]
fn a_file_with_mistakes_is_shown_and_not_taken() {
    let mut bench = Bench::new(Some("site \"x\" {"));
    let found = bench.candidates();
    assert!(found[0].why.as_ref().unwrap().contains("does not load"), "{found:?}");
    let (plan, _) = bench.ask(Request::BeginPlan { name: "built in".into() });
    assert!(matches!(plan, Reply::Plan(plan) if !plan.loads && !plan.findings.is_empty()));
    let take = bench.take("built in");
    assert!(bench.refused(take).contains("has mistakes"));
    assert_eq!(bench.file(), None);
}

/// The copies of the box before this one open with the key from paper and with nothing else.
#[test]
fn a_footage_disk_gives_its_file_to_whoever_has_the_key() {
    let (key, other) = (RecoveryKey::of([5; 32]), RecoveryKey::of([6; 32]));
    let newer = FILE.replacen("min-days=30", "min-days=29", 1);
    let mut bench = Bench::new(None);
    bench.lived(&key, &[FILE, &newer]);
    let found = &bench.candidates()[0];
    assert!(found.from.contains("the box old-box") && found.digest.is_none(), "{found:?}");
    assert!(found.why.as_ref().unwrap().contains("type the recovery key"), "{found:?}");
    let name = found.name.clone();
    let put = |key: &RecoveryKey| Request::RecoveryPut {
        key: Sent::new(key.to_text().as_str()),
        school: None,
    };
    assert!(bench.refused(put(&other)).contains("opens none"));
    let slip = Sent::new(key.to_text().replacen("0505", "0506", 1));
    let slip = Request::RecoveryPut { key: slip, school: None };
    assert!(bench.refused(slip).contains("slip"));
    assert!(bench.refused(Request::BeginPlan { name: name.clone() }).contains("locked"));
    assert!(matches!(bench.ask(put(&key)), (Reply::Text { .. }, false)));
    let (plan, _) = bench.ask(Request::BeginPlan { name: name.clone() });
    let Reply::Plan(plan) = plan else { panic!("{plan:?}") };
    assert!(plan.consequences[0].contains("revision 2"), "{:?}", plan.consequences);
    assert!(plan.consequences[1].contains("no people"), "{:?}", plan.consequences);
    assert_eq!(RecoveryKey::kept(bench.begin.state.as_ref()).unwrap().map(|k| k.is(&key)), None);
    let take = bench.take(&name);
    assert!(matches!(bench.ask(take), (Reply::Text { .. }, true)));
    assert_eq!(bench.file(), Some(newer));
    let kept = RecoveryKey::kept(bench.begin.state.as_ref()).unwrap();
    assert!(kept.is_some_and(|kept| kept.is(&key)), "people and logbook come with the first start");
    assert!(RecoveryKey::announced(bench.begin.state.as_ref()).unwrap().is_some());
}

#[test]
fn a_disk_of_a_newer_beadle_is_only_read() {
    let mut bench = Bench::new(None);
    let disk = bench.footage();
    disk.replace(identity::IDENTITY_FILE, br#"{"version": 9}"#).unwrap();
    bench.begin.look();
    let found = bench.candidates();
    let why = found[0].why.clone().unwrap();
    assert!(why.contains("newer Beadle (format 9)") && why.contains("only read"), "{why}");
    let take = bench.take(&found[0].name);
    assert!(bench.refused(take).contains("newer"));
}

/// A stick is read by the root service, read-only, and let go; its file is offered, and a key that
/// lies on it opens the old disk when somebody asks for that.
#[test]
fn a_stick_brings_the_file_or_the_key() {
    use crate::machine::tests::{lab, loop_with_ext4, serve};
    let folder = tempfile::tempdir().unwrap();
    let Some((node, numbers)) = loop_with_ext4(folder.path(), 32 << 20) else {
        println!("SKIPPED: wants root and loop devices");
        return;
    };
    let kernel = lab(folder.path(), &node.0, &numbers, 32 << 20, "4C530001", 3);
    let machine = serve(folder.path(), kernel, nix::unistd::getuid().as_raw());
    let stick = machine.sticks().unwrap().remove(0).which;
    let top = match machine.mount(&stick, true) {
        Ok((top, _)) => top,
        Err(fault) => return println!("SKIPPED: this machine lets nobody mount: {fault}"),
    };
    let key = RecoveryKey::of([5; 32]);
    let disk = RealDisk::at(top);
    disk.replace("School.KDL", FILE.as_bytes()).unwrap();
    let paper = format!("Recovery key\r\n\r\n{}\r\n", key.to_text().as_str());
    disk.replace(KEY_FILE, paper.as_bytes()).unwrap();
    disk.replace("holiday.jpg", b"no file of a school").unwrap();
    drop(disk);
    machine.release(&stick).unwrap();
    let mut bench = Bench::asking(None, &folder.path().join("machine.sock"));
    let late = Instant::now() + Duration::from_secs(60);
    while bench.candidates().is_empty() {
        assert!(Instant::now() < late, "the stick does not show");
        std::thread::sleep(Duration::from_millis(50));
        bench.begin.look();
    }
    let found = bench.candidates();
    assert_eq!((found.len(), found[0].kind), (1, CandidateKind::Stick), "{found:?}");
    assert_eq!(found[0].from, "stick SanDisk Ultra[2J: School.KDL");
    let take = bench.take(&found[0].name);
    let by_stick = Request::RecoveryPut { key: Sent::new(""), school: None };
    assert!(bench.refused(by_stick.clone()).contains("opens none"), "there is no disk yet");
    bench.lived(&key, &[FILE]);
    assert!(matches!(bench.ask(by_stick), (Reply::Text { .. }, false)));
    let disk = bench.candidates().into_iter().find(|c| c.kind == CandidateKind::FootageDisk);
    assert!(disk.is_some_and(|disk| disk.digest.is_some()));
    assert!(matches!(bench.ask(take), (Reply::Text { .. }, true)));
    assert_eq!(bench.file().as_deref(), Some(FILE));
}

/// Another school's footage is named, and left alone unless somebody says otherwise; a school's own
/// is its own again.
#[test]
fn another_school_s_footage_is_asked_about_by_name() {
    let school = judge("site.kdl", FILE.as_bytes().to_vec(), Utc(0)).config.unwrap();
    let school = school.site.name.value;
    for (called, adopt, want_site) in [
        (Some("Oakfield"), false, None),
        (Some("Oakfield"), true, Some(SITE)),
        (Some(school.as_str()), false, None),
        (None, false, None),
    ] {
        let mut bench = Bench::new(None);
        bench.lived(&RecoveryKey::of([5; 32]), &[]);
        if let Some(called) = called {
            identity::label(&bench.footage(), SITE, called, "old-box").unwrap();
        }
        // No stick without the root service: what is built in stands for it.
        std::fs::write(bench.folder.path().join("baked.kdl"), FILE).unwrap();
        let baked = look::baked(&bench.folder.path().join("baked.kdl")).unwrap();
        bench.begin.look();
        bench.begin.found.insert((baked.kind, baked.name.clone()), baked);
        let candidates = bench.candidates();
        let found = candidates.iter().find(|c| c.name == "built in").unwrap();
        let other = called == Some("Oakfield");
        assert_eq!(found.other.as_deref(), other.then_some("\"Oakfield\" (box old-box)"));
        let digest = found.digest.clone().unwrap();
        let plan = match bench.begin.answer(Request::BeginPlan { name: "built in".into() }, Utc(0))
        {
            (Reply::Plan(plan), false) => plan.consequences.join("; "),
            other => panic!("{other:?}"),
        };
        assert_eq!(plan.contains("ANOTHER SCHOOL'S FOOTAGE"), other, "{plan}");
        assert_eq!(plan.contains("becomes this box's, and these rules"), !other, "{plan}");
        let request = Request::BeginTake { name: "built in".into(), digest, adopt };
        let (reply, taken) = bench.begin.answer(request, Utc(0));
        assert!(taken, "{reply:?}");
        let site = bench.begin.state.read_at(state::SITE_ID, 0, 64).ok();
        assert_eq!(site.as_deref(), want_site.map(str::as_bytes), "{called:?} {adopt}");
        // What the start then makes of it.
        let disk: Arc<dyn Disk> = Arc::new(bench.footage());
        let from_disks = recover::site_of(&[disk], Some(&school));
        assert_eq!(from_disks.as_deref(), (!other).then_some(SITE));
    }
}
