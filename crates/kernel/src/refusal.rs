//! The rule book: every way in which the ledger says no, with its code, sentence and way out.

use crate::limits;
use std::fmt;

macro_rules! refusals {
    ($($name:ident = $code:literal, $sentence:literal, $remedy:literal;)*) => {
        /// One rule each. Codes are stable for ever; a rule that goes away leaves its code unused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Refusal {
            $(#[doc = concat!("`", $code, "`: ", $sentence)] $name,)*
        }

        impl Refusal {
            /// Every rule, in the order of the codes.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)*];

            /// The stable code, as people quote it.
            pub fn code(self) -> &'static str {
                match self { $(Refusal::$name => $code,)* }
            }

            /// The rule in one sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Refusal::$name => $sentence,)* }
            }

            /// What the sender can do.
            pub fn remedy(self) -> &'static str {
                match self { $(Refusal::$name => $remedy,)* }
            }
        }
    };
}

refusals! {
    NotAnEnvelope = "SHAPE-01", "This is not a signed envelope.", "Send a DSSE envelope as described in spec/encoding.md.";
    NotStrictJson = "SHAPE-02", "The operation is not strict JSON.", "Write whole numbers only, no name twice, and nothing after the value.";
    UnknownShape = "SHAPE-03", "The operation has an unknown, missing or wrongly typed member.", "Compare it with spec/operations.md.";
    TooLong = "SHAPE-04", "The operation is too long.", "Split it, or keep large content as a file and name its hash.";
    WrongVersion = "SHAPE-05", "The operation's version is unknown.", "Write \"v\":1.";
    WrongNetwork = "SHAPE-06", "The operation was signed for another book.", "Sign it again for this network's id.";
    BadText = "SHAPE-07", "A text is empty, too long or holds control characters.", "Shorten it or remove the invisible characters.";
    PersonalNumber = "SHAPE-08", "A public text holds a telephone or identity number.", "Take the number out; give contacts only to the matched party.";
    BadCode = "SHAPE-09", "A code is not made of 1 to 48 lower-case letters, digits, dots and hyphens.", "Write it like respirator-n95.";
    BadLines = "SHAPE-10", "An operation needs 1 to 64 lines, each about another lot.", "Merge lines about one lot or split the operation.";
    BadQuantity = "SHAPE-11", "A quantity is zero or beyond the limit.", "State what was really moved; leave out lines of zero.";
    BadAmount = "SHAPE-12", "An amount of money is not written as this currency is.", "Write it as text with the currency's digits, like \"10.00\".";
    BadCurrency = "SHAPE-13", "A currency is not an ISO 4217 code of three capital letters.", "Write it like CNY.";
    TooMany = "SHAPE-14", "A list has too many entries.", "Split it into several operations.";
    Expired = "TIME-01", "The operation was signed more than 30 days ago.", "Sign it again.";
    FromTheFuture = "TIME-02", "The operation's time is ahead of the book's.", "Set the clock and sign again.";
    Replayed = "TIME-03", "This very operation has taken effect already.", "Nothing to do: ask for its receipt.";
    BadSignature = "SIGN-01", "A signature is wrong.", "Sign the exact bytes again.";
    MissingSignature = "SIGN-02", "Too few keys of a party that must sign have signed.", "Collect the missing signatures on the same payload.";
    StrangeSignature = "SIGN-03", "Somebody signed who is no party to this operation.", "Remove that signature.";
    OneKeyTwoParties = "SIGN-04", "One key stands for two parties of this operation.", "Let each party have keys of its own: whoever shares them changes them first.";
    UnknownPrincipal = "PRIN-01", "Nobody is registered under this id.", "Register first, or correct the id.";
    BadKeys = "PRIN-02", "Keys must be 1 to 8 different Ed25519 keys with a threshold between 1 and their number.", "Correct keys or threshold.";
    BadGuardians = "PRIN-03", "Guardians must be up to 8 different registered principals with a threshold between 1 and their number.", "Correct guardians or threshold.";
    ActorMismatch = "PRIN-04", "Only a registration has no actor.", "Name the actor, or leave it out when registering.";
    NoGuardians = "PRIN-05", "This principal named no guardians.", "Only its own keys can change its keys.";
    BadDelay = "PRIN-06", "A recovery delay lies between one hour and 90 days.", "Correct the delay.";
    DeviceNeedsOwner = "PRIN-07", "A device, and nothing else, is registered with an owner who signs too.", "Name the owner of a device; leave it out otherwise.";
    KeptTooLate = "PRIN-08", "What is kept was granted before a moment that is still to come.", "Give a moment that has passed.";
    RecoveryStands = "PRIN-09", "Guardians who were replaced recover this principal; the present ones do not.", "Wait until it counts, or ask those guardians.";
    UnknownMandate = "MAND-01", "There is no such mandate.", "Correct the id, or ask for a mandate.";
    MandateEnded = "MAND-02", "The mandate, or one it comes from, was revoked, has expired, or was given before its giver's keys were changed.", "Ask for a new mandate.";
    MandateNotForThis = "MAND-03", "The mandate does not cover this act or this actor.", "Act within the mandate, or ask for a wider one.";
    MandateWidened = "MAND-04", "A mandate passed on may never be wider than the one it comes from.", "Reduce acts, limits, time or steps.";
    MandateUsedUp = "MAND-05", "The mandate's limit is used up.", "Ask for a new mandate.";
    MandateBad = "MAND-06", "A mandate names 1 to 32 known acts, an end in the future at most 366 days ahead, and at most 4 further steps.", "Correct the mandate.";
    MandateNotYours = "MAND-07", "Only the one who gave a mandate, or whose mandate it comes from, may revoke it.", "Ask the giver.";
    SelfAttested = "ROLE-01", "Nobody attests a role to himself, nor signs for the issuer who does.", "Ask an issuer.";
    RoleEnds = "ROLE-02", "An attestation needs an end in the future.", "Give a later end.";
    UnknownAttestation = "ROLE-03", "There is no such attestation by this issuer.", "Correct the id.";
    UnknownSchema = "RECO-01", "There is no such record schema.", "Use one of those in the rules document.";
    BodyMismatch = "RECO-02", "The record's body does not fit its schema.", "Compare it with the schema named.";
    UnknownRecord = "RECO-03", "There is no such record.", "Correct the id.";
    NotTheAuthor = "RECO-04", "Only the author corrects, supersedes or withdraws a record.", "Corroborate or dispute it instead.";
    OwnRecord = "RECO-05", "Nobody corroborates or disputes his own record, in his own name or another's.", "Correct it instead.";
    SaidBefore = "RECO-06", "This principal has said the same about this record before.", "Nothing to do.";
    RecordClosed = "RECO-07", "The record was withdrawn, superseded or hidden.", "Respond to the record that follows it.";
    NoLegalBasis = "RECO-08", "Only a legal authority that enough keepers recognise hides another's record or shows it again, and says why.", "Dispute the record instead.";
    WrongResponse = "RECO-09", "This kind of response needs other members.", "Compare it with spec/operations.md.";
    HidingEnds = "RECO-10", "A hiding ends in the future, at most 366 days ahead.", "Correct the end; who still has the right can hide it again.";
    NotHidden = "RECO-11", "The record is not hidden.", "Nothing to do.";
    UnknownItem = "ITEM-01", "There is no such item.", "Define it first, or correct the code.";
    ItemExists = "ITEM-02", "An item with this code is defined already.", "Use it, or take another code.";
    UnknownPack = "ITEM-03", "There is no such pack of this item.", "Define it first; its content may stay unknown.";
    PackKnown = "ITEM-04", "The pack's content is known already and never changes.", "Define another pack.";
    NotYourPack = "ITEM-05", "Only the one who defined a pack states its content.", "Ask the definer, or define your own pack.";
    UnknownLot = "HOLD-01", "There is no such lot.", "Correct the lot's id.";
    NotEnough = "HOLD-02", "More than is held and free.", "Look up the holding; reserved goods are not free.";
    LotExpired = "HOLD-03", "The lot's expiry date has passed.", "Write it off, or choose another lot.";
    UnknownShipment = "HOLD-04", "There is no such shipment.", "Correct the id.";
    NotTheTaker = "HOLD-05", "Only the taker named accepts a shipment.", "Ask the taker to sign.";
    MoreThanSent = "HOLD-06", "More than is still on the way in this shipment.", "Accept what was sent; mint a surplus separately.";
    NotAParty = "HOLD-07", "Only giver and taker of a shipment resolve its difference.", "Ask a party to sign.";
    SameHands = "HOLD-08", "Giver and taker are the same, or the same signs for both.", "Name the other party, or let somebody else sign.";
    NotTheCustodian = "HOLD-09", "Only the custodian writes this off.", "Ask the custodian.";
    UnknownReservation = "HOLD-10", "There is no such reservation by this holder, of these goods and for this need.", "Correct the id, or leave the reservation out.";
    BadReservation = "HOLD-11", "A reservation ends in the future, at most 90 days ahead.", "Correct the end.";
    TooManyReservations = "HOLD-12", "This holding has 32 open reservations.", "Release one first.";
    MoneyIsNotGoods = "HOLD-13", "Money is paid and redeemed, goods are handed over and used.", "Use the other kind of act.";
    CountedMore = "HOLD-14", "More was counted than given.", "Count again; mint a surplus separately.";
    AlreadyExpired = "HOLD-15", "The expiry date of goods taken in has passed.", "Do not take them in.";
    UnknownPurchase = "MONE-01", "There is no such payment to this custodian.", "Name the payment that bought these goods.";
    NotTheIssuer = "MONE-02", "These lines are claims on different issuers or currencies.", "Redeem each issuer's claims alone.";
    UnknownCharter = "CHAR-01", "There is no such charter.", "Correct the id.";
    BadCharter = "CHAR-02", "The charter's text is faulty, or its rules could fail.", "Correct the line named; weal charter lint shows all that is known.";
    WrongStage = "CHAR-03", "The charter is not at the stage for this.", "Under review it takes remarks, once locked it takes money, and afterwards nobody changes it.";
    CannotLock = "CHAR-04", "The review is not over, or too few auditors stand for the text.", "Wait, or ask auditors to read it; a defect that was shown sends all of them back to read.";
    WrongParties = "CHAR-05", "The parties or holders of roles are not those that the text wants.", "Name each of them as the text declares.";
    UnknownCase = "CHAR-06", "There is no such case, or the flow is not about a case.", "Correct the case's number, or leave it out.";
    CaseEnded = "CHAR-07", "The case has ended.", "Nothing more is paid in it; open another.";
    UnknownName = "CHAR-08", "The text declares nothing of this name for this use.", "Look up the names in the text.";
    NotForYou = "CHAR-09", "The text does not give this to the actor.", "Let one act whom the text names; a credential must be valid now.";
    RuleSaysNo = "CHAR-10", "The rule that must allow this flow says no.", "Read the rule's sentence and compare your numbers.";
    WrongAmount = "CHAR-11", "The amount is not what the text says.", "Pay exactly what is due, and state an amount only where the text asks for one.";
    PaidAlready = "CHAR-12", "This flow has taken place for this case in this period.", "Nothing to do: it is paid once.";
    EvidenceMissing = "CHAR-13", "What the text wants shown is not shown by enough different principals who hold their roles now.", "Ask those whom the text names.";
    MustWait = "CHAR-14", "The waiting time of this flow is not over.", "Ask again when it is.";
    HeldUp = "CHAR-15", "The flow is held up by evidence against it, or by the brake.", "Ask the one who holds it up; the brake ends by itself.";
    OverCap = "CHAR-16", "More than the text lets through this flow in a month.", "Ask for less, or next month.";
    PotShort = "CHAR-17", "The pot holds less.", "Look up the pot; nothing was moved.";
    NothingDue = "CHAR-18", "The calendar has brought nothing due.", "Wait for the next month.";
    OutOfRange = "CHAR-19", "A number is missing or outside the range that the text declares.", "Correct the number.";
    ChangedTooMuch = "CHAR-20", "The parameter may not change so soon or so much.", "Set it later, or closer to its value.";
    PledgedBefore = "CHAR-21", "This document of this debtor backs another case, or none is named.", "Show the case that it backs, or name another document.";
    NothingToDraw = "CHAR-22", "That much is not waiting for the actor.", "Look up what is due to you.";
    DefectNotShown = "CHAR-23", "The rule does not give what is said for these inputs.", "Run the rule and say what it gives.";
    WrongText = "CHAR-24", "This is not the hash of the charter's text.", "Read the text that was published and attest that.";
    WrongMoney = "CHAR-25", "The charter keeps claims of another issuer or currency.", "Pay with claims of its issuer.";
    RuleFailed = "CHAR-26", "A rule failed.", "Tell the author and the auditors; nothing was moved.";
    BrakeUsedUp = "CHAR-27", "The brake has not so many days left.", "Ask for fewer days.";
    NoPayee = "CHAR-28", "Nobody is named who could be paid.", "Name the party first.";
    BadKeeper = "NETW-01", "A keeper has a name, two Ed25519 keys and an address like host:port.", "Correct name, keys or address.";
    UnknownKeeper = "NETW-02", "No institution keeps the book under this key.", "Name the key of its validator; it counts in the epoch it was chosen for.";
    ImpossibleKeepers = "NETW-03", "A book has 1 to 64 keepers, and no key is used by two of them.", "Propose another key, or wait for the epoch in which there is room.";
    UnknownProposal = "NETW-04", "There is no such proposal.", "Correct the id.";
    ProposalDecided = "NETW-05", "The proposal was accepted or rejected already.", "Propose anew if that should change.";
    ProposalExpired = "NETW-06", "The proposal was made more than 90 days ago.", "Propose it again.";
    Answered = "NETW-07", "This keeper has answered this proposal.", "Nothing to do: an answer stands.";
    NotAGenesis = "NETW-08", "This is not the base64 of a genesis text.", "Take the exact file genesis.json of the other network.";
    NetworkKnown = "NETW-09", "This network is recognised already, or is this very one.", "Nothing to do: cite its receipts.";
    NotAReceipt = "NETW-10", "This is not a receipt.", "Take the exact text of the receipt file.";
    BadReceipt = "NETW-11", "The receipt proves nothing.", "Ask the other network for the receipt again.";
    UnknownNetwork = "NETW-12", "The receipt is of a network that is not recognised here.", "Propose to recognise it.";
    CitedBefore = "NETW-13", "This operation of the other network is cited already.", "Nothing to do: name the citation.";
    NoSponsor = "NETW-15", "No institution that keeps the book has signed this registration.", "Register through the node of an institution; it signs for those whom it brings in.";
    NoRoomForNewcomers = "NETW-16", "This institution has brought in as many newcomers as it may within a day.", "Register through another institution, or tomorrow.";
    UnknownCitation = "NETW-14", "Nobody has cited this operation of another network.", "Cite its receipt first.";
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A refusal with the place in the operation and what was found there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}: {sentence} ({place}: {detail})", sentence = refusal.sentence())]
pub struct Refused {
    /// The rule.
    pub refusal: Refusal,
    /// JSON Pointer into the operation.
    pub place: String,
    /// What was found there.
    pub detail: String,
}

impl Refusal {
    /// This rule was broken here.
    pub fn at(self, place: impl Into<String>, detail: impl fmt::Display) -> Refused {
        let short = |text: String| match text.char_indices().nth(limits::FINDING_CHARS) {
            Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
            None => text,
        };
        Refused { refusal: self, place: short(place.into()), detail: short(detail.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_sentences_are_sentences() {
        let codes: BTreeSet<_> = Refusal::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(refusal.sentence().ends_with('.'), "{refusal}");
            assert!(refusal.remedy().ends_with('.'), "{refusal}");
        }
    }
}
