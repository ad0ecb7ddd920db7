use kartotek_formats::cpr_direkte::{AnswerHeader, CustomerNumber, ErrorNumber, Token, UserId};
use kartotek_formats::latin1;

use super::body::Body;
use super::fault::Fault;
use super::request::{Asked, RequestKind, Violation};

/// 99, also for what strict mode refuses.
pub(super) fn no_access() -> ErrorNumber {
    ErrorNumber::new(99).unwrap_or(ErrorNumber::NO_CONNECTION)
}

/// What a request comes to, before it is written.
pub(super) enum Outcome {
    SignedOn(Token),
    /// A look-up or change of a subscription that succeeded; a body if data were asked for.
    Found(Option<Body>),
    Refused(ErrorNumber),
    Violated(Violation),
}

/// Writes an answer, spoilt as a fault has it, and tells its error number. `customer` stands in for one that is none.
pub(super) fn write(
    asked: &Asked,
    outcome: Outcome,
    fault: Option<&Fault>,
    customer: CustomerNumber,
) -> (Vec<u8>, ErrorNumber) {
    let customer = match fault {
        Some(Fault::AnotherCustomer(other)) => *other,
        _ => CustomerNumber::new(&asked.customer).unwrap_or(customer),
    };
    let token = match (&outcome, asked.kind) {
        (Outcome::SignedOn(issued), _) => issued.clone(),
        (_, RequestKind::Logon) => Token::new([b' '; 8]),
        (_, RequestKind::Lookup) => Token::new(asked.token),
    };
    let (mut error, data) = match outcome {
        Outcome::SignedOn(_) => (ErrorNumber::SUCCESS, Vec::new()),
        Outcome::Found(body) => {
            (ErrorNumber::SUCCESS, body.map(|body| data(body, customer, fault)).unwrap_or_default())
        }
        Outcome::Refused(number) => (number, text(number, fault)),
        Outcome::Violated(violation) => (no_access(), violation.to_string().into_bytes()),
    };
    if let Some(Fault::ErrorWithData(number)) = fault {
        error = *number;
    }
    let short = asked.kind == RequestKind::Logon && fault == Some(&Fault::ShortLogon);
    let length = u16::try_from(AnswerHeader::LENGTH + data.len()).unwrap_or(u16::MAX);
    let header = AnswerHeader {
        customer: Some(customer),
        subscription: asked.subscription,
        data: asked.data,
        token,
        user: str::from_utf8(&asked.user).ok().and_then(|user| UserId::parse(user).ok()),
        error,
        length: (!short).then_some(length),
    };
    let mut bytes = Vec::with_capacity(usize::from(length));
    header.encode(&mut bytes);
    if !short {
        bytes.extend_from_slice(&data);
    }
    (bytes, error)
}

fn data(mut body: Body, customer: CustomerNumber, fault: Option<&Fault>) -> Vec<u8> {
    match fault {
        Some(Fault::WrongCount) => body.miscount(),
        Some(Fault::RecordType(record_type)) => body.insert(*record_type),
        _ => {}
    }
    body.write(customer)
}

/// The text of an error; CPR's own wording is not public.
fn text(number: ErrorNumber, fault: Option<&Fault>) -> Vec<u8> {
    let text = match fault {
        Some(Fault::Error { text, .. }) => text,
        _ => number.explain().cause_da,
    };
    let mut text = latin1::encode(text).unwrap_or_default();
    text.truncate(AnswerHeader::MAX_ANSWER - AnswerHeader::LENGTH);
    text
}
