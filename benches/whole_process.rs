//! How long whole processes take: `dialform lint` against a program that only reads the same files, and start-up against a
//! program that only prints a line.
//!
//! `cargo bench --bench whole_process` prints medians and ratios, `cargo bench --bench whole_process -- plan` those of plan
//! alone, `-- apply` those of apply, `-- stores` those of apply with the
//! state in a store, `-- growth` how the cost of apply grows, `-- lint` those of the rest; rounds are interleaved, so that a machine whose speed
//! wavers slows all of them alike. Peak memory needs GNU time as `/usr/bin/time`, and the comparison with ruff needs
//! `ruff` on the PATH; what is not there is said to be left out.
#![allow(clippy::print_stdout, clippy::cast_precision_loss, clippy::expect_used)]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

#[path = "whole_process/apply.rs"]
mod apply;
#[allow(clippy::unwrap_used)]
#[path = "../tests/it/common/certificate.rs"]
mod certificate;
#[allow(clippy::unwrap_used)]
#[path = "../tests/it/stores/objects.rs"]
mod objects;
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/it/stores/web.rs"]
mod web;
#[allow(dead_code)]
mod corpus;
#[path = "whole_process/only_apply.rs"]
mod only_apply;
#[path = "whole_process/plan.rs"]
mod plan;
#[path = "whole_process/server.rs"]
mod server;
#[path = "whole_process/stores.rs"]
mod stores;
#[allow(dead_code)]
#[path = "growth/tasks.rs"]
mod tasks;

const DIALFORM: &str = env!("CARGO_BIN_EXE_dialform");
/// This program as the one that only reads, with the folder as the next argument.
const READ: &str = "--only-read";
/// This program as the one that only prints a line.
const HELLO: &str = "--only-print";
const ROUNDS: usize = 21;
const START_ROUNDS: usize = 201;
const FORMAT_ROUNDS: usize = 5;

fn main() -> io::Result<()> {
    let mut args = std::env::args_os().skip(1);
    match (args.next(), args.next()) {
        (Some(mode), Some(folder)) if mode == READ => return read_all(Path::new(&folder)),
        (Some(mode), _) if mode == HELLO => {
            println!("hello, world");
            return Ok(());
        }
        (Some(mode), Some(address)) if mode == apply::ONLY => {
            let mut numbers = args.filter_map(|number| number.to_str()?.parse().ok());
            let (creates, in_flight) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
            return only_apply::run(&address.to_string_lossy(), creates, in_flight);
        }
        _ => {}
    }
    let picked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let is_picked = |part: &str| picked.is_empty() || picked.iter().any(|name| name == part);
    let this = std::env::current_exe()?;
    let place = std::env::temp_dir().join(format!("dialform-bench-{}", std::process::id()));
    println!("| what | median | ratio | against |");
    println!("| --- | --- | --- | --- |");
    if is_picked("lint") {
        linting(&this, &place)?;
    }
    if is_picked("plan") {
        plan::rows(&place.join("plan"))?;
    }
    if is_picked("apply") {
        apply::rows(&this, &place.join("apply"))?;
    }
    if is_picked("stores") {
        stores::rows(&place.join("stores"))?;
    }
    if is_picked("growth") {
        apply::growth(&place.join("growth"))?;
    }
    fs::remove_dir_all(place)
}

fn linting(this: &Path, place: &Path) -> io::Result<()> {
    for files in [10_000, 1_000] {
        lint(this, &place.join(files.to_string()), files)?;
    }
    with_template(this, &place.join("template"))?;
    one_large_file(&place.join("large"))?;
    named_files(&place.join("named"))?;
    formats(&place.join("findings"))?;
    start(this);
    println!(
        "| size of the binary | {:.2} MB | | |",
        fs::metadata(DIALFORM)?.len() as f64 / 1e6
    );
    Ok(())
}

/// Linting so many files against only reading them, and against another linter on as many bytes of its language.
fn lint(this: &Path, folder: &Path, files: usize) -> io::Result<()> {
    let kdl = corpus::kdl(files);
    let input = kdl.iter().map(String::len).sum::<usize>();
    corpus::write_project(folder, &kdl);
    let python = folder.with_extension("python");
    corpus::write_python(&python, &kdl)?;
    let mut runs = vec![
        Run::new("lint", command(DIALFORM, ["lint"], folder)),
        Run::new("only reading", command(this, [READ, "."], folder)),
    ];
    let has_ruff = Command::new("ruff")
        .arg("--version")
        .output()
        .is_ok_and(|ran| ran.status.success());
    if has_ruff {
        // The round that is not counted warms its cache.
        runs.push(Run::new(
            "ruff check",
            command("ruff", ["check", "--quiet", "."], &python),
        ));
    }
    interleave(&mut runs, ROUNDS);
    let lint = runs[0].median();
    println!("| lint, {files} files | {} | | |", show(lint));
    for other in &runs[1..] {
        println!(
            "| {}, {files} files | {} | {:.2} | lint in times of it |",
            other.name,
            show(other.median()),
            lint.as_secs_f64() / other.median().as_secs_f64()
        );
    }
    if !has_ruff {
        println!("| ruff check, {files} files | left out: `ruff` is not on the PATH | | |");
    }
    peak(&format!("peak memory, {files} files"), &["lint"], folder, input);
    Ok(())
}

/// Campaigns that take settings from a template: these are kept until all files are read, as it may stand in any.
fn with_template(this: &Path, folder: &Path) -> io::Result<()> {
    let kdl = corpus::kdl_with_template(10_000);
    corpus::write_project(folder, &kdl);
    let mut runs = [
        Run::new("lint", command(DIALFORM, ["lint"], folder)),
        Run::new("only reading", command(this, [READ, "."], folder)),
    ];
    interleave(&mut runs, ROUNDS);
    let [lint, reading] = runs.map(|run| run.median());
    println!(
        "| lint, 10000 files with a template | {} | {:.2} | in times of only reading them |",
        show(lint),
        lint.as_secs_f64() / reading.as_secs_f64()
    );
    let input = kdl.iter().map(String::len).sum();
    peak("peak memory, 10000 files with a template", &["lint"], folder, input);
    Ok(())
}

/// All campaigns in one file, as large as a file may be where nobody says otherwise.
fn one_large_file(folder: &Path) -> io::Result<()> {
    let limit = 8 << 20;
    let mut text = String::new();
    for campaign in corpus::kdl(limit / 850) {
        if text.len() + campaign.len() > limit {
            break;
        }
        text.push_str(&campaign);
    }
    corpus::write_project(folder, &[]);
    fs::write(folder.join("campaigns/large.kdl"), &text)?;
    peak("peak memory, one file of 8 MiB", &["lint"], folder, text.len());
    Ok(())
}

/// Checking and formatting 500 files that are named, of 6,000: checking reads all once, formatting only what is named.
fn named_files(folder: &Path) -> io::Result<()> {
    let kdl = corpus::kdl(6_000);
    corpus::write_project(folder, &kdl);
    let few = folder.with_extension("few");
    corpus::write_project(&few, &kdl[..500]);
    let named = |command: &'static [&'static str], files: usize| {
        let names = (0..files).map(|index| OsString::from(format!("campaigns/{:05}.kdl", index * 12)));
        let command = command.iter().map(OsString::from);
        command.chain(names).collect::<Vec<_>>()
    };
    let lint: &[&str] = &["lint"];
    let fmt: &[&str] = &["fmt", "--check"];
    let mut runs = [
        Run::new(
            "lint, 500 named files of 6000",
            command(DIALFORM, named(lint, 500), folder),
        ),
        Run::new("lint, one of them", command(DIALFORM, named(lint, 1), folder)),
        Run::new("fmt --check, the same 500", command(DIALFORM, named(fmt, 500), folder)),
        Run::new(
            "fmt --check, a project of 500 files",
            command(DIALFORM, fmt.iter().copied(), &few),
        ),
    ];
    interleave(&mut runs, ROUNDS);
    for pair in runs.chunks(2) {
        let [many, other] = pair else { continue };
        println!("| {} | {} | | |", many.name, show(many.median()));
        println!(
            "| {} | {} | {:.2} | in times of it |",
            other.name,
            show(other.median()),
            many.median().as_secs_f64() / other.median().as_secs_f64()
        );
    }
    Ok(())
}

/// 200,000 findings in each format against the concise one: the time, and the memory above it.
fn formats(folder: &Path) -> io::Result<()> {
    const FORMATS: [&str; 8] = [
        "concise", "json", "sarif", "gitlab", "junit", "human", "github", "rdjson",
    ];
    let unknown: String = (0..200).map(|index| format!("    naem-{index} 1\n")).collect();
    let kdl = corpus::kdl(1_000);
    let kdl: Vec<String> = kdl
        .iter()
        .map(|text| text.replacen(" {\n", &format!(" {{\n{unknown}"), 1))
        .collect();
    corpus::write_project(folder, &kdl);
    let args = |format| ["lint", "--exit-zero", "--output-format", format];
    let mut runs = FORMATS.map(|format| Run::new(format, command(DIALFORM, args(format), folder)));
    interleave(&mut runs, FORMAT_ROUNDS);
    let [concise, ..] = &runs;
    let least = (concise.median(), peak_of(&args("concise"), folder));
    for run in &runs {
        let memory = match (peak_of(&args(run.name), folder), least.1) {
            (Some(peak), Some(least)) => format!("{:.1} MB more", (peak as f64 - least as f64) / 1e6),
            _ => "memory left out: there is no GNU time as /usr/bin/time".to_owned(),
        };
        println!(
            "| 200000 findings, {} | {} | {:.2} | in times of concise; {memory} |",
            run.name,
            show(run.median()),
            run.median().as_secs_f64() / least.0.as_secs_f64(),
        );
    }
    Ok(())
}

/// Start-up against that of a program that only prints a line.
fn start(this: &Path) {
    let mut runs = vec![
        Run::new("--version", command(DIALFORM, ["--version"], Path::new("."))),
        Run::new("hello, world", command(this, [HELLO], Path::new("."))),
    ];
    interleave(&mut runs, START_ROUNDS);
    let (version, hello) = (runs[0].median(), runs[1].median());
    println!("| `--version` | {} | | |", show(version));
    println!(
        "| hello, world | {} | {} | `--version` takes so much longer |",
        show(hello),
        show(version.saturating_sub(hello))
    );
}

/// One program that is run again and again.
struct Run {
    name: &'static str,
    command: Command,
    times: Vec<Duration>,
}

impl Run {
    fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            times: Vec::new(),
        }
    }

    fn once(&mut self) -> Duration {
        let start = Instant::now();
        let status = self.command.status();
        let took = start.elapsed();
        assert!(
            status.as_ref().is_ok_and(|status| status.success()),
            "{}: {status:?}",
            self.name
        );
        took
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times[times.len() / 2]
    }
}

fn command<A: Into<OsString>>(
    program: impl Into<OsString>,
    args: impl IntoIterator<Item = A>,
    folder: &Path,
) -> Command {
    let mut command = Command::new(program.into());
    command
        .args(args.into_iter().map(Into::into))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// Runs all of them in turn, once uncounted, to warm whatever they keep warm.
fn interleave(runs: &mut [Run], rounds: usize) {
    for run in &mut *runs {
        run.once();
    }
    for _ in 0..rounds {
        for run in &mut *runs {
            let took = run.once();
            run.times.push(took);
        }
    }
}

fn show(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// The most memory that a run held, in bytes, where there is GNU time.
fn peak_of(args: &[&str], folder: &Path) -> Option<usize> {
    let ran = Command::new("/usr/bin/time")
        .args(["-f", "%M", DIALFORM])
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::null())
        .output();
    let words = String::from_utf8(ran.ok()?.stderr).ok()?;
    let kilobytes: usize = words.lines().last()?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The same against three times the input and 10 MB.
fn peak(what: &str, args: &[&str], folder: &Path, input: usize) {
    match peak_of(args, folder) {
        Some(peak) => {
            let limit = input * 3 + 10_000_000;
            println!(
                "| {what} | {:.1} MB | {:.2} | of 3 × {:.1} MB + 10 MB |",
                peak as f64 / 1e6,
                peak as f64 / limit as f64,
                input as f64 / 1e6
            );
        }
        None => println!("| {what} | left out: there is no GNU time as /usr/bin/time | | |"),
    }
}

/// Walks a folder and opens, reads and closes every file in it on two threads, each of which takes files as they are
/// found: as little as a program can do that reads them all.
fn read_all(folder: &Path) -> io::Result<()> {
    let found = Mutex::new(Vec::<PathBuf>::new());
    let (is_walked, bytes) = (AtomicBool::new(false), AtomicUsize::new(0));
    let work = || {
        let mut buffer = vec![0; 64 << 10];
        let mut batch = Vec::new();
        loop {
            // Asked first: whatever is put there after the answer is taken in the next round.
            let is_last = is_walked.load(Ordering::Acquire);
            if let Ok(mut found) = found.lock() {
                let left = found.len().saturating_sub(64);
                batch.extend(found.drain(left..));
            }
            if batch.is_empty() {
                if is_last {
                    break;
                }
                thread::yield_now();
            }
            for path in batch.drain(..) {
                let read = read_one(&path, &mut buffer).unwrap_or_default();
                bytes.fetch_add(read, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let others = thread::available_parallelism().map_or(2, NonZero::get).min(2) - 1;
        for _ in 0..others {
            scope.spawn(work);
        }
        let walked = walk(folder, &found);
        is_walked.store(true, Ordering::Release);
        work();
        walked
    })?;
    println!("{} bytes", bytes.into_inner());
    // What is left is not worth freeing.
    std::process::exit(0)
}

fn walk(folder: &Path, found: &Mutex<Vec<PathBuf>>) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    let mut batch = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                batch.push(entry.path());
            }
            if batch.len() >= 256
                && let Ok(mut found) = found.lock()
            {
                found.append(&mut batch);
            }
        }
    }
    if let Ok(mut found) = found.lock() {
        found.append(&mut batch);
    }
    Ok(())
}

/// Three system calls: a read that does not fill the buffer has seen the end of the file.
fn read_one(path: &Path, buffer: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut total = 0;
    loop {
        let read = file.read(buffer)?;
        total += read;
        if read < buffer.len() {
            return Ok(total);
        }
    }
}
