//! Which files make up a project: what is hidden, linked, nested or unreadable on the way to them.

use std::fs;
use std::path::{Path, PathBuf};

use dialform::project::discovery::{Scope, project, projects_below};
use dialform::project::walk::Listings;
use tempfile::TempDir;

use crate::common::command::dialform;

fn tree(files: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    (folder, root)
}

fn scope(root: &Path, patterns: &[&str]) -> Scope {
    let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    project(root, &patterns, &mut Listings::default())
}

fn below<P: AsRef<Path>>(root: &Path, paths: impl IntoIterator<Item = P>) -> Vec<String> {
    let relative = |path: P| path.as_ref().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    paths.into_iter().map(relative).collect()
}

#[test]
fn files_come_in_the_order_of_the_parts_of_their_paths() {
    let (_folder, root) = tree(&[
        "dialform.kdl",
        "campaigns/a-b/x.kdl",
        "campaigns/a/x.kdl",
        "campaigns/a.kdl",
        "campaigns/a/b/x.kdl",
        "campaigns/notes.txt",
        "other/x.kdl",
    ]);
    let found = scope(&root, &[]);
    let expected = [
        "campaigns/a/b/x.kdl",
        "campaigns/a/x.kdl",
        "campaigns/a-b/x.kdl",
        "campaigns/a.kdl",
        "dialform.kdl",
    ];
    assert_eq!(below(&root, &found.files), expected);
    assert!(found.files.is_sorted());
    let folders = ["", "campaigns", "campaigns/a", "campaigns/a/b", "campaigns/a-b"];
    assert_eq!(below(&root, &found.folders), folders);
    // Patterns that overlap give a file once, and a project file that they name too.
    let found = scope(
        &root,
        &["other/*.kdl", "campaigns/**/*.kdl", "campaigns/a/*.kdl", "*.kdl"],
    );
    assert_eq!(below(&root, &found.files).len(), 6);
    assert!(found.files.is_sorted());
}

#[test]
fn what_is_hidden_or_belongs_to_another_project_is_left_out() {
    let (_folder, root) = tree(&[
        "dialform.kdl",
        "campaigns/.hidden.kdl",
        "campaigns/.hidden/x.kdl",
        "campaigns/nested/dialform.kdl",
        "campaigns/nested/campaigns/x.kdl",
        "campaigns/y.kdl",
    ]);
    let found = scope(&root, &[]);
    assert_eq!(below(&root, &found.files), ["campaigns/y.kdl", "dialform.kdl"]);
    assert_eq!(below(&root, &found.folders), ["", "campaigns"]);
    let projects = projects_below(&root, &mut Listings::default()).projects;
    assert_eq!(below(&root, projects), ["", "campaigns/nested"]);
}

#[test]
fn folders_are_looked_into_to_a_depth_and_no_further_in_silence() {
    let at = |depth: usize| "p/".repeat(depth);
    let (_folder, root) = tree(&[
        "dialform.kdl",
        &format!("{}dialform.kdl", at(100)),
        &format!("{}dialform.kdl", at(101)),
        &format!("{}x.kdl", at(150)),
    ]);
    let found = projects_below(&root, &mut Listings::default());
    assert_eq!(below(&root, found.projects), ["", at(100).trim_end_matches('/')]);
    let unread = found.unread.into_iter().map(|(folder, _)| folder);
    assert_eq!(below(&root, unread), [at(101).trim_end_matches('/')]);

    let said = dialform(&root, &["lint", "--output-format", "concise"]);
    assert_eq!(said.stdout.matches("DF092").count(), 1, "{}", said.stdout);
    assert!(said.stdout.contains("more than 100 folders deep"), "{}", said.stdout);
}

/// Makes a folder below `root` whose path is too long for the system, so that nobody can list it, be it root.
#[cfg(unix)]
fn unlistable(root: &Path) -> PathBuf {
    use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
    let name = "p".repeat(250);
    let flags = OFlags::DIRECTORY | OFlags::RDONLY;
    let mut folder = open(root, flags, Mode::empty()).unwrap();
    let mut path = root.to_owned();
    while path.as_os_str().len() < 4_096 {
        mkdirat(&folder, &name, Mode::RWXU).unwrap();
        folder = openat(&folder, &name, flags, Mode::empty()).unwrap();
        path.push(&name);
    }
    path
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_said_once() {
    for (files, start) in [
        (&["dialform.kdl"][..], "data"),
        (&["dialform.kdl"], "campaigns"),
        (&["a/dialform.kdl", "b/dialform.kdl"], "data"),
        (&["a/dialform.kdl", "b/dialform.kdl"], "a/data"),
        (&["x.kdl"], "data"),
    ] {
        let (_folder, root) = tree(files);
        fs::create_dir_all(root.join(start)).unwrap();
        let folder = unlistable(&root.join(start));
        let unread = projects_below(&root, &mut Listings::default()).unread;
        assert_eq!(unread.iter().map(|(path, _)| path).collect::<Vec<_>>(), [&folder]);
        for arguments in [
            &["lint", "--output-format", "concise"][..],
            &["lint", ".", "--output-format", "concise"],
        ] {
            let said = dialform(&root, arguments);
            let context = format!("{files:?} {start}: {}{}", said.stdout, said.stderr);
            assert_eq!(said.stdout.matches("DF092").count(), 1, "{context}");
            assert!(said.stdout.contains("cannot be read: File name too long"), "{context}");
            assert_eq!(said.code, Some(1), "{context}");
        }
        // What is named besides is checked as ever.
        let said = dialform(&root, &["lint", files[0]]);
        assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    }
}

#[test]
fn what_lies_deep_below_a_pattern_is_said_once() {
    let deep = format!("campaigns/{}x.kdl", "p/".repeat(120));
    let (_folder, root) = tree(&["dialform.kdl", &deep]);
    let said = dialform(&root, &["lint", "--output-format", "concise"]);
    assert_eq!(said.stdout.matches("DF092").count(), 1, "{}", said.stdout);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use dialform::util::boundary::PathError;

    use super::*;

    /// The files that can be read, and whatever else is in the scope.
    fn parted(root: &Path, scope: &Scope) -> (Vec<String>, Vec<String>) {
        let (read, not): (Vec<_>, Vec<_>) = scope.files.iter().partition(|file| file.real().is_ok());
        (below(root, read), below(root, not))
    }

    #[test]
    fn they_are_followed_but_not_in_a_circle() {
        let (_folder, root) = tree(&["dialform.kdl", "campaigns/deep/x.kdl", "shared/y.kdl", "shared/z.kdl"]);
        symlink("../shared", root.join("campaigns/folder")).unwrap();
        symlink("../shared/y.kdl", root.join("campaigns/file.kdl")).unwrap();
        symlink("..", root.join("campaigns/deep/up")).unwrap();
        symlink("../..", root.join("campaigns/deep/above")).unwrap();
        symlink("itself", root.join("campaigns/itself")).unwrap();
        symlink("nowhere", root.join("campaigns/gone.kdl")).unwrap();
        // Emacs marks a file that is being edited with a link to nowhere.
        symlink("someone@somewhere:1", root.join("campaigns/.#file.kdl")).unwrap();
        let found = scope(&root, &[]);
        let (read, not) = parted(&root, &found);
        // A file that has two paths has the first.
        let expected = [
            "campaigns/deep/x.kdl",
            "campaigns/file.kdl",
            "campaigns/folder/z.kdl",
            "dialform.kdl",
        ];
        assert_eq!(read, expected);
        assert_eq!(not, ["campaigns/gone.kdl"]);
        let unreadable: Vec<&PathBuf> = found.unreadable.iter().map(|(path, _)| path).collect();
        assert_eq!(below(&root, unreadable), ["campaigns/itself"]);
    }

    #[test]
    fn a_path_without_links_comes_before_one_with_them() {
        let (_folder, root) = tree(&["dialform.kdl", "campaigns/z/x.kdl", "shared/y.kdl"]);
        symlink("z", root.join("campaigns/a")).unwrap();
        symlink("z/x.kdl", root.join("campaigns/a.kdl")).unwrap();
        symlink("../shared", root.join("campaigns/b")).unwrap();
        let (read, _) = parted(&root, &scope(&root, &[]));
        assert_eq!(read, ["campaigns/b/y.kdl", "campaigns/z/x.kdl", "dialform.kdl"]);
        let (read, _) = parted(&root, &scope(&root, &["campaigns/**/*.kdl", "shared/*.kdl"]));
        assert_eq!(read, ["campaigns/z/x.kdl", "dialform.kdl", "shared/y.kdl"]);
        // One that was named is in the scope under its own path.
        let mut found = scope(&root, &[]);
        found.add(root.join("shared/y.kdl"));
        let (read, _) = parted(&root, &found);
        assert_eq!(read, ["campaigns/z/x.kdl", "dialform.kdl", "shared/y.kdl"]);
    }

    /// A folder that gives nothing by one path may by another.
    #[test]
    fn what_only_one_of_two_paths_names_is_found() {
        let (_folder, root) = tree(&["dialform.kdl", "shared/x/a.kdl", "shared/y/b.kdl", "other/c.kdl"]);
        fs::create_dir(root.join("team")).unwrap();
        symlink("../shared", root.join("team/a")).unwrap();
        symlink("../shared", root.join("team/b")).unwrap();
        symlink("../other", root.join("team/campaigns")).unwrap();
        for (patterns, expected) in [
            (&["team/?/y/*.kdl"][..], &["team/a/y/b.kdl"][..]),
            (&["*/a/x/*.kdl", "*/b/y/*.kdl"], &["team/a/x/a.kdl", "team/b/y/b.kdl"]),
            (&["{team/a/x,team/b/y}/*.kdl"], &["team/a/x/a.kdl"]),
            (&["*/campaigns/*.kdl"], &["team/campaigns/c.kdl"]),
            (&["team/b/x/*.kdl"], &["team/b/x/a.kdl"]),
            (&["*.kdl"], &[]),
        ] {
            let (mut read, not) = parted(&root, &scope(&root, patterns));
            read.retain(|file| file != "dialform.kdl");
            assert_eq!(read, expected, "{patterns:?}");
            assert_eq!(not, [""; 0], "{patterns:?}");
        }
    }

    #[test]
    fn those_that_lead_out_are_not_followed_and_told_where_a_pattern_asks_for_them() {
        let (_folder, above) = tree(&["outside/x.kdl", "repo/p/dialform.kdl", "repo/p/campaigns/a.kdl"]);
        let root = above.join("repo/p");
        for (link, target) in [
            ("campaigns/folder", "../../../outside"),
            ("campaigns/file.kdl", "../../../outside/x.kdl"),
            ("campaigns/slash", "/"),
            ("campaigns/above", "../.."),
            ("campaigns/notes.txt", "../../../outside/x.kdl"),
            ("other", "../../outside"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let out = |found: &Scope| {
            let of_files = found
                .files
                .iter()
                .filter_map(|file| Some((&**file, file.real().err()?)));
            let of_folders = found.unreadable.iter().map(|(path, why)| (path.as_path(), why));
            let all = of_files.chain(of_folders);
            let outside = all.filter(|(_, why)| matches!(why, PathError::Outside { .. }));
            below(&root, outside.map(|(path, _)| path))
        };
        let expected = [
            "campaigns/file.kdl",
            "campaigns/above",
            "campaigns/folder",
            "campaigns/slash",
        ];
        assert_eq!(out(&scope(&root, &[])), expected);
        assert_eq!(out(&scope(&root, &["*.kdl"])), [""; 0]);
        assert_eq!(out(&scope(&root, &["other/*.kdl"])), ["other"]);
        // The folder above is inside of the repository.
        fs::write(above.join("repo/.git"), "gitdir: elsewhere").unwrap();
        let expected = ["campaigns/file.kdl", "campaigns/folder", "campaigns/slash"];
        assert_eq!(out(&scope(&root, &[])), expected);
    }
}

#[test]
fn patterns_go_up_as_far_as_the_repository() {
    let (_folder, above) = tree(&[
        "outside/x.kdl",
        "repo/shared/x.kdl",
        "repo/p/dialform.kdl",
        "repo/p/campaigns/a.kdl",
    ]);
    let root = above.join("repo/p");
    let patterns = [
        "../shared/*.kdl",
        "./campaigns/../campaigns/*.kdl",
        "../../outside/*.kdl",
    ];
    let found = scope(&root, &patterns);
    assert_eq!(
        below(&above, &found.files),
        ["repo/p/campaigns/a.kdl", "repo/p/dialform.kdl"]
    );
    let (_, outside) = found.outside.unwrap();
    assert_eq!(outside, ["../shared/*.kdl", "../../outside/*.kdl"]);
    fs::create_dir(above.join("repo/.git")).unwrap();
    let found = scope(&root, &patterns);
    assert_eq!(
        below(&above, &found.files),
        ["repo/p/campaigns/a.kdl", "repo/p/dialform.kdl", "repo/shared/x.kdl"]
    );
    let (_, outside) = found.outside.unwrap();
    assert_eq!(outside, ["../../outside/*.kdl"]);
}
