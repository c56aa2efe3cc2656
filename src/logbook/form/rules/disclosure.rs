//! Who may receive, who may look, who decides, and what they have to bring.

use super::object;
use super::titled;
use crate::config::disclosure::{Proof, RecipientKind};
use crate::config::roles::Deed;
use crate::config::viewing::Viewer;
use crate::logbook::entry::{Act, Value};
use crate::logbook::form::check::{Ill, Objection};
use crate::logbook::form::condition::{Talk, deciders, proof_field, proofs};
use crate::logbook::form::{Source, Words};
use crate::logbook::holders;
use crate::logbook::kind::Kind;

/// Does this draft let something go out? An intake does not: also what will be refused is entered.
fn gives(talk: &Talk<'_>) -> bool {
    match (talk.draft.kind, talk.draft.act) {
        (Kind::Release, _) => true,
        (Kind::Request, Act::Open) => false,
        _ => talk.is("step", &["decision"]) && talk.is("decision", &["allowed"]),
    }
}

/// Commerce has no class at all (S1.15); entertainment has no override (S1.17); the file refuses
/// whom it likes.
pub fn recipient(talk: &Talk<'_>) -> Option<Objection> {
    let kind = talk.recipient()?;
    let ill = if gives(talk) { Ill::Refused } else { Ill::Doubt };
    let end = match ill {
        Ill::Refused => "it stays refused, whoever asks",
        _ => "enter it; it can only be refused",
    };
    if kind == RecipientKind::Media && talk.is("media-use", &["entertainment"]) {
        let sentence = "nothing goes to the media for entertainment";
        return object("media-use", ill, sentence, end);
    }
    let rule = talk.recipient_rule().filter(|r| r.refused)?;
    let title = titled(talk, Words::From(Source::Recipients), kind.as_str());
    let because = rule.because.as_ref().map(|b| format!(" ({})", b.value)).unwrap_or_default();
    object("recipient", ill, format!("the file gives nothing to: {title}{because}"), end)
}

/// What the recipient has to bring before anything goes out (S1.16, S1.51).
pub fn proofs_brought(talk: &Talk<'_>, out: &mut Vec<Objection>) {
    let (Some(kind), true) = (talk.recipient(), gives(talk)) else {
        return;
    };
    let bring = proofs(talk.scene, kind);
    // At the decision the pictures have not been looked at; the release asks what they show.
    let now = |p: &&Proof| {
        talk.draft.kind == Kind::Release || !matches!(p, Proof::PossibleCrime | Proof::PersonsShown)
    };
    let there = |proof: &Proof| match proof {
        Proof::Necessity => talk.said("necessity").or(talk.said("reason")).is_some(),
        _ => talk.said(proof_field(*proof).0).is_some(),
    };
    let missing: Vec<&Proof> = bring.all.iter().filter(now).filter(|p| !there(p)).collect();
    for proof in missing {
        let (field, called) = proof_field(*proof);
        let title = titled(talk, Words::From(Source::Recipients), kind.as_str());
        let sentence = format!("{title}: {called} is missing");
        out.extend(object(field, Ill::Missing, sentence, "nothing goes out without it"));
    }
    if let Some(first) = bring.one.first()
        && !bring.one.iter().any(there)
    {
        let called: Vec<&str> = bring.one.iter().map(|p| proof_field(*p).1).collect();
        let sentence = format!("one of these is missing: {}", called.join("; "));
        let field = proof_field(*first).0;
        out.extend(object(field, Ill::Missing, sentence, "one of them is enough"));
    }
}

/// The file's `by=`, else the right to authorise disclosure (S1.50, S0.17). A refusal is theirs
/// too.
pub fn decider(talk: &Talk<'_>) -> Option<Objection> {
    if talk.draft.kind == Kind::Request && !talk.is("step", &["decision"]) {
        return None;
    }
    let by = talk.recipient_rule().map(|r| r.by.as_slice());
    let may = deciders(talk.scene, by, Deed::AuthoriseDisclosure);
    let said = talk.draft.body.answer("authority-by")?;
    let said = said.text()?;
    if holders::has(&may, said) {
        return None;
    }
    let sentence = format!("this is not for \"{said}\" to decide");
    object(
        "authority-by",
        Ill::Refused,
        sentence,
        format!("by the file: {}", holders::titles(&may)),
    )
}

/// A class of viewers that the file refuses, or whose permission is somebody else's to give
/// (S1.30, S1.60).
pub fn viewer(talk: &Talk<'_>) -> Option<Objection> {
    let word = talk.text("viewer")?;
    if word == "staff" {
        return None;
    }
    let title = titled(talk, Words::From(Source::Viewers), &word);
    let rule = talk.viewer_rule();
    if rule.is_some_and(|r| r.refused) {
        let sentence = format!("the file lets nobody look of: {title}");
        return object("viewer", Ill::Refused, sentence, "they may ask for a release");
    }
    let may = deciders(talk.scene, rule.map(|r| r.by.as_slice()), Deed::AuthoriseViewing);
    let said = talk.draft.body.answer("authority-by")?;
    let said = said.text()?;
    if holders::has(&may, said) {
        return None;
    }
    let police = word == Viewer::Police.as_str();
    let who = if police { "the police look" } else { "such viewers look" };
    let sentence = format!("whether {who} is not for \"{said}\" to permit");
    object(
        "authority-by",
        Ill::Refused,
        sentence,
        format!("by the file: {}", holders::titles(&may)),
    )
}

/// A request for one's own pictures has a clock and a register of its own (R1.7).
pub fn own_register(talk: &Talk<'_>) -> Option<Objection> {
    let own = talk.is("type", &["subject-access"]) || talk.is("recipient", &["data-subject"]);
    if !own {
        return None;
    }
    let sentence = "a request for one's own pictures has a register of its own";
    object("type", Ill::Wrong, sentence, "enter it under subject access: its month begins there")
}

/// Police: an inspector or higher; other bodies: a senior manager (R1.13). For the one who decides.
pub fn countersigned(talk: &Talk<'_>) -> Option<Objection> {
    let asks = talk.is("type", &["police-sch2-2", "other-sch2-2", "npcc-annex-6"]);
    if !asks || talk.said("countersigned-by").is_some() {
        return None;
    }
    let sentence = "no inspector or senior manager has countersigned";
    object("countersigned-by", Ill::Doubt, sentence, "ask for it, or decide with that in mind")
}

/// Somebody without the right `witness` signs out of hours only, where the file lets them; another
/// person looks at it on the next school day (S1.61).
pub fn witness(talk: &Talk<'_>) -> Option<Objection> {
    let config = talk.scene.config;
    let named = talk.text("witness")?;
    let holders = holders::with_right(config, Deed::Witness);
    if holders.is_empty() || holders::has(&holders, &named) {
        return None;
    }
    if config.calendar.is_out_of_hours(&config.site.zone, talk.draft.at) {
        let sentence = "this is no ordinary witness: it is entered as an exception";
        return object("witness", Ill::Doubt, sentence, "it is reviewed on the next school day");
    }
    let sentence = "somebody without the right of a witness may be one out of hours only";
    object("witness", Ill::Refused, sentence, format!("by the file: {}", holders::titles(&holders)))
}

/// What the file hides is hidden from everybody but police and courts (R1.9, S1.13).
pub fn unmasked(talk: &Talk<'_>) -> Option<Objection> {
    let kind = talk.recipient()?;
    let whole = matches!(kind, RecipientKind::Police | RecipientKind::Court);
    let cameras = match talk.said("cameras") {
        Some(Value::List(list)) => list,
        _ => Vec::new(),
    };
    let hides = |c: &&crate::config::cameras::Camera| {
        cameras.iter().any(|id| id == c.id.value.as_str()) && !c.masks.is_empty()
    };
    let hidden = talk.scene.config.cameras.list.iter().find(hides)?;
    if whole || !talk.is("pictures", &["master"]) {
        return None;
    }
    let sentence =
        format!("the file hides parts of {}, and the master does not", hidden.title.value);
    object("pictures", Ill::Refused, sentence, "hand over the masked copy")
}

/// A child at risk is shown to the police alone without a second thought (S4.21).
pub fn protected(talk: &Talk<'_>) -> Option<Objection> {
    let shown = talk.said("protected-person") == Some(Value::Yes(true));
    if !shown || talk.recipient() == Some(RecipientKind::Police) {
        return None;
    }
    let sentence = "the pictures show a protected person, and do not go to the police";
    object("protected-person", Ill::Doubt, sentence, "ask the safeguarding lead first")
}
