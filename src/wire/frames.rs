//! What crosses the socketpair between the supervisor and a GStreamer child: one job in, pictures
//! out.
//!
//! A frame is `length (u32, big endian, of what follows) | kind (1 byte) | body`. The child is not
//! trusted: every length is bounded before it is believed, and any bytes at all give frames or
//! [`Broken`], never a panic. After
//! [`Broken`] the stream has no more meaning; the child is to be killed. A unit's bytes are handed
//! out as a slice of the buffer they were read into, so no picture is copied here.

use bytes::{Buf, Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use crate::base::limits::{CHILD_JOB_BYTES_MAX, PARAMS_BYTES_MAX, UNIT_BYTES_MAX};
use crate::base::time::Utc;
use crate::footage::unit::{AudioCodec, AudioParams, Params, VideoParams};
use crate::footage::{Codec, GapReason};

/// Length and kind.
const HEAD_BYTES: usize = 5;
/// Flags, time, lost packets, the camera's clock: what stands before a unit's own bytes.
const UNIT_HEAD_BYTES: usize = 21;
/// Stands for a camera that does not tell its time.
const UNTOLD: i64 = i64::MIN;
/// SHA-256 in hexadecimal.
pub const CERTIFICATE_CHARS: usize = 64;
/// A sentence; longer ones are cut by the child.
pub const TEXT_BYTES_MAX: usize = 4096;

/// What a GStreamer child is asked to record; the first frame, and the only one towards the child.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Job {
    /// gst-launch words of the file.
    Words { words: String },
    /// A camera that `retina` cannot speak to; the login travels here so that it stands on no
    /// command line.
    Camera {
        url: String,
        user: Option<String>,
        password: Option<String>,
        udp: bool,
        /// Sound is to be recorded too; without it none is asked for (R1.20).
        audio: bool,
        /// `rtsps`: SHA-256, in hexadecimal, of the certificate that the camera has to show where
        /// no authority vouches for it. `None`: it has not been seen before.
        pin: Option<String>,
    },
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Job::Words { words } => write!(f, "Job::Words({words})"),
            Job::Camera { url, udp, .. } => write!(f, "Job::Camera({url}, udp={udp}, ***)"),
        }
    }
}

/// One message, decoded.
#[derive(Clone, PartialEq, Debug)]
pub enum Frame {
    Job(Job),
    /// Parameters of all units of this kind that follow.
    Params(Params),
    Unit(Unit),
    /// SHA-256 of a certificate that the child took because it had none to compare it with.
    Certificate(String),
    /// The child gives up: the reason as a gap records it, and a sentence for the reader.
    Failed {
        reason: GapReason,
        text: String,
    },
}

/// An access unit without what only the supervisor knows (when it arrived).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    pub video: bool,
    pub key: bool,
    /// Ticks as in [`crate::footage::unit::AccessUnit::time`].
    pub time: i64,
    pub lost_packets: u32,
    /// What the camera's own clock showed at this picture, where it tells.
    pub camera_time: Option<Utc>,
    pub data: Bytes,
}

/// The bytes are not ours: what was wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub &'static str);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Job,
    Video,
    Audio,
    Unit,
    Certificate,
    Failed,
}

impl Kind {
    fn of(byte: u8) -> Result<Kind, Broken> {
        Ok(match byte {
            b'J' => Kind::Job,
            b'V' => Kind::Video,
            b'A' => Kind::Audio,
            b'U' => Kind::Unit,
            b'C' => Kind::Certificate,
            b'F' => Kind::Failed,
            _ => return Err(Broken("a frame of an unknown kind")),
        })
    }

    const fn byte(self) -> u8 {
        match self {
            Kind::Job => b'J',
            Kind::Video => b'V',
            Kind::Audio => b'A',
            Kind::Unit => b'U',
            Kind::Certificate => b'C',
            Kind::Failed => b'F',
        }
    }

    /// The longest body of this kind.
    const fn bytes_max(self) -> usize {
        match self {
            Kind::Job => CHILD_JOB_BYTES_MAX,
            Kind::Video | Kind::Audio => PARAMS_BYTES_MAX + 16,
            Kind::Unit => UNIT_BYTES_MAX + UNIT_HEAD_BYTES,
            Kind::Certificate => CERTIFICATE_CHARS,
            Kind::Failed => TEXT_BYTES_MAX + 64,
        }
    }
}

/// Takes the next whole frame off the front of `buffer`; `None` when more bytes are needed.
///
/// # Errors
/// The bytes cannot be a frame, or announce one beyond its limit.
pub fn next(buffer: &mut BytesMut) -> Result<Option<Frame>, Broken> {
    let Some((kind, length)) = head(buffer)? else {
        return Ok(None);
    };
    if buffer.len() < HEAD_BYTES + length {
        return Ok(None);
    }
    buffer.advance(HEAD_BYTES);
    let body = buffer.split_to(length).freeze();
    decode(kind, body).map(Some)
}

/// How many more bytes the frame at the front of `buffer` needs; zero when it is whole. For sizing
/// the next read.
///
/// # Errors
/// As [`next`].
pub fn wanted(buffer: &BytesMut) -> Result<usize, Broken> {
    Ok(match head(buffer)? {
        None => HEAD_BYTES - buffer.len(),
        Some((_, length)) => (HEAD_BYTES + length).saturating_sub(buffer.len()),
    })
}

/// Kind and body length of the frame at the front, checked against the kind's limit.
fn head(buffer: &BytesMut) -> Result<Option<(Kind, usize)>, Broken> {
    let Some(head) = buffer.first_chunk::<HEAD_BYTES>() else {
        return Ok(None);
    };
    let announced = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let kind = Kind::of(head[4])?;
    let length = announced.checked_sub(1).ok_or(Broken("a frame without a kind"))?;
    if length > kind.bytes_max() {
        return Err(Broken("a frame longer than its kind may be"));
    }
    Ok(Some((kind, length)))
}

fn decode(kind: Kind, body: Bytes) -> Result<Frame, Broken> {
    match kind {
        Kind::Job => serde_json::from_slice(&body).map(Frame::Job).map_err(|_| Broken("a bad job")),
        Kind::Video => video(body).map(|p| Frame::Params(Params::Video(p))),
        Kind::Audio => audio(body).map(|p| Frame::Params(Params::Audio(p))),
        Kind::Unit => unit(body).map(Frame::Unit),
        Kind::Certificate => certificate(&body),
        Kind::Failed => failed(&body),
    }
}

fn video(mut body: Bytes) -> Result<VideoParams, Broken> {
    if body.len() < 5 {
        return Err(Broken("parameters cut short"));
    }
    let codec = match body.get_u8() {
        0 => Codec::H264,
        1 => Codec::H265,
        _ => return Err(Broken("parameters of an unknown codec")),
    };
    let (width, height) = (body.get_u16(), body.get_u16());
    Ok(VideoParams { codec, config: body, width, height })
}

fn audio(mut body: Bytes) -> Result<AudioParams, Broken> {
    if body.len() < 7 {
        return Err(Broken("parameters cut short"));
    }
    let codec = match body.get_u8() {
        0 => AudioCodec::Aac,
        1 => AudioCodec::Alaw,
        2 => AudioCodec::Ulaw,
        _ => return Err(Broken("parameters of an unknown codec")),
    };
    let (rate_hz, channels) = (body.get_u32(), body.get_u16());
    Ok(AudioParams { codec, rate_hz, channels, config: body })
}

fn unit(mut body: Bytes) -> Result<Unit, Broken> {
    if body.len() <= UNIT_HEAD_BYTES {
        return Err(Broken("a unit without a picture"));
    }
    let flags = body.get_u8();
    if flags & !3 != 0 {
        return Err(Broken("a unit with unknown flags"));
    }
    let (time, lost_packets) = (body.get_i64(), body.get_u32());
    let camera_time = Some(body.get_i64()).filter(|t| *t != UNTOLD).map(Utc);
    let (video, key) = (flags & 1 != 0, flags & 2 != 0);
    Ok(Unit { video, key, time, lost_packets, camera_time, data: body })
}

fn certificate(body: &[u8]) -> Result<Frame, Broken> {
    let digits = body.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(body).ok().filter(|_| digits);
    match text {
        Some(text) if text.len() == CERTIFICATE_CHARS => Ok(Frame::Certificate(text.to_owned())),
        _ => Err(Broken("a certificate's digest that is none")),
    }
}

fn failed(body: &[u8]) -> Result<Frame, Broken> {
    let (reason, text): (GapReason, String) =
        serde_json::from_slice(body).map_err(|_| Broken("a failure that cannot be read"))?;
    Ok(Frame::Failed { reason, text })
}

/// The bytes before a unit's own: `data_len` bytes of picture must follow. Written together with
/// them by `writev`, so the child copies no picture either.
pub fn unit_head(
    video: bool,
    key: bool,
    time: i64,
    lost_packets: u32,
    camera_time: Option<Utc>,
    data_len: usize,
) -> [u8; HEAD_BYTES + UNIT_HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES + UNIT_HEAD_BYTES];
    let length = (1 + UNIT_HEAD_BYTES + data_len) as u32;
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4] = Kind::Unit.byte();
    head[5] = u8::from(video) | u8::from(key) << 1;
    head[6..14].copy_from_slice(&time.to_be_bytes());
    head[14..18].copy_from_slice(&lost_packets.to_be_bytes());
    head[18..].copy_from_slice(&camera_time.map_or(UNTOLD, |t| t.0).to_be_bytes());
    head
}

/// A whole frame as bytes. Units are better written with [`unit_head`].
pub fn encode(frame: &Frame) -> Vec<u8> {
    let (kind, body) = match frame {
        // Neither a job nor a reason and a text can fail to become JSON: no maps, no foreign types.
        Frame::Job(job) => (Kind::Job, serde_json::to_vec(job).unwrap_or_default()),
        Frame::Params(Params::Video(p)) => {
            let mut body = vec![u8::from(p.codec == Codec::H265)];
            body.extend_from_slice(&p.width.to_be_bytes());
            body.extend_from_slice(&p.height.to_be_bytes());
            body.extend_from_slice(&p.config);
            (Kind::Video, body)
        }
        Frame::Params(Params::Audio(p)) => {
            let codec = match p.codec {
                AudioCodec::Aac => 0,
                AudioCodec::Alaw => 1,
                AudioCodec::Ulaw => 2,
            };
            let mut body = vec![codec];
            body.extend_from_slice(&p.rate_hz.to_be_bytes());
            body.extend_from_slice(&p.channels.to_be_bytes());
            body.extend_from_slice(&p.config);
            (Kind::Audio, body)
        }
        Frame::Unit(u) => {
            let Unit { video, key, time, lost_packets, camera_time, data } = u;
            let head = unit_head(*video, *key, *time, *lost_packets, *camera_time, data.len());
            return [&head[..], &data[..]].concat();
        }
        Frame::Certificate(sha256) => (Kind::Certificate, sha256.clone().into_bytes()),
        Frame::Failed { reason, text } => {
            (Kind::Failed, serde_json::to_vec(&(reason, short(text))).unwrap_or_default())
        }
    };
    let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len());
    bytes.extend_from_slice(&(1 + body.len() as u32).to_be_bytes());
    bytes.push(kind.byte());
    bytes.extend_from_slice(&body);
    bytes
}

/// JSON may double a text in quotes and line ends: half the limit always fits.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX / 8)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn samples() -> Vec<Frame> {
        let words = "videotestsrc ! x264enc \"quoted\" ! h264parse".to_owned();
        let login = |p: &str| Some(p.to_owned());
        vec![
            Frame::Job(Job::Words { words }),
            Frame::Job(Job::Camera {
                url: "rtsps://10.0.0.1/main".into(),
                user: login("recorder"),
                password: login("s€cret"),
                udp: false,
                audio: true,
                pin: Some("ab".repeat(32)),
            }),
            Frame::Params(Params::Video(VideoParams {
                codec: Codec::H265,
                config: Bytes::from_static(b"\x01\x02\x03"),
                width: 7680,
                height: 4320,
            })),
            Frame::Params(Params::Audio(AudioParams {
                codec: AudioCodec::Ulaw,
                rate_hz: 8000,
                channels: 1,
                config: Bytes::new(),
            })),
            Frame::Unit(Unit {
                video: true,
                key: true,
                time: -5,
                lost_packets: 7,
                camera_time: Some(Utc(1_795_000_000_000_000)),
                data: Bytes::from_static(b"\0\0\0\x01\x65"),
            }),
            Frame::Unit(Unit {
                video: false,
                key: true,
                time: 5,
                lost_packets: 0,
                camera_time: None,
                data: Bytes::from_static(b"\x55"),
            }),
            Frame::Certificate("0f".repeat(32)),
            Frame::Failed { reason: GapReason::Pipeline, text: "no element \"v4l3src\"".into() },
        ]
    }

    #[test]
    fn what_is_written_is_read_back_however_it_is_cut() {
        let bytes: Vec<u8> = samples().iter().flat_map(encode).collect();
        for step in [1, 2, 3, 7, 64, bytes.len()] {
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for piece in bytes.chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(frame) = next(&mut buffer).unwrap() {
                    seen.push(frame);
                }
                assert!(wanted(&buffer).unwrap() > 0);
            }
            assert_eq!(seen, samples(), "cut every {step} bytes");
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn a_length_is_bounded_before_it_is_believed() {
        for (bytes, why) in [
            (&b"\xff\xff\xff\xffU"[..], "longer than"),
            (b"\0\0\0\0U", "without a kind"),
            (b"\0\0\0\x02?", "unknown kind"),
            (b"\0\0\0\x01U", "without a picture"),
            (b"\0\x02\0\0J", "longer than"),
            (b"\0\0\0\x03V\x07\0", "cut short"),
            (b"\0\0\0\x03Cab", "that is none"),
        ] {
            let broken = next(&mut BytesMut::from(bytes)).unwrap_err();
            assert!(broken.0.contains(why), "{bytes:?}: {broken}");
        }
    }

    #[test]
    fn a_long_failure_still_fits() {
        let text = "\u{1}€".repeat(TEXT_BYTES_MAX);
        let bytes = encode(&Frame::Failed { reason: GapReason::Pipeline, text });
        assert!(next(&mut BytesMut::from(&bytes[..])).unwrap().is_some());
    }

    #[test]
    fn a_job_never_shows_its_password() {
        assert!(!format!("{:?}", samples()).contains("s€cret"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_frames_or_broken(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
            kind in proptest::option::of(proptest::sample::select(b"JVAUCF".to_vec())),
        ) {
            // A plausible head in half the cases, else hardly anything gets past it.
            if let (Some(kind), true) = (kind, bytes.len() > 5) {
                let length = (bytes.len() - 4) as u32;
                bytes[..4].copy_from_slice(&length.to_be_bytes());
                bytes[4] = kind;
            }
            let mut buffer = BytesMut::from(&bytes[..]);
            loop {
                let left = buffer.len();
                match next(&mut buffer) {
                    Ok(Some(_)) => prop_assert!(buffer.len() < left),
                    Ok(None) => { prop_assert!(wanted(&buffer).unwrap() > 0); break }
                    Err(_) => break,
                }
            }
        }
    }
}
