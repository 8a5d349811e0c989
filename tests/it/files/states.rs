//! Whose folder the state lies in, and who may write to it. With other users where this runs as root.

use std::os::unix::fs::{PermissionsExt, chown};

use super::*;

/// Users that own nothing here.
const SOMEBODY: u32 = 65_533;
const ANOTHER: u32 = 65_532;

struct States {
    folder: TempDir,
}

impl States {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o755);
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join("dialform.kdl"), "").unwrap();
        fs::create_dir(folder.path().join("states")).unwrap();
        Self { folder }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn run(&self, program: &[&str], arguments: &[&str]) -> Ran {
        let dialform = env!("CARGO_BIN_EXE_dialform");
        let mut line = program.iter().chain([&dialform]).chain(arguments);
        let mut command = Command::new(line.next().unwrap());
        bounded(
            command
                .args(line)
                .current_dir(self.folder.path())
                .env_remove("DIALFORM_TOKEN"),
        )
    }

    /// Looks at a state that is not there, which takes a folder that can be trusted.
    fn list(&self, program: &[&str]) -> Ran {
        self.run(program, &["state", "list", "--state", "states/s.json"])
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn shell(folder: &Path, line: &str) -> Ran {
    bounded(
        Command::new("sh")
            .args(["-c", line, env!("CARGO_BIN_EXE_dialform")])
            .current_dir(folder),
    )
}

/// Runs something as another user.
pub(super) fn as_user(user: &str) -> [&str; 6] {
    ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
}

/// Whether tests can become somebody else; says so aloud where they cannot.
pub(super) fn can_be_others() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|known| known.uid() == 0);
    let works = is_root
        && Command::new("setpriv")
            .args(&as_user("65533")[1..])
            .args([env!("CARGO_BIN_EXE_dialform"), "--version"])
            .output()
            .is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("SKIPPED: this does not run as root with setpriv, so nobody else can be tried");
    }
    works
}

#[test]
fn a_folder_that_others_may_write_to_is_refused_and_the_advice_helps() {
    let states = States::new();
    let folder = states.path("states");
    for (mode, is_fine) in [
        (0o700, true),
        (0o755, true),
        (0o750, true),
        (0o2755, true),
        (0o775, false),
        (0o770, false),
        (0o757, false),
        (0o777, false),
        (0o2775, false),
        (0o1777, true),
        (0o1775, true),
    ] {
        set_mode(&folder, mode);
        let held = || fs::read_dir(&folder).unwrap().count();
        let before = held();
        for arguments in [
            &["state", "list", "--state", "states/s.json"][..],
            &["plan", "--state", "states/s.json"],
            &["apply", "--auto-approve", "--state", "states/s.json"],
        ] {
            let ran = states.run(&[], arguments);
            assert_eq!(
                !ran.stderr.contains("others than its owner may change the folder"),
                is_fine,
                "{mode:o} {ran:?}"
            );
            assert!(is_fine || ran.code.is_some_and(|code| code != 0), "{mode:o} {ran:?}");
            assert!(is_fine || held() == before, "{mode:o}");
        }
        if !is_fine {
            let ran = states.list(&[]);
            let (_, advice) = ran.stderr.split_once('`').unwrap();
            let (_, advice) = advice.split_once("; `").unwrap();
            let (advice, _) = advice.split_once('`').unwrap();
            assert!(advice.starts_with("chmod "), "{ran:?}");
            shell(states.folder.path(), advice);
            assert_eq!(states.list(&[]).code, Some(0), "{mode:o} {advice}");
        }
    }
}

/// Whatever a runner's umask is: what dialform makes by itself is its own, and the recipes set right what git made.
#[test]
fn umasks_of_runners_do_no_harm() {
    for umask in ["0000", "0002", "0022", "0077"] {
        let states = States::new();
        fs::create_dir(states.path("campaigns")).unwrap();
        fs::write(states.path("campaigns/a.kdl"), CLEAN).unwrap();
        let sandbox = format!("umask {umask}; \"$0\" apply --sandbox --auto-approve && \"$0\" plan --sandbox");
        for _ in 0..2 {
            let ran = shell(states.folder.path(), &sandbox);
            assert_eq!(ran.code, Some(0), "{umask}: {ran:?}");
        }
        // As `git clone` makes them, and as both recipes go on.
        let clone = format!(
            "umask {umask}; mkdir .state; echo x > .state/dialform.state.json; \"$0\" state list --state .state/none.json"
        );
        let ran = shell(states.folder.path(), &clone);
        assert_eq!(
            ran.code == Some(0),
            matches!(umask, "0022" | "0077"),
            "{umask}: {ran:?}"
        );
        let go_on = "chmod -R go-w .state; \"$0\" state list --state .state/none.json";
        assert_eq!(shell(states.folder.path(), go_on).code, Some(0), "{umask}");
        for recipe in [
            "examples/ci/branch/github/campaigns.yml",
            "examples/ci/branch/gitlab/.gitlab-ci.yml",
        ] {
            let recipe = fs::read_to_string(crate::common::command::in_repository(recipe)).unwrap();
            let of_state = |command: &str| recipe.matches(command).count();
            assert_eq!(of_state("chmod -R go-w .state"), of_state("--state .state/"));
        }
    }
}

#[test]
fn what_belongs_to_another_user_is_refused_but_for_root() {
    if !can_be_others() {
        return;
    }
    let states = States::new();
    let folder = states.path("states");
    let somebody = as_user("65533");
    for (owner, mode, user, is_fine) in [
        (SOMEBODY, 0o755, &somebody[..], true),
        (ANOTHER, 0o755, &somebody, false),
        (0, 0o755, &somebody, false),
        (ANOTHER, 0o755, &[], true),
        (ANOTHER, 0o775, &[], false),
        // As /tmp is: what lies in it is its owner's own. Another's may be taken away by that one.
        (0, 0o1777, &somebody, true),
        (ANOTHER, 0o1777, &somebody, false),
    ] {
        chown(&folder, Some(owner), Some(owner)).unwrap();
        set_mode(&folder, mode);
        let ran = states.list(user);
        assert_eq!(ran.code == Some(0), is_fine, "{owner} {mode:o} {user:?}: {ran:?}");
        if !is_fine && mode == 0o755 {
            assert!(
                ran.stderr.contains(&format!("another user (number {owner};")),
                "{ran:?}"
            );
        }
    }
    // A state that another one put into a folder that is everybody's.
    chown(&folder, Some(0), Some(0)).unwrap();
    set_mode(&folder, 0o1777);
    for name in ["s.json", "s.journal", "s.lock", "s.spill"] {
        let file = states.path("states").join(name);
        fs::write(&file, "").unwrap();
        set_mode(&file, 0o644);
        chown(&file, Some(ANOTHER), None).unwrap();
        let arguments = ["apply", "--auto-approve", "--state", "states/s.json"];
        let read_only = ["state", "list", "--state", "states/s.json"];
        let ran = match name {
            "s.lock" | "s.spill" => states.run(&somebody, &arguments),
            _ => states.run(&somebody, &read_only),
        };
        assert!(ran.code.is_some_and(|code| code != 0), "{name}: {ran:?}");
        if name != "s.spill" && name != "s.lock" {
            assert!(ran.stderr.contains("another user (number 65532;"), "{name}: {ran:?}");
        }
        fs::remove_file(&file).unwrap();
    }
}

/// A folder of the machine in a container, where this runs as root: its owner is a user of the machine.
#[test]
fn a_folder_that_is_mounted_into_a_container_is_used_by_root() {
    let states = States::new();
    fs::create_dir(states.path("mounted")).unwrap();
    let mounts = "mount --bind states mounted && touch states/seen && test -e mounted/seen";
    let try_it = Command::new("unshare")
        .args(["-m", "sh", "-c", mounts])
        .current_dir(states.folder.path())
        .output();
    if !can_be_others() || !try_it.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: nothing can be mounted here");
        return;
    }
    chown(states.path("states"), Some(SOMEBODY), None).unwrap();
    let dialform = env!("CARGO_BIN_EXE_dialform");
    for (user, is_fine) in [
        ("", true),
        ("setpriv --reuid 65533", true),
        ("setpriv --reuid 65532", false),
    ] {
        let line = format!("{mounts}; {user} {dialform} state list --state mounted/s.json");
        let ran = bounded(
            Command::new("unshare")
                .args(["-m", "sh", "-c", &line])
                .current_dir(states.folder.path()),
        );
        assert_eq!(ran.code == Some(0), is_fine, "{user}: {ran:?}");
    }
}
