//! From bytes to [`Parsed`].

use kdl::KdlDocument;

use super::read::{Cx, Node};
use super::*;

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
        duties,
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

pub fn parse(_name: &str, bytes: &[u8]) -> Parsed {
    let text = std::str::from_utf8(bytes).unwrap_or("");
    let cx = Cx::new(text);
    let doc = KdlDocument::parse(text).unwrap_or_default();
    let config = decode(&cx, &doc);
    let notes = cx.notes.into_inner();
    Parsed {
        config: config.filter(|_| notes.is_empty()),
        notes,
    }
}
