//! The Merkle tree of RFC 6962 over the leaves, and its proofs; hashing and shape by `tlog_tiles`.
//!
//! The tree is kept in chunks of [`CHUNK`] leaves, which is a power of two: a full chunk is one
//! node of the tree, and what lies below it can be had again from the chunk's own records. So a
//! million entries take 244 hashes and one open chunk of memory. A proof that goes into a full
//! chunk needs that chunk's leaves; [`Tree::needs`] says which.

use std::collections::BTreeMap;

use tlog_tiles::{Error, Hash, HashReader};

use super::entry::Number;
use crate::base::digest::Digest;

/// Leaves of a chunk: rewriting one (to forget) moves 3 MB, and a day of a busy box is half of one.
pub const CHUNK: u64 = 1 << CHUNK_LEVEL;
const CHUNK_LEVEL: u8 = 12;

/// What the tree stands for: how many leaves, and their root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    pub size: u64,
    pub root: Digest,
}

/// Why there is no proof.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoProof {
    #[error("the logbook has {0} entries")]
    Beyond(u64),
    #[error("chunk {0} of the logbook was not read")]
    Chunk(u64),
    #[error("the tree: {0}")]
    Tree(String),
}

/// All nodes of one chunk, by level.
#[derive(Clone, Default, Debug)]
pub struct Nodes(Vec<Vec<Hash>>);

impl Nodes {
    /// From a chunk's leaf hashes in order, at most [`CHUNK`] of them.
    pub fn of(leaves: &[Digest]) -> Nodes {
        let mut nodes = Nodes::default();
        for leaf in leaves.iter().take(CHUNK as usize) {
            nodes.push(hash(*leaf));
        }
        nodes
    }

    /// Of a full chunk.
    pub fn root(&self) -> Option<Digest> {
        self.top().map(|h| Digest(h.0))
    }

    fn top(&self) -> Option<Hash> {
        self.0.get(usize::from(CHUNK_LEVEL)).and_then(|top| top.first()).copied()
    }

    fn push(&mut self, leaf: Hash) {
        let n = self.0.first().map_or(0, Vec::len) as u64;
        // Its left neighbours are all here, so that this cannot go wrong; were it to, the leaf
        // alone would be kept, and every root would show it.
        let new = tlog_tiles::stored_hashes_for_record_hash(n, leaf, self).unwrap_or(vec![leaf]);
        for (level, hash) in new.into_iter().enumerate() {
            if self.0.len() <= level {
                self.0.push(Vec::new());
            }
            self.0[level].push(hash);
        }
    }
}

impl HashReader for Nodes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let node = |index: &u64| {
            let (level, n) = tlog_tiles::split_stored_hash_index(*index);
            self.0.get(usize::from(level))?.get(n as usize).copied()
        };
        indexes.iter().map(node).collect::<Option<Vec<Hash>>>().ok_or(Error::IndexesNotInTree)
    }
}

/// The nodes from the full chunks upwards, by level above them.
type Above = Vec<Vec<Hash>>;

/// The tree as it grows.
#[derive(Clone, Default, Debug)]
pub struct Tree {
    size: u64,
    above: Above,
    open: Nodes,
}

impl Tree {
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash. The chunk that it completed, where it did.
    pub fn push(&mut self, leaf: Digest) -> Option<Digest> {
        self.open.push(hash(leaf));
        self.size += 1;
        let full = self.open.top()?;
        self.open = Nodes::default();
        self.push_above(full);
        Some(Digest(full.0))
    }

    /// Appends a full chunk by its root alone.
    ///
    /// # Errors
    /// A chunk has begun already.
    pub fn push_chunk(&mut self, root: Digest) -> Result<(), NoProof> {
        if !self.size.is_multiple_of(CHUNK) {
            return Err(NoProof::Chunk(self.size / CHUNK));
        }
        self.size += CHUNK;
        self.push_above(hash(root));
        Ok(())
    }

    /// Roots of the full chunks.
    pub fn chunks(&self) -> Vec<Digest> {
        self.above.first().into_iter().flatten().map(|h| Digest(h.0)).collect()
    }

    fn push_above(&mut self, mut node: Hash) {
        let mut level = 0;
        loop {
            if self.above.len() <= level {
                self.above.push(Vec::new());
            }
            self.above[level].push(node);
            let row = &self.above[level];
            if row.len() % 2 == 1 {
                return;
            }
            node = tlog_tiles::node_hash(row[row.len() - 2], row[row.len() - 1]);
            level += 1;
        }
    }

    pub fn head(&self) -> Head {
        let root = self.root_at(self.size, &BTreeMap::new());
        // The present size needs the open chunk alone, which is always there.
        Head { size: self.size, root: root.unwrap_or(Digest([0; 32])) }
    }

    /// The full chunks that a question about these numbers and sizes has to look into.
    pub fn needs(&self, numbers: &[Number], sizes: &[u64]) -> Vec<u64> {
        let cut = sizes.iter().filter(|size| !size.is_multiple_of(CHUNK));
        let mut chunks: Vec<u64> = numbers.iter().chain(cut).map(|n| n / CHUNK).collect();
        chunks.retain(|chunk| *chunk < self.size / CHUNK);
        chunks.sort_unstable();
        chunks.dedup();
        chunks
    }

    /// The root when the tree had `size` leaves.
    ///
    /// # Errors
    /// It never had as many, or a chunk of [`Tree::needs`] is not in `lent`.
    pub fn root_at(&self, size: u64, lent: &BTreeMap<u64, Nodes>) -> Result<Digest, NoProof> {
        self.within(size)?;
        let root = tlog_tiles::tree_hash(size, &self.reading(lent));
        root.map(|h| Digest(h.0)).map_err(|e| self.why(e, lent, &[], &[size]))
    }

    /// The path from leaf `number` to the root of the first `size` leaves.
    ///
    /// # Errors
    /// There is no such leaf or size, or a chunk is not in `lent`.
    pub fn inclusion(
        &self,
        number: Number,
        size: u64,
        lent: &BTreeMap<u64, Nodes>,
    ) -> Result<Vec<Digest>, NoProof> {
        self.within(size)?;
        if number >= size {
            return Err(NoProof::Beyond(size));
        }
        let path = tlog_tiles::prove_record(size, number, &self.reading(lent));
        path.map(digests).map_err(|e| self.why(e, lent, &[number], &[size]))
    }

    /// That the first `old` leaves are the beginning of the first `size`.
    ///
    /// # Errors
    /// As [`Tree::inclusion`].
    pub fn consistency(
        &self,
        old: u64,
        size: u64,
        lent: &BTreeMap<u64, Nodes>,
    ) -> Result<Vec<Digest>, NoProof> {
        self.within(size)?;
        if old > size {
            return Err(NoProof::Beyond(size));
        }
        if old == 0 {
            return Ok(Vec::new());
        }
        let path = tlog_tiles::prove_tree(size, old, &self.reading(lent));
        path.map(digests).map_err(|e| self.why(e, lent, &[], &[old, size]))
    }

    fn within(&self, size: u64) -> Result<(), NoProof> {
        if size > self.size { Err(NoProof::Beyond(self.size)) } else { Ok(()) }
    }

    fn reading<'a>(&'a self, lent: &'a BTreeMap<u64, Nodes>) -> Reading<'a> {
        Reading { open: (self.size / CHUNK, &self.open), above: &self.above, lent }
    }

    fn why(
        &self,
        error: Error,
        lent: &BTreeMap<u64, Nodes>,
        numbers: &[Number],
        sizes: &[u64],
    ) -> NoProof {
        let missing =
            self.needs(numbers, sizes).into_iter().find(|chunk| !lent.contains_key(chunk));
        missing.map_or_else(|| NoProof::Tree(error.to_string()), NoProof::Chunk)
    }
}

/// Whether `path` leads from a leaf's hash to the root.
pub fn check_inclusion(path: &[Digest], head: Head, number: Number, leaf: Digest) -> bool {
    let path = path.iter().map(|d| hash(*d)).collect();
    number < head.size
        && tlog_tiles::check_record(&path, head.size, hash(head.root), number, hash(leaf)).is_ok()
}

/// Whether `path` shows that `old` is the beginning of `new`.
pub fn check_consistency(path: &[Digest], old: Head, new: Head) -> bool {
    if old.size == 0 {
        return path.is_empty() && old.root == Digest::of(b"");
    }
    let path = path.iter().map(|d| hash(*d)).collect();
    let (old_root, new_root) = (hash(old.root), hash(new.root));
    old.size <= new.size
        && tlog_tiles::check_tree(&path, new.size, new_root, old.size, old_root).is_ok()
}

fn hash(digest: Digest) -> Hash {
    Hash(digest.0)
}

fn digests(hashes: Vec<Hash>) -> Vec<Digest> {
    hashes.into_iter().map(|h| Digest(h.0)).collect()
}

/// Where a node is looked up: in the chunk that grows, above the chunks, or in one that was lent.
struct Reading<'a> {
    open: (u64, &'a Nodes),
    above: &'a Above,
    lent: &'a BTreeMap<u64, Nodes>,
}

impl Reading<'_> {
    fn node(&self, index: u64) -> Option<Hash> {
        let (level, n) = tlog_tiles::split_stored_hash_index(index);
        if level >= CHUNK_LEVEL {
            return self.above.get(usize::from(level - CHUNK_LEVEL))?.get(n as usize).copied();
        }
        let across = u32::from(CHUNK_LEVEL - level);
        let (chunk, inside) = (n >> across, n & ((1 << across) - 1));
        let (open, nodes) = self.open;
        let nodes = if chunk == open { nodes } else { self.lent.get(&chunk)? };
        nodes.0.get(usize::from(level))?.get(inside as usize).copied()
    }
}

impl HashReader for Reading<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let nodes = indexes.iter().map(|index| self.node(*index));
        nodes.collect::<Option<Vec<Hash>>>().ok_or(Error::IndexesNotInTree)
    }
}

#[cfg(test)]
mod tests;
