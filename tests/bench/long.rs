//! Beadle alone for over a minute: bytes to the device, edits under load, frames lost; and with the
//! most cameras.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use beadle::base::limits::SEGMENT_SPAN;
use beadle::segment::reader;
use beadle::simulate::count::{FrameStamp, frames_in, tally};
use beadle::wire::{CameraState, Status};

use super::figures::{cpu_ns, median, pss, sizes, write_bytes};
use super::place::Place;
use super::recorders::{self, Cameras, Recorder};
use super::table::Table;
use super::{Args, Outcome};

const EDITS: usize = 5;

pub fn run(args: &Args, cameras: &Cameras, place: &Place, table: &mut Table) -> Outcome<()> {
    let run = recorders::beadle(cameras, place, None)?;
    sleep(Duration::from_secs(4));
    let written = || place.device_bytes().unwrap_or_else(|| write_bytes(run.pids()[0]));
    let (device, files) = (written(), sizes(&place.footage));
    // Whole segments: closing one, its line in the index and the next one's beginning are a part of
    // every minute, and so is the file system's writing back of its own blocks every half minute.
    let window = args.long.max(SEGMENT_SPAN.as_millis() as u64 / 1_000);
    sleep(Duration::from_secs(window));
    let (device, files) = (written() - device, sizes(&place.footage) - files);
    let safe = run.status()?.disks.iter().map(|d| d.safe_up_to).fold(0.0, f64::max);
    let took = edits(cameras, &run)?;
    sleep(Duration::from_secs(2));
    run.stop()?;
    let found = search(&place.footage)?;
    let edited = (cameras.urls.len() - 1) as u16;
    let video = files as f64 * found.video as f64 / found.bytes as f64;
    let over = device as f64 / video;
    let counted = match place.device_bytes() {
        Some(_) => "sectors of both loop devices",
        None => "write_bytes of the process",
    };
    let what = format!(
        "bytes to the device / bytes of video, index included ({counted}; {window} s, in which every \
         camera closes and begins {} of its segments of a minute)",
        window * 1_000 / SEGMENT_SPAN.as_millis() as u64
    );
    table.row(&what, "<= 1.05", format!("{over:.3}"), over <= 1.05);
    let what = format!("frames lost, {} cameras, {EDITS} edits of another", args.cameras);
    let lost = found.lost(args.cameras, Some(edited));
    table.row(&what, "0", lost.to_string(), lost == 0);
    table.row("a saved site.kdl takes effect", "< 1000 ms", format!("{took:.0} ms"), took < 1e3);
    table.row("safe up to, as status says", "<= 2 s", format!("{safe:.2} s"), safe <= 2.0);
    Ok(())
}

/// Takes the last camera out of the file and puts it back, some times; the median of the
/// milliseconds from the save to the supervisor's doing so.
fn edits(cameras: &Cameras, run: &Recorder) -> Outcome<f64> {
    let whole = std::fs::read_to_string(&cameras.site).map_err(|e| e.to_string())?;
    let last = format!("    camera \"cam-{}\"", cameras.urls.len());
    let at = whole.find(&last).ok_or("the last camera is not in the file")?;
    let without = format!("{}}}\n", &whole[..at]);
    let mut took = Vec::new();
    for (text, there) in [(&without, false), (&whole, true)].iter().cycle().take(2 * EDITS) {
        sleep(Duration::from_millis(700));
        std::fs::write(&cameras.site, text).map_err(|e| e.to_string())?;
        let began = Instant::now();
        let last = format!("cam-{}", cameras.urls.len());
        let done = |s: &Status| s.cameras.iter().any(|c| c.id.as_str() == last) == *there;
        while !done(&run.status()?) {
            if began.elapsed() > Duration::from_secs(10) {
                return Err("an edit of the file had no effect within 10 s".into());
            }
            sleep(Duration::from_millis(5));
        }
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(took))
}

/// As many cameras as one box may have: is every frame there?
pub fn most(args: &Args, cameras: &Cameras, place: &Place, table: &mut Table) -> Outcome<()> {
    let run = recorders::beadle(cameras, place, None)?;
    sleep(Duration::from_secs(3));
    let (began, pids, sim) = (Instant::now(), run.pids(), [cameras.pid()]);
    let (cpu, served) = (cpu_ns(&pids), cpu_ns(&sim));
    sleep(args.window() * 2);
    let span = began.elapsed().as_nanos() as f64 / 100.0;
    let (cpu, served) = (cpu_ns(&pids) - cpu, cpu_ns(&sim) - served);
    let memory = pss(&pids) as f64 / f64::from(args.most) / (1 << 20) as f64;
    let status = run.status()?;
    let recording = status.cameras.iter().filter(|c| c.state == CameraState::Recording).count();
    let safe = status.disks.iter().map(|d| d.safe_up_to).fold(0.0, f64::max);
    table.note(format!(
        "{} cameras, {recording} recording: Beadle {:.0} % of a core, {memory:.2} MiB a camera, safe \
         up to {safe:.1} s; all recording {:.1} s after exec; the simulator takes {:.0} %.",
        args.most,
        cpu as f64 / span,
        run.started.as_secs_f64(),
        served as f64 / span
    ));
    run.stop()?;
    let lost = search(&place.footage)?.lost(args.most, None);
    let what = format!("frames lost, {} cameras", args.most);
    table.row(&what, "0", lost.to_string(), lost == 0);
    place.clear()
}

#[derive(Default)]
struct Found {
    stamps: Vec<FrameStamp>,
    /// Of all files, and of the samples in them.
    bytes: u64,
    video: u64,
}

impl Found {
    /// Frames missing between the first and the last of each camera; a camera of which nothing is
    /// there has lost everything, which is counted as a million.
    fn lost(&self, cameras: u16, but: Option<u16>) -> u64 {
        let sums: BTreeMap<_, _> = tally(&self.stamps);
        let lost = |n: u16| sums.get(&n).map_or(1_000_000, |t| t.missing + t.doubled);
        (0..cameras).filter(|n| Some(*n) != but).map(lost).sum()
    }
}

fn search(folder: &Path) -> Outcome<Found> {
    let mut found = Found::default();
    let mut folders: Vec<PathBuf> = vec![folder.into()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| e.to_string())?;
        for path in entries.flatten().map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "mp4") {
                let bytes = std::fs::read(&path).map_err(|e| e.to_string())?;
                found.stamps.extend(frames_in(&bytes));
                found.bytes += bytes.len() as u64;
                let contents = reader::scan_bytes(&bytes);
                found.video += contents.samples().map(|s| u64::from(s.size)).sum::<u64>();
            }
        }
    }
    Ok(found)
}
