use kartotek_formats::cpr_direkte::{Request, RequestError, TransactionCode};

/// Where a request left the documented layout.
pub type Violation = RequestError;

/// The two kinds of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// Sign-on, perhaps with a new password.
    Logon,
    /// Look-up of a person, or change of a subscription.
    Lookup,
}

/// The fields of a request as they stand there, blank where it ends early.
pub(super) struct Asked {
    pub(super) kind: RequestKind,
    /// `None` for a service that is not simulated.
    pub(super) transaction: Option<TransactionCode>,
    pub(super) customer: [u8; 4],
    pub(super) subscription: u8,
    pub(super) data: u8,
    pub(super) user: [u8; 8],
    /// Of a sign-on.
    pub(super) password: [u8; 8],
    /// Of a sign-on.
    pub(super) new_password: [u8; 8],
    /// Of a look-up.
    pub(super) token: [u8; 8],
    /// Of a look-up.
    pub(super) number: [u8; 10],
}

impl Asked {
    /// Reads the fields by position, whatever is in them. What follows the last field is ignored.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let subscription = field::<1>(bytes, 10)[0];
        let logon = subscription == b'9';
        Self {
            kind: if logon { RequestKind::Logon } else { RequestKind::Lookup },
            transaction: str::from_utf8(&field::<4>(bytes, 1)).ok().and_then(TransactionCode::from_code),
            customer: field(bytes, 6),
            subscription,
            data: field::<1>(bytes, 11)[0],
            user: field(bytes, if logon { 12 } else { 20 }),
            password: field(bytes, 20),
            new_password: field(bytes, 28),
            token: field(bytes, 12),
            number: field(bytes, 30),
        }
    }
}

fn field<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    let mut field = [b' '; N];
    let there = bytes.get(start - 1..).unwrap_or_default();
    for (to, from) in field.iter_mut().zip(there) {
        *to = *from;
    }
    field
}

/// Checks a request's layout. A local proxy is asked without token and user id, CPR itself with both.
pub(super) fn violation(bytes: &[u8], proxy: bool) -> Option<Violation> {
    let wrong = |position, expected| Some(RequestError { position, expected });
    if let Err(violation) = Request::check_layout(bytes) {
        return Some(violation);
    }
    if Request::is_logon(bytes) {
        return if proxy { wrong(10, "0, 1 or 3, since a local proxy signs on itself") } else { None };
    }
    match (proxy, field::<18>(bytes, 12) == [b' '; 18]) {
        (true, false) => wrong(12, "blanks, since a local proxy signs on itself"),
        (false, true) => wrong(12, "the token of eight characters"),
        (true, true) | (false, false) => None,
    }
}
