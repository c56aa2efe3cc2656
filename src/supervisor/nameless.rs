//! A status needs no log-in, so it names nobody (S4.75): where a sentence speaks of a person of the
//! file, their post stands, and of a finding the lines of the file are left out. Who it was, the
//! logbook and `beadle check` tell to those who may know.
//!
//! Not found: a name in a file that does not load, of somebody whom no file before it named.

use crate::config::Config;
use crate::config::people::Person;
use crate::wire::Status;

/// Takes the people of these versions out; without versions nothing is changed.
pub fn make(status: &mut Status, files: &[&Config]) {
    if files.is_empty() {
        return;
    }
    let people: Vec<&Person> = files.iter().flat_map(|config| &config.people).collect();
    let texts = status.alarms.iter_mut().flat_map(|a| [&mut a.text, &mut a.remedy]);
    let texts = texts.chain([&mut status.verdict.text]);
    texts.for_each(|text| take_out(text, &people));
    for finding in &mut status.file.findings {
        let first = finding.rendered.lines().next().unwrap_or_default();
        finding.rendered = first.to_string();
        for text in [&mut finding.text, &mut finding.remedy, &mut finding.rendered] {
            take_out(text, &people);
        }
    }
}

fn take_out(text: &mut String, people: &[&Person]) {
    for person in people {
        let post = person.post.as_ref().map_or("somebody", |post| post.value.as_str());
        for name in [person.title.value.as_str(), person.id.as_str()] {
            // "head" of "Headteacher" is no name, and may be a word of the sentence.
            if !post.to_lowercase().contains(&name.to_lowercase().replace('-', " ")) {
                *text = without(text, name, post);
            }
        }
    }
}

/// Every whole word `name` as `post`.
fn without(text: &str, name: &str, post: &str) -> String {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-');
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(name).filter(|_| !name.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let last = before.chars().next_back().or(out.chars().next_back());
        let whole = ends(last) && ends(after.chars().next());
        out += before;
        out += if whole { post } else { name };
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn posts_stand_for_people() {
        let file = include_str!("../../configs/smallest.kdl").replace(
            "people { person \"headteacher\" \"Headteacher\" }",
            "people {\n person \"it\" \"Marlowe Fenn\" post=\"IT Manager\"\n \
             person \"quill\" \"Quillan Ashdown\"\n person \"dsl\" \"Safeguarding\" \
             post=\"Safeguarding\"\n}",
        );
        let config = parse("site.kdl", file.as_bytes()).config.unwrap();
        let people: Vec<&Person> = config.people.iter().collect();
        for (text, want) in [
            ("waits for Marlowe Fenn", "waits for IT Manager"),
            ("is it recording?", "is it recording?"),
            ("only quill may, not quillan", "only somebody may, not quillan"),
            ("wrong log-in as quill/admin", "wrong log-in as somebody/admin"),
            ("Quillan Ashdown and Safeguarding", "somebody and Safeguarding"),
        ] {
            let mut text = text.to_string();
            take_out(&mut text, &people);
            assert_eq!(text, want);
        }
    }
}
