//! A second, careful reading of a project, from KDL to request bodies: the `kdl` crate's trees, and the table of the language
//! written once more. It shares nothing with the program. What it does not know for sure it does not read.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlNode, KdlValue};
use serde_json::{Map, Value, json};

use super::harness::Files;

/// The bodies of a project by key, in the order of its files; nothing where anything is doubtful.
pub(super) fn read(files: &Files) -> Option<Vec<(String, Value)>> {
    let documents = files.iter().map(|(_, text)| parse(text));
    let documents = documents.collect::<Option<Vec<_>>>()?;
    let mut project = Project::default();
    let mut campaigns = Vec::new();
    for node in documents.iter().flat_map(KdlDocument::nodes) {
        no_types(node)?;
        match node.name().value() {
            "project" => project.settings(node)?,
            "aliases" => project.aliases(node)?,
            "environment" => project.environment(node)?,
            "template" => {
                let (name, parent) = head(node)?;
                if project.templates.insert(name, (parent, node)).is_some() {
                    return None;
                }
            }
            "campaign" => campaigns.push(node),
            "moved" => {}
            _ => return None,
        }
    }
    let bodies = campaigns.into_iter().map(|node| project.campaign(node));
    bodies.collect()
}

/// The crate wants white space in front of `/-`, which the specification does not.
fn parse(text: &str) -> Option<KdlDocument> {
    KdlDocument::parse(text)
        .or_else(|_| KdlDocument::parse(&text.replace("/-", " /-")))
        .ok()
}

/// Nothing uses type annotations, so nobody means one.
fn no_types(node: &KdlNode) -> Option<()> {
    let has_type = node.ty().is_some() || node.entries().iter().any(|entry| entry.ty().is_some());
    (!has_type).then_some(())
}

/// Arguments and properties of a node, each property once.
fn entries(node: &KdlNode) -> Option<(Vec<&KdlValue>, BTreeMap<&str, &KdlValue>)> {
    no_types(node)?;
    let (mut arguments, mut properties) = (Vec::new(), BTreeMap::new());
    for entry in node.entries() {
        match entry.name() {
            None => arguments.push(entry.value()),
            Some(name) if properties.insert(name.value(), entry.value()).is_none() => {}
            Some(_) => return None,
        }
    }
    Some((arguments, properties))
}

/// Whether a node says that its setting is not sent: `#null`, and nothing else.
fn is_off(node: &KdlNode) -> Option<bool> {
    let (arguments, properties) = entries(node)?;
    let has_null = arguments.contains(&&KdlValue::Null);
    let is_alone = arguments.len() == 1 && properties.is_empty() && node.children().is_none();
    (!has_null || is_alone).then_some(has_null)
}

/// The name of a campaign or template, and the template that it takes settings from.
fn head(node: &KdlNode) -> Option<(&str, Option<&str>)> {
    let (arguments, mut properties) = entries(node)?;
    let [name] = arguments.as_slice() else { return None };
    let template = match properties.remove("template") {
        Some(template) => Some(template.as_string()?),
        None => None,
    };
    properties.is_empty().then_some((name.as_string()?, template))
}

fn children(node: &KdlNode) -> impl Iterator<Item = &KdlNode> {
    node.children().into_iter().flat_map(KdlDocument::nodes)
}

#[derive(Default)]
struct Project<'d> {
    is_extended: bool,
    wire_values: BTreeMap<&'d str, &'d str>,
    aliases: BTreeMap<(&'d str, &'d str), &'d str>,
    templates: BTreeMap<&'d str, (Option<&'d str>, &'d KdlNode)>,
    environments: Vec<&'d str>,
}

impl<'d> Project<'d> {
    fn settings(&mut self, node: &'d KdlNode) -> Option<()> {
        let mut seen = Vec::new();
        for child in children(node) {
            let name = child.name().value();
            let (arguments, properties) = entries(child)?;
            if !properties.is_empty() {
                return None;
            }
            let words = arguments
                .iter()
                .map(|value| value.as_string())
                .collect::<Option<Vec<_>>>()?;
            match (name, words.as_slice()) {
                ("dialect", ["classic"]) => self.is_extended = false,
                ("dialect", ["extended"]) => self.is_extended = true,
                ("wire-value", [name, value]) => drop(self.wire_values.insert(name, value)),
                ("api" | "login" | "timezone" | "token-command", [_]) | ("campaigns", [_]) | ("lint", []) => {}
                _ => return None,
            }
            if !matches!(name, "campaigns" | "wire-value" | "lint") && seen.contains(&name) {
                return None;
            }
            seen.push(name);
        }
        Some(())
    }

    /// One without a block: it differs from the project in nothing.
    fn environment(&mut self, node: &'d KdlNode) -> Option<()> {
        let (arguments, properties) = entries(node)?;
        let [name] = arguments.as_slice() else { return None };
        let name = name.as_string()?;
        let is_new = !self.environments.contains(&name);
        self.environments.push(name);
        (is_new && properties.is_empty() && node.children().is_none()).then_some(())
    }

    fn aliases(&mut self, node: &'d KdlNode) -> Option<()> {
        for child in children(node) {
            let (arguments, properties) = entries(child)?;
            if !arguments.is_empty() || properties.is_empty() {
                return None;
            }
            for (name, id) in properties {
                let id = self.aliases.insert((child.name().value(), name), id.as_string()?);
                if id.is_some() {
                    return None;
                }
            }
        }
        Some(())
    }

    fn campaign(&self, node: &'d KdlNode) -> Option<(String, Value)> {
        let (key, mut template) = head(node)?;
        let mut settings = Settings::default();
        settings.layer(node)?;
        while let Some(name) = template {
            let (parent, node) = self.templates.get(name)?;
            settings.layer(node)?;
            template = *parent;
        }
        Some((key.to_owned(), self.body(&settings)?))
    }

    fn body(&self, settings: &Settings<'d>) -> Option<Value> {
        let mut body = Body(Map::new());
        body.put("defaultExec", json!("robot"));
        body.put("additionalOptions.fullListMethod", json!("reject"));
        for (name, node) in &settings.single {
            self.setting(name, node, &mut body)?;
        }
        let hooks = settings
            .webhooks
            .iter()
            .map(|hook| self.webhook(hook))
            .collect::<Option<Vec<_>>>()?;
        if !hooks.is_empty() {
            body.put("webhookUrls", Value::Array(hooks));
        }
        self.redial(settings, &mut body)?;
        Some(Value::Object(body.0))
    }

    fn setting(&self, name: &str, node: &KdlNode, body: &mut Body) -> Option<()> {
        let (arguments, mut properties) = entries(node)?;
        if node.children().is_some() {
            return None;
        }
        let one = || match arguments.as_slice() {
            [value] => Some(*value),
            _ => None,
        };
        let text = || one()?.as_string();
        let option = |name: &str| format!("additionalOptions.{name}");
        match name {
            "name" => body.put("name", json!(text()?)),
            "comment" => body.put("taskComment", json!(text()?)),
            "scenario" => body.put("defaultExecData", self.id(&["scenario"], text()?)?),
            "trunk" => body.put(&option("providerId"), self.id(&["trunk"], text()?)?),
            "schedule" => body.put("scheduleId", self.id(&["schedule"], text()?)?),
            "on-transfer" => {
                let wire = match text()? {
                    "end" => "end",
                    "ignore" => "ignore",
                    "channel" => "ch",
                    _ => return None,
                };
                body.put("secondExec", json!(wire));
                if let Some(channel) = properties.remove("channel") {
                    body.put("secondExecData", self.id(&["channel"], channel.as_string()?)?);
                }
            }
            "caller-id" => {
                let (wire, kinds): (&str, &[&str]) = match text()? {
                    "default" => ("default", &[]),
                    "number" => ("gornum", &["number"]),
                    "pool" => ("pool", &["pool"]),
                    _ => return None,
                };
                body.put("cidType", json!(wire));
                if let Some(id) = properties.remove("id") {
                    body.put("cidData", self.id(kinds, id.as_string()?)?);
                }
            }
            "start" => {
                let kind = text()?;
                if !matches!(kind, "manual" | "time") {
                    return None;
                }
                body.put("startType", json!(kind));
                if let Some(at) = properties.remove("at") {
                    body.put("startMoment", json!(at.as_string()?));
                }
            }
            "pace" => body.put("cps", pace(text()?)?),
            "effective-after" => body.put(&option("fullListTime"), seconds(text()?)?),
            "lifetime" => body.put("lifetime", seconds(text()?)?),
            "call-window" => {
                if !arguments.is_empty() {
                    return None;
                }
                let is_recipients = match properties.remove("clock").map(|clock| clock.as_string()) {
                    None | Some(Some("recipient")) => true,
                    Some(Some("company")) => false,
                    Some(_) => return None,
                };
                body.put(&option("useTr"), json!(is_recipients));
                for (name, wire) in [("from", "allowCallTimeFrom"), ("to", "allowCallTimeTo")] {
                    if let Some(time) = properties.remove(name) {
                        body.put(&option(wire), time_of_day(time.as_string()?)?);
                    }
                }
            }
            "record" => {
                body.put(&option("recordCall"), json!(one()?.as_bool()?));
                if let Some(trim) = properties.remove("trim-left") {
                    body.put(&option("recTrimLeft"), seconds(trim.as_string()?)?);
                }
            }
            "detect-robot" => {
                let mode = one()?;
                body.put(&option("detectRobot"), json!(mode.as_bool() != Some(false)));
                match (mode.as_string(), mode.as_bool()) {
                    (Some(mode @ ("back" | "block")), None) => body.put(&option("detectRobotMode"), json!(mode)),
                    (None, Some(false)) => {}
                    _ => return None,
                }
                if let Some(greeting) = properties.remove("greeting") {
                    body.put(
                        &option("detectRobotGreeting"),
                        self.id(&["sound"], greeting.as_string()?)?,
                    );
                }
            }
            "normalize" => {
                body.put("phoneNormalization", json!(text()?));
                if let Some(action) = properties.remove("on-error") {
                    let action = action.as_string().filter(|action| matches!(*action, "skip" | "mark"))?;
                    let name = format!("on-error.{action}");
                    let wire = self.wire_values.get(&*name).copied().unwrap_or(action);
                    body.put("normalizationErrorAction", json!(wire));
                }
            }
            "strategy" => {
                let wire = match text()? {
                    "sequential" => "STEP_2_STEP",
                    "parallel" => "PARALLEL",
                    _ => return None,
                };
                body.put("callStrategy", json!(wire));
            }
            "check-phones" => body.put("checkPhone", json!(one()?.as_bool()?)),
            "email-report" => body.put("sendReportAfterFinish", json!(one()?.as_bool()?)),
            "comply" if text()? == "230-fz" => body.put(&option("fz230"), json!(true)),
            // Never sent.
            "on-change" => {
                let word = text()?;
                let running = properties.remove("running").map(|running| running.as_bool());
                let is_known = match running {
                    None => matches!(word, "refuse" | "replace" | "keep"),
                    Some(running) => word == "replace" && running.is_some(),
                };
                is_known.then_some(())?;
            }
            "only" => {
                let names = arguments.iter().map(|name| name.as_string());
                let names = names.collect::<Option<Vec<_>>>()?;
                let is_known = |name: &&str| self.environments.contains(name);
                (!names.is_empty() && names.iter().all(is_known)).then_some(())?;
            }
            _ => return None,
        }
        properties.is_empty().then_some(())
    }

    fn webhook(&self, node: &KdlNode) -> Option<Value> {
        let (arguments, mut properties) = entries(node)?;
        let [url] = arguments.as_slice() else { return None };
        let url = url.as_string()?;
        let mut hook = Map::new();
        if let Some(partial) = properties.remove("partial") {
            hook.insert("partialResults".to_owned(), json!(partial.as_bool()?));
        }
        if let Some(delay) = properties.remove("delay") {
            hook.insert("delay".to_owned(), seconds(delay.as_string()?)?);
        }
        for child in children(node) {
            let (arguments, properties) = entries(child)?;
            let is_first = !hook.contains_key("events");
            if child.name().value() != "events" || !properties.is_empty() || child.children().is_some() || !is_first {
                return None;
            }
            let mut events = Map::new();
            for event in arguments {
                let name = event.as_string()?.to_uppercase().replace('-', "_");
                events.insert(name.clone(), json!({ "name": name, "value": true }));
            }
            hook.insert("events".to_owned(), Value::Object(events));
        }
        if !properties.is_empty() {
            return None;
        }
        if hook.is_empty() {
            return node.children().is_none().then(|| json!(url));
        }
        hook.insert("url".to_owned(), json!(url));
        Some(Value::Object(hook))
    }

    fn redial(&self, settings: &Settings<'_>, body: &mut Body) -> Option<()> {
        const OUTCOMES: [(&str, &str); 5] = [
            ("busy", "busy"),
            ("no-answer", "noAnswer"),
            ("answering-machine", "answerMash"),
            ("congestion", "congestion"),
            ("ineffective", "answerNoList"),
        ];
        let Some(is_on) = settings.redials else { return Some(()) };
        body.put("redialStrategyOptions.redialStrategyEn", json!(is_on));
        for (name, wire) in [
            ("max-per-candidate", "candidateLimit"),
            ("max-per-number", "numberLimit"),
        ] {
            let Some(node) = settings.redial.get(name) else {
                continue;
            };
            if is_off(node)? {
                continue;
            }
            let (arguments, properties) = entries(node)?;
            let ([limit], true, None) = (arguments.as_slice(), properties.is_empty(), node.children()) else {
                return None;
            };
            let limit = count(limit)?;
            let limit = if self.is_extended {
                json!({ "redial": true, "count": limit })
            } else {
                limit
            };
            body.put(&format!("redialStrategyOptions.{wire}"), limit);
        }
        for (name, wire) in OUTCOMES {
            let mut outcome = json!({ "redial": false });
            if let Some(node) = settings.redial.get(name).filter(|node| is_off(node) != Some(true)) {
                let (arguments, properties) = entries(node)?;
                match arguments.as_slice() {
                    [off] if off.as_bool() == Some(false) && properties.is_empty() => {}
                    [] if properties.len() == 2 => {
                        let after = properties.get("after")?.as_string()?;
                        let times = count(properties.get("times")?)?;
                        outcome = json!({ "redial": true, "time": seconds(after)?, "count": times });
                    }
                    _ => return None,
                }
                if node.children().is_some() {
                    return None;
                }
            }
            body.put(&format!("redialStrategyOptions.{wire}"), outcome);
        }
        let known = |name: &str| OUTCOMES.iter().any(|(known, _)| *known == name) || name.starts_with("max-per-");
        settings.redial.keys().all(|name| known(name)).then_some(())
    }

    /// A UUID, or what the alias of one of these kinds stands for.
    fn id(&self, kinds: &[&str], text: &str) -> Option<Value> {
        let plain = text.to_ascii_lowercase();
        let is_uuid = |text: &str| {
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
        };
        if is_uuid(&plain) {
            return Some(json!(plain));
        }
        let id = kinds.iter().find_map(|kind| self.aliases.get(&(*kind, text)))?;
        Some(json!(id.to_ascii_lowercase()))
    }
}

/// The nodes that stand for a campaign: its own first, then what its templates have besides.
#[derive(Default)]
struct Settings<'d> {
    single: BTreeMap<&'d str, &'d KdlNode>,
    /// Settings that are not sent.
    off: Vec<&'d str>,
    webhooks: Vec<&'d KdlNode>,
    redials: Option<bool>,
    redial: BTreeMap<&'d str, &'d KdlNode>,
}

impl<'d> Settings<'d> {
    fn layer(&mut self, node: &'d KdlNode) -> Option<()> {
        let (mut single, mut webhooks, mut redial) = (BTreeMap::new(), Vec::new(), None);
        for child in children(node) {
            let name = child.name().value();
            let is_new = match name {
                "webhook" => {
                    webhooks.push(child);
                    true
                }
                "redial" => redial.replace(child).is_none(),
                _ => single.insert(name, child).is_none(),
            };
            if !is_new {
                return None;
            }
        }
        for (name, child) in single {
            if self.off.contains(&name) || self.single.contains_key(name) {
                continue;
            }
            if is_off(child)? {
                self.off.push(name);
            } else {
                self.single.insert(name, child);
            }
        }
        if self.webhooks.is_empty() {
            self.webhooks = webhooks;
        }
        match redial {
            Some(redial) => self.redial(redial),
            None => Some(()),
        }
    }

    fn redial(&mut self, node: &'d KdlNode) -> Option<()> {
        if self.redials == Some(false) {
            return Some(());
        }
        let (arguments, properties) = entries(node)?;
        match (arguments.as_slice(), properties.is_empty()) {
            ([], true) => self.redials = Some(true),
            ([off], true) if off.as_bool() == Some(false) && self.redials.is_none() => self.redials = Some(false),
            _ => return None,
        }
        let mut own = BTreeMap::new();
        for child in children(node) {
            if own.insert(child.name().value(), child).is_some() {
                return None;
            }
        }
        for (name, child) in own {
            self.redial.entry(name).or_insert(child);
        }
        Some(())
    }
}

struct Body(Map<String, Value>);

impl Body {
    fn put(&mut self, path: &str, value: Value) {
        match path.split_once('.') {
            None => drop(self.0.insert(path.to_owned(), value)),
            Some((outer, inner)) => {
                let object = self.0.entry(outer).or_insert_with(|| json!({}));
                object[inner] = value;
            }
        }
    }
}

fn count(value: &KdlValue) -> Option<Value> {
    let count = value.as_integer()?;
    (1..=i128::from(i32::MAX))
        .contains(&count)
        .then(|| json!(i64::try_from(count).unwrap()))
}

/// `1h30m`
fn seconds(text: &str) -> Option<Value> {
    let (mut total, mut number) = (0_u64, String::new());
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total += number.parse::<u64>().ok()? * unit;
        number.clear();
    }
    (number.is_empty() && !text.is_empty()).then(|| json!(total))
}

/// `09:10`, `09:10:30`
fn time_of_day(text: &str) -> Option<Value> {
    let parts = text.split(':').map(|part| {
        let is_two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_two.then(|| part.parse::<u32>().ok()).flatten()
    });
    let parts = parts.collect::<Option<Vec<u32>>>()?;
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] => (hours, minutes, &0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    Some(json!((hours * 3_600 + minutes * 60 + seconds).min(86_399)))
}

/// `3/s`, `1/60s`, `1/min`
fn pace(text: &str) -> Option<Value> {
    let hundredths = match text.split_once('/')? {
        (calls, "s") => 100 + calls.parse::<u32>().ok()?,
        ("1", "min") => 40,
        ("1", period) => {
            100 - period
                .strip_suffix('s')?
                .parse::<u32>()
                .ok()
                .filter(|seconds| *seconds < 100)?
        }
        _ => return None,
    };
    Some(json!(f64::from(hundredths) / 100.0))
}
