//! What is wanted and what becomes of it: files that have gone, that were refused, and names that mean two things.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use kartotek_simulators::cpr_ftp::{CutOff, Fault, Times};

use crate::support::extract::{LF, extract};
use crate::support::file_server::FileServer;
use crate::support::person::person;

use super::{day, first, lise, ole};

#[test]
fn text_is_fetched_although_the_listing_counts_bytes_before_the_conversion() {
    let server = FileServer::new();
    server.set(&["Transfer type=text"]).ends_with(0);
    server.put(&first());
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.call(&["run"]).ends_with(0).says("fetched 2 files, 0 refused, 0 not fetched").says("imported 2 files");
    server.set(&["Remote rename=N"]).ends_with(0);
    server.put(&day("2021-04-03", "2021-04-02", "Smed"));
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    server.call(&["run"]).ends_with(0).says("fetched 0 files");
}

#[test]
fn a_file_that_is_refused_when_it_has_its_prefix_at_the_server_is_fetched_again() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    let bytes = fs::read(server.local_path(&name)).unwrap();
    fs::write(server.local_path(&name), &bytes[..bytes.len() / 2]).unwrap();
    server.call(&["import", "--all"]).ends_with(1).complains("999");
    server.call(&["run"]).ends_with(0).says("fetched 1 files").says("imported 1 files");
    assert_eq!(server.ledger(), ["d210401.l110901|done"]);
    assert_eq!(server.persons(), 2);
}

#[test]
fn a_file_that_has_gone_here_and_at_the_server_is_an_alarm_once_and_taken_when_it_turns_up() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    fs::remove_file(server.local_path(&name)).unwrap();
    fs::remove_file(server.remote_path(&format!("x{name}"))).unwrap();
    let ended = server.call(&["run"]);
    ended.ends_with(1).complains("is wanted, and is no longer at the server").says("1 not fetched");
    server.call(&["list"]).ends_with(0);
    server.call(&["run"]).ends_with(0).says("0 not fetched");
    server.call(&["get", &name]).ends_with(1).complains("there is no file of that name");
    server.put(&first());
    server.call(&["run"]).ends_with(0).says("imported 1 files");
}

#[test]
fn a_file_whose_renaming_a_run_did_not_live_to_enter_is_found_under_its_new_name() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    server.tables().execute("UPDATE transfer SET renamed = 'N'", []).unwrap();
    fs::remove_file(server.local_path(&name)).unwrap();
    server.call(&["run"]).ends_with(0).says("fetched 1 files").says("imported 1 files");
    assert_eq!(server.rows("SELECT state, renamed FROM transfer"), ["done|J"]);
}

#[test]
fn a_time_that_the_listing_shows_otherwise_makes_no_second_copy() {
    let server = FileServer::new();
    server.set(&["Rename prefix="]).ends_with(0);
    let name = server.put(&first());
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    let file = File::options().append(true).open(server.remote_path(&name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(24)).unwrap();
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("is as it was when it was imported").says("fetched 0 files").says("0 double");
    assert_eq!(server.local(), [name.as_str()]);
    assert_eq!(server.rows("SELECT count(*) FROM delivery"), ["1"]);
    let fetched = server.control().happened().fetched.len();
    server.call(&["run"]).ends_with(0);
    assert_eq!(server.control().happened().fetched.len(), fetched, "the ledger knows the time of now");
}

#[test]
fn a_waiting_file_that_somebody_replaces_is_entered_as_what_it_is() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.put(&day("2021-04-05", "2021-04-02", "Pilot"));
    server.call(&["run"]).ends_with(1).complains("is missing before it");
    server.call(&["accept-gap", "d210405.l110901"]).ends_with(0);
    // What was accepted was accepted of the other one.
    let other = day("2021-04-05", "2021-04-04", "Smed");
    other.write(&server.local_path("d210405.l110901"));
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("is another file than the one that was checked before").complains("2021-04-04");
    server.call(&["accept-gap", "d210405.l110901"]).ends_with(0);
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    let agree = "SELECT t.state, t.sha256 = d.sha256, t.size, t.previous_date FROM transfer AS t JOIN delivery AS d USING (delivery)
                 WHERE t.name = 'd210405.l110901'";
    assert_eq!(server.rows(agree), [format!("done|1|{}|2021-04-04", other.bytes(LF).len())]);
}

#[test]
fn a_part_that_cannot_be_opened_keeps_no_other_file_away() {
    let server = FileServer::new();
    // A folder cannot be opened as a file, by root neither.
    fs::create_dir(server.local_path(".d210401.l110902.part")).unwrap();
    server.put(&extract("2021-04-01", [ole()]).of_task("110902"));
    server.put(&first());
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("fetched 2 files, 0 refused, 1 not fetched").says("imported 2 files");
    ended.complains(".d210401.l110902.part");
    fs::remove_dir(server.local_path(".d210401.l110902.part")).unwrap();
    server.call(&["run"]).ends_with(0).says("imported 1 files");
}

#[test]
fn of_two_names_that_differ_by_upper_and_lower_case_one_is_fetched_once() {
    let server = FileServer::new();
    server.set(&["Remote rename=N"]).ends_with(0);
    server.put(&first());
    server.put_as("D210401.L110901", &extract("2021-04-01", [ole()]));
    for (fetched, imported) in [(1, 1), (0, 0), (0, 0)] {
        let ended = server.call(&["run"]);
        ended.ends_with(1).complains("differs from").says(&format!("fetched {fetched} files"));
        ended.says(&format!("imported {imported} files"));
    }
    assert_eq!(server.local().len(), 1, "{:?}", server.local());
}

#[test]
fn the_first_file_of_a_task_is_waited_for_also_when_nothing_of_it_is_here() {
    let server = FileServer::new();
    server.put(&first());
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.put(&extract("2021-04-01", [ole()]).of_task("110902"));
    server.control().order(Fault::Busy, Times::Next(1));
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("imported 1 files, 0 double, 0 refused, 1 waiting");
    ended.complains("d210401.l110901, an earlier file of task 110901, has not been fetched").complains("accept-gap");
    // Nor is it passed over by name.
    server.call(&["get", "d210401.l110901"]).ends_with(0);
    server.call(&["import", "d210402.l110901"]).ends_with(1).complains("has not been imported");
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210401.l110901: imported: 1 new, 0 changed, 1 unchanged, 0 older");
    ended.says("imported 2 files");
    assert_eq!(server.rows("SELECT name FROM delivery WHERE task = '110901' ORDER BY delivery").len(), 2);
}

#[test]
fn a_first_file_that_is_refused_stops_its_task_until_somebody_accepts_that() {
    for accepted in ["d210401.l110901", "d210402.l110901"] {
        let server = FileServer::new();
        server.put_bytes("d210401.l110901", &first(), b"no extract");
        server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
        server.call(&["run"]).ends_with(1).complains("d210401.l110901, an earlier file of task 110901, was refused");
        server.call(&["accept-gap", accepted]).ends_with(0);
        server.call(&["import", "--all"]).ends_with(0).says("imported 1 files");
    }
}

#[test]
fn a_refused_file_that_is_let_be_is_no_alarm_until_another_takes_its_name() {
    let server = FileServer::new();
    server.put_bytes("d210401.l110901", &first(), b"no extract");
    server.call(&["run"]).ends_with(1);
    server.call(&["accept-gap", "d210401.l110901"]).ends_with(0).says("is let be");
    let fetched = server.control().happened().fetched.len();
    server.call(&["run"]).ends_with(0).says("fetched 0 files, 0 refused");
    assert_eq!(server.control().happened().fetched.len(), fetched);
    // The listing shows another time of the same.
    let file = File::options().append(true).open(server.remote_path("d210401.l110901")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(24)).unwrap();
    server.call(&["run"]).ends_with(0).says("is as it was when it was let be").says("fetched 0 files, 0 refused");
    server.call(&["run"]).ends_with(0);
    assert_eq!(server.control().happened().fetched.len(), fetched + 1);
    server.put(&first());
    server.call(&["run"]).ends_with(0).says("imported 1 files");
}

#[test]
fn a_file_that_was_fetched_and_renamed_is_known_when_it_is_asked_for_again() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.call(&["get", &name]).ends_with(0).says("was fetched before");
}

#[test]
fn a_refused_file_that_is_let_be_does_not_open_the_gap_before_the_one_that_takes_its_place() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.put_bytes("d210403.l110901", &first(), b"no extract");
    server.call(&["run"]).ends_with(1);
    server.call(&["accept-gap", "d210403.l110901"]).ends_with(0);
    server.put_here(&day("2021-04-03", "2021-04-02", "Smed"));
    server.call(&["run"]).ends_with(1).complains("d210402.l110901) is missing before it");
    // Nor does what is refused at the server get the prefix of what is imported.
    server.put_here(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.call(&["run"]).says("imported 2 files");
    assert_eq!(server.remote(), ["d210403.l110901", "xd210401.l110901"]);
}

#[test]
fn a_server_that_is_busy_does_not_cost_the_part() {
    let server = FileServer::new();
    let large = extract(
        "2021-04-01",
        (0..400).map(|at| {
            let number = format!("{:02}0171{:04}", 1 + at % 28, 1000 + at);
            person(number.leak()).named("Kim", "", "Bro")
        }),
    );
    let name = server.put(&large);
    server.control().order(Fault::CutOff { after: 20_000, told: CutOff::Nothing }, Times::UntilCleared);
    server.call(&["get", "--all"]).ends_with(1);
    let part = server.local_path(&format!(".{name}.part"));
    let came = fs::metadata(&part).unwrap().len();
    server.control().clear_faults();
    server.control().order(Fault::Busy, Times::Next(1));
    server.call(&["get", "--all"]).ends_with(1).complains("the next run goes on with it");
    assert_eq!(fs::metadata(&part).unwrap().len(), came);
    server.call(&["get", "--all"]).ends_with(0).says("taken up again at byte");
}

#[test]
fn what_an_import_had_to_say_is_told_by_the_next_run_when_it_died_before_it_could() {
    let server = FileServer::new();
    let name = server.put(&extract("2021-04-01", [lise(), ole().spoil("008", 147, b"202113010000")]));
    server.call(&["run"]).ends_with(1).says("1 new, 0 changed, 0 unchanged, 0 older, 1 rejected");
    // As the process leaves it that dies when the last transaction is through.
    server.tables().execute("UPDATE transfer SET state = 'waiting', delivery = NULL, run = NULL", []).unwrap();
    fs::rename(server.local_path(&format!("x{name}")), server.local_path(&name)).unwrap();
    let log = server.local_path(&format!("err{name}"));
    fs::rename(&log, log.with_added_extension("part")).unwrap();
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("was imported before, by hand or by a run that was cut off: 1 new").says("1 rejected");
    ended.says("error log: ");
    assert!(fs::read_to_string(&log).unwrap().contains("error"));
    assert_eq!(server.local(), [format!("err{name}"), format!("x{name}")]);
    server.call(&["run"]).ends_with(0);
}

#[test]
fn a_correction_under_its_own_name_is_fetched_though_the_bad_one_has_its_prefix() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    for path in [server.local_path(&name), server.remote_path(&format!("x{name}"))] {
        fs::write(path, "no extract").unwrap();
    }
    server.call(&["run"]).ends_with(1);
    server.call(&["run"]).ends_with(1).says("0 not fetched");
    server.put(&first());
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    server.call(&["run"]).ends_with(0).says("fetched 0 files");
}
