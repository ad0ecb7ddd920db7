//! `kartotek demo`

use crate::support::cli::call;

#[test]
fn a_case_that_was_opened_brings_records_in_the_night() {
    let folder = tempfile::tempdir().unwrap();
    let ended = call(folder.path(), &["demo", "--folder", "demo", "--persons", "400"]);
    ended.ends_with(0).says("3 parties").says("subscribed and fetched from CPR").says("d260113.l990001");
    let night = std::fs::read(folder.path().join("demo/d260113.l990001")).unwrap();
    let tells_of = |line: &&[u8]| line.starts_with(b"099") && line.windows(3).any(|code| code == b"A45");
    assert_eq!(night.split(|byte| *byte == b'\n').filter(tells_of).count(), 3);
}
