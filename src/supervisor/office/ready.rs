//! May the footage of a case leave now? The screen that shows the case says so before anybody fills
//! in a form: the same decision as in earnest, with nothing entered.

use super::super::Supervisor;
use super::call::{Around, Caller};
use crate::access::Why;
use crate::base::name::CameraId;
use crate::base::time::{Span, Utc};
use crate::config::disclosure::Medium;
use crate::logbook::fields as f;
use crate::logbook::registers::{Part, Record, State};
use crate::logbook::{Kind, Number, Value};
use crate::wire::book::Choice;
use crate::wire::export::{Leaving, Readiness, StillWanted};
use crate::wire::stick::Carrier;

/// Cameras that are tried one by one where a case names none.
const TRIED_MAX: usize = 16;

impl Supervisor {
    /// `None`: nothing leaves through such a record, or it is over.
    pub(super) fn readiness(&self, caller: &Caller, case: &Record) -> Option<Readiness> {
        let request = matches!(case.kind, Kind::Request | Kind::SubjectAccess);
        if !request || case.state == State::Closed {
            return None;
        }
        let config = &self.file.config;
        let purposes = config.practice.purposes.iter().map(|purpose| Choice {
            word: purpose.id.value.to_string(),
            title: purpose.title.value.clone(),
        });
        let (why_not, witness) = match self.would_leave(caller, case) {
            Ok(witness) => (None, witness),
            Err(why) => (Some(why), false),
        };
        Some(Readiness {
            why_not,
            witness,
            encrypted: config.disclosure.medium.value != Medium::Plain,
            purposes: purposes.collect(),
            stills: case.parts.iter().filter_map(still_wanted).collect(),
        })
    }

    /// Whether somebody has to sign beside them; else what would be said to them. Which purpose
    /// they will name is not known, so any that would do counts.
    fn would_leave(&self, caller: &Caller, case: &Record) -> Result<bool, String> {
        let mut said = "The file has no purpose and no camera.".to_string();
        for purpose in &self.file.config.practice.purposes {
            for cameras in self.cameras_of_case(case) {
                let wanted = self.as_a_rule(case.number, cameras, window_of(case));
                let wanted = Leaving { purpose: Some(purpose.id.value.to_string()), ..wanted };
                let asking = self.export_asking(&wanted, case)?;
                match self.decided(caller, &asking, &Around::default()) {
                    Ok(_) => return Ok(false),
                    Err(denied) => match denied.why() {
                        Why::Alone(_) => return Ok(true),
                        // It is asked in the form.
                        Why::NoAnswer(_) => return Ok(self.file.config.disclosure.witness.value),
                        Why::PurposeElsewhere(_) => {}
                        _ => said = denied.to_string(),
                    },
                }
            }
        }
        Err(said)
    }

    fn as_a_rule(
        &self,
        case: Number,
        cameras: Vec<CameraId>,
        window: Option<(Utc, Utc)>,
    ) -> Leaving {
        let (_, now) = self.now();
        let (from, to) = window.unwrap_or((now - Span::hours(1), now));
        Leaving {
            case,
            cameras,
            from,
            to: to.min(now),
            folder: "/".into(),
            purpose: None,
            reason: Some("to know what keeps it".into()),
            exhibit: None,
            exception: None,
            instead_of: None,
            stick: None,
            carrier: Carrier::Plain,
            key: None,
            stills: Vec::new(),
        }
    }

    /// Those that it names; else each of the file's alone.
    fn cameras_of_case(&self, case: &Record) -> Vec<Vec<CameraId>> {
        let named = match case.answers.get(f::CAMERAS) {
            Some(Value::List(list)) => {
                list.iter().filter_map(|id| CameraId::new(id).ok()).collect()
            }
            _ => Vec::new(),
        };
        if !named.is_empty() {
            return vec![named];
        }
        let all = self.file.config.cameras.list.iter().take(TRIED_MAX);
        all.map(|camera| vec![camera.id.value.clone()]).collect()
    }
}

fn window_of(case: &Record) -> Option<(Utc, Utc)> {
    let moment = |name: &str| case.text(name)?.parse::<Utc>().ok();
    moment(f::FROM).zip(moment(f::UNTIL)).filter(|(from, until)| from < until)
}

fn still_wanted(part: &Part) -> Option<StillWanted> {
    let text = |name: &str| part.answers.get(name).and_then(Value::text);
    if part.withdrawn || text(f::STEP) != Some(f::STILL) {
        return None;
    }
    let camera = CameraId::new(text(f::STILL_CAMERA)?).ok()?;
    Some(StillWanted { camera, at: text(f::STILL_AT)?.parse().ok()? })
}
