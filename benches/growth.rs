//! How the cost of each command grows with its input, counted in instructions by `valgrind --tool=callgrind`: no clock is asked.
//!
//! `cargo test --bench growth` counts each command on each generator at n, 2n and 4n, and fails where the cost grows faster
//! than n^1.2. Without more it counts the most telling pairs of them, in the time that CI has; with `GROWTH=all` all pairs. A
//! part of a name as argument picks commands and generators: `cargo test --bench growth -- 'lint' 'chain'`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss
)]

use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;

use dialform::lint::engine::Checker;

#[path = "growth/generators.rs"]
mod generators;
#[path = "growth/tasks.rs"]
mod tasks;

use generators::{ALL, Files, Generator};
use tasks::Tasks;

/// The most that an exponent may be. Sorting is n log n, which is about 1.15 at these sizes.
const MOST: f64 = 1.2;
/// So many instructions more between 2n and 4n are noise: less than a file costs to open.
const NOISE: f64 = 2e6;
const SIZES: [usize; 3] = [1, 2, 4];

/// What is counted.
struct Counted {
    name: &'static str,
    /// The arguments of the program; none for `watch`, which never ends: there the checker is asked twice.
    arguments: &'static [&'static str],
    /// Whether each file but the project's own is named behind them.
    names_files: bool,
    /// What the state holds before, or what lies beside the files.
    tasks: Tasks,
    /// The generators that it can be counted on.
    takes: fn(&Generator) -> bool,
    /// The generators that it is counted on where not all are asked for.
    telling: &'static [&'static str],
}

/// The last is begun first: the longest.
const COMMANDS: &[Counted] = &[
    Counted {
        name: "render",
        arguments: &["render"],
        names_files: false,
        tasks: Tasks::None,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "import of what render prints",
        arguments: &["import", "rendered.json"],
        names_files: false,
        tasks: Tasks::Rendered,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "plan of what is there",
        arguments: &["plan", "--sandbox"],
        names_files: false,
        tasks: Tasks::Same,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "plan of what changed",
        arguments: &["plan", "--sandbox"],
        names_files: false,
        tasks: Tasks::Changed,
        takes: |generator| generator.breaks.is_none(),
        telling: &["campaigns of one file"],
    },
    Counted {
        name: "plan of new keys beside orphans",
        arguments: &["plan", "--sandbox"],
        names_files: false,
        tasks: Tasks::Orphans,
        takes: |generator| generator.breaks.is_none(),
        telling: &["campaigns of one file"],
    },
    Counted {
        name: "plan of moves",
        arguments: &["plan", "--sandbox"],
        names_files: false,
        tasks: Tasks::BeforeMoves,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "state list",
        arguments: &["state", "list", "--sandbox"],
        names_files: false,
        tasks: Tasks::Same,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "state mv",
        arguments: &["state", "mv", "c0", "elsewhere", "--sandbox"],
        names_files: false,
        tasks: Tasks::Same,
        takes: |generator| generator.breaks.is_none(),
        telling: &["campaigns of one file"],
    },
    Counted {
        name: "state rm",
        arguments: &["state", "rm", "c0", "--sandbox"],
        names_files: false,
        tasks: Tasks::Same,
        takes: |generator| generator.breaks.is_none(),
        telling: &[],
    },
    Counted {
        name: "lint with names",
        arguments: &["lint"],
        names_files: true,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &["files of a comment each", "files outside of any project"],
    },
    Counted {
        name: "fmt with names",
        arguments: &["fmt", "--diff"],
        names_files: true,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &["files of a comment each", "files outside of any project"],
    },
    Counted {
        name: "lint in JUnit",
        arguments: &["lint", "--output-format", "junit"],
        names_files: false,
        tasks: Tasks::None,
        takes: is_printed,
        telling: &["findings in one line"],
    },
    Counted {
        name: "lint for people",
        arguments: &["lint", "--output-format", "human"],
        names_files: false,
        tasks: Tasks::None,
        takes: is_printed,
        telling: &["findings in one line"],
    },
    Counted {
        name: "lint in JSON",
        arguments: &["lint", "--output-format", "json"],
        names_files: false,
        tasks: Tasks::None,
        takes: is_printed,
        telling: &["findings in one line"],
    },
    Counted {
        name: "lint in SARIF",
        arguments: &["lint", "--output-format", "sarif"],
        names_files: false,
        tasks: Tasks::None,
        takes: is_printed,
        telling: &["findings in one line"],
    },
    Counted {
        name: "lint in GitLab's format",
        arguments: &["lint", "--output-format", "gitlab"],
        names_files: false,
        tasks: Tasks::None,
        takes: is_printed,
        telling: &["findings in one line"],
    },
    Counted {
        name: "lint --diff",
        arguments: &["lint", "--diff", "--unsafe-fixes"],
        names_files: false,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &["a setting many times"],
    },
    Counted {
        name: "fmt",
        arguments: &["fmt", "--diff"],
        names_files: false,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &["a long text"],
    },
    Counted {
        name: "watch",
        arguments: &[],
        names_files: false,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &["a chain of moves", "a chain of templates"],
    },
    Counted {
        name: "plan",
        arguments: &["plan"],
        names_files: false,
        tasks: Tasks::None,
        takes: |generator| generator.breaks.is_none(),
        telling: &["campaigns of one file", "a chain of moves"],
    },
    Counted {
        name: "lint",
        arguments: &["lint"],
        names_files: false,
        tasks: Tasks::None,
        takes: |_| true,
        telling: &[
            "a chain of moves",
            "a chain of templates",
            "a circle of templates",
            "misspelt templates among as many",
            "a long misspelt alias",
            "a long pattern",
            "projects side by side",
            "projects inside one another",
            "projects beside as many files",
            "findings in one line",
            "webhooks that many inherit",
            "misspelt templates among few",
            "one name many times under comments",
            "comments about the file beside findings",
            "comments beside one about the file",
        ],
    },
];

/// Whether an input is there for what is printed of it: long lines, and findings with many places.
fn is_printed(generator: &Generator) -> bool {
    ["line", "often", "circle", "many times"]
        .iter()
        .any(|part| generator.name.contains(part))
}

/// The command of a name.
fn command_of(name: &str) -> Option<&'static Counted> {
    COMMANDS.iter().find(|command| command.name == name)
}

fn main() -> ExitCode {
    // `cargo test` and `cargo bench` pass options of their own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match arguments.as_slice() {
        [mode, command, folder, picked @ ..] if mode == "--count" => {
            run_all(command, Path::new(folder), picked);
            ExitCode::SUCCESS
        }
        picked => judge(picked),
    }
}

/// The generators of a command, in order.
fn of_command<'p>(command: &str, picked: &'p [String]) -> impl Iterator<Item = &'static Generator> + use<'p> {
    let command = command_of(command);
    let are_all = !picked.is_empty() || std::env::var_os("GROWTH").is_some_and(|which| which == "all");
    let is_wanted = move |generator: &&Generator| {
        command.is_some_and(|command| match are_all {
            true => (command.takes)(generator),
            false => command.telling.contains(&generator.name),
        })
    };
    let names = picked.iter().filter(|part| command_of(part).is_none());
    let names: Vec<&String> = names.collect();
    let is_picked =
        move |generator: &&Generator| names.is_empty() || names.iter().any(|part| generator.name.contains(*part));
    ALL.iter().filter(is_wanted).filter(is_picked)
}

/// Counts everything, and says what grows too fast.
fn judge(picked: &[String]) -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder for the projects");
    let mut wrong: Vec<String> = ALL.iter().filter_map(unlike_its_word).collect();
    let commands = COMMANDS.iter().map(|command| command.name);
    let is_any = !picked.iter().any(|part| command_of(part).is_some());
    let has_any = |name: &&str| of_command(name, picked).next().is_some();
    let is_asked = |name: &&str| is_any || picked.iter().any(|part| part == name);
    let queue: Mutex<Vec<&str>> = Mutex::new(commands.filter(is_asked).filter(has_any).collect());
    let rows = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(command) = queue.lock().expect("no thread panicked").pop() else {
                        return;
                    };
                    let counted = count(command, folder.path(), picked);
                    rows.lock().expect("no thread panicked").extend(counted);
                }
            });
        }
    });
    let rows = rows.into_inner().expect("no thread panicked");
    for Row {
        command,
        generator,
        counts,
    } in &rows
    {
        let exponent = exponent(*counts);
        let millions = counts.map(|count| count / 1e6);
        let [n, twice, four] = millions.map(|count| format!("{count:.1}"));
        println!("{exponent:5.2}  {n:>8} {twice:>8} {four:>8} M  {command}: {generator}");
        if exponent > MOST {
            wrong.push(format!("{command}: {generator}: the cost grows as n^{exponent:.2}"));
        }
    }
    println!("\n{} counted", rows.len());
    let known = |name: &&&str| ALL.iter().any(|generator| generator.name == **name);
    let telling = COMMANDS.iter().flat_map(|command| command.telling);
    wrong.extend(
        telling
            .filter(|name| !known(name))
            .map(|name| format!("no generator is called {name}")),
    );
    for line in &wrong {
        println!("failed: {line}");
    }
    if wrong.is_empty() && !rows.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// One command on one generator: the instructions at n, 2n and 4n.
struct Row {
    command: String,
    generator: &'static str,
    counts: [f64; 3],
}

/// The growth between the steps; what every size costs drops out.
fn exponent([n, twice, four]: [f64; 3]) -> f64 {
    let (first, second) = (twice - n, four - twice);
    if second < NOISE {
        0.0
    } else {
        (second / first.max(1.0)).log2()
    }
}

/// Runs this program under callgrind for a command, and reads its counts.
fn count(command: &str, folder: &Path, picked: &[String]) -> Vec<Row> {
    let place = folder.join(command.replace(' ', "-"));
    fs::create_dir(&place).expect("a folder for the command");
    let out = place.join("counts");
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--dump-before=growth::mark*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().expect("this program has a path"))
        .args(["--count", command])
        .arg(&place)
        .args(picked)
        .env("NO_COLOR", "1")
        .stdout(Stdio::null())
        .stderr(fs::File::create(place.join("stderr")).expect("a file for stderr"))
        .status()
        .expect("valgrind can be run: install it with your package manager");
    let said = fs::read_to_string(place.join("stderr")).unwrap_or_default();
    assert!(
        status.success(),
        "{command} under valgrind: {status}\n{}",
        said.lines().last().unwrap_or_default()
    );
    let mut dump = 0;
    let mut next = || {
        // A dump before each run, which holds what led there, and one behind it.
        dump += 2;
        total(&out.with_file_name(format!("counts.{dump}")))
    };
    let rows = of_command(command, picked).map(|generator| Row {
        command: command.to_owned(),
        generator: generator.name,
        counts: SIZES.map(|_| next()),
    });
    rows.collect()
}

fn total(dump: &Path) -> f64 {
    let text = fs::read_to_string(dump).unwrap_or_else(|why| panic!("{}: {why}", dump.display()));
    let total = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    total
        .and_then(|total| total.trim().parse().ok())
        .expect("a dump ends with its total")
}

/// Where callgrind writes a dump and begins anew.
#[inline(never)]
fn mark(run: usize) -> usize {
    black_box(run)
}

/// Runs a command on every generator at every size, with marks around each run.
fn run_all(command: &str, place: &Path, picked: &[String]) {
    let Counted {
        arguments,
        names_files,
        tasks,
        ..
    } = command_of(command).expect("a command of the table");
    for (index, generator) in of_command(command, picked).enumerate() {
        for size in SIZES {
            let files = (generator.make)(generator.size * size / 2);
            let folder = write(place, &format!("{index}-{size}"), &files);
            let named = files.iter().map(|(path, _)| path.as_str());
            let named = named.filter(|path| *names_files && !path.ends_with("dialform.kdl"));
            std::env::set_current_dir(&folder).expect("the folder is there");
            tasks::file(&folder, *tasks);
            mark(size);
            if arguments.is_empty() {
                check_twice(&folder);
            } else {
                let arguments = std::iter::once("dialform")
                    .chain(arguments.iter().copied())
                    .chain(named);
                black_box(dialform::cli::run(arguments.map(OsString::from).collect()));
            }
            mark(size);
            std::env::set_current_dir(place).expect("the folder is there");
            fs::remove_dir_all(&folder).expect("the folder can be removed");
        }
    }
}

fn check_twice(folder: &Path) {
    let mut checker = Checker::new(folder, None);
    checker.keep_stamps();
    for _ in 0..2 {
        let scope = checker.project_scope(folder, &[]);
        black_box(checker.check(&scope, &[]).findings.len());
    }
}

fn write(place: &Path, name: &str, files: &Files) -> PathBuf {
    let folder = place.join(name);
    fs::create_dir_all(&folder).expect("a folder for the project");
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).expect("a folder for the file");
        fs::write(path, text).expect("the file can be written");
    }
    folder
}

/// Whether a generator does not break the rule that it is said to break, or any other where it is said to be without errors:
/// then nothing of what it is there for would be counted.
fn unlike_its_word(generator: &Generator) -> Option<String> {
    let place = tempfile::tempdir().expect("a folder for the project");
    let folder = write(place.path(), "project", &(generator.make)(generator.size));
    let mut checker = Checker::new(&folder, Some(jiff::Timestamp::now()));
    let root = ["dialform.kdl", "p0/dialform.kdl"]
        .into_iter()
        .find(|file| folder.join(file).exists());
    let scope = match root {
        Some("dialform.kdl") => checker.project_scope(&folder, &[]),
        _ => dialform::project::discovery::Scope::of_file(folder.join("c0.kdl")),
    };
    let mut checked = checker.check(&scope, &[]);
    let findings = std::mem::take(&mut checked.findings);
    let codes = || findings.iter().map(|finding| finding.rule.code);
    match generator.breaks {
        Some(rule) if codes().any(|code| code.starts_with(rule)) || generator.name.starts_with("projects") => None,
        Some(rule) => Some(format!(
            "{}: {rule} is not found: {:?}",
            generator.name,
            codes().take(3).collect::<Vec<_>>()
        )),
        None => findings
            .first()
            .map(|finding| format!("{}: {}: {}", generator.name, finding.rule.code, finding.message)),
    }
}
