//! What a simulated camera can be told to do wrong, and the words for it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One misbehaviour. It lasts until the camera is healed, unless it says "once".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The connection stays, nothing comes. Frames made meanwhile are lost; healed, it goes on at a key frame.
    Stall,
    /// Once: every connection to the camera is closed. New ones are welcome.
    Close,
    /// Every new connection is closed as soon as it asks for this camera.
    HangUp,
    /// The port refuses connections. Only for a camera with a port of its own.
    Refuse,
    /// Answers the first request like a web server.
    Http,
    /// "No such stream": 404 to DESCRIBE.
    NotFound,
    /// No login is good enough, not even the right one.
    RefuseLogin,
    /// Once a second, random bytes where a packet should begin.
    Garbage,
    /// One frame in N is lost on the way: its packets' sequence numbers are missing.
    Lose { one_in: u32 },
    /// Once: the next N frames are lost on the way.
    LoseNext { frames: u32 },
    /// One frame in N is never made: no sequence number is missing, only the counter tells.
    Skip { one_in: u32 },
    /// Pictures in another order than they are shown.
    BFrames,
    /// The same picture for ever, with running times and counter.
    Freeze,
    /// A black picture.
    Black,
    /// Other parameter sets from the next frame on: half the width and height.
    NewParameters,
    /// A key frame a minute only (at most 640x360, so that the film stays small).
    LongGop,
    /// Pictures of 7680x4320.
    Huge,
    /// No key frame at all: those of the film are left out.
    NoKeyFrames,
    /// One frame a second.
    OneFps,
    /// One write, and so one TCP segment, per RTP packet.
    Dribble,
    /// RTP time jumps by this, forward or back, and runs on from there; healing jumps back. Milliseconds.
    RtpJump { ms: i64 },
    /// The camera's wall clock in sender reports is off by this. Milliseconds.
    NtpJump { ms: i64 },
    /// Each frame's RTP time lies before the last one's.
    Backwards,
    /// Announces and sends JPEG.
    Jpeg,
    /// Announces and sends MPEG-4 part 2.
    Mpeg4,
    /// Announces H.264 and sends H.265, or the other way round.
    OtherCodec,
    /// Parameter sets in the stream, none in the SDP.
    InBandOnly,
    /// Parameter sets nowhere.
    NoParameters,
}

/// Each fault's word, and the argument it takes with its default.
const WORDS: [(&str, Fault); 28] = [
    ("stall", Fault::Stall),
    ("close", Fault::Close),
    ("hang-up", Fault::HangUp),
    ("refuse", Fault::Refuse),
    ("http", Fault::Http),
    ("not-found", Fault::NotFound),
    ("refuse-login", Fault::RefuseLogin),
    ("garbage", Fault::Garbage),
    ("lose", Fault::Lose { one_in: 10 }),
    ("lose-next", Fault::LoseNext { frames: 1 }),
    ("skip", Fault::Skip { one_in: 10 }),
    ("b-frames", Fault::BFrames),
    ("freeze", Fault::Freeze),
    ("black", Fault::Black),
    ("new-parameters", Fault::NewParameters),
    ("long-gop", Fault::LongGop),
    ("huge", Fault::Huge),
    ("no-key-frames", Fault::NoKeyFrames),
    ("one-fps", Fault::OneFps),
    ("dribble", Fault::Dribble),
    ("rtp-jump", Fault::RtpJump { ms: 3_600_000 }),
    ("ntp-jump", Fault::NtpJump { ms: 3_600_000 }),
    ("backwards", Fault::Backwards),
    ("jpeg", Fault::Jpeg),
    ("mpeg4", Fault::Mpeg4),
    ("other-codec", Fault::OtherCodec),
    ("in-band-only", Fault::InBandOnly),
    ("no-parameters", Fault::NoParameters),
];

impl Fault {
    /// Every fault with its default argument.
    pub fn all() -> impl Iterator<Item = Fault> {
        WORDS.iter().map(|(_, fault)| *fault)
    }

    /// The word without its argument: `lose`.
    pub fn word(&self) -> &'static str {
        let same = |other: &Fault| std::mem::discriminant(other) == std::mem::discriminant(self);
        // The table names every variant (tested), so the empty word is never seen.
        WORDS.iter().find(|(_, f)| same(f)).map_or("", |(word, _)| word)
    }

    /// Over as soon as it happened, so nothing to heal.
    pub fn is_once(&self) -> bool {
        matches!(self, Fault::Close | Fault::LoseNext { .. })
    }

    fn argument(&self) -> Option<i64> {
        match self {
            Fault::Lose { one_in } | Fault::Skip { one_in } => Some(i64::from(*one_in)),
            Fault::LoseNext { frames } => Some(i64::from(*frames)),
            Fault::RtpJump { ms } | Fault::NtpJump { ms } => Some(*ms),
            _ => None,
        }
    }

    fn with_argument(self, n: i64) -> Option<Fault> {
        let count = u32::try_from(n).ok().filter(|n| *n > 0);
        match self {
            Fault::Lose { .. } => count.map(|one_in| Fault::Lose { one_in }),
            Fault::Skip { .. } => count.map(|one_in| Fault::Skip { one_in }),
            Fault::LoseNext { .. } => count.map(|frames| Fault::LoseNext { frames }),
            Fault::RtpJump { .. } => Some(Fault::RtpJump { ms: n }),
            Fault::NtpJump { .. } => Some(Fault::NtpJump { ms: n }),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.argument() {
            Some(n) => write!(f, "{}:{n}", self.word()),
            None => f.write_str(self.word()),
        }
    }
}

impl FromStr for Fault {
    type Err = String;
    /// `stall`, `lose:20`, `rtp-jump:-5000`.
    fn from_str(text: &str) -> Result<Fault, String> {
        let (word, argument) = match text.split_once(':') {
            Some((word, argument)) => (word, Some(argument)),
            None => (text, None),
        };
        let Some((_, fault)) = WORDS.iter().find(|(w, _)| *w == word) else {
            let known: Vec<_> = WORDS.iter().map(|(w, _)| *w).collect();
            return Err(format!("\"{word}\" is no fault; known are {}", known.join(", ")));
        };
        let Some(argument) = argument else { return Ok(*fault) };
        argument
            .parse()
            .ok()
            .and_then(|n| fault.with_argument(n))
            .ok_or_else(|| format!("\"{word}\" does not take \"{argument}\""))
    }
}

/// A fault for one camera, later, and perhaps for a while: `cam-3=stall@10s+5s`; `*` is every camera.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimedFault {
    pub camera: String,
    pub fault: Fault,
    pub after: Duration,
    pub lasting: Option<Duration>,
}

impl FromStr for TimedFault {
    type Err = String;
    fn from_str(text: &str) -> Result<TimedFault, String> {
        let (camera, rest) = text
            .split_once('=')
            .ok_or_else(|| format!("\"{text}\": write it like cam-3=stall@10s+5s"))?;
        let (fault, times) = rest.split_once('@').unwrap_or((rest, "0s"));
        let (after, lasting) = match times.split_once('+') {
            Some((after, lasting)) => (after, Some(seconds(lasting)?)),
            None => (times, None),
        };
        let (fault, after) = (fault.parse()?, seconds(after)?);
        Ok(TimedFault { camera: camera.to_string(), fault, after, lasting })
    }
}

/// `10s`, `500ms`, `2m` or a bare number of seconds.
fn seconds(text: &str) -> Result<Duration, String> {
    let (digits, ms) = match text {
        t if t.ends_with("ms") => (t.trim_end_matches("ms"), 1),
        t if t.ends_with('s') => (t.trim_end_matches('s'), 1_000),
        t if t.ends_with('m') => (t.trim_end_matches('m'), 60_000),
        t => (t, 1_000),
    };
    let count: u64 =
        digits.parse().map_err(|_| format!("\"{text}\" is not a time; write it like 10s"))?;
    Ok(Duration::from_millis(count.saturating_mul(ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_written_and_read_again() {
        for fault in Fault::all() {
            assert_eq!(fault.to_string().parse(), Ok(fault), "{fault}");
        }
        assert_eq!("rtp-jump:-5000".parse(), Ok(Fault::RtpJump { ms: -5_000 }));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["", "stal", "stall:3", "lose:0", "lose:-1", "skip:x"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn faults_have_times() {
        let timed: TimedFault = "cam-3=lose:7@10s+500ms".parse().unwrap();
        assert_eq!(timed.fault, Fault::Lose { one_in: 7 });
        assert_eq!(timed.after, Duration::from_secs(10));
        assert_eq!(timed.lasting, Some(Duration::from_millis(500)));
        assert_eq!("*=close".parse::<TimedFault>().unwrap().after, Duration::ZERO);
        assert!("stall@10s".parse::<TimedFault>().is_err());
        assert!("a=stall@soon".parse::<TimedFault>().is_err());
    }
}
