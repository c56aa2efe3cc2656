//! A day at the console with pictures: simulated cameras, a real recorder, `beadle-pictures`, a
//! real terminal. Without tmux the walks say so and pass over.

#[allow(dead_code)] // a part of it is enough here
mod walk;

use std::time::{Duration, Instant};

use beadle::console::draw::draw;
use beadle::console::event::Event;
use beadle::console::recording;
use beadle::console::state::State;
use beadle::console::update::update;
use beadle::simulate::{SimCamera, SimHandle, SimOptions, Simulator};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use walk::{FIRST, SECOND, Walk, has_secret, have_tmux};

const THIRD: &str = "seven grey herons";

fn cameras(count: usize) -> SimHandle {
    let camera = |n: usize| SimCamera {
        name: format!("cam-{n}"),
        size: (640, 360),
        kbps: 500,
        scene: (n % 2) as u8,
        ..SimCamera::default()
    };
    Simulator::start(SimOptions::new((1..=count).map(camera).collect())).unwrap()
}

/// The walk's school with these cameras, its rhythm, and somebody who is not enrolled yet.
fn site(sim: &SimHandle) -> String {
    let names = sim.names();
    let line = |name: &String| {
        let url = sim.url(name);
        format!("    camera \"{name}\" \"Place {name}\" zone=\"site\" {{ stream \"{url}\"; }}\n")
    };
    let cameras: String = names.iter().map(line).collect();
    let text = include_str!("walk/site.kdl");
    let (before, rest) = text.split_once("cameras {\n").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    let before = before
        .replace("may \"daily-check\"", "may \"daily-check\" \"restart\" \"configure\"")
        .replace(
            "    person \"caretaker\"",
            "    person \"teacher\" \"Teacher\" post=\"Teacher\"\n    person \"caretaker\"",
        );
    let duties = "duties {\n    daily-check by=\"caretaker\" before=\"09:00\"\n    \
                  random-check by=\"caretaker\" every=\"month\"\n}\n";
    format!("{before}cameras {{\n{cameras}}}\n{after}{duties}")
}

/// Waits until the recorder records, then until its pictures are there.
fn sees_pictures(walk: &Walk, cameras: usize) {
    walk.sees(&format!("all {cameras} cameras are recording"));
}

/// Does the screen show cells of two colours: is there a picture?
fn shows_picture(walk: &Walk) -> bool {
    let shown = walk.tmux(&["capture-pane", "-t", "walk", "-p", "-e"]);
    // The ground of a cell in a colour of 256 or in true colour, or one of the Linux console's.
    shown.matches("48;").count() > 40 || shown.matches("\u{2580}").count() > 40
}

fn until(walk: &Walk, what: &str, so: impl Fn(&Walk) -> bool) {
    let began = Instant::now();
    while !so(walk) {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}:\n{}", walk.shown());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Four cameras: their pictures seen, a reference still taken, the check entered; then the picture
/// that the box picked. All of it is in the logbook, which proves itself; the session replays.
#[test]
fn the_daily_check_with_pictures() {
    if !have_tmux() {
        return;
    }
    let sim = cameras(4);
    let walk = Walk::over("pictures", (80, 24), &site(&sim), "");
    walk.found();
    sees_pictures(&walk, 4);
    walk.log_in("caretaker", SECOND);
    // The check: two pages, counted in keys.
    let mut keys = 0;
    let mut press = |names: &[&str]| {
        keys += names.len();
        walk.keys(names);
    };
    press(&["c"]);
    walk.sees("There is no reference");
    until(&walk, "pictures come", |w| shows_picture(w) && w.shown().contains("taken "));
    press(&["Enter"]);
    walk.sees("3-4 of 4");
    until(&walk, "pictures come", |w| shows_picture(w) && w.shown().contains("taken "));
    press(&["Enter"]);
    walk.sees("Is the recorder's room locked?");
    press(&["y", "F10"]);
    walk.sees("of the logbook");
    println!("keys of a daily check of 4 cameras, pages of pictures and the room included: {keys}");
    assert!(keys <= 12);
    assert!(!walk.shown().contains("closed day"), "the machine's own field is not asked");
    // One camera's picture, large; kept as its reference.
    walk.keys(&["p"]);
    until(&walk, "a picture", shows_picture);
    walk.keys(&["t"]);
    walk.sees("The reference still of Place cam-1");
    walk.types("g");
    walk.keys(&["Enter"]);
    walk.types("the whole yard");
    walk.keys(&["F10"]);
    walk.sees("GMT is kept.");
    walk.sees("; reference still of");
    // Escape and a letter at once would be Alt with the letter.
    walk.keys(&["Escape"]);
    walk.sees("[Cameras]");
    // The random check: the picked picture first, then the form about it.
    walk.keys(&["Right"]);
    walk.sees("Random check: judge");
    for _ in 0..6 {
        if walk.shown().lines().any(|line| line.starts_with('>') && line.contains("Random check")) {
            break;
        }
        walk.keys(&["Down"]);
        std::thread::sleep(Duration::from_millis(300));
    }
    walk.keys(&["Enter"]);
    walk.sees("Random check: Place");
    until(&walk, "the picked picture", shows_picture);
    walk.keys(&["Enter"]);
    walk.sees("A random check");
    walk.types("g");
    walk.keys(&["F10"]);
    walk.sees("of the logbook");
    // What was looked at is in the logbook.
    walk.keys(&["5"]);
    walk.sees("[5 Logbook]");
    for _ in 0..8 {
        if walk.shown().contains("[everything]") {
            break;
        }
        walk.keys(&["Right"]);
        std::thread::sleep(Duration::from_millis(300));
    }
    walk.sees("live");
    let book = walk.sees("daily check");
    assert!(book.contains("random check") && book.contains("spot check"), "{book}");
    walk.keys(&["v"]);
    walk.sees("nothing was changed");
    walk.keys(&["Enter"]);
    replays(&walk, (80, 24));
    walk.keys(&["Escape"]);
    walk.sees("n new entry");
    walk.keys(&["q"]);
    walk.sees("CLOSED");
    let tape = std::fs::read_to_string(walk.path("tape")).unwrap();
    assert!(!has_secret(&walk.path("tape")) && !tape.contains("base64"));
}

/// The recording of the session so far, played back, shows what the terminal shows; but for the top
/// line, whose clock goes on.
fn replays(walk: &Walk, size: (u16, u16)) {
    let below = |shown: &str| -> Vec<String> {
        shown.lines().skip(1).map(|line| line.trim_end().to_string()).collect()
    };
    let began = Instant::now();
    loop {
        let shown = walk.shown();
        let tape = std::fs::read_to_string(walk.path("tape")).unwrap();
        let whole = tape.rfind('\n').map_or("", |end| &tape[..end]);
        let events = recording::read(whole).unwrap();
        let now =
            events.iter().find_map(|e| if let Event::Tick(at) = e { Some(*at) } else { None });
        let mut state = State::new(walk.path("socket").display().to_string(), now.unwrap());
        for event in events {
            update(&mut state, event);
        }
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        terminal.draw(|frame| draw(&state, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..size.0).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let replayed: Vec<String> = (0..size.1).map(row).collect();
        if below(&replayed.join("\n")) == below(&shown) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "replayed:\n{}\nshown:\n{shown}",
            replayed.join("\n")
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// On the Linux console: its own codes of F1 to F5, sixteen colours, and letters for everything.
#[test]
fn the_linux_console_has_its_keys_and_colours() {
    if !have_tmux() {
        return;
    }
    let sim = cameras(2);
    let walk = Walk::over("linux", (80, 25), &site(&sim), "TERM=linux COLORTERM=");
    walk.found();
    sees_pictures(&walk, 2);
    let f = |letter: &str| walk.tmux(&["send-keys", "-t", "walk", "-H", "1b", "5b", "5b", letter]);
    f("44"); // \e[[D, F4
    walk.sees("[4 Cases]");
    f("45"); // \e[[E, F5
    walk.sees("[5 Logbook]");
    f("41"); // \e[[A, F1
    walk.sees("[1 Today]");
    walk.keys(&["4"]);
    walk.sees("[4 Cases]");
    walk.keys(&["1"]);
    walk.log_in("caretaker", SECOND);
    walk.keys(&["c"]);
    until(&walk, "pictures come", |w| w.shown().contains("taken "));
    let shown = walk.tmux(&["capture-pane", "-t", "walk", "-p", "-e"]);
    // 16 colours of letters, 8 of grounds: what the console has.
    for (code, colours) in [("38;5;", 16), ("48;5;", 8)] {
        for rest in shown.split(code).skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            assert!(digits.parse::<u32>().unwrap() < colours, "{code}{digits}:\n{shown}");
        }
    }
    assert!(!shown.contains("38;2;") && !shown.contains("48;2;"), "{shown}");
    let halves = shown.matches(['\u{2580}', '\u{2584}', '\u{2588}']).count();
    assert!(halves > 40, "{halves} cells of pictures:\n{shown}");
    walk.keys(&["C-c"]);
    walk.sees("CLOSED");
}

/// A one-time code, enrolment with it, a sealed code on the day on which nobody can log in, a
/// password, and the end of the box with its reason.
#[test]
fn people_come_and_the_box_is_restarted() {
    if !have_tmux() {
        return;
    }
    let sim = cameras(1);
    let mut walk = Walk::over("box", (120, 40), &site(&sim), "");
    walk.sees("nobody is enrolled");
    walk.keys(&["l"]);
    walk.sees("The first two people");
    let codes = found_with_codes(&walk);
    walk.log_in("head", FIRST);
    walk.keys(&["7"]);
    walk.sees("[7 Box]");
    walk.keys(&["Right"]);
    walk.sees("NOT YET");
    walk.keys(&["e"]);
    walk.sees("A one-time code to enrol with");
    walk.keys(&["C-u"]);
    for _ in 0..20 {
        walk.keys(&["BSpace"]);
    }
    walk.types("teacher");
    walk.keys(&["F10"]);
    let page = walk.sees("It is shown this once");
    let code = page
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| line.len() > 8 && line.contains('-') && !line.contains(' '));
    let code = code.unwrap_or_else(|| panic!("no code:\n{page}")).to_string();
    walk.keys(&["Enter"]);
    walk.sees("[7 Box]");
    // A camera's password, which the screen never shows.
    walk.keys(&["p"]);
    walk.sees("A camera's password");
    walk.types("cameras");
    walk.keys(&["Enter"]);
    for _ in 0..2 {
        walk.types("zebra-quartz");
        walk.keys(&["Enter"]);
    }
    let said = walk.sees("is set");
    assert!(!said.contains("zebra"), "{said}");
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    // The new person: a wrong code first.
    walk.keys(&["l"]);
    walk.sees("Passphrase");
    walk.keys(&["C-n"]);
    walk.sees("Choose your passphrase");
    enrol(&walk, "wrong-code-altogether");
    walk.sees("code");
    walk.keys(&["Escape"]);
    walk.sees("l log in");
    walk.keys(&["l"]);
    walk.sees("Passphrase");
    walk.keys(&["C-n"]);
    walk.sees("Choose your passphrase");
    enrol(&walk, &code);
    walk.sees("is enrolled");
    walk.log_in("teacher", THIRD);
    walk.keys(&["o"]);
    walk.sees("You are logged out.");
    // Nobody can log in: a sealed code, which is loud.
    walk.keys(&["l"]);
    walk.sees("Passphrase");
    walk.keys(&["C-g"]);
    walk.sees("Open a sealed code");
    walk.types(&codes[0]);
    walk.keys(&["Enter"]);
    walk.types("everybody is ill");
    walk.keys(&["F10"]);
    walk.sees("has to be reviewed");
    walk.keys(&["Enter"]);
    walk.keys(&["7"]);
    walk.sees("[7 Box]");
    walk.keys(&["r"]);
    walk.sees("Restart Beadle");
    walk.types("new network switch");
    walk.keys(&["F10"]);
    walk.sees("Beadle ends");
    let began = Instant::now();
    let ended = loop {
        if let Some(status) = walk.recorder.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the recorder does not end");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(ended.success(), "{ended}");
    walk.keys(&["Escape"]);
    walk.sees("not answering since");
    assert!(!walk.path("state").join("running.json").exists(), "a clean stop");
    walk.keys(&["C-c"]);
    walk.sees("CLOSED");
    let tape = std::fs::read_to_string(walk.path("tape")).unwrap();
    for secret in [FIRST, SECOND, THIRD, "zebra-quartz", code.as_str(), codes[0].as_str()] {
        assert!(!tape.contains(secret), "the recording has {secret}");
    }
}

fn found_with_codes(walk: &Walk) -> Vec<String> {
    for (person, phrase) in [("head", FIRST), ("caretaker", SECOND)] {
        walk.types(person);
        walk.keys(&["Enter"]);
        walk.types(phrase);
        walk.keys(&["Enter"]);
        walk.types(phrase);
        walk.keys(&["Enter", "Enter", "Enter"]);
    }
    let page = walk.sees("The box has its people");
    let is_code = |line: &&str| line.len() > 12 && line.contains('-') && !line.contains(' ');
    let codes: Vec<String> =
        page.lines().map(str::trim).filter(is_code).map(String::from).collect();
    assert!(!codes.is_empty(), "no sealed code:\n{page}");
    walk.keys(&["Enter"]);
    codes
}

fn enrol(walk: &Walk, code: &str) {
    walk.types("teacher");
    walk.keys(&["Enter"]);
    walk.types(code);
    walk.keys(&["Enter", "Enter"]);
    for _ in 0..2 {
        walk.types(THIRD);
        walk.keys(&["Enter"]);
    }
}
