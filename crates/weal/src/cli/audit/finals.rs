//! Final blocks as a node gives them, and two that cannot both be.

use super::place::{Book, Server};
use crate::cli::output::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use weal_node::Sealed;
use weal_proof::certificate::Certificate;
use weal_proof::conviction::{self, CertifiedHeader, Convicted, Conviction};
use weal_proof::hash::{from_hex, to_hex};
use weal_proof::header::HEADER_BYTES;
use weal_proof::sets::SetChange;
use weal_proof::{Hash, Header, Receipt};

/// Bytes of one answer with blocks: what a node gives, and the block it may end with.
const BLOCKS_BYTES: u64 = 64 << 20;
/// Bytes of a header with its certificate and a proof, in JSON.
const TIP_BYTES: u64 = 1 << 20;
/// Certified blocks looked at on each side after the first that differs.
const FINALS: usize = 256;
/// Answers with blocks that are read for them.
const ANSWERS: usize = 16;

/// A block that was made final.
#[derive(Clone)]
pub(super) struct Final {
    pub(super) header: Header,
    pub(super) certificate: Vec<u8>,
}

impl Final {
    /// How many signed it, of how many who could; an error unless they are enough.
    pub(super) fn check(&self, book: &Book) -> Result<(u64, usize), String> {
        let header = &self.header;
        let certificate = Certificate::from_bytes(&self.certificate).map_err(|e| e.to_string())?;
        let epoch = book.genesis.epoch(header.height);
        let about = certificate.digest == header.digest() && certificate.epoch == epoch;
        if header.network != book.network || !about {
            return Err("the certificate is about another block".into());
        }
        let committee = book.sets.at(epoch);
        let signed = certificate.verify(&book.network, committee).map_err(|e| e.to_string())?;
        Ok((signed, committee.len()))
    }

    fn certified(&self) -> CertifiedHeader {
        let (header, certificate) = (to_hex(&self.header.to_bytes()), to_hex(&self.certificate));
        CertifiedHeader { header, certificate }
    }
}

/// The block of a receipt.
pub(super) fn of_receipt(receipt: &Receipt) -> Option<Final> {
    let header = Header::from_bytes(&from_hex(&receipt.header)?)?;
    Some(Final { header, certificate: from_hex(&receipt.certificate)? })
}

/// The newest certified block of a node; `None` while there is none.
pub(super) fn tip(server: &Server) -> Result<Option<Final>, Failure> {
    #[derive(Deserialize)]
    struct Tip {
        header: String,
        certificate: String,
    }
    let Some(bytes) = server.get("v1/state?key=network", TIP_BYTES, true)? else { return Ok(None) };
    let tip: Tip = serde_json::from_slice(&bytes)
        .map_err(|e| Failure::error(format!("{}/v1/state: {e}", server.base)))?;
    let read = || {
        let header = Header::from_bytes(&from_hex(&tip.header)?)?;
        Some(Final { header, certificate: from_hex(&tip.certificate)? })
    };
    let wrong = || Failure::error(format!("{}/v1/state: no header", server.base));
    read().map(Some).ok_or_else(wrong)
}

/// Digest of the block of this height, as the node has it.
pub(super) fn digest_at(server: &Server, height: u64) -> Result<Hash, Failure> {
    let most = HEADER_BYTES as u64 + 4;
    let bytes = server.get(&format!("v1/mirror/{height}"), most, false)?.unwrap_or_default();
    let header = bytes.get(4..4 + HEADER_BYTES).and_then(Header::from_bytes);
    let header = header.filter(|header| header.height == height);
    let header = header
        .ok_or_else(|| Failure::error(format!("{} does not give block {height}", server.base)))?;
    Ok(header.digest())
}

/// Certified blocks of a node from this height on.
pub(super) fn from(server: &Server, height: u64) -> Result<Vec<Final>, Failure> {
    let (mut found, mut next) = (Vec::new(), height);
    for _ in 0..ANSWERS {
        let path = format!("v1/mirror/{next}");
        let bytes = server.get(&path, BLOCKS_BYTES, true)?.unwrap_or_default();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let sealed = Sealed::read(&mut rest);
            let sealed = sealed.ok_or_else(|| {
                Failure::error(format!("{}/{path}: what it gives are no blocks", server.base))
            })?;
            next = sealed.block.header.height.saturating_add(1);
            let header = sealed.block.header;
            found.extend(sealed.certificate.map(|certificate| Final { header, certificate }));
        }
        if bytes.is_empty() || found.len() >= FINALS {
            break;
        }
    }
    Ok(found)
}

/// Two blocks of two lists that convict somebody. `changes` are tried one after the other: two
/// histories may also differ in who keeps the book.
pub(super) fn contradiction(
    book: &Book,
    changes: &[&[SetChange]],
    one: &[Final],
    other: &[Final],
) -> Option<(Conviction, Convicted)> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let contradict = |(a, b): &(&Final, &Final)| {
        let (a, b) = (&a.header, &b.header);
        (a.height == b.height && a != b) || (a.log_size == b.log_size && a.log_root != b.log_root)
    };
    for (a, b) in pairs.filter(contradict) {
        for sets in changes {
            let conviction = Conviction {
                format: conviction::FORMAT.into(),
                network: book.network,
                genesis: STANDARD.encode(&book.genesis_text),
                headers: vec![a.certified(), b.certified()],
                sets: sets.to_vec(),
            };
            if let Ok(convicted) = conviction.check() {
                return Some((conviction, convicted));
            }
        }
    }
    None
}
