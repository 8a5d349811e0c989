//! The harness itself is put to the test: each mistake that is put into the program must be noticed.

use dialform::util::failpoint::Bug;

use super::crash::{Story, end_at, trace_of, with};
use super::scene::{Broken, Scene, failing};
use super::{network, races};

/// What the harness says of a program with this mistake, by the cases that are made to notice it.
async fn judged(bug: Bug) -> Result<(), Broken> {
    let name = format!("{bug:?}");
    let planted = [("DIALFORM_PLANT", name.as_str())];
    match bug {
        // A power cut at each point of a run.
        Bug::JournalNotSynced | Bug::SnapshotNotSynced | Bug::FolderNotSynced => {
            let scene = Story::First.begin().await;
            let points = trace_of(&scene, with(scene.apply(), &planted));
            let cut = [("DIALFORM_POWER_CUT", "1"), ("DIALFORM_PLANT", &name)];
            // What is durable only by chance is lost where the answer is here, and at the end.
            let ends = (1..=points.len())
                .filter(|number| points[number - 1] == "request: answered" || points.len() - number < 12);
            for number in ends {
                end_at(Story::First, number, &cut).await?;
            }
            Ok(())
        }
        Bug::IntentWrittenLate => Scene::of(&["autumn"]).await.run_planted(&planted),
        Bug::TailNotCut => {
            let scene = Story::Recovery.begin().await;
            scene.settle_by(|| with(scene.apply(), &planted)).map(drop)
        }
        Bug::ServerErrorRetried => network::one("after:503", 2, false, &planted).await.map(drop),
        Bug::RedirectFollowed => network::one("before:redirect", 2, false, &planted).await.map(drop),
        Bug::AbsenceTakenForProof => {
            let scene = Scene::with(&["autumn"], failing(&["create#1=after:reset", "list=lag/1000"]), |_| {}).await;
            scene.settle_by(|| with(scene.apply(), &planted)).map(drop)
        }
        Bug::MarkerNotUnique => Scene::of(&["autumn", "spring"]).await.run_planted(&planted),
        Bug::LockOnRenamedFile => {
            for _ in 0..100 {
                races::round("60s", &planted).await?;
            }
            Ok(())
        }
        Bug::MarkerNotLookedFor => network::one("after:429", 2, false, &planted).await.map(drop),
        Bug::ListNotRead => network::lost_state(&planted).await,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_planted_mistake_is_noticed() {
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        match judged(bug).await {
            Ok(()) => missed.push(bug),
            Err(why) => println!("{bug:?}: {}", why.lines().next().unwrap_or_default()),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
