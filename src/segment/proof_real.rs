//! Real streams, a real disk, and the players that schools have: ffmpeg and ffprobe say whether a
//! file is good.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use bytes::Bytes;

use super::proof::{Au, Stage, camera, id, start};
use super::{Order, reader, repair};
use crate::base::clock::Clock;
use crate::base::time::Span;
use crate::disk::Disk;
use crate::disk::fake::FakeDisk;
use crate::footage::unit::{AccessUnit, AudioCodec, AudioParams, Params, VideoParams};
use crate::footage::{Codec, Segment, rotation};

fn run(program: &str, words: &[&str]) -> Output {
    let run = Command::new(program).args(words).output();
    run.unwrap_or_else(|e| panic!("{program} cannot be run ({e}): image/setup.sh installs it"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_string()
}

/// Encodes a moving test picture and takes the units out of the MP4 that ffmpeg made:
/// length-prefixed, in decode order, with presentation times, parameter sets apart, as the ingest
/// gives them.
fn stream(seconds: u32, codec: Codec, words: &[&str]) -> Vec<Au> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.mp4");
    let file = file.to_str().unwrap();
    let source = format!("testsrc2=size=320x240:rate=15:duration={seconds}");
    let (encoder, tag, record) = match codec {
        Codec::H264 => ("libx264", "avc1", *b"avcC"),
        Codec::H265 => ("libx265", "hvc1", *b"hvcC"),
    };
    let mut args = vec!["-v", "error", "-f", "lavfi", "-i", &source, "-c:v", encoder];
    args.extend(["-pix_fmt", "yuv420p", "-preset", "veryfast", "-tag:v", tag]);
    args.extend(words);
    args.extend(["-video_track_timescale", "90000", file]);
    let made = run("ffmpeg", &args);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let bytes = std::fs::read(file).unwrap();
    let at = bytes.windows(4).position(|w| w == record).unwrap();
    let size = u32::from_be_bytes(bytes[at - 4..at].try_into().unwrap()) as usize;
    let config = Bytes::copy_from_slice(&bytes[at + 4..at - 4 + size]);
    let params = Arc::new(Params::Video(VideoParams { codec, config, width: 320, height: 240 }));
    let entries = "packet=pts,size,pos,flags";
    let list = run("ffprobe", &["-v", "error", "-show_entries", entries, "-of", "csv=p=0", file]);
    let unit = |line: &str| {
        let words: Vec<&str> = line.split(',').collect();
        let number = |n: usize| words[n].parse::<i64>().unwrap();
        let (time, size, at) = (number(0), number(1) as usize, number(2) as usize);
        let data = Bytes::copy_from_slice(&bytes[at..at + size]);
        Au { data, time, key: words[3].contains('K'), params: params.clone() }
    };
    let units: Vec<Au> = text(&list.stdout).lines().map(unit).collect();
    assert_eq!(units.len() as u32, seconds * 15, "ffprobe listed other frames");
    units
}

/// Frames that a player shows, after it has said that nothing is wrong with the file.
fn play(file: &Path) -> u32 {
    let file = file.to_str().unwrap();
    let played = run("ffmpeg", &["-v", "warning", "-i", file, "-f", "null", "-"]);
    assert_eq!(text(&played.stderr), "", "{file}");
    assert!(played.status.success());
    let words = ["-v", "warning", "-select_streams", "v", "-count_frames", "-show_entries"];
    let mut words = words.to_vec();
    words.extend(["stream=nb_read_frames", "-of", "csv=p=0", file]);
    let probed = run("ffprobe", &words);
    assert_eq!(text(&probed.stderr), "", "{file}");
    text(&probed.stdout).parse().unwrap_or_else(|_| panic!("{file}: {}", text(&probed.stdout)))
}

fn shown_times(file: &Path) -> Vec<f64> {
    let words = ["-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time"];
    let mut words = words.to_vec();
    words.extend(["-of", "csv=p=0", file.to_str().unwrap()]);
    let list = text(&run("ffprobe", &words).stdout);
    let lines = list.lines().map(|line| line.trim_end_matches(',')).filter(|l| !l.is_empty());
    lines.map(|line| line.parse().unwrap()).collect()
}

fn at(stage: &Stage, segment: &Segment) -> PathBuf {
    stage.folder.as_ref().unwrap().path().join(&segment.path)
}

/// Away from the camera's boundary, so that only what the test does turns segments.
fn away_from_boundary(stage: &Stage) {
    let ahead = rotation::boundary(&camera("a"), start()) - start();
    stage.clock.advance(ahead + Span::secs(1));
}

/// Encoding is what costs, so only those that are named; all where none is.
fn kinds(named: &[&str]) -> Vec<(&'static str, Vec<Au>)> {
    let closed = "keyint=30:min-keyint=30:open-gop=0:log-level=error";
    let plain = format!("{closed}:bframes=0");
    let b = format!("{closed}:bframes=2");
    let kinds: [(&str, Codec, &[&str]); 6] = [
        ("h264", Codec::H264, &["-g", "30", "-bf", "0"]),
        ("h264 b", Codec::H264, &["-g", "30", "-bf", "2"]),
        ("h264 pyramid", Codec::H264, &["-g", "60", "-bf", "4", "-b_strategy", "0"]),
        ("h265", Codec::H265, &["-x265-params", &plain]),
        ("h265 b", Codec::H265, &["-x265-params", &b]),
        ("h264 all key", Codec::H264, &["-g", "1"]),
    ];
    let wanted = kinds.into_iter().filter(|(name, ..)| named.is_empty() || named.contains(name));
    wanted.map(|(name, codec, words)| (name, stream(6, codec, words))).collect()
}

#[test]
fn every_kind_of_stream_plays_while_it_grows_and_when_it_is_closed() {
    for (name, units) in kinds(&[]) {
        let mut stage = Stage::real();
        away_from_boundary(&stage);
        stage.begin("a", 1);
        for (n, chunk) in units.chunks(18).enumerate() {
            stage.feed("a", 1, chunk, 0.0);
            let path = stage.opened().pop().unwrap();
            let file = stage.folder.as_ref().unwrap().path().join(path);
            let durable = reader::scan_file(&*stage.disk, &stage.opened().pop().unwrap());
            let durable = durable.unwrap().samples().count() as u32;
            assert!(durable > 0, "{name} chunk {n}");
            if n % 2 == 0 {
                assert_eq!(play(&file), durable, "{name}: chunk {n}");
            }
        }
        stage.stop();
        let closed = stage.closed();
        assert_eq!(closed.len(), 1, "{name}");
        assert_eq!(closed[0].frames, 90, "{name}");
        assert!((closed[0].span() - Span::secs(6)).abs() < Span::millis(2), "{name}: {closed:?}");
        let file = at(&stage, &closed[0]);
        assert_eq!(play(&file), 90, "{name}");
        for (n, shown) in shown_times(&file).into_iter().enumerate() {
            let want = n as f64 / 15.0;
            assert!((shown - want).abs() < 0.002, "{name}: frame {n} is shown at {shown}");
        }
    }
}

#[test]
fn players_seek_to_the_key_frame_before() {
    let mut stage = Stage::real();
    away_from_boundary(&stage);
    stage.begin("a", 1);
    stage.feed("a", 1, &stream(12, Codec::H264, &["-g", "30", "-bf", "2"]), 0.0);
    stage.stop();
    let file = at(&stage, &stage.closed()[0]);
    let mut words = vec!["-v", "error", "-select_streams", "v", "-read_intervals", "7%+#1"];
    words.extend(["-show_entries", "packet=pts_time,flags", "-of", "csv=p=0"]);
    words.push(file.to_str().unwrap());
    let first = text(&run("ffprobe", &words).stdout);
    assert!(first.starts_with("6.0") && first.contains('K'), "{first}");
}

#[test]
fn b_frames_that_show_after_the_first_tick_get_an_edit_list_with_the_next_key_frame() {
    let units = stream(6, Codec::H264, &["-g", "30", "-bf", "2"]);
    let mut stage = Stage::real();
    away_from_boundary(&stage);
    stage.begin("a", 1);
    stage.unit("a", 1, &units[0], 0);
    // The first fragment has one frame only: nothing reordered was seen when the header was
    // written.
    stage.pass(Span::secs(2));
    stage.feed("a", 1, &units[1..], 0.0);
    stage.stop();
    let closed = stage.closed();
    assert_eq!(closed.len(), 2);
    assert_eq!(closed.iter().map(|s| s.frames).sum::<u32>(), 90);
    for segment in &closed {
        let file = at(&stage, segment);
        assert_eq!(play(&file), segment.frames);
        // With signed offsets ffmpeg moves the whole by the most negative one; with the edit list
        // it is exact.
        let first = if *segment == closed[1] { 0.001 } else { 0.2 };
        assert!(shown_times(&file)[0].abs() < first);
        let found = reader::scan_file(&*stage.disk, &segment.path).unwrap();
        let edit = found.header.unwrap().edit;
        assert_eq!(edit > 0, *segment == closed[1], "{edit}");
    }
}

#[test]
fn a_file_cut_anywhere_is_repaired_and_plays_to_its_last_whole_frame() {
    for (name, units) in kinds(&["h264 b", "h265"]) {
        let mut stage = Stage::fake(1);
        away_from_boundary(&stage);
        stage.begin("a", 1);
        stage.feed("a", 1, &units, 0.0);
        stage.stop();
        let path = stage.closed()[0].path.clone();
        let bytes = stage.fake_disk().files()[&path].clone();
        let full = reader::scan_bytes(&bytes);
        let header = full.fragments[0].at as usize;
        let mut cuts: Vec<usize> =
            (0..8).map(|n| header + (bytes.len() - header) * n / 8 + n).collect();
        cuts.extend([0, 7, header - 1, bytes.len() - 1]);
        for cut in cuts {
            let folder = tempfile::tempdir().unwrap();
            let disk = crate::disk::real::RealDisk::open(folder.path(), None).unwrap();
            let parent = path.rsplit_once('/').unwrap().0;
            disk.make_folder(parent).unwrap();
            let file = folder.path().join(&path);
            std::fs::write(&file, &bytes[..cut]).unwrap();
            let whole: u32 = (full.fragments.iter())
                .filter(|f| f.at + f.bytes <= cut as u64)
                .map(|f| f.frames)
                .sum();
            match repair::repair(&disk, &id(), &path).unwrap() {
                repair::Repaired::Removed { .. } => {
                    assert_eq!(whole, 0, "{name} at {cut}");
                    assert!(!file.exists());
                }
                repair::Repaired::Closed { segment, .. } => {
                    assert_eq!(segment.frames, whole, "{name} at {cut}");
                    assert_eq!(play(&file), whole, "{name} at {cut}");
                }
            }
        }
    }
}

fn sound(stage: &Stage, params: &Arc<Params>, time: i64, data: Bytes) -> AccessUnit {
    AccessUnit {
        data,
        time,
        key: true,
        arrived: stage.clock.utc(),
        params: params.clone(),
        camera_offset: None,
        lost_packets: 0,
    }
}

/// 20 ms of G.711, or AAC frames out of an ADTS file.
fn sounds(codec: AudioCodec) -> (AudioParams, Vec<(i64, Bytes)>) {
    let folder = tempfile::tempdir().unwrap();
    let source = "sine=frequency=440:sample_rate=8000:duration=6";
    let (format, encoder) = match codec {
        AudioCodec::Aac => ("adts", "aac"),
        AudioCodec::Alaw => ("alaw", "pcm_alaw"),
        AudioCodec::Ulaw => ("mulaw", "pcm_mulaw"),
    };
    let file = folder.path().join("sound");
    let words = ["-v", "error", "-f", "lavfi", "-i", source, "-ac", "1", "-c:a", encoder, "-f"];
    let mut words = words.to_vec();
    words.extend([format, file.to_str().unwrap()]);
    assert!(run("ffmpeg", &words).status.success());
    let bytes = std::fs::read(&file).unwrap();
    if codec != AudioCodec::Aac {
        let params = AudioParams { codec, rate_hz: 8_000, channels: 1, config: Bytes::new() };
        let packet = |(n, part): (usize, &[u8])| (n as i64 * 160, Bytes::copy_from_slice(part));
        return (params, bytes.chunks(160).enumerate().map(packet).collect());
    }
    let (mut at, mut frames) = (0, Vec::new());
    while at + 7 <= bytes.len() {
        let b = &bytes[at..];
        let len = usize::from(b[3] & 3) << 11 | usize::from(b[4]) << 3 | usize::from(b[5]) >> 5;
        frames.push((frames.len() as i64 * 1_024, Bytes::copy_from_slice(&b[7..len])));
        at += len;
    }
    // AAC-LC, 8 kHz (index 11), one channel.
    let config = Bytes::from_static(&[2 << 3 | 11 >> 1, (11 & 1) << 7 | 1 << 3]);
    (AudioParams { codec, rate_hz: 8_000, channels: 1, config }, frames)
}

#[test]
fn sound_is_recorded_beside_the_pictures() {
    let units = stream(6, Codec::H264, &["-g", "30", "-bf", "0"]);
    for codec in [AudioCodec::Aac, AudioCodec::Alaw, AudioCodec::Ulaw] {
        let (params, packets) = sounds(codec);
        let audio = Arc::new(Params::Audio(params.clone()));
        let mut stage = Stage::real();
        away_from_boundary(&stage);
        stage.begin("a", 1);
        let mut packets = packets.iter().peekable();
        for (n, au) in units.iter().enumerate() {
            let heard = (n as i64 + 1) * 8_000 / 15;
            while let Some((time, data)) = packets.next_if(|(time, _)| *time < heard) {
                let unit = sound(&stage, &audio, *time, data.clone());
                stage.order(Order::Unit { camera: camera("a"), take: 1, unit });
            }
            stage.feed("a", 1, std::slice::from_ref(au), 0.0);
        }
        stage.stop();
        let closed = stage.closed();
        assert_eq!(closed.len(), 1, "{codec:?}");
        let file = at(&stage, &closed[0]);
        assert_eq!(play(&file), 90, "{codec:?}");
        let mut words = vec!["-v", "error", "-select_streams", "a", "-show_entries"];
        words.extend(["stream=codec_name,sample_rate,channels", "-of", "csv=p=0"]);
        words.push(file.to_str().unwrap());
        let name = text(&run("ffprobe", &words).stdout);
        let want = ["aac,8000,1", "pcm_alaw,8000,1", "pcm_mulaw,8000,1"][codec as usize];
        assert_eq!(name, want);
        let heard = run(
            "ffmpeg",
            &["-v", "warning", "-i", file.to_str().unwrap(), "-map", "a", "-f", "s16le", "-"],
        );
        assert_eq!(text(&heard.stderr), "", "{codec:?}");
        let seconds = heard.stdout.len() as f64 / 16_000.0;
        assert!((seconds - 5.9).abs() < 0.3, "{codec:?}: {seconds} s of sound");
        let found = reader::scan_file(&*stage.disk, &closed[0].path);
        assert_eq!(found.unwrap().header.unwrap().audio, Some(params));
    }
}

#[test]
fn odd_frame_times_play_without_a_word() {
    let units = stream(6, Codec::H264, &["-g", "30", "-bf", "2"]);
    let mut stage = Stage::real();
    away_from_boundary(&stage);
    stage.begin("a", 1);
    for (n, au) in units.iter().enumerate() {
        // Jitter of up to 10 ms, and one pause of two seconds.
        let late = if n < 60 { 0 } else { 180_000 };
        let jitter = n as i64 * 7_919 % 900;
        stage.unit("a", 1, au, late + jitter);
        stage.pass(Span::millis(if n == 59 { 2_067 } else { 67 }));
    }
    stage.stop();
    for segment in stage.closed() {
        assert_eq!(play(&at(&stage, &segment)), segment.frames);
    }
    assert_eq!(stage.closed().iter().map(|s| s.frames).sum::<u32>(), 90);
}

#[test]
fn a_power_cut_of_a_real_stream_leaves_a_file_that_plays() {
    let units = stream(6, Codec::H264, &["-g", "30", "-bf", "2"]);
    for seed in 0..6 {
        let mut stage = Stage::fake(seed);
        away_from_boundary(&stage);
        stage.begin("a", 1);
        stage.feed("a", 1, &units[..40 + seed as usize * 7], 0.0);
        let disk: &FakeDisk = stage.fake_disk();
        disk.power_cut(seed);
        let day = stage.opened()[0].rsplit_once('/').unwrap().0.to_string();
        let segments = repair::read_folder(disk, &id(), &day, &|_| false).unwrap();
        let bytes = disk.read_at(&segments[0].path, 0, 1 << 30).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.mp4");
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(play(&file), segments[0].frames, "seed {seed}");
        assert!(stage.clock.utc() - segments[0].end < Span::millis(1_300));
    }
}

#[test]
fn writing_costs_little_more_than_one_pass_of_the_digest() {
    use super::proof::synthetic;
    use crate::base::digest::Summing;
    let units = synthetic(15 * 20, 30, 16_600);
    let names: Vec<String> = (0..32).map(|n| format!("c{n}")).collect();
    let cpu = || {
        // SAFETY: the structure is plain numbers, and the call fills it for this thread.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            assert_eq!(libc::getrusage(libc::RUSAGE_THREAD, &mut usage), 0);
            usage
        };
        usage.ru_utime.tv_sec as f64 + usage.ru_utime.tv_usec as f64 / 1e6
    };
    let mut stage = Stage::real();
    names.iter().for_each(|name| stage.begin(name, 1));
    let before = cpu();
    for au in &units {
        names.iter().for_each(|name| stage.unit(name, 1, au, 0));
        stage.pass(Span(1_000_000 / 15));
    }
    stage.stop();
    let writing = cpu() - before;
    let before = cpu();
    let mut summing = Summing::default();
    names.iter().for_each(|_| units.iter().for_each(|au| summing.add(&au.data)));
    std::hint::black_box(summing.finish());
    let digest = cpu() - before;
    // Own code only: the kernel's share is the floor's too. The rest is boxes, maps and the
    // simulated clock.
    println!("user time: writer {writing:.3} s, one digest pass {digest:.3} s");
    assert!(writing < 2.0 * digest + 0.1, "writer {writing:.3} s, digest {digest:.3} s");
    assert_eq!(stage.closed().iter().map(|s| s.frames).sum::<u32>(), 32 * 15 * 20);
}
