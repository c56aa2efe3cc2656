//! From a file's lines to the texts.

use super::*;
use crate::config::parse;

/// A site with these cameras' lines and this network.
fn site(cameras: &str, more: &str) -> Wanted {
    let text = format!(
        "site \"S\" {{ controller \"S\"; contact \"O\" phone=\"1\"; }}\n\
         code-of-practice {{ purpose \"safety\" \"Safety\"; }}\n\
         people {{ person \"head\" \"Head\"; }}\nzones {{ zone \"hall\" \"Hall\"; }}\n\
         cameras {{ {cameras} }}\nretention min-days=30 max-days=90\n{more}\n"
    );
    let parsed = parse("site.kdl", text.as_bytes());
    let wanted = wanted(&parsed.config.unwrap_or_else(|| panic!("{:?}", parsed.notes)));
    assert_eq!(wanted.check(), Ok(()), "{wanted:?}");
    wanted
}

const GATE: &str = "camera \"gate\" \"Gate\" zone=\"hall\" { stream \"rtsp://10.20.0.11/main\"; }";
const HALL: &str = "camera \"hall\" \"Hall\" zone=\"hall\" transport=\"udp\" \
    { stream \"rtsp://hall.example:8554/main\"; preview \"rtsps://10.20.0.12/sub\"; }";
const BOTH: &str = "network { uplink \"enp1s0\" address=\"192.0.2.5/24\" gateway=\"192.0.2.1\" \
    dns=\"192.0.2.2\"; cameras \"enp2s0\" address=\"10.20.0.1/22\"; }";

fn has(text: &str, line: &str) -> bool {
    text.lines().any(|l| l.trim() == line)
}

/// Every rule that lets something through in one direction.
fn let_through(rules: &str, chain: &str) -> Vec<String> {
    let from = rules.split(&format!("chain {chain} {{")).nth(1).unwrap();
    let lines = from.split("\n    }").next().unwrap().lines().map(str::trim);
    lines.filter(|l| l.ends_with("accept") && !l.contains("{")).map(String::from).collect()
}

#[test]
fn cameras_get_addresses_and_the_time_and_no_way_out() {
    let files = files(&site(GATE, BOTH));
    let names: Vec<_> = files.units.iter().map(|(name, _)| *name).collect();
    let all = ["20-beadle-uplink.network", "20-beadle-cameras.network", "30-beadle-rest.network"];
    assert_eq!(names, all);
    let cameras = &files.units[1].1;
    for line in [
        "Name=enp2s0",
        "Address=10.20.0.1/22",
        "DHCPServer=yes",
        "PoolOffset=512",
        "PoolSize=511",
        "EmitNTP=yes",
        "NTP=10.20.0.1",
        "EmitRouter=no",
        "EmitDNS=no",
        "IPv6AcceptRA=no",
    ] {
        assert!(has(cameras, line), "{line} is not in\n{cameras}");
    }
    assert_eq!(files.clock, "allow 10.20.0.0/22\nlocal stratum 10 orphan\n");
    for line in [
        "iifname \"enp2s0\" udp sport 68 udp dport 67 accept",
        "iifname \"enp2s0\" ip saddr 10.20.0.0/22 udp dport 123 accept",
        "oifname \"enp2s0\" ip daddr 10.20.0.0/22 accept",
    ] {
        assert!(has(&files.rules, line), "{line} is not in\n{}", files.rules);
    }
    let forward = files.rules.split("chain forward").nth(1).unwrap();
    let forward = forward.split("\n    }").next().unwrap();
    assert!(forward.contains("policy drop;") && !forward.contains("accept"), "{forward}");
}

#[test]
fn the_recorder_speaks_to_what_the_file_names_and_to_nothing_else() {
    let clocks = "clock { server \"192.0.2.7\"; }\n";
    let cases: [(&str, String, &[&str]); 5] = [
        ("static", BOTH.to_string(), &["ip daddr 10.20.0.11 tcp dport 554 accept"]),
        (
            "time by address",
            format!("{clocks}{BOTH}"),
            &[
                "ip daddr 10.20.0.11 tcp dport 554 accept",
                "ip daddr 192.0.2.7 udp dport 123 accept",
            ],
        ),
        (
            "time by name asks the name server",
            format!("clock {{ server \"time.example\"; }}\n{BOTH}"),
            &[
                "ip daddr 10.20.0.11 tcp dport 554 accept",
                "udp dport 123 accept",
                "ip daddr 192.0.2.2 udp dport 53 accept",
                "ip daddr 192.0.2.2 tcp dport 53 accept",
            ],
        ),
        (
            "no network in the file",
            String::new(),
            &["udp sport 68 udp dport 67 accept", "ip daddr 10.20.0.11 tcp dport 554 accept"],
        ),
        (
            "an address by DHCP",
            "network { uplink \"eth0\"; }".into(),
            &[
                "oifname \"eth0\" udp sport 68 udp dport 67 accept",
                "ip daddr 10.20.0.11 tcp dport 554 accept",
            ],
        ),
    ];
    let always = ["oif lo accept", "ct state established,related accept"];
    for (name, more, expected) in cases {
        let rules = files(&site(GATE, &more)).rules;
        assert_eq!(rules.matches("policy drop;").count(), 3, "{rules}");
        let mut through = let_through(&rules, "output");
        through.retain(|l| !always.contains(&l.as_str()) && !l.contains("\"enp2s0\""));
        assert_eq!(through, expected, "{name}");
    }
}

#[test]
fn nothing_reaches_in() {
    for more in ["", BOTH, "network { uplink \"eth0\"; }"] {
        let rules = files(&site(&format!("{GATE}\n{HALL}"), more)).rules;
        let through = let_through(&rules, "input");
        let served = |l: &String| {
            l.contains("\"enp2s0\"")
                || l.contains("udp sport 67 udp dport 68")
                || l == "iif lo accept"
        };
        let others: Vec<_> = through.iter().filter(|l| !served(l)).collect();
        assert_eq!(others, ["ct state established,related accept"], "{rules}");
    }
}

#[test]
fn a_camera_is_reached_where_its_address_says() {
    let rules = files(&site(HALL, BOTH)).rules;
    for line in [
        "tcp dport 8554 accept",
        "udp dport 1024-65535 accept",
        "ip daddr 10.20.0.12 tcp dport 322 accept",
        "ip daddr 192.0.2.2 udp dport 53 accept",
    ] {
        assert!(has(&rules, line), "{line} is not in\n{rules}");
    }
    let pipe = "camera \"p\" \"P\" zone=\"hall\" \
        { pipeline \"rtspsrc location=rtsp://10.9.0.4:5544/x ! rtph264depay\" codec=\"h264\"; }";
    let rules = files(&site(pipe, "")).rules;
    assert!(has(&rules, "ip daddr 10.9.0.4 tcp dport 5544 accept"), "{rules}");
}

#[test]
fn a_port_that_the_file_does_not_name_gets_nothing() {
    let files = files(&site(GATE, "network { uplink \"eth0\"; }"));
    let (uplink, rest) = (&files.units[0].1, &files.units[1].1);
    assert!(has(uplink, "DHCP=ipv4") && has(uplink, "SendHostname=no"), "{uplink}");
    assert!(has(rest, "Type=ether") && !rest.contains("DHCP"), "{rest}");
    assert_eq!(super::files(&site(GATE, "")).units, []);
}

#[test]
fn a_small_net_of_cameras_keeps_its_addresses_for_itself() {
    for (address, given) in [
        ("10.0.0.1/24", Some((128, 127))),
        ("10.0.0.1/28", Some((8, 7))),
        ("10.0.0.1/30", None),
        ("fd00::1/64", None),
    ] {
        let more = format!("network {{ cameras \"eth1\" address=\"{address}\"; }}");
        let unit = files(&site(GATE, &more)).units[0].1.clone();
        let expected =
            given.map(|(first, count)| format!("PoolOffset={first}\nPoolSize={count}\n"));
        assert_eq!(unit.contains("DHCPServer=yes"), given.is_some(), "{unit}");
        assert!(expected.is_none_or(|e| unit.contains(&e)), "{unit}");
    }
}

#[test]
fn words_that_would_say_more_are_refused() {
    let good = site(GATE, BOTH);
    let port = |name: &str| {
        let mut wanted = good.clone();
        wanted.uplink.as_mut().unwrap().port = name.into();
        wanted
    };
    let long = "x".repeat(16);
    for name in ["", ".", "..", "*", "eth0 eth1", "eth0\"", "a/b", "e\n", "!eth0", &long, "-x"] {
        assert!(port(name).check().is_err(), "{name:?}");
    }
    for name in ["eth0", "enp1s0f1np1", "eth0.20", "br-cams"] {
        assert_eq!(port(name).check(), Ok(()), "{name:?}");
    }
    for name in ["time.example\nallow all", "a b", "-x", "x-", ""] {
        let clocks = [Host::Name(name.into())].into();
        assert!(Wanted { clocks, ..good.clone() }.check().is_err(), "{name:?}");
    }
    let mut wide = good.clone();
    wide.cameras.as_mut().unwrap().address.prefix = 33;
    assert!(wide.check().is_err());
}
