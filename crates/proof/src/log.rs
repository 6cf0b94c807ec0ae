//! The append-only log of RFC 6962: leaf and node hashes, tree heads, inclusion and consistency.
//!
//! `leaf = SHA-256(0x00 || entry)`, `node = SHA-256(0x01 || left || right)`, empty = SHA-256("").

use crate::hash::Hash;
use crate::limits;

/// Hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::of(&[&[0], entry])
}

/// Hash of two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// Head of the empty tree.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The right edge of a tree: enough to append and to know the root, whatever the size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, largest first: one for each set bit of `size`.
    roots: Vec<Hash>,
}

impl Frontier {
    /// A frontier from its parts; `None` unless there is one root for each set bit of the size.
    pub fn from_parts(size: u64, roots: Vec<Hash>) -> Option<Self> {
        let bits = usize::try_from(size.count_ones()).ok()?;
        (bits == roots.len()).then_some(Frontier { size, roots })
    }

    /// Entries appended so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, largest first.
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends the hash of one leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut carry = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                carry = node_hash(&left, &carry);
            }
        }
        self.roots.push(carry);
        self.size = self.size.saturating_add(1);
    }

    /// The RFC 6962 tree head.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(first) = roots.next() else { return empty_root() };
        roots.fold(*first, |right, left| node_hash(left, &right))
    }
}

/// Where hashes of complete, aligned subtrees come from: `level` 0 are leaves.
pub trait Subtrees {
    /// Root of the subtree over leaves `index << level` up to `(index + 1) << level`.
    fn subtree(&self, level: u32, index: u64) -> Option<Hash>;
}

impl Subtrees for [Hash] {
    fn subtree(&self, level: u32, index: u64) -> Option<Hash> {
        if level == 0 {
            return self.get(usize::try_from(index).ok()?).copied();
        }
        let (below, left) = (level.checked_sub(1)?, index.checked_mul(2)?);
        let right = left.checked_add(1)?;
        Some(node_hash(&self.subtree(below, left)?, &self.subtree(below, right)?))
    }
}

/// Hash of the leaves `start..end`, which must be a subtree of some RFC 6962 tree.
fn range_root<S: Subtrees + ?Sized>(tree: &S, start: u64, end: u64) -> Option<Hash> {
    let size = end.checked_sub(start)?;
    if size == 0 {
        return Some(empty_root());
    }
    let level = size.ilog2();
    if size == 1u64.checked_shl(level)? && start.checked_rem(size)? == 0 {
        return tree.subtree(level, start.checked_shr(level)?);
    }
    let middle = start.checked_add(split(size)?)?;
    Some(node_hash(&range_root(tree, start, middle)?, &range_root(tree, middle, end)?))
}

/// The largest power of two below `size`.
fn split(size: u64) -> Option<u64> {
    1u64.checked_shl(size.checked_sub(1)?.checked_ilog2()?)
}

/// The path that shows entry `index` in the tree of `size` entries.
pub fn inclusion_path<S: Subtrees + ?Sized>(tree: &S, index: u64, size: u64) -> Option<Vec<Hash>> {
    if index >= size {
        return None;
    }
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end.checked_sub(start)? > 1 {
        let middle = split(end.checked_sub(start)?)?.checked_add(start)?;
        if index < middle {
            path.push(range_root(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(tree, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether the path leads from the leaf at `index` to the head of the tree of `size` entries.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size || path.len() > limits::LOG_PATH {
        return false;
    }
    // RFC 9162, section 2.1.3.2.
    let (mut fnode, mut snode, mut hash) = (index, size.saturating_sub(1), leaf);
    for sibling in path {
        if snode == 0 {
            return false;
        }
        if fnode & 1 == 1 || fnode == snode {
            hash = node_hash(sibling, &hash);
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    snode == 0 && hash == *root
}

/// The path that shows the tree of `old` entries to be a beginning of the tree of `new` entries.
pub fn consistency_path<S: Subtrees + ?Sized>(tree: &S, old: u64, new: u64) -> Option<Vec<Hash>> {
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(Vec::new());
    }
    let (mut start, mut end, mut path, mut whole) = (0, new, Vec::new(), true);
    loop {
        if old == end {
            if !whole {
                path.push(range_root(tree, start, end)?);
            }
            path.reverse();
            return Some(path);
        }
        let middle = split(end.checked_sub(start)?)?.checked_add(start)?;
        if old <= middle {
            path.push(range_root(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(tree, start, middle)?);
            (start, whole) = (middle, false);
        }
    }
}

/// Whether the tree (`new`, `new_root`) continues the tree (`old`, `old_root`).
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), path: &[Hash]) -> bool {
    let ((old, old_root), (new, new_root)) = (old, new);
    if old > new || path.len() > limits::LOG_PATH {
        return false;
    }
    if old == 0 || old == new {
        return path.is_empty() && (old == 0 || old_root == new_root);
    }
    // RFC 9162, section 2.1.4.2.
    let mut nodes = path.iter();
    let (mut fnode, mut snode) = (old.saturating_sub(1), new.saturating_sub(1));
    while fnode & 1 == 1 {
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    let first = if old.is_power_of_two() { Some(old_root) } else { nodes.next() };
    let Some(first) = first else { return false };
    let (mut from_old, mut from_new) = (*first, *first);
    for node in nodes {
        if snode == 0 {
            return false;
        }
        if fnode & 1 == 1 || fnode == snode {
            from_old = node_hash(node, &from_old);
            from_new = node_hash(node, &from_new);
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            from_new = node_hash(&from_new, node);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    snode == 0 && from_old == *old_root && from_new == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u8) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&[i])).collect()
    }

    fn frontier(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        frontier
    }

    /// RFC 6962 section 2.1, written as the text defines it.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let k = many.len().next_power_of_two() / 2;
                node_hash(&naive_root(&many[..k]), &naive_root(&many[k..]))
            }
        }
    }

    #[test]
    fn the_frontier_agrees_with_the_definition() {
        for n in 0..70 {
            let leaves = leaves(n);
            assert_eq!(frontier(&leaves).root(), naive_root(&leaves), "{n}");
        }
    }

    #[test]
    fn every_entry_is_shown_in_every_tree_and_nothing_else_is() {
        for n in 1..40u8 {
            let leaves = leaves(n);
            let root = naive_root(&leaves);
            for i in 0..n {
                let (index, size) = (u64::from(i), u64::from(n));
                let path = inclusion_path(leaves.as_slice(), index, size).unwrap();
                assert!(verify_inclusion(leaf_hash(&[i]), index, size, &path, &root));
                assert!(!verify_inclusion(leaf_hash(&[i + 1]), index, size, &path, &root));
                assert!(!verify_inclusion(leaf_hash(&[i]), index + 1, size, &path, &root));
                assert!(
                    !verify_inclusion(leaf_hash(&[i]), index, size, &path, &leaves[0]) || n == 1
                );
                for cut in 0..path.len() {
                    let short = [&path[..cut], &path[cut + 1..]].concat();
                    assert!(!verify_inclusion(leaf_hash(&[i]), index, size, &short, &root));
                }
            }
        }
    }

    #[test]
    fn a_tree_continues_its_beginnings_and_no_other_tree() {
        for new in 1..40u8 {
            let all = leaves(new);
            for old in 1..=new {
                let (old_size, new_size) = (u64::from(old), u64::from(new));
                let path = consistency_path(all.as_slice(), old_size, new_size).unwrap();
                let (first, last) = (naive_root(&all[..usize::from(old)]), naive_root(&all));
                assert!(verify_consistency((old_size, &first), (new_size, &last), &path));
                let other = leaf_hash(b"other");
                assert!(!verify_consistency((old_size, &other), (new_size, &last), &path));
                assert!(!verify_consistency((old_size, &first), (new_size, &other), &path));
            }
        }
    }
}
