//! What callers ask. They are other people's programs, so more is understood here than CPR Direkte documents: identity
//! fields blank or filled, padding that is missing at the end of a sign-on.

use kartotek_formats::cpr_direkte::{
    CustomerNumber, DataType, ErrorNumber, Request, SubscriptionType, TransactionCode,
};
use kartotek_formats::identifiers::CprNumber;

/// A request that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// A sign-on: the proxy's own is tried instead, so that the caller's connection test means something.
    SignOn,
    /// A look-up.
    Lookup { subscription: SubscriptionType, data: DataType, number: CprNumber },
}

impl Call {
    /// For the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::SignOn => "sign-on",
            Self::Lookup { .. } => "look-up",
        }
    }

    /// Whether it makes no difference at CPR if it is given up half-way.
    pub(super) fn changes_nothing(self) -> bool {
        matches!(self, Self::SignOn | Self::Lookup { subscription: SubscriptionType::Unchanged, .. })
    }
}

/// Reads a request of 35 or 39 characters; otherwise the error number that CPR Direkte would answer with.
pub(super) fn read(bytes: &[u8], transaction: TransactionCode, customer: CustomerNumber) -> Result<Call, ErrorNumber> {
    let field = |start: usize, len: usize| bytes.get(start - 1..start - 1 + len).unwrap_or_default();
    if field(1, 4) != transaction.code().as_bytes() {
        return Err(ErrorNumber::NO_ACCESS);
    }
    if field(6, 4) != customer.as_bytes() {
        return Err(ErrorNumber::UNKNOWN_CUSTOMER);
    }
    if Request::is_logon(bytes) {
        // A new password would be known to one caller only. A line end is none, wherever a program puts it.
        let new_password = bytes.iter().skip(27).take(8);
        return if new_password.copied().all(|byte| matches!(byte, b' ' | b'\r' | b'\n')) {
            Ok(Call::SignOn)
        } else {
            Err(ErrorNumber::NEW_PASSWORD_REFUSED)
        };
    }
    let digit = |position: usize| field(position, 1).first().copied().unwrap_or(b' ');
    let subscription = SubscriptionType::from_digit(digit(10)).ok_or(ErrorNumber::UNKNOWN_SUBSCRIPTION_TYPE)?;
    let data = DataType::from_digit(digit(11)).ok_or(ErrorNumber::UNKNOWN_DATA_TYPE)?;
    let number = field(30, 10);
    if number.iter().all(|byte| matches!(byte, b' ' | b'0')) {
        return Err(ErrorNumber::NO_NUMBER);
    }
    // What cannot be a number is not known in CPR either.
    let number = CprNumber::from_digits(number).map_err(|_| ErrorNumber::UNKNOWN_NUMBER)?;
    Ok(Call::Lookup { subscription, data, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Call, u8> {
        let customer = CustomerNumber::new(b"0132").unwrap();
        read(text.as_bytes(), TransactionCode::Off4, customer).map_err(ErrorNumber::as_number)
    }

    #[test]
    fn a_look_up_is_read_with_identity_and_without() {
        let number = CprNumber::parse("0707614285").unwrap();
        let call = Call::Lookup { subscription: SubscriptionType::Set, data: DataType::Task, number };
        assert_eq!(read_text("OFF4,013216                  0707614285"), Ok(call));
        assert_eq!(read_text("OFF4,013216TOKEN123WU34    000707614285"), Ok(call));
    }

    #[test]
    fn what_cannot_be_asked_gets_the_number_that_cpr_would_answer() {
        assert_eq!(read_text("PRIV,013206                  0707614285"), Err(99));
        assert_eq!(read_text("OFF4,013306                  0707614285"), Err(6));
        assert_eq!(read_text("OFF4,013226                  0707614285"), Err(10));
        assert_eq!(read_text("OFF4,013205                  0707614285"), Err(11));
        assert_eq!(read_text("OFF4,013206                            "), Err(17));
        assert_eq!(read_text("OFF4,013206                  9999999999"), Err(5));
    }

    #[test]
    fn a_sign_on_may_be_blank_but_sets_no_password() {
        assert_eq!(read_text("OFF4,013290                        "), Ok(Call::SignOn));
        assert_eq!(read_text("OFF4,013290WU34    aB34-xyz        "), Ok(Call::SignOn));
        assert_eq!(read_text("OFF4,013290WU34    aB34-xyzcD56.uvw"), Err(3));
        assert_eq!(read_text("OFF4,013290WU34    aB34-xyzcD56"), Err(3));
    }

    #[test]
    fn what_stands_behind_a_sign_on_is_no_password() {
        let blank = format!("OFF4,013290{:24}", "");
        for behind in ["\r\n", "\n", "\0", "    ", "0101010001"] {
            assert_eq!(read_text(&format!("{blank}{behind}")), Ok(Call::SignOn), "{behind:?}");
        }
        assert_eq!(read_text("OFF4,013290WU34    aB34-xyz\r\n"), Ok(Call::SignOn));
    }
}
