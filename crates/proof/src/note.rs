//! Signed notes (C2SP signed-note): a text that people can read, and signatures of named keys.
//!
//! 1. A note is a text ending in a line feed, an empty line, then one line for each signature:
//!    `— NAME BASE64`, the bytes being the key id in four bytes and the signature.
//! 2. It is UTF-8 without control characters but line feeds; the last empty line ends the text.
//! 3. `key id = SHA-256(NAME || 0x0A || TYPE || key)`, its first four bytes, big-endian.
//! 4. TYPE `0x01` is Ed25519 over the text; `0x04` is Ed25519 over
//!    `cosignature/v1 LF time SECONDS LF` and the text, with the time in eight bytes before it.
//! 5. Signatures of keys that the reader does not know are no concern of his. One of a key that he
//!    knows must be valid, or the whole note is refused.

use crate::hash::{Hash, from_hex, to_hex};
use crate::keys::{PublicKey, SecretKey, Signature};
use crate::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// A text with the signatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// The text, with its last line feed.
    pub text: String,
    /// The signatures in the order of their lines.
    pub signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Which key of that name, and how it signs.
    pub key_id: u32,
    /// What the kind of key says they are.
    pub bytes: Vec<u8>,
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The text itself.
    Ed25519,
    /// The text as a checkpoint seen at a time.
    Cosignature,
}

/// A key that a reader knows, written `NAME+KEY ID+BASE64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    /// Its name.
    pub name: String,
    /// How it signs.
    pub kind: KeyKind,
    /// The key itself.
    pub key: PublicKey,
}

/// Why bytes are no note, or why a note proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone, Copy)]
pub enum NoteError {
    /// Larger than any note need be.
    #[error("the note has more than {max} bytes", max = limits::NOTE_BYTES)]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the note is not plain text")]
    Text,
    /// Without an empty line between a text and its signatures.
    #[error("the note has no empty line between its text and its signatures")]
    Split,
    /// A line that is no signature.
    #[error("signature line {0} is malformed")]
    Line(usize),
    /// None or too many.
    #[error("a note has 1 to {max} signatures", max = limits::NOTE_SIGNATURES)]
    Signatures,
    /// Not a verifier key.
    #[error("the verifier key is malformed")]
    Key,
    /// The key did not sign.
    #[error("the key that is known did not sign the note")]
    Unsigned,
    /// The key's signature is wrong.
    #[error("the signature of the key that is known is wrong")]
    Wrong,
}

impl KeyKind {
    /// The signature type byte.
    pub fn byte(self) -> u8 {
        match self {
            KeyKind::Ed25519 => 0x01,
            KeyKind::Cosignature => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [KeyKind::Ed25519, KeyKind::Cosignature].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// The number that tells keys of one name, and kinds of signature, apart.
pub fn key_id(name: &str, kind: KeyKind, key: &PublicKey) -> u32 {
    let hash = Hash::of(&[name.as_bytes(), b"\n", &[kind.byte()], &key.0]);
    hash.0.first_chunk::<4>().map_or(0, |head| u32::from_be_bytes(*head))
}

/// Whether a text can name a key: not empty, without white space and plus.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && is_plain(name) && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c < ' ' && c != '\n')
}

/// Whether a text can be signed as a note: lines of plain text, the last one ended.
pub fn is_text(text: &str) -> bool {
    is_plain(text) && text.ends_with('\n')
}

/// Signs a text as a log signs its checkpoint.
pub fn sign_ed25519(text: &str, name: &str, key: &SecretKey) -> NoteSignature {
    let key_id = key_id(name, KeyKind::Ed25519, &key.public());
    NoteSignature { name: name.into(), key_id, bytes: key.sign(text.as_bytes()).0.to_vec() }
}

/// Signs a checkpoint as one who saw it, and none that contradicts it, up to this time.
pub fn sign_cosignature(text: &str, name: &str, key: &SecretKey, time_s: u64) -> NoteSignature {
    let key_id = key_id(name, KeyKind::Cosignature, &key.public());
    let signature = key.sign(&cosigned(text, time_s));
    let bytes = [time_s.to_be_bytes().as_slice(), &signature.0].concat();
    NoteSignature { name: name.into(), key_id, bytes }
}

fn cosigned(text: &str, time_s: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time_s}\n{text}").into_bytes()
}

impl SignedNote {
    /// Reads a note; proves nothing yet.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > limits::NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        if !is_plain(whole) {
            return Err(NoteError::Text);
        }
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteError::Split)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Signatures)?;
        if lines.split('\n').count() > limits::NOTE_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        let read = |(at, line): (usize, &str)| {
            NoteSignature::from_line(line).ok_or(NoteError::Line(at.saturating_add(1)))
        };
        let signatures = lines.split('\n').enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(SignedNote { text: format!("{text}\n"), signatures })
    }

    /// The note as it travels; a reader refuses what a reader would not have given.
    pub fn to_text(&self) -> Result<String, NoteError> {
        let lines: String = self.signatures.iter().map(NoteSignature::to_line).collect();
        let whole = format!("{}\n{lines}", self.text);
        match Self::from_bytes(whole.as_bytes())? == *self {
            true => Ok(whole),
            false => Err(NoteError::Text),
        }
    }

    /// Whether a key signed the text: all its lines are valid and there is one.
    pub fn verify_ed25519(&self, key: &VerifierKey) -> Result<(), NoteError> {
        if key.kind != KeyKind::Ed25519 {
            return Err(NoteError::Key);
        }
        let good = |bytes: &[u8]| {
            let signature = Signature(bytes.try_into().ok()?);
            key.key.verify(self.text.as_bytes(), &signature).then_some(0)
        };
        self.verify(key, good).map(|_| ())
    }

    /// Whether a witness signed the text; the newest time, in seconds since 1970, at which it did.
    pub fn verify_cosignature(&self, key: &VerifierKey) -> Result<u64, NoteError> {
        if key.kind != KeyKind::Cosignature {
            return Err(NoteError::Key);
        }
        let good = |bytes: &[u8]| {
            let (time, rest) = bytes.split_first_chunk::<8>()?;
            let (time_s, signature) = (u64::from_be_bytes(*time), Signature(rest.try_into().ok()?));
            let may = i64::try_from(time_s).is_ok();
            (may && key.key.verify(&cosigned(&self.text, time_s), &signature)).then_some(time_s)
        };
        self.verify(key, good)
    }

    fn verify(
        &self,
        key: &VerifierKey,
        good: impl Fn(&[u8]) -> Option<u64>,
    ) -> Result<u64, NoteError> {
        let id = key.key_id();
        let own = self.signatures.iter().filter(|line| line.name == key.name && line.key_id == id);
        let times = own.map(|line| good(&line.bytes)).collect::<Option<Vec<_>>>();
        times.ok_or(NoteError::Wrong)?.into_iter().max().ok_or(NoteError::Unsigned)
    }
}

impl NoteSignature {
    fn from_line(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(base64).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        (is_name(name) && !bytes.is_empty()).then(|| NoteSignature {
            name: name.into(),
            key_id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }

    fn to_line(&self) -> String {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(bytes))
    }
}

impl VerifierKey {
    /// A key that signs texts as they are.
    pub fn ed25519(name: &str, key: PublicKey) -> Self {
        VerifierKey { name: name.into(), kind: KeyKind::Ed25519, key }
    }

    /// A key of a witness.
    pub fn cosignature(name: &str, key: PublicKey) -> Self {
        VerifierKey { name: name.into(), kind: KeyKind::Cosignature, key }
    }

    /// The number in its signature lines.
    pub fn key_id(&self) -> u32 {
        key_id(&self.name, self.kind, &self.key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = to_hex(&self.key_id().to_be_bytes());
        let key = STANDARD.encode([[self.kind.byte()].as_slice(), &self.key.0].concat());
        write!(f, "{}+{id}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let read = || {
            // Base64 may hold a plus, a name and the id never do.
            let mut parts = text.splitn(3, '+');
            let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
            let id = u32::from_be_bytes(from_hex(id)?.try_into().ok()?);
            let bytes = STANDARD.decode(key).ok()?;
            let (kind, key) = bytes.split_first()?;
            let (kind, key) = (KeyKind::from_byte(*kind)?, PublicKey(key.try_into().ok()?));
            let found = VerifierKey { name: name.into(), kind, key };
            (is_name(name) && found.key_id() == id).then_some(found)
        };
        read().ok_or(NoteError::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note that the first implementation, in Go, made.
    const NEUMANN: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn\
        gotpRZb6KE6RyyBwJnAM=\n";
    const NEUMANN_SEED: &str = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";

    fn neumann() -> SecretKey {
        SecretKey::from_seed(STANDARD.decode(NEUMANN_SEED).unwrap().try_into().unwrap())
    }

    fn secret(n: u8) -> SecretKey {
        SecretKey::from_seed([n; 32])
    }

    fn note(text: &str, signatures: Vec<NoteSignature>) -> SignedNote {
        SignedNote { text: text.into(), signatures }
    }

    #[test]
    fn a_note_of_the_first_implementation_is_read_signed_and_written_to_the_byte() {
        let read = SignedNote::from_bytes(NEUMANN.as_bytes()).unwrap();
        let key = VerifierKey::ed25519("PeterNeumann", neumann().public());
        assert_eq!(read.verify_ed25519(&key), Ok(()));
        assert_eq!(key.key_id(), 0xc74f_20a3);
        let line = sign_ed25519(&read.text, "PeterNeumann", &neumann());
        assert_eq!(note(&read.text, vec![line]).to_text().as_deref(), Ok(NEUMANN));
    }

    #[test]
    fn a_verifier_key_from_elsewhere_opens_its_note() {
        let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1Y\
            Eq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let note = SignedNote::from_bytes(note.as_bytes()).unwrap();
        assert_eq!(note.verify_ed25519(&key), Ok(()));
    }

    #[test]
    fn a_witness_says_when_it_saw_the_text_and_the_newest_time_counts() {
        let key = VerifierKey::cosignature("witness.example", secret(1).public());
        let sign = |time_s| sign_cosignature("a\n", "witness.example", &secret(1), time_s);
        let twice = note("a\n", vec![sign(1_679_315_147), sign(5)]);
        assert_eq!(twice.verify_cosignature(&key), Ok(1_679_315_147));
        let other = note("b\n", twice.signatures.clone());
        assert_eq!(other.verify_cosignature(&key), Err(NoteError::Wrong));
        let mut later = twice.clone();
        later.signatures[0].bytes[7] ^= 1;
        assert_eq!(later.verify_cosignature(&key), Err(NoteError::Wrong));
        let most = i64::MAX as u64;
        assert_eq!(note("a\n", vec![sign(most)]).verify_cosignature(&key), Ok(most));
        let beyond = note("a\n", vec![sign(most + 1)]);
        assert_eq!(beyond.verify_cosignature(&key), Err(NoteError::Wrong));
    }

    #[test]
    fn a_signature_is_never_taken_for_one_of_another_kind_or_name() {
        let (plain, witness) = (
            VerifierKey::ed25519("log", secret(1).public()),
            VerifierKey::cosignature("log", secret(1).public()),
        );
        let signed = note("a\n", vec![sign_ed25519("a\n", "log", &secret(1))]);
        assert_eq!(signed.verify_ed25519(&plain), Ok(()));
        assert_eq!(signed.verify_cosignature(&witness), Err(NoteError::Unsigned));
        assert_eq!(signed.verify_ed25519(&witness), Err(NoteError::Key));
        assert_eq!(signed.verify_cosignature(&plain), Err(NoteError::Key));
        let other = VerifierKey::ed25519("gol", secret(1).public());
        assert_eq!(signed.verify_ed25519(&other), Err(NoteError::Unsigned));
    }

    #[test]
    fn strangers_may_sign_too_but_a_known_key_must_not_sign_wrongly() {
        let key = VerifierKey::ed25519("log", secret(1).public());
        let own = sign_ed25519("a\n", "log", &secret(1));
        let stranger = sign_ed25519("b\n", "other", &secret(2));
        let mut both = note("a\n", vec![stranger.clone(), own.clone()]);
        assert_eq!(both.verify_ed25519(&key), Ok(()));
        both.signatures.push(NoteSignature { bytes: vec![7; 64], ..own });
        assert_eq!(both.verify_ed25519(&key), Err(NoteError::Wrong));
        assert_eq!(note("a\n", vec![stranger]).verify_ed25519(&key), Err(NoteError::Unsigned));
    }

    #[test]
    fn the_last_empty_line_ends_the_text() {
        let text = "a\n\nb\n\n\n";
        let signed = note(text, vec![sign_ed25519(text, "log", &secret(1))]);
        let written = signed.to_text().unwrap();
        assert_eq!(SignedNote::from_bytes(written.as_bytes()), Ok(signed));
    }

    #[test]
    fn what_is_not_a_note_is_refused_with_its_reason() {
        let refused = |text: &str, error| {
            assert_eq!(SignedNote::from_bytes(text.as_bytes()), Err(error), "{text:?}");
        };
        refused("", NoteError::Split);
        refused("a\n", NoteError::Split);
        refused("a\n\n", NoteError::Signatures);
        refused("a\n\n— n AAAAAAA=", NoteError::Signatures);
        refused("a\n\n\n", NoteError::Signatures);
        refused("a\n— n AAAAAAA=\n", NoteError::Split);
        refused("a\tb\n\n— n AAAAAAA=\n", NoteError::Text);
        refused("a\r\n\r\n— n AAAAAAA=\r\n", NoteError::Text);
        for line in [
            "- n AAAAAAA=",
            "—n AAAAAAA=",
            "—  AAAAAAA=",
            "— n+m AAAAAAA=",
            "— n\u{3000}m AAAAAAA=",
            "— n AAAAAA==",
            "— n AAAAAAB=",
            "— n AAAAAAA",
            "— n AAAAAAA= ",
            "— n  AAAAAAA=",
            "— n AAA=",
            "— n",
        ] {
            refused(&format!("a\n\n— n AAAAAAA=\n{line}\n"), NoteError::Line(2));
        }
        assert_eq!(SignedNote::from_bytes(b"\xff\n\n\xe2"), Err(NoteError::Text));
    }

    #[test]
    fn a_note_stops_at_its_limits() {
        let lines = |count: usize| format!("a\n\n{}", "— n AAAAAAA=\n".repeat(count));
        let most = limits::NOTE_SIGNATURES;
        assert!(SignedNote::from_bytes(lines(most).as_bytes()).is_ok());
        let error = Err(NoteError::Signatures);
        assert_eq!(SignedNote::from_bytes(lines(most + 1).as_bytes()), error);
        let long = |length: usize| "a".repeat(length - lines(1).len()) + &lines(1);
        assert!(SignedNote::from_bytes(long(limits::NOTE_BYTES).as_bytes()).is_ok());
        let error = Err(NoteError::TooLong);
        assert_eq!(SignedNote::from_bytes(long(limits::NOTE_BYTES + 1).as_bytes()), error);
    }

    #[test]
    fn nothing_is_written_that_could_not_be_read() {
        let line = sign_ed25519("a\n", "log", &secret(1));
        let bad = |text: &str, lines: Vec<NoteSignature>| note(text, lines).to_text().is_err();
        assert!(bad("a", vec![line.clone()]));
        assert!(bad("a\n", Vec::new()));
        assert!(bad("a\n", vec![NoteSignature { name: "two words".into(), ..line.clone() }]));
        assert!(bad("a\n", vec![NoteSignature { name: "a\n\n— b".into(), ..line.clone() }]));
        assert!(bad("a\n", vec![NoteSignature { bytes: Vec::new(), ..line }]));
    }

    #[test]
    fn a_verifier_key_with_anything_amiss_is_refused() {
        let good = VerifierKey::cosignature("witness.example", secret(3).public()).to_string();
        assert!(good.parse::<VerifierKey>().is_ok());
        for bad in [
            good.replace("witness", "winters"),
            good.replace("witness.example", "witness example"),
            good.replacen('+', "", 1),
            good.replace("+B", "+C"),
            format!("{good}="),
            format!("{good} "),
            format!("+{good}"),
            String::new(),
            "++".into(),
        ] {
            assert_eq!(bad.parse::<VerifierKey>(), Err(NoteError::Key), "{bad}");
        }
    }
}
