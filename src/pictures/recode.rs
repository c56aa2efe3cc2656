//! Recordings coded anew, for copies that leave the school: masked, or in a format that every
//! office PC plays. One child a copy, one unit after the other: it is in no hurry.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::child::{self, Child, Heard};
use crate::base::time::Utc;
use crate::footage::unit::VideoParams;
use crate::wire::pictures::{Coded, Each, FromChild, Hurry, Look, Picture, ToChild};

const CHANNEL: u16 = 0;
const ROUND: u32 = 1;

/// What one unit gave.
#[derive(Default)]
pub struct Given {
    /// Coded anew, in the order of showing.
    pub units: Vec<Coded>,
    /// Where nothing is coded.
    pub pictures: Vec<Picture>,
}

pub struct Recoder {
    child: Child,
    heard: Receiver<Heard>,
    /// Of what comes out; known from the first unit on.
    pub params: Option<VideoParams>,
}

impl Recoder {
    /// Pictures as `look` says; coded as H.264 where `code`, else raw.
    ///
    /// # Errors
    /// The child does not start, or speaks another version; in words.
    pub fn start(program: &Path, look: Look, code: bool) -> Result<Recoder, String> {
        let (tell, heard) = channel();
        let child = Child::start(program, 1, Hurry::None, move |said| tell.send(said).is_ok())?;
        let mut recoder = Recoder { child, heard, params: None };
        match recoder.hear(child::START_PATIENCE.to_std())? {
            FromChild::Ready { .. } => {}
            FromChild::Failed { text, .. } => return Err(text),
            _ => return Err("the picture service begins strangely".into()),
        }
        recoder.child.say(&ToChild::Look { channel: CHANNEL, look })?;
        if code {
            recoder.child.say(&ToChild::Code { channel: CHANNEL })?;
        }
        Ok(recoder)
    }

    /// Units that follow were coded with these, and pictures from `from` on are wanted. The first
    /// unit has to be a key frame.
    ///
    /// # Errors
    /// The child's end, in words.
    pub fn begin(&mut self, params: &VideoParams, from: Utc) -> Result<(), String> {
        let params = ToChild::Params { channel: CHANNEL, params: params.clone() };
        self.child.say(&params)?;
        let each = Each::Follows;
        self.child.say(&ToChild::Round { channel: CHANNEL, round: ROUND, from, each })
    }

    /// # Errors
    /// It cannot be decoded or coded, or the child ended; in words.
    pub fn push(&mut self, unit: &Coded) -> Result<Given, String> {
        self.child.unit(CHANNEL, ROUND, unit)?;
        self.gather()
    }

    /// What the decoder kept back.
    ///
    /// # Errors
    /// As [`Recoder::push`].
    pub fn drain(&mut self) -> Result<Given, String> {
        self.child.say(&ToChild::Drain { channel: CHANNEL, round: ROUND })?;
        self.gather()
    }

    fn gather(&mut self) -> Result<Given, String> {
        let mut given = Given::default();
        let mut trouble = None;
        loop {
            match self.hear(child::PATIENCE.to_std())? {
                FromChild::Picture { picture, .. } => given.pictures.push(picture),
                FromChild::Coding { params, .. } => self.params = Some(params),
                FromChild::Coded { unit, .. } => given.units.push(unit),
                FromChild::Failed { text, .. } => trouble = Some(text),
                FromChild::Done { .. } => break,
                FromChild::Ready { .. } => {}
            }
        }
        trouble.map_or(Ok(given), Err)
    }

    fn hear(&mut self, patience: Duration) -> Result<FromChild, String> {
        match self.heard.recv_timeout(patience) {
            Ok(Heard::Said(said)) => Ok(said),
            Ok(Heard::Gone(why)) => Err(self.child.epitaph(why)),
            Err(RecvTimeoutError::Timeout) => Err(child::hung()),
            Err(RecvTimeoutError::Disconnected) => Err("the picture service ended".into()),
        }
    }
}
