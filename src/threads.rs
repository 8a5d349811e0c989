//! Work that is cut into parts, one for each processor.

use std::num::NonZero;

/// Fewer items than this are not worth a thread of their own.
const LEAST: usize = 256;

/// Cuts `items` into one part a processor and works on all of them at once; the results come in the parts' order.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let parts = (items.len() / LEAST).clamp(1, processors);
    let size = items.len().div_ceil(parts).max(1);
    let mut parts = items.chunks(size);
    let Some(first) = parts.next() else {
        return Vec::new();
    };
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut results = vec![work(first)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}
