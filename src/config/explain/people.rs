//! People, rights and the places where they log in, as lines.

use super::leaf::Leaf;
use crate::config::approvals::Approval;
use crate::config::logbook::{ClockRules, Disposal, Logbook};
use crate::config::people::Person;
use crate::config::roles::{May, Role};
use crate::config::stations::{Accounts, Station};

pub fn people(people: &[Person]) -> Leaf {
    let each = people.iter().map(|p| {
        Leaf::new("person")
            .arg(&p.id.value)
            .arg(&p.title.value)
            .opt("post", &p.post)
            .opt("department", &p.department)
            .opt("deputises", &p.deputises)
            .flag("admin", p.admin)
            .opt("contractor", &p.contractor)
            .opt("from", &p.from)
            .opt("until", &p.until)
            .opt("phone", &p.phone)
            .opt("email", &p.email)
    });
    Leaf::new("people").below(each)
}

fn may(m: &May) -> Leaf {
    Leaf::new("may")
        .args(&m.deeds)
        .list("at", &m.at)
        .list("zones", &m.zones)
        .set("permission", &m.permission)
        .set("reason", &m.reason)
        .opt("limit", &m.limit)
}

pub fn roles(roles: &[Role]) -> Leaf {
    let each = roles.iter().map(|r| {
        let registers = r.registers.iter();
        let registers =
            registers.map(|m| Leaf::new("register").arg(&m.register.value).args(&m.may));
        let granted = r.granted.iter().map(|g| {
            Leaf::new("granted")
                .arg(&g.to.value)
                .prop("on", &g.on.value)
                .list("by", &g.by)
                .opt("because", &g.because)
                .opt("paper", &g.paper)
        });
        let mut leaf = Leaf::new("role").arg(&r.id.value);
        leaf.args.extend(r.title.iter().map(|t| super::Value::Text(t.value.clone())));
        leaf.set("deputies", &r.deputies)
            .below(r.may.iter().map(may))
            .below(registers)
            .lines("held-by", &r.held_by)
            .below(granted)
    });
    Leaf::new("roles").below(each)
}

pub fn approvals(approvals: &[Approval]) -> Leaf {
    let each = approvals.iter().map(|a| {
        Leaf::new(a.change.value.as_str())
            .list("by", &a.by)
            .list("and", &a.and)
            .flag("deputies", a.deputies)
    });
    Leaf::new("approvals").below(each)
}

pub fn logbook(logbook: &Logbook) -> Leaf {
    Leaf::new("logbook").set("keep-years", &logbook.keep_years)
}

pub fn disposal(disposal: &Disposal) -> Leaf {
    Leaf::new("disposal")
        .set("witness", &disposal.witness)
        .list("methods", &disposal.methods)
        .opt("procedure", &disposal.procedure)
}

pub fn clock(clock: &ClockRules) -> Leaf {
    Leaf::new("clock").set("alarm", &clock.alarm).lines("server", &clock.servers)
}

pub fn stations(stations: &[Station]) -> Leaf {
    let each = stations.iter().map(|s| {
        Leaf::new("station")
            .arg(&s.id.value)
            .arg(&s.title.value)
            .opt("tty", &s.tty)
            .set("declaration", &s.declaration)
            .set("idle-lock", &s.idle_lock)
            .set("wall", &s.wall)
            .set("admin", &s.admin)
    });
    Leaf::new("stations").below(each)
}

pub fn accounts(accounts: &Accounts) -> Leaf {
    let triggers: Vec<&str> = accounts.review_on.value.iter().map(|t| t.as_str()).collect();
    let mut leaf = Leaf::new("accounts")
        .set("second-factor", &accounts.second_factor)
        .set("passphrase-min", &accounts.passphrase_min)
        .set("admin-session", &accounts.admin_session)
        .line("banner", &accounts.banner)
        .set("break-glass", &accounts.break_glass)
        .prop("review-on", &triggers.join(" "));
    if let Some(because) = accounts.review_on.default_because() {
        leaf.notes.push(format!("default review-on: {because}"));
    }
    leaf.list("in-doubt", &accounts.in_doubt)
}
