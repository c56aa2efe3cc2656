//! The packet filter. One text, which `nft` takes as a whole or not at all.

use core::net::IpAddr;

use super::{Host, Net, Peer, Wanted};

pub fn rules(wanted: &Wanted) -> String {
    let (input, output) = (indented(&input(wanted)), indented(&output(wanted)));
    format!(
        "flush ruleset\n\n\
         table inet beadle {{\n    \
             chain input {{\n        \
                 type filter hook input priority filter; policy drop;\n{input}    }}\n    \
             chain forward {{\n        \
                 type filter hook forward priority filter; policy drop;\n    }}\n    \
             chain output {{\n        \
                 type filter hook output priority filter; policy drop;\n{output}    }}\n}}\n"
    )
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("        {line}\n")).collect()
}

/// Answers alone, and what the cameras' net is served.
fn input(wanted: &Wanted) -> Vec<String> {
    let mut lines = vec![
        "iif lo accept".to_string(),
        "ct state invalid drop".into(),
        "ct state established,related accept".into(),
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept".into(),
    ];
    if let Some(port) = asks_on(wanted) {
        lines.push(format!("{port}udp sport 67 udp dport 68 accept"));
    }
    if let Some(net) = &wanted.cameras {
        let port = format!("iifname \"{}\"", net.port);
        let from = matching("saddr", net.address.whole());
        if net.dhcp {
            lines.push(format!("{port} udp sport 68 udp dport 67 accept"));
        }
        if net.ntp {
            lines.push(format!("{port} {from} udp dport 123 accept"));
        }
        // A camera is looked for by asking whether it answers.
        lines.push(format!("{port} {from} icmp type echo-request accept"));
    }
    lines
}

/// What begins here: to cameras, for the time, for names where there are some, for an address.
fn output(wanted: &Wanted) -> Vec<String> {
    let mut lines = vec![
        "oif lo accept".to_string(),
        "ct state established,related accept".into(),
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept".into(),
    ];
    if let Some(port) = asks_on(wanted) {
        let port = port.replace("iifname", "oifname");
        lines.push(format!("{port}udp sport 68 udp dport 67 accept"));
    }
    if let Some(net) = &wanted.cameras {
        let to = matching("daddr", net.address.whole());
        lines.push(format!("oifname \"{}\" {to} accept", net.port));
        if net.dhcp {
            // Who has no address yet is answered at everybody's.
            lines.push(format!("oifname \"{}\" udp sport 67 udp dport 68 accept", net.port));
        }
    }
    lines.extend(wanted.peers.iter().flat_map(to_camera));
    lines.extend(wanted.clocks.iter().map(|clock| match clock {
        Host::Address(address) => format!("{} udp dport 123 accept", one("daddr", *address)),
        Host::Name(_) => "udp dport 123 accept".into(),
    }));
    if wanted.asks_names() {
        lines.extend(to_name_servers(wanted));
    }
    let mut said = std::collections::BTreeSet::new();
    lines.retain(|line| said.insert(line.clone()));
    lines
}

/// The port on which an address is asked for, as the beginning of a rule; empty: any.
fn asks_on(wanted: &Wanted) -> Option<String> {
    match &wanted.uplink {
        Some(uplink) if uplink.address.is_none() => Some(format!("iifname \"{}\" ", uplink.port)),
        None if !wanted.named => Some(String::new()),
        _ => None,
    }
}

fn to_camera(peer: &Peer) -> Vec<String> {
    let (to, port) = match &peer.host {
        Host::Address(address) => (format!("{} ", one("daddr", *address)), peer.port),
        Host::Name(_) => (String::new(), peer.port),
    };
    let mut lines = vec![format!("{to}tcp dport {port} accept")];
    if peer.udp {
        // Its own ports are agreed on in the connection; none of the machine's services is there.
        lines.push(format!("{to}udp dport 1024-65535 accept"));
    }
    lines
}

fn to_name_servers(wanted: &Wanted) -> Vec<String> {
    let servers = wanted.uplink.as_ref().map_or(&[][..], |uplink| &uplink.dns[..]);
    let to: Vec<String> = match servers {
        [] => vec![String::new()],
        servers => servers.iter().map(|server| format!("{} ", one("daddr", *server))).collect(),
    };
    let both =
        |to: String| [format!("{to}udp dport 53 accept"), format!("{to}tcp dport 53 accept")];
    to.into_iter().flat_map(both).collect()
}

fn one(which: &str, address: IpAddr) -> String {
    format!("{} {which} {address}", family(address))
}

fn matching(which: &str, net: Net) -> String {
    format!("{} {which} {net}", family(net.address))
}

fn family(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "ip" } else { "ip6" }
}
