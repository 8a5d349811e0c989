//! `lint --fix`, `--unsafe-fixes` and `--diff` as people call them.

use std::fs;
use std::process::Output;

use crate::common::command::with_input;
use crate::common::site::Site;

/// A campaign with these lines.
fn campaign(lines: &str) -> String {
    format!(
        "campaign \"a\" {{\n    name \"A\"\n    scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    on-transfer \"end\"\n    \
         start \"manual\"\n    effective-after \"5s\"\n    redial #false\n{lines}}}\n"
    )
}

const BAD: &str = "    caller_id \"default\"\n    record false\n    pace 3\n";
const SAFE: &str = "    caller-id \"default\"\n    record #false\n    pace 3\n";
const ALL: &str = "    caller-id \"default\"\n    record #false\n    pace \"3/s\"\n";

impl Site {
    /// A project of one campaign.
    fn of(lines: &str) -> Self {
        Self::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &campaign(lines))])
    }

    fn lint_bytes(&self, arguments: &[&str], text: &[u8]) -> Output {
        with_input(self.lint_command("", arguments), text)
    }
}

#[test]
fn fix_writes_what_is_certain_and_reports_the_rest() {
    let site = Site::of(BAD);
    let plain = site.lint(&[]);
    assert_eq!(
        plain.stderr,
        "3 errors in 2 files\n2 fixable with `--fix`, and 1 more with `--unsafe-fixes`\n"
    );
    assert_eq!(
        site.read("campaigns/a.kdl"),
        campaign(BAD),
        "a plain lint writes nothing"
    );

    let fixed = site.lint(&["--fix"]);
    assert_eq!(fixed.code, Some(1));
    assert_eq!(
        fixed.stdout,
        "campaigns/a.kdl:10:10: error[DF114] `3` is not written as a pace\n"
    );
    assert_eq!(fixed.stderr, "1 error in 2 files, 2 fixed\n");
    assert_eq!(site.read("campaigns/a.kdl"), campaign(SAFE));

    let left = site.lint(&["campaigns"]);
    assert_eq!(
        left.stderr,
        "1 error in 1 file\n1 fixable with `--fix --unsafe-fixes`\n"
    );
    let all = site.lint(&["--fix", "--unsafe-fixes"]);
    assert_eq!((all.code, all.stdout.as_str()), (Some(0), ""));
    assert_eq!(all.stderr, "no findings in 2 files, 1 fixed\n");
    assert_eq!(site.read("campaigns/a.kdl"), campaign(ALL));

    let again = site.lint(&["--fix", "--unsafe-fixes"]);
    assert_eq!(again.stderr, "no findings in 2 files, 0 fixed\n");
}

#[test]
fn diff_shows_what_would_change_and_writes_nothing() {
    let site = Site::of(BAD);
    let safe = site.lint(&["--diff"]);
    assert_eq!(safe.code, Some(1));
    assert_eq!(
        safe.stdout,
        "--- campaigns/a.kdl\n+++ campaigns/a.kdl\n@@ -5,7 +5,7 @@\n     start \"manual\"\n     effective-after \"5s\"\n     \
         redial #false\n-    caller_id \"default\"\n-    record false\n+    caller-id \"default\"\n+    record #false\n     \
         pace 3\n }\n"
    );
    assert_eq!(safe.stderr, "2 findings would be fixed\n");
    let all = site.lint(&["--diff", "--unsafe-fixes", "--fix"]);
    assert!(all.stdout.contains("+    pace \"3/s\"\n"), "{all:?}");
    assert_eq!(all.stderr, "3 findings would be fixed\n");
    assert_eq!(site.read("campaigns/a.kdl"), campaign(BAD));

    let clean = Site::of(ALL).lint(&["--diff"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (Some(0), ""));
    assert_eq!(clean.stderr, "nothing would change\n");
}

#[test]
fn unsafe_fixes_alone_are_a_mistake() {
    let ran = Site::of(BAD).lint(&["--unsafe-fixes"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr,
        "error: `--unsafe-fixes` requires `--fix` or `--diff`: dialform lint --fix --unsafe-fixes\n"
    );
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let site = Site::of(BAD);
    let name = ["-", "--stdin-filename", "campaigns/a.kdl"];
    let fixed = site.lint_text(&[&["--fix"], &name[..]].concat(), &campaign(BAD));
    assert_eq!(fixed.code, Some(1));
    assert_eq!(fixed.stdout, campaign(SAFE));
    assert_eq!(
        fixed.stderr,
        "campaigns/a.kdl:10:10: error[DF114] `3` is not written as a pace\n1 error in 1 file, 2 fixed\n"
    );
    assert_eq!(site.read("campaigns/a.kdl"), campaign(BAD), "the file itself stays");

    let clean = site.lint_text(&["--fix", "-"], &campaign(ALL).replace("\"a\"", "\"b\""));
    assert_eq!(clean.stdout, campaign(ALL).replace("\"a\"", "\"b\""));
    let diff = site.lint_text(&["--diff", "-"], &campaign(BAD).replace("\"a\"", "\"b\""));
    assert!(diff.stdout.starts_with("--- stdin.kdl\n"), "{diff:?}");
}

#[test]
fn what_is_no_text_comes_back_as_it_is() {
    let site = Site::of(ALL);
    let bytes = b"name \"\xFF\"\nrecord false\n";
    let ran = site.lint_bytes(&["--fix", "-"], bytes);
    assert_eq!((ran.status.code(), ran.stdout.as_slice()), (Some(1), bytes.as_slice()));
    let ran = site.lint_bytes(&["--fix", "--max-file-size", "10", "-"], bytes);
    assert_eq!((ran.status.code(), ran.stdout.as_slice()), (Some(2), b"".as_slice()));

    for content in [&bytes[..], b"\xFF\xFEr\0e\0c\0"] {
        fs::write(site.path("campaigns/b.kdl"), content).unwrap();
        let ran = site.lint(&["--fix", "--unsafe-fixes"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!(fs::read(site.path("campaigns/b.kdl")).unwrap(), content);
    }
    fs::write(site.path("campaigns/b.kdl"), campaign(BAD)).unwrap();
    site.lint(&["--fix", "--max-file-size", "50"]);
    assert_eq!(site.read("campaigns/b.kdl"), campaign(BAD));
}

#[test]
fn several_projects_loose_files_and_only_what_is_named() {
    let site = Site::new(&[
        ("one/dialform.kdl", ""),
        ("one/campaigns/a.kdl", &campaign(BAD)),
        ("two/dialform.kdl", ""),
        ("two/campaigns/a.kdl", &campaign(BAD)),
        ("loose.kdl", &campaign(BAD)),
    ]);
    let ran = site.lint(&["--fix", "one", "loose.kdl"]);
    assert_eq!(ran.stderr, "2 errors in 3 files, 4 fixed\n");
    assert_eq!(site.read("one/campaigns/a.kdl"), campaign(SAFE));
    assert_eq!(site.read("loose.kdl"), campaign(SAFE));
    assert_eq!(site.read("two/campaigns/a.kdl"), campaign(BAD));
    site.lint(&["--fix"]);
    assert_eq!(site.read("two/campaigns/a.kdl"), campaign(SAFE));
}

#[test]
fn a_fix_that_is_left_out_is_explained() {
    let site = Site::of("    caller_id \"default\"\n    pace \"3/s\"\n    record true\n");
    let ran = site.lint(&["--fix"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stderr,
        "not fixed: campaigns/a.kdl:10:12: DF010: the fix would cause DF201: `record #true` needs `trim-left=`\n\
         1 fix was skipped\n1 error in 2 files, 1 fixed\n"
    );
}

#[test]
fn a_diff_ends_with_0_where_exit_zero_asks_for_it() {
    let site = Site::of(BAD);
    assert_eq!(site.lint(&["--diff"]).code, Some(1));
    let ran = site.lint(&["--diff", "--exit-zero"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("+++ campaigns/a.kdl"), "{}", ran.stdout);
}

#[test]
fn a_baseline_that_goes_nowhere_is_refused_before_files_are_fixed() {
    let site = Site::of(BAD);
    assert_eq!(site.lint(&["--fix", "--write-baseline"]).code, Some(2));
    for place in [
        &["--write-baseline=campaigns/a.kdl"][..],
        &["--baseline", "dialform.kdl", "--write-baseline"],
    ] {
        let ran = site.lint(place);
        assert_eq!(ran.code, Some(2), "{place:?}");
        assert!(
            ran.stderr.contains("would be overwritten with a baseline"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(site.read("dialform.kdl"), "");
    assert_eq!(site.read("campaigns/a.kdl"), campaign(BAD));
}

#[test]
fn reports_for_programs_stay_what_they_are() {
    let site = Site::of(BAD);
    let ran = site.lint(&["--fix", "--output-format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["error_count"], 1);
    assert_eq!(ran.stderr, "");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn permissions_and_links_stay() {
        let site = Site::of(BAD);
        fs::rename(site.path("campaigns/a.kdl"), site.path("real.txt")).unwrap();
        symlink("../real.txt", site.path("campaigns/a.kdl")).unwrap();
        fs::set_permissions(site.path("real.txt"), fs::Permissions::from_mode(0o640)).unwrap();
        let ran = site.lint(&["--fix"]);
        assert_eq!(ran.stderr, "1 error in 2 files, 2 fixed\n");
        assert!(site.path("campaigns/a.kdl").is_symlink());
        assert_eq!(site.read("real.txt"), campaign(SAFE));
        let mode = fs::metadata(site.path("real.txt")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// A file that two projects share, or that has two names in one, is fixed once, and nothing went wrong.
    #[test]
    fn a_file_that_is_found_twice_is_written_once() {
        let site = Site::of(BAD);
        fs::create_dir_all(site.path("other/campaigns")).unwrap();
        fs::write(site.path("other/dialform.kdl"), "").unwrap();
        symlink("../../campaigns/a.kdl", site.path("other/campaigns/a.kdl")).unwrap();
        let ran = site.lint(&["--fix", ".", "other"]);
        assert!(!ran.stderr.contains("in the meantime"), "{ran:?}");
        assert_eq!(ran.code, Some(1));
        assert_eq!(site.read("campaigns/a.kdl"), campaign(SAFE));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named_and_the_others_are_written() {
        let site = Site::of(BAD);
        fs::write(site.path("campaigns/b.kdl"), campaign(BAD).replace("\"a\"", "\"b\"")).unwrap();
        fs::set_permissions(site.path("campaigns/a.kdl"), fs::Permissions::from_mode(0o444)).unwrap();
        let ran = site.lint(&["--fix"]);
        assert_eq!(ran.code, Some(2));
        assert_eq!(
            ran.stderr,
            "error: campaigns/a.kdl: it is read-only, so it was left as it is; allow writing (`chmod u+w`) and run this again\n\
             4 errors in 3 files, 2 fixed\n"
        );
        assert_eq!(site.read("campaigns/a.kdl"), campaign(BAD));
        assert_eq!(site.read("campaigns/b.kdl"), campaign(SAFE).replace("\"a\"", "\"b\""));
    }

    #[test]
    fn a_pipe_is_refused_and_not_read() {
        let site = Site::of(BAD);
        let ran = site.lint(&["--fix", "/dev/null"]);
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains("is no regular file"), "{ran:?}");
    }
}
