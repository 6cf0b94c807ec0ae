//! The three phases: shape without state, rights with it, effect without failure.

use crate::authority::Authority;
use crate::charters::movement::Payment;
use crate::charters::room::is_in_balance;
use crate::holdings::posting::{Books, Posting, is_conserved};
use crate::limits;
use crate::operation::{Act, Payload, Signed};
use crate::principals::state::{Mandate, Principal};
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, State, keys};
use crate::units::UnixMillis;
use crate::work::Work;
use std::collections::BTreeMap;
use weal_proof::envelope::EnvelopeError;
use weal_proof::{Envelope, Hash};

/// Where and when an operation is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The operation's id.
    pub id: Hash,
    /// In whose name it is.
    pub actor: Hash,
    /// Who says so: the actor, or the holder of the mandate used.
    pub signer: Hash,
    /// Block time.
    pub now: UnixMillis,
}

/// What an allowed operation changes.
#[derive(Debug)]
pub struct Decision {
    id: Hash,
    writes: BTreeMap<String, Vec<u8>>,
    /// What it moves.
    pub effects: Effects,
}

/// What an operation moves.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Effects {
    /// The movements of goods and money.
    pub postings: Vec<Posting>,
    /// What charters paid, or missed.
    pub payments: Vec<Payment>,
}

/// Reads an operation and checks all that needs no state and no signature check.
pub fn check_shape(network: &Hash, bytes: &[u8]) -> Result<Signed, Refused> {
    let envelope = Envelope::from_bytes(bytes).map_err(refuse_envelope)?;
    check_envelope(network, envelope)
}

/// As [`check_shape`], for an envelope that was read already.
pub fn check_envelope(network: &Hash, envelope: Envelope) -> Result<Signed, Refused> {
    let text = envelope.payload();
    if text.len() > weal_proof::limits::PAYLOAD_BYTES {
        return Err(Refusal::TooLong.at("/", format!("{} bytes", text.len())));
    }
    weal_proof::json::check(text).map_err(|e| {
        let found = format!("{} at byte {}", e.reason, e.byte);
        Refusal::NotStrictJson.at(e.place, found)
    })?;
    let payload = Payload::from_bytes(text)?;
    if payload.v != 1 {
        return Err(Refusal::WrongVersion.at("/v", payload.v));
    }
    if payload.network != *network {
        return Err(Refusal::WrongNetwork.at("/network", payload.network));
    }
    let registers = matches!(payload.act, Act::PrincipalRegister(_));
    if registers == payload.actor.is_some() || (registers && payload.mandate.is_some()) {
        return Err(Refusal::ActorMismatch.at("/actor", payload.act.name()));
    }
    payload.act.check_shape()?;
    Ok(Signed { id: envelope.id(), payload, envelope })
}

fn refuse_envelope(error: EnvelopeError) -> Refused {
    match error {
        EnvelopeError::TooLong(length) => {
            Refusal::TooLong.at("/", format!("{length} bytes of envelope"))
        }
        other => Refusal::NotAnEnvelope.at("/", other),
    }
}

impl Act {
    fn check_shape(&self) -> Result<(), Refused> {
        let place = format!("/act/{}", self.name());
        match self {
            Act::PrincipalRegister(act) => act.check_shape(&place),
            Act::PrincipalRotate(act) => act.check_shape(&place),
            Act::PrincipalRecover(act) => act.check_shape(&place),
            Act::MandateGrant(act) => act.check_shape(&place),
            Act::RoleAttest(act) => act.check_shape(&place),
            Act::RecordPost(act) => act.check_shape(&place),
            Act::RecordRespond(act) => act.check_shape(&place),
            Act::ItemDefine(act) => act.check_shape(&place),
            Act::PackDefine(act) => act.check_shape(&place),
            Act::PackMeasure(act) => act.check_shape(&place),
            Act::HoldingMint(act) => act.check_shape(&place),
            Act::HoldingReserve(act) => act.check_shape(&place),
            Act::HoldingDispatch(act) => act.check_shape(&place),
            Act::HoldingAccept(act) => act.check_shape(&place),
            Act::HoldingHandOver(act) => act.check_shape(&place),
            Act::HoldingResolve(act) => act.check_shape(&place),
            Act::HoldingWriteOff(act) => act.check_shape(&place),
            Act::HoldingConsume(act) => act.check_shape(&place),
            Act::HoldingCount(act) => act.check_shape(&place),
            Act::MoneyIssue(act) => act.check_shape(&place),
            Act::MoneyPay(act) => act.check_shape(&place),
            Act::MoneyRedeem(act) => act.check_shape(&place),
            Act::CharterPublish(act) => act.check_shape(&place),
            Act::CharterReview(act) => act.check_shape(&place),
            Act::CharterAttest(act) => act.check_shape(&place),
            Act::CharterWithdraw(act) => act.check_shape(&place),
            Act::CharterOpen(act) => act.check_shape(&place),
            Act::CharterName(act) => act.check_shape(&place),
            Act::CharterPass(act) => act.check_shape(&place),
            Act::CharterSet(act) => act.check_shape(&place),
            Act::CharterPay(act) => act.check_shape(&place),
            Act::CharterTrigger(act) => act.check_shape(&place),
            Act::CharterDraw(act) => act.check_shape(&place),
            Act::CharterBrake(act) => act.check_shape(&place),
            Act::NetworkPropose(act) => act.check_shape(&place),
            Act::NetworkDecline(act) => act.check_shape(&place),
            Act::NetworkMove(act) => act.check_shape(&place),
            Act::NetworkCite(act) => act.check_shape(&place),
            Act::MandateRevoke(_)
            | Act::RoleRevoke(_)
            | Act::HoldingRelease(_)
            | Act::CharterLock(_)
            | Act::CharterState(_)
            | Act::CharterVouch(_)
            | Act::CharterRun(_)
            | Act::NetworkApprove(_) => Ok(()),
        }
    }

    /// The charters whose money it may move.
    fn charters(&self) -> Vec<Hash> {
        match self {
            Act::CharterPay(act) => vec![act.charter],
            Act::CharterTrigger(act) => vec![act.charter],
            Act::CharterRun(act) => vec![act.charter],
            Act::CharterDraw(act) => {
                let onward = act.into.as_ref().map(|into| into.charter);
                [act.charter].into_iter().chain(onward).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Who must sign besides the actor.
    fn need_others(
        &self,
        at: &Context,
        authority: &mut Authority<'_>,
        books: &Books<'_, '_>,
    ) -> Result<(), Refused> {
        let draft = &*books.draft;
        let mut need = |name: &str, id: Option<&Hash>| match id {
            Some(id) => authority.need(&format!("/act/{}/{name}", self.name()), id, draft),
            None => Ok(()),
        };
        match self {
            Act::PrincipalRegister(act) => need("owner", act.owner.as_ref()),
            Act::PrincipalRotate(act) => {
                authority.need_all("/act/principal.rotate/keys", &act.keys)
            }
            Act::PrincipalRecover(act) => {
                let place = "/act/principal.recover/keys";
                authority.need_new_keys(place, &act.principal, &act.keys)?;
                let entry: Option<Principal> = draft.get(&keys::principal(&act.principal));
                // Whom nobody guards is refused as such when the act is decided.
                let guarded = |p: &Principal| !p.clone().at(at.now).entitled(at.now).is_empty();
                let Some(principal) = entry.filter(guarded) else { return Ok(()) };
                let place = "/act/principal.recover/principal";
                authority.need_guardians(place, (&at.actor, &principal), &act.keys, draft)
            }
            Act::HoldingMint(act) => need("donor", act.donor.as_ref()),
            Act::HoldingDispatch(act) => {
                need("carrier", act.carrier.as_ref())?;
                authority.need_apart("/act/holding.dispatch/to", &act.to, draft)
            }
            Act::HoldingAccept(act) => match act.giver(books) {
                Some(giver) => authority.need_apart("/act/holding.accept/shipment", &giver, draft),
                None => Ok(()),
            },
            Act::HoldingHandOver(act) => {
                need("taker", Some(&act.taker))?;
                need("carrier", act.carrier.as_ref())
            }
            Act::HoldingResolve(act) => need("shipment", Some(&act.other_party(at, books)?)),
            Act::MoneyIssue(act) => need("donor", act.donor.as_ref()),
            Act::MoneyRedeem(act) => need("issuer", Some(&act.issuer)),
            Act::CharterOpen(act) => act.need_others(authority, draft),
            Act::CharterName(act) => act.need_others(authority, draft),
            Act::CharterPass(act) => need("to", Some(&act.to)),
            Act::NetworkPropose(act) => act.need_others(authority, draft),
            Act::NetworkApprove(act) => act.need_others(authority, draft),
            Act::NetworkDecline(act) => act.need_others(authority, draft),
            Act::NetworkMove(act) => act.need_others(authority, draft),
            _ => Ok(()),
        }
    }

    fn decide(
        &self,
        at: &Context,
        authority: &Authority<'_>,
        books: &mut Books<'_, '_>,
    ) -> Result<(), Refused> {
        match self {
            Act::PrincipalRegister(act) => act.decide(at, books.draft),
            Act::PrincipalRotate(act) => act.decide(at, books.draft),
            Act::PrincipalRecover(act) => act.decide(at, authority, books.draft),
            Act::MandateGrant(act) => act.decide(at, authority, books.draft),
            Act::MandateRevoke(act) => act.decide(at, books.draft),
            Act::RoleAttest(act) => act.decide(at, books.draft),
            Act::RoleRevoke(act) => act.decide(at, books.draft),
            Act::RecordPost(act) => act.decide(at, books.draft),
            Act::RecordRespond(act) => act.decide(at, books.draft),
            Act::ItemDefine(act) => act.decide(at, books),
            Act::PackDefine(act) => act.decide(at, books),
            Act::PackMeasure(act) => act.decide(at, books),
            Act::HoldingMint(act) => act.decide(at, books),
            Act::HoldingReserve(act) => act.decide(at, books),
            Act::HoldingRelease(act) => act.decide(at, books),
            Act::HoldingDispatch(act) => act.decide(at, books),
            Act::HoldingAccept(act) => act.decide(at, books),
            Act::HoldingHandOver(act) => act.decide(at, books),
            Act::HoldingResolve(act) => act.decide(books),
            Act::HoldingWriteOff(act) => act.decide(at, books),
            Act::HoldingConsume(act) => act.decide(at, books),
            Act::HoldingCount(act) => act.decide(at, books),
            Act::MoneyIssue(act) => act.decide(at, books),
            Act::MoneyPay(act) => act.decide(at, books),
            Act::MoneyRedeem(act) => act.decide(at, books),
            Act::CharterPublish(act) => act.decide(at, books.draft),
            Act::CharterReview(act) => act.decide(at, books.draft),
            Act::CharterAttest(act) => act.decide(at, books.draft),
            Act::CharterLock(act) => act.decide(at, books.draft),
            Act::CharterWithdraw(act) => act.decide(at, books.draft),
            Act::CharterOpen(act) => act.decide(at, books.draft),
            Act::CharterState(act) => act.decide(at, books.draft),
            Act::CharterName(act) => act.decide(at, books.draft),
            Act::CharterPass(act) => act.decide(at, books),
            Act::CharterVouch(act) => act.decide(at, books.draft),
            Act::CharterSet(act) => act.decide(at, books.draft),
            Act::CharterPay(act) => act.decide(at, books),
            Act::CharterTrigger(act) => act.decide(at, books),
            Act::CharterRun(act) => act.decide(at, books),
            Act::CharterDraw(act) => act.decide(at, books),
            Act::CharterBrake(act) => act.decide(at, books.draft),
            Act::NetworkPropose(act) => act.decide(at, books.draft),
            Act::NetworkApprove(act) => act.decide(at, books.draft),
            Act::NetworkDecline(act) => act.decide(at, books.draft),
            Act::NetworkMove(act) => act.decide(books.draft),
            Act::NetworkCite(act) => act.decide(at, books.draft),
        }
    }
}

impl State {
    /// As [`State::judge`], for those who keep no account of work.
    pub fn check_rights(
        &self,
        signed: &Signed,
        index: u64,
        now: UnixMillis,
    ) -> Result<Decision, Refused> {
        self.judge(signed, index, now).1
    }

    /// Checks a well-formed, correctly signed operation against the rules, and counts the work.
    /// `index` is the place it would get in the log. Nothing is changed.
    pub fn judge(
        &self,
        signed: &Signed,
        index: u64,
        now: UnixMillis,
    ) -> (Work, Result<Decision, Refused>) {
        let mut draft = Draft::new(self);
        let found = self.consider(signed, index, now, &mut draft);
        let work = draft.work();
        let decide = |effects| Decision { id: signed.id, writes: draft.into_writes(), effects };
        (work, found.map(decide))
    }

    fn consider(
        &self,
        signed: &Signed,
        index: u64,
        now: UnixMillis,
        draft: &mut Draft<'_>,
    ) -> Result<Effects, Refused> {
        self.check_time(signed, now)?;
        let at = Context { id: signed.id, actor: signed.actor(), signer: self.signer(signed), now };
        let mut authority = Authority::of_actor(signed, &at, draft)?;
        let mut books = Books { draft, postings: Vec::new(), payments: Vec::new() };
        let act = &signed.payload.act;
        act.need_others(&at, &mut authority, &books)?;
        act.decide(&at, &authority, &mut books)?;
        authority.finish()?;
        let Books { draft, postings, payments } = books;
        let effects = Effects { postings, payments };
        let good = is_conserved(self, draft, &effects.postings);
        assert!(good, "operation {} loses or makes goods", at.id);
        for charter in act.charters() {
            let good = is_in_balance(self, draft, &charter, &effects.postings);
            assert!(good, "operation {} loses or makes money of a charter", at.id);
        }
        draft.put(keys::operation(&at.id), &index);
        Ok(effects)
    }

    fn signer(&self, signed: &Signed) -> Hash {
        let mandate: Option<Mandate> =
            signed.payload.mandate.and_then(|id| self.get(&keys::mandate(&id)));
        mandate.map_or_else(|| signed.actor(), |mandate| mandate.holder)
    }

    fn check_time(&self, signed: &Signed, now: UnixMillis) -> Result<(), Refused> {
        let time = signed.payload.time;
        if time > now.plus(limits::CLOCK_AHEAD_MS) {
            return Err(Refusal::FromTheFuture.at("/time", time.0));
        }
        if now > time.plus(limits::VALIDITY_MS) {
            return Err(Refusal::Expired.at("/time", time.0));
        }
        match self.entry(&keys::operation(&signed.id)) {
            Some(_) => Err(Refusal::Replayed.at("/", signed.id)),
            None => Ok(()),
        }
    }

    /// Writes a decision made on this very state.
    pub fn apply(&mut self, decision: Decision) -> Effects {
        debug_assert!(self.entry(&keys::operation(&decision.id)).is_none());
        self.write(decision.writes);
        decision.effects
    }

    /// The place in the log of an operation that took effect.
    pub fn index_of(&self, id: &Hash) -> Option<u64> {
        self.get(&keys::operation(id))
    }
}
