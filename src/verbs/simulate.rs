//! `beadle simulate`: cameras that are not there, until Ctrl-C.

use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::footage::Codec;
use crate::simulate::{
    Scheme, SimAudio, SimCamera, SimHandle, SimLogin, SimOptions, Simulator, SiteStream,
    TimedFault, default_loops_dir, listen_at, obey_line, site_kdl, streams_in,
};

/// Prints the addresses, one a line, then serves. Orders are read from standard input: `faults` and
/// `status` are two.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many cameras.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=512))]
    cameras: u16,
    /// The cameras of this site file, at the paths that it names, instead of --cameras.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["cameras", "codec", "write_site"])]
    kdl: Option<PathBuf>,
    /// What compresses the pictures; mixed: every third camera is H.265.
    #[arg(long, value_enum, default_value_t = Coded::H264)]
    codec: Coded,
    #[arg(long, default_value = "1024x576", value_parser = pixels)]
    size: (u16, u16),
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=60))]
    fps: u16,
    /// Seconds from key frame to key frame.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=60))]
    gop: u16,
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(16..))]
    kbps: u32,
    /// Login that the cameras ask for.
    #[arg(long, value_enum, default_value_t = Auth::None)]
    auth: Auth,
    #[arg(long, default_value = "recorder")]
    user: String,
    #[arg(long, default_value = "simulated")]
    password: String,
    /// A sound track beside the picture.
    #[arg(long, value_enum)]
    audio: Option<Sound>,
    /// 0 picks a free one, with --kdl the file's own.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Every camera on a port of its own, so that it can refuse connections.
    #[arg(long)]
    own_ports: bool,
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Where encoded pictures are kept between runs.
    #[arg(long, value_name = "PATH")]
    loops: Option<PathBuf>,
    /// A camera goes wrong: cam-3=stall@10s+5s stalls after 10 s, for 5 s; may be repeated.
    #[arg(long, value_name = "FAULT")]
    misbehave: Vec<TimedFault>,
    /// Also take orders from this Unix socket.
    #[arg(long, value_name = "PATH")]
    control: Option<PathBuf>,
    /// Write a site.kdl that records these cameras.
    #[arg(long, value_name = "PATH")]
    write_site: Option<PathBuf>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Coded {
    H264,
    H265,
    Mixed,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Auth {
    None,
    Basic,
    Digest,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Sound {
    Alaw,
    Aac,
}

fn pixels(text: &str) -> Result<(u16, u16), String> {
    let sides = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    sides.ok_or_else(|| "write it like 1024x576".into())
}

/// Runs until it is interrupted.
pub fn run(args: &Args) -> ExitCode {
    match serve(args) {
        Ok(never) => match never {},
        Err(why) => {
            eprintln!("beadle simulate: {why}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &Args) -> Result<std::convert::Infallible, String> {
    let (cameras, port) = match &args.kdl {
        Some(path) => of_file(args, path)?,
        None => (made_up(args), args.port),
    };
    for timed in &args.misbehave {
        if timed.camera != "*" && !cameras.iter().any(|c| c.name == timed.camera) {
            return Err(format!("--misbehave: no camera is called \"{}\"", timed.camera));
        }
    }
    raise_file_limit();
    let mut options = SimOptions::new(cameras);
    options.bind = SocketAddr::new(args.bind, port);
    options.loops_dir = args.loops.clone().unwrap_or_else(default_loops_dir);
    options.later = args.misbehave.clone();
    options.say = Arc::new(|words| eprintln!("{words}"));
    let sim = Arc::new(Simulator::start(options)?);
    if let Some(path) = &args.write_site {
        let user = (args.auth != Auth::None).then_some(args.user.as_str());
        let text = site_kdl(&streams(args, &sim), user);
        std::fs::write(path, text)
            .map_err(|e| format!("{}: cannot be written: {e}", path.display()))?;
        if user.is_some() {
            eprintln!("the password that the site calls \"cameras\" is {}", args.password);
        }
    }
    if let Some(path) = &args.control {
        listen_at(path, sim.clone())?;
    }
    for name in sim.names() {
        println!("{}", sim.url(&name));
    }
    take_orders(&sim)
}

/// Orders from standard input; when that ends the cameras go on until the process is stopped.
fn take_orders(sim: &SimHandle) -> Result<std::convert::Infallible, String> {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if !line.trim().is_empty() {
            println!("{}", obey_line(sim, &line));
        }
    }
    loop {
        std::thread::park();
    }
}

fn login(args: &Args) -> Option<SimLogin> {
    let scheme = match args.auth {
        Auth::None => return None,
        Auth::Basic => Scheme::Basic,
        Auth::Digest => Scheme::Digest,
    };
    Some(SimLogin { scheme, user: args.user.clone(), password: args.password.clone() })
}

/// Up to this many cameras have their own name burned in; more share eight films, because a film a
/// camera would take a minute to encode at 64.
const OWN_FILMS_MAX: u16 = 8;

fn made_up(args: &Args) -> Vec<SimCamera> {
    let one = |n: u16| SimCamera {
        name: format!("cam-{n}"),
        title: match args.cameras <= OWN_FILMS_MAX {
            true => format!("Camera {n}"),
            false => format!("Simulated {}", (n - 1) % 4 + 1),
        },
        codec: match args.codec {
            Coded::H264 => Codec::H264,
            Coded::H265 => Codec::H265,
            Coded::Mixed if n.is_multiple_of(3) => Codec::H265,
            Coded::Mixed => Codec::H264,
        },
        size: args.size,
        fps: args.fps,
        gop: u32::from(args.gop) * u32::from(args.fps),
        kbps: args.kbps,
        scene: ((n - 1) % 4) as u8,
        ..like_the_words(args)
    };
    (1..=args.cameras).map(one).collect()
}

/// What holds for made-up cameras and those of a file alike.
fn like_the_words(args: &Args) -> SimCamera {
    SimCamera {
        login: login(args),
        audio: args.audio.map(|sound| match sound {
            Sound::Alaw => SimAudio::Alaw,
            Sound::Aac => SimAudio::Aac,
        }),
        own_port: args.own_ports,
        ..SimCamera::default()
    }
}

fn of_file(args: &Args, path: &PathBuf) -> Result<(Vec<SimCamera>, u16), String> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("{}: cannot be read: {e}", path.display()))?;
    let streams = streams_in(&text);
    let Some(first) = streams.first() else {
        return Err(format!("{}: no camera with an rtsp:// stream", path.display()));
    };
    let port = match (args.port, url::Url::parse(&first.main).ok().and_then(|u| u.port())) {
        (0, Some(port)) => port,
        (port, _) => port,
    };
    let cameras = streams.iter().enumerate().map(|(n, stream)| {
        let shared = like_the_words(args);
        SimCamera {
            scene: (n % 8) as u8,
            login: shared.login,
            audio: shared.audio,
            own_port: shared.own_port,
            ..SimCamera::like(stream)
        }
    });
    Ok((cameras.collect(), port))
}

fn streams(args: &Args, sim: &SimHandle) -> Vec<SiteStream> {
    let cameras = made_up(args);
    let stream = |camera: SimCamera| SiteStream {
        main: sim.url(&camera.name),
        preview: Some(sim.preview_url(&camera.name)),
        title: format!("Camera {}", camera.name.trim_start_matches("cam-")),
        id: camera.name,
        codec: Some(camera.codec),
        kbps: Some(camera.kbps),
        fps: Some(camera.fps),
        size: Some(camera.size),
    };
    cameras.into_iter().map(stream).collect()
}

/// 512 cameras with two clients each are past the usual 1,024 open files; the hard limit is ours to
/// use.
fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls only read or write the struct that lives on this stack frame.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
    }
}
