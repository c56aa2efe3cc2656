//! A filled form as the request that it stands for.

use super::{Field, Form, Input, Task, sheets};
use crate::base::name::CameraId;
use crate::base::time::{Utc, Zone};
use crate::console::cases::leave;
use crate::logbook::{Account, Act, Body, Kind, Number, Value, Who};
use crate::wire::people::{Founder, LogIn, Second};
use crate::wire::room::Flaw;
use crate::wire::{Ending, Request, Sent};

pub(in crate::console) fn flaw(field: &str, sentence: impl Into<String>) -> Flaw {
    Flaw {
        field: field.into(),
        missing: false,
        blocks: true,
        sentence: sentence.into(),
        remedy: String::new(),
    }
}

/// Who fills it in, where and when.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub person: Option<(&'a str, Account)>,
    pub zone: &'a Zone,
    pub now: Utc,
}

impl Form {
    /// # Errors
    /// What keeps it from being sent, each at its field.
    pub fn request(&self, desk: Desk<'_>) -> Result<Request, Vec<Flaw>> {
        let empty = self.fields.iter().filter(|f| f.asked && f.needed && f.input.is_empty());
        let mut flaws: Vec<Flaw> = match self.is_entry() {
            // The supervisor says it better.
            true => Vec::new(),
            false => empty.map(|f| flaw(&f.name, "This is needed.")).collect(),
        };
        let asked = self.fields.iter().filter(|f| f.asked);
        flaws.extend(asked.filter_map(|f| {
            let fault = f.value(desk.zone, desk.now).err()?;
            Some(flaw(&f.name, fault))
        }));
        if flaws.is_empty() { self.built(desk).map_err(|f| vec![f]) } else { Err(flaws) }
    }

    fn built(&self, desk: Desk<'_>) -> Result<Request, Flaw> {
        let text = |name: &str| self.field(name).map(|f| f.text().to_string());
        let said = |name: &str| text(name).unwrap_or_default();
        let sent = |name: &str| self.field(name).map(Field::sent).unwrap_or_default();
        Ok(match &self.task {
            Task::LogIn => Request::LogIn(LogIn {
                person: said(sheets::PERSON),
                account: match self.field(sheets::REASON) {
                    Some(_) => Account::Admin,
                    None => Account::Own,
                },
                passphrase: sent(sheets::PASSPHRASE),
                code: self.field(sheets::DIGITS).map(Field::sent),
                reason: text(sheets::REASON),
                script: false,
            }),
            Task::Unlock => Request::Unlock { passphrase: sent(sheets::PASSPHRASE) },
            Task::BreakGlass => {
                Request::BreakGlass { code: sent(sheets::CODE), reason: said(sheets::REASON) }
            }
            Task::Enrol => Request::Enrol {
                person: said(sheets::PERSON),
                account: self.account(),
                code: sent(sheets::CODE),
                passphrase: self.twice(sheets::PASSPHRASE, sheets::AGAIN)?,
            },
            Task::Found => Request::Found { people: vec![self.founder(0)?, self.founder(1)?] },
            Task::Code => {
                Request::EnrolCode { person: said(sheets::PERSON), account: self.account() }
            }
            Task::DropFactor => Request::FactorDrop {
                person: said(sheets::PERSON),
                account: self.account(),
                reason: said(sheets::REASON),
            },
            Task::Factor => Request::Factor { digits: Some(sent(sheets::DIGITS)) },
            Task::Enter { kind, act, about } => self.entry(desk, *kind, *act, *about)?,
            Task::Hold => self.hold(desk)?,
            Task::EndHold { id } => {
                self.confirmed(id)?;
                Request::HoldEnd { id: id.clone() }
            }
            Task::Export { case, stills } => {
                Request::Export(Box::new(self.leaving(desk, *case, stills)?))
            }
            Task::StopExport { number } => {
                self.confirmed(leave::STOP)?;
                Request::ExportStop { number: *number }
            }
            Task::Approve { digest } => {
                let short: String = digest.chars().take(8).collect();
                self.confirmed(&short)?;
                Request::Approve { digest: digest.clone() }
            }
            _ => self.built_for_machine(desk)?,
        })
    }

    /// What is asked about the machine, the file and pictures.
    fn built_for_machine(&self, desk: Desk<'_>) -> Result<Request, Flaw> {
        let said = |name: &str| self.field(name).map(|f| f.text().to_string()).unwrap_or_default();
        let key = || self.field(sheets::CODE).map(Field::sent).unwrap_or_default();
        Ok(match &self.task {
            Task::Print { word, of } => self.print(word, of.as_deref())?,
            Task::Reference { camera } => Request::ReferenceTake {
                camera: camera.clone(),
                good: self.field("good").and_then(Field::word) == Some("yes"),
                verdict: said("verdict"),
            },
            Task::Password => Request::SecretSet {
                name: said("name"),
                password: self.twice(sheets::PASSPHRASE, sheets::AGAIN)?,
            },
            Task::RemovePassword { name } => {
                self.confirmed(name)?;
                Request::SecretRemove { name: name.clone() }
            }
            Task::End(how) => {
                if *how == Ending::PowerOff {
                    self.confirmed(sheets::SWITCH_OFF)?;
                }
                Request::Stop { how: *how, reason: said(sheets::REASON) }
            }
            Task::Refuse { digest } => {
                Request::RefuseFile { digest: digest.clone(), why: said(sheets::REASON) }
            }
            // Made into an edit by its screen.
            Task::Guided(_) => return Err(flaw("", "This form makes an edit of the file.")),
            Task::Look(wish) => Request::View(self.view(desk, *wish)),
            Task::PutAway { number, .. } => Request::ViewEnd(self.end(desk, *number)),
            Task::PutKey => {
                let school = Some(said(sheets::SCHOOL)).filter(|school| !school.trim().is_empty());
                Request::RecoveryPut { key: key(), school }
            }
            Task::TryKey => Request::RecoveryCheck { key: key() },
            Task::OpenDisk { name } => Request::FootageUnlock { name: name.clone(), key: key() },
            Task::OnPaper { places } => {
                let typed = |place| Sent::new(said(&format!("group-{place}")));
                Request::RecoveryConfirm { groups: places.iter().map(typed).collect() }
            }
            Task::Update { stick, version } => Request::UpdateBegin {
                stick: stick.clone(),
                version: version.clone(),
                reason: said(sheets::REASON),
            },
            Task::Install { name, typed } => {
                self.confirmed(typed)?;
                Request::Install { name: name.clone(), typed: typed.clone() }
            }
            Task::Reboot => Request::Reboot { reason: said(sheets::REASON) },
            Task::SetClock => Request::SetClock {
                to: self.moment(desk, sheets::TO)?,
                reason: said(sheets::REASON),
            },
            Task::MakeDisk { name, typed } => {
                self.confirmed(typed)?;
                Request::FootageMake { name: name.clone(), typed: typed.clone() }
            }
            // Nobody is asked: see `filling`.
            Task::Time => Request::WhoAmI,
            // Asked by its screen, which knows the page.
            Task::Find(find) => Request::Logbook((**find).clone()),
            _ => return Err(flaw("", "This form belongs to another screen.")),
        })
    }

    fn account(&self) -> Account {
        match self.field("account").and_then(Field::word) {
            Some("admin") => Account::Admin,
            _ => Account::Own,
        }
    }

    /// Nobody sees a slip of the finger: a new passphrase is typed twice.
    fn twice(&self, first: &str, again: &str) -> Result<Sent, Flaw> {
        let sent = |name: &str| self.field(name).map(Field::sent).unwrap_or_default();
        match sent(first) == sent(again) {
            true => Ok(sent(first)),
            false => Err(flaw(again, "The two are not the same. Type them again.")),
        }
    }

    fn founder(&self, n: usize) -> Result<Founder, Flaw> {
        let name = |what: &str| format!("{what}-{n}");
        let person = self.field(&name(sheets::PERSON)).map(|f| f.text().to_string());
        let passphrase = self.twice(&name(sheets::PASSPHRASE), &name(sheets::AGAIN))?;
        let admin = (
            format!("{}-admin", name(sheets::PASSPHRASE)),
            format!("{}-admin", name(sheets::AGAIN)),
        );
        let admin = Some(self.twice(&admin.0, &admin.1)?).filter(|sent| !sent.0.is_empty());
        Ok(Founder { person: person.unwrap_or_default(), passphrase, admin_passphrase: admin })
    }

    fn confirmed(&self, words: &str) -> Result<(), Flaw> {
        let typed = self.field("words").map(|f| f.text().to_string()).unwrap_or_default();
        match typed == words {
            true => Ok(()),
            false => Err(flaw("words", format!("Type {words}, or leave with Esc."))),
        }
    }

    fn moment(&self, desk: Desk<'_>, name: &str) -> Result<Utc, Flaw> {
        let value = self.field(name).and_then(|f| f.value(desk.zone, desk.now).ok().flatten());
        let text = value.map(|v| v.in_words()).unwrap_or_default();
        text.parse().map_err(|_| flaw(name, "This is no time."))
    }

    fn hold(&self, desk: Desk<'_>) -> Result<Request, Flaw> {
        let value = |name: &str| {
            let field = self.field(name);
            field.and_then(|f| f.value(desk.zone, desk.now).ok().flatten())
        };
        let cameras = match value("cameras") {
            Some(Value::List(list)) => {
                list.iter().filter_map(|id| CameraId::new(id).ok()).collect()
            }
            _ => Vec::new(),
        };
        let text = |name: &str| self.field(name).map(|f| f.text().to_string()).unwrap_or_default();
        let review_days = match value("review") {
            Some(Value::Number(n)) => match u32::try_from(n) {
                Ok(days) if days > 0 => Some(days),
                _ => return Err(flaw("review", "Give a number of days.")),
            },
            _ => None,
        };
        let (start, end) = (self.moment(desk, "from")?, self.moment(desk, "until")?);
        if end <= start {
            return Err(flaw("until", "That is before it begins."));
        }
        let (reference, reason) = (text("reference"), text(sheets::REASON));
        Ok(Request::HoldAdd {
            cameras,
            start,
            end,
            reference,
            reason,
            review_days,
            class: None,
            case: None,
        })
    }

    /// What has been filled in so far, as an entry's body. Answers that cannot be read are left
    /// out.
    pub fn body(&self, desk: Desk<'_>) -> Body {
        let (person, account) = desk.person.unwrap_or(("owner", Account::Owner));
        let who = Who::alone(person, account);
        let mut body = Body { who: Some(who), ..Body::default() };
        for field in self.fields.iter().filter(|f| f.asked && !f.own) {
            if let Ok(Some(value)) = field.value(desk.zone, desk.now) {
                // Refused are only values of a sort that the field's input cannot give.
                let _ = body.put(&field.name, value);
            }
        }
        if let Some(second) = self.field(sheets::SECOND_PERSON).filter(|f| !f.input.is_empty())
            && let Some(who) = &mut body.who
        {
            who.second = Some(second.text().into());
        }
        body
    }

    fn entry(
        &self,
        desk: Desk<'_>,
        kind: Kind,
        act: Act,
        about: Option<Number>,
    ) -> Result<Request, Flaw> {
        let body = Box::new(self.body(desk));
        let person = body.who.as_ref().and_then(|w| w.second.clone());
        let phrase = self.field(sheets::SECOND_PHRASE).filter(|f| f.asked);
        let second = match (person, phrase) {
            (Some(_), Some(field)) if field.input.is_empty() => {
                return Err(flaw(&field.name, "They have to type it themselves."));
            }
            (Some(person), Some(field)) => {
                Some(Second { person, passphrase: field.sent(), code: self.second_digits() })
            }
            _ => None,
        };
        Ok(Request::Enter { kind, act, about, body, second })
    }

    /// The second person of what takes two and is no entry.
    pub fn beside(&self) -> Option<Second> {
        let person = self.field(sheets::SECOND_PERSON).filter(|f| !f.input.is_empty())?;
        let phrase = self.field(sheets::SECOND_PHRASE)?;
        let (person, passphrase) = (person.text().to_string(), phrase.sent());
        let own = !matches!(self.task, Task::Enter { .. });
        own.then(|| Second { person, passphrase, code: self.second_digits() })
    }

    fn second_digits(&self) -> Option<Sent> {
        let digits = self.field(sheets::SECOND_DIGITS).filter(|f| !f.input.is_empty());
        digits.map(Field::sent)
    }

    /// The question how the form stands; `None`: it is none of the supervisor's forms.
    pub fn judge(&self, desk: Desk<'_>) -> Option<Request> {
        let (kind, act, about) = match self.task {
            Task::Enter { kind, act, about } => (kind, act, about),
            Task::Look(wish) => (wish.kind(), Act::Open, None),
            Task::PutAway { kind, number } => (kind, Act::Close, Some(number)),
            _ => return None,
        };
        Some(Request::Judge { kind, act, about, body: Box::new(self.body(desk)) })
    }

    /// The filter as it is filled in now.
    ///
    /// # Errors
    /// A time that cannot be read.
    pub fn find(&self, desk: Desk<'_>) -> Result<crate::wire::book::Find, Vec<Flaw>> {
        let Task::Find(before) = &self.task else { return Ok(Default::default()) };
        let mut find = (**before).clone();
        let mut flaws = Vec::new();
        let mut moment = |name: &str, edge| -> Option<Utc> {
            let text = self.field(name).map(Field::text).unwrap_or_default();
            if text.is_empty() {
                return None;
            }
            let read = crate::console::moment::parse(text, edge, desk.zone, desk.now);
            read.map_err(|why| flaws.push(flaw(name, why))).ok()
        };
        find.from = moment("from", crate::console::moment::Edge::From);
        find.to = moment("to", crate::console::moment::Edge::To);
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let text = |name: &str| {
            let text = self.field(name).map(Field::text).unwrap_or_default();
            (!text.is_empty()).then(|| text.to_string())
        };
        find.person = text(sheets::PERSON);
        find.text = text("text");
        find.kind = self.field("kind").and_then(Field::word).and_then(Kind::named);
        find.before = None;
        Ok(find)
    }

    /// Secrets that were typed are wiped; the rest stays.
    pub fn forget_secrets(&mut self) {
        for field in &mut self.fields {
            if matches!(field.input, Input::Hidden(_)) {
                field.input = Input::hidden();
            }
        }
    }
}
