use std::fmt;

use crate::codes::Digits;
use crate::dates::PartialDate;

/// OPGAVENR, the number of the task, six digits.
pub type TaskNumber = Digits<6>;

/// `dÅÅMMDD.iNNNNNN`: the day on which CPR shall act on the file, and the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubscriptionFileName {
    process_date: PartialDate,
    task: TaskNumber,
}

/// Why a name cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not of the form.
    #[error("expected a name of the form dYYMMDD.iNNNNNN with a date that exists")]
    NotAName,
    /// A day that two digits of the year cannot tell.
    #[error("expected a whole date in the years 2000 to 2099")]
    NoSuchDay,
}

impl SubscriptionFileName {
    /// The name of a file for a day between 2000 and 2099.
    pub fn new(process_date: PartialDate, task: TaskNumber) -> Result<Self, NameError> {
        let fits = process_date.is_complete() && (2000..=2099).contains(&process_date.year());
        if fits { Ok(Self { process_date, task }) } else { Err(NameError::NoSuchDay) }
    }

    /// Reads a name, whatever its case: mainframes send names in upper case.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let (&[d, y1, y2, m1, m2, d1, d2, b'.', i], task) =
            name.as_bytes().split_first_chunk().ok_or(NameError::NotAName)?
        else {
            return Err(NameError::NotAName);
        };
        if !d.eq_ignore_ascii_case(&b'd') || !i.eq_ignore_ascii_case(&b'i') {
            return Err(NameError::NotAName);
        }
        let process_date =
            PartialDate::from_compact(&[b'2', b'0', y1, y2, m1, m2, d1, d2]).ok_or(NameError::NotAName)?;
        let task = TaskNumber::new(task).ok_or(NameError::NotAName)?;
        Self::new(process_date, task).map_err(|_| NameError::NotAName)
    }

    /// The day on which CPR shall act on the file.
    pub fn process_date(&self) -> PartialDate {
        self.process_date
    }

    /// The task.
    pub fn task(&self) -> TaskNumber {
        self.task
    }
}

impl fmt::Display for SubscriptionFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{:06}.i{}", self.process_date.as_number() % 1_000_000, self.task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_and_read() {
        let date = PartialDate::new(2018, 7, 19).unwrap();
        let name = SubscriptionFileName::new(date, TaskNumber::new(b"463003").unwrap()).unwrap();
        assert_eq!(name.to_string(), "d180719.i463003");
        assert_eq!(SubscriptionFileName::parse("d180719.i463003"), Ok(name));
        assert_eq!(SubscriptionFileName::parse("D180719.I463003"), Ok(name));
        let early = SubscriptionFileName::new(PartialDate::new(2005, 1, 2).unwrap(), TaskNumber::EMPTY).unwrap();
        assert_eq!(early.to_string(), "d050102.i000000");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", "d180719.l463003", "d181319.i463003", "d180700.i463003", "d180719.i46300", "d180719.i4630031"]
        {
            assert_eq!(SubscriptionFileName::parse(name), Err(NameError::NotAName), "{name}");
        }
        for date in [PartialDate::new(1999, 1, 1), PartialDate::new(2018, 7, 0), PartialDate::new(2100, 1, 1)] {
            assert_eq!(SubscriptionFileName::new(date.unwrap(), TaskNumber::EMPTY), Err(NameError::NoSuchDay));
        }
    }
}
