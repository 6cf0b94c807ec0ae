//! Words and figures in the reader's language: texts from `i18n/*.ftl`, grouped digits, dates.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;
use time::{OffsetDateTime, UtcOffset, macros::offset};
use unic_langid::LanguageIdentifier;

/// Times are shown in the zone of the people the book serves; machines read them in `datetime`.
const ZONE: UtcOffset = offset!(+8);

/// A language the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese, simplified.
    Zh,
}

/// Named values for a text: `args! { count: 3, item: "masks" }`.
macro_rules! args {
    ($($name:ident : $value:expr),* $(,)?) => {{
        let mut args = fluent_bundle::FluentArgs::new();
        $(args.set(stringify!($name), $value);)*
        args
    }};
}
pub(crate) use args;

impl Lang {
    /// Every language, the default one first.
    pub(crate) const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// How it stands in a path.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }

    /// How browsers and screen readers are told.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        }
    }

    /// The language the switch leads to.
    pub(crate) fn other(self) -> Lang {
        match self {
            Lang::En => Lang::Zh,
            Lang::Zh => Lang::En,
        }
    }

    /// The language of a path such as `/zh/needs`.
    pub(crate) fn of_path(path: &str) -> Option<Lang> {
        let first = path.trim_start_matches('/').split('/').next()?;
        Lang::ALL.into_iter().find(|lang| lang.code() == first)
    }

    /// The first language of an `Accept-Language` header that the pages speak.
    pub(crate) fn of_accept(header: &str) -> Lang {
        let mut wanted: Vec<(f32, &str)> = header.split(',').map(weight).collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let speaks = |(_, tag): &(f32, &str)| {
            let first = tag.split('-').next().unwrap_or_default().trim();
            Lang::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(first))
        };
        wanted.iter().find_map(speaks).unwrap_or(Lang::En)
    }

    /// A text without values.
    pub(crate) fn say(self, key: &str) -> String {
        self.tell(key, FluentArgs::new())
    }

    /// A text with values.
    pub(crate) fn tell(self, key: &str, args: FluentArgs<'_>) -> String {
        self.try_tell(key, &args).unwrap_or_else(|| key.to_owned())
    }

    /// A text that may be missing. `key.variant` names an attribute of a text.
    pub(crate) fn try_tell(self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = bundle(self);
        let (name, variant) = key.split_once('.').map_or((key, None), |(n, v)| (n, Some(v)));
        let message = bundle.get_message(name)?;
        let pattern = match variant {
            Some(variant) => message.get_attribute(variant)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "{key}: {errors:?}");
        Some(text)
    }

    /// `3 February 2020`.
    pub(crate) fn day(self, ms: u64) -> String {
        self.date("date-day", ms)
    }

    /// `3 Feb, 14:07`.
    pub(crate) fn moment(self, ms: u64) -> String {
        self.date("date-moment", ms)
    }

    /// `3 February 2020, 14:07`.
    pub(crate) fn full_moment(self, ms: u64) -> String {
        self.date("date-full", ms)
    }

    fn date(self, key: &str, ms: u64) -> String {
        let time = local(ms);
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        let (month, day) = (u8::from(time.month()), time.day());
        self.tell(key, args! { year: time.year().to_string(), month: month, day: day, time: clock })
    }

    /// `28 Jan` from `2020-01-28`; the text itself if it is no date.
    pub(crate) fn short_day(self, iso: &str) -> String {
        let mut parts = iso.split('-').skip(1).map(str::parse::<u8>);
        match (parts.next(), parts.next()) {
            (Some(Ok(month)), Some(Ok(day))) => {
                self.tell("date-short", args! { month: month, day: day })
            }
            _ => iso.to_owned(),
        }
    }
}

fn weight(part: &str) -> (f32, &str) {
    let (tag, q) = part.split_once(";q=").unwrap_or((part, "1"));
    (q.trim().parse().unwrap_or(0.0), tag.trim())
}

fn local(ms: u64) -> OffsetDateTime {
    let seconds = i64::try_from(ms / 1000).unwrap_or(0);
    let time = OffsetDateTime::from_unix_timestamp(seconds);
    time.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(ZONE)
}

/// `2020-02-03T06:07:00Z`, for machines.
pub(crate) fn iso_time(ms: u64) -> String {
    let seconds = i64::try_from(ms / 1000).unwrap_or(0);
    let time = OffsetDateTime::from_unix_timestamp(seconds);
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let date = time.date();
    format!("{date}T{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second())
}

/// Groups the digits of a whole number: `48,216,300`.
pub(crate) fn group(number: u64) -> String {
    group_digits(&number.to_string())
}

/// Groups the digits before the point of a decimal text.
pub(crate) fn group_digits(text: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// The texts of one language, as they stand in the repository.
pub(crate) fn sources(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::En => {
            [include_str!("../../i18n/en.ftl"), include_str!("../../i18n/funds.en.ftl"), ""]
        }
        Lang::Zh => [
            include_str!("../../i18n/zh.ftl"),
            include_str!("../../i18n/funds.zh.ftl"),
            include_str!("../../i18n/rules.zh.ftl"),
        ],
    }
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 2] =
        [OnceLock::new(), OnceLock::new()];
    let [en, zh] = &BUNDLES;
    match lang {
        Lang::En => en.get_or_init(|| read_texts(Lang::En)),
        Lang::Zh => zh.get_or_init(|| read_texts(Lang::Zh)),
    }
}

fn read_texts(lang: Lang) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The marks that isolate values show up as boxes in old fonts, and both languages run the
    // same way.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(group_digits(&number.as_string())),
        _ => None,
    }));
    for source in sources(lang) {
        let (resource, errors) = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err(broken) => broken,
        };
        debug_assert!(errors.is_empty(), "{}: {errors:?}", lang.code());
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!(group(0), "0");
        assert_eq!(group(999), "999");
        assert_eq!(group(1_000), "1,000");
        assert_eq!(group(48_216_300), "48,216,300");
        assert_eq!(group_digits("1234567.80"), "1,234,567.80");
    }

    #[test]
    fn the_first_language_spoken_here_wins() {
        assert_eq!(Lang::of_accept("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(Lang::of_accept("fr, en;q=0.3, zh-TW;q=0.7"), Lang::Zh);
        assert_eq!(Lang::of_accept("fr"), Lang::En);
        assert_eq!(Lang::of_accept(""), Lang::En);
    }

    #[test]
    fn a_time_is_told_in_both_languages() {
        let ms = 1_580_710_020_000;
        assert_eq!(Lang::En.full_moment(ms), "3 February 2020, 14:07");
        assert_eq!(Lang::Zh.full_moment(ms), "2020年2月3日 14:07");
        assert_eq!(iso_time(ms), "2020-02-03T06:07:00Z");
        assert_eq!(Lang::En.short_day("2020-01-28"), "28 Jan");
    }
}
