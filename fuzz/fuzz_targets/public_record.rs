//! A record of the public extract: what decodes must encode, and decode again to the same value.

#![no_main]

use kartotek_formats::records::u12170::PublicRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Some(record)) = PublicRecord::decode(bytes) else { return };
    let mut encoded = Vec::new();
    record.encode(&mut encoded).unwrap();
    assert_eq!(PublicRecord::decode(&encoded), Ok(Some(record)));
});
