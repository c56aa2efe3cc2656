//! The whole way onto a stick, over the root service's socket, onto a real file system that is torn
//! away in the middle: ext4 on a loop device stands for exFAT on USB, because the machines that
//! this is built on have neither. Wants root; says so and passes over where it has none.

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::archive::archive;
use super::job::{Going, Job, OnStick, Stage};
use super::landing::Landing;
use super::proof::{Footage, KEY, check, footage, job};
use super::write::{Orderer, write};
use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::disk::real::RealDisk;
use crate::evidence::{names, sshsig};
use crate::logbook::checkpoint::tests::TestKey;
use crate::machine::client::Machine;
use crate::machine::order::Which;
use crate::machine::tests::{Loop, lab, loop_with_ext4, serve};

const BYTES: u64 = 64 << 20;
/// `_IOR('X', 125, __u32)`: ext4 takes no more and writes nothing back, as if its disk had gone.
const EXT4_IOC_SHUTDOWN: libc::c_ulong = 0x8004_587d;
const AT_ONCE: u32 = 2;

struct Lab {
    folder: tempfile::TempDir,
    node: Loop,
    numbers: String,
    machine: Machine,
    seq: AtomicU64,
}

impl Lab {
    fn new() -> Option<Lab> {
        let folder = tempfile::tempdir().unwrap();
        let (node, numbers) = loop_with_ext4(folder.path(), BYTES)?;
        let kernel = lab(folder.path(), &node.0, &numbers, BYTES, "4C530001", 1);
        let machine = serve(folder.path(), kernel, nix::unistd::getuid().as_raw());
        let lab = Lab { folder, node, numbers, machine, seq: AtomicU64::new(1) };
        match lab.machine.mount(&lab.which(), true) {
            Ok(_) => Some(lab),
            // The kernel's own no: nobody may mount here, and there is nothing to prove.
            Err(fault) if fault.text.starts_with("mounting it") => None,
            Err(fault) => panic!("{fault}"),
        }
    }

    fn which(&self) -> Which {
        Which { name: "sdb".into(), seq: self.seq.load(Ordering::SeqCst) }
    }

    fn land(&self) -> Result<Landing, Fault> {
        let on = OnStick {
            machine: self.machine.socket().to_path_buf(),
            which: self.which(),
            serial: "4C530001".into(),
            bytes: BYTES,
            key: None,
            stale: Vec::new(),
        };
        Landing::take(on, names::package(7))
    }

    /// The file system is gone at once, and the device from the kernel's list.
    fn pull(&self) {
        let _ = fs::remove_file(self.folder.path().join("sys/block/sdb"));
        let device = fs::metadata(&self.node.0).unwrap().rdev();
        for fd in fs::read_dir("/proc/self/fd").unwrap().flatten() {
            let Ok(top) = fs::File::open(fd.path()) else { continue };
            if top.metadata().is_ok_and(|meta| meta.is_dir() && meta.dev() == device) {
                // SAFETY: a system call with an open descriptor and a number that lives until it
                // returns.
                unsafe { libc::ioctl(top.as_raw_fd(), EXT4_IOC_SHUTDOWN, &AT_ONCE) };
            }
        }
    }

    /// Plugged in again: the kernel counts it as another one.
    fn put_back(&self) {
        let seq = self.seq.fetch_add(1, Ordering::SeqCst) + 1;
        lab(self.folder.path(), &self.node.0, &self.numbers, BYTES, "4C530001", seq);
    }
}

struct Hand<'a> {
    landing: &'a Landing,
    done: &'a AtomicBool,
    waited: u32,
}

impl Orderer for Hand<'_> {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        if going.stage == Stage::Writing {
            std::thread::sleep(Duration::from_millis(2)); // a slow stick
        }
        Ok(())
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        Ok(sshsig::sign(&TestKey::new(KEY), &names::namespace("export-7"), list.as_bytes()))
    }

    fn lost(&mut self, fault: Fault) -> Result<(), Fault> {
        let mut said = 0;
        self.landing.back(fault, &mut |text| {
            assert!(text.contains("Put the same stick back") || text.contains("is back"), "{text}");
            said += 1;
            assert!(said < 600, "{text}");
            Ok(())
        })?;
        self.waited += 1;
        Ok(())
    }
}

fn small_parts(footage: &Footage) -> Job {
    Job { file_bytes: 30_000, ..job(footage, 7) }
}

fn dice(bytes: &mut [u8]) -> Result<(), Fault> {
    bytes.fill(7);
    Ok(())
}

/// One export, pulled out after so many milliseconds; how often it was waited for, and how long it
/// took.
fn pulled_after(
    lab: &Lab,
    footage: &Footage,
    phrase: Option<&Secret>,
    pull_at: u64,
) -> (u32, Duration) {
    let landing = lab.land().unwrap();
    let done = AtomicBool::new(false);
    let (job, disks) = (small_parts(footage), footage.disks());
    let (waited, took) = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(pull_at));
            if !done.load(Ordering::SeqCst) {
                lab.pull();
                std::thread::sleep(Duration::from_millis(300));
                lab.put_back();
            }
        });
        let mut hand = Hand { landing: &landing, done: &done, waited: 0 };
        let begun = Instant::now();
        let whole = match phrase {
            None => write(&job, &disks, landing.disk(), &mut hand),
            Some(phrase) => archive(&job, &disks, landing.disk(), phrase, &dice, &mut hand),
        };
        hand.done.store(true, Ordering::SeqCst);
        whole.unwrap_or_else(|fault| panic!("pulled at {pull_at} ms: {fault}"));
        (hand.waited, begun.elapsed())
    });
    // A pull after the last byte: the stick is back by now, and another one to the kernel.
    let left = landing.leave();
    drop(landing);
    if left.is_err() {
        lab.machine.release(&lab.which()).unwrap();
    }
    (waited, took)
}

#[test]
fn a_real_file_system_pulled_out_at_twenty_moments_holds_a_whole_package() {
    if std::env::var_os("SLOW").is_none() {
        println!("SKIPPED: takes a minute; SLOW=1 runs it");
        return;
    }
    let Some(lab) = Lab::new() else {
        println!("SKIPPED: wants root, loop devices and ext4");
        return;
    };
    lab.machine.release(&lab.which()).unwrap();
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    let forget = || {
        let (top, _) = lab.machine.mount(&lab.which(), true).unwrap();
        let path = format!("/proc/{}/fd/{}", std::process::id(), top.as_raw_fd());
        fs::remove_dir_all(Path::new(&path).join("export-7")).unwrap();
        drop(top);
        lab.machine.release(&lab.which()).unwrap();
    };
    // How long one takes on this machine, with nothing pulled: the moments are scattered over that.
    let (none, span) = pulled_after(&lab, &footage, None, 10_000);
    assert_eq!(none, 0);
    forget();
    let mut waited = 0;
    for round in 0..20_u64 {
        let phrase = (round % 2 == 1).then_some(&phrase);
        let moment = span.as_millis() as u64 * (1 + round * 7 % 20) / 21;
        waited += pulled_after(&lab, &footage, phrase, moment).0;
        let (top, _) = lab.machine.mount(&lab.which(), true).unwrap();
        // By our number: 7-Zip looks through it too.
        let path = format!("/proc/{}/fd/{}", std::process::id(), top.as_raw_fd());
        let disk = RealDisk::at(top);
        match phrase {
            None => assert_eq!(check(&disk, "export-7").findings, [], "round {round}"),
            Some(_) => opened_by_others(Path::new(&path), round),
        }
        fs::remove_dir_all(Path::new(&path).join("export-7")).unwrap();
        drop(disk);
        lab.machine.release(&lab.which()).unwrap();
    }
    println!("pulled out and waited for {waited} times in 20 exports");
    assert!(waited >= 5, "{waited}");
}

fn opened_by_others(top: &Path, round: u64) {
    let zip = top.join("export-7/export-7.zip");
    let test = |program: &str| {
        std::process::Command::new(program).args(["t", "-pbad-luk"]).arg(&zip).output()
    };
    let tested = test("7zz").or_else(|_| test("7z"));
    let Ok(tested) = tested else { return println!("SKIPPED: 7-Zip is not installed") };
    let text = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(text.contains("Everything is Ok"), "round {round}: {text}");
    assert!(!top.join("export-7").join(names::UNFINISHED).exists(), "round {round}");
}
