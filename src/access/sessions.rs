//! Who is logged in, where, and until when. Pure: clocks and random bytes are arguments.
//!
//! ```text
//!          open                 idle, key            passphrase
//! (none) --------> awake ------------------> locked ------------> awake
//!                    |                         |
//!                    +---- log out, time, ------+----> ended: forgotten here, told once
//!                          the file changed
//! ```
//!
//! Lengths of time are judged by the clock that never steps: a wall clock set back or forward
//! neither prolongs nor cuts a session. Sessions live in memory; a restart of the supervisor ends
//! all of them. The wall clock is for showing, and for the last day of a person in the file.
//!
//! A session is found by its token: 32 random bytes, of which only the SHA-256 is kept. Tokens are
//! compared in constant time, and every session is looked at whichever fits.

mod turn;

use crate::base::clock::{Mono, Now};
use crate::base::digest::Digest;
use crate::base::limits::{SCRIPT_SESSION_SPAN, SESSIONS_A_PERSON_MAX, SESSIONS_MAX};
use crate::base::secret::{Secret, same_digest};
use crate::base::time::{Day, Span, Utc};
use crate::config::Config;
use crate::logbook::{Account, Number};

/// What a client shows to be known again: 64 hexadecimal digits.
pub fn token(random: &[u8; 32]) -> Secret {
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in random {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
    }
    Secret::new(text)
}

/// Who came in, as `accounts` and the logbook know it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Id in the file; of a sealed code, its number (`sealed-2`).
    pub person: String,
    pub account: Account,
    /// Id of the station in the file; `None`: on the box itself, at a place that the file does not
    /// name.
    pub station: Option<String>,
    /// Why privilege is needed; asked for on admin accounts and sealed codes (S4.53).
    pub reason: Option<String>,
    /// A second factor was shown (R1.26).
    pub second_factor: bool,
    /// Of a script: ends by itself, has no screen to lock.
    pub script: bool,
}

/// One person at one place.
#[derive(Clone, Debug)]
pub struct Session {
    /// Counts up; for lists and entries, opens nothing.
    pub number: u64,
    pub person: String,
    pub account: Account,
    pub station: Option<String>,
    pub script: bool,
    pub started: Utc,
    /// Why privilege was asked for (S4.53).
    pub reason: Option<String>,
    /// Nothing is shown and nothing is done until the passphrase comes again (S4.33).
    pub locked: bool,
    /// By key, not by itself: then nothing at all is shown any more.
    pub by_key: bool,
    /// A second factor was shown at log-in (R1.26).
    pub second_factor: bool,
    /// The logbook's entry about it, where privilege is lent (S4.53).
    pub entry: Option<Number>,
    /// Ends then, used or not: admin accounts, sealed codes, scripts (S4.53).
    pub until: Option<Mono>,
    last_key: Mono,
    token: Digest,
    /// Roles at the start: when one of them is lost, the session ends (S4.54).
    roles: Vec<String>,
}

/// Why nobody was let in, or a token is good for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Closed {
    #[error("You are not logged in here, or your session has ended. Log in again.")]
    Unknown,
    #[error("This screen is locked. Type your passphrase to go on.")]
    Locked,
    #[error("Too many people are logged in at once. Somebody has to log out first.")]
    Full,
    #[error("Administration is not done at this station (S4.70). Use one that the file allows.")]
    Station,
    #[error("An admin session needs a reason: say in a few words what has to be done (S4.53).")]
    Reason,
    #[error("The file does not name you (any more), or your time in it has not come or is over.")]
    Person,
}

/// What happened to sessions, for entries, alarms and screens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    Opened {
        session: u64,
    },
    /// Locked by itself or by key: the screen shows nothing of the site any more.
    Locked {
        session: u64,
    },
    Ended {
        session: u64,
        person: String,
        account: Account,
        why: End,
        /// Its entry, where privilege was lent: it is closed now (S4.53).
        entry: Option<Number>,
    },
    /// The same person is logged in at two places, or twice with one account (S4.34): an entry and
    /// an alarm.
    Twice {
        session: u64,
        other: u64,
        person: String,
    },
}

/// Why a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    LoggedOut,
    /// Its time was over (S4.53), or a locked screen was left alone for hours.
    Time,
    /// The person, the second account, a role, the station or its right to administration went out
    /// of the file, or the last day has passed (S4.54).
    File,
    /// The same person opened more sessions than one needs.
    Displaced,
    /// Their privileged rights rest until somebody looked at them (S4.59).
    Suspended,
}

/// Everybody who is logged in.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Vec<Session>,
    numbers: u64,
}

impl Sessions {
    /// Lets somebody in whom `accounts` has proved. The token is shown to the client once.
    ///
    /// # Errors
    /// The file does not know the person or their second account; no reason, or the wrong station,
    /// for an admin session; too many sessions.
    pub fn open(
        &mut self,
        token: &Secret,
        arrival: Arrival,
        file: &Config,
        now: Now,
    ) -> Result<(u64, Vec<Told>), Closed> {
        let today = file.site.zone.day_of(now.utc);
        allowed(&arrival.person, arrival.account, arrival.station.as_deref(), file, today)?;
        let lent = matches!(arrival.account, Account::Admin | Account::BreakGlass);
        let reason = arrival.reason.map(|r| r.trim().to_string()).filter(|r| !r.is_empty());
        if lent && reason.is_none() {
            return Err(Closed::Reason);
        }
        let (mut told, own) = (Vec::new(), |s: &&Session| s.person == arrival.person);
        if self.open.iter().filter(own).count() >= SESSIONS_A_PERSON_MAX
            && let Some(oldest) = self.open.iter().filter(own).min_by_key(|s| s.last_key)
        {
            let number = oldest.number;
            told.extend(self.end(|s| s.number == number, End::Displaced));
        }
        if self.open.len() >= SESSIONS_MAX {
            return Err(Closed::Full);
        }
        self.numbers += 1;
        let number = self.numbers;
        told.push(Told::Opened { session: number });
        let twice =
            |s: &&Session| own(s) && (s.station != arrival.station || s.account == arrival.account);
        told.extend(self.open.iter().find(twice).map(|s| Told::Twice {
            session: number,
            other: s.number,
            person: arrival.person.clone(),
        }));
        let lasts = match (lent, arrival.script) {
            (true, _) => Some(file.accounts.admin_session.0),
            (false, true) => Some(SCRIPT_SESSION_SPAN),
            (false, false) => None,
        };
        self.open.push(Session {
            number,
            roles: roles_of(&arrival.person, file),
            person: arrival.person,
            account: arrival.account,
            station: arrival.station,
            script: arrival.script,
            started: now.utc,
            reason,
            second_factor: arrival.second_factor,
            entry: None,
            locked: false,
            by_key: false,
            until: lasts.map(|span| now.mono + span),
            last_key: now.mono,
            token: Digest::of(token.expose().as_bytes()),
        });
        Ok((number, told))
    }

    /// The session of a token, awake or locked. Time is judged by [`Sessions::turn`], which the
    /// caller runs first.
    ///
    /// # Errors
    /// No session has this token.
    pub fn find(&self, token: &Secret) -> Result<&Session, Closed> {
        let digest = Digest::of(token.expose().as_bytes());
        let mut found = None;
        for session in &self.open {
            if same_digest(&session.token, &digest) {
                found = Some(session);
            }
        }
        found.ok_or(Closed::Unknown)
    }

    /// The session that may do something now.
    ///
    /// # Errors
    /// No such session, or it is locked.
    pub fn awake(&self, token: &Secret) -> Result<&Session, Closed> {
        let session = self.find(token)?;
        if session.locked { Err(Closed::Locked) } else { Ok(session) }
    }

    /// A key was pressed: the screen is not idle. A locked one stays locked. A request of a client
    /// that a person did not cause (a status every second) is no key.
    ///
    /// # Errors
    /// No such session.
    pub fn key(&mut self, token: &Secret, now: Now) -> Result<(), Closed> {
        let number = self.find(token)?.number;
        for session in self.open.iter_mut().filter(|s| s.number == number && !s.locked) {
            session.last_key = now.mono;
        }
        Ok(())
    }

    /// Locks at once, by key (S4.33).
    ///
    /// # Errors
    /// No such session.
    pub fn lock(&mut self, token: &Secret, now: Now) -> Result<Option<Told>, Closed> {
        let number = self.find(token)?.number;
        let Some(session) = self.open.iter_mut().find(|s| s.number == number) else {
            return Err(Closed::Unknown);
        };
        session.by_key = true;
        if session.locked {
            return Ok(None);
        }
        (session.locked, session.last_key) = (true, now.mono);
        Ok(Some(Told::Locked { session: number }))
    }

    /// Wakes a locked session, after `accounts` proved the passphrase of **its** person and
    /// account, or the sealed code that opened it.
    ///
    /// # Errors
    /// No such session: it may have ended while the passphrase was looked at.
    pub fn unlock(&mut self, number: u64, now: Now) -> Result<(), Closed> {
        let session = self.open.iter_mut().find(|s| s.number == number).ok_or(Closed::Unknown)?;
        (session.locked, session.by_key, session.last_key) = (false, false, now.mono);
        Ok(())
    }

    /// The session's entry was made.
    pub fn set_entry(&mut self, number: u64, entry: Number) {
        for session in self.open.iter_mut().filter(|s| s.number == number) {
            session.entry = Some(entry);
        }
    }

    /// Logs out. Unknown tokens are fine: the session is over either way.
    pub fn log_out(&mut self, token: &Secret) -> Option<Told> {
        let number = self.find(token).ok()?.number;
        self.end(|s| s.number == number, End::LoggedOut).pop()
    }

    /// Everybody who is logged in, oldest first.
    pub fn list(&self) -> &[Session] {
        &self.open
    }

    /// Somebody's privileged rights rest: what they have open ends (S4.59).
    pub fn suspend(&mut self, person: &str) -> Vec<Told> {
        self.end(|s| s.person == person, End::Suspended)
    }

    fn end(&mut self, which: impl Fn(&Session) -> bool, why: End) -> Vec<Told> {
        let ended = self.open.extract_if(.., |s| which(s));
        let told = |s: Session| Told::Ended {
            session: s.number,
            person: s.person,
            account: s.account,
            why,
            entry: s.entry,
        };
        ended.map(told).collect()
    }
}

/// How long a screen may stand without a key (S4.33): its station's length, two minutes where the
/// file does not know the station.
pub fn idle_lock(station: Option<&str>, file: &Config) -> Span {
    let named = file.stations.iter().find(|s| Some(s.id.as_str()) == station);
    named.map_or(Span::mins(2), |s| s.idle_lock.0)
}

/// Do live pictures stay on this station's screen when it locks by itself (S4.33)?
pub fn keeps_wall(station: Option<&str>, file: &Config) -> bool {
    let named = file.stations.iter().find(|s| Some(s.id.as_str()) == station);
    named.is_some_and(|s| s.wall.value)
}

/// The words before log-in: the file's, or ours (S4.31, S4.51).
pub fn banner(file: &Config) -> String {
    if let Some(text) = &file.accounts.banner {
        return text.value.clone();
    }
    format!(
        "This recorder belongs to {}. It is for authorised persons only. Every log-in, every \
         viewing and every change is entered in its logbook under your name, and the school may \
         examine those entries.",
        file.site.controller.name.value
    )
}

/// Whether the file lets this account in, here and today. Ask it before a passphrase is looked at:
/// somebody who left the file still has one for a month.
///
/// # Errors
/// `Closed::Person`, or `Closed::Station` for administration (S4.70).
pub fn allowed(
    person: &str,
    account: Account,
    station: Option<&str>,
    file: &Config,
    today: Day,
) -> Result<(), Closed> {
    let lent = matches!(account, Account::Admin | Account::BreakGlass);
    if lent && let Some(station) = station {
        let here = file.stations.iter().find(|s| s.id.as_str() == station);
        // In an emergency a station that went out of the file is no reason to keep people out.
        let fits = here.map_or(account == Account::BreakGlass, |s| s.admin.value);
        if !fits {
            return Err(Closed::Station);
        }
    }
    if matches!(account, Account::BreakGlass | Account::Owner) {
        return Ok(());
    }
    let known = file.people.iter().find(|p| p.id.as_str() == person).ok_or(Closed::Person)?;
    let begun = known.from.as_ref().is_none_or(|from| from.value <= today);
    let over = known.until.as_ref().is_some_and(|until| until.value < today);
    let fits = account != Account::Admin || known.admin;
    if begun && !over && fits { Ok(()) } else { Err(Closed::Person) }
}

/// The roles whose rights the person has: their own, and as a deputy those of their principal
/// (S4.5). Sorted.
fn roles_of(person: &str, file: &Config) -> Vec<String> {
    let deputises = file.people.iter().find(|p| p.id.as_str() == person);
    let principal = deputises.and_then(|p| p.deputises.as_ref()).map(|of| of.as_str());
    let holds = |role: &&crate::config::roles::Role, who: &str| {
        role.held_by.iter().any(|held| held.as_str() == who)
    };
    let has = |role: &&crate::config::roles::Role| {
        holds(role, person)
            || (role.deputies.value && principal.is_some_and(|principal| holds(role, principal)))
    };
    let mut roles: Vec<String> =
        file.roles.iter().filter(has).map(|role| role.id.as_str().to_string()).collect();
    roles.sort();
    roles
}

#[cfg(test)]
mod tests;
