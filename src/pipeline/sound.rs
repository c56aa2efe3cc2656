//! Sound of a camera, beside its pictures: AAC and G.711 as they come, nothing is decoded.

use std::sync::Arc;

use beadle::footage::GapReason;
use beadle::footage::unit::{AudioCodec, AudioParams};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as app;

use super::camera::{add, chain_up, make};
use super::ingest::Failed;
use super::outlet::Outlet;

/// Samples waiting between the camera's thread and the socket: two seconds of packets of 20 ms.
const SAMPLES_MAX: u32 = 100;

/// Codec, the elements that unpack it, and what they must give.
fn way(name: &str) -> Option<(AudioCodec, &'static [&'static str], &'static str)> {
    Some(match name {
        "MPEG4-GENERIC" => (
            AudioCodec::Aac,
            &["rtpmp4gdepay", "aacparse"],
            "audio/mpeg,mpegversion=4,stream-format=raw,framed=true",
        ),
        "PCMA" => (AudioCodec::Alaw, &["rtppcmadepay"], "audio/x-alaw"),
        "PCMU" => (AudioCodec::Ulaw, &["rtppcmudepay"], "audio/x-mulaw"),
        _ => return None,
    })
}

/// Is this sound recorded, by the name in the camera's description?
pub fn is_known(name: &str) -> bool {
    way(name).is_some()
}

/// From the camera's RTP stream of sound to the parent.
pub fn join(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    name: &str,
    outlet: &Arc<Outlet>,
) -> Result<(), Failed> {
    let broken = |what: &str| Failed::new(GapReason::Pipeline, format!("{name}: {what}"));
    let (codec, chain, wanted) = way(name).ok_or_else(|| broken("is not recorded"))?;
    let wanted: gst::Caps = wanted.parse().map_err(|_| broken("its format"))?;
    let outlet = outlet.clone();
    let sink = app::AppSink::builder()
        .caps(&wanted)
        .sync(false)
        .async_(false)
        .max_buffers(SAMPLES_MAX)
        .callbacks(
            app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    outlet.sound(&sample, codec).map_err(|failed| {
                        outlet.judge(failed);
                        gst::FlowError::Error
                    })?;
                    Ok(gst::FlowSuccess::Ok)
                })
                .build(),
        )
        .build();
    let mut elements = chain.iter().map(|name| make(name)).collect::<Result<Vec<_>, _>>()?;
    elements.push(sink.upcast());
    elements.iter().try_for_each(|element| add(pipeline, element))?;
    chain_up(pad, &elements)
}

/// `None` where the elements do not say enough: such sound is left out.
pub fn params_of(caps: &gst::CapsRef, codec: AudioCodec) -> Option<AudioParams> {
    let form = caps.structure(0)?;
    let config = match codec {
        AudioCodec::Aac => {
            let config = form.get::<gst::Buffer>("codec_data").ok()?;
            Bytes::copy_from_slice(&config.map_readable().ok()?)
        }
        AudioCodec::Alaw | AudioCodec::Ulaw => Bytes::new(),
    };
    let rate_hz = form.get::<i32>("rate").ok().and_then(|n| u32::try_from(n).ok());
    let channels = form.get::<i32>("channels").ok().and_then(|n| u16::try_from(n).ok());
    let (rate_hz, channels) = (rate_hz.filter(|n| *n > 0)?, channels.unwrap_or(1));
    Some(AudioParams { codec, rate_hz, channels, config })
}
