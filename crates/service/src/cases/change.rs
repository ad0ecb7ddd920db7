//! One case at a time.

use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::import::make_placeholders;
use kartotek_register::ports::{Case, Clock, Counts, NewCase, NewRun, Party, RunState, Store, Transaction};

use crate::danish_time;

use super::CaseError;
use super::contact::{cpr_number, current_persons, may_be_party, rows};

/// A case to be opened.
#[derive(Debug, Clone)]
pub struct OpenCase {
    /// The authority's number.
    pub case_no: String,
    /// The authority's type.
    pub case_type: Option<String>,
    /// From; today when not given.
    pub start_date: Option<PartialDate>,
}

/// A party to be added.
#[derive(Debug, Clone)]
pub struct NewParty {
    /// The contact; a person with a CPR number need not be in the register.
    pub contact: ContactId,
    /// What it is in the case; may be empty.
    pub role: String,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// False when all of it was so already.
    pub changed: bool,
    /// Whether a placeholder was made for a person whom the register did not know.
    pub placeholder: bool,
    /// The persons to whom the case is now a reason to be subscribed: they are to be subscribed and fetched at once.
    pub concerned: Vec<CprNumber>,
}

/// Opens and closes cases, and puts contacts on them.
pub struct CaseDesk<'a> {
    store: &'a mut dyn Store,
    clock: &'a dyn Clock,
}

impl<'a> CaseDesk<'a> {
    /// At a register.
    pub fn new(store: &'a mut dyn Store, clock: &'a dyn Clock) -> Self {
        Self { store, clock }
    }

    /// Opens a case; its number must be new.
    pub fn open(&mut self, new: &OpenCase) -> Result<Changed, CaseError> {
        let today = danish_time::today(self.clock);
        check_case_no(&new.case_no)?;
        let mut transaction = self.store.begin()?;
        if transaction.case(&new.case_no)?.is_some() {
            return Err(CaseError::Exists { case_no: new.case_no.clone() });
        }
        transaction.insert_case(&NewCase {
            case_no: new.case_no.clone(),
            case_type: new.case_type.clone().filter(|case_type| !case_type.is_empty()),
            start_date: new.start_date.unwrap_or(today),
        })?;
        transaction.commit()?;
        Ok(Changed { changed: true, ..Changed::default() })
    }

    /// Closes a case as of today. Nothing is concerned: whoever has no other reason is unsubscribed by the rules.
    pub fn close(&mut self, case_no: &str) -> Result<Changed, CaseError> {
        let today = danish_time::today(self.clock);
        let mut transaction = self.store.begin()?;
        let case = find(transaction.as_mut(), case_no)?;
        if !case.is_open_on(today) {
            return Ok(Changed::default());
        }
        transaction.set_case_state(case.key, false, Some(today))?;
        transaction.commit()?;
        Ok(Changed { changed: true, ..Changed::default() })
    }

    /// Opens a case again that is closed, or has an end. Its current parties are concerned, also when it was open already.
    pub fn reopen(&mut self, case_no: &str) -> Result<Changed, CaseError> {
        let today = danish_time::today(self.clock);
        let mut transaction = self.store.begin()?;
        let case = find(transaction.as_mut(), case_no)?;
        // A case that closes at the end of today is open, and shall stay so.
        let changed = !case.is_open_on(today) || case.end_date.is_some();
        if changed {
            transaction.set_case_state(case.key, true, None)?;
        }
        let concerned = current_persons(transaction.as_mut(), case.key, today)?;
        transaction.commit()?;
        Ok(Changed { changed, concerned, ..Changed::default() })
    }

    /// Puts a contact on an open case, from today on. A person whom the register does not know gets a placeholder. A party
    /// that had left begins anew today; one that is about to leave stays.
    pub fn add_party(&mut self, case_no: &str, new: &NewParty) -> Result<Changed, CaseError> {
        let today = danish_time::today(self.clock);
        let mut transaction = self.store.begin()?;
        let case = find(transaction.as_mut(), case_no)?;
        if !case.is_open_on(today) {
            return Err(CaseError::CaseClosed { case_no: case_no.to_owned() });
        }
        let found = transaction.contact_keys(std::slice::from_ref(&new.contact))?.into_iter().next().flatten();
        let (contact, placeholder) = match found {
            Some(contact) => {
                for row in rows(transaction.as_mut(), &[contact])? {
                    may_be_party(&row, today)?;
                }
                (contact, false)
            }
            None => (make_person(transaction.as_mut(), &new.contact, self.clock)?, true),
        };
        let parties = transaction.parties(case.key)?;
        let current = parties
            .iter()
            .find(|party| party.contact == contact && party.role == new.role && party.is_current_on(today));
        let changed = current.is_none_or(|party| party.end_date.is_some());
        if changed {
            transaction.put_party(&Party {
                case: case.key,
                contact,
                role: new.role.clone(),
                start_date: current.map_or(Some(today), |party| party.start_date),
                end_date: None,
            })?;
        }
        transaction.commit()?;
        Ok(Changed { changed, placeholder, concerned: cpr_number(&new.contact).into_iter().collect() })
    }

    /// Ends a party today, in one role or in all. The contact counts as a party to the end of the day.
    pub fn remove_party(
        &mut self,
        case_no: &str,
        contact: &ContactId,
        role: Option<&str>,
    ) -> Result<Changed, CaseError> {
        let today = danish_time::today(self.clock);
        let mut transaction = self.store.begin()?;
        let case = find(transaction.as_mut(), case_no)?;
        let key = transaction.contact_keys(std::slice::from_ref(contact))?.into_iter().next().flatten();
        let mut current: Vec<Party> = transaction
            .parties(case.key)?
            .into_iter()
            .filter(|party| Some(party.contact) == key && role.is_none_or(|role| party.role == role))
            .filter(|party| party.is_current_on(today))
            .collect();
        if current.is_empty() {
            return Err(CaseError::NotAParty { case_no: case_no.to_owned(), role: role.map(str::to_owned) });
        }
        current.retain(|party| party.end_date != Some(today));
        for party in &mut current {
            party.end_date = Some(today);
            transaction.put_party(party)?;
        }
        transaction.commit()?;
        Ok(Changed { changed: !current.is_empty(), ..Changed::default() })
    }
}

/// A case number that stands in one line of a list.
pub(super) fn check_case_no(case_no: &str) -> Result<(), CaseError> {
    let is_one = !case_no.trim().is_empty() && case_no.chars().count() <= 100 && !case_no.contains(char::is_control);
    if is_one { Ok(()) } else { Err(CaseError::NotACaseNo) }
}

fn find(transaction: &mut dyn Transaction, case_no: &str) -> Result<Case, CaseError> {
    transaction.case(case_no)?.ok_or_else(|| CaseError::NoSuchCase { case_no: case_no.to_owned() })
}

fn make_person(
    transaction: &mut dyn Transaction,
    contact: &ContactId,
    clock: &dyn Clock,
) -> Result<ContactKey, CaseError> {
    let now = clock.now_text();
    let number = cpr_number(contact).ok_or(CaseError::NoSuchContact)?;
    let run =
        transaction.insert_run(&NewRun { kind: "case add-party", source: SourceId::HAND, started_at: now.clone() })?;
    let keys = make_placeholders(transaction, &[number], danish_time::stamp(clock), run, &now)?;
    let counts = Counts { placeholders: 1, ..Counts::default() };
    transaction.finish_run(run, RunState::Done, &counts, &now)?;
    keys.first().copied().ok_or(CaseError::NoSuchContact)
}
