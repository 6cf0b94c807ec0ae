//! A persistent Merkle map: clones share all they have in common, so that several unfinished
//! blocks can stand on one parent and the losers cost nothing.
//!
//! The shape and the hashes are those of `weal_proof::map`. Hashes are computed when a root or a
//! proof is asked for, once for each changed node, not once for each change.

use std::sync::{Arc, OnceLock};
use weal_proof::Hash;
use weal_proof::map::{MapProof, OtherLeaf, branch_hash, empty_root, leaf_hash, position};

/// The map. Cloning copies one pointer.
#[derive(Clone, Default)]
pub struct Map {
    root: Option<Arc<Node>>,
    len: u64,
}

enum Node {
    Leaf(Leaf),
    Branch(Branch),
}

struct Leaf {
    position: Hash,
    key: Box<str>,
    value: Box<[u8]>,
    hash: OnceLock<Hash>,
}

struct Branch {
    bit: u8,
    left: Arc<Node>,
    right: Arc<Node>,
    hash: OnceLock<Hash>,
}

impl Node {
    fn hash(&self) -> Hash {
        match self {
            Node::Leaf(leaf) => {
                *leaf.hash.get_or_init(|| leaf_hash(&leaf.position, &Hash::of(&[&leaf.value])))
            }
            Node::Branch(branch) => *branch
                .hash
                .get_or_init(|| branch_hash(branch.bit, &branch.left.hash(), &branch.right.hash())),
        }
    }
}

impl Map {
    /// Entries.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.root.as_ref().map_or_else(empty_root, |node| node.hash())
    }

    /// The value at a key.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        let leaf = self.nearest(&position(key))?;
        (*leaf.key == *key).then_some(&*leaf.value)
    }

    /// The leaf that a position's bits lead to.
    fn nearest(&self, position: &Hash) -> Option<&Leaf> {
        let mut node = self.root.as_deref()?;
        loop {
            match node {
                Node::Leaf(leaf) => return Some(leaf),
                Node::Branch(b) => node = if position.bit(b.bit) { &b.right } else { &b.left },
            }
        }
    }

    /// Sets the value at a key.
    pub fn insert(&mut self, key: &str, value: Vec<u8>) {
        let position = position(key);
        let leaf = Leaf {
            position,
            key: key.into(),
            value: value.into_boxed_slice(),
            hash: OnceLock::new(),
        };
        let leaf = Arc::new(Node::Leaf(leaf));
        let differs = self.nearest(&position).map(|near| near.position.first_difference(&position));
        let grown = match differs {
            None => leaf,
            Some(differs) => {
                let Some(root) = self.root.take() else { return };
                put(root, leaf, &position, differs)
            }
        };
        if differs != Some(None) {
            self.len = self.len.saturating_add(1);
        }
        self.root = Some(grown);
    }

    /// Calls `visit` for each entry in the order of positions.
    pub fn each(&self, visit: &mut dyn FnMut(&str, &[u8])) {
        let mut stack: Vec<&Node> = self.root.as_deref().into_iter().collect();
        while let Some(node) = stack.pop() {
            match node {
                Node::Leaf(leaf) => visit(&leaf.key, &leaf.value),
                Node::Branch(branch) => stack.extend([&*branch.right, &*branch.left]),
            }
        }
    }

    /// The proof that an entry is what it is, or that there is none.
    pub fn prove(&self, key: &str) -> MapProof {
        let target = position(key);
        let mut path = Vec::new();
        let Some(mut node) = self.root.as_deref() else { return MapProof { other: None, path } };
        loop {
            match node {
                Node::Leaf(leaf) => {
                    let stranger = leaf.position != target;
                    let value = Hash::of(&[&leaf.value]);
                    let other = OtherLeaf { position: leaf.position, value };
                    return MapProof { other: stranger.then_some(other), path };
                }
                Node::Branch(b) => {
                    let right = target.bit(b.bit);
                    let (next, side) =
                        if right { (&b.right, &b.left) } else { (&b.left, &b.right) };
                    path.push((b.bit, side.hash()));
                    node = next;
                }
            }
        }
    }
}

/// Puts a leaf below `node`; `differs` is the first bit in which it differs from the nearest
/// leaf there, or `None` if it replaces that leaf. Depth is bounded by the 256 bits of a position.
fn put(node: Arc<Node>, leaf: Arc<Node>, position: &Hash, differs: Option<u8>) -> Arc<Node> {
    let here = match &*node {
        Node::Leaf(_) => None,
        Node::Branch(branch) => Some(branch.bit),
    };
    let stops_here = match (here, differs) {
        (None, None) => return leaf,
        (None, Some(_)) => true,
        (Some(bit), Some(differs)) => differs < bit,
        (Some(_), None) => false,
    };
    if let (true, Some(bit)) = (stops_here, differs) {
        let (left, right) = if position.bit(bit) { (node, leaf) } else { (leaf, node) };
        return Arc::new(Node::Branch(Branch { bit, left, right, hash: OnceLock::new() }));
    }
    let (bit, left, right) = match Arc::try_unwrap(node) {
        Ok(Node::Branch(branch)) => (branch.bit, branch.left, branch.right),
        Ok(Node::Leaf(_)) => return leaf,
        Err(shared) => match &*shared {
            Node::Branch(branch) => (branch.bit, branch.left.clone(), branch.right.clone()),
            Node::Leaf(_) => return leaf,
        },
    };
    let (left, right) = if position.bit(bit) {
        (left, put(right, leaf, position, differs))
    } else {
        (put(left, leaf, position, differs), right)
    };
    Arc::new(Node::Branch(Branch { bit, left, right, hash: OnceLock::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn map_of(entries: &[(String, Vec<u8>)]) -> Map {
        let mut map = Map::default();
        for (key, value) in entries {
            map.insert(key, value.clone());
        }
        map
    }

    fn entries() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        prop::collection::vec(("[a-d]{1,3}", prop::collection::vec(any::<u8>(), 0..4)), 0..60)
    }

    proptest! {
        #[test]
        fn the_map_agrees_with_a_plain_one_and_proves_every_answer(entries in entries()) {
            let map = map_of(&entries);
            let plain: BTreeMap<_, _> = entries.iter().cloned().collect();
            prop_assert_eq!(map.len(), plain.len() as u64);
            let root = map.root();
            for key in plain.keys().map(String::as_str).chain(["x", "y", "zz", "network"]) {
                let value = plain.get(key).map(Vec::as_slice);
                prop_assert_eq!(map.get(key), value);
                let proof = map.prove(key);
                prop_assert!(proof.verify(&root, key, value));
                prop_assert!(!proof.verify(&root, key, Some(b"another")));
                prop_assert!(value.is_none() || !proof.verify(&root, key, None));
                prop_assert!(value.is_none() || !proof.verify(&root, "another", value));
            }
        }

        #[test]
        fn the_root_does_not_depend_on_the_order(entries in entries()) {
            let plain: BTreeMap<_, _> = entries.into_iter().collect();
            let forward: Vec<_> = plain.clone().into_iter().collect();
            let backward: Vec<_> = plain.into_iter().rev().collect();
            prop_assert_eq!(map_of(&forward).root(), map_of(&backward).root());
        }

        #[test]
        fn a_clone_is_not_touched_by_what_follows(entries in entries()) {
            let map = map_of(&entries);
            let (mut other, root) = (map.clone(), map.root());
            other.insert("more", vec![1]);
            prop_assert_eq!(map.root(), root);
            prop_assert_ne!(other.root(), root);
        }
    }
}
