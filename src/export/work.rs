//! The process that writes: a job on its standard input, lines back on its standard output. It is
//! nicer than the recorder, and when it crashes nothing else does.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::job::{Going, Job, Said, Say};
use super::source::Disks;
use super::write::{Orderer, write};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::disk::real::RealDisk;

/// How often it says how far it is.
const EVERY: Duration = Duration::from_millis(200);
/// Below everything that records.
const NICE: i32 = 10;

/// Reads a job and carries it out; `false`: it failed, and said why.
pub fn run(input: impl BufRead + Send + 'static, output: &mut dyn Write) -> bool {
    be_nice();
    let mut lines = input.lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    let (told, says) = channel();
    // Ends with the pipe; whoever ordered the package and is gone has stopped it.
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let Ok(say) = serde_json::from_str(&line) else { break };
            if told.send(say).is_err() {
                break;
            }
        }
    });
    let mut pipe = Pipe { output, says, last: Instant::now() };
    let done = serde_json::from_str(&first)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("this is no order: {e}")))
        .and_then(|job: Job| carry_out(&job, &mut pipe));
    let said = match done {
        Ok(whole) => Said::Whole(whole),
        Err(fault) => Said::Failed { fault },
    };
    let well = matches!(said, Said::Whole(_));
    let _ = pipe.tell(&said); // nobody may be listening any more
    well
}

fn carry_out(job: &Job, pipe: &mut Pipe<'_>) -> Result<super::job::Whole, Fault> {
    let mut disks = Disks::new();
    for (id, path) in &job.disks {
        let disk: Box<dyn Disk> = Box::new(RealDisk::open(Path::new(path), None)?);
        disks.insert(id.clone(), disk);
    }
    let target = RealDisk::open(Path::new(&job.target), None)?;
    write(job, &disks, &target, pipe)
}

/// The system's scheduler puts it behind whoever records; its disk queue follows.
fn be_nice() {
    // SAFETY: a plain system call about this process; no memory is passed. Without the right to it
    // nothing changes.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

struct Pipe<'a> {
    output: &'a mut dyn Write,
    says: Receiver<Say>,
    last: Instant,
}

impl Pipe<'_> {
    fn tell(&mut self, said: &Said) -> Result<(), Fault> {
        let mut line = serde_json::to_vec(said).unwrap_or_default();
        line.push(b'\n');
        let written = self.output.write_all(&line).and_then(|()| self.output.flush());
        written.map_err(|e| Fault::io("telling how the export goes", &e))
    }
}

fn stopped() -> Fault {
    Fault::new(FaultKind::Busy, "it was stopped")
}

impl Orderer for Pipe<'_> {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        match self.says.try_recv() {
            Ok(Say::Stop) | Err(TryRecvError::Disconnected) => return Err(stopped()),
            Ok(Say::Signed { .. }) | Err(TryRecvError::Empty) => {}
        }
        if self.last.elapsed() < EVERY && going.done < going.total {
            return Ok(());
        }
        self.last = Instant::now();
        self.tell(&Said::Going(going))
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        self.tell(&Said::Sign { list: list.into() })?;
        match self.says.recv() {
            Ok(Say::Signed { signature }) => Ok(signature),
            Ok(Say::Stop) | Err(_) => Err(stopped()),
        }
    }
}
