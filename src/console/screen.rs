//! The terminal while it is ours: taken, drawn on without flicker, put back on every way out.

use std::io::{Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{cursor, execute, queue, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::draw::draw;
use super::graphics::Place;
use super::sight::tiles;
use super::state::State;
use super::tty;
use crate::base::time::Utc;

pub struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    /// Pictures are framed, so that none is shown half drawn. A terminal that does not know the
    /// mode passes over it; the Linux console is not asked.
    framed: bool,
    /// Where dots of pictures stand, and of which moment each is.
    places: Vec<(Place, Option<Utc>)>,
}

static OURS: AtomicBool = AtomicBool::new(false);

impl Screen {
    /// # Errors
    /// The terminal's.
    pub fn open(on_linux: bool) -> std::io::Result<Screen> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
        terminal::enable_raw_mode()?;
        OURS.store(true, Ordering::SeqCst);
        let opened = (|| {
            execute!(stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
            let terminal = anew(terminal::size()?)?;
            Ok(Screen { terminal, framed: !on_linux, places: Vec::new() })
        })();
        if opened.is_err() {
            restore();
        }
        opened
    }

    /// # Errors
    /// The terminal's.
    pub fn show(&mut self, state: &State) -> std::io::Result<()> {
        if self.framed {
            queue!(stdout(), BeginSynchronizedUpdate)?;
        }
        let pictures = tiles::places(state);
        if !self.places.iter().map(|(place, _)| place).eq(pictures.iter().map(|(_, p, _)| p)) {
            write!(stdout(), "{}", state.graphics.clear())?;
            self.wipe((state.columns, state.rows))?;
            self.places = pictures.iter().map(|(_, place, _)| (*place, None)).collect();
        }
        self.terminal.draw(|frame| {
            draw(state, frame);
            pictures.iter().for_each(|(_, place, _)| leave_out(frame.buffer_mut(), *place));
        })?;
        let mut dots = String::new();
        for ((n, place, picture), (_, sent)) in pictures.iter().zip(&mut self.places) {
            if sent.replace(picture.at) != Some(picture.at) {
                state.graphics.put(&mut dots, *n, picture, *place);
            }
        }
        if !dots.is_empty() {
            stdout().write_all(dots.as_bytes())?;
            stdout().flush()?;
        }
        if self.framed {
            execute!(stdout(), EndSynchronizedUpdate)?;
        }
        Ok(())
    }

    /// Everything is drawn anew with the next picture, at this size.
    ///
    /// # Errors
    /// The terminal's.
    pub fn wipe(&mut self, size: (u16, u16)) -> std::io::Result<()> {
        self.terminal = anew(size)?;
        self.places.iter_mut().for_each(|(_, sent)| *sent = None);
        Ok(())
    }
}

/// Cells that hold dots are nobody's: a letter there would wipe them.
fn leave_out(cells: &mut Buffer, place: Place) {
    for y in place.top..place.top + place.rows {
        for x in place.left..place.left + place.columns {
            if let Some(cell) = cells.cell_mut((x, y)) {
                cell.set_diff_option(CellDiffOption::Skip);
            }
        }
    }
}

/// An empty screen of a size that we were told. ratatui's own clearing asks the terminal where its
/// cursor is, and gives up after two seconds on a line that answers nothing.
fn anew((width, height): (u16, u16)) -> std::io::Result<Terminal<CrosstermBackend<Stdout>>> {
    execute!(stdout(), terminal::Clear(terminal::ClearType::All))?;
    let viewport = Viewport::Fixed(Rect { x: 0, y: 0, width, height });
    Terminal::with_options(CrosstermBackend::new(stdout()), TerminalOptions { viewport })
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
    tty::restore();
    let wipe = terminal::Clear(terminal::ClearType::All);
    let _ = execute!(stdout(), EndSynchronizedUpdate, wipe, cursor::MoveTo(0, 0));
    let _ = execute!(stdout(), terminal::LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
    let _ = stdout().flush();
}
