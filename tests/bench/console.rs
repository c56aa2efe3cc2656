//! The console: how long one picture of the screen takes, what it costs to let it stand there, and
//! how soon it shows something.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use beadle::base::time::Span;
use beadle::console::draw::draw;
use beadle::console::event::Event;
use beadle::console::state::State;
use beadle::console::update::update;
use beadle::wire::Status;
use nix::pty::{Winsize, openpty};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::figures::{cpu_ns, median};
use super::place::Place;
use super::recorders::{self, BEADLE, Cameras};
use super::table::Table;
use super::{Args, Outcome};

/// The largest that the console is made for.
const LARGEST: (u16, u16) = (240, 67);
const PICTURES: u32 = 200;
const IDLE: Duration = Duration::from_secs(20);
const STARTS: usize = 5;

pub fn run(args: &Args, cameras: &Cameras, place: &Place, table: &mut Table) -> Outcome<()> {
    let recorder = recorders::beadle(cameras, place, args.under.as_deref())?;
    let status = recorder.status()?;
    let cameras = status.cameras.len();
    let (mean, most, worst) = redraw(status);
    table.row(
        &format!("console: one picture of the screen, {cameras} cameras, 240 x 67"),
        "<= 10 ms",
        format!("{mean:.2} ms, 95 of 100 within {most:.2}, the slowest {worst:.2}"),
        most <= 10.0,
    );
    let socket = place.scratch().join("socket");
    let idle = idle(&socket)?;
    table.row(
        &format!("console left alone before {cameras} cameras, of a core"),
        "< 1 %",
        format!("{:.2} %", 100.0 * idle),
        idle < 0.01,
    );
    recorder.stop()?;
    let first = first_picture(&place.scratch().join("nobody"))?;
    table.row(
        "console: start to first picture, nobody answering",
        "< 100 ms",
        format!("{first:.0} ms"),
        first < 100.0,
    );
    Ok(())
}

/// Milliseconds of an event and the picture after it: in the mean, of the slowest but five in a
/// hundred, of the slowest. The last may be the machine's, which does something else meanwhile.
fn redraw(status: Status) -> (f64, f64, f64) {
    let mut state = State::new("/run/beadle/beadle.sock".into(), status.now);
    update(&mut state, Event::Size(LARGEST.0, LARGEST.1));
    let Ok(mut terminal) = Terminal::new(TestBackend::new(LARGEST.0, LARGEST.1));
    let mut all = Vec::new();
    for n in 0..PICTURES {
        let mut next = status.clone();
        next.now = status.now + Span::millis(500 * i64::from(n));
        for camera in &mut next.cameras {
            camera.kbps += f64::from(n);
        }
        let began = Instant::now();
        update(&mut state, Event::Status(Box::new(next)));
        let Ok(_) = terminal.draw(|frame| draw(&state, frame));
        all.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    all.sort_by(f64::total_cmp);
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    (mean, all[all.len() * 95 / 100], all[all.len() - 1])
}

/// A console on a terminal of its own; gone when this is.
struct Console {
    child: Child,
    shown: Receiver<Vec<u8>>,
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Console {
    fn start(socket: &Path) -> Outcome<Console> {
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = openpty(&size, None).map_err(|e| format!("no terminal: {e}"))?;
        let end = |fd: &OwnedFd| fd.try_clone().map(Stdio::from).map_err(|e| e.to_string());
        let mut command = Command::new(BEADLE);
        command.args(["console", "--socket"]).arg(socket).env("TERM", "xterm-256color");
        command.stdin(end(&pair.slave)?).stdout(end(&pair.slave)?).stderr(Stdio::null());
        let child = command.spawn().map_err(|e| format!("the console does not start: {e}"))?;
        drop((command, pair.slave));
        let (sender, shown) = channel();
        let mut screen = File::from(pair.master);
        std::thread::spawn(move || {
            let mut piece = vec![0; 65_536];
            while let Ok(length) = screen.read(&mut piece) {
                if length == 0 || sender.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Console { child, shown })
    }

    /// Waits until this was drawn.
    fn sees(&self, words: &str) -> Outcome<()> {
        let until = Instant::now() + Duration::from_secs(20);
        let mut all = Vec::new();
        while let Ok(piece) = self.shown.recv_timeout(until - Instant::now()) {
            all.extend(piece);
            if String::from_utf8_lossy(&all).contains(words) {
                return Ok(());
            }
        }
        Err(format!("the console does not show {words:?}"))
    }
}

/// Share of one core of a console that nobody touches, half a minute after its start.
fn idle(socket: &Path) -> Outcome<f64> {
    let console = Console::start(socket)?;
    console.sees("recording")?;
    sleep(Duration::from_secs(3));
    let pids = [console.child.id()];
    let (began, before) = (Instant::now(), cpu_ns(&pids));
    sleep(IDLE);
    Ok((cpu_ns(&pids) - before) as f64 / began.elapsed().as_nanos() as f64)
}

/// Milliseconds; the median of a few starts.
fn first_picture(socket: &Path) -> Outcome<f64> {
    let mut all = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let console = Console::start(socket)?;
        console.sees("Waiting for Beadle")?;
        all.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(median(all))
}
