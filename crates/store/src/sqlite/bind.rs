//! Values of the engine as SQLite's.

use kartotek_formats::dates::PartialDate;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};

use crate::dates;

/// Text that is NULL when empty.
pub(super) fn text(text: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(if text.is_empty() { ValueRef::Null } else { ValueRef::Text(text.as_bytes()) })
}

/// `J` or `N`.
pub(super) fn flag(flag: bool) -> &'static str {
    if flag { "J" } else { "N" }
}

/// ISO text of a date, kept in place while a statement runs.
pub(super) struct Iso(Option<[u8; 10]>);

impl Iso {
    /// The column `NAME`.
    pub fn day(date: Option<PartialDate>) -> Self {
        Self(dates::day(date).map(PartialDate::to_iso_bytes))
    }

    /// The column `NAME_text`.
    pub fn partial(date: Option<PartialDate>) -> Self {
        Self(dates::partial(date).map(PartialDate::to_iso_bytes))
    }
}

impl rusqlite::ToSql for Iso {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0.as_ref().map_or(ValueRef::Null, |text| ValueRef::Text(text))))
    }
}

/// Text of a column; empty when NULL.
pub(super) fn get_text<T: for<'t> From<&'t str> + Default>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    Ok(row.get_ref(column)?.as_str_or_null()?.map(T::from).unwrap_or_default())
}

/// A date from a column that has none for partial dates beside it.
pub(super) fn get_day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PartialDate>> {
    Ok(dates::from_text(row.get_ref(column)?.as_str_or_null()?))
}

/// The function `day_of` of SQL: what [`get_day`] reads in a text, as ISO text, so that both see the same days.
pub(super) fn add_day_of(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("day_of", 1, flags, |arguments| {
        let day = dates::from_text(arguments.get_raw(0).as_str_or_null()?);
        Ok(day.map(|day| day.to_string()))
    })
}

/// A date from the columns `column` and `column + 1`.
pub(super) fn get_date(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PartialDate>> {
    let day = row.get_ref(column)?.as_str_or_null()?;
    let text = row.get_ref(column + 1)?.as_str_or_null()?;
    Ok(dates::from_columns(day, text))
}
