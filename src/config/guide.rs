//! A sentence for each kind of line, for whoever stands in it with the cursor. What may be written
//! there comes from the [`schema`](super::schema), which is learned from the decoder; a test holds
//! that each line of the decoder has its sentence here and that no sentence is left over.

use super::outline::in_words;
use super::schema::{Slot, Sort, shape};

/// By the names that lead to a line; `*` stands for any one name.
const SENTENCES: &[(&str, &str)] = &[
    ("access-routes", "Ways into the site, each with its sign."),
    ("access-routes route", "One way into the site, and the sign that stands there."),
    ("accounts", "How people prove who they are."),
    ("accounts banner", "What is shown before anybody logs in."),
    ("approvals", "Which changes of this file wait until somebody confirms them."),
    (
        "approvals drop-safeguard",
        "Who confirms that a witness, mask, sign or the encryption of copies goes.",
    ),
    ("approvals shorten-retention", "Who confirms that footage is kept for fewer days."),
    ("approvals widen-rights", "Who confirms that somebody may do more than before."),
    ("breaches", "Who deals with a breach, and by when it is notified."),
    ("calendar", "Terms and closed days: what is due every term hangs on them."),
    ("calendar closed", "A day, or days from first to last, on which nobody is there."),
    ("calendar term", "One term, from its first day to its last."),
    ("cameras", "The cameras that are recorded."),
    ("cameras defaults", "What holds for every camera that does not say otherwise."),
    ("cameras camera", "One camera: short name, name on the screens, and the zone it covers."),
    ("cameras camera audio", "Sound is recorded too; say why."),
    ("cameras camera covert", "A hidden camera: recorded under an authorisation in force only."),
    ("cameras camera disabled", "It stays in the file and is not recorded; say why."),
    ("cameras camera mask", "A part of the picture that is hidden, by its corners."),
    ("cameras camera mask point", "A corner: from the left and from the top, 0.0 to 1.0."),
    ("cameras camera overlooks", "Private property that is in the picture."),
    ("cameras camera pipeline", "Where the pictures come from when it is no network camera."),
    ("cameras camera preview", "The small stream, for watching; it is never recorded."),
    ("cameras camera stream", "The address of the stream that is recorded."),
    ("cameras camera task", "What the picture has to be good for, and how wide it is there."),
    ("clock", "Where the time comes from, and from which error on there is an alarm."),
    ("clock server", "Time servers, beside those that are set up."),
    ("code-of-practice", "The school's own rules for its cameras; printed from here."),
    ("code-of-practice acceptance", "A paper that people sign, and how often."),
    ("code-of-practice changes", "What this version of the code changed."),
    ("code-of-practice consult", "Whom the school asks before it changes the cameras."),
    ("code-of-practice decided", "When the school decided on cameras, and on which grounds."),
    (
        "code-of-practice exception",
        "A rule that the school departs from, why, and what is done instead.",
    ),
    ("code-of-practice purpose", "What footage may be used for; there are no other purposes."),
    ("code-of-practice revision", "An earlier version of the code."),
    ("code-of-practice risk-assessment", "A risk assessment, and the zones that it is about."),
    ("code-of-practice statement", "A sentence that the printed code carries."),
    ("complaints", "Who answers complaints, and by when."),
    ("covert", "Hidden cameras: by which procedure, and what was authorised."),
    ("covert authorisation", "One authorisation: its state, by whom, from when until when."),
    ("covert copies-to", "Who gets a copy of each authorisation."),
    ("disclosure", "How footage leaves the school."),
    ("disclosure basis", "A ground in law on which footage may be released."),
    ("disclosure condition", "A condition that each receiver accepts."),
    ("disclosure original", "What is done when the original disk is asked for."),
    ("disclosure recipient", "A kind of receiver: who decides, and what they have to show."),
    (
        "disclosure subject-access",
        "Who answers people that ask for their own pictures, and by when.",
    ),
    ("disposal", "How disks are destroyed."),
    ("duties", "What has to be done again and again, by whom."),
    ("duties *", "One duty: who does it, how often, and by what hour."),
    ("duties maintenance", "A maintenance contract: the firm, and when it comes."),
    ("duties * with", "With whom it is done."),
    ("escalation", "Whom to ring, and what to do in an emergency."),
    ("escalation contact", "Anybody else with a number."),
    ("escalation deputy-dsl", "The deputy safeguarding lead."),
    ("escalation dsl", "The designated safeguarding lead."),
    ("escalation emergency", "The steps of the emergency page, in order."),
    ("escalation lado", "The local authority's designated officer."),
    ("escalation police", "The police on an ordinary day."),
    ("incident-types", "Kinds of incident that the forms offer."),
    ("incident-types type", "A kind of incident with a name of its own."),
    ("logbook", "How many years the logbook is kept."),
    ("network", "The network sockets of the box."),
    ("network cameras", "The socket that the cameras hang on, and the address of the box there."),
    ("network uplink", "The socket towards the school's network."),
    ("people", "Everybody who has to do with the cameras."),
    ("people person", "One human being: short name, name or post as the screens show it."),
    ("registers", "Registers that the console shows; all of them exist."),
    ("retention", "How many days footage is kept: at least, as a rule, at most."),
    ("retention camera", "Other days for one camera; they count first."),
    ("retention hold-class", "A reason to hold footage, and when somebody looks at it again."),
    ("retention zone", "Other days for the cameras of one zone."),
    ("roles", "What people may do."),
    ("roles role", "One set of rights, and who has it."),
    ("roles role granted", "When somebody got the role, and on whose word."),
    ("roles role held-by", "Who has the role: persons, not roles."),
    ("roles role may", "Rights, perhaps at some stations or for some zones only."),
    ("roles role register", "A register, and what may be done with it."),
    ("signage", "The signs that tell people about the cameras."),
    ("signage sign", "One sign: where it stands, and which zones it covers."),
    ("site", "The school: its name, and who answers for the cameras."),
    ("site contact", "Whom people write to or ring about the cameras."),
    ("site controller", "Who answers for the footage in law."),
    ("site copies-at", "Where the code of practice can be read."),
    ("site data-protection-officer", "Who looks after data protection."),
    ("site day-to-day", "Who runs the cameras day by day."),
    ("site governed-by", "A paper that this code stands under."),
    ("site location", "Where the recorder stands, and whether the room is locked."),
    ("site managed-by", "Who manages the cameras."),
    ("site owner", "Who owns the system."),
    ("site printer", "The network printer for papers from the screen."),
    ("site questions-to", "Who answers questions about the code."),
    ("site related", "A paper that belongs beside the code."),
    ("site responsible", "Who is responsible for the cameras."),
    ("site technical", "Who looks after the machine."),
    ("stations", "Screens and keyboards where people may watch."),
    ("stations station", "One screen: its room, its terminal, and when it locks."),
    ("storage", "Where footage lies, and how much is left free."),
    ("storage footage", "A folder for each disk, in order of preference."),
    ("storage keep-free", "How much of each disk is left free."),
    ("viewing", "Who may be shown footage, and how."),
    ("viewing declaration", "What people accept before they watch."),
    ("viewing viewer", "A kind of viewer: who decides, and who stays beside them."),
    ("viewing visits", "Visitors to the room of the screens."),
    ("zones", "The areas that the cameras cover."),
    ("zones blind-spot", "A place that no camera sees."),
    ("zones zone", "One area: what kind of place it is, and what its footage is for."),
];

/// What a kind of line is, in a sentence.
pub fn sentence(path: &[&str]) -> Option<&'static str> {
    let fits = |pattern: &str, wild: bool| {
        let words: Vec<&str> = pattern.split(' ').collect();
        words.len() == path.len()
            && words.iter().zip(path).all(|(w, p)| w == p || (wild && *w == "*"))
    };
    let find = |wild| SENTENCES.iter().find(|(pattern, _)| fits(pattern, wild));
    find(false).or_else(|| find(true)).map(|(_, text)| *text)
}

/// How the line is written: `camera "short-name" "the camera's name" zone= kind= ...`.
pub fn written(path: &[&str]) -> Option<String> {
    let shape = shape(path)?;
    let mut out = path.last().map(|name| name.to_string()).unwrap_or_default();
    let name = |slot: &Slot| match &slot.sort {
        Sort::Declares(_) => "\"short-name\"".to_string(),
        _ => format!("\"{}\"", slot.what.replace('"', "")),
    };
    for slot in &shape.args {
        out += &match slot.needed {
            true => format!(" {}", name(slot)),
            false => format!(" [{}]", name(slot)),
        };
    }
    if shape.rest.is_some() {
        out += " ...";
    }
    for slot in &shape.props {
        out += &format!(" {}=", slot.what);
    }
    if !shape.kids.is_empty() {
        out += " { }";
    }
    Some(out)
}

/// The whole help of a kind of line, a paragraph each: what it is, how it is written, each value
/// and setting in words, what may stand between its braces.
pub fn help(path: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = sentence(path).map(String::from).into_iter().collect();
    out.extend(written(path).filter(|_| !path.is_empty()));
    let Some(shape) = shape(path) else { return out };
    let args = shape.args.iter().chain(&shape.rest);
    for slot in args.filter(|slot| !matches!(slot.sort, Sort::Free(_) | Sort::Declares(_))) {
        out.push(format!("{}: {}", slot.what, in_words(slot)));
    }
    out.extend(shape.props.iter().map(|slot| format!("{}= {}", slot.what, in_words(slot))));
    for kid in &shape.kids {
        let below: Vec<&str> = path.iter().copied().chain([*kid]).collect();
        out.push(format!("{kid}: {}", sentence(&below).unwrap_or_default()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::schema;

    /// One table for both: a line that the decoder learns needs its sentence, and a sentence about
    /// a line that it no longer reads is found.
    #[test]
    fn every_line_of_the_decoder_has_its_sentence_and_none_is_left_over() {
        let lines = || schema().keys().filter(|path| !path.is_empty());
        for path in lines() {
            assert!(sentence(path).is_some(), "no sentence for {path:?}");
        }
        for (pattern, _) in SENTENCES {
            let known = lines().any(|path| {
                let words: Vec<&str> = pattern.split(' ').collect();
                words.len() == path.len()
                    && words.iter().zip(path).all(|(w, p)| w == p || *w == "*")
            });
            assert!(known, "the decoder reads no {pattern:?}");
        }
    }

    #[test]
    fn help_says_how_a_line_is_written() {
        let help = help(&["cameras", "camera"]);
        assert!(
            help[1].starts_with("camera \"short-name\" \"the camera's name\" zone="),
            "{help:?}"
        );
        for want in [
            "zone= needed: the short name of a zone",
            "kind= fixed | dome | ptz",
            "stream: The address of the stream that is recorded.",
        ] {
            assert!(help.iter().any(|line| line.starts_with(want)), "{want}: {help:#?}");
        }
        assert!(!help.iter().any(|line| line.starts_with("password")), "{help:?}");
    }
}
