//! Whether a file is the one that comes next: its task, and the delivery that it follows.

use std::path::Path;

use kartotek_formats::extract::{ExtractName, Frame, Task};
use kartotek_register::ports::Delivery;

use super::ImportError;

/// The task in a name as CPR gives them.
pub(super) fn task_of_name(path: &Path) -> Option<Task> {
    ExtractName::parse(path.file_name()?.to_str()?).ok().map(|name| name.task())
}

/// The delivery must follow the last one of its task that was taken in. One that is older than that comes late, which the
/// stamps of the persons settle; several of one day are parts of a whole. A status extract names no other before it.
pub(super) fn check_chain(frame: &Frame, last: Option<&Delivery>) -> Result<(), ImportError> {
    let (Some(last), Some(previous)) = (last, frame.previous_date) else { return Ok(()) };
    let is_status_extract = previous == frame.production_date;
    if is_status_extract || frame.production_date <= last.production_date || previous == last.production_date {
        return Ok(());
    }
    Err(ImportError::Chain { task: frame.task.to_string(), previous, last: last.production_date })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_is_read_from_names_as_cpr_gives_them() {
        assert_eq!(task_of_name(Path::new("/in/d180719.l463003")), Task::new(b"463003"));
        assert_eq!(task_of_name(Path::new("D100315.L431101")), Task::new(b"431101"));
        for name in ["u12170-110901.txt", "d180719.i463003", "d18071.l463003", "d180719.l46300x", "d181319.l463003"] {
            assert_eq!(task_of_name(Path::new(name)), None, "{name}");
        }
    }
}
