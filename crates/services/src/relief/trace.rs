//! A gift followed to its last hand, through goods and through money.
//!
//! 1. A gift is worth something in its own unit: packs or base units of goods, minor units of
//!    money. Every lot of it starts with that worth.
//! 2. Movements are replayed in the order of the log. What leaves an account leaves in the order it
//!    came, and takes its part of the worth along; what is split is rounded down, the rest stays
//!    with the rest. Nothing is lost by rounding.
//! 3. Where a payment bought goods, the worth goes over from the money to the goods: to each lot
//!    bought with that payment the same part. The book knows no prices, so every other key would be
//!    an invention too. If the payment was made from several gifts, each lends the lots its part,
//!    and every unit of a lot carries the same part of it.
//! 4. Hands form columns: a hand lies one column after the hand it got the goods from. What arrives
//!    in one hand in the same column is one node. Columns only increase, so there are no circles;
//!    what comes back from the way to the giver never left him.
//! 5. At every node as much goes out as comes in, or nothing goes out: what remains in a hand that
//!    passed something on is drawn as a node of its own in the next column.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// More columns are not drawn: the last hands then share the last column. Nothing is lost by that.
const COLUMNS: usize = 48;

/// Where something can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a party's hands.
    Held(i64),
    /// On the way in a shipment.
    Transit(i64),
    /// Not yet in the book.
    Source,
    /// Used; redeemed, for money.
    Used,
    /// Written off.
    Lost,
}

/// A movement of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The entry.
    pub ix: i64,
    /// The movement in that entry.
    pub nth: i64,
    /// The lot.
    pub lot: i64,
    /// Where it leaves.
    pub source: Place,
    /// Where it arrives.
    pub target: Place,
    /// How much, in the lot's own unit.
    pub quantity: u64,
}

/// Where movements come from.
pub trait Moves {
    /// What can go wrong.
    type Error;
    /// All movements of a lot, in the order of the log.
    fn of_lot(&self, lot: i64) -> Result<Vec<Move>, Self::Error>;
    /// Whether a lot is money.
    fn is_money(&self, lot: i64) -> Result<bool, Self::Error>;
    /// Lots of goods bought with a payment.
    fn bought_with(&self, payment: i64) -> Result<Vec<i64>, Self::Error>;
}

/// What a node of the picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hand {
    /// The gift itself.
    Gift,
    /// In a party's hands, on to the next or to stay.
    Held,
    /// Kept back by a hand that passed the rest on.
    Kept,
    /// On the way.
    OnTheWay,
    /// Used.
    Used,
    /// Written off.
    Lost,
    /// Paid for goods, or paid out.
    Spent,
}

/// A node of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its column.
    pub column: usize,
    /// What it is.
    pub hand: Hand,
    /// Whose hand; for what was used or lost, whose it was last. 0 for the giver.
    pub party: i64,
    /// Worth that came in.
    pub worth: u64,
}

/// What is somewhere now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remain {
    /// The lot.
    pub lot: i64,
    /// Where.
    pub place: Place,
    /// In whose hands it is, or was last.
    pub party: i64,
    /// In the lot's own unit.
    pub quantity: u64,
    /// In the gift's own unit.
    pub worth: u64,
    /// The entry that brought it there.
    pub since: i64,
}

/// A change of custody of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leg {
    /// The entry by which it arrived.
    pub ix: i64,
    /// The shipment it arrived with; the entry itself where both met.
    pub shipment: i64,
}

/// The whole way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// Hands.
    pub nodes: Vec<Node>,
    /// Flows between hands, by their places in `nodes`.
    pub flows: BTreeMap<(usize, usize), u64>,
    /// Where it all is.
    pub remains: Vec<Remain>,
    /// Every entry that moved it, oldest first.
    pub steps: BTreeSet<i64>,
    /// Changes of custody.
    pub legs: BTreeSet<Leg>,
    /// For each lot of goods bought, the payment.
    pub payments: BTreeMap<i64, i64>,
    /// For each payment that bought goods, the worth that went into it.
    pub paid: BTreeMap<i64, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Parcel {
    quantity: u64,
    worth: u64,
    node: usize,
    /// In whose hands it is, or was last.
    holder: i64,
    since: i64,
}

struct Follower<'m, M> {
    moves: &'m M,
    way: Way,
    held: BTreeMap<(i64, Place), VecDeque<Parcel>>,
    known: BTreeMap<(usize, Hand, i64), usize>,
    events: BTreeMap<(i64, i64, i64), Move>,
    /// Worth that payments carried over to each lot they bought.
    bought: BTreeMap<i64, Vec<(usize, u64)>>,
    money: BTreeMap<i64, bool>,
}

/// Follows the lots of a gift: each with its worth.
pub fn follow<M: Moves>(moves: &M, lots: &[(i64, u64)]) -> Result<Way, M::Error> {
    let mut follower = Follower {
        moves,
        way: Way::default(),
        held: BTreeMap::new(),
        known: BTreeMap::new(),
        events: BTreeMap::new(),
        bought: BTreeMap::new(),
        money: BTreeMap::new(),
    };
    let gift = follower.node(0, Hand::Gift, 0);
    for (lot, worth) in lots {
        follower.bought.insert(*lot, vec![(gift, *worth)]);
        follower.load(*lot)?;
    }
    if let Some(node) = follower.way.nodes.get_mut(gift) {
        node.worth = lots.iter().fold(0, |sum, (_, worth)| sum.saturating_add(*worth));
    }
    while let Some((_, event)) = follower.events.pop_first() {
        follower.step(&event)?;
    }
    follower.finish();
    Ok(follower.way)
}

impl<M: Moves> Follower<'_, M> {
    fn load(&mut self, lot: i64) -> Result<(), M::Error> {
        let money = self.moves.is_money(lot)?;
        self.money.insert(lot, money);
        for event in self.moves.of_lot(lot)? {
            self.events.insert((event.ix, event.nth, event.lot), event);
        }
        Ok(())
    }

    fn node(&mut self, column: usize, hand: Hand, party: i64) -> usize {
        let at = self.way.nodes.len();
        let found = *self.known.entry((column, hand, party)).or_insert(at);
        if found == at {
            self.way.nodes.push(Node { column, hand, party, worth: 0 });
        }
        found
    }

    /// Worth goes from one hand to a hand in the next column.
    fn flow(&mut self, from: usize, hand: Hand, party: i64, worth: u64) -> usize {
        let column = self.way.nodes.get(from).map_or(0, |node| node.column).saturating_add(1);
        if worth == 0 || column >= COLUMNS {
            return from;
        }
        let to = self.node(column, hand, party);
        if let Some(node) = self.way.nodes.get_mut(to) {
            node.worth = node.worth.saturating_add(worth);
        }
        let flow = self.way.flows.entry((from, to)).or_default();
        *flow = flow.saturating_add(worth);
        to
    }

    fn party_of(&self, node: usize) -> i64 {
        self.way.nodes.get(node).map_or(0, |node| node.party)
    }

    /// Takes a quantity out of an account, first come first.
    fn take(&mut self, event: &Move) -> Vec<Parcel> {
        if event.source == Place::Source {
            return self.enter(event);
        }
        let mut wanted = event.quantity;
        let mut taken = Vec::new();
        let Some(queue) = self.held.get_mut(&(event.lot, event.source)) else { return taken };
        while wanted > 0 {
            let Some(first) = queue.front_mut() else { break };
            if first.quantity <= wanted {
                wanted = wanted.saturating_sub(first.quantity);
                taken.extend(queue.pop_front());
            } else {
                let worth = part(first.worth, wanted, first.quantity);
                taken.push(Parcel { quantity: wanted, worth, ..*first });
                first.quantity = first.quantity.saturating_sub(wanted);
                first.worth = first.worth.saturating_sub(worth);
                wanted = 0;
            }
        }
        taken
    }

    /// A lot comes into the book with the worth that was given or paid for it. Worth from several
    /// nodes is spread over the units in proportion.
    fn enter(&mut self, event: &Move) -> Vec<Parcel> {
        let sources = self.bought.remove(&event.lot).unwrap_or_default();
        let total = sources.iter().fold(0u64, |sum, (_, worth)| sum.saturating_add(*worth));
        let (mut left, mut worth_left) = (event.quantity, total);
        let mut parcels = Vec::new();
        for (node, worth) in sources {
            let last = worth == worth_left;
            let quantity = if last { left } else { part(left, worth, worth_left) };
            let holder = self.party_of(node);
            parcels.push(Parcel { quantity, worth, node, holder, since: event.ix });
            left = left.saturating_sub(quantity);
            worth_left = worth_left.saturating_sub(worth);
            if last {
                break;
            }
        }
        parcels
    }

    fn step(&mut self, event: &Move) -> Result<(), M::Error> {
        let money = self.money.get(&event.lot).copied().unwrap_or(false);
        let paid = matches!((event.source, event.target), (Place::Held(_), Place::Held(_)));
        let bought = if money && paid { self.moves.bought_with(event.ix)? } else { Vec::new() };
        let parcels = self.take(event);
        if parcels.iter().any(|parcel| parcel.worth > 0 || !money) {
            self.way.steps.insert(event.ix);
        }
        if !money {
            self.note_leg(event, &parcels);
        }
        if !bought.is_empty() {
            return self.spend(event, parcels, bought);
        }
        for parcel in parcels {
            let node = self.arrive(event, &parcel, money);
            let back = came_back(event, &parcel);
            let since = if back { parcel.since } else { event.ix };
            let holder = match event.target {
                Place::Held(party) => party,
                _ => parcel.holder,
            };
            let queue = self.held.entry((event.lot, event.target)).or_default();
            queue.push_back(Parcel { node, holder, since, ..parcel });
        }
        Ok(())
    }

    fn arrive(&mut self, event: &Move, parcel: &Parcel, money: bool) -> usize {
        let holder = parcel.holder;
        match event.target {
            Place::Transit(_) | Place::Source => parcel.node,
            Place::Held(_) if came_back(event, parcel) => parcel.node,
            // The seller who brings the goods in himself is the one who was paid for them.
            Place::Held(party) if event.source == Place::Source && party == holder => parcel.node,
            Place::Held(party) => self.flow(parcel.node, Hand::Held, party, parcel.worth),
            Place::Used if money => self.flow(parcel.node, Hand::Spent, holder, parcel.worth),
            Place::Used => self.flow(parcel.node, Hand::Used, holder, parcel.worth),
            Place::Lost => self.flow(parcel.node, Hand::Lost, holder, parcel.worth),
        }
    }

    fn note_leg(&mut self, event: &Move, parcels: &[Parcel]) {
        let Place::Held(_) = event.target else { return };
        let returned = parcels.iter().all(|parcel| came_back(event, parcel));
        let shipment = match event.source {
            Place::Held(_) => event.ix,
            Place::Transit(shipment) if !returned => shipment,
            _ => return,
        };
        self.way.legs.insert(Leg { ix: event.ix, shipment });
    }

    /// A payment that bought goods: its worth goes over to the lots bought, in equal parts.
    fn spend(
        &mut self,
        event: &Move,
        parcels: Vec<Parcel>,
        lots: Vec<i64>,
    ) -> Result<(), M::Error> {
        let Place::Held(payee) = event.target else { return Ok(()) };
        for parcel in parcels {
            let paid = self.way.paid.entry(event.ix).or_default();
            *paid = paid.saturating_add(parcel.worth);
            let node = self.flow(parcel.node, Hand::Spent, payee, parcel.worth);
            let mut worth = parcel.worth;
            for (lot, left) in lots.iter().zip((1..=lots.len()).rev()) {
                let left = u64::try_from(left).unwrap_or(1);
                let share = worth.div_ceil(left);
                worth = worth.saturating_sub(share);
                if share > 0 {
                    self.bought.entry(*lot).or_default().push((node, share));
                }
            }
            // The seller's claim goes on its own ways; the gift went into the goods.
            let queue = self.held.entry((event.lot, event.target)).or_default();
            let since = event.ix;
            queue.push_back(Parcel { worth: 0, node, holder: payee, since, ..parcel });
        }
        for lot in lots {
            self.way.payments.insert(lot, event.ix);
            if !self.money.contains_key(&lot) {
                self.load(lot)?;
            }
        }
        Ok(())
    }

    /// Draws what remains, and lists it.
    fn finish(&mut self) {
        let flowing: BTreeSet<usize> = self.way.flows.keys().map(|(from, _)| *from).collect();
        let held = std::mem::take(&mut self.held);
        for ((lot, place), queue) in held {
            for parcel in queue {
                let party = parcel.holder;
                if parcel.quantity == 0 {
                    continue;
                }
                match place {
                    Place::Held(_) if flowing.contains(&parcel.node) => {
                        self.flow(parcel.node, Hand::Kept, party, parcel.worth);
                    }
                    Place::Transit(_) => {
                        self.flow(parcel.node, Hand::OnTheWay, party, parcel.worth);
                    }
                    _ => {}
                }
                let Parcel { quantity, worth, since, .. } = parcel;
                self.way.remains.push(Remain { lot, place, party, quantity, worth, since });
            }
        }
    }
}

/// Whether goods return from the way to the one who sent them.
fn came_back(event: &Move, parcel: &Parcel) -> bool {
    matches!(event.source, Place::Transit(_)) && event.target == Place::Held(parcel.holder)
}

/// `whole * share / of`, rounded down.
fn part(whole: u64, share: u64, of: u64) -> u64 {
    let product = u128::from(whole).saturating_mul(u128::from(share));
    let part = product.checked_div(u128::from(of)).unwrap_or(0);
    u64::try_from(part).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[derive(Default)]
    struct Paper {
        moves: Vec<Move>,
        money: Vec<i64>,
        bought: BTreeMap<i64, Vec<i64>>,
    }

    impl Moves for Paper {
        type Error = Infallible;
        fn of_lot(&self, lot: i64) -> Result<Vec<Move>, Infallible> {
            Ok(self.moves.iter().filter(|event| event.lot == lot).copied().collect())
        }
        fn is_money(&self, lot: i64) -> Result<bool, Infallible> {
            Ok(self.money.contains(&lot))
        }
        fn bought_with(&self, payment: i64) -> Result<Vec<i64>, Infallible> {
            Ok(self.bought.get(&payment).cloned().unwrap_or_default())
        }
    }

    impl Paper {
        fn of(moves: &[(i64, i64, Place, Place, u64)]) -> Paper {
            let read = |(ix, lot, source, target, quantity): &(i64, i64, Place, Place, u64)| Move {
                ix: *ix,
                nth: 0,
                lot: *lot,
                source: *source,
                target: *target,
                quantity: *quantity,
            };
            Paper { moves: moves.iter().map(read).collect(), ..Paper::default() }
        }
    }

    fn check_sums(way: &Way, given: u64) {
        for (at, node) in way.nodes.iter().enumerate() {
            let sum = |side: fn(&(usize, usize)) -> usize| {
                let flows = way.flows.iter().filter(|(ends, _)| side(ends) == at);
                flows.map(|(_, worth)| *worth).sum::<u64>()
            };
            let (comes, goes) = (sum(|ends| ends.1), sum(|ends| ends.0));
            assert!(goes == 0 || goes == node.worth, "{at}: {node:?} {goes}");
            assert!(at == 0 || comes == node.worth, "{at}: {node:?} {comes}");
        }
        let flows = way.flows.keys();
        assert!(flows.clone().all(|(a, b)| way.nodes[*a].column < way.nodes[*b].column));
        assert_eq!(way.remains.iter().map(|remain| remain.worth).sum::<u64>(), given);
    }

    use Place::{Held, Lost, Source, Transit, Used};

    #[test]
    fn a_gift_is_followed_to_its_last_hand() {
        let paper = Paper::of(&[
            (1, 10, Source, Held(100), 50),
            (2, 10, Held(100), Transit(2), 30),
            (3, 10, Transit(2), Held(200), 28),
            (4, 10, Transit(2), Lost, 1),
            (5, 10, Held(200), Used, 20),
        ]);
        let way = follow(&paper, &[(10, 50)]).unwrap();
        check_sums(&way, 50);
        let remains: Vec<_> = way.remains.iter().map(|r| (r.place, r.party, r.quantity)).collect();
        let expected = [
            (Held(100), 100, 20),
            (Held(200), 200, 8),
            (Transit(2), 100, 1),
            (Used, 200, 20),
            (Lost, 100, 1),
        ];
        assert_eq!(remains, expected);
        assert_eq!(way.steps.len(), 5);
        assert_eq!(way.legs, [Leg { ix: 3, shipment: 2 }].into());
    }

    #[test]
    fn what_comes_back_from_the_way_never_left() {
        let paper = Paper::of(&[
            (1, 10, Source, Held(100), 50),
            (2, 10, Held(100), Transit(2), 50),
            (3, 10, Transit(2), Held(100), 50),
        ]);
        let way = follow(&paper, &[(10, 50)]).unwrap();
        check_sums(&way, 50);
        assert_eq!(way.nodes.len(), 2);
        assert!(way.legs.is_empty());
    }

    #[test]
    fn goods_that_go_round_make_no_circle() {
        let mut moves = vec![(1, 10, Source, Held(100), 50)];
        for turn in 1..100 {
            let (from, to) = if turn % 2 == 1 { (100, 200) } else { (200, 100) };
            moves.push((turn + 1, 10, Held(from), Held(to), 50));
        }
        let way = follow(&Paper::of(&moves), &[(10, 50)]).unwrap();
        check_sums(&way, 50);
        assert_eq!(way.remains[0].party, 200);
        assert!(way.nodes.len() <= COLUMNS);
    }

    #[test]
    fn money_is_followed_into_the_goods_it_bought() {
        // 1000 given; 700 buy two lots at 100's supplier 300; 300 are kept.
        let mut paper = Paper::of(&[
            (1, 10, Source, Held(100), 1000),
            (2, 10, Held(100), Held(300), 701),
            (3, 20, Source, Held(100), 7),
            (4, 21, Source, Held(300), 5),
            (5, 20, Held(100), Held(400), 3),
            (6, 10, Held(300), Used, 701),
        ]);
        paper.money = vec![10];
        paper.bought.insert(2, vec![20, 21]);
        let way = follow(&paper, &[(10, 1000)]).unwrap();
        check_sums(&way, 1000);
        let worth = |place: Place, lot: i64| -> u64 {
            let found = way.remains.iter().filter(|r| r.place == place && r.lot == lot);
            found.map(|r| r.worth).sum()
        };
        assert_eq!(worth(Held(100), 10), 299);
        assert_eq!(worth(Held(400), 20), 150); // 351 * 3 / 7, rounded down
        assert_eq!(worth(Held(100), 20), 201);
        assert_eq!(worth(Held(300), 21), 350);
        assert_eq!(worth(Used, 10), 0);
        let spent = way.nodes.iter().find(|node| node.hand == Hand::Spent).unwrap();
        assert_eq!((spent.party, spent.worth), (300, 701));
    }

    #[test]
    fn money_that_bought_nothing_stays_with_whom_it_was_paid_to() {
        let mut paper = Paper::of(&[
            (1, 10, Source, Held(100), 1000),
            (2, 10, Held(100), Held(300), 400),
            (3, 10, Held(300), Used, 100),
        ]);
        paper.money = vec![10];
        let way = follow(&paper, &[(10, 1000)]).unwrap();
        check_sums(&way, 1000);
        let places: Vec<_> = way.remains.iter().map(|r| (r.place, r.worth)).collect();
        assert_eq!(places, [(Held(100), 600), (Held(300), 300), (Used, 100)]);
    }
}
