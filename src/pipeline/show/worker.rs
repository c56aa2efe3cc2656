//! One thread that decodes: some channels, one after the other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use beadle::base::limits::PICTURES_CHANNELS_MAX;
use beadle::base::time::Utc;
use beadle::footage::Codec;
use beadle::footage::unit::VideoParams;
use beadle::wire::pictures::{self, Coded, Counts, Each, FromChild, Look, Picture, ToChild, WHOLE};

use super::decoder::{Decoded, Decoder};
use super::encoder::Encoder;
use super::scale::Scaler;
use crate::pipeline::guard::write_both;

/// The way back; a picture is written whole.
#[derive(Clone)]
pub struct Voice(Arc<Mutex<UnixStream>>);

impl Voice {
    pub fn new(socket: UnixStream) -> Voice {
        Voice(Arc::new(Mutex::new(socket)))
    }

    pub fn say(&self, message: &FromChild) {
        self.both(&pictures::encode_from(message), &[]);
    }

    fn picture(&self, channel: u16, round: u32, picture: &Picture) {
        self.both(&pictures::picture_head(channel, round, picture), &picture.rgb);
    }

    fn both(&self, head: &[u8], body: &[u8]) {
        let socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A parent that is gone, or does not read for 20 s: nobody misses us.
        if write_both(&socket, head, body).is_err() {
            std::process::exit(0);
        }
    }
}

/// The newest round of each channel, known before the units in between are looked at.
pub struct Rounds(Vec<AtomicU32>);

impl Rounds {
    pub fn new() -> Rounds {
        Rounds((0..PICTURES_CHANNELS_MAX).map(|_| AtomicU32::new(0)).collect())
    }

    pub fn set(&self, channel: u16, round: u32) {
        if let Some(known) = self.0.get(usize::from(channel)) {
            known.store(round, Ordering::Relaxed);
        }
    }

    fn is(&self, channel: u16, round: u32) -> bool {
        self.0.get(usize::from(channel)).is_some_and(|n| n.load(Ordering::Relaxed) == round)
    }
}

struct Channel {
    params: Option<VideoParams>,
    look: Look,
    from: Utc,
    each: Each,
    decoder: Option<Decoder>,
    scaler: Scaler,
    /// Pictures go back coded.
    code: bool,
    encoder: Option<Encoder>,
    /// The next unit has to be a key frame.
    cut: bool,
}

impl Channel {
    fn new() -> Channel {
        Channel {
            params: None,
            look: Look { crop: WHOLE, ..Look::within(320, 180) },
            from: Utc(0),
            each: Each::Follows,
            decoder: None,
            scaler: Scaler::default(),
            code: false,
            encoder: None,
            cut: true,
        }
    }
}

impl Channel {
    /// Codes one picture and says what came of it.
    fn coded(
        &mut self,
        number: u16,
        round: u32,
        picture: &Picture,
        voice: &Voice,
    ) -> Result<(), String> {
        let size = (picture.width, picture.height);
        if self.encoder.as_ref().is_none_or(|encoder| encoder.size() != size) {
            self.encoder = Some(Encoder::new(size)?);
        }
        let encoder = self.encoder.as_mut().ok_or("there is no encoder")?;
        let known = encoder.params().is_some();
        let units = encoder.push(picture)?;
        if let Some(params) = encoder.params().filter(|_| !known).cloned() {
            voice.say(&FromChild::Coding { channel: number, params });
        }
        for unit in units {
            voice.say(&FromChild::Coded { channel: number, round, unit });
        }
        Ok(())
    }
}

pub struct Worker {
    channels: HashMap<u16, Channel>,
    /// For units that stand alone: one decoder serves the cameras of a codec in turn.
    pool: HashMap<Codec, Decoder>,
    rounds: Arc<Rounds>,
    voice: Voice,
}

impl Worker {
    pub fn new(rounds: Arc<Rounds>, voice: Voice) -> Worker {
        Worker { channels: HashMap::new(), pool: HashMap::new(), rounds, voice }
    }

    pub fn take(&mut self, message: ToChild) {
        match message {
            ToChild::Begin { .. } => {}
            ToChild::Params { channel, params } => self.channel(channel).params = Some(params),
            ToChild::Look { channel, look } => self.channel(channel).look = look,
            ToChild::Round { channel, from, each, .. } => {
                let channel = self.channel(channel);
                (channel.from, channel.each, channel.cut) = (from, each, true);
                if let Some(decoder) = &mut channel.decoder {
                    decoder.forget();
                }
            }
            ToChild::Unit { channel, round, unit } => self.work(channel, round, Some(&unit)),
            ToChild::Drain { channel, round } => self.work(channel, round, None),
            ToChild::Code { channel } => self.channel(channel).code = true,
            ToChild::Close { channel } => drop(self.channels.remove(&channel)),
        }
    }

    fn channel(&mut self, channel: u16) -> &mut Channel {
        self.channels.entry(channel).or_insert_with(Channel::new)
    }

    /// A unit or, without one, a drain; ends in `Done` whatever comes of it.
    fn work(&mut self, number: u16, round: u32, unit: Option<&Coded>) {
        let began = busy_us();
        let mut counts = Counts::default();
        if self.rounds.is(number, round) {
            match self.decode(number, unit) {
                Ok(decoded) => self.give(number, round, &decoded, &mut counts),
                Err(text) => {
                    let channel = self.channel(number);
                    (channel.decoder, channel.cut) = (None, true);
                    self.pool.clear();
                    self.voice.say(&FromChild::Failed { channel: number, text });
                }
            }
        }
        counts.busy_us = u32::try_from(busy_us().saturating_sub(began)).unwrap_or(u32::MAX);
        self.voice.say(&FromChild::Done { channel: number, round, counts });
    }

    fn decode(&mut self, number: u16, unit: Option<&Coded>) -> Result<Vec<Decoded>, String> {
        self.channel(number);
        let Some(channel) = self.channels.get_mut(&number) else { return Ok(Vec::new()) };
        let Some(unit) = unit else {
            channel.cut = true;
            return channel.decoder.as_mut().map_or(Ok(Vec::new()), Decoder::drain);
        };
        if channel.cut && !unit.key {
            return Ok(Vec::new());
        }
        let params = channel.params.clone().ok_or("a picture came without its parameters")?;
        channel.cut = false;
        let alone = channel.each == Each::Alone;
        let place = match alone {
            true => {
                let decoder = match self.pool.entry(params.codec) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(Decoder::new(params.codec)?),
                };
                Some(decoder)
            }
            false => {
                if channel.decoder.as_ref().is_none_or(|d| d.codec() != params.codec) {
                    channel.decoder = Some(Decoder::new(params.codec)?);
                }
                channel.decoder.as_mut()
            }
        };
        let decoder = place.ok_or("there is no decoder")?;
        decoder.params(&params);
        let mut decoded = decoder.push(unit)?;
        if alone && decoded.is_empty() {
            decoded = decoder.drain()?;
        }
        Ok(decoded)
    }

    fn give(&mut self, number: u16, round: u32, decoded: &[Decoded], counts: &mut Counts) {
        let voice = self.voice.clone();
        let channel = self.channel(number);
        for one in decoded {
            counts.decoded += 1;
            if one.at < channel.from {
                counts.skipped += 1;
                continue;
            }
            let given =
                channel.scaler.picture(one, &channel.look).and_then(|picture| match channel.code {
                    true => channel.coded(number, round, &picture, &voice),
                    false => {
                        voice.picture(number, round, &picture);
                        Ok(())
                    }
                });
            if let Err(text) = given {
                channel.encoder = None;
                voice.say(&FromChild::Failed { channel: number, text });
            }
        }
    }
}

/// Processor time of this thread, in microseconds.
fn busy_us() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a whole `timespec` of ours, which the kernel fills in.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1_000
}
