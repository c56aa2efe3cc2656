//! The papers of a case, from its entries: the request as recorded, the conditions, the receipt, a
//! statement, the page of the register, and what to do when fetching footage (R2.21, R2.24, S1.42
//! to S1.48).
//!
//! Each is a function of the file, the entries, and the key that signs the package; whoever puts
//! the package together adds them to it as documents.

use super::page::{Document, Part};
use super::phrase::{self, list};
use super::records;
use crate::base::time::Utc;
use crate::config::Config;
use crate::logbook::{ClockState, Entry, Kind, Value};

/// What the papers of one case are made from.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub config: &'a Config,
    /// The request, its notes and its end.
    pub request: &'a [Entry],
    /// The release, where there is one yet.
    pub release: Option<&'a Entry>,
    /// The export, where there is one yet.
    pub export: Option<&'a Entry>,
    /// The box's public key, as `ssh-keygen -l` shows it.
    pub key: &'a str,
}

/// How the clock of the recorder stood when the copy was made, for the statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockWords(pub String);

impl ClockWords {
    /// As a witness says it (R7.3): who kept it right, or when it was last compared, in ms of
    /// recorder minus reference.
    pub fn of(state: ClockState, compared: Option<(Utc, &str, i64)>) -> ClockWords {
        ClockWords(match (state, compared) {
            (ClockState::Synced, _) => {
                "the recorder's clock was being kept right by another clock.".into()
            }
            (ClockState::Holdover, _) => {
                "the recorder's clock had been set by another clock and ran by itself.".into()
            }
            (ClockState::Manual, _) => "the recorder's clock had been set by hand.".into(),
            (ClockState::Unknown, None) => "I compared the recorder's clock with \
                                            ................ and found ................"
                .into(),
            (ClockState::Unknown, Some(_)) => "nothing kept the recorder's clock right.".into(),
        })
        .with(compared)
    }

    fn with(mut self, compared: Option<(Utc, &str, i64)>) -> ClockWords {
        if let Some((at, against, offset_ms)) = compared {
            let seconds = offset_ms as f64 / 1_000.0;
            self.0 += &format!(
                " It was last compared on {at} with {against}, and was {seconds:+.3} s from it."
            );
        }
        self
    }
}

impl Case<'_> {
    /// All of them, in the order in which they are signed. Whoever gets pictures of themselves
    /// signs no conditions and needs no statement (R1.8).
    pub fn papers(&self, clock: &ClockWords) -> Vec<Document> {
        let own = self.request.first().is_some_and(|e| e.header.kind == Kind::SubjectAccess);
        let mut papers = vec![self.request()];
        if !own {
            papers.push(self.conditions());
        }
        papers.push(self.receipt());
        if !own {
            papers.push(self.statement(clock));
        }
        papers.extend([self.register_page(), self.checklist()]);
        papers
    }

    fn paper(&self, name: &str, title: &str) -> Document {
        let (site, owner) = (&self.config.site.name.value, &self.config.site.owner.value);
        let mut paper = Document::new(name, title, site, owner);
        paper.protect();
        paper.foot.push(format!("Key of the recorder: {}", self.key));
        if let Some(first) = self.request.first() {
            paper.subtitle = format!("Request no. {}", first.number);
        }
        paper
    }

    /// What was said last to a question: in the release, the export, the request.
    fn said(&self, name: &str) -> String {
        let of = |e: &Entry| e.body.as_ref().and_then(|b| b.answers().get(name).cloned());
        let newest =
            [self.release, self.export].into_iter().flatten().chain(self.request.iter().rev());
        newest.filter_map(of).next().map(|v| v.in_words()).unwrap_or_default()
    }

    fn of_export(&self, name: &str) -> String {
        let body = self.export.and_then(|e| e.body.as_ref());
        body.and_then(|b| b.answers().get(name).map(Value::in_words)).unwrap_or_default()
    }

    /// A moment of the export in the school's own time; as it stands where it is none.
    fn moment(&self, name: &str) -> String {
        let said = self.of_export(name);
        match said.parse::<Utc>() {
            Ok(at) => self.config.site.zone.show(at),
            Err(_) => said,
        }
    }

    /// The request as it was recorded, with what became of it (R1.13).
    pub fn request(&self) -> Document {
        let mut paper = self.paper("request", "Request for footage, as recorded");
        for entry in self.request {
            records::entry(self.config, entry, &mut paper);
        }
        paper.signatures(&["Received by"]);
        paper
    }

    /// To be signed before the copy is handed over (S1.46, S1.47).
    pub fn conditions(&self) -> Document {
        let mut paper = self.paper("conditions", "Conditions on which a copy leaves");
        let owner = &self.config.site.owner.value;
        paper.head("Conditions");
        paper.clause(
            format!("The recordings and their copyright remain the property of {owner}."),
            "site",
            "S4.2",
        );
        for condition in &self.config.disclosure.conditions {
            paper.clause(phrase::sentence(&condition.text), "disclosure", "S1.46");
        }
        paper.clause(
            "They are personal data: they are kept safe, used only for the purpose of the request, \
             and destroyed or given back once they have served.",
            "disclosure",
            "S1.47",
        );
        paper.clause(
            "The master is not masked. Who is shown in it without being part of the matter is not \
             to be made known.",
            "",
            "R2.22",
        );
        paper.parts.push(Part::Checks(vec![
            ("The school consents to passing it on to:".into(), String::new()),
            ("The school does not consent to passing it on".into(), String::new()),
        ]));
        self.parties(&mut paper);
        paper.signatures(&["Recipient", "For the school"]);
        paper
    }

    fn parties(&self, paper: &mut Document) {
        paper.facts([
            ("Recipient", self.said("recipient-name")),
            ("Organisation", self.said("organisation")),
            ("Number", self.said("recipient-number")),
            ("Reference", self.said("crime-reference")),
        ]);
    }

    /// For the copy (S1.42, R1.1).
    pub fn receipt(&self) -> Document {
        let mut paper = self.paper("receipt", "Receipt for a copy of CCTV footage");
        paper.head("What was handed over");
        paper.facts([
            ("Exhibit", self.said("exhibit")),
            ("Cameras", self.of_export("cameras")),
            ("From", self.moment("from")),
            ("Until", self.moment("until")),
            ("Carrier", self.said("carrier")),
            ("Serial number or label", self.said("serial")),
            ("Delivered", self.said("transfer")),
        ]);
        paper.head("To whom");
        self.parties(&mut paper);
        paper.blanks(&[
            "Name in capitals",
            "Number or identity seen",
            "Handed over at (date and time)",
        ]);
        paper.signatures(&["Received by", "Handed over by", "Witness"]);
        paper
    }

    /// A draft for whoever made the copy. The wording of the national form is theirs who agreed it;
    /// this gives what it asks for (R2.24).
    pub fn statement(&self, clock: &ClockWords) -> Document {
        let mut paper = self.paper("statement", "Witness statement, draft");
        let config = self.config;
        let maker = self.export.and_then(|e| e.body.as_ref()).and_then(|b| b.who.as_ref());
        let person =
            maker.and_then(|w| config.people.iter().find(|p| p.id.value.as_str() == w.person));
        let name = person.map_or("................", |p| p.title.value.as_str());
        let post =
            person.and_then(|p| p.post.as_ref()).map_or("................", |p| p.value.as_str());
        paper.say(
            "To be read, put right where it is wrong, and copied into the form that the police \
             bring. Nothing in it counts before it is signed.",
        );
        paper.head("Statement");
        let cameras = config.cameras.list.iter().filter(|c| c.covert.is_none()).count();
        let or_blank =
            |text: String| if text.is_empty() { "................".to_string() } else { text };
        let lines = [
            format!("I am {name}, {post} at {}.", config.site.name.value),
            format!(
                "{} operates a CCTV system of {}. It records round the clock, as the cameras send \
                 it, without changing the pictures.",
                config.site.controller.name.value,
                phrase::count(cameras as u64, "camera", "cameras")
            ),
            "The system was in working order at the material time, as far as I know.".to_string(),
            format!("The clock: {}", clock.0),
            format!(
                "On {} I made a copy of the recordings of {} from {} until {}.",
                or_blank(
                    self.export.map(|e| config.site.zone.show(e.header.at)).unwrap_or_default()
                ),
                or_blank(self.of_export("cameras")),
                or_blank(self.moment("from")),
                or_blank(self.moment("until")),
            ),
            format!(
                "I produce it as exhibit {}. {} With it went the digests and the signature by \
                 which any change would be seen.",
                or_blank(self.said("exhibit")),
                match self.said("recipient").as_str() {
                    "police" | "court" => "It is the master.",
                    _ => {
                        "Of a camera with a mask it is a working copy, in which what the school \
                         hides is painted over; the master stays at the school."
                    }
                }
            ),
            format!(
                "I handed it to {} of {}. The recordings themselves are held at the school under \
                 entry {} of its logbook.",
                or_blank(self.said("recipient-name")),
                or_blank(self.said("organisation")),
                self.export.map_or("................".to_string(), |e| e.number.to_string()),
            ),
        ];
        for line in lines {
            paper.clause(line, "", "R2.24");
        }
        paper.signatures(&["Signature", "Signature witnessed by"]);
        paper
    }

    /// This case's lines of the register of releases (S1.42).
    pub fn register_page(&self) -> Document {
        let mut paper = self.paper("register-page", "Register of releases, this case");
        let all = [self.release, self.export].into_iter().flatten();
        for entry in all {
            records::entry(self.config, entry, &mut paper);
        }
        if paper.parts.is_empty() {
            paper.say("Nothing has been released yet.");
        }
        paper.signatures(&["Entered by"]);
        paper
    }

    /// What is not to be forgotten when footage is fetched (R2.21), with how much of it there is.
    pub fn checklist(&self) -> Document {
        let mut paper = self.paper("retrieval-checklist", "Retrieving footage: checklist");
        let known = |text: String| text;
        let window = match (self.moment("from"), self.moment("until")) {
            (from, until) if from.is_empty() && until.is_empty() => String::new(),
            (from, until) => format!("{from} until {until}"),
        };
        let checks = [
            (
                "Which cameras could have seen it, those of the ways in and out too",
                known(self.of_export("cameras")),
            ),
            ("From well before until well after", window),
            ("The recorder's clock against another, difference written down", String::new()),
            ("The footage is held, so that it is not deleted meanwhile", String::new()),
            (
                "Retrieved as it was recorded: no screen filmed, nothing re-encoded",
                "The package holds the recorded pictures unchanged.".into(),
            ),
            ("Gaps in the recording are known and listed", "The package lists them.".into()),
            (
                "The copy was read back and checked",
                "The recorder does it before it says done; beadle verify does it again.".into(),
            ),
            ("It plays on a machine that is not the recorder", String::new()),
            ("Exhibit reference given (initials and a number)", self.said("exhibit")),
            ("Carrier labelled, its serial number entered", self.said("serial")),
            ("Conditions and receipt signed", String::new()),
            ("Statement draft handed over", String::new()),
        ];
        paper.head("Each time");
        paper
            .parts
            .push(Part::Checks(checks.into_iter().map(|(w, k)| (w.to_string(), k)).collect()));
        paper.head("By how much there is");
        paper.table(
            &[("How much", 3), ("What to do", 6)],
            [
                ["up to 16 clips", "copy them; all cameras that could have seen it"],
                [
                    "more than that",
                    "agree with the officer which cameras and hours come first; the rest is held",
                ],
                [
                    "days of many cameras",
                    "offer the original drive by the school's procedure, or several carriers",
                ],
            ]
            .map(|row| row.map(String::from).to_vec())
            .to_vec(),
        );
        if let Some(original) = &self.config.disclosure.original {
            paper.clause(phrase::sentence(&original.value), "disclosure", "S1.48");
        }
        let technical =
            phrase::whos(self.config, &self.config.site.technical, phrase::Reader::Staff);
        if !technical.is_empty() {
            paper.say(format!("Who knows the system: {}.", list(&technical)));
        }
        paper
    }
}

/// The entries of a request among others: itself, what was added to it, its end.
pub fn of_request(entries: &[Entry], number: u64) -> Vec<Entry> {
    let about = |e: &&Entry| e.number == number || e.header.about == Some(number);
    entries.iter().filter(about).cloned().collect()
}

/// The newest entry of this kind that names the request in its field `request`.
pub fn behind(entries: &[Entry], kind: Kind, number: u64) -> Option<&Entry> {
    let wanted = Value::Number(i64::try_from(number).ok()?);
    let names = |e: &&Entry| {
        let said = e.body.as_ref().and_then(|b| b.fields.get("request"));
        e.header.kind == kind
            && said.is_some_and(|v| *v == wanted || v.text() == Some(&number.to_string()))
    };
    entries.iter().filter(names).max_by_key(|e| e.number)
}
