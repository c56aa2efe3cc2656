//! A still picture at a person's wish: right, entry, then the picture (S1.28, S4.11).

use super::super::Supervisor;
use super::super::pictures::Wishes;
use super::call::{Answer, Caller};
use super::machine::{fields, text};
use crate::access::{Asking, Entered, Wish};
use crate::base::limits::PICTURE_SIDE_MAX;
use crate::base::name::CameraId;
use crate::base::time::{Day, Span, Utc};
use crate::config::roles::Deed;
use crate::config::value::Id;
use crate::pictures::player::{Reach, Setup};
use crate::pictures::still::{self, Format};
use crate::wire::{Reply, StillFile};

/// What somebody wants a picture of, and why.
pub(super) struct Wanted {
    pub camera: CameraId,
    pub at: Option<Utc>,
    pub purpose: Option<String>,
    pub reason: Option<String>,
    pub jpeg: bool,
    /// Who keeps the copy, and until when (S4.87).
    pub kept: (Option<String>, Option<Day>),
}

/// A copy that nobody gave an end is looked at again after this.
const COPY_DAYS: i64 = 30;

impl Supervisor {
    /// Answers when the picture is there, off the supervisor's thread.
    pub(super) fn still(&mut self, caller: &Caller, wanted: Wanted) -> Answer {
        let (_, now) = self.now();
        let at = wanted.at.unwrap_or(now);
        let format = if wanted.jpeg { Format::Jpeg } else { Format::Png };
        let begun = self.still_begun(caller, wanted, at);
        match begun {
            Ok((entered, setup)) => Answer::Later(Box::new(move || {
                picture(entered, setup, at, format).unwrap_or_else(|why| Reply::Refused { why })
            })),
            Err(why) => Reply::Refused { why }.into(),
        }
    }

    fn still_begun(
        &mut self,
        caller: &Caller,
        wanted: Wanted,
        at: Utc,
    ) -> Result<(Entered, Setup), String> {
        let known = self.file.config.camera(&wanted.camera).is_some()
            || self.store.cameras().is_ok_and(|all| all.contains(&wanted.camera));
        if !known {
            return Err(format!("There is no camera {}.", wanted.camera));
        }
        let within = (PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
        let how =
            Wishes { within, overlay: false, watermark: "", unmasked: &[], reach: Reach::All };
        let setup = self.viewing(std::slice::from_ref(&wanted.camera), how)?;
        let entered = self.may_have_still(caller, wanted, at)?;
        Ok((entered, setup))
    }

    /// The question to `access`, and its entry: the one place that decides who gets a still.
    fn may_have_still(
        &mut self,
        caller: &Caller,
        wanted: Wanted,
        at: Utc,
    ) -> Result<Entered, String> {
        let mut asking = Asking::to(Wish::Deed(Deed::Still));
        asking.cameras = vec![wanted.camera];
        asking.window = Some((at - Span::secs(1), at));
        asking.purpose = wanted.purpose.as_deref().map(Id::new).transpose()?;
        asking.reason = wanted.reason;
        let (keeper, until) = wanted.kept;
        let (_, now) = self.now();
        let until = until.unwrap_or_else(|| self.zone().day_of(now).plus(COPY_DAYS));
        asking.more = fields([
            ("keeper", text(keeper.unwrap_or_else(|| caller.session.person.to_string()))),
            ("destroy-by", text(until)),
        ]);
        self.allowed(caller, &asking)
    }
}

/// The effect, on a thread of its own.
fn picture(_entered: Entered, setup: Setup, at: Utc, format: Format) -> Result<Reply, String> {
    let picture = still::take(setup, at)?;
    let file = still::encode(&picture, format)?;
    let (width, height) = (picture.width, picture.height);
    Ok(Reply::Still(StillFile::new(picture.at, (width, height), &file)))
}
