//! A busy school's years, made from a seed, and what a page costs in them:
//! `SLOW=1 cargo test --lib ledger::index::slow -- --nocapture`.

use std::time::{Duration, Instant};

use super::*;
use crate::base::digest::Digest;
use crate::base::time::{Span, Zone};
use crate::config::value::Word;
use crate::logbook::registers::Clocks;
use crate::logbook::{Account, Act, Body, ClockState, Entry, Header, Value, Who};

pub(super) fn clocks() -> Clocks {
    Clocks {
        zone: Zone::named("Europe/London").unwrap(),
        complaint_days: 30,
        breach: Span::hours(72),
        access_days: None,
        confirm: Span::days(2),
    }
}

/// SplitMix64: the same school from the same seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

const PEOPLE: [&str; 8] = [
    "headteacher",
    "leader-1",
    "leader-2",
    "pastoral-1",
    "pastoral-2",
    "site-manager",
    "it-support",
    "site-staff-1",
];
const PLACES: [&str; 6] = ["Canteen", "Gym", "Library", "Car park", "Main gate", "Corridor"];
const EVENTS: [&str; 5] = ["vandalism", "bullying", "assault", "antisocial", "theft"];
const CAUSES: [&str; 5] = [
    "a window was broken in the night",
    "two pupils after lunch",
    "a bicycle is missing",
    "somebody climbed the fence",
    "a quarrel at the bus stop",
];

/// How often each kind comes, of a thousand beginnings. Viewings and the machine's own are most of
/// it; every kind with a register comes.
const OFTEN: [(Kind, u64); 12] = [
    (Kind::Viewing, 300),
    (Kind::Live, 180),
    (Kind::Heartbeat, 110),
    (Kind::LogIn, 90),
    (Kind::LogOut, 90),
    (Kind::DailyCheck, 30),
    (Kind::SpotCheck, 40),
    (Kind::Visit, 20),
    (Kind::Incident, 40),
    (Kind::Alarm, 20),
    (Kind::Occurrence, 20),
    (Kind::Release, 10),
];

/// So many entries from a seed: records begin, are noted, corrected and closed over weeks.
pub(super) fn made(count: usize, seed: u64) -> Vec<Entry> {
    let mut dice = Dice(seed);
    let mut at: Utc = "2026-09-01T06:00:00Z".parse().unwrap();
    let mut open: Vec<(Number, Kind)> = Vec::new();
    let mut entries: Vec<Entry> = Vec::with_capacity(count);
    // 200,000 entries are a busy year: one in two and a half minutes.
    let span = 2 * (365 * 86_400_000 / 200_000);
    for number in 0..count as Number {
        at = at + Span::millis(dice.roll(span) as i64);
        // Now and then the clock is set back a little.
        let set = if dice.roll(2_000) == 0 { Span::mins(7) } else { Span::ZERO };
        let (kind, act, about) = next(&mut dice, &mut open, number);
        let header = Header {
            at: at - set,
            clock: ClockState::Synced,
            kind,
            act,
            about,
            body: Digest([0; 32]),
        };
        let body = said(&mut dice, &header, number);
        entries.push(Entry { number, header, body: Some(body) });
    }
    entries
}

fn next(
    dice: &mut Dice,
    open: &mut Vec<(Number, Kind)>,
    number: Number,
) -> (Kind, Act, Option<Number>) {
    // As many records end as begin, so that what is open stays a few.
    if !open.is_empty() && dice.roll(100) < 45 {
        let at = dice.roll(open.len() as u64) as usize;
        let (about, kind) = open[at];
        let act = match dice.roll(10) {
            0 => Act::Note,
            1 => Act::Correct,
            _ => Act::Close,
        };
        // One in twenty stays, to be corrected after it was closed.
        if act == Act::Close && dice.roll(20) != 0 {
            open.swap_remove(at);
        }
        return (kind, act, Some(about));
    }
    let mut roll = dice.roll(1_000);
    let often = OFTEN.iter().find(|(_, weight)| {
        let hit = roll < *weight;
        roll = roll.saturating_sub(*weight);
        hit
    });
    let kind = often
        .map_or_else(|| Kind::ALL[dice.roll(Kind::ALL.len() as u64) as usize], |(kind, _)| *kind);
    if crate::logbook::registers::clocks::CLOSED_BY_HAND.contains(&kind) {
        open.push((number, kind));
    }
    (kind, Act::Open, None)
}

fn said(dice: &mut Dice, header: &Header, number: Number) -> Body {
    let mut body = Body::default();
    let day = clocks().zone.day_of(header.at).to_string();
    if !matches!(header.kind, Kind::Heartbeat | Kind::Alarm | Kind::Shortfall) {
        let who = Who {
            person: dice.one(&PEOPLE).into(),
            account: Account::Own,
            acting_for: None,
            second: None,
        };
        body.who = Some(who);
    }
    if header.kind.register().is_some() {
        body.purpose = Some(dice.one(&["safety", "buildings", "police"]).into());
        body.reason = Some(dice.one(&CAUSES).into());
        body.fields.insert("place".into(), dice.one(&PLACES).into());
        body.fields.insert("type".into(), dice.one(&EVENTS).into());
        body.fields.insert("reference".into(), Value::Text(format!("REF-{number}")));
        body.fields.insert("received".into(), Value::Text(day.clone()));
        body.fields.insert("noticed".into(), Value::Text(header.at.to_string()));
        body.fields.insert("personal-data".into(), true.into());
    }
    if header.kind == Kind::Request {
        body.fields.insert("type".into(), "police-sch2-2".into());
    }
    if header.act == Act::Close {
        body.outcome = Some("done".into());
    }
    if header.kind == Kind::Visit && dice.roll(8) == 0 {
        body.put("authority-by", "headteacher".into()).unwrap();
        body.put("authority-form", "verbal".into()).unwrap();
    }
    body
}

/// The slowest and the middle of some runs.
fn measured(what: &str, times: usize, mut run: impl FnMut(usize)) -> Duration {
    let mut took: Vec<Duration> = (0..times)
        .map(|i| {
            let began = Instant::now();
            run(i);
            began.elapsed()
        })
        .collect();
    took.sort();
    let (middle, worst) = (took[times / 2], took[times - 1]);
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    eprintln!("{what}: {:.2} ms, at worst {:.2} ms of {times}", ms(middle), ms(worst));
    middle
}

/// Every filter of every register, newest page, a page in the middle, and the count.
fn pages(index: &Index, entries: &[Entry]) {
    let last = entries.len() as Number;
    let (begin, end) = (entries[0].header.at, entries[entries.len() - 1].header.at);
    let half = Span((end - begin).0 / 2);
    let mut worst = ("nothing".to_string(), Duration::ZERO);
    let mut note = |what: String, took: Duration| {
        if took > worst.1 {
            worst = (what, took);
        }
    };
    let all = Register::WORDS.iter().map(|(_, r)| Some(*r)).chain([None]);
    for register in all {
        let name = register.map_or("logbook".into(), |r| r.to_string());
        let of = Query { register, limit: 50, ..Query::default() };
        let person = Some("site-manager".to_string());
        let week = (Some(begin + half), Some(begin + half + Span::days(7)));
        for (what, query) in [
            ("entries", of.clone()),
            ("records", Query { records: true, ..of.clone() }),
            ("in the middle", Query { beyond: Some(last / 2), ..of.clone() }),
            ("open", Query { state: Some(State::Open), ..of.clone() }),
            ("closed", Query { state: Some(State::Closed), ..of.clone() }),
            ("of a person", Query { person, ..of.clone() }),
            ("of a week", Query { from: week.0, to: week.1, ..of.clone() }),
            ("of half the time", Query { from: week.0, records: true, ..of.clone() }),
        ] {
            let took = measured(&format!("{name}, {what}"), 5, |_| {
                index.page(&query).unwrap();
            });
            note(format!("{name}, {what}"), took);
        }
        for text in ["canteen", "ref-1234", "window night", "section 29"] {
            let query = Query { text: Some(text.into()), ..of.clone() };
            measured(&format!("{name}, the words \"{text}\""), 3, |_| {
                index.page(&query).unwrap();
            });
        }
    }
    eprintln!(
        "the slowest page of a register: {} in {:.2} ms",
        worst.0,
        worst.1.as_secs_f64() * 1e3
    );
    // A debug build on a loaded machine gets ten times the promise.
    let most = if cfg!(debug_assertions) { 200 } else { 20 };
    assert!(worst.1 < Duration::from_millis(most), "{worst:?}");
}

fn filled(path: &Path, entries: &[Entry]) -> Index {
    let mut index = Index::open(path).unwrap().index;
    let began = Instant::now();
    let mut stale = 0;
    for lot in entries.chunks(4_096) {
        stale += index.add(lot, &clocks()).unwrap().len();
    }
    let bytes = std::fs::metadata(path).unwrap().len();
    eprintln!(
        "{} entries added in {:.1} s, {stale} records touched late, {} MB",
        entries.len(),
        began.elapsed().as_secs_f64(),
        bytes / 1_000_000
    );
    index
}

#[test]
fn a_busy_years_registers_page_quickly() {
    if std::env::var("SLOW").is_ok_and(|v| v == "1") {
        for count in [200_000, 1_000_000] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("logbook.db");
            let entries = made(count, 42);
            let index = filled(&path, &entries);
            pages(&index, &entries);
            measured("facts of four kinds", 5, |_| {
                let kinds = [Kind::Acceptance, Kind::Training, Kind::DailyCheck, Kind::AccessGrant];
                index.numbers_of(&kinds).unwrap();
            });
            drop(index);
            measured("open", 5, |_| drop(Index::open(&path).unwrap()));
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let entries = made(5_000, 42);
    let index = filled(&folder.path().join("logbook.db"), &entries);
    pages(&index, &entries);
}
