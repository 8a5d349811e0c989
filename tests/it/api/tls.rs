//! The same over TLS, against a server whose certificate is made here and trusted through `ca_file`.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use dialform::api::{ApiError, ApiOutcome, BaseUrl, Client, ClientConfig, Credentials, Unsent};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use super::gate::held;
use super::server::{Received, Reply, Server};
use super::{ID, TOKEN, body, config, go};
use crate::common::certificate::{certificate, pem};

fn client(origin: &BaseUrl, ca_file: Option<&Path>) -> Result<Client, ApiError> {
    let config = config(origin, origin, Credentials::token(TOKEN));
    Client::new(ClientConfig {
        ca_file: ca_file.map(Path::to_owned),
        ..config
    })
}

#[tokio::test]
async fn over_tls_the_hook_runs_after_the_handshake_and_before_the_first_byte() {
    let (certificate, key) = certificate();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem(&certificate)).unwrap();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server_config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    let (entered, running) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(Arc::new(server_config)).unwrap();
        while tls.is_handshaking() {
            tls.complete_io(&mut socket).unwrap();
        }
        running.recv().unwrap();
        socket.set_nonblocking(true).unwrap();
        let early = socket.read(&mut [0]).map_err(|error| error.kind());
        socket.set_nonblocking(false).unwrap();
        release.send(()).unwrap();
        let mut stream = StreamOwned::new(tls, socket);
        let request = Received::read(&mut stream);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{{\"id\":\"{ID}\"}}",
            ID.len() + 9
        )
        .unwrap();
        stream.flush().unwrap();
        (early, request)
    });
    let outcome = client(&origin, Some(&ca_file))
        .unwrap()
        .create(&body(), held(entered, released))
        .await;
    assert_eq!(outcome, ApiOutcome::Done(ID.parse().unwrap()));
    let (early, request) = server.join().unwrap();
    assert_eq!(early, Err(ErrorKind::WouldBlock));
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[tokio::test]
async fn each_create_has_a_connection_of_its_own_and_later_ones_resume_the_session() {
    const CREATES: usize = 3;
    let (certificate, key) = certificate();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem(&certificate)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server_config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    server_config.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
    // Even where the server would take a request before the handshake ends, none comes.
    server_config.max_early_data_size = 4096;
    let server_config = Arc::new(server_config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    let server = thread::spawn(move || {
        let each = (0..CREATES).map(|_| {
            let (mut socket, _) = listener.accept().unwrap();
            let mut tls = ServerConnection::new(Arc::clone(&server_config)).unwrap();
            while tls.is_handshaking() {
                tls.complete_io(&mut socket).unwrap();
            }
            let early = tls.early_data().is_some();
            let mut stream = StreamOwned::new(tls, socket);
            let request = Received::read(&mut stream);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", ID.len() + 9);
            // Nothing says that the connection ends, so that it could be used again.
            write!(stream, "{head}{{\"id\":\"{ID}\"}}").unwrap();
            stream.flush().unwrap();
            let after = stream.read(&mut [0]).unwrap_or_default();
            (stream.conn.handshake_kind(), early, request.line, after)
        });
        each.collect::<Vec<_>>()
    });
    let client = client(&origin, Some(&ca_file)).unwrap();
    for _ in 0..CREATES {
        assert_eq!(
            client.create(&body(), go()).await,
            ApiOutcome::Done(ID.parse().unwrap())
        );
    }
    let each = server.join().unwrap();
    for (index, (kind, early, line, after)) in each.into_iter().enumerate() {
        let expected = match index {
            0 => HandshakeKind::Full,
            _ => HandshakeKind::Resumed,
        };
        assert_eq!(kind, Some(expected), "{index}");
        assert!(
            !early && line.starts_with("POST ") && after == 0,
            "{index}: {line}, {after}"
        );
    }
}

#[tokio::test]
async fn a_failed_handshake_is_not_sent_and_the_hook_does_not_run() {
    let (certificate, _) = certificate();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem(&certificate)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin: BaseUrl = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        // The client's greeting is read, so that the connection ends in order and not in a reset.
        let _ = socket.read(&mut [0; 4096]);
        let _ = socket.write_all(b"HTTP/1.1 400 plain HTTP\r\n\r\n");
    });
    let (ran, runs) = mpsc::channel();
    let outcome = client(&origin, Some(&ca_file))
        .unwrap()
        .create(&body(), async move { ran.send(()) })
        .await;
    assert!(
        matches!(
            outcome,
            ApiOutcome::NotSent {
                reason: Unsent::NotConnected { .. },
                retry: true
            }
        ),
        "{outcome:?}"
    );
    assert_eq!(runs.iter().count(), 0);
}

#[tokio::test]
async fn a_ca_file_must_be_one() {
    let server = Server::start(|_, _| Reply::Close);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    for content in [
        None,
        Some(""),
        Some("not PEM"),
        Some("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"),
    ] {
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let error = client(&server.origin, Some(&path)).unwrap_err();
        assert!(
            error.to_string().contains("ca.pem") && error.to_string().contains("--ca-file"),
            "{error}"
        );
    }
    // Over plain http on the loopback interface, as in the sandbox, no certificate is needed at all.
    assert!(matches!(
        client(&server.origin, None).unwrap().create(&body(), go()).await,
        ApiOutcome::Unknown { .. }
    ));
}
