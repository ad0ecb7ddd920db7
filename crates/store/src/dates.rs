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

/// A date from a column of text that has none for partial dates beside it, where others may have written a time behind the
/// date. What else is no date, such as an empty text, counts as none.
pub(crate) fn from_text(text: Option<&str>) -> Option<PartialDate> {
    let text = text?.as_bytes();
    PartialDate::from_iso(text.get(..10).unwrap_or(text))
}

/// What both columns say together. A date that a person typed in another form than ISO counts as none.
pub(crate) fn from_columns(day: Option<&str>, text: Option<&str>) -> Option<PartialDate> {
    text.or(day).and_then(|text| PartialDate::from_iso(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_behind_a_date_is_passed_over_and_what_is_no_date_is_none() {
        let date = PartialDate::from_iso(b"2026-01-05");
        for text in ["2026-01-05", "2026-01-05 00:00:00", "2026-01-05T23:59:59Z"] {
            assert_eq!(from_text(Some(text)), date, "{text}");
        }
        for text in ["", " ", "2026", "05-01-2026", "2026-02-30", "2026-01-0å", "æøåæøå"] {
            assert_eq!(from_text(Some(text)), None, "{text}");
        }
        assert_eq!(from_text(None), None);
    }
}
