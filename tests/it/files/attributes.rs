//! What is written anew keeps what people gave it: owner, group, extended attributes, and a name of any length.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use rustix::fs::{XattrFlags, getxattr, setxattr};

use super::bounded;
use super::states::{as_user, can_be_others};
use crate::common::site::Site;

const UGLY: &str = "a   1\n";
const TIDY: &str = "a 1\n";

fn attribute(path: &Path) -> Option<Vec<u8>> {
    let mut value = [0; 64];
    let length = getxattr(path, "user.dialform", &mut value[..]).ok()?;
    Some(value[..length].to_vec())
}

#[test]
fn owner_group_mode_and_attributes_stay() {
    let site = Site::new(&[("a.kdl", UGLY)]);
    let path = site.path("a.kdl");
    let has_attributes = setxattr(&path, "user.dialform", b"kept", XattrFlags::empty()).is_ok();
    if !has_attributes {
        eprintln!("SKIPPED: extended attributes, which this file system has not");
    }
    let is_root = can_be_others();
    if is_root {
        chown(&path, Some(65_532), Some(65_531)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    let ran = site.run(&["fmt", "a.kdl"]);
    assert_eq!((ran.code, site.read("a.kdl").as_str()), (Some(0), TIDY), "{ran:?}");
    let known = fs::metadata(&path).unwrap();
    assert_eq!(known.mode() & 0o7777, 0o664);
    if is_root {
        assert_eq!((known.uid(), known.gid()), (65_532, 65_531));
    }
    if has_attributes {
        assert_eq!(attribute(&path).as_deref(), Some(&b"kept"[..]));
    }
}

#[test]
fn what_a_user_may_not_write_is_left_alone() {
    if !can_be_others() {
        return;
    }
    let site = Site::new(&[("open/a.kdl", UGLY)]);
    for path in ["", "open"] {
        fs::set_permissions(site.path(path), fs::Permissions::from_mode(0o777)).unwrap();
    }
    fs::set_permissions(site.path("open/a.kdl"), fs::Permissions::from_mode(0o644)).unwrap();
    let program = as_user("65533");
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).arg(env!("CARGO_BIN_EXE_dialform"));
    let ran = bounded(command.args(["fmt", "open/a.kdl"]).current_dir(site.root()));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("this user may not write it, so it was left as it is"),
        "{ran:?}"
    );
    assert_eq!(site.read("open/a.kdl"), UGLY);
}

#[test]
fn a_name_of_any_length_is_written() {
    // 250 bytes of ASCII, and 123 Cyrillic letters, which are 246.
    for name in [format!("{}.kdl", "a".repeat(246)), format!("{}.kdl", "я".repeat(123))] {
        let site = Site::new(&[(&name, UGLY)]);
        let ran = site.run(&["fmt", &name]);
        assert_eq!((ran.code, site.read(&name).as_str()), (Some(0), TIDY), "{ran:?}");
        let left = fs::read_dir(site.root()).unwrap().count();
        assert_eq!(left, 2, "the file and .git");
    }
}
