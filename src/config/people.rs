//! `people`: one human being each, by post; deputies, contractors, admin accounts.

use super::read::Node;
use super::refer::Kind;
use super::value::{At, Id};
use crate::base::time::Day;

/// One person. Rights come from roles alone.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    pub id: At<Id>,
    pub title: At<String>,
    pub post: Option<At<String>>,
    pub department: Option<At<String>>,
    /// Whose deputy: acts for them where a role has `deputies=#true` (S4.5).
    pub deputises: Option<At<Id>>,
    /// Has a second account for privileged deeds only (S4.47).
    pub admin: bool,
    /// The firm of somebody who is not employed by the school (S4.3, S4.80).
    pub contractor: Option<At<String>>,
    pub from: Option<At<Day>>,
    /// Last day (S4.54); a contractor's account ends with it.
    pub until: Option<At<Day>>,
    pub phone: Option<At<String>>,
    pub email: Option<At<String>>,
    /// The whole node, for findings about the person.
    pub node: At<()>,
}

impl Person {
    /// Reads all persons, then looks at who deputises for whom.
    pub(super) fn decode_all(mut n: Node<'_>) -> Vec<Person> {
        if !n.has("person") {
            n.cx.error(
                "missing",
                n.place(),
                "the file names no person",
                "add one: people { person \"headteacher\" \"Headteacher\" }",
            );
        }
        let cx = n.cx;
        let people: Vec<Person> = n.many("person").into_iter().filter_map(Person::decode).collect();
        n.finish();
        for person in &people {
            let Some(of) = &person.deputises else {
                continue;
            };
            if of.value == person.id.value {
                cx.error(
                    "own-deputy",
                    of.place,
                    format!("\"{}\" is named as the deputy of themselves", of.value),
                    "name the person whom they stand in for",
                );
                continue;
            }
            let principal = people.iter().find(|p| p.id.value == of.value);
            if principal.is_some_and(|p| p.deputises.is_some()) {
                cx.error(
                    "deputy-of-deputy",
                    of.place,
                    format!("\"{}\" is a deputy; a deputy has no deputy", of.value),
                    "name the person whom both stand in for",
                );
            }
        }
        people
    }

    fn decode(mut n: Node<'_>) -> Option<Person> {
        let id = n.id(Kind::Person);
        let title = n.arg("a name or post to show");
        let post = n.prop("post");
        let department = n.prop("department");
        let deputises = n.reference("deputises", Kind::Person);
        let admin = n.flag("admin");
        let contractor = n.prop("contractor");
        let from = n.prop::<Day>("from");
        let until = n.prop::<Day>("until");
        let phone = n.prop("phone");
        let email = n.prop("email");
        n.in_order("from", &from, "until", &until);
        let node = n.at();
        n.finish();
        Some(Person {
            id: id?,
            title: title?,
            post,
            department,
            deputises,
            admin,
            contractor,
            from,
            until,
            phone,
            email,
            node,
        })
    }
}
