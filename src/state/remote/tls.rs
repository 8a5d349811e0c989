//! TLS as the API's client has it, the system's certificate authorities and those of `--ca-file`; and PostgreSQL over it.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use crate::project::read_file::read_named_bytes;
use crate::util::https;

/// The certificates in a PEM file.
pub(super) fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unusable = |why: String| {
        format!(
            "`{}` cannot be used as a file of certificate authorities: {why}",
            path.display()
        )
    };
    let pem = read_named_bytes(path).map_err(|error| unusable(error.to_string()))?;
    https::authorities(&pem).map_err(unusable)
}

/// Makes the TLS connections of PostgreSQL.
#[derive(Clone)]
pub(super) struct PostgresTls(TlsConnector);

impl PostgresTls {
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, String> {
        let authorities = ca_file.map_or(Ok(Vec::new()), read_authorities)?;
        let provider = https::provider();
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let verifier = match authorities.is_empty() {
            true => Verifier::new(provider),
            false => Verifier::new_with_extra_roots(authorities, provider),
        };
        let (config, verifier) = config
            .and_then(|config| Ok((config, verifier?)))
            .map_err(|error| error.to_string())?;
        // The verifier checks as much as the one that rustls has by itself; it only finds the system's authorities.
        let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }
}

impl<S> MakeTlsConnect<S> for PostgresTls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = PostgresTlsStream<S>;
    type TlsConnect = PostgresHandshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<PostgresHandshake> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(PostgresHandshake(self.0.clone(), name))
    }
}

/// One handshake that is about to begin.
pub(super) struct PostgresHandshake(TlsConnector, ServerName<'static>);

impl<S> TlsConnect<S> for PostgresHandshake
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = PostgresTlsStream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<PostgresTlsStream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let Self(connector, name) = self;
        Box::pin(async move { connector.connect(name, stream).await.map(PostgresTlsStream) })
    }
}

/// A connection to PostgreSQL inside TLS.
pub(super) struct PostgresTlsStream<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for PostgresTlsStream<S> {
    /// None: the server's certificate was checked, and what would compute the binding is a reader of X.509 of its own.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for PostgresTlsStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for PostgresTlsStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
