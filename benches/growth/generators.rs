//! The inputs whose cost is counted: each makes a project of a size.

use std::fmt::Write;

/// A file of a project: its path and its text.
pub(crate) type Files = Vec<(String, String)>;

/// One kind of input.
pub(crate) struct Generator {
    pub(crate) name: &'static str,
    /// The rule that is broken in it; nothing where it can be planned.
    pub(crate) breaks: Option<&'static str>,
    /// The smallest size; it is doubled twice.
    pub(crate) size: usize,
    pub(crate) make: fn(usize) -> Files,
}

/// An input that breaks a rule.
const fn broken(name: &'static str, rule: &'static str, size: usize, make: fn(usize) -> Files) -> Generator {
    Generator {
        name,
        breaks: Some(rule),
        size,
        make,
    }
}

/// An input without errors.
const fn valid(name: &'static str, size: usize, make: fn(usize) -> Files) -> Generator {
    Generator {
        name,
        breaks: None,
        size,
        make,
    }
}

/// What every campaign needs.
const SETTINGS: &str = r#"    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    caller-id "number" id="9a67dee5-398e-4570-9426-fbb3f067b270"
    start "manual"
    pace "3/s"
    effective-after "12s"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back"
    normalize "RU" on-error="skip"
    redial #false
"#;

/// Every generator.
pub(crate) const ALL: &[Generator] = &[
    // Size alone.
    valid("campaigns of one file", 60, |n| {
        one(&repeat(n, |i| campaign(&format!("c{i}"), "")))
    }),
    valid("files of one campaign each", 60, |n| {
        let files = (0..n).map(|i| (format!("campaigns/c{i}.kdl"), campaign(&format!("c{i}"), "")));
        with_project("", files.collect())
    }),
    valid("files of a comment each", 600, |n| {
        let mut files = vec![("campaigns/c.kdl".to_owned(), campaign("c", ""))];
        files.extend((0..n).map(|i| (format!("campaigns/c{i}.kdl"), format!("// {i}\n"))));
        with_project("", files)
    }),
    valid("campaigns of one template", 100, |n| one(&(base() + &heirs(n, "base")))),
    valid("campaigns with a template each", 60, |n| {
        one(&repeat(n, |i| {
            format!("template \"t{i}\" {{\n{SETTINGS}}}\ncampaign \"c{i}\" template=\"t{i}\" {{ name \"C{i}\" }}\n")
        }))
    }),
    valid("aliases", 400, |n| {
        let names = repeat(n, |i| format!("    scenario a{i}=\"{}\"\n", id(i)));
        let uses = repeat(n, |i| {
            format!("campaign \"c{i}\" template=\"base\" {{ name \"C{i}\"; scenario \"a{i}\" }}\n")
        });
        one(&format!("aliases {{\n{names}}}\n{}{uses}", base()))
    }),
    valid("comments", 2_000, |n| {
        one(&(repeat(n, |i| format!("// comment {i}\n")) + &campaign("c", "")))
    }),
    valid("nested comments", 2_000, |n| {
        one(&format!("{}{}\n{}", "/*".repeat(n), "*/".repeat(n), campaign("c", "")))
    }),
    valid("dropped nodes", 500, |n| {
        one(&(repeat(n, |i| format!("/-node{i} 1 {{ a; }}\n")) + &campaign("c", "")))
    }),
    valid("empty lines", 4_000, |n| one(&("\n".repeat(n) + &campaign("c", "")))),
    valid("a long text", 8_000, |n| {
        one(&campaign("c", &format!("comment \"{}\"", "x ".repeat(n))))
    }),
    valid("a text of escapes", 4_000, |n| {
        one(&campaign("c", &format!("comment \"{}\"", "\\u{41}".repeat(n))))
    }),
    valid("a text of many lines", 1_000, |n| {
        let lines = "    a line\n".repeat(n);
        one(&campaign("c", &format!("comment \"\"\"\n{lines}    \"\"\"")))
    }),
    valid("a raw text with many hashes", 4_000, |n| {
        one(&campaign("c", &format!("comment {0}\"x\"{0}", "#".repeat(n))))
    }),
    valid("campaigns of a file with CRLF", 60, |n| {
        one(&repeat(n, |i| campaign(&format!("c{i}"), "")).replace('\n', "\r\n"))
    }),
    valid("campaigns of one line", 60, |n| {
        one(&(base() + &heirs(n, "base").replace('\n', "; ")))
    }),
    valid("dropped arguments of one setting", 300, |n| {
        one(&campaign("c", &format!("comment \"x\" {}", "/-\"y\" ".repeat(n))))
    }),
    valid("lines of one setting", 300, |n| {
        one(&campaign("c", &format!("comment {}\"x\"", "\\ // and on\n".repeat(n))))
    }),
    // Chains.
    valid("a chain of moves", 300, |n| {
        one(&(moves(n, |i| (format!("k{i}"), format!("k{}", i + 1))) + &campaign(&format!("k{n}"), "")))
    }),
    valid("moves to one campaign each", 200, |n| {
        one(&(moves(n, |i| (format!("k{i}"), format!("c{i}"))) + &base() + &heirs(n, "base")))
    }),
    broken("a circle of moves", "DF307", 300, |n| {
        one(&(moves(n, |i| (format!("k{i}"), format!("k{}", (i + 1) % n))) + &campaign("c", "")))
    }),
    broken("circles of moves", "DF307", 200, |n| {
        one(&(moves(n, |i| (format!("k{i}"), format!("k{}", i ^ 1))) + &campaign("c", "")))
    }),
    broken("moves into a circle", "DF307", 200, |n| {
        let circle = moves(n, |i| (format!("k{i}"), format!("k{}", (i + 1) % n)));
        one(&(circle + &moves(n, |i| (format!("m{i}"), format!("k{i}"))) + &campaign("c", "")))
    }),
    broken("moves from one key", "DF308", 300, |n| {
        one(&(moves(n, |i| ("k".to_owned(), format!("c{i}"))) + &base() + &heirs(n, "base")))
    }),
    broken("moves to one key", "DF308", 300, |n| {
        one(&(moves(n, |i| (format!("k{i}"), "c".to_owned())) + &campaign("c", "")))
    }),
    broken("moves to misspelt keys", "DF307", 200, |n| {
        one(&(moves(n, |i| (format!("k{i}"), format!("c{i}x"))) + &base() + &heirs(n, "base")))
    }),
    broken("moves of what is still declared", "DF306", 200, |n| {
        one(&(moves(n, |i| (format!("c{i}"), format!("d{i}"))) + &base() + &heirs(n, "base")))
    }),
    broken("a chain of templates", "DF094", 300, |n| {
        let chain = repeat(n, |i| format!("template \"t{i}\" template=\"t{}\" {{}}\n", i + 1));
        one(&(chain
            + &format!("template \"t{n}\" {{\n{SETTINGS}}}\ncampaign \"c\" template=\"t0\" {{ name \"C\" }}\n")))
    }),
    broken("campaigns of a chain of templates", "DF094", 200, |n| {
        let chain = repeat(n, |i| format!("template \"t{i}\" template=\"t{}\" {{}}\n", i + 1));
        one(&(chain + &format!("template \"t{n}\" {{\n{SETTINGS}}}\n") + &heirs(n, "t0")))
    }),
    broken("a circle of templates", "DF304", 300, |n| {
        let circle = repeat(n, |i| format!("template \"t{i}\" template=\"t{}\" {{}}\n", (i + 1) % n));
        one(&(circle + &heirs(n, "t0")))
    }),
    broken("circles of templates", "DF304", 200, |n| {
        one(&(repeat(n, |i| format!("template \"t{i}\" template=\"t{}\" {{}}\n", i ^ 1)) + &heirs(n, "t0")))
    }),
    // Names that nobody knows.
    broken("misspelt templates among as many", "DF303", 200, |n| {
        let known = repeat(n, |i| format!("template \"weekday-{i}\" {{}}\n"));
        one(&(known
            + &repeat(n, |i| {
                format!("campaign \"c{i}\" template=\"weekdey-{i}\" {{ name \"C\" }}\n")
            })))
    }),
    broken("one unknown template, often", "DF303", 200, |n| {
        one(&heirs(n, "nowhere"))
    }),
    broken("one unknown template in files", "DF303", 60, |n| {
        let known = repeat(n, |i| format!("template \"nowhere-{i}\" {{}}\n"));
        let mut files = vec![("campaigns/known.kdl".to_owned(), known)];
        files.extend((0..n).map(|i| {
            (
                format!("campaigns/c{i}.kdl"),
                format!("campaign \"c{i}\" template=\"nowhere\" {{ name \"C\" }}\n"),
            )
        }));
        with_project("", files)
    }),
    broken("misspelt templates among few", "DF303", 200, |n| {
        let known = repeat(250, |i| format!("template \"weekday-{i}\" {{}}\n"));
        one(&(known
            + &repeat(n, |i| {
                format!("campaign \"c{i}\" template=\"weekdey-{i}\" {{ name \"C\" }}\n")
            })))
    }),
    broken("misspelt aliases among as many", "DF301", 200, |n| {
        let known = repeat(n, |i| format!("    scenario alias-{i}=\"{}\"\n", id(i)));
        let uses = repeat(n, |i| {
            format!("campaign \"c{i}\" template=\"base\" {{ name \"C\"; scenario \"elias-{i}\" }}\n")
        });
        one(&format!("aliases {{\n{known}}}\n{}{uses}", base()))
    }),
    broken("aliases of another kind", "DF301", 200, |n| {
        let known = repeat(n, |i| format!("    channel alias-{i}=\"{}\"\n", id(i)));
        let uses = repeat(n, |i| {
            format!("campaign \"c{i}\" template=\"base\" {{ name \"C\"; scenario \"alias-{i}\" }}\n")
        });
        one(&format!("aliases {{\n{known}}}\n{}{uses}", base()))
    }),
    broken("one unknown alias, often", "DF301", 200, |n| {
        one(&(base()
            + &repeat(n, |i| {
                format!("campaign \"c{i}\" template=\"base\" {{ name \"C\"; scenario \"nobody\" }}\n")
            })))
    }),
    broken("a long misspelt alias", "DF301", 4_000, |n| {
        let name = "abcde".repeat(n);
        one(&format!(
            "aliases {{ scenario {name}=\"{}\"; }}\n{}",
            id(0),
            campaign("c", "").replace("228cc4fa-92f2-4709-94e3-7344a96a5903", &format!("{name}x"))
        ))
    }),
    broken("a long misspelt template", "DF303", 4_000, |n| {
        let name = "abcde".repeat(n);
        one(&format!(
            "template \"{name}\" {{}}\ncampaign \"c\" template=\"{name}x\" {{}}\n"
        ))
    }),
    broken("a long unknown setting", "DF101", 4_000, |n| {
        one(&campaign("c", &"abcde".repeat(n)))
    }),
    broken("a long unknown value", "DF110", 4_000, |n| {
        one(&campaign("c", "").replace("\"RU\"", &format!("\"{}\"", "abcde".repeat(n))))
    }),
    broken("a long key", "DF118", 4_000, |n| one(&campaign(&"Abcde".repeat(n), ""))),
    // Findings.
    broken("unknown settings of one campaign", "DF101", 200, |n| {
        one(&campaign("c", &repeat(n, |i| format!("naem{i}\n"))))
    }),
    broken(
        "misplaced settings of a template with as many campaigns",
        "DF102",
        100,
        |n| {
            let more = "busy after=\"20m\" times=3\n".repeat(n);
            one(&(format!("template \"base\" {{\n{SETTINGS}{more}}}\n") + &heirs(n, "base")))
        },
    ),
    broken(
        "unknown settings of a template with as many campaigns",
        "DF101",
        100,
        |n| {
            let more = repeat(n, |i| format!("unknown-setting-{i} 1\n"));
            one(&(format!("template \"base\" {{\n{SETTINGS}{more}}}\n") + &heirs(n, "base")))
        },
    ),
    broken("findings in campaigns", "DF101", 60, |n| {
        one(&repeat(n, |i| campaign(&format!("c{i}"), "nmae \"x\"")))
    }),
    broken("findings in templates with a campaign each", "DF101", 60, |n| {
        let templates = repeat(n, |i| format!("template \"t{i}\" {{\n{SETTINGS}  naem 1\n}}\n"));
        one(&(templates
            + &repeat(n, |i| {
                format!("campaign \"c{i}\" template=\"t{i}\" {{ name \"C{i}\" }}\n")
            })))
    }),
    broken("findings in what many inherit", "DF401", 100, |n| {
        let past = base().replace("start \"manual\"", "start \"time\" at=\"2020-12-02 10:00\"");
        one(&(past + &heirs(n, "base")))
    }),
    broken("a setting many times", "DF103", 300, |n| {
        one(&campaign("c", &"pace \"3/s\"\n".repeat(n)))
    }),
    broken("a property many times", "DF103", 300, |n| {
        one(&campaign(
            "c",
            &format!("on-transfer \"channel\" {}", "channel=\"sales\" ".repeat(n)),
        ))
    }),
    broken("unknown properties of one setting", "DF1", 200, |n| {
        one(&campaign(
            "c",
            &format!("on-transfer \"end\" {}", repeat(n, |i| format!("chanel{i}=1 "))),
        ))
    }),
    broken("windows", "DF103", 200, |n| {
        one(&campaign("c", &"call-window from=\"09:10\" to=\"19:50\"\n".repeat(n)))
    }),
    broken("outcomes of one redial", "DF103", 200, |n| {
        let outcomes = "busy after=\"20m\" times=3\n".repeat(n);
        one(&campaign("c", &format!("redial {{\n{outcomes}}}")))
    }),
    broken("unexpected blocks", "DF1", 200, |n| {
        one(&campaign("c", &"pace \"3/s\" { a; b { c; }; }\n".repeat(n)))
    }),
    broken("arguments of one setting", "DF105", 400, |n| {
        one(&campaign("c", &format!("comment {}", "\"x\" ".repeat(n))))
    }),
    broken("one key many times", "DF305", 100, |n| {
        one(&(base() + &"campaign \"c\" template=\"base\" { name \"C\" }\n".repeat(n)))
    }),
    broken("one name many times", "DF313", 100, |n| {
        one(&(base()
            + &repeat(n, |i| {
                format!("campaign \"c{i}\" template=\"base\" {{ name \"C\"; comment \"{i}\" }}\n")
            })))
    }),
    broken("one campaign under many keys", "DF312", 100, |n| {
        one(&(base() + &repeat(n, |i| format!("campaign \"c{i}\" template=\"base\" {{ name \"C\" }}\n"))))
    }),
    broken("one name many times, in files", "DF312", 60, |n| {
        let mut files = vec![("campaigns/base.kdl".to_owned(), base())];
        files.extend((0..n).map(|i| {
            (
                format!("campaigns/c{i}.kdl"),
                format!("campaign \"c{i}\" template=\"base\" {{ name \"C\" }}\n"),
            )
        }));
        with_project("", files)
    }),
    broken("one name many times under comments", "DF313", 200, |n| {
        one(&(base()
            + &repeat(n, |i| {
                format!(
                    "// dialform: ignore[DF312] why\ncampaign \"c{i}\" template=\"base\" {{ name \"C\"; comment \"{i}\" }}\n"
                )
            })))
    }),
    broken("one template many times", "DF305", 300, |n| {
        one(&("template \"t\" {}\n".repeat(n) + &campaign("c", "")))
    }),
    broken("one alias many times", "DF305", 300, |n| {
        one(&format!(
            "aliases {{\n{}}}\n{}",
            repeat(n, |i| format!("scenario a=\"{}\"\n", id(i))),
            campaign("c", "")
        ))
    }),
    broken("webhooks", "DF601", 200, |n| {
        one(&campaign(
            "c",
            &repeat(n, |i| format!("webhook \"http://example.com/{i}\"\n")),
        ))
    }),
    broken("webhooks that many inherit", "DF096", 150, |n| {
        let hooks = repeat(n, |i| format!("webhook \"https://example.com/{i}\"\n"));
        one(&(format!("template \"base\" {{\n{SETTINGS}{hooks}}}\n") + &heirs(n, "base")))
    }),
    broken("unused aliases", "DF309", 300, |n| {
        one(&format!(
            "aliases {{\n{}}}\n{}",
            repeat(n, |i| format!("scenario a{i}=\"{}\"\n", id(i))),
            campaign("c", "")
        ))
    }),
    broken("unused templates", "DF310", 300, |n| {
        one(&(repeat(n, |i| format!("template \"t{i}\" {{}}\n")) + &campaign("c", "")))
    }),
    // Comments that hide findings.
    broken("comments above one line", "DF901", 300, |n| {
        one(&campaign(
            "c",
            &("// dialform: ignore[DF402] why\n".repeat(n) + "comment \"x\""),
        ))
    }),
    broken("comments on a line each", "DF901", 200, |n| {
        one(&(base() + &heirs(n, "base").replace("}\n", "} // dialform: ignore[DF402] why\n")))
    }),
    broken("comments about the file", "DF901", 300, |n| {
        one(&("// dialform: file-ignore[DF402] why\n".repeat(n) + &campaign("c", "")))
    }),
    broken("comments about the file beside findings", "DF101", 200, |n| {
        let comments = "// dialform: file-ignore[DF402] why\n".repeat(n);
        one(&(comments + &base() + &heirs(n, "base").replace("{ ", "{ naem 1; ")))
    }),
    broken("comments beside one about the file", "DF101", 200, |n| {
        let broken = heirs(n, "base").replace("{ ", "{ naem 1; ");
        let commented = broken.replace("}\n", "} // dialform: ignore[DF402] why\n");
        one(&format!("// dialform: file-ignore[DF403] why\n{}{commented}", base()))
    }),
    broken("comments on the lines of one setting", "DF901", 200, |n| {
        let lines = "\\ // dialform: ignore[DF402] why\n".repeat(n);
        one(&campaign("c", &format!("comment {lines}\"x\"")))
    }),
    broken("comments that have expired", "DF902", 200, |n| {
        one(&(base() + &heirs(n, "base").replace("}\n", "} // dialform: ignore[DF402] until=2020-01-01 why\n")))
    }),
    broken("rules of one comment", "DF901", 500, |n| {
        one(&campaign(
            "c",
            &format!("// dialform: ignore[{}] why\ncomment \"x\"", "DF402,".repeat(n)),
        ))
    }),
    broken("unknown rules of one comment", "DF904", 200, |n| {
        one(&campaign(
            "c",
            &format!("// dialform: ignore[{}] why\ncomment \"x\"", "empty-windows,".repeat(n)),
        ))
    }),
    broken("comments on one line", "DF901", 200, |n| {
        one(&(base() + &heirs(n, "base").replace("}\n", "}; /* dialform: ignore[DF402] why */ ")))
    }),
    // Long lines and broken texts.
    broken("findings in one line", "DF101", 200, |n| {
        one(&"campaign \"c\" { naem 1; }; ".repeat(n))
    }),
    broken("findings in one line of letters of two bytes", "DF101", 200, |n| {
        one(&"campaign \"c\" { имя 1; }; ".repeat(n))
    }),
    broken("findings on lines with CRLF", "DF101", 200, |n| {
        one(&"campaign \"c\" {\n naem 1\n}\n".repeat(n).replace('\n', "\r\n"))
    }),
    broken("bad escapes in one line", "DF0", 1_000, |n| {
        one(&campaign("c", &format!("comment \"{}\"", "\\q ".repeat(n))))
    }),
    broken("invisible characters in one line", "DF0", 1_000, |n| {
        one(&campaign("c", &format!("comment \"{}\"", "x\u{200b}".repeat(n))))
    }),
    broken("curly quotes in one line", "DF0", 200, |n| {
        one(&campaign("c", &format!("comment {}", "“x” ".repeat(n))))
    }),
    broken("one finding in a long line", "DF101", 4_000, |n| {
        one(&format!("/* {} */ campaign \"c\" {{ naem 1; }}", "x".repeat(n)))
    }),
    broken("syntax errors in one line", "DF0", 300, |n| {
        one(&campaign("c", &format!("comment {}", "true ".repeat(n))))
    }),
    broken("syntax errors on a line each", "DF0", 200, |n| {
        one(&campaign("c", &"comment true\n".repeat(n)))
    }),
    broken("commas", "DF0", 300, |n| {
        one(&campaign("c", &"pace, \"3/s\",\n".repeat(n)))
    }),
    broken("equals signs", "DF0", 300, |n| {
        one(&campaign("c", &"comment = \"x\"\n".repeat(n)))
    }),
    broken("colons", "DF0", 300, |n| {
        one(&campaign("c", &"comment: \"x\"\n".repeat(n)))
    }),
    broken("unclosed texts", "DF0", 200, |n| {
        one(&campaign("c", &"comment \"x\n".repeat(n)))
    }),
    broken("an unclosed text of many lines", "DF0", 1_000, |n| {
        one(&format!("campaign \"c\" {{ comment \"\"\"\n{}", "  line\n".repeat(n)))
    }),
    broken("unclosed raw texts", "DF0", 200, |n| {
        one(&repeat(n, |i| format!("a {}\"x\n", "#".repeat(i % 50 + 1))))
    }),
    broken("unclosed comments", "DF0", 500, |n| one(&"/* ".repeat(n))),
    broken("unclosed blocks", "DF0", 100, |n| {
        one(&repeat(n, |i| format!("campaign \"c{i}\" {{\n    name \"x\"\n")))
    }),
    broken("deep blocks", "DF0", 300, |n| {
        one(&format!("{}{}", "a { ".repeat(n), "} ".repeat(n)))
    }),
    broken("open braces", "DF0", 500, |n| one(&"{".repeat(n))),
    broken("closed braces", "DF0", 500, |n| one(&"}\n".repeat(n))),
    broken("quotes", "DF0", 500, |n| one(&"\"".repeat(n))),
    broken("hashes", "DF0", 500, |n| one(&"#".repeat(n))),
    broken("hashes and quotes", "DF0", 300, |n| {
        one(&repeat(n, |i| format!("{}\"", "#".repeat(i % 100))))
    }),
    broken("backslashes", "DF0", 500, |n| one(&"\\ ".repeat(n))),
    broken("dashes", "DF0", 500, |n| one(&"/- ".repeat(n))),
    broken("brackets", "DF0", 500, |n| one(&"(a".repeat(n))),
    broken("annotations", "DF0", 300, |n| {
        one(&campaign("c", &"comment (t)\"x\"\n".repeat(n)))
    }),
    broken("invisible characters", "DF0", 300, |n| {
        one(&campaign("c", &"comment \u{200b}\"x\"\n".repeat(n)))
    }),
    broken("curly quotes", "DF0", 200, |n| {
        one(&campaign("c", &"comment “x”\n".repeat(n)))
    }),
    broken("a long number", "DF1", 2_000, |n| {
        one(&campaign(
            "c",
            &format!("redial {{ max-per-candidate {}; }}", "9".repeat(n)),
        ))
    }),
    broken("a long bare word", "DF0", 2_000, |n| {
        one(&campaign("c", &format!("comment {}x:", "ab/".repeat(n))))
    }),
    broken("JSON", "DF0", 200, |n| {
        one(&format!("{{\n{}}}", "  \"name\": \"x\",\n".repeat(n)))
    }),
    broken("YAML", "DF0", 200, |n| one(&"campaign:\n  name: x\n".repeat(n))),
    broken("secrets", "DF603", 200, |n| {
        one(&campaign(
            "c",
            &repeat(n, |i| {
                format!(
                    "// password=Zx{i}hunter2Kq9\ncomment \"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U\"\n"
                )
            }),
        ))
    }),
    // The project's own file.
    broken("unknown settings of the project", "DF101", 300, |n| {
        with_project(&repeat(n, |i| format!("naem{i}\n")), vec![])
    }),
    broken("patterns", "DF095", 500, |n| {
        with_project(&repeat(n, |i| format!("campaigns \"campaigns/a{i}*.kdl\"\n")), vec![])
    }),
    broken("a long pattern", "DF124", 2_000, |n| {
        with_project(&format!("campaigns \"{}\"\n", "?".repeat(n)), vec![])
    }),
    broken("one setting of the project many times", "DF103", 300, |n| {
        with_project(&"dialect \"classic\"\n".repeat(n), vec![])
    }),
    broken("wire values of one name", "DF103", 300, |n| {
        with_project(&"wire-value \"on-error.skip\" \"SKIP\"\n".repeat(n), vec![])
    }),
    broken("lint of the project", "DF101", 200, |n| {
        let lint = "warn \"http-webhook\"\n".repeat(n);
        let campaigns = repeat(n, |i| format!("campaign \"c{i}\" {{ naem 1 }}\n"));
        with_project(
            &format!("lint {{\n{lint}}}\n"),
            vec![("campaigns/c.kdl".to_owned(), campaigns)],
        )
    }),
    broken("lints of the project", "DF311", 200, |n| {
        with_project(&"lint { warn \"http-webhook\"; }\n".repeat(n), vec![])
    }),
    broken("unknown rules of the project", "DF125", 200, |n| {
        with_project(&format!("lint {{\n{}}}\n", "warn \"http-webhok\"\n".repeat(n)), vec![])
    }),
    broken("project nodes", "DF103", 300, |n| {
        vec![("dialform.kdl".to_owned(), "project {}\n".repeat(n) + &campaign("c", ""))]
    }),
    broken("projects side by side", "DF101", 60, |n| {
        let projects = (0..n).map(|i| {
            (
                format!("p{i}/dialform.kdl"),
                format!("project {{}}\ncampaign \"c{i}\" {{ naem 1 }}\n"),
            )
        });
        with_project("", projects.collect())
    }),
    broken("projects beside as many files", "DF101", 60, |n| {
        let mut files = vec![];
        for i in 0..n {
            files.push((
                format!("campaigns/c{i}.kdl"),
                format!("campaign \"c{i}\" {{ naem 1 }}\n"),
            ));
            files.push((format!("p{i}/dialform.kdl"), "project {}\n".to_owned()));
        }
        with_project("", files)
    }),
    broken("projects inside one another", "DF101", 210, |n| {
        let projects = (0..n).map(|i| {
            (
                format!("{}dialform.kdl", "p/".repeat(i)),
                format!("project {{}}\ncampaign \"c{i}\" {{ naem 1 }}\n"),
            )
        });
        projects.collect()
    }),
    broken("files outside of any project", "DF101", 60, |n| {
        (0..n)
            .map(|i| (format!("c{i}.kdl"), format!("campaign \"c{i}\" {{ naem 1 }}\n")))
            .collect()
    }),
];

fn repeat(n: usize, each: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut all, i| {
        all.push_str(&each(i));
        all
    })
}

fn id(i: usize) -> String {
    format!("228cc4fa-92f2-4709-94e3-{i:012x}")
}

fn campaign(key: &str, more: &str) -> String {
    format!("campaign \"{key}\" {{\n    name \"{key}\"\n{SETTINGS}{more}\n}}\n")
}

fn base() -> String {
    format!("template \"base\" {{\n{SETTINGS}}}\n")
}

fn heirs(n: usize, template: &str) -> String {
    repeat(n, |i| {
        format!("campaign \"c{i}\" template=\"{template}\" {{ name \"C{i}\" }}\n")
    })
}

fn moves(n: usize, each: impl Fn(usize) -> (String, String)) -> String {
    (0..n).fold(String::new(), |mut all, i| {
        let (from, to) = each(i);
        let _ = writeln!(all, "moved from=\"{from}\" to=\"{to}\"");
        all
    })
}

/// A project of one file of campaigns.
fn one(text: &str) -> Files {
    with_project("", vec![("campaigns/c.kdl".to_owned(), text.to_owned())])
}

/// A project whose own file says this of it.
fn with_project(says: &str, mut files: Files) -> Files {
    files.push(("dialform.kdl".to_owned(), format!("project {{\n{says}}}\n")));
    files
}
