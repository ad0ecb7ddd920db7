use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::str::FromStr;

/// What begins a 999: type and sort field. The count follows.
const END: &[u8; 13] = b"9999999999999";

/// Digits of the count.
const COUNT: usize = 8;

/// Something wrong with a file that is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryFault {
    /// So many bytes are there and no more; the whole file, where it is shorter.
    Truncated(u64),
    /// 999 states one record more than there are.
    WrongCount,
    /// The file is not there. To produce the day again delivers it.
    Missing,
    /// The file is there under this name too.
    AlsoAs(String),
}

impl DeliveryFault {
    /// The names that [`DeliveryFault::from_str`] reads. `truncated` is after 500 bytes unless said.
    pub const NAMES: &str = "truncated[:BYTES], wrong-count, missing, also-as:NAME";

    /// Spoils a file.
    pub(super) fn spoil(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Truncated(bytes) => {
                let length = fs::metadata(path)?.len();
                File::options().write(true).open(path)?.set_len(length.min(*bytes))
            }
            Self::WrongCount => count_one_more(path),
            Self::Missing | Self::AlsoAs(_) => Ok(()),
        }
    }

    pub(super) fn also_as(&self) -> Option<&str> {
        match self {
            Self::AlsoAs(name) => Some(name),
            _ => None,
        }
    }
}

fn count_one_more(path: &Path) -> io::Result<()> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    // 999 and its line end, and some blanks.
    let from = length.saturating_sub(64);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.read_to_end(&mut tail)?;
    let missing = || io::Error::new(io::ErrorKind::InvalidData, "expected a 999 at the end of the file");
    let at = tail.windows(END.len()).rposition(|window| window == END).ok_or_else(missing)? + END.len();
    let count = tail.get(at..at + COUNT).and_then(|digits| str::from_utf8(digits).ok()?.parse::<u32>().ok());
    let more = (count.ok_or_else(missing)? + 1) % 100_000_000;
    file.seek(SeekFrom::Start(from + u64::try_from(at).map_err(io::Error::other)?))?;
    file.write_all(format!("{more:08}").as_bytes())
}

/// A name that is no fault's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", DeliveryFault::NAMES)]
pub struct UnknownDeliveryFault;

impl FromStr for DeliveryFault {
    type Err = UnknownDeliveryFault;

    fn from_str(text: &str) -> Result<Self, UnknownDeliveryFault> {
        let (name, detail) = text.split_once(':').map_or((text, None), |(name, detail)| (name, Some(detail)));
        match (name, detail) {
            ("truncated", None) => Ok(Self::Truncated(500)),
            ("truncated", Some(bytes)) => bytes.parse().map(Self::Truncated).map_err(|_| UnknownDeliveryFault),
            ("wrong-count", None) => Ok(Self::WrongCount),
            ("missing", None) => Ok(Self::Missing),
            ("also-as", Some(name)) if is_file_name(name) => Ok(Self::AlsoAs(name.to_owned())),
            _ => Err(UnknownDeliveryFault),
        }
    }
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains('/')
}

/// A fault and the day whose file has it, as an operator asks for it: `DAY:FAULT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOrder {
    /// The day, from 1.
    pub day: u32,
    /// The fault, by one of [`DeliveryFault::NAMES`].
    pub fault: DeliveryFault,
}

/// Why a text orders no fault of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryOrderError {
    /// No day.
    #[error("expected a day, a number from 1, and `:` before the name of a fault")]
    Day,
    /// The fault.
    #[error(transparent)]
    Fault(#[from] UnknownDeliveryFault),
}

impl FromStr for DeliveryOrder {
    type Err = DeliveryOrderError;

    fn from_str(text: &str) -> Result<Self, DeliveryOrderError> {
        let (day, fault) = text.split_once(':').ok_or(DeliveryOrderError::Day)?;
        let day = day.parse().ok().filter(|day| *day > 0).ok_or(DeliveryOrderError::Day)?;
        Ok(Self { day, fault: fault.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_says_which_day_and_what() {
        let order = |text: &str| text.parse::<DeliveryOrder>().map(|own| (own.day, own.fault));
        assert_eq!(order("3:truncated"), Ok((3, DeliveryFault::Truncated(500))));
        assert_eq!(order("3:truncated:0"), Ok((3, DeliveryFault::Truncated(0))));
        assert_eq!(order("1:wrong-count"), Ok((1, DeliveryFault::WrongCount)));
        assert_eq!(order("1:missing"), Ok((1, DeliveryFault::Missing)));
        assert_eq!(order("2:also-as:d260106.l2"), Ok((2, DeliveryFault::AlsoAs("d260106.l2".to_owned()))));
        for text in ["missing", "0:missing", "x:missing"] {
            assert_eq!(order(text), Err(DeliveryOrderError::Day), "{text}");
        }
        for text in ["1:", "1:gremlins", "1:missing:2", "1:truncated:x", "1:also-as", "1:also-as:", "1:also-as:../x"] {
            assert_eq!(order(text), Err(UnknownDeliveryFault.into()), "{text}");
        }
    }
}
