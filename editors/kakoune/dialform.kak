# dialform's files, and the server for them where kakoune-lsp is there. Not every KDL file is dialform's.
hook -group dialform-detect global BufCreate (?:.*/)?(?:dialform\.kdl|campaigns/.*\.kdl) %{
    set-option buffer filetype dialform
}

hook -group dialform-comments global BufSetOption filetype=dialform %{
    set-option buffer comment_line '//'
    set-option buffer comment_block_begin '/*'
    set-option buffer comment_block_end '*/'
    set-option buffer indentwidth 4
}

# kakoune-lsp 17 and newer declares the option; older ones read kak-lsp.toml (README.md).
hook -group dialform-lsp global BufSetOption filetype=dialform %{ try %{
    set-option buffer lsp_servers %{
        [dialform]
        root_globs = ["dialform.kdl"]
        command = "dialform"
        args = ["server"]
    }
} }
