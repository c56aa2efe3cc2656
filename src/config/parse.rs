//! From bytes to [`Parsed`].

use kdl::KdlDocument;

use super::note::Severity;
use super::read::{Cx, Node};
use super::value::Place;
use super::*;
use crate::base::limits::{FILE_BYTES_MAX, NOTES_MAX};

/// Reads the whole document; every section is read whatever became of the others.
pub(super) fn decode(cx: &Cx<'_>, document: &KdlDocument) -> Option<Config> {
    let mut n = Node::root(cx, document);
    let site = n.need_one("site", "site \"Name of the school\" { ... }");
    let site = site.and_then(site::Site::decode);
    let practice = n.need_one("code-of-practice", "code-of-practice { purpose ... }");
    let practice = practice.and_then(practice::CodeOfPractice::decode);
    let people = n.need_one("people", "people { person ... }");
    let people = people.map(people::Person::decode_all);
    let roles = roles::Role::decode_all(n.section("roles"));
    let approvals = approvals::Approval::decode_all(n.section("approvals"));
    let cameras = n.need_one("cameras", "cameras { camera ... }");
    let cameras = cameras.map(cameras::Cameras::decode);
    let zones = n.need_one("zones", "zones { zone \"entrance\" \"Main entrance\" }");
    let zones = zones.map(zones::Zones::decode);
    let routes = zones::Route::decode_all(n.section("access-routes"));
    let retention = n.need_one("retention", "retention min-days=30 max-days=90");
    let retention = retention.and_then(retention::Retention::decode);
    let signage = signage::Signage::decode(n.section("signage"));
    let calendar = calendar::Calendar::decode(n.section("calendar"));
    let duties = duties::Duty::decode_all(n.section("duties"));
    let viewing = viewing::Viewing::decode(n.section("viewing"));
    let disclosure = disclosure::Disclosure::decode(n.section("disclosure"));
    let registers = registers::decode_shown(n.section("registers"));
    let incident_types = registers::decode_incidents(n.section("incident-types"));
    let escalation = escalation::Escalation::decode(n.section("escalation"));
    let breaches = escalation::Breaches::decode(n.section("breaches"));
    let complaints = escalation::Complaints::decode(n.section("complaints"));
    let covert = covert::Covert::decode(n.section("covert"));
    let logbook = logbook::Logbook::decode(n.section("logbook"));
    let disposal = logbook::Disposal::decode(n.section("disposal"));
    let clock = logbook::ClockRules::decode(n.section("clock"));
    let stations = stations::Station::decode_all(n.section("stations"));
    let accounts = stations::Accounts::decode(n.section("accounts"));
    let storage = storage::Storage::decode(n.section("storage"));
    let network = network::Network::decode(n.section("network"));
    n.finish();
    printer_apart(cx, site.as_ref(), &network);
    for (place, (text, remedy)) in cx.names.borrow().dangling() {
        cx.error("not-declared", place, text, remedy);
    }
    Some(Config {
        site: site?,
        practice: practice?,
        people: people?,
        roles,
        approvals,
        cameras: cameras?,
        zones: zones?,
        routes,
        retention: retention?,
        signage,
        calendar,
        duties: duties::Duty::for_clock(duties, &network, &clock),
        viewing,
        disclosure,
        registers,
        incident_types,
        escalation,
        breaches,
        complaints,
        covert,
        logbook,
        disposal,
        clock,
        stations,
        accounts,
        storage,
        network,
    })
}

/// The cameras' net holds cameras and nothing else: no printer, and no way to one.
fn printer_apart(cx: &Cx<'_>, site: Option<&site::Site>, network: &network::Network) {
    let printer = site.and_then(|site| site.printer.as_ref());
    let (Some(printer), Some(cameras)) = (printer, &network.cameras) else { return };
    let net = cameras.address.value;
    if printer.value.host.parse().is_ok_and(|address| net.holds(address)) {
        cx.error(
            "bad-printer",
            printer.place,
            format!("this printer stands in the cameras' own net, {net}"),
            "put it into the school's net: the cameras' net is for cameras alone",
        );
    }
}

/// Reads a file. `name` is how findings about the whole file call it. Any bytes give an answer.
pub fn parse(name: &str, bytes: &[u8]) -> Parsed {
    let mut notes = Vec::new();
    let config = match admit(name, bytes) {
        Ok(text) => read(&text, &mut notes),
        Err(note) => {
            notes.push(*note);
            None
        }
    };
    finish(&mut notes, bytes.len());
    let failed = notes.iter().any(|n| n.severity == Severity::Error);
    Parsed { config: config.filter(|_| !failed), notes }
}

fn error(code: &'static str, place: Place, text: String, remedy: String) -> Note {
    Note { severity: Severity::Error, code, place, text, remedy, row: None }
}

/// Is this text at all? What the parser must never see ends here.
fn admit(name: &str, bytes: &[u8]) -> Result<String, Box<Note>> {
    let whole = Place::new(0, 0);
    let refuse = |code, place, text: String, remedy: &str| {
        Err(Box::new(error(code, place, text, remedy.to_string())))
    };
    if bytes.len() > FILE_BYTES_MAX {
        // Whoever reads a file stops there, so how much larger it is nobody knows.
        let megabytes = FILE_BYTES_MAX / (1024 * 1024);
        let text = format!("{name} is larger than {megabytes} MB: that is no list of cameras");
        return refuse("too-large", whole, text, "is this the right file?");
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let text = format!("{name} is saved as UTF-16 (\"Unicode\")");
        return refuse("not-text", whole, text, "save it again as UTF-8, or as plain text");
    }
    // Of a text file not one byte is zero; one in a hundred is a picture, a program, a spreadsheet.
    let zeros = bytes.iter().filter(|b| **b == 0).count();
    if zeros > 0 && zeros * 100 >= bytes.len() {
        let text = format!("{name} is not a text file");
        return refuse("not-text", whole, text, "is this the right file?");
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let at = e.valid_up_to();
            let text = "this character is not stored as UTF-8".to_string();
            let place = Place::new(at, at + 1);
            return refuse("not-utf8", place, text, "save the file again as UTF-8");
        }
    };
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        let text = format!("{name} is empty");
        return refuse(
            "empty-file",
            whole,
            text,
            "begin with: site \"Name of the school\" { ... }",
        );
    }
    // The mark that some editors put first means nothing; three spaces keep all places.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => format!("   {rest}"),
        None => text.to_string(),
    })
}

fn read(text: &str, notes: &mut Vec<Note>) -> Option<Config> {
    let scanned = scan::scan(text);
    let clean = scanned.findings.is_empty();
    for f in scanned.findings {
        notes.push(error(f.code, f.place, f.text, f.remedy));
    }
    if scanned.hopeless || notes.len() >= NOTES_MAX {
        return None;
    }
    let mended = mend::Mended::new(text, scanned.edits);
    let document = match KdlDocument::parse(&mended.text) {
        Ok(document) => document,
        Err(e) => {
            // Where the scan spoke already, the parser only says the same in its own words.
            if clean {
                notes.extend(e.diagnostics.iter().map(|d| foreign(d, text)));
            }
            return None;
        }
    };
    let cx = Cx::new(&mended.text);
    let config = decode(&cx, &document);
    for mut note in cx.notes.into_inner() {
        note.place = mended.back(note.place);
        let ours = |d: &Place| note.place.start <= d.end && d.start <= note.place.end;
        // What touches a mended place is about our mending, and what lacks stood perhaps on that
        // line.
        let line = line_of(text, note.place.start);
        let near = |d: &Place| note.code == "missing" && d.start <= line.end && line.start <= d.end;
        if !scanned.damaged.iter().any(|d| ours(d) || near(d)) {
            notes.push(note);
        }
    }
    config
}

/// Where the file uses this name, as the decoder came upon it; nothing for a file that the parser
/// refuses.
pub fn uses(text: &str, kind: refer::Kind, name: &str) -> Vec<Place> {
    let Ok(document) = KdlDocument::parse(text) else { return Vec::new() };
    let cx = Cx::new(text);
    decode(&cx, &document);
    cx.names.into_inner().uses(kind, name)
}

fn line_of(text: &str, at: usize) -> Place {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    Place::new(start, text[at..].find('\n').map_or(text.len(), |i| at + i))
}

/// What `kdl` found and our scan did not.
fn foreign(d: &kdl::KdlDiagnostic, text: &str) -> Note {
    let at = d.span.offset().min(text.len());
    let end = (at + d.span.len()).min(text.len());
    let said = d.message.clone().unwrap_or_else(|| "this cannot be read".into());
    let said = format!("this is not written as the format wants it ({said})");
    let remedy = "look for a missing quote, brace or space just before this place";
    error("syntax", Place::new(at, end), said, remedy.to_string())
}

/// In the order of the file, none twice, not endless, none outside.
fn finish(notes: &mut Vec<Note>, len: usize) {
    for note in notes.iter_mut() {
        note.place.start = note.place.start.min(len);
        note.place.end = note.place.end.clamp(note.place.start, len);
    }
    notes.sort_by(|a, b| (a.place, a.severity, a.code).cmp(&(b.place, b.severity, b.code)));
    notes.dedup();
    if notes.len() > NOTES_MAX {
        let left = notes.len() - NOTES_MAX;
        notes.truncate(NOTES_MAX);
        let place = Place::new(len, len);
        let text = format!("{left} further findings are not shown");
        notes.push(error("too-many", place, text, "mend those above first".to_string()));
    }
}
