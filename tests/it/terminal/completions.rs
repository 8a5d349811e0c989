//! What `dialform completions` prints, tried by the shells themselves where they are installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{clean, dialform};

fn script(shell: &str) -> String {
    let folder = clean();
    let output = dialform(folder.path(), &["completions", shell]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    let output = output.unwrap_or_else(|why| panic!("{program}: {why}"));
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.success(), text)
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// What bash offers for a line that ends where the cursor is.
fn offered(folder: &Path, words: &[&str]) -> Vec<String> {
    fs::write(folder.join("complete.bash"), script("bash")).unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let line = format!(
        "source complete.bash; COMP_WORDS=({}); COMP_CWORD={}; COMP_LINE='{}'; COMP_POINT=${{#COMP_LINE}}; \
         complete -p dialform >/dev/null && _dialform dialform '{last}' '{before}' && printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len() - 1,
        words.join(" "),
    );
    let (worked, text) = run(folder, "bash", &["--norc", "-c", &line]);
    assert!(worked, "{words:?} {text}");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    let folder = clean();
    assert_eq!(offered(folder.path(), &["dialform", "li"]), ["lint"]);
    assert_eq!(
        offered(folder.path(), &["dialform", "lint", "--output-fo"]),
        ["--output-format"]
    );
    let formats = offered(folder.path(), &["dialform", "lint", "--output-format", ""]);
    assert!(
        formats.contains(&"human".to_owned()) && formats.contains(&"json".to_owned()),
        "{formats:?}"
    );
    assert_eq!(offered(folder.path(), &["dialform", "--color", "al"]), ["always"]);
    assert_eq!(offered(folder.path(), &["dialform", "state", "sh"]), ["show"]);
    assert_eq!(
        offered(folder.path(), &["dialform", "plan", "--out", "campaigns/s"]),
        ["campaigns/spring.kdl"]
    );
    assert_eq!(offered(folder.path(), &["dialform", "schema", "lint"]), ["lint-report"]);
    let commands = offered(folder.path(), &["dialform", ""]);
    for name in ["lint", "plan", "apply", "man", "completions", "--quiet", "--verbose"] {
        assert!(commands.contains(&name.to_owned()), "{name} {commands:?}");
    }
}

#[test]
fn the_shells_read_their_scripts() {
    let folder = clean();
    for (shell, name, check) in [
        ("bash", "c.bash", "-n"),
        ("zsh", "_dialform", "-n"),
        ("fish", "c.fish", "--no-execute"),
    ] {
        let script = script(shell);
        assert!(script.contains("detailed-exitcode"), "{shell}");
        fs::write(folder.path().join(name), script).unwrap();
        if shell == "bash" || is_installed(shell) {
            let (worked, text) = run(folder.path(), shell, &[check, name]);
            assert!(worked && text.is_empty(), "{shell} {text}");
        } else {
            eprintln!("{shell} is not installed: its script is only looked at");
        }
    }
    for shell in ["powershell", "elvish"] {
        assert!(script(shell).contains("detailed-exitcode"), "{shell}");
    }
}

#[test]
fn fish_completes() {
    if !is_installed("fish") {
        eprintln!("fish is not installed: its completion is not run");
        return;
    }
    let folder = clean();
    fs::write(folder.path().join("c.fish"), script("fish")).unwrap();
    let offered = |line: &str| {
        let command = format!("source c.fish; complete -C '{line}'");
        let (worked, text) = run(folder.path(), "fish", &["--no-config", "-c", &command]);
        assert!(worked, "{text}");
        text
    };
    assert!(offered("dialform li").starts_with("lint\t"));
    assert!(offered("dialform lint --output-fo").starts_with("--output-format"));
    assert!(offered("dialform plan --output-format ").contains("json"));
}
