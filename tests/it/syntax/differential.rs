//! The front end against the `kdl` crate on generated documents: both accept the same texts and read the same from them.

use std::cell::Cell;

use dialform::syntax::{Comparison, compare};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::deviations::{DEVIATIONS, known};
use super::generate::document;

/// How many documents are compared where `PROPTEST_CASES` does not say.
const CASES: u32 = 10_000;

/// The same documents every time, so that a change is judged by what it changes; with `PROPTEST_CASES`, new ones.
#[test]
fn both_readers_agree_but_for_what_is_listed() {
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let mut runner = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(
            Config { cases: CASES, ..config },
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        ),
    };
    let (accepted, rejected, listed) = (Cell::new(0_u32), Cell::new(0_u32), Cell::new(0_u32));
    let result = runner.run(&document(), |text| {
        let comparison = compare(&text);
        match &comparison {
            Comparison::Same => accepted.set(accepted.get() + 1),
            Comparison::BothReject => rejected.set(rejected.get() + 1),
            Comparison::Differ(_) if known(&text, &comparison).is_some() => listed.set(listed.get() + 1),
            Comparison::Differ(difference) => return Err(TestCaseError::fail(format!("{difference:?}\n{text}"))),
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let all = accepted.get() + rejected.get() + listed.get();
    // A generator that makes little but rubbish, or little but exceptions, proves nothing.
    assert!(accepted.get() * 2 > all, "{accepted:?} of {all} accepted");
    assert!(rejected.get() * 10 > all, "{rejected:?} of {all} rejected");
    assert!(listed.get() * 20 < all, "{listed:?} of {all} differ as listed");
}

/// A deviation that is fixed on either side leaves the list.
#[test]
fn every_listed_difference_is_one() {
    for deviation in DEVIATIONS {
        let comparison = compare(deviation.example);
        assert!(
            matches!(comparison, Comparison::Differ(_)),
            "{}: {comparison:?}",
            deviation.reason
        );
        let found = known(deviation.example, &comparison).map(|found| found.reason);
        assert_eq!(found, Some(deviation.reason), "{:?}", deviation.example);
    }
}
