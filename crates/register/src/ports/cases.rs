//! Cases and their parties: what the subscription rules read. The authority's case system may write the same tables.

use kartotek_formats::dates::PartialDate;

use crate::contact::ContactKey;

use super::StoreError;

/// Key of a case.
pub type CaseKey = i64;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Key.
    pub key: CaseKey,
    /// The authority's number, which is unique.
    pub case_no: String,
    /// The authority's type; `None` when it gave none.
    pub case_type: Option<String>,
    /// Whether its state is `open`. It is open only while no end date has passed, see [`Case::is_open_on`].
    pub is_open: bool,
    /// From.
    pub start_date: Option<PartialDate>,
    /// To; the case is open on this day too.
    pub end_date: Option<PartialDate>,
}

impl Case {
    /// Open: not closed, and no end date in the past (contact-model.md section 4).
    pub fn is_open_on(&self, today: PartialDate) -> bool {
        self.is_open && self.end_date.is_none_or(|end| end >= today)
    }
}

/// A case to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// The authority's number.
    pub case_no: String,
    /// The authority's type.
    pub case_type: Option<String>,
    /// From.
    pub start_date: PartialDate,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The case.
    pub case: CaseKey,
    /// The contact.
    pub contact: ContactKey,
    /// What the contact is in the case; may be empty.
    pub role: String,
    /// From.
    pub start_date: Option<PartialDate>,
    /// To; the contact is a party on this day too.
    pub end_date: Option<PartialDate>,
}

impl Party {
    /// Whether the contact is a party on a day.
    pub fn is_current_on(&self, today: PartialDate) -> bool {
        self.start_date.is_none_or(|start| start <= today) && self.end_date.is_none_or(|end| end >= today)
    }
}

/// Writing cases, as part of a transaction.
pub trait CaseBook {
    /// The case with a number.
    fn case(&mut self, case_no: &str) -> Result<Option<Case>, StoreError>;

    /// Enters a case as open; its number must be new.
    fn insert_case(&mut self, case: &NewCase) -> Result<CaseKey, StoreError>;

    /// Opens or closes a case: its state and its end date.
    fn set_case_state(&mut self, case: CaseKey, is_open: bool, end_date: Option<PartialDate>)
    -> Result<(), StoreError>;

    /// Sets the start of a case.
    fn set_case_start(&mut self, case: CaseKey, start_date: PartialDate) -> Result<(), StoreError>;

    /// Sets the type of a case.
    fn set_case_type(&mut self, case: CaseKey, case_type: Option<&str>) -> Result<(), StoreError>;

    /// All parties of a case, those of the past too, by contact and role.
    fn parties(&mut self, case: CaseKey) -> Result<Vec<Party>, StoreError>;

    /// Enters a party, or, when the contact has the role in the case already, overwrites its dates.
    fn put_party(&mut self, party: &Party) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(iso: &str) -> Option<PartialDate> {
        PartialDate::from_iso(iso.as_bytes())
    }

    fn case(is_open: bool, end_date: Option<PartialDate>) -> Case {
        Case { key: 1, case_no: "1".into(), case_type: None, is_open, start_date: None, end_date }
    }

    #[test]
    fn a_case_is_open_on_its_last_day_unless_it_was_closed() {
        let today = day("2026-01-05").unwrap();
        assert!(case(true, None).is_open_on(today));
        assert!(case(true, day("2026-01-06")).is_open_on(today));
        assert!(case(true, day("2026-01-05")).is_open_on(today));
        assert!(!case(true, day("2026-01-04")).is_open_on(today));
        assert!(!case(false, None).is_open_on(today));
        assert!(!case(false, day("2026-01-06")).is_open_on(today));
    }

    #[test]
    fn a_party_is_current_from_its_first_day_to_its_last() {
        let today = day("2026-01-05").unwrap();
        let is_current = |start_date, end_date| {
            Party { case: 1, contact: 1, role: String::new(), start_date, end_date }.is_current_on(today)
        };
        assert!(is_current(None, None));
        assert!(is_current(day("2026-01-05"), day("2026-01-05")));
        assert!(!is_current(day("2026-01-06"), None));
        assert!(!is_current(None, day("2026-01-04")));
    }
}
