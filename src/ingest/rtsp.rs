//! Asking a camera for its streams: connect, DESCRIBE, choose, SETUP, PLAY.
//!
//! Cameras are taken as they are: session ids that change, sequence numbers that are not the
//! announced ones, data on channels that nobody asked for and wrong `rtptime`s are let pass. What
//! is strict here is time.

use std::pin::pin;

use retina::client::{
    Credentials, Described, InitialSequenceNumberPolicy, InitialTimestampPolicy, PlayOptions,
    Session, SessionIdPolicy, SessionOptions, SetupOptions, UnassignedChannelDataPolicy,
    UnknownRtcpSsrcPolicy,
};
use retina::codec::FrameFormat;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::blame::{self, Stage};
use super::child::Call;
use super::flow::Flow;
use super::{Ended, Login, Tools};
use crate::base::limits::{CONNECT_SPAN, PLAY_SPAN};
use crate::footage::Codec;
use crate::footage::unit::AudioCodec;
use crate::wire::frames::Job;

/// A camera's address, taken apart so that no login is left in it.
pub(super) struct Target {
    url: Url,
    login: Option<Login>,
    /// Host and port, for texts.
    pub(super) place: String,
}

impl Target {
    /// # Errors
    /// Not an `rtsp://` or `rtsps://` address with a host.
    pub(super) fn new(address: &str, login: Option<Login>) -> Result<Target, Ended> {
        let mut url = Url::parse(address).map_err(|e| blame::address(&e.to_string()))?;
        let port = match url.scheme() {
            "rtsp" => 554,
            "rtsps" => 322,
            other => return Err(blame::address(&format!("{other}:// is not RTSP"))),
        };
        let host = url.host_str().filter(|h| !h.is_empty());
        let host = host.ok_or_else(|| blame::address("it names no camera"))?.to_owned();
        let place = format!("{host}:{}", url.port().unwrap_or(port));
        let within = (!url.username().is_empty()).then(|| Login {
            user: plain(url.username()),
            password: plain(url.password().unwrap_or_default()),
        });
        // Cannot fail: both schemes have a host here.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Target { url, login: login.or(within), place })
    }

    pub(super) fn secure(&self) -> bool {
        self.url.scheme() == "rtsps"
    }

    /// What a child is asked; the certificate to expect is added there.
    pub(super) fn call(&self, udp: bool, audio: bool) -> Call {
        let login = self.login.clone();
        let (user, password) = login.map(|l| (l.user, l.password)).unzip();
        let job = Job::Camera { url: self.url.to_string(), user, password, udp, audio, pin: None };
        Call { job, place: Some(self.place.clone()) }
    }
}

/// `%40` and the like, as they stand in the part of an address before the `@`.
fn plain(escaped: &str) -> String {
    let bytes = escaped.as_bytes();
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while i < bytes.len() {
        let code = match (bytes[i], escaped.get(i + 1..i + 3)) {
            (b'%', Some(two)) => u8::from_str_radix(two, 16).ok(),
            _ => None,
        };
        out.push(code.unwrap_or(bytes[i]));
        i += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What came of asking.
pub(super) enum Playing {
    Flow(Box<Flow>),
    /// There are pictures, as single JPEGs.
    Mjpeg,
}

/// Everything up to PLAY, within [`PLAY_SPAN`].
///
/// # Errors
/// Why the camera does not play.
pub(super) async fn play(
    target: &Target,
    audio: bool,
    declared: Option<Codec>,
    tools: &Tools,
) -> Result<Playing, Ended> {
    let deadline = Instant::now() + PLAY_SPAN.to_std();
    let blamed =
        |e: retina::Error| blame::retina(&e, Stage::Asking, &target.place, target.login.is_some());
    let mut session = describe(target, tools, deadline).await?.map_err(blamed)?;
    let asking = async {
        let Some((video, codec)) = choose_video(&session, declared) else {
            return match other_video(&session) {
                Some("jpeg") => Ok(Playing::Mjpeg),
                Some(name) => Err(blame::codec(&target.place, name)),
                None => Err(blame::no_video(&target.place)),
            };
        };
        let format = || SetupOptions::default().frame_format(FrameFormat::MP4);
        session.setup(video, format()).await.map_err(blamed)?;
        // Sound that the file does not allow is not even asked for (R1.20).
        let sound = if audio { choose_audio(&session) } else { None };
        if let Some((stream, _)) = sound {
            session.setup(stream, format()).await.map_err(blamed)?;
        }
        // Jumps of time are for the writer to judge, so `retina` enforces none. `rtptime` is used
        // where sound has to fit the picture, if the camera gives one.
        let options = PlayOptions::default()
            .initial_timestamp(InitialTimestampPolicy::Permissive)
            .initial_seq(InitialSequenceNumberPolicy::Ignore)
            .unknown_rtcp_ssrc(UnknownRtcpSsrcPolicy::DropPackets);
        let demuxed = session.play(options).await.and_then(|s| s.demuxed()).map_err(blamed)?;
        let flow = Flow::new(demuxed, (video, codec), sound, target.place.clone());
        Ok(Playing::Flow(Box::new(flow)))
    };
    match timeout_at(deadline, asking).await {
        Ok(outcome) => outcome,
        Err(_) => Err(blame::silent(&target.place)),
    }
}

/// Connects and asks for the description. `retina` does both in one, so when it takes longer than a
/// connection may, a second connection tells which of the two it is: no route, or a camera that
/// thinks.
async fn describe(
    target: &Target,
    tools: &Tools,
    deadline: Instant,
) -> Result<Result<Session<Described>, retina::Error>, Ended> {
    let creds = target
        .login
        .as_ref()
        .map(|l| Credentials { username: l.user.clone(), password: l.password.clone() });
    let options = SessionOptions::default()
        .creds(creds)
        .user_agent(concat!("Beadle/", env!("CARGO_PKG_VERSION")).to_owned())
        .session_group(tools.group.clone())
        .session_id(SessionIdPolicy::UseFirst)
        .unassigned_channel_data(UnassignedChannelDataPolicy::Ignore);
    let mut describing = pin!(Session::describe(target.url.clone(), options));
    if let Ok(done) = timeout(CONNECT_SPAN.to_std(), &mut describing).await {
        return Ok(done);
    }
    let second = std::time::Duration::from_secs(1);
    let probe = async {
        let host = target.url.host_str()?.trim_matches(['[', ']']);
        TcpStream::connect((host, target.url.port().unwrap_or(554))).await.ok()
    };
    if timeout(second, probe).await.ok().flatten().is_none() {
        return Err(blame::no_route(&target.place));
    }
    timeout_at(deadline, describing).await.map_err(|_| blame::silent(&target.place))
}

/// The first stream of pictures that we record, of the declared codec where there is one. Where
/// there is none, what comes is recorded all the same: a word in the file is no reason to lose
/// footage, and `status` says that it is wrong. Cameras list the main one first.
fn choose_video(session: &Session<Described>, declared: Option<Codec>) -> Option<(usize, Codec)> {
    let streams = session.streams().iter().enumerate();
    let mut fit = streams.filter_map(|(i, stream)| match stream.encoding_name() {
        "h264" if stream.media() == "video" => Some((i, Codec::H264)),
        "h265" if stream.media() == "video" => Some((i, Codec::H265)),
        _ => None,
    });
    let first = fit.next()?;
    let as_declared = |(_, codec): &(usize, Codec)| declared.is_none_or(|d| d == *codec);
    if as_declared(&first) { Some(first) } else { fit.find(as_declared).or(Some(first)) }
}

fn other_video(session: &Session<Described>) -> Option<&str> {
    let pictures = |media: &str| media == "video" || media == "image";
    let stream = session.streams().iter().find(|s| pictures(s.media()))?;
    Some(stream.encoding_name())
}

fn choose_audio(session: &Session<Described>) -> Option<(usize, AudioCodec)> {
    session.streams().iter().enumerate().find_map(|(i, stream)| {
        let codec = match stream.encoding_name() {
            "mpeg4-generic" => AudioCodec::Aac,
            "pcma" => AudioCodec::Alaw,
            "pcmu" => AudioCodec::Ulaw,
            _ => return None,
        };
        // Parameters are missing where `retina` could not read the description of the sound:
        // the pictures must not fail for that.
        (stream.media() == "audio" && stream.parameters().is_some()).then_some((i, codec))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_up_its_login() {
        let table = [
            ("rtsp://10.0.0.1/main", "10.0.0.1:554", None),
            ("rtsp://u:p%40ss%@cam:8554/x?y=1", "cam:8554", Some(("u", "p@ss%"))),
            ("rtsps://[fe80::1]/main", "[fe80::1]:322", None),
        ];
        for (address, place, login) in table {
            let target = Target::new(address, None).unwrap_or_else(|e| panic!("{e}"));
            let got = target.login.as_ref().map(|l| (l.user.as_str(), l.password.as_str()));
            assert_eq!((target.place.as_str(), got), (place, login));
            assert!(!target.url.as_str().contains('@'), "{}", target.url);
        }
        let given = Login { user: "a".into(), password: "b".into() };
        let target = Target::new("rtsp://u:p@cam/x", Some(given.clone())).ok().unwrap();
        assert_eq!(target.login, Some(given));
    }

    #[test]
    fn what_is_no_address_says_so() {
        for (address, why) in [
            ("http://10.0.0.1/", "http:// is not RTSP"),
            ("10.0.0.1/main", "cannot be used"),
            ("rtsp:///main", "cannot be used"),
            ("", "cannot be used"),
        ] {
            let ended = Target::new(address, None).err().unwrap();
            assert!(ended.text.contains(why), "{address}: {}", ended.text);
        }
    }
}
