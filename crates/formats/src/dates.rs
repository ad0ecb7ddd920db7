//! Dates as CPR gives them: sometimes partial, sometimes uncertain, always Danish civil time without a zone.

use std::fmt;

/// A calendar date whose month or day may be unknown (`00` in the source).
///
/// Ordered by year, month, day, an unknown part before every known one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: u16,
    month: u8,
    day: u8,
}

impl PartialDate {
    /// 1970-01-01.
    pub const EPOCH: Self = Self { year: 1970, month: 1, day: 1 };

    /// A date from its parts; month and day may be 0 for "unknown". `None` when no such date exists.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let valid = (1..=9999).contains(&year)
            && match (month, day) {
                (0, 0..=31) | (1..=12, 0) => true,
                (1..=12, _) => day <= days_in_month(year, month),
                _ => false,
            };
        valid.then_some(Self { year, month, day })
    }

    /// Reads `YYYYMMDD` digits.
    pub fn from_compact(digits: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, m1, m2, d1, d2] = digits else { return None };
        let year = number(&[y1, y2, y3, y4])?;
        let month = number(&[m1, m2])?;
        let day = number(&[d1, d2])?;
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Reads `YYYY-MM-DD`.
    pub fn from_iso(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
        Self::from_compact(&[y1, y2, y3, y4, m1, m2, d1, d2])
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month 1-12, or 0 when unknown.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day 1-31, or 0 when unknown.
    pub fn day(self) -> u8 {
        self.day
    }

    /// True when month and day are known.
    pub fn is_complete(self) -> bool {
        self.month != 0 && self.day != 0
    }

    /// The first day that the date can mean: an unknown month or day becomes 1, and a day that the month does not have
    /// (a known day of an unknown month) cannot arise since January has 31.
    #[must_use]
    pub fn earliest(self) -> Self {
        Self { year: self.year, month: self.month.max(1), day: self.day.max(1) }
    }

    /// `YYYYMMDD` as a number, unknown parts as 00.
    pub fn as_number(self) -> u32 {
        u32::from(self.year) * 10_000 + u32::from(self.month) * 100 + u32::from(self.day)
    }

    /// The ten characters `YYYY-MM-DD`, unknown parts as `00`.
    pub fn to_iso_bytes(self) -> [u8; 10] {
        let [m1, m2] = two_digits(self.month);
        let [d1, d2] = two_digits(self.day);
        let [y1, y2, y3, y4] = four_digits(self.year);
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
    }
}

impl fmt::Display for PartialDate {
    /// `YYYY-MM-DD`, unknown parts as `00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for PartialDate {
    /// The year only: a full date of birth is half a CPR number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialDate({:04}-**-**)", self.year)
    }
}

/// A CPR time stamp, `YYYYMMDDHHMM`, with its digits as they came.
///
/// Month and day may be `00` (unknown); hour and minute may be beyond the clock (`1299` is common in data converted in
/// 1991) and are kept, since they still order events as CPR ordered them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Reads twelve digits; `None` when they are no digits or the date in them does not exist.
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        if digits.len() != 12 {
            return None;
        }
        PartialDate::from_compact(digits.get(..8)?)?;
        Some(Self(number(digits)?))
    }

    /// Midnight plus the given digits of hour and minute on a date.
    pub fn at(date: PartialDate, hour: u8, minute: u8) -> Option<Self> {
        (hour < 100 && minute < 100)
            .then(|| Self(u64::from(date.as_number()) * 10_000 + u64::from(hour) * 100 + u64::from(minute)))
    }

    /// The date part.
    pub fn date(self) -> PartialDate {
        let date = self.0 / 10_000;
        PartialDate {
            year: u16::try_from(date / 10_000).unwrap_or_default(),
            month: u8::try_from(date / 100 % 100).unwrap_or_default(),
            day: u8::try_from(date % 100).unwrap_or_default(),
        }
    }

    /// The twelve digits as a number.
    pub fn as_number(self) -> u64 {
        self.0
    }

    /// The twelve digits.
    pub fn to_digits(self) -> [u8; 12] {
        let mut digits = [b'0'; 12];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        digits
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({:04}********)", self.0 / 100_000_000)
    }
}

/// Days in a month of the Gregorian calendar; 0 when the month is not 1-12.
pub fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_leap_year(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

fn two_digits(value: u8) -> [u8; 2] {
    [b'0' + value / 10 % 10, b'0' + value % 10]
}

fn four_digits(value: u16) -> [u8; 4] {
    let high = u8::try_from(value / 100 % 100).unwrap_or_default();
    let low = u8::try_from(value % 100).unwrap_or_default();
    let [a, b] = two_digits(high);
    let [c, d] = two_digits(low);
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parts_are_kept_and_printed_as_zeros() {
        let date = PartialDate::from_iso(b"1941-00-00").unwrap();
        assert_eq!(date.to_string(), "1941-00-00");
        assert!(!date.is_complete());
        assert_eq!(date.earliest().to_string(), "1941-01-01");
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in ["2001-02-29", "1900-02-29", "2001-13-01", "2001-04-31", "0000-01-01", "2001-1-01", "20010-1-1"] {
            assert_eq!(PartialDate::from_iso(text.as_bytes()), None, "{text}");
        }
        assert!(PartialDate::from_iso(b"2000-02-29").is_some());
    }

    #[test]
    fn a_converted_time_stamp_keeps_its_odd_minute() {
        let stamp = Timestamp::from_digits(b"199103201299").unwrap();
        assert_eq!(&stamp.to_digits(), b"199103201299");
        assert_eq!(stamp.date().to_string(), "1991-03-20");
    }

    #[test]
    fn debug_shows_the_year_only() {
        assert_eq!(format!("{:?}", PartialDate::new(1961, 7, 7)), "Some(PartialDate(1961-**-**))");
        assert_eq!(format!("{:?}", Timestamp::from_digits(b"196107071200")), "Some(Timestamp(1961********))");
    }
}
