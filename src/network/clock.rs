//! A piece of chrony's file: whom the box asks for the time, and whom it tells (R7.4).

use super::{Host, Wanted};

pub fn clock(wanted: &Wanted) -> String {
    let mut text = String::new();
    for server in &wanted.clocks {
        match server {
            Host::Address(address) => text += &format!("server {address} iburst\n"),
            Host::Name(name) => text += &format!("pool {name} iburst maxsources 3\n"),
        }
    }
    if let Some(net) = wanted.cameras.as_ref().filter(|net| net.ntp) {
        // Cameras that agree with a box that is a little off are worth more than cameras that
        // agree with nobody: it tells its own time where it knows no better.
        text += &format!("allow {}\nlocal stratum 10 orphan\n", net.address.whole());
    }
    text
}
