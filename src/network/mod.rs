//! What the file says of the network, as texts for those who carry it out: units for
//! `systemd-networkd`, rules for `nft`, a piece of chrony's file. Pure; the root service writes
//! them ([`crate::machine::network`]).
//!
//! ```text
//!   cameras --10.20.0.0/24--> [ box ] --uplink--> time servers, name servers, nothing else
//!      ^                         |
//!      +-- addresses, time ------+        nothing is passed on, nothing reaches in
//! ```
//! The recorder speaks first, and only to what the file names: its cameras, its time servers, and
//! name servers where one of those has a name (S4.29). The cameras' net gets addresses and the time
//! from here (R7.4), and no way out of it. A port of the machine that the file does not name is
//! left without an address.
//!
//! A file without `network` asks for an address on every wired port, under the same rules.

mod clock;
mod rules;
#[cfg(test)]
mod tests;
mod units;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::config::cameras::{Camera, CameraSource, Transport};

/// Where RTSP listens unless its address says otherwise.
const RTSP: u16 = 554;
/// The same inside TLS.
const RTSPS: u16 = 322;
/// The kernel's `IFNAMSIZ`, less its closing zero.
const PORT_NAME_BYTES_MAX: usize = 15;
/// Of a name in the DNS.
const HOST_NAME_BYTES_MAX: usize = 253;

/// Everything that the texts are made from: the one argument of the root service's order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// The file names ports; others get no address. Without it each asks for one.
    pub named: bool,
    pub uplink: Option<Uplink>,
    pub cameras: Option<CameraNet>,
    /// Whom the recorder speaks to for pictures.
    pub peers: BTreeSet<Peer>,
    /// Whom it asks for the time.
    pub clocks: BTreeSet<Host>,
}

/// The port towards the school's network; an address of its own, or one that it is given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Uplink {
    pub port: String,
    pub address: Option<Net>,
    pub gateway: Option<IpAddr>,
    pub dns: Vec<IpAddr>,
}

/// The port that cameras hang on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CameraNet {
    pub port: String,
    pub address: Net,
    /// Cameras are told the time.
    pub ntp: bool,
    /// Cameras are given addresses.
    pub dhcp: bool,
}

/// An address, and how many of its bits name the net.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Net {
    pub address: IpAddr,
    pub prefix: u8,
}

/// An address or a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

/// One camera's door.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Peer {
    pub host: Host,
    pub port: u16,
    /// Pictures may come beside the connection, in packets of their own.
    pub udp: bool,
}

/// The texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Files {
    /// Names and texts of networkd's units.
    pub units: Vec<(&'static str, String)>,
    pub rules: String,
    pub clock: String,
}

/// What the file in force says.
pub fn wanted(config: &Config) -> Wanted {
    let network = &config.network;
    let uplink = network.uplink.as_ref().map(|uplink| Uplink {
        port: uplink.device.value.clone(),
        address: uplink.address.as_ref().map(|net| net.value.into()),
        gateway: uplink.gateway.as_ref().map(|at| at.value),
        dns: uplink.dns.iter().map(|at| at.value).collect(),
    });
    let cameras = network.cameras.as_ref().map(|net| CameraNet {
        port: net.device.value.clone(),
        address: net.address.value.into(),
        ntp: net.ntp.value,
        dhcp: net.dhcp.value,
    });
    let peers = config.cameras.list.iter().flat_map(peers_of).collect();
    let clocks = config.clock.servers.iter().map(|at| Host::of(&at.value)).collect();
    Wanted { named: uplink.is_some() || cameras.is_some(), uplink, cameras, peers, clocks }
}

/// The texts for it.
pub fn files(wanted: &Wanted) -> Files {
    Files { units: units::units(wanted), rules: rules::rules(wanted), clock: clock::clock(wanted) }
}

impl Wanted {
    /// Is everything in it a plain name or number? The texts have a grammar of their own, and
    /// whoever may give the order must not be able to say more in it than the order holds.
    ///
    /// # Errors
    /// The first that is not, in words.
    pub fn check(&self) -> Result<(), String> {
        let ports = self.uplink.iter().map(|u| &u.port).chain(self.cameras.iter().map(|c| &c.port));
        for port in ports {
            if !is_port(port) {
                return Err(format!("\"{}\" is no name of a network port", port.escape_debug()));
            }
        }
        let nets = self.uplink.iter().filter_map(|u| u.address.as_ref());
        for net in nets.chain(self.cameras.iter().map(|c| &c.address)) {
            if net.prefix > net.bits() {
                return Err(format!("{net} has more bits than its sort of address"));
            }
        }
        let hosts = self.peers.iter().map(|peer| &peer.host).chain(&self.clocks);
        for host in hosts {
            if let Host::Name(name) = host
                && !is_host(name)
            {
                return Err(format!("\"{}\" is no name of a machine", name.escape_debug()));
            }
        }
        Ok(())
    }

    /// Does somebody have to be asked for a name?
    fn asks_names(&self) -> bool {
        let hosts = self.peers.iter().map(|peer| &peer.host).chain(&self.clocks);
        hosts.into_iter().any(|host| matches!(host, Host::Name(_)))
    }
}

/// As the kernel calls a port: no blank, no slash; and nothing that means more than itself in a
/// pattern.
pub fn is_port(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let fits = !name.is_empty() && name.len() <= PORT_NAME_BYTES_MAX;
    fits && name.chars().all(plain) && !name.starts_with(['.', '-'])
}

fn is_host(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let ends = edge(name.chars().next()) && edge(name.chars().last());
    ends && name.len() <= HOST_NAME_BYTES_MAX && name.chars().all(plain)
}

impl Host {
    fn of(text: &str) -> Host {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        bare.parse().map_or_else(|_| Host::Name(text.to_ascii_lowercase()), Host::Address)
    }
}

/// The doors of a camera: what is recorded, what is only watched, and what a pipeline names.
fn peers_of(camera: &Camera) -> Vec<Peer> {
    let udp = camera.transport.value == Transport::Udp;
    let mut peers: Vec<Peer> = match &camera.source {
        CameraSource::Stream(url) => peer(&url.value.text, udp).into_iter().collect(),
        // What an element of a pipeline does with an address is its own matter.
        CameraSource::Pipeline(words) => {
            let words = words.value.split_whitespace();
            let addresses = words.filter(|word| word.contains("://"));
            let after = |word: &str| word.split_once('=').map_or(word, |(_, v)| v).to_string();
            addresses.filter_map(|word| peer(after(word).trim_matches('"'), true)).collect()
        }
    };
    peers.extend(camera.preview.as_ref().and_then(|url| peer(&url.value.text, udp)));
    peers
}

fn peer(address: &str, udp: bool) -> Option<Peer> {
    let url = url::Url::parse(address).ok()?;
    let host = Host::of(url.host_str()?);
    let secure = url.scheme() == "rtsps";
    let port = url.port_or_known_default().unwrap_or(if secure { RTSPS } else { RTSP });
    Some(Peer { host, port, udp })
}

impl From<crate::config::network::Net> for Net {
    fn from(net: crate::config::network::Net) -> Net {
        Net { address: net.address, prefix: net.prefix }
    }
}

impl Net {
    fn bits(&self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// The whole net: every bit behind the prefix is nought.
    fn whole(&self) -> Net {
        let behind = u32::from(self.bits().saturating_sub(self.prefix));
        let address = match self.address {
            IpAddr::V4(v4) => {
                let bits = v4.to_bits().checked_shr(behind).unwrap_or(0);
                Ipv4Addr::from_bits(bits.checked_shl(behind).unwrap_or(0)).into()
            }
            IpAddr::V6(v6) => {
                let bits = v6.to_bits().checked_shr(behind).unwrap_or(0);
                Ipv6Addr::from_bits(bits.checked_shl(behind).unwrap_or(0)).into()
            }
        };
        Net { address, prefix: self.prefix }
    }
}

impl core::fmt::Display for Net {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
