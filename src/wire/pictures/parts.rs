//! The parts that messages are made of, written and read.

use bytes::{Buf, BufMut, Bytes};

use super::{
    Broken, Codec, Coded, HEAD_BYTES, LOOK_BYTES_MAX, Look, Overlay, PICTURE_SIDE_MAX,
    PICTURES_CHANNELS_MAX, Picture, TEXT_BYTES_MAX, Utc, VideoParams,
};

/// A message on its way out. Its length is filled in at the end.
pub struct Put(Vec<u8>);

impl Put {
    pub fn begin(kind: u8, room: usize) -> Put {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + room);
        bytes.extend_from_slice(&[0, 0, 0, 0, kind]);
        Put(bytes)
    }

    pub fn u8(&mut self, n: u8) -> &mut Put {
        self.0.put_u8(n);
        self
    }

    pub fn u16(&mut self, n: u16) -> &mut Put {
        self.0.put_u16(n);
        self
    }

    pub fn u32(&mut self, n: u32) -> &mut Put {
        self.0.put_u32(n);
        self
    }

    pub fn utc(&mut self, at: Utc) -> &mut Put {
        self.0.put_i64(at.0);
        self
    }

    /// A longer text is cut.
    pub fn text(&mut self, text: &str) -> &mut Put {
        let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
        self.0.put_u16(text.len() as u16);
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn params(&mut self, params: &VideoParams) -> &mut Put {
        self.u8(u8::from(params.codec == Codec::H265)).u16(params.width).u16(params.height);
        self.0.extend_from_slice(&params.config);
        self
    }

    /// Masks beyond the limit are left out by nobody: the whole picture is masked instead.
    pub fn look(&mut self, look: &Look) -> &mut Put {
        self.u16(look.width).u16(look.height);
        look.crop.iter().for_each(|n| self.0.put_u16(*n));
        let bytes: usize = look.masks.iter().map(|m| 2 + 4 * m.len()).sum();
        let whole = vec![vec![(0, 0), (u16::MAX, 0), (u16::MAX, u16::MAX), (0, u16::MAX)]];
        let fits = bytes + 2 * TEXT_BYTES_MAX + 64 < LOOK_BYTES_MAX;
        let masks = if fits { &look.masks } else { &whole };
        self.u16(masks.len() as u16);
        for mask in masks {
            self.u16(mask.len() as u16);
            for (x, y) in mask {
                self.u16(*x).u16(*y);
            }
        }
        self.u8(u8::from(look.overlay.is_some()));
        if let Some(overlay) = &look.overlay {
            self.text(&overlay.title).text(&overlay.watermark);
            self.0.put_i32(overlay.offset_secs.unwrap_or(i32::MIN));
        }
        self
    }

    /// The message, after which so many more bytes follow.
    pub fn end(mut self, more: usize) -> Vec<u8> {
        let length = (self.0.len() - 4 + more) as u32;
        self.0[..4].copy_from_slice(&length.to_be_bytes());
        self.0
    }
}

/// A body that is taken apart from its front.
pub struct Take(pub Bytes);

const SHORT: Broken = Broken("a message cut short");

impl Take {
    pub fn u8(&mut self) -> Result<u8, Broken> {
        self.0.try_get_u8().map_err(|_| SHORT)
    }

    pub fn u16(&mut self) -> Result<u16, Broken> {
        self.0.try_get_u16().map_err(|_| SHORT)
    }

    pub fn u32(&mut self) -> Result<u32, Broken> {
        self.0.try_get_u32().map_err(|_| SHORT)
    }

    pub fn utc(&mut self) -> Result<Utc, Broken> {
        self.0.try_get_i64().map(Utc).map_err(|_| SHORT)
    }

    pub fn flag(&mut self) -> Result<bool, Broken> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Broken("a flag that is neither yes nor no")),
        }
    }

    pub fn channel(&mut self) -> Result<u16, Broken> {
        let channel = self.u16()?;
        let known = usize::from(channel) < PICTURES_CHANNELS_MAX;
        known.then_some(channel).ok_or(Broken("a channel beyond the last"))
    }

    pub fn text(&mut self) -> Result<String, Broken> {
        let length = usize::from(self.u16()?);
        if length > TEXT_BYTES_MAX || length > self.0.len() {
            return Err(SHORT);
        }
        let text = self.0.split_to(length);
        String::from_utf8(text.to_vec()).map_err(|_| Broken("a text that is none"))
    }

    pub fn params(&mut self) -> Result<VideoParams, Broken> {
        let codec = if self.flag()? { Codec::H265 } else { Codec::H264 };
        let (width, height) = (self.u16()?, self.u16()?);
        Ok(VideoParams { codec, width, height, config: self.rest() })
    }

    pub fn coded(&mut self) -> Result<Coded, Broken> {
        let (key, at) = (self.flag()?, self.utc()?);
        let data = self.rest();
        if data.is_empty() {
            return Err(Broken("a unit without a picture"));
        }
        Ok(Coded { at, key, data })
    }

    pub fn picture(&mut self) -> Result<Picture, Broken> {
        let at = self.utc()?;
        let (width, height) = (self.u16()?, self.u16()?);
        let side = 1..=PICTURE_SIDE_MAX;
        let rgb = self.rest();
        let pixels = usize::from(width) * usize::from(height);
        if !side.contains(&width) || !side.contains(&height) || rgb.len() != pixels * 3 {
            return Err(Broken("a picture of another size than it says"));
        }
        Ok(Picture { at, width, height, rgb })
    }

    pub fn look(&mut self) -> Result<Look, Broken> {
        let (width, height) = (self.u16()?, self.u16()?);
        if !(1..=PICTURE_SIDE_MAX).contains(&width) || !(1..=PICTURE_SIDE_MAX).contains(&height) {
            return Err(Broken("a size that no picture has"));
        }
        let crop = [self.u16()?, self.u16()?, self.u16()?, self.u16()?];
        let mut masks = Vec::new();
        for _ in 0..self.u16()? {
            let points = usize::from(self.u16()?);
            if points * 4 > self.0.len() {
                return Err(SHORT);
            }
            let point = |_| Ok((self.u16()?, self.u16()?));
            masks.push((0..points).map(point).collect::<Result<Vec<_>, Broken>>()?);
        }
        let overlay = match self.flag()? {
            false => None,
            true => {
                let (title, watermark) = (self.text()?, self.text()?);
                let offset = self.0.try_get_i32().map_err(|_| SHORT)?;
                let offset_secs = Some(offset).filter(|n| *n != i32::MIN);
                if offset_secs.is_some_and(|n| n.abs() > 86_400) {
                    return Err(Broken("a local time more than a day away"));
                }
                Some(Overlay { title, offset_secs, watermark })
            }
        };
        Ok(Look { width, height, crop, masks, overlay })
    }

    fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.0)
    }

    /// Nothing may be left over.
    pub fn end(self) -> Result<(), Broken> {
        if self.0.is_empty() { Ok(()) } else { Err(Broken("a message with something behind it")) }
    }
}
