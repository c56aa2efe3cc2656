//! Editing the file while 32 cameras record: each of ten edits changes one camera, takes effect
//! within a second, and costs the others not a frame; an edit of words or days restarts nothing; a
//! file that does not load changes nothing (S4.35), and is no reason not to start.
//!
//! The short version has 8 cameras; `SLOW=1` is the long one.

#![cfg(feature = "simulate")]

mod live;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use beadle::base::time::Span;
use beadle::footage::{Segment, rotation};
use beadle::simulate::{SimHandle, SiteStream, count, site_kdl};
use beadle::wire::{Level, Status};
use live::{Places, Recorder, files};

/// The file as this test edits it.
struct Site {
    cameras: Vec<SiteStream>,
    disabled: Vec<String>,
    days: u32,
    sign: bool,
}

impl Site {
    fn text(&self) -> String {
        let mut text = site_kdl(&self.cameras, None);
        for id in &self.disabled {
            let head = format!("    camera \"{id}\" ");
            let at = text.find(&head).expect("the camera is in the file");
            let end = at + text[at..].find('\n').unwrap();
            text.insert_str(end, "\n        disabled because=\"The hall is being painted\"");
        }
        text = text.replace("max-days=90", &format!("max-days={}", self.days));
        if self.sign {
            text.push_str("signage {\n    sign \"gate\" \"Main gate\" covers=\"grounds\"\n}\n");
        }
        text
    }

    fn camera(&mut self, id: &str) -> &mut SiteStream {
        self.cameras.iter_mut().find(|c| c.id == id).expect("a camera of the file")
    }
}

/// Waits until it is so; how long that took.
fn until(what: &str, so: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < live::PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    began.elapsed()
}

struct Rig {
    sim: SimHandle,
    places: Places,
    site: Site,
    took: Vec<Duration>,
}

impl Rig {
    /// Saves the file; waits until the cameras themselves notice: who is connected, who no longer.
    fn edit(&mut self, what: &str, connected: &[&str], left: &[&str]) {
        self.places.write(&self.site.text());
        let sim = &self.sim;
        let took = until(what, || {
            connected.iter().all(|name| sim.connections(name) == 1)
                && left.iter().all(|name| sim.connections(name) == 0)
        });
        println!("{what}: {} ms", took.as_millis());
        self.took.push(took);
        std::thread::sleep(Duration::from_millis(700));
    }

    /// Saves the file; waits until the supervisor says that it is in force.
    fn edit_words(&mut self, what: &str, recorder: &mut Recorder) {
        let before = recorder.status().file.revision;
        self.places.write(&self.site.text());
        let began = Instant::now();
        recorder.wait(what, |status| status.file.revision > before && !status.file.stale);
        println!("{what}: {} ms", began.elapsed().as_millis());
        self.took.push(began.elapsed());
        std::thread::sleep(Duration::from_millis(700));
    }
}

/// Ten edits, each of one camera.
fn ten_edits(rig: &mut Rig, spare: &[String]) {
    let url = |rig: &Rig, name: &str| rig.sim.url(name);
    let (a, b) = (spare[0].as_str(), spare[1].as_str());
    rig.site.camera("cam-1").main = url(rig, a);
    rig.edit("cam-1 gets another address", &[a], &["cam-1"]);
    rig.site.camera("cam-1").main = url(rig, "cam-1");
    rig.edit("cam-1 gets its address back", &["cam-1"], &[a]);
    let added = |rig: &Rig, id: &str| SiteStream {
        id: id.into(),
        title: id.into(),
        main: url(rig, id),
        ..SiteStream::default()
    };
    let new = added(rig, a);
    rig.site.cameras.push(new);
    rig.edit("a camera is added", &[a], &[]);
    let new = added(rig, b);
    rig.site.cameras.insert(0, new);
    rig.edit("another is added before all others", &[b], &[]);
    rig.site.cameras.retain(|c| c.id != a);
    rig.edit("the first of them is removed", &[], &[a]);
    rig.site.disabled.push("cam-2".into());
    rig.edit("cam-2 is disabled", &[], &["cam-2"]);
    rig.site.disabled.clear();
    rig.edit("cam-2 is enabled", &["cam-2"], &[]);
    rig.site.cameras.retain(|c| c.id != "cam-3");
    rig.edit("cam-3 is removed", &[], &["cam-3"]);
    let old = added(rig, "cam-3");
    rig.site.cameras.push(old);
    rig.edit("cam-3 is back, at the end", &["cam-3"], &[]);
    rig.site.cameras.retain(|c| c.id != b);
    rig.edit("the second of those added is removed", &[], &[b]);
}

/// A title, a retention and a sign; then files that do not load.
fn edits_of_no_camera(rig: &mut Rig, recorder: &mut Recorder) {
    rig.site.camera("cam-4").title = "Behind the bicycle shed".into();
    rig.edit_words("a title is changed", recorder);
    rig.site.days = 60;
    rig.edit_words("the retention is changed", recorder);
    rig.site.sign = true;
    rig.edit_words("a sign is added", recorder);
    let good = recorder.status().file;
    let bad = [rig.site.text().replace("zone=\"grounds\"", "zone=\"nowhere\""), "x {".into()];
    for text in bad.iter().map(String::as_str).chain([""]) {
        rig.places.write(text);
        let status = recorder.wait("the bad file is noticed", |status| status.file.stale);
        assert_eq!((status.file.revision, &status.file.digest), (good.revision, &good.digest));
        assert!(tells(&status), "{:?}", status.alarms);
        rig.places.write(&rig.site.text());
        recorder.wait("the good file is back", |status| !status.file.stale);
    }
    assert_eq!(recorder.status().file.revision, good.revision);
}

/// An alarm names the file, and that another one is in force.
fn tells(status: &Status) -> bool {
    let about = |text: &str| text.contains("site.kdl") && text.contains("in force");
    status.alarms.iter().any(|a| a.level >= Level::Warning && about(&a.text))
}

/// From its first frame to its last every frame is there, and it was never started anew: a segment
/// begins where the one before it had to end.
fn undisturbed(films: &[files::Film], segments: &[Segment], camera: &str) {
    let own = films.iter().filter(|f| f.camera() == camera);
    let stamps: Vec<_> = own.flat_map(|f| f.stamps.iter().copied()).collect();
    let sum = &count::tally(&stamps).into_values().next().expect("it recorded");
    assert_eq!((sum.missing, sum.doubled, sum.disordered), (0, 0, 0), "{camera}: {sum:?}");
    let mut own: Vec<_> = segments.iter().filter(|s| s.camera.as_str() == camera).collect();
    own.sort_by_key(|s| s.start);
    for pair in own.windows(2) {
        let due = rotation::boundary(&pair[0].camera, pair[0].start);
        assert!(pair[1].start >= due - Span::millis(100), "{camera} was started anew: {pair:#?}");
    }
}

#[test]
fn an_edit_reaches_its_camera_within_a_second_and_no_other() {
    let count = if live::slow() { 32 } else { 8 };
    let folder = tempfile::tempdir().unwrap();
    let places = Places::below(folder.path());
    let sim = live::cameras(count + 2);
    let mut cameras = live::streams(&sim);
    let spare: Vec<String> = cameras.split_off(count).into_iter().map(|c| c.id).collect();
    let site = Site { cameras, disabled: Vec::new(), days: 90, sign: false };
    places.write(&site.text());
    let mut recorder = Recorder::start(&places);
    println!("{count} cameras record {} ms after exec", recorder.began.elapsed().as_millis());
    let mut rig = Rig { sim, places, site, took: Vec::new() };
    ten_edits(&mut rig, &spare);
    edits_of_no_camera(&mut rig, &mut recorder);
    let status = recorder.all_recording();
    assert_eq!(status.cameras.len(), count);
    let (segments, _) = recorder.all_off(&rig.sim);
    recorder.stop();

    let films = files::films(&rig.places.footage);
    let changed = ["cam-1", "cam-2", "cam-3"];
    let others = rig.sim.names().into_iter().take(count);
    let others: Vec<String> = others.filter(|name| !changed.contains(&name.as_str())).collect();
    assert_eq!(others.len(), count - 3);
    others.iter().for_each(|name| undisturbed(&films, &segments, name));
    // The three that were changed are undisturbed by each other's edits: holes only at their own.
    let holes: BTreeMap<&str, usize> = [("cam-2", 1), ("cam-3", 1)].into();
    for (camera, allowed) in holes {
        let own = films.iter().filter(|f| f.camera() == camera);
        let stamps: Vec<_> = own.flat_map(|f| f.stamps.iter().copied()).collect();
        assert!(count::gaps(&stamps).len() <= allowed, "{camera} was disturbed");
    }
    let longest = rig.took.iter().max().unwrap();
    println!("{} edits, the slowest in force after {} ms", rig.took.len(), longest.as_millis());
    assert!((longest.as_millis() as i64) < live::promise(1_000), "{:?}", rig.took);
}

#[test]
fn the_last_good_file_serves_when_the_one_there_does_not_load() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::below(folder.path());
    let sim = live::cameras(2);
    places.write_site(&sim);
    Recorder::start(&places).stop();
    for bad in ["site {", ""] {
        places.write(bad);
        let mut recorder = Recorder::start(&places);
        let status = recorder.status();
        assert_eq!((status.file.source.as_str(), status.file.stale), ("the last good copy", true));
        assert!(tells(&status), "{:?}", status.alarms);
        assert_eq!(status.cameras.len(), 2);
        // Mended, it is in force without a restart.
        places.write_site(&sim);
        let status = recorder.wait("the file is mended", |s| !s.file.stale);
        assert_eq!(status.file.source, "the file");
        recorder.stop();
    }
    std::fs::remove_file(&places.config).unwrap();
    let recorder = Recorder::start(&places);
    assert!(recorder.status().file.stale);
}
