//! Readings of the list of tasks, indexed by marker, and shared by all campaigns that wait for one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::api::{ApiError, Client, ListedTask};
use crate::state::{Marker, SameId, State};

use super::event::Event;
use super::report::StopReason;
use super::run::{ApplyRun, RETRIES};
use super::wait_budget::backoff;

/// The list as it was at one time.
#[derive(Debug)]
pub(super) struct ListReading {
    pub(super) tasks: Vec<ListedTask>,
    /// Counts the readings of this run, from 1, in the order in which they began.
    number: u64,
    /// When it began.
    begun: Instant,
    /// The same by the clock of the wall.
    pub(super) read_at: Timestamp,
    /// The place in `tasks` of each id; the first, where there are several.
    by_id: BTreeMap<SameId, usize>,
    /// The places in `tasks` of every text that may be the random part of a marker.
    places: BTreeMap<String, Vec<usize>>,
}

impl ListReading {
    fn new(number: u64, (begun, read_at): (Instant, Timestamp), tasks: Vec<ListedTask>) -> Self {
        let mut by_id = BTreeMap::new();
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, task) in tasks.iter().enumerate() {
            by_id.entry(SameId::of(task.identity.as_str())).or_insert(place);
            for random in task.text.random_parts() {
                let known = places.entry(random.to_owned()).or_default();
                if known.last() != Some(&place) {
                    known.push(place);
                }
            }
        }
        Self {
            tasks,
            number,
            begun,
            read_at,
            by_id,
            places,
        }
    }

    /// The task of this id.
    pub(super) fn find(&self, identity: &str) -> Option<&ListedTask> {
        self.tasks.get(*self.by_id.get(&SameId::of(identity))?)
    }

    /// The tasks with this marker's random part anywhere in their texts.
    pub(super) fn carrying(&self, marker: &Marker) -> impl Iterator<Item = &ListedTask> {
        let places = self.places.get(marker.random_part()).into_iter().flatten();
        places.filter_map(|place| self.tasks.get(*place))
    }

    /// Whether a marker that this state has put on anything is in it: then the list shows comments, and absence is
    /// something to go by.
    pub(super) fn shows_ours(&self, state: &State) -> bool {
        let mut ours = state.markers();
        ours.any(|(_, marker)| self.places.contains_key(marker.random_part()))
    }
}

/// The readings of one run.
#[derive(Debug, Default)]
pub(super) struct Readings {
    begun: AtomicU64,
    latest: Mutex<Option<Arc<ListReading>>>,
}

impl Readings {
    /// How many readings have begun. One that is to show what is at the API now must have a higher number.
    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// The latest reading that began after so many others; where there is none, the list is read, patiently, and all that
    /// ask meanwhile share it. Where it cannot be had, the run is stopped in the words of `stop`.
    pub(super) async fn after(
        &self,
        run: &ApplyRun,
        begun: u64,
        stop: fn(String) -> StopReason,
    ) -> Option<Arc<ListReading>> {
        self.newer(run, begun, stop, true).await
    }

    /// [`Readings::after`]; one that only confirms what is about to be done is not announced.
    async fn newer(
        &self,
        run: &ApplyRun,
        begun: u64,
        stop: fn(String) -> StopReason,
        is_announced: bool,
    ) -> Option<Arc<ListReading>> {
        let client = run.client()?;
        let mut latest = self.latest.lock().await;
        if let Some(reading) = latest.as_ref().filter(|reading| reading.number > begun) {
            return Some(Arc::clone(reading));
        }
        let reading = self.patiently(run, client, stop, is_announced).await?;
        Some(Arc::clone(latest.insert(reading)))
    }

    /// A reading that is no older; where there is none, as [`Readings::after`]. With an age of zero it begins after this.
    pub(super) async fn recent(
        &self,
        run: &ApplyRun,
        age: Duration,
        stop: fn(String) -> StopReason,
    ) -> Option<Arc<ListReading>> {
        let begun = self.begun();
        let latest = self.latest.lock().await.clone();
        match latest.filter(|reading| reading.begun.elapsed() < age) {
            Some(reading) => Some(reading),
            None => self.newer(run, begun, stop, false).await,
        }
    }

    /// Reads the list once, whatever was read before.
    pub(super) async fn again(&self, run: &ApplyRun, client: &Client) -> Result<Arc<ListReading>, ApiError> {
        let mut latest = self.latest.lock().await;
        let reading = self.once(run, client, true).await?;
        Ok(Arc::clone(latest.insert(reading)))
    }

    async fn patiently(
        &self,
        run: &ApplyRun,
        client: &Client,
        stop: fn(String) -> StopReason,
        is_announced: bool,
    ) -> Option<Arc<ListReading>> {
        for number in 0.. {
            if !run.may_send() {
                return None;
            }
            let (error, wait) = match self.once(run, client, is_announced).await {
                Ok(reading) => return Some(reading),
                Err(error @ ApiError::TooMany { wait }) => (error, wait.unwrap_or_else(|| backoff(number))),
                Err(error) => (error, backoff(number)),
            };
            // The wait that follows would end at once, and what is wrong with the list is not worth a word.
            if run.interrupt().is_raised() {
                run.stop_for(StopReason::Interrupted);
                return None;
            }
            // A refusal stays one; all else may pass.
            let is_final = match &error {
                ApiError::CaFile { .. }
                | ApiError::Rejected { .. }
                | ApiError::Unauthorized { .. }
                | ApiError::ListShape { .. }
                | ApiError::ListContradicts { .. }
                | ApiError::ListEndless { .. } => true,
                ApiError::NotSent(reason) => !reason.may_pass(),
                _ => false,
            };
            let why = error.to_string();
            if is_final || number >= RETRIES || !run.wait(wait, why.clone()).await {
                run.stop_for(stop(why));
                return None;
            }
        }
        None
    }

    async fn once(&self, run: &ApplyRun, client: &Client, is_announced: bool) -> Result<Arc<ListReading>, ApiError> {
        let number = self.begun.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if is_announced {
            run.emit(Event::ReadingList);
        }
        let begun = (Instant::now(), Timestamp::now());
        Ok(Arc::new(ListReading::new(number, begun, client.scan().await?)))
    }
}
