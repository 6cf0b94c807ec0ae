//! The calendar: what each month and year brings due, carried out in batches and in order.
//!
//! 1. The next flow of the calendar is looked up: months in order, within a month flows in the
//!    order of the text, yearly ones in January. What was missed while nobody ran it is caught up.
//! 2. When a flow begins, pots and sums are written down: every case is asked with the same
//!    numbers, so nobody gains by his place in the row.
//! 3. Where all are to get the same share, what is due is added up first.
//! 4. Cases are asked and paid, until a batch has taken its steps. The next operation goes on
//!    there.
//!
//! The month that is being carried out is the date that rules see, however late that is.

use super::movement::Payment;
use super::op::RunDue;
use super::room::Room;
use super::state::{Begun, Case, Moment, View};
use super::trigger::inputs_of;
use crate::holdings::posting::Books;
use crate::limits;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::keys;
use weal_charter::due::{Clerk, Due};
use weal_charter::model::{Actor, Flow, Short};
use weal_charter::number::{Rounding, mul_div};

const PLACE: &str = "/act/charter.run/charter";

/// What one operation may still do.
struct Batch {
    cases: u64,
    steps: u64,
}

impl Batch {
    fn is_over(&self) -> bool {
        self.cases >= limits::RUN_CASES || self.steps >= limits::RUN_STEPS
    }
}

impl RunDue {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let mut room = Room::enter_running("/act/charter.run", &self.charter, books.draft)?;
        let month = Moment::of(at.now).month;
        let mut batch = Batch { cases: 0, steps: 0 };
        let mut done = 0u64;
        while !batch.is_over() {
            let Some(number) = room.next_flow(month) else { break };
            if let Err(refused) = room.check_brake(PLACE, number, at.now) {
                if done == 0 {
                    return Err(refused);
                }
                break;
            }
            room.carry_on(number, at, &mut batch, books)?;
            done = done.saturating_add(1);
        }
        if done == 0 {
            let next = room.entry.calendar.month;
            let (year, number) = (next.checked_div(12), next.checked_rem(12));
            let (year, number) = (year.unwrap_or(0), number.unwrap_or(0).saturating_add(1));
            return Err(Refusal::NothingDue.at(PLACE, format!("next in {year}-{number:02}")));
        }
        room.leave(books.draft);
        Ok(())
    }
}

fn is_due(flow: &Flow, month: u32) -> bool {
    match flow.clock() {
        Some(Actor::EachMonth) => true,
        Some(Actor::EachYear) => month.checked_rem(12) == Some(0),
        _ => false,
    }
}

impl Room {
    /// The flow that comes next, up to this month; moves the calendar there.
    fn next_flow(&mut self, until: u32) -> Option<usize> {
        if !self.charter.flows.iter().any(|flow| flow.clock().is_some()) {
            return None;
        }
        let calendar = &mut self.entry.calendar;
        while calendar.month <= until {
            let from = usize::try_from(calendar.flow).unwrap_or(usize::MAX);
            let mut flows = self.charter.flows.iter().enumerate().skip(from);
            if let Some((number, _)) = flows.find(|(_, flow)| is_due(flow, calendar.month)) {
                calendar.flow = u32::try_from(number).unwrap_or(u32::MAX);
                return Some(number);
            }
            calendar.month = calendar.month.saturating_add(1);
            calendar.flow = 0;
        }
        None
    }

    /// Carries on with a flow of the calendar until it or the batch is over.
    fn carry_on(
        &mut self,
        number: usize,
        at: &Context,
        batch: &mut Batch,
        books: &mut Books<'_, '_>,
    ) -> Result<(), Refused> {
        let Some(flow) = self.charter.flows.get(number).cloned() else { return Ok(()) };
        let begun = self.entry.calendar.begun.take();
        let mut begun = begun.unwrap_or_else(|| self.begin(&flow));
        while begun.next < begun.end && !batch.is_over() {
            batch.cases = batch.cases.saturating_add(1);
            let goes_on = match flow.per_case {
                true => self.visit((number, &flow), &mut begun, at, (batch, books))?,
                false => self.visit_all((number, &flow), &mut begun, (batch, books))?,
            };
            begun.next = begun.next.saturating_add(1);
            if !goes_on {
                begun.next = begun.end;
            }
            if begun.next >= begun.end && begun.adding {
                (begun.adding, begun.next) = (false, 0);
            }
        }
        if begun.next < begun.end {
            self.entry.calendar.begun = Some(begun);
        } else {
            self.entry.calendar.flow = self.entry.calendar.flow.saturating_add(1);
        }
        Ok(())
    }

    fn begin(&self, flow: &Flow) -> Begun {
        Begun {
            next: 0,
            end: if flow.per_case { self.entry.cases } else { 1 },
            adding: flow.short == Short::ProRata && flow.per_case,
            total: 0,
            pots: self.entry.pots.clone(),
            all: self.entry.all.clone(),
            open: self.entry.open,
        }
    }

    /// Asks one case, and pays it. Answers whether the next one has a chance.
    fn visit(
        &mut self,
        (number, flow): (usize, &Flow),
        begun: &mut Begun,
        at: &Context,
        (batch, books): (&mut Batch, &mut Books<'_, '_>),
    ) -> Result<bool, Refused> {
        let key = keys::case(&self.id, begun.next);
        let Some(mut case) = books.draft.get::<Case>(&key) else { return Ok(true) };
        let month = self.entry.calendar.month;
        let moment = Moment::first_of(month);
        let idle = case.ended
            || case.opened > month
            || self.is_spent(number, flow, Some(&case), moment)
            || flow.stopped_by.iter().any(|e| !self.counted(*e, &case, at, books.draft).is_empty())
            || (flow.needs > 0
                && self.proved_since(PLACE, flow, &case, (at, books.draft)).is_err());
        if idle {
            return Ok(true);
        }
        let Some((due, inputs)) = self.due(flow, begun, Some(&case), (batch, books))? else {
            return Ok(true);
        };
        if begun.adding {
            begun.total = begun.total.saturating_add(due.amount_minor);
            return Ok(true);
        }
        let amount = self.payable((number, flow), begun, Some(&case), &due);
        let Some(amount) = amount else {
            self.miss(number, Some(begun.next), (&due, inputs), books);
            return Ok(flow.short != Short::Queue);
        };
        match self.prepare(number, Some(&case), &due, amount) {
            Ok(prepared) => {
                let payment = self.carry_out(Some(&mut case), prepared, moment, books.draft);
                let missed = due.amount_minor.saturating_sub(amount);
                if due.amount_minor > 0 {
                    let case = Some(begun.next);
                    books.payments.push(Payment { case, missed, inputs, ..payment });
                }
                books.draft.put(key, &case);
            }
            Err(_) => self.miss(number, Some(begun.next), (&due, inputs), books),
        }
        Ok(true)
    }

    /// A flow of the calendar that is about no case.
    fn visit_all(
        &mut self,
        (number, flow): (usize, &Flow),
        begun: &mut Begun,
        (batch, books): (&mut Batch, &mut Books<'_, '_>),
    ) -> Result<bool, Refused> {
        let moment = Moment::first_of(self.entry.calendar.month);
        if self.is_spent(number, flow, None, moment) {
            return Ok(true);
        }
        let Some((due, inputs)) = self.due(flow, begun, None, (batch, books))? else {
            return Ok(true);
        };
        let amount = self.payable((number, flow), begun, None, &due);
        let prepared = amount.and_then(|amount| self.prepare(number, None, &due, amount).ok());
        let Some(prepared) = prepared else {
            self.miss(number, None, (&due, inputs), books);
            return Ok(true);
        };
        let payment = self.carry_out(None, prepared, moment, books.draft);
        if due.amount_minor > 0 {
            let missed = due.amount_minor.saturating_sub(payment.amount);
            books.payments.push(Payment { missed, inputs, ..payment });
        }
        Ok(true)
    }

    /// What the rules say with the numbers that were written down.
    fn due(
        &self,
        flow: &Flow,
        begun: &Begun,
        case: Option<&Case>,
        (batch, books): (&mut Batch, &Books<'_, '_>),
    ) -> Result<Option<(Due, Vec<i128>)>, Refused> {
        let moment = Moment::first_of(self.entry.calendar.month);
        let view = View {
            pots: &begun.pots,
            all: &begun.all,
            open: begun.open,
            ..self.view(case, moment)
        };
        let mut clerk = Clerk::new(&self.charter);
        let found = clerk.due(flow, &|input| view.value(input));
        batch.steps = batch.steps.saturating_add(clerk.steps());
        books.draft.meter().steps(clerk.steps());
        let found = found.map_err(|fault| Refusal::RuleFailed.at(PLACE, fault))?;
        Ok(found.map(|due| (due, inputs_of(self, flow, &view))))
    }

    /// What can be paid of what is due; nothing if it is missed.
    fn payable(
        &self,
        (number, flow): (usize, &Flow),
        begun: &Begun,
        case: Option<&Case>,
        due: &Due,
    ) -> Option<u64> {
        let moment = Moment::first_of(self.entry.calendar.month);
        let there = self.available(flow, case).min(self.cap_left(number, flow, moment));
        match flow.short {
            Short::Refuse | Short::Queue => Some(due.amount_minor).filter(|due| *due <= there),
            Short::Part => Some(due.amount_minor.min(there)),
            Short::ProRata => {
                let pot = match flow.source {
                    weal_charter::model::Source::Pot(pot) => begun.pots.get(pot).copied(),
                    weal_charter::model::Source::Outside => None,
                };
                let pot = pot.unwrap_or(0);
                if begun.total <= pot {
                    return Some(due.amount_minor.min(there));
                }
                let (due, pot) = (i128::from(due.amount_minor), i128::from(pot));
                let part = mul_div(due, pot, i128::from(begun.total), Rounding::Floor)?;
                Some(u64::try_from(part).ok()?.min(there))
            }
        }
    }

    fn miss(
        &mut self,
        number: usize,
        case: Option<u64>,
        (due, inputs): (&Due, Vec<i128>),
        books: &mut Books<'_, '_>,
    ) {
        if due.amount_minor == 0 {
            return;
        }
        if let Some(state) = self.entry.flows.get_mut(number) {
            state.missed = state.missed.saturating_add(1);
        }
        books.payments.push(Payment {
            charter: self.id,
            flow: u32::try_from(number).unwrap_or(u32::MAX),
            case,
            month: self.entry.calendar.month,
            amount: 0,
            missed: due.amount_minor,
            rest: 0,
            payees: Vec::new(),
            inputs,
        });
    }
}
