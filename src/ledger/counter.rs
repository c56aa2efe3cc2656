//! A counter outside of every disk that only goes up (R5.5): eight bytes in the machine's TPM. Each
//! heartbeat moves it on and says what it stands at, so that a logbook that was put back to an
//! earlier day lacks heartbeats that the counter knows of, whoever put it back and with what key.
//!
//! Spoken is TPM 2.0 itself, five commands of it, through the kernel's `/dev/tpmrm0`: no library of
//! C, no daemon, no child. The counter is an NV index of the owner's range, one a site (its number
//! is made of the site's id), made at the first step with an empty password; whoever may open the
//! device may move it on as well, and nobody can move it back. One that is undefined and made again
//! goes on from the highest value that any counter of that TPM ever had.
//!
//! # Cost
//! A step is three commands and 20 to 200 ms; a device that does not answer costs two seconds.
//! TPMs stand some hundred thousand writes: one an hour is 8,766 a year.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::base::digest::Digest;
use crate::base::fault::{Fault, FaultKind};

/// The kernel's door to the TPM that several programs may share.
pub const DEVICE: &str = "/dev/tpmrm0";
/// For one command, in milliseconds. An increment takes a tenth of it on the slowest chips.
const PATIENCE: u16 = 2_000;
/// No answer to our commands is longer.
const ANSWER_BYTES_MAX: usize = 1_024;

/// A counter that only goes up. It fails for outside reasons, and nothing waits for it.
pub trait Rising: Send {
    /// Moves it on, and says what it stands at then.
    ///
    /// # Errors
    /// The device's; the counter may have moved or not.
    fn step(&mut self) -> Result<u64, Fault>;

    /// What it stands at; `None`: it was never moved on.
    ///
    /// # Errors
    /// The device's.
    fn read(&mut self) -> Result<Option<u64>, Fault>;
}

/// One command to a TPM, and its answer.
pub trait Wire {
    /// # Errors
    /// The device's.
    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// The counter of a site in this machine's TPM. The device is opened for each use.
pub struct Machine {
    device: PathBuf,
    index: u32,
}

impl Machine {
    /// `None`: this machine has no such device, or we may not open it.
    pub fn find(device: &Path, site: &str) -> Option<Machine> {
        let machine = Machine { device: device.to_path_buf(), index: index_of(site) };
        match Device::open(&machine.device) {
            Ok(_) => Some(machine),
            Err(fault) => {
                tracing::debug!("no counter in a TPM: {fault}");
                None
            }
        }
    }
}

impl Rising for Machine {
    fn step(&mut self) -> Result<u64, Fault> {
        Tpm { wire: Device::open(&self.device)?, index: self.index }.step()
    }

    fn read(&mut self) -> Result<Option<u64>, Fault> {
        Tpm { wire: Device::open(&self.device)?, index: self.index }.read()
    }
}

/// `/dev/tpmrm0`, which takes a command in one write and has the answer when it can be read.
struct Device(File);

impl Device {
    fn open(path: &Path) -> Result<Device, Fault> {
        let mut how = OpenOptions::new();
        // Without it the write itself would last as long as the TPM pleases.
        how.read(true).write(true).custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC);
        let file = how.open(path);
        file.map(Device).map_err(|e| Fault::io(format!("opening {}", path.display()), &e))
    }
}

impl Wire for Device {
    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let io = |what: &str, e: &std::io::Error| Fault::io(format!("{what} the TPM"), e);
        let sent = self.0.write(command).map_err(|e| io("asking", &e))?;
        if sent != command.len() {
            return Err(Fault::new(FaultKind::Io, "the TPM took a part of a command".to_string()));
        }
        let mut wait = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        let ready = poll(&mut wait, PollTimeout::from(PATIENCE));
        if ready.map_err(|e| io("waiting for", &e.into()))? == 0 {
            let text = format!("the TPM did not answer within {PATIENCE} ms");
            return Err(Fault::new(FaultKind::Timeout, text));
        }
        let mut answer = vec![0; ANSWER_BYTES_MAX];
        let read = self.0.read(&mut answer).map_err(|e| io("hearing", &e))?;
        answer.truncate(read);
        Ok(answer)
    }
}

/// In the owner's range, away from the indices that installers like: `0x018….`
fn index_of(site: &str) -> u32 {
    let digest = Digest::of(format!("beadle counter {site}").as_bytes()).0;
    0x0180_0000 | (u32::from_be_bytes([0, digest[0], digest[1], digest[2]]) & 0x000f_ffff)
}

// Numbers of the TPM 2.0 specification, part 2.
const NO_SESSIONS: u16 = 0x8001;
const SESSIONS: u16 = 0x8002;
const NV_DEFINE: u32 = 0x0000_012a;
const NV_INCREMENT: u32 = 0x0000_0134;
const NV_READ: u32 = 0x0000_014e;
const NV_READ_PUBLIC: u32 = 0x0000_0169;
const OWNER: u32 = 0x4000_0001;
/// A session that is a password: ours is empty.
const PASSWORD: u32 = 0x4000_0009;
const SHA_256: u16 = 0x000b;
/// A counter, moved on and read with its own password, outside of the dictionary lock.
const COUNTER: u32 = (1 << 4) | (1 << 2) | (1 << 18) | (1 << 25);
const KIND_OF_INDEX: u32 = 0xf << 4;
const COUNTER_BYTES: u16 = 8;
/// There is no such index.
const NO_INDEX: u32 = 0x0000_018b;
/// It was defined and never written.
const UNWRITTEN: u32 = 0x0000_014a;

/// The counter behind a wire.
pub struct Tpm<W> {
    pub wire: W,
    pub index: u32,
}

/// An answer that is no yes: the TPM's code.
enum No {
    Code(u32),
    Fault(Fault),
}

impl From<Fault> for No {
    fn from(fault: Fault) -> No {
        No::Fault(fault)
    }
}

fn told(what: &str) -> impl Fn(No) -> Fault {
    move |no| match no {
        No::Fault(fault) => fault,
        No::Code(code) => {
            let text = format!("the TPM does not let its counter be {what}: it says {code:#x}");
            Fault::new(FaultKind::Denied, text)
        }
    }
}

fn garbled() -> Fault {
    Fault::new(FaultKind::Corrupt, "the TPM's answer cannot be read".to_string())
}

impl<W: Wire> Tpm<W> {
    /// As [`Rising::step`]; the first one makes the counter.
    ///
    /// # Errors
    /// The device's, or the TPM's word.
    pub fn step(&mut self) -> Result<u64, Fault> {
        if !self.is_defined()? {
            self.define().map_err(told("made"))?;
        }
        let handles = [self.index, self.index];
        self.ask(NV_INCREMENT, &handles, true, &[]).map_err(told("moved on"))?;
        let now = self.value().map_err(told("read"))?;
        now.ok_or_else(garbled)
    }

    /// As [`Rising::read`].
    ///
    /// # Errors
    /// The device's, or the TPM's word.
    pub fn read(&mut self) -> Result<Option<u64>, Fault> {
        if !self.is_defined()? {
            return Ok(None);
        }
        self.value().map_err(told("read"))
    }

    /// # Errors
    /// Somebody else's data stand under our number.
    fn is_defined(&mut self) -> Result<bool, Fault> {
        let public = match self.ask(NV_READ_PUBLIC, &[self.index], false, &[]) {
            Ok(public) => public,
            Err(No::Code(NO_INDEX)) => return Ok(false),
            Err(no) => return Err(told("looked at")(no)),
        };
        let mut rest = public.as_slice();
        let (_, index) = (number::<2>(&mut rest)?, number::<4>(&mut rest)?);
        let (_, attributes) = (number::<2>(&mut rest)?, number::<4>(&mut rest)?);
        if index != u64::from(self.index) {
            return Err(garbled());
        }
        if attributes as u32 & KIND_OF_INDEX != COUNTER & KIND_OF_INDEX {
            let text =
                format!("the TPM's index {:#x} is somebody else's and no counter", self.index);
            return Err(Fault::new(FaultKind::Foreign, text));
        }
        Ok(true)
    }

    fn define(&mut self) -> Result<(), No> {
        let mut public = Vec::new();
        public.extend(self.index.to_be_bytes());
        public.extend(SHA_256.to_be_bytes());
        public.extend(COUNTER.to_be_bytes());
        public.extend(0_u16.to_be_bytes()); // no policy
        public.extend(COUNTER_BYTES.to_be_bytes());
        let mut said = 0_u16.to_be_bytes().to_vec(); // an empty password
        said.extend((public.len() as u16).to_be_bytes());
        said.extend(public);
        self.ask(NV_DEFINE, &[OWNER], true, &said).map(drop)
    }

    fn value(&mut self) -> Result<Option<u64>, No> {
        let piece = [COUNTER_BYTES.to_be_bytes(), 0_u16.to_be_bytes()].concat();
        let answer = match self.ask(NV_READ, &[self.index, self.index], true, &piece) {
            Err(No::Code(UNWRITTEN)) => return Ok(None),
            answer => answer?,
        };
        let mut rest = answer.as_slice();
        match number::<2>(&mut rest)? {
            8 => Ok(Some(number::<8>(&mut rest)?)),
            _ => Err(garbled().into()),
        }
    }

    /// One command; the parameters of its answer.
    fn ask(
        &mut self,
        code: u32,
        handles: &[u32],
        session: bool,
        said: &[u8],
    ) -> Result<Vec<u8>, No> {
        let mut body: Vec<u8> = handles.iter().flat_map(|handle| handle.to_be_bytes()).collect();
        if session {
            let mut proof = PASSWORD.to_be_bytes().to_vec();
            proof.extend([0, 0, 0, 0, 0]); // no nonce, no attributes, no password
            body.extend((proof.len() as u32).to_be_bytes());
            body.extend(proof);
        }
        body.extend(said);
        let tag = if session { SESSIONS } else { NO_SESSIONS };
        let mut command = tag.to_be_bytes().to_vec();
        command.extend((body.len() as u32 + 10).to_be_bytes());
        command.extend(code.to_be_bytes());
        command.extend(body);
        let answer = self.wire.exchange(&command)?;
        let mut rest = answer.as_slice();
        let (_, size) = (number::<2>(&mut rest)?, number::<4>(&mut rest)?);
        let code = number::<4>(&mut rest)?;
        if size != answer.len() as u64 {
            return Err(garbled().into());
        }
        if code != 0 {
            return Err(No::Code(code as u32));
        }
        if !session {
            return Ok(rest.to_vec());
        }
        let length = number::<4>(&mut rest)? as usize;
        Ok(rest.get(..length).ok_or_else(garbled)?.to_vec())
    }
}

/// Takes a number of so many bytes, at most eight, from the front.
fn number<const BYTES: usize>(rest: &mut &[u8]) -> Result<u64, Fault> {
    let (bytes, after) = rest.split_at_checked(BYTES).ok_or_else(garbled)?;
    *rest = after;
    Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const INDEX: u32 = 0x0180_1234;

    /// Says what it was told to say, and remembers what it was asked.
    struct Script {
        answers: Vec<Vec<u8>>,
        asked: Vec<Vec<u8>>,
    }

    impl Wire for &mut Script {
        fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
            self.asked.push(command.to_vec());
            match self.answers.is_empty() {
                true => Err(Fault::new(FaultKind::Timeout, "silence")),
                false => Ok(self.answers.remove(0)),
            }
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
        let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    fn play(answers: &[&str]) -> Script {
        Script { answers: answers.iter().map(|a| bytes(a)).collect(), asked: Vec::new() }
    }

    const NO_SUCH: &str = "8001 0000000a 0000018b";
    const DONE: &str = "8002 00000013 00000000 00000000 0000 01 0000";
    const SEVEN: &str = "8002 0000001d 00000000 0000000a 0008 0000000000000007 0000 01 0000";
    const PUBLIC: &str = "8001 0000003e 00000000 \
        000e 01801234 000b 22040014 0000 0008 \
        0022 000b 0000000000000000000000000000000000000000000000000000000000000000";

    #[test]
    fn the_commands_are_those_of_the_specification() {
        let mut script = play(&[NO_SUCH, DONE, DONE, SEVEN]);
        assert_eq!(Tpm { wire: &mut script, index: INDEX }.step().unwrap(), 7);
        let password = "00000009 40000009 0000 00 0000";
        let asked = [
            "8001 0000000e 00000169 01801234".to_string(),
            format!(
                "8002 0000002d 0000012a 40000001 {password} 0000 \
                 000e 01801234 000b 02040014 0000 0008"
            ),
            format!("8002 0000001f 00000134 01801234 01801234 {password}"),
            format!("8002 00000023 0000014e 01801234 01801234 {password} 0008 0000"),
        ];
        assert_eq!(script.asked, asked.map(|hex| bytes(&hex)));
        // The next step finds it there.
        let mut script = play(&[PUBLIC, DONE, SEVEN]);
        assert_eq!(Tpm { wire: &mut script, index: INDEX }.step().unwrap(), 7);
        assert_eq!(script.asked.len(), 3);
    }

    #[test]
    fn what_is_no_counter_of_ours_is_left_alone() {
        let data = PUBLIC.replace("22040014", "22040004");
        for (answers, want) in [
            (vec![data.as_str()], FaultKind::Foreign),
            (vec![&PUBLIC.replace("01801234", "01801235")], FaultKind::Corrupt),
            // The owner's password is not empty.
            (vec![NO_SUCH, "8001 0000000a 000009a2"], FaultKind::Denied),
            (vec![PUBLIC, "8001 0000000a 00000922"], FaultKind::Denied),
            (vec![PUBLIC, DONE], FaultKind::Timeout),
            (vec![PUBLIC, DONE, "8002 0000000a"], FaultKind::Corrupt),
            (vec![], FaultKind::Timeout),
        ] {
            let mut script = play(&answers);
            let fault = Tpm { wire: &mut script, index: INDEX }.step().unwrap_err();
            assert_eq!(fault.kind, want, "{answers:?}: {fault}");
        }
        for (answers, want) in [
            (vec![NO_SUCH], None),
            (vec![PUBLIC, "8001 0000000a 0000014a"], None),
            (vec![PUBLIC, SEVEN], Some(7)),
        ] {
            let mut script = play(&answers);
            assert_eq!(Tpm { wire: &mut script, index: INDEX }.read().unwrap(), want);
        }
    }

    #[test]
    fn a_site_has_an_index_of_its_own_in_the_owners_range() {
        let (one, two) = (index_of("5f0c"), index_of("5f0d"));
        assert_ne!(one, two);
        assert!([one, two].iter().all(|i| (0x0180_0000..0x0190_0000).contains(i)));
        assert!(Machine::find(Path::new("/nowhere/tpmrm0"), "5f0c").is_none());
    }

    proptest! {
        #[test]
        fn any_answer_is_an_answer(
            garbage in proptest::collection::vec(any::<u8>(), 0..80),
            at in 0_usize..70,
        ) {
            let mut half = bytes(PUBLIC);
            half.truncate(at);
            half.extend(&garbage);
            let mut script = Script { answers: vec![half, garbage], asked: Vec::new() };
            let _ = Tpm { wire: &mut script, index: INDEX }.step();
        }
    }

    impl Wire for UnixStream {
        fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
            let io = |e: std::io::Error| Fault::io("the emulator".to_string(), &e);
            self.write_all(command).map_err(io)?;
            let mut answer = vec![0; ANSWER_BYTES_MAX];
            let read = self.read(&mut answer).map_err(io)?;
            answer.truncate(read);
            Ok(answer)
        }
    }

    struct Emulator(Child);

    impl Drop for Emulator {
        fn drop(&mut self) {
            let _ = self.0.kill(); // it may have ended by itself
            let _ = self.0.wait();
        }
    }

    /// `swtpm` with its state in that folder; `None`: it is not installed.
    fn emulator(folder: &Path) -> Option<(Emulator, UnixStream)> {
        let socket = folder.join("tpm.sock");
        let _ = std::fs::remove_file(&socket); // of the run before
        let mut command = Command::new("swtpm");
        command.args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"]);
        command.args(["--tpmstate", &format!("dir={}", folder.display())]);
        command.args(["--server", &format!("type=unixio,path={}", socket.display())]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let child = Emulator(child);
        for _ in 0..600 {
            if let Ok(stream) = UnixStream::connect(&socket) {
                return Some((child, stream));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("swtpm does not listen");
    }

    /// Against a TPM that is none of ours, where this machine has the emulator.
    #[test]
    fn an_emulated_tpm_counts_up_and_never_down() {
        let folder = tempfile::tempdir().unwrap();
        let Some((first, stream)) = emulator(folder.path()) else {
            println!("swtpm is not installed: nothing was tried");
            return;
        };
        let mut tpm = Tpm { wire: stream, index: INDEX };
        assert_eq!(tpm.read().unwrap(), None);
        let one = tpm.step().unwrap();
        assert_eq!(tpm.read().unwrap(), Some(one));
        assert_eq!((tpm.step().unwrap(), tpm.step().unwrap()), (one + 1, one + 2));
        // A counter that is thrown away and made again goes on where it was, or further.
        let mut other = Tpm { wire: tpm.wire, index: INDEX + 1 };
        assert!(other.step().unwrap() > 0);
        tpm = Tpm { wire: other.wire, index: INDEX };
        const NV_UNDEFINE: u32 = 0x0000_0122;
        assert!(tpm.ask(NV_UNDEFINE, &[OWNER, INDEX], true, &[]).is_ok());
        assert_eq!(tpm.read().unwrap(), None);
        let anew = tpm.step().unwrap();
        assert!(anew > one + 2, "{anew} after {}", one + 2);
        // It lives through the machine being switched off.
        drop((tpm, first));
        let (_second, stream) = emulator(folder.path()).unwrap();
        let mut tpm = Tpm { wire: stream, index: INDEX };
        assert_eq!(tpm.read().unwrap(), Some(anew));
        assert_eq!(tpm.step().unwrap(), anew + 1);
    }
}
