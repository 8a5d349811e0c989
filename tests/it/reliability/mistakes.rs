//! Mistakes that a copy of the program is built with, to see whether the harness notices them. The program itself has none
//! of this: each is a replacement in the text of one of its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The mistakes, one of which is switched on by `DIALFORM_MISTAKE`.
pub(super) const NAMES: [&str; 13] = [
    "IntentWrittenLate",
    "ServerErrorRetried",
    "RedirectFollowed",
    "AbsenceTakenForProof",
    "MarkerNotUnique",
    "LockOnRenamedFile",
    "MarkerNotLookedFor",
    "ListNotRead",
    "OrderSentEarly",
    "NeighbourOrderedToo",
    "RunningStopped",
    "HaltTakenForDone",
    "AcknowledgedEarly",
];

/// A replacement in a file of the program; each part of the new text that is a mistake asks whether it is switched on.
struct Edit {
    file: &'static str,
    old: &'static str,
    new: &'static str,
}

/// All mistakes go into one copy, which is built once.
const EDITS: [Edit; 16] = [
    Edit {
        file: "src/util/mod.rs",
        old: "pub(crate) mod failpoint;",
        new: r#"pub(crate) mod failpoint;
        pub(crate) fn has_mistake(name: &str) -> bool {
            std::env::var("DIALFORM_MISTAKE").is_ok_and(|on| on == name)
        }"#,
    },
    // A create leaves before the journal says that it is being sent.
    Edit {
        file: "src/apply/create.rs",
        old: "journal.append(Record::Sending { intent }).await?;",
        new: r#"if !crate::util::has_mistake("IntentWrittenLate") {
                journal.append(Record::Sending { intent }).await?;
            }"#,
    },
    // A 5xx is taken for "nothing was done" and sent again.
    Edit {
        file: "src/api/outcome.rs",
        old: "        400 | 401 | 402 | 403 | 404 | 422 | 429 => {",
        new: r#"        500..=599 if crate::util::has_mistake("ServerErrorRetried") => ApiOutcome::TooMany {
            wait: Some(Duration::from_millis(1)),
        },
        400 | 401 | 402 | 403 | 404 | 422 | 429 => {"#,
    },
    // An open create is sent without looking for its marker; else the 5xx above would do no harm.
    Edit {
        file: "src/apply/permit.rs",
        old: "    let Some(identity) = tasks.pop() else {",
        new: r#"    if ["MarkerNotLookedFor", "ServerErrorRetried"].iter().any(|name| crate::util::has_mistake(name)) {
            tasks.clear();
        }
        let Some(identity) = tasks.pop() else {"#,
    },
    // Redirects are followed, on connections of their own.
    Edit {
        file: "src/util/https.rs",
        old: ".redirect(reqwest::redirect::Policy::none())",
        new: r#".redirect(if crate::util::has_mistake("RedirectFollowed") {
            reqwest::redirect::Policy::default()
        } else {
            reqwest::redirect::Policy::none()
        })"#,
    },
    Edit {
        file: "src/api/gate.rs",
        old: "        let Some(hook) = hook else {",
        new: r#"        let hook = hook.or_else(|| crate::util::has_mistake("RedirectFollowed").then(no_hook));
        let Some(hook) = hook else {"#,
    },
    // What the list does not show is taken for not created.
    Edit {
        file: "src/apply/reconcile.rs",
        old: "                let doubt = not_found(run, &reading, &intent);",
        new: r#"                if crate::util::has_mistake("AbsenceTakenForProof") {
            let at = Timestamp::now();
            run.record(Record::Abandoned { intent: intent.id, at }).await;
            continue;
        }
        let doubt = not_found(run, &reading, &intent);"#,
    },
    // Every marker has the same random part.
    Edit {
        file: "src/fields/types/marker.rs",
        old: "Self::from_bits(key, random_bits(Uuid::new_v4()))",
        new: r#"Self::from_bits(key, random_bits(if crate::util::has_mistake("MarkerNotUnique") {
            Uuid::nil()
        } else {
            Uuid::new_v4()
        }))"#,
    },
    // The lock is taken on the snapshot, which is renamed over.
    Edit {
        file: "src/state/lock.rs",
        old: "let file = open(disk.as_ref(), &paths.lock)?;",
        new: r#"let is_wrong = crate::util::has_mistake("LockOnRenamedFile") && paths.snapshot.exists();
        let file = open(disk.as_ref(), if is_wrong { &paths.snapshot } else { &paths.lock })?;"#,
    },
    // An outcome counts before the fsync of its group, and what waits for it goes on.
    Edit {
        file: "src/apply/shared_store.rs",
        old: "                let written = outgoing.write();",
        new: r#"                if crate::util::has_mistake("AcknowledgedEarly") && format!("{outgoing:?}").contains("[Created {") {
                    for reply in replies.drain(..) {
                        let _ = reply.send(Ok(()));
                    }
                    std::thread::sleep(std::time::Duration::from_millis(300));
                }
                let written = outgoing.write();"#,
    },
    // A lost state is not looked for before the first create.
    Edit {
        file: "src/apply/mod.rs",
        old: "if plan.needs_api() {",
        new: r#"if plan.needs_api() && !crate::util::has_mistake("ListNotRead") {"#,
    },
    // A stop, or a start, leaves before the journal says so.
    Edit {
        file: "src/apply/halt.rs",
        old: "    if !run.record(halting).await {",
        new: r#"    if !crate::util::has_mistake("OrderSentEarly") && !run.record(halting).await {"#,
    },
    Edit {
        file: "src/apply/order.rs",
        old: "    if !run.record(acting).await {",
        new: r#"    if !crate::util::has_mistake("OrderSentEarly") && !run.record(acting).await {"#,
    },
    // An order for one campaign goes to all.
    Edit {
        file: "src/apply/order.rs",
        old: "    let tasks = state.tasks.iter().filter(|(key, _)| pattern.matches(key));",
        new: r#"    let is_for_all = crate::util::has_mistake("NeighbourOrderedToo");
        let tasks = state.tasks.iter().filter(|(key, _)| is_for_all || pattern.matches(key));"#,
    },
    // A replacement stops a task that runs, though nobody gave the word for it.
    Edit {
        file: "src/apply/living.rs",
        old: "    if word.even_running ",
        new: r#"    if crate::util::has_mistake("RunningStopped") || word.even_running "#,
    },
    // A stop that was not confirmed counts as done, and the new task is created.
    Edit {
        file: "src/apply/halt.rs",
        old: "    match ask(run, client, &key, &task, TaskAction::Halt).await {",
        new: r#"    let asked = ask(run, client, &key, &task, TaskAction::Halt).await;
        let is_believed = crate::util::has_mistake("HaltTakenForDone");
        match asked.or_else(|unconfirmed| if is_believed { Ok(()) } else { Err(unconfirmed) }) {"#,
    },
];

/// The program's files with every mistake in them.
fn edited() -> Vec<(&'static str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for Edit { file, old, new } in EDITS {
        if !files.iter().any(|(name, _)| *name == file) {
            let text = fs::read_to_string(root().join(file)).unwrap();
            files.push((file, text));
        }
        let (_, text) = files.iter_mut().find(|(name, _)| *name == file).unwrap();
        assert_eq!(text.matches(old).count(), 1, "in {file} once: {old}");
        *text = text.replace(old, new);
    }
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Builds a copy of the program with every mistake in it.
pub(super) fn build() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    let copy = folder.join("dialform");
    // What an earlier version of the program had may be gone from this one.
    let _ = fs::remove_dir_all(&copy);
    for part in ["Cargo.toml", "Cargo.lock", "src", "benches"] {
        copy_all(&root().join(part), &copy.join(part));
    }
    for (file, text) in edited() {
        fs::write(copy.join(file), text).unwrap();
    }
    let target = folder.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--bin", "dialform", "--features", "failpoints"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(&copy)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target
        .join("debug")
        .join(format!("dialform{}", std::env::consts::EXE_SUFFIX))
}

fn copy_all(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy_all(&entry.path(), &to.join(entry.file_name()));
    }
}

/// Whatever changes in the program, the mistakes still fit it.
#[test]
fn each_mistake_fits_the_program() {
    let text: String = edited().into_iter().map(|(_, text)| text).collect();
    for name in NAMES {
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
    }
}
