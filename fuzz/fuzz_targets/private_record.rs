//! A record of the private extract: what decodes must encode, and decode again to the same value.

#![no_main]

use kartotek_formats::records::u09480::PrivateRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Some(record)) = PrivateRecord::decode(bytes) else { return };
    let mut encoded = Vec::new();
    record.encode(&mut encoded).unwrap();
    assert_eq!(PrivateRecord::decode(&encoded), Ok(Some(record)));
});
