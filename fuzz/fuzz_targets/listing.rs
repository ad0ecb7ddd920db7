//! Listings of file servers in every form: no line panics, and a name is never empty nor leads out of the directory.
#![no_main]

use kartotek_formats::extract::ExtractName;
use kartotek_formats::listing::{Entry, Pattern, list, mlsd, mvs, nlst, posix};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.split('\n').count();
    for prefix in [None, text.split('\n').next()] {
        check(&list(text.split('\n'), prefix), lines);
        check(&mvs(text.split('\n'), prefix), lines);
        check(&nlst(text.split('\n'), prefix), lines);
    }
    check(&posix(text.split('\n')), lines);
    check(&mlsd(text.split('\n')), lines);
    if let Some((mask, name)) = text.split_once('\n') {
        if let Ok(pattern) = Pattern::new(mask) {
            let _ = pattern.matches(name);
            assert!(mask.contains(['*', '?']) || pattern.matches(mask));
        }
    }
    if let Ok(name) = ExtractName::parse(text) {
        assert!(name.to_string().eq_ignore_ascii_case(text));
    }
});

fn check(entries: &[Entry], lines: usize) {
    assert!(entries.len() <= lines);
    for entry in entries {
        assert!(!matches!(entry.name.as_str(), "" | "." | ".."), "{entry:?}");
        assert!(!entry.name.contains(['/', '\\', '\n']), "{entry:?}");
    }
}
