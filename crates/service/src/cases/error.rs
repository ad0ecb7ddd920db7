use kartotek_formats::dates::PartialDate;
use kartotek_register::ports::StoreError;

/// Why something cannot be done with a case. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A number of nothing, or with characters that no list can hold.
    #[error("expected a case number of 1 to 100 characters without control characters")]
    NotACaseNo,
    /// The number is taken.
    #[error("there is a case {case_no} already; open it again with reopen if it is closed")]
    Exists {
        /// The number.
        case_no: String,
    },
    /// There is no such case.
    #[error("there is no case {case_no}")]
    NoSuchCase {
        /// The number.
        case_no: String,
    },
    /// The case is closed.
    #[error("case {case_no} is closed; reopen it before parties are added")]
    CaseClosed {
        /// The number.
        case_no: String,
    },
    /// Only persons with a CPR number become contacts by being put on a case.
    #[error(
        "there is no such contact; only a person with a CPR number may be put on a case before the register knows them"
    )]
    NoSuchContact,
    /// The digits are no CPR number.
    #[error("the number of a contact of type C: {0}")]
    NotACprNumber(#[from] kartotek_formats::identifiers::CprError),
    /// A closed contact cannot be put on a case (contact-model.md 2.1, 6.7).
    #[error(
        "the contact is closed since {since}, so it cannot be put on a case; a contact is closed when the person has died"
    )]
    ContactClosed {
        /// `end_date` of the contact.
        since: PartialDate,
    },
    /// A contact that is not valid yet shows as closed until it is.
    #[error("the contact is valid from {from} on and closed until then, so it cannot be put on a case yet")]
    ContactNotYet {
        /// `start_date` of the contact.
        from: PartialDate,
    },
    /// Nothing to end.
    #[error("the contact is not a current party of case {case_no}{}", .role.as_ref().map(|role| format!(" in the role {role:?}")).unwrap_or_default())]
    NotAParty {
        /// The number.
        case_no: String,
        /// The role that was asked for.
        role: Option<String>,
    },
    /// The register failed.
    #[error("the register: {0}")]
    Store(#[from] StoreError),
}

impl CaseError {
    /// Whether what was asked for cannot be done, rather than that the register failed.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_))
    }
}
