//! The time in Denmark, by which registers date what they say.

use jiff::Zoned;
use jiff::tz::TimeZone;
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::subscription_file::TimeOfDay;
use kartotek_register::contact::SourceStamp;
use kartotek_register::ports::Clock;

/// Now in Denmark. The time zone is compiled in, so it is there on every machine.
pub fn now(clock: &dyn Clock) -> Zoned {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    clock.now().to_zoned(zone)
}

/// Today's date in Denmark.
pub fn today(clock: &dyn Clock) -> PartialDate {
    date(&now(clock))
}

/// The minute in Denmark, as CPR stamps its records.
pub(crate) fn minute(clock: &dyn Clock) -> Option<Timestamp> {
    let now = now(clock);
    let [hour, minute] = [now.hour(), now.minute()].map(i8::unsigned_abs);
    Timestamp::at(date(&now), hour, minute)
}

/// Hour and minute in Denmark.
pub(crate) fn time_of_day(clock: &dyn Clock) -> TimeOfDay {
    let now = now(clock);
    let [hour, minute] = [now.hour(), now.minute()].map(i8::unsigned_abs);
    TimeOfDay::new(hour, minute).unwrap_or(TimeOfDay::PLANNING_DEADLINE)
}

/// The stamp of what is stated now.
pub(crate) fn stamp(clock: &dyn Clock) -> SourceStamp {
    SourceStamp::new(today(clock), minute(clock))
}

fn date(at: &Zoned) -> PartialDate {
    let [month, day] = [at.month(), at.day()].map(i8::unsigned_abs);
    // A clock outside the years 1 to 9999 is one that no machine has.
    PartialDate::new(at.year().unsigned_abs(), month, day).unwrap_or(PartialDate::EPOCH)
}

#[cfg(test)]
mod tests {
    use kartotek_register::ports::FixedClock;

    use super::*;

    #[test]
    fn the_day_begins_at_danish_midnight_in_summer_and_winter() {
        let at = |text: &str| FixedClock(text.parse().unwrap());
        assert_eq!(today(&at("2026-06-30T21:59:00Z")).to_string(), "2026-06-30");
        assert_eq!(today(&at("2026-06-30T22:00:00Z")).to_string(), "2026-07-01");
        assert_eq!(today(&at("2026-12-31T23:00:00Z")).to_string(), "2027-01-01");
        assert_eq!(minute(&at("2026-06-30T22:05:59Z")).unwrap().to_digits(), *b"202607010005");
        assert_eq!(time_of_day(&at("2026-06-30T22:05:59Z")).to_string(), "00:05");
        assert_eq!(stamp(&at("2026-12-31T23:00:00Z")).to_string(), "2027-01-01 2027-01-01T00:00");
    }
}
