use crate::file_transfer::{TransferError, TransferErrorKind};

/// Whether a name is one of a file in the directory itself, and nothing that leads out of it.
pub(super) fn is_usable(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains('/') && !name.contains(char::is_control)
}

/// Where a file of the directory stands.
pub(super) fn path(directory: &str, name: &str, operation: &str) -> Result<String, TransferError> {
    if !is_usable(name) {
        let message = "expected the name of a file, found a slash, a control character, or no name of a file at all";
        // The operation holds the name, and that is what cannot be written.
        let operation = operation.split(' ').next().unwrap_or_default();
        return Err(TransferError::new(TransferErrorKind::Local, operation, message));
    }
    Ok(format!("{}/{name}", directory.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_directory() {
        assert_eq!(path("/home/x", "a b", "size").unwrap(), "/home/x/a b");
        assert_eq!(path("/", "a", "size").unwrap(), "/a");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused_and_not_repeated() {
        for name in ["", ".", "..", "a/b", "/a", "../a", "a\nb", "a\0"] {
            let error = path("/home/x", name, &format!("fetch {name}")).unwrap_err();
            assert_eq!((error.kind, error.operation.as_str()), (TransferErrorKind::Local, "fetch"), "{name:?}");
        }
    }
}
