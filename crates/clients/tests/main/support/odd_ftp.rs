//! A file server that answers as a test wants, well or badly.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kartotek_clients::file_transfer::{LogOn, Protocol, Settings};
use kartotek_clients::tls::Roots;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// What a command is answered.
pub enum Answer {
    /// This, whose line ends are CR LF; the last one is added.
    Reply(&'static str),
    /// What is written to the data connection, between 150 and 226. Under TLS the handshake is done.
    Data(fn(&mut TcpStream, Option<&mut ServerConnection>)),
    /// This line, and from then on it is no FTP any more.
    Instead(&'static str, fn(&mut TcpStream)),
}

type Play = dyn Fn(&str) -> Option<Answer> + Send + Sync;

pub struct OddFtp {
    settings: Settings,
    commands: Arc<Mutex<Vec<String>>>,
    _certificate: TempDir,
}

impl OddFtp {
    /// Without TLS. What is `None` is answered as usual: any user gets in, any directory is there, no file is, and `FEAT`,
    /// `SIZE` and so on have the answers of vsftpd. It ends with the process.
    pub fn start(play: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::listen(Protocol::PlainFtp, Arc::new(play))
    }

    /// With explicit TLS.
    pub fn start_with_tls(play: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::listen(Protocol::FtpsExplicit, Arc::new(play))
    }

    fn listen(protocol: Protocol, play: Arc<Play>) -> Self {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, certified.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let tls = (protocol == Protocol::FtpsExplicit).then(|| Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let log_on =
            LogOn { user: "x".to_owned(), password: Some(Zeroizing::new("geheim".to_owned())), key_file: None };
        let settings = Settings {
            port: Some(listener.local_addr().unwrap().port()),
            directory: Some("ud".to_owned()),
            roots: Roots::File(file),
            ..Settings::new("127.0.0.1", protocol, log_on)
        };
        let commands = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&commands);
        std::thread::spawn(move || {
            while let Ok((socket, _)) = listener.accept() {
                let (play, kept, tls) = (Arc::clone(&play), Arc::clone(&kept), tls.clone());
                // A client may leave whenever it likes.
                std::thread::spawn(move || converse(socket, tls.as_ref(), &*play, &kept));
            }
        });
        Self { settings, commands, _certificate: folder }
    }

    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// Whether a command came that begins with a word.
    pub fn heard(&self, verb: &str) -> bool {
        self.commands.lock().unwrap().iter().any(|command| command.starts_with(verb))
    }
}

/// Waits for a moment; false when the client has left meanwhile.
pub fn pause(socket: &mut TcpStream) -> bool {
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    match socket.read(&mut [0; 1]) {
        Ok(read) => read > 0,
        Err(error) => matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut),
    }
}

/// Says nothing until the client leaves.
pub fn say_nothing(socket: &mut TcpStream) {
    let _ = io::copy(socket, &mut io::sink());
}

enum Control {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Control {
    fn reply(&mut self, text: &str) -> io::Result<()> {
        let text = format!("{text}\r\n");
        match self {
            Self::Plain(socket) => socket.write_all(text.as_bytes()),
            Self::Tls(tls) => tls.write_all(text.as_bytes()),
        }
    }

    fn command(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            match self {
                Self::Plain(socket) => socket.read_exact(&mut byte)?,
                Self::Tls(tls) => tls.read_exact(&mut byte)?,
            }
            line.extend(byte);
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}

fn converse(
    socket: TcpStream,
    tls: Option<&Arc<ServerConfig>>,
    play: &Play,
    kept: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut control = Control::Plain(socket);
    control.reply("220 Ready")?;
    let mut passive = None;
    loop {
        let command = control.command()?;
        kept.lock().unwrap().push(command.clone());
        let reply = match play(&command) {
            Some(Answer::Reply(text)) => text,
            Some(Answer::Instead(text, act)) => {
                control.reply(text)?;
                match &mut control {
                    Control::Plain(socket) => act(socket),
                    Control::Tls(tls) => act(&mut tls.sock),
                }
                return Ok(());
            }
            Some(Answer::Data(write)) => {
                let listener: TcpListener = Option::take(&mut passive).unwrap();
                let (mut data, _) = listener.accept()?;
                control.reply("150 Here it comes")?;
                let mut session = match &control {
                    Control::Plain(_) => None,
                    Control::Tls(_) => ServerConnection::new(Arc::clone(tls.unwrap())).ok(),
                };
                if let Some(session) = &mut session {
                    session.complete_io(&mut data)?;
                }
                write(&mut data, session.as_mut());
                drop(data);
                "226 Done"
            }
            None if command == "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let [high, low] = listener.local_addr()?.port().to_be_bytes();
                passive = Some(listener);
                control.reply(&format!("227 Entering Passive Mode (127,0,0,1,{high},{low})."))?;
                continue;
            }
            None => usual(&command),
        };
        control.reply(reply)?;
        if let (Control::Plain(socket), Some(tls), "AUTH TLS") = (&control, tls, command.as_str()) {
            let session = ServerConnection::new(Arc::clone(tls)).unwrap();
            control = Control::Tls(Box::new(StreamOwned::new(session, socket.try_clone()?)));
        }
    }
}

fn usual(command: &str) -> &'static str {
    match command.split(' ').next().unwrap_or_default() {
        "AUTH" => "234 Proceed with negotiation.",
        "USER" => "331 Please specify the password.",
        "PASS" => "230 Login successful.",
        "SYST" => "215 UNIX Type: L8",
        "FEAT" => "211-Features:\r\n SIZE\r\n211 End",
        "CWD" => "250 Directory successfully changed.",
        "PWD" => "257 \"/ud\" is the current directory",
        "TYPE" | "PBSZ" | "PROT" => "200 Done.",
        "SIZE" => "550 Could not get file size.",
        "RNFR" => "350 Ready for RNTO.",
        "RNTO" => "250 Rename successful.",
        "QUIT" => "221 Goodbye.",
        _ => "500 Unknown command.",
    }
}
