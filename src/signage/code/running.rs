//! Who may do what, what is written down, how it is kept safe.

use super::Code;
use crate::config::duties::DutyKind;
use crate::config::roles::{May, Role};
use crate::config::stations::SecondFactor;
use crate::signage::page::Document;
use crate::signage::phrase::{self, Reader, count, list};

/// What a duty is called.
pub(in crate::signage) const fn duty(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::DailyCheck => "Daily check: every camera records a good picture",
        DutyKind::RandomCheck => "Random check of one camera at one moment",
        DutyKind::ClockCheck => "The recorder's clock against another",
        DutyKind::AccessReview => "Review of who may do what",
        DutyKind::SignCheck => "Sign walk: every sign is there and right",
        DutyKind::Maintenance => "Maintenance visit",
        DutyKind::PolicyReview => "Review of this code",
        DutyKind::DpiaReview => "Review of the impact assessment",
        DutyKind::Liaison => "Meeting with the police and other bodies",
        DutyKind::YearlyReport => "Yearly report",
        DutyKind::Audit => "Audit and risk assessment",
        DutyKind::Training => "Training of those who use the system",
        DutyKind::PrintCheckpoint => "The logbook's seal on paper",
        DutyKind::RecoveryCheck => "The recovery key is where it should be",
    }
}

fn rights(may: &May, code: &Code<'_>) -> String {
    let deeds: Vec<&str> = may.deeds.iter().map(|d| phrase::deed(d.value)).collect();
    let mut out = deeds.join(", ");
    if !may.at.is_empty() && code.staff() {
        let at = may.at.iter().map(|id| {
            let station = code.config.stations.iter().find(|s| s.id.value == id.value);
            station.map_or(id.value.as_str(), |s| s.title.value.as_str())
        });
        out += &format!(" (only at: {})", list(&at.collect::<Vec<_>>()));
    }
    if !may.zones.is_empty() {
        let zones = may.zones.iter().filter_map(|id| code.config.zone(&id.value));
        let zones: Vec<&str> = zones.map(|z| z.title.value.as_str()).collect();
        out += &format!(" (only: {})", list(&zones));
    }
    if may.permission.value {
        out += " (only with permission for the occasion)";
    }
    if let Some(limit) = &may.limit {
        out += &format!(" (at most {} at once)", phrase::length(limit.value));
    }
    out
}

/// The title of a role, or its short name.
fn title(role: &Role) -> String {
    role.title.as_ref().map_or_else(|| phrase::plain(role.id.value.as_str()), |t| t.value.clone())
}

impl Code<'_> {
    pub(super) fn access(&self, paper: &mut Document) {
        let config = self.config;
        paper.head("Who may do what");
        paper.clause(
            "Only those may look at pictures to whom this code gives it, each under a log-in of \
             their own; everybody else may not. What nobody is given, nobody may do.",
            "roles",
            "S0.16",
        );
        let rows = config.roles.iter().map(|role| {
            let all: Vec<String> = role.may.iter().map(|may| rights(may, self)).collect();
            let registers: Vec<&str> =
                role.registers.iter().map(|r| r.register.value.as_str()).collect();
            let registers =
                (!registers.is_empty()).then(|| format!("registers: {}", registers.join(", ")));
            let rights: Vec<String> = all.into_iter().chain(registers).collect();
            let mut row = vec![title(role), rights.join("; ")];
            if self.staff() {
                let deputies = if role.deputies.value { " (and their deputies)" } else { "" };
                let held = phrase::whos(config, &role.held_by, Reader::Staff);
                row.push(list(&held) + deputies);
            }
            row
        });
        let rows = rows.collect();
        match self.staff() {
            true => paper.table(&[("Role", 3), ("May", 6), ("Held by", 4)], rows),
            false => paper.table(&[("Role", 3), ("May", 8)], rows),
        }
        self.stand_ins(paper);
        self.approvals(paper);
        self.statements(paper, &["access"]);
    }

    /// Deputies, and people of firms.
    fn stand_ins(&self, paper: &mut Document) {
        let config = self.config;
        let deputies: Vec<String> = config
            .people
            .iter()
            .filter(|_| self.staff())
            .filter_map(|p| {
                let of = config.person(&p.deputises.as_ref()?.value)?;
                Some(format!(
                    "{} stands in for {}",
                    phrase::person(p, Reader::Staff),
                    phrase::person(of, Reader::Staff)
                ))
            })
            .collect();
        if !deputies.is_empty() {
            paper.clause(format!("{}.", deputies.join("; ")), "people", "S4.5");
        }
        let firms: Vec<_> = config.people.iter().filter(|p| p.contractor.is_some()).collect();
        let watches =
            |role: &Role| role.may.iter().any(|m| m.deeds.iter().any(|d| d.value.watches()));
        let held = |role: &&Role| {
            let by = |p: &&crate::config::people::Person| {
                role.held_by.iter().any(|h| h.value == p.id.value)
            };
            firms.iter().any(by)
        };
        if !firms.is_empty() && !config.roles.iter().filter(held).any(watches) {
            let text = "People of firms have accounts of their own, and look at no pictures.";
            paper.clause(text, "people", "S4.3");
        }
    }

    fn approvals(&self, paper: &mut Document) {
        let config = self.config;
        for approval in config.approvals.iter().filter(|_| self.staff()) {
            let by = phrase::whos(config, &approval.by, Reader::Staff);
            let and = phrase::whos(config, &approval.and, Reader::Staff);
            let and = if and.is_empty() {
                String::new()
            } else {
                format!(", together with {}", phrase::either(&and))
            };
            let what = phrase::plain(&approval.change.value.to_string());
            let text =
                format!("A change that would {what} waits for {}{and}.", phrase::either(&by));
            paper.clause(text, "approvals", "S4.48");
        }
    }

    pub(super) fn records(&self, paper: &mut Document) {
        let config = self.config;
        paper.head("What is checked and written down");
        let rows = config.duties.iter().map(|d| {
            let firm = d.contract.as_ref().filter(|_| self.staff());
            let firm = firm.map(|c| match &c.number {
                Some(number) => format!(", {} ({})", c.firm.value, number.value),
                None => format!(", {}", c.firm.value),
            });
            let with: Vec<&str> = d.with.iter().map(|w| w.value.as_str()).collect();
            let with =
                if with.is_empty() { String::new() } else { format!(", with {}", list(&with)) };
            let what = duty(d.kind.value).to_string() + &firm.unwrap_or_default() + &with;
            let mut row = vec![what, phrase::every(d.every.value).to_string()];
            if self.staff() {
                row.push(list(&phrase::whos(config, &d.by, Reader::Staff)));
            }
            row
        });
        let rows = rows.collect();
        match self.staff() {
            true => paper.table(&[("Duty", 5), ("When", 2), ("Asked of", 4)], rows),
            false => paper.table(&[("Duty", 6), ("When", 2)], rows),
        }
        paper.clause(
            format!(
                "Every log-in, look, copy, refusal, change and check is an entry of a logbook that \
                 cannot be changed unseen. Entries are kept for {}.",
                count(u64::from(config.logbook.keep_years.value), "year", "years")
            ),
            "logbook",
            "S1.42",
        );
        let registers: Vec<String> =
            config.registers.value.iter().map(|r| phrase::plain(r.as_str())).collect();
        paper.clause(format!("Registers: {}.", list(&registers)), "registers", "S1.34");
        let types = config.incident_types.iter().map(|t| match &t.title {
            Some(title) => title.value.clone(),
            None => phrase::plain(t.id.value.as_str()),
        });
        let types: Vec<String> = types.collect();
        paper.clause(
            format!("Incidents are sorted as: {}.", list(&types)),
            "incident-types",
            "S0.7",
        );
    }

    pub(super) fn security(&self, paper: &mut Document) {
        let config = self.config;
        paper.head("How it is kept safe");
        let encrypted =
            "Recordings are stored on encrypted disks; no setting of the system switches that off.";
        paper.clause(encrypted, "storage", "S4.22");
        if let Some(location) = &config.site.location {
            let locked =
                if location.locked.value { "a room that is always locked" } else { "a room" };
            let place = match self.staff() {
                true => format!("The recorder stands in {locked}: {}.", location.title.value),
                false => format!("The recorder stands in {locked}."),
            };
            paper.clause(place, "site", "S1.33");
        }
        paper.clause(
            "There is no app and no web page that shows its pictures: they are seen at the \
             school's own stations. Nothing is made for personal devices.",
            "",
            "S4.30",
        );
        paper.clause(
            "The recorder sends no mail and no pictures over a network. Where a copy is to be \
             sent, it is sent encrypted from a computer and an account of the school, and entered.",
            "",
            "S4.28",
        );
        paper.clause(MALWARE, "", "S4.76");
        let methods = config.disposal.methods.iter().map(|m| match m.value {
            crate::config::logbook::DisposalMethod::Erase => "erased",
            crate::config::logbook::DisposalMethod::Destroy => "destroyed",
            crate::config::logbook::DisposalMethod::Firm => {
                "destroyed by a firm that vouches for it"
            }
        });
        let methods: Vec<&str> = methods.collect();
        if !methods.is_empty() {
            let witness = if config.disposal.witness.value { ", before a witness" } else { "" };
            let text = format!(
                "Carriers that are no longer needed are {}{witness}.",
                phrase::either(&methods)
            );
            paper.clause(text, "disposal", "S1.62");
        }
        if self.staff() {
            self.accounts(paper);
        }
    }

    fn accounts(&self, paper: &mut Document) {
        let (config, accounts) = (self.config, &self.config.accounts);
        let stations = config.stations.iter().map(|s| {
            let marks = [
                s.declaration.value.then_some("declaration of confidentiality first"),
                (!s.admin.value).then_some("no administration here"),
                s.wall.value.then_some("live pictures stay when locked"),
            ];
            let marks: Vec<&str> = marks.into_iter().flatten().collect();
            vec![s.title.value.clone(), phrase::length(s.idle_lock.value), marks.join("; ")]
        });
        paper.table(&[("Station", 3), ("Locks after", 2), ("Rules", 4)], stations.collect());
        let factor = match accounts.second_factor.value {
            SecondFactor::None => "A passphrase is enough to log in",
            SecondFactor::Privileged => "Privileged accounts log in with a second factor",
            SecondFactor::Everyone => "Everybody logs in with a second factor",
        };
        let text = format!(
            "{factor}. A passphrase has at least {} characters. Administration has accounts of its \
             own, which show no pictures; a session of theirs ends after {}.",
            accounts.passphrase_min.value,
            phrase::length(accounts.admin_session.value)
        );
        paper.clause(text, "accounts", "S4.43");
        let exceptions = config.practice.exceptions.iter();
        let exceptions = exceptions.map(|e| {
            let until = e.until.as_ref().map(|d| phrase::day(d.value)).unwrap_or_default();
            let by = phrase::who(config, &e.by.value, Reader::Staff);
            vec![e.rule.value.clone(), e.because.value.clone(), e.control.value.clone(), by, until]
        });
        let exceptions: Vec<_> = exceptions.collect();
        if !exceptions.is_empty() {
            let columns = [
                ("Departure from", 3),
                ("Why", 4),
                ("Control", 4),
                ("Allowed by", 3),
                ("Until", 2),
            ];
            paper.table(&columns, exceptions);
        }
    }
}

/// What stands in for anti-malware, for an auditor (S4.76).
pub(in crate::signage) const MALWARE: &str = "The recorder has no anti-malware program; other \
     controls stand in its place. Installed from its own image, its system is read-only and checked by the \
     machine at the start, it takes updates only when they are signed, it runs no program from a \
     stick or a file that is brought to it, and it opens nothing that people send. Where a rule \
     asks for anti-malware, this is the equivalent control.";
