//! A supervisor that only pretends: serves made-up statuses so that the console can be looked at.
//! `cargo run --example pretend -- SOCKET busy|failing|empty`

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use beadle::base::clock::{Clock, SystemClock};
use beadle::base::time::{Span, Utc};
use beadle::footage::{Codec, Gap, GapReason, Segment};
use beadle::socket::listen::{Asked, Mode, bind};
use beadle::wire::{CameraState, Reply, Request, Status};
use tokio::sync::{mpsc, watch};

fn main() {
    let mut args = std::env::args().skip(1);
    let socket = PathBuf::from(args.next().expect("a socket's path"));
    let sample = args.next().unwrap_or("busy".into());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let bound = match bind(&socket, &Mode::Owner) {
        Ok(bound) => bound,
        Err(fault) => {
            eprintln!("{fault}");
            std::process::exit(1);
        }
    };
    runtime.block_on(async {
        let (publish, seen) = watch::channel(Arc::new(moved(&sample)));
        let (asks, mut asked) = mpsc::channel::<Asked>(8);
        tokio::spawn(bound.serve(asks, seen));
        let mut second = tokio::time::interval(Duration::from_millis(600));
        loop {
            tokio::select! {
                _ = second.tick() => drop(publish.send(Arc::new(moved(&sample)))),
                Some((request, peer, to)) = asked.recv() => {
                    eprintln!("{peer:?}: {request:?}");
                    let _ = to.send(answer(&request));
                }
            }
        }
    });
}

/// The sample, as if it were now.
fn moved(sample: &str) -> Status {
    let mut status = match sample {
        "failing" => samples::failing(),
        "empty" => samples::empty(),
        _ => samples::busy(),
    };
    let now = SystemClock::new().utc();
    let by = now - samples::now();
    status.now = now;
    status.file.since = status.file.since + by;
    let beat = now.as_secs() % 7;
    for (n, camera) in status.cameras.iter_mut().enumerate() {
        camera.since = camera.since + by;
        camera.last_frame = camera.last_frame.map(|at| at + by);
        camera.kbps += ((beat * 31 + n as i64 * 13) % 90) as f64;
        if camera.state == CameraState::Recording {
            camera.fps += (beat as f64 - 3.0) / 30.0;
        }
    }
    for alarm in &mut status.alarms {
        alarm.since = alarm.since + by;
    }
    status
}

/// Two pages of footage; everything else is refused.
fn answer(request: &Request) -> Reply {
    let Request::Footage { after, .. } = request else {
        return Reply::Refused {
            why: "This Beadle only pretends.".into(),
        };
    };
    let camera = samples::camera("front-gate", "").id;
    let start: Utc = samples::now() + Span::mins(after.unwrap_or(0) as i64);
    let segment = Segment {
        camera: camera.clone(),
        disk: samples::disk().id.unwrap(),
        path: "front-gate/2026-11-21/084107Z.mp4".into(),
        start,
        end: start + Span::mins(1),
        frames: 900,
        bytes: 15_360_000,
        codec: Codec::H264,
        digest: None,
    };
    let gap = Gap {
        camera,
        start,
        end: None,
        reason: GapReason::WrongPassword,
    };
    let more = after.is_none().then_some(1);
    Reply::Footage {
        segments: vec![segment],
        gaps: vec![gap],
        more,
    }
}
