//! Papers of the machine: the commissioning record of each camera (R4.20), the sheet of a
//! maintenance visit (R4.21), the month's seal (R5.3).

use super::page::{Document, Part};
use super::phrase::{self, Reader};
use crate::base::name::CameraId;
use crate::config::Config;
use crate::config::cameras::{Camera, TaskKind};
use crate::wire::{CameraState, Status};

/// A picture of what a camera shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    pub camera: CameraId,
    /// PNG or JPEG.
    pub file: Vec<u8>,
    /// What somebody said to it, and when; `None`: nobody did.
    pub said: Option<String>,
}

/// One page a camera: what it is to show, what it is, its picture, the verdict of two people
/// (R4.20).
pub fn commissioning(config: &Config, stills: &[Shown]) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("commissioning", "Commissioning record", site, owner);
    for (n, camera) in config.cameras.list.iter().filter(|c| c.covert.is_none()).enumerate() {
        if n > 0 {
            paper.parts.push(Part::NewPage);
        }
        let still = stills.iter().find(|shown| shown.camera == camera.id.value);
        one(config, camera, still, &mut paper);
    }
    paper
}

fn one(config: &Config, camera: &Camera, still: Option<&Shown>, paper: &mut Document) {
    paper.head(format!("{} ({})", camera.title.value, camera.id.value));
    let zone = config.zone(&camera.zone.value).map_or("", |z| z.title.value.as_str());
    let declared = &camera.declared;
    let picture = match (&declared.width, &declared.height) {
        (Some(width), Some(height)) => format!("{} x {} pixels", width.value, height.value),
        _ => String::new(),
    };
    let text = |at: &Option<crate::config::value::At<String>>| {
        at.as_ref().map(|t| t.value.clone()).unwrap_or_default()
    };
    let device = [text(&camera.device.make), text(&camera.device.model)].join(" ");
    let fps = declared.fps.as_ref().map(|f| format!("{} pictures a second", f.value));
    paper.facts([
        ("Area", zone.to_string()),
        ("Kind", camera.kind.value.to_string()),
        ("Make and model", device.trim().to_string()),
        ("Serial number", text(&camera.device.serial)),
        ("Picture", picture),
        ("Rate", fps.unwrap_or_default()),
    ]);
    let requirement = camera.task.as_ref().map_or(
        "The file sets no task for this camera: write it here before judging the picture."
            .to_string(),
        |task| {
            let wide = task.width_m.as_ref().map(|w| format!(" over a width of {} m", w.value));
            let far = task.distance_m.as_ref().map(|d| format!(", {} m away", d.value));
            format!(
                "The picture is to be good enough to {}{}{}.",
                task.kind.value,
                wide.unwrap_or_default(),
                far.unwrap_or_default()
            )
        },
    );
    paper.clause(requirement, "cameras", "R4.20");
    measures(camera, paper);
    for mask in &camera.masks {
        paper.clause(format!("Masked: {}.", mask.title.value), "cameras", "S1.13");
    }
    if let Some(shown) = still {
        let caption = format!("What {} shows", camera.title.value);
        paper.parts.push(Part::Picture { file: shown.file.clone(), caption });
        if let Some(said) = &shown.said {
            paper.clause(said.clone(), "", "R4.20");
        }
    }
    paper.parts.push(Part::Checks(
        [
            "By day: the picture is good enough for its task",
            "By night: the picture is good enough for its task",
            "It sees what it is to see, and nothing that it must not",
            "Masks hide what they are to hide",
            "The camera's clock follows the recorder's",
        ]
        .map(|what| (what.to_string(), String::new()))
        .to_vec(),
    ));
    paper.signatures(&["Installer", "For the school"]);
}

/// How many pixels a metre has, and how tall a person must be.
fn measures(camera: &Camera, paper: &mut Document) {
    let declared = &camera.declared;
    let per_metre =
        camera.task.as_ref().and_then(|t| t.width_m.as_ref()).zip(declared.width.as_ref());
    if let Some((wide, pixels)) = per_metre {
        let there = f64::from(pixels.value) / wide.value;
        paper.clause(format!("That is {there:.0} pixels a metre."), "cameras", "R2.37");
    }
    if let Some(text) = camera
        .task
        .as_ref()
        .and_then(|t| height(t.kind.value, declared.height.as_ref().map(|h| h.value)))
    {
        paper.clause(text, "cameras", "R2.36");
    }
}

/// How tall a person must be on the test picture: the Home Office's shares of an analogue picture,
/// whose 400 lines a taller one holds in less of its height. Nothing for tasks that have none.
fn height(task: TaskKind, rows: Option<u32>) -> Option<String> {
    let analogue: u32 = match task {
        TaskKind::Monitor => 5,
        TaskKind::Detect => 10,
        TaskKind::Observe => 25,
        TaskKind::Recognise => 50,
        TaskKind::Identify => 100,
        _ => return None,
    };
    let share = |rows: u32| match analogue {
        5 | 10 => analogue,
        _ => (analogue * 400).div_ceil(rows).min(analogue),
    };
    let (share, rows) = match rows.filter(|rows| *rows > 0) {
        Some(rows) => (share(rows), format!(" of {rows} rows: {}", share(rows) * rows / 100)),
        None => (analogue, String::new()),
    };
    Some(format!(
        "Test card: a person of 1.7 m at the far end of the view fills at least {share}% of the \
         picture's height{rows}."
    ))
}

/// The sheet of a visit, with what the recorder knows filled in (R4.21); `version` is that of its
/// program.
pub fn maintenance(config: &Config, status: Option<&Status>, version: Option<&str>) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("maintenance-visit", "Maintenance visit", site, owner);
    if let Some(status) = status {
        paper.subtitle =
            format!("As the recorder saw itself on {}", config.site.zone.show(status.now));
    }
    for contract in config.duties.iter().filter_map(|d| d.contract.as_ref()) {
        let number = contract.number.as_ref().map(|n| n.value.clone()).unwrap_or_default();
        let until = contract.until.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
        paper.facts([
            ("Firm", contract.firm.value.clone()),
            ("Contract", number),
            ("Until", until),
        ]);
    }
    paper.head("To be looked at");
    let checks = visit(config, status, version).into_iter();
    let checks = checks.map(|(what, known)| (what.to_string(), known)).collect();
    paper.parts.push(Part::Checks(checks));
    paper.head("Each camera");
    let rows = config.cameras.list.iter().filter(|c| c.covert.is_none()).map(|c| {
        let now = status.and_then(|s| s.cameras.iter().find(|k| k.id == c.id.value));
        let (state, held) = now.map_or((String::new(), String::new()), |k| {
            (state(k), format!("{:.0} days", k.held.days))
        });
        vec![c.title.value.clone(), state, held, String::new(), String::new(), String::new()]
    });
    let columns = [
        ("Camera", 4),
        ("Recorder says", 4),
        ("On disk", 2),
        ("Clean, view right", 3),
        ("Day", 2),
        ("Night", 2),
    ];
    paper.table(&columns, rows.collect());
    paper.blanks(&["Found and put right", "To be done", "Entry in the logbook"]);
    paper.signatures(&["Engineer", "For the school"]);
    paper
}

fn state(camera: &crate::wire::CameraStatus) -> String {
    let word = match camera.state {
        CameraState::Connecting => "connecting",
        CameraState::Recording => "recording",
        CameraState::Failed => "failed",
        CameraState::Disabled => "off",
    };
    match camera.clock_offset_ms {
        Some(ms) if ms.abs() >= 1_000 => format!("{word}, its clock is {ms} ms off"),
        _ => word.to_string(),
    }
}

/// The points of R4.21, each with what the recorder knows by itself.
fn visit(
    config: &Config,
    status: Option<&Status>,
    version: Option<&str>,
) -> Vec<(&'static str, String)> {
    let known = |f: fn(&Status) -> String| status.map(f).unwrap_or_default();
    let zone = &config.site.zone;
    let clock = status.map(|s| format!("The recorder says {}.", zone.show(s.now)));
    vec![
        ("Cameras and covers cleaned", String::new()),
        ("Each view compared with its reference picture", String::new()),
        ("Pictures good by day and by night", String::new()),
        ("Days really on disk", known(held)),
        ("The recorder's clock against another", clock.unwrap_or_default()),
        ("Disks", known(disks)),
        ("Alarms", known(alarms)),
        ("Power supply that bridges cuts: tried", String::new()),
        ("A test export that plays on another machine", String::new()),
        (
            "Versions of recorder and cameras",
            version.map(|version| format!("Recorder: Beadle {version}.")).unwrap_or_default(),
        ),
        ("Accounts: only those who should have one", holders(config)),
        ("Infra-red, power supplies, switches", String::new()),
        ("Cabling", String::new()),
        ("Signs there and right", String::new()),
    ]
}

/// Those whom the file lets do anything.
fn holders(config: &Config) -> String {
    let holds = |p: &&crate::config::people::Person| {
        config.roles.iter().any(|r| r.held_by.iter().any(|h| h.value == p.id.value))
    };
    let of = config.people.iter().filter(holds).count();
    format!("The file gives roles to {}.", phrase::count(of as u64, "person", "persons"))
}

fn held(status: &Status) -> String {
    let least = status.cameras.iter().map(|c| c.held.days).fold(f64::INFINITY, f64::min);
    let least = if least.is_finite() { least } else { 0.0 };
    let promised = status.retention.floor_days;
    let room = status.retention.forecast_days;
    let room = room.map(|d| format!("; room for {d:.0} days")).unwrap_or_default();
    format!("At least {least:.0} days of every camera; {promised} are promised{room}.")
}

fn disks(status: &Status) -> String {
    let disk = |d: &crate::wire::DiskStatus| {
        let free = d.free as f64 / d.total.max(1) as f64 * 100.0;
        format!("{} {:?}, {free:.0}% free", d.path, d.state).to_lowercase()
    };
    let all: Vec<String> = status.disks.iter().map(disk).collect();
    phrase::sentence(&all.join("; "))
}

fn alarms(status: &Status) -> String {
    let all: Vec<&str> = status.alarms.iter().map(|a| a.text.as_str()).collect();
    if all.is_empty() { "None.".into() } else { all.join(" ") }
}

/// The month's seal: the signed head of the logbook, as letters and as a code, to be signed and
/// kept (R5.3).
pub fn seal_sheet(config: &Config, checkpoint: &str, made: &str) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("seal", "Seal of the logbook", site, owner);
    paper.subtitle = format!("Made on {made}");
    paper.say(
        "These lines fix every entry up to now. Kept on paper, by people, they show later whether \
         anything before them was changed: beadle logbook verify --checkpoint FILE compares them.",
    );
    paper.parts.push(Part::Exact(checkpoint.trim_end().to_string()));
    let caption = "The same as a code: photograph it, or have it read.".to_string();
    paper.parts.push(Part::Code { text: checkpoint.to_string(), caption });
    paper.clause("Two people sign it, and it is kept away from the recorder.", "", "R5.3");
    let by = config.duties.iter().find(|d| {
        d.kind.value == crate::config::duties::DutyKind::PrintCheckpoint && !d.by.is_empty()
    });
    if let Some(duty) = by {
        let whos = phrase::whos(config, &duty.by, Reader::Staff);
        paper.say(format!("Asked of: {}.", phrase::list(&whos)));
    }
    paper.signatures(&["Printed by", "Second person"]);
    paper.blanks(&["Kept at"]);
    paper
}
