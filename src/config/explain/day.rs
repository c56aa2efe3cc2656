//! What people do with the system in the course of the year, as lines.

use super::leaf::{Leaf, Shown};
use crate::config::calendar::{Calendar, Period};
use crate::config::disclosure::{Disclosure, Recipient};
use crate::config::duties::{Contract, Duty, DutyKind};
use crate::config::escalation::{Breaches, Call, Complaints, Escalation};
use crate::config::registers::{IncidentType, Shown as Registers};
use crate::config::viewing::Viewing;

pub fn calendar(calendar: &Calendar) -> Leaf {
    let period = |name: &'static str, p: &Period| {
        let leaf = Leaf::new(name).arg(&p.first.value).arg(&p.last.value);
        leaf.opt("title", &p.title)
    };
    Leaf::new("calendar")
        .flag("weekends-closed", calendar.weekends_closed)
        .below(calendar.terms.iter().map(|p| period("term", p)))
        .below(calendar.closed.iter().map(|p| period("closed", p)))
}

fn contract(leaf: Leaf, c: &Contract) -> Leaf {
    leaf.opt("contract", &c.number)
        .opt("from", &c.from)
        .opt("until", &c.until)
        .opt("phone", &c.phone)
        .opt("email", &c.email)
        .opt("accepted", &c.accepted)
}

fn duty(d: &Duty) -> Leaf {
    let mut leaf = Leaf::new(d.kind.value.as_str());
    if let (DutyKind::Maintenance, Some(c)) = (d.kind.value, &d.contract) {
        leaf = leaf.arg(&c.firm.value);
    }
    let leaf =
        leaf.list("by", &d.by).set("every", &d.every).opt("before", &d.before).opt("due", &d.due);
    let leaf = match &d.contract {
        Some(c) => contract(leaf, c),
        None => leaf,
    };
    leaf.because(d.kind.default_because()).lines("with", &d.with)
}

pub fn duties(duties: &[Duty]) -> Leaf {
    Leaf::new("duties").below(duties.iter().map(duty))
}

pub fn viewing(viewing: &Viewing) -> Leaf {
    let viewers = viewing.viewers.iter().map(|v| {
        let mut leaf = Leaf::new("viewer").arg(&v.kind.value);
        leaf.args.extend(v.title.iter().map(|t| t.value.value()));
        leaf.list("by", &v.by)
            .set("supervised", &v.supervised)
            .set("approved-clips", &v.approved_clips)
            .list("needs", &v.needs)
            .flag("refused", v.refused)
    });
    let visits = Leaf::new("visits")
        .opt("book", &viewing.visits.book)
        .set("identity", &viewing.visits.identity)
        .set("supervised", &viewing.visits.supervised)
        .opt("procedure", &viewing.visits.procedure);
    Leaf::new("viewing")
        .set("spot-check", &viewing.spot_check)
        .set("verbal", &viewing.verbal)
        .set("confirm-within", &viewing.confirm_within)
        .below(viewers)
        .below([visits])
        .line("declaration", &viewing.declaration)
}

fn recipient(r: &Recipient) -> Leaf {
    let mut leaf = Leaf::new("recipient").arg(&r.kind.value);
    leaf.args.extend(r.title.iter().map(|t| t.value.value()));
    leaf.list("by", &r.by)
        .list("needs", &r.needs)
        .list("needs-one", &r.needs_one)
        .flag("refused", r.refused)
        .opt("because", &r.because)
}

pub fn disclosure(disclosure: &Disclosure) -> Leaf {
    let bases = disclosure.bases.iter();
    let bases = bases.map(|b| Leaf::new("basis").arg(&b.id.value).arg(&b.title.value));
    let conditions = disclosure.conditions.iter();
    let conditions = conditions.map(|c| Leaf::new("condition").arg(&c.text.value));
    let access = Leaf::new("subject-access")
        .list("to", &disclosure.subject_access.to)
        .set("answer-within", &disclosure.subject_access.answer_within);
    Leaf::new("disclosure")
        .set("witness", &disclosure.witness)
        .set("out-of-hours-witness", &disclosure.out_of_hours_witness)
        .set("medium", &disclosure.medium)
        .set("split", &disclosure.split)
        .opt("hold", &disclosure.hold)
        .set("protected-persons", &disclosure.protected_persons)
        .below(disclosure.recipients.iter().map(recipient))
        .below(bases)
        .below(conditions)
        .line("original", &disclosure.original)
        .below([access])
}

pub fn registers(registers: &Registers) -> Leaf {
    let mut leaf = Leaf::new("registers").because(registers.default_because());
    leaf.args.extend(registers.value.iter().map(Shown::value));
    leaf
}

pub fn incident_types(types: &[IncidentType]) -> Leaf {
    let mut leaf = Leaf::new("incident-types");
    let (titled, plain): (Vec<_>, Vec<_>) = types.iter().partition(|t| t.title.is_some());
    leaf.args.extend(plain.iter().map(|t| t.id.value.value()));
    let because = types.first().and_then(|t| t.id.default_because());
    leaf.because(because).below(titled.into_iter().map(|t| {
        let title = t.title.as_ref().map_or("", |t| t.value.as_str());
        Leaf::new("type").arg(&t.id.value).arg(title)
    }))
}

pub fn escalation(escalation: &Escalation) -> Leaf {
    let call = |name: &'static str, c: &Call| {
        let leaf = Leaf::new(name).arg(&c.title.value);
        leaf.opt("phone", &c.phone).opt("email", &c.email)
    };
    let named = [
        ("dsl", &escalation.dsl),
        ("deputy-dsl", &escalation.deputy_dsl),
        ("lado", &escalation.lado),
        ("police", &escalation.police),
    ];
    let named = named.into_iter().filter_map(|(name, c)| Some(call(name, c.as_ref()?)));
    Leaf::new("escalation")
        .below(named)
        .below(escalation.contacts.iter().map(|c| call("contact", c)))
        .lines("emergency", &escalation.emergency)
}

pub fn breaches(breaches: &Breaches) -> Leaf {
    Leaf::new("breaches")
        .list("by", &breaches.by)
        .opt("head", &breaches.head)
        .opt("about-head", &breaches.about_head)
        .opt("independent", &breaches.independent)
        .list("report-to", &breaches.report_to)
        .set("notify-within", &breaches.notify_within)
}

pub fn complaints(complaints: &Complaints) -> Leaf {
    Leaf::new("complaints")
        .list("to", &complaints.to)
        .set("answer-within", &complaints.answer_within)
}
