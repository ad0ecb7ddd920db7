//! The identifiers of the base registers: what parses must print, and parse again to the same value.

#![no_main]

use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::{BfeNumber, CprNumber, CvrNumber, PNumber, SorId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(number) = CprNumber::parse(text) {
        assert_eq!(CprNumber::parse(&number.reveal()), Ok(number));
        assert_eq!(CprNumber::from_digits(&number.to_digits()), Ok(number));
        assert_eq!(CprNumber::from_number(number.as_number()), Ok(number));
        assert!(number.birth_date().is_some_and(PartialDate::is_complete));
        assert_eq!(number.masked(), format!("{}-****", &number.reveal()[..6]));
    }
    if let Ok(number) = CvrNumber::parse(text) {
        assert_eq!(CvrNumber::parse(&number.to_string()), Ok(number));
    }
    if let Ok(number) = PNumber::parse(text) {
        assert_eq!(PNumber::parse(&number.to_string()), Ok(number));
    }
    if let Ok(id) = SorId::parse(text) {
        assert_eq!(SorId::parse(&id.to_string()), Ok(id));
    }
    if let Ok(number) = BfeNumber::parse(text) {
        assert_eq!(BfeNumber::parse(&number.to_string()), Ok(number));
    }
});
