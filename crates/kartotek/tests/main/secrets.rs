//! `kartotek secret` as its callers see it. The secret itself must be seen by nobody.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;

use crate::support::cli::{Ended, call, feed, feed_to, kartotek, run};
use crate::support::leak::is_nowhere;

const SECRET: &str = "aB34-zyx";
/// 32 bytes in base64.
const KEY_1: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const KEY_2: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

fn set(folder: &Path, name: &str) -> Ended {
    feed(folder, &["secret", "set", name], SECRET)
}

fn with_keys(folder: &Path, current: &str, old: &str, arguments: &[&str]) -> Ended {
    let mut command = kartotek(folder);
    command.env("KARTOTEK_SECRET_KEY", current).env("KARTOTEK_SECRET_KEY_OLD", old).args(arguments);
    feed_to(&mut command, SECRET)
}

fn keys(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("kartotek.key")).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn secrets_are_set_listed_rotated_and_removed_and_never_seen() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("secret.txt"), format!("{SECRET}\r\n")).unwrap();
    let calls = [
        set(folder, "cpr.password"),
        call(folder, &["secret", "set", "CVR-J.Password", "--file", "secret.txt"]),
        feed(folder, &["secret", "set", "x", "--file", "-", "--json"], &format!("{SECRET}\n")),
        call(folder, &["secret", "list"]),
        call(folder, &["secret", "list", "--json"]),
        call(folder, &["secret", "rotate-key"]),
        call(folder, &["secret", "rotate-key", "--json"]),
        call(folder, &["secret", "remove", "cpr.password"]),
        call(folder, &["secret", "remove", "x", "--json"]),
        call(folder, &["source", "list", "--json"]),
        call(folder, &["source", "show", "CPR", "--json"]),
    ];
    for ended in &calls {
        ended.ends_with(0);
    }
    calls[0].says("cpr.password is set");
    calls[3].says("cpr.password").says("cvr-j.password");
    let list = calls[4].json();
    assert_eq!(list[1]["name"], "cvr-j.password");
    assert_eq!(list[1]["version"], 1);
    assert_eq!(list.as_array().unwrap().len(), 3);
    calls[5].says("3 secrets sealed anew").says("1 old keys taken out");
    assert_eq!(calls[6].json()["secrets"], 3);
    assert_eq!(calls[8].json(), json!({ "name": "x", "removed": true }));
    fs::remove_file(folder.join("secret.txt")).unwrap();
    is_nowhere(SECRET, folder, &calls);
    let key = keys(folder);
    assert_eq!(key.len(), 1);
    let left = call(folder, &["secret", "list", "--json"]).json();
    assert_eq!(left[0]["key_id"], key[0].as_str(), "after the rotation");
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), "x");
    let calls = [
        call(folder.path(), &["secret", "set", "cpr.password", SECRET]),
        call(folder.path(), &["source", "set", "CVR-J", &format!("Password={SECRET}")]),
        call(folder.path(), &["source", "set", "CVR-J", &format!("Password:{SECRET}")]),
    ];
    for ended in &calls {
        ended.ends_with(2);
    }
    calls[0].complains("shell's history");
    calls[1].complains("`kartotek secret set cvr-j.password`");
    is_nowhere(SECRET, folder.path(), &calls);
}

#[test]
fn wrong_names_and_empty_secrets_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "1x", "cpr..password", "cpr password"] {
        set(folder.path(), name).ends_with(2).complains("for example cpr.password");
    }
    for nothing in ["", "\n"] {
        feed(folder.path(), &["secret", "set", "x"], nothing).ends_with(2).complains("found nothing");
    }
    feed(folder.path(), &["secret", "set", "x"], &"x".repeat(70_000)).ends_with(2).complains("at most 65536 bytes");
    call(folder.path(), &["secret", "set", "x", "--file", "missing"]).ends_with(3).complains("missing: ");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was made");
}

#[test]
fn what_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    call(folder.path(), &["secret", "list"]).ends_with(3).complains("no register");
    set(folder.path(), "x").ends_with(0);
    call(folder.path(), &["secret", "remove", "y"]).ends_with(1).complains("no secret y");
    call(folder.path(), &["secret", "remove", "x"]).ends_with(0);
    let ended = call(folder.path(), &["secret", "list"]);
    ended.ends_with(0).complains("no secret is set");
    assert_eq!(ended.stdout, "");
}

#[cfg(unix)]
#[test]
fn the_key_file_is_its_owners_alone_and_refused_otherwise() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("kartotek.key");
    set(folder.path(), "x").ends_with(0);
    let mode = || fs::metadata(&key).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    call(folder.path(), &["secret", "rotate-key"]).ends_with(0);
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    for ended in [set(folder.path(), "y"), call(folder.path(), &["secret", "rotate-key"])] {
        ended.ends_with(2).complains("`chmod 600 kartotek.key`").complains("mode 644");
    }
}

#[test]
fn a_lost_key_file_is_not_replaced_by_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path(), "x").ends_with(0);
    fs::remove_file(folder.path().join("kartotek.key")).unwrap();
    for ended in [set(folder.path(), "x"), call(folder.path(), &["secret", "rotate-key"])] {
        ended.ends_with(2).complains("key file kartotek.key is missing").complains("`kartotek secret remove NAME`");
    }
    assert!(!folder.path().join("kartotek.key").exists());
    call(folder.path(), &["secret", "remove", "x"]).ends_with(0);
    set(folder.path(), "x").ends_with(0);
}

#[test]
fn the_key_file_is_where_the_configuration_says() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kartotek.toml"), "database = \"sqlite:register.db\"\n").unwrap();
    feed(folder.path(), &["secret", "set", "x", "--config", "kartotek.toml"], SECRET).ends_with(0);
    assert!(folder.path().join("register.key").exists(), "beside the register, by its name");
    fs::write(folder.path().join("kartotek.toml"), "[secrets]\nkey_file = \"my.key\"\n").unwrap();
    feed(folder.path(), &["secret", "set", "x", "--config", "kartotek.toml"], SECRET).ends_with(0);
    assert!(folder.path().join("my.key").exists());
}

#[test]
fn a_key_of_the_environment_takes_the_place_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut calls = vec![with_keys(folder, KEY_1, "", &["secret", "set", "x"])];
    assert!(!folder.join("kartotek.key").exists());
    calls.push(with_keys(folder, KEY_2, "", &["secret", "rotate-key"]));
    calls[1].ends_with(2).complains("KARTOTEK_SECRET_KEY_OLD");
    calls.push(with_keys(folder, KEY_2, KEY_1, &["secret", "rotate-key"]));
    calls[2].ends_with(0).says("1 secrets sealed anew");
    calls.push(with_keys(folder, KEY_2, "", &["secret", "rotate-key"]));
    calls[3].ends_with(0).says("0 secrets sealed anew");
    calls.push(with_keys(folder, "short", "", &["secret", "set", "x"]));
    calls[4].ends_with(2).complains("KARTOTEK_SECRET_KEY: expected 32 bytes in base64");
    is_nowhere(SECRET, folder, &calls);
    for key in [KEY_1, KEY_2] {
        is_nowhere(key, folder, &calls);
    }
}

#[test]
fn a_rotation_that_is_killed_at_any_moment_loses_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let names = ["a", "b", "c", "d"];
    for name in names {
        set(folder, name).ends_with(0);
    }
    let before = std::time::Instant::now();
    call(folder, &["secret", "rotate-key"]).ends_with(0);
    let whole = before.elapsed();
    for moment in 0..40 {
        let mut child = kartotek(folder).args(["secret", "rotate-key"]).stdout(Stdio::null()).spawn().unwrap();
        // The moment is the case, not a wait for something.
        std::thread::sleep(whole * moment / 40);
        child.kill().unwrap();
        child.wait().unwrap();
        set(folder, names[moment as usize % names.len()]).ends_with(0);
    }
    // It opens every secret, or refuses.
    call(folder, &["secret", "rotate-key"]).ends_with(0);
    assert_eq!(keys(folder).len(), 1);
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn processes_that_set_secrets_and_rotate_at_once_lose_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The tables, so that the processes meet at the secrets.
    set(folder, "first").ends_with(0);
    std::thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || set(folder, &format!("x{number}")).ends_with(0).code);
            scope.spawn(move || run(kartotek(folder).args(["secret", "rotate-key"])).ends_with(0).code);
        }
    });
    let list = call(folder, &["secret", "list", "--json"]).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 5);
    let keys = keys(folder);
    assert!(list.iter().all(|secret| keys.iter().any(|key| secret["key_id"] == key.as_str())), "{list:?} {keys:?}");
    // The last word on whether all can be opened is that all are sealed anew.
    let rotated = call(folder, &["secret", "rotate-key", "--json"]).json();
    assert_eq!(rotated["secrets"], 5);
}
