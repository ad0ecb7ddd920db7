//! Binary COPY, PostgreSQL's fastest way in (manual, COPY, "Binary Format").
//!
//! The driver's own writer goes through a type-erased value and an asynchronous call for each row; this encoder writes
//! what the tables have, straight into the message.

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use kartotek_formats::dates::PartialDate;

use super::bind::Day;
use super::error::Failure;
use super::session::Link;
use crate::dates;

/// Large enough that messages cost nothing, small enough that the server has work while the next one is encoded.
const CHUNK: usize = 256 * 1024;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Sends `rows`; `encode` writes one as [`Encoder::row`] followed by its columns.
pub(super) async fn copy_in<T>(
    link: &Link,
    sql: &'static str,
    rows: impl IntoIterator<Item = T>,
    mut encode: impl FnMut(&mut Encoder, T),
) -> Result<(), Failure> {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let statement = link.prepare(sql).await?;
    let mut sink = Box::pin(link.client.copy_in::<_, Bytes>(&statement).await?);
    let mut encoder = Encoder { bytes: BytesMut::with_capacity(CHUNK + CHUNK / 8) };
    encoder.bytes.put_slice(HEADER);
    for row in rows {
        encode(&mut encoder, row);
        if encoder.bytes.len() >= CHUNK {
            sink.feed(encoder.bytes.split().freeze()).await?;
            encoder.bytes.reserve(CHUNK + CHUNK / 8);
        }
    }
    encoder.bytes.put_i16(-1);
    sink.feed(encoder.bytes.freeze()).await?;
    sink.as_mut().finish().await?;
    Ok(())
}

/// Writes the columns of rows, each as its length and its value.
pub(super) struct Encoder {
    bytes: BytesMut,
}

impl Encoder {
    /// Begins a row.
    pub fn row(&mut self, columns: i16) {
        self.bytes.put_i16(columns);
    }

    pub fn null(&mut self) {
        self.bytes.put_i32(-1);
    }

    /// A `smallint`.
    pub fn small(&mut self, value: i16) {
        self.bytes.put_i32(2);
        self.bytes.put_i16(value);
    }

    /// An `integer`.
    pub fn int(&mut self, value: i32) {
        self.bytes.put_i32(4);
        self.bytes.put_i32(value);
    }

    /// A `bigint`.
    pub fn big(&mut self, value: i64) {
        self.bytes.put_i32(8);
        self.bytes.put_i64(value);
    }

    /// A `bigint`, or NULL.
    pub fn big_or_null(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.big(value),
            None => self.null(),
        }
    }

    /// A `text`.
    pub fn text(&mut self, value: &str) {
        // No text is near 2 GiB; one that were would be cut off by the server's own limit of 1 GiB a value.
        self.bytes.put_i32(i32::try_from(value.len()).unwrap_or(i32::MAX));
        self.bytes.put_slice(value.as_bytes());
    }

    /// A `text` that is NULL when empty.
    pub fn text_or_null(&mut self, value: &str) {
        if value.is_empty() { self.null() } else { self.text(value) }
    }

    /// `J` or `N`.
    pub fn flag(&mut self, value: bool) {
        self.text(super::bind::flag(value));
    }

    /// A `date` and the partial date beside it, two columns.
    pub fn date(&mut self, value: Option<PartialDate>) {
        match Day::of(value) {
            Some(Day(days)) => self.int(days),
            None => self.null(),
        }
        match dates::partial(value) {
            Some(partial) => {
                self.bytes.put_i32(10);
                self.bytes.put_slice(&partial.to_iso_bytes());
            }
            None => self.null(),
        }
    }

    /// A `timestamptz`, as [`super::bind::instant`] counts it.
    pub fn instant(&mut self, micros: i64) {
        self.big(micros);
    }
}
