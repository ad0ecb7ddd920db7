use std::fmt;

use kartotek_formats::cpr_direkte::{Answer, AnswerError, AnswerHeader, AnswerTo, CustomerNumber, DataType, UserId};
use zeroize::Zeroizing;

use super::ErrorKind;

/// The bytes of a whole answer, wiped when dropped.
pub struct Reply {
    bytes: Zeroizing<Vec<u8>>,
    header: AnswerHeader,
}

impl Reply {
    /// Takes an answer that is as long as it says.
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>, to: AnswerTo) -> Result<Self, AnswerError> {
        let header = Answer::decode(&bytes, to)?.header;
        Ok(Self { bytes, header })
    }

    /// The answer; it was checked when it came.
    pub fn answer(&self) -> Answer<'_> {
        Answer { header: self.header.clone(), data: self.bytes.get(AnswerHeader::LENGTH..).unwrap_or_default() }
    }

    /// The header alone.
    pub fn header(&self) -> &AnswerHeader {
        &self.header
    }

    /// The answer as it came, token and all.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({:?}, {} bytes)", self.header, self.bytes.len())
    }
}

/// What the header of an answer must repeat from the request.
pub(super) struct Expected {
    pub(super) customer: CustomerNumber,
    /// ABON_TYPE and DATA_TYPE; `None` for a sign-on, of which nobody has written down what CPR puts there.
    pub(super) types: Option<(u8, u8)>,
    /// `None` with a local proxy, which has a user of its own.
    pub(super) user: Option<UserId>,
}

impl Expected {
    /// Checks that the answer is to this request. The token is not compared: nothing says whether CPR repeats the one that
    /// was sent.
    ///
    /// An error is believed whatever it repeats. A connection carries one request, so it can be to no other; and not to
    /// believe it could mean to sign on with a wrong password again and again.
    pub(super) fn check(&self, header: &AnswerHeader) -> Result<(), ErrorKind> {
        if !header.error.is_success() {
            return Ok(());
        }
        let is_users = self.user.is_none_or(|expected| {
            header.user.is_some_and(|found| found.as_bytes().eq_ignore_ascii_case(expected.as_bytes()))
        });
        if header.customer != Some(self.customer) || !is_users {
            return Err(ErrorKind::AnotherCustomer);
        }
        match self.types {
            None if header.token.is_blank() => {
                Err(AnswerError::Header { position: 7, expected: "a token in the answer to a sign-on" }.into())
            }
            None => Ok(()),
            Some(types) if types == (header.subscription, header.data) => Ok(()),
            // The data themselves tell whom they are about.
            Some((_, data)) if data == DataType::Task.digit() && (header.subscription, header.data) == (b' ', b' ') => {
                Ok(())
            }
            Some(_) => Err(ErrorKind::AnotherRequest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Expected {
        Expected {
            customer: CustomerNumber::new(b"0132").unwrap(),
            types: Some((b'0', b'6')),
            user: Some(UserId::parse("WUADIR34").unwrap()),
        }
    }

    fn header(bytes: &[u8]) -> AnswerHeader {
        AnswerHeader::decode(bytes).unwrap()
    }

    fn is_met(expected: &Expected, answer: &[u8]) -> bool {
        expected.check(&header(answer)).is_ok()
    }

    #[test]
    fn an_answer_must_repeat_customer_user_and_types() {
        assert!(is_met(&expected(), b"013206TOKEN123WUADIR34000028"));
        for other in [b"013306TOKEN123WUADIR34000028", b"013206TOKEN123WUADIR35000028", b"013206TOKEN123        000028"]
        {
            assert!(matches!(expected().check(&header(other)), Err(ErrorKind::AnotherCustomer)));
        }
        for other in [b"013216TOKEN123WUADIR34000028", b"013200TOKEN123WUADIR34000028", b"0132 6TOKEN123WUADIR34000028"]
        {
            assert!(matches!(expected().check(&header(other)), Err(ErrorKind::AnotherRequest)));
        }
    }

    #[test]
    fn the_case_of_the_user_id_does_not_matter() {
        assert!(is_met(&expected(), b"013206TOKEN123wuadir34000028"));
    }

    #[test]
    fn blank_types_are_taken_where_data_tell_the_person() {
        assert!(is_met(&expected(), b"0132  TOKEN123WUADIR34000028"));
        let without_data = Expected { types: Some((b'3', b'0')), ..expected() };
        assert!(!is_met(&without_data, b"0132  TOKEN123WUADIR34000028"));
    }

    #[test]
    fn a_sign_on_may_be_answered_with_any_types_but_with_a_token() {
        let sign_on = Expected { types: None, ..expected() };
        for answer in
            [b"013290TOKEN123WUADIR34000028", b"013200TOKEN123WUADIR34000028", b"0132  TOKEN123WUADIR34000028"]
        {
            assert!(is_met(&sign_on, answer), "{}", String::from_utf8_lossy(answer));
        }
        assert!(!is_met(&sign_on, b"013390TOKEN123WUADIR34000028"));
        assert!(!is_met(&sign_on, b"013290        WUADIR34000028"));
    }

    #[test]
    fn an_error_is_believed_whatever_it_repeats() {
        for answer in [
            b"0132                  160028",
            b"0133                  010028",
            b"                      160028",
            b"013200TOKEN123WUADIR34050028",
            b"013290TOKEN123WUADIR35010028",
        ] {
            assert!(is_met(&expected(), answer), "{}", String::from_utf8_lossy(answer));
        }
    }

    #[test]
    fn the_user_of_a_local_proxy_is_its_own() {
        let expected = Expected { user: None, ..expected() };
        assert!(is_met(&expected, b"013206TOKEN123OTHER   000028"));
        assert!(is_met(&expected, b"013206                000028"));
    }

    #[test]
    fn a_reply_prints_neither_token_nor_data() {
        let reply = Reply::new(Zeroizing::new(b"013206TOKEN123WUADIR34000032ABCD".to_vec()), AnswerTo::Lookup).unwrap();
        let printed = format!("{reply:?}");
        assert!(!printed.contains("TOKEN123") && !printed.contains("ABCD"), "{printed}");
        assert_eq!(reply.answer().data, b"ABCD");
        assert_eq!(reply.bytes().len(), 32);
    }
}
