//! Days and times as published lists write them.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};
use weal_kernel::units::UnixMillis;

/// Noon in China is on the same day in China and in UTC: how a mere day is written down.
const NOON_UTC_HOUR: u8 = 4;

fn millis(at: OffsetDateTime) -> Option<UnixMillis> {
    let seconds = u64::try_from(at.unix_timestamp()).ok()?;
    Some(UnixMillis(seconds.checked_mul(1000)?))
}

/// A time with its offset from UTC.
pub(crate) fn time(text: &str) -> Option<UnixMillis> {
    millis(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

/// A day as written `2020-01-28`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (year.len(), month.len(), day.len()) == (4, 2, 2);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    (lengths && parts.next().is_none()).then_some(date)
}

/// "Up to the 28th" (`截至28日`), in the month of the line before.
pub(crate) fn up_to(text: &str, before: Date) -> Option<Date> {
    let number = text.strip_prefix("截至")?.strip_suffix('日')?;
    before.replace_day(number.parse().ok()?).ok()
}

/// Noon of a day.
pub(crate) fn noon(date: Date) -> Option<UnixMillis> {
    let noon = Time::from_hms(NOON_UTC_HOUR, 0, 0).ok()?;
    millis(date.with_time(noon).assume_offset(UtcOffset::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_strictly() {
        assert_eq!(time("1970-01-01T08:00:01+08:00"), Some(UnixMillis(1000)));
        assert_eq!(time("2020-01-28 01:20:31"), None);
        assert_eq!(time("1960-01-01T00:00:00+08:00"), None);
        let first = day("2020-01-27").unwrap();
        assert_eq!(noon(first), time("2020-01-27T12:00:00+08:00"));
        assert_eq!(up_to("截至28日", first), day("2020-01-28"));
        assert_eq!(up_to("截至32日", first), None);
        for bad in ["2020-1-27", "2020-02-30", "27.01.2020", "2020-01-27-1", ""] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
}
