//! Files whose content is not what it should be.

use std::fs;

use kartotek_formats::latin1;

use crate::support::extract::{Extract, LF, extract};
use crate::support::file_server::FileServer;

use super::{day, first, lise, ole};

/// A file as CPR meant it.
fn right(produced: &str) -> Extract {
    extract(produced, [lise(), ole()])
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_kept_aside_and_fetched_again_until_it_is() {
    let server = FileServer::new();
    let whole = right("2021-04-01").bytes(LF);
    let truncated = &whole[..whole.len() * 2 / 3];
    let miscounted = right("2021-04-02").stating(99).bytes(LF);
    let unicode = latin1::decode(&right("2021-04-03").bytes(LF)).into_owned();
    let bad = [
        ("d210401.l110901", truncated, "999"),
        ("d210402.l110901", &miscounted, "99"),
        ("d210403.l110901", unicode.as_bytes(), "ISO-8859-1"),
        ("d210404.l110902", &right("2021-04-04").bytes(LF), "110902"),
    ];
    for (name, bytes, _) in &bad {
        server.put_bytes(name, &right("2021-04-01"), bytes);
    }
    for _ in 0..2 {
        let ended = server.call(&["run"]);
        ended.ends_with(1).says("fetched 0 files, 4 refused").says("imported 0 files");
        for (name, bytes, reason) in &bad {
            let alarm = ended.stderr.lines().find(|line| line.contains("alarm=true") && line.contains(name)).unwrap();
            assert!(alarm.contains("refused") && alarm.contains(reason), "expected {reason} in {alarm}");
            assert_eq!(fs::read(server.local_path(&format!("refused{name}"))).unwrap(), *bytes);
            let log = fs::read_to_string(server.local_path(&format!("err{name}"))).unwrap();
            assert!(log.contains("refused") && log.contains(reason), "{log}");
        }
        assert_eq!(server.local().len(), 8, "one copy of each: {:?}", server.local());
        assert_eq!(server.persons(), 0);
        assert_eq!(server.remote(), bad.map(|(name, _, _)| name), "it keeps its name at the server");
    }
    assert!(server.ledger().iter().all(|row| row.ends_with("|refused")), "{:?}", server.ledger());

    for produced in ["2021-04-01", "2021-04-02", "2021-04-03"] {
        server.put(&right(produced));
    }
    server.put(&right("2021-04-04").of_task("110902"));
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("fetched 4 files, 0 refused").says("imported 4 files");
    assert_eq!(server.persons(), 2);
    assert!(server.ledger().iter().all(|row| row.ends_with("|done")), "{:?}", server.ledger());
    assert_eq!(server.remote().iter().filter(|name| name.starts_with('x')).count(), 4);
    // What was refused is still here, to be looked at, and what was said about it no longer holds.
    assert_eq!(server.local().iter().filter(|name| name.starts_with("refused")).count(), 4);
    assert!(!server.local().iter().any(|name| name.starts_with("err")), "{:?}", server.local());
}

#[test]
fn a_file_that_somebody_put_here_is_checked_before_it_is_imported() {
    let server = FileServer::new();
    server.put(&first());
    let name = server.put_here(&day("2021-04-02", "2021-04-01", "Pilot").stating(99));
    let ended = server.call(&["run"]);
    ended.ends_with(1).complains(&format!("file=\"{name}\"")).says("imported 1 files");
    assert_eq!(server.rows("SELECT position FROM contact WHERE name_code = '2103724010'"), [""]);
    assert!(server.local().contains(&format!("refused{name}")), "{:?}", server.local());
    server.put_here(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    assert_eq!(server.rows("SELECT position FROM contact WHERE name_code = '2103724010'"), ["Pilot"]);
}

#[test]
fn a_task_that_is_not_ours_is_refused_where_ours_are_named() {
    let server = FileServer::new();
    fs::write(server.folder().join("kartotek.toml"), "[cpr]\ntasks = [\"110901\"]\n").unwrap();
    server.put(&first());
    server.put(&extract("2021-04-01", [ole()]).of_task("110902"));
    let ended = server.call(&["run", "--config", "kartotek.toml"]);
    ended.ends_with(1).says("fetched 1 files, 1 refused").complains("110902");
    assert_eq!(server.ledger(), ["d210401.l110901|done", "d210401.l110902|refused"]);
}
