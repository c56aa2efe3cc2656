//! Versions as the screen Site sees them: what waits and is refused, what is tried and goes back.

use super::*;
use crate::wire::site::SiteSheet;
use crate::wire::{PlanReport, Saved};

fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

fn save(office: &mut Office, session: &Sent, text: &str, based_on: &str) -> Saved {
    let (text, based_on) = (text.to_string(), digest(based_on));
    match office.ask(Some(session), Request::SaveFile { text, based_on }) {
        Reply::Saved(saved) => saved,
        other => panic!("{other:?}"),
    }
}

fn sheet(office: &mut Office, session: &Sent) -> SiteSheet {
    match office.ask(Some(session), Request::SiteFile) {
        Reply::SiteFile(sheet) => *sheet,
        other => panic!("{other:?}"),
    }
}

fn plan(office: &mut Office, session: &Sent, text: &str) -> PlanReport {
    let request = Request::Plan { name: "site.kdl".into(), text: text.into() };
    match office.ask(Some(session), request) {
        Reply::Plan(report) => report,
        other => panic!("{other:?}"),
    }
}

fn on_disk(office: &Office) -> String {
    String::from_utf8(office.home.read_at("site.kdl", 0, 1 << 20).unwrap()).unwrap()
}

fn revision(office: &Office) -> u64 {
    office.all.supervisor.file.record.revision
}

/// The program ends without a word and begins again, with the file as it lies there.
fn restart(office: &mut Office) {
    let file = on_disk(office);
    let Box { clock, state, world, .. } = &mut office.all;
    world.writers.clear();
    office.all.supervisor = open(clock, state, &office.home, world, &file);
    office.all.pass(3);
}

fn guarded() -> String {
    SCHOOL.to_string() + "approvals { shorten-retention by=\"head\" and=\"clerk\"; }\n"
}

#[test]
fn the_file_is_for_those_who_keep_approve_or_audit_it() {
    let mut office = Office::with_people(SCHOOL);
    let table = [("head", true, false), ("tech", true, true), ("guard", false, false)];
    for (person, reads, edits) in table {
        let session = office.log_in(person);
        let sheet = sheet(&mut office, &session);
        assert_eq!((sheet.text.is_some(), sheet.may_edit), (reads, edits), "{person}");
        if reads {
            assert_eq!(sheet.digest, digest(SCHOOL));
        }
        let listed = office.ask(Some(&session), Request::Versions);
        assert_eq!(matches!(listed, Reply::Versions { .. }), reads, "{person}");
        let whole = office.ask(Some(&session), Request::Version { revision: 1 });
        assert_eq!(matches!(whole, Reply::Text { .. }), reads, "{person}");
    }
}

#[test]
fn a_plan_says_who_has_to_confirm_before_anything_is_saved() {
    let file = guarded();
    let mut office = Office::with_people(&file);
    let tech = office.log_in("tech");
    let report = plan(&mut office, &tech, &file.replace("max-days=90", "max-days=60"));
    assert_eq!(report.approvals[0], "It waits until Headteacher and Clerk confirmed it:");
    assert!(report.approvals[1].contains("at most 60 days instead of 90"), "{report:?}");
    assert_eq!(report.tried, None);
    let report = plan(&mut office, &tech, &format!("{file}storage {{ keep-free \"10%\"; }}\n"));
    assert_eq!((report.approvals.len(), report.tried), (0, Some(60)));
}

#[test]
fn a_version_is_confirmed_by_two_and_its_history_says_so() {
    let file = guarded();
    let mut office = Office::with_people(&file);
    let tech = office.log_in("tech");
    let new = file.replace("max-days=90", "max-days=60");
    assert!(save(&mut office, &tech, &new, &file).text.contains("waits for approval"));
    let (head, clerk) = (office.log_in("head"), office.log_in("clerk"));
    let waiting = sheet(&mut office, &tech).waiting.unwrap();
    assert_eq!((waiting.author.as_str(), waiting.may_confirm), ("tech", false));
    assert_eq!(waiting.missing, ["Headteacher", "Clerk"]);
    assert!(waiting.lines.iter().any(|l| l.unit == "retention" && l.sign == '~'));
    let approve = || Request::Approve { digest: digest(&new) };
    assert!(matches!(office.ask(Some(&head), approve()), Reply::Text { .. }));
    let waiting = sheet(&mut office, &clerk).waiting.unwrap();
    assert_eq!(
        (waiting.confirmed.as_slice(), waiting.may_confirm),
        (&["Headteacher".to_string()][..], true)
    );
    assert_eq!(waiting.missing, ["Clerk"]);
    assert!(matches!(office.ask(Some(&clerk), approve()), Reply::Text { .. }));
    assert!(sheet(&mut office, &tech).waiting.is_none());
    let Reply::Versions { versions } = office.ask(Some(&tech), Request::Versions) else { panic!() };
    assert_eq!((versions.len(), versions[0].revision), (2, 2));
    assert_eq!(versions[0].approved_by, ["head", "clerk"]);
    assert_eq!(versions[0].author, "tech");
    assert!(versions[0].changes[0].contains("retention"), "{versions:?}");
    let old = office.ask(Some(&tech), Request::Version { revision: 1 });
    assert!(matches!(old, Reply::Text { text } if text == file));
}

#[test]
fn a_version_that_is_refused_stays_on_disk_and_out_of_force_after_a_restart_too() {
    let file = guarded();
    let mut office = Office::with_people(&file);
    let tech = office.log_in("tech");
    let new = file.replace("max-days=90", "max-days=60");
    save(&mut office, &tech, &new, &file);
    let guard = office.log_in("guard");
    let refuse = |why: &str| Request::RefuseFile { digest: digest(&new), why: why.into() };
    assert!(text(office.ask(Some(&guard), refuse("no"))).contains("Only those who are asked"));
    let head = office.log_in("head");
    assert!(text(office.ask(Some(&head), refuse(" "))).contains("Say why"));
    let done = office.ask(Some(&head), refuse("the police need 90"));
    assert!(matches!(done, Reply::Text { .. }), "{done:?}");
    let ended = office.last(Kind::Approval);
    let body = ended.body.unwrap();
    assert_eq!((ended.header.act, body.who.unwrap().person.as_str()), (Act::Close, "head"));
    assert_eq!(body.fields["ended"], "refused".into());
    for _ in 0..2 {
        assert_eq!((on_disk(&office), revision(&office)), (new.clone(), 1));
        let tech = office.log_in("tech");
        let sheet = sheet(&mut office, &tech);
        assert!(sheet.waiting.is_none());
        let why = sheet.refused.unwrap();
        assert!(why.contains("refused by Headteacher: the police need 90"), "{why}");
        restart(&mut office);
    }
    // Another version is judged anew, and then the same one may be asked for again.
    let tech = office.log_in("tech");
    save(&mut office, &tech, &file.replace("Front gate", "Gate"), &new);
    assert_eq!(revision(&office), 2);
    save(&mut office, &tech, &new, &file.replace("Front gate", "Gate"));
    assert!(sheet(&mut office, &tech).waiting.is_some());
}

fn networked() -> String {
    SCHOOL.to_string() + "network { uplink \"eth0\" dhcp=#true; }\n"
}

/// Saved, and in force as a trial.
fn tried(office: &mut Office) -> (Sent, String, String) {
    let file = networked();
    let new = file.replace("dhcp=#true", "address=\"192.0.2.5/24\"");
    let tech = office.log_in("tech");
    assert!(save(office, &tech, &new, &file).written);
    let trying = sheet(office, &tech).trying.unwrap();
    assert_eq!((trying.revision, trying.before), (2, 1));
    assert_eq!(trying.until, office.all.clock.utc() + Span::secs(60));
    assert!(office.all.says("is tried (revision 2)").is_some());
    (tech, file, new)
}

#[test]
fn another_network_goes_back_by_itself_when_nobody_keeps_it() {
    let mut office = Office::with_people(&networked());
    let (tech, file, new) = tried(&mut office);
    // Meanwhile nothing else is saved.
    let request = Request::SaveFile { text: file.clone(), based_on: digest(&new) };
    assert!(text(office.ask(Some(&tech), request)).contains("being tried"));
    office.all.pass(58);
    assert_eq!((on_disk(&office), revision(&office)), (new, 2));
    office.all.pass(4);
    assert_eq!((on_disk(&office), revision(&office)), (file.clone(), 3));
    assert_eq!(office.all.supervisor.file.record.digest, digest(&file));
    assert!(office.all.supervisor.file.stale.is_none());
    let change = office.last(Kind::Change).body.unwrap();
    assert_eq!(
        (&change.fields["author"], &change.fields["revision"]),
        (&"Beadle".into(), &Value::Number(3))
    );
    assert!(office.all.says("Nobody kept revision 2").is_some());
    assert!(sheet(&mut office, &tech).trying.is_none());
    // What came back is not tried in its turn.
    office.all.pass(120);
    assert_eq!(revision(&office), 3);
    assert_eq!(office.verify().findings, vec![] as Vec<_>);
}

#[test]
fn another_network_that_is_kept_stays() {
    let mut office = Office::with_people(&networked());
    let (tech, _, new) = tried(&mut office);
    let keep = || Request::KeepFile { digest: digest(&new) };
    let guard = office.log_in("guard");
    assert!(text(office.ask(Some(&guard), keep())).contains("configure"));
    office.all.pass(30);
    assert!(matches!(office.ask(Some(&tech), keep()), Reply::Text { .. }));
    let edit = office.last(Kind::Edit).body.unwrap();
    assert!(edit.reason.unwrap().contains("are kept"));
    office.all.pass(120);
    restart(&mut office);
    office.all.pass(120);
    assert_eq!((on_disk(&office), revision(&office)), (new.clone(), 2));
    let tech = office.log_in("tech");
    assert!(text(office.ask(Some(&tech), keep())).contains("No such version"));
}

#[test]
fn the_way_back_needs_neither_the_screen_nor_this_run() {
    let mut office = Office::with_people(&networked());
    let (_, file, new) = tried(&mut office);
    office.all.pass(20);
    restart(&mut office);
    assert_eq!((on_disk(&office), revision(&office)), (new, 2));
    office.all.pass(50);
    assert_eq!((on_disk(&office), revision(&office)), (file, 3));
}

#[test]
fn an_edit_by_another_way_is_never_undone_and_ends_a_trial() {
    let mut office = Office::with_people(&networked());
    let (_, file, new) = tried(&mut office);
    let other = file.replace("dhcp=#true", "address=\"192.0.2.9/24\"");
    office.home.replace("site.kdl", other.as_bytes()).unwrap();
    office.all.save(&other);
    assert_eq!(revision(&office), 3);
    office.all.pass(120);
    assert_eq!((on_disk(&office), revision(&office)), (other, 3));
    assert_ne!(on_disk(&office), new);
}

#[test]
fn a_state_disk_that_takes_no_record_takes_no_trial() {
    let mut office = Office::with_people(&networked());
    let file = networked();
    let new = file.replace("dhcp=#true", "address=\"192.0.2.5/24\"");
    let tech = office.log_in("tech");
    let used: u64 = office.all.state.sizes().values().sum();
    office.all.state.set_capacity(used + 1_500);
    let saved = office.ask(Some(&tech), Request::SaveFile { text: new, based_on: digest(&file) });
    // Either it could not be entered, or it is not in force: never in force without its way back.
    assert_eq!(revision(&office), 1, "{saved:?}");
}
