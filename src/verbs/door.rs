//! How a verb reaches the supervisor, and under whose name.
//!
//! A session is looked for in the file that `--session` or `BEADLE_SESSION` names, else in the
//! user's run-time folder. Where the supervisor asks for a log-in and a person sits at the
//! terminal, they are asked, once; a script gets the sentence and exit code 1.

use std::io::IsTerminal;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::{Failure, prompt};
use crate::logbook::Account;
use crate::socket::default_path;
use crate::socket::dial::Client;
use crate::wire::people::{LogIn, LoggedIn, Second};
use crate::wire::{Reply, Request, Sent};

/// Where the supervisor listens, and which session speaks.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct Door {
    /// The supervisor's socket [default: $BEADLE_SOCKET or /run/beadle/beadle.sock]
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// The session file of `beadle log-in` [default: $BEADLE_SESSION or one of this user]
    #[arg(long, value_name = "PATH")]
    pub session: Option<PathBuf>,
    /// A second person who is here and signs too, for what takes two
    #[arg(long = "with", value_name = "PERSON")]
    pub beside: Option<String>,
}

impl Door {
    pub fn path(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(default_path)
    }

    /// # Errors
    /// Nobody answers, or not to us.
    pub fn dial(&self) -> Result<Client, Failure> {
        let mut client = Client::connect(&self.path())?;
        client.session = self.read_session();
        if let Some(person) = &self.beside {
            client.beside = Some(second(person)?);
        }
        Ok(client)
    }

    /// `None`: no file is named and the user has no run-time folder.
    pub fn session_file(&self) -> Option<PathBuf> {
        let named = || std::env::var_os("BEADLE_SESSION").filter(|p| !p.is_empty());
        let own = || {
            let folder = std::env::var_os("XDG_RUNTIME_DIR").filter(|p| !p.is_empty())?;
            Some(PathBuf::from(folder).join("beadle-session"))
        };
        self.session.clone().or_else(|| named().map(PathBuf::from)).or_else(own)
    }

    fn read_session(&self) -> Option<Sent> {
        let text = std::fs::read_to_string(self.session_file()?).ok()?;
        Some(Sent::new(text.trim()))
    }

    /// Readable by this user alone.
    ///
    /// # Errors
    /// No place for it, or it cannot be written there.
    pub fn write_session(&self, session: &Sent) -> Result<PathBuf, Failure> {
        let path = self.session_file().ok_or_else(|| {
            Failure::usage("Say where the session is to be kept: --session PATH.")
        })?;
        let failed =
            |e: std::io::Error| Failure::refused(format!("Writing {}: {e}", path.display()));
        // A file that is there may be open to others: it is made anew.
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(failed(e)),
        }
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written =
            file.and_then(|mut f| std::io::Write::write_all(&mut f, session.0.expose().as_bytes()));
        written.map_err(failed)?;
        Ok(path)
    }

    pub fn forget_session(&self) {
        if let Some(path) = self.session_file() {
            let _ = std::fs::remove_file(path); // one that is not there is as good as removed
        }
    }
}

/// The second person types their passphrase, and the digits of an authenticator if they have one.
///
/// # Errors
/// Nothing was typed.
pub fn second(person: &str) -> Result<Second, Failure> {
    let passphrase = Sent(prompt::passphrase(&format!("{person}, your passphrase"))?);
    let digits = prompt::line("Six digits of your authenticator, if you have one")?;
    let code = (!digits.is_empty()).then(|| Sent::new(digits));
    Ok(Second { person: person.to_string(), passphrase, code })
}

/// Asks; a refusal is a failure. Asks for a log-in where that is wanted and somebody is there.
///
/// # Errors
/// The supervisor's sentence, or why nobody answers.
pub fn ask(client: &mut Client, request: &Request) -> Result<Reply, Failure> {
    match client.ask(request)? {
        Reply::Refused { why } => Err(Failure::refused(why)),
        Reply::LogIn { why } => {
            if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
                let how = "Log in first: beadle log-in PERSON --session FILE";
                return Err(Failure::refused(format!("{why} {how}")));
            }
            super::say(&why)?;
            let person = prompt::line("Who are you (the short name in the file)?")?;
            log_in(client, &person, Account::Own, false)?;
            match client.ask(request)? {
                Reply::Refused { why } | Reply::LogIn { why } => Err(Failure::refused(why)),
                reply => Ok(reply),
            }
        }
        reply => Ok(reply),
    }
}

/// Logs in on this connection: asks for the passphrase, for the second factor where it is wanted,
/// for the reason of an admin session; shows what the person has to know.
///
/// # Errors
/// The supervisor's sentence.
pub fn log_in(
    client: &mut Client,
    person: &str,
    account: Account,
    script: bool,
) -> Result<Box<LoggedIn>, Failure> {
    let passphrase = Sent(prompt::passphrase(&format!("Passphrase of {person}"))?);
    let reason = match account {
        Account::Admin => Some(prompt::line("What is the admin session for?")?),
        _ => None,
    };
    let person = person.to_string();
    let mut wish = LogIn { person, account, passphrase, code: None, reason, script };
    let mut reply = client.ask(&Request::LogIn(wish.clone()))?;
    if let Reply::CodeWanted = reply {
        wish.code = Some(Sent(prompt::passphrase("Six digits from the authenticator")?));
        reply = client.ask(&Request::LogIn(wish))?;
    }
    match reply {
        Reply::LoggedIn(session) => {
            client.session = Some(session.session.clone());
            Ok(session)
        }
        Reply::Refused { why } | Reply::LogIn { why } => Err(Failure::refused(why)),
        _ => Err(super::unexpected()),
    }
}
