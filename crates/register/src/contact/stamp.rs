use std::fmt;

use kartotek_formats::dates::{PartialDate, Timestamp};

/// How new an item of a source is (contact-model.md 6.8): the production date of its delivery, then the latest time at
/// which CPR updated the person. Danish civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceStamp {
    production: u32,
    updated: u64,
}

impl SourceStamp {
    /// Of an object about which nothing has come yet; older than every stamp of a delivery. The databases have NULL.
    pub const NEVER: Self = Self { production: 0, updated: 0 };

    /// A stamp of a delivery; without an update time the item counts as of 23:59 that day.
    pub fn new(production: PartialDate, updated: Option<Timestamp>) -> Self {
        let end_of_day = u64::from(production.as_number()) * 10_000 + 2359;
        Self { production: production.as_number(), updated: updated.map_or(end_of_day, Timestamp::as_number) }
    }

    /// The production date.
    pub fn production_date(self) -> Option<PartialDate> {
        let digits = format!("{:08}", self.production);
        PartialDate::from_compact(digits.as_bytes())
    }

    /// Reads the text that [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        let production = str::from_utf8(digits.get(..8)?).ok()?.parse().ok()?;
        let updated = str::from_utf8(digits.get(8..20)?).ok()?.parse().ok()?;
        (digits.len() == 20).then_some(Self { production, updated })
    }
}

impl fmt::Display for SourceStamp {
    /// `YYYY-MM-DD YYYY-MM-DDTHH:MM`, which sorts as text as the stamps do; zeros for [`SourceStamp::NEVER`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (p, u) = (self.production, self.updated);
        write!(f, "{:04}-{:02}-{:02} ", p / 10_000, p / 100 % 100, p % 100)?;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}",
            u / 100_000_000,
            u / 1_000_000 % 100,
            u / 10_000 % 100,
            u / 100 % 100,
            u % 100
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        PartialDate::from_iso(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_delivery_counts_before_the_time_of_the_event() {
        let late_event = SourceStamp::new(date("2001-11-16"), Timestamp::from_digits(b"200111162300"));
        let old_event_in_newer_delivery = SourceStamp::new(date("2001-11-19"), Timestamp::from_digits(b"200001010000"));
        assert!(old_event_in_newer_delivery > late_event);
    }

    #[test]
    fn a_status_extract_counts_as_of_the_end_of_its_day() {
        let status = SourceStamp::new(date("2001-11-19"), None);
        let event = SourceStamp::new(date("2001-11-19"), Timestamp::from_digits(b"200111191610"));
        assert!(status > event);
        assert_eq!(status.to_string(), "2001-11-19 2001-11-19T23:59");
        assert_eq!(SourceStamp::parse(&status.to_string()), Some(status));
    }

    #[test]
    fn never_is_older_than_any_delivery() {
        let earliest = SourceStamp::new(PartialDate::from_iso(b"0001-00-00").unwrap(), None);
        assert!(SourceStamp::NEVER < earliest);
        assert!(SourceStamp::NEVER.to_string() < earliest.to_string());
        assert_eq!(SourceStamp::parse(&SourceStamp::NEVER.to_string()), Some(SourceStamp::NEVER));
        assert_eq!(SourceStamp::NEVER.production_date(), None);
    }
}
