//! A school's year, entry by entry through the forms, written into a logbook on a real disk,
//! proved, and looked up in every register: 2,000 entries, with `SLOW=1` 200,000.

use std::time::Instant;

use super::slow::Dice;
use super::tests::{plain_with, queries, refold_with, walked};
use super::*;
use crate::base::digest::Digest;
use crate::base::time::{Span, Utc};
use crate::config::{self, Config};
use crate::disk::Disk;
use crate::disk::real::RealDisk;
use crate::ledger::proof::{audit, dice as salts, identity};
use crate::ledger::{Ledger, forget, proof};
use crate::logbook::form::{self, Form, Ill, Maker, Scene, Side, Sort};
use crate::logbook::heartbeat;
use crate::logbook::registers::{Clocks, State, clocks, fold};
use crate::logbook::{Account, Act, Body, ClockState, Draft, Entry, Header, Value, Who};

/// How often a record of each kind begins, of a thousand; what is left is spread over all kinds.
const OFTEN: [(Kind, u64); 13] = [
    (Kind::Viewing, 260),
    (Kind::Live, 180),
    (Kind::LogIn, 90),
    (Kind::LogOut, 90),
    (Kind::Incident, 40),
    (Kind::SpotCheck, 40),
    (Kind::DailyCheck, 30),
    (Kind::Visit, 20),
    (Kind::Occurrence, 20),
    (Kind::Alarm, 20),
    (Kind::Fault, 10),
    (Kind::Release, 10),
    (Kind::Request, 10),
];

/// 200,000 entries in a year.
const APART: Span = Span::millis(365 * 86_400_000 / 200_000);

const WORDS: [&str; 12] = [
    "a window was broken in the night",
    "two pupils after lunch, see REF",
    "a bicycle is missing from the shed",
    "somebody climbed the fence by the canteen",
    "a quarrel at the bus stop",
    "the lamp at the gate flickers",
    "Section 29, as the form says",
    "bullying near the gym",
    "the car park after seven",
    "an engineer of the firm",
    "An investigator from outside the school",
    "as agreed with the office",
];

/// The school in the making.
struct School {
    config: Config,
    clocks: Clocks,
    dice: Dice,
    now: Utc,
    /// Of each record that goes on: its entries so far.
    open: Vec<Vec<Entry>>,
    /// The last entry of each kind, for those that name one.
    last: HashMap<Kind, Number>,
    drafts: Vec<Draft>,
    /// When the hourly heartbeat is due.
    beat: Utc,
}

impl School {
    fn new(seed: u64, begins: Utc) -> School {
        let text = include_str!("../../../configs/clere.kdl");
        let config = config::parse("clere.kdl", text.as_bytes()).config.unwrap();
        let clocks = Clocks::of(&config);
        let (open, last, drafts) = (Vec::new(), HashMap::new(), Vec::new());
        School { config, clocks, dice: Dice(seed), now: begins, open, last, drafts, beat: begins }
    }

    fn size(&self) -> Number {
        self.drafts.len() as Number
    }

    /// The next thing that happens.
    fn go_on(&mut self) {
        self.now = self.now + Span::millis(self.dice.roll(2 * APART.as_millis() as u64) as i64);
        if self.now >= self.beat {
            self.beat = self.now + Span::hours(1);
            let beat = form::form(Kind::Heartbeat, Act::Open).unwrap();
            self.enter(beat, Act::Open, None);
            return;
        }
        if self.open.len() > 20 && self.dice.roll(100) < 45 || self.open.len() > 400 {
            let at = self.dice.roll(self.open.len() as u64) as usize;
            return self.go_on_with(at);
        }
        let mut roll = self.dice.roll(1_000);
        let often = OFTEN.iter().find(|(_, weight)| {
            let hit = roll < *weight;
            roll = roll.saturating_sub(*weight);
            hit
        });
        let fits = |f: &&'static Form| often.is_none_or(|(kind, _)| f.kind == *kind);
        let forms: Vec<&'static Form> = begun().filter(fits).collect();
        let form = forms[self.dice.roll(forms.len() as u64) as usize];
        let entry = self.enter(form, Act::Open, None).expect("every form can be filled in");
        if clocks::CLOSED_BY_HAND.contains(&form.kind) || self.dice.roll(50) == 0 {
            self.open.push(vec![entry]);
        }
    }

    /// A note, an end or a correction of a record.
    fn go_on_with(&mut self, at: usize) {
        let parts = self.open[at].clone();
        let (first, kind) = (parts[0].number, parts[0].header.kind);
        let act = match self.dice.roll(10) {
            0..=2 => Act::Note,
            3 => Act::Correct,
            _ => Act::Close,
        };
        let put_right = &parts[self.dice.roll(parts.len() as u64) as usize];
        let (about, of) = match act {
            Act::Correct if put_right.header.act == Act::Correct => return,
            Act::Correct => (put_right.number, put_right.header.act),
            _ => (first, act),
        };
        let by_hand = |f: &&Form| act != Act::Correct || f.maker == Maker::Person;
        let form = form::form(kind, of).filter(by_hand);
        let made = form.and_then(|form| self.enter(form, act, Some((about, &parts))));
        if let Some(entry) = made {
            self.open[at].push(entry);
        }
        // One in twenty stays, to be put right after it was closed.
        if act == Act::Close && self.dice.roll(20) != 0 || self.open[at].len() > 8 {
            self.open.swap_remove(at);
        }
    }

    /// Fills the form in until it passes; `None`: the record does not take such an entry.
    fn enter(
        &mut self,
        form: &'static Form,
        act: Act,
        on: Option<(Number, &[Entry])>,
    ) -> Option<Entry> {
        let config = self.config.clone();
        let record = on.and_then(|(_, parts)| fold(parts, &self.clocks));
        let (now, about) = (self.now, on.map(|(about, _)| about));
        let scene = Scene { config: &config, now, record: record.as_ref(), corrects: false };
        let mut wrong = Vec::new();
        for _ in 0..if act == Act::Open { 60 } else { 15 } {
            let body = Body { who: self.somebody(form), ..Body::default() };
            let clock = ClockState::Synced;
            let mut draft = Draft { at: now, clock, kind: form.kind, act, about, body };
            if form.kind == Kind::Heartbeat {
                draft.body.fields = heartbeat::fields(&[], &[], None);
                return Some(self.keep(draft));
            }
            wrong = self.fill(form, &mut draft, &scene);
            if wrong.is_empty() {
                return Some(self.keep(draft));
            }
        }
        let goes_on = act != Act::Open;
        assert!(goes_on, "{} {act:?} cannot be filled in: {wrong:#?}", form.kind);
        None
    }

    fn keep(&mut self, draft: Draft) -> Entry {
        let Draft { at, clock, kind, act, about, .. } = draft;
        let header = Header { at, clock, kind, act, about, body: Digest([0; 32]) };
        let entry = Entry { number: self.size(), header, body: Some(draft.body.clone()) };
        self.last.insert(kind, entry.number);
        self.drafts.push(draft);
        entry
    }

    fn somebody(&mut self, form: &Form) -> Option<Who> {
        let machine = form.maker == Maker::Machine;
        if machine || form.maker == Maker::Either && self.dice.roll(2) == 0 {
            return None;
        }
        let people = &self.config.people;
        let person = &people[self.dice.roll(people.len() as u64) as usize];
        let account = Account::Own;
        Some(Who { person: person.id.to_string(), account, acting_for: None, second: None })
    }

    /// Answers what is asked, then whatever is objected to, anew; what is still wrong after that.
    fn fill(&mut self, form: &Form, draft: &mut Draft, scene: &Scene<'_>) -> Vec<form::Objection> {
        for _ in 0..4 {
            for field in form.fields() {
                let wanted = form::needed(field, draft, scene)
                    || form::asked(field, draft, scene) && self.dice.roll(3) == 0;
                if wanted && draft.body.answer(field.name).is_none() {
                    self.answer(field, draft);
                }
            }
        }
        for _ in 0..12 {
            let found = form::check(form, draft, scene);
            let Some(wrong) = found.iter().find(|o| o.blocks()) else { return Vec::new() };
            match form.field(&wrong.field) {
                Some(field) => match form::offered(form, draft, scene)
                    .into_iter()
                    .find(|(name, _)| *name == field.name)
                {
                    Some((name, value)) => drop(draft.body.fields.insert(name.into(), value)),
                    None => self.answer(field, draft),
                },
                None if wrong.field == form::CORRECTION.name => {
                    self.answer(&form::CORRECTION, draft);
                }
                // Of the whole entry: another person, another step.
                None if wrong.ill == Ill::Wrong && draft.body.fields.contains_key(&wrong.field) => {
                    draft.body.fields.remove(&wrong.field);
                }
                None => return found,
            }
        }
        form::check(form, draft, scene).into_iter().filter(form::Objection::blocks).collect()
    }

    fn answer(&mut self, field: &form::Field, draft: &mut Draft) {
        if field.name == "witness" && draft.body.who.is_none() {
            return; // the recorder alone has nobody beside it
        }
        let value = match field.name {
            "offset-ms" => Value::Number(offset(&draft.body)),
            _ => self.value(field),
        };
        // The machine has no second person beside it.
        let _ = draft.body.put(field.name, value);
    }

    fn value(&mut self, field: &form::Field) -> Value {
        let day = |at: Utc, zone: &crate::base::time::Zone| zone.day_of(at).to_string();
        let back = Span::mins(self.dice.roll(3 * 1_440) as i64);
        let on = Span::days(1 + self.dice.roll(60) as i64);
        let zone = self.config.site.zone.clone();
        match field.sort {
            Sort::Line | Sort::Text => self.dice.one(&WORDS).into(),
            Sort::Choice(words) => match form::choices(words, &self.config) {
                none if none.is_empty() => "none".into(),
                all => Value::Text(all[self.dice.roll(all.len() as u64) as usize].word.clone()),
            },
            Sort::Several(words) => {
                let all = form::choices(words, &self.config);
                let from = self.dice.roll(all.len().max(1) as u64) as usize;
                Value::List(all.into_iter().skip(from).take(2).map(|c| c.word).collect())
            }
            Sort::YesNo => (self.dice.roll(2) == 0).into(),
            Sort::Confirmed => true.into(),
            Sort::Day(Side::Ahead) => Value::Text(day(self.now + on, &zone)),
            Sort::Day(_) => Value::Text(day(self.now - back, &zone)),
            Sort::Moment(Side::Ahead) => Value::Text((self.now + on).to_string()),
            Sort::Moment(_) => Value::Text((self.now - back).to_string()),
            Sort::Clock => "09:14".into(),
            Sort::Number { min, max, .. } => {
                let span = max.saturating_sub(min).clamp(0, 500) as u64;
                Value::Number(min + self.dice.roll(span + 1) as i64)
            }
            Sort::List => Value::List(vec![self.dice.one(&WORDS).into()]),
            Sort::Dated => {
                Value::List(vec![format!("{} Change the lock", day(self.now + on, &zone))])
            }
            Sort::Entry(kinds) => {
                let known = kinds.iter().find_map(|k| self.last.get(k));
                Value::Number(known.copied().unwrap_or(0) as i64)
            }
            Sort::Digest => Value::Text(Digest::of(&self.size().to_le_bytes()).to_string()),
        }
    }
}

/// Every form that begins a record, but for that of forgetting: it comes once, with what it
/// destroys.
fn begun() -> impl Iterator<Item = &'static Form> {
    form::all().filter(|form| form.act == Act::Open && form.kind != Kind::Forgotten)
}

/// Two people destroy what a tenth of the closed records said (R5.7), in lots that an entry can
/// list: each entry through its form, then the bodies, in the logbook and in the registers. How
/// many went.
fn forget_old(
    school: &mut School,
    ledger: &mut Ledger,
    index: &mut Index,
    entries: &mut Vec<Entry>,
) -> usize {
    let plain = plain_with(entries, &school.clocks);
    let closed = plain.records.values().filter(|r| r.state == State::Closed && r.number % 10 == 3);
    let records: std::collections::BTreeSet<Number> = closed.map(|r| r.number).collect();
    let belongs = |n: &Number| records.contains(&plain.of[*n as usize]);
    let numbers: Vec<Number> = (0..entries.len() as Number).filter(belongs).collect();
    assert!(numbers.len() > entries.len() / 50, "{} are few", numbers.len());
    let form = form::form(Kind::Forgotten, Act::Open).unwrap();
    for lot in numbers.chunks(forget::RANGES_MAX) {
        school.enter(form, Act::Open, None).expect("the form of forgetting can be filled in");
        let mut draft = school.drafts.pop().unwrap();
        draft.body.fields.insert(forget::ENTRIES.into(), forget::ranges(lot));
        let made = ledger.append(vec![draft]).unwrap();
        let stale = index.add(&made, &school.clocks).unwrap();
        entries.extend(made);
        assert_eq!(ledger.forget(lot).unwrap(), lot.len() as u64);
        index.forget(lot).unwrap();
        lot.iter().for_each(|n| entries[*n as usize].body = None);
        refold_with(index, entries, &stale, &school.clocks);
    }
    numbers.len()
}

/// What two readings of a clock check differ by.
fn offset(body: &Body) -> i64 {
    let at = |name: &str| body.answer(name)?.text()?.parse::<Utc>().ok();
    match (at("recorder"), at("reference")) {
        (Some(recorder), Some(reference)) => (recorder - reference).as_millis(),
        _ => 0,
    }
}

#[test]
fn a_busy_years_registers_say_what_its_forms_said_and_its_logbook_verifies() {
    let slow = std::env::var("SLOW").is_ok_and(|v| v == "1");
    let count: u64 = if slow { 200_000 } else { 2_000 };
    let began = Instant::now();
    let mut school = School::new(42, "2025-11-22T06:00:00Z".parse().unwrap());
    begun().for_each(|form| drop(school.enter(form, Act::Open, None)));
    while school.size() < count {
        school.go_on();
    }
    println!("{count} entries through their forms in {:.1} s", began.elapsed().as_secs_f64());
    let kinds: std::collections::BTreeSet<Kind> = school.drafts.iter().map(|d| d.kind).collect();
    let acts = |act: Act| school.drafts.iter().filter(|d| d.act == act).count();
    println!(
        "{} kinds, {} notes, {} ends, {} corrections",
        kinds.len(),
        acts(Act::Note),
        acts(Act::Close),
        acts(Act::Correct)
    );
    assert!(begun().all(|form| kinds.contains(&form.kind)), "of {kinds:?}");
    assert!([Act::Note, Act::Close, Act::Correct].iter().all(|a| acts(*a) > count as usize / 100));

    let folder = tempfile::tempdir().unwrap();
    let disk = std::sync::Arc::new(RealDisk::open(folder.path(), None).unwrap());
    let (mut ledger, _) =
        Ledger::open_with(disk.clone(), identity(), proof::SITE, salts(), 0).unwrap();
    let mut index = Index::open(&folder.path().join("logbook.db")).unwrap().index;
    let (mut entries, mut seals): (Vec<Entry>, Vec<String>) = Default::default();
    let lots = count as usize / 10;
    for lot in school.drafts.chunks(lots) {
        let made = ledger.append(lot.to_vec()).unwrap();
        entries.extend(made.clone());
        let stale = index.add(&made, &school.clocks).unwrap();
        refold_with(&mut index, &entries, &stale, &school.clocks);
        seals.push(ledger.checkpoint().unwrap());
    }
    let gone = forget_old(&mut school, &mut ledger, &mut index, &mut entries);
    seals.push(ledger.checkpoint().unwrap());
    let (lots, count) = (entries.len() as u64 - count, entries.len() as u64);
    drop(ledger);
    let verifying = Instant::now();
    let report = audit(disk.as_ref() as &dyn Disk, &seals, None);
    assert!(report.holds(), "{:#?}", report.findings);
    assert_eq!((report.entries, report.held.len() >= seals.len()), (count, true));
    println!("verified in {:.2} s, with {} seals", verifying.elapsed().as_secs_f64(), seals.len());
    assert_eq!(entries.last().unwrap().header.kind, Kind::Forgotten);
    println!("the bodies of {gone} entries were destroyed by {lots} entries");

    let looking = Instant::now();
    let plain = plain_with(&entries, &school.clocks);
    let person = school.config.people[0].id.to_string();
    let mut found = 0;
    for mut query in queries(entries[0].header.at) {
        query.person = query.person.map(|_| person.clone());
        found += usize::from(walked(&index, &plain, &query, 500) > 0);
    }
    println!("{found} queries found something, in {:.0} s", looking.elapsed().as_secs_f64());
    assert!(found > 60, "{found}");
}
