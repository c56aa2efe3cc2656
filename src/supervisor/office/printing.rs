//! Papers from a screen, to a stick or to the printer of the file.
//!
//! A process of its own, `beadle print-work`, reads what the paper needs over the socket as the
//! person who asked, typesets it and brings it there. It has no right of its own, and its crash, or
//! minutes of a slow printer, are its own too.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::Supervisor;
use super::super::sticks::{Same, Sticks, same};
use super::call::Caller;
use crate::base::limits::FILE_BYTES_MAX;
use crate::base::secret::Secret;
use crate::config::roles::Deed;
use crate::export::job::OnStick;
use crate::export::papers::{Onto as Place, Order, Printed as Said};
use crate::logbook::{Kind, Number};
use crate::signage::list::{self, Line};
use crate::wire::print::{Onto, Print, Printed, Printing};
use crate::wire::stick::{Carrier, Filed};
use crate::wire::{Reply, Sent};

/// Prints at once; a screen makes one.
const PRINTS_MAX: usize = 2;
/// Ended ones that can still be asked for.
const ENDED_MAX: usize = 8;
/// A year's pack on a slow printer; what takes longer hangs.
const PRINT_SPAN: Duration = Duration::from_secs(600);
const LOOK_SPAN: Duration = Duration::from_millis(100);
/// It says one line.
const SAID_BYTES_MAX: u64 = 64 << 10;

/// See [`super::Office`].
#[derive(Default)]
pub(super) struct Prints {
    /// Where this supervisor answers.
    socket: Option<PathBuf>,
    running: Vec<Arc<Mutex<Printing>>>,
}

/// Plain values: what a panic left is as good as any.
fn held(print: &Mutex<Printing>) -> MutexGuard<'_, Printing> {
    print.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Supervisor {
    /// Whoever makes papers asks here for what they need.
    pub(in super::super) fn use_socket(&mut self, socket: &Path) {
        self.office.prints.socket = Some(socket.to_path_buf());
    }

    /// Answers as soon as the print is entered and has begun.
    pub(super) fn print(
        &mut self,
        caller: &Caller,
        session: Option<Sent>,
        wanted: Print,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let line = list::named(&wanted.paper)
            .ok_or_else(|| format!("There is no \"{}\" to print.", wanted.paper))?;
        let socket = self.office.prints.socket.clone().ok_or("This recorder has no socket.")?;
        let going = self.office.prints.running.iter().filter(|p| held(p).end.is_none()).count();
        if going >= PRINTS_MAX {
            return Err(format!("{going} papers are being printed; wait until one has come."));
        }
        let file = self.file_text()?;
        let (onto, target) = self.print_target(&wanted.onto, line)?;
        let mut title = line.title.to_string();
        title.extend(wanted.of.iter().map(|of| format!(" {of}")));
        title += &format!(", {onto}");
        let seal = line.personal && matches!(&target, Place::Stick(on) if on.key.is_none());
        let phrase = if seal { self.export_phrase(Carrier::Zip)? } else { None };
        let reason = format!("printed: {title}");
        let entered = self.allowed_as(caller, Deed::Print, Kind::Audit, &reason)?;
        let number = entered.number().ok_or("It was not entered.")?;
        let state = Printing { number, title, passphrase: None, end: None };
        let (stick, sticks) = match &target {
            Place::Stick(on) => (self.take_for_print(on), self.sticks.clone()),
            Place::Printer { .. } => (None, None),
        };
        let order = Order {
            socket,
            session,
            file,
            paper: wanted.paper,
            of: wanted.of,
            onto: target,
            phrase: phrase.clone().map(Sent),
        };
        let shared = Arc::new(Mutex::new(state.clone()));
        let begun = begin(order, shared.clone(), stick.zip(sticks));
        begun.map_err(|e| format!("The print cannot be started: {e}."))?;
        let all = &mut self.office.prints.running;
        all.push(shared);
        while all.len() > ENDED_MAX
            && let Some(oldest) = all.iter().position(|p| held(p).end.is_some())
        {
            all.remove(oldest);
        }
        // Told once, here; kept nowhere.
        Ok(Reply::Print(Box::new(Printing { passphrase: phrase.map(Sent), ..state })))
    }

    pub(super) fn print_state(&self, number: Number) -> Result<Reply, String> {
        let found = self.office.prints.running.iter().find(|p| held(p).number == number);
        let found = found.ok_or_else(|| format!("No print {number} is going on."))?;
        Ok(Reply::Print(Box::new(held(found).clone())))
    }

    /// Where it goes, in words and as an order.
    fn print_target(&self, onto: &Onto, line: &Line) -> Result<(String, Place), String> {
        let (name, key) = match onto {
            Onto::Printer => {
                let printer = self.file.config.site.printer.as_ref().ok_or(
                    "The file names no printer: add printer \"ipp://...\" to site, or take a \
                     stick.",
                )?;
                let address = printer.value.text.clone();
                return Ok((format!("on {}", printer.value.host), Place::Printer { address }));
            }
            Onto::Stick { stick, key } => (stick, key),
        };
        let held = self.stick_line(name)?;
        if !held.state.is_writable() {
            return Err(format!("The stick {name} is not ready; look at it in a moment."));
        }
        if held.filed == Filed::BitLocker && key.is_none() {
            return Err("Give the passphrase of the BitLocker stick.".into());
        }
        if !held.packages.is_empty() && line.personal {
            return Err(format!(
                "The stick {name} holds a copy of evidence and leaves with it: take another \
                 (S4.23)."
            ));
        }
        let gone = || format!("The stick {name} is no longer there.");
        let sticks = self.sticks.as_ref().ok_or_else(gone)?;
        let (stick, _) = sticks.named(name).ok_or_else(gone)?;
        let key: Option<Secret> =
            key.as_ref().filter(|_| held.filed == Filed::BitLocker).map(|key| key.0.clone());
        let on = OnStick {
            machine: sticks.socket().to_path_buf(),
            which: stick.which,
            serial: stick.serial,
            bytes: stick.bytes,
            key,
            stale: Vec::new(),
        };
        Ok((format!("to the stick {name}"), Place::Stick(on)))
    }

    /// As it lies on disk.
    fn file_text(&self) -> Result<String, String> {
        let gone = || "The file cannot be read just now.".to_string();
        let (folder, name) = self.office.site_file.as_ref().ok_or_else(gone)?;
        let bytes = folder.read_at(name, 0, FILE_BYTES_MAX).map_err(|fault| fault.text)?;
        String::from_utf8(bytes).map_err(|_| gone())
    }

    fn take_for_print(&self, on: &OnStick) -> Option<Same> {
        let sticks = self.sticks.as_ref()?;
        let (stick, _) = sticks.named(&on.which.name)?;
        let known = same(&stick);
        sticks.take(known.clone());
        Some(known)
    }
}

/// Starts the process, and a thread that hears how it ends.
fn begin(
    order: Order,
    print: Arc<Mutex<Printing>>,
    stick: Option<(Same, Sticks)>,
) -> std::io::Result<()> {
    let work = move || {
        let end = converse(&order).unwrap_or_else(|why| Printed::Failed { why });
        if let Some((stick, sticks)) = stick {
            sticks.give_back(&stick, matches!(end, Printed::Done { .. }));
        }
        held(&print).end = Some(end);
    };
    std::thread::Builder::new().name("print".into()).spawn(work).map(drop)
}

fn converse(order: &Order) -> Result<Printed, String> {
    let lost = |e: std::io::Error| format!("the process that prints cannot be started: {e}");
    let program = std::env::current_exe().map_err(lost)?;
    let mut program = Command::new(program);
    let program = program.arg("print-work").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().map_err(lost)?;
    let told = tell(&mut child, order);
    let ended = told.and_then(|()| wait(&mut child));
    if ended.is_err() {
        let _ = child.kill(); // one that has ended is as good as killed
        let _ = child.wait();
    }
    ended?;
    let mut said = Vec::new();
    if let Some(mouth) = child.stdout.take() {
        // One line, which the pipe held while it ended.
        let _ = mouth.take(SAID_BYTES_MAX).read_to_end(&mut said);
    }
    match serde_json::from_slice(&said) {
        Ok(Said::Done(text)) => Ok(Printed::Done { text }),
        Ok(Said::Failed(why)) => Err(why),
        Err(_) => Err("the process that prints crashed; nothing else did".into()),
    }
}

fn tell(child: &mut Child, order: &Order) -> Result<(), String> {
    let mut line = serde_json::to_vec(order).map_err(|e| e.to_string())?;
    line.push(b'\n');
    let mut ear = child.stdin.take().ok_or("the process that prints has no input")?;
    ear.write_all(&line).map_err(|e| format!("the process that prints takes no order: {e}"))
}

fn wait(child: &mut Child) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return Ok(()),
            Ok(None) if begun.elapsed() > PRINT_SPAN => {
                let minutes = PRINT_SPAN.as_secs() / 60;
                return Err(format!("it took more than {minutes} minutes and was stopped"));
            }
            Ok(None) => std::thread::sleep(LOOK_SPAN),
            Err(e) => return Err(format!("the process that prints was lost: {e}")),
        }
    }
}
