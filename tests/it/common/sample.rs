//! How many of many cases an everyday run tries. `EVERY_CASE=1` tries all of them.

/// Which of many cases are tried: each so many, or each.
pub(crate) fn every(usual: usize) -> usize {
    if is_whole() { 1 } else { usual }
}

/// How many cases are generated.
pub(crate) fn generated(usual: u32, whole: u32) -> u32 {
    if is_whole() { whole } else { usual }
}

fn is_whole() -> bool {
    std::env::var_os("EVERY_CASE").is_some()
}
