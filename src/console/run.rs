//! One channel, one loop: events in, actions out, a picture.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write, stdout};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::Event as Input;
use crossterm::terminal;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::event::{Action, Event};
use super::eyes::Eyes;
use super::graphics::ask::{Kind, ask};
use super::key::Key;
use super::recording;
use super::screen::Screen;
use super::sight::paint::Depth;
use super::state::State;
use super::talk::Talk;
use super::tty;
use super::update::update;
use super::whole::{Vt, VtNews};
use crate::base::clock::{Clock, SystemClock};
use crate::base::limits::CONSOLE_RETRY_MAX;
use crate::socket::dial::{self, Silence};

/// Events on their way; a sender that finds no room waits, and harms nobody.
const EVENTS_MAX: usize = 64;
/// The first retry; then doubled up to `CONSOLE_RETRY_MAX`.
const RETRY_MIN: Duration = Duration::from_millis(100);
/// Kernel messages bleed into the Linux console's screen; it is drawn anew this often, in seconds.
const REPAINT_EVERY: u32 = 60;

pub struct Options {
    pub socket: PathBuf,
    /// What `q` does, for the bottom line: `leave`.
    pub leaving: &'static str,
    /// Every event goes into this file, without secrets.
    pub record: Option<PathBuf>,
}

/// Shows the console until somebody leaves it.
///
/// # Errors
/// No terminal, or one that went away; a recording that cannot be written: a sentence.
pub fn run(options: Options) -> Result<(), String> {
    if !stdout().is_terminal() {
        return Err("The console needs a terminal. Without one, ask: beadle status".into());
    }
    let broken = |e: std::io::Error| format!("The terminal does not work: {e}");
    let tape = options.record.as_deref().map(Tape::open).transpose()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let on_linux = std::env::var("TERM").is_ok_and(|term| term == "linux");
    let own_screen = on_linux && tty::is_own_screen("linux");
    if own_screen {
        tty::put_back();
    }
    let screen = Screen::open(on_linux).map_err(broken)?;
    let done =
        runtime.block_on(show(screen, options, tape, (on_linux, own_screen))).map_err(broken);
    runtime.shutdown_background();
    done
}

async fn show(
    mut screen: Screen,
    options: Options,
    mut tape: Option<Tape>,
    (on_linux, own_screen): (bool, bool),
) -> std::io::Result<()> {
    let (events, mut inbox) = channel(EVENTS_MAX);
    let mut state = State::new(options.socket.display().to_string(), SystemClock::new().utc());
    state.leaving = options.leaving;
    state.whole.can = own_screen;
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    state.depth = Depth::of(&said("TERM"), &said("COLORTERM"));
    (state.columns, state.rows) = terminal::size()?;
    screen.show(&state)?;
    if let Some(tape) = &mut tape {
        tape.keep(&state, &Event::Tick(state.now))?;
        tape.keep(&state, &Event::Size(state.columns, state.rows))?;
    }
    let leave = Arc::new(AtomicBool::new(false));
    let _stop = StopKeys(leave.clone());
    // After the first frame, and before keys are read: answers are no keys.
    let (graphics, typed) = ask(Kind::of(said), cell_size());
    state.graphics = graphics;
    for c in typed.chars() {
        let _ = events.try_send(Event::Key(Key::Char(c))); // there is room for what a hand types
    }
    read_keys(events.clone(), leave)?;
    let mut eyes = Eyes::new(events.clone());
    let talk = Talk::begin(options.socket.clone(), events.clone())?;
    tokio::spawn(dial_again_and_again(options.socket, events.clone()));
    tokio::spawn(count_seconds(events.clone()));
    if own_screen {
        tokio::spawn(mind_switching(events.clone()));
    }
    tokio::spawn(obey_signals(events));
    let mut seconds = 0;
    while let Some(first) = inbox.recv().await {
        let mut waiting: Vec<Event> = std::iter::once(first).chain(more(&mut inbox)).collect();
        waiting.reverse();
        let (mut draw, mut wipe) = (false, false);
        while let Some(event) = waiting.pop() {
            if matches!(event, Event::Tick(_)) {
                seconds += 1;
                wipe |= on_linux && seconds % REPAINT_EVERY == 0;
            }
            if matches!(event, Event::Size(..)) {
                (wipe, state.graphics.cell) = (true, cell_size());
            }
            if let Some(tape) = &mut tape {
                tape.keep(&state, &event)?;
            }
            for action in update(&mut state, event) {
                match action {
                    Action::Quit => return Ok(()),
                    Action::Draw => draw = true,
                    Action::Redraw => wipe = true,
                    Action::Ask { ticket, call } => waiting.extend(talk.ask(ticket, call)),
                    Action::Look { turn, way, wishes } => eyes.look(turn, *way, wishes),
                    Action::Wish(wish) => eyes.wish(wish),
                    Action::CloseLine => eyes.close(),
                    Action::Vt(vt) => {
                        if let (Vt::Take, Err(e)) = (vt, tty::apply(vt)) {
                            let why = format!("The text screen cannot be given up: {e}.");
                            waiting.push(Event::Vt(VtNews::Refused(why)));
                        }
                    }
                }
            }
        }
        if wipe {
            screen.wipe((state.columns, state.rows))?;
        }
        if draw || wipe {
            screen.show(&state)?;
            eyes.drawn();
        }
    }
    Ok(())
}

/// Dots of a cell, where the terminal tells; else none.
fn cell_size() -> (u16, u16) {
    match terminal::window_size() {
        Ok(size) if size.columns > 0 && size.rows > 0 => {
            (size.width / size.columns, size.height / size.rows)
        }
        _ => (0, 0),
    }
}

/// What waits in the channel already.
fn more(inbox: &mut Receiver<Event>) -> Vec<Event> {
    let mut events = Vec::new();
    while let Ok(event) = inbox.try_recv() {
        events.push(event);
    }
    events
}

/// A recording under way.
struct Tape(std::fs::File);

impl Tape {
    /// Nobody else's to read: it shows what people saw.
    fn open(path: &Path) -> Result<Tape, String> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        file.map(Tape).map_err(|e| format!("Recording into {}: {e}", path.display()))
    }

    fn keep(&mut self, state: &State, event: &Event) -> std::io::Result<()> {
        let line = recording::line(state, event).map_err(std::io::Error::other)?;
        if line.is_empty() { Ok(()) } else { writeln!(self.0, "{line}") }
    }
}

/// The thread that reads keys looks at this ten times a second and goes.
struct StopKeys(Arc<AtomicBool>);

impl Drop for StopKeys {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn read_keys(events: Sender<Event>, leave: Arc<AtomicBool>) -> std::io::Result<()> {
    let read = move || {
        while !leave.load(Ordering::Relaxed) {
            let input = match crossterm::event::poll(Duration::from_millis(100)) {
                Ok(false) => continue,
                Ok(true) => crossterm::event::read(),
                Err(e) => Err(e),
            };
            let event = match input {
                Ok(Input::Key(key)) => Key::of(&key).map(Event::Key),
                Ok(Input::Resize(columns, rows)) => Some(Event::Size(columns, rows)),
                Ok(_) => None,
                Err(_) => Some(Event::Hangup),
            };
            let over = event == Some(Event::Hangup);
            if event.is_some_and(|event| events.blocking_send(event).is_err()) || over {
                return;
            }
        }
    };
    std::thread::Builder::new().name("keys".into()).spawn(read).map(drop)
}

async fn count_seconds(events: Sender<Event>) {
    let clock = SystemClock::new();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    while events.send(Event::Tick(clock.utc())).await.is_ok() {
        second.tick().await;
    }
}

/// The kernel asks before another text screen is shown, while pictures have this one.
async fn mind_switching(events: Sender<Event>) {
    let caught = [SignalKind::user_defined1(), SignalKind::user_defined2()].map(signal);
    let [Ok(mut leave), Ok(mut come)] = caught else { return };
    loop {
        tokio::select! {
            Some(()) = leave.recv() => {
                if events.send(Event::Vt(VtNews::Leave)).await.is_err() {
                    return;
                }
            }
            // We are asked only while we are in front; it must not end us.
            Some(()) = come.recv() => {}
            else => return,
        }
    }
}

async fn obey_signals(events: Sender<Event>) {
    let caught =
        [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut hangup), Ok(mut interrupt)] = caught else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
        _ = interrupt.recv() => {}
    }
    let _ = events.send(Event::Hangup).await;
}

async fn dial_again_and_again(socket: PathBuf, events: Sender<Event>) {
    let mut pause = RETRY_MIN;
    loop {
        let why = listen(&socket, &events, &mut pause).await;
        if events.send(Event::Silent(why.to_string())).await.is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(CONSOLE_RETRY_MAX.to_std());
    }
}

/// Passes on what the supervisor says until it says no more.
async fn listen(socket: &Path, events: &Sender<Event>, pause: &mut Duration) -> Silence {
    let mut watching = match dial::watch(socket).await {
        Ok(watching) => watching,
        Err(why) => return why,
    };
    loop {
        match watching.next().await {
            Err(why) => return why,
            Ok(status) => {
                *pause = RETRY_MIN;
                if events.send(Event::Status(status)).await.is_err() {
                    return Silence::Broken("The console is closing.".into());
                }
            }
        }
    }
}
