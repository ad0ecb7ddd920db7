//! One client: from the greeting until it leaves. The commands themselves are in the files beside.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use super::directory::Directory;
use super::fault::{Fault, Stage};
use super::line::{Command, Line, Reply};
use super::listing::Form;
use super::options::{Exchange, Face, TlsMode};
use super::passive::Passive;
use super::server::Shared;
use super::wire::Wire;

/// How long a client may say nothing.
const PATIENCE: Duration = Duration::from_mins(5);

/// What becomes of the connection after a command.
pub(super) enum Next {
    /// It is answered, and goes on.
    Reply(Reply),
    /// It is answered, and goes on with TLS.
    Secure(Reply),
    /// It is answered, and ends.
    End(Reply),
    /// It ends without an answer.
    HangUp,
}

impl Next {
    pub(super) fn reply(code: u16, text: impl Into<String>) -> Self {
        Self::Reply(Reply::new(code, text))
    }
}

/// Who the client is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum User {
    /// Nobody yet.
    Unknown,
    /// Somebody who said this name, and no password yet.
    Named(String),
    /// The user.
    LoggedOn,
}

/// What is known of a client.
pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) peer: SocketAddr,
    /// The address of this side, at which data connections are awaited.
    pub(super) local: IpAddr,
    pub(super) user: User,
    pub(super) refused_log_ons: u32,
    /// Whether `PBSZ` came.
    pub(super) buffer_sized: bool,
    /// Whether data connections have TLS.
    pub(super) private: bool,
    pub(super) text: bool,
    pub(super) directory: Directory,
    pub(super) passive: Option<Passive>,
    /// What came by `REST`, for the next transfer.
    pub(super) restart: u64,
    /// What came by `RNFR`.
    pub(super) renamed_from: Option<(Directory, String)>,
}

/// Serves a connection to its end.
pub(super) async fn serve(socket: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    shared.record.write().callers.push(peer.ip().to_canonical());
    // A client that goes away in the middle is no concern of a server's.
    let _gone = converse(socket, peer, shared).await;
}

async fn converse(socket: TcpStream, peer: SocketAddr, shared: Arc<Shared>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let local = socket.local_addr()?.ip();
    let mut wire = Wire::Plain(socket);
    if let (TlsMode::Implicit, Some(tls)) = (shared.options.tls, &shared.tls) {
        wire = tokio::time::timeout(PATIENCE, wire.secure(tls)).await??;
    }
    let mut line = Line::new(wire);
    if shared.faults.strike(Stage::Connecting).is_some() {
        line.reply(&Reply::new(421, "Too many users, try again later.")).await?;
        return line.close().await;
    }
    line.reply(&greeting(shared.options.face)).await?;
    let mut session = Session::new(shared, peer, local);
    loop {
        let Some(command) = tokio::time::timeout(PATIENCE, line.command()).await?? else { return Ok(()) };
        session.shared.record.write().commands.push(command.shown());
        if session.user == User::LoggedOn && session.shared.faults.strike(Stage::Command) == Some(Fault::Silence) {
            session.observe(&command, None);
            line.abandoned().await;
            return Ok(());
        }
        let next = session.obey(&command, &mut line).await?;
        let (Next::Reply(reply) | Next::Secure(reply) | Next::End(reply)) = &next else {
            session.observe(&command, None);
            return Ok(());
        };
        session.observe(&command, Some(reply.code));
        line.reply(reply).await?;
        match (next, &session.shared.tls) {
            (Next::End(_), _) => return line.close().await,
            (Next::Secure(_), Some(tls)) => {
                let secured = line.into_wire().secure(tls);
                line = Line::new(tokio::time::timeout(PATIENCE, secured).await??);
            }
            _ => {}
        }
    }
}

fn greeting(face: Face) -> Reply {
    match face {
        Face::Posix => Reply::new(220, "Kartotek simulator of a file server."),
        Face::Zos => Reply::new(
            220,
            "FTPD1 Kartotek simulator of IBM FTP CS (MVS).\nConnection will close if idle for more than 5 minutes.",
        ),
    }
}

impl Session {
    fn new(shared: Arc<Shared>, peer: SocketAddr, local: IpAddr) -> Self {
        let directory = shared.options.home;
        Self {
            shared,
            peer,
            local,
            user: User::Unknown,
            refused_log_ons: 0,
            buffer_sized: false,
            private: false,
            text: true,
            directory,
            passive: None,
            restart: 0,
            renamed_from: None,
        }
    }

    fn observe(&self, command: &Command, code: Option<u16>) {
        if let Some(observer) = &self.shared.options.observer {
            (observer.0)(&Exchange { peer: self.peer, command: &command.shown(), code });
        }
    }

    async fn obey(&mut self, command: &Command, line: &mut Line) -> io::Result<Next> {
        let argument = command.argument.as_str();
        // It counts for the next command only.
        let renamed_from = self.renamed_from.take();
        let next = match command.verb.as_str() {
            "USER" => self.user(argument, line),
            "PASS" => self.password(argument),
            "AUTH" => self.auth(argument, line),
            "PBSZ" => self.buffer_size(line),
            "PROT" => self.protection(argument),
            "FEAT" => self.features(),
            "OPTS" => Self::set_option(argument),
            "NOOP" => Next::reply(200, "Still here."),
            "QUIT" => Next::End(Reply::new(221, "Quit command received. Goodbye.")),
            _ if self.user != User::LoggedOn => Next::reply(530, "Log on by USER and PASS first."),
            "SYST" => self.system(),
            "TYPE" => self.set_type(argument),
            "MODE" if argument.eq_ignore_ascii_case("S") => Next::reply(200, "Mode is S."),
            "STRU" if argument.eq_ignore_ascii_case("F") => Next::reply(200, "Structure is F."),
            "MODE" | "STRU" => Next::reply(504, "Expected MODE S, STRU F."),
            "PWD" | "XPWD" => self.print_directory(),
            "CWD" | "XCWD" => self.change_directory(argument),
            "CDUP" | "XCUP" => self.change_directory(".."),
            "PASV" => self.passive().await?,
            "EPSV" => self.extended_passive(argument).await?,
            "PORT" | "EPRT" => Next::reply(502, "Only passive mode is offered: PASV or EPSV."),
            "REST" => self.set_restart(argument),
            "SIZE" => self.size(argument),
            "MDTM" => self.modified(argument),
            "MLST" => self.facts(argument),
            "LIST" => self.list(Form::Long, argument, line).await?,
            "NLST" => self.list(Form::Names, argument, line).await?,
            "MLSD" => self.list(Form::Facts, argument, line).await?,
            "RETR" => self.retrieve(argument, line).await?,
            "STOR" => self.store(argument, line).await?,
            "RNFR" => self.rename_from(argument),
            "RNTO" => self.rename_to(argument, renamed_from),
            "DELE" | "RMD" | "XRMD" => self.refuse_deletion(),
            "APPE" | "STOU" | "MKD" | "XMKD" | "SITE" | "ABOR" | "ALLO" | "ACCT" | "REIN" => {
                Next::reply(502, "Command is not offered.")
            }
            _ => Next::reply(500, "Unknown command."),
        };
        Ok(next)
    }
}
