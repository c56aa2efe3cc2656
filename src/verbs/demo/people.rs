//! The demonstration's people: enrolled by itself with passphrases that are thrown away with its
//! folder, and a log-in as anybody would do it.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::logbook::Account;
use crate::socket::dial::Client;
use crate::verbs::{Failure, ask, print, unexpected};
use crate::wire::people::{Founder, LogIn};
use crate::wire::{Reply, Request, Sent};

/// In the demonstration's folder: how to log in.
const README: &str = "README.txt";
/// Before each line of it that names an account.
const MARK: &str = "    log-in ";
/// What to try first. Nothing else is allowed before somebody has signed.
const DEEDS: &str = "    beadle log-in headteacher
    beadle duties
    beadle logbook add acceptance       # signs the code of practice
    beadle hold add --from yesterday --to today --reference D-1 --reason Trying
    beadle log-in it-manager --admin    # signs too, and may then read the whole logbook
    beadle logbook add acceptance
    beadle logbook
";
/// The two who begin, as the demo file has them; the second has an admin account too.
const FOUNDERS: [(&str, bool); 2] = [("headteacher", false), ("it-manager", true)];

/// One account of the demonstration.
struct LogInLine {
    person: String,
    account: Account,
    passphrase: Sent,
}

/// Enrols the first two where nobody is, and says how to log in. `true`: somebody can.
///
/// # Errors
/// The recorder refuses, or the text cannot be written.
pub fn settle(client: &mut Client, folder: &Path) -> Result<bool, Failure> {
    let file = folder.join(README);
    if let Reply::LogIn { .. } = client.ask(&Request::WhoAmI)? {
        let known = !read(&file).is_empty();
        print(&match known {
            true => format!("The people of the last time are there; {} says how.", file.display()),
            false => format!(
                "People are enrolled here whose passphrases are lost. Delete {} to begin anew.",
                folder.display()
            ),
        })?;
        return Ok(known);
    }
    let mut lines = Vec::new();
    let mut people = Vec::new();
    for (person, admin) in FOUNDERS {
        let passphrase = made_up()?;
        let admin_passphrase = if admin { Some(made_up()?) } else { None };
        let line = |account, passphrase: &Sent| LogInLine {
            person: person.into(),
            account,
            passphrase: passphrase.clone(),
        };
        lines.push(line(Account::Own, &passphrase));
        lines.extend(admin_passphrase.as_ref().map(|p| line(Account::Admin, p)));
        people.push(Founder { person: person.into(), passphrase, admin_passphrase });
    }
    // Before they are enrolled: passphrases that are lost are worse than some that open nothing.
    let text = text(folder, &lines);
    write(&file, &text)?;
    match ask(client, &Request::Found { people })? {
        Reply::Founded { .. } => print(&text)?,
        _ => return Err(unexpected()),
    }
    Ok(true)
}

/// Logs in as the first of them, for the rest of the demonstration.
///
/// # Errors
/// It does not work.
pub fn log_in(client: &mut Client, folder: &Path) -> Result<(), Failure> {
    let lines = read(&folder.join(README));
    let Some(first) = lines.into_iter().find(|line| line.account == Account::Own) else {
        return Err(Failure::refused("The demonstration's passphrases are lost."));
    };
    let wish = LogIn {
        person: first.person,
        account: first.account,
        passphrase: first.passphrase,
        code: None,
        reason: None,
        script: true,
    };
    match client.ask(&Request::LogIn(wish))? {
        Reply::LoggedIn(begun) => {
            client.session = Some(begun.session);
            print(&format!("OK: {} logged in, and the logbook has the entry.", begun.who.title))
        }
        Reply::Refused { why } | Reply::LogIn { why } => {
            Err(Failure::refused(format!("FAULT: nobody can log in: {why}")))
        }
        _ => Err(unexpected()),
    }
}

/// Four made-up words, so that no two demonstrations have the same.
fn made_up() -> Result<Sent, Failure> {
    let mut random = [0; 16];
    crate::ledger::system_dice(&mut random).map_err(|fault| Failure::refused(fault.text))?;
    let (front, back) = (b"bdfghklmnprstvwz", b"aeiou");
    let mut text = String::new();
    for (i, pair) in random.chunks(2).enumerate() {
        if i > 0 && i % 2 == 0 {
            text.push('-');
        }
        text.push(char::from(front[usize::from(pair[0]) % front.len()]));
        text.push(char::from(back[usize::from(pair[1]) % back.len()]));
        text.push(char::from(front[usize::from(pair[0] / 16) % front.len()]));
    }
    Ok(Sent::new(text))
}

fn text(folder: &Path, lines: &[LogInLine]) -> String {
    let folder = folder.display();
    let mut out = format!(
        "A demonstration of Beadle. Delete {folder} when you like: it is all here.\n\nThese people \
         can log in, with passphrases made up for this folder alone:\n\n"
    );
    for LogInLine { person, account, passphrase } in lines {
        let account = if *account == Account::Admin { "--admin" } else { "" };
        let line = format!("{MARK}{person} {account}");
        out += &format!("{line:<36} {}\n", passphrase.0.expose());
    }
    out += &format!(
        "\nFrom another terminal:\n\n    export BEADLE_SOCKET={folder}/beadle.sock\n    export \
         BEADLE_SESSION={folder}/session\n{DEEDS}"
    );
    out
}

/// For its owner alone, like everything in the folder.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::refused(format!("Writing {}: {e}.", file.display()));
    let mut open = std::fs::OpenOptions::new();
    let mut out =
        open.write(true).create(true).truncate(true).mode(0o600).open(file).map_err(fault)?;
    std::io::Write::write_all(&mut out, text.as_bytes()).map_err(fault)
}

fn read(file: &Path) -> Vec<LogInLine> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.strip_prefix(MARK));
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (account, person, passphrase) = match words[..] {
            [person, passphrase] => (Account::Own, person, passphrase),
            [person, "--admin", passphrase] => (Account::Admin, person, passphrase),
            _ => return None,
        };
        let passphrase = Sent::new(passphrase);
        Some(LogInLine { person: person.into(), account, passphrase })
    };
    lines.filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_people_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(README);
        let line = |person: &str, account| LogInLine {
            person: person.into(),
            account,
            passphrase: made_up().unwrap(),
        };
        let lines = [line("headteacher", Account::Own), line("it-manager", Account::Admin)];
        write(&file, &text(folder.path(), &lines)).unwrap();
        let back = read(&file);
        assert_eq!(back.len(), 2);
        for (one, other) in lines.iter().zip(&back) {
            assert_eq!((&one.person, one.account), (&other.person, other.account));
            assert_eq!(one.passphrase, other.passphrase);
        }
        assert_ne!(lines[0].passphrase, lines[1].passphrase);
    }
}
