//! Dates that stand in papers: contracts, exceptions, assessments, covert authorisations, terms.

use super::duty::{Duty, Key};
use super::facts::Facts;
use super::rounds::months_after;
use super::watch::Watch;
use super::{Item, dated, fields, item, persons};
use crate::base::time::Day;
use crate::config::Config;
use crate::config::covert::{Authorisation, AuthorisationState};
use crate::config::value::{At, Id};
use crate::logbook::Number;

/// A contract takes a quote and a signature to renew.
const CONTRACT_DAYS: i64 = 60;
/// One governors' meeting is between notice and date.
const NOTICE_DAYS: i64 = 30;
/// An impact assessment follows a new camera within this (R1.6).
const DPIA_DAYS: i64 = 30;
/// Covert surveillance: a review a month, copies within a fortnight, notice of the end before it.
const COVERT_NOTICE_DAYS: i64 = 14;
const COVERT_REVIEW_LEAD_DAYS: i64 = 7;
const COVERT_COPY_DAYS: i64 = 14;

pub(super) fn all(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let mut items = contracts(config, watch);
    items.extend(calendar_end(config, watch));
    items.extend(risks(config, watch));
    items.extend(exceptions(config, facts, watch));
    items.extend(new_cameras(config, facts, watch));
    let held = config.covert.authorisations.iter();
    for a in held.filter(|a| a.state.value == AuthorisationState::Authorised) {
        items.extend(covert(config, facts, watch, a));
    }
    items
}

/// The maintenance contract ends (S4.8).
fn contracts(config: &Config, watch: &Watch<'_>) -> Vec<Item> {
    let lines = config.duties.iter().filter_map(|line| Some((line, line.contract.as_ref()?)));
    let ends = lines.filter_map(|(line, contract)| {
        let last = contract.until.as_ref()?.value;
        let number = contract.number.as_ref().map(|n| format!(" {}", n.value)).unwrap_or_default();
        let firm = &contract.firm.value;
        let what = format!("The contract{number} with {firm} ends on {last}: renew or replace it");
        let state = dated(watch, last, CONTRACT_DAYS);
        Some(item(Key::of(Duty::ContractEnd, firm), what, persons(config, &line.by), state))
    });
    ends.collect()
}

fn calendar_end(config: &Config, watch: &Watch<'_>) -> Option<Item> {
    let last = config.calendar.terms.iter().map(|t| t.last.value).max()?;
    let what = format!("The known terms end on {last}: enter the next ones in the file");
    let state = dated(watch, last, NOTICE_DAYS);
    Some(item(Key::one(Duty::CalendarEnd), what, persons(config, &[]), state))
}

/// Papers of risk that name their next review (S4.24).
fn risks(config: &Config, watch: &Watch<'_>) -> Vec<Item> {
    let papers = config.practice.risk_assessments.iter().filter_map(|paper| {
        let last = paper.review_by.as_ref()?.value;
        let (reference, title) = (&paper.reference.value, &paper.title.value);
        let what = format!("Review the risk assessment {reference}, {title}");
        let key = Key::of(Duty::RiskReview, reference);
        Some(item(key, what, persons(config, &[]), dated(watch, last, NOTICE_DAYS)))
    });
    papers.collect()
}

/// Departures from a rule, written into the file or entered, before they end (S4.58).
fn exceptions(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Vec<Item> {
    let ending = |key: Key, rule: &str, last: Day, by: Vec<Id>| {
        let what = format!("The exception from \"{rule}\" ends on {last}: end it or decide anew");
        item(key, what, by, dated(watch, last, NOTICE_DAYS))
    };
    let mut items = Vec::new();
    for e in &config.practice.exceptions {
        if let Some(last) = &e.until {
            let by = persons(config, std::slice::from_ref(&e.by));
            items.push(ending(Key::of(Duty::ExceptionEnd, &e.rule.value), &e.rule, last.value, by));
        }
    }
    let entered = facts.departures.iter();
    let is_over = |n: &Number| facts.is_closed(*n) || facts.is_withdrawn(*n);
    for (number, e) in entered.filter(|(number, _)| !is_over(number)) {
        let by = e.by.as_deref().and_then(|by| Id::new(by).ok());
        let by: Vec<At<Id>> = by.into_iter().map(|by| At::new(by, Default::default())).collect();
        let key = Key::of(Duty::ExceptionEnd, number);
        let item = ending(key, &e.rule, e.until, persons(config, &by));
        items.push(Item { about: Some(*number), ..item });
    }
    items
}

/// Cameras that came or moved since the impact assessment was last looked at (R1.6).
fn new_cameras(config: &Config, facts: &Facts, watch: &Watch<'_>) -> Option<Item> {
    let reviewed = facts.done(&Key::one(Duty::DpiaReview)).map(|done| done.when).max();
    let mut names: Vec<&str> = Vec::new();
    let mut first = None;
    for field in [fields::CAMERAS_ADDED, fields::CAMERAS_MOVED] {
        for (id, times) in facts.all_changed(field) {
            let camera = config.cameras.list.iter().find(|c| c.id.as_str() == id);
            let since = times.iter().find(|at| reviewed.is_none_or(|r| r < **at));
            if let (Some(camera), Some(since)) = (camera, since) {
                first =
                    Some(first.map_or(*since, |first: crate::base::time::Utc| first.min(*since)));
                if !names.contains(&camera.title.as_str()) {
                    names.push(camera.title.as_str());
                }
            }
        }
    }
    let last = watch.zone().day_of(first?).plus(DPIA_DAYS);
    let what =
        format!("Look at the impact assessment again; new or moved since: {}", names.join(", "));
    let line = config.duties.iter().find(|line| Duty::from(line.kind.value) == Duty::DpiaReview);
    let by = persons(config, line.map(|line| line.by.as_slice()).unwrap_or_default());
    Some(item(Key::of(Duty::DpiaReview, "cameras"), what, by, dated(watch, last, DPIA_DAYS)))
}

/// A covert authorisation is reviewed, copied to its addressee, and cancelled or renewed before it
/// would lapse (R1.18, S1.38).
fn covert(config: &Config, facts: &Facts, watch: &Watch<'_>, a: &Authorisation) -> Vec<Item> {
    let reference = &a.reference.value;
    let by: Vec<At<Id>> = a.in_charge.iter().cloned().collect();
    let by = persons(config, &by);
    let from = a.from.as_ref().map(|d| d.value);
    let entered = facts.covert.get(reference).and_then(|all| all.last());
    let entered = entered.map(|at| watch.zone().day_of(*at));
    let reviewed = a.reviewed.as_ref().map(|d| d.value).max(entered);
    let mut items = Vec::new();
    if let Some(base) = reviewed.or(from) {
        let state = dated(watch, months_after(base, 1), COVERT_REVIEW_LEAD_DAYS);
        let what = format!("Review the covert authorisation {reference}");
        items.push(item(Key::of(Duty::CovertReview, reference), what, by.clone(), state));
    }
    if let Some(last) = a.last_day() {
        let what = format!(
            "The covert authorisation {reference} ends on {last}: cancel or renew it first"
        );
        let state = dated(watch, last, COVERT_NOTICE_DAYS);
        items.push(item(Key::of(Duty::CovertEnd, reference), what, by.clone(), state));
    }
    let sent = a.copy_sent.as_ref().map(|d| d.value);
    if let (Some(to), Some(paper)) = (&config.covert.addressee, reviewed.max(from))
        && sent.is_none_or(|sent| sent < paper)
    {
        let what = format!("Send the copies of {reference} to {}", to.value);
        let state = dated(watch, paper.plus(COVERT_COPY_DAYS), COVERT_COPY_DAYS);
        items.push(item(Key::of(Duty::CovertCopy, reference), what, by, state));
    }
    items
}
