//! The answer "no": why, in a sentence for the reader, and whom to ask.

use std::fmt;

use super::ask::{Asking, Situation};
use crate::base::time::Day;
use crate::config::Config;
use crate::logbook::Draft;

/// Refused. Nothing is to be done but to make its entry and to say it.
#[derive(Clone, PartialEq, Debug)]
pub struct Denied(Box<Refusal>);

#[derive(Clone, PartialEq, Debug)]
struct Refusal {
    why: Why,
    ask: Vec<String>,
    draft: Draft,
}

impl Denied {
    pub(super) fn new(why: Why, config: &Config, asking: &Asking, at: &Situation<'_>) -> Denied {
        let draft = super::draft::refused(&why, asking, at);
        Denied(Box::new(Refusal { why, ask: whom_to_ask(config), draft }))
    }

    pub fn why(&self) -> &Why {
        &self.0.why
    }

    /// Titles of those who answer a question of doubt (S4.55). Never empty.
    pub fn ask(&self) -> &[String] {
        &self.0.ask
    }

    /// The entry about the refusal. Nothing waits for it.
    pub fn draft(&self) -> &Draft {
        &self.0.draft
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} If in doubt, ask {}.", self.0.why, self.0.ask.join(" or "))
    }
}

/// `accounts in-doubt=`, else whoever is responsible, else whoever manages, else the contact.
fn whom_to_ask(config: &Config) -> Vec<String> {
    let titles = |names: Vec<&crate::config::value::Id>| -> Vec<String> {
        let persons = names.into_iter().flat_map(|id| config.persons_of(id));
        persons.map(|p| p.title.value.clone()).collect()
    };
    let in_doubt = titles(config.accounts.in_doubt.iter().map(|id| &id.value).collect());
    let responsible = titles(config.site.responsible.iter().map(|id| &id.value).collect());
    let managed = titles(config.site.managed_by.iter().map(|id| &id.value).collect());
    let mut all = [in_doubt, responsible, managed].into_iter();
    let found = all.find(|titles| !titles.is_empty());
    found.unwrap_or_else(|| vec![config.site.contact.title.value.clone()])
}

/// Why not. Each says what is missing, and what would help.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Why {
    // Who asks.
    #[error("\"{0}\" is no person of the file.")]
    UnknownPerson(String),
    #[error("This account begins on {0}.")]
    NotYet(Day),
    #[error("This account ended on {0}.")]
    Ended(Day),
    #[error(
        "A contractor's account needs a last day: add until=\"...\" to the person in the file."
    )]
    Endless,
    #[error("People are enrolled on this box: log in as one of them.")]
    OwnerNoMore,
    #[error("Before anybody is enrolled only the setting up of the box is possible.")]
    OwnerSetsUp,
    #[error("An admin account never sees footage. Log in with your everyday account.")]
    AdminWatches,
    #[error("An admin account is for privileged work only. Log in with your everyday account.")]
    AdminRoutine,
    #[error("This is privileged work: log in with your admin account.")]
    NeedsAdminAccount,
    #[error("The file gives you no admin account.")]
    NoAdminAccount,
    #[error("A sealed code opens what keeps the box running, and nothing else.")]
    EmergencyOnly,
    #[error("The file asks for a second factor here. Log in again and show it.")]
    SecondFactor,
    #[error("The privileged session has ended after {0}. Log in again and say what for.")]
    SessionOver(String),
    #[error("Say what for: the reason is empty.")]
    NoReason,
    #[error("Your privileged rights wait for a review ({0}).")]
    Suspended(String),
    #[error(
        "\"{0}\" must be signed first, in its present version. On the screen: Logbook, new entry; \
         on the command line: beadle logbook add acceptance."
    )]
    Unsigned(String),
    #[error("Your training is out of date since {0}.")]
    Untrained(Day),

    // Where.
    #[error("This terminal is no station of the file: it shows the system's state only.")]
    NoStation,
    #[error("No privileged work at this station.")]
    NoAdminHere,
    #[error("You may do this at another station: {0}.")]
    OtherStation(String),
    #[error("Accept the declaration of confidentiality first.")]
    Undeclared,

    // The right.
    #[error("The file does not give you the right: {0}.")]
    NoRight(String),
    #[error("Entries of this kind are not made by hand: {0}.")]
    NotByHand(String),
    #[error("Your right does not cover {0}.")]
    OtherZone(String),
    #[error("A permission is needed that covers you, these cameras and this time.")]
    NoPermission,

    // What exactly.
    #[error("Name at least one camera.")]
    NoCamera,
    #[error("Name the time, from and until, until no later than now.")]
    NoWindow,
    #[error("That is too long at once: at most {0}.")]
    TooLong(String),
    #[error("Name one of the purposes of the file.")]
    NoPurpose,
    #[error("The file has no purpose \"{0}\".")]
    UnknownPurpose(String),
    #[error("{0} does not serve that purpose.")]
    PurposeElsewhere(String),
    #[error("This purpose needs an answer: {0}")]
    NoAnswer(String),
    #[error("{0} is covert, and no authorisation lets you see it now.")]
    Covert(String),
    #[error("Say to whom, which cameras, from, until, and when the permission ends.")]
    BadPermit,

    // Guests.
    #[error("The file does not list {0} among the viewers.")]
    GuestUnlisted(String),
    #[error("The file refuses {0}.")]
    GuestRefused(String),
    #[error("Guests are never left alone: name a person of the file who stays with them.")]
    GuestAlone,
    #[error("They are shown approved clips only.")]
    ClipsOnly,

    // On whose word.
    #[error("This needs the word of {0}.")]
    NoAuthority(String),
    #[error("The file does not let a spoken word count.")]
    SpokenWord,
    #[error("Name the paper or the entry that says so.")]
    NoReference,
    #[error("Missing: {0}.")]
    MissingProof(String),
    #[error("Say who receives the copy.")]
    NoRecipient,
    #[error("The file does not list {0} among the recipients.")]
    RecipientUnlisted(String),
    #[error("The file refuses {0}.")]
    RecipientRefused(String),

    // Two persons.
    #[error("A second person must log in beside you: somebody with the right {0}.")]
    Alone(String),
    #[error("The second person is you. Two accounts of one person are one person.")]
    SamePerson,
    #[error("The second person cannot take part: {0}")]
    Second(Box<Why>),
    #[error("It is about you, or about the second person: somebody else must do this.")]
    OwnMatter,

    // Words, reports, the file.
    #[error("There is no open word of yours under that number.")]
    NoOpenWord,
    #[error("A report on a person opens only when that person was told that use is examined.")]
    NotTold,
    #[error("Nobody allows a report on themselves: this needs the word of somebody else than {0}.")]
    OwnWord(String),
    #[error("No version of the file waits for approval.")]
    NothingWaits,
    #[error("Your confirmation is not one of those that are missing: {0}.")]
    NotAsked(String),
}

impl Why {
    /// Does it hold whatever they fill in: who asks, with which account, where, or the right?
    pub fn is_about_who_asks(&self) -> bool {
        matches!(
            self,
            Why::UnknownPerson(_)
                | Why::NotYet(_)
                | Why::Ended(_)
                | Why::Endless
                | Why::AdminWatches
                | Why::AdminRoutine
                | Why::NeedsAdminAccount
                | Why::NoAdminAccount
                | Why::EmergencyOnly
                | Why::SecondFactor
                | Why::SessionOver(_)
                | Why::Suspended(_)
                | Why::Unsigned(_)
                | Why::Untrained(_)
                | Why::NoStation
                | Why::NoAdminHere
                | Why::OtherStation(_)
                | Why::NoRight(_)
                | Why::NotByHand(_)
        )
    }
}
