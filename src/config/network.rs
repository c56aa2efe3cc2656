//! `network`: the image only; elsewhere the machine's own settings stand.

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

/// `cameras "enp2s0" address="10.20.0.1/24" ntp=#true dhcp=#true`: Beadle serves the cameras' own net.
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

impl std::fmt::Display for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
