//! The effective file: what the file says and what it leaves to the program, as one KDL document.
//!
//! Every default stands in it as if it had been written, with the reason for it in a comment behind
//! its line or above it. The text is itself a good `site.kdl`: read back, it gives an equal
//! [`Config`]. That is how a test knows that nothing was left out, here and in `diff`, which
//! compares the same lines.

mod day;
mod leaf;
mod people;
mod pictures;
mod site;

pub(super) use leaf::{Leaf, Value};

use super::Config;

/// The effective file as text, ready to be saved as `site.kdl`.
pub fn explain(config: &Config) -> String {
    let mut out = String::from(
        "// The effective file: each setting as it counts, with the reason of each default.\n",
    );
    for section in sections(config) {
        out.push('\n');
        section.print(0, &mut out);
    }
    out
}

/// The sections in the order in which a reader meets them; those that would be empty are left out.
pub(super) fn sections(config: &Config) -> Vec<Leaf> {
    let mut all = vec![
        site::site(&config.site),
        site::practice(&config.practice),
        people::people(&config.people),
        people::roles(&config.roles),
        people::approvals(&config.approvals),
        pictures::cameras(&config.cameras),
        pictures::zones(&config.zones),
        pictures::routes(&config.routes),
        pictures::retention(&config.retention),
        pictures::signage(&config.signage),
        day::calendar(&config.calendar),
        day::duties(&config.duties),
        day::viewing(&config.viewing),
        day::disclosure(&config.disclosure),
        day::registers(&config.registers),
        day::incident_types(&config.incident_types),
        day::escalation(&config.escalation),
        day::breaches(&config.breaches),
        day::complaints(&config.complaints),
        pictures::covert(&config.covert),
        people::logbook(&config.logbook),
        people::disposal(&config.disposal),
        people::clock(&config.clock),
        people::stations(&config.stations),
        people::accounts(&config.accounts),
        pictures::storage(&config.storage),
        pictures::network(&config.network),
    ];
    all.retain(|leaf| !leaf.is_bare());
    all
}

/// Whole files for the tests here and next door.
#[cfg(test)]
pub(super) const SITES: [(&str, &str); 5] = [
    ("john-colet", include_str!("../../configs/john-colet.kdl")),
    ("clere", include_str!("../../configs/clere.kdl")),
    ("st-thomas-more", include_str!("../../configs/st-thomas-more.kdl")),
    ("demo", include_str!("../../configs/demo.kdl")),
    ("smallest", include_str!("../../configs/smallest.kdl")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::note::Severity;
    use crate::config::parse;

    /// A file that uses what the schools leave out.
    const RARE: &str = r#"
site "Rare \"school\"" timezone="Europe/Dublin" grade=3 {
    controller "The school" address="1 Lane\nTown"
    contact "Office" address="1 Lane"
}
code-of-practice { purpose "safety" "Safety"; exception "split" because="a" control="b" by="head" }
people { person "head" "Head" from="2026-01-01" phone="1" email="a@school.example" }
roles { role "r" { may "live" zones="hall" reason=#true; held-by "head"
    granted "head" on="2026-01-02" by="head" because="new" paper="P1" } }
cameras {
    defaults kind="ptz" transport="udp" wifi=#true
    camera "a" "A" zone="hall" make="M" model="N" serial="S" mac="00:11:22:33:44:55" \
            installed="2026-01-03" {
        pipeline "v4l2src ! x264enc" codec="h265" fps=12.5
        audio because="x" dpia="D"
        mask "m" in-camera=#true
    }
    camera "b" "B" zone="hall" kind="dome" wifi=#false {
        stream "rtsp://10.0.0.1/a?b=\"c\"" height=720
        covert authorisation="X-1"
        task "identify" width-m=3.0 distance-m=2.5
        disabled because="broken" until="2026-12-24"
    }
}
zones { zone "hall" "Hall" kind="toilet" dpia="D-2" }
retention min-days=0 max-days=60 {
    zone "hall" max-days=20 because="short"; camera "a" min-days=5; hold-class "odd" "Odd" }
signage { sign "s" "S" covers="hall" text="Extra" contact="Head" purposes="safety" }
calendar weekends-closed=#true { closed "2026-12-25" }
viewing { viewer "data-subject" "Whoever is seen" by="head" approved-clips=#true refused=#true }
disclosure witness=#false out-of-hours-witness=#true hold="odd" {
    subject-access to="head" answer-within="20d"; original "Seal it" }
incident-types "one" { type "two" "Two things" }
covert procedure="P" {
    authorisation "X-1" state="authorised" by="Council" in-charge="head" \
        from="2026-01-01" until="2026-03-01" \
        reviewed="2026-02-01" copy-sent="2026-02-02" cameras="b" }
clock alarm="3s" { server "ntp.school.example" "10.0.0.2" }
complaints to="head" answer-within="48h"
escalation { deputy-dsl "D" phone="1"; lado "L" email="l@council.example"; contact "C" }
stations { station "s1" "S" tty="tty2" idle-lock="90s" }
storage encryption="disk" because="test" { footage "/a" "/b"; keep-free "50GB" }
network { uplink "eth0" address="192.0.2.5/24" gateway="192.0.2.1" dns="192.0.2.1 192.0.2.2" }
"#;

    fn load(name: &str, text: &str) -> Config {
        let parsed = parse(name, text.as_bytes());
        let wrong = |n: &crate::config::note::Note| {
            let before = text.get(..n.place.start).unwrap_or(text);
            format!("{name}:{}: {} ({})\n", before.matches('\n').count() + 1, n.text, n.remedy)
        };
        let errors = parsed.notes.iter().filter(|n| n.severity == Severity::Error);
        let errors: String = errors.map(wrong).collect();
        parsed.config.unwrap_or_else(|| panic!("{errors}"))
    }

    #[test]
    fn the_effective_file_is_the_same_configuration() {
        for (name, text) in SITES.iter().chain(&[("rare", RARE)]) {
            let config = load(name, text);
            let told = explain(&config);
            let again = load(name, &told);
            assert_eq!(config, again, "{name}\n{told}");
            // Everything is written out, so nothing is left to default.
            assert!(!explain(&again).contains("// default"), "{name}\n{}", explain(&again));
        }
    }

    #[test]
    fn a_default_names_its_reason() {
        let told = explain(&load("clere", SITES[1].1));
        assert!(told.contains("// default grade: grade 2"), "{told}");
        let st_thomas = explain(&load("st-thomas-more", SITES[2].1));
        let line = st_thomas.lines().find(|l| l.starts_with("retention ")).unwrap();
        assert!(line.contains("target-days=31"), "{line}");
        assert!(
            st_thomas.contains("// default target-days: the police expect 31 days (R2.8)"),
            "{line}"
        );
    }
}
