//! Days, working days and the production dates of the extracts.

use kartotek_formats::dates::{PartialDate, Timestamp};

/// A day, counted from 1970-01-01. Arithmetic on whole days needs no calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Day(i32);

/// The day on which the first person numbers were issued; nothing in CPR was registered before.
pub(crate) const CPR_BEGINS: Day = Day::of(1968, 4, 2);

impl Day {
    /// The day of a date of the Gregorian calendar (algorithm of Howard Hinnant, public domain).
    pub(crate) const fn of(year: i32, month: i32, day: i32) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// The earliest day that the date can mean.
    pub(crate) fn from_date(date: PartialDate) -> Self {
        let date = date.earliest();
        Self::of(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
    }

    /// Year, month, day.
    pub(crate) fn civil(self) -> (u16, u8, u8) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (
            u16::try_from(year).unwrap_or_default(),
            u8::try_from(month).unwrap_or_default(),
            u8::try_from(day).unwrap_or_default(),
        )
    }

    pub(crate) fn year(self) -> u16 {
        self.civil().0
    }

    /// The date; `Some` for every day of the years 1-9999, in the form that the fields of records take.
    pub(crate) fn date(self) -> Option<PartialDate> {
        let (year, month, day) = self.civil();
        PartialDate::new(year, month, day)
    }

    /// The day at a time.
    pub(crate) fn at(self, hour: u8, minute: u8) -> Option<Timestamp> {
        Timestamp::at(self.date()?, hour, minute)
    }

    pub(crate) const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// About `years` later: years of 365.25 days, as exact as a made-up life needs.
    pub(crate) const fn plus_years(self, years: i32) -> Self {
        Self(self.0 + years * 1461 / 4)
    }

    /// Days from `earlier` to this day; negative when it is later.
    pub(crate) const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Completed years from `birth` to this day, near enough.
    pub(crate) const fn years_since(self, birth: Self) -> i32 {
        (self.0 - birth.0) * 4 / 1461
    }

    /// The day's number, to key a draw with.
    pub(crate) fn key(self) -> u64 {
        u64::from(self.0.unsigned_abs())
    }

    /// 0 Monday to 6 Sunday.
    const fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    pub(crate) fn is_new_years_day(self) -> bool {
        matches!(self.civil(), (_, 1, 1))
    }
}

/// The days on which extracts are produced: the start date and the working days after it.
///
/// Monday to Friday. Public holidays are not left out, which CPR does; a receiver follows the chain of dates in the
/// files and must not compute them (cpr-records.md section 1).
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    start: Day,
}

impl Calendar {
    pub(crate) fn new(start: Day) -> Self {
        let to_monday = if start.weekday() < 5 { 0 } else { 7 - start.weekday() };
        Self { start: start.plus(to_monday) }
    }

    pub(crate) fn day(self, number: u32) -> Day {
        let weekday = self.start.weekday();
        let working_days = weekday + i32::try_from(number).unwrap_or(i32::MAX / 8);
        self.start.plus(working_days / 5 * 7 + working_days % 5 - weekday)
    }

    /// The production date of extract `number`; 0 is the establishing extract, on the start date or the Monday after it.
    pub fn production_date(self, number: u32) -> Option<PartialDate> {
        self.day(number).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_convert_both_ways() {
        for (day, text) in
            [(Day(0), "1970-01-01"), (Day::of(2000, 2, 29), "2000-02-29"), (Day::of(1892, 12, 31), "1892-12-31")]
        {
            assert_eq!(day.date().unwrap().to_string(), text);
            assert_eq!(Day::from_date(day.date().unwrap()), day);
        }
        assert!((-40_000..40_000).all(|n| Day::from_date(Day(n).date().unwrap()) == Day(n)));
    }

    #[test]
    fn production_dates_skip_weekends() {
        let calendar = Calendar::new(Day::of(2026, 1, 8));
        let dates: Vec<_> = (0..7).map(|n| calendar.production_date(n).unwrap().to_string()).collect();
        assert_eq!(
            dates,
            ["2026-01-08", "2026-01-09", "2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16"]
        );
    }

    #[test]
    fn a_start_on_a_weekend_moves_to_monday() {
        assert_eq!(Calendar::new(Day::of(2026, 1, 10)).production_date(0).unwrap().to_string(), "2026-01-12");
    }
}
