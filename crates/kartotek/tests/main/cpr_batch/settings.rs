//! The settings: how they are named, refused, shown and kept, and when they must not change (F105-F119, F114).

use std::collections::BTreeMap;
use std::fs;

use crate::support::cli::{Ended, call, run};
use crate::support::file_server::{FileServer, PASSWORD, name_of};

use super::first;

/// Names and values as `settings` shows them.
fn shown(server: &FileServer) -> BTreeMap<String, String> {
    let json = server.call(&["settings", "--json"]).json();
    let row =
        |row: &serde_json::Value| (row["name"].as_str().unwrap().to_owned(), row["value"].as_str().unwrap().to_owned());
    json.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn settings_go_by_the_names_of_the_guide_in_any_spelling_and_are_there_for_the_next_process() {
    let server = FileServer::new();
    let spelt = ["site=ftp.example.dk:2121", "USER-NAME=kmd01234", "rename_prefix=done.", "remoterename=n"];
    server.set(&[&spelt[..], &["Keep days=30", "pattern=d??????.l110901"]].concat()).ends_with(0);
    let shown = shown(&server);
    let expected = [
        ("Site", "ftp.example.dk:2121"),
        ("User name", "kmd01234"),
        ("Rename prefix", "done."),
        ("Remote rename", "n"),
        ("Keep days", "30"),
        ("Pattern", "d??????.l110901"),
    ];
    for (name, value) in expected {
        assert_eq!(shown[name], value, "{name}");
    }
    assert_eq!(server.rows("SELECT value FROM transfer_setting WHERE name = 'Rename prefix'"), ["done."]);
    // The default is put back.
    server.set(&["Keep days=", "Rename prefix="]).ends_with(0);
    assert!(server.rows("SELECT name FROM transfer_setting WHERE name IN ('Keep days', 'Rename prefix')").is_empty());
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_what_it_may_be_and_nothing_is_changed() {
    let server = FileServer::new();
    let before = shown(&server);
    let refusals = [
        ("Site=http://ftp.example.dk", "Site: expected HOST, HOST:PORT or sftp://HOST:PORT"),
        ("Site=ftp.example.dk:0", "Site: expected HOST"),
        ("SSL=maybe", "SSL: expected explicit, implicit or N"),
        ("MVS=X", "MVS: expected J or N"),
        ("Pattern=ud/d*", "Pattern: expected a mask of a file's name without a folder"),
        ("Rename prefix=../x", "Rename prefix: expected letters, digits"),
        ("CPR format=U09480-P", "CPR format: expected P12170"),
        ("Source=CVR", "Source: expected CPR"),
        ("Remote rename=yes", "Remote rename: expected J or N"),
        ("Transfer type=ebcdic", "Transfer type: expected binary or text"),
        ("Host key=MD5:00", "Host key: expected SHA256:"),
        ("Source address=here", "Source address: expected an IPv4 or IPv6 address"),
        ("Recall minutes=0", "Recall minutes: expected a number from 1 to 1440"),
        ("Keep days=0", "Keep days: expected a number of days, 1 at least"),
        ("Keep days", "expected NAME=VALUE"),
    ];
    for (setting, expected) in refusals {
        server.set(&["User name=somebody", setting]).ends_with(2).complains(expected);
    }
    server.set(&["Databsae=x"]).ends_with(2).complains("`kartotek cpr-batch settings` lists them");
    assert_eq!(shown(&server), before);
}

#[test]
fn a_password_as_an_argument_is_refused_and_repeated_nowhere() {
    let server = FileServer::new();
    let typed = "Zz9-paa-linjen";
    let is_nowhere = |ended: &Ended| {
        ended.ends_with(2);
        assert!(!ended.stdout.contains(typed) && !ended.stderr.contains(typed), "{}{}", ended.stdout, ended.stderr);
    };
    let with = |before: &str| format!("{before}{typed}");
    is_nowhere(server.set(&[&with("Password=")]).complains("stays in the shell's history"));
    for argument in ["PASSWORD =", "Pass word=", "Password:", ""] {
        is_nowhere(&server.set(&[&with(argument)]));
    }
    is_nowhere(&server.set(&["Password", &with("--password=")]));
    assert!(!server.log().contains(typed));
    server.call(&["connect"]).ends_with(0);
}

#[test]
fn the_database_is_not_a_setting_of_the_transfer() {
    let server = FileServer::new();
    for setting in ["Database=sqlite:other.db", "base=cpr"] {
        server.set(&[setting]).ends_with(2).complains("--database");
    }
    assert!(!server.folder().join("other.db").exists());
}

#[test]
fn settings_are_shown_with_their_meaning_and_the_password_never() {
    let server = FileServer::new();
    let shown = server.call(&["settings"]);
    shown.ends_with(0).says("Site").says("Local Directory").says("interim").says("sqlite:kartotek.db");
    shown.says("put before the names of files that are done").says("(kept, sealed)");
    assert!(!shown.stdout.contains(PASSWORD));
    let register = fs::read(server.folder().join("kartotek.db")).unwrap();
    assert!(!register.windows(PASSWORD.len()).any(|bytes| bytes == PASSWORD.as_bytes()), "the password is not sealed");
}

#[test]
fn what_both_steps_use_cannot_change_while_a_file_is_between_them() {
    let server = FileServer::new();
    fs::create_dir(server.folder().join("other")).unwrap();
    let name = server.put(&first());
    let changes = [("Pattern=d*", "Pattern"), ("Rename prefix=y", "Rename prefix"), ("Local Directory=other", "Local")];
    let all_refused = |name: &str| {
        for (change, setting) in changes {
            let refused = server.set(&[change, "Keep days=3"]);
            refused.ends_with(2).complains(setting).complains("between transfer and import").complains(name);
        }
        // The others may change, and so may these to what they are.
        server.set(&["Recall minutes=20", "Rename prefix=x", "Local Directory=./interim/"]).ends_with(0);
    };
    let all_allowed = || {
        for (change, _) in changes {
            server.set(&[change]).ends_with(0);
        }
        server.set(&["Pattern=", "Rename prefix=x", "Local Directory=interim"]).ends_with(0);
    };
    server.call(&["get", "--all"]).ends_with(0);
    all_refused(&name);
    server.call(&["import", "--all"]).ends_with(0);
    all_allowed();

    let by_hand = server.put_here(&super::day("2021-04-02", "2021-04-01", "Pilot"));
    all_refused(&by_hand);
    server.call(&["import", "--all"]).ends_with(0);
    all_allowed();
}

#[test]
fn a_file_that_was_refused_and_is_put_right_by_hand_is_between_the_steps_too() {
    let server = FileServer::new();
    let name = name_of(&first());
    server.put_bytes(&name, &first(), b"no extract");
    server.call(&["get", "--all"]).ends_with(1);
    server.put_here(&first());
    server.set(&["Rename prefix=y"]).ends_with(2).complains(&name);
    server.call(&["import", "--all"]).ends_with(0);
    server.set(&["Rename prefix=y"]).ends_with(0);
}

#[test]
fn a_file_that_waits_behind_a_gap_keeps_the_settings_until_the_gap_is_accepted() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    let name = server.put(&super::day("2021-04-07", "2021-04-06", "Smed"));
    server.call(&["run"]).ends_with(1);
    let refused = server.set(&["Rename prefix=y"]);
    refused.ends_with(2).complains(&name).complains("kartotek cpr-batch import --all").complains("accept-gap FILE");
    server.call(&["accept-gap", &name]).ends_with(0);
    server.call(&["import", "--all"]).ends_with(0);
    server.set(&["Rename prefix=y"]).ends_with(0);
}

#[test]
fn an_interim_directory_that_is_gone_can_be_replaced_and_its_files_come_again() {
    let server = FileServer::new();
    let name = server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    fs::rename(server.folder().join("interim"), server.folder().join("lost")).unwrap();
    let gone = fs::canonicalize(server.folder()).unwrap().join("interim");
    for command in [&["get", "--all"][..], &["import", "--all"], &["run"], &["list", "--local"], &["accept-gap", &name]]
    {
        let ended = server.call(command);
        ended.ends_with(3).complains(gone.to_str().unwrap()).complains("make it, or name another one");
    }
    // What was fetched would be forgotten by another pattern wherever it is.
    server.set(&["Pattern=d*"]).ends_with(2).complains(&name);
    server.set(&["Local Directory=other", "Rename prefix=y"]).ends_with(2).complains("Rename prefix");
    fs::create_dir(server.folder().join("other")).unwrap();
    server.set(&["Local Directory=other"]).ends_with(0);
    server.call(&["run"]).ends_with(0).says("fetched 1 files").says("imported 1 files");
    assert_eq!(server.persons(), 2);
    assert!(server.folder().join("other").join(format!("x{name}")).exists());
    fs::create_dir(server.folder().join("interim")).unwrap();
}

#[test]
fn paths_are_kept_absolute_for_whoever_calls_from_another_folder() {
    let server = FileServer::new();
    let folder = fs::canonicalize(server.folder()).unwrap();
    let shown_path = |name: &str| shown(&server)[name].clone();
    assert_eq!(shown_path("Local Directory"), folder.join("interim").to_str().unwrap());
    assert_eq!(shown_path("Certificate file"), folder.join("ca.pem").to_str().unwrap());
    server.set(&["Key file=./id_ed25519"]).ends_with(0);
    assert_eq!(shown_path("Key file"), folder.join("id_ed25519").to_str().unwrap());
    // Where a link leads is left to who sets it.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.join("interim"), folder.join("link")).unwrap();
        server.set(&["Local Directory=link"]).ends_with(0);
        assert_eq!(shown_path("Local Directory"), folder.join("link").to_str().unwrap());
    }
    server.set(&["Key file=", "Local Directory=interim"]).ends_with(0);
    assert_eq!(shown_path("Key file"), "");

    server.put(&first());
    let elsewhere = tempfile::tempdir().unwrap();
    let register = format!("sqlite:{}", folder.join("kartotek.db").display());
    let mut command = server.command(&["run", "--database", &register]);
    run(command.current_dir(elsewhere.path())).ends_with(0).says("imported 1 files");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn control_characters_are_refused_and_not_repeated() {
    let server = FileServer::new();
    let before = shown(&server);
    for name in ["User name", "Directory", "Upload Directory", "Local Directory", "Site", "Pattern", "Host key"] {
        for value in ["ud\nQUIT", "ud\rQUIT", "ud\u{1b}[2JQUIT", "ud\u{9b}2JQUIT", "ud\tQUIT"] {
            let refused = server.set(&["Keep days=3", &format!("{name}={value}")]);
            refused.ends_with(2).complains(&format!("{name}: expected text in one line, without control characters"));
            assert!(!refused.stderr.contains("QUIT") && refused.stdout.is_empty(), "{}", refused.stderr);
        }
    }
    assert_eq!(shown(&server), before);

    // One that was kept before is told, and can be put right, although a file waits.
    server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    let keep = "INSERT INTO transfer_setting (source, name, value, updated_at)
                VALUES ('CPR', ?1, ?2, '2021-04-01T20:00:00Z') ON CONFLICT DO UPDATE SET value = excluded.value";
    for (name, good) in [("User name", "kartotek"), ("Rename prefix", "x")] {
        server.tables().execute(keep, [name, "ud\nQUIT"]).unwrap();
        let expected = format!("{name}: expected");
        for command in [&["connect"][..], &["run"], &["set", "Keep days=3"]] {
            let refused = server.call(command);
            refused.ends_with(2).complains(&expected);
            assert!(!refused.stderr.contains("QUIT"), "{}", refused.stderr);
        }
        server.set(&[&format!("{name}={good}")]).ends_with(0);
    }
    server.call(&["run"]).ends_with(0).says("imported 1 files");
}

#[test]
fn without_a_register_the_command_is_told_that_makes_one() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["settings"][..], &["list"], &["persons"], &["run"]] {
        let ended = call(folder.path(), &[&["cpr-batch"], command].concat());
        ended.ends_with(3).complains("no register at sqlite:kartotek.db; `kartotek cpr-batch set` makes one");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A device of Linux that takes nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_log_that_has_no_room_left_is_named() {
    let server = FileServer::new();
    fs::write(server.folder().join("kartotek.toml"), "[log]\ncprbatch = \"/dev/full\"\n").unwrap();
    server.put(&first());
    let ended = server.call(&["run", "--config", "kartotek.toml"]);
    ended
        .ends_with(3)
        .says("d210401.l110901: imported: 2 new")
        .says("imported 1 files")
        .complains("log file /dev/full: No space left on device");
}
