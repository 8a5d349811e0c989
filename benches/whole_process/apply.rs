//! How long `dialform apply` takes, against a program that does only what apply has to do with the disk and the network,
//! and against the time that a server takes for its answers.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::server::Server;
use super::{DIALFORM, corpus};

/// This program as the one that only writes, calls fsync and sends.
pub(super) const ONLY: &str = "--only-apply";
const ROUNDS: usize = 3;
/// Creates under way at once, where apply is not told otherwise.
const IN_FLIGHT: usize = 4;
pub(super) const LATENCY: Duration = Duration::from_millis(20);

/// All rows but those of [`growth`].
pub(super) fn rows(this: &Path, place: &Path) -> io::Result<()> {
    without_latency(this, &place.join("10000"), 10_000)?;
    let few = Applied::at(&place.join("4000"), 4_000, &Server::plain(Duration::ZERO)?, IN_FLIGHT)?;
    row_of_memory(4_000, few.peak, 150.0 * 1_048_576.0);
    with_latency(&place.join("latency"), 10_000)?;
    tls(&place.join("tls"), 2_000)
}

/// A server that answers at once: what is left is dialform's own work, the disk and the network.
fn without_latency(this: &Path, folder: &Path, creates: usize) -> io::Result<()> {
    let server = Server::plain(Duration::ZERO)?;
    let mut runs = Vec::new();
    let mut others = Vec::new();
    for _ in 0..ROUNDS {
        runs.push(Applied::at(folder, creates, &server, IN_FLIGHT)?);
        others.push(only(this, folder, creates, &server)?);
    }
    let (took, other) = (median(runs.iter().map(|run| run.took)), median(others.into_iter()));
    println!(
        "| apply, {creates} creates | {} | {:.2} | in times of only the fsyncs and requests; 3 to reach |",
        super::show(took),
        took.as_secs_f64() / other.as_secs_f64()
    );
    println!("| only the fsyncs and requests | {} | | |", super::show(other));
    let Some(run) = runs.last() else { return Ok(()) };
    row_of_memory(creates, run.peak, 250e6);
    match run.written {
        Some(written) => println!(
            "| bytes written, {creates} creates | {:.1} MB | {:.2} | in times of the final state; 4.5 to reach |",
            written as f64 / 1e6,
            written as f64 / run.state as f64
        ),
        None => println!("| bytes written | left out: there is no /proc/PID/io | | |"),
    }
    Ok(())
}

fn with_latency(folder: &Path, creates: usize) -> io::Result<()> {
    const WIDE: usize = 64;
    let server = Server::plain(LATENCY)?;
    let runs: io::Result<Vec<_>> = (0..ROUNDS)
        .map(|_| Applied::at(folder, creates, &server, WIDE))
        .collect();
    let each = median(runs?.into_iter().map(|run| run.took)).as_secs_f64() * 1e3 / creates as f64;
    let limit = LATENCY.as_secs_f64() * 1e3 / WIDE as f64;
    println!(
        "| a create at 20 ms with `--parallelism {WIDE}` | {each:.3} ms | {:.2} | in times of the latency alone; 1.5 to reach |",
        each / limit
    );
    Ok(())
}

/// The processor's time that TLS adds, with a new connection for each create.
fn tls(folder: &Path, creates: usize) -> io::Result<()> {
    let (plain, tls) = (Server::plain(Duration::ZERO)?, Server::tls()?);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (times, server) in times.iter_mut().zip([&plain, &tls]) {
            times.push(Applied::at(folder, creates, server, IN_FLIGHT)?.processor);
        }
    }
    let [plain, tls] = times.map(|times| times.into_iter().flatten().collect::<Vec<_>>());
    if plain.is_empty() {
        println!("| TLS | left out: there is no GNU time as /usr/bin/time | | |");
        return Ok(());
    }
    let [plain, tls] = [plain, tls].map(|times| median(times.into_iter()).as_secs_f64() * 1e3 / creates as f64);
    println!(
        "| processor's time of a create by TLS | {tls:.3} ms | {:.3} ms | more than over plain HTTP ({plain:.3} ms); 0.5 to reach |",
        tls - plain
    );
    Ok(())
}

/// The instructions of four times as many creates, and of four times as many replacements of what these made, by callgrind. The
/// server's list is empty, so that no reading of it counts: there is one every two seconds, and valgrind has more of these.
pub(super) fn growth(folder: &Path) -> io::Result<()> {
    let server = Server::plain(Duration::ZERO)?;
    let mut counts = [Vec::new(), Vec::new()];
    for creates in FEW_AND_FOUR_TIMES {
        prepare(folder, creates, &server)?;
        counts[0].extend(instructions(told(&mut callgrind(), folder, &server, IN_FLIGHT))?);
        for file in fs::read_dir(folder.join("campaigns"))? {
            let file = file?.path();
            fs::write(&file, fs::read_to_string(&file)?.replace("3/s", "2/s"))?;
        }
        let mut replacing = callgrind();
        told(&mut replacing, folder, &server, IN_FLIGHT).args(["--replace-all", "--replace-running"]);
        counts[1].extend(instructions(&mut replacing)?);
    }
    for (what, counts) in ["creates", "replacements"].iter().zip(counts) {
        let ([_, many], [n, four]) = (FEW_AND_FOUR_TIMES, &counts[..]) else {
            println!("| growth of apply, {what} | left out: there is no valgrind | | |");
            continue;
        };
        println!(
            "| instructions of apply, {many} {what} | {:.0} million | {:.2} | in times of those of a quarter; 4.4 to reach |",
            four / 1e6,
            four / n
        );
    }
    Ok(())
}

const FEW_AND_FOUR_TIMES: [usize; 2] = [250, 1_000];

fn callgrind() -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", DIALFORM]);
    command
}

/// What a run costs; none without valgrind.
fn instructions(command: &mut Command) -> io::Result<Option<f64>> {
    let ran = match command.output() {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        ran => ran?,
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "apply under valgrind: {said}");
    Ok(said
        .lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok()))
}

fn row_of_memory(creates: usize, peak: Option<usize>, limit: f64) {
    match peak {
        Some(peak) => println!(
            "| peak memory, apply of {creates} creates | {:.1} MB | {:.2} | of {:.0} MB |",
            peak as f64 / 1e6,
            peak as f64 / limit,
            limit / 1e6
        ),
        None => println!("| peak memory of apply | left out: there is no GNU time as /usr/bin/time | | |"),
    }
}

/// A whole apply of a project without a state.
struct Applied {
    took: Duration,
    /// The processor's time, of the user and of the system.
    processor: Option<Duration>,
    peak: Option<usize>,
    /// Bytes that went to files, but for what it printed.
    written: Option<u64>,
    /// Bytes of the state that is left.
    state: u64,
}

impl Applied {
    fn at(folder: &Path, creates: usize, server: &Server, in_flight: usize) -> io::Result<Self> {
        prepare(folder, creates, server)?;
        let (out, err) = (folder.with_extension("out"), folder.with_extension("err"));
        let is_timed = Path::new("/usr/bin/time").exists();
        let mut command = if is_timed {
            let mut command = Command::new("/usr/bin/time");
            command.args(["-f", "%M %U %S", DIALFORM]);
            command
        } else {
            Command::new(DIALFORM)
        };
        let command = told(&mut command, folder, server, in_flight);
        let (before, received) = (server.created(), server.received());
        let start = Instant::now();
        let mut child = command
            .stdout(File::create(&out)?)
            .stderr(File::create(&err)?)
            .spawn()?;
        let mut written = written_by(&child)?;
        let status = child.wait()?;
        let took = start.elapsed();
        let said = fs::read_to_string(&err)?;
        assert!(status.success(), "apply: {status}\n{said}");
        assert_eq!(server.created() - before, creates, "creates that arrived\n{said}");
        if let Some(written) = &mut written {
            let sent = u64::try_from(server.received() - received).unwrap_or_default();
            *written = written.saturating_sub(fs::metadata(&out)?.len() + fs::metadata(&err)?.len() + sent);
        }
        let figures = said.lines().last().filter(|_| is_timed).unwrap_or_default();
        let figures: Vec<f64> = figures.split(' ').filter_map(|figure| figure.parse().ok()).collect();
        let (peak, processor) = match figures[..] {
            [peak, user, system] => (Some(peak as usize * 1024), Some(Duration::from_secs_f64(user + system))),
            _ => (None, None),
        };
        Ok(Self {
            took,
            processor,
            peak,
            written,
            state: fs::metadata(folder.join(STATE))?.len(),
        })
    }
}

const STATE: &str = "dialform.state.json";

/// The project, and nothing of an earlier run.
pub(super) fn prepare(folder: &Path, creates: usize, server: &Server) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    corpus::write_project(folder, &corpus::kdl(creates));
    let origin = server.origin();
    let project =
        format!("project {{\n    timezone \"Europe/Moscow\"\n    api \"{origin}\"\n    login \"{origin}\"\n}}\n");
    fs::write(folder.join("dialform.kdl"), project)?;
    fs::write(folder.join("ca.pem"), server.authority())
}

/// An apply of it all.
pub(super) fn told<'c>(command: &'c mut Command, folder: &Path, server: &Server, in_flight: usize) -> &'c mut Command {
    command.args([
        "apply",
        "--auto-approve",
        "--one-reading",
        "--parallelism",
        &in_flight.to_string(),
    ]);
    if !server.authority().is_empty() {
        command.args(["--ca-file", "ca.pem"]);
    }
    command
        .current_dir(folder)
        .env("DIALFORM_TOKEN", "bench")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
}

/// What a process and those that it has waited for wrote, asked when it has ended and before it is gone.
fn written_by(child: &std::process::Child) -> io::Result<Option<u64>> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return Ok(None);
    };
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)?;
    let said = fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap_or_default();
    let count = said.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok());
    Ok(count)
}

/// The other program, on a folder of its own on the same disk.
fn only(this: &Path, folder: &Path, creates: usize, server: &Server) -> io::Result<Duration> {
    let place = folder.with_extension("only");
    fs::create_dir_all(&place)?;
    let mut command = Command::new(this);
    command.args([ONLY, server.address(), &creates.to_string(), &IN_FLIGHT.to_string()]);
    let start = Instant::now();
    let status = command.current_dir(&place).status()?;
    let took = start.elapsed();
    assert!(status.success(), "only the fsyncs and requests: {status}");
    fs::remove_dir_all(place)?;
    Ok(took)
}

pub(super) fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}
