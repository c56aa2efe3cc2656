//! A sink that keeps what comes, for the tests of the ingest.
#![allow(dead_code)] // each test file uses its part

use std::sync::{Arc, Mutex};
use std::time::Duration;

use beadle::base::clock::SystemClock;
use beadle::base::name::CameraId;
use beadle::footage::unit::{AccessUnit, Params, VideoParams};
use beadle::ingest::{Attempt, Ended, Login, Sink, Source, Tools, Transport, record};

#[derive(Clone, Default)]
pub struct Tray(Arc<Mutex<Vec<AccessUnit>>>, Arc<Mutex<Vec<String>>>);

impl Sink for Tray {
    fn unit(&mut self, unit: AccessUnit) -> bool {
        self.0.lock().unwrap().push(unit);
        true
    }

    fn certificate(&mut self, words: &str) {
        self.1.lock().unwrap().push(words.to_owned());
    }
}

impl Tray {
    pub fn certificates(&self) -> Vec<String> {
        self.1.lock().unwrap().clone()
    }

    pub fn all(&self) -> Vec<AccessUnit> {
        self.0.lock().unwrap().clone()
    }

    pub fn pictures(&self) -> Vec<AccessUnit> {
        self.all().into_iter().filter(|u| u.is_video()).collect()
    }

    /// Until `count` pictures came, or `secs` passed.
    pub async fn wait(&self, count: usize, secs: u64) -> usize {
        for _ in 0..secs * 50 {
            if self.pictures().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.pictures().len()
    }
}

pub fn video(unit: &AccessUnit) -> &VideoParams {
    match &*unit.params {
        Params::Video(params) => params,
        Params::Audio(_) => panic!("sound where a picture was expected"),
    }
}

pub fn attempt(source: Source) -> Attempt {
    Attempt { camera: CameraId::new("gate").unwrap(), take: 1, source, audio: false, codec: None }
}

pub fn rtsp(url: &str) -> Source {
    Source::Rtsp { url: url.to_owned(), login: None, transport: Transport::Tcp }
}

pub fn with_login(url: &str, user: &str, password: &str) -> Source {
    let login = Login { user: user.to_owned(), password: password.to_owned() };
    Source::Rtsp { url: url.to_owned(), login: Some(login), transport: Transport::Tcp }
}

/// Without the second program.
pub fn plain_tools() -> Tools {
    Tools::new(Arc::new(SystemClock::new()), None)
}

/// With the real one that cargo built for this test.
pub fn tools() -> Tools {
    Tools::new(Arc::new(SystemClock::new()), Some(env!("CARGO_BIN_EXE_beadle-pictures").into()))
}

/// Runs an attempt beside the test; the tray fills as it goes.
pub fn start(attempt: Attempt, tools: Tools) -> (Tray, tokio::task::JoinHandle<Ended>) {
    let tray = Tray::default();
    (tray.clone(), tokio::spawn(record(attempt, tools, tray)))
}

/// Every NAL unit type of a length-prefixed unit; panics where the lengths do not add up.
pub fn nal_kinds(unit: &AccessUnit) -> Vec<u8> {
    let (mut rest, mut kinds) = (&unit.data[..], Vec::new());
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        kinds.push(match video(unit).codec {
            beadle::footage::Codec::H264 => rest[4] & 0x1f,
            beadle::footage::Codec::H265 => rest[4] >> 1 & 0x3f,
        });
        rest = &rest[4 + length..];
    }
    kinds
}
