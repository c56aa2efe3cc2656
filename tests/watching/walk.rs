//! Through a terminal (tmux): yesterday 14:35 looked up, marked and held; pixels of a known
//! picture; and a terminal that is sane however the console ends. Without tmux the walks say so and
//! pass over.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use beadle::base::time::{Span, Utc, Zone};
use beadle::disk::Disk;
use beadle::disk::real::RealDisk;
use beadle::wire::{Reply, Request};

use crate::footage::{SMALL, record};
use crate::rig::Place;
use crate::school::*;

struct Terminal {
    server: String,
    keys: usize,
}

fn have_tmux() -> bool {
    let found = Command::new("tmux").arg("-V").stdout(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    if !there {
        println!("  no tmux on this machine: the walk is passed over");
    }
    there
}

impl Terminal {
    fn new(name: &str, place: &Place, size: (u16, u16), colours: &str) -> Terminal {
        let server = format!("watch-{name}-{}", std::process::id());
        let terminal = Terminal { server, keys: 0 };
        let console = format!(
            "COLORTERM={colours} {} console --socket {}; echo CLOSED; sleep 600",
            env!("CARGO_BIN_EXE_beadle"),
            place.socket.display()
        );
        let (columns, rows) = (size.0.to_string(), size.1.to_string());
        terminal.tmux(&["new-session", "-d", "-x", &columns, "-y", &rows, "-s", "w", &console]);
        terminal
    }

    fn tmux(&self, words: &[&str]) -> String {
        let done = Command::new("tmux").arg("-L").arg(&self.server).args(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn press(&mut self, keys: &[&str]) {
        self.keys += keys.len();
        let mut words = vec!["send-keys", "-t", "w"];
        words.extend(keys);
        self.tmux(&words);
    }

    fn types(&mut self, text: &str) {
        self.keys += text.chars().count();
        self.tmux(&["send-keys", "-t", "w", "-l", text]);
    }

    fn shown(&self) -> String {
        self.tmux(&["capture-pane", "-t", "w", "-p"])
    }

    fn sees(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let shown = self.shown();
            if shown.contains(words) {
                return shown;
            }
            assert!(began.elapsed() < PATIENCE, "{words:?} does not come:\n{shown}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn log_in(&mut self, person: &str) {
        self.sees("nobody logged");
        self.press(&["l"]);
        self.sees("Passphrase");
        self.types(person);
        self.press(&["Enter"]);
        self.types(phrase(person));
        self.press(&["Enter"]);
        self.sees("You are ");
        self.keys = 0;
    }

    /// The screen with its colours.
    fn cells(&self, (columns, rows): (u16, u16)) -> vt100::Screen {
        let text = self.tmux(&["capture-pane", "-t", "w", "-p", "-e"]);
        let mut parser = vt100::Parser::new(rows, columns, 0);
        parser.process(text.trim_end_matches('\n').replace('\n', "\r\n").as_bytes());
        parser.screen().clone()
    }

    /// Its console's process.
    fn pid(&self) -> i32 {
        let shell = self.tmux(&["display-message", "-p", "-t", "w", "#{pane_pid}"]);
        let children = format!("/proc/{0}/task/{0}/children", shell.trim());
        let children = std::fs::read_to_string(children).unwrap();
        children.split_whitespace().next().expect("a console").parse().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.server, "kill-server"]).output();
    }
}

/// Yesterday 14:35 of the school, and the moment half a minute before, from which there is footage.
fn yesterday() -> (Utc, Utc) {
    let zone = Zone::named("Europe/London").unwrap();
    let day = zone.day_of(now()).plus(-1);
    let (at, _) = zone.moments_of(day, (14, 35, 0)).unwrap();
    (at, at - Span::secs(30))
}

/// What the made-up scene shows at this height, 0 to 1, beside its figures and words.
fn scene(height: f64) -> [f64; 3] {
    // Scene 1 of the encoder: its luma by height, its colour below a third.
    let (y, u, v) = match height < 1.0 / 3.0 {
        true => (150.0 - 60.0 * height, 128.0, 128.0),
        false => (70.0 + 50.0 * height, 110.0, 120.0),
    };
    let (y, u, v) = (1.164 * (y - 16.0), u - 128.0, v - 128.0);
    [y + 1.596 * v, y - 0.392 * u - 0.813 * v, y + 2.017 * u].map(|n| n.clamp(0.0, 255.0))
}

fn rgb(colour: vt100::Color) -> Option<[f64; 3]> {
    match colour {
        vt100::Color::Rgb(r, g, b) => Some([r, g, b].map(f64::from)),
        _ => None,
    }
}

/// The pixels of the first picture on the screen, rows of two a cell.
fn pixels(screen: &vt100::Screen, (columns, rows): (u16, u16)) -> Vec<Vec<[f64; 3]>> {
    let half = |row: u16| -> Vec<(u16, [f64; 3], [f64; 3])> {
        let cell = |column: u16| {
            let cell = screen.cell(row, column)?;
            let both = (rgb(cell.fgcolor())?, rgb(cell.bgcolor())?);
            (cell.contents() == "▀").then_some((column, both.0, both.1))
        };
        (0..columns / 2).filter_map(cell).collect()
    };
    let lines: Vec<_> = (0..rows).map(half).filter(|line| line.len() > 8).collect();
    let above = |line: &Vec<(u16, [f64; 3], [f64; 3])>| line.iter().map(|c| c.1).collect();
    let below = |line: &Vec<(u16, [f64; 3], [f64; 3])>| line.iter().map(|c| c.2).collect();
    lines.iter().flat_map(|line| [above(line), below(line)]).collect()
}

#[test]
fn yesterday_is_looked_up_marked_and_held() {
    if !have_tmux() {
        return;
    }
    const SIZE: (u16, u16) = (120, 40);
    let sim = cameras(2);
    let place = Place::new();
    place.write(&site(&sim, RIGHTS));
    // Footage of yesterday, as a recorder left it.
    std::fs::create_dir(&place.footage).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(&place.footage, None).unwrap());
    let (at, from) = yesterday();
    for camera in ids(&["cam-1", "cam-2"]) {
        record(&disk, from, &camera, SMALL, 100, true);
    }
    drop(disk);
    let running = place.run();
    running.until("both record", 90, |s| s.cameras.iter().all(|c| c.frames > 5));
    found(&place);
    let mut terminal = Terminal::new("yesterday", &place, SIZE, "truecolor");
    terminal.log_in("caretaker");
    terminal.press(&["3"]);
    terminal.sees("*Reason");
    terminal.types("fight");
    terminal.press(&["Enter", "Space", "Right", "Space", "Enter"]);
    terminal.types("y 14:35");
    terminal.press(&["F10"]);
    let clock = Zone::named("Europe/London").unwrap().show(at);
    terminal.sees(&clock);
    terminal.sees("stands");
    terminal.sees("after the key");
    pixels_are_the_scene(&terminal, SIZE);
    // The day's footage is in the timeline: a hundred seconds of it.
    let shown = terminal.sees("to export");
    let lane = shown.lines().find(|l| l.starts_with(">Camera 1") && !l.contains("GMT"));
    assert!(lane.is_some_and(|l| l.contains(['░', '▒', '▓', '█'])), "{shown}");
    let took = key_to_picture(&mut terminal, &clock);
    let keys = terminal.keys - took;
    terminal.press(&["Home", "["]);
    terminal.sees("marked from");
    terminal.press(&["Right", "]"]);
    terminal.sees("h holds it");
    terminal.press(&["h"]);
    terminal.sees("Hold footage");
    terminal.press(&["F10"]);
    terminal.sees("holds it; it is looked at again");
    let spent = keys + terminal.keys - keys - took - 1; // Home undid what was measured
    let typed = "fight".len() + "y 14:35".len();
    println!("keys to find and hold a clip: {spent}, of them {typed} letters of reason and time");
    assert!(spent <= 25, "{spent} keys");
    let holds = match log_in(&place, "head").ask(&Request::HoldList).unwrap() {
        Reply::Holds { holds } => holds,
        other => panic!("{other:?}"),
    };
    let cameras = ids(&["cam-1", "cam-2"]);
    let held = holds.iter().find(|h| h.cameras == cameras).expect("a hold");
    assert_eq!((held.start, held.end), (at, at + Span::secs(10)));
    // Locked: nothing of it is on the screen.
    terminal.press(&["l"]);
    terminal.sees("Locked by Caretaker");
    // The terminal may be in the middle of a picture.
    let began = Instant::now();
    while terminal.shown().contains('▀') {
        assert!(began.elapsed() < PATIENCE, "{}", terminal.shown());
    }
    running.stop();
}

/// Sky above, ground in its colour below; sampled where no figure walks and no word stands.
fn pixels_are_the_scene(terminal: &Terminal, size: (u16, u16)) {
    let began = Instant::now();
    let found = loop {
        let found = pixels(&terminal.cells(size), size);
        if found.len() > 12 {
            break found;
        }
        assert!(began.elapsed() < PATIENCE, "no picture:\n{}", terminal.shown());
    };
    let (rows, columns) = (found.len(), found[0].len());
    let mut worst = 0.0_f64;
    for height in [0.15, 0.25, 0.87] {
        for across in [0.55, 0.7, 0.9] {
            let seen = found[(height * rows as f64) as usize][(across * columns as f64) as usize];
            let want = scene(height);
            let off = (0..3).map(|n| (seen[n] - want[n]).abs()).fold(0.0, f64::max);
            assert!(off < 28.0, "at {height}: {seen:?}, not {want:?}");
            worst = worst.max(off);
        }
    }
    println!("half blocks: {columns}x{rows} pixels, at most {worst:.0} of 255 off the scene");
}

/// From a key in the terminal to other pixels on it; the keys that it took.
fn key_to_picture(terminal: &mut Terminal, clock: &str) -> usize {
    let before = terminal.keys;
    let mut took = Vec::new();
    for n in 0..6 {
        let old = terminal.shown();
        let line = |shown: &str| shown.lines().find(|l| l.contains("Camera 1")).map(String::from);
        let began = Instant::now();
        terminal.press(&["Right"]);
        // The words above the picture say of which moment it is.
        while line(&terminal.shown()) == line(&old) {
            assert!(began.elapsed() < PATIENCE, "key {n}: {old}");
        }
        took.push(began.elapsed().as_millis());
    }
    took.sort_unstable();
    println!("key to picture through tmux: median {} ms, worst {} ms", took[3], took[5]);
    if slow() {
        assert!(took[3] < 200, "{took:?}");
    }
    terminal.press(&["Home"]);
    terminal.sees(clock);
    terminal.keys - before
}

/// Whatever it shows, and by whatever signal that can be heard.
#[test]
fn a_console_that_is_ended_leaves_a_sane_terminal() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if !have_tmux() {
        return;
    }
    const SIZE: (u16, u16) = (80, 24);
    let sim = cameras(2);
    let place = Place::new();
    place.write(&site(&sim, RIGHTS));
    let running = place.run();
    recorded_so_far(&running, 2, 6);
    found(&place);
    let table: [(&str, Signal, &[&str], &str); 5] = [
        ("today", Signal::SIGTERM, &[], "Cameras"),
        ("live", Signal::SIGTERM, &["2"], "▀"),
        ("form", Signal::SIGHUP, &["3"], "*Reason"),
        ("locked", Signal::SIGINT, &["2", "l"], "Locked by"),
        ("help", Signal::SIGTERM, &["2", "?"], "On every screen"),
    ];
    for (name, signal, keys, sees) in table {
        let mut terminal = Terminal::new(name, &place, SIZE, "");
        terminal.log_in("head");
        for key in keys {
            terminal.press(&[key]);
            std::thread::sleep(Duration::from_millis(100));
        }
        // In sixteen or 256 colours a flat picture may be of other blocks.
        match sees {
            "▀" => drop(terminal.sees("watched by")),
            words => drop(terminal.sees(words)),
        }
        kill(Pid::from_raw(terminal.pid()), signal).unwrap();
        terminal.sees("CLOSED");
        let state = terminal.tmux(&[
            "display-message",
            "-p",
            "-t",
            "w",
            "#{alternate_on} #{cursor_flag} #{pane_tty}",
        ]);
        let mut words = state.split_whitespace();
        assert_eq!((words.next(), words.next()), (Some("0"), Some("1")), "{name}: {state}");
        let tty = std::fs::File::open(words.next().unwrap()).unwrap();
        let modes = nix::sys::termios::tcgetattr(&tty).unwrap().local_flags;
        use nix::sys::termios::LocalFlags;
        assert!(modes.contains(LocalFlags::ICANON | LocalFlags::ECHO), "{name}: {modes:?}");
    }
    running.stop();
}
