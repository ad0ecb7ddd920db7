use std::io;

use kartotek_formats::records::Record;

use super::shape::{AddressBlock, Counts, LineEnd, Shape};

/// Bytes collected before they are passed on.
const CHUNK: usize = 1 << 16;

/// Takes records, shapes and counts them, and passes them on in large pieces.
pub(crate) struct Sink<'w, W> {
    to: &'w mut W,
    shape: Shape,
    buffer: Vec<u8>,
    pub(super) counts: Counts,
}

impl<'w, W: io::Write> Sink<'w, W> {
    pub(crate) fn new(to: &'w mut W, shape: Shape) -> Self {
        Self { to, shape, buffer: Vec::with_capacity(CHUNK + 1024), counts: Counts::default() }
    }

    pub(super) fn address_block(&self) -> AddressBlock {
        self.shape.address_block
    }

    pub(super) fn count_person(&mut self) {
        self.counts.persons += 1;
    }

    pub(super) fn has_key_constant(&self) -> bool {
        self.shape.key_constant
    }

    /// Writes a record. It counts for the total; the frame corrects that for its own.
    pub(super) fn record<'a>(&mut self, record: &impl Record<'a>) -> io::Result<()> {
        self.padded(record, 0)
    }

    /// Writes a record with room for `extra` characters beyond its length.
    pub(super) fn padded<'a, R: Record<'a>>(&mut self, record: &R, extra: usize) -> io::Result<()> {
        let start = self.buffer.len();
        record.encode(&mut self.buffer).map_err(io::Error::other)?;
        match self.shape.line_end {
            LineEnd::None => self.buffer.resize(start + R::LENGTH + extra, b' '),
            line_end => {
                if self.shape.trimmed {
                    let kept = self.buffer.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
                    self.buffer.truncate(kept);
                } else {
                    self.buffer.resize(start + R::LENGTH + extra, b' ');
                }
                self.buffer.extend_from_slice(if line_end == LineEnd::CrLf { b"\r\n" } else { b"\n" });
            }
        }
        self.counts.records += 1;
        if self.buffer.len() >= CHUNK { self.pass_on() } else { Ok(()) }
    }

    /// Passes on what is left and tells what was written.
    pub(crate) fn finish(mut self) -> io::Result<Counts> {
        self.pass_on()?;
        self.to.flush()?;
        Ok(self.counts)
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.to.write_all(&self.buffer)?;
        self.counts.bytes += u64::try_from(self.buffer.len()).unwrap_or_default();
        self.buffer.clear();
        Ok(())
    }
}
