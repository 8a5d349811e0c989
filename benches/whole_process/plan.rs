//! How long `dialform plan` takes, against `lint` of the same files and against octoDNS, which plans as many DNS records.
//!
//! octoDNS is taken from `target/octodns`, where `python3 -m venv target/octodns && target/octodns/bin/pip install octodns`
//! puts it, or from the PATH; where it is in neither, that is said.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tasks::{self, Tasks};
use super::{DIALFORM, Run, command, corpus, interleave, peak_of, show};

const PLAN: [&str; 2] = ["plan", "--sandbox"];
const ROUNDS: usize = 11;
/// octoDNS takes seconds.
const SLOW_ROUNDS: usize = 3;
const CAMPAIGNS: usize = 10_000;
/// So many of them are new, moved or changed.
const SOME: usize = 1_000;
/// Where the state of `--sandbox` is.
const STATE: &str = ".dialform";

/// All rows.
pub(super) fn rows(place: &Path) -> io::Result<()> {
    let same = &place.join("same");
    let texts = corpus::kdl(CAMPAIGNS);
    corpus::write_project(same, &texts);
    tasks::file(same, Tasks::Same);

    let new = &place.join("new");
    corpus::write_project(new, &corpus::kdl(CAMPAIGNS + SOME));
    let moved = &place.join("moved");
    corpus::write_project(moved, &renamed(&texts, SOME));
    let moves = (0..SOME).map(|index| format!("moved from=\"campaign-{index}\" to=\"renamed-{index}\"\n"));
    fs::write(moved.join("campaigns/moves.kdl"), moves.collect::<String>())?;
    let changed = &place.join("changed");
    let slower = texts.iter().enumerate().map(|(index, text)| match index < SOME {
        true => text.replacen("pace \"3/s\"", "pace \"2/s\"", 1),
        false => text.clone(),
    });
    corpus::write_project(changed, &slower.collect::<Vec<_>>());
    let all_renamed = &place.join("all-renamed");
    corpus::write_project(all_renamed, &renamed(&texts, CAMPAIGNS));
    for other in [new, moved, changed, all_renamed] {
        copy(&same.join(STATE), &other.join(STATE))?;
    }
    let empty = &place.join("empty");
    corpus::write_project(empty, &texts);

    let mut runs = [
        Run::new("lint of the same files", command(DIALFORM, ["lint"], same)),
        Run::new("plan, nothing to do", command(DIALFORM, PLAN, same)),
        Run::new("plan, 1000 new campaigns", command(DIALFORM, PLAN, new)),
        Run::new("plan, 1000 moves", command(DIALFORM, PLAN, moved)),
        Run::new("plan, 1000 changed campaigns", command(DIALFORM, PLAN, changed)),
        Run::new("plan, all keys renamed", command(DIALFORM, PLAN, all_renamed)),
        Run::new("plan, all to be created", command(DIALFORM, PLAN, empty)),
    ];
    interleave(&mut runs, ROUNDS);
    let [lint, nothing, others @ ..] = &runs;
    against(nothing, lint, "lint of the same files; 6 to reach");
    for other in others {
        against(other, nothing, "plan with nothing to do; 1.5 to reach");
    }
    memory("most memory, plan of 10000, nothing to do", same, 150e6);
    let fewer = &place.join("fewer");
    corpus::write_project(fewer, &corpus::kdl(4_000));
    tasks::file(fewer, Tasks::Same);
    memory("most memory, plan of 4000, nothing to do", fewer, 100.0 * 1_048_576.0);
    beside_octodns(place, same, empty)
}

/// The campaigns, the first of which have other keys.
fn renamed(texts: &[String], many: usize) -> Vec<String> {
    let texts = texts.iter().enumerate();
    let texts = texts.map(|(index, text)| match index < many {
        true => text.replacen("campaign \"campaign-", "campaign \"renamed-", 1),
        false => text.clone(),
    });
    texts.collect()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn against(run: &Run, other: &Run, what: &str) {
    println!(
        "| {} | {} | {:.2} | in times of {what} |",
        run.name,
        show(run.median()),
        run.median().as_secs_f64() / other.median().as_secs_f64()
    );
}

fn memory(what: &str, folder: &Path, limit: f64) {
    match peak_of(&PLAN, folder) {
        Some(peak) => println!(
            "| {what} | {:.1} MB | {:.2} | of {:.0} MB |",
            peak as f64 / 1e6,
            peak as f64 / limit,
            limit / 1e6
        ),
        None => println!("| {what} | left out: there is no GNU time as /usr/bin/time | | |"),
    }
}

/// As many records of one zone, in the files of octoDNS's own provider, which are compared with files of the same provider.
fn beside_octodns(place: &Path, same: &Path, empty: &Path) -> io::Result<()> {
    let Some(octodns) = octodns() else {
        println!("| octoDNS | left out: `octodns-sync` is neither in target/octodns/bin nor on the PATH | | |");
        return Ok(());
    };
    let folder = &place.join("octodns");
    let records: String = (0..CAMPAIGNS)
        .map(|index| {
            let (high, low) = (index / 250, index % 250);
            format!("record-{index:05}:\n  ttl: 300\n  type: A\n  value: 10.1.{high}.{low}\n")
        })
        .collect();
    for (kind, held) in [
        ("files", records.as_str()),
        ("there", &records),
        ("nothing", "---\n{}\n"),
    ] {
        fs::create_dir_all(folder.join(kind))?;
        fs::write(folder.join(kind).join("example.com.yaml"), held)?;
    }
    // As a target, the provider of files does not read what is there: a service's does.
    fs::write(
        folder.join("service.py"),
        "from octodns.provider.yaml import YamlProvider\n\n\nclass Service(YamlProvider):\n    def populate(self, zone, \
         target=False, lenient=False):\n        return super().populate(zone, False, lenient)\n",
    )?;
    for target in ["there", "nothing"] {
        let config = format!(
            "providers:\n  files:\n    class: octodns.provider.yaml.YamlProvider\n    directory: ./files\n  service:\n    class: \
             service.Service\n    directory: ./{target}\nzones:\n  example.com.:\n    sources: [files]\n    targets: [service]\n"
        );
        fs::write(folder.join(format!("{target}.yaml")), config)?;
    }
    let octodns = |config: &'static str| {
        let mut command = command(&octodns, ["--config-file", config, "--quiet"], folder);
        command.env("PYTHONPATH", folder).stderr(std::process::Stdio::null());
        command
    };
    let mut runs = [
        Run::new("plan, nothing to do", command(DIALFORM, PLAN, same)),
        Run::new("octoDNS, 10000 records, nothing to do", octodns("there.yaml")),
        Run::new("plan, all to be created", command(DIALFORM, PLAN, empty)),
        Run::new("octoDNS, 10000 records, all to be created", octodns("nothing.yaml")),
    ];
    interleave(&mut runs, SLOW_ROUNDS);
    for pair in runs.chunks(2) {
        if let [plan, octodns] = pair {
            against(octodns, plan, plan.name);
        }
    }
    Ok(())
}

fn octodns() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/octodns/bin/octodns-sync");
    let mut candidates = [own, PathBuf::from("octodns-sync")].into_iter();
    candidates.find(|program| {
        Command::new(program)
            .arg("--help")
            .output()
            .is_ok_and(|ran| ran.status.success())
    })
}
