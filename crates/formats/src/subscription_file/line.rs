use std::fmt;

use crate::codes::Alpha;
use crate::cpr_direkte::CustomerNumber;
use crate::identifiers::CprNumber;

/// NØGLEKONSTANT: up to 15 characters of the customer's own, which CPR echoes.
pub type KeyConstant = Alpha<15>;

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionAction {
    /// `OP` (opret): subscribe. The person's records come with the next delivery.
    Create,
    /// `SL` (slet): unsubscribe.
    Delete,
}

impl SubscriptionAction {
    /// The two letters.
    pub fn code(self) -> &'static str {
        match self {
            Self::Create => "OP",
            Self::Delete => "SL",
        }
    }

    /// Reads the two letters.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Create, Self::Delete].into_iter().find(|action| action.code() == code)
    }
}

/// One line: subscribe or unsubscribe one person. `Debug` masks the person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionLine {
    /// Positions 3-6.
    pub customer: CustomerNumber,
    /// Positions 9-10.
    pub action: SubscriptionAction,
    /// Positions 11-20.
    pub number: CprNumber,
    /// Positions 21-35.
    pub key_constant: KeyConstant,
}

/// Where a line leaves the documented layout. Says what was expected, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: expected {expected}")]
pub struct LineError {
    /// The first position of the field, from 1.
    pub position: usize,
    /// What should be there.
    pub expected: &'static str,
}

impl SubscriptionLine {
    /// Characters of a line, without its end.
    pub const LENGTH: usize = 80;

    /// Writes the line.
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let fields: [&[u8]; 6] = [
            b"06",
            self.customer.as_bytes(),
            b"00",
            self.action.code().as_bytes(),
            &self.number.to_digits(),
            self.key_constant.as_bytes(),
        ];
        let mut line = [b' '; Self::LENGTH];
        for (to, from) in line.iter_mut().zip(fields.into_iter().flatten()) {
            *to = *from;
        }
        line
    }

    /// Characters of a line that CPR repeats when it refuses it.
    pub const ECHO_LENGTH: usize = 75;

    /// Reads a line from INDDATA of record 910, its first 75 characters, of which blanks at the end may be missing.
    pub fn decode_echo(echo: &[u8]) -> Result<Self, LineError> {
        if echo.len() > Self::ECHO_LENGTH {
            return Err(LineError { position: Self::ECHO_LENGTH + 1, expected: "at most 75 characters of a line" });
        }
        let mut line = [b' '; Self::LENGTH];
        for (to, from) in line.iter_mut().zip(echo) {
            *to = *from;
        }
        Self::decode(&line)
    }

    /// Reads a line to the letter: every position must be as documented.
    pub fn decode(line: &[u8]) -> Result<Self, LineError> {
        if line.len() != Self::LENGTH {
            let position = line.len().min(Self::LENGTH) + 1;
            return Err(LineError { position, expected: "a line of 80 characters" });
        }
        let field = |start: usize, len: usize| line.get(start - 1..start - 1 + len).unwrap_or_default();
        let wrong = |position, expected| LineError { position, expected };
        if field(1, 2) != b"06" {
            return Err(wrong(1, "06, the key of person-number subscriptions"));
        }
        let customer = CustomerNumber::new(field(3, 4)).ok_or(wrong(3, "a customer number of four digits"))?;
        if field(7, 2) != b"00" {
            return Err(wrong(7, "00"));
        }
        let action =
            str::from_utf8(field(9, 2)).ok().and_then(SubscriptionAction::from_code).ok_or(wrong(9, "OP or SL"))?;
        let number = CprNumber::from_digits(field(11, 10))
            .map_err(|_| wrong(11, "a CPR number of ten digits that begins with a date"))?;
        let key_constant = KeyConstant::new(field(21, 15))
            .filter(|constant| constant.as_bytes().iter().all(|byte| is_printable(*byte)))
            .ok_or(wrong(21, "printable characters"))?;
        if field(36, 45).iter().any(|byte| *byte != b' ') {
            return Err(wrong(36, "blanks to the end of the line"));
        }
        Ok(Self { customer, action, number, key_constant })
    }
}

/// No control character of ISO-8859-1.
fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | 0xA0..)
}

impl fmt::Debug for SubscriptionLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubscriptionLine({} {})", self.action.code(), self.number.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> SubscriptionLine {
        SubscriptionLine {
            customer: CustomerNumber::new(b"1234").unwrap(),
            action: SubscriptionAction::Create,
            number: CprNumber::parse("0707614285").unwrap(),
            key_constant: KeyConstant::EMPTY,
        }
    }

    #[test]
    fn a_line_is_as_documented_to_the_letter() {
        assert_eq!(line().encode().to_vec(), format!("{:<80}", "06123400OP0707614285").into_bytes());
        let deletion = SubscriptionLine {
            action: SubscriptionAction::Delete,
            key_constant: KeyConstant::new(b"SAG 1").unwrap(),
            ..line()
        };
        assert_eq!(deletion.encode().to_vec(), format!("{:<80}", "06123400SL0707614285SAG 1").into_bytes());
        assert_eq!(SubscriptionLine::decode(&deletion.encode()), Ok(deletion));
    }

    #[test]
    fn every_deviation_is_told_by_its_position() {
        let good = line().encode();
        for (at, byte, position) in
            [(0, b'1', 1), (3, b'x', 3), (7, b'1', 7), (8, b'X', 9), (12, b'x', 11), (20, b'\t', 21), (79, b'.', 36)]
        {
            let mut bytes = good;
            bytes[at] = byte;
            assert_eq!(SubscriptionLine::decode(&bytes).unwrap_err().position, position, "byte {at}");
        }
        assert_eq!(SubscriptionLine::decode(&good[..79]).unwrap_err().position, 80);
        assert_eq!(SubscriptionLine::decode(&[good.as_slice(), b" "].concat()).unwrap_err().position, 81);
    }

    #[test]
    fn what_cpr_repeats_of_a_line_is_read_with_and_without_its_blanks() {
        let encoded = line().encode();
        assert_eq!(SubscriptionLine::decode_echo(&encoded[..75]), Ok(line()));
        assert_eq!(SubscriptionLine::decode_echo(encoded.trim_ascii_end()), Ok(line()));
        for (echo, position) in [(&encoded[..76], 76), (&encoded[..19], 11), (&b"01"[..], 1), (&b""[..], 1)] {
            assert_eq!(SubscriptionLine::decode_echo(echo).unwrap_err().position, position);
        }
    }

    #[test]
    fn debug_hides_the_last_four_digits() {
        assert_eq!(format!("{:?}", line()), "SubscriptionLine(OP 070761-****)");
    }
}
