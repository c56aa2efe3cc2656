//! Looking at pictures: the right, the form, the entry; then a look, which lasts until it is ended
//! (S0.18, S1.28, S1.30, S1.40 to S1.43, S4.11, S4.14, S4.67).
//!
//! ```text
//! View --decide, form--> entry, durable --> Look (the grant is kept here) --> pictures
//!                                             |
//!     ViewEnd, session locked or over, time over, permission taken back --> entry, no Look
//! ```
//!
//! # For whoever shows pictures
//! - `sight` does, and nothing else can: it shows what [`Look::cameras`] and [`Look::window`] say,
//!   which are those of the grant, to the last camera and moment.
//! - A look that ends shuts its pictures' way at once, whatever ended it.
//! - A still and a lifted mask are looks as well: they last a minute, in which the picture is made.

use super::super::Supervisor;
use super::call::{Around, Caller};
use super::machine::fields;
use crate::access::sessions::{Session, keeps_wall};
use crate::access::{Asking, Entered, Guest, Wish};
use crate::base::clock::Mono;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::config::Config;
use crate::config::roles::Deed;
use crate::config::value::{Id, Word};
use crate::config::viewing::Viewer;
use crate::logbook::fields as f;
use crate::logbook::form;
use crate::logbook::{Act, Authority, AuthorityForm, Body, Kind, Number, Value};
use crate::pictures::gate::Admitted;
use crate::wire::Reply;
use crate::wire::look::{End, Looking, View};

/// In which a picture is made or a mask lifted.
const ONE_PICTURE: Span = Span::secs(60);

/// Pictures that somebody may see now.
#[derive(Debug)]
pub struct Look {
    grant: Entered,
    number: Number,
    kind: Kind,
    session: u64,
    until: Option<Mono>,
    /// The permission under which it goes on.
    permission: Option<Number>,
    /// What was asked, for when the file changes, and the file's revision when it was judged.
    asked: Asked,
    /// Its pictures, while somebody watches or is about to.
    pub(super) shown: Option<Shown>,
}

/// The question behind a look or an export, and the file by which it was last judged.
#[derive(Debug)]
pub(super) struct Asked {
    pub asking: Asking,
    pub around: Around,
    pub caller: Caller,
    pub revision: u64,
}

/// Pictures under way.
#[derive(Debug)]
pub(super) struct Shown {
    pub admitted: Admitted,
    /// Looks behind a mask that it hangs on.
    pub lifted: Vec<Number>,
}

impl Look {
    /// Was it that session that asked for it?
    pub(super) fn is_of(&self, session: u64) -> bool {
        self.session == session
    }

    /// Of its entry.
    pub fn number(&self) -> Number {
        self.number
    }

    pub fn wish(&self) -> Wish {
        self.grant.wish()
    }

    pub fn cameras(&self) -> &[CameraId] {
        self.grant.cameras()
    }

    /// Of recordings; `None`: live.
    pub fn window(&self) -> Option<(Utc, Utc)> {
        self.grant.window()
    }

    pub(super) fn session(&self) -> u64 {
        self.session
    }

    /// Its pictures go, with a sentence for whoever watches.
    pub(super) fn shut(&mut self, why: &str) {
        if let Some(shown) = self.shown.take() {
            shown.admitted.end(why);
        }
    }

    /// When it ends by itself.
    pub fn until(&self) -> Option<Mono> {
        self.until
    }
}

impl Supervisor {
    /// The looks that go on, oldest first.
    pub fn looks(&self) -> &[Look] {
        &self.office.looks
    }

    pub(super) fn view(&mut self, caller: &Caller, mut view: View) -> Result<Reply, String> {
        self.logbook_is_read()?;
        let clip = self.approved_clip(&mut view)?;
        let session = caller.number.ok_or("Pictures are shown to people who are enrolled.")?;
        let asking = self.asking_to_look(&view)?;
        let around = Around { clip, ..around(&view)? };
        let entered = self.allowed_with(caller, &asking, &around)?;
        let number = entered.number().ok_or("It was not entered.")?;
        let (now, utc) = self.now();
        let kind = view.wish.kind();
        let permission = self.permission_in(number);
        let own_end = match view.wish {
            Looking::SpotCheck => Some(self.file.config.viewing.spot_check.value.0),
            Looking::Still | Looking::LiftMask => Some(ONE_PICTURE),
            Looking::Live | Looking::Playback => None,
        };
        let standing = &self.office.standing;
        let lapses = permission.and_then(|n| standing.permission_of(n)).map(|p| p.expires - utc);
        let left = own_end.into_iter().chain(lapses).min();
        let until = left.map(|left| now + left);
        let revision = self.file.record.revision;
        let asked = Asked { asking, around, caller: caller.clone(), revision };
        let shown = None;
        let grant = entered;
        let look = Look { grant, number, kind, session, until, permission, asked, shown };
        self.office.looks.push(look);
        Ok(Reply::Viewing { number, until: left.map(|left| utc + left) })
    }

    /// A clip is what its entry says, and is shown until the day of that entry: nobody types either
    /// (S1.41, S4.88).
    fn approved_clip(&self, view: &mut View) -> Result<Option<Day>, String> {
        let Some(named) = view.more.get(f::CLIP) else {
            view.more.remove(f::CLIP_UNTIL);
            return Ok(None);
        };
        let named = named.text().unwrap_or_default().to_string();
        let clip = self.office.standing.clip_named(&named).cloned().ok_or_else(|| {
            format!(
                "No clip \"{named}\" is approved. Whoever may permit looking enters it first: beadle \
                 logbook add clip."
            )
        })?;
        (view.cameras, view.window) = (clip.cameras, clip.window);
        view.more.extend(fields([
            (f::CLIP, super::machine::text(&clip.name)),
            (f::CLIP_UNTIL, super::machine::text(clip.until)),
        ]));
        Ok(Some(clip.until))
    }

    /// A look that a duty brings with it: small pictures, for so long at most.
    pub(super) fn begin_look(
        &mut self,
        caller: &Caller,
        asking: Asking,
        grant: Entered,
        (kind, span): (Kind, Span),
    ) -> Result<Number, String> {
        let session = caller.number.ok_or("Pictures are shown to people who are enrolled.")?;
        let number = grant.number().ok_or("It was not entered.")?;
        let until = Some(self.now().0 + span);
        let revision = self.file.record.revision;
        let around = Around::default();
        let asked = Asked { asking, around, caller: caller.clone(), revision };
        let look =
            Look { grant, number, kind, session, until, permission: None, asked, shown: None };
        self.office.looks.push(look);
        Ok(number)
    }

    fn asking_to_look(&self, view: &View) -> Result<Asking, String> {
        if !view.guests.is_empty() && !matches!(view.wish, Looking::Live | Looking::Playback) {
            return Err("Guests look on live or at recordings, at nothing else.".into());
        }
        let mut asking = Asking::to(Wish::Deed(deed(view.wish)));
        asking.cameras = view.cameras.clone();
        asking.window = view.window;
        asking.purpose = view.purpose.as_deref().map(Id::new).transpose()?;
        (asking.reason, asking.answer) = (view.reason.clone(), view.answer.clone());
        asking.authority = match (&view.authority, view.permission) {
            (None, Some(number)) => Some(self.permission_as_word(number)?),
            (given, _) => given.clone(),
        };
        asking.more = view.more.clone();
        if view.guests.iter().any(|guest| guest.class == Viewer::Police.as_str()) {
            // Until it is signed it is on the list of slips to sign (S1.43).
            asking.more.entry("slip-signed".into()).or_insert(Value::Yes(false));
        }
        if let Some(about) = view.about {
            match self.record_of(about)?.kind {
                Kind::Incident => {
                    asking.more.extend(fields([(f::INCIDENT, super::machine::number(about))]));
                }
                Kind::Request | Kind::SubjectAccess => asking.about = Some(about),
                kind => {
                    return Err(format!(
                        "Entry {about} is of kind {kind}: name an incident or a request."
                    ));
                }
            }
        }
        Ok(asking)
    }

    fn permission_as_word(&self, number: Number) -> Result<Authority, String> {
        let found = self.office.standing.permission_of(number);
        let by = found.map(|p| p.by.clone());
        let by = by.ok_or_else(|| format!("Entry {number} is no permission that is in force."))?;
        let reference = Some(format!("#{number}"));
        Ok(Authority { by, form: AuthorityForm::Permission, reference })
    }

    /// The permission that the entry of a look names.
    fn permission_in(&self, number: Number) -> Option<Number> {
        let entry = self.office.ledger.as_ref().ok()?.entry(number).ok()?;
        match entry.body?.fields.get(f::PERMISSION)? {
            Value::Number(n) => u64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// Ends a look of one's own session. Nothing keeps anybody from putting pictures away: what the
    /// logbook does not take now is owed.
    pub(super) fn end_view(&mut self, caller: &Caller, end: End) -> Result<Reply, String> {
        let own = |look: &Look| look.number == end.number && Some(look.session) == caller.number;
        let Some(at) = self.office.looks.iter().position(own) else {
            return Err("Those pictures were put away already, or are not yours.".into());
        };
        let kind = self.office.looks[at].kind;
        let body = Body {
            who: Some(caller.who()),
            station: caller.station.as_ref().map(ToString::to_string),
            outcome: end.outcome,
            fields: end.more,
            ..Body::default()
        };
        let draft = self.draft(kind, Act::Close, Some(end.number), body);
        if let Some(form) = form::form(kind, Act::Close) {
            self.fits_form(form, &draft)?;
            self.note(draft);
        }
        let mut look = self.office.looks.remove(at);
        look.shut("The pictures were put away.");
        self.shut_lifted(&[look.number]);
        Ok(Reply::Done)
    }

    /// Would the file in force allow it too?
    pub(super) fn stands(&self, asked: &Asked) -> bool {
        self.decided(&asked.caller, &asked.asking, &asked.around).is_ok()
    }

    /// Looks that the file in force would refuse: they were judged by an older one.
    fn lost_rights(&mut self) -> Vec<Number> {
        let revision = self.file.record.revision;
        let (mut lost, mut kept) = (Vec::new(), Vec::new());
        for look in self.office.looks.iter().filter(|look| look.asked.revision != revision) {
            match self.stands(&look.asked) {
                true => kept.push(look.number),
                false => lost.push(look.number),
            }
        }
        for look in self.office.looks.iter_mut().filter(|look| kept.contains(&look.number)) {
            look.asked.revision = revision;
        }
        lost
    }

    /// Pictures without masks go with the looks behind these masks; they can be asked for again.
    fn shut_lifted(&mut self, ended: &[Number]) {
        for look in &mut self.office.looks {
            let hangs = |shown: &Shown| shown.lifted.iter().any(|n| ended.contains(n));
            if look.shown.as_ref().is_some_and(hangs) {
                look.shut("The mask is drawn again.");
            }
        }
    }

    /// Ends what may no longer be seen. Returns when the next one ends by itself.
    pub(super) fn turn_looks(&mut self) -> Option<Mono> {
        let (now, _) = self.now();
        let lost = self.lost_rights();
        let config = self.file.config.clone();
        let office = &mut self.office;
        let (sessions, standing) = (&office.sessions, &office.standing);
        let over = |look: &Look| {
            let session = sessions.list().iter().find(|s| s.number == look.session);
            let lapsed = look.permission.is_some_and(|n| standing.permission_of(n).is_none());
            match session {
                None => Some("the session was over"),
                Some(session) if session.locked && !stays(look, session, &config) => {
                    Some("the screen was locked")
                }
                _ if look.until.is_some_and(|until| until <= now) => Some("its time was over"),
                _ if lapsed => Some("the permission was taken back"),
                _ if lost.contains(&look.number) => Some("the file no longer allows it"),
                Some(_) => None,
            }
        };
        let mut ended = Vec::new();
        office.looks.retain_mut(|look| match over(look) {
            Some(why) => {
                look.shut(&format!("The pictures are put away: {why}."));
                ended.push((look.number, look.kind, why));
                false
            }
            None => true,
        });
        let next = office.looks.iter().filter_map(|look| look.until).min();
        self.shut_lifted(&ended.iter().map(|(number, ..)| *number).collect::<Vec<_>>());
        for (number, kind, why) in ended {
            if form::form(kind, Act::Close).is_some_and(|f| f.maker != form::Maker::Person) {
                let body = Body { outcome: Some(why.into()), ..Body::default() };
                let draft = self.draft(kind, Act::Close, Some(number), body);
                self.note(draft);
            }
        }
        next
    }
}

/// A wall of live pictures, where the file leaves it on a screen that locked by itself (S4.33).
fn stays(look: &Look, session: &Session, config: &Config) -> bool {
    look.kind == Kind::Live && !session.by_key && keeps_wall(session.station.as_deref(), config)
}

pub(super) fn deed(wish: Looking) -> Deed {
    match wish {
        Looking::Live => Deed::Live,
        Looking::Playback => Deed::Playback,
        Looking::SpotCheck => Deed::SpotCheck,
        Looking::Still => Deed::Still,
        Looking::LiftMask => Deed::LiftMask,
    }
}

/// Who is beside them, and what they declared.
fn around(view: &View) -> Result<Around, String> {
    let guests = view.guests.iter().map(|guest| {
        let class = Viewer::WORDS.iter().find(|(word, _)| *word == guest.class);
        let class = class.ok_or_else(|| format!("There are no viewers \"{}\".", guest.class))?.1;
        let proofs = guest.shown.keys().filter_map(|name| form::proof_in(name)).collect();
        Ok(Guest {
            class,
            name: guest.name.clone(),
            authority: guest.authority.clone(),
            supervisor: guest.supervisor.as_deref().map(Id::new).transpose()?,
            proofs,
            shown: guest.shown.clone(),
        })
    });
    let guests = guests.collect::<Result<_, String>>()?;
    Ok(Around { guests, declared: view.declared, clip: None })
}
