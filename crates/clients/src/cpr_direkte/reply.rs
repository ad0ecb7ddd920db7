use std::fmt;

use kartotek_formats::cpr_direkte::{Answer, AnswerError, AnswerHeader, CustomerNumber, UserId};
use zeroize::Zeroizing;

/// The bytes of a whole answer, wiped when dropped.
pub struct Reply {
    bytes: Zeroizing<Vec<u8>>,
    header: AnswerHeader,
}

impl Reply {
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, AnswerError> {
        let header = Answer::decode(&bytes)?.header;
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
    /// Whether the answer is to this request. The token is not compared: nothing says whether CPR repeats the one that was
    /// sent. An error may leave fields blank that the request was not understood for.
    pub(super) fn is_met_by(&self, header: &AnswerHeader) -> bool {
        let may_be_blank = !header.error.is_success();
        let echoes = |expected: u8, found: u8| found == expected || (may_be_blank && found == b' ');
        let user = match (self.user, header.user) {
            (Some(expected), Some(found)) => expected == found,
            (Some(_), None) => may_be_blank,
            (None, _) => true,
        };
        let types = self
            .types
            .is_none_or(|(subscription, data)| echoes(subscription, header.subscription) && echoes(data, header.data));
        header.customer == self.customer && types && user
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

    #[test]
    fn an_answer_must_repeat_customer_user_and_types() {
        assert!(expected().is_met_by(&header(b"013206TOKEN123WUADIR34000028")));
        for other in [
            b"013306TOKEN123WUADIR34000028",
            b"013216TOKEN123WUADIR34000028",
            b"013200TOKEN123WUADIR34000028",
            b"013206TOKEN123WUADIR35000028",
            b"013206TOKEN123        000028",
            b"0132 6TOKEN123WUADIR34000028",
            b"013206TOKEN123WUADIR35050028",
        ] {
            assert!(!expected().is_met_by(&header(other)), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_sign_on_may_be_answered_with_any_types() {
        let sign_on = Expected { types: None, ..expected() };
        for answer in
            [b"013290TOKEN123WUADIR34000028", b"013200TOKEN123WUADIR34000028", b"0132  TOKEN123WUADIR34000028"]
        {
            assert!(sign_on.is_met_by(&header(answer)), "{}", String::from_utf8_lossy(answer));
        }
        assert!(!sign_on.is_met_by(&header(b"013390TOKEN123WUADIR34000028")));
    }

    #[test]
    fn an_error_may_leave_fields_blank() {
        assert!(expected().is_met_by(&header(b"0132                  160028")));
        assert!(!expected().is_met_by(&header(b"0133                  160028")));
    }

    #[test]
    fn the_user_of_a_local_proxy_is_its_own() {
        let expected = Expected { user: None, ..expected() };
        assert!(expected.is_met_by(&header(b"013206TOKEN123OTHER   000028")));
        assert!(expected.is_met_by(&header(b"013206                000028")));
    }

    #[test]
    fn a_reply_prints_neither_token_nor_data() {
        let reply = Reply::new(Zeroizing::new(b"013206TOKEN123WUADIR34000032ABCD".to_vec())).unwrap();
        let printed = format!("{reply:?}");
        assert!(!printed.contains("TOKEN123") && !printed.contains("ABCD"), "{printed}");
        assert_eq!(reply.answer().data, b"ABCD");
        assert_eq!(reply.bytes().len(), 32);
    }
}
