//! The program is ended at every point that it reaches, with and without a power cut.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;

use tokio::sync::OnceCell;

use super::ends::order;
use super::scene::{Broken, Converged, Program, Scene};

/// What a run finds, and how it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing was applied yet.
    First,
    /// One campaign is there, one has moved, one is replaced, and one is new.
    Changed,
    /// Nothing was applied yet, and the journal is folded every two records.
    Folding,
    /// One campaign is there, one that runs is removed and stopped, one is let go, and one takes a name over.
    Removed,
    /// Two tasks are there, and are started by hand.
    Started,
    /// Two tasks run, and are stopped by hand.
    Stopped,
    /// Two tasks are there, one was started, and status looks at them.
    Looked,
    /// The run before was killed when the API had answered, and left half a line in the journal.
    Recovery,
    /// The run before could not write an outcome into the journal, and kept it elsewhere.
    Spilled,
    /// The run before was killed when the API had answered, and the journal's last newline was stripped since.
    Bare,
    /// The same with line ends of the other kind, as git's autocrlf makes them.
    Crlf,
    /// One campaign is there, one is new, and the journal is its header without a newline.
    HeaderOnly,
}

impl Story {
    /// Those that differ in what is sent and written; the others differ in what became of the journal before.
    pub(super) const WRITING: [Self; 7] = [
        Self::First,
        Self::Changed,
        Self::Removed,
        Self::Started,
        Self::Stopped,
        Self::Recovery,
        Self::Spilled,
    ];

    /// Brings a new scene to where the story begins.
    pub(super) async fn begin(self) -> Scene {
        let scene = Scene::of(match self {
            Self::Changed => &["kept", "changed", "old"],
            Self::Removed => &["gone", "kept", "loose"],
            Self::HeaderOnly => &["autumn"],
            _ => &["autumn", "spring"],
        })
        .await;
        match self {
            Self::First | Self::Folding => {}
            Self::Removed => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                scene.allow(&["gone"]);
                assert_eq!(scene.run(order(&scene, "start", &["gone"])).code, Some(0));
                scene.note_running();
                scene.own_word(&["gone"]);
                scene.project.remove("gone");
                scene.project.remove("loose");
                let lines = "removed \"gone\" task=\"halt\"\nremoved \"loose\" task=\"keep\"\n";
                scene.project.write("campaigns/removed.kdl", lines);
                scene.project.named_campaign("heir", "Campaign gone", "");
            }
            Self::Started | Self::Stopped => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                scene.allow(&["autumn", "spring"]);
                if self == Self::Stopped {
                    let ran = scene.run(order(&scene, "start", &["autumn", "spring"]));
                    assert_eq!(ran.code, Some(0), "{}", ran.said);
                    scene.note_running();
                    scene.own_word(&["autumn", "spring"]);
                }
            }
            Self::Looked => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                scene.allow(&["spring"]);
                assert_eq!(scene.run(order(&scene, "start", &["spring"])).code, Some(0));
                scene.note_running();
            }
            Self::Changed => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                scene.allow(&["changed"]);
                scene.project.campaign("changed", "pace \"5/s\"");
                scene.project.remove("old");
                scene.project.named_campaign("new-name", "Campaign old", "");
                scene
                    .project
                    .write("campaigns/moved.kdl", "moved from=\"old\" to=\"new-name\"\n");
                scene.project.campaign("added", "");
            }
            Self::Recovery => {
                killed_when_answered(&scene).await;
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
            Self::Bare => {
                killed_when_answered(&scene).await;
                rewrite_journal(&scene, |text| text.trim_end().to_owned());
            }
            Self::Crlf => {
                killed_when_answered(&scene).await;
                rewrite_journal(&scene, |text| text.trim_end().replace('\n', "\r\n"));
            }
            Self::HeaderOnly => {
                assert_eq!(scene.run(scene.apply()).code, Some(0));
                rewrite_journal(&scene, |text| {
                    assert_eq!(text.lines().count(), 1, "{text}");
                    text.trim_end().to_owned()
                });
                scene.project.campaign("spring", "");
            }
        }
        scene.check().unwrap();
        scene
    }

    /// The run that is ended, and those that follow it.
    pub(super) fn apply(self, scene: &Scene) -> Command {
        let mut command = match self {
            Self::Started => order(scene, "start", &["autumn", "spring"]),
            Self::Stopped => order(scene, "halt", &["autumn", "spring"]),
            Self::Looked => scene.command(&["status", "--answer-timeout", "1s", "--lock-timeout", "10s"]),
            _ => scene.apply(),
        };
        if self == Self::Changed {
            command.args(["--replace", "changed", "--replace-running"]);
        }
        if self == Self::Folding {
            // The journal of an intent is longer, and so is that of a sending with its outcome.
            command.env("DIALFORM_GROWN", "450");
        }
        command
    }
}

/// A first run that is killed when the API has answered its second create.
async fn killed_when_answered(scene: &Scene) {
    let answered = number_of(first().await, "request: answered", 3);
    let ran = scene.run(with(scene.apply(), &[("DIALFORM_ABORT_AT", &answered.to_string())]));
    assert_eq!(ran.code, None, "{}", ran.said);
}

/// What an editor, a shell or git makes of the journal.
fn rewrite_journal(scene: &Scene, rewritten: impl Fn(&str) -> String) {
    let journal = scene.project.paths().journal;
    let text = fs::read_to_string(&journal).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    fs::write(journal, rewritten(&text)).unwrap();
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
pub(super) async fn end_at(
    program: &Program,
    story: Story,
    number: usize,
    variables: &[(&str, &str)],
) -> Result<Converged, Broken> {
    let scene = story.begin().await.running(program);
    let number = number.to_string();
    let command = with(with(story.apply(&scene), &[("DIALFORM_ABORT_AT", &number)]), variables);
    let ran = scene.run(command);
    if ran.code.is_some() {
        return Err(format!("point {number} was not reached:\n{}", ran.said));
    }
    scene.check()?;
    told(&scene, &ran.said)?;
    scene.converge_by(|| story.apply(&scene))
}

/// I9: a task that a run has told of is in the state, whatever ended the run.
fn told(scene: &Scene, said: &str) -> Result<(), Broken> {
    let created = said.lines().filter_map(|line| line.strip_prefix("created "));
    let created: Vec<_> = created.filter_map(|line| line.split_once(": the task ")).collect();
    let Some(state) = scene.state()? else {
        return match created.first() {
            Some((key, _)) => Err(format!("I9: {key} was said to be there, and there is no state")),
            None => Ok(()),
        };
    };
    let is_known = |id: &str| state.tasks.values().any(|task| task.is_or_was(id));
    match created.into_iter().find(|(_, id)| !is_known(id)) {
        Some((key, id)) => Err(format!(
            "I9: {key} was said to have the task {id}, and the state does not know it"
        )),
        None => Ok(()),
    }
}

/// A power cut where a run is ended.
pub(super) const CUT: &[(&str, &str)] = &[("DIALFORM_POWER_CUT", "1")];

/// Where a run is ended, and with what besides.
type Ending = (usize, &'static [(&'static str, &'static str)]);

/// Each kind of point: the first of its name with a power cut, the last one without.
fn each_kind(points: &[String]) -> Vec<Ending> {
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (number, point) in (1..).zip(points) {
        places.entry(point).or_insert((number, number)).1 = number;
    }
    let endings = places.into_values();
    endings.flat_map(|(first, last)| [(first, CUT), (last, &[])]).collect()
}

/// Each point, with a power cut and without.
fn each(points: &[String]) -> Vec<Ending> {
    (1..=points.len())
        .flat_map(|number| [(number, CUT), (number, &[])])
        .collect()
}

/// Each point of the repair of a missing newline, and the one that follows; what comes then is that of other stories.
fn repair(points: &[String]) -> Vec<Ending> {
    let is_repair = |point: &String| point.starts_with("TailNewline ");
    let first = points.iter().position(is_repair).expect("a newline is put back");
    let last = points.iter().rposition(is_repair).unwrap();
    each(points)
        .into_iter()
        .filter(|(number, _)| (first + 1..=last + 2).contains(number))
        .collect()
}

async fn matrix(story: Story, choose: impl Fn(&[String]) -> Vec<Ending>) {
    let mut wrong = Vec::new();
    let mut cases = 0;
    let scene = story.begin().await;
    let points = trace_of(&scene, story.apply(&scene));
    assert!(points.len() > 20, "{story:?}: {points:?}");
    for (number, cut) in choose(&points) {
        let name = &points[number - 1];
        cases += 1;
        let converged = end_at(&Program::sound(), story, number, cut).await;
        let is_unsent = name == "request: connected" || name == "request: before";
        let wrongly = match converged {
            Ok(Converged::Done) => continue,
            // Before the first byte, nothing may have left.
            Ok(Converged::Unknown(keys)) if is_unsent => format!("{keys:?} stayed unknown"),
            Ok(Converged::Unknown(_)) => continue,
            Err(why) => why,
        };
        wrong.push(format!("ended at point {number}, {name} {cut:?}: {wrongly}"));
    }
    println!("{story:?}: {} points, {cases} cases", points.len());
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

/// One test a story, so that they run side by side.
macro_rules! stories {
    ($($bounded:ident by $choose:ident, $whole:ident: $story:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $bounded() {
            matrix(Story::$story, $choose).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: every point there is"]
        async fn $whole() {
            matrix(Story::$story, each).await;
        }
    )*};
}

stories! {
    a_first_run_ended_at_each_kind_of_point by each_kind, a_first_run_ended_at_every_point: First;
    a_run_with_changes_ended_at_each_kind_of_point by each_kind, a_run_with_changes_ended_at_every_point: Changed;
    a_run_with_removals_ended_at_each_kind_of_point by each_kind, a_run_with_removals_ended_at_every_point: Removed;
    a_start_by_hand_ended_at_each_kind_of_point by each_kind, a_start_by_hand_ended_at_every_point: Started;
    a_stop_by_hand_ended_at_each_kind_of_point by each_kind, a_stop_by_hand_ended_at_every_point: Stopped;
    a_look_ended_at_each_kind_of_point by each_kind, a_look_ended_at_every_point: Looked;
    a_run_that_folds_its_journal_ended_at_each_kind_of_point by each_kind, a_run_that_folds_its_journal_ended_at_every_point: Folding;
    a_recovery_ended_at_each_kind_of_point by each_kind, a_recovery_ended_at_every_point: Recovery;
    a_recovery_of_spilled_outcomes_ended_at_each_kind_of_point by each_kind, a_recovery_of_spilled_outcomes_ended_at_every_point: Spilled;
    a_journal_without_its_last_newline_ended_while_it_is_put_back by repair, a_journal_without_its_last_newline_ended_at_every_point: Bare;
    a_journal_of_other_line_ends_ended_while_the_last_is_put_back by repair, a_journal_of_other_line_ends_ended_at_every_point: Crlf;
    a_header_without_its_newline_ended_while_it_is_put_back by repair, a_header_without_its_newline_ended_at_every_point: HeaderOnly;
}

/// Two journals merged by git are refused, wherever that run is ended, and nothing of the state is touched: with one of
/// the two put back, all is found again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_journal_is_refused_and_left_as_it_is_wherever_the_run_is_ended() {
    let scene = Story::Bare.begin().await;
    let journal = scene.project.paths().journal;
    let sound = fs::read(&journal).unwrap();
    let ours = String::from_utf8(sound.clone()).unwrap();
    fs::write(
        &journal,
        format!("<<<<<<< HEAD\n{ours}\n=======\n{ours}\n>>>>>>> other\n"),
    )
    .unwrap();
    let (merged, made) = (scene.copied(), scene.sandbox.tasks().len());
    let points = trace_of(&scene, scene.apply());
    assert_eq!(scene.copied(), merged);
    for (number, cut) in each(&points) {
        let abort = number.to_string();
        let ran = scene.run(with(with(scene.apply(), &[("DIALFORM_ABORT_AT", &abort)]), cut));
        assert_eq!(ran.code, None, "point {number} was not reached: {}", ran.said);
        assert_eq!(scene.copied(), merged, "ended at point {number} {cut:?}");
        assert_eq!(scene.sandbox.tasks().len(), made, "ended at point {number} {cut:?}");
    }
    println!("a merged journal: {} points, {} cases", points.len(), 2 * points.len());
    let ran = scene.run(scene.apply());
    assert_eq!(ran.code, Some(1), "{}", ran.said);
    assert!(ran.said.contains("conflict marks"), "{}", ran.said);
    fs::write(journal, sound).unwrap();
    scene.check().unwrap();
    assert_eq!(scene.converge(), Ok(Converged::Done));
}

/// Creates that can begin together do so, in one line and one fsync, and versions that know of no such lines are told so by
/// the first one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_that_begin_together_share_a_line() {
    const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let apply = |scene: &Scene| scene.apply_with(&["--parallelism", "6"]);
    let scene = Scene::of(&KEYS).await;
    let durable = number_of(&trace_of(&scene, apply(&scene)), "Append sync: done", 1).to_string();
    let scene = Scene::of(&KEYS).await;
    let ran = scene.run(with(apply(&scene), &[("DIALFORM_ABORT_AT", &durable)]));
    assert_eq!(ran.code, None, "{}", ran.said);
    let journal = fs::read_to_string(scene.project.paths().journal).unwrap();
    let [header, line] = journal.lines().collect::<Vec<_>>()[..] else {
        panic!("{journal}")
    };
    assert!(header.contains("\"format_version\":2"), "{header}");
    assert_eq!(line.matches("\"kind\":\"intent\"").count(), KEYS.len(), "{line}");
    assert_eq!(scene.converge_by(|| apply(&scene)), Ok(Converged::Done));
    // What is left behind can be read by them again.
    let journal = fs::read_to_string(scene.project.paths().journal).unwrap();
    assert!(journal.contains("\"format_version\":1"), "{journal}");
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
            let ran = scene.run(with(with(apply(&scene), &[("DIALFORM_ABORT_AT", &abort)]), cut));
            let checked = scene.check().and_then(|()| told(&scene, &ran.said));
            let converged = checked.and_then(|()| scene.converge_by(|| apply(&scene)));
            converged.unwrap_or_else(|why| panic!("ended at point {number} {cut:?}: {why}"));
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
