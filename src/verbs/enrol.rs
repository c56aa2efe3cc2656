//! `beadle enrol`: people get their own passphrase (S4.75), by a one-time code that an entitled
//! person issues; the first two of a box together.

use std::io::IsTerminal;

use super::door::{Door, ask};
use super::{Failure, ask_status, footage, print, prompt, unexpected};
use crate::base::secret::Secret;
use crate::logbook::Account;
use crate::socket::dial::Client;
use crate::wire::people::Founder;
use crate::wire::{Reply, Request, Sent};

/// Below the help.
const EXAMPLES: &str = "\
The first two, both at the keyboard:     beadle enrol --first headteacher it-manager
A code for somebody else:                beadle enrol dsl --code
That person, with the code:              beadle enrol dsl
A forgotten passphrase goes the same way: a new code. Passphrases are typed, or read from a pipe a
line each; never given on the command line.";

#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Who: the short name in the file. Two names with --first
    #[arg(required = true, num_args = 1..=2)]
    people: Vec<String>,
    /// The second account, for privileged work alone
    #[arg(long)]
    admin: bool,
    /// Issue a one-time code for this person instead of using one
    #[arg(long, conflicts_with = "first")]
    code: bool,
    /// The first two people of a box on which nobody is enrolled, both here now
    #[arg(long)]
    first: bool,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses.
pub fn run(args: &Args) -> Result<(), Failure> {
    if args.people.len() != if args.first { 2 } else { 1 } {
        return Err(Failure::usage(
            "Name one person; with --first the two people who begin, like: \
             beadle enrol --first headteacher it-manager",
        ));
    }
    if args.first {
        return found(args);
    }
    let person = args.people[0].clone();
    let account = if args.admin { Account::Admin } else { Account::Own };
    if args.code { issue(args, person, account) } else { redeem(args, person, account) }
}

fn issue(args: &Args, person: String, account: Account) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let zone = footage::zone(&*ask_status(&mut client)?);
    let request = Request::EnrolCode { person: person.clone(), account };
    let Reply::Codes { codes, until } = ask(&mut client, &request)? else {
        return Err(unexpected());
    };
    let code = codes.first().map(|c| c.0.expose()).unwrap_or_default();
    let until = until.map(|at| format!(", good until {}", zone.show(at))).unwrap_or_default();
    let admin = if args.admin { " --admin" } else { "" };
    print(&format!(
        "The code for {person}{until}, shown this once:\n\n    {code}\n\nGive it to them by hand or \
         voice. They type it into: beadle enrol {person}{admin}"
    ))
}

fn redeem(args: &Args, person: String, account: Account) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let code = Sent(prompt::passphrase("The one-time code")?);
    let passphrase = chosen(&mut client, &person, &person)?;
    let request = Request::Enrol { person, account, code, passphrase };
    match client.ask(&request)? {
        Reply::Enrolled { person } => print(&format!("{person} is enrolled. Log in next.")),
        Reply::Refused { why } | Reply::LogIn { why } => Err(Failure::refused(why)),
        _ => Err(unexpected()),
    }
}

fn found(args: &Args) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    let Reply::People { people: known } = ask(&mut client, &Request::People)? else {
        return Err(unexpected());
    };
    if known.iter().any(|line| line.enrolled.is_some()) {
        return Err(Failure::refused(
            "This box has its people already. Somebody with the right manage-access gives a code: \
             beadle enrol PERSON --code",
        ));
    }
    let has = |person: &str, account| {
        known.iter().any(|line| line.person == person && line.account == account)
    };
    if let Some(person) = args.people.iter().find(|person| !has(person, Account::Own)) {
        return Err(Failure::refused(format!("\"{person}\" is no person of the file.")));
    }
    let mut people = Vec::new();
    for person in &args.people {
        super::say(&format!(
            "{person}, choose your passphrase: three or four words that have nothing to do with \
             each other. Nobody else looks on."
        ))?;
        let passphrase = chosen(&mut client, person, person)?;
        let admin_passphrase = match has(person, Account::Admin) {
            true => {
                super::say("And another one for your admin account, which the file gives you.")?;
                let whose = format!("{person}, admin account");
                Some(chosen(&mut client, person, &whose)?)
            }
            false => None,
        };
        people.push(Founder { person: person.clone(), passphrase, admin_passphrase });
    }
    match ask(&mut client, &Request::Found { people })? {
        Reply::Founded { people, codes } => {
            print(&format!("Enrolled: {}.", people.join(", ")))?;
            super::seal::show(&codes)
        }
        _ => Err(unexpected()),
    }
}

/// A new passphrase, typed twice: nobody sees a slip of the finger. A weak one is told before it is
/// typed again. At a terminal one may try again; a script ends.
fn chosen(client: &mut Client, person: &str, whose: &str) -> Result<Sent, Failure> {
    let mut type_in = |question: &str| prompt::passphrase(question);
    let mut weakness = |phrase: &Secret| {
        let (person, passphrase) = (person.to_string(), Sent(phrase.clone()));
        match client.ask(&Request::JudgePhrase { person, passphrase })? {
            Reply::Refused { why } => Ok(Some(why)),
            _ => Ok(None),
        }
    };
    let again = std::io::stdin().is_terminal();
    chosen_by(whose, again, &mut type_in, &mut weakness, &mut super::say)
}

type TypeIn<'a> = dyn FnMut(&str) -> Result<Secret, Failure> + 'a;
type Weakness<'a> = dyn FnMut(&Secret) -> Result<Option<String>, Failure> + 'a;
type Say<'a> = dyn FnMut(&str) -> Result<(), Failure> + 'a;

fn chosen_by(
    whose: &str,
    again: bool,
    type_in: &mut TypeIn<'_>,
    weakness: &mut Weakness<'_>,
    say: &mut Say<'_>,
) -> Result<Sent, Failure> {
    loop {
        let first = type_in(&format!("New passphrase of {whose}"))?;
        let why = match weakness(&first)? {
            Some(why) => why,
            None if first == type_in("The same again")? => return Ok(Sent(first)),
            None => "The two are not the same. Type both again.".into(),
        };
        if !again {
            return Err(Failure::refused(format!("{why} Nothing was changed.")));
        }
        say(&why)?;
    }
}

#[derive(clap::Args, Debug)]
pub struct FactorArgs {
    /// Take the lost authenticator of this person away instead
    #[arg(long, value_name = "PERSON")]
    drop: Option<String>,
    /// Of their admin account
    #[arg(long, requires = "drop")]
    admin: bool,
    #[command(flatten)]
    door: Door,
}

/// `beadle authenticator`: the second factor of the account that is logged in (R1.26); with
/// `--drop` the end of somebody's lost one.
///
/// # Errors
/// The supervisor refuses, or the digits are wrong.
pub fn factor(args: &FactorArgs) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
    if let Some(person) = &args.drop {
        let account = if args.admin { Account::Admin } else { Account::Own };
        let reason = prompt::line("Why is it taken away?")?;
        let request = Request::FactorDrop { person: person.clone(), account, reason };
        return match ask(&mut client, &request)? {
            Reply::Text { text } => print(&text),
            _ => Err(unexpected()),
        };
    }
    let Reply::Factor { address, typed } = ask(&mut client, &Request::Factor { digits: None })?
    else {
        return Err(unexpected());
    };
    let picture = super::logbook::code(address.0.expose())?;
    super::say(&format!(
        "Photograph this with the authenticator, or type the letters. It is shown this once.\n\n\
         {picture}\n{}\n",
        typed.0.expose()
    ))?;
    let digits = Some(Sent(prompt::passphrase("The six digits that it shows now")?));
    match ask(&mut client, &Request::Factor { digits })? {
        Reply::Done => print("The authenticator is yours. It is asked for from now on."),
        _ => Err(unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was typed becomes the answer, the questions and the sentences in between.
    fn choose(again: bool, typed: &[&str]) -> (Result<String, String>, Vec<String>) {
        let mut typed = typed.iter();
        let said = std::cell::RefCell::new(Vec::new());
        let mut type_in = |question: &str| {
            said.borrow_mut().push(question.to_string());
            let next = typed.next().ok_or_else(|| Failure::refused("The input ended"))?;
            Ok(Secret::new(*next))
        };
        let mut weakness = |phrase: &Secret| {
            Ok((phrase.expose().len() < 12).then(|| "The passphrase is too short.".to_string()))
        };
        let mut say = |text: &str| {
            said.borrow_mut().push(text.to_string());
            Ok(())
        };
        let got = chosen_by("head", again, &mut type_in, &mut weakness, &mut say);
        let got = got.map(|sent| sent.0.expose().to_string()).map_err(|f| f.text);
        (got, said.into_inner())
    }

    #[test]
    fn a_weak_passphrase_is_told_at_once_and_a_slip_is_typed_again() {
        let (new, same) = ("New passphrase of head", "The same again");
        let good = "otter cabinet violin";
        let (got, said) = choose(true, &["short", good, "otter cabinet viola", good, good]);
        assert_eq!(got.as_deref(), Ok(good));
        let slip = "The two are not the same. Type both again.";
        assert_eq!(said, [new, "The passphrase is too short.", new, same, slip, new, same]);
        // A script is told, and ends.
        for typed in [&["short"][..], &[good, "otter cabinet viola"]] {
            let (got, _) = choose(false, typed);
            assert!(got.is_err_and(|why| why.ends_with("Nothing was changed.")));
        }
    }
}
