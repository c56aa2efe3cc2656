//! One segment's file, read in groups of pictures: from a key frame to the next.
//!
//! A closed segment tells at its end where its key frames stand, so that a seek reads its header,
//! that table and one group. The one that is being written is scanned, and scanned on as it grows:
//! up to its last whole fragment.

use bytes::Bytes;

use super::deck::Unit;
use super::shelf::Place;
use crate::base::fault::{Fault, FaultKind};
use crate::base::limits::GROUP_BYTES_MAX;
use crate::base::time::Utc;
use crate::footage::unit::VideoParams;
use crate::segment::keys::{KeyPlace, key_places};
use crate::segment::reader::{Contents, Header, Sample, scan_on};
use crate::segment::times::span;

/// How much of a group is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grain {
    Whole,
    /// Its key frame alone.
    Key,
}

pub struct Reel {
    pub place: Place,
    header: Header,
    keys: Vec<KeyPlace>,
    /// Up to here there are whole fragments.
    end: u64,
    /// What was scanned of a segment that is still written.
    growing: Option<Contents>,
}

impl Reel {
    /// `None`: nothing in it can be shown (yet).
    ///
    /// # Errors
    /// The disk's.
    pub fn open(place: &Place) -> Result<Option<Reel>, Fault> {
        let (disk, path) = (&place.disk, &place.path);
        let size = disk.size(path)?;
        let read = &mut |at, len| disk.read_at(path, at, len);
        let found = scan_on(Contents::empty(size), read, &mut |c| c.header.is_some())?;
        let Some(header) = found.header.clone() else { return Ok(None) };
        let mut reel =
            Reel { place: place.clone(), header, keys: Vec::new(), end: size, growing: None };
        match key_places(size, read)? {
            Some(keys) => reel.keys = keys,
            None => reel.scan(found, size)?,
        }
        Ok((!reel.keys.is_empty()).then_some(reel))
    }

    fn scan(&mut self, found: Contents, size: u64) -> Result<(), Fault> {
        let (disk, path) = (&self.place.disk, &self.place.path);
        let read = &mut |at, len| disk.read_at(path, at, len);
        let found = scan_on(Contents { size, ..found }, read, &mut |_| false)?;
        let known = self.keys.last().map(|k| k.at);
        let new = found.fragments.iter().filter(|f| f.key && Some(f.at) > known);
        self.keys.extend(new.filter_map(|f| {
            let first = f.samples.iter().find(|s| !s.sound)?;
            Some(KeyPlace { shown: first.shown(), at: f.at })
        }));
        self.end = found.fragments.last().map_or(0, |f| f.at + f.bytes);
        self.growing = found.end.is_none().then_some(found);
        Ok(())
    }

    /// Is it still being written, as far as was seen?
    pub fn is_growing(&self) -> bool {
        self.growing.is_some()
    }

    /// Takes in what was written since.
    ///
    /// # Errors
    /// The disk's.
    pub fn refresh(&mut self) -> Result<(), Fault> {
        let size = self.place.disk.size(&self.place.path)?;
        match self.growing.take() {
            Some(found) => self.scan(found, size),
            None => Ok(()),
        }
    }

    pub fn params(&self) -> &VideoParams {
        &self.header.video
    }

    /// Where the last group begins whose key frame is at or before this moment.
    pub fn group_at(&self, at: Utc) -> Option<u64> {
        let shown = |key: &KeyPlace| self.header.start + span(key.shown - self.header.edit);
        self.keys.iter().rfind(|key| shown(key) <= at).map(|key| key.at)
    }

    /// Where the first group begins.
    pub fn first(&self) -> Option<u64> {
        self.keys.first().map(|key| key.at)
    }

    /// Where the first group begins that stands at or after this place in the file.
    pub fn group_after(&self, cursor: u64) -> Option<u64> {
        self.keys.iter().find(|key| key.at >= cursor).map(|key| key.at)
    }

    /// Units from this place on to the end of their group, and where the file goes on. Nothing
    /// stands there yet: no units, and the same place.
    ///
    /// # Errors
    /// The disk's; a group beyond any camera's.
    pub fn read(&self, from: u64, grain: Grain) -> Result<(Vec<Unit<Bytes>>, u64), Fault> {
        let next = self.keys.iter().map(|key| key.at).find(|at| *at > from);
        let to = next.unwrap_or(self.end);
        if to <= from {
            return Ok((Vec::new(), from));
        }
        if grain == Grain::Key {
            return Ok((self.key(from, to)?.into_iter().collect(), to));
        }
        let length = usize::try_from(to - from).ok().filter(|n| *n <= GROUP_BYTES_MAX);
        let length = length.ok_or_else(|| {
            let text = format!("{}: {} bytes without a key frame", self.place.path, to - from);
            Fault::new(FaultKind::Corrupt, text)
        })?;
        let bytes = Bytes::from(self.place.disk.read_at(&self.place.path, from, length)?);
        let part = &mut |at: u64, len: usize| {
            let begin = usize::try_from(at.saturating_sub(from)).unwrap_or(usize::MAX);
            let begin = begin.min(bytes.len());
            Ok(bytes[begin..begin.saturating_add(len).min(bytes.len())].to_vec())
        };
        let found = scan_on(self.begun(from, from + bytes.len() as u64), part, &mut |_| false)?;
        let end = found.fragments.last().map_or(from, |f| f.at + f.bytes);
        let unit = |sample: &Sample| {
            let begin = (sample.at - from) as usize;
            self.unit(sample, bytes.slice(begin..begin + sample.size as usize))
        };
        let units = found.samples().filter(|s| !s.sound && s.size > 0).map(unit).collect();
        // The trailer behind the last group of a closed segment is no part of it.
        Ok((units, if next.is_some() { to } else { end }))
    }

    fn key(&self, from: u64, to: u64) -> Result<Option<Unit<Bytes>>, Fault> {
        let (disk, path) = (&self.place.disk, &self.place.path);
        let read = &mut |at, len| disk.read_at(path, at, len);
        let found = scan_on(self.begun(from, to), read, &mut |c| !c.fragments.is_empty())?;
        let Some(sample) = found.samples().find(|s| !s.sound && s.key) else { return Ok(None) };
        let bytes = read(sample.at, sample.size as usize)?;
        Ok((bytes.len() == sample.size as usize).then(|| self.unit(sample, bytes.into())))
    }

    fn begun(&self, from: u64, size: u64) -> Contents {
        Contents { header: Some(self.header.clone()), whole: from, ..Contents::empty(size) }
    }

    fn unit(&self, sample: &Sample, load: Bytes) -> Unit<Bytes> {
        let lasts = span(i64::from(sample.duration));
        Unit { at: self.header.at(sample), lasts, key: sample.key, load }
    }
}
