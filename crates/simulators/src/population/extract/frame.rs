use std::io;

use kartotek_formats::codes::Digits;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::CompactDate;
use kartotek_formats::records::u12170::{R000Start, R999End};

use super::sink::Sink;

/// Start and end record of a file.
pub(crate) struct Frame {
    /// OPGAVENR, the task that the file is produced for.
    pub(crate) task: u32,
    pub(crate) produced: Option<PartialDate>,
    pub(crate) previously: Option<PartialDate>,
}

impl Frame {
    /// Writes 000.
    pub(crate) fn begin<W: io::Write>(&self, sink: &mut Sink<'_, W>) -> io::Result<()> {
        let Some(task) = Digits::from_number(u64::from(self.task)) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "expected a task number of six digits"));
        };
        sink.record(&R000Start {
            sortfelt_10: Text::new(b"0000000000"),
            opgavenr: task,
            proddto: CompactDate(self.produced),
            proddtoforrig: CompactDate(self.previously),
            extra: Text::default(),
        })?;
        sink.counts.records = 0;
        Ok(())
    }

    /// Writes 999 with the number of records before it.
    pub(crate) fn end<W: io::Write>(sink: &mut Sink<'_, W>) -> io::Result<()> {
        let records = sink.counts.records;
        sink.record(&R999End {
            sortfelt_10: Text::new(b"9999999999"),
            // Eight digits are all there is; of a larger number the last eight.
            taeller: Digits::from_number(records % 100_000_000).unwrap_or_default(),
            extra: Text::default(),
        })?;
        sink.counts.records = records;
        Ok(())
    }
}

/// The name under which CPR delivers an extract, `dÅÅMMDD.lNNNNNN` (cpr-batch-transfer.md section 2).
pub fn file_name(produced: PartialDate, task: u32) -> String {
    format!("d{:02}{:02}{:02}.l{task:06}", produced.year() % 100, produced.month(), produced.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_date_and_task() {
        assert_eq!(file_name(PartialDate::new(2018, 7, 19).unwrap(), 463_003), "d180719.l463003");
        assert_eq!(file_name(PartialDate::new(2026, 1, 5).unwrap(), 42), "d260105.l000042");
    }
}
