//! What time and the file do to sessions.

use super::{End, Sessions, Told, allowed, idle_lock, roles_of};
use crate::base::clock::Now;
use crate::base::limits::SESSION_LOCKED_SPAN_MAX;
use crate::config::Config;

impl Sessions {
    /// Ends what is over and locks what is idle; run each second, after each change of the file,
    /// and before a token is looked at. Running it twice changes nothing more.
    ///
    /// A session ends when the file no longer lets its account in (S4.54), when a role that its
    /// person came with is lost, when its lent time is over (S4.53), or when it was locked for
    /// half a day. A right that is gained counts at once, since rights are read from the file.
    pub fn turn(&mut self, file: &Config, now: Now) -> Vec<Told> {
        let today = file.site.zone.day_of(now.utc);
        let mut told = self.end(
            |s| {
                let roles = roles_of(&s.person, file);
                allowed(&s.person, s.account, s.station.as_deref(), file, today).is_err()
                    || s.roles.iter().any(|role| !roles.contains(role))
            },
            End::File,
        );
        told.extend(self.end(
            |s| {
                let left_alone = s.locked && now.mono - s.last_key >= SESSION_LOCKED_SPAN_MAX;
                s.until.is_some_and(|until| now.mono >= until) || left_alone
            },
            End::Time,
        ));
        for session in self.open.iter_mut().filter(|s| !s.locked && !s.script) {
            if now.mono - session.last_key >= idle_lock(session.station.as_deref(), file) {
                session.locked = true;
                told.push(Told::Locked { session: session.number });
            }
        }
        told
    }
}
