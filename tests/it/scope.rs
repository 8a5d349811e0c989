//! Which files make up a project: what is hidden, linked, nested or unreadable on the way to them.

use std::fs;
use std::path::{Path, PathBuf};

use dialform::project_files::{Scope, project, projects_below};
use dialform::walk::Listings;
use tempfile::TempDir;

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
    let projects = projects_below(&root, &mut Listings::default());
    assert_eq!(below(&root, projects), ["", "campaigns/nested"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_a_circle() {
    use std::os::unix::fs::symlink;

    let (_folder, root) = tree(&["dialform.kdl", "campaigns/deep/x.kdl", "shared/y.kdl"]);
    symlink("../shared", root.join("campaigns/folder")).unwrap();
    symlink("../shared/y.kdl", root.join("campaigns/file.kdl")).unwrap();
    symlink("..", root.join("campaigns/deep/up")).unwrap();
    symlink("nowhere", root.join("campaigns/gone.kdl")).unwrap();
    // Emacs marks a file that is being edited with a link to nowhere.
    symlink("someone@somewhere:1", root.join("campaigns/.#file.kdl")).unwrap();
    let found = scope(&root, &[]);
    let expected = [
        "campaigns/deep/x.kdl",
        "campaigns/file.kdl",
        "campaigns/folder/y.kdl",
        "dialform.kdl",
    ];
    assert_eq!(below(&root, &found.files), expected);
    let unreadable: Vec<(String, &str)> = found
        .unreadable
        .iter()
        .map(|(path, why)| (below(&root, [path]).remove(0), why.split(' ').next().unwrap()))
        .collect();
    assert_eq!(
        unreadable,
        [
            ("campaigns".to_owned(), "File"),
            ("campaigns/gone.kdl".to_owned(), "No")
        ]
    );
}
