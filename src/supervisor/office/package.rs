//! What a package says beside its clips: gathered from the file, the logbook and the index.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::{Supervisor, hardware};
use super::export::past;
use crate::access::Entered;
use crate::base::digest::Digest;
use crate::base::limits::FOOTAGE_LISTED_MAX;
use crate::base::name::CameraId;
use crate::base::secret::Secret;
use crate::base::time::Utc;
use crate::config::cameras::CameraSource;
use crate::config::disclosure::RecipientKind;
use crate::evidence::extract::{self, Item};
use crate::evidence::manifest::*;
use crate::evidence::{names, texts};
use crate::export::derived::Derived;
use crate::export::job::Job;
use crate::footage::Segment;
use crate::logbook::checkpoint::{self, Signs};
use crate::logbook::fields as f;
use crate::logbook::registers::Record;
use crate::logbook::{AuthorityForm, Body, ClockState, Kind, Number, Value};
use crate::signage::case::ClockWords;
use crate::signage::{self, Document};
use crate::wire::export::Leaving;

/// Offsets of a camera's clock that are worth a line.
const OFFSETS_MAX: usize = 100;

impl Supervisor {
    /// The whole order.
    pub(super) fn export_job(
        &mut self,
        entered: &Entered,
        wanted: &Leaving,
        case: &Record,
        hold: &(String, Number),
        archive: Option<Secret>,
    ) -> Result<Job, String> {
        let number = entered.number().ok_or("It was not entered.")?;
        let manifest = self.export_manifest(number, wanted, case, hold)?;
        let mut numbers = vec![number, hold.1];
        numbers.extend(case.parts.iter().map(|part| part.number));
        numbers.sort_unstable();
        numbers.dedup();
        let files = self.export_extract(&numbers)?;
        let papers = self.export_papers(number, case, &manifest.package)?;
        let (_, now) = self.now();
        let window = past((wanted.from, wanted.to), now);
        let mut segments = Vec::new();
        for camera in &wanted.cameras {
            segments.push(self.segments_in(camera, window)?);
        }
        let mut disks: Vec<_> = segments.iter().flatten().map(|s| s.disk.clone()).collect();
        disks.sort();
        disks.dedup();
        let path = |id| {
            let path = self.disks.path_of(&id).map(ToString::to_string);
            path.map(|path| (id, path)).ok_or("A disk with footage of that time is not there.")
        };
        let disks = disks.into_iter().map(path).collect::<Result<Vec<_>, _>>()?;
        let (target, limit) = self.export_target(wanted)?;
        let file_bytes = self.file.config.disclosure.split.value.0;
        let file_bytes = file_bytes.min(limit.unwrap_or(u64::MAX));
        let archive_bytes_max = limit.filter(|_| archive.is_some());
        let mut derived = self.derived(wanted, &manifest.release.recipient);
        derived.spool = disks.first().map(|(_, path)| path.clone()).unwrap_or_default();
        Ok(Job {
            target,
            archive,
            disks,
            manifest,
            segments,
            files,
            papers,
            file_bytes,
            archive_bytes_max,
            derived,
        })
    }

    /// The papers that go with the copy: request, conditions, receipt, statement, page of the
    /// register, checklist (R2.21, R2.24, S1.42).
    fn export_papers(
        &self,
        number: Number,
        case: &Record,
        package: &str,
    ) -> Result<Vec<Document>, String> {
        let ledger = self.office.ledger.as_ref().map_err(|why| why.clone())?;
        let entry = |number| ledger.entry(number).map_err(|fault| fault.text);
        let request = case.parts.iter().map(|part| entry(part.number));
        let request = request.collect::<Result<Vec<_>, _>>()?;
        let export = entry(number)?;
        let key = self.office.identity.fingerprint();
        let of = signage::case::Case {
            config: &self.file.config,
            request: &request,
            release: None,
            export: Some(&export),
            key: &key,
        };
        let compared = self.last_comparison();
        let compared = compared.as_ref().map(|c| (c.recorder, c.against.as_str(), c.offset_ms));
        let clock = ClockWords::of(self.clock_state, compared);
        let mut papers = of.papers(&clock);
        for paper in &mut papers {
            paper.foot.push(format!("Goes with the package {package}."));
        }
        Ok(papers)
    }

    /// Police and courts get the masters; everybody else gets what the file hides painted over
    /// (S1.13, R1.9).
    fn derived(&self, wanted: &Leaving, recipient: &str) -> Derived {
        let whole = [RecipientKind::Police, RecipientKind::Court].map(RecipientKind::as_str);
        let masks = |id: &CameraId| {
            let camera = self.file.config.camera(id);
            camera.map(crate::supervisor::pictures::masks).unwrap_or_default()
        };
        let program = self.pictures().map(|p| p.program().to_string_lossy().into_owned());
        Derived {
            program: program.unwrap_or_default(),
            masks: wanted.cameras.iter().map(masks).collect(),
            masked: !whole.contains(&recipient),
            viewing: true,
            stills: wanted.stills.iter().map(|s| (s.camera.clone(), s.at)).collect(),
            spool: String::new(),
        }
    }

    /// Every segment of a camera that touches the window, by start.
    fn segments_in(
        &self,
        camera: &CameraId,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<Segment>, String> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let limit = FOOTAGE_LISTED_MAX;
            let page = self.store.segments(Some(camera), Some(from), Some(to), after, limit);
            let (segments, more) = page.map_err(|e| e.text)?;
            all.extend(segments);
            if more.is_none() || more == after {
                break;
            }
            after = more;
        }
        all.sort_by_key(|segment| segment.start);
        Ok(all)
    }

    /// Entries, their proofs, and the checkpoint that these lead to.
    fn export_extract(&mut self, numbers: &[Number]) -> Result<Vec<(String, String)>, String> {
        let ledger = self.office.ledger.as_mut().map_err(|why| why.clone())?;
        let (mut items, mut files, mut checkpoint) = (Vec::new(), Vec::new(), String::new());
        for &number in numbers {
            let proof = ledger.prove(number).map_err(|fault| fault.text)?;
            let body = ledger.salted_body(number).map_err(|fault| fault.text)?;
            // Canonical bytes are JSON, and that is UTF-8.
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let body = body.map(|(salt, bytes)| (salt, text(&bytes)));
            items.push(Item { number, leaf: text(&proof.leaf), body });
            files.push((names::proof(number), proof.to_text()));
            checkpoint = proof.checkpoint;
        }
        files.push((names::EXTRACT.into(), extract::to_text(&items)));
        files.push((names::CHECKPOINT.into(), checkpoint));
        Ok(files)
    }

    fn export_manifest(
        &self,
        number: Number,
        wanted: &Leaving,
        case: &Record,
        hold: &(String, Number),
    ) -> Result<Manifest, String> {
        let config = &self.file.config;
        let site = &config.site;
        let ledger = self.office.ledger.as_ref().map_err(|why| why.clone())?;
        let entry = ledger.entry(number).map_err(|fault| fault.text)?;
        let (at, body) = (entry.header.at, entry.body.unwrap_or_default());
        let (_, now) = self.now();
        let window = past((wanted.from, wanted.to), now);
        let cameras = wanted.cameras.iter().map(|id| self.camera_part(id, window));
        let ownership = texts::ownership(&site.owner.value);
        Ok(Manifest {
            format: FORMAT.into(),
            version: VERSION,
            package: names::package(number),
            site: SiteSays {
                name: site.name.value.clone(),
                id: self.site_id.clone(),
                timezone: site.timezone.value.clone(),
                controller: site.controller.name.value.clone(),
                registration: site.controller.registration.as_ref().map(|r| r.value.clone()),
                owner: site.owner.value.clone(),
            },
            recorder: RecorderSays {
                program: format!("Beadle {}", env!("CARGO_PKG_VERSION")),
                machine: machine(Path::new("/sys/class/dmi/id")),
                origin: checkpoint::origin(&self.site_id),
                key: self.office.identity.fingerprint(),
                public_key: Digest(self.office.identity.public()),
            },
            release: Release { given: self.given(&body), ..released(number, at, body, hold)? },
            case: Some(case_says(case)),
            asked: Window { from: wanted.from, to: wanted.to },
            cameras: cameras.collect::<Result<_, _>>()?,
            clock: self.clock_says(),
            ownership,
            conditions: config.disclosure.conditions.iter().map(|c| c.text.value.clone()).collect(),
            papers: Vec::new(),
            remarks: Vec::new(),
        })
    }

    /// How the word was given that the release names by its entry: the decision's own form.
    fn given(&self, body: &Body) -> Option<AuthorityForm> {
        let named = body.authority.as_ref()?.reference.as_ref()?;
        let number: Number = named.strip_prefix('#')?.parse().ok()?;
        let entry = self.office.ledger.as_ref().ok()?.entry(number).ok()?;
        Some(entry.body?.authority?.form)
    }

    fn clock_says(&self) -> ClockSays {
        let synced = match self.clock_state {
            ClockState::Synced => Some((self.now().1, self.clocks.error)),
            _ => self.office.synced.map(|at| (at, None)),
        };
        let last_sync = synced.map(|(at, error)| {
            let estimated_error_us = error.and_then(|error| u64::try_from(error.0).ok());
            SyncSays { at, estimated_error_us }
        });
        ClockSays { state: self.clock_state, last_sync, compared: self.last_comparison() }
    }

    fn camera_part(&self, id: &CameraId, (from, to): (Utc, Utc)) -> Result<CameraPart, String> {
        let config = &self.file.config;
        let (_, now) = self.now();
        let camera = config.camera(id);
        let zone =
            camera.and_then(|c| config.zones.list.iter().find(|z| z.id.value == c.zone.value));
        let address = camera.and_then(|c| match &c.source {
            CameraSource::Stream(url) => Some(url.value.to_string()),
            _ => None,
        });
        let gaps = self.store.gaps(Some(id), from, to, FOOTAGE_LISTED_MAX).map_err(|e| e.text)?;
        let gaps = gaps.into_iter().map(|gap| GapSays {
            from: gap.start.max(from),
            to: gap.end.unwrap_or(to).min(to),
            reason: gap.reason,
        });
        let offsets = self.store.offsets(id, from, to).map_err(|e| e.text)?;
        let offsets = offsets.into_iter().take(OFFSETS_MAX);
        let (hardware, hardware_from) = hardware::hardware(camera);
        Ok(CameraPart {
            id: id.clone(),
            title: camera.map_or_else(|| id.to_string(), |c| c.title.value.clone()),
            place: zone.map(|zone| zone.title.value.clone()).unwrap_or_default(),
            address,
            hardware: Some(hardware),
            hardware_from,
            device: camera.and_then(hardware::device),
            retention_ends: self
                .keep
                .policy
                .rules(id, now)
                .map(|rules| self.zone().day_of(from).plus(i64::from(rules.ceiling_days))),
            given: None,
            clips: Vec::new(),
            copies: Vec::new(),
            stills: Vec::new(),
            gaps: gaps.collect(),
            offsets: offsets.map(|(at, milliseconds)| OffsetSays { at, milliseconds }).collect(),
            sound_left_out: false,
        })
    }

    /// The last entry about the clock against another one (R7.1).
    fn last_comparison(&self) -> Option<Compared> {
        let ledger = self.office.ledger.as_ref().ok()?;
        let numbers = self.office.index.numbers_of(&[Kind::ClockCheck]).ok()?;
        let entry = *numbers.last()?;
        let body = ledger.entry(entry).ok()?.body?;
        let moment = |name: &str| body.text(name)?.parse().ok();
        let offset_ms = match body.fields.get("offset-ms")? {
            Value::Number(n) => *n,
            _ => return None,
        };
        let against = body.text("which").or(body.text("against"))?;
        Some(Compared {
            entry,
            recorder: moment("recorder")?,
            reference: moment("reference")?,
            against: against.to_string(),
            offset_ms,
            by: body.who.as_ref().map(|who| who.person.clone()).unwrap_or_default(),
        })
    }
}

fn released(
    entry: Number,
    at: Utc,
    body: Body,
    hold: &(String, Number),
) -> Result<Release, String> {
    let said = |name: &str| body.text(name).map(ToString::to_string);
    let (recipient, carrier, exhibit) = (said(f::RECIPIENT), said("carrier"), said("exhibit"));
    let carrier_serial = said("serial");
    let who = body.who.ok_or("Nobody is named in the entry.")?;
    Ok(Release {
        entry,
        at,
        operator: who.person,
        acting_for: who.acting_for,
        witness: who.second,
        authority: body.authority,
        given: None,
        purpose: body.purpose,
        reason: body.reason,
        recipient: recipient.unwrap_or_default(),
        hold: hold.0.clone(),
        hold_entry: hold.1,
        carrier: carrier.unwrap_or_default(),
        carrier_serial,
        exhibit,
    })
}

/// What the firmware's tables say of the computer; its serial number is told to root alone on most.
fn machine(tables: &Path) -> Option<String> {
    let said = |name: &str| {
        let text = std::fs::read_to_string(tables.join(name)).ok()?;
        let text = text.trim();
        // What makers leave where they wrote nothing.
        let empty = ["", "None", "Default string", "To Be Filled By O.E.M."].contains(&text);
        (!empty).then(|| text.to_string())
    };
    let words: Vec<String> =
        ["sys_vendor", "product_name", "product_serial"].into_iter().filter_map(said).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// The request in the words of its form (R1.13).
fn case_says(case: &Record) -> Case {
    let words = |value: &Value| match value {
        Value::Yes(yes) => (if *yes { "yes" } else { "no" }).to_string(),
        Value::Number(n) => n.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list.join(", "),
    };
    let answers = case.answers.iter().map(|(name, value)| (name.clone(), words(value)));
    Case { entry: case.number, answers: answers.collect::<BTreeMap<_, _>>() }
}
