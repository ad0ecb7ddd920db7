use std::io;

use suppaftp::Encoding;

/// ISO-8859-1 on the control connection: every byte is a character, so that every name can be sent back as it came.
#[derive(Debug)]
pub(super) struct Latin1;

impl Encoding for Latin1 {
    fn decode(&self, bytes: &[u8]) -> String {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        let byte = |c: char| {
            u8::try_from(u32::from(c))
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a character that is not in ISO-8859-1"))
        };
        text.chars().map(byte).collect()
    }
}
