//! Looks for a secret where none may be.

use std::path::Path;

use super::cli::Ended;

/// No output and no file of the folder holds the secret or a part of it.
#[track_caller]
pub fn is_nowhere(secret: &str, folder: &Path, calls: &[Ended]) {
    let parts = parts(secret);
    let is_in = |bytes: &[u8]| parts.iter().any(|part| bytes.windows(part.len()).any(|window| window == *part));
    for ended in calls {
        assert!(!is_in(ended.stdout.as_bytes()), "on stdout: {}", ended.stdout);
        assert!(!is_in(ended.stderr.as_bytes()), "on stderr: {}", ended.stderr);
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(!is_in(&std::fs::read(&path).unwrap()), "in {}", path.display());
        files += 1;
    }
    assert!(files > 0, "a register to look into");
}

/// All runs of a quarter of the secret, and of 4 bytes at least, so that nothing else is taken for a part of it.
fn parts(secret: &str) -> Vec<&[u8]> {
    assert!(secret.len() >= 4, "a secret that can be told from other text");
    secret.as_bytes().windows((secret.len() / 4).max(4)).collect()
}
