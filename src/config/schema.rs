//! What may stand where in the file: learned from the decoder itself, by letting it read nothing.
//!
//! A `Learner` beside the reading writes down each line, value and setting that is asked for,
//! with its closed list of words, the kind of name that it means and why it may be left out.
//! There is no second copy of the schema that could say something else: what is offered is what
//! is read. A sentence for each kind of line stands in [`super::guide`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use kdl::KdlDocument;

use super::parse::decode;
use super::read::Cx;
use super::refer::Kind;
use super::scalar::Value;

/// One value, of a line or a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The setting's name, or what the value is, in words.
    pub what: &'static str,
    pub sort: Sort,
    /// It has to be there.
    pub needed: bool,
    /// Several words in one quoted text.
    pub several: bool,
    /// Why it may be left out; completes "default, because ...".
    pub because: Option<&'static str>,
}

/// What a value may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sort {
    /// One of these, in quotes.
    Words(Vec<&'static str>),
    /// `#true` or `#false`.
    YesNo,
    /// A number between two bounds, in words.
    Between(String),
    /// A name that the file declares elsewhere.
    Means(Kind),
    /// A new name, declared here.
    Declares(Kind),
    /// Anything else, as somebody would write it.
    Free(&'static str),
}

impl Slot {
    pub(super) fn of<T: Value>(what: &'static str, needed: bool) -> Slot {
        let choices = T::choices();
        let sort = match choices.first() {
            None => Sort::Free(T::EXAMPLE),
            Some(&"#true") => Sort::YesNo,
            Some(_) => Sort::Words(choices),
        };
        Slot { what, sort, needed, several: false, because: None }
    }

    /// Is it written in quotes?
    pub fn quoted(&self) -> bool {
        match &self.sort {
            Sort::YesNo | Sort::Between(_) => false,
            Sort::Free(example) => example.starts_with('"'),
            Sort::Words(_) | Sort::Means(_) | Sort::Declares(_) => true,
        }
    }
}

/// One kind of line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// Values without a name, in order.
    pub args: Vec<Slot>,
    /// Any further ones.
    pub rest: Option<Slot>,
    pub props: Vec<Slot>,
    /// Lines between its braces.
    pub kids: Vec<&'static str>,
}

impl Shape {
    /// The value without a name at this place.
    pub fn arg(&self, place: usize) -> Option<&Slot> {
        self.args.get(place).or(self.rest.as_ref())
    }

    pub fn prop(&self, key: &str) -> Option<&Slot> {
        self.props.iter().find(|slot| slot.what == key)
    }
}

/// Every kind of line, by the names that lead to it: `cameras camera stream`; the file itself is
/// empty.
pub type Schema = BTreeMap<Vec<&'static str>, Shape>;

/// What the decoder asks for, learned once.
pub fn schema() -> &'static Schema {
    static LEARNED: LazyLock<Schema> = LazyLock::new(|| {
        let cx = Cx { learner: Some(Learner::default()), ..Cx::new("") };
        decode(&cx, &KdlDocument::new());
        cx.learner.map(|learner| learner.0.into_inner()).unwrap_or_default()
    });
    &LEARNED
}

/// The kind of line that these names lead to.
pub fn shape(path: &[&str]) -> Option<&'static Shape> {
    let found = schema().iter().find(|(known, _)| known.as_slice() == path);
    found.map(|(_, shape)| shape)
}

/// Writes down what is asked for.
#[derive(Default)]
pub(super) struct Learner(RefCell<Schema>);

impl Learner {
    fn at(&self, path: &[&'static str], change: impl FnOnce(&mut Shape)) {
        change(self.0.borrow_mut().entry(path.to_vec()).or_default());
    }

    pub fn arg(&self, path: &[&'static str], slot: Slot) {
        self.at(path, |shape| shape.args.push(slot));
    }

    pub fn rest(&self, path: &[&'static str], slot: Slot) {
        self.at(path, |shape| shape.rest = Some(slot));
    }

    pub fn prop(&self, path: &[&'static str], slot: Slot) {
        // Asked for to be refused: the file holds no passwords.
        if slot.what == "password" {
            return;
        }
        self.at(path, |shape| {
            if shape.prop(slot.what).is_none() {
                shape.props.push(slot);
            }
        });
    }

    pub fn words(&self, path: &[&'static str], slot: Slot) {
        self.prop(path, Slot { several: true, ..slot });
    }

    /// The setting that was asked for last may be left out, because ...
    pub fn because(&self, path: &[&'static str], because: &'static str) {
        self.at(path, |shape| {
            if let Some(slot) = shape.props.last_mut() {
                slot.because = Some(because);
            }
        });
    }

    /// The value that was asked for last is a name.
    pub fn means(&self, path: &[&'static str], kind: Kind) {
        self.last(path, Sort::Means(kind));
    }

    /// The number that was asked for last lies between these.
    pub fn between(&self, path: &[&'static str], low: f64, high: f64) {
        self.last(path, Sort::Between(format!("{low} to {high}")));
    }

    pub fn declares(&self, path: &[&'static str], kind: Kind) {
        self.last(path, Sort::Declares(kind));
    }

    /// All values of the line are names.
    pub fn all_mean(&self, path: &[&'static str], kind: Kind) {
        self.at(path, |shape| {
            for slot in shape.args.iter_mut().chain(&mut shape.rest) {
                slot.sort = Sort::Means(kind);
            }
        });
    }

    fn last(&self, path: &[&'static str], sort: Sort) {
        self.at(path, |shape| {
            // Values come before settings in every decoder.
            let slot = shape.props.last_mut().or(shape.args.last_mut());
            if let Some(slot) = slot {
                slot.sort = sort;
            }
        });
    }

    pub fn kid(&self, path: &[&'static str], kid: &'static str) -> Vec<&'static str> {
        self.at(path, |shape| {
            if !shape.kids.contains(&kid) {
                shape.kids.push(kid);
            }
        });
        let mut path = path.to_vec();
        path.push(kid);
        self.at(&path, |_| {});
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(path: &str) -> &'static Shape {
        let path: Vec<&str> = path.split(' ').collect();
        shape(&path).unwrap_or_else(|| panic!("{path:?} was not learned"))
    }

    #[test]
    fn the_decoder_tells_what_it_reads() {
        let camera = known("cameras camera");
        assert_eq!(camera.args[0].sort, Sort::Declares(Kind::Camera));
        assert_eq!(
            camera.prop("zone").map(|s| (&s.sort, s.needed)),
            Some((&Sort::Means(Kind::Zone), true))
        );
        assert!(camera.kids.contains(&"stream") && camera.kids.contains(&"pipeline"));
        assert!(camera.prop("password").is_none(), "no password is ever offered");
        assert!(known("cameras camera stream").prop("kbps").is_some());
        let by = known("duties daily-check").prop("by").unwrap();
        assert!(by.several && by.sort == Sort::Means(Kind::Who));
        let rights = known("roles role may").arg(3).unwrap();
        assert!(matches!(&rights.sort, Sort::Words(words) if words.contains(&"playback")));
        assert_eq!(known("roles role held-by").arg(7).unwrap().sort, Sort::Means(Kind::Person));
        assert!(!known("logbook").prop("keep-years").unwrap().quoted());
        assert!(shape(&[]).unwrap().kids.contains(&"network"));
    }

    /// What is learned is accepted: a setting of the schema is never called unknown.
    #[test]
    fn every_setting_that_is_learned_is_read() {
        let mut asked = 0;
        for (path, shape) in schema() {
            for slot in &shape.props {
                let mut text = format!("{} {}=@@", path.join(" { "), slot.what);
                text += &" }".repeat(path.len() - 1);
                let text = text.replace("@@", if slot.quoted() { "\"1\"" } else { "1" });
                let parsed = crate::config::parse("x", text.as_bytes());
                let unknown = parsed
                    .notes
                    .iter()
                    .find(|n| n.code == "unknown-setting" || n.code == "unknown-node");
                assert_eq!(unknown.map(|n| &n.text), None, "{text}");
                asked += 1;
            }
        }
        assert!(asked > 150, "{asked}");
    }
}
