//! The time of a picture inside the stream of a working copy (R2.29): a message that decoders pass
//! over and the tools of laboratories read, as MISB ST 0604 has it. Masters are never touched.

use crate::base::time::Utc;
use crate::logbook::ClockState;

/// "User data, unregistered" with this name says what follows.
const NAME: &[u8; 16] = b"MISPmicrosectime";
/// An H.264 message, its sort, and its bytes: name, status, time with its filling.
const HEAD: [u8; 3] = [6, 5, 16 + 1 + 11];
/// The clock is kept right by another one; it runs forward, without a step.
const LOCKED: u8 = 0x1f;
/// The same, and nobody says that it is right.
const FREE: u8 = 0x9f;
const END: u8 = 0x80;
/// Sort of the unit that begins a picture where a coder writes one.
const DELIMITER: u8 = 9;
/// Of the length before each unit.
const LENGTH_BYTES: usize = 4;

/// The message, behind its length. Two zeros never come before a third byte that would end it:
/// after each two bytes of the time stands 0xff.
pub fn message(at: Utc, clock: ClockState) -> Vec<u8> {
    let mut out = vec![0; LENGTH_BYTES];
    out.extend_from_slice(&HEAD);
    out.extend_from_slice(NAME);
    out.push(if clock == ClockState::Synced { LOCKED } else { FREE });
    let time = at.0.max(0).to_be_bytes();
    for (n, pair) in time.chunks(2).enumerate() {
        if n > 0 {
            out.push(0xff);
        }
        out.extend_from_slice(pair);
    }
    out.push(END);
    let bytes = (out.len() - LENGTH_BYTES) as u32; // 32
    out[..LENGTH_BYTES].copy_from_slice(&bytes.to_be_bytes());
    out
}

/// Where it goes in a picture's units: in front, behind a delimiter.
pub fn place(units: &[u8]) -> usize {
    let Some((length, rest)) = units.split_first_chunk::<LENGTH_BYTES>() else { return 0 };
    let first = u32::from_be_bytes(*length) as usize;
    match rest.first() {
        Some(byte) if byte & 0x1f == DELIMITER && first <= rest.len() => LENGTH_BYTES + first,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_carries_its_time_behind_its_delimiter() {
        let at: Utc = "2026-11-22T14:03:07.123Z".parse().unwrap();
        let message = message(at, ClockState::Synced);
        assert_eq!(message[..7], [0, 0, 0, 32, 6, 5, 28]);
        assert_eq!(&message[7..23], b"MISPmicrosectime");
        assert_eq!((message[23], message[35]), (0x1f, 0x80));
        let time: Vec<u8> = message[24..35].chunks(3).flat_map(|c| c[..2].to_vec()).collect();
        assert_eq!(i64::from_be_bytes(time.try_into().unwrap()), at.0);
        assert!([26, 29, 32].iter().all(|n| message[*n] == 0xff), "{message:?}");
        assert_eq!(super::message(at, ClockState::Manual)[23], 0x9f);
        for (units, want) in [
            (&[0, 0, 0, 2, 9, 0xf0, 0, 0, 0, 1, 0x65][..], 6),
            (&[0, 0, 0, 2, 0x65, 1], 0),
            (&[0, 0, 0, 9, 9], 0),
            (&[], 0),
        ] {
            assert_eq!(place(units), want, "{units:?}");
        }
        // No time makes a start code or the sign for one.
        for us in [0, 1, 0x0100, 0x1_0000, 0x00ff_0000_0001, i64::MAX] {
            let all = super::message(Utc(us), ClockState::Synced);
            let inner = &all[LENGTH_BYTES..];
            assert!(!inner.windows(3).any(|w| w[..2] == [0, 0] && w[2] <= 3), "{us:#x}");
        }
    }
}
