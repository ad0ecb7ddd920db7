//! Calling the server: `connect`, `list`, and what keeps from it.

use std::fs;
use std::time::{Duration, Instant};

use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Face, TlsMode};

use crate::support::extract::extract;
use crate::support::file_server::{FileServer, PASSWORD};

use super::{day, first, lise};

#[test]
fn connect_tells_the_server_and_the_files_that_match() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.put_as("readme.txt", &first());
    let ended = server.call(&["connect"]);
    ended.ends_with(0).says("logged on: ").says("/ud").says("1 files match d??????.l??????, 1 of them new, 0 migrated");
    ended.says(&format!("  {name}\n"));
    assert!(!ended.stdout.contains("readme"), "{}", ended.stdout);
    let json = server.call(&["connect", "--json"]).json();
    assert_eq!((json["files"].as_u64(), json["new"].as_u64(), json["migrated"].as_u64()), (Some(1), Some(1), Some(0)));
    // Nothing was fetched.
    assert_eq!(server.local(), [] as [String; 0]);
}

#[test]
fn migrated_files_of_a_mainframe_are_listed_in_brackets_and_fetched() {
    let server = FileServer::with(|options| {
        options.face = Face::Zos;
        options.tls = TlsMode::Implicit;
        options.recall = kartotek_simulators::cpr_ftp::Recall::Waits(Duration::from_millis(20));
    });
    server.put(&first());
    let migrated = server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.control().migrate(&migrated).unwrap();
    server.call(&["connect"]).ends_with(0).says("'CPR.UD.'").says("1 migrated").says("  [D210402.L110901]\n");
    server.call(&["list"]).ends_with(0).says("  [D210402.L110901] ").says("  D210401.L110901 ");
    server.call(&["run"]).ends_with(0).says("is migrated; the server brings it back first");
    assert_eq!(server.ledger(), ["D210401.L110901|done", "D210402.L110901|done"]);
    assert_eq!(server.remote(), ["xd210401.l110901", "xd210402.l110901"]);
    assert_eq!(server.local(), ["xD210401.L110901", "xD210402.L110901"]);
}

#[test]
fn list_shows_how_each_file_stands_on_both_sides() {
    let server = FileServer::new();
    server.set(&["Remote rename=N"]).ends_with(0);
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.put_bytes("d210403.l110901", &first(), b"no extract");
    server.call(&["get", "--all"]).ends_with(1);
    server.put(&day("2021-04-04", "2021-04-02", "Smed"));
    server.put_here(&day("2021-04-05", "2021-04-04", "Tandlæge"));

    let states = |json: &serde_json::Value, side: &str| -> Vec<String> {
        let row = |row: &serde_json::Value| format!("{} {}", row["name"].as_str().unwrap(), row["state"]);
        json[side].as_array().unwrap().iter().map(row).collect()
    };
    let json = server.call(&["list", "--json"]).json();
    let remote = [
        "d210401.l110901 \"imported\"",
        "d210402.l110901 \"fetched\"",
        "d210403.l110901 \"refused\"",
        "d210404.l110901 \"new\"",
    ];
    assert_eq!(states(&json, "remote"), remote);
    assert_eq!(states(&json, "local"), ["d210402.l110901 \"waiting\"", "d210405.l110901 null"]);
    let ended = server.call(&["list"]);
    ended.ends_with(0).says("waiting, task 110901, produced 2021-04-02").says("not checked yet");

    let calls = server.control().happened().callers;
    let local = server.call(&["list", "--local", "--json"]).json();
    assert_eq!((local["remote"].is_null(), states(&local, "local").len()), (true, 2));
    assert_eq!(server.control().happened().callers, calls, "nobody is called");
}

#[test]
fn a_wrong_password_is_told_and_not_repeated() {
    let server = FileServer::new();
    let wrong = "Bb2-forkert";
    server.set_password(wrong).ends_with(0);
    for command in ["connect", "run"] {
        let ended = server.call(&[command]);
        ended.ends_with(2).complains("530");
        assert!(!ended.stderr.contains(wrong) && !ended.stdout.contains(wrong), "{}{}", ended.stdout, ended.stderr);
    }
    assert!(!server.log().contains(wrong));
    server.set_password(PASSWORD).ends_with(0);
    server.call(&["connect"]).ends_with(0);
}

#[test]
fn an_unreachable_server_ends_with_3_and_what_is_here_is_imported_all_the_same() {
    let server = FileServer::new();
    server.put_here(&first());
    // Nobody can listen there.
    server.set(&["Site=127.0.0.1:1"]).ends_with(0);
    server.call(&["connect"]).ends_with(3).complains("127.0.0.1");
    server.call(&["get", "--all"]).ends_with(3);
    server.call(&["list"]).ends_with(3).says("d210401.l110901").complains("127.0.0.1");
    server.call(&["run"]).ends_with(3).says("d210401.l110901: imported: 2 new").complains("127.0.0.1");
    assert_eq!(server.persons(), 2);
}

#[test]
fn whatever_keeps_a_run_from_the_server_it_imports_what_is_here() {
    let wrong = [
        (&["SSL=N"][..], "--insecure-plain-ftp"),
        (&["Site="], "Site is not set"),
        (&["User name="], "User name is not set"),
        (&["Certificate file=none.pem"], "none.pem"),
        (&["SSL=N", "Upload Directory=ind"], "no subscription files are sent: SSL is N"),
    ];
    for (settings, told) in wrong {
        let server = FileServer::new();
        server.put_here(&first());
        server.set(settings).ends_with(0);
        let ended = server.call(&["run"]);
        ended.ends_with(2).complains(told).says("d210401.l110901: imported: 2 new").says("imported 1 files");
        let log = server.log();
        assert!(log.contains(told) && log.ends_with("ended with exit code 2\n"), "{log}");
        // Whoever asks for the one step alone has nothing else done.
        server.call(&["get", "--all"]).ends_with(2).complains(told.rsplit(": ").next().unwrap());
        server.call(&["list"]).ends_with(2).says("Local files:").complains(told.rsplit(": ").next().unwrap());
    }
}

#[test]
fn list_shows_the_server_when_there_is_no_interim_directory() {
    let server = FileServer::new();
    let name = server.put(&first());
    fs::remove_dir(server.folder().join("interim")).unwrap();
    let ended = server.call(&["list"]);
    ended.ends_with(3).says("Remote files:").says(&name).complains("interim").complains("make it, or name another one");
    let ended = server.call(&["list", "--json"]);
    let json = ended.ends_with(3).json();
    assert_eq!((json["remote"][0]["name"].as_str(), json["local"].is_null()), (Some(&*name), true));
    assert!(json["problem"].as_str().unwrap().contains("cannot use the interim directory"), "{json}");
    server.set(&["Local Directory="]).ends_with(0);
    server.call(&["list"]).ends_with(2).says(&name).complains("Local Directory is not set");
    fs::create_dir(server.folder().join("interim")).unwrap();
}

#[test]
fn a_certificate_of_another_authority_is_not_trusted() {
    let server = FileServer::new();
    fs::write(server.folder().join("ca.pem"), Authority::new().unwrap().pem()).unwrap();
    server.put(&first());
    for command in ["connect", "run"] {
        server.call(&[command]).ends_with(2).complains("certificate");
    }
    let commands = server.control().happened().commands;
    assert!(!commands.iter().any(|command| command.starts_with("USER")), "{commands:?}");
}

#[test]
fn plain_ftp_needs_to_be_asked_for_in_as_many_words() {
    let server = FileServer::with(|options| options.tls = TlsMode::None);
    server.put(&first());
    for command in [&["connect"][..], &["list"], &["get", "--all"], &["run"]] {
        server.call(command).ends_with(2).complains("--insecure-plain-ftp");
    }
    assert!(server.control().happened().callers.is_empty());
    server.call(&["connect", "--insecure-plain-ftp"]).ends_with(0).says("1 files match");
    server.call(&["run", "--insecure-plain-ftp"]).ends_with(0).says("imported: 2 new");
    // A server without TLS is not spoken to by who wants TLS.
    server.set(&["SSL=J"]).ends_with(0);
    server.call(&["connect", "--insecure-plain-ftp"]).ends_with(2);
}

#[test]
fn three_files_among_five_thousand_are_found_and_fetched() {
    let server = FileServer::new();
    for number in 0..5_000 {
        fs::write(server.remote_path(&format!("d210401.l9{number:05}")), "").unwrap();
    }
    server.put(&first());
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    server.put(&day("2021-04-03", "2021-04-02", "Smed"));
    server.set(&["Pattern=d??????.l110901"]).ends_with(0);
    let began = Instant::now();
    let listed = server.call(&["list", "--json"]).json();
    assert_eq!(listed["remote"].as_array().unwrap().len(), 3);
    server.call(&["run"]).ends_with(0).says("fetched 3 files").says("imported 3 files");
    assert_eq!(server.control().happened().fetched.len(), 3);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_name_that_cannot_be_a_files_here_is_left_alone() {
    let server = FileServer::new();
    let strange = ["d210401.l11:901", "d210402.l\u{1b}[31;m"];
    for name in strange {
        server.put_as(name, &extract("2021-04-01", [lise()]));
    }
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("a name that cannot be a file's here; it is left alone").says("fetched 0 files");
    assert_eq!((server.local(), server.ledger()), (Vec::new(), Vec::new()));
    assert_eq!(server.remote(), strange);
    // What a server calls a file cannot steer the terminal.
    for command in ["list", "connect"] {
        let ended = server.call(&[command]);
        ended.ends_with(0).says("d210401.l11:901").says("d210402.l");
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{command}:\n{}", ended.stdout);
    }
    assert!(!server.log().contains('\u{1b}'));
}
