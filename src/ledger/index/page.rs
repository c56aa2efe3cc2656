//! Queries: which entries, which of them on this page, how many in all.

use rusqlite::types::Value as Sql;

use super::add::{day_number, mark};
use super::{Index, fault, register_word};
use crate::base::fault::Fault;
use crate::base::time::Utc;
use crate::config::registers::Register;
use crate::logbook::registers::State;
use crate::logbook::{Kind, Number};

/// Matches are counted up to here where counting them would touch each row: a reader narrows the
/// search long before.
pub const COUNT_MAX: u64 = 10_000;

/// Words of a search that count; more are no search.
const SEARCH_WORDS_MAX: usize = 8;

/// What to look for. Everything at its default means the whole logbook, newest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query {
    pub register: Option<Register>,
    pub kind: Option<Kind>,
    /// Who made the entry, by id.
    pub person: Option<String>,
    /// From this moment on ...
    pub from: Option<Utc>,
    /// ... and before this one.
    pub to: Option<Utc>,
    /// Of the record; says `records` too.
    pub state: Option<State>,
    /// First entries only: a line for each record.
    pub records: bool,
    /// All of these words; the last one may be the beginning of one.
    pub text: Option<String>,
    pub oldest_first: bool,
    /// Only what comes after this entry in the order asked for: the last one of the page before.
    pub beyond: Option<Number>,
    /// Lines of a page.
    pub limit: usize,
}

/// One page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// In the order asked for.
    pub numbers: Vec<Number>,
    /// How many there are in all, whatever the page.
    pub total: u64,
    /// There are more than `total`.
    pub more: bool,
}

/// A query as SQL: conditions and what they are filled with.
struct Plan {
    from: &'static str,
    /// The column that is the entry's number.
    number: &'static str,
    cond: Vec<String>,
    fill: Vec<Sql>,
}

impl Plan {
    fn and(&mut self, cond: &str, fill: impl Into<Sql>) {
        self.cond.push(cond.into());
        self.fill.push(fill.into());
    }

    fn sql(&self, what: &str, tail: &str) -> String {
        let cond = if self.cond.is_empty() { "1".into() } else { self.cond.join(" AND ") };
        format!("SELECT {what} FROM {} WHERE {cond} {tail}", self.from)
    }
}

impl Index {
    /// The entries of one page, and how many there are in all.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn page(&self, query: &Query) -> Result<Page, Fault> {
        let Some(mut plan) = self.plan(query)? else {
            return Ok(Page::default());
        };
        let (total, more) = match self.tallied(query)? {
            Some(total) => (total, false),
            None => self.counted(&plan)?,
        };
        let sql = listing(&mut plan, query);
        let numbers = self.numbers(&sql, rusqlite::params_from_iter(plan.fill))?;
        Ok(Page { numbers, total, more })
    }

    /// The statements of a query, for a look at how SQLite goes about them.
    #[cfg(test)]
    pub(super) fn statements(&self, query: &Query) -> Result<Vec<String>, Fault> {
        let mut plan = self.plan(query)?;
        let count = plan.iter().map(|p| p.sql("1", "LIMIT ?")).collect::<Vec<_>>();
        let list = plan.iter_mut().map(|p| listing(p, query));
        Ok(count.into_iter().chain(list).collect())
    }

    /// `None`: nothing can match.
    fn plan(&self, query: &Query) -> Result<Option<Plan>, Fault> {
        let id = |word: Option<String>| word.map(|w| self.known(&w).ok_or(())).transpose();
        let ids = (
            id(query.register.map(register_word)),
            id(query.kind.map(|k| k.as_str().into())),
            id(query.person.clone()),
        );
        // A word that never came up: nothing has it.
        let (Ok(register), Ok(kind), Ok(who)) = ids else {
            return Ok(None);
        };
        let records = query.records || query.state.is_some();
        let words = query.text.as_deref().map(searched).filter(|w| !w.is_empty());
        let rest = records || query.from.is_some() || query.to.is_some();
        let (from, number) = match (&words, who, kind, register) {
            // The marks among the words say register, kind and person.
            (Some(_), ..) if !rest => ("said", "said.rowid"),
            (Some(_), ..) => ("said CROSS JOIN entry ON entry.number = said.rowid", "said.rowid"),
            (None, Some(_), _, Some(_)) => ("entry INDEXED BY entry_who_register", "number"),
            (None, Some(_), _, None) => ("entry INDEXED BY entry_who", "number"),
            (None, None, Some(_), _) => ("entry INDEXED BY entry_kind", "number"),
            (None, None, None, Some(_)) if query.state.is_some() => {
                ("entry INDEXED BY entry_state", "number")
            }
            (None, None, None, None) if query.state.is_some() => {
                ("entry INDEXED BY entry_any_state", "number")
            }
            (None, None, None, Some(_)) if records => ("entry INDEXED BY entry_first", "number"),
            (None, None, None, Some(_)) => ("entry INDEXED BY entry_register", "number"),
            (None, None, None, None) if records => ("entry INDEXED BY entry_any_first", "number"),
            (None, None, None, None) => ("entry", "number"),
        };
        let mut plan = Plan { from, number, cond: Vec::new(), fill: Vec::new() };
        if let Some(mut words) = words {
            words.extend(register.map(|r| mark('r', r)));
            words.extend(kind.map(|k| mark('k', k)));
            words.extend(who.map(|p| mark('p', p)));
            plan.and("said MATCH ?", words.join(" AND "));
        } else {
            let given = [("register = ?", register), ("kind = ?", kind), ("who = ?", who)];
            for (cond, id) in given {
                if let Some(id) = id {
                    plan.and(cond, id);
                }
            }
        }
        // Only first entries have a state. As the partial indexes say it, so that they can be used.
        if records && query.state.is_none() {
            plan.cond.push("record = number".into());
        }
        match query.state {
            Some(State::Open) => plan.cond.push("state = 1".into()),
            Some(State::Closed) => plan.cond.push("state = 2".into()),
            None => {}
        }
        if !self.window(query, &mut plan)? {
            return Ok(None);
        }
        Ok(Some(plan))
    }

    /// The window in time, and the numbers between which it lies; false where no entry does.
    fn window(&self, query: &Query, plan: &mut Plan) -> Result<bool, Fault> {
        if query.from.is_none() && query.to.is_none() {
            return Ok(true);
        }
        let first = query.from.map_or(i64::MIN, day_number);
        let last = query.to.map_or(i64::MAX, day_number);
        let sql = "SELECT min(first), max(last) FROM day WHERE day BETWEEN ?1 AND ?2";
        let mut find = self.db.prepare_cached(sql).map_err(fault("reading"))?;
        let row = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let (low, high): (Option<i64>, Option<i64>) =
            find.query_row((first, last), row).map_err(fault("reading"))?;
        let (Some(low), Some(high)) = (low, high) else {
            return Ok(false);
        };
        let number = plan.number;
        plan.and(&format!("{number} >= ?"), low);
        plan.and(&format!("{number} <= ?"), high);
        if let Some(from) = query.from {
            plan.and("at >= ?", from.0);
        }
        if let Some(to) = query.to {
            plan.and("at < ?", to.0);
        }
        Ok(true)
    }

    /// By counting the rows, at most [`COUNT_MAX`] of them.
    fn counted(&self, plan: &Plan) -> Result<(u64, bool), Fault> {
        let inner = plan.sql("1", "LIMIT ?");
        let sql = format!("SELECT count(*) FROM ({inner})");
        let mut fill = plan.fill.clone();
        fill.push(Sql::Integer(COUNT_MAX as i64 + 1));
        let mut find = self.db.prepare_cached(&sql).map_err(fault("counting"))?;
        let row = |r: &rusqlite::Row<'_>| r.get::<_, i64>(0);
        let n = find.query_row(rusqlite::params_from_iter(fill), row).map_err(fault("counting"))?;
        Ok(((n as u64).min(COUNT_MAX), n as u64 > COUNT_MAX))
    }

    /// From the tallies, exactly; `None` where those cannot tell.
    fn tallied(&self, query: &Query) -> Result<Option<u64>, Fault> {
        let text = query.text.as_deref().is_some_and(|t| !searched(t).is_empty());
        if query.person.is_some() || query.state.is_some() || text {
            return Ok(None);
        }
        let column = if query.records { "records" } else { "entries" };
        let mut cond = vec!["1".to_string()];
        for (name, word) in [
            ("register", query.register.map(register_word)),
            ("kind", query.kind.map(|k| k.as_str().to_string())),
        ] {
            if let Some(word) = word {
                // Known: the plan was made with it.
                cond.push(format!("{name} = {}", self.known(&word).unwrap_or(-1)));
            }
        }
        let cond = cond.join(" AND ");
        if query.from.is_none() && query.to.is_none() {
            let sql = format!("SELECT coalesce(sum({column}), 0) FROM total WHERE {cond}");
            return self.sum(&sql, []).map(Some);
        }
        self.tallied_between(query, column, &cond).map(Some)
    }

    /// Whole days by their tallies, the two days at the ends row by row.
    fn tallied_between(&self, query: &Query, column: &str, cond: &str) -> Result<u64, Fault> {
        let first = query.from.map_or(i64::MIN, day_number);
        let last = query.to.map_or(i64::MAX, day_number);
        let sql = format!(
            "SELECT coalesce(sum({column}), 0) FROM tally
             WHERE {cond} AND day > ?1 AND day < ?2"
        );
        let between = self.sum(&sql, (first, last))?;
        let record = if query.records { "AND record = number" } else { "" };
        let sql = format!(
            "SELECT count(*) FROM entry
             WHERE number BETWEEN (SELECT first FROM day WHERE day = ?1)
             AND (SELECT last FROM day WHERE day = ?1)
             AND at >= ?2 AND at < ?3 AND at >= ?4 AND at < ?5 AND {cond} {record}"
        );
        let (from, to) = (query.from.map_or(i64::MIN, |t| t.0), query.to.map_or(i64::MAX, |t| t.0));
        let day = crate::base::time::Span::days(1).0;
        let mut ends = 0;
        let edges = [query.from.map(|_| first), query.to.map(|_| last)];
        let twice = edges[0].is_some() && edges[0] == edges[1];
        for edge in edges.into_iter().flatten().take(if twice { 1 } else { 2 }) {
            let whole = (edge.saturating_mul(day), edge.saturating_mul(day).saturating_add(day));
            ends += self.sum(&sql, (edge, from, to, whole.0, whole.1))?;
        }
        Ok(between + ends)
    }

    fn sum(&self, sql: &str, given: impl rusqlite::Params) -> Result<u64, Fault> {
        let mut find = self.db.prepare_cached(sql).map_err(fault("counting"))?;
        let row = |r: &rusqlite::Row<'_>| r.get::<_, i64>(0);
        Ok(find.query_row(given, row).map_err(fault("counting"))? as u64)
    }
}

/// The statement of one page, from the plan of all pages.
fn listing(plan: &mut Plan, query: &Query) -> String {
    let number = plan.number;
    let (than, order) = if query.oldest_first { (">", "ASC") } else { ("<", "DESC") };
    if let Some(beyond) = query.beyond {
        plan.and(&format!("{number} {than} ?"), beyond as i64);
    }
    plan.fill.push(Sql::Integer(query.limit as i64));
    plan.sql(number, &format!("ORDER BY {number} {order} LIMIT ?"))
}

/// The words of a search, each quoted; the last one as a beginning.
fn searched(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let mut all: Vec<String> = words.take(SEARCH_WORDS_MAX).map(|w| format!("\"{w}\"")).collect();
    if let Some(last) = all.last_mut() {
        last.push('*');
    }
    all
}
