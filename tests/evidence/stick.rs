//! A stick from end to end: plugged in, shown, written as an archive, let go, refused to the next
//! case, wiped by nobody who may not. The real recorder, the real root service; an ext4 on a loop
//! device stands for the stick, because the kernels that this is built on know neither USB nor
//! exFAT. Wants root; says so and passes over where it has none.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use beadle::logbook::{Kind, Value};
use beadle::wire::export::{End, Leaving};
use beadle::wire::stick::{Carrier, StickLine, StickState};
use beadle::wire::{Reply, Request};

use crate::desk::HEAD;
use crate::live::PATIENCE;
use crate::school::{School, WITNESS, verify};

const BYTES: u64 = 256 << 20;

/// A stick that this test made, and the service that looks after it.
struct Lab {
    folder: PathBuf,
    node: PathBuf,
    service: Child,
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.service.kill(); // it may have ended
        let _ = self.service.wait();
        let _ = Command::new("losetup").arg("-d").arg(&self.node).status(); // on its way out
    }
}

fn run(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

impl Lab {
    fn new(folder: &Path, socket: &Path) -> Option<Lab> {
        let image = folder.join("image");
        fs::File::create(&image).and_then(|file| file.set_len(BYTES)).unwrap();
        let image = image.to_str()?;
        run("mkfs.ext4", &["-q", "-F", image])?;
        let node = PathBuf::from(run("losetup", &["-f", "--show", image])?);
        let service = Command::new(env!("CARGO_BIN_EXE_beadle"))
            .args(["machine", "--user", "root", "--also", "ext4", "--socket"])
            .arg(socket)
            .arg("--sys")
            .arg(folder.join("sys"))
            .arg("--dev")
            .arg(folder.join("dev"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("beadle runs");
        let lab = Lab { folder: folder.to_path_buf(), node, service };
        fs::create_dir_all(folder.join("sys/block")).unwrap();
        fs::create_dir_all(folder.join("dev")).unwrap();
        Some(lab)
    }

    fn plug(&self, seq: u64) {
        let usb = self.folder.join("sys/devices/usb1/1-1");
        let block = usb.join("1-1:1.0/host0/block/sdb");
        fs::create_dir_all(&block).unwrap();
        let name = self.node.file_name().unwrap().to_str().unwrap();
        let numbers = fs::read_to_string(format!("/sys/block/{name}/dev")).unwrap();
        for (file, text) in [
            (usb.join("idVendor"), "0781"),
            (usb.join("manufacturer"), "SanDisk"),
            (usb.join("product"), "Ultra"),
            (usb.join("serial"), "4C530001A7"),
            (usb.join("1-1:1.0/bInterfaceClass"), "08"),
            (block.join("dev"), numbers.trim()),
            (block.join("size"), &(BYTES / 512).to_string()),
            (block.join("ro"), "0"),
            (block.join("diskseq"), &seq.to_string()),
        ] {
            fs::write(file, format!("{text}\n")).unwrap();
        }
        let _ = symlink(&self.node, self.folder.join("dev/sdb")); // it is there the second time
        symlink(&block, self.folder.join("sys/block/sdb")).unwrap();
    }

    fn unplug(&self) {
        fs::remove_file(self.folder.join("sys/block/sdb")).unwrap();
    }
}

fn sticks(school: &School) -> Vec<StickLine> {
    match school.desk.ask(None, &Request::Status) {
        Reply::Status(status) => status.sticks,
        other => panic!("{other:?}"),
    }
}

fn until(school: &School, what: &str, wanted: impl Fn(&[StickLine]) -> bool) -> Vec<StickLine> {
    let late = Instant::now() + PATIENCE;
    loop {
        let now = sticks(school);
        if wanted(&now) {
            return now;
        }
        assert!(Instant::now() < late, "{what}: {now:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn why(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stick_is_shown_written_let_go_and_kept_for_its_case() {
    if std::env::var_os("SLOW").is_none() {
        println!("SKIPPED: takes a minute; SLOW=1 runs it");
        return;
    }
    let school = School::recorded("encrypted");
    let folder = tempfile::tempdir().unwrap();
    let socket = school.desk.places.socket.with_file_name("machine.sock");
    let Some(lab) = Lab::new(folder.path(), &socket) else {
        println!("SKIPPED: wants root, loop devices and mkfs.ext4");
        return;
    };
    let zip = Leaving {
        folder: String::new(),
        stick: Some("sdb".into()),
        carrier: Carrier::Zip,
        ..school.wanted()
    };
    let told = why(school.ask(zip.clone(), Some(&WITNESS)));
    assert!(told.contains("No stick is plugged in"), "{told}");
    lab.plug(1);
    let ready = |lines: &[StickLine]| lines.iter().any(|line| line.state == StickState::Ready);
    let shown = until(&school, "the stick is ready", ready);
    println!("{shown:?}");
    assert!(shown[0].free.is_some_and(|free| free > BYTES / 2), "{shown:?}");
    let bitlocker = Leaving { carrier: Carrier::BitLocker, ..zip.clone() };
    let told = why(school.ask(bitlocker, Some(&WITNESS)));
    assert!(told.contains("not BitLocker"), "{told}");

    crate::papers::onto_a_stick(&school, |wanted: &dyn Fn(&[StickLine]) -> bool| {
        until(&school, "the papers are on it", wanted);
    });
    let Reply::Export(begun) = school.ask(zip.clone(), Some(&WITNESS)) else { panic!("refused") };
    let phrase = begun.passphrase.clone().expect("it is told once");
    let ended = school.ended(begun.number);
    println!("{ended:?}");
    assert!(matches!(ended.end, Some(End::Whole { .. })), "{ended:?}");
    assert_eq!(ended.passphrase, None, "it is told twice");
    let safe = |lines: &[StickLine]| lines.iter().any(|l| l.state == StickState::SafeToRemove);
    until(&school, "the stick may be pulled out", safe);
    lab.unplug();
    until(&school, "the stick has gone", |lines| lines.is_empty());

    let out = opened(&lab, phrase.0.expose(), &ended.package);
    if let Some(package) = &out {
        let (good, said) = verify(package, &[]);
        println!("{said}");
        assert!(good, "{said}");
    }
    lab.plug(2);
    let shown = until(&school, "it is looked at again", ready);
    assert_eq!(shown[0].packages[0].case, Some(school.case), "{shown:?}");
    crate::papers::not_beside_evidence(&school);
    erased_by_nobody(&school, &shown[0]);
    wiped_by_two(&school, &lab, &shown[0]);
}

/// Entered before the first byte goes; the status moves; then every byte is gone. This machine's
/// kernel cannot show the new partition, so that it ends as failed, and that is entered too.
fn wiped_by_two(school: &School, lab: &Lab, line: &StickLine) {
    let head = school.desk.log_in(&HEAD);
    let mut client = school.desk.client(Some(&head));
    let wipe = Request::StickWipe { stick: line.name.clone(), typed: line.typed.clone() };
    let told = why(client.ask(&wipe).unwrap());
    assert!(told.contains("second person"), "{told}");
    client.beside = Some(school.beside(&WITNESS));
    let begun = client.ask(&wipe).unwrap();
    assert!(matches!(begun, Reply::Done), "{begun:?}");
    let mut seen = Vec::new();
    let over = |lines: &[StickLine]| lines.iter().all(|line| line.wiped.is_none());
    let late = Instant::now() + PATIENCE * 3;
    loop {
        let now = sticks(school);
        seen.extend(now.iter().filter_map(|line| line.wiped));
        if over(&now) && !seen.is_empty() {
            println!("{now:?}");
            break;
        }
        assert!(Instant::now() < late, "{now:?}");
    }
    seen.dedup();
    println!("wiped, in per cent: {seen:?}");
    assert!(seen.is_sorted() && seen.iter().any(|n| (1..100).contains(n)), "{seen:?}");
    let mut node = fs::File::open(&lab.node).unwrap();
    let mut block = vec![1; 1 << 20];
    std::io::Read::read_exact(&mut node, &mut block[..]).unwrap();
    // Behind the new table of partitions.
    assert!(block[4096..].iter().all(|byte| *byte == 0));
    let mut entries = school.desk.entries(&school.desk.admin(), Kind::Stick);
    entries.sort_by_key(|entry| entry.number);
    let [begun, ended] = &entries[..] else { panic!("{entries:#?}") };
    let body = begun.body.as_ref().unwrap();
    let who = body.who.as_ref().unwrap();
    assert_eq!((who.person.as_str(), who.second.as_deref()), (HEAD.id, Some(WITNESS.id)));
    assert_eq!((body.text("method"), body.text("serial")), (Some("wipe"), Some("4C530001A7")));
    assert!(matches!(&body.fields["copies"], Value::List(l) if l[0].starts_with("export-")));
    assert_eq!(ended.header.about, Some(begun.number));
    assert_eq!(ended.body.as_ref().unwrap().text("ended"), Some("failed"));
}

/// With 7-Zip, through a mount of our own; `None` where one of them is not there.
fn opened(lab: &Lab, phrase: &str, package: &str) -> Option<PathBuf> {
    let (top, out) = (lab.folder.join("top"), lab.folder.join("out"));
    fs::create_dir_all(&top).unwrap();
    let (node, top_word) = (lab.node.to_str()?, top.to_str()?);
    run("mount", &["-o", "ro", node, top_word])?;
    let folder = top.join(package);
    let names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let checked =
        Command::new("sha256sum").arg("-c").arg("SHA256SUMS").current_dir(&folder).output();
    let to = format!("-o{}", out.display());
    let key = format!("-p{phrase}");
    let zip = folder.join(format!("{package}.zip"));
    checked_where_it_lies(&folder, phrase);
    let unpack = |program| Command::new(program).args(["x", "-y", &key, &to]).arg(&zip).output();
    let unpacked = unpack("7zz").or_else(|_| unpack("7z"));
    if unpacked.is_err() {
        println!("SKIPPED: 7-Zip is not installed");
    }
    run("umount", &[top_word]).expect("it can be unmounted");
    assert_eq!(names.len(), 3, "{names:?}");
    let said = String::from_utf8_lossy(&checked.unwrap().stdout).into_owned();
    println!("{said}");
    assert_eq!(said.matches(": OK").count(), 2, "{said}");
    let unpacked = unpacked.ok()?;
    let said = String::from_utf8_lossy(&unpacked.stdout).into_owned();
    assert!(unpacked.status.success() && said.contains("Everything is Ok"), "{said}");
    Some(out.join(package))
}

/// `beadle verify` on the carrier, which is read only (R2.18): with the passphrase it reads all of
/// it, without nothing.
fn checked_where_it_lies(folder: &Path, phrase: &str) {
    let verify = |typed: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.arg("verify").arg(folder).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut ear = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut ear, format!("{typed}\n").as_bytes()).unwrap();
        drop(ear);
        let ended = child.wait_with_output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        (ended.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    let (good, said) = verify(phrase);
    assert!(good && said.contains("Nothing was changed"), "{said}");
    let (good, said) = verify("seven-other-words");
    assert!(!good && said.contains("does not open"), "{said}");
}

/// Formatting would leave it readable; wiping wants a right; both want the number typed.
fn erased_by_nobody(school: &School, line: &StickLine) {
    let ask = |request| why(school.desk.ask(Some(&school.exporter), &request));
    let (stick, typed) = (line.name.clone(), line.typed.clone());
    let told = ask(Request::StickFormat { stick: stick.clone(), typed: typed.clone() });
    assert!(told.contains("leave it readable"), "{told}");
    let told = ask(Request::StickWipe { stick, typed });
    assert!(told.contains("dispose"), "{told}");
    // Another case: the same stick is refused, and nothing is held or entered for it.
    let other = school.request_of("police", "police-sch2-2");
    let wanted = Leaving {
        case: other,
        folder: String::new(),
        stick: Some("sdb".into()),
        carrier: Carrier::Zip,
        ..school.wanted()
    };
    let told = why(school.ask(wanted, Some(&WITNESS)));
    assert!(told.contains("one stick carries one case"), "{told}");
}
