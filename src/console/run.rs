//! Terminal on and off, one channel, one loop.

use std::io::{IsTerminal, Stdout, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::Event as Input;
use crossterm::{cursor, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::draw::draw;
use super::event::{Action, Event};
use super::keymap::{self, Cmd};
use super::state::State;
use super::update::update;
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
}

/// Shows the console until somebody leaves it.
///
/// # Errors
/// No terminal, or one that went away: a sentence.
pub fn run(options: Options) -> Result<(), String> {
    if !stdout().is_terminal() {
        return Err("The console needs a terminal. Without one, ask: beadle status".into());
    }
    let broken = |e: std::io::Error| format!("The terminal does not work: {e}");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let screen = Screen::open().map_err(broken)?;
    let done = runtime.block_on(show(screen, options)).map_err(broken);
    runtime.shutdown_background();
    done
}

async fn show(mut screen: Screen, options: Options) -> std::io::Result<()> {
    let (events, mut inbox) = channel(EVENTS_MAX);
    let mut state = State::new(options.socket.display().to_string(), SystemClock::new().utc());
    state.leaving = options.leaving;
    (state.columns, state.rows) = terminal::size()?;
    let leave = Arc::new(AtomicBool::new(false));
    let _stop = StopKeys(leave.clone());
    read_keys(events.clone(), leave)?;
    tokio::spawn(dial_again_and_again(options.socket, events.clone()));
    tokio::spawn(count_seconds(events.clone()));
    tokio::spawn(obey_signals(events));
    let on_linux = std::env::var("TERM").is_ok_and(|term| term == "linux");
    let mut seconds = 0;
    screen.terminal.draw(|frame| draw(&state, frame))?;
    while let Some(first) = inbox.recv().await {
        let mut action = Action::Nothing;
        for event in std::iter::once(first).chain(more(&mut inbox)) {
            if matches!(event, Event::Tick(_)) {
                seconds += 1;
                if on_linux && seconds % REPAINT_EVERY == 0 {
                    action = Action::Redraw;
                }
            }
            action = stronger(action, update(&mut state, event));
        }
        match action {
            Action::Quit => break,
            Action::Nothing => continue,
            Action::Redraw => screen.terminal.clear()?,
            Action::Draw => {}
        }
        screen.terminal.draw(|frame| draw(&state, frame))?;
    }
    Ok(())
}

/// What waits in the channel already.
fn more(inbox: &mut Receiver<Event>) -> Vec<Event> {
    let mut events = Vec::new();
    while let Ok(event) = inbox.try_recv() {
        events.push(event);
    }
    events
}

fn stronger(one: Action, other: Action) -> Action {
    let strength = |action| match action {
        Action::Nothing => 0,
        Action::Draw => 1,
        Action::Redraw => 2,
        Action::Quit => 3,
    };
    if strength(other) > strength(one) { other } else { one }
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
                Ok(Input::Key(key)) => keymap::cmd(&key).map(Event::Cmd),
                Ok(Input::Resize(columns, rows)) => Some(Event::Size(columns, rows)),
                Ok(_) => None,
                Err(_) => Some(Event::Cmd(Cmd::Quit)), // the terminal hung up
            };
            let over = event == Some(Event::Cmd(Cmd::Quit));
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
    let _ = events.send(Event::Cmd(Cmd::Quit)).await;
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

/// The terminal while it is ours.
struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

static OURS: AtomicBool = AtomicBool::new(false);

impl Screen {
    fn open() -> std::io::Result<Screen> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
        terminal::enable_raw_mode()?;
        OURS.store(true, Ordering::SeqCst);
        let opened = (|| {
            execute!(stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
            let mut terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
            terminal.clear()?;
            Ok(Screen { terminal })
        })();
        if opened.is_err() {
            restore();
        }
        opened
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back; does nothing the second time. The Linux console knows no alternate
/// screen, so what we drew is wiped first.
fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let wipe = terminal::Clear(terminal::ClearType::All);
    let _ = execute!(stdout(), wipe, cursor::MoveTo(0, 0));
    let _ = execute!(stdout(), terminal::LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
    let _ = stdout().flush();
}
