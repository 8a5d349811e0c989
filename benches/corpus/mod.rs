//! The same campaigns in KDL, TOML and JSON, about 900 bytes each, and the bare token scan as the practical limit.

use std::fmt::Write;
use std::path::Path;

/// Names, so that no two files are alike.
fn name(index: usize) -> String {
    format!("Reminder {index}: your visit to the clinic tomorrow")
}

/// Campaigns as people write them.
pub(crate) fn kdl(files: usize) -> Vec<String> {
    (0..files)
        .map(|index| {
            format!(
                r#"// Wave {index}, asked for by the sales department
campaign "campaign-{index}" {{
    name "{name}"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    caller-id "number" id="9a67dee5-398e-4570-9426-fbb3f067b270"
    start "time" at="2090-12-02 10:00"
    pace "3/s"
    effective-after "12s"
    comment "Lapsed customers, first wave"
    webhook "https://example.com/hooks/twin"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back" // machines are common in this list
    redial {{
        max-per-candidate 6
        max-per-number 6
        busy after="20m" times=3
        no-answer after="2h" times=5
        answering-machine #false
        congestion after="15m" times=5
        ineffective after="1h" times=2
    }}
}}
"#,
                name = name(index)
            )
        })
        .collect()
}

/// The same campaigns, where each takes half of its settings from a template and names aliases; the first file declares
/// both.
pub(crate) fn kdl_with_template(files: usize) -> Vec<String> {
    let is_shared = |line: &str| {
        let settings = [
            "    pace",
            "    call-window",
            "    record",
            "    detect-robot",
            "    effective-after",
        ];
        settings.iter().any(|setting| line.starts_with(setting))
    };
    let mut texts = kdl(files);
    let shared: String = texts[0]
        .lines()
        .filter(|line| is_shared(line))
        .map(|line| format!("{line}\n"))
        .collect();
    for text in &mut texts {
        let own: String = text
            .lines()
            .filter(|line| !is_shared(line))
            .map(|line| format!("{line}\n"))
            .collect();
        *text = own
            .replacen("\" {\n", "\" template=\"weekday\" {\n", 1)
            .replace("228cc4fa-92f2-4709-94e3-7344a96a5903", "visits")
            .replace("48a77bd7-8762-4e0f-a277-4ef77e36c41b", "front-desk");
    }
    let aliases = "aliases {\n    scenario visits=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    channel \
                   front-desk=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"\n}\n";
    texts[0].push_str(&format!("{aliases}template \"weekday\" {{\n{shared}}}\n"));
    texts
}

/// One file of at least so many lines: whole campaigns, one after another.
pub(crate) fn long_file(lines: usize) -> String {
    let each = kdl(1).concat().lines().count();
    kdl(lines.div_ceil(each)).concat()
}

/// The same as TOML.
pub(crate) fn toml(files: usize) -> Vec<String> {
    (0..files)
        .map(|index| {
            let mut out = format!(
                "# Wave {index}, asked for by the sales department\n[campaign.campaign-{index}]\nname = \"{}\"\nscenario = \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\non-transfer = {{ to = \"channel\", channel = \"48a77bd7-8762-4e0f-a277-4ef77e36c41b\" }}\ncaller-id = {{ of = \"number\", id = \"9a67dee5-398e-4570-9426-fbb3f067b270\" }}\nstart = {{ how = \"time\", at = \"2090-12-02 10:00\" }}\npace = \"3/s\"\neffective-after = \"12s\"\ncomment = \"Lapsed customers, first wave\"\nwebhook = \"https://example.com/hooks/twin\"\ncall-window = {{ from = \"09:10\", to = \"19:50\" }}\nrecord = {{ on = true, trim-left = \"0s\" }}\ndetect-robot = \"back\" # machines are common in this list\n\n[campaign.campaign-{index}.redial]\nmax-per-candidate = 6\nmax-per-number = 6\n",
                name(index)
            );
            for (outcome, after, times) in [("busy", "20m", 3), ("no-answer", "2h", 5), ("congestion", "15m", 5), ("ineffective", "1h", 2)] {
                let _ = writeln!(out, "{outcome} = {{ after = \"{after}\", times = {times} }}");
            }
            out.push_str("answering-machine = false\n");
            out
        })
        .collect()
}

/// The same as JSON.
pub(crate) fn json(files: usize) -> Vec<String> {
    (0..files)
        .map(|index| {
            serde_json::to_string_pretty(&serde_json::json!({
                "key": format!("campaign-{index}"),
                "name": name(index),
                "scenario": "228cc4fa-92f2-4709-94e3-7344a96a5903",
                "on-transfer": { "to": "channel", "channel": "48a77bd7-8762-4e0f-a277-4ef77e36c41b" },
                "caller-id": { "of": "number", "id": "9a67dee5-398e-4570-9426-fbb3f067b270" },
                "start": { "how": "time", "at": "2090-12-02 10:00" },
                "pace": "3/s",
                "effective-after": "12s",
                "comment": "Lapsed customers, first wave",
                "webhook": "https://example.com/hooks/twin",
                "call-window": { "from": "09:10", "to": "19:50" },
                "record": { "on": true, "trim-left": "0s" },
                "detect-robot": "back",
                "redial": {
                    "max-per-candidate": 6, "max-per-number": 6,
                    "busy": { "after": "20m", "times": 3 },
                    "no-answer": { "after": "2h", "times": 5 },
                    "answering-machine": false,
                    "congestion": { "after": "15m", "times": 5 },
                    "ineffective": { "after": "1h", "times": 2 },
                },
            }))
            .unwrap_or_default()
        })
        .collect()
}

/// A project on disk with one file a text.
pub(crate) fn write_project(folder: &Path, texts: &[String]) {
    let campaigns = folder.join("campaigns");
    let _ = std::fs::create_dir_all(&campaigns);
    let _ = std::fs::write(
        folder.join("dialform.kdl"),
        "project {\n    timezone \"Europe/Moscow\"\n}\n",
    );
    for (index, text) in texts.iter().enumerate() {
        let _ = std::fs::write(campaigns.join(format!("{index:05}.kdl")), text);
    }
}

/// As many files of Python as there are texts, each of at least as many bytes, in which a linter finds nothing.
pub(crate) fn write_python(folder: &Path, texts: &[String]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (index, text) in texts.iter().enumerate() {
        let mut out = format!(
            "# Wave {index}, asked for by the sales department\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass \
             Campaign{index}:\n    name: str = \"{}\"\n",
            name(index)
        );
        let mut line = 0;
        while out.len() < text.len() {
            let _ = writeln!(out, "    busy_{line}: int | None = {line} if {line} % 3 else None");
            line += 1;
        }
        std::fs::write(folder.join(format!("wave_{index:05}.py")), out)?;
    }
    Ok(())
}

/// Counts words, strings, signs and comments without looking into them: nothing that reads KDL can be faster.
pub(crate) fn token_scan(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut tokens = 0;
    let mut at = 0;
    while at < bytes.len() {
        let start = bytes[at];
        at += 1;
        match start {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            b'"' => {
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'/' if bytes.get(at) == Some(&b'/') => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b'{' | b'}' | b'=' | b';' => {}
            _ => {
                while at < bytes.len()
                    && !matches!(
                        bytes[at],
                        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'{' | b'}' | b'=' | b';'
                    )
                {
                    at += 1;
                }
            }
        }
        tokens += 1;
    }
    tokens
}
