//! A paper to the recorder's printer, or to a stick in the recorder: it makes the paper itself.

use std::time::Duration;

use crate::signage::list::Line;
use crate::verbs::door::{Door, ask};
use crate::verbs::{Failure, ask_status, print, prompt, say, unexpected};
use crate::wire::print::{Onto, Print, Printed};
use crate::wire::stick::Filed;
use crate::wire::{Reply, Request, Sent};

const LOOK_SPAN: Duration = Duration::from_millis(300);

/// Waits until it is there.
///
/// # Errors
/// The recorder refuses, or the print fails.
pub(super) fn send(
    door: &Door,
    line: &Line,
    of: Option<&str>,
    stick: Option<&str>,
) -> Result<(), Failure> {
    let mut client = door.dial()?;
    let onto = match stick {
        None => Onto::Printer,
        Some(stick) => {
            let sticks = ask_status(&mut client)?.sticks;
            let locked = sticks.iter().any(|s| s.name == stick && s.filed == Filed::BitLocker);
            let key = match locked {
                true => Some(Sent(prompt::passphrase("Passphrase of the BitLocker stick")?)),
                false => None,
            };
            Onto::Stick { stick: stick.to_string(), key }
        }
    };
    let wanted = Print { paper: line.word.into(), of: of.map(ToString::to_string), onto };
    let Reply::Print(mut state) = ask(&mut client, &Request::Print(Box::new(wanted)))? else {
        return Err(unexpected());
    };
    if let Some(phrase) = &state.passphrase {
        say("This paper holds personal data, so it is sealed. Its passphrase, shown this once:")?;
        print(phrase.0.expose())?;
    }
    let number = state.number;
    loop {
        match &state.end {
            Some(Printed::Done { text }) => return print(text),
            Some(Printed::Failed { why }) => return Err(Failure::refused(why.clone())),
            None => std::thread::sleep(LOOK_SPAN),
        }
        let Reply::Print(now) = ask(&mut client, &Request::PrintState { number })? else {
            return Err(unexpected());
        };
        state = now;
    }
}
