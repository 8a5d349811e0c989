//! The plan as the comment on a pull request: what it says, that it stays under GitHub's limit, and that nobody's words in
//! it become more than words.

use dialform::plan::{Action, FieldChange, Plan};
use dialform::report::markdown::{MARKER, render};
use dialform::state::{Record, StatePaths};
use jiff::Timestamp;
use pulldown_cmark::{Event, Parser};

use super::{file, intend, plan};
use crate::common::command::{Ran, dialform, in_repository};
use crate::common::project::{Project, replace};

/// What GitHub takes, less what a workflow may put around it.
const LIMIT: usize = 65_000;

fn comment(plan: &Plan) -> String {
    render(plan, false)
}

/// Characters as a browser counts them, which are never fewer than GitHub's.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A plan with an action of each kind.
fn every_kind() -> Plan {
    let project = Project::of(&["autumn", "doubt", "gone", "kept", "old", "spring", "taken", "winter"]);
    for (key, task) in [
        ("gone", "task-gone"),
        ("kept", "task-kept"),
        ("old", "task-old"),
        ("spring", "task-spring"),
        ("winter", "task-winter"),
    ] {
        file(&project, key, task);
    }
    let intent = intend(&project, "doubt", None);
    project.record([
        Record::Sending { intent },
        Record::Removed {
            key: "winter".into(),
            at: Timestamp::UNIX_EPOCH,
        },
    ]);
    project.remove("gone");
    project.remove("old");
    project.remove("taken");
    project.named_campaign("new", "Campaign old", "");
    project.write("campaigns/moved.kdl", "moved from=\"old\" to=\"new\"\n");
    project.campaign("spring", "pace \"5/s\"; comment #null");
    plan(&project)
}

#[test]
fn every_kind_of_action_is_shown_the_summary_first_and_the_details_folded() {
    let shown = comment(&every_kind());
    let expected = "\
<!-- dialform plan -->
### dialform plan

**Plan: 2 to create (1 of them blocked), 1 to replace (refused without --replace), 1 to move, 1 unknown, 2 unchanged, 1 orphan (to decide).**

- **orphan** `gone` “`Campaign gone`”, task `task-gone`: no longer declared, and apply leaves its task alone, which may go on \
calling. Decide: write `removed \"gone\" task=\"halt\"` to stop it for good, or `removed \"gone\" task=\"keep\"` to let it go; \
if the campaign has a new key, `moved from=\"gone\" to=\"NEW-KEY\"`
- **unknown** `doubt` “`Campaign doubt`”, `campaigns/doubt.kdl:1:10`: an earlier create has no known outcome (the run was \
stopped while it was being sent): apply looks for it at the API; if it is not there, `dialform resolve doubt` resolves it
- **replace** `spring` “`Campaign spring`”, `campaigns/spring.kdl:1:10`, task `task-spring`: its settings changed, and the \
API cannot change a task: the old task is stopped, then a new one created
  - **blocked**: refused without `--replace spring`, which stops the task task-spring for good
- **create** `winter` “`Campaign winter`”, `campaigns/winter.kdl:1:10`: the state has no task for it
  - **blocked**: its task was removed from the state and may still exist; `--create winter` says that a new one is meant
- **move** `new` “`Campaign old`”, `campaigns/moved.kdl:1:12`, task `task-old`: `moved` says that it was `old`; the task stays as it is
- **create** `autumn` “`Campaign autumn`”, `campaigns/autumn.kdl:1:10`: the state has no task for it

- note: the vendor does not publish what `on-error.skip` is on the wire: \"skip\" is sent for autumn. Where your account \
says otherwise, write `project { wire-value \"on-error.skip\" \"…\" }`
- note: an edit is refused unless somebody says what becomes of the task: `on-change \"replace\"` in the campaign, in its template \
or in `project` has a merge replace it, `on-change \"keep\"` leaves it as it is

<details><summary><code>spring</code>: 2 differences</summary>

```diff
- pace: \"3/s\"
+ pace: \"5/s\"
- comment: \"Lapsed customers\"
```

</details>
";
    assert_same_lines(&shown, expected);
}

/// Points at the first line that differs: the lines are long.
fn assert_same_lines(shown: &str, expected: &str) {
    for (shown, expected) in shown.lines().zip(expected.lines()) {
        assert_eq!(shown, expected);
    }
    assert_eq!(shown, expected);
}

#[test]
fn nothing_to_do_is_said_and_nothing_else() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    assert_eq!(
        comment(&plan(&project)).trim_end(),
        format!("{MARKER}\n### dialform plan\n\n**Nothing to do: 1 unchanged.**")
    );
    let full = render(&plan(&project), true);
    assert!(full.contains("- **unchanged** `spring`"), "{full}");
}

#[test]
fn secrets_of_webhooks_are_in_no_comment() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.edit("topsecret", "othersecret");
    for plan in [plan(&project), project.plan(&replace("spring"))] {
        let shown = render(&plan, true);
        for secret in ["hunter2", "topsecret", "othersecret"] {
            assert!(!shown.contains(secret), "{secret} is in {shown}");
        }
        assert!(shown.contains("sealed:"), "{shown}");
    }
}

/// The same action under many keys.
fn many(count: usize, edit: impl Fn(&mut Action, usize)) -> Plan {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.campaign("spring", "pace \"5/s\"");
    let mut plan = plan(&project);
    let one = plan.actions.remove(0);
    plan.actions = (0..count)
        .map(|number| {
            let mut action = one.clone();
            action.key = format!("spring-{number:04}");
            edit(&mut action, number);
            action
        })
        .collect();
    plan
}

fn times(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn three_thousand_campaigns_are_cut_at_a_whole_one_and_the_rest_is_counted() {
    let plan = many(3_000, |_, _| {});
    for full in [false, true] {
        let shown = render(&plan, full);
        assert!(length(&shown) < LIMIT, "{}", length(&shown));
        assert!(length(&shown) > LIMIT - 4_000, "it is filled: {}", length(&shown));
        assert!(shown.contains("**Plan: 3000 to replace (refused without --replace).**"));
        let listed = times(&shown, "\n- **replace** ");
        assert_eq!(times(&shown, "\n- **blocked**: 3000 campaigns: "), 1, "said once");
        assert_eq!(times(&shown, "\n  - **blocked**: "), 0, "said once");
        assert!(
            shown.contains(&format!("\n{} more are left out", 3_000 - listed)),
            "{listed}"
        );
        assert!(shown.contains("The details of 3000 more are left out"));
        assert_eq!(times(&shown, "<details>"), times(&shown, "</details>"));
    }
}

#[test]
fn details_are_cut_at_a_whole_one_too() {
    let value = "Ещё одна 🎉 ".repeat(60);
    let plan = many(100, |action, _| {
        action.changes = vec![FieldChange {
            path: "comment".into(),
            before: None,
            after: Some(value.clone()),
        }];
    });
    let shown = comment(&plan);
    assert!(length(&shown) < LIMIT, "{}", length(&shown));
    assert_eq!(times(&shown, "\n- **replace** "), 100, "the list is whole");
    let details = times(&shown, "1 difference</summary>");
    assert!((1..100).contains(&details), "{details}");
    assert_eq!(
        times(&shown, &format!("+ comment: {value}\n```\n\n</details>\n")),
        details
    );
    assert!(shown.contains(&format!("The details of {} more are left out", 100 - details)));
}

#[test]
fn an_endless_item_leaves_the_summary_and_says_so() {
    let plan = many(2, |action, _| action.name = Some("я".repeat(70_000)));
    let shown = comment(&plan);
    assert!(length(&shown) < LIMIT);
    assert!(shown.contains("**Plan: 2 to replace"));
    assert!(shown.contains("\n2 more are left out"));
}

const HOSTILE: [&str; 14] = [
    "a ` b `` c ```",
    "```\n</details>\n# heading",
    "</details></summary><script>alert(1)</script>",
    "a | b \\| c",
    "line\nbreak\r\nand\u{2028}more",
    "@ann and @org/team, see #12 and org/repo#3 !4 ~label",
    "[click](https://evil.example) ![pixel](https://evil.example/p.png)",
    "https://evil.example www.evil.example ann@evil.example",
    "<!-- dialform plan -->",
    "--> :tada: $x$ *bold* _it_ ~~no~~",
    "Скидки к 8 марта 🎉 👩‍👩‍👧",
    "\u{202e}gnp.exe \u{200b}\u{feff}",
    "&lt;b&gt; &#64;ann &copy;",
    "\\` \\@ann \\",
];

/// What a comment is to its reader: everything outside code, and everything in it.
fn read(markdown: &str) -> (String, Vec<String>) {
    let (mut text, mut codes, mut in_block) = (String::new(), Vec::new(), false);
    for event in Parser::new(markdown) {
        match event {
            Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => in_block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_block = false,
            Event::Start(tag @ (pulldown_cmark::Tag::Link { .. } | pulldown_cmark::Tag::Image { .. })) => {
                panic!("{tag:?} in {markdown}")
            }
            Event::Text(part) if in_block => codes.push(part.to_string()),
            Event::Text(part) => text.push_str(&part),
            Event::Code(code) => codes.push(code.to_string()),
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = [
                    "<!-- dialform plan -->",
                    "<span>",
                    "</span>",
                    "</details>",
                    "<details><summary>",
                ];
                let is_ours = html.trim().is_empty() || ours.iter().any(|ours| html.trim().starts_with(ours));
                assert!(is_ours, "{html:?} in {markdown}");
                for tag in ["<script", "</details></", "<b>", "@ann</"] {
                    assert!(!html.contains(tag), "{html:?}");
                }
            }
            _ => {}
        }
    }
    (text, codes)
}

#[test]
fn words_of_others_stay_words() {
    for hostile in HOSTILE {
        let plan = many(1, |action, _| {
            action.key = hostile.to_owned();
            action.name = Some(hostile.to_owned());
            action.task = Some(hostile.to_owned());
            action.changes = vec![FieldChange {
                path: hostile.to_owned(),
                before: Some(hostile.to_owned()),
                after: None,
            }];
            if let Some(dialform::plan::BlockReason::NeedsReplace { key, task }) = &mut action.block {
                (*key, *task) = (hostile.to_owned(), hostile.to_owned());
            }
        });
        let mut plan = plan;
        plan.notes.push(format!("what {hostile} is: `{hostile}`"));
        let shown = comment(&plan);
        let (text, codes) = read(&shown);
        // Neither GitHub nor GitLab sees a mention, a reference or an address in what is left as text.
        let chars: Vec<char> = text.chars().collect();
        for pair in chars.windows(2) {
            let refers = matches!(pair[0], '@' | '#' | '!' | '~') && pair[1].is_alphanumeric();
            assert!(!refers, "{pair:?} in {text}");
        }
        for address in ["://", "www.", "hidden\u{202e}"] {
            assert!(!text.contains(address), "{address} in {text}");
        }
        assert_eq!(shown.lines().filter(|line| *line == MARKER).count(), 1, "{shown}");
        assert!(!shown.contains('\u{202e}'), "{shown}");
        if !hostile.contains(char::is_control) && !hostile.contains(['\u{2028}', '\u{202e}', '\u{200b}']) {
            let whole = codes.iter().filter(|code| code.contains(hostile)).count();
            assert!(whole >= 3, "the key, the name, the task: {codes:?} of {shown}");
        }
    }
}

fn in_markdown(folder: &std::path::Path, more: &[&str]) -> Ran {
    dialform(folder, &[&["plan", "--output-format", "markdown"], more].concat())
}

#[test]
fn mistakes_in_the_files_are_the_comment_where_there_is_no_plan() {
    let ran = in_markdown(&in_repository("examples/broken"), &["--sandbox"]);
    assert_eq!(ran.code, Some(1));
    let (first, rest) = ran.stdout.split_once('\n').unwrap();
    assert_eq!(first, MARKER);
    assert!(
        rest.starts_with("### dialform plan\n\n**No plan: 11 errors.**\n"),
        "{rest}"
    );
    assert!(
        rest.contains("- `campaigns/promo.kdl:10:12` **DF010**: `true` is written `#true`\n"),
        "{rest}"
    );
    assert_eq!(times(rest, "\n- `"), 11);
    // The log has them as ever.
    assert!(
        ran.stderr.contains("campaigns/promo.kdl:10:12: error[DF010]"),
        "{}",
        ran.stderr
    );
}

#[test]
fn many_mistakes_are_cut_and_counted() {
    let project = Project::new();
    for number in 0..80 {
        project.campaign(
            &format!("c{number:02}"),
            &format!("pace \"fast </details> @ann {number}\""),
        );
    }
    let ran = in_markdown(project.root(), &["--sandbox"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("**No plan: 80 errors.**"), "{}", ran.stdout);
    assert_eq!(times(&ran.stdout, "\n- `campaigns/"), 50);
    assert!(ran.stdout.contains("\n30 more are left out.\n"));
    read(&ran.stdout);
}

#[test]
fn where_the_state_is_stays_in_the_log() {
    let project = Project::of(&["spring"]);
    let state = project.path("kept/at/canary.json");
    std::fs::create_dir_all(state.parent().unwrap()).unwrap();
    let state = state.to_str().unwrap();
    let ran = in_markdown(project.root(), &["--state", state]);
    assert_eq!(
        (ran.code, times(&ran.stdout, "- **create** `spring`")),
        (Some(0), 1),
        "{ran:?}"
    );
    assert!(!ran.stdout.contains("canary"), "{}", ran.stdout);

    std::fs::write(StatePaths::new(state.as_ref()).snapshot, "no state").unwrap();
    let ran = in_markdown(project.root(), &["--state", state]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("**No plan: it could not be made.**"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("canary"), "{}", ran.stdout);
    assert!(ran.stderr.contains("canary"), "{}", ran.stderr);
}

#[test]
fn exit_codes_are_those_of_any_format_and_nothing_is_coloured() {
    let project = Project::of(&["spring"]);
    let applied = dialform(project.root(), &["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let ran = in_markdown(
        project.root(),
        &["--sandbox", "--detailed-exitcode", "--color", "always"],
    );
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("**Nothing to do: 1 unchanged.**"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'));
    project.campaign("spring", "pace \"5/s\"");
    let ran = in_markdown(project.root(), &["--sandbox", "--detailed-exitcode"]);
    assert_eq!(ran.code, Some(2));
}
