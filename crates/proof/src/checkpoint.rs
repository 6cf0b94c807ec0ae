//! Checkpoints (C2SP tlog-checkpoint): size and head of the log as lines that witnesses sign.
//!
//! 1. Three lines: the origin, the size in decimal digits, the head in base64.
//! 2. More lines may follow, none of them empty; readers pass over them, nothing here writes them.
//! 3. The text of a signed note is a checkpoint; the log's key has the origin for its name.

use crate::hash::Hash;
use crate::note;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a log says of itself: so many entries, with this head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log speaks.
    pub origin: String,
    /// Entries in the log.
    pub size: u64,
    /// RFC 6962 tree head of them.
    pub root: Hash,
}

/// Which line of a checkpoint is not what it should be.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone, Copy)]
pub enum CheckpointError {
    /// Not lines of plain text.
    #[error("a checkpoint is plain text of three lines or more, none of them empty")]
    Text,
    /// The second line is no number in its one form.
    #[error("the size of the log is not a number in decimal digits")]
    Size,
    /// The third line is no hash.
    #[error("the head of the log is not base64 of 32 bytes")]
    Root,
}

/// The name under which the log of a network is known to witnesses.
pub fn origin(network: &Hash) -> String {
    format!("commonweal/{network}")
}

impl Checkpoint {
    /// What the log of this network says.
    pub fn new(network: &Hash, size: u64, root: Hash) -> Self {
        Checkpoint { origin: origin(network), size, root }
    }

    /// The text to sign as a note.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// Reads the text of a note.
    pub fn from_text(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').filter(|_| note::is_text(text));
        let lines: Vec<_> = lines.ok_or(CheckpointError::Text)?.split('\n').collect();
        let [origin, size, root, ..] = lines.as_slice() else { return Err(CheckpointError::Text) };
        if lines.iter().any(|line| line.is_empty()) {
            return Err(CheckpointError::Text);
        }
        let number: u64 = size.parse().map_err(|_| CheckpointError::Size)?;
        if number.to_string() != **size {
            return Err(CheckpointError::Size);
        }
        let root = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let root = Hash(root.ok_or(CheckpointError::Root)?);
        Ok(Checkpoint { origin: (*origin).into(), size: number, root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;
    use crate::note::{SignedNote, VerifierKey, sign_cosignature, sign_ed25519};

    const SOFA: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn a_checkpoint_of_the_standard_is_read_and_written() {
        let read = Checkpoint::from_text(SOFA).unwrap();
        assert_eq!((read.origin.as_str(), read.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(read.to_text(), SOFA);
    }

    #[test]
    fn a_log_signs_its_checkpoint_and_a_witness_beside_it() {
        let (log, witness) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
        let network = Hash::of(&[b"genesis"]);
        let checkpoint = Checkpoint::new(&network, 7, Hash::of(&[b"head"]));
        let (name, text) = (origin(&network), checkpoint.to_text());
        let signatures = vec![
            sign_ed25519(&text, &name, &log),
            sign_cosignature(&text, "witness.example", &witness, 9),
        ];
        let written = SignedNote { text, signatures }.to_text().unwrap();
        let read = SignedNote::from_bytes(written.as_bytes()).unwrap();
        assert_eq!(read.verify_ed25519(&VerifierKey::ed25519(&name, log.public())), Ok(()));
        let key = VerifierKey::cosignature("witness.example", witness.public());
        assert_eq!(read.verify_cosignature(&key), Ok(9));
        assert_eq!(Checkpoint::from_text(&read.text), Ok(checkpoint));
        assert_eq!(name, format!("commonweal/{network}"));
    }

    #[test]
    fn further_lines_are_passed_over_unless_they_are_empty() {
        let more = format!("{SOFA}extension\nanother one\n");
        assert_eq!(Checkpoint::from_text(&more), Checkpoint::from_text(SOFA));
        let error = Err(CheckpointError::Text);
        assert_eq!(Checkpoint::from_text(&format!("{SOFA}\n")), error);
        assert_eq!(Checkpoint::from_text(&format!("{SOFA}a\n\nb\n")), error);
    }

    #[test]
    fn every_number_and_hash_has_one_form() {
        let refused = |find: &str, with: &str, error| {
            let text = SOFA.replace(find, with);
            assert_eq!(Checkpoint::from_text(&text), Err(error), "{text}");
        };
        for size in ["020852163", "+1", "-1", "1.0", "0x1", " 1", "18446744073709551616", "٣"] {
            refused("20852163", size, CheckpointError::Size);
        }
        for end in ["q2I", "q2J=", "q2I= ", "q2I==", "q2I=AAAA", "q2IA"] {
            refused("q2I=", end, CheckpointError::Root);
        }
        refused("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "", CheckpointError::Text);
        refused("example.com/behind-the-sofa", "", CheckpointError::Text);
        refused("sofa\n", "sofa\t\n", CheckpointError::Text);
        for size in ["0", "1", "18446744073709551615"] {
            assert!(Checkpoint::from_text(&SOFA.replace("20852163", size)).is_ok());
        }
        for cut in (0..SOFA.len()).filter(|cut| SOFA.is_char_boundary(*cut)) {
            assert!(Checkpoint::from_text(&SOFA[..cut]).is_err(), "{cut}");
        }
    }
}
