//! Projects of hundreds of files, which are read while their folders are still being listed: what is shown is what a check
//! finds that knows all of them beforehand and keeps them all.

use std::path::Path;

use dialform::lint::engine::Checker;
use dialform::project::discovery::projects_below;
use dialform::project::walk::Listings;

use super::broken;
use crate::common::site::{Site, keyed};

const NOW: &str = "2030-01-01T00:00:00Z";

/// What is found at a place: file, first byte, code, message.
type Found = (String, u64, String, String);

/// Plain campaigns and others, in several folders, with what goes across them, and a project in the project.
fn site(files: usize, [outer, inner]: [&str; 2]) -> Site {
    let site = Site::new(&[
        (
            "dialform.kdl",
            &format!("project {{\n    dialect \"{outer}\"\n    timezone \"Europe/Moscow\"\n}}\n"),
        ),
        (
            "campaigns/shared.kdl",
            "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\ntemplate \"quiet\" {\n    \
             call-window from=\"10:00\" to=\"18:00\"\n}\nmoved from=\"gone\" to=\"c-00003\"\n",
        ),
        (
            "campaigns/inner/dialform.kdl",
            &format!("project {{\n    dialect \"{inner}\"\n    campaigns \"**/*.kdl\"\n}}\n"),
        ),
        ("campaigns/.hidden/a.kdl", &broken("hidden")),
        ("notes/a.kdl", &broken("elsewhere")),
    ]);
    let extended = |key: &str| keyed(key).replacen("{\n", "{\n    lifetime \"14d\"\n", 1);
    for index in 0..files {
        let key = format!("c-{index:05}");
        let text = match index % 23 {
            4 => keyed(&key).replace("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "\"promo\""),
            5 => keyed(&key).replace("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "\"prono\""),
            6 => keyed(&key).replacen(" {\n", " template=\"quiet\" {\n", 1),
            7 => keyed(&key).replace("start \"manual\"", "start \"time\" at=\"2001-01-01 10:00\""),
            8 => broken(&key),
            9 => extended(&key),
            10 => keyed("c-00000"),
            11 => keyed(&key) + &keyed(&format!("{key}-second")) + &broken(&format!("{key}-third")),
            12 => keyed(&key) + "\n}\n",
            13 => format!("// dialform: file-ignore[DF102] so far\n{}", keyed(&key)),
            _ => keyed(&key),
        };
        let folder = ["campaigns", "campaigns/a", "campaigns/a/b", "campaigns/z"][index % 4];
        site.write(&format!("{folder}/{index:05}.kdl"), text);
    }
    for index in 0..40 {
        let text = if index == 7 {
            broken("x")
        } else {
            extended(&format!("x-{index}"))
        };
        site.write(
            &format!("campaigns/inner/{index}.kdl"),
            text + &extended(&format!("y-{index}")),
        );
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../notes", site.path("campaigns/linked")).unwrap();
        std::os::unix::fs::symlink("a", site.path("campaigns/again")).unwrap();
    }
    site
}

/// What a check finds that knows all files beforehand.
fn expected(root: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for project in projects_below(root, &mut Listings::default()).projects {
        let mut checker = Checker::new(root, Some(NOW.parse().unwrap()));
        let scope = checker.project_scope(&project, &[]);
        let checked = checker.check(&scope, &[]);
        found.extend(checked.findings.iter().map(|finding| {
            let file = checked.sources.file(finding.place.file).path();
            (
                file.to_str().unwrap().to_owned(),
                u64::from(finding.place.span.start),
                finding.rule.code.to_owned(),
                finding.message.clone(),
            )
        }));
    }
    found.sort();
    found
}

fn shown(site: &Site, arguments: &[&str]) -> Vec<Found> {
    let ran = site.lint(&[arguments, &["--output-format", "json", "--now", NOW]].concat());
    let report = ran.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let diagnostics = report["diagnostics"].as_array().unwrap().iter().map(|finding| {
        (
            text(&finding["file"]),
            finding["range"]["start"]["byte"].as_u64().unwrap(),
            text(&finding["code"]),
            text(&finding["message"]),
        )
    });
    let mut shown: Vec<Found> = diagnostics.collect();
    shown.sort();
    shown
}

#[test]
fn what_is_read_while_folders_are_listed_is_found_all_the_same() {
    // Fewer than are worth a thread, and more.
    let dialects = [["classic", "extended"], ["extended", "classic"]];
    for (files, dialects) in [0, 1, 20, 700]
        .into_iter()
        .flat_map(|files| dialects.map(|dialects| (files, dialects)))
    {
        let site = site(files, dialects);
        let root = site.root().canonicalize().unwrap();
        let expected = expected(&root);
        assert_eq!(shown(&site, &[]), expected, "{files}");
        assert!(files < 700 || expected.len() > 200, "{}", expected.len());
        // Part by part, whose folders are listed for themselves.
        for part in ["campaigns/a", "campaigns/inner", "campaigns"] {
            if !site.path(part).exists() {
                continue;
            }
            let of_part: Vec<Found> = expected
                .iter()
                .filter(|(file, ..)| file.starts_with(&format!("{part}/")))
                .cloned()
                .collect();
            assert_eq!(shown(&site, &[part]), of_part, "{files} {part}");
        }
        assert_eq!(shown(&site, &["campaigns", "."]), expected, "{files}");
        assert_eq!(shown(&site, &[".", "campaigns/shared.kdl"]), expected, "{files}");
        assert_eq!(shown(&site, &["campaigns/shared.kdl", "."]), expected, "{files}");
    }
}
