//! A few seconds of a made-up scene, encoded once: what simulated cameras play.
//!
//! The scene is drawn here and not by `videotestsrc`, so that GStreamer's text elements (and Pango, and an
//! X11 package) are not needed, and so that noise brings any bitrate that is asked for.

mod draw;

use std::path::PathBuf;
use std::process::ExitCode;

use beadle::footage::Codec;
use beadle::simulate::film::{Film, Picture};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSrc};

use draw::{Canvas, Scene};

/// What `beadle simulate` asks for.
#[derive(clap::Args)]
pub struct Args {
    /// h264 or h265.
    #[arg(long, value_parser = codec)]
    codec: Codec,
    /// Width and height, even numbers.
    #[arg(long, value_parser = size)]
    size: (u16, u16),
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=60))]
    fps: u16,
    /// Frames from key frame to key frame.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    gop: u32,
    #[arg(long, value_parser = clap::value_parser!(u32).range(16..200_000))]
    kbps: u32,
    /// How many, at most 3,600.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pictures: u32,
    /// A number that picks colours, `black`, or `still`.
    #[arg(long, default_value = "0", value_parser = draw::scene)]
    scene: Scene,
    /// Burned in at the top.
    #[arg(long, default_value = "")]
    title: String,
    /// Two B-frames between others.
    #[arg(long)]
    b_frames: bool,
    #[arg(long)]
    out: PathBuf,
}

fn codec(text: &str) -> Result<Codec, String> {
    match text {
        "h264" => Ok(Codec::H264),
        "h265" => Ok(Codec::H265),
        _ => Err("h264 or h265".into()),
    }
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (w, h) = text.split_once('x').ok_or("write it like 1280x720")?;
    match (w.parse::<u16>(), h.parse::<u16>()) {
        (Ok(w), Ok(h)) if w >= 16 && h >= 16 && w % 2 == 0 && h % 2 == 0 => Ok((w, h)),
        _ => Err("even numbers of pixels from 16, like 1280x720".into()),
    }
}

/// Encodes and writes the film.
pub fn run(args: &Args) -> ExitCode {
    let done = encode(args).and_then(|film| {
        std::fs::write(&args.out, film.to_bytes())
            .map_err(|e| format!("{}: cannot be written: {e}", args.out.display()))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The encoder as gst-launch words. Closed groups of pictures of one length, so that the film can begin
/// again at its first picture.
fn encoder_words(args: &Args) -> String {
    let (gop, kbps, b) = (args.gop, args.kbps, if args.b_frames { 2 } else { 0 });
    let gops = format!("keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0");
    match args.codec {
        Codec::H264 => {
            // Above 4K each picture held back for lookahead costs 50 MB.
            let speed = if args.size.0 > 4096 {
                "speed-preset=ultrafast rc-lookahead=0 sync-lookahead=0 sliced-threads=true"
            } else {
                "speed-preset=superfast"
            };
            format!(
                "x264enc bitrate={kbps} key-int-max={gop} bframes={b} b-adapt=false {speed} \
                 option-string={gops} ! video/x-h264,profile=high"
            )
        }
        Codec::H265 => format!(
            "x265enc bitrate={kbps} key-int-max={gop} speed-preset=ultrafast \
             option-string={gops}:bframes={b}:b-adapt=0:repeat-headers=1:log-level=none \
             ! video/x-h265"
        ),
    }
}

fn encode(args: &Args) -> Result<Film, String> {
    gst::init().map_err(|e| format!("GStreamer does not start: {e}"))?;
    let (width, height) = args.size;
    let words = format!(
        "appsrc name=in format=time block=true max-bytes=100000000 \
         caps=video/x-raw,format=I420,width={width},height={height},framerate={}/1 \
         ! {},stream-format=byte-stream,alignment=au ! appsink name=out sync=false",
        args.fps,
        encoder_words(args)
    );
    let pipeline = gst::parse::launch(&words)
        .map_err(|e| format!("{e}; install gstreamer1.0-plugins-ugly (x264) and -bad (x265)"))?
        .downcast::<gst::Pipeline>()
        .map_err(|_| "not a pipeline")?;
    let source = pipeline.by_name("in").and_then(|e| e.downcast::<AppSrc>().ok());
    let sink = pipeline.by_name("out").and_then(|e| e.downcast::<AppSink>().ok());
    let (Some(source), Some(sink)) = (source, sink) else {
        return Err("the pipeline has no ends".into());
    };
    pipeline.set_state(gst::State::Playing).map_err(|e| e.to_string())?;
    let fed = feed(args, &source);
    let pulled = pull(args, &sink);
    let trouble = pipeline.bus().and_then(|bus| bus.pop_filtered(&[gst::MessageType::Error]));
    let _ = pipeline.set_state(gst::State::Null);
    if let Some(gst::MessageView::Error(e)) = trouble.as_ref().map(|m| m.view()) {
        return Err(format!("the encoder failed: {}", e.error()));
    }
    fed?;
    pulled
}

fn feed(args: &Args, source: &AppSrc) -> Result<(), String> {
    let mut canvas = Canvas::new(args.size, args.fps, args.scene, &args.title);
    let lasting = gst::ClockTime::SECOND.nseconds() / u64::from(args.fps);
    for n in 0..args.pictures {
        let mut buffer = gst::Buffer::from_slice(canvas.picture(n));
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(u64::from(n) * lasting));
            buffer.set_duration(gst::ClockTime::from_nseconds(lasting));
        }
        source.push_buffer(buffer).map_err(|e| format!("the encoder takes no picture: {e}"))?;
    }
    source.end_of_stream().map(|_| ()).map_err(|e| e.to_string())
}

fn pull(args: &Args, sink: &AppSink) -> Result<Film, String> {
    let mut coded: Vec<(u64, bool, Bytes)> = Vec::new();
    while let Ok(sample) = sink.pull_sample() {
        let Some(buffer) = sample.buffer() else { continue };
        let bytes = buffer.map_readable().map_err(|e| e.to_string())?;
        let pts = buffer.pts().map_or(0, gst::ClockTime::nseconds);
        let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        coded.push((pts, key, Bytes::copy_from_slice(&bytes)));
    }
    if coded.len() != args.pictures as usize {
        return Err(format!("{} pictures went in, {} came out", args.pictures, coded.len()));
    }
    let first = coded.iter().map(|(pts, _, _)| *pts).min().unwrap_or(0);
    let lasting = 1_000_000_000 / u64::from(args.fps);
    let pictures = coded
        .into_iter()
        .map(|(pts, key, annex_b)| Picture {
            annex_b,
            shown: ((pts - first + lasting / 2) / lasting) as u32,
            key,
        })
        .collect();
    let ((width, height), codec, fps) = (args.size, args.codec, args.fps);
    Ok(Film { codec, fps, width, height, pictures })
}
