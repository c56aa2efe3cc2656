//! What the RTP packets of a camera's pictures say beside the pictures: how many are missing, and
//! what the camera's clock shows.
//!
//! Read on the pad behind `rtspsrc`'s jitter buffer: a hole in the sequence numbers there is a
//! packet that did not come in time. The clock is the sender report's, which `rtspsrc` writes on
//! each packet as reference time.

use std::sync::{Arc, Mutex, PoisonError};

use beadle::base::time::{Span, Utc};
use gstreamer as gst;
use gstreamer::prelude::*;

use super::outlet::Outlet;

/// Nanoseconds from 1900, where RTCP counts from, to 1970.
const NTP_TO_UNIX_NANOS: u64 = 2_208_988_800 * 1_000_000_000;

/// Counts until the units take it.
#[derive(Default)]
pub struct Line(Mutex<State>);

#[derive(Default)]
struct State {
    number: Option<u16>,
    lost: u32,
    /// Two readings of one moment: running time of a packet, and the camera's UTC.
    report: Option<(gst::ClockTime, Utc)>,
}

impl Line {
    /// Packets lost since the last call.
    pub fn take_lost(&self) -> u32 {
        std::mem::take(&mut self.state().lost)
    }

    /// The camera's UTC at this running time.
    pub fn camera_time(&self, running: gst::ClockTime) -> Option<Utc> {
        let (at, utc) = self.state().report?;
        let micros = |t: gst::ClockTime| t.useconds() as i64;
        Some(utc + Span::micros(micros(running) - micros(at)))
    }

    fn packet(
        &self,
        buffer: &gst::BufferRef,
        segment: Option<&gst::FormattedSegment<gst::ClockTime>>,
    ) {
        let mut number = [0; 2];
        let mut state = self.state();
        if buffer.copy_to_slice(2, &mut number).is_ok() {
            let number = u16::from_be_bytes(number);
            let missing = missing(state.number, number);
            state.lost = state.lost.saturating_add(u32::from(missing));
            state.number = Some(number);
        }
        let running = segment.zip(buffer.pts()).and_then(|(s, pts)| s.to_running_time(pts));
        let told = buffer.iter_meta::<gst::ReferenceTimestampMeta>().find_map(|meta| {
            let form = meta.reference().structure(0)?;
            let since_1900 = form.name() == "timestamp/x-ntp";
            utc_of(meta.timestamp().nseconds()).filter(|_| since_1900)
        });
        if let Some(report) = running.zip(told) {
            state.report = Some(report);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` for cameras that count from their own start: that tells nothing about their clock.
fn utc_of(nanos: u64) -> Option<Utc> {
    nanos.checked_sub(NTP_TO_UNIX_NANOS).map(|n| Utc((n / 1_000) as i64))
}

/// Packets between two sequence numbers, which wrap; none where the later one came first.
fn missing(before: Option<u16>, number: u16) -> u16 {
    let step = before.map_or(1, |before| number.wrapping_sub(before));
    if (1..0x8000).contains(&step) { step - 1 } else { 0 }
}

/// Reads every packet that comes out of this pad.
pub fn watch(pad: &gst::Pad, outlet: &Arc<Outlet>) {
    let outlet = outlet.clone();
    let kinds = gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST;
    pad.add_probe(kinds, move |pad, probe| {
        let event = pad.sticky_event::<gst::event::Segment>(0);
        let segment = event.as_ref().and_then(|e| e.segment().downcast_ref::<gst::ClockTime>());
        match &probe.data {
            Some(gst::PadProbeData::Buffer(buffer)) => outlet.line.packet(buffer, segment),
            Some(gst::PadProbeData::BufferList(list)) => {
                list.iter().for_each(|buffer| outlet.line.packet(buffer, segment));
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_in_the_numbers_are_losses() {
        for (before, number, want) in [
            (None, 700, 0),
            (Some(7), 8, 0),
            (Some(7), 10, 2),
            (Some(65_534), 1, 2),
            (Some(8), 7, 0),
            (Some(8), 8, 0),
        ] {
            assert_eq!(missing(before, number), want, "{before:?} {number}");
        }
    }

    #[test]
    fn a_clock_that_counts_from_the_camera_s_start_is_none() {
        assert_eq!(utc_of(3_600_000_000_000), None);
        assert_eq!(utc_of(NTP_TO_UNIX_NANOS + 1_500_000_000), Some(Utc(1_500_000)));
    }
}
