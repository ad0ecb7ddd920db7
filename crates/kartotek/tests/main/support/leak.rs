//! Looks for a secret where none may be.

use std::path::Path;

use super::cli::Ended;

/// No output and no file of the folder holds the secret, as it is or.
#[track_caller]
pub fn is_nowhere(secret: &str, folder: &Path, calls: &[Ended]) {
    for ended in calls {
        assert!(!ended.stdout.contains(secret), "on stdout: {}", ended.stdout);
        assert!(!ended.stderr.contains(secret), "on stderr: {}", ended.stderr);
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "in {}", path.display());
        files += 1;
    }
    assert!(files > 0, "a register to look into");
}
