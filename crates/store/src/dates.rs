//! How a date stands in two columns: the first day that it can mean, and what the source said when that is less.

use kartotek_formats::dates::PartialDate;

/// The column `NAME`: a complete date.
pub(crate) fn day(date: Option<PartialDate>) -> Option<PartialDate> {
    date.map(PartialDate::earliest)
}

/// The column `NAME_text`: the partial date; NULL when the date is complete.
pub(crate) fn partial(date: Option<PartialDate>) -> Option<PartialDate> {
    date.filter(|date| !date.is_complete())
}

/// What both columns say together. A date that a person typed in another form than ISO counts as none.
pub(crate) fn from_columns(day: Option<&str>, text: Option<&str>) -> Option<PartialDate> {
    text.or(day).and_then(|text| PartialDate::from_iso(text.as_bytes()))
}
