//! Simulated cameras as `site.kdl`, and back: only what a camera simulator needs of either.

use std::fmt::Write;

use super::camera::SimCamera;
use crate::footage::Codec;

/// One camera as a file names it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SiteStream {
    pub id: String,
    pub title: String,
    pub main: String,
    pub preview: Option<String>,
    pub codec: Option<Codec>,
    pub kbps: Option<u32>,
    pub fps: Option<u16>,
    pub size: Option<(u16, u16)>,
}

/// A whole site that records these cameras: the mandatory minimum around them.
pub fn site_kdl(cameras: &[SiteStream], user: Option<&str>) -> String {
    let mut out = String::from(
        "// Written by `beadle simulate --write-site`: cameras that are not there.\n\
         site \"Simulated school\" timezone=\"Europe/London\" {\n    \
             controller \"The school\"\n    \
             contact \"School office\" email=\"office@school.example\"\n}\n\
         code-of-practice {\n    purpose \"safety\" \"Safety of students, staff and visitors\"\n}\n\
         people {\n    person \"headteacher\" \"Headteacher\" post=\"Headteacher\"\n}\n\
         zones {\n    zone \"grounds\" \"Grounds\" kind=\"outdoor\" purposes=\"safety\"\n}\n\
         retention min-days=30 max-days=90 because=\"A simulated site\"\ncameras {\n",
    );
    if let Some(user) = user {
        let _ = writeln!(out, "    defaults user=\"{user}\" secret=\"cameras\"");
    }
    for camera in cameras {
        let (id, title, main) = (&camera.id, &camera.title, &camera.main);
        let _ = writeln!(out, "    camera \"{id}\" \"{title}\" zone=\"grounds\" {{");
        let _ = write!(out, "        stream \"{main}\"");
        if let Some(codec) = camera.codec {
            let word = if codec == Codec::H264 { "h264" } else { "h265" };
            let _ = write!(out, " codec=\"{word}\"");
        }
        if let Some(kbps) = camera.kbps {
            let _ = write!(out, " kbps={kbps}");
        }
        if let Some(fps) = camera.fps {
            let _ = write!(out, " fps={fps}");
        }
        if let Some((width, height)) = camera.size {
            let _ = write!(out, " width={width} height={height}");
        }
        out.push('\n');
        if let Some(preview) = &camera.preview {
            let _ = writeln!(out, "        preview \"{preview}\"");
        }
        out.push_str("    }\n");
    }
    out.push_str("}\n");
    out
}

/// The cameras with an RTSP stream in a site file. Reads quoted names and addresses and nothing else; whether
/// the file is good is for `beadle check`.
pub fn streams_in(kdl: &str) -> Vec<SiteStream> {
    let mut found: Vec<SiteStream> = Vec::new();
    let mut node: Vec<Word> = Vec::new();
    let mut words = words_of(kdl);
    words.push(Word::End);
    for word in words {
        if word != Word::End {
            node.push(word);
            continue;
        }
        let texts: Vec<&String> = node
            .iter()
            .filter_map(|w| if let Word::Text(t) = w { Some(t) } else { None })
            .collect();
        match (node.first(), &texts[..]) {
            (Some(Word::Bare(n)), [id, rest @ ..]) if n == "camera" => {
                let title = rest.first().map_or_else(|| id.to_string(), |t| t.to_string());
                found.push(SiteStream { id: id.to_string(), title, ..SiteStream::default() });
            }
            (Some(Word::Bare(n)), [url, ..]) if n == "stream" => {
                if let Some(camera) = found.last_mut() {
                    camera.main = url.to_string();
                    declare(camera, &node);
                }
            }
            (Some(Word::Bare(n)), [url, ..]) if n == "preview" => {
                if let Some(camera) = found.last_mut() {
                    camera.preview = Some(url.to_string());
                }
            }
            _ => {}
        }
        node.clear();
    }
    found.retain(|camera| camera.main.starts_with("rtsp://"));
    found
}

fn declare(camera: &mut SiteStream, node: &[Word]) {
    let of = |name: &str| {
        node.iter().find_map(|w| match w {
            Word::Property(n, value) if n == name => Some(value.as_str()),
            _ => None,
        })
    };
    camera.codec = match of("codec") {
        Some("h264") => Some(Codec::H264),
        Some("h265") => Some(Codec::H265),
        _ => None,
    };
    camera.kbps = of("kbps").and_then(|n| n.parse().ok());
    camera.fps = of("fps").and_then(|n| n.parse().ok());
    let pixels = |name| of(name).and_then(|n| n.parse().ok());
    camera.size = pixels("width").zip(pixels("height"));
}

#[derive(Clone, PartialEq, Debug)]
enum Word {
    Bare(String),
    Text(String),
    Property(String, String),
    /// A line's end, `;`, `{` or `}`.
    End,
}

fn words_of(kdl: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = kdl.chars().peekable();
    let mut bare = String::new();
    let flush = |bare: &mut String, words: &mut Vec<Word>| {
        let word = std::mem::take(bare);
        match word.split_once('=') {
            _ if word.is_empty() => {}
            Some((name, value)) => words.push(Word::Property(name.into(), value.into())),
            None => words.push(Word::Bare(word)),
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '/' if bare.is_empty() && chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    text.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
                }
                match std::mem::take(&mut bare).strip_suffix('=') {
                    Some(name) => words.push(Word::Property(name.into(), text)),
                    None => words.push(Word::Text(text)),
                }
            }
            '\n' | ';' | '{' | '}' => {
                flush(&mut bare, &mut words);
                words.push(Word::End);
            }
            c if c.is_whitespace() => flush(&mut bare, &mut words),
            c => bare.push(c),
        }
    }
    flush(&mut bare, &mut words);
    words
}

impl SimCamera {
    /// A camera at the path that the file names, with what the file declares; else 720p15, 1 Mbit/s.
    pub fn like(stream: &SiteStream) -> SimCamera {
        let path = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            rest.split_once('/')
                .map_or(String::new(), |(_, path)| path.trim_end_matches('/').into())
        };
        let main = path(&stream.main);
        let sub = stream.preview.as_deref().map_or(format!("{main}-preview"), path);
        let fps = stream.fps.unwrap_or(15);
        SimCamera {
            name: stream.id.clone(),
            title: stream.title.clone(),
            codec: stream.codec.unwrap_or(Codec::H264),
            size: stream.size.unwrap_or((1280, 720)),
            fps,
            gop: u32::from(fps) * 2,
            kbps: stream.kbps.unwrap_or(1_000),
            paths: Some((main, sub)),
            ..SimCamera::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> SiteStream {
        SiteStream {
            id: "front-gate".into(),
            title: "Front gate".into(),
            main: "rtsp://127.0.0.1:8554/gate/main".into(),
            preview: Some("rtsp://127.0.0.1:8554/gate/sub".into()),
            codec: Some(Codec::H265),
            kbps: Some(2_000),
            fps: Some(12),
            size: Some((1920, 1080)),
        }
    }

    #[test]
    fn a_site_that_is_written_is_read_again() {
        let bare = SiteStream {
            id: "b".into(),
            title: "B".into(),
            main: "rtsp://127.0.0.1/b".into(),
            ..SiteStream::default()
        };
        let cameras = [stream(), bare];
        assert_eq!(streams_in(&site_kdl(&cameras, Some("recorder"))), cameras);
    }

    #[test]
    fn one_line_cameras_and_comments_are_understood() {
        let text = "// camera \"not\" \"me\"\ncameras { camera \"a\" zone=\"z\" \
            { stream \"rtsp://h/x\" fps=5; } ; camera \"b\" \"B\" { pipeline \"v4l2src\" } }";
        let found = streams_in(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id.as_str(), found[0].fps), ("a", Some(5)));
    }

    #[test]
    fn a_simulated_camera_answers_at_the_files_path() {
        let camera = SimCamera::like(&stream());
        assert_eq!(
            (camera.path(false), camera.path(true)),
            ("gate/main".into(), "gate/sub".into())
        );
        assert_eq!((camera.gop, camera.codec), (24, Codec::H265));
    }
}
