//! Creates a second with the state in a store that takes its time, against what the latencies of the store and of the server
//! allow.
//!
//! A create waits for three writes one after the other (its intent, that it is being sent, its outcome) and for the server:
//! three times the latency `W` of a write, and that of the server, `L`. So `P` campaigns at once make a create every
//! `(3 W + L) / P` at best, which is reached only if no record ever waits for another one's write: if all that wait share each
//! write, and what comes while one is under way never does. In truth one write is under way at a time, so that such a record
//! waits for the end of that one too. That, folding the journal, and all of dialform's own work is what the ratio shows.
//!
//! The time is that from the first answer to a create to the last: what comes before and after (taking over, the snapshots) is
//! the same however many creates there are, and has a row of its own.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::DIALFORM;
use super::apply::{LATENCY, median, prepare, told};
use super::objects::{holds, keeping_s3};
use super::server::Server;

const ROUNDS: usize = 3;
const WRITES: [u64; 3] = [5, 50, 100];
const IN_FLIGHT: [usize; 2] = [4, 16];
/// So many for each campaign that is under way at once, so that each row takes about as long.
const CREATES_EACH: usize = 40;

pub(super) fn rows(place: &Path) -> io::Result<()> {
    for write in WRITES.map(Duration::from_millis) {
        for in_flight in IN_FLIGHT {
            row(
                &place.join(format!("{}-{in_flight}", write.as_millis())),
                write,
                in_flight,
            )?;
        }
    }
    Ok(())
}

fn row(folder: &Path, write: Duration, in_flight: usize) -> io::Result<()> {
    let creates = in_flight * CREATES_EACH;
    let mut between = Vec::new();
    let mut besides = Vec::new();
    for _ in 0..ROUNDS {
        let (took, lasted) = applied(folder, write, in_flight, creates)?;
        between.push(lasted);
        besides.push(took.saturating_sub(lasted));
    }
    let each = median(between.into_iter()).as_secs_f64() / (creates - 1) as f64;
    let allowed = (3.0 * write.as_secs_f64() + LATENCY.as_secs_f64()) / in_flight as f64;
    let (write, latency) = (write.as_millis(), LATENCY.as_millis());
    println!(
        "| creates a second, {write} ms a write, {latency} ms a create, `--parallelism {in_flight}` | {:.1} | {:.2} | {:.1} in \
         times of it, which the latencies allow; 1.5 to reach |",
        1.0 / each,
        each / allowed,
        1.0 / allowed,
    );
    println!(
        "| the same, before the first and after the last create | {} | | |",
        super::show(median(besides.into_iter()))
    );
    Ok(())
}

/// How long a whole run took, and its creates. Each request to the store takes as long as a write.
fn applied(folder: &Path, write: Duration, in_flight: usize, creates: usize) -> io::Result<(Duration, Duration)> {
    let server = Server::plain(LATENCY)?;
    prepare(folder, creates, &server)?;
    let store = keeping_s3(write, holds);
    let mut command = Command::new(DIALFORM);
    told(&mut command, folder, &server, in_flight)
        .args(["--state", "s3://bench/state"])
        .env("AWS_ENDPOINT_URL_S3", format!("http://127.0.0.1:{}", store.port))
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench");
    let start = Instant::now();
    let ran = command.output()?;
    let took = start.elapsed();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "apply: {}\n{said}", ran.status);
    assert_eq!(server.created(), creates, "creates that arrived\n{said}");
    Ok((took, server.lasted()))
}
