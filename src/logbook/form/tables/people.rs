//! Access and its reviews, papers that are signed, training, exceptions, telling people.

use super::*;
use crate::logbook::fields as f;
use crate::logbook::form::Says;

const ACTIONS: &[(&str, &str)] = &[
    ("given", "given"),
    ("changed", "changed"),
    ("suspended", "suspended until reviewed"),
    ("reviewed", "given again after a review"),
    ("returned", "given back"),
];
const WIDER: Cond = Cond::Is("change", &["given", "changed", "reviewed"]);

/// Who, right, reason, approvers, date, paper (S4.45).
const GRANT: &[Field] = &[
    of("subject", "Person", Source::Persons, "S4.45"),
    pick("change", "Access is", ACTIONS, "S4.45"),
    some_of("rights", "Rights", Source::Rights, "S4.45").when(WIDER),
    of("trigger", "What set it off", Source::Triggers, "S4.59")
        .when(Cond::Is("change", &["suspended"])),
    line("reason", "Reason", "S4.45"),
    of(f::APPROVED_BY, "Approved by", Source::Persons, "S4.48").when(WIDER),
    of("approved-and", "And by", Source::Persons, "S4.48")
        .when(Cond::All(&[WIDER, Cond::File(Says::TwoKeys)])),
    day("on", "With effect from", Side::Any, "S4.45"),
    day("until", "Until", Side::Ahead, "S4.54").may(),
    line("paper", "Reference of the paper", "S4.45").when(WIDER),
];

const ACCESS_REVIEW: &[Field] = &[
    day("held", "On", Side::Past, "S4.44"),
    some_of("persons", "Persons looked at", Source::Persons, "S4.44"),
    list("changes", "What changes", "S4.44").may(),
    list("unused", "Rights that nobody used", "S4.46").may(),
    text("outcome", "Result", "S4.44"),
    day("next", "Next review by", Side::Ahead, "S4.44").may(),
];

const PRIVILEGED: Cond = Cond::PrivilegedPaper;

/// Name, role, signature and date, twice for privileged rights (S4.71).
const ACCEPTANCE: &[Field] = &[
    of("person", "Person", Source::Persons, "S4.25"),
    of("paper", "Paper", Source::Papers, "S4.25"),
    line(f::VERSION, "Version", "S4.25").hint("the one that the file names"),
    line("name", "Name as signed", "S4.71"),
    line("role", "Role", "S4.71"),
    line("signature", "Signature", "S4.71").hint("where the signed paper is: folder and number"),
    day("date", "Date", Side::Past, "S4.71"),
    line("authoriser-name", "Authoriser's name", "S4.71").when(PRIVILEGED),
    line("authoriser-role", "Authoriser's role", "S4.71").when(PRIVILEGED),
    line("authoriser-signature", "Authoriser's signature", "S4.71").when(PRIVILEGED),
    day("authoriser-date", "Date of the authoriser's signature", Side::Past, "S4.71")
        .when(PRIVILEGED),
    line("firm", "Firm, of a contractor", "S1.23").may(),
];

const TRAINING: &[Field] = &[
    some_of("persons", "Who took part", Source::Persons, "S4.90"),
    line("topic", "Subject", "S4.90"),
    line("trainer", "Given by", "S4.90"),
    day("on", "On", Side::Past, "S4.90"),
    day("until", "Counts until", Side::Ahead, "S4.90").hint("a year from then"),
    line("paper", "Reference of the record", "S4.90").may(),
];

const EXCEPTION: &[Field] = &[
    line("rule", "The rule that it departs from", "S4.58"),
    line("reason", "Why", "S4.58"),
    line("control", "What makes up for it", "S4.58"),
    of("approved-by", "Approved by", Source::Persons, "S4.58"),
    day("until", "Until", Side::Ahead, "S4.58"),
];

const TOLD: &[Field] = &[
    some_of(f::PERSONS, "Who was told", Source::Persons, "S4.50"),
    text(f::WHAT, "What changed, and why", "S4.50"),
    line("how", "How", "S4.50").may(),
];

const REPORT: &[Field] = &[
    of("subject", "About whom", Source::Persons, "S4.52"),
    day("from", "From", Side::Past, "S4.52"),
    day("until", "Until", Side::Any, "S4.52"),
    line("reason", "Reason", "S4.68"),
    field("users-told", "Users have been told that use is looked at", Sort::Confirmed, "S4.51"),
    of("authority-by", "Authorised by", Source::Holders(Deed::Investigate), "S4.52"),
    WORD,
    PAPER,
];

const SEALED: &[(&str, &str)] = &[
    (f::PRINTED, "codes were sealed"),
    (f::USED, "a code was used"),
    ("refused", "a code was tried that is not good"),
];

const BREAK_GLASS: &[Field] = &[
    pick(f::EVENT, "What happened", SEALED, "S4.42"),
    line(f::SEAL, "Numbers on the envelopes", "S4.42")
        .when(Cond::Is(f::EVENT, &[f::PRINTED, f::USED])),
    line("reason", "Why it was needed", "S4.42").when(Cond::Is(f::EVENT, &[f::USED])),
    text("outcome", "What happened, in words", "S4.42").may(),
];

pub(super) const FORMS: &[Form] = &[
    Form {
        maker: Maker::Either,
        ..open(Kind::AccessGrant, "Access is granted or taken", &[GRANT], &[Rule::Approvers])
    },
    open(Kind::AccessReview, "Review of access", &[ACCESS_REVIEW], &[]),
    open(Kind::Acceptance, "A paper was signed", &[ACCEPTANCE], &[Rule::PresentVersion]),
    open(Kind::Training, "Training", &[TRAINING], &[Rule::InOrder("on", "until")]),
    open(Kind::Exception, "An exception", &[EXCEPTION], &[]),
    close(Kind::Exception, "An exception ends", &[&[OUTCOME]], &[]),
    either(Kind::Told, Act::Open, "People were told of a change", &[TOLD]),
    either(Kind::Told, Act::Note, "Somebody was told of a change at log-in", &[TOLD]),
    open(
        Kind::PersonReport,
        "A report on one person's use",
        &[REPORT],
        &[
            Rule::InOrder("from", "until"),
            Rule::Authority,
            Rule::NotSelf("subject"),
            Rule::NotAuthority("subject"),
        ],
    ),
    either(Kind::BreakGlass, Act::Open, "A sealed code", &[BREAK_GLASS]),
    close(Kind::BreakGlass, "The use of a sealed code was reviewed", &[&[OUTCOME]], &[]),
];
