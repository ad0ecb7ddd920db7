//! Numbers that have taken the place of others: references `GældendePNR` in force.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use crate::contact::{ContactKey, NameType, Role};

use super::tables::Tables;

#[derive(Default)]
pub(super) struct Numbers {
    valid: BTreeMap<ContactKey, BTreeSet<ContactKey>>,
    former: BTreeMap<ContactKey, BTreeSet<ContactKey>>,
}

impl Numbers {
    pub fn of(tables: &Tables) -> Self {
        let mut numbers = Self::default();
        for ((contact, role, reference, ..), row) in &tables.parts {
            if *role == Role::GaeldendePnr && row.end_date.is_none() {
                numbers.valid.entry(*contact).or_default().insert(*reference);
                numbers.former.entry(*reference).or_default().insert(*contact);
            }
        }
        numbers
    }

    /// Whether the contact's number has taken the place of another.
    pub fn has_former(&self, contact: ContactKey) -> bool {
        self.former.contains_key(&contact)
    }

    /// The contact, those whose number it has taken the place of, and so on.
    pub fn with_former(&self, contact: ContactKey) -> BTreeSet<ContactKey> {
        let mut all = BTreeSet::from([contact]);
        let mut next = vec![contact];
        while let Some(contact) = next.pop() {
            let former = self.former.get(&contact).into_iter().flatten();
            next.extend(former.filter(|former| all.insert(**former)));
        }
        all
    }

    /// The number that has taken the place of the contact's.
    pub fn replaced_by(&self, tables: &Tables, contact: ContactKey) -> Option<CompactString> {
        let refers = |from, to| self.valid.get(&from).is_some_and(|valid| valid.contains(&to));
        let valid = self.valid.get(&contact)?.iter().filter(|valid| !refers(**valid, contact));
        let ids = valid.filter_map(|valid| Some(&tables.contact(*valid)?.id));
        ids.filter(|id| id.name_type == NameType::CPR_PERSON).map(|id| id.name_code.clone()).min()
    }
}
