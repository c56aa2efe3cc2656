//! Camera passwords over the socket (S4.62): the right `configure` or `manage-access`, an entry
//! that names the secret and nothing of it, then the vault, then cameras that wait for it.
//!
//! Sealing by a TPM takes up to a second, in which questions wait; recording does not.

use std::sync::{Arc, Mutex, MutexGuard};

use super::super::Supervisor;
use super::call::Caller;
use super::machine::{fields, text};
use crate::access::{Asking, Wish, has_right};
use crate::accounts::changed;
use crate::accounts::vault::{Kept, Sealing, Vault};
use crate::base::name::CameraId;
use crate::config::roles::Deed;
use crate::logbook::fields as f;
use crate::logbook::{Account, Act, Body, Kind};
use crate::reconcile::{Feed, Phase, Wish as Desired};
use crate::wire::room::PasswordWanted;
use crate::wire::{Alarm, Level, Reply, Sent};

fn lock(vault: &Arc<Mutex<Vault>>) -> MutexGuard<'_, Vault> {
    // A lock that a panic left behind still holds the passwords.
    vault.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Supervisor {
    /// Names, and how they are kept.
    pub(super) fn secrets(&mut self, caller: &Caller) -> Result<Reply, String> {
        let deed = self.deed_for_secrets(caller);
        self.enter_secret(caller, deed, "all", "names listed")?;
        let now = self.clock.mono();
        let vault = self.vault()?;
        let mut vault = lock(&vault);
        let kept = vault.kept().map_err(|fault| fault.text)?.to_string();
        let names = vault.read(now).map_err(|fault| fault.text)?.keys().cloned().collect();
        Ok(Reply::Secrets { names, kept })
    }

    pub(super) fn set_secret(
        &mut self,
        caller: &Caller,
        name: &str,
        password: &Sent,
    ) -> Result<Reply, String> {
        // The same letters as a camera's name: it stands in the file.
        CameraId::new(name).map_err(|why| format!("\"{name}\": {why}"))?;
        let now = self.clock.mono();
        let vault = self.vault()?;
        let mut vault = lock(&vault);
        let mut secrets = vault.read(now).map_err(|fault| fault.text)?.clone();
        let deed = self.deed_for_secrets(caller);
        self.enter_secret(caller, deed, name, "set")?;
        secrets.insert(name.to_string(), password.0.clone());
        let kept = vault.write(&secrets).map_err(|fault| fault.text)?;
        drop(vault);
        self.office.replicas.hurry();
        self.try_again_with(name);
        Ok(Reply::Text { text: format!("The password {name} is set: {kept}.") })
    }

    pub(super) fn remove_secret(&mut self, caller: &Caller, name: &str) -> Result<Reply, String> {
        let now = self.clock.mono();
        let vault = self.vault()?;
        let mut vault = lock(&vault);
        let mut secrets = vault.read(now).map_err(|fault| fault.text)?.clone();
        let deed = self.deed_for_secrets(caller);
        self.enter_secret(caller, deed, name, "removed")?;
        if secrets.remove(name).is_none() {
            return Err(format!("There is no password \"{name}\"; see `beadle secret list`."));
        }
        vault.write(&secrets).map_err(|fault| fault.text)?;
        drop(vault);
        self.office.replicas.hurry();
        Ok(Reply::Text { text: format!("The password {name} is removed.") })
    }

    fn vault(&self) -> Result<Arc<Mutex<Vault>>, String> {
        self.office.vault.clone().ok_or_else(|| "No passwords are kept here.".to_string())
    }

    /// Whoever sets the box up, or lets people in.
    pub(super) fn deed_for_secrets(&self, caller: &Caller) -> Deed {
        let (_, now) = self.now();
        let today = self.zone().day_of(now);
        let (config, person) = (&self.file.config, &caller.session.person);
        let manages = has_right(config, person, Deed::ManageAccess, today);
        match manages && !has_right(config, person, Deed::Configure, today) {
            true => Deed::ManageAccess,
            false => Deed::Configure,
        }
    }

    /// May they, and is it entered? Never its value, nor how long it is.
    pub(super) fn enter_secret(
        &mut self,
        caller: &Caller,
        deed: Deed,
        name: &str,
        what: &str,
    ) -> Result<(), String> {
        let fields = fields([(f::SECRET, text(name))]);
        if caller.session.account == Account::Owner {
            let body = Body { outcome: Some(what.into()), fields, ..Body::default() };
            let draft = self.draft(Kind::Secret, Act::Open, None, body);
            self.note(draft);
            return Ok(());
        }
        let mut asking = Asking::to(Wish::Deed(deed));
        asking.entry = Some((Kind::Secret, Act::Open));
        asking.outcome = Some(what.into());
        asking.more = fields;
        // Where the file gives no admin accounts nobody was asked for a reason at log-in (S4.53).
        if caller.session.reason.is_none() {
            asking.reason = Some(format!("a camera's password: {what}"));
        }
        self.allowed(caller, &asking).map(drop)
    }

    /// What was done to them while the box was stopped, as entries. Where the logbook takes none
    /// now, the note stays for the next start.
    pub(super) fn note_changed_secrets(&mut self) {
        let waiting = match changed::waiting(self.state.as_ref()) {
            Ok(waiting) => waiting,
            Err(fault) => {
                let what = format!("changes of camera passwords cannot be read: {fault}");
                self.alert(what, "Compare `beadle secret list` with what you know.");
                return;
            }
        };
        let mut kept = true;
        for one in &waiting {
            let body = Body {
                outcome: Some(format!(
                    "{} by user {} of the machine while the box was stopped, at {}",
                    one.what, one.user, one.at
                )),
                fields: fields([(f::SECRET, text(&one.name))]),
                ..Body::default()
            };
            let draft = self.draft(Kind::Secret, Act::Open, None, body);
            kept &= self.note(draft).is_some();
        }
        if kept
            && !waiting.is_empty()
            && let Err(fault) = changed::entered(self.state.as_ref())
        {
            tracing::warn!("the note of changed passwords stays, and is entered again: {fault}");
        }
    }

    /// Cameras that wait for their next attempt make it now. One that records is left alone: it
    /// proves itself with the new password when it next connects.
    fn try_again_with(&mut self, name: &str) {
        let (now, _) = self.now();
        for (id, wish) in &self.desired.cameras {
            let Desired::Record { feed: Feed::Rtsp { secret: Some(secret), .. }, .. } = wish else {
                continue;
            };
            let camera = self.cameras.get_mut(id).filter(|_| secret == name);
            if let Some(Phase::Waiting { until }) = camera.map(|camera| &mut camera.seen.phase) {
                *until = now;
            }
        }
    }

    /// Passwords that the file names and nobody has stored here, while a camera waits for them. The
    /// others are recorded meanwhile.
    pub(in crate::supervisor) fn wanted_secrets(&self) -> Vec<PasswordWanted> {
        let named = self.file.config.cameras.secrets();
        if named.is_empty() {
            return Vec::new();
        }
        let Some(vault) = &self.office.vault else { return Vec::new() };
        // Asked again with the next turn where it is in use, or the TPM does not answer.
        let Ok(mut vault) = vault.try_lock() else { return Vec::new() };
        let Ok(known) = vault.read(self.clock.mono()) else { return Vec::new() };
        let waits = |id: &&&CameraId| {
            self.cameras.get(**id).is_none_or(|camera| camera.seen.phase != Phase::Recording)
        };
        let lacking = named.iter().filter(|(name, _)| !known.contains_key(name.as_str()));
        let wanted = lacking.map(|(name, cameras)| PasswordWanted {
            name: name.to_string(),
            cameras: cameras.iter().filter(waits).count() as u32,
        });
        wanted.filter(|wanted| wanted.cameras > 0).collect()
    }

    /// The same as something that lasts, for status and logbook.
    pub(in crate::supervisor) fn unknown_secrets(&self) -> Vec<(String, String)> {
        let wanted = self.wanted_secrets().into_iter();
        let condition = |PasswordWanted { name, cameras }| {
            let text = format!(
                "the file names the password \"{name}\", which nobody has typed on this box yet: {} \
                 for it",
                if cameras == 1 {
                    "1 camera waits".into()
                } else {
                    format!("{cameras} cameras wait")
                }
            );
            (format!("password {name}"), text)
        };
        wanted.map(condition).collect()
    }

    pub(in crate::supervisor) fn secret_alarms(&self) -> Vec<Alarm> {
        let alarm = |(_, text)| Alarm {
            level: Level::Warning,
            text,
            remedy: "Type it: screen Box, p; or `beadle secret set`.".into(),
            since: self.started,
        };
        self.unknown_secrets().into_iter().map(alarm).collect()
    }

    /// Passwords that could be sealed and are not, said in a sentence.
    pub(in crate::supervisor) fn unsealed_secrets(&self) -> Option<Alarm> {
        let mut vault = self.office.vault.as_ref()?.try_lock().ok()?;
        if vault.kept() != Ok(Kept::Plain) {
            return None;
        }
        let (why, remedy) = match vault.sealing() {
            Sealing::Tpm => ("this machine could seal them", "Set one of them again."),
            Sealing::NoTpm => ("this machine has no TPM", "Keep the box locked away."),
            Sealing::NoProgram => ("systemd-creds is not installed", "Install systemd-creds."),
        };
        Some(Alarm {
            level: Level::Notice,
            text: format!("camera passwords are not sealed: {why}"),
            remedy: remedy.into(),
            since: self.started,
        })
    }
}
