//! Trying the connection out (F26-F31).

use kartotek_clients::cpr_direkte::{ErrorKind, Reply};
use kartotek_formats::cpr_direkte::{Answer, DataType, ErrorNumber, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;

use super::{FetchError, Online};

/// One of the test persons that the CPR Office has published.
const TEST_PERSON: u64 = 707_614_285;

/// The answer to a test of the connection.
pub struct Tested(Reply);

impl Tested {
    /// The answer.
    pub fn answer(&self) -> Answer<'_> {
        self.0.answer()
    }

    /// Whether connection and sign-on are good. Not to know the test person takes both.
    pub fn is_good(&self) -> bool {
        matches!(self.answer().header.error, ErrorNumber::SUCCESS | ErrorNumber::UNKNOWN_NUMBER)
    }
}

impl Online {
    /// Signs on once. A local proxy does that itself, so it is asked about a test person instead, without data.
    pub fn test(&self) -> Result<Tested, FetchError> {
        let client = self.client();
        let reply = match self.wait(client.sign_on()) {
            Err(error) if matches!(error.kind, ErrorKind::SignsOnItself) => {
                let Ok(person) = CprNumber::from_number(TEST_PERSON) else { return Err(error.into()) };
                self.wait(client.ask_once(person, SubscriptionType::Unchanged, DataType::None))?
            }
            reply => reply?,
        };
        Ok(Tested(reply))
    }
}
