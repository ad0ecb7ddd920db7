//! Subscription files on their way to CPR and what comes back, through the program, with CPR simulated.

use std::fs;
use std::time::Instant;

use kartotek_simulators::cpr_ftp::{Face, Fault};

use crate::support::nights::Nights;

/// A person of no register.
const UNKNOWN: &str = "0707614285";

fn is_subscribed_and_cancelled(face: Face) {
    let nights = Nights::new(face);
    let person = nights.number(7);
    let name = nights.ordered(&person);
    assert_eq!(nights.state(&person), "N-");
    nights.call(&["cpr-batch", "run"]).ends_with(0).says(&format!("{name}: sent, for CPR's run of 20"));
    nights.has_exactly(&[&name]);
    nights.call(&["cpr-batch", "send"]).ends_with(0).says("sent 0 subscription files, 0 not sent");

    let night = nights.night_of(&name);
    assert_eq!((night.read.len(), night.refused), (1, 0));
    nights.call(&["cpr-batch", "run"]).ends_with(0).says("imported");
    assert_eq!(nights.state(&person), "J-");
    let placeholder = format!("SELECT placeholder FROM contact WHERE name_code = '{person}'");
    assert_eq!(nights.value(&placeholder), "N", "the data are here");
    nights.call(&["subscription", "list", "pending"]).ends_with(1);
    let order = "SELECT group_concat(action || ' ' || state) FROM subscription_order";
    assert_eq!(nights.value(order), "OP done");

    nights.call(&["subscription", "block", &person, "--reason", "closed file"]).ends_with(0);
    let second = nights.applied();
    assert_eq!(nights.state(&person), "N-");
    nights.call(&["cpr-batch", "send"]).ends_with(0).says("sent 1 subscription files, 0 not sent");
    nights.has_exactly(&[&name, &second]);
    assert_eq!(nights.night_of(&second).refused, 0);
    nights.call(&["cpr-batch", "run"]).ends_with(0).says("imported");
    assert_eq!((nights.value(order), nights.state(&person)), ("OP done,SL done".to_owned(), "N-".to_owned()));
    nights.call(&["subscription", "list", "pending"]).ends_with(1);
    nights.tells_nobody();
}

#[test]
fn a_person_is_subscribed_and_cancelled_by_files_and_the_answers_settle_the_orders() {
    is_subscribed_and_cancelled(Face::Posix);
}

#[test]
fn a_person_is_subscribed_and_cancelled_by_files_at_a_mainframe() {
    is_subscribed_and_cancelled(Face::Zos);
}

#[test]
fn a_line_that_cpr_refuses_is_an_alarm_and_the_order_says_why() {
    let nights = Nights::new(Face::Posix);
    let person = nights.number(7);
    nights.call(&["case", "add-party", "S-1", UNKNOWN]).ends_with(0);
    let name = nights.ordered(&person);
    nights.call(&["cpr-batch", "run"]).ends_with(0);
    assert_eq!(nights.night_of(&name).refused, 1);
    let run = nights.call(&["cpr-batch", "run"]);
    run.ends_with(1).complains("CPR refused 1 lines of subscription files").says("error log: ");
    assert_eq!((nights.state(UNKNOWN), nights.state(&person)), ("NJ".to_owned(), "J-".to_owned()));
    nights.call(&["subscription", "list", "refused"]).ends_with(0).says("070761-****").says("910 0005");
    let log = nights.files("interim").into_iter().find(|name| name.starts_with("err")).unwrap();
    let log = fs::read_to_string(nights.path("interim").join(log)).unwrap();
    assert!(log.contains("070761-****") && log.contains(&format!("CPR refused line 1 of {name}")), "{log}");
    // It is told once; the wish is back, and the next file asks again.
    nights.call(&["cpr-batch", "run"]).ends_with(0);
    assert_ne!(nights.applied(), name);
    nights.tells_nobody();
}

#[test]
fn an_upload_that_is_cut_is_completed_by_the_next_call() {
    for (fault, is_stored) in
        [(Fault::CutUpload { after: 10 }, false), (Fault::DropControl, false), (Fault::DropAfterUpload, true)]
    {
        let nights = Nights::new(Face::Posix);
        let name = nights.ordered(&nights.number(7));
        nights.order(fault);
        let cut = nights.call(&["cpr-batch", "send"]);
        assert_eq!(nights.server.control().faults_left(), 0, "{fault:?} did not strike");
        cut.ends_with(3).complains(&name).complains("not sent: ").says("sent 0 subscription files, 1 not sent");
        assert_eq!(nights.at_server(&name).exists(), is_stored, "{fault:?}");
        nights.call(&["cpr-batch", "run"]).ends_with(0).says("sent 1 subscription files, 0 not sent");
        nights.has_exactly(&[&name]);
        let night = nights.night_of(&name);
        assert_eq!((night.read.len(), night.refused), (1, 0));
        nights.tells_nobody();
    }
}

#[test]
fn a_part_that_a_cut_upload_left_is_replaced_by_the_whole_file() {
    let nights = Nights::new(Face::Posix);
    let name = nights.ordered(&nights.number(7));
    nights.order(Fault::CutUpload { after: 10 });
    nights.call(&["cpr-batch", "send"]).ends_with(3);
    // As most servers do.
    let whole = fs::read(nights.path("out").join(&name)).unwrap();
    fs::write(nights.at_server(&name), &whole[..10]).unwrap();
    nights.call(&["cpr-batch", "send"]).ends_with(0);
    assert_eq!(fs::read(nights.at_server(&name)).unwrap(), whole);
    assert_eq!(nights.server.control().happened().overwritten, [format!("ind/{name}")]);
}

#[test]
fn another_file_of_the_name_is_left_alone_and_told_each_time() {
    for other in [format!("{:<80}", "06123400OP0101980014"), "06123400".to_owned()] {
        let nights = Nights::new(Face::Posix);
        let name = nights.ordered(&nights.number(7));
        fs::write(nights.at_server(&name), &other).unwrap();
        for _ in 0..2 {
            let run = nights.call(&["cpr-batch", "send"]);
            run.ends_with(1).complains(&name).complains("another file of this name is at the server");
            assert_eq!(fs::read_to_string(nights.at_server(&name)).unwrap(), other);
        }
        let happened = nights.server.control().happened();
        assert_eq!((happened.stored, happened.overwritten), (Vec::<String>::new(), Vec::new()));
        nights.call(&["subscription", "list", "pending"]).ends_with(0).says("OP sent in");
        // Once it is out of the way.
        fs::remove_file(nights.at_server(&name)).unwrap();
        nights.call(&["cpr-batch", "send"]).ends_with(0);
        nights.has_exactly(&[&name]);
        nights.tells_nobody();
    }
}

#[test]
fn a_file_that_another_program_sent_is_not_sent_again() {
    let nights = Nights::new(Face::Posix);
    let name = nights.ordered(&nights.number(7));
    fs::copy(nights.path("out").join(&name), nights.at_server(&name)).unwrap();
    nights.call(&["cpr-batch", "send"]).ends_with(0);
    assert_eq!(nights.server.control().happened().stored, [""; 0]);
    fs::write(nights.path("out").join(&name), "").unwrap();
    nights.call(&["cpr-batch", "send"]).ends_with(1).complains("was changed in the folder after it was sent");
}

#[test]
fn a_folder_of_subscription_files_that_is_gone_keeps_nothing_from_coming_in() {
    let nights = Nights::new(Face::Posix);
    let person = nights.number(7);
    let name = nights.ordered(&person);
    nights.call(&["cpr-batch", "send"]).ends_with(0);
    nights.night_of(&name);
    fs::rename(nights.path("out"), nights.path("elsewhere")).unwrap();
    nights
        .call(&["cpr-batch", "run"])
        .ends_with(3)
        .complains("cannot list out")
        .complains("subscription.folder")
        .says("imported");
    assert_eq!(nights.state(&person), "J-");
    nights.call(&["cpr-batch", "send"]).ends_with(3).complains("cannot list out");
    nights.tells_nobody();
}

#[test]
fn subscription_files_are_sent_without_an_interim_directory() {
    let nights = Nights::new(Face::Posix);
    let first = nights.ordered(&nights.number(7));
    fs::remove_dir(nights.path("interim")).unwrap();
    let ended = nights.call(&["cpr-batch", "run"]);
    ended.ends_with(3).says(&format!("{first}: sent")).complains("cannot use the interim directory");
    let second = nights.ordered(&nights.number(19));
    nights.call(&["cpr-batch", "send"]).ends_with(0).says("sent 1 subscription files, 0 not sent");
    nights.has_exactly(&[&first, &second]);
    fs::create_dir(nights.path("interim")).unwrap();
    nights.tells_nobody();
}

#[test]
fn killed_at_any_moment_each_file_is_at_the_server_once_and_each_order_is_sent_once() {
    let nights = Nights::new(Face::Posix);
    let mut persons = vec![nights.number(19)];
    let mut names = vec![nights.ordered(&persons[0])];
    let began = Instant::now();
    nights.call(&["cpr-batch", "send"]).ends_with(0);
    let whole = began.elapsed();
    let mut kills = 0;
    for round in 0..8 {
        persons.push(nights.number(20 + round));
        names.push(nights.ordered(&persons[round as usize + 1]));
        for part in 0..3_u32 {
            let mut child = nights.start(&["cpr-batch", "send"]);
            // To kill at some moment is the point here; nothing waits for anything to become true. The moments of all
            // rounds are spread over a whole call.
            std::thread::sleep(whole * (part * 8 + round + 1) / 24);
            child.kill().unwrap();
            kills += u32::from(child.wait().unwrap().code().is_none());
        }
        nights.call(&["cpr-batch", "send"]).ends_with(0);
        nights.has_exactly(&names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    assert!(kills > 8, "{kills} of 24 calls were killed before their end");
    let read: Vec<_> = names.iter().flat_map(|name| nights.night_of(name).read).collect();
    assert_eq!(read, names);
    nights.call(&["cpr-batch", "run"]).ends_with(0);
    assert!(persons.iter().all(|person| nights.state(person) == "J-"));
    let orders = "SELECT count(*) || ' ' || count(DISTINCT source_key) || ' ' || max(state) FROM subscription_order";
    assert_eq!(
        (nights.value(orders), nights.value("SELECT count(*) || '' FROM transfer WHERE direction = 'out'")),
        ("9 9 done".to_owned(), "9".to_owned())
    );
    nights.tells_nobody();
}

#[test]
fn a_directory_for_subscription_files_that_is_not_there_is_a_wrong_setting() {
    let nights = Nights::new(Face::Posix);
    let name = nights.ordered(&nights.number(7));
    nights.call(&["cpr-batch", "set", "Upload Directory=nowhere"]).ends_with(0);
    for command in ["send", "run"] {
        nights.call(&["cpr-batch", command]).ends_with(2).complains("nowhere");
    }
    nights.call(&["cpr-batch", "set", "Upload Directory=ind"]).ends_with(0);
    nights.call(&["cpr-batch", "run"]).ends_with(0);
    nights.has_exactly(&[&name]);
}
