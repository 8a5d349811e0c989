//! The harness itself is put to the test: it must notice a disk that lies, and each mistake in the program.

use dialform::state::Step;

use super::crash::{CUT, Story, end_at, trace_of};
use super::scene::{Broken, Program, Scene, failing};
use super::{ends, mistakes, network, races};

/// A power cut at those points of a run at which something is durable only by chance: where the answer is here, and at the
/// end.
async fn with_power_cuts(program: &Program) -> Result<(), Broken> {
    let scene = Story::First.begin().await.running(program);
    let points = trace_of(&scene, scene.apply());
    let ends =
        (1..=points.len()).filter(|number| points[number - 1] == "request: answered" || points.len() - number < 12);
    for number in ends {
        end_at(program, Story::First, number, CUT).await?;
    }
    Ok(())
}

async fn of_one_run(program: &Program, keys: &[&str]) -> Result<(), Broken> {
    let scene = Scene::of(keys).await.running(program);
    scene.run_and_check(scene.apply()).map(drop)
}

/// What the harness says of a disk that skips a call and says that it is done.
async fn judge_disk(skipped: &str) -> Result<(), Broken> {
    let calls: Vec<String> = match skipped {
        "sync folder" => Step::ALL.iter().map(|step| format!("{step:?} {skipped}")).collect(),
        one => vec![one.to_owned()],
    };
    let program = Program::on_disk_skipping(&calls);
    match skipped {
        "Append write" => of_one_run(&program, &["autumn"]).await,
        "TailCut cut" => Story::Recovery.begin().await.running(&program).converge().map(drop),
        _ => with_power_cuts(&program).await,
    }
}

/// What the harness says of a program with a mistake in it, by the cases that are made to notice it.
async fn judge_mistake(program: &Program, mistake: &str) -> Result<(), Broken> {
    match mistake {
        "IntentWrittenLate" => of_one_run(program, &["autumn"]).await,
        "ServerErrorRetried" => network::one(program, "after:503", 2, false).await.map(drop),
        "RedirectFollowed" => network::one(program, "before:redirect", 2, false).await.map(drop),
        "AbsenceTakenForProof" => {
            let config = failing(&["create#1=after:reset", "list=lag/1000"]);
            let scene = Scene::with(&["autumn"], config, |_| {}).await.running(program);
            scene.converge().map(drop)
        }
        "MarkerNotUnique" => of_one_run(program, &["autumn", "spring"]).await,
        "LockOnRenamedFile" => {
            for _ in 0..100 {
                races::round(program, "60s").await?;
            }
            Ok(())
        }
        "MarkerNotLookedFor" => network::one(program, "after:429", 2, false).await.map(drop),
        "ListNotRead" => network::lost_state(program).await,
        "OrderSentEarly" => {
            ends::running(program, &[]).await?;
            ends::replaced(program, &[], true).await
        }
        "NeighbourOrderedToo" => ends::running(program, &[]).await.map(drop),
        "RunningStopped" => ends::replaced(program, &[], false).await,
        "HaltTakenForDone" => ends::replaced(program, &["halt=before:503"], true).await,
        "AcknowledgedEarly" => {
            let scene = Story::First.begin().await.running(program);
            let points = trace_of(&scene, scene.apply());
            for (number, point) in (1..).zip(&points) {
                if point == "Append sync: before" {
                    end_at(program, Story::First, number, CUT).await?;
                }
            }
            Ok(())
        }
        other => panic!("nothing is made to notice {other}"),
    }
}

/// Fails with the names of those that were not noticed.
fn assert_noticed(judged: Vec<(&str, Result<(), Broken>)>) {
    let mut missed = Vec::new();
    for (name, result) in judged {
        match result {
            Ok(()) => missed.push(name),
            Err(why) => println!("{name}: {}", why.lines().next().unwrap_or_default()),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_lies_is_noticed() {
    let mut judged = Vec::new();
    for call in [
        "Append write",
        "Append sync",
        "Snapshot sync",
        "sync folder",
        "TailCut cut",
    ] {
        judged.push((call, judge_disk(call).await));
    }
    assert_noticed(judged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: builds a copy of the program"]
async fn each_mistake_in_the_program_is_noticed() {
    let path = mistakes::build();
    let mut judged = Vec::new();
    for mistake in mistakes::NAMES {
        let program = Program::with_mistake(&path, mistake);
        judged.push((mistake, judge_mistake(&program, mistake).await));
    }
    assert_noticed(judged);
}
