//! SFTP with servers that do what OpenSSH's does not. They are made of the same library as the client.

use std::sync::Arc;
use std::time::Duration;

use kartotek_clients::file_transfer::{RemoteDirectory, Settings, TransferErrorKind, connect};
use russh::MethodKind;
use russh_sftp::protocol::StatusCode;

use crate::support::odd_sftp::OddFiles;
use crate::support::{Log, PasswordServer};

fn start(files: &OddFiles) -> PasswordServer {
    PasswordServer::start_with(MethodKind::Password, files.clone())
}

fn content() -> Vec<u8> {
    (0..300_000_u32).flat_map(u32::to_be_bytes).collect()
}

fn fetched(remote: &mut dyn RemoteDirectory) -> Vec<u8> {
    let mut bytes = Vec::new();
    remote.fetch("x", 0, &mut bytes).unwrap();
    bytes
}

#[test]
fn a_size_that_is_not_told_is_none_and_a_server_that_fails_is_an_error() {
    for refusal in [StatusCode::NoSuchFile, StatusCode::PermissionDenied, StatusCode::OpUnsupported] {
        let server = start(&OddFiles { refusal, ..OddFiles::default() });
        assert_eq!(connect(&server.settings()).unwrap().size("x").unwrap(), None, "{refusal:?}");
    }
    let server = start(&OddFiles { refusal: StatusCode::Failure, ..OddFiles::default() });
    let error = connect(&server.settings()).unwrap().size("x").unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::Refused, "{error}");
}
