//! Cameras, what they cover, how long it is kept and where, as lines.

use super::leaf::{Leaf, Shown};
use crate::config::cameras::{Camera, CameraSource, Cameras};
use crate::config::covert::Covert;
use crate::config::network::Network;
use crate::config::retention::{Keep, Retention};
use crate::config::signage::Signage;
use crate::config::storage::Storage;
use crate::config::zones::{Route, Zones};

fn source(c: &Camera) -> Leaf {
    let leaf = match &c.source {
        CameraSource::Stream(url) => Leaf::new("stream").arg(&url.value),
        CameraSource::Pipeline(words) => Leaf::new("pipeline").arg(&words.value),
    };
    leaf.opt("codec", &c.declared.codec)
        .opt("kbps", &c.declared.kbps)
        .opt("fps", &c.declared.fps)
        .opt("width", &c.declared.width)
        .opt("height", &c.declared.height)
}

fn masks(c: &Camera) -> impl Iterator<Item = Leaf> {
    c.masks.iter().map(|m| {
        let points = m.points.iter().map(|(x, y)| Leaf::new("point").arg(x).arg(y));
        Leaf::new("mask").arg(&m.title.value).flag("in-camera", m.in_camera).below(points)
    })
}

fn camera(c: &Camera) -> Leaf {
    let task = c.task.as_ref().map(|t| {
        Leaf::new("task")
            .arg(&t.kind.value)
            .opt("width-m", &t.width_m)
            .opt("distance-m", &t.distance_m)
    });
    let audio = c.audio.as_ref();
    let audio = audio.map(|a| Leaf::new("audio").opt("because", &a.because).opt("dpia", &a.dpia));
    let disabled = c
        .disabled
        .as_ref()
        .map(|d| Leaf::new("disabled").prop("because", &d.because.value).opt("until", &d.until));
    let covert = c.covert.as_ref();
    let covert = covert.map(|v| Leaf::new("covert").opt("authorisation", &v.authorisation));
    Leaf::new("camera")
        .arg(&c.id.value)
        .arg(&c.title.value)
        .prop("zone", &c.zone.value)
        .set("kind", &c.kind)
        .set("transport", &c.transport)
        .opt("user", &c.user)
        .opt("secret", &c.secret)
        .flag("door", c.door)
        .flag("wifi", c.wifi)
        .opt("make", &c.device.make)
        .opt("model", &c.device.model)
        .opt("serial", &c.device.serial)
        .opt("mac", &c.device.mac)
        .opt("installed", &c.device.installed)
        .below([source(c)])
        .line("preview", &c.preview)
        .below(task)
        .below(masks(c))
        .below(c.overlooks.iter().map(|o| Leaf::new("overlooks").arg(&o.value)))
        .below(audio)
        .below(disabled)
        .below(covert)
}

pub fn cameras(cameras: &Cameras) -> Leaf {
    Leaf::new("cameras").below(cameras.list.iter().map(camera))
}

pub fn zones(zones: &Zones) -> Leaf {
    let each = zones.list.iter().map(|z| {
        Leaf::new("zone")
            .arg(&z.id.value)
            .arg(&z.title.value)
            .set("kind", &z.kind)
            .list("purposes", &z.purposes)
            .opt("dpia", &z.dpia)
    });
    let blind = zones.blind_spots.iter().map(|b| Leaf::new("blind-spot").arg(&b.value));
    Leaf::new("zones").below(each).below(blind)
}

pub fn routes(routes: &[Route]) -> Leaf {
    let each = routes
        .iter()
        .map(|r| Leaf::new("route").arg(&r.id.value).arg(&r.title.value).opt("sign", &r.sign));
    Leaf::new("access-routes").below(each)
}

fn figures(leaf: Leaf, keep: &Keep) -> Leaf {
    leaf.set("min-days", &keep.min_days)
        .set("target-days", &keep.target_days)
        .set("max-days", &keep.max_days)
        .opt("because", &keep.because)
}

fn own_figures<T: Shown>(name: &'static str, id: &T, keep: &Keep) -> Leaf {
    figures(Leaf::new(name).arg(id), keep)
}

pub fn retention(retention: &Retention) -> Leaf {
    let zones = retention.zones.iter().map(|(id, k)| own_figures("zone", &id.value, k));
    let cameras = retention.cameras.iter().map(|(id, k)| own_figures("camera", &id.value, k));
    let classes = retention.hold_classes.iter().map(|h| {
        Leaf::new("hold-class")
            .arg(&h.id.value)
            .arg(&h.title.value)
            .set("review-days", &h.review_days)
            .because(h.id.default_because())
    });
    let mut keep = retention.keep.clone();
    keep.because = retention.because.clone();
    figures(Leaf::new("retention"), &keep)
        .set("when-full", &retention.when_full)
        .below(zones)
        .below(cameras)
        .below(classes)
}

pub fn signage(signage: &Signage) -> Leaf {
    let each = signage.signs.iter().map(|s| {
        Leaf::new("sign")
            .arg(&s.id.value)
            .arg(&s.title.value)
            .set("size", &s.size)
            .set("read-from-m", &s.read_from_m)
            .list("covers", &s.covers)
            .list("purposes", &s.purposes)
            .opt("text", &s.text)
            .opt("contact", &s.contact)
            .opt("welsh", &s.welsh)
            .opt("variant", &s.variant)
    });
    let leaf = Leaf::new("signage").opt("notice", &signage.notice);
    leaf.flag("welsh", signage.welsh).below(each)
}

pub fn covert(covert: &Covert) -> Leaf {
    let each = covert.authorisations.iter().map(|a| {
        Leaf::new("authorisation")
            .arg(&a.reference.value)
            .prop("state", &a.state.value)
            .opt("by", &a.by)
            .opt("in-charge", &a.in_charge)
            .opt("from", &a.from)
            .opt("until", &a.until)
            .opt("reviewed", &a.reviewed)
            .opt("copy-sent", &a.copy_sent)
            .list("cameras", &a.cameras)
    });
    let copies = covert.addressee.as_ref();
    let copies =
        copies.map(|c| Leaf::new("copies-to").arg(&c.value).opt("address", &covert.address));
    Leaf::new("covert")
        .opt("procedure", &covert.procedure)
        .opt("available-at", &covert.available_at)
        .below(copies)
        .below(each)
}

pub fn storage(storage: &Storage) -> Leaf {
    let because = storage.footage.default_because();
    let folders = storage.footage.value.iter();
    let folders = folders.map(|f| Leaf::new("footage").arg(f).because(because));
    let keep_free = Leaf::new("keep-free")
        .arg(&storage.keep_free.value)
        .because(storage.keep_free.default_because());
    Leaf::new("storage")
        .set("encryption", &storage.encryption)
        .opt("because", &storage.because)
        .below(folders)
        .below([keep_free])
}

pub fn network(network: &Network) -> Leaf {
    let uplink = network.uplink.as_ref().map(|u| {
        Leaf::new("uplink")
            .arg(&u.device.value)
            .set("dhcp", &u.dhcp)
            .opt("address", &u.address)
            .opt("gateway", &u.gateway)
            .list("dns", &u.dns)
    });
    let cameras = network.cameras.as_ref().map(|c| {
        Leaf::new("cameras")
            .arg(&c.device.value)
            .prop("address", &c.address.value)
            .set("ntp", &c.ntp)
            .set("dhcp", &c.dhcp)
    });
    Leaf::new("network").below(uplink).below(cameras)
}
