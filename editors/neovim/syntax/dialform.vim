" KDL 2.0 with dialform's own words. `UPDATE=1 cargo test --test it generated` writes the lists of words.
if exists('b:current_syntax')
  finish
endif

syntax iskeyword @,48-57,_,-,192-255

" generated: top-level
syntax keyword dialformTop project environment campaign template aliases moved removed
" generated: settings
syntax keyword dialformSetting name scenario on-transfer caller-id start pace comment webhook effective-after call-window record detect-robot trunk normalize redial max-per-candidate max-per-number busy no-answer answering-machine congestion ineffective strategy lifetime check-phones email-report schedule comply on-change only events
" generated: project
syntax keyword dialformProject api login dialect timezone campaigns token-command token-env state wire-value on-change lint
" generated: lint
syntax keyword dialformLint error warn allow enforce
" generated: aliases
syntax keyword dialformAlias scenario channel number pool trunk schedule sound

syntax match dialformProperty /[^[:space:]\\\/(){}\[\];"#=]\+\ze\s*=/
syntax match dialformOperator /=/
syntax match dialformNumber /\%(^\|[[:space:]=)]\)\@1<=[+-]\?\%(0x[0-9a-fA-F_]\+\|0o[0-7_]\+\|0b[01_]\+\|\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([eE][+-]\?\d[0-9_]*\)\?\)\ze\%([[:space:];{}()\\\/]\|$\)/
syntax match dialformConstant /#\%(true\|false\|null\|-\?inf\|nan\)\>/
syntax match dialformBad /\%(^\|[[:space:]=)]\)\@1<=\%(true\|false\|null\)\ze\%([[:space:];}]\|$\)/
syntax match dialformAnnotation /([^()]*)/
syntax match dialformContinuation /\\\ze\s*\%(\/\/.*\)\?$/

syntax match dialformEscape contained /\\\%([nrtbfs"\\]\|u{\x\{1,6}}\|\s\+\|$\)/
syntax region dialformString start=/"/ skip=/\\\\\|\\"/ end=/"/ contains=dialformEscape
syntax region dialformString start=/"""/ skip=/\\\\\|\\"/ end=/"""/ contains=dialformEscape
syntax region dialformString start=/\z(#\+\)"/ end=/"\z1/
syntax region dialformString start=/\z(#\+\)"""/ end=/"""\z1/

syntax match dialformSuppression contained /dialform:\s*\%(file-\)\?ignore\[[^\]]*\]/
syntax region dialformComment start=/\/\// end=/$/ contains=dialformSuppression,@Spell oneline
syntax region dialformComment start=/\/\*/ end=/\*\// contains=dialformComment,@Spell
syntax match dialformSlashdash /\/-/
syntax sync minlines=200

highlight default link dialformTop Keyword
highlight default link dialformSetting Function
highlight default link dialformProject Type
highlight default link dialformLint Type
highlight default link dialformAlias Type
highlight default link dialformProperty Identifier
highlight default link dialformOperator Operator
highlight default link dialformNumber Number
highlight default link dialformConstant Boolean
highlight default link dialformBad Error
highlight default link dialformAnnotation Type
highlight default link dialformContinuation Special
highlight default link dialformEscape SpecialChar
highlight default link dialformString String
highlight default link dialformComment Comment
highlight default link dialformSuppression Todo
highlight default link dialformSlashdash Comment

let b:current_syntax = 'dialform'
