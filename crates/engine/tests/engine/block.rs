//! The bytes of a block.

use bytes::Bytes;
use commonware_codec::EncodeSize;
use commonware_codec::{Decode, Encode};
use commonware_consensus::BoundedBlock;
use commonware_cryptography::Digestible;
use weal_engine::Block;
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, Header};

fn block(body: &'static [u8]) -> Block {
    let header = Header {
        network: Hash::of(&[b"network"]),
        height: 7,
        parent: Hash::of(&[b"parent"]),
        time_ms: 9,
        proposer: PublicKey([3; 32]),
        log_size: 1,
        log_root: Hash::ZERO,
        state_root: Hash::ZERO,
        validators: Hash::ZERO,
        body: Hash::of(&[body]),
    };
    Block { header, body: Bytes::from_static(body) }
}

#[test]
fn a_block_reads_back_and_its_digest_is_its_header_s() {
    let block = block(b"body");
    let bytes = block.encode();
    assert_eq!(bytes.len(), block.encode_size());
    assert_eq!(Block::decode_cfg(bytes, &4).unwrap(), block);
    assert_eq!(block.digest().0, block.header.digest().0);
}

#[test]
fn a_body_the_header_does_not_name_is_refused() {
    let mut block = block(b"body");
    block.body = Bytes::from_static(b"b0dy");
    assert!(Block::decode_cfg(block.encode(), &4).is_err());
}

#[test]
fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
    let bytes = block(b"body").encode();
    assert!(bytes.len() <= Block::max_encode_size(&4));
    assert!(Block::decode_cfg(bytes.clone(), &4).is_ok());
    assert!(Block::decode_cfg(bytes, &3).is_err());
}

#[test]
fn cut_or_padded_bytes_are_refused() {
    let bytes = block(b"body").encode();
    for cut in 0..bytes.len() {
        assert!(Block::decode_cfg(bytes.slice(..cut), &4).is_err(), "{cut}");
    }
    let longer = Bytes::from([bytes.as_ref(), &[0]].concat());
    assert!(Block::decode_cfg(longer, &4).is_err());
}
