//! What tells whether a person's records are news, without decoding them.

use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_register::contact::SourceStamp;
use kartotek_register::ports::Known;

/// Stamp and hash over the records as they are, whatever their order and trailing blanks. Events say when, not what, so they count for the
/// stamp only. Without an event the item is as of `otherwise`, or of the end of the day.
pub(crate) fn marks<'r>(
    records: impl Iterator<Item = &'r [u8]>,
    production_date: PartialDate,
    otherwise: Option<Timestamp>,
    mapping_hash: i64,
) -> Known {
    let mut content_hash = 0_u64;
    let mut updated = None;
    for bytes in records {
        if bytes.starts_with(b"099") {
            updated = updated.max(bytes.get(13..25).and_then(Timestamp::from_digits));
        } else {
            content_hash = content_hash.wrapping_add(twox_hash::XxHash3_64::oneshot(without_blanks(bytes)));
        }
    }
    Known {
        stamp: SourceStamp::new(production_date, updated.or(otherwise)),
        content_hash: content_hash.cast_signed(),
        mapping_hash,
        edited: false,
    }
}

fn without_blanks(record: &[u8]) -> &[u8] {
    let end = record.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    record.get(..end).unwrap_or_default()
}
