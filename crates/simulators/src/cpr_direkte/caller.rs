//! The bare minimum of a caller: what the simulator and this machine's TLS allow, to hold a client against.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kartotek_formats::cpr_direkte::{Answer, DataType, Logon, Lookup, Received, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::{Simulator, SimulatorOptions};

/// Looks persons up as fast as it goes: requests written beforehand, answers read to their end and thrown away. No checks, no
/// repetition, no time-outs. `options` are those that the simulator was started with.
///
/// Returns the time that the look-ups took, without signing on.
pub fn look_up_unchecked(
    simulator: &Simulator,
    options: &SimulatorOptions,
    numbers: &[CprNumber],
    connections: usize,
) -> io::Result<Duration> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("caller").enable_all().build()?;
    let connector = connector(simulator.ca_pem())?;
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
        let answer = exchange(&connector, address, &logon.encode()).await?;
        let token = Answer::decode(&answer).map_err(io::Error::other)?.header.token;
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
            let (connector, requests, next) = (connector.clone(), Arc::clone(&requests), Arc::clone(&next));
            workers.spawn(async move {
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    exchange(&connector, address, request).await?;
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

fn connector(ca_pem: &str) -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(io::Error::other)?;
    roots.add(authority).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn exchange(connector: &TlsConnector, address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut tls = connector.connect(ServerName::from(address.ip()), socket).await?;
    tls.write_all(request).await?;
    let mut answer = Vec::with_capacity(4096);
    // Until the declared length, as the client does: waiting for the close would make the comparison easy.
    while !is_whole(&answer)? {
        if tls.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    Ok(answer)
}

fn is_whole(answer: &[u8]) -> io::Result<bool> {
    let received = Answer::received(answer).map_err(io::Error::other)?;
    Ok(matches!(received, Received::Until { length } if answer.len() >= length))
}
