//! `network`: the image only; elsewhere the machine's own settings stand.

use super::read::Node;
use super::value::{At, Setting};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Network {
    pub uplink: Option<Uplink>,
    pub cameras: Option<CameraNet>,
}

/// `uplink "enp1s0" dhcp=#true`, or `address="192.0.2.5/24" gateway="192.0.2.1" dns="192.0.2.1"`.
#[derive(Clone, PartialEq, Debug)]
pub struct Uplink {
    pub device: At<String>,
    pub dhcp: Setting<bool>,
    pub address: Option<At<Net>>,
    pub gateway: Option<At<core::net::IpAddr>>,
    pub dns: Vec<At<core::net::IpAddr>>,
}

/// `cameras "enp2s0" address="10.20.0.1/24" ntp=#true dhcp=#true`: Beadle serves the cameras' own
/// net.
#[derive(Clone, PartialEq, Debug)]
pub struct CameraNet {
    pub device: At<String>,
    pub address: At<Net>,
    pub ntp: Setting<bool>,
    pub dhcp: Setting<bool>,
}

/// An address with its prefix length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Net {
    pub address: core::net::IpAddr,
    pub prefix: u8,
}

impl Net {
    /// Is this address in it?
    pub fn holds(&self, address: core::net::IpAddr) -> bool {
        use core::net::IpAddr::{V4, V6};
        let (own, other, bits) = match (self.address, address) {
            (V4(own), V4(other)) => (u128::from(own.to_bits()), u128::from(other.to_bits()), 32),
            (V6(own), V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let free = u32::from(bits - self.prefix.min(bits));
        (own ^ other).checked_shr(free).unwrap_or(0) == 0
    }
}

impl std::fmt::Display for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// A port that the kernel could have; else a finding at its place.
fn port(n: &mut Node<'_>, what: &'static str) -> Option<At<String>> {
    let device: At<String> = n.arg(what)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let fits = device.len() <= 15 && device.chars().all(plain) && !device.starts_with(['.', '-']);
    if device.is_empty() || !fits {
        let text = format!("\"{}\" is no name of a network port", device.escape_debug());
        let remedy = "take it from the screen Box of this machine, like enp1s0";
        n.cx.error("bad-port", device.place, text, remedy);
    }
    Some(device)
}

impl Network {
    pub(super) fn decode(mut n: Node<'_>) -> Network {
        let uplink = n.one("uplink").and_then(Uplink::decode);
        let cameras = n.one("cameras").and_then(CameraNet::decode);
        n.finish();
        Network { uplink, cameras }
    }
}

impl Uplink {
    fn decode(mut n: Node<'_>) -> Option<Uplink> {
        let device = port(&mut n, "the interface, like \"enp1s0\"");
        let address: Option<At<Net>> = n.prop("address");
        let because = match address.is_some() {
            true => "an address is given",
            false => "no address is given",
        };
        let dhcp = n.set("dhcp", address.is_none(), because);
        if let (true, Some(address)) = (dhcp.value, &address) {
            n.cx.error(
                "contradiction",
                address.place,
                "an address is given, and dhcp=#true asks for another",
                "keep one of the two",
            );
        }
        let gateway = n.prop("gateway");
        let dns = n.words("dns");
        n.finish();
        Some(Uplink { device: device?, dhcp, address, gateway, dns })
    }
}

impl CameraNet {
    fn decode(mut n: Node<'_>) -> Option<CameraNet> {
        let device = port(&mut n, "the interface, like \"enp2s0\"");
        let address = n.need("address");
        let ntp = n.set("ntp", true, "cameras must tell the time of the recorder (R7.4)");
        let dhcp = n.set("dhcp", true, "cameras come without addresses");
        n.finish();
        Some(CameraNet { device: device?, address: address?, ntp, dhcp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_holds_its_own_addresses_and_no_others() {
        let net = |text: &str| {
            let (address, prefix) = text.split_once('/').unwrap();
            Net { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() }
        };
        for (of, address, holds) in [
            ("10.20.0.1/24", "10.20.0.7", true),
            ("10.20.0.1/24", "10.20.1.7", false),
            ("10.20.0.1/32", "10.20.0.1", true),
            ("10.20.0.1/32", "10.20.0.2", false),
            ("10.20.0.1/0", "192.0.2.1", true),
            ("fd00::1/64", "fd00::9", true),
            ("fd00::1/64", "fd00:0:0:1::9", false),
            ("10.20.0.1/24", "fd00::9", false),
        ] {
            assert_eq!(net(of).holds(address.parse().unwrap()), holds, "{address} in {of}");
        }
    }
}
