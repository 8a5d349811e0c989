//! Runs work on all processors.

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` once on each processor, but no more than `most` times, and at least once. It is told which run it is: the
/// first, 0, is on the thread that asks. The results come in the order of the runs.
pub(crate) fn on_each<R: Send>(most: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = runs(most);
    if threads < 2 {
        return vec![work(0)];
    }
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = (1..threads).map(|run| scope.spawn(move || work(run))).collect();
        let mut results = vec![work(0)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}

/// Cuts `items` into one part a processor and works on all of them at once; the results come in the parts' order. Fewer
/// items than `least` are not worth a thread of their own.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], least: usize, work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let parts = runs(items.len() / least);
    let size = items.len().div_ceil(parts);
    on_each(parts, |part| {
        let start = items.len().min(part * size);
        work(&items[start..items.len().min(start + size)])
    })
}

/// Runs two works side by side, where there is a processor for each.
pub(crate) fn side_by_side<A, B: Send>(here: impl FnOnce() -> A, beside: impl FnOnce() -> B + Send) -> (A, B) {
    if processors() < 2 {
        return (here(), beside());
    }
    std::thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        match beside.join() {
            Ok(beside) => (here, beside),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Works on each of `items`, which may take different times, on no more than `most` processors. The results come in the order of
/// the items.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], most: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = on_each(most.min(items.len()), |_| {
        let next = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            Some((index, work(items.get(index)?)))
        };
        std::iter::from_fn(next).collect::<Vec<_>>()
    });
    let mut done: Vec<(usize, R)> = done.into_iter().flatten().collect();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn runs(most: usize) -> usize {
    if most < 2 { 1 } else { most.min(processors()) }
}

/// How many processors there are for this program.
pub(crate) fn processors() -> usize {
    /// Asking the system reads several files.
    static PROCESSORS: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, NonZero::get));
    *PROCESSORS
}
