//! What becomes of tasks besides their creation, through the program and against the sandbox as a server: `removed`, orphans,
//! and orders by hand.

mod once;
mod orders;
mod removed;
mod resolve;

use dialform::sandbox::{Config, Fault, Handle, Sandbox, Status};

use crate::common::command::Ran;
use crate::common::project::Project;

/// A project whose account is a sandbox that outlives every run.
struct Account {
    project: Project,
    sandbox: Handle,
}

impl Account {
    /// With these campaigns, all of them applied, and nothing started.
    async fn applied(keys: &[&str]) -> Self {
        Self::failing(keys, &[]).await
    }

    /// The same with a server that fails so.
    async fn failing(keys: &[&str], faults: &[&str]) -> Self {
        let config = Config {
            faults: faults.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect(),
            ..Config::default()
        };
        let project = Project::of(keys);
        let sandbox = Sandbox::start(config).await.unwrap();
        let base = sandbox.cis_base();
        project.edit(
            "project {",
            &format!("project {{\n    api \"{base}\"\n    login \"{base}\""),
        );
        project.edit("start \"time\" at=\"2036-12-02 10:00\"", "start \"manual\"");
        let account = Self { project, sandbox };
        account.done(&["apply", "--auto-approve"]);
        account
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.project.dialform(arguments);
        command.env("DIALFORM_TOKEN", "token").output().unwrap().into()
    }

    /// Runs what has to end with 0; gives its standard output.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        self.ends(0, arguments).stdout
    }

    #[track_caller]
    fn ends(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:#?}");
        ran
    }

    /// The status of the newest task of a key.
    #[track_caller]
    fn status(&self, key: &str) -> Status {
        let tasks = self.sandbox.tasks();
        let task = tasks.iter().rfind(|task| task.key() == Some(key));
        task.unwrap_or_else(|| panic!("there is no task of {key}")).status
    }

    /// The ends of the paths of every request that starts, pauses or stops a task, with the key of the task.
    fn actions(&self) -> Vec<String> {
        let tasks = self.sandbox.tasks();
        let key = |id: &str| {
            let task = tasks.iter().find(|task| task.id.to_string() == id);
            task.and_then(|task| task.key()).unwrap_or("nobody").to_owned()
        };
        let paths = self.sandbox.received().into_iter().map(|request| request.path);
        let actions = paths.filter_map(|path| {
            let (rest, action) = path.rsplit_once('/')?;
            let (_, id) = rest.rsplit_once('/')?;
            let is_action = matches!(action, "play" | "pause" | "halted");
            is_action.then(|| format!("{action} {}", key(id)))
        });
        actions.collect()
    }
}
