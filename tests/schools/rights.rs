//! Who may do what at the three schools, right by right, as their policies say it: written down by
//! hand from the papers, and compared with what their files come to.

use beadle::access::{by_right, rights};
use beadle::base::time::Day;

use super::*;

/// One line for each right and condition; rights that nobody has are left out.
fn matrix(file: &str, text: &str, on: &str) -> Vec<String> {
    let config = parse(file, text.as_bytes()).config.unwrap();
    let on: Day = on.parse().unwrap();
    let mut out = Vec::new();
    for (deed, who) in by_right(&rights(&config, on)) {
        for (how, names) in who {
            let how = if how.is_empty() { String::new() } else { format!(" [{how}]") };
            out.push(format!("{deed}{how}: {}", names.join(", ")));
        }
    }
    out
}

fn same(file: &str, found: Vec<String>, want: &str) {
    let want: Vec<String> = want.lines().map(|l| l.trim().to_string()).collect();
    let want: Vec<String> = want.into_iter().filter(|l| !l.is_empty()).collect();
    assert_eq!(found.join("\n"), want.join("\n"), "{file}");
}

/// P7: the posts of the list download, and permit; viewing, live or recorded, is by permission. The
/// paper gives the machine to nobody: the two posts nearest to it have that.
#[test]
fn at_john_colet_school() {
    let file = "john-colet.kdl";
    let text = include_str!("../../configs/john-colet.kdl");
    let nine = "headteacher, head-of-finance, deputy-headteacher, assistant-head-1, \
                assistant-head-2, support-officer-1, support-officer-2, inclusion-manager, \
                site-manager";
    let two = "head-of-finance, site-manager";
    let want = format!(
        "live [with permission; with a reason]: {nine}
        playback [with permission]: {nine}
        still: {nine}
        export: {nine}
        authorise-viewing: {nine}
        authorise-disclosure: {nine}
        witness: {nine}
        hold: {nine}
        end-hold: {two}
        daily-check: {two}
        configure: {two}
        manage-access: {two}
        set-clock: {two}
        restart: {two}
        update: {two}
        dispose: {two}
        print: {nine}"
    );
    same(file, matrix(file, text, "2026-11-22"), &want);
}

/// 5.2: leadership (the Headteacher is of it), selected pastoral staff, Site Manager, IT Support
/// Assistant look. 5.1, 5.3: the Site Manager checks, daily and on the spot. 4.3: the two of them
/// run the machine. 4.1, 5.5, 8.6, 9.1: the Headteacher decides everything. 4.2: site staff see
/// nothing, and the firm's engineer neither.
#[test]
fn at_the_clere_school() {
    let file = "clere.kdl";
    let text = include_str!("../../configs/clere.kdl");
    let looking =
        "headteacher, leader-1, leader-2, pastoral-1, pastoral-2, site-manager, it-support";
    let want = format!(
        "live: {looking}
        playback: {looking}
        spot-check [at most 1m]: site-manager
        still: headteacher, leader-1, leader-2
        export: headteacher, site-manager
        authorise-viewing: headteacher
        authorise-disclosure: headteacher
        authorise-admission: headteacher
        witness: leader-1, leader-2, site-manager
        hold: headteacher, leader-1, leader-2
        end-hold: headteacher
        daily-check: site-manager
        investigate: headteacher
        configure: site-manager, it-support
        manage-access: site-manager, it-support
        set-clock: site-manager, it-support
        restart: site-manager, it-support
        update: site-manager, it-support
        dispose: site-manager, it-support
        print: headteacher, leader-1, leader-2, site-manager
        audit: headteacher"
    );
    same(file, matrix(file, text, "2026-11-22"), &want);
}

/// F.1.1: operators review, with the deputies of three of them. F.1.2, F.3: monitors see live
/// pictures, each at their own station. F.3: three may disclose, the deputy of the third not being
/// named; those and the IT Manager may admit. C.4, 3.4: the IT Manager and deputy administer. C.5:
/// a hold ends by the hand of a leader.
#[test]
fn at_st_thomas_more_high_school() {
    let file = "st-thomas-more.kdl";
    let text = include_str!("../../configs/st-thomas-more.kdl");
    let head = "headteacher, deputy-headteacher for headteacher";
    let leaders =
        format!("{head}, director-of-finance, deputy-director-of-finance for director-of-finance");
    let support = "director-of-behaviour, mentor-1, mentor-2, assistant-1, assistant-2";
    let it = "it-manager, deputy-it-manager for it-manager";
    let operators = format!("{leaders}, {support}, {it}");
    let three = "headteacher, deputy-headteacher, director-of-finance";
    let want = format!(
        "live [at headteachers-office]: {head}
        live [at pupil-support]: {support}
        live [at site-workshop]: site-team-1, site-team-2
        playback: {operators}
        still: {operators}
        export: {operators}
        authorise-viewing: {three}
        authorise-disclosure: {three}
        authorise-admission: {three}, it-manager
        witness: {three}
        hold: {three}
        end-hold: {leaders}
        daily-check: {it}
        investigate: {leaders}
        configure: {it}
        manage-access: {it}
        set-clock: {it}
        restart: {it}
        update: {it}
        dispose: {it}
        print [with a reason]: {operators}
        audit: {leaders}"
    );
    same(file, matrix(file, text, "2026-11-22"), &want);
}
