//! From the file to what the planner and retention understand.

use std::collections::BTreeMap;

use crate::base::name::CameraId;
use crate::base::time::Day;
use crate::config::Config;
use crate::config::cameras::{Camera, CameraSource, Transport};
use crate::footage::retention::Rules;
use crate::reconcile::{Desired, Feed, Wish};

/// What is to be recorded on that day; a covert authorisation may begin or end overnight (S1.39).
pub fn desired(config: &Config, today: Day) -> Desired {
    let wish = |camera: &Camera| match config.not_recorded(camera, today) {
        Some(because) => Wish::Off { because },
        None => Wish::Record {
            feed: feed(camera),
            audio: camera.audio.is_some(),
            codec: camera.declared.codec.as_ref().map(|c| c.value),
        },
    };
    let cameras = config.cameras.list.iter().map(|c| (c.id.value.clone(), wish(c))).collect();
    Desired { cameras }
}

fn feed(camera: &Camera) -> Feed {
    match &camera.source {
        CameraSource::Pipeline(words) => Feed::Pipeline { words: words.value.clone() },
        CameraSource::Stream(url) => Feed::Rtsp {
            url: url.value.text.clone(),
            user: camera.user.as_ref().map(|u| u.value.clone()),
            secret: camera.secret.as_ref().map(|s| s.value.to_string()),
            udp: camera.transport.value == Transport::Udp,
        },
    }
}

/// Floor and ceiling of every camera that the file names.
pub fn rules(config: &Config) -> BTreeMap<CameraId, Rules> {
    let cameras = config.cameras.list.iter();
    cameras
        .map(|camera| {
            let keep = config.keep(camera);
            let (floor_days, ceiling_days) = (keep.min_days.value, keep.max_days.value);
            (camera.id.value.clone(), Rules { floor_days, ceiling_days })
        })
        .collect()
}

/// The rules of footage whose camera no version of the file ever named (an adopted disk): the
/// site's.
pub fn rules_otherwise(config: &Config) -> Rules {
    let keep = &config.retention.keep;
    Rules { floor_days: keep.min_days.value, ceiling_days: keep.max_days.value }
}
