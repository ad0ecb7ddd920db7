//! What callers get back.

use kartotek_clients::cpr_direkte::{Error, ErrorKind, Reply, Settings};
use kartotek_formats::cpr_direkte::{AnswerHeader, ErrorNumber, Token};
use zeroize::Zeroizing;

/// CPR's answer as it came, but for the token: it is worth half an hour of anybody's look-ups.
pub(super) fn passed_on(reply: &Reply) -> Zeroizing<Vec<u8>> {
    let answer = reply.answer();
    let length = AnswerHeader::LENGTH + answer.data.len();
    let header = AnswerHeader {
        token: Token::new([b' '; 8]),
        length: Some(u16::try_from(length).unwrap_or_default()),
        ..answer.header
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    header.encode(&mut bytes);
    bytes.extend_from_slice(answer.data);
    bytes
}

/// A header with an error number, for the request that begins with `request`.
pub(super) fn refusal(request: &[u8], settings: &Settings, error: ErrorNumber) -> Zeroizing<Vec<u8>> {
    let echoed = |at: usize| request.get(at).copied().filter(u8::is_ascii_digit).unwrap_or(b'0');
    let header = AnswerHeader {
        customer: Some(settings.customer),
        subscription: echoed(9),
        data: echoed(10),
        token: Token::new([b' '; 8]),
        user: Some(settings.user),
        error,
        length: u16::try_from(AnswerHeader::LENGTH).ok(),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(AnswerHeader::LENGTH));
    header.encode(&mut bytes);
    bytes
}

/// The error number for a caller when there is no answer to pass on: CPR's own, or 09, no connection between the client's front end and CPR.
pub(super) fn number_of(error: &Error) -> ErrorNumber {
    match &error.kind {
        ErrorKind::Refused(number) | ErrorKind::Stopped(number) => *number,
        ErrorKind::Passwords(_) => ErrorNumber::WRONG_PASSWORD,
        _ => ErrorNumber::NO_CONNECTION,
    }
}
