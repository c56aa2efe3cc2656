//! The other small root service (`beadle machine --network`): carries out what the file says of
//! the network, and has no other order.
//!
//! It is a process of its own because it needs another power than the one for sticks
//! (`CAP_NET_ADMIN` instead of `CAP_SYS_ADMIN`), and neither should hold both. The order holds
//! names and numbers alone ([`Wanted`]); the texts are made here, by the pure [`network`]. The
//! rules come first, so that no port gets an address before it is guarded. Nothing is kept for the
//! next boot: until the recorder has read its file, the image's own rules hold, which let nothing
//! in.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::door;
use super::order::{Answer, LINE_BYTES_MAX, LINE_SPAN};
use crate::base::fault::{Fault, FaultKind};
use crate::network::{self, Files, Wanted};

/// Where it listens in the image.
pub const SOCKET: &str = "/run/beadle-network/network.sock";
/// `nft` takes no second; networkd answers once its ports are set up anew.
const ANSWER_SPAN: Duration = Duration::from_secs(60);
/// Of units that are ours.
const OURS: &str = "-beadle-";

/// Where the texts go, and who takes them from there.
pub struct Places {
    /// networkd's folder for what counts until the next boot.
    pub units: PathBuf,
    /// Our own, of the same sort.
    pub own: PathBuf,
    pub nft: PathBuf,
    pub systemctl: PathBuf,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            units: "/run/systemd/network".into(),
            own: "/run/beadle-network".into(),
            nft: "/usr/sbin/nft".into(),
            systemctl: "/usr/bin/systemctl".into(),
        }
    }
}

/// Listens until the process ends, one order after the other, for one user; `ready` is called once
/// it does.
///
/// # Errors
/// The socket cannot be made.
pub fn serve(socket: &Path, user: u32, places: &Places, ready: impl FnOnce()) -> Result<(), Fault> {
    let listener = door::open(socket)?;
    ready();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else {
            std::thread::sleep(Duration::from_millis(100)); // out of descriptors, most likely
            continue;
        };
        if door::is_from(&stream, user) {
            let answer = match hear(&stream).and_then(|wanted| places.carry_out(&wanted)) {
                Ok(()) => Answer::Done,
                Err(fault) => {
                    tracing::warn!("{fault}");
                    Answer::Refused { fault }
                }
            };
            // Our answers hold nothing that JSON cannot say; an asker that left asks again.
            let mut line = serde_json::to_vec(&answer).unwrap_or_default();
            line.push(b'\n');
            let _ = stream.write_all(&line);
        }
    }
    Ok(())
}

fn hear(stream: &UnixStream) -> Result<Wanted, Fault> {
    let io = |e: std::io::Error| Fault::io("hearing the order", &e);
    stream.set_read_timeout(Some(LINE_SPAN)).map_err(io)?;
    let mut line = Vec::new();
    let limit = LINE_BYTES_MAX as u64 + 1;
    BufReader::new(stream).take(limit).read_until(b'\n', &mut line).map_err(io)?;
    let denied = |why: String| Fault::new(FaultKind::Denied, format!("this is no order: {why}"));
    let wanted: Wanted = serde_json::from_slice(&line).map_err(|e| denied(e.to_string()))?;
    wanted.check().map_err(denied)?;
    Ok(wanted)
}

impl Places {
    /// Writes the texts and has them taken; what is there already is left alone.
    ///
    /// # Errors
    /// One of the texts was not taken. What was taken before it stays; the next order begins anew.
    pub fn carry_out(&self, wanted: &Wanted) -> Result<(), Fault> {
        let files = network::files(wanted);
        let all = format!("{}{}{:?}", files.rules, files.clock, files.units);
        let done = self.own.join("done");
        if std::fs::read_to_string(&done).is_ok_and(|there| there == all) {
            return Ok(());
        }
        let _ = std::fs::remove_file(&done); // not there, most often
        self.guard(&files)?;
        self.set_ports(&files)?;
        self.set_clock(&files)?;
        write(&done, &all)
    }

    fn guard(&self, files: &Files) -> Result<(), Fault> {
        let path = self.own.join("rules.nft");
        write(&path, &files.rules)?;
        run(Command::new(&self.nft).arg("--file").arg(&path))
    }

    fn set_ports(&self, files: &Files) -> Result<(), Fault> {
        let doing = || format!("writing into {}", self.units.display());
        let io = |e: std::io::Error| Fault::io(doing(), &e);
        std::fs::create_dir_all(&self.units).map_err(io)?;
        for entry in std::fs::read_dir(&self.units).map_err(io)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.contains(OURS) && files.units.iter().all(|(kept, _)| *kept != name) {
                std::fs::remove_file(entry.path()).map_err(io)?;
            }
        }
        for (name, text) in &files.units {
            write(&self.units.join(name), text)?;
        }
        run(Command::new(&self.systemctl).args(["reload", "systemd-networkd.service"]))
    }

    fn set_clock(&self, files: &Files) -> Result<(), Fault> {
        let folder = self.own.join("chrony");
        let io = |e: std::io::Error| Fault::io(format_args!("making {}", folder.display()), &e);
        std::fs::create_dir_all(&folder).map_err(io)?;
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).map_err(io)?;
        let path = folder.join("site.conf");
        if std::fs::read_to_string(&path).is_ok_and(|there| there == files.clock) {
            return Ok(());
        }
        write(&path, &files.clock)?;
        // It reads its file at its start alone. Nobody waits for the time.
        let restart = ["restart", "--no-block", "chrony.service"];
        run(Command::new(&self.systemctl).args(restart))
    }
}

/// In one step, for readers of any user.
fn write(path: &Path, text: &str) -> Result<(), Fault> {
    let io = |e: std::io::Error| Fault::io(format_args!("writing {}", path.display()), &e);
    let new = path.with_extension("new");
    std::fs::write(&new, text).map_err(io)?;
    std::fs::set_permissions(&new, PermissionsExt::from_mode(0o644)).map_err(io)?;
    std::fs::rename(&new, path).map_err(io)
}

fn run(command: &mut Command) -> Result<(), Fault> {
    let program = command.get_program().to_string_lossy().to_string();
    command.env_clear().stdin(Stdio::null());
    let ended = command.output().map_err(|e| Fault::io(format_args!("starting {program}"), &e))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().next().unwrap_or("it does not say why");
    Err(Fault::new(FaultKind::Io, format!("{program}: {said}")))
}

/// The recorder's side.
///
/// # Errors
/// Nobody answers; the service refuses.
pub fn ask(socket: &Path, wanted: &Wanted) -> Result<(), Fault> {
    let io = |e: std::io::Error| {
        Fault::io("asking the service for the network (beadle machine --network)", &e)
    };
    let mut stream = UnixStream::connect(socket).map_err(io)?;
    stream.set_read_timeout(Some(ANSWER_SPAN)).map_err(io)?;
    let mut line = serde_json::to_vec(wanted).unwrap_or_default();
    line.push(b'\n');
    stream.write_all(&line).map_err(io)?;
    let mut answer = Vec::new();
    let limit = LINE_BYTES_MAX as u64;
    BufReader::new(stream).take(limit).read_until(b'\n', &mut answer).map_err(io)?;
    match serde_json::from_slice(&answer) {
        Ok(Answer::Done) => Ok(()),
        Ok(Answer::Refused { fault }) => Err(fault),
        _ => Err(Fault::new(FaultKind::Corrupt, "the service for the network answers nothing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs that write down what they were asked, and fail on wish.
    fn places(folder: &Path) -> Places {
        let program = |name: &str| {
            let path = folder.join(name);
            let text = format!(
                "#!/bin/sh\necho \"{name} $*\" >> {0}/asked\n[ ! -e {0}/{name}-fails ] || \
                 {{ echo no such thing >&2; exit 1; }}\n",
                folder.display()
            );
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            path
        };
        let own = folder.join("own");
        std::fs::create_dir(&own).unwrap();
        let (nft, systemctl) = (program("nft"), program("systemctl"));
        Places { units: folder.join("units"), own, nft, systemctl }
    }

    fn asked(folder: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(folder.join("asked")).unwrap_or_default();
        let _ = std::fs::remove_file(folder.join("asked"));
        let first = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        text.lines().map(first).collect()
    }

    fn wanted(cameras: bool) -> Wanted {
        let net = network::Net { address: "10.20.0.1".parse().unwrap(), prefix: 24 };
        let net = network::CameraNet { port: "eth1".into(), address: net, ntp: true, dhcp: true };
        Wanted { named: true, cameras: cameras.then_some(net), ..Wanted::default() }
    }

    #[test]
    fn what_is_wanted_is_taken_once_and_again_when_it_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let places = places(folder);
        places.carry_out(&wanted(true)).unwrap();
        assert_eq!(asked(folder), ["nft --file", "systemctl reload", "systemctl restart"]);
        let unit = folder.join("units/20-beadle-cameras.network");
        assert!(unit.exists());
        places.carry_out(&wanted(true)).unwrap();
        assert_eq!(asked(folder), [""; 0], "nothing changed");
        // Rules that are not taken: no port is touched, and the next order tries again.
        std::fs::write(folder.join("nft-fails"), "").unwrap();
        let fault = places.carry_out(&wanted(false)).unwrap_err();
        assert!(fault.text.ends_with("nft: no such thing"), "{fault}");
        assert_eq!(asked(folder), ["nft --file"]);
        assert!(unit.exists());
        std::fs::remove_file(folder.join("nft-fails")).unwrap();
        places.carry_out(&wanted(false)).unwrap();
        assert_eq!(asked(folder), ["nft --file", "systemctl reload", "systemctl restart"]);
        assert!(!unit.exists(), "a port that is no longer named");
    }

    #[test]
    fn only_the_recorder_is_answered_and_only_orders_that_are_plain() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_path_buf();
        let own = nix::unistd::getuid().as_raw();
        let start = |user: u32, name: &str| {
            let base = folder.join(name);
            std::fs::create_dir(&base).unwrap();
            let (places, socket) = (places(&base), base.join("socket"));
            let (told, ready) = std::sync::mpsc::channel();
            let at = socket.clone();
            std::thread::spawn(move || serve(&at, user, &places, || told.send(()).unwrap()));
            ready.recv().unwrap();
            socket
        };
        let socket = start(own, "ours");
        assert_eq!(ask(&socket, &wanted(true)), Ok(()));
        let mut bad = wanted(true);
        bad.cameras.as_mut().unwrap().port = "eth1\"; accept; \"".into();
        let fault = ask(&socket, &bad).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Denied, "{fault}");
        assert!(ask(&start(own + 1, "others"), &wanted(true)).is_err());
    }
}
