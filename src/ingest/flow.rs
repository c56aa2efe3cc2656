//! From what `retina` gives to access units.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures::Stream as _;
use retina::client::Demuxed;
use retina::codec::{AudioFrame, CodecItem, ParametersRef, VideoFrame};
use retina::rtcp::ReceivedCompoundPacket;
use tokio::time::{Instant, sleep};

use super::blame::{self, Stage};
use super::offer::{Offer, has_key, has_slice};
use super::{Ended, Sink, Tools};
use crate::base::clock::Mono;
use crate::base::limits::{BAD_PACKETS_MAX, STALL_SPAN};
use crate::base::time::{Span, Utc};
use crate::footage::Codec;
use crate::footage::unit::{
    AccessUnit, AudioCodec, AudioParams, Params, TICKS_PER_SEC, VideoParams,
};

/// Seconds from 1900 to 1970: RTCP counts from the former.
const NTP_TO_UNIX_SECS: u64 = 2_208_988_800;

/// A packet that was refused this lately belongs to what comes now: two pictures at 1 fps.
const REFUSED_LATELY: Span = Span::secs(2);

/// A camera that plays.
pub(super) struct Flow {
    demuxed: Demuxed,
    video: usize,
    codec: Codec,
    sound: Option<(usize, AudioCodec)>,
    place: String,
    video_params: Option<Arc<Params>>,
    audio_params: Option<Arc<Params>>,
    /// Two readings of one moment from the last sender report: the camera's UTC, and its ticks.
    report: Option<(Utc, i64)>,
    /// Packets refused since the last whole picture.
    bad: u32,
    /// When the last one was refused, and why.
    refused: Option<(Mono, String)>,
}

impl Flow {
    pub(super) fn new(
        demuxed: Demuxed,
        (video, codec): (usize, Codec),
        sound: Option<(usize, AudioCodec)>,
        place: String,
    ) -> Flow {
        Flow {
            demuxed,
            video,
            codec,
            sound,
            place,
            video_params: None,
            audio_params: None,
            report: None,
            bad: 0,
            refused: None,
        }
    }

    /// Until the camera fails.
    pub(super) async fn run(
        mut self: Box<Self>,
        tools: &Tools,
        sink: impl Sink,
    ) -> Result<Infallible, Ended> {
        let mut offer = Offer::new(sink, tools.clock.mono());
        let mut timer = pin!(sleep(STALL_SPAN.to_std()));
        loop {
            // The timer is looked at only when the camera has nothing, and set again only when it
            // fired: a tokio timeout per frame would cost two turns of the timer wheel each.
            let item = poll_fn(|cx| match Pin::new(&mut self.demuxed).poll_next(cx) {
                Poll::Ready(item) => Poll::Ready(Some(item)),
                Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
            });
            match item.await {
                None => {
                    let now = tools.clock.mono();
                    let again = offer.patience(now).map_err(|e| self.doubt(e, now))?;
                    timer.as_mut().reset(Instant::now() + again.to_std());
                }
                Some(None) if self.bad > 0 => return Err(blame::restarted(&self.place)),
                Some(None) => return Err(blame::closed(&self.place)),
                Some(Some(Err(e))) => self.refused(&e, tools.clock.mono())?,
                Some(Some(Ok(item))) => self.take(item, tools, &mut offer)?,
            }
        }
    }

    fn take<S: Sink>(
        &mut self,
        item: CodecItem,
        tools: &Tools,
        offer: &mut Offer<S>,
    ) -> Result<(), Ended> {
        match item {
            CodecItem::VideoFrame(frame) => self.picture(frame, tools, offer)?,
            CodecItem::AudioFrame(frame) => self.sound(&frame, tools.clock.utc(), offer),
            CodecItem::Rtcp(packet) if packet.stream_id() == self.video => self.reported(&packet),
            _ => {}
        }
        Ok(())
    }

    fn picture<S: Sink>(
        &mut self,
        frame: VideoFrame,
        tools: &Tools,
        offer: &mut Offer<S>,
    ) -> Result<(), Ended> {
        let now = tools.clock.mono();
        // `retina` misses H.265's CRA pictures, which many cameras send as their only key frames,
        // and takes a unit without any picture (a delimiter or filler alone) for a key frame.
        let key = has_key(self.codec, frame.data());
        if !key && frame.is_random_access_point() {
            return Ok(());
        }
        if key || (self.bad == 0 && has_slice(self.codec, frame.data())) {
            offer.understood(now);
        }
        if frame.has_new_parameters() || self.video_params.is_none() {
            self.learn()?;
        }
        let Some(params) = self.video_params.clone() else {
            return offer.without_params(key, now);
        };
        let time = frame.timestamp().elapsed();
        let arrived = tools.clock.utc();
        let lost_packets = u32::from(frame.loss()).saturating_add(std::mem::take(&mut self.bad));
        let unit = AccessUnit {
            key,
            time,
            arrived,
            params,
            camera_offset: self.report.map(|report| offset(report, time, arrived)),
            lost_packets,
            data: Bytes::from(frame.into_data()),
        };
        offer.video(unit, now)
    }

    /// Takes over the parameter sets that `retina` knows now. The `Arc` stays when they say the
    /// same: cameras that repeat their sets with every key frame must not start a new segment each
    /// time.
    fn learn(&mut self) -> Result<(), Ended> {
        let stream = &self.demuxed.streams()[self.video];
        let Some(ParametersRef::Video(told)) = stream.parameters() else {
            return Ok(());
        };
        let (width, height) = told.pixel_dimensions();
        let side = |pixels: u32| u16::try_from(pixels).map_err(|_| blame::too_big(usize::MAX));
        let params = Params::Video(VideoParams {
            codec: self.codec,
            config: Bytes::copy_from_slice(told.extra_data()),
            width: side(width)?,
            height: side(height)?,
        });
        if self.video_params.as_deref() != Some(&params) {
            self.video_params = Some(Arc::new(params));
        }
        Ok(())
    }

    fn sound<S: Sink>(&mut self, frame: &AudioFrame, arrived: Utc, offer: &mut Offer<S>) {
        let Some((stream, codec)) = self.sound else {
            return;
        };
        if self.audio_params.is_none()
            && let Some(ParametersRef::Audio(told)) = self.demuxed.streams()[stream].parameters()
        {
            self.audio_params = Some(Arc::new(Params::Audio(AudioParams {
                codec,
                rate_hz: told.clock_rate(),
                channels: told.channels().get(),
                config: Bytes::copy_from_slice(told.extra_data()),
            })));
        }
        let Some(params) = self.audio_params.clone() else {
            return;
        };
        offer.audio(AccessUnit {
            data: Bytes::copy_from_slice(frame.data()),
            time: frame.timestamp().elapsed(),
            key: true,
            arrived,
            params,
            camera_offset: None,
            lost_packets: u32::from(frame.loss()),
        });
    }

    /// A sender report: the camera says what its own clock showed at one of its ticks (R7.4).
    fn reported(&mut self, packet: &ReceivedCompoundPacket) {
        let Some(ticks) = packet.rtp_timestamp() else {
            return;
        };
        let report = packet.pkts().next().and_then(|p| p.as_sender_report().ok().flatten());
        if let Some(utc) = report.and_then(|r| utc_of_ntp(r.ntp_timestamp().0)) {
            self.report = Some((utc, ticks.elapsed()));
        }
    }

    /// One packet that `retina` does not understand is a loss; many, or a broken connection, is the
    /// end.
    fn refused(&mut self, e: &retina::Error, now: Mono) -> Result<(), Ended> {
        let text = e.to_string();
        // These two never heal: the camera's encoder began anew behind the same session.
        if text.starts_with("wrong ssrc") || text.starts_with("Out-of-order packet") {
            return Err(blame::restarted(&self.place));
        }
        let fatal = ["RTSP framing error", "Error reading", "Error writing"];
        if fatal.iter().any(|start| text.starts_with(start)) {
            return Err(blame::retina(e, Stage::Flowing, &self.place, true));
        }
        self.bad += 1;
        let first = text.lines().next().unwrap_or_default();
        tracing::debug!(place = %self.place, "packet refused: {first}");
        if self.bad >= BAD_PACKETS_MAX {
            return Err(blame::bad_packets(&self.place, first));
        }
        self.refused = Some((now, first.to_owned()));
        Ok(())
    }

    /// A wait that is over, while packets still come that are not understood: that is the reason.
    fn doubt(&self, ended: Ended, now: Mono) -> Ended {
        match &self.refused {
            Some((at, why)) if self.bad > 0 && now - *at < REFUSED_LATELY => {
                blame::not_as_announced(&self.place, self.codec, why)
            }
            _ => ended,
        }
    }
}

/// The camera's UTC at `time`, minus the recorder's.
fn offset((utc, ticks): (Utc, i64), time: i64, arrived: Utc) -> Span {
    let since = i128::from(time - ticks) * 1_000_000 / i128::from(TICKS_PER_SEC);
    utc + Span::micros(since as i64) - arrived
}

/// `None` for cameras that count from their own start instead of from 1900: that tells nothing
/// about their clock.
fn utc_of_ntp(ntp: u64) -> Option<Utc> {
    let secs = (ntp >> 32).checked_sub(NTP_TO_UNIX_SECS)?;
    let micros = ((ntp & 0xffff_ffff) * 1_000_000) >> 32;
    Some(Utc((secs * 1_000_000 + micros) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_camera_s_clock_is_read_at_the_picture_s_own_tick() {
        let report = (Utc::from_secs(1000), 90_000);
        // A picture 2 s after the report came when our clock showed 1001.5 s: the camera is half a
        // second ahead.
        let arrived = Utc(1_001_500_000);
        assert_eq!(offset(report, 270_000, arrived), Span::millis(500));
    }

    #[test]
    fn a_clock_that_counts_from_the_camera_s_start_is_none() {
        assert_eq!(utc_of_ntp(3600 << 32), None);
        assert_eq!(utc_of_ntp(0), None);
        let half = 1 << 31;
        let ntp = (NTP_TO_UNIX_SECS + 5) << 32 | half;
        assert_eq!(utc_of_ntp(ntp), Some(Utc(5_500_000)));
    }
}
