//! Cases and their parties.

use std::collections::BTreeMap;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::ContactKey;
use crate::ports::{Case, CaseBook, CaseKey, NewCase, Party, StoreError, StoreErrorKind};

use super::tables::Tables;
use super::transaction::MemoryTransaction;

impl CaseBook for MemoryTransaction<'_> {
    fn case(&mut self, case_no: &str) -> Result<Option<Case>, StoreError> {
        Ok(self.tables.cases.values().find(|case| case.case_no == case_no).cloned())
    }

    fn insert_case(&mut self, new: &NewCase) -> Result<CaseKey, StoreError> {
        if self.case(&new.case_no)?.is_some() {
            return Err(StoreError::new(StoreErrorKind::Refused, "enter a case", "there is a case of that number"));
        }
        let key = self.tables.cases.last_key_value().map_or(1, |(key, _)| key + 1);
        let case = Case {
            key,
            case_no: new.case_no.clone(),
            case_type: new.case_type.clone(),
            is_open: true,
            start_date: day(Some(new.start_date)),
            end_date: None,
        };
        self.tables.cases.insert(key, case);
        Ok(key)
    }

    fn set_case_state(
        &mut self,
        case: CaseKey,
        is_open: bool,
        end_date: Option<PartialDate>,
    ) -> Result<(), StoreError> {
        if let Some(case) = self.tables.cases.get_mut(&case) {
            case.is_open = is_open;
            case.end_date = day(end_date);
        }
        Ok(())
    }

    fn set_case_start(&mut self, case: CaseKey, start_date: PartialDate) -> Result<(), StoreError> {
        if let Some(case) = self.tables.cases.get_mut(&case) {
            case.start_date = day(Some(start_date));
        }
        Ok(())
    }

    fn set_case_type(&mut self, case: CaseKey, case_type: Option<&str>) -> Result<(), StoreError> {
        if let Some(case) = self.tables.cases.get_mut(&case) {
            case.case_type = case_type.map(str::to_owned);
        }
        Ok(())
    }

    fn parties(&mut self, case: CaseKey) -> Result<Vec<Party>, StoreError> {
        let first = (case, ContactKey::MIN, String::new());
        Ok(self.tables.parties.range(first..).take_while(|((of, ..), _)| *of == case).map(|(_, p)| p.clone()).collect())
    }

    fn put_party(&mut self, party: &Party) -> Result<(), StoreError> {
        let tables = &mut self.tables;
        if !tables.cases.contains_key(&party.case) || tables.contact(party.contact).is_none() {
            let message = "the case or the contact of a party is not there";
            return Err(StoreError::new(StoreErrorKind::Refused, "enter a party", message));
        }
        let row = Party { start_date: day(party.start_date), end_date: day(party.end_date), ..party.clone() };
        tables.parties.insert((row.case, row.contact, row.role.clone()), row);
        Ok(())
    }
}

/// The tables of cases have no columns for partial dates.
fn day(date: Option<PartialDate>) -> Option<PartialDate> {
    date.map(PartialDate::earliest)
}

/// The types of the open cases that contacts are current parties of, by contact, one a case.
pub(super) fn open_cases(
    tables: &Tables,
    today: PartialDate,
) -> BTreeMap<ContactKey, BTreeMap<CaseKey, CompactString>> {
    let mut of_contact: BTreeMap<ContactKey, BTreeMap<CaseKey, CompactString>> = BTreeMap::new();
    for party in tables.parties.values().filter(|party| party.is_current_on(today)) {
        let open = tables.cases.get(&party.case).filter(|case| case.is_open_on(today));
        if let Some(case) = open {
            let case_type = case.case_type.as_deref().unwrap_or_default().into();
            of_contact.entry(party.contact).or_default().insert(case.key, case_type);
        }
    }
    of_contact
}
