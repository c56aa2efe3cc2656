//! Are the invariants true? Findings, each with the number of the invariant in `store/mod.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::names::{Names, derived_path};
use super::{Store, Totals, fault};
use crate::base::fault::Fault;
use crate::base::limits::SEGMENT_LOOKBACK;
use crate::base::time::Utc;
use crate::footage::days;

/// How much is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Every row against the hour table and against each other.
    Sums,
    /// SQLite's own look at every page as well.
    Pages,
}

/// One thing that is not as it should be. A rebuild mends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub invariant: u8,
    pub text: String,
}

/// Findings kept; more say nothing new.
const FINDINGS_MAX: usize = 50;

/// Checks an index on a connection of its own: on any thread, while the supervisor writes.
///
/// # Errors
/// The file cannot be opened or read.
pub fn inspect(path: &Path, depth: Depth) -> Result<Vec<Finding>, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(fault("opening to check"))?;
    let names = Names::load(&db)?;
    let store = Store { db, names, open: Default::default(), totals: Totals::default() };
    store.check(depth)
}

type Sums = BTreeMap<(i64, i64, i64), (i64, i64, i64)>;

impl Store {
    /// Looks at everything, in one read transaction. Blocks this thread: see the costs in
    /// `store/mod.rs`.
    ///
    /// # Errors
    /// A page that cannot be read at all is an error; whatever can be said otherwise is a finding.
    pub fn check(&self, depth: Depth) -> Result<Vec<Finding>, Fault> {
        let tx = self.connection().unchecked_transaction().map_err(fault("checking"))?;
        let mut out = Vec::new();
        if depth == Depth::Pages {
            let mut query =
                tx.prepare("PRAGMA quick_check(10)").map_err(fault("checking the pages"))?;
            let said = query
                .query_map([], |r| r.get::<_, String>(0))
                .map_err(fault("checking the pages"))?;
            for text in said.flatten().filter(|t| t != "ok") {
                out.push(Finding { invariant: 1, text });
            }
        }
        let (sums, twice) = self.sum_segments(&mut out)?;
        self.compare_hours(&sums, &mut out)?;
        for path in twice {
            out.push(Finding { invariant: 2, text: format!("{path} has two rows") });
        }
        let sql = "SELECT c.name FROM gap g JOIN camera c ON c.id = g.camera
                   WHERE g.end = 9223372036854775807 GROUP BY c.name HAVING count(*) > 1";
        for name in self.texts(sql)? {
            out.push(Finding { invariant: 5, text: format!("{name} has two open gaps") });
        }
        let sql = "SELECT c.name FROM segment s JOIN camera c ON c.id = s.camera
                   WHERE s.digest IS NULL GROUP BY c.name HAVING count(*) > 1";
        for name in self.texts(sql)? {
            out.push(Finding { invariant: 3, text: format!("{name} has two open segments") });
        }
        out.truncate(FINDINGS_MAX);
        Ok(out)
    }

    fn texts(&self, sql: &str) -> Result<Vec<String>, Fault> {
        let mut query = self.connection().prepare(sql).map_err(fault("checking"))?;
        let rows = query.query_map([], |r| r.get(0)).map_err(fault("checking"))?;
        rows.collect::<Result<_, _>>().map_err(fault("checking"))
    }

    /// The hour table as it should be, and files with two rows.
    fn sum_segments(&self, out: &mut Vec<Finding>) -> Result<(Sums, Vec<String>), Fault> {
        let doing = "checking the segments";
        let mut query = self
            .connection()
            .prepare(
                "SELECT camera, start, disk, path, span, bytes, digest IS NULL FROM segment
                 ORDER BY camera, start, disk, path",
            )
            .map_err(fault(doing))?;
        let mut rows = query.query([]).map_err(fault(doing))?;
        let mut sums = Sums::new();
        let mut twice = Vec::new();
        // Two rows of one file whose names follow from their start lie in the same second.
        let mut second: (i64, i64, Vec<i64>) = (0, 0, vec![]);
        while let Some(r) = rows.next().map_err(fault(doing))? {
            let column = |n: usize| r.get::<_, i64>(n).map_err(fault(doing));
            let (camera, start, disk) = (column(0)?, column(1)?, column(2)?);
            let (span, bytes) = (column(4)?, column(5)?);
            let name = r.get_ref(3).map_err(fault(doing))?;
            let odd = !name.as_str().unwrap_or_default().is_empty();
            if (camera, start / 1_000_000) != (second.0, second.1) {
                second = (camera, start / 1_000_000, vec![]);
            }
            if !odd && second.2.contains(&disk) {
                let name = self.names.camera_of(camera).map(|c| derived_path(c, Utc(start)));
                twice.push(name.unwrap_or_default());
            }
            if !odd {
                second.2.push(disk);
            }
            if span > SEGMENT_LOOKBACK.0 {
                let text = format!("a segment at {} is longer than an hour", Utc(start));
                out.push(Finding { invariant: 1, text });
            }
            if column(6)? != 0 {
                continue;
            }
            for (i, h) in
                days::split(Utc(start), Utc(start + span), bytes as u64).iter().enumerate()
            {
                let sum = sums.entry((camera, h.hour, disk)).or_default();
                sum.0 += h.covered.0;
                sum.1 += h.bytes as i64;
                sum.2 += i64::from(i == 0);
            }
        }
        Ok((sums, twice))
    }

    fn compare_hours(&self, sums: &Sums, out: &mut Vec<Finding>) -> Result<(), Fault> {
        let doing = "checking the hours";
        let mut query = self
            .connection()
            .prepare("SELECT camera, hour, disk, covered, bytes, segments FROM hour")
            .map_err(fault(doing))?;
        let rows = query
            .query_map([], |r| {
                Ok(((r.get(0)?, r.get(1)?, r.get(2)?), (r.get(3)?, r.get(4)?, r.get(5)?)))
            })
            .map_err(fault(doing))?;
        let stored: Sums = rows.collect::<Result<_, _>>().map_err(fault(doing))?;
        for key in stored.keys().chain(sums.keys().filter(|k| !stored.contains_key(k))) {
            if stored.get(key) != sums.get(key) {
                let camera = self.names.camera_of(key.0).map_or("?", |c| c.as_str());
                let at = Utc::from_secs(key.1 * 3600);
                let text = format!("the hour {at} of {camera} is not the sum of its segments");
                out.push(Finding { invariant: 4, text });
            }
        }
        Ok(())
    }
}
