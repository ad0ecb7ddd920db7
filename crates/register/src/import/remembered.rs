//! Keys of contacts that an import has made, so that it need not ask for them again.

use kartotek_formats::identifiers::CprNumber;
use rustc_hash::FxHashMap;

use crate::contact::{ContactId, ContactKey, ContactRow, NameType};
use crate::ports::{StoreError, Transaction};

/// At most so many are remembered, 36 MB.
const MOST: usize = 1_800_000;

/// Persons with a CPR number and their keys. Contacts are neither deleted nor numbered anew while an import runs, so what
/// is remembered stays true.
#[derive(Default)]
pub(super) struct Remembered {
    keys: FxHashMap<u64, ContactKey>,
    /// Whether a person who is not remembered is not in the register either: it was empty when the import began, and
    /// the import has made every contact since. Should somebody else add one of the file's persons at that very time,
    /// the register refuses the batch, and the import, called again, asks.
    is_whole: bool,
}

impl Remembered {
    /// Of a register that is empty.
    pub fn whole() -> Self {
        Self { keys: FxHashMap::default(), is_whole: true }
    }

    /// The keys of contacts by their identity, in the order asked for.
    pub fn contact_keys(
        &self,
        transaction: &mut dyn Transaction,
        ids: &[ContactId],
    ) -> Result<Vec<Option<ContactKey>>, StoreError> {
        if !self.is_whole {
            return transaction.contact_keys(ids);
        }
        let mut unknown = Vec::new();
        let mut keys: Vec<Option<ContactKey>> = Vec::with_capacity(ids.len());
        for (at, id) in ids.iter().enumerate() {
            let number = number(id);
            if number.is_none() {
                unknown.push(at);
            }
            keys.push(number.and_then(|number| self.keys.get(&number).copied()));
        }
        let asked: Vec<ContactId> = unknown.iter().filter_map(|at| ids.get(*at)).cloned().collect();
        if !asked.is_empty() {
            for (at, found) in unknown.into_iter().zip(transaction.contact_keys(&asked)?) {
                if let Some(key) = keys.get_mut(at) {
                    *key = found;
                }
            }
        }
        Ok(keys)
    }

    /// Remembers contacts that are about to be written.
    pub fn add(&mut self, contacts: &[ContactRow]) {
        if !self.is_whole {
            return;
        }
        if self.keys.len() + contacts.len() > MOST {
            // Bounded memory counts for more than the time that asking takes.
            *self = Self::default();
            return;
        }
        self.keys.extend(contacts.iter().filter_map(|row| number(&row.id).map(|number| (number, row.key))));
    }
}

fn number(id: &ContactId) -> Option<u64> {
    if id.name_type != NameType::CPR_PERSON {
        return None;
    }
    CprNumber::from_digits(id.name_code.as_bytes()).ok().map(CprNumber::as_number)
}
