//! What is wrong with a file in TOML, without the text of the file: somebody may have put a password there.

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TomlError {
    /// The line, from 1.
    pub line: usize,
    /// What was expected.
    pub message: String,
}

impl TomlError {
    /// Of the text that was read, what the reader says of it.
    pub fn new(text: &str, error: &toml::de::Error) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        Self { line, message: without_value(error.message()) }
    }
}

/// The line of a byte, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The message without the text that was found in place of something else.
fn without_value(message: &str) -> String {
    for (begin, end) in [("string \"", "\", expected"), ("unknown variant `", "`, expected")] {
        if let Some((before, found)) = message.split_once(begin)
            && let Some((_, after)) = found.rsplit_once(end)
        {
            let kind = begin.trim_end_matches(['"', '`', ' ']);
            return format!("{before}{kind}, expected{after}");
        }
    }
    message.to_owned()
}
