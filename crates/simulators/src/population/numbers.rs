//! Person numbers that nobody has: real dates, the right century digit and sex, and always wrong by modulus 11.
//!
//! Numbers without modulus 11 have been issued since 2007, so far for birth dates on 1 January only, and nobody here is
//! born on one. A date has 1,600 (1900-1936 and before 1900) or 2,400 such numbers per sex: for every value of the
//! digits 7-9 at least four of the five last digits of either parity break modulus 11.

use kartotek_formats::identifiers::CprNumber;

use super::calendar::Day;
use super::random::{Draw, Purpose};

/// Last digits of a parity that break modulus 11, at least, whatever the other digits are.
const PER_PREFIX: u32 = 4;

/// Steps through the numbers of a day; shares no factor with 1,600 or 2,400.
const STEP: u32 = 1013;

/// The number of the `slot`th person born on a day. `None` when the day has no number left, or the year none at all.
pub(crate) fn number(seed: u64, birth: Day, slot: u32, female: bool) -> Option<CprNumber> {
    let digits = century_digits(birth.year())?;
    let capacity = capacity(digits)?;
    if slot >= capacity {
        return None;
    }
    let key = (slot * STEP + offset(seed, birth, capacity)) % capacity;
    let (prefix, choice) = (key / PER_PREFIX, key % PER_PREFIX);
    let century = digits.get((prefix / 100) as usize)?;
    let without_last = (date_digits(birth) * 1000 + u64::from(*century) * 100 + u64::from(prefix % 100)) * 10;
    last_digits(without_last, female).nth(choice as usize)
}

/// Day of birth, slot and sex (true for female) of a number that [`number`] made; `None` for any other.
pub(crate) fn slot(seed: u64, number: CprNumber) -> Option<(Day, u32, bool)> {
    let birth = Day::from_date(number.birth_date()?);
    let digits = century_digits(birth.year())?;
    let capacity = capacity(digits)?;
    let value = number.as_number();
    let century = digits.iter().position(|digit| u64::from(*digit) == value / 1000 % 10)?;
    let prefix = u32::try_from(century).ok()? * 100 + u32::try_from(value / 10 % 100).ok()?;
    let female = number.is_female();
    let choice = last_digits(value - value % 10, female).position(|candidate| candidate == number)?;
    let key = prefix * PER_PREFIX + u32::try_from(choice).ok().filter(|choice| *choice < PER_PREFIX)?;
    let stepped = (key + capacity - offset(seed, birth, capacity)) % capacity;
    let slot = u64::from(stepped) * u64::from(step_inverse(capacity)) % u64::from(capacity);
    Some((birth, u32::try_from(slot).ok()?, female))
}

/// The seventh digits of a year of birth, fixed by [`CprNumber::birth_date`].
fn century_digits(year: u16) -> Option<&'static [u8]> {
    match year {
        1858..=1899 | 2037..=2057 => Some(&[5, 6, 7, 8]),
        1900..=1936 => Some(&[0, 1, 2, 3]),
        1937..=1999 => Some(&[0, 1, 2, 3, 4, 9]),
        2000..=2036 => Some(&[4, 5, 6, 7, 8, 9]),
        _ => None,
    }
}

fn capacity(digits: &[u8]) -> Option<u32> {
    Some(u32::try_from(digits.len()).ok()? * 100 * PER_PREFIX)
}

/// `x` with `STEP * x = 1` modulo the capacity.
fn step_inverse(capacity: u32) -> u32 {
    match capacity {
        1600 => 477,
        _ => 1277,
    }
}

/// Where a day begins in its numbers, so that they look as issued and not as counted.
fn offset(seed: u64, birth: Day, capacity: u32) -> u32 {
    Draw::new(seed, Purpose::Serial, birth.key()).below(capacity)
}

fn date_digits(day: Day) -> u64 {
    let (year, month, day) = day.civil();
    u64::from(day) * 10_000 + u64::from(month) * 100 + u64::from(year % 100)
}

fn last_digits(without_last: u64, female: bool) -> impl Iterator<Item = CprNumber> {
    (0..5)
        .filter_map(move |digit| CprNumber::from_number(without_last + 2 * digit + u64::from(!female)).ok())
        .filter(|number| !number.satisfies_modulus_11())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_days_numbers_differ_break_modulus_11_and_find_back() {
        for (birth, expected) in [
            (Day::of(1894, 3, 9), 1600),
            (Day::of(1936, 12, 31), 1600),
            (Day::of(1937, 1, 2), 2400),
            (Day::of(2000, 2, 29), 2400),
            (Day::of(2036, 5, 5), 2400),
            (Day::of(2040, 5, 5), 1600),
        ] {
            let mut seen = BTreeSet::new();
            for female in [false, true] {
                for slot_number in 0..expected {
                    let made = number(7, birth, slot_number, female).unwrap();
                    assert!(!made.satisfies_modulus_11());
                    assert_eq!(made.is_female(), female);
                    assert_eq!(made.birth_date(), birth.date());
                    assert_eq!(slot(7, made), Some((birth, slot_number, female)));
                    assert!(seen.insert(made));
                }
                assert_eq!(number(7, birth, expected, female), None);
            }
        }
    }
}
