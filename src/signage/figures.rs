//! The yearly pack for the governors and the sheet of a month, from the logbook (S4.72, S4.74,
//! S4.85, S1.6).

use super::page::Document;
use super::phrase::{self, count};
use super::records;
use crate::base::time::Utc;
use crate::config::Config;
use crate::logbook::reports::{Period, Statistics, statistics};
use crate::logbook::{Act, Entry, Kind, Value};
use crate::wire::Status;
use crate::wire::duty::{DutyLine, DutyState};

/// What the papers of a period are made from.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub config: &'a Config,
    /// The whole logbook, or as much of it as the reader may see; oldest first.
    pub entries: &'a [Entry],
    pub status: Option<&'a Status>,
    pub duties: &'a [DutyLine],
    pub now: Utc,
}

impl Known<'_> {
    fn paper(&self, name: &str, title: &str, period: Period) -> Document {
        let (site, owner) = (&self.config.site.name.value, &self.config.site.owner.value);
        let mut paper = Document::new(name, title, site, owner);
        paper.protect();
        let (first, last) = (phrase::day(period.first), phrase::day(period.last));
        paper.subtitle = format!("From {first} to {last}");
        let made = self.config.site.zone.show(self.now);
        paper.foot.push(format!("Made on {made} from {} entries.", self.entries.len()));
        paper
    }

    fn within(&self, period: Period) -> impl Iterator<Item = &Entry> {
        let zone = &self.config.site.zone;
        let (from, to) = (zone.start_of(period.first), zone.end_of(period.last));
        self.entries.iter().filter(move |e| from <= e.header.at && e.header.at < to)
    }

    /// For the governors.
    pub fn year(&self, period: Period) -> Document {
        let mut paper = self.paper("yearly-pack", "CCTV: the year for the governors", period);
        let sums = statistics(self.entries, period, &self.config.site.zone);
        self.header(&mut paper);
        paper.head("The year in figures");
        figures(&sums, &mut paper);
        paper.head("Retention");
        self.retention(&sums, &mut paper);
        paper.head("Coverage of each camera");
        self.coverage(&mut paper);
        paper.head("Disclosures");
        tally("Recipient", &sums.disclosures, self.config, &mut paper);
        self.listed(Kind::Release, period, &["recipient", "organisation", "basis"], &mut paper);
        paper.head("Complaints, breaches and misuse");
        for kind in [Kind::Complaint, Kind::Breach, Kind::Misuse] {
            self.listed(kind, period, &["severity", "what", "outcome"], &mut paper);
        }
        paper.head("Checks that were missed");
        tally("Duty", &sums.missed, self.config, &mut paper);
        paper.head("Reviews of access, and of the code");
        self.listed(Kind::AccessReview, period, &["outcome"], &mut paper);
        self.listed(Kind::Review, period, &["duty", "outcome", "recommendations"], &mut paper);
        paper.head("Incidents");
        tally("Kind", &sums.incidents, self.config, &mut paper);
        paper.head("What is due now");
        self.due(&mut paper);
        paper.clause(
            "The governors have seen this report; what they recommend is entered with its date.",
            "duties",
            "S4.72",
        );
        paper.signatures(&["Presented by", "For the governors"]);
        paper
    }

    /// One page for senior leaders (S4.85).
    pub fn month(&self, period: Period) -> Document {
        let mut paper = self.paper("monthly-sheet", "CCTV: the month", period);
        let sums = statistics(self.entries, period, &self.config.site.zone);
        paper.head("Figures");
        figures(&sums, &mut paper);
        paper.head("Disclosures");
        tally("Recipient", &sums.disclosures, self.config, &mut paper);
        paper.head("Incidents");
        tally("Kind", &sums.incidents, self.config, &mut paper);
        paper.head("Checks that were missed");
        tally("Duty", &sums.missed, self.config, &mut paper);
        paper.signatures(&["Seen by"]);
        paper
    }

    fn header(&self, paper: &mut Document) {
        let code = &self.config.practice;
        let approved = code.approved.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
        let by = code.approved_by.as_ref();
        let by = by.map(|id| phrase::who(self.config, &id.value, phrase::Reader::Staff));
        let review = code.review_by.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
        paper.facts([
            (
                "Code of practice, version",
                code.version.as_ref().map(|v| v.value.clone()).unwrap_or_default(),
            ),
            ("Approved", approved),
            ("Approved by", by.unwrap_or_default()),
            ("Next review by", review),
        ]);
    }

    fn retention(&self, sums: &Statistics, paper: &mut Document) {
        let keep = &self.config.retention.keep;
        let promised = format!(
            "Promised: at least {}, at most {}.",
            count(u64::from(keep.min_days.value), "day", "days"),
            count(u64::from(keep.max_days.value), "day", "days")
        );
        paper.clause(promised, "retention", "S1.25");
        let kept = match sums.retention_kept() {
            true => "Kept: nothing was lost before its time.".to_string(),
            false => {
                let all: Vec<String> = sums.shortfalls.iter().map(u64::to_string).collect();
                format!("Not kept: footage was lost before its time (entries {}).", all.join(", "))
            }
        };
        paper.clause(kept, "", "S1.25");
        let days = count(sums.deletion_days as u64, "day", "days");
        paper.clause(format!("The recorder deleted what was due on {days}."), "", "S0.19");
    }

    fn coverage(&self, paper: &mut Document) {
        let Some(status) = self.status else {
            return paper.say("The recorder was not asked.");
        };
        let rows = status.cameras.iter().map(|c| {
            let of = self.entries.iter().filter(|e| {
                let said = e.body.as_ref().and_then(|b| b.fields.get("camera"));
                e.header.kind == Kind::Alarm
                    && e.header.act == Act::Open
                    && said.and_then(Value::text) == Some(c.id.as_str())
            });
            let oldest = c.held.oldest.map(|at| phrase::day(self.config.site.zone.day_of(at)));
            vec![
                c.title.clone(),
                format!("{:.0}", c.held.days),
                c.held.floor_days.to_string(),
                oldest.unwrap_or_default(),
                format!("{:.0}", c.held.hours),
                of.count().to_string(),
            ]
        });
        let columns = [
            ("Camera", 5),
            ("Days held", 2),
            ("Promised", 2),
            ("Oldest", 3),
            ("Hours held", 2),
            ("Alarms", 2),
        ];
        paper.table(&columns, rows.collect());
    }

    fn listed(&self, kind: Kind, period: Period, names: &[&str], paper: &mut Document) {
        let opens =
            self.within(period).filter(|e| e.header.kind == kind && e.header.act == Act::Open);
        let rows: Vec<Vec<String>> = opens
            .map(|entry| {
                let answers = entry.body.as_ref().map(|b| b.answers()).unwrap_or_default();
                let said = names.iter().filter_map(|n| answers.get(*n)).map(Value::in_words);
                let said: Vec<String> = said.collect();
                let day = phrase::day(self.config.site.zone.day_of(entry.header.at));
                vec![entry.number.to_string(), day, said.join("; ")]
            })
            .collect();
        if rows.is_empty() {
            return paper
                .say(format!("No entry of the kind \"{}\".", phrase::plain(kind.as_str())));
        }
        paper.table(&[("No.", 1), ("Date", 3), ("What", 8)], rows);
    }

    fn due(&self, paper: &mut Document) {
        let zone = &self.config.site.zone;
        let open = self.duties.iter().filter_map(|duty| {
            let when = match &duty.state {
                DutyState::Overdue { since } => format!("overdue since {}", zone.show(*since)),
                DutyState::Due { until } => format!("due until {}", zone.show(*until)),
                _ => return None,
            };
            Some(vec![duty.what.clone(), when, duty.by.join(", ")])
        });
        paper.table(&[("Duty", 5), ("When", 3), ("Asked of", 3)], open.collect());
    }
}

fn figures(sums: &Statistics, paper: &mut Document) {
    let of = |n: usize| n.to_string();
    let disclosures: usize = sums.disclosures.values().sum();
    let incidents: usize = sums.incidents.values().sum();
    let missed: usize = sums.missed.values().sum();
    let (by_people, by_box) = sums.daily_checks;
    paper.facts([
        ("Requests for footage", of(sums.requests)),
        ("Disclosures", of(disclosures)),
        ("People who asked for their own pictures", of(sums.subject_access)),
        ("Viewings of recordings", of(sums.viewings)),
        ("Looks at live pictures", of(sums.live)),
        ("Stills", of(sums.stills)),
        ("Incidents", of(incidents)),
        ("Calls of the emergency services", of(sums.emergencies)),
        ("Complaints", of(sums.complaints)),
        ("Breaches and misuse", of(sums.breaches)),
        ("Visits to the recorder", of(sums.visits)),
        ("Faults", of(sums.faults)),
        ("Alarms", of(sums.alarms)),
        ("Holds", of(sums.holds)),
        ("Daily checks by people, by the box", format!("{by_people}, {by_box}")),
        ("Checks missed", of(missed)),
    ]);
}

/// Counts by word, the most frequent first.
fn tally(
    head: &'static str,
    counts: &std::collections::BTreeMap<String, usize>,
    config: &Config,
    paper: &mut Document,
) {
    let mut rows: Vec<(&String, &usize)> = counts.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let rows = rows
        .into_iter()
        .map(|(word, n)| vec![phrase::plain(&records::name(config, word)), n.to_string()]);
    paper.table(&[(head, 5), ("How many", 2)], rows.collect());
}
