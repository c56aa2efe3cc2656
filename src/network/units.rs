//! Units of `systemd-networkd`. They lie under `/run`, so the machine's own unit, which asks for
//! an address on every wired port, counts again where they are taken away.

use super::{CameraNet, Uplink, Wanted};

/// Said of each port alike: no names told around, no address that nobody gave.
const QUIET: &str = "LinkLocalAddressing=no\nIPv6AcceptRA=no\nLLMNR=no\nMulticastDNS=no\n";
/// Below this a net of cameras has no half to give away.
const GIVEN_PREFIX_MAX: u8 = 28;

pub fn units(wanted: &Wanted) -> Vec<(&'static str, String)> {
    if !wanted.named {
        return Vec::new();
    }
    let uplink = wanted.uplink.as_ref().map(|u| ("20-beadle-uplink.network", uplink(u)));
    let cameras = wanted.cameras.as_ref().map(|c| ("20-beadle-cameras.network", cameras(c)));
    let rest = format!(
        "# Ports that the site file does not name.\n[Match]\nKind=!*\nType=ether\n\n\
         [Link]\nRequiredForOnline=no\n\n[Network]\n{QUIET}"
    );
    uplink.into_iter().chain(cameras).chain([("30-beadle-rest.network", rest)]).collect()
}

fn head(port: &str) -> String {
    format!("[Match]\nName={port}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n{QUIET}")
}

fn uplink(uplink: &Uplink) -> String {
    let mut text = head(&uplink.port);
    match &uplink.address {
        Some(address) => text += &format!("DHCP=no\nAddress={address}\n"),
        None => text += "DHCP=ipv4\n",
    }
    if let Some(gateway) = uplink.gateway {
        text += &format!("Gateway={gateway}\n");
    }
    for server in &uplink.dns {
        text += &format!("DNS={server}\n");
    }
    if uplink.address.is_none() {
        text += "\n[DHCPv4]\nUseHostname=no\nUseDomains=no\nSendHostname=no\n";
        if !uplink.dns.is_empty() {
            text += "UseDNS=no\n";
        }
    }
    text
}

fn cameras(net: &CameraNet) -> String {
    let mut text = head(&net.port);
    // The address is there before the switch is, and stays when somebody pulls it out.
    text += &format!(
        "DHCP=no\nAddress={}\nConfigureWithoutCarrier=yes\nIgnoreCarrierLoss=yes\n",
        net.address
    );
    if let Some((first, count)) = given(net) {
        let clock = match net.ntp {
            true => format!("EmitNTP=yes\nNTP={}\n", net.address.address),
            false => "EmitNTP=no\n".into(),
        };
        // No way out and no names: a camera needs neither.
        text += &format!(
            "DHCPServer=yes\n\n[DHCPServer]\nPoolOffset={first}\nPoolSize={count}\n\
             EmitDNS=no\nEmitRouter=no\nEmitTimezone=no\nPersistLeases=yes\n{clock}"
        );
    }
    text
}

/// The upper half of the net is given away; the lower one is for cameras with an address of their
/// own, and for the box itself.
fn given(net: &CameraNet) -> Option<(u32, u32)> {
    let fits = net.address.address.is_ipv4() && net.address.prefix <= GIVEN_PREFIX_MAX;
    if !net.dhcp || !fits {
        return None;
    }
    let all = 1_u32.checked_shl(32 - u32::from(net.address.prefix)).unwrap_or(u32::MAX);
    let half = all / 2;
    // The last address of a net means everybody in it.
    Some((half, half - 1))
}
