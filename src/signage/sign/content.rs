//! What one sign says, from the file.

use super::Refusal;
use super::walk::is_watched;
use crate::config::Config;
use crate::config::practice::Purpose;
use crate::config::signage::{Sign, Variant};
use crate::config::value::Id;
use crate::config::zones::{Zone, ZoneKind};
use crate::signage::wording::{ENGLISH, WELSH, Wording};

/// What stands on a sign, before anybody knows where.
#[derive(Clone, PartialEq, Debug)]
pub struct Content {
    /// In the order in which they stand.
    pub tongues: Vec<Tongue>,
    pub operator: String,
    /// Where it is not the operator's (R1.36).
    pub owner: Option<String>,
    /// Name, telephone, address: one line each.
    pub contact: Vec<String>,
    /// The page with the whole notice, as people type it.
    pub page: Option<String>,
    /// What the code leads to: the page, else the telephone, else the post.
    pub code: Option<String>,
}

/// What is said in one language.
#[derive(Clone, PartialEq, Debug)]
pub struct Tongue {
    pub words: Wording,
    pub variant: Variant,
    pub purposes: Vec<String>,
    pub sound: bool,
    /// The file's own line.
    pub text: Option<String>,
}

impl Content {
    pub fn headline(&self) -> String {
        let all: Vec<&str> = self.tongues.iter().map(|t| t.words.headline).collect();
        all.join(" / ")
    }
}

/// What the sign has to say.
///
/// # Errors
/// No camera works where it speaks of one (R1.34), or Welsh is asked for and something has none.
pub fn content(config: &Config, sign: &Sign) -> Result<Content, Refusal> {
    let zones: Vec<&Zone> = covered(config, sign).collect();
    if zones.is_empty() {
        return Err(Refusal {
            text: format!(
                "The sign \"{}\" would speak of cameras where none works (R1.34).",
                sign.title.value
            ),
            remedy: "Take the sign down and out of the file, or enable the camera.".into(),
        });
    }
    let purposes = purposes(config, sign, &zones);
    let variant = variant_of(config, sign);
    let watched = |c: &&crate::config::cameras::Camera| {
        c.is_enabled() && zones.iter().any(|z| z.id.value == c.zone.value)
    };
    let sound = config.cameras.list.iter().filter(watched).any(|c| c.audio.is_some());
    let mut tongues = Vec::new();
    if config.signage.welsh {
        tongues.push(in_welsh(sign, &purposes, variant, sound)?);
    }
    let titles = purposes.iter().map(|p| p.title.value.clone()).collect();
    let text = sign.text.as_ref().map(|t| t.value.clone());
    tongues.push(Tongue { words: ENGLISH, variant, purposes: titles, sound, text });
    let owner = &config.site.owner.value;
    let operator = config.site.controller.name.value.clone();
    let owner = (*owner != operator).then(|| owner.clone());
    let (page, code) = ways(config);
    Ok(Content { tongues, operator, owner, contact: contact(config, sign), page, code })
}

fn in_welsh(
    sign: &Sign,
    purposes: &[&Purpose],
    variant: Variant,
    sound: bool,
) -> Result<Tongue, Refusal> {
    let missing = |what: String| Refusal {
        text: format!("The sign \"{}\" is to speak Welsh, and {what} has none.", sign.title.value),
        remedy: "Add welsh=\"...\" to it in the file.".into(),
    };
    let title = |p: &&Purpose| {
        let welsh = p.welsh.as_ref().map(|w| w.value.clone());
        welsh.ok_or_else(|| missing(format!("the purpose \"{}\"", p.title.value)))
    };
    let purposes = purposes.iter().map(title).collect::<Result<Vec<_>, _>>()?;
    if sign.text.is_some() && sign.welsh.is_none() {
        return Err(missing("its own line".into()));
    }
    let text = sign.welsh.as_ref().map(|t| t.value.clone());
    Ok(Tongue { words: WELSH, variant, purposes, sound, text })
}

/// The zones that it covers and a camera sees.
fn covered<'a>(config: &'a Config, sign: &'a Sign) -> impl Iterator<Item = &'a Zone> {
    let zones = sign.covers.iter().filter_map(|id| config.zone(&id.value));
    zones.filter(|zone| is_watched(config, &zone.id.value))
}

/// The purposes that bear on these zones, in the order of the code of practice (R1.35).
fn purposes<'a>(config: &'a Config, sign: &Sign, zones: &[&Zone]) -> Vec<&'a Purpose> {
    let of_zone = |zone: &&Zone, id: &Id| {
        zone.purposes.is_empty() || zone.purposes.iter().any(|p| p.value == *id)
    };
    let wanted = |purpose: &&Purpose| match sign.purposes.is_empty() {
        false => sign.purposes.iter().any(|p| p.value == purpose.id.value),
        true => zones.iter().any(|zone| of_zone(zone, &purpose.id.value)),
    };
    config.practice.purposes.iter().filter(wanted).collect()
}

/// What the file says it is, or what it covers tells.
pub fn variant_of(config: &Config, sign: &Sign) -> Variant {
    if let Some(said) = &sign.variant {
        return said.value;
    }
    let covers = |kind: fn(ZoneKind) -> bool| {
        let mut zones = sign.covers.iter().filter_map(|id| config.zone(&id.value));
        zones.any(|zone| kind(zone.kind.value))
    };
    let at_a_way_in =
        config.routes.iter().any(|r| r.sign.as_ref().is_some_and(|s| s.value == sign.id.value));
    if covers(|kind| kind == ZoneKind::Changing) {
        Variant::ChangingCorridor
    } else if covers(|kind| kind == ZoneKind::CarPark) {
        Variant::CarPark
    } else if at_a_way_in || covers(|kind| kind == ZoneKind::Entrance) {
        Variant::Entrance
    } else {
        Variant::Repeater
    }
}

/// Whom to ask: the sign's own contact, else the site's (R1.30).
fn contact(config: &Config, sign: &Sign) -> Vec<String> {
    let site = &config.site.contact;
    let name = sign.contact.as_ref().unwrap_or(&site.title).value.clone();
    let own = sign.contact.is_some();
    // A sign's own contact may hold its own number; the site's stands below it all the same.
    let mut lines = vec![name];
    lines.extend(
        site.phone.iter().filter(|p| !own || !lines_hold(sign, p)).map(|p| p.value.clone()),
    );
    lines.extend(site.email.iter().map(|e| e.value.clone()));
    if site.phone.is_none() && site.email.is_none() {
        lines.extend(site.address.iter().map(|a| a.value.clone()));
    }
    lines
}

fn lines_hold(sign: &Sign, phone: &str) -> bool {
    sign.contact.as_ref().is_some_and(|c| c.value.contains(phone))
}

/// The page as people type it, and what the code leads to.
fn ways(config: &Config) -> (Option<String>, Option<String>) {
    let site = &config.site.contact;
    let page = config.signage.notice.as_ref().or(site.web.as_ref()).map(|p| p.value.clone());
    let phone = || {
        let phone = site.phone.as_ref()?;
        Some(format!("tel:{}", phone.replace(|c: char| !(c.is_ascii_digit() || c == '+'), "")))
    };
    let post = || site.email.as_ref().map(|e| format!("mailto:{}", e.value));
    let typed = page.as_ref().map(|p| {
        let bare = p.strip_prefix("https://").or(p.strip_prefix("http://")).unwrap_or(p);
        bare.trim_end_matches('/').to_string()
    });
    (typed, page.or_else(phone).or_else(post))
}
