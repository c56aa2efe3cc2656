//! `beadle enrol`: people get their own passphrase (S4.75), by a one-time code that an entitled
//! person issues; the first two of a box together.

use super::door::{Door, ask};
use super::{Failure, ask_status, footage, print, prompt, unexpected};
use crate::logbook::Account;
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
    let passphrase = chosen(&person)?;
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
        let passphrase = chosen(person)?;
        let admin_passphrase = match has(person, Account::Admin) {
            true => {
                super::say("And another one for your admin account, which the file gives you.")?;
                Some(chosen(&format!("{person}, admin account"))?)
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

/// Typed twice: nobody sees a slip of the finger.
fn chosen(whose: &str) -> Result<Sent, Failure> {
    let first = prompt::passphrase(&format!("New passphrase of {whose}"))?;
    let again = prompt::passphrase("The same again")?;
    if first != again {
        return Err(Failure::refused("The two are not the same. Nothing was changed; try again."));
    }
    Ok(Sent(first))
}

#[derive(clap::Args, Debug)]
pub struct FactorArgs {
    #[command(flatten)]
    door: Door,
}

/// `beadle authenticator`: the second factor of the account that is logged in (R1.26).
///
/// # Errors
/// The supervisor refuses, or the digits are wrong.
pub fn factor(args: &FactorArgs) -> Result<(), Failure> {
    let mut client = args.door.dial()?;
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
