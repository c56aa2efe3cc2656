//! Entries in, and bodies forgotten.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension, Transaction};

use super::{Index, fault, register_word};
use crate::base::fault::{Fault, FaultKind};
use crate::base::time::{Span, Utc};
use crate::logbook::registers::{Clocks, Record, State, fold, search_text};
use crate::logbook::{Act, AuthorityForm, Entry, Kind, Number};

/// (register, day, kind) -> entries and records of them.
type Tallies = BTreeMap<(i64, i64, i64), (i64, i64)>;

/// One batch in the making: nothing of it counts before its commit.
struct Batch<'t> {
    tx: Transaction<'t>,
    words: HashMap<String, i64>,
    new_words: Vec<(String, i64)>,
    tallies: Tallies,
    /// Folded records that this batch has changed; `None`: nothing waits any more.
    pending: HashMap<Number, Option<Record>>,
    stale: Vec<Number>,
}

impl Index {
    /// Adds entries in the order of their numbers, in one transaction; those that are in already
    /// are passed over. Returns the records that a correction has touched after they were over: to
    /// be folded anew for [`Index::settle`].
    ///
    /// # Errors
    /// An entry is missing between the last one here and the first one given; the file cannot be
    /// written.
    pub fn add(&mut self, entries: &[Entry], clocks: &Clocks) -> Result<Vec<Number>, Fault> {
        let from = entries.partition_point(|e| e.number < self.next);
        let entries = &entries[from..];
        let gap = entries.iter().zip(self.next..).any(|(e, n)| e.number != n);
        if gap {
            let text = format!("the index of the logbook wants entry {} next", self.next);
            return Err(Fault::new(FaultKind::Missing, text));
        }
        let tx = self.db.transaction().map_err(fault("adding"))?;
        let mut batch = Batch {
            tx,
            words: std::mem::take(&mut self.words),
            new_words: Vec::new(),
            tallies: Tallies::new(),
            pending: HashMap::new(),
            stale: Vec::new(),
        };
        let done = entries.iter().try_for_each(|e| batch.one(e, clocks));
        let done = done.and_then(|()| batch.finish());
        let Batch { tx, words, new_words, mut stale, .. } = batch;
        self.words = words;
        if let Err(e) = done.and_then(|()| tx.commit().map_err(fault("adding"))) {
            // What the batch had named is not in the file.
            for (word, _) in new_words {
                self.words.remove(&word);
            }
            return Err(e);
        }
        self.next += entries.len() as Number;
        stale.sort_unstable();
        stale.dedup();
        Ok(stale)
    }

    /// Takes records that were folded anew.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn settle(&mut self, records: &[Record]) -> Result<(), Fault> {
        let tx = self.db.transaction().map_err(fault("settling"))?;
        records.iter().try_for_each(|r| write_state(&tx, r))?;
        tx.commit().map_err(fault("settling"))
    }

    /// Counts every due date anew: the file in force has other periods.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn clocks_changed(&mut self, clocks: &Clocks) -> Result<(), Fault> {
        let mut records: Vec<Record> = {
            let sql = "SELECT folded FROM pending ORDER BY record";
            let mut all = self.db.prepare(sql).map_err(fault("reading"))?;
            let rows = all.query_map([], |r| r.get::<_, String>(0)).map_err(fault("reading"))?;
            let texts: Vec<String> = rows.collect::<Result<_, _>>().map_err(fault("reading"))?;
            texts.iter().map(|t| unfolded(t)).collect::<Result<_, _>>()?
        };
        records.iter_mut().for_each(|r| r.settle(clocks));
        self.settle(&records)
    }

    /// Forgets what these entries said: their bodies were destroyed (R5.7). Numbers, times and
    /// kinds stay.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget(&mut self, numbers: &[Number]) -> Result<(), Fault> {
        let doing = "forgetting";
        let tx = self.db.transaction().map_err(fault(doing))?;
        for number in numbers {
            let number = *number as i64;
            for sql in [
                "DELETE FROM pending WHERE record = (SELECT record FROM entry WHERE number = ?1)",
                "UPDATE entry SET who = NULL, purpose = NULL WHERE number = ?1",
                "DELETE FROM said WHERE rowid = ?1",
            ] {
                let mut run = tx.prepare_cached(sql).map_err(fault(doing))?;
                run.execute([number]).map_err(fault(doing))?;
            }
        }
        // Names of whom nothing is left; kinds and registers are never as rare as that.
        tx.execute_batch(
            "DELETE FROM word WHERE text NOT LIKE 'register %'
             AND NOT EXISTS (SELECT 1 FROM entry WHERE who = word.id)
             AND NOT EXISTS (SELECT 1 FROM entry WHERE purpose = word.id)
             AND NOT EXISTS (SELECT 1 FROM entry WHERE kind = word.id)",
        )
        .map_err(fault(doing))?;
        tx.commit().map_err(fault(doing))?;
        let mut all = self.db.prepare("SELECT text, id FROM word").map_err(fault(doing))?;
        let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).map_err(fault(doing))?;
        self.words = rows.collect::<Result<_, _>>().map_err(fault(doing))?;
        drop(all);
        self.empty_log()
    }
}

impl Batch<'_> {
    fn word(&mut self, text: &str) -> Result<i64, Fault> {
        if let Some(id) = self.words.get(text) {
            return Ok(*id);
        }
        let mut add = self
            .tx
            .prepare_cached("INSERT INTO word (text) VALUES (?1)")
            .map_err(fault("adding"))?;
        let id = add.insert([text]).map_err(fault("adding"))?;
        self.words.insert(text.into(), id);
        self.new_words.push((text.into(), id));
        Ok(id)
    }

    fn one(&mut self, entry: &Entry, clocks: &Clocks) -> Result<(), Fault> {
        let header = &entry.header;
        let belongs = match header.about.filter(|about| *about < entry.number) {
            Some(about) => self.record_of(about)?,
            None => None,
        };
        let (record, register) = match belongs {
            Some(found) => found,
            None => (entry.number, self.register_of(header.kind)?),
        };
        let kind = self.word(header.kind.as_str())?;
        let body = entry.body.as_ref();
        let who = body.and_then(|b| b.who.as_ref()).map(|w| self.word(&w.person)).transpose()?;
        let purpose = body.and_then(|b| b.purpose.as_ref()).map(|p| self.word(p)).transpose()?;
        let first = record == entry.number;
        let state = first.then_some(2);
        let sql = "INSERT INTO entry (number, at, kind, act, record, register, who, purpose, state)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let mut add = self.tx.prepare_cached(sql).map_err(fault("adding"))?;
        let (number, act) = (entry.number as i64, act_number(header.act));
        add.execute((number, header.at.0, kind, act, record as i64, register, who, purpose, state))
            .map_err(fault("adding"))?;
        drop(add);
        self.say(entry, register)?;
        let day = day_number(header.at);
        let tally = self.tallies.entry((register, day, kind)).or_default();
        tally.0 += 1;
        tally.1 += i64::from(first);
        let sql = "INSERT INTO day VALUES (?1, ?2, ?2) ON CONFLICT DO UPDATE SET last = ?2";
        let mut mark = self.tx.prepare_cached(sql).map_err(fault("adding"))?;
        mark.execute((day, number)).map_err(fault("adding"))?;
        drop(mark);
        self.fold(entry, record, clocks)
    }

    fn register_of(&mut self, kind: Kind) -> Result<i64, Fault> {
        kind.register().map_or(Ok(0), |r| self.word(&register_word(r)))
    }

    fn record_of(&self, number: Number) -> Result<Option<(Number, i64)>, Fault> {
        let sql = "SELECT record, register FROM entry WHERE number = ?1";
        let mut find = self.tx.prepare_cached(sql).map_err(fault("adding"))?;
        find.query_row([number as i64], |r| Ok((r.get::<_, i64>(0)? as Number, r.get(1)?)))
            .optional()
            .map_err(fault("adding"))
    }

    /// The words of an entry, and marks of its register, kind and person, so that a search with
    /// those is one walk over the lists of words.
    fn say(&mut self, entry: &Entry, register: i64) -> Result<(), Fault> {
        let Some(body) = &entry.body else {
            return Ok(());
        };
        let kind = self.word(entry.header.kind.as_str())?;
        let mut text = search_text(entry);
        text.push_str(&format!(" {} {}", mark('r', register), mark('k', kind)));
        if let Some(who) = &body.who {
            let who = self.word(&who.person)?;
            text.push_str(&format!(" {}", mark('p', who)));
        }
        let sql = "INSERT INTO said (rowid, text) VALUES (?1, ?2)";
        let mut add = self.tx.prepare_cached(sql).map_err(fault("adding"))?;
        add.execute((entry.number as i64, text)).map_err(fault("adding"))?;
        Ok(())
    }

    fn fold(&mut self, entry: &Entry, record: Number, clocks: &Clocks) -> Result<(), Fault> {
        if record == entry.number {
            let folded = fold([entry], clocks).filter(waits);
            if folded.is_some() {
                self.pending.insert(record, folded);
            }
            return Ok(());
        }
        if !self.pending.contains_key(&record) {
            let sql = "SELECT folded FROM pending WHERE record = ?1";
            let mut find = self.tx.prepare_cached(sql).map_err(fault("adding"))?;
            let found = find.query_row([record as i64], |r| r.get::<_, String>(0)).optional();
            let found = found.map_err(fault("adding"))?;
            drop(find);
            let Some(found) = found else {
                return self.late(entry, record);
            };
            self.pending.insert(record, Some(unfolded(&found)?));
        }
        let Some(Some(folded)) = self.pending.get_mut(&record) else {
            return self.late(entry, record);
        };
        folded.add(entry, clocks);
        if !waits(folded) {
            write_state(&self.tx, folded)?;
            self.pending.insert(record, None);
        }
        Ok(())
    }

    /// An entry to a record that is over, or whose beginning was destroyed.
    fn late(&mut self, entry: &Entry, record: Number) -> Result<(), Fault> {
        // A word by mouth, written down late, wants confirming as well.
        let authority = entry.body.as_ref().and_then(|b| b.authority.as_ref());
        let spoken = authority.is_some_and(|a| a.form == AuthorityForm::Verbal);
        if entry.header.act == Act::Correct || spoken {
            self.stale.push(record);
        }
        if entry.header.act == Act::Close {
            let sql = "UPDATE entry SET state = 2, due = NULL WHERE number = ?1";
            self.tx.execute(sql, [record as i64]).map_err(fault("adding"))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Fault> {
        for folded in self.pending.values().flatten() {
            write_state(&self.tx, folded)?;
        }
        let doing = "counting";
        for ((register, day, kind), (entries, records)) in &self.tallies {
            let sql = "INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
                       SET entries = entries + ?4, records = records + ?5";
            let mut add = self.tx.prepare_cached(sql).map_err(fault(doing))?;
            add.execute((register, day, kind, entries, records)).map_err(fault(doing))?;
            let sql = "INSERT INTO total VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
                       SET entries = entries + ?3, records = records + ?4";
            let mut add = self.tx.prepare_cached(sql).map_err(fault(doing))?;
            add.execute((register, kind, entries, records)).map_err(fault(doing))?;
        }
        Ok(())
    }
}

/// Is there anything that a later entry could change?
fn waits(record: &Record) -> bool {
    record.state == State::Open || record.due.is_some()
}

/// State and due date of a record, and its folded form as long as it waits for something.
fn write_state(tx: &Transaction<'_>, record: &Record) -> Result<(), Fault> {
    let doing = "writing a record's state";
    let state = if record.state == State::Open { 1 } else { 2 };
    let due = record.due.as_ref().filter(|d| !d.lapses).map(|d| d.at.0);
    let number = record.number as i64;
    let sql = "UPDATE entry SET state = ?2, due = ?3 WHERE number = ?1 AND record = number";
    let mut set = tx.prepare_cached(sql).map_err(fault(doing))?;
    set.execute((number, state, due)).map_err(fault(doing))?;
    if !waits(record) {
        let mut drop =
            tx.prepare_cached("DELETE FROM pending WHERE record = ?1").map_err(fault(doing))?;
        drop.execute([number]).map_err(fault(doing))?;
        return Ok(());
    }
    let folded = serde_json::to_string(record)
        .map_err(|e| Fault::new(FaultKind::Corrupt, format!("{doing}: {e}")))?;
    let sql = "INSERT OR REPLACE INTO pending VALUES (?1, ?2)";
    let mut keep = tx.prepare_cached(sql).map_err(fault(doing))?;
    keep.execute((number, folded)).map_err(fault(doing))?;
    Ok(())
}

fn unfolded(text: &str) -> Result<Record, Fault> {
    serde_json::from_str(text).map_err(|e| {
        Fault::new(FaultKind::Corrupt, format!("index of the logbook, a folded record: {e}"))
    })
}

/// A word that nobody types.
pub(super) fn mark(of: char, id: i64) -> String {
    format!("qz{of}{id}qz")
}

/// Days since 1970 by UTC.
pub(super) fn day_number(at: Utc) -> i64 {
    at.0.div_euclid(Span::days(1).0)
}

const fn act_number(act: Act) -> i64 {
    match act {
        Act::Open => 0,
        Act::Note => 1,
        Act::Close => 2,
        Act::Correct => 3,
    }
}
