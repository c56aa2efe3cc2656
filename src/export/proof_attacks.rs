//! What somebody may do to a package, each with the name that a check gives it.

use super::proof::{Files, KEY, check, footage, job, laid_out, make, package_files};
use crate::disk::fake::FakeDisk;
use crate::evidence::check::What;
use crate::evidence::{names, sshsig};
use crate::logbook::checkpoint::tests::TestKey;

/// What somebody does to a package, and how a check names it.
type Attack = (&'static str, fn(&mut Files), What, &'static str);

fn clip_names(files: &Files) -> Vec<String> {
    files.keys().filter(|path| path.starts_with("video/")).cloned().collect()
}

/// As somebody would who knows what the list is for: it fits again, and its signature does not.
fn list_again(files: &mut Files) {
    let mut sums = crate::evidence::sums::Sums::new();
    let beside = [names::SUMS, names::SIGNATURE];
    for (path, bytes) in files.iter().filter(|(path, _)| !beside.contains(&path.as_str())) {
        sums.insert(path.clone(), crate::base::digest::Digest::of(bytes));
    }
    files.insert(names::SUMS.into(), crate::evidence::sums::to_text(&sums).into_bytes());
}

fn edit(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} does not say {from}");
    files.insert(name.into(), text.replace(from, to).into_bytes());
}

const ATTACKS: &[Attack] = &[
    (
        "a clip swapped for another of the same box",
        |files| {
            let clips = clip_names(files);
            files.insert(clips[0].clone(), files[&clips[1]].clone());
        },
        What::Swapped,
        "under another name",
    ),
    (
        "a clip of an older package put in, with a list that fits",
        |files| {
            let clips = clip_names(files);
            let older = files.remove("older").unwrap();
            files.insert(clips[0].clone(), older);
            list_again(files);
        },
        What::Swapped,
        "it says A School, Beadle, export-3",
    ),
    (
        "a clip cut short",
        |files| {
            let clips = clip_names(files);
            let clip = files.get_mut(&clips[0]).unwrap();
            clip.truncate(clip.len() - 5_000);
        },
        What::CutShort,
        "cut short",
    ),
    (
        "bytes put behind a clip",
        |files| {
            let clips = clip_names(files);
            files.get_mut(&clips[0]).unwrap().extend(b"free");
        },
        What::Changed,
        "put behind",
    ),
    (
        "the manifest edited",
        |files| edit(files, names::MANIFEST, "police", "lawyer"),
        What::Manifest,
        "changed after the list",
    ),
    (
        "the manifest edited, with a list that fits",
        |files| {
            edit(files, names::MANIFEST, "\"operator\":\"head\"", "\"operator\":\"site\"");
            list_again(files);
        },
        What::Manifest,
        "other people than the logbook",
    ),
    (
        "a list that was made again",
        |files| {
            edit(files, names::CLOCK, "kept right", "kept wrong");
            list_again(files);
        },
        What::Signature,
        "not the one that was signed",
    ),
    (
        "an older genuine signature",
        |files| {
            let older = sshsig::sign(&TestKey::new(KEY), "beadle-evidence:export-3", b"older");
            files.insert(names::SIGNATURE.into(), older.into_bytes());
        },
        What::OtherPackage,
        "a signature for \"beadle-evidence:export-3\"",
    ),
    (
        "signed by another box",
        |files| {
            let key = TestKey::new(6);
            let signature = sshsig::sign(&key, "beadle-evidence:export-7", &files[names::SUMS]);
            files.insert(names::SIGNATURE.into(), signature.into_bytes());
        },
        What::Key,
        "not with the key that was expected",
    ),
    (
        "the words of the logbook edited",
        |files| edit(files, names::EXTRACT, "gate", "hall"),
        What::Logbook,
        "words of entry 7 were changed",
    ),
    (
        "the words for people edited",
        |files| edit(files, names::EXTRACT, "    by: head, with", "    by: site, with"),
        What::Logbook,
        "not those of its entries",
    ),
    (
        "a proof taken away",
        |files| drop(files.remove("logbook/entry-7.tlog-proof")),
        What::Missing,
        "not there",
    ),
    (
        "a file put in",
        |files| drop(files.insert("video/extra.mp4".into(), b"x".to_vec())),
        What::Extra,
        "put in",
    ),
    (
        "broken off",
        |files| drop(files.insert(names::UNFINISHED.into(), b"x".to_vec())),
        What::Unfinished,
        "never finished",
    ),
];

#[test]
fn every_attack_is_named() {
    let footage = footage();
    let target = FakeDisk::new(1);
    make(&footage, &job(&footage, 7), &target, None).unwrap();
    make(&footage, &job(&footage, 3), &target, None).unwrap();
    let (good, older) = (package_files(&target, "export-7"), package_files(&target, "export-3"));
    for (why, attack, what, says) in ATTACKS {
        let mut files = good.clone();
        let is_older = why.contains("older package");
        if is_older {
            files.insert("older".into(), older[&clip_names(&older)[0]].clone());
        }
        attack(&mut files);
        let report = check(&laid_out(&files), "");
        let named = report.findings.iter().any(|f| f.what == *what && f.text.contains(says));
        assert!(named, "{why}: {:#?}", report.findings);
    }
}

#[test]
fn one_byte_changed_anywhere_is_told_with_its_file() {
    let footage = footage();
    let target = FakeDisk::new(1);
    make(&footage, &job(&footage, 7), &target, None).unwrap();
    let good = package_files(&target, "export-7");
    assert!(check(&laid_out(&good), "").holds());
    for (path, bytes) in &good {
        for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut files = good.clone();
            files.get_mut(path).unwrap()[at] ^= 0x20;
            let report = check(&laid_out(&files), "");
            let signature = [names::SUMS, names::SIGNATURE].contains(&path.as_str());
            let named = |f: &&crate::evidence::check::Finding| {
                f.file == *path || signature && f.file.starts_with(names::SUMS)
            };
            assert!(report.findings.iter().any(|f| named(&f)), "{path} at {at}: {report:#?}");
        }
    }
}
