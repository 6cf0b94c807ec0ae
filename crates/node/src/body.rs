//! A block's body: the canonical envelopes, each after its length as four big-endian bytes.

use crate::limits;
use weal_proof::Envelope;
use weal_proof::limits::ENVELOPE_BYTES;

/// Appends one envelope; `false` if it does not fit any more.
pub(crate) fn push(body: &mut Vec<u8>, envelope: &[u8]) -> bool {
    let Ok(length) = u32::try_from(envelope.len()) else { return false };
    if body.len() + 4 + envelope.len() > limits::BODY_BYTES {
        return false;
    }
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(envelope);
    true
}

/// The envelopes' bytes; `None` if the body is cut or anything in it is too long.
pub(crate) fn split(mut body: &[u8]) -> Option<Vec<&[u8]>> {
    let mut envelopes = Vec::new();
    while !body.is_empty() {
        let (length, rest) = body.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (envelope, rest) = rest.split_at_checked(length)?;
        if length > ENVELOPE_BYTES || envelopes.len() >= limits::BLOCK_OPERATIONS {
            return None;
        }
        envelopes.push(envelope);
        body = rest;
    }
    Some(envelopes)
}

/// An envelope; `None` unless it is well-formed and canonical.
pub(crate) fn canonical(bytes: &[u8]) -> Option<Envelope> {
    let envelope = Envelope::from_bytes(bytes).ok()?;
    (envelope.to_bytes() == bytes).then_some(envelope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_back_and_a_cut_one_does_not() {
        let mut body = Vec::new();
        assert!(push(&mut body, b"abc") && push(&mut body, b""));
        assert_eq!(split(&body), Some(vec![&b"abc"[..], &b""[..]]));
        assert_eq!(split(&body[..5]), None);
        assert!(canonical(b"abc").is_none());
    }

    #[test]
    fn a_body_is_full_at_its_limit() {
        let mut body = Vec::new();
        assert!(push(&mut body, &vec![0; limits::BODY_BYTES - 4]));
        assert!(!push(&mut body, b""));
        assert!(!push(&mut Vec::new(), &vec![0; limits::BODY_BYTES - 3]));
    }
}
