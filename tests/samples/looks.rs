//! Pictures and footage, as the desk of the test gives them out.

use beadle::base::name::{CameraId, DiskId};
use beadle::base::time::{Span, Utc};
use beadle::footage::{Codec, Gap, GapReason, Segment};
use beadle::wire::glance::{Glance, Shot};
use beadle::wire::look::{Looking, Sights, Way};
use beadle::wire::{Reply, Request, Sent};

use super::desk::Desk;
use super::now;
use super::shots::shot;

impl Desk {
    /// Everything that the test's site has.
    pub fn sights(&self) -> Sights {
        let all = &self.cameras;
        Sights {
            live: all.clone(),
            live_asks: self.live_asks,
            recorded: all.clone(),
            spot: all.clone(),
            spot_secs: 60,
            declaration: None,
        }
    }

    /// A day's footage in minutes, with an hour's gap at noon.
    fn day(&self, camera: &CameraId, from: Utc) -> Reply {
        let segment = |n: i64| Segment {
            camera: camera.clone(),
            disk: DiskId("a1".into()),
            path: String::new(),
            start: from + Span::mins(n),
            end: from + Span::mins(n + 1),
            frames: 900,
            bytes: if (480..960).contains(&n) { 15_000_000 } else { 4_000_000 },
            codec: Codec::H264,
            digest: None,
        };
        let segments = (0..1_440).filter(|n| !(720..780).contains(n)).map(segment).collect();
        let gap = Gap {
            camera: camera.clone(),
            start: from + Span::hours(12),
            end: Some(from + Span::hours(13)),
            reason: GapReason::NoRoute,
        };
        Reply::Footage { segments, gaps: vec![gap], more: None }
    }

    /// `None`: it is asked for no picture.
    pub fn shows(&self, request: &Request) -> Option<Reply> {
        Some(match request {
            Request::View(view) => {
                let until = (view.wish == Looking::SpotCheck).then(|| now() + Span::secs(60));
                Reply::Viewing { number: 59, until }
            }
            Request::Sight(_) => {
                let ticket = Sent::new("ticket-of-the-look");
                Reply::Way(Way { ticket, socket: "/run/beadle/beadle.sock.view".into() })
            }
            Request::ViewEnd(_) => Reply::Done,
            Request::Footage { camera: Some(camera), from: Some(from), .. } => {
                self.day(camera, *from)
            }
            Request::Glance { .. } | Request::PickShown { .. } if self.blind => Reply::Refused {
                why: "The program beadle-pictures is not installed, so there are no pictures."
                    .into(),
            },
            Request::Glance { cameras, width, height } => {
                let size = (*width, *height);
                let shots = cameras.iter().enumerate().map(|(n, id)| shot(id, n, size));
                Reply::Glance(Box::new(Glance { number: 90, shots: shots.collect() }))
            }
            Request::PickShown { width, height } => {
                let id = CameraId::new("front-gate").unwrap();
                let shot = Shot { reference: None, ..shot(&id, 0, (*width, *height)) };
                Reply::Glance(Box::new(Glance { number: 91, shots: vec![shot] }))
            }
            Request::ReferenceTake { .. } => {
                Reply::Text { text: "The reference still of 2026-11-21 08:41 is kept.".into() }
            }
            _ => return None,
        })
    }
}
