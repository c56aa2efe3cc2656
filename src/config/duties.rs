//! `duties`: what somebody has to do, and when.

use super::logbook::ClockRules;
use super::network::Network;
use super::read::Node;
use super::refer::Kind;
use super::value::Word;
use super::value::{At, Every, Id, Setting, TimeOfDay, words};
use crate::base::time::Day;

words! {
    DutyKind {
        /// Every camera recording, picture good, room locked (S1.26, S1.33).
        DailyCheck = "daily-check",
        /// Machine picks camera and time, a person judges (S1.54).
        RandomCheck = "random-check",
        /// The recorder's clock against another (R7).
        ClockCheck = "clock-check",
        /// Who may do what (S4.44).
        AccessReview = "access-review",
        /// Every sign there and right (S0.5).
        SignCheck = "sign-check",
        /// The contractor's visit (S4.7).
        Maintenance = "maintenance",
        /// The code of practice (S1.6).
        PolicyReview = "policy-review",
        /// The impact assessment (R1.6).
        DpiaReview = "dpia-review",
        /// With police and others (S1.36).
        Liaison = "liaison",
        /// To the leadership team, with recommendations (S4.72).
        YearlyReport = "yearly-report",
        /// Audit and risk assessment (S4.74).
        Audit = "audit",
        /// Training of operators (S4.90).
        Training = "training",
        /// The logbook's checkpoint on paper.
        PrintCheckpoint = "print-checkpoint",
        /// The recovery key on paper is fetched and typed, and opens every copy (R4.7).
        RecoveryCheck = "recovery-check",
    }
}

/// One duty. Those that Beadle always keeps stand here too, with defaults.
#[derive(Clone, PartialEq, Debug)]
pub struct Duty {
    pub kind: Setting<DutyKind>,
    /// Persons or roles; empty means whoever is `responsible`.
    pub by: Vec<At<Id>>,
    pub every: Setting<Every>,
    /// Due at this time of the school's day.
    pub before: Option<At<TimeOfDay>>,
    /// The next date; later ones follow by `every`.
    pub due: Option<At<Day>>,
    /// Whom it involves or is presented to.
    pub with: Vec<At<String>>,
    /// Maintenance alone.
    pub contract: Option<Contract>,
}

/// The maintenance firm (S4.8, S1.23).
#[derive(Clone, PartialEq, Debug)]
pub struct Contract {
    pub firm: At<String>,
    pub number: Option<At<String>>,
    pub from: Option<At<Day>>,
    pub until: Option<At<Day>>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    /// When the firm accepted the code of practice (S1.23).
    pub accepted: Option<At<Day>>,
}

/// What Beadle asks for even if the file does not: kind, period, and why.
const ALWAYS: [(DutyKind, Every, &str); 8] = [
    (DutyKind::DailyCheck, Every::Day, "a recorder that nobody looks at fails unseen (S1.26)"),
    (DutyKind::ClockCheck, Every::Month, "a wrong clock spoils evidence (R7)"),
    (DutyKind::AccessReview, Every::Term, "people come and go with the terms (S4.44)"),
    (DutyKind::SignCheck, Every::Term, "signs fade and fall (S0.5)"),
    (DutyKind::Maintenance, Every::Year, "a yearly visit is the least (S4.7)"),
    (DutyKind::PolicyReview, Every::Year, "the code is reviewed yearly (S1.6)"),
    (DutyKind::PrintCheckpoint, Every::Month, "paper is the logbook's witness"),
    (DutyKind::RecoveryCheck, Every::Year, "a key that nobody tried is no key (R4.7)"),
];

/// The period of a duty that gives none and is not among [`ALWAYS`].
fn usual(kind: DutyKind) -> (Every, &'static str) {
    match ALWAYS.iter().find(|(k, _, _)| *k == kind) {
        Some((_, every, because)) => (*every, because),
        None => (Every::Year, "nothing else is said"),
    }
}

impl Duty {
    /// The duties of the file, then those that stand by themselves.
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Duty> {
        let mut out = Vec::new();
        for (word, kind) in DutyKind::WORDS {
            // A school may have several contracts; all else stands once.
            let nodes = match kind {
                DutyKind::Maintenance => n.many(word),
                _ => n.one(word).into_iter().collect(),
            };
            out.extend(nodes.into_iter().map(|node| Duty::decode(*kind, node)));
        }
        n.finish();
        for (kind, every, because) in ALWAYS {
            if out.iter().any(|d: &Duty| d.kind.value == kind) {
                continue;
            }
            out.push(Duty {
                kind: Setting::default(kind, because),
                by: Vec::new(),
                every: Setting::default(every, because),
                before: None,
                due: None,
                with: Vec::new(),
                contract: None,
            });
        }
        // By kind, so that writing out the defaults gives an equal configuration.
        out.sort_by_key(|duty| duty.kind.value);
        out
    }

    /// A box that no time server reaches loses seconds a week by itself, so that its clock is
    /// looked at each week where the file does not say how often (R7.7).
    pub(super) fn for_clock(mut all: Vec<Duty>, net: &Network, clock: &ClockRules) -> Vec<Duty> {
        if net.cameras.is_none() || net.uplink.is_some() || !clock.servers.is_empty() {
            return all;
        }
        let because = "without a time server the clock of a PC drifts by seconds a week (R7.7)";
        let unsaid = |d: &&mut Duty| d.every.default_because().is_some();
        let clocks = all.iter_mut().filter(|d| d.kind.value == DutyKind::ClockCheck);
        for duty in clocks.filter(unsaid) {
            duty.every = Setting::default(Every::Week, because);
        }
        all
    }

    fn decode(kind: DutyKind, mut n: Node<'_>) -> Duty {
        let contract = match kind {
            DutyKind::Maintenance => Contract::decode(&mut n),
            _ => None,
        };
        let by = n.refs("by", Kind::Who);
        let (every, because) = usual(kind);
        let every = n.set("every", every, because);
        let before = n.prop("before");
        let due = n.prop("due");
        let with = n.texts("with");
        let kind = Setting::from(At::new(kind, n.place()));
        n.finish();
        Duty { kind, by, every, before, due, with, contract }
    }
}

impl Contract {
    fn decode(n: &mut Node<'_>) -> Option<Contract> {
        let firm = n.arg_opt("the firm");
        let number = n.prop("contract");
        let from = n.prop::<Day>("from");
        let until = n.prop::<Day>("until");
        n.in_order("from", &from, "until", &until);
        let phone = n.prop("phone");
        let email = n.prop("email");
        let accepted = n.prop("accepted");
        Some(Contract { firm: firm?, number, from, until, phone, email, accepted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn a_box_without_a_time_server_has_its_clock_looked_at_each_week() {
        let smallest = include_str!("../../configs/smallest.kdl");
        let cameras = "network { cameras \"enp2s0\" address=\"10.20.0.1/24\"; }\n";
        let uplink = "network { cameras \"enp2s0\" address=\"10.20.0.1/24\"; uplink \"enp1s0\" \
                      dhcp=#true; }\n";
        let server = "clock { server \"10.20.0.9\"; }\n";
        let said = "duties { clock-check every=\"month\"; }\n";
        for (more, want) in [
            (String::new(), Every::Month),
            (cameras.to_string(), Every::Week),
            (uplink.to_string(), Every::Month),
            (format!("{cameras}{server}"), Every::Month),
            (format!("{cameras}{said}"), Every::Month),
        ] {
            let parsed = parse("site.kdl", format!("{smallest}\n{more}").as_bytes());
            let config = parsed.config.unwrap_or_else(|| panic!("{:?}", parsed.notes));
            let duty = config.duties.iter().find(|d| d.kind.value == DutyKind::ClockCheck);
            assert_eq!(duty.unwrap().every.value, want, "{more}");
        }
    }
}
