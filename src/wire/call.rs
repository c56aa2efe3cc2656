//! A request with the session that makes it. Who it comes from, the kernel says (`socket::Peer`).

use serde::{Deserialize, Serialize};

use super::Request;
use super::people::Second;
use crate::base::secret::Secret;

/// What a client sends: `{"ask":"status"}`, or the same with `"session":"..."` beside it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Call {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Sent>,
    /// A second person who is here too, for what takes two (S1.61, S4.48, S4.49).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Second>,
    #[serde(flatten)]
    pub request: Request,
}

impl From<Request> for Call {
    fn from(request: Request) -> Call {
        Call { session: None, beside: None, request }
    }
}

/// A passphrase, code or token on its way: the socket is the only place where it is written out.
/// Shows nothing in `{:?}`, and is wiped when it goes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Sent(pub Secret);

impl Sent {
    pub fn new(text: impl Into<String>) -> Sent {
        Sent(Secret::new(text))
    }
}

impl Serialize for Sent {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0.expose())
    }
}
