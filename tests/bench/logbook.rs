//! The logbook at its greatest: a million entries are five years of a busy school.

use std::sync::Arc;
use std::time::Instant;

use beadle::base::fault::Fault;
use beadle::base::time::{Span, Utc, Zone};
use beadle::config::registers::Register;
use beadle::config::value::Word;
use beadle::disk::real::RealDisk;
use beadle::ledger::index::{Index, Query};
use beadle::ledger::{Identity, Ledger, system_dice, verify};
use beadle::logbook::checkpoint::{Signs, origin};
use beadle::logbook::registers::{Clocks, State};
use beadle::logbook::verify::Expect;
use beadle::logbook::{Account, Act, Body, ClockState, Draft, Kind, Value, Who};

use super::Outcome;
use super::figures::{median, since};
use super::place::Place;
use super::table::Table;

const SITE: &str = "bench";
/// Appends of one entry each that are measured.
const SINGLE: u64 = 1_000;
const PEOPLE: [&str; 6] = ["head", "leader-1", "leader-2", "site-manager", "it-support", "dsl"];

pub fn run(entries: u64, place: &Place, table: &mut Table) -> Outcome<()> {
    place.clear()?;
    let words = |e: Fault| e.to_string();
    let disk = Arc::new(RealDisk::open(&place.state, None).map_err(words)?);
    let key = Arc::new(Identity::of(&[3; 32]));
    let open = || Ledger::open(disk.clone(), key.clone(), SITE, Box::new(system_dice));
    let (mut ledger, _) = open().map_err(words)?;
    let mut took = Vec::new();
    for n in 0..SINGLE.min(entries) {
        let began = Instant::now();
        ledger.append(vec![draft(n)]).map_err(words)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    let late = took[took.len() * 99 / 100];
    let middle = median(took);
    let figure = format!("{middle:.2} ms, 99 of 100 within {late:.2} ms");
    table.row("logbook: one entry, written and flushed", "< 5 ms", figure, middle < 5.0);
    let began = Instant::now();
    while ledger.size() < entries {
        let (from, to) = (ledger.size(), entries.min(ledger.size() + 4_000));
        ledger.append((from..to).map(draft).collect()).map_err(words)?;
    }
    ledger.checkpoint().map_err(words)?;
    eprintln!("{entries} entries written in {:.0} s", since(began));
    drop(ledger);

    let began = Instant::now();
    let (ledger, _) = open().map_err(words)?;
    let opened = since(began);
    let what = format!("logbook: opened, of {entries} entries");
    table.row(&what, "< 1 s", format!("{opened:.2} s"), opened < 1.0);
    let expect = Expect {
        origin: &origin(SITE),
        keys: &[key.public()],
        checkpoints: &[],
        now: None,
        counter: None,
    };
    let began = Instant::now();
    let report = verify(disk.as_ref(), &expect).map_err(words)?;
    let verified = since(began);
    if report.entries != entries || !report.holds() {
        return Err(format!("the logbook does not verify: {:?}", report.findings));
    }
    let what = format!("logbook: verified, of {entries} entries");
    table.row(&what, "< 10 s", format!("{verified:.1} s"), verified < 10.0);
    pages(&ledger, place, table)
}

/// The slowest page of any register under any filter, each the median of five looks.
fn pages(ledger: &Ledger, place: &Place, table: &mut Table) -> Outcome<()> {
    let words = |e: Fault| e.to_string();
    // Beside the footage: there is more room.
    let mut index = Index::open(&place.footage.join("logbook.sqlite")).map_err(words)?.index;
    let began = Instant::now();
    while index.next() < ledger.size() {
        let entries = ledger.entries(index.next(), 4_096).map_err(words)?;
        index.add(&entries, &clocks()?).map_err(words)?;
    }
    eprintln!("{} entries put into the registers in {:.0} s", index.next(), since(began));
    let middle = draft(ledger.size() / 2).at;
    let (mut worst, mut slowest) = (0.0, String::new());
    for register in Register::WORDS.iter().map(|(_, r)| Some(*r)).chain([None]) {
        let of = Query { register, limit: 50, ..Query::default() };
        let week = (Some(middle), Some(middle + Span::days(7)));
        for (what, query) in [
            ("entries", of.clone()),
            ("records", Query { records: true, ..of.clone() }),
            ("in the middle", Query { beyond: Some(ledger.size() / 2), ..of.clone() }),
            ("open", Query { state: Some(State::Open), ..of.clone() }),
            ("closed", Query { state: Some(State::Closed), ..of.clone() }),
            ("of a person", Query { person: Some("site-manager".into()), ..of.clone() }),
            ("of a week", Query { from: week.0, to: week.1, ..of.clone() }),
        ] {
            let mut took = Vec::new();
            for _ in 0..5 {
                let began = Instant::now();
                index.page(&query).map_err(words)?;
                took.push(began.elapsed().as_secs_f64() * 1e3);
            }
            let took = median(took);
            if took > worst {
                (worst, slowest) = (took, format!("{}, {what}", named(register)));
            }
        }
    }
    let what = format!("logbook: slowest page of a register ({slowest})");
    table.row(&what, "< 20 ms", format!("{worst:.1} ms"), worst < 20.0);
    Ok(())
}

fn named(register: Option<Register>) -> String {
    register.map_or("the whole logbook".into(), |r| r.to_string())
}

fn clocks() -> Outcome<Clocks> {
    Ok(Clocks {
        zone: Zone::named("Europe/London").map_err(|e| format!("{e:?}"))?,
        complaint_days: 30,
        breach: Span::hours(72),
        access_days: None,
        confirm: Span::days(2),
    })
}

/// Every two and a half minutes something: most of it looks at pictures and their ends, log-ins,
/// heartbeats; now and then one of every kind there is.
fn draft(n: u64) -> Draft {
    let at = Utc::from_secs(1_640_995_200) + Span::secs(157 * n as i64);
    let (kind, act, about) = match n % 10 {
        0 | 4 => (Kind::Viewing, Act::Open, None),
        1 | 5 => (Kind::Viewing, Act::Close, Some(n - 1)),
        2 => (Kind::Heartbeat, Act::Open, None),
        3 | 6 => (Kind::LogIn, Act::Open, None),
        7 => (Kind::Incident, Act::Open, None),
        8 => (Kind::Incident, Act::Close, Some(n - 1)),
        _ => (Kind::ALL[(n / 10) as usize % Kind::ALL.len()], Act::Open, None),
    };
    let mut body = Body { reason: Some(format!("See REF-{}", n / 3)), ..Body::default() };
    if kind != Kind::Heartbeat {
        let person = PEOPLE[(n / 7) as usize % PEOPLE.len()].to_string();
        body.who = Some(Who { person, account: Account::Own, acting_for: None, second: None });
        body.fields.insert("place".into(), Value::Text(format!("Corridor {}", n % 40)));
        body.fields.insert("what".into(), Value::Text("Two pupils after lunch".into()));
    }
    Draft { at, clock: ClockState::Synced, kind, act, about, body }
}
