//! Findings on terminals of every width, beside lines that are longer than any.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::pty::{Seen, To, run};
use super::{dialform, project};
use crate::common::site::CLEAN;

/// The mark under the place of a finding, and the source above it.
fn marked(seen: &Seen) -> String {
    let lines: Vec<&str> = seen.out.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains('─') && line.contains("· ") && !line.contains('╰'))
        .unwrap_or_else(|| panic!("{}", seen.out));
    let (above, below) = (lines[at - 1], lines[at]);
    // Columns before the mark and of it.
    let before = below.width() - below.trim_start_matches(|c| c != '─' && c != '┬').width();
    let length = below.trim_end().width() - before;
    let mut column = 0;
    let mut text = String::new();
    for c in above.chars() {
        if (before..before + length).contains(&column) {
            text.push(c);
        }
        column += c.to_string().width();
    }
    text
}

fn lint(text: &str, columns: u16) -> Seen {
    let folder = project(&[("campaigns/a.kdl", text)]);
    run(
        dialform(folder.path(), &["lint", "--output-format", "human"]),
        To::Terminal(columns),
        To::Pipe,
    )
}

fn fits(seen: &Seen, columns: usize) {
    // A label is never cut: it says what is wrong.
    for line in seen.out.lines().filter(|line| !line.contains("╰──")) {
        assert!(line.width() <= columns, "{} columns: {line:?}", line.width());
    }
}

#[test]
fn the_width_is_the_terminals_unless_columns_says_another() {
    let text = CLEAN.replace("name \"A\"", &format!("nmae \"{}\"", "весна ".repeat(60)));
    for columns in [40, 60, 80, 120, 200] {
        let seen = lint(&text, columns);
        fits(&seen, usize::from(columns));
        let longest = seen.out.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(longest + 12 > usize::from(columns), "{columns} {longest}");
        assert_eq!(marked(&seen), "nmae");
    }
    let folder = project(&[("campaigns/a.kdl", &text)]);
    let longest = |variable: &str, out: To| {
        let mut command = dialform(folder.path(), &["lint", "--output-format", "human"]);
        command.env("COLUMNS", variable);
        let seen = run(command, out, To::Pipe);
        seen.out.lines().map(UnicodeWidthStr::width).max().unwrap()
    };
    for (variable, out, range) in [
        ("60", To::Terminal(120), 48..=60),
        ("60", To::Pipe, 48..=60),
        // What is no width does not count, and what is too much or too little is taken as far as it goes.
        ("wide", To::Terminal(120), 108..=120),
        ("0", To::Terminal(120), 108..=120),
        ("", To::Terminal(120), 108..=120),
        ("99999999999", To::Terminal(120), 108..=120),
        ("9999", To::Terminal(120), 350..=400),
        ("1", To::Terminal(120), 30..=40),
        // A terminal that does not know its own.
        ("", To::Terminal(0), 88..=100),
    ] {
        let longest = longest(variable, out);
        assert!(range.contains(&longest), "{variable:?} {out:?}: {longest}");
    }
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let filler = |length: usize| "д".repeat(length);
    // In front of the place, behind it, and on both sides.
    for (front, behind) in [(10_000, 0), (0, 10_000), (10_000, 10_000), (70, 3), (3, 70), (60, 60)] {
        let line = format!("/* {} */ pace \"0/s\" /* {} */", filler(front), filler(behind));
        let seen = lint(&CLEAN.replace("pace \"3/s\"", &line), 80);
        fits(&seen, 80);
        assert_eq!(marked(&seen), "\"0/s\"", "{front} {behind} {}", seen.out);
        let column = 4 + 3 + front + 4 + 5 + 1;
        assert!(
            seen.out.contains(&format!("campaigns/a.kdl:7:{column}]")),
            "{}",
            seen.out
        );
        assert!(seen.out.contains('…'), "{}", seen.out);
    }
}

#[test]
fn a_place_that_is_longer_than_the_terminal_is_cut_itself() {
    let seen = lint(&CLEAN.replace("\"3/s\"", &format!("\"{}\"", "9".repeat(10_000))), 80);
    fits(&seen, 80);
    let marked = marked(&seen);
    assert!(
        marked.starts_with("\"999") && marked.ends_with('…'),
        "{marked} {}",
        seen.out
    );
    // Nor is it quoted at full length in the words.
    assert!(seen.out.len() < 2_000, "{}", seen.out);
}

#[test]
fn wide_characters_and_tabs_keep_the_mark_under_its_place() {
    for front in ["通話通話", "\t\t", "e\u{301}e\u{301}", "🙂🙂", "имя"] {
        for times in [1, 40] {
            let line = format!("/* {} */ pace \"0/s\"", front.repeat(times));
            let seen = lint(&CLEAN.replace("pace \"3/s\"", &line), 80);
            fits(&seen, 80);
            assert_eq!(marked(&seen), "\"0/s\"", "{front:?} {times}: {}", seen.out);
        }
    }
}

#[test]
fn the_lines_around_are_cut_too() {
    let text = CLEAN
        .replace("    pace", &format!("    // {}\n    pace", "до ".repeat(4_000)))
        .replace("3/s\"", &format!("0/s\"\n    // {}", "после ".repeat(4_000)));
    let seen = lint(&text, 80);
    fits(&seen, 80);
    assert_eq!(marked(&seen), "\"0/s\"");
    assert_eq!(seen.out.matches('…').count(), 2, "{}", seen.out);
}

#[test]
fn nothing_in_a_file_commands_the_terminal() {
    let text = CLEAN.replace(
        "pace \"3/s\"",
        "comment \"\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}x\u{9b}31m\" pace \"0/s\"",
    );
    let seen = lint(&text, 80);
    for bad in ['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}'] {
        assert!(!seen.out.contains(bad), "{bad:?}: {:?}", seen.out);
    }
}

#[test]
fn a_place_over_many_lines_shows_where_it_begins() {
    let text = format!("{CLEAN}campaign \"b\" {{\n{}", "    // still open\n".repeat(3_000));
    let seen = lint(&text, 80);
    assert_ne!(seen.code, Some(0));
    assert!(seen.out.lines().count() < 60, "{}", seen.out.lines().count());
}

#[test]
fn a_thousand_findings_in_one_line_of_a_large_file_take_no_time() {
    let one = "campaign \"a\" { pace \"0/s\"; bogus 1; }; ".repeat(1_500);
    let folder = project(&[("campaigns/a.kdl", &format!("{}{one}", "// filler\n".repeat(100_000)))]);
    let began = Instant::now();
    let mut command = dialform(folder.path(), &["lint", "--output-format", "human"]);
    command.env("COLUMNS", "80");
    let seen = run(command, To::Pipe, To::Pipe);
    assert_eq!(seen.code, Some(1));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
