//! Values with the place they were written at, and the small vocabularies of the file.
//!
//! Places never take part in equality: two files that say the same thing are the same
//! configuration,
//! whatever their spacing and comments.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::base::name::CameraId;
use crate::base::time::Span;

/// A stretch of the file in bytes; `start <= end <=` length, both on character boundaries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Place {
    pub start: usize,
    pub end: usize,
}

impl Place {
    pub const fn new(start: usize, end: usize) -> Place {
        Place { start, end }
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// A value that stands in the file, and where.
#[derive(Clone, Debug)]
pub struct At<T> {
    pub value: T,
    pub place: Place,
}

impl<T> At<T> {
    pub fn new(value: T, place: Place) -> At<T> {
        At { value, place }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), place: self.place }
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &At<T>) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Where the value of a [`Setting`] comes from.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    File(Place),
    /// Not in the file; the phrase completes "default, because ...".
    Default(&'static str),
}

/// A value that has a default.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

impl<T> Setting<T> {
    pub fn default(value: T, because: &'static str) -> Setting<T> {
        Setting { value, origin: Origin::Default(because) }
    }

    pub fn or(given: Option<At<T>>, default: T, because: &'static str) -> Setting<T> {
        match given {
            Some(at) => Setting { value: at.value, origin: Origin::File(at.place) },
            None => Setting::default(default, because),
        }
    }

    /// `None` when the value is a default.
    pub fn place(&self) -> Option<Place> {
        match self.origin {
            Origin::File(place) => Some(place),
            Origin::Default(_) => None,
        }
    }

    pub fn default_because(&self) -> Option<&'static str> {
        match self.origin {
            Origin::File(_) => None,
            Origin::Default(because) => Some(because),
        }
    }
}

impl<T> From<At<T>> for Setting<T> {
    fn from(at: At<T>) -> Setting<T> {
        Setting { value: at.value, origin: Origin::File(at.place) }
    }
}

impl<T: PartialEq> PartialEq for Setting<T> {
    fn eq(&self, other: &Setting<T>) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The short name of a zone, person, role, sign, station ...: `a-z 0-9 -`, as for cameras.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Id(String);

impl Id {
    /// # Errors
    /// A sentence for the reader that says which characters are allowed.
    pub fn new(text: &str) -> Result<Id, String> {
        CameraId::new(text).map(|id| Id(id.as_str().to_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A closed list of words, each with its spelling in the file.
pub trait Word: Copy + 'static {
    const WORDS: &'static [(&'static str, Self)];
}

/// Declares an enum whose variants are words of the file.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $crate::config::value::Word for $name {
            const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant),)+];
        }

        impl $name {
            /// As it is spelt in the file.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How often a duty comes round.
    Every {
        Day = "day",
        Week = "week",
        Month = "month",
        /// Once in each `term` of the calendar; every four months where there is none.
        Term = "term",
        HalfYear = "half-year",
        Year = "year",
    }
}

/// A time of day on the school's clock, `09:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TimeOfDay {
    pub hour: u8,
    pub minute: u8,
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// A length of time written with its unit: `"90s"`, `"2m"`, `"72h"`, `"30d"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Length(pub Span);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0.as_secs();
        match s {
            _ if s % 86_400 == 0 && s > 0 => write!(f, "{}d", s / 86_400),
            _ if s % 3_600 == 0 && s > 0 => write!(f, "{}h", s / 3_600),
            _ if s % 60 == 0 && s > 0 => write!(f, "{}m", s / 60),
            _ => write!(f, "{s}s"),
        }
    }
}

/// A number of bytes written with its unit, decimal as on the box of a disk: `"4GB"`, `"500MB"`,
/// `"2TB"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n > 0 && n % 1_000_000_000_000 == 0 => write!(f, "{}TB", n / 1_000_000_000_000),
            n if n > 0 && n % 1_000_000_000 == 0 => write!(f, "{}GB", n / 1_000_000_000),
            n => write!(f, "{}MB", n / 1_000_000),
        }
    }
}

/// A printer's address: `ipp://192.0.2.9/ipp/print`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrinterUrl {
    pub text: String,
    /// Name or address, as it is dialled.
    pub host: String,
    pub port: u16,
}

impl fmt::Display for PrinterUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A camera's address: as written, and in the form in which two spellings of one stream are equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamUrl {
    pub text: String,
    /// Lower-case scheme and host, default port left out: what "two cameras with one stream"
    /// compares.
    pub normal: String,
}

impl fmt::Display for StreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
