//! A certificate authority for tests: simulators get their certificates from it, and clients trust it by its PEM.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Why a certificate or a TLS configuration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The certificate: a name that is none, or no randomness.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The configuration of the server.
    #[error("cannot set TLS up: {0}")]
    Tls(#[from] rustls::Error),
}

/// An authority with a key of its own. It keeps nothing on disk; another one does not vouch for this one's certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pem: String,
}

/// Whether a certificate is good today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Validity {
    /// From 2020 to 2099.
    #[default]
    Current,
    /// Until 2021.
    Expired,
    /// From 2098.
    NotYet,
}

/// A server's certificate and key.
pub struct ServerCertificate {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    /// Makes an authority.
    pub fn new() -> Result<Self, AuthorityError> {
        let mut params = CertificateParams::default();
        let key = KeyPair::generate()?;
        // A name of its own, so that another authority is unknown instead of having signed badly.
        let name =
            params.key_identifier(&key).iter().take(4).fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        params.distinguished_name.push(DnType::CommonName, format!("Kartotek simulator authority {name}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2099, 12, 31);
        let issuer = CertifiedIssuer::self_signed(params, key)?;
        let pem = issuer.pem();
        Ok(Self { issuer, pem })
    }

    /// The authority's certificate, for clients to trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a server under host names or addresses.
    pub fn certificate(&self, names: &[String], validity: Validity) -> Result<ServerCertificate, AuthorityError> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Kartotek simulator");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let (from, until) = match validity {
            Validity::Current => (2020, 2099),
            Validity::Expired => (2020, 2021),
            Validity::NotYet => (2098, 2099),
        };
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(ServerCertificate { certificate, key })
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

impl ServerCertificate {
    /// Certificate and key in PEM, for a server that is another program.
    pub fn pem(&self) -> String {
        self.certificate.pem() + &self.key.serialize_pem()
    }

    /// A TLS configuration for a server with this certificate: TLS 1.2 and 1.3, no client certificate, and tickets with
    /// which a client resumes a session instead of shaking hands in full.
    pub fn server_config(&self) -> Result<ServerConfig, AuthorityError> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)?;
        config.ticketer = ring::Ticketer::new()?;
        Ok(config)
    }
}
