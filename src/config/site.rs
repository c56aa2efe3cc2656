//! `site`: whose system it is, whom to ask, which papers govern it.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id, PrinterUrl, Setting, words};
use crate::base::time::{Day, Zone};

/// The school and its people to ask.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    pub name: At<String>,
    /// The name as written; `zone` is what it means.
    pub timezone: Setting<String>,
    pub zone: Zone,
    /// "Designed to" this grade of EN 62676-1-1, 1 to 4; never "certified" (R4.1).
    pub grade: Setting<u32>,
    pub controller: Controller,
    /// Who owns the system, the recordings and the copyright (S1.7, S4.2); the controller unless
    /// named.
    pub owner: Setting<String>,
    /// On signs and notices (R1.30).
    pub contact: Contact,
    pub data_protection_officer: Option<Contact>,
    /// The one officer responsible for the system (S4.4); a person or role.
    pub responsible: Option<At<Id>>,
    /// Who runs the scheme (S1.20).
    pub managed_by: Vec<At<Id>>,
    /// Day-to-day management (S1.21).
    pub day_to_day: Vec<At<Id>>,
    /// Technical management (S1.22).
    pub technical: Vec<At<Id>>,
    /// Who answers questions about the code (S4.16).
    pub questions_to: Option<At<Id>>,
    /// Where the recorder stands (S4.9, S1.33).
    pub location: Option<Location>,
    /// Papers above this file (S4.1, S4.18).
    pub governed_by: Vec<Governing>,
    /// Other papers of the school that the code names (S0.8).
    pub related: Vec<Related>,
    /// Where the public gets the code of practice (S1.57).
    pub copies_at: Vec<At<String>>,
    /// The network printer for papers from the screen; never in the cameras' own net.
    pub printer: Option<At<PrinterUrl>>,
}

/// The data controller (S1.7) with its register entry (S1.9, R1.19).
#[derive(Clone, PartialEq, Debug)]
pub struct Controller {
    pub name: At<String>,
    pub registration: Option<At<String>>,
    pub renews: Option<At<Day>>,
    pub address: Option<At<String>>,
}

/// Somebody to write to or ring; at least one way is given.
#[derive(Clone, PartialEq, Debug)]
pub struct Contact {
    pub title: At<String>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    pub web: Option<At<String>>,
    pub address: Option<At<String>>,
}

/// The room of the recorder.
#[derive(Clone, PartialEq, Debug)]
pub struct Location {
    pub title: At<String>,
    /// Always locked: the daily check asks for it (S1.33).
    pub locked: Setting<bool>,
}

words! {
    /// Subjects that a governing paper may cover instead of this file (S4.18).
    Subject {
        Purposes = "purposes",
        Retention = "retention",
        Disclosure = "disclosure",
        SubjectAccess = "subject-access",
        ThirdParties = "third-parties",
        Complaints = "complaints",
        Breaches = "breaches",
        Signage = "signage",
        Covert = "covert",
        Security = "security",
    }
}

/// `governed-by`.
#[derive(Clone, PartialEq, Debug)]
pub struct Governing {
    pub title: At<String>,
    pub covers: Vec<At<Subject>>,
    /// Where it can be read.
    pub available_at: Option<At<String>>,
}

/// `related`.
#[derive(Clone, PartialEq, Debug)]
pub struct Related {
    pub title: At<String>,
    pub available_at: Option<At<String>>,
}

impl Site {
    pub(super) fn decode(mut n: Node<'_>) -> Option<Site> {
        let name = n.arg("the school's name");
        let timezone = n.set(
            "timezone",
            "Europe/London".to_string(),
            "the policies that this program is made for are English",
        );
        let zone = Zone::named(&timezone).unwrap_or_else(|why| {
            let (place, near) = (timezone.place().unwrap_or(n.place()), "Europe/London");
            n.cx.error("bad-timezone", place, why, format!("use a name like \"{near}\""));
            Zone::utc()
        });
        let grade =
            n.int_or("grade", (1, 4), 2, "grade 2 suits premises where people work by day (R4.1)");
        let controller = n.need_one("controller", "controller \"The school\"");
        let controller = controller.and_then(Controller::decode);
        let contact = n.need_one("contact", "contact \"School office\" phone=\"...\"");
        let contact = contact.and_then(Contact::decode);
        let owner = owner(&mut n, controller.as_ref());
        let data_protection_officer = n.one("data-protection-officer").and_then(Contact::decode);
        let responsible = who(&mut n, "responsible");
        let questions_to = who(&mut n, "questions-to");
        let managed_by = n.whos("managed-by");
        let day_to_day = n.whos("day-to-day");
        let technical = n.whos("technical");
        let location = n.one("location").and_then(Location::decode);
        let governed_by = n.many("governed-by").into_iter().filter_map(Governing::decode);
        let governed_by = governed_by.collect();
        let related = n.many("related").into_iter().filter_map(Related::decode).collect();
        let copies_at = n.texts("copies-at");
        let printer = n.one("printer").and_then(|mut n| {
            let address = n.arg("its address");
            n.finish();
            address
        });
        n.finish();
        Some(Site {
            name: name?,
            timezone,
            zone,
            grade,
            controller: controller?,
            owner,
            contact: contact?,
            data_protection_officer,
            responsible,
            managed_by,
            day_to_day,
            technical,
            questions_to,
            location,
            governed_by,
            related,
            copies_at,
            printer,
        })
    }
}

fn owner(n: &mut Node<'_>, controller: Option<&Controller>) -> Setting<String> {
    let owner = n.one("owner").and_then(|mut o| {
        let name = o.arg("the owner's name");
        o.finish();
        name
    });
    let held_by = controller.map(|c| c.name.value.clone()).unwrap_or_default();
    Setting::or(owner, held_by, "the controller owns the system unless said")
}

/// A child with exactly one person or role.
fn who(n: &mut Node<'_>, kid: &'static str) -> Option<At<Id>> {
    let mut node = n.one(kid)?;
    let id = node.arg::<Id>("a person or a role");
    node.means(Kind::Who);
    if let Some(id) = &id {
        node.cx.refer(Kind::Who, id);
    }
    node.finish();
    id
}

impl Controller {
    fn decode(mut n: Node<'_>) -> Option<Controller> {
        let name = n.arg("the controller's name");
        let registration = n.prop("registration");
        let renews = n.prop("renews");
        let address = n.prop("address");
        n.finish();
        Some(Controller { name: name?, registration, renews, address })
    }
}

impl Contact {
    fn decode(mut n: Node<'_>) -> Option<Contact> {
        let title = n.arg("a name, like \"School office\"");
        let phone: Option<At<String>> = n.prop("phone");
        let email: Option<At<String>> = n.prop("email");
        let web: Option<At<String>> = n.prop("web");
        let address: Option<At<String>> = n.prop("address");
        if phone.is_none() && email.is_none() && web.is_none() && address.is_none() {
            n.cx.error(
                "missing",
                n.place(),
                "nobody can reach this contact",
                "add phone=\"...\" or email=\"...\"",
            );
        }
        if let Some(email) = email.as_ref().filter(|e| !e.contains('@')) {
            n.cx.error(
                "bad-address",
                email.place,
                "this is not an e-mail address",
                "write it like \"office@school.example\"",
            );
        }
        n.finish();
        Some(Contact { title: title?, phone, email, web, address })
    }
}

impl Location {
    fn decode(mut n: Node<'_>) -> Option<Location> {
        let title = n.arg("the room's name");
        let locked = n.set("locked", true, "a recorder stands behind a locked door (S1.33)");
        n.finish();
        Some(Location { title: title?, locked })
    }
}

impl Governing {
    fn decode(mut n: Node<'_>) -> Option<Governing> {
        let title = n.arg("the paper's name");
        let covers = n.words("covers");
        let available_at = n.prop("available-at");
        n.finish();
        Some(Governing { title: title?, covers, available_at })
    }
}

impl Related {
    fn decode(mut n: Node<'_>) -> Option<Related> {
        let title = n.arg("the paper's name");
        let available_at = n.prop("available-at");
        n.finish();
        Some(Related { title: title?, available_at })
    }
}
