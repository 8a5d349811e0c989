; dialform's own words on top of KDL. Only nodes that the grammar has in its versions for KDL 1 and KDL 2 are named here.
; `UPDATE=1 cargo test --test it generated` writes the lists of words.

; Where two patterns fit, Helix takes the later one.
(node (identifier) @variable)
(prop (identifier) @attribute)
(type) @type

(string) @string
(escape) @constant.character.escape
(number) @constant.numeric
(keyword) @constant.builtin
(boolean) @constant.builtin.boolean

; generated: top-level
((node (identifier) @keyword)
 (#any-of? @keyword "project" "environment" "campaign" "template" "aliases" "moved" "removed"))

; generated: settings
((node (identifier) @function.builtin)
 (#any-of? @function.builtin "name" "scenario" "on-transfer" "caller-id" "start" "pace" "comment" "webhook" "effective-after" "call-window" "record" "detect-robot" "trunk" "normalize" "redial" "max-per-candidate" "max-per-number" "busy" "no-answer" "answering-machine" "congestion" "ineffective" "strategy" "lifetime" "check-phones" "email-report" "schedule" "comply" "on-change" "only" "events"))

; generated: project
((node (identifier) @type.builtin)
 (#any-of? @type.builtin "api" "login" "dialect" "timezone" "campaigns" "token-command" "token-env" "state" "wire-value" "on-change" "lint"))

; generated: lint
((node (identifier) @type.builtin)
 (#any-of? @type.builtin "error" "warn" "allow" "enforce"))

; generated: other-aliases
((node (identifier) @type.builtin)
 (#any-of? @type.builtin "channel" "number" "pool" "sound"))

"=" @operator
["{" "}"] @punctuation.bracket

[
  (single_line_comment)
  (multi_line_comment)
  (node_comment)
  (node_field_comment)
] @comment
