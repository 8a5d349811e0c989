//! The program is ended at every point that it reaches, with and without a power cut.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;

use tokio::sync::OnceCell;

use super::scene::{Broken, Scene, Settled};

/// What a run finds, and how it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing was applied yet.
    First,
    /// One campaign is there, one has moved, one is replaced, and one is new.
    Changed,
    /// Nothing was applied yet, and the journal is folded every two records.
    Folding,
    /// The run before was killed when the API had answered, and left half a line in the journal.
    Recovery,
    /// The run before could not write an outcome into the journal, and kept it elsewhere.
    Spilled,
}

impl Story {
    /// Brings a new scene to where the story begins.
    pub(super) async fn begin(self) -> Scene {
        let scene = Scene::of(match self {
            Self::Changed => &["kept", "changed", "old"],
            _ => &["autumn", "spring"],
        })
        .await;
        match self {
            Self::First | Self::Folding => {}
            Self::Changed => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                scene.project.campaign("changed", "pace \"5/s\"");
                scene.project.remove("old");
                scene.project.named_campaign("new-name", "Campaign old", "");
                scene
                    .project
                    .write("campaigns/moved.kdl", "moved from=\"old\" to=\"new-name\"\n");
                scene.project.campaign("added", "");
            }
            Self::Recovery => {
                let points = first().await;
                let answered = number_of(points, "request: answered", 3);
                let ran = scene.run(with(scene.apply(), &[("DIALFORM_ABORT_AT", &answered.to_string())]));
                assert_eq!(ran.code, None, "{}", ran.said);
                let journal = scene.project.paths().journal;
                let mut journal = OpenOptions::new().append(true).open(journal).unwrap();
                journal.write_all(b"{\"seq\":9,\"record\":{\"kind\":\"cre").unwrap();
            }
            Self::Spilled => {
                let points = first().await;
                // The third record is the outcome of the first create.
                let write = number_of(points, "Append write: before", 3);
                let calls = points[..write].iter().filter(|point| is_call(point)).count();
                let fault = format!("{calls}:EIO");
                let ran = scene.run(with(scene.apply(), &[("DIALFORM_DISK_FAULT", &fault)]));
                assert_ne!(ran.code, Some(0), "{}", ran.said);
            }
        }
        scene.check().unwrap();
        scene
    }

    /// The run that is ended, and those that follow it.
    pub(super) fn apply(self, scene: &Scene) -> Command {
        let mut command = scene.apply();
        if self == Self::Changed {
            command.args(["--replace", "changed"]);
        }
        if self == Self::Folding {
            command.env("DIALFORM_GROWN", "2");
        }
        command
    }
}

/// Every point that a first run reaches, in order.
pub(super) async fn first() -> &'static [String] {
    static POINTS: OnceCell<Vec<String>> = OnceCell::const_new();
    let trace = async || {
        let scene = Story::First.begin().await;
        trace_of(&scene, scene.apply())
    };
    Box::pin(POINTS.get_or_init(trace)).await
}

/// Whether a point stands before a call of the write path.
pub(super) fn is_call(point: &str) -> bool {
    point.ends_with(": before") && !point.starts_with("request")
}

pub(super) fn with(mut command: Command, variables: &[(&str, &str)]) -> Command {
    command.envs(variables.iter().copied());
    command
}

/// The number, from 1, of a point's occurrence, also counted from 1.
pub(super) fn number_of(points: &[String], name: &str, occurrence: usize) -> usize {
    let mut places = points.iter().enumerate().filter(|(_, point)| *point == name);
    let (place, _) = places
        .nth(occurrence - 1)
        .unwrap_or_else(|| panic!("{name} is not in {points:#?}"));
    place + 1
}

/// Every point that a run reaches, in order.
pub(super) fn trace_of(scene: &Scene, command: Command) -> Vec<String> {
    let file = scene.project.paths().last_resort.join("points");
    let ran = scene.run(with(command, &[("DIALFORM_TRACE", file.to_str().unwrap())]));
    let points = fs::read_to_string(&file).unwrap_or_else(|_| panic!("no point was reached:\n{}", ran.said));
    fs::remove_file(&file).unwrap();
    points.lines().map(str::to_owned).collect()
}

/// Ends a run at one point, and lets it be run again.
pub(super) async fn end_at(story: Story, number: usize, variables: &[(&str, &str)]) -> Result<Settled, Broken> {
    let scene = story.begin().await;
    let number = number.to_string();
    let command = with(with(story.apply(&scene), &[("DIALFORM_ABORT_AT", &number)]), variables);
    let ran = scene.run(command);
    if ran.code.is_some() {
        return Err(format!("point {number} was not reached:\n{}", ran.said));
    }
    scene.check()?;
    scene.settle_by(|| with(story.apply(&scene), variables_of_reruns(variables)))
}

/// Reruns have no power cut, but whatever mistake was put in.
fn variables_of_reruns<'a>(variables: &'a [(&'a str, &'a str)]) -> &'a [(&'a str, &'a str)] {
    let planted = variables.iter().position(|(name, _)| *name == "DIALFORM_PLANT");
    planted.map(|at| &variables[at..=at]).unwrap_or_default()
}

/// The first and the last time that each name stands in a trace.
fn bounds(points: &[String]) -> Vec<usize> {
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (number, point) in (1..).zip(points) {
        places.entry(point).or_insert((number, number)).1 = number;
    }
    let mut numbers: Vec<usize> = places.into_values().flat_map(|(first, last)| [first, last]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

async fn matrix(story: Story, choose: impl Fn(&[String]) -> Vec<usize>) {
    let mut wrong = Vec::new();
    let mut cases = 0;
    let scene = story.begin().await;
    let points = trace_of(&scene, story.apply(&scene));
    assert!(points.len() > 20, "{story:?}: {points:?}");
    for number in choose(&points) {
        let name = &points[number - 1];
        for cut in [&[][..], &[("DIALFORM_POWER_CUT", "1")]] {
            cases += 1;
            let settled = end_at(story, number, cut).await;
            let is_unsent = name == "request: connected" || name == "request: before";
            let wrongly = match settled {
                Ok(Settled::Done) => continue,
                // Before the first byte, nothing may have left.
                Ok(Settled::Unknown(keys)) if is_unsent => format!("{keys:?} stayed unknown"),
                Ok(Settled::Unknown(_)) => continue,
                Err(why) => why,
            };
            wrong.push(format!("ended at point {number}, {name} {cut:?}: {wrongly}"));
        }
    }
    println!("{story:?}: {} points, {cases} cases", points.len());
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

/// One test a story, so that they run side by side.
macro_rules! stories {
    ($($bounded:ident, $whole:ident: $story:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $bounded() {
            matrix(Story::$story, bounds).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: every point there is"]
        async fn $whole() {
            matrix(Story::$story, |points| (1..=points.len()).collect()).await;
        }
    )*};
}

stories! {
    a_first_run_ended_at_each_kind_of_point, a_first_run_ended_at_every_point: First;
    a_run_with_changes_ended_at_each_kind_of_point, a_run_with_changes_ended_at_every_point: Changed;
    a_run_that_folds_its_journal_ended_at_each_kind_of_point, a_run_that_folds_its_journal_ended_at_every_point: Folding;
    a_recovery_ended_at_each_kind_of_point, a_recovery_ended_at_every_point: Recovery;
    a_takeover_of_spilled_outcomes_ended_at_each_kind_of_point, a_takeover_of_spilled_outcomes_ended_at_every_point: Spilled;
}

/// With four creates on their way at once, points are reached in any order; what must hold is the same.
async fn in_flight(step: usize) {
    const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let apply = |scene: &Scene| scene.apply_with(&["--parallelism", "4"]);
    let scene = Scene::of(&KEYS).await;
    let points = trace_of(&scene, apply(&scene));
    let mut cases = 0;
    for number in (1..=points.len()).step_by(step) {
        for cut in [&[][..], &[("DIALFORM_POWER_CUT", "1")]] {
            cases += 1;
            let scene = Scene::of(&KEYS).await;
            let abort = number.to_string();
            scene.run(with(with(apply(&scene), &[("DIALFORM_ABORT_AT", &abort)]), cut));
            let settled = scene.check().and_then(|()| scene.settle_by(|| apply(&scene)));
            settled.unwrap_or_else(|why| panic!("ended at point {number} {cut:?}: {why}"));
        }
    }
    println!("four in flight: {} points, {cases} cases", points.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_in_flight_ended_at_some_points() {
    in_flight(17).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: every point there is"]
async fn four_in_flight_ended_at_every_point() {
    in_flight(1).await;
}
