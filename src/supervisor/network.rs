//! The machine's network as the kernel has it, for the screen of the box.

use std::collections::BTreeMap;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

/// A line for each connection but the machine's own loop: `enp1s0: up, 192.168.1.20`. Empty: there
/// is none, or the kernel does not tell.
pub(super) fn lines() -> Vec<String> {
    let Ok(all) = getifaddrs() else { return Vec::new() };
    let mut known: BTreeMap<String, (bool, Vec<String>)> = BTreeMap::new();
    for one in all.filter(|one| !one.flags.contains(InterfaceFlags::IFF_LOOPBACK)) {
        let entry = known.entry(one.interface_name).or_default();
        entry.0 = one.flags.contains(InterfaceFlags::IFF_RUNNING);
        let Some(address) = one.address else { continue };
        if let Some(v4) = address.as_sockaddr_in() {
            entry.1.push(v4.ip().to_string());
        } else if let Some(v6) = address.as_sockaddr_in6() {
            entry.1.push(v6.ip().to_string());
        }
    }
    let line = |(name, (up, addresses)): (String, (bool, Vec<String>))| {
        let state = if up { "up" } else { "DOWN" };
        let addresses = match addresses.is_empty() {
            true => "no address".to_string(),
            false => addresses.join(", "),
        };
        format!("{name}: {state}, {addresses}")
    };
    known.into_iter().map(line).collect()
}
