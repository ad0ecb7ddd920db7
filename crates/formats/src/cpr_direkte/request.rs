use std::fmt;

use zeroize::Zeroizing;

use super::{CustomerNumber, Password, Token, TransactionCode, UserId};
use crate::identifiers::CprNumber;

/// ABON_TYPE of a look-up: what becomes of the subscription. It takes effect at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionType {
    /// `0`: stays as it is.
    Unchanged,
    /// `1`: is set.
    Set,
    /// `3`: is deleted.
    Delete,
}

impl SubscriptionType {
    /// The digit.
    pub fn digit(self) -> u8 {
        match self {
            Self::Unchanged => b'0',
            Self::Set => b'1',
            Self::Delete => b'3',
        }
    }

    /// Reads the digit.
    pub fn from_digit(digit: u8) -> Option<Self> {
        [Self::Unchanged, Self::Set, Self::Delete].into_iter().find(|kind| kind.digit() == digit)
    }
}

/// DATA_TYPE: what the answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// `0`: the header only.
    None,
    /// `6`: the records of the customer's task.
    Task,
}

impl DataType {
    /// The digit.
    pub fn digit(self) -> u8 {
        match self {
            Self::None => b'0',
            Self::Task => b'6',
        }
    }

    /// Reads the digit.
    pub fn from_digit(digit: u8) -> Option<Self> {
        [Self::None, Self::Task].into_iter().find(|kind| kind.digit() == digit)
    }
}

/// ABON_TYPE of a sign-on.
const LOGON: u8 = b'9';

/// Sign-on, and perhaps a change of the password (cpr-direkte.md section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logon {
    /// Positions 1-4.
    pub transaction: TransactionCode,
    /// Positions 6-9.
    pub customer: CustomerNumber,
    /// Positions 12-19.
    pub user: UserId,
    /// Positions 20-27.
    pub password: Password,
    /// Positions 28-35; `None`, blanks: the password stays.
    pub new_password: Option<Password>,
}

impl Logon {
    /// Characters of the request.
    pub const LENGTH: usize = 35;

    /// Writes the request. Its memory is wiped when it is dropped, since passwords stand in it.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::LENGTH));
        prefix(self.transaction, self.customer, LOGON, DataType::None, &mut out);
        out.extend_from_slice(self.user.as_bytes());
        out.extend_from_slice(self.password.reveal());
        out.extend_from_slice(self.new_password.as_ref().map_or(b"        ", |new| new.reveal()));
        out
    }
}

/// Look-up of a person, or a change of the subscription, or both (cpr-direkte.md section 3).
#[derive(Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Positions 1-4.
    pub transaction: TransactionCode,
    /// Positions 6-9.
    pub customer: CustomerNumber,
    /// Position 10.
    pub subscription: SubscriptionType,
    /// Position 11.
    pub data: DataType,
    /// Positions 12-27, and `00` at 28-29. `None` leaves all of it blank, which is how a local proxy (CPR Klient) is asked:
    /// it signs on itself.
    pub identity: Option<(Token, UserId)>,
    /// Positions 30-39.
    pub number: CprNumber,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({}, {:?}, {:?})", self.transaction.code(), self.subscription, self.data)
    }
}

impl Lookup {
    /// Characters of the request.
    pub const LENGTH: usize = 39;

    /// Writes the request.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::LENGTH));
        prefix(self.transaction, self.customer, self.subscription.digit(), self.data, &mut out);
        match &self.identity {
            Some((token, user)) => {
                out.extend_from_slice(token.as_bytes());
                out.extend_from_slice(user.as_bytes());
                out.extend_from_slice(b"00");
            }
            None => out.extend_from_slice(&[b' '; 18]),
        }
        out.extend_from_slice(&self.number.to_digits());
        out
    }
}

fn prefix(transaction: TransactionCode, customer: CustomerNumber, subscription: u8, data: DataType, out: &mut Vec<u8>) {
    out.extend_from_slice(transaction.code().as_bytes());
    out.push(b',');
    out.extend_from_slice(customer.as_bytes());
    out.push(subscription);
    out.push(data.digit());
}

/// Any request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Sign-on.
    Logon(Logon),
    /// Look-up.
    Lookup(Lookup),
}

/// Where a request leaves the documented layout. Says what was expected, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: expected {expected}")]
pub struct RequestError {
    /// The first position of the field, from 1.
    pub position: usize,
    /// What should be there.
    pub expected: &'static str,
}

impl Request {
    /// How long a request will be, told by its position 10; `None` while there are too few bytes to tell.
    pub fn length(bytes: &[u8]) -> Option<usize> {
        bytes.get(9).map(|kind| if *kind == LOGON { Logon::LENGTH } else { Lookup::LENGTH })
    }

    /// Whether a request is a sign-on, told by its position 10.
    pub fn is_logon(bytes: &[u8]) -> bool {
        bytes.get(9) == Some(&LOGON)
    }

    /// Checks that every position is as documented, and leaves aside whether CPR knows what stands there: an unknown
    /// type, a number that is blank or no date, and a password that is too short have error numbers of their own.
    pub fn check_layout(bytes: &[u8]) -> Result<(), RequestError> {
        addressee(bytes)?;
        field(bytes, 10, 1).ok_or(wrong(10, "ABON_TYPE, one character"))?;
        if Self::is_logon(bytes) {
            logon_data(bytes)?;
            user_id(bytes, 12)?;
            let is_password = |field: &&[u8]| is_printable(field.trim_ascii_end());
            field(bytes, 20, 8)
                .filter(is_password)
                .ok_or(wrong(20, "a password, padded with blanks to eight characters"))?;
            let is_new = |field: &&[u8]| *field == NO_PASSWORD || is_printable(field);
            field(bytes, 28, 8).filter(is_new).ok_or(NEW_PASSWORD)?;
            return logon_ends(bytes);
        }
        field(bytes, 11, 1).ok_or(wrong(11, "DATA_TYPE, one character"))?;
        identity(bytes)?;
        let is_number = |field: &&[u8]| **field == [b' '; 10] || field.iter().all(u8::is_ascii_digit);
        field(bytes, 30, 10).filter(is_number).ok_or(wrong(30, "a CPR number of ten digits, or blanks"))?;
        lookup_ends(bytes)
    }

    /// Reads a request to the letter: every position must be as documented, and be something that CPR knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, RequestError> {
        let (transaction, customer) = addressee(bytes)?;
        if Self::is_logon(bytes) {
            return Self::logon(bytes, transaction, customer).map(Self::Logon);
        }
        Self::lookup(bytes, transaction, customer).map(Self::Lookup)
    }

    fn logon(bytes: &[u8], transaction: TransactionCode, customer: CustomerNumber) -> Result<Logon, RequestError> {
        logon_data(bytes)?;
        let user = user_id(bytes, 12)?;
        let password = text(bytes, 20, 8)
            .and_then(|text| Password::parse(text).ok())
            .ok_or(wrong(20, "a password of eight characters"))?;
        let new_password = match field(bytes, 28, 8) {
            Some(NO_PASSWORD) => None,
            Some(new) => {
                let new = str::from_utf8(new).ok().and_then(|text| Password::parse(text).ok());
                Some(new.ok_or(NEW_PASSWORD)?)
            }
            None => return Err(NEW_PASSWORD),
        };
        logon_ends(bytes)?;
        Ok(Logon { transaction, customer, user, password, new_password })
    }

    fn lookup(bytes: &[u8], transaction: TransactionCode, customer: CustomerNumber) -> Result<Lookup, RequestError> {
        let subscription = field(bytes, 10, 1)
            .and_then(|digit| digit.first())
            .and_then(|digit| SubscriptionType::from_digit(*digit))
            .ok_or(wrong(10, "0, 1, 3 or 9"))?;
        let data = field(bytes, 11, 1)
            .and_then(|digit| digit.first())
            .and_then(|digit| DataType::from_digit(*digit))
            .ok_or(wrong(11, "0 or 6"))?;
        let identity = identity(bytes)?;
        let number = field(bytes, 30, 10)
            .and_then(|digits| CprNumber::from_digits(digits).ok())
            .ok_or(wrong(30, "a CPR number of ten digits that begins with a date"))?;
        lookup_ends(bytes)?;
        Ok(Lookup { transaction, customer, subscription, data, identity, number })
    }
}

/// A field of a password that is none.
const NO_PASSWORD: &[u8] = b"        ";

const NEW_PASSWORD: RequestError = wrong(28, "blanks or a new password of eight characters");

const fn wrong(position: usize, expected: &'static str) -> RequestError {
    RequestError { position, expected }
}

fn field(bytes: &[u8], start: usize, len: usize) -> Option<&[u8]> {
    bytes.get(start - 1..start - 1 + len)
}

fn text(bytes: &[u8], start: usize, len: usize) -> Option<&str> {
    field(bytes, start, len).and_then(|field| str::from_utf8(field).ok())
}

/// Only characters of ISO-8859-1 that print, and no blank.
fn is_printable(field: &[u8]) -> bool {
    field.iter().all(|byte| byte.is_ascii_graphic() || *byte > 0xA0)
}

fn addressee(bytes: &[u8]) -> Result<(TransactionCode, CustomerNumber), RequestError> {
    let transaction = text(bytes, 1, 4).and_then(TransactionCode::from_code).ok_or(wrong(1, "OFF4 or PRIV"))?;
    field(bytes, 5, 1).filter(|comma| *comma == b",").ok_or(wrong(5, "a comma"))?;
    let customer =
        field(bytes, 6, 4).and_then(CustomerNumber::new).ok_or(wrong(6, "a customer number of four digits"))?;
    Ok((transaction, customer))
}

fn logon_data(bytes: &[u8]) -> Result<(), RequestError> {
    field(bytes, 11, 1).filter(|data| *data == b"0").map(drop).ok_or(wrong(11, "0 in a sign-on"))
}

fn user_id(bytes: &[u8], start: usize) -> Result<UserId, RequestError> {
    text(bytes, start, 8)
        .and_then(|text| UserId::parse(text).ok().filter(|user| user.as_bytes() == text.as_bytes()))
        .ok_or(wrong(start, "a user id, padded with blanks to eight characters"))
}

/// Token and user id of a look-up, and the error number behind them.
fn identity(bytes: &[u8]) -> Result<Option<(Token, UserId)>, RequestError> {
    let token = field(bytes, 12, 8)
        .and_then(|token| <[u8; 8]>::try_from(token).ok())
        .ok_or(wrong(12, "the token of eight characters"))?;
    match (field(bytes, 20, 8), field(bytes, 28, 2)) {
        (Some(b"        "), Some(b"  ")) if token == *b"        " => Ok(None),
        (_, Some(b"00")) => Ok(Some((Token::new(token), user_id(bytes, 20)?))),
        _ => Err(wrong(28, "00, or blanks together with blank token and user id")),
    }
}

fn logon_ends(bytes: &[u8]) -> Result<(), RequestError> {
    let is_whole = bytes.len() == Logon::LENGTH;
    is_whole.then_some(()).ok_or(wrong(Logon::LENGTH + 1, "nothing after the 35 characters of a sign-on"))
}

fn lookup_ends(bytes: &[u8]) -> Result<(), RequestError> {
    let is_whole = bytes.len() == Lookup::LENGTH;
    is_whole.then_some(()).ok_or(wrong(Lookup::LENGTH + 1, "nothing after the 39 characters of a look-up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> CustomerNumber {
        CustomerNumber::new(b"0132").unwrap()
    }

    fn logon(new_password: Option<&str>) -> Logon {
        Logon {
            transaction: TransactionCode::Off4,
            customer: customer(),
            user: UserId::parse("WU34").unwrap(),
            password: Password::parse("aB34-xyz").unwrap(),
            new_password: new_password.map(|text| Password::parse(text).unwrap()),
        }
    }

    fn lookup(identity: Option<(Token, UserId)>) -> Lookup {
        Lookup {
            transaction: TransactionCode::Priv,
            customer: customer(),
            subscription: SubscriptionType::Set,
            data: DataType::Task,
            identity,
            number: CprNumber::parse("0707614285").unwrap(),
        }
    }

    #[test]
    fn requests_are_as_documented_to_the_letter() {
        assert_eq!(&**logon(None).encode(), b"OFF4,013290WU34    aB34-xyz        ");
        assert_eq!(&**logon(Some("cD56.uvw")).encode(), b"OFF4,013290WU34    aB34-xyzcD56.uvw");
        let identity = (Token::new(*b"TOKEN123"), UserId::parse("WU34").unwrap());
        assert_eq!(&**lookup(Some(identity)).encode(), b"PRIV,013216TOKEN123WU34    000707614285");
        assert_eq!(&**lookup(None).encode(), b"PRIV,013216                  0707614285");
    }

    #[test]
    fn what_is_written_is_read() {
        let identity = (Token::new(*b"TOKEN123"), UserId::parse("WU34").unwrap());
        for request in [
            Request::Logon(logon(None)),
            Request::Logon(logon(Some("cD56.uvw"))),
            Request::Lookup(lookup(Some(identity))),
            Request::Lookup(lookup(None)),
        ] {
            let bytes = match &request {
                Request::Logon(logon) => logon.encode(),
                Request::Lookup(lookup) => lookup.encode(),
            };
            assert_eq!(Request::length(&bytes), Some(bytes.len()));
            assert_eq!(Request::decode(&bytes), Ok(request));
        }
    }

    #[test]
    fn every_deviation_is_told_by_its_position() {
        let good = b"PRIV,013216TOKEN123WU34    000707614285";
        for (at, byte, position) in [
            (0, b'X', 1),
            (4, b';', 5),
            (7, b'x', 6),
            (9, b'2', 10),
            (10, b'1', 11),
            (19, b' ', 20),
            (26, b'\t', 20),
            (28, b'1', 28),
            (30, b'x', 30),
        ] {
            let mut bytes = good.to_vec();
            bytes[at] = byte;
            assert_eq!(Request::decode(&bytes).unwrap_err().position, position, "byte {at}");
        }
        let longer = [good.as_slice(), b"\n"].concat();
        assert_eq!(Request::decode(&longer).unwrap_err().position, 40);
        assert_eq!(Request::decode(&good[..38]).unwrap_err().position, 30);
    }

    #[test]
    fn what_has_an_error_number_of_its_own_keeps_to_the_layout() {
        for good in [
            b"OFF4,013290WU34    aB34-xyz        ".as_slice(),
            b"OFF4,013290WU34    short           ",
            b"OFF4,013290WU34    aB34-xyz\xE6\xF8\xE5-abcd",
            b"PRIV,013216TOKEN123WU34    000707614285",
            b"PRIV,013216                  0707614285",
            b"PRIV,0132x6TOKEN123WU34    000707614285",
            b"PRIV,01321 TOKEN123WU34    000707614285",
            b"PRIV,013216TOKEN123WU34    009999999999",
            b"PRIV,013216TOKEN123WU34    00          ",
        ] {
            assert_eq!(Request::check_layout(good), Ok(()), "{}", good.escape_ascii());
        }
        for (wrong, position) in [
            (b"PRIV,013".as_slice(), 6),
            (b"PRIV,0132", 10),
            (b"PRIV,01321", 11),
            (b"PRIV,013216TOKEN123WU34    0007076 4285", 30),
            (b"PRIV,013216TOKEN123WU34    0007076142850", 40),
            (b"OFF4,013296WU34    aB34-xyz        ", 11),
            (b"OFF4,013290WU34    aB 4-xyz        ", 20),
            (b"OFF4,013290WU34    aB34-xyzcD56.uv ", 28),
            (b"OFF4,013290WU34    aB34-xyz         ", 36),
        ] {
            assert_eq!(Request::check_layout(wrong).unwrap_err().position, position, "{}", wrong.escape_ascii());
        }
    }
}
