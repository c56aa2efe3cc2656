//! One turn: look at the clocks and disks, plan, carry out, keep what has to be kept, say when to
//! come back.

use super::Supervisor;
use super::camera::Trouble;
use super::keep::Rest;
use super::world::World;
use crate::base::clock::Mono;
use crate::base::limits::{
    CLOCK_AWAY_SPAN, CLOCK_FAR_SPAN, CLOCK_REST_FAR_SPAN, CLOCK_REST_SPAN, CLOCK_STEP,
    TURN_SPAN_MAX,
};
use crate::base::name::{CameraId, DiskId};
use crate::base::time::Utc;
use crate::footage::GapReason;
use crate::ingest::{Attempt, Login, Source, Transport};
use crate::reconcile::{Feed, Observed, Phase, Seen, Step, earliest, plan};
use crate::segment::{Order, Tag};
use crate::wire::{Alarm, Level};

impl Supervisor {
    /// Does everything that is due and returns when to come back at the latest.
    pub fn turn(&mut self, world: &mut dyn World) -> Mono {
        let (now, utc) = self.now();
        (self.clock_state, self.clocks.error) = world.clock_state();
        self.look_at_clocks();
        self.mend_index(world);
        self.mend_state();
        self.look_at_disks(world);
        self.look_at_start();
        self.look_at_network();
        // Day by day: a covert authorisation begins or ends with a date (S1.39).
        self.desired = super::desired::desired(&self.file.config, self.zone().day_of(utc));
        let planned = plan(&self.desired, &self.observed(), now);
        for step in planned.steps {
            self.carry_out(step, world);
        }
        self.give_up_mute(world);
        self.judge_cameras(world);
        let keep_wake = self.retain(world);
        let rebuild_wake = earliest(self.rebuild_some(), self.copy_some());
        self.prune_journals(world);
        self.judge_pictures();
        let office_wake = self.keep_office();
        if now >= self.keep.figures.due {
            self.keep.figures.due = now + TURN_SPAN_MAX;
            self.refresh_figures();
        }
        self.remember_conditions();
        let wake = earliest(planned.wake_at, earliest(keep_wake, rebuild_wake));
        let wake = earliest(wake, Some(office_wake));
        wake.map_or(now + TURN_SPAN_MAX, |w| w.min(now + TURN_SPAN_MAX)).max(now)
    }

    fn observed(&self) -> Observed {
        let (stopped, disks): (Vec<_>, Vec<_>) =
            self.disks.writable().into_iter().partition(|d| self.keep.stop.contains(d));
        // With room on another disk the cameras move there; with none left they stop (`when-full
        // "stop"`).
        let stopped_for_space = disks.is_empty() && !stopped.is_empty();
        let disks = if stopped_for_space { stopped } else { disks };
        let cameras = self.cameras.iter().map(|(id, c)| (id.clone(), c.seen.clone())).collect();
        Observed { cameras, disks, stopped_for_space }
    }

    /// One arm a step; nothing is decided here.
    fn carry_out(&mut self, step: Step, world: &mut dyn World) {
        match step {
            Step::Start { camera: id, feed, audio, codec, disk } => {
                if !self.cameras.contains_key(&id) {
                    self.new_camera(&id);
                }
                let Some(camera) = self.cameras.get_mut(&id) else { return }; // it is there now
                // Counted over all cameras: one that left the file and came back must not be taken
                // for its former self.
                self.takes += 1;
                camera.take = self.takes;
                camera.certificate = None;
                camera.heard = self.clock.mono();
                let take = camera.take;
                let failures = camera.seen.failures;
                camera.seen = Seen {
                    phase: Phase::Connecting,
                    feed: Some(feed.clone()),
                    audio,
                    declared: codec,
                    sent: None,
                    disk: Some(disk.clone()),
                    failures,
                };
                let tag = Tag { camera: id.clone(), site: self.site_id.clone() };
                world.order(&disk, Order::Begin { tag, take });
                let source = source(&feed, world);
                world.start(Attempt { camera: id, take, source, audio, codec }, &disk);
            }
            Step::Stop { camera: id, reason } => self.stop_camera(&id, reason, world),
            Step::Forget { camera } => {
                self.forget_camera(&camera, world);
            }
        }
    }

    fn stop_camera(&mut self, id: &CameraId, reason: GapReason, world: &mut dyn World) {
        let (now, _) = self.now();
        let Some(camera) = self.cameras.get_mut(id) else { return };
        world.stop(id, camera.take);
        if let Some(disk) = &camera.seen.disk {
            world.order(disk, Order::Finish { camera: id.clone(), take: camera.take });
        }
        let text = match reason {
            GapReason::Reconfigured => "the file gives it another stream",
            GapReason::NoDisk => "its disk cannot be written to",
            GapReason::DiskFull => "the disk is full and nothing on it may be deleted",
            _ => "it is no longer to be recorded",
        };
        camera.cease(Phase::Idle, Trouble { reason, text: text.into() }, now);
    }

    /// A wall clock that moved against the steady one was set by somebody (R7.8).
    pub(super) fn look_at_clocks(&mut self) {
        let (mono, utc) = self.now();
        let step = (utc - self.clocks.utc) - (mono - self.clocks.mono);
        (self.clocks.utc, self.clocks.mono) = (utc, mono);
        if step.abs() <= CLOCK_STEP {
            return;
        }
        self.clocks.known = self.clocks.known.max(utc - step);
        if step.0 < 0 {
            // Lines go into journals of earlier days from now on; a start has to read these again.
            self.index(|store| store.journals_go_on(utc));
        }
        // A clock set back: earlier folders may be written into from now on (see `rebuild_some`).
        for since in self.keep.writing_since.values_mut() {
            *since = (*since).min(utc.utc_day());
        }
        let zone = self.zone();
        let (was, is) = (zone.show(utc - step), zone.show(utc));
        let way = if step.0 > 0 { "forward" } else { "back" };
        let text = format!("the clock was set {way} by {}: {was} became {is}", step.in_words());
        self.rest_from_age(utc, text.clone());
        self.note_clock_step(utc - step, utc);
        self.notice(Alarm {
            level: Level::Warning,
            text,
            remedy: "Compare it with the speaking clock (123) and note the difference.".into(),
            since: utc,
        });
    }

    /// Nothing is deleted for its age for a while: half an hour lets somebody see it and put it
    /// right. Where the clock is further ahead of all that is known than any holiday is long, a
    /// day.
    pub(super) fn rest_from_age(&mut self, now: Utc, why: String) {
        let far = now > self.clocks.known + CLOCK_FAR_SPAN;
        let span = if far { CLOCK_REST_FAR_SPAN } else { CLOCK_REST_SPAN };
        self.keep.rest = Some(Rest { from: now, until: now + span, why });
    }

    /// Once, when the disks were looked at: a clock far ahead of the newest footage was off, or is
    /// wrong.
    fn look_at_start(&mut self) {
        let (_, utc) = self.now();
        if self.clocks.judged || self.disks.started().is_empty() {
            return;
        }
        self.clocks.judged = true;
        let cameras = self.store.cameras().unwrap_or_default();
        let ends = cameras.iter().filter_map(|c| self.store.last_end(c).ok().flatten());
        let Some(newest) = ends.max() else { return };
        self.clocks.known = self.clocks.known.max(newest);
        if utc - newest > CLOCK_AWAY_SPAN {
            let zone = self.zone();
            let why = format!(
                "it is {} here, and the newest footage was taken on {}",
                zone.show(utc),
                zone.show(newest)
            );
            self.rest_from_age(utc, why);
        }
    }

    /// The disk that a camera writes to, if it runs.
    pub(super) fn disk_of(&self, id: &CameraId) -> Option<DiskId> {
        let camera = self.cameras.get(id)?;
        matches!(camera.seen.phase, Phase::Connecting | Phase::Recording)
            .then(|| camera.seen.disk.clone())
            .flatten()
    }
}

/// The feed with its password, fetched anew for every attempt, so that a corrected one needs no
/// restart.
fn source(feed: &Feed, world: &mut dyn World) -> Source {
    match feed {
        Feed::Pipeline { words } => Source::Pipeline { words: words.clone() },
        Feed::Rtsp { url, user, secret, udp } => {
            let login: Option<Login> = match (user, secret) {
                (Some(user), Some(secret)) => world.login(user, secret),
                _ => None,
            };
            let transport = if *udp { Transport::Udp } else { Transport::Tcp };
            Source::Rtsp { url: url.clone(), login, transport }
        }
    }
}
