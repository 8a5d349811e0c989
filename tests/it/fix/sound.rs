//! Whatever is wrong with a project, fixing it leaves nothing new, and is done after one run.

use dialform::finding::Applicability::{Safe, Unsafe};
use dialform::rules::RULES;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::site::{Files, Site, bytes, example_files};
use crate::common::sample::{every, generated};
use crate::mistakes::base::{CLASSIC, EXTENDED};
use crate::mistakes::harness::{Planted, files};
use crate::mistakes::{all, mutations};

#[test]
fn the_bad_example_of_every_rule() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let files = example_files(rule.bad);
        let site = Site::new(&files);
        for most in [Safe, Unsafe] {
            if let Err(why) = site.prove(&files, most) {
                wrong.push(format!("{} {}: {why}", rule.code, rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_planted_mistake_by_itself() {
    let sites = [CLASSIC, EXTENDED].map(|base| (base, Site::new(&bytes(&files(base)))));
    let mut wrong = Vec::new();
    for (number, planted) in all().enumerate() {
        let mut files = files(planted.base());
        assert!(planted.plant_into(&mut files), "{planted:?}");
        let files = bytes(&files);
        let (_, site) = sites.iter().find(|(base, _)| *base == planted.base()).unwrap();
        // One of the two for each mistake; both with `EVERY_CASE=1`.
        for most in [Safe, Unsafe].into_iter().skip(number % every(2)).step_by(every(2)) {
            if let Err(why) = site.prove(&files, most) {
                wrong.push(format!("{planted:?} ({most:?}): {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n\n"));
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn several_planted_mistakes_together() {
    for base in [CLASSIC, EXTENDED] {
        let site = Site::new(&bytes(&files(base)));
        let planted: Vec<&Planted> = all().filter(|planted| planted.base() == base).collect();
        proptest!(config(generated(60, 150)), |(picks in vec(any::<Index>(), 2..12), is_unsafe in any::<bool>())| {
            let mut files = files(base);
            for pick in picks {
                planted[pick.index(planted.len())].plant_into(&mut files);
            }
            let most = if is_unsafe { Unsafe } else { Safe };
            let proven = site.prove(&bytes(&files), most);
            prop_assert!(proven.is_ok(), "{}", proven.unwrap_err());
        });
    }
}

#[test]
fn whatever_bytes_become_of_a_file() {
    for base in [CLASSIC, EXTENDED] {
        let whole: Files = bytes(&files(base));
        let site = Site::new(&whole);
        let changes = || vec(mutations::change(), 1..6);
        proptest!(config(generated(60, 150)), |(file in any::<Index>(), changes in changes(), is_unsafe in any::<bool>())| {
            let mut files = whole.clone();
            let content = files.values_mut().nth(file.index(whole.len())).unwrap();
            for change in &changes {
                mutations::changed(content, change);
            }
            let most = if is_unsafe { Unsafe } else { Safe };
            let proven = site.prove(&files, most);
            prop_assert!(proven.is_ok(), "{}", proven.unwrap_err());
        });
    }
}
