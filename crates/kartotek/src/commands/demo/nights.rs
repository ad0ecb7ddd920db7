//! The part of the demonstration that comes every night: a file server of CPR, and CPR Batch that fetches from it.

use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kartotek_register::ports::{Lease, Store, SystemClock};
use kartotek_service::cpr_batch::{Batch, BatchSettings, Connector, Event, EventKind, Which, change_settings};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{CutOff, Face, Fault, Options, Server, Times};
use zeroize::Zeroizing;

use crate::register;

use super::line;

const USER: &str = "kartotek";
/// No secret: it opens nothing but made-up persons.
const PASSWORD: &str = "Simu-123";

/// The file server, and what the register knows about it.
pub(super) struct Nights {
    server: Server,
    /// The server's folder of files to be fetched.
    delivered: PathBuf,
    settings: BatchSettings,
    lease: Box<dyn Lease>,
}

impl Nights {
    /// Starts the server with an empty folder, and puts the settings into the register.
    pub fn start(folder: &Path, store: &mut dyn Store) -> anyhow::Result<Self> {
        let (files, interim) = (folder.join("cpr-ftp"), folder.join("interim"));
        for folder in [&files, &interim] {
            if folder.exists() {
                fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
            }
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let authority = Authority::new()?;
        let ca_file = folder.join("cpr-ftp-ca.pem");
        fs::write(&ca_file, authority.pem())?;
        let server = Server::start(Options::new(Face::Posix, USER, PASSWORD, &files), &authority)?;
        let settings = [
            ("Site", server.address().to_string()),
            ("User name", USER.to_owned()),
            ("Directory", "ud".to_owned()),
            ("Rename prefix", "x".to_owned()),
            ("Local Directory", interim.display().to_string()),
            ("Certificate file", ca_file.display().to_string()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let settings = change_settings(store, &SystemClock, &settings)?;
        let lease = register::lease(store).map_err(|failure| failure.error)?;
        Ok(Self { server, delivered: files.join("ud"), settings, lease })
    }

    /// Where the server listens.
    pub fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// CPR puts a file at the server.
    pub fn deliver(&self, file: &Path) -> anyhow::Result<()> {
        let name = file.file_name().context("a file without a name")?;
        fs::copy(file, self.delivered.join(name)).with_context(|| format!("cannot deliver {}", file.display()))?;
        Ok(())
    }

    /// Lets the next fetch be cut off.
    pub fn cut_next_fetch(&self) {
        self.server.control().order(Fault::CutOff { after: 500, told: CutOff::Aborted }, Times::Next(1));
    }

    /// One night: all that is new is fetched and imported, and what happens is told.
    pub fn pass(&mut self, out: &mut impl Write, store: &mut dyn Store) -> anyhow::Result<()> {
        let password = Some(Zeroizing::new(PASSWORD.to_owned()));
        let mut server = Connector::to(self.settings.server(self.settings.directory.as_deref(), password, false)?);
        let told = RefCell::new(Ok(()));
        let import = ExtractImport::default();
        let mut tell = |event: Event| {
            if told.borrow().is_ok() {
                *told.borrow_mut() = show(out, &event);
            }
        };
        let mut batch = Batch::new(store, &SystemClock, &self.settings, &import, self.lease.as_mut(), &mut tell)?;
        let got = batch.get(&mut server, &Which::All)?;
        batch.import(&Which::All, &mut |_| {})?;
        drop(batch);
        if let Some(stopped) = got.stopped {
            return Err(stopped).context("the file server");
        }
        Ok(told.into_inner()?)
    }
}

/// Imported files as lines of the table, and what is out of the ordinary below them.
fn show(out: &mut impl Write, event: &Event) -> std::io::Result<()> {
    match (&event.kind, &event.report) {
        (_, Some(report)) => line(out, report),
        (EventKind::Fetched | EventKind::Renamed | EventKind::Note, None) => Ok(()),
        _ => writeln!(out, "    {event}"),
    }
}
