//! TLS as a client: the platform's roots or given ones, version 1.2 at least, 1.3 offered, ring as the provider.

mod listed;
mod tickets;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use listed::{ListedOrSigned, is_authority};
use tickets::Tickets;

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The authorities that the platform trusts.
    Platform,
    /// Those of a PEM file, and no others; and servers whose own certificate is in it.
    File(PathBuf),
}

/// Why there is nobody to trust.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read.
    #[error("the certificates in {} cannot be read: {source}; correct `ca_file` or the rights of the file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No certificate in the file.
    #[error("{} holds no certificate; expected PEM, with lines `-----BEGIN CERTIFICATE-----`", path.display())]
    NoCertificates {
        /// The file.
        path: PathBuf,
    },
    /// A certificate that cannot be read.
    #[error("certificate {position} in {} cannot be read; copy it again from where it came", path.display())]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// Which one, from 1.
        position: usize,
    },
    /// Nothing where the platform keeps its certificates.
    #[error("the platform has no trusted certificates{}; install them (`ca-certificates`), or give `ca_file`", reason(.0.as_deref()))]
    NoPlatformRoots(Option<String>),
    /// The provider has no cipher suite for the versions.
    #[error("TLS cannot be set up: {0}")]
    Provider(#[from] rustls::Error),
}

fn reason(error: Option<&str>) -> String {
    error.map(|error| format!(" ({error})")).unwrap_or_default()
}

/// TLS 1.2 or 1.3 with the given roots and without a certificate of its own. Sessions are resumed, so that one connection
/// a request costs little. Reads files.
pub fn client_config(roots: &Roots) -> Result<Arc<ClientConfig>, TlsError> {
    // The provider is passed in: the process may have none, or another library may have set a different one.
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
    let mut config = match roots {
        Roots::Platform => config.with_root_certificates(platform()?).with_no_client_auth(),
        Roots::File(path) => {
            let (store, listed) = of_file(path)?;
            let signed = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
            let verifier = ListedOrSigned { signed, listed };
            config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
        }
    };
    config.resumption = Resumption::store(Arc::new(Tickets::default()));
    Ok(Arc::new(config))
}

fn platform() -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Platforms carry old certificates that no library reads any more; one of them is no reason to stop.
    let (added, _) = store.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err(TlsError::NoPlatformRoots(found.errors.first().map(ToString::to_string)));
    }
    Ok(store)
}

/// The certificates of a file, as authorities and as they stand there.
fn of_file(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let (mut store, mut listed) = (RootCertStore::empty(), Vec::new());
    let pem = std::fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source })?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let position = listed.len() + 1;
        let bad = || TlsError::BadCertificate { path: path.to_owned(), position };
        let certificate = certificate.map_err(|_| bad())?;
        store.add(certificate.clone()).map_err(|_| bad())?;
        listed.push(certificate);
    }
    if listed.is_empty() {
        return Err(TlsError::NoCertificates { path: path.to_owned() });
    }
    Ok((store, listed))
}

/// What a failure of TLS means and what to do about it, in an operator's words.
pub(crate) fn explain(error: &rustls::Error, host: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(certificate) => explain_certificate(certificate, host),
        rustls::Error::AlertReceived(alert) => format!("the server refused with the alert {alert:?}"),
        rustls::Error::InvalidMessage(_) => {
            "what answers does not speak TLS; correct host and port, or is there a proxy between?".to_owned()
        }
        rustls::Error::PeerIncompatible(reason) => {
            format!("the server has no version or cipher suite in common with TLS 1.2 and 1.3 ({reason:?})")
        }
        other => other.to_string(),
    }
}

fn explain_certificate(error: &CertificateError, host: &str) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired; if the clock of this machine is right, the server's operator must \
             renew it"
                .to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; is the clock of this machine right?".to_owned()
        }
        CertificateError::NotValidForName => other_name(host, &[]),
        CertificateError::NotValidForNameContext { presented, .. } => other_name(host, presented),
        // A bad signature is how it shows when a trusted authority has the same name as the unknown one.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is from an unknown authority; give the certificate of that authority in `ca_file` \
             (of CPR Batch: Certificate file), if it is to be trusted"
                .to_owned()
        }
        authority if is_authority(authority) => {
            "the server's certificate is one for an authority; give this certificate in `ca_file` (of CPR Batch: \
             Certificate file), if the server is to be trusted"
                .to_owned()
        }
        CertificateError::Revoked => "the server's certificate was revoked; ask the server's operator".to_owned(),
        other => format!("the server's certificate is not accepted: {other}"),
    }
}

fn other_name(host: &str, presented: &[String]) -> String {
    let found = if presented.is_empty() { "another name".to_owned() } else { presented.join(", ") };
    format!("the server's certificate is for another name: expected {host}, found {found}; correct `host`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    fn failed(content: &[u8]) -> TlsError {
        client_config(&Roots::File(file(content).path().to_owned())).unwrap_err()
    }

    #[test]
    fn a_file_of_certificates_is_taken() {
        let authority = kartotek_simulators::authority::Authority::new().unwrap();
        let two = [authority.pem(), authority.pem()].concat();
        assert!(client_config(&Roots::File(file(two.as_bytes()).path().to_owned())).is_ok());
    }

    #[test]
    fn errors_name_the_file_and_what_is_wrong_with_it() {
        let missing = client_config(&Roots::File("/nowhere/ca.pem".into())).unwrap_err();
        assert!(
            matches!(&missing, TlsError::Unreadable { path, .. } if path == Path::new("/nowhere/ca.pem")),
            "{missing}"
        );
        assert!(missing.to_string().contains("/nowhere/ca.pem"), "{missing}");
        for empty in [b"".as_slice(), b"0123", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(matches!(failed(empty), TlsError::NoCertificates { .. }));
        }
        for content in ["AAAA", "@@@@"] {
            let bad = format!("-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n");
            assert!(matches!(failed(bad.as_bytes()), TlsError::BadCertificate { position: 1, .. }));
        }
    }

    #[test]
    fn certificates_are_explained_to_operators() {
        for (error, expected) in [
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "clock"),
            (CertificateError::NotValidForName, "expected direkte.cpr.dk"),
            (CertificateError::UnknownIssuer, "`ca_file`"),
            (CertificateError::Revoked, "revoked"),
            (CertificateError::BadEncoding, "not accepted"),
        ] {
            let text = explain(&rustls::Error::InvalidCertificate(error), "direkte.cpr.dk");
            assert!(text.contains(expected), "{text}");
        }
    }
}
