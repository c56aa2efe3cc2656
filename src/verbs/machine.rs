//! `beadle machine`: the small root services, one for sticks and one for the network, and what
//! opens the box's own disk before them. Started by systemd.

mod state;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::base::fault::Fault;
use crate::machine::serve::Service;
use crate::machine::update::Slots;
use crate::machine::{Kernel, bless, network, order};

/// Mounts, lets go and formats sticks for the recorder, and for nobody else.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where it listens [default: each in its own folder under /run]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Set the network up as the file says, instead of looking after sticks
    #[arg(long)]
    network: bool,
    /// Open the box's own disk, made first on a new one, and end
    #[arg(long, conflicts_with = "network")]
    state: bool,
    /// Tell the boot loader that this version started well, and end
    #[arg(long, conflicts_with_all = ["network", "state"])]
    bless: bool,
    /// The recorder's user: nobody else is answered
    #[arg(long, value_name = "NAME", default_value = "beadle")]
    user: String,
    /// Another sysfs, for trying it out
    #[arg(long, value_name = "DIR", default_value = "/sys", hide = true)]
    sys: PathBuf,
    /// Other device nodes
    #[arg(long, value_name = "DIR", default_value = "/dev", hide = true)]
    dev: PathBuf,
    /// A file system to mount where the kernel has none of those of sticks
    #[arg(long, value_name = "NAME", hide = true)]
    also: Vec<String>,
}

/// Exit 1 when it cannot listen.
pub fn run(args: Args) -> ExitCode {
    super::keep_no_core();
    if args.state {
        return ended(state::run(&Kernel { sys: args.sys, dev: args.dev, also: args.also }));
    }
    if args.bless {
        let version = Slots::here().running.unwrap_or_default();
        return ended(bless::bless(&bless::Places::default(), &version));
    }
    let Ok(Some(user)) = nix::unistd::User::from_name(&args.user) else {
        eprintln!("There is no user {} on this machine.", args.user);
        return ExitCode::FAILURE;
    };
    let ready = || {
        // Outside systemd nobody listens.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    };
    let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
    let socket = |otherwise: &str| args.socket.clone().unwrap_or_else(|| otherwise.into());
    let served = if args.network {
        network::serve(&socket(network::SOCKET), uid, &network::Places::default(), ready)
    } else {
        let socket = socket(order::SOCKET);
        let kernel = Kernel { sys: args.sys, dev: args.dev, also: args.also };
        let service = Service::new(kernel, uid, gid);
        service.open_own();
        service.serve(&socket, ready)
    };
    ended(served)
}

fn ended(done: Result<(), Fault>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
