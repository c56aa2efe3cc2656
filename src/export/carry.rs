//! Papers onto a stick: a folder of plain files, or one encrypted archive where they hold personal
//! data (S4.83, R3.5). Written, read back from the device, let go.

use super::job::OnStick;
use super::landing::Landing;
use super::zip::{Dice, ZipDisk};
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::disk::Disk;

/// Below the stick's top.
pub const FOLDER: &str = "papers";

/// Files that go together.
pub struct Load<'a> {
    /// Stem of the archive, where there is one.
    pub name: &'a str,
    pub files: &'a [(String, Vec<u8>)],
    /// MS-DOS date and time of an archive's files.
    pub date: (u16, u16),
}

/// Writes them, sealed where there is a passphrase. What they are called on the stick.
///
/// # Errors
/// The root service's and the stick's; a byte that comes back as another one.
pub fn carry(
    stick: OnStick,
    phrase: Option<&Secret>,
    dice: Dice<'_>,
    load: &Load<'_>,
) -> Result<Vec<String>, Fault> {
    let landing = Landing::take(stick, FOLDER.to_string())?;
    let written = onto(landing.disk(), phrase, dice, load);
    // Let go in any case: it can be pulled out.
    let left = landing.leave();
    let names = written?;
    left.map(|()| names)
}

fn onto(
    disk: &dyn Disk,
    phrase: Option<&Secret>,
    dice: Dice<'_>,
    load: &Load<'_>,
) -> Result<Vec<String>, Fault> {
    let needed: u64 = load.files.iter().map(|(_, file)| file.len() as u64 + 4_096).sum();
    let free = disk.room()?.free;
    if free < needed {
        let text = format!("the papers need {needed} bytes, and {free} are free on the stick");
        return Err(Fault::new(FaultKind::Full, text));
    }
    disk.make_folder(FOLDER)?;
    let names = match phrase {
        Some(phrase) => vec![sealed(disk, phrase, dice, load)?],
        None => {
            let path = |name: &String| format!("{FOLDER}/{name}");
            for (name, file) in load.files {
                keep(disk, &path(name), file)?;
            }
            load.files.iter().map(|(name, _)| path(name)).collect()
        }
    };
    disk.sync_folder(FOLDER)?;
    Ok(names)
}

fn sealed(
    disk: &dyn Disk,
    phrase: &Secret,
    dice: Dice<'_>,
    load: &Load<'_>,
) -> Result<String, Fault> {
    let path = format!("{FOLDER}/{}.zip", load.name);
    let zip = ZipDisk::create(disk, &path, phrase, dice, load.date)?;
    for (name, file) in load.files {
        zip.replace(name, file)?;
    }
    zip.finish()?;
    zip.uncache(&path);
    for (name, file) in load.files {
        compare(&zip, name, file)?;
    }
    zip.prove()?;
    Ok(path)
}

fn keep(disk: &dyn Disk, path: &str, file: &[u8]) -> Result<(), Fault> {
    disk.replace(path, file)?;
    disk.uncache(path);
    compare(disk, path, file)
}

/// From the device, not from memory.
fn compare(disk: &dyn Disk, path: &str, file: &[u8]) -> Result<(), Fault> {
    match disk.read_at(path, 0, file.len() + 1)? == file {
        true => Ok(()),
        false => {
            let text = format!("{path} is not on the stick as it was written; take another");
            Err(Fault::new(FaultKind::Corrupt, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fake::FakeDisk;

    #[test]
    fn plain_papers_lie_in_a_folder_and_personal_ones_in_an_archive_that_needs_its_passphrase() {
        let files = vec![("code.pdf".to_string(), b"%PDF the code of practice".to_vec())];
        let load = Load { name: "code", files: &files, date: (0, 0) };
        let dice = |bytes: &mut [u8]| {
            bytes.fill(7);
            Ok(())
        };
        let disk = FakeDisk::new(1);
        assert_eq!(onto(&disk, None, &dice, &load).unwrap(), ["papers/code.pdf"]);
        assert_eq!(disk.read_at("papers/code.pdf", 0, 99).unwrap(), files[0].1);
        let phrase = Secret::new("seven-words");
        let names = onto(&disk, Some(&phrase), &dice, &load).unwrap();
        assert_eq!(names, ["papers/code.zip"]);
        let bytes = disk.read_at("papers/code.zip", 0, 9_999).unwrap();
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
        assert!(bytes.starts_with(b"PK") && holds(b"code.pdf") && !holds(b"practice"));
        // A second time: the new one stands.
        assert!(onto(&disk, None, &dice, &load).is_ok());
        assert!(onto(&disk, Some(&phrase), &dice, &load).is_ok());
    }
}
