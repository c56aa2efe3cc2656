//! What papers are made from: the file, and where a recorder answers, its entries and its state.

use std::path::Path;

use crate::base::clock::{Clock, SystemClock};
use crate::base::digest::Digest;
use crate::base::limits::{FILE_BYTES_MAX, LOGBOOK_PAGE_MAX};
use crate::base::time::{Day, Utc};
use crate::config::registers::Register;
use crate::config::{self, Config};
use crate::logbook::reports::Period;
use crate::logbook::{Entry, Kind};
use crate::signage::case::{Case, ClockWords, behind, of_request};
use crate::signage::figures::Known;
use crate::signage::page::Document;
use crate::signage::upkeep::Shown;
use crate::signage::{list, phrase, records, upkeep};
use crate::socket::dial::Client;
use crate::verbs::door::{Door, ask};
use crate::verbs::{Failure, unexpected};
use crate::wire::book::Find;
use crate::wire::room::Room;
use crate::wire::{Reply, Request, Status};

pub(super) struct Desk {
    pub config: Config,
    digest: Digest,
    recorder: Option<Client>,
    pub now: Utc,
    /// What a paper had to do without.
    pub lacks: Option<String>,
}

impl Desk {
    /// # Errors
    /// The file cannot be read or does not load.
    pub fn of_file(path: &Path) -> Result<Desk, Failure> {
        let name = path.display();
        let about =
            std::fs::metadata(path).map_err(|e| Failure::refused(format!("{name}: {e}")))?;
        if about.len() > FILE_BYTES_MAX as u64 {
            return Err(Failure::refused(format!("{name} is too large for a site's file.")));
        }
        let bytes = std::fs::read(path).map_err(|e| Failure::refused(format!("{name}: {e}")))?;
        let now = SystemClock::new().utc();
        Ok(Desk {
            config: loaded(&name.to_string(), &bytes)?,
            digest: Digest::of(&bytes),
            recorder: None,
            now,
            lacks: None,
        })
    }

    /// # Errors
    /// No recorder answers, or whoever asks may not read its file.
    pub fn of_box(door: &Door) -> Result<Desk, Failure> {
        Desk::of(door.dial()?)
    }

    /// # Errors
    /// As [`Desk::of_box`].
    pub fn of(mut recorder: Client) -> Result<Desk, Failure> {
        let Reply::SiteFile(sheet) = ask(&mut recorder, &Request::SiteFile)? else {
            return Err(unexpected());
        };
        let text = sheet.text.ok_or_else(|| {
            Failure::refused(
                "The recorder does not give out its file to you: --file PATH names one.",
            )
        })?;
        Desk::with(&text, recorder)
    }

    /// The file's text is at hand; the recorder is asked for the rest.
    ///
    /// # Errors
    /// It does not load.
    pub fn with(text: &str, recorder: Client) -> Result<Desk, Failure> {
        let (config, digest) = (loaded("site.kdl", text.as_bytes())?, Digest::of(text.as_bytes()));
        let now = SystemClock::new().utc();
        Ok(Desk { config, digest, recorder: Some(recorder), now, lacks: None })
    }

    /// The file from here, for whoever may not read the recorder's; the rest from the recorder.
    ///
    /// # Errors
    /// As [`Desk::of_file`]; no recorder answers.
    pub fn of_both(path: &Path, door: &Door) -> Result<Desk, Failure> {
        let mut desk = Desk::of_file(path)?;
        desk.recorder = Some(door.dial()?);
        Ok(desk)
    }

    /// Which file it was made from.
    pub fn imprint(&self) -> String {
        format!("Made from site.kdl {}", self.digest.short())
    }

    fn client(&mut self) -> Result<&mut Client, Failure> {
        self.recorder.as_mut().ok_or_else(|| Failure::usage("This needs a recorder."))
    }

    /// `None`: there is no recorder at hand.
    pub fn status(&mut self) -> Result<Option<Box<Status>>, Failure> {
        let Some(client) = self.recorder.as_mut() else {
            return Ok(None);
        };
        crate::verbs::ask_status(client).map(Some)
    }

    /// Of the recorder's program; `None`: there is no recorder at hand.
    pub fn version(&mut self) -> Result<Option<String>, Failure> {
        let Some(client) = self.recorder.as_mut() else {
            return Ok(None);
        };
        match ask(client, &Request::Machine)? {
            Reply::Machine(machine) => Ok(Some(machine.version)),
            _ => Err(unexpected()),
        }
    }

    /// Entries that fit, oldest first.
    fn find(&mut self, mut find: Find) -> Result<Vec<Entry>, Failure> {
        let client = self.client()?;
        let mut all = Vec::new();
        find.limit = LOGBOOK_PAGE_MAX as u32;
        loop {
            let Reply::Entries(page) = ask(client, &Request::Logbook(find.clone()))? else {
                return Err(unexpected());
            };
            all.extend(page.entries);
            match page.more {
                Some(before) => find.before = Some(before),
                None => break,
            }
        }
        all.reverse();
        Ok(all)
    }

    fn entries_of(&mut self, register: &str) -> Result<Vec<Entry>, Failure> {
        self.find(Find { register: Some(register.into()), ..Find::default() })
    }

    /// May whoever prints read it? What they may not is not asked for: a refusal is entered. The
    /// paper does without, and says so. `false`, too: there is no recorder at hand.
    fn may_read(&mut self, what: impl Fn(&Room) -> bool) -> Result<bool, Failure> {
        let Some(client) = self.recorder.as_mut() else {
            return Ok(false);
        };
        let Reply::Room(room) = ask(client, &Request::Room)? else {
            return Err(unexpected());
        };
        if !what(&room) {
            let lacks = "Without the logbook: whoever printed this may not read it.";
            self.lacks = Some(lacks.into());
        }
        Ok(what(&room))
    }

    /// The register of checks, where it can be read.
    pub fn checks(&mut self) -> Result<Option<Vec<Entry>>, Failure> {
        let word = Register::Checks.as_str();
        match self.may_read(|room| room.readable.iter().any(|known| known == word))? {
            true => self.entries_of(word).map(Some),
            false => Ok(None),
        }
    }

    /// Entries of the last year, where they can be read.
    pub fn last_year(&mut self) -> Result<Option<Vec<Entry>>, Failure> {
        if !self.may_read(|room| room.everything)? {
            return Ok(None);
        }
        let zone = &self.config.site.zone;
        let from = zone.start_of(zone.day_of(self.now).plus_months(-12));
        self.find(Find { from: Some(from), ..Find::default() }).map(Some)
    }

    /// # Errors
    /// There is no such register, or it is not for whoever asks.
    pub fn register(&mut self, word: &str) -> Result<Document, Failure> {
        let register = list::register(word).ok_or_else(|| {
            Failure::usage(format!("There is no register \"{word}\"; beadle logbook names them."))
        })?;
        let found = self.entries_of(word)?;
        Ok(records::register(&self.config, register, &found, self.now))
    }

    /// # Errors
    /// There is no such request, or the register of releases is not for whoever asks.
    pub fn case(&mut self, number: &str) -> Result<Vec<Document>, Failure> {
        let number: u64 = number.parse().map_err(|_| {
            Failure::usage("Say the number of the request, as the register of releases has it.")
        })?;
        let found = self.entries_of("releases")?;
        let request = of_request(&found, number);
        if request.first().is_none_or(|e| e.header.kind != Kind::Request) {
            return Err(Failure::refused(format!("Entry {number} is no request.")));
        }
        let Reply::Machine(machine) = ask(self.client()?, &Request::Machine)? else {
            return Err(unexpected());
        };
        let clock = ClockWords::of(machine.clock, None);
        let case = Case {
            config: &self.config,
            request: &request,
            release: behind(&found, Kind::Release, number),
            export: behind(&found, Kind::Export, number),
            key: &machine.key,
        };
        Ok(case.papers(&clock))
    }

    /// The reference stills that a recorder keeps, with what was said to them; none without a
    /// recorder. Where it refuses one it would refuse the next: the record has no pictures then.
    pub fn references(&mut self) -> Result<Vec<Shown>, Failure> {
        let Some(client) = self.recorder.as_mut() else {
            return Ok(Vec::new());
        };
        let zone = &self.config.site.zone;
        let cameras = self.config.cameras.list.iter().filter(|c| c.covert.is_none());
        let mut all = Vec::new();
        for camera in cameras {
            let id = camera.id.value.clone();
            let reply = ask(client, &Request::ReferenceStill { camera: id.clone() });
            let found = match reply {
                Ok(Reply::ReferenceStill { reference }) => reference,
                Ok(_) => return Err(unexpected()),
                Err(refused) => {
                    self.lacks = Some(format!("Without pictures: {}", refused.text));
                    return Ok(Vec::new());
                }
            };
            let Some(found) = found else { continue };
            let file = found.still.bytes().map_err(Failure::refused)?;
            let taken = zone.show(found.still.at);
            let said = format!("Taken {taken}, found good by {}: {}", found.by, found.verdict);
            all.push(Shown { camera: id, file, said: Some(phrase::sentence(&said)) });
        }
        Ok(all)
    }

    fn checkpoint(&mut self) -> Result<String, Failure> {
        match ask(self.client()?, &Request::Checkpoint)? {
            Reply::Text { text } => Ok(text),
            _ => Err(unexpected()),
        }
    }

    /// # Errors
    /// The recorder refuses.
    pub fn seal(&mut self) -> Result<Document, Failure> {
        let text = self.checkpoint()?;
        let made = self.config.site.zone.show(self.now);
        Ok(upkeep::seal_sheet(&self.config, &text, &made))
    }

    fn known(&mut self, period: Period) -> Result<Pack, Failure> {
        let zone = &self.config.site.zone;
        let (from, to) = (zone.start_of(period.first), zone.end_of(period.last));
        let find = Find { from: Some(from), to: Some(to), ..Find::default() };
        let entries = self.find(find)?;
        let status = self.status()?;
        let Reply::Duties { duties } = ask(self.client()?, &Request::Duties)? else {
            return Err(unexpected());
        };
        Ok(Pack { entries, status, duties })
    }

    /// # Errors
    /// It is no month, or the logbook is not for whoever asks.
    pub fn month(&mut self, named: Option<&str>) -> Result<Document, Failure> {
        let today = self.today();
        let period = match named {
            // The last month that is over.
            None => {
                let before = today.plus_months(-1);
                Period::month(before.year(), before.0.month())
            }
            Some(text) => {
                let (year, month) = text.split_once('-').unwrap_or((text, ""));
                let number = |t: &str| t.parse::<i16>().unwrap_or(0);
                Period::month(number(year), i8::try_from(number(month)).unwrap_or(0))
            }
        };
        let period = period.map_err(Failure::usage)?;
        let pack = self.known(period)?;
        Ok(pack.known(&self.config, self.now).month(period))
    }

    /// # Errors
    /// It is no year, or the logbook is not for whoever asks.
    pub fn year(&mut self, named: Option<&str>) -> Result<Document, Failure> {
        let period = match named {
            // The twelve months up to today: a school's year does not end in December.
            None => Ok(Period { first: self.today().plus_months(-12).plus(1), last: self.today() }),
            Some(text) => text
                .parse()
                .map_err(|_| format!("{text} is not a year; write it like 2026"))
                .and_then(Period::year),
        };
        let period = period.map_err(Failure::usage)?;
        let pack = self.known(period)?;
        Ok(pack.known(&self.config, self.now).year(period))
    }

    fn today(&self) -> Day {
        self.config.site.zone.day_of(self.now)
    }
}

/// What a period's papers are made from.
struct Pack {
    entries: Vec<Entry>,
    status: Option<Box<Status>>,
    duties: Vec<crate::wire::duty::DutyLine>,
}

impl Pack {
    fn known<'a>(&'a self, config: &'a Config, now: Utc) -> Known<'a> {
        Known {
            config,
            entries: &self.entries,
            status: self.status.as_deref(),
            duties: &self.duties,
            now,
        }
    }
}

fn loaded(name: &str, bytes: &[u8]) -> Result<Config, Failure> {
    config::parse(name, bytes).config.ok_or_else(|| {
        Failure::refused(format!("{name} does not load: beadle check {name} says why."))
    })
}

/// The pictures of a folder, by camera; cameras without one are left without.
pub(super) fn stills(folder: Option<&Path>, config: &Config) -> Result<Vec<Shown>, Failure> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for camera in &config.cameras.list {
        let path = folder.join(format!("{}.png", camera.id.value));
        match std::fs::read(&path) {
            Ok(file) => all.push(Shown { camera: camera.id.value.clone(), file, said: None }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(Failure::refused(format!("{}: {e}", path.display()))),
        }
    }
    Ok(all)
}
