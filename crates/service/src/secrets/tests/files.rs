use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{House, Key, KeyFile, SecretsError, name};

fn mode(house: &House) -> u32 {
    fs::metadata(house.path()).unwrap().permissions().mode() & 0o777
}

fn files(house: &House) -> Vec<String> {
    let entries = fs::read_dir(house.folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_first_secret_makes_a_key_file_that_only_its_owner_can_read() {
    let house = House::with(&["x"]);
    assert_eq!(mode(&house), 0o600);
    assert_eq!(files(&house), ["register.key"], "no temporary file is left");
    house.vault().rotate().unwrap();
    assert_eq!(mode(&house), 0o600);
    assert_eq!(files(&house), ["register.key"]);
}

#[test]
fn looking_makes_no_key_file() {
    let house = House::new();
    assert_eq!(house.vault().get(&name("x")).unwrap(), None);
    assert_eq!(house.vault().list().unwrap(), []);
    assert!(!house.path().exists());
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let house = House::with(&["x"]);
    for wrong in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(house.path(), fs::Permissions::from_mode(wrong)).unwrap();
        for error in [house.vault().get(&name("x")).unwrap_err(), house.vault().put(&name("y"), b"Y").unwrap_err()] {
            let said = error.to_string();
            let chmod = format!("`chmod 600 {}`", house.path().display());
            assert!(said.contains(&chmod) && said.contains(&format!("{wrong:03o}")), "{said}");
        }
    }
    fs::set_permissions(house.path(), fs::Permissions::from_mode(0o400)).unwrap();
    house.all_are_readable();
}

#[test]
fn a_missing_key_file_is_never_replaced_while_secrets_need_it() {
    let house = House::with(&["x", "y"]);
    fs::remove_file(house.path()).unwrap();
    let vault = house.vault();
    for error in
        [vault.get(&name("x")).unwrap_err(), vault.put(&name("z"), b"Z").unwrap_err(), vault.rotate().unwrap_err()]
    {
        assert!(matches!(error, SecretsError::Missing { count: 2, .. }), "{error}");
    }
    assert!(!house.path().exists());
    // They can be given up, and then it begins anew.
    assert!(vault.remove(&name("x")).unwrap() && vault.remove(&name("y")).unwrap());
    vault.put(&name("z"), b"Z").unwrap();
    house.all_are_readable();
}

#[test]
fn processes_that_make_the_key_file_at_once_end_with_one_key() {
    for _ in 0..20 {
        let house = House::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| KeyFile::new(house.path()).create().unwrap());
            }
        });
        let (first, rest) = (house.keys().0, files(&house));
        assert_eq!((first.len(), rest.as_slice()), (1, ["register.key".to_owned()].as_slice()));
    }
}

#[test]
fn a_key_file_is_never_overwritten_by_a_new_one() {
    let house = House::with(&["x"]);
    let before = fs::read(house.path()).unwrap();
    KeyFile::new(house.path()).create().unwrap();
    assert_eq!(fs::read(house.path()).unwrap(), before);
}

#[test]
fn comments_and_blank_lines_are_passed_over() {
    let house = House::with(&["x"]);
    let text = fs::read_to_string(house.path()).unwrap();
    fs::write(house.path(), format!("\n  # mine\n\n{}\n  ", text.replace('\n', "\r\n"))).unwrap();
    house.all_are_readable();
}

#[test]
fn a_damaged_key_file_is_refused_with_its_line_and_without_its_content() {
    let house = House::with(&["x"]);
    let whole = fs::read_to_string(house.path()).unwrap();
    let line = whole.lines().last().unwrap();
    let key = line.split_once(' ').unwrap().1;
    for damaged in [&line[..30], &line.replace(' ', ""), &format!("000000000000 {key}"), &format!("{line} x")] {
        fs::write(house.path(), format!("# comment\n{damaged}\n")).unwrap();
        let error = house.vault().get(&name("x")).unwrap_err();
        assert!(matches!(error, SecretsError::Line { line: 2, .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains(&key[..12]), "{error}");
    }
    fs::write(house.path(), "# comment\n").unwrap();
    assert!(matches!(house.vault().get(&name("x")), Err(SecretsError::Empty { .. })));
}

#[test]
fn a_link_to_a_key_file_stays_a_link() {
    let house = House::with(&["x"]);
    let elsewhere = house.folder.path().join("elsewhere");
    fs::rename(house.path(), &elsewhere).unwrap();
    symlink(&elsewhere, house.path()).unwrap();
    house.vault().rotate().unwrap();
    assert!(fs::symlink_metadata(house.path()).unwrap().is_symlink());
    house.all_are_readable();
}

#[test]
fn no_key_can_be_seen_in_debug() {
    let key = Key::generate().unwrap();
    let house = House::new();
    let line = key.to_line();
    fs::write(house.path(), line.as_bytes()).unwrap();
    fs::set_permissions(house.path(), fs::Permissions::from_mode(0o600)).unwrap();
    let shown = format!("{:?} {key:?}", KeyFile::new(house.path()).read());
    assert!(!shown.contains(line.split_once(' ').unwrap().1), "{shown}");
}
