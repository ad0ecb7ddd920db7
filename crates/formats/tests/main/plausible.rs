//! Random records that their type accepts, made from the field table alone.

use kartotek_formats::records::FieldSpec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Full-length records of a type.
///
/// The table says nothing about the types of the fields, so each field gets contents of every kind in random order, and
/// `refused` (the field that decoding names) asks for the next one until the whole record is accepted.
pub fn record(
    record_type: u16,
    fields: &'static [FieldSpec],
    refused: fn(&[u8]) -> Option<FieldSpec>,
) -> impl Strategy<Value = Vec<u8>> {
    fields.iter().map(|field| contents(field.len).prop_shuffle()).collect::<Vec<_>>().prop_map(move |mut contents| {
        loop {
            let mut record = format!("{record_type:03}").into_bytes();
            record.extend(contents.iter().flat_map(|of_field| of_field.last().unwrap()));
            let Some(field) = refused(&record) else { return record };
            let index = fields.iter().position(|candidate| *candidate == field).unwrap();
            contents[index].pop();
            assert!(!contents[index].is_empty(), "{} accepts no content of any kind", field.name);
        }
    })
}

/// One content of every kind, each of `len` bytes.
fn contents(len: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let mut kinds =
        vec![Just(vec![b' '; len]).boxed(), Just(vec![b'0'; len]).boxed(), digits(len), text(len), code(len)];
    match len {
        8 => kinds.push(date().prop_map(|date| date.replace('-', "").into_bytes()).boxed()),
        10 => kinds.extend([date().prop_map(String::into_bytes).boxed(), person_number()]),
        12 => kinds.push(stamp()),
        _ => {}
    }
    kinds
}

fn digits(len: usize) -> BoxedStrategy<Vec<u8>> {
    vec(b'0'..=b'9', len).boxed()
}

/// Any printable ISO-8859-1, leading blanks included.
fn text(len: usize) -> BoxedStrategy<Vec<u8>> {
    vec(prop_oneof![b' '..=b'~', 0xA0..=0xFF_u8, Just(b' ')], 0..=len).prop_map(move |text| filled(text, len)).boxed()
}

/// Codes of the lists, cut or filled up to the field.
fn code(len: usize) -> BoxedStrategy<Vec<u8>> {
    const CODES: &[&[u8]] = &[b"*", b"+", b"K", b"M", b"01", b"90", b"B\xD8", b"0001", b"0006", b"FULD"];
    select(CODES).prop_map(move |code| filled(code.to_vec(), len)).boxed()
}

/// `YYYY-MM-DD`; month and day may be unknown.
fn date() -> impl Strategy<Value = String> {
    (1..=9999, 0..=12, 0..=28).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// Hour and minute may be beyond the clock.
fn stamp() -> BoxedStrategy<Vec<u8>> {
    (date(), 0..100, 0..100)
        .prop_map(|(date, hour, minute)| format!("{}{hour:02}{minute:02}", date.replace('-', "")).into_bytes())
        .boxed()
}

fn person_number() -> BoxedStrategy<Vec<u8>> {
    (1..=28, 1..=12, 0..100, 0..10_000)
        .prop_map(|(day, month, year, number)| format!("{day:02}{month:02}{year:02}{number:04}").into_bytes())
        .boxed()
}

fn filled(mut bytes: Vec<u8>, len: usize) -> Vec<u8> {
    bytes.resize(len, b' ');
    bytes
}
