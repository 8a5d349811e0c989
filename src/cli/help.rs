//! What stands at the end of each command's `--help`: examples, and what the exit code says.

/// The heading over the options that every command takes.
pub(super) const EVERYWHERE: &str = "Options of every command";

pub(super) const DIALFORM: &str = "\
Results go to standard output, everything else to standard error.
Wrong arguments give the exit code 2, in plan and apply 1.
`dialform COMMAND --help` has each command's options, examples and exit codes.

Environment:
  NO_COLOR, CLICOLOR=0   no colours, where `--color` does not say it
  CLICOLOR_FORCE=1       colours in files and pipes too
  COLUMNS                the width to print for, in place of the terminal's
  FORCE_HYPERLINK        1: links on any terminal; 0: on none
  DIALFORM_TOKEN         the account's token, for apply, resolve and doctor
  DIALFORM_EMAIL, DIALFORM_PASSWORD
                         what to log in with where there is no token";

pub(super) const LINT: &str = "\
Examples:
  dialform lint                                          the whole project
  dialform lint campaigns/spring.kdl                     one file, with its project
  dialform lint - --stdin-filename campaigns/spring.kdl  an unsaved text
  dialform lint --select DF4,http-webhook                some rules only
  dialform lint --diff                                   what `--fix` would change
  dialform lint --fix                                    mend what is certain, show the rest
  dialform lint --output-format github --output-format sarif=dialform.sarif
                                                         in CI: annotations, and a report in a file
  dialform lint --baseline old.json --write-baseline     once: let old findings be
  dialform lint --baseline old.json                      from then on: only new ones

Exit codes:
  0  clean, or warnings only
  1  errors; with --error-on-warnings also warnings; with --diff: something would change
  2  could not run, or a file could not be written
With --exit-zero, 0 stands in the place of 1.";

pub(super) const FMT: &str = "\
Examples:
  dialform fmt                              the whole project
  dialform fmt --check                      in CI: name what is not laid out so
  dialform fmt --diff campaigns/spring.kdl  show what would change
  dialform fmt - < draft.kdl                from standard input to output

Exit codes:
  0  done, or nothing would change
  1  with --check or --diff: something would change
  2  a file could not be formatted";

pub(super) const RENDER: &str = "\
Examples:
  dialform render spring-promo         the body of one campaign's request
  dialform render                      all of them, in a list
  dialform render spring-promo --curl  as a command for a shell

Exit codes:
  0  printed
  1  errors in the files
  2  could not run";

pub(super) const PLAN: &str = "\
Examples:
  dialform plan                           what apply would do, and why
  dialform plan --sandbox                 the same in the built-in stand-in
  dialform plan --replace spring-promo    with a new task for an old one
  dialform plan --out spring.plan         keep it for apply
  dialform plan --output-format markdown  for the comment on a pull request

Exit codes:
  0  planned
  1  errors
With --detailed-exitcode:
  0  nothing to do
  1  errors
  2  something to do";

pub(super) const APPLY: &str = "\
Examples:
  dialform apply                           show it, ask, carry it out
  dialform apply --sandbox --auto-approve  try it where nobody is called
  dialform apply --auto-approve            in CI
  dialform apply spring.plan               carry out that plan, or nothing
  dialform apply --replace spring-promo    stop the old task, create a new one
  dialform apply --one-reading             without the second reading of the files

Exit codes:
  0  all done
  1  something failed, was refused or is blocked
  3  something is unknown: `dialform resolve` settles it";

pub(super) const STATE: &str = "\
Examples:
  dialform state list                   every task that is known
  dialform state show spring-promo      all that is known of one
  dialform state mv spring-promo promo  give a task another key

Exit codes:
  0  done
  1  could not be done
  2  wrong arguments";

pub(super) const RESOLVE: &str = "\
Examples:
  dialform resolve spring-promo --adopt d609e44c-c90a-4156-8e33-45a3a12d4a93
  dialform resolve spring-promo --recreate

Exit codes:
  0  settled
  1  could not be settled
  2  wrong arguments";

pub(super) const DOCTOR: &str = "\
Examples:
  dialform doctor          look at everything, change nothing
  dialform doctor --probe  with a task of its own, stopped at once

Exit codes:
  0  all is well, or warnings only
  1  something is wrong
  2  could not run";

pub(super) const WATCH: &str = "\
Examples:
  dialform watch                             until Ctrl-C
  dialform watch --output-format concise     for an editor's problem matcher
  dialform watch --output-format json-lines  for programs

Exit codes:
  0  ended by Ctrl-C
  2  could not run";

pub(super) const SANDBOX: &str = "\
Examples:
  dialform sandbox                                        until Ctrl-C, on port 8787
  dialform sandbox --port 0 --fault create#2=after:reset  lose an answer

Exit codes:
  0  ended by Ctrl-C
  2  could not run";

pub(super) const RULE: &str = "\
Examples:
  dialform rule                             every rule, in a line each
  dialform rule DF201                       one rule: by code or by name
  dialform rule DF4                         the rules of a group
  dialform rule --all --output-format json  all of them, for other programs

Exit codes:
  0  printed
  2  there is no such rule";

pub(super) const EXPLAIN: &str = "\
Examples:
  dialform explain                   every setting, in a line each
  dialform explain caller-id         a setting: what it takes, when it is required, what is sent
  dialform explain cidType           the same by the API's own name
  dialform explain redial.busy.after  one property of a setting

Exit codes:
  0  printed
  2  there is no such word, or no form for these words together";

pub(super) const IMPORT: &str = "\
Examples:
  dialform import body.json                    a request's body, as a campaign
  dialform import calls.sh --write campaigns/  curl commands, a file for each campaign
  dialform import - < body.json                from standard input
  dialform import --live spring-promo=d609e44c-c90a-4156-8e33-45a3a12d4a93
                                               take over a task that is there

Exit codes:
  0  imported, mended where that was possible
  1  a body could not be imported, a file not written, or a task not taken over
  2  could not run";

pub(super) const SCHEMA: &str = "\
Examples:
  dialform schema                  what schemas there are
  dialform schema --write schemas  all of them as files

Exit codes:
  0  printed or written
  2  could not run";

pub(super) const INIT: &str = "\
Examples:
  dialform init        in the working folder
  dialform init calls  in a new one

Exit codes:
  0  written
  2  refused: init overwrites nothing";

pub(super) const COMPLETIONS: &str = "\
Examples:
  dialform completions bash > ~/.local/share/bash-completion/completions/dialform
  dialform completions zsh > ~/.zfunc/_dialform
  dialform completions fish > ~/.config/fish/completions/dialform.fish
  dialform completions powershell >> $PROFILE

For zsh, `fpath+=~/.zfunc` stands before `compinit` in ~/.zshrc.

Exit codes:
  0  printed
  2  could not run";

pub(super) const MAN: &str = "\
Examples:
  dialform man lint | man -l -                read a page
  dialform man --out ~/.local/share/man/man1  install all; then `man dialform-lint`

Exit codes:
  0  printed or written
  2  could not run";
