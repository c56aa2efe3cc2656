//! For each rule the smallest edits of the good file that wake it.

use super::super::Severity::{Advice, Warning};
use super::{Case, case};

const DECIDED: &str =
    r#"decided "2026-01-31" dpia="D-1" dpia-review-by="2027-01-31" lawful-basis="public-task""#;

pub(super) const PAPERS_AND_PEOPLE: &[Case] = &[
    case("no-decision", Advice, r#""1""#, &[(DECIDED, "")]),
    case("code-without-version", Advice, r#""safety""#, &[(r#"version="1" "#, "")]),
    case("code-without-version", Advice, r#""1""#, &[(r#"by="head" review"#, "review")]),
    case("review-date", Advice, r#""1""#, &[(r#" review-by="2027-09-01""#, "")]),
    case(
        "review-date",
        Advice,
        r#""2028-01-01""#,
        &[(r#"review-by="2027-09-01""#, r#"review-by="2028-01-01""#)],
    ),
    case(
        "review-date",
        Warning,
        r#""2026-11-20""#,
        &[(r#"review-by="2027-09-01""#, r#"review-by="2026-11-20""#)],
    ),
    case("no-dpia", Advice, r#""2026-01-31""#, &[(r#"dpia="D-1" "#, "")]),
    case(
        "no-dpia",
        Warning,
        r#""2026-10-01""#,
        &[(r#"dpia-review-by="2027-01-31""#, r#"dpia-review-by="2026-10-01""#)],
    ),
    case("no-lawful-basis", Advice, r#""2026-01-31""#, &[(r#" lawful-basis="public-task""#, "")]),
    case("extra-purpose", Advice, r#""Which?""#, &[(r#" because="Law""#, "")]),
    case(
        "registration",
        Advice,
        r#""The school""#,
        &[(r#" registration="ZA000000" renews="2027-05-01""#, "")],
    ),
    case("registration", Advice, r#""The school""#, &[(r#" renews="2027-05-01""#, "")]),
    case(
        "registration",
        Warning,
        r#""2026-05-01""#,
        &[(r#"renews="2027-05-01""#, r#"renews="2026-05-01""#)],
    ),
    case(
        "no-dpo",
        Advice,
        r#""School""#,
        &[(r#"data-protection-officer "DPO" email="dpo@school.example""#, "")],
    ),
    case("responsible-officer", Advice, r#""School""#, &[(r#"responsible "site-manager""#, "")]),
    case(
        "responsible-officer",
        Advice,
        r#""admin""#,
        &[(r#"responsible "site-manager""#, r#"responsible "admin""#)],
    ),
    case("governed-by-nothing", Advice, r#""Trust policy""#, &[(" complaints\"", "\"")]),
    case("no-because", Advice, "retention", &[(r#" because="The code""#, "")]),
    case("target-days", Advice, "30", &[("max-days=90", "target-days=30 max-days=90")]),
    case("target-days", Advice, "20", &[("max-days=60", "max-days=20")]),
    case(
        "clock-check",
        Advice,
        r#""year""#,
        &[(r#"clock-check every="month""#, r#"clock-check every="year""#)],
    ),
    case("matters-about-the-head", Advice, "head", &[(r#" about-head="Governors""#, "")]),
    case(
        "export-holders",
        Warning,
        r#""export""#,
        &[(
            r#""playback" "export" "witness" "daily-check"; held-by "head" "site-manager" }"#,
            r#""playback" "export" "witness" "daily-check"; held-by "site-manager" }
        role "second" { may "witness"; held-by "head" }"#,
        )],
    ),
    case(
        "administrators",
        Warning,
        r#""configure""#,
        &[(
            r#""manage-access"; held-by "head" "site-manager""#,
            r#""manage-access"; held-by "head""#,
        )],
    ),
    case("admin-account", Warning, r#""head""#, &[(r#""Head" admin=#true"#, r#""Head""#)]),
    case(
        "second-factor",
        Advice,
        r#""none""#,
        &[(r#"second-factor="privileged""#, r#"second-factor="none""#)],
    ),
    case("contractor-watches", Warning, r#""Firm""#, &[(r#"may "print""#, r#"may "still""#)]),
    case("ended", Advice, r#""Firm""#, &[(r#" until="2027-07-01""#, "")]),
    case(
        "ended",
        Warning,
        r#""2026-07-01""#,
        &[(r#"contractor="Firm" until="2027-07-01""#, r#"contractor="Firm" until="2026-07-01""#)],
    ),
    case(
        "ended",
        Warning,
        r#""2026-08-01""#,
        &[(r#"until="2027-08-01""#, r#"until="2026-08-01""#)],
    ),
    case(
        "ended",
        Warning,
        r#""2026-01-01""#,
        &[(r#"until="2027-01-01""#, r#"until="2026-01-01""#)],
    ),
    case("witness", Warning, r#""all""#, &[(r#" "witness""#, "")]),
    case(
        "one-key",
        Advice,
        r#""manage-access""#,
        &[(r#"approvals { widen-rights by="head" and="site-manager" }"#, "")],
    ),
    case("one-key", Warning, "widen-rights", &[(r#"and="site-manager""#, r#"and="head""#)]),
    case(
        "two-lists",
        Advice,
        r#""engineer""#,
        &[(r#"day-to-day "site-manager""#, r#"day-to-day "site-manager" "engineer""#)],
    ),
    case(
        "daily-check",
        Advice,
        r#""all""#,
        &[(r#" "daily-check";"#, ";"), (r#"daily-check by="site-manager""#, "")],
    ),
    case(
        "daily-check",
        Warning,
        "engineer",
        &[(r#"daily-check by="site-manager""#, r#"daily-check by="engineer""#)],
    ),
];

pub(super) const CAMERAS_AND_SIGNS: &[Case] = &[
    case("private-area", Warning, r#""changing""#, &[(r#" dpia="D-2""#, "")]),
    case("private-area", Advice, r#""changing""#, &[(r#"zones="changing""#, r#"zones="yard""#)]),
    case(
        "sound",
        Warning,
        "audio",
        &[(r#"overlooks "a garden""#, r#"overlooks "a garden"; audio because="x""#)],
    ),
    case(
        "sound",
        Advice,
        "audio",
        &[(r#"overlooks "a garden""#, r#"overlooks "a garden"; audio because="x" dpia="y""#)],
    ),
    case("codec", Advice, r#""h265""#, &[("h264", "h265")]),
    case("frame-rate", Advice, "11.0", &[("fps=12.0", "fps=11.0")]),
    case("frame-rate", Advice, "5.5", &[("fps=6.0", "fps=5.5")]),
    case("wireless", Advice, r#""gate""#, &[("door=#true", "door=#true wifi=#true")]),
    case("mask", Warning, r#""a garden""#, &[(r#"mask "garden" in-camera=#true"#, "")]),
    case(
        "mask",
        Advice,
        r#""garden""#,
        &[("in-camera=#true", "{ point 0.0 0.0; point 1.0 0.0; point 1.0 1.0 }")],
    ),
    case("covert", Warning, "covert", &[("kbps=1000 fps=6.0 }", "kbps=1000 fps=6.0; covert }")]),
    case(
        "covert",
        Warning,
        r#""X-1""#,
        &[
            ("kbps=1000 fps=6.0 }", r#"kbps=1000 fps=6.0; covert authorisation="X-1" }"#),
            ("2026-10-01", "2026-01-01"),
        ],
    ),
    case(
        "covert",
        Advice,
        "covert",
        &[
            ("kbps=1000 fps=6.0 }", r#"kbps=1000 fps=6.0; covert authorisation="X-1" }"#),
            (r#"procedure="County" "#, ""),
        ],
    ),
    case(
        "pixels",
        Advice,
        r#""identify""#,
        &[("recognise", "identify"), ("width-m=5.0", "width-m=8.0")],
    ),
    case(
        "disk-too-small",
        Warning,
        "37",
        &[("min-days=30", "min-days=37"), ("max-days=60", "max-days=60 min-days=37")],
    ),
    case("route-without-sign", Warning, r#""gate""#, &[(r#""Gate" sign="gate""#, r#""Gate""#)]),
    case(
        "route-without-sign",
        Advice,
        r#""School""#,
        &[(r#"access-routes { route "gate" "Gate" sign="gate" }"#, "")],
    ),
    case(
        "zone-without-sign",
        Warning,
        r#""changing""#,
        &[(r#"covers="yard changing""#, r#"covers="yard""#)],
    ),
    case(
        "purpose-not-on-sign",
        Warning,
        r#""yard""#,
        &[(r#"purposes="safety crime" }"#, r#"purposes="safety" }"#)],
    ),
    case(
        "sign-without-camera",
        Warning,
        r#""old""#,
        &[
            (r#"signage {"#, r#"signage { sign "old" "Old" covers="empty";"#),
            (r#"zone "yard""#, r#"zone "empty" "Empty"; zone "yard""#),
        ],
    ),
    case("letters-do-not-fit", Advice, "9.0", &[("read-from-m=2.0", "read-from-m=9.0")]),
    case("plain-medium", Warning, r#""plain""#, &[(r#"medium="encrypted""#, r#"medium="plain""#)]),
    case("large-files", Advice, r#""5GB""#, &[(r#"split="4GB""#, r#"split="5GB""#)]),
    case("maintenance", Advice, "maintenance", &[(r#" due="2027-07-01""#, "")]),
    case(
        "maintenance",
        Advice,
        r#""School""#,
        &[(r#"maintenance "Firm" due="2027-07-01" until="2027-08-01""#, "")],
    ),
];
