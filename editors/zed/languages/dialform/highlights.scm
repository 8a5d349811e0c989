; dialform's own words on top of KDL. `UPDATE=1 cargo test --test it generated` writes the lists of words.

; Where two patterns fit, Zed takes the later one.
(node name: (identifier) @tag)
(prop key: (identifier) @attribute)
(type) @type

(string) @string
(multi_line_string) @string
(escape) @string.escape
(escaped_whitespace) @string.escape
(number) @number
(keyword_number) @number
(keyword) @constant
(boolean) @boolean

; generated: top-level
((node name: (identifier) @keyword)
 (#any-of? @keyword "project" "environment" "campaign" "template" "aliases" "moved" "removed"))

; generated: settings
((node name: (identifier) @function)
 (#any-of? @function "name" "scenario" "on-transfer" "caller-id" "start" "pace" "comment" "webhook" "effective-after" "call-window" "record" "detect-robot" "trunk" "normalize" "redial" "max-per-candidate" "max-per-number" "busy" "no-answer" "answering-machine" "congestion" "ineffective" "strategy" "lifetime" "check-phones" "email-report" "schedule" "comply" "on-change" "only" "events"))

; generated: project
((node name: (identifier) @type)
 (#any-of? @type "api" "login" "dialect" "timezone" "campaigns" "token-command" "token-env" "state" "wire-value" "on-change" "lint"))

; generated: lint
((node name: (identifier) @type)
 (#any-of? @type "error" "warn" "allow" "enforce"))

; generated: other-aliases
((node name: (identifier) @type)
 (#any-of? @type "channel" "number" "pool" "sound"))

"=" @operator
["{" "}"] @punctuation.bracket
["(" ")"] @punctuation.bracket
";" @punctuation.delimiter

[
  (single_line_comment)
  (multi_line_comment)
  (node_comment)
  (node_field_comment)
  (node_children_comment)
] @comment
