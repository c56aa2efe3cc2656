//! `beadle run`: channels in, drain, fold, turn, publish. The only `select!` of the supervisor.
//!
//! The loop waits for exactly five things: news (writers and attempts), the file, a question on the
//! socket, the time that the last turn asked for, a signal. Each arm is safe to cancel: channels
//! keep what was not taken.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};

use super::Supervisor;
use super::begin::{self, Begin, Waited};
use super::event::Event;
use super::hands::{Hands, INDEX_FILE, LOGBOOK_INDEX_FILE};
use super::office::{Answer, Desk, FindCounter, Pending};
use super::pictures::Pictures;
use super::start::{self, Place};
use crate::accounts::Tried;
use crate::accounts::vault::Vault;
use crate::accounts::verifier::Cost;
use crate::base::clock::{Clock, Mono, SystemClock};
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::{
    EVENTS_QUEUED_MAX, SETTLE_SPAN_MAX, STATUS_SPAN_MIN, STOP_SPAN_MAX, TRIALS_MAX,
    WIRE_CLIENTS_MAX,
};
use crate::base::time::{Span, Utc};
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::ingest::Tools;
use crate::ledger::counter::Machine;
use crate::ledger::index::Index;
use crate::ledger::{self, Identity, RecoveryKey};
use crate::socket::listen;
use crate::store::{Opened, Store};
use crate::watch::Look;
use crate::wire::{Ending, Reply, Status};

/// Where everything is.
pub struct Options {
    pub config: PathBuf,
    pub state: PathBuf,
    /// One footage folder instead of the file's.
    pub footage: Option<PathBuf>,
    pub socket: PathBuf,
    /// The GStreamer program, where it is installed.
    pub pictures: Option<PathBuf>,
    /// The TPM that counts heartbeats (R5.5).
    pub tpm: Option<PathBuf>,
    /// Where the root service for sticks listens, if there is one.
    pub machine: PathBuf,
    /// Without a file to run it asks for one instead of ending.
    pub ask: bool,
    /// The file that was built into the image.
    pub baked: PathBuf,
    /// Footage goes to disks of its own alone.
    pub only_mounted: bool,
    /// Where the root service for the network listens, if this machine's network is ours.
    pub network: Option<PathBuf>,
    /// Who may talk on the socket beside the recorder's own user.
    pub door: listen::Mode,
}

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// What keeps a supervisor from starting: the state folder, the lock, the socket, no file that ever
/// loaded.
pub fn run(options: &Options) -> Result<Option<Ending>, Fault> {
    std::fs::create_dir_all(&options.state).map_err(|e| stateless(&options.state, &e))?;
    let _lock = lock(options)?;
    // One worker carries the cameras: 512 of them take a quarter of a core, and a second thread
    // costs hand-overs.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|e| Fault::io("starting the runtime", &e))?;
    let result = runtime.block_on(serve(options, runtime.handle().clone()));
    runtime.shutdown_timeout(std::time::Duration::from_millis(100));
    result
}

async fn serve(options: &Options, handle: tokio::runtime::Handle) -> Result<Option<Ending>, Fault> {
    // From here on a signal is a wish to stop, not a crash.
    let mut terminate = on(SignalKind::terminate())?;
    let mut interrupt = on(SignalKind::interrupt())?;
    // Before anything is written: a start that fails because another one answers there must leave
    // no trace.
    let socket = listen::bind(&options.socket, &options.door)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let state: Arc<dyn Disk> = Arc::new(RealDisk::open(&options.state, None)?);
    let (index, unopened) = index(&options.state)?;
    let (events_in, mut events) = mpsc::channel(EVENTS_QUEUED_MAX);
    let tools = Tools::new(clock.clone(), options.pictures.clone()).pinning(&options.state);
    let vault = Arc::new(Mutex::new(Vault::new(&options.state)));
    let mut world =
        Hands::new(handle, clock.clone(), tools.clone(), &options.state, vault.clone(), events_in);
    let (asks_in, mut asks) = mpsc::channel(WIRE_CLIENTS_MAX);
    let mut serving = Serving::Later(socket, asks_in);
    let mut look = crate::watch::look(&options.config);
    if let Some(begin) = fileless(options, &look, &state, clock.utc())? {
        let signals = [&mut terminate, &mut interrupt];
        let taken = first_file(begin, clock.as_ref(), &mut asks, serving, signals).await;
        let Some(told) = taken else { return Ok(None) };
        (serving, look) = (told, crate::watch::look(&options.config));
    }
    let (place, desk) = (place(options), desk(options, vault)?);
    let mut supervisor = start::start(place, clock.clone(), state, index, desk, &look, &mut world)?;

    // Everything of it is in the state folder now, or never will be.
    let _ = std::fs::remove_dir_all(backup_place(options));
    furnish(options, &clock, &world, unopened, &mut supervisor);
    let status_in = serving.open(supervisor.status());
    let (looks_in, mut looks) = mpsc::channel(4);
    tokio::spawn(crate::watch::follow(options.config.clone(), look, looks_in));
    let mut told = Teller::new(clock.clone(), status_in);
    let (tries_in, mut tries) = mpsc::channel(TRIALS_MAX);
    let desk_work = Counter { tries: tries_in };
    while supervisor.ending().is_none() {
        let wake_at = supervisor.turn(&mut world);
        let wake_at = told.tell(&supervisor, wake_at);
        let wait = (wake_at - clock.mono()).to_std();
        tokio::select! {
            Some(event) = events.recv() => {
                supervisor.fold(event, &mut world);
                while let Ok(event) = events.try_recv() {
                    supervisor.fold(event, &mut world);
                }
            }
            Some(look) = looks.recv() => supervisor.fold(Event::File(look), &mut world),
            Some((call, peer, answer)) = asks.recv() => {
                desk_work.give(supervisor.answer(call, peer), answer);
            }
            Some((tried, pending, answer)) = tries.recv() => {
                desk_work.give(supervisor.tried(tried, pending), answer);
            }
            () = tokio::time::sleep(wait) => {}
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]); // nobody may be listening
    supervisor.begin_stop(&mut world);
    // Cameras are told that we leave while the disks close their segments.
    tokio::join!(
        stop(&mut supervisor, &mut world, &mut events, clock.as_ref()),
        tools.settle(SETTLE_SPAN_MAX)
    );
    Ok(supervisor.ending())
}

/// Where the box may ask for its file: who has none, and waits for one.
fn fileless(
    options: &Options,
    look: &Look,
    state: &Arc<dyn Disk>,
    now: Utc,
) -> Result<Option<Begin>, Fault> {
    let shown = options.config.display().to_string();
    let why = start::fileless(&shown, look, state.as_ref(), now)?.filter(|_| options.ask);
    why.map(|why| Begin::new(begin_places(options), state.clone(), why)).transpose()
}

fn place(options: &Options) -> Place {
    Place {
        config: options.config.display().to_string(),
        footage: options.footage.as_ref().map(|p| p.display().to_string()),
        boot: boot_id(),
        only_mounted: options.only_mounted,
        backup: Some(backup_place(options).display().to_string()),
    }
}

/// What it has beside cameras and disks, where it runs with them.
fn furnish(
    options: &Options,
    clock: &Arc<dyn Clock>,
    world: &Hands,
    unopened: Option<Fault>,
    supervisor: &mut Supervisor,
) {
    show_pictures(options, clock, world, supervisor);
    see_sticks(options, supervisor);
    join_network(options, clock, supervisor);
    supervisor.use_socket(&options.socket);
    if let Some(fault) = unopened {
        supervisor.index_is_in_memory(fault);
    }
}

/// The socket: clients are answered once there is something to say.
enum Serving {
    Later(listen::Bound, mpsc::Sender<listen::Asked>),
    Now(watch::Sender<Arc<Status>>),
}

impl Serving {
    fn open(self, status: Status) -> watch::Sender<Arc<Status>> {
        match self {
            Serving::Later(socket, asks) => {
                let (told, status) = watch::channel(Arc::new(status));
                tokio::spawn(socket.serve(asks, status));
                told
            }
            Serving::Now(told) => {
                told.send_replace(Arc::new(status));
                told
            }
        }
    }
}

/// Answers until somebody took a file; `None`: a signal came first.
async fn first_file(
    mut begin: Begin,
    clock: &dyn Clock,
    asks: &mut mpsc::Receiver<listen::Asked>,
    serving: Serving,
    [terminate, interrupt]: [&mut Signal; 2],
) -> Option<Serving> {
    let stop = async {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    };
    let told = serving.open(begin.status(clock.utc()));
    match begin.wait(clock, asks, &told, stop).await {
        Waited::Taken => Some(Serving::Now(told)),
        Waited::Stopped => None,
    }
}

fn backup_place(options: &Options) -> PathBuf {
    options.state.join(super::backup::FOLDER)
}

fn begin_places(options: &Options) -> begin::Places {
    let footage = match &options.footage {
        Some(folder) => vec![folder.clone()],
        None => crate::config::storage::FOOTAGE.iter().map(PathBuf::from).collect(),
    };
    let (config, baked) = (options.config.clone(), options.baked.clone());
    let (machine, backup) = (options.machine.clone(), backup_place(options));
    begin::Places { config, baked, footage, machine, backup }
}

/// What the root service says of sticks; recording does without.
fn see_sticks(options: &Options, supervisor: &mut Supervisor) {
    match super::sticks::Sticks::start(&options.machine) {
        Ok(sticks) => supervisor.use_sticks(sticks),
        Err(e) => tracing::warn!("there will be no sticks: {e}"),
    }
    let running = crate::machine::update::Slots::here().running;
    supervisor.use_updates(super::updates::Updates::new(running, boot_id()));
    if options.only_mounted {
        match super::spaces::Spaces::start(&options.machine) {
            Ok(spaces) => supervisor.spaces = Some(spaces),
            Err(e) => tracing::warn!("the box's own disks will not be shown: {e}"),
        }
    }
}

/// Sets the network up where it is ours; elsewhere the machine's own settings stand.
fn join_network(options: &Options, clock: &Arc<dyn Clock>, supervisor: &mut Supervisor) {
    let Some(socket) = options.network.clone() else { return };
    match super::link::Link::start(socket, clock.clone()) {
        Ok(link) => supervisor.use_link(link),
        Err(e) => tracing::warn!("the network stays as it is: {e}"),
    }
}

/// The picture service, where its program is installed; recording does without.
fn show_pictures(
    options: &Options,
    clock: &Arc<dyn Clock>,
    world: &Hands,
    supervisor: &mut Supervisor,
) {
    let Some(program) = options.pictures.clone() else { return };
    match Pictures::start(program, clock.clone(), world.taps(), &options.socket) {
        Ok(pictures) => supervisor.show_with(pictures),
        Err(e) => tracing::warn!("there will be no pictures: {e}"),
    }
}

/// The footage index. One that cannot be opened keeps nobody from recording: it is made again from
/// the files, in memory, and the fault is told.
fn index(state: &std::path::Path) -> Result<(Opened, Option<Fault>), Fault> {
    match Store::open(&state.join(INDEX_FILE)) {
        Ok(opened) => Ok((opened, None)),
        Err(fault) => {
            let store = Store::in_memory()?;
            Ok((Opened { store, fresh: true, whole: false, damaged: None }, Some(fault)))
        }
    }
}

/// Keys, dice and the registers' cache. A cache that cannot be opened is made anew in memory.
fn desk(options: &Options, vault: Arc<Mutex<Vault>>) -> Result<Desk, Fault> {
    let state = options.state.as_path();
    let mut dice = ledger::system_dice;
    let (identity, made) = Identity::open(state, &mut dice)?;
    if made {
        tracing::info!("this box's key is {}", identity.fingerprint());
    }
    let (recovery, _) = RecoveryKey::open(state, &mut dice)?;
    let index = match Index::open(&state.join(LOGBOOK_INDEX_FILE)) {
        Ok(opened) => opened.index,
        Err(fault) => {
            tracing::warn!("{fault}; the registers are kept in memory");
            Index::in_memory()?
        }
    };
    let dice: Box<ledger::Dice> = Box::new(ledger::system_dice);
    let (identity, vault) = (Arc::new(identity), Some(vault));
    let site_file = site_file(&options.config);
    let tpm = options.tpm.clone();
    let counter: FindCounter = Box::new(move |site| {
        let machine = Machine::find(&tpm?, site)?;
        Some(Box::new(machine))
    });
    Ok(Desk { identity, recovery, dice, index, vault, cost: Cost::BOX, site_file, counter })
}

/// The folder in which the file really lies, behind any link, and its name there.
fn site_file(config: &Path) -> Option<(Arc<dyn Disk>, String)> {
    let real = std::fs::canonicalize(config).unwrap_or_else(|_| config.to_path_buf());
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty());
    let disk = RealDisk::open(folder.unwrap_or(Path::new(".")), None).ok()?;
    let name = real.file_name()?.to_str()?.to_string();
    Some((Arc::new(disk), name))
}

/// Where calls are answered: at once, or when a passphrase was looked at on a thread of its own.
struct Counter {
    tries: mpsc::Sender<(Tried, Pending, oneshot::Sender<Reply>)>,
}

impl Counter {
    fn give(&self, answer: Answer, to: oneshot::Sender<Reply>) {
        match answer {
            // The asker may have left.
            Answer::Now(reply) => drop(to.send(*reply)),
            Answer::Later(work) => {
                drop(tokio::task::spawn_blocking(move || drop(to.send(work()))));
            }
            Answer::After(trial, pending) => {
                let tries = self.tries.clone();
                tokio::task::spawn_blocking(move || {
                    let tried = trial.run();
                    // An error means that we are leaving.
                    let _ = tries.blocking_send((tried, *pending, to));
                });
            }
        }
    }
}

/// Closes every segment; whatever a dead disk keeps us from closing is repaired at the next start.
async fn stop(
    supervisor: &mut Supervisor,
    world: &mut Hands,
    events: &mut mpsc::Receiver<Event>,
    clock: &dyn Clock,
) {
    let until = clock.mono() + STOP_SPAN_MAX;
    while !supervisor.stopped() && clock.mono() < until {
        let left = (until - clock.mono()).to_std();
        match tokio::time::timeout(left, events.recv()).await {
            Ok(Some(event)) => supervisor.fold(event, world),
            Ok(None) | Err(_) => break,
        }
    }
    supervisor.end_stop();
}

/// Publishes the status at most twice a second, and speaks to systemd.
struct Teller {
    clock: Arc<dyn Clock>,
    out: watch::Sender<Arc<Status>>,
    last: Mono,
    ready: bool,
}

impl Teller {
    fn new(clock: Arc<dyn Clock>, out: watch::Sender<Arc<Status>>) -> Teller {
        let last = clock.mono() + Span(-STATUS_SPAN_MIN.0);
        Teller { clock, out, last, ready: false }
    }

    /// Returns when the loop has to come back at the latest.
    fn tell(&mut self, supervisor: &Supervisor, wake_at: Mono) -> Mono {
        let now = self.clock.mono();
        let due = self.last + STATUS_SPAN_MIN;
        if now < due {
            return wake_at.min(due);
        }
        self.last = now;
        let status = supervisor.status();
        let mut words = vec![sd_notify::NotifyState::Watchdog];
        if !self.ready && supervisor.ready() {
            self.ready = true;
            words.push(sd_notify::NotifyState::Ready);
        }
        words.push(sd_notify::NotifyState::Status(&status.verdict.text));
        let _ = sd_notify::notify(&words); // outside systemd nobody listens
        self.out.send_replace(Arc::new(status));
        wake_at
    }
}

fn on(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Fault> {
    signal(kind).map_err(|e| Fault::io("listening for signals", &e))
}

/// The one supervisor's lock on its state folder; given back when the process ends, however it
/// ends.
fn lock(options: &Options) -> Result<nix::fcntl::Flock<std::fs::File>, Fault> {
    let path = options.state.join("lock");
    let file = std::fs::File::create(&path).map_err(|e| stateless(&options.state, &e))?;
    nix::fcntl::Flock::lock(file, nix::fcntl::FlockArg::LockExclusiveNonblock).map_err(|_| {
        let text = format!(
            "another Beadle already runs on the state folder {}; stop it first, or give this one \
             another folder with --state",
            options.state.display()
        );
        Fault::new(FaultKind::Busy, text)
    })
}

/// Why the state folder cannot be used, and what to do.
fn stateless(state: &Path, e: &std::io::Error) -> Fault {
    let remedy = match e.kind() {
        std::io::ErrorKind::PermissionDenied => "give it to the user who runs Beadle",
        std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
            "a file stands in its place: move that away"
        }
        _ => "check its disk",
    };
    let mut fault = Fault::io(format!("the state folder {} cannot be used", state.display()), e);
    fault.text += &format!("; {remedy}, or name another folder with --state");
    fault
}

fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().into()
}
