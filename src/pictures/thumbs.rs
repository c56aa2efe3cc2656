//! Thumbnails: the newest key frame of each camera, about once a second, by one child.
//!
//! One unit is under way at a time, of the camera that waited longest; so whatever this costs, and
//! however long the child takes, cameras are looked at less often and nothing piles up. After each
//! unit the child rests for a third of the time that it took: all thumbnails together take at most
//! `SHARE` of one core, and that at the end of the queue for the processors.
//!
//! Cost, measured: a key frame of 1080p (72 kB) to 160x90 takes 1.1 times the processor time that
//! ffmpeg takes for the same; the slow test in `tests/pictures_beside.rs` prints the whole.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::child::{Child, Heard, PATIENCE, START_PATIENCE, hung, restart_after};
use super::sketch::Sketch;
use super::tap::{Fresh, Taps};
use crate::base::clock::{Clock, Mono};
use crate::base::limits::{PICTURES_CHANNELS_MAX, PLAYER_INPUTS_MAX};
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::footage::unit::Params;
use crate::wire::pictures::{Coded, Each, FromChild, Hurry, Look, NO_CHANNEL, Picture, ToChild};

/// No camera is looked at more often: this is for somebody who looks on.
pub const EAGER: Span = Span::millis(950);
/// While nobody looks, each camera is looked at this often, to judge its picture: 64 cameras then
/// take a thirtieth of what somebody's look takes. A prime number of seconds, so that a picture
/// that comes round is not taken for one that stands still.
pub const SELDOM: Span = Span::secs(29);
/// Of one core, at most: three quarters.
const SHARE: (i64, i64) = (3, 4);
/// Without anything to do the taps are looked at this often.
const LOOK: Duration = Duration::from_millis(20);

/// A camera of which thumbnails are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub camera: CameraId,
    /// Size and masks.
    pub look: Look,
}

/// How the thumbnails fare, for whoever asks.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Health {
    /// `None`: it works, or nothing is wanted.
    pub trouble: Option<String>,
    /// Children started so far.
    pub starts: u32,
    pub pictures: u64,
    /// Processor time of decoding and scaling, in microseconds.
    pub busy_us: u64,
    pub pid: Option<u32>,
}

/// A handle; the thread ends with it.
pub struct Thumbs {
    shared: Arc<Shared>,
    inlet: SyncSender<Input>,
}

struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    wanted: Vec<Wanted>,
    every: Option<Span>,
    latest: HashMap<CameraId, (Picture, Option<Arc<Sketch>>)>,
    /// Why there is none of this camera.
    failed: HashMap<CameraId, String>,
    health: Health,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Input {
    Heard(u32, Heard),
    /// Somebody wants something else.
    Look,
    End,
}

impl Drop for Thumbs {
    fn drop(&mut self) {
        // Full: it hears of our end with the next look at its inputs, which ends with this handle.
        let _ = self.inlet.try_send(Input::End);
        self.shared.state().wanted.clear();
    }
}

impl Thumbs {
    /// # Errors
    /// No thread can be started.
    pub fn start(
        program: PathBuf,
        clock: Arc<dyn Clock>,
        taps: Arc<Taps>,
    ) -> std::io::Result<Thumbs> {
        let shared = Arc::new(Shared { state: Mutex::default() });
        let (inlet, inputs) = sync_channel(PLAYER_INPUTS_MAX);
        let worker = Worker {
            program,
            clock,
            taps,
            shared: shared.clone(),
            inlet: inlet.clone(),
            inputs,
            child: None,
            number: 0,
            failures: 0,
            start_at: Mono(i64::MIN),
            heard: Mono(0),
            cameras: HashMap::new(),
            under_way: None,
            rest_until: Mono(i64::MIN),
        };
        std::thread::Builder::new().name("thumbnails".into()).spawn(move || worker.run())?;
        Ok(Thumbs { shared, inlet })
    }

    /// These from now on, and no others. With none the child is ended.
    pub fn want(&self, wanted: Vec<Wanted>) {
        let mut state = self.shared.state();
        if state.wanted != wanted {
            let keeps = |camera: &CameraId| wanted.iter().any(|w| w.camera == *camera);
            state.latest.retain(|camera, _| keeps(camera));
            state.failed.retain(|camera, _| keeps(camera));
            state.wanted = wanted;
            drop(state);
            let _ = self.inlet.try_send(Input::Look); // full: it looks soon anyway
        }
    }

    /// How often each camera is looked at from now on; [`EAGER`] at first.
    pub fn pace(&self, every: Span) {
        let mut state = self.shared.state();
        if state.every.replace(every) != Some(every) {
            drop(state);
            let _ = self.inlet.try_send(Input::Look); // full: it looks soon anyway
        }
    }

    /// The newest pictures of all cameras, reduced to what is compared, with when they were taken.
    pub fn sketches(&self) -> Vec<(CameraId, Utc, Arc<Sketch>)> {
        let state = self.shared.state();
        let known = state.latest.iter();
        let known = known.filter_map(|(camera, (picture, sketch))| {
            Some((camera.clone(), picture.at, sketch.clone()?))
        });
        known.collect()
    }

    /// The newest thumbnail, with when it was taken; why there is none, where that is known.
    pub fn latest(&self, camera: &CameraId) -> Result<Option<Picture>, String> {
        let state = self.shared.state();
        match (state.latest.get(camera), state.failed.get(camera)) {
            (Some((picture, _)), _) => Ok(Some(picture.clone())),
            (None, Some(why)) => Err(why.clone()),
            (None, None) => Ok(None),
        }
    }

    pub fn health(&self) -> Health {
        self.shared.state().health.clone()
    }
}

/// One camera as the child knows it.
struct Camera {
    channel: u16,
    /// The key frame that was sent last, and when.
    sent: Option<(Utc, Mono)>,
    look: Option<Look>,
    params: Option<Arc<Params>>,
}

struct Worker {
    program: PathBuf,
    clock: Arc<dyn Clock>,
    taps: Arc<Taps>,
    shared: Arc<Shared>,
    inlet: SyncSender<Input>,
    inputs: Receiver<Input>,
    /// And whether it has said its first word.
    child: Option<(Child, bool)>,
    number: u32,
    failures: u32,
    start_at: Mono,
    heard: Mono,
    cameras: HashMap<CameraId, Camera>,
    under_way: Option<(CameraId, Mono)>,
    rest_until: Mono,
}

impl Worker {
    fn run(mut self) {
        loop {
            match self.inputs.recv_timeout(self.patience()) {
                Ok(Input::End) => return,
                Ok(Input::Heard(number, heard)) if number == self.number => self.hear(heard),
                Ok(Input::Heard(..) | Input::Look) | Err(_) => {}
            }
            // The handle is gone, and its word was lost in a full queue.
            if Arc::strong_count(&self.shared) == 1 {
                return;
            }
            let now = self.clock.mono();
            let wanted = self.shared.state().wanted.clone();
            if wanted.is_empty() {
                self.child = None;
                self.under_way = None;
                self.shared.state().health.pid = None;
                continue;
            }
            self.mind_child(now);
            if let Err(why) = self.send_one(&wanted, now) {
                self.lost(why);
            }
        }
    }

    /// Until there may be something to do: the end of a rest is not slept past.
    fn patience(&self) -> Duration {
        let now = self.clock.mono();
        match self.under_way.is_none() && self.rest_until > now {
            true => LOOK.min((self.rest_until - now).to_std() + Duration::from_micros(100)),
            false => LOOK,
        }
    }

    fn mind_child(&mut self, now: Mono) {
        let patience = match (&self.child, &self.under_way) {
            (None, _) => {
                if now >= self.start_at {
                    self.start(now);
                }
                return;
            }
            (Some((_, false)), _) => START_PATIENCE,
            (Some((_, true)), Some(_)) => PATIENCE,
            (Some((_, true)), None) => return,
        };
        let since = self.under_way.as_ref().map_or(self.heard, |(_, since)| *since);
        if now - since > patience {
            self.lost(hung());
        }
    }

    fn start(&mut self, now: Mono) {
        self.number = self.number.wrapping_add(1);
        self.heard = now;
        self.cameras.clear();
        self.under_way = None;
        let (number, inlet) = (self.number, self.inlet.clone());
        let voice = move |heard| inlet.send(Input::Heard(number, heard)).is_ok();
        match Child::start(&self.program, 1, Hurry::None, voice) {
            Ok(child) => {
                let health = &mut self.shared.state().health;
                health.starts += 1;
                health.pid = Some(child.pid());
                self.child = Some((child, false));
            }
            Err(why) => self.lost(why),
        }
    }

    fn lost(&mut self, why: String) {
        self.child = None;
        self.under_way = None;
        self.number = self.number.wrapping_add(1);
        self.start_at = self.clock.mono() + restart_after(self.failures);
        self.failures = self.failures.saturating_add(1);
        tracing::warn!("thumbnails: {why}; it is started again");
        let mut state = self.shared.state();
        state.health.trouble = Some(why);
        state.health.pid = None;
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.clock.mono();
        self.heard = now;
        match heard {
            Heard::Said(FromChild::Ready { decoders, .. }) => {
                tracing::debug!("thumbnails: {decoders}");
                if let Some((_, ready)) = &mut self.child {
                    *ready = true;
                }
            }
            Heard::Said(FromChild::Picture { channel, picture, .. }) => {
                self.failures = 0;
                if let Some(camera) = self.named(channel) {
                    let sketch = Sketch::of(&picture).map(Arc::new);
                    let mut state = self.shared.state();
                    state.health.trouble = None;
                    state.health.pictures += 1;
                    state.failed.remove(&camera);
                    if state.wanted.iter().any(|w| w.camera == camera) {
                        state.latest.insert(camera, (picture, sketch));
                    }
                }
            }
            // Nobody asked for any.
            Heard::Said(FromChild::Coding { .. } | FromChild::Coded { .. }) => {}
            Heard::Said(FromChild::Done { counts, .. }) => {
                let busy = i64::from(counts.busy_us);
                if let Some((_, sent)) = self.under_way.take() {
                    self.rest_until = sent + Span(busy * SHARE.1 / SHARE.0);
                }
                self.shared.state().health.busy_us += u64::from(counts.busy_us);
            }
            Heard::Said(FromChild::Failed { channel: NO_CHANNEL, text }) => self.lost(text),
            Heard::Said(FromChild::Failed { channel, text }) => {
                if let Some(camera) = self.named(channel) {
                    self.shared.state().failed.insert(camera, text);
                }
            }
            Heard::Gone(why) => {
                let child = self.child.as_mut();
                let why = child.map_or(why.clone(), |(child, _)| child.epitaph(why));
                self.lost(why);
            }
        }
    }

    fn named(&self, channel: u16) -> Option<CameraId> {
        let mut all = self.cameras.iter();
        all.find(|(_, camera)| camera.channel == channel).map(|(id, _)| id.clone())
    }

    /// Sends the key frame of the camera that waited longest, if one is due.
    fn send_one(&mut self, wanted: &[Wanted], now: Mono) -> Result<(), String> {
        let Some((child, true)) = &mut self.child else { return Ok(()) };
        if self.under_way.is_some() || now < self.rest_until {
            return Ok(());
        }
        let sent = |camera: &CameraId| self.cameras.get(camera).and_then(|c| c.sent);
        let every = self.shared.state().every.unwrap_or(EAGER);
        let due = |w: &&Wanted| sent(&w.camera).is_none_or(|(_, when)| now - when >= every);
        let fresh = |w: &'_ Wanted| {
            let known = sent(&w.camera).map(|(at, _)| at);
            Some((w.clone(), self.taps.of(&w.camera).newer(known)?))
        };
        let waited = |(w, _): &(Wanted, Fresh)| sent(&w.camera).map(|(_, when)| when);
        let next = wanted.iter().filter(due).filter_map(fresh).min_by_key(waited);
        let Some((Wanted { camera, look }, fresh)) = next else { return Ok(()) };
        let Params::Video(video) = &*fresh.params else { return Ok(()) };
        let count = self.cameras.len();
        if count >= PICTURES_CHANNELS_MAX && !self.cameras.contains_key(&camera) {
            return Err("more cameras came and went than one child can tell apart".into());
        }
        let known = self.cameras.entry(camera.clone()).or_insert_with(|| Camera {
            channel: count as u16,
            sent: None,
            look: None,
            params: None,
        });
        let channel = known.channel;
        if known.look.as_ref() != Some(&look) {
            child.say(&ToChild::Look { channel, look: look.clone() })?;
            if known.look.replace(look).is_none() {
                let (round, from) = (1, Utc(i64::MIN));
                child.say(&ToChild::Round { channel, round, from, each: Each::Alone })?;
            }
        }
        if known.params.as_ref() != Some(&fresh.params) {
            child.say(&ToChild::Params { channel, params: video.clone() })?;
            known.params = Some(fresh.params.clone());
        }
        known.sent = Some((fresh.at, now));
        self.under_way = Some((camera, now));
        child.unit(channel, 1, &Coded { at: fresh.at, key: true, data: fresh.data })
    }
}
