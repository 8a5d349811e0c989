//! The same mistake over every setting of the table, so that a new row cannot be forgotten.

use dialform::fields::{FIELDS, Kind, SETTINGS, Slot};

use super::base::{CLASSIC, EXTENDED};
use super::harness::{Files, Found, check, files};

/// The lines of a project on which a setting's node begins: file, number of the line, name.
fn nodes() -> Vec<(Files, usize, usize, &'static str)> {
    let mut nodes = Vec::new();
    for base in [CLASSIC, EXTENDED] {
        let files = files(base);
        for (index, (path, text)) in files.iter().enumerate() {
            let mut in_aliases = false;
            for (number, line) in text.lines().enumerate() {
                in_aliases = line.starts_with("aliases") || in_aliases && !line.starts_with('}');
                let name = line.split_whitespace().next().unwrap_or("");
                if path != "dialform.kdl"
                    && !in_aliases
                    && let Some(spec) = SETTINGS.iter().find(|spec| spec.name == name)
                {
                    nodes.push((files.clone(), index, number, spec.name));
                }
            }
        }
    }
    nodes
}

/// Checks a project in which one line is replaced.
fn with_line(files: &Files, index: usize, number: usize, line: &str) -> Vec<Found> {
    let mut files = files.clone();
    let mut lines: Vec<&str> = files[index].1.lines().collect();
    lines[number] = line;
    files[index].1 = lines.join("\n");
    check(&files)
}

/// Changes each node's line, and expects one finding with this code on it.
fn sweep(code: &str, change: impl Fn(&str, &str) -> Option<String>) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (files, index, number, name) in nodes() {
        let line = files[index].1.lines().nth(number).unwrap();
        let Some(changed) = change(line, name) else { continue };
        count += 1;
        let start: usize = files[index].1.split_inclusive('\n').take(number).map(str::len).sum();
        let found = with_line(&files, index, number, &changed);
        let is_right = matches!(found.as_slice(), [only] if only.code == code
            && only.at.0 == files[index].0
            && (start..=start + changed.len()).contains(&only.at.1));
        if !is_right {
            wrong.push(format!("{changed}\n  {found:?}"));
        }
    }
    assert!(count >= 20, "only {count} nodes");
    assert!(
        wrong.is_empty(),
        "{code}, {} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_setting_is_in_the_projects() {
    let seen: Vec<&str> = nodes().into_iter().map(|(_, _, _, name)| name).collect();
    for spec in SETTINGS {
        assert!(seen.contains(&spec.name), "`{}` is in neither project", spec.name);
    }
}

#[test]
fn every_setting_with_a_letter_too_many() {
    sweep("DF101", |line, name| Some(line.replacen(name, &format!("{name}x"), 1)));
}

#[test]
fn every_setting_with_a_letter_too_few() {
    sweep("DF101", |line, name| Some(line.replacen(name, &name[1..], 1)));
}

#[test]
fn every_setting_in_capitals() {
    sweep("DF101", |line, name| Some(line.replacen(name, &name.to_uppercase(), 1)));
}

#[test]
fn every_setting_under_a_name_that_nobody_can_guess() {
    sweep("DF101", |line, name| Some(line.replacen(name, "zzzzzzzzzz", 1)));
}

#[test]
fn every_setting_with_an_unknown_property() {
    sweep("DF104", |line, name| {
        Some(line.replacen(name, &format!("{name} zzzzzz=\"1\""), 1))
    });
}

#[test]
fn every_setting_with_an_annotation() {
    sweep("DF054", |line, name| {
        Some(line.replacen(name, &format!("(x){name}"), 1))
    });
}

#[test]
fn every_setting_that_is_there_twice_is_found() {
    sweep("DF103", |line, name| {
        let repeats = SETTINGS.iter().any(|spec| spec.name == name && spec.repeats);
        (!repeats && !line.ends_with('{')).then(|| format!("{line}\n{line}"))
    });
}

#[test]
fn every_required_setting_that_is_null_is_found() {
    let required = [
        "name",
        "scenario",
        "on-transfer",
        "caller-id",
        "start",
        "pace",
        "effective-after",
        "record",
    ];
    sweep("DF119", |line, name| {
        let indent = &line[..line.len() - line.trim_start().len()];
        required.contains(&name).then(|| format!("{indent}{name} #null"))
    });
}

#[test]
fn every_property_that_is_null_is_found() {
    sweep("DF119", |line, _| {
        let (before, value) = line.split_once('=')?;
        let rest = value.split_once(' ').map_or("", |(_, rest)| rest);
        // A date has a blank in it.
        let rest = rest
            .split_once('"')
            .filter(|_| before.ends_with("at"))
            .map_or(rest, |(_, rest)| rest);
        Some(format!("{before}=#null {rest}"))
    });
}

#[test]
fn every_name_of_the_wire_beside_the_settings() {
    let mut wrong = Vec::new();
    for spec in FIELDS {
        for path in spec.wire {
            let name = path
                .trim_end_matches(".url")
                .trim_end_matches("[]")
                .trim_end_matches(".redial");
            let name = name.rsplit('.').next().unwrap();
            // The language has this very name.
            if SETTINGS.iter().any(|spec| spec.name == name) || name == "events" || name == "delay" {
                continue;
            }
            let mut files = files(EXTENDED);
            files[1].1 = files[1]
                .1
                .replace("    lifetime", &format!("    {name} \"x\"\n    lifetime"));
            let found = check(&files);
            if !matches!(found.as_slice(), [only] if only.code == "DF108") {
                wrong.push(format!("{name}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_value_of_the_wrong_type() {
    sweep("DF109", |line, name| {
        let spec = FIELDS
            .iter()
            .find(|spec| spec.setting.spec().name == name && spec.slot == Slot::Argument)?;
        let value = match spec.kind {
            Kind::Choice(_) | Kind::Choices(_) => "12345",
            Kind::Text | Kind::Comment | Kind::Id(_) | Kind::Duration | Kind::Pace | Kind::Url | Kind::Names => {
                "#false"
            }
            Kind::Count | Kind::Limit | Kind::Time { .. } | Kind::Moment => "#true",
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        (!line.ends_with('{')).then(|| format!("{indent}{name} {value}"))
    });
}
