//! Environments: what is found in all of them, and what in some.

use crate::common::site::{CLEAN, Site, keyed};

const IDS: [&str; 3] = [
    "228cc4fa-92f2-4709-94e3-7344a96a5903",
    "1f0c7f5e-6a0b-4e54-9d3c-0d6f2b0f8a11",
    "48a77bd7-8762-4e0f-a277-4ef77e36c41b",
];

/// A campaign with an alias for its scenario, and further lines.
fn campaign(alias: &str, lines: &str) -> String {
    let text = CLEAN.replace(IDS[0], alias);
    format!("{}{lines}\n}}\n", text.trim_end().strip_suffix('}').unwrap())
}

fn found_of(site: &Site, options: &[&str]) -> Vec<String> {
    let all = ["--output-format", "json", "--now", "2030-06-01T00:30:00Z"];
    let options: Vec<&str> = all.into_iter().chain(options.iter().copied()).collect();
    let report = site.lint(&options).json();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let one = |finding: &serde_json::Value| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        format!("{} {}", text("code"), text("message"))
    };
    diagnostics.iter().map(one).collect()
}

fn found(project: &str, campaign: &str) -> Vec<String> {
    found_of(
        &Site::new(&[("dialform.kdl", project), ("campaigns/a.kdl", campaign)]),
        &[],
    )
}

/// Two environments with these aliases.
fn two(staging: &str, production: &str) -> String {
    format!(
        "project {{ timezone \"Europe/Moscow\"; }}\nenvironment \"staging\" {{\n{staging}\n}}\n\
         environment \"production\" {{\n{production}\n}}\n"
    )
}

fn alias(id: &str) -> String {
    format!("aliases {{ scenario promo=\"{id}\"; }}")
}

#[test]
fn an_alias_of_each_environment_is_known_and_one_that_some_lack_is_one_finding_that_names_them() {
    let campaign = campaign("promo", "");
    assert_eq!(
        found(&two(&alias(IDS[0]), &alias(IDS[1])), &campaign),
        Vec::<String>::new()
    );
    assert_eq!(
        found(&two(&alias(IDS[0]), ""), &campaign),
        ["DF301 no scenario is called `promo` in the environment `production`"]
    );
    assert_eq!(found(&two("", ""), &campaign), ["DF301 no scenario is called `promo`"]);
    let three = two(&alias(IDS[0]), "") + "environment \"training\"\n";
    assert_eq!(
        found(&three, &campaign),
        ["DF301 no scenario is called `promo` in the environments `production` and `training`"]
    );
}

#[test]
fn the_same_alias_twice_is_an_error_that_shows_the_other_place() {
    let common = format!("{}\n{}", two(&alias(IDS[0]), &alias(IDS[1])), alias(IDS[2]));
    let site = Site::new(&[("dialform.kdl", &common), ("campaigns/a.kdl", &campaign("promo", ""))]);
    let report = site.lint(&["--output-format", "json"]).json();
    let first = &report["diagnostics"][0];
    assert_eq!(first["code"], "DF305");
    assert!(
        first.to_string().contains("declared for all environments here"),
        "{first}"
    );
    // Another kind is another name.
    let other = format!(
        "{}\naliases {{ channel promo=\"{}\"; }}",
        two(&alias(IDS[0]), &alias(IDS[1])),
        IDS[2]
    );
    assert_eq!(
        found(&other, &campaign("promo", "")),
        ["DF309 the channel alias `promo` is not used"]
    );
    let twice = two("", "") + "environment \"staging\"\n";
    assert_eq!(found(&twice, CLEAN), ["DF305 environment `staging` is declared twice"]);
}

#[test]
fn starts_and_dialects_are_judged_in_each_environment() {
    // In Moscow it is 03:30, in Vladivostok 10:30.
    let start = CLEAN.replace("start \"manual\"", "start \"time\" at=\"2030-06-01 09:00\"");
    let zones = two("", "timezone \"Asia/Vladivostok\"");
    assert_eq!(
        found(&zones, &start),
        ["DF401 the start 2030-06-01 09:00 has passed in the environment `production`"]
    );
    let lifetime = campaign(IDS[0], "    lifetime \"2d\"");
    assert_eq!(
        found(&two("dialect \"extended\"", ""), &lifetime),
        [
            "DF204 `lifetime` is only in the extended dialect, and this project speaks classic in the environment `production`"
        ]
    );
    let both = two("dialect \"extended\"", "dialect \"extended\"");
    assert_eq!(found(&both, &lifetime), Vec::<String>::new());
}

#[test]
fn only_leaves_a_campaign_out_and_names_must_exist() {
    let staging = two(&alias(IDS[0]), "");
    assert_eq!(
        found(&staging, &campaign("promo", "    only \"staging\"")),
        Vec::<String>::new()
    );
    assert_eq!(
        found(&staging, &campaign("promo", "    only \"stagin\"")),
        ["DF318 the project has no environment `stagin`"]
    );
    assert_eq!(
        found(
            "project { timezone \"Europe/Moscow\"; }",
            &campaign(IDS[0], "    only \"staging\"")
        ),
        ["DF318 `only` without environments: the project has none"]
    );
    let template = "template \"t\" {\n    only \"staging\"\n    record #false\n}\n";
    let using = keyed("b").replace("campaign \"b\"", "campaign \"b\" template=\"t\"");
    let found = found(&two("", ""), &format!("{template}{using}"));
    assert_eq!(
        found,
        ["DF319 the template `t` is left out in the environment `production`, where this uses it"]
    );
}

#[test]
fn a_misplaced_or_misspelt_part_is_one_finding() {
    let campaign = campaign("promo", "");
    let good = two(&alias(IDS[0]), &alias(IDS[1]));
    for (old, new, code) in [
        ("timezone \"Europe/Moscow\"", "token-env \"AWS_SECRET\"", "DF128"),
        ("timezone \"Europe/Moscow\"", "state \"../state.json\"", "DF129"),
        (
            "timezone \"Europe/Moscow\"",
            "state \"postgres://a:b@c/d?state=e\"",
            "DF129",
        ),
        (
            "timezone \"Europe/Moscow\"",
            "state \"s3://bucket-1/x\" endpont=\"https://s3.example.com\"",
            "DF104",
        ),
        ("environment \"staging\"", "environment \"Staging!\"", "DF118"),
        ("environment \"staging\"", "environment", "DF107"),
        ("environment \"staging\"", "enviroment \"staging\"", "DF101"),
    ] {
        let found = found(&good.replace(old, new), &campaign);
        let codes: Vec<&str> = found.iter().map(|one| &one[..5]).collect();
        assert_eq!(codes, [code], "{new}: {found:?}");
    }
    let inner = [
        ("campaigns \"x/*.kdl\"", "DF102"),
        ("timezon \"Europe/Moscow\"", "DF101"),
        ("timezone \"UTC\"\ntimezone \"UTC\"", "DF103"),
        ("pace \"3/s\"", "DF102"),
    ];
    for (line, code) in inner {
        let found = found(&two(&format!("{}\n{line}", alias(IDS[0])), &alias(IDS[1])), &campaign);
        let codes: Vec<&str> = found.iter().map(|one| &one[..5]).collect();
        assert_eq!(codes, [code], "{line}: {found:?}");
    }
    let elsewhere = format!("{campaign}environment \"training\"\n");
    assert_eq!(
        found(&good, &elsewhere).iter().map(|one| &one[..5]).collect::<Vec<_>>(),
        ["DF102"]
    );
}

#[test]
fn one_state_for_two_environments_is_an_error() {
    let one = two("state \"a.json\"", "state \"./a.json\"");
    assert_eq!(
        found(&one, CLEAN),
        ["DF320 the environments `staging` and `production` keep their state in one place"]
    );
    assert_eq!(
        found(&two("state \"a.json\"", "state \"b.json\""), CLEAN),
        Vec::<String>::new()
    );
}

#[test]
fn a_state_in_a_store_that_lint_accepts_is_one_that_a_command_opens() {
    const GITLAB: &str = "https://gitlab.example.com/api/v4/projects";
    let same = [
        "postgres://db/d?state=a",
        "postgresql://db:5432/d?sslmode=require&state=a",
    ];
    assert_eq!(
        found(
            &two(&format!("state \"{}\"", same[0]), &format!("state \"{}\"", same[1])),
            CLEAN
        ),
        ["DF320 the environments `staging` and `production` keep their state in one place"]
    );
    let usable = [
        "s3://campaigns-state/twin/a",
        "s3://campaigns-state/twin/a/",
        "s3://campaigns-state/a?region=eu-central-1",
        "s3://campaigns-state/a?region=x&endpoint=https://s3.example.com:9000/a%26b%2Fc/",
        "s3://campaigns-state/a?endpoint=http://127.0.0.1:9000",
        "postgres://db.example.com/campaigns?state=a",
        "postgres://[::1]:5433/campaigns?state=a&sslmode=disable",
        &format!("{GITLAB}/42/terraform/state/a"),
        &format!("{GITLAB}/group%2Fproject/terraform/state/a"),
        "http://127.0.0.1:8080/api/v4/projects/1/terraform/state/a",
    ];
    let unusable = [
        "s3://campaigns-state",
        "s3://Campaigns/a",
        "s3://campaigns-state/a/../b",
        "s3://key:secret@bucket/a",
        "s3://campaigns-state/a?region=x&region=x",
        "s3://campaigns-state/a?endpoint=http://s3.example.com",
        "s3://campaigns-state/a?endpoint=https://key:secret@s3.example.com",
        "s3://campaigns-state/a?endpoint=https%3A%2F%2Fkey:secret%40s3.example.com",
        "s3://campaigns-state/a?endpoint=https://s3.example.com?token=x",
        "s3://campaigns-state/a?profile=x",
        "s3://campaigns-state/a#b",
        "S3://campaigns-state/a",
        "gs://campaigns-state/a",
        "postgres://db/d",
        "postgres://db?state=a",
        "postgres://db/d?state=a&state=b",
        "postgres://db/d?state=a&password=x",
        "postgres://bot:x@db/d?state=a",
        "postgres://db/d?state=a&sslmode=disable",
        "postgres://db/d?state=a&connect_timeout=3",
        "postgres://a,b/d?state=a",
        "https://example.com/state",
        "http://gitlab.example.com/api/v4/projects/1/terraform/state/a",
        &format!("{GITLAB}/42/terraform/state/a?private_token=x"),
        &format!("{GITLAB}/42/terraform/state/a b"),
    ];
    for (text, is_usable) in usable
        .iter()
        .map(|text| (text, true))
        .chain(unusable.iter().map(|text| (text, false)))
    {
        let codes: Vec<String> = found(&two(&format!("state \"{text}\""), ""), CLEAN);
        let codes: Vec<&str> = codes.iter().map(|one| &one[..5]).collect();
        assert_eq!(codes, if is_usable { vec![] } else { vec!["DF129"] }, "{text}");
        let opened = text.parse::<dialform::state::remote::RemoteAddress>();
        assert_eq!(opened.is_ok(), is_usable, "{text}: {opened:?}");
        // What is printed can be given again, and means the same.
        if let Ok(address) = opened {
            assert_eq!(address.to_string().parse(), Ok(address), "{text}");
        }
    }
}

#[test]
fn no_command_takes_another_state_where_the_one_that_is_written_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for state in ["\"s3://bucket\"", "\"../a.json\"", "5", "", "\"\""] {
        std::fs::write(
            folder.path().join("dialform.kdl"),
            format!("project {{\n    timezone \"Europe/Moscow\"\n    state {state}\n}}\n"),
        )
        .unwrap();
        for command in [
            &["state", "list"][..],
            &["state", "pull"],
            &["plan"],
            &["apply", "--auto-approve"],
        ] {
            let ran = crate::common::command::dialform(folder.path(), command);
            assert_eq!(ran.code, Some(1), "{state}: {command:?}: {ran:?}");
            // Those that read the files say what is wrong, and where.
            let said = match command[0] {
                "state" => "`state` in dialform.kdl names no place",
                _ => "dialform.kdl:3:",
            };
            assert!(ran.stderr.contains(said), "{state}: {ran:?}");
        }
        let named = crate::common::command::dialform(folder.path(), &["state", "list", "--state", "a.json"]);
        assert_eq!(named.code, Some(0), "{named:?}");
    }
}
