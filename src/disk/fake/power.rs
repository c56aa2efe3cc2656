//! What a power cut leaves: of names and bytes that no flush promised, an arbitrary part.

use super::{State, parent};

impl State {
    pub(super) fn cut_power(&mut self) {
        // Changes of names that no sync promised: each happens or not.
        let mut names = self.durable_names.clone();
        for name in std::mem::take(&mut self.renamed) {
            if self.names.get(&name) == self.durable_names.get(&name) {
                continue;
            }
            if self.next().is_multiple_of(2) {
                match self.names.get(&name) {
                    Some(n) => names.insert(name, *n),
                    None => names.remove(&name),
                };
            }
        }
        // A name in a folder that did not survive is not there either.
        let known = names.clone();
        names.retain(|name, _| name.is_empty() || known.get(parent(name)) == Some(&None));
        for n in std::mem::take(&mut self.dirty) {
            self.tear(n);
        }
        self.used = names.values().flatten().map(|n| self.contents[*n].bytes.len() as u64).sum();
        self.durable_names = names.clone();
        self.names = names;
    }

    fn tear(&mut self, n: usize) {
        let unflushed = self.contents[n].bytes.len() - self.contents[n].durable;
        let kept = self.below(unflushed);
        let zeros = if self.next().is_multiple_of(3) { self.below(unflushed - kept) } else { 0 };
        let restore = self.next().is_multiple_of(2);
        let content = &mut self.contents[n];
        content.bytes.truncate(content.durable + kept);
        if restore && kept == 0 {
            content.bytes.extend(std::mem::take(&mut content.cut_off));
        } else {
            content.bytes.resize(content.bytes.len() + zeros, 0);
        }
        content.cut_off.clear();
        content.durable = content.bytes.len();
        content.sent = content.durable;
    }
}
