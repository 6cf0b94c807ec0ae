//! Reads the body of a block without the node's own reader: `u32 length, envelope`, repeated.

use weal_proof::Envelope;

/// The envelopes of a body; `None` if it is malformed.
pub fn read(mut body: &[u8]) -> Option<Vec<Envelope>> {
    let mut envelopes = Vec::new();
    while !body.is_empty() {
        let (length, rest) = body.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (envelope, rest) = rest.split_at_checked(length)?;
        envelopes.push(Envelope::from_bytes(envelope).ok()?);
        body = rest;
    }
    Some(envelopes)
}
