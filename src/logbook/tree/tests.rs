//! The tree against an independent one (`ct-merkle`), at every size and across chunks.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;

use super::super::leaf::leaf_hash;
use super::*;

type Other = MemoryBackedTree<Sha256, Vec<u8>>;

fn leaf(n: u64) -> Vec<u8> {
    format!("leaf {n}").into_bytes()
}

/// Both trees with the same leaves, and the full chunks to lend.
fn trees(size: u64) -> (Tree, Other, BTreeMap<u64, Nodes>) {
    let (mut ours, mut other) = (Tree::default(), Other::new());
    let mut lent = BTreeMap::new();
    let mut leaves = Vec::new();
    for n in 0..size {
        let hash = leaf_hash(&leaf(n));
        leaves.push(hash);
        let full = ours.push(hash);
        assert_eq!(full.is_some(), (n + 1) % CHUNK == 0);
        if full.is_some() {
            let nodes = Nodes::of(&leaves);
            assert_eq!(nodes.root(), full);
            lent.insert(n / CHUNK, nodes);
            leaves.clear();
        }
        other.push(leaf(n));
    }
    (ours, other, lent)
}

fn root(head: Head) -> RootHash<Sha256> {
    RootHash::new(head.root.0.into(), head.size)
}

fn inclusion_holds(path: &[Digest], head: Head, n: u64) -> bool {
    let path: Vec<_> = path.iter().map(|d| d.0.into()).collect();
    let proof = InclusionProof::from_digests(path.iter());
    root(head).verify_inclusion(&leaf(n), n, &proof).is_ok()
}

fn consistency_holds(path: &[Digest], old: Head, new: Head) -> bool {
    let path: Vec<_> = path.iter().map(|d| d.0.into()).collect();
    let proof = ConsistencyProof::from_digests(path.iter());
    root(new).verify_consistency(&root(old), &proof).is_ok()
}

#[test]
fn roots_and_proofs_hold_for_another_implementation_at_every_size() {
    let mut heads = Vec::new();
    for size in 0..70 {
        let (ours, other, lent) = trees(size);
        let head = ours.head();
        assert_eq!(root(head), other.root(), "{size}");
        for n in 0..size {
            let path = ours.inclusion(n, size, &lent).unwrap();
            assert!(inclusion_holds(&path, head, n), "{n} of {size}");
            assert!(check_inclusion(&path, head, n, leaf_hash(&leaf(n))), "{n} of {size}");
            assert!(!check_inclusion(&path, head, n, leaf_hash(b"another")), "{n} of {size}");
        }
        for old in &heads {
            let old: &Head = old;
            assert_eq!(ours.root_at(old.size, &lent), Ok(old.root));
            let path = ours.consistency(old.size, size, &lent).unwrap();
            assert!(check_consistency(&path, *old, head), "{} to {size}", old.size);
            assert!(old.size == 0 || consistency_holds(&path, *old, head));
            let forged = Head { root: Digest([1; 32]), ..*old };
            assert!(!check_consistency(&path, forged, head), "{} to {size}", old.size);
        }
        heads.push(head);
    }
}

#[test]
fn proofs_into_full_chunks_ask_for_them_and_hold() {
    let size = 2 * CHUNK + 300;
    let (ours, other, lent) = trees(size);
    let head = ours.head();
    assert_eq!(root(head), other.root());
    let mut again = Tree::default();
    for chunk in ours.chunks() {
        again.push_chunk(chunk).unwrap();
    }
    for n in 2 * CHUNK..size {
        again.push(leaf_hash(&leaf(n)));
    }
    assert_eq!(again.head(), head);
    assert_eq!(again.push_chunk(head.root), Err(NoProof::Chunk(2)));
    for n in [0, 1, 17, CHUNK - 1, CHUNK, CHUNK + 5, 2 * CHUNK - 1, 2 * CHUNK, size - 1] {
        for upto in [n + 1, CHUNK, CHUNK + 6, 2 * CHUNK, size].into_iter().filter(|s| *s > n) {
            let needs = again.needs(&[n], &[upto]);
            let some = lent.iter().filter(|(chunk, _)| needs.contains(chunk));
            let some = some.map(|(chunk, nodes)| (*chunk, nodes.clone())).collect();
            let head = Head { size: upto, root: again.root_at(upto, &some).unwrap() };
            let path = again.inclusion(n, upto, &some).unwrap();
            assert!(inclusion_holds(&path, head, n), "{n} of {upto}");
            let path = again.consistency(upto, size, &lent).unwrap();
            assert!(consistency_holds(&path, head, ours.head()), "{upto}");
        }
    }
    assert_eq!(again.inclusion(0, size, &BTreeMap::new()), Err(NoProof::Chunk(0)));
    assert_eq!(again.root_at(CHUNK + 1, &BTreeMap::new()), Err(NoProof::Chunk(1)));
    assert_eq!(again.inclusion(size, size, &lent), Err(NoProof::Beyond(size)));
    assert_eq!(again.root_at(size + 1, &lent), Err(NoProof::Beyond(size)));
}

proptest::proptest! {
    #[test]
    fn any_proof_is_right_or_wrong_and_never_a_panic(
        path in proptest::collection::vec(proptest::array::uniform32(0u8..), 0..70),
        (size, number, old) in (0u64.., 0u64.., 0u64..),
    ) {
        let path: Vec<Digest> = path.into_iter().map(Digest).collect();
        for (size, number, old) in [(size, number, old), (size % 99, number % 99, old % 99)] {
            let root = Digest([3; 32]);
            let head = Head { size, root };
            assert!(!check_inclusion(&path, head, number, Digest([4; 32])));
            let same = old == size;
            let wrong = Head { size: old, root: Digest([5; 32]) };
            assert!(same || !check_consistency(&path, wrong, head));
        }
    }
}
