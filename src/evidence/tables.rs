//! The index of a clip: one entry a picture, in runs where they are alike. Built while pictures are
//! counted, so that an hour and a day need the same few megabytes.

/// One picture of a segment, as far as cutting and indexing need it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Picture {
    pub bytes: u32,
    /// When it is decoded, in ticks from the segment's start; may be below 0.
    pub decoded: i64,
    /// When it is shown, in ticks from the segment's start.
    pub shown: i64,
    /// Ticks.
    pub duration: u32,
    pub key: bool,
}

/// Sample tables of one clip. A chunk is a key frame with what depends on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tables {
    pub sizes: Vec<u32>,
    /// So many pictures in a row with this duration.
    pub durations: Vec<(u32, u32)>,
    /// So many in a row that are shown this much after they are decoded.
    pub offsets: Vec<(u32, i32)>,
    /// Numbers of the key frames, counted from 1.
    pub keys: Vec<u32>,
    /// Where each chunk begins behind the first picture, and its pictures.
    pub chunks: Vec<(u64, u32)>,
    /// Bytes of all pictures.
    pub bytes: u64,
    /// Ticks of all pictures.
    pub ticks: u64,
    /// Ticks at which showing begins: above 0 where pictures are reordered.
    pub lead: i64,
    /// Where the first picture is shown on its segment's line.
    origin: i64,
    /// Decode time given to the last picture, and its own duration.
    last: Option<(i64, u32)>,
    /// Ticks at which the last shown picture ends.
    pub end: i64,
}

impl Tables {
    /// One more picture of a segment that begins `shift` ticks after the clip's first one. Pictures
    /// are shown at their true time; where two segments overlap by a hair decoding goes on at once.
    pub fn add(&mut self, shift: i64, picture: &Picture) {
        let first = self.sizes.is_empty();
        if first {
            self.origin = picture.shown;
            self.lead = (picture.shown - picture.decoded).max(0);
        }
        let onset = shift - self.origin + self.lead;
        let on_line = |ticks: i64| onset + ticks;
        let decoded = match self.last {
            None => 0,
            Some((before, _)) => on_line(picture.decoded).max(before + 1),
        };
        if let Some((before, _)) = self.last {
            self.lasted(decoded - before);
        }
        let shown = on_line(picture.shown);
        let offset = i32::try_from(shown - decoded).unwrap_or(0);
        match self.offsets.last_mut() {
            Some((n, same)) if *same == offset => *n += 1,
            _ => self.offsets.push((1, offset)),
        }
        match self.chunks.last_mut() {
            Some((_, n)) if !picture.key => *n += 1,
            _ => self.chunks.push((self.bytes, 1)),
        }
        self.sizes.push(picture.bytes);
        if picture.key {
            self.keys.push(self.sizes.len() as u32);
        }
        self.bytes += u64::from(picture.bytes);
        self.last = Some((decoded, picture.duration));
        self.end = self.end.max(shown + i64::from(picture.duration));
    }

    /// No more pictures come: the last one keeps its own duration.
    pub fn close(&mut self) {
        if let Some((_, duration)) = self.last.take() {
            self.lasted(i64::from(duration));
        }
    }

    fn lasted(&mut self, ticks: i64) {
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        self.ticks += u64::from(ticks);
        match self.durations.last_mut() {
            Some((n, same)) if *same == ticks => *n += 1,
            _ => self.durations.push((1, ticks)),
        }
    }

    /// Ticks from the first shown picture to the end of the last.
    pub fn shown_ticks(&self) -> u64 {
        u64::try_from(self.end - self.lead).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(decoded: i64, shown: i64, key: bool) -> Picture {
        Picture { bytes: 100, decoded, shown, duration: 6_000, key }
    }

    #[test]
    fn pictures_alike_are_runs_and_key_frames_begin_chunks() {
        let mut tables = Tables::default();
        for n in 0..6 {
            tables.add(0, &picture(n * 6_000, n * 6_000, n % 3 == 0));
        }
        // The next segment begins 36,000 ticks later, and a hole of 1,000 is stretched.
        tables.add(37_000, &picture(0, 0, true));
        tables.close();
        assert_eq!(tables.durations, [(5, 6_000), (1, 7_000), (1, 6_000)]);
        assert_eq!(tables.offsets, [(7, 0)]);
        assert_eq!((&tables.keys[..], tables.ticks), (&[1, 4, 7][..], 43_000));
        assert_eq!(tables.chunks, [(0, 3), (300, 3), (600, 1)]);
        assert_eq!(tables.shown_ticks(), 43_000);
    }

    #[test]
    fn reordered_pictures_are_shown_at_their_own_time() {
        let mut tables = Tables::default();
        // I P B B, decoded one frame before the first is shown.
        for (n, shown) in [0, 3, 1, 2].into_iter().enumerate() {
            tables.add(0, &picture(n as i64 * 6_000 - 6_000, shown * 6_000, n == 0));
        }
        tables.close();
        assert_eq!(tables.lead, 6_000);
        assert_eq!(tables.offsets, [(1, 6_000), (1, 18_000), (2, 0)]);
        assert_eq!(tables.shown_ticks(), 24_000);
    }

    #[test]
    fn segments_that_overlap_by_a_hair_go_on() {
        let mut tables = Tables::default();
        tables.add(0, &picture(0, 0, true));
        tables.add(-10, &picture(0, 0, true));
        tables.close();
        assert_eq!(tables.durations, [(1, 1), (1, 6_000)]);
        assert_eq!(tables.offsets, [(1, 0), (1, -11)]);
    }
}
