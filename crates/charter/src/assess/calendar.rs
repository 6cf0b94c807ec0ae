//! Days of the calendar.

/// Days from 1970-01-01 to the first of a month.
pub(super) fn first_day(year: i128, month: u32) -> i128 {
    const BEFORE: [i128; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leaps = |year: i128| {
        let by = |years: i128| year.div_euclid(years);
        by(4).saturating_sub(by(100)).saturating_add(by(400))
    };
    let last = year.saturating_sub(1);
    let is_leap = leaps(year) > leaps(last) && month > 1;
    let years = year.saturating_sub(1970).saturating_mul(365);
    let days = years.saturating_add(leaps(last)).saturating_sub(leaps(1969));
    let month = usize::try_from(month).ok().and_then(|at| BEFORE.get(at)).copied().unwrap_or(0);
    days.saturating_add(month).saturating_add(i128::from(is_leap))
}

#[cfg(test)]
mod tests {
    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(super::first_day(1970, 0), 0);
        assert_eq!(super::first_day(1970, 2), 59);
        assert_eq!(super::first_day(2000, 2), 11_017);
        assert_eq!(super::first_day(2026, 7), 20_666, "20676 is 2026-08-11");
    }
}
