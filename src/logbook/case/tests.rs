//! Cases as tables: what belongs to one, how far it is, what keeps it open.

use super::*;
use crate::config::Config;
use crate::logbook::Draft;
use crate::logbook::form::tests::{draft, entry, school};

type Said<'a> = &'a [(&'a str, Value)];

fn said(kind: Kind, act: Act, about: Option<Number>, pairs: Said<'_>) -> Draft {
    let mut draft = draft(kind, act, "leader-1");
    draft.about = about;
    pairs.iter().for_each(|(name, value)| draft.body.put(name, value.clone()).unwrap());
    draft
}

fn list(ids: &[&str]) -> Value {
    Value::List(ids.iter().map(ToString::to_string).collect())
}

const FROM: &str = "2026-11-20T08:00:00.000Z";
const UNTIL: &str = "2026-11-20T08:30:00.000Z";

fn request() -> Draft {
    let pairs = [
        ("recipient", "police".into()),
        ("crime-reference", "CR-1".into()),
        ("cameras", list(&["gate"])),
        ("from", FROM.into()),
        ("until", UNTIL.into()),
    ];
    said(Kind::Request, Act::Open, None, &pairs)
}

fn decided(word: &str) -> Draft {
    let pairs = [("step", "decision".into()), ("decision", word.into()), ("reason", "so".into())];
    said(Kind::Request, Act::Note, Some(0), &pairs)
}

fn export(end: Option<&str>) -> Vec<Draft> {
    let pairs =
        [("request", Value::Number(0)), ("carrier", "bitlocker".into()), ("serial", "S-1".into())];
    let mut out = vec![said(Kind::Export, Act::Open, None, &pairs)];
    out.extend(end.map(|word| said(Kind::Export, Act::Close, Some(2), &[("ended", word.into())])));
    out
}

fn release(transfer: &str) -> Draft {
    let pairs = [
        ("request", Value::Number(0)),
        ("export", Value::Number(2)),
        ("recipient", "police".into()),
        ("organisation", "Thames Valley Police".into()),
        ("conditions", true.into()),
        ("receipt", "R-9".into()),
        ("transfer", transfer.into()),
    ];
    said(Kind::Release, Act::Open, None, &pairs)
}

fn disposal(copy: i64, method: &str) -> Draft {
    let pairs = [("copy", Value::Number(copy)), ("method", method.into())];
    said(Kind::Disposal, Act::Open, None, &pairs)
}

fn hold(cameras: Value, until: &str) -> Draft {
    let pairs = [
        ("hold", "H-2026-0001".into()),
        ("cameras", cameras),
        ("from", FROM.into()),
        ("until", until.into()),
        ("review-by", "2027-02-18".into()),
    ];
    said(Kind::Hold, Act::Open, None, &pairs)
}

fn case(config: &Config, drafts: &[Draft]) -> Case {
    let mut entries: Vec<Entry> = (0..).zip(drafts).map(|(n, d)| entry(n, d)).collect();
    entries.reverse(); // they come in any order
    Case::of(0, &entries, &Clocks::of(config)).expect("entry 0 begins a case")
}

fn steps(config: &Config, case: &Case) -> Vec<(What, Stage)> {
    let name = |id: &str| id.to_string();
    let (zone, now) = (&config.site.zone, crate::logbook::form::tests::now());
    let scene = Scene { now, zone, days: (10, 31), conditions: true, name: &name };
    let steps = case.steps(&scene);
    assert!(steps.iter().all(|s| !s.text.is_empty() && !s.text.ends_with('.')), "{steps:?}");
    steps.into_iter().map(|step| (step.what, step.stage)).collect()
}

#[test]
fn a_case_goes_step_by_step_and_says_what_is_missing() {
    use Stage::*;
    let config = school("clere");
    let whole = |last: &[Draft]| {
        let mut all = vec![request(), decided("allowed")];
        all.extend(export(Some("whole"))); // 2, 3
        all.extend_from_slice(last);
        all
    };
    let held = || hold(list(&["gate", "hall"]), UNTIL);
    type Told = (&'static str, Vec<Draft>, Vec<(What, Stage)>);
    let table: Vec<Told> = vec![
        (
            "asked",
            vec![request()],
            vec![
                (What::Request, Done),
                (What::Decision, Missing),
                (What::Footage, Missing),
                (What::Copy, Waits),
                (What::Release, Waits),
                (What::End, Waits),
            ],
        ),
        (
            "refused",
            vec![request(), decided("refused")],
            vec![
                (What::Request, Done),
                (What::Decision, Refused),
                (What::Footage, Missing),
                (What::End, Missing),
            ],
        ),
        (
            "copied, not handed over",
            whole(&[held()]),
            vec![
                (What::Request, Done),
                (What::Decision, Done),
                (What::Footage, Done),
                (What::Copy, Done),
                (What::Release, Missing),
                (What::Fate, Missing),
                (What::End, Waits),
            ],
        ),
        (
            "handed over",
            whole(&[held(), release("by-hand")]),
            vec![
                (What::Request, Done),
                (What::Decision, Done),
                (What::Footage, Done),
                (What::Copy, Done),
                (What::Release, Done),
                (What::Receipt, Done),
                (What::Fate, Done),
                (What::End, Missing),
            ],
        ),
    ];
    for (what, drafts, want) in table {
        assert_eq!(steps(&config, &case(&config, &drafts)), want, "{what}");
    }
}

#[test]
fn a_case_stays_open_while_a_copy_has_no_end() {
    let config = school("clere");
    // (how the export ended, what came after, fate of the copy)
    let table: Vec<(Option<&str>, Vec<Draft>, Option<How>)> = vec![
        (Some("whole"), vec![], None),
        (Some("whole"), vec![release("by-hand")], Some(How::HandedOver)),
        (Some("whole"), vec![release("signed-for")], Some(How::HandedOver)),
        // The stick that carried it to the office PC is still there (R2.25).
        (Some("whole"), vec![release("portal")], None),
        (Some("whole"), vec![release("viewed-only")], None),
        (Some("whole"), vec![release("portal"), disposal(2, "erase")], Some(How::Wiped)),
        (Some("whole"), vec![disposal(2, "destroy")], Some(How::Destroyed)),
        (Some("whole"), vec![disposal(2, "certified-firm")], Some(How::Destroyed)),
        (Some("whole"), vec![disposal(2, "returned")], Some(How::Returned)),
        (Some("whole"), vec![disposal(1, "erase")], None),
        // Half a copy is a copy.
        (Some("broken-off"), vec![], None),
        (Some("broken-off"), vec![disposal(2, "erase")], Some(How::Wiped)),
        (None, vec![], None),
    ];
    for (end, after, fate) in table {
        let mut drafts = vec![request(), decided("allowed")];
        drafts.extend(export(end));
        drafts.extend(after);
        let case = case(&config, &drafts);
        assert_eq!(case.copies.len(), 1, "{drafts:?}");
        let copy = &case.copies[0];
        assert_eq!(copy.fate.as_ref().map(|f| f.how), fate, "{drafts:?}");
        let why = case.keeps_open();
        assert_eq!(why.len(), usize::from(fate.is_none()));
        assert!(why.iter().all(|w| w.contains("entry 2") && w.contains("BitLocker stick S-1")));
    }
    // Nothing was written: there is no copy that could be anywhere.
    let mut drafts = vec![request(), decided("allowed"), export(None).remove(0)];
    let end = [("ended", "broken-off".into()), ("bytes", Value::Number(0))];
    drafts.push(said(Kind::Export, Act::Close, Some(2), &end));
    assert_eq!(case(&config, &drafts).keeps_open(), Vec::<String>::new());
}

#[test]
fn what_points_elsewhere_or_was_taken_back_does_not_belong() {
    let config = school("clere");
    let other = said(Kind::Export, Act::Open, None, &[("request", Value::Number(7))]);
    let mut taken = said(Kind::Export, Act::Correct, Some(2), &[("correction", "slip".into())]);
    taken.body.put("withdrawn", true.into()).unwrap();
    for drafts in [
        vec![request(), decided("allowed"), other],
        vec![request(), decided("allowed"), export(None).remove(0), taken],
    ] {
        assert!(case(&config, &drafts).copies.is_empty(), "{drafts:?}");
    }
    let entries = [entry(0, &hold(list(&["gate"]), UNTIL))];
    assert_eq!(Case::of(0, &entries, &Clocks::of(&config)), None, "a hold is no case");
    assert_eq!(Case::of(9, &entries, &Clocks::of(&config)), None);
}

#[test]
fn footage_is_held_whole_or_not_at_all() {
    let config = school("clere");
    let short = "2026-11-20T08:29:59.000Z";
    let ended = said(Kind::Hold, Act::Close, Some(1), &[("reason", "over".into())]);
    for (drafts, held) in [
        (vec![request()], false),
        (vec![request(), hold(list(&["gate"]), UNTIL)], true),
        (vec![request(), hold("all".into(), UNTIL)], true),
        (vec![request(), hold(list(&["hall"]), UNTIL)], false),
        (vec![request(), hold(list(&["gate"]), short)], false),
        (vec![request(), hold(list(&["gate"]), UNTIL), ended], false),
    ] {
        assert_eq!(case(&config, &drafts).held().is_some(), held, "{drafts:?}");
    }
    // A request that names no camera is kept by a hold of all.
    let bare = said(
        Kind::SubjectAccess,
        Act::Open,
        None,
        &[("hold", Value::Number(1)), ("reference", "SAR-4".into())],
    );
    let case = case(&config, &[bare, hold(list(&["gate"]), UNTIL)]);
    assert_eq!((case.holds.len(), case.holds[0].own), (1, true));
    assert_eq!(
        (case.reference.as_str(), case.recipient.as_deref()),
        ("SAR-4", Some("data-subject"))
    );
}

#[test]
fn wishes_to_pass_it_on_are_kept_with_their_answers() {
    let config = school("clere");
    let onward = |to: &str, yes: bool| {
        let pairs = [
            ("step", "onward".into()),
            ("onward-to", to.into()),
            ("onward-consent", yes.into()),
            ("reason", "asked in writing".into()),
        ];
        said(Kind::Release, Act::Note, Some(4), &pairs)
    };
    let mut drafts = vec![request(), decided("allowed")];
    drafts.extend(export(Some("whole")));
    drafts.extend([release("by-hand"), onward("CPS", true), onward("a newspaper", false)]);
    let case = case(&config, &drafts);
    let answers: Vec<_> = case.releases[0].onward.iter().map(|o| (&*o.to, o.consent)).collect();
    assert_eq!(answers, [("CPS", true), ("a newspaper", false)]);
}

/// What a request leaves open, somebody chose when they held footage for it.
#[test]
fn a_case_says_what_of_its_footage_is_held() {
    let config = school("clere");
    let footage = |request: Draft, hold: Option<Draft>| {
        let drafts: Vec<Draft> = [Some(request), hold].into_iter().flatten().collect();
        let case = case(&config, &drafts);
        let name = |id: &str| id.to_string();
        let (zone, now) = (&config.site.zone, crate::logbook::form::tests::now());
        let scene = Scene { now, zone, days: (10, 31), conditions: true, name: &name };
        let step = case.steps(&scene).into_iter().find(|s| s.what == What::Footage).unwrap();
        (step.stage, step.text)
    };
    let own = |ids: &[&str]| {
        let mut hold = hold(list(ids), UNTIL);
        hold.body.put("request", Value::Number(0)).unwrap();
        Some(hold)
    };
    let mut of_all = request();
    of_all.body.fields.remove("cameras");
    let mut of_two = request();
    of_two.body.put("cameras", list(&["gate", "hall"])).unwrap();
    for (asked, hold, stage, said) in [
        (request(), None, Stage::Missing, "NOT HELD: deleted after 2026-12-21"),
        (request(), own(&["gate"]), Stage::Done, "held by H-2026-0001, looked at again"),
        (of_all.clone(), own(&["gate", "hall"]), Stage::Done, "H-2026-0001: gate, hall alone"),
        (of_all, Some(hold(list(&["gate"]), UNTIL)), Stage::Missing, "NOT HELD"),
        (of_two, own(&["gate"]), Stage::Missing, "NOT ALL HELD: H-2026-0001 keeps a part"),
    ] {
        let (is, text) = footage(asked, hold);
        assert!(is == stage && text.contains(said), "{is:?} {text}, not {said}");
    }
}

/// The passphrase was lost: a second export says so of the first, which still has to be ended.
#[test]
fn an_export_that_nobody_can_read_is_named_with_the_one_in_its_place() {
    let config = school("clere");
    let mut drafts = vec![request(), decided("allowed")];
    drafts.extend(export(Some("whole"))); // 2, 3
    let pairs = [
        ("request", Value::Number(0)),
        ("carrier", "zip".into()),
        ("unreadable", Value::Number(2)),
    ];
    drafts.push(said(Kind::Export, Act::Open, None, &pairs)); // 4
    drafts.push(said(Kind::Export, Act::Close, Some(4), &[("ended", "whole".into())]));
    let case = case(&config, &drafts);
    let replaced: Vec<_> = case.copies.iter().map(|c| (c.entry, c.replaced)).collect();
    assert_eq!(replaced, [(2, Some(4)), (4, None)]);
    let why = case.keeps_open().join(" ");
    assert!(
        why.contains("entry 2 (BitLocker stick S-1), unreadable, made again as entry 4"),
        "{why}"
    );
}
