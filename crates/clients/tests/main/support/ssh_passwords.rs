use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kartotek_clients::file_transfer::{LogOn, Protocol, Settings};
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};
use russh::server::{Auth, Config, Handler, Msg, Response, Session};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use russh_sftp::protocol::{Attrs, File, FileAttributes, Name, StatusCode};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

/// The one password that the server knows.
pub const SSH_PASSWORD: &str = "Vinter-tosse-41";

/// A server for log-ons by password, which sshd only lets users of the machine do. It is made of the same library as the
/// client, so that it shows what the client does with the answers, and not that both keep to the standard.
pub struct PasswordServer {
    pub port: u16,
    pub fingerprint: String,
    attempts: Arc<AtomicUsize>,
}

impl PasswordServer {
    /// Settings with which the one user gets in.
    pub fn settings(&self) -> Settings {
        let password = Some(Zeroizing::new(SSH_PASSWORD.to_owned()));
        let log_on = LogOn { user: "kommune".to_owned(), password, key_file: None };
        Settings {
            port: Some(self.port),
            host_key: Some(self.fingerprint.clone()),
            ..Settings::new("127.0.0.1", Protocol::Sftp, log_on)
        }
    }

    /// How often a password came.
    pub fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    /// Starts one that takes passwords by one method, and has no files. It ends with the process.
    pub fn start(method: MethodKind) -> Self {
        Self::start_with(method, Empty)
    }

    /// The same with files.
    pub fn start_with<F: russh_sftp::server::Handler + Clone + Send + 'static>(method: MethodKind, files: F) -> Self {
        let key = PrivateKey::from(Ed25519Keypair::from_seed(&[41; 32]));
        let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
        let attempts = Arc::<AtomicUsize>::default();
        let config = Arc::new(Config {
            methods: MethodSet::from([method].as_slice()),
            auth_rejection_time: std::time::Duration::ZERO,
            keys: vec![key],
            ..Config::default()
        });
        let (sender, receiver) = std::sync::mpsc::channel();
        let counter = Arc::clone(&attempts);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap().port()).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let user = User { attempts: Arc::clone(&counter), channel: None, files: Some(files.clone()) };
                    if let Ok(session) = russh::server::run_stream(Arc::clone(&config), stream, user).await {
                        tokio::spawn(session);
                    }
                }
            });
        });
        Self { port: receiver.recv().unwrap(), fingerprint, attempts }
    }
}

struct User<F> {
    attempts: Arc<AtomicUsize>,
    channel: Option<Channel<Msg>>,
    files: Option<F>,
}

impl<F> User<F> {
    fn judge(&self, password: &[u8]) -> Auth {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        if password == SSH_PASSWORD.as_bytes() { Auth::Accept } else { Auth::reject() }
    }
}

impl<F: russh_sftp::server::Handler + Send + 'static> Handler for User<F> {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(self.judge(password.as_bytes()))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        Ok(match response {
            Some(mut answers) => self.judge(&answers.next().unwrap_or_default()),
            None => Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            },
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: russh::server::ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(&mut self, id: ChannelId, _: &str, session: &mut Session) -> Result<(), russh::Error> {
        session.channel_success(id)?;
        if let (Some(channel), Some(files)) = (self.channel.take(), self.files.take()) {
            russh_sftp::server::run(channel.into_stream(), files).await;
        }
        Ok(())
    }
}

/// A directory, and nothing in it.
#[derive(Clone)]
struct Empty;

impl russh_sftp::server::Handler for Empty {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn realpath(&mut self, id: u32, _: String) -> Result<Name, StatusCode> {
        Ok(Name { id, files: vec![File::dummy("/")] })
    }

    async fn stat(&mut self, id: u32, _: String) -> Result<Attrs, StatusCode> {
        let mut attrs = FileAttributes::empty();
        attrs.set_dir(true);
        Ok(Attrs { id, attrs })
    }
}
