//! Entries made by hand: the form, the right, the entry (S0.3, S1.42, S4.14).

use super::super::Supervisor;
use super::call::{Around, Caller};
use super::wishes;
use crate::access::{Asking, Entered};
use crate::base::digest::Digest;
use crate::config::duties::DutyKind;
use crate::config::registers::Register;
use crate::config::value::Word;
use crate::logbook::fields as f;
use crate::logbook::form::{self, Form, Ill, Maker, Objection, Scene, Sort};
use crate::logbook::registers::{Clocks, Record};
use crate::logbook::{self, Act, Body, Draft, Kind, Number, Value};
use crate::wire::Reply;
use crate::wire::book::{Choice, FormField, FormSheet, FormSort, FormTitle};

const RECOVERY_CHECK: &str = DutyKind::RecoveryCheck.as_str();

const TYPE_THE_KEY: &str = "This duty is done by typing the key from its paper, which is compared \
                            with every copy: screen Box, h, or `beadle recovery check`. The entry \
                            makes itself.";

impl Supervisor {
    /// What can be entered by hand, in one register or in all.
    pub(super) fn forms(&self, register: Option<&str>) -> Result<Reply, String> {
        let wanted = register.map(register_named).transpose()?;
        let by_hand = |f: &&'static Form| wishes::otherwise(f.kind, f.act).is_none();
        let here = |f: &&'static Form| wanted.is_none() || f.kind.register() == wanted;
        let forms = form::all().filter(by_hand).filter(here);
        let forms = forms.map(|f| FormTitle { kind: f.kind, act: f.act, title: f.title.into() });
        Ok(Reply::Forms { forms: forms.collect() })
    }

    /// The fields of a form, with choices from the file in force.
    pub(super) fn form(&mut self, caller: &Caller, kind: Kind, act: Act) -> Result<Reply, String> {
        let form = form_of(kind, act)?;
        self.may_begin(caller, form)?;
        let fields = form.fields().filter(|field| !machines_own(kind, field.name));
        let fields = fields.map(|field| self.field(field)).collect();
        Ok(Reply::Form(FormSheet { kind, act, title: form.title.into(), fields }))
    }

    /// Nobody fills in what they could not send whatever they wrote: that is told, and entered,
    /// before the first field.
    fn may_begin(&mut self, caller: &Caller, form: &Form) -> Result<(), String> {
        if caller.number.is_none() || self.logbook_is_read().is_err() {
            return Ok(()); // what they send is judged in any case
        }
        let mut refused = None;
        for wish in wishes::of_form(form.kind, form.act) {
            let mut asking = Asking::to(wish);
            asking.reason = Some(form.title.to_string());
            match self.decided(caller, &asking, &Around::default()) {
                Err(denied) if denied.why().is_about_who_asks() => {
                    refused = refused.or(Some(denied));
                }
                _ => return Ok(()),
            }
        }
        let Some(denied) = refused else { return Ok(()) };
        self.note(denied.draft().clone());
        Err(denied.to_string())
    }

    fn field(&self, field: &form::Field) -> FormField {
        let words = |words| {
            let all = form::choices(words, &self.file.config).into_iter();
            all.map(|c| Choice { word: c.word, title: c.title }).collect()
        };
        let (sort, choices) = match field.sort {
            Sort::Line | Sort::Clock | Sort::Digest => (FormSort::Line, Vec::new()),
            Sort::Text => (FormSort::Text, Vec::new()),
            Sort::Choice(from) => (FormSort::Choice, words(from)),
            Sort::Several(from) => (FormSort::List, words(from)),
            Sort::YesNo | Sort::Confirmed => (FormSort::YesNo, Vec::new()),
            Sort::Day(_) => (FormSort::Day, Vec::new()),
            Sort::Moment(_) => (FormSort::Moment, Vec::new()),
            Sort::Number { .. } | Sort::Entry(_) => (FormSort::Number, Vec::new()),
            Sort::List | Sort::Dated => (FormSort::List, Vec::new()),
        };
        FormField {
            name: field.name.into(),
            title: field.title.into(),
            sort,
            choices,
            required: matches!(field.need, form::Need::Always),
            hint: (!field.hint.is_empty()).then(|| field.hint.into()),
            row: field.row.into(),
        }
    }

    /// The form is judged first, then the right; the entry is durable when this returns.
    pub(super) fn enter_by_hand(
        &mut self,
        caller: &Caller,
        kind: Kind,
        act: Act,
        about: Option<Number>,
        mut body: Body,
    ) -> Result<Reply, String> {
        self.logbook_is_read()?;
        body.who = Some(logbook::Who {
            second: caller.second.as_ref().map(|s| s.person.to_string()),
            ..caller.who()
        });
        body.station = caller.station.as_ref().map(ToString::to_string);
        let record = about.map(|about| self.record_of(about)).transpose()?;
        if let Some(how) = wishes::otherwise(kind, act) {
            return Err(format!("An entry of kind {kind} is not made by hand in this way: {how}."));
        }
        if kind == Kind::DutyDone && act == Act::Open && body.text(f::DUTY) == Some(RECOVERY_CHECK)
        {
            return Err(TYPE_THE_KEY.into());
        }
        let form = match (act, &record) {
            (Act::Correct, Some(record)) => {
                let put_right = record.parts.iter().find(|p| Some(p.number) == about);
                let was = put_right.map_or(Act::Open, |p| p.act);
                form_of(kind, was)?
            }
            _ => form_of(kind, act)?,
        };
        if (kind, act) == (Kind::RandomCheck, Act::Open) {
            self.fill_in_pick(&mut body)?;
        }
        match (kind, act) {
            (Kind::Hold, Act::Open) => self.number_hold(&mut body)?,
            (Kind::Hold, Act::Close) => self.count_what_goes(about, &mut body)?,
            _ => {}
        }
        self.fill_in_declaration(form, &mut body);
        let mut draft = self.draft(kind, act, about, body);
        let mut notes = self.fits_form(form, &draft)?;
        self.compare_seal(&mut draft)?;
        self.case_may_end(&draft)?;
        self.drive_may_leave(&draft)?;
        let (_, now) = self.now();
        notes.extend(self.hold_at_intake(caller, &mut draft)?);
        let asking = wishes::asking(&draft, now)?;
        let entered = self.allowed(caller, &asking)?;
        let number = entered.number().ok_or("It was not entered.")?;
        self.follow_up(&draft, entered)?;
        Ok(Reply::Entered { number, notes })
    }

    /// Which text was shown nobody types: who accepted it accepted the one of the file (S4.14).
    fn fill_in_declaration(&self, form: &Form, body: &mut Body) {
        let shown = self.file.config.viewing.declaration.as_ref();
        let accepted = body.fields.get(f::DECLARED) == Some(&Value::Yes(true));
        if let Some(shown) = shown.filter(|_| accepted && form.field(f::DECLARATION).is_some()) {
            let digest = Digest::of(shown.value.as_bytes()).to_string();
            body.fields.insert(f::DECLARATION.into(), Value::Text(digest));
        }
    }

    /// Is the form filled in as it has to be? With what is unusual about it.
    ///
    /// # Errors
    /// All that is missing or wrong, a line each.
    pub(super) fn fits_form(&self, form: &Form, draft: &Draft) -> Result<Vec<String>, String> {
        let record = draft.about.map(|about| self.record_of(about)).transpose()?;
        let (_, now) = self.now();
        let config = self.file.config.clone();
        let scene = Scene { config: &config, now, record: record.as_ref(), corrects: false };
        let found = form::check(form, draft, &scene);
        if found.iter().any(Objection::blocks) {
            return Err(sentences(&found, form));
        }
        let doubts = found.iter().filter(|o| o.ill == Ill::Doubt);
        Ok(doubts.map(|o| format!("{}: {}", o.sentence, o.remedy)).collect())
    }

    /// What an entry made by hand brings about.
    fn follow_up(&mut self, draft: &Draft, entered: Entered) -> Result<(), String> {
        match (draft.kind, draft.act) {
            (Kind::Hold, act) => self.hold_by_hand(act, draft, entered),
            (Kind::RandomCheck, Act::Open) => {
                self.office.picked = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The record that an entry belongs to, folded.
    pub(super) fn record_of(&self, number: Number) -> Result<Record, String> {
        let office = &self.office;
        let ledger = office.ledger.as_ref().map_err(|why| why.clone())?;
        let first = office.index.record_of(number).map_err(|fault| fault.text)?;
        let first = first.ok_or_else(|| format!("There is no entry {number}."))?;
        let numbers = office.index.numbers_in(first).map_err(|fault| fault.text)?;
        let mut entries = Vec::with_capacity(numbers.len());
        for number in numbers {
            entries.push(ledger.entry(number).map_err(|fault| fault.text)?);
        }
        let clocks = Clocks::of(&self.file.config);
        let record = logbook::registers::fold(&entries, &clocks);
        record.ok_or_else(|| format!("There is no entry {number}."))
    }
}

/// Fields of a form that people and machine share, which only the machine fills in: the closed day
/// on which it checked itself (K14).
pub(super) fn machines_own(kind: Kind, field: &str) -> bool {
    (kind, field) == (Kind::DailyCheck, f::DAY)
}

pub(super) fn form_of(kind: Kind, act: Act) -> Result<&'static Form, String> {
    let form = form::form(kind, act).filter(|f| f.maker != Maker::Machine);
    form.ok_or_else(|| format!("An entry of kind {kind} is not made by hand in this way."))
}

pub(super) fn register_named(word: &str) -> Result<Register, String> {
    let found = Register::WORDS.iter().find(|(known, _)| *known == word);
    found.map(|(_, register)| *register).ok_or_else(|| {
        let near = crate::config::near::nearest(word, Register::WORDS.iter().map(|(w, _)| *w));
        let hint = near.map(|w| format!(" Did you mean \"{w}\"?")).unwrap_or_default();
        format!("There is no register \"{word}\".{hint}")
    })
}

/// All that is wrong, a line each.
fn sentences(found: &[Objection], form: &Form) -> String {
    let line = |o: &Objection| {
        let title = form.field(&o.field).map_or(o.field.as_str(), |f| f.title);
        let place = if title.is_empty() { String::new() } else { format!("{title}: ") };
        format!("- {place}{} ({})", o.sentence, o.remedy)
    };
    let lines: Vec<String> = found.iter().filter(|o| o.blocks()).map(line).collect();
    format!("Nothing was entered:\n{}", lines.join("\n"))
}
