//! Wrong log-ins make the next one wait, also across restarts. Pure.
//!
//! The waiting grows and ends: nobody is shut out for good, so nobody can be shut out by somebody
//! else's guessing either. An attempt counts when it begins and is taken back when it was right, so
//! neither a second one at the same moment nor a pulled plug is free. Sealed codes (S4.42) never
//! wait: their 120 bits need no help.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::who::Who;
use crate::base::clock::{Mono, Now};
use crate::base::limits::{
    STATION_TRIES_FREE, STATION_TRIES_WAIT, STATION_TRIES_WAIT_MAX, TRIES_FORGET, TRIES_FREE,
    TRIES_STATIONS_MAX, TRIES_WAIT, TRIES_WAIT_MAX,
};
use crate::base::time::{Span, Utc};

/// Wrong attempts of one account or at one station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tries {
    wrong: u32,
    last: Utc,
    /// Of this run: judges before the wall clock does.
    #[serde(skip)]
    last_mono: Option<Mono>,
}

/// All of them; part of the file of log-ins.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Throttle {
    accounts: BTreeMap<Who, Tries>,
    stations: BTreeMap<String, Tries>,
}

struct Rule {
    free: u32,
    first: Span,
    most: Span,
}

const ACCOUNT: Rule = Rule { free: TRIES_FREE, first: TRIES_WAIT, most: TRIES_WAIT_MAX };
const STATION: Rule =
    Rule { free: STATION_TRIES_FREE, first: STATION_TRIES_WAIT, most: STATION_TRIES_WAIT_MAX };

impl Tries {
    /// How long the next attempt has to wait.
    fn wait(&self, rule: &Rule, now: Now) -> Span {
        if self.wrong <= rule.free {
            return Span::ZERO;
        }
        let doublings = (self.wrong - rule.free - 1).min(16);
        let whole = Span((rule.first.0 << doublings).min(rule.most.0));
        Span((whole.0 - self.age(now).0).max(0))
    }

    fn age(&self, now: Now) -> Span {
        let age = self.last_mono.map_or(now.utc - self.last, |last| now.mono - last);
        Span(age.0.max(0))
    }

    /// From here on the clock that never steps judges. A wall clock set back since the last run
    /// makes people wait the whole length once more and no longer.
    fn wake(&mut self, now: Now) {
        let age = self.age(now);
        (self.last, self.last_mono) = (now.utc - age, Some(Mono(now.mono.0 - age.0)));
    }

    fn count(tries: Option<Tries>, now: Now) -> Tries {
        let before = tries.filter(|t| t.age(now) < TRIES_FORGET).map_or(0, |t| t.wrong);
        Tries { wrong: before.saturating_add(1), last: now.utc, last_mono: Some(now.mono) }
    }
}

impl Throttle {
    /// To be called once, after reading: what was counted before this run.
    pub fn wake(&mut self, now: Now) {
        for tries in self.accounts.values_mut().chain(self.stations.values_mut()) {
            tries.wake(now);
        }
    }

    /// How long an attempt with this account, or for `None` with a code, has to wait here; zero:
    /// now.
    pub fn wait(&self, who: Option<&Who>, station: &str, now: Now) -> Span {
        let account = who.and_then(|who| self.accounts.get(who));
        let account = account.map_or(Span::ZERO, |t| t.wait(&ACCOUNT, now));
        let station = self.stations.get(station).map_or(Span::ZERO, |t| t.wait(&STATION, now));
        account.max(station)
    }

    /// Counts an attempt as wrong, before it is looked at. Accounts that do not exist count for
    /// the station alone: `who` is `None`.
    pub fn count(&mut self, who: Option<&Who>, station: &str, now: Now) {
        if let Some(who) = who {
            let tries = Tries::count(self.accounts.remove(who), now);
            self.accounts.insert(who.clone(), tries);
        }
        let tries = Tries::count(self.stations.remove(station), now);
        self.stations.insert(station.to_string(), tries);
        while self.stations.len() > TRIES_STATIONS_MAX {
            let quiet = self.stations.iter().min_by_key(|(_, t)| t.last).map(|(s, _)| s.clone());
            quiet.and_then(|station| self.stations.remove(&station));
        }
    }

    /// The attempt was right: the account starts afresh, the station is as before the attempt, so
    /// that nobody clears their guessing at others by logging in themselves.
    pub fn right(&mut self, who: Option<&Who>, station: &str) {
        who.and_then(|who| self.accounts.remove(who));
        if let Some(tries) = self.stations.get_mut(station) {
            tries.wrong = tries.wrong.saturating_sub(1);
        }
    }

    /// The machine could not look: the attempt counts for nothing.
    pub fn void(&mut self, who: Option<&Who>, station: &str) {
        let account = who.and_then(|who| self.accounts.get_mut(who));
        for tries in account.into_iter().chain(self.stations.get_mut(station)) {
            tries.wrong = tries.wrong.saturating_sub(1);
        }
    }

    /// Wrong attempts of an account since the last right one or the last day.
    pub fn wrong(&self, who: &Who) -> u32 {
        self.accounts.get(who).map_or(0, |t| t.wrong)
    }

    /// Forgets accounts that are gone.
    pub fn keep(&mut self, exists: impl Fn(&Who) -> bool) {
        self.accounts.retain(|who, _| exists(who));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::{Clock, SimClock};

    fn clock() -> SimClock {
        SimClock::at("2026-11-21T09:00:00Z".parse().unwrap())
    }

    fn waits(who: Option<&Who>, wrong: u32) -> i64 {
        let clock = clock();
        let mut throttle = Throttle::default();
        for _ in 0..wrong {
            throttle.count(who, "office", Now::of(&clock));
        }
        throttle.wait(who, "office", Now::of(&clock)).as_secs()
    }

    #[test]
    fn waiting_grows_and_ends() {
        let head = Who::own("head");
        for (wrong, account, station) in [
            (0, 0, 0),
            (4, 0, 0),
            (5, 30, 0),
            (6, 60, 0),
            (8, 240, 0),
            (10, 900, 0),
            (11, 900, 5),
            (13, 900, 20),
            (15, 900, 60),
            (1_000, 900, 60),
        ] {
            assert_eq!(waits(Some(&head), wrong), account, "{wrong} of one account");
            assert_eq!(waits(None, wrong), station, "{wrong} at one station");
        }
    }

    #[test]
    fn no_restart_and_no_clock_makes_it_shorter_or_endless() {
        let head = Who::own("head");
        for (what, restart, step, pass, want) in [
            ("nothing", false, 0, 0, 30),
            ("ten seconds", false, 0, 10, 20),
            ("restart", true, 0, 10, 20),
            ("clock forward", false, 86_400 * 3, 0, 30),
            ("clock back", false, -86_400, 10, 20),
            ("clock back, restart", true, -86_400, 0, 30),
            ("clock back, restart, ten seconds", true, -86_400, 10, 20),
            ("clock back, restart, half a minute", true, -86_400, 30, 0),
            ("half a minute", false, 0, 30, 0),
        ] {
            let clock = clock();
            let mut throttle = Throttle::default();
            for _ in 0..5 {
                throttle.count(Some(&head), "office", Now::of(&clock));
            }
            clock.step(Span::secs(step));
            let mut offset = 0;
            if restart {
                let bytes = serde_json::to_vec(&throttle).unwrap();
                throttle = serde_json::from_slice(&bytes).unwrap();
                offset = clock.mono().0 - 77;
                throttle.wake(Now { utc: clock.utc(), mono: Mono(77) });
                clock.step(Span::secs(step));
            }
            clock.advance(Span::secs(pass));
            let now = Now { utc: clock.utc(), mono: Mono(clock.mono().0 - offset) };
            let wait = throttle.wait(Some(&head), "office", now);
            assert_eq!(wait, Span::secs(want), "{what}");
        }
    }

    #[test]
    fn a_right_one_clears_the_account_and_not_the_station() {
        let (clock, head) = (clock(), Who::own("head"));
        let mut throttle = Throttle::default();
        for n in 0..12 {
            throttle.count(Some(&Who::own(&format!("p{n}"))), "office", Now::of(&clock));
        }
        throttle.count(Some(&head), "office", Now::of(&clock));
        throttle.right(Some(&head), "office");
        assert_eq!((throttle.wrong(&head), throttle.wrong(&Who::own("p1"))), (0, 1));
        assert_eq!(throttle.wait(Some(&head), "office", Now::of(&clock)), Span::secs(10));
        assert_eq!(throttle.wait(Some(&head), "shed", Now::of(&clock)), Span::ZERO);
        throttle.count(Some(&head), "office", Now::of(&clock));
        throttle.void(Some(&head), "office");
        assert_eq!(throttle.wait(Some(&head), "office", Now::of(&clock)), Span::secs(10));
        clock.advance(TRIES_FORGET);
        throttle.count(Some(&Who::own("p1")), "office", Now::of(&clock));
        assert_eq!(throttle.wrong(&Who::own("p1")), 1, "forgotten after a day");
        throttle.keep(|who| who.person == "head");
        assert_eq!(throttle.wrong(&Who::own("p1")), 0);
    }

    #[test]
    fn stations_are_bounded() {
        let clock = clock();
        let mut throttle = Throttle::default();
        for n in 0..TRIES_STATIONS_MAX + 10 {
            clock.advance(Span::secs(1));
            throttle.count(None, &format!("s{n}"), Now::of(&clock));
        }
        assert_eq!(throttle.stations.len(), TRIES_STATIONS_MAX);
        assert!(throttle.stations.contains_key("s73") && !throttle.stations.contains_key("s9"));
        assert!(clock.mono().0 > 0);
    }
}
