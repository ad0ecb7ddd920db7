//! The form that the table holds: `key=value;` without line ends between, values in double quotes where they need them.

/// Pairs as one text.
pub fn join(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (key, value) in pairs {
        text.push_str(key);
        text.push('=');
        if is_plain(value) {
            text.push_str(value);
        } else {
            text.push('"');
            text.push_str(&value.replace('"', "\"\""));
            text.push('"');
        }
        text.push(';');
    }
    text
}

/// Whether a value reads back as it is: no separator, no quote, no blank at its ends, nothing that may look like a key.
fn is_plain(value: &str) -> bool {
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '\\' | '/' | '*' | '(' | ')' | '[' | ']' | '-');
    let inner = value.trim() == value && !value.contains("  ");
    inner && (value.chars().all(|c| is_plain(c) || c == ' ') || value.chars().all(|c| is_plain(c) || c == ':'))
}
