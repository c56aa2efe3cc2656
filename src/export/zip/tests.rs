//! The archive in the eyes of others, and after its carrier was away.

use std::process::Command;

use super::open::OpenedZip;
use super::*;
use crate::disk::fake::FakeDisk;
use crate::disk::real::RealDisk;

const DATE: (u16, u16) = (0x5b75, 0x45e7);

/// Salts that nobody can guess, and that are the same in every run.
fn dice(bytes: &mut [u8]) -> Result<(), Fault> {
    bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
    Ok(())
}

fn content(n: u8, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|i| (i as u8).wrapping_mul(n).wrapping_add(n)).collect()
}

fn put(zip: &ZipDisk, name: &str, content: &[u8]) -> Result<(), Fault> {
    let mut file = zip.create_sized(name, content.len() as u64)?;
    content.chunks(70_000).try_for_each(|chunk| file.append(&[chunk]))?;
    file.flush()
}

#[test]
fn what_is_written_is_read_through_the_passphrase_from_any_place() {
    let (target, phrase) = (FakeDisk::new(1), Secret::new("seven words"));
    let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
    let big = content(7, 300_001);
    put(&zip, "x/video/one.mp4", &big).unwrap();
    zip.replace("x/NOT-FINISHED.txt", b"no").unwrap();
    zip.replace("x/READ-ME-FIRST.txt", b"read me").unwrap();
    let digest = zip.finish().unwrap();
    zip.prove().unwrap();
    assert_eq!(digest, Digest::of(&target.files()["a.zip"]));
    for (at, len) in [(0, 10), (15, 17), (16, 16), (65_535, 3), (299_999, 99), (300_001, 5)] {
        let end = big.len().min(at + len);
        assert_eq!(zip.read_at("x/video/one.mp4", at as u64, len).unwrap(), big[at..end]);
    }
    assert_eq!(zip.size("x/READ-ME-FIRST.txt").unwrap(), 7);
    let names =
        |path: &str| zip.list(path).unwrap().into_iter().map(|l| l.name).collect::<Vec<_>>();
    assert_eq!(names("x"), ["NOT-FINISHED.txt", "READ-ME-FIRST.txt", "video"]);
    zip.remove("x/NOT-FINISHED.txt").unwrap();
    assert_eq!(names("x"), ["READ-ME-FIRST.txt", "video"]);
    assert_eq!(zip.remove("x/READ-ME-FIRST.txt").unwrap_err().kind, FaultKind::Denied);
    // Neither the content nor the mark lies in it as it is.
    let bytes = &target.files()["a.zip"];
    let shows = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    assert!(!shows(b"read me") && !shows(b"NOT-FINISHED") && shows(b"READ-ME-FIRST.txt"));
}

/// Whatever a check wants to read, from the archive alone.
#[test]
fn an_archive_is_opened_again_with_its_passphrase_and_not_without() {
    let (target, phrase) = (FakeDisk::new(1), Secret::new("bad-luk"));
    let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
    let files = [("x/video/one.mp4", content(7, 300_001)), ("x/empty", vec![])];
    files.iter().for_each(|(name, bytes)| put(&zip, name, bytes).unwrap());
    zip.finish().unwrap();
    let opened = OpenedZip::open(&target, "a.zip", &phrase).unwrap();
    assert_eq!(opened.top().as_deref(), Some("x"));
    for (name, bytes) in &files {
        assert_eq!(opened.size(name).unwrap(), bytes.len() as u64);
        assert_eq!(opened.read_at(name, 0, usize::MAX).unwrap(), *bytes);
    }
    assert_eq!(opened.read_at(files[0].0, 65_535, 3).unwrap(), files[0].1[65_535..65_538]);
    let names: Vec<String> = opened.list("x").unwrap().into_iter().map(|l| l.name).collect();
    assert_eq!(names, ["empty", "video"]);
    assert_eq!(opened.remove("x/empty").unwrap_err().kind, FaultKind::Denied);
    let whole = target.files()["a.zip"].clone();
    let kind = |bytes: &[u8], phrase: &str| {
        target.replace("b.zip", bytes).unwrap();
        OpenedZip::open(&target, "b.zip", &Secret::new(phrase)).err().map(|f| f.kind)
    };
    assert_eq!(kind(&whole, "bad-luck"), Some(FaultKind::Denied));
    for short in [0, 1, 21, 98, 300_000, whole.len() - 23, whole.len() - 1] {
        assert_eq!(kind(&whole[..short], "bad-luk"), Some(FaultKind::Corrupt), "{short}");
    }
    // Sealed by nobody: method 0 in the list.
    let mut plain = whole.clone();
    let list = plain.windows(4).rposition(|w| w == [0x50, 0x4b, 1, 2]).unwrap();
    plain[list + 10] = 0;
    assert_eq!(kind(&plain, "bad-luk"), Some(FaultKind::Foreign));
}

#[test]
fn a_file_has_the_size_that_was_said_or_is_refused() {
    let (target, phrase) = (FakeDisk::new(1), Secret::new("w"));
    let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
    let mut file = zip.create_sized("a", 3).unwrap();
    assert!(file.append(&[b"four"]).is_err());
    file.append(&[b"tw"]).unwrap();
    assert!(file.flush().is_err());
    assert_eq!(zip.create_new("b").err().map(|f| f.kind), Some(FaultKind::Denied));
}

#[test]
fn a_changed_byte_beside_the_content_is_found() {
    let phrase = Secret::new("w");
    let target = FakeDisk::new(1);
    let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
    put(&zip, "a", b"abc").unwrap();
    zip.finish().unwrap();
    let whole = target.files()["a.zip"].clone();
    for at in [0, 40, 50, whole.len() - 3] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        target.replace("a.zip", &bytes).unwrap();
        assert_eq!(zip.prove().err().map(|f| f.kind), Some(FaultKind::Corrupt), "byte {at}");
    }
}

#[test]
fn after_a_pull_the_archive_goes_on_behind_its_last_whole_file() {
    let phrase = Secret::new("w");
    let all: Vec<(String, Vec<u8>)> =
        (1..6).map(|n| (format!("f{n}"), content(n, 40_000 * usize::from(n)))).collect();
    let want = {
        let target = FakeDisk::new(1);
        let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
        all.iter().for_each(|(name, bytes)| put(&zip, name, bytes).unwrap());
        zip.finish().unwrap();
        target.files()["a.zip"].clone()
    };
    for cut in 1..20 {
        let target = FakeDisk::new(cut);
        let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
        target.crash_after(cut);
        let broke = all.iter().any(|(name, bytes)| put(&zip, name, bytes).is_err());
        if broke {
            target.power_cut(cut);
            zip.back().unwrap();
        }
        for (name, bytes) in &all {
            if zip.size(name).is_err() {
                put(&zip, name, bytes).unwrap();
            }
        }
        let digest = zip.finish().unwrap();
        zip.prove().unwrap();
        assert_eq!(digest, Digest::of(&target.files()["a.zip"]), "cut {cut}");
        assert_eq!(target.files()["a.zip"], want, "cut {cut}");
    }
}

/// 7-Zip under either of its names, where it is installed.
fn seven_zip(args: &[&str]) -> Option<(bool, String)> {
    let run = |program: &str| Command::new(program).args(args).output();
    let Ok(output) = run("7zz").or_else(|_| run("7z")) else {
        println!("SKIPPED: 7-Zip is not installed");
        return None;
    };
    let text = [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned());
    Some((output.status.success(), text.concat()))
}

#[test]
fn seven_zip_opens_it_with_the_passphrase_and_not_without() {
    let folder = tempfile::tempdir().unwrap();
    let (target, phrase) = (RealDisk::open(folder.path(), None).unwrap(), Secret::new("bad-luk"));
    let zip = ZipDisk::create(&target, "a.zip", &phrase, &dice, DATE).unwrap();
    put(&zip, "export-1/video/one.mp4", &content(3, 1_000_003)).unwrap();
    put(&zip, "export-1/empty", b"").unwrap();
    zip.finish().unwrap();
    let path = folder.path().join("a.zip");
    let path = path.to_str().unwrap();
    let Some((good, text)) = seven_zip(&["t", "-pbad-luk", path]) else { return };
    assert!(good && text.contains("Everything is Ok"), "{text}");
    let (_, text) = seven_zip(&["l", "-slt", path]).unwrap();
    assert!(text.contains("AES-256 Store") || text.contains("AES-256"), "{text}");
    assert!(!seven_zip(&["t", "-pwrong", path]).unwrap().0);
    let out = format!("-o{}", folder.path().join("out").display());
    assert!(seven_zip(&["x", "-y", "-pbad-luk", &out, path]).unwrap().0);
    let got = std::fs::read(folder.path().join("out/export-1/video/one.mp4")).unwrap();
    assert_eq!(got, content(3, 1_000_003));
    // One bit of the content: the code that follows it does not fit.
    let mut bytes = std::fs::read(path).unwrap();
    bytes[500_000] ^= 1;
    std::fs::write(path, &bytes).unwrap();
    assert!(!seven_zip(&["t", "-pbad-luk", path]).unwrap().0);
}

#[test]
fn records_of_large_archives_have_sizes_of_64_bits() {
    let record = |bytes, at| Record { name: "a".into(), bytes, at, date: DATE };
    let small = record(1_000, 0).local();
    let large = record(5_000_000_000, 0).local();
    assert_eq!((small.len(), large.len()), (30 + 1 + 11, 30 + 1 + 11 + 20));
    assert_eq!(large[18..26], [0xff; 8]);
    let end = records::directory(&[record(1, 0), record(1, 6_000_000_000)], 6_000_000_100);
    let has = |mark: [u8; 4]| end.windows(4).any(|part| part == mark);
    assert!(has([0x50, 0x4b, 6, 6]) && has([0x50, 0x4b, 6, 7]) && has([0x50, 0x4b, 5, 6]));
    // What was written is read.
    let list = &end[..end.len() - 22 - 20 - 56];
    assert_eq!(records::end(&end), Some((6_000_000_100, list.len() as u64)));
    let read = records::listed(list).unwrap();
    assert_eq!((read[1].bytes, read[1].at), (1, 6_000_000_000));
    let large = records::directory(&[record(5_000_000_000, 7)], 60);
    let read = records::listed(&large[..large.len() - 22]).unwrap();
    assert_eq!((read[0].bytes, read[0].at, read[0].name.as_str()), (5_000_000_000, 7, "a"));
    let end = records::directory(&[record(1, 0)], 60);
    assert_eq!(end[end.len() - 22..end.len() - 18], [0x50, 0x4b, 5, 6]);
}
