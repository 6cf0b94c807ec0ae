//! What payments that depend on one life are worth today: annuities and insurances.
//!
//! Notation of Bowers and others 1997: v = 1/(1+i), ₖpₓ the probability to be alive after k years,
//! q the probability to die within the next. All values are for yearly payments of one in all.

use super::error::{ActuaryError, Answer, at_most};
use super::limits::{PARTS_MAX, YEARS_MAX};
use super::scaled::Scaled;
use super::table::LifeTable;

/// Which years are paid: those from `deferred` on, for `years` or for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Years before the first that is paid.
    pub deferred: u32,
    /// How many years are paid; nothing means for life.
    pub years: Option<u32>,
}

impl Span {
    /// From now on for life.
    pub const LIFE: Self = Self { deferred: 0, years: None };

    /// From now on for some years at most.
    pub const fn term(years: u32) -> Self {
        Self { deferred: 0, years: Some(years) }
    }

    /// For life, beginning later.
    pub const fn after(deferred: u32) -> Self {
        Self { deferred, years: None }
    }
}

/// A life table and a yearly return: what is needed to value payments on one life.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'t> {
    table: &'t LifeTable,
    discount: Scaled,
}

/// One year of a life as seen from today.
struct LifeYear {
    /// vᵏ·ₖpₓ: one paid at its beginning if alive, in today's worth.
    worth: Scaled,
    /// The probability to die within it.
    q: Scaled,
}

impl<'t> Basis<'t> {
    /// The basis of a table and a yearly return above −100 %.
    pub fn new(table: &'t LifeTable, rate: Scaled) -> Answer<Self> {
        let growth = Scaled::ONE.plus(rate)?;
        if growth <= Scaled::ZERO {
            return Err(ActuaryError::OutOfRange { what: "yearly return" });
        }
        Ok(Self { table, discount: Scaled::ONE.over(growth)? })
    }

    /// The table.
    pub fn table(&self) -> &'t LifeTable {
        self.table
    }

    /// Calls `visit` for each year of the span that somebody of this age may live to see.
    fn each_year(
        &self,
        age: u32,
        span: Span,
        mut visit: impl FnMut(LifeYear) -> Answer<()>,
    ) -> Answer<()> {
        at_most("years", span.deferred, YEARS_MAX)?;
        at_most("years", span.years.unwrap_or(0), YEARS_MAX)?;
        let deferred = usize::try_from(span.deferred).unwrap_or(usize::MAX);
        let years = span.years.and_then(|years| usize::try_from(years).ok());
        let end = years.map_or(usize::MAX, |years| deferred.saturating_add(years));
        let mut worth = Scaled::ONE;
        for (year, q) in self.table.lives_at(age)?.iter().take(end).enumerate() {
            if year >= deferred {
                visit(LifeYear { worth, q: *q })?;
            }
            worth = worth.times(self.discount)?.times(Scaled::ONE.minus(*q)?)?;
        }
        Ok(())
    }

    /// ₙEₓ = vⁿ·ₙpₓ: one paid after `years` if then alive.
    pub fn pure_endowment(&self, age: u32, years: u32) -> Answer<Scaled> {
        at_most("years", years, YEARS_MAX)?;
        let alive = self.table.survival(age, years)?;
        if alive == Scaled::ZERO {
            return Ok(alive);
        }
        self.discount.power(years)?.times(alive)
    }

    /// äₓ over the span: one at the beginning of each year lived.
    pub fn annuity_due(&self, age: u32, span: Span) -> Answer<Scaled> {
        let mut sum = Scaled::ZERO;
        self.each_year(age, span, |year| {
            sum = sum.plus(year.worth)?;
            Ok(())
        })?;
        Ok(sum)
    }

    /// aₓ over the span: one at the end of each year lived.
    pub fn annuity_immediate(&self, age: u32, span: Span) -> Answer<Scaled> {
        let mut sum = Scaled::ZERO;
        self.each_year(age, span, |year| {
            let alive = Scaled::ONE.minus(year.q)?;
            sum = sum.plus(year.worth.times(self.discount)?.times(alive)?)?;
            Ok(())
        })?;
        Ok(sum)
    }

    /// ä⁽ᵐ⁾ₓ over the span: 1/m at the beginning of each of m parts of a year, deaths spread evenly
    /// over the year. One year is worth Σⱼ v^(j/m)·(1 − (j/m)·q)/m to somebody alive at its start.
    /// Twelve parts are the monthly annuity.
    pub fn annuity_due_in_parts(&self, age: u32, span: Span, parts: u32) -> Answer<Scaled> {
        at_most("parts of a year", parts, PARTS_MAX)?;
        let step = self.discount.root(parts)?;
        let share = Scaled::ONE.over(Scaled::count(parts))?;
        let (mut certain, mut dying) = (Scaled::ZERO, Scaled::ZERO);
        let mut worth = Scaled::ONE;
        for part in 0..parts {
            let passed = Scaled::ratio(i128::from(part), i128::from(parts))?;
            certain = certain.plus(worth.times(share)?)?;
            dying = dying.plus(worth.times(share)?.times(passed)?)?;
            worth = worth.times(step)?;
        }
        let mut sum = Scaled::ZERO;
        self.each_year(age, span, |year| {
            let value = certain.minus(dying.times(year.q)?)?;
            sum = sum.plus(year.worth.times(value)?)?;
            Ok(())
        })?;
        Ok(sum)
    }

    /// Aₓ over the span: one at the end of the year of death, if that lies in the span.
    pub fn insurance(&self, age: u32, span: Span) -> Answer<Scaled> {
        let mut sum = Scaled::ZERO;
        self.each_year(age, span, |year| {
            sum = sum.plus(year.worth.times(self.discount)?.times(year.q)?)?;
            Ok(())
        })?;
        Ok(sum)
    }

    /// One at the end of the year of death within `years`, or after them if then alive.
    pub fn endowment(&self, age: u32, years: u32) -> Answer<Scaled> {
        self.insurance(age, Span::term(years))?.plus(self.pure_endowment(age, years)?)
    }

    /// The variance of what one whole life annuity-due turns out to cost; for i above zero it is
    /// (²A − A²)/d². Here by E(Y²) = 1 + 2·v·p·E(Y′) + v²·p·E(Y′²), which holds at zero too.
    pub fn annuity_variance(&self, age: u32) -> Answer<Scaled> {
        let (mut mean, mut square) = (Scaled::ZERO, Scaled::ZERO);
        for q in self.table.lives_at(age)?.iter().rev() {
            let reached = self.discount.times(Scaled::ONE.minus(*q)?)?;
            let cross = reached.times(mean)?.times_whole(2)?;
            let far = reached.times(self.discount)?.times(square)?;
            square = Scaled::ONE.plus(cross)?.plus(far)?;
            mean = Scaled::ONE.plus(reached.times(mean)?)?;
        }
        square.minus(mean.times(mean)?)
    }

    /// What each of N equal members must add so that chance alone spoils the fund only as often as
    /// `deviations` of the normal law are exceeded: z·√(variance/N).
    pub fn loading(&self, age: u32, members: u64, deviations: Scaled) -> Answer<Scaled> {
        let each = self.annuity_variance(age)?.over(Scaled::whole(i128::from(members))?)?;
        each.max(Scaled::ZERO).root(2)?.times(deviations)
    }
}

/// (1 + i)/(1 + g) − 1: the return left when payments grow by `growth` each year.
pub fn net_rate(rate: Scaled, growth: Scaled) -> Answer<Scaled> {
    Scaled::ONE.plus(rate)?.over(Scaled::ONE.plus(growth)?)?.minus(Scaled::ONE)
}

/// (1 + i)^(1/parts) − 1: the return for each of equal parts of a year.
pub fn rate_for_part(rate: Scaled, parts: u32) -> Answer<Scaled> {
    Scaled::ONE.plus(rate)?.root(parts)?.minus(Scaled::ONE)
}
