//! Telling a running simulator what to do: one line in, one or more lines out, the last `ok` or
//! `no: why`.
//!
//! ```text
//! CAMERA FAULT[:ARGUMENT]    misbehave from the next frame on, `*` for every camera
//! heal CAMERA                behave again
//! status                     a line per camera: frames sent, connections, clients dropped, faults
//! faults                     every word that FAULT may be
//! ```

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::SimHandle;
use super::fault::Fault;
use crate::base::limits::SIM_CONTROL_CLIENTS_MAX;

/// One order; the answer's lines, without the last line's end.
pub fn obey_line(sim: &SimHandle, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let done = match words[..] {
        ["status"] => return format!("{}ok", status(sim)),
        ["faults"] => {
            return format!("{}ok", Fault::all().map(|f| format!("{f}\n")).collect::<String>());
        }
        ["heal", camera] => each(sim, camera, |name| sim.heal(name)),
        [camera, fault] => fault
            .parse()
            .and_then(|fault: Fault| each(sim, camera, |name| sim.misbehave(name, fault))),
        _ => Err("write CAMERA FAULT, heal CAMERA, status, or faults".into()),
    };
    match done {
        Ok(()) => "ok".into(),
        Err(why) => format!("no: {why}"),
    }
}

fn each(
    sim: &SimHandle,
    camera: &str,
    act: impl Fn(&str) -> Result<(), String>,
) -> Result<(), String> {
    match camera {
        "*" => sim.names().iter().try_for_each(|name| act(name)),
        name => act(name),
    }
}

fn status(sim: &SimHandle) -> String {
    let mut out = String::new();
    for name in sim.names() {
        let faults: Vec<String> = sim.faults(&name).iter().map(Fault::to_string).collect();
        let (sent, now, lost) = (sim.sent(&name), sim.connections(&name), sim.dropped(&name));
        let faults = faults.join(" ");
        out += &format!("{name} sent={sent} connections={now} dropped={lost} faults={faults}\n");
    }
    out
}

/// Serves the line protocol on a Unix socket until the process ends. A socket left behind by a dead
/// process is replaced, anything else at that path is not touched.
///
/// # Errors
/// The path cannot be bound.
pub fn listen_at(path: &Path, sim: Arc<SimHandle>) -> Result<(), String> {
    if UnixStream::connect(path).is_err() && is_socket(path) {
        let _ = std::fs::remove_file(path);
    }
    let listener = UnixListener::bind(path).map_err(|e| {
        format!("{}: cannot listen: {e}; name another with --control", path.display())
    })?;
    let clients = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if clients.fetch_add(1, Ordering::SeqCst) >= SIM_CONTROL_CLIENTS_MAX {
                clients.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let (sim, clients) = (sim.clone(), clients.clone());
            std::thread::spawn(move || {
                let _ = converse(&stream, &sim);
                clients.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    Ok(())
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket())
}

fn converse(stream: &UnixStream, sim: &SimHandle) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        // The longest order is two names of 64 characters; more is not for us.
        if (&mut lines).take(1_024).read_line(&mut line)? == 0 || !line.ends_with('\n') {
            return Ok(());
        }
        writeln!(&mut &*stream, "{}", obey_line(sim, &line))?;
    }
}
