//! The moment between the connection and the first byte.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use dialform::api::{ApiOutcome, Client, ClientConfig, Credentials, Doubt, Timeouts, Unsent};

use super::server::{Received, Server, json, origin};
use super::{ID, TIMEOUTS, TOKEN, body, client, config};

/// Lets whatever else can go on do so, in the hope that it does what it must not.
pub(super) async fn let_the_others_run() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

/// What is done before the first byte: says that it has begun, and waits to be released.
pub(super) async fn held(entered: mpsc::Sender<()>, released: mpsc::Receiver<()>) -> Result<(), &'static str> {
    let_the_others_run().await;
    entered.send(()).map_err(|_| "the server is gone")?;
    let released = tokio::task::spawn_blocking(move || released.recv()).await;
    released
        .map_err(|_| "the server is gone")?
        .map_err(|_| "the server is gone")
}

#[tokio::test]
async fn no_byte_leaves_before_the_hook_has_returned() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = origin(listener.local_addr().unwrap());
    let (entered, running) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        running.recv().unwrap();
        stream.set_nonblocking(true).unwrap();
        let early = stream.read(&mut [0]).map_err(|error| error.kind());
        stream.set_nonblocking(false).unwrap();
        release.send(()).unwrap();
        let request = Received::read(&mut stream);
        write!(stream, "HTTP/1.1 200 OK\r\n\r\n{{\"id\":\"{ID}\"}}").unwrap();
        (early, request)
    });
    let outcome = client(&origin).create(&body(), held(entered, released)).await;
    let (early, request) = server.join().unwrap();
    assert_eq!(early, Err(ErrorKind::WouldBlock));
    assert_eq!(request.line, "POST /api/v1/telephony/autoCall HTTP/1.1");
    assert_eq!(outcome, ApiOutcome::Done(ID.parse().unwrap()));
}

#[tokio::test]
async fn the_time_of_the_hook_is_not_the_answers() {
    // Its connections are made by the system, and nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = origin(listener.local_addr().unwrap());
    let timeouts = Timeouts {
        answer: Duration::ZERO,
        ..TIMEOUTS
    };
    let client = Client::new(ClientConfig {
        timeouts,
        ..config(&origin, &origin, Credentials::token(TOKEN))
    })
    .unwrap();
    let has_returned = Arc::new(AtomicBool::new(false));
    let returning = Arc::clone(&has_returned);
    let outcome = client
        .create(&body(), async move {
            // Timers end in order: one that an answer had by now would be over before this one.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let_the_others_run().await;
            returning.store(true, Ordering::SeqCst);
            Ok::<_, String>(())
        })
        .await;
    assert!(has_returned.load(Ordering::SeqCst), "{outcome:?}");
    let within = Duration::ZERO;
    assert_eq!(
        outcome,
        ApiOutcome::Unknown {
            reason: Doubt::NoAnswer { within }
        }
    );
}

#[tokio::test]
async fn a_hook_that_fails_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = origin(listener.local_addr().unwrap());
    let outcome = client(&origin)
        .create(&body(), async { Err("the journal could not be written: disk full") })
        .await;
    let ApiOutcome::NotSent {
        reason: reason @ Unsent::Held { .. },
        retry: false,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(reason.to_string().contains("disk full"), "{reason}");
    // The connection was made, and ended without a byte.
    let mut sent = Vec::new();
    listener.accept().unwrap().0.read_to_end(&mut sent).unwrap();
    assert_eq!(sent, b"");
    listener.set_nonblocking(true).unwrap();
    assert_eq!(
        listener.accept().unwrap_err().kind(),
        ErrorKind::WouldBlock,
        "one connection, one try"
    );
}

#[tokio::test]
async fn a_create_that_has_not_left_is_dropped_by_a_wish_to_stop_and_one_that_may_have_is_not() {
    // The handshake of TLS never goes on.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (trigger, interrupt) = dialform::util::interrupt::interrupt();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0]).unwrap();
        trigger.pull();
        // Until the other end is closed.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let secure = format!("https://{address}/api/v1").parse().unwrap();
    let client = client(&secure).stopped_by(interrupt.clone());
    let hook = || async { panic!("nothing may be recorded") as Result<(), String> };
    let dropped = ApiOutcome::NotSent {
        reason: Unsent::Interrupted,
        retry: false,
    };
    assert_eq!(client.create(&body(), hook()).await, dropped);
    server.join().unwrap();
    // Nor does anything leave that begins later.
    assert_eq!(client.create(&body(), hook()).await, dropped);

    let (trigger, interrupt) = dialform::util::interrupt::interrupt();
    let server = Server::start(move |_, _| {
        trigger.pull();
        json(200, &format!(r#"{{"id":"{ID}"}}"#))
    });
    let client = super::client(&server.origin).stopped_by(interrupt.clone());
    let created = client.create(&body(), super::go()).await;
    assert_eq!(created, ApiOutcome::Done(ID.parse().unwrap()));
    assert!(interrupt.is_raised());
    let refused = client.list().await;
    assert_eq!(refused, Err(dialform::api::ApiError::NotSent(Unsent::Interrupted)));
    assert_eq!(
        server
            .received()
            .iter()
            .filter(|request| request.line.starts_with("POST"))
            .count(),
        1
    );
}
