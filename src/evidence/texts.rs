//! The pages of the package that people read without our software: how to look, how to check, what
//! the clock showed, whose key it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::manifest::{CameraPart, ClockSays, CopyKind, Manifest};
use super::{names, sshsig};
use crate::base::digest::Digest;
use crate::base::time::{Utc, Zone};
use crate::logbook::ClockState;

/// As `ssh-keygen -l` shows a public key.
pub fn fingerprint(public: &[u8; 32]) -> String {
    let digest = Digest::of(&sshsig::key_blob(public));
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest.0))
}

/// What `ssh-keygen -Y verify -f` reads: who may sign, and what.
pub fn allowed_signers(origin: &str, package: &str, public: &[u8; 32]) -> String {
    let (space, key) = (names::namespace(package), sshsig::key_line(public));
    format!("{origin} namespaces=\"{space}\" {key}\n")
}

/// The key, for people.
pub fn signer(manifest: &Manifest) -> String {
    format!(
        "{}\r\n\r\nThis package was signed by the recorder of {}.\r\n\
         Its key:         {}\r\n\
         Its fingerprint: {}\r\n\r\n\
         The school prints the same fingerprint on its register of releases and on the receipt.\r\n\
         If they differ, this package does not come from that recorder.\r\n",
        manifest.ownership,
        manifest.site.name,
        sshsig::key_line(&manifest.recorder.public_key.0),
        manifest.recorder.key
    )
}

/// Beside an archive: how it is opened (R3.1).
pub fn archive_readme(manifest: &Manifest, archive: &str) -> String {
    format!(
        "{}\r\n\r\n{archive} holds a recording of {}, encrypted (AES-256).\r\n\r\n\
         To open it:\r\n\
         1. Windows by itself cannot open it. Use 7-Zip or WinZip.\r\n\
         2. Type the passphrase: seven words, with the hyphens. It was handed over apart from\r\n\
         \x20  this carrier; the school does not keep it. If it is lost, ask for another copy.\r\n\
         3. Open READ-ME-FIRST.txt in the folder {} that comes out.\r\n\r\n\
         Is it the archive that was written? Compare its digest with SHA256SUMS:\r\n\
         \x20  Windows:  certutil -hashfile {archive} SHA256\r\n\
         \x20  Linux:    sha256sum -c SHA256SUMS\r\n\r\n\
         The names of the files can be read without the passphrase; their content cannot.\r\n",
        manifest.ownership, manifest.site.name, manifest.package
    )
}

/// Whose it is (S4.2), and that it is protected (S1.10).
pub fn ownership(owner: &str) -> String {
    format!(
        "Owner and copyright: {owner}. Protected personal data: keep it safe, use it only for the \
         purpose it was released for, and do not pass it on without the school's consent."
    )
}

/// `clock.txt` (R7.3).
pub fn clock(clock: &ClockSays, cameras: &[CameraPart], ownership: &str, zone: &Zone) -> String {
    let state = match clock.state {
        ClockState::Synced => "was being kept right by another clock over the network",
        ClockState::Holdover => "had been set by another clock and ran by itself",
        ClockState::Manual => "was set by hand",
        ClockState::Unknown => "was set by nobody that the recorder knows of",
    };
    let mut out = format!("{ownership}\n\nWhen this copy was made the recorder's clock {state}.\n");
    out += &match &clock.last_sync {
        Some(sync) => {
            let error = sync.estimated_error_us.map(|us| {
                let ms = us as f64 / 1_000.0;
                format!("    estimated error then, by the system itself: {ms:.3} ms\n")
            });
            format!(
                "\nLast seen being kept right by another clock:\n    {} ({})\n{}",
                sync.at,
                zone.show(sync.at),
                error.unwrap_or_default()
            )
        }
        None => "\nThe recorder never saw another clock keep it right.\n".to_string(),
    };
    match &clock.compared {
        Some(c) => {
            let seconds = c.offset_ms as f64 / 1_000.0;
            out += &format!(
                "\nLast compared by a person (entry {} of the logbook, by {}):\n\
                 \x20   the recorder showed {} ({})\n    {} said {} ({})\n\
                 \x20   recorder minus reference = {seconds:+.3} s\n",
                c.entry,
                c.by,
                c.recorder,
                zone.show(c.recorder),
                c.against,
                c.reference,
                zone.show(c.reference)
            );
        }
        None => {
            out += "\nNobody has compared it with another clock on record. Compare it now, and \
                    note both readings.\n";
        }
    }
    out +=
        "\nAll times in this package are the recorder's, in UTC, taken when each picture came.\n";
    let told = cameras.iter().filter_map(|camera| Some((camera, camera.offsets.last()?)));
    for (camera, offset) in told {
        out += &format!(
            "Camera {}: its own clock was {:+.3} s from the recorder's at {}.\n",
            camera.id,
            offset.milliseconds as f64 / 1_000.0,
            offset.at
        );
    }
    out
}

/// `READ-ME-FIRST.txt`, with line ends that every editor takes.
pub fn readme(manifest: &Manifest, zone: &Zone) -> String {
    let mut out = format!(
        "{}\n{}\n\n{}\n\n",
        manifest.site.name,
        "=".repeat(manifest.site.name.chars().count()),
        manifest.ownership
    );
    out += &what(manifest, zone);
    out += &clips(manifest, zone);
    out += LOOKING;
    out += &checking(manifest);
    out += FORMAT;
    if !manifest.conditions.is_empty() {
        out += "\nCONDITIONS\n\n";
        manifest.conditions.iter().for_each(|c| out += &format!("- {c}\n"));
    }
    if !manifest.remarks.is_empty() {
        out += "\nREMARKS\n\n";
        manifest.remarks.iter().for_each(|r| out += &format!("- {r}\n"));
    }
    out.replace('\n', "\r\n")
}

fn what(manifest: &Manifest, zone: &Zone) -> String {
    let release = &manifest.release;
    let both = |at: Utc| format!("{at} ({})", zone.show(at));
    let mut lines = vec![
        ("Package", manifest.package.clone()),
        ("Made", both(release.at)),
        ("Released to", release.recipient.clone()),
        ("Asked for", format!("{} to {}", both(manifest.asked.from), both(manifest.asked.to))),
        ("By", release.operator.clone()),
    ];
    lines.extend(release.witness.clone().map(|w| ("Witness", w)));
    lines.extend(release.authority.as_ref().map(|a| ("On the word of", a.by.clone())));
    lines.extend(release.exhibit.clone().map(|e| ("Exhibit", e)));
    lines.extend(release.carrier_serial.clone().map(|s| ("Carrier", s)));
    lines.push(("Original kept as", release.hold.clone()));
    lines.push(("Recorder's key", manifest.recorder.key.clone()));
    lines.iter().map(|(name, text)| format!("{:<17} {text}\n", format!("{name}:"))).collect()
}

fn clips(manifest: &Manifest, zone: &Zone) -> String {
    let mut out = String::from("\nWHAT IS HERE\n\n");
    for camera in &manifest.cameras {
        out += &format!("{} ({}), {}\n", camera.title, camera.id, camera.place);
        let known = camera.hardware_in_words().map(|mac| format!("hardware address {mac}"));
        for line in known.into_iter().chain(camera.device.clone()) {
            out += &format!("    {line}\n");
        }
        if camera.clips.is_empty() && camera.copies.is_empty() {
            out += "    no pictures in this window\n";
        }
        for clip in &camera.clips {
            let (from, to) = (zone.show(clip.from), zone.show(clip.to));
            out +=
                &format!("    {}\n        {from} to {to}, {} pictures\n", clip.file, clip.frames);
        }
        for copy in &camera.copies {
            let what = match (copy.kind, copy.of.is_some()) {
                (CopyKind::Viewing, _) => "a viewing copy in H.264; the evidence is the master",
                (CopyKind::Masked, true) => "a masked copy; the evidence is the master",
                (CopyKind::Masked, false) => {
                    "a masked working copy: what the school hides is painted over. The master is \
                     unmasked and stays at the school"
                }
            };
            out += &format!("    {}\n        {what}\n", copy.file);
        }
        for still in &camera.stills {
            out += &format!("    {}\n        taken {} ({})\n", still.file, still.at, still.local);
        }
        for gap in &camera.gaps {
            let (from, to) = (zone.show(gap.from), zone.show(gap.to));
            out += &format!("    no pictures from {from} to {to}\n");
        }
    }
    if !manifest.papers.is_empty() {
        out += "Papers\n";
    }
    for paper in &manifest.papers {
        out += &format!("    {}\n        {}\n", paper.file, paper.title);
    }
    out
}

const LOOKING: &str = "
TO LOOK AT IT

Open player.html in a browser (Edge, Chrome, Firefox) and choose this folder when it asks.
Nothing is installed and nothing goes to a network. Every file in video/ also plays by itself in
any player for MP4.
";

/// What it is, for those who ask which standard (R2.30, R2.33, R3.8, R3.9, R3.12, R3.13).
const FORMAT: &str = "
WHAT KIND OF FILES THESE ARE

The masters are MP4 files (ISO 14496) as the camera coded them. Each names its camera, its operator
and its true start in the boxes of the ONVIF Export File Format (IEC 62676-2-32). Each picture of a
working copy carries its time in UTC (MISB ST 0604). ISO 22311, withdrawn in 2024, is not followed.
One signature covers everything: OpenSSH, Ed25519, which does not run out. There is none with a
certificate, which would; no content credentials (C2PA) are written; and no time stamp of the
recorder's own, which would prove no more than its signature does.
";

fn checking(manifest: &Manifest) -> String {
    let (origin, space) = (&manifest.recorder.origin, names::namespace(&manifest.package));
    format!(
        "
TO CHECK IT WITHOUT ANY SOFTWARE OF OURS

On Windows, in a command window in this folder, for each file named in SHA256SUMS:

    certutil -hashfile video\\NAME.mp4 SHA256

The digits must be those that stand before the file in SHA256SUMS.
PowerShell: Get-FileHash video\\NAME.mp4

On Linux, or where there is sha256sum:

    sha256sum -c SHA256SUMS

That the list is the one that the recorder signed (OpenSSH is part of Windows and Linux):

    Linux:    ssh-keygen -Y verify -f allowed_signers -I {origin} \\
                  -n {space} -s SHA256SUMS.sig < SHA256SUMS
    Windows:  type SHA256SUMS | ssh-keygen -Y verify -f allowed_signers -I {origin} ^
                  -n {space} -s SHA256SUMS.sig

Then compare the fingerprint above with the one that the school printed for you.
With Beadle's own program, on any Linux PC: beadle verify FOLDER
"
    )
}

/// Lies in the package until it is whole.
pub const UNFINISHED: &str = "This copy is not finished. If nobody is writing it just now it was \
                              broken off: do not use it, and ask for another one.\r\n";
