//! The table of forms, by subject, and the words that it is written in.

mod cases;
mod checks;
mod ends;
mod hand;
mod looking;
mod machine;
mod matters;
mod people;

use super::{Cond, Field, Form, Maker, Need, Rule, Side, Sort, Source, Words};
use crate::config::roles::Deed;
use crate::logbook::entry::Act;
use crate::logbook::kind::Kind;

pub(super) const ALL: &[&[Form]] = &[
    looking::FORMS,
    cases::FORMS,
    ends::FORMS,
    hand::FORMS,
    matters::FORMS,
    people::FORMS,
    checks::FORMS,
    machine::FORMS,
];

/// A question that has to be answered, until one of the functions below says otherwise.
pub(super) const fn field(
    name: &'static str,
    title: &'static str,
    sort: Sort,
    row: &'static str,
) -> Field {
    Field { name, title, sort, need: Need::Always, row, hint: "" }
}

pub(super) const fn line(name: &'static str, title: &'static str, row: &'static str) -> Field {
    field(name, title, Sort::Line, row)
}

const fn text(name: &'static str, title: &'static str, row: &'static str) -> Field {
    field(name, title, Sort::Text, row)
}

const fn yes_no(name: &'static str, title: &'static str, row: &'static str) -> Field {
    field(name, title, Sort::YesNo, row)
}

const fn day(name: &'static str, title: &'static str, side: Side, row: &'static str) -> Field {
    field(name, title, Sort::Day(side), row)
}

const fn moment(name: &'static str, title: &'static str, side: Side, row: &'static str) -> Field {
    field(name, title, Sort::Moment(side), row)
}

const fn pick(
    name: &'static str,
    title: &'static str,
    words: &'static [(&'static str, &'static str)],
    row: &'static str,
) -> Field {
    field(name, title, Sort::Choice(Words::These(words)), row)
}

/// One word of the file.
const fn of(name: &'static str, title: &'static str, from: Source, row: &'static str) -> Field {
    field(name, title, Sort::Choice(Words::From(from)), row)
}

/// Several words of the file.
const fn some_of(
    name: &'static str,
    title: &'static str,
    from: Source,
    row: &'static str,
) -> Field {
    field(name, title, Sort::Several(Words::From(from)), row)
}

const fn list(name: &'static str, title: &'static str, row: &'static str) -> Field {
    field(name, title, Sort::List, row)
}

const fn entry(
    name: &'static str,
    title: &'static str,
    kinds: &'static [Kind],
    row: &'static str,
) -> Field {
    field(name, title, Sort::Entry(kinds), row)
}

const fn count(name: &'static str, title: &'static str, row: &'static str) -> Field {
    let sort = Sort::Number { min: 0, max: i64::MAX, unit: "" };
    field(name, title, sort, row)
}

impl Field {
    pub(super) const fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }

    /// It may be left empty.
    pub(super) const fn may(self) -> Field {
        Field { need: Need::May, ..self }
    }

    /// Has to be filled in while this holds, and is not asked for otherwise.
    const fn when(self, cond: Cond) -> Field {
        Field { need: Need::If(cond), ..self }
    }

    /// Is asked for while this holds, and may be left empty.
    const fn may_when(self, cond: Cond) -> Field {
        Field { need: Need::MayIf(cond), ..self }
    }

    /// Belongs to these steps of a note.
    const fn at(self, steps: &'static [&'static str]) -> Field {
        self.when(Cond::Is("step", steps))
    }

    /// Belongs to these steps of a note, and may be left empty.
    const fn may_at(self, steps: &'static [&'static str]) -> Field {
        self.may_when(Cond::Is("step", steps))
    }
}

type Groups = &'static [&'static [Field]];

const fn open(kind: Kind, title: &'static str, groups: Groups, rules: &'static [Rule]) -> Form {
    Form { kind, act: Act::Open, title, maker: Maker::Person, groups, rules }
}

const fn note(kind: Kind, title: &'static str, groups: Groups, rules: &'static [Rule]) -> Form {
    Form { kind, act: Act::Note, title, maker: Maker::Person, groups, rules }
}

const fn close(kind: Kind, title: &'static str, groups: Groups, rules: &'static [Rule]) -> Form {
    Form { kind, act: Act::Close, title, maker: Maker::Person, groups, rules }
}

const fn machine(kind: Kind, act: Act, title: &'static str, groups: Groups) -> Form {
    Form { kind, act, title, maker: Maker::Machine, groups, rules: &[] }
}

const fn either(kind: Kind, act: Act, title: &'static str, groups: Groups) -> Form {
    Form { kind, act, title, maker: Maker::Either, groups, rules: &[] }
}

// Groups that several forms share.

const NO_NAMES: &str = "give references, not pupils' names";

/// Purpose, its own question, and the reason in words (S0.2, S0.10, S4.11).
const PURPOSE: &[Field] = &[
    of("purpose", "Purpose", Source::Purposes, "S0.2")
        .hint("one of the purposes of the code of practice; there are no others"),
    line("answer", "Answer to the purpose's question", "S0.10").when(Cond::PurposeAsks),
    line("reason", "Reason", "S4.11").hint("why now, in a few words; references, not names"),
];

const CAMERAS: &[Field] = &[some_of("cameras", "Cameras", Source::Cameras, "")];

const WINDOW: &[Field] =
    &[moment("from", "From", Side::Past, "R1.13"), moment("until", "Until", Side::Past, "R1.13")];

const IN_WINDOW: Rule = Rule::InOrder("from", "until");

const FORMS_OF_WORD: &[(&str, &str)] = &crate::logbook::answer::AUTHORITY_FORMS;

const WORD: Field = pick("authority-form", "How it was given", FORMS_OF_WORD, "S4.12");
const PAPER: Field = line("authority-reference", "Reference of the paper or permission", "S4.12")
    .when(Cond::Is("authority-form", &["written", "permission"]));

/// On whose word pictures are disclosed.
const DISCLOSED_BY: &[Field] = &[
    of("authority-by", "Authorised by", Source::Holders(Deed::AuthoriseDisclosure), "S4.12"),
    WORD,
    PAPER,
];

/// On whose word somebody is let in (S4.15).
const ADMITTED_BY: &[Field] = &[
    of("authority-by", "Admitted by", Source::Holders(Deed::AuthoriseAdmission), "S4.15"),
    WORD,
    PAPER,
];

/// A record was read: what the mark "unread" goes by (S1.64).
const SEEN: Field = yes_no("seen", "Only to say that it was read", "S1.64").may();

/// Which step a note is.
const fn step(words: &'static [(&'static str, &'static str)], row: &'static str) -> Field {
    pick("step", "What is this about", words, row).when(Cond::Not(&Cond::Yes("seen")))
}

/// What a note says in words.
const REMARK: Field = text("remark", "Remark", "").may().hint(NO_NAMES);

/// Everything that is said when a record ends.
const OUTCOME: Field = text("outcome", "Outcome", "S4.84").hint("what came of it, in a few words");

/// What becomes of a copy inside the school (S4.87).
const KEEPER: &[Field] = &[
    of("keeper", "Who keeps the copy", Source::Persons, "S4.87"),
    day("destroy-by", "To be destroyed or looked at again by", Side::Ahead, "S4.87"),
];

/// A plain note to a record.
const NOTE: &[Field] = &[SEEN, text("remark", "Remark", "").when(Cond::Not(&Cond::Yes("seen")))];

const NOT_STAFF: Cond = Cond::Not(&Cond::Is("viewer", &["staff"]));
