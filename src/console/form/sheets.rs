//! The console's own forms: log-in and what belongs to it, holds, filters. Entries have theirs from
//! the supervisor.

use super::{Field, Form, Input, Sort, Task};
use crate::base::name::CameraId;
use crate::base::time::{Utc, Zone};
use crate::console::ask::Wanted;
use crate::console::door::Door;
use crate::console::state::State;
use crate::logbook::form::{CORRECTION, WITHDRAWN};
use crate::logbook::{Account, Act, Kind, Value};
use crate::wire::Ending;
use crate::wire::book::{Choice, Find, FormSheet};
use crate::wire::room::{Flaw, PasswordWanted};

pub const PERSON: &str = "person";
pub const PASSPHRASE: &str = "passphrase";
pub const AGAIN: &str = "again";
pub const DIGITS: &str = "digits";
pub const CODE: &str = "code";
pub const REASON: &str = "reason";
/// Of a disk that is another school's.
pub const SCHOOL: &str = "school";
pub const TO: &str = "to";
pub const SECOND_PERSON: &str = "second-person";
pub const SECOND_PHRASE: &str = "second-passphrase";
pub const SECOND_DIGITS: &str = "second-digits";

pub fn choice(word: &str, title: &str) -> Choice {
    Choice { word: word.into(), title: title.into() }
}

pub fn log_in(state: &State) -> Form {
    let fields = vec![
        Field::new(PERSON, "Who you are", Sort::Line).hint("your short name in the file"),
        Field::secret(PASSPHRASE, "Passphrase"),
    ];
    let mut form = Form::new(Task::LogIn, "Log in", fields);
    if let Some(room) = &state.room {
        form.intro = vec![room.banner.clone()];
    }
    form
}

pub fn unlock(state: &State) -> Form {
    let title = match &state.door {
        Door::Locked { inside, .. } => format!("Locked by {}", inside.who.title),
        _ => "Locked".into(),
    };
    let field = Field::secret(PASSPHRASE, "Passphrase");
    let mut form = Form::new(Task::Unlock, &title, vec![field]);
    form.intro = vec!["Somebody else? Ctrl-O ends this session, and you log in.".into()];
    form
}

/// The admin account, and why it is needed (S4.53); once more, and it is the everyday one again.
pub fn turn_admin(form: &mut Form) {
    if form.task != Task::LogIn {
        return;
    }
    match form.fields.iter().position(|f| f.name == REASON) {
        Some(place) => {
            form.fields.remove(place);
            form.title = "Log in".into();
        }
        None => {
            let reason = Field::new(REASON, "What it is for", Sort::Line);
            form.fields.insert(1.min(form.fields.len()), reason);
            form.title = "Log in to the admin account".into();
        }
    }
    form.focus = form.focus.min(form.fields.len() - 1);
    form.settle();
}

/// The passphrase was right; the authenticator comes next.
pub fn ask_digits(form: &mut Form) {
    form.sending = false;
    if form.field(DIGITS).is_none() {
        form.fields.push(Field::secret(DIGITS, "Six digits of your authenticator"));
    }
    form.focus = form.fields.len() - 1;
}

pub fn break_glass() -> Form {
    let fields = vec![
        Field::secret(CODE, "The code from the envelope"),
        Field::new(REASON, "Why it has to be opened", Sort::Line),
    ];
    let mut form = Form::new(Task::BreakGlass, "Open a sealed code", fields);
    form.intro = vec![
        "For the day on which nobody can log in. It works once, raises an alarm, and its use is \
         reviewed."
            .into(),
    ];
    form
}

pub fn enrol() -> Form {
    let accounts = vec![choice("own", "your own"), choice("admin", "the admin account")];
    let mut account = Field::pick("account", "For which account", accounts);
    account.input = Input::Pick(Some(0));
    let fields = vec![
        Field::new(PERSON, "Who you are", Sort::Line).hint("your short name in the file"),
        Field::secret(CODE, "The one-time code you were given"),
        account,
        Field::secret(PASSPHRASE, "A new passphrase"),
        Field::secret(AGAIN, "The same again"),
    ];
    Form::new(Task::Enrol, "Choose your passphrase", fields)
}

/// Both of the first two sit here: each types alone.
pub fn found(_state: &State) -> Form {
    let mut fields = Vec::new();
    for (n, who) in ["first", "second"].iter().enumerate() {
        let name = |what: &str| format!("{what}-{n}");
        let mut add = |field: Field| fields.push(field);
        add(Field::new(&name(PERSON), &format!("The {who} person"), Sort::Line)
            .hint("the short name in the file"));
        add(Field::secret(&name(PASSPHRASE), "Their passphrase"));
        add(Field::secret(&name(AGAIN), "The same again"));
        let admin = format!("{}-admin", name(PASSPHRASE));
        add(Field::secret(&admin, "For their admin account")
            .may()
            .hint("another passphrase, where the file gives them one"));
        add(Field::secret(&format!("{}-admin", name(AGAIN)), "The same again").may());
    }
    let mut form = Form::new(Task::Found, "The first two people of this box", fields);
    form.intro = vec![
        "Two people of the file begin together; nobody looks on while the other types. Sealed \
         codes are shown once afterwards: have paper and two envelopes ready."
            .into(),
    ];
    form
}

pub fn code_for(person: &str, account: Account) -> Form {
    let accounts = vec![choice("own", "their own"), choice("admin", "the admin account")];
    let mut which = Field::pick("account", "For which account", accounts);
    which.input = Input::Pick(Some(usize::from(account == Account::Admin)));
    let mut who = Field::new(PERSON, "For whom", Sort::Line);
    who.input = Input::line(person);
    Form::new(Task::Code, "A one-time code to enrol with", vec![who, which])
}

/// A telephone was lost (R1.26).
pub fn drop_factor(person: &str, account: Account) -> Form {
    let mut form = code_for(person, account);
    form.title = "Take a lost authenticator away".into();
    form.task = Task::DropFactor;
    form.fields.push(Field::new(REASON, "Why", Sort::Line).hint("lost, broken, in other hands"));
    form.intro = vec![
        "They log in without it from then on, and enrol a new one. It is entered, and they are \
         told."
            .into(),
    ];
    form.to_first_empty();
    form
}

pub fn digits() -> Field {
    Field::secret(DIGITS, "The six digits that it shows now")
}

/// A hold on the footage of a case; what is known is filled in.
pub fn hold(
    state: &State,
    cameras: &[String],
    window: Option<(Utc, Utc)>,
    reference: &str,
) -> Form {
    let zone = state.zone();
    let all: Vec<Choice> =
        state.cameras().iter().map(|c| choice(c.id.as_str(), &c.title)).collect();
    let mut which = Field { choices: all, ..Field::new("cameras", "Cameras", Sort::Several) };
    which.fill(&Value::List(cameras.to_vec()), &zone);
    let mut from = Field::new("from", "From", Sort::Moment);
    let mut until = Field::new("until", "Until", Sort::Moment);
    if let Some((start, end)) = window {
        from.fill(&Value::Text(start.to_string()), &zone);
        until.fill(&Value::Text(end.to_string()), &zone);
    }
    let mut paper = Field::new("reference", "Reference", Sort::Line)
        .hint("case, crime or request number; no names");
    paper.input = Input::line(reference);
    let fields = vec![
        which,
        from,
        until,
        paper,
        Field::new(REASON, "Why it is held", Sort::Line),
        Field::new("review", "Days until somebody looks at it again", Sort::Number)
            .may()
            .hint("90 where nothing is said"),
    ];
    let mut form = Form::new(Task::Hold, "Hold footage", fields);
    form.to_first_empty();
    form
}

/// The clock of a box that no time server reaches.
pub fn set_clock(now: Utc, zone: &Zone) -> Form {
    let mut to = Field::new(TO, "The right time", Sort::Moment)
        .hint("date and minute, as the other clock shows; send it when that minute begins");
    to.input = Input::line(zone.show(now).get(..16).unwrap_or_default());
    let reason =
        Field::new(REASON, "Why, and by which clock", Sort::Line).hint("speaking clock 123, radio");
    let mut form = Form::new(Task::SetClock, "Set the clock", vec![to, reason]);
    form.intro = vec![
        "Only where no time server is. What it showed before and shows then is entered; footage \
         keeps the times that it was recorded with."
            .into(),
    ];
    form
}

/// A camera's password; the file names it and never holds it.
pub fn password(name: &str) -> Form {
    let mut which = Field::new("name", "Name", Sort::Line).hint("as the file says: secret=\"...\"");
    which.input = Input::line(name);
    let fields = vec![
        which,
        Field::secret(PASSPHRASE, "The camera's password"),
        Field::secret(AGAIN, "The same again"),
    ];
    let mut form = Form::new(Task::Password, "A camera's password", fields);
    form.to_first_empty();
    form
}

/// The same, where the box asks for it.
pub fn wanted_password(wanted: &PasswordWanted) -> Form {
    let cameras = match wanted.cameras {
        1 => "One camera waits".to_string(),
        n => format!("{n} cameras wait"),
    };
    let mut form = password(&wanted.name);
    form.intro = vec![format!(
        "The file names the password \"{}\", and no file holds it: type the one that was set in the \
         camera. {cameras} for it; the others are recorded meanwhile. Esc: later, screen Box, p.",
        wanted.name
    )];
    form
}

pub fn remove_password(name: &str) -> Form {
    let task = Task::RemovePassword { name: name.into() };
    let field = Field::new("words", &format!("Type {name} to confirm"), Sort::Line);
    let mut form = Form::new(task, &format!("Remove the password {name}"), vec![field]);
    form.intro =
        vec!["Cameras that use it cannot be reached from their next connection on.".into()];
    form
}

/// What is typed before recording ends for good.
pub const SWITCH_OFF: &str = "switch off";

/// The end of Beadle, with its reason.
pub fn end(how: Ending) -> Form {
    let mut fields = vec![Field::new(REASON, "Why", Sort::Line)];
    let (title, intro) = match how {
        Ending::Restart => (
            "Restart Beadle",
            "Every file is closed, then whatever started Beadle starts it again. Each camera loses \
             a few seconds.",
        ),
        Ending::PowerOff => {
            let title = format!("Type {SWITCH_OFF} to confirm");
            fields.push(Field::new("words", &title, Sort::Line));
            (
                "Stop recording and switch the machine off",
                "Every file is closed and Beadle ends. NOTHING IS RECORDED from then on. It has no \
                 right to switch the machine off: you press the power button.",
            )
        }
    };
    let mut form = Form::new(Task::End(how), title, fields);
    form.intro = vec![intro.into()];
    form
}

/// A person's word about what a camera shows now, which is kept with it (R4.20).
pub fn reference(camera: &CameraId, title: &str) -> Form {
    let words =
        vec![choice("yes", "good: it shows what it is there for"), choice("no", "not good")];
    let fields = vec![
        Field::pick("good", "The picture is", words),
        Field::new("verdict", "What it has to show, and does", Sort::Line)
            .hint("\"both doors, faces at the bell\"; no names"),
    ];
    let task = Task::Reference { camera: camera.clone() };
    let mut form = Form::new(task, &format!("The reference still of {title}"), fields);
    form.intro = vec![
        "What the camera shows now is kept with your name, and stands beside its picture in every \
         daily check. Taken by day, it is also what Beadle compares with: it says when the camera \
         was moved or covered."
            .into(),
    ];
    form
}

/// What cannot be undone is confirmed in words: the number of the hold is typed.
pub fn end_hold(id: &str, reference: &str) -> Form {
    let task = Task::EndHold { id: id.into() };
    let field = Field::new("words", &format!("Type {id} to confirm"), Sort::Line);
    let mut form = Form::new(task, &format!("End the hold {id}"), vec![field]);
    form.intro = vec![format!(
        "What it holds ({reference}) is deleted as soon as it is past its days. That cannot be \
         undone."
    )];
    form
}

pub fn approve(digest: &str) -> Form {
    let short: String = digest.chars().take(8).collect();
    let task = Task::Approve { digest: digest.into() };
    let field = Field::new("words", &format!("Type {short} to confirm"), Sort::Line);
    let mut form = Form::new(task, "Approve the version that waits", vec![field]);
    form.intro = vec![
        "You say with your name that this version of the file may come into force. What it changes \
         stands on the screen Site and in the register of changes."
            .into(),
    ];
    form
}

pub fn refuse(digest: &str) -> Form {
    let field = Field::new(REASON, "Why not", Sort::Line).hint("for whoever saved it");
    let task = Task::Refuse { digest: digest.into() };
    let mut form = Form::new(task, "Refuse the version that waits", vec![field]);
    form.intro =
        vec!["What is in force stays in force. The text stays on disk until it is changed.".into()];
    form
}

/// Which entries: person, kind, from when to when.
pub fn find(find: &Find, state: &State) -> Form {
    let zone = state.zone();
    let kinds = Kind::ALL.iter().map(|k| choice(k.as_str(), &crate::console::words::kind(*k)));
    let mut kind = Field::pick("kind", "Kind", kinds.collect()).may();
    if let Some(k) = find.kind {
        kind.fill(&Value::Text(k.as_str().into()), &zone);
    }
    let line = |name: &str, title: &str, sort, value: Option<String>| {
        let mut field = Field::new(name, title, sort).may();
        field.input = Input::line(&value.unwrap_or_default());
        field
    };
    let moment = |at: Option<Utc>| at.map(|at| super::field::local(&zone, at));
    let fields = vec![
        line(PERSON, "Made by", Sort::Line, find.person.clone()),
        line("from", "From", Sort::Moment, moment(find.from)),
        line("to", "Until", Sort::Moment, moment(find.to)),
        line("text", "Words in it", Sort::Line, find.text.clone()),
        kind,
    ];
    Form::new(Task::Find(Box::new(find.clone())), "Which entries", fields)
}

/// An entry's form with the supervisor's fields; a correction says besides what it puts right.
pub fn entry(sheet: FormSheet, wanted: &Wanted, state: &State) -> Form {
    let zone = state.zone();
    let mut fields: Vec<Field> = sheet.fields.into_iter().map(Field::of).collect();
    let mut title = sheet.title;
    if wanted.act == Act::Correct {
        title = format!("Put entry {} right", wanted.about.unwrap_or_default());
        for extra in [&CORRECTION, &WITHDRAWN] {
            if fields.iter().any(|f| f.name == extra.name) {
                continue;
            }
            let yes = extra.name == WITHDRAWN.name;
            let sort = if yes { Sort::YesNo } else { Sort::Line };
            let mut field = Field::new(extra.name, extra.title, sort);
            field.needed = !yes;
            field.hint = (!extra.hint.is_empty()).then(|| extra.hint.into());
            fields.push(field);
        }
    }
    for (name, value) in &wanted.fill {
        if let Some(field) = fields.iter_mut().find(|f| f.name == *name) {
            field.fill(value, &zone);
        }
    }
    let task = super::look::task(wanted.kind, wanted.act, wanted.about);
    let task =
        task.unwrap_or(Task::Enter { kind: wanted.kind, act: wanted.act, about: wanted.about });
    let mut form = Form::new(task, &title, fields);
    super::look::prepare(&mut form, state);
    form.to_first_empty();
    form
}

/// The second person has an authenticator, whose digits come after the passphrase.
pub fn add_second_digits(form: &mut Form) {
    if form.field(SECOND_DIGITS).is_none() {
        let title = "Six digits of their authenticator";
        form.fields.push(Field::secret(SECOND_DIGITS, title).own());
    }
}

/// Two more fields: somebody else signs beside the first (S1.61).
pub fn add_second(form: &mut Form) {
    let may = matches!(form.task, Task::Enter { .. }) || form.task.may_take_two();
    if !may || form.field(SECOND_PERSON).is_some() {
        return;
    }
    form.fields.retain(|f| f.name != SECOND_PHRASE && f.name != SECOND_DIGITS);
    let who = Field::new(SECOND_PERSON, "The second person", Sort::Line);
    form.fields.push(who.hint("their short name in the file").own());
    form.fields.push(Field::secret(SECOND_PHRASE, "They type their passphrase").own());
    form.focus = form.fields.len() - 2;
}

/// A refusal in lines: `- Title: sentence (remedy)` belongs to the field of that title.
pub fn flaws_of_text(form: &Form, why: &str) -> Vec<Flaw> {
    let lines = why.lines().filter(|l| !l.trim().is_empty());
    let lines: Vec<&str> = lines.filter(|l| *l != "Nothing was entered:").collect();
    let flaw = |line: &str| {
        let line = line.strip_prefix("- ").unwrap_or(line);
        let mut named = form.fields.iter().filter(|f| f.asked && !f.title.is_empty());
        let field = named.rfind(|f| line.starts_with(&format!("{}: ", f.title)));
        Flaw {
            field: field.map(|f| f.name.clone()).unwrap_or_default(),
            missing: false,
            blocks: true,
            sentence: line.to_string(),
            remedy: String::new(),
        }
    };
    lines.into_iter().map(flaw).collect()
}
