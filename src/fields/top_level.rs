//! The nodes outside campaigns: those at the top level of a file, and those in `project`.

/// Base address of the call service where the project says nothing.
pub const DEFAULT_API: &str = "https://cis.twin24.ai/api/v1";
/// Base address of the login service where the project says nothing.
pub const DEFAULT_LOGIN: &str = "https://iam.twin24.ai/api/v1";
/// The state where the project has no environments and says nothing.
pub const DEFAULT_STATE: &str = "dialform.state.json";
/// Where campaigns are looked for if the project does not say.
pub const DEFAULT_CAMPAIGNS: &str = "campaigns/**/*.kdl";

/// One node outside campaigns.
#[derive(Clone, Copy, Debug)]
pub struct TopLevelSpec {
    /// The node's name.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it is for, in a few words.
    pub doc: &'static str,
    /// More about it.
    pub more: &'static str,
    /// Its value where it is not written.
    pub default: Option<&'static str>,
    /// Whether it may stand several times.
    pub repeats: bool,
    /// Whether it is about an account, so that an environment may say otherwise.
    pub of_account: bool,
    /// The words, properties or nodes that it takes, and what each means.
    pub takes: &'static [(&'static str, &'static str)],
    /// An example: top-level nodes, or lines of `project`.
    pub example: &'static str,
}

/// The nodes at the top level of a file, in the order in which they are documented.
pub static TOP_LEVEL: [TopLevelSpec; 7] = [
    TopLevelSpec {
        name: "project",
        usage: "project { … }",
        doc: "what holds for the whole project",
        more: "It stands in `dialform.kdl` only, once. The folder of that file is the project.",
        default: None,
        repeats: false,
        of_account: false,
        takes: &[],
        example: "project {\n    dialect \"classic\"\n    timezone \"Europe/Moscow\"\n}",
    },
    TopLevelSpec {
        name: "environment",
        usage: "environment \"NAME\" { … }",
        doc: "one of the accounts that the same campaigns are for",
        more: "It stands in `dialform.kdl` only. What it says of the account goes before what `project` says; its aliases come \
               beside the common ones. Commands about an account then need `--env NAME` or DIALFORM_ENV; lint checks all \
               environments at once.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[],
        example: "environment \"staging\" {\n    token-env \"TWIN_STAGING_TOKEN\"\n    aliases {\n        \
                  scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    }\n}\n\
                  environment \"production\" {\n    aliases {\n        \
                  scenario promo=\"1f0c7f5e-6a0b-4e54-9d3c-0d6f2b0f8a11\"\n    }\n}\n\
                  template \"weekday\" {\n    scenario \"promo\"\n}\ncampaign \"spring-promo\" template=\"weekday\" {}",
    },
    TopLevelSpec {
        name: "campaign",
        usage: "campaign \"KEY\" template=\"…\" { … }",
        doc: "a campaign: apply makes a task of it, once",
        more: "The key is the campaign's name in plan and state: a-z, 0-9, `-` and `_`, unique in the project. It never \
               reaches the API in a field of its own; a key that changes needs a `moved`.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[(
            "template=",
            "the template from which the campaign takes each setting that it does not state itself",
        )],
        example: "campaign \"spring-promo\" template=\"weekday\" {\n    name \"Spring promo 2026\"\n}\n\
                  template \"weekday\" {\n    scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    \
                  on-transfer \"end\"\n    caller-id \"default\"\n    start \"manual\"\n    pace \"3/s\"\n    \
                  effective-after \"12s\"\n    call-window from=\"09:10\" to=\"19:50\"\n    record #false\n    \
                  redial #false\n}",
    },
    TopLevelSpec {
        name: "template",
        usage: "template \"NAME\" template=\"…\" { … }",
        doc: "settings that several campaigns share",
        more: "A setting is taken or replaced whole; only `redial` merges, by whole outcomes and limits. `trunk #null` in \
               a campaign takes an optional setting of its template away again.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[(
            "template=",
            "a further template, from which this one takes what it does not state",
        )],
        example: "template \"weekday\" {\n    call-window from=\"09:10\" to=\"19:50\"\n    record #false\n}\n\
                  campaign \"spring-promo\" template=\"weekday\" {\n    name \"Spring promo 2026\"\n    \
                  scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    on-transfer \"end\"\n    \
                  caller-id \"default\"\n    start \"manual\"\n    pace \"3/s\"\n    effective-after \"12s\"\n    \
                  redial #false\n}",
    },
    TopLevelSpec {
        name: "aliases",
        usage: "aliases { KIND NAME=\"UUID\" … }",
        doc: "names for the ids of the account",
        more: "They hold for the whole project, whatever file they stand in. Each setting takes aliases of its own kind.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[],
        example: "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n\
                  template \"weekday\" {\n    scenario \"promo\"\n}\ncampaign \"spring-promo\" template=\"weekday\" {}",
    },
    TopLevelSpec {
        name: "moved",
        usage: "moved from=\"old-key\" to=\"new-key\"",
        doc: "says that a campaign has another key now, so that its task is kept",
        more: "It changes the state only. Leave it until every copy of the state has seen it.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[
            ("from=", "the key that the campaign had; no campaign may have it now"),
            ("to=", "the key that it has"),
        ],
        example: "moved from=\"spring-2034\" to=\"spring-promo\"\ncampaign \"spring-promo\" {}",
    },
    TopLevelSpec {
        name: "removed",
        usage: "removed \"old-key\" task=\"halt\"|\"keep\"",
        doc: "says what becomes of the task of a campaign that was deleted",
        more: "It stands in the place of the campaign. Apply carries it out once; then the line may go. Without it, the task \
               of a deleted campaign goes on calling, and plan asks what is to become of it.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[
            ("halt", "apply stops the task for good, whether or not it runs"),
            (
                "keep",
                "the task is let go: it stays as it is, and dialform no longer looks after it",
            ),
        ],
        example: "removed \"spring-2034\" task=\"halt\"\ncampaign \"spring-promo\" {}",
    },
];

/// The nodes of `project`, in the order in which they are documented.
pub static PROJECT: [TopLevelSpec; 11] = [
    TopLevelSpec {
        name: "api",
        usage: "api \"https://cis.twin24.ai/api/v1\"",
        doc: "where tasks are created",
        more: "https only, but for this machine's own addresses.",
        default: Some(DEFAULT_API),
        repeats: false,
        of_account: true,
        takes: &[],
        example: "api \"https://calls.example.com/cis/api/v1\"",
    },
    TopLevelSpec {
        name: "login",
        usage: "login \"https://iam.twin24.ai/api/v1\"",
        doc: "where a token is got for an e-mail address and a password",
        more: "https only, but for this machine's own addresses.",
        default: Some(DEFAULT_LOGIN),
        repeats: false,
        of_account: true,
        takes: &[],
        example: "login \"https://calls.example.com/iam/api/v1\"",
    },
    TopLevelSpec {
        name: "dialect",
        usage: "dialect \"classic\"|\"extended\"",
        doc: "which page of the API the account speaks",
        more: "",
        default: Some("classic"),
        repeats: false,
        of_account: true,
        takes: &[
            ("classic", "the older page of the method"),
            (
                "extended",
                "the newer page, which has more fields and writes the two limits on redials as objects",
            ),
        ],
        example: "dialect \"extended\"",
    },
    TopLevelSpec {
        name: "timezone",
        usage: "timezone \"Europe/Moscow\"",
        doc: "the company's time zone, in which start times are read",
        more: "An IANA name. Without it, a start time is taken for past only where it is so everywhere on earth.",
        default: None,
        repeats: false,
        of_account: true,
        takes: &[],
        example: "timezone \"Asia/Yekaterinburg\"",
    },
    TopLevelSpec {
        name: "campaigns",
        usage: "campaigns \"campaigns/**/*.kdl\"",
        doc: "the files that belong to the project",
        more: "A pattern, read from the project's folder: `*` is any part of a name, `**` any folders.",
        default: Some(DEFAULT_CAMPAIGNS),
        repeats: true,
        of_account: false,
        takes: &[],
        example: "campaigns \"campaigns/**/*.kdl\"\ncampaigns \"seasonal/*.kdl\"",
    },
    TopLevelSpec {
        name: "token-command",
        usage: "token-command \"pass show twin\"",
        doc: "a command that prints a token",
        more: "It is asked where DIALFORM_TOKEN is not set, or is refused; DIALFORM_EMAIL and DIALFORM_PASSWORD then count for nothing.",
        default: None,
        repeats: false,
        of_account: true,
        takes: &[],
        example: "token-command \"pass show twin\"",
    },
    TopLevelSpec {
        name: "token-env",
        usage: "token-env \"TWIN_STAGING_TOKEN\"",
        doc: "the environment variable that holds the token, in place of DIALFORM_TOKEN",
        more: "Its name begins with DIALFORM_ or TWIN_, so that no file can have another secret of the machine sent anywhere. \
               DIALFORM_TOKEN, DIALFORM_EMAIL and DIALFORM_PASSWORD then count for nothing.",
        default: None,
        repeats: false,
        of_account: true,
        takes: &[],
        example: "token-env \"TWIN_STAGING_TOKEN\"",
    },
    TopLevelSpec {
        name: "state",
        usage: "state \"PATH or ADDRESS\"",
        doc: "where the state is kept",
        more: "A path in the project's folder, `s3://BUCKET/PREFIX`, `postgres://HOST/DB?state=NAME`, or the address of a \
               Terraform state in GitLab. No credentials stand in it. `--state FILE` overrides it. With environments the default is \
               `dialform.NAME.state.json`.",
        default: Some(DEFAULT_STATE),
        repeats: false,
        of_account: true,
        takes: &[
            (
                "endpoint=",
                "the address of an S3-compatible service, where it is not Amazon's",
            ),
            ("region=", "the region of the bucket"),
        ],
        example: "state \"state/dialform.state.json\"",
    },
    TopLevelSpec {
        name: "wire-value",
        usage: "wire-value \"on-error.skip\" \"…\"",
        doc: "a wire value that the vendor does not publish",
        more: "plan says so while dialform sends a guess.",
        default: None,
        repeats: true,
        of_account: true,
        takes: &[
            (
                "on-error.skip",
                "what `normalize \"RU\" on-error=\"skip\"` becomes; `skip` where nothing is said",
            ),
            (
                "on-error.mark",
                "what `normalize \"RU\" on-error=\"mark\"` becomes; `mark` where nothing is said",
            ),
        ],
        example: "wire-value \"on-error.skip\" \"SKIP\"",
    },
    TopLevelSpec {
        name: "on-change",
        usage: "on-change \"refuse\"|\"replace\"|\"keep\", or on-change \"replace\" running=#true",
        doc: "what apply does about a task whose campaign has changed, where neither the campaign nor its template says",
        more: "It is never sent, and changing it changes no campaign.",
        default: Some("refuse"),
        repeats: false,
        of_account: false,
        takes: &[
            ("refuse", "nothing is done until somebody says so (`--replace`)"),
            (
                "replace",
                "the old task is stopped for good, then a new one is created; one that has begun only with `running=#true`",
            ),
            (
                "keep",
                "the task lives on as it was created, and plan says what differs",
            ),
        ],
        example: "on-change \"replace\"",
    },
    TopLevelSpec {
        name: "lint",
        usage: "lint { warn \"…\"; allow \"…\"; error \"…\"; enforce \"…\" }",
        doc: "which rules count, and how much",
        more: "Rules go by name, by code (`DF402`) or by group (`DF4`); the last word about a rule stands. What the request \
               cannot do without stops plan and apply all the same.",
        default: None,
        repeats: true,
        of_account: false,
        takes: &[
            (
                "error",
                "the rule's findings are errors: lint fails, plan and apply stop",
            ),
            ("warn", "they are warnings, which are only shown"),
            ("allow", "they are not shown"),
            ("enforce", "no comment, baseline or option hides them"),
        ],
        example: "lint {\n    warn \"http-webhook\"\n    allow \"unused-alias\"\n    error \"DF4\"\n}",
    },
];

/// The node of an environment that has this name, but for `aliases`: a node of `project` about an account.
pub fn in_environment(name: &str) -> Option<&'static TopLevelSpec> {
    in_project(name).filter(|spec| spec.of_account)
}

/// The node of `project` that has this name.
pub fn in_project(name: &str) -> Option<&'static TopLevelSpec> {
    PROJECT.iter().find(|spec| spec.name == name)
}
