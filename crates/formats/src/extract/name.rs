use std::fmt;

use crate::dates::PartialDate;

use super::Task;

/// `dÅÅMMDD.lNNNNNN`: the day on which an extract was made, and its task (cpr-batch-transfer.md section 2).
///
/// For naming and showing; what a file is stands in its record 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExtractName {
    production_date: PartialDate,
    task: Task,
}

/// Why a name of an extract cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtractNameError {
    /// Not of the form.
    #[error("expected a name of the form dYYMMDD.lNNNNNN with a date that exists")]
    NotAName,
    /// A day that two digits of the year cannot tell.
    #[error("expected a whole date in the years 2000 to 2099")]
    NoSuchDay,
}

impl ExtractName {
    /// The name of an extract made on a day between 2000 and 2099.
    pub fn new(production_date: PartialDate, task: Task) -> Result<Self, ExtractNameError> {
        let fits = production_date.is_complete() && (2000..=2099).contains(&production_date.year());
        if fits { Ok(Self { production_date, task }) } else { Err(ExtractNameError::NoSuchDay) }
    }

    /// Reads a name, whatever its case: mainframes send names in upper case.
    pub fn parse(name: &str) -> Result<Self, ExtractNameError> {
        let (&[d, y1, y2, m1, m2, d1, d2, b'.', l], task) =
            name.as_bytes().split_first_chunk().ok_or(ExtractNameError::NotAName)?
        else {
            return Err(ExtractNameError::NotAName);
        };
        if !d.eq_ignore_ascii_case(&b'd') || !l.eq_ignore_ascii_case(&b'l') {
            return Err(ExtractNameError::NotAName);
        }
        let production_date =
            PartialDate::from_compact(&[b'2', b'0', y1, y2, m1, m2, d1, d2]).ok_or(ExtractNameError::NotAName)?;
        let task = Task::new(task).ok_or(ExtractNameError::NotAName)?;
        Self::new(production_date, task).map_err(|_| ExtractNameError::NotAName)
    }

    /// The day on which it was made.
    pub fn production_date(&self) -> PartialDate {
        self.production_date
    }

    /// The task.
    pub fn task(&self) -> Task {
        self.task
    }
}

impl fmt::Display for ExtractName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{:06}.l{}", self.production_date.as_number() % 1_000_000, self.task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_and_read() {
        let date = PartialDate::new(2018, 7, 19).unwrap();
        let name = ExtractName::new(date, Task::new(b"463003").unwrap()).unwrap();
        assert_eq!(name.to_string(), "d180719.l463003");
        assert_eq!(ExtractName::parse("d180719.l463003"), Ok(name));
        assert_eq!(ExtractName::parse("D180719.L463003"), Ok(name));
        let early = ExtractName::new(PartialDate::new(2005, 1, 2).unwrap(), Task::EMPTY).unwrap();
        assert_eq!(early.to_string(), "d050102.l000000");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", "d180719.i463003", "d181319.l463003", "d180700.l463003", "d180719.l46300", "d180719.l4630031"]
        {
            assert_eq!(ExtractName::parse(name), Err(ExtractNameError::NotAName), "{name}");
        }
        for date in [PartialDate::new(1999, 1, 1), PartialDate::new(2018, 7, 0), PartialDate::new(2100, 1, 1)] {
            assert_eq!(ExtractName::new(date.unwrap(), Task::EMPTY), Err(ExtractNameError::NoSuchDay));
        }
    }
}
