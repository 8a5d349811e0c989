//! Whole runs behind a relay that does harm to one thing that they ask of their store, or to all from then on.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::crash::with;
use super::scene::{Broken, Converged, Ran, Scene};
use crate::stores::kind::{StoreKind, StoredState};
use crate::stores::proxy::ProxyFault::{self, Belie, CutAnswer, LoseAnswer, LoseRequest, Refuse, Stall};
use crate::stores::proxy::listen;

const KEYS: [&str; 2] = ["autumn", "spring"];

macro_rules! stores {
    ($($store:ident: $kind:ident;)*) => { $( mod $store {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn each_kind_of_write_may_go_wrong_once() {
            matrix(StoreKind::$kind, Lasting::Once, true).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_store_may_stay_away() {
            matrix(StoreKind::$kind, Lasting::ToTheEnd, true).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: everything that is asked, with every fault"]
        async fn everything_that_is_asked_may_go_wrong_once() {
            matrix(StoreKind::$kind, Lasting::Once, false).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: everything that is asked, with every fault"]
        async fn a_store_may_stay_away_at_any_time() {
            matrix(StoreKind::$kind, Lasting::ToTheEnd, false).await;
        }
    } )* };
}

stores! {
    postgres: Postgres;
    s3: S3;
    gitlab: Gitlab;
}

/// An answer of S3 that is an error.
macro_rules! s3_says {
    ($status:literal, $code:literal) => {
        concat!(
            "HTTP/1.1 ",
            $status,
            " No\r\nconnection: close\r\ncontent-type: application/xml\r\n\r\n",
            "<?xml version=\"1.0\"?><Error><Code>",
            $code,
            "</Code><Message>m</Message></Error>"
        )
    };
}

/// An answer of GitLab, or of what stands before it, that is an error.
macro_rules! gitlab_says {
    ($status:literal) => {
        concat!(
            "HTTP/1.1 ",
            $status,
            " No\r\nconnection: close\r\n\r\n{\"message\":\"",
            $status,
            "\"}"
        )
    };
}

/// What happens on every way to a server.
const CUTS: [ProxyFault; 4] = [LoseRequest, LoseAnswer, CutAnswer, Stall];

/// What a store of this kind may answer wrongly. After 401 and 403 nothing is tried again.
fn faults(kind: StoreKind) -> Vec<ProxyFault> {
    let answers: &[ProxyFault] = match kind {
        StoreKind::Postgres => &[],
        StoreKind::S3 => &[
            Refuse(s3_says!("409", "ConditionalRequestConflict")),
            Belie(s3_says!("409", "ConditionalRequestConflict")),
            // As what stands before it answers that has sent a request twice.
            Belie(s3_says!("412", "PreconditionFailed")),
            Refuse(s3_says!("500", "InternalError")),
            Belie(s3_says!("500", "InternalError")),
            Refuse(s3_says!("503", "SlowDown")),
            Belie(s3_says!("408", "RequestTimeout")),
            Refuse(s3_says!("429", "TooManyRequests")),
            Refuse(s3_says!("403", "RequestTimeTooSkewed")),
        ],
        StoreKind::Gitlab => &[
            Refuse(gitlab_says!("409")),
            Belie(gitlab_says!("409")),
            Refuse(gitlab_says!("412")),
            Refuse(gitlab_says!("500")),
            Belie(gitlab_says!("500")),
            Refuse(gitlab_says!("502")),
            Belie(gitlab_says!("504")),
            Refuse(gitlab_says!("429")),
            Refuse(gitlab_says!("401")),
        ],
    };
    CUTS.iter().chain(answers).copied().collect()
}

fn is_final(fault: ProxyFault) -> bool {
    matches!(fault, Refuse(words) if [" 401 ", " 403 "].iter().any(|status| words.contains(status)))
}

/// For how long something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasting {
    Once,
    /// Until the run is over.
    ToTheEnd,
}

/// What a run had done when it asked something.
#[derive(Clone, Debug)]
struct Asked {
    /// How many writes it had begun.
    writes: usize,
    /// The last point that it had reached, to name the place by.
    point: String,
}

/// A run whose relay asks `decide` about each thing by its number.
fn run_behind(
    scene: Scene,
    stored: &StoredState,
    decide: impl Fn(usize, &Asked) -> ProxyFault + Send + Sync + 'static,
) -> (Scene, Ran) {
    let trace = scene.project.paths().last_resort.join("points");
    let (is_over, points) = (Arc::new(AtomicBool::new(false)), trace.clone());
    let over = Arc::clone(&is_over);
    let port = listen(stored.port, move |number| {
        if over.load(Ordering::SeqCst) {
            return ProxyFault::None;
        }
        let points = fs::read_to_string(&points).unwrap_or_default();
        let is_write = |point: &&str| point.starts_with("store") && point.ends_with(": before");
        let asked = Asked {
            writes: points.lines().filter(is_write).count(),
            point: points.lines().last().unwrap_or_default().to_owned(),
        };
        decide(number, &asked)
    });
    let scene = scene.through(port);
    let limits = [
        ("DIALFORM_TRACE", trace.to_str().unwrap()),
        ("DIALFORM_STORE_ANSWER", "2000"),
        ("DIALFORM_STORE_PATIENCE", "1500"),
    ];
    let ran = scene.run(with(scene.apply(), &limits));
    is_over.store(true, Ordering::SeqCst);
    let _ = fs::remove_file(&trace);
    (scene, ran)
}

/// Everything that a run asks where nothing goes wrong, in order.
async fn everything_asked(kind: StoreKind) -> Option<Vec<Asked>> {
    // Tables are created once for all states: what is counted here is asked again later.
    StoredState::new(kind)?.open().write_head(None, b"{}").unwrap();
    let stored = StoredState::new(kind)?;
    let all: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let heard = Arc::clone(&all);
    let (scene, ran) = run_behind(Scene::of(&KEYS).await.in_store(&stored), &stored, move |_, asked| {
        heard.lock().unwrap().push(asked.clone());
        ProxyFault::None
    });
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    scene.check().unwrap();
    let all = all.lock().unwrap().clone();
    Some(all)
}

async fn once(kind: StoreKind, at: usize, asked: &Asked, fault: ProxyFault, lasting: Lasting) -> Result<(), Broken> {
    let stored = StoredState::new(kind).ok_or("the server is gone")?;
    let done = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&done);
    let (scene, ran) = run_behind(Scene::of(&KEYS).await.in_store(&stored), &stored, move |number, _| {
        let is_hit = number == at || (number > at && lasting == Lasting::ToTheEnd);
        counted.fetch_add(usize::from(is_hit), Ordering::SeqCst);
        if is_hit { fault } else { ProxyFault::None }
    });
    let in_context = |why: String| {
        format!(
            "{why}\nafter a run that ended with {:?} and said:\n{}",
            ran.code, ran.said
        )
    };
    if done.load(Ordering::SeqCst) == 0 {
        return Err(in_context("nothing went wrong".to_owned()));
    }
    if ran.said.contains("panicked") || ran.code.is_none() {
        return Err(in_context("it broke off".to_owned()));
    }
    scene.check().map_err(in_context)?;
    // What goes wrong once is got over, once the store is in use.
    if lasting == Lasting::Once && asked.writes > 0 && !is_final(fault) && ran.code != Some(0) {
        return Err(in_context("it was not got over".to_owned()));
    }
    // The run was not killed, so whatever it learnt is known to the next one.
    match scene.converge().map_err(in_context)? {
        Converged::Done if scene.sandbox.tasks().len() == KEYS.len() => Ok(()),
        converged => Err(in_context(format!(
            "{converged:?}, {} tasks",
            scene.sandbox.tasks().len()
        ))),
    }
}

/// The faults that are tried at each thing that is asked. Of the few, each write has two, which are others for the next one.
fn cases(all: &[Asked], faults: &[ProxyFault], lasting: Lasting, is_few: bool) -> Vec<(usize, ProxyFault)> {
    let mut cases = Vec::new();
    for (place, asked) in all.iter().enumerate() {
        let is_first = place == 0 || all[place - 1].writes < asked.writes;
        let few = match lasting {
            Lasting::Once => 2,
            Lasting::ToTheEnd => usize::from(asked.writes % 4 == 1),
        };
        for (number, fault) in faults.iter().enumerate() {
            let begin = asked.writes * 2 + asked.writes / 4;
            let turn = (number + faults.len() - begin % faults.len()) % faults.len();
            if !is_few || (is_first && turn < few) {
                cases.push((place + 1, *fault));
            }
        }
    }
    cases
}

async fn matrix(kind: StoreKind, lasting: Lasting, is_few: bool) {
    let Some(all) = everything_asked(kind).await else {
        return;
    };
    let writes = all.last().map_or(0, |asked| asked.writes);
    assert!(writes > 8, "{all:?}");
    let cases = cases(&all, &faults(kind), lasting, is_few);
    let mut wrong = Vec::new();
    for (at, fault) in &cases {
        let asked = &all[at - 1];
        if let Err(why) = once(kind, *at, asked, *fault, lasting).await {
            let Asked { writes, point } = asked;
            wrong.push(format!("number {at} (write {writes}, {point}), {fault:?}: {why}"));
        }
    }
    println!(
        "{kind:?} behind a relay, {lasting:?}: {} things asked, {writes} writes, {} cases",
        all.len(),
        cases.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
