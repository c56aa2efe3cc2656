//! `beadle-pictures screen`: the box's own screen, while pictures play there.
//!
//! It takes the card, sets the screen's own mode, and lets both go when the line ends: nothing is
//! drawn by anybody else meanwhile, and the text console comes back when the console says so
//! (`beadle::console::tty`). It decodes nothing and knows no camera. Whatever hangs here, it ends
//! by itself: the kernel's alarm is put off with each round.

mod card;
mod sheet;
mod sink;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use beadle::base::limits::PICTURES_MEMORY_BYTES_MAX;
use beadle::wire::pictures::Hurry;
use beadle::wire::pictures::display::{FromScreen, ToScreen, VERSION, encode_from, to_screen};
use bytes::BytesMut;

use super::guard;
use card::Card;
use sheet::Sheet;
use sink::Sink;

/// Read at once.
const READ_BYTES: usize = 256 * 1024;
/// Pictures on their way; a picture of the whole screen is six megabytes.
const QUEUED_MAX: usize = 4;
/// Without a sign of life from ourselves for so many seconds the kernel ends us. Looking at every
/// plugin took nine on a slow machine.
const ALARM_SECS: u32 = 20;

/// Exit status 0 when the parent hung up, 1 when the screen cannot be had (and the parent was
/// told), 2 when this was not started by a supervisor.
pub fn run() -> ExitCode {
    let socket = match guard::guard(PICTURES_MEMORY_BYTES_MAX).and_then(|()| guard::socket()) {
        Ok(socket) => socket,
        Err(e) => {
            eprintln!(
                "beadle-pictures screen is started by beadle, with a socket as its input: {e}"
            );
            return ExitCode::from(2);
        }
    };
    alarm();
    guard::stand_back(Hurry::Some);
    match show(&socket) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("beadle-pictures screen: {text}");
            say(&socket, &FromScreen::Failed { text });
            ExitCode::FAILURE
        }
    }
}

fn alarm() {
    // SAFETY: a plain number in, no memory of ours is touched.
    unsafe { libc::alarm(ALARM_SECS) };
}

fn say(mut socket: &UnixStream, message: &FromScreen) {
    let _ = socket.write_all(&encode_from(message)); // a parent that is gone misses nothing
}

fn show(socket: &UnixStream) -> Result<(), String> {
    let (inlet, messages) = sync_channel(QUEUED_MAX);
    let ear = socket.try_clone().map_err(|e| e.to_string())?;
    let reading = move || read(ear, &inlet);
    let reader = std::thread::Builder::new().name("pictures".into()).spawn(reading);
    reader.map_err(|e| e.to_string())?;
    let tiles = match messages.recv() {
        Ok(ToScreen::Begin { version: VERSION, tiles }) => usize::from(tiles.max(1)),
        Ok(ToScreen::Begin { .. }) => return Err("beadle is of another release".into()),
        _ => return Err("the first message was no beginning".into()),
    };
    let card = Card::take()?;
    let mut sheet = Sheet::new(card.width, card.height, tiles);
    let mut sink = Sink::open(&card)?;
    sink.show(&sheet)?;
    sink.settle()?;
    let (width, height) = sheet.tile();
    let screen = (card.width as u16, card.height as u16);
    let (tile, name) = ((width as u16, height as u16), card.name.clone());
    say(socket, &FromScreen::Ready { version: VERSION, screen, tile, card: name });
    // The card is let go before the line: what is dropped first stands last.
    let done = draw(&messages, &mut sheet, &mut sink);
    drop(sink);
    drop(card);
    done
}

/// Everything that came is drawn at once, then shown.
fn draw(messages: &Receiver<ToScreen>, sheet: &mut Sheet, sink: &mut Sink) -> Result<(), String> {
    loop {
        alarm();
        match messages.recv_timeout(Duration::from_secs(1)) {
            Ok(message) => take(sheet, message)?,
            Err(RecvTimeoutError::Timeout) => {
                sink.trouble()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        for message in messages.try_iter().take(QUEUED_MAX) {
            take(sheet, message)?;
        }
        sink.show(sheet)?;
    }
}

fn take(sheet: &mut Sheet, message: ToScreen) -> Result<(), String> {
    match message {
        ToScreen::Begin { .. } => return Err("began twice".into()),
        ToScreen::Picture { tile, picture } => sheet.picture(usize::from(tile), &picture),
        ToScreen::Said { tile, text } => sheet.said(usize::from(tile), text),
        ToScreen::Bar { text, at } => sheet.bar(&text, at),
    }
    Ok(())
}

/// Until the parent hangs up, or sends what is none of its language.
fn read(mut socket: UnixStream, inlet: &SyncSender<ToScreen>) {
    let mut buffer = BytesMut::with_capacity(READ_BYTES);
    let mut piece = vec![0; READ_BYTES];
    loop {
        match to_screen(&mut buffer) {
            Ok(Some(message)) => {
                if inlet.send(message).is_err() {
                    return;
                }
                continue;
            }
            Ok(None) => {}
            Err(broken) => {
                eprintln!("beadle-pictures screen: {broken}");
                return;
            }
        }
        match socket.read(&mut piece) {
            Ok(length @ 1..) => buffer.extend_from_slice(&piece[..length]),
            Ok(0) | Err(_) => return,
        }
    }
}
