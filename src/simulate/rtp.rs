//! Pictures as RTP packets, made once per film: sending a frame is one copy, a few patched fields, one write.

use bytes::Bytes;

use super::count::stamp_nal;
use super::film::{Film, nal_units};
use crate::footage::Codec;

/// Largest RTP payload: 1,500 of Ethernet less IP, UDP and RTP headers, rounded down as cameras do.
const PAYLOAD_BYTES_MAX: usize = 1_400;

/// Bytes before the payload: `$`, channel, length, and the RTP header.
const HEAD_BYTES: usize = 4 + 12;

/// One frame ready to go: interleaved packets with sequence, time and source still zero.
#[derive(Debug)]
pub struct Frame {
    pub wire: Vec<u8>,
    /// Where each packet's `$` stands.
    pub packets: Vec<u32>,
    /// Where the stamp's digits stand.
    pub stamp_at: usize,
    pub shown: u32,
    pub key: bool,
}

/// A film as packets, and what the SDP says of it.
#[derive(Debug)]
pub struct Reel {
    pub codec: Codec,
    pub fps: u16,
    pub frames: Vec<Frame>,
    /// SPS and PPS, for H.265 with the VPS before them, from the first key frame.
    pub parameter_sets: Vec<Bytes>,
}

impl Reel {
    /// `in_band`: leave the parameter sets before key frames, as nearly every camera does.
    pub fn new(film: &Film, in_band: bool) -> Reel {
        let mut parameter_sets = Vec::new();
        let mut frames = Vec::with_capacity(film.pictures.len());
        for (i, picture) in film.pictures.iter().enumerate() {
            let mut units = nal_units(&picture.annex_b);
            if i == 0 {
                parameter_sets =
                    units.iter().filter(|u| kind(film.codec, u) == Kind::Params).cloned().collect();
            }
            units.retain(|u| in_band || kind(film.codec, u) != Kind::Params);
            frames.push(frame(film.codec, &units, picture.shown, picture.key));
        }
        let (codec, fps) = (film.codec, film.fps);
        Reel { codec, fps, frames, parameter_sets }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Slice,
    Params,
    Other,
}

fn kind(codec: Codec, nal: &[u8]) -> Kind {
    match codec {
        Codec::H264 => match nal[0] & 0x1f {
            1..=5 => Kind::Slice,
            7 | 8 => Kind::Params,
            _ => Kind::Other,
        },
        Codec::H265 => match (nal[0] >> 1) & 0x3f {
            0..=31 => Kind::Slice,
            32..=34 => Kind::Params,
            _ => Kind::Other,
        },
    }
}

fn frame(codec: Codec, units: &[Bytes], shown: u32, key: bool) -> Frame {
    let mut frame = Frame { wire: Vec::new(), packets: Vec::new(), stamp_at: 0, shown, key };
    let mut stamped = false;
    for unit in units {
        // The stamp stands before the first slice: after delimiter and parameter sets, as both
        // standards want an SEI.
        if !stamped && kind(codec, unit) == Kind::Slice {
            let (nal, digits) = stamp_nal(codec);
            frame.stamp_at = frame.wire.len() + HEAD_BYTES + digits;
            packet(&mut frame, &[], &nal);
            stamped = true;
        }
        split(&mut frame, codec, unit);
    }
    if let Some(last) = frame.packets.last() {
        frame.wire[*last as usize + 5] |= 0x80; // the marker ends the access unit
    }
    frame
}

/// One NAL unit as one packet, or as fragmentation units (RFC 6184 5.8, RFC 7798 4.4.3).
fn split(frame: &mut Frame, codec: Codec, nal: &[u8]) {
    if nal.len() <= PAYLOAD_BYTES_MAX {
        return packet(frame, &[], nal);
    }
    let (head, body) = nal.split_at(if codec == Codec::H264 { 1 } else { 2 });
    let chunks = body.chunks(PAYLOAD_BYTES_MAX - 3);
    let last = chunks.len() - 1;
    for (i, chunk) in chunks.enumerate() {
        let mut edge = 0;
        if i == 0 {
            edge |= 0x80;
        }
        if i == last {
            edge |= 0x40;
        }
        match codec {
            Codec::H264 => packet(frame, &[(head[0] & 0xe0) | 28, edge | (head[0] & 0x1f)], chunk),
            Codec::H265 => {
                let unit_type = (head[0] >> 1) & 0x3f;
                packet(frame, &[(head[0] & 0x81) | (49 << 1), head[1], edge | unit_type], chunk)
            }
        }
    }
}

fn packet(frame: &mut Frame, before: &[u8], payload: &[u8]) {
    frame.packets.push(frame.wire.len() as u32);
    interleaved_rtp(&mut frame.wire, 96, false, before, payload);
}

/// Appends `$`, a zero channel, the length, and an RTP packet whose sequence, time and source are zero.
pub fn interleaved_rtp(out: &mut Vec<u8>, kind: u8, marker: bool, before: &[u8], payload: &[u8]) {
    let len = (12 + before.len() + payload.len()) as u16;
    out.extend_from_slice(&[b'$', 0]);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(&[0x80, kind | if marker { 0x80 } else { 0 }]);
    out.extend_from_slice(&[0; 10]);
    out.extend_from_slice(before);
    out.extend_from_slice(payload);
}

/// What changes from one sending of a packet to the next.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub channel: u8,
    pub sequence: u16,
    pub time: u32,
    pub source: u32,
}

impl Head {
    /// Writes itself into the packet whose `$` stands first in `packet`.
    pub fn patch(&self, packet: &mut [u8]) {
        packet[1] = self.channel;
        packet[6..8].copy_from_slice(&self.sequence.to_be_bytes());
        packet[8..12].copy_from_slice(&self.time.to_be_bytes());
        packet[12..16].copy_from_slice(&self.source.to_be_bytes());
    }
}

/// Seconds from 1900 (NTP) to 1970 (Unix).
const NTP_UNIX_SECS: i64 = 2_208_988_800;

/// A sender report with its name (RFC 3550 6.4.1, 6.5), interleaved on `channel`.
pub fn sender_report(out: &mut Vec<u8>, head: Head, utc_us: i64, packets: u32, bytes: u32) {
    let secs = (utc_us.div_euclid(1_000_000) + NTP_UNIX_SECS) as u32;
    let fraction = ((utc_us.rem_euclid(1_000_000) as u64) << 32) / 1_000_000;
    let name = b"beadle";
    // 28 bytes of report; SDES: 8 bytes, item of 2 + 6, and zeros to a multiple of four.
    out.extend_from_slice(&[b'$', head.channel, 0, 28 + 20]);
    out.extend_from_slice(&[0x80, 200, 0, 6]);
    for word in [head.source, secs, fraction as u32, head.time, packets, bytes] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.extend_from_slice(&[0x81, 202, 0, 4]);
    out.extend_from_slice(&head.source.to_be_bytes());
    out.extend_from_slice(&[1, name.len() as u8]);
    out.extend_from_slice(name);
    out.extend_from_slice(&[0; 4]);
}

#[cfg(test)]
mod tests {
    use super::super::count::{FrameStamp, frames_in};
    use super::super::film::Picture;
    use super::*;

    fn reel(codec: Codec, nals: &[Vec<u8>], in_band: bool) -> Reel {
        let mut annex_b = Vec::new();
        for nal in nals {
            annex_b.extend_from_slice(&[0, 0, 0, 1]);
            annex_b.extend_from_slice(nal);
        }
        let pictures = vec![Picture { annex_b: annex_b.into(), shown: 0, key: true }];
        Reel::new(&Film { codec, fps: 15, width: 16, height: 16, pictures }, in_band)
    }

    /// Payloads and markers of the packets, lengths checked on the way.
    fn payloads(frame: &Frame) -> Vec<(Vec<u8>, bool)> {
        let (mut out, mut at) = (Vec::new(), 0);
        while at < frame.wire.len() {
            assert_eq!(frame.packets[out.len()] as usize, at);
            let len = u16::from_be_bytes([frame.wire[at + 2], frame.wire[at + 3]]) as usize;
            let packet = &frame.wire[at + 4..at + 4 + len];
            out.push((packet[12..].to_vec(), packet[1] & 0x80 != 0));
            at += 4 + len;
        }
        out
    }

    #[test]
    fn a_long_h264_slice_is_cut_and_joins_again() {
        let slice: Vec<u8> = std::iter::once(0x65).chain((0..5000).map(|i| i as u8 | 1)).collect();
        let reel = reel(Codec::H264, &[vec![0x67, 1], vec![0x68, 2], slice.clone()], true);
        let packets = payloads(&reel.frames[0]);
        assert_eq!(packets[0].0, [0x67, 1]);
        assert_eq!(packets[2].0[0], 0x06, "the stamp stands before the slice");
        let mut joined = vec![(packets[3].0[0] & 0xe0) | (packets[3].0[1] & 0x1f)];
        for (payload, _) in &packets[3..] {
            assert_eq!(payload[0] & 0x1f, 28);
            assert!(payload.len() <= PAYLOAD_BYTES_MAX);
            joined.extend_from_slice(&payload[2..]);
        }
        assert_eq!(joined, slice);
        let edges: Vec<u8> = packets[3..].iter().map(|(p, _)| p[1] & 0xc0).collect();
        assert_eq!(edges, [0x80, 0, 0, 0x40]);
        let markers = packets.iter().filter(|(_, m)| *m).count();
        assert!(packets.last().unwrap().1 && markers == 1);
    }

    #[test]
    fn a_long_h265_slice_is_cut_and_joins_again() {
        let slice: Vec<u8> = [0x26, 1].into_iter().chain((0..3000).map(|i| i as u8 | 1)).collect();
        let reel = reel(Codec::H265, &[vec![0x40, 1], vec![0x42, 1], slice.clone()], true);
        let packets = payloads(&reel.frames[0]);
        let mut joined = vec![(packets[3].0[0] & 0x81) | ((packets[3].0[2] & 0x3f) << 1), 1];
        for (payload, _) in &packets[3..] {
            assert_eq!((payload[0] >> 1) & 0x3f, 49);
            joined.extend_from_slice(&payload[3..]);
        }
        assert_eq!(joined, slice);
    }

    #[test]
    fn parameter_sets_can_be_left_out_of_the_stream() {
        let nals = [vec![0x67, 1], vec![0x68, 2], vec![0x65, 3]];
        let reel = reel(Codec::H264, &nals, false);
        assert_eq!(payloads(&reel.frames[0]).len(), 2);
        assert_eq!(reel.parameter_sets, [&[0x67u8, 1][..], &[0x68, 2]]);
    }

    #[test]
    fn a_patched_stamp_is_found_in_the_packets() {
        let mut reel = reel(Codec::H265, &[vec![0x26, 1, 9]], true);
        let stamp = FrameStamp { camera: 12, counter: 345, wall_ms: 6, preview: false };
        let frame = &mut reel.frames[0];
        let at = frame.stamp_at;
        stamp.write(&mut frame.wire[at..]);
        assert_eq!(frames_in(&frame.wire), [stamp]);
    }

    #[test]
    fn a_sender_report_is_as_long_as_it_says() {
        let mut out = Vec::new();
        let head = Head { channel: 1, sequence: 0, time: 2, source: 3 };
        sender_report(&mut out, head, 1_000_000, 4, 5);
        assert_eq!(out.len(), 4 + out[3] as usize);
        assert_eq!(out[12..16], (NTP_UNIX_SECS as u32 + 1).to_be_bytes());
        assert_eq!(out.len() - 4, 28 + (4 + 1) * 4);
    }
}
