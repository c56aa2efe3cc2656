//! The process that writes: a job on its standard input, lines back on its standard output. It is
//! nicer than the recorder, and when it crashes nothing else does.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::archive::archive;
use super::job::{Going, Job, Said, Say, Stage, Target, Whole};
use super::landing::{Landing, keep_apart};
use super::papers::{self, Pages};
use super::source::Disks;
use super::write::{Orderer, write};
use crate::base::fault::{Fault, FaultKind};
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::signage::Document;

/// How often it says how far it is.
const EVERY: Duration = Duration::from_millis(200);
/// Below everything that records.
const NICE: i32 = 10;
/// Best effort, the last of eight: an idle class would never end beside 32 cameras.
const IOPRIO_LAST: libc::c_int = 2 << 13 | 7;
const IOPRIO_WHO_PROCESS: libc::c_int = 1;

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

fn carry_out(job: &Job, pipe: &mut Pipe<'_>) -> Result<Whole, Fault> {
    let mut disks = Disks::new();
    for (id, path) in &job.disks {
        let disk: Box<dyn Disk> = Box::new(RealDisk::open(Path::new(path), None)?);
        disks.insert(id.clone(), disk);
    }
    let stick = match &job.target {
        Target::Folder { path } => {
            let target = RealDisk::open(Path::new(path), None)?;
            return onto(job, &disks, &target, pipe);
        }
        Target::Stick(stick) => stick,
    };
    let landing = Landing::take(stick.clone(), job.manifest.package.clone())?;
    let whole = onto(job, &disks, landing.disk(), &mut OnLanding { pipe, landing: &landing });
    // Let go in any case: what is on it is on it, and it can be pulled out.
    let _ = pipe.tell(&Said::Going(Going { stage: Stage::Leaving, done: 0, total: 0 }));
    let left = landing.leave();
    let whole = whole?;
    left.map(|()| whole)
}

fn onto(
    job: &Job,
    disks: &Disks,
    target: &dyn Disk,
    orderer: &mut dyn Orderer,
) -> Result<Whole, Fault> {
    keep_apart(target)?;
    let dice = |bytes: &mut [u8]| {
        let no = |e| Fault::new(FaultKind::Io, format!("the kernel gives no randomness: {e}"));
        getrandom::fill(bytes).map_err(no)
    };
    match &job.archive {
        Some(phrase) => archive(job, disks, target, phrase, &dice, orderer),
        None => write(job, disks, target, orderer),
    }
}

/// The system's scheduler puts it behind whoever records, and so does the disk's queue.
fn be_nice() {
    // Without the right to it nothing changes.
    // SAFETY: two plain system calls about this thread, before it starts others; no memory is
    // passed.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, NICE);
        libc::syscall(libc::SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_LAST);
    }
}

/// A stick that may be pulled out, and the pipe to whoever ordered the package.
struct OnLanding<'a, 'b> {
    pipe: &'a mut Pipe<'b>,
    landing: &'a Landing,
}

impl Orderer for OnLanding<'_, '_> {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        self.pipe.going(going)
    }

    fn begins(&mut self) -> Result<(), Fault> {
        self.pipe.begins()
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        self.pipe.sign(list)
    }

    fn pages(&mut self, papers: &[Document]) -> Result<Pages, Fault> {
        self.pipe.pages(papers)
    }

    fn lost(&mut self, fault: Fault) -> Result<(), Fault> {
        if fault.text == STOPPED {
            return Err(fault);
        }
        let (mut said, pipe) = (String::new(), &mut *self.pipe);
        self.landing.back(fault, &mut |text| {
            pipe.is_stopped()?;
            if said != text {
                said = text.to_string();
                pipe.tell(&Said::Waits { text: Some(said.clone()) })?;
            }
            Ok(())
        })?;
        self.pipe.tell(&Said::Waits { text: None })
    }
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

    fn is_stopped(&self) -> Result<(), Fault> {
        match self.says.try_recv() {
            Ok(Say::Stop) | Err(TryRecvError::Disconnected) => Err(stopped()),
            Ok(Say::Signed { .. }) | Err(TryRecvError::Empty) => Ok(()),
        }
    }
}

const STOPPED: &str = "it was stopped";

fn stopped() -> Fault {
    Fault::new(FaultKind::Busy, STOPPED)
}

impl Orderer for Pipe<'_> {
    fn going(&mut self, going: Going) -> Result<(), Fault> {
        self.is_stopped()?;
        if self.last.elapsed() < EVERY && going.done < going.total {
            return Ok(());
        }
        self.last = Instant::now();
        self.tell(&Said::Going(going))
    }

    fn begins(&mut self) -> Result<(), Fault> {
        self.is_stopped()?;
        self.tell(&Said::Begins)
    }

    fn pages(&mut self, papers: &[Document]) -> Result<Pages, Fault> {
        papers::set(papers, &mut || self.is_stopped())
    }

    fn sign(&mut self, list: &str) -> Result<String, Fault> {
        self.tell(&Said::Sign { list: list.into() })?;
        match self.says.recv() {
            Ok(Say::Signed { signature }) => Ok(signature),
            Ok(Say::Stop) | Err(_) => Err(stopped()),
        }
    }
}
