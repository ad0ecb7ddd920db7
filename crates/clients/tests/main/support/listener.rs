use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use kartotek_clients::cpr_direkte::Endpoint;
use kartotek_clients::tls::{Roots, client_config};
use kartotek_formats::cpr_direkte::{AnswerHeader, DataType, Request, Token};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Play {
    /// Writes these bytes and closes.
    Answer(Vec<u8>),
    /// Writes these bytes one at a time and closes.
    Slowly(Vec<u8>),
    /// Writes these pieces, each in a record of its own, and closes.
    Pieces(Vec<Vec<u8>>),
    /// Writes these bytes and leaves the connection open.
    LeaveOpen(Vec<u8>),
    /// Holds these bytes back until somebody lets one answer go, writes them and closes.
    Hold(Vec<u8>, Arc<Semaphore>),
}

/// A server that does as it is told and keeps what it was asked.
pub struct Listener {
    pub endpoint: Endpoint,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

type Script = dyn Fn(&Request, usize) -> Play + Send + Sync;

impl Listener {
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn logons(&self) -> usize {
        self.requests.lock().unwrap().iter().filter(|request| matches!(request, Request::Logon(_))).count()
    }

    pub fn lookups(&self) -> usize {
        let all = self.requests.lock().unwrap().len();
        all - self.logons()
    }
}

/// A good answer to any request, with `data` for look-ups that ask for data.
pub fn good(request: &Request, data: &[u8]) -> Vec<u8> {
    let (customer, subscription, data_type, user) = match request {
        Request::Logon(logon) => (logon.customer, b'9', b'0', Some(logon.user)),
        Request::Lookup(lookup) => (
            lookup.customer,
            lookup.subscription.digit(),
            lookup.data.digit(),
            lookup.identity.as_ref().map(|(_, user)| *user),
        ),
    };
    let data = if data_type == DataType::Task.digit() { data } else { b"" };
    let header = AnswerHeader {
        customer: Some(customer),
        subscription,
        data: data_type,
        token: Token::new(*b"TOKEN123"),
        user,
        error: super::number(0),
        length: Some(u16::try_from(28 + data.len()).unwrap()),
    };
    let mut out = Vec::new();
    header.encode(&mut out);
    out.extend_from_slice(data);
    out
}

/// Listens without TLS, as a local proxy does. The script gets the request and how many came before it.
pub async fn listen(script: impl Fn(&Request, usize) -> Play + Send + Sync + 'static) -> Listener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::Klient { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    serve(listener, endpoint, None, Arc::new(script))
}

/// Listens with TLS and a certificate of its own for `localhost`, which the client of the endpoint trusts.
pub async fn listen_with_tls(script: impl Fn(&Request, usize) -> Play + Send + Sync + 'static) -> Listener {
    listen_with_versions(rustls::ALL_VERSIONS, script).await
}

/// Listens with TLS of some versions only.
pub async fn listen_with_versions(
    versions: &[&'static SupportedProtocolVersion],
    script: impl Fn(&Request, usize) -> Play + Send + Sync + 'static,
) -> Listener {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    listen_with_certificate(&certified.cert, &certified.signing_key, versions, script).await
}

/// Listens with TLS and a certificate, which the client of the endpoint has in its file.
pub async fn listen_with_certificate(
    certificate: &rcgen::Certificate,
    key: &rcgen::KeyPair,
    versions: &[&'static SupportedProtocolVersion],
    script: impl Fn(&Request, usize) -> Play + Send + Sync + 'static,
) -> Listener {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, certificate.pem()).unwrap();
    let tls = client_config(&Roots::File(ca_file)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = Endpoint::Direkte { host: "localhost".to_owned(), port, tls };
    serve(listener, endpoint, Some(TlsAcceptor::from(Arc::new(config))), Arc::new(script))
}

fn serve(listener: TcpListener, endpoint: Endpoint, tls: Option<TlsAcceptor>, script: Arc<Script>) -> Listener {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let connections = Arc::new(AtomicUsize::new(0));
    let (kept, counted) = (Arc::clone(&requests), Arc::clone(&connections));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let (tls, script, kept) = (tls.clone(), Arc::clone(&script), Arc::clone(&kept));
            tokio::spawn(async move {
                match tls {
                    None => converse(stream, &*script, &kept).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            converse(stream, &*script, &kept).await;
                        }
                    }
                }
            });
        }
    });
    Listener { endpoint, requests, connections }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: &Script, kept: &Mutex<Vec<Request>>) {
    let mut bytes = [0; 64];
    let Ok(count) = stream.read(&mut bytes).await else { return };
    // One write of the client is one read here; anything else is no request.
    let request = Request::decode(&bytes[..count]).unwrap();
    let before = {
        let mut kept = kept.lock().unwrap();
        kept.push(request.clone());
        kept.len() - 1
    };
    let pieces = match script(&request, before) {
        Play::Answer(bytes) => vec![bytes],
        Play::Slowly(bytes) => bytes.into_iter().map(|byte| vec![byte]).collect(),
        Play::Pieces(pieces) => pieces,
        Play::Hold(bytes, released) => {
            released.acquire().await.unwrap().forget();
            vec![bytes]
        }
        Play::LeaveOpen(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            stream.flush().await.unwrap();
            // Until the client goes.
            let _ = stream.read(&mut [0; 64]).await;
            return;
        }
    };
    for piece in pieces {
        // A client that has what it needs may go before the end.
        if stream.write_all(&piece).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}
