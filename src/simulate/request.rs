//! What clients say: RTSP requests (RFC 2326), between interleaved packets that nobody reads.

use tokio::net::TcpStream;

use crate::base::limits::SIM_REQUEST_BYTES_MAX;

/// One request, as far as a camera cares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    pub method: String,
    pub url: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// Path of the address, without its slash at the front and a trailing `/` or `/trackID=N`.
    pub fn path(&self) -> &str {
        let after_host = match self.url.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => self.url.trim_start_matches('/'),
        };
        let path = after_host.trim_end_matches('/');
        match path.rsplit_once('/') {
            Some((stream, last)) if last.starts_with("trackID=") => stream,
            _ => path,
        }
    }

    /// The N of `/trackID=N`; 0 for the picture, 1 for sound.
    pub fn track(&self) -> usize {
        let last = self.url.rsplit_once("trackID=").map_or("0", |(_, n)| n);
        last.trim_end_matches('/').parse().unwrap_or(0)
    }

    /// The first of the two interleaved channels that the client wants; `None` for UDP.
    pub fn channel(&self) -> Option<u8> {
        let transport = self.header("Transport")?;
        if !transport.to_ascii_uppercase().contains("RTP/AVP/TCP") {
            return None;
        }
        let Some((_, range)) = transport.split_once("interleaved=") else {
            return Some(self.track() as u8 * 2);
        };
        range.split(['-', ';', ',']).next()?.parse().ok()
    }
}

/// Takes the first whole request out of `buffer`; `Ok(None)` when more bytes are needed.
///
/// # Errors
/// Not RTSP, or longer than a request may be.
pub fn take_request(buffer: &mut Vec<u8>) -> Result<Option<Request>, String> {
    while buffer.first() == Some(&b'$') {
        // Receiver reports of the client.
        if buffer.len() < 4 {
            return Ok(None);
        }
        let len = 4 + usize::from(u16::from_be_bytes([buffer[2], buffer[3]]));
        if buffer.len() < len {
            return Ok(None);
        }
        buffer.drain(..len);
    }
    let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else {
        return match buffer.len() > SIM_REQUEST_BYTES_MAX {
            true => Err("a request without end".into()),
            false => Ok(None),
        };
    };
    let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, url) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim().to_string(), v.trim().to_string()))
        .collect();
    let request = Request { method: method.to_string(), url: url.to_string(), headers };
    let body = request.header("Content-Length").and_then(|n| n.parse().ok()).unwrap_or(0usize);
    if body > SIM_REQUEST_BYTES_MAX {
        return Err("a request with a body that no camera would read".into());
    }
    if buffer.len() < end + 4 + body {
        return Ok(None);
    }
    buffer.drain(..end + 4 + body);
    Ok(Some(request))
}

/// Waits for bytes and appends them; `false` when the client hung up. Safe to drop between bytes.
pub async fn fill(stream: &TcpStream, buffer: &mut Vec<u8>) -> bool {
    loop {
        if stream.readable().await.is_err() {
            return false;
        }
        match stream.try_read_buf(buffer) {
            Ok(0) => return false,
            Ok(_) => return true,
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETUP: &str = "SETUP rtsp://127.0.0.1:5/gate/main/trackID=1 RTSP/1.0\r\nCSeq: 3\r\n\
        Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n\r\n";

    #[test]
    fn requests_are_found_between_packets() {
        let mut buffer = vec![b'$', 1, 0, 3, 9, 9, 9];
        buffer.extend_from_slice(SETUP.as_bytes());
        buffer.extend_from_slice(b"OPTIONS * RTSP/1.0\r\n");
        let request = take_request(&mut buffer).unwrap().unwrap();
        assert_eq!((request.path(), request.track()), ("gate/main", 1));
        assert_eq!((request.header("cseq"), request.channel()), (Some("3"), Some(2)));
        assert_eq!(take_request(&mut buffer), Ok(None));
        assert_eq!(buffer, b"OPTIONS * RTSP/1.0\r\n");
    }

    #[test]
    fn half_requests_wait_and_endless_ones_are_refused() {
        for cut in 0..SETUP.len() - 1 {
            let mut half = SETUP.as_bytes()[..cut].to_vec();
            assert_eq!(take_request(&mut half), Ok(None), "cut at {cut}");
        }
        let mut long = vec![b'a'; SIM_REQUEST_BYTES_MAX + 1];
        assert!(take_request(&mut long).is_err());
    }

    #[test]
    fn udp_has_no_channel() {
        let text = SETUP.replace("RTP/AVP/TCP;unicast;interleaved=2-3", "RTP/AVP;client_port=1-2");
        let request = take_request(&mut text.into_bytes()).unwrap().unwrap();
        assert_eq!(request.channel(), None);
    }
}
