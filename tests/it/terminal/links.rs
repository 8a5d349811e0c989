//! Places as links, on terminals that open them.

use std::fs;

use super::pty::{Seen, To, run};
use super::{dialform, project};
use crate::common::site::CLEAN;

const OPENING: &str = "\u{1b}]8;;";
const LIKE_KITTY: (&str, &str) = ("TERM", "xterm-kitty");

fn lint(variables: &[(&str, &str)], arguments: &[&str], out: To) -> Seen {
    let folder = project(&[("campaigns/весна 1.kdl", &CLEAN.replace("3/s", "0/s"))]);
    let mut command = dialform(folder.path(), &["lint", "--output-format", "human"]);
    command.args(arguments).envs(variables.iter().copied());
    run(command, out, To::Pipe)
}

#[test]
fn a_place_links_to_its_file() {
    let folder = project(&[("campaigns/весна 1.kdl", &CLEAN.replace("3/s", "0/s"))]);
    let mut command = dialform(folder.path(), &["lint"]);
    command.envs([LIKE_KITTY]);
    let seen = run(command, To::Terminal(100), To::Pipe);
    let (_, link) = seen.out.split_once(OPENING).unwrap_or_else(|| panic!("{seen:?}"));
    let (address, rest) = link.split_once("\u{1b}\\").unwrap();
    let path = fs::canonicalize(folder.path()).unwrap();
    assert!(address.starts_with("file://"), "{address}");
    let ending = format!("{}/campaigns/%D0%B2%D0%B5%D1%81%D0%BD%D0%B0%201.kdl", path.display());
    assert!(address.ends_with(&ending), "{address} {ending}");
    assert!(
        rest.starts_with(&format!("campaigns/весна 1.kdl:7:10{OPENING}\u{1b}\\")),
        "{rest:?}"
    );
}

#[test]
fn links_are_for_terminals_that_open_them() {
    let terminal = To::Terminal(100);
    for (variables, arguments, out, linked) in [
        (&[LIKE_KITTY][..], &[][..], terminal, true),
        (&[LIKE_KITTY], &[], To::Pipe, false),
        (&[LIKE_KITTY], &["--color=always"], To::Pipe, false),
        (&[LIKE_KITTY, ("NO_COLOR", "1")], &[], terminal, false),
        (&[LIKE_KITTY, ("FORCE_HYPERLINK", "0")], &[], terminal, false),
        (&[LIKE_KITTY], &["--color=never"], terminal, false),
        (&[("TERM", "xterm"), ("VTE_VERSION", "7200")], &[], terminal, true),
        (&[("TERM", "xterm"), ("WT_SESSION", "1")], &[], terminal, true),
        (&[("TERM", "xterm")], &[], terminal, false),
        (&[("TERM", "xterm"), ("FORCE_HYPERLINK", "1")], &[], terminal, true),
        (&[("TERM", "dumb"), ("WT_SESSION", "1")], &[], terminal, false),
        // Into `less -R`, where both are asked for.
        (&[("FORCE_HYPERLINK", "1")], &["--color=always"], To::Pipe, true),
        (&[("FORCE_HYPERLINK", "1")], &[], To::Pipe, false),
    ] {
        let seen = lint(variables, arguments, out);
        assert_eq!(
            seen.out.contains(OPENING),
            linked,
            "{variables:?} {arguments:?} {out:?} {seen:?}"
        );
    }
}

/// All but the links is the same: they take no columns.
#[test]
fn links_move_nothing() {
    let plain = lint(&[("TERM", "xterm")], &[], To::Terminal(100)).out;
    let linked = lint(&[LIKE_KITTY], &[], To::Terminal(100)).out;
    let mut without = String::new();
    let mut rest = linked.as_str();
    while let Some((before, link)) = rest.split_once(OPENING) {
        without.push_str(before);
        rest = link.split_once("\u{1b}\\").unwrap().1;
    }
    without.push_str(rest);
    assert_ne!(plain, linked);
    assert_eq!(plain, without);
}
