//! The second carrier of R3.5: a folder with one archive, a page that says how to open it, and the
//! archive's digest. Whoever has the carrier and not the passphrase sees the names of the files and
//! nothing more.

use super::job::{Going, Job, Whole};
use super::papers::Pages;
use super::source::Disks;
use super::write::{Orderer, write};
use super::zip::{Dice, ZipDisk};
use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};
use crate::base::secret::Secret;
use crate::base::time::Zone;
use crate::disk::{Disk, Listed};
use crate::evidence::sums::{self, Sums};
use crate::evidence::{names, texts};
use crate::signage::Document;

/// Writes the package into an archive below `target`, reads all of it back.
///
/// # Errors
/// As [`write()`]; the kernel gives no dice.
pub fn archive(
    job: &Job,
    disks: &Disks,
    target: &dyn Disk,
    phrase: &Secret,
    dice: Dice<'_>,
    orderer: &mut dyn Orderer,
) -> Result<Whole, Fault> {
    let folder = &job.manifest.package;
    let at = |name: &str| format!("{folder}/{name}");
    let name = names::archive(folder);
    let begun = || -> Result<(), Fault> {
        match target.list(folder) {
            Ok(listed) if is_whole(&listed) => {
                let text = format!("there is a {folder} there already");
                return Err(Fault::new(FaultKind::Exists, text));
            }
            Err(fault) if fault.kind != FaultKind::Missing => return Err(fault),
            _ => {}
        }
        target.make_folder(folder)?;
        target.replace(&at(names::UNFINISHED), texts::UNFINISHED.as_bytes())
    };
    patient(orderer, &begun)?;
    let zone = Zone::named(&job.manifest.site.timezone).unwrap_or_else(|_| Zone::utc());
    let date = zone.dos_date(job.manifest.release.at);
    let path = at(&name);
    let zip = patient(orderer, &|| ZipDisk::create(target, &path, phrase, dice, date))?;
    let mut hand = Archiving { zip: &zip, orderer, digest: None };
    let whole = match write(job, disks, &zip, &mut hand) {
        Ok(whole) => whole,
        Err(fault) => {
            drop(zip);
            // Nothing of it is of use without its end; where it cannot be removed it says of itself
            // that it is not finished.
            let _ = target.remove(&path);
            return Err(fault);
        }
    };
    loop {
        match hand.beside(target, job, &name) {
            Ok(()) => return Ok(whole),
            Err(fault) => hand.lost(fault)?,
        }
    }
}

/// Until it is done, or the carrier stays away.
fn patient<T>(orderer: &mut dyn Orderer, work: &dyn Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    loop {
        match work() {
            Ok(done) => return Ok(done),
            Err(fault) => orderer.lost(fault)?,
        }
    }
}

/// A folder with content that does not say of itself that it is not finished.
fn is_whole(listed: &[Listed]) -> bool {
    !listed.is_empty() && listed.iter().all(|item| item.name != names::UNFINISHED)
}

struct Archiving<'a, 'b> {
    zip: &'a ZipDisk<'b>,
    orderer: &'a mut dyn Orderer,
    /// Of the archive, once it has its end.
    digest: Option<Digest>,
}

impl Archiving<'_, '_> {
    /// The archive's own records, the page, the digest; then the mark goes.
    fn beside(&mut self, target: &dyn Disk, job: &Job, name: &str) -> Result<(), Fault> {
        self.zip.prove()?;
        let folder = &job.manifest.package;
        let readme = texts::archive_readme(&job.manifest, name);
        let digest = self.digest.unwrap_or(Digest([0; 32])); // `written` was called
        let mut list = Sums::new();
        list.insert(name.to_string(), digest);
        list.insert(names::README.into(), Digest::of(readme.as_bytes()));
        let list = sums::to_text(&list);
        for (path, text) in [(names::README, &readme), (names::SUMS, &list)] {
            let path = format!("{folder}/{path}");
            target.replace(&path, text.as_bytes())?;
            target.uncache(&path);
            if target.read_at(&path, 0, text.len() + 1)? != text.as_bytes() {
                let text = format!("{path} is not on the carrier as it was written; take another");
                return Err(Fault::new(FaultKind::Corrupt, text));
            }
        }
        target.remove(&format!("{folder}/{}", names::UNFINISHED))?;
        target.sync_folder(folder)
    }
}

impl Orderer for Archiving<'_, '_> {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        self.orderer.going(going)
    }

    fn begins(&mut self) -> Result<(), Fault> {
        self.orderer.begins()
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        self.orderer.sign(list)
    }

    fn pages(&mut self, papers: &[Document]) -> Result<Pages, Fault> {
        self.orderer.pages(papers)
    }

    fn lost(&mut self, fault: Fault) -> Result<(), Fault> {
        self.zip.let_go();
        self.orderer.lost(fault)?;
        self.zip.back()?;
        match self.digest {
            Some(_) => self.written(),
            None => Ok(()),
        }
    }

    fn written(&mut self) -> Result<(), Fault> {
        self.digest = Some(self.zip.finish()?);
        self.orderer.written()
    }
}
