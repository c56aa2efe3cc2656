//! The mended text, and the way back to the places of the file.

use super::scan::Edit;
use super::value::Place;

/// The mended text, and the way back from its places to those of the file.
pub(super) struct Mended {
    pub text: String,
    /// Where a stretch begins in the mended text, where in the file, and whether it is the file's
    /// own.
    stretches: Vec<(usize, usize, bool)>,
    len: usize,
}

impl Mended {
    pub fn new(text: &str, mut edits: Vec<Edit>) -> Mended {
        edits.sort_by_key(|e| (e.at.start, e.at.end));
        let mut out = Mended {
            text: String::new(),
            stretches: Vec::new(),
            len: text.len(),
        };
        let mut done = 0;
        for edit in edits {
            if edit.at.start < done {
                continue;
            }
            out.stretches.push((out.text.len(), done, true));
            out.text.push_str(&text[done..edit.at.start]);
            out.stretches.push((out.text.len(), edit.at.start, false));
            out.text.push_str(&edit.with);
            done = edit.at.end;
        }
        out.stretches.push((out.text.len(), done, true));
        out.text.push_str(&text[done..]);
        out
    }

    fn back_one(&self, at: usize) -> usize {
        let i = self.stretches.partition_point(|(start, _, _)| *start <= at);
        let (start, file, own) = self.stretches[i.saturating_sub(1)];
        (if own { file + at - start } else { file }).min(self.len)
    }

    pub fn back(&self, place: Place) -> Place {
        let start = self.back_one(place.start);
        Place::new(start, self.back_one(place.end).max(start))
    }
}
