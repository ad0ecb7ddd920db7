use std::fmt;

use super::{CustomerNumber, ErrorNumber, Token, UserId};

/// What an answer begins with (cpr-direkte.md section 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerHeader {
    /// Positions 1-4.
    pub customer: CustomerNumber,
    /// Position 5, echoed from the request.
    pub subscription: u8,
    /// Position 6, echoed from the request.
    pub data: u8,
    /// Positions 7-14.
    pub token: Token,
    /// Positions 15-22; `None` when it is blank or no user id, which some errors leave.
    pub user: Option<UserId>,
    /// Positions 23-24.
    pub error: ErrorNumber,
    /// Positions 25-28, the length of the whole answer; `None` in the short answer to a sign-on.
    pub length: Option<u16>,
}

/// An answer: header, and records or an error text. `Debug` does not show what follows the header.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The header.
    pub header: AnswerHeader,
    /// What follows it, in ISO-8859-1: the records at full length, or an error text, or nothing.
    pub data: &'a [u8],
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({:?}, {} bytes)", self.header, self.data.len())
    }
}

/// Why bytes are no answer. Never holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Fewer bytes than a header.
    #[error("expected an answer of at least 24 characters, found {found}")]
    TooShort {
        /// How many came.
        found: usize,
    },
    /// A field of the header is not as documented.
    #[error("position {position} of the answer: expected {expected}; is there another service at this address?")]
    Header {
        /// First position of the field, from 1.
        position: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// More or fewer bytes than declared.
    #[error("the answer declares a length of {declared}, found {found}")]
    Length {
        /// Positions 25-28.
        declared: u16,
        /// How many came.
        found: usize,
    },
}

/// How much of an answer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Fewer than the 24 characters that every answer has.
    Nothing,
    /// All that the short answer to a sign-on has; more may follow.
    Short,
    /// The header; the answer ends after `length` bytes.
    Until {
        /// Declared length.
        length: usize,
    },
}

impl AnswerHeader {
    /// Characters of a whole header.
    pub const LENGTH: usize = 28;
    /// Characters of the shortest answer to a sign-on.
    pub const SHORT: usize = 24;
    /// The longest answer that the length field can declare.
    pub const MAX_ANSWER: usize = 9_999;

    /// Reads a header of 24 or 28 characters.
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        if bytes.len() < Self::SHORT {
            return Err(AnswerError::TooShort { found: bytes.len() });
        }
        let wrong = |position, expected| AnswerError::Header { position, expected };
        let field = |start: usize, len: usize| bytes.get(start - 1..start - 1 + len).unwrap_or_default();
        let one = |position: usize| field(position, 1).first().copied().unwrap_or(b' ');
        let customer = CustomerNumber::new(field(1, 4)).ok_or(wrong(1, "a customer number of four digits"))?;
        let error = ErrorNumber::from_digits(field(23, 2)).ok_or(wrong(23, "an error number of two digits"))?;
        let user = str::from_utf8(field(15, 8)).ok().and_then(|text| UserId::parse(text).ok());
        let length = match field(25, 4) {
            [] => None,
            digits => {
                let digits = crate::codes::Digits::<4>::new(digits).ok_or(wrong(25, "the length in four digits"))?;
                let length = u16::try_from(digits.as_number()).unwrap_or_default();
                if usize::from(length) < Self::LENGTH {
                    return Err(wrong(25, "a length of at least 0028"));
                }
                Some(length)
            }
        };
        Ok(Self {
            customer,
            subscription: one(5),
            data: one(6),
            token: Token::new(field(7, 8).try_into().unwrap_or([b' '; 8])),
            user,
            error,
            length,
        })
    }

    /// Writes the header; 24 characters without a length, 28 with one.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.customer.as_bytes());
        out.extend([self.subscription, self.data]);
        out.extend_from_slice(self.token.as_bytes());
        out.extend_from_slice(self.user.as_ref().map_or(b"        ", |user| user.as_bytes()));
        out.extend_from_slice(&self.error.to_digits());
        if let Some(length) = self.length {
            out.extend_from_slice(format!("{length:04}").as_bytes());
        }
    }
}

impl<'a> Answer<'a> {
    /// Tells from the first bytes of an answer how many there will be. An answer may come in any pieces, and the server
    /// may close late or never.
    pub fn received(bytes: &[u8]) -> Result<Received, AnswerError> {
        if bytes.len() < AnswerHeader::SHORT {
            return Ok(Received::Nothing);
        }
        if bytes.len() < AnswerHeader::LENGTH {
            return Ok(Received::Short);
        }
        let header = AnswerHeader::decode(bytes)?;
        Ok(Received::Until { length: header.length.map_or(AnswerHeader::LENGTH, usize::from) })
    }

    /// Reads a whole answer. Between 24 and 27 characters are a header without a length.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, AnswerError> {
        let header = if bytes.len() < AnswerHeader::LENGTH {
            AnswerHeader::decode(bytes.get(..AnswerHeader::SHORT).unwrap_or(bytes))?
        } else {
            AnswerHeader::decode(bytes)?
        };
        match header.length {
            Some(declared) if usize::from(declared) != bytes.len() => {
                Err(AnswerError::Length { declared, found: bytes.len() })
            }
            _ => Ok(Self { header, data: bytes.get(AnswerHeader::LENGTH..).unwrap_or_default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8; 28] = b"013290TOKEN123WUADIR34000028";

    #[test]
    fn the_fields_stand_where_the_guide_says() {
        let answer = Answer::decode(HEADER).unwrap();
        assert_eq!(answer.header.customer.as_str(), "0132");
        assert_eq!(answer.header.token.as_bytes(), b"TOKEN123");
        assert_eq!(answer.header.user.unwrap().as_str(), "WUADIR34");
        assert!(answer.header.error.is_success());
        assert_eq!(answer.header.length, Some(28));
        let mut out = Vec::new();
        answer.header.encode(&mut out);
        assert_eq!(out, HEADER);
    }

    #[test]
    fn a_short_answer_to_a_sign_on_has_no_length() {
        for len in 24..28 {
            let answer = Answer::decode(&HEADER[..len]).unwrap();
            assert_eq!((answer.header.length, answer.data.len()), (None, 0));
        }
        assert_eq!(Answer::decode(&HEADER[..23]), Err(AnswerError::TooShort { found: 23 }));
    }

    #[test]
    fn the_declared_length_says_when_an_answer_is_whole() {
        let mut long = b"013206TOKEN123WUADIR34050040ukendt nummer".to_vec();
        assert_eq!(Answer::received(&long[..10]), Ok(Received::Nothing));
        assert_eq!(Answer::received(&long[..27]), Ok(Received::Short));
        assert_eq!(Answer::received(&long[..30]), Ok(Received::Until { length: 40 }));
        assert_eq!(Answer::decode(&long), Err(AnswerError::Length { declared: 40, found: 41 }));
        long.truncate(40);
        assert_eq!(Answer::decode(&long).unwrap().data.len(), 12);
    }

    #[test]
    fn something_else_than_an_answer_is_told_by_position() {
        let position = |bytes: &[u8]| match Answer::decode(bytes) {
            Err(AnswerError::Header { position, .. }) => position,
            other => panic!("{other:?}"),
        };
        assert_eq!(position(b"HTTP/1.1 400 Bad Request\r\nServer: x"), 1);
        assert_eq!(position(b"013290TOKEN123WUADIR34xx0028"), 23);
        assert_eq!(position(b"013290TOKEN123WUADIR34000x28"), 25);
        assert_eq!(position(b"013290TOKEN123WUADIR34000027"), 25);
    }
}
