use std::fmt;

use super::{CustomerNumber, ErrorNumber, Token, UserId};

/// What an answer is to, which decides how much of it there must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerTo {
    /// A sign-on: 24 characters say all, whatever follows them.
    Logon,
    /// A look-up or a change of a subscription: a header of 28 characters, and data as long as it declares.
    Lookup,
}

/// What an answer begins with (cpr-direkte.md section 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerHeader {
    /// Positions 1-4; `None` when they are not filled in, which only an error may leave.
    pub customer: Option<CustomerNumber>,
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
    /// Positions 25-28, the length of the whole answer; `None` where no length stands there: in the short answer to a
    /// sign-on, and with an error, where some clients know a reason code.
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
    /// Fewer bytes than declared.
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
    /// Too little to tell; the answer has `expected` characters at least.
    TooLittle {
        /// Characters.
        expected: usize,
    },
    /// All that decides: an error number, or what a sign-on is answered by. A text or the rest of the header may follow,
    /// up to `length`, when that is known.
    Decided {
        /// Declared length.
        length: Option<usize>,
    },
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

    /// Reads the header that `bytes` begin with. 24 characters are enough; what stands at 25-28 is never an error here.
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        if bytes.len() < Self::SHORT {
            return Err(AnswerError::TooShort { found: bytes.len() });
        }
        let wrong = |position, expected| AnswerError::Header { position, expected };
        let field = |start: usize, len: usize| bytes.get(start - 1..start - 1 + len).unwrap_or_default();
        let one = |position: usize| field(position, 1).first().copied().unwrap_or(b' ');
        let error = ErrorNumber::from_digits(field(23, 2));
        let customer = CustomerNumber::new(field(1, 4));
        let is_empty = field(1, 4).iter().all(|byte| matches!(byte, b' ' | 0));
        if customer.is_none() && !(is_empty && error.is_some_and(|error| !error.is_success())) {
            return Err(wrong(1, "a customer number of four digits"));
        }
        let error = error.ok_or(wrong(23, "an error number of two digits"))?;
        let user = str::from_utf8(field(15, 8)).ok().and_then(|text| UserId::parse(text).ok());
        let length = crate::codes::Digits::<4>::new(field(25, 4))
            .and_then(|digits| u16::try_from(digits.as_number()).ok())
            .filter(|length| usize::from(*length) >= Self::LENGTH);
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

    /// Whether the first 24 characters say all: an error is believed whatever follows it, since taking it for something
    /// else would repeat what locks a user out.
    fn is_decided(&self, to: AnswerTo) -> bool {
        to == AnswerTo::Logon || !self.error.is_success()
    }

    /// The length of an answer with data.
    fn declared(&self) -> Result<u16, AnswerError> {
        let expected = "the length in four digits, at least 0028";
        self.length.ok_or(AnswerError::Header { position: 25, expected })
    }

    /// Writes the header; 24 characters without a length, 28 with one.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.customer.as_ref().map_or(b"    ", |customer| customer.as_bytes()));
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
    pub fn received(bytes: &[u8], to: AnswerTo) -> Result<Received, AnswerError> {
        if bytes.len() < AnswerHeader::SHORT {
            let expected = match to {
                AnswerTo::Logon => AnswerHeader::SHORT,
                AnswerTo::Lookup => AnswerHeader::LENGTH,
            };
            return Ok(Received::TooLittle { expected });
        }
        let header = AnswerHeader::decode(bytes)?;
        if header.is_decided(to) {
            return Ok(Received::Decided { length: header.length.map(usize::from) });
        }
        if bytes.len() < AnswerHeader::LENGTH {
            return Ok(Received::TooLittle { expected: AnswerHeader::LENGTH });
        }
        Ok(Received::Until { length: header.declared()?.into() })
    }

    /// Reads a whole answer. What follows the declared length does not belong to it.
    pub fn decode(bytes: &'a [u8], to: AnswerTo) -> Result<Self, AnswerError> {
        let header = AnswerHeader::decode(bytes)?;
        if !header.is_decided(to) {
            let declared = header.declared()?;
            if bytes.len() < usize::from(declared) {
                return Err(AnswerError::Length { declared, found: bytes.len() });
            }
        }
        let end = header.length.map_or(bytes.len(), |length| bytes.len().min(length.into()));
        let data = bytes.get(AnswerHeader::LENGTH..end).unwrap_or_default();
        Ok(Self { header, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AnswerTo::{Logon, Lookup};

    const HEADER: &[u8; 28] = b"013290TOKEN123WUADIR34000028";

    #[test]
    fn the_fields_stand_where_the_guide_says() {
        let answer = Answer::decode(HEADER, Lookup).unwrap();
        assert_eq!(answer.header.customer.unwrap().as_str(), "0132");
        assert_eq!(answer.header.token.as_bytes(), b"TOKEN123");
        assert_eq!(answer.header.user.unwrap().as_str(), "WUADIR34");
        assert!(answer.header.error.is_success());
        assert_eq!(answer.header.length, Some(28));
        let mut out = Vec::new();
        answer.header.encode(&mut out);
        assert_eq!(out, HEADER);
    }

    #[test]
    fn twenty_four_characters_answer_a_sign_on_whatever_follows_them() {
        for rest in ["", "0", "    ", "\0\0\0\0", "\r\n  ", "0000", "0001", "00x8", "    and more"] {
            let bytes = [&HEADER[..24], rest.as_bytes()].concat();
            assert_eq!(Answer::received(&bytes, Logon), Ok(Received::Decided { length: None }), "{rest:?}");
            let header = Answer::decode(&bytes, Logon).unwrap().header;
            assert_eq!((header.token.as_bytes(), header.length), (b"TOKEN123", None), "{rest:?}");
        }
        assert_eq!(Answer::received(HEADER, Logon), Ok(Received::Decided { length: Some(28) }));
        assert_eq!(Answer::received(&HEADER[..23], Logon), Ok(Received::TooLittle { expected: 24 }));
        assert_eq!(Answer::decode(&HEADER[..23], Logon), Err(AnswerError::TooShort { found: 23 }));
    }

    #[test]
    fn an_error_number_is_believed_whatever_follows_it() {
        for rest in ["", "    ", "0000", "0001", "0101", "0028", "forkert adgangskode", "0028forkert adgangskode"] {
            for number in ["01", "02", "05", "07", "16", "99"] {
                let bytes = format!("013206TOKEN123WUADIR34{number}{rest}").into_bytes();
                for to in [Logon, Lookup] {
                    assert!(matches!(Answer::received(&bytes, to), Ok(Received::Decided { .. })), "{number}{rest}");
                    assert_eq!(Answer::decode(&bytes, to).unwrap().header.error.to_string(), number, "{rest}");
                }
            }
        }
    }

    #[test]
    fn an_error_may_leave_the_customer_out() {
        for customer in ["    ", "\0\0\0\0"] {
            let bytes = format!("{customer}                  160028");
            let header = Answer::decode(bytes.as_bytes(), Lookup).unwrap().header;
            assert_eq!((header.customer, header.error), (None, ErrorNumber::ADDRESS_NOT_APPROVED));
        }
        let good = Answer::decode(b"    06TOKEN123WUADIR34000028", Lookup);
        assert!(matches!(good, Err(AnswerError::Header { position: 1, .. })), "{good:?}");
    }

    #[test]
    fn the_declared_length_says_where_an_answer_ends() {
        let long = b"013206TOKEN123WUADIR34000040twelve bytesX";
        assert_eq!(Answer::received(&long[..10], Lookup), Ok(Received::TooLittle { expected: 28 }));
        assert_eq!(Answer::received(&long[..27], Lookup), Ok(Received::TooLittle { expected: 28 }));
        assert_eq!(Answer::received(&long[..30], Lookup), Ok(Received::Until { length: 40 }));
        assert_eq!(Answer::decode(&long[..39], Lookup), Err(AnswerError::Length { declared: 40, found: 39 }));
        assert_eq!(Answer::decode(&long[..40], Lookup).unwrap().data, b"twelve bytes");
        assert_eq!(Answer::decode(long, Lookup).unwrap().data, b"twelve bytes");
    }

    #[test]
    fn something_else_than_an_answer_is_told_by_position() {
        let position = |bytes: &[u8]| match Answer::decode(bytes, Lookup) {
            Err(AnswerError::Header { position, .. }) => position,
            other => panic!("{other:?}"),
        };
        assert_eq!(position(b"HTTP/1.1 400 Bad Request\r\nServer: x"), 1);
        assert_eq!(position(b"013290TOKEN123WUADIR34xx0028"), 23);
        assert_eq!(position(b"013290TOKEN123WUADIR34000x28"), 25);
        assert_eq!(position(b"013290TOKEN123WUADIR34000027"), 25);
        assert_eq!(position(b"013290TOKEN123WUADIR3400"), 25);
    }
}
