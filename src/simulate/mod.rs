//! Cameras that are not there: an RTSP server with N cameras for demo, tests and bench.
//!
//! Invariants:
//! 1. Every frame carries a stamp with camera, counter and wall clock ([`count`]), so a loss is
//!    counted exactly from recorded bytes. Counters belong to the camera, not to the connection.
//! 2. The simulator loses nothing by itself: late frames are sent at once, in order. A hole in the
//!    counters was ordered ([`Fault`]), or is the client's.
//! 3. Nothing is encoded while it plays. Films are encoded once by `beadle-pictures encode-loop`,
//!    kept in a folder, cut into RTP packets once, and shared by all cameras that differ in
//!    nothing.
//! 4. A client that takes nothing for three seconds is dropped and reported, as cameras do.
//!
//! One thread serves all: a frame is one copy, a few patched fields per packet, and one write. Only
//! TCP interleaved; UDP is refused with 461. No part of this is in the appliance's image.

mod camera;
mod control;
pub mod count;
mod fault;
pub mod film;
mod login;
mod play;
mod request;
mod rtp;
mod sdp;
mod serve;
mod shelf;
mod site;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::time::Instant;

pub use camera::{SimAudio, SimCamera};
pub use control::{listen_at, obey_line};
pub use fault::{Fault, TimedFault};
pub use login::{Scheme, SimLogin};
pub use shelf::{Say, default_loops_dir};
pub use site::{SiteStream, site_kdl, streams_in};

use crate::base::limits::CAMERAS_MAX;
use camera::Camera;
use serve::World;
use shelf::Shelf;

/// What to simulate, and where.
pub struct SimOptions {
    pub cameras: Vec<SimCamera>,
    /// Port 0 picks a free one.
    pub bind: SocketAddr,
    /// Films are looked for and kept here.
    pub loops_dir: PathBuf,
    /// Faults for later.
    pub later: Vec<TimedFault>,
    /// Told what is being encoded, and which client was dropped.
    pub say: Say,
}

impl SimOptions {
    /// These cameras on a free port of this machine, films in the usual folder, words to the log.
    pub fn new(cameras: Vec<SimCamera>) -> SimOptions {
        SimOptions {
            cameras,
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            loops_dir: default_loops_dir(),
            later: Vec::new(),
            say: Arc::new(|words| tracing::info!("{words}")),
        }
    }
}

/// The server. [`Simulator::start`] is all it has: the rest is the handle's.
pub struct Simulator;

impl Simulator {
    /// Encodes what is missing, binds, and serves on a thread of its own until the handle is
    /// dropped.
    ///
    /// # Errors
    /// A port is taken, a camera makes no sense, or a film cannot be had; each as a sentence.
    pub fn start(options: SimOptions) -> Result<SimHandle, String> {
        check(&options.cameras)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| format!("the simulator cannot start: {e}"))?;
        let entered = runtime.enter();
        let shared = bind(options.bind)?;
        let at = shared.local_addr().map_err(|e| e.to_string())?;
        let shelf = Shelf::new(options.loops_dir, options.say.clone());
        let (mut cameras, mut alone) = (Vec::new(), Vec::new());
        for (number, is) in options.cameras.into_iter().enumerate() {
            let mut own = at;
            let own_port = is.own_port;
            if own_port {
                let listener = bind(SocketAddr::new(at.ip(), 0))?;
                own = listener.local_addr().map_err(|e| e.to_string())?;
                alone.push((number, listener));
            }
            // The golden ratio spreads any number of phases evenly over the frame's interval.
            let phase = (number as f64 * 0.618_033_988_75).fract() / f64::from(is.fps.max(1));
            let epoch = Instant::now() + Duration::from_secs_f64(phase);
            cameras.push(Arc::new(Camera::new(is, number as u16, epoch, own, &shelf)?));
        }
        drop(entered);
        let world = Arc::new(World {
            cameras,
            shelf,
            say: options.say,
            seed: AtomicU64::new(std::process::id().into()),
        });
        let (stop, stopped) = oneshot::channel();
        let inner = world.clone();
        let thread = std::thread::Builder::new()
            .name("simulator".into())
            .spawn(move || {
                runtime.block_on(async {
                    for (number, listener) in alone {
                        let camera = inner.cameras[number].clone();
                        tokio::spawn(serve::listen_alone(listener, camera, inner.clone()));
                    }
                    for timed in options.later {
                        tokio::spawn(later(timed, inner.clone()));
                    }
                    tokio::select! {
                        () = serve::listen(shared, inner.clone()) => {}
                        _ = stopped => {}
                    }
                });
                // An encoder that still runs must not hold up the end.
                runtime.shutdown_background();
            })
            .map_err(|e| format!("the simulator cannot start: {e}"))?;
        Ok(SimHandle { world, at, stop: Some(stop), thread: Some(thread) })
    }
}

/// Refuses what the rest could only stumble over.
fn check(cameras: &[SimCamera]) -> Result<(), String> {
    if cameras.is_empty() || cameras.len() > CAMERAS_MAX {
        return Err(format!("{} cameras: 1 to {CAMERAS_MAX} can be simulated", cameras.len()));
    }
    let mut paths = std::collections::HashSet::new();
    for camera in cameras {
        let (name, (width, height)) = (&camera.name, camera.size);
        if !(1..=60).contains(&camera.fps) || camera.gop == 0 || camera.kbps == 0 {
            return Err(format!("{name}: 1 to 60 frames a second, a gop and kbps above 0"));
        }
        if width < 64 || height < 64 || !width.is_multiple_of(8) || !height.is_multiple_of(8) {
            return Err(format!("{name}: {width}x{height}: multiples of 8, from 64x64"));
        }
        if camera.faults.contains(&Fault::Refuse) && !camera.own_port {
            return Err(format!("{name}: can refuse connections only on a port of its own"));
        }
        for preview in [false, true] {
            if !paths.insert(camera.path(preview)) {
                return Err(format!("{name}: two streams called {}", camera.path(preview)));
            }
        }
    }
    Ok(())
}

/// A listener whose connections keep little unsent: a camera's buffer is small too, and a client
/// that stalls shall be noticed before megabytes pile up.
fn bind(at: SocketAddr) -> Result<TcpListener, String> {
    let listen = || {
        let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.set_send_buffer_size(512 * 1024)?;
        socket.bind(at)?;
        socket.listen(1024)
    };
    listen().map_err(|e| format!("{at}: cannot listen: {e}; choose another with --port"))
}

async fn later(timed: TimedFault, world: Arc<World>) {
    tokio::time::sleep(timed.after).await;
    let act = |heal: bool| {
        let (world, timed) = (world.clone(), timed.clone());
        tokio::task::spawn_blocking(move || {
            for camera in &world.cameras {
                if timed.camera != "*" && timed.camera != camera.is.name {
                    continue;
                }
                let done = match heal {
                    false => camera.misbehave(timed.fault, &world.shelf),
                    true => camera.heal(Some(timed.fault), &world.shelf),
                };
                if let Err(why) = done {
                    (world.say)(&why);
                }
            }
        })
    };
    let _ = act(false).await;
    if let Some(lasting) = timed.lasting {
        tokio::time::sleep(lasting).await;
        let _ = act(true).await;
    }
}

/// A running simulator; dropping it ends every connection.
pub struct SimHandle {
    world: Arc<World>,
    at: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SimHandle {
    /// Where the cameras without a port of their own listen.
    pub fn addr(&self) -> SocketAddr {
        self.at
    }

    /// In the order of their numbers, which stand in the stamps.
    pub fn names(&self) -> Vec<String> {
        self.world.cameras.iter().map(|c| c.is.name.clone()).collect()
    }

    /// Address of the main stream, without login. Panics for an unknown camera, like all that
    /// follow: that is a test's own mistake.
    pub fn url(&self, name: &str) -> String {
        let camera = self.camera(name);
        format!("rtsp://{}/{}", camera.at, camera.is.path(false))
    }

    /// Address of the preview stream.
    pub fn preview_url(&self, name: &str) -> String {
        let camera = self.camera(name);
        format!("rtsp://{}/{}", camera.at, camera.is.path(true))
    }

    /// Takes effect with the next frame; blocks while a film for it is encoded. A fault with the
    /// same word replaces the one before.
    ///
    /// # Errors
    /// The film cannot be had, or the camera cannot do this.
    pub fn misbehave(&self, name: &str, fault: Fault) -> Result<(), String> {
        self.known(name)?.misbehave(fault, &self.world.shelf)
    }

    /// Ends every fault of the camera.
    ///
    /// # Errors
    /// No such camera, or its film is gone.
    pub fn heal(&self, name: &str) -> Result<(), String> {
        self.known(name)?.heal(None, &self.world.shelf)
    }

    /// Frames of the main stream handed to clients' connections since the start.
    pub fn sent(&self, name: &str) -> u64 {
        self.camera(name).sent.load(Ordering::SeqCst)
    }

    /// Connections that play now, main and preview together.
    pub fn connections(&self, name: &str) -> u32 {
        self.camera(name).playing.load(Ordering::SeqCst)
    }

    /// Clients dropped because they took nothing for three seconds.
    pub fn dropped(&self, name: &str) -> u32 {
        self.camera(name).dropped.load(Ordering::SeqCst)
    }

    /// What the camera does wrong now.
    pub fn faults(&self, name: &str) -> Vec<Fault> {
        self.camera(name).behaviour().faults.clone()
    }

    /// Ends every connection and the thread.
    pub fn stop(self) {}

    fn known(&self, name: &str) -> Result<&Arc<Camera>, String> {
        self.world.camera(name).ok_or_else(|| format!("no camera is called \"{name}\""))
    }

    /// # Panics
    /// When no camera has this name: a mistake of the test that asks, not of the simulator.
    fn camera(&self, name: &str) -> &Arc<Camera> {
        match self.world.camera(name) {
            Some(camera) => camera,
            None => panic!("no simulated camera is called \"{name}\""),
        }
    }
}

impl Drop for SimHandle {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
