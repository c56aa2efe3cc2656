//! `site` and `code-of-practice` as lines.

use super::leaf::Leaf;
use crate::config::practice::{CodeOfPractice, Decision};
use crate::config::site::{Contact, Site};

fn contact(name: &'static str, c: &Contact) -> Leaf {
    Leaf::new(name)
        .arg(&c.title.value)
        .opt("phone", &c.phone)
        .opt("email", &c.email)
        .opt("web", &c.web)
        .opt("address", &c.address)
}

pub fn site(site: &Site) -> Leaf {
    let c = &site.controller;
    let controller = Leaf::new("controller")
        .arg(&c.name.value)
        .opt("registration", &c.registration)
        .opt("renews", &c.renews)
        .opt("address", &c.address);
    let owner = Leaf::new("owner").arg(&site.owner.value).because(site.owner.default_because());
    let location = site.location.as_ref();
    let location =
        location.map(|l| Leaf::new("location").arg(&l.title.value).set("locked", &l.locked));
    let governed = site.governed_by.iter().map(|g| {
        Leaf::new("governed-by")
            .arg(&g.title.value)
            .list("covers", &g.covers)
            .opt("available-at", &g.available_at)
    });
    let related = site.related.iter();
    let related = related
        .map(|r| Leaf::new("related").arg(&r.title.value).opt("available-at", &r.available_at));
    let officer = site.data_protection_officer.as_ref();
    Leaf::new("site")
        .arg(&site.name.value)
        .set("timezone", &site.timezone)
        .set("grade", &site.grade)
        .below([controller, owner, contact("contact", &site.contact)])
        .below(officer.map(|c| contact("data-protection-officer", c)))
        .line("responsible", &site.responsible)
        .lines("managed-by", &site.managed_by)
        .lines("day-to-day", &site.day_to_day)
        .lines("technical", &site.technical)
        .line("questions-to", &site.questions_to)
        .below(location)
        .below(governed)
        .below(related)
        .lines("copies-at", &site.copies_at)
        .line("printer", &site.printer)
}

fn decided(d: &Decision) -> Leaf {
    Leaf::new("decided")
        .arg(&d.date.value)
        .opt("by", &d.by)
        .opt("dpia", &d.dpia)
        .opt("dpia-review-by", &d.dpia_review_by)
        .opt("lawful-basis", &d.lawful_basis)
        .list("adopts", &d.adopts)
        .opt("because", &d.because)
}

pub fn practice(code: &CodeOfPractice) -> Leaf {
    let revisions = code.revisions.iter().map(|r| {
        Leaf::new("revision")
            .arg(&r.version.value)
            .arg(&r.changes.value)
            .prop("date", &r.date.value)
    });
    let purposes = code.purposes.iter().map(|p| {
        Leaf::new("purpose")
            .arg(&p.id.value)
            .arg(&p.title.value)
            .opt("because", &p.because)
            .opt("needs", &p.needs)
            .opt("welsh", &p.welsh)
            .flag("main", p.main)
    });
    let statements = code.statements.iter();
    let statements =
        statements.map(|s| Leaf::new("statement").arg(&s.text.value).opt("about", &s.about));
    Leaf::new("code-of-practice")
        .opt("version", &code.version)
        .opt("approved", &code.approved)
        .opt("by", &code.approved_by)
        .opt("review-by", &code.review_by)
        .lines("consult", &code.consult)
        .below(code.changes.iter().map(|c| Leaf::new("changes").arg(&c.value)))
        .below(revisions)
        .below(code.decided.as_ref().map(decided))
        .below(purposes)
        .below(statements)
        .below(exceptions(code))
        .below(risks(code))
        .below(acceptances(code))
}

fn exceptions(code: &CodeOfPractice) -> impl Iterator<Item = Leaf> {
    code.exceptions.iter().map(|e| {
        Leaf::new("exception")
            .arg(&e.rule.value)
            .prop("because", &e.because.value)
            .prop("control", &e.control.value)
            .prop("by", &e.by.value)
            .opt("until", &e.until)
    })
}

fn risks(code: &CodeOfPractice) -> impl Iterator<Item = Leaf> {
    code.risk_assessments.iter().map(|r| {
        Leaf::new("risk-assessment")
            .arg(&r.reference.value)
            .arg(&r.title.value)
            .opt("date", &r.date)
            .opt("review-by", &r.review_by)
            .list("zones", &r.zones)
            .list("signed-by", &r.signed_by)
    })
}

fn acceptances(code: &CodeOfPractice) -> impl Iterator<Item = Leaf> {
    code.acceptances.iter().map(|a| {
        Leaf::new("acceptance")
            .arg(&a.id.value)
            .arg(&a.title.value)
            .opt("version", &a.version)
            .list("by", &a.by)
            .opt("renew", &a.renew)
            .flag("privileged", a.privileged)
    })
}
