//! Random plays: a few numbers choose what the cast says next, mostly sense, sometimes not.
//!
//! 1. [`Move`] is six bytes; a script of moves shrinks well.
//! 2. [`Play::op`] turns a move into a signed operation, looking up what would make sense.
//! 3. [`Play::learn`] remembers what an accepted operation brought: lots, records, mandates, keys.

use super::build::*;
use super::charters::{Named, audit, lock, open, pay_in, state};
use super::keeping::{abroad, secrets};
use super::kitty::KITTY;
use super::{Actor, DAY, HOUR, Op, World, key};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use weal_kernel::holdings::Posting;
use weal_kernel::holdings::op::{
    Consume, Count, CountLine, Dispatch, HandOver, LotId, LotLine, MeasurePack, Mint, MintLine,
    MoneyLine, Pay, Release,
};
use weal_kernel::holdings::posting::Account;
use weal_kernel::holdings::state::{Asset, Holding, Lot};
use weal_kernel::principals::op::{Grant, KeySet, Limits, Recover, Revoke, RevokeRole, Rotate};
use weal_kernel::principals::state::Mandate;
use weal_kernel::records::apply::LEGAL_AUTHORITY;
use weal_kernel::records::op::ResponseKind;
use weal_kernel::state::keys;
use weal_kernel::units::{Quantity, UnixMillis, format_amount};
use weal_kernel::{Act, Hash, Refused};
use weal_proof::keys::{PublicKey, SecretKey};

/// What happens next, in six numbers.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub act: u8,
    pub who: u8,
    pub whom: u8,
    pub which: u8,
    pub amount: u8,
    pub twist: u8,
}

/// A script of so many moves.
pub fn script(moves: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Move>> {
    let next = any::<[u8; 6]>().prop_map(|[act, who, whom, which, amount, twist]| Move {
        act,
        who,
        whom,
        which,
        amount,
        twist,
    });
    prop::collection::vec(next, moves)
}

/// A mandate and who may use it for whom.
#[derive(Clone, Copy)]
pub struct Trust {
    pub id: Hash,
    pub principal: usize,
    pub holder: usize,
}

/// Something made by one of the cast, with the lot it is about if it is about goods.
#[derive(Clone, Copy)]
pub struct Made {
    pub id: Hash,
    pub by: usize,
    /// The taker of a shipment; the maker of anything else.
    pub with: usize,
    pub lot: LotId,
    /// What a reservation is for.
    pub need: Hash,
}

/// A play: the world, the cast and all they have made so far.
#[derive(Clone)]
pub struct Play {
    pub world: World,
    pub cast: Vec<Actor>,
    pub goods: Vec<LotId>,
    pub money: Vec<LotId>,
    pub shipments: Vec<Made>,
    pub records: Vec<Made>,
    pub mandates: Vec<Trust>,
    pub reservations: Vec<Made>,
    pub packs: Vec<Made>,
    pub attestations: Vec<Made>,
    pub payments: Vec<Made>,
    pub proposals: Vec<Made>,
    pub charters: Vec<Hash>,
    /// Secret keys of all who keep the book, were proposed, or were proposed as new keys.
    pub secrets: BTreeMap<PublicKey, SecretKey>,
    /// Keys the guardians gave the first of the cast, and from when they count.
    recovery: Option<(UnixMillis, Vec<SecretKey>)>,
    pub(super) fresh: u32,
}

/// What came of an operation.
pub type Verdict = Result<Vec<Posting>, Refused>;

/// Who says what, and who signs with him.
pub(super) struct Said {
    pub(super) who: usize,
    pub(super) act: Act,
    pub(super) others: Vec<SecretKey>,
}

pub(super) fn said(who: usize, act: Act) -> Said {
    Said { who, act, others: Vec::new() }
}

/// Moves from this number on are about charters.
pub const CHARTERS: u8 = 184;
/// Moves from this number on are about the network.
pub const NETWORK: u8 = 228;

/// Acts a mandate may name.
const TRUSTED: &[&str] = &[
    "record.post",
    "record.respond",
    "role.attest",
    "holding.mint",
    "holding.reserve",
    "holding.release",
    "holding.dispatch",
    "holding.accept",
    "holding.hand_over",
    "holding.resolve",
    "holding.write_off",
    "holding.consume",
    "money.issue",
    "money.pay",
    "money.redeem",
    "charter.open",
    "charter.pass",
    "charter.pay",
    "charter.trigger",
    "charter.draw",
    "network.propose",
    "network.move",
    "network.cite",
];

pub(super) fn pick<T: Copy>(list: &[T], number: u8) -> Option<T> {
    let at = usize::from(number).checked_rem(list.len())?;
    list.get(at).copied()
}

impl Play {
    /// A play in which nothing has happened but the registrations; also the opening operations.
    /// Made once, then shared.
    pub fn opening() -> (Play, Vec<Op>) {
        static OPENING: OnceLock<(Play, Vec<Op>)> = OnceLock::new();
        OPENING.get_or_init(Self::open).clone()
    }

    fn open() -> (Play, Vec<Op>) {
        let mut world = World::new();
        let mut opening = Vec::new();
        let mut cast = Vec::new();
        for name in ["hospital", "charity", "carrier"] {
            opening.push(world.registration(name, vec![key(name)], 1));
        }
        opening.push(world.registration("board", vec![key("board a"), key("board b")], 2));
        let office = vec![super::validator(), super::keeping::owner("keeper b")];
        opening.push(world.registration("keeper", office, 2));
        let third = vec![super::keeping::owner("keeper c")];
        opening.push(world.registration("third keeper", third, 1));
        for op in &opening {
            cast.push(Actor { id: world.done(op), keys: op.signers.clone() });
        }
        let guards = guardians(&cast[1..4], 2, DAY);
        let guarded = world.act(&cast[0], rotate(&cast[0].keys, Some(guards)));
        opening.push(guarded);
        opening.push(world.act(&cast[1], item("mask")));
        for op in &opening[6..] {
            world.done(op);
        }
        let recognise = abroad()[0].recognise();
        opening.push(world.act(&cast[1], super::keeping::propose(recognise)));
        let proposal = world.done(&opening[8]);
        for keeper in 0..3 {
            let op = world.approval(&cast[2], proposal, keeper);
            world.done(&op);
            opening.push(op);
        }
        let mut play = Play::with(world, cast);
        play.begin_kitty(&mut opening);
        (play, opening)
    }

    /// A charter that runs, with claims on its bank in everybody's hands.
    fn begin_kitty(&mut self, opening: &mut Vec<Op>) {
        let cast = self.cast.clone();
        let mut say = |play: &mut Play, who: usize, act: Act| {
            let op = play.world.act(&cast[who], act);
            let id = play.world.done(&op);
            play.learn(&op);
            opening.push(op);
            id
        };
        let kitty = self.kitty();
        let charter = say(self, 1, kitty);
        say(self, 0, audit(charter, KITTY));
        say(self, 1, lock(charter));
        let mut lots = Vec::new();
        for holder in cast.iter().take(3) {
            lots.push(lot(say(self, 0, issue(holder, "CNY", "50.00"))));
        }
        for (who, friend, need) in [(0, 1, 50), (1, 0, 100), (0, 2, 7)] {
            let parties: &[Named<'_>] =
                &[("friend", &[(&cast[friend], 1)]), ("holders", &[(&cast[1], 2), (&cast[2], 1)])];
            let case = self.world.entry(charter).cases;
            let opening = open(charter, &[("need", need)], parties);
            say(self, who, Act::CharterOpen(opening));
            say(self, 2, state(charter, case, "grade", 1));
            say(self, who, pay_in(charter, "fill", Some(case), &[(lots[who], 100)]));
        }
        say(self, 2, pay_in(charter, "gift", None, &[(lots[2], 2_000)]));
    }

    /// A play with this cast, who have made nothing yet.
    pub fn with(world: World, cast: Vec<Actor>) -> Play {
        Play {
            world,
            cast,
            goods: Vec::new(),
            money: Vec::new(),
            shipments: Vec::new(),
            records: Vec::new(),
            mandates: Vec::new(),
            reservations: Vec::new(),
            packs: Vec::new(),
            attestations: Vec::new(),
            payments: Vec::new(),
            proposals: Vec::new(),
            charters: Vec::new(),
            secrets: secrets(),
            recovery: None,
            fresh: 0,
        }
    }

    /// Plays a move: the operation, and the verdict on it.
    pub fn step(&mut self, m: Move) -> (Op, Verdict) {
        let op = self.op(m);
        let verdict = self.world.run_claimed(&op);
        if verdict.is_ok() {
            self.learn(&op);
        }
        (op, verdict)
    }

    /// Time passes a little with each move, and sometimes an epoch ends.
    pub fn pass(&mut self, m: Move) {
        self.world.wait(u64::from(m.amount % 4) * HOUR);
        if m.twist % 16 == 9 {
            self.world.begin_next_epoch();
        }
        if let Some((from, keys)) = self.recovery.clone()
            && from <= self.world.now
        {
            self.cast[0].keys = keys;
            self.recovery = None;
        }
    }

    /// The operation a move stands for.
    pub fn op(&mut self, m: Move) -> Op {
        self.pass(m);
        let mut said = match (m.act, m.act % 6) {
            (NETWORK.., _) => self.about_network(m),
            (CHARTERS.., _) => self.about_charters(m),
            (_, 0) => self.about_people(m),
            (_, 1) => self.about_records(m),
            (_, 2) => self.about_money(m),
            _ => self.about_goods(m),
        };
        if m.twist >= 244 {
            said.who = usize::from(m.who) % self.cast.len();
        }
        let op = self.world.act(&self.cast[said.who], said.act);
        let op = self.trusted(op, m, said.who);
        let op = said.others.into_iter().fold(op, Op::and);
        self.twisted(op, m)
    }

    /// Often somebody else signs in the actor's name.
    fn trusted(&self, op: Op, m: Move, who: usize) -> Op {
        let name = op.payload.act.name().to_owned();
        let fits = |trust: &&Trust| {
            let mandate: Option<Mandate> = self.world.state.get(&keys::mandate(&trust.id));
            let covers = mandate.is_some_and(|mandate| mandate.acts.contains(&name));
            trust.principal == who && (covers || m.twist.is_multiple_of(32))
        };
        let trusts: Vec<Trust> = self.mandates.iter().filter(fits).copied().collect();
        match pick(&trusts, m.which) {
            Some(trust) if m.twist.is_multiple_of(2) => {
                op.under(trust.id, &self.cast[trust.holder])
            }
            _ => op,
        }
    }

    /// Sometimes an operation is signed or made wrongly.
    fn twisted(&self, mut op: Op, m: Move) -> Op {
        match m.twist {
            200..=204 => drop(op.signers.pop()),
            205..=207 => op.signers.push(key("stranger")),
            208..=209 => op.payload.actor = Some(self.other(m, 0).id),
            210 => op.payload.time = op.payload.time.plus(DAY),
            211 => op.payload.mandate = Some(nobody()),
            _ => {}
        }
        op
    }

    /// Some of what is there; sometimes nothing, or more than is there.
    fn some_of(m: Move, there: u64) -> u64 {
        match m.twist {
            212..=214 => 0,
            215..=219 => there + 1,
            _ => 1 + u64::from(m.amount) % there.clamp(1, 12),
        }
    }

    fn place_of_other(&self, m: Move, who: usize) -> usize {
        let whom = usize::from(m.whom) % self.cast.len();
        if whom == who && !m.twist.is_multiple_of(16) { (who + 1) % self.cast.len() } else { whom }
    }

    fn other(&self, m: Move, who: usize) -> Actor {
        self.cast[self.place_of_other(m, who)].clone()
    }

    pub(super) fn fresh_key(&mut self) -> SecretKey {
        self.fresh += 1;
        key(&format!("fresh {}", self.fresh))
    }

    /// Who owes a lot of money, and in which currency.
    pub fn money_of(&self, lot: &LotId) -> (Hash, String) {
        match self.world.state.get::<Lot>(&keys::lot(&lot.to_string())).unwrap().asset {
            Asset::Money { issuer, currency } => (issuer, currency),
            Asset::Goods { .. } => panic!("a lot of goods"),
        }
    }

    /// What somebody holds of a lot.
    pub fn held(&self, lot: &LotId, account: Account) -> Holding {
        let key = keys::holding(&lot.to_string(), &account.to_string());
        self.world.state.get(&key).unwrap_or_default()
    }

    /// Somebody of the cast who holds something of one of these lots, and how much.
    fn holder(&self, lots: &[LotId], which: u8) -> Option<(LotId, usize, u64)> {
        let turned = lots.iter().cycle().skip(which.into()).take(lots.len());
        turned.copied().find_map(|lot| {
            let held = |who: usize| self.held(&lot, Account::Held(self.cast[who].id)).quantity.0;
            let turned = (0..self.cast.len()).map(|n| (n + usize::from(which)) % self.cast.len());
            turned.map(|who| (lot, who, held(who))).find(|(_, _, quantity)| *quantity > 0)
        })
    }

    pub(super) fn made(&self, list: &[Made], which: u8) -> Made {
        let none = Made { id: nobody(), by: 0, with: 1, lot: no_lot(), need: nobody() };
        pick(list, which).unwrap_or(none)
    }

    fn about_people(&mut self, m: Move) -> Said {
        let who = usize::from(m.who) % self.cast.len();
        let later = self.world.now.plus((1 + u64::from(m.amount % 48)) * HOUR);
        let other = self.other(m, who);
        match m.which % 10 {
            0..=4 => self.granted(m, later),
            5 => {
                let trust = pick(&self.mandates, m.amount);
                let mandate = trust.map_or_else(nobody, |trust| trust.id);
                let who = trust.map_or(who, |trust| trust.principal);
                said(who, Act::MandateRevoke(Revoke { mandate }))
            }
            6 => said((3 + who % 3) % self.cast.len(), attest(&other, LEGAL_AUTHORITY, later)),
            7 => {
                let made = self.made(&self.attestations, m.amount);
                said(made.by, Act::RoleRevoke(RevokeRole { attestation: made.id }))
            }
            8 => {
                let new = self.fresh_key();
                let first = 1 + usize::from(m.whom.is_multiple_of(4));
                let guards = guardians(&self.cast[first..first + 3], 2, DAY);
                // Some take a key that is another's too, who signs for it.
                let shared = other.keys.first().filter(|_| m.amount.is_multiple_of(16)).cloned();
                let news: Vec<_> = shared.into_iter().chain([new]).collect();
                let keep_before = self.kept(m);
                let act = rotate(&news, (who == 0).then_some(guards));
                let Act::PrincipalRotate(act) = act else { unreachable!() };
                let act = Act::PrincipalRotate(Rotate { keep_before, ..act });
                Said { who, act, others: news }
            }
            _ => {
                let new = self.fresh_key();
                let act = recover(&self.cast[0], std::slice::from_ref(&new));
                let keep_before = self.kept(m);
                let Act::PrincipalRecover(act) = act else { unreachable!() };
                let act = Act::PrincipalRecover(Recover { keep_before, ..act });
                let first = 1 + usize::from(m.amount.is_multiple_of(4));
                let all = self.cast[first..].iter().take(3);
                let some = 2 + usize::from(m.whom % 2);
                let others = all.take(some).flat_map(|guard| guard.keys.clone());
                Said { who: first, act, others: others.chain([new]).collect() }
            }
        }
    }

    /// Some changes of keys keep what was granted some hours ago; some dates are still to come.
    fn kept(&self, m: Move) -> Option<UnixMillis> {
        let ago = u64::from(m.whom % 16) * HOUR;
        let now = UnixMillis(self.world.now.0.saturating_sub(ago).saturating_add(HOUR / 2));
        (m.twist % 4 < 2).then_some(now)
    }

    /// A mandate, fresh or passed on; a passed one is mostly no wider than the first.
    fn granted(&self, m: Move, expires: UnixMillis) -> Said {
        let parent = pick(&self.mandates, m.amount).filter(|_| m.which % 10 < 2);
        let who = parent.map_or(usize::from(m.who) % self.cast.len(), |trust| trust.holder);
        let start = usize::from(m.amount) % TRUSTED.len();
        let count = 1 + usize::from(m.twist % 15);
        let acts: Vec<&str> = TRUSTED.iter().cycle().skip(start).take(count).copied().collect();
        let limit = |bit: u8, n: u64| (m.twist & bit != 0).then_some(n);
        let limits = Limits {
            operations: limit(1, 3),
            quantity: limit(2, u64::from(m.amount)),
            amount_minor: limit(4, 500),
        };
        let onward = m.amount % 4;
        let grant = grant(&self.other(m, who), &acts, expires);
        let mut grant = Grant { expires, onward, limits, ..grant };
        grant.parent = parent.map(|trust| trust.id);
        let known = parent.and_then(|trust| self.world.state.get(&keys::mandate(&trust.id)));
        if let Some(known) = known.filter(|_| !m.twist.is_multiple_of(5)) {
            let known: Mandate = known;
            grant.acts = known.acts;
            grant.limits = known.limits;
            grant.expires = known.expires;
            grant.onward = known.onward.saturating_sub(1);
        }
        said(who, Act::MandateGrant(grant))
    }

    fn about_records(&self, m: Move) -> Said {
        use ResponseKind::{Corroborate, Dispute, Show, Withdraw};
        let need = json!({"item": "mask", "quantity": u64::from(m.amount) + 1});
        let who = usize::from(m.who) % self.cast.len();
        let Made { id, by, .. } = self.made(&self.records, m.amount);
        match m.which % 12 {
            _ if self.records.is_empty() => said(who, post("need", need)),
            0..=2 => said(who, post("need", need)),
            3..=5 => said(self.place_of_other(m, by), says(id, Corroborate)),
            6 => said(self.place_of_other(m, by), says(id, Dispute)),
            7 => said(by, says(id, Withdraw)),
            8 if m.whom.is_multiple_of(3) => said(who, says(id, Show)),
            8 => said(who, hide(id, self.world.now.plus(u64::from(m.whom) * HOUR))),
            9 | 10 => said(by, correct(id, need)),
            _ => {
                let same = self.records.iter().rfind(|made| made.by == by).map(|made| made.id);
                said(by, supersede(id, same.unwrap_or_else(nobody)))
            }
        }
    }

    fn about_money(&self, m: Move) -> Said {
        let currency = ["CNY", "JPY"][usize::from(m.amount % 2)];
        let issued = |who: usize| {
            let amount = format_amount(Quantity(1000), currency);
            said(who, issue(&self.other(m, who), currency, &amount))
        };
        let Some((lot, who, held)) = self.holder(&self.money, m.which) else {
            return issued(usize::from(m.who) % self.cast.len());
        };
        let (issuer, known) = self.money_of(&lot);
        let minor = Quantity(Self::some_of(m, held / 40) * 40);
        let text = if m.twist == 243 { "1,0".into() } else { format_amount(minor, &known) };
        let line = MoneyLine { lot, amount: text };
        match m.who % 8 {
            0 | 1 => issued(who),
            2..=5 => {
                let to = self.other(m, who).id;
                let act = Pay { to, lines: vec![line], purpose: "Goods.".into() };
                said(who, Act::MoneyPay(act))
            }
            _ => {
                let at = self.cast.iter().position(|actor| actor.id == issuer).unwrap_or(who);
                let act = redeem(&self.cast[at], vec![line]);
                Said { who, act, others: self.cast[at].keys.clone() }
            }
        }
    }

    fn about_goods(&self, m: Move) -> Said {
        let Some((lot, who, held)) = self.holder(&self.goods, m.which) else {
            return said(usize::from(m.who) % self.cast.len(), self.minted(m));
        };
        let quantity = Self::some_of(m, held);
        let until = self.world.now.plus((1 + u64::from(m.amount % 16)) * HOUR);
        let other = self.other(m, who);
        match m.who % 16 {
            0 | 1 => said(usize::from(m.whom) % self.cast.len(), self.minted(m)),
            2 | 3 => said(who, reserve(lot, quantity, self.made(&self.records, m.whom).id, until)),
            4 => {
                let made = self.made(&self.reservations, m.amount);
                said(made.by, Act::HoldingRelease(Release { reservation: made.id }))
            }
            5 | 6 => self.sent(m, lot, quantity, who),
            7 | 8 => {
                let counted = quantity.saturating_sub(u64::from(m.whom % 3));
                let act = hand_over(&other, lot, quantity, counted);
                Said { who, act, others: other.keys }
            }
            9..=12 => self.about_the_way(m),
            13 => said(who, write_off(None, lot, quantity)),
            14 => {
                let (ward, need) = (None, None);
                let lines = self.lines(m, lot, quantity, who);
                said(who, Act::HoldingConsume(Consume { lines, ward, need }))
            }
            _ => self.about_packs(m, lot, quantity, who),
        }
    }

    /// Goods sent or handed over, often out of a reservation and for its need.
    fn sent(&self, m: Move, lot: LotId, quantity: u64, who: usize) -> Said {
        let kept = pick(&self.reservations, m.amount).filter(|_| m.twist.is_multiple_of(3));
        let (lot, who) = kept.map_or((lot, who), |kept| (kept.lot, kept.by));
        let other = self.other(m, who);
        let reservation = kept.map(|kept| kept.id);
        let need = match kept {
            Some(kept) if m.twist & 4 == 4 => Some(kept.need),
            _ if m.twist & 8 == 8 => Some(self.made(&self.records, m.whom).id),
            _ => None,
        };
        if m.whom.is_multiple_of(2) {
            let act = HandOver { need, reservation, ..hand_over_of(&other, lot, quantity, 1) };
            return Said { who, act: Act::HoldingHandOver(act), others: other.keys };
        }
        let lines = self.lines(m, lot, quantity, who);
        let act = Dispatch { need, reservation, lines, ..dispatch_of(&other, lot, quantity) };
        said(who, Act::HoldingDispatch(act))
    }

    /// A line, and often a second one about another lot he holds.
    fn lines(&self, m: Move, lot: LotId, quantity: u64, who: usize) -> Vec<LotLine> {
        let mut lines = vec![line(lot, quantity)];
        let account = Account::Held(self.cast[who].id);
        let others = self.goods.iter().filter(|other| **other != lot);
        let mut held = others.map(|other| line(*other, self.held(other, account).quantity.0));
        if m.twist & 16 == 16 {
            lines.extend(held.find(|second| !second.quantity.is_zero()));
        }
        lines
    }

    /// What becomes of a shipment.
    fn about_the_way(&self, m: Move) -> Said {
        let turned = self.shipments.iter().cycle().skip(m.which.into()).take(self.shipments.len());
        let open = |made: &Made| self.held(&made.lot, Account::Transit(made.id)).quantity.0;
        let found = turned.copied().find(|made| open(made) > 0);
        let made = found.unwrap_or_else(|| self.made(&self.shipments, m.which));
        let quantity = Self::some_of(m, open(&made));
        match m.amount % 8 {
            0 | 1 => {
                let act = resolve(made.id, made.lot, quantity / 2, quantity - quantity / 2);
                let parties = [made.by, made.with];
                let [who, other] =
                    if m.whom.is_multiple_of(2) { parties } else { [made.with, made.by] };
                Said { who, act, others: self.cast[other].keys.clone() }
            }
            2 => said(made.by, write_off(Some(made.id), made.lot, quantity)),
            _ => said(made.with, accept(made.id, made.lot, quantity)),
        }
    }

    fn minted(&self, m: Move) -> Act {
        let expires = self.world.now.plus(u64::from(m.whom) * HOUR);
        let expires = (m.twist & 1 == 1).then_some(expires);
        let pack = pick(&self.packs, m.whom).filter(|_| m.twist & 2 == 2).map(|made| made.id);
        let paid = pick(&self.payments, m.amount).filter(|_| m.twist & 12 == 12);
        let line = MintLine { expires, pack, ..mint_line("mask", u64::from(m.amount) + 1) };
        let second = mint_line(if m.twist == 242 { "unicorn" } else { "mask" }, 5);
        let lines = mint_lines(vec![line, second]);
        Act::HoldingMint(Mint { bought_with: paid.map(|made| made.id), ..lines })
    }

    fn about_packs(&self, m: Move, lot: LotId, quantity: u64, who: usize) -> Said {
        match m.amount % 4 {
            0 => said(who, pack("mask", (m.twist & 3 == 3).then_some(quantity.max(1)))),
            1 if !self.packs.is_empty() => {
                let made = self.made(&self.packs, m.whom);
                let contains = Quantity(quantity.max(1));
                said(made.by, Act::PackMeasure(MeasurePack { pack: made.id, contains }))
            }
            2 => said(who, item(["mask", "gown", "goggles"][usize::from(m.whom % 3)])),
            _ => {
                let lines = vec![CountLine { lot, counted: Quantity(quantity) }];
                said(who, Act::HoldingCount(Count { lines, place: None }))
            }
        }
    }

    /// Whether a recovery of the first of the cast stands after somebody changed his keys.
    fn is_recovered(&self, by: usize) -> bool {
        let first = self.world.state.principal(&self.cast[0].id);
        by != 0 || first.is_some_and(|first| first.recovery.is_some())
    }

    /// Remembers what an accepted operation brought.
    pub fn learn(&mut self, op: &Op) {
        let id = op.id();
        let place = |id: &Hash| self.cast.iter().position(|actor| actor.id == *id).unwrap();
        let by = place(&op.payload.actor.unwrap());
        let made = Made { id, by, with: by, lot: lot(id), need: nobody() };
        let newest = |new: &KeySet| {
            let is_new = |key: &&SecretKey| new.keys.contains(&key.public());
            op.signers.iter().filter(is_new).cloned().collect::<Vec<_>>()
        };
        match &op.payload.act {
            Act::MandateGrant(grant) => {
                let known: Mandate = self.world.state.get(&keys::mandate(&id)).unwrap();
                let (principal, holder) = (place(&known.principal), place(&grant.to));
                self.mandates.push(Trust { id, principal, holder });
            }
            Act::RoleAttest(_) => self.attestations.push(made),
            Act::RecordPost(_) => self.records.push(made),
            Act::PackDefine(_) => self.packs.push(made),
            Act::HoldingMint(act) => {
                let lines = 0..u8::try_from(act.lines.len()).unwrap();
                self.goods.extend(lines.map(|line| LotId { operation: id, line }));
            }
            Act::HoldingReserve(act) => {
                self.reservations.push(Made { lot: act.line.lot, need: act.need, ..made });
            }
            Act::HoldingDispatch(act) => {
                let with = place(&act.to);
                self.shipments.push(Made { with, lot: act.lines[0].lot, ..made });
            }
            Act::HoldingHandOver(act) => {
                let with = place(&act.taker);
                self.shipments.push(Made { with, lot: act.lines[0].lot, ..made });
            }
            Act::MoneyIssue(_) => self.money.push(lot(id)),
            Act::MoneyPay(_) => self.payments.push(made),
            Act::NetworkPropose(_) => self.proposals.push(made),
            Act::CharterPublish(_) => self.charters.push(id),
            Act::PrincipalRotate(act) => {
                self.cast[by].keys = newest(&act.keys);
                self.recovery = self.recovery.take().filter(|_| self.is_recovered(by));
            }
            Act::PrincipalRecover(act) => {
                self.recovery = Some((self.world.now.plus(DAY), newest(&act.keys)));
            }
            _ => {}
        }
    }
}
