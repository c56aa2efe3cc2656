//! The papers of a package as PDF (R2.24, R2.21).
//!
//! They are set by a process of its own, `beadle paper-work`: a typesetter is a large program, and
//! one that crashes, takes minutes or wants all the memory costs the package its pages and nothing
//! else. Then the papers go as text, and the manifest says why.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::job::OnStick;
use super::write::Orderer;
use crate::base::fault::Fault;
use crate::evidence::manifest::{Manifest, PaperSays};
use crate::signage::{Document, text};
use crate::wire::Sent;

/// One file a paper; else why there are none.
pub type Pages = Result<Vec<Vec<u8>>, String>;

/// A dozen pages take less than a second; a box that swaps takes longer.
const SET_SPAN: Duration = Duration::from_secs(120);
const LOOK_SPAN: Duration = Duration::from_millis(50);
/// Of what the typesetter says; six papers are less than a megabyte.
const SAID_BYTES_MAX: u64 = 64 << 20;
/// Address space of the typesetter.
const MEMORY_BYTES: u64 = 2 << 30;

/// What the typesetter says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Files in base64.
    Pages(Vec<String>),
    Refused(String),
}

/// One print from a screen: what `beadle print-work` is told.
#[derive(Serialize, Deserialize)]
pub struct Order {
    /// The supervisor's, which is asked as the person whose session it is.
    pub socket: PathBuf,
    pub session: Option<Sent>,
    /// The text of the file: not everybody who prints may read it.
    pub file: String,
    /// A word of `signage::list`, and which one of it.
    pub paper: String,
    pub of: Option<String>,
    pub onto: Onto,
    /// Of the archive, where it goes onto a stick and holds personal data.
    pub phrase: Option<Sent>,
}

/// Where it goes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Onto {
    Printer { address: String },
    Stick(OnStick),
}

/// How it ended, in a sentence.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Printed {
    Done(String),
    Failed(String),
}

/// The files of these papers, and what the manifest says of them.
///
/// # Errors
/// Those of `orderer`.
pub(super) fn made(
    papers: &[Document],
    manifest: &mut Manifest,
    orderer: &mut dyn Orderer,
) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    if papers.is_empty() {
        return Ok(Vec::new());
    }
    let pages = match orderer.pages(papers)? {
        Ok(pages) if pages.len() == papers.len() => Ok(pages),
        Ok(_) => Err("pages are missing".to_string()),
        Err(why) => Err(why),
    };
    let (ending, files) = match pages {
        Ok(files) => ("pdf", files),
        Err(why) => {
            let why = why.trim_end_matches('.');
            manifest.remarks.push(format!("The papers are text and not PDF: {why}."));
            ("txt", papers.iter().map(as_text).collect())
        }
    };
    let file = |paper: &Document| format!("{}.{ending}", paper.name);
    manifest.papers = papers
        .iter()
        .map(|paper| PaperSays { file: file(paper), title: paper.title.clone() })
        .collect();
    Ok(papers.iter().map(file).zip(files).collect())
}

/// With line ends that every editor takes.
fn as_text(paper: &Document) -> Vec<u8> {
    text::write(paper).replace('\n', "\r\n").into_bytes()
}

/// Has this program's other self set them; `going` is asked meanwhile whether it goes on.
///
/// # Errors
/// Those of `going`.
pub fn set(
    papers: &[Document],
    going: &mut dyn FnMut() -> Result<(), Fault>,
) -> Result<Pages, Fault> {
    if !cfg!(feature = "paper") {
        return Ok(Err("this recorder was built without its typesetter".into()));
    }
    match std::env::current_exe() {
        Ok(program) => set_by(Command::new(program).arg("paper-work"), papers, SET_SPAN, going),
        Err(e) => Ok(Err(format!("the typesetter was not found: {e}"))),
    }
}

fn set_by(
    program: &mut Command,
    papers: &[Document],
    within: Duration,
    going: &mut dyn FnMut() -> Result<(), Fault>,
) -> Result<Pages, Fault> {
    let program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = match program.spawn() {
        Ok(child) => child,
        Err(e) => return Ok(Err(format!("the typesetter cannot be started: {e}"))),
    };
    let (order, (told, says)) = (serde_json::to_vec(papers).unwrap_or_default(), channel());
    let pipes = child.stdin.take().zip(child.stdout.take());
    let talk = move || {
        let Some((mut ear, mouth)) = pipes else { return };
        // It reads all of it before it says anything; one that has ended says nothing.
        let _ = ear.write_all(&order);
        drop(ear);
        let mut said = Vec::new();
        let _ = mouth.take(SAID_BYTES_MAX).read_to_end(&mut said);
        let _ = told.send(said); // nobody waits any longer for one that was killed
    };
    let talking = std::thread::Builder::new().name("typesetter".into()).spawn(talk);
    let heard = match talking {
        Ok(_) => wait(&says, within, going),
        Err(e) => Ok(Err(format!("the typesetter cannot be heard: {e}"))),
    };
    end(&mut child, heard.as_ref().is_ok_and(Result::is_ok));
    Ok(heard?.and_then(|said| read(&said)))
}

/// Until it has said everything.
fn wait(
    says: &std::sync::mpsc::Receiver<Vec<u8>>,
    within: Duration,
    going: &mut dyn FnMut() -> Result<(), Fault>,
) -> Result<Result<Vec<u8>, String>, Fault> {
    let begun = Instant::now();
    loop {
        match says.recv_timeout(LOOK_SPAN) {
            Ok(said) => return Ok(Ok(said)),
            Err(RecvTimeoutError::Disconnected) => return Ok(Ok(Vec::new())),
            Err(RecvTimeoutError::Timeout) => going()?,
        }
        if begun.elapsed() > within {
            let seconds = within.as_secs();
            return Ok(Err(format!("the typesetter took more than {seconds} s and was stopped")));
        }
    }
}

/// One that has said everything is about to end by itself.
fn end(child: &mut Child, heard: bool) {
    if !heard {
        let _ = child.kill(); // one that has ended is as good as killed
    }
    let _ = child.wait();
}

fn read(said: &[u8]) -> Pages {
    match serde_json::from_slice(said) {
        Ok(Said::Pages(files)) => {
            let file = |text: &String| STANDARD.decode(text).map_err(|e| e.to_string());
            files.iter().map(file).collect()
        }
        Ok(Said::Refused(why)) => Err(why),
        Err(_) => Err("the typesetter crashed".into()),
    }
}

/// The typesetter's side: papers on its input, their files on its output; `set` makes one.
///
/// # Errors
/// Input or output end.
pub fn serve(
    mut input: impl Read,
    output: &mut dyn Write,
    set: &dyn Fn(&Document) -> Result<Vec<u8>, String>,
) -> std::io::Result<()> {
    limit_memory();
    let mut order = Vec::new();
    input.read_to_end(&mut order)?;
    let papers: Result<Vec<Document>, _> = serde_json::from_slice(&order);
    let files = papers.map_err(|e| format!("this is no paper: {e}")).and_then(|papers| {
        let file = |paper: &Document| set(paper).map(|file| STANDARD.encode(file));
        papers.iter().map(file).collect::<Result<Vec<_>, _>>()
    });
    let said = files.map_or_else(Said::Refused, Said::Pages);
    serde_json::to_writer(&mut *output, &said)?;
    output.flush()
}

/// A typesetter that wants more ends; what else there is on the machine goes on.
pub fn limit_memory() {
    use nix::sys::resource::{Resource, setrlimit};
    // Lowering does not fail; without the limit nothing else changes.
    let _ = setrlimit(Resource::RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::fault::FaultKind;

    fn paper() -> Document {
        let mut paper = Document::new("receipt", "Receipt", "School", "Owner");
        paper.table(&[("What", 1)], vec![vec!["copy".into()]]);
        paper.clause("It is so.", "site", "S4.2");
        paper
    }

    fn by(script: &str, within: u64) -> Pages {
        let mut shell = Command::new("/bin/sh");
        let within = Duration::from_millis(within);
        set_by(shell.args(["-c", script]), &[paper()], within, &mut || Ok(())).unwrap()
    }

    #[test]
    fn a_typesetter_that_crashes_hangs_or_babbles_costs_its_pages_and_nothing_else() {
        for (script, within, why) in [
            ("kill -9 $$", 60_000, "crashed"),
            ("cat >/dev/null; echo no", 60_000, "crashed"),
            ("exec sleep 600", 300, "took more than"),
            ("cat >/dev/null; echo '{\"refused\":\"a letter is missing\"}'", 60_000, "a letter"),
        ] {
            assert!(by(script, within).unwrap_err().contains(why), "{script}");
        }
        let said = "cat >/dev/null; echo '{\"pages\":[\"JVBERg==\"]}'";
        assert_eq!(by(said, 60_000).unwrap(), vec![b"%PDF".to_vec()]);
        let mut stop = || Err(Fault::new(FaultKind::Busy, "it was stopped"));
        let mut shell = Command::new("/bin/sh");
        let asleep = shell.args(["-c", "exec sleep 600"]);
        let stopped = set_by(asleep, &[paper()], SET_SPAN, &mut stop);
        assert_eq!(stopped.unwrap_err().text, "it was stopped");
    }

    #[test]
    fn papers_arrive_at_the_typesetter_as_they_were_sent() {
        let order = serde_json::to_vec(&[paper()]).unwrap();
        let again: Vec<Document> = serde_json::from_slice(&order).unwrap();
        assert_eq!(again, [paper()]);
    }
}
