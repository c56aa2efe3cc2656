//! Both readers against what is written, what is cut, and any bytes at all.

use proptest::prelude::*;

use super::*;

fn look() -> Look {
    Look {
        width: 160,
        height: 90,
        crop: [1, 2, 300, 400],
        masks: vec![vec![(0, 0), (9, 0), (9, 9)], vec![(1, 1), (2, 2), (3, 1), (2, 0)]],
        overlay: Some(Overlay {
            title: "Tor, Süd".into(),
            offset_secs: Some(-3_600),
            watermark: "site-manager".into(),
        }),
    }
}

fn towards() -> Vec<ToChild> {
    let params = VideoParams {
        codec: Codec::H265,
        config: Bytes::from_static(b"\x01\x02\x03"),
        width: 7680,
        height: 4320,
    };
    let unit = Coded { at: Utc(-5), key: true, data: Bytes::from_static(b"\0\0\0\x01\x65") };
    vec![
        ToChild::Begin { version: VERSION, workers: 3, hurry: Hurry::Some },
        ToChild::Params { channel: 0, params },
        ToChild::Look { channel: 8, look: look() },
        ToChild::Look { channel: 8, look: Look::within(1, 1) },
        ToChild::Round { channel: 1, round: 7, from: Utc(99), each: Each::Alone },
        ToChild::Round { channel: 1, round: 7, from: Utc(99), each: Each::Follows },
        ToChild::Unit { channel: 511, round: u32::MAX, unit },
        ToChild::Drain { channel: 2, round: 1 },
        ToChild::Code { channel: 3 },
        ToChild::Close { channel: 3 },
    ]
}

fn back() -> Vec<FromChild> {
    let rgb = Bytes::from(vec![7; 2 * 3 * 3]);
    let picture = Picture { at: Utc(1_795_000_000_000_000), width: 2, height: 3, rgb };
    vec![
        FromChild::Ready { version: VERSION, decoders: "avdec_h264".into() },
        FromChild::Picture { channel: 4, round: 2, picture },
        FromChild::Done {
            channel: 4,
            round: 2,
            counts: Counts { decoded: 3, skipped: 2, busy_us: 4_800 },
        },
        FromChild::Coding {
            channel: 1,
            params: VideoParams {
                codec: Codec::H264,
                config: Bytes::from_static(b"\x01\x64"),
                width: 640,
                height: 360,
            },
        },
        FromChild::Coded {
            channel: 1,
            round: 3,
            unit: Coded { at: Utc(7), key: false, data: Bytes::from_static(b"\0\0\0\x01\x41") },
        },
        FromChild::Failed { channel: NO_CHANNEL, text: "no decoder for H.265".into() },
    ]
}

#[test]
fn what_is_written_is_read_back_however_it_is_cut() {
    let to: Vec<u8> = towards().iter().flat_map(encode_to).collect();
    let from: Vec<u8> = back().iter().flat_map(encode_from).collect();
    for step in [1, 2, 3, 7, 64, 4_096] {
        let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
        for piece in to.chunks(step) {
            buffer.extend_from_slice(piece);
            while let Some(message) = to_child(&mut buffer).unwrap() {
                seen.push(message);
            }
        }
        assert!(seen == towards() && buffer.is_empty(), "cut every {step} bytes");
        let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
        for piece in from.chunks(step) {
            buffer.extend_from_slice(piece);
            while let Some(message) = from_child(&mut buffer).unwrap() {
                seen.push(message);
            }
        }
        assert!(seen == back() && buffer.is_empty(), "cut every {step} bytes");
    }
}

#[test]
fn what_cannot_be_is_refused_before_it_is_waited_for() {
    for (bytes, why) in [
        (&b"\xff\xff\xff\xffU"[..], "longer than"),
        (b"\0\0\0\0B", "without a kind"),
        (b"\0\0\0\x02?", "unknown kind"),
        (b"\0\0\0\x02B\0", "cut short"),
        (b"\0\0\0\x03X\x02\0", "beyond the last"),
        (b"\0\0\0\x10R\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02", "neither yes nor no"),
        (b"\0\0\0\x10U\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0", "without a picture"),
        (b"\0\0\0\x0fL\0\0\0\0\0\x01\0\0\0\0\0\0\0\0", "no picture has"),
    ] {
        let broken = to_child(&mut BytesMut::from(bytes)).unwrap_err();
        assert!(broken.0.contains(why), "{bytes:?}: {broken}");
    }
    for (bytes, why) in [
        (&b"\xff\xff\xff\xffp"[..], "longer than"),
        (b"\0\0\0\x05f\0\0\0\x01", "cut short"),
        (b"\0\0\0\x06f\0\0\0\x01\xff", "that is none"),
        (b"\0\0\0\x16p\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x01abc", "cut short"),
    ] {
        let got = from_child(&mut BytesMut::from(bytes));
        let fine = matches!(&got, Err(broken) if broken.0.contains(why));
        assert!(fine || matches!(got, Ok(Some(FromChild::Picture { .. }))), "{bytes:?}: {got:?}");
    }
}

#[test]
fn a_picture_has_the_bytes_that_its_size_needs() {
    for (length, good) in [(18, true), (17, false), (19, false), (0, false)] {
        let rgb = Bytes::from(vec![0; length]);
        let picture = Picture { at: Utc(0), width: 2, height: 3, rgb };
        let bytes = encode_from(&FromChild::Picture { channel: 0, round: 0, picture });
        assert_eq!(from_child(&mut BytesMut::from(&bytes[..])).is_ok(), good, "{length}");
    }
}

#[test]
fn more_masks_than_fit_hide_everything() {
    let many = Look { masks: vec![vec![(1, 2); 100]; 10_000], ..Look::within(9, 9) };
    let bytes = encode_to(&ToChild::Look { channel: 0, look: many });
    let Ok(Some(ToChild::Look { look, .. })) = to_child(&mut BytesMut::from(&bytes[..])) else {
        panic!("not read back");
    };
    assert_eq!(look.masks, [[(0, 0), (u16::MAX, 0), (u16::MAX, u16::MAX), (0, u16::MAX)]]);
}

proptest! {
    #[test]
    fn any_bytes_give_messages_or_broken(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        kind in proptest::option::of(proptest::sample::select(b"BVLRUDXrpdf".to_vec())),
    ) {
        // A plausible head in half the cases, else hardly anything gets past it.
        if let (Some(kind), true) = (kind, bytes.len() > 5) {
            let length = (bytes.len() - 4) as u32;
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            bytes[4] = kind;
        }
        let mut buffer = BytesMut::from(&bytes[..]);
        while let Ok(Some(_)) = to_child(&mut buffer) {}
        let mut buffer = BytesMut::from(&bytes[..]);
        while let Ok(Some(_)) = from_child(&mut buffer) {}
    }

    #[test]
    fn damaged_messages_give_messages_or_broken(
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes: Vec<u8> = towards().iter().flat_map(encode_to).collect();
        for (at, byte) in &hits {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let mut buffer = BytesMut::from(&bytes[..]);
        while let Ok(Some(message)) = to_child(&mut buffer) {
            // What was understood can be said again.
            prop_assert!(!encode_to(&message).is_empty());
        }
    }
}
