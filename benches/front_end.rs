//! How fast the front end reads, against other readers of the same campaigns in their own formats, in one run.
//!
//! `cargo bench --bench front_end` prints a table of medians and ratios; rounds are interleaved, so that a machine whose
//! speed wavers slows all of them alike.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use dialform::lint::engine::{Checker, FileLinter, Overlay};
use dialform::project::discovery::Scope;
use dialform::project::source::Sources;
use dialform::syntax::{self, ParseBuffers};

#[allow(dead_code)]
mod corpus;

/// One reader: what it is called, how many bytes it reads a call, and how to run it.
struct Reader {
    name: &'static str,
    bytes: usize,
    run: Box<dyn FnMut()>,
    times: Vec<Duration>,
}

const ROUNDS: usize = 25;
const FILES: usize = 200;

fn main() {
    let kdl = corpus::kdl(FILES);
    let toml = corpus::toml(FILES);
    let json = corpus::json(FILES);
    let long = corpus::long_file(950);
    let folder = std::env::temp_dir().join(format!("dialform-bench-{}", std::process::id()));
    corpus::write_project(&folder, &kdl);
    let typed = folder.join("typed");
    corpus::write_project(&typed, std::slice::from_ref(&long));
    let scope = Checker::new(&folder, None).project_scope(&folder, &[]);

    let file = Sources::default().put(Path::new("bench.kdl"), "");
    let size = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let mut readers = vec![
        reader("this front end", size(&kdl), {
            let kdl = kdl.clone();
            let mut room = ParseBuffers::default();
            move || {
                for text in &kdl {
                    let parsed = black_box(syntax::parse_in(black_box(text), &mut room));
                    room.recycle(parsed);
                }
            }
        }),
        reader("bare token scan", size(&kdl), {
            let kdl = kdl.clone();
            move || {
                kdl.iter().for_each(|text| {
                    black_box(corpus::token_scan(black_box(text)));
                })
            }
        }),
        reader("toml-spanner (TOML)", size(&toml), {
            let toml = toml.clone();
            move || {
                for text in &toml {
                    let arena = toml_spanner::Arena::new();
                    black_box(toml_spanner::parse(black_box(text), &arena).is_ok());
                }
            }
        }),
        reader("serde_json (JSON)", size(&json), {
            let json = json.clone();
            move || {
                json.iter()
                    .for_each(|text| drop(black_box(serde_json::from_str::<serde_json::Value>(black_box(text)))))
            }
        }),
        reader("kdl crate, 10 files", size(&kdl[..10]), {
            let kdl = kdl[..10].to_vec();
            move || {
                kdl.iter()
                    .for_each(|text| drop(black_box(kdl::KdlDocument::parse(black_box(text)))))
            }
        }),
        reader("one file of 950 lines", long.len(), {
            let long = long.clone();
            move || drop(black_box(syntax::parse(black_box(&long))))
        }),
        reader("that file, a key stroke each time, linted again", long.len(), {
            let mut checker = Checker::new(&typed, None);
            checker.keep_stamps();
            let scope = checker.project_scope(&typed, &[]);
            let path = typed.join("campaigns/00000.kdl");
            let mut texts = [long.clone(), format!("{long} ")];
            move || {
                texts.swap(0, 1);
                let overlay = Overlay {
                    path: path.clone(),
                    content: texts[0].clone().into_bytes(),
                };
                assert!(
                    checker
                        .check(&scope, std::slice::from_ref(&overlay))
                        .findings
                        .is_empty()
                );
            }
        }),
        reader("parse, lower, all rules of a file", size(&kdl), {
            let kdl = kdl.clone();
            let mut linter = FileLinter::default();
            move || {
                for text in &kdl {
                    assert_eq!(linter.lint_text(file, black_box(text), false).findings.len(), 0);
                }
            }
        }),
        reader("whole lint of 200 files on disk", size(&kdl), {
            let folder = folder.clone();
            move || assert_eq!(lint(&folder, &scope), 0)
        }),
    ];
    for _ in 0..ROUNDS {
        for reader in &mut readers {
            let start = Instant::now();
            (reader.run)();
            reader.times.push(start.elapsed());
        }
    }
    print_table(&mut readers);
    let _ = std::fs::remove_dir_all(folder);
}

/// A check as `dialform lint` runs it.
fn lint(folder: &Path, scope: &Scope) -> usize {
    let mut checker = Checker::new(folder, None);
    let checked = checker.check(scope, &[]);
    checked.findings.len()
}

fn reader(name: &'static str, bytes: usize, run: impl FnMut() + 'static) -> Reader {
    Reader {
        name,
        bytes,
        run: Box::new(run),
        times: Vec::new(),
    }
}

fn print_table(readers: &mut [Reader]) {
    let speeds: Vec<f64> = readers
        .iter_mut()
        .map(|reader| {
            reader.times.sort();
            reader.bytes as f64 / reader.times[ROUNDS / 2].as_secs_f64() / 1e6
        })
        .collect();
    println!("| reader | MB/s, median of {ROUNDS} | time against this front end | all of it, ms |");
    println!("| --- | --- | --- | --- |");
    for (reader, speed) in readers.iter().zip(&speeds) {
        let all = reader.times[ROUNDS / 2].as_secs_f64() * 1e3;
        println!("| {} | {speed:.1} | {:.2} | {all:.3} |", reader.name, speeds[0] / speed);
    }
}
