//! Commands in every quoting of every shell, with generated values: what import takes from a text is what the shell passes
//! to curl. The shells of this machine are asked; for those of Windows, which are not here, the quoting is written by their
//! own rules.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{classic, import, rendered};
use crate::common::sample::generated;

const URL: &str = "https://cis.twin24.ai/api/v1/telephony/autoCall";

/// What shells, JSON and people put in, over and over.
const PIECES: [&str; 44] = [
    "'", "''", "\"", "\"\"", "\\", "\\\\", "\\n", "\\\"", "$", "$NAME", "${NAME}", "$(date)", "$5", "`", "`date`", "%",
    "%PATH%", "%%", "^", "^\"", "^_^", "A^", "2^3", "^^", "\n", "\n\n", "\t", "  ", " # ", "!", "&", "&&", "|", ">",
    "<<EOF", ";", "{", "}", "(", ")", "*", "~", "Ж😀", "it's",
];

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Bodies that differ in their names and in what is hard to quote: fifteen for each quoting, sixty with `EVERY_CASE=1`.
fn bodies(seed: u64) -> Vec<Value> {
    let mut numbers = Numbers(seed);
    let body = |number| {
        let pieces = 1 + numbers.below(8);
        let comment: String = (0..pieces).map(|_| PIECES[numbers.below(PIECES.len())]).collect();
        let mut body = classic();
        body["name"] = json!(format!(
            "n{number} {}x",
            PIECES[numbers.below(PIECES.len())].replace('\n', "")
        ));
        body["taskComment"] = json!(format!("a{comment}z"));
        body
    };
    (0..generated(15, 60)).map(body).collect()
}

/// The body as text: on one line or on many.
fn texts(bodies: &[Value]) -> Vec<String> {
    let text = |(number, body): (usize, &Value)| match number % 2 {
        0 => body.to_string(),
        _ => serde_json::to_string_pretty(body).unwrap(),
    };
    bodies.iter().enumerate().map(text).collect()
}

/// A script of one command a body is read as that shell runs it.
#[track_caller]
fn is_read(what: &str, script: &str, bodies: &[Value]) {
    let ran = import(&[], script);
    assert_eq!(ran.code, Some(0), "{what}\n{}", ran.stderr);
    let read = rendered("classic", &ran.stdout);
    assert_eq!(read.len(), bodies.len(), "{what}\n{}", ran.stderr);
    for (read, body) in read.iter().zip(bodies) {
        assert_eq!(read, body, "{what}");
    }
}

/// What a shell passes to curl when it runs a script, body by body.
fn passed(shell: &str, script: &str) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    let dump = folder.path().join("dump");
    let curl = "#!/bin/sh\nfor word; do last=$word; done\ncase $last in\n@-) cat ;;\n*) printf %s \"$last\" ;;\nesac >> dump\nprintf '\\000' >> dump\n";
    fs::write(folder.path().join("curl"), curl).unwrap();
    fs::write(folder.path().join("script"), script).unwrap();
    fs::set_permissions(
        folder.path().join("curl"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell);
    let ran = command
        .arg("script")
        .env("PATH", path)
        .env_remove("NAME")
        .current_dir(folder.path())
        .output();
    let ran = ran.unwrap();
    assert!(
        ran.status.success(),
        "{shell} {}\n{script}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let dumped = fs::read(dump).unwrap();
    let bodies = dumped.split(|byte| *byte == 0).filter(|body| !body.is_empty());
    bodies
        .map(|body| serde_json::from_slice(body).unwrap_or_else(|why| panic!("{why}\n{script}")))
        .collect()
}

/// The shells of this machine: one at least, or nothing is shown.
fn shells() -> BTreeSet<&'static str> {
    let is_here = |shell: &&str| Command::new(shell).args(["-c", ":"]).status().is_ok();
    let here: BTreeSet<&str> = ["bash", "dash", "zsh", "ksh"].into_iter().filter(is_here).collect();
    assert!(!here.is_empty());
    here
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn single_in_double(text: &str) -> String {
    format!("'{}'", text.replace('\'', r#"'"'"'"#))
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

fn ansi(text: &str) -> String {
    let mut quoted = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\x09"),
            '!' => quoted.push_str("\\041"),
            c if c.is_ascii() => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted + "'"
}

/// No quotes at all.
fn bare(text: &str) -> String {
    let sign = |c: char| match c {
        '\n' => "'\n'".to_owned(),
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => c.to_string(),
        c => format!("\\{c}"),
    };
    text.chars().map(sign).collect()
}

/// A part in each quoting, one behind the other.
fn mixed(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let quotings = [single, double, bare, single_in_double];
    let parts = chars.chunks(5).map(|part| part.iter().collect::<String>()).enumerate();
    parts
        .map(|(number, part)| quotings[number % quotings.len()](&part))
        .collect()
}

fn literal_document(text: &str) -> String {
    format!("@- <<'E O F'\n{text}\nE O F")
}

fn tabbed_document(text: &str) -> String {
    // The dashes take tabs away in front of a line, so none may be there.
    let text = text.replace("\n", "\n\t\t");
    format!("@- <<-\\EOF\n\t{text}\n\tEOF")
}

/// An unquoted here-document, in which a shell looks for variables.
fn document(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`");
    // A line may be cut anywhere.
    let half = escaped
        .char_indices()
        .map(|(at, _)| at)
        .nth(escaped.chars().count() / 2)
        .unwrap();
    let (one, other) = escaped.split_at(half);
    let cut = if one.ends_with('\\') || one.ends_with('\n') {
        ""
    } else {
        "\\\n"
    };
    format!("@- <<DONE\n{one}{cut}{other}\nDONE")
}

fn substituted(text: &str) -> String {
    format!("\"$(cat <<'DONE'\n{text}\nDONE\n)\"")
}

type Quoting = (&'static str, fn(&str) -> String);

#[test]
fn what_a_shell_passes_to_curl_is_what_is_read() {
    let quotings: [Quoting; 10] = [
        ("single", single),
        ("single in double", single_in_double),
        ("double", double),
        ("$''", ansi),
        ("bare", bare),
        ("mixed", mixed),
        ("<<'E O F'", literal_document),
        ("<<-\\EOF", tabbed_document),
        ("<<DONE", document),
        ("$(cat <<'DONE')", substituted),
    ];
    for (number, (what, quote)) in quotings.into_iter().enumerate() {
        let bodies = bodies(7 + number as u64);
        let commands = texts(&bodies)
            .into_iter()
            .map(|text| format!("curl {URL} \\\n  --data-binary {}\n", quote(&text)));
        let script: String = commands.collect();
        for shell in shells() {
            // Not in every sh.
            if what == "$''" && shell == "dash" {
                continue;
            }
            assert_eq!(passed(shell, &script), bodies, "{shell}, {what}");
        }
        is_read(what, &script, &bodies);
    }
}

/// As browsers copy it for the command prompt of Windows.
fn carets(text: &str) -> String {
    let mut quoted = String::from("^\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("^\\^\""),
            '\\' => quoted.push_str("^\\^\\"),
            '\n' => quoted.push_str("^\n\n"),
            c if c.is_ascii_alphanumeric() || " \t_-:=+~'/.',?;()*`".contains(c) => quoted.push(c),
            c => quoted.extend(['^', c]),
        }
    }
    quoted + "^\""
}

/// As people write it for the prompt: on one line.
fn prompt(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn prompt_doubled(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\"\""))
}

#[test]
fn commands_for_the_prompt_of_windows_lose_no_sign() {
    let quotings: [Quoting; 3] = [("^\"", carets), ("\\\"", prompt), ("\"\"", prompt_doubled)];
    for (what, quote) in quotings {
        let mut bodies = bodies(3);
        for body in &mut bodies {
            // A variable would be told.
            let plain = body["taskComment"].as_str().unwrap().replace("%PATH%", "%");
            body["taskComment"] = json!(plain.replace('%', "% "));
        }
        let commands = bodies.iter().enumerate().map(|(number, body)| {
            let text = match (what, number % 2) {
                ("^\"", 1) => serde_json::to_string_pretty(body).unwrap(),
                _ => body.to_string(),
            };
            let address = if what == "^\"" { carets(URL) } else { prompt(URL) };
            format!(
                "curl {address} ^\r\n  -H {} ^ \n  --data-raw {}\r\n",
                quote("accept: */*"),
                quote(&text)
            )
        });
        is_read(what, &commands.collect::<String>(), &bodies);
    }
}

fn powershell_single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn powershell_double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\"\""),
            '`' | '$' => quoted.extend(['`', c]),
            '\n' => quoted.push_str("`n"),
            '\t' => quoted.push_str("`t"),
            '😀' => quoted.push_str("`u{1F600}"),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn powershell_escaped(text: &str) -> String {
    powershell_double(text).replace("\"\"", "`\"")
}

fn powershell_here(text: &str) -> String {
    format!("@'\n{text}\n'@")
}

fn powershell_here_double(text: &str) -> String {
    format!("@\"\n{}\n\"@", text.replace('`', "``").replace('$', "`$"))
}

/// What a program of Windows has to be given for a text: 5.1 passes quotes on as they are.
fn for_5_1(text: &str) -> String {
    let mut out = String::new();
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(c);
    }
    out
}

fn powershell_5_1(text: &str) -> String {
    powershell_single(&for_5_1(text))
}

#[test]
fn commands_for_powershell_lose_no_sign() {
    let quotings: [Quoting; 6] = [
        ("'…'", powershell_single),
        ("\"…\"", powershell_double),
        ("`\"", powershell_escaped),
        ("@'", powershell_here),
        ("@\"", powershell_here_double),
        ("5.1", powershell_5_1),
    ];
    for (what, quote) in quotings {
        let bodies = bodies(11);
        let texts = texts(&bodies);
        let continued = texts
            .iter()
            .map(|text| format!("curl.exe -X POST \"{URL}\" `\r\n  --data-raw {}\r\n", quote(text)));
        is_read(what, &continued.collect::<String>(), &bodies);
        let held = texts
            .iter()
            .map(|text| format!("$body = {}\ncurl {URL} -d $body\n", quote(text)));
        is_read(what, &held.collect::<String>(), &bodies);
        let piped = texts
            .iter()
            .map(|text| format!("{} | curl.exe {URL} -d '@-'\n", quote(text)));
        if what.starts_with('@') {
            is_read(what, &piped.collect::<String>(), &bodies);
        }
    }
}

#[test]
fn a_sign_alone_decides_nothing() {
    for comment in [
        "^_^",
        "A^",
        "2^3",
        "see ^\"here^\" ",
        "up ^\n",
        "`",
        "a `\"b`\" c",
        "@'",
        "%PATH%",
    ] {
        let mut body = classic();
        body["taskComment"] = json!(format!("x {comment} x"));
        for text in [body.to_string(), serde_json::to_string_pretty(&body).unwrap()] {
            for quote in [single, double] {
                is_read(comment, &format!("curl {URL} -d {}", quote(&text)), &[body.clone()]);
            }
        }
    }
}

#[test]
fn what_the_shell_would_fill_in_and_what_two_shells_read_differently_is_told() {
    let mut body = classic();
    body["taskComment"] = json!("in $CITY");
    let ran = import(&[], &format!("curl {URL} -d @- <<EOF\n{body}\nEOF\n"));
    assert!(ran.stderr.contains("the shell would fill in a part"), "{}", ran.stderr);
    let ran = import(&[], &format!("curl {URL} -d @- <<'EOF'\n{body}\nEOF\n"));
    assert!(!ran.stderr.contains("the shell would fill in a part"), "{}", ran.stderr);
    body["taskComment"] = json!("it''s");
    let doubled = format!("{URL} -d '{body}'");
    let ran = import(&[], &format!("curl {doubled}"));
    assert!(
        ran.stderr.contains("warning: curl: `''` stands in the body"),
        "{}",
        ran.stderr
    );
    assert_eq!(rendered("classic", &ran.stdout)[0]["taskComment"], "its");
    let ran = import(&[], &format!("curl.exe {doubled}"));
    assert_eq!(rendered("classic", &ran.stdout)[0]["taskComment"], "it's");
}
