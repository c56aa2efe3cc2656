//! What a camera announces about its streams (RFC 4566, RFC 6184, RFC 7798).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::camera::{Behaviour, SimAudio, SimCamera};
use super::fault::Fault;
use super::rtp::Reel;
use crate::footage::Codec;

/// The whole SDP of one stream, true or as false as the camera's faults want it.
pub(super) fn describe(camera: &SimCamera, behaviour: &Behaviour, reel: &Reel) -> String {
    let mut sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns={}\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n\
         a=control:*\r\na=range:npt=now-\r\n",
        camera.name
    );
    let bare = behaviour.has(Fault::InBandOnly) || behaviour.has(Fault::NoParameters);
    sdp += &if behaviour.has(Fault::Jpeg) {
        "m=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\n".to_string()
    } else if behaviour.has(Fault::Mpeg4) {
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n\
         a=fmtp:96 profile-level-id=245\r\n"
            .to_string()
    } else if behaviour.has(Fault::OtherCodec) {
        match reel.codec {
            Codec::H264 => video("H265", ""),
            Codec::H265 => video("H264", "packetization-mode=1"),
        }
    } else {
        announce(reel, bare)
    };
    sdp += &format!("a=framerate:{}\r\na=control:trackID=0\r\n", reel.fps);
    match camera.audio {
        Some(SimAudio::Alaw) => {
            sdp += "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=1\r\n";
        }
        Some(SimAudio::Aac) => {
            sdp += "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\n\
                a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;\
                indexlength=3;indexdeltalength=3;config=1408\r\na=control:trackID=1\r\n";
        }
        None => {}
    }
    sdp
}

fn announce(reel: &Reel, bare: bool) -> String {
    let coded: Vec<String> = reel.parameter_sets.iter().map(|set| STANDARD.encode(set)).collect();
    match reel.codec {
        Codec::H264 if bare => video("H264", "packetization-mode=1"),
        Codec::H264 => {
            let sps = &reel.parameter_sets[0];
            let level: String = sps.iter().skip(1).take(3).map(|b| format!("{b:02X}")).collect();
            let sets = coded.join(",");
            video(
                "H264",
                &format!(
                    "packetization-mode=1;profile-level-id={level};sprop-parameter-sets={sets}"
                ),
            )
        }
        Codec::H265 if bare || coded.len() < 3 => video("H265", ""),
        Codec::H265 => video(
            "H265",
            &format!("sprop-vps={};sprop-sps={};sprop-pps={}", coded[0], coded[1], coded[2]),
        ),
    }
}

fn video(codec: &str, parameters: &str) -> String {
    let mut lines = format!("m=video 0 RTP/AVP 96\r\na=rtpmap:96 {codec}/90000\r\n");
    if !parameters.is_empty() {
        lines += &format!("a=fmtp:96 {parameters}\r\n");
    }
    lines
}
