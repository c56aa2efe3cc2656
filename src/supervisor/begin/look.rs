//! Where a file may be found: sticks, footage disks of a box before this one, the image.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::super::backup;
use super::super::file::{Judged, judge};
use super::super::office::replicas::{PEOPLE, VERSION};
use super::super::recover;
use super::super::report::plan_offline;
use super::super::spaces::called;
use crate::base::digest::Digest;
use crate::base::fault::Fault;
use crate::base::limits::FILE_BYTES_MAX;
use crate::base::time::Utc;
use crate::disk::real::RealDisk;
use crate::disk::{Disk, identity};
use crate::evidence::names;
use crate::ledger::RecoveryKey;
use crate::ledger::kept::{Found as Copy, Shelf};
use crate::machine::client::Machine;
use crate::machine::order::{Space, Which};
use crate::wire::PlanReport;
use crate::wire::begin::CandidateKind;

/// How the recovery key is called on the stick that it is kept on.
pub const KEY_FILE: &str = names::RECOVERY_KEY;
/// A stick with more is somebody's archive.
const FILES_MAX: usize = 8;
const TOP_MAX: usize = 10_000;
/// The service is not there yet, or no stick is.
const RETRY_SPAN: Duration = Duration::from_secs(2);

/// One file that was found.
pub struct Found {
    pub name: String,
    pub from: String,
    pub kind: CandidateKind,
    /// Empty: it cannot be read, and `why` says why.
    pub bytes: Vec<u8>,
    pub why: Option<String>,
    /// Opens the disk that it was found on.
    pub key: Option<RecoveryKey>,
    /// The site of that disk.
    pub site: Option<String>,
    /// What comes with it.
    pub brings: Vec<String>,
}

impl Found {
    pub fn digest(&self) -> String {
        Digest::of(&self.bytes).to_string()
    }

    pub fn judged(&self, now: Utc) -> Judged {
        judge(&self.from, self.bytes.clone(), now)
    }

    pub fn plan(&self, now: Utc) -> PlanReport {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut plan = plan_offline(&self.from, &text, now);
        if plan.loads {
            plan.consequences.splice(0..0, self.brings.iter().cloned());
            plan.consequences.extend(self.asks(now));
        }
        plan
    }
}

impl Found {
    /// The passwords that its cameras need; what comes from a footage disk brings them along.
    fn asks(&self, now: Utc) -> Option<String> {
        let config = self.judged(now).config.filter(|_| self.key.is_none())?;
        let named = config.cameras.secrets();
        let words: Vec<String> = named
            .iter()
            .map(|(name, cameras)| match cameras.len() {
                1 => format!("\"{name}\" (1 camera)"),
                n => format!("\"{name}\" ({n} cameras)"),
            })
            .collect();
        let what = match words.len() {
            0 => return None,
            1 => "this camera password",
            _ => "these camera passwords",
        };
        Some(format!(
            "then the box asks for {what}, which no file holds: {}; cameras that need none are \
             recorded at once",
            words.join(", ")
        ))
    }
}

/// What lies on the sticks that are plugged in.
#[derive(Default)]
pub struct Sticks {
    seen: Vec<Which>,
    pub files: Vec<OnStick>,
    key_texts: Vec<(Which, String)>,
}

impl Sticks {
    pub fn keys(&self) -> Vec<RecoveryKey> {
        self.key_texts.iter().filter_map(|(_, text)| key_in(text)).collect()
    }
}

/// The first line that is a key: the file says in words what it is, for whoever finds it.
fn key_in(text: &str) -> Option<RecoveryKey> {
    let whole = text.lines().find_map(|line| line.trim().parse().ok());
    // Or in rows, as it is shown.
    let rows = || {
        let is_row = |line: &&str| {
            let groups = line.split('-').map(str::trim);
            groups.clone().all(|g| g.len() == 4 && g.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        text.lines().filter(is_row).collect::<String>().parse().ok()
    };
    whole.or_else(rows)
}

#[derive(Clone)]
pub struct OnStick {
    which: Which,
    title: String,
    file: String,
    bytes: Vec<u8>,
}

impl OnStick {
    pub fn into_found(self) -> Found {
        let title = if self.title.is_empty() { self.which.name.clone() } else { self.title };
        Found {
            name: format!("stick {} {}", self.which.name, self.file),
            from: format!("stick {title}: {}", self.file),
            kind: CandidateKind::Stick,
            bytes: self.bytes,
            why: None,
            key: None,
            site: None,
            brings: Vec::new(),
        }
    }
}

/// A thread that looks at each stick once, read-only, and lets it go; it ends when nobody wants to
/// know any more.
pub fn follow_sticks(socket: &Path, state: Arc<dyn Disk>) -> Arc<Mutex<Sticks>> {
    let sticks = Arc::new(Mutex::new(Sticks::default()));
    let (told, machine) = (Arc::downgrade(&sticks), Machine::at(socket));
    let named = std::thread::Builder::new().name("first sticks".into());
    if let Err(e) = named.spawn(move || follow(&machine, state.as_ref(), &told)) {
        tracing::warn!("sticks are not looked at: {e}");
    }
    sticks
}

fn follow(machine: &Machine, state: &dyn Disk, told: &Weak<Mutex<Sticks>>) {
    while let Some(sticks) = told.upgrade() {
        // Without the service there are no sticks.
        let now = machine.sticks().unwrap_or_default();
        let here: Vec<Which> = now.iter().map(|stick| stick.which.clone()).collect();
        let new: Vec<_> = {
            let mut sticks = sticks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            sticks.files.retain(|file| here.contains(&file.which));
            sticks.key_texts.retain(|(which, _)| here.contains(which));
            sticks.seen.retain(|which| here.contains(which));
            let seen = sticks.seen.clone();
            sticks.seen = here;
            now.into_iter().filter(|s| s.why.is_none() && !seen.contains(&s.which)).collect()
        };
        for stick in new {
            let (files, key) = match read(machine, state, &stick.which) {
                Ok(read) => read,
                Err(fault) => {
                    tracing::warn!("the stick {}: {fault}", stick.which.name);
                    continue;
                }
            };
            let on_stick = |(file, bytes)| OnStick {
                which: stick.which.clone(),
                title: stick.title.clone(),
                file,
                bytes,
            };
            let mut sticks = sticks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            sticks.files.extend(files.into_iter().map(on_stick));
            sticks.key_texts.extend(key.map(|text| (stick.which.clone(), text)));
        }
        drop(sticks);
        std::thread::sleep(RETRY_SPAN);
    }
}

type OnTop = (Vec<(String, Vec<u8>)>, Option<String>);

/// A backup is brought into the state folder at once, sealed as it is: the stick may be pulled out,
/// and nothing of it counts before somebody takes it.
fn read(machine: &Machine, state: &dyn Disk, which: &Which) -> Result<OnTop, Fault> {
    let (folder, _): (OwnedFd, _) = machine.mount(which, false)?;
    let disk = RealDisk::at(folder);
    let read = read_top(&disk);
    if let Err(fault) = backup::bring(&disk, state) {
        tracing::warn!("the backup on the stick {}: {fault}", which.name);
    }
    drop(disk);
    machine.release(which)?;
    read
}

/// Files that may be a site's, and the recovery key where it lies there.
fn read_top(disk: &dyn Disk) -> Result<OnTop, Fault> {
    let listed = disk.list("")?;
    let mut files = Vec::new();
    let mut key = None;
    for file in listed.iter().take(TOP_MAX) {
        let is_site = file.name.to_ascii_lowercase().ends_with(".kdl");
        if is_site && file.bytes as usize <= FILE_BYTES_MAX && files.len() < FILES_MAX {
            files.push((file.name.clone(), disk.read_at(&file.name, 0, FILE_BYTES_MAX)?));
        }
        if file.name.eq_ignore_ascii_case(KEY_FILE) {
            let bytes = disk.read_at(&file.name, 0, 4_096)?;
            key = Some(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok((files, key))
}

/// Footage disks of a box before this one: with a key that opens them their newest file, else that
/// they are locked.
pub fn footage_disks(folders: &[PathBuf], keys: &[&RecoveryKey]) -> Vec<Found> {
    folders.iter().filter_map(|folder| footage_disk(folder, keys)).collect()
}

/// Whose they are, as far as they say.
pub fn owners(folders: &[PathBuf]) -> Vec<identity::Owner> {
    let disks = folders.iter().filter_map(|folder| RealDisk::open(folder, None).ok());
    disks.filter_map(|disk| identity::owner(&disk).ok().flatten()).collect()
}

/// Its name in requests.
pub fn name_of(folder: &Path) -> String {
    match is_backup(folder) {
        true => "backup".into(),
        false => format!("disk {}", folder.display()),
    }
}

fn is_backup(folder: &Path) -> bool {
    folder.ends_with(backup::FOLDER)
}

fn footage_disk(folder: &Path, keys: &[&RecoveryKey]) -> Option<Found> {
    let shown = folder.display();
    let disk = RealDisk::open(folder, None).ok()?;
    let found = |from: String, why: Option<String>| Found {
        name: name_of(folder),
        from,
        kind: CandidateKind::FootageDisk,
        bytes: Vec::new(),
        why,
        key: None,
        site: None,
        brings: Vec::new(),
    };
    let unlike = |why: String| Some(found(format!("the footage disk at {shown}"), Some(why)));
    match identity::examine(&disk, "") {
        Ok(identity::Identity::Newer { version }) => {
            return unlike(format!(
                "it was written by a newer Beadle (format {version}) and is only read: update this \
                 box first"
            ));
        }
        Ok(identity::Identity::Damaged) => {
            let why = "its identity cannot be read, so it is left alone".into();
            return unlike(why);
        }
        _ => {}
    }
    let owner = match identity::owner(&disk) {
        Ok(Some(owner)) => owner,
        Ok(None) => return None,
        Err(fault) => {
            return unlike(format!("it cannot be read: {fault}"));
        }
    };
    let day = owner.created.to_string().chars().take(10).collect::<String>();
    let what = if is_backup(folder) { "a backup" } else { "the footage disk" };
    let from = format!("{what} of {owner}, in use since {day}");
    let (site, disks): (&str, Vec<&dyn Disk>) = (&owner.site, vec![&disk]);
    for key in keys {
        let shelf = Shelf::new(key, site);
        let versions = recover::copied_versions(&shelf, &disks);
        let Some((record, bytes)) = versions.into_iter().next_back() else { continue };
        let people = matches!(shelf.peek(&disk, PEOPLE), Ok(Copy::Whole(_)));
        let footage = if is_backup(folder) { "its" } else { "its footage, holds," };
        let mut brings = vec![format!(
            "{footage} logbook and camera passwords are this box's from then on; the \
             file is revision {} of {}",
            record.revision, record.at
        )];
        brings.push(match people {
            true => "its people log in as before".to_string(),
            false => "it has no people: the first two begin anew".to_string(),
        });
        let open = found(format!("{from}, opened with its recovery key"), None);
        let site = Some(owner.site.clone());
        return Some(Found { bytes, key: Some(key.copy()), site, brings, ..open });
    }
    let holds = Shelf::new(&RecoveryKey::of([0; 32]), site).items(&disk).unwrap_or_default();
    let why = match holds.iter().any(|item| item.starts_with(VERSION)) {
        true => "its file, people and logbook are locked: type the recovery key from paper (k)",
        false => "no copy of a file lies on it; its footage is kept whichever file is taken",
    };
    Some(found(from, Some(why.into())))
}

/// An encrypted footage disk that this box cannot open by itself.
pub fn locked(space: &Space) -> Found {
    let name = called(space);
    let number = if space.serial.is_empty() { "" } else { &space.serial };
    Found {
        name: format!("locked {name}"),
        from: format!("an encrypted footage disk ({name} {} {number})", space.title),
        kind: CandidateKind::FootageDisk,
        bytes: Vec::new(),
        why: Some("it is locked: type its recovery key from paper (k)".into()),
        key: None,
        site: None,
        brings: Vec::new(),
    }
}

/// The file that was built into the image.
pub fn baked(path: &Path) -> Option<Found> {
    use crate::watch::{Look, look};
    let Look::Bytes(bytes) = look(path) else { return None };
    Some(Found {
        name: "built in".into(),
        from: "built into this image".into(),
        kind: CandidateKind::BakedIn,
        bytes,
        why: None,
        key: None,
        site: None,
        brings: Vec::new(),
    })
}
