//! The end of each command's `--help`: examples and exit codes.

/// The heading of the options that every command takes.
pub(super) const GLOBAL_OPTIONS: &str = "Global options";

pub(super) const DIALFORM: &str = "\
Results are printed to standard output, everything else to standard error.
Invalid arguments exit with 2, for plan and apply with 1.
See `dialform COMMAND --help` for the options, examples and exit codes of a command.

Environment:
  NO_COLOR, CLICOLOR=0   disable colors, unless `--color` is given
  CLICOLOR_FORCE=1       enable colors in files and pipes
  COLUMNS                override the width of the terminal
  FORCE_HYPERLINK        1 enables hyperlinks, 0 disables them
  DIALFORM_ENV           the environment to work on, as `--env` says it
  DIALFORM_TOKEN         the API token for apply, resolve and doctor
  DIALFORM_EMAIL, DIALFORM_PASSWORD
                         the login to use if there is no token";

pub(super) const LINT: &str = "\
Examples:
  dialform lint                                          check the whole project
  dialform lint campaigns/spring.kdl                     check one file of a project
  dialform lint - --stdin-filename campaigns/spring.kdl  check an unsaved file
  dialform lint --select DF4,http-webhook                check some rules only
  dialform lint --diff                                   show the diff of all safe fixes
  dialform lint --fix                                    apply all safe fixes
  dialform lint --output-format github --output-format sarif=dialform.sarif
                                                         in CI: annotations, and a SARIF file
  dialform lint --baseline old.json --write-baseline     record the existing findings once
  dialform lint --baseline old.json                      then report only new ones

Exit codes:
  0  no errors
  1  errors; with --error-on-warnings: errors or warnings; with --diff: files would change
  2  could not run, or could not write a file
With --exit-zero, 1 becomes 0.";

pub(super) const FMT: &str = "\
Examples:
  dialform fmt                              format the whole project
  dialform fmt --check                      in CI: list unformatted files
  dialform fmt --diff campaigns/spring.kdl  show the diff of one file
  dialform fmt - < draft.kdl                format standard input to standard output

Exit codes:
  0  formatted
  1  with --check or --diff: files would change
  2  a file could not be formatted";

pub(super) const STATUS: &str = "\
Examples:
  dialform status                      every campaign, and what is out of step
  dialform status 'city-*'             some of them
  dialform status --watch 10s          again every ten seconds, until Ctrl-C
  dialform status --output-format json for programs

What the service's list does not show is printed as `?`. Nothing is changed, also not in the state.

Exit codes:
  0  success; with --detailed-exitcode: all is in step
  1  errors in the files, or the list could not be read
  2  with --detailed-exitcode: something is out of step";

pub(super) const RENDER: &str = "\
Examples:
  dialform render spring-promo         print the request body of one campaign
  dialform render                      print the bodies of all campaigns as a list
  dialform render spring-promo --curl  print a curl command

Exit codes:
  0  success
  1  errors in the files
  2  could not run";

pub(super) const PLAN: &str = "\
Examples:
  dialform plan                           show what apply would do
  dialform plan --sandbox                 show what apply would do in the sandbox
  dialform plan --replace 'city-*'        plan to replace the tasks of changed campaigns
  dialform plan --out spring.plan         save the plan for `dialform apply spring.plan`
  dialform plan --output-format markdown  print a comment for a pull request

Exit codes:
  0  success
  1  errors
With --detailed-exitcode:
  0  no changes
  1  errors
  2  changes";

pub(super) const APPLY: &str = "\
Examples:
  dialform apply                           show the plan, ask, and apply it
  dialform apply --sandbox --auto-approve  apply in the sandbox, where nobody is called
  dialform apply --auto-approve            apply without asking, in CI
  dialform apply spring.plan               apply a saved plan
  dialform apply --replace spring-promo    stop the old task and create a new one
  dialform apply --one-reading             skip the second parse of the files

Exit codes:
  0  success
  1  an action failed, was refused or is blocked
  3  the outcome of a create is unknown: see `dialform resolve --help`";

pub(super) const STATE: &str = "\
Examples:
  dialform state list                   list the tasks in the state
  dialform state show spring-promo      show the entry of one campaign
  dialform state mv spring-promo promo  rename a key

Exit codes:
  0  success
  1  errors
  2  invalid arguments";

pub(super) const START: &str = "\
Examples:
  dialform start spring-promo            show what is about to happen, ask, and start the task
  dialform start 'city-*'                start several tasks
  dialform start --anyway spring-promo   start it although the files say something else

Exit codes:
  0  done, or already so
  1  refused or failed
  2  invalid arguments
  3  it is unknown whether it was done; the command can be given again";

pub(super) const PAUSE: &str = "\
Examples:
  dialform pause spring-promo            pause the task; `dialform start` continues it
  dialform pause 'city-*' spring-promo   pause several tasks

Exit codes:
  0  done, or already so
  1  refused or failed
  2  invalid arguments
  3  it is unknown whether it was done; the command can be given again";

pub(super) const HALT: &str = "\
A halted task cannot be started again.

Examples:
  dialform halt spring-promo             show what is about to happen, ask, and stop the task for good
  dialform halt --auto-approve 'city-*'  stop several tasks without asking

Exit codes:
  0  done, or already so
  1  refused or failed
  2  invalid arguments
  3  it is unknown whether it was done; the command can be given again";

pub(super) const RESOLVE: &str = "\
Examples:
  dialform resolve spring-promo --adopt d609e44c-c90a-4156-8e33-45a3a12d4a93
  dialform resolve spring-promo --recreate
  dialform resolve spring-promo               show what is known of it, and how to answer
  dialform resolve --all --adopt-found        after a lost state: adopt every task that is certain

Exit codes:
  0  resolved, or shown
  1  could not be resolved; with --adopt-found: some are left
  2  invalid arguments";

pub(super) const DOCTOR: &str = "\
Examples:
  dialform doctor          run all checks; change nothing
  dialform doctor --probe  also create a task and stop it at once

Exit codes:
  0  no errors
  1  errors
  2  could not run";

pub(super) const WATCH: &str = "\
Examples:
  dialform watch                             lint after each change, until Ctrl-C
  dialform watch --output-format concise     print for a problem matcher of an editor
  dialform watch --output-format json-lines  print events for other programs

Exit codes:
  0  stopped by Ctrl-C
  2  could not run";

pub(super) const SERVER: &str = "\
Examples:
  dialform server  speak the Language Server Protocol over standard input and output

It asks no service and writes no file: what it changes, the editor changes.

Exit codes:
  0  ended by the editor
  1  the editor is gone";

pub(super) const SANDBOX: &str = "\
Examples:
  dialform sandbox                                        listen on port 8787
  dialform sandbox --port 0 --fault create#2=after:reset  lose the response to a create

Exit codes:
  0  stopped by Ctrl-C
  2  could not run";

pub(super) const RULE: &str = "\
Examples:
  dialform rule                             list all rules
  dialform rule DF201                       explain a rule, by code or name
  dialform rule DF4                         explain the rules of a group
  dialform rule --all --output-format json  explain all rules as JSON

Exit codes:
  0  success
  2  unknown rule";

pub(super) const EXPLAIN: &str = "\
Examples:
  dialform explain                    list all settings
  dialform explain caller-id          explain a setting
  dialform explain cidType            explain a setting by its name in the API
  dialform explain redial.busy.after  explain a property of a setting

Exit codes:
  0  success
  2  unknown name, or names that cannot be combined";

pub(super) const IMPORT: &str = "\
Examples:
  dialform import body.json                    convert a request body
  dialform import calls.sh --write campaigns/  convert curl commands, one file per campaign
  dialform import - < body.json                convert standard input
  dialform import --live spring-promo=d609e44c-c90a-4156-8e33-45a3a12d4a93
                                               adopt an existing task

Exit codes:
  0  imported
  1  a body was not imported, a file not written, or a task not adopted
  2  could not run";

pub(super) const SCHEMA: &str = "\
Examples:
  dialform schema                  list all schemas
  dialform schema plan             print a schema
  dialform schema --write schemas  write all schemas to a folder

Exit codes:
  0  success
  2  could not run";

pub(super) const INIT: &str = "\
Examples:
  dialform init        create a project in the working folder
  dialform init calls  create a project in the folder calls

Exit codes:
  0  created
  2  a file exists already, or could not be written";

pub(super) const COMPLETIONS: &str = "\
Examples:
  dialform completions bash > ~/.local/share/bash-completion/completions/dialform
  dialform completions zsh > ~/.zfunc/_dialform
  dialform completions fish > ~/.config/fish/completions/dialform.fish
  dialform completions powershell >> $PROFILE

For zsh, add `fpath+=~/.zfunc` before `compinit` to ~/.zshrc.

Exit codes:
  0  success
  2  could not run";

pub(super) const MAN: &str = "\
Examples:
  dialform man lint | man -l -                read a page
  dialform man --out ~/.local/share/man/man1  install all pages

Exit codes:
  0  success
  2  could not run";
