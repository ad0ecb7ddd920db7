//! Splitting any bytes into records: never a panic, always an end, and what is consumed is what was there.
#![no_main]

use kartotek_formats::extract::{FrameCheck, Layout, Split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let layout = Layout::detect(head);
    for layout in [layout.unwrap_or(Layout::Lines), Layout::Lines, Layout::Unterminated] {
        let mut rest = bytes;
        let mut frame = FrameCheck::default();
        while let Split::Record { len, consumed } = layout.split(rest, true) {
            assert!(len <= consumed && consumed > 0 && consumed <= rest.len());
            if frame.record(&rest[..len]).is_err() {
                break;
            }
            rest = &rest[consumed..];
        }
        let _ = frame.finish();
    }
});
