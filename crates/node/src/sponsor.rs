//! Brings newcomers in: where the rules want it, this institution signs the registrations that are
//! handed to it, within its measure.

use crate::directory::Directory;
use std::borrow::Cow;
use weal_kernel::State;
use weal_proof::keys::SecretKey;

/// What becomes of an envelope that is handed to this node.
pub(crate) enum Welcome<'a> {
    /// It goes on as it is, or with this institution's signature beside.
    GoesOn(Cow<'a, [u8]>),
    /// It registers somebody whom this institution does not bring in now.
    TurnedAway,
}

/// Signs a registration, if the rules want that, if nobody who keeps the book has signed it yet, if
/// this node keeps the book, and if `may_enter` says yes.
pub(crate) fn welcome<'a>(
    directory: &Directory,
    signer: &SecretKey,
    state: &State,
    bytes: &'a [u8],
    may_enter: &dyn Fn() -> bool,
) -> Welcome<'a> {
    let as_it_is = Welcome::GoesOn(Cow::Borrowed(bytes));
    if directory.rules.admission.is_none() {
        return as_it_is;
    }
    let Ok(signed) = weal_kernel::check_shape(&directory.network, bytes) else { return as_it_is };
    if !state.could_be_brought_in_by(&signer.public(), &signed) {
        return as_it_is;
    }
    if !may_enter() {
        return Welcome::TurnedAway;
    }
    let mut envelope = signed.envelope;
    envelope.sign(signer);
    Welcome::GoesOn(Cow::Owned(envelope.to_bytes()))
}
