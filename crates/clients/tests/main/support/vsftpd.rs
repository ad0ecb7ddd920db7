//! Debian's vsftpd on a port of its own, with a folder of its own, under the user who runs the test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kartotek_clients::file_transfer::{LogOn, Protocol, Settings};
use kartotek_clients::tls::Roots;
use kartotek_simulators::authority::{Authority, Validity};
use tempfile::TempDir;
use zeroize::Zeroizing;

pub struct Vsftpd {
    child: Child,
    folder: TempDir,
    port: u16,
    protocol: Protocol,
}

impl Vsftpd {
    /// Started with explicit TLS, implicit TLS or none; data connections must resume the session.
    pub fn start(protocol: Protocol) -> Self {
        Self::start_with(protocol, "")
    }

    /// The same with one more setting, which counts where there is one of that name already.
    pub fn start_with(protocol: Protocol, setting: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["root", "root/ud", "empty"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        // The root of an anonymous user must not be writable.
        let mut rights = fs::metadata(folder.path().join("root")).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o555);
        fs::set_permissions(folder.path().join("root"), rights).unwrap();
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let certificate = authority.certificate(&["localhost".to_owned(), "127.0.0.1".to_owned()], Validity::Current);
        fs::write(folder.path().join("server.pem"), certificate.unwrap().pem()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("vsftpd.conf");
        fs::write(&config, settings(folder.path(), port, protocol) + setting + "\n").unwrap();
        let child = Command::new(program()).arg(&config).stdin(Stdio::null()).spawn();
        assert!(child.is_ok(), "vsftpd, which scripts/test installs: {child:?}");
        let child = child.unwrap();
        let mut server = Self { child, folder, port, protocol };
        server.await_port();
        server
    }

    /// The folder that the server shows as `ud`.
    pub fn ud(&self) -> PathBuf {
        self.folder.path().join("root/ud")
    }

    pub fn settings(&self) -> Settings {
        let password = Some(Zeroizing::new("kartotek@example".to_owned()));
        let log_on = LogOn { user: "anonymous".to_owned(), password, key_file: None };
        Settings {
            port: Some(self.port),
            directory: Some("ud".to_owned()),
            roots: Roots::File(self.folder.path().join("ca.pem")),
            ..Settings::new("127.0.0.1", self.protocol, log_on)
        }
    }

    fn await_port(&mut self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "vsftpd ended at once");
            assert!(began.elapsed() < Duration::from_secs(30), "vsftpd does not listen");
            std::thread::yield_now();
        }
    }
}

impl Drop for Vsftpd {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Debian keeps it where ordinary users do not look.
fn program() -> &'static Path {
    let program = Path::new("/usr/sbin/vsftpd");
    if program.exists() { program } else { Path::new("vsftpd") }
}

fn settings(folder: &Path, port: u16, protocol: Protocol) -> String {
    let yes = |condition: bool| if condition { "YES" } else { "NO" };
    let (tls, implicit) = (yes(protocol != Protocol::PlainFtp), yes(protocol == Protocol::FtpsImplicit));
    let folder = folder.display();
    format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nrun_as_launching_user=YES\n\
         anonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\nanon_other_write_enable=YES\n\
         anon_world_readable_only=NO\nanon_umask=022\nanon_root={folder}/root\nsecure_chroot_dir={folder}/empty\n\
         seccomp_sandbox=NO\nxferlog_enable=NO\nuse_localtime=NO\n\
         ssl_enable={tls}\nimplicit_ssl={implicit}\nallow_anon_ssl={tls}\nforce_anon_logins_ssl={tls}\n\
         force_anon_data_ssl={tls}\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH\nrsa_cert_file={folder}/server.pem\n"
    )
}
