//! What papers say, and that each figure in them follows the file or the entries.

mod book;
mod odd;

use super::phrase::Reader;
use super::{Document, Part, code, confidence, html, manual, notice, sign, survey, text, upkeep};
use crate::config::value::Word;
use crate::config::{self, Config};

pub(super) const DEMO: &str = include_str!("../../configs/demo.kdl");
const CLERE: &str = include_str!("../../configs/clere.kdl");
const COLET: &str = include_str!("../../configs/john-colet.kdl");
const MORE: &str = include_str!("../../configs/st-thomas-more.kdl");
const SMALLEST: &str = include_str!("../../configs/smallest.kdl");

pub(super) fn loaded(text: &str) -> Config {
    let parsed = config::parse("site.kdl", text.as_bytes());
    parsed.config.unwrap_or_else(|| panic!("{:#?}", parsed.notes))
}

/// Every paper that the file alone makes.
pub(super) fn papers(config: &Config) -> Vec<Document> {
    let keys = [("l F10", "log in; lock the screen")];
    vec![
        code::code(config, Reader::Public),
        code::code(config, Reader::Staff),
        notice::notice(config),
        survey::dpia_appendix(config),
        survey::self_assessment(config, None, &config.site.zone),
        upkeep::commissioning(config, &[]),
        upkeep::maintenance(config, None, None),
        manual::manual(config, &keys),
        confidence::declaration(config),
        confidence::acceptances(config),
        sign::sign_walk(config, None),
    ]
}

#[test]
fn each_school_has_all_its_papers_and_each_says_whose_it_is() {
    for file in [DEMO, CLERE, COLET, MORE, SMALLEST] {
        let config = loaded(file);
        for paper in papers(&config) {
            let (said, page) = (text::write(&paper), html::write(&paper));
            let owner = &config.site.owner.value;
            assert!(said.contains(&format!("Owner and copyright: {owner}")), "{}", paper.name);
            assert!(page.contains(&html::escaped(&paper.title)), "{}", paper.name);
            assert!(!said.to_lowercase().contains("certified"), "{}: {said}", paper.name);
            assert!(said.lines().all(|l| l.chars().count() <= 100), "{}: {said}", paper.name);
        }
    }
}

#[test]
fn both_codes_say_what_the_system_does_not_do() {
    for file in [DEMO, CLERE, COLET, MORE, SMALLEST] {
        for reader in [Reader::Public, Reader::Staff] {
            let said = code::code(&loaded(file), reader).words();
            for wanted in [
                "recognises no faces",
                "no remote monitoring",
                "designed to grade 2",
                "turns and zooms no camera",
                "no anti-malware program",
                "UK GDPR article 5",
                "no app and no web page",
                "sends no mail",
                "When the disks are full",
                "[R1.21]",
                "[R4.23]",
                "[site, R4.1]",
            ] {
                assert!(said.contains(wanted), "{wanted}: {said}");
            }
        }
    }
}

/// A file in which everything that the public is not to learn has a name of its own.
const MARKED: &[(&str, &str)] = &[
    ("camera \"front-gate\" \"Front gate\"", "camera \"front-gate\" \"Qcamera\""),
    ("\"Bicycle shed, north side\"", "\"Qblind\""),
    ("person \"headteacher\" \"Headteacher\"", "person \"headteacher\" \"Qname\""),
    ("station \"office\" \"School office\"", "station \"office\" \"Qstation\""),
    ("mask \"gardens across the road\"", "mask \"Qmask\""),
    ("location \"Server room\"", "location \"Qroom\""),
    ("\"CM-118\"", "\"Qcontract\""),
    ("\"Meet them at the main gate.\"", "\"Qmeet\""),
];

#[test]
fn the_public_is_told_no_name_and_nothing_that_helps_an_intruder() {
    let mut file = DEMO.to_string();
    for (from, to) in MARKED {
        assert!(file.contains(from), "{from}");
        file = file.replace(from, to);
    }
    let config = loaded(&file);
    let staff = code::code(&config, Reader::Staff).words();
    for (_, to) in MARKED {
        let mark = to.rsplit('"').nth(1).unwrap();
        assert!(staff.contains(mark), "{mark}");
        for open in [code::code(&config, Reader::Public), notice::notice(&config)] {
            assert!(!open.words().contains(mark), "{mark} in {}", open.name);
        }
    }
    for open in [code::code(&config, Reader::Public), notice::notice(&config)] {
        assert!(!open.words().contains("127.0.0.1") && !open.words().contains("rtsp"));
    }
}

/// A change of the file, the paper in which it is to be seen, and what it then says.
const FOLLOWS: &[(&str, &str, &str, &str)] = &[
    ("min-days=30 target", "min-days=27 target", "code-of-practice", "at least 27 days"),
    ("max-days=90 because", "max-days=77 because", "code-of-practice", "at most 77 days"),
    ("target-days=31", "target-days=33", "code-of-practice", "the aim is 33 days"),
    ("max-days=90 because", "max-days=77 because", "privacy-notice", "at most 77 days"),
    (
        "target-days=30 max-days=30 b",
        "target-days=30 max-days=30 min-days=9 b",
        "code-of-practice",
        "Main hall: at least 9 days",
    ),
    ("when-full=\"oldest\"", "when-full=\"stop\"", "code-of-practice", "recording stops"),
    ("keep-years=7", "keep-years=9", "code-of-practice", "kept for 9 years"),
    ("spot-check=\"60s\" c", "spot-check=\"45s\" c", "code-of-practice", "at most 45 seconds"),
    ("confirm-within=\"2d\"", "confirm-within=\"5d\"", "code-of-practice", "within 5 days"),
    (
        "complaints to=\"headteacher\" answer-within=\"30d\"",
        "complaints to=\"headteacher\" answer-within=\"12d\"",
        "code-of-practice",
        "answered within 12 days",
    ),
    (
        "subject-access to=\"headteacher\" answer-within=\"30d\"",
        "subject-access to=\"headteacher\" answer-within=\"21d\"",
        "privacy-notice",
        "within 21 days",
    ),
    ("registration=\"ZA000000\"", "registration=\"ZB123456\"", "code-of-practice", "ZB123456"),
    ("renews=\"2027-05-01\"", "renews=\"2027-06-02\"", "code-of-practice", "2 June 2027"),
    ("version=\"1.0\" approved", "version=\"1.7\" approved", "code-of-practice", "Version 1.7"),
    ("review-by=\"2027-09-08\"", "review-by=\"2027-10-09\"", "code-of-practice", "9 October 2027"),
    ("\"DPIA-2026-01\"", "\"DPIA-77\"", "dpia-appendix", "DPIA-77"),
    ("phone=\"01632 960000\"", "phone=\"01632 960999\"", "privacy-notice", "01632 960999"),
    (
        "email=\"dpo@school.example\"",
        "email=\"dp@other.example\"",
        "privacy-notice",
        "dp@other.example",
    ),
    (
        "\"Prevention and detection of crime\"",
        "\"Keeping bicycles\"",
        "privacy-notice",
        "Keeping bicycles",
    ),
    (
        "\"Safety of pupils, staff and visitors\"",
        "\"Everybody's safety\"",
        "operators-manual",
        "Everybody's safety",
    ),
    ("\"Parents' forum\"", "\"Parents' council\"", "code-of-practice", "Parents' council"),
    ("\"Behaviour policy\"", "\"Conduct policy\"", "code-of-practice", "Conduct policy"),
    ("\"May look at recordings\"", "\"Watchers\"", "code-of-practice", "Watchers"),
    (
        "\"IT Manager\" post",
        "\"Ada Lovelace\" post",
        "code-of-practice-staff",
        "Ada Lovelace (IT Manager)",
    ),
    (
        "\"police\" \"Police officers\"",
        "\"police\" \"Constables\"",
        "code-of-practice",
        "Constables",
    ),
    (
        "witness=#true medium",
        "witness=#false medium",
        "code-of-practice",
        "without a second person",
    ),
    ("medium=\"encrypted\"", "medium=\"zip\"", "code-of-practice", "AES-256"),
    (
        "the property of the school.",
        "the property of all.",
        "code-of-practice",
        "the property of all",
    ),
    ("\"vandalism\" \"un", "\"graffiti\" \"un", "code-of-practice", "graffiti"),
    ("width-m=6.0", "width-m=7.5", "commissioning", "over a width of 7.5 m"),
    ("distance-m=12.0", "distance-m=14.5", "dpia-appendix", "14.5 m away"),
    ("point 0.3 0.4", "point 0.9 0.4", "dpia-appendix", "24% of the picture"),
    ("\"Bicycle shed, north side\"", "\"Roof\"", "dpia-appendix", "Not covered: Roof"),
    ("contract=\"CM-118\"", "contract=\"CM-119\"", "maintenance-visit", "CM-119"),
    ("phone=\"101\"", "phone=\"105\"", "operators-manual", "105"),
    ("\"Dial 999.\"", "\"Dial 112.\"", "operators-manual", "Dial 112"),
    ("visits book=", "declaration \"Not a word.\"\n visits book=", "declaration", "Not a word."),
    (
        "\"users\" \"Code of practice for users of the system\" version=\"1.0\"",
        "\"users\" \"House rules\" version=\"4.4\"",
        "acceptance-forms",
        "4.4",
    ),
    (
        "sign \"gate\" \"Main gate, both sides\"",
        "sign \"gate\" \"North gate\"",
        "sign-walk",
        "North gate",
    ),
    ("read-from-m=2", "read-from-m=2.5", "sign-walk", "A4, 2.5 m"),
    (
        "route \"staff-gate\" \"Staff car park gate\"",
        "route \"staff-gate\" \"East way\"",
        "sign-walk",
        "East way",
    ),
];

#[test]
fn every_figure_follows_the_file() {
    let before = papers(&loaded(DEMO));
    for (from, to, name, says) in FOLLOWS {
        assert!(DEMO.contains(from), "{from}");
        let after = papers(&loaded(&DEMO.replacen(from, to, 1)));
        let of = |all: &[Document]| all.iter().find(|p| p.name == *name).unwrap().words();
        assert!(!of(&before).contains(says), "{name} says {says} already");
        assert!(of(&after).contains(says), "{name} does not say {says}: {}", of(&after));
    }
    let graded = DEMO.replacen("timezone=", "grade=3 timezone=", 1);
    let said = code::code(&loaded(&graded), Reader::Public).words();
    assert!(said.contains("designed to grade 3"), "{said}");
}

#[test]
fn adopting_the_surveillance_camera_code_is_one_word_and_the_code_cites_it_either_way() {
    let word = " adopts=\"surveillance-camera-code\"";
    assert!(DEMO.contains(word));
    for (file, follows) in [(DEMO.to_string(), true), (DEMO.replacen(word, "", 1), false)] {
        for reader in [Reader::Public, Reader::Staff] {
            let said = code::code(&loaded(&file), reader).words();
            let text = "school follows the Surveillance Camera Code of Practice";
            assert_eq!(said.contains(text), follows, "{said}");
            assert!(said.contains("R1.17") && said.contains("twelve principles"), "{said}");
        }
    }
}

/// What the standard for managing a scheme has chapters for, and where ours is (R4.22).
#[test]
fn the_staff_code_has_what_a_managed_scheme_is_to_have() {
    for file in [DEMO, CLERE, COLET, MORE] {
        let config = loaded(file);
        let said = code::code(&config, Reader::Staff).words();
        for wanted in [
            "What it is for",
            "It is used for these purposes and no others",
            "What it records",
            "How long recordings are kept",
            "Giving copies",
            "What is checked and written down",
            "Complaints and breaches",
        ] {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
    }
    let registers =
        <crate::config::registers::Register as Word>::WORDS.iter().map(|(word, _)| *word);
    let registers: Vec<&str> = registers.collect();
    for wanted in [
        "incidents",
        "occurrences",
        "releases",
        "subject-access",
        "disposals",
        "complaints",
        "breaches",
    ] {
        assert!(registers.contains(&wanted), "{wanted}: {registers:?}");
    }
}

#[test]
fn acceptance_forms_have_their_eight_fields() {
    let said = confidence::acceptances(&loaded(MORE)).words();
    for field in
        ["1 Name", "2 Role", "3 Signature", "4 Date", "5 Name", "6 Role", "7 Signature", "8 Date"]
    {
        assert!(said.contains(field), "{field}");
    }
    // The administrators' form is for whoever holds that role, and says which row asks for it.
    assert!(said.contains("IT Administrators") && said.contains("S4.71"), "{said}");
}

#[test]
fn no_text_of_the_file_becomes_markup() {
    let file = DEMO.replace("\"School office\"", "\"<script>alert(1)</script> & Co\"");
    for paper in papers(&loaded(&file)) {
        let page = html::write(&paper);
        assert!(!page.contains("<script"), "{}", paper.name);
        assert!(!page.contains("http://") || page.contains("xmlns"), "{}", paper.name);
    }
}

#[test]
fn the_officer_reads_what_protects_and_what_deleting_does_not_do() {
    let config = loaded(DEMO);
    let paper = survey::dpia_appendix(&config);
    let said = paper.words();
    for words in [
        "no word in the site's file that switches it off",
        "starts by itself after a power cut",
        "Whoever takes the whole recorder can open it",
        "Deleting is therefore not the same as destroying",
        "dropping a key is no proof of destruction on flash memory",
        "erased by the drive's own command",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let rows: Vec<String> = paper
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Clause(_, source) => Some(source.row.to_string()),
            _ => None,
        })
        .collect();
    for row in ["S4.38", "R6.2", "R6.3", "R6.7", "R6.8", "R5.7"] {
        assert!(rows.iter().any(|known| known == row), "{row}: {rows:?}");
    }
}

#[test]
fn the_test_card_says_how_tall_a_person_must_be() {
    for (task, rows, want) in [
        ("identify", "", "at least 100% of the picture's height."),
        ("identify", " height=1080", "at least 38% of the picture's height of 1080 rows: 410"),
        ("recognise", " height=720", "at least 28% of the picture's height of 720 rows: 201"),
        ("detect", " height=1080", "at least 10% of the picture's height of 1080 rows: 108"),
        ("overview", " height=1080", ""),
    ] {
        let stream = "stream \"rtsp://192.0.2.11/main\"";
        let asked = format!("{stream}{rows}\n        task \"{task}\"");
        let file = SMALLEST.replace(stream, &asked);
        let config = loaded(&file);
        let said = upkeep::commissioning(&config, &[]).words();
        match want.is_empty() {
            true => assert!(!said.contains("Test card"), "{task}: {said}"),
            false => assert!(said.contains(want), "{task}{rows}: {said}"),
        }
    }
}
