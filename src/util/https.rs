//! What every HTTP client here has in common: whom it trusts, and that it sends a request once, and to nobody else.

use std::error::Error;
use std::io;
use std::sync::Arc;

use reqwest::{Certificate, Client, ClientBuilder};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// How every request names this program.
const USER_AGENT: &str = concat!("dialform/", env!("CARGO_PKG_VERSION"));

/// What does the cryptography, for all clients of this process.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    if let Some(provider) = CryptoProvider::get_default() {
        return Arc::clone(provider);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // It fails only where another thread was faster, and then there is a default all the same.
    let _ = (*provider).clone().install_default();
    provider
}

/// The certificates in a PEM text, of which there is at least one.
pub(crate) fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let authorities: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match authorities {
        Ok(authorities) if authorities.is_empty() => Err("it holds no PEM certificate".to_owned()),
        Ok(authorities) => Ok(authorities),
        Err(error) => Err(error.to_string()),
    }
}

/// The same for [`build`].
pub(crate) fn certificates(authorities: &[CertificateDer<'_>]) -> reqwest::Result<Vec<Certificate>> {
    authorities.iter().map(|der| Certificate::from_der(der)).collect()
}

/// A client that follows no redirect, and sends nothing twice.
pub(crate) fn client() -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
}

/// The client for the loopback interface, or for what is reached by TLS, which trusts these authorities besides the system's.
pub(crate) fn build(builder: ClientBuilder, is_loopback: bool, authorities: &[Certificate]) -> reqwest::Result<Client> {
    if is_loopback {
        // A proxy would see what proves who asks, and a machine without certificates can still use the sandbox.
        builder.no_proxy().tls_certs_only([]).build()
    } else {
        let builder = builder.https_only(true);
        builder.tls_certs_merge(authorities.iter().cloned()).build()
    }
}

/// Whether a connection failed because nobody who is trusted vouches for the certificate at its other end.
pub(crate) fn is_untrusted(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // An error of the system names what it wraps as no source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

/// The words of the innermost error: the outer ones only say which layer passed it on.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
