//! A paper to a printer, by IPP (RFC 8010, 8011): what does it take, then the job. Plain HTTP, one
//! connection a question; no daemon, no driver: the printer has to take PDF, as the printers of
//! schools and offices do.
//!
//! What a printer says is parsed here, in the process that prints, and nowhere else.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, StatusCode};
use ipp::operation::{GetPrinterAttributes, IppOperation, PrintJob};
use ipp::parser::IppParser;
use ipp::payload::IppPayload;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

use super::Flaw;

/// A printer that sleeps takes some seconds to wake.
const DIAL_SPAN: Duration = Duration::from_secs(20);
/// It reads a whole year's pack before it answers.
const ANSWER_SPAN: Duration = Duration::from_secs(120);
/// One that prints somebody else's paper takes the next when it is done with it.
const BUSY_SPAN: Duration = Duration::from_secs(240);
const BUSY_LOOK_SPAN: Duration = Duration::from_secs(1);
const ANSWER_BYTES_MAX: usize = 4 << 20;
const PDF: &str = "application/pdf";

/// A file that is to be printed.
pub struct Job<'a> {
    /// Whose it is, as the printer shows it.
    pub from: &'a str,
    pub name: &'a str,
    pub pdf: &'a [u8],
    /// The sheet, as printers name it: `iso_a4_210x297mm`.
    pub media: &'a str,
}

/// Prints it on `ipp://HOST[:PORT]/PATH`; the sentence that says so.
///
/// # Errors
/// Nobody answers, the printer refuses, takes no PDF, or has no such sheet.
pub fn print(address: &str, job: &Job<'_>) -> Result<String, Flaw> {
    let uri: http::Uri = address.parse().map_err(|_| flaw(address, "is no address"))?;
    let host = uri.host().unwrap_or_default().to_string();
    let wanted = ["document-format-supported", "media-supported"];
    let asked = GetPrinterAttributes::with_attributes(uri.clone(), wanted);
    let asked = asked.map_err(|e| flaw(&host, &e.to_string()))?.into_ipp_request();
    let told = ask(&uri, &asked, &[])?;
    good(&host, &told)?;
    let formats = words(&told, "document-format-supported");
    if !formats.iter().any(|format| format == PDF) {
        let formats = formats.join(", ");
        let why = format!("takes no PDF, only {formats}; print from a stick on an office PC");
        return Err(flaw(&host, &why));
    }
    let sheets = words(&told, "media-supported");
    if !sheets.is_empty() && !sheets.iter().any(|sheet| sheet == job.media) {
        let sheet = sheet(job.media);
        return Err(flaw(&host, &format!("has no sheets of {sheet}; have it printed elsewhere")));
    }
    let (from, name) = (shortened(job.from), shortened(job.name));
    let order = PrintJob::new(uri.clone(), IppPayload::empty(), Some(from), Some(name), Some(PDF));
    let mut order = order.map_err(|e| flaw(&host, &e.to_string()))?;
    // Never shrunk: the letters of a sign are as high as their distance asks (R1.33).
    for (name, value) in [("media", job.media), ("print-scaling", "none")] {
        let value = IppValue::new_keyword(value).map_err(|e| flaw(&host, &e.to_string()))?;
        let attribute = IppAttribute::with_name(name, value);
        order.add_attribute(attribute.map_err(|e| flaw(&host, &e.to_string()))?);
    }
    let (order, begun) = (order.into_ipp_request(), Instant::now());
    let told = loop {
        let told = ask(&uri, &order, job.pdf)?;
        let busy = told.header().status_code() == StatusCode::ServerErrorBusy;
        if !busy || begun.elapsed() > BUSY_SPAN {
            break told;
        }
        std::thread::sleep(BUSY_LOOK_SPAN);
    };
    good(&host, &told)?;
    Ok(format!("The printer {host} took {}{}.", job.name, number(&told)))
}

fn flaw(host: &str, why: &str) -> Flaw {
    Flaw(format!("The printer {host} {why}."))
}

/// `iso_a4_210x297mm` to `A4`.
fn sheet(media: &str) -> String {
    media.split('_').nth(1).unwrap_or(media).to_uppercase()
}

/// Names on a printer's display are bytes, at most so many.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn number(told: &IppRequestResponse) -> String {
    let job = told.attributes().first_of(DelimiterTag::JobAttributes);
    match job.and_then(|job| job.get("job-id")).map(IppAttribute::value) {
        Some(IppValue::Integer(id)) => format!(" as its job {id}"),
        _ => String::new(),
    }
}

fn good(host: &str, told: &IppRequestResponse) -> Result<(), Flaw> {
    let status = told.header().status_code();
    if status.is_success() {
        return Ok(());
    }
    let why = match status {
        StatusCode::ServerErrorNotAcceptingJobs => "takes no jobs just now".to_string(),
        StatusCode::ServerErrorBusy => {
            "has been busy for minutes; look what keeps it, and try again".to_string()
        }
        StatusCode::ClientErrorNotFound => "has nothing at this address".to_string(),
        StatusCode::ClientErrorNotAuthenticated | StatusCode::ClientErrorForbidden => {
            "wants a login, which is not built in".to_string()
        }
        other => format!("refuses: {other}"),
    };
    Err(flaw(host, &why))
}

/// The words of an attribute that has one or several.
fn words(told: &IppRequestResponse, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for group in told.attributes().groups_of(DelimiterTag::PrinterAttributes) {
        let Some(attribute) = group.get(name) else { continue };
        match attribute.value() {
            IppValue::Array(values) => all.extend(values.iter().map(ToString::to_string)),
            value => all.push(value.to_string()),
        }
    }
    all
}

/// One question, one answer.
fn ask(
    uri: &http::Uri,
    asked: &IppRequestResponse,
    file: &[u8],
) -> Result<IppRequestResponse, Flaw> {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(631);
    let mut stream = dial(host.trim_matches(['[', ']']), port)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let body = asked.to_bytes();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/ipp\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len() + file.len()
    );
    let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    let sent = sent.and_then(|()| stream.write_all(file));
    // One that refuses a job may answer and hang up before it read all of it.
    let answer = hear(&mut stream).or_else(|e| sent.and(Err(e)));
    let answer = answer.map_err(|e| flaw(host, &format!("does not answer: {e}")))?;
    let body =
        content(&answer, true).ok_or_else(|| flaw(host, "does not speak IPP at this address"))?;
    let parsed = IppParser::new(IppReader::new(std::io::Cursor::new(body))).parse();
    parsed.map_err(|e| flaw(host, &format!("answers what is not IPP: {e}")))
}

/// Until it is whole: some printers keep the line open for a minute after it.
fn hear(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut answer, mut chunk) = (Vec::new(), [0; 16 << 10]);
    while content(&answer, false).is_none() && answer.len() < ANSWER_BYTES_MAX {
        match stream.read(&mut chunk) {
            Ok(0) if answer.is_empty() => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(0) => break,
            Ok(n) => answer.extend_from_slice(&chunk[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) if !answer.is_empty() => break,
            Err(e) => return Err(e),
        }
    }
    Ok(answer)
}

fn dial(host: &str, port: u16) -> Result<TcpStream, Flaw> {
    let lost = |e: std::io::Error| flaw(host, &format!("does not answer: {e}"));
    let mut last = None;
    for address in (host, port).to_socket_addrs().map_err(lost)? {
        match TcpStream::connect_timeout(&address, DIAL_SPAN) {
            Ok(stream) => {
                let set = stream.set_read_timeout(Some(ANSWER_SPAN));
                set.and_then(|()| stream.set_write_timeout(Some(ANSWER_SPAN))).map_err(lost)?;
                return Ok(stream);
            }
            Err(e) => last = Some(e),
        }
    }
    Err(last.map_or_else(|| flaw(host, "has no address"), lost))
}

/// The body of an HTTP answer that says "well"; `None`: it is another one, or not whole yet.
/// `ended`: nothing more will come.
fn content(answer: &[u8], ended: bool) -> Option<Vec<u8>> {
    let mut answer = answer;
    loop {
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&answer[..end]).ok()?.to_ascii_lowercase();
        let body = &answer[end + 4..];
        let status = head.split(' ').nth(1)?;
        match status {
            "100" => answer = body,
            "200" if head.contains("transfer-encoding: chunked") => return joined(body),
            "200" => {
                let said = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                return match said.and_then(|length| length.trim().parse().ok()) {
                    Some(length) => body.get(..length).map(<[u8]>::to_vec),
                    None => ended.then(|| body.to_vec()),
                };
            }
            _ => return None,
        }
    }
}

/// Chunks as one.
fn joined(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let end = body.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&body[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        body = &body[end + 2..];
        if size == 0 {
            return Some(all);
        }
        all.extend_from_slice(body.get(..size)?);
        body = body.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_whole_in_chunks_or_not_at_all() {
        for (answer, content_of) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", Some("body")),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody", Some("body")),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x\r\ndy\r\n0\
                 \r\n\r\n",
                Some("body"),
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nbo", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more", Some("body")),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", None),
            ("HTTP/1.1 404 Not Found\r\n\r\nno", None),
            ("SSH-2.0-OpenSSH", None),
            ("", None),
        ] {
            let wanted = content_of.map(|text| text.as_bytes().to_vec());
            assert_eq!(content(answer.as_bytes(), true), wanted, "{answer}");
        }
    }
}
