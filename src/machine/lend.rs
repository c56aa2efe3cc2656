//! Which sticks were given away as open folders, so that our own use of one is not taken for that
//! of another.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::order::Which;

/// The sets are plain values: what a panic left is as good as any.
static LENT: Mutex<BTreeSet<Which>> = Mutex::new(BTreeSet::new());
static AT_WORK: Mutex<BTreeSet<Which>> = Mutex::new(BTreeSet::new());

fn set(of: &'static Mutex<BTreeSet<Which>>) -> MutexGuard<'static, BTreeSet<Which>> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn is_lent(which: &Which) -> bool {
    set(&LENT).contains(which) || set(&AT_WORK).contains(which)
}

pub fn lend(which: &Which) {
    set(&LENT).insert(which.clone());
}

pub fn give_back(which: &Which) {
    set(&LENT).remove(which);
}

/// One thing at a time is done to a stick; ends with the value.
pub struct AtWork(Which);

impl AtWork {
    /// `None`: something is being done to it already.
    pub fn begin(which: &Which) -> Option<AtWork> {
        set(&AT_WORK).insert(which.clone()).then(|| AtWork(which.clone()))
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        set(&AT_WORK).remove(&self.0);
    }
}
