use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;

use rustls::ClientConfig;
use suppaftp::types::FileType;
use suppaftp::{FtpError, FtpResult, Mode, Status};

use super::data;
use super::failure::{failed, of_io, words};
use super::latin1::Latin1;
use super::session::{Ftp, Session, checked};
use super::tls::{Broken, Tls};
use crate::file_transfer::{Protocol, RemoteDirectory, Settings, TransferError, TransferErrorKind, TransferType};
use crate::tcp;
use crate::tls::client_config;

/// Connects, logs on, and goes to the directory.
pub(in crate::file_transfer) fn connect(settings: &Settings) -> Result<Box<dyn RemoteDirectory>, TransferError> {
    let operation = format!("connect to {}, port {}", settings.host, settings.port());
    let error = |kind, text: String| TransferError::new(kind, operation.clone(), text);
    let tls = match settings.protocol {
        Protocol::PlainFtp => None,
        _ => Some(client_config(&settings.roots).map_err(|found| error(TransferErrorKind::Tls, found.to_string()))?),
    };
    let addresses = (settings.host.as_str(), settings.port()).to_socket_addrs();
    let addresses = addresses.map_err(|found| {
        error(TransferErrorKind::Unreachable, format!("the host's address cannot be found ({found})"))
    })?;
    let mut last = unreachable(&operation, &tcp::no_address());
    for address in tcp::in_order(addresses, settings.from) {
        match open(settings, address, tls.as_ref(), &operation) {
            Ok((ftp, broken)) => return log_on(ftp, settings, address, broken).map(|session| Box::new(session) as _),
            // Another address of the host may answer.
            Err(error) if error.kind == TransferErrorKind::Unreachable => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// A connection that has greeted, under TLS where it is wanted, and what tells how its handshakes end.
fn open(
    settings: &Settings,
    address: SocketAddr,
    tls: Option<&Arc<ClientConfig>>,
    operation: &str,
) -> Result<(Ftp, Broken), TransferError> {
    let connector = tls.map(|config| Tls::new(Arc::clone(config), settings.connect_within));
    let broken = connector.as_ref().map(Tls::broken).unwrap_or_default();
    let host = settings.host.clone();
    let ftp = match (settings.protocol, connector) {
        (Protocol::FtpsImplicit, Some(connector)) => implicit(settings, address, connector, operation)?,
        (_, connector) => {
            let stream = connected(settings, address, operation)?;
            let greeted = Ftp::connect_with_stream(stream).map_err(|error| {
                let mut found = of_greeting(operation, error, &host);
                if found.kind == TransferErrorKind::TimeOut {
                    found.message.push_str("; a server that begins with TLS waits as well: is SSL=implicit right?");
                }
                found
            })?;
            match connector {
                Some(connector) => greeted.into_secure(connector, &host).map_err(|error| match error {
                    FtpError::UnexpectedResponse(response) => TransferError::new(
                        TransferErrorKind::Tls,
                        operation,
                        format!(
                            "the server does not begin TLS: it answered {}; is SSL=implicit right?",
                            words(&response)
                        ),
                    ),
                    error => failed(operation, broken.in_place_of(error), &host),
                })?,
                None => greeted,
            }
        }
    };
    Ok((ftp, broken))
}

/// The library connects by itself here, from whichever address and for as long as the system likes. So the connection is made
/// beforehand, and takes the place of one that the library makes to nobody in this process.
fn implicit(settings: &Settings, address: SocketAddr, connector: Tls, operation: &str) -> Result<Ftp, TransferError> {
    let host = &settings.host;
    let stream = connected(settings, address, operation)?;
    let ready = connector.handshake(host, stream).map_err(|error| of_greeting(operation, error, host))?;
    let local = |error: io::Error| TransferError::new(TransferErrorKind::Local, operation, error.to_string());
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(local)?;
    let to_nobody = nobody.local_addr().map_err(local)?;
    Ftp::connect_secure_implicit(to_nobody, connector.with(ready), host)
        .map_err(|error| of_greeting(operation, error, host))
}

fn connected(settings: &Settings, address: SocketAddr, operation: &str) -> Result<TcpStream, TransferError> {
    data::connect(address, settings.from, settings.connect_within).map_err(|error| unreachable(operation, &error))
}

fn unreachable(operation: &str, error: &io::Error) -> TransferError {
    TransferError::new(error.into(), operation, format!("no connection: {error}"))
}

/// Before the greeting nobody has been spoken to.
fn of_greeting(operation: &str, error: FtpError, host: &str) -> TransferError {
    match error {
        FtpError::ConnectionError(error) => match of_io(operation, &error, host) {
            found if matches!(found.kind, TransferErrorKind::Tls | TransferErrorKind::TimeOut) => found,
            _ => unreachable(operation, &error),
        },
        FtpError::UnexpectedResponse(response) => TransferError::new(
            TransferErrorKind::Unreachable,
            operation,
            format!("the server takes nobody now: it answered {}", words(&response)),
        ),
        error => failed(operation, error, host),
    }
}

fn log_on(mut ftp: Ftp, settings: &Settings, address: SocketAddr, broken: Broken) -> Result<Session, TransferError> {
    let host = settings.host.as_str();
    let error = |operation: &str, error| failed(operation, error, host);
    ftp.set_encoding(Latin1);
    let set = ftp.get_ref().set_read_timeout(Some(settings.answer_within));
    set.and_then(|()| ftp.get_ref().set_write_timeout(Some(settings.answer_within)))
        .map_err(|found| TransferError::new(TransferErrorKind::Local, "log on", found.to_string()))?;
    // What the server says to a password is not repeated: it may repeat the password.
    let user = checked("log on", &settings.log_on.user)?;
    let password = settings.log_on.password.as_ref().map_or("", |password| password.as_str());
    if password.chars().any(char::is_control) {
        let text = "the password holds a control character; set it again";
        return Err(TransferError::new(TransferErrorKind::Setting, "log on", text));
    }
    ftp.login(user, password).map_err(|found| match found {
        FtpError::UnexpectedResponse(response) if response.status != Status::NotAvailable => TransferError::new(
            TransferErrorKind::LogOn,
            "log on",
            format!("the server refused user name or password ({:03}); correct them", response.status as u32),
        ),
        found => error("log on", found),
    })?;
    if settings.protocol == Protocol::FtpsImplicit {
        // As `AUTH TLS` does by itself.
        for command in ["PBSZ 0", "PROT P"] {
            ftp.custom_command(command, &[Status::CommandOk]).map_err(|found| error(command, found))?;
        }
    }
    let mut ftp = ftp.passive_stream_builder(data::builder(settings));
    // The address in the answer to PASV may be that of another network, or somebody else's; that of the control connection
    // is the server's.
    ftp.set_passive_nat_workaround(true);
    ftp.set_mode(if address.is_ipv6() { Mode::ExtendedPassive } else { Mode::Passive });
    let system = system(&mut ftp).map_err(|found| error("ask for the system", found))?;
    let is_mvs = settings.mvs || system.to_ascii_uppercase().contains("MVS");
    // Whoever knows MLST knows MLSD.
    let tells_facts = has_feature(&mut ftp, "MLST").map_err(|found| error("ask for features", found))?;
    let (has_mlsd, has_restart) = (tells_facts && !is_mvs, !is_mvs);
    if let Some(directory) = &settings.directory {
        let operation = format!("go to the directory {directory}");
        ftp.cwd(checked(&operation, directory)?).map_err(|found| match found {
            FtpError::UnexpectedResponse(response) => TransferError::new(
                TransferErrorKind::Directory,
                &*operation,
                format!("the server answered {}", words(&response)),
            ),
            found => error(&operation, found),
        })?;
    }
    let directory = match ftp.pwd() {
        Ok(directory) => directory.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Err(FtpError::UnexpectedResponse(_) | FtpError::BadResponse) => settings.directory.clone().unwrap_or_default(),
        Err(found) => return Err(error("ask for the directory", found)),
    };
    let file_type = match settings.transfer_type {
        TransferType::Binary => FileType::Binary,
        TransferType::Text => FileType::Ascii(suppaftp::types::FormatControl::Default),
    };
    ftp.transfer_type(file_type).map_err(|found| error("set the transfer type", found))?;
    let settings = settings.clone();
    Ok(Session { ftp, settings, broken, system, directory, is_mvs, has_mlsd, has_size: true, has_restart })
}

/// What the server says it is.
fn system(ftp: &mut Ftp) -> FtpResult<String> {
    match ftp.custom_command("SYST", &[Status::Name]) {
        Ok(response) => Ok(words(&response).trim_start_matches("215").trim().to_owned()),
        Err(FtpError::UnexpectedResponse(_)) => Ok("unknown system".to_owned()),
        Err(error) => Err(error),
    }
}

/// Whether the server names a feature. The library's own reading refuses servers that write `211-` before each line.
fn has_feature(ftp: &mut Ftp, wanted: &str) -> FtpResult<bool> {
    // 211 is not among the expected answers, since the library would stop after the first line of one that is.
    match ftp.custom_command("FEAT", &[]) {
        Err(FtpError::UnexpectedResponse(response)) => {
            Ok(response.status == Status::System && names(&response.body, wanted))
        }
        Err(error) => Err(error),
        Ok(_) => Ok(false),
    }
}

/// Whether a line of an answer to `FEAT` begins with a word, behind a blank as it should be or behind `211-`.
fn names(answer: &[u8], wanted: &str) -> bool {
    answer.split(|byte| *byte == b'\n').any(|line| {
        let line = line.strip_prefix(b"211-").unwrap_or(line).trim_ascii();
        let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        word.eq_ignore_ascii_case(wanted.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_known_however_their_lines_begin() {
        let named = |answer: &str| names(answer.as_bytes(), "MLST");
        assert!(named("211-Features:\r\n MLST type*;size*;\r\n SIZE\r\n211 End\r\n"));
        assert!(named("211-Features:\r\n211-MDTM\r\n211-MLST type*;size*;\r\n211 End\r\n"));
        assert!(named("211-Features:\n mlst\n211 End\n"));
        for without in ["211 MLST is not known\r\n", "211-Features:\r\n MLSTX\r\n X MLST\r\n211 End\r\n", ""] {
            assert!(!named(without), "{without}");
        }
    }
}
