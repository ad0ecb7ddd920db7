//! Dates and time stamps: what is read must be written as it stood, and the order of values is that of their digits.

#![no_main]

use kartotek_formats::dates::{PartialDate, Timestamp, days_in_month};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(date) = PartialDate::from_iso(bytes) {
        assert_eq!(date.to_iso_bytes(), bytes);
        assert_eq!(date.to_string().as_bytes(), bytes);
        check(date);
    }
    if let Some(date) = PartialDate::from_compact(bytes) {
        assert_eq!(format!("{:08}", date.as_number()).as_bytes(), bytes);
        check(date);
    }
    if let Some(stamp) = Timestamp::from_digits(bytes) {
        assert_eq!(stamp.to_digits(), bytes);
        assert_eq!(PartialDate::from_compact(&bytes[..8]), Some(stamp.date()));
        let (hour, minute) = (bytes[8..10].iter(), bytes[10..].iter());
        let [hour, minute] = [hour, minute].map(|digits| digits.fold(0, |value, digit| value * 10 + (digit - b'0')));
        assert_eq!(Timestamp::at(stamp.date(), hour, minute), Some(stamp));
        check(stamp.date());
    }
});

fn check(date: PartialDate) {
    assert_eq!(PartialDate::new(date.year(), date.month(), date.day()), Some(date));
    let earliest = date.earliest();
    assert!(earliest >= date && earliest.is_complete());
    assert!(earliest.day() <= days_in_month(earliest.year(), earliest.month()));
}
