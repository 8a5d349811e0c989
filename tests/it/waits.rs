//! Commands that wait, and real signals: what cannot have changed anything is dropped at once, and what may have is finished
//! and recorded. Everything that is held here is held for longer than a test waits for a program to end.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dialform::state::{State, load};
use uuid::Uuid;

use crate::api::server::{Received, Server, answer, json};
use crate::background::Background;
use crate::common::project::Project;

const SIGNALS: [&str; 3] = ["INT", "TERM", "HUP"];
/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    List,
    Create,
    Halt,
}

impl Kind {
    fn of(request: &Received) -> Self {
        match request.line.as_str() {
            line if line.contains("/halted ") => Self::Halt,
            line if line.starts_with("POST ") => Self::Create,
            // A connection through which nothing came among them.
            _ => Self::List,
        }
    }
}

/// A service that answers everything at once but for one kind of request, which it holds until it is told.
struct Vendor {
    server: Server,
    held: Arc<Mutex<Option<Kind>>>,
    arrived: Receiver<Kind>,
    release: Sender<()>,
}

impl Vendor {
    fn holding(kind: impl Into<Option<Kind>>) -> Self {
        let held = Arc::new(Mutex::new(kind.into()));
        let (arriving, arrived) = channel();
        let (release, released) = channel();
        let (holds, released) = (Arc::clone(&held), Mutex::new(released));
        let server = Server::start(move |_, request| {
            let kind = Kind::of(request);
            if *holds.lock().unwrap() == Some(kind) {
                let _ = arriving.send(kind);
                // At the end of the test nobody is left to release it.
                let _ = released.lock().unwrap().recv();
            }
            match kind {
                Kind::List => json(200, "[]"),
                Kind::Create => json(200, &format!(r#"{{"id":"{}"}}"#, Uuid::new_v4())),
                Kind::Halt => json(200, "{}"),
            }
        });
        Self {
            server,
            held,
            arrived,
            release,
        }
    }

    /// Points a project at this service.
    fn serve(&self, project: &Project) {
        let origin = &self.server.origin;
        let from = "project {\n";
        project.edit(from, &format!("{from}    api \"{origin}\"\n    login \"{origin}\"\n"));
    }

    /// Waits until the request that is held is there.
    #[track_caller]
    fn has(&self, kind: Kind) {
        assert_eq!(self.arrived.recv_timeout(PATIENCE), Ok(kind));
    }

    fn count(&self, kind: Kind) -> usize {
        let received = self.server.received();
        received.iter().filter(|request| Kind::of(request) == kind).count()
    }
}

fn start(project: &Project, arguments: &[&str]) -> Background {
    Background::start(project.dialform(arguments).env("DIALFORM_TOKEN", "any"))
}

/// The state, whatever it is bound to.
fn state(project: &Project) -> State {
    let loaded = load(project.paths(), None).unwrap();
    loaded.state.unwrap()
}

const APPLY: &[&str] = &["apply", "--auto-approve", "--parallelism", "1"];

/// A pipe with a name, for a token command to tell what it does.
fn fifo(project: &Project, name: &str) -> std::path::PathBuf {
    let path = project.path(name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[test]
fn a_list_that_hangs_is_dropped_at_once() {
    let vendor = Vendor::holding(Kind::List);
    for (arguments, code) in [(APPLY, 1), (&["resolve", "spring", "--recreate"], 1), (&["doctor"], 2)] {
        for signal in SIGNALS {
            let project = Project::of(&["spring"]);
            vendor.serve(&project);
            let mut program = start(&project, arguments);
            vendor.has(Kind::List);
            program.signal(signal);
            let (status, errors) = program.end();
            assert_eq!(status.code(), Some(code), "{arguments:?} {signal}\n{errors}");
            let stopping: Vec<&str> = errors.lines().filter(|line| line.contains("stopping")).collect();
            // What ends at once may end before it is said.
            let is_one_line = matches!(stopping[..], [] | ["stopping: nothing more is sent"]);
            assert!(is_one_line, "{errors}");
            assert!(!errors.contains("waiting"), "{errors}");
        }
    }
    assert_eq!(vendor.count(Kind::Create), 0);
}

#[test]
fn a_token_command_that_hangs_ends_with_everything_that_it_started() {
    for (arguments, code) in [(APPLY, 1), (&["resolve", "spring", "--recreate"], 1), (&["doctor"], 2)] {
        for signal in SIGNALS {
            let vendor = Vendor::holding(None);
            let project = Project::of(&["spring"]);
            vendor.serve(&project);
            let pipe = fifo(&project, "pipe");
            project.edit(
                "project {\n",
                "project {\n    token-command \"exec 3> pipe; echo on >&3; sleep 300; :\"\n",
            );
            let mut program = Background::start(&mut project.dialform(arguments));
            // It ends once nobody holds it any more.
            let (sender, lines) = channel();
            thread::spawn(move || {
                for line in BufReader::new(File::open(pipe).unwrap()).lines() {
                    sender.send(line.unwrap()).unwrap();
                }
            });
            assert_eq!(lines.recv_timeout(PATIENCE).as_deref(), Ok("on"));
            program.signal(signal);
            let (status, errors) = program.end();
            assert_eq!(status.code(), Some(code), "{arguments:?} {signal}\n{errors}");
            let end = lines.recv_timeout(PATIENCE);
            assert_eq!(
                end,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected),
                "an orphan is left"
            );
        }
    }
}

#[test]
fn a_create_in_flight_is_finished_and_recorded_and_a_second_signal_says_so() {
    for signal in SIGNALS {
        let vendor = Vendor::holding(Kind::Create);
        let project = Project::of(&["autumn", "spring"]);
        vendor.serve(&project);
        let mut program = start(&project, APPLY);
        vendor.has(Kind::Create);
        program.signal(signal);
        let told = program.errors_until(|line| line.contains("create of `autumn`"));
        let is_one = told.iter().filter(|line| line.contains("stopping")).count() == 1;
        let line = told.last().unwrap();
        let words = "stopping: nothing else is sent; waiting up to 60 s for the answer";
        assert!(is_one && line.starts_with(words), "{told:?}");
        program.signal(signal);
        let told = program.errors_until(|line| line.starts_with("still waiting"));
        assert!(told.last().unwrap().contains("create of `autumn`"), "{told:?}");
        vendor.release.send(()).unwrap();
        let (status, errors) = program.end();
        assert_eq!(status.code(), Some(1), "{errors}");
        assert!(errors.contains("created autumn"), "{errors}");
        assert!(!errors.contains("stopping"), "{errors}");
        let left = state(&project);
        assert_eq!(left.tasks.keys().collect::<Vec<_>>(), ["autumn"]);
        assert!(left.intents.is_empty());
        assert_eq!(vendor.count(Kind::Create), 1);
    }
}

#[test]
fn a_stop_in_flight_is_finished_and_recorded() {
    let vendor = Vendor::holding(None);
    let project = Project::of(&["autumn"]);
    vendor.serve(&project);
    assert_eq!(start(&project, APPLY).end().0.code(), Some(0));
    project.campaign("autumn", "pace \"7/s\"");
    *vendor.held.lock().unwrap() = Some(Kind::Halt);
    let mut program = start(
        &project,
        &[APPLY, &["--replace", "autumn", "--replace-running"]].concat(),
    );
    vendor.has(Kind::Halt);
    program.signal("TERM");
    program.errors_until(|line| line.contains("stop of the task of `autumn`"));
    vendor.release.send(()).unwrap();
    let (status, errors) = program.end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(state(&project).tasks["autumn"].halted_at.is_some(), "{errors}");
    assert_eq!(vendor.count(Kind::Create), 1);
}

#[test]
fn a_wait_that_the_api_asks_for_ends_at_once() {
    let (sender, arrived) = channel();
    let server = Server::start(move |_, request| match Kind::of(request) {
        Kind::List => json(200, "[]"),
        _ => {
            let _ = sender.send(());
            answer(429, &["retry-after: 600"], r#"{"message":"slow down"}"#)
        }
    });
    let project = Project::of(&["spring"]);
    project.edit("project {\n", &format!("project {{\n    api \"{}\"\n", server.origin));
    let mut program = start(&project, &[APPLY, &["--reconcile-timeout", "10m"]].concat());
    arrived.recv_timeout(PATIENCE).unwrap();
    program.errors_until(|line| line.contains("waiting"));
    program.signal("TERM");
    let (status, errors) = program.end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert_eq!(
        server
            .received()
            .iter()
            .filter(|request| Kind::of(request) == Kind::Create)
            .count(),
        1
    );
}

#[test]
fn a_program_that_is_to_outlive_its_terminal_does() {
    let vendor = Vendor::holding(Kind::List);
    let project = Project::of(&["spring"]);
    vendor.serve(&project);
    let program = project.dialform(&[]).get_program().to_owned();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(program)
        .args(APPLY);
    let mut program = Background::start(shell.current_dir(project.root()).env("DIALFORM_TOKEN", "any"));
    vendor.has(Kind::List);
    program.signal("HUP");
    *vendor.held.lock().unwrap() = None;
    vendor.release.send(()).unwrap();
    let (status, errors) = program.end();
    assert_eq!(status.code(), Some(0), "{errors}");
    assert_eq!(state(&project).tasks.len(), 1);
}

#[test]
fn waiting_for_another_run_ends_at_once() {
    let project = Project::of(&["spring"]);
    let _held = project.open();
    for arguments in [
        APPLY,
        &["import", "--live", "spring=48a77bd7-8762-4e0f-a277-4ef77e36c41b"],
    ] {
        for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
            let mut program = start(&project, &[arguments, &["--lock-timeout", "10m", "-v"]].concat());
            program.errors_until(|line| line.contains("API: "));
            program.signal(signal);
            let (status, errors) = program.end();
            assert_eq!(status.signal(), Some(number), "{arguments:?} {status:?} {errors}");
        }
    }
}

#[test]
fn what_runs_until_it_is_told_to_stop_ends_with_0() {
    for signal in SIGNALS {
        let project = Project::of(&["spring"]);
        let mut watch = start(&project, &["watch"]);
        watch.read_until(|line| line.contains("Watching for changes"));
        watch.signal(signal);
        assert_eq!(watch.end().0.code(), Some(0), "watch, {signal}");

        let mut sandbox = start(&project, &["sandbox", "--port", "0", "--fault", "list#1=hang"]);
        let words = sandbox.read_until(|line| line == "Ctrl-C stops it.").join("\n");
        let address = words.split("http://").nth(1).unwrap().split('/').next().unwrap();
        // A request that is never answered does not hold it up.
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request =
            format!("GET /api/v1/telephony/autoCall HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer x\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        sandbox.errors_until(|line| line.contains("autoCall"));
        sandbox.signal(signal);
        assert_eq!(sandbox.end().0.code(), Some(0), "sandbox, {signal}");
        let _ = stream.read(&mut [0]);
    }
}

#[test]
fn the_probe_of_doctor_is_stopped_whatever_comes_between() {
    for held in [Kind::Create, Kind::Halt] {
        let vendor = Vendor::holding(held);
        let project = Project::of(&["spring"]);
        vendor.serve(&project);
        // The list never shows it, so doctor would look for a long time.
        let probe = ["doctor", "--probe", "--auto-approve", "--reconcile-timeout", "10m"];
        let mut program = start(&project, &probe);
        if held == Kind::Halt {
            // It looks for the probe, and is interrupted there.
            program.errors_until(|line| line.starts_with("creating the task"));
            while vendor.count(Kind::Create) == 0 {
                thread::yield_now();
            }
            program.signal("INT");
        }
        vendor.has(held);
        program.signal("TERM");
        program.errors_until(|line| line.contains("create and stop of doctor's probe"));
        vendor.release.send(()).unwrap();
        let (status, errors) = program.end();
        assert_eq!(status.code(), Some(0), "{errors}");
        assert_eq!(
            (vendor.count(Kind::Create), vendor.count(Kind::Halt)),
            (1, 1),
            "{errors}"
        );
    }
}
