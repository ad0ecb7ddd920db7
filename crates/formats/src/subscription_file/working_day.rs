//! For which day a file is (cpr-batch-transfer.md section 3).
//!
//! CPR runs on working days: not on Saturdays, Sundays and public holidays. CPR publishes no calendar of further days on
//! which it does not run, so whoever knows of one says so.

use std::collections::BTreeSet;
use std::fmt;

use crate::dates::{PartialDate, days_in_month};

use super::public_holiday::is_public_holiday;

/// A time of day to the minute, in Danish civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    minutes: u16,
}

/// Not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of day from 00:00 to 24:00, of the form HH:MM")]
pub struct TimeOfDayError;

impl TimeOfDay {
    /// 12:00, until when a file may safely be planned for the same day: older documents name it, and CPR's current page
    /// says 15:00.
    pub const PLANNING_DEADLINE: Self = Self { minutes: 12 * 60 };

    /// From hours and minutes; 24:00 is the end of the day.
    pub fn new(hour: u8, minute: u8) -> Result<Self, TimeOfDayError> {
        let minutes = u16::from(hour) * 60 + u16::from(minute);
        if minute < 60 && minutes <= 24 * 60 { Ok(Self { minutes }) } else { Err(TimeOfDayError) }
    }

    /// Reads `HH:MM`.
    pub fn parse(text: &str) -> Result<Self, TimeOfDayError> {
        let digits = |text: &str| {
            let are_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| are_digits).ok_or(TimeOfDayError)
        };
        let (hour, minute) = text.split_once(':').ok_or(TimeOfDayError)?;
        Self::new(digits(hour)?, digits(minute)?)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

/// The days on which CPR acts on files: Monday to Friday, but for public holidays and days that are known to be closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingDays {
    closed: BTreeSet<PartialDate>,
}

impl WorkingDays {
    /// With further days on which CPR does not act.
    pub fn without(closed: impl IntoIterator<Item = PartialDate>) -> Self {
        Self { closed: closed.into_iter().collect() }
    }

    /// The day for which a file is that is made on `today` at `now`: today, when it is a working day and the deadline has
    /// not come yet; else the next working day. `None` for a date with unknown parts, or at the end of the calendar.
    pub fn process_date(&self, today: PartialDate, now: TimeOfDay, deadline: TimeOfDay) -> Option<PartialDate> {
        if now < deadline && self.contains(today)? { Some(today) } else { self.next_after(today) }
    }

    /// The first working day after a day.
    pub fn next_after(&self, day: PartialDate) -> Option<PartialDate> {
        let mut next = day_after(day)?;
        while !self.contains(next)? {
            next = day_after(next)?;
        }
        Some(next)
    }

    /// Whether a day is a working day; `None` for a date with unknown parts.
    pub fn contains(&self, day: PartialDate) -> Option<bool> {
        Some(weekday(day)? < 5 && !is_public_holiday(day)? && !self.closed.contains(&day))
    }
}

/// The day after a day; `None` for a date with unknown parts, or at the end of the calendar.
pub fn day_after(day: PartialDate) -> Option<PartialDate> {
    if !day.is_complete() {
        return None;
    }
    if day.day() < days_in_month(day.year(), day.month()) {
        PartialDate::new(day.year(), day.month(), day.day() + 1)
    } else if day.month() < 12 {
        PartialDate::new(day.year(), day.month() + 1, 1)
    } else {
        PartialDate::new(day.year() + 1, 1, 1)
    }
}

/// 0 for Monday to 6 for Sunday (Sakamoto's rule for the Gregorian calendar).
fn weekday(day: PartialDate) -> Option<u32> {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    if !day.is_complete() {
        return None;
    }
    let shift = SHIFT.get(usize::from(day.month()).checked_sub(1)?)?;
    let year = u32::from(day.year()) - u32::from(day.month() < 3);
    let from_sunday = (year + year / 4 - year / 100 + year / 400 + shift + u32::from(day.day())) % 7;
    Some((from_sunday + 6) % 7)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn date(text: &str) -> PartialDate {
        PartialDate::from_iso(text.as_bytes()).unwrap()
    }

    // 2026-01-05 is a Monday.
    #[rstest]
    #[case::in_the_morning("2026-01-05", "08:00", "2026-01-05")]
    #[case::a_minute_before_the_deadline("2026-01-05", "11:59", "2026-01-05")]
    #[case::at_the_deadline("2026-01-05", "12:00", "2026-01-06")]
    #[case::in_the_night("2026-01-05", "02:00", "2026-01-05")]
    #[case::friday_afternoon("2026-01-09", "12:01", "2026-01-12")]
    #[case::saturday_morning("2026-01-10", "08:00", "2026-01-12")]
    #[case::sunday_night("2026-01-11", "23:59", "2026-01-12")]
    #[case::the_last_evening_of_a_leap_february("2024-02-29", "13:00", "2024-03-01")]
    #[case::new_years_eve("2026-12-31", "18:00", "2027-01-04")]
    #[case::before_easter("2026-04-01", "12:00", "2026-04-07")]
    #[case::on_easter_monday("2026-04-06", "08:00", "2026-04-07")]
    #[case::before_christmas("2026-12-24", "12:00", "2026-12-28")]
    fn a_file_is_for_the_next_working_day_once_the_deadline_has_come(
        #[case] today: &str,
        #[case] now: &str,
        #[case] expected: &str,
    ) {
        let now = TimeOfDay::parse(now).unwrap();
        assert_eq!(
            WorkingDays::default().process_date(date(today), now, TimeOfDay::PLANNING_DEADLINE),
            Some(date(expected))
        );
    }

    #[test]
    fn the_deadline_is_a_setting() {
        let days = WorkingDays::default();
        let [now, documented] = ["14:59", "15:00"].map(|text| TimeOfDay::parse(text).unwrap());
        assert_eq!(days.process_date(date("2026-01-05"), now, documented), Some(date("2026-01-05")));
        let whole_day = TimeOfDay::parse("24:00").unwrap();
        assert_eq!(
            days.process_date(date("2026-01-05"), TimeOfDay::parse("23:59").unwrap(), whole_day),
            Some(date("2026-01-05"))
        );
        assert_eq!(whole_day.to_string(), "24:00");
        for text in ["", "12", "12:0", "1:00", "24:01", "12:60", "25:00", "-1:00", "+1:00", "12:00:00"] {
            assert_eq!(TimeOfDay::parse(text), Err(TimeOfDayError), "{text}");
        }
    }

    #[test]
    fn a_date_with_unknown_parts_is_no_day() {
        let days = WorkingDays::default();
        let noon = TimeOfDay::PLANNING_DEADLINE;
        assert_eq!(days.process_date(date("2026-01-00"), noon, noon), None);
        assert_eq!(days.next_after(date("9999-12-31")), None);
    }

    #[test]
    fn days_that_are_known_to_be_closed_are_no_working_days() {
        let days = WorkingDays::without([date("2026-12-24"), date("2026-12-28")]);
        assert_eq!(days.next_after(date("2026-12-23")), Some(date("2026-12-29")));
        let early = TimeOfDay::parse("02:00").unwrap();
        assert_eq!(
            days.process_date(date("2026-12-24"), early, TimeOfDay::PLANNING_DEADLINE),
            Some(date("2026-12-29"))
        );
    }

    proptest! {
        #[test]
        fn of_seven_days_in_a_row_two_are_no_working_days_and_with_holidays_at_most_five(
            year in 1900_u16..2200,
            month in 1_u8..=12,
            day in 1_u8..=28,
        ) {
            let mut at = PartialDate::new(year, month, day).unwrap();
            let (mut weekend, mut working) = (0, 0);
            for _ in 0..7 {
                weekend += u32::from(weekday(at).unwrap() >= 5);
                working += u32::from(WorkingDays::default().contains(at).unwrap());
                at = day_after(at).unwrap();
            }
            prop_assert_eq!(weekend, 2);
            prop_assert!((2..=5).contains(&working), "{working}");
        }
    }
}
