//! Single values: what each accepts, and what is said when it is something else.

use core::net::IpAddr;

use kdl::KdlValue;

use super::near::nearest;
use super::storage::{Encrypted, KeepFree};
use super::value::{Id, Length, PrinterUrl, Size, StreamUrl, TimeOfDay, Word};
use crate::base::name::CameraId;
use crate::base::time::{Day, Span};

use super::network::Net;

/// Why a value was refused. The text reads on after the name of the setting.
pub(super) struct Complaint {
    pub code: &'static str,
    pub text: String,
    pub remedy: String,
}

fn no<T>(
    code: &'static str,
    text: impl Into<String>,
    remedy: impl Into<String>,
) -> Result<T, Complaint> {
    Err(Complaint { code, text: text.into(), remedy: remedy.into() })
}

pub(super) trait Value: Sized {
    /// As somebody would write it.
    const EXAMPLE: &'static str;

    fn read(value: &KdlValue) -> Result<Self, Complaint>;

    /// All that may be written, where that is a closed list.
    fn choices() -> Vec<&'static str> {
        Vec::new()
    }
}

fn shown(value: &KdlValue) -> String {
    match value {
        KdlValue::String(s) => format!("\"{}\"", s.escape_debug()),
        other => other.to_string(),
    }
}

/// A text in quotes, without spaces around it.
fn text_of<'v>(value: &'v KdlValue, example: &str) -> Result<&'v str, Complaint> {
    match value {
        KdlValue::String(s) if s.trim().is_empty() => no(
            "empty",
            "nothing is written between the quotes",
            format!("write it like {example}, or leave the setting out"),
        ),
        KdlValue::String(s) => Ok(s.trim()),
        other => no(
            "wrong-type",
            format!("a text is wanted here, not {}", shown(other)),
            format!("put it in quotes, like {example}"),
        ),
    }
}

/// Longest text of one setting: four lines of a form.
const TEXT_CHARS_MAX: usize = 2_000;

impl Value for String {
    const EXAMPLE: &'static str = "\"...\"";

    fn read(value: &KdlValue) -> Result<String, Complaint> {
        let text = text_of(value, "\"School office\"")?;
        if text.chars().count() > TEXT_CHARS_MAX {
            return no(
                "out-of-range",
                format!("the text is longer than {TEXT_CHARS_MAX} characters"),
                "shorten it, or name the paper where it stands",
            );
        }
        Ok(text.to_string())
    }
}

impl Value for bool {
    const EXAMPLE: &'static str = "#true";

    fn choices() -> Vec<&'static str> {
        vec!["#true", "#false"]
    }

    fn read(value: &KdlValue) -> Result<bool, Complaint> {
        match value {
            KdlValue::Bool(b) => Ok(*b),
            other => no(
                "wrong-type",
                format!("yes or no is wanted here, not {}", shown(other)),
                "yes is written #true, no is written #false, without quotes",
            ),
        }
    }
}

impl Value for u32 {
    const EXAMPLE: &'static str = "30";

    fn read(value: &KdlValue) -> Result<u32, Complaint> {
        match value {
            KdlValue::Integer(n) => match u32::try_from(*n) {
                Ok(n) => Ok(n),
                Err(_) => no("out-of-range", format!("{n} is out of range"), "give a whole number"),
            },
            KdlValue::Float(x) => no(
                "wrong-type",
                format!("a whole number is wanted, not {x}"),
                "leave the fraction out",
            ),
            KdlValue::String(s) => number_in_text(s),
            other => no(
                "wrong-type",
                format!("a number is wanted here, not {}", shown(other)),
                "write digits only, without quotes",
            ),
        }
    }
}

/// `"30 days"` and `"30"` where a bare number is wanted.
fn number_in_text<T>(s: &str) -> Result<T, Complaint> {
    let digits: String = s.trim().chars().take_while(|c| c.is_ascii_digit()).collect();
    if digits.is_empty() {
        return no(
            "wrong-type",
            format!("a number is wanted here, not \"{}\"", s.escape_debug()),
            "write digits only, without quotes",
        );
    }
    let unit = s.trim()[digits.len()..].trim();
    if unit.is_empty() {
        let text = format!("\"{digits}\" is a text, because of the quotes");
        return no(
            "wrong-type",
            text,
            format!("a number is wanted: write {digits} without quotes"),
        );
    }
    no(
        "wrong-unit",
        format!("this setting is a plain number; it takes no unit \"{}\"", unit.escape_debug()),
        format!("its unit stands in its name; write {digits}, converted if need be"),
    )
}

impl Value for f64 {
    const EXAMPLE: &'static str = "4.0";

    fn read(value: &KdlValue) -> Result<f64, Complaint> {
        match value {
            KdlValue::Integer(n) => Ok(*n as f64),
            KdlValue::Float(x) if x.is_finite() => Ok(*x),
            KdlValue::String(s) => number_in_text(s),
            other => no(
                "wrong-type",
                format!("a number is wanted here, not {}", shown(other)),
                "write it like 4.0, without quotes",
            ),
        }
    }
}

impl Value for Id {
    const EXAMPLE: &'static str = "\"front-gate\"";

    fn read(value: &KdlValue) -> Result<Id, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        Id::new(text).or_else(|why| {
            no("bad-name", format!("\"{}\": {why}", text.escape_debug()), tidy(text))
        })
    }
}

impl Value for CameraId {
    const EXAMPLE: &'static str = "\"front-gate\"";

    fn read(value: &KdlValue) -> Result<CameraId, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        CameraId::new(text).or_else(|why| {
            no("bad-name", format!("\"{}\": {why}", text.escape_debug()), tidy(text))
        })
    }
}

/// `Front Gate` -> `write "front-gate"`.
fn tidy(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(64) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => out.push(c),
            _ if !out.ends_with('-') && !out.is_empty() => out.push('-'),
            _ => {}
        }
    }
    match out.trim_matches('-') {
        "" => "choose a short name of plain letters".into(),
        good => format!("write \"{good}\""),
    }
}

impl Value for Day {
    const EXAMPLE: &'static str = "\"2026-09-02\"";

    fn read(value: &KdlValue) -> Result<Day, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        match text.parse::<Day>() {
            Ok(day) if shape => Ok(day),
            _ if shape => {
                no("bad-date", format!("there is no day {text}"), "look it up in a calendar")
            }
            _ => no(
                "bad-date",
                format!("\"{}\" is not a date", text.escape_debug()),
                "write year-month-day, like \"2026-09-02\"",
            ),
        }
    }
}

impl Value for TimeOfDay {
    const EXAMPLE: &'static str = "\"09:00\"";

    fn read(value: &KdlValue) -> Result<TimeOfDay, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        let parts = text.split_once(':').and_then(|(h, m)| {
            let digits = |s: &str| (s.len() == 2).then(|| s.parse::<u8>().ok()).flatten();
            Some(TimeOfDay { hour: digits(h)?, minute: digits(m)? })
        });
        match parts {
            Some(t) if t.hour < 24 && t.minute < 60 => Ok(t),
            _ => no(
                "bad-time",
                format!("\"{}\" is not a time of day", text.escape_debug()),
                "write hours and minutes, like \"09:00\" or \"15:30\"",
            ),
        }
    }
}

/// `"2m"`: number and unit, perhaps with a space between.
fn split_unit(text: &str) -> Option<(f64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..digits].parse::<f64>().ok()?;
    Some((number, text[digits..].trim()))
}

impl Value for Length {
    const EXAMPLE: &'static str = "\"2m\"";

    fn read(value: &KdlValue) -> Result<Length, Complaint> {
        const REMEDY: &str = "write number and unit in quotes: \"90s\", \"2m\", \"72h\", \"30d\"";
        if let KdlValue::Integer(n) = value {
            return no("wrong-unit", format!("{n} has no unit"), REMEDY);
        }
        let text = text_of(value, Self::EXAMPLE)?;
        let Some((n, unit)) = split_unit(text) else {
            return no(
                "wrong-unit",
                format!("\"{}\" is not a length of time", text.escape_debug()),
                REMEDY,
            );
        };
        let secs = match unit {
            "s" | "sec" | "seconds" => 1.0,
            "m" | "min" | "minutes" => 60.0,
            "h" | "hours" => 3_600.0,
            "d" | "days" => 86_400.0,
            _ => {
                let text = format!("\"{}\" is no unit of time known here", unit.escape_debug());
                return no("wrong-unit", text, REMEDY);
            }
        };
        let total = n * secs;
        // Ten years: no wait in this file is longer.
        if !(1.0..=315_360_000.0).contains(&total) {
            return no("out-of-range", format!("\"{text}\" is out of range"), "give 1s to 3650d");
        }
        Ok(Length(Span::secs(total as i64)))
    }
}

impl Value for Size {
    const EXAMPLE: &'static str = "\"4GB\"";

    fn read(value: &KdlValue) -> Result<Size, Complaint> {
        const REMEDY: &str = "write number and unit in quotes: \"500MB\", \"4GB\", \"2TB\"";
        if let KdlValue::Integer(n) = value {
            return no("wrong-unit", format!("{n} has no unit"), REMEDY);
        }
        let text = text_of(value, Self::EXAMPLE)?;
        let Some((n, unit)) = split_unit(text) else {
            return no("wrong-unit", format!("\"{}\" is not a size", text.escape_debug()), REMEDY);
        };
        let factor = match unit {
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            _ => {
                let text = format!("\"{}\" is no unit of size known here", unit.escape_debug());
                return no("wrong-unit", text, REMEDY);
            }
        };
        let total = n * factor;
        if !(1e6..=1e15).contains(&total) {
            return no("out-of-range", format!("\"{text}\" is out of range"), "give 1MB to 1000TB");
        }
        Ok(Size(total as u64))
    }
}

impl Value for KeepFree {
    const EXAMPLE: &'static str = "\"5%\"";

    fn read(value: &KdlValue) -> Result<KeepFree, Complaint> {
        if let KdlValue::String(s) = value
            && let Some(percent) = s.trim().strip_suffix('%')
        {
            return match percent.trim().parse::<f64>() {
                Ok(p) if (0.0..=50.0).contains(&p) => Ok(KeepFree::Percent(p)),
                _ => {
                    no("out-of-range", format!("\"{s}\" is out of range"), "give \"0%\" to \"50%\"")
                }
            };
        }
        Size::read(value).map(KeepFree::Bytes).map_err(|mut c| {
            c.remedy = "write a share or a size in quotes: \"5%\", \"50GB\"".into();
            c
        })
    }
}

impl Value for IpAddr {
    const EXAMPLE: &'static str = "\"10.20.0.1\"";

    fn read(value: &KdlValue) -> Result<IpAddr, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        text.parse().or_else(|_| {
            no(
                "bad-address",
                format!("\"{}\" is not a network address", text.escape_debug()),
                "write it like \"10.20.0.1\"",
            )
        })
    }
}

impl Value for Net {
    const EXAMPLE: &'static str = "\"10.20.0.1/24\"";

    fn read(value: &KdlValue) -> Result<Net, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        let parts = text.split_once('/').and_then(|(a, p)| {
            let address: IpAddr = a.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let prefix: u8 = p.parse().ok().filter(|p| *p <= most)?;
            Some(Net { address, prefix })
        });
        match parts {
            Some(net) => Ok(net),
            None => no(
                "bad-address",
                format!("\"{}\" is not an address with its net", text.escape_debug()),
                "write it like \"10.20.0.1/24\"",
            ),
        }
    }
}

impl Value for PrinterUrl {
    const EXAMPLE: &'static str = "\"ipp://192.0.2.9/ipp/print\"";

    fn read(value: &KdlValue) -> Result<PrinterUrl, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        let url = url::Url::parse(text).ok().filter(|u| u.has_host());
        let remedy = "write the printer's IPP address, like \"ipp://192.0.2.9/ipp/print\"";
        let Some(url) = url else {
            let said = text.escape_debug();
            return no("bad-printer", format!("\"{said}\" is not a printer's address"), remedy);
        };
        match url.scheme() {
            "ipp" => {}
            "ipps" => {
                return no(
                    "bad-printer",
                    "printing over TLS (\"ipps://\") is not built in",
                    "give the printer's ipp:// address, on a network that the school trusts",
                );
            }
            other => {
                return no("bad-printer", format!("\"{other}://\" is not printed to"), remedy);
            }
        }
        if !url.username().is_empty() || url.password().is_some() {
            return no(
                "bad-printer",
                "the address contains a user or a password",
                "take it out: this file holds no secrets",
            );
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let (host, port) = (host.to_string(), url.port().unwrap_or(631));
        Ok(PrinterUrl { text: text.to_string(), host, port })
    }
}

impl Value for StreamUrl {
    const EXAMPLE: &'static str = "\"rtsp://10.20.0.11/main\"";

    fn read(value: &KdlValue) -> Result<StreamUrl, Complaint> {
        let text = text_of(value, Self::EXAMPLE)?;
        let url = url::Url::parse(text).ok().filter(|u| u.has_host());
        let Some(mut url) = url else {
            return no(
                "bad-url",
                format!("\"{}\" is not a camera's address", text.escape_debug()),
                "write it like \"rtsp://10.20.0.11/main\"",
            );
        };
        if !matches!(url.scheme(), "rtsp" | "rtsps") {
            return no(
                "bad-url",
                format!("\"{}://\" is not recorded", url.scheme()),
                "give the camera's RTSP address (rtsp://...); for others use \"pipeline\"",
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            return no(
                "password-in-url",
                "the address contains a user or a password",
                "take \"user:password@\" out, write user=\"...\" secret=\"...\" on the camera, and \
                 store the password under that name on the box: this file holds no secrets",
            );
        }
        let default = if url.scheme() == "rtsp" { 554 } else { 322 };
        if url.port() == Some(default) {
            // Fails only for addresses without a host, which are refused above.
            let _ = url.set_port(None);
        }
        // `url` keeps the case of hosts under schemes that it does not know.
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        let normal = format!("{}://{host}{port}{path}{query}", url.scheme());
        Ok(StreamUrl { text: text.to_string(), normal })
    }
}

impl Value for Encrypted {
    const EXAMPLE: &'static str = "\"disk\"";

    fn choices() -> Vec<&'static str> {
        vec![Encrypted::WORD]
    }

    fn read(value: &KdlValue) -> Result<Encrypted, Complaint> {
        match value {
            KdlValue::String(text) if text.trim() == Encrypted::WORD => Ok(Encrypted),
            other => no(
                "always-encrypted",
                format!(
                    "{} is not known here: footage disks are always encrypted, and this file cannot \
                     switch that off (S4.38)",
                    shown(other)
                ),
                "leave it out, or write encryption=\"disk\"",
            ),
        }
    }
}

impl<W: Word> Value for W {
    const EXAMPLE: &'static str = "\"...\"";

    fn choices() -> Vec<&'static str> {
        W::WORDS.iter().map(|(word, _)| *word).collect()
    }

    fn read(value: &KdlValue) -> Result<W, Complaint> {
        let list = || W::WORDS.iter().map(|(w, _)| *w);
        let text = text_of(value, "\"...\"")?;
        if let Some((_, word)) = W::WORDS.iter().find(|(w, _)| *w == text) {
            return Ok(*word);
        }
        let remedy = match nearest(text, list()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("one of: {}", list().collect::<Vec<_>>().join(", ")),
        };
        no("unknown-word", format!("\"{}\" is not known here", text.escape_debug()), remedy)
    }
}
