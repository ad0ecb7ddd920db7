//! What holds for every record type of both extracts.

use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_formats::records::u12170::PublicRecord;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::plausible;

/// Runs the suite on one set of record types.
macro_rules! suite {
    ($module:ident, $set:ident) => {
        mod $module {
            use super::*;

            fn encoded(record: &$set) -> Vec<u8> {
                let mut bytes = Vec::new();
                record.encode(&mut bytes).unwrap();
                bytes
            }

            /// Checks `property` on plausible records of each type.
            fn for_each_type(property: impl Fn(u16, Vec<u8>)) {
                for record_type in $set::TYPES {
                    let fields = $set::fields(*record_type).unwrap();
                    let refused = |bytes: &[u8]| $set::decode(bytes).err().map(|error| error.field);
                    proptest!(ProptestConfig::with_cases(48), |(bytes in plausible::record(*record_type, fields, refused))| {
                        property(*record_type, bytes);
                    });
                }
            }

            #[test]
            fn an_encoded_record_decodes_to_the_same_value() {
                for_each_type(|record_type, bytes| {
                    let record = $set::decode(&bytes).unwrap().unwrap();
                    let encoded = encoded(&record);
                    assert_eq!(Some(encoded.len()), $set::length(record_type));
                    assert_eq!(encoded[..3], bytes[..3]);
                    assert!($set::decode(&encoded).unwrap().unwrap() == record);
                });
            }

            #[test]
            fn every_field_is_written_as_it_stood_unless_it_was_empty() {
                let is_empty = |field: &[u8]| field.iter().all(|byte| b" 0-".contains(byte));
                for_each_type(|record_type, bytes| {
                    let encoded = encoded(&$set::decode(&bytes).unwrap().unwrap());
                    for field in $set::fields(record_type).unwrap() {
                        let place = field.start - 1..field.start - 1 + field.len;
                        let (before, after) = (&bytes[place.clone()], &encoded[place]);
                        assert!(before == after || is_empty(before) && is_empty(after), "field {}", field.name);
                    }
                });
            }

            #[test]
            fn trimming_trailing_blanks_changes_nothing() {
                for_each_type(|_, bytes| {
                    let record = $set::decode(&bytes).unwrap();
                    let mut shorter = bytes.as_slice();
                    while let Some(rest) = shorter.strip_suffix(b" ") {
                        shorter = rest;
                        assert!($set::decode(shorter).unwrap() == record);
                    }
                });
            }

            #[test]
            fn extra_characters_are_kept() {
                for_each_type(|record_type, mut bytes| {
                    bytes.extend_from_slice(b" 0045 \xC6x ");
                    let record = $set::decode(&bytes).unwrap().unwrap();
                    let encoded = encoded(&record);
                    assert_eq!(encoded[$set::length(record_type).unwrap()..], *b" 0045 \xC6x");
                    assert!($set::decode(&encoded).unwrap().unwrap() == record);
                });
            }

            proptest! {
                #[test]
                fn any_bytes_decode_or_are_refused(noise in vec(any::<u8>(), 0..600), kind in any::<prop::sample::Index>()) {
                    let mut bytes = format!("{:03}", kind.get($set::TYPES)).into_bytes();
                    bytes.extend(noise);
                    for bytes in [&bytes[..], &bytes[3..]] {
                        if let Ok(Some(record)) = $set::decode(bytes) {
                            let encoded = encoded(&record);
                            prop_assert!($set::decode(&encoded).unwrap().unwrap() == record);
                        }
                    }
                }
            }

            #[test]
            fn whatever_decodes_from_a_damaged_record_survives_encoding() {
                // Damage in one place at a time, or nothing would decode.
                for_each_type(|_, bytes| {
                    for at in 0..bytes.len() {
                        for byte in [b' ', b'0', b'9', b'-', b'*', 0x00, 0x85, 0xE6] {
                            let mut damaged = bytes.clone();
                            damaged[at] = byte;
                            if let Ok(Some(record)) = $set::decode(&damaged) {
                                assert!($set::decode(&encoded(&record)).unwrap().unwrap() == record);
                            }
                        }
                    }
                });
            }

            #[test]
            fn types_ascend_and_each_has_a_length() {
                assert!($set::TYPES.is_sorted_by(|a, b| a < b));
                for record_type in $set::TYPES {
                    let last = $set::fields(*record_type).unwrap().last().unwrap();
                    assert_eq!($set::length(*record_type), Some(last.start + last.len - 1));
                }
            }

            #[test]
            fn a_type_outside_the_set_is_no_error() {
                for bytes in [&b"998"[..], b"051070761", b"", b"00", b"x01", b"\xB2\xB2\xB2"] {
                    assert!($set::decode(bytes).unwrap().is_none());
                }
                assert_eq!($set::length(998), None);
                assert!($set::fields(998).is_none());
            }
        }
    };
}

suite!(public, PublicRecord);
suite!(private, PrivateRecord);
