//! The bare minimum of a caller: what the simulator and this machine's TLS allow, to hold a client against.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kartotek_formats::cpr_direkte::{Answer, AnswerTo, DataType, Logon, Lookup, Received, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::{Simulator, SimulatorOptions};

/// Where FEJLNR stands in an answer.
const ERROR_NUMBER: Range<usize> = 22..24;

/// Looks persons up as fast as it goes: requests written beforehand, answers read to their end and thrown away. No
/// check but that of the error number, no repetition, no time-outs. `options` are those that the simulator was started
/// with.
///
/// Fails on the first answer with an error number: what was refused is no look-up. Returns the time that the look-ups
/// took, without signing on.
pub fn look_up_unchecked(
    simulator: &Simulator,
    options: &SimulatorOptions,
    numbers: &[CprNumber],
    connections: usize,
) -> io::Result<Duration> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("caller").enable_all().build()?;
    let config = config(simulator.ca_pem())?;
    let Some(transaction) = options.transactions.first().copied() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the simulator serves no transaction"));
    };
    let address = simulator.addr();
    runtime.block_on(async {
        let logon = Logon {
            transaction,
            customer: options.customer,
            user: options.user,
            password: options.password.clone(),
            new_password: None,
        };
        let answer = exchange(&connector(&config), address, &logon.encode(), AnswerTo::Logon).await?;
        let token = Answer::decode(&answer, AnswerTo::Logon).map_err(io::Error::other)?.header.token;
        let requests: Vec<_> = numbers
            .iter()
            .map(|number| Lookup {
                transaction,
                customer: options.customer,
                subscription: SubscriptionType::Unchanged,
                data: DataType::Task,
                identity: Some((token.clone(), options.user)),
                number: *number,
            })
            .map(|lookup| lookup.encode())
            .collect();
        let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
        let began = Instant::now();
        let mut workers = JoinSet::new();
        for _ in 0..connections {
            // The tickets of the library's store last one worker, which asks one thing at a time. All workers together
            // would find it empty at every other connection and shake hands in full, which a client that keeps enough
            // does not.
            let (connector, requests, next) = (connector(&config), Arc::clone(&requests), Arc::clone(&next));
            workers.spawn(async move {
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    exchange(&connector, address, request, AnswerTo::Lookup).await?;
                }
                io::Result::Ok(())
            });
        }
        while let Some(ended) = workers.join_next().await {
            ended.map_err(io::Error::other)??;
        }
        Ok(began.elapsed())
    })
}

/// A connector with a store of its own for what sessions are resumed with.
fn connector(config: &ClientConfig) -> TlsConnector {
    let mut config = config.clone();
    config.resumption = Resumption::default();
    TlsConnector::from(Arc::new(config))
}

fn config(ca_pem: &str) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(io::Error::other)?;
    roots.add(authority).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

async fn exchange(connector: &TlsConnector, address: SocketAddr, request: &[u8], to: AnswerTo) -> io::Result<Vec<u8>> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut tls = connector.connect(ServerName::from(address.ip()), socket).await?;
    tls.write_all(request).await?;
    let mut answer = Vec::with_capacity(4096);
    // Until the declared length, as the client does: waiting for the close would make the comparison easy.
    while !is_whole(&answer, to)? {
        if tls.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    match answer.get(ERROR_NUMBER) {
        Some(b"00") => Ok(answer),
        Some(number) => Err(io::Error::other(format!("an answer with error {}", number.escape_ascii()))),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn is_whole(answer: &[u8], to: AnswerTo) -> io::Result<bool> {
    Ok(match Answer::received(answer, to).map_err(io::Error::other)? {
        Received::Until { length } | Received::Decided { length: Some(length) } => answer.len() >= length,
        Received::TooLittle { .. } | Received::Decided { length: None } => false,
    })
}
