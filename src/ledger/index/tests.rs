//! The index against a plain fold over the same entries.

use super::slow::{clocks, made};
use super::*;
use crate::base::time::{Span, Utc};
use crate::config::value::Word;
use crate::logbook::registers::{Clocks, Record, fold};
use crate::logbook::{Act, Entry};

/// What the entries themselves say, without an index.
pub(super) struct Plain {
    entries: Vec<Entry>,
    /// The record of each entry.
    pub(super) of: Vec<Number>,
    pub(super) records: HashMap<Number, Record>,
}

fn plain(entries: &[Entry]) -> Plain {
    plain_with(entries, &clocks())
}

pub(super) fn plain_with(entries: &[Entry], clocks: &Clocks) -> Plain {
    let mut of: Vec<Number> = Vec::new();
    let mut parts: HashMap<Number, Vec<&Entry>> = HashMap::new();
    for entry in entries {
        let about = entry.header.about.filter(|a| *a < entry.number);
        let record = about.map_or(entry.number, |a| of[a as usize]);
        of.push(record);
        parts.entry(record).or_default().push(entry);
    }
    let folded = |(n, all): (Number, Vec<&Entry>)| (n, fold(all, clocks).unwrap());
    Plain { entries: entries.to_vec(), of, records: parts.into_iter().map(folded).collect() }
}

impl Plain {
    fn page(&self, q: &Query) -> Vec<Number> {
        let words = |text: &str| -> Vec<String> {
            let pieces = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            pieces.map(str::to_lowercase).collect()
        };
        let fits = |e: &&Entry| {
            let record = &self.records[&self.of[e.number as usize]];
            let first = record.number == e.number;
            let who = e.body.as_ref().and_then(|b| b.who.as_ref()).map(|w| w.person.clone());
            let text = || {
                let wanted = words(q.text.as_deref().unwrap_or_default());
                let said = words(&crate::logbook::registers::search_text(e));
                let has = |(n, w): (usize, &String)| match n + 1 == wanted.len() {
                    true => said.iter().any(|s| s.starts_with(w.as_str())),
                    false => said.contains(w),
                };
                wanted.iter().enumerate().all(has)
            };
            q.register.is_none_or(|r| record.kind.register() == Some(r))
                && q.kind.is_none_or(|k| e.header.kind == k)
                && (q.person.is_none() || q.person == who)
                && q.from.is_none_or(|t| e.header.at >= t)
                && q.to.is_none_or(|t| e.header.at < t)
                && (!(q.records || q.state.is_some()) || first)
                && q.state.is_none_or(|s| record.state == s)
                && text()
        };
        let mut all: Vec<Number> = self.entries.iter().filter(fits).map(|e| e.number).collect();
        if !q.oldest_first {
            all.reverse();
        }
        all
    }
}

pub(super) fn queries(begin: Utc) -> Vec<Query> {
    let at = |days: i64, hours: i64| Some(begin + Span::days(days) + Span::hours(hours));
    let mut all = vec![Query::default(), Query { records: true, ..Query::default() }];
    for (_, register) in Register::WORDS {
        let of = Query { register: Some(*register), ..Query::default() };
        all.push(of.clone());
        all.push(Query { records: true, ..of.clone() });
        all.push(Query { state: Some(State::Open), ..of.clone() });
        all.push(Query { state: Some(State::Closed), oldest_first: true, ..of.clone() });
        all.push(Query { person: Some("site-manager".into()), ..of.clone() });
        all.push(Query { from: at(2, 5), to: at(6, 17), ..of.clone() });
        all.push(Query { from: at(3, 1), to: at(3, 23), records: true, ..of.clone() });
        all.push(Query { text: Some("canteen".into()), ..of.clone() });
    }
    for kind in [Kind::Viewing, Kind::Heartbeat, Kind::Covert, Kind::Incident] {
        all.push(Query { kind: Some(kind), ..Query::default() });
        all.push(Query { kind: Some(kind), from: at(4, 0), ..Query::default() });
    }
    for text in ["section 29", "bully", "car park", "headteacher canteen", "nothing-at-all", "  "] {
        all.push(Query { text: Some(text.into()), ..Query::default() });
        let person = Some("leader-1".to_string());
        all.push(Query { text: Some(text.into()), person, oldest_first: true, ..Query::default() });
    }
    all.push(Query { person: Some("nobody".into()), ..Query::default() });
    all.push(Query { to: Some(begin), ..Query::default() });
    for state in [State::Open, State::Closed] {
        all.push(Query { state: Some(state), ..Query::default() });
        let (kind, from) = (Some(Kind::Viewing), at(1, 3));
        all.push(Query { state: Some(state), kind, from, ..Query::default() });
        let text = Some("canteen".to_string());
        all.push(Query { state: Some(state), text, to: at(9, 0), ..Query::default() });
    }
    all
}

/// Walks all pages of a query; they come to what the entries themselves say. How many there are.
pub(super) fn walked(index: &Index, plain: &Plain, query: &Query, limit: usize) -> usize {
    let wanted = plain.page(query);
    let mut got: Vec<Number> = Vec::new();
    let mut query = Query { limit, ..query.clone() };
    loop {
        let page = index.page(&query).unwrap();
        let all = wanted.len() as u64;
        let stopped = page.more && page.total == COUNT_MAX && all > COUNT_MAX;
        assert!(stopped || (page.total, page.more) == (all, false), "{query:?}: {all}, {page:?}");
        got.extend(&page.numbers);
        if page.numbers.len() < limit {
            break;
        }
        query.beyond = page.numbers.last().copied();
    }
    assert_eq!(got, wanted, "{query:?}");
    wanted.len()
}

#[test]
fn every_register_filters_counts_and_pages_as_its_entries_say() {
    let entries = made(5_000, 7);
    let mut index = Index::in_memory().unwrap();
    for lot in entries.chunks(700) {
        let stale = index.add(lot, &clocks()).unwrap();
        refold(&mut index, &entries, &stale);
    }
    assert_eq!(index.next(), 5_000);
    let plain = plain(&entries);
    let begin = entries[0].header.at;
    let mut found = 0;
    for query in queries(begin) {
        found += usize::from(walked(&index, &plain, &query, 200) > 0);
    }
    assert!(found > 90, "{found} queries find something");
    for (number, record) in &plain.records {
        let due = record.due.as_ref().filter(|d| !d.lapses).map(|d| d.at);
        assert_eq!(index.state_of(*number).unwrap(), Some((record.state, due)), "{number}");
    }
    let kinds = [Kind::Acceptance, Kind::Training, Kind::DailyCheck];
    let facts = entries.iter().filter(|e| kinds.contains(&e.header.kind)).map(|e| e.number);
    assert_eq!(index.numbers_of(&kinds).unwrap(), facts.collect::<Vec<_>>());
    assert_eq!(index.numbers_of(&[]).unwrap(), [0; 0]);
    let due = index.due(Utc(i64::MAX), 10_000).unwrap();
    let wanted = plain.records.values().filter(|r| r.due.as_ref().is_some_and(|d| !d.lapses));
    assert_eq!(due.len(), wanted.count());
    assert!(due.is_sorted_by_key(|(n, at)| (*at, *n)) && !due.is_empty());
}

/// What the ledger does with records that a correction has touched late.
fn refold(index: &mut Index, entries: &[Entry], stale: &[Number]) {
    refold_with(index, entries, stale, &clocks());
}

pub(super) fn refold_with(index: &mut Index, entries: &[Entry], stale: &[Number], clocks: &Clocks) {
    let records: Vec<Record> = stale
        .iter()
        .map(|record| {
            let parts = index.numbers_in(*record).unwrap();
            fold(parts.iter().map(|n| &entries[*n as usize]), clocks).unwrap()
        })
        .collect();
    index.settle(&records).unwrap();
}

#[test]
fn entries_come_in_without_a_gap_and_once() {
    let entries = made(300, 3);
    let mut index = Index::in_memory().unwrap();
    index.add(&entries[..100], &clocks()).unwrap();
    let far = index.add(&entries[150..], &clocks()).unwrap_err();
    assert_eq!((far.kind, index.next()), (FaultKind::Missing, 100));
    index.add(&entries[50..200], &clocks()).unwrap();
    index.add(&entries[200..], &clocks()).unwrap();
    assert_eq!(index.page(&Query { limit: 1, ..Query::default() }).unwrap().total, 300);
    index.clear().unwrap();
    assert_eq!((index.next(), index.page(&Query::default()).unwrap()), (0, Page::default()));
    index.add(&entries, &clocks()).unwrap();
    assert_eq!(index.next(), 300);
}

#[test]
fn a_damaged_or_foreign_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logbook.db");
    let entries = made(500, 3);
    let opened = Index::open(&path).unwrap();
    assert!(opened.fresh && opened.damaged.is_none());
    let mut index = opened.index;
    index.add(&entries, &clocks()).unwrap();
    drop(index);
    let again = Index::open(&path).unwrap();
    assert_eq!((again.fresh, again.index.next()), (false, 500));
    drop(again);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20..400].fill(0x5a);
    for bad in [bytes, b"not a database at all, and long enough to be read as one".repeat(20)] {
        std::fs::write(&path, bad).unwrap();
        let opened = Index::open(&path).unwrap();
        assert!(opened.fresh && opened.damaged.is_some());
        assert_eq!(opened.index.next(), 0);
    }
    let other = Connection::open(folder.path().join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
    drop(other);
    assert!(Index::open(&folder.path().join("other.db")).unwrap().damaged.is_some());
}

#[test]
fn what_is_forgotten_leaves_no_word_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logbook.db");
    let mut entries = made(400, 3);
    let secret = "Xylophonquist";
    for number in [10, 120] {
        let body = entries[number].body.get_or_insert_default();
        body.fields.insert("what".into(), secret.into());
        let who = crate::logbook::Who {
            person: "wanderer".into(),
            account: crate::logbook::Account::Own,
            acting_for: None,
            second: None,
        };
        body.who = Some(who);
    }
    let mut index = Index::open(&path).unwrap().index;
    index.add(&entries, &clocks()).unwrap();
    let find = |index: &Index| {
        let text = Some("xylophonquist".to_string());
        index.page(&Query { text, limit: 9, ..Query::default() }).unwrap().numbers
    };
    assert_eq!(find(&index), [120, 10]);
    let before = index.page(&Query { limit: 1, ..Query::default() }).unwrap().total;
    index.forget(&[10]).unwrap();
    assert_eq!(find(&index), [120]);
    index.forget(&[120]).unwrap();
    assert_eq!(find(&index), [0; 0]);
    assert_eq!(index.page(&Query { limit: 1, ..Query::default() }).unwrap().total, before);
    drop(index);
    for tail in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{tail}", path.display())).unwrap_or_default();
        for word in [secret, "xylophonquist", "wanderer"] {
            let there = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!there, "{word} is still in the file{tail}");
        }
    }
}

#[test]
fn another_period_of_the_file_moves_what_is_due() {
    let entries = made(2_000, 5);
    let mut index = Index::in_memory().unwrap();
    let stale = index.add(&entries, &clocks()).unwrap();
    refold(&mut index, &entries, &stale);
    let before = index.due(Utc(i64::MAX), 1_000).unwrap();
    let confirm = Span::days(9);
    let longer = Clocks { complaint_days: 60, breach: Span::hours(100), confirm, ..clocks() };
    index.clocks_changed(&longer).unwrap();
    let after = index.due(Utc(i64::MAX), 1_000).unwrap();
    assert_eq!(before.len(), after.len());
    assert_ne!(before, after);
    index.clocks_changed(&clocks()).unwrap();
    assert_eq!(index.due(Utc(i64::MAX), 1_000).unwrap(), before);
}

#[test]
fn every_query_of_a_register_uses_its_index() {
    let mut index = Index::in_memory().unwrap();
    index.add(&made(5_000, 7), &clocks()).unwrap();
    let begin: Utc = "2026-09-01T00:00:00Z".parse().unwrap();
    for query in queries(begin) {
        for sql in index.statements(&query).unwrap() {
            let plan = explained(&index, &sql);
            assert!(!plan.contains("TEMP B-TREE"), "{sql}: {plan}");
            // A walk over all entries is what the whole logbook is; nothing else may be one.
            let whole = query.register.is_none() && query.kind.is_none() && query.person.is_none();
            assert!(whole || !plan.contains("SCAN entry"), "{sql}: {plan}");
            // The state of ten thousand records is read off an index alone.
            let plain = query.text.is_none() && query.kind.is_none() && query.to.is_none();
            let covered = query.state.is_some() && plain && sql.contains("SELECT 1");
            assert!(!covered || plan.contains("COVERING INDEX"), "{sql}: {plan}");
        }
    }
}

fn explained(index: &Index, sql: &str) -> String {
    let mut query = index.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let none = vec![rusqlite::types::Null; query.parameter_count()];
    let rows = query.query_map(rusqlite::params_from_iter(none), |r| r.get::<_, String>(3));
    rows.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("; ")
}

#[test]
fn acts_have_numbers_of_their_own() {
    let entries = made(5_000, 7);
    let mut index = Index::in_memory().unwrap();
    index.add(&entries, &clocks()).unwrap();
    for (act, number) in [(Act::Open, 0), (Act::Note, 1), (Act::Close, 2), (Act::Correct, 3)] {
        let wanted = entries.iter().filter(|e| e.header.act == act).count() as i64;
        let sql = "SELECT count(*) FROM entry WHERE act = ?1";
        let got: i64 = index.db.query_row(sql, [number], |r| r.get(0)).unwrap();
        assert!(wanted > 0, "{act:?} is exercised");
        assert_eq!(got, wanted, "{act:?}");
    }
}
