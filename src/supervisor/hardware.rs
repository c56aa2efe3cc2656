//! A camera's hardware address (R3.15): the file's own word, else what the network of this machine
//! says when the copy is made. A camera behind a router, one that is dialled by name or over IPv6,
//! and one that did not answer of late stand in no table: that is said, and nothing is guessed.

use std::net::Ipv4Addr;
use std::path::Path;

use crate::config::cameras::{Camera, CameraSource};

/// IPv4 neighbours, as the kernel lists them.
const NEIGHBOURS: &str = "/proc/net/arp";
/// The entry is complete: that machine answered.
const COMPLETE: u32 = 0x2;
/// What the manifest says where nobody told.
pub const NOT_KNOWN: &str = "not known";

/// The address, and who says so; nobody, where it is not known.
pub fn hardware(camera: Option<&Camera>) -> (String, Option<String>) {
    hardware_by(camera, Path::new(NEIGHBOURS))
}

fn hardware_by(camera: Option<&Camera>, table: &Path) -> (String, Option<String>) {
    let written = camera.and_then(|camera| camera.device.mac.as_ref());
    if let Some(mac) = written {
        return (mac.value.clone(), Some("the school's file".into()));
    }
    let dialled = camera.and_then(|camera| match &camera.source {
        CameraSource::Stream(url) => host(&url.value.normal),
        _ => None,
    });
    // A table that cannot be read tells nothing.
    let table = std::fs::read_to_string(table).unwrap_or_default();
    match dialled.and_then(|host| neighbour(&table, host)) {
        Some(mac) => (mac, Some("the recorder's network, when this copy was made".into())),
        None => (NOT_KNOWN.into(), None),
    }
}

/// Make, model and serial number, as the file has them.
pub fn device(camera: &Camera) -> Option<String> {
    let device = &camera.device;
    let serial = device.serial.as_ref().map(|serial| format!("serial {}", serial.value));
    let named = [&device.make, &device.model].into_iter().flatten().map(|name| name.value.clone());
    let words: Vec<String> = named.chain(serial).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// The address in `rtsp://192.0.2.7:554/main`; `None`: a name, or IPv6.
fn host(url: &str) -> Option<Ipv4Addr> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit('@').next()?;
    place.split(':').next()?.parse().ok()
}

/// `IP address  HW type  Flags  HW address  Mask  Device`, a line for each neighbour.
fn neighbour(table: &str, wanted: Ipv4Addr) -> Option<String> {
    table.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (at, _, flags, mac) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let flags = u32::from_str_radix(flags.strip_prefix("0x")?, 16).ok()?;
        let is_it = at.parse() == Ok(wanted) && flags & COMPLETE != 0;
        (is_it && mac != "00:00:00:00:00:00").then(|| mac.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::CameraId;
    use crate::config::Config;

    const TABLE: &str = "\
IP address       HW type     Flags       HW address            Mask     Device
192.0.2.11       0x1         0x0         00:00:00:00:00:00     *        eth0
192.0.2.12       0x1         0x0         02:fc:00:00:00:12     *        eth0
192.0.2.13       0x1         0x2         02:fc:00:00:00:13     *        eth0
";

    fn camera(source: &str, more: &str) -> Config {
        let site = include_str!("../../configs/demo.kdl");
        let (before, rest) = site.split_once("camera \"front-gate\" \"Front gate\"").unwrap();
        let rest = rest.replacen("rtsp://127.0.0.1:8554/cam1\"", &format!("{source}\""), 1);
        let text = format!("{before}camera \"front-gate\" \"Front gate\"{more}{rest}");
        crate::config::parse("site.kdl", text.as_bytes()).config.unwrap()
    }

    fn gate() -> CameraId {
        CameraId::new("front-gate").unwrap()
    }

    #[test]
    fn the_file_speaks_first_then_the_network_and_else_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("arp");
        std::fs::write(&table, TABLE).unwrap();
        let seen = "the recorder's network, when this copy was made";
        for (source, more, says, by) in [
            ("rtsp://192.0.2.13/a", "", "02:fc:00:00:00:13", Some(seen)),
            ("rtsp://192.0.2.13:554/a", "", "02:fc:00:00:00:13", Some(seen)),
            // It did not answer; it is not there; a name; the gateway's would be a lie.
            ("rtsp://192.0.2.12/a", "", NOT_KNOWN, None),
            ("rtsp://192.0.2.11/a", "", NOT_KNOWN, None),
            ("rtsp://198.51.100.4/a", "", NOT_KNOWN, None),
            ("rtsp://gate.school.example/a", "", NOT_KNOWN, None),
            (
                "rtsp://192.0.2.13/a",
                " mac=\"aa:bb:cc:dd:ee:ff\"",
                "aa:bb:cc:dd:ee:ff",
                Some("the school's file"),
            ),
        ] {
            let config = camera(source, more);
            let camera = config.camera(&gate());
            let (mac, from) = hardware_by(camera, &table);
            assert_eq!((mac.as_str(), from.as_deref()), (says, by), "{source}{more}");
        }
        let missing = hardware_by(None, &folder.path().join("none"));
        assert_eq!(missing, (NOT_KNOWN.to_string(), None));
        let made = camera("rtsp://192.0.2.13/a", " make=\"Axis\" model=\"P3245\" serial=\"S-1\"");
        let made = made.camera(&gate()).and_then(device);
        assert_eq!(made.as_deref(), Some("Axis, P3245, serial S-1"));
    }
}
