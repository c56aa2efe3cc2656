//! Where a viewing's pictures go: down the viewer's line, or to the box's own screen while the
//! viewer asks for that. News goes down the line always.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::display::{Display, Said};
use super::player::{Input, Output, Reach, Setup, Wish};
use super::playhead::Speed;
use crate::base::time::{Utc, Zone};
use crate::wire::viewing::{self, News};

/// What the viewer asked for last, about the box's own screen.
#[derive(Default)]
pub struct Asked {
    on: AtomicBool,
    /// It was asked to let go, and waits to hear that it has.
    off: AtomicBool,
}

impl Asked {
    pub fn ask(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
        self.off.fetch_or(!on, Ordering::Relaxed);
    }
}

pub struct Outlet<'a> {
    stream: &'a UnixStream,
    program: PathBuf,
    tiles: usize,
    zone: Zone,
    reach: Reach,
    /// As the viewer asked for its own pictures.
    own: (bool, (u16, u16)),
    /// The viewer wants the screen.
    asked: Arc<Asked>,
    display: Option<Display>,
    holes: Vec<bool>,
    /// Pictures that their reader was too slow for.
    pub unsent: u64,
}

impl<'a> Outlet<'a> {
    pub fn new(stream: &'a UnixStream, setup: &Setup, asked: Arc<Asked>) -> Outlet<'a> {
        Outlet {
            stream,
            program: setup.program.clone(),
            tiles: setup.cameras.len(),
            zone: setup.zone.clone(),
            reach: setup.reach,
            own: (setup.overlay, setup.within),
            asked,
            display: None,
            holes: vec![false; setup.cameras.len()],
            unsent: 0,
        }
    }

    /// Takes the screen or lets it go, as the viewer wishes; hears what became of it. `false`: the
    /// viewer is gone.
    pub fn follow(&mut self, inlet: &SyncSender<Input>) -> bool {
        let wanted = self.asked.on.load(Ordering::Relaxed);
        match &mut self.display {
            None if wanted => match Display::open(&self.program, self.tiles) {
                Ok(display) => self.display = Some(display),
                Err(why) => return self.let_go(Some(why)),
            },
            None => return self.let_go(None),
            Some(_) if !wanted => {
                let (burnt, within) = self.own;
                let went = self.let_go(None);
                return went && inlet.send(Input::Wish(Wish::Burn(burnt, within))).is_ok();
            }
            Some(display) => match display.said() {
                None => {}
                Some(Said::Ready { tile }) => {
                    let burn = Wish::Burn(true, tile);
                    // Words that came before.
                    for (n, _) in self.holes.iter().enumerate().filter(|(_, hole)| **hole) {
                        display.words(n, NOTHING);
                    }
                    return inlet.send(Input::Wish(burn)).is_ok()
                        && self.news(&News::Screen { on: true, why: None });
                }
                Some(Said::Gone(why)) => {
                    let (burnt, within) = self.own;
                    let went = self.let_go(Some(why));
                    return went && inlet.send(Input::Wish(Wish::Burn(burnt, within))).is_ok();
                }
            },
        }
        true
    }

    /// The screen is let go, if it was ours, and the viewer told so once it is.
    pub fn let_go(&mut self, why: Option<String>) -> bool {
        let had = self.display.take().is_some();
        self.asked.on.store(false, Ordering::Relaxed);
        let waits = self.asked.off.swap(false, Ordering::Relaxed);
        match had || waits || why.is_some() {
            true => self.news(&News::Screen { on: false, why }),
            false => true,
        }
    }

    pub fn news(&mut self, news: &News) -> bool {
        write(self.stream, &viewing::news(news), &[])
    }

    /// `false`: the viewer is gone. A screen that is gone is noticed with the next look at it.
    pub fn give(&mut self, output: Output) -> bool {
        if let Some(display) = &mut self.display {
            match &output {
                Output::Picture { seat, picture } => {
                    match display.is_ready() && takes_more(display.stream()) {
                        true => {
                            display.picture(*seat, picture);
                        }
                        false => self.unsent += u64::from(display.is_ready()),
                    }
                    return true;
                }
                Output::Hole { seat, hole } if display.is_ready() => {
                    display.words(*seat, if *hole { NOTHING } else { "" });
                }
                Output::Clock { at, speed, back } if display.is_ready() => {
                    let (text, place) = bar(&self.zone, self.reach, *at, *speed, *back);
                    display.bar(text, place);
                }
                _ => {}
            }
        }
        let news = match output {
            Output::Picture { seat, picture } => {
                if !takes_more(self.stream) {
                    self.unsent += 1;
                    return true;
                }
                let head = viewing::picture_head(seat as u16, 0, &picture);
                return write(self.stream, &head, &picture.rgb);
            }
            Output::Clock { at, speed, back } => {
                News::Clock { at, quarters: speed.map(Speed::in_quarters), back }
            }
            Output::Hole { seat, hole } => {
                self.holes.get_mut(seat).into_iter().for_each(|known| *known = hole);
                News::Hole { seat: seat as u8, hole }
            }
            Output::Settled { took } => News::Settled { millis: took.as_millis().max(0) as u32 },
            Output::Trouble { text } => News::Trouble { text },
        };
        self.news(&news)
    }
}

const NOTHING: &str = "NO FOOTAGE";

/// What stands below the pictures: both times, what the clock does, and how far it has come.
fn bar(zone: &Zone, reach: Reach, at: Utc, speed: Option<Speed>, back: bool) -> (String, u16) {
    let utc = at.to_string();
    let utc = utc.split('T').nth(1).and_then(|t| t.get(..8)).unwrap_or_default();
    let does = match speed.map(Speed::in_quarters) {
        _ if reach == Reach::Live => "LIVE".to_string(),
        None => "STANDS".into(),
        Some(quarters) => {
            let way = if back { "BACK" } else { "PLAYS" };
            match quarters {
                1 => format!("{way} 1/4X"),
                2 => format!("{way} 1/2X"),
                n => format!("{way} {}X", n / 4),
            }
        }
    };
    let place = match reach {
        Reach::Window(from, until) => {
            let all = i128::from((until - from).0.max(1));
            let part = i128::from((at - from).0.max(0)).min(all);
            (part * 65_535 / all) as u16
        }
        Reach::All | Reach::Live => u16::MAX,
    };
    (format!("{}  {utc} UTC  {does}", zone.show(at)), place)
}

/// Would the connection take bytes now?
fn takes_more(stream: &UnixStream) -> bool {
    let mut asked = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
    poll(&mut asked, PollTimeout::ZERO).is_ok_and(|n| n > 0)
}

fn write(mut stream: &UnixStream, head: &[u8], body: &[u8]) -> bool {
    stream.write_all(head).and_then(|()| stream.write_all(body)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    #[test]
    fn the_bar_says_when_and_how_far() {
        let from: Utc = "2026-07-01T12:00:00Z".parse().unwrap();
        let (window, zone) = (Reach::Window(from, from + Span::mins(10)), "Europe/London");
        let zone = Zone::named(zone).unwrap();
        for (reach, after, speed, back, want, place) in [
            (window, 300, None, false, "STANDS", 32_767),
            (window, 0, Speed::quarters(1), false, "PLAYS 1/4X", 0),
            (window, 600, Speed::quarters(128), true, "BACK 32X", 65_535),
            (window, -9, Speed::quarters(4), false, "PLAYS 1X", 0),
            (Reach::Live, 0, Speed::quarters(4), false, "LIVE", 65_535),
        ] {
            let at = from + Span::secs(after);
            let (text, got) = bar(&zone, reach, at, speed, back);
            assert!(text.ends_with(want) && got == place, "{text} {got}");
            assert!(text.starts_with("2026-07-01 1") && text.contains(" UTC  "), "{text}");
        }
    }
}
