//! Deliveries out of order, missing, late and twice.

use crate::support::cli::Ended;
use crate::support::extract::{CRLF, Extract, extract};
use crate::support::file_server::FileServer;

use super::{day, first, lise, ole};

const OTHER_TASK: &str = "110902";

/// The files that were imported, in order.
fn imported(ended: &Ended) -> Vec<&str> {
    ended.stdout.lines().filter_map(|line| line.split_once(": imported").map(|(name, _)| name)).collect()
}

fn position(server: &FileServer) -> Vec<String> {
    server.rows("SELECT position FROM contact WHERE name_code = '2103724010'")
}

#[test]
fn files_are_imported_by_their_production_dates_and_not_by_their_names() {
    let server = FileServer::new();
    server.put_as("d210409.l110901", &first());
    server.put_as("d210405.l110901", &day("2021-04-02", "2021-04-01", "Pilot"));
    server.put_as("d210401.l110901", &day("2021-04-03", "2021-04-02", "Smed"));
    let ended = server.call(&["run"]);
    ended.ends_with(0);
    assert_eq!(imported(&ended), ["d210409.l110901", "d210405.l110901", "d210401.l110901"]);
    assert_eq!(position(&server), ["Smed"]);
}

/// Two tasks, in the first of which the delivery of 2021-04-06 is missing.
fn with_a_gap() -> FileServer {
    let server = FileServer::new();
    server.put(&first());
    server.put(&day("2021-04-07", "2021-04-06", "Smed"));
    server.put(&day("2021-04-08", "2021-04-07", "Tandlæge"));
    server.put(&extract("2021-04-01", [ole()]).of_task(OTHER_TASK));
    server.put(&extract("2021-04-07", [ole().works_as("Kok")]).following("2021-04-01").of_task(OTHER_TASK));
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("fetched 5 files").says("imported 3 files, 0 double, 0 refused, 2 waiting");
    let alarm = ended.stderr.lines().find(|line| line.contains("is missing before it")).expect("an alarm");
    for part in
        ["alarm=true", "d210407.l110901", "(d210406.l110901)", "task 110901 produced on 2021-04-06", "accept-gap"]
    {
        assert!(alarm.contains(part), "expected {part:?} in {alarm}");
    }
    assert_eq!(server.rows("SELECT position FROM contact WHERE name_code = '1204713011'"), ["Kok"]);
    server
}

#[test]
fn a_gap_stops_its_task_alone_until_the_missing_delivery_comes() {
    let server = with_a_gap();
    let ended = server.call(&["run", "--json"]);
    let json = ended.ends_with(1).json();
    assert_eq!(json["imported"]["stopped_tasks"], serde_json::json!(["110901"]));
    server.call(&["list", "--local"]).says("is missing before it");
    // The right word for another file does not help.
    server.call(&["accept-gap", "d210406.l110901"]).ends_with(2).complains("no file of that name waits");

    server.put(&day("2021-04-06", "2021-04-01", "Pilot"));
    let ended = server.call(&["run"]);
    assert_eq!(imported(ended.ends_with(0)), ["d210406.l110901", "d210407.l110901", "d210408.l110901"]);
    assert_eq!(position(&server), ["Tandlæge"]);
}

#[test]
fn a_gap_that_is_accepted_is_passed_and_what_comes_late_overwrites_nothing_newer() {
    let server = with_a_gap();
    server.call(&["accept-gap", "D210407.L110901"]).ends_with(0).says("although a delivery is missing");
    server.call(&["list", "--local"]).says("gap accepted");
    let ended = server.call(&["run"]);
    assert_eq!(imported(ended.ends_with(0)), ["d210407.l110901", "d210408.l110901"]);

    // Somebody whom nothing newer was told about is taken in from it.
    let late = extract("2021-04-06", [lise().works_as("Pilot"), ole().works_as("Skipper")]).following("2021-04-01");
    server.put(&late);
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210406.l110901: imported late: one produced on 2021-04-08 was imported before");
    ended.says("2 older");
    assert_eq!(position(&server), ["Tandlæge"]);
    assert_eq!(server.rows("SELECT position FROM contact WHERE name_code = '1204713011'"), ["Kok"]);
    server.call(&["run"]).ends_with(0).says("imported 0 files");
}

#[test]
fn the_same_delivery_is_imported_once_under_whatever_name_it_comes() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    let tables = ["run", "delivery", "change"].map(|table| format!("SELECT count(*) FROM {table}"));
    let counts = || tables.each_ref().map(|query| server.rows(query));
    let before = counts();

    server.put_as("d210402.l110901", &first());
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210402.l110901: holds the same delivery as d210401.l110901, which was imported before");
    ended.says("imported 0 files, 1 double");
    server.put(&first());
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210401.l110901: holds the same delivery as").says("imported 0 files, 1 double");
    assert_eq!(counts(), before);
    // Nothing is lost, at the server neither, where the name with the prefix is taken.
    assert_eq!(server.remote(), ["d210401.l110901", "xd210401.l110901", "xd210402.l110901"]);
    assert_eq!(server.local(), ["xd210401.l110901", "xd210401.l110901.1", "xd210402.l110901"]);
    server.call(&["run"]).ends_with(0).says("fetched 0 files").says("imported 0 files, 0 double");
    assert_eq!(server.local().len(), 3);
}

/// Another delivery of the day of the first.
fn another_first() -> Extract {
    extract("2021-04-01", [lise().works_as("Pilot"), ole()])
}

#[test]
fn another_delivery_of_the_same_task_and_day_is_imported_and_told() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.put_as("d210402.l110901", &another_first());
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210401.l110901, another delivery of the same task and day, was imported before");
    assert_eq!(server.rows("SELECT name, state FROM delivery"), ["d210401.l110901|done", "d210402.l110901|done"]);
}

#[test]
fn another_file_under_the_name_of_one_that_is_done_is_fetched_where_no_prefix_is_used() {
    let server = FileServer::new();
    server.set(&["Rename prefix="]).ends_with(0);
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    // While another one of its name is between the steps, it waits at the server.
    server.put(&day("2021-04-02", "2021-04-01", "Smed"));
    server.call(&["get", "--all"]).ends_with(0);
    let replaced = day("2021-04-02", "2021-04-01", "Tandlæge i Ørsted");
    server.put(&replaced);
    server.call(&["get", "--all"]).ends_with(0).says("it is fetched once the one that is here is imported");
    server.call(&["import", "--all"]).ends_with(0);

    let ended = server.call(&["run"]);
    ended.ends_with(0).says("fetched 1 files").says("another delivery of the same task and day");
    assert_eq!(server.local(), ["d210401.l110901", "d210402.l110901", "d210402.l110901.1"]);
    let bytes = std::fs::read(server.local_path("d210402.l110901")).unwrap();
    assert_eq!(bytes, std::fs::read(server.remote_path("d210402.l110901")).unwrap());
    server.call(&["run"]).ends_with(0).says("fetched 0 files").says("imported 0 files");

    // Line ends make another file of the same day, too.
    server.put_bytes("d210402.l110901", &replaced, &replaced.bytes(CRLF));
    server.call(&["run"]).ends_with(0).says("fetched 1 files").says("imported 1 files");
}
