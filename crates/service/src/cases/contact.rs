//! Contacts of parties: how they are written, which the register has, and which may be put on a case.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, ContactRow, NameType, SourceId};
use kartotek_register::ports::{CaseKey, StoreError, Transaction};

use super::CaseError;

/// Why a text names no contact. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactTextError {
    /// Neither form.
    #[error("expected TYPE:NUMBER, for example C:0707614285, or the ten digits of a CPR number")]
    NotAContact,
    /// Of type C, but no CPR number.
    #[error("expected a CPR number behind type C: {0}")]
    NotACprNumber(#[from] kartotek_formats::identifiers::CprError),
}

/// Reads a contact: `C:0707614285`, `C:070761-4285`, ten digits for a person with a CPR number, `J:12345678` and the like.
pub fn parse_contact(text: &str) -> Result<ContactId, ContactTextError> {
    let (name_type, code) = match text.trim().split_once(':') {
        Some((name_type, code)) => (name_type, code.trim()),
        None => ("C", text.trim()),
    };
    let &[name_type] = name_type.as_bytes() else { return Err(ContactTextError::NotAContact) };
    let name_type = NameType(name_type.to_ascii_uppercase());
    if !name_type.0.is_ascii_alphabetic() || code.is_empty() || code.len() > 40 || code.contains(char::is_control) {
        return Err(ContactTextError::NotAContact);
    }
    if name_type == NameType::CPR_PERSON {
        return Ok(ContactId::person(CprNumber::parse(code)?));
    }
    Ok(ContactId { name_type, name_code: CompactString::new(code) })
}

/// The CPR number of a contact; `None` when it is no person with one.
pub(super) fn cpr_number(id: &ContactId) -> Option<CprNumber> {
    if id.name_type == NameType::CPR_PERSON { CprNumber::parse(&id.name_code).ok() } else { None }
}

/// The rows of contacts, in the order asked for.
pub(super) fn rows(transaction: &mut dyn Transaction, keys: &[ContactKey]) -> Result<Vec<ContactRow>, StoreError> {
    let mut rows = Vec::with_capacity(keys.len());
    for keys in keys.chunks(1_000) {
        rows.extend(transaction.states(SourceId::CPR, keys)?.into_iter().map(|state| state.contact));
    }
    Ok(rows)
}

/// The current parties of a case who are persons with a CPR number, by contact.
pub(super) fn current_persons(
    transaction: &mut dyn Transaction,
    case: CaseKey,
    today: PartialDate,
) -> Result<Vec<CprNumber>, StoreError> {
    let parties = transaction.parties(case)?;
    let mut keys: Vec<ContactKey> =
        parties.iter().filter(|party| party.is_current_on(today)).map(|party| party.contact).collect();
    keys.dedup();
    Ok(rows(transaction, &keys)?.iter().filter_map(|contact| cpr_number(&contact.id)).collect())
}

/// Whether a contact may be put on a case: not once it is closed, and not before it is valid.
pub(super) fn may_be_party(contact: &ContactRow, today: PartialDate) -> Result<(), CaseError> {
    match (contact.start_date, contact.end_date) {
        (_, Some(since)) if since <= today => Err(CaseError::ContactClosed { since }),
        (Some(from), _) if from > today => Err(CaseError::ContactNotYet { from }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_read_in_each_form() {
        for text in ["C:0707614285", "c: 070761-4285", " 0707614285 ", "070761-4285"] {
            let id = parse_contact(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((id.name_type, id.name_code.as_str()), (NameType::CPR_PERSON, "0707614285"));
        }
        let company = parse_contact("j:12345678").unwrap();
        assert_eq!((company.name_type, company.name_code.as_str()), (NameType::COMPANY, "12345678"));
        for text in ["", ":1", "C:", "CC:0707614285", "J:", "1:2", "C:0013610000", "070761428"] {
            assert!(parse_contact(text).is_err(), "{text}");
        }
    }
}
