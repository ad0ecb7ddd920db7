//! Trying the connection out (F26-F31).

use kartotek_clients::cpr_direkte::{ErrorKind, Reply};
use kartotek_formats::cpr_direkte::{Answer, AnswerHeader, DataType, ErrorNumber, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;

use super::{FetchError, Online};

/// One of the test persons that the CPR Office has published.
const TEST_PERSON: u64 = 707_614_285;

/// The answer to a test of the connection.
pub struct Tested {
    reply: Reply,
    asked: Asked,
}

/// How the connection was tested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    SignOn,
    AboutTestPerson,
}

impl Tested {
    /// The answer.
    pub fn answer(&self) -> Answer<'_> {
        self.reply.answer()
    }

    /// The header as it came, at most 28 bytes, token and all.
    pub fn header_bytes(&self) -> &[u8] {
        let bytes = self.reply.bytes();
        bytes.get(..AnswerHeader::LENGTH).unwrap_or(bytes)
    }

    /// Whether connection and sign-on are good. Not to know the test person takes both; a sign-on asks about nobody.
    pub fn is_good(&self) -> bool {
        match self.answer().header.error {
            ErrorNumber::SUCCESS => true,
            ErrorNumber::UNKNOWN_NUMBER => self.asked == Asked::AboutTestPerson,
            _ => false,
        }
    }
}

impl Online {
    /// Signs on once. A local proxy does that itself, so it is asked about a test person instead, without data.
    pub fn test(&self) -> Result<Tested, FetchError> {
        let client = self.client();
        match self.wait(client.sign_on()) {
            Err(error) if matches!(error.kind, ErrorKind::SignsOnItself) => {
                let Ok(person) = CprNumber::from_number(TEST_PERSON) else { return Err(error.into()) };
                let reply = self.wait(client.ask_once(person, SubscriptionType::Unchanged, DataType::None))?;
                Ok(Tested { reply, asked: Asked::AboutTestPerson })
            }
            reply => Ok(Tested { reply: reply?, asked: Asked::SignOn }),
        }
    }
}
