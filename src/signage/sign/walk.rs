//! What is wrong with the signs as a whole, and the sheet to walk round with.

use crate::base::time::Day;
use crate::config::Config;
use crate::config::signage::Sign;
use crate::config::value::Id;
use crate::logbook::{Act, Entry, Kind, Value, fields};
use crate::signage::page::Document;
use crate::signage::{phrase, records};

/// Something that a sign, or the want of one, leaves to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub text: String,
    pub row: &'static str,
}

/// Does a camera work in this zone, one that people may know of?
pub fn is_watched(config: &Config, zone: &Id) -> bool {
    let mut cameras = config.cameras.list.iter();
    cameras.any(|c| c.zone.value == *zone && c.is_enabled() && c.covert.is_none())
}

/// Zones and routes without a sign, signs without a camera, and signs that cannot be made (R1.33).
pub fn findings(config: &Config) -> Vec<Finding> {
    let mut found = missing(config);
    let spoken = config.signage.signs.iter().filter(|sign| speaks(config, sign));
    let refused = spoken.filter_map(|sign| super::sheet(config, sign, "").err());
    found.extend(refused.map(|refusal| Finding { text: refusal.to_string(), row: "R1.33" }));
    found
}

/// Does a camera work where it speaks of one?
fn speaks(config: &Config, sign: &Sign) -> bool {
    sign.covers.iter().any(|id| is_watched(config, &id.value))
}

/// Ways in and zones without a sign (S1.19, S0.5), signs without a camera (R1.34).
fn missing(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |text: String, row| found.push(Finding { text, row });
    for route in config.routes.iter().filter(|r| r.sign.is_none()) {
        add(
            format!("People come in by \"{}\" without passing a sign.", route.title.value),
            "S1.19",
        );
    }
    let signs = &config.signage.signs;
    for zone in config.zones.list.iter().filter(|z| is_watched(config, &z.id.value)) {
        let told = |s: &Sign| s.covers.iter().any(|id| id.value == zone.id.value);
        if !signs.iter().any(told) {
            add(format!("\"{}\" has cameras and no sign covers it.", zone.title.value), "S1.19");
        }
    }
    for sign in signs.iter().filter(|sign| !speaks(config, sign)) {
        let title = &sign.title.value;
        add(format!("The sign \"{title}\" speaks of cameras, and none works there."), "R1.34");
    }
    found
}

/// What a screen says of the signs until it is put right (S1.19, R1.34): those that are missing or
/// speak of nothing, then those that nobody looked at for so many days.
pub fn told(config: &Config, checks: &[Entry], today: Day, within_days: i64) -> Vec<String> {
    let mut told: Vec<String> = missing(config).into_iter().map(|f| f.text).collect();
    let zone = &config.site.zone;
    let look = |sign: &Sign| last_looks(sign, checks).map(|e| zone.day_of(e.header.at));
    let title = |sign: &&Sign| format!("\"{}\"", sign.title.value);
    let signs = &config.signage.signs;
    let never: Vec<String> =
        signs.iter().filter(|s| look(s).is_none()).map(|s| title(&s)).collect();
    if !never.is_empty() {
        told.push(format!("Nobody has looked at the sign {} on record.", phrase::list(&never)));
    }
    for sign in signs {
        if let Some(day) = look(sign).filter(|day| day.plus(within_days) < today) {
            let day = phrase::day(day);
            told.push(format!("The sign {} was last looked at on {day}.", title(&sign)));
        }
    }
    told
}

/// When a person last looked at each sign, by the entries of sign checks; newest first or not.
fn last_looks<'a>(sign: &Sign, checks: &'a [Entry]) -> Option<&'a Entry> {
    let looked = |entry: &&Entry| {
        let said = entry.body.as_ref().and_then(|b| b.fields.get("signs"));
        let id = sign.id.value.as_str();
        entry.header.kind == Kind::SignCheck
            && entry.header.act == Act::Open
            && match said {
                Some(Value::List(all)) => all.iter().any(|one| one == id),
                Some(Value::Text(one)) => one == id || one == fields::ALL,
                _ => false,
            }
    };
    checks.iter().filter(looked).max_by_key(|e| e.number)
}

/// The checklist for a walk past every sign (S0.5, R1.31), with the last look at each where the
/// logbook's entries are at hand.
pub fn sign_walk(config: &Config, checks: Option<&[Entry]>) -> Document {
    let (site, owner) = (&config.site.name.value, &config.site.owner.value);
    let mut paper = Document::new("sign-walk", "Sign walk", site, owner);
    paper.landscape = true;
    paper.say(
        "Walk past every sign as a visitor would. Is it there, clean, unhidden, and readable from \
         its distance? Then enter the sign check on the recorder.",
    );
    let rows = config.signage.signs.iter().map(|s| row(config, s, checks)).collect();
    paper.head("Signs");
    let columns = [
        ("Sign", 9),
        ("Size, read from", 6),
        ("Tells of", 9),
        ("Last look", 8),
        ("There, right?", 4),
        ("Remark", 7),
    ];
    paper.table(&columns, rows);
    paper.head("Ways in");
    let ways = config.routes.iter().map(|route| {
        let sign = route
            .sign
            .as_ref()
            .and_then(|id| config.signage.signs.iter().find(|s| s.id.value == id.value));
        let sign = sign.map_or("no sign".to_string(), |s| s.title.value.clone());
        vec![route.title.value.clone(), sign, String::new()]
    });
    paper.table(&[("Way in", 3), ("Sign", 3), ("Seen on the way?", 2)], ways.collect());
    let open = findings(config);
    if !open.is_empty() {
        paper.head("Known already");
        for finding in open {
            paper.clause(finding.text, "signage", finding.row);
        }
    }
    paper.signatures(&["Walked by"]);
    paper
}

fn row(config: &Config, sign: &Sign, checks: Option<&[Entry]>) -> Vec<String> {
    let covers = sign.covers.iter().filter_map(|id| config.zone(&id.value));
    let covers: Vec<String> = covers.map(|z| z.title.value.clone()).collect();
    let size = format!("{}, {} m", sign.size.value.as_str(), sign.read_from_m.value);
    let look = checks.map(|all| match last_looks(sign, all) {
        None => "never".to_string(),
        Some(entry) => look(config, entry),
    });
    vec![
        sign.title.value.clone(),
        size,
        phrase::list(&covers),
        look.unwrap_or_default(),
        String::new(),
        String::new(),
    ]
}

fn look(config: &Config, entry: &Entry) -> String {
    let day: Day = config.site.zone.day_of(entry.header.at);
    let who = entry.body.as_ref().and_then(|b| b.who.as_ref());
    let who = who.map(|w| records::name(config, &w.person));
    format!("{}{}", phrase::day(day), who.map(|w| format!(", {w}")).unwrap_or_default())
}
