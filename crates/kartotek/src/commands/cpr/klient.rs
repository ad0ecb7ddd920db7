use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use kartotek_service::cpr_klient::{Callers, DEFAULT_LISTEN, KlientOptions, KlientServer, OnlyOne};
use kartotek_service::cpr_online::{Online, PasswordUpkeep};
use tracing::{error, info};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::stop::Stop;

use super::password::DAYS;
use super::session::Session;

/// Until a caller gets error 09 in place of CPR's answer: less than the half minute after which such programs give up.
const ANSWER: Duration = Duration::from_secs(25);

/// Between looks at whether the password is to be changed.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(super) struct Klient {
    /// Where to listen [default: 127.0.0.1:5001].
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// An address or network that may call; may be repeated [default: this machine].
    #[arg(long, value_name = "ADDRESS")]
    caller: Vec<String>,
    /// Leave the password as it is; otherwise it is changed when it is due or has expired.
    #[arg(long)]
    keep_password: bool,
}

impl Klient {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let session = Session::open(global)?;
        let options = self.options(&session)?;
        let settings = &session.config.cpr.klient;
        let folder = settings.lock_folder.clone().unwrap_or_else(std::env::temp_dir);
        let customer = session.connection.customer().map_err(Failure::refused)?;
        let user = session.connection.user().map_err(Failure::refused)?;
        let mut only_one = OnlyOne::take(&folder, customer, user).map_err(Failure::refused)?;

        let online = session.direct()?;
        let server = online
            .wait(KlientServer::bind(online.client().clone(), options.clone()))
            .with_context(|| format!("cannot listen on {}; another program may have the port", options.listen))
            .map_err(Failure::unreachable)?;
        let address = server.address()?;
        only_one.tell(address).map_err(Failure::unreachable)?;
        // Before anybody is told that it listens, and so may want it to end.
        let stop = online.wait(async { Stop::new() })?;
        writeln!(io::stdout().lock(), "CPR Klient for {} listens on {address}", session.direct_endpoint())?;
        io::stdout().flush()?;

        let (ended, until_end) = mpsc::channel();
        let (session, online) = (&session, &online);
        std::thread::scope(|scope| {
            if !self.keep_password {
                scope.spawn(move || maintain(session, online, &until_end));
            }
            online.wait(server.serve(stop.asked()));
            drop(ended);
        });
        info!("CPR Klient ended");
        Ok(Exit::Done)
    }

    fn options(&self, session: &Session) -> Result<KlientOptions, Failure> {
        let settings = &session.config.cpr.klient;
        let listed = if self.caller.is_empty() { settings.callers.as_deref() } else { Some(self.caller.as_slice()) };
        let callers = match listed {
            Some(listed) => Callers::parse(listed.iter().map(String::as_str)).map_err(Failure::refused)?,
            None => Callers::default(),
        };
        Ok(KlientOptions {
            listen: self.listen.or(settings.listen).unwrap_or(DEFAULT_LISTEN),
            callers,
            connections: settings.connections.map_or(256, NonZeroUsize::get),
            caller_timeout: Duration::from_secs(30),
            answer_timeout: ANSWER,
            end_timeout: Duration::from_secs(30),
        })
    }
}

/// Changes the password when it is due or has expired, until the other end of `until_end` is gone.
fn maintain(session: &Session, online: &Online, until_end: &Receiver<()>) {
    let days = session.config.cpr.direkte.password_days.map_or(DAYS, NonZeroU32::get);
    let mut upkeep = PasswordUpkeep::new(session.passwords.clone(), days);
    while until_end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        match upkeep.look(online) {
            Some(Ok(())) => info!("the password was due and has been changed"),
            Some(Err(problem)) => error!(alarm = true, %problem, "the password is due and was not changed"),
            None => {}
        }
    }
}
