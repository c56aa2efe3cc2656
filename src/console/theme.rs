//! Colours by meaning: the eight of the Linux console, and bold; never a colour without its word.

use ratatui::style::{Color, Modifier, Style};

use crate::wire::{CameraState, DiskState, Level};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Plain,
    /// Labels and what can be overlooked.
    Quiet,
    Strong,
    Good,
    Warn,
    Bad,
}

/// `faded`: the supervisor is silent, and everything shown is the past.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub faded: bool,
}

/// As things stand now.
pub const BRIGHT: Theme = Theme { faded: false };

impl Theme {
    pub fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        if self.faded {
            return plain.fg(Color::DarkGray);
        }
        match tone {
            Tone::Plain => plain,
            Tone::Quiet => plain.fg(Color::DarkGray),
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Good => plain.fg(Color::Green),
            Tone::Warn => plain.fg(Color::Yellow),
            Tone::Bad => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        }
    }
}

/// The top line.
pub fn bar() -> Style {
    Style::new().fg(Color::White).bg(Color::Blue)
}

/// The verdict's word in the top line; black or white on a colour that differs in brightness too.
pub fn badge(level: Level) -> Style {
    let (back, front) = match level {
        Level::Ok => (Color::Green, Color::Black),
        Level::Notice => (Color::Cyan, Color::Black),
        Level::Warning => (Color::Yellow, Color::Black),
        Level::Fault => (Color::Red, Color::White),
    };
    Style::new().bg(back).fg(front).add_modifier(Modifier::BOLD)
}

/// The row that the arrows have chosen.
pub fn chosen(style: Style) -> Style {
    style.add_modifier(Modifier::REVERSED)
}

pub fn level(level: Level) -> Tone {
    match level {
        Level::Ok => Tone::Good,
        Level::Notice => Tone::Plain,
        Level::Warning => Tone::Warn,
        Level::Fault => Tone::Bad,
    }
}

pub fn camera(state: CameraState) -> Tone {
    match state {
        CameraState::Recording => Tone::Good,
        CameraState::Connecting => Tone::Warn,
        CameraState::Failed => Tone::Bad,
        CameraState::Disabled => Tone::Quiet,
    }
}

pub fn disk(state: DiskState) -> Tone {
    match state {
        DiskState::Writing => Tone::Good,
        DiskState::Slow | DiskState::Full => Tone::Warn,
        _ => Tone::Bad,
    }
}
