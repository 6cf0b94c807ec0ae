//! Money in and out by somebody's act: paying in, asking for a flow, drawing what was paid.

use super::movement::Payment;
use super::op::{Draw, PayIn, Trigger};
use super::room::Room;
use super::state::{Case, Moment, View};
use crate::holdings::money::read_line;
use crate::holdings::op::LotId;
use crate::holdings::posting::{Account, Books, Posting};
use crate::limits;
use crate::machine::Context;
use crate::principals::parties::Crowd;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use crate::units::{Quantity, UnixMillis};
use weal_charter::due::{Clerk, Due};
use weal_charter::model::{Amount, Flow, Input, Short, Source};
use weal_proof::Hash;

impl Room {
    /// The case that a flow is about, or nothing where it is about none.
    fn case_of(
        &self,
        place: &str,
        flow: &Flow,
        case: Option<u64>,
        draft: &Draft<'_>,
    ) -> Result<Option<(u64, Case)>, Refused> {
        match (flow.per_case, case) {
            (true, Some(number)) => Ok(Some((number, self.case(place, number, draft)?))),
            (false, None) => Ok(None),
            (true, None) => {
                Err(Refusal::UnknownCase.at(format!("{place}/case"), "this flow is about a case"))
            }
            (false, Some(_)) => {
                Err(Refusal::UnknownCase.at(format!("{place}/case"), "this flow is about no case"))
            }
        }
    }

    /// What the rules say, or the refusal if they say no.
    fn ask(
        &self,
        place: &str,
        flow: &Flow,
        (view, draft): (&View<'_>, &Draft<'_>),
    ) -> Result<(Due, Vec<i128>), Refused> {
        let failed = |fault| Refusal::RuleFailed.at(place, fault);
        let mut clerk = Clerk::new(&self.charter);
        let value = |input: Input| view.value(input);
        let found = clerk.due(flow, &value);
        draft.meter().steps(clerk.steps());
        let due = found.map_err(failed)?.ok_or_else(|| {
            let rule = flow.when.and_then(|rule| self.charter.program.rule(rule));
            let sentence = rule.map_or("", |rule| &rule.sentence);
            Refusal::RuleSaysNo.at(place, sentence)
        })?;
        Ok((due, inputs_of(self, flow, view)))
    }

    fn check_once(
        &self,
        place: &str,
        number: usize,
        case: Option<&Case>,
        moment: Moment,
    ) -> Result<(), Refused> {
        let Some(flow) = self.charter.flows.get(number) else { return Ok(()) };
        match self.is_spent(number, flow, case, moment) {
            true => Err(Refusal::PaidAlready.at(place, &flow.name)),
            false => Ok(()),
        }
    }
}

/// What the amount's rule is asked with: what anybody needs to work it out again.
pub(super) fn inputs_of(room: &Room, flow: &Flow, view: &View<'_>) -> Vec<i128> {
    let rule = match flow.amount {
        Amount::Rule(rule) => room.charter.inputs(rule),
        _ => None,
    };
    rule.unwrap_or_default().iter().map(|input| view.value(*input)).collect()
}

/// A claim that comes into a charter.
struct Coin {
    lot: LotId,
    issuer: Hash,
    currency: String,
    quantity: Quantity,
}

/// A way into a charter: one of its flows from outside.
struct Door<'a> {
    place: &'a str,
    /// Where the operation says how much comes in.
    sum_place: &'a str,
    charter: &'a Hash,
    flow: &'a str,
    case: Option<u64>,
}

impl PayIn {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/charter.pay";
        let mut coins = Vec::with_capacity(self.lines.len());
        for (number, line) in self.lines.iter().enumerate() {
            let (issuer, currency, quantity) =
                read_line(&format!("{place}/lines/{number}"), line, books)?;
            coins.push(Coin { lot: line.lot, issuer, currency, quantity });
        }
        let sum_place = &format!("{place}/lines");
        let (charter, flow, case) = (&self.charter, self.flow.as_str(), self.case);
        let door = Door { place, sum_place, charter, flow, case };
        door.admit(Account::Held(at.actor), &coins, at, books)
    }
}

impl Door<'_> {
    /// Takes claims in, if the text lets the actor pay this here and now.
    fn admit(
        &self,
        from: Account,
        coins: &[Coin],
        at: &Context,
        books: &mut Books<'_, '_>,
    ) -> Result<(), Refused> {
        let place = self.place;
        let mut room = Room::enter_running(place, self.charter, books.draft)?;
        let number = room.flow(place, self.flow)?;
        let Some(flow) = room.charter.flows.get(number).cloned() else { return Ok(()) };
        if flow.source != Source::Outside {
            return Err(Refusal::UnknownName.at(format!("{place}/flow"), "this is no way in"));
        }
        let flow_place = format!("{place}/flow");
        let mut case = room.case_of(place, &flow, self.case, books.draft)?;
        let held = case.as_ref().map(|(_, case)| case);
        room.need(&flow_place, &flow.by, held, (at, books.draft))?;
        let moment = Moment::of(at.now);
        room.check_once(&flow_place, number, held, moment)?;
        let stated = room.receive(place, from, coins, books)?;
        let view = View { stated, ..room.view(held, moment) };
        let (due, inputs) = room.ask(&flow_place, &flow, (&view, books.draft))?;
        let inner = case.as_mut().map(|(_, case)| case);
        room.is_ready(&flow_place, number, inner, (at, books.draft))?;
        if due.amount_minor != stated {
            let found = format!("{stated} paid, {} due", due.amount_minor);
            return Err(Refusal::WrongAmount.at(self.sum_place, found));
        }
        room.check_cap(place, number, stated, moment)?;
        let taking = Taking { number, case, inputs, due, amount: stated };
        room.settle(place, taking, moment, books)
    }
}

/// A flow that may take place now, as much as it moves and for whom.
struct Taking {
    number: usize,
    case: Option<(u64, Case)>,
    inputs: Vec<i128>,
    due: Due,
    /// At most what is due.
    amount: u64,
}

impl Room {
    /// Moves the money, tells it, and writes charter and case down.
    fn settle(
        mut self,
        place: &str,
        taking: Taking,
        moment: Moment,
        books: &mut Books<'_, '_>,
    ) -> Result<(), Refused> {
        let Taking { number, mut case, inputs, due, amount } = taking;
        let held = case.as_ref().map(|(_, case)| case);
        let refuse = |(refusal, found): (Refusal, String)| refusal.at(place, found);
        let prepared = self.prepare(number, held, &due, amount).map_err(refuse)?;
        let inner = case.as_mut().map(|(_, case)| case);
        let payment = self.carry_out(inner, prepared, moment, books.draft);
        let missed = due.amount_minor.saturating_sub(amount);
        let about = case.as_ref().map(|(number, _)| *number);
        books.payments.push(Payment { case: about, missed, inputs, ..payment });
        if let Some((number, case)) = &case {
            self.save_case(*number, case, books.draft);
        }
        self.leave(books.draft);
        Ok(())
    }

    /// Refuses what is more than the text lets through in this month.
    fn check_cap(
        &self,
        place: &str,
        number: usize,
        amount: u64,
        moment: Moment,
    ) -> Result<(), Refused> {
        match self.charter.flows.get(number) {
            Some(flow) if amount > self.cap_left(number, flow, moment) => {
                Err(Refusal::OverCap.at(place, amount))
            }
            _ => Ok(()),
        }
    }
}

impl Room {
    /// Moves claims into the charter's account and remembers their lots.
    fn receive(
        &mut self,
        place: &str,
        from: Account,
        coins: &[Coin],
        books: &mut Books<'_, '_>,
    ) -> Result<u64, Refused> {
        let mut sum = 0u64;
        for (number, coin) in coins.iter().enumerate() {
            let place = format!("{place}/lines/{number}");
            let Coin { lot, issuer, currency, quantity } = coin;
            if *issuer != self.entry.issuer || *currency != self.entry.currency {
                return Err(Refusal::WrongMoney.at(place, format!("{currency} of {issuer}")));
            }
            let to = Account::Held(self.id);
            // A lot stands in the queue once, while something of it is held: each place that a
            // payment out looks at brings it further.
            if books.holding(lot, &to).quantity.is_zero() {
                let (first, end) = self.entry.lots;
                books.draft.put(keys::charter_lot(&self.id, end), lot);
                self.entry.lots = (first, end.saturating_add(1));
            }
            books.post(&place, Posting { lot: *lot, from, to, quantity: *quantity })?;
            sum = sum.saturating_add(quantity.0);
        }
        match sum <= limits::MINOR {
            true => Ok(sum),
            false => Err(Refusal::BadQuantity.at(format!("{place}/lines"), sum)),
        }
    }
}

impl Trigger {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/charter.trigger";
        let flow_place = format!("{place}/flow");
        let room = Room::enter_running(place, &self.charter, books.draft)?;
        let number = room.flow(place, &self.flow)?;
        let Some(flow) = room.charter.flows.get(number).cloned() else { return Ok(()) };
        if flow.source == Source::Outside || flow.clock().is_some() {
            let found = "money comes in by charter.pay, and the calendar acts by charter.run";
            return Err(Refusal::UnknownName.at(flow_place, found));
        }
        let mut case = room.case_of(place, &flow, self.case, books.draft)?;
        let held = case.as_ref().map(|(_, case)| case);
        room.need(&flow_place, &flow.by, held, (at, books.draft))?;
        let moment = Moment::of(at.now);
        room.check_once(&flow_place, number, held, moment)?;
        let stated = match (flow.amount, self.amount_minor) {
            (Amount::Stated, Some(minor)) => minor,
            (Amount::Stated, None) => {
                let found = "say how much";
                return Err(Refusal::WrongAmount.at(format!("{place}/amount_minor"), found));
            }
            (_, None) => 0,
            (_, Some(minor)) => {
                return Err(Refusal::WrongAmount.at(format!("{place}/amount_minor"), minor));
            }
        };
        let view = View { stated, ..room.view(held, moment) };
        let (due, inputs) = room.ask(&flow_place, &flow, (&view, books.draft))?;
        let inner = case.as_mut().map(|(_, case)| case);
        if !room.is_ready(&flow_place, number, inner, (at, books.draft))? {
            // It was asked for now and waits; whoever may can ask again when the time is over.
            if let Some((number, case)) = &case {
                room.save_case(*number, case, books.draft);
            }
            return Ok(());
        }
        let held = case.as_ref().map(|(_, case)| case);
        let mut amount = due.amount_minor;
        room.check_cap(&flow_place, number, amount, moment)?;
        if flow.short == Short::Part {
            amount = amount.min(room.available(&flow, held));
        }
        let taking = Taking { number, case, inputs, due, amount };
        room.settle(&flow_place, taking, moment, books)
    }
}

impl Room {
    /// Whether brake, evidence and waiting let a flow take place. Asking for a flow that waits
    /// without evidence begins its waiting time.
    fn is_ready(
        &self,
        place: &str,
        number: usize,
        case: Option<&mut Case>,
        (at, draft): (&Context, &Draft<'_>),
    ) -> Result<bool, Refused> {
        let Some(flow) = self.charter.flows.get(number) else { return Ok(true) };
        self.check_brake(place, number, at.now)?;
        let Some(case) = case else { return Ok(true) };
        self.check_stopped(place, flow, case, (at, draft))?;
        let short = u32::try_from(number).unwrap_or(u32::MAX);
        let mut since = case.asked.iter().find(|(asked, _)| *asked == short).map(|(_, at)| *at);
        if !flow.evidence.is_empty() {
            since = Some(self.proved_since(place, flow, case, (at, draft))?);
        } else if flow.wait_days > 0 && since.is_none() {
            case.asked.push((short, at.now));
            return Ok(false);
        }
        match since.map(|since| since.plus_days(flow.wait_days)) {
            Some(until) if at.now < until => {
                let days = at.now.days_until(until);
                Err(Refusal::MustWait.at(place, format!("{days} days more")))
            }
            _ => Ok(true),
        }
    }

    pub(crate) fn check_brake(
        &self,
        place: &str,
        number: usize,
        now: UnixMillis,
    ) -> Result<(), Refused> {
        let braked = self.entry.flows.get(number).and_then(|state| state.braked);
        match braked {
            Some(until) if now < until => {
                let days = now.days_until(until);
                Err(Refusal::HeldUp.at(place, format!("by the brake, {days} days more")))
            }
            _ => Ok(()),
        }
    }

    fn check_stopped(
        &self,
        place: &str,
        flow: &Flow,
        case: &Case,
        (at, draft): (&Context, &Draft<'_>),
    ) -> Result<(), Refused> {
        for number in &flow.stopped_by {
            if let Some(shown) = self.counted(*number, case, at, draft).first()
                && let Some(evidence) = self.charter.evidence.get(*number)
            {
                return Err(Refusal::HeldUp.at(place, format!("{} by {}", evidence.name, shown.0)));
            }
        }
        Ok(())
    }

    /// Who has shown this evidence and still holds the role by which he could.
    pub(crate) fn counted(
        &self,
        evidence: usize,
        case: &Case,
        at: &Context,
        draft: &Draft<'_>,
    ) -> Vec<(Hash, UnixMillis)> {
        let Some(declared) = self.charter.evidence.get(evidence) else { return Vec::new() };
        let number = u32::try_from(evidence).unwrap_or(u32::MAX);
        let stands = |who: &Hash| {
            let there = Context { actor: *who, ..*at };
            self.is(declared.by, Some(case), &there, draft)
        };
        let shown = case.shown.iter().filter(|shown| shown.evidence == number);
        shown.filter(|shown| stands(&shown.by)).map(|shown| (shown.by, shown.at)).collect()
    }

    /// Since when enough different principals have shown what is needed, one for each kind. Those
    /// who share a key count as one.
    pub(crate) fn proved_since(
        &self,
        place: &str,
        flow: &Flow,
        case: &Case,
        (at, draft): (&Context, &Draft<'_>),
    ) -> Result<UnixMillis, Refused> {
        let mut kinds: Vec<Vec<(Hash, UnixMillis)>> =
            flow.evidence.iter().map(|kind| self.counted(*kind, case, at, draft)).collect();
        let mut crowd = Crowd::default();
        crowd.count(kinds.iter().flatten().map(|(who, _)| who), at.now, draft);
        for (who, _) in kinds.iter_mut().flatten() {
            *who = crowd.party(who, at.now, draft).unwrap_or(*who);
        }
        let mut times: Vec<UnixMillis> = kinds.iter().flatten().map(|(_, time)| *time).collect();
        times.sort_unstable();
        times.dedup();
        let enough = |time: &UnixMillis| {
            let by_then: Vec<Vec<Hash>> = kinds
                .iter()
                .map(|kind| kind.iter().filter(|(_, at)| at <= time).map(|(who, _)| *who).collect())
                .collect();
            matched(&by_then) >= flow.needs
        };
        times.into_iter().find(enough).ok_or_else(|| {
            let names =
                flow.evidence.iter().filter_map(|number| self.charter.evidence.get(*number));
            let names: Vec<_> = names.map(|evidence| evidence.name.as_str()).collect();
            let found = format!("{} of: {}", flow.needs, names.join(", "));
            Refusal::EvidenceMissing.at(place, found)
        })
    }
}

/// The most kinds that can be shown by different principals: a matching grown by augmenting paths.
fn matched(kinds: &[Vec<Hash>]) -> usize {
    fn place(
        kind: usize,
        kinds: &[Vec<Hash>],
        taken: &mut Vec<(Hash, usize)>,
        seen: &mut Vec<Hash>,
    ) -> bool {
        for who in kinds.get(kind).into_iter().flatten() {
            if seen.contains(who) {
                continue;
            }
            seen.push(*who);
            let holder = taken.iter().position(|(known, _)| known == who);
            let free = match holder.and_then(|at| taken.get(at).copied()) {
                None => true,
                Some((_, other)) => place(other, kinds, taken, seen),
            };
            if free {
                taken.retain(|(known, _)| known != who);
                taken.push((*who, kind));
                return true;
            }
        }
        false
    }
    let mut taken = Vec::new();
    (0..kinds.len()).filter(|kind| place(*kind, kinds, &mut taken, &mut Vec::new())).count()
}

impl Draw {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/charter.draw";
        let mut room = Room::enter(place, &self.charter, books.draft)?;
        let key = keys::charter_due(&self.charter, &at.actor);
        let due: u64 = books.draft.get(&key).unwrap_or(0);
        let amount = self.amount_minor.unwrap_or(due);
        if amount == 0 || amount > due {
            let found = format!("{due} are due");
            return Err(Refusal::NothingToDraw.at(format!("{place}/amount_minor"), found));
        }
        let to = self.to.unwrap_or(at.actor);
        if !books.draft.has(&keys::principal(&to)) {
            return Err(Refusal::UnknownPrincipal.at(format!("{place}/to"), to));
        }
        let coins = room.pick(place, amount, books)?;
        books.draft.put(key, &due.saturating_sub(amount));
        room.entry.due = room.entry.due.saturating_sub(amount);
        let from = Account::Held(room.id);
        room.leave(books.draft);
        let Some(into) = &self.into else {
            return coins.iter().try_for_each(|Coin { lot, quantity, .. }| {
                let (lot, quantity) = (*lot, *quantity);
                books.post(place, Posting { lot, from, to: Account::Held(to), quantity })
            });
        };
        if into.charter == self.charter {
            return Err(Refusal::SameHands.at(format!("{place}/into/charter"), into.charter));
        }
        let (sum_place, place) = (&format!("{place}/amount_minor"), &format!("{place}/into"));
        let (charter, flow, case) = (&into.charter, into.flow.as_str(), into.case);
        Door { place, sum_place, charter, flow, case }.admit(from, &coins, at, books)
    }
}

impl Room {
    /// Picks claims of this sum to go out, the oldest lots first.
    fn pick(
        &mut self,
        place: &str,
        amount: u64,
        books: &Books<'_, '_>,
    ) -> Result<Vec<Coin>, Refused> {
        let (mut first, end) = self.entry.lots;
        let (mut left, mut coins) = (amount, Vec::new());
        for _ in 0..limits::LINES {
            let lot: Option<LotId> = books.draft.get(&keys::charter_lot(&self.id, first));
            let Some(lot) = lot.filter(|_| first < end && left > 0) else { break };
            let held = books.holding(&lot, &Account::Held(self.id)).quantity.0;
            let part = held.min(left);
            let (issuer, currency) = (self.entry.issuer, self.entry.currency.clone());
            coins.push(Coin { lot, issuer, currency, quantity: Quantity(part) });
            left = left.saturating_sub(part);
            if part == held {
                first = first.saturating_add(1);
            }
        }
        self.entry.lots = (first, end);
        if left > 0 {
            let most = amount.saturating_sub(left);
            let found = format!("it comes from many gifts; draw {most} first");
            return Err(Refusal::TooMany.at(format!("{place}/amount_minor"), found));
        }
        Ok(coins)
    }
}
