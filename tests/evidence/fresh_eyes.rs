//! A package in the hands of others: ffmpeg decodes every clip to its end, `sha256sum` and
//! `ssh-keygen` agree, and `beadle verify` names what somebody does to it.

use std::path::Path;
use std::process::Command;

use beadle::evidence::names;

use crate::masked::{
    others_get_masked_copies, own_pictures_are_held_at_the_intake, two_at_once, viewing_copies,
};
use crate::school::{School, copy, foreign, verify};

/// Frames that ffmpeg decodes, and what it had to say.
pub fn decoded(clip: &Path) -> Option<(u64, String)> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "warning", "-xerror", "-i"]).arg(clip);
    command.args(["-map", "0", "-f", "null", "-progress", "-", "-"]);
    let output = foreign(&mut command)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", clip.display());
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let frames = told.lines().filter_map(|line| line.strip_prefix("frame=")).next_back();
    Some((frames.unwrap_or("0").trim().parse().unwrap(), said))
}

#[test]
fn a_package_is_what_it_says_in_the_eyes_of_others() {
    let school = School::recorded("plain");
    let package = school.package();
    let manifest = School::manifest(&package);

    // Two cameras, one of them with a gap; what was asked for lies inside what is given.
    assert_eq!(manifest.cameras.len(), 2);
    let two = &manifest.cameras[1];
    assert!(two.clips.len() == 2 && !two.gaps.is_empty(), "{two:?}");
    // Simulated cameras are on this machine itself: no network tells their hardware (R3.15).
    assert_eq!(manifest.cameras[0].hardware.as_deref(), Some("not known"));
    let clock = std::fs::read_to_string(package.join("clock.txt")).unwrap();
    let kept = ["Last seen being kept right by another clock", "never saw another clock keep it"];
    assert!(kept.iter().any(|said| clock.contains(said)), "{clock}");
    let given = manifest.cameras[0].given.unwrap();
    assert!(given.from <= manifest.asked.from && given.to >= manifest.asked.to);

    viewing_copies(&package, two);
    crate::papers::lie_beside(&package, &manifest);
    for (camera, clip) in manifest.clips() {
        let path = package.join(&clip.file);
        let Some((frames, said)) = decoded(&path) else { continue };
        assert_eq!(frames, clip.frames, "{}: {said}", clip.file);
        assert!(said.is_empty(), "{}: {said}", clip.file);
        println!("{} {}: {frames} frames decoded", camera.id, clip.file);
        // Pieces that are whole segments have these segments' digests, frame for frame.
        for piece in clip.pieces.iter().filter(|piece| piece.whole) {
            let of = |s: &&beadle::footage::Segment| s.path == piece.segment;
            let segment = school.segments.iter().find(of).unwrap();
            assert_eq!((Some(piece.sha256), piece.frames), (segment.digest, segment.frames));
        }
    }

    let mut sums = Command::new("sha256sum");
    sums.args(["--check", "--strict", names::SUMS]).current_dir(&package);
    if let Some(output) = foreign(&mut sums) {
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("manifest.json: OK"), "{said}");
    }
    signature_verifies(&package, &manifest.recorder.origin, &manifest.package);

    let key = package.with_file_name("key.pub");
    std::fs::copy(package.join(names::ALLOWED), &key).unwrap();
    let (good, said) = verify(&package, &["--public-key", key.to_str().unwrap()]);
    assert!(good && said.contains("Nothing was changed"), "{said}");
    println!("{said}");
    attacks(&school, &package);
    two_at_once(&school);
    own_pictures_are_held_at_the_intake(&school);
    others_get_masked_copies(&school);
}

fn signature_verifies(package: &Path, origin: &str, name: &str) {
    for (file, holds) in [(names::SUMS, true), (names::CLOCK, false)] {
        let mut command = Command::new("ssh-keygen");
        command.args(["-Y", "verify", "-f", names::ALLOWED, "-I", origin]);
        command.args(["-n", &names::namespace(name), "-s", names::SIGNATURE]);
        command.stdin(std::fs::File::open(package.join(file)).unwrap()).current_dir(package);
        let Some(output) = foreign(&mut command) else { return };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.success(), holds, "{file}: {said}{:?}", output.stderr);
    }
}

/// Through the program: the exit code, the file, and what was done to it.
fn attacks(school: &School, package: &Path) {
    let older = school.package();
    let manifest = School::manifest(package);
    let clips: Vec<String> = manifest.clips().map(|(_, clip)| clip.file.clone()).collect();
    let edit = |folder: &Path, name: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains(from), "{name} does not say {from}");
        std::fs::write(folder.join(name), text.replace(from, to)).unwrap();
    };
    type Attack<'a> = (&'a str, Box<dyn Fn(&Path) + 'a>, &'a str);
    let table: Vec<Attack> = vec![
        (
            "a byte changed",
            Box::new(|at| {
                let path = at.join(&clips[0]);
                let mut bytes = std::fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(path, bytes).unwrap();
            }),
            "its pictures from cam-1/",
        ),
        (
            "a clip swapped",
            Box::new(|at| {
                std::fs::copy(at.join(&clips[1]), at.join(&clips[0])).unwrap();
            }),
            "under another name",
        ),
        (
            "a clip of another package",
            Box::new(|at| {
                std::fs::copy(older.join(&clips[0]), at.join(&clips[0])).unwrap();
            }),
            "it is another clip: it says Office School, Beadle, export-",
        ),
        (
            "a clip cut short",
            Box::new(|at| {
                let path = at.join(&clips[0]);
                let bytes = std::fs::read(&path).unwrap();
                std::fs::write(path, &bytes[..bytes.len() * 2 / 3]).unwrap();
            }),
            "it was cut short",
        ),
        (
            "the manifest edited",
            Box::new(|at| edit(at, names::MANIFEST, "\"police\"", "\"insurer\"")),
            "manifest.json: it was changed after the list was made",
        ),
        (
            "a paper changed",
            Box::new(|at| {
                let path = at.join(format!("receipt.{}", crate::papers::ENDING));
                let mut bytes = std::fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(path, bytes).unwrap();
            }),
            "receipt.",
        ),
        (
            "an older genuine signature",
            Box::new(|at| {
                std::fs::copy(older.join(names::SIGNATURE), at.join(names::SIGNATURE)).unwrap();
            }),
            "put into the package export-",
        ),
        (
            "the logbook edited",
            Box::new(|at| edit(at, names::EXTRACT, "odessa", "tamsin")),
            "were changed after they were entered",
        ),
    ];
    for (why, attack, says) in table {
        let spoilt = copy(package, "spoilt");
        attack(&spoilt);
        let (good, said) = verify(&spoilt, &[]);
        assert!(
            !good && said.contains(says) && said.contains("NOT as it was made"),
            "{why}: {said}"
        );
        let line = said.lines().find(|line| line.contains(says)).unwrap_or_default();
        println!("{why}: {line}");
        std::fs::remove_dir_all(spoilt).unwrap();
    }
}
