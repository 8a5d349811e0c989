//! The page in a real browser: headless Chromium, spoken to over its debugging pipe.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use dialform::sandbox::Status;
use rustix::fs::{CWD, Mode, mkfifoat};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Bench, named};
use crate::common::bodies;

/// The names under which systems have the browser.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one page open.
struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    calls: u64,
    session: Option<String>,
    _folder: TempDir,
}

impl Browser {
    /// Nothing, said aloud, where there is none.
    fn start() -> Option<Self> {
        let answers = |name: &&str| {
            let version = Command::new(name).arg("--version").stderr(Stdio::null()).output();
            version.is_ok_and(|ran| ran.status.success())
        };
        let Some(program) = NAMES.into_iter().find(answers) else {
            eprintln!(
                "SKIPPED: chromium is not here (Debian has it as `chromium`), so the page was not looked at in a browser"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let pipe = |name: &str| {
            let path = folder.path().join(name);
            mkfifoat(CWD, &path, Mode::from(0o600)).unwrap();
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        let child = Command::new("sh")
            .args([
                "-c",
                r#"to=$1 from=$2; shift 2; exec timeout 300 "$@" 3<"$to" 4>"$from""#,
                "sh",
            ])
            .args([&to, &from])
            .arg(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--remote-debugging-pipe", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Each of the two waits for the other end.
        let to = File::options().write(true).open(to).unwrap();
        let from = BufReader::new(File::open(from).unwrap());
        let mut browser = Self {
            child,
            to,
            from,
            calls: 0,
            session: None,
            _folder: folder,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        Some(browser)
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).unwrap();
            assert_eq!(answer.pop(), Some(0), "the browser ended");
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == json!(self.calls) {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn open(&mut self, url: &str, width: u32, scheme: &str) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
        self.call("Page.navigate", json!({ "url": url }));
        self.until("document.readyState === 'complete' && !document.getElementById('filter').closest('p').hidden");
    }

    /// What a script in the page gives.
    fn evaluate(&mut self, script: &str) -> Value {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits in the page until a condition holds.
    fn until(&mut self, condition: &str) {
        let script = format!(
            "new Promise(done => {{ const look = () => {condition} ? done(true) : setTimeout(look, 10); look(); }})"
        );
        assert_eq!(self.evaluate(&script), json!(true));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_in_a_browser() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::classic()).await;
    bench
        .created(&named(
            "<img src=x onerror='window.hacked = 1'><script>window.hacked = 2</script>",
        ))
        .await;
    let url = bench.url("/");
    let handle = tokio::runtime::Handle::current();
    let looked = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::start() else { return };
        let mut backgrounds = Vec::new();
        for (width, scheme) in [(390, "light"), (1400, "dark")] {
            browser.open(&url, width, scheme);
            let overflow = browser.evaluate("document.documentElement.scrollWidth - window.innerWidth");
            assert_eq!(overflow, json!(0), "{width}");
            backgrounds.push(browser.evaluate("getComputedStyle(document.body).backgroundColor"));
        }
        assert_ne!(backgrounds[0], backgrounds[1]);

        // A task's texts stay texts.
        assert_eq!(browser.evaluate("window.hacked === undefined"), json!(true));
        assert_eq!(
            browser.evaluate("document.querySelectorAll('#live img, #live script').length"),
            json!(0)
        );

        // A button starts a task, and the table and the totals follow.
        browser.evaluate(&format!("document.getElementById('play-{id}').click()"));
        browser.until(&format!(
            "document.getElementById('{id}').innerText.includes('PROCESS')"
        ));
        browser.until("document.querySelector('.totals').innerText.includes('PROCESS 1')");
        assert_eq!(
            browser.evaluate(&format!("document.getElementById('play-{id}') === null")),
            json!(true)
        );

        // A new task comes by itself.
        handle.block_on(bench.created(&bodies::least()));
        browser.until("document.querySelector('h1').innerText === '3 tasks'");

        browser.evaluate("filter.value = 'process SPRING'; filter.dispatchEvent(new Event('input'))");
        let rows = browser.evaluate("document.querySelectorAll('#live tbody tr:not([hidden])').length");
        assert_eq!(rows, json!(1));
        let status = bench
            .sandbox
            .tasks()
            .iter()
            .find(|task| task.id.to_string() == id)
            .map(|task| task.status);
        assert_eq!(status, Some(Status::Process));
    });
    looked.await.unwrap();
}
