//! Reading of `cameras`: `defaults` first, then each camera.

use std::collections::BTreeMap;

use super::cameras::*;
use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, Place, Setting, StreamUrl, Word};
use crate::base::limits::CAMERAS_MAX;
use crate::base::name::CameraId;
use crate::base::time::Day;
use crate::footage::Codec;

impl Word for Codec {
    const WORDS: &'static [(&'static str, Codec)] = &[("h264", Codec::H264), ("h265", Codec::H265)];
}

/// What `defaults` gives to every camera that does not say otherwise.
#[derive(Default)]
struct Defaults {
    user: Option<At<String>>,
    secret: Option<At<Id>>,
    transport: Option<At<Transport>>,
    kind: Option<At<CameraKind>>,
    wifi: bool,
}

impl Cameras {
    pub(super) fn decode(mut n: Node<'_>) -> Cameras {
        let cx = n.cx;
        let defaults = n.one("defaults").map(Defaults::decode).unwrap_or_default();
        if !n.has("camera") {
            cx.error(
                "missing",
                n.place(),
                "the file names no camera",
                "add one: cameras { camera \"gate\" \"Front gate\" zone=\"entrance\" { stream \
                 \"rtsp://...\" } }",
            );
        }
        let nodes = n.many("camera");
        if let Some(past) = nodes.get(CAMERAS_MAX) {
            let text = format!("this is camera number {}", CAMERAS_MAX + 1);
            let remedy = format!("one box records {CAMERAS_MAX}; give the rest to a second box");
            cx.error("too-many", past.place(), text, remedy);
        }
        n.finish();
        let nodes = nodes.into_iter().take(CAMERAS_MAX);
        let list: Vec<Camera> = nodes.filter_map(|c| Camera::decode(c, &defaults)).collect();
        one_stream_each(&list, |place, text| {
            cx.error("stream-twice", place, text, "give each camera its own address");
        });
        Cameras { list }
    }
}

/// Two cameras with one stream would record the same pictures twice and prove nothing.
fn one_stream_each(list: &[Camera], mut fault: impl FnMut(Place, String)) {
    let mut seen: BTreeMap<&str, &Camera> = BTreeMap::new();
    for camera in list {
        let (key, place) = match &camera.source {
            CameraSource::Stream(url) => (url.normal.as_str(), url.place),
            CameraSource::Pipeline(words) => (words.as_str(), words.place),
        };
        match seen.get(key) {
            Some(first) => {
                fault(place, format!("the camera \"{}\" has this very stream", first.id.value));
            }
            None => {
                seen.insert(key, camera);
            }
        }
    }
}

impl Defaults {
    fn decode(mut n: Node<'_>) -> Defaults {
        let user = n.prop("user");
        let secret = n.secret();
        let transport = n.prop("transport");
        let kind = n.prop("kind");
        let wifi = n.flag("wifi");
        n.finish();
        Defaults { user, secret, transport, kind, wifi }
    }
}

impl Node<'_> {
    /// `secret="cameras"`: a name, never the password itself.
    fn secret(&mut self) -> Option<At<Id>> {
        if let Some(plain) = self.prop::<String>("password") {
            self.cx.error(
                "password-in-file",
                plain.place,
                "this file holds no passwords: it is printed, copied and shown",
                "write secret=\"cameras\", and store the password under that name on the box",
            );
        }
        self.prop("secret")
    }
}

impl Camera {
    fn decode(mut n: Node<'_>, defaults: &Defaults) -> Option<Camera> {
        let id = n.arg::<CameraId>("a short name");
        n.declares(Kind::Camera);
        if let Some(id) = &id {
            n.cx.declare(Kind::Camera, id.as_str(), id.place);
        }
        let title = n.arg("the camera's name");
        let zone = n.need::<Id>("zone");
        n.means(Kind::Zone);
        if let Some(zone) = &zone {
            n.cx.refer(Kind::Zone, zone);
        }
        let kind = n.prop("kind").or(defaults.kind.clone());
        let kind = Setting::or(kind, CameraKind::Fixed, "most cameras do not move");
        let transport = n.prop("transport").or(defaults.transport.clone());
        let transport = Setting::or(transport, Transport::Tcp, "TCP loses no packet unseen");
        let user = n.prop("user").or(defaults.user.clone());
        let secret = n.secret().or(defaults.secret.clone());
        let door = n.flag("door");
        let wifi = n.prop("wifi").map_or(defaults.wifi, |w| w.value);
        let device = Device::decode(&mut n);
        let source = read_source(&mut n);
        let preview = n.one("preview").and_then(|mut p| {
            let url = p.arg::<StreamUrl>("the address of the small stream");
            p.finish();
            url
        });
        let task = n.one("task").and_then(Task::decode);
        let masks = n.many("mask").into_iter().filter_map(Mask::decode).collect();
        let overlooks = n.texts("overlooks");
        let audio = n.one("audio").map(Audio::decode);
        let disabled = n.one("disabled").and_then(Disabled::decode);
        let covert = n.one("covert").map(CovertUse::decode);
        let node = n.at();
        n.finish();
        let (source, declared) = source?;
        Some(Camera {
            id: id?,
            title: title?,
            zone: zone?,
            kind,
            source,
            preview,
            transport,
            user,
            secret,
            declared,
            task,
            door,
            wifi,
            masks,
            overlooks,
            audio,
            disabled,
            covert,
            device,
            node,
        })
    }
}

/// `stream` or `pipeline`: exactly one.
fn read_source(n: &mut Node<'_>) -> Option<(CameraSource, Declared)> {
    let stream = n.one("stream").map(|mut s| {
        let url = s.arg::<StreamUrl>("the camera's address");
        let declared = Declared::decode(&mut s);
        s.finish();
        (url, declared)
    });
    let pipeline = n.one("pipeline").map(|mut p| {
        let words = p.arg::<String>("gst-launch words");
        let declared = Declared::decode(&mut p);
        let place = p.place();
        p.finish();
        (words, declared, place)
    });
    match (stream, pipeline) {
        (Some((url, declared)), None) => url.map(|url| (CameraSource::Stream(url), declared)),
        (None, Some((words, declared, _))) => {
            words.map(|words| (CameraSource::Pipeline(words), declared))
        }
        (Some(_), Some((_, _, place))) => {
            let text = "this camera has a \"stream\" and a \"pipeline\"";
            n.cx.error("contradiction", place, text, "keep one of the two");
            None
        }
        (None, None) => {
            let text = "this camera has no \"stream\"";
            let remedy = "add a line between its braces: stream \"rtsp://10.20.0.11/main\"";
            n.cx.error("missing", n.place(), text, remedy);
            None
        }
    }
}

impl Declared {
    fn decode(n: &mut Node<'_>) -> Declared {
        Declared {
            codec: n.prop("codec"),
            kbps: n.int("kbps", 16, 200_000),
            fps: n.num("fps", 0.1, 240.0),
            width: n.int("width", 16, 16_384),
            height: n.int("height", 16, 16_384),
        }
    }
}

impl Device {
    fn decode(n: &mut Node<'_>) -> Device {
        Device {
            make: n.prop("make"),
            model: n.prop("model"),
            serial: n.prop("serial"),
            mac: n.prop("mac"),
            installed: n.prop::<Day>("installed"),
        }
    }
}

impl Task {
    fn decode(mut n: Node<'_>) -> Option<Task> {
        let kind = n.arg("what the picture is for, like \"recognise\"");
        let width_m = n.num("width-m", 0.1, 1_000.0);
        let distance_m = n.num("distance-m", 0.1, 1_000.0);
        n.finish();
        Some(Task { kind: kind?, width_m, distance_m })
    }
}

/// Corners of one mask: more is no polygon drawn by hand.
const POINTS_MAX: usize = 64;

impl Mask {
    fn decode(mut n: Node<'_>) -> Option<Mask> {
        let title = n.arg("what it hides");
        let in_camera = n.flag("in-camera");
        let mut points = Vec::new();
        for mut point in n.many("point") {
            let x = point.arg::<f64>("the distance from the left, 0.0 to 1.0");
            let y = point.arg::<f64>("the distance from the top, 0.0 to 1.0");
            for given in [&x, &y].into_iter().flatten() {
                point.within("point", given.value, (0.0, 1.0), given.place);
            }
            points.extend(x.zip(y).map(|(x, y)| (x.value, y.value)));
            point.finish();
        }
        let place = n.at();
        // A mask that the camera itself applies needs no shape here.
        let enough = points.len() >= 3 || (in_camera && points.is_empty());
        if !enough || points.len() > POINTS_MAX {
            let text = format!("this mask has {} corners", points.len());
            let remedy = format!("give 3 to {POINTS_MAX} lines: point 0.0 0.0");
            n.cx.error("out-of-range", n.place(), text, remedy);
        }
        n.finish();
        Some(Mask { title: title?, points, in_camera, place })
    }
}

impl Audio {
    fn decode(mut n: Node<'_>) -> Audio {
        let because = n.prop("because");
        let dpia = n.prop("dpia");
        let place = n.at();
        n.finish();
        Audio { because, dpia, place }
    }
}

impl Disabled {
    fn decode(mut n: Node<'_>) -> Option<Disabled> {
        let because = n.need("because");
        let until = n.prop("until");
        let place = n.at();
        n.finish();
        Some(Disabled { because: because?, until, place })
    }
}

impl CovertUse {
    fn decode(mut n: Node<'_>) -> CovertUse {
        let authorisation = n.prop::<String>("authorisation");
        n.means(Kind::Authorisation);
        if let Some(a) = &authorisation {
            n.cx.names.borrow_mut().refer(Kind::Authorisation, a.as_str(), a.place);
        }
        let place = n.at();
        n.finish();
        CovertUse { authorisation, place }
    }
}
