//! `beadle machine`: the small root service that looks after sticks. Started by systemd.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::machine::serve::Service;
use crate::machine::{Kernel, order};

/// Mounts, lets go and formats sticks for the recorder, and for nobody else.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where it listens
    #[arg(long, value_name = "PATH", default_value = order::SOCKET)]
    socket: PathBuf,
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
    let Ok(Some(user)) = nix::unistd::User::from_name(&args.user) else {
        eprintln!("There is no user {} on this machine.", args.user);
        return ExitCode::FAILURE;
    };
    let kernel = Kernel { sys: args.sys, dev: args.dev, also: args.also };
    let service = Service::new(kernel, user.uid.as_raw(), user.gid.as_raw());
    service.open_own();
    let ready = || {
        // Outside systemd nobody listens.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    };
    match service.serve(&args.socket, ready) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
