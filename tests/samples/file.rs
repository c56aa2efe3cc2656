//! The file as a supervisor would hold it: on disk, in force, waiting, tried, with its versions.

use beadle::base::digest::Digest;
use beadle::base::time::Span;
use beadle::config;
use beadle::supervisor::report::plan_offline;
use beadle::wire::site::{SiteSheet, Trying, VersionLine, WaitingSheet};
use beadle::wire::{PlanLine, Reply, Request, Saved};

use super::now;

pub const DEMO: &str = include_str!("../../configs/demo.kdl");

pub struct File {
    /// As it lies on disk.
    pub text: String,
    pub may_read: bool,
    pub may_edit: bool,
    pub waiting: Option<WaitingSheet>,
    pub refused: Option<String>,
    pub trying: Option<Trying>,
    /// Texts that were in force, the oldest first.
    pub versions: Vec<String>,
    /// A change of the network is tried.
    pub tries: bool,
    /// Whom a saved version waits for.
    pub approvals: Vec<String>,
}

impl Default for File {
    fn default() -> File {
        File {
            text: DEMO.into(),
            may_read: true,
            may_edit: true,
            waiting: None,
            refused: None,
            trying: None,
            versions: vec![DEMO.replace("max-days=90", "max-days=60"), DEMO.into()],
            tries: false,
            approvals: Vec::new(),
        }
    }
}

/// A whole file of 64 cameras.
pub fn large() -> String {
    let camera = |n: u32| {
        format!(
            "    camera \"corridor-{n}\" \"Corridor {n}\" zone=\"corridors\" {{ // first floor\n        \
             stream \"rtsp://10.20.1.{n}/main\" kbps=2000\n        task \"recognise\" width-m=3.0\n    }}\n"
        )
    };
    let zones =
        "zones {\n    zone \"corridors\" \"Corridors\" kind=\"corridor\" purposes=\"safety\"\n}\n";
    format!(
        "site \"St Thomas More High School\" {{\n    controller \"The school\"\n    contact \"School \
         office\" phone=\"01632 960000\"\n}}\ncode-of-practice {{\n    purpose \"safety\" \
         \"Safety\"\n}}\npeople {{\n    person \"headteacher\" \"Headteacher\"\n}}\ncameras \
         {{\n{}}}\n{zones}retention min-days=30 max-days=90\n",
        (1..=64).map(camera).collect::<String>()
    )
}

pub fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

pub fn waiting() -> WaitingSheet {
    WaitingSheet {
        digest: "5".repeat(64),
        author: "it-manager".into(),
        changes: vec!["Front gate is kept at most 60 days instead of 90".into()],
        lines: vec![PlanLine {
            sign: '~',
            unit: "retention".into(),
            what: "max-days 90 -> 60".into(),
        }],
        confirmed: vec!["Headteacher".into()],
        missing: vec!["Designated Safeguarding Lead".into()],
        may_confirm: true,
    }
}

impl File {
    pub fn answer(&mut self, request: &Request) -> Option<Reply> {
        let refused = |why: &str| Some(Reply::Refused { why: why.into() });
        Some(match request {
            Request::SiteFile => Reply::SiteFile(Box::new(SiteSheet {
                text: self.may_read.then(|| self.text.clone()),
                digest: digest(&self.text),
                may_edit: self.may_edit,
                waiting: self.waiting.clone(),
                refused: self.refused.clone(),
                trying: self.trying.clone(),
            })),
            Request::Plan { name, text } => {
                let mut report = plan_offline(name, text, now());
                let read = |text: &str| config::parse(name, text.as_bytes()).config;
                if let (Some(old), Some(new)) = (read(&self.text), read(text)) {
                    let lines = config::diff::diff(Some(&old), &new).into_iter();
                    let line = |c: config::diff::Change| PlanLine {
                        sign: c.sign,
                        unit: c.unit,
                        what: c.what,
                    };
                    report.lines = lines.map(line).collect();
                    report.consequences = vec!["no camera's recording is touched".into()];
                    report.findings.clear();
                    report.approvals = self.approvals.clone();
                    report.tried = self.tries.then_some(60);
                }
                Reply::Plan(report)
            }
            Request::SaveFile { text, based_on } => {
                if *based_on != digest(&self.text) {
                    return refused("site.kdl was changed meanwhile by somebody else.");
                }
                self.text = text.clone();
                self.versions.push(text.clone());
                if self.tries {
                    self.trying = Some(Trying {
                        digest: digest(text),
                        revision: 3,
                        before: 2,
                        until: now() + Span::secs(60),
                    });
                }
                let text = "Revision 3 is in force.".into();
                Reply::Saved(Saved { written: true, number: Some(70), findings: vec![], text })
            }
            Request::KeepFile { .. } => {
                self.trying = None;
                Reply::Text { text: "Revision 3 stays in force.".into() }
            }
            Request::RefuseFile { why, .. } => {
                self.waiting = None;
                self.refused = Some(format!("site.kdl was refused by Headteacher: {why}"));
                Reply::Text { text: "Refused. What is in force stays in force.".into() }
            }
            Request::Versions => {
                let all = self.versions.iter().enumerate().rev();
                let line = |(n, text): (usize, &String)| VersionLine {
                    revision: n as u64 + 1,
                    at: now() - Span::days(30 - 3 * n as i64),
                    digest: digest(text),
                    author: if n == 0 { "unknown" } else { "it-manager" }.into(),
                    approved_by: if n == 1 { vec!["headteacher".into()] } else { vec![] },
                    changes: vec!["~ retention: max-days 60 -> 90".into()],
                };
                Reply::Versions { versions: all.map(line).collect() }
            }
            Request::Version { revision } => match self.versions.get(*revision as usize - 1) {
                Some(text) => Reply::Text { text: text.clone() },
                None => return refused("There is no such revision."),
            },
            _ => return None,
        })
    }
}
