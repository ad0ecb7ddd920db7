//! Values of the engine as PostgreSQL's, and back.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{NameType, SourceStamp};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::error::Failure;
use crate::dates;

/// Text that is NULL when empty.
pub(super) fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// `J` or `N`.
pub(super) fn flag(flag: bool) -> &'static str {
    if flag { "J" } else { "N" }
}

/// A `date`: days since 2000-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day(pub i32);

/// From 0000-03-01 to 2000-01-01.
const EPOCH: i32 = 730_425;

impl Day {
    /// The column `NAME`.
    pub fn of(date: Option<PartialDate>) -> Option<Self> {
        dates::day(date).map(|date| Self::new(date.year().into(), date.month().into(), date.day().into()))
    }

    /// Counts in years that begin in March, so that the leap day is the last of its year.
    fn new(year: i32, month: i32, day: i32) -> Self {
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let before_month = (153 * month + 2) / 5;
        Self(
            365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + before_month + day
                - 1
                - EPOCH,
        )
    }

    /// The date; `None` outside the years 1 to 9999.
    fn date(self) -> Option<PartialDate> {
        let days = self.0.checked_add(EPOCH)?;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (next_year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
        let year = u16::try_from(era * 400 + year_of_era + next_year).ok()?;
        PartialDate::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }
}

impl ToSql for Day {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i32(self.0);
        Ok(IsNull::No)
    }

    accepts!(DATE);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Day {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(i32::from_be_bytes(raw.try_into()?)))
    }

    accepts!(DATE);
}

/// The column `NAME_text`: ISO text of a partial date.
pub(super) fn partial(date: Option<PartialDate>) -> Option<String> {
    dates::partial(date).map(|date| date.to_string())
}

/// A `timestamptz` from text such as `2026-01-05T08:00:00Z`: microseconds since 2000-01-01 UTC.
pub(super) fn instant(text: &str) -> Result<i64, Failure> {
    let parse = || {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let Day(days) = Day::of(PartialDate::from_iso(date.as_bytes()))?;
        let mut parts = time.split(':').map(|part| part.parse::<u32>().ok().map(i64::from));
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let in_range = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
        in_range.then_some((((i64::from(days) * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
    };
    parse().ok_or(Failure::Refused("expected a time such as 2026-01-05T08:00:00Z"))
}

/// Text of a column; empty when NULL.
pub(super) fn get_text<T: for<'t> From<&'t str> + Default>(row: &Row, column: usize) -> Result<T, Failure> {
    Ok(row.try_get::<_, Option<&str>>(column)?.map(T::from).unwrap_or_default())
}

/// A date from the columns `column` and `column + 1`.
pub(super) fn get_date(row: &Row, column: usize) -> Result<Option<PartialDate>, Failure> {
    let day: Option<Day> = row.try_get(column)?;
    let text: Option<&str> = row.try_get(column + 1)?;
    Ok(match text {
        Some(text) => PartialDate::from_iso(text.as_bytes()),
        None => day.and_then(Day::date),
    })
}

/// A date from a column that has none for partial dates beside it.
pub(super) fn get_day(row: &Row, column: usize) -> Result<Option<PartialDate>, Failure> {
    Ok(row.try_get::<_, Option<Day>>(column)?.and_then(Day::date))
}

/// Whether a column says `J`.
pub(super) fn is_yes(row: &Row, column: usize) -> Result<bool, Failure> {
    Ok(row.try_get::<_, &str>(column)? == "J")
}

pub(super) fn get_stamp(row: &Row, column: usize) -> Result<SourceStamp, Failure> {
    let Some(text) = row.try_get(column)? else { return Ok(SourceStamp::NEVER) };
    SourceStamp::parse(text).ok_or(Failure::Corrupt("a source record has no valid stamp"))
}

pub(super) fn get_name_type(row: &Row, column: usize) -> Result<NameType, Failure> {
    Ok(NameType(row.try_get::<_, &str>(column)?.bytes().next().unwrap_or(b'?')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_year_2000_and_back() {
        for (text, days) in [
            ("2000-01-01", 0),
            ("1999-12-31", -1),
            ("2000-02-29", 59),
            ("2000-03-01", 60),
            ("1900-03-01", -36_465),
            ("1858-11-17", -51_544),
            ("0001-01-01", -730_119),
            ("9999-12-31", 2_921_939),
        ] {
            let date = PartialDate::from_iso(text.as_bytes());
            assert_eq!(Day::of(date), Some(Day(days)), "{text}");
            assert_eq!(Day(days).date(), date, "{text}");
        }
        assert_eq!(Day(-730_120).date(), None);
        assert_eq!(Day(i32::MAX).date(), None);
    }

    #[test]
    fn every_day_comes_back_as_it_was() {
        for days in -60_000..40_000 {
            assert_eq!(Day::of(Day(days).date()), Some(Day(days)));
        }
    }

    #[test]
    fn instants_count_microseconds() {
        assert_eq!(instant("2000-01-01T00:00:01Z").unwrap(), 1_000_000);
        assert_eq!(instant("1999-12-31T23:59:59Z").unwrap(), -1_000_000);
        for text in ["2000-01-01", "2000-01-01T00:00:01", "2000-01-01T24:00:00Z", "2000-00-00T00:00:00Zx"] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
