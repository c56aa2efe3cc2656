//! Carriers that are pulled out, full, read-only or too small for their file system, through a disk
//! in memory that loses what was not flushed.

use std::sync::Arc;

use super::archive::archive;
use super::job::{Going, Job, Whole};
use super::landing::keep_apart;
use super::outer;
use super::proof::{Files, Footage, KEY, check, footage, job, laid_out, package_files};
use super::write::{Orderer, write};
use super::zip::open::OpenedZip;
use crate::base::clock::{Clock, SimClock};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::disk::fake::FakeDisk;
use crate::evidence::check::{Report, What};
use crate::evidence::{names, sshsig};
use crate::logbook::checkpoint::tests::TestKey;

/// Puts the stick back after each pull; what was not flushed is lost, or torn.
struct Patient<'a> {
    stick: &'a FakeDisk,
    /// After so many operations it is pulled out again.
    pulls: Vec<u64>,
    pulled: u64,
    /// How many bytes lay on the stick when the first of the package was announced.
    begun: Option<usize>,
}

/// The mark that it is not finished is no part of what leaves.
fn content(stick: &FakeDisk) -> usize {
    let files = stick.files();
    let counted = files.iter().filter(|(path, _)| !path.ends_with(names::UNFINISHED));
    counted.map(|(_, bytes)| bytes.len()).sum()
}

impl Orderer for Patient<'_> {
    fn begins(&mut self) -> Result<(), Fault> {
        assert_eq!(self.begun.replace(content(self.stick)), None, "said twice");
        Ok(())
    }

    fn going(&mut self, _: Going) -> Result<(), Fault> {
        Ok(())
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        Ok(sshsig::sign(&TestKey::new(KEY), &names::namespace("export-7"), list.as_bytes()))
    }

    fn lost(&mut self, fault: Fault) -> Result<(), Fault> {
        if !self.stick.has_crashed() {
            return Err(fault);
        }
        self.pulled += 1;
        self.stick.power_cut(self.pulled);
        if let Some(next) = self.pulls.pop() {
            self.stick.crash_after(next);
        }
        Ok(())
    }
}

fn dice(bytes: &mut [u8]) -> Result<(), Fault> {
    bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
    Ok(())
}

/// The parts are small, so that there are several files.
fn small_parts(footage: &Footage) -> Job {
    Job { file_bytes: 30_000, ..job(footage, 7) }
}

fn export(
    footage: &Footage,
    stick: &FakeDisk,
    phrase: Option<&Secret>,
    pulls: Vec<u64>,
) -> (Result<Whole, Fault>, u64) {
    let mut hand = Patient { stick, pulls, pulled: 0, begun: None };
    if let Some(first) = hand.pulls.pop() {
        stick.crash_after(first);
    }
    let (job, disks) = (small_parts(footage), footage.disks());
    let whole = match phrase {
        None => write(&job, &disks, stick, &mut hand),
        Some(phrase) => archive(&job, &disks, stick, phrase, &dice, &mut hand),
    };
    (whole, hand.pulled)
}

fn is_whole(stick: &FakeDisk, phrase: Option<&Secret>) {
    let files = stick.files();
    assert!(!files.keys().any(|path| path.ends_with(names::UNFINISHED)), "{:?}", files.keys());
    match phrase {
        None => assert_eq!(check(stick, "export-7").findings, []),
        Some(_) => {
            let list = String::from_utf8(files["export-7/SHA256SUMS"].clone()).unwrap();
            let digest = Digest::of(&files["export-7/export-7.zip"]).to_string();
            assert!(list.contains(&digest), "{list}");
        }
    }
}

#[test]
fn a_stick_pulled_at_any_of_many_moments_ends_whole_and_the_same() {
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    for phrase in [None, Some(&phrase)] {
        let stick = FakeDisk::new(1);
        let (whole, _) = export(&footage, &stick, phrase, Vec::new());
        let (whole, all) = (whole.unwrap(), stick.operations());
        let want = stick.files();
        let (mut pulled, step) = (0, all / 22);
        for at in (0..all - 2).step_by(step as usize) {
            let stick = FakeDisk::new(at);
            let (again, pulls) = export(&footage, &stick, phrase, vec![at]);
            assert_eq!(again.as_ref().unwrap(), &whole, "pulled at {at} of {all}");
            pulled += pulls;
            is_whole(&stick, phrase);
            assert_eq!(stick.files(), want, "pulled at {at} of {all}");
        }
        assert!(pulled >= 20, "{pulled} pulls");
    }
}

#[test]
fn a_stick_may_be_pulled_again_and_again() {
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    for phrase in [None, Some(&phrase)] {
        let stick = FakeDisk::new(9);
        // Far enough apart for one small file; nearer, nothing would ever be whole.
        let pulls = (0..20).map(|n| 12 + n * 7 % 5).collect();
        let (whole, pulled) = export(&footage, &stick, phrase, pulls);
        whole.unwrap();
        assert!(pulled >= 6, "{pulled}");
        is_whole(&stick, phrase);
    }
}

/// Each flush takes ten seconds: nothing gives up, and nothing is left out.
#[test]
fn a_slow_stick_takes_longer_and_holds_the_same() {
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    for phrase in [None, Some(&phrase)] {
        let (quick, slow) = (FakeDisk::new(1), FakeDisk::new(1));
        export(&footage, &quick, phrase, Vec::new()).0.unwrap();
        let clock = Arc::new(SimClock::at(Utc(1_700_000_000_000_000)));
        slow.set_slow(&clock, Span::secs(10));
        let begun = clock.mono();
        export(&footage, &slow, phrase, Vec::new()).0.unwrap();
        let took = clock.mono() - begun;
        assert!(took >= Span::secs(60), "{took:?}");
        assert_eq!(slow.files(), quick.files());
        is_whole(&slow, phrase);
    }
}

#[test]
fn a_stick_that_is_full_small_or_protected_says_so_and_how() {
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    for phrase in [None, Some(&phrase)] {
        let stick = FakeDisk::new(1);
        stick.set_capacity(1_000_000);
        let (done, _) = export(&footage, &stick, phrase, Vec::new());
        let fault = done.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Full);
        assert!(fault.text.contains("MB and there are 1 MB free"), "{}", fault.text);
        let stick = FakeDisk::new(1);
        stick.set_read_only(true);
        let (done, _) = export(&footage, &stick, phrase, Vec::new());
        assert_eq!(done.unwrap_err().kind, FaultKind::ReadOnly);
        assert!(stick.files().is_empty());
    }
    // FAT32 takes no file of 4 GiB; here the limit is smaller, and the sentence is the same.
    let stick = FakeDisk::new(1);
    let job = Job { archive_bytes_max: Some(100_000), ..small_parts(&footage) };
    let mut hand = Patient { stick: &stick, pulls: Vec::new(), pulled: 0, begun: None };
    let done = archive(&job, &footage.disks(), &stick, &phrase, &dice, &mut hand);
    let text = done.unwrap_err().text;
    assert!(text.contains("no file") && text.contains("format the stick as exFAT"), "{text}");
    assert_eq!(hand.begun, None, "a case need not ask after a copy that never was");
    assert!(!stick.files().keys().any(|path| path.ends_with(".zip")));
}

#[test]
fn nothing_of_the_box_leaves_with_a_copy() {
    let stick = FakeDisk::new(1);
    assert!(keep_apart(&stick).is_ok());
    stick.make_folder("beadle-backup").unwrap();
    assert!(keep_apart(&stick).unwrap_err().text.contains("a backup of a box"));
    stick.replace("BEADLE-RECOVERY-KEY.txt", b"7d9e").unwrap();
    assert!(keep_apart(&stick).unwrap_err().text.contains("the recovery key of a box"));
}

/// Whoever hears nothing knows that nothing was written: a full stick and one that is protected
/// say nothing, a good one says it once and before any byte of it.
#[test]
fn the_first_byte_is_announced_before_it_is_written() {
    let footage = footage();
    let phrase = Secret::new("bad-luk");
    for phrase in [None, Some(&phrase)] {
        let begun = |prepare: &dyn Fn(&FakeDisk)| {
            let stick = FakeDisk::new(1);
            prepare(&stick);
            let mut hand = Patient { stick: &stick, pulls: Vec::new(), pulled: 0, begun: None };
            let (job, disks) = (small_parts(&footage), footage.disks());
            let done = match phrase {
                None => write(&job, &disks, &stick, &mut hand),
                Some(phrase) => archive(&job, &disks, &stick, phrase, &dice, &mut hand),
            };
            (done.is_ok(), hand.begun, content(&stick))
        };
        let (whole, before, after) = begun(&|_| {});
        assert_eq!((whole, before), (true, Some(0)), "the archive's own head comes later");
        assert!(after > 100_000, "{after}");
        assert_eq!(begun(&|stick| stick.set_capacity(1_000_000)), (false, None, 0));
        assert_eq!(begun(&|stick| stick.set_read_only(true)), (false, None, 0));
    }
}

#[test]
fn a_passphrase_is_nowhere_on_the_carrier() {
    let (footage, stick) = (footage(), FakeDisk::new(1));
    let phrase = Secret::new("bad-luk-nowhere");
    export(&footage, &stick, Some(&phrase), Vec::new()).0.unwrap();
    let files = stick.files();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["export-7/READ-ME-FIRST.txt", "export-7/SHA256SUMS", "export-7/export-7.zip"]
    );
    for content in files.values() {
        assert!(!content.windows(7).any(|part| part == b"bad-luk"));
    }
    let readme = String::from_utf8(files["export-7/READ-ME-FIRST.txt"].clone()).unwrap();
    assert!(readme.contains("7-Zip") && readme.contains("Owner and copyright"), "{readme}");
    assert!(stick.list("export-7").unwrap().iter().all(|item| !item.folder));
}

/// An archive is checked as it lies there, from a disk that takes nothing (R2.18).
#[test]
fn an_archive_is_checked_with_its_passphrase_and_nothing_is_unpacked() {
    let (footage, stick) = (footage(), FakeDisk::new(1));
    let phrase = Secret::new("bad-luk");
    export(&footage, &stick, Some(&phrase), Vec::new()).0.unwrap();
    let files = package_files(&stick, "export-7");
    let told = |files: &Files| -> (Vec<(What, String)>, Option<Report>) {
        let disk = laid_out(files);
        assert_eq!(outer::archive_in(&disk).unwrap().as_deref(), Some("export-7.zip"));
        let around = outer::examine(&disk, "export-7.zip", &mut |_| {}).unwrap();
        let around = around.into_iter().map(|f| (f.what, f.file)).collect();
        disk.set_read_only(true);
        let zip = OpenedZip::open(&disk, "export-7.zip", &phrase).ok();
        (around, zip.map(|zip| check(&zip, &zip.top().unwrap())))
    };
    let (around, inside) = told(&files);
    let inside = inside.unwrap();
    assert_eq!((around, inside.findings), (vec![], vec![]));
    assert!(inside.clips > 4 && inside.whole_recordings + inside.parts_of_recordings > 0);
    // A bit of a clip: the list beside the archive and the signed one inside both tell.
    let mut changed = files.clone();
    let zip = changed.get_mut("export-7.zip").unwrap();
    let middle = zip.len() / 2;
    zip[middle] ^= 1;
    let (around, inside) = told(&changed);
    assert_eq!(around, [(What::Changed, "export-7.zip".to_string())]);
    let inside = inside.unwrap().findings;
    assert!(inside[0].file.starts_with("video/") && inside[0].what == What::Changed, "{inside:?}");
    let mut changed = files.clone();
    changed.get_mut("export-7.zip").unwrap().truncate(middle);
    let (around, inside) = told(&changed);
    assert!(around.len() == 1 && inside.is_none());
    let mut changed = files.clone();
    changed.remove(names::README);
    changed.insert(names::UNFINISHED.into(), b"x".to_vec());
    let (around, _) = told(&changed);
    let named: Vec<What> = around.iter().map(|(what, _)| *what).collect();
    assert_eq!(named, [What::Unfinished, What::Missing]);
}
