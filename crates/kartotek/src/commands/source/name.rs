use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use kartotek_service::external_sources::SourceName;

/// Reads the name of a source without repeating what is none, since parameters with a password may stand in its place.
#[derive(Clone)]
pub(super) struct NameParser;

impl TypedValueParser for NameParser {
    type Value = SourceName;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<SourceName, Error> {
        let argument = argument.map(|argument| format!("{argument}: ")).unwrap_or_default();
        value
            .to_string_lossy()
            .parse()
            .map_err(|error| Error::raw(ErrorKind::ValueValidation, format!("{argument}{error}\n")).with_cmd(command))
    }
}
