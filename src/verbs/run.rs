//! `beadle run`: the supervisor.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::socket::listen::Mode;
use crate::supervisor::run::{Options, run as supervise};
use crate::wire::Ending;

/// Records what the file says, until it is told to stop.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The site's file.
    #[arg(long, value_name = "PATH", default_value = "/var/lib/beadle/site.kdl")]
    config: PathBuf,
    /// Where Beadle remembers: accepted files, index, camera passwords.
    #[arg(long, value_name = "PATH", default_value = "/var/lib/beadle/state")]
    state: PathBuf,
    /// One footage folder instead of those that the file names.
    #[arg(long, value_name = "PATH")]
    footage: Option<PathBuf>,
    /// The socket that console and verbs talk to.
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The GStreamer program; the one beside this program is used unless named.
    #[arg(long, value_name = "PATH")]
    pictures: Option<PathBuf>,
    /// The TPM in which heartbeats are counted, like /dev/tpmrm0; nothing happens where it is not.
    #[arg(long, value_name = "PATH")]
    tpm: Option<PathBuf>,
    /// The socket of `beadle machine`, which mounts sticks.
    #[arg(long, value_name = "PATH", default_value = crate::machine::order::SOCKET)]
    machine: PathBuf,
    /// Without a file to run, ask for one at the console instead of ending.
    #[arg(long)]
    ask: bool,
    /// The file that was built into the image; offered then, on an empty box.
    #[arg(long, value_name = "PATH", default_value = "/usr/share/beadle/site.kdl")]
    baked: PathBuf,
    /// Never write footage to a folder that is no disk of its own: the image, where a footage disk
    /// that is away would show as a folder of the system disk.
    #[arg(long)]
    only_mounted: bool,
    /// The socket of `beadle machine --network`, which sets the network up as the file says
    #[arg(long, value_name = "PATH")]
    network: Option<PathBuf>,
    /// A group whose members may talk to Beadle on its socket
    #[arg(long, value_name = "NAME")]
    socket_group: Option<String>,
}

/// Somebody wants the machine switched off: the unit of the image does not start Beadle again after
/// this (`RestartPreventExitStatus`).
const NOT_AGAIN: u8 = 75;

/// Exit 0 after a clean stop, 1 when it cannot start, 75 when it is not to be started again.
pub fn run(args: Args) -> ExitCode {
    super::keep_no_core();
    // Clients are told where footage lies and where pictures are, and stand in folders of their
    // own.
    let whole = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    let options = Options {
        config: args.config,
        state: args.state,
        footage: args.footage.map(whole),
        socket: whole(args.socket.unwrap_or_else(crate::socket::default_path)),
        pictures: args.pictures.or_else(beside_us),
        tpm: args.tpm,
        machine: args.machine,
        ask: args.ask,
        baked: args.baked,
        only_mounted: args.only_mounted,
        network: args.network,
        door: args.socket_group.map_or(Mode::Owner, Mode::Group),
    };
    match supervise(&options) {
        Ok(Some(Ending::PowerOff)) => ExitCode::from(NOT_AGAIN),
        Ok(_) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn beside_us() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.with_file_name("beadle-pictures");
    beside.exists().then_some(beside)
}
