//! Serious matters, matters about the Headteacher, and the Commissioner's 72 hours.

use super::object;
use crate::logbook::form::check::{Ill, Objection};
use crate::logbook::form::condition::Talk;
use crate::logbook::holders;

/// Is this investigator the Headteacher? Written as a person's id, name or post.
fn is_head(talk: &Talk<'_>, said: &str) -> bool {
    let same = |w: &str| w.eq_ignore_ascii_case(said.trim());
    holders::heads(talk.scene.config).iter().any(|p| {
        same(p.id.as_str()) || same(&p.title) || p.post.as_ref().is_some_and(|post| same(post))
    })
}

/// A serious matter closes with an independent investigator and dated recommendations (S1.53). The
/// form asks for both; here stands who is independent.
pub fn serious(talk: &Talk<'_>, out: &mut Vec<Objection>) {
    if !talk.is("severity", &["serious"]) {
        return;
    }
    let Some(independent) = talk.text("independent") else {
        return;
    };
    let first = talk.text("investigator").unwrap_or_default();
    if independent.eq_ignore_ascii_case(&first) || is_head(talk, &independent) {
        let named = talk.scene.config.breaches.independent.as_ref();
        let remedy = named.map_or("name somebody from outside the matter".to_string(), |n| {
            format!("the file names: {}", n.value)
        });
        let sentence = format!("\"{independent}\" is not independent of the first investigation");
        out.extend(object("independent", Ill::Wrong, sentence, remedy));
    }
}

/// The Headteacher neither looks into a matter about the Headteacher nor ends it (K13).
pub fn about_head(talk: &Talk<'_>) -> Option<Objection> {
    if !talk.yes("about-head") {
        return None;
    }
    let config = talk.scene.config;
    let alternate = config.breaches.about_head.as_ref().map(|a| a.value.as_str());
    if let Some(said) = talk.text("investigator") {
        if is_head(talk, &said) {
            let remedy = alternate.map_or(
                "name somebody else, and the file: breaches about-head=\"...\"".to_string(),
                |a| format!("by the file: {a}"),
            );
            let sentence = "a matter about the Headteacher is not the Headteacher's to look into";
            return object("investigator", Ill::Refused, sentence, remedy);
        }
        let other = alternate.is_some_and(|a| !a.eq_ignore_ascii_case(said.trim()));
        if other {
            let sentence = format!("the file names somebody else than \"{said}\" for such matters");
            let remedy = format!("by the file: {}", alternate.unwrap_or_default());
            return object("investigator", Ill::Refused, sentence, remedy);
        }
    }
    // Anybody reports a matter; going on with it is another thing.
    let goes_on = talk.draft.act != crate::logbook::entry::Act::Open;
    let who = talk.person().unwrap_or_default();
    if goes_on && holders::has(&holders::heads(config), who) {
        let sentence = "this matter is about the Headteacher, who has no part in it";
        return object("", Ill::Refused, sentence, "whoever looks into it writes the entry");
    }
    None
}

/// A breach of personal data ends with a word to the Commissioner, or why there was none (R1.22).
pub fn notified(talk: &Talk<'_>) -> Option<Objection> {
    let record = talk.scene.record?;
    let settled = record.had_step("commissioner") || record.had_step("not-notifiable");
    if !talk.yes("personal-data") || settled {
        return None;
    }
    let sentence = "nothing says whether the Information Commissioner was told";
    object("step", Ill::Missing, sentence, "add a note first: told at, or why it need not be")
}
