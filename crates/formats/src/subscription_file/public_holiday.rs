//! Denmark's public holidays other than Sundays, which follow from the calendar.

use crate::dates::{PartialDate, days_in_month};

/// Days from Easter Sunday: Skærtorsdag (Maundy Thursday), Langfredag (Good Friday), 2. påskedag (Easter Monday), Kristi
/// himmelfartsdag (Ascension Day) and 2. pinsedag (Whit Monday).
const BY_EASTER: [i32; 5] = [-3, -2, 1, 39, 50];

/// Days from Easter Sunday: Store bededag (Great Prayer Day), a Friday.
const STORE_BEDEDAG: i32 = 26;

/// The last year with a Store bededag.
const LAST_STORE_BEDEDAG: u16 = 2023;

/// Whether a day is a public holiday; `None` for a date with unknown parts. Grundlovsdag, the day before Christmas and New
/// Year's Eve are none by law.
pub(super) fn is_public_holiday(day: PartialDate) -> Option<bool> {
    if !day.is_complete() {
        return None;
    }
    if matches!((day.month(), day.day()), (1, 1) | (12, 25 | 26)) {
        return Some(true);
    }
    let year = day.year();
    let from_easter = day_of_year(year, day.month(), day.day()) - easter(year);
    Some(BY_EASTER.contains(&from_easter) || (from_easter == STORE_BEDEDAG && year <= LAST_STORE_BEDEDAG))
}

fn day_of_year(year: u16, month: u8, day: u8) -> i32 {
    (1..month).map(|month| i32::from(days_in_month(year, month))).sum::<i32>() + i32::from(day)
}

/// Easter Sunday as a day of the year, by the rule of Meeus, Jones and Butcher for the Gregorian calendar.
fn easter(year: u16) -> i32 {
    let year = i32::from(year);
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    // Counted from 22 March.
    let from_equinox = moon + weekday - 7 * late;
    let march_22 = if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 82 } else { 81 };
    march_22 + from_equinox
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holidays(year: u16) -> Vec<String> {
        let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
        let days = days.filter_map(|(month, day)| PartialDate::new(year, month, day));
        days.filter(|day| is_public_holiday(*day) == Some(true)).map(|day| day.to_string()[5..].to_owned()).collect()
    }

    #[test]
    fn the_holidays_of_some_years() {
        let fixed = |easter: &[&str]| {
            [&["01-01"], easter, &["12-25", "12-26"]].concat().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(holidays(2026), fixed(&["04-02", "04-03", "04-06", "05-14", "05-25"]));
        assert_eq!(holidays(2024), fixed(&["03-28", "03-29", "04-01", "05-09", "05-20"]), "a leap year");
        assert_eq!(holidays(2023), fixed(&["04-06", "04-07", "04-10", "05-05", "05-18", "05-29"]));
        assert_eq!(holidays(2008), fixed(&["03-20", "03-21", "03-24", "04-18", "05-01", "05-12"]), "an early Easter");
    }

    #[test]
    fn easter_in_years_that_are_told_apart_by_the_rule_s_corrections() {
        let easters = [(1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2019, 4, 21), (2027, 3, 28), (2038, 4, 25)];
        for (year, month, day) in easters {
            assert_eq!(easter(year), day_of_year(year, month, day), "{year}");
        }
    }
}
