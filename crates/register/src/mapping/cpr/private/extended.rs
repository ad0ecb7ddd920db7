//! 002, 003 and 050, which are mapped only with `mapping.extended`, like their public counterparts 005, 006 and 050.

use compact_str::CompactString;
use kartotek_formats::dates::Timestamp;
use kartotek_formats::records::u09480::PrivateRecord;

use crate::contact::{AddressType, ProtectionStatement, Scope};

use super::super::RecordSet;
use super::super::draft::Draft;
use super::super::extended::{five_lines, push_address};

/// `addresses` are the record types that speak about addresses.
pub(super) fn widen(spoken: RecordSet, addresses: RecordSet, scope: &mut Scope) {
    scope.other_addresses = [addresses.contains(2), addresses.contains(3), false];
    scope.credit_warning = spoken.contains(50);
}

pub(super) fn map(record: &PrivateRecord<'_>, draft: &mut Draft) {
    match record {
        PrivateRecord::P002ForeignAddress(r) => {
            let lines = [r.udlandadr1, r.udlandadr2, r.udlandadr3, r.udlandadr4, r.udlandadr5];
            let from = r.udlandadrdto.map(Timestamp::date);
            push_address(draft, 2, AddressType::Abroad, five_lines(lines, ""), from, None);
        }
        PrivateRecord::P003ContactAddress(r) => {
            let lines = [r.kontaktadr1, r.kontaktadr2, r.kontaktadr3, r.kontaktadr4, r.kontaktadr5];
            let from = r.kontaktadrdato.map(Timestamp::date);
            push_address(draft, 3, AddressType::Contact, five_lines(lines, ""), from, None);
        }
        PrivateRecord::P050CreditWarning(r) => draft.update.protections.push(ProtectionStatement {
            protection_type: CompactString::new(r.beskyttype.as_str()),
            start_date: r.start_beskyttelse.map(Timestamp::date),
            deletion_date: None,
            record: 50,
        }),
        _ => {}
    }
}
