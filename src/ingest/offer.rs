//! What stands between any source and the sink: nothing that cannot be decoded, and an end to
//! waiting.

use super::{Ended, Sink, blame};
use crate::base::clock::Mono;
use crate::base::limits::{
    FIRST_FRAME_SPAN, SEGMENT_SPAN_MAX, STALL_SPAN, UNDERSTOOD_SPAN, UNIT_BYTES_MAX,
};
use crate::base::time::Span;
use crate::footage::Codec;
use crate::footage::unit::AccessUnit;

/// ```text
///            key frame            sink refuses
///  waiting ------------> flowing -------------> waiting
/// ```
/// While waiting, nothing but a key frame goes through.
pub(super) struct Offer<S> {
    pub(super) sink: S,
    flowing: bool,
    /// When waiting began: connected, or asked to play.
    began: Mono,
    last_frame: Option<Mono>,
    last_key: Option<Mono>,
    /// When the last picture came that is what the camera announced.
    understood: Mono,
    /// Key frames that came before any parameter set.
    keys_without_params: u32,
}

impl<S: Sink> Offer<S> {
    pub(super) fn new(sink: S, now: Mono) -> Offer<S> {
        Offer {
            sink,
            flowing: false,
            began: now,
            last_frame: None,
            last_key: None,
            understood: now,
            keys_without_params: 0,
        }
    }

    /// # Errors
    /// A unit beyond the limit: no camera makes it, so the stream is not what it says.
    pub(super) fn video(&mut self, unit: AccessUnit, now: Mono) -> Result<(), Ended> {
        if unit.data.len() > UNIT_BYTES_MAX {
            return Err(blame::too_big(unit.data.len()));
        }
        self.last_frame = Some(now);
        if unit.key {
            self.last_key = Some(now);
            self.flowing = true;
        }
        if self.flowing {
            self.flowing = self.sink.unit(unit);
        }
        Ok(())
    }

    /// A picture came that is of the codec that was announced, and whole.
    pub(super) fn understood(&mut self, now: Mono) {
        self.understood = now;
    }

    /// Sound never starts a recording; a dropped packet of it costs no picture.
    pub(super) fn audio(&mut self, unit: AccessUnit) {
        if self.flowing && unit.data.len() <= UNIT_BYTES_MAX {
            self.sink.unit(unit);
        }
    }

    /// A picture came that nothing is known about, because no parameter set came yet.
    ///
    /// # Errors
    /// The second key frame without: sets that travel in the stream come before the first.
    pub(super) fn without_params(&mut self, key: bool, now: Mono) -> Result<(), Ended> {
        self.last_frame = Some(now);
        self.keys_without_params += u32::from(key);
        match self.keys_without_params {
            0 | 1 => Ok(()),
            _ => Err(blame::no_params()),
        }
    }

    /// Is it over? If not, when to look again. Called when the timer fires, not for each frame.
    pub(super) fn patience(&self, now: Mono) -> Result<Span, Ended> {
        let quiet = now - self.last_frame.unwrap_or(self.began);
        if quiet >= STALL_SPAN {
            return Err(match self.last_frame {
                None => blame::never_sent(),
                Some(_) => blame::stalled(),
            });
        }
        let puzzled = now - self.understood;
        if puzzled >= UNDERSTOOD_SPAN {
            return Err(blame::not_understood());
        }
        let (since, limit) = match self.last_key {
            None => (now - self.began, FIRST_FRAME_SPAN),
            Some(key) => (now - key, SEGMENT_SPAN_MAX),
        };
        if since >= limit {
            return Err(match self.keys_without_params {
                0 => blame::no_key(limit),
                _ => blame::no_params(),
            });
        }
        // 10 ms later than needed, so that the next look finds it over instead of nearly so.
        let left = (STALL_SPAN - quiet).min(limit - since).min(UNDERSTOOD_SPAN - puzzled);
        Ok(left + Span::millis(10))
    }
}

/// Does this access unit hold a picture to start from? H.264: IDR. H.265: IDR, BLA and CRA; after a
/// CRA the few pictures that are shown before it may not decode, and decoders leave them out.
pub(super) fn has_key(codec: Codec, unit: &[u8]) -> bool {
    kinds(codec, unit).any(|kind| match codec {
        Codec::H264 => kind == 5,
        Codec::H265 => (16..=21).contains(&kind),
    })
}

/// Does it hold a coded picture at all, as cameras make them? The partitions of H.264's Extended
/// profile (2 to 4) are none: what they are taken from is another codec.
pub(super) fn has_slice(codec: Codec, unit: &[u8]) -> bool {
    kinds(codec, unit).any(|kind| match codec {
        Codec::H264 => matches!(kind, 1 | 5),
        Codec::H265 => kind <= 9 || (16..=21).contains(&kind),
    })
}

/// NAL unit types of a length-prefixed unit; ends quietly where the lengths stop making sense.
fn kinds(codec: Codec, unit: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = unit;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let nal = after.get(..u32::from_be_bytes(*length) as usize)?;
        rest = &after[nal.len()..];
        let first = *nal.first()?;
        Some(match codec {
            Codec::H264 => first & 0x1f,
            Codec::H265 => first >> 1 & 0x3f,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;

    use super::*;
    use crate::base::time::Utc;
    use crate::footage::GapReason;
    use crate::footage::unit::{Params, VideoParams};

    /// Takes what it is told to and remembers what came.
    struct Tray {
        room: Vec<bool>,
        seen: Arc<Mutex<Vec<i64>>>,
    }

    impl Sink for Tray {
        fn unit(&mut self, unit: AccessUnit) -> bool {
            self.seen.lock().unwrap().push(unit.time);
            if self.room.is_empty() { true } else { self.room.remove(0) }
        }
    }

    fn unit(time: i64, key: bool) -> AccessUnit {
        AccessUnit {
            data: Bytes::from_static(b"\0\0\0\x01\x65"),
            time,
            key,
            arrived: Utc(0),
            params: Arc::new(Params::Video(VideoParams {
                codec: Codec::H264,
                config: Bytes::new(),
                width: 16,
                height: 16,
            })),
            camera_offset: None,
            lost_packets: 0,
        }
    }

    #[test]
    fn nothing_passes_before_a_key_frame_nor_after_a_refusal() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let tray = Tray { room: vec![true, true, false], seen: seen.clone() };
        let mut offer = Offer::new(tray, Mono(0));
        for (time, key) in
            [(0, false), (1, true), (2, false), (3, false), (4, false), (5, true), (6, false)]
        {
            offer.video(unit(time, key), Mono(time)).unwrap();
        }
        // 3 was offered and refused; 4 could not be decoded without it.
        assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 5, 6]);
    }

    #[test]
    fn waiting_ends_with_the_right_reason() {
        let second = |s: i64| Mono(s * 1_000_000);
        // (frames at, keys at, looked at, reason); None: still fine.
        type Row<'a> = (&'a [i64], &'a [i64], i64, Option<GapReason>);
        let table: [Row; 7] = [
            (&[], &[], 9, None),
            (&[], &[], 10, Some(GapReason::Stalled)),
            (&[8], &[], 17, None),
            (&[8], &[1], 18, Some(GapReason::Stalled)),
            (&[70], &[], 74, None),
            (&[70], &[], 75, Some(GapReason::NoKeyFrame)),
            (&[301], &[1], 302, Some(GapReason::NoKeyFrame)),
        ];
        for (frames, keys, now, reason) in table {
            let tray = Tray { room: vec![], seen: Arc::default() };
            let mut offer = Offer::new(tray, Mono(0));
            keys.iter().for_each(|s| offer.video(unit(*s, true), second(*s)).unwrap());
            frames.iter().for_each(|s| {
                offer.understood(second(*s));
                offer.video(unit(*s, false), second(*s)).unwrap();
            });
            let got = offer.patience(second(now)).err().map(|e| e.reason);
            assert_eq!(got, reason, "frames {frames:?} keys {keys:?} at {now} s");
        }
    }

    #[test]
    fn pictures_that_are_not_understood_are_waited_for_as_long_as_none() {
        let second = |s: i64| Mono(s * 1_000_000);
        let mut offer = Offer::new(Tray { room: vec![], seen: Arc::default() }, Mono(0));
        offer.understood(second(5));
        for s in 6..16 {
            offer.video(unit(s, false), second(s)).unwrap();
        }
        assert!(offer.patience(second(14)).is_ok());
        let ended = offer.patience(second(15)).unwrap_err();
        assert!(ended.reason == GapReason::Garbage && ended.text.contains("10 s"), "{ended}");
    }

    #[test]
    fn slices_of_the_announced_codec_are_told_from_others() {
        for (codec, bytes, slice) in [
            (Codec::H264, &b"\0\0\0\x02\x41\x9a"[..], true),
            (Codec::H264, b"\0\0\0\x02\x65\x88", true),
            (Codec::H264, b"\0\0\0\x03\x62\x01\x93", false), // a fragment of H.265
            (Codec::H264, b"\0\0\0\x03\x02\x01\xd0", false), // a slice of H.265
            (Codec::H265, b"\0\0\0\x03\x02\x01\xd0", true),
            (Codec::H265, b"\0\0\0\x03\x26\x01\xaf", true),
            (Codec::H265, b"\0\0\0\x02\x65\x88", false),
        ] {
            assert_eq!(has_slice(codec, bytes), slice, "{bytes:?}");
        }
    }

    #[test]
    fn a_unit_without_a_picture_is_no_key() {
        let delimiter = b"\0\0\0\x02\x09\xf0";
        let idr = b"\0\0\0\x02\x09\xf0\0\0\0\x03\x65\x88\x84";
        let slice = b"\0\0\0\x02\x41\x9a";
        let cra = b"\0\0\0\x03\x2a\x01\x80";
        for (codec, bytes, key) in [
            (Codec::H264, &delimiter[..], false),
            (Codec::H264, idr, true),
            (Codec::H264, slice, false),
            (Codec::H265, cra, true),
            (Codec::H264, b"\xff\xff\xff\xff\x65", false),
            (Codec::H264, b"", false),
        ] {
            assert_eq!(has_key(codec, bytes), key, "{bytes:?}");
        }
    }

    #[test]
    fn the_second_key_frame_without_parameter_sets_ends_it() {
        let mut offer = Offer::new(Tray { room: vec![], seen: Arc::default() }, Mono(0));
        offer.without_params(true, Mono(1)).unwrap();
        offer.without_params(false, Mono(2)).unwrap();
        let ended = offer.without_params(true, Mono(3)).unwrap_err();
        assert!(ended.text.contains("sends no parameter sets"), "{}", ended.text);
    }
}
