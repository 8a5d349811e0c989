//! Files outside any project that projects of the repository include.

use serde_json::json;

use super::editor::{Columns, Editor};
use crate::common::command::command;
use crate::common::site::{keyed, repository, write_file};

#[test]
fn a_shared_file_is_judged_by_each_project_that_includes_it() {
    let shared = keyed("s").replace("caller-id \"default\"", "caller-id \"number\" id=\"moscow\"");
    let own = "project { campaigns \"../shared/*.kdl\"; }\n";
    let number = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n}\n";
    let files = [
        ("one/dialform.kdl", &*format!("{own}{number}")),
        ("two/dialform.kdl", own),
        // In a project that does not include it.
        ("three/dialform.kdl", "project { }\n"),
        ("shared/s.kdl", &*shared),
        ("shared/readme.txt", ""),
    ];
    let folder = repository(&files);
    let mut editor = Editor::open_folder(&folder.path().join("shared"), Columns::Utf16);
    editor.open("s.kdl", 1, &shared);
    // The second project does not know the number; the first one finds nothing.
    assert_eq!(editor.codes("s.kdl"), ["DF301"]);
    let ran = command(folder.path())
        .args(["lint", "shared/s.kdl", "--output-format", "concise"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&ran.stdout).contains("DF301"), "{ran:?}");
    // Findings of other files of these projects are not this folder's.
    assert_eq!(editor.told.len(), 1, "{:?}", editor.told);
    let changed = shared.replace("3/s", "0/s");
    editor.change("s.kdl", 2, json!([{ "text": changed }]));
    let mut codes = editor.codes("s.kdl");
    codes.sort();
    assert_eq!(codes, ["DF114", "DF301"]);
    // The project's own file changes on the disk.
    editor.change("s.kdl", 3, json!([{ "text": shared }]));
    write_file(folder.path(), "two/dialform.kdl", format!("{own}{number}"));
    editor.watched(&[("../two/dialform.kdl", 2)]);
    assert_eq!(editor.codes("s.kdl"), [""; 0], "{:?}", editor.told);
    write_file(folder.path(), "two/dialform.kdl", "project { }\n");
    write_file(folder.path(), "one/dialform.kdl", "project { }\n");
    editor.watched(&[("../one/dialform.kdl", 2), ("../two/dialform.kdl", 2)]);
    // Nobody includes it any more: it is judged alone.
    assert_eq!(editor.codes("s.kdl"), ["DF301"]);
    editor.close("s.kdl");
    assert!(editor.codes("s.kdl").is_empty());
    editor.end();
}
